/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_lent.c - keys that the tree owns and cannot copy.
 */
#define ENGINE  <loft/map/bst.h>
#include "lent.h"
