/* SPDX-License-Identifier: MIT
 *
 * loft/smr/ibr.h - interval-based reclamation: nodes and sections have life spans; who stops holds back only its own.
 *
 * Needs: core/base.h core/atomics.h core/asymmetric.h core/alloc.h core/park.h smr/collector.h
 *        smr/contract.h smr/threads.h
 *
 * USE IT WHEN         a thread may stop within a section and memory has to stay bounded, and reads have to stay cheap.
 * DO NOT USE IT WHEN  a structure walks through unlinked nodes and does not validate where it stands (ebr.h, qsbr.h),
 *                     or a section may go on reading for ever: what is born before its last new era and retired after
 *                     its first stays (hp.h).
 *
 * EXAMPLE
 *     #include <loft/smr/ibr.h>
 *     struct config { loft_ibr_node smr; int limit; };
 *     static LOFT_ATOMIC(uintptr_t) current;                  // the address of the configuration that is in force
 *     static void drop(loft_smr_thread *me, loft_smr_node *n) { (void)me; loft_free(n, sizeof(struct config)); }
 *     static bool set(loft_ibr_thread *me, int limit)
 *     {
 *         struct config *c = (struct config *)loft_ibr_alloc_node(me, sizeof *c);
 *         if (!c)
 *             return false;
 *         c->limit = limit;
 *         loft_ibr_enter(me);
 *         uintptr_t old = loft_exchange(&current, (uintptr_t)c, acq_rel);   // set:A acq_rel -> user <- set:A: whole
 *         if (old)
 *             loft_ibr_retire(me, &((struct config *)old)->smr, drop);
 *         loft_ibr_exit(me);
 *         return true;
 *     }
 *     int main(void)
 *     {
 *         static loft_ibr domain;
 *         if (loft_ibr_init(&domain, NULL) != LOFT_OK)
 *             return 1;
 *         loft_ibr_thread *me = loft_ibr_join(&domain);
 *         if (!me || !set(me, 10) || !set(me, 20))
 *             return 1;
 *         loft_ibr_enter(me);
 *         const struct config *c = (const struct config *)loft_ibr_protect(me, 0, &current);
 *         const int limit = c->limit;                         // c stays until exit, whatever others set
 *         loft_ibr_exit(me);
 *         loft_free((void *)loft_load(&current, relaxed), sizeof(struct config));   // main:A relaxed: one thread
 *         loft_ibr_leave(me);
 *         return loft_ibr_fini(&domain) != LOFT_OK || limit != 20;
 *     }
 *
 * OPERATIONS          the contract's (smr/contract.h), with loft_ibr for S; sections nest; any number of slots, which
 *                     are not told apart. Every node is S_alloc_node's or S_born before others can see it, each time
 *                     anew. A node of its own that a thread goes on reading once it is linked is protected through a
 *                     local word before that: its era may be newer than the section's.
 *
 * THE RULE         The era goes on by itself: each thread moves it after every options.births nodes it makes. A node
 *                  has the era of its birth, and one that was read after it was unlinked; a section has an interval,
 *                  from the era in which it began to the last that protect saw. A node is freed when its life meets
 *                  the interval of no section.
 *
 * WHY IT HOLDS     Let protect have given T a node that lived [b, r], through a word from which it is unlinked before
 *                  it is retired, and let T's interval be [L, U].
 *                  (1) b <= U. b was read before the node was linked, protect:A or F makes that happen before the next
 *                  protect:B, and a thread never reads a word older than it was known to be: that one gave b or later,
 *                  and it was U.
 *                  (2) Who decides on the node has passed a heavy fence (round:A, fence:A) after it was unlinked, or
 *                  somebody else has for it, see FENCES. T stored U, then passed a light one (begin:D, protect:E), then
 *                  read the link. Were the heavy one first, T would have found the node unlinked. So the light one is,
 *                  and look:A, look:B read L and U, or later ones of the same section.
 *                  (3) L <= r. r is read after the heavy fence, and T read L before its light fence, which is first.
 *                  Which stale eras do harm? In begin:A none: the interval is longer. In born:B none: the life is
 *                  longer. In protect:B there is none by (1). In r: an r older than L frees the node under T, and that
 *                  is why retire reads no era: it has no fence between unlinking and reading. It marks the node, and
 *                  the next round gives it the era that it reads after its fence. begin need not read the era again,
 *                  and an interval that is half of this section and half of the one before is only seen by who passed
 *                  its heavy fence first.
 *
 * FENCES           A heavy fence interrupts every thread of the process, for microseconds. So half a round after the
 *                  last one a thread marks what it has retired by then, and moves the era (mark:A). Who makes a fence
 *                  reads the era before it (round:F), and tells it afterwards (round:H): whatever was marked up to that
 *                  era was unlinked before the fence, because eras move by RMWs alone, which hand on what others have
 *                  released. Whose mark is not after what it is told (round:G) has a round without a fence, for what is
 *                  marked; the rest waits for the next. The three are one chain of happens-before, so that the fence is
 *                  as good as its own, between mark:A and round:G: before the look, and before round:D reads the era.
 *                  It is not enough that the fence was made after the nodes were retired: a fence of another orders
 *                  nothing between two light ones.
 *
 * COUNTING         Eras are even and go by two; in `lower` the lowest bit says that there is a section, in `retired`
 *                  that the era is still to come. They are compared by distance, so that they may wrap: no node and no
 *                  section may last 2^(LOFT_SEQ_BITS - 2) eras. With 64 bits none does. With 32 (LOFT_HAVE_ATOMIC64 0)
 *                  that is 2^30 eras, of options.births nodes made each: raise it there.
 *
 * ROUNDS           After options.batch nodes, or a quarter of what the thread keeps if that is more: a heavy fence, its
 *                  own or another's, and the era. A section that retires nothing counts as a node. Half the way to the
 *                  next round, when the sections of then are gone: one look at all intervals. Then a few nodes are
 *                  tested in each call; what meets an interval stays for the next round. A call does a bounded amount
 *                  of work, whatever is held back. One for one: who retires a node frees one that is ready, the oldest
 *                  first, so that the allocator gets back what it is asked for. Who keeps more than LOFT_IBR_MANY_
 *                  batches, or has retired nothing between two looks, frees options.frees in each call.
 *
 * LEAVING          Who leaves marks its bag where it is (left:A), for who has the record next: there is no moment at
 *                  which it is elsewhere, and no more bags are left than there are records, whoever stops. So that
 *                  nothing waits for somebody to come, a round takes over what it finds in bags that are left, one by
 *                  one. Meanwhile a drain might look for it where it is no more, or not yet. Who adopts says that its
 *                  bag has something in it, and then looks whether somebody collects; who drains says that it
 *                  collects, and then looks for bags, with a fence on each side (adopt:C, fence:A). So one sees the
 *                  other: what is adopted is in a bag that is taken away, from a section that is waited for; or it is
 *                  where it was left. Only for taking bags away nobody adopts, not while a drain waits: what was there
 *                  before it is in its hands then, or in sections that it waits for.
 *
 * DRAINING         What a thread has retired is in its bag, which only it touches, in sections. Who drains puts empty
 *                  bags in the place of those that are not (collect:A), passes a heavy fence (fence:A) and moves the
 *                  era (collect:D). A section that shows no lower end, or one from then on, does not touch the old bag:
 *                  where its begin:D is before the heavy fence, its lower end would be seen, and be of before; where it
 *                  is after, the section finds the empty one. Threads that kept nothing are not waited for. Then all is
 *                  tested, after another fence, until it meets no interval. So a thread that stopped is in the way of
 *                  what meets its interval, and of its own bag. Where a drain gives up, what somebody may hold is in
 *                  its thread's bag, and a bag that somebody may touch is for the next, or for a round that finds that
 *                  the section is over.
 *
 * TOGETHER         Everything but init, fini and forked, each record by one thread at a time; stats_get by any thread.
 *
 * EDGES        begin:D, protect:E <-> round:A, fence:A   (2), (3), DRAINING
 *              begin:C, end:A -> look:A, over:A, await:B   what the section did, or the one before
 *              adopt:C <-> fence:A                  see LEAVING
 *              collect:E -> adopt:D                 what was there has been taken
 *              join:B -> collect:A                  a bag is whole
 *              collect:A -> retire:B, work:A, empty:D   the same
 *              left:A -> collect:A, adopt:G         the same, with what is in it
 *              left:C -> adopt:E                    where there is one
 *              work:C, empty:C -> await:A           what was kept is freed
 *              mark:A -> round:F                    what others have unlinked before a fence
 *              round:H -> round:G                   the fence
 *              change:A, change:B <-> forked:F      in the child of a fork a bag is whole, or busy
 *
 * MEMORY           Two words more in each node; a record of about 700 bytes for each thread that is there at one time,
 *                  a bag of 160. While all sections end: about 3 * options.batch pending nodes for each thread
 *                  that retires. Where threads have stopped in sections, let A be how many nodes there were, linked or
 *                  pending, when the last of them published its upper end. With options.frees 2 or more,
 *                      pending <= 5/2 * (A + threads * options.births) + 3 * threads * options.batch
 *                  because only those, and what each thread makes before it moves the era itself, can meet their
 *                  intervals; the factor is what lies until the next round.
 *
 * PROGRESS         enter, exit wait-free; protect lock-free: each time round, the era has moved. retire wait-free but
 *                  for the allocator's free: at most options.frees nodes, 8 tests and one walk over the records in one
 *                  call (a walk for each test where more than 16 intervals lie apart), and once in a round another,
 *                  where others have left. join, leave lock-free but for the allocator. drain waits for the sections of
 *                  others and for another drain.
 *
 * SOURCE           Wen, Izraelevitz, Cai, Beadle, Scott, Interval-Based Memory Reclamation, PPoPP 2018 (2GEIBR).
 *                  Changed: asymmetric fences; the era of retiring is read once for a round, and moved if it has not
 *                  since the last, so that nodes go where none is made, too; rounds and frees in small parts; intervals
 *                  that meet are tested as one; draining.
 */
#ifndef LOFT_SMR_IBR_H
#define LOFT_SMR_IBR_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/asymmetric.h"
#include "../core/alloc.h"
#include "../core/park.h"
#include "collector.h"
#include "contract.h"
#include "threads.h"

#if !defined(LOFT_UNSUPPORTED)

#define loft_ibr_smr       1
#define loft_ibr_region    0
#define loft_ibr_slots     0
#define loft_ibr_robust    1
#define loft_ibr_birth     1
#define loft_ibr_restarts  0
#define loft_ibr_signals   0
#define loft_ibr_nests     1
#define loft_ibr_drops     1

#define LOFT_IBR_STEP_     ((loft_seq)2)
#define LOFT_IBR_LATER_    ((loft_seq)1)                 /* retired, and no round has begun since              */
#define LOFT_IBR_TESTS_    8u                            /* nodes tested in one call                           */
#define LOFT_IBR_SPANS_    16u                           /* intervals that do not meet, kept for a round       */
#define LOFT_IBR_MANY_     3u                            /* batches that a thread keeps, and does not hurry    */
#define LOFT_IBR_LEFT_     ((uintptr_t)1)                /* a bag: nobody has the record                       */

typedef loft_smr_options   loft_ibr_options;
typedef loft_smr_stats     loft_ibr_stats;

typedef struct loft_ibr_node {
    loft_smr_node node;
    loft_seq      birth;
    loft_seq      retired;                               /* LOFT_IBR_LATER_ until the next round               */
} loft_ibr_node;

typedef struct loft_ibr_span_ {
    loft_seq lower;
    loft_seq upper;
} loft_ibr_span_;

struct loft_ibr;
struct loft_ibr_thread;

typedef struct loft_ibr_bag_ {
    loft_smr_list_          fresh;                       /* retired since the round began                      */
    loft_smr_list_          marked;                      /* before the mark, and no fence since                */
    loft_smr_list_          waiting;                     /* to be tested in this round                         */
    loft_smr_list_          stayed;                      /* tested, and somebody may hold them                 */
    loft_smr_list_          ready;                       /* nobody can                                         */
    size_t                  kept;                        /* in all five                                        */
    size_t                  wait;                        /* nodes, or sections without, until the next round   */
    size_t                  half;                        /* ... and until the look                             */
    loft_seq                mark;                        /* the era that the mark has begun                    */
    loft_seq                stamp;                       /* the era of the round                               */
    bool                    fenced;                      /* a round has begun, and its owner has not looked    */
    struct loft_ibr_thread *owner;                       /* taken away: from a section of this one, ...        */
    loft_seq                since;                       /* ... unless its lower end is from here on, ...      */
    bool                    dated;                       /* ... which is known once there was a fence          */
    struct loft_ibr_bag_   *next;
} loft_ibr_bag_;

typedef struct loft_ibr_thread {
    loft_smr_thread              base;
    char                         pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq)        lower;                  /* era + 1 in a section; else 0                       */
    LOFT_ATOMIC(loft_seq)        upper;                  /* of the section, or of the one before               */
    LOFT_ATOMIC(loft_ibr_bag_ *) bag;                    /* + LOFT_IBR_LEFT_, or NULL, where nobody has it     */
    LOFT_ATOMIC(loft_ibr_bag_ *) keeps;                  /* there may be something in this one                 */
    struct loft_ibr             *domain;
    bool                         asym;
    bool                         many;                   /* more spans than there is room for                  */
    bool                         busy;                   /* the bag is in the midst of a change                */
    bool                         counted;                /* this section has retired something                 */
    bool                         active;                 /* something was retired since the last look          */
    bool                         idle;                   /* nothing was between the last two                   */
    size_t                       births;                 /* since it moved the era                             */
    size_t                       spans;
    loft_ibr_span_               span[LOFT_IBR_SPANS_];
    LOFT_ATOMIC(loft_seq)        fences;
    char                         pad1_[LOFT_CACHELINE];
} loft_ibr_thread;

typedef struct loft_ibr {
    loft_smr_domain              base;
    bool                         asym;
    size_t                       batch;
    size_t                       frees;
    size_t                       births;
    size_t                       spans;
    char                         pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq)        era;
    LOFT_ATOMIC(loft_seq)        fenced;                 /* an era that a heavy fence was made after           */
    char                         pad1_[LOFT_CACHELINE];
    LOFT_ATOMIC(unsigned)        left;                   /* somebody has left with something in the bag        */
    LOFT_ATOMIC(unsigned)        collecting;             /* who drains is taking bags away                     */
    LOFT_ATOMIC(unsigned)        late;                   /* somebody has, and some of these are there yet      */
    loft_smr_collector_          collector;              /* somebody drains                                    */
    loft_ibr_bag_               *taken;                  /* bags that were taken away; the collector's         */
    char                         pad2_[LOFT_CACHELINE];
} loft_ibr;

LOFT_STATIC_ASSERT(offsetof(loft_ibr_node, node) == 0, "loft/smr/ibr.h: a node begins with what all schemes have");

LOFT_API void
loft_ibr_prepare_(loft_smr_thread *fresh)
{
    loft_ibr_thread *const t = (loft_ibr_thread *)fresh;
    t->domain = (loft_ibr *)fresh->domain;
    t->asym = t->domain->asym;
    loft_init(&t->lower, (loft_seq)0);
    loft_init(&t->upper, (loft_seq)0);
    loft_init(&t->bag, (loft_ibr_bag_ *)NULL);
    loft_init(&t->keeps, (loft_ibr_bag_ *)NULL);
    loft_init(&t->fences, (loft_seq)0);
}

/* For tests: a domain that nobody has joined goes on from here. */
LOFT_API void
loft_ibr_start_at_(loft_ibr *d, loft_seq era)
{
    LOFT_ASSERT(!loft_smr_first_(&d->base));
    loft_store(&d->era, era & ~LOFT_IBR_LATER_, relaxed);   /* start:A relaxed: nobody else is here */
    loft_store(&d->fenced, era & ~LOFT_IBR_LATER_, relaxed);   /* start:B relaxed: nobody else is here */
}

/* ---- sections ---------------------------------------------------------------------------------------------------- */

LOFT_API void
loft_ibr_begin_(loft_ibr_thread *me)
{
    const loft_seq e = loft_load(&me->domain->era, relaxed);   /* begin:A relaxed: an older one holds back only more */
    loft_store(&me->upper, e, relaxed);                  /* begin:B relaxed: begin:C hands it on, begin:D orders it */
    loft_store(&me->lower, e + 1u, release);             /* begin:C release -> look:A, over:A, await:B: the
                                                            section before is over */
    loft_fence_light(me->asym, seq_cst);                 /* begin:D seq_cst <-> round:A, fence:A: seen, or I see */
}

LOFT_API void
loft_ibr_end_(loft_ibr_thread *me)
{
    loft_store(&me->lower, (loft_seq)0, release);        /* end:A release -> look:A, over:A, await:B: what it did */
}

/* Before and after a change of its bag: what a fork finds is whole, or busy. */
LOFT_API void
loft_ibr_change_(loft_ibr_thread *me, bool busy)
{
    loft_signal_fence(seq_cst);                          /* change:A seq_cst <-> forked:F: whole, or busy */
    me->busy = busy;
    loft_signal_fence(seq_cst);                          /* change:B seq_cst <-> forked:F: whole, or busy */
}

/* ---- spans ------------------------------------------------------------------------------------------------------- */

/* a is b or before it. */
LOFT_API bool
loft_ibr_upto_(loft_seq a, loft_seq b)
{
    return (loft_seq_diff)(b - a) >= 0;
}

LOFT_API bool
loft_ibr_meet_(loft_seq lower, loft_seq upper, loft_seq birth, loft_seq retired)
{
    return loft_ibr_upto_(birth, upper) && loft_ibr_upto_(lower, retired);
}

/* The interval of a section, or of this section and the one before; false: there is none. */
LOFT_API bool
loft_ibr_interval_(const loft_ibr_thread *t, loft_ibr_span_ *s)
{
    const loft_seq lower = loft_load(&t->lower, acquire);   /* look:A acquire <- begin:C, end:A: what it did before */
    s->lower = lower - 1u;
    s->upper = loft_load(&t->upper, relaxed);            /* look:B relaxed: what may be old is of no account, (2) */
    return lower & 1u;
}

/* Those that meet become one: what meets one of them meets the whole. */
LOFT_API void
loft_ibr_add_(loft_ibr_thread *me, loft_ibr_span_ s)
{
    size_t apart = 0;
    for (size_t i = 0; i < me->spans; i++) {
        const loft_ibr_span_ o = me->span[i];
        if (!loft_ibr_meet_(s.lower, s.upper, o.lower, o.upper)) {
            me->span[apart++] = o;
            continue;
        }
        s.lower = loft_ibr_upto_(s.lower, o.lower) ? s.lower : o.lower;
        s.upper = loft_ibr_upto_(s.upper, o.upper) ? o.upper : s.upper;
    }
    me->spans = apart;
    me->many = apart == me->domain->spans;
    if (!me->many)
        me->span[me->spans++] = s;
}

/* After a heavy fence, at any time: all intervals. */
LOFT_API void
loft_ibr_look_(loft_ibr_thread *me)
{
    me->spans = 0;
    me->many = false;
    for (const loft_smr_thread *t = loft_smr_first_(&me->domain->base); t && !me->many; t = t->next) {
        loft_ibr_span_ s;
        if (loft_ibr_interval_((const loft_ibr_thread *)t, &s))
            loft_ibr_add_(me, s);
    }
}

/* Whether anybody may hold what lived then. */
LOFT_API bool
loft_ibr_held_(const loft_ibr_thread *me, loft_seq birth, loft_seq retired)
{
    if (LOFT_UNLIKELY(me->many)) {
        for (const loft_smr_thread *t = loft_smr_first_(&me->domain->base); t; t = t->next) {
            loft_ibr_span_ s;
            if (loft_ibr_interval_((const loft_ibr_thread *)t, &s) &&
                loft_ibr_meet_(s.lower, s.upper, birth, retired))
                return true;
        }
        return false;
    }
    for (size_t i = 0; i < me->spans; i++) {
        if (loft_ibr_meet_(me->span[i].lower, me->span[i].upper, birth, retired))
            return true;
    }
    return false;
}

/* Tests at most n nodes of a round. */
LOFT_API void
loft_ibr_test_(loft_ibr_thread *me, loft_ibr_bag_ *bag, size_t n)
{
    for (; bag->waiting.head && n; n--) {
        loft_ibr_node *const node = (loft_ibr_node *)bag->waiting.head;
        if (loft_plain_read(&node->retired) & LOFT_IBR_LATER_)
            loft_plain_write(&node->retired, bag->stamp);
        const bool held = loft_ibr_held_(me, loft_plain_read(&node->birth), loft_plain_read(&node->retired));
        loft_ibr_change_(me, true);
        bag->waiting.head = loft_plain_read(&node->node.next);
        loft_plain_write(&node->node.next, (loft_smr_node *)NULL);
        loft_smr_list_ one = { &node->node, &node->node };
        loft_smr_move_(held ? &bag->stayed : &bag->ready, &one);   /* the oldest are freed first           */
        loft_ibr_change_(me, false);
    }
}

/* ---- bags -------------------------------------------------------------------------------------------------------- */

LOFT_API loft_ibr_bag_ *
loft_ibr_bag_new_(const loft_ibr *d)
{
    loft_ibr_bag_ *const bag = (loft_ibr_bag_ *)loft_alloc_zeroed(1, sizeof(loft_ibr_bag_));
    if (bag)
        bag->wait = d->batch;
    return bag;
}

LOFT_API void
loft_ibr_bag_free_(loft_ibr_bag_ *bag)
{
    loft_free(bag, sizeof *bag);
}

/* All that is in `from`, to be tested again; those that have an era keep it. */
LOFT_API void
loft_ibr_merge_(loft_ibr_bag_ *to, loft_ibr_bag_ *from)
{
    loft_smr_move_(&to->fresh, &from->fresh);
    loft_smr_move_(&to->fresh, &from->marked);
    loft_smr_move_(&to->fresh, &from->waiting);
    loft_smr_move_(&to->fresh, &from->stayed);
    loft_smr_move_(&to->ready, &from->ready);
    loft_plain_write(&to->kept, to->kept + loft_plain_read(&from->kept));
    loft_ibr_bag_free_(from);
}

/* The same bag, of a record that nobody has. */
LOFT_API loft_ibr_bag_ *
loft_ibr_as_left_(loft_ibr_bag_ *bag)
{
    return (loft_ibr_bag_ *)((uintptr_t)bag | LOFT_IBR_LEFT_);
}

LOFT_API bool
loft_ibr_is_left_(const loft_ibr_bag_ *bag)
{
    return ((uintptr_t)bag & LOFT_IBR_LEFT_) != 0;
}

/* The bag itself. */
LOFT_API loft_ibr_bag_ *
loft_ibr_itself_(loft_ibr_bag_ *bag)
{
    return (loft_ibr_bag_ *)((uintptr_t)bag & ~LOFT_IBR_LEFT_);
}

/* One that was taken away. The collector. */
LOFT_API void
loft_ibr_keep_taken_(loft_ibr *d, loft_ibr_bag_ *bag)
{
    loft_plain_write(&bag->next, loft_plain_read(&d->taken));
    loft_plain_write(&d->taken, bag);
}

/* The section in which the owner might have had this bag has ended. */
LOFT_API bool
loft_ibr_over_(const loft_ibr_bag_ *bag)
{
    const loft_ibr_thread *const t = loft_plain_read(&bag->owner);
    if (!t)
        return true;
    if (!loft_plain_read(&bag->dated))
        return false;
    const loft_seq lower = loft_load(&t->lower, acquire);   /* over:A acquire <- begin:C, end:A: what it put in */
    return !(lower & 1u) || loft_ibr_upto_(loft_plain_read(&bag->since), lower);
}

/* Of the bags that were taken away, those that nobody touches, put into `mine`, or into the first of them; NULL: there
 * are none. The collector. */
LOFT_API loft_ibr_bag_ *
loft_ibr_inherit_(loft_ibr *d, loft_ibr_bag_ *mine)
{
    loft_ibr_bag_ *bag = loft_plain_read(&d->taken);
    loft_plain_write(&d->taken, (loft_ibr_bag_ *)NULL);
    while (bag) {
        loft_ibr_bag_ *const next = loft_plain_read(&bag->next);
        if (!loft_ibr_over_(bag))
            loft_ibr_keep_taken_(d, bag);
        else if (mine)
            loft_ibr_merge_(mine, bag);
        else
            mine = bag;
        bag = next;
    }
    if (!loft_plain_read(&d->taken))
        loft_store(&d->late, 0u, relaxed);               /* inherit:A relaxed: a hint */
    return mine;
}

/* Of a drain that gave up, the bags that it has taken away, as soon as nobody touches them. In a section. */
LOFT_API void
loft_ibr_retake_(loft_ibr_thread *me, loft_ibr_bag_ *mine)
{
    loft_ibr *const d = me->domain;
    if (!loft_load(&d->late, relaxed) || !loft_smr_lock_(&d->collector))   /* retake:A relaxed: a hint */
        return;
    loft_store(&me->keeps, mine, relaxed);               /* retake:B relaxed: the collector hands it on */
    loft_ibr_change_(me, true);
    (void)loft_ibr_inherit_(d, mine);
    loft_ibr_change_(me, false);
    loft_smr_unlock_(&d->collector);
}

/* Takes over the bags in records that nobody has, unless somebody who drains is at it. In a section. */
LOFT_API void
loft_ibr_adopt_(loft_ibr_thread *me, loft_ibr_bag_ *mine)
{
    loft_ibr *const d = me->domain;
    if (!loft_load(&d->left, relaxed))                   /* adopt:A relaxed: a hint */
        return;
    loft_store(&me->keeps, mine, relaxed);               /* adopt:B relaxed: adopt:C orders it */
    loft_fence_light(me->asym, seq_cst);                 /* adopt:C seq_cst <-> fence:A: I see that somebody collects,
                                                            or that one sees that mine has something in it */
    if (loft_load(&d->collecting, acquire))              /* adopt:D acquire <- collect:E: what was there is taken */
        return;
    (void)loft_exchange(&d->left, 0u, acquire);          /* adopt:E acquire <- left:C: who has left */
    for (loft_smr_thread *t = loft_smr_first_(&d->base); t; t = t->next) {
        loft_ibr_thread *const other = (loft_ibr_thread *)t;
        loft_ibr_bag_ *bag = loft_load(&other->bag, relaxed);   /* adopt:F relaxed: adopt:G checks it */
        if (!loft_ibr_is_left_(bag)
            || loft_load(&other->keeps, relaxed) != loft_ibr_itself_(bag))   /* adopt:H relaxed: a hint */
            continue;
        loft_ibr_change_(me, true);
        if (loft_cas_strong(&other->bag, &bag, (loft_ibr_bag_ *)NULL, acquire, relaxed))   /* adopt:G acquire <-
                                                                                       left:A: the bag is whole */
            loft_ibr_merge_(mine, loft_ibr_itself_(bag));
        loft_ibr_change_(me, false);
    }
}

/* ---- rounds ------------------------------------------------------------------------------------------------------ */

/* What is retired by now waits for a fence, of this thread or another. Without membarrier its own costs no more. */
LOFT_API void
loft_ibr_mark_(loft_ibr_thread *me, loft_ibr_bag_ *bag)
{
    if (!me->asym || !bag->fresh.head)
        return;
    loft_ibr_change_(me, true);
    loft_smr_move_(&bag->marked, &bag->fresh);
    loft_ibr_change_(me, false);
    bag->mark = loft_fetch_add(&me->domain->era, LOFT_IBR_STEP_, release) + LOFT_IBR_STEP_;   /* mark:A release ->
                                                                                   round:F: these are unlinked */
}

/* A heavy fence after which nobody finds what is marked, or `all`. False: the system has refused it. */
LOFT_API bool
loft_ibr_pass_(loft_ibr_thread *me, const loft_ibr_bag_ *bag, bool *all)
{
    loft_ibr *const d = me->domain;
    *all = false;
    if (bag->marked.head) {
        const loft_seq made = loft_load(&d->fenced, acquire);   /* round:G acquire <- round:H: another's round:A */
        if (loft_ibr_upto_(bag->mark, made))
            return true;
    }
    const loft_seq n = loft_load(&me->fences, relaxed);  /* round:B relaxed: only this thread writes it */
    loft_store(&me->fences, n + 1u, relaxed);            /* round:C relaxed: a statistic */
    const loft_seq e = loft_load(&d->era, acquire);      /* round:F acquire <- mark:A: what others have unlinked */
    if (!loft_fence_heavy(me->asym, seq_cst))            /* round:A seq_cst <-> begin:D, protect:E: who I miss finds
                                                            them unlinked */
        return false;
    loft_store(&d->fenced, e, release);                  /* round:H release -> round:G: round:A */
    *all = true;
    return true;
}

/* All that is there by now, or what is marked, is to be tested, with the era of now, which moves on if it has not since
 * the last round. */
LOFT_API void
loft_ibr_round_(loft_ibr_thread *me, loft_ibr_bag_ *bag)
{
    loft_ibr *const d = me->domain;
    bool all;
    loft_ibr_adopt_(me, bag);
    loft_ibr_retake_(me, bag);
    if (!loft_ibr_pass_(me, bag, &all))
        return;
    loft_seq e = loft_load(&d->era, relaxed);            /* round:D relaxed: round:A or round:G orders it */
    if (e == bag->stamp || e == bag->mark)
        e = loft_fetch_add(&d->era, LOFT_IBR_STEP_, relaxed);   /* round:E relaxed: as round:D */
    bag->stamp = e;
    loft_ibr_change_(me, true);
    loft_smr_move_(&bag->waiting, &bag->stayed);
    loft_smr_move_(&bag->waiting, &bag->marked);
    if (all)
        loft_smr_move_(&bag->waiting, &bag->fresh);
    loft_ibr_change_(me, false);
    bag->wait = bag->kept / 4u > d->batch ? bag->kept / 4u : d->batch;
    bag->half = bag->wait / 2u;
    bag->fenced = true;
}

/* A thread's share of the work, in a section, where it has retired `came` nodes, one or none. */
LOFT_API void
loft_ibr_work_(loft_ibr_thread *me, size_t came)
{
    loft_ibr *const d = me->domain;
    loft_ibr_bag_ *const bag = loft_load(&me->bag, acquire);   /* work:A acquire <- collect:A: it is empty */
    if (me->base.freeing)
        return;
    if (bag->wait == 0) {
        if (!bag->waiting.head)
            loft_ibr_round_(me, bag);
    } else if (!me->counted)
        bag->wait--;
    me->counted = false;
    if (bag->fenced && bag->wait <= bag->half) {
        loft_ibr_look_(me);
        bag->fenced = false;
        me->idle = !me->active;
        me->active = false;
        loft_ibr_mark_(me, bag);
    }
    if (!bag->fenced)
        loft_ibr_test_(me, bag, LOFT_IBR_TESTS_);
    me->active = me->active || came;
    const bool hurry = me->idle || bag->kept > LOFT_IBR_MANY_ * d->batch || d->frees == LOFT_SMR_ALL;
    const size_t frees = hurry ? d->frees : came;
    if (bag->ready.head && frees)
        (void)loft_smr_free_(&me->base, &bag->ready, frees, &bag->kept);
    if (!loft_plain_read(&bag->kept)
        && loft_load(&me->bag, relaxed) == bag)          /* work:B relaxed: what drop retires is in the newest */
        loft_store(&me->keeps, (loft_ibr_bag_ *)NULL, release);   /* work:C release -> await:A: what was freed */
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

/* False: the system has refused it until it was too late, for want of memory, or as the program has it (seccomp). */
LOFT_API bool
loft_ibr_fence_(loft_ibr_thread *me, uint64_t deadline)
{
    loft_smr_wait_ w;
    loft_smr_wait_begin_(&w, deadline);
    while (!loft_fence_heavy(me->asym, seq_cst)) {       /* fence:A seq_cst <-> begin:D, protect:E, adopt:C: who
                                        begins later finds the empty bag, and nothing that was unlinked; see LEAVING */
        if (!loft_smr_wait_more_(&w))
            return false;
    }
    return true;
}

/* Takes away all bags with something in them; who has the record finds an empty one there. False: no memory for all. */
LOFT_API bool
loft_ibr_take_(loft_ibr *d)
{
    for (loft_smr_thread *t = loft_smr_first_(&d->base); t; t = t->next) {
        loft_ibr_thread *const other = (loft_ibr_thread *)t;
        const loft_ibr_bag_ *const keeps = loft_load(&other->keeps, relaxed);   /* collect:B relaxed: await:A, await:B
                                                                                   come after it */
        loft_ibr_bag_ *bag = loft_load(&other->bag, relaxed);   /* collect:C relaxed: collect:A checks it */
        while (bag && loft_ibr_itself_(bag) == keeps) {
            const bool left = loft_ibr_is_left_(bag);
            loft_ibr_bag_ *const fresh = left ? NULL : loft_ibr_bag_new_(d);
            if (!left && !fresh)
                return false;
            if (loft_cas_strong(&other->bag, &bag, fresh, acq_rel, relaxed)) {   /* collect:A acq_rel -> retire:B,
                                work:A, empty:D <- join:B, left:A: a bag that is put there is whole */
                bag = loft_ibr_itself_(bag);
                loft_plain_write(&bag->owner, left ? NULL : other);
                loft_plain_write(&bag->dated, false);
                loft_ibr_keep_taken_(d, bag);
                break;
            }
            if (fresh)                                   /* its thread has just left, or somebody has come     */
                loft_ibr_bag_free_(fresh);
        }
    }
    return true;
}

/* Takes all bags away. `since`: the era from which on sections have other ones; `all`: there was memory for that.
 * False: no fence in time. */
LOFT_API bool
loft_ibr_collect_(loft_ibr_thread *me, loft_seq *since, bool *all, uint64_t deadline)
{
    loft_ibr *const d = me->domain;
    loft_store(&d->collecting, 1u, relaxed);             /* collect:F relaxed: fence:A orders it */
    const bool stopped = loft_ibr_fence_(me, deadline);  /* who adopts something later sees that                   */
    *all = !stopped || loft_ibr_take_(d);
    loft_store(&d->collecting, 0u, release);             /* collect:E release -> adopt:D: what was there is taken */
    if (!stopped)
        return false;
    loft_store(&d->late, 1u, relaxed);                   /* collect:G relaxed: a hint */
    if (!loft_ibr_fence_(me, deadline))
        return false;                                    /* the next drain tries it again, for these too       */
    *since = loft_fetch_add(&d->era, LOFT_IBR_STEP_, relaxed) + LOFT_IBR_STEP_;   /* collect:D relaxed: fence:A and
                                                                                begin:D order it with the empty bags */
    for (loft_ibr_bag_ *bag = loft_plain_read(&d->taken); bag; bag = loft_plain_read(&bag->next)) {
        if (!loft_plain_read(&bag->dated))
            loft_plain_write(&bag->since, *since);
        loft_plain_write(&bag->dated, true);
    }
    return true;
}

/* Waits until nobody is in a section that may have to do with a bag of before; false: it is too late. */
LOFT_API bool
loft_ibr_await_(loft_ibr_thread *me, loft_seq since, uint64_t deadline)
{
    loft_smr_wait_ w;
    loft_smr_wait_begin_(&w, deadline);
    for (loft_smr_thread *t = loft_smr_first_(&me->domain->base); t; t = t->next) {
        const loft_ibr_thread *const other = (const loft_ibr_thread *)t;
        for (;;) {
            const loft_seq lower = loft_load(&other->lower, acquire);   /* await:B acquire <- begin:C, end:A: what it
                                                                           has handed on */
            if (!(lower & 1u) || loft_ibr_upto_(since, lower) ||
                !loft_load(&other->keeps, acquire))      /* await:A acquire <- work:C, empty:C: nothing */
                break;
            if (!loft_smr_wait_more_(&w))
                return false;
        }
    }
    return true;
}

/* Waits until all bags that were taken may be touched; false: it is too late for one. The collector. */
LOFT_API bool
loft_ibr_settle_(loft_ibr *d, uint64_t deadline)
{
    loft_smr_wait_ w;
    loft_smr_wait_begin_(&w, deadline);
    bool all = true;
    for (loft_ibr_bag_ *bag = loft_plain_read(&d->taken); bag; bag = loft_plain_read(&bag->next)) {
        bool over = loft_ibr_over_(bag);
        while (!over && loft_smr_wait_more_(&w))
            over = loft_ibr_over_(bag);
        if (over)                                        /* for good: its next section may look like this one  */
            loft_plain_write(&bag->owner, (loft_ibr_thread *)NULL);
        all = all && over;
    }
    return all;
}

/* Tests all of a bag until nobody can hold any of it; false: it is too late, and the rest is still in it. */
LOFT_API bool
loft_ibr_clear_(loft_ibr_thread *me, loft_ibr_bag_ *bag, uint64_t deadline)
{
    loft_smr_wait_ w;
    loft_smr_wait_begin_(&w, deadline);
    if (!loft_ibr_fence_(me, deadline))
        return false;
    bag->stamp = loft_fetch_add(&me->domain->era, LOFT_IBR_STEP_, relaxed);   /* clear:A relaxed: fence:A orders it */
    loft_smr_move_(&bag->stayed, &bag->fresh);
    loft_smr_move_(&bag->stayed, &bag->marked);
    for (;;) {
        loft_smr_move_(&bag->waiting, &bag->stayed);
        loft_ibr_look_(me);
        loft_ibr_test_(me, bag, LOFT_SMR_ALL);
        if (!bag->stayed.head)
            return true;
        if (!loft_smr_wait_more_(&w))
            return false;
    }
}

/* Frees what is ready of a bag, not under the lock, but in a section with something in its own, so that other drains
 * wait. All of it is put there before: drop may end the thread, and what it has not freed then is found. */
LOFT_API void
loft_ibr_empty_(loft_ibr_thread *me, loft_ibr_bag_ *bag)
{
    loft_ibr *const d = me->domain;
    loft_ibr_begin_(me);
    loft_ibr_bag_ *const mine = loft_load(&me->bag, relaxed);   /* empty:B relaxed: the collector handed it on */
    loft_store(&me->keeps, mine, relaxed);               /* empty:A relaxed: the collector hands it on */
    if (bag) {
        loft_ibr_change_(me, true);
        loft_ibr_merge_(mine, bag);
        loft_ibr_change_(me, false);
    }
    loft_smr_unlock_(&d->collector);
    me->base.depth = 1;
    (void)loft_smr_free_(&me->base, &mine->ready, LOFT_SMR_ALL, &mine->kept);
    me->base.depth = 0;
    const loft_ibr_bag_ *const now = loft_load(&me->bag, acquire);   /* empty:D acquire <- collect:A: it is empty */
    if (!loft_plain_read(&now->kept))
        loft_store(&me->keeps, (loft_ibr_bag_ *)NULL, release);   /* empty:C release -> await:A: what was freed */
    loft_ibr_end_(me);
}

/* Not in a section. Takes everybody's bag, waits until no section has to do with them, and frees what nobody holds. */
LOFT_API loft_status
loft_ibr_drain_(loft_ibr_thread *me, uint64_t deadline)
{
    loft_ibr *const d = me->domain;
    if (!loft_smr_lock_until_(&d->collector, deadline))
        return LOFT_TIMEOUT;
    bool all;
    loft_seq since;
    if (!loft_ibr_collect_(me, &since, &all, deadline)) {
        loft_smr_unlock_(&d->collector);
        return LOFT_TIMEOUT;
    }
    bool done = loft_ibr_await_(me, since, deadline);
    done = loft_ibr_settle_(d, deadline) && done;
    loft_ibr_bag_ *const bag = loft_ibr_inherit_(d, NULL);
    if (bag)
        done = loft_ibr_clear_(me, bag, deadline) && done;
    loft_ibr_empty_(me, bag);
    return !done ? LOFT_TIMEOUT : all ? LOFT_OK : LOFT_NOMEM;
}

LOFT_API void
loft_ibr_stats_(const loft_ibr *d, loft_smr_stats *s)
{
    memset(s, 0, sizeof *s);
    const loft_seq e = loft_load(&d->era, relaxed);      /* stats:A relaxed: a statistic */
    s->advances = e / LOFT_IBR_STEP_ - 1u;
    for (const loft_smr_thread *t = loft_smr_first_(&d->base); t; t = t->next) {
        const loft_ibr_thread *const other = (const loft_ibr_thread *)t;
        const loft_seq lower = loft_load(&other->lower, relaxed);   /* stats:B relaxed: a statistic */
        const loft_seq lag = loft_ibr_upto_(lower, e) ? (e + 1u - lower) / LOFT_IBR_STEP_ : 0u;
        if ((lower & 1u) && (s->holder == 0 || lag > s->lag)) {
            s->lag = lag;
            s->holder = t->number;
        }
        s->fences += loft_load(&other->fences, relaxed); /* stats:C relaxed: a statistic */
    }
    loft_smr_sum_(&d->base, s);
}

/* ---- the domain -------------------------------------------------------------------------------------------------- */

/* loft_ibr_leave: the bag stays where it is, for who has the record next, and for who drains or adopts. There is no
 * moment at which it is elsewhere. */
LOFT_API void
loft_ibr_left_(loft_smr_thread *t)
{
    loft_ibr_thread *const me = (loft_ibr_thread *)t;
    loft_smr_self_clear_(t);
    loft_ibr_bag_ *bag = loft_load(&me->bag, relaxed);   /* left:B relaxed: left:A checks it; who drains may have it */
    while (!loft_cas_weak(&me->bag, &bag, loft_ibr_as_left_(bag), release, relaxed))   /* left:A release -> collect:A,
                                                                                    adopt:G: what is in it */
        continue;
    loft_ibr_end_(me);                                   /* a thread may end in a section                          */
    if (loft_load(&me->keeps, relaxed))                  /* left:D relaxed: this thread's own */
        loft_store(&me->domain->left, 1u, release);      /* left:C release -> adopt:E: it is there */
    loft_smr_give_(t);
}

/* loft_ibr_init - begins a domain.
 *   returns   LOFT_OK
 *   threads   one
 *   cost      a key of the system's for loft_ibr_self; where there is none left, only that fails
 */
LOFT_NODISCARD LOFT_API loft_status
loft_ibr_init(loft_ibr *d, const loft_ibr_options *o)
{
    static const loft_smr_options none = { 0, 0, 0, 0, 0, 0, false };
    if (!o)
        o = &none;
    d->asym = !o->symmetric && loft_asymmetric();
    d->batch = o->batch ? o->batch : LOFT_SMR_BATCH_(d->asym);
    d->frees = o->frees ? o->frees : 2u;
    d->births = o->births ? o->births : 128u;
    d->spans = LOFT_IBR_SPANS_;
    loft_init(&d->era, LOFT_IBR_STEP_);
    loft_init(&d->fenced, LOFT_IBR_STEP_);
    loft_init(&d->left, 0u);
    loft_init(&d->collecting, 0u);
    loft_init(&d->late, 0u);
    loft_smr_collector_init_(&d->collector);
    loft_plain_write(&d->taken, (loft_ibr_bag_ *)NULL);
    loft_smr_domain_init_(&d->base, sizeof(loft_ibr_thread), o->threads, loft_ibr_prepare_, loft_ibr_left_);
    return LOFT_OK;
}

/* loft_ibr_fini - frees all that was retired, and the records, also of threads that have not left.
 *   returns   LOFT_OK; LOFT_INVAL: somebody is in a section, and nothing happened
 *   threads   one, and no other uses the domain any more
 *   cost      all that is pending is freed in this call
 */
LOFT_NODISCARD LOFT_API loft_status
loft_ibr_fini(loft_ibr *d)
{
    for (loft_smr_thread *t = loft_smr_first_(&d->base); t; t = t->next) {
        if (loft_load(&((loft_ibr_thread *)t)->lower, relaxed) & 1u)   /* fini:A relaxed: nobody else is here */
            return LOFT_INVAL;
    }
    loft_ibr_bag_ last;                                  /* of them all, and of what drop retires              */
    memset((void *)&last, 0, sizeof last);
    loft_ibr_thread *const me = (loft_ibr_thread *)loft_smr_first_(&d->base);
    for (loft_smr_thread *t = loft_smr_first_(&d->base); t; t = t->next) {
        loft_ibr_thread *const other = (loft_ibr_thread *)t;
        loft_ibr_bag_ *const bag = loft_exchange(&other->bag, (loft_ibr_bag_ *)NULL, relaxed);   /* fini:B relaxed:
                                                                                            nobody else is here */
        if (bag)
            loft_ibr_merge_(&last, loft_ibr_itself_(bag));
    }
    for (loft_ibr_bag_ *bag = loft_plain_read(&d->taken); bag; bag = loft_plain_read(&d->taken)) {
        loft_plain_write(&d->taken, loft_plain_read(&bag->next));
        loft_ibr_merge_(&last, bag);
    }
    if (me) {
        loft_store(&me->bag, &last, relaxed);            /* fini:C relaxed: nobody else is here */
        me->base.depth = 1;
        do {
            loft_smr_move_(&last.ready, &last.fresh);
            (void)loft_smr_free_(&me->base, &last.ready, LOFT_SMR_ALL, NULL);
        } while (last.fresh.head);
    }
    loft_smr_domain_fini_(&d->base);
    return LOFT_OK;
}

/* loft_ibr_join - takes part.
 *   returns   a record; NULL: no memory, or there are options.threads already
 *   threads   any; the record is the caller's, or whom it gives it to, one at a time
 *   progress  lock-free but for the allocator
 *   cost      an allocation; two for a record that nobody has had before
 */
LOFT_NODISCARD LOFT_API loft_ibr_thread *
loft_ibr_join(loft_ibr *d)
{
    loft_ibr_bag_ *const fresh = loft_ibr_bag_new_(d);
    loft_ibr_thread *const me = fresh ? (loft_ibr_thread *)loft_smr_take_(&d->base) : NULL;
    loft_ibr_bag_ *bag = me ? loft_load(&me->bag, relaxed) : NULL;   /* join:A relaxed: join:C checks it */
    if (bag && loft_cas_strong(&me->bag, &bag, loft_ibr_itself_(bag), relaxed, relaxed)) {   /* join:C relaxed: what is
                                                                in it is handed on with the record, or by left:A */
        loft_ibr_bag_free_(fresh);                       /* short visits come to a round, too                  */
    } else if (me) {
        loft_store(&me->keeps, (loft_ibr_bag_ *)NULL, relaxed);   /* join:D relaxed: join:B hands it on */
        loft_store(&me->bag, fresh, release);            /* join:B release -> collect:A: it is whole */
    } else {
        if (fresh)
            loft_ibr_bag_free_(fresh);
        return NULL;
    }
    me->base.depth = 0;
    me->base.freeing = false;
    me->busy = false;
    me->counted = false;
    me->active = false;
    me->idle = false;
    return me;
}

/* loft_ibr_leave - gives the record back; what it has retired is freed by others, or by drain or fini.
 *   threads   who has it, outside sections
 *   progress  lock-free but for the allocator
 */
LOFT_API void
loft_ibr_leave(loft_ibr_thread *me)
{
    LOFT_ASSERT(me->base.depth == 0);
    loft_ibr_left_(&me->base);
}

/* loft_ibr_self - this thread's own record: joins at the first call, leaves when the thread ends.
 *   returns   NULL as join does, and where the system has no keys left
 *   threads   any
 *   progress  wait-free after the first
 */
LOFT_NODISCARD LOFT_API loft_ibr_thread *
loft_ibr_self(loft_ibr *d)
{
    loft_smr_thread *const t = loft_smr_self_(&d->base);
    if (LOFT_LIKELY(t != NULL))
        return (loft_ibr_thread *)t;
    loft_ibr_thread *const me = loft_ibr_join(d);
    if (me && !loft_smr_self_set_(&me->base)) {
        loft_ibr_left_(&me->base);
        return NULL;
    }
    return me;
}

/* loft_ibr_forked - in the child of a fork, before anything else: the other threads' records are free, their sections
 * over, and what they had retired is the domain's, but for what a thread was just changing, which is lost: a node that
 * it was retiring or dropping, or all that a drain had in its hands before it began to free.
 *   threads   the only one; me is its record, or NULL
 */
LOFT_API void
loft_ibr_forked(loft_ibr *d, loft_ibr_thread *me)
{
    loft_signal_fence(seq_cst);                          /* forked:F seq_cst <-> change:A, change:B: whole, or busy */
    if (loft_smr_unlock_forked_(&d->collector))
        loft_plain_write(&d->taken, (loft_ibr_bag_ *)NULL);   /* in the midst of a change */
    loft_store(&d->collecting, 0u, relaxed);             /* forked:A relaxed: nobody else is here */
    for (loft_ibr_bag_ **link = &d->taken; *link;) {
        loft_ibr_thread *const owner = (*link)->owner;
        if (owner && owner != me && owner->busy && !loft_ibr_over_(*link))
            *link = (*link)->next;
        else
            link = &(*link)->next;
    }
    for (loft_smr_thread *t = loft_smr_first_(&d->base); t; t = t->next) {
        loft_ibr_thread *const other = (loft_ibr_thread *)t;
        if (other == me || !loft_load(&t->taken, relaxed))   /* forked:B relaxed: nobody else is here */
            continue;
        loft_store(&other->lower, (loft_seq)0, relaxed); /* forked:C relaxed: nobody else is here */
        loft_ibr_bag_ *const bag = loft_load(&other->bag, relaxed);   /* forked:D relaxed: nobody else is here */
        if (bag)
            loft_store(&other->bag, other->busy ? NULL : loft_ibr_as_left_(bag), relaxed);   /* forked:E relaxed:
                                                                                         nobody else is here */
        loft_store(&d->left, 1u, relaxed);               /* forked:G relaxed: nobody else is here */
        loft_smr_give_(t);
    }
}

/* loft_ibr_number - what the statistics call this record. */
LOFT_API size_t
loft_ibr_number(const loft_ibr_thread *me)
{
    return me->base.number;
}

/* ---- sections ---------------------------------------------------------------------------------------------------- */

/* loft_ibr_enter - begins a section, whose interval is the era of now.
 *   threads   the record's
 *   progress  wait-free
 *   cost      a load and two stores; a full fence where membarrier is not there
 */
LOFT_API void
loft_ibr_enter(loft_ibr_thread *me)
{
    if (me->base.depth++ == 0)
        loft_ibr_begin_(me);
}

/* loft_ibr_exit - ends it, and does some of the work if this thread has retired something.
 *   threads   the record's, in a section
 *   progress  wait-free but for options.frees calls of drop
 *   cost      a store
 */
LOFT_API void
loft_ibr_exit(loft_ibr_thread *me)
{
    LOFT_ASSERT(me->base.depth != 0);
    if (me->base.depth == 1) {
        if (LOFT_UNLIKELY(loft_load(&me->keeps, relaxed)))   /* exit:A relaxed: only this thread raises it */
            loft_ibr_work_(me, 0);
        loft_ibr_end_(me);
    }
    me->base.depth--;
}

/* loft_ibr_read, loft_ibr_write - nothing; see smr/contract.h. */
#define loft_ibr_read(me)  ((void)(me))

LOFT_API void
loft_ibr_write(loft_ibr_thread *me, const void *a, const void *b, const void *c)
{
    (void)me;
    (void)a;
    (void)b;
    (void)c;
}

/* loft_ibr_protect - loads a link.
 *   returns   the word, with its marks; the node, if it is not unlinked yet, is safe until the end of the section
 *   threads   the record's, in a section
 *   progress  lock-free: each round more is an era more
 *   order     acquire
 *   cost      three loads; where the era has moved a store and three more, and a full fence without membarrier
 */
LOFT_API uintptr_t
loft_ibr_protect(loft_ibr_thread *me, size_t slot, const LOFT_ATOMIC(uintptr_t) *from)
{
    LOFT_ASSERT(me->base.depth != 0);
    (void)slot;
    uintptr_t link = loft_load(from, acquire);           /* protect:A acquire <- user: whole, its era known */
    for (;;) {
        const loft_seq e = loft_load(&me->domain->era, relaxed);   /* protect:B relaxed: protect:A orders it */
        if (LOFT_LIKELY(e == loft_load(&me->upper, relaxed)))   /* protect:C relaxed: only this thread writes it */
            return link;
        loft_store(&me->upper, e, relaxed);              /* protect:D relaxed: protect:E orders it */
        loft_fence_light(me->asym, seq_cst);             /* protect:E seq_cst <-> round:A, fence:A: seen, or I see */
        link = loft_load(from, acquire);                 /* protect:F acquire <- user: the same */
    }
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

/* loft_ibr_born - makes a node that is memory of the caller's ready for the scheme, before others can see it.
 *   threads   the record's
 *   progress  wait-free
 *   cost      a load; one call in options.births a fetch-and-add
 */
LOFT_API void
loft_ibr_born(loft_ibr_thread *me, loft_ibr_node *node)
{
    loft_ibr *const d = me->domain;
    loft_plain_write(&me->births, loft_plain_read(&me->births) + 1u);
    if (me->births > d->births) {
        loft_plain_write(&me->births, (size_t)1);
        (void)loft_fetch_add(&d->era, LOFT_IBR_STEP_, relaxed);   /* born:A relaxed: only the number counts */
    }
    loft_plain_write(&node->birth, loft_load(&d->era, relaxed));   /* born:B relaxed: older makes its life longer */
}

/* loft_ibr_alloc_node - loft_alloc and born.
 *   returns   size bytes that begin with a loft_ibr_node; NULL: no memory. drop gives them to loft_free
 *   threads   the record's
 *   progress  the allocator's
 */
LOFT_NODISCARD LOFT_API void *
loft_ibr_alloc_node(loft_ibr_thread *me, size_t size)
{
    LOFT_ASSERT(size >= sizeof(loft_ibr_node));
    void *const node = loft_alloc(size);
    if (node)
        loft_ibr_born(me, (loft_ibr_node *)node);
    return node;
}

/* loft_ibr_retire - drop(me, node) will be called once nobody can hold the node.
 *   threads   the record's, in a section; the node is not reachable for who enters later
 *   progress  wait-free but for options.frees calls of drop
 *   order     what any thread did with the node in a section happens before drop
 *   cost      loads and stores, and the tests of a few nodes; one node in options.batch a heavy fence
 */
LOFT_API void
loft_ibr_retire(loft_ibr_thread *me, loft_ibr_node *node, loft_smr_drop drop)
{
    LOFT_ASSERT(me->base.depth != 0);
    loft_ibr_bag_ *const bag = loft_load(&me->bag, acquire);   /* retire:B acquire <- collect:A: it is empty */
    node->node.drop = drop;
    loft_plain_write(&node->retired, LOFT_IBR_LATER_);
    loft_ibr_change_(me, true);
    loft_smr_put_(&bag->fresh, &node->node);
    loft_plain_write(&bag->kept, loft_plain_read(&bag->kept) + 1u);
    loft_ibr_change_(me, false);
    loft_store(&me->keeps, bag, relaxed);                /* retire:A relaxed: who is told of the node knows of it */
    loft_smr_retired_(&me->base, bag->kept);
    me->counted = false;
    loft_ibr_work_(me, 1u);
    me->counted = !me->base.freeing;                     /* as a node, and not once more where the section ends    */
}

/* loft_ibr_drain - frees all that was retired before this call, by whomever.
 *   returns   LOFT_OK; LOFT_TIMEOUT: a section did not end in time (holder in the statistics), and what is left is
 *             freed as usual, or the system refuses the fence, and it is left to the next drain or fini; LOFT_NOMEM:
 *             what is left is freed as usual; LOFT_INVAL: the caller is in a section
 *   threads   any number, outside sections
 *   progress  waits for sections that began before, where they have retired something or hold something, and for
 *             another drain
 *   cost      an allocation for each thread with something retired, two heavy fences, all the calls of drop
 */
LOFT_NODISCARD LOFT_API loft_status
loft_ibr_drain(loft_ibr_thread *me, uint64_t deadline)
{
    return me->base.depth ? LOFT_INVAL : loft_ibr_drain_(me, deadline);
}

/* loft_ibr_stats_get - counts what is retired, freed, pending; who is in the oldest section.
 *   threads   any, between init and fini
 *   progress  wait-free: a few loads for each record
 */
LOFT_API loft_ibr_stats
loft_ibr_stats_get(const loft_ibr *d)
{
    loft_ibr_stats s;
    loft_ibr_stats_(d, &s);
    return s;
}

#endif /* supported */
#endif /* LOFT_SMR_IBR_H */
