/* SPDX-License-Identifier: MIT
 *
 * loft/core/asymmetric.h - fences that cost one side nothing because the other side pays for both.
 *
 * Needs: core/base.h core/atomics.h core/arch.h
 *
 * USE IT WHEN      two threads each write one word and then read the other's, at least one of them must see the other
 *                  (StoreLoad), and one of the two sides runs a thousand times as often as the other.
 * DO NOT USE IT    between two frequent sides: two light fences order nothing. Take loft_fence(seq_cst) on both.
 *
 * EXAMPLE
 *     #include <loft/core/asymmetric.h>
 *     static LOFT_ATOMIC(int) busy, closed;
 *     static bool asym;
 *     static bool begin(void)                                  // often
 *     {
 *         loft_store(&busy, 1, relaxed);                        // begin:A relaxed: begin:B orders it
 *         loft_fence_light(asym, seq_cst);                      // begin:B seq_cst <-> shut:B: one sees the other
 *         return !loft_load(&closed, relaxed);                  // begin:C relaxed: begin:B orders it
 *     }
 *     static bool shut(void)                                    // once: true, nobody is inside or will be
 *     {
 *         loft_store(&closed, 1, relaxed);                      // shut:A relaxed: shut:B orders it
 *         if (!loft_fence_heavy(asym, seq_cst))                // shut:B seq_cst <-> begin:B: one sees the other
 *             return false;                                     // not now: nothing is ordered
 *         return !loft_load(&busy, relaxed);                    // shut:C relaxed: shut:B orders it
 *     }
 *     int main(void)
 *     {
 *         asym = loft_asymmetric();
 *         return !begin() || shut();
 *     }
 *
 * OPERATIONS       loft_asymmetric()            whether light fences are free here: what both sides are given as `asym`
 *                  loft_fence_light(asym, mo)   the frequent side
 *                  loft_fence_heavy(asym, mo)   the rare side; false: it could not be done, and orders nothing
 *
 * ORDER            With asym, a light fence keeps the compiler from moving accesses and is no instruction. A heavy one
 *                  makes each other running thread of the process pass a full fence (membarrier(2) on Linux,
 *                  FlushProcessWriteBuffers on Windows). Of a light and a heavy fence, either what was done before
 *                  the light one is seen after the heavy one, or what was done before the heavy one after the light
 *                  one; in both cases that is an edge, stronger than two loft_fence(seq_cst) give. Two heavy ones
 *                  likewise. Without asym both are loft_fence(mo). All sides of one protocol have to be given the same
 *                  asym, decided once: a light fence and a plain fence order nothing. mo is seq_cst, and says at the
 *                  place what the pair of them amounts to.
 *
 * SANITIZER        ThreadSanitizer sees neither. Let payload ride on release and acquire words, as with any fence.
 *
 * MEMORY           none.
 *
 * PROGRESS         light: wait-free. heavy: a system call; 0.2 microseconds where no other thread of the process runs,
 *                  some 10 where many do, each of which is interrupted.
 *
 * SOURCE           Asymmetric fences: Dice, Huang, Yang, Asymmetric Dekker Synchronization, 2001; Goldblatt, P1202R5.
 */
#ifndef LOFT_CORE_ASYMMETRIC_H
#define LOFT_CORE_ASYMMETRIC_H

#include "base.h"
#include "atomics.h"
#include "arch.h"

#if !defined(LOFT_UNSUPPORTED)

/* loft_asymmetric - whether the light fence may be free.
 *   returns   loft_arch()->membarrier
 *   threads   any
 *   progress  wait-free; the first call of a file asks the system
 */
LOFT_API bool
loft_asymmetric(void)
{
    return loft_arch()->membarrier;
}

#if defined(LOFT_MEMORY)

#  define loft_fence_light(asym, mo) \
    ((asym) ? loft_memory_light_(LOFT_MEMORY_SITE_("light fence", mo, mo)) : loft_fence(mo))
#  define loft_fence_heavy(asym, mo) \
    (((asym) ? loft_memory_heavy_(LOFT_MEMORY_SITE_("heavy fence", mo, mo)) : loft_fence(mo)), true)

#else

/* loft_fence_light - this thread's half of a StoreLoad order, cheap.
 *   threads   any; the other half is a heavy fence with the same asym
 *   progress  wait-free
 *   order     see ORDER
 *   cost      nothing with asym, else a full fence
 */
#  define loft_fence_light(asym, mo) \
    ((asym) ? (LOFT_POINT(), loft_signal_fence(mo)) : loft_fence(mo))

LOFT_NODISCARD LOFT_API bool
loft_fence_heavy_(void)
{
    loft_signal_fence(seq_cst);                          /* the compiler moves nothing over the call           */
    const bool done = loft_arch_membarrier();
    loft_signal_fence(seq_cst);
    return done;
}

/* loft_fence_heavy - the other half, dear: it makes every light fence of the process count.
 *   returns   false: the system refused (it was asked before and said yes), and nothing is ordered; try again later
 *   threads   any
 *   progress  that of a system call
 *   order     see ORDER
 *   cost      with asym a system call, else a full fence
 */
#  define loft_fence_heavy(asym, mo) \
    ((asym) ? (LOFT_POINT(), loft_fence_heavy_()) : (loft_fence(mo), true))

#endif

#endif /* supported */
#endif /* LOFT_CORE_ASYMMETRIC_H */
