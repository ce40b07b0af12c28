/* SPDX-License-Identifier: MIT
 *
 * bench/peers/ck_fifo.c - Concurrency Kit's ck_fifo_mpmc: the list of Michael and Scott with wide exchanges, whose
 * nodes are the caller's. One that is pushed again while somebody still looks at it can take in an element that is
 * lost, so here they come from malloc and ck_epoch frees them.
 *
 * needs    ck_fifo.h
 * package  libck-dev
 * link     -lck
 * exe      unbounded ck_fifo  std
 */
#include <ck_epoch.h>
#include <ck_fifo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "../../include/loft/core/base.h"

#define BENCH_NAME      "ck_fifo_mpmc, ck_epoch"
#define BENCH_ORDER     "FIFO"
#define BENCH_BOUND     "freed"
#define BENCH_PROGRESS  "lock-free"
#define BENCH_JOINS
#define POLL_EACH       64u            /* retired nodes between two looks at the epoch */

struct item {
    ck_fifo_mpmc_entry_t link;
    ck_epoch_entry_t later;
};

struct member {
    ck_epoch_record_t *r;
    unsigned n;
    char pad_[LOFT_CACHELINE];
};

struct queue {
    ck_fifo_mpmc_t fifo;
    char pad_[LOFT_CACHELINE];
    ck_epoch_t epoch;
    struct member *member;
};

static void *
aligned(size_t align, size_t size)
{
    void *p = NULL;
    return posix_memalign(&p, align, size) == 0 ? p : NULL;
}

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    (void)capacity;
    struct item *const stub = (struct item *)aligned(16, sizeof *stub);
    q->member = (struct member *)calloc((size_t)threads + 1u, sizeof *q->member);
    if (!stub || !q->member)
        return false;
    ck_epoch_init(&q->epoch);
    ck_fifo_mpmc_init(&q->fifo, &stub->link);
    return true;
}

static void
queue_fini(struct queue *q)
{
    ck_fifo_mpmc_entry_t *stub;
    ck_fifo_mpmc_deinit(&q->fifo, &stub);
    free(stub);
    free(q->member);                   /* and not the records: they stay in the list of their epoch */
}

static void
queue_join(struct queue *q, int me)
{
    struct member *const m = &q->member[me];
    m->r = (ck_epoch_record_t *)aligned(LOFT_CACHELINE, sizeof *m->r);
    if (!m->r)
        abort();
    ck_epoch_register(&q->epoch, m->r, NULL);
}

static void
queue_leave(struct queue *q, int me)
{
    ck_epoch_barrier(q->member[me].r);
    ck_epoch_unregister(q->member[me].r);
}

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    ck_epoch_record_t *const r = q->member[me].r;
    struct item *const it = (struct item *)aligned(16, sizeof *it);
    if (!it)
        return false;
    ck_epoch_begin(r, NULL);
    ck_fifo_mpmc_enqueue(&q->fifo, &it->link, (void *)(uintptr_t)v);
    (void)ck_epoch_end(r, NULL);
    return true;
}

static void item_free(ck_epoch_entry_t *e) { free((char *)e - offsetof(struct item, later)); }

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    struct member *const m = &q->member[me];
    ck_fifo_mpmc_entry_t *old;
    void *p;
    ck_epoch_begin(m->r, NULL);
    const bool some = ck_fifo_mpmc_dequeue(&q->fifo, &p, &old);
    (void)ck_epoch_end(m->r, NULL);
    if (!some)
        return false;
    *v = (uintptr_t)p;
    ck_epoch_call(m->r, &((struct item *)(void *)old)->later, item_free);
    if (++m->n % POLL_EACH == 0)
        (void)ck_epoch_poll(m->r);
    return true;
}

#include "../harness.h"
