/* SPDX-License-Identifier: MIT
 *
 * loft/queue/wcq_ring.h - the index rings of wCQ: wait-free FIFOs of at most n small numbers in 2n entries each.
 *
 * Needs: core/base.h core/atomics.h core/dwcas.h core/backoff.h queue/scq_ring.h
 *
 * Machinery for wcq.h: a pair of rings of scq_ring.h (one of filled slots, one of vacant ones) and the members that use
 * them. A member that has tried LOFT_WCQ_PATIENCE tickets in vain asks for help, and all who come by work on its request
 * until it is over. Read scq_ring.h first: what is the same there is not said again.
 *
 * OPERATIONS   loft_wcq_ring_bytes, loft_wcq_init   memory for the entries, and all of it made ready
 *              loft_wcq_join, loft_wcq_leave        a thread becomes a member, and is one no more
 *              loft_wcq_push    append an index                loft_wcq_pop      take the oldest one
 *              loft_wcq_finalise                               loft_wcq_approx_len
 *
 * WORDS        Tickets count in units of 2^11. The bits below them, in tail and head:
 *
 *                  | ticket | final | name: 10 bits |    name: the member whose request has just drawn the last ticket
 *                                                        drawn by a request, until somebody has told it; 0: none
 *              in an entry, a pair of words:
 *                  lo  | cycle | 0 |                     note: no request may push here with this cycle or an older one
 *                  hi  | cycle | name | safe | index |   name: the member whose request the push was; 0: a push of its
 *                                                        own. index: none (taken) and none - 1 (spoilt) are vacant
 *              and in the state of a member:
 *                  | ticket | vacant | pop | none | new | asks | over |
 *                                                        asks: for this ticket; else it has it; new: no ticket yet;
 *                                                        none: over without an index in or out
 *              A member's wish is | number of its request | index |. It is written before the state and stands until
 *              the next request: who finds a state that is not over and then the same wish again has the state of it.
 *
 * HOW A REQUEST DRAWS   Nobody can add to a counter and write the ticket to the state in one step, and two helpers must
 *              not draw for the same try. So whoever works on it 1. writes the count it saw to the state, as what it
 *              asks for; 2. adds one to the counter, if the count is still that, and leaves the member's name there; 3.
 *              takes `asks` out of the state; 4. takes the name out of the counter. Only a counter without a name is
 *              asked for a ticket or drawn from by a request, and whoever finds a name does 3 and 4 first. So a count
 *              that moves on while a name stands (pushes and pops with patience left do not look at it) means that
 *              the state that asks was given what it asked for.
 *
 * ONE FATE     Several work on the same ticket of a request; either it succeeds for all or for none.
 *              Push: once somebody has given a ticket up, the entry is of its cycle or a later one, or bears a note
 *              that keeps the others out. Once an index is in, the ticket is of the entry's cycle; before a pop takes
 *              it, it makes the request over, since afterwards the entry says nothing.
 *              Pop: a ticket is given up when the entry is spoilt for it; an index that is there stays until the
 *              request is over and its owner takes it.
 *              The state is advanced from a ticket only by who has given that up.
 *
 * ORDERS       As in scq_ring.h: the accesses to head, tail, threshold and entries on which the threshold's proof rests
 *              are seq_cst. What members tell each other is release and acquire.
 *
 * EDGES        begin:A -> run:A                    what the member had done when it asked
 *              begin:B -> help:A, settle:B, draw:A     the wish, and what the member had written
 *              draw:A -> help:A, settle:B, draw:A  who knows the state knows that the counter bore no name
 *              settle:D, draw:D -> help:A, draw:A  the ticket has been drawn
 *              finish:A, take:C -> draw:A, help:A, begin:B  the request is over, and what came of it
 *              push:D, put:C -> pop:B, meet:A, own:A   the element was written before its index is seen
 *              join:A <- leave:A                   what the member before has left
 *
 * STEPS        see wcq.h
 *
 * SOURCE       Ruslan Nikolaev, Binoy Ravindran, wCQ: A Fast Wait-Free Queue with Bounded Memory Usage, SPAA 2022.
 */
#ifndef LOFT_QUEUE_WCQ_RING_H
#define LOFT_QUEUE_WCQ_RING_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/dwcas.h"
#include "../core/backoff.h"
#include "scq_ring.h"

#if !defined(LOFT_UNSUPPORTED) && LOFT_HAVE_DWCAS && UINTPTR_MAX == UINT64_MAX

/* How many tickets a push or pop tries alone before it asks for help. */
#if !defined(LOFT_WCQ_PATIENCE)
#  define LOFT_WCQ_PATIENCE  16
#endif

/* How many looks a pop that is alone gives to a push that is ahead of it by one write. */
#if !defined(LOFT_WCQ_LOOKS)
#  define LOFT_WCQ_LOOKS  32
#endif

#define LOFT_WCQ_MEMBERS_MAX  1023u
#define LOFT_WCQ_NONE         SIZE_MAX                   /* what pop gives when there is nothing */

#define LOFT_WCQ_UNIT_    ((loft_seq)2048)               /* of tickets */
#define LOFT_WCQ_FINAL_   ((loft_seq)1024)               /* in tail: the ring is finalised */
#define LOFT_WCQ_NAME_    ((loft_seq)1023)               /* in tail and head */
#define LOFT_WCQ_OVER_    ((loft_seq)1)                  /* in a state, with all below */
#define LOFT_WCQ_ASKS_    ((loft_seq)2)
#define LOFT_WCQ_NEW_     ((loft_seq)4)
#define LOFT_WCQ_EMPTY_   ((loft_seq)8)
#define LOFT_WCQ_POP_     ((loft_seq)16)
#define LOFT_WCQ_VACANT_  ((loft_seq)32)
#define LOFT_WCQ_KIND_    (LOFT_WCQ_POP_ | LOFT_WCQ_VACANT_)

typedef struct loft_wcq_ring {
    loft_dwatomic *entry;                                /* fixed after init, with all down to the pad        */
    LOFT_ATOMIC(loft_seq) *head;                         /* the counters lie where the user wants them        */
    LOFT_ATOMIC(loft_seq) *tail;
    loft_seq none;                                       /* index bits, all ones: 2n - 1                      */
    loft_seq_diff chances;                               /* threshold after a push: 2n - 1 + members          */
    unsigned order;                                      /* n = 2^order                                       */
    unsigned stride;                                     /* log2 of the entries in one line                   */
    char pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq_diff) threshold;
    char pad1_[LOFT_CACHELINE];
} loft_wcq_ring;

typedef struct loft_wcq_member {
    LOFT_ATOMIC(loft_seq) state;                         /* of its request                                    */
    LOFT_ATOMIC(loft_seq) wish;                          /* what that is                                      */
    LOFT_ATOMIC(unsigned) taken;                         /* 1: some thread is this member                     */
    unsigned number;                                     /* 1 is the first; fixed                             */
    char pad0_[LOFT_CACHELINE];
    unsigned next;                                       /* whose request to look at next; the owner's        */
    char pad1_[LOFT_CACHELINE];
} loft_wcq_member;

enum { LOFT_WCQ_FILLED, LOFT_WCQ_VACANT };

typedef struct loft_wcq {
    loft_wcq_member *member;                             /* fixed after init                                  */
    unsigned members;
    loft_wcq_ring ring[2];                               /* of filled slots, of vacant ones                   */
} loft_wcq;

LOFT_API loft_seq loft_wcq_ticket_(loft_seq w) { return w & ~(LOFT_WCQ_UNIT_ - 1u); }
LOFT_API loft_seq loft_wcq_safe_(const loft_wcq_ring *r) { return r->none + 1u; }
LOFT_API loft_seq loft_wcq_cycle_(const loft_wcq_ring *r, loft_seq w) { return w & ~((r->none + 1u) * LOFT_WCQ_UNIT_ - 1u); }
LOFT_API bool loft_wcq_is_vacant_(const loft_wcq_ring *r, loft_seq hi) { return (hi & r->none) >= r->none - 1u; }

LOFT_API loft_seq_diff
loft_wcq_age_(const loft_wcq_ring *r, loft_seq hi, loft_seq cycle)
{
    return (loft_seq_diff)(loft_wcq_cycle_(r, hi) - cycle);
}

LOFT_API loft_dwatomic *
loft_wcq_entry_(const loft_wcq_ring *r, loft_seq ticket)
{
    return &r->entry[loft_scq_place_(ticket / (LOFT_WCQ_UNIT_ / 2u), r->none, r->order, r->stride)];
}

/* loft_wcq_ring_bytes - how much memory the entries of a ring of 2^order indices take.
 *   returns   the bytes; 0: order is out of range
 */
LOFT_API size_t
loft_wcq_ring_bytes(unsigned order)
{
    if (order < 1u || order > LOFT_SCQ_ORDER_MAX)
        return 0;
    return ((size_t)2 << order) * sizeof(loft_dwatomic);
}

LOFT_API void
loft_wcq_ring_init_(loft_wcq_ring *r, void *memory, LOFT_ATOMIC(loft_seq) *head, LOFT_ATOMIC(loft_seq) *tail,
                    unsigned order, unsigned members, bool full, loft_seq ticket)
{
    const loft_seq n = (loft_seq)1 << order;
    const loft_seq first = ticket * LOFT_WCQ_UNIT_;
    const unsigned stride = loft_scq_stride_(order, sizeof(loft_dwatomic));
    const unsigned spread = stride < order ? stride : order;
    r->entry = (loft_dwatomic *)memory;
    r->head = head;
    r->tail = tail;
    r->order = order;
    r->stride = stride;
    r->none = 2u * n - 1u;
    r->chances = (loft_seq_diff)(2u * n - 1u + members);
    /* Every entry is one cycle behind the first ticket that comes to it, or two. */
    const loft_seq old = loft_wcq_cycle_(r, first) - 2u * (r->none + 1u) * LOFT_WCQ_UNIT_;
    for (loft_seq i = 0; i <= r->none; i++)
        loft_dw_init(&r->entry[i], loft_dw_of((uintptr_t)old, (uintptr_t)(old | loft_wcq_safe_(r) | r->none)));
    loft_seq t = first;
    for (loft_seq i = 0; full && i < n; i++, t += LOFT_WCQ_UNIT_) {
        const loft_seq index = ((i << spread) | (i >> (order - spread))) & (n - 1u);
        loft_dw_init(loft_wcq_entry_(r, t),
                     loft_dw_of((uintptr_t)old, (uintptr_t)(loft_wcq_cycle_(r, t) | loft_wcq_safe_(r) | index)));
    }
    loft_init(r->head, first);
    loft_init(r->tail, t);
    loft_init(&r->threshold, full ? r->chances : (loft_seq_diff)-1);
}

LOFT_API void
loft_wcq_members_init_(loft_wcq *q, loft_wcq_member *member, unsigned members)
{
    q->member = member;
    q->members = members;
    for (unsigned i = 0; i < members; i++) {
        loft_init(&member[i].state, LOFT_WCQ_OVER_);
        loft_init(&member[i].wish, 0u);
        loft_init(&member[i].taken, 0u);
        member[i].number = i + 1u;
        member[i].next = i;
    }
}

/* loft_wcq_join - make the calling thread a member.
 *   returns   who it is from now on, in each call; NULL: all members there may be are taken
 *   threads   any
 *   progress  wait-free
 */
LOFT_NODISCARD LOFT_API loft_wcq_member *
loft_wcq_join(loft_wcq *q)
{
    for (unsigned i = 0; i < q->members; i++) {
        unsigned taken = 0;
        if (loft_cas_strong(&q->member[i].taken, &taken, 1u, acquire, relaxed))  /* join:A acquire <- leave:A: what the
                                                                                    one before has left */
            return &q->member[i];
    }
    return NULL;
}

/* loft_wcq_leave - the calling thread, which is in no other call, is a member no more. Wait-free. */
LOFT_API void
loft_wcq_leave(loft_wcq_member *me)
{
    loft_store(&me->taken, 0u, release);                    /* leave:A release -> join:A: what the next one finds */
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

/* The word of a counter once it bears no name. */
LOFT_API loft_seq
loft_wcq_settle_(loft_wcq *q, LOFT_ATOMIC(loft_seq) *counter, loft_seq kind)
{
    loft_seq c = loft_load(counter, acquire);               /* settle:A acquire <- draw:B, settle:E: */
    while (c & LOFT_WCQ_NAME_) {
        loft_wcq_member *const m = &q->member[(c & LOFT_WCQ_NAME_) - 1u];
        loft_seq s = loft_load(&m->state, acquire);         /* settle:B acquire <- draw:A: */
        const loft_seq now = loft_load(counter, acquire);   /* settle:C acquire */
        if (now != c) {
            c = now;
            continue;
        }
        if ((s & (LOFT_WCQ_ASKS_ | LOFT_WCQ_KIND_)) == (LOFT_WCQ_ASKS_ | kind))
            (void)loft_cas_strong(&m->state, &s, s & ~LOFT_WCQ_ASKS_, acq_rel, relaxed);  /* settle:D acq_rel */
        if (loft_cas_strong(counter, &c, c & ~LOFT_WCQ_NAME_, seq_cst, acquire))       /* settle:E */
            return c & ~LOFT_WCQ_NAME_;
    }
    return c;
}

/* One more ticket for the request, whose state was *s.
 *   returns   true: *s is a ticket it has drawn; false: it is over
 */
LOFT_API bool
loft_wcq_draw_(loft_wcq *q, loft_wcq_member *m, loft_seq wish, loft_seq *s)
{
    const loft_seq kind = *s & LOFT_WCQ_KIND_;
    loft_wcq_ring *const r = &q->ring[(kind & LOFT_WCQ_VACANT_) != 0];
    LOFT_ATOMIC(loft_seq) *const counter = kind & LOFT_WCQ_POP_ ? r->head : r->tail;
    for (;;) {
        const loft_seq c = loft_wcq_settle_(q, counter, kind);
        const loft_seq next = c & LOFT_WCQ_FINAL_ ? kind | LOFT_WCQ_OVER_ | LOFT_WCQ_EMPTY_ : c | kind | LOFT_WCQ_ASKS_;
        if (loft_cas_strong(&m->state, s, next, acq_rel, acquire)) {   /* draw:A acq_rel */
            *s = next;
            if (next & LOFT_WCQ_OVER_)
                return false;
        } else {
            if ((*s & LOFT_WCQ_OVER_) || loft_load(&m->wish, relaxed) != wish)   /* draw:E relaxed */
                return false;
            if (!(*s & LOFT_WCQ_ASKS_))
                return true;
        }
        const loft_seq t = loft_wcq_ticket_(*s);
        loft_seq want = t;
        if (loft_cas_strong(counter, &want, (t + LOFT_WCQ_UNIT_) | m->number, seq_cst, relaxed)) {  /* draw:B */
            if (kind & LOFT_WCQ_POP_)
                loft_fetch_sub(&r->threshold, 1, seq_cst);             /* draw:C */
            (void)loft_cas_strong(&m->state, s, t | kind, acq_rel, acquire);  /* draw:D */
            *s = t | kind;
            want = (t + LOFT_WCQ_UNIT_) | m->number;
            (void)loft_cas_strong(counter, &want, t + LOFT_WCQ_UNIT_, seq_cst, relaxed);   /* draw:F */
            return true;
        }
    }
}

/* The request, whose ticket is s, is over, unless it is already. */
LOFT_API bool
loft_wcq_finish_(loft_wcq_member *m, loft_seq s, loft_seq how)
{
    return loft_cas_strong(&m->state, &s, s | how | LOFT_WCQ_OVER_, acq_rel, relaxed);   /* finish:A */
}

LOFT_API void
loft_wcq_renew_(loft_wcq_ring *r)
{
    if (loft_load(&r->threshold, seq_cst) != r->chances)      /* renew:A seq_cst */
        loft_store(&r->threshold, r->chances, seq_cst);       /* renew:B seq_cst */
}

/* A push request with its ticket.
 *   returns   true: the index is in; false: it never will be, with this ticket
 */
LOFT_API bool
loft_wcq_put_(loft_wcq_ring *r, loft_seq t, loft_seq index, unsigned number)
{
    loft_dwatomic *const e = loft_wcq_entry_(r, t);
    const loft_seq cycle = loft_wcq_cycle_(r, t);
    const loft_seq mine = cycle | ((loft_seq)number * 2u * loft_wcq_safe_(r)) | loft_wcq_safe_(r) | index;
    loft_dw seen = loft_dw_load(e, seq_cst);                  /* put:A */
    for (;;) {
        const loft_seq_diff age = loft_wcq_age_(r, seen.hi, cycle);
        if (age == 0)
            return (seen.hi & r->none) != r->none - 1u;
        if (age > 0 || (loft_seq_diff)(seen.lo - cycle) >= 0)
            return false;
        const bool fits = loft_wcq_is_vacant_(r, seen.hi)
            && ((seen.hi & loft_wcq_safe_(r))
                || (loft_seq_diff)(loft_wcq_ticket_(loft_load(r->head, acquire)) - t) <= 0);   /* put:B */
        if (loft_dw_cas(e, &seen, fits ? loft_dw_of(seen.lo, (uintptr_t)mine) : loft_dw_of((uintptr_t)cycle, seen.hi),
                        seq_cst, seq_cst))                    /* put:C */
            return fits;
    }
}

/* Failed pops have pushed head beyond tail: bring tail up, so that pushes need not walk there ticket by ticket. */
LOFT_API void
loft_wcq_catch_up_(loft_wcq_ring *r, loft_seq tail, loft_seq head)
{
    while (!loft_cas_weak(r->tail, &tail, head | (tail & (LOFT_WCQ_UNIT_ - 1u)), release, relaxed)) {  /* catch_up:A */
        head = loft_wcq_ticket_(loft_load(r->head, acquire));   /* catch_up:B */
        if ((loft_seq_diff)(loft_wcq_ticket_(tail) - head) >= 0)
            break;
    }
}

/* Was there nothing to come at or below ticket h? Then tail is brought up. */
LOFT_API bool
loft_wcq_beyond_(loft_wcq_ring *r, loft_seq h, bool *final)
{
    const loft_seq t = loft_load(r->tail, seq_cst);           /* beyond:A seq_cst */
    *final = (t & LOFT_WCQ_FINAL_) != 0;
    if ((loft_seq_diff)(loft_wcq_ticket_(t) - (h + LOFT_WCQ_UNIT_)) > 0)
        return false;
    loft_wcq_catch_up_(r, t, h + LOFT_WCQ_UNIT_);
    return true;
}

/* A pop request with its ticket: it is over, or the ticket is spoilt. */
LOFT_API bool
loft_wcq_meet_(loft_wcq_ring *r, loft_wcq_member *m, loft_seq s)
{
    const loft_seq h = loft_wcq_ticket_(s);
    loft_dwatomic *const e = loft_wcq_entry_(r, h);
    const loft_seq cycle = loft_wcq_cycle_(r, h);
    bool final = false;
    uintptr_t seen = loft_dw_peek_hi(e, acquire);             /* meet:A acquire */
    for (;;) {
        const loft_seq_diff age = loft_wcq_age_(r, seen, cycle);
        if (age == 0 && (seen & r->none) != r->none - 1u)
            return loft_wcq_finish_(m, s, 0);
        if (age >= 0)
            break;
        const loft_seq spoilt = loft_wcq_is_vacant_(r, seen) ? cycle | (seen & loft_wcq_safe_(r)) | (r->none - 1u)
                                                            : seen & ~loft_wcq_safe_(r);
        if (loft_dw_cas_hi(e, &seen, (uintptr_t)spoilt, seq_cst, seq_cst))    /* meet:B */
            break;
    }
    if (loft_wcq_beyond_(r, h, &final) || (!final && loft_load(&r->threshold, seq_cst) < 0))  /* meet:C */
        return loft_wcq_finish_(m, s, LOFT_WCQ_EMPTY_);
    return false;
}

/* Work on the request until it is over. */
LOFT_API void
loft_wcq_run_(loft_wcq *q, loft_wcq_member *m, loft_seq wish, loft_seq s)
{
    loft_wcq_ring *const r = &q->ring[(s & LOFT_WCQ_VACANT_) != 0];
    /* Only who has seen a ticket fail may draw another one. */
    for (bool has = !(s & (LOFT_WCQ_NEW_ | LOFT_WCQ_ASKS_)); has || loft_wcq_draw_(q, m, wish, &s); has = false) {
        if (s & LOFT_WCQ_POP_) {
            if (loft_wcq_meet_(r, m, s))
                break;
        } else if (loft_wcq_put_(r, loft_wcq_ticket_(s), wish & r->none, m->number)) {
            loft_wcq_renew_(r);
            (void)loft_wcq_finish_(m, s, 0);
            break;
        }
    }
}

/* Look at one other member, the next one each time, and if it has a request, work on it. */
LOFT_ALWAYS_INLINE void
loft_wcq_help_(loft_wcq *q, loft_wcq_member *me)
{
    if (++me->next == q->members)
        me->next = 0;
    if (me->next + 1u == me->number && ++me->next == q->members)
        me->next = 0;
    loft_wcq_member *const m = &q->member[me->next];
    if (LOFT_LIKELY(loft_load(&m->state, relaxed) & LOFT_WCQ_OVER_))   /* help:A relaxed */
        return;
    const loft_seq wish = loft_load(&m->wish, acquire);       /* help:B */
    const loft_seq s = loft_load(&m->state, acquire);         /* help:C */
    if (!(s & LOFT_WCQ_OVER_) && loft_load(&m->wish, relaxed) == wish)   /* help:D */
        loft_wcq_run_(q, m, wish, s);
}

/* A request of one's own, until it is over: the state. */
LOFT_API loft_seq
loft_wcq_ask_(loft_wcq *q, loft_wcq_member *me, loft_seq kind, loft_seq index)
{
    const loft_seq room = q->ring[0].none + 1u;
    const loft_seq number = loft_load(&me->wish, relaxed) / room + 1u;   /* ask:A relaxed: our own */
    const loft_seq wish = number * room | index;
    const loft_seq s = number * LOFT_WCQ_UNIT_ | LOFT_WCQ_NEW_ | kind;
    loft_store(&me->wish, wish, release);                     /* ask:B */
    loft_store(&me->state, s, release);                       /* ask:C */
    loft_wcq_run_(q, me, wish, s);
    return loft_load(&me->state, acquire);                    /* ask:D */
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

/* loft_wcq_push - append an index, which must not be in the ring.
 *   returns   false: the ring was finalised before this push drew its ticket
 */
LOFT_NODISCARD LOFT_API bool
loft_wcq_push(loft_wcq *q, unsigned which, loft_wcq_member *me, size_t index)
{
    loft_wcq_ring *const r = &q->ring[which];
    loft_wcq_help_(q, me);
    for (unsigned patience = LOFT_WCQ_PATIENCE; patience; patience--) {
        const loft_seq word = loft_fetch_add(r->tail, LOFT_WCQ_UNIT_, seq_cst);   /* push:A */
        if (LOFT_UNLIKELY(word & LOFT_WCQ_FINAL_))
            return false;
        const loft_seq t = loft_wcq_ticket_(word);
        loft_dwatomic *const e = loft_wcq_entry_(r, t);
        LOFT_PREFETCH_WRITE(e);
        const loft_seq cycle = loft_wcq_cycle_(r, t);
        const loft_seq mine = cycle | loft_wcq_safe_(r) | (loft_seq)index;
        uintptr_t seen = loft_dw_peek_hi(e, acquire);         /* push:B */
        while (loft_wcq_age_(r, seen, cycle) < 0) {
            if (loft_wcq_is_vacant_(r, seen)
                && ((seen & loft_wcq_safe_(r))
                    || (loft_seq_diff)(loft_wcq_ticket_(loft_load(r->head, acquire)) - t) <= 0)) {   /* push:C */
                if (loft_dw_cas_hi(e, &seen, (uintptr_t)mine, seq_cst, seq_cst)) {    /* push:D */
                    loft_wcq_renew_(r);
                    return true;
                }
            } else {
                const uintptr_t now = loft_dw_load(e, seq_cst).hi;   /* push:E */
                if (now == seen)
                    break;
                seen = now;
            }
        }
    }
    return !(loft_wcq_ask_(q, me, which == LOFT_WCQ_VACANT ? LOFT_WCQ_VACANT_ : 0u, index) & LOFT_WCQ_EMPTY_);
}

/* The index in an entry that only the calling thread may take. */
LOFT_ALWAYS_INLINE size_t
loft_wcq_take_(loft_wcq *q, unsigned which, loft_dwatomic *e, loft_seq h, uintptr_t seen)
{
    const loft_wcq_ring *const r = &q->ring[which];
    const unsigned number = (unsigned)(seen / (2u * loft_wcq_safe_(r))) & LOFT_WCQ_NAME_;
    if (LOFT_UNLIKELY(number)) {
        loft_seq s = h | (which == LOFT_WCQ_VACANT ? LOFT_WCQ_VACANT_ : 0u);
        (void)loft_cas_strong(&q->member[number - 1u].state, &s, s | LOFT_WCQ_OVER_, release, relaxed);   /* take:A */
    }
    while (!loft_dw_cas_hi(e, &seen, seen | r->none, seq_cst, relaxed))   /* take:B */
        ;
    return (size_t)(seen & r->none);
}

/* loft_wcq_pop - take the oldest index.
 *   returns   the index; LOFT_WCQ_NONE: empty
 */
LOFT_NODISCARD LOFT_API size_t
loft_wcq_pop(loft_wcq *q, unsigned which, loft_wcq_member *me, bool last)
{
    loft_wcq_ring *const r = &q->ring[which];
    if (!last && loft_load(&r->threshold, seq_cst) < 0)        /* pop:A */
        return LOFT_WCQ_NONE;
    loft_wcq_help_(q, me);
    for (unsigned patience = LOFT_WCQ_PATIENCE; patience; patience--) {
        const loft_seq h = loft_wcq_ticket_(loft_fetch_add(r->head, LOFT_WCQ_UNIT_, seq_cst));   /* pop:B */
        loft_dwatomic *const e = loft_wcq_entry_(r, h);
        LOFT_PREFETCH_WRITE(e);
        const loft_seq cycle = loft_wcq_cycle_(r, h);
        unsigned looks = LOFT_WCQ_LOOKS;
        bool final = false;
        uintptr_t seen = loft_dw_peek_hi(e, acquire);          /* pop:C */
        for (;;) {
            const loft_seq_diff age = loft_wcq_age_(r, seen, cycle);
            if (age == 0)
                return loft_wcq_take_(q, which, e, h, seen);
            if (age > 0)
                break;
            const bool vacant = loft_wcq_is_vacant_(r, seen);
            if (vacant && looks
                && (loft_seq_diff)(loft_wcq_ticket_(loft_load(r->tail, relaxed)) - h) > 0) {   /* pop:D */
                looks--;
                LOFT_PAUSE();
                seen = loft_dw_peek_hi(e, acquire);            /* pop:E */
                continue;
            }
            const loft_seq spoilt = vacant ? cycle | (seen & loft_wcq_safe_(r)) | (r->none - 1u)
                                           : seen & ~loft_wcq_safe_(r);
            if (loft_dw_cas_hi(e, &seen, (uintptr_t)spoilt, seq_cst, seq_cst))   /* pop:F */
                break;
        }
        const bool beyond = loft_wcq_beyond_(r, h, &final);
        if (last ? beyond : loft_fetch_sub(&r->threshold, 1, seq_cst) <= 0 || beyond)   /* pop:G */
            return LOFT_WCQ_NONE;
    }
    const loft_seq s = loft_wcq_ask_(q, me, LOFT_WCQ_POP_ | (which == LOFT_WCQ_VACANT ? LOFT_WCQ_VACANT_ : 0u), 0);
    if (s & LOFT_WCQ_EMPTY_)
        return LOFT_WCQ_NONE;
    loft_dwatomic *const e = loft_wcq_entry_(r, loft_wcq_ticket_(s));
    return loft_wcq_take_(q, which, e, loft_wcq_ticket_(s), loft_dw_peek_hi(e, acquire));   /* pop:H */
}

/* loft_wcq_finalise - no push into the ring of filled slots that begins after this call succeeds. */
LOFT_API void
loft_wcq_finalise(loft_wcq *q)
{
    loft_fetch_or(q->ring[LOFT_WCQ_FILLED].tail, LOFT_WCQ_FINAL_, seq_cst);   /* finalise:A */
}

/* loft_wcq_approx_len - how many indices there were a moment ago; never above n. Any thread, wait-free. */
LOFT_API size_t
loft_wcq_approx_len(const loft_wcq_ring *r)
{
    const loft_seq n = (r->none + 1u) / 2u;
    const loft_seq h = loft_wcq_ticket_(loft_load(r->head, relaxed));   /* approx_len:A */
    const loft_seq t = loft_wcq_ticket_(loft_load(r->tail, relaxed));   /* approx_len:B */
    if ((loft_seq_diff)(t - h) <= 0)
        return 0;
    const loft_seq len = (t - h) / LOFT_WCQ_UNIT_;
    return (size_t)(len < n ? len : n);
}

#endif /* supported */
#endif /* LOFT_QUEUE_WCQ_RING_H */
