/* SPDX-License-Identifier: MIT
 *
 * tests/check/explore/waiting.c - loops that wait and give up: a search that has cut one off says so, and rightly.
 *
 * Who waits while nothing changes is stopped, and let run on to see whether it gives up by itself. That leaves it in
 * the midst of an access, and none of it may be there still in the next execution.
 *
 *     waiting                               all of it
 *     waiting --list ...                    the explorer's own command line
 *
 * build: c-only
 */
#include <loft/check/explore.h>

#include "tests/tap.h"

#define ROUNDS  12

static LOFT_ATOMIC(unsigned) x;
static LOFT_ATOMIC(unsigned) y;
static LOFT_ATOMIC(unsigned) z;

static void
begin(void)
{
    loft_init(&x, 0u);
    loft_init(&y, 0u);
    loft_init(&z, 0u);
}

/* It gives up with a compare-exchange, so that this is what it is stopped in. */
static void
waits(int i)
{
    (void)i;
    for (int round = 0; round < ROUNDS; round++) {
        if (loft_load(&x, relaxed))                      /* waits:A relaxed: only whether it is there */
            return;
        LOFT_PAUSE();
    }
    unsigned nobody = 0;
    (void)loft_cas_strong(&y, &nobody, 1u, acquire, acquire);   /* waits:B acquire/acquire: nobody else is there */
}

/* The same with a load. */
static void
waits_and_looks(int i)
{
    (void)i;
    for (int round = 0; round < ROUNDS; round++) {
        if (loft_load(&x, relaxed))                      /* and_looks:A relaxed: only whether it is there */
            return;
        LOFT_PAUSE();
    }
    (void)loft_load(&y, acquire);                        /* and_looks:B acquire: nobody else is there */
}

/* It goes on until it is told. */
static void
waits_for_ever(int i)
{
    (void)i;
    while (!loft_load(&x, relaxed))                      /* for_ever:A relaxed: only whether it is there */
        LOFT_PAUSE();
    unsigned nobody = 0;
    (void)loft_cas_strong(&y, &nobody, 1u, acquire, acquire);   /* for_ever:B acquire/acquire: nobody else is there */
}

static void
tells(int i)
{
    (void)i;
    loft_store(&z, 1u, relaxed);                         /* tells:A relaxed: one location */
    loft_store(&z, 2u, relaxed);                         /* tells:B relaxed: one location */
    loft_store(&x, 1u, relaxed);                         /* tells:C relaxed: only whether it is there */
}

/* Loads that see something else in each execution, with an order of their own. */
static void
looks(int i)
{
    (void)i;
    const unsigned r = loft_load(&z, relaxed);           /* looks:A relaxed: one location */
    const unsigned s = loft_load(&z, relaxed);           /* looks:B relaxed: one location */
    loft_explore_check(s >= r);
    loft_explore_outcome(r * 3u + s);
}

static const uint64_t rising[] = { 0, 1, 2, 4, 5, 8 };

#define CLIENT(text, waiter, rounds) \
    { .name = (text), .setup = begin, .thread = { waiter, tells, looks }, .spins = (rounds), .outcomes = rising, \
      .n_outcomes = sizeof rising / sizeof rising[0] },

static const loft_explore_client clients[] = {
    CLIENT("gives up with a compare-exchange", waits, ROUNDS)
    CLIENT("gives up with a load", waits_and_looks, ROUNDS)
    CLIENT("does not give up", waits_for_ever, 0)
};
#define CLIENTS (sizeof clients / sizeof clients[0])

static loft_explore_report report;

static loft_explore_verdict
explore(const loft_explore_client *client, unsigned spins)
{
    loft_explore_client c = *client;
    c.spins = spins;
    memset(&report, 0, sizeof report);
    const loft_explore_verdict v = loft_explore_run(&c, NULL, &report);
    free(report.trace);
    return v;
}

static void
test(const loft_explore_client *c)
{
    char line[120];
    snprintf(line, sizeof line, "%s: with as many rounds as it makes, all is searched", c->name);
    if (!ok(explore(c, c->spins) == LOFT_EXPLORE_OK && report.exhaustive, line))
        note("%s", report.message);
    if (c->spins == 0)
        return;
    snprintf(line, sizeof line, "%s: with fewer it was cut off, and that is what is said", c->name);
    if (!ok(explore(c, 0) == LOFT_EXPLORE_USAGE && strstr(report.message, "gives up") &&
            strstr(report.message, ".spins"), line))
        note("%s", report.message);
}

int
main(int argc, char **argv)
{
    if (argc > 1)
        return loft_explore_main(clients, CLIENTS, argc, argv);
    for (size_t k = 0; k < CLIENTS; k++)
        test(&clients[k]);
    return done();
}
