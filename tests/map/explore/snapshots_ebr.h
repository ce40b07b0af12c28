/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/snapshots_ebr.h - the program of snapshots of ENGINE, over epochs, which free what is retired as
 * soon as they may.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_SNAPSHOTS_EBR_H
#define LOFT_TESTS_MAP_EXPLORE_SNAPSHOTS_EBR_H

#include <loft/check/explore.h>

#include <loft/smr/ebr.h>

#define LOFT_MAP_NAME       omap
#define LOFT_MAP_KEY        unsigned
#define LOFT_MAP_VAL        unsigned
#define LOFT_MAP_EQ(a, b)   ((a) == (b))
#define LOFT_MAP_SMR        loft_ebr
#define LOFT_SNAPSHOT_TOLD_  2u                          /* so that some forget what they were told            */
#include ENGINE

#include "epochs.h"
#include "snapshots.h"

static const loft_explore_client clients[] = {
    SNAPS_BESIDE_A_CALL(CLIENT, LARGE, 10000),
    LARGE("a snapshot beside a snapshot", 10000, has_1, 2, snap, snap),
    SNAPS_BESIDE_ONE(LARGE, 2000),
    SNAPS_BESIDE_TWO(LARGE, 2000),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}

#endif
