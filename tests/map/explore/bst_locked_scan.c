/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_locked_scan.c - scans of the locked tree beside changes.
 */
#define ENGINE  <loft/map/bst_locked.h>
#include "scans.h"
