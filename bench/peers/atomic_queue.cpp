/* SPDX-License-Identifier: MIT
 *
 * bench/peers/atomic_queue.cpp - max0x7ba's atomic_queue, capacity at compile time. A thread that has its place waits
 * for the slot there, so one stopped between the two holds up the next lap: blocking, and two laps can change places in
 * a slot, which the order check then counts. AtomicQueue is the form that asks before it takes a place and may refuse
 * (try_push, try_pop); OptimistAtomicQueue takes its place at once and waits (push, pop), so it runs only where a pop
 * is sure to find something. The 2 forms keep a state byte beside the element instead of a reserved value.
 *
 * needs    atomic_queue/atomic_queue.h
 * package  libatomic-queue-dev
 * exe      spsc atomic_queue      std  fixed
 * exe      spsc atomic_optimist   std  -DPEER_OPTIMIST fixed
 * exe      mpmc atomic_queue      std  fixed
 * exe      mpmc atomic_queue2     full -DPEER_2 fixed
 * exe      mpmc atomic_optimist   std  -DPEER_OPTIMIST fixed
 * exe      mpmc atomic_optimist2  full -DPEER_OPTIMIST -DPEER_2 fixed
 * exe      mpsc atomic_queue      std  fixed
 */
#include <atomic_queue/atomic_queue.h>
#include <cstdint>

#include "placed.h"

#if defined(PEER_OPTIMIST)
#  define PEER_FORM "Optimist"
#else
#  define PEER_FORM ""
#endif
#if defined(PEER_2)
#  define PEER_NUMBER "2"
#else
#  define PEER_NUMBER ""
#endif
#if defined(BENCH_SPSC)
#  define BENCH_NAME  PEER_FORM "AtomicQueue" PEER_NUMBER "<SPSC>"
#  define PEER_SPSC   true
#else
#  define BENCH_NAME  PEER_FORM "AtomicQueue" PEER_NUMBER
#  define PEER_SPSC   false
#endif
#if defined(BENCH_SPSC)
#  define BENCH_ORDER  "FIFO"
#else
#  define BENCH_ORDER  "near FIFO"
#endif
#define BENCH_BOUND     "bounded"
#define BENCH_PROGRESS  "blocking"

#if defined(PEER_2)
typedef atomic_queue::AtomicQueue2<uint64_t, BENCH_CAP, true, true, false, PEER_SPSC> peer;
#else
typedef atomic_queue::AtomicQueue<uint64_t, BENCH_CAP, 0, true, true, false, PEER_SPSC> peer;
#endif

struct queue {
    placed<peer> p;
};

static bool
queue_init(struct queue *q, size_t, int)
{
    q->p.make();
    return true;
}

static void queue_fini(struct queue *q) { q->p.drop(); }
static inline bool queue_try_push(struct queue *q, int, uint64_t v) { return q->p->try_push(v); }
static inline bool queue_try_pop(struct queue *q, int, uint64_t *v) { return q->p->try_pop(*v); }

#if defined(PEER_OPTIMIST)
#  define BENCH_WAITS
#  define BENCH_WAITS_ONLY
static inline void queue_push(struct queue *q, int, uint64_t v) { q->p->push(v); }
static inline void queue_pop(struct queue *q, int, uint64_t *v) { *v = q->p->pop(); }
#endif

#include "../harness.h"
