/* SPDX-License-Identifier: MIT
 *
 * bench/peers/urcu_stack.c - liburcu's stacks, one malloc per element. lfstack: lock-free where pops are sections of
 * RCU and nodes are freed after a grace period, by a thread of the library; or with pops that take turns under its
 * mutex.
 * wfstack: a push is wait-free, but one stopped halfway holds up who pops what is behind it.
 *
 * needs    urcu/lfstack.h
 * package  liburcu-dev
 * link     -lurcu-cds -lurcu -lurcu-common
 * exe      stack urcu_lfs        std
 * exe      stack urcu_lfs_mutex  full -DPEER_MUTEX
 * exe      stack urcu_wfs        full -DPEER_WFS
 */
#define _LGPL_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <urcu.h>
#include <urcu/lfstack.h>
#include <urcu/wfstack.h>

#define BENCH_ORDER  "LIFO"
#define BENCH_BOUND  "freed"
#define BENCH_TAKES_ALL

#if defined(PEER_WFS)

#define BENCH_NAME      "urcu wfstack"
#define BENCH_PROGRESS  "blocking"
#define BENCH_MAY_SLEEP

struct item {
    struct cds_wfs_node node;
    uint64_t v;
};

struct queue {
    struct cds_wfs_stack s;
};

struct batch {
    struct cds_wfs_node *next;
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    (void)capacity, (void)threads;
    cds_wfs_init(&q->s);
    return true;
}

static void queue_fini(struct queue *q) { cds_wfs_destroy(&q->s); }

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    (void)me;
    struct item *const it = (struct item *)malloc(sizeof *it);
    if (!it)
        return false;
    cds_wfs_node_init(&it->node);
    it->v = v;
    (void)cds_wfs_push(&q->s, &it->node);
    return true;
}

static inline void
item_done(struct cds_wfs_node *n, uint64_t *v)
{
    struct item *const it = (struct item *)((char *)n - offsetof(struct item, node));
    *v = it->v;
    free(it);
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    (void)me;
    struct cds_wfs_node *const n = cds_wfs_pop_blocking(&q->s);
    if (n)
        item_done(n, v);
    return n != NULL;
}

static inline bool
queue_take_all(struct queue *q, int me, struct batch *b)
{
    (void)me;
    struct cds_wfs_head *const head = cds_wfs_pop_all_blocking(&q->s);
    b->next = head ? cds_wfs_first(head) : NULL;
    return b->next != NULL;
}

static inline bool
queue_batch_next(struct queue *q, int me, struct batch *b, uint64_t *v)
{
    (void)q, (void)me;
    struct cds_wfs_node *const n = b->next;
    if (!n)
        return false;
    b->next = cds_wfs_next_blocking(n);
    item_done(n, v);
    return true;
}

#else

struct item {
    struct cds_lfs_node node;
    uint64_t v;
#if !defined(PEER_MUTEX)
    struct rcu_head later;
#endif
};

struct queue {
    struct cds_lfs_stack s;
};

struct batch {
    struct cds_lfs_node *next;
};

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    (void)me;
    struct item *const it = (struct item *)malloc(sizeof *it);
    if (!it)
        return false;
    cds_lfs_node_init(&it->node);
    it->v = v;
    (void)cds_lfs_push(&q->s, &it->node);
    return true;
}

#if defined(PEER_MUTEX)

#define BENCH_NAME      "urcu lfstack, mutex"
#define BENCH_PROGRESS  "blocking"
#define BENCH_MAY_SLEEP

#define POP_ALL         cds_lfs_pop_all_blocking

static void queue_fini(struct queue *q) { cds_lfs_destroy(&q->s); }

static inline void
item_done(struct cds_lfs_node *n, uint64_t *v)
{
    struct item *const it = (struct item *)((char *)n - offsetof(struct item, node));
    *v = it->v;
    free(it);
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    (void)me;
    struct cds_lfs_node *const n = cds_lfs_pop_blocking(&q->s);
    if (n)
        item_done(n, v);
    return n != NULL;
}

#else

#define BENCH_NAME      "urcu lfstack, RCU"
#define BENCH_PROGRESS  "lock-free"
#define BENCH_JOINS
#define BENCH_HELPERS
#define POP_ALL         __cds_lfs_pop_all

static void
queue_fini(struct queue *q)
{
    rcu_barrier();
    cds_lfs_destroy(&q->s);
}

static void queue_join(struct queue *q, int me) { (void)q, (void)me; rcu_register_thread(); }
static void queue_leave(struct queue *q, int me) { (void)q, (void)me; rcu_unregister_thread(); }

static void item_free(struct rcu_head *h) { free((char *)h - offsetof(struct item, later)); }

static inline void
item_done(struct cds_lfs_node *n, uint64_t *v)
{
    struct item *const it = (struct item *)((char *)n - offsetof(struct item, node));
    *v = it->v;
    call_rcu(&it->later, item_free);
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    (void)me;
    rcu_read_lock();
    struct cds_lfs_node *const n = __cds_lfs_pop(&q->s);
    rcu_read_unlock();
    if (n)
        item_done(n, v);
    return n != NULL;
}

#endif

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    (void)capacity, (void)threads;
    cds_lfs_init(&q->s);
    return true;
}

static inline bool
queue_take_all(struct queue *q, int me, struct batch *b)
{
    (void)me;
    struct cds_lfs_head *const head = POP_ALL(&q->s);
    b->next = head ? &head->node : NULL;
    return head != NULL;
}

static inline bool
queue_batch_next(struct queue *q, int me, struct batch *b, uint64_t *v)
{
    (void)q, (void)me;
    struct cds_lfs_node *const n = b->next;
    if (!n)
        return false;
    b->next = n->next;
    item_done(n, v);
    return true;
}

#endif

#include "../harness.h"
