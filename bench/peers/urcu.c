/* SPDX-License-Identifier: MIT
 *
 * bench/peers/urcu.c - liburcu's queues of linked nodes, one malloc per item.
 * wfcqueue: a push is wait-free, but one stopped halfway hides all behind it, and consumers take turns under a lock.
 * rculfqueue: lock-free, its nodes freed after a grace period by a thread of the library.
 *
 * needs    urcu/wfcqueue.h
 * package  liburcu-dev
 * link     -lurcu-cds -lurcu -lurcu-common
 * exe      spsc urcu_wfcq  std
 * exe      mpmc urcu_wfcq  std
 * exe      mpsc urcu_wfcq  std
 * exe      mpmc urcu_lfq   full -DPEER_LFQ
 * exe      unbounded urcu_wfcq  full
 * exe      unbounded urcu_lfq   full -DPEER_LFQ
 */
#define _LGPL_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <urcu.h>
#include <urcu/rculfqueue.h>
#include <urcu/wfcqueue.h>

#include "../../include/loft/core/base.h"

#define BENCH_ORDER  "FIFO"
#if defined(BENCH_UNBOUNDED)
#  define BENCH_BOUND  "freed"
#else
#  define BENCH_BOUND  "unbounded"
#endif
#define BENCH_GROWS

#if defined(PEER_LFQ)

#define BENCH_NAME      "urcu rculfqueue"
#define BENCH_PROGRESS  "lock-free"
#define BENCH_JOINS
#define BENCH_HELPERS

struct item {
    struct cds_lfq_node_rcu node;
    struct rcu_head later;
    uint64_t v;
};

struct queue {
    struct cds_lfq_queue_rcu list;
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    (void)capacity, (void)threads;
    cds_lfq_init_rcu(&q->list, call_rcu);
    return true;
}

static void
queue_fini(struct queue *q)
{
    rcu_register_thread();
    (void)cds_lfq_destroy_rcu(&q->list);
    rcu_unregister_thread();
    rcu_barrier();
}

static void queue_join(struct queue *q, int me) { (void)q, (void)me; rcu_register_thread(); }
static void queue_leave(struct queue *q, int me) { (void)q, (void)me; rcu_unregister_thread(); }

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    (void)me;
    struct item *it = (struct item *)malloc(sizeof *it);
    if (!it)
        return false;
    cds_lfq_node_init_rcu(&it->node);
    it->v = v;
    rcu_read_lock();
    cds_lfq_enqueue_rcu(&q->list, &it->node);
    rcu_read_unlock();
    return true;
}

static void
item_free(struct rcu_head *h)
{
    free((char *)h - offsetof(struct item, later));
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    (void)me;
    rcu_read_lock();
    struct cds_lfq_node_rcu *n = cds_lfq_dequeue_rcu(&q->list);
    rcu_read_unlock();
    if (!n)
        return false;
    struct item *it = (struct item *)((char *)n - offsetof(struct item, node));
    *v = it->v;
    call_rcu(&it->later, item_free);
    return true;
}

#else

#define BENCH_NAME      "urcu wfcqueue"
#define BENCH_PROGRESS  "blocking"
#define BENCH_MAY_SLEEP

struct item {
    struct cds_wfcq_node node;
    uint64_t v;
};

struct queue {
    struct cds_wfcq_head head;
    char pad_[LOFT_CACHELINE];
    struct cds_wfcq_tail tail;
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    (void)capacity, (void)threads;
    cds_wfcq_init(&q->head, &q->tail);
    return true;
}

static void queue_fini(struct queue *q) { cds_wfcq_destroy(&q->head, &q->tail); }

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    (void)me;
    struct item *it = (struct item *)malloc(sizeof *it);
    if (!it)
        return false;
    cds_wfcq_node_init(&it->node);
    it->v = v;
    (void)cds_wfcq_enqueue(&q->head, &q->tail, &it->node);
    return true;
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    (void)me;
#if defined(BENCH_SPSC) || defined(BENCH_MPSC)
    struct cds_wfcq_node *n = __cds_wfcq_dequeue_nonblocking(&q->head, &q->tail);
    if (!n || n == CDS_WFCQ_WOULDBLOCK)
        return false;
#else
    struct cds_wfcq_node *n = cds_wfcq_dequeue_blocking(&q->head, &q->tail);
    if (!n)
        return false;
#endif
    struct item *it = (struct item *)((char *)n - offsetof(struct item, node));
    *v = it->v;
    free(it);
    return true;
}

#endif

#include "../harness.h"
