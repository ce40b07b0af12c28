/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/skiplist_snapshot.c - snapshots of the skip list, over a scheme that does nothing.
 */
#define LOFT_MAP_LEVELS     2
#define LOFT_MAP_HEIGHT(k)  ((k) == 2 ? 2u : 1u)
#define ENGINE  <loft/map/skiplist.h>
#include "snapshots_leak.h"
