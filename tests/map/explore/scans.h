/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/scans.h - the program of scans of ENGINE, which hold a section from begin to end, over epochs,
 * which free what is retired as soon as they may. Beside one who puts, replaces and removes: what a scan may show, and
 * that what it has lent can be read until its end.
 *
 * A value is a thing in plain memory, which its RELEASE spoils: who reads it later, or at the same time, is found.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_SCANS_H
#define LOFT_TESTS_MAP_EXPLORE_SCANS_H

#include <loft/check/explore.h>

#include "epochs.h"

enum { THINGS = 32, SPOILT = 99, MOST = 24 };
struct thing { unsigned number; };                       /* its own, while the map has it                      */
static struct thing thing[THINGS];

static void spoil(struct thing *x) { loft_plain_write(&x->number, (unsigned)SPOILT); }

#define LOFT_MAP_NAME            smap
#define LOFT_MAP_KEY             unsigned
#define LOFT_MAP_VAL             struct thing *
#define LOFT_MAP_VAL_RELEASE(x)  spoil(x)
#define LOFT_MAP_SMR             loft_ebr
#include ENGINE

static loft_ebr domain;
static loft_ebr_thread *me[2];
static smap map;
static unsigned made;                                    /* things, each newer than those before               */

static void
put(int t, unsigned k)
{
    struct thing *const x = &thing[made];
    loft_plain_write(&x->number, made++);
    const loft_status s = smap_put(&map, me[t], k, x);
    loft_explore_check(s == LOFT_OK || s == LOFT_REPLACED);
}

static void
begin(unsigned from, unsigned to)
{
    frees_early(&domain);
    for (int t = 0; t < 2; t++) {
        me[t] = loft_ebr_join(&domain);
        loft_explore_check(me[t]);
    }
    loft_explore_check(smap_init(&map, &domain) == LOFT_OK);
    made = 0;
    for (unsigned k = from; k <= to; k++)
        put(0, k);
}
static void has_1_2_3(void) { begin(1, 3); }
static void has_1_to_17(void) { begin(1, 17); }

static void
end(void)
{
    smap_fini(&map);
    loft_explore_check(loft_ebr_fini(&domain) == LOFT_OK);
    for (unsigned i = 0; i < made; i++)
        loft_explore_check(loft_plain_read(&thing[i].number) == SPOILT);
}

/* The keys in `go`, a bit each, come and go, the lowest one at least: all others are seen. What is seen of that
 * key is not older than what a get gave before, nor newer than what one gives afterwards. All can be read until the
 * end. */
static void
scan(int t, unsigned how, unsigned go, unsigned n)
{
    struct thing *seen[MOST] = { NULL };
    struct thing *was = NULL;
    struct thing *is = NULL;
    const bool down = (how & LOFT_RANGE_DOWN) != 0;
    const unsigned changed = go & 2u ? 1 : 2;
    unsigned last = down ? MOST : 0;
    unsigned k = 0;
    struct thing *v = NULL;
    smap_scan s;
    loft_ebr_enter(me[t]);
    const unsigned before = smap_get(&map, me[t], changed, &was) ? loft_plain_read(&was->number) : 0;
    loft_ebr_exit(me[t]);
    smap_scan_begin(&s, &map, me[t], NULL, NULL, how);
    while (smap_scan_next(&s, &k, &v)) {
        loft_explore_check(k > 0 && k <= n && (down ? k < last : k > last));
        last = k;
        seen[k] = v;
        loft_explore_check(v && loft_plain_read(&v->number) < THINGS);
    }
    for (k = 1; k <= n; k++) {
        loft_explore_check(seen[k] || (go >> k & 1u));
        if (seen[k])                                     /* lent yet */
            loft_explore_check(loft_plain_read(&seen[k]->number) == (unsigned)(seen[k] - thing));
    }
    if (seen[changed])
        loft_explore_check((unsigned)(seen[changed] - thing) >= before);
    if (smap_get(&map, me[t], changed, &is) && seen[changed])
        loft_explore_check(is >= seen[changed]);
    smap_scan_end(&s);
}
static void sees_1_3(int t) { scan(t, 0, 4, 3); }
static void sees_3_1(int t) { scan(t, LOFT_RANGE_DOWN, 4, 3); }
static void sees_2(int t) { scan(t, 0, 10, 3); }
static void sees_2_down(int t) { scan(t, LOFT_RANGE_DOWN, 10, 3); }
static void sees_17(int t) { scan(t, 0, 1u << 17 | 4, 17); }

/* Sections, in which what may be freed is. */
static void
rests(int t)
{
    for (int i = 0; i < 2; i++) {
        loft_ebr_enter(me[t]);
        loft_ebr_exit(me[t]);
    }
}
static void removes(int t, unsigned k) { loft_explore_check(smap_remove(&map, me[t], k, NULL)); }
static void replaces_2(int t) { put(t, 2); rests(t); }
static void removes_2(int t) { removes(t, 2); rests(t); }
static void removes_1(int t) { removes(t, 1); rests(t); }
static void pops(int t) { loft_explore_check(smap_pop_first(&map, me[t], NULL, NULL)); rests(t); }
static void moves_2(int t) { removes(t, 2); put(t, 2); rests(t); }
static void replaces_2_twice(int t) { put(t, 2); put(t, 2); rests(t); }
static void moves_1_and_3(int t) { removes(t, 1); removes(t, 3); put(t, 1); rests(t); }
static void moves_2_and_17(int t) { removes(t, 17); removes(t, 2); put(t, 2); rests(t); }

#define SOME(text, count, first, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE, \
      .executions = (count), .flags = LOFT_EXPLORE_REUSE | LOFT_EXPLORE_ALL }

static const loft_explore_client clients[] = {
    SOME("a scan beside a replacement", 6000, has_1_2_3, sees_1_3, replaces_2),
    SOME("a scan beside a removal", 6000, has_1_2_3, sees_1_3, removes_2),
    SOME("a scan beside a removal of the first", 6000, has_1_2_3, sees_2, removes_1),
    SOME("a scan beside a pop", 6000, has_1_2_3, sees_2, pops),
    SOME("a scan downwards beside a replacement", 6000, has_1_2_3, sees_3_1, replaces_2),
    SOME("a scan downwards beside a removal", 6000, has_1_2_3, sees_3_1, removes_2),
    SOME("a scan downwards beside a pop", 6000, has_1_2_3, sees_2_down, pops),
    SOME("a scan beside a removal and a put", 4000, has_1_2_3, sees_1_3, moves_2),
    SOME("a scan beside two replacements", 4000, has_1_2_3, sees_1_3, replaces_2_twice),
    SOME("a scan beside changes around", 4000, has_1_2_3, sees_2, moves_1_and_3),
    SOME("a scan downwards beside changes around", 4000, has_1_2_3, sees_2_down, moves_1_and_3),
    SOME("a scan of more than a batch beside changes", 1000, has_1_to_17, sees_17, moves_2_and_17),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}

#endif
