/* SPDX-License-Identifier: MIT
 *
 * tests/map/bst_snapshot.c - map/bst.h, what it had at one instant, while many threads change it.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS -DTAP_JUMPS
 * build: c-only
 */
#include "subject.h"

#define ENGINE  <loft/map/bst.h>
#include "snapshots.h"

int
main(void)
{
    watchdog("map/bst_snapshot");
    snapshots();
    return done();
}
