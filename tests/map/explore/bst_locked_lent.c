/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_locked_lent.c - keys that the locked tree owns and cannot copy.
 */
#define ENGINE  <loft/map/bst_locked.h>
#include "lent.h"
