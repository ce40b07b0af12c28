/* SPDX-License-Identifier: MIT
 *
 * tests/map/list_stress.c - map/list.h with many threads, over each scheme.
 *
 * build: flags -DTAP_JUMPS -DLOFT_ALLOC_STATS
 * build: also validated -DTEST_VALIDATED
 * build: c-only
 */
#include "subject.h"

#define ENGINE  <loft/map/list.h>
#include "over_all.h"

int
main(void)
{
    watchdog("map/list_stress");
    over_all(6000);
    return done();
}
