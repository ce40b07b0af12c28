/* SPDX-License-Identifier: MIT
 *
 * loft/queue/wcq_ring.h - the index rings of wCQ: wait-free FIFOs of at most n small numbers in 2n entries each.
 *
 * Needs: core/base.h core/atomics.h core/dwcas.h core/backoff.h queue/scq_ring.h
 *
 * Machinery for wcq.h: a pair of rings of scq_ring.h (one of filled slots, one of vacant ones) and the members that use
 * them. A member that has tried LOFT_WCQ_PATIENCE tickets in vain asks for help, and all who come by work on its
 * request until it is over. Read scq_ring.h first: what is the same there is not said again.
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
 * EDGES        ask:B -> help:B                     the request before is over
 *              ask:C -> help:C, draw:B             what the member had done when it asked
 *              draw:A -> settle:B, draw:B, help:C  who sees a state that asks sees that the counter bore no name
 *              draw:D -> settle:A                  who sees a name sees that its state asks
 *              settle:D, draw:F -> draw:B, help:C  who sees a ticket sees that it has been drawn
 *              settle:E, draw:G -> settle:A        who sees no name sees that it has what it asked for
 *              finish:A -> draw:B                  the index is in its entry
 *              push:D, put:C -> pop:C, pop:E, own:A   the element was written before its index is seen
 *              push:D, put:C -> put:A              the index is in
 *              put:C -> put:C                      likewise, or there is a note
 *              pop:F, meet:B -> push:B, push:D, push:E, put:A, put:C   who finds an entry unsafe sees that a pop with
 *                                                  this ticket has begun
 *              pop:B, draw:D -> push:C, put:B      by this, and others ahead of it
 *              beyond:B -> push:A, draw:D          who draws a ticket knows of the pops that brought tail there
 *              finalise:A -> push:A, draw:D        refused from here on
 *              pop:B <-> push:A, draw:D            one order of all tickets, so that "empty" was true at an instant
 *              beyond:A <-> push:A, draw:D         likewise
 *              take:B <-> push:D, push:E, put:C    an entry that was taken is not seen as taken no more
 *              renew:A <-> pop:G, draw:E           the decrement is seen, or the ticket is
 *              renew:B <-> pop:A, meet:C           who sees the threshold used up comes before the push that renews it
 *              leave:A <-> join:A                  what the member before has left, and that there is room
 *
 * PROGRESS     push, pop, join, leave, finalise: wait-free; wcq.h has the number of steps.
 *
 * SOURCE       Ruslan Nikolaev, Binoy Ravindran, wCQ: A Fast Wait-Free Queue with Bounded Memory Usage, SPAA 2022.
 *              Ours: - counter and name share a word, and the name is the request's, not a record of the helper's, so
 *                that who finds it needs nothing that the helper may change; the paper has a pair and a second record;
 *              - the state of a request begins without a ticket, and who comes to it in the middle looks at its ticket
 *                first: no helper draws behind a ticket that nobody has given up;
 *              - a wish is numbered, and read again behind each look at the state: no helper takes the ticket of a
 *                later request for that of the one it has read;
 *              - an entry names the request, so that a pop makes it over without a search;
 *              - a ticket that is spoilt is told from an index that was taken also by pushes; a pop request ends in
 *                its state and nowhere else, found or in vain; the threshold is renewed by the owner, once;
 *              - a pop that has reached tail says empty at once, as in SCQ; it brings tail up to its own ticket;
 *              - help goes round by one; members come and go; all that is shared is atomic.
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
#define LOFT_WCQ_VAIN_    ((loft_seq)8)
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

/* What a state says of the ring, and the ring of a state. */
LOFT_API loft_seq loft_wcq_kind_(unsigned which) { return which == LOFT_WCQ_VACANT ? LOFT_WCQ_VACANT_ : 0u; }
LOFT_API loft_wcq_ring *
loft_wcq_its_(loft_wcq *q, loft_seq state)
{
    return &q->ring[state & LOFT_WCQ_VACANT_ ? LOFT_WCQ_VACANT : LOFT_WCQ_FILLED];
}

LOFT_API loft_seq loft_wcq_ticket_(loft_seq w) { return w & ~(LOFT_WCQ_UNIT_ - 1u); }
LOFT_API loft_seq loft_wcq_safe_(const loft_wcq_ring *r) { return r->none + 1u; }
LOFT_API loft_seq
loft_wcq_cycle_(const loft_wcq_ring *r, loft_seq w)
{
    return w & ~((r->none + 1u) * LOFT_WCQ_UNIT_ - 1u);
}

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
        loft_plain_write(&member[i].next, i);
    }
}

/* loft_wcq_join - make the calling thread a member.
 *   returns   who it is from now on, in each call; NULL: all members there may be are taken, or were while others came
 *             and went. Where no more threads than that are members or in this call, it finds one
 *   threads   any
 *   progress  wait-free
 */
LOFT_NODISCARD LOFT_API loft_wcq_member *
loft_wcq_join(loft_wcq *q)
{
    for (unsigned i = 0; i < q->members; i++) {
        unsigned taken = 0;
        if (loft_cas_strong(&q->member[i].taken, &taken, 1u, seq_cst, seq_cst))   /* join:A seq_cst/seq_cst <-> leave:A:
                                                                  what the one before has left; and one order of all
                                                                  who come and go, in which a place is found */
            return &q->member[i];
    }
    return NULL;
}

/* loft_wcq_leave - the calling thread, which is in no other call, is a member no more. Wait-free. */
LOFT_API void
loft_wcq_leave(loft_wcq_member *me)
{
    loft_store(&me->taken, 0u, seq_cst);                       /* leave:A seq_cst <-> join:A: what the next one finds */
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

/* The word of a counter that bears no name. `kind` is what requests draw there. */
LOFT_API loft_seq
loft_wcq_settle_(loft_wcq *q, LOFT_ATOMIC(loft_seq) *counter, loft_seq kind)
{
    for (;;) {
        loft_seq c = loft_load(counter, acquire);              /* settle:A acquire <- draw:D, draw:G, settle:E: who was
                                                                  named asks, and who is named no more does not */
        if (!(c & LOFT_WCQ_NAME_))
            return c;
        loft_wcq_member *const m = &q->member[(c & LOFT_WCQ_NAME_) - 1u];
        loft_seq s = loft_load(&m->state, acquire);            /* settle:B acquire <- draw:A: if it asks anew, C shows
                                                                  that the name is gone */
        if (loft_load(counter, relaxed) != c)                  /* settle:C relaxed: behind B; then s is of this name */
            continue;
        if ((s & (LOFT_WCQ_ASKS_ | LOFT_WCQ_KIND_)) == (LOFT_WCQ_ASKS_ | kind))
            (void)loft_cas_strong(&m->state, &s, s & ~LOFT_WCQ_ASKS_, release, relaxed);  /* settle:D release -> draw:B,
                                                                  help:C: drawn */
        if (loft_cas_strong(counter, &c, c & ~LOFT_WCQ_NAME_, release, relaxed))   /* settle:E release -> settle:A: as D
                                                                  says */
            return c & ~LOFT_WCQ_NAME_;
    }
}

/* One more ticket for the request, whose state was *s: new, asking, or a ticket that this thread has seen fail.
 *   returns   true: *s is a ticket it has drawn; false: it is over
 */
LOFT_API bool
loft_wcq_draw_(loft_wcq *q, loft_wcq_member *m, loft_seq wish, loft_seq *s)
{
    const loft_seq kind = *s & LOFT_WCQ_KIND_;
    loft_wcq_ring *const r = loft_wcq_its_(q, kind);
    LOFT_ATOMIC(loft_seq) *const counter = kind & LOFT_WCQ_POP_ ? r->head : r->tail;
    for (;;) {
        const loft_seq c = loft_wcq_settle_(q, counter, kind);
        const loft_seq next = c & LOFT_WCQ_FINAL_ ? kind | LOFT_WCQ_OVER_ | LOFT_WCQ_VAIN_ : c | kind | LOFT_WCQ_ASKS_;
        if (loft_cas_strong(&m->state, s, next, release, relaxed)) {   /* draw:A release -> settle:B, draw:B, help:C:
                                                                          the counter bore no name. LP(false) of a push
                                                                          into a ring that is finalised */
            *s = next;
            if (next & LOFT_WCQ_OVER_)
                return false;
        } else {
            *s = loft_load(&m->state, acquire);                /* draw:B acquire <- draw:A, settle:D, draw:F, finish:A,
                                                                  ask:C: how it stands, and C shows whose state it is */
            if ((*s & LOFT_WCQ_OVER_) || loft_load(&m->wish, relaxed) != wish)   /* draw:C relaxed: behind B */
                return false;
            if (!(*s & LOFT_WCQ_ASKS_))
                return true;
        }
        const loft_seq t = loft_wcq_ticket_(*s);
        const loft_seq named = (t + LOFT_WCQ_UNIT_) | m->number;
        loft_seq want = t;
        if (loft_cas_strong(counter, &want, named, seq_cst, relaxed)) {   /* draw:D seq_cst -> settle:A, push:C,
                                                                  put:B <- finalise:A, beyond:B <-> pop:B, beyond:A:
                                                                  the ticket */
            if (kind & LOFT_WCQ_POP_)
                loft_fetch_sub(&r->threshold, 1, seq_cst);     /* draw:E seq_cst <-> renew:A: as pop:G, in advance */
            want = t | kind | LOFT_WCQ_ASKS_;
            (void)loft_cas_strong(&m->state, &want, t | kind, release, relaxed);   /* draw:F release -> draw:B, help:C:
                                                                  drawn */
            want = named;
            (void)loft_cas_strong(counter, &want, t + LOFT_WCQ_UNIT_, release, relaxed);   /* draw:G release ->
                                                                  settle:A: as F says */
            *s = t | kind;
            return true;
        }
    }
}

/* The request, whose ticket is s, is over, unless it is already. */
LOFT_API bool
loft_wcq_finish_(loft_wcq_member *m, loft_seq s, loft_seq how)
{
    return loft_cas_strong(&m->state, &s, s | how | LOFT_WCQ_OVER_, release, relaxed);   /* finish:A release -> draw:B:
                                                                  what lies in the entry */
}

/* Behind a push that is in. */
LOFT_API void
loft_wcq_renew_(loft_wcq_ring *r)
{
    if (loft_load(&r->threshold, seq_cst) != r->chances)       /* renew:A seq_cst <-> pop:G, draw:E: after the ticket */
        loft_store(&r->threshold, r->chances, seq_cst);        /* renew:B seq_cst <-> pop:A, meet:C: search again */
}

/* A push request with its ticket.
 *   returns   true: the index is in; false: with this ticket it never will be
 */
LOFT_API bool
loft_wcq_put_(loft_wcq_ring *r, loft_seq t, loft_seq index, unsigned number)
{
    loft_dwatomic *const e = loft_wcq_entry_(r, t);
    const loft_seq cycle = loft_wcq_cycle_(r, t);
    const loft_seq mine = cycle | (number * 2u * loft_wcq_safe_(r)) | loft_wcq_safe_(r) | index;
    loft_dw seen = loft_dw_peek(e, acquire);                   /* put:A acquire <- push:D, put:C, pop:F, meet:B: in
                                                                  already, or spoilt by whom B shows; a guess else */
    for (;;) {
        const loft_seq_diff age = loft_wcq_age_(r, seen.hi, cycle);
        if (age == 0)
            return (seen.hi & r->none) != r->none - 1u;
        if (age > 0 || loft_wcq_age_(r, seen.lo, cycle) >= 0)
            return false;
        const bool fits = loft_wcq_is_vacant_(r, seen.hi)
            && ((seen.hi & loft_wcq_safe_(r))
                || (loft_seq_diff)(loft_wcq_ticket_(loft_load(r->head, acquire)) - t) <= 0);   /* put:B acquire <-
                                                                  pop:B, draw:D: as push:C */
        const loft_dw next = fits ? loft_dw_of(seen.lo, (uintptr_t)mine) : loft_dw_of((uintptr_t)cycle, seen.hi);
        if (loft_dw_cas(e, &seen, next, seq_cst, acquire))     /* put:C seq_cst/acquire -> pop:C, pop:E, own:A, put:A,
                                                                  put:C <- put:C, pop:F, meet:B <-> take:B: it is in,
                                                                  or nobody will put it there. LP at the latest */
            return fits;
    }
}

/* Was there nothing to come at or below ticket h? Then tail is brought up to what follows it: failed pops have pushed
 * head beyond, and pushes need not walk there ticket by ticket. It is not left before it is done, so that tail lags
 * behind head by the tickets of pops under way and no more; each try that fails has seen tail change, and a ticket of
 * tail is two changes at most. *final: and nothing will come. */
LOFT_API bool
loft_wcq_beyond_(loft_wcq_ring *r, loft_seq h, bool *final)
{
    const loft_seq next = h + LOFT_WCQ_UNIT_;
    loft_seq t = loft_load(r->tail, seq_cst);                  /* beyond:A seq_cst <-> push:A, draw:D: true at an
                                                                  instant. LP(false) */
    *final = (t & LOFT_WCQ_FINAL_) != 0;
    if ((loft_seq_diff)(loft_wcq_ticket_(t) - next) > 0)
        return false;
    while ((loft_seq_diff)(loft_wcq_ticket_(t) - next) < 0
           && !loft_cas_strong(r->tail, &t, next | (t & (LOFT_WCQ_UNIT_ - 1u)), release, relaxed))   /* beyond:B release
                                                                  -> push:A, draw:D: who draws a ticket beyond knows
                                                                  of the pops that brought tail here */
        ;
    return true;
}

/* A pop request with its ticket.
 *   returns   true: it is over, with the index of this ticket or in vain; false: it is, or the ticket is spoilt
 */
LOFT_API bool
loft_wcq_meet_(loft_wcq_ring *r, loft_wcq_member *m, loft_seq s)
{
    const loft_seq h = loft_wcq_ticket_(s);
    const loft_seq cycle = loft_wcq_cycle_(r, h);
    loft_dwatomic *const e = loft_wcq_entry_(r, h);
    bool final = false;
    uintptr_t seen = loft_dw_peek_hi(e, relaxed);              /* meet:A relaxed: a guess; who takes it looks again */
    for (;;) {
        const loft_seq_diff age = loft_wcq_age_(r, seen, cycle);
        if (age == 0 && (seen & r->none) != r->none - 1u)
            return loft_wcq_finish_(m, s, 0);
        if (age >= 0)
            break;
        const loft_seq spoilt = loft_wcq_is_vacant_(r, seen) ? cycle | (seen & loft_wcq_safe_(r)) | (r->none - 1u)
                                                             : seen & ~loft_wcq_safe_(r);
        if (loft_dw_cas_hi(e, &seen, (uintptr_t)spoilt, seq_cst, relaxed))   /* meet:B seq_cst -> push:B, push:D,
                                                                  push:E, put:A, put:C: as pop:F */
            break;
    }
    if (loft_wcq_beyond_(r, h, &final) || (!final && loft_load(&r->threshold, seq_cst) < 0))   /* meet:C seq_cst
                                                                  <-> renew:B: used up. LP(false) */
        return loft_wcq_finish_(m, s, LOFT_WCQ_VAIN_);
    return false;
}

/* Work on the request, whose state was s, until it is over. */
LOFT_API void
loft_wcq_run_(loft_wcq *q, loft_wcq_member *m, loft_seq wish, loft_seq s)
{
    loft_wcq_ring *const r = loft_wcq_its_(q, s);
    /* Only who has seen a ticket fail may draw the next one. */
    for (bool drawn = !(s & (LOFT_WCQ_NEW_ | LOFT_WCQ_ASKS_)); drawn || loft_wcq_draw_(q, m, wish, &s); drawn = false) {
        if (s & LOFT_WCQ_POP_) {
            if (loft_wcq_meet_(r, m, s))
                break;
        } else if (loft_wcq_put_(r, loft_wcq_ticket_(s), wish & r->none, m->number)) {
            (void)loft_wcq_finish_(m, s, 0);
            break;
        }
    }
}

/* Look at one other member, each time at the next one, and work on its request if it has one. */
LOFT_ALWAYS_INLINE void
loft_wcq_help_(loft_wcq *q, loft_wcq_member *me)
{
    unsigned next = loft_plain_read(&me->next) + 1u;
    next = next < q->members ? next : 0u;
    if (next + 1u == me->number)
        next = next + 1u < q->members ? next + 1u : 0u;
    loft_plain_write(&me->next, next);
    loft_wcq_member *const m = &q->member[next];
    if (LOFT_LIKELY(loft_load(&m->state, relaxed) & LOFT_WCQ_OVER_))   /* help:A relaxed: a hint; C is what counts */
        return;
    const loft_seq wish = loft_load(&m->wish, acquire);        /* help:B acquire <- ask:B: the request before is over */
    const loft_seq s = loft_load(&m->state, acquire);          /* help:C acquire <- ask:C, draw:A, settle:D, draw:F: the
                                                                  element, and whose state it is, as D shows */
    if (!(s & LOFT_WCQ_OVER_) && loft_load(&m->wish, relaxed) == wish)   /* help:D relaxed: behind C */
        loft_wcq_run_(q, m, wish, s);
}

/* A request of one's own, until it is over: its state. */
LOFT_API loft_seq
loft_wcq_ask_(loft_wcq *q, loft_wcq_member *me, loft_seq kind, loft_seq index)
{
    const loft_seq room = q->ring[LOFT_WCQ_FILLED].none + 1u;
    const loft_seq number = loft_load(&me->wish, relaxed) / room + 1u;   /* ask:A relaxed: our own */
    const loft_seq wish = number * room | index;
    const loft_seq s = number * LOFT_WCQ_UNIT_ | LOFT_WCQ_NEW_ | kind;
    loft_store(&me->wish, wish, release);                      /* ask:B release -> help:B: the one before is over */
    loft_store(&me->state, s, release);                        /* ask:C release -> help:C, draw:B: the element */
    loft_wcq_run_(q, me, wish, s);
    return loft_load(&me->state, relaxed);                     /* ask:D relaxed: run has seen it over */
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

/* loft_wcq_push - append an index, which must not be in the ring.
 *   returns   false: the ring was finalised before this push drew its ticket
 *   threads   any member, in no other call
 *   progress  wait-free
 *   order     everything before this call happens-before the return of the pop that takes the index
 *   cost      a fetch-and-add on tail, a CAS on one entry, a load of threshold, and a load of another member's state
 */
LOFT_NODISCARD LOFT_API bool
loft_wcq_push(loft_wcq *q, unsigned which, loft_wcq_member *me, size_t index)
{
    loft_wcq_ring *const r = &q->ring[which];
    loft_wcq_help_(q, me);
    for (unsigned patience = LOFT_WCQ_PATIENCE; patience; patience--) {
        const loft_seq word = loft_fetch_add(r->tail, LOFT_WCQ_UNIT_, seq_cst);   /* push:A seq_cst <- finalise:A,
                                                                  beyond:B <-> pop:B, beyond:A: the ticket */
        if (LOFT_UNLIKELY(word & LOFT_WCQ_FINAL_))
            return false;
        const loft_seq t = loft_wcq_ticket_(word);
        loft_dwatomic *const e = loft_wcq_entry_(r, t);
        LOFT_PREFETCH_WRITE(e);
        const loft_seq cycle = loft_wcq_cycle_(r, t);
        const loft_seq mine = cycle | loft_wcq_safe_(r) | (loft_seq)index;
        uintptr_t seen = loft_dw_peek_hi(e, acquire);          /* push:B acquire <- pop:F, meet:B: who has spoilt it has
                                                                  a ticket, which C shows; a guess else */
        while (loft_wcq_age_(r, seen, cycle) < 0) {
            if (loft_wcq_is_vacant_(r, seen)
                && ((seen & loft_wcq_safe_(r))
                    || (loft_seq_diff)(loft_wcq_ticket_(loft_load(r->head, acquire)) - t) <= 0)) {   /* push:C acquire
                                                                  <- pop:B, draw:D: has a pop drawn our ticket? */
                if (loft_dw_cas_hi(e, &seen, (uintptr_t)mine, seq_cst, acquire)) {   /* push:D seq_cst/acquire -> pop:C,
                                                                  pop:E, own:A, put:A <- pop:F, meet:B <-> take:B: it
                                                                  is in. LP at the latest */
                    loft_wcq_renew_(r);
                    return true;
                }
            } else {
                const uintptr_t now = loft_dw_load(e, seq_cst).hi;   /* push:E seq_cst <- pop:F, meet:B <-> take:B: a
                                                                  ticket is not given up for what is gone */
                if (now == seen)
                    break;
                seen = now;
            }
        }
    }
    if (loft_wcq_ask_(q, me, loft_wcq_kind_(which), index) & LOFT_WCQ_VAIN_)
        return false;
    loft_wcq_renew_(r);                                        /* whoever has put it there: once for each push */
    return true;
}

/* The index in entry e, which is there for ticket h and for this thread alone. `seen` was acquired. */
LOFT_ALWAYS_INLINE size_t
loft_wcq_take_(loft_wcq *q, unsigned which, loft_dwatomic *e, loft_seq h, uintptr_t seen)
{
    const loft_wcq_ring *const r = &q->ring[which];
    const loft_seq name = seen / (2u * loft_wcq_safe_(r)) & LOFT_WCQ_NAME_;
    if (LOFT_UNLIKELY(name)) {
        loft_seq s = h | loft_wcq_kind_(which);
        loft_wcq_member *const m = &q->member[name - 1u];
        (void)loft_cas_strong(&m->state, &s, s | LOFT_WCQ_OVER_, relaxed, relaxed);   /* take:A relaxed: before B, which
                                                                  hides what became of the push */
    }
    while (!loft_dw_cas_hi(e, &seen, seen | r->none, seq_cst, relaxed))   /* take:B seq_cst <-> push:D, push:E, put:C:
                                                                  taken; pushes must not see it late. LP at the
                                                                  latest */
        ;
    return (size_t)(seen & r->none);
}

/* loft_wcq_pop - take the oldest index.
 *   returns   the index; LOFT_WCQ_NONE: empty. With `last`, which wants a ring that was finalised before, the threshold
 *             is not asked, and empty is for good, for each pop that begins later
 *   threads   any member, in no other call
 *   progress  wait-free
 *   order     everything before the push of the index happens-before the return
 *   cost      a load when threshold tells that the ring is empty; else a fetch-and-add on head, a CAS on one entry and
 *             a load of another member's state, and after a miss a CAS on the entry, a load of tail and a fetch-and-add
 *             on threshold
 */
LOFT_NODISCARD LOFT_API size_t
loft_wcq_pop(loft_wcq *q, unsigned which, loft_wcq_member *me, bool last)
{
    loft_wcq_ring *const r = &q->ring[which];
    if (!last && loft_load(&r->threshold, seq_cst) < 0)        /* pop:A seq_cst <-> renew:B: used up. LP(false) */
        return LOFT_WCQ_NONE;
    loft_wcq_help_(q, me);
    for (unsigned patience = LOFT_WCQ_PATIENCE; patience; patience--) {
        const loft_seq h = loft_wcq_ticket_(loft_fetch_add(r->head, LOFT_WCQ_UNIT_, seq_cst));   /* pop:B seq_cst
                                                                  -> push:C, put:B <-> push:A, draw:D: ours */
        loft_dwatomic *const e = loft_wcq_entry_(r, h);
        LOFT_PREFETCH_WRITE(e);
        const loft_seq cycle = loft_wcq_cycle_(r, h);
        unsigned looks = LOFT_WCQ_LOOKS;
        bool final = false;
        uintptr_t seen = loft_dw_peek_hi(e, acquire);          /* pop:C acquire <- push:D, put:C: the element behind it,
                                                                  and that its request has this ticket */
        for (;;) {
            const loft_seq_diff age = loft_wcq_age_(r, seen, cycle);
            if (age == 0)
                return loft_wcq_take_(q, which, e, h, seen);
            if (age > 0)
                break;
            const bool vacant = loft_wcq_is_vacant_(r, seen);
            const loft_seq spoilt = vacant ? cycle | (seen & loft_wcq_safe_(r)) | (r->none - 1u)
                                           : seen & ~loft_wcq_safe_(r);
            /* Is a push with this ticket under way? */
            if (vacant && looks
                && (loft_seq_diff)(loft_wcq_ticket_(loft_load(r->tail, relaxed)) - h) > 0) {   /* pop:D relaxed: hint */
                looks--;
                LOFT_PAUSE();
            } else if (loft_dw_cas_hi(e, &seen, (uintptr_t)spoilt, seq_cst, relaxed)) {   /* pop:F seq_cst -> push:B,
                                                                  push:D, push:E, put:A, put:C: our ticket is out */
                break;
            }
            seen = loft_dw_peek_hi(e, acquire);                /* pop:E acquire <- push:D, put:C: as C */
        }
        const bool beyond = loft_wcq_beyond_(r, h, &final);
        if (last ? beyond : loft_fetch_sub(&r->threshold, 1, seq_cst) <= 0 || beyond)   /* pop:G seq_cst <-> renew:A:
                                                                  before the next entry. LP(false) */
            return LOFT_WCQ_NONE;
    }
    const loft_seq s = loft_wcq_ask_(q, me, LOFT_WCQ_POP_ | loft_wcq_kind_(which), 0);
    if (s & LOFT_WCQ_VAIN_)
        return LOFT_WCQ_NONE;
    loft_dwatomic *const e = loft_wcq_entry_(r, loft_wcq_ticket_(s));
    const uintptr_t seen = loft_dw_peek_hi(e, acquire);        /* own:A acquire <- push:D, put:C: as pop:C */
    return loft_wcq_take_(q, which, e, loft_wcq_ticket_(s), seen);
}

/* loft_wcq_finalise - no push into the ring of filled slots that begins after this call succeeds.
 *   threads   any, any number of times
 *   progress  wait-free
 */
LOFT_API void
loft_wcq_finalise(loft_wcq *q)
{
    loft_fetch_or(q->ring[LOFT_WCQ_FILLED].tail, LOFT_WCQ_FINAL_, seq_cst);   /* finalise:A seq_cst -> push:A, draw:D:
                                                                  in one order with the tickets. LP */
}

/* loft_wcq_approx_len - how many indices there were a moment ago; never above n. Any thread, wait-free. */
LOFT_API size_t
loft_wcq_approx_len(const loft_wcq_ring *r)
{
    const loft_seq n = (r->none + 1u) / 2u;
    const loft_seq h = loft_wcq_ticket_(loft_load(r->head, relaxed));   /* approx_len:A relaxed: an estimate */
    const loft_seq t = loft_wcq_ticket_(loft_load(r->tail, relaxed));   /* approx_len:B relaxed: an estimate */
    if ((loft_seq_diff)(t - h) <= 0)
        return 0;
    const loft_seq len = (t - h) / LOFT_WCQ_UNIT_;
    return (size_t)(len < n ? len : n);
}

#endif /* supported */
#endif /* LOFT_QUEUE_WCQ_RING_H */
