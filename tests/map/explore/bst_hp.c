/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_hp.c - the tree as a map over hazard pointers, which free what is retired as soon as they may.
 */
#include <loft/check/explore.h>

#include <loft/smr/hp.h>

#define LOFT_MAP_NAME      omap
#define LOFT_MAP_KEY       unsigned
#define LOFT_MAP_VAL       unsigned
#define LOFT_MAP_EQ(a, b)  ((a) == (b))
#define LOFT_MAP_SMR       loft_hp
#include <loft/map/bst.h>

static bool keeps;                                       /* frees nothing meanwhile                            */

#define SMR        loft_hp
#define SMR_FLAGS  0
#define SMR_BEGIN(d) \
    do { \
        loft_hp_options o; \
        memset(&o, 0, sizeof o); \
        o.batch = keeps ? 64 : 1; \
        o.frees = LOFT_SMR_ALL; \
        loft_explore_check(loft_hp_init(&(d), &o) == LOFT_OK); \
        (d).slots = 7; \
    } while (0)
#include "tree_readers.h"

/* Who frees learns on the way what others did, which would hide that an edge of the tree's own is missing. */
static void
has_1_keeps(void)
{
    more = false;
    keeps = true;
    begin(2);
    keeps = false;
}

/* One below the other: the lower parent goes with the upper one, if that is stopped half way. */
DO1(remove_2, ON(REMOVE, 2))
DO1(remove_3, ON(REMOVE, 3))

/* The turn is far above the place, and the neighbour far below the turn, so that slots run short. */
static void
plants(const char *order)
{
    none();
    for (; *order; order++) {
        const unsigned k = (unsigned)(*order - '0');
        loft_explore_check(omap_put(&map, me[0], k, FIRST_VALUE + k) == LOFT_OK);
        keys |= 1u << k;
    }
}
static void far_above(void) { plants("5123"); }
static void far_below(void) { plants("23154"); }
DO1(higher_3, ON(HIGHER, 3))
DO1(higher_2, ON(HIGHER, 2))
DO2(remove_5_and_1, ON(REMOVE, 5), ON(REMOVE, 1))    /* what is retired first is freed now */
DO2(remove_1_and_5, ON(REMOVE, 1), ON(REMOVE, 5))

static const loft_explore_client clients[] = {
    CLIENT("a look beside an update", has_1, 2, looks, update_1),
    CLIENT("a look beside a removal", has_1, 2, looks, remove_1),
    CLIENT("a look beside a pop", has_1_2, 6, looks, pop_first),
    CLIENT("a removal beside an update", has_1, 2, remove_1, update_1),
    LARGE("a pop beside a pop", 2000, has_1_2, 6, pop_first, pop_first),
    LARGE("removals one below the other", 1000, has_1_2_3, 14, remove_3, remove_2),
    LARGE("a neighbour beside the removal of the turn", 3000, far_above, 46, higher_3, remove_5_and_1),
    LARGE("a neighbour beside the removal of the place", 3000, far_below, 62, higher_2, remove_1_and_5),
    SOME("three removals, one below the other", 500, has_1_2_3_more, 14, remove_3, remove_2, remove_1),
    CLIENT("a pop beside a pop at the other end", has_1, 2, pop_first, pop_last),
    BARE("who misses knows who popped", has_1_keeps, end, writes_pops, misses),
    BARE("visits downwards beside a pop", has_1_2, end, visits_down, pop_last),
    LARGE("any call beside any, of 1", 1500, has_1, 2, any, any),
    LARGE("any call beside any, of 1 and 2", 1500, has_1_2, 6, any, any),
    LARGE("any call beside three pops", 1500, has_1_2_3, 14, any, pop_pop_pop),
    LARGE("any call beside three puts", 1500, has_1, 2, any, put_put_put),
    LARGE("two changes beside two changes", 3000, has_1_2, 6, two_changes, two_changes),
    SOME("three beside three", 3000, has_1_3, 10, three, three),
    SOME("two changes thrice", 3000, has_1_2_more, 6, two_changes, two_changes, two_changes),
    READERS(SOME_FEW),
    SOME("changes beside looks", 3000, has_1_2_more, 6, three, two_looks, two_looks),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
