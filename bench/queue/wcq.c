/* SPDX-License-Identifier: MIT
 *
 * bench/queue/wcq.c - ours: the bounded wait-free queue for any number of producers and consumers.
 *
 * needs    ours
 * exe      mpmc wcq  std
 * exe      mpsc wcq  std
 */
#include <stdbool.h>
#include <stdint.h>

#define LOFT_QUEUE_NAME  ours
#define LOFT_QUEUE_T     uint64_t
#include "../../include/loft/queue/wcq.h"

#define BENCH_NAME      "loft wcq.h"
#define BENCH_ORDER     "FIFO"
#define BENCH_BOUND     "bounded"
#define BENCH_PROGRESS  "wait-free"

enum { MOST = 256 };                                     /* threads, and one more that fills and drains */

struct queue {
    ours r;
    ours_thread *member[MOST];
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    if (threads >= MOST || ours_init(&q->r, capacity, (size_t)threads + 1) != LOFT_OK)
        return false;
    for (int i = 0; i <= threads; i++)
        q->member[i] = ours_join(&q->r);
    return true;
}

static void queue_fini(struct queue *q) { ours_fini(&q->r); }

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    return ours_try_push(&q->r, q->member[me], v);
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    return ours_try_pop(&q->r, q->member[me], v);
}

#include "../harness.h"
