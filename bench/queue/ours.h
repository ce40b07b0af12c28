/* SPDX-License-Identifier: MIT
 *
 * bench/queue/ours.h - the six functions of an adapter for a queue of ours, which all have the same calls. Include it
 * after the instance `ours` of uint64_t and the BENCH_ macros that describe it.
 */
struct queue {
    ours r;
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    (void)threads;
    return ours_init(&q->r, capacity) == LOFT_OK;
}

static void queue_fini(struct queue *q) { ours_fini(&q->r); }
static inline bool queue_try_push(struct queue *q, int me, uint64_t v) { (void)me; return ours_try_push(&q->r, v); }
static inline bool queue_try_pop(struct queue *q, int me, uint64_t *v) { (void)me; return ours_try_pop(&q->r, v); }

#include "../harness.h"
