/* SPDX-License-Identifier: MIT
 *
 * tests/check/explore/known_bugs.h - runs algorithms with bugs planted in them past the explorer, and without.
 *
 * An algorithm is written once. Where it can be got wrong stands EITHER(k, wrong, right): the one line that differs.
 * Without a plant the explorer has to come to the end of its search and find nothing. With plant k it has to find what
 * the table says, in less than a minute, by each of its searches, and again from the string of choices it prints.
 *
 *     known_bugs                            all of them: a TAP line with verdict, executions and seconds for each;
 *                                           with LOFT_KNOWN_BUGS_TELL in the environment also the messages
 *     known_bugs --list ...                 the explorer's own command line, with nothing planted
 *     known_bugs K --client NAME ...        the same with plant K, which counts as a failure: it shows the trace
 */
#ifndef LOFT_TESTS_KNOWN_BUGS_H
#define LOFT_TESTS_KNOWN_BUGS_H

#include <loft/check/explore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"

/* Which of its bugs the algorithm has now; 0: it is right. Fixed while the explorer runs. */
static unsigned planted;

#define EITHER(k, wrong, right)     (planted == (k) ? (wrong) : (right))
#define EITHER_DO(k, wrong, right)  do { if (planted == (k)) { wrong; } else { right; } } while (0)

typedef struct known_bug {
    const char *what;                                    /* NULL: no more bugs of this algorithm                    */
    loft_explore_verdict expect;
    const char *says;                                    /* part of the message, or NULL                            */
} known_bug;

typedef struct known_algorithm {
    loft_explore_client client;                          /* as it is when right                                     */
    bool uncounted;                                      /* it waits, or a CAS is weak: searches count differently  */
    known_bug bug[4];                                    /* what plants 1, 2, ... bring                             */
} known_algorithm;

static loft_explore_report known_report;
static loft_explore_report known_again;

/* Nothing is planted: nothing is found. And two searches that have little in common see the same executions: the random
 * one as many different ones as there are. */
static void
known_run_right(const known_algorithm *a)
{
    loft_explore_client c = a->client;
    loft_explore_report *r = &known_report;
    char line[400];
    planted = 0;
    memset(r, 0, sizeof *r);
    const loft_explore_verdict v = loft_explore_run(&c, NULL, r);
    free(r->trace);
    snprintf(line, sizeof line, "%s: %s, %llu executions, %.2f s%s", c.name, loft_explore_verdict_name(v),
             (unsigned long long)r->executions, r->seconds, r->exhaustive ? ", exhaustive" : "");
    bool good = v == LOFT_EXPLORE_OK && (r->exhaustive || c.executions != 0) && r->executions > 0;
    if (!ok(good, line))
        note("%s", r->message);
    if (!good || !r->exhaustive || r->executions > 256u || a->uncounted || (c.flags & LOFT_EXPLORE_FREEZE))
        return;
    /* Until it has seen so many; and, from the same seed, not one more in some more time. */
    double seconds = 0;
    loft_explore_options o;
    memset(&o, 0, sizeof o);
    o.search = LOFT_EXPLORE_RANDOM;
    o.executions = 3000u * r->executions + 1000u;
    for (unsigned more = 0; more < 2u; more++) {
        memset(&known_again, 0, sizeof known_again);
        c.executions = r->executions + more;
        (void)loft_explore_run(&c, &o, &known_again);
        o.executions = known_again.executions + 10u * r->executions + 1000u;
        seconds += known_again.seconds;
        good = good && known_again.distinct == r->executions;
    }
    snprintf(line, sizeof line, "%s: %llu different executions at random, %.2f s", c.name,
             (unsigned long long)known_again.distinct, seconds);
    ok(good, line);
}

/* Plant k: it is found. */
static void
known_run_planted(const known_algorithm *a, unsigned k)
{
    static const struct {
        const char *name;
        loft_explore_search search;
    } other[] = {
        { "bounded", LOFT_EXPLORE_BOUNDED }, { "random", LOFT_EXPLORE_RANDOM }, { "pct", LOFT_EXPLORE_PCT },
    };
    const known_bug *bug = &a->bug[k - 1u];
    loft_explore_client c = a->client;
    loft_explore_report *r = &known_report;
    loft_explore_options o;
    char line[400];
    int n;
    c.expect = bug->expect;
    planted = k;
    memset(r, 0, sizeof *r);
    const loft_explore_verdict v = loft_explore_run(&c, NULL, r);
    double seconds = r->seconds;
    bool good = v == bug->expect && (!bug->says || strstr(r->message, bug->says));
    n = snprintf(line, sizeof line, "%s, %s: %s, %llu executions", c.name, bug->what, loft_explore_verdict_name(v),
                 (unsigned long long)r->executions);
    /* What is not one execution's fault cannot be replayed. */
    if (v != LOFT_EXPLORE_NOT_BLOCKING && v != LOFT_EXPLORE_OUTCOME) {
        memset(&o, 0, sizeof o);
        memset(&known_again, 0, sizeof known_again);
        o.search = LOFT_EXPLORE_REPLAY;
        o.schedule = r->schedule;
        good = loft_explore_run(&c, &o, &known_again) == v && good;
        good = strcmp(known_again.message, r->message) == 0 && good;
        free(known_again.trace);
    }
    /* Only the exhaustive search freezes, and only random ones end soon where it does not. Where several things are
     * wrong at once, which of them is found is up to the search. */
    for (size_t i = 0; i < sizeof other / sizeof other[0] && !(c.flags & LOFT_EXPLORE_FREEZE); i++) {
        if (c.executions != 0 && other[i].search == LOFT_EXPLORE_BOUNDED)
            continue;
        memset(&o, 0, sizeof o);
        memset(&known_again, 0, sizeof known_again);
        o.search = other[i].search;
        o.executions = 100000;
        o.no_trace = true;
        const loft_explore_verdict w = loft_explore_run(&c, &o, &known_again);
        seconds += known_again.seconds;
        good = good && w != LOFT_EXPLORE_OK && w != LOFT_EXPLORE_USAGE;
        n += snprintf(line + n, sizeof line - (size_t)n, ", %s %llu", other[i].name,
                      (unsigned long long)known_again.executions);
    }
    snprintf(line + n, sizeof line - (size_t)n, ", %.2f s", seconds);
    if (!ok(good && seconds < 60.0, line) || getenv("LOFT_KNOWN_BUGS_TELL")) {
        note("wanted: %s%s%s; found: %s; replayed: %s", loft_explore_verdict_name(bug->expect), bug->says ? ", " : "",
             bug->says ? bug->says : "", r->message, known_again.message);
    }
    free(r->trace);
}

/* The explorer's command line, for all algorithms that have plant k. */
static int
known_command_line(const known_algorithm *all, size_t n, unsigned k, int argc, char **argv)
{
    loft_explore_client *clients = (loft_explore_client *)calloc(n, sizeof *clients);
    size_t m = 0;
    if (!clients)
        return 2;
    for (size_t i = 0; i < n; i++)
        if (k == 0 || all[i].bug[k - 1u].what)
            clients[m++] = all[i].client;
    planted = k;
    const int status = loft_explore_main(clients, m, argc, argv);
    free(clients);
    return status;
}

static int
known_main(const known_algorithm *all, size_t n, int argc, char **argv)
{
    const unsigned kinds = sizeof all->bug / sizeof all->bug[0];
    if (argc > 1 && argv[1][0] >= '0' && (unsigned)(argv[1][0] - '0') <= kinds && !argv[1][1]) {
        const unsigned k = (unsigned)(argv[1][0] - '0');
        static char command[4096];
        snprintf(command, sizeof command, "%s %u", argv[0], k);   /* as the replay command begins */
        argv[1] = command;
        return known_command_line(all, n, k, argc - 1, argv + 1);
    }
    if (argc > 1)
        return known_command_line(all, n, 0, argc, argv);
    for (size_t i = 0; i < n; i++) {
        known_run_right(&all[i]);
        for (unsigned k = 1; k <= kinds && all[i].bug[k - 1u].what; k++)
            known_run_planted(&all[i], k);
    }
    return done();
}

/* Memory for one object; there always is some. */
LOFT_API void *
known_new(size_t size)
{
    void *p = loft_alloc(size);
    loft_explore_check(p != NULL);
    return p;
}

#endif
