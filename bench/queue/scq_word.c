/* SPDX-License-Identifier: MIT
 *
 * bench/queue/scq_word.c - ours: the same for elements of one word.
 *
 * needs    ours
 * exe      mpmc scq_word  std
 */
#include <stdbool.h>
#include <stdint.h>

#define LOFT_QUEUE_NAME  ours
#define LOFT_QUEUE_T     uint64_t
#include "../../include/loft/queue/scq_word.h"

#define BENCH_NAME      "loft scq_word.h"
#define BENCH_ORDER     "FIFO"
#define BENCH_BOUND     "bounded"
#define BENCH_PROGRESS  "lock-free"

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
