/* SPDX-License-Identifier: MIT
 *
 * bench/map/skiplist.c - ours: the lock-free skip list.
 *
 * needs    loft/map/skiplist.h
 * exe      map skiplist          std
 * exe      map skiplist_hp       full -DOURS_HP
 * exe      map skiplist_hyaline  full -DOURS_HYALINE
 */
#define OURS_HEADER     "../../include/loft/map/skiplist.h"
#define OURS_NAME       "loft skiplist.h"
#define BENCH_ORDER     "skiplist"
#define BENCH_PROGRESS  "lock-free"

#include "ours.h"
