/* SPDX-License-Identifier: MIT
 *
 * tests/core/asymmetric.c - light and heavy fences on this machine: one side sees the other; what a system that refuses
 * does; both as expressions. Which outcomes there may be is tests/core/explore/asymmetric.c.
 */
#include "threads.h"

#include <loft/core/asymmetric.h>

#include "tap.h"

static LOFT_ATOMIC(int) x;
static LOFT_ATOMIC(int) y;
static LOFT_ATOMIC(unsigned) turn;
static LOFT_ATOMIC(unsigned) both_old;
static int seen[2];
static bool asym;
static unsigned rounds;

/* Both meet, each writes its word and reads the other's; the last to come looks at what both saw. */
static void
meet(unsigned n)
{
    (void)loft_fetch_add(&turn, 1u, acq_rel);
    for (unsigned spin = 0; loft_load(&turn, acquire) < n; spin++) {
        if (spin % 64 == 63)
            sched_yield();
    }
}

static void
body(void *unused, int id)
{
    (void)unused;
    for (unsigned i = 0; i < rounds; i++) {
        meet(6 * i + 2);
        if (id == 0) {
            loft_store(&x, 1, relaxed);
            loft_fence_light(asym, seq_cst);
            seen[0] = loft_load(&y, relaxed);
        } else {
            loft_store(&y, 1, relaxed);
            while (!loft_fence_heavy(asym, seq_cst))
                continue;
            seen[1] = loft_load(&x, relaxed);
        }
        meet(6 * i + 4);
        if (id == 0) {
            if (!seen[0] && !seen[1])
                (void)loft_fetch_add(&both_old, 1u, relaxed);
            loft_store(&x, 0, relaxed);
            loft_store(&y, 0, relaxed);
        }
        meet(6 * i + 6);
    }
}

static void
try_sides(bool asymmetric, const char *what)
{
    asym = asymmetric;
    loft_init(&x, 0);
    loft_init(&y, 0);
    loft_init(&turn, 0u);
    loft_init(&both_old, 0u);
    rounds = (unsigned)scaled(20000);
    run_threads(2, body, NULL);
    ok_eq(loft_load(&both_old, relaxed), 0, what);
}

int
main(void)
{
    ok(loft_asymmetric() == loft_arch()->membarrier, "light fences are free where membarrier is there");
    ok(loft_asymmetric() == loft_asymmetric(), "asked twice, the answer is the same");
    ok(loft_fence_heavy(false, seq_cst), "a heavy fence that is a plain one cannot fail");
    if (loft_asymmetric())
        ok(loft_fence_heavy(true, seq_cst), "one by the system works where the system said so");
    else
        ok_skip("a heavy fence by the system", "it has none");
    loft_fence_light(true, seq_cst);
    loft_fence_light(false, seq_cst);
    const bool either = loft_asymmetric() ? (loft_fence_light(true, seq_cst), true) : false;
    ok(either == loft_asymmetric(), "both are expressions");
    try_sides(false, "full fences on both sides: one sees the other");
#if LOFT_TSAN
    ok_skip("light and heavy", "ThreadSanitizer runs them, and sees neither");
#else
    if (loft_asymmetric())
        try_sides(true, "light and heavy: one sees the other");
    else
        ok_skip("light and heavy", "no membarrier");
#endif
    return done();
}
