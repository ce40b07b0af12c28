/* SPDX-License-Identifier: MIT
 *
 * tests/map/skiplist_locked_progress.c - map/skiplist_locked.h: a thread that stops anywhere holds up nobody who only
 * looks; recorded histories, things that many threads hold, and comparisons that lie to many threads.
 *
 * build: flags -DTAP_JUMPS -DLOFT_ALLOC_STATS
 * build: c-only
 */
#include "subject.h"

#define ENGINE  <loft/map/skiplist_locked.h>
#include "progress.h"

int
main(void)
{
    watchdog("map/skiplist_locked_progress");
    progress_locked();
    return done();
}
