/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/snapshot.c - the collector of snapshots, without a map that changes: each end of its orders.
 *
 * As clients of a map some of these take three threads, and one execution in tens of thousands: somebody removes a key,
 * cannot report that for want of memory, and misses another key that the snapshot has beside the one that was removed.
 */
#include <loft/check/explore.h>

#include <loft/smr/leak.h>

#define LOFT_MAP_NAME       map
#define LOFT_MAP_KEY        unsigned
#define LOFT_MAP_SMR        loft_leak
#define LOFT_SNAPSHOT_TOLD_  2u
#include <loft/map/list.h>

static loft_leak domain;
static loft_leak_thread *me;
static map m;
static struct map_collector_ *collector;
static LOFT_ATOMIC(unsigned) before;                     /* 1: what happens before the snapshot                */
static uintptr_t last;                                   /* of the collector, when it was closed               */
static bool behind;                                      /* who found it closed has missed that                */
static map_entry_ *entry;
static LOFT_ATOMIC(uintptr_t) word;                      /* its state                                          */
static LOFT_ATOMIC(unsigned) other;                      /* 1: a key is in that the snapshot has               */
static bool ahead;                                       /* who was told of the entry has missed that          */
static bool counts;                                      /* the snapshot has the entry                         */
static bool older;                                       /* it was taken out, and there was no snapshot        */
static bool in;                                          /* it was reported as in                              */

static void
setup(void)
{
    loft_explore_check(loft_leak_init(&domain, NULL) == LOFT_OK);
    me = loft_leak_join(&domain);
    loft_explore_check(me && map_init(&m, &domain) == LOFT_OK);
    collector = map_collector_of_(&m.base, me);
    loft_explore_check(collector);
    loft_init(&before, 0u);
    loft_init(&word, (uintptr_t)0);
    loft_init(&other, 0u);
    behind = ahead = counts = older = in = false;
}

static void
setup_entry(void)
{
    setup();
    entry = (map_entry_ *)loft_leak_alloc_node(me, sizeof *entry);
    loft_explore_check(entry);
}
static void
setup_open(void)
{
    setup_entry();
    loft_explore_check(map_open_(&m.base, collector));
}

static void
snapshot(int t)
{
    (void)t;
    loft_explore_check(map_open_(&m.base, collector));
    loft_store(&before, 1u, relaxed);
    last = map_close_(&m.base, collector);
}

/* Who finds the collector closed comes behind the snapshot, with all that is done then. Without memory: what fails
 * behind the closing does not make the snapshot fail. */
static void
fail(int t)
{
    struct map_collector_ *const c = map_snapping_(&m.base);
    (void)t;
    if (!c)
        return;
    map_fail_(c);
    behind = loft_load(&before, relaxed) == 0;
}

/* A report that is not taken. */
static void
report(int t)
{
    static const map_entry_ *const none = NULL;
    struct map_collector_ *const c = map_snapping_(&m.base);
    (void)t;
    if (!c)
        return;
    const bool closed = !map_report_to_(c, none, true);
    behind = closed && loft_load(&before, relaxed) == 0;
}

/* Who finds none any more comes behind the one there was. */
static void
shuts(int t)
{
    (void)t;
    loft_store(&before, 1u, relaxed);
    last = map_close_(&m.base, collector);
}
static void
looks(int t)
{
    (void)t;
    behind = !map_snapping_(&m.base) && loft_load(&before, relaxed) == 0;
}

static void
finish(void)
{
    loft_explore_check(!behind || (last & LOFT_SNAPSHOT_FAILED_));
    map_drop_collector_(me, &collector->smr);
    map_fini(&m);
    loft_leak_leave(me);
    loft_explore_check(loft_leak_fini(&domain) == LOFT_OK);
}

/* Who takes an entry out and finds no snapshot need not report: it is out for all who report to the next one. */
static void
opens(int t)
{
    (void)t;
    loft_explore_check(map_open_(&m.base, collector));
}
static void
takes_out(int t)
{
    (void)t;
    loft_store(&word, (uintptr_t)1, seq_cst);
    older = !map_snapping_(&m.base);
}
static void
finds(int t)
{
    struct map_collector_ *const c = map_snapping_(&m.base);
    (void)t;
    if (c && map_report_in_(c, entry, &word, 1, 0))
        in = true;
}
static void
finds_first(int t)                                       /* before the snapshot has made its fence             */
{
    loft_store(&m.base.snap, collector, release);
    finds(t);
}
static void
finish_older(void)
{
    loft_explore_check(!older || !in);
    last = map_close_(&m.base, collector);
    loft_free(entry, sizeof *entry);
    finish();
}

/* An entry is seen to be in, and somebody else is told so, and does not report it. What that one misses comes later. */
static void
sees(int t)
{
    (void)t;
    (void)map_report_in_(collector, entry, &word, 1, 0);
}
static void
misses(int t)
{
    (void)t;
    ahead = map_told_(collector, entry) && loft_load(&other, seq_cst) == 0;
}
static void
closes(int t)
{
    (void)t;
    loft_store(&other, 1u, seq_cst);
    last = map_close_(&m.base, collector);
    const struct map_report_ *const r = map_report_of_(last);
    counts = r && map_is_valid_(r);
}
static void
finish_told(void)
{
    loft_explore_check(!ahead || counts);
    loft_free(entry, sizeof *entry);
    finish();
}

/* Who has taken it out, and misses what the other one did before the report, was first: it is not in any more. */
static void
sees_behind(int t)
{
    (void)t;
    loft_store(&other, 1u, seq_cst);
    in = map_report_in_(collector, entry, &word, 1, 0);
}
static void
takes_out_misses(int t)
{
    (void)t;
    loft_store(&word, (uintptr_t)1, seq_cst);
    ahead = loft_load(&other, seq_cst) == 0;
}
static void
finish_out(void)
{
    loft_explore_check(!ahead || !in);
    last = map_close_(&m.base, collector);
    loft_free(entry, sizeof *entry);
    finish();
}

#define BESIDE(text, call) \
    { .name = (text), .setup = setup, .thread = { (call), snapshot }, .finish = finish, .flags = LOFT_EXPLORE_MAY_LEAK }
static const loft_explore_client clients[] = {
    BESIDE("who cannot report, and finds the collector closed", fail),
    BESIDE("who reports, and finds the collector closed", report),
    { .name = "who is told that an entry was reported", .setup = setup_open, .thread = { sees, misses, closes },
      .finish = finish_told, .flags = LOFT_EXPLORE_MAY_LEAK },
    { .name = "who takes an entry out and finds no snapshot", .setup = setup_entry,
      .thread = { opens, takes_out, finds }, .finish = finish_older, .spurious = LOFT_EXPLORE_NONE,
      .flags = LOFT_EXPLORE_MAY_LEAK },
    { .name = "the same, by the fence of who reports", .setup = setup_entry,
      .thread = { finds_first, takes_out, finds }, .finish = finish_older, .spurious = LOFT_EXPLORE_NONE,
      .flags = LOFT_EXPLORE_MAY_LEAK },
    { .name = "who finds the snapshot over", .setup = setup_open, .thread = { looks, shuts }, .finish = finish_told,
      .flags = LOFT_EXPLORE_MAY_LEAK },
    { .name = "who takes an entry out is first", .setup = setup_open, .thread = { sees_behind, takes_out_misses },
      .finish = finish_out, .flags = LOFT_EXPLORE_MAY_LEAK },
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
