/* SPDX-License-Identifier: MIT
 *
 * loft/smr/hyaline.h - Hyaline-1S: batches of retired nodes that count the sections they wait for.
 *
 * Needs: core/base.h core/atomics.h core/asymmetric.h core/alloc.h core/park.h smr/collector.h
 *        smr/contract.h smr/threads.h
 *
 * USE IT WHEN         there are more threads than processors, or one may stop within a section, and memory has to stay
 *                     bounded: nobody looks at others to learn what is free, so nobody waits for who does not run.
 * DO NOT USE IT WHEN  a traversal goes through unlinked nodes and does not validate (ebr.h, qsbr.h), or only a few
 *                     words are held for long (hp.h: a tighter bound).
 *
 * EXAMPLE
 *     #include <loft/smr/hyaline.h>
 *     struct config { loft_hyaline_node smr; int limit; };
 *     static LOFT_ATOMIC(uintptr_t) current;                  // the address of the configuration that is in force
 *     static void drop(loft_smr_thread *me, loft_smr_node *n) { (void)me; loft_free(n, sizeof(struct config)); }
 *     static bool set(loft_hyaline_thread *me, int limit)
 *     {
 *         struct config *c = (struct config *)loft_hyaline_alloc_node(me, sizeof *c);
 *         if (!c)
 *             return false;
 *         c->limit = limit;
 *         loft_hyaline_enter(me);
 *         uintptr_t old = loft_exchange(&current, (uintptr_t)c, acq_rel);   // set:A acq_rel -> user <- set:A: whole
 *         if (old)
 *             loft_hyaline_retire(me, &((struct config *)old)->smr, drop);
 *         loft_hyaline_exit(me);
 *         return true;
 *     }
 *     int main(void)
 *     {
 *         static loft_hyaline domain;
 *         if (loft_hyaline_init(&domain, NULL) != LOFT_OK)
 *             return 1;
 *         loft_hyaline_thread *me = loft_hyaline_join(&domain);
 *         if (!me || !set(me, 10) || !set(me, 20))
 *             return 1;
 *         loft_hyaline_enter(me);
 *         const struct config *c = (const struct config *)loft_hyaline_protect(me, 0, &current);
 *         const int limit = c->limit;                         // c stays until exit, whatever others set
 *         loft_hyaline_exit(me);
 *         loft_free((void *)loft_load(&current, relaxed), sizeof(struct config));   // main:A relaxed: one thread
 *         loft_hyaline_leave(me);
 *         return loft_hyaline_fini(&domain) != LOFT_OK || limit != 20;
 *     }
 *
 * OPERATIONS          the contract's (smr/contract.h), with loft_hyaline for S; sections nest
 *
 * THE RULE            A batch of retired nodes is hung, a node each, on all records that are in a section whose access
 *                     era is not before the earliest birth in the batch. Who ends a section takes off what hangs there,
 *                     and counts each batch down. A batch that is counted down to nothing goes back to who retired it.
 *
 * WHY IT IS SAFE      Let T hold a node born in era b. protect:A read it after the fence that follows the store of T's
 *                     access era a, and protect:B read a after that; b was read before the node was published, so
 *                     b <= a. Let R have unlinked it, directly or through whom it has it from; then comes seal:B. Of
 *                     two such fences one is first (core/asymmetric.h; with full fences, C11 7.17.3p11). seal:B first:
 *                     protect:A finds the node unlinked. So T's fence is first, and seal:D, seal:F read the head and
 *                     the access era that T stored before it, or later ones. Access eras only grow, so R does not pass
 *                     T over for its era. A head that says that no section is there is of an exit after T's section,
 *                     which seal:D sees. Else R hangs a node on T, in this section or a later one, and T counts down
 *                     when that ends: walk:C is behind all that T did. The same for a record that joined: it was in the
 *                     list before its fence, and take:C or later is read by who has passed seal:B.
 *                     The counter begins at 0 and is counted down from there. Only seal:I, which adds how many nodes
 *                     were hung, brings it above, so that it is 0 again only when all of them were taken off.
 *
 * FENCES              A heavy fence interrupts every thread of the process, for microseconds. So when half a batch is
 *                     there a thread marks it, and moves the era (mark:A). Who makes a fence reads the era before it
 *                     (seal:L), and tells it afterwards (seal:M): what was marked up to that era was unlinked before,
 *                     because eras move by RMWs alone, which hand on what others have released. When a batch is there,
 *                     and the mark is not after what is told (seal:K), what is marked is the batch, without a fence,
 *                     and the rest begins the next. seal:D and seal:F are behind seal:K, so that the fence is as good
 *                     as its own. Where seal:B is said above, it may be another's.
 *
 * HOW MANY            A node is hung on one record only, and one counts: a batch of n nodes is enough for n - 1
 *                     records. It is finished when it has that many for the records that are there after seal:B.
 *                     Later ones need none, see above. So options.batch is a least size, half of it that of one that
 *                     goes by the fence of another.
 *
 * DRAINING            A record has two bags of what it has retired, one for each of two rounds, and the domain two
 *                     lists of what was left. Only a record's owner touches its bag of the round that it reads, in
 *                     sections; who drains begins the other round, whose bags are empty, and then stops all sections
 *                     once: hangs one node, which each record has for this, on all that are there, of whatever era, and
 *                     waits until they are taken off. Then the bags and the list of the round before are the drainer's,
 *                     and what is in them is free after the next stop. What hangs is taken off in the order it was
 *                     hung, so behind a stop all batches from before it are counted down as far. Three stops: by the
 *                     first, whoever had a bag has hung all batches that it began; by the second these have come back,
 *                     or are in a bag or a list; by the third that is the drainer's. No memory is needed for that. A
 *                     stop that a drain was too late for goes on; the next drain, or who makes a batch, finds it
 *                     through.
 *
 * LEAVING             Who leaves a bag puts it on the lists of the same round, of nodes and of batches that are free;
 *                     who takes something from there takes all of it, which nobody else has then, into its own bag of
 *                     that round. So nothing goes from one round to another but by who drains, and a drain, one that
 *                     waits for a section without end too, need not keep others from taking over what is left: what it
 *                     has to find was in a bag or a list of the round before its first stop, or of the next by its
 *                     second, and stays in one. What a stop holds back that is never through is what was there when it
 *                     began, and no more. Nobody waits for a thread that stops while it takes something over; it holds
 *                     back that.
 *                     Visitors may go before they can free what they have retired. So who has nothing to free takes a
 *                     batch of those that others have left, one at a time, so that there is one for each: as long as
 *                     there are some, each call of retire frees as much as it retires, and leave a batch beyond that.
 *                     What is left does not grow with how many visitors there are, whatever they retire. Who has
 *                     something to free takes over nothing: with options.frees 1 it frees no more than it retires.
 *
 * TOGETHER            Everything but init, fini and forked, each record by one thread at a time; stats_get by any
 *                     thread.
 *
 * EDGES        begin:D <-> seal:B, stop:C              seen, or I see it unlinked
 *              protect:D <-> seal:B                    the same
 *              end:A, end:B, end:C -> seal:D, seal:G, stop:E, stop:F   what the section did
 *              seal:G, stop:F -> end:B                 what is hung is whole
 *              walk:C -> walk:C, seal:I, await:A       what all sections did with the batch
 *              back:B -> claim:A                       the same, to its owner
 *              turn:B -> retire:A, work:A, leave:A, leave:D   the bags of a round are empty
 *              mark:A -> seal:L                        what others have unlinked before a fence
 *              seal:M -> seal:K                        the fence
 *              push:C -> adopt:C, supply:B             what is in it
 *
 * MEMORY              A record of about 800 bytes for each thread that is there at one time; four words in each node
 *                     (six where loft_seq is two).
 *                     Retired and not freed: K = max(options.batch, records + 1); a batch has less than 2 K nodes. Let
 *                     E be the nodes that were born in the era of a section that does not end, or before, and not freed
 *                     when it stopped: all that there were, and less than options.births * records more. It holds E
 *                     batches at most. So less than 2 K * E for all sections that stop, counted from the last of them,
 *                     2 K for each record, and what sections hold that do end. What may be freed waits for the calls of
 *                     who has retired it, or of others if that one has left: all of them free at least as much as they
 *                     retire, as long as there is something. A drain that cannot end holds back what was pending when
 *                     its stop began.
 *
 * PROGRESS            enter, exit wait-free: exit's walk is bounded by the batches hung while the section lasted, but
 *                     where it is the last to count down, giving the batch back is lock-free. protect lock-free: again
 *                     where an era began. retire lock-free but for the allocator's free: at most options.frees nodes;
 *                     one call in a batch looks at all records. join, leave lock-free but for the allocator, whose
 *                     free leave calls for options.batch nodes at most. drain waits for the sections of others and for
 *                     another drain.
 *
 * SOURCE              Nikolaev, Ravindran, Snapshot-Free, Transparent, and Robust Memory Reclamation for Lock-Free Data
 *                     Structures, PLDI 2021 (Hyaline-1S). Changed: batches go back to who has retired them, because a
 *                     reader that is slower than the writers would collect without bound what it may free only a few
 *                     at a time; one fence for a batch, heavy, instead of ordered loads; records in any number; exit
 *                     shows that it walks; drain.
 */
#ifndef LOFT_SMR_HYALINE_H
#define LOFT_SMR_HYALINE_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/asymmetric.h"
#include "../core/alloc.h"
#include "../core/park.h"
#include "collector.h"
#include "contract.h"
#include "threads.h"

#if !defined(LOFT_UNSUPPORTED)

#define loft_hyaline_smr       1
#define loft_hyaline_region    0
#define loft_hyaline_slots     0
#define loft_hyaline_robust    1
#define loft_hyaline_birth     1
#define loft_hyaline_restarts  0
#define loft_hyaline_signals   0
#define loft_hyaline_nests     1
#define loft_hyaline_drops     1

/* The two lowest bits of a head; above them what hangs there, newest first. */
#define LOFT_HYALINE_NONE_     ((uintptr_t)0)            /* no section                                         */
#define LOFT_HYALINE_IN_       ((uintptr_t)1)            /* a section: batches and stops are hung on it        */
#define LOFT_HYALINE_WALKS_    ((uintptr_t)2)            /* it has ended: stops only                           */
#define LOFT_HYALINE_STATE_    ((uintptr_t)3)

#define LOFT_HYALINE_FREE_     ((uintptr_t)1)            /* of what somebody has left: it has been counted down */
#define LOFT_HYALINE_STOPS_    3u
#define LOFT_HYALINE_HUNG_     1u
#define LOFT_HYALINE_UNHUNG_   2u

/* The words are used in turn: a node in a bag, one that hangs, the one that counts for its batch (the first). */
typedef struct loft_hyaline_node {
    loft_smr_node          base;                         /* next: of its bag, of its batch                     */
    loft_seq               era;                          /* of its birth; the next that hangs; whose batch it is, and
                                                            afterwards the next batch that may be freed        */
    LOFT_ATOMIC(uintptr_t) batch;                        /* who counts for it; there the counter; what else was left */
} loft_hyaline_node;

typedef loft_smr_options  loft_hyaline_options;
typedef loft_smr_stats    loft_hyaline_stats;

typedef struct loft_hyaline_bag_ {
    loft_smr_list_     fresh;                            /* of no batch yet                                    */
    size_t             count;                            /* of those                                           */
    loft_seq           oldest;                           /* of their births                                    */
    loft_smr_list_     marked;                           /* the same from before the mark                      */
    size_t             marks;
    loft_seq           elder;
    loft_seq           mark;                             /* the era that the mark has begun                    */
    bool               half;                             /* what is due is a mark, not a batch, ...            */
    size_t             due;                              /* ... when there are so many fresh ones              */
    loft_smr_list_     ready;                            /* the rest of a batch that is freed                  */
    loft_hyaline_node *done;                             /* batches that may be freed                          */
    uintptr_t          taken;                            /* what others have left, on its way here             */
    size_t             kept;                             /* what this bag answers for                          */
} loft_hyaline_bag_;

struct loft_hyaline;

typedef struct loft_hyaline_thread {
    loft_smr_thread             base;
    char                        pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(uintptr_t)      head;
    LOFT_ATOMIC(loft_seq)       access;                  /* no node that it holds was born later               */
    LOFT_ATOMIC(loft_seq)       since;                   /* era in which the section began                     */
    loft_seq                    seen;                    /* access, for the owner                              */
    struct loft_hyaline        *domain;
    size_t                      born;                    /* nodes, since it has begun an era                   */
    bool                        asym;
    bool                        keeps;                   /* it has retired something at some time              */
    loft_hyaline_bag_           bags[2];                 /* of two rounds                                      */
    LOFT_ATOMIC(loft_seq)       fences;
    char                        pad1_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_hyaline_node *) done;               /* its batches that came back                         */
    loft_hyaline_node           stop;                    /* of who drains                                      */
    char                        pad2_[LOFT_CACHELINE];
} loft_hyaline_thread;

typedef struct loft_hyaline {
    loft_smr_domain        base;
    bool                   asym;
    size_t                 batch;
    size_t                 frees;
    size_t                 births;
    loft_seq               start;
    LOFT_ATOMIC(unsigned)  round;                        /* how many stops there were: which bags are in force */
    char                   pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq)  era;
    LOFT_ATOMIC(loft_seq)  fenced;                       /* an era that a heavy fence was made after           */
    char                   pad1_[LOFT_CACHELINE];
    LOFT_ATOMIC(uintptr_t) left[2];                      /* of who has left, in two rounds: of no batch yet    */
    LOFT_ATOMIC(size_t)    adrift[2];                    /* how many                                           */
    LOFT_ATOMIC(uintptr_t) spare[2];                     /* the same: batches that may be freed                */
    loft_smr_collector_    collector;                    /* somebody has what follows                          */
    LOFT_ATOMIC(unsigned)  stopping;                     /* a stop is not through (HUNG), or waits for its fence
                                                            (UNHUNG); 0                                        */
    loft_hyaline_node      stop;                         /* counts it, and one for who drains                  */
    loft_hyaline_bag_      covered;                      /* fresh ones from before it                          */
    loft_hyaline_bag_      held;                         /* of who drains                                      */
    char                   pad2_[LOFT_CACHELINE];
} loft_hyaline;

/* Whether era a is before b: by their distance, so that they may wrap. */
LOFT_API bool
loft_hyaline_before_(loft_seq a, loft_seq b)
{
    return (loft_seq_diff)(a - b) < 0;
}

LOFT_API uintptr_t
loft_hyaline_word_(const loft_hyaline_node *node)
{
    return (uintptr_t)(const void *)node;
}

LOFT_API loft_hyaline_node *
loft_hyaline_node_(uintptr_t word)
{
    return (loft_hyaline_node *)(void *)(word & ~LOFT_HYALINE_STATE_);
}

LOFT_API loft_hyaline_node *
loft_hyaline_of_(loft_smr_node *node)
{
    return (loft_hyaline_node *)(void *)node;
}

LOFT_API loft_hyaline_thread *
loft_hyaline_first_(const loft_hyaline *d)
{
    return (loft_hyaline_thread *)(void *)loft_smr_first_(&d->base);
}

LOFT_API loft_hyaline_thread *
loft_hyaline_next_(const loft_hyaline_thread *t)
{
    return (loft_hyaline_thread *)(void *)t->base.next;
}

/* With the newest: how many there are. */
LOFT_API size_t
loft_hyaline_records_(const loft_hyaline_thread *newest)
{
    return loft_plain_read(&newest->base.number);
}

LOFT_API void
loft_hyaline_bag_init_(loft_hyaline_bag_ *bag)
{
    memset((void *)bag, 0, sizeof *bag);
    loft_plain_write(&bag->count, (size_t)0);
    loft_plain_write(&bag->done, (loft_hyaline_node *)NULL);
}

/* It has made a batch, or may begin with one: what is next. */
LOFT_API void
loft_hyaline_next_due_(const loft_hyaline *d, loft_hyaline_bag_ *bag)
{
    const size_t count = loft_plain_read(&bag->count);
    bag->half = d->asym && d->batch >= 2u && count < d->batch;
    bag->due = count >= d->batch ? 0 : count + (bag->half ? d->batch / 2u : d->batch);
}

LOFT_API void
loft_hyaline_prepare_(loft_smr_thread *fresh)
{
    loft_hyaline_thread *const t = (loft_hyaline_thread *)(void *)fresh;
    t->domain = (loft_hyaline *)(void *)fresh->domain;
    t->asym = t->domain->asym;
    t->seen = t->domain->start;
    loft_init(&t->head, LOFT_HYALINE_NONE_);
    loft_init(&t->access, t->domain->start);
    loft_init(&t->since, t->domain->start);
    loft_hyaline_bag_init_(&t->bags[0]);
    loft_hyaline_bag_init_(&t->bags[1]);
    loft_hyaline_next_due_(t->domain, &t->bags[0]);
    loft_hyaline_next_due_(t->domain, &t->bags[1]);
    loft_init(&t->done, (loft_hyaline_node *)NULL);
    loft_init(&t->stop.batch, (uintptr_t)0);
    loft_init(&t->fences, (loft_seq)0);
}

/* The next of those that hang, or of those that may be freed. */
LOFT_API loft_hyaline_node *
loft_hyaline_behind_(const loft_hyaline_node *node)
{
    return (loft_hyaline_node *)(uintptr_t)loft_plain_read(&node->era);
}

/* ---- batches ----------------------------------------------------------------------------------------------------- */

/* A batch that nobody holds goes back to its owner. */
LOFT_API void
loft_hyaline_back_(loft_hyaline_node *counts)
{
    loft_hyaline_thread *const owner = (loft_hyaline_thread *)(uintptr_t)loft_plain_read(&counts->era);
    loft_hyaline_node *top = loft_load(&owner->done, relaxed);   /* back:A relaxed: back:B checks it */
    do
        loft_plain_write(&counts->era, (loft_seq)loft_hyaline_word_(top));
    while (!loft_cas_weak(&owner->done, &top, counts, release, relaxed));   /* back:B release -> claim:A: what all did
                                                                               with its nodes */
}

/* Counts down what has hung on a record, in the order in which it was hung. */
LOFT_API void
loft_hyaline_walk_(uintptr_t head)
{
    loft_hyaline_node *newer = loft_hyaline_node_(head);
    loft_hyaline_node *node = NULL;
    while (newer) {
        loft_hyaline_node *const older = loft_hyaline_behind_(newer);
        loft_plain_write(&newer->era, (loft_seq)loft_hyaline_word_(node));
        node = newer;
        newer = older;
    }
    while (node) {
        loft_hyaline_node *const next = loft_hyaline_behind_(node);
        loft_hyaline_node *const counts = loft_hyaline_node_(loft_load(&node->batch, relaxed));   /* walk:A relaxed:
                                                                                                 end:B has seen it */
        if (loft_fetch_sub(&counts->batch, (uintptr_t)1, acq_rel) == 1u)   /* walk:C acq_rel -> walk:C, seal:I, await:A
                                                            <- walk:C: what all sections did with the batch. LP */
            loft_hyaline_back_(counts);
        node = next;
    }
}

/* What came back to a record; a chain of batches. */
LOFT_API loft_hyaline_node *
loft_hyaline_claim_(loft_hyaline_thread *t)
{
    if (!loft_load(&t->done, relaxed))                   /* claim:B relaxed: claim:A decides */
        return NULL;
    return loft_exchange(&t->done, (loft_hyaline_node *)NULL, acquire);   /* claim:A acquire <- back:B: what all did */
}

/* Nodes that may be freed: one more batch of a bag. */
LOFT_API void
loft_hyaline_free_later_(loft_hyaline_bag_ *bag, loft_hyaline_node *nodes)
{
    loft_plain_write(&nodes->era, (loft_seq)loft_hyaline_word_(loft_plain_read(&bag->done)));
    loft_plain_write(&bag->done, nodes);
}

/* A chain of batches. */
LOFT_API void
loft_hyaline_done_(loft_hyaline_bag_ *bag, loft_hyaline_node *chain)
{
    while (chain) {
        loft_hyaline_node *const next = loft_hyaline_behind_(chain);
        loft_hyaline_free_later_(bag, chain);
        chain = next;
    }
}

/* Nodes of no batch: `from` is empty afterwards. */
LOFT_API void
loft_hyaline_add_(loft_hyaline_bag_ *to, loft_smr_list_ *from, size_t count, loft_seq oldest)
{
    if (!from->head)
        return;
    if (to->count == 0 || loft_hyaline_before_(oldest, to->oldest))
        to->oldest = oldest;
    loft_plain_write(&to->count, to->count + count);
    loft_smr_move_(&to->fresh, from);
}

/* What is marked is like the rest again, in the same bag or another. */
LOFT_API void
loft_hyaline_unmark_(loft_hyaline_bag_ *to, loft_hyaline_bag_ *from)
{
    loft_hyaline_add_(to, &from->marked, from->marks, from->elder);
    from->marks = 0;
}

/* All of `from`, which is empty afterwards. */
LOFT_API void
loft_hyaline_merge_(loft_hyaline_bag_ *to, loft_hyaline_bag_ *from)
{
    loft_hyaline_unmark_(to, from);
    loft_hyaline_add_(to, &from->fresh, loft_plain_read(&from->count), from->oldest);
    loft_plain_write(&from->count, (size_t)0);
    if (from->ready.head)
        loft_hyaline_free_later_(to, loft_hyaline_of_(from->ready.head));
    from->ready.head = NULL;
    loft_hyaline_done_(to, loft_plain_read(&from->done));
    loft_plain_write(&from->done, (loft_hyaline_node *)NULL);
    to->kept += from->kept;
    from->kept = 0;
}

/* Whether something of a bag may be freed; `ready` is the rest of a batch then. */
LOFT_API bool
loft_hyaline_ready_(loft_hyaline_bag_ *bag)
{
    if (!bag->ready.head) {
        loft_hyaline_node *const batch = loft_plain_read(&bag->done);
        if (!batch)
            return false;
        loft_plain_write(&bag->done, loft_hyaline_behind_(batch));
        bag->ready.head = &batch->base;
    }
    return true;
}

/* Frees at most n nodes of a bag. */
LOFT_API void
loft_hyaline_free_(loft_hyaline_thread *me, loft_hyaline_bag_ *bag, size_t n)
{
    for (; n != 0 && loft_hyaline_ready_(bag); n--) {
        bag->kept -= bag->kept != 0;                     /* before: drop may end the thread                    */
        (void)loft_smr_free_(&me->base, &bag->ready, 1u, NULL);
    }
}

/* ---- what is left behind ----------------------------------------------------------------------------------------- */

LOFT_API void
loft_hyaline_push_(LOFT_ATOMIC(uintptr_t) *left, loft_hyaline_node *chain, uintptr_t mark)
{
    uintptr_t top = loft_load(left, relaxed);            /* push:A relaxed: push:C checks it; it is only linked */
    do
        loft_store(&chain->batch, top, relaxed);         /* push:B relaxed: push:C hands it on */
    while (!loft_cas_weak(left, &top, loft_hyaline_word_(chain) | mark, release, relaxed));   /* push:C release ->
                                                                                     adopt:C, supply:B: the nodes */
}

/* All of a bag of this round, which is empty afterwards. */
LOFT_API void
loft_hyaline_abandon_(loft_hyaline *d, unsigned round, loft_hyaline_bag_ *bag)
{
    loft_hyaline_unmark_(bag, bag);
    loft_smr_node *const fresh = bag->fresh.head;
    const size_t count = loft_plain_read(&bag->count);
    bag->fresh.head = NULL;
    loft_plain_write(&bag->count, (size_t)0);
    if (fresh) {
        (void)loft_fetch_add(&d->adrift[round], count, relaxed);   /* abandon:A relaxed: a number, before they can be
                                                                      taken */
        loft_plain_write(&loft_hyaline_of_(fresh)->era, bag->oldest);
        loft_hyaline_push_(&d->left[round], loft_hyaline_of_(fresh), 0);
    }
    loft_smr_node *const ready = bag->ready.head;
    bag->ready.head = NULL;
    if (ready)
        loft_hyaline_push_(&d->spare[round], loft_hyaline_of_(ready), LOFT_HYALINE_FREE_);
    loft_hyaline_node *batch = loft_plain_read(&bag->done);
    loft_plain_write(&bag->done, (loft_hyaline_node *)NULL);
    while (batch) {
        loft_hyaline_node *const next = loft_hyaline_behind_(batch);
        loft_hyaline_push_(&d->spare[round], batch, LOFT_HYALINE_FREE_);
        batch = next;
    }
    bag->kept = 0;
}

/* What was left in a round, and is the bag's, goes where it belongs there. */
LOFT_API void
loft_hyaline_inherit_(loft_hyaline *d, unsigned round, loft_hyaline_bag_ *bag)
{
    while (bag->taken) {
        loft_hyaline_node *const chain = loft_hyaline_node_(bag->taken);
        const bool is_free = (bag->taken & LOFT_HYALINE_FREE_) != 0;
        bag->taken = loft_load(&chain->batch, relaxed);    /* inherit:A relaxed: only this thread has it */
        if (is_free) {
            loft_hyaline_free_later_(bag, chain);
            continue;
        }
        loft_smr_list_ list = { &chain->base, &chain->base };
        size_t count = 0;
        for (loft_smr_node *n = list.head; n; n = loft_plain_read(&n->next)) {
            list.tail = n;
            count++;
        }
        (void)loft_fetch_sub(&d->adrift[round], count, relaxed);   /* inherit:B relaxed: a number */
        loft_hyaline_add_(bag, &list, count, loft_plain_read(&chain->era));
        bag->kept += count;
    }
}

/* Whether the stop is through. */
LOFT_API bool
loft_hyaline_await_(loft_hyaline *d)
{
    return loft_load(&d->stop.batch, acquire) == 1u;     /* await:A acquire <- walk:C: what they did */
}

/* With the lock, or alone. Which bags and which list a stop is about. */
LOFT_API unsigned
loft_hyaline_old_(const loft_hyaline *d)
{
    return (loft_load(&d->round, relaxed) + 1u) & 1u;    /* old:A relaxed: the lock orders it */
}

/* A stop is through, or nobody is in a section or will be: all that it was about, into a bag. */
LOFT_API void
loft_hyaline_gather_(loft_hyaline *d, loft_hyaline_bag_ *to)
{
    const unsigned old = loft_hyaline_old_(d);
    loft_store(&d->stopping, 0u, relaxed);               /* gather:A relaxed: the lock orders it */
    if (d->covered.fresh.head)
        loft_hyaline_free_later_(to, loft_hyaline_of_(d->covered.fresh.head));
    d->covered.fresh.head = NULL;
    to->kept += d->covered.count;
    d->covered.count = 0;
    for (loft_hyaline_thread *t = loft_hyaline_first_(d); t; t = loft_hyaline_next_(t))
        loft_hyaline_merge_(to, &t->bags[old]);
    to->taken = loft_exchange(&d->left[old], (uintptr_t)0, relaxed);   /* gather:B relaxed: the stop orders it; who put
                                                                          something there was in a section before it */
    loft_hyaline_inherit_(d, old, to);
    to->taken = loft_exchange(&d->spare[old], (uintptr_t)0, relaxed);   /* gather:C relaxed: the same */
    loft_hyaline_inherit_(d, old, to);
}

/* Takes over what was left in the round of the bag. In a section. */
LOFT_API void
loft_hyaline_adopt_(loft_hyaline_thread *me, loft_hyaline_bag_ *mine)
{
    loft_hyaline *const d = me->domain;
    const unsigned round = mine == &me->bags[1];
    if (loft_load(&d->left[round], relaxed)) {           /* adopt:A relaxed: adopt:C decides */
        mine->taken = loft_exchange(&d->left[round], (uintptr_t)0, acquire);   /* adopt:C acquire <- push:C: what is in
                                                                                  it */
        loft_hyaline_inherit_(d, round, mine);
    }
}

/* Whether there is something to free, if need be a batch that others have left, which is one at a time, so that others
 * find the next. In a section of the round. */
LOFT_API bool
loft_hyaline_supply_(loft_hyaline_thread *me, loft_hyaline_bag_ *bag)
{
    loft_hyaline *const d = me->domain;
    if (bag->ready.head || loft_plain_read(&bag->done))
        return true;
    loft_plain_write(&bag->done, loft_hyaline_claim_(me));
    if (loft_plain_read(&bag->done))
        return true;
    const unsigned round = bag == &me->bags[1];
    if (!loft_load(&d->spare[round], relaxed))           /* supply:A relaxed: supply:B decides */
        return false;
    bag->taken = loft_exchange(&d->spare[round], (uintptr_t)0, acquire);   /* supply:B acquire <- push:C: what is in
                                                                                it */
    loft_hyaline_node *const batch = loft_hyaline_node_(bag->taken);
    if (!batch)
        return false;
    uintptr_t none = 0;
    const uintptr_t rest = loft_load(&batch->batch, relaxed);   /* supply:C relaxed: only this thread has it */
    loft_store(&batch->batch, (uintptr_t)0, relaxed);    /* supply:E relaxed: before others have it, for a fork */
    if (rest && !loft_cas_strong(&d->spare[round], &none, rest, relaxed, relaxed))   /* supply:D relaxed: push:C has
                                                                            handed it on, and RMWs do from then on */
        loft_store(&batch->batch, rest, relaxed);        /* supply:F relaxed: more was left just now: all of it */
    loft_hyaline_inherit_(d, round, bag);
    return true;
}

/* What a drain has given up, into a bag, when it is through. */
LOFT_API void
loft_hyaline_resume_(loft_hyaline *d, loft_hyaline_bag_ *mine)
{
    if (LOFT_LIKELY(loft_load(&d->stopping, relaxed) != LOFT_HYALINE_HUNG_)   /* resume:A relaxed: the lock decides */
        || !loft_smr_lock_(&d->collector))
        return;
    if (loft_load(&d->stopping, relaxed) == LOFT_HYALINE_HUNG_ && loft_hyaline_await_(d))   /* resume:B relaxed: the
                                                                                          lock orders it */
        loft_hyaline_gather_(d, mine);
    loft_smr_unlock_(&d->collector);
}

/* With the newest record: the least nodes of a batch. */
LOFT_API size_t
loft_hyaline_least_(const loft_hyaline_thread *newest)
{
    const size_t records = loft_hyaline_records_(newest);
    return newest->domain->batch > records ? newest->domain->batch : records + 1u;
}

/* Takes a batch out of a list of `count`: all, or where that were two, as little as may be. A bag has more where
 * somebody has left much at one time. How many are left. */
LOFT_API size_t
loft_hyaline_cut_(loft_smr_list_ *list, size_t count, size_t least)
{
    if (LOFT_LIKELY(count / 2u < least)) {
        list->head = NULL;
        return 0;
    }
    loft_smr_node *last = list->head;
    for (size_t i = 1; i < least; i++)
        last = loft_plain_read(&last->next);
    list->head = loft_plain_read(&last->next);
    loft_plain_write(&last->next, (loft_smr_node *)NULL);
    return count - least;
}

/* Half a batch is there: it may go by the fence of another that comes now, if it is enough for all records. */
LOFT_API void
loft_hyaline_mark_(loft_hyaline_thread *me, loft_hyaline_bag_ *bag)
{
    loft_hyaline *const d = me->domain;
    const size_t count = loft_plain_read(&bag->count);
    bag->half = false;
    bag->due = d->batch - d->batch / 2u;
    if (bag->marked.head || count <= loft_hyaline_records_(loft_hyaline_first_(d))) {
        bag->due += count;
        return;
    }
    bag->marks = count;
    bag->elder = bag->oldest;
    loft_smr_move_(&bag->marked, &bag->fresh);
    loft_plain_write(&bag->count, (size_t)0);
    bag->mark = loft_fetch_add(&d->era, (loft_seq)1, release) + 1u;   /* mark:A release -> seal:L: these are unlinked */
}

/* Whether what is marked is enough, and somebody has made a fence since. */
LOFT_API bool
loft_hyaline_fenced_(const loft_hyaline *d, const loft_hyaline_bag_ *bag)
{
    if (!bag->marked.head || bag->marks <= loft_hyaline_records_(loft_hyaline_first_(d)))
        return false;
    const loft_seq made = loft_load(&d->fenced, acquire);   /* seal:K acquire <- seal:M: another's seal:B */
    return !loft_hyaline_before_(made, bag->mark);
}

/* The fence for all that is in the bag, and for what others have marked. False: the system has refused it. */
LOFT_API bool
loft_hyaline_fence_(loft_hyaline_thread *me)
{
    loft_hyaline *const d = me->domain;
    const loft_seq fences = loft_load(&me->fences, relaxed);   /* seal:A relaxed: only this thread writes it */
    loft_store(&me->fences, fences + 1u, relaxed);       /* seal:C relaxed: a statistic */
    const loft_seq era = loft_load(&d->era, acquire);    /* seal:L acquire <- mark:A: what others have unlinked */
    if (!loft_fence_heavy(me->asym, seq_cst))            /* seal:B seq_cst <-> begin:D, protect:D: who I miss sees that
                                                            the nodes are unlinked */
        return false;
    loft_store(&d->fenced, era, release);                /* seal:M release -> seal:K: seal:B */
    return true;
}

/* Makes a batch of what is in the bag, or is marked, if it is enough, and hangs it on who may hold something of it. In
 * a section. Who has something to free takes over no more: it may stay, free as much as it retires, and not a node
 * beyond that. */
LOFT_API void
loft_hyaline_seal_(loft_hyaline_thread *me, loft_hyaline_bag_ *bag)
{
    loft_hyaline *const d = me->domain;
    if (!bag->ready.head && !loft_plain_read(&bag->done)
        && !loft_load(&me->done, relaxed))               /* seal:N relaxed: a hint */
        loft_hyaline_adopt_(me, bag);
    loft_hyaline_resume_(d, bag);
    const size_t enough = loft_hyaline_least_(loft_hyaline_first_(d));
    if (bag->marks + bag->count < enough) {
        bag->due = enough - bag->marks;
        return;
    }
    const bool shared = loft_hyaline_fenced_(d, bag);
    if (!shared) {
        if (!loft_hyaline_fence_(me))
            return;
        loft_hyaline_unmark_(bag, bag);
    }
    loft_hyaline_thread *t = loft_hyaline_first_(d);
    const size_t least = loft_hyaline_least_(t);
    if (shared ? bag->marks <= loft_hyaline_records_(t) : bag->count < least)
        return;
    const loft_seq oldest = shared ? bag->elder : bag->oldest;
    loft_hyaline_node *const counts = loft_hyaline_of_(shared ? bag->marked.head : bag->fresh.head);
    if (shared)
        bag->marks = loft_hyaline_cut_(&bag->marked, bag->marks, least);
    else
        loft_plain_write(&bag->count, loft_hyaline_cut_(&bag->fresh, bag->count, least));
    loft_hyaline_next_due_(d, bag);
    loft_hyaline_node *node = loft_hyaline_of_(loft_plain_read(&counts->base.next));
    loft_plain_write(&counts->era, (loft_seq)(uintptr_t)(void *)me);
    loft_store(&counts->batch, (uintptr_t)0, relaxed);   /* seal:E relaxed: seal:G hands it on */
    uintptr_t hung = 0;
    for (; t; t = loft_hyaline_next_(t)) {
        bool on;
        uintptr_t head = loft_load(&t->head, acquire);   /* seal:D acquire <- end:A, end:B, end:C: what its sections
                                                            did */
        if (head == LOFT_HYALINE_NONE_ && !loft_plain_read(&bag->done)
            && !loft_load(&t->base.taken, relaxed))      /* seal:J relaxed: a batch is anybody's who claims it */
            loft_plain_write(&bag->done, loft_hyaline_claim_(t));
        if (!(head & LOFT_HYALINE_IN_)
            || loft_hyaline_before_(loft_load(&t->access, relaxed), oldest))   /* seal:F relaxed: seal:B orders it */
            continue;
        loft_store(&node->batch, loft_hyaline_word_(counts), relaxed);   /* seal:H relaxed: seal:G hands it on */
        do
            loft_plain_write(&node->era, (loft_seq)loft_hyaline_word_(loft_hyaline_node_(head)));
        while (!(on = loft_cas_weak(&t->head, &head, loft_hyaline_word_(node) | LOFT_HYALINE_IN_,
                                    release, acquire))   /* seal:G release/acquire -> end:B <- end:A, end:B,
                                                            end:C: what hangs is whole; what its sections did */
               && (head & LOFT_HYALINE_IN_));
        if (on) {
            node = loft_hyaline_of_(loft_plain_read(&node->base.next));
            hung++;
        }
    }
    if (loft_fetch_add(&counts->batch, hung, acquire) + hung == 0)   /* seal:I acquire <- walk:C: what all sections did
                                                                        with the batch. LP */
        loft_hyaline_back_(counts);
}

/* ---- sections ---------------------------------------------------------------------------------------------------- */

LOFT_API void
loft_hyaline_begin_(loft_hyaline_thread *me)
{
    const loft_seq era = loft_load(&me->domain->era, relaxed);   /* begin:A relaxed: no more than a first guess */
    me->seen = era;
    loft_store(&me->access, era, relaxed);               /* begin:B relaxed: begin:D orders it */
    loft_store(&me->since, era, relaxed);                /* begin:E relaxed: a statistic */
    loft_store(&me->head, LOFT_HYALINE_IN_, relaxed);    /* begin:C relaxed: begin:D orders it */
    loft_fence_light(me->asym, seq_cst);                 /* begin:D seq_cst <-> seal:B, stop:C: seen, or I see */
}

LOFT_API void
loft_hyaline_end_(loft_hyaline_thread *me)
{
    uintptr_t head = LOFT_HYALINE_IN_;
    if (LOFT_LIKELY(loft_cas_strong(&me->head, &head, LOFT_HYALINE_NONE_, release, relaxed)))   /* end:A release ->
                                                      seal:D, seal:G, stop:E, stop:F: what the section did */
        return;
    do {
        loft_hyaline_walk_(loft_exchange(&me->head, LOFT_HYALINE_WALKS_, acq_rel));   /* end:B acq_rel -> seal:D,
                                    seal:G, stop:E, stop:F <- seal:G, stop:F: what the section did; what hangs */
        head = LOFT_HYALINE_WALKS_;
    } while (!loft_cas_strong(&me->head, &head, LOFT_HYALINE_NONE_, release, relaxed));   /* end:C release -> seal:D,
                                                                 seal:G, stop:E, stop:F: it is counted down */
}

/* A thread's share of the work, in a section: it frees a few nodes. */
LOFT_API void
loft_hyaline_work_(loft_hyaline_thread *me)
{
    const unsigned round = loft_load(&me->domain->round, acquire);   /* work:A acquire <- turn:B: the bag is empty */
    loft_hyaline_bag_ *const bag = &me->bags[round & 1u];
    if (me->base.freeing)
        return;
    if (loft_hyaline_supply_(me, bag))
        loft_hyaline_free_(me, bag, me->domain->frees);
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

/* In a section, so that who drains waits until the bag is where it is looked for. A thread that is gone may have left
 * one open. Where all stay for a short visit only, somebody has to make batches of what they leave, and free: also what
 * comes back when its own section ends. */
LOFT_API void
loft_hyaline_leave_(loft_smr_thread *thread)
{
    loft_hyaline_thread *const me = (loft_hyaline_thread *)(void *)thread;
    loft_hyaline *const d = me->domain;
    if (loft_load(&me->head, relaxed) == LOFT_HYALINE_NONE_)   /* leave:B relaxed: whose section it is does this */
        loft_hyaline_begin_(me);
    unsigned round = loft_load(&d->round, acquire) & 1u; /* leave:A acquire <- turn:B: the bag is empty */
    loft_hyaline_bag_ *bag = &me->bags[round];
    const size_t enough = loft_hyaline_least_(loft_hyaline_first_(d));
    const size_t adrift = loft_load(&d->adrift[round], relaxed);   /* leave:C relaxed: when to look is all that it
                                                                      says */
    const bool many = loft_plain_read(&bag->count) + bag->marks + adrift >= enough;
    if (many) {
        loft_hyaline_adopt_(me, bag);
        loft_hyaline_seal_(me, bag);
        loft_hyaline_end_(me);
        loft_hyaline_begin_(me);
        round = loft_load(&d->round, acquire) & 1u;      /* leave:D acquire <- turn:B: the bag is empty */
        bag = &me->bags[round];
    }
    me->base.depth = 1;                                  /* drop may retire                                    */
    for (size_t n = d->batch; n != 0 && loft_hyaline_supply_(me, bag); n--)
        loft_hyaline_free_(me, bag, 1u);
    me->base.depth = 0;
    loft_hyaline_abandon_(d, round, bag);
    loft_hyaline_end_(me);
    loft_smr_self_clear_(thread);                        /* not before: drop may end the thread, which leaves then */
    loft_smr_give_(thread);
}

/* What a bag holds that was touched when the system stood still. */
LOFT_API void
loft_hyaline_mend_(loft_hyaline_bag_ *bag)
{
    if (bag->done && bag->ready.head == &bag->done->base)
        bag->ready.head = NULL;
    if (bag->marked.head && (!bag->fresh.head || loft_hyaline_before_(bag->elder, bag->oldest)))
        bag->oldest = bag->elder;
    for (loft_smr_node *n = bag->marked.head; n; n = loft_plain_read(&n->next)) {
        bag->marked.tail = n;
        if (n == bag->fresh.head)                        /* they were just being joined                        */
            bag->fresh.head = NULL;
    }
    loft_smr_move_(&bag->fresh, &bag->marked);
    bag->marks = 0;
    bag->count = 0;
    for (loft_smr_node *n = bag->fresh.head; n; n = loft_plain_read(&n->next)) {
        bag->fresh.tail = n;
        bag->count++;
    }
}

/* All of such a bag, and what was on its way there. */
LOFT_API void
loft_hyaline_salvage_(loft_hyaline *d, unsigned round, loft_hyaline_bag_ *bag, loft_hyaline_bag_ *to)
{
    loft_hyaline_mend_(bag);
    loft_hyaline_inherit_(d, round, bag);
    loft_hyaline_merge_(to, bag);
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

/* With the lock. Puts the other bags in force; what is fresh and held is covered by the stop that is to be hung. */
LOFT_API void
loft_hyaline_turn_(loft_hyaline *d)
{
    for (loft_hyaline_thread *t = loft_hyaline_first_(d); t; t = loft_hyaline_next_(t))
        loft_hyaline_done_(&d->held, loft_hyaline_claim_(t));
    const unsigned round = loft_load(&d->round, relaxed);   /* turn:A relaxed: the lock orders it */
    loft_hyaline_add_(&d->covered, &d->held.fresh, d->held.count, d->held.oldest);
    d->held.count = 0;
    loft_store(&d->stopping, LOFT_HYALINE_UNHUNG_, relaxed);   /* turn:C relaxed: the lock orders it */
    loft_store(&d->round, round + 1u, release);          /* turn:B release -> retire:A, work:A, leave:A, leave:D: the
                                                            bags are empty */
}

LOFT_API bool
loft_hyaline_wait_(loft_hyaline *d, uint64_t deadline)
{
    loft_smr_wait_ w;
    loft_smr_wait_begin_(&w, deadline);
    while (!loft_hyaline_await_(d)) {
        if (!loft_smr_wait_more_(&w))
            return false;
    }
    return true;
}

/* With the lock. Hangs a stop on all sections, and waits until it is through. False: it is too late for that, or for
 * the fence that has to come before it. */
LOFT_API bool
loft_hyaline_stop_(loft_hyaline_thread *me, uint64_t deadline)
{
    loft_hyaline *const d = me->domain;
    const loft_seq fences = loft_load(&me->fences, relaxed);   /* stop:G relaxed: only this thread writes it */
    loft_store(&me->fences, fences + 1u, relaxed);       /* stop:H relaxed: a statistic */
    loft_smr_wait_ w;
    loft_smr_wait_begin_(&w, deadline);
    while (!loft_fence_heavy(me->asym, seq_cst)) {       /* stop:C seq_cst <-> begin:D: who begins later finds the empty
                                                            bag; who is before it is seen */
        if (!loft_smr_wait_more_(&w))
            return false;                                /* the next drain goes on from here                   */
    }
    loft_hyaline_thread *t = loft_hyaline_first_(d);
    const size_t records = loft_hyaline_records_(t);
    size_t hung = 0;
    loft_store(&d->stopping, LOFT_HYALINE_HUNG_, relaxed);   /* stop:D relaxed: the lock orders it */
    loft_store(&d->stop.batch, (uintptr_t)records + 1u, relaxed);   /* stop:I relaxed: stop:F hands it on; not below 1
                                                                       before all are hung */
    for (; t; t = loft_hyaline_next_(t)) {
        uintptr_t head = loft_load(&t->head, acquire);   /* stop:E acquire <- end:A, end:B, end:C: what its sections
                                                            did */
        loft_store(&t->stop.batch, loft_hyaline_word_(&d->stop), relaxed);   /* stop:J relaxed: stop:F hands it on */
        while (head != LOFT_HYALINE_NONE_) {
            loft_plain_write(&t->stop.era, (loft_seq)loft_hyaline_word_(loft_hyaline_node_(head)));
            if (loft_cas_weak(&t->head, &head, loft_hyaline_word_(&t->stop) | (head & LOFT_HYALINE_STATE_),
                              release, acquire)) {       /* stop:F release/acquire -> end:B <- end:A, end:B,
                                                            end:C: what hangs is whole; what its sections did */
                hung++;
                break;
            }
        }
    }
    (void)loft_fetch_sub(&d->stop.batch, (uintptr_t)(records - hung), relaxed);   /* stop:K relaxed: await:A reads what
                                                                                     walk:C has left, through it */
    return loft_hyaline_wait_(d, deadline);
}

/* Frees all of a bag that may be, in a section that has begun and ends here. */
LOFT_API void
loft_hyaline_empty_(loft_hyaline_thread *me, loft_hyaline_bag_ *bag)
{
    me->base.depth = 1;
    loft_hyaline_free_(me, bag, LOFT_SMR_ALL);
    me->base.depth = 0;
    loft_hyaline_end_(me);
}

/* ---- the contract ------------------------------------------------------------------------------------------------ */

/* loft_hyaline_init - begins a domain.
 *   returns   LOFT_OK
 *   threads   one
 *   cost      a key of the system's for loft_hyaline_self; where there is none left, only that fails
 */
LOFT_NODISCARD LOFT_API loft_status
loft_hyaline_init(loft_hyaline *d, const loft_hyaline_options *o)
{
    static const loft_smr_options none = { 0, 0, 0, 0, 0, 0, false };
    if (!o)
        o = &none;
    d->asym = !o->symmetric && loft_asymmetric();
    d->batch = o->batch ? o->batch : LOFT_SMR_BATCH_(d->asym);
    d->frees = o->frees ? o->frees : 2u;
    d->births = o->births ? o->births : 128u;
    d->start = 1;
    loft_init(&d->era, (loft_seq)1);
    loft_init(&d->fenced, (loft_seq)0);
    loft_init(&d->round, 0u);
    for (int i = 0; i < 2; i++) {
        loft_init(&d->left[i], (uintptr_t)0);
        loft_init(&d->adrift[i], (size_t)0);
        loft_init(&d->spare[i], (uintptr_t)0);
    }
    loft_smr_collector_init_(&d->collector);
    loft_init(&d->stopping, 0u);
    loft_init(&d->stop.batch, (uintptr_t)0);
    loft_hyaline_bag_init_(&d->covered);
    loft_hyaline_bag_init_(&d->held);
    loft_smr_domain_init_(&d->base, sizeof(loft_hyaline_thread), o->threads, loft_hyaline_prepare_,
                          loft_hyaline_leave_);
    return LOFT_OK;
}

/* For tests: a domain that nobody has joined goes on from here. */
LOFT_API void
loft_hyaline_start_at_(loft_hyaline *d, loft_seq era)
{
    LOFT_ASSERT(!loft_smr_first_(&d->base));
    d->start = era;
    loft_store(&d->era, era, relaxed);                   /* start:A relaxed: nobody else is here */
    loft_store(&d->fenced, era, relaxed);                /* start:B relaxed: nobody else is here */
}

/* loft_hyaline_fini - frees all that was retired, and the records, also of threads that have not left.
 *   returns   LOFT_OK; LOFT_INVAL: somebody is in a section, and nothing happened
 *   threads   one, and no other uses the domain any more
 *   cost      all that is pending is freed in this call
 */
LOFT_NODISCARD LOFT_API loft_status
loft_hyaline_fini(loft_hyaline *d)
{
    loft_hyaline_thread *t;
    for (t = loft_hyaline_first_(d); t; t = loft_hyaline_next_(t)) {
        if (loft_load(&t->head, relaxed) != LOFT_HYALINE_NONE_)   /* fini:A relaxed: nobody else is here */
            return LOFT_INVAL;
    }
    loft_hyaline_thread *const me = loft_hyaline_first_(d);
    while (me) {
        loft_hyaline_bag_ last;
        loft_hyaline_bag_init_(&last);
        for (t = me; t; t = loft_hyaline_next_(t)) {
            loft_hyaline_merge_(&last, &t->bags[0]);
            loft_hyaline_merge_(&last, &t->bags[1]);
            loft_hyaline_done_(&last, loft_hyaline_claim_(t));
        }
        loft_hyaline_gather_(d, &last);
        const unsigned now = loft_hyaline_old_(d) ^ 1u;
        last.taken = loft_exchange(&d->left[now], (uintptr_t)0, relaxed);   /* fini:B relaxed: nobody else is here */
        loft_hyaline_inherit_(d, now, &last);
        last.taken = loft_exchange(&d->spare[now], (uintptr_t)0, relaxed);   /* fini:C relaxed: the same */
        loft_hyaline_inherit_(d, now, &last);
        loft_hyaline_merge_(&last, &d->held);
        if (last.fresh.head)
            loft_hyaline_free_later_(&last, loft_hyaline_of_(last.fresh.head));
        if (!last.done)
            break;
        loft_hyaline_begin_(me);                         /* what is freed may retire something                 */
        loft_hyaline_empty_(me, &last);
    }
    loft_smr_domain_fini_(&d->base);
    return LOFT_OK;
}

/* loft_hyaline_join - takes part.
 *   returns   a record; NULL: no memory, or there are options.threads already
 *   threads   any; the record is the caller's, or whom it gives it to, one at a time
 *   progress  lock-free but for the allocator
 *   cost      an allocation for a record that nobody has had before
 */
LOFT_NODISCARD LOFT_API loft_hyaline_thread *
loft_hyaline_join(loft_hyaline *d)
{
    loft_hyaline_thread *const me = (loft_hyaline_thread *)(void *)loft_smr_take_(&d->base);
    if (!me)
        return NULL;
    me->base.depth = 0;
    me->base.freeing = false;                            /* the one before may have ended in drop              */
    me->keeps = loft_load(&me->done, relaxed) != NULL;   /* join:A relaxed: claim:A decides */
    return me;
}

/* loft_hyaline_leave - gives the record back; what it has retired is freed by others, or by drain or fini.
 *   threads   who has it, outside sections
 *   progress  lock-free but for drop, which is called for options.batch nodes at most
 *   cost      three RMWs, and one for each batch that may be freed and is left behind; where there is enough for a
 *             batch, also of what others have left, that of a batch
 */
LOFT_API void
loft_hyaline_leave(loft_hyaline_thread *me)
{
    LOFT_ASSERT(me->base.depth == 0);
    loft_hyaline_leave_(&me->base);
}

/* loft_hyaline_self - this thread's own record: joins at the first call, leaves when the thread ends.
 *   returns   NULL as join does, and where the system has no keys left
 *   threads   any
 *   progress  wait-free after the first
 */
LOFT_NODISCARD LOFT_API loft_hyaline_thread *
loft_hyaline_self(loft_hyaline *d)
{
    loft_smr_thread *const t = loft_smr_self_(&d->base);
    if (LOFT_LIKELY(t != NULL))
        return (loft_hyaline_thread *)(void *)t;
    loft_hyaline_thread *const me = loft_hyaline_join(d);
    if (me && !loft_smr_self_set_(&me->base)) {
        loft_hyaline_leave_(&me->base);
        return NULL;
    }
    return me;
}

/* loft_hyaline_forked - in the child of a fork, before anything else: the other threads' records are free, their
 * sections over, and what they had retired is the domain's. Batches that another thread was just hanging, counting
 * down, taking over or freeing may be lost.
 *   threads   the only one; me is its record, or NULL
 */
LOFT_API void
loft_hyaline_forked(loft_hyaline *d, loft_hyaline_thread *me)
{
    (void)loft_smr_unlock_forked_(&d->collector);
    loft_store(&d->stopping, 0u, relaxed);               /* forked:B relaxed: nobody else is here */
    const unsigned old = loft_hyaline_old_(d);
    const unsigned now = old ^ 1u;
    loft_hyaline_bag_ all;                               /* of others, and of a stop                           */
    loft_hyaline_bag_init_(&all);
    for (loft_hyaline_thread *t = loft_hyaline_first_(d); t; t = loft_hyaline_next_(t)) {
        if (t != me) {
            t->base.depth = 0;
            loft_store(&d->stop.batch, (uintptr_t)t->base.number + 2u, relaxed);   /* forked:C relaxed: nobody else is
                                                                             here; not to be counted down to nothing */
            loft_hyaline_walk_(loft_exchange(&t->head, LOFT_HYALINE_NONE_, relaxed));   /* forked:D relaxed: nobody else
                                                                                           is here */
            loft_hyaline_salvage_(d, now, &t->bags[now], &all);
            t->base.freeing = false;
            if (loft_load(&t->base.taken, relaxed))      /* forked:E relaxed: nobody else is here */
                loft_smr_give_(&t->base);
        }
        loft_hyaline_salvage_(d, old, &t->bags[old], &all);
    }
    loft_hyaline_salvage_(d, old, &d->covered, &all);
    loft_hyaline_salvage_(d, old, &d->held, &all);
    for (unsigned i = 0; i < 2; i++) {
        all.taken = loft_exchange(&d->left[i], (uintptr_t)0, relaxed);   /* forked:A relaxed: nobody else is here */
        loft_hyaline_inherit_(d, i, &all);
        all.taken = loft_exchange(&d->spare[i], (uintptr_t)0, relaxed);   /* forked:I relaxed: nobody else is here */
        loft_hyaline_inherit_(d, i, &all);
        loft_store(&d->adrift[i], (size_t)0, relaxed);   /* forked:F relaxed: nobody else is here */
    }
    loft_hyaline_abandon_(d, now, &all);
    if (!me)
        return;
    const uintptr_t head = loft_load(&me->head, relaxed);   /* forked:G relaxed: nobody else is here */
    loft_hyaline_node *above = NULL;
    for (loft_hyaline_node *n = loft_hyaline_node_(head); n;) {
        loft_hyaline_node *const below = loft_hyaline_behind_(n);
        if (n != &me->stop)
            above = n;
        else if (above)
            loft_plain_write(&above->era, (loft_seq)loft_hyaline_word_(below));
        else
            loft_store(&me->head, loft_hyaline_word_(below) | (head & LOFT_HYALINE_STATE_), relaxed);   /* forked:H
                                                                                         relaxed: nobody else is here */
        n = below;
    }
}

/* loft_hyaline_number - what the statistics call this record. */
LOFT_API size_t
loft_hyaline_number(const loft_hyaline_thread *me)
{
    return me->base.number;
}

/* loft_hyaline_enter - begins a section. What loft_hyaline_protect gives stays until its end.
 *   threads   the record's
 *   progress  wait-free
 *   cost      a load and three stores; a full fence where membarrier is not there
 */
LOFT_API void
loft_hyaline_enter(loft_hyaline_thread *me)
{
    if (me->base.depth++ == 0)
        loft_hyaline_begin_(me);
}

/* loft_hyaline_exit - ends it, takes off what was hung on it meanwhile, and frees a few nodes if this thread has
 * retired something.
 *   threads   the record's, in a section
 *   progress  wait-free but for options.frees calls of drop, and for batches that are given back (lock-free): an RMW
 *             for each batch that was hung on the section, and for each stop of a drain
 *   cost      an RMW
 */
LOFT_API void
loft_hyaline_exit(loft_hyaline_thread *me)
{
    LOFT_ASSERT(me->base.depth != 0);
    if (me->base.depth == 1) {
        if (LOFT_UNLIKELY(me->keeps))
            loft_hyaline_work_(me);
        loft_hyaline_end_(me);
    }
    me->base.depth--;
}

/* loft_hyaline_read, loft_hyaline_write - nothing; see smr/contract.h. */
#define loft_hyaline_read(me)  ((void)(me))

LOFT_API void
loft_hyaline_write(loft_hyaline_thread *me, const void *a, const void *b, const void *c)
{
    (void)me;
    (void)a;
    (void)b;
    (void)c;
}

/* loft_hyaline_protect - loads a link.
 *   returns   the word, with its marks; the node is safe until the end of the section, if the link was one of a node
 *             that nobody had unlinked
 *   threads   the record's, in a section
 *   progress  lock-free: once more for each era that begins meanwhile
 *   order     acquire
 *   cost      two loads; for the first in an era a store and, where membarrier is not there, a full fence
 */
LOFT_API uintptr_t
loft_hyaline_protect(loft_hyaline_thread *me, size_t slot, const LOFT_ATOMIC(uintptr_t) *from)
{
    LOFT_ASSERT(me->base.depth != 0);
    (void)slot;
    for (;;) {
        const uintptr_t word = loft_load(from, acquire); /* protect:A acquire <- user: the node is whole */
        const loft_seq era = loft_load(&me->domain->era, relaxed);   /* protect:B relaxed: not before that of its birth,
                                                                        which was read before it was published */
        if (LOFT_LIKELY(era == me->seen))
            return word;
        me->seen = era;
        loft_store(&me->access, era, relaxed);           /* protect:C relaxed: protect:D orders it */
        loft_fence_light(me->asym, seq_cst);             /* protect:D seq_cst <-> seal:B: seen, or I see */
    }
}

/* loft_hyaline_born - makes a node that is memory of the caller's ready for the scheme, before others can see it.
 *   threads   the record's
 *   progress  wait-free
 *   cost      a load; one call in options.births an RMW
 */
LOFT_API void
loft_hyaline_born(loft_hyaline_thread *me, loft_hyaline_node *node)
{
    loft_hyaline *const d = me->domain;
    if (++me->born >= d->births) {
        me->born = 0;
        (void)loft_fetch_add(&d->era, (loft_seq)1, relaxed);   /* born:A relaxed: only its order with itself counts */
    }
    loft_init(&node->batch, (uintptr_t)0);
    loft_plain_write(&node->era, loft_load(&d->era, relaxed));   /* born:B relaxed: who finds the node reads no less */
}

/* loft_hyaline_alloc_node - loft_alloc and born.
 *   returns   size bytes that begin with a loft_hyaline_node; NULL: no memory. drop gives them to loft_free
 *   threads   the record's
 *   progress  the allocator's
 */
LOFT_NODISCARD LOFT_API void *
loft_hyaline_alloc_node(loft_hyaline_thread *me, size_t size)
{
    loft_hyaline_node *const node = (loft_hyaline_node *)loft_alloc(size);
    if (node)
        loft_hyaline_born(me, node);
    return node;
}

/* loft_hyaline_retire - drop(me, node) will be called once nobody can hold the node.
 *   threads   the record's, in a section; the node is not reachable for who enters later
 *   progress  lock-free but for options.frees calls of drop
 *   order     what any thread did with the node in a section happens before drop
 *   cost      no RMW; one call in a batch an RMW for each record that is in a section, and a heavy fence at most
 */
LOFT_API void
loft_hyaline_retire(loft_hyaline_thread *me, loft_hyaline_node *node, loft_smr_drop drop)
{
    LOFT_ASSERT(me->base.depth != 0);
    const unsigned round = loft_load(&me->domain->round, acquire);   /* retire:A acquire <- turn:B: the bag is empty */
    loft_hyaline_bag_ *const bag = &me->bags[round & 1u];
    const loft_seq birth = loft_plain_read(&node->era);
    const size_t count = loft_plain_read(&bag->count);
    node->base.drop = drop;
    if (count == 0 || loft_hyaline_before_(birth, bag->oldest))
        bag->oldest = birth;
    loft_smr_put_(&bag->fresh, &node->base);
    loft_plain_write(&bag->count, count + 1u);
    bag->kept++;
    me->keeps = true;
    loft_smr_retired_(&me->base, bag->kept);
    if (LOFT_UNLIKELY(count + 1u >= bag->due)) {
        if (bag->half)
            loft_hyaline_mark_(me, bag);
        else
            loft_hyaline_seal_(me, bag);
    }
    loft_hyaline_work_(me);
}

/* loft_hyaline_drain - frees all that was retired before this call, by whomever.
 *   returns   LOFT_OK; LOFT_TIMEOUT: a section did not end in time (holder in the statistics), and what is left is
 *             freed as usual, or the system refuses the fence, and it is left to the next drain or fini;
 *             LOFT_INVAL: the caller is in a section
 *   threads   any number, outside sections
 *   progress  waits for sections that began before, and for another drain
 *   cost      three heavy fences, and an RMW for each section; all the calls of drop
 */
LOFT_NODISCARD LOFT_API loft_status
loft_hyaline_drain(loft_hyaline_thread *me, uint64_t deadline)
{
    loft_hyaline *const d = me->domain;
    if (me->base.depth != 0)
        return LOFT_INVAL;
    if (!loft_smr_lock_until_(&d->collector, deadline))
        return LOFT_TIMEOUT;
    (void)loft_fetch_add(&d->era, (loft_seq)1, relaxed); /* drain:A relaxed: for holder: who was there is older now */
    bool through = true;
    const unsigned stopping = loft_load(&d->stopping, relaxed);   /* drain:B relaxed: the lock orders it */
    if (stopping) {                                      /* of a drain that was too late                       */
        through = stopping == LOFT_HYALINE_HUNG_ ? loft_hyaline_wait_(d, deadline) : loft_hyaline_stop_(me, deadline);
        if (through)
            loft_hyaline_gather_(d, &d->held);
    }
    for (unsigned i = 0; through && i < LOFT_HYALINE_STOPS_; i++) {
        loft_hyaline_turn_(d);
        through = loft_hyaline_stop_(me, deadline);
        if (through)
            loft_hyaline_gather_(d, &d->held);
    }
    loft_hyaline_begin_(me);                             /* another drain waits until all this is freed        */
    loft_hyaline_bag_ *const bag = &me->bags[loft_hyaline_old_(d) ^ 1u];
    me->keeps = true;
    loft_hyaline_merge_(bag, &d->held);
    loft_smr_unlock_(&d->collector);
    loft_hyaline_empty_(me, bag);
    return through ? LOFT_OK : LOFT_TIMEOUT;
}

/* loft_hyaline_stats_get - counts what is retired, freed, pending; who is in the oldest section.
 *   threads   any, between init and fini
 *   progress  wait-free: a few loads for each record
 */
LOFT_API loft_hyaline_stats
loft_hyaline_stats_get(const loft_hyaline *d)
{
    loft_hyaline_stats s;
    memset(&s, 0, sizeof s);
    const loft_seq era = loft_load(&d->era, relaxed);    /* get:A relaxed: a statistic */
    bool hung = false;
    s.advances = era - d->start;
    for (const loft_hyaline_thread *t = loft_hyaline_first_(d); t; t = loft_hyaline_next_(t)) {
        const uintptr_t head = loft_load(&t->head, relaxed);   /* get:B relaxed: a statistic */
        const loft_seq since = loft_load(&t->since, relaxed);   /* get:C relaxed: a statistic */
        const uint64_t lag = loft_hyaline_before_(era, since) ? 0 : era - since;
        const bool more = loft_hyaline_node_(head) != NULL;
        s.fences += loft_load(&t->fences, relaxed);      /* get:D relaxed: a statistic */
        if ((head & LOFT_HYALINE_IN_) && (s.holder == 0 || lag > s.lag || (lag == s.lag && more && !hung))) {
            s.lag = lag;
            s.holder = t->base.number;
            hung = more;
        }
    }
    loft_smr_sum_(&d->base, &s);
    return s;
}

#endif /* supported */
#endif /* LOFT_SMR_HYALINE_H */
