/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/tree_readers.h - clients of ordered.h for external trees: changes on the two sides of the root, and
 * readers that do not agree which was first. The one has seen the change on the left, and misses the one on the right;
 * the other has made that, and misses the one on the left.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_TREE_READERS_H
#define LOFT_TESTS_MAP_EXPLORE_TREE_READERS_H

#include "ordered.h"

/* A tree of these keys, put in this order. No two changes are at one node. */
static void
grown(const char *order)
{
    none_more();
    for (; *order; order++) {
        const unsigned k = (unsigned)(*order - '0');
        loft_explore_check(omap_put(&map, me[0], k, FIRST_VALUE + k) == LOFT_OK);
        keys |= 1u << k;
    }
}
static void grown_4_2_5(void) { grown("425"); }
static void grown_4_1_2_5(void) { grown("4125"); }
static void grown_5_3(void) { grown("53"); }
static void grown_5_1_2(void) { grown("512"); }
static void grown_5_1_2_4_3(void) { grown("51243"); }    /* 1 is above 2, 4 and 3                              */
static void
grown_1_4_5(void)                                        /* the root's key is 3                                */
{
    grown("3145");
    loft_explore_check(omap_remove(&map, me[0], 3, NULL));
    keys &= ~(1u << 3);
}

/* Finds 1, whatever way, and then what 5 was. */
static void
finds_1_get_5(int t)
{
    static const unsigned how[] = { ON(HAS, 1), ON(PUT_NEW, 1), ON(FLOOR, 1), ON(LOWER, 2), ON(FIRST, 0) };
    call(t, how[loft_explore_choose(sizeof how / sizeof how[0])]);
    call(t, ON(GET, 5));
}

/* Misses it. */
static void
misses_1_get_4(int t)
{
    static const unsigned how[] = { ON(HAS, 1), ON(REMOVE_IF, 1), ON(CEILING, 1), ON(LOWER, 2), ON(FIRST, 0) };
    call(t, how[loft_explore_choose(sizeof how / sizeof how[0])]);
    call(t, ON(GET, 4));
}
DO2(reader_update_4_has_1, ON(UPDATE, 4), ON(HAS, 1))
DO2(reader_update_5_has_1, ON(UPDATE, 5), ON(HAS, 1))
DO2(reader_update_5_has_2, ON(UPDATE, 5), ON(HAS, 2))
DO2(reader_update_5_has_3, ON(UPDATE, 5), ON(HAS, 3))
DO2(reader_update_5_get_1, ON(UPDATE, 5), ON(GET, 1))
DO2(reader_update_1_has_3, ON(UPDATE, 1), ON(HAS, 3))
DO2(reader_get_1_get_5, ON(GET, 1), ON(GET, 5))
DO2(reader_has_1_get_5, ON(HAS, 1), ON(GET, 5))
DO2(reader_has_2_get_5, ON(HAS, 2), ON(GET, 5))
DO2(reader_has_3_get_5, ON(HAS, 3), ON(GET, 5))
DO2(reader_floor_3_get_5, ON(FLOOR, 3), ON(GET, 5))
DO2(reader_higher_1_get_1, ON(HIGHER, 1), ON(GET, 1))
DO1(reader_put_1, ON(PUT, 1))
DO1(reader_put_2, ON(PUT, 2))
DO1(reader_put_3, ON(PUT, 3))
DO1(reader_update_1, ON(UPDATE, 1))
DO1(reader_remove_1, ON(REMOVE, 1))

#define SOME_FEW(text, first, in, ...)  SOME(text, 250, first, in, __VA_ARGS__)
#define READERS(ONE) \
    ONE("a put and an update in one order for all", grown_4_2_5, 52, reader_put_1, reader_update_5_has_1, \
        finds_1_get_5), \
    ONE("the same, seen as a neighbour beyond a turn", grown_1_4_5, 50, reader_put_3, reader_update_1_has_3, \
        reader_higher_1_get_1), \
    ONE("a removal and an update in one order for all", grown_4_1_2_5, 54, reader_remove_1, reader_update_5_has_1, \
        reader_has_1_get_5)

/* Without a scheme that does something: all of few executions, some of many. */
#define MORE_READERS(n) \
    CLIENT("two updates in one order for all", grown_4_1_2_5, 54, reader_update_1, reader_update_5_get_1, \
           reader_get_1_get_5), \
    SOME("a removal above a tree that stays", n, grown_5_1_2_4_3, 62, reader_remove_1, reader_update_4_has_1, \
         misses_1_get_4), \
    SOME("a put above which another puts", n, grown_5_3, 40, reader_put_2, reader_update_5_has_2, \
         reader_has_2_get_5, reader_put_1), \
    SOME("a put below a node that goes", n, grown_5_1_2, 38, reader_put_3, reader_update_5_has_3, \
         reader_has_3_get_5, reader_remove_1)

#endif
