/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/tree_clients.h - clients of ordered.h for external trees, the structure alone: neighbours that are
 * at two edges, places with nothing in common but the root, removals one below the other.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_TREE_CLIENTS_H
#define LOFT_TESTS_MAP_EXPLORE_TREE_CLIENTS_H

#include "map_clients.h"

/* A tree whose root has key 4, or 3, which is not in; what is in beside 1 and 5 comes and goes, one or the other. */
static void
plant(unsigned k)
{
    loft_explore_check(omap_put(&map, me[0], k, FIRST_VALUE + k) == LOFT_OK);
    keys |= 1u << k;
}
static void
uproot(unsigned k)
{
    loft_explore_check(omap_remove(&map, me[0], k, NULL));
    keys &= ~(1u << k);
}
static void
has_1_4_5(void)
{
    none();
    plant(3);
    plant(1);
    plant(5);
    uproot(3);
    plant(4);
}
static void
has_1_2_5(void)
{
    none();
    plant(4);
    plant(1);
    plant(5);
    uproot(4);
    plant(2);
}
static void
two_for_four(int t)
{
    call(t, ON(PUT, 2));
    call(t, ON(REMOVE, 4));
    call(t, ON(PUT, 4));
    call(t, ON(REMOVE, 2));
}
static void
four_for_two(int t)
{
    call(t, ON(PUT, 4));
    call(t, ON(REMOVE, 2));
    call(t, ON(PUT, 2));
    call(t, ON(REMOVE, 4));
}
DO1(higher_1, ON(HIGHER, 1))
DO1(ceiling_2, ON(CEILING, 2))
DO1(lower_5, ON(LOWER, 5))
DO1(floor_4, ON(FLOOR, 4))

/* Places with nothing in common but the root. */
BEGIN(has_1_2_4, 22)
BEGIN(has_1_2_3_4, 30)
DO2(remove_1_has_5, ON(REMOVE, 1), ON(HAS, 5))
DO2(put_5_has_1, ON(PUT, 5), ON(HAS, 1))
DO3(remove_1_2_has_5, ON(REMOVE, 1), ON(REMOVE, 2), ON(HAS, 5))
DO2(put_5_remove_2, ON(PUT, 5), ON(REMOVE, 2))

/* A neighbour at another place than the key that comes. */
BEGIN(has_1_3_4, 26)
DO2(put_5_higher_1, ON(PUT, 5), ON(HIGHER, 1))
DO2(put_2_has_5, ON(PUT, 2), ON(HAS, 5))

/* Answers of calls that change nothing. */
BEGIN(has_2_4, 20)
DO2(put_1_remove_5, ON(PUT, 1), ON(REMOVE, 5))
DO2(put_5_remove_1, ON(PUT, 5), ON(REMOVE, 1))
DO2(put_1_replace_5, ON(PUT, 1), ON(REPLACE, 5))
DO2(put_5_update_1, ON(PUT, 5), ON(UPDATE, 1))

/* One below the other. */
DO1(remove_2, ON(REMOVE, 2))
DO1(remove_3, ON(REMOVE, 3))

#define TREE_CLIENTS \
    CLIENT("the next one, while two stand in for each other", has_1_4_5, 50, higher_1, two_for_four), \
    CLIENT("the next one from between, while they do", has_1_4_5, 50, ceiling_2, two_for_four), \
    CLIENT("the one before, while two stand in for each other", has_1_2_5, 38, lower_5, four_for_two), \
    CLIENT("the one before from between, while they do", has_1_2_5, 38, floor_4, four_for_two), \
    CLIENT("remove and put, and look for the other's", has_1_2_4, 22, remove_1_has_5, put_5_has_1), \
    CLIENT("put, and look for the next one", has_1_3_4, 26, put_5_higher_1, put_2_has_5), \
    CLIENT("remove two, and look from where they were", has_1_2_3_4, 30, remove_1_2_has_5, put_5_has_2), \
    LARGE("remove two, and remove from where they were", 20000, has_1_2_3_4, 30, remove_1_2_has_5, put_5_remove_2), \
    CLIENT("put, and remove the other's", has_2_4, 20, put_1_remove_5, put_5_remove_1), \
    CLIENT("put, and replace the other's", has_2_4, 20, put_1_replace_5, put_5_update_1), \
    CLIENT("removals one below the other", has_1_2_3, 14, remove_3, remove_2)

#endif
