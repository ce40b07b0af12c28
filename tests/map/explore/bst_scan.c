/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_scan.c - scans of the tree beside changes.
 */
#define ENGINE  <loft/map/bst.h>
#include "scans.h"
