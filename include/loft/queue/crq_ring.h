/* SPDX-License-Identifier: MIT
 *
 * loft/queue/crq_ring.h - the ring of LCRQ: a lock-free FIFO of words that is closed when it is full, for good.
 *
 * Needs: core/base.h core/atomics.h core/dwcas.h core/backoff.h
 *
 * Machinery for lcrq.h and fast.h, which link such rings: who is refused by one goes on to the next. Only where
 * LOFT_HAVE_DWCAS is 1 and words have 64 bits; else this header is empty.
 *
 * OPERATIONS   loft_crq_ring_init        empty
 *              loft_crq_ring_push        append a word; false: closed
 *              loft_crq_ring_pop         take the oldest one; false: empty, and of a closed ring, for good
 *              loft_crq_ring_close       no push that begins later gets in
 *              loft_crq_ring_approx_len
 *
 *              `entry` is the array of the ring, n pairs, n a power of two from 2 on, and `last` is n - 1: constants of
 *              the caller's.
 *
 * WORDS        A ticket is a count of pushes (tail) or pops (head) ever begun, kept doubled: bit 0 of tail is the mark
 *              of a closed ring. Ticket T belongs to entry T mod n and to cycle T / n. An entry is a pair, lo the
 *              element and hi
 *
 *                  | cycle | safe: 1 bit | held: 1 bit |
 *
 *              so that every word is an element. The cycle is that of the ticket which was the last to use the entry: a
 *              push wants an older one, not held; a pop its own. A pop that finds nothing leaves its cycle there, or,
 *              where an older element is still held, takes the safe mark away: a push with its ticket comes too late.
 *              An unsafe entry is for pushes whose pop has not begun.
 *
 * WHEN IT CLOSES   A push that has lost a ticket closes the ring if n tickets or more are out beyond head (full) or it
 *              has lost LOFT_CRQ_TICKETS (starved: pops spoil its entries faster than it comes to them). A closed ring
 *              stays closed, so the mark is all that pushes have to agree on; it is in the word that gives out tickets,
 *              because a flag beside it could be read too early. Who is refused gives the ticket back: pops need not
 *              come for those of pushes that are tried again and again.
 *
 * EDGES        push:D -> pop:D, pop:F, pop:G     the element, and what was before the push
 *              pop:E -> push:B                   who finds the entry vacant or unsafe knows of the pops that were here
 *              pop:G -> push:B                   the same; an unsafe entry says that a pop has begun: push:C sees it
 *              pop:C -> pop:A, pop:C             who says "empty" knows of the pops it counts
 *              close:A -> push:A                 refused, and what was before the close
 *              push:A <-> pop:B, pop:K           one order of all tickets: "empty" was true at an instant of it
 *
 *              Operations take effect in the order of the tickets of the attempts that succeed.
 *
 * PROGRESS     push and pop are lock-free: a push repeats LOFT_CRQ_TICKETS times at most, a pop only because a push has
 *              drawn a ticket. close and approx_len are wait-free.
 *
 * SOURCE       Adam Morrison, Yehuda Afek, Fast Concurrent Queues for x86 Processors, PPoPP 2013, in the revised
 *              version: the CRQ. Ours: whether an entry is full is told by its index word and not by a value kept back,
 *              so a pop exchanges one word and only a push two; a cycle where the paper has the index of the next use;
 *              doubled tickets; a pop looks before it draws a ticket, so that polling an empty ring spoils nothing; a
 *              short wait for a push that has its ticket and has not written yet (LOFT_CRQ_PATIENCE), bounded.
 */
#ifndef LOFT_QUEUE_CRQ_RING_H
#define LOFT_QUEUE_CRQ_RING_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/dwcas.h"
#include "../core/backoff.h"

#if !defined(LOFT_UNSUPPORTED) && LOFT_HAVE_DWCAS && UINTPTR_MAX == UINT64_MAX

/* How many looks a pop gives to a push that is ahead of it by one write before it spoils the entry for it. */
#if !defined(LOFT_CRQ_PATIENCE)
#  define LOFT_CRQ_PATIENCE  32
#endif
LOFT_STATIC_ASSERT((LOFT_CRQ_PATIENCE) + 1 > 0,
                   "loft/queue/crq_ring.h: LOFT_CRQ_PATIENCE (looks that a pop gives to a push) must be at least 0");

/* How many tickets a push may lose before it closes the ring. */
#if !defined(LOFT_CRQ_TICKETS)
#  define LOFT_CRQ_TICKETS  64u
#endif
LOFT_STATIC_ASSERT((LOFT_CRQ_TICKETS) + 1 > 1,
                   "loft/queue/crq_ring.h: LOFT_CRQ_TICKETS (tickets a push may lose) must be at least 1");

typedef struct loft_crq_ring {
    LOFT_ATOMIC(loft_seq) tail;                          /* tickets of pushes; bit 0: closed                   */
    char pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq) head;                          /* tickets of pops                                    */
    char pad1_[LOFT_CACHELINE];
} loft_crq_ring;

#define LOFT_CRQ_CLOSED_  ((loft_seq)1)                  /* in tail                                            */
#define LOFT_CRQ_HELD_    ((uintptr_t)1)                 /* in hi: there is an element                         */
#define LOFT_CRQ_SAFE_    ((uintptr_t)2)

/* The cycle of a ticket or of a hi. */
LOFT_API loft_seq
loft_crq_cycle_(loft_seq w, loft_seq last)
{
    return w & ~(2u * last + 1u);
}

/* The place of a ticket. Neighbours go to different lines: their entries are a line and an entry apart. The factor is
 * odd, also where an entry is a line, so that each ticket of a lap has an entry of its own. */
LOFT_API loft_dwatomic *
loft_crq_entry_(loft_dwatomic *entry, loft_seq ticket, loft_seq last)
{
    return &entry[(ticket >> 1) * (LOFT_CACHELINE / sizeof *entry | 1u) & last];
}

/* loft_crq_ring_init - an empty ring that goes on from `ticket` (0, but for tests of the wraparound).
 *   threads   quiescent
 *   cost      writes every entry
 */
LOFT_API void
loft_crq_ring_init(loft_crq_ring *r, loft_dwatomic *entry, loft_seq last, loft_seq ticket)
{
    const loft_seq first = ticket * 2u;
    /* Every entry is one cycle behind the first ticket that comes to it, or two. */
    const loft_seq old = loft_crq_cycle_(first, last) - 2u * (last + 1u);
    for (size_t i = 0; i <= (size_t)last; i++)
        loft_dw_init(&entry[i], loft_dw_of(0, (uintptr_t)old | LOFT_CRQ_SAFE_));
    loft_init(&r->tail, first);
    loft_init(&r->head, first);
}

/* loft_crq_ring_close - no push that begins after this call gets in.
 *   threads   any, any number of times
 *   progress  wait-free
 */
LOFT_API void
loft_crq_ring_close(loft_crq_ring *r)
{
    (void)loft_fetch_or(&r->tail, LOFT_CRQ_CLOSED_, release);        /* close:A release -> push:A: refused, and what was
                                                                        before. LP */
}

/* loft_crq_ring_push - append a word.
 *   returns   false: closed, by this push or before it drew its last ticket
 *   threads   any
 *   progress  lock-free
 *   order     everything before this call happens-before the return of the pop that takes the word; everything before
 *             the close happens-before the return of false
 *   cost      a fetch-and-add on tail and a CAS of 16 bytes on one entry; refused: another on tail
 */
LOFT_NODISCARD LOFT_ALWAYS_INLINE bool
loft_crq_ring_push(loft_crq_ring *r, loft_dwatomic *entry, loft_seq last, uintptr_t v)
{
    for (unsigned lost = 1u;; lost++) {
        const loft_seq t = loft_fetch_add(&r->tail, 2u, seq_cst);    /* push:A seq_cst <- close:A <-> pop:B, pop:K: the
                                                                        ticket */
        if (LOFT_UNLIKELY(t & LOFT_CRQ_CLOSED_)) {
            (void)loft_fetch_sub(&r->tail, 2u, relaxed);             /* push:F relaxed: no pop needs to come for it */
            return false;
        }
        loft_dwatomic *const e = loft_crq_entry_(entry, t, last);
        LOFT_PREFETCH_WRITE(e);
        const loft_seq cycle = loft_crq_cycle_(t, last);
        const loft_dw mine = loft_dw_of(v, (uintptr_t)cycle | LOFT_CRQ_SAFE_ | LOFT_CRQ_HELD_);
        loft_dw seen = loft_dw_peek(e, acquire);                     /* push:B acquire <- pop:E, pop:G: a guess, and who
                                                                        made it unsafe has begun */
        if ((loft_seq_diff)(loft_crq_cycle_(seen.hi, last) - cycle) < 0 && !(seen.hi & LOFT_CRQ_HELD_)
            && ((seen.hi & LOFT_CRQ_SAFE_)
                || (loft_seq_diff)(loft_load(&r->head, relaxed) - t) <= 0)   /* push:C relaxed: B shows our ticket's
                                         pop if that made the entry unsafe; a later one rewrites it, and D fails */
            && loft_dw_cas(e, &seen, mine, release, relaxed))        /* push:D release -> pop:D, pop:F, pop:G: it is in.
                                                                        LP at the latest */
            return true;
        const loft_seq_diff out = (loft_seq_diff)(t - loft_load(&r->head, relaxed));   /* push:E relaxed: an old head
                                         closes the ring early, which is always allowed */
        if (lost >= (LOFT_CRQ_TICKETS) || out > (loft_seq_diff)(2u * last)) {
            loft_crq_ring_close(r);
            return false;
        }
    }
}

/* Pops that have missed have pushed head beyond tail: bring tail up, so that pushes need not walk there ticket by
 * ticket. To a closed ring no push comes any more. */
LOFT_API void
loft_crq_catch_up_(loft_crq_ring *r, loft_seq tail, loft_seq head)
{
    while (!(tail & LOFT_CRQ_CLOSED_) && (loft_seq_diff)(tail - head) < 0
           && !loft_cas_weak(&r->tail, &tail, head, relaxed, relaxed))   /* catch_up:A relaxed: what tickets below head
                                                                        found is in the entries; close:A goes on */
        head = loft_load(&r->head, relaxed);                         /* catch_up:B relaxed: at least what it was */
}

/* loft_crq_ring_pop - take the oldest word.
 *   returns   false: empty. Where the ring was closed before the call, so is every pop that begins later: each ticket
 *             handed out to a push has been met by a pop, one of which may still be under way and find its element
 *   threads   any
 *   progress  lock-free
 *   order     everything before the push of the word happens-before the return
 *   cost      a fetch-and-add on head and a CAS of one word on an entry; empty: three loads
 */
LOFT_NODISCARD LOFT_ALWAYS_INLINE bool
loft_crq_ring_pop(loft_crq_ring *r, loft_dwatomic *entry, loft_seq last, uintptr_t *out)
{
    /* Is there anything to come for? Both lines are about to be written, if there is. */
    LOFT_PREFETCH_WRITE(&r->head);
    const loft_seq next = loft_load(&r->head, acquire);              /* pop:A acquire <- pop:C: the pops below it */
    loft_dwatomic *const look = loft_crq_entry_(entry, next, last);
    LOFT_PREFETCH_WRITE(look);
    if (loft_crq_cycle_(loft_dw_peek_hi(look, relaxed), last) != loft_crq_cycle_(next, last)   /* pop:H relaxed: a
                                                                        hint; B decides, or D */
        && (loft_seq_diff)((loft_load(&r->tail, seq_cst) & ~LOFT_CRQ_CLOSED_) - next) <= 0)   /* pop:B seq_cst <->
                                                                        push:A: true at an instant. LP(false) */
        return false;
    for (;;) {
        const loft_seq h = loft_fetch_add(&r->head, 2u, acq_rel);    /* pop:C acq_rel -> pop:A, pop:C <- pop:C: ours */
        loft_dwatomic *const e = loft_crq_entry_(entry, h, last);
        const loft_seq cycle = loft_crq_cycle_(h, last);
        unsigned patience = (unsigned)(LOFT_CRQ_PATIENCE);
        uintptr_t seen = loft_dw_peek_hi(e, acquire);                /* pop:D acquire <- push:D: the element */
        for (;;) {
            const loft_seq_diff age = (loft_seq_diff)(loft_crq_cycle_(seen, last) - cycle);
            if (age == 0) {
                /* It is ours alone, and lo stays as it is; but an older pop, or a newer, may make the entry unsafe. */
                const uintptr_t v = loft_dw_peek(e, relaxed).lo;     /* pop:I relaxed: after D or F, and before E */
                while (!loft_dw_cas_hi(e, &seen, seen & ~LOFT_CRQ_HELD_, release, relaxed))   /* pop:E release ->
                                                                        push:B: taken, and the pops that were here. LP
                                                                        at the latest */
                    ;
                *out = v;
                return true;
            }
            if (age > 0)
                break;
            const bool held = (seen & LOFT_CRQ_HELD_) != 0;
            /* Is a push with this ticket under way? */
            if (!held && patience
                && (loft_seq_diff)((loft_load(&r->tail, relaxed) & ~LOFT_CRQ_CLOSED_) - h) > 0) {   /* pop:J relaxed: a
                                                                        hint */
                patience--;
                LOFT_PAUSE();
                seen = loft_dw_peek_hi(e, acquire);                  /* pop:F acquire <- push:D: as D */
                continue;
            }
            /* Too early or too late: no push may use this entry for our ticket any more. Where it is unsafe already,
             * this is still a step: push:B reads it, and has to find our ticket in head. */
            const uintptr_t spoilt = held ? seen & ~LOFT_CRQ_SAFE_ : (uintptr_t)cycle | (seen & LOFT_CRQ_SAFE_);
            if (loft_dw_cas_hi(e, &seen, spoilt, release, acquire))  /* pop:G release/acquire -> push:B <- push:D: our
                                                                        ticket is out; or the element */
                break;
        }
        /* Is there nothing to come at or below this ticket? Who brings tail up for the next ones ends, so that pops do
         * not keep each other going. */
        const loft_seq t = loft_load(&r->tail, seq_cst);             /* pop:K seq_cst <-> push:A: as B. LP(false) */
        if ((loft_seq_diff)((t & ~LOFT_CRQ_CLOSED_) - (h + 2u)) <= 0) {
            loft_crq_catch_up_(r, t, h + 2u);
            return false;
        }
    }
}

/* loft_crq_ring_approx_len - how many words there were a moment ago; at most n. Any thread, wait-free. */
LOFT_API size_t
loft_crq_ring_approx_len(const loft_crq_ring *r, loft_seq last)
{
    const loft_seq h = loft_load(&r->head, relaxed);     /* approx_len:A relaxed: an estimate */
    const loft_seq t = loft_load(&r->tail, relaxed);     /* approx_len:B relaxed: an estimate */
    const loft_seq_diff len = (loft_seq_diff)((t & ~LOFT_CRQ_CLOSED_) - h) / 2;
    return len < 0 ? 0 : (size_t)((loft_seq)len <= last ? (loft_seq)len : last + 1u);
}

#endif /* supported */
#endif /* LOFT_QUEUE_CRQ_RING_H */
