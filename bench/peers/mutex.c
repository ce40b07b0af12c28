/* SPDX-License-Identifier: MIT
 *
 * bench/peers/mutex.c - the two baselines everybody can write: a ring under a pthread mutex whose callers spin when it
 * refuses, and the same with condition variables whose callers sleep.
 *
 * needs    pthread.h
 * package  libc
 * exe      spsc mutex      std
 * exe      spsc condvar    std  -DPEER_CONDVAR
 * exe      mpmc mutex      std
 * exe      mpsc mutex      std
 * exe      mpmc condvar    std  -DPEER_CONDVAR
 *
 * BENCH_PLANT makes it wrong on purpose: LOSE drops an item now and then, TWICE delivers one twice, SWAP lets one
 * overtake another. `run.sh quick` builds these and fails unless the harness reports each.
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#if defined(BENCH_PLANT)
#  define BENCH_NAME "planted bug"
#elif defined(PEER_CONDVAR)
#  define BENCH_NAME "pthread mutex+condvar"
#else
#  define BENCH_NAME "pthread mutex ring"
#endif
#define BENCH_ORDER     "FIFO"
#define BENCH_BOUND     "bounded"
#define BENCH_PROGRESS  "blocking"
#define BENCH_MAY_SLEEP

#define PLANT_LOSE  1
#define PLANT_TWICE 2
#define PLANT_SWAP  3

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t room;
    pthread_cond_t item;
    size_t head;
    size_t tail;
    size_t mask;
    size_t capacity;
    unsigned sleepers;
    uint64_t *slot;
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    (void)threads;
    size_t size = 1;
    while (size < capacity)
        size *= 2;
    q->slot = (uint64_t *)malloc(size * sizeof *q->slot);
    q->mask = size - 1;
    q->capacity = capacity;
    pthread_mutex_init(&q->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
#if defined(__linux__)
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
#endif
    pthread_cond_init(&q->room, &monotonic);
    pthread_cond_init(&q->item, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return q->slot != NULL;
}

static void
queue_fini(struct queue *q)
{
    pthread_cond_destroy(&q->item);
    pthread_cond_destroy(&q->room);
    pthread_mutex_destroy(&q->lock);
    free(q->slot);
}

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    (void)me;
    pthread_mutex_lock(&q->lock);
    const bool fits = q->tail - q->head < q->capacity;
    if (fits)
        q->slot[q->tail++ & q->mask] = v;
#if defined(BENCH_PLANT)
    if (fits && BENCH_PLANT == PLANT_LOSE && (q->tail & 0xffffu) == 77)
        q->tail--;
    if (fits && BENCH_PLANT == PLANT_SWAP && (q->tail & 0xffu) == 77 && q->tail - q->head >= 2) {
        q->slot[(q->tail - 1) & q->mask] = q->slot[(q->tail - 2) & q->mask];
        q->slot[(q->tail - 2) & q->mask] = v;
    }
#endif
#if defined(PEER_CONDVAR)
    const bool wake = fits && q->sleepers > 0;
    pthread_mutex_unlock(&q->lock);
    if (wake)
        pthread_cond_signal(&q->item);
#else
    pthread_mutex_unlock(&q->lock);
#endif
    return fits;
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    (void)me;
    pthread_mutex_lock(&q->lock);
    const bool some = q->head != q->tail;
    if (some)
        *v = q->slot[q->head++ & q->mask];
#if defined(BENCH_PLANT)
    if (some && BENCH_PLANT == PLANT_TWICE && (*v & 0xffffu) == 77) {
        q->head -= (*v & 0x10000u) == 0;
        q->slot[q->head & q->mask] |= 0x10000u;
    }
#endif
#if defined(PEER_CONDVAR)
    const bool wake = some && q->sleepers > 0;
    pthread_mutex_unlock(&q->lock);
    if (wake)
        pthread_cond_signal(&q->room);
#else
    pthread_mutex_unlock(&q->lock);
#endif
    return some;
}

#if defined(PEER_CONDVAR)

#define BENCH_SLEEPS

static inline void
queue_sleep_(struct queue *q, pthread_cond_t *what, bool for_room)
{
    struct timespec until;
#if defined(__linux__)
    clock_gettime(CLOCK_MONOTONIC, &until);
#else
    clock_gettime(CLOCK_REALTIME, &until);
#endif
    until.tv_nsec += 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&q->lock);
    q->sleepers++;
    int err = 0;
    while (err != ETIMEDOUT && (for_room ? q->tail - q->head >= q->capacity : q->tail == q->head))
        err = pthread_cond_timedwait(what, &q->lock, &until);
    q->sleepers--;
    pthread_mutex_unlock(&q->lock);
}

static inline void queue_wait_room(struct queue *q) { queue_sleep_(q, &q->room, true); }
static inline void queue_wait_item(struct queue *q) { queue_sleep_(q, &q->item, false); }

#endif

#include "../harness.h"
