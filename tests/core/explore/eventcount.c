/* SPDX-License-Identifier: MIT
 *
 * tests/core/explore/eventcount.c - the contract of eventcount.h over futex in every execution that C11 allows, with
 * membarrier and without. Notifies stop paying after the first that finds nobody, so that the gate is armed and
 * disarmed all the time. A wake-up that is lost shows as a deadlock.
 */
#include <loft/check/explore.h>

#define LOFT_EVENTCOUNT_LOOKS  0
#define LOFT_EVENTCOUNT_RENT   1
#include <loft/core/eventcount.h>

static loft_eventcount count;
static LOFT_ATOMIC(unsigned) word;                       /* the condition                      */
static LOFT_ATOMIC(unsigned) other;                      /* another one                        */
static unsigned news;                                    /* plain memory that goes with `word` */

static void
begin_with(bool asymmetric)
{
    loft_init(&word, 0u);
    loft_init(&other, 0u);
    loft_plain_write(&news, 0u);
    loft_explore_check(loft_eventcount_init(&count, asymmetric) == LOFT_OK);
}

static void begin(void) { begin_with(true); }
static void begin_symmetric(void) { begin_with(false); }

/* Somebody has waited a moment ago. */
static void
begin_armed(void)
{
    begin();
    loft_eventcount_cancel(&count, loft_eventcount_prepare(&count));
}

/* Nobody is counted who is not there. */
static void
end(void)
{
    loft_explore_check(loft_eventcount_approx_waiters(&count) == 0);
    loft_explore_check(loft_load(&count.gate_, relaxed) <= LOFT_EVENTCOUNT_ARMED_);
    loft_eventcount_fini(&count);
}

/* ---- one condition that stays true ------------------------------------------------------------------------------- */

static bool
is_true(void *unused)
{
    (void)unused;
    return loft_load(&word, acquire) != 0;               /* is_true:A acquire <- notifier:A: the news */
}

static void
waiter(int thread)
{
    (void)thread;
    loft_explore_check(loft_eventcount_await(&count, is_true, NULL, LOFT_FOREVER) == LOFT_OK);
    loft_explore_check(loft_plain_read(&news) == 1);
}

static void
notifier(int thread)
{
    (void)thread;
    loft_plain_write(&news, 1u);
    loft_store(&word, 1u, release);                      /* notifier:A release -> is_true:A: the news */
    loft_eventcount_notify_one(&count);
}

static void
notifier_of_all(int thread)
{
    (void)thread;
    loft_plain_write(&news, 1u);
    loft_store(&word, 1u, release);                      /* notifier_of_all:A release -> is_true:A: the news */
    loft_eventcount_notify_all(&count);
}

/* The accesses to the condition may be of any order: the fences are what counts. */
static bool
is_true_relaxed(void *unused)
{
    (void)unused;
    return loft_load(&word, relaxed) != 0;               /* is_true_relaxed:A relaxed: see prepare */
}

static void
relaxed_waiter(int thread)
{
    (void)thread;
    loft_explore_check(loft_eventcount_await(&count, is_true_relaxed, NULL, LOFT_FOREVER) == LOFT_OK);
}

static void
relaxed_notifier(int thread)
{
    (void)thread;
    loft_store(&word, 1u, relaxed);                      /* relaxed_notifier:A relaxed: see notify */
    loft_eventcount_notify_one(&count);
}

static void
relaxed_notifier_of_all(int thread)
{
    (void)thread;
    loft_store(&word, 1u, relaxed);                      /* relaxed_notifier_of_all:A relaxed: see notify */
    loft_eventcount_notify_all(&count);
}

/* Two that bring about half of it each. */
static void
adder(int thread)
{
    (void)thread;
    loft_fetch_add(&word, 1u, relaxed);                  /* adder:A relaxed: see notify */
    loft_eventcount_notify_one(&count);
}

static bool
both_added(void *unused)
{
    (void)unused;
    return loft_load(&word, relaxed) == 2;               /* both_added:A relaxed: see prepare */
}

static void
waiter_for_both(int thread)
{
    (void)thread;
    loft_explore_check(loft_eventcount_await(&count, both_added, NULL, LOFT_FOREVER) == LOFT_OK);
}

/* It prepares and thinks better of it: that arms the gate. */
static void
canceller(int thread)
{
    (void)thread;
    loft_eventcount_cancel(&count, loft_eventcount_prepare(&count));
}

/* It notifies nobody in particular: that disarms the gate. */
static void
idler(int thread)
{
    (void)thread;
    loft_eventcount_notify_one(&count);
}

/* ---- who does not sleep for ever --------------------------------------------------------------------------------- */

/* With a deadline: never both timed out and true, and no wake-up is kept from the other. */
static void
impatient(int thread)
{
    (void)thread;
    const loft_status s = loft_eventcount_await(&count, is_true_relaxed, NULL, 1000);
    loft_explore_check(s == LOFT_OK || s == LOFT_TIMEOUT);
}

/* Tokens: each is work for one. Who times out has looked again. */
static bool
took_one(void *unused)
{
    (void)unused;
    unsigned n = loft_load(&word, relaxed);              /* took_one:A relaxed: the compare-exchange checks it */
    while (n != 0)
        if (loft_cas_strong(&word, &n, n - 1, acquire, relaxed))  /* took_one:B acquire <- giver:A: it is ours */
            return true;
    return false;
}

static void
taker(int thread)
{
    (void)thread;
    loft_explore_check(loft_eventcount_await(&count, took_one, NULL, LOFT_FOREVER) == LOFT_OK);
}

static void
impatient_taker(int thread)
{
    (void)thread;
    if (loft_eventcount_await(&count, took_one, NULL, 1000) == LOFT_OK) {
        loft_fetch_add(&word, 1u, release);              /* impatient_taker:A release -> took_one:B: it gives it back */
        loft_eventcount_notify_one(&count);
    }
}

static void
giver(int thread)
{
    (void)thread;
    for (unsigned i = 0; i < 2; i++) {
        loft_fetch_add(&word, 1u, release);              /* giver:A release -> took_one:B: it is theirs */
        loft_eventcount_notify_one(&count);
    }
}

static void
giver_of_one(int thread)
{
    (void)thread;
    loft_fetch_add(&word, 1u, release);                  /* giver_of_one:A release -> took_one:B: it is theirs */
    loft_eventcount_notify_one(&count);
}

/* ---- a request and its answer ------------------------------------------------------------------------------------ */

static bool
answered(void *unused)
{
    (void)unused;
    return loft_load(&other, relaxed) != 0;              /* answered:A relaxed: see prepare */
}

static void
asks(int thread)
{
    (void)thread;
    loft_store(&word, 1u, relaxed);                      /* asks:A relaxed: see notify */
    loft_eventcount_notify_all(&count);
    loft_explore_check(loft_eventcount_await(&count, answered, NULL, LOFT_FOREVER) == LOFT_OK);
}

static void
answers(int thread)
{
    relaxed_waiter(thread);
    loft_store(&other, 1u, relaxed);                     /* answers:A relaxed: see notify */
    loft_eventcount_notify_all(&count);
}

/* A notify that finds the gate disarmed is two steps, of which one is no instruction. */
static void
notifier_of_nobody(int thread)
{
    (void)thread;
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, 2);
    loft_explore_call(0, 0, 0);
    loft_eventcount_notify_all(&count);
    loft_explore_return(true, 0);
}

#define CLIENT(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end }
#define SOME(text, count, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .executions = (count) }

static const loft_explore_client clients[] = {
    CLIENT("one waits, one notifies", begin, waiter, notifier),
    CLIENT("of any order", begin, relaxed_waiter, relaxed_notifier),
    CLIENT("armed", begin_armed, relaxed_waiter, relaxed_notifier),
    CLIENT("symmetric", begin_symmetric, relaxed_waiter, relaxed_notifier),
    SOME("two wait, all are woken", 5000, begin, relaxed_waiter, relaxed_waiter, relaxed_notifier_of_all),
    SOME("two wait with news", 3000, begin, waiter, waiter, notifier_of_all),
    SOME("two notify", 5000, begin, waiter_for_both, adder, adder),
    SOME("two notify, armed", 5000, begin_armed, waiter_for_both, adder, adder),
    SOME("another arms", 5000, begin, relaxed_waiter, canceller, relaxed_notifier),
    SOME("another disarms", 5000, begin, relaxed_waiter, idler, relaxed_notifier),
    SOME("another disarms what was armed", 5000, begin_armed, relaxed_waiter, idler, relaxed_notifier),
    SOME("another arms, another disarms", 5000, begin, relaxed_waiter, canceller, idler, relaxed_notifier),
    SOME("two take, one gives", 5000, begin, taker, taker, giver),
    SOME("two take, two give", 5000, begin, taker, taker, giver_of_one, giver_of_one),
    SOME("one gives up", 5000, begin, relaxed_waiter, impatient, relaxed_notifier_of_all),
    SOME("one gives up, or gives back", 5000, begin, taker, impatient_taker, giver_of_one),
    SOME("a request and its answer", 5000, begin, asks, answers),
    CLIENT("nobody to be found", begin, notifier_of_nobody, notifier_of_nobody),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
