/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/list_set.c - the list as a set, over epochs: keys that come and go under everybody's feet.
 */
#include <loft/check/explore.h>

#include <loft/smr/ebr.h>

#define LOFT_MAP_NAME  set
#define LOFT_MAP_KEY   unsigned
#define LOFT_MAP_SMR   loft_ebr
#include <loft/map/list.h>

#include "set_clients.h"
