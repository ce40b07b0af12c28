/* SPDX-License-Identifier: MIT
 *
 * tests/map/list_owned.c - map/list.h: who owns keys and values, and what it makes of a comparison that lies.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: not tsan cross
 * build: c-only
 */
#include "subject.h"

#define ENGINE  <loft/map/list.h>
#include "owned.h"

int
main(void)
{
    watchdog("map/list_owned");
    owned(200);
    return done();
}
