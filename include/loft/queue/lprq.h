/* SPDX-License-Identifier: MIT
 *
 * loft/queue/lprq.h - unbounded lock-free multi-producer multi-consumer FIFO of linked rings (LPRQ), with single-word
 *                     compare-exchanges only: the unbounded queue to take where nothing speaks for another.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h smr/contract.h queue/prq_ring.h queue/boxed.h queue/linked.h
 *
 * USE IT WHEN         many threads push and pop, there is no bound, and nobody may wait for a thread that the system
 *                     has put to sleep.
 * DO NOT USE IT WHEN  a full queue may refuse (scq.h allocates nothing and needs no reclamation); elements are wider
 *                     than a word and allocating each is too dear (lscq.h keeps them in its rings).
 *
 * EXAMPLE
 *     #include <stdio.h>
 *     #include <loft/smr/ebr.h>
 *
 *     #define LOFT_QUEUE_NAME  mail
 *     #define LOFT_QUEUE_T     const char *
 *     #define LOFT_QUEUE_SMR   loft_ebr
 *     #include <loft/queue/lprq.h>
 *
 *     int main(void)
 *     {
 *         static loft_ebr domain;
 *         static mail q;
 *         const char *got = NULL;
 *         if (loft_ebr_init(&domain, NULL) != LOFT_OK || mail_init(&q, &domain) != LOFT_OK)
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
 *                     LOFT_PRQ_PATIENCE   optional  looks that a pop gives to a push that has its ticket and is not
 *                                                   done yet; 32. This and the next before the first Loft header, the
 *                                                   same in every file of a program
 *                     LOFT_PRQ_TRIES      optional  failures after which a push closes the ring; 64
 *
 * OPERATIONS          init  fini  push  try_pop  push_n  pop_n  close  is_closed  approx_len       (linked.h)
 *
 * TOGETHER            Everything but init and fini, each record by one thread at a time, from any number of threads.
 *
 * ELEMENTS            Up to the width of a pointer they lie in the cells of the ring, any value of them: which words
 *                     the ring keeps for itself differs from cell to cell, and an element that looks like one of them
 *                     goes to the next. Wider ones are in boxes, one allocation in each push, freed by the pop that
 *                     takes it (boxed.h).
 *
 * A RING              is cells of two words, an epoch and a value. A push draws a ticket by a fetch-and-add, claims the
 *                     cell of the ticket in its epoch, and puts the element in the place of the token that the pop of
 *                     the lap before has left there: two compare-exchanges. A pop draws a ticket and takes the element
 *                     by a store. Whoever comes too early or too late spoils the cell for the other and draws again,
 *                     so that nobody waits. A push that finds the ring full, or has failed too often, closes it, by a
 *                     bit in the counter of tickets: no push whose ticket comes later gets in. What the bit says is
 *                     read with the ticket, in one step.
 *
 * WHICH               beside lscq.h: half the read-modify-writes on words, and an allocation for each wider element,
 *                     where lscq.h copies. Beside lcrq.h: the same on any processor, where lcrq.h needs a
 *                     compare-exchange of two words.
 *
 * EDGES               those of prq_ring.h carry the elements, those of linked.h the rings.
 *
 * MEMORY              For each ring LOFT_QUEUE_SEGMENT * 2 words and some lines, in one allocation. With n elements
 *                     inside there are at most n / LOFT_QUEUE_SEGMENT + 2 rings as long as rings are closed full, one
 *                     more for each push under way, and what the scheme holds back; an empty queue has one. A ring is
 *                     also closed when a push has failed LOFT_PRQ_TRIES times, and after 2^47 pushes, 2^23 where words
 *                     have 32 bits.
 *
 * PROGRESS            push, push_n: lock-free but for the allocator; try_pop, pop_n: lock-free but for the scheme's
 *                     retire, and for the allocator where elements are boxed; close: lock-free; is_closed: wait-free;
 *                     approx_len: lock-free.
 *
 * SOURCE              Raed Romanov, Nikita Koval, The State-of-the-Art LCRQ Concurrent Queue Algorithm Does NOT Require
 *                     CAS2, PPoPP 2023; what is changed in the ring says prq_ring.h. close is ours, in the link.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "../smr/contract.h"
#include "prq_ring.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_QUEUE_NAME)
#  error "loft/queue/lprq.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_QUEUE_T)
#  error "loft/queue/lprq.h: define LOFT_QUEUE_T (element type) before including"
#elif !defined(LOFT_QUEUE_SMR)
#  error "loft/queue/lprq.h: define LOFT_QUEUE_SMR (reclamation scheme, such as loft_ebr) before including"
#elif LOFT_CAT(LOFT_QUEUE_SMR, smr) != 1
#  error "loft/queue/lprq.h: LOFT_QUEUE_SMR names no reclamation scheme; include its header (loft/smr/) before"
#elif defined(LOFT_QUEUE_ALLOC) != defined(LOFT_QUEUE_FREE)
#  error "loft/queue/lprq.h: define LOFT_QUEUE_ALLOC and LOFT_QUEUE_FREE together"
#elif defined(LOFT_QUEUE_SEGMENT) && ((LOFT_QUEUE_SEGMENT) < 2 || (LOFT_QUEUE_SEGMENT) > 65536 \
                                      || ((LOFT_QUEUE_SEGMENT) & ((LOFT_QUEUE_SEGMENT) - 1)) != 0)
#  error "loft/queue/lprq.h: LOFT_QUEUE_SEGMENT must be a power of two from 2 to 65536"
#else

#if !defined(LOFT_QUEUE_SEGMENT)
#  define LOFT_QUEUE_SEGMENT  1024
#endif
#if !defined(LOFT_QUEUE_ALLOC)
#  define LOFT_QUEUE_ALLOC(align, size)      loft_alloc_aligned((align), (size))
#  define LOFT_QUEUE_FREE(ptr, align, size)  loft_free_aligned((ptr), (align), (size))
#endif
#if !defined(LOFT_QUEUE_PAIRS_)
#  define LOFT_QUEUE_PAIRS_  0
#endif
#define LOFT_QUEUE_FN(f)  LOFT_CAT(LOFT_QUEUE_NAME, f)

#if LOFT_CPLUSPLUS
LOFT_STATIC_ASSERT(std::is_trivially_copyable<LOFT_QUEUE_T>::value,
                   "loft/queue/lprq.h: LOFT_QUEUE_T must be trivially copyable");
#endif

LOFT_STATIC_ASSERT(LOFT_ALIGNOF(LOFT_QUEUE_T) <= LOFT_CACHELINE,
                   "loft/queue/lprq.h: LOFT_QUEUE_T must not be aligned to more than LOFT_CACHELINE");

#include "boxed.h"
#undef LOFT_QUEUE_BOXED_H

/* ---- private: a ring (linked.h says what is asked of it) --------------------------------------------------------- */

typedef struct LOFT_QUEUE_FN(ring_) {
    loft_prq_ring ring;
    loft_prq_cell cell[LOFT_QUEUE_SEGMENT];
} LOFT_QUEUE_FN(ring_);

LOFT_API void
LOFT_QUEUE_FN(ring_init_)(LOFT_QUEUE_FN(ring_) *r, const LOFT_QUEUE_FN(ring_) *before, size_t ticket)
{
    (void)before;                                        /* each counts for itself                             */
    loft_prq_init(&r->ring, r->cell, (LOFT_QUEUE_SEGMENT) - 1u, ticket, LOFT_QUEUE_PAIRS_ && loft_dw_supported());
}

LOFT_API void
LOFT_QUEUE_FN(ring_close_)(LOFT_QUEUE_FN(ring_) *r)
{
    loft_prq_close(&r->ring);
}

#define LOFT_QUEUE_PARTS_

LOFT_ALWAYS_INLINE bool
LOFT_QUEUE_FN(ring_push_first_)(LOFT_QUEUE_FN(ring_) *r, uintptr_t word, uintptr_t *ticket)
{
    return loft_prq_push_first_(&r->ring, r->cell, (LOFT_QUEUE_SEGMENT) - 1u, word, LOFT_QUEUE_PAIRS_, ticket);
}

LOFT_API bool
LOFT_QUEUE_FN(ring_push_on_)(LOFT_QUEUE_FN(ring_) *r, uintptr_t word, uintptr_t ticket)
{
    return loft_prq_push_on_(&r->ring, r->cell, ticket, (LOFT_QUEUE_SEGMENT) - 1u, word);
}

LOFT_ALWAYS_INLINE bool
LOFT_QUEUE_FN(ring_pop_first_)(LOFT_QUEUE_FN(ring_) *r, uintptr_t *out, uintptr_t *ticket)
{
    return loft_prq_pop_first_(&r->ring, r->cell, (LOFT_QUEUE_SEGMENT) - 1u, out, ticket);
}

LOFT_API bool
LOFT_QUEUE_FN(ring_pop_on_)(LOFT_QUEUE_FN(ring_) *r, uintptr_t *out, uintptr_t ticket)
{
    return loft_prq_pop_on_(&r->ring, r->cell, ticket, (LOFT_QUEUE_SEGMENT) - 1u, out);
}

LOFT_API bool
LOFT_QUEUE_FN(ring_pop_final_)(LOFT_QUEUE_FN(ring_) *r, uintptr_t *out)
{
    return loft_prq_pop(&r->ring, r->cell, (LOFT_QUEUE_SEGMENT) - 1u, out);   /* as far as tail, open or closed */
}

LOFT_API size_t
LOFT_QUEUE_FN(ring_approx_len_)(const LOFT_QUEUE_FN(ring_) *r)
{
    return loft_prq_approx_len(&r->ring, (LOFT_QUEUE_SEGMENT) - 1u);
}

/* ---- the queue --------------------------------------------------------------------------------------------------- */

#include "linked.h"
#undef LOFT_QUEUE_LINKED_H

#undef LOFT_QUEUE_PARTS_
#undef LOFT_QUEUE_PAIRS_
#undef LOFT_QUEUE_WORDS_
#undef LOFT_QUEUE_FN
#undef LOFT_QUEUE_ALLOC
#undef LOFT_QUEUE_FREE
#undef LOFT_QUEUE_SEGMENT
#undef LOFT_QUEUE_SMR
#undef LOFT_QUEUE_T
#undef LOFT_QUEUE_NAME

#endif /* configuration ok */
