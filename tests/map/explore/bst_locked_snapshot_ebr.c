/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_locked_snapshot_ebr.c - snapshots of the locked tree over epochs, which free what is retired as
 * soon as they may.
 */
#include <loft/check/explore.h>

#include <loft/smr/ebr.h>

#define LOFT_MAP_NAME      omap
#define LOFT_MAP_KEY       unsigned
#define LOFT_MAP_VAL       unsigned
#define LOFT_MAP_EQ(a, b)  ((a) == (b))
#define LOFT_MAP_SMR       loft_ebr
#include <loft/map/bst_locked.h>

#define UPDATES    LOFT_EXPLORE_BLOCKING
#define SNAPS      LOFT_EXPLORE_BLOCKING
#define SMR        loft_ebr
#define SMR_FLAGS  0
#define SMR_BEGIN(d) \
    do { \
        loft_ebr_options o; \
        memset(&o, 0, sizeof o); \
        o.batch = 1; \
        o.frees = LOFT_SMR_ALL; \
        loft_explore_check(loft_ebr_init(&(d), &o) == LOFT_OK); \
        (d).batch = 0; \
    } while (0)
#include "snapshots.h"

/* So many that what the first of them retires is freed. */
DO3(updates, ON(UPDATE, 1), ON(UPDATE, 1), ON(UPDATE, 1))

#define EVERY(text, count, first, in, ...)  CLIENT(text, first, in, __VA_ARGS__)

static const loft_explore_client clients[] = {
    SNAPS_BESIDE_A_CALL(CLIENT, EVERY, 0),
    CLIENT("a snapshot beside a snapshot", has_1, 2, snap, snap),
    CLIENT("a snapshot of what is freed soon", has_1, 2, updates, snap),
    SNAPS_BESIDE_ONE(LARGE, 2000),
    SNAPS_BESIDE_TWO(LARGE, 1000),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
