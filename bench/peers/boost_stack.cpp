/* SPDX-License-Identifier: MIT
 *
 * bench/peers/boost_stack.cpp - Boost.Lockfree: stack, whose nodes come from a free list of its own and go back to the
 * allocator with the stack.
 *
 * needs    boost/lockfree/stack.hpp
 * package  libboost-dev
 * exe      stack boost  std
 */
#include <boost/lockfree/stack.hpp>
#include <cstdint>

#include "placed.h"

#define BENCH_NAME      "boost lockfree::stack"
#define BENCH_ORDER     "LIFO"
#define BENCH_BOUND     "kept"
#define BENCH_PROGRESS  "lock-free"

typedef boost::lockfree::stack<uint64_t> peer;

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
static inline bool queue_try_push(struct queue *q, int, uint64_t v) { return q->p->push(v); }
static inline bool queue_try_pop(struct queue *q, int, uint64_t *v) { return q->p->pop(*v); }

#include "../harness.h"
