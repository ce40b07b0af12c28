/* SPDX-License-Identifier: MIT
 *
 * tests/map/skiplist_tall.h - every other node is a tall one, so that few keys make many levels.
 */
#define LOFT_MAP_P_LOG2  1
#define LOFT_MAP_LEVELS  5
