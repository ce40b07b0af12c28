/* SPDX-License-Identifier: MIT
 *
 * tests/queue/lcrq_threads.c - queue/lcrq.h under threads, all schemes, with and without memory; histories, and threads
 * that stop. With a number for its argument: one history of so many calls.
 *
 * build: flags -DTAP_JUMPS
 * build: c-only
 * build: not asan ubsan
 */
#define FAMILY_SCQ 1
#define FAMILY_TICKETS 1
#define FAMILY_UNBOUNDED 1
#include "common.h"

#if TEST_PAIRS
#  define ENGINE_HEADER  <loft/queue/lcrq.h>
#  include "unbounded_threads.h"
#else
static void unbounded_threads(const char *calls) { (void)calls; }
#endif

int
main(int n, char **arg)
{
    watchdog("queue/lcrq_threads");
    if (TEST_PAIRS && loft_dw_supported())
        unbounded_threads(n > 1 ? arg[1] : NULL);
    else
        ok_skip("queue/lcrq", TEST_NO_PAIRS);
    return done();
}
