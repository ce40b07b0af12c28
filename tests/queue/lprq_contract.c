/* SPDX-License-Identifier: MIT
 *
 * tests/queue/lprq_contract.c - queue/lprq.h: the contract of the unbounded queues, for elements of many sizes and all
 * reclamation schemes, by one thread. Threads are in lprq_threads.c.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS -DTAP_JUMPS
 * build: c-only
 * build: not tsan
 */
#define FAMILY_SCQ 1
#define FAMILY_UNBOUNDED 1
#define ENGINE_HEADER  <loft/queue/lprq.h>
#include "unbounded_cases.h"

int
main(void)
{
    watchdog("queue/lprq_contract");
    unbounded_cases();
    return done();
}
