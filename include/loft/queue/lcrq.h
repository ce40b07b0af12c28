/* SPDX-License-Identifier: MIT
 *
 * loft/queue/lcrq.h - unbounded lock-free multi-producer multi-consumer FIFO (LCRQ), for elements of any type.
 *
 * Needs: core/base.h core/atomics.h core/dwcas.h core/alloc.h smr/contract.h queue/crq_ring.h queue/boxed.h
 *        queue/linked.h
 *
 * USE IT WHEN         many threads push and pop pointers or integers, there is no bound, and the target has a two-word
 *                     compare-exchange.
 * DO NOT USE IT WHEN  it has not (lprq.h makes the same promises everywhere, fast.h chooses), elements are large
 *                     (lscq.h allocates by the ring, this one by the element then), or a full queue may refuse (scq.h,
 *                     scq_word.h need no reclamation).
 *
 * EXAMPLE
 *     #include <stdio.h>
 *     #include <loft/smr/ebr.h>
 *     #define LOFT_QUEUE_NAME  mail
 *     #define LOFT_QUEUE_T     const char *
 *     #define LOFT_QUEUE_SMR   loft_ebr
 *     #include <loft/queue/lcrq.h>
 *     int main(void)
 *     {
 *         static loft_ebr domain;
 *         static mail q;
 *         const char *got = NULL;
 *         if (loft_ebr_init(&domain, NULL) != LOFT_OK)
 *             return 1;
 *         if (mail_init(&q, &domain) != LOFT_OK)               // LOFT_NOTSUP: take lprq.h
 *             return 1;
 *         loft_ebr_thread *me = loft_ebr_join(&domain);        // each thread has one of its own
 *         if (!me || mail_push(&q, me, "hello") != LOFT_OK)
 *             return 1;
 *         if (mail_try_pop(&q, me, &got))
 *             puts(got);
 *         mail_fini(&q);
 *         loft_ebr_leave(me);
 *         return loft_ebr_fini(&domain) != LOFT_OK || !got;
 *     }
 *
 * PARAMETERS          LOFT_QUEUE_NAME     required  prefix of the generated type and functions
 *                     LOFT_QUEUE_T        required  element type, copied by assignment, or byte by byte where it is no
 *                                                   wider than a pointer; every value is an element
 *                     LOFT_QUEUE_SMR      required  reclamation scheme: loft_ebr, ...; its header comes before
 *                     LOFT_QUEUE_SEGMENT  optional  elements in a ring, a power of two; default 1024
 *                     LOFT_QUEUE_ALLOC    optional  (align, size) -> memory or NULL; default core/alloc.h. The size
 *                                                   need not be a multiple of the alignment
 *                     LOFT_QUEUE_FREE     optional  (ptr, align, size); both or neither
 *                     LOFT_CRQ_PATIENCE   optional  looks that a pop gives to a push that has its ticket and is not
 *                                                   done yet; 32. This and the next before the first Loft header, the
 *                                                   same in every file of a program
 *                     LOFT_CRQ_TICKETS    optional  tickets that a push may lose before it closes the ring; 64
 *
 * OPERATIONS          init  fini  push  try_pop  push_n  pop_n  close  is_closed  approx_len       (linked.h)
 *                     init also says LOFT_NOTSUP: one of the first x86-64 processors, without CMPXCHG16B
 *
 * TOGETHER            Everything but init and fini, each record by one thread at a time, from any number of threads.
 *
 * ELEMENTS            Up to the width of a pointer they lie in the entries of the ring. Wider ones are in boxes, one
 *                     allocation in each push, freed by the pop that takes it (boxed.h).
 *
 * EDGES               those of crq_ring.h carry the elements, those of linked.h the rings.
 *
 * MEMORY              For each ring LOFT_QUEUE_SEGMENT * 2 words and some lines, in one allocation. With n elements
 *                     inside there are at most n / LOFT_QUEUE_SEGMENT + 2 rings as long as rings are closed full, one
 *                     more for each push under way, and what the scheme holds back; an empty queue has one. A ring is
 *                     also closed when a push has lost LOFT_CRQ_TICKETS tickets to pops that came before it.
 *
 * PROGRESS            push, push_n: lock-free but for the allocator; try_pop, pop_n: lock-free but for the scheme's
 *                     retire, and for the allocator where elements are boxed; close: lock-free; is_closed: wait-free;
 *                     approx_len: lock-free.
 *
 * SOURCE              Adam Morrison, Yehuda Afek, Fast Concurrent Queues for x86 Processors, PPoPP 2013, in the revised
 *                     version, whose erratum is in linked.h (a ring is popped once more when the next one was seen);
 *                     what is changed in the ring says crq_ring.h. close is ours, in the link.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/dwcas.h"
#include "../core/alloc.h"
#include "../smr/contract.h"
#include "crq_ring.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !LOFT_HAVE_DWCAS || UINTPTR_MAX != UINT64_MAX
#  error "loft/queue/lcrq.h: this target has no compare-exchange of 16 bytes; loft/queue/lprq.h has the same calls"
#elif !defined(LOFT_QUEUE_NAME)
#  error "loft/queue/lcrq.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_QUEUE_T)
#  error "loft/queue/lcrq.h: define LOFT_QUEUE_T (element type) before including"
#elif !defined(LOFT_QUEUE_SMR)
#  error "loft/queue/lcrq.h: define LOFT_QUEUE_SMR (reclamation scheme, such as loft_ebr) before including"
#elif LOFT_CAT(LOFT_QUEUE_SMR, smr) != 1
#  error "loft/queue/lcrq.h: LOFT_QUEUE_SMR names no reclamation scheme; include its header (loft/smr/) before"
#elif defined(LOFT_QUEUE_ALLOC) != defined(LOFT_QUEUE_FREE)
#  error "loft/queue/lcrq.h: define LOFT_QUEUE_ALLOC and LOFT_QUEUE_FREE together"
#elif defined(LOFT_QUEUE_SEGMENT) && ((LOFT_QUEUE_SEGMENT) < 2 || (LOFT_QUEUE_SEGMENT) > 65536 \
                                      || ((LOFT_QUEUE_SEGMENT) & ((LOFT_QUEUE_SEGMENT) - 1)) != 0)
#  error "loft/queue/lcrq.h: LOFT_QUEUE_SEGMENT must be a power of two from 2 to 65536"
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
                   "loft/queue/lcrq.h: LOFT_QUEUE_T must be trivially copyable");
#endif

LOFT_STATIC_ASSERT(LOFT_ALIGNOF(LOFT_QUEUE_T) <= LOFT_CACHELINE,
                   "loft/queue/lcrq.h: LOFT_QUEUE_T must not be aligned to more than LOFT_CACHELINE");

#define LOFT_QUEUE_SUPPORTED_  loft_dw_supported()
#define LOFT_QUEUE_LAST_       ((loft_seq)(LOFT_QUEUE_SEGMENT) - 1u)

#include "boxed.h"
#undef LOFT_QUEUE_BOXED_H

/* ---- private: a ring (linked.h says what is asked of it) --------------------------------------------------------- */

typedef struct LOFT_QUEUE_FN(ring_) {
    loft_crq_ring ring;
    loft_dwatomic entry[LOFT_QUEUE_SEGMENT];
} LOFT_QUEUE_FN(ring_);

LOFT_API void
LOFT_QUEUE_FN(ring_init_)(LOFT_QUEUE_FN(ring_) *r, const LOFT_QUEUE_FN(ring_) *before, size_t ticket)
{
    (void)before;                                        /* each counts for itself                             */
    loft_crq_ring_init(&r->ring, r->entry, LOFT_QUEUE_LAST_, ticket);
}

LOFT_API void
LOFT_QUEUE_FN(ring_close_)(LOFT_QUEUE_FN(ring_) *r)
{
    loft_crq_ring_close(&r->ring);
}

LOFT_API bool
LOFT_QUEUE_FN(ring_push_)(LOFT_QUEUE_FN(ring_) *r, uintptr_t word)
{
    return loft_crq_ring_push(&r->ring, r->entry, LOFT_QUEUE_LAST_, word);
}

LOFT_API bool
LOFT_QUEUE_FN(ring_pop_)(LOFT_QUEUE_FN(ring_) *r, uintptr_t *out)
{
    return loft_crq_ring_pop(&r->ring, r->entry, LOFT_QUEUE_LAST_, out);
}

LOFT_API bool
LOFT_QUEUE_FN(ring_pop_final_)(LOFT_QUEUE_FN(ring_) *r, uintptr_t *out)
{
    return LOFT_QUEUE_FN(ring_pop_)(r, out);             /* which goes as far as tail, open or closed          */
}

LOFT_API size_t
LOFT_QUEUE_FN(ring_approx_len_)(const LOFT_QUEUE_FN(ring_) *r)
{
    return loft_crq_ring_approx_len(&r->ring, LOFT_QUEUE_LAST_);
}

/* ---- the queue --------------------------------------------------------------------------------------------------- */

#include "linked.h"
#undef LOFT_QUEUE_LINKED_H

#undef LOFT_QUEUE_WORDS_
#undef LOFT_QUEUE_LAST_
#undef LOFT_QUEUE_SUPPORTED_
#undef LOFT_QUEUE_FN
#undef LOFT_QUEUE_ALLOC
#undef LOFT_QUEUE_FREE
#undef LOFT_QUEUE_SEGMENT
#undef LOFT_QUEUE_SMR
#undef LOFT_QUEUE_T
#undef LOFT_QUEUE_NAME

#endif /* configuration ok */
