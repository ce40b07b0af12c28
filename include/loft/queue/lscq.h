/* SPDX-License-Identifier: MIT
 *
 * loft/queue/lscq.h - unbounded lock-free multi-producer multi-consumer FIFO (LSCQ), for elements of any type.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h smr/contract.h queue/scq_ring.h queue/linked.h
 *
 * USE IT WHEN         many threads push and pop, there is no bound, elements are larger than a word, and memory has to
 *                     come back as the queue gets shorter.
 * DO NOT USE IT WHEN  a full queue may refuse (scq.h needs no reclamation), or elements are words (lprq.h is faster).
 *
 * EXAMPLE
 *     #include <loft/smr/ebr.h>
 *     struct job { int id; char name[20]; };
 *     #define LOFT_QUEUE_NAME  jobs
 *     #define LOFT_QUEUE_T     struct job
 *     #define LOFT_QUEUE_SMR   loft_ebr
 *     #include <loft/queue/lscq.h>
 *     int main(void)
 *     {
 *         static loft_ebr domain;
 *         static jobs q;
 *         struct job j = { 7, "print" };
 *         if (loft_ebr_init(&domain, NULL) != LOFT_OK || jobs_init(&q, &domain) != LOFT_OK)
 *             return 1;
 *         loft_ebr_thread *me = loft_ebr_join(&domain);        // each thread has one of its own
 *         if (!me || jobs_push(&q, me, j) != LOFT_OK)
 *             return 1;
 *         j.id = 0;
 *         const bool got = jobs_try_pop(&q, me, &j);
 *         jobs_fini(&q);
 *         loft_ebr_leave(me);
 *         return loft_ebr_fini(&domain) != LOFT_OK || !got || j.id != 7;
 *     }
 *
 * PARAMETERS          LOFT_QUEUE_NAME     required  prefix of the generated type and functions
 *                     LOFT_QUEUE_T        required  element type, copied by assignment
 *                     LOFT_QUEUE_SMR      required  reclamation scheme: loft_ebr, ...; its header comes before
 *                     LOFT_QUEUE_SEGMENT  optional  elements in a ring, a power of two; default 1024
 *                     LOFT_QUEUE_ALLOC    optional  (align, size) -> memory or NULL; default core/alloc.h. The size
 *                                                   need not be a multiple of the alignment
 *                     LOFT_QUEUE_FREE     optional  (ptr, align, size); both or neither
 *                     LOFT_SCQ_THREADS    optional  threads that may be inside a ring of fewer elements at the same
 *                                                   instant; 256. This and the next before the first Loft header, the
 *                                                   same in every file of a program
 *                     LOFT_SCQ_PATIENCE   optional  looks that a pop gives to a push that has its ticket and is not
 *                                                   done yet; 32
 *
 * OPERATIONS          init  fini  push  try_pop  push_n  pop_n  close  is_closed  approx_len       (linked.h)
 *
 * TOGETHER            Everything but init and fini, each record by one thread at a time, any number of threads (inside
 *                     one ring at the same instant up to LOFT_QUEUE_SEGMENT or 256, whichever is more: scq_ring.h).
 *
 * A RING              is an array of elements between two rings of indices, as in scq.h. The push that finds no vacant
 *                     slot finalises the ring of filled ones; no push whose ticket comes later gets in. What the mark
 *                     says is read with the ticket, in one step. Pops take what is in, and threshold with them; when
 *                     the next ring is linked, pop_final goes on to the last ticket, whatever threshold says.
 *
 * EDGES               those of scq_ring.h carry the elements, those of linked.h the rings.
 *
 * MEMORY              For each ring LOFT_QUEUE_SEGMENT * (sizeof(T) + 4 words of 8 bytes) and some lines, in one
 *                     allocation. With n elements inside there are at most n / LOFT_QUEUE_SEGMENT + 2 rings as long as
 *                     rings are closed full, one more for each push under way, and what the scheme holds back; an empty
 *                     queue has one.
 *
 * PROGRESS            push, push_n: lock-free but for the allocator; try_pop, pop_n: lock-free but for the scheme's
 *                     retire; close: lock-free; is_closed: wait-free; approx_len: lock-free.
 *
 * SOURCE              Ruslan Nikolaev, A Scalable, Portable, and Memory-Efficient Lock-Free FIFO Queue, DISC 2019, its
 *                     LSCQ. Changed: a pop goes on with pop_final instead of renewing threshold; close, in the link
 *                     (linked.h); an index of a closed ring is not given back.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "../smr/contract.h"
#include "scq_ring.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_QUEUE_NAME)
#  error "loft/queue/lscq.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_QUEUE_T)
#  error "loft/queue/lscq.h: define LOFT_QUEUE_T (element type) before including"
#elif !defined(LOFT_QUEUE_SMR)
#  error "loft/queue/lscq.h: define LOFT_QUEUE_SMR (reclamation scheme, such as loft_ebr) before including"
#elif LOFT_CAT(LOFT_QUEUE_SMR, smr) != 1
#  error "loft/queue/lscq.h: LOFT_QUEUE_SMR names no reclamation scheme; include its header (loft/smr/) before"
#elif defined(LOFT_QUEUE_ALLOC) != defined(LOFT_QUEUE_FREE)
#  error "loft/queue/lscq.h: define LOFT_QUEUE_ALLOC and LOFT_QUEUE_FREE together"
#elif defined(LOFT_QUEUE_SEGMENT) && ((LOFT_QUEUE_SEGMENT) < 2 || (LOFT_QUEUE_SEGMENT) > 65536 \
                                      || ((LOFT_QUEUE_SEGMENT) & ((LOFT_QUEUE_SEGMENT) - 1)) != 0)
#  error "loft/queue/lscq.h: LOFT_QUEUE_SEGMENT must be a power of two from 2 to 65536"
#else

#if !defined(LOFT_QUEUE_SEGMENT)
#  define LOFT_QUEUE_SEGMENT  1024
#endif
#if !defined(LOFT_QUEUE_ALLOC)
#  define LOFT_QUEUE_ALLOC(align, size)      loft_alloc_aligned((align), (size))
#  define LOFT_QUEUE_FREE(ptr, align, size)  loft_free_aligned((ptr), (align), (size))
#endif
#define LOFT_QUEUE_FN(f)  LOFT_CAT(LOFT_QUEUE_NAME, f)

#if LOFT_CPLUSPLUS
LOFT_STATIC_ASSERT(std::is_trivially_copyable<LOFT_QUEUE_T>::value,
                   "loft/queue/lscq.h: LOFT_QUEUE_T must be trivially copyable");
#endif

LOFT_STATIC_ASSERT(LOFT_ALIGNOF(LOFT_QUEUE_T) <= LOFT_CACHELINE,
                   "loft/queue/lscq.h: LOFT_QUEUE_T must not be aligned to more than LOFT_CACHELINE");

typedef struct LOFT_QUEUE_FN(ring_) {
    loft_scq_lane         pushing;                       /* head of vacant, tail of filled                     */
    loft_scq_lane         popping;                       /* head of filled, tail of vacant                     */
    loft_scq_ring         filled;                        /* slots that hold an element, oldest first           */
    loft_scq_ring         vacant;                        /* slots that hold none                               */
    LOFT_ATOMIC(loft_seq) in_filled[2 * (LOFT_QUEUE_SEGMENT)];
    LOFT_ATOMIC(loft_seq) in_vacant[2 * (LOFT_QUEUE_SEGMENT)];
    LOFT_QUEUE_T          slot[LOFT_QUEUE_SEGMENT];
} LOFT_QUEUE_FN(ring_);

/* ---- private: a ring (linked.h says what is asked of it) --------------------------------------------------------- */

LOFT_API void
LOFT_QUEUE_FN(ring_init_)(LOFT_QUEUE_FN(ring_) *r, const LOFT_QUEUE_FN(ring_) *before, size_t ticket)
{
    const unsigned order = loft_scq_order_(LOFT_QUEUE_SEGMENT);
    (void)before;                                        /* each counts for itself                             */
    loft_scq_ring_init(&r->filled, r->in_filled, &r->popping.head, &r->pushing.tail, order, false, ticket);
    loft_scq_ring_init(&r->vacant, r->in_vacant, &r->pushing.head, &r->popping.tail, order, true, ticket);
}

LOFT_API void
LOFT_QUEUE_FN(ring_close_)(LOFT_QUEUE_FN(ring_) *r)
{
    loft_scq_ring_finalise(&r->filled);
}

LOFT_API bool
LOFT_QUEUE_FN(ring_push_)(LOFT_QUEUE_FN(ring_) *r, LOFT_QUEUE_T v)
{
    const size_t i = loft_scq_ring_pop(&r->vacant);
    if (LOFT_UNLIKELY(i == LOFT_SCQ_NONE)) {
        LOFT_QUEUE_FN(ring_close_)(r);                   /* it knows of those who did before                   */
        return false;
    }
    loft_plain_write(&r->slot[i], v);
    return loft_scq_ring_push(&r->filled, i);            /* refused, it needs no slot any more                 */
}

LOFT_API bool
LOFT_QUEUE_FN(ring_pop_)(LOFT_QUEUE_FN(ring_) *r, LOFT_QUEUE_T *out)
{
    const size_t i = loft_scq_ring_pop(&r->filled);
    if (i == LOFT_SCQ_NONE)
        return false;
    *out = loft_plain_read(&r->slot[i]);
    const bool back = loft_scq_ring_push(&r->vacant, i);   /* the ring of vacant slots is never finalised */
    LOFT_ASSERT(back);
    (void)back;
    return true;
}

LOFT_API bool
LOFT_QUEUE_FN(ring_pop_final_)(LOFT_QUEUE_FN(ring_) *r, LOFT_QUEUE_T *out)
{
    const size_t i = loft_scq_ring_pop_final(&r->filled);
    if (i == LOFT_SCQ_NONE)
        return false;
    *out = loft_plain_read(&r->slot[i]);                 /* which nobody fills any more                        */
    return true;
}

LOFT_API size_t
LOFT_QUEUE_FN(ring_approx_len_)(const LOFT_QUEUE_FN(ring_) *r)
{
    return loft_scq_ring_approx_len(&r->filled);
}

/* ---- the queue --------------------------------------------------------------------------------------------------- */

#include "linked.h"
#undef LOFT_QUEUE_LINKED_H

#undef LOFT_QUEUE_FN
#undef LOFT_QUEUE_ALLOC
#undef LOFT_QUEUE_FREE
#undef LOFT_QUEUE_SEGMENT
#undef LOFT_QUEUE_SMR
#undef LOFT_QUEUE_T
#undef LOFT_QUEUE_NAME

#endif /* configuration ok */
