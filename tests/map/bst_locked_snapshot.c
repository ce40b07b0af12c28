/* SPDX-License-Identifier: MIT
 *
 * tests/map/bst_locked_snapshot.c - map/bst_locked.h, what it had at one instant, while many threads change it.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS -DTAP_JUMPS
 * build: c-only
 */
#include "subject.h"

#define ENGINE  <loft/map/bst_locked.h>
#include "snapshots.h"

static bool any_entry(int k, unsigned v, void *ctx) { (void)k; (void)v; (void)ctx; return true; }
static bool counts_entry(int k, unsigned v, void *ctx) { (void)k; (void)v; ++*(size_t *)ctx; return true; }

/* Of a tree of many levels, and more than the first array takes: each range, and each allocation failing, after which
 * everything can be changed; and nothing is left held. */
static void
many(const struct subject *s)
{
    enum { MANY = 300 };
    struct bench b;
    char text[120];
    unsigned long bad = 0;
    int fails = 0;
    bench_begin(&b, s);
    for (int i = 0; i < MANY; i++)
        bad += s->put(b.m, b.me, i * 7 % MANY, 1) != LOFT_OK;
    for (int from = -1; from <= MANY; from += 43) {
        for (int to = -1; to <= MANY; to += 37) {
            for (unsigned how = 0; how < 8; how++) {
                const int low = from < 0 ? 0 : from + (how & LOFT_RANGE_AFTER ? 1 : 0);
                const int high = to < 0 ? MANY : to + (how & LOFT_RANGE_THROUGH && to < MANY ? 1 : 0);
                const size_t n = s->range(b.m, b.me, from < 0 ? NULL : &from, to < 0 ? NULL : &to, BY_SNAP | how,
                                          any_entry, NULL);
                bad += n != (low < high ? (size_t)(high - low) : 0);
            }
        }
    }
    for (loft_status r = LOFT_NOMEM; r != LOFT_OK; fails++) {
        size_t n = 0;
        loft_alloc_fail_from((size_t)fails);
        r = s->snapshot(b.m, b.me, NULL, NULL, 0, counts_entry, &n);
        (void)loft_alloc_fail_stop();
        bad += r == LOFT_OK ? n != MANY : r != LOFT_NOMEM || n != 0;
        for (int i = 0; i < MANY; i++)
            bad += s->put(b.m, b.me, i, 2) == LOFT_NOMEM || !s->remove(b.m, b.me, i, NULL)
                || s->put(b.m, b.me, i, 1) != LOFT_OK;
        s->rest(b.me);
    }
    bench_end(&b);
    snprintf(text, sizeof text, "%s: ranges of many, each of %d allocations failing", s->name, fails - 1);
    ok(bad == 0 && fails > 3 && troubles() == 0, text);
}

int
main(void)
{
    watchdog("map/bst_locked_snapshot");
    many(&over_loft_ebr_subject);
    snapshots_locked();
    return done();
}
