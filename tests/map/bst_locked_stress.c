/* SPDX-License-Identifier: MIT
 *
 * tests/map/bst_locked_stress.c - map/bst_locked.h with many threads, over each scheme.
 *
 * build: flags -DTAP_JUMPS -DLOFT_ALLOC_STATS
 * build: also validated -DTEST_VALIDATED
 * build: c-only
 */
#include "subject.h"

#define ENGINE  <loft/map/bst_locked.h>
#include "over_all.h"

int
main(void)
{
    watchdog("map/bst_locked_stress");
    over_all(6000);
    return done();
}
