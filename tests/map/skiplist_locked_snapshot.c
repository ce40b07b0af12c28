/* SPDX-License-Identifier: MIT
 *
 * tests/map/skiplist_locked_snapshot.c - map/skiplist_locked.h, what it had at one instant, while many threads change
 * it.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS -DTAP_JUMPS
 * build: c-only
 */
#include "subject.h"

#define ENGINE  <loft/map/skiplist_locked.h>
#include "snapshots.h"

int
main(void)
{
    watchdog("map/skiplist_locked_snapshot");
    snapshots_locked();
    return done();
}
