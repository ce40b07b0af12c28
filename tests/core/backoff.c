/* SPDX-License-Identifier: MIT
 *
 * tests/core/backoff.c - how long is waited, when it becomes a yield, what is learnt, what bad input does.
 *
 * Pauses and yields are counted through the hooks the explorer uses, assertions through the user's own LOFT_ASSERT, so
 * that one program sees both that a mistake is asserted against and what a release build does about it.
 *
 * build: also release -DNDEBUG
 */
#include <stdbool.h>
#include <stdint.h>

static bool counting = true;
static uint64_t pauses;
static uint64_t yields;
static unsigned asserted;

#define LOFT_ASSERT(c)  ((c) ? (void)0 : (void)asserted++)
#define LOFT_PAUSE()    (counting ? (void)pauses++ : loft_pause())
#define LOFT_YIELD()    (counting ? (void)yields++ : loft_yield())

#include "threads.h"

#include <loft/core/atomics.h>
#include <loft/core/backoff.h>

#include "tap.h"

static uint64_t
paused(void)
{
    const uint64_t n = pauses;
    pauses = 0;
    return n;
}

/* The first n waits of min..max are those of the text, in pauses, `y` being a yield. */
static bool
waits_are(uint32_t min, uint32_t max, bool yielding, const char *text)
{
    char got[256] = "";
    size_t at = 0;
    size_t n = 1;
    for (const char *c = text; *c; c++)
        n += *c == ' ';
    loft_backoff b;
    loft_backoff_init(&b, min, max);
    for (size_t i = 0; i < n; i++) {
        paused();
        yields = 0;
        bool gave_way = false;
        if (yielding)
            gave_way = loft_backoff_step_yield(&b);
        else
            loft_backoff_step(&b);
        if (gave_way != (yields == 1) || b.current > b.max || b.current < b.min)
            return false;
        if (yields)
            at += (size_t)snprintf(got + at, sizeof got - at, "%sy", i ? " " : "");
        else
            at += (size_t)snprintf(got + at, sizeof got - at, "%s%llu", i ? " " : "", (unsigned long long)paused());
    }
    if (strcmp(got, text) != 0)
        note("got %s", got);
    return strcmp(got, text) == 0;
}

static void
test_sequences(void)
{
    ok(waits_are(1, 1024, false, "1 2 4 8 16 32 64 128 256 512 1024 1024 1024"), "1 to 1024 doubles and stays");
    ok(waits_are(1, 100, false, "1 2 4 8 16 32 64 100 100"), "a max of 100 is neither overshot nor missed");
    ok(waits_are(3, 20, false, "3 6 12 20 20"), "a min of 3 doubles from there");
    ok(waits_are(3, 24, false, "3 6 12 24 24"), "and meets a max it divides");
    ok(waits_are(7, 8, false, "7 8 8"), "a max just above min");
    ok(waits_are(5, 5, false, "5 5 5"), "min equal to max is constant");
    ok(waits_are(1, 1, false, "1 1 1"), "also at 1");
    ok(waits_are(1, 2, false, "1 2 2"), "1 to 2");
    ok(waits_are(1, 3, false, "1 2 3 3"), "1 to 3");

    ok(waits_are(1, 16, true, "1 2 4 8 y y y"), "step_yield yields where it would wait for max");
    ok(waits_are(1, 100, true, "1 2 4 8 16 32 64 y y"), "also a max that is no power of two");
    ok(waits_are(3, 4, true, "3 y y"), "after a single wait where max is next to min");
    ok(waits_are(5, 5, true, "y y"), "at once where min is max");

    const loft_backoff init = LOFT_BACKOFF_INIT;
    loft_backoff made;
    loft_backoff_init(&made, LOFT_BACKOFF_MIN, LOFT_BACKOFF_MAX);
    ok(init.min == made.min && init.max == made.max && init.current == made.current, "LOFT_BACKOFF_INIT is init");
    ok(init.min == 1 && init.max == 1024, "the defaults are 1 and 1024");
}

static void
test_boundaries(void)
{
    loft_backoff b;
    loft_backoff_init(&b, 1u << 19, 1u << 20);
    loft_backoff_step(&b);
    ok_eq(paused(), 1u << 19, "2^19 pauses");
    loft_backoff_step(&b);
    ok_eq(paused(), 1u << 20, "then 2^20, the max");
    loft_backoff_step(&b);
    ok_eq(paused(), 1u << 20, "and again");

    /* Near the end of the type, without waiting for it: current is what the next step would pause. */
    ok_eq(loft_backoff_double_(UINT32_MAX / 2u, UINT32_MAX), UINT32_MAX - 1u, "2^31 - 1 doubles");
    ok_eq(loft_backoff_double_(UINT32_MAX / 2u + 1u, UINT32_MAX), UINT32_MAX, "2^31 is clamped instead of wrapping");
    ok_eq(loft_backoff_double_(UINT32_MAX, UINT32_MAX), UINT32_MAX, "2^32 - 1 stays");
    loft_backoff_init(&b, UINT32_MAX, UINT32_MAX);
    ok(b.current == UINT32_MAX && loft_backoff_step_yield(&b) && b.current == UINT32_MAX, "both may be 2^32 - 1");

    loft_backoff_init(&b, 2, 64);
    loft_backoff_step(&b);
    loft_backoff_step(&b);
    ok_eq(b.current, 8, "after two steps from 2 the next is 8");
    loft_backoff_reset(&b);
    ok_eq(b.current, 2, "after a reset it is min");
    for (int i = 0; i < 20; i++)
        loft_backoff_step_yield(&b);
    loft_backoff_reset(&b);
    ok_eq(b.current, 2, "also after yields");
    ok(!loft_backoff_step_yield(&b), "and it pauses again");

    /* Every pair of small numbers: within the bounds, never shrinking, exact at the max. */
    size_t wrong = 0;
    for (uint32_t min = 1; min <= 40; min++) {
        for (uint32_t max = min; max <= 200; max++) {
            loft_backoff_init(&b, min, max);
            uint64_t want = min;
            for (int i = 0; i < 10; i++) {
                paused();
                loft_backoff_step(&b);
                wrong += paused() != want || b.current > max;
                want = want * 2u > max ? max : want * 2u;
            }
        }
    }
    ok_eq(wrong, 0, "min 1 to 40 with max up to 200: min times powers of two, then max exactly");
    paused();
}

static void
test_bad_input(void)
{
    ok_eq(asserted, 0, "nothing was asserted against so far");
    loft_backoff b;
    loft_backoff_init(&b, 0, 8);
    ok(asserted == 1 && b.min == 1 && b.max == 8 && b.current == 1, "min 0 is asserted against and counts as 1");
    loft_backoff_init(&b, 8, 3);
    ok(asserted == 2 && b.min == 8 && b.max == 8 && b.current == 8, "max below min too, and counts as min");
    asserted = 0;
    loft_backoff_init(&b, 0, 0);
    ok(asserted >= 1 && b.min == 1 && b.max == 1 && b.current == 1, "0 and 0 count as 1 and 1");

    asserted = 0;
    pauses = yields = 0;
    loft_backoff_init(NULL, 1, 2);
    loft_backoff_reset(NULL);
    loft_backoff_step(NULL);
    ok(!loft_backoff_step_yield(NULL), "no object: nothing is done");
    loft_backoff_adapt_init(NULL, 1, 2);
    ok(!loft_backoff_adapt_step(NULL), "nor in the adaptive form");
    loft_backoff_adapt_done(NULL);
    ok_eq(asserted, 7, "each of the seven calls is asserted against");
    ok(pauses == 0 && yields == 0, "and waits for nothing");

    loft_backoff_adapt a;
    asserted = 0;
    loft_backoff_adapt_init(&a, 0, 0);
    ok(asserted && a.limit == 1 && a.wait.max == 1, "the adaptive form treats bad bounds in the same way");
    ok(loft_backoff_adapt_step(&a), "and works");
    loft_backoff_adapt_done(&a);
    ok_eq(a.limit, 1, "within them");

    /* Never initialised but zeroed: no pause, no endless loop, no trap. */
    memset(&b, 0, sizeof b);
    pauses = 0;
    loft_backoff_step(&b);
    ok(b.current == 0 && pauses == 0 && loft_backoff_step_yield(&b), "a zeroed object pauses 0 times, and yields");
    memset(&a, 0, sizeof a);
    for (int i = 0; i < 3; i++) {
        loft_backoff_adapt_step(&a);
        loft_backoff_adapt_step(&a);
        loft_backoff_adapt_done(&a);
        loft_backoff_adapt_done(&a);
    }
    ok(a.limit == 0 && pauses == 0, "so does an adaptive one");
    asserted = 0;
    yields = 0;
}

/* ---- adaptive ---------------------------------------------------------------------------------------------------- */

/* An operation that fails this many times before it succeeds. */
static void
operation(loft_backoff_adapt *a, int failures)
{
    for (int i = 0; i < failures; i++)
        loft_backoff_adapt_step(a);
    loft_backoff_adapt_done(a);
}

/* One that has to wait until it has yielded. */
static void
long_operation(loft_backoff_adapt *a)
{
    while (!loft_backoff_adapt_step(a))
        ;
    loft_backoff_adapt_done(a);
}

static void
test_adaptive(void)
{
    loft_backoff_adapt a;
    loft_backoff_adapt_init(&a, 1, 100);
    ok_eq(a.limit, 100, "nothing learnt: the limit is max");
    operation(&a, 0);
    ok_eq(a.limit, 100, "an operation without a wait keeps it there");
    operation(&a, 3);
    ok_eq(a.limit, 100, "one that paused would double it, but not beyond max");
    paused();
    yields = 0;
    long_operation(&a);
    ok(paused() == 127 && yields == 1, "one that went all the way paused 1 2 4 8 16 32 64 and yielded");
    ok_eq(a.limit, 50, "which halves the limit");
    long_operation(&a);
    ok(paused() == 63 && yields == 2, "so that the next pauses 1 to 32, and yields");
    ok_eq(a.limit, 25, "and halves it again");
    operation(&a, 0);
    ok_eq(a.limit, 25, "no wait teaches nothing");
    long_operation(&a);
    ok_eq(a.limit, 16, "16 * min is the least");
    long_operation(&a);
    ok_eq(a.limit, 16, "and stays");
    paused();
    yields = 0;
    operation(&a, 10);
    ok(paused() == 15 && yields == 6, "ten failures then: 1 2 4 8, and six yields");
    operation(&a, 4);
    ok_eq(a.limit, 32, "pauses that sufficed double it");
    operation(&a, 1);
    ok_eq(a.limit, 64, "a single one too");
    operation(&a, 1);
    ok_eq(a.limit, 100, "up to max exactly");
    paused();
    loft_backoff_adapt_step(&a);
    ok_eq(paused(), 1, "every operation begins with min");
    loft_backoff_adapt_done(&a);

    loft_backoff_adapt_init(&a, 3, 20);
    long_operation(&a);
    ok_eq(a.limit, 20, "where 16 * min is above max, the limit is max always");
    loft_backoff_adapt_init(&a, UINT32_MAX / 2u, UINT32_MAX);
    ok(loft_backoff_floor_(&a.wait) == UINT32_MAX, "16 * min does not wrap");
    loft_backoff_adapt_init(&a, 4, 64);
    ok(loft_backoff_floor_(&a.wait) == 64, "16 * min may be max");

    loft_backoff_adapt_init(&a, 1, 1024);
    int n = 0;
    for (; a.limit > 16 && n < 100; n++)
        long_operation(&a);
    ok_eq(n, 6, "from 1024 the least is reached in 6 operations");
    n = 0;
    for (; a.limit < 1024 && n < 100; n++)
        operation(&a, 1);
    ok_eq(n, 6, "and left in 6");

    /* Every history of five operations with 0 to 7 failures, for bounds of every shape. */
    const uint32_t bounds[][2] = { { 1, 1 }, { 1, 2 }, { 1, 3 }, { 1, 8 }, { 1, 64 }, { 1, 100 }, { 2, 80 }, { 3, 5 } };
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        const uint32_t min = bounds[i][0], max = bounds[i][1];
        const uint32_t least = 16u * min < max ? 16u * min : max;
        for (unsigned history = 0; history < 32768; history++) {
            loft_backoff_adapt_init(&a, min, max);
            uint32_t limit = max;
            for (unsigned h = history, k = 0; k < 5; k++, h /= 8u) {
                uint32_t next = min;
                bool gave_way = false;
                for (unsigned f = 0; f < h % 8u; f++) {
                    paused();
                    const bool yielded = loft_backoff_adapt_step(&a);
                    wrong += yielded != (next >= limit) || paused() != (yielded ? 0 : next);
                    gave_way |= yielded;
                    if (!yielded)
                        next = 2u * next < max ? 2u * next : max;
                }
                loft_backoff_adapt_done(&a);
                if (gave_way)
                    limit = limit / 2u > least ? limit / 2u : least;
                else if (h % 8u)
                    limit = limit * 2u < max ? limit * 2u : max;
                wrong += a.limit != limit || a.wait.current != min;
            }
        }
    }
    ok_eq(wrong, 0, "262144 histories follow the rule, step by step");
    paused();
}

/* ---- the real thing ---------------------------------------------------------------------------------------------- */

enum { THREADS = 8 };

struct counter {
    LOFT_ATOMIC(unsigned) value;
    LOFT_ATOMIC(unsigned) outside;
    unsigned long long rounds;
    int form;
};

static void
count(void *arg, int id)
{
    struct counter *c = (struct counter *)arg;
    unsigned outside = 0;
    (void)id;
    loft_backoff b = LOFT_BACKOFF_INIT;
    loft_backoff_adapt a;
    loft_backoff_adapt_init(&a, 1, 64);
    for (unsigned long long i = 0; i < c->rounds; i++) {
        unsigned seen = loft_load(&c->value, relaxed);                          /* count:A relaxed: the CAS checks it */
        while (!loft_cas_weak(&c->value, &seen, seen + 1u, relaxed, relaxed)) { /* count:B relaxed: a counter */
            if (c->form == 0)
                loft_backoff_step(&b);
            else if (c->form == 1)
                loft_backoff_step_yield(&b);
            else
                loft_backoff_adapt_step(&a);
            outside += b.current < b.min || b.current > b.max || a.limit < 16 || a.limit > 64;
        }
        loft_backoff_reset(&b);
        loft_backoff_adapt_done(&a);
    }
    loft_fetch_add(&c->outside, outside, relaxed);                              /* count:C relaxed: read after join */
}

static void
test_contended(void)
{
    static const char *const what[] = {
        "8 threads count with step", "8 threads count with step_yield", "8 threads count with the adaptive form"
    };
    for (int form = 0; form < 3; form++) {
        struct counter c;
        loft_init(&c.value, 0u);
        loft_init(&c.outside, 0u);
        c.rounds = scaled(10000);
        c.form = form;
        run_threads(THREADS, count, &c);
        const unsigned value = loft_load(&c.value, relaxed);                    /* contended:A relaxed: after join */
        const unsigned outside = loft_load(&c.outside, relaxed);                /* contended:B relaxed: after join */
        ok(value == c.rounds * THREADS && outside == 0, what[form]);
    }
}

static void
test_hardware(void)
{
    pauses = yields = 0;
    for (int i = 0; i < 1000; i++)
        LOFT_PAUSE();
    for (int i = 0; i < 10; i++)
        LOFT_YIELD();
    ok(pauses == 0 && yields == 0, "a thousand real pauses and ten real yields end");
}

int
main(void)
{
    test_sequences();
    test_boundaries();
    test_bad_input();
    test_adaptive();
    counting = false;
    test_hardware();
    test_contended();
    ok_eq(asserted, 0, "no assertion failed that should not");
    return done();
}
