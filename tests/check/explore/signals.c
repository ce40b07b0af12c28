/* SPDX-License-Identifier: MIT
 *
 * tests/check/explore/signals.c - what a heavy fence of core/asymmetric.h knows of a thread that was sent a signal, or
 * has ended: exactly the outcomes that may be.
 *
 * The explorer refuses to send signals in an exhaustive search, so each client is searched by all schedules there are
 * (of three threads: with four preemptions at most), which has to give all outcomes, and by random ones, which must
 * give no other. Then each order of the machinery that they rest on is weakened, and one of them must fail.
 *
 *     signals                               all of it
 *     signals --list ...                    the explorer's own command line
 *
 * build: c-only
 */
#include <loft/check/explore.h>

#include <loft/core/asymmetric.h>

#include "tests/tap.h"

enum { NOT_LOOKED = 2 };

static LOFT_ATOMIC(unsigned) x;
static LOFT_ATOMIC(unsigned) y;
static unsigned payload;
static unsigned seen;                                    /* of x, by thread 1; or NOT_LOOKED                          */

static void
begin(void)
{
    loft_memory_signals_();
    loft_init(&x, 0u);
    loft_init(&y, 0u);
    loft_plain_write(&payload, 0u);
    seen = NOT_LOOKED;
}

static void finish(void) { loft_explore_outcome(seen); }

static void ignored(void) { }

/* What tgkill(2) tells, and alone orders nothing. */
static bool gone(void) { return !loft_memory_signal_(0, ignored); }

static void heavy(void) { loft_explore_check(loft_fence_heavy(true, seq_cst)); }   /* heavy:A seq_cst <-> user: user */

static void
look(void)
{
    seen = loft_load(&x, relaxed);                       /* look:A relaxed: a fence orders it, or nothing does        */
}

/* All that thread 0 did before is known: what it stored, and what it did to payload. */
static void
look_and_know(void)
{
    look();
    loft_explore_check(loft_plain_read(&payload) == 1u);
}

/* ---- thread 0: no fence, and then it ends ------------------------------------------------------------------------ */

static void
ends(int i)
{
    (void)i;
    loft_plain_write(&payload, 1u);
    loft_store(&x, 1u, relaxed);                         /* ends:A relaxed: that is the question                      */
    loft_store(&y, 1u, relaxed);                         /* ends:B relaxed: not the last store                        */
    loft_store(&y, 2u, relaxed);                         /* ends:C relaxed: the last                                  */
}

/* ---- thread 1 ---------------------------------------------------------------------------------------------------- */

/* Ended, and then a heavy fence: all of it is known. */
static void
gone_heavy(int i)
{
    (void)i;
    if (gone()) {
        heavy();
        look_and_know();
    }
}

/* The fence may have been before the end. */
static void
heavy_gone(int i)
{
    (void)i;
    heavy();
    if (gone())
        look();
}

/* Other fences know nothing of an end. */
static void
gone_light(int i)
{
    (void)i;
    if (gone()) {
        loft_fence_light(true, seq_cst);                 /* gone_light:A seq_cst <-> user: nobody                     */
        look();
    }
}

static void
gone_plain(int i)
{
    (void)i;
    if (gone()) {
        loft_fence(seq_cst);                             /* gone_plain:A seq_cst <-> user: nobody                     */
        look();
    }
}

static void
gone_only(int i)
{
    (void)i;
    if (gone())
        look();
}

/* Who has seen the last store does not know that it was followed by the end. */
static void
last_heavy(int i)
{
    (void)i;
    if (loft_load(&y, relaxed) == 2u) {                  /* last_heavy:A relaxed: that is the question                */
        heavy();
        look();
    }
}

/* A signal: it is taken before the fence is over, or it came too late, and the thread has ended. In between another
 * fence may find it. */
static void
signal_heavy(int i)
{
    (void)i;
    if (loft_load(&y, relaxed) != 0u) {                  /* signal_heavy:A relaxed: the signal is sent after it       */
        (void)gone();
        (void)loft_load(&y, relaxed);                    /* signal_heavy:B relaxed: only a step                       */
        heavy();
        look_and_know();
    }
}

/* Without a fence, nobody knows whether it was taken. */
static void
signal_only(int i)
{
    (void)i;
    if (loft_load(&y, relaxed) != 0u) {                  /* signal_only:A relaxed: that is the question               */
        (void)gone();
        look();
    }
}

/* ---- thread 2: its fence may be the first that the signal, or the end, meets ------------------------------------- */

static void
only_heavy(int i)
{
    (void)i;
    (void)loft_load(&y, relaxed);                        /* only_heavy:A relaxed: only a step                         */
    heavy();
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static const uint64_t known[] = { 1, NOT_LOOKED };
static const uint64_t not_known[] = { 0, 1, NOT_LOOKED };

#define CLIENT(text, set, ...) \
    { .name = (text), .setup = begin, .thread = { ends, __VA_ARGS__ }, .finish = finish, .executions = 5, \
      .outcomes = (set), .n_outcomes = sizeof (set) / sizeof (set)[0] },

static const loft_explore_client clients[] = {
    CLIENT("gone, a heavy fence", known, gone_heavy)
    CLIENT("a heavy fence, gone", not_known, heavy_gone)
    CLIENT("gone, a light fence", not_known, gone_light)
    CLIENT("gone, an ordinary fence", not_known, gone_plain)
    CLIENT("gone", not_known, gone_only)
    CLIENT("the last store, a heavy fence", not_known, last_heavy)
    CLIENT("a signal, a heavy fence", known, signal_heavy)
    CLIENT("a signal", not_known, signal_only)
    CLIENT("gone, a heavy fence; another's", known, gone_heavy, only_heavy)
    CLIENT("the last store, a heavy fence; another's", not_known, last_heavy, only_heavy)
    CLIENT("a signal, a heavy fence; another's", known, signal_heavy, only_heavy)
};
#define CLIENTS (sizeof clients / sizeof clients[0])

static loft_explore_report report;

/* By all schedules (BOUNDED), or so many executions of others. */
static loft_explore_verdict
search(const loft_explore_client *client, loft_explore_search how, uint64_t executions,
       const struct loft_explore_weaken_ *weaken)
{
    loft_explore_client c = *client;
    loft_explore_options o;
    c.executions = 0;                                    /* not until so many different ones were seen                */
    memset(&o, 0, sizeof o);
    o.search = how;
    o.executions = executions;
    o.preemptions = client->thread[2] ? 4u : 100u;       /* of three threads there are millions of schedules          */
    o.old_values = o.preemptions;
    o.no_trace = weaken == NULL;                         /* a failure has its string of choices with its trace        */
    o.weaken = weaken;
    o.weakened = weaken != NULL;
    free(report.trace);
    memset(&report, 0, sizeof report);
    return loft_explore_run(&c, &o, &report);
}

/* Those that must not be are a failure of the search. */
static bool
all_seen(const loft_explore_client *c)
{
    bool all = true;
    for (size_t k = 0; k < c->n_outcomes; k++) {
        unsigned i = 0;
        while (i < report.outcomes && report.outcome[i] != c->outcomes[k])
            i++;
        all = all && i < report.outcomes;
    }
    return all;
}

static void
test_outcomes(const loft_explore_client *c)
{
    char line[200];
    snprintf(line, sizeof line, "%s: exactly its outcomes, by schedules", c->name);
    if (!ok(search(c, LOFT_EXPLORE_BOUNDED, 0, NULL) == LOFT_EXPLORE_OK && all_seen(c), line))
        note("%s", report.message);
    note("%llu schedules", (unsigned long long)report.executions);
    snprintf(line, sizeof line, "%s: no others at random", c->name);
    if (!ok(search(c, LOFT_EXPLORE_RANDOM, 2000, NULL) == LOFT_EXPLORE_OK &&
            search(c, LOFT_EXPLORE_PCT, 2000, NULL) == LOFT_EXPLORE_OK, line))
        note("%s", report.message);
}

/* The access of machine.h with this label. */
static bool
find(const char *label, struct loft_explore_weaken_ *w)
{
    char text[64];
    for (unsigned i = 0; i < loft_machine_now_->sites; i++) {
        const struct loft_machine_site_ *const s = &loft_machine_now_->site[i];
        loft_trace_label_(s->file, s->line, text, sizeof text);
        if (strcmp(loft_explore_base_(s->file), "machine.h") == 0 && strcmp(text, label) == 0) {
            snprintf(w->file, sizeof w->file, "machine.h");
            w->line = s->line;
            w->slot = 0;
            return true;
        }
    }
    return false;
}

/* The failure that was just found: the same from its string of choices, also where a fence waits for a signal. */
static bool
replays(const loft_explore_client *client, const struct loft_explore_weaken_ *weaken)
{
    static loft_explore_report again;
    loft_explore_options o;
    memset(&o, 0, sizeof o);
    o.search = LOFT_EXPLORE_REPLAY;
    o.schedule = report.schedule;
    o.no_trace = true;
    o.weaken = weaken;
    o.weakened = 1;
    memset(&again, 0, sizeof again);
    return report.schedule[0] && loft_explore_run(client, &o, &again) == report.verdict &&
           strcmp(again.message, report.message) == 0;
}

static void
test_weakened(const char *label, int order, const char *name)
{
    struct loft_explore_weaken_ w;
    unsigned failed = 0;
    unsigned replayed = 0;
    char line[200];
    memset(&w, 0, sizeof w);
    w.order = order;
    snprintf(line, sizeof line, "%s is only %s: a client fails", label, name);
    if (!find(label, &w)) {
        ok_skip(line, "the headers' text is not where it was when this was built");
        return;
    }
    for (size_t k = 0; k < CLIENTS; k++) {
        if (search(&clients[k], LOFT_EXPLORE_BOUNDED, 0, &w) == LOFT_EXPLORE_RACE) {
            failed++;
            replayed += replays(&clients[k], &w);
        }
    }
    ok(failed != 0, line);
    snprintf(line, sizeof line, "%s is only %s: the failures come again from their choices", label, name);
    ok_eq(replayed, failed, line);
}

static void
test_exhaustive(void)
{
    const loft_explore_verdict v = search(&clients[0], LOFT_EXPLORE_EXHAUSTIVE, 0, NULL);
    ok(v == LOFT_EXPLORE_USAGE && strstr(report.message, "random and bounded"), "no signals in an exhaustive search");
    loft_explore_client c = clients[0];
    c.setup = NULL;
    const loft_explore_verdict w = search(&c, LOFT_EXPLORE_RANDOM, 100, NULL);
    ok(w == LOFT_EXPLORE_USAGE && strstr(report.message, "loft_memory_signals_"), "none that setup does not announce");
}

int
main(int argc, char **argv)
{
    if (argc > 1)
        return loft_explore_main(clients, CLIENTS, argc, argv);
    for (size_t k = 0; k < CLIENTS; k++)
        test_outcomes(&clients[k]);
    test_weakened("end:A", LOFT_RELAXED_, "relaxed");
    test_weakened("end:A", LOFT_ACQUIRE_, "acquire");
    test_weakened("catch:A", LOFT_RELAXED_, "relaxed");
    test_weakened("catch:A", LOFT_ACQUIRE_, "acquire");
    test_weakened("heavy:A", LOFT_RELAXED_, "relaxed");
    test_weakened("heavy:A", LOFT_RELEASE_, "release");
    test_exhaustive();
    return done();
}
