/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_locked_snapshot.c - snapshots of the locked tree, over a scheme that does nothing: they wait,
 * and looks do not.
 */
#include <loft/check/explore.h>

#include <loft/smr/leak.h>
#include "nomem.h"
#define loft_alloc(size)  (memory_ends() ? NULL : (loft_alloc)(size))   /* what a snapshot keeps */

#define LOFT_MAP_NAME      omap
#define LOFT_MAP_KEY       unsigned
#define LOFT_MAP_VAL       unsigned
#define LOFT_MAP_EQ(a, b)  ((a) == (b))
#define LOFT_MAP_SMR       loft_leak
#include <loft/map/bst_locked.h>

/* Said only where somebody waits. */
static bool waits;
#define UPDATES        (waits ? LOFT_EXPLORE_BLOCKING : LOFT_EXPLORE_NO_PROMISE)
#define SNAPS          (waits ? LOFT_EXPLORE_BLOCKING : LOFT_EXPLORE_LOCK_FREE)
#define SMR            loft_leak
#define SMR_FLAGS      LOFT_EXPLORE_MAY_LEAK
#define SMR_BEGIN(d)   loft_explore_check(loft_leak_init(&(d), NULL) == LOFT_OK)
#include "snapshots.h"

NOMEM(has_2_more)

/* 1 and 3 hang at nodes of their own, so that no lock is common to both. */
DO2(update_3_snap, ON(UPDATE, 3), ON(SNAP, 0))
DO2(get_1_get_3, ON(GET, 1), ON(GET, 3))

static void has_1_2_free(void) { waits = false; has_1_2(); }
static void has_1_2_waits(void) { waits = true; has_1_2(); }
#define EVERY(text, count, first, in, ...)  CLIENT(text, first, in, __VA_ARGS__)

static const loft_explore_client clients[] = {
    SNAPS_BESIDE_A_CALL(CLIENT, EVERY, 0),
    CLIENT("a snapshot beside a snapshot", has_1, 2, snap, snap),
    SNAPS_BESIDE_ONE(EVERY, 0),
    SNAPS_BESIDE_TWO(LARGE, 2000),
    SNAPS_BESIDE_THREE(LARGE, 2000),
    CLIENT("a snapshot after an update, beside another, and two looks", has_1_2_3_more, 14, update_1,
           update_3_snap, get_1_get_3),
    LARGE("without memory: a snapshot beside any call", 2000, has_1_2_nomem, 6, any, snap),
    LARGE("without memory: a snapshot, a put and who has seen it", 2000, has_2_more_nomem, 4, put_1, get_1_put_3, snap),
    FREEZE("looks and snapshots do not wait for each other", has_1_2_free, 6, looks, snap),
    FREEZE("a snapshot and changes wait for each other", has_1_2_waits, 6, changes, snap),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
