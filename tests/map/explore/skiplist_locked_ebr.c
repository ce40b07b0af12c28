/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/skiplist_locked_ebr.c - the skip list with locks as a map over epochs, which free what is retired
 * as soon as they may.
 */
#define ENGINE  <loft/map/skiplist_locked.h>
#include "towers_ebr.h"
