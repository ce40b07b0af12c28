/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/skiplist_snapshot_ebr.c - snapshots of the skip list, over epochs, which free what is retired as
 * soon as they may.
 */
#define LOFT_MAP_LEVELS     2
#define LOFT_MAP_HEIGHT(k)  ((k) == 2 ? 2u : 1u)
#define ENGINE  <loft/map/skiplist.h>
#include "snapshots_ebr.h"
