/* SPDX-License-Identifier: MIT
 *
 * loft/queue/scq_ring.h - the index ring of SCQ: a lock-free FIFO of at most n small numbers in 2n entries.
 *
 * Needs: core/base.h core/atomics.h core/backoff.h
 *
 * Machinery for scq.h (two rings and a data array) and for queues linked from such rings; scq_word.h shares the
 * arithmetic of tickets. It holds each of the indices 0 .. n-1 at most once, so it can never overflow, and push only
 * fails once the ring is finalised.
 *
 * OPERATIONS   loft_scq_ring_bytes   memory for the entries of a ring of 2^order indices
 *              loft_scq_ring_init    empty, or holding all indices
 *              loft_scq_ring_push    append an index
 *              loft_scq_ring_pop     take the oldest one
 *              loft_scq_ring_finalise, loft_scq_ring_pop_final
 *
 * WORDS        A ticket is a count of pushes (tail) or pops (head) ever begun, kept doubled: bit 0 of tail is the mark
 *              of a finalised ring. Ticket T belongs to entry T mod 2n and to cycle T / 2n. An entry is one word:
 *
 *                  | cycle | safe: 1 bit | index: as many bits as 2n needs, all ones: none |
 *
 *              Doubled tickets have their cycle at the same bits, so cycles are compared as words, by signed distance.
 *
 * THRESHOLD    A pop may say "empty" without having met tail once 3n-1 pops in a row have missed since the last push:
 *              at most 2n-1 entries lie between the last push and the pops, and at most n pops are under way there.
 *              This keeps pops from chasing each other for ever and makes polling an empty ring one load. The paper's
 *              second term assumes no more than n threads; ours is the larger of n and LOFT_SCQ_THREADS, so that a
 *              small ring may serve many threads. More than that inside one ring at the same instant is an error: an
 *              element could then stay behind until the next push.
 *
 * ORDERS       The bound counts events on head, tail, threshold and the entries, and its proof is for sequentially
 *              consistent memory. The case that breaks first is store buffering: a push draws its ticket (push:A) and
 *              then reads threshold (push:E), a pop lowers threshold (pop:I) and then goes by the tickets (pop:B). If
 *              each misses what the other wrote, the push finds a threshold full that pops have used up, leaves it, and
 *              later pops say "empty" with an element inside. So a push must know of the pops that brought tail to its
 *              ticket: from the entry, from head, or, where a catch-up lifted tail over them, from its release. seq_cst
 *              of push:A, push:F, pop:A and pop:H makes "empty" true at one instant for all threads; push:D and pop:C
 *              carry the element; the others are seq_cst because the proof counts them in one order.
 *              docs/memory-order.md has the argument at length.
 *
 * EDGES        push:D -> pop:C, pop:G    the element was written before its index is seen
 *              pop:E  -> push:B          who finds the entry unsafe sees that a pop with this ticket has begun
 *              finalise:A -> push:A      refused from here on
 *              push:A <-> pop:B, pop:H   one order of all tickets, so that "empty" was true at an instant of it
 *              catch_up:A -> push:A      who draws a ticket knows of the pops that brought tail there
 *              pop:B -> catch_up:B, push:C   and of those that were ahead of them
 *              push:B <-> pop:D          an entry that was taken is not seen as taken no more
 *              push:E <-> pop:I          the decrement is seen, or the ticket is (ORDERS)
 *              push:F <-> pop:A          who sees the threshold used up comes before the push that renews it
 *
 *              Operations take effect in the order of the tickets of the attempts that succeed.
 *
 * PROGRESS     push and pop are lock-free: a thread repeats only because another one took a step that counts.
 *
 * SOURCE       Ruslan Nikolaev, A Scalable, Portable, and Memory-Efficient Lock-Free FIFO Queue, DISC 2019, figure 8;
 *              finalisation: its LSCQ. Ours: doubled tickets, so that the mark survives every wrap; the threshold of
 *              small rings; a short wait for a push that has its ticket but has not written yet (LOFT_SCQ_PATIENCE),
 *              bounded, so nobody depends on it.
 */
#ifndef LOFT_QUEUE_SCQ_RING_H
#define LOFT_QUEUE_SCQ_RING_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/backoff.h"

#if !defined(LOFT_UNSUPPORTED)

/* How many looks a pop gives to a push that is ahead of it by one write before it spoils the entry for it. */
#if !defined(LOFT_SCQ_PATIENCE)
#  define LOFT_SCQ_PATIENCE  32
#endif
LOFT_STATIC_ASSERT((LOFT_SCQ_PATIENCE) + 1 > 0,
                   "loft/queue/scq_ring.h: LOFT_SCQ_PATIENCE (looks that a pop gives to a push) must be at least 0");

/* How many threads may be inside a ring of fewer than so many indices at the same instant. */
#if !defined(LOFT_SCQ_THREADS)
#  define LOFT_SCQ_THREADS  256u
#endif

#define LOFT_SCQ_NONE        SIZE_MAX                    /* what pop gives when there is nothing */
#define LOFT_SCQ_ORDER_MAX   (LOFT_SEQ_BITS >= 64u ? 31u : 16u)

typedef struct loft_scq_ring {
    LOFT_ATOMIC(loft_seq) *entry;                        /* fixed after init, with all down to the pad */
    LOFT_ATOMIC(loft_seq) *head;                         /* the counters lie where the user wants them */
    LOFT_ATOMIC(loft_seq) *tail;
    loft_seq none;                                       /* index bits, all ones: 2n - 1               */
    loft_seq_diff chances;                               /* threshold after a push: 2n - 1 + max(n, T) */
    unsigned order;                                      /* n = 2^order                                */
    unsigned stride;                                     /* log2 of the entries in one line            */
    char pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq_diff) threshold;
    char pad1_[LOFT_CACHELINE];
} loft_scq_ring;

/* One counter of a ring and one of another that the same operation moves right after it: a push takes from the ring of
 * vacant slots and gives to that of filled ones, a pop the other way round. In one line they travel together. */
typedef struct loft_scq_lane {
    LOFT_ATOMIC(loft_seq) head;
    LOFT_ATOMIC(loft_seq) tail;
    char pad_[LOFT_CACHELINE];
} loft_scq_lane;

#define LOFT_SCQ_FINAL_      ((loft_seq)1)               /* in tail: the ring is finalised */

/* The word of an entry, bit by bit. */
LOFT_API loft_seq loft_scq_safe_(const loft_scq_ring *r) { return r->none + 1u; }
LOFT_API loft_seq loft_scq_cycle_(const loft_scq_ring *r, loft_seq w) { return w & ~(2u * r->none + 1u); }

/* The exponent of a capacity; 0: it is not a power of two, below 2 or more than the tickets of this target allow. */
LOFT_API unsigned
loft_scq_order_(size_t capacity)
{
    unsigned order = 0;
    while (order < LOFT_SCQ_ORDER_MAX && ((size_t)1 << order) < capacity)
        order++;
    return (size_t)1 << order == capacity ? order : 0;
}

/* How many numbers of entries of `bytes` each lie in one line: as an exponent, for place_. */
LOFT_API unsigned
loft_scq_stride_(unsigned order, size_t bytes)
{
    unsigned stride = 0;
    while (stride < order + 1u && (bytes << stride) < LOFT_CACHELINE)
        stride++;
    return stride;
}

/* Neighbouring tickets go to different lines: the bits of the entry number are rotated by those that number the entries
 * of one line. In a ring that fits one line the rotation is by all bits, that is by none. */
LOFT_API loft_seq
loft_scq_place_(loft_seq ticket, loft_seq last, unsigned order, unsigned stride)
{
    const loft_seq i = (ticket >> 1) & last;
    return ((i << stride) | (i >> (order + 1u - stride))) & last;
}

/* The threshold after a push. */
LOFT_API loft_seq_diff
loft_scq_chances_(loft_seq n)
{
    return (loft_seq_diff)(2u * n - 1u + (n > LOFT_SCQ_THREADS ? n : LOFT_SCQ_THREADS));
}

LOFT_API LOFT_ATOMIC(loft_seq) *
loft_scq_entry_(const loft_scq_ring *r, loft_seq ticket)
{
    return &r->entry[loft_scq_place_(ticket, r->none, r->order, r->stride)];
}

/* loft_scq_ring_bytes - how much memory the entries of a ring of 2^order indices take.
 *   returns   the bytes; 0: order is out of range, or no object can be that large here
 */
LOFT_API size_t
loft_scq_ring_bytes(unsigned order)
{
    if (order < 1u || order > LOFT_SCQ_ORDER_MAX || order + 1u >= sizeof(size_t) * 8u)
        return 0;
    const size_t entries = (size_t)2 << order;
    return entries > (size_t)PTRDIFF_MAX / sizeof(LOFT_ATOMIC(loft_seq)) ? 0 : entries * sizeof(LOFT_ATOMIC(loft_seq));
}

/* loft_scq_ring_init - a ring of 2^order indices over `memory` (loft_scq_ring_bytes of it), empty or holding all of
 * 0 .. n-1, that counts in *head and *tail and goes on from `ticket` (0, but for tests of the wraparound). A full ring
 * gives neighbours out far apart, like its entries, so that small elements in one array do not share lines.
 *   threads   quiescent
 *   cost      writes every entry
 */
LOFT_API void
loft_scq_ring_init(loft_scq_ring *r, void *memory, LOFT_ATOMIC(loft_seq) *head, LOFT_ATOMIC(loft_seq) *tail,
                   unsigned order, bool full, loft_seq ticket)
{
    const loft_seq n = (loft_seq)1 << order;
    const loft_seq first = ticket * 2u;
    const unsigned stride = loft_scq_stride_(order, sizeof(loft_seq));
    const unsigned spread = stride < order ? stride : order;
    r->entry = (LOFT_ATOMIC(loft_seq) *)memory;
    r->head = head;
    r->tail = tail;
    r->order = order;
    r->stride = stride;
    r->none = 2u * n - 1u;
    r->chances = loft_scq_chances_(n);
    /* Every entry is one cycle behind the first ticket that comes to it, or two. */
    const loft_seq old = loft_scq_cycle_(r, first) - 2u * (r->none + 1u);
    for (loft_seq i = 0; i <= r->none; i++)
        loft_init(&r->entry[i], old | loft_scq_safe_(r) | r->none);
    loft_seq t = first;
    for (loft_seq i = 0; full && i < n; i++, t += 2u) {
        const loft_seq index = ((i << spread) | (i >> (order - spread))) & (n - 1u);
        loft_init(loft_scq_entry_(r, t), loft_scq_cycle_(r, t) | loft_scq_safe_(r) | index);
    }
    loft_init(r->head, first);
    loft_init(r->tail, t);
    loft_init(&r->threshold, full ? r->chances : (loft_seq_diff)-1);
}

/* loft_scq_ring_push - append an index, which must not be in the ring.
 *   returns   false: the ring was finalised before this push took its ticket
 *   threads   any
 *   progress  lock-free
 *   order     everything before this call happens-before the return of the pop that takes the index
 *   cost      a fetch-and-add on tail, a CAS on one entry, a load of threshold
 */
LOFT_NODISCARD LOFT_API bool
loft_scq_ring_push(loft_scq_ring *r, size_t index)
{
    for (;;) {
        const loft_seq t = loft_fetch_add(r->tail, 2u, seq_cst);  /* push:A seq_cst <- finalise:A, catch_up:A
                                                                          <-> pop:B, pop:H: the ticket */
        if (LOFT_UNLIKELY(t & LOFT_SCQ_FINAL_))
            return false;
        LOFT_ATOMIC(loft_seq) *const e = loft_scq_entry_(r, t);
        LOFT_PREFETCH_WRITE(e);
        const loft_seq cycle = loft_scq_cycle_(r, t);
        const loft_seq mine = cycle | loft_scq_safe_(r) | (loft_seq)index;
        loft_seq seen = loft_load(e, seq_cst);                     /* push:B seq_cst <- pop:E <-> pop:D: still taken? */
        while ((loft_seq_diff)(loft_scq_cycle_(r, seen) - cycle) < 0 && (seen & r->none) == r->none
               && ((seen & loft_scq_safe_(r))
                   || (loft_seq_diff)(loft_load(r->head, acquire) - t) <= 0)) {  /* push:C acquire <- pop:B: B
                                     shows our ticket's pop, which rewrites the entry; a later one is known from here */
            if (loft_cas_weak(e, &seen, mine, seq_cst, seq_cst)) {    /* push:D seq_cst -> pop:C, pop:G: it is in. LP at
                                                                         the latest */
                if (loft_load(&r->threshold, seq_cst) != r->chances)  /* push:E seq_cst <-> pop:I: after D */
                    loft_store(&r->threshold, r->chances, seq_cst);  /* push:F seq_cst <-> pop:A: search again */
                return true;
            }
        }
    }
}

/* Failed pops have pushed head beyond tail: bring tail up, so that pushes need not walk there ticket by ticket. */
LOFT_API void
loft_scq_catch_up_(LOFT_ATOMIC(loft_seq) *tails, const LOFT_ATOMIC(loft_seq) *heads, loft_seq tail, loft_seq head)
{
    while (!loft_cas_weak(tails, &tail, head | (tail & LOFT_SCQ_FINAL_), release, relaxed)) {  /* catch_up:A release
                                     -> push:A, scq_word/put:A: who draws a ticket beyond knows of the pops that brought
                                     tail here */
        head = loft_load(heads, acquire);                     /* catch_up:B acquire <- pop:B, scq_word/take:A: pops that
                                                                 A speaks for */
        if ((loft_seq_diff)((tail & ~LOFT_SCQ_FINAL_) - head) >= 0)
            break;
    }
}

/* One ticket of a pop: an index, or NONE. *beyond: there was nothing to come at or below this ticket. */
LOFT_ALWAYS_INLINE size_t
loft_scq_take_(loft_scq_ring *r, bool *beyond)
{
    const loft_seq h = loft_fetch_add(r->head, 2u, seq_cst);  /* pop:B seq_cst -> catch_up:B, push:C <-> push:A: ours */
    LOFT_ATOMIC(loft_seq) *const e = loft_scq_entry_(r, h);
    LOFT_PREFETCH_WRITE(e);
    const loft_seq cycle = loft_scq_cycle_(r, h);
    unsigned patience = (unsigned)(LOFT_SCQ_PATIENCE);
    loft_seq seen = loft_load(e, seq_cst);                          /* pop:C seq_cst <- push:D: the element behind it */
    for (;;) {
        const loft_seq_diff age = (loft_seq_diff)(loft_scq_cycle_(r, seen) - cycle);
        if (age == 0) {
            loft_fetch_or(e, r->none, seq_cst);                        /* pop:D seq_cst <-> push:B: taken; pushes must
                                                                          not see it late (ORDERS). LP at the latest */
            return (size_t)(seen & r->none);
        }
        if (age > 0)
            break;
        const bool vacant = (seen & r->none) == r->none;
        /* Is a push with this ticket under way? */
        if (vacant && patience
            && (loft_seq_diff)((loft_load(r->tail, relaxed) & ~LOFT_SCQ_FINAL_) - h) > 0) {  /* pop:F relaxed: a hint */
            patience--;
            LOFT_PAUSE();
            seen = loft_load(e, seq_cst);                              /* pop:G seq_cst <- push:D: as C */
            continue;
        }
        /* Too early or too late: no push may use this entry for our ticket any more. */
        const loft_seq spoilt = vacant ? cycle | (seen & loft_scq_safe_(r)) | r->none : seen & ~loft_scq_safe_(r);
        if (loft_cas_weak(e, &seen, spoilt, seq_cst, seq_cst))         /* pop:E seq_cst -> push:B: our ticket is out */
            break;
    }
    const loft_seq t = loft_load(r->tail, seq_cst) & ~LOFT_SCQ_FINAL_;  /* pop:H seq_cst <-> push:A: true at an instant.
                                                                          LP(false) */
    *beyond = (loft_seq_diff)(t - (h + 2u)) <= 0;
    if (*beyond)
        loft_scq_catch_up_(r->tail, r->head, t, h + 2u);
    return LOFT_SCQ_NONE;
}

/* loft_scq_ring_pop - take the oldest index.
 *   returns   the index; LOFT_SCQ_NONE: empty
 *   threads   any
 *   progress  lock-free
 *   order     everything before the push of the index happens-before the return
 *   cost      a load when threshold tells that the ring is empty; else a fetch-and-add on head and an OR on one entry,
 *             and after a miss a CAS on the entry, a load of tail and a fetch-and-add on threshold. Out of line: a call
 *             is nothing beside these, and where gcc 12 put it into all that pops, bursts were half as fast
 */
LOFT_NODISCARD LOFT_NOINLINE size_t
loft_scq_ring_pop(loft_scq_ring *r)
{
    if (loft_load(&r->threshold, seq_cst) < 0)                         /* pop:A seq_cst <-> push:F: ORDERS. LP(false) */
        return LOFT_SCQ_NONE;
    for (;;) {
        bool beyond = false;
        const size_t index = loft_scq_take_(r, &beyond);
        if (index != LOFT_SCQ_NONE)
            return index;
        if (loft_fetch_sub(&r->threshold, 1, seq_cst) <= 0 || beyond) /* pop:I seq_cst <-> push:E: before the next entry
                                                                          load; see ORDERS. LP(false) */
            return LOFT_SCQ_NONE;
    }
}

/* loft_scq_ring_finalise - no push that begins after this call succeeds.
 *   threads   any, any number of times
 *   progress  wait-free
 */
LOFT_API void
loft_scq_ring_finalise(loft_scq_ring *r)
{
    loft_fetch_or(r->tail, LOFT_SCQ_FINAL_, seq_cst);                /* finalise:A seq_cst -> push:A: in one order with
                                                                          the tickets. LP */
}

/* loft_scq_ring_pop_final - pop from a finalised ring, where "empty" means for good.
 *   returns   the index; LOFT_SCQ_NONE: empty, and so is every pop that begins later, since each ticket handed out to a
 *             push before the ring was finalised has been met by a pop; one of those may still be under way and find it
 *   threads   any; the ring was finalised before the call
 *   progress  lock-free
 */
LOFT_NODISCARD LOFT_API size_t
loft_scq_ring_pop_final(loft_scq_ring *r)
{
    for (;;) {
        bool beyond = false;
        const size_t index = loft_scq_take_(r, &beyond);
        if (index != LOFT_SCQ_NONE || beyond)
            return index;
    }
}

/* loft_scq_ring_approx_len - how many indices there were a moment ago; never above n. Any thread, wait-free. */
LOFT_API size_t
loft_scq_ring_approx_len(const loft_scq_ring *r)
{
    const loft_seq n = (r->none + 1u) / 2u;
    const loft_seq h = loft_load(r->head, relaxed);          /* approx_len:A relaxed: an estimate */
    const loft_seq t = loft_load(r->tail, relaxed);          /* approx_len:B relaxed: an estimate */
    const loft_seq_diff len = (loft_seq_diff)((t & ~LOFT_SCQ_FINAL_) - h) / 2;
    return len < 0 ? 0 : (loft_seq)len < n ? (size_t)len : (size_t)n;
}

#endif /* supported */
#endif /* LOFT_QUEUE_SCQ_RING_H */
