/* SPDX-License-Identifier: MIT
 *
 * bench/map/bst_locked.c - ours: the external tree with a lock in each inner node.
 *
 * needs    loft/map/bst_locked.h
 * exe      map bst_locked       full
 * exe      map bst_locked_hp    full -DOURS_HP
 */
#define OURS_HEADER     "../../include/loft/map/bst_locked.h"
#define OURS_NAME       "loft bst_locked.h"
#define BENCH_ORDER     "tree"
#define BENCH_PROGRESS  "blocking"

#include "ours.h"
