/* SPDX-License-Identifier: MIT
 *
 * loft/smr/qsbr.h - quiescent-state-based reclamation: sections cost nothing, the program says when it holds nothing.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h smr/contract.h smr/threads.h smr/epoch.h
 *
 * USE IT WHEN         every thread has a place it comes by again and again where it holds no pointer to a node: the
 *                     head of an event loop, between two tasks of a pool.
 * DO NOT USE IT WHEN  a thread may block or compute for long between two such places without saying loft_qsbr_offline:
 *                     nothing is freed meanwhile, by anybody. ebr.h needs no such place.
 *
 * EXAMPLE
 *     #include <loft/smr/qsbr.h>
 *     struct task { loft_qsbr_node smr; int value; };
 *     static void drop(loft_smr_thread *me, loft_smr_node *n) { (void)me; loft_free(n, sizeof(struct task)); }
 *     int main(void)
 *     {
 *         static loft_qsbr domain;
 *         if (loft_qsbr_init(&domain, NULL) != LOFT_OK)
 *             return 1;
 *         loft_qsbr_thread *me = loft_qsbr_join(&domain);       // online from here
 *         for (int i = 0; me && i < 1000; i++) {                // an event loop
 *             struct task *t = (struct task *)loft_qsbr_alloc_node(me, sizeof *t);
 *             if (!t)
 *                 return 1;
 *             loft_qsbr_retire(me, &t->smr, drop);              // had it been in a structure, others might hold it
 *             loft_qsbr_quiescent(me);                          // here this thread holds nothing
 *         }
 *         loft_qsbr_offline(me);                                // before it waits
 *         loft_qsbr_online(me);
 *         loft_qsbr_leave(me);
 *         return loft_qsbr_fini(&domain) != LOFT_OK;
 *     }
 *
 * OPERATIONS          the contract's (smr/contract.h), with loft_qsbr for S, where one section goes from quiescent to
 *                     quiescent; enter and exit do nothing and nest. And
 *                     quiescent(me)               this thread holds nothing now
 *                     offline(me)  online(me)     it holds nothing until it is back
 *
 * TOGETHER            Everything but init, fini and forked, each record by one thread at a time; stats_get by any
 *                     thread.
 *
 * MEMORY              As ebr.h: what is pending is freed by who has retired it, in calls of retire and quiescent, three
 *                     batches of them later or sooner, if all threads that are online are quiescent meanwhile: no
 *                     bound while one is not. A thread that goes offline keeps what it has retired until it is back,
 *                     leaves, or somebody drains.
 *
 * PROGRESS            quiescent, online, offline, protect wait-free; enter and exit nothing. retire and quiescent but
 *                     for options.frees calls of drop, and lock-free where they take over what leavers have left. The
 *                     rest as ebr.h.
 *
 * SOURCE              McKenney, Slingwine, Read-Copy Update, PDCS 1998; Hart, McKenney, Brown, Walpole, Performance of
 *                     memory reclamation for lockless synchronization, JPDC 2007. smr/epoch.h has the argument: a
 *                     thread that is quiescent ends a section and begins the next.
 */
#ifndef LOFT_SMR_QSBR_H
#define LOFT_SMR_QSBR_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "contract.h"
#include "threads.h"
#include "epoch.h"

#if !defined(LOFT_UNSUPPORTED)

#define loft_qsbr_smr       1
#define loft_qsbr_region    1
#define loft_qsbr_slots     0
#define loft_qsbr_robust    0
#define loft_qsbr_birth     0
#define loft_qsbr_restarts  0
#define loft_qsbr_signals   0
#define loft_qsbr_nests     1
#define loft_qsbr_drops     1

typedef loft_epoch         loft_qsbr;
typedef loft_epoch_thread  loft_qsbr_thread;
typedef loft_smr_node      loft_qsbr_node;
typedef loft_smr_options   loft_qsbr_options;
typedef loft_smr_stats     loft_qsbr_stats;

LOFT_API void
loft_qsbr_left_(loft_smr_thread *me)
{
    loft_epoch_leave_((loft_epoch_thread *)me);
}

/* loft_qsbr_init - begins a domain.
 *   returns   LOFT_OK
 *   threads   one
 *   cost      a key of the system's for loft_qsbr_self; where there is none left, only that fails
 */
LOFT_NODISCARD LOFT_API loft_status
loft_qsbr_init(loft_qsbr *d, const loft_qsbr_options *o)
{
    return loft_epoch_init_(d, o, loft_qsbr_left_);
}

/* loft_qsbr_fini - frees all that was retired, and the records, also of threads that have not left.
 *   returns   LOFT_OK; LOFT_INVAL: somebody is online, and nothing happened
 *   threads   one, and no other uses the domain any more
 *   cost      all that is pending is freed in this call
 */
LOFT_NODISCARD LOFT_API loft_status
loft_qsbr_fini(loft_qsbr *d)
{
    return loft_epoch_fini_(d) ? LOFT_OK : LOFT_INVAL;
}

/* loft_qsbr_join - takes part.
 *   returns   a record; NULL: no memory, or there are options.threads already
 *   threads   any; the record is the caller's, or whom it gives it to, one at a time
 *   progress  lock-free but for the allocator
 *   cost      an allocation; two for a record that nobody has had before
 */
LOFT_NODISCARD LOFT_API loft_qsbr_thread *
loft_qsbr_join(loft_qsbr *d)
{
    loft_qsbr_thread *const me = loft_epoch_join_(d);
    if (me)
        loft_epoch_begin_(me);
    return me;
}

/* loft_qsbr_leave - gives the record back; what it has retired is freed by others, or by drain or fini.
 *   threads   who has it, holding no node
 *   progress  lock-free but for the allocator and drop
 *   cost      where threads that left have left a batch behind: a heavy fence, and as many calls of drop
 */
LOFT_API void
loft_qsbr_leave(loft_qsbr_thread *me)
{
    loft_epoch_leave_(me);
}

/* loft_qsbr_self - this thread's own record: joins at the first call, leaves when the thread ends.
 *   returns   NULL as join does, and where the system has no keys left
 *   threads   any
 *   progress  wait-free after the first
 */
LOFT_NODISCARD LOFT_API loft_qsbr_thread *
loft_qsbr_self(loft_qsbr *d)
{
    loft_qsbr_thread *const me = loft_epoch_self_(d);
    if (me && !loft_epoch_inside_(me))                   /* new, or offline, where this call needs it              */
        loft_epoch_begin_(me);
    return me;
}

/* loft_qsbr_forked - in the child of a fork, before anything else: the other threads' records are free, their sections
 * over, and what they had retired is the domain's, but for those that were in a section: that is lost, because it may
 * have been in the midst of a change.
 *   threads   the only one; me is its record, or NULL
 */
LOFT_API void
loft_qsbr_forked(loft_qsbr *d, loft_qsbr_thread *me)
{
    loft_epoch_forked_(d, me);
}

/* loft_qsbr_number - what the statistics call this record. */
LOFT_API size_t
loft_qsbr_number(const loft_qsbr_thread *me)
{
    return me->base.number;
}

/* Something is kept, or the epoch has moved. A call of its own, so that what is inlined is two loads and a branch. */
LOFT_NOINLINE void
loft_qsbr_passes_(loft_qsbr_thread *me, loft_seq e)
{
    if (me->quiet == LOFT_EPOCH_KEEPS_)
        loft_epoch_work_(me, 0);
    if (loft_epoch_mine_(me) != e + 1u)
        loft_epoch_begin_(me);
    if (me->quiet != LOFT_EPOCH_KEEPS_)
        me->quiet = loft_epoch_mine_(me) - 1u;           /* neither of them: an epoch                              */
}

/* loft_qsbr_quiescent - this thread holds no node: one section ends, the next begins.
 *   threads   the record's, online
 *   progress  wait-free but for options.frees calls of drop; lock-free where it takes over what leavers have left
 *   order     what this thread did before happens before what it may have held is freed
 *   cost      two loads, as long as the epoch stands still
 */
LOFT_ALWAYS_INLINE void
loft_qsbr_quiescent(loft_qsbr_thread *me)
{
    LOFT_ASSERT(loft_epoch_inside_(me) && !me->base.freeing);
    const loft_seq e = loft_load(&me->domain->epoch, relaxed);   /* quiescent:A relaxed: begin reads it again */
    if (LOFT_UNLIKELY(me->quiet != e))                   /* else nothing is kept, and it is announced already      */
        loft_qsbr_passes_(me, e);
}

/* loft_qsbr_offline - it holds no node until loft_qsbr_online, and nobody waits for it.
 *   threads   the record's, online
 *   progress  wait-free
 */
LOFT_API void
loft_qsbr_offline(loft_qsbr_thread *me)
{
    LOFT_ASSERT(loft_epoch_inside_(me) && !me->base.freeing);
    loft_epoch_end_(me);
}

/* loft_qsbr_online - it may hold nodes again.
 *   threads   the record's, offline
 *   progress  wait-free
 *   cost      that of loft_ebr_enter
 */
LOFT_API void
loft_qsbr_online(loft_qsbr_thread *me)
{
    LOFT_ASSERT(!loft_epoch_inside_(me));
    if (me->quiet != LOFT_EPOCH_KEEPS_)
        me->quiet = LOFT_EPOCH_KEEPS_NOT_;               /* the counter may have come round                        */
    loft_epoch_begin_(me);
}

/* loft_qsbr_enter, loft_qsbr_exit - nothing.
 *   threads   the record's, online
 */
LOFT_API void
loft_qsbr_enter(loft_qsbr_thread *me)
{
    LOFT_ASSERT(loft_epoch_inside_(me));
    (void)me;
}

LOFT_API void
loft_qsbr_exit(loft_qsbr_thread *me)
{
    (void)me;
}

/* loft_qsbr_read, loft_qsbr_write - nothing; see smr/contract.h. */
#define loft_qsbr_read(me)  ((void)(me))

LOFT_API void
loft_qsbr_write(loft_qsbr_thread *me, const void *a, const void *b, const void *c)
{
    (void)me;
    (void)a;
    (void)b;
    (void)c;
}

/* loft_qsbr_protect - loads a link.
 *   returns   the word, with its marks; the node is safe until the end of the section
 *   threads   the record's, in a section
 *   progress  wait-free
 *   order     acquire
 *   cost      a load
 */
LOFT_API uintptr_t
loft_qsbr_protect(loft_qsbr_thread *me, size_t slot, const LOFT_ATOMIC(uintptr_t) *from)
{
    LOFT_ASSERT(loft_epoch_inside_(me));
    (void)me;
    (void)slot;
    return loft_load(from, acquire);                     /* protect:A acquire <- user: the node is whole */
}

/* loft_qsbr_born - makes a node that is memory of the caller's ready for the scheme, before others can see it.
 *   threads   the record's
 *   progress  wait-free
 */
LOFT_API void
loft_qsbr_born(loft_qsbr_thread *me, loft_qsbr_node *node)
{
    (void)me;
    (void)node;
}

/* loft_qsbr_alloc_node - loft_alloc and born.
 *   returns   size bytes that begin with a loft_qsbr_node; NULL: no memory. drop gives them to loft_free
 *   threads   the record's
 *   progress  the allocator's
 */
LOFT_NODISCARD LOFT_API void *
loft_qsbr_alloc_node(loft_qsbr_thread *me, size_t size)
{
    (void)me;
    return loft_alloc(size);
}

/* loft_qsbr_retire - drop(me, node) will be called once nobody can hold the node.
 *   threads   the record's, in a section; the node is not reachable for who enters later
 *   progress  wait-free but for options.frees calls of drop; lock-free where it takes over what leavers have left
 *   order     what any thread did with the node in a section happens before drop
 *   cost      no atomic operation but loads and stores; one call in options.batch a heavy fence
 */
LOFT_API void
loft_qsbr_retire(loft_qsbr_thread *me, loft_qsbr_node *node, loft_smr_drop drop)
{
    LOFT_ASSERT(loft_epoch_inside_(me));
    loft_epoch_retire_(me, node, drop);
}

/* loft_qsbr_drain - frees all that was retired before this call, by whomever. This thread is quiescent meanwhile.
 *   returns   LOFT_OK; LOFT_TIMEOUT: a thread that is online was not quiescent in time (holder in the statistics), and
 *             what is left is freed as usual; or the system has refused a fence, and the next drain frees it;
 *             LOFT_NOMEM likewise; LOFT_INVAL: in drop
 *   threads   any number, online or not
 *   progress  waits for threads that are online, and for another drain
 *   cost      two heavy fences, an allocation for each thread that keeps something, four epochs, all the calls of
 *             drop
 */
LOFT_NODISCARD LOFT_API loft_status
loft_qsbr_drain(loft_qsbr_thread *me, uint64_t deadline)
{
    if (me->base.freeing)
        return LOFT_INVAL;
    const bool online = loft_epoch_inside_(me);
    if (online)
        loft_epoch_end_(me);
    const loft_status s = loft_epoch_drain_(me, deadline);
    if (online)
        loft_epoch_begin_(me);
    return s;
}

/* loft_qsbr_stats_get - counts what is retired, freed, pending; who is in the oldest section.
 *   threads   any, between init and fini
 *   progress  wait-free: a few loads for each record
 */
LOFT_API loft_qsbr_stats
loft_qsbr_stats_get(const loft_qsbr *d)
{
    loft_qsbr_stats s;
    loft_epoch_stats_(d, &s);
    return s;
}

#endif /* supported */
#endif /* LOFT_SMR_QSBR_H */
