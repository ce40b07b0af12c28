/* SPDX-License-Identifier: MIT
 *
 * loft/smr/epoch.h - the machinery of the schemes that count epochs: who is in which, when it moves, what is free then.
 *
 * Needs: core/base.h core/atomics.h core/asymmetric.h core/alloc.h core/park.h smr/collector.h
 *        smr/contract.h smr/threads.h
 *
 * THE RULE         A thread in a section has announced an epoch. The epoch g moves on only when every record shows
 *                  either no section or g. What is retired in a section that announced a is freed when the epoch is a
 *                  + 3.
 *
 * WHY THREE        Let T be in a section, and d what begin:D read in it; T announces d, or until begin:E, where that is
 *                  not the same, what it has read before, which is less.
 *                  (1) Who moves the epoch on from more than d has seen that T's section is over. Whoever moves it from
 *                  g has read g, and passed step:B since, or step:H tells it of somebody else who has read g and passed
 *                  step:B. Of that step:B and T's begin:C one is first (core/asymmetric.h).
 *                  step:B first: begin:D reads g or later, so g <= d. begin:C first: step:C reads what T announced,
 *                  which is g then and no more than d, for T has read it before d; or later, and T's section is over.
 *                  (2) If the epoch that a thread R read in begin:D is two above T's d, T's section happens before R's:
 *                  whoever moved it from d + 1 has, by (1), seen T's end:A; step:D hands that on.
 *                  So let T unlink a node in a section with d, and R still hold it. R read the link before T wrote it,
 *                  so by (2) R's own d is at most T's + 1, and by (1) while R is in its section the epoch is at most
 *                  T's d + 2. At d + 3 nobody holds it. The fence between unlinking and reading the epoch that two
 *                  epochs would need is not there, and retire costs none.
 *                  "step:B first" asks of two fences that what is read before the one is no newer than what is read
 *                  after the other. C++20 says that (31.4p4), and compilers and machines do it; C11 (7.17.3p11) says it
 *                  only of what is written before the one.
 *
 * WHY FOUR         A bag that is taken from T (collect:A) in the midst of a section may get more nodes; collect:D reads
 *                  `since` after fence:A. If fence:A is before T's begin:C, T finds the other bag. If not, T's d is
 *                  at most since + 1: who moved the epoch to d had read d - 1, and passed step:B before begin:C, so
 *                  before fence:A; or after it, and saw T announce d - 1, which T had read before begin:C. Either way
 *                  since >= d - 1. So nothing in the bag has a stamp above since + 1, and at since + 4 T's section is
 *                  over, by (1).
 *
 * COUNTING         Epochs go by 256. The low bits of an announcement say how many sections are nested, 0 that there is
 *                  none: one word, so that what a section writes does not wait for what the one before has written.
 *                  Epochs are compared by their distance, so that they may wrap. Who begins to look, and goes on when
 *                  the epoch is the same again, believes what it saw before: after 2^56 epochs, 2^24 on 32 bits. Of
 *                  begin:B, which announces what is as old as the section before, step:C would believe the wrong epoch
 *                  after as many; a thread may well sleep for 2^24, so on 32 bits begin:A reads it anew.
 *
 * FENCES           A heavy fence interrupts every thread of the process, for microseconds. So one is enough for each
 *                  epoch, whoever makes it (step:H), and nobody moves the epoch who has seen others do it since it last
 *                  looked: it moves once in a batch of the thread that retires most.
 *
 * BAGS             What a thread has retired is in its bag: a list for each of three epochs, and one of what may be
 *                  freed; the last few are in its hand, and not written to. Only its owner touches a bag, in sections;
 *                  who drains takes it away, if there is something in it (`filled`), by putting an empty one in its
 *                  place, which all sections find that begin later, and waits until the others have ended. What a
 *                  drain that gives up has taken is for the next, or for who finds that those sections are over.
 *
 * LEAVING          Who leaves puts its bag among the orphans; what is ready in a bag of its own, which need not get any
 *                  older. Who finds some and has room (LOFT_EPOCH_FULL_) takes all of them, which
 *                  nobody else has then, keeps of those that are old enough as many as it has room for, the last one
 *                  whole, and puts the rest back, small ones together, so that who looks at them does not look at many.
 *                  Nobody waits for a thread that stops there; it holds back what it has taken. While somebody drains
 *                  nobody takes any: who adopts says that its bag has something in it before it looks for a drain, and
 *                  who drains says so before it looks for bags (adopt:D, fence:A). So what was adopted before is in a
 *                  bag that is taken away, or among the orphans again, in a section that is waited for.
 *
 * FREEING          One for one: who retires a node frees one that is ready, so that the allocator gets back what it is
 *                  asked for, and no more at a time than it keeps at hand; the oldest first. Who has retired none since
 *                  the last look, or keeps more than LOFT_EPOCH_MANY_ batches, frees options.frees in each call.
 *
 * MORE             A scheme that lets the epoch pass sections which have not ended (debra.h) says how, by a
 *                  loft_epoch_more_. Then a node has no stamp until the next heavy fence of its owner (`fresh`), and is
 *                  looked at once more when it is old enough (`held`).
 *
 * OPERATIONS       loft_epoch_init_ fini_ join_ leave_ self_ forked_ begin_ end_ retire_ work_ drain_ stats_
 *
 * EDGES        begin:C <-> step:B, fence:A          (1) above
 *              adopt:D <-> fence:A                  see LEAVING
 *              step:D -> begin:D, work:B, await:A   what the sections did that were seen to end
 *              step:H -> step:G                  the fence that somebody has made in this epoch
 *              end:A, begin:B, begin:E, nest:A -> step:C    what the sections before did
 *              join:B, collect:A -> retire:B, work:A, work:D, tidy:A, collect:A, leave:C    an empty bag is empty
 *              put:B -> adopt:C, settle:B           a bag with all that is in it
 *
 * SOURCE           Fraser, Practical lock-freedom, 2004; Brown, Reclaiming Memory for Lock-Free Data Structures: There
 *                  has to be a Better Way, PODC 2015 (DEBRA: bags, the quiescent bit, a few records at a time). Kim,
 *                  Brown, Singh, Are Your Epochs Too Epic? Batch Free Can Be Harmful, PPoPP 2024 (a few frees at a
 *                  time). Changed: begin reads the epoch again after its fence and retire stamps with that, because a
 *                  stamp that was read before it may be older than the thread knows, and three rotations of the bags
 *                  are then not three epochs; the records are looked at by who has something to free; blocks of
 *                  pointers are lists and a hand, so that retire need not allocate.
 */
#ifndef LOFT_SMR_EPOCH_H
#define LOFT_SMR_EPOCH_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/asymmetric.h"
#include "../core/alloc.h"
#include "../core/park.h"
#include "collector.h"
#include "contract.h"
#include "threads.h"

#if !defined(LOFT_UNSUPPORTED)

#if !defined(LOFT_EPOCH_NARROW_)                         /* tests say 1 where it is 0                          */
#  define LOFT_EPOCH_NARROW_  (LOFT_SEQ_BITS <= 32u)     /* a thread may sleep until epochs come round         */
#endif
#define LOFT_EPOCH_STEP_   ((loft_seq)256)
#define LOFT_EPOCH_DEPTH_  (LOFT_EPOCH_STEP_ - 1u)       /* the bits of an announcement that count sections        */
#define LOFT_EPOCH_GRACE_  (3u * LOFT_EPOCH_STEP_)       /* from retiring to freeing                           */
#define LOFT_EPOCH_LEFT_   (4u * LOFT_EPOCH_STEP_)       /* the same for a bag whose owner may be in a section */
#define LOFT_EPOCH_KEEPS_  1u                            /* quiet: something may be in the bag                 */
#define LOFT_EPOCH_KEEPS_NOT_  2u                        /* no epoch, either                                   */
#define LOFT_EPOCH_NONE_   1u                            /* no epoch                                           */
#define LOFT_EPOCH_LOOKS_  8u                            /* records looked at in one call                      */
#define LOFT_EPOCH_BATCH_  ((size_t)-1 / 16u)            /* nodes at most, so that batches can be counted      */
#define LOFT_EPOCH_USUAL_  ((size_t)4096)                /* nodes, where heavy fences count and no bound does  */
#define LOFT_EPOCH_MANY_   5u                            /* batches; one is ready while three are too young    */
#define LOFT_EPOCH_FULL_   8u                            /* batches; who keeps so many adopts no more          */

typedef struct loft_epoch_bag_ {
    loft_smr_list_          limbo[3];
    loft_seq                stamp[3];
    unsigned                newest;
    loft_smr_list_          ready;
    loft_smr_list_          fresh;                       /* without a stamp yet                                */
    loft_smr_list_          held;                        /* old enough, and somebody may still hold it         */
    loft_smr_hand_          hand;                        /* of the newest list, or of fresh                    */
    size_t                  kept;                        /* in all of them                                     */
    size_t                  counted;                     /* taken away: as how many, or more, it is adrift     */
    loft_seq                since;                       /* when it was left, or taken away                    */
    struct loft_epoch_thread *from;                      /* from whom it was taken away                        */
    struct loft_epoch_thread *owner;                     /* who may touch it all the same, after its section   */
    bool                    fenced;                      /* taken away, and the epochs since then count        */
    bool                    over;                        /* the owner has been seen not to touch it            */
    struct loft_epoch_bag_ *next;
} loft_epoch_bag_;

struct loft_epoch;
struct loft_epoch_thread;

/* What a scheme adds. */
typedef struct loft_epoch_more_ {
    size_t record;                                       /* bytes                                              */
    void (*prepare)(struct loft_epoch_thread *fresh);
    bool (*pass)(struct loft_epoch_thread *me, loft_seq announced, loft_seq e);   /* from me->look on, all who are
                                                            in a section that announced another epoch          */
    void (*sift)(struct loft_epoch_thread *me, loft_epoch_bag_ *bag);   /* of held, what nobody holds is ready */
    bool (*over)(const struct loft_epoch_thread *owner); /* it touches no bag that was taken before a fence    */
} loft_epoch_more_;

typedef struct loft_epoch_thread {
    loft_smr_thread            base;
    char                       pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq)      announced;                /* epoch + sections                                   */
    LOFT_ATOMIC(loft_epoch_bag_ *) bag;                  /* NULL where nobody has the record                   */
    LOFT_ATOMIC(loft_epoch_bag_ *) filled;               /* something has been put into it                     */
    LOFT_ATOMIC(size_t)        keeps;                    /* how much was in it at the last look                */
    struct loft_epoch         *domain;
    bool                       asym;
    loft_seq                   seen;                     /* what begin:D has read last; join:A, before             */
    loft_seq                   quiet;                    /* LOFT_EPOCH_KEEPS_, or not, or an epoch (qsbr.h)    */
    bool                       looking;
    bool                       fenced;                   /* a heavy fence, in this call of step_ or pass       */
    size_t                     kept;                     /* in the bag, and adrift, when step_ was called      */
    size_t                     wait;                     /* nodes, or sections without, until the next look    */
    loft_epoch_bag_           *filling;                  /* what `filled` says                                 */
    bool                       drains;                   /* frees what a drain has taken                       */
    bool                       counted;                  /* this section has retired something                 */
    bool                       busy;                     /* something was retired since the last look          */
    bool                       rush;                     /* until the next one, all calls free options.frees   */
    loft_seq                   last;                     /* the epoch after the last one                       */
    loft_seq                   round;                    /* looking: the epoch that it is about, ...           */
    struct loft_epoch_thread  *look;                     /* ... and the record to look at next                 */
    LOFT_ATOMIC(loft_seq)      fences;
    char                       pad1_[LOFT_CACHELINE];
} loft_epoch_thread;

typedef struct loft_epoch {
    loft_smr_domain                base;
    bool                           asym;
    size_t                         batch;
    size_t                         frees;
    size_t                         urgent;               /* who keeps so many looks at all records at once     */
    size_t                         lot;                  /* of what is left: a bag of so many is large enough  */
    const loft_epoch_more_        *more;                 /* or NULL                                            */
    char                           pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq)          epoch;
    LOFT_ATOMIC(loft_seq)          fenced;               /* an epoch in which there was a heavy fence          */
    char                           pad1_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_epoch_bag_ *) orphans;              /* bags that threads have left                        */
    LOFT_ATOMIC(size_t)            adrift;               /* nodes in them, and in what was taken               */
    LOFT_ATOMIC(unsigned)          draining;             /* somebody drains                                    */
    LOFT_ATOMIC(unsigned)          late;                 /* somebody has, and some of these are left           */
    loft_smr_collector_            collector;            /* somebody has these                                 */
    loft_epoch_bag_               *taken;                /* bags that a drain has taken away                   */
    char                           pad2_[LOFT_CACHELINE];
} loft_epoch;

LOFT_API void
loft_epoch_prepare_(loft_smr_thread *fresh)
{
    loft_epoch_thread *const t = (loft_epoch_thread *)fresh;
    t->domain = (loft_epoch *)fresh->domain;
    t->asym = t->domain->asym;
    loft_init(&t->announced, (loft_seq)0);
    loft_init(&t->bag, (loft_epoch_bag_ *)NULL);
    loft_init(&t->filled, (loft_epoch_bag_ *)NULL);
    loft_init(&t->keeps, (size_t)0);
    loft_init(&t->fences, (loft_seq)0);
    if (t->domain->more)
        t->domain->more->prepare(t);
}

LOFT_API loft_status
loft_epoch_init_more_(loft_epoch *d, const loft_smr_options *o, void (*leave)(loft_smr_thread *me),
                      const loft_epoch_more_ *more)
{
    static const loft_smr_options none = { 0, 0, 0, 0, 0, 0, false };
    if (!o)
        o = &none;
    d->asym = !o->symmetric && loft_asymmetric();
    d->batch = o->batch ? o->batch : d->asym && !more ? LOFT_EPOCH_USUAL_ : LOFT_SMR_BATCH_(d->asym);
    if (d->batch > LOFT_EPOCH_BATCH_)
        d->batch = LOFT_EPOCH_BATCH_;
    d->frees = o->frees ? o->frees : 2u;
    loft_init(&d->epoch, LOFT_EPOCH_STEP_);
    loft_init(&d->fenced, (loft_seq)LOFT_EPOCH_NONE_);
    loft_init(&d->orphans, (loft_epoch_bag_ *)NULL);
    loft_init(&d->adrift, (size_t)0);
    loft_init(&d->draining, 0u);
    loft_init(&d->late, 0u);
    loft_smr_collector_init_(&d->collector);
    loft_plain_write(&d->taken, (loft_epoch_bag_ *)NULL);
    d->urgent = (size_t)-1;
    d->lot = d->batch;
    d->more = more;
    loft_smr_domain_init_(&d->base, more ? more->record : sizeof(loft_epoch_thread), o->threads, loft_epoch_prepare_,
                          leave);
    return LOFT_OK;
}

LOFT_API loft_status
loft_epoch_init_(loft_epoch *d, const loft_smr_options *o, void (*leave)(loft_smr_thread *me))
{
    return loft_epoch_init_more_(d, o, leave, NULL);
}

/* For tests: a domain that nobody has joined goes on from here. */
LOFT_API void
loft_epoch_start_at_(loft_epoch *d, loft_seq epoch)
{
    LOFT_ASSERT(!loft_smr_first_(&d->base));
    loft_store(&d->epoch, epoch & ~LOFT_EPOCH_DEPTH_, relaxed);   /* start:A relaxed: nobody else is here */
}

/* ---- sections ---------------------------------------------------------------------------------------------------- */

LOFT_ALWAYS_INLINE loft_seq
loft_epoch_mine_(const loft_epoch_thread *me)
{
    return loft_load(&me->announced, relaxed);           /* mine:A relaxed: only this thread writes it */
}

LOFT_ALWAYS_INLINE bool
loft_epoch_inside_(const loft_epoch_thread *me)
{
    return (loft_epoch_mine_(me) & LOFT_EPOCH_DEPTH_) != 0;
}

/* Also where a section goes over into the next: whatever was announced before is done. The epoch may have moved since
 * this record has seen it: then it stands still until begin:E, as it does one epoch later until the end. */
LOFT_ALWAYS_INLINE void
loft_epoch_begin_(loft_epoch_thread *me)
{
    loft_epoch *const d = me->domain;
    const loft_seq e = !LOFT_EPOCH_NARROW_
                     ? me->seen : loft_load(&d->epoch, relaxed);   /* begin:A relaxed: begin:D reads this or a later */
    loft_store(&me->announced, e + 1u, release);         /* begin:B release -> step:C: the section before is over */
    loft_fence_light(me->asym, seq_cst);                 /* begin:C seq_cst <-> step:B, fence:A: seen, or I see */
    const loft_seq now = loft_load(&d->epoch, acquire);  /* begin:D acquire <- step:D: what ended before */
    if (LOFT_UNLIKELY(now != e)) {
        loft_store(&me->announced, now + 1u, release);   /* begin:E release -> step:C: not to hold back the epoch */
        me->seen = now;
    }
}

/* One more section, or one less, of those that are nested. */
LOFT_API void
loft_epoch_nest_(loft_epoch_thread *me, loft_seq announced)
{
    LOFT_ASSERT(announced & LOFT_EPOCH_DEPTH_);
    loft_store(&me->announced, announced, release);      /* nest:A release -> step:C: the section before, as begin:B */
}

LOFT_ALWAYS_INLINE void
loft_epoch_end_(loft_epoch_thread *me)
{
    loft_store(&me->announced, (loft_seq)0, release);    /* end:A release -> step:C: what it did */
}

/* ---- the epoch --------------------------------------------------------------------------------------------------- */

/* Looks at some records, and moves the epoch if it has seen all. True: it moved, by us or by others. */
LOFT_API bool
loft_epoch_step_(loft_epoch_thread *me, size_t looks)
{
    loft_epoch *const d = me->domain;
    loft_seq e = loft_load(&d->epoch, relaxed);          /* step:A relaxed: step:B; step:D keeps others' edges */
    if (!me->looking || me->round != e) {
        if (d->more || loft_load(&d->fenced, acquire) != e) {   /* step:G acquire <- step:H: another's step:B */
            const loft_seq n = loft_load(&me->fences, relaxed);   /* step:E relaxed: only this thread writes it */
            loft_store(&me->fences, n + 1u, relaxed);    /* step:F relaxed: a statistic */
            if (!loft_fence_heavy(me->asym, seq_cst))    /* step:B seq_cst <-> begin:C: who I miss sees e */
                return false;
            me->fenced = true;
            /* Outside sections one might come to the store when the epoch has wrapped. */
            const loft_seq made = loft_epoch_inside_(me) ? e : (loft_seq)LOFT_EPOCH_NONE_;
            loft_store(&d->fenced, made, release);       /* step:H release -> step:G: step:B */
        }
        me->round = e;
        me->look = (loft_epoch_thread *)loft_smr_first_(&d->base);
        me->looking = true;
    }
    for (; me->look; me->look = (loft_epoch_thread *)me->look->base.next) {
        if (looks-- == 0)
            return false;
        const loft_seq a = loft_load(&me->look->announced, acquire);   /* step:C acquire <- end:A, begin:B, begin:E,
                                                                          nest:A: what its sections did */
        if ((a & LOFT_EPOCH_DEPTH_) && (a & ~LOFT_EPOCH_DEPTH_) != e) {
            if (!d->more || !d->more->pass(me, a, e))
                return false;
            break;
        }
    }
    me->looking = false;
    (void)loft_cas_strong(&d->epoch, &e, e + LOFT_EPOCH_STEP_, release, relaxed);   /* step:D release -> begin:D,
                                                                    work:B, await:A: what I saw end. LP */
    return true;
}

/* ---- bags -------------------------------------------------------------------------------------------------------- */

LOFT_API loft_epoch_bag_ *
loft_epoch_bag_new_(void)
{
    return (loft_epoch_bag_ *)loft_alloc_zeroed(1, sizeof(loft_epoch_bag_));
}

LOFT_API void
loft_epoch_bag_free_(loft_epoch_bag_ *bag)
{
    loft_free(bag, sizeof *bag);
}

/* Where in a bag it goes what is old enough. */
LOFT_API loft_smr_list_ *
loft_epoch_next_(const loft_epoch *d, loft_epoch_bag_ *bag)
{
    return d->more ? &bag->held : &bag->ready;
}

/* Where it goes what is in the hand. */
LOFT_API loft_smr_list_ *
loft_epoch_front_(const loft_epoch *d, loft_epoch_bag_ *bag)
{
    return d->more ? &bag->fresh : &bag->limbo[bag->newest];
}

/* What is old enough goes on. */
LOFT_API void
loft_epoch_sort_(loft_epoch_bag_ *bag, loft_smr_list_ *to, loft_seq epoch)
{
    for (unsigned i = 0; i < 3; i++) {
        if (bag->limbo[i].head && (loft_seq)(epoch - bag->stamp[i]) >= LOFT_EPOCH_GRACE_)
            loft_smr_move_(to, &bag->limbo[i]);
    }
}

/* The list of those with this stamp, which is none older than the ones before. */
LOFT_API loft_smr_list_ *
loft_epoch_limbo_(const loft_epoch *d, loft_epoch_bag_ *bag, loft_seq stamp)
{
    if (bag->stamp[bag->newest] != stamp) {
        loft_smr_link_(&bag->hand, loft_epoch_front_(d, bag));
        /* The epoch is at least that, so one of the three is empty afterwards. */
        loft_epoch_sort_(bag, loft_epoch_next_(d, bag), stamp);
        bag->newest = (bag->newest + 1u) % 3u;
        bag->stamp[bag->newest] = stamp;
    }
    return &bag->limbo[bag->newest];
}

/* Everything goes there, but what is ready. */
LOFT_API void
loft_epoch_gather_(loft_epoch_bag_ *bag, loft_smr_list_ *to)
{
    loft_smr_link_(&bag->hand, to);
    for (unsigned i = 0; i < 3; i++)
        loft_smr_move_(to, &bag->limbo[i]);
    loft_smr_move_(to, &bag->fresh);
    if (to != &bag->held)
        loft_smr_move_(to, &bag->held);
}

/* Bags that nobody has, one behind the other. */
LOFT_API void
loft_epoch_put_row_(loft_epoch *d, loft_epoch_bag_ *first, loft_epoch_bag_ *last)
{
    loft_epoch_bag_ *top = loft_load(&d->orphans, relaxed);   /* put:A relaxed: put:B checks it; it is only linked */
    do
        loft_plain_write(&last->next, top);
    while (!loft_cas_weak(&d->orphans, &top, first, release, relaxed));   /* put:B release -> adopt:C, settle:B: the
                                                                             bags, and what is in them */
}

LOFT_API void
loft_epoch_put_(loft_epoch *d, loft_epoch_bag_ *bag)
{
    const size_t kept = loft_plain_read(&bag->kept);
    (void)loft_fetch_add(&d->adrift, kept, relaxed);     /* put:C relaxed: a number that goes with nothing */
    loft_epoch_put_row_(d, bag, bag);
}

/* At most n nodes of a list. How many they are. */
LOFT_API size_t
loft_epoch_cut_(loft_smr_list_ *list, loft_smr_list_ *some, size_t n)
{
    size_t got = 0;
    some->head = list->head;
    while (list->head && got < n) {
        some->tail = list->head;
        list->head = loft_plain_read(&list->head->next);
        got++;
    }
    if (got)
        loft_plain_write(&some->tail->next, (loft_smr_node *)NULL);
    return got;
}

/* The same for a bag of which something may be ready. That is old enough already, and goes into other bags, a batch
 * into each so that many can free it, as far as there is memory for them. */
LOFT_API void
loft_epoch_put_apart_(loft_epoch *d, loft_epoch_bag_ *bag)
{
    while (bag->ready.head) {
        loft_smr_list_ some;
        const size_t n = loft_epoch_cut_(&bag->ready, &some, d->lot);
        const bool all = n == loft_plain_read(&bag->kept);
        loft_epoch_bag_ *const old = all ? bag : loft_epoch_bag_new_();
        if (!old) {
            loft_smr_move_(&some, &bag->ready);
            bag->ready = some;
            break;
        }
        loft_smr_move_(&old->ready, &some);
        loft_plain_write(&old->since, loft_plain_read(&bag->since) - LOFT_EPOCH_LEFT_);
        if (all)
            break;
        loft_plain_write(&old->kept, n);
        loft_plain_write(&bag->kept, loft_plain_read(&bag->kept) - n);
        loft_epoch_put_(d, old);
    }
    if (loft_plain_read(&bag->kept))
        loft_epoch_put_(d, bag);
    else
        loft_epoch_bag_free_(bag);
}

/* So many are adrift no more. */
LOFT_API void
loft_epoch_found_(loft_epoch *d, size_t nodes)
{
    (void)loft_fetch_sub(&d->adrift, nodes, relaxed);    /* found:A relaxed: a number that goes with nothing */
}

/* All that is in a bag which nobody touches. */
LOFT_API void
loft_epoch_join_in_(loft_epoch_bag_ *mine, loft_smr_list_ *to, loft_epoch_bag_ *bag)
{
    loft_plain_write(&mine->kept, loft_plain_read(&mine->kept) + loft_plain_read(&bag->kept));
    loft_epoch_gather_(bag, to);
    loft_smr_move_(&mine->ready, &bag->ready);
    loft_epoch_bag_free_(bag);
}

LOFT_API bool
loft_epoch_old_(const loft_epoch_bag_ *bag, loft_seq epoch)
{
    return (loft_seq)(epoch - loft_plain_read(&bag->since)) >= LOFT_EPOCH_LEFT_;
}

/* Something is put into a bag. */
LOFT_API void
loft_epoch_fill_(loft_epoch_thread *me, loft_epoch_bag_ *bag)
{
    if (LOFT_UNLIKELY(me->filling != bag)) {
        me->filling = bag;
        loft_store(&me->filled, bag, relaxed);           /* fill:A relaxed: for adopt:D, and who knows of the node */
    }
}

/* False: the system has refused it until it was too late. */
LOFT_API bool
loft_epoch_fence_(loft_epoch_thread *me, uint64_t deadline)
{
    loft_smr_wait_ w;
    loft_smr_wait_begin_(&w, deadline);
    while (!loft_fence_heavy(me->asym, seq_cst)) {       /* fence:A seq_cst <-> begin:C, adopt:D, debra/touch:B:
                                                            see collect */
        if (!loft_smr_wait_more_(&w))
            return false;
    }
    return true;
}

/* With the lock. The bags that were taken away have no owner where that one uses none that it had before. False: some
 * do until it is too late, or there was no fence in time. */
LOFT_API bool
loft_epoch_disown_(loft_epoch_thread *me, uint64_t deadline)
{
    loft_epoch *const d = me->domain;
    bool all = true;
    bool any = false;
    loft_smr_wait_ w;
    loft_smr_wait_begin_(&w, deadline);
    for (loft_epoch_bag_ *bag = loft_plain_read(&d->taken); bag; bag = loft_plain_read(&bag->next)) {
        if (!bag->owner || !bag->fenced)
            continue;
        while (!(bag->over = d->more->over(bag->owner)) && loft_smr_wait_more_(&w))
            continue;
        all = all && bag->over;
        any = any || bag->over;
    }
    if (any && !loft_epoch_fence_(me, deadline))         /* who begins later does not find what is unlinked by now */
        return false;
    const loft_seq now = loft_load(&d->epoch, relaxed);  /* disown:A relaxed: fence:A orders it */
    for (loft_epoch_bag_ *bag = loft_plain_read(&d->taken); any && bag; bag = loft_plain_read(&bag->next)) {
        if (bag->owner && bag->over) {
            bag->owner = NULL;
            loft_plain_write(&bag->since, now);
        }
    }
    return all;
}

/* Of a drain that gave up: the bags that it has taken away are orphans, as soon as nobody touches them. In a section,
 * and with the lock since before the epoch was read, so that it is no older than when a bag was taken. */
LOFT_API void
loft_epoch_retake_(loft_epoch_thread *me, loft_seq epoch)
{
    loft_epoch *const d = me->domain;
    if (d->more)
        (void)loft_epoch_disown_(me, 0);
    loft_epoch_bag_ *bag = loft_plain_read(&d->taken);
    loft_epoch_bag_ *stay = NULL;
    while (bag) {
        loft_epoch_bag_ *const next = loft_plain_read(&bag->next);
        if (bag->fenced && (d->more ? !bag->owner : loft_epoch_old_(bag, epoch))) {
            loft_epoch_found_(d, bag->counted);
            loft_epoch_put_apart_(d, bag);
        } else {
            loft_plain_write(&bag->next, stay);
            stay = bag;
        }
        bag = next;
    }
    loft_plain_write(&d->taken, stay);
    if (!stay)
        loft_store(&d->late, 0u, relaxed);               /* retake:A relaxed: a hint */
}

/* Before the others that are too young, or with the first of them, where two small ones are as young. */
LOFT_API loft_epoch_bag_ *
loft_epoch_leave_be_(const loft_epoch *d, loft_epoch_bag_ *bag, loft_epoch_bag_ *rest)
{
    if (rest && loft_plain_read(&rest->since) == loft_plain_read(&bag->since)
        && loft_plain_read(&rest->kept) + loft_plain_read(&bag->kept) <= d->lot) {
        loft_epoch_join_in_(rest, &rest->limbo[rest->newest], bag);
        return rest;
    }
    loft_plain_write(&bag->next, rest);
    return bag;
}

/* Takes over bags that others have left and that are old enough, unless somebody drains, who would not find them. In a
 * section. */
LOFT_API void
loft_epoch_adopt_(loft_epoch_thread *me, loft_epoch_bag_ *mine)
{
    loft_epoch *const d = me->domain;
    const size_t room = LOFT_EPOCH_FULL_ * d->lot;
    if (!loft_load(&d->orphans, relaxed) || mine->kept >= room)   /* adopt:B relaxed: adopt:C decides */
        return;
    loft_epoch_fill_(me, mine);
    loft_fence_light(me->asym, seq_cst);                 /* adopt:D seq_cst <-> fence:A: I see that somebody drains,
                                                            or that one sees that mine has something in it */
    if (loft_load(&d->draining, relaxed))                /* adopt:A relaxed: adopt:D orders it */
        return;
    loft_epoch_bag_ *bag = loft_exchange(&d->orphans, (loft_epoch_bag_ *)NULL, acquire);   /* adopt:C acquire <- put:B:
                                                                                              the bags */
    const loft_seq epoch = loft_load(&d->epoch, relaxed);   /* adopt:E relaxed: no older than when they were left;
                                                               work:B reads it again before anything is freed */
    loft_epoch_bag_ *rest = NULL;
    loft_epoch_bag_ *last = NULL;
    while (bag) {
        loft_epoch_bag_ *const next = loft_plain_read(&bag->next);
        if (mine->kept < room && loft_epoch_old_(bag, epoch)) {
            loft_epoch_found_(d, loft_plain_read(&bag->kept));
            loft_epoch_join_in_(mine, loft_epoch_next_(d, mine), bag);
        } else {
            last = rest ? last : bag;
            rest = loft_epoch_leave_be_(d, bag, rest);
        }
        bag = next;
    }
    if (rest)
        loft_epoch_put_row_(d, rest, last);
}

/* Is there no work at the end of this section but to count it? Then that is done. */
LOFT_ALWAYS_INLINE bool
loft_epoch_counts_(loft_epoch_thread *me)
{
    if (LOFT_UNLIKELY(me->wait == 0 || me->rush))
        return false;
    me->wait -= (size_t)!me->counted;
    me->counted = false;
    return true;
}

/* A thread's share of the work, in a section, where it has retired `came` nodes, one or none: it looks at some records
 * now and then, and frees a few nodes. */
LOFT_NOINLINE void
loft_epoch_work_(loft_epoch_thread *me, size_t came)
{
    loft_epoch *const d = me->domain;
    loft_epoch_bag_ *const bag = loft_load(&me->bag, acquire);   /* work:A acquire <- join:B, collect:A: it is empty */
    if (me->base.freeing)
        return;
    const bool counted = me->counted;                    /* where the section ends, a node is not counted again */
    me->counted = came != 0;
    if (me->wait == 0) {
        me->kept = bag->kept + loft_load(&d->adrift, relaxed);   /* work:G relaxed: a hint */
        me->rush = me->kept > LOFT_EPOCH_MANY_ * d->batch || !me->busy || d->frees == LOFT_SMR_ALL;
        me->busy = false;
        me->fenced = false;
        loft_smr_link_(&bag->hand, loft_epoch_front_(d, bag));
        const loft_seq now = loft_load(&d->epoch, relaxed);   /* work:C relaxed: step:A, work:B read it again */
        const bool moved = (now != me->last && !d->more)
                           || loft_epoch_step_(me, me->kept < d->urgent ? LOFT_EPOCH_LOOKS_ : LOFT_SMR_ALL);
        me->wait = moved ? d->batch : d->batch / 8u;
        if (moved)
            loft_epoch_adopt_(me, bag);                  /* before work:B: a bag may be as young as the epoch      */
        const bool locked = moved && loft_load(&d->late, relaxed)   /* work:F relaxed: a hint */
                            && loft_smr_lock_(&d->collector);
        const loft_seq epoch = loft_load(&d->epoch, acquire);   /* work:B acquire <- step:D: what ended */
        me->last = epoch;
        if (locked) {
            loft_epoch_retake_(me, epoch);
            loft_smr_unlock_(&d->collector);
        }
        if (me->fenced && bag->fresh.head)
            loft_smr_move_(loft_epoch_limbo_(d, bag, epoch), &bag->fresh);
        loft_epoch_sort_(bag, loft_epoch_next_(d, bag), epoch);
        if (bag->held.head)
            d->more->sift(me, bag);
        loft_store(&me->keeps, bag->kept, relaxed);      /* work:H relaxed: a number that goes with nothing */
    } else if (came || !counted)
        me->wait--;
    me->busy = me->busy || came;
    const size_t frees = me->rush ? d->frees : came;
    if (bag->ready.head && frees)
        (void)loft_smr_free_(&me->base, &bag->ready, frees, &bag->kept);
    const loft_epoch_bag_ *const now = loft_load(&me->bag, acquire);   /* work:D acquire <- join:B, collect:A: one, into
                                                                          which drop may have retired something */
    me->quiet = loft_plain_read(&now->kept) ? LOFT_EPOCH_KEEPS_ : LOFT_EPOCH_KEEPS_NOT_;
    if (me->quiet != LOFT_EPOCH_KEEPS_ && me->filling) {
        me->filling = NULL;
        loft_store(&me->filled, (loft_epoch_bag_ *)NULL, relaxed);   /* work:E relaxed: who reads it waits for this
                                                                        section, and what it has freed is freed */
    }
}

/* One more that this thread has retired, and the work that goes with it. In a section. */
LOFT_API void
loft_epoch_kept_(loft_epoch_thread *me, loft_epoch_bag_ *bag)
{
    loft_plain_write(&bag->kept, bag->kept + 1u);
    loft_epoch_fill_(me, bag);
    me->quiet = LOFT_EPOCH_KEEPS_;
    loft_smr_retired_(&me->base, bag->kept);
    loft_epoch_work_(me, 1u);
}

LOFT_API void
loft_epoch_retire_(loft_epoch_thread *me, loft_smr_node *node, loft_smr_drop drop)
{
    const loft_seq stamp = loft_epoch_mine_(me) & ~LOFT_EPOCH_DEPTH_;
    loft_epoch_bag_ *const bag = loft_load(&me->bag, acquire);   /* retire:B acquire <- join:B, collect:A: empty */
    loft_smr_keep_(&bag->hand, loft_epoch_limbo_(me->domain, bag, stamp), node, drop);
    loft_epoch_kept_(me, bag);
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

LOFT_API loft_epoch_thread *
loft_epoch_join_(loft_epoch *d)
{
    loft_epoch_bag_ *const bag = loft_epoch_bag_new_();
    loft_epoch_thread *const me = bag ? (loft_epoch_thread *)loft_smr_take_(&d->base) : NULL;
    if (!me) {
        if (bag)
            loft_epoch_bag_free_(bag);
        return NULL;
    }
    me->base.freeing = false;
    me->drains = false;
    me->filling = NULL;
    loft_store(&me->keeps, (size_t)0, relaxed);          /* join:D relaxed: as work:H */
    loft_store(&me->filled, (loft_epoch_bag_ *)NULL, relaxed);   /* join:C relaxed: join:B hands it on */
    me->counted = false;
    me->busy = false;
    me->rush = d->frees == LOFT_SMR_ALL;
    me->quiet = LOFT_EPOCH_KEEPS_NOT_;
    me->wait = d->batch;                                 /* but who was looked at before need not be again         */
    me->last = loft_load(&d->epoch, relaxed);            /* join:A relaxed: work:C compares it; for begin:B, no more
                                                            than begin:D reads */
    me->seen = me->last;
    loft_store(&me->bag, bag, release);                  /* join:B release -> retire:B, work:A, work:D, tidy:A,
                                                            collect:A, leave:C: it is empty */
    return me;
}

LOFT_API loft_epoch_thread *
loft_epoch_self_(loft_epoch *d)
{
    loft_smr_thread *t = loft_smr_self_(&d->base);
    if (LOFT_LIKELY(t != NULL))
        return (loft_epoch_thread *)t;
    loft_epoch_thread *const me = loft_epoch_join_(d);
    if (me && !loft_smr_self_set_(&me->base)) {
        d->base.leave(&me->base);
        return NULL;
    }
    return me;
}

/* Where threads come, retire a little and go, none of them is there long enough to free anything: who leaves frees as
 * much as a batch of what they have left. */
LOFT_API void
loft_epoch_tidy_(loft_epoch_thread *me)
{
    loft_epoch *const d = me->domain;
    loft_epoch_bag_ *const bag = loft_load(&me->bag, acquire);   /* tidy:A acquire <- join:B, collect:A: it is empty */
    if (loft_load(&d->adrift, relaxed) + loft_plain_read(&bag->kept) < d->batch)   /* tidy:B relaxed: a hint */
        return;
    me->wait = 0;
    loft_epoch_work_(me, 0);
    (void)loft_smr_free_(&me->base, &bag->ready, d->batch, &bag->kept);
}

/* A bag that nobody touches any more is the domain's, left in this epoch. */
LOFT_API void
loft_epoch_hand_on_(loft_epoch *d, loft_epoch_bag_ *bag)
{
    const loft_seq since = loft_load(&d->epoch, relaxed);   /* on:A relaxed: no older than what the section read */
    loft_plain_write(&bag->since, since);
    loft_epoch_put_apart_(d, bag);
}

/* What a drain was freeing when its thread ended, in a drop, is for others. */
LOFT_API void
loft_epoch_give_up_(loft_epoch_thread *me)
{
    loft_epoch *const d = me->domain;
    if (!me->drains)
        return;
    me->drains = false;
    for (loft_epoch_bag_ *bag = loft_plain_read(&d->taken); bag; bag = loft_plain_read(&d->taken)) {
        loft_plain_write(&d->taken, loft_plain_read(&bag->next));
        loft_epoch_put_(d, bag);
    }
    loft_store(&d->draining, 0u, relaxed);               /* up:A relaxed: as drain:C */
    loft_smr_unlock_(&d->collector);
}

/* In a section, so that who drains waits until the bag is where it is looked for. */
LOFT_API void
loft_epoch_leave_(loft_epoch_thread *me)
{
    loft_epoch *const d = me->domain;
    loft_epoch_begin_(me);
    loft_epoch_give_up_(me);
    loft_epoch_tidy_(me);                                /* the thread may end in drop: then it leaves once more   */
    loft_epoch_bag_ *const bag = loft_exchange(&me->bag, (loft_epoch_bag_ *)NULL, acquire);   /* leave:C acquire <-
                                                                    join:B, collect:A: mine, or an empty one for it */
    loft_epoch_hand_on_(d, bag);
    loft_epoch_end_(me);
    loft_smr_self_clear_(&me->base);
    loft_smr_give_(&me->base);
}

/* May this thread have been in the midst of a change of its bag? */
LOFT_API bool
loft_epoch_touches_(const loft_epoch *d, const loft_epoch_thread *other)
{
    return d->more ? !d->more->over(other) : loft_epoch_inside_(other);
}

/* The child of a fork has this thread only. */
LOFT_API void
loft_epoch_forked_(loft_epoch *d, loft_epoch_thread *me)
{
    const loft_seq epoch = loft_load(&d->epoch, relaxed);   /* forked:C relaxed: nobody else is here */
    if (!me || !me->drains) {                            /* else it is in a drop of its own drain              */
        if (loft_smr_unlock_forked_(&d->collector))
            loft_plain_write(&d->taken, (loft_epoch_bag_ *)NULL);
        loft_store(&d->draining, 0u, relaxed);           /* forked:G relaxed: nobody else is here */
    }
    size_t adrift = 0;
    for (loft_epoch_bag_ **link = &d->taken; *link;) {
        const loft_epoch_bag_ *const bag = *link;
        const bool done = d->more ? !bag->owner : bag->fenced && loft_epoch_old_(bag, epoch);
        if (!done && bag->from != me && loft_epoch_touches_(d, bag->from)) {
            *link = bag->next;
        } else {
            adrift += bag->counted;
            link = &(*link)->next;
        }
    }
    for (loft_smr_thread *t = loft_smr_first_(&d->base); t; t = t->next) {
        loft_epoch_thread *const other = (loft_epoch_thread *)t;
        if (other == me || !loft_load(&t->taken, relaxed))   /* forked:B relaxed: nobody else is here */
            continue;
        const bool touches = loft_epoch_touches_(d, other);
        loft_store(&other->announced, (loft_seq)0, relaxed);   /* forked:D relaxed: nobody else is here */
        loft_epoch_bag_ *const bag = loft_exchange(&other->bag, (loft_epoch_bag_ *)NULL, relaxed);   /* forked:E
                                                                                      relaxed: nobody else is here */
        if (bag && !touches)
            loft_epoch_hand_on_(d, bag);
        loft_smr_give_(t);
    }
    for (const loft_epoch_bag_ *bag = loft_load(&d->orphans, relaxed); bag; bag = bag->next)   /* forked:F relaxed:
                                                                                         nobody else is here */
        adrift += bag->kept;
    loft_store(&d->adrift, adrift, relaxed);             /* forked:H relaxed: nobody else is here */
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

/* Puts an empty bag in the place of each that has something in it, and takes that one away. Not OK: no memory for all,
 * or no fence in time. */
LOFT_API loft_status
loft_epoch_collect_(loft_epoch_thread *me, uint64_t deadline)
{
    loft_epoch *const d = me->domain;
    loft_status s = LOFT_OK;
    if (!loft_epoch_fence_(me, deadline))                /* who adopts something later sees that somebody drains */
        return LOFT_TIMEOUT;
    for (loft_smr_thread *t = loft_smr_first_(&d->base); t; t = t->next) {
        loft_epoch_thread *const other = (loft_epoch_thread *)t;
        const loft_epoch_bag_ *const filled = loft_load(&other->filled, relaxed);   /* collect:E relaxed: await comes
                                                                                       after it; for collect:A */
        loft_epoch_bag_ *bag = loft_load(&other->bag, relaxed);   /* collect:B relaxed: collect:A checks it */
        if (!bag || bag != filled)
            continue;
        loft_epoch_bag_ *const fresh = loft_epoch_bag_new_();
        if (!fresh) {
            s = LOFT_NOMEM;
            break;
        }
        if (loft_cas_strong(&other->bag, &bag, fresh, acq_rel, relaxed)) {   /* collect:A acq_rel -> retire:B, work:A,
                              work:D, tidy:A, collect:A, leave:C <- join:B, collect:A: an empty bag is empty */
            loft_plain_write(&bag->from, other);
            bag->owner = d->more ? other : NULL;
            bag->over = bag->fenced = false;
            bag->counted = loft_load(&other->keeps, relaxed) + d->batch;   /* collect:F relaxed: it keeps no more, but
                                                                              what drop has retired */
            (void)loft_fetch_add(&d->adrift, bag->counted, relaxed);   /* collect:G relaxed: as put:C */
            loft_plain_write(&bag->next, loft_plain_read(&d->taken));
            loft_plain_write(&d->taken, bag);
        } else
            loft_epoch_bag_free_(fresh);                 /* its thread has just left                           */
    }
    if (!loft_epoch_fence_(me, deadline))                /* who begins later finds the empty one; who was before has to
                                                            end first */
        return LOFT_TIMEOUT;                             /* the next drain tries it again, for these too       */
    const loft_seq since = loft_load(&d->epoch, relaxed);   /* collect:D relaxed: fence:A orders it */
    for (loft_epoch_bag_ *bag = loft_plain_read(&d->taken); bag; bag = loft_plain_read(&bag->next)) {
        if (!bag->fenced)
            loft_plain_write(&bag->since, since);
        bag->fenced = true;
    }
    return s;
}

/* Waits until the epoch has gone on from `since` as far as for a bag that was left; false: it is too late. */
LOFT_API bool
loft_epoch_await_(loft_epoch_thread *me, loft_seq since, uint64_t deadline)
{
    loft_smr_wait_ w;
    loft_smr_wait_begin_(&w, deadline);
    for (;;) {
        const loft_seq e = loft_load(&me->domain->epoch, acquire);   /* await:A acquire <- step:D: what ended */
        if ((loft_seq)(e - since) >= LOFT_EPOCH_LEFT_)
            return true;
        if (loft_epoch_step_(me, LOFT_SMR_ALL))
            continue;
        if (!loft_smr_wait_more_(&w))
            return false;
    }
}

/* All of it, now. */
LOFT_API void
loft_epoch_empty_(loft_epoch_thread *me, loft_epoch_bag_ *bag)
{
    loft_epoch_gather_(bag, &bag->ready);
    (void)loft_smr_free_(&me->base, &bag->ready, LOFT_SMR_ALL, NULL);
}

/* All of it, as soon as nobody holds any; false: it is too late for the rest. In a section. */
LOFT_API bool
loft_epoch_drop_(loft_epoch_thread *me, loft_epoch_bag_ *bag, uint64_t deadline)
{
    loft_epoch *const d = me->domain;
    loft_smr_wait_ w;
    loft_smr_wait_begin_(&w, deadline);
    loft_epoch_gather_(bag, loft_epoch_next_(d, bag));
    for (;;) {
        if (bag->held.head)
            d->more->sift(me, bag);
        (void)loft_smr_free_(&me->base, &bag->ready, LOFT_SMR_ALL, &bag->kept);
        if (!bag->held.head)
            return true;
        if (!loft_smr_wait_more_(&w))
            return false;
    }
}

/* Nobody touches what is taken, or holds what is in it; what others have left is with it. `late`: for some of that it
 * is too late; false: for all. */
LOFT_API bool
loft_epoch_settle_(loft_epoch_thread *me, bool *late, uint64_t deadline)
{
    loft_epoch *const d = me->domain;
    if (d->more && !loft_epoch_disown_(me, deadline))
        return false;
    const loft_seq since = loft_load(&d->epoch, relaxed);   /* settle:A relaxed: fence:A orders it */
    if (!loft_epoch_await_(me, since, deadline))
        return false;
    loft_store(&d->late, 0u, relaxed);                   /* settle:C relaxed: a hint */
    for (loft_epoch_bag_ *bag = loft_plain_read(&d->taken); bag; bag = loft_plain_read(&bag->next)) {
        loft_epoch_found_(d, bag->counted);              /* it is no younger than that                         */
        bag->counted = 0;
    }
    loft_epoch_bag_ *bag = loft_exchange(&d->orphans, (loft_epoch_bag_ *)NULL, acquire);   /* settle:B acquire <- put:B:
                                                                                              of those who left */
    while (bag) {
        loft_epoch_bag_ *const next = loft_plain_read(&bag->next);
        if (loft_epoch_await_(me, loft_plain_read(&bag->since), deadline)) {
            loft_epoch_found_(d, loft_plain_read(&bag->kept));
            loft_plain_write(&bag->next, loft_plain_read(&d->taken));
            loft_plain_write(&d->taken, bag);
        } else {
            *late = true;
            loft_epoch_put_row_(d, bag, bag);
        }
        bag = next;
    }
    return true;
}

/* Not in a section. Takes everybody's bag, lets the epoch move until their sections and those of who might hold what is
 * in them have ended, and frees it. */
LOFT_API loft_status
loft_epoch_drain_(loft_epoch_thread *me, uint64_t deadline)
{
    loft_epoch *const d = me->domain;
    if (!loft_smr_lock_until_(&d->collector, deadline))
        return LOFT_TIMEOUT;
    loft_store(&d->draining, 1u, relaxed);               /* drain:A relaxed: fence:A orders it */
    loft_store(&d->late, 1u, relaxed);                   /* drain:B relaxed: a hint */
    const loft_status s = loft_epoch_collect_(me, deadline);
    bool late = false;
    const bool settled = s == LOFT_OK && loft_epoch_settle_(me, &late, deadline);
    if (settled) {
        loft_epoch_begin_(me);
        me->drains = true;
        for (loft_epoch_bag_ *bag = loft_plain_read(&d->taken); bag; bag = loft_plain_read(&d->taken)) {
            const bool done = loft_epoch_drop_(me, bag, deadline);
            loft_plain_write(&d->taken, loft_plain_read(&bag->next));
            if (done)
                loft_epoch_bag_free_(bag);
            else
                loft_epoch_put_(d, bag);
            late = late || !done;
        }
        me->drains = false;
        loft_epoch_end_(me);
    }
    loft_store(&d->draining, 0u, relaxed);               /* drain:C relaxed: seen late, they are adopted later */
    loft_smr_unlock_(&d->collector);
    return s == LOFT_OK && (late || !settled) ? LOFT_TIMEOUT : s;
}
/* Frees everything, at once. Nobody is in a section or will be; false: somebody is, and nothing happened. */
LOFT_API bool
loft_epoch_fini_(loft_epoch *d)
{
    for (loft_smr_thread *t = loft_smr_first_(&d->base); t; t = t->next) {
        const loft_seq a = loft_load(&((loft_epoch_thread *)t)->announced, relaxed);   /* fini:A relaxed: nobody else
                                                                                          is here */
        if (a & LOFT_EPOCH_DEPTH_)
            return false;
    }
    loft_epoch_thread *const me = (loft_epoch_thread *)loft_smr_first_(&d->base);
    loft_epoch_bag_ *bags = loft_exchange(&d->orphans, (loft_epoch_bag_ *)NULL, relaxed);   /* fini:D relaxed: nobody
                                                                                               else is here */
    for (loft_smr_thread *t = loft_smr_first_(&d->base); t; t = t->next) {
        loft_epoch_thread *const other = (loft_epoch_thread *)t;
        loft_epoch_bag_ *const bag = loft_exchange(&other->bag, (loft_epoch_bag_ *)NULL, relaxed);   /* fini:B relaxed:
                                                                                      nobody else is here */
        if (bag) {
            bag->next = bags;
            bags = bag;
        }
    }
    for (loft_epoch_bag_ *bag = loft_plain_read(&d->taken); bag; bag = loft_plain_read(&d->taken)) {
        loft_plain_write(&d->taken, loft_plain_read(&bag->next));
        bag->next = bags;
        bags = bag;
    }
    loft_epoch_bag_ last;                                /* what is freed may retire something                     */
    memset(&last, 0, sizeof last);
    if (me) {
        loft_store(&me->bag, &last, relaxed);            /* fini:C relaxed: nobody else is here */
        loft_epoch_begin_(me);
    }
    while (bags) {
        loft_epoch_bag_ *const next = loft_plain_read(&bags->next);
        loft_epoch_empty_(me, bags);
        loft_epoch_bag_free_(bags);
        bags = next;
    }
    while (last.hand.n || last.limbo[last.newest].head || last.fresh.head || last.ready.head)
        loft_epoch_empty_(me, &last);
    loft_smr_domain_fini_(&d->base);
    return true;
}

LOFT_API void
loft_epoch_stats_(const loft_epoch *d, loft_smr_stats *s)
{
    memset(s, 0, sizeof *s);
    const loft_seq e = loft_load(&d->epoch, relaxed);    /* stats:A relaxed: a statistic */
    s->advances = e / LOFT_EPOCH_STEP_ - 1u;
    for (const loft_smr_thread *t = loft_smr_first_(&d->base); t; t = t->next) {
        const loft_epoch_thread *const other = (const loft_epoch_thread *)t;
        const loft_seq a = loft_load(&other->announced, relaxed);   /* stats:B relaxed: a statistic */
        const loft_seq_diff behind = (loft_seq_diff)(e - (a & ~LOFT_EPOCH_DEPTH_));
        const uint64_t lag = behind < 0 ? 0 : (uint64_t)behind / LOFT_EPOCH_STEP_;   /* it may be newer than e */
        if ((a & LOFT_EPOCH_DEPTH_) && (s->holder == 0 || lag > s->lag)) {
            s->lag = lag;
            s->holder = t->number;
        }
        s->fences += loft_load(&other->fences, relaxed); /* stats:C relaxed: a statistic */
    }
    loft_smr_sum_(&d->base, s);
}

#endif /* supported */
#endif /* LOFT_SMR_EPOCH_H */
