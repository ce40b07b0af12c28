/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/snapshots_leak.h - the program of snapshots of ENGINE, over a scheme that does nothing.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_SNAPSHOTS_LEAK_H
#define LOFT_TESTS_MAP_EXPLORE_SNAPSHOTS_LEAK_H

#include <loft/check/explore.h>

#include <loft/smr/leak.h>
#include "nomem.h"
#define loft_alloc(size)  (memory_ends() ? NULL : (loft_alloc)(size))   /* reports, and what is made of them */

#define LOFT_MAP_NAME       omap
#define LOFT_MAP_KEY        unsigned
#define LOFT_MAP_VAL        unsigned
#define LOFT_MAP_EQ(a, b)   ((a) == (b))
#define LOFT_MAP_SMR        loft_leak
#define LOFT_SNAPSHOT_TOLD_  2u                          /* so that some forget what they were told            */
#include ENGINE

#define SMR            loft_leak
#define SMR_FLAGS      LOFT_EXPLORE_MAY_LEAK
#define SMR_BEGIN(d)   loft_explore_check(loft_leak_init(&(d), NULL) == LOFT_OK)
#include "snapshots.h"

NOMEM(has_2_more)

/* One thread reports an entry, and then misses key 3, which the snapshot finds: so the snapshot has that entry. Who has
 * put key 3 in has stopped before its report. With whole calls that is one execution in very many. */
static struct omap_collector_ *collector;
static LOFT_ATOMIC(uintptr_t) word;                      /* the state of the entry                             */
static bool missed;
static bool found;
static bool counts;

static void
walk_begins(void)
{
    collector = omap_collector_of_(&map.base, me[0]);
    loft_explore_check(collector);
    loft_store(&collector->fenced, 1u, relaxed);
    loft_init(&word, (uintptr_t)0);
    missed = found = counts = false;
}
BEGIN(has_2_5, 36)
static void walk_of_2(void) { has_2_more(); walk_begins(); }
/* In trees, 3 gets to the right side of 2, or to the left one of 5. */
static void walk_of_1_2(void) { has_1_2_more(); walk_begins(); }
static void walk_of_2_5(void) { has_2_5_more(); walk_begins(); }
static void
reports_misses_3(int t)
{
    static const uint64_t entry[4];
    loft_explore_check(omap_report_in_(collector, (const omap_entry_ *)(const void *)entry, &word, 1, 0));
    missed = !omap_contains(&map, me[t], 3);
}
static void
puts_3(int t)
{
    loft_explore_check(omap_put_if_absent(&map, me[t], 3, FIRST_VALUE + 3) == LOFT_OK);
}
static void
walks(int t)
{
    struct omap_tally_ tally;
    memset(&tally, 0, sizeof tally);
    tally.collector = collector;
    S_(enter)(me[t]);
    omap_visit_(&map, me[t], NULL, LOFT_MAP_BEGIN_, &tally);
    const uintptr_t last = omap_close_(&map.base, collector);
    S_(exit)(me[t]);
    const struct omap_report_ *const r = omap_report_of_(last);
    loft_explore_check(!tally.failed);
    found = tally.n == (size_t)__builtin_popcount(keys) + 1;
    counts = r && omap_is_valid_(r);
    loft_free(tally.found, tally.room * sizeof *tally.found);
}
static void
walk_ends(void)
{
    loft_explore_check(!missed || !found || counts);
    net[3] = 1;
    omap_drop_collector_(me[0], &collector->smr);
    end();
}

#define WALK(text, first) \
    { .name = (text), .setup = (first), .thread = { reports_misses_3, puts_3, walks }, .finish = walk_ends, \
      .spurious = LOFT_EXPLORE_NONE, .flags = LOFT_EXPLORE_ALL | SMR_FLAGS }

static const loft_explore_client clients[] = {
    SNAPS_BESIDE_A_CALL(CLIENT, LARGE, 10000),
    CLIENT("a snapshot beside a snapshot", has_1, 2, snap, snap),
    SNAPS_BESIDE_ONE(LARGE, 4000),
    SNAPS_BESIDE_TWO(LARGE, 4000),
    SNAPS_BESIDE_THREE(LARGE, 4000),
    WALK("who reports an entry and misses what is found", walk_of_2),
    WALK("the same, behind two", walk_of_1_2),
    WALK("the same, between two", walk_of_2_5),
    LARGE("without memory: a snapshot beside any call", 2000, has_1_2_nomem, 6, any, snap),
    LARGE("without memory: a snapshot, a put and who has seen it", 2000, has_2_more_nomem, 4, put_1, get_1_put_3, snap),
    FREEZE_SOME("nobody waits: a snapshot beside changes", 100, has_1_2, 6, changes, snap),
    FREEZE_SOME("nobody waits: a snapshot beside looks", 100, has_1_2, 6, looks, snap),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}

#endif
