/* SPDX-License-Identifier: MIT
 *
 * tests/queue/lcrq_contract.c - queue/lcrq.h: the contract of the unbounded queues, for elements of many sizes and all
 * reclamation schemes, by one thread. Threads are in lcrq_threads.c.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS -DTAP_JUMPS
 * build: c-only
 * build: not tsan cross
 */
#define FAMILY_SCQ 1
#define FAMILY_UNBOUNDED 1
#include "common.h"

#if TEST_PAIRS
#  define ENGINE_HEADER  <loft/queue/lcrq.h>
#  include "unbounded_cases.h"
#else
static void unbounded_cases(void) {}
#endif

int
main(void)
{
    watchdog("queue/lcrq_contract");
    if (TEST_PAIRS && loft_dw_supported())
        unbounded_cases();
    else
        ok_skip("queue/lcrq", TEST_NO_PAIRS);
    return done();
}
