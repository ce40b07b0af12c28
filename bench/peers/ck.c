/* SPDX-License-Identifier: MIT
 *
 * bench/peers/ck.c - Concurrency Kit's ring. One slot of its buffer stays empty. A push claims its slot and then waits
 * for the pushes before it, so a thread stopped in between stops the others: blocking with several producers.
 *
 * needs    ck_ring.h
 * package  libck-dev
 * exe      spsc ck  std
 * exe      mpmc ck  std
 * exe      mpsc ck  std
 */
#include <ck_ring.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(BENCH_SPSC)
#  define BENCH_NAME      "ck_ring spsc"
#  define BENCH_PROGRESS  "wait-free"
#elif defined(BENCH_MPSC)
#  define BENCH_NAME      "ck_ring mpsc"
#  define BENCH_PROGRESS  "blocking"
#else
#  define BENCH_NAME      "ck_ring mpmc"
#  define BENCH_PROGRESS  "blocking"
#endif
#define BENCH_ORDER  "FIFO"
#define BENCH_BOUND  "bounded"

struct queue {
    ck_ring_t ring;
    ck_ring_buffer_t *buffer;
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    (void)threads;
    if (capacity < 4 || (capacity & (capacity - 1)) != 0)
        return false;
    q->buffer = (ck_ring_buffer_t *)malloc(capacity * sizeof *q->buffer);
    ck_ring_init(&q->ring, (unsigned)capacity);
    return q->buffer != NULL;
}

static void queue_fini(struct queue *q) { free(q->buffer); }

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    (void)me;
#if defined(BENCH_SPSC)
    return ck_ring_enqueue_spsc(&q->ring, q->buffer, (void *)(uintptr_t)v);
#elif defined(BENCH_MPSC)
    return ck_ring_enqueue_mpsc(&q->ring, q->buffer, (void *)(uintptr_t)v);
#else
    return ck_ring_enqueue_mpmc(&q->ring, q->buffer, (void *)(uintptr_t)v);
#endif
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    (void)me;
    void *p;
#if defined(BENCH_SPSC)
    if (!ck_ring_dequeue_spsc(&q->ring, q->buffer, &p))
        return false;
#elif defined(BENCH_MPSC)
    if (!ck_ring_dequeue_mpsc(&q->ring, q->buffer, &p))
        return false;
#else
    if (!ck_ring_dequeue_mpmc(&q->ring, q->buffer, &p))
        return false;
#endif
    *v = (uintptr_t)p;
    return true;
}

#include "../harness.h"
