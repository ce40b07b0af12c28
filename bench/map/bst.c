/* SPDX-License-Identifier: MIT
 *
 * bench/map/bst.c - ours: the lock-free external tree.
 *
 * needs    loft/map/bst.h
 * exe      map bst          std
 * exe      map bst_hp       full -DOURS_HP
 * exe      map bst_hyaline  full -DOURS_HYALINE
 */
#define OURS_HEADER     "../../include/loft/map/bst.h"
#define OURS_NAME       "loft bst.h"
#define BENCH_ORDER     "tree"
#define BENCH_PROGRESS  "lock-free"

#include "ours.h"
