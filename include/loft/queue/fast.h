/* SPDX-License-Identifier: MIT
 *
 * loft/queue/fast.h - the fastest unbounded lock-free multi-producer multi-consumer FIFO here, behind one name.
 *
 * Needs: core/base.h core/atomics.h core/dwcas.h core/alloc.h smr/contract.h queue/crq_ring.h queue/prq_ring.h
 *        queue/boxed.h queue/linked.h queue/lprq.h queue/lcrq.h queue/lscq.h
 *
 * USE IT WHEN         many threads push and pop, there is no bound, and you do not want to know which queue it is.
 * DO NOT USE IT WHEN  you do: lprq.h, lcrq.h and lscq.h have the same calls; or where a full queue may refuse (scq.h).
 *
 * EXAMPLE
 *     #include <stdio.h>
 *     #include <loft/smr/ebr.h>
 *     #define LOFT_QUEUE_NAME  mail
 *     #define LOFT_QUEUE_T     const char *
 *     #define LOFT_QUEUE_SMR   loft_ebr
 *     #include <loft/queue/fast.h>
 *     int main(void)
 *     {
 *         static loft_ebr domain;
 *         static mail q;
 *         const char *got = NULL;
 *         if (loft_ebr_init(&domain, NULL) != LOFT_OK || mail_init(&q, &domain) != LOFT_OK)
 *             return 1;
 *         loft_ebr_thread *me = loft_ebr_join(&domain);        // each thread has one of its own
 *         if (!me || mail_push(&q, me, mail_engine()) != LOFT_OK)
 *             return 1;
 *         if (mail_try_pop(&q, me, &got))
 *             puts(got);                                       // lprq
 *         mail_fini(&q);
 *         loft_ebr_leave(me);
 *         return loft_ebr_fini(&domain) != LOFT_OK || !got;
 *     }
 *
 * PARAMETERS          LOFT_QUEUE_NAME, _T, _SMR, _SEGMENT, _ALLOC, _FREE as in lprq.h, but segments have 2048 slots
 *                     unless told otherwise, which is worth a tenth where a thread alone pushes and pops at random; and
 *                     LOFT_QUEUE_FAST     optional  LOFT_FAST_LPRQ, LOFT_FAST_LCRQ or LOFT_FAST_LSCQ; default
 *                                                   LOFT_FAST_BEST, which is the first of these (CHOICE)
 *
 * OPERATIONS          init  fini  push  try_pop  push_n  pop_n  close  is_closed  approx_len  engine
 *
 * TOGETHER            Everything but init and fini, each record by one thread at a time.
 *
 * CHOICE              LPRQ. It was measured beside the others (docs/queue/fast.md): nowhere slower than LCRQ, because a
 *                     pop of it stores where LCRQ exchanges; faster than LSCQ even where elements are wide and it
 *                     allocates for each. It is the same on every target, and core/config.h says the same. On x86-64 a
 *                     push claims and fills its cell by one instruction, where the processor has it (PAIRS in
 *                     prq_ring.h): three read-modify-writes for an element's whole way, where LCRQ has four.
 *                     With LOFT_FAST_LCRQ it is LCRQ where the target has a compare-exchange of two words, else LPRQ.
 *                     x86-64 has it in all processors but the first: there each ring has the words of either, and if
 *                     this file is not compiled for those alone that have (-mcx16, -march=x86-64-v2), each call asks
 *                     which: two loads, and a branch that always goes the same way. init never says LOFT_NOTSUP then.
 *
 * EDGES               those of the rings and of linked.h.
 *
 * MEMORY              as lprq.h, lcrq.h or lscq.h says, with LOFT_FAST_LCRQ as lcrq.h.
 *
 * PROGRESS            lock-free as lprq.h, lcrq.h or lscq.h says; engine is wait-free but for its first call.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/dwcas.h"
#include "../core/alloc.h"
#include "../smr/contract.h"

#ifndef LOFT_QUEUE_FAST_H
#define LOFT_QUEUE_FAST_H

#define LOFT_FAST_BEST  1
#define LOFT_FAST_LPRQ  1
#define LOFT_FAST_LCRQ  2
#define LOFT_FAST_LSCQ  3

/* Have all processors that this file is compiled for a compare-exchange of two words? */
#if !LOFT_HAVE_DWCAS || UINTPTR_MAX != UINT64_MAX
#  define LOFT_FAST_PAIRS_  0
#elif !LOFT_X86_64 || defined(__GCC_HAVE_SYNC_COMPARE_AND_SWAP_16) || defined(LOFT_MEMORY)
#  define LOFT_FAST_PAIRS_  1
#else
#  define LOFT_FAST_PAIRS_  2                            /* that has to be asked */
#endif
#if LOFT_FAST_PAIRS_ == 1
#  define LOFT_FAST_HAS_PAIRS_()  true
#else
#  define LOFT_FAST_HAS_PAIRS_()  loft_dw_supported()
#endif

#endif /* LOFT_QUEUE_FAST_H */

#if !defined(LOFT_QUEUE_FAST)
#  define LOFT_QUEUE_FAST  LOFT_FAST_BEST
#endif

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_QUEUE_NAME)
#  error "loft/queue/fast.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_QUEUE_T)
#  error "loft/queue/fast.h: define LOFT_QUEUE_T (element type) before including"
#elif !defined(LOFT_QUEUE_SMR)
#  error "loft/queue/fast.h: define LOFT_QUEUE_SMR (reclamation scheme, such as loft_ebr) before including"
#elif LOFT_CAT(LOFT_QUEUE_SMR, smr) != 1
#  error "loft/queue/fast.h: LOFT_QUEUE_SMR names no reclamation scheme; include its header (loft/smr/) before"
#elif defined(LOFT_QUEUE_ALLOC) != defined(LOFT_QUEUE_FREE)
#  error "loft/queue/fast.h: define LOFT_QUEUE_ALLOC and LOFT_QUEUE_FREE together"
#elif defined(LOFT_QUEUE_SEGMENT) && ((LOFT_QUEUE_SEGMENT) < 2 || (LOFT_QUEUE_SEGMENT) > 65536 \
                                      || ((LOFT_QUEUE_SEGMENT) & ((LOFT_QUEUE_SEGMENT) - 1)) != 0)
#  error "loft/queue/fast.h: LOFT_QUEUE_SEGMENT must be a power of two from 2 to 65536"
#elif LOFT_QUEUE_FAST != LOFT_FAST_LPRQ && LOFT_QUEUE_FAST != LOFT_FAST_LCRQ && LOFT_QUEUE_FAST != LOFT_FAST_LSCQ
#  error "loft/queue/fast.h: LOFT_QUEUE_FAST must be LOFT_FAST_LPRQ, LOFT_FAST_LCRQ or LOFT_FAST_LSCQ"
#else

/* NAME_engine - which queue this is.
 *   returns   "lprq", "lcrq" or "scq" (LSCQ), a string that stays: the names that core/config.h has for them; the same
 *             for all queues of this type in this process
 *   threads   any
 *   progress  wait-free but for its first call (loft_arch)
 */
LOFT_API const char *
LOFT_CAT(LOFT_QUEUE_NAME, engine)(void)
{
#if LOFT_QUEUE_FAST == LOFT_FAST_LSCQ
    return "scq";
#elif LOFT_QUEUE_FAST == LOFT_FAST_LPRQ || LOFT_FAST_PAIRS_ == 0
    return "lprq";
#else
    return LOFT_FAST_HAS_PAIRS_() ? "lcrq" : "lprq";
#endif
}

#if !defined(LOFT_QUEUE_SEGMENT)
#  define LOFT_QUEUE_SEGMENT  2048
#endif

#if LOFT_QUEUE_FAST == LOFT_FAST_LSCQ
#  include "lscq.h"
#elif LOFT_QUEUE_FAST == LOFT_FAST_LPRQ || LOFT_FAST_PAIRS_ == 0
#  define LOFT_QUEUE_PAIRS_  1
#  include "lprq.h"
#elif !LOFT_X86_64
#  include "lcrq.h"
#else

/* ---- LCRQ or LPRQ, as the processor has it ----------------------------------------------------------------------- */

#include "crq_ring.h"
#include "prq_ring.h"

#if !defined(LOFT_QUEUE_ALLOC)
#  define LOFT_QUEUE_ALLOC(align, size)      loft_alloc_aligned((align), (size))
#  define LOFT_QUEUE_FREE(ptr, align, size)  loft_free_aligned((ptr), (align), (size))
#endif
#define LOFT_QUEUE_FN(f)  LOFT_CAT(LOFT_QUEUE_NAME, f)
#define LOFT_QUEUE_LAST_  ((LOFT_QUEUE_SEGMENT) - 1u)
#if LOFT_FAST_PAIRS_ == 1
#  define LOFT_QUEUE_SUPPORTED_  loft_dw_supported()
#endif

#if LOFT_CPLUSPLUS
LOFT_STATIC_ASSERT(std::is_trivially_copyable<LOFT_QUEUE_T>::value,
                   "loft/queue/fast.h: LOFT_QUEUE_T must be trivially copyable");
#endif

LOFT_STATIC_ASSERT(LOFT_ALIGNOF(LOFT_QUEUE_T) <= LOFT_CACHELINE,
                   "loft/queue/fast.h: LOFT_QUEUE_T must not be aligned to more than LOFT_CACHELINE");

#include "boxed.h"
#undef LOFT_QUEUE_BOXED_H

/* A ring of either kind, in the same place. What the processor can do never changes, so nobody has to write it down. It
 * is so where it need not be asked, too: a file that is compiled so may free a segment that another has allocated, and
 * has to know its size. */
typedef struct LOFT_QUEUE_FN(pairs_) {
    loft_crq_ring ring;
    loft_dwatomic entry[LOFT_QUEUE_SEGMENT];
} LOFT_QUEUE_FN(pairs_);

typedef struct LOFT_QUEUE_FN(words_) {
    loft_prq_ring ring;
    loft_prq_cell cell[LOFT_QUEUE_SEGMENT];
} LOFT_QUEUE_FN(words_);

typedef union LOFT_QUEUE_FN(ring_) {
    LOFT_QUEUE_FN(pairs_) pairs;
    LOFT_QUEUE_FN(words_) words;
} LOFT_QUEUE_FN(ring_);

LOFT_API void
LOFT_QUEUE_FN(ring_init_)(LOFT_QUEUE_FN(ring_) *r, const LOFT_QUEUE_FN(ring_) *before, size_t ticket)
{
    (void)before;                                        /* each counts for itself                             */
    if (LOFT_LIKELY(LOFT_FAST_HAS_PAIRS_()))
        loft_crq_ring_init(&r->pairs.ring, r->pairs.entry, LOFT_QUEUE_LAST_, ticket);
    else
        loft_prq_init(&r->words.ring, r->words.cell, LOFT_QUEUE_LAST_, ticket, false);
}

LOFT_API void
LOFT_QUEUE_FN(ring_close_)(LOFT_QUEUE_FN(ring_) *r)
{
    if (LOFT_LIKELY(LOFT_FAST_HAS_PAIRS_()))
        loft_crq_ring_close(&r->pairs.ring);
    else
        loft_prq_close(&r->words.ring);
}

LOFT_API bool
LOFT_QUEUE_FN(ring_push_)(LOFT_QUEUE_FN(ring_) *r, uintptr_t word)
{
    return LOFT_LIKELY(LOFT_FAST_HAS_PAIRS_())
           ? loft_crq_ring_push(&r->pairs.ring, r->pairs.entry, LOFT_QUEUE_LAST_, word)
           : loft_prq_push(&r->words.ring, r->words.cell, LOFT_QUEUE_LAST_, word, false);
}

LOFT_API bool
LOFT_QUEUE_FN(ring_pop_)(LOFT_QUEUE_FN(ring_) *r, uintptr_t *out)
{
    return LOFT_LIKELY(LOFT_FAST_HAS_PAIRS_())
           ? loft_crq_ring_pop(&r->pairs.ring, r->pairs.entry, LOFT_QUEUE_LAST_, out)
           : loft_prq_pop(&r->words.ring, r->words.cell, LOFT_QUEUE_LAST_, out);
}

LOFT_API bool
LOFT_QUEUE_FN(ring_pop_final_)(LOFT_QUEUE_FN(ring_) *r, uintptr_t *out)
{
    return LOFT_QUEUE_FN(ring_pop_)(r, out);             /* which goes as far as tail, open or closed          */
}

LOFT_API size_t
LOFT_QUEUE_FN(ring_approx_len_)(const LOFT_QUEUE_FN(ring_) *r)
{
    return LOFT_LIKELY(LOFT_FAST_HAS_PAIRS_()) ? loft_crq_ring_approx_len(&r->pairs.ring, LOFT_QUEUE_LAST_)
                                            : loft_prq_approx_len(&r->words.ring, LOFT_QUEUE_LAST_);
}

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

#endif /* which */

#undef LOFT_QUEUE_FAST
#undef LOFT_QUEUE_PAIRS_

#endif /* configuration ok */
