/* SPDX-License-Identifier: MIT
 *
 * bench/stack/intrusive.c - ours: the stack of the caller's nodes, with pointers (a wide exchange) and with numbers of
 * nodes in an array.
 *
 * needs    ours
 * exe      stack intrusive        std
 * exe      stack intrusive_arena  std  -DOURS_ARENA
 */
#include <stdbool.h>
#include <stdint.h>

#include "../../include/loft/core/atomics.h"
#include "../../include/loft/core/dwcas.h"

#define LINK LOFT_ATOMIC(uintptr_t)
#include "nodes.h"

#define LOFT_STACK_NAME  ours
#define LOFT_STACK_T     struct item
#define LOFT_STACK_LINK  link
#if defined(OURS_ARENA) || !LOFT_HAVE_DWCAS
#  define NUMBERS           true
#  define LOFT_STACK_ARENA  16
#else
#  define NUMBERS           false
#endif
#if defined(OURS_ARENA)
#  define ASKED_NUMBERS     true
#  define BENCH_NAME        "loft intrusive.h, arena"
#else
#  define ASKED_NUMBERS     false      /* and where a target has no wide exchange, they cannot be had otherwise */
#  define BENCH_NAME        "loft intrusive.h"
#endif
#include "../../include/loft/stack/intrusive.h"

#define BENCH_ORDER     "LIFO"
#define BENCH_BOUND     "caller's"
#define BENCH_PROGRESS  "lock-free"
#define BENCH_TAKES_ALL

struct queue {
    ours s;
    char pad_[LOFT_CACHELINE];
    struct nodes nodes;
};

struct batch {
    struct item *next;
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    if (NUMBERS != ASKED_NUMBERS || !nodes_init(&q->nodes, capacity, threads))
        return false;
#if defined(OURS_ARENA) || !LOFT_HAVE_DWCAS
    return ours_init(&q->s, q->nodes.item, q->nodes.items) == LOFT_OK;
#else
    return ours_init(&q->s) == LOFT_OK;
#endif
}

static void
queue_fini(struct queue *q)
{
    ours_fini(&q->s);
    nodes_fini(&q->nodes);
}

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    struct item *const it = spare_take(&q->nodes, me);
    if (!it)
        return false;
    it->v = v;
    ours_push(&q->s, it);
    return true;
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    struct item *it = NULL;
    if (!ours_try_pop(&q->s, &it))
        return false;
    *v = it->v;
    spare(&q->nodes, me, it);
    return true;
}

static inline bool
queue_take_all(struct queue *q, int me, struct batch *b)
{
    (void)me;
    b->next = NULL;
    return ours_pop_all(&q->s, &b->next);
}

static inline bool
queue_batch_next(struct queue *q, int me, struct batch *b, uint64_t *v)
{
    struct item *const it = b->next;
    if (!it)
        return false;
    b->next = ours_next(&q->s, it);
    *v = it->v;
    spare(&q->nodes, me, it);
    return true;
}

#include "../harness.h"
