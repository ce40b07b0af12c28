/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/list_scan.c - scans of the list beside changes.
 */
#define ENGINE  <loft/map/list.h>
#include "scans.h"
