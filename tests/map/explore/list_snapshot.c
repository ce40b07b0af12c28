/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/list_snapshot.c - snapshots of the list, over a scheme that does nothing.
 */
#define ENGINE  <loft/map/list.h>
#include "snapshots_leak.h"
