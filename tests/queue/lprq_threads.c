/* SPDX-License-Identifier: MIT
 *
 * tests/queue/lprq_threads.c - queue/lprq.h under threads, all schemes, with and without memory; histories, and threads
 * that stop. With a number for its argument: one history of so many calls.
 *
 * build: flags -DTAP_JUMPS
 * build: c-only
 */
#define FAMILY_SCQ 1
#define FAMILY_TICKETS 1
#define FAMILY_UNBOUNDED 1
#define ENGINE_HEADER  <loft/queue/lprq.h>
#include "unbounded_threads.h"

int
main(int n, char **arg)
{
    watchdog("queue/lprq_threads");
    unbounded_threads(n > 1 ? arg[1] : NULL);
    return done();
}
