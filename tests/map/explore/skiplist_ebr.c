/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/skiplist_ebr.c - the skip list as a map over epochs,
 * which free what is retired as soon as they may.
 */
#define ENGINE  <loft/map/skiplist.h>
#include "towers_ebr.h"
