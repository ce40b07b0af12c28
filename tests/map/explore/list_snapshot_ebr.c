/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/list_snapshot_ebr.c - snapshots of the list, over epochs, which free what is retired as soon as
 * they may.
 */
#define ENGINE  <loft/map/list.h>
#include "snapshots_ebr.h"
