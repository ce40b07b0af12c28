/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/snapshots.h - snapshots beside other calls, as clients of the explorer: a snapshot is one more call
 * of a history that the model has to explain. Include it after the map, with what ordered.h asks for.
 *
 * What each kind of report is for shows where somebody has stopped who has changed something, somebody else knows of it
 * and changes something that the snapshot sees; so most clients have three threads.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_SNAPSHOTS_H
#define LOFT_TESTS_MAP_EXPLORE_SNAPSHOTS_H

#define SNAPSHOTS
#include "ordered.h"

DO1(snap, ON(SNAP, 0))
DO1(put_2, ON(PUT, 2))
DO1(remove_2, ON(REMOVE, 2))
DO1(remove_3, ON(REMOVE, 3))
DO2(get_1_put_3, ON(GET, 1), ON(PUT, 3))
DO2(get_3_put_1, ON(GET, 3), ON(PUT, 1))
DO2(has_2_put_1, ON(HAS, 2), ON(PUT, 1))
DO2(has_2_put_3, ON(HAS, 2), ON(PUT, 3))
DO2(new_2_put_3, ON(PUT_NEW, 2), ON(PUT, 3))
DO2(first_put_3, ON(FIRST, 0), ON(PUT, 3))
DO2(last_put_1, ON(LAST, 0), ON(PUT, 1))
DO2(put_1_put_3, ON(PUT, 1), ON(PUT, 3))
DO2(put_3_put_1, ON(PUT, 3), ON(PUT, 1))
DO2(put_3_remove_1, ON(PUT, 3), ON(REMOVE, 1))
DO2(put_1_remove_3, ON(PUT, 1), ON(REMOVE, 3))
DO2(remove_1_put_3, ON(REMOVE, 1), ON(PUT, 3))
DO2(put_2_remove_2, ON(PUT, 2), ON(REMOVE, 2))
DO2(remove_2_put_2, ON(REMOVE, 2), ON(PUT, 2))
DO2(update_1_update_3, ON(UPDATE, 1), ON(UPDATE, 3))
DO2(update_3_update_1, ON(UPDATE, 3), ON(UPDATE, 1))
DO2(remove_3_remove_1, ON(REMOVE, 3), ON(REMOVE, 1))
DO2(pop_first_put_1, ON(POP_FIRST, 0), ON(PUT, 1))
DO2(pop_last_put_3, ON(POP_LAST, 0), ON(PUT, 3))
DO2(has_3_put_2, ON(HAS, 3), ON(PUT, 2))
DO2(has_3_update_1, ON(HAS, 3), ON(UPDATE, 1))
DO2(remove_2_put_3, ON(REMOVE, 2), ON(PUT, 3))
DO1(floor_3, ON(FLOOR, 3))
DO1(ceiling_1, ON(CEILING, 1))
DO1(get_2, ON(GET, 2))
DO2(snap_snap, ON(SNAP, 0), ON(SNAP, 0))
DO2(put_1_snap, ON(PUT, 1), ON(SNAP, 0))
DO2(put_3_snap, ON(PUT, 3), ON(SNAP, 0))

DO1(get_1, ON(GET, 1))

/* One call. ALL: those that are small. */
#define SNAPS_BESIDE_A_CALL(ALL, ONE, count) \
    ALL("a snapshot beside a put", none, 0, put_1, snap), \
    ALL("a snapshot beside a look", has_1, 2, get_1, snap), \
    ONE("a snapshot beside a removal", count, has_1, 2, remove_1, snap), \
    ONE("a snapshot beside an update", count, has_1, 2, update_1, snap), \
    ONE("a snapshot beside a pop", count, has_1, 2, pop_last, snap)

/* Two threads. */
#define SNAPS_BESIDE_ONE(ONE, count) \
    ONE("a snapshot beside any call, of nothing", count, none, 0, any_3, snap), \
    ONE("a snapshot beside any call, of 2", count, has_2, 4, any_3, snap), \
    ONE("a snapshot beside any call, of 1 and 3", count, has_1_3, 10, any_3, snap), \
    ONE("a snapshot beside any call, of all", count, has_1_2_3, 14, any_3, snap), \
    ONE("a snapshot and 1 before 3", count, has_2, 4, put_1_put_3, snap), \
    ONE("a snapshot and 3 before 1", count, has_2, 4, put_3_put_1, snap), \
    ONE("a snapshot and 3 for 1", count, has_1, 2, put_3_remove_1, snap), \
    ONE("a snapshot and 1 for 3", count, has_3, 8, put_1_remove_3, snap), \
    ONE("a snapshot and 1 gone before 3 comes", count, has_1_2, 6, remove_1_put_3, snap), \
    ONE("a snapshot and 3 gone before 1", count, has_1_2_3, 14, remove_3_remove_1, snap), \
    ONE("a snapshot and 2 come and gone", count, has_1, 2, put_2_remove_2, snap), \
    ONE("a snapshot and 2 gone and back", count, has_1_2, 6, remove_2_put_2, snap), \
    ONE("a snapshot and two updates", count, has_1_3, 10, update_1_update_3, snap), \
    ONE("a snapshot and two updates the other way", count, has_1_3, 10, update_3_update_1, snap), \
    ONE("a snapshot and a first that is another", count, has_2, 4, pop_first_put_1, snap), \
    ONE("a snapshot and a last that is another", count, has_2, 4, pop_last_put_3, snap)

/* Three: one may have stopped, one knows. */
#define SNAPS_BESIDE_TWO(ONE, count) \
    ONE("a snapshot, a put and who has seen it", count, has_2_more, 4, put_1, get_1_put_3, snap), \
    ONE("a snapshot, a put and who has seen it behind", count, has_2_more, 4, put_3, get_3_put_1, snap), \
    ONE("a snapshot, a put and who was told of it", count, none_more, 0, put_2, new_2_put_3, snap), \
    ONE("a snapshot, a put and who has found it first", count, none_more, 0, put_1, first_put_3, snap), \
    ONE("a snapshot, a put and who has found it last", count, none_more, 0, put_3, last_put_1, snap), \
    ONE("a snapshot, an update and who has seen it", count, has_1_more, 2, update_1, get_1_put_3, snap), \
    ONE("a snapshot, a removal and who has missed it", count, has_2_more, 4, remove_2, has_2_put_3, snap), \
    ONE("a snapshot, a removal and who has missed it behind", count, has_2_more, 4, remove_2, has_2_put_1, snap), \
    ONE("a snapshot, a removal and who misses it elsewhere", count, has_1_3_more, 10, remove_3, has_3_update_1, snap), \
    ONE("a snapshot, a removal before a put, and a late look", count, has_2_more, 4, remove_2_put_3, get_2, snap), \
    ONE("a snapshot, a removal and who puts it back", count, has_2_more, 4, remove_2, new_2_put_3, snap), \
    ONE("a snapshot, a removal and who finds nothing first", count, has_1_more, 2, remove_1, first_put_3, snap), \
    ONE("a snapshot, a removal and who finds nothing last", count, has_3_more, 8, remove_3, last_put_1, snap), \
    ONE("a snapshot, a pop and who has missed it", count, has_3_more, 8, pop_last, has_3_put_2, snap), \
    ONE("a snapshot, a pop and what comes in front", count, has_2_more, 4, pop_first, put_1, snap), \
    ONE("a snapshot, a pop and what comes behind", count, has_2_more, 4, pop_last, put_3, snap), \
    ONE("a snapshot, a put and a removal", count, has_1_more, 2, put_1, remove_1, snap), \
    ONE("a snapshot, an update and a removal", count, has_1_more, 2, update_1, remove_1, snap), \
    ONE("a snapshot, two changes", count, has_1_3_more, 10, changes, changes, snap), \
    ONE("a snapshot, a change and two looks", count, has_1_3_more, 10, changes, two_looks, snap), \
    ONE("a snapshot, any call and any", count, has_1_2_more, 6, any, any, snap), \
    ONE("two snapshots and any call", count, has_1_3_more, 10, any_3, snap, snap), \
    ONE("a snapshot after a put, and another's", count, none_more, 0, put_1_snap, put_3_snap)

/* Four. */
#define SNAPS_BESIDE_THREE(ONE, count) \
    ONE("a snapshot, a put, its floor, and one between", count, none_more, 0, put_1, floor_3, put_2, snap), \
    ONE("a snapshot, a put, its ceiling, and one between", count, none_more, 0, put_3, ceiling_1, put_2, snap), \
    ONE("a snapshot, a put, a look and a removal", count, none_more, 0, put_2, get_2, remove_2, snap)

#endif
