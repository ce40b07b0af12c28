/* SPDX-License-Identifier: MIT
 *
 * bench/queue/unbounded.h - all of an adapter for an unbounded queue of ours but its header, OURS_HEADER, and the name
 * to show, OURS_NAME. OURS_HP chooses the scheme.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(OURS_HP)
#  include "../../include/loft/smr/hp.h"
#  define SCHEME(f)       loft_hp##f
#  define LOFT_QUEUE_SMR  loft_hp
#  define BENCH_NAME      OURS_NAME ", hp"
#else
#  include "../../include/loft/smr/ebr.h"
#  define SCHEME(f)       loft_ebr##f
#  define LOFT_QUEUE_SMR  loft_ebr
#  define BENCH_NAME      OURS_NAME ", ebr"
#endif

#define LOFT_QUEUE_NAME  ours
#define LOFT_QUEUE_T     uint64_t
#include OURS_HEADER

#define BENCH_ORDER     "FIFO"
#define BENCH_BOUND     "freed"
#define BENCH_PROGRESS  "lock-free"
#define BENCH_JOINS

struct member {
    SCHEME(_thread) *me;
    char pad_[LOFT_CACHELINE];
};

struct queue {
    ours r;
    SCHEME() domain;
    struct member *member;
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    (void)capacity;
    q->member = (struct member *)calloc((size_t)threads + 1u, sizeof *q->member);
    return q->member && SCHEME(_init)(&q->domain, NULL) == LOFT_OK && ours_init(&q->r, &q->domain) == LOFT_OK;
}

static void
queue_fini(struct queue *q)
{
    ours_fini(&q->r);
    if (SCHEME(_fini)(&q->domain) != LOFT_OK)
        abort();
    free(q->member);
}

static void
queue_join(struct queue *q, int me)
{
    q->member[me].me = SCHEME(_join)(&q->domain);
    if (!q->member[me].me)
        abort();
}

static void queue_leave(struct queue *q, int me) { SCHEME(_leave)(q->member[me].me); }

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    return ours_push(&q->r, q->member[me].me, v) == LOFT_OK;
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    return ours_try_pop(&q->r, q->member[me].me, v);
}

#include "../harness.h"
