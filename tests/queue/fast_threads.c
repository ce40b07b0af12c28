/* SPDX-License-Identifier: MIT
 *
 * tests/queue/fast_threads.c - queue/fast.h, where it is to be LCRQ, or LPRQ where the processor cannot, under threads,
 * all schemes, with and without memory; histories, and threads that stop. With a number for its
 * argument: one history of so many calls.
 *
 * build: flags -DTAP_JUMPS
 * build: c-only
 * build: not asan ubsan tsan cross
 */
#define FAMILY_SCQ 1
#define FAMILY_TICKETS 1
#define FAMILY_UNBOUNDED 1
#define ENGINE_HEADER  "support/fast_lcrq.h"
#include "unbounded_threads.h"

int
main(int n, char **arg)
{
    watchdog("queue/fast_threads");
    unbounded_threads(n > 1 ? arg[1] : NULL);
    return done();
}
