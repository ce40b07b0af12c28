/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_locked_set.c - the locked tree as a set, over epochs: keys that come and go.
 */
#include <loft/check/explore.h>

#include <loft/smr/ebr.h>

#define UPDATES        LOFT_EXPLORE_BLOCKING

#define LOFT_MAP_NAME  set
#define LOFT_MAP_KEY   unsigned
#define LOFT_MAP_SMR   loft_ebr
#include <loft/map/bst_locked.h>

#include "set_clients.h"
