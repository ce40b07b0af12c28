/* SPDX-License-Identifier: MIT
 *
 * loft/smr/threads.h - who takes part in a domain: records that are taken, given back and never moved. For schemes.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h smr/contract.h
 *
 * A list that only grows, newest first, so that it is walked without protection. A record is taken by compare-exchange
 * and given back by a store; it is freed with the domain. A scheme's own record begins with a loft_smr_thread, its
 * domain with a loft_smr_domain, and its size is the record's.
 *
 * OPERATIONS       loft_smr_domain_init_  loft_smr_domain_fini_
 *                  loft_smr_take_  loft_smr_give_  loft_smr_first_         records
 *                  loft_smr_self_  loft_smr_self_set_  loft_smr_self_clear_   a record for each thread of the system
 *                  loft_smr_put_  loft_smr_move_  loft_smr_free_           lists of retired nodes
 *                  loft_smr_keep_  loft_smr_link_                          and the last few of them
 *                  loft_smr_retired_  loft_smr_sum_                        what is counted
 *                  loft_smr_random_                                        numbers for structures
 *
 * EDGES        give:A -> take:A        what the one before has left in the record
 *              take:C -> take:B, take:C, first:A   the record is whole before it is in the list
 *
 * PROGRESS         take lock-free but for the allocator, give and first wait-free.
 */
#ifndef LOFT_SMR_THREADS_H
#define LOFT_SMR_THREADS_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "contract.h"

#if !defined(LOFT_UNSUPPORTED)

#include <string.h>
#if !defined(_WIN32)
#  include <pthread.h>
#  define LOFT_SMR_SELF_  1
#else
#  define LOFT_SMR_SELF_  0
#endif

/* Nodes that a fence is made for, where options.batch says nothing. A heavy one takes 1 to 20 microseconds from who
 * makes it, and as much from every thread that runs. */
#define LOFT_SMR_BATCH_(asym)  ((asym) ? (size_t)1024 : (size_t)64)

#define LOFT_SMR_HAND_  64u                              /* nodes that a loft_smr_hand_ has room for           */

/* Nodes of one thread: whoever is the last to be put in stays the last, so that lists are joined in one step. */
typedef struct loft_smr_list_ {
    loft_smr_node *head;
    loft_smr_node *tail;                                 /* where there is a head                              */
} loft_smr_list_;

LOFT_API void
loft_smr_put_(loft_smr_list_ *list, loft_smr_node *node)
{
    if (!list->head)
        list->tail = node;
    loft_plain_write(&node->next, list->head);
    list->head = node;
}

/* Behind what is there, all of `from`, which is empty afterwards. */
LOFT_API void
loft_smr_move_(loft_smr_list_ *to, loft_smr_list_ *from)
{
    if (!from->head)
        return;
    if (to->head)
        loft_plain_write(&to->tail->next, from->head);
    else
        to->head = from->head;
    to->tail = from->tail;
    from->head = NULL;
}

/* The last few nodes that a thread has retired, which it has not written to. Who has just read one, as a rule another
 * thread too, has its line in another cache: writing to one at a time waits for it each time, and writing to many at
 * once for all of them together. */
typedef struct loft_smr_hand_ {
    size_t n;
    struct loft_smr_held_ {
        loft_smr_node *node;
        loft_smr_drop  drop;
    } held[LOFT_SMR_HAND_];
} loft_smr_hand_;

/* All of them go there. */
LOFT_API void
loft_smr_link_(loft_smr_hand_ *hand, loft_smr_list_ *to)
{
    const size_t n = loft_plain_read(&hand->n);
    for (size_t i = 0; i < n; i++) {
        loft_smr_node *const node = hand->held[i].node;
        node->drop = hand->held[i].drop;
        loft_smr_put_(to, node);
    }
    loft_plain_write(&hand->n, (size_t)0);
}

/* One more; all go there if there is no room for it. */
LOFT_API void
loft_smr_keep_(loft_smr_hand_ *hand, loft_smr_list_ *to, loft_smr_node *node, loft_smr_drop drop)
{
    if (LOFT_UNLIKELY(hand->n == LOFT_SMR_HAND_))
        loft_smr_link_(hand, to);
    const size_t n = hand->n;
    hand->held[n].node = node;
    hand->held[n].drop = drop;
    loft_plain_write(&hand->n, n + 1u);
}

struct loft_smr_domain;

/* The owner's; others read the counters, and walk by `next`. */
typedef struct loft_smr_thread {
    LOFT_ATOMIC(unsigned)   taken;
    unsigned                depth;                       /* sections within sections                           */
    size_t                  number;                      /* 1 is the first that joined                         */
    struct loft_smr_thread *next;                        /* fixed once it is in the list                       */
    struct loft_smr_domain *domain;
    LOFT_ATOMIC(loft_seq)   retired;                     /* by the owner only, so that they need no RMW        */
    LOFT_ATOMIC(loft_seq)   freed;
    LOFT_ATOMIC(loft_seq)   peak;
    bool                    freeing;                     /* in drop: what it retires is not freed by it        */
    uint64_t                random;                      /* where loft_smr_random_ is                          */
} loft_smr_thread;

typedef struct loft_smr_domain {
    LOFT_ATOMIC(loft_smr_thread *) threads;              /* newest first                                       */
    size_t                         limit;
    size_t                         size;                 /* of a record                                        */
    void (*prepare)(struct loft_smr_thread *fresh);      /* the scheme's part of a record that is all zero     */
    void (*leave)(struct loft_smr_thread *me);
#if LOFT_SMR_SELF_
    pthread_key_t                  key;
    bool                           keyed;
#endif
} loft_smr_domain;

#if LOFT_SMR_SELF_
LOFT_API void
loft_smr_ends_(void *record)
{
    loft_smr_thread *const me = (loft_smr_thread *)record;
    me->depth = 0;                                       /* a thread that is gone is in no section             */
    me->domain->leave(me);
}
#endif

LOFT_API void
loft_smr_domain_init_(loft_smr_domain *d, size_t size, size_t limit,
                      void (*prepare)(loft_smr_thread *fresh), void (*leave)(loft_smr_thread *me))
{
    loft_init(&d->threads, (loft_smr_thread *)NULL);
    d->limit = limit ? limit : (size_t)-1;
    d->size = size;
    d->prepare = prepare;
    d->leave = leave;
#if LOFT_SMR_SELF_
    d->keyed = pthread_key_create(&d->key, loft_smr_ends_) == 0;
#endif
}

/* For structures, in a debug build: a record of this domain. Those of all schemes begin with the two above. */
LOFT_API bool
loft_smr_knows_(const void *domain, const void *me)
{
    return (const void *)((const loft_smr_thread *)me)->domain == domain;
}

/* For structures: the next of this record's random numbers, which are its own (Steele, Lea, Flood, OOPSLA 2014). */
LOFT_API uint64_t
loft_smr_random_(void *me)
{
    loft_smr_thread *const t = (loft_smr_thread *)me;
    t->random += 0x9e3779b97f4a7c15u;
    uint64_t z = t->random;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* The newest record; the others are behind it. */
LOFT_API loft_smr_thread *
loft_smr_first_(const loft_smr_domain *d)
{
    return loft_load(&d->threads, acquire);              /* first:A acquire <- take:C: the record is whole */
}

LOFT_API void
loft_smr_give_(loft_smr_thread *me)
{
    loft_store(&me->taken, 0u, release);                 /* give:A release -> take:A: what is left in it */
}

/* A record that nobody has, or a new one; NULL: no memory, or there are as many as there may be. */
LOFT_API loft_smr_thread *
loft_smr_take_(loft_smr_domain *d)
{
    loft_smr_thread *t;
    for (t = loft_smr_first_(d); t; t = t->next) {
        unsigned nobody = 0;
        if (loft_cas_strong(&t->taken, &nobody, 1u, acquire, relaxed))   /* take:A acquire <- give:A: what is left */
            return t;
    }
    t = (loft_smr_thread *)loft_alloc_node(d->size);
    if (!t)
        return NULL;
    memset((void *)t, 0, d->size);
    loft_init(&t->taken, 1u);
    loft_init(&t->retired, (loft_seq)0);
    loft_init(&t->freed, (loft_seq)0);
    loft_init(&t->peak, (loft_seq)0);
    t->domain = d;
    d->prepare(t);
    loft_smr_thread *newest = loft_load(&d->threads, acquire);   /* take:B acquire <- take:C: its number */
    do {
        t->next = newest;
        const size_t number = newest ? loft_plain_read(&newest->number) + 1u : 1u;
        loft_plain_write(&t->number, number);
        t->random = (uint64_t)number << 56;
        if (number > d->limit) {
            loft_free_node(t, d->size);
            return NULL;
        }
    } while (!loft_cas_weak(&d->threads, &newest, t, release, acquire));   /* take:C release/acquire -> take:B, take:C,
                                                                              first:A <- take:C: it is whole */
    return t;
}

/* This thread's record, if it has one by loft_smr_self_set_; the scheme joins otherwise. */
LOFT_API loft_smr_thread *
loft_smr_self_(const loft_smr_domain *d)
{
#if LOFT_SMR_SELF_
    return d->keyed ? (loft_smr_thread *)pthread_getspecific(d->key) : NULL;
#else
    (void)d;
    return NULL;
#endif
}

/* From now on it is this thread's, until the thread ends; false: the system cannot. */
LOFT_API bool
loft_smr_self_set_(loft_smr_thread *me)
{
#if LOFT_SMR_SELF_
    return me->domain->keyed && pthread_setspecific(me->domain->key, me) == 0;
#else
    (void)me;
    return false;
#endif
}

/* Before a record is given back, in case it was this thread's own. */
LOFT_API void
loft_smr_self_clear_(loft_smr_thread *me)
{
#if LOFT_SMR_SELF_
    if (me->domain->keyed && pthread_getspecific(me->domain->key) == me)
        pthread_setspecific(me->domain->key, NULL);
#else
    (void)me;
#endif
}

/* Frees the records; nobody uses them any more. */
LOFT_API void
loft_smr_domain_fini_(loft_smr_domain *d)
{
#if LOFT_SMR_SELF_
    if (d->keyed)
        pthread_key_delete(d->key);
    d->keyed = false;
#endif
    loft_smr_thread *t = loft_smr_first_(d);
    loft_store(&d->threads, (loft_smr_thread *)NULL, relaxed);   /* fini:A relaxed: nobody else is here */
    while (t) {
        loft_smr_thread *const next = t->next;
        loft_free_node(t, d->size);
        t = next;
    }
}

/* One more retired; this thread keeps so many now. */
LOFT_API void
loft_smr_retired_(loft_smr_thread *me, size_t kept)
{
    const loft_seq n = loft_load(&me->retired, relaxed); /* retired:A relaxed: only this thread writes it */
    loft_store(&me->retired, n + 1u, relaxed);           /* retired:B relaxed: a statistic */
    if (kept > loft_load(&me->peak, relaxed))            /* retired:C relaxed: only this thread writes it */
        loft_store(&me->peak, (loft_seq)kept, relaxed);  /* retired:D relaxed: a statistic */
}

/* Calls drop for at most n nodes of a list, which are among *kept (NULL: nobody counts). How many they were. The
 * counters know of each before drop, which may end the thread. */
LOFT_API size_t
loft_smr_free_(loft_smr_thread *me, loft_smr_list_ *list, size_t n, size_t *kept)
{
    size_t freed = 0;
    const bool nested = me->freeing;
    me->freeing = true;
    while (list->head && freed < n) {
        loft_smr_node *const node = list->head;
        list->head = loft_plain_read(&node->next);
        if (kept)
            loft_plain_write(kept, loft_plain_read(kept) - 1u);
        const loft_seq before = loft_load(&me->freed, relaxed);   /* free:A relaxed: only this thread writes it */
        loft_store(&me->freed, before + 1u, relaxed);    /* free:B relaxed: a statistic */
        freed++;
        node->drop(me, node);
    }
    me->freeing = nested;
    return freed;
}

/* What the counters of all records add up to. Those of freed nodes first: they were counted as retired before. */
LOFT_API void
loft_smr_sum_(const loft_smr_domain *d, loft_smr_stats *s)
{
    for (const loft_smr_thread *t = loft_smr_first_(d); t; t = t->next)
        s->freed += loft_load(&t->freed, relaxed);       /* sum:A relaxed: a statistic */
    for (const loft_smr_thread *t = loft_smr_first_(d); t; t = t->next) {
        s->retired += loft_load(&t->retired, relaxed);   /* sum:B relaxed: a statistic */
        s->peak += loft_load(&t->peak, relaxed);         /* sum:C relaxed: a statistic */
        s->threads += loft_load(&t->taken, relaxed) != 0;   /* sum:D relaxed: a statistic */
        s->records++;
    }
    s->pending = s->retired > s->freed ? s->retired - s->freed : 0;
    /* Nodes that one thread leaves and another takes over are in the most of both. */
    s->peak = s->peak > s->retired ? s->retired : s->peak;
}

#endif /* supported */
#endif /* LOFT_SMR_THREADS_H */
