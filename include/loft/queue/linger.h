/* SPDX-License-Identifier: MIT
 *
 * loft/queue/linger.h - for two threads that run through a ring nose to tail: a moment's wait before the next look.
 *
 * Needs: core/base.h core/backoff.h
 *
 * Machinery for spsc.h, spsc_word.h and mpsc.h. Threads that stream through a ring tend to run glued together: each
 * look at the other side's word finds one element or two, and each look takes the line away from the thread that is
 * writing it, which costs both more than the elements do. A pause before the look lets a burst build up. When it pays
 * is learnt from how much the last look found:
 *
 *   nothing              the other side is idle: the wait that was learnt is halved, and the next look does not wait
 *   one                  one message goes to and fro, and no wait would make it two: halved; from below four pauses one
 *                        more, to find out
 *   more, not enough     glued: wait twice as long before the next look
 *   enough               wait a quarter less
 *
 * So a caller that polls an idle ring never waits twice, a request and its answer are not held up, and a full stream
 * finds its burst length in some ten looks. Several requests under way at once look like a stream: their answers may be
 * held until the longest wait is over, some hundred nanoseconds. The wait is part of a call that then looks and answers
 * truly; no element is held back and no "empty" or "full" is guessed.
 *
 * PARAMETERS   LOFT_LINGER_MAX   optional  pauses in a row, at most; default 63, 0: never wait, 4096 at most
 *
 * PROGRESS     at most LOFT_LINGER_MAX pauses per call: wait-free.
 *
 * SOURCE       ours. B-Queue (Wang, Zhang, Tang, Hua 2013) keeps the sides apart by the distance of a probe instead.
 */
#ifndef LOFT_QUEUE_LINGER_H
#define LOFT_QUEUE_LINGER_H

#include "../core/base.h"
#include "../core/backoff.h"

#if !defined(LOFT_UNSUPPORTED)

#if !defined(LOFT_LINGER_MAX)
#  define LOFT_LINGER_MAX  63u
#endif
LOFT_STATIC_ASSERT((LOFT_LINGER_MAX) + 1 > 0 && (LOFT_LINGER_MAX) <= 4096,
                   "loft/queue/linger.h: LOFT_LINGER_MAX must be at least 0 and at most 4096");

/* A look that finds this many is worth its price; a small ring cannot wait for that many. */
#define LOFT_LINGER_ENOUGH(capacity)  ((capacity) / 4u < 64u ? (capacity) / 4u : 64u)

typedef struct loft_linger {
    unsigned pauses;                                     /* how long to wait, once there is reason to */
    bool found;                                          /* the last look found something             */
} loft_linger;

LOFT_API void
loft_linger_init(loft_linger *l)
{
    l->pauses = 0;
    l->found = false;
}

/* loft_linger_before - about to look. */
LOFT_API void
loft_linger_before(const loft_linger *l)
{
    for (unsigned i = l->found ? l->pauses : 0; i; i--)
        LOFT_PAUSE();
}

/* loft_linger_after - the look found `gain` elements (or slots), of which `enough` would have been worth it. */
LOFT_API void
loft_linger_after(loft_linger *l, size_t gain, size_t enough)
{
    const unsigned most = (unsigned)(LOFT_LINGER_MAX);
    l->found = gain != 0;
    if (gain == 1u && l->pauses < (most < 4u ? most : 4u))
        l->pauses++;
    else if (gain <= 1u)
        l->pauses /= 2u;
    else if (gain >= enough)
        l->pauses -= l->pauses / 4u;
    else
        l->pauses = l->pauses < most / 2u ? l->pauses * 2u + 1u : most;
}

#endif /* supported */
#endif /* LOFT_QUEUE_LINGER_H */
