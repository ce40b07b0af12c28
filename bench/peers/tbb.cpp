/* SPDX-License-Identifier: MIT
 *
 * bench/peers/tbb.cpp - oneTBB's concurrent_bounded_queue and concurrent_queue. Slots are handed out by ticket and a
 * thread waits for the ones before it in its lane, so they are blocking.
 *
 * needs    tbb/concurrent_queue.h
 * package  libtbb-dev
 * link     -ltbb
 * exe      mpmc tbb  std
 * exe      mpsc tbb  std
 * exe      unbounded tbb  std
 */
#include <cstdint>
#include <tbb/concurrent_queue.h>

#include "placed.h"

#define BENCH_ORDER     "FIFO"
#define BENCH_PROGRESS  "blocking"
#define BENCH_MAY_SLEEP
#define BENCH_OWN_MALLOC

#if defined(BENCH_UNBOUNDED)
#  define BENCH_NAME   "tbb concurrent_queue"
#  define BENCH_BOUND  "freed"
typedef tbb::concurrent_queue<uint64_t> peer;
#else
#  define BENCH_NAME   "tbb concurrent_bounded_queue"
#  define BENCH_BOUND  "bounded"
typedef tbb::concurrent_bounded_queue<uint64_t> peer;
#endif

struct queue {
    placed<peer> p;
};

static bool
queue_init(struct queue *q, size_t capacity, int)
{
    q->p.make();
#if defined(BENCH_UNBOUNDED)
    (void)capacity;
#else
    q->p->set_capacity(static_cast<peer::size_type>(capacity));
#endif
    return true;
}

static void queue_fini(struct queue *q) { q->p.drop(); }

static inline bool
queue_try_push(struct queue *q, int, uint64_t v)
{
#if defined(BENCH_UNBOUNDED)
    q->p->push(v);
    return true;
#else
    return q->p->try_push(v);
#endif
}

static inline bool queue_try_pop(struct queue *q, int, uint64_t *v) { return q->p->try_pop(*v); }

#include "../harness.h"
