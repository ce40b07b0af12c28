/* SPDX-License-Identifier: MIT
 *
 * loft/core/backoff.h - what to do between two failed attempts: pause, wait longer each time, let others run.
 *
 * Needs: core/base.h
 *
 * USE IT WHEN      a compare-exchange lost to another thread and will be tried again, or a flag is about to change.
 * DO NOT USE IT    where the wait may be long or has a deadline (core/park.h), or in an operation that has to be
 *                  wait-free: backing off helps the others, never this thread alone.
 *
 * EXAMPLE
 *     #include <loft/core/atomics.h>
 *     #include <loft/core/backoff.h>
 *     static LOFT_ATOMIC(unsigned) word;
 *     int main(void)
 *     {
 *         loft_backoff b;
 *         loft_backoff_init(&b, LOFT_BACKOFF_MIN, LOFT_BACKOFF_MAX);
 *         unsigned seen = loft_load(&word, relaxed);                       // main:A relaxed: the CAS checks it
 *         while (!loft_cas_weak(&word, &seen, seen + 1u, relaxed, relaxed))  // main:B relaxed: a counter
 *             loft_backoff_step_yield(&b);
 *         return loft_load(&word, relaxed) != 1u;                          // main:C relaxed: one thread
 *     }
 *
 * PARAMETERS   (define before the first Loft header)
 *   LOFT_BACKOFF_MIN   1     pauses in the first wait
 *   LOFT_BACKOFF_MAX   1024  pauses in the longest
 *   LOFT_PAUSE()             what one pause is; loft_pause() unless a test must see threads spin
 *   LOFT_YIELD()             what one yield is; loft_yield() unless a test must see threads give way
 *
 * OPERATIONS
 *   loft_pause()                          one pause of the processor
 *   loft_yield()                          one turn for the other threads of this processor
 *   loft_backoff_init(b, min, max)        LOFT_BACKOFF_INIT does the same for the defaults, as an initialiser
 *   loft_backoff_step(b)                  pause `current` times; then current doubles, max at most
 *   loft_backoff_step_yield(b)            the same below max; at max it yields instead
 *   loft_backoff_reset(b)                 current is min again
 *   loft_backoff_adapt_init(a, min, max)  the adaptive form: it learns how far to go before it yields
 *   loft_backoff_adapt_step(a)            after a failed attempt
 *   loft_backoff_adapt_done(a)            after the successful one, waited for or not
 *
 * WHICH        step where every thread has a processor of its own; step_yield where there may be more threads than
 *              processors: the thread that is waited for may be the one that does not run. adapt where nobody knows
 *              beforehand, the same words are waited for all day, and there is a place to keep what it learns. Nothing,
 *              where failures are rare. Figures: docs/core/backoff.md.
 *
 * SEQUENCE     min 1, max 100: step pauses 1 2 4 8 16 32 64 100 100 ...; step_yield 1 2 4 8 16 32 64 yield yield ...
 *              Any min and max from 1 to 2^32 - 1 are honoured exactly; min = 0 counts as 1, max < min as min. Both
 *              and NULL are asserted against in debug builds; a NULL object is left alone in release builds.
 *
 * ADAPTING     `limit` is the wait at which the adaptive form yields: max at first, 16 * min (max at most) at least. An
 *              operation that came through by pausing alone doubles it, one that yielded halves it, one that needed no
 *              wait leaves it. So it spins as long as spinning mostly pays, and where it does not it spends about as
 *              much on it as on one yield, which is also how it notices that it pays again. A few operations are enough
 *              to change its mind; there is no clock, no random number and nothing shared.
 *
 * MEMORY       12 bytes, adaptive 20, of one thread, usually on its stack; an adaptive one lives as long as what it
 *              learns about, beside the thread's record. No operation orders memory.
 *
 * PROGRESS     Every call is bounded: max pauses or one system call.
 */
#ifndef LOFT_CORE_BACKOFF_H
#define LOFT_CORE_BACKOFF_H

#include "base.h"

#if !defined(LOFT_UNSUPPORTED)

#if LOFT_MSVC
#  include <intrin.h>
#endif
#if !defined(_WIN32)
#  include <sched.h>
#endif

#if !defined(LOFT_BACKOFF_MIN)
#  define LOFT_BACKOFF_MIN  1
#endif
#if !defined(LOFT_BACKOFF_MAX)
#  define LOFT_BACKOFF_MAX  1024
#endif
LOFT_STATIC_ASSERT(LOFT_BACKOFF_MIN >= 1 && LOFT_BACKOFF_MAX >= LOFT_BACKOFF_MIN && LOFT_BACKOFF_MAX <= 0xffffffff,
                   "loft/core/backoff.h: LOFT_BACKOFF_MIN must be at least 1 and at most LOFT_BACKOFF_MAX");

/* ---- the processor ----------------------------------------------------------------------------------------------- */

/* loft_pause - tell the processor that this thread spins: it saves power, lets a sibling thread run, and does not flood
 * the memory system with speculative loads of the word that is waited for.
 *   threads   any
 *   progress  wait-free
 *   order     none; the compiler does not move memory accesses across it
 *   cost      x86 10 to 140 cycles by model; figures in docs/core/backoff.md
 */
LOFT_API void
loft_pause(void)
{
#if LOFT_MSVC && (defined(_M_X64) || defined(_M_IX86))
    _mm_pause();
#elif LOFT_MSVC && defined(_M_ARM64)
    __isb(0xf);
#elif LOFT_MSVC
    _ReadWriteBarrier();
#elif defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    /* `yield` is a hint that most cores without sibling threads take as nothing, so that a thousand of them are over
     * before another core's store arrives. `isb` empties the pipeline and costs tens of cycles, like x86's pause. */
    __asm__ __volatile__("isb" ::: "memory");
#elif defined(__arm__) && defined(__ARM_ARCH) && __ARM_ARCH >= 7
    __asm__ __volatile__("yield" ::: "memory");
#elif defined(__riscv)
    /* `pause` of Zihintpause by its number: a fence that orders nothing, so that any core runs it and any assembler,
     * older than the extension or told an architecture without it, takes it. */
    __asm__ __volatile__(".4byte 0x0100000f" ::: "memory");
#elif defined(__powerpc__) || defined(__powerpc64__)
    __asm__ __volatile__("or 27,27,27" ::: "memory");
#else
    __asm__ __volatile__("" ::: "memory");
#endif
}

#if !defined(LOFT_PAUSE)
#  define LOFT_PAUSE()  loft_pause()
#endif

/* ---- the system -------------------------------------------------------------------------------------------------- */

#if defined(_WIN32)
/* Declared as the system header does, which would bring ten thousand names with it. */
#  if LOFT_CPLUSPLUS
extern "C"
#  endif
__declspec(dllimport) int __stdcall SwitchToThread(void);
#endif

/* loft_yield - let another runnable thread of this processor go first. With none there it returns at once.
 *   threads   any
 *   progress  one system call; the others may run for a time slice each
 *   order     none
 */
LOFT_API void
loft_yield(void)
{
#if defined(_WIN32)
    (void)SwitchToThread();
#else
    (void)sched_yield();
#endif
}

#if !defined(LOFT_YIELD)
#  define LOFT_YIELD()  loft_yield()
#endif

/* ---- types ------------------------------------------------------------------------------------------------------- */

/* One thread's; never shared. 1 <= min <= current <= max. */
typedef struct loft_backoff {
    uint32_t min;
    uint32_t max;
    uint32_t current;                                    /* pauses of the next step */
} loft_backoff;

#define LOFT_BACKOFF_INIT  { LOFT_BACKOFF_MIN, LOFT_BACKOFF_MAX, LOFT_BACKOFF_MIN }

typedef struct loft_backoff_adapt {
    loft_backoff wait;                                   /* of the operation under way                         */
    uint32_t limit;                                      /* a wait as long as this becomes a yield             */
    uint32_t went;                                       /* how far the operation under way went, see below    */
} loft_backoff_adapt;

/* ---- private ----------------------------------------------------------------------------------------------------- */

enum { LOFT_BACKOFF_STRAIGHT_, LOFT_BACKOFF_PAUSED_, LOFT_BACKOFF_YIELDED_ };

/* Doubling that neither overshoots max nor wraps. */
LOFT_API uint32_t
loft_backoff_double_(uint32_t n, uint32_t max)
{
    return n > max / 2u ? max : n * 2u;
}

/* The least limit: 15 pauses from a min of 1, which is in the order of what a yield costs. */
LOFT_API uint32_t
loft_backoff_floor_(const loft_backoff *b)
{
    return b->min > b->max / 16u ? b->max : b->min * 16u;
}

/* ---- exponential ------------------------------------------------------------------------------------------------- */

/* loft_backoff_init - first wait min, longest max, in pauses.
 *   threads   the owner
 *   progress  wait-free
 */
LOFT_API void
loft_backoff_init(loft_backoff *b, uint32_t min, uint32_t max)
{
    LOFT_ASSERT(b && "loft_backoff_init: no object");
    LOFT_ASSERT(min >= 1u && "loft_backoff_init: min is 0");
    LOFT_ASSERT(max >= min && "loft_backoff_init: max is below min");
    if (!b)
        return;
    b->min = min ? min : 1u;
    b->max = max < b->min ? b->min : max;
    b->current = b->min;
}

/* loft_backoff_reset - the next wait is min again; call it where the attempt succeeded and the object is used on.
 *   threads   the owner
 *   progress  wait-free
 */
LOFT_API void
loft_backoff_reset(loft_backoff *b)
{
    LOFT_ASSERT(b && "loft_backoff_reset: no object");
    if (b)
        b->current = b->min;
}

/* loft_backoff_step - pause `current` times, then double it, clamped to max.
 *   threads   the owner
 *   progress  wait-free: at most max pauses
 *   order     none
 */
LOFT_API void
loft_backoff_step(loft_backoff *b)
{
    LOFT_ASSERT(b && "loft_backoff_step: no object");
    if (!b)
        return;
    for (uint32_t i = 0; i < b->current; i++)
        LOFT_PAUSE();
    b->current = loft_backoff_double_(b->current, b->max);
}

/* loft_backoff_step_yield - the same until the wait has grown to max; from then on let other threads run instead,
 * because whoever is waited for has had the time and may be without a processor.
 *   returns   true: it yielded. A caller that sees it often may sleep instead (core/park.h)
 *   threads   the owner
 *   progress  fewer than max pauses, or one system call
 *   order     none
 */
LOFT_API bool
loft_backoff_step_yield(loft_backoff *b)
{
    LOFT_ASSERT(b && "loft_backoff_step_yield: no object");
    if (!b)
        return false;
    if (b->current >= b->max) {
        LOFT_YIELD();
        return true;
    }
    loft_backoff_step(b);
    return false;
}

/* ---- adaptive ---------------------------------------------------------------------------------------------------- */

/* loft_backoff_adapt_init - nothing learnt yet: it yields where loft_backoff_step_yield would.
 *   threads   the owner
 *   progress  wait-free
 */
LOFT_API void
loft_backoff_adapt_init(loft_backoff_adapt *a, uint32_t min, uint32_t max)
{
    LOFT_ASSERT(a && "loft_backoff_adapt_init: no object");
    if (!a)
        return;
    loft_backoff_init(&a->wait, min, max);
    a->limit = a->wait.max;
    a->went = LOFT_BACKOFF_STRAIGHT_;
}

/* loft_backoff_adapt_step - wait after a failed attempt: like loft_backoff_step_yield, with `limit` in place of max.
 *   returns   true: it yielded
 *   threads   the owner
 *   progress  fewer than max pauses, or one system call
 *   order     none
 */
LOFT_API bool
loft_backoff_adapt_step(loft_backoff_adapt *a)
{
    LOFT_ASSERT(a && "loft_backoff_adapt_step: no object");
    if (!a)
        return false;
    if (a->wait.current >= a->limit) {
        a->went = LOFT_BACKOFF_YIELDED_;
        LOFT_YIELD();
        return true;
    }
    a->went = LOFT_BACKOFF_PAUSED_;
    loft_backoff_step(&a->wait);
    return false;
}

/* loft_backoff_adapt_done - the attempt succeeded: learn from how far it went, and be ready for the next.
 *   threads   the owner
 *   progress  wait-free
 */
LOFT_API void
loft_backoff_adapt_done(loft_backoff_adapt *a)
{
    LOFT_ASSERT(a && "loft_backoff_adapt_done: no object");
    if (!a)
        return;
    if (a->went == LOFT_BACKOFF_PAUSED_) {
        a->limit = loft_backoff_double_(a->limit, a->wait.max);
    } else if (a->went == LOFT_BACKOFF_YIELDED_) {
        const uint32_t least = loft_backoff_floor_(&a->wait);
        a->limit = a->limit / 2u > least ? a->limit / 2u : least;
    }
    a->went = LOFT_BACKOFF_STRAIGHT_;
    loft_backoff_reset(&a->wait);
}

#endif /* supported */
#endif /* LOFT_CORE_BACKOFF_H */
