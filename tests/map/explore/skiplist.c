/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/skiplist.c - the skip list as a map, over a scheme that does nothing: the structure alone.
 */
#include <loft/check/explore.h>

#include <loft/smr/leak.h>

enum { LEVELS = 3 };
static unsigned high[16] = { 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2 };

#define LOFT_MAP_NAME       omap
#define LOFT_MAP_KEY        unsigned
#define LOFT_MAP_VAL        unsigned
#define LOFT_MAP_EQ(a, b)   ((a) == (b))
#define LOFT_MAP_SMR        loft_leak
#define LOFT_MAP_LEVELS     3
#define LOFT_MAP_HEIGHT(k)  high[k]
#include <loft/map/skiplist.h>

#define SMR            loft_leak
#define SMR_FLAGS      LOFT_EXPLORE_MAY_LEAK
#define SMR_BEGIN(d)   loft_explore_check(loft_leak_init(&(d), NULL) == LOFT_OK)
#include "towers.h"
#include "readers.h"

/* Who takes a node out and has gone no further, and who goes along the levels above 0 alone; at the end somebody comes
 * by on all of them. */
static void
fells_1(int t)
{
    static const unsigned key = 1;
    omap_place_ at;
    loft_leak_enter(me[t]);
    loft_explore_check(omap_find_(&map, me[t], &key, LOFT_MAP_AT_, 1, 0, &at, NULL, NULL) && omap_take_(&at));
    loft_leak_exit(me[t]);
    net[key]--;
}
static void
goes_above(int t)
{
    static const unsigned key = 2;
    omap_place_ at;
    loft_leak_enter(me[t]);
    (void)omap_find_(&map, me[t], &key, LOFT_MAP_AT_, LEVELS, 1, &at, NULL, NULL);
    loft_leak_exit(me[t]);
}
static void
stands_cleared(void)
{
    unsigned k;
    (void)!omap_last(&map, me[0], &k, NULL);
    stands();
}

static const loft_explore_client clients[] = {
    CLIENT("put and look for the other's", low_2, 4, put_1_has_3, put_3_has_1),
    CLIENT("put and get the other's", low_2, 4, put_1_get_3, put_3_get_1),
    CLIENT("put, and first and last", low_2, 4, put_1_last, put_3_first),
    CLIENT("remove and look for the other's", low_1_2_3, 14, remove_1_has_3, remove_3_has_1),
    CLIENT("remove, and first and last", low_1_2_3, 14, remove_1_last, remove_3_first),
    CLIENT("pop at both ends, and first and last", low_1_2_3, 14, pop_first_last, pop_last_first),
    CLIENT("pop at both ends, and look", low_1_2_3, 14, pop_first_has_3, pop_last_has_1),
    CLIENT("update, and get the other's", low_1_2_3, 14, update_1_get_3, update_3_get_1),
    CLIENT("update, and first and last", low_1_2_3, 14, update_1_last, update_3_first),
    CLIENT("a look from a node that is out", low_1_3, 10, remove_1_put_2_has_5, put_5_has_2),
    CLIENT("what is popped last is last", low_2, 4, pop_last, put_3_has_2),
    CLIENT("what is popped first is first", low_2, 4, pop_first, put_1_has_2),
    CLIENT("what comes behind the first is found when that is popped", low_1_more, 2, put_2, pop_first, get_2),
    READERS(CLIENT),
    READERS_TALL(CLIENT, LARGE),
    BARE("who misses knows who removed", low_1, end, writes_removes, misses),
    BARE("who misses knows who popped", low_1, end, writes_pops, misses),
    BARE("who misses knows who popped the last", low_1, end, writes_pops_last, misses),
    BARE("who finds nothing knows who removed", low_1, end, writes_removes, misses_first),
    BARE("who finds nothing knows who popped", low_1, end, writes_pops, misses_first),
    TOWER("towers: put and look for the other's", tall_2, 4, put_1_has_3, put_3_has_1),
    TOWER("towers: remove and look for the other's", tall_1_2_3, 14, remove_1_has_3, remove_3_has_1),
    TOWERS("towers: update, and get the other's", 5000, tall_1_3, 10, update_1_get_3, update_3_get_1),
    TOWER("towers: pop at both ends, and look", tall_1_2_3, 14, pop_first_has_3, pop_last_has_1),
    TOWER("a search beside a removal of three levels in front", high_1, 2, floor_2, remove_1),
    BARE("a search of the levels above beside a removal of three", high_1, stands_cleared, fells_1, goes_above),
    TOWER("a put beside a removal", tall, 0, put_2, remove_2),
    TOWER("a put beside a removal of what is in front", tall_1_3, 10, put_2, remove_1),
    TOWER("a put beside a removal of what is behind", tall_1_3, 10, put_2, remove_3),
    TOWER("a put beside a put", tall, 0, put_1, put_2),
    TOWER("a put beside an update", tall, 0, put_1, update_1),
    TOWER("a put beside a pop", tall, 0, put_1, pop_first),
    TOWER("a put beside a pop of the last", tall, 0, put_1, pop_last),
    TOWER("a put and a pop beside a put in front", tall_3, 8, put_2_remove_2, put_1),
    TOWER("a removal, and a look at what somebody else puts behind it", apart_1_2, 6, remove_1_has_3,
          put_3),
    TOWER("a removal beside a removal of the next", tall_1_2, 6, remove_1, remove_2),
    TOWER("a removal beside the same", high_1, 2, remove_1, remove_1),
    TOWER("a pop beside a pop at the other end", tall_1, 2, pop_first, pop_last),
    TOWERS("an update beside a removal", 5000, high_1, 2, update_1, remove_1),
    TOWERS("a put, a removal and a put", 2000, tall_more, 0, put_2, remove_2, put_2),
    TOWERS("a put, a removal and a put in front", 1000, tall_3_more, 8, put_2, remove_2, put_1),
    TOWERS("a put, a removal and a removal behind", 2000, tall_1_3_more, 10, put_2, remove_2, remove_3),
    TOWERS("a removal, a put behind and a look at it", 2000, tall_1_3_more, 10, remove_1, put_2, get_2),
    TOWERS("any call beside any, of nothing", 500, tall, 0, any, any),
    TOWERS("any call beside any, of 1", 5000, tall_1, 2, any, any),
    TOWERS("any call beside any, of 1 and 2", 2000, mixed_1_2, 6, any, any),
    TOWERS("two changes beside two looks", 5000, mixed_1_2, 6, two_changes, two_looks),
    TOWERS("a change and a look beside the same", 5000, tall_1_2, 6, change_looks, change_looks),
    TOWERS("two changes beside two changes", 10000, tall_1_2, 6, two_changes, two_changes),
    TOWERS("three beside three", 10000, mixed_1_3, 10, three, three),
    TOWERS("two changes thrice", 10000, tall_1_2_more, 6, two_changes, two_changes, two_changes),
    TOWERS("any call, four times", 10000, mixed_1_2_3_more, 14, any, any, any, any),
    BARE("visits beside changes", mixed_1_2_3, end, visits, remove_2_put_2),
    BARE("clears beside a change", tall_1, end_cleared, clears, remove_1),
    FREEZE_SOME("nobody waits: a put beside an update", 1500, tall, 0, put_1, update_1),
    FREEZE("nobody waits: a put beside a removal", tall, 0, put_1, remove_1),
    FREEZE("nobody waits: a removal beside the same", tall_1, 2, remove_1, remove_1),
    FREEZE("nobody waits: a pop beside the same", tall_1, 2, pop_first, pop_first),
    FREEZE("nobody waits: a pop beside one at the other end", tall_1, 2, pop_first, pop_last),
    FREEZE("nobody waits: a look beside a removal", tall_1, 2, looks, remove_1),
    FREEZE("nobody waits: a search beside a removal of three levels", high_1, 2, floor_2, remove_1),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
