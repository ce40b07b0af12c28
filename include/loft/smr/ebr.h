/* SPDX-License-Identifier: MIT
 *
 * loft/smr/ebr.h - epoch-based reclamation in the form of DEBRA: the default scheme.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h smr/contract.h smr/threads.h smr/epoch.h
 *
 * USE IT WHEN         sections are short and threads come out of them: the fastest of the schemes, and everything that
 *                     is read in a section is safe.
 * DO NOT USE IT WHEN  a thread may stop within a section and memory has to stay bounded (debra.h, ibr.h, hyaline.h,
 *                     hp.h), or threads have a loop with a moment in which they hold nothing (qsbr.h: nothing to pay).
 *
 * EXAMPLE
 *     #include <loft/smr/ebr.h>
 *     struct config { loft_ebr_node smr; int limit; };
 *     static LOFT_ATOMIC(uintptr_t) current;                  // the address of the configuration that is in force
 *     static void drop(loft_smr_thread *me, loft_smr_node *n) { (void)me; loft_free(n, sizeof(struct config)); }
 *     static bool set(loft_ebr_thread *me, int limit)
 *     {
 *         struct config *c = (struct config *)loft_ebr_alloc_node(me, sizeof *c);
 *         if (!c)
 *             return false;
 *         c->limit = limit;
 *         loft_ebr_enter(me);
 *         uintptr_t old = loft_exchange(&current, (uintptr_t)c, acq_rel);   // set:A acq_rel -> user <- set:A: whole
 *         if (old)
 *             loft_ebr_retire(me, &((struct config *)old)->smr, drop);
 *         loft_ebr_exit(me);
 *         return true;
 *     }
 *     int main(void)
 *     {
 *         static loft_ebr domain;
 *         if (loft_ebr_init(&domain, NULL) != LOFT_OK)
 *             return 1;
 *         loft_ebr_thread *me = loft_ebr_join(&domain);
 *         if (!me || !set(me, 10) || !set(me, 20))
 *             return 1;
 *         loft_ebr_enter(me);
 *         const struct config *c = (const struct config *)loft_ebr_protect(me, 0, &current);
 *         const int limit = c->limit;                         // c stays until exit, whatever others set
 *         loft_ebr_exit(me);
 *         loft_free((void *)loft_load(&current, relaxed), sizeof(struct config));   // main:A relaxed: one thread
 *         loft_ebr_leave(me);
 *         return loft_ebr_fini(&domain) != LOFT_OK || limit != 20;
 *     }
 *
 * OPERATIONS          the contract's (smr/contract.h), with loft_ebr for S; sections nest
 *
 * TOGETHER            Everything but init, fini and forked, each record by one thread at a time; stats_get by any
 *                     thread.
 *
 * MEMORY              A record of about 450 bytes for each thread that is there at one time, a bag of 1200. What is
 *                     retired and not yet freed: about 3 * options.batch * (1 + records / 64) nodes for each thread
 *                     that retires, as long as all sections end. While one does not, everything that is retired stays:
 *                     no bound.
 *
 * PROGRESS            enter, exit, protect wait-free; retire wait-free but for the allocator's free, at most
 *                     options.frees nodes and 8 records in one call, and lock-free where it takes over bags that were
 *                     left, all of which it looks at. join, leave lock-free but for the allocator. drain waits for the
 *                     sections of others and for another drain.
 *
 * SOURCE              smr/epoch.h: the algorithm, its argument and what was changed.
 */
#ifndef LOFT_SMR_EBR_H
#define LOFT_SMR_EBR_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "contract.h"
#include "threads.h"
#include "epoch.h"

#if !defined(LOFT_UNSUPPORTED)

#define loft_ebr_smr       1
#define loft_ebr_region    1
#define loft_ebr_slots     0
#define loft_ebr_robust    0
#define loft_ebr_birth     0
#define loft_ebr_restarts  0
#define loft_ebr_signals   0
#define loft_ebr_nests     1
#define loft_ebr_drops     1

typedef loft_epoch         loft_ebr;
typedef loft_epoch_thread  loft_ebr_thread;
typedef loft_smr_node      loft_ebr_node;
typedef loft_smr_options   loft_ebr_options;
typedef loft_smr_stats     loft_ebr_stats;

LOFT_API void
loft_ebr_left_(loft_smr_thread *me)
{
    loft_epoch_leave_((loft_epoch_thread *)me);
}

/* loft_ebr_init - begins a domain.
 *   returns   LOFT_OK
 *   threads   one
 *   cost      a key of the system's for loft_ebr_self; where there is none left, only that fails
 */
LOFT_NODISCARD LOFT_API loft_status
loft_ebr_init(loft_ebr *d, const loft_ebr_options *o)
{
    return loft_epoch_init_(d, o, loft_ebr_left_);
}

/* loft_ebr_fini - frees all that was retired, and the records, also of threads that have not left.
 *   returns   LOFT_OK; LOFT_INVAL: somebody is in a section, and nothing happened
 *   threads   one, and no other uses the domain any more
 *   cost      all that is pending is freed in this call
 */
LOFT_NODISCARD LOFT_API loft_status
loft_ebr_fini(loft_ebr *d)
{
    return loft_epoch_fini_(d) ? LOFT_OK : LOFT_INVAL;
}

/* loft_ebr_join - takes part.
 *   returns   a record; NULL: no memory, or there are options.threads already
 *   threads   any; the record is the caller's, or whom it gives it to, one at a time
 *   progress  lock-free but for the allocator
 *   cost      an allocation; two for a record that nobody has had before
 */
LOFT_NODISCARD LOFT_API loft_ebr_thread *
loft_ebr_join(loft_ebr *d)
{
    return loft_epoch_join_(d);
}

/* loft_ebr_leave - gives the record back; what it has retired is freed by others, or by drain or fini.
 *   threads   who has it, outside sections
 *   progress  lock-free but for the allocator and drop
 *   cost      where threads that left have left a batch behind: a heavy fence, and as many calls of drop
 */
LOFT_API void
loft_ebr_leave(loft_ebr_thread *me)
{
    LOFT_ASSERT(!loft_epoch_inside_(me));
    loft_epoch_leave_(me);
}

/* loft_ebr_self - this thread's own record: joins at the first call, leaves when the thread ends.
 *   returns   NULL as join does, and where the system has no keys left
 *   threads   any
 *   progress  wait-free after the first
 */
LOFT_NODISCARD LOFT_API loft_ebr_thread *
loft_ebr_self(loft_ebr *d)
{
    return loft_epoch_self_(d);
}

/* loft_ebr_forked - in the child of a fork, before anything else: the other threads' records are free, their sections
 * over, and what they had retired is the domain's, but for those that were in a section: that is lost, because it may
 * have been in the midst of a change.
 *   threads   the only one; me is its record, or NULL
 */
LOFT_API void
loft_ebr_forked(loft_ebr *d, loft_ebr_thread *me)
{
    loft_epoch_forked_(d, me);
}

/* loft_ebr_number - what the statistics call this record. */
LOFT_API size_t
loft_ebr_number(const loft_ebr_thread *me)
{
    return me->base.number;
}

/* loft_ebr_enter - begins a section. What is reachable from now on stays until its end.
 *   threads   the record's
 *   progress  wait-free
 *   order     what happened in sections that ended two epochs ago happens before this returns
 *   cost      a load of the epoch and a store; a full fence where membarrier is not there
 */
LOFT_ALWAYS_INLINE void
loft_ebr_enter(loft_ebr_thread *me)
{
    const loft_seq a = loft_epoch_mine_(me);
    if (LOFT_LIKELY((a & LOFT_EPOCH_DEPTH_) == 0))
        loft_epoch_begin_(me);
    else
        loft_epoch_nest_(me, a + 1u);
}

/* An exit with work to do. Out of line, whole, so that other exits need no registers for it. */
LOFT_NOINLINE void
loft_ebr_work_(loft_ebr_thread *me)
{
    loft_epoch_work_(me, 0);
    loft_epoch_end_(me);
}

/* loft_ebr_exit - ends it, and does some of the work if this thread has retired something.
 *   threads   the record's, in a section
 *   progress  wait-free but for options.frees calls of drop; lock-free where it takes over what leavers have left
 *   cost      a store
 */
LOFT_ALWAYS_INLINE void
loft_ebr_exit(loft_ebr_thread *me)
{
    const loft_seq a = loft_epoch_mine_(me);
    LOFT_ASSERT(a & LOFT_EPOCH_DEPTH_);
    if (LOFT_UNLIKELY((a & LOFT_EPOCH_DEPTH_) != 1u)) {
        loft_epoch_nest_(me, a - 1u);
        return;
    }
    if (LOFT_UNLIKELY(me->quiet == LOFT_EPOCH_KEEPS_ && !loft_epoch_counts_(me))) {
        loft_ebr_work_(me);
        return;
    }
    loft_epoch_end_(me);
}

/* loft_ebr_read, loft_ebr_write - nothing; see smr/contract.h. */
#define loft_ebr_read(me)  ((void)(me))

LOFT_API void
loft_ebr_write(loft_ebr_thread *me, const void *a, const void *b, const void *c)
{
    (void)me;
    (void)a;
    (void)b;
    (void)c;
}

/* loft_ebr_protect - loads a link.
 *   returns   the word, with its marks; the node is safe until the end of the section
 *   threads   the record's, in a section
 *   progress  wait-free
 *   order     acquire
 *   cost      a load
 */
LOFT_ALWAYS_INLINE uintptr_t
loft_ebr_protect(loft_ebr_thread *me, size_t slot, const LOFT_ATOMIC(uintptr_t) *from)
{
    LOFT_ASSERT(loft_epoch_inside_(me));
    (void)me;
    (void)slot;
    return loft_load(from, acquire);                     /* protect:A acquire <- user: the node is whole */
}

/* loft_ebr_born - makes a node that is memory of the caller's ready for the scheme, before others can see it.
 *   threads   the record's
 *   progress  wait-free
 */
LOFT_API void
loft_ebr_born(loft_ebr_thread *me, loft_ebr_node *node)
{
    (void)me;
    (void)node;
}

/* loft_ebr_alloc_node - loft_alloc and born.
 *   returns   size bytes that begin with a loft_ebr_node; NULL: no memory. drop gives them to loft_free
 *   threads   the record's
 *   progress  the allocator's
 */
LOFT_NODISCARD LOFT_API void *
loft_ebr_alloc_node(loft_ebr_thread *me, size_t size)
{
    (void)me;
    return loft_alloc(size);
}

/* loft_ebr_retire - drop(me, node) will be called once nobody can hold the node.
 *   threads   the record's, in a section; the node is not reachable for who enters later
 *   progress  wait-free but for options.frees calls of drop, one as a rule; lock-free where it takes over what leavers
 *             have left
 *   order     what any thread did with the node in a section happens before drop
 *   cost      no atomic operation but loads and stores, none of them to the node; one call in options.batch a heavy
 *             fence, one in 64 writes to as many nodes
 */
LOFT_API void
loft_ebr_retire(loft_ebr_thread *me, loft_ebr_node *node, loft_smr_drop drop)
{
    LOFT_ASSERT(loft_epoch_inside_(me));
    loft_epoch_retire_(me, node, drop);
}

/* loft_ebr_drain - frees all that was retired before this call, by whomever.
 *   returns   LOFT_OK; LOFT_TIMEOUT: a section did not end in time (holder in the statistics), and what is left is
 *             freed as usual; or the system has refused a fence, and the next drain frees it; LOFT_NOMEM likewise;
 *             LOFT_INVAL: the caller is in a section
 *   threads   any number, outside sections
 *   progress  waits for sections that began before, and for another drain
 *   cost      two heavy fences, an allocation for each thread that keeps something, four epochs, all the calls of
 *             drop
 */
LOFT_NODISCARD LOFT_API loft_status
loft_ebr_drain(loft_ebr_thread *me, uint64_t deadline)
{
    return loft_epoch_inside_(me) ? LOFT_INVAL : loft_epoch_drain_(me, deadline);
}

/* loft_ebr_stats_get - counts what is retired, freed, pending; who is in the oldest section.
 *   threads   any, between init and fini
 *   progress  wait-free: a few loads for each record
 */
LOFT_API loft_ebr_stats
loft_ebr_stats_get(const loft_ebr *d)
{
    loft_ebr_stats s;
    loft_epoch_stats_(d, &s);
    return s;
}

#endif /* supported */
#endif /* LOFT_SMR_EBR_H */
