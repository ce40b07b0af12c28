/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_set.c - the tree as a set, over epochs: keys that come and go under everybody's feet.
 */
#include <loft/check/explore.h>

#include <loft/smr/ebr.h>

#define LOFT_MAP_NAME  set
#define LOFT_MAP_KEY   unsigned
#define LOFT_MAP_SMR   loft_ebr
#include <loft/map/bst.h>

#include "set_clients.h"
