/* SPDX-License-Identifier: MIT
 *
 * bench/peers/ck_stack.c - Concurrency Kit's stacks. ck_stack mpmc: the caller's nodes, a wide exchange in a pop and a
 * plain one in a push. Its upmc form may not see a node again while somebody is in a pop: here with nodes of malloc
 * that its own epochs free. ck_hp_stack: the same with its own hazard pointers.
 *
 * needs    ck_hp_stack.h
 * package  libck-dev
 * link     -lck
 * exe      stack ck_stack        std
 * exe      stack ck_stack_epoch  std  -DPEER_EPOCH
 * exe      stack ck_hp_stack     std  -DPEER_HP
 */
#include <ck_epoch.h>
#include <ck_hp_stack.h>
#include <ck_stack.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define BENCH_ORDER     "LIFO"
#define BENCH_PROGRESS  "lock-free"
#define BENCH_TAKES_ALL

#if !defined(PEER_EPOCH) && !defined(PEER_HP)

#define LINK ck_stack_entry_t
#include "../stack/nodes.h"

#define BENCH_NAME   "ck_stack mpmc"
#define BENCH_BOUND  "caller's"

struct queue {
    ck_stack_t s;
    char pad_[LOFT_CACHELINE];
    struct nodes nodes;
};

struct batch {
    ck_stack_entry_t *next;
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    ck_stack_init(&q->s);
    return nodes_init(&q->nodes, capacity, threads);
}

static void queue_fini(struct queue *q) { nodes_fini(&q->nodes); }

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    struct item *const it = spare_take(&q->nodes, me);
    if (!it)
        return false;
    it->v = v;
    ck_stack_push_mpmc(&q->s, &it->link);
    return true;
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    ck_stack_entry_t *const e = ck_stack_pop_mpmc(&q->s);
    if (!e)
        return false;
    struct item *const it = (struct item *)(void *)e;
    *v = it->v;
    spare(&q->nodes, me, it);
    return true;
}

static inline bool
queue_take_all(struct queue *q, int me, struct batch *b)
{
    (void)me;
    b->next = ck_stack_batch_pop_mpmc(&q->s);
    return b->next != NULL;
}

static inline void item_done(struct queue *q, int me, struct item *it) { spare(&q->nodes, me, it); }

#else

#include "../../include/loft/core/atomics.h"

#define BENCH_BOUND  "freed"
#define BENCH_JOINS
#define POLL_EACH    64u               /* retired nodes between two looks at the epoch */
#define SCAN_EACH    CK_HP_CACHE       /* retired nodes between two looks at the hazards */

#if defined(PEER_EPOCH)
#  define BENCH_NAME  "ck_stack upmc, ck_epoch"
typedef ck_epoch_t domain;
typedef ck_epoch_record_t record;
typedef ck_epoch_entry_t retired;
#else
#  define BENCH_NAME  "ck_hp_stack"
typedef ck_hp_t domain;
typedef ck_hp_record_t record;
typedef ck_hp_hazard_t retired;
#endif

struct item {
    ck_stack_entry_t link;
    uint64_t v;
    retired later;
};

struct member {
    record *r;
    void *hazard[1];
    unsigned n;
    char pad_[LOFT_CACHELINE];
};

struct queue {
    ck_stack_t s;
    char pad_[LOFT_CACHELINE];
    domain d;
    struct member *member;
};

struct batch {
    ck_stack_entry_t *next;
};

#if defined(PEER_EPOCH)

static void item_free(ck_epoch_entry_t *e) { free((char *)e - offsetof(struct item, later)); }

static void domain_init(domain *d) { ck_epoch_init(d); }
static void member_join(domain *d, struct member *m) { ck_epoch_register(d, m->r, NULL); }

static void
member_leave(struct member *m)
{
    ck_epoch_barrier(m->r);
    ck_epoch_unregister(m->r);
}

static inline void member_enter(struct member *m) { ck_epoch_begin(m->r, NULL); }
static inline void member_exit(struct member *m) { (void)ck_epoch_end(m->r, NULL); }

static inline void
member_retire(struct member *m, struct item *it)
{
    ck_epoch_call(m->r, &it->later, item_free);
    if (++m->n % POLL_EACH == 0)
        (void)ck_epoch_poll(m->r);
}

static inline ck_stack_entry_t *
member_pop(struct member *m, ck_stack_t *s)
{
    (void)m;
    return ck_stack_pop_upmc(s);
}

#else

static void item_free(void *p) { free(p); }

static void domain_init(domain *d) { ck_hp_init(d, CK_HP_STACK_SLOTS_COUNT, SCAN_EACH, item_free); }
static void member_join(domain *d, struct member *m) { ck_hp_register(d, m->r, m->hazard); }

static void
member_leave(struct member *m)
{
    ck_hp_clear(m->r);
    ck_hp_purge(m->r);
    ck_hp_unregister(m->r);
}

static inline void member_enter(struct member *m) { (void)m; }
static inline void member_exit(struct member *m) { ck_hp_set(m->r, 0, NULL); }
static inline void member_retire(struct member *m, struct item *it) { ck_hp_free(m->r, &it->later, it, it); }
static inline ck_stack_entry_t *member_pop(struct member *m, ck_stack_t *s) { return ck_hp_stack_pop_mpmc(m->r, s); }

#endif

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    (void)capacity;
    ck_stack_init(&q->s);
    domain_init(&q->d);
    q->member = (struct member *)calloc((size_t)threads + 1u, sizeof *q->member);
    return q->member != NULL;
}

/* Records are not freed: those of others may still be on their way through the list. */
static void queue_fini(struct queue *q) { free(q->member); }

static void
queue_join(struct queue *q, int me)
{
    struct member *const m = &q->member[me];
    void *p = NULL;
    if (posix_memalign(&p, LOFT_CACHELINE, sizeof *m->r) != 0)
        abort();
    m->r = (record *)p;
    member_join(&q->d, m);
}

static void queue_leave(struct queue *q, int me) { member_leave(&q->member[me]); }

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    (void)me;
    struct item *const it = (struct item *)malloc(sizeof *it);
    if (!it)
        return false;
    it->v = v;
    ck_stack_push_upmc(&q->s, &it->link);
    return true;
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    struct member *const m = &q->member[me];
    member_enter(m);
    struct item *const it = (struct item *)(void *)member_pop(m, &q->s);
    if (it)
        *v = it->v;
    member_exit(m);
    if (it)
        member_retire(m, it);
    return it != NULL;
}

static inline bool
queue_take_all(struct queue *q, int me, struct batch *b)
{
    (void)me;
    b->next = ck_stack_batch_pop_upmc(&q->s);
    return b->next != NULL;
}

static inline void item_done(struct queue *q, int me, struct item *it) { member_retire(&q->member[me], it); }

#endif

static inline bool
queue_batch_next(struct queue *q, int me, struct batch *b, uint64_t *v)
{
    struct item *const it = (struct item *)(void *)b->next;
    if (!it)
        return false;
    b->next = b->next->next;
    *v = it->v;
    item_done(q, me, it);
    return true;
}

#include "../harness.h"
