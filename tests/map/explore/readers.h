/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/readers.h - changes of several keys are seen by all in one order, as clients of ordered.h for any
 * engine. Who has found one change by acquire, and answers by it, and then finds that another has not come yet, must
 * not be contradicted by who sees the other one first. Include it after ordered.h, or towers.h, whose nodes are then of
 * one level here, or of two.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_READERS_H
#define LOFT_TESTS_MAP_EXPLORE_READERS_H

#if !defined(LOFT_TESTS_MAP_EXPLORE_ORDERED_H)
#  error "include ordered.h or towers.h first"
#endif

/* Nodes of one level, for those who have levels, and of two. */
static void
wide(unsigned in, unsigned height)
{
#if defined(LOFT_TESTS_MAP_EXPLORE_TOWERS_H)
    for (unsigned k = 1; k < KEYS; k++)
        high[k] = height;
#endif
    (void)height;
    more = true;
    begin(in);
}
#define WIDE(name, in)  static void wide_##name(void) { wide(in, 1); } \
                        static void wide_##name##_tall(void) { wide(in, 2); }
WIDE(1_2, 6)
WIDE(1_2_3, 14)
WIDE(2, 4)
WIDE(4, 16)

DO1(puts_2, ON(PUT, 2))
DO1(updates_2, ON(UPDATE, 2))
DO1(removes_2, ON(REMOVE, 2))
DO1(finds_first, ON(FIRST, 0))
DO2(floor_1_has_3, ON(FLOOR, 1), ON(HAS, 3))
DO2(last_has_1, ON(LAST, 0), ON(HAS, 1))
DO2(has_1_replace_3, ON(HAS, 1), ON(REPLACE, 3))
DO2(has_1_remove_3, ON(HAS, 1), ON(REMOVE, 3))
DO2(put_3_has_5, ON(PUT, 3), ON(HAS, 5))
DO2(put_5_has_3, ON(PUT, 5), ON(HAS, 3))
DO2(put_5_get_2, ON(PUT, 5), ON(GET, 2))
DO2(lower_3_has_5, ON(LOWER, 3), ON(HAS, 5))
DO2(get_2_has_5, ON(GET, 2), ON(HAS, 5))

/* One thread has what it sees from another, which may have stopped, and a third one sees it otherwise. Those with many
 * executions are made by MANY, which is told how many are enough, or by FEW. */
#define READERS_NEAR(ONE, FEW) \
    ONE("two puts in one order for a floor", wide_2, 4, put_1, put_3_has_1, floor_1_has_3), \
    ONE("two puts in one order for the last", wide_2, 4, put_3, put_1_has_3, last_has_1), \
    FEW("a put behind what another has put", wide_4, 16, puts_2, put_3_has_5, put_5_has_3), \
    FEW("a removal and a put in one order", wide_1_2_3, 14, removes_2, put_5_has_2, lower_3_has_5)
#define READERS(ONE) \
    ONE("two puts in one order", wide_2, 4, put_1, put_3_has_1, has_1_has_3), \
    ONE("two puts in one order for who has nothing to replace", wide_2, 4, put_1, put_3_has_1, has_1_replace_3), \
    ONE("two puts in one order for who has nothing to remove", wide_2, 4, put_1, put_3_has_1, has_1_remove_3), \
    READERS_NEAR(ONE, ONE), \
    ONE("what is in for one is not out for another", wide_1_2, 6, remove_1, put_3_first, has_1_has_3), \
    ONE("an update and a put in one order", wide_1_2_3, 14, updates_2, put_5_get_2, get_2_has_5), \
    ONE("a pop that others end", wide_1_2, 6, pop_first_has_3, put_3_has_1, finds_first)
#define READERS_TALL(ONE, MANY) \
    ONE("towers: two puts in one order", wide_2_tall, 4, put_1, put_3_has_1, has_1_has_3), \
    MANY("towers: a put behind what another has put", 300, wide_4_tall, 16, puts_2, put_3_has_5, put_5_has_3)

#endif
