/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/word.h - how mpmc.h stops in the middle of an operation of scq_word.h, and what it may expect.
 */
#ifndef LOFT_TESTS_QUEUE_EXPLORE_WORD_H
#define LOFT_TESTS_QUEUE_EXPLORE_WORD_H

#define DRAW_POP(queue)  (void)loft_fetch_add(&(queue)->head, 2u, relaxed)

/* The rest of a pop that has drawn ticket 0. */
static unsigned
finish_pop(fifo *queue)
{
    loft_dwatomic *const e = fifo_entry_(queue, 0);
    loft_dw seen = loft_dw_peek(e, relaxed);
    while (!loft_dw_cas(e, &seen, loft_dw_of(seen.lo, seen.hi & ~(uintptr_t)1), acq_rel, relaxed))
        continue;
    (void)loft_fetch_add(&queue->freed, 1u, seq_cst);
    return (unsigned)seen.lo;
}

#define EXACT_LENGTH  1
#define SLEEPER(queue)  loft_fetch_add(&(queue)->tail, 2u, relaxed)

#endif
