/* SPDX-License-Identifier: MIT
 *
 * tests/map/snapshot.c - map/snapshot.h: what calls pay who come upon a snapshot that has stopped.
 */
#include "guard.h"

#include <loft/smr/ebr.h>

#include "tap.h"

/* Heavy fences of the map alone. */
static unsigned long heavy;
#undef loft_fence_heavy
#define loft_fence_heavy(asym, mo)  (heavy++, (asym) ? loft_fence_heavy_() : (loft_fence(mo), true))

#define LOFT_MAP_NAME  imap
#define LOFT_MAP_KEY   int
#define LOFT_MAP_VAL   int
#define LOFT_MAP_SMR   loft_ebr
#include <loft/map/list.h>

enum { KEYS = 100 };

static bool
counts(int k, int v, void *n)
{
    *(int *)n += k == v;
    return true;
}

int
main(void)
{
    static loft_ebr domain;
    static imap m;
    int bad = 0;
    int v = 0;
    int n = 0;
    watchdog("map/snapshot");
    if (loft_ebr_init(&domain, NULL) != LOFT_OK || imap_init(&m, &domain) != LOFT_OK)
        abort();
    loft_ebr_thread *const me = loft_ebr_self(&domain);
    if (!me)
        abort();

    /* Behind its first step, before its own fence. */
    imap_collector_ *const c = imap_collector_of_(&m.base, me);
    if (!c)
        abort();
    loft_store(&m.base.snap, c, release);                /* main:A release -> snapshot/snapping:B: as open:A */
    for (int k = 0; k < KEYS; k++)
        bad += imap_put(&m, me, k, k) != LOFT_OK;
    for (int k = 0; k < KEYS; k++)
        bad += !imap_get(&m, me, k, &v) || v != k || imap_put(&m, me, k, k) != LOFT_REPLACED;
    ok(bad == 0, "calls go on beside a snapshot that has stopped where it begins");
    ok_eq((long)heavy, 1, "and all of them together make one heavy fence");
    const uintptr_t last = imap_close_(&m.base, c);
    const size_t reports = imap_report_of_(last)->number;
    ok(reports >= 2 * KEYS && reports <= 3 * KEYS, "each entry is reported once, unless that was forgotten");
    loft_ebr_enter(me);
    loft_ebr_retire(me, &c->smr, imap_drop_collector_);
    loft_ebr_exit(me);

    heavy = 0;
    ok(imap_snapshot(&m, me, NULL, NULL, 0, counts, &n) == LOFT_OK && n == KEYS, "the next one has all entries");
    ok_eq((long)heavy, 1, "with a heavy fence of its own");
    imap_fini(&m);
    ok(loft_ebr_fini(&domain) == LOFT_OK, "all is freed");
    return done();
}
