/* SPDX-License-Identifier: MIT
 *
 * bench/peers/mutex_stack.c - the baseline everybody can write: a list under a pthread mutex, one malloc per element,
 * outside of it.
 *
 * needs    pthread.h
 * package  libc
 * exe      stack mutex  std
 *
 * BENCH_PLANT makes it wrong on purpose: LOSE drops an element now and then, TWICE delivers one twice, SWAP pops what
 * is below the newest. `run.sh quick` builds these and fails unless the harness reports each.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(BENCH_PLANT)
#  define BENCH_NAME "planted bug"
#else
#  define BENCH_NAME "pthread mutex list"
#endif
#define BENCH_ORDER     "LIFO"
#define BENCH_BOUND     "freed"
#define BENCH_PROGRESS  "blocking"
#define BENCH_MAY_SLEEP
#define BENCH_TAKES_ALL

#define PLANT_LOSE  1
#define PLANT_TWICE 2
#define PLANT_SWAP  3

struct item {
    struct item *next;
    uint64_t v;
};

struct queue {
    pthread_mutex_t lock;
    struct item *top;
#if defined(BENCH_PLANT)
    unsigned pops;
#endif
};

struct batch {
    struct item *next;
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    (void)capacity, (void)threads;
    q->top = NULL;
    return pthread_mutex_init(&q->lock, NULL) == 0;
}

static void queue_fini(struct queue *q) { pthread_mutex_destroy(&q->lock); }

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    (void)me;
    struct item *const it = (struct item *)malloc(sizeof *it);
    if (!it)
        return false;
    it->v = v;
    pthread_mutex_lock(&q->lock);
    it->next = q->top;
    q->top = it;
    pthread_mutex_unlock(&q->lock);
    return true;
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    (void)me;
    pthread_mutex_lock(&q->lock);
    struct item *it = q->top;
#if defined(BENCH_PLANT)
    const bool now = it && it->next && (++q->pops & 0xffu) == 77;
    if (now && BENCH_PLANT == PLANT_TWICE) {
        *v = it->v;
        pthread_mutex_unlock(&q->lock);
        return true;
    }
    if (now && BENCH_PLANT == PLANT_LOSE)
        it = it->next;
    if (now && BENCH_PLANT == PLANT_SWAP) {
        const uint64_t newest = it->v;
        it->v = it->next->v;
        it->next->v = newest;
    }
#endif
    if (it)
        q->top = it->next;
    pthread_mutex_unlock(&q->lock);
    if (!it)
        return false;
    *v = it->v;
    free(it);
    return true;
}

static inline bool
queue_take_all(struct queue *q, int me, struct batch *b)
{
    (void)me;
    pthread_mutex_lock(&q->lock);
    b->next = q->top;
    q->top = NULL;
    pthread_mutex_unlock(&q->lock);
    return b->next != NULL;
}

static inline bool
queue_batch_next(struct queue *q, int me, struct batch *b, uint64_t *v)
{
    (void)q, (void)me;
    struct item *const it = b->next;
    if (!it)
        return false;
    b->next = it->next;
    *v = it->v;
    free(it);
    return true;
}

#include "../harness.h"
