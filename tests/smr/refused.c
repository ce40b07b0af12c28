/* SPDX-License-Identifier: MIT
 *
 * tests/smr/refused.c - a system that begins to refuse the heavy fence (a program may forbid it by seccomp after init,
 * and there may be no memory for it): drains end at their deadline, of each scheme that has them; nothing is freed, or
 * lost, or freed twice; and the next drain that gets its fences frees all of it.
 *
 * A record may be used by any thread, one at a time: one thread plays all parts.
 *
 * build: flags -DLOFT_ALLOC_STATS
 * build: also release -DNDEBUG
 */
#include "threads.h"

#include <loft/core/asymmetric.h>

static size_t allowed = SIZE_MAX;                        /* so many fences more are not refused                */

static bool
granted(void)
{
    allowed -= allowed != SIZE_MAX && allowed != 0;
    return allowed != 0;
}

#undef  loft_fence_heavy
#define loft_fence_heavy(asym, mo)  (granted() && ((asym) ? loft_fence_heavy_() : (loft_fence(mo), true)))

#include <loft/smr/debra.h>
#include <loft/smr/ebr.h>
#include <loft/smr/hp.h>
#include <loft/smr/hyaline.h>
#include <loft/smr/ibr.h>

#include "tap.h"

enum { FENCES = 9 };                                     /* more than any drain here asks for                  */

#define MS        UINT64_C(1000000)
#define LONG_AGO  UINT64_C(0)

static size_t dropped, retired;
static char line[200];

static void
refuse_after(size_t fences)
{
    allowed = fences + 1u;
}

static void
refuse_no_more(void)
{
    allowed = SIZE_MAX;
}

static const char *
of(const char *scheme, bool symmetric, const char *what)
{
    snprintf(line, sizeof line, "%s%s: %s", scheme, symmetric ? ", symmetric" : "", what);
    return line;
}

static loft_smr_options
options(bool symmetric)
{
    loft_smr_options o;
    memset(&o, 0, sizeof o);
    o.symmetric = symmetric;
    dropped = retired = 0;
    refuse_no_more();
    return o;
}

#define SCHEME(S)                                                                                                      \
    typedef struct S##_item {                                                                                          \
        loft_##S##_node smr;                                                                                           \
        bool dead;                                                                                                     \
    } S##_item;                                                                                                        \
    static loft_##S S##_domain;                                                                                        \
    static void                                                                                                        \
    S##_drop(loft_smr_thread *me, loft_smr_node *n)                                                                    \
    {                                                                                                                  \
        S##_item *const item = (S##_item *)(void *)n;                                                                  \
        (void)me;                                                                                                      \
        dropped += !item->dead;                                                                                        \
        item->dead = true;                                                                                             \
        loft_free(n, sizeof *item);                                                                                    \
    }                                                                                                                  \
    static void                                                                                                        \
    S##_retire(loft_##S##_thread *me)                                                                                  \
    {                                                                                                                  \
        S##_item *const item = (S##_item *)loft_##S##_alloc_node(me, sizeof *item);                                    \
        if (!item)                                                                                                     \
            abort();                                                                                                   \
        item->dead = false;                                                                                            \
        retired++;                                                                                                     \
        loft_##S##_retire(me, &item->smr, S##_drop);                                                                   \
    }                                                                                                                  \
    static void                                                                                                        \
    S##_some(loft_##S##_thread *me, int count)                                                                         \
    {                                                                                                                  \
        for (int i = 0; i < count; i++) {                                                                              \
            loft_##S##_enter(me);                                                                                      \
            S##_retire(me);                                                                                            \
            loft_##S##_exit(me);                                                                                       \
        }                                                                                                              \
    }                                                                                                                  \
    static loft_##S##_thread *                                                                                         \
    S##_come(void)                                                                                                     \
    {                                                                                                                  \
        loft_##S##_thread *const me = loft_##S##_join(&S##_domain);                                                    \
        if (!me)                                                                                                       \
            abort();                                                                                                   \
        return me;                                                                                                     \
    }                                                                                                                  \
    static void                                                                                                        \
    S##_poke(loft_##S##_thread *me)                                                                                    \
    {                                                                                                                  \
        const loft_status s = loft_##S##_drain(me, LONG_AGO);                                                          \
        ok(s == LOFT_TIMEOUT || s == LOFT_OK, #S ": a drain in between");                                              \
    }                                                                                                                  \
    static void                                                                                                        \
    S##_try(bool symmetric)                                                                                            \
    {                                                                                                                  \
        const loft_seq live = loft_alloc_stats_get().live;                                                             \
        const loft_smr_options o = options(symmetric);                                                                 \
        if (loft_##S##_init(&S##_domain, &o) != LOFT_OK)                                                               \
            abort();                                                                                                   \
        loft_##S##_thread *const a = S##_come();                                                                       \
        loft_##S##_thread *b = S##_come();                                                                             \
        S##_some(a, 5);                                                                                                \
        S##_some(b, 3);                                                                                                \
        refuse_after(0);                                                                                               \
        const uint64_t before = loft_now();                                                                            \
        ok_eq(loft_##S##_drain(a, before + 2 * MS), LOFT_TIMEOUT, of(#S, symmetric, "without fences: TIMEOUT"));       \
        ok(loft_now() >= before + 2 * MS, of(#S, symmetric, "not before its deadline"));                               \
        ok_eq(dropped, 0, of(#S, symmetric, "nothing was freed"));                                                     \
        S##_some(a, 1);                                                                                                \
        S##_some(b, 2);                                                                                                \
        ok_eq(loft_##S##_drain(b, LONG_AGO), LOFT_TIMEOUT, of(#S, symmetric, "another, by another: it is unlocked"));  \
        S##_some(a, 2);                                                                                                \
        S##_some(b, 1);                                                                                                \
        ok_eq(dropped, 0, of(#S, symmetric, "nothing was freed, again"));                                              \
        ok_eq(loft_##S##_stats_get(&S##_domain).pending, retired, of(#S, symmetric, "all is pending"));                \
        refuse_no_more();                                                                                              \
        ok_eq(loft_##S##_drain(a, LOFT_FOREVER), LOFT_OK, of(#S, symmetric, "with fences a drain ends"));              \
        ok_eq(dropped, retired, of(#S, symmetric, "and has freed all"));                                               \
        bool whole = true;                                                                                             \
        size_t timeouts = 0;                                                                                           \
        for (size_t n = 0; n < 2u * FENCES; n++) {                                                                     \
            S##_some(a, 2);                                                                                            \
            S##_some(b, 1);                                                                                            \
            refuse_after(n % FENCES);                                                                                  \
            loft_status s = loft_##S##_drain(n & 1u ? b : a, LONG_AGO);                                                \
            timeouts += s == LOFT_TIMEOUT;                                                                             \
            whole = whole && (s == LOFT_TIMEOUT || (s == LOFT_OK && dropped == retired));                              \
            if (n >= FENCES) {                                                                                         \
                S##_some(b, 1);                                                                                        \
                refuse_after((n * 5u) % 7u);                                                                           \
                s = loft_##S##_drain(a, LONG_AGO);                                                                     \
                whole = whole && (s == LOFT_TIMEOUT || (s == LOFT_OK && dropped == retired));                          \
                S##_some(b, 1);                                                                                        \
                refuse_after(0);                                                                                       \
                S##_poke(b);                                                                                           \
                S##_some(a, 1);                                                                                        \
                refuse_after(n % FENCES);                                                                              \
                S##_poke(a);                                                                                           \
                loft_##S##_leave(b);                                                                                   \
                refuse_no_more();                                                                                      \
                b = S##_come();                                                                                        \
            }                                                                                                          \
            refuse_no_more();                                                                                          \
            S##_some(a, 1);                                                                                            \
            whole = loft_##S##_drain(a, LOFT_FOREVER) == LOFT_OK && dropped == retired && whole;                       \
        }                                                                                                              \
        ok(whole, of(#S, symmetric, "refused from the nth fence on: the next drain frees all"));                       \
        ok(timeouts >= 2, of(#S, symmetric, "some of them were TIMEOUT"));                                             \
        loft_##S##_enter(b);                                                                                           \
        S##_retire(b);                                                                                                 \
        refuse_after(0);                                                                                               \
        S##_poke(a);                                                                                                   \
        S##_retire(b);                                                                                                 \
        S##_poke(a);                                                                                                   \
        S##_retire(b);                                                                                                 \
        refuse_no_more();                                                                                              \
        S##_poke(a);                                                                                                   \
        S##_retire(b);                                                                                                 \
        loft_##S##_exit(b);                                                                                            \
        ok_eq(loft_##S##_drain(a, LOFT_FOREVER), LOFT_OK, of(#S, symmetric, "a section over three of them"));          \
        ok_eq(dropped, retired, of(#S, symmetric, "all that it retired is freed"));                                    \
        S##_some(a, 2);                                                                                                \
        S##_some(b, 2);                                                                                                \
        refuse_after(0);                                                                                               \
        S##_poke(a);                                                                                                   \
        S##_some(b, 1);                                                                                                \
        loft_##S##_leave(b);                                                                                           \
        S##_some(a, 1);                                                                                                \
        loft_##S##_leave(a);                                                                                           \
        ok(loft_##S##_fini(&S##_domain) == LOFT_OK && dropped == retired && loft_alloc_stats_get().live == live,       \
           of(#S, symmetric, "fini after a refusal frees all, and no memory is lost"));                                \
    }

SCHEME(debra)
SCHEME(ebr)
SCHEME(hp)
SCHEME(hyaline)
SCHEME(ibr)

static loft_hp_thread *drainer;                          /* while another record is in a turn                  */
static loft_hp_thread *dropper;
static unsigned granted_there;

static void
drop_and_drain(loft_smr_thread *me, loft_smr_node *n)
{
    loft_hp_thread *const by = drainer;
    hp_drop(me, n);
    if (!by)
        return;
    drainer = NULL;
    hp_retire(dropper);
    refuse_after(0);
    ok_eq(loft_hp_drain(by, LONG_AGO), LOFT_TIMEOUT, "hp: refused in the middle of another's turn");
    hp_retire(dropper);
    refuse_after(granted_there);
    ok_eq(loft_hp_drain(by, LONG_AGO), LOFT_TIMEOUT, "hp: and the next");
    hp_retire(dropper);
    refuse_no_more();
}

static void
hp_retire_last(loft_hp_thread *me)
{
    hp_item *const item = (hp_item *)loft_hp_alloc_node(me, sizeof *item);
    if (!item)
        abort();
    item->dead = false;
    retired++;
    loft_hp_enter(me);
    loft_hp_retire(me, &item->smr, drop_and_drain);
    loft_hp_exit(me);
}

/* What was put aside comes back to its owner, or to a drain, also where the owner was just using it. */
static void
try_owner(bool symmetric, unsigned there, bool drains)
{
    const loft_seq live = loft_alloc_stats_get().live;
    loft_smr_options o = options(symmetric);
    o.batch = 4;
    o.frees = 64;
    if (loft_hp_init(&hp_domain, &o) != LOFT_OK)
        abort();
    loft_hp_thread *const a = hp_come();
    loft_hp_thread *const b = hp_come();
    hp_some(b, 3);
    refuse_after(0);
    ok_eq(loft_hp_drain(a, LONG_AGO), LOFT_TIMEOUT, of("hp", symmetric, "an owner's bag is put aside"));
    refuse_no_more();
    hp_some(b, 4);
    ok_eq(dropped, 7, of("hp", symmetric, "and comes back to it without another drain"));
    drainer = a;
    dropper = b;
    granted_there = there;
    hp_some(b, 3);
    hp_retire_last(b);
    ok(!drainer, of("hp", symmetric, "a drain in the middle of a turn"));
    if (drains)
        ok_eq(loft_hp_drain(a, LOFT_FOREVER), LOFT_OK, of("hp", symmetric, "the next drain gets all"));
    else
        hp_some(b, 8);
    ok_eq(dropped, retired, of("hp", symmetric, "what was used there is freed, too"));
    loft_hp_leave(a);
    loft_hp_leave(b);
    ok(loft_hp_fini(&hp_domain) == LOFT_OK && loft_alloc_stats_get().live == live,
       of("hp", symmetric, "no memory is lost"));
}

int
main(void)
{
    for (int symmetric = 0; symmetric < 2; symmetric++) {
        ebr_try(symmetric);
        hp_try(symmetric);
        hyaline_try(symmetric);
        ibr_try(symmetric);
        for (unsigned there = 0; there < 4; there++) {
            try_owner(symmetric, there, true);
            try_owner(symmetric, there, false);
        }
    }
    debra_try(true);                                     /* or it would send this thread back                  */
    return done();
}
