/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_snapshot_ebr.c - snapshots of the tree, over epochs, which free what is retired as soon as they
 * may.
 */
#define ENGINE  <loft/map/bst.h>
#include "snapshots_ebr.h"
