/* SPDX-License-Identifier: MIT
 *
 * bench/peers/cds_queue.cpp - libcds: its unbounded queues. Lists under hazard pointers: MSQueue (Michael and Scott),
 * BasketQueue, OptimisticQueue. SegmentedQueue: arrays of 16 places, any of which is taken, so order holds among
 * segments only; a new one is made under a lock. RWQueue: a list with a lock at either end. FCQueue: flat combining
 * over std::queue; one thread at a time takes a lock and does what the others have asked for. The hazard pointers are
 * DHP: HP takes twice as long as it comes, and set up for speed, as the stacks have it, it frees what is in use here.
 *
 * needs    cds/container/msqueue.h
 * library  -lboost_thread
 * package  libcds-dev
 * package  libboost-thread-dev
 * link     -lcds -lboost_thread
 * exe      unbounded cds_ms          std
 * exe      unbounded cds_basket      full -DPEER_BASKET
 * exe      unbounded cds_optimistic  std  -DPEER_OPTIMISTIC
 * exe      unbounded cds_segmented   full -DPEER_SEGMENTED
 * exe      unbounded cds_rw          full -DPEER_RW
 * exe      unbounded cds_fc          std  -DPEER_FC
 */
#include <cds/init.h>
#include <cds/gc/dhp.h>
#include <cds/container/basket_queue.h>
#include <cds/container/fcqueue.h>
#include <cds/container/msqueue.h>
#include <cds/container/optimistic_queue.h>
#include <cds/container/rwqueue.h>
#include <cds/container/segmented_queue.h>
#include <cstdint>

#include "placed.h"

#define BENCH_BOUND  "freed"
#define BENCH_JOINS

typedef cds::gc::DHP scheme;
#if defined(PEER_BASKET)
#  define BENCH_NAME      "cds BasketQueue<DHP>"
#  define BENCH_ORDER     "FIFO"
#  define BENCH_PROGRESS  "lock-free"
typedef cds::container::BasketQueue<scheme, uint64_t> peer;
#elif defined(PEER_OPTIMISTIC)
#  define BENCH_NAME      "cds OptimisticQueue<DHP>"
#  define BENCH_ORDER     "FIFO"
#  define BENCH_PROGRESS  "lock-free"
typedef cds::container::OptimisticQueue<scheme, uint64_t> peer;
#elif defined(PEER_SEGMENTED)
#  define BENCH_NAME      "cds SegmentedQueue<DHP>"
#  define BENCH_ORDER     "near FIFO"
#  define BENCH_PROGRESS  "blocking"
#  define PEER_PLACES     16
typedef cds::container::SegmentedQueue<scheme, uint64_t> peer;
#elif defined(PEER_RW)
#  define BENCH_NAME      "cds RWQueue"
#  define BENCH_ORDER     "FIFO"
#  define BENCH_PROGRESS  "blocking"
#  define BENCH_MAY_SLEEP
typedef cds::container::RWQueue<uint64_t> peer;
#elif defined(PEER_FC)
#  define BENCH_NAME      "cds FCQueue"
#  define BENCH_ORDER     "FIFO"
#  define BENCH_PROGRESS  "blocking"
#  define BENCH_MAY_SLEEP
typedef cds::container::FCQueue<uint64_t> peer;
#else
#  define BENCH_NAME      "cds MSQueue<DHP>"
#  define BENCH_ORDER     "FIFO"
#  define BENCH_PROGRESS  "lock-free"
typedef cds::container::MSQueue<scheme, uint64_t> peer;
#endif

struct queue {
    placed<scheme> s;
    placed<peer> p;
};

static bool
queue_init(struct queue *q, size_t, int)
{
    cds::Initialize();
    q->s.make();
#if defined(PEER_SEGMENTED)
    q->p.make(size_t(PEER_PLACES));
#else
    q->p.make();
#endif
    return true;
}

/* What is left would be freed by a thread that has joined. */
static void
queue_fini(struct queue *q)
{
    cds::threading::Manager::attachThread();
    q->p.drop();
    cds::threading::Manager::detachThread();
    q->s.drop();
    cds::Terminate();
}

static void queue_join(struct queue *, int) { cds::threading::Manager::attachThread(); }
static void queue_leave(struct queue *, int) { cds::threading::Manager::detachThread(); }
static inline bool queue_try_push(struct queue *q, int, uint64_t v) { return q->p->push(v); }
static inline bool queue_try_pop(struct queue *q, int, uint64_t *v) { return q->p->pop(*v); }

#include "../harness.h"
