/* SPDX-License-Identifier: MIT
 *
 * loft/queue/linked.h - an unbounded queue made of rings that are closed when full and linked (LCRQ, LSCQ, LPRQ).
 *
 * Needs: core/base.h core/atomics.h core/alloc.h smr/contract.h
 *
 * Machinery for lscq.h, lprq.h and lcrq.h. It is a template: who uses it includes it in the middle, with LOFT_QUEUE_*
 * and the ring defined, and takes its guard away afterwards. By itself it says nothing.
 *
 * PARAMETERS          LOFT_QUEUE_NAME, _T, _SMR, _ALLOC, _FREE and _FN as in lscq.h, all defined, and
 *     NAME_ring_                                a ring with room for its elements in it
 *     void   NAME_ring_init_(r, before, ticket)  empty, and seen by nobody else. before: the closed ring that it comes
 *                                                after, NULL: the first. It counts from ticket: 0, but for tests
 *     bool   NAME_ring_push_(r, v)              false: closed, v is not in, no push that begins later gets in, and what
 *                                                happened before the close is known. It may close the ring itself
 *     bool   NAME_ring_pop_(r, out)             false: at one instant, in the order of seq_cst, there was nothing in it
 *     bool   NAME_ring_pop_final_(r, out)       the same for a closed ring; false for good: nothing is in it for a pop
 *                                                that begins later
 *     void   NAME_ring_close_(r)                from its return on no push gets in that begins
 *     size_t NAME_ring_approx_len_(r)
 *   All but init by any number of threads at once, and lock-free; a pop that gives nothing leaves *out as it is.
 *     LOFT_QUEUE_PARTS_                          optional: instead of push_ and pop_ there are the same in two parts,
 *                                                push_first_(r, v, ticket) and pop_first_(r, out, ticket), with which
 *                                                most calls are done; false: push_on_(r, v, *ticket) and
 *                                                pop_on_(r, out, *ticket) have to go on, once, and give the answer
 *     LOFT_QUEUE_SUPPORTED_                      optional: may this processor use the ring?
 *   A ring of words, whatever the elements are, includes boxed.h before; the others hold the elements themselves.
 *
 * OPERATIONS          init  fini  push  try_pop  push_n  pop_n  close  is_closed  approx_len
 *
 * SEGMENTS            head and tail point to the first and to the last ring; a ring that is closed, and only such a
 *                     one, has a link to the next, once and for all. A push that finds the last one closed links a
 *                     fresh one, which has the element in it already. So nobody can be sent round between link and
 *                     element, and the first push that fits in comes first.
 *   The end             of the queue is a link, too: END_, which leads nowhere. So one compare-exchange says whether a
 *                     ring is followed by another or was the last, and there is no flag that a thread could see
 *                     without what was before. The word of tail repeats it for those who have no section.
 *   Moving on           from a ring is for a pop that has seen the link, then found nothing with pop_final, which the
 *                     first pop does not replace: it may have been before the last push that got in (the erratum of
 *                     LCRQ). It moves tail on first, so that tail is never behind head, and then who moves head
 *                     retires the ring: neither word leads there any more.
 *
 * EDGES               push:B -> push:A, push:B, close:A, close:B    the ring that comes next is whole
 *                     push:B <-> try_pop:A          one order, as the tickets of a ring: "empty" was true at an instant
 *                     close:B -> push:A, push:B, close:A, close:B, try_pop:A    the ring is closed; what was before
 *                     help:A, try_pop:B -> user     the S_protect of hold_: the ring is whole; tail is not behind
 *                     help:A -> is_closed:A         what was before the close
 *
 * MEMORY              See lscq.h: a ring for every LOFT_QUEUE_SEGMENT elements, and what the scheme holds back.
 *
 * PROGRESS            Lock-free but for the allocator and the scheme's retire, as far as the ring is.
 *
 * SOURCE              Morrison, Afek, Fast Concurrent Queues for x86 Processors, PPoPP 2013, with the erratum;
 *                     Nikolaev, A Scalable, Portable, and Memory-Efficient Lock-Free FIFO Queue, DISC 2019. Ours: END_.
 */
#ifndef LOFT_QUEUE_LINKED_H
#define LOFT_QUEUE_LINKED_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "../smr/contract.h"

#if !defined(LOFT_UNSUPPORTED) && defined(LOFT_QUEUE_FN)

#if !defined(LOFT_LINKED_END_)
#  define LOFT_LINKED_END_  ((uintptr_t)1)               /* instead of a link; in tail: with the last segment  */
#endif
#define LOFT_QUEUE_SMR_(f)  LOFT_CAT(LOFT_QUEUE_SMR, f)

#if !defined(LOFT_QUEUE_WORDS_)
typedef LOFT_QUEUE_T LOFT_QUEUE_FN(held_);               /* what a ring holds of an element                    */
#endif

typedef struct LOFT_QUEUE_FN(segment_) {
    LOFT_QUEUE_SMR_(node)   smr;
    LOFT_ATOMIC(uintptr_t)  next;                        /* 0, then the next segment or END_, which stays      */
    char                    pad0_[LOFT_CACHELINE];
    LOFT_QUEUE_FN(ring_)    ring;
} LOFT_QUEUE_FN(segment_);

typedef struct LOFT_QUEUE_NAME {
    LOFT_ATOMIC(uintptr_t)  head;                        /* the first segment                                  */
    char                    pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(uintptr_t)  tail;                        /* the last or the one before; END_: closed           */
    char                    pad1_[LOFT_CACHELINE];
    LOFT_QUEUE_SMR         *domain;                      /* fixed after init; NULL: not initialised            */
    size_t                  ticket;                      /* where each ring begins to count                    */
} LOFT_QUEUE_NAME;

/* ---- private ----------------------------------------------------------------------------------------------------- */

#if !defined(LOFT_QUEUE_PARTS_)
/* A ring whose calls are one piece: the first part is all. */
LOFT_API bool
LOFT_QUEUE_FN(ring_push_first_)(LOFT_QUEUE_FN(ring_) *r, LOFT_QUEUE_FN(held_) held, uintptr_t *ticket)
{
    *ticket = 0;
    return LOFT_QUEUE_FN(ring_push_)(r, held);
}

LOFT_API bool
LOFT_QUEUE_FN(ring_push_on_)(LOFT_QUEUE_FN(ring_) *r, LOFT_QUEUE_FN(held_) held, uintptr_t ticket)
{
    (void)r;
    (void)held;
    (void)ticket;
    return false;
}

LOFT_API bool
LOFT_QUEUE_FN(ring_pop_first_)(LOFT_QUEUE_FN(ring_) *r, LOFT_QUEUE_FN(held_) *out, uintptr_t *ticket)
{
    *ticket = 0;
    return LOFT_QUEUE_FN(ring_pop_)(r, out);
}

LOFT_API bool
LOFT_QUEUE_FN(ring_pop_on_)(LOFT_QUEUE_FN(ring_) *r, LOFT_QUEUE_FN(held_) *out, uintptr_t ticket)
{
    (void)r;
    (void)out;
    (void)ticket;
    return false;
}
#endif

/* The pops of a ring, of elements instead of what it holds. No element is ever made here, only copied: in C++ it need
 * have no default constructor. */
LOFT_ALWAYS_INLINE bool
LOFT_QUEUE_FN(get_first_)(LOFT_QUEUE_FN(ring_) *r, LOFT_QUEUE_T *out, uintptr_t *ticket)
{
#if defined(LOFT_QUEUE_WORDS_)
    uintptr_t held;
    if (LOFT_UNLIKELY(!LOFT_QUEUE_FN(ring_pop_first_)(r, &held, ticket)))
        return false;
    LOFT_QUEUE_FN(unpack_)(held, out);
    return true;
#else
    return LOFT_QUEUE_FN(ring_pop_first_)(r, out, ticket);
#endif
}

LOFT_ALWAYS_INLINE bool
LOFT_QUEUE_FN(get_on_)(LOFT_QUEUE_FN(ring_) *r, LOFT_QUEUE_T *out, uintptr_t ticket)
{
#if defined(LOFT_QUEUE_WORDS_)
    uintptr_t held;
    if (!LOFT_QUEUE_FN(ring_pop_on_)(r, &held, ticket))
        return false;
    LOFT_QUEUE_FN(unpack_)(held, out);
    return true;
#else
    return LOFT_QUEUE_FN(ring_pop_on_)(r, out, ticket);
#endif
}

LOFT_ALWAYS_INLINE bool
LOFT_QUEUE_FN(get_final_)(LOFT_QUEUE_FN(ring_) *r, LOFT_QUEUE_T *out)
{
#if defined(LOFT_QUEUE_WORDS_)
    uintptr_t held;
    if (!LOFT_QUEUE_FN(ring_pop_final_)(r, &held))
        return false;
    LOFT_QUEUE_FN(unpack_)(held, out);
    return true;
#else
    return LOFT_QUEUE_FN(ring_pop_final_)(r, out);
#endif
}

/* A debug build stops what is called before init, after fini, or with a record of another domain. */
LOFT_API void
LOFT_QUEUE_FN(check_)(const LOFT_QUEUE_NAME *q, const LOFT_QUEUE_SMR_(thread) *me)
{
    LOFT_ASSERT(q->domain && "loft/queue: the queue is not initialised");
    LOFT_ASSERT(loft_smr_knows_(q->domain, me) && "loft/queue: the record is of another domain");
    (void)q;
    (void)me;
}

/* A segment that nobody else sees, but for its ring; NULL: no memory. */
LOFT_API LOFT_QUEUE_FN(segment_) *
LOFT_QUEUE_FN(make_)(LOFT_QUEUE_SMR_(thread) *me)
{
    LOFT_QUEUE_FN(segment_) *const s = (LOFT_QUEUE_FN(segment_) *)LOFT_QUEUE_ALLOC(LOFT_CACHELINE, sizeof *s);
    if (s) {
        LOFT_QUEUE_SMR_(born)(me, &s->smr);
        loft_init(&s->next, (uintptr_t)0);
    }
    return s;
}

LOFT_API void
LOFT_QUEUE_FN(drop_)(loft_smr_thread *me, loft_smr_node *n)
{
    LOFT_QUEUE_FN(segment_) *const s = (LOFT_QUEUE_FN(segment_) *)(void *)n;
    (void)me;
    LOFT_QUEUE_FREE(s, LOFT_CACHELINE, sizeof *s);
}

/* What head or tail says; its segment is safe until the section ends or the next call of this. A function of its own,
 * so that where the scheme begins a section again no other locals are in the way. */
LOFT_API uintptr_t
LOFT_QUEUE_FN(hold_)(LOFT_QUEUE_SMR_(thread) *me, const LOFT_ATOMIC(uintptr_t) *from)
{
    LOFT_QUEUE_SMR_(read)(me);
    const uintptr_t word = LOFT_QUEUE_SMR_(protect)(me, 0, from);
    LOFT_QUEUE_SMR_(write)(me, (const void *)(word & ~LOFT_SMR_MARKS), NULL, NULL);
    return word;
}

/* After segment s, which is held, comes `next`: when this returns, tail says so or something newer. */
LOFT_API void
LOFT_QUEUE_FN(help_)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_FN(segment_) *s, uintptr_t next)
{
    uintptr_t seen = (uintptr_t)s;
    const uintptr_t tail = next == LOFT_LINKED_END_ ? (uintptr_t)s | LOFT_LINKED_END_ : next;
    (void)loft_cas_strong(&q->tail, &seen, tail, release, relaxed);   /* help:A release -> user, is_closed:A: the
                                              ring is whole; what was before the close. Else another has done it */
}

LOFT_API bool LOFT_QUEUE_FN(is_closed)(const LOFT_QUEUE_NAME *q);

/* The first part of a push to the ring that a word of tail leads to; false: it is not done, or there is no ring. LP
 * where the ring has it. */
LOFT_ALWAYS_INLINE bool
LOFT_QUEUE_FN(put_)(uintptr_t tail, LOFT_QUEUE_FN(held_) held, uintptr_t *ticket)
{
    return LOFT_LIKELY(!(tail & LOFT_LINKED_END_))
        && LOFT_LIKELY(LOFT_QUEUE_FN(ring_push_first_)(&((LOFT_QUEUE_FN(segment_) *)tail)->ring, held, ticket));
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

/* NAME_init - an empty queue, whose segments are reclaimed in `domain`.
 *   returns   LOFT_OK; LOFT_INVAL: no domain; LOFT_NOTSUP: not on this processor (lcrq.h); LOFT_NOMEM: no memory for a
 *             segment, or no record in the domain, where it has one for a moment. Nothing to undo unless OK
 *   threads   quiescent; other threads may use the queue once it has been handed over (a release and an acquire)
 *   progress  the allocator's, and that of the scheme's join and leave
 *   cost      one allocation, and a write to each word of a ring
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_SMR *domain)
{
    if (!domain)
        return LOFT_INVAL;
#if defined(LOFT_QUEUE_SUPPORTED_)
    if (!LOFT_QUEUE_SUPPORTED_)
        return LOFT_NOTSUP;
#endif
    LOFT_QUEUE_SMR_(thread) *const me = LOFT_QUEUE_SMR_(join)(domain);
    if (!me)
        return LOFT_NOMEM;
    LOFT_QUEUE_FN(segment_) *const s = LOFT_QUEUE_FN(make_)(me);
    LOFT_QUEUE_SMR_(leave)(me);
    if (!s)
        return LOFT_NOMEM;
    LOFT_QUEUE_FN(ring_init_)(&s->ring, NULL, 0);
    q->ticket = 0;
    loft_init(&q->head, (uintptr_t)s);
    loft_init(&q->tail, (uintptr_t)s);
    q->domain = domain;
    return LOFT_OK;
}

/* NAME_fini - the end of the queue; elements still in it are dropped. Rings that were retired are the domain's.
 *   threads   quiescent; any call after it is an error, which a debug build stops
 *   cost      frees each segment
 */
LOFT_API void
LOFT_QUEUE_FN(fini)(LOFT_QUEUE_NAME *q)
{
    LOFT_ASSERT(q->domain && "loft/queue: fini of a queue that is not initialised");
    uintptr_t next = loft_load(&q->head, relaxed);       /* fini:A relaxed: nobody else is here */
    while (next & ~LOFT_LINKED_END_) {
        LOFT_QUEUE_FN(segment_) *const s = (LOFT_QUEUE_FN(segment_) *)next;
#if defined(LOFT_QUEUE_WORDS_)
        uintptr_t held;
        while (sizeof(LOFT_QUEUE_T) > sizeof held && LOFT_QUEUE_FN(ring_pop_final_)(&s->ring, &held))
            LOFT_QUEUE_FN(drop_held_)(held);
#endif
        next = loft_load(&s->next, relaxed);             /* fini:B relaxed: nobody else is here */
        LOFT_QUEUE_FREE(s, LOFT_CACHELINE, sizeof *s);
    }
    q->domain = NULL;
}

/* NAME_start_at_ - let a fresh queue that no other thread sees count from `ticket` in each ring; for tests of the
 * wraparound. */
LOFT_API void
LOFT_QUEUE_FN(start_at_)(LOFT_QUEUE_NAME *q, size_t ticket)
{
    LOFT_QUEUE_FN(segment_) *const s = (LOFT_QUEUE_FN(segment_) *)loft_load(&q->head,
                                        relaxed);        /* start_at:A relaxed: nobody else is here */
    q->ticket = ticket;
    LOFT_QUEUE_FN(ring_init_)(&s->ring, NULL, ticket);
}

/* What is left of a push, in its section, that is not done with the first part of one to the ring that `tail` leads to,
 * or for which there is none. Out of line, with what it needs, and the last thing that a push does: so an ordinary one
 * keeps its few values in registers, and nothing of its own is on the way to memory when it comes to the
 * read-modify-writes, which wait for that. */
LOFT_NOINLINE loft_status
LOFT_QUEUE_FN(push_on_)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_SMR_(thread) *me, LOFT_QUEUE_FN(held_) held, uintptr_t tail,
                        uintptr_t ticket)
{
    loft_status status = LOFT_OK;
    LOFT_QUEUE_FN(segment_) *fresh = NULL;
    for (;;) {
        if (LOFT_UNLIKELY(tail & LOFT_LINKED_END_)) {
            status = LOFT_CLOSED;
            break;
        }
        LOFT_QUEUE_FN(segment_) *const s = (LOFT_QUEUE_FN(segment_) *)tail;
        if (LOFT_QUEUE_FN(ring_push_on_)(&s->ring, held, ticket))
            break;
        uintptr_t next = loft_load(&s->next, acquire);   /* push:A acquire <- push:B, close:B: for help:A */
        if (!next) {
            if (!fresh)
                fresh = LOFT_QUEUE_FN(make_)(me);
            if (LOFT_UNLIKELY(!fresh)) {
                status = LOFT_NOMEM;
                break;
            }
            LOFT_QUEUE_FN(ring_init_)(&fresh->ring, &s->ring, q->ticket);
            const bool fits = LOFT_QUEUE_FN(ring_push_first_)(&fresh->ring, held, &ticket)
                           || LOFT_QUEUE_FN(ring_push_on_)(&fresh->ring, held, ticket);
            LOFT_ASSERT(fits);
            (void)fits;
            if (loft_cas_strong(&s->next, &next, (uintptr_t)fresh, seq_cst, acquire)) {   /* push:B seq_cst/acquire
                                                      -> push:A, push:B, close:A, close:B <- close:B, push:B
                                                      <-> try_pop:A: whole, and in order. LP */
                LOFT_QUEUE_FN(help_)(q, s, (uintptr_t)fresh);
                fresh = NULL;
                break;
            }
        }
        LOFT_QUEUE_FN(help_)(q, s, next);
        tail = LOFT_QUEUE_FN(hold_)(me, &q->tail);
        if (LOFT_QUEUE_FN(put_)(tail, held, &ticket))
            break;
    }
    LOFT_QUEUE_SMR_(exit)(me);
    if (LOFT_UNLIKELY(fresh != NULL))
        LOFT_QUEUE_FREE(fresh, LOFT_CACHELINE, sizeof *fresh);   /* nobody else has seen it */
#if defined(LOFT_QUEUE_WORDS_)
    if (LOFT_UNLIKELY(status != LOFT_OK))
        LOFT_QUEUE_FN(drop_held_)(held);
#endif
    return status;
}

/* NAME_push - append v.
 *   returns   LOFT_OK; LOFT_CLOSED; LOFT_NOMEM: no memory for a segment. Nothing changed unless OK
 *   threads   the record's; in a section of the caller's where sections nest
 *   progress  lock-free but for the allocator
 *   order     everything before this call happens-before the return of the try_pop that takes v. Who is told CLOSED
 *             knows what happened before the close
 *   cost      a section, one protected word, a push to a ring; once in a while a segment, allocated and filled
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_QUEUE_FN(push)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_SMR_(thread) *me, LOFT_QUEUE_T v)
{
    LOFT_QUEUE_FN(check_)(q, me);
#if defined(LOFT_QUEUE_WORDS_)
    uintptr_t held;
    if (LOFT_UNLIKELY(!LOFT_QUEUE_FN(pack_)(v, &held)))
        return LOFT_QUEUE_FN(is_closed)(q) ? LOFT_CLOSED : LOFT_NOMEM;   /* memory would not have helped */
#else
    LOFT_QUEUE_T const held = v;
#endif
    LOFT_QUEUE_SMR_(enter)(me);
    const uintptr_t tail = LOFT_QUEUE_FN(hold_)(me, &q->tail);
    uintptr_t ticket = 0;
    if (LOFT_UNLIKELY(!LOFT_QUEUE_FN(put_)(tail, held, &ticket)))
        return LOFT_QUEUE_FN(push_on_)(q, me, held, tail, ticket);
    LOFT_QUEUE_SMR_(exit)(me);
    return LOFT_OK;
}

/* What is left of a try_pop, in its section, that has found nothing with the first part of one from the ring that
 * `head` leads to. Out of line, as push_on_ is. */
LOFT_NOINLINE bool
LOFT_QUEUE_FN(pop_on_)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_SMR_(thread) *me, uintptr_t head, LOFT_QUEUE_T *out,
                       uintptr_t ticket)
{
    bool got = false;
    for (;;) {
        LOFT_QUEUE_FN(segment_) *const s = (LOFT_QUEUE_FN(segment_) *)head;
        got = LOFT_QUEUE_FN(get_on_)(&s->ring, out, ticket);
        if (got)
            break;
        /* If there is none now, there was none when the ring was empty. */
        const uintptr_t next = loft_load(&s->next, seq_cst);   /* try_pop:A seq_cst <- close:B <-> push:B: in order */
        if (!next)
            break;
        got = LOFT_QUEUE_FN(get_final_)(&s->ring, out);
        if (got || next == LOFT_LINKED_END_)
            break;
        LOFT_QUEUE_FN(help_)(q, s, next);
        if (loft_cas_strong(&q->head, &head, next, release, relaxed))   /* try_pop:B release -> user: the ring is whole;
                                                                         tail is beyond the one before */
            LOFT_QUEUE_SMR_(retire)(me, &s->smr, LOFT_QUEUE_FN(drop_));
        head = LOFT_QUEUE_FN(hold_)(me, &q->head);
        got = LOFT_QUEUE_FN(get_first_)(&((LOFT_QUEUE_FN(segment_) *)head)->ring, out, &ticket);
        if (got)
            break;
    }
    LOFT_QUEUE_SMR_(exit)(me);
    return got;
}

/* NAME_try_pop - take the oldest element.
 *   returns   false: empty, and *out is untouched; after close(), for good
 *   threads   the record's; in a section of the caller's where sections nest
 *   progress  lock-free but for the scheme's retire
 *   order     everything before the push of the element happens-before the return
 *   cost      a section, one protected word, a pop from a ring; once for each segment a retired node
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_pop)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_SMR_(thread) *me, LOFT_QUEUE_T *out)
{
    LOFT_QUEUE_FN(check_)(q, me);
    LOFT_QUEUE_SMR_(enter)(me);
    const uintptr_t head = LOFT_QUEUE_FN(hold_)(me, &q->head);
    uintptr_t ticket;
    if (LOFT_UNLIKELY(!LOFT_QUEUE_FN(get_first_)(&((LOFT_QUEUE_FN(segment_) *)head)->ring, out, &ticket)))
        return LOFT_QUEUE_FN(pop_on_)(q, me, head, out, ticket);   /* LP in both, also of false */
    LOFT_QUEUE_SMR_(exit)(me);
    return true;
}

/* NAME_push_n - append the first elements of v[0..n), until one is refused.
 *   returns   how many went in, 0 to n; other threads' elements may come between them
 *   otherwise as push, for each element
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(push_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_SMR_(thread) *me, LOFT_QUEUE_T const *v, size_t n)
{
    size_t i = 0;
    while (i < n && LOFT_QUEUE_FN(push)(q, me, v[i]) == LOFT_OK)
        i++;
    return i;
}

/* NAME_pop_n - take up to n elements into out[0..n), until there is none.
 *   returns   how many came out, 0 to n; the rest of out is untouched
 *   otherwise as try_pop, for each element
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(pop_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_SMR_(thread) *me, LOFT_QUEUE_T *out, size_t n)
{
    size_t i = 0;
    while (i < n && LOFT_QUEUE_FN(try_pop)(q, me, &out[i]))
        i++;
    return i;
}

/* NAME_close - nothing goes in any more; what is in can still be popped. Closing twice is closing once.
 *   threads   the record's; in a section of the caller's where sections nest
 *   progress  lock-free
 *   order     a push that begins after it is refused; one under way may still get in. Once a pop that began after it
 *             has found nothing, no pop that begins later finds anything
 */
LOFT_API void
LOFT_QUEUE_FN(close)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_SMR_(thread) *me)
{
    LOFT_QUEUE_FN(check_)(q, me);
    LOFT_QUEUE_SMR_(enter)(me);
    for (;;) {
        const uintptr_t tail = LOFT_QUEUE_FN(hold_)(me, &q->tail);
        if (tail & LOFT_LINKED_END_)
            break;
        LOFT_QUEUE_FN(segment_) *const s = (LOFT_QUEUE_FN(segment_) *)tail;
        uintptr_t next = loft_load(&s->next, acquire);   /* close:A acquire <- push:B, close:B: for help:A */
        if (!next) {
            LOFT_QUEUE_FN(ring_close_)(&s->ring);
            if (loft_cas_strong(&s->next, &next, LOFT_LINKED_END_, release, acquire))   /* close:B release/acquire
                                     -> push:A, push:B, close:A, close:B, try_pop:A <- push:B, close:B: closed; what was
                                     before. LP */
                next = LOFT_LINKED_END_;
        }
        LOFT_QUEUE_FN(help_)(q, s, next);
    }
    LOFT_QUEUE_SMR_(exit)(me);
}

/* ---- observers --------------------------------------------------------------------------------------------------- */

/* NAME_is_closed - has close() been called? Any thread, wait-free; if true, the pops that follow drain for good, and
 * what happened before the close is known. True once a push was told CLOSED. */
LOFT_API bool
LOFT_QUEUE_FN(is_closed)(const LOFT_QUEUE_NAME *q)
{
    LOFT_ASSERT(q->domain && "loft/queue: the queue is not initialised");
    return (loft_load(&q->tail, acquire) & LOFT_LINKED_END_) != 0;   /* is_closed:A acquire <- help:A: as said */
}

/* The ring lengths from the first segment on, as far as head stands still. All of it only reads. */
LOFT_API size_t
LOFT_QUEUE_FN(count_)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_SMR_(thread) *me)
{
    LOFT_QUEUE_SMR_(read)(me);
    const uintptr_t head = LOFT_QUEUE_SMR_(protect)(me, 0, &q->head);
    const LOFT_QUEUE_FN(segment_) *s = (const LOFT_QUEUE_FN(segment_) *)head;
    size_t n = LOFT_QUEUE_FN(ring_approx_len_)(&s->ring);
    for (size_t slot = 1;; slot = 3u - slot) {
        const uintptr_t next = LOFT_QUEUE_SMR_(protect)(me, slot, &s->next);
        /* While head is there, and it cannot come again as long as it is held, what comes after it is not retired. */
        if (!(next & ~LOFT_LINKED_END_)
            || loft_load(&q->head, relaxed) != head)     /* count:A relaxed: the scheme's protect orders it */
            break;
        s = (const LOFT_QUEUE_FN(segment_) *)next;
        n += LOFT_QUEUE_FN(ring_approx_len_)(&s->ring);
    }
    LOFT_QUEUE_SMR_(write)(me, NULL, NULL, NULL);
    return n;
}

/* NAME_approx_len - how many elements there were a moment ago: an estimate, too low where pops go from one segment to
 * the next meanwhile.
 *   threads   the record's; in a section of the caller's where sections nest
 *   progress  lock-free: a segment more for each that others link meanwhile, and as the scheme's protect
 *   cost      goes through the segments
 */
LOFT_API size_t
LOFT_QUEUE_FN(approx_len)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_SMR_(thread) *me)
{
    LOFT_QUEUE_FN(check_)(q, me);
    LOFT_QUEUE_SMR_(enter)(me);
    const size_t n = LOFT_QUEUE_FN(count_)(q, me);
    LOFT_QUEUE_SMR_(exit)(me);
    return n;
}

#undef LOFT_QUEUE_SMR_

#endif /* included by a queue */
#endif /* LOFT_QUEUE_LINKED_H */
