/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/skiplist_locked_snapshot.c - snapshots of the skip list with locks, over a scheme that does
 * nothing.
 */
#include <loft/check/explore.h>

#include <loft/smr/leak.h>

static unsigned high[16] = { 1, 1, 2, 1, 1, 1 };

#define LOFT_MAP_NAME       omap
#define LOFT_MAP_KEY        unsigned
#define LOFT_MAP_VAL        unsigned
#define LOFT_MAP_EQ(a, b)   ((a) == (b))
#define LOFT_MAP_SMR        loft_leak
#define LOFT_MAP_LEVELS     2
#define LOFT_MAP_HEIGHT(k)  high[k]
#define LOFT_SNAPSHOT_TOLD_  2u                          /* so that some forget what they were told            */
#include <loft/map/skiplist_locked.h>

#define SMR            loft_leak
#define SMR_FLAGS      LOFT_EXPLORE_MAY_LEAK
#define SMR_BEGIN(d)   loft_explore_check(loft_leak_init(&(d), NULL) == LOFT_OK)
#include "snapshots.h"

static const loft_explore_client clients[] = {
    SNAPS_BESIDE_ONE(LARGE, 4000),
    SNAPS_BESIDE_TWO(LARGE, 4000),
    SNAPS_BESIDE_THREE(LARGE, 4000),
    FREEZE_SOME("nobody waits: a snapshot beside changes", 100, has_1_2, 6, changes, snap),
    FREEZE_SOME("nobody waits: a snapshot beside looks", 100, has_1_2, 6, looks, snap),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
