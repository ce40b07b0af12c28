/* SPDX-License-Identifier: MIT
 *
 * bench/queue/mpsc_list.c - ours: the unbounded list for any number of producers and one consumer. As for the peers'
 * lists, each item is a node from malloc.
 *
 * needs    ours
 * exe      mpsc mpsc_list  std
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "../../include/loft/core/atomics.h"

struct item {
    LOFT_ATOMIC(uintptr_t) link;
    uint64_t v;
};

#define LOFT_QUEUE_NAME  ours
#define LOFT_QUEUE_T     struct item
#define LOFT_QUEUE_LINK  link
#include "../../include/loft/queue/mpsc_list.h"

#define BENCH_NAME      "loft mpsc_list.h"
#define BENCH_ORDER     "FIFO"
#define BENCH_BOUND     "unbounded"
#define BENCH_GROWS
#define BENCH_PROGRESS  "blocking"

struct queue {
    ours r;
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    (void)capacity, (void)threads;
    return ours_init(&q->r) == LOFT_OK;
}

static void queue_fini(struct queue *q) { ours_fini(&q->r); }

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    (void)me;
    struct item *it = (struct item *)malloc(sizeof *it);
    if (!it)
        return false;
    it->v = v;
    return ours_try_push(&q->r, it);
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    (void)me;
    struct item *it;
    if (!ours_try_pop(&q->r, &it))
        return false;
    *v = it->v;
    free(it);
    return true;
}

#include "../harness.h"
