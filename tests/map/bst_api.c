/* SPDX-License-Identifier: MIT
 *
 * tests/map/bst_api.c - map/bst.h, each call of it as all ordered maps have it.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS -DTAP_JUMPS
 * build: not tsan
 * build: c-only
 */
#include "subject.h"

#define ENGINE  <loft/map/bst.h>
#include "kinds.h"

int
main(void)
{
    watchdog("map/bst_api");
    kinds(2000);
    return done();
}
