/* SPDX-License-Identifier: MIT
 *
 * bench/peers/concurrentqueue.cpp - moodycamel's MPMC queue with tokens, its fast form, and without. Not a FIFO: each
 * producer has a sub-queue, order holds within one, and a thread that pushes and pops mostly meets its own items.
 * Bounded by the call that never allocates, to about the capacity per producer; its blocks are used again.
 *
 * needs    concurrentqueue/concurrentqueue.h
 * package  libconcurrentqueue-dev
 * exe      mpmc concurrentqueue  std
 * exe      mpsc concurrentqueue  std
 * exe      unbounded concurrentqueue         std  -DPEER_PLAIN
 * exe      unbounded concurrentqueue_tokens  std
 */
#include <concurrentqueue/concurrentqueue.h>
#include <cstdint>

#include "placed.h"

#define BENCH_ORDER     "not FIFO"
#if defined(BENCH_UNBOUNDED)
#  define BENCH_BOUND  "kept"
#  define ENQUEUE      enqueue
#else
#  define BENCH_BOUND  "loose"
#  define ENQUEUE      try_enqueue
#endif
#define BENCH_PROGRESS  "lock-free"

typedef moodycamel::ConcurrentQueue<uint64_t> peer;

#if defined(PEER_PLAIN)

#define BENCH_NAME  "concurrentqueue"

struct queue {
    placed<peer> p;
};

static bool
queue_init(struct queue *q, size_t capacity, int)
{
    q->p.make(capacity);
    return true;
}

static void queue_fini(struct queue *q) { q->p.drop(); }
static inline bool queue_try_push(struct queue *q, int, uint64_t v) { return q->p->ENQUEUE(v); }
static inline bool queue_try_pop(struct queue *q, int, uint64_t *v) { return q->p->try_dequeue(*v); }

#else

#define BENCH_NAME  "concurrentqueue (tokens)"
#define BENCH_JOINS

struct tokens {
    moodycamel::ProducerToken in;
    moodycamel::ConsumerToken out;
    explicit tokens(peer &q) : in(q), out(q) {}
};

struct queue {
    placed<peer> p;
    tokens **token;
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    const size_t users = static_cast<size_t>(threads) + 1;
    q->p.make(capacity, users, size_t(0));
    q->token = new tokens *[users]();
    return true;
}

static void
queue_fini(struct queue *q)
{
    delete[] q->token;
    q->p.drop();
}

static void queue_join(struct queue *q, int me) { q->token[me] = new tokens(*q->p); }

static void
queue_leave(struct queue *q, int me)
{
    delete q->token[me];
    q->token[me] = nullptr;
}

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    return q->p->ENQUEUE(q->token[me]->in, v);
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    return q->p->try_dequeue(q->token[me]->out, *v);
}

#endif

#include "../harness.h"
