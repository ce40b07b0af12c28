/* SPDX-License-Identifier: MIT
 *
 * tests/core/explore/backoff.c - loops that wait with backoff.h: they come to an end where the others go on, and keep
 * what they are for. The explorer lets a waiting loop go round a few times and then takes its thread to wait for a
 * change, so that a loop that nobody ends shows as a deadlock.
 */
#include <loft/check/explore.h>

#include <loft/core/backoff.h>

static LOFT_ATOMIC(unsigned) word;
static LOFT_ATOMIC(unsigned) next;
static LOFT_ATOMIC(unsigned) serving;
static unsigned guarded;

static void
begin(void)
{
    loft_init(&word, 0u);
    loft_init(&next, 0u);
    loft_init(&serving, 0u);
    loft_plain_write(&guarded, 0u);
}

/* One at a time, each sees what the one before has done. */
static void
inside(void)
{
    const unsigned n = loft_plain_read(&guarded);
    loft_plain_write(&guarded, n + 1);
}

static void two_were_inside(void) { loft_explore_check(loft_plain_read(&guarded) == 2); }
static void three_were_inside(void) { loft_explore_check(loft_plain_read(&guarded) == 3); }

/* A lock of one word. */
static void
spins(int thread)
{
    loft_backoff b;
    (void)thread;
    loft_backoff_init(&b, 1, 2);
    while (loft_exchange(&word, 1u, acquire) != 0)       /* spins:A acquire <- spins:B: the one before is out */
        loft_backoff_step(&b);
    inside();
    loft_store(&word, 0u, release);                      /* spins:B release -> spins:A: done */
}

/* The same, looking before it writes, with the adaptive form. */
static void
looks(int thread)
{
    loft_backoff_adapt a;
    (void)thread;
    loft_backoff_adapt_init(&a, 1, 2);
    for (;;) {
        unsigned seen = loft_load(&word, relaxed);       /* looks:A relaxed: the compare-exchange decides */
        if (seen == 0 && loft_cas_weak(&word, &seen, 1u, acquire, relaxed))  /* looks:B acquire <- looks:C: out */
            break;
        loft_backoff_adapt_step(&a);
    }
    loft_backoff_adapt_done(&a);
    inside();
    loft_store(&word, 0u, release);                      /* looks:C release -> looks:B: done */
}

/* First come, first served. */
static void
queues(int thread)
{
    loft_backoff b;
    (void)thread;
    loft_backoff_init(&b, 1, 1);
    const unsigned mine = loft_fetch_add(&next, 1u, relaxed);  /* queues:A relaxed: each number is given once */
    while (loft_load(&serving, acquire) != mine)         /* queues:B acquire <- queues:C: the one before is out */
        (void)loft_backoff_step_yield(&b);
    inside();
    loft_store(&serving, mine + 1, release);             /* queues:C release -> queues:B: done */
}

/* A compare-exchange that is tried again. */
static void
counts(int thread)
{
    loft_backoff b;
    (void)thread;
    loft_backoff_init(&b, 1, 2);
    unsigned seen = loft_load(&word, relaxed);           /* counts:A relaxed: the compare-exchange checks it */
    while (!loft_cas_weak(&word, &seen, seen + 1, relaxed, relaxed))  /* counts:B relaxed: a counter */
        (void)loft_backoff_step_yield(&b);
}

static void two_were_counted(void) { loft_explore_check(loft_load(&word, relaxed) == 2); }

static void
raises(int thread)
{
    (void)thread;
    inside();
    loft_store(&word, 1u, release);                      /* raises:A release -> awaits:A: the flag */
}

static void
awaits(int thread)
{
    loft_backoff b;
    (void)thread;
    loft_backoff_init(&b, 1, 4);
    while (loft_load(&word, acquire) == 0)               /* awaits:A acquire <- raises:A: the flag */
        loft_backoff_step(&b);
    inside();
}

static void
nothing(int thread)
{
    (void)thread;
}

static const loft_explore_client clients[] = {
    { .name = "lock", .setup = begin, .thread = { spins, spins }, .finish = two_were_inside },
    { .name = "lock of three", .setup = begin, .thread = { spins, spins, spins }, .finish = three_were_inside },
    { .name = "lock that looks first", .setup = begin, .thread = { looks, looks }, .finish = two_were_inside },
    { .name = "tickets", .setup = begin, .thread = { queues, queues }, .finish = two_were_inside },
    { .name = "tickets of three", .setup = begin, .thread = { queues, queues, queues }, .finish = three_were_inside },
    { .name = "counter", .setup = begin, .thread = { counts, counts }, .finish = two_were_counted },
    { .name = "flag", .setup = begin, .thread = { raises, awaits }, .finish = two_were_inside },
    { .name = "flag that nobody raises", .setup = begin, .thread = { awaits, nothing },
      .expect = LOFT_EXPLORE_DEADLOCK },
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
