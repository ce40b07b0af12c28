/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_snapshot.c - snapshots of the tree, over a scheme that does nothing.
 */
#define ENGINE  <loft/map/bst.h>
#include "snapshots_leak.h"
