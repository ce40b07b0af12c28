/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/skiplist_locked.c - the skip list with locks as a map, over a scheme that does nothing: the
 * structure alone. Who stops, stops nobody that looks, and nobody that changes something elsewhere.
 */
#include <loft/check/explore.h>

#include <loft/smr/leak.h>

enum { LEVELS = 3 };
static unsigned high[16] = { 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2 };

/* What calls that put or take are said to be. */
static loft_explore_progress updates = LOFT_EXPLORE_BLOCKING;
#define UPDATES  updates

#define LOFT_MAP_NAME       omap
#define LOFT_MAP_KEY        unsigned
#define LOFT_MAP_VAL        unsigned
#define LOFT_MAP_EQ(a, b)   ((a) == (b))
#define LOFT_MAP_SMR        loft_leak
#define LOFT_MAP_LEVELS     3
#define LOFT_MAP_HEIGHT(k)  high[k]
#include <loft/map/skiplist_locked.h>

#define SMR            loft_leak
#define SMR_FLAGS      LOFT_EXPLORE_MAY_LEAK
#define SMR_BEGIN(d)   loft_explore_check(loft_leak_init(&(d), NULL) == LOFT_OK)
#include "towers.h"

/* From here on the others wait for nobody who stops, or one of them may. */
#define LABEL(name) \
    static void name##_free(void) { updates = LOFT_EXPLORE_LOCK_FREE; name(); } \
    static void name##_waits(void) { updates = LOFT_EXPLORE_BLOCKING; name(); }
LABEL(low_1)
LABEL(low_1_3)
LABEL(low_1_2_3)
LABEL(tall)
LABEL(tall_1)
LABEL(tall_1_2)
LABEL(tall_1_3)
LABEL(high_1)
LABEL(mixed_1_2)
static void
five(unsigned height)
{
    for (unsigned k = 1; k < KEYS; k++)
        high[k] = height;
    more = false;
    updates = LOFT_EXPLORE_LOCK_FREE;
    begin(62);
}
static void low_1_to_5(void) { five(1); }
static void tall_1_to_5(void) { five(2); }
/* Two changes, each seen by one reader before the other change is. */
static void
wide(unsigned in)
{
    for (unsigned k = 1; k < KEYS; k++)
        high[k] = 1;
    more = true;
    begin(in);
}
static void wide_2(void) { wide(4); }
static void wide_1_2_3(void) { wide(14); }
static void wide_1_2(void) { wide(6); }
DO1(update_2, ON(UPDATE, 2))
DO1(get_3, ON(GET, 3))
DO2(put_3_put_1, ON(PUT, 3), ON(PUT, 1))
DO2(put_5_get_2, ON(PUT, 5), ON(GET, 2))
DO2(floor_1_has_3, ON(FLOOR, 1), ON(HAS, 3))
DO2(floor_3_has_1, ON(FLOOR, 3), ON(HAS, 1))
DO2(lower_3_has_5, ON(LOWER, 3), ON(HAS, 5))
DO2(get_2_has_5, ON(GET, 2), ON(HAS, 5))
DO1(remove_4, ON(REMOVE, 4))
DO1(update_4, ON(UPDATE, 4))
DO1(remove_5, ON(REMOVE, 5))

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
    LARGE("a look from a node that is out", 5000, low_1_3, 10, remove_1_put_2_has_5, put_5_has_2),
    CLIENT("what is popped last is last", low_2, 4, pop_last, put_3_has_2),
    CLIENT("what is popped first is first", low_2, 4, pop_first, put_1_has_2),
    CLIENT("what comes behind the first is found when that is popped", low_1_more, 2, put_2, pop_first, get_2),
    CLIENT("two puts in one order for all", wide_2, 4, put_1, put_3, has_1_has_3, has_3_has_1),
    CLIENT("two puts in one order for neighbours", wide_2, 4, put_1, put_3, floor_1_has_3, floor_3_has_1),
    CLIENT("a removal and a put in one order", wide_1_2_3, 14, remove_2, put_5_has_2, lower_3_has_5),
    CLIENT("an update and a put in one order", wide_1_2_3, 14, update_2, put_5_get_2, get_2_has_5),
    CLIENT("what is in for one is not out for another", wide_1_2, 6, remove_1, put_3_first, has_1_has_3),
    LARGE("a removal that gives up beside a put behind", 5000, wide_2, 4, remove_2, put_3_put_1, get_3),
    BARE("who misses knows who removed", low_1, end, writes_removes, misses),
    BARE("who misses knows who popped", low_1, end, writes_pops, misses),
    BARE("who misses knows who popped the last", low_1, end, writes_pops_last, misses),
    BARE("who finds nothing knows who removed", low_1, end, writes_removes, misses_first),
    BARE("who finds nothing knows who popped", low_1, end, writes_pops, misses_first),
    TOWER("towers: put and look for the other's", tall_2, 4, put_1_has_3, put_3_has_1),
    TOWER("towers: remove and look for the other's", tall_1_2_3, 14, remove_1_has_3, remove_3_has_1),
    TOWER("towers: update, and get the other's", tall_1_3, 10, update_1_get_3, update_3_get_1),
    TOWER("towers: pop at both ends, and look", tall_1_2_3, 14, pop_first_has_3, pop_last_has_1),
    TOWER("a search beside a removal of three levels in front", high_1, 2, floor_2, remove_1),
    TOWER("a put beside a removal", tall, 0, put_2, remove_2),
    TOWER("a put beside a removal of what is in front", tall_1_3, 10, put_2, remove_1),
    TOWER("a put beside a removal of what is behind", tall_1_3, 10, put_2, remove_3),
    TOWER("a put beside a put", tall, 0, put_1, put_2),
    TOWER("a put beside an update", tall, 0, put_1, update_1),
    TOWER("a put beside a pop", tall, 0, put_1, pop_first),
    TOWER("a put beside a pop of the last", tall, 0, put_1, pop_last),
    TOWERS("a put and a pop beside a put in front", 5000, tall_3, 8, put_2_remove_2, put_1),
    TOWER("a removal beside a removal of the next", tall_1_2, 6, remove_1, remove_2),
    TOWER("a removal beside the same", high_1, 2, remove_1, remove_1),
    TOWER("a pop beside a pop at the other end", tall_1, 2, pop_first, pop_last),
    TOWER("an update beside a removal", high_1, 2, update_1, remove_1),
    TOWERS("a put, a removal and a put", 2000, tall_more, 0, put_2, remove_2, put_2),
    TOWERS("a put, a removal and a put in front", 1000, tall_3_more, 8, put_2, remove_2, put_1),
    TOWERS("a put, a removal and a removal behind", 2000, tall_1_3_more, 10, put_2, remove_2, remove_3),
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
    FREEZE("who looks waits for nobody: beside a removal", low_1_3_free, 10, looks, remove_1),
    FREEZE("who looks waits for nobody: beside a removal in front", low_1_2_3_free, 14, has_3_has_1, remove_2),
    FREEZE("who looks waits for nobody: beside an update", low_1_free, 2, looks, update_1),
    FREEZE("who looks waits for nobody: beside a pop", low_1_3_free, 10, looks, pop_last),
    FREEZE("who looks waits for nobody: towers", tall_1_3_free, 10, looks, remove_1),
    FREEZE("who looks waits for nobody: a new tower", tall_1_free, 2, looks, put_2),
    FREEZE("who looks waits for nobody: towers, an update", tall_1_free, 2, looks, update_1),
    FREEZE("who looks waits for nobody: three levels", high_1_free, 2, floor_2, remove_1),
    FREEZE("who changes something elsewhere does not wait", low_1_to_5, 62, remove_1, remove_4),
    FREEZE("who replaces something elsewhere does not wait", low_1_to_5, 62, update_1, update_4),
    FREEZE("who takes a tower out elsewhere does not wait", tall_1_to_5, 62, remove_2, remove_5),
    FREEZE("who takes the same out waits", low_1_waits, 2, remove_1, remove_1),
    FREEZE("who puts beside what is taken out waits", low_1_3_waits, 10, put_2, remove_3),
    FREEZE_SOME("who replaces what is taken out waits", 5000, tall_1_waits, 2, update_1, remove_1),
    FREEZE_SOME("who puts a tower beside a tower waits", 5000, tall_waits, 0, put_1, put_2),
    FREEZE_SOME("who pops what another pops waits", 5000, tall_1_2_waits, 6, pop_first, pop_first),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
