/* SPDX-License-Identifier: MIT
 *
 * bench/map/short_list.c - ours: the ordered list, in the smallest range only: a call passes half of its entries.
 *
 * needs    loft/map/list.h
 * exe      map list  std
 */
#define OURS_HEADER     "../../include/loft/map/list.h"
#define OURS_NAME       "loft list.h"
#define BENCH_ORDER     "list"
#define BENCH_PROGRESS  "lock-free"
#define BENCH_MOST      2000

#include "ours.h"
