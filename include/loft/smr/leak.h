/* SPDX-License-Identifier: MIT
 *
 * loft/smr/leak.h - no reclamation: what is retired is never freed.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h smr/contract.h smr/threads.h
 *
 * USE IT WHEN         all nodes lie in an arena that goes as a whole; a program is short; a test or a model is about
 *                     the structure alone; or to measure what a scheme costs.
 * DO NOT USE IT       where memory has to come back.
 *
 * EXAMPLE
 *     #include <loft/smr/leak.h>
 *     struct node { loft_leak_node smr; int value; };
 *     static struct node arena[2];
 *     static void drop(loft_smr_thread *me, loft_smr_node *n) { (void)me; (void)n; }        // is never called
 *     int main(void)
 *     {
 *         static loft_leak domain;
 *         if (loft_leak_init(&domain, NULL) != LOFT_OK)
 *             return 1;
 *         loft_leak_thread *me = loft_leak_join(&domain);
 *         if (!me)
 *             return 1;
 *         loft_leak_enter(me);
 *         loft_leak_retire(me, &arena[0].smr, drop);
 *         loft_leak_exit(me);
 *         const size_t pending = (size_t)loft_leak_stats_get(&domain).pending;
 *         loft_leak_leave(me);
 *         return loft_leak_fini(&domain) != LOFT_OK || pending != 1;
 *     }
 *
 * OPERATIONS          the contract's (smr/contract.h), with loft_leak for S; sections nest
 *
 * TOGETHER            Everything but init and fini, each record by one thread at a time; stats_get by any thread.
 *
 * MEMORY              A record for each thread that is there at one time. Nodes are not touched: they may be gone
 *                     before the domain is.
 *
 * PROGRESS            join and leave lock-free but for the allocator; the rest wait-free.
 */
#ifndef LOFT_SMR_LEAK_H
#define LOFT_SMR_LEAK_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "contract.h"
#include "threads.h"

#if !defined(LOFT_UNSUPPORTED)

#define loft_leak_smr       1
#define loft_leak_region    1
#define loft_leak_slots     0
#define loft_leak_robust    0
#define loft_leak_birth     0
#define loft_leak_restarts  0
#define loft_leak_signals   0
#define loft_leak_nests     1
#define loft_leak_drops     0

typedef loft_smr_domain    loft_leak;
typedef loft_smr_thread    loft_leak_thread;
typedef loft_smr_node      loft_leak_node;
typedef loft_smr_options   loft_leak_options;
typedef loft_smr_stats     loft_leak_stats;

LOFT_API void
loft_leak_prepare_(loft_smr_thread *fresh)
{
    (void)fresh;
}

LOFT_API void
loft_leak_left_(loft_smr_thread *me)
{
    me->depth = 0;
    loft_smr_self_clear_(me);
    loft_smr_give_(me);
}

/* loft_leak_init - begins a domain.
 *   returns   LOFT_OK
 *   threads   one
 *   cost      a key of the system's for loft_leak_self; where there is none left, only that fails
 */
LOFT_NODISCARD LOFT_API loft_status
loft_leak_init(loft_leak *d, const loft_leak_options *o)
{
    loft_smr_domain_init_(d, sizeof(loft_leak_thread), o ? o->threads : 0, loft_leak_prepare_, loft_leak_left_);
    return LOFT_OK;
}

/* loft_leak_fini - frees the records, also of threads that have not left.
 *   returns   LOFT_OK; LOFT_INVAL: somebody is in a section, and nothing happened
 *   threads   one, and no other uses the domain any more
 */
LOFT_NODISCARD LOFT_API loft_status
loft_leak_fini(loft_leak *d)
{
    for (const loft_smr_thread *t = loft_smr_first_(d); t; t = t->next) {
        if (t->depth)
            return LOFT_INVAL;
    }
    loft_smr_domain_fini_(d);
    return LOFT_OK;
}

/* loft_leak_join - takes part.
 *   returns   a record; NULL: no memory, or there are options.threads already
 *   threads   any; the record is the caller's, or whom it gives it to, one at a time
 *   progress  lock-free but for the allocator
 *   cost      an allocation for a record that nobody has had before
 */
LOFT_NODISCARD LOFT_API loft_leak_thread *
loft_leak_join(loft_leak *d)
{
    return loft_smr_take_(d);
}

/* loft_leak_leave - gives the record back.
 *   threads   who has it, outside sections
 *   progress  wait-free
 */
LOFT_API void
loft_leak_leave(loft_leak_thread *me)
{
    LOFT_ASSERT(me->depth == 0);
    loft_leak_left_(me);
}

/* loft_leak_self - this thread's own record: joins at the first call, leaves when the thread ends.
 *   returns   NULL as join does, and where the system has no keys left
 *   threads   any
 *   progress  wait-free after the first
 */
LOFT_NODISCARD LOFT_API loft_leak_thread *
loft_leak_self(loft_leak *d)
{
    loft_leak_thread *me = loft_smr_self_(d);
    if (me)
        return me;
    me = loft_leak_join(d);
    if (me && !loft_smr_self_set_(me)) {
        loft_leak_left_(me);
        return NULL;
    }
    return me;
}

/* loft_leak_forked - in the child of a fork, before anything else: the other threads' records are free.
 *   threads   the only one; me is its record, or NULL
 */
LOFT_API void
loft_leak_forked(loft_leak *d, loft_leak_thread *me)
{
    for (loft_smr_thread *t = loft_smr_first_(d); t; t = t->next) {
        if (t == me || !loft_load(&t->taken, relaxed))   /* forked:A relaxed: nobody else is here */
            continue;
        t->depth = 0;
        loft_smr_give_(t);
    }
}

/* loft_leak_number - what the statistics call this record. */
LOFT_API size_t
loft_leak_number(const loft_leak_thread *me)
{
    return me->number;
}

/* loft_leak_enter, loft_leak_exit - count sections, so that a program that runs with this scheme runs with others.
 *   threads   the record's
 *   progress  wait-free
 */
LOFT_API void
loft_leak_enter(loft_leak_thread *me)
{
    me->depth++;
}

LOFT_API void
loft_leak_exit(loft_leak_thread *me)
{
    LOFT_ASSERT(me->depth);
    me->depth--;
}

/* loft_leak_read, loft_leak_write - nothing; see smr/contract.h. */
#define loft_leak_read(me)  ((void)(me))

LOFT_API void
loft_leak_write(loft_leak_thread *me, const void *a, const void *b, const void *c)
{
    (void)me;
    (void)a;
    (void)b;
    (void)c;
}

/* loft_leak_protect - loads a link.
 *   returns   the word, with its marks; the node is safe until the end of the section
 *   threads   the record's, in a section
 *   progress  wait-free
 *   order     acquire
 *   cost      a load
 */
LOFT_API uintptr_t
loft_leak_protect(loft_leak_thread *me, size_t slot, const LOFT_ATOMIC(uintptr_t) *from)
{
    LOFT_ASSERT(me->depth);
    (void)me;
    (void)slot;
    return loft_load(from, acquire);                     /* protect:A acquire <- user: the node is whole */
}

/* loft_leak_born - makes a node that is memory of the caller's ready for the scheme, before others can see it.
 *   threads   the record's
 *   progress  wait-free
 */
LOFT_API void
loft_leak_born(loft_leak_thread *me, loft_leak_node *node)
{
    (void)me;
    (void)node;
}

/* loft_leak_alloc_node - loft_alloc and born.
 *   returns   size bytes that begin with a loft_leak_node; NULL: no memory. drop gives them to loft_free
 *   threads   the record's
 *   progress  the allocator's
 */
LOFT_NODISCARD LOFT_API void *
loft_leak_alloc_node(loft_leak_thread *me, size_t size)
{
    (void)me;
    return loft_alloc(size);
}

/* loft_leak_retire - counts. drop is never called, and the node is not touched.
 *   threads   the record's, in a section; the node is not reachable for who enters later
 *   progress  wait-free
 */
LOFT_API void
loft_leak_retire(loft_leak_thread *me, loft_leak_node *node, loft_smr_drop drop)
{
    LOFT_ASSERT(me->depth);
    (void)node;
    (void)drop;
    const loft_seq n = loft_load(&me->retired, relaxed); /* retire:A relaxed: only this thread writes it */
    loft_smr_retired_(me, (size_t)n + 1u);
}

/* loft_leak_drain - cannot.
 *   returns   LOFT_NOTSUP; LOFT_INVAL: the caller is in a section
 */
LOFT_NODISCARD LOFT_API loft_status
loft_leak_drain(loft_leak_thread *me, uint64_t deadline)
{
    (void)deadline;
    return me->depth ? LOFT_INVAL : LOFT_NOTSUP;
}

/* loft_leak_stats_get - counts what was retired, and the threads.
 *   threads   any, between init and fini
 *   progress  wait-free: a few loads for each record
 */
LOFT_API loft_leak_stats
loft_leak_stats_get(const loft_leak *d)
{
    loft_leak_stats s;
    memset(&s, 0, sizeof s);
    loft_smr_sum_(d, &s);
    return s;
}

#endif /* supported */
#endif /* LOFT_SMR_LEAK_H */
