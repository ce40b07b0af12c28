/* SPDX-License-Identifier: MIT
 *
 * tests/core/explore/park.c - the contract of park.h over futex in every execution that C11 allows. A wake-up that is
 * lost shows as a deadlock: everybody sleeps, and nobody is left who would wake anybody.
 */
#include <loft/check/explore.h>

#include <loft/core/park.h>

static loft_park park;
static LOFT_ATOMIC(unsigned) word;                       /* the condition                      */
static LOFT_ATOMIC(unsigned) other;                      /* another one                        */
static unsigned news;                                    /* plain memory that goes with `word` */

static void
begin(void)
{
    loft_init(&word, 0u);
    loft_init(&other, 0u);
    loft_plain_write(&news, 0u);
    loft_explore_check(loft_park_init(&park) == LOFT_OK);
}

/* Nobody is counted who is not there. */
static void
end(void)
{
    loft_explore_check(loft_park_approx_waiters(&park) == 0);
    loft_park_fini(&park);
}

/* ---- one condition that stays true ------------------------------------------------------------------------------- */

static void
waiter(int thread)
{
    (void)thread;
    while (loft_load(&word, acquire) == 0) {             /* waiter:A acquire <- notifier:A: the news */
        const loft_park_key key = loft_park_prepare(&park);
        if (loft_load(&word, acquire) != 0)              /* waiter:B acquire <- notifier:A: the news */
            loft_park_cancel(&park, key);
        else
            loft_explore_check(loft_park_wait(&park, key, LOFT_FOREVER) == LOFT_OK);
    }
    loft_explore_check(loft_plain_read(&news) == 1);
}

static void
notifier(int thread)
{
    (void)thread;
    loft_plain_write(&news, 1u);
    loft_store(&word, 1u, release);                      /* notifier:A release -> waiter:A, waiter:B: the news */
    loft_park_notify_one(&park);
}

static void
notifier_of_all(int thread)
{
    (void)thread;
    loft_plain_write(&news, 1u);
    loft_store(&word, 1u, release);                      /* notifier_of_all:A release -> waiter:A, waiter:B: the news */
    loft_park_notify_all(&park);
}

/* One wake-up for two: who is not woken sleeps on, unless it had not gone to sleep. */
static void
notifier_of_one(int thread)
{
    notifier(thread);
}

/* The two accesses to the condition may be of any order: the fences of the park are what counts. */
static void
relaxed_waiter(int thread)
{
    (void)thread;
    while (loft_load(&word, relaxed) == 0) {             /* relaxed_waiter:A relaxed: see prepare */
        const loft_park_key key = loft_park_prepare(&park);
        if (loft_load(&word, relaxed) != 0)              /* relaxed_waiter:B relaxed: see prepare */
            loft_park_cancel(&park, key);
        else
            loft_explore_check(loft_park_wait(&park, key, LOFT_FOREVER) == LOFT_OK);
    }
}

static void
relaxed_notifier(int thread)
{
    (void)thread;
    loft_store(&word, 1u, relaxed);                      /* relaxed_notifier:A relaxed: see notify */
    loft_park_notify_one(&park);
}

/* Two that bring about half of it each. */
static void
adder(int thread)
{
    (void)thread;
    loft_fetch_add(&word, 1u, relaxed);                  /* adder:A relaxed: see notify */
    loft_park_notify_one(&park);
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
    loft_explore_check(loft_park_await(&park, both_added, NULL, LOFT_FOREVER) == LOFT_OK);
}

/* ---- tokens: each wake-up is work for one ------------------------------------------------------------------------ */

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
    loft_explore_check(loft_park_await(&park, took_one, NULL, LOFT_FOREVER) == LOFT_OK);
}

static void
giver(int thread)
{
    (void)thread;
    for (unsigned i = 0; i < 2; i++) {
        loft_fetch_add(&word, 1u, release);              /* giver:A release -> took_one:B: it is theirs */
        loft_park_notify_one(&park);
    }
}

static void
giver_at_once(int thread)
{
    (void)thread;
    loft_fetch_add(&word, 2u, release);                  /* giver_at_once:A release -> took_one:B: they are theirs */
    loft_park_notify(&park, 2u);
}

/* ---- who does not sleep ------------------------------------------------------------------------------------------ */

/* It prepares and thinks better of it. That takes no wake-up from who sleeps. */
static void
canceller(int thread)
{
    (void)thread;
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, 4);
    loft_explore_call(0, 0, 0);
    loft_park_cancel(&park, loft_park_prepare(&park));
    loft_explore_return(true, 0);
}

/* A deadline that is past: no sleep, and a timeout only where no notify came. */
static void
impatient(int thread)
{
    (void)thread;
    const loft_park_key key = loft_park_prepare(&park);
    const bool before = loft_load(&word, relaxed) != 0;  /* impatient:A relaxed: see prepare */
    const loft_status s = loft_park_wait(&park, key, 0);
    loft_explore_check(s == LOFT_OK || s == LOFT_TIMEOUT);
    loft_explore_note("%s, the condition was %d", loft_status_name(s), (int)before);
}

static bool
is_one(void *unused)
{
    (void)unused;
    return loft_load(&word, acquire) == 1;               /* is_one:A acquire <- notifier:A: the news */
}

static void
impatient_in_a_loop(int thread)
{
    (void)thread;
    if (loft_park_await(&park, is_one, NULL, 0) == LOFT_OK)
        loft_explore_check(loft_plain_read(&news) == 1);
}

/* A notify that finds nobody is two steps, in every schedule; prepare is three. */
static void
notifier_of_nobody(int thread)
{
    (void)thread;
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, 2);
    loft_explore_call(0, 0, 0);
    loft_park_notify_all(&park);
    loft_explore_return(true, 0);
}

/* ---- two parks' worth: a request and its answer ------------------------------------------------------------------ */

static void
asks(int thread)
{
    (void)thread;
    loft_store(&word, 1u, release);                      /* asks:A release -> answers:A, answers:B: asked */
    loft_park_notify_all(&park);
    while (loft_load(&other, acquire) == 0) {            /* asks:B acquire <- answers:C: answered */
        const loft_park_key key = loft_park_prepare(&park);
        if (loft_load(&other, acquire) != 0)             /* asks:C acquire <- answers:C: answered */
            loft_park_cancel(&park, key);
        else
            loft_explore_check(loft_park_wait(&park, key, LOFT_FOREVER) == LOFT_OK);
    }
}

static void
answers(int thread)
{
    (void)thread;
    while (loft_load(&word, acquire) == 0) {             /* answers:A acquire <- asks:A: asked */
        const loft_park_key key = loft_park_prepare(&park);
        if (loft_load(&word, acquire) != 0)              /* answers:B acquire <- asks:A: asked */
            loft_park_cancel(&park, key);
        else
            loft_explore_check(loft_park_wait(&park, key, LOFT_FOREVER) == LOFT_OK);
    }
    loft_store(&other, 1u, release);                     /* answers:C release -> asks:B, asks:C: answered */
    loft_park_notify_all(&park);
}

static const loft_explore_client clients[] = {
    { .name = "one waits, one notifies", .setup = begin, .thread = { waiter, notifier }, .finish = end },
    { .name = "of any order", .setup = begin, .thread = { relaxed_waiter, relaxed_notifier }, .finish = end },
    { .name = "two wait, all are woken", .setup = begin, .thread = { waiter, waiter, notifier_of_all },
      .finish = end },
    { .name = "two wait, one is woken", .setup = begin, .thread = { waiter, waiter, notifier_of_one },
      .finish = end, .expect = LOFT_EXPLORE_DEADLOCK },
    { .name = "two notify", .setup = begin, .thread = { waiter_for_both, adder, adder }, .finish = end },
    { .name = "two take, one gives", .setup = begin, .thread = { taker, taker, giver }, .finish = end,
      .executions = 20000 },
    { .name = "two take, one gives twice at once", .setup = begin, .thread = { taker, taker, giver_at_once },
      .finish = end },
    { .name = "one cancels", .setup = begin, .thread = { waiter, canceller, notifier }, .finish = end },
    { .name = "one does not wait", .setup = begin, .thread = { waiter, impatient, notifier }, .finish = end },
    { .name = "none waits", .setup = begin, .thread = { impatient_in_a_loop, notifier }, .finish = end },
    { .name = "a request and its answer", .setup = begin, .thread = { asks, answers }, .finish = end },
    { .name = "nobody to be found", .setup = begin, .thread = { notifier_of_nobody, notifier_of_nobody },
      .finish = end },
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
