/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/map_clients.h - clients of ordered.h for the list and the tree, the structure alone: calls on other
 * keys seen in order, any call beside any, changes and looks, walks beside changes. The skip list's begin from nodes
 * whose heights are chosen.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_MAP_CLIENTS_H
#define LOFT_TESTS_MAP_EXPLORE_MAP_CLIENTS_H

#include "ordered.h"

#define MAP_CLIENTS \
    CLIENT("put and look for the other's", has_2, 4, put_1_has_3, put_3_has_1), \
    CLIENT("put and get the other's", has_2, 4, put_1_get_3, put_3_get_1), \
    CLIENT("put, and first and last", has_2, 4, put_1_last, put_3_first), \
    CLIENT("remove and look for the other's", has_1_2_3, 14, remove_1_has_3, remove_3_has_1), \
    CLIENT("remove, and first and last", has_1_2_3, 14, remove_1_last, remove_3_first), \
    CLIENT("pop at both ends, and first and last", has_1_2_3, 14, pop_first_last, pop_last_first), \
    CLIENT("pop at both ends, and look", has_1_2_3, 14, pop_first_has_3, pop_last_has_1), \
    CLIENT("update, and get the other's", has_1_2_3, 14, update_1_get_3, update_3_get_1), \
    CLIENT("update, and first and last", has_1_2_3, 14, update_1_last, update_3_first), \
    CLIENT("a look from a node that is out", has_1_3, 10, remove_1_put_2_has_5, put_5_has_2), \
    CLIENT("what is popped last is last", has_2, 4, pop_last, put_3_has_2), \
    CLIENT("what is popped first is first", has_2, 4, pop_first, put_1_has_2), \
    BARE("who misses knows who removed", has_1, end, writes_removes, misses), \
    BARE("who misses knows who popped", has_1, end, writes_pops, misses), \
    BARE("who misses knows who popped the last", has_1, end, writes_pops_last, misses), \
    BARE("who finds nothing knows who removed", has_1, end, writes_removes, misses_first), \
    BARE("who finds nothing knows who popped", has_1, end, writes_pops, misses_first), \
    CLIENT("any call beside any, of nothing", none, 0, any, any), \
    CLIENT("any call beside any, of 1", has_1, 2, any, any), \
    CLIENT("any call beside any, of 1 and 2", has_1_2, 6, any, any), \
    LARGE("two changes beside two looks", 10000, has_1_2, 6, two_changes, two_looks), \
    LARGE("a change and a look beside the same", 10000, has_1_2, 6, change_looks, change_looks), \
    LARGE("two changes beside two changes, of 1", 20000, has_1, 2, two_changes, two_changes), \
    LARGE("two changes beside two changes, of 1 and 2", 20000, has_1_2, 6, two_changes, two_changes), \
    LARGE("three beside three", 20000, has_1_3, 10, three, three), \
    SOME("any beside any beside any, of 1", 20000, has_1_more, 2, any, any, any), \
    SOME("any beside any beside any, of 1 and 2", 20000, has_1_2_more, 6, any, any, any), \
    SOME("two changes thrice", 20000, has_1_2_more, 6, two_changes, two_changes, two_changes), \
    SOME("changes beside two looks twice", 20000, has_1_2_more, 6, two_changes, two_looks, two_looks), \
    SOME("any call, four times", 20000, has_1_2_3_more, 14, any, any, any, any), \
    BARE("visits beside changes", has_1_2_3, end, visits, changes), \
    BARE("visits a range beside changes", has_1_2_3, end, visits_through_2, changes), \
    BARE("visits downwards beside changes", has_1_2_3, end, visits_down, changes), \
    BARE("steps downwards beside changes", has_1_2_3, end, steps_down, changes), \
    BARE("clears beside a change", has_1_2_3, end_cleared, clears, remove_1)

#endif
