/* SPDX-License-Identifier: MIT
 *
 * tests/map/skiplist_progress.c - map/skiplist.h: a thread that stops anywhere, recorded histories, things that many
 * threads hold, and comparisons that lie to many threads.
 *
 * build: flags -DTAP_JUMPS -DLOFT_ALLOC_STATS
 * build: c-only
 */
#include "subject.h"

#define ENGINE  <loft/map/skiplist.h>
#include "progress.h"

int
main(void)
{
    watchdog("map/skiplist_progress");
    progress();
    return done();
}
