/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_locked.c - the locked tree as a map, over a scheme that does nothing: the structure alone.
 */
#include <loft/check/explore.h>

#include <loft/smr/leak.h>

#define LOFT_MAP_NAME      omap
#define LOFT_MAP_KEY       unsigned
#define LOFT_MAP_VAL       unsigned
#define LOFT_MAP_EQ(a, b)  ((a) == (b))
#define LOFT_MAP_SMR       loft_leak
#include <loft/map/bst_locked.h>

/* Said only where somebody waits. */
static bool waits;
#define UPDATES        (waits ? LOFT_EXPLORE_BLOCKING : LOFT_EXPLORE_NO_PROMISE)

#define SMR            loft_leak
#define SMR_FLAGS      LOFT_EXPLORE_MAY_LEAK
#define SMR_BEGIN(d)   loft_explore_check(loft_leak_init(&(d), NULL) == LOFT_OK)
#include "tree_clients.h"

static void has_1_2_free(void) { waits = false; has_1_2(); }
static void has_1_2_waits(void) { waits = true; has_1_2(); }

static const loft_explore_client clients[] = {
    MAP_CLIENTS,
    TREE_CLIENTS,
    FREEZE("who looks waits for nobody", has_1_2_free, 6, looks, changes),
    FREEZE("changes wait for each other", has_1_2_waits, 6, changes, changes),
    FREEZE("pops wait for each other", has_1_2_waits, 6, pop_first, pop_first),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
