/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/skiplist_scan.c - scans of the skip list beside changes.
 */
#define LOFT_MAP_LEVELS     2
#define LOFT_MAP_HEIGHT(k)  ((k) == 2 ? 2u : 1u)
#define ENGINE  <loft/map/skiplist.h>
#include "scans.h"
