/* SPDX-License-Identifier: MIT
 *
 * bench/peers/tbb.cpp - oneTBB's concurrent_bounded_queue. Its slots are handed out by ticket and a thread waits for
 * the ones before it in its lane, so it is blocking.
 *
 * needs    tbb/concurrent_queue.h
 * package  libtbb-dev
 * link     -ltbb
 * exe      mpmc tbb  std
 * exe      mpsc tbb  std
 */
#include <cstdint>
#include <tbb/concurrent_queue.h>

#include "placed.h"

#define BENCH_NAME      "tbb concurrent_bounded_queue"
#define BENCH_ORDER     "FIFO"
#define BENCH_BOUND     "bounded"
#define BENCH_PROGRESS  "blocking"
#define BENCH_MAY_SLEEP
#define BENCH_OWN_MALLOC

typedef tbb::concurrent_bounded_queue<uint64_t> peer;

struct queue {
    placed<peer> p;
};

static bool
queue_init(struct queue *q, size_t capacity, int)
{
    q->p.make();
    q->p->set_capacity(static_cast<peer::size_type>(capacity));
    return true;
}

static void queue_fini(struct queue *q) { q->p.drop(); }
static inline bool queue_try_push(struct queue *q, int, uint64_t v) { return q->p->try_push(v); }
static inline bool queue_try_pop(struct queue *q, int, uint64_t *v) { return q->p->try_pop(*v); }

#include "../harness.h"
