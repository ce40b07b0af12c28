/* SPDX-License-Identifier: MIT
 *
 * tests/map/bst_progress.c - map/bst.h: a thread that stops anywhere, recorded histories, things that many threads
 * hold, and comparisons that lie to many threads.
 *
 * build: flags -DTAP_JUMPS -DLOFT_ALLOC_STATS
 * build: c-only
 */
#include "subject.h"

#define ENGINE  <loft/map/bst.h>
#include "progress.h"

int
main(void)
{
    watchdog("map/bst_progress");
    progress();
    return done();
}
