/* SPDX-License-Identifier: MIT
 *
 * tests/map/list_api.c - map/list.h, each call of it as all ordered maps have it.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS -DTAP_JUMPS
 * build: not tsan
 * build: c-only
 */
#include "subject.h"

#define ENGINE  <loft/map/list.h>
#include "kinds.h"

int
main(void)
{
    watchdog("map/list_api");
    kinds(200);
    return done();
}
