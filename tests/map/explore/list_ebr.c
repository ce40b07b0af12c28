/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/list_ebr.c - the list as a map over epochs, which free what is retired as soon as they may.
 */
#include <loft/check/explore.h>

#include <loft/smr/ebr.h>

#define LOFT_MAP_NAME      omap
#define LOFT_MAP_KEY       unsigned
#define LOFT_MAP_VAL       unsigned
#define LOFT_MAP_EQ(a, b)  ((a) == (b))
#define LOFT_MAP_SMR       loft_ebr
#include <loft/map/list.h>

#include "epochs.h"
#include "ordered.h"

static const loft_explore_client clients[] = {
    CLIENT("a look beside an update", has_1, 2, looks, update_1),
    CLIENT("a look beside a removal", has_1, 2, looks, remove_1),
    CLIENT("a look beside a pop", has_1_2, 6, looks, pop_first),
    CLIENT("a removal beside an update", has_1, 2, remove_1, update_1),
    LARGE("a pop beside a pop", 5000, has_1_2, 6, pop_first, pop_first),
    CLIENT("a pop beside a pop at the other end", has_1, 2, pop_first, pop_last),
    BARE("visits downwards beside a pop", has_1_2, end, visits_down, pop_last),
    LARGE("any call beside any, of 1", 1500, has_1, 2, any, any),
    LARGE("any call beside any, of 1 and 2", 1500, has_1_2, 6, any, any),
    LARGE("any call beside three pops", 1500, has_1_2_3, 14, any, pop_pop_pop),
    LARGE("any call beside three puts", 1500, has_1, 2, any, put_put_put),
    LARGE("two changes beside two changes", 3000, has_1_2, 6, two_changes, two_changes),
    SOME("three beside three", 3000, has_1_3, 10, three, three),
    SOME("two changes thrice", 3000, has_1_2_more, 6, two_changes, two_changes, two_changes),
    SOME("changes beside looks", 3000, has_1_2_more, 6, three, two_looks, two_looks),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
