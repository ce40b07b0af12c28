/* SPDX-License-Identifier: MIT
 *
 * tests/map/list_snapshot.c - map/list.h, what it had at one instant, while many threads change it.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS -DTAP_JUMPS
 * build: c-only
 */
#include "subject.h"

#define ENGINE  <loft/map/list.h>
#include "snapshots.h"

int
main(void)
{
    watchdog("map/list_snapshot");
    snapshots();
    return done();
}
