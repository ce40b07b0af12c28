/* SPDX-License-Identifier: MIT
 *
 * tests/queue/lscq_contract.c - queue/lscq.h: the contract of the unbounded queues, for elements of many sizes and all
 * reclamation schemes, by one thread. Threads are in lscq_threads.c.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS -DTAP_JUMPS
 * build: not tsan
 */
#define FAMILY_SCQ 1
#define FAMILY_UNBOUNDED 1
#define ENGINE_HEADER  <loft/queue/lscq.h>
#include "unbounded_cases.h"

int
main(void)
{
    watchdog("queue/lscq_contract");
    unbounded_cases();
    return done();
}
