/* SPDX-License-Identifier: MIT
 *
 * bench/peers/boost.cpp - Boost.Lockfree: spsc_queue with its size at run time and at compile time, and the fixed-size
 * queue, a linked list over a free list whose indices have 16 bits (so not at 64 K); the same with nodes from the
 * allocator, which the free list keeps.
 *
 * needs    boost/lockfree/queue.hpp
 * package  libboost-dev
 * exe      spsc boost        std
 * exe      spsc boost_fixed  std  -DPEER_FIXED fixed
 * exe      mpmc boost        std
 * exe      mpsc boost        std
 * exe      unbounded boost   std
 */
#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstdint>

#include "placed.h"

#if defined(PEER_FIXED)
#  define BENCH_NAME      "boost spsc_queue<capacity>"
#  define BENCH_PROGRESS  "wait-free"
typedef boost::lockfree::spsc_queue<uint64_t, boost::lockfree::capacity<BENCH_CAP>> peer;
#elif defined(BENCH_SPSC)
#  define BENCH_NAME      "boost spsc_queue"
#  define BENCH_PROGRESS  "wait-free"
typedef boost::lockfree::spsc_queue<uint64_t> peer;
#else
#  define BENCH_NAME      "boost lockfree::queue"
#  define BENCH_PROGRESS  "lock-free"
#  if defined(BENCH_UNBOUNDED)
#    define PEER_FIXED_SIZED  false
#  else
#    define PEER_FIXED_SIZED  true
#  endif
typedef boost::lockfree::queue<uint64_t, boost::lockfree::fixed_sized<PEER_FIXED_SIZED>> peer;
#endif
#define BENCH_ORDER  "FIFO"
#if defined(BENCH_UNBOUNDED)
#  define BENCH_BOUND  "kept"
#else
#  define BENCH_BOUND  "bounded"
#endif

struct queue {
    placed<peer> p;
};

static bool
queue_init(struct queue *q, size_t capacity, int)
{
#if defined(PEER_FIXED)
    (void)capacity;
    q->p.make();
#else
#  if defined(BENCH_MPMC)
    if (capacity > 65534)
        return false;
#  endif
    q->p.make(capacity);
#endif
    return true;
}

static void queue_fini(struct queue *q) { q->p.drop(); }
static inline bool queue_try_push(struct queue *q, int, uint64_t v) { return q->p->push(v); }
static inline bool queue_try_pop(struct queue *q, int, uint64_t *v) { return q->p->pop(*v); }

#include "../harness.h"
