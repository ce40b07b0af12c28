/* SPDX-License-Identifier: MIT
 *
 * bench/stack/treiber.c - ours: the stack of nodes that a reclamation scheme gives back to the allocator, under three
 * of the schemes; and without the slots where a push and a pop can meet.
 *
 * needs    ours
 * exe      stack treiber          std
 * exe      stack treiber_plain    std  -DOURS_PLAIN
 * exe      stack treiber_hp       std  -DOURS_HP
 * exe      stack treiber_hyaline  std  -DOURS_HYALINE
 * exe      stack treiber_ibr      full -DOURS_IBR
 * exe      stack treiber_debra    full -DOURS_DEBRA
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define LOFT_STACK_NAME  ours
#define LOFT_STACK_T     uint64_t
#if defined(OURS_HP)
#  include "../../include/loft/smr/hp.h"
#  define SCHEME(f)       loft_hp##f
#  define LOFT_STACK_SMR  loft_hp
#  define BENCH_NAME      "loft treiber.h, hp"
#elif defined(OURS_HYALINE)
#  include "../../include/loft/smr/hyaline.h"
#  define SCHEME(f)       loft_hyaline##f
#  define LOFT_STACK_SMR  loft_hyaline
#  define BENCH_NAME      "loft treiber.h, hyaline"
#elif defined(OURS_IBR)
#  include "../../include/loft/smr/ibr.h"
#  define SCHEME(f)       loft_ibr##f
#  define LOFT_STACK_SMR  loft_ibr
#  define BENCH_NAME      "loft treiber.h, ibr"
#elif defined(OURS_DEBRA)
#  include "../../include/loft/smr/debra.h"
#  define SCHEME(f)       loft_debra##f
#  define LOFT_STACK_SMR  loft_debra
#  define BENCH_NAME      "loft treiber.h, debra"
#else
#  include "../../include/loft/smr/ebr.h"
#  define SCHEME(f)       loft_ebr##f
#  define LOFT_STACK_SMR  loft_ebr
#  if defined(OURS_PLAIN)
#    define BENCH_NAME              "loft treiber.h, ebr, slots 0"
#    define LOFT_STACK_ELIMINATION  0
#  else
#    define BENCH_NAME              "loft treiber.h, ebr"
#  endif
#endif
#include "../../include/loft/stack/treiber.h"

#define BENCH_ORDER     "LIFO"
#define BENCH_BOUND     "freed"
#define BENCH_PROGRESS  "lock-free"
#define BENCH_JOINS
#define BENCH_TAKES_ALL

struct member {
    SCHEME(_thread) *me;
    char pad_[LOFT_CACHELINE];
};

struct queue {
    ours s;
    SCHEME() domain;
    struct member *member;
};

struct batch {
    ours_all all;
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    (void)capacity;
    q->member = (struct member *)calloc((size_t)threads + 1u, sizeof *q->member);
    return q->member && SCHEME(_init)(&q->domain, NULL) == LOFT_OK && ours_init(&q->s, &q->domain) == LOFT_OK;
}

static void
queue_fini(struct queue *q)
{
    ours_fini(&q->s);
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
    return ours_push(&q->s, q->member[me].me, v) == LOFT_OK;
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    return ours_try_pop(&q->s, q->member[me].me, v);
}

static inline bool
queue_take_all(struct queue *q, int me, struct batch *b)
{
    return ours_pop_all(&q->s, q->member[me].me, &b->all);
}

static inline bool
queue_batch_next(struct queue *q, int me, struct batch *b, uint64_t *v)
{
    (void)q, (void)me;
    return ours_all_next(&b->all, v);
}

#include "../harness.h"
