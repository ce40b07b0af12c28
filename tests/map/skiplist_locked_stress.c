/* SPDX-License-Identifier: MIT
 *
 * tests/map/skiplist_locked_stress.c - map/skiplist_locked.h with many threads, over each scheme.
 *
 * build: flags -DTAP_JUMPS -DLOFT_ALLOC_STATS
 * build: also validated -DTEST_VALIDATED
 * build: also tall -DTEST_TALL -DTEST_VALIDATED
 * build: c-only
 */
#include "subject.h"

#define ENGINE  <loft/map/skiplist_locked.h>
#if defined(TEST_TALL)
#  define ENGINE_MORE  "skiplist_tall.h"
#endif
#include "over_all.h"

int
main(void)
{
    watchdog("map/skiplist_locked_stress");
    over_all(6000);
    return done();
}
