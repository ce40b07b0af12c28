/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/snapshots_leak.h - the program of snapshots of ENGINE, over a scheme that does nothing.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_SNAPSHOTS_LEAK_H
#define LOFT_TESTS_MAP_EXPLORE_SNAPSHOTS_LEAK_H

#include <loft/check/explore.h>

#include <loft/smr/leak.h>
#include "nomem.h"
#define loft_alloc(size)  (memory_ends() ? NULL : (loft_alloc)(size))   /* reports, and what is made of them */

#define LOFT_MAP_NAME       omap
#define LOFT_MAP_KEY        unsigned
#define LOFT_MAP_VAL        unsigned
#define LOFT_MAP_EQ(a, b)   ((a) == (b))
#define LOFT_MAP_SMR        loft_leak
#define LOFT_SNAPSHOT_TOLD_  2u                          /* so that some forget what they were told            */
#include ENGINE

#define SMR            loft_leak
#define SMR_FLAGS      LOFT_EXPLORE_MAY_LEAK
#define SMR_BEGIN(d)   loft_explore_check(loft_leak_init(&(d), NULL) == LOFT_OK)
#include "snapshots.h"

NOMEM(has_2_more)

static const loft_explore_client clients[] = {
    SNAPS_BESIDE_A_CALL(CLIENT, LARGE, 10000),
    CLIENT("a snapshot beside a snapshot", has_1, 2, snap, snap),
    SNAPS_BESIDE_ONE(LARGE, 4000),
    SNAPS_BESIDE_TWO(LARGE, 4000),
    SNAPS_BESIDE_THREE(LARGE, 4000),
    LARGE("without memory: a snapshot beside any call", 2000, has_1_2_nomem, 6, any, snap),
    LARGE("without memory: a snapshot, a put and who has seen it", 2000, has_2_more_nomem, 4, put_1, get_1_put_3, snap),
    FREEZE_SOME("nobody waits: a snapshot beside changes", 100, has_1_2, 6, changes, snap),
    FREEZE_SOME("nobody waits: a snapshot beside looks", 100, has_1_2, 6, looks, snap),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}

#endif
