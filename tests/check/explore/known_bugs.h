/* SPDX-License-Identifier: MIT
 *
 * tests/check/explore/known_bugs.h - runs algorithms with bugs planted in them past the explorer, and without.
 *
 * An algorithm is written once. Where it can be got wrong stands EITHER(k, wrong, right): the one line that differs.
 * Without a plant the explorer has to come to the end of its search and find nothing; with plant k it has to find what
 * the table says, and in less than a minute.
 *
 *     known_bugs                            all of them: a TAP line with verdict, executions and seconds for each
 *     known_bugs --list ...                 the explorer's own command line, with nothing planted
 *     known_bugs K --client NAME ...        the same with plant K, to look at a trace
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
    known_bug bug[4];                                    /* what plants 1, 2, ... bring                             */
} known_algorithm;

static const char *
known_verdict(loft_explore_verdict v)
{
    static const char *const name[] = {
        "ok", "assert", "race", "use after free", "double free", "leak", "uninitialised", "deadlock", "endless",
        "not linearizable", "not lock-free", "not wait-free", "not blocking", "outcome", "usage",
    };
    return (size_t)v < sizeof name / sizeof name[0] ? name[v] : "?";
}

/* One search; one TAP line. */
static void
known_run(const known_algorithm *a, unsigned k, loft_explore_report *report)
{
    const known_bug *bug = k ? &a->bug[k - 1u] : NULL;
    loft_explore_client client = a->client;
    if (bug)
        client.expect = bug->expect;
    planted = k;
    memset(report, 0, sizeof *report);
    const loft_explore_verdict v = loft_explore_run(&client, NULL, report);
    char line[400];
    snprintf(line, sizeof line, "%s%s%s: %s, %llu executions, %.2f s%s", client.name, bug ? ", " : "",
             bug ? bug->what : "", known_verdict(v), (unsigned long long)report->executions, report->seconds,
             report->exhaustive ? ", exhaustive" : "");
    bool good = v == client.expect && report->seconds < 60.0;
    if (bug && bug->says)
        good = good && strstr(report->message, bug->says);
    if (!bug && client.executions == 0)
        good = good && report->exhaustive;
    if (!ok(good, line) || (bug && getenv("LOFT_KNOWN_BUGS_TELL")))
        note("wanted %s%s%s; message: %s", known_verdict(client.expect), bug && bug->says ? ": " : "",
             bug && bug->says ? bug->says : "", report->message);
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
        if (k == 0 || all[i].bug[k - 1u].what) {
            clients[m] = all[i].client;
            clients[m++].expect = k ? all[i].bug[k - 1u].expect : all[i].client.expect;
        }
    planted = k;
    const int status = loft_explore_main(clients, m, argc, argv);
    free(clients);
    return status;
}

static int
known_main(const known_algorithm *all, size_t n, int argc, char **argv)
{
    static loft_explore_report report;
    const unsigned kinds = sizeof all->bug / sizeof all->bug[0];
    if (argc > 1 && argv[1][0] >= '0' && (unsigned)(argv[1][0] - '0') <= kinds && !argv[1][1]) {
        const unsigned k = (unsigned)(argv[1][0] - '0');
        argv[1] = argv[0];
        return known_command_line(all, n, k, argc - 1, argv + 1);
    }
    if (argc > 1)
        return known_command_line(all, n, 0, argc, argv);
    for (size_t i = 0; i < n; i++) {
        known_run(&all[i], 0, &report);
        for (unsigned k = 1; k <= kinds && all[i].bug[k - 1u].what; k++)
            known_run(&all[i], k, &report);
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
