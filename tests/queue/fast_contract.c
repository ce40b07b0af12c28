/* SPDX-License-Identifier: MIT
 *
 * tests/queue/fast_contract.c - queue/fast.h where it is to be LCRQ, or LPRQ where the processor cannot: the contract
 * of the unbounded queues, for elements of many sizes and all reclamation schemes, by one thread. Threads are
 * in fast_threads.c.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS -DTAP_JUMPS
 * build: c-only
 * build: not asan ubsan tsan cross
 */
#define FAMILY_SCQ 1
#define FAMILY_UNBOUNDED 1
#define ENGINE_HEADER  "support/fast_lcrq.h"
#define ENGINE_SEGMENT 2048
#include "unbounded_cases.h"

int
main(void)
{
    watchdog("queue/fast_contract");
    unbounded_cases();
    return done();
}
