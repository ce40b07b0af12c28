/* SPDX-License-Identifier: MIT
 *
 * tests/core/eventcount.c - eventcount.h: who pays for what and when that changes, what await looks at, a system that
 * refuses the heavy fence, and no lost wake-up among threads. Sleeping itself is park.h's, and tested there.
 *
 * build: also release -DNDEBUG
 */
#include "guard.h"

#if defined(__linux__)
#  include <sys/syscall.h>
#endif

static TEST_THREAD_LOCAL_ unsigned asked;                /* system calls of this thread, to sleep or to wake       */

#include "../futex.h"

#if defined(__linux__)
TEST_UNUSED_ static long
count_call(long number, void *word, long op, unsigned long value, const void *when, void *other, unsigned long who)
{
    asked++;
    return syscall(number, word, op, value, when, other, who);
}
FUTEX_CALL(counted_syscall, count_call)
#  define LOFT_PARK_SYSCALL counted_syscall
#endif

#define LOFT_EVENTCOUNT_RENT  16
static TEST_THREAD_LOCAL_ unsigned paused;
#define LOFT_PAUSE()  ((void)paused++)

#include <loft/core/asymmetric.h>

static TEST_THREAD_LOCAL_ unsigned heavy;                /* fences that this thread asked for                      */
static bool refused;

static bool
granted(void)
{
    heavy++;
    return !refused;
}

#undef  loft_fence_heavy
#define loft_fence_heavy(asym, mo)  (granted() && ((asym) ? loft_fence_heavy_() : (loft_fence(mo), true)))

#include <loft/core/eventcount.h>

#include "tap.h"

static loft_eventcount count;
static LOFT_ATOMIC(unsigned) word;

static unsigned gate(void) { return loft_load(&count.gate_, relaxed); }

/* ---- who pays ---------------------------------------------------------------------------------------------------- */

static void
visit(void)
{
    loft_eventcount_cancel(&count, loft_eventcount_prepare(&count));
}

static void
test_rent(bool asymmetric)
{
    const char *const way = asymmetric ? "with membarrier" : "without";
    char text[120];
    if (loft_eventcount_init(&count, asymmetric) != LOFT_OK)
        abort();
    heavy = 0;
    asked = 0;
    bool good = gate() == (asymmetric ? 0u : 1u);
    for (unsigned i = 0; i < 100; i++) {
        loft_eventcount_notify_one(&count);
        good = good && gate() == (asymmetric ? 0u : 1u);
    }
    visit();
    good = good && gate() == 1 && heavy == (asymmetric ? 1u : 0u);
    snprintf(text, sizeof text, "%s: the first who prepares arms, by one heavy fence", way);
    ok(good, text);

    good = true;
    for (unsigned i = 1; i < LOFT_EVENTCOUNT_RENT; i++) {
        loft_eventcount_notify_all(&count);
        good = good && gate() == 1;
    }
    visit();                                             /* the count begins again */
    for (unsigned i = 1; i < LOFT_EVENTCOUNT_RENT; i++) {
        loft_eventcount_notify_all(&count);
        good = good && gate() == 1;
    }
    good = good && heavy == (asymmetric ? 1u : 0u);
    loft_eventcount_notify_all(&count);
    snprintf(text, sizeof text, "%s: disarmed after so many notifies in a row that found nobody, not before", way);
    ok(good && gate() == (asymmetric ? 0u : 1u), text);

    const loft_eventcount_key key = loft_eventcount_prepare(&count);
    good = gate() == 3;
    for (unsigned i = 0; i < 3 * LOFT_EVENTCOUNT_RENT; i++) {
        loft_eventcount_notify(&count, 0);
        good = good && gate() == 3;
    }
    visit();
    loft_eventcount_cancel(&count, key);
    snprintf(text, sizeof text, "%s: never while somebody is there, and who comes second buys no fence", way);
    ok(good && gate() == 1 && heavy == (asymmetric ? 2u : 0u) && loft_eventcount_approx_waiters(&count) == 0, text);
    snprintf(text, sizeof text, "%s: none of that asks the kernel to wake anybody", way);
    ok_eq(asked, 0, text);
    loft_eventcount_fini(&count);
}

/* ---- await ------------------------------------------------------------------------------------------------------- */

struct looks {
    unsigned left;                                       /* looks that say no */
    unsigned made;
};

static bool
look(void *p)
{
    struct looks *const l = (struct looks *)p;
    l->made++;
    return l->left == 0 || l->left-- == 0;
}

static bool
awaited(unsigned no, uint64_t deadline, loft_status want, unsigned looks)
{
    struct looks l = { no, 0 };
    const loft_status s = loft_eventcount_await(&count, look, &l, deadline);
    if (s != want || l.made != looks)
        note("%s after %u looks", loft_status_name(s), l.made);
    return s == want && l.made == looks && gate() <= 1 && loft_eventcount_approx_waiters(&count) == 0;
}

static void
test_await(void)
{
    const unsigned tries = LOFT_EVENTCOUNT_LOOKS;        /* after the first one */
    if (loft_eventcount_init(&count, loft_asymmetric()) != LOFT_OK)
        abort();
    heavy = paused = 0;
    ok(awaited(0, LOFT_FOREVER, LOFT_OK, 1) && awaited(0, 0, LOFT_OK, 1) && awaited(1, 0, LOFT_TIMEOUT, 1),
       "await: one look, which may be all");
    bool good = true;
    for (unsigned i = 1; i <= tries; i++)
        good = good && awaited(i, LOFT_FOREVER, LOFT_OK, i + 1);
    ok(good && heavy == 0 && gate() == (loft_asymmetric() ? 0u : 1u), "some more, before anything is announced");
    paused = 0;
    ok(awaited(tries + 1, LOFT_FOREVER, LOFT_OK, tries + 2) && paused == (1u << tries) - 1u,
       "one after it is announced, and no more than so many pauses");
    ok(awaited(tries + 2, loft_deadline(2000000), LOFT_OK, tries + 3), "and one when the deadline has come");
    ok(awaited(tries + 3, loft_deadline(2000000), LOFT_TIMEOUT, tries + 3), "then it gives up");
    const uint64_t deadline = loft_deadline(3000000);
    ok(awaited(1000, deadline, LOFT_TIMEOUT, tries + 3) && loft_now() >= deadline, "and not before");

    /* Where all looks are in vain it stops making them, and tries again much later. */
    unsigned pausing = 0;
    loft_store(&count.vain_, 0u, relaxed);
    for (unsigned i = 0; i < LOFT_EVENTCOUNT_AGAIN_; i++) {
        struct looks l = { 1000, 0 };
        paused = 0;
        (void)!loft_eventcount_await(&count, look, &l, 1);
        pausing += paused != 0;
    }
    ok_eq(pausing, LOFT_EVENTCOUNT_TRIES_, "looks in vain are made less often");
    loft_store(&count.vain_, 3u, relaxed);
    ok(awaited(2, LOFT_FOREVER, LOFT_OK, 3) && loft_load(&count.vain_, relaxed) == 0, "until one has paid");
    loft_eventcount_fini(&count);
}

/* ---- a system that refuses --------------------------------------------------------------------------------------- */

static void *
late_store(void *unused)
{
    struct timespec t = { 0, 20000000 };
    nanosleep(&t, NULL);
    loft_store(&word, 1u, relaxed);                      /* and it tells nobody */
    return unused;
}

static bool
is_set(void *made)
{
    ++*(unsigned *)made;
    return loft_load(&word, relaxed) != 0;
}

static void
test_refused(void)
{
    pthread_t t;
    unsigned made = 0;
    if (!loft_asymmetric()) {
        ok_skip("refused heavy fences", "there are none here");
        return;
    }
    if (loft_eventcount_init(&count, true) != LOFT_OK)
        abort();
    refused = true;
    loft_init(&word, 0u);
    if (pthread_create(&t, NULL, late_store, NULL) != 0)
        abort();
    const loft_status s = loft_eventcount_await(&count, is_set, &made, LOFT_FOREVER);
    pthread_join(t, NULL);
    ok(s == LOFT_OK && gate() == 0 && made > 3, "refused: it looks by itself, and arms nothing");
    loft_store(&word, 0u, relaxed);
    const uint64_t deadline = loft_deadline(5000000);
    ok(loft_eventcount_await(&count, is_set, &made, deadline) == LOFT_TIMEOUT && loft_now() >= deadline,
       "and gives up at the deadline, not before");
    refused = false;
    visit();
    ok_eq(gate(), 1, "granted again: armed again");
    loft_eventcount_fini(&count);
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

enum { GIVERS = 2, TAKERS = 3 };

static LOFT_ATOMIC(unsigned) tokens;
static LOFT_ATOMIC(unsigned) taken;
static LOFT_ATOMIC(unsigned) giving;
static LOFT_ATOMIC(unsigned) over;

static bool
take_or_over(void *unused)
{
    (void)unused;
    unsigned n = loft_load(&tokens, relaxed);
    while (n != 0)
        if (loft_cas_weak(&tokens, &n, n - 1, relaxed, relaxed)) {
            loft_fetch_add(&taken, 1u, relaxed);
            return true;
        }
    return loft_load(&over, relaxed) != 0;
}

/* Tokens come in bursts, so that takers sleep and notifies find nobody many times in a row, by turns. */
static void
market(void *arg, int id)
{
    const unsigned each = *(unsigned *)arg;
    chaos_on((uint32_t)id + 5);
    if (id < GIVERS) {
        for (unsigned i = 0; i < each; i++) {
            loft_fetch_add(&tokens, 1u, relaxed);
            loft_eventcount_notify_one(&count);
            if (i % 61 == 0)
                sched_yield();
        }
        if (loft_fetch_sub(&giving, 1u, acq_rel) == 1) {
            while (loft_load(&taken, relaxed) != GIVERS * each)   /* the watchdog ends it where one oversleeps */
                sched_yield();
            loft_store(&over, 1u, relaxed);
            loft_eventcount_notify_all(&count);
        }
    } else {
        unsigned turn = (unsigned)id;
        while (!loft_load(&over, relaxed)) {
            const bool brief = turn++ % 4 == 0;
            const loft_status s = loft_eventcount_await(&count, take_or_over, NULL,
                                                        brief ? loft_deadline(turn % 64 * 500) : LOFT_FOREVER);
            if (s == LOFT_TIMEOUT && !brief)
                abort();
        }
    }
    chaos_off();
}

static void
test_market(bool asymmetric, const char *what)
{
    unsigned each = (unsigned)scaled(40000);
    loft_init(&tokens, 0u);
    loft_init(&taken, 0u);
    loft_init(&giving, (unsigned)GIVERS);
    loft_init(&over, 0u);
    if (loft_eventcount_init(&count, asymmetric) != LOFT_OK)
        abort();
    run_threads(GIVERS + TAKERS, market, &each);
    ok(loft_load(&tokens, relaxed) == 0 && loft_load(&taken, relaxed) == GIVERS * each && gate() <= 1 &&
       loft_eventcount_approx_waiters(&count) == 0, what);
    loft_eventcount_fini(&count);
}

int
main(void)
{
    watchdog("core/eventcount");
    if (loft_asymmetric())
        test_rent(true);
    else
        ok_skip("a gate that is disarmed", "no membarrier here");
    test_rent(false);
    test_await();
    test_refused();
    if (loft_asymmetric())
        test_market(true, "no wake-up is lost among threads, with membarrier");
    test_market(false, "no wake-up is lost among threads, without");
    return done();
}
