/* SPDX-License-Identifier: MIT
 *
 * loft/queue/scq_word.h - bounded lock-free multi-producer multi-consumer FIFO (SCQ) for one-word elements.
 *
 * Needs: core/base.h core/atomics.h core/dwcas.h core/alloc.h core/backoff.h queue/scq_ring.h
 *
 * USE IT WHEN         many threads push and pop pointers or integers, a full queue may refuse, and nobody may wait for
 *                     a thread that the system has put to sleep.
 * DO NOT USE IT WHEN  elements are wider than a word, or the target has no two-word compare-exchange (take scq.h, which
 *                     makes the same promises); one thread feeds one thread (spsc_word.h is several times faster).
 *
 * EXAMPLE
 *     #include <stdio.h>
 *
 *     #define LOFT_QUEUE_NAME  mail
 *     #define LOFT_QUEUE_T     const char *
 *     #include <loft/queue/scq_word.h>
 *
 *     int main(void)
 *     {
 *         mail q;
 *         const char *got = NULL;
 *         if (mail_init(&q, 1024) != LOFT_OK)
 *             return 1;
 *         if (!mail_try_push(&q, "hello"))
 *             puts("full");
 *         if (mail_try_pop(&q, &got))
 *             puts(got);
 *         mail_fini(&q);
 *         return got ? 0 : 1;
 *     }
 *
 * PARAMETERS          LOFT_QUEUE_NAME   required  prefix of the generated type and functions
 *                     LOFT_QUEUE_T      required  element type: no wider than a pointer, copied byte by byte; every
 *                                                 value is an element
 *                     LOFT_QUEUE_ALLOC  optional  (align, size) -> memory or NULL; default core/alloc.h. The size
 *                                                 need not be a multiple of the alignment
 *                     LOFT_QUEUE_FREE   optional  (ptr, align, size); both or neither
 *
 * OPERATIONS          init  fini  try_push  try_pop  push_n  pop_n  close  is_closed  approx_len  capacity
 *
 * TOGETHER            Everything but init and fini may run together with everything but init and fini, from any number
 *                     of threads (up to the capacity or 256, whichever is more: LOFT_SCQ_THREADS).
 *
 * EDGES               put:D -> take:D                    what the element points to is whole before it is taken
 *                     take:E -> put:B, put:D, put:G      who finds the entry unsafe sees that this pop has begun
 *                     close:A -> put:A                   refused from here on
 *                     close:B, try_push:B -> try_pop:A, is_closed:A   who sees the flag sees the ring finalised
 *                     put:A <-> take:A, take:F           one order of all tickets: "empty" was true at an instant
 *                     scq_ring/catch_up:A -> put:A       who draws a ticket knows of the pops that brought tail there
 *                     take:A -> scq_ring/catch_up:B, put:C   and of those that were ahead of them
 *                     put:D, put:G <-> take:D            an entry that was taken is not seen as taken no more
 *                     put:E <-> try_pop:D                the decrement is seen, or the ticket is
 *                     put:F <-> try_pop:B                who sees the threshold used up comes before its renewal
 *                     try_pop:C <-> room:A               a credit given back is seen
 *                     admit:A <-> admit:E                and one that was never given is not: "full" was true then
 *                     room:B -> admit:B, admit:D         who goes by the limit knows of the pops it counts
 *                     admit:C -> admit:A, admit:C        and of the pushes that were let in before
 *
 * HOW                 scq.h sends indices of slots through two rings, because an index and a cycle fit one word. A pair
 *                     of words holds the cycle and the element itself. That leaves the ring of vacant indices with
 *                     nothing to carry: all it still does is to let in no more than n pushes. Two counters do that:
 *                     `taken`, the pushes let in, and `freed`, the pops that are done. Where scq.h has an index in a
 *                     thread's hands, here a thread holds one of n credits, and what bounds the ring there (2n-1
 *                     entries at most between the pops and the last push) bounds it here. docs/memory-order.md has the
 *                     argument.
 *
 * FULL AND EMPTY      As in scq.h: try_pop says empty only if there was an instant with nothing to take; try_push says
 *                     full when all n credits belong to elements or to operations under way, be they pushes that will
 *                     be turned away, so with k other threads inside it may refuse from n - k elements on. A push that
 *                     is turned away looks again when it has withdrawn: once none is under way, there is no room that
 *                     was refused to somebody, unless a pop has made it since.
 *
 * MEMORY              n * 4 words in one allocation at init; none later.
 *
 * PROGRESS            try_push, try_pop, push_n, pop_n: lock-free. close, is_closed, approx_len, capacity: wait-free.
 *
 * SOURCE              Ruslan Nikolaev, A Scalable, Portable, and Memory-Efficient Lock-Free FIFO Queue, DISC 2019: the
 *                     form with double-width compare-exchange. There a push compares tail with head to find the queue
 *                     full, between n and 2n elements; the two counters that make it exactly n are ours. So are the
 *                     changes that scq_ring.h lists, and close.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/dwcas.h"
#include "../core/alloc.h"
#include "../core/backoff.h"
#include "scq_ring.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !LOFT_HAVE_DWCAS || UINTPTR_MAX != UINT64_MAX
#  error "loft/queue/scq_word.h: this target has no compare-exchange of 16 bytes; loft/queue/scq.h has the same calls"
#elif !defined(LOFT_QUEUE_NAME)
#  error "loft/queue/scq_word.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_QUEUE_T)
#  error "loft/queue/scq_word.h: define LOFT_QUEUE_T (element type) before including"
#elif defined(LOFT_QUEUE_ALLOC) != defined(LOFT_QUEUE_FREE)
#  error "loft/queue/scq_word.h: define LOFT_QUEUE_ALLOC and LOFT_QUEUE_FREE together"
#else

#include <string.h>

#if !defined(LOFT_QUEUE_ALLOC)
#  define LOFT_QUEUE_ALLOC(align, size)      loft_alloc_aligned((align), (size))
#  define LOFT_QUEUE_FREE(ptr, align, size)  loft_free_aligned((ptr), (align), (size))
#endif
#define LOFT_QUEUE_FN(f)  LOFT_CAT(LOFT_QUEUE_NAME, f)

#if LOFT_CPLUSPLUS
LOFT_STATIC_ASSERT(std::is_trivially_copyable<LOFT_QUEUE_T>::value || sizeof(LOFT_QUEUE_T) > sizeof(uintptr_t),
                   "loft/queue/scq_word.h: LOFT_QUEUE_T must be trivially copyable");
#endif

LOFT_STATIC_ASSERT(sizeof(LOFT_QUEUE_T) <= sizeof(uintptr_t),
                   "loft/queue/scq_word.h: LOFT_QUEUE_T must be no wider than a pointer; else take scq.h");

/* An entry is a pair: lo the element, hi | cycle | safe | held |. A ticket is doubled, as in scq_ring.h. */
typedef struct LOFT_QUEUE_NAME {
    loft_dwatomic *entry;                                /* 2n of them; fixed after init, down to the pad but closed */
    loft_seq last;                                       /* 2n - 1                                                  */
    loft_seq_diff chances;                               /* threshold after a push                                  */
    unsigned order;                                      /* n = 2^order                                             */
    unsigned stride;                                     /* log2 of the entries in one line                         */
    LOFT_ATOMIC(unsigned) closed;                        /* 1: closed; written once                                 */
    char pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq) tail;                          /* tickets of pushes; bit 0: finalised                     */
    LOFT_ATOMIC(loft_seq) taken;                         /* pushes let in, and those about to be turned away        */
    LOFT_ATOMIC(loft_seq) limit;                         /* n more than `freed` was when somebody last looked       */
    char pad1_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq) head;                          /* tickets of pops                                         */
    LOFT_ATOMIC(loft_seq) freed;                         /* pops that are done with their entry                     */
    char pad2_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq_diff) threshold;
    char pad3_[LOFT_CACHELINE];
} LOFT_QUEUE_NAME;

#define LOFT_QUEUE_HELD_         ((loft_seq)1)
#define LOFT_QUEUE_SAFE_         ((loft_seq)2)
#define LOFT_QUEUE_CYCLE_(q, w)  ((w) & ~(2u * (q)->last + 1u))

LOFT_API loft_dwatomic *
LOFT_QUEUE_FN(entry_)(const LOFT_QUEUE_NAME *q, loft_seq ticket)
{
    return &q->entry[loft_scq_place_(ticket, q->last, q->order, q->stride)];
}

/* ---- init and fini ----------------------------------------------------------------------------------------------- */

/* NAME_start_at_ - let an empty queue that no other thread sees go on counting from `ticket`; for wraparound tests. */
LOFT_API void
LOFT_QUEUE_FN(start_at_)(LOFT_QUEUE_NAME *q, size_t ticket)
{
    const loft_seq first = (loft_seq)ticket * 2u;
    /* Every entry is one cycle behind the first ticket that comes to it, or two. */
    const loft_seq old = LOFT_QUEUE_CYCLE_(q, first) - 2u * (q->last + 1u);
    for (loft_seq i = 0; i <= q->last; i++)
        loft_dw_init(&q->entry[i], loft_dw_of(0, (uintptr_t)(old | LOFT_QUEUE_SAFE_)));
    loft_init(&q->tail, first);
    loft_init(&q->head, first);
    loft_init(&q->taken, (loft_seq)ticket);
    loft_init(&q->freed, (loft_seq)ticket);
    loft_init(&q->limit, (loft_seq)ticket + (q->last + 1u) / 2u);
    loft_init(&q->threshold, (loft_seq_diff)-1);
}

/* NAME_init - an empty queue with room for exactly `capacity` elements.
 *   returns   LOFT_OK; LOFT_INVAL: capacity is not a power of two, below 2, above 2^31 or more than an object can hold;
 *             else LOFT_NOTSUP: this processor lacks the compare-exchange of 16 bytes (scq.h has the same calls);
 *             LOFT_NOMEM. Nothing to undo unless OK
 *   threads   quiescent; other threads may use the queue once it has been handed over (a release and an acquire)
 *   progress  the allocator's
 *   cost      one allocation, and a write to each of its words
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q, size_t capacity)
{
    const unsigned order = loft_scq_order_(capacity);
    if (order == 0 || capacity > (size_t)PTRDIFF_MAX / (2u * sizeof(loft_dwatomic)))
        return LOFT_INVAL;
    if (!loft_dw_supported())
        return LOFT_NOTSUP;
    void *memory = LOFT_QUEUE_ALLOC(LOFT_CACHELINE, 2u * capacity * sizeof(loft_dwatomic));
    if (!memory)
        return LOFT_NOMEM;
    q->entry = (loft_dwatomic *)memory;
    q->last = 2u * (loft_seq)capacity - 1u;
    q->chances = loft_scq_chances_((loft_seq)capacity);
    q->order = order;
    q->stride = loft_scq_stride_(order, sizeof(loft_dwatomic));
    loft_init(&q->closed, 0u);
    LOFT_QUEUE_FN(start_at_)(q, 0);
    return LOFT_OK;
}

/* NAME_fini - the end of the queue; elements still in it are dropped.
 *   threads   quiescent; any call after it is an error, which a debug build stops
 *   cost      frees what init allocated
 */
LOFT_API void
LOFT_QUEUE_FN(fini)(LOFT_QUEUE_NAME *q)
{
    LOFT_ASSERT(q->entry && "loft/queue/scq_word.h: fini of a queue that is not initialised");
    LOFT_QUEUE_FREE(q->entry, LOFT_CACHELINE, (size_t)(q->last + 1u) * sizeof(loft_dwatomic));
    q->entry = NULL;
}

/* ---- private: credits and tickets -------------------------------------------------------------------------------- */

/* Is a push that finds `taken` others let in before it within the capacity, by what the pops have done up to now? */
LOFT_API bool
LOFT_QUEUE_FN(room_)(LOFT_QUEUE_NAME *q, loft_seq taken)
{
    const loft_seq limit = loft_load(&q->freed, seq_cst) + (q->last + 1u) / 2u;  /* room:A seq_cst <-> try_pop:C: those
                                                             pops are over */
    if ((loft_seq_diff)(taken - limit) >= 0)
        return false;
    loft_store(&q->limit, limit, release);                /* room:B release -> admit:B, admit:D: and others know it. A
                                                             slow thread may lower it again, which costs a look */
    return true;
}

/* Take one of n credits for a push; try_pop:C gives it back. */
LOFT_API bool
LOFT_QUEUE_FN(admit_)(LOFT_QUEUE_NAME *q)
{
    LOFT_PREFETCH_WRITE(&q->taken);
    const loft_seq before = loft_load(&q->taken, seq_cst);   /* admit:A seq_cst <- admit:C <-> admit:E: read before
                                                             freed, and without pushes long turned away; spares a
                                                             full queue the read-modify-writes. LP(false) */
    if (LOFT_UNLIKELY((loft_seq_diff)(before - loft_load(&q->limit, acquire)) >= 0)  /* admit:B acquire <- room:B: the
                                                             pops it counts */
        && !LOFT_QUEUE_FN(room_)(q, before))
        return false;
    for (;;) {
        const loft_seq taken = loft_fetch_add(&q->taken, 1u, acq_rel);  /* admit:C acq_rel -> admit:A, admit:C <-
                                                             admit:C: all that were let in, one after the other.
                                                             LP(false) */
        if (LOFT_LIKELY((loft_seq_diff)(taken - loft_load(&q->limit, acquire)) < 0)   /* admit:D acquire <- room:B: as
                                                             B */
            || LOFT_QUEUE_FN(room_)(q, taken))
            return true;
        /* Who is refused because of this push, and waits, is told by nobody when it has withdrawn. So it looks again,
         * and goes in where there is room then. Each time somebody else has gone in meanwhile. */
        if (!LOFT_QUEUE_FN(room_)(q, loft_fetch_sub(&q->taken, 1u, seq_cst) - 1u))    /* admit:E seq_cst <-> admit:A:
                                                             turned away, and nobody is refused because of it any more
                                                             */
            return false;
    }
}

/* Append an element, with a credit for it. false: the queue was finalised before this push took its ticket. */
LOFT_ALWAYS_INLINE bool
LOFT_QUEUE_FN(put_)(LOFT_QUEUE_NAME *q, uintptr_t v)
{
    for (;;) {
        const loft_seq t = loft_fetch_add(&q->tail, 2u, seq_cst);   /* put:A seq_cst <- close:A, scq_ring/catch_up:A
                                                                       <-> take:A, take:F: the ticket */
        if (LOFT_UNLIKELY(t & LOFT_SCQ_FINAL_))
            return false;
        loft_dwatomic *const e = LOFT_QUEUE_FN(entry_)(q, t);
        LOFT_PREFETCH_WRITE(e);
        const loft_seq cycle = LOFT_QUEUE_CYCLE_(q, t);
        const loft_dw mine = loft_dw_of(v, (uintptr_t)(cycle | LOFT_QUEUE_SAFE_ | LOFT_QUEUE_HELD_));
        loft_dw seen = loft_dw_peek(e, acquire);                    /* put:B acquire <- take:E: a guess, and who made
                                                                       the entry unsafe has begun */
        bool whole = false;
        for (;;) {
            if ((loft_seq_diff)(LOFT_QUEUE_CYCLE_(q, seen.hi) - cycle) < 0 && !(seen.hi & LOFT_QUEUE_HELD_)
                && ((seen.hi & LOFT_QUEUE_SAFE_)
                    || (loft_seq_diff)(loft_load(&q->head, acquire) - t) <= 0)) {  /* put:C acquire <- take:A: B
                                         shows our ticket's pop, which rewrites the entry; a later one is known here */
                if (loft_dw_cas(e, &seen, mine, seq_cst, seq_cst)) {  /* put:D seq_cst -> take:D <- take:E <-> take:D:
                                                                       it is in, LP at the latest; or what is there */
                    if (loft_load(&q->threshold, seq_cst) != q->chances)  /* put:E seq_cst <-> try_pop:D: after A */
                        loft_store(&q->threshold, q->chances, seq_cst);  /* put:F seq_cst <-> try_pop:B: search again */
                    return true;
                }
            } else if (whole) {
                break;
            } else {
                seen = loft_dw_load(e, seq_cst);                    /* put:G seq_cst <- take:E <-> take:D: a ticket is
                                                                       not given up for what is no more */
            }
            whole = true;
        }
    }
}

/* One ticket of a pop: an element, or false. *beyond: there was nothing to come at or below this ticket. */
LOFT_ALWAYS_INLINE bool
LOFT_QUEUE_FN(take_)(LOFT_QUEUE_NAME *q, uintptr_t *out, bool *beyond)
{
    const loft_seq h = loft_fetch_add(&q->head, 2u, seq_cst);       /* take:A seq_cst -> scq_ring/catch_up:B, put:C
                                                                       <-> put:A: ours */
    loft_dwatomic *const e = LOFT_QUEUE_FN(entry_)(q, h);
    LOFT_PREFETCH_WRITE(e);
    const loft_seq cycle = LOFT_QUEUE_CYCLE_(q, h);
    unsigned patience = (unsigned)(LOFT_SCQ_PATIENCE);
    loft_dw seen = loft_dw_peek(e, relaxed);                        /* take:B relaxed: a guess; D and E decide, and a
                                                                       newer cycle stays newer */
    for (;;) {
        const loft_seq_diff age = (loft_seq_diff)(LOFT_QUEUE_CYCLE_(q, seen.hi) - cycle);
        if (age == 0) {
            const loft_dw left = loft_dw_of(seen.lo, seen.hi & ~(uintptr_t)LOFT_QUEUE_HELD_);
            if (loft_dw_cas(e, &seen, left, seq_cst, relaxed)) {    /* take:D seq_cst <- put:D <-> put:D, put:G: taken;
                                                                       no other pop has this ticket. LP at the latest */
                *out = seen.lo;
                return true;
            }
            continue;
        }
        if (age > 0)
            break;
        const bool held = (seen.hi & LOFT_QUEUE_HELD_) != 0;
        /* Is a push with this ticket under way? */
        if (!held && patience
            && (loft_seq_diff)((loft_load(&q->tail, relaxed) & ~LOFT_SCQ_FINAL_) - h) > 0) {  /* take:C relaxed: hint */
            patience--;
            LOFT_PAUSE();
            seen = loft_dw_peek(e, relaxed);                        /* take:G relaxed: as B */
            continue;
        }
        /* Too early or too late: no push may use this entry for our ticket any more. */
        const loft_seq spoilt = held ? seen.hi & ~LOFT_QUEUE_SAFE_ : cycle | (seen.hi & LOFT_QUEUE_SAFE_);
        if (loft_dw_cas(e, &seen, loft_dw_of(seen.lo, (uintptr_t)spoilt), seq_cst, relaxed))  /* take:E seq_cst
                                                                       -> put:B, put:D, put:G: our ticket is out */
            break;
    }
    const loft_seq t = loft_load(&q->tail, seq_cst) & ~LOFT_SCQ_FINAL_;  /* take:F seq_cst <-> put:A: at an instant
                                                                       true for all. LP(false) */
    *beyond = (loft_seq_diff)(t - (h + 2u)) <= 0;
    if (*beyond)
        loft_scq_catch_up_(&q->tail, &q->head, t, h + 2u);
    return false;
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

/* NAME_try_push - append v.
 *   returns   false: full (see FULL AND EMPTY) or closed, and nothing changed
 *   threads   any
 *   progress  lock-free
 *   order     everything before this call happens-before the return of the try_pop that takes v. A refusal tells of
 *             nothing: is_closed() says which it was, and knows what happened before the close
 *   cost      two fetch-and-adds on one line, a CAS of 16 bytes on another, a load of threshold; where the credits
 *             known of run out, every (n - length) pushes, a look at the line of the pops; full: four loads
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_push)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T v)
{
    LOFT_ASSERT(q->entry && "loft/queue/scq_word.h: the queue is not initialised");
    if (LOFT_UNLIKELY(loft_load(&q->closed, relaxed)))    /* try_push:A relaxed: only spares the ring refused tickets */
        return false;
    if (!LOFT_QUEUE_FN(admit_)(q))
        return false;
    uintptr_t word = 0;
    memcpy(&word, &v, sizeof v);
    if (LOFT_LIKELY(LOFT_QUEUE_FN(put_)(q, word)))
        return true;
    loft_store(&q->closed, 1u, release);                     /* try_push:B release -> try_pop:A, is_closed:A: who closes
                                                                may sleep before saying what the ring has said */
    loft_fetch_sub(&q->taken, 1u, relaxed);                  /* try_push:C relaxed: everybody is refused now; C's
                                                                edges run through it */
    return false;
}

/* NAME_try_pop - take the oldest element.
 *   returns   false: empty, and *out is untouched; after close(), for good
 *   threads   any
 *   progress  lock-free
 *   order     everything before the try_push of the element happens-before the return
 *   cost      two fetch-and-adds on one line and a CAS of 16 bytes on another; empty for a while: two loads; closed
 *             and empty: a fetch-and-add, and a CAS on the entry and on tail
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_pop)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *out)
{
    LOFT_ASSERT(q->entry && "loft/queue/scq_word.h: the queue is not initialised");
    /* After close "empty" is for good, so the threshold, which may be used up before its time then, is ignored. */
    const unsigned closed = loft_load(&q->closed, acquire);   /* try_pop:A acquire <- close:B, try_push:B: finalised */
    if (LOFT_LIKELY(!closed) && loft_load(&q->threshold, seq_cst) < 0)  /* try_pop:B seq_cst <-> put:F: used up.
                                                                 LP(false) */
        return false;
    for (;;) {
        uintptr_t word;
        bool beyond = false;
        if (LOFT_QUEUE_FN(take_)(q, &word, &beyond)) {
            memcpy(out, &word, sizeof *out);
            loft_fetch_add(&q->freed, 1u, seq_cst);            /* try_pop:C seq_cst <-> room:A: with the entry done */
            return true;
        }
        if (LOFT_UNLIKELY(closed) ? beyond
                                  : loft_fetch_sub(&q->threshold, 1, seq_cst) <= 0 || beyond)  /* try_pop:D seq_cst
                                                                 <-> put:E: before the next entry. LP(false) */
            return false;
    }
}

/* NAME_push_n - append the first elements of v[0..n), until one is refused.
 *   returns   how many went in, 0 to n; other threads' elements may come between them
 *   otherwise as try_push, for each element
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(push_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T const *v, size_t n)
{
    size_t i = 0;
    while (i < n && LOFT_QUEUE_FN(try_push)(q, v[i]))
        i++;
    return i;
}

/* NAME_pop_n - take up to n elements into out[0..n), until there is none.
 *   returns   how many came out, 0 to n; the rest of out is untouched
 *   otherwise as try_pop, for each element
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(pop_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *out, size_t n)
{
    size_t i = 0;
    while (i < n && LOFT_QUEUE_FN(try_pop)(q, &out[i]))
        i++;
    return i;
}

/* NAME_close - nothing goes in any more; what is in can still be popped. Closing twice is closing once.
 *   threads   any
 *   progress  wait-free
 *   order     a push that begins after it is refused; one under way may still get in. Once a pop that began after it
 *             has found nothing, no pop that begins later finds anything
 */
LOFT_API void
LOFT_QUEUE_FN(close)(LOFT_QUEUE_NAME *q)
{
    loft_fetch_or(&q->tail, LOFT_SCQ_FINAL_, seq_cst);        /* close:A seq_cst -> put:A: in one order with tickets.
                                                                 LP */
    loft_store(&q->closed, 1u, release);                      /* close:B release -> try_pop:A, is_closed:A: finalised */
}

/* NAME_is_closed - has close() been called? Any thread, wait-free; if true, the pops that follow drain for good, and
 * what happened before the close is known. */
LOFT_API bool
LOFT_QUEUE_FN(is_closed)(const LOFT_QUEUE_NAME *q)
{
    return loft_load(&q->closed, acquire) != 0;              /* is_closed:A acquire <- close:B, try_push:B: as said */
}

/* NAME_approx_len - how many elements there were a moment ago; exact when nothing runs, never above the capacity. Any
 * thread, wait-free. */
LOFT_API size_t
LOFT_QUEUE_FN(approx_len)(const LOFT_QUEUE_NAME *q)
{
    const loft_seq n = (q->last + 1u) / 2u;
    const loft_seq freed = loft_load(&q->freed, relaxed);    /* approx_len:A relaxed: an estimate */
    const loft_seq taken = loft_load(&q->taken, relaxed);    /* approx_len:B relaxed: an estimate */
    const loft_seq_diff len = (loft_seq_diff)(taken - freed);
    return len < 0 ? 0 : (loft_seq)len < n ? (size_t)len : (size_t)n;
}

/* NAME_capacity - how many elements fit. Any thread, wait-free. */
LOFT_API size_t
LOFT_QUEUE_FN(capacity)(const LOFT_QUEUE_NAME *q)
{
    return (size_t)1 << q->order;
}

#undef LOFT_QUEUE_CYCLE_
#undef LOFT_QUEUE_SAFE_
#undef LOFT_QUEUE_HELD_
#undef LOFT_QUEUE_FN
#undef LOFT_QUEUE_ALLOC
#undef LOFT_QUEUE_FREE
#undef LOFT_QUEUE_T
#undef LOFT_QUEUE_NAME

#endif /* configuration ok */
