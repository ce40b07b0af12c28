/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst.c - the tree as a map, over a scheme that does nothing: the structure alone.
 */
#include <loft/check/explore.h>

#include <loft/smr/leak.h>

#define LOFT_MAP_NAME      omap
#define LOFT_MAP_KEY       unsigned
#define LOFT_MAP_VAL       unsigned
#define LOFT_MAP_EQ(a, b)  ((a) == (b))
#define LOFT_MAP_SMR       loft_leak
#include <loft/map/bst.h>

#define SMR            loft_leak
#define SMR_FLAGS      LOFT_EXPLORE_MAY_LEAK
#define SMR_BEGIN(d)   loft_explore_check(loft_leak_init(&(d), NULL) == LOFT_OK)
#include "tree_clients.h"
#include "tree_readers.h"

/* 1 is out, and not off the tree: who comes by helps. */
static void
grown_5_1_2_out(void)
{
    omap_way_ at;
    const unsigned k = 1;
    grown("512");
    loft_leak_enter(me[0]);
    loft_explore_check(omap_find_(&map, me[0], &k, LOFT_MAP_AT_, &at) && omap_take_(&map, &at));
    loft_leak_exit(me[0]);
    keys &= ~(1u << k);
}
DO1(reader_has_1, ON(HAS, 1))

static const loft_explore_client clients[] = {
    MAP_CLIENTS,
    TREE_CLIENTS,
    READERS(CLIENT),
    MORE_READERS(2000),
    SOME("a put below a node that somebody helps off", 4000, grown_5_1_2_out, 36, reader_put_3, reader_update_5_has_3,
         reader_has_3_get_5, reader_has_1),
    SOME("the same, seen as a neighbour", 4000, grown_5_1_2_out, 36, reader_put_3, reader_update_5_has_3,
         reader_floor_3_get_5, reader_has_1),
    FREEZE_SOME("nobody waits: a change beside a change", 5000, has_1_2, 6, changes, changes),
    FREEZE("nobody waits: a look beside a change", has_1_2, 6, looks, changes),
    FREEZE("nobody waits: pops", has_1_2, 6, pop_first, pop_first),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
