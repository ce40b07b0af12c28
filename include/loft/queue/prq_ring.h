/* SPDX-License-Identifier: MIT
 *
 * loft/queue/prq_ring.h - the ring of LPRQ: a lock-free FIFO of words, closed when it is full, by single-word
 *                         compare-exchanges.
 *
 * Needs: core/base.h core/atomics.h core/dwcas.h core/backoff.h
 *
 * Machinery for lprq.h and fast.h, which link such rings. The cells lie where the user wants them, and their number, a
 * power of two from 2 to 65536, is a constant of the caller's: every call gets `last`, which is one less.
 *
 * OPERATIONS   loft_prq_init   empty
 *              loft_prq_push   append a word: any word
 *              loft_prq_pop    take the oldest one
 *              loft_prq_close, loft_prq_approx_len
 *
 * WORDS        A ticket is a count of pushes (tail) or pops (head) ever begun; the highest bit of tail says that the
 *              ring is closed. Ticket t belongs to cell t mod n, which is two words:
 *
 *                  epoch    | ticket | unsafe: 1 bit |     the last ticket that a push has claimed the cell for
 *                  value    an element, or the token of a ticket: the cell is vacant, and that ticket's to fill
 *
 * PROTOCOL     A push that finds its own token in the cell raises epoch to its ticket, and then puts the element in the
 *              place of the token. If the cell has been left for an earlier ticket it first puts its own token there.
 *              A pop that finds its own epoch and an element leaves the token of the next lap instead. One that finds
 *              the token of its own ticket or an earlier one replaces it likewise: whoever still comes with those,
 *              comes too late. A ticket is drawn once, so tokens never come again (no ABA), epochs only go up, and an
 *              element's epoch is its own as long as it lies there. What a pop takes has to be an element *of* its
 *              epoch: it looks at epoch before and after.
 *   Unsafe     is what a pop makes a cell that holds an element of an earlier epoch, because it cannot leave a token
 *              there. A push that has claimed an unsafe cell may only use it if no pop has drawn its ticket yet, and
 *              makes it safe then. The pop exchanges epoch even where the cell is unsafe already: that the element was
 *              there is true at one instant then, and the push that claims the cell next knows of this pop as well.
 *
 * ANY WORD     A token is a number that few elements have (LOFT_PRQ_MAGIC_) in its upper quarter, and the ticket in the
 *              rest. A word is taken for a token only in the one cell that this ticket belongs to. An element that
 *              looks like one there gives up the ticket and goes to the next cell, where it does not. So that tokens
 *              never come again, a ring is closed when half the tickets are used up: 2^47 of them, or 2^23 with 32-bit
 *              words. A push that is refused gives its ticket back, or those that come again and again would count on,
 *              beyond the mark of a closed ring in the end, and pops would have to come for each.
 *
 * PAIRS        On x86-64 a push may raise epoch and fill the cell by one compare-exchange of two words (push:K; why a
 *              word and the pair it is in may be accessed by turns there says core/dwcas.h), if its caller wants that,
 *              the ring was made for it, and the cell is safe. It is E and H with nothing between them, an execution of
 *              the algorithm as it stands, so the proofs of that hold. Who fails there goes on with the same ticket,
 *              word by word. It takes little more than half the time of the two.
 *
 * EDGES        push:E -> pop:E           what was before the push of the element of this epoch; and those of earlier
 *                                        ones are gone
 *              push:H -> pop:F           an element is seen with its epoch, or at the second look a later one is
 *              pop:I -> push:E           who claims an unsafe cell knows the tickets of those who found it taken
 *              push:K -> pop:E, pop:F    both of these
 *              close:A -> push:A         refused from here on; what was before the close
 *              push:A <-> pop:C, pop:L   one order of all tickets, so that "empty" was true at an instant of it
 *              pop:D -> pop:A, pop:D     and with it the pops that have drawn the tickets before
 *
 * PROGRESS     push and pop are lock-free. A push that failed LOFT_PRQ_TRIES times closes the ring, so that pushes and
 *              pops cannot keep each other from getting done for ever. Where a pop has found nothing, those that come
 *              next look at tail before they draw a ticket: pops do not run after each other in an empty ring, and in
 *              one that is not they leave the line of the pushes alone.
 *
 * SOURCE       Raed Romanov, Nikita Koval, The State-of-the-Art LCRQ Concurrent Queue Algorithm Does NOT Require CAS2,
 *              PPoPP 2023. Changed: tokens are of tickets, not of threads, and a cell is left reserved for the push
 *              that comes next, so that a push takes two compare-exchanges on its cell instead of three, and a pop that
 *              gives up one; the look before a ticket is drawn; PAIRS.
 */
#ifndef LOFT_QUEUE_PRQ_RING_H
#define LOFT_QUEUE_PRQ_RING_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/dwcas.h"
#include "../core/backoff.h"

#if !defined(LOFT_UNSUPPORTED)

/* How many looks a pop gives to a push that is ahead of it by a few steps before it takes the cell from it. */
#if !defined(LOFT_PRQ_PATIENCE)
#  define LOFT_PRQ_PATIENCE  32
#endif
LOFT_STATIC_ASSERT((LOFT_PRQ_PATIENCE) + 1 > 0,
                   "loft/queue/prq_ring.h: LOFT_PRQ_PATIENCE (looks that a pop gives to a push) must be at least 0");

/* How often a push may fail before it closes the ring. */
#if !defined(LOFT_PRQ_TRIES)
#  define LOFT_PRQ_TRIES  64
#endif
LOFT_STATIC_ASSERT((LOFT_PRQ_TRIES) + 1 > 1,
                   "loft/queue/prq_ring.h: LOFT_PRQ_TRIES (failures of a push) must be at least 1");

#define LOFT_PRQ_BITS_    (sizeof(uintptr_t) * 6u)       /* of a ticket in a token: three quarters of the word */
#define LOFT_PRQ_MAGIC_   (~(uintptr_t)8 << LOFT_PRQ_BITS_)   /* as a double, a NaN that no arithmetic gives   */
#define LOFT_PRQ_TICKETS_ ((uintptr_t)1 << (LOFT_PRQ_BITS_ - 1u))
#define LOFT_PRQ_CLOSED_  (~(UINTPTR_MAX >> 1))          /* in tail                                            */
#define LOFT_PRQ_UNSAFE_  ((uintptr_t)1)                 /* in epoch                                           */
#define LOFT_PRQ_NONE_    (~(uintptr_t)0)                /* the ticket of a pop that has drawn none            */

/* May a push claim its cell and fill it by one instruction (PAIRS)? Another memory, and ThreadSanitizer, know each word
 * by itself. */
#if LOFT_X86_64 && UINTPTR_MAX == UINT64_MAX && !LOFT_TSAN && !defined(LOFT_MEMORY)
#  define LOFT_PRQ_PAIRS_      1
#  define LOFT_PRQ_ALIGNAS_    LOFT_DW_ALIGNAS_
#else
#  define LOFT_PRQ_PAIRS_      0
#  define LOFT_PRQ_ALIGNAS_
#endif

typedef struct loft_prq_cell {
    LOFT_PRQ_ALIGNAS_ LOFT_ATOMIC(uintptr_t) epoch;
    LOFT_ATOMIC(uintptr_t) value;
} loft_prq_cell;

typedef struct loft_prq_ring {
    LOFT_ATOMIC(uintptr_t) tail;
    bool                   pairs;                        /* of pushes, beside tail; the same for good          */
    char                   pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(uintptr_t) head;
    LOFT_ATOMIC(uintptr_t) idle;                         /* a hint: with head there, a pop has found nothing   */
    char                   pad1_[LOFT_CACHELINE];
} loft_prq_ring;

LOFT_API uintptr_t loft_prq_token_(uintptr_t ticket) { return LOFT_PRQ_MAGIC_ | ticket; }

/* Is this word, in the cell of this ticket, the token of some ticket? */
LOFT_API bool
loft_prq_is_token_(uintptr_t word, uintptr_t ticket, uintptr_t last)
{
    return LOFT_UNLIKELY((word ^ LOFT_PRQ_MAGIC_) >> LOFT_PRQ_BITS_ == 0) && ((word ^ ticket) & last) == 0;
}

/* Neighbouring tickets go to different lines: their cells are a line and a cell apart. The factor is odd, also where a
 * cell is a line, so that each ticket of a lap has a cell of its own. */
LOFT_API loft_prq_cell *
loft_prq_cell_(loft_prq_cell *cells, uintptr_t ticket, uintptr_t last)
{
    return &cells[ticket * (LOFT_CACHELINE / sizeof(loft_prq_cell) | 1u) & last];
}

/* loft_prq_init - an empty ring, whose tickets begin at `ticket` or near it (0, but for tests of the last ones). pairs:
 * the processor has a compare-exchange of two words, and pushes may use it.
 *   threads   quiescent
 *   cost      writes every cell
 */
LOFT_API void
loft_prq_init(loft_prq_ring *r, loft_prq_cell *cells, uintptr_t last, uintptr_t ticket, bool pairs)
{
    r->pairs = pairs && LOFT_PRQ_PAIRS_;
    uintptr_t first = ticket & (LOFT_PRQ_TICKETS_ - 1u);
    if (first <= last)
        first += last + 1u;
    if (first > LOFT_PRQ_TICKETS_ - 4u)
        first = LOFT_PRQ_TICKETS_ - 4u;
    for (uintptr_t t = first; t <= first + last; t++) {
        loft_prq_cell *const c = loft_prq_cell_(cells, t, last);
        loft_init(&c->epoch, 2u * (t - (last + 1u)));
        loft_init(&c->value, loft_prq_token_(t));
    }
    loft_init(&r->tail, first);
    loft_init(&r->head, first);
    loft_init(&r->idle, first);
}

/* loft_prq_close - no push that begins after this call gets in. Any thread, any number of times, wait-free. */
LOFT_API void
loft_prq_close(loft_prq_ring *r)
{
    (void)loft_fetch_or(&r->tail, LOFT_PRQ_CLOSED_, release);   /* close:A release -> push:A: what was before. LP */
}

/* What most pushes and pops do is inline; what else may be to do is another call, which is the last thing that they do.
 * So they need few registers, and have stored little when they come to a read-modify-write, which waits for what was
 * stored before it. */

/* Makes the token in the cell of a push's ticket its own, where it is that of a lap before. false: the ticket is for
 * nothing. */
LOFT_NOINLINE bool
loft_prq_renew_(loft_prq_cell *c, uintptr_t t, uintptr_t last, uintptr_t held)
{
    const uintptr_t mine = loft_prq_token_(t);
    do {
        if (!loft_prq_is_token_(held, t, last) || held > mine)
            return false;                                     /* an element of a lap before, or we are late */
        if (loft_cas_weak(&c->value, &held, mine, relaxed, relaxed))   /* push:C relaxed: who was to fill it comes too
                                                                 late, and learns no more than that */
            return true;
    } while (held != mine);
    return true;
}

/* The last steps of a push: the cell is claimed for its ticket, and its token becomes the element. */
LOFT_ALWAYS_INLINE bool
loft_prq_claim_(loft_prq_cell *c, uintptr_t *epoch, uintptr_t claim)
{
    return loft_cas_weak(&c->epoch, epoch, claim, acq_rel, relaxed);   /* push:E acq_rel -> pop:E <- pop:I: what was
                                                                 before; the tickets of who found it unsafe */
}

LOFT_ALWAYS_INLINE bool
loft_prq_fill_(loft_prq_cell *c, uintptr_t t, uintptr_t word)
{
    uintptr_t seen = loft_prq_token_(t);
    return loft_cas_strong(&c->value, &seen, word, release, relaxed);   /* push:H release -> pop:F: its epoch. LP */
}

#if LOFT_PRQ_PAIRS_
/* Both at once. As a rule it was the push of the lap before that claimed the cell last, and to guess so is to come to
 * the exchange without waiting for the line first. Where the guess was wrong, what was found is the next one. */
LOFT_ALWAYS_INLINE bool
loft_prq_claim_and_fill_(loft_prq_cell *c, uintptr_t t, uintptr_t last, uintptr_t word)
{
    const uintptr_t mine = loft_prq_token_(t);
    loft_dw seen = loft_dw_of(2u * (t - last - 1u), mine);
    do {
        if (LOFT_LIKELY(loft_dw_cas((loft_dwatomic *)(void *)c, &seen, loft_dw_of(2u * t, word), release,
                                    relaxed)))                /* push:K release -> pop:E, pop:F: E and H of a safe cell.
                                                                 LP */
            return true;
    } while (seen.hi == mine && seen.lo / 2u < t && !(seen.lo & LOFT_PRQ_UNSAFE_));
    return false;
}
#endif

/* The same where the cell is unsafe, or the claim has failed. */
LOFT_NOINLINE bool
loft_prq_put_on_(loft_prq_ring *r, loft_prq_cell *c, uintptr_t t, uintptr_t word, uintptr_t epoch)
{
    uintptr_t claim;
    do {
        if (epoch / 2u >= t)
            return false;
        claim = 2u * t | (epoch & LOFT_PRQ_UNSAFE_);
    } while (!loft_prq_claim_(c, &epoch, claim));
    if (LOFT_UNLIKELY(epoch & LOFT_PRQ_UNSAFE_)) {
        if (loft_load(&r->head, relaxed) > t)                 /* push:F relaxed: E has brought what counts */
            return false;
        (void)loft_cas_strong(&c->epoch, &claim, 2u * t, relaxed, relaxed);   /* push:G relaxed: safe again. Else a
                                                                 later push has the cell, and H fails */
    }
    return loft_prq_fill_(c, t, word);
}

/* One ticket of a push. false: it was for nothing; or it was not plain, may be used once more, and is for nothing if
 * it has claimed its cell. pairs, a constant: a plain one is for nothing unless it can claim and fill at once. */
LOFT_ALWAYS_INLINE bool
loft_prq_put_(loft_prq_ring *r, loft_prq_cell *cells, uintptr_t t, uintptr_t last, uintptr_t word, bool plain,
              bool pairs)
{
    loft_prq_cell *const c = loft_prq_cell_(cells, t, last);
    if (LOFT_UNLIKELY(t >= LOFT_PRQ_TICKETS_) || LOFT_UNLIKELY(loft_prq_is_token_(word, t, last)))
        return false;
#if LOFT_PRQ_PAIRS_
    if (plain && pairs)
        return LOFT_LIKELY(r->pairs) && LOFT_LIKELY(loft_prq_claim_and_fill_(c, t, last, word));
#endif
    (void)pairs;
    LOFT_PREFETCH_WRITE(c);
    const uintptr_t held = loft_load(&c->value, relaxed);     /* push:B relaxed: H checks it */
    if (LOFT_UNLIKELY(held != loft_prq_token_(t)) && (plain || !loft_prq_renew_(c, t, last, held)))
        return false;
    uintptr_t epoch = loft_load(&c->epoch, relaxed);          /* push:D relaxed: E checks it */
    if (LOFT_UNLIKELY(epoch / 2u >= t || (epoch & LOFT_PRQ_UNSAFE_)) || !loft_prq_claim_(c, &epoch, 2u * t))
        return !plain && loft_prq_put_on_(r, c, t, word, epoch);
    return loft_prq_fill_(c, t, word);
}

LOFT_ALWAYS_INLINE uintptr_t
loft_prq_draw_(loft_prq_ring *r)
{
    return loft_fetch_add(&r->tail, 1u, seq_cst);             /* push:A seq_cst <- close:A <-> pop:C, pop:L: ours */
}

/* What most pushes are done with; `pairs`: a constant, as for put_. false: the rest is for push_on_. */
LOFT_ALWAYS_INLINE bool
loft_prq_push_first_(loft_prq_ring *r, loft_prq_cell *cells, uintptr_t last, uintptr_t word, bool pairs, uintptr_t *t)
{
    *t = loft_prq_draw_(r);
    return LOFT_LIKELY(loft_prq_put_(r, cells, *t, last, word, true, pairs));
}

/* The rest of a push that has drawn ticket t. */
LOFT_NOINLINE bool
loft_prq_push_on_(loft_prq_ring *r, loft_prq_cell *cells, uintptr_t t, uintptr_t last, uintptr_t word)
{
    unsigned tries = 0;
    while (!loft_prq_put_(r, cells, t, last, word, false, false)) {
        if (t >= LOFT_PRQ_TICKETS_) {
            if (t & LOFT_PRQ_CLOSED_)
                (void)loft_fetch_sub(&r->tail, 1u, relaxed);   /* push:J relaxed: no pop needs to come for our ticket */
            else
                loft_prq_close(r);
            return false;
        }
        if (!loft_prq_is_token_(word, t, last)                /* else no other ticket has to do with it */
            && (t > loft_load(&r->head, relaxed) + last || ++tries >= (LOFT_PRQ_TRIES))) {   /* push:I relaxed: full, or
                                                                 was so a moment ago */
            loft_prq_close(r);
            return false;
        }
        t = loft_prq_draw_(r);
    }
    return true;
}

/* loft_prq_push - append a word. pairs, a constant: by one instruction for both words of a cell, if it may.
 *   returns   false: the ring was closed before this push took its ticket, or this push has closed it: it is full, or
 *             out of tickets, or pops were faster LOFT_PRQ_TRIES times
 *   threads   any
 *   progress  lock-free
 *   order     everything before this call happens-before the return of the pop that takes the word; who is refused
 *             because the ring was closed knows what was before the close
 *   cost      a fetch-and-add on tail, two compare-exchanges on one cell, or one (PAIRS); refused: another on tail
 */
LOFT_ALWAYS_INLINE bool
loft_prq_push(loft_prq_ring *r, loft_prq_cell *cells, uintptr_t last, uintptr_t word, bool pairs)
{
    uintptr_t t;
    return loft_prq_push_first_(r, cells, last, word, pairs, &t) || loft_prq_push_on_(r, cells, t, last, word);
}

/* What a pop finds in the cell of its ticket. */
typedef enum loft_prq_sight_ {
    LOFT_PRQ_TAKEN_,                                          /* its element, which it has now                 */
    LOFT_PRQ_OTHER_,                                          /* an element, but perhaps not of its ticket     */
    LOFT_PRQ_VACANT_                                          /* a token                                       */
} loft_prq_sight_;

LOFT_ALWAYS_INLINE loft_prq_sight_
loft_prq_look_(loft_prq_cell *c, uintptr_t h, uintptr_t last, uintptr_t *epoch, uintptr_t *held)
{
    *epoch = loft_load(&c->epoch, acquire);                   /* pop:E acquire <- push:E, push:K: what it rides on */
    *held = loft_load(&c->value, acquire);                    /* pop:F acquire <- push:H, push:K: G knows its epoch */
    if (LOFT_UNLIKELY(loft_prq_is_token_(*held, h, last)))
        return LOFT_PRQ_VACANT_;
    if (LOFT_UNLIKELY(*epoch / 2u != h) || LOFT_UNLIKELY(loft_load(&c->epoch, relaxed) / 2u != h))   /* pop:G relaxed: F
                                                                 has brought the epoch of what it has read */
        return LOFT_PRQ_OTHER_;
    loft_store(&c->value, loft_prq_token_(h + last + 1u), relaxed);   /* pop:H relaxed: vacant; we alone may change it,
                                                                 and nothing else is told */
    return LOFT_PRQ_TAKEN_;
}

/* One ticket of a pop. false: there is nothing for it, and there never will be. */
LOFT_ALWAYS_INLINE bool
loft_prq_take_(loft_prq_ring *r, loft_prq_cell *c, uintptr_t h, uintptr_t last, uintptr_t *out)
{
    unsigned patience = (unsigned)(LOFT_PRQ_PATIENCE);
    for (;;) {
        uintptr_t epoch;
        uintptr_t held;
        const loft_prq_sight_ sight = loft_prq_look_(c, h, last, &epoch, &held);
        if (sight == LOFT_PRQ_TAKEN_) {
            *out = held;
            return true;
        }
        if (sight == LOFT_PRQ_OTHER_) {
            if (epoch / 2u > h)
                return false;
            const uintptr_t unsafe = epoch | LOFT_PRQ_UNSAFE_;
            if (epoch / 2u < h && loft_cas_weak(&c->epoch, &epoch, unsafe, release, relaxed))   /* pop:I release
                                                                 -> push:E: our ticket is out */
                return false;
            continue;
        }
        if (held > loft_prq_token_(h))
            return false;
        /* Is a push with this ticket under way? In a ring that is closed it has been refused, as a rule. */
        if (patience && loft_load(&r->tail, relaxed) - h - 1u < LOFT_PRQ_TICKETS_) {   /* pop:J relaxed: a hint */
            patience--;
            LOFT_PAUSE();
            continue;
        }
        if (loft_cas_weak(&c->value, &held, loft_prq_token_(h + last + 1u), relaxed, relaxed))   /* pop:K relaxed: our
                                                                 ticket is out; a token carries nothing */
            return false;
    }
}

/* Pops may have drawn tickets beyond tail: bring tail up, so that pushes need not walk there ticket by ticket. And the
 * pops that come next had better look first. */
LOFT_API void
loft_prq_catch_up_(loft_prq_ring *r)
{
    uintptr_t head;
    uintptr_t tail = loft_load(&r->tail, relaxed);            /* catch_up:A relaxed: C checks it */
    for (;;) {
        head = loft_load(&r->head, relaxed);                  /* catch_up:B relaxed: tickets below it are drawn */
        if (tail >= head                                      /* or closed: nobody walks there any more */
            || loft_cas_weak(&r->tail, &tail, head, relaxed, relaxed))   /* catch_up:C relaxed: push:A goes on with the
                                                                 release sequence; no cell is read here */
            break;
    }
    loft_store(&r->idle, head, relaxed);                      /* catch_up:D relaxed: a hint */
}

/* A ticket of a pop; false: there was nothing, and none was drawn. */
LOFT_ALWAYS_INLINE bool
loft_prq_call_(loft_prq_ring *r, uintptr_t *h)
{
    const uintptr_t known = loft_load(&r->head, acquire);     /* pop:A acquire <- pop:D: the pops before C */
    if (LOFT_UNLIKELY(known <= loft_load(&r->idle, relaxed))  /* pop:B relaxed: a hint */
        && (loft_load(&r->tail, seq_cst) & ~LOFT_PRQ_CLOSED_) <= known)   /* pop:C seq_cst <-> push:A: true at an
                                                                 instant. LP(false) */
        return false;
    *h = loft_fetch_add(&r->head, 1u, acq_rel);               /* pop:D acq_rel -> pop:A, pop:D <- pop:D: ours; the pops
                                                                 before L */
    return true;
}

/* What most pops are done with. false: the rest is for pop_on_. */
LOFT_ALWAYS_INLINE bool
loft_prq_pop_first_(loft_prq_ring *r, loft_prq_cell *cells, uintptr_t last, uintptr_t *out, uintptr_t *h)
{
    uintptr_t ticket;
    uintptr_t epoch;
    uintptr_t held;
    *h = LOFT_PRQ_NONE_;
    if (!loft_prq_call_(r, &ticket))
        return false;
    *h = ticket;
    loft_prq_cell *const c = loft_prq_cell_(cells, ticket, last);
    LOFT_PREFETCH_WRITE(c);
    if (LOFT_UNLIKELY(loft_prq_look_(c, ticket, last, &epoch, &held) != LOFT_PRQ_TAKEN_))
        return false;
    *out = held;
    return true;
}

/* The rest of a pop whose ticket h has not found its element at the first look, or that has drawn none. */
LOFT_NOINLINE bool
loft_prq_pop_on_(loft_prq_ring *r, loft_prq_cell *cells, uintptr_t h, uintptr_t last, uintptr_t *out)
{
    if (h == LOFT_PRQ_NONE_)
        return false;
    do {
        if (loft_prq_take_(r, loft_prq_cell_(cells, h, last), h, last, out))
            return true;
        if ((loft_load(&r->tail, seq_cst) & ~LOFT_PRQ_CLOSED_) <= h + 1u) {   /* pop:L seq_cst <-> push:A: true at an
                                                                 instant. LP(false) */
            loft_prq_catch_up_(r);
            return false;
        }
    } while (loft_prq_call_(r, &h));
    return false;
}

/* loft_prq_pop - take the oldest word.
 *   returns   false: empty, and *out is untouched; where the ring was closed before the call, so is every pop that
 *             begins later, since each ticket handed out to a push has been met by a pop
 *   threads   any
 *   progress  lock-free
 *   order     everything before the push of the word happens-before the return
 *   cost      a fetch-and-add on head and a store to one cell; empty: that and a compare-exchange on the cell and on
 *             tail, and where a pop has found nothing there before, two loads
 */
LOFT_ALWAYS_INLINE bool
loft_prq_pop(loft_prq_ring *r, loft_prq_cell *cells, uintptr_t last, uintptr_t *out)
{
    uintptr_t h;
    return loft_prq_pop_first_(r, cells, last, out, &h) || loft_prq_pop_on_(r, cells, h, last, out);
}

/* loft_prq_approx_len - how many words there were a moment ago; never above n. Any thread, wait-free. */
LOFT_API size_t
loft_prq_approx_len(const loft_prq_ring *r, uintptr_t last)
{
    const uintptr_t head = loft_load(&r->head, relaxed);      /* approx_len:A relaxed: an estimate */
    const uintptr_t tail = loft_load(&r->tail, relaxed) & ~LOFT_PRQ_CLOSED_;   /* approx_len:B relaxed: an estimate */
    return tail <= head ? 0 : tail - head <= last ? (size_t)(tail - head) : (size_t)last + 1u;
}

#endif /* supported */
#endif /* LOFT_QUEUE_PRQ_RING_H */
