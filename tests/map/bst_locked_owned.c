/* SPDX-License-Identifier: MIT
 *
 * tests/map/bst_locked_owned.c - map/bst_locked.h: who owns keys and values, and what it makes of a comparison that
 * lies.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: not tsan cross
 * build: c-only
 */
#include "subject.h"

#define ENGINE  <loft/map/bst_locked.h>
#include "owned.h"

int
main(void)
{
    watchdog("map/bst_locked_owned");
    owned(1000);
    return done();
}
