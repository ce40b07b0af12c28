/* SPDX-License-Identifier: MIT
 *
 * bench/peers/cds_fcstack.cpp - libcds: flat combining over std::stack. One thread at a time takes a lock and does what
 * the others have asked for: blocking.
 *
 * needs    cds/container/fcstack.h
 * library  -lboost_thread
 * package  libcds-dev
 * package  libboost-thread-dev
 * link     -lcds -lboost_thread
 * exe      stack cds_fc  std
 */
#include <cds/init.h>
#include <cds/container/fcstack.h>
#include <cstdint>

#include "placed.h"

#define BENCH_NAME      "cds FCStack"
#define BENCH_ORDER     "LIFO"
#define BENCH_BOUND     "kept"
#define BENCH_PROGRESS  "blocking"

typedef cds::container::FCStack<uint64_t> peer;

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
static inline bool queue_try_push(struct queue *q, int, uint64_t v) { return q->p->push(v); }
static inline bool queue_try_pop(struct queue *q, int, uint64_t *v) { return q->p->pop(*v); }

#include "../harness.h"
