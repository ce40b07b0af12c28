/* SPDX-License-Identifier: MIT
 *
 * bench/map/skiplist_locked.c - ours: the skip list with locks.
 *
 * needs    loft/map/skiplist_locked.h
 * exe      map skiplist_locked  full
 */
#define OURS_HEADER     "../../include/loft/map/skiplist_locked.h"
#define OURS_NAME       "loft skiplist_locked.h"
#define BENCH_ORDER     "skiplist"
#define BENCH_PROGRESS  "blocking"

#include "ours.h"
