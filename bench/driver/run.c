/* SPDX-License-Identifier: MIT
 *
 * bench/driver/run.c - runs the benchmark programs in rotated order, keeps every sample, prints one table per question.
 *
 *     run quick|std|full --manifest FILE --out DIR [--preload LIB] [--mallocs LIB] [--budget SECONDS]
 *
 * The manifest (written by run.sh) has one line per contender: question, id, "fixed" or "-", "ours" or "-", version.
 * A round runs every workload of the plan once with every contender, beginning with another contender each time. Rounds
 * follow until the budget is used; the workloads the project is judged by come in every round, the others less often.
 * Output: report.txt (what is printed), samples.csv, summary.csv, memory.csv, and per question a .dat, .gp, .svg, .png.
 * A manifest of unbounded queues, of stacks or of maps makes another plan, and names begin with unbounded-, stacks- or
 * maps- then.
 *
 * Ends with 1 if one of our queues lost, doubled, invented or reordered an item, or any program failed, or (quick) the
 * sums of any contender were wrong.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

const struct table_text table_text[TABLES] = {
    {SPSC, "stream", "stream", "SPSC STREAM: one producer, one consumer, 8-byte items", "M items/s",
     "one way, paced 1 per us, ns"},
    {SPSC, "rtt", "rtt",
     "SPSC ROUND TRIP: through two queues and back; raw = the same with two bare lines, just before and after", "ns",
     "round trip, ns"},
    {MPMC, "pair", "pair", "BOUNDED MPMC, PAIRWISE: each thread pushes, works, pops, works", "M ops/s",
     "operation, ns"},
    {MPMC, "coin", "coin",
     "BOUNDED MPMC, 50-50: each thread pushes or pops by the flip of a coin; refusals do not count", "M ops/s",
     "operation, ns"},
    {MPMC, "split", "split", "BOUNDED MPMC, PRODUCERS : CONSUMERS", "M items/s", "operation, ns"},
    {MPSC, "split", "mpsc", "MPSC, PRODUCERS : 1", "M items/s", "operation, ns"},
    {UNBOUNDED, "pair", "unbounded_pair", "UNBOUNDED MPMC, PAIRWISE: each thread pushes, works, pops, works", "M ops/s",
     "operation, ns"},
    {UNBOUNDED, "coin", "unbounded_coin",
     "UNBOUNDED MPMC, 50-50: each thread pushes or pops by the flip of a coin; refusals do not count", "M ops/s",
     "operation, ns"},
    {UNBOUNDED, "burst", "unbounded_burst",
     "UNBOUNDED MPMC, BURST AND DRAIN: each thread pushes that many, then pops as many", "M ops/s", "operation, ns"},
    {UNBOUNDED, "split", "unbounded_split",
     "UNBOUNDED MPMC, PRODUCERS : CONSUMERS, kept at about that many elements", "M items/s", "operation, ns"},
    {STACK, "pair", "stack",
     "STACKS, PAIRWISE: each thread pushes, works, pops, works; 64 elements to begin with", "M ops/s", "operation, ns"},
    {STACK, "all", "pop_all",
     "STACKS, ALL AT ONCE: each thread takes all of 64 elements and pushes as many again", "M ops/s",
     "taking them all, ns"},
    {MAP, "mix", "map", "ORDERED MAPS: keys drawn evenly; what is no read is half puts, half removes", "M ops/s",
     "operation, ns"},
    {MAP, "mix", "map_zipf", "ORDERED MAPS: keys drawn by Zipf's law, 0.99", "M ops/s", "operation, ns"},
    {MAP, "mix", "map_range", "ORDERED MAPS, WALKS: 90 % over the next 100 entries, the rest puts and removes",
     "M ops/s", "operation, ns"},
    {MAP, "mix", "map_insert", "ORDERED MAPS WITHOUT REMOVES: half reads, half puts; the map fills up", "M ops/s",
     "operation, ns"},
    {MAP, "mix", "map_settled", "ORDERED MAPS THAT DO NOT CHANGE ANY MORE: reads alone, without a lock", "M ops/s",
     "operation, ns"},
};

const char *const question_name[QUESTIONS] = {"spsc", "mpmc", "mpsc", "unbounded", "stack", "map"};
const char *const question_title[QUESTIONS] = {"SPSC", "MPMC", "MPSC", "unbounded MPMC", "stacks", "ordered maps"};

const char *const field_name[FIELDS] = {
    "clean", "line_before", "line_after", "raw_before", "raw_after", "rate", "share", "refused", "cpu", "psi", "steal",
    "work_ns", "p50", "p99", "p999", "max", "samples", "rejected_place", "rejected_noise", "lost", "misordered",
    "alien", "elapsed_ms",
};

const char *const status_name[] = {"ok", "wrong", "capacity", "hung", "failed"};

struct contender contender[CONTENDERS_MAX];
int contenders;
struct cell cell[CELLS_MAX];
int cells;
struct sample *sample;
int samples;
static int samples_room;
static bool gone[CELLS_MAX][CONTENDERS_MAX];          /* hung or without that capacity: not tried again there */

const char *tier = "std";
const char *out_dir = "build/bench";
enum question about;
static const char *preload = "";
const char *mallocs = "";
FILE *report;
int faults;                 /* what makes the exit status 1 */

/* ---- the manifest and the plan ----------------------------------------------------------------------------------- */

static void
read_manifest(const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f) {
        fprintf(stderr, "bench: cannot read %s\n", path);
        exit(2);
    }
    char line[1024];
    while (fgets(line, sizeof line, f) && contenders < CONTENDERS_MAX) {
        struct contender *c = &contender[contenders];
        char question[16];
        char fixed[16];
        char ours[16];
        memset(c, 0, sizeof *c);
        if (sscanf(line, "%15s %63s %15s %15s %63s", question, c->id, fixed, ours, c->version) != 5)
            continue;
        for (int q = 0; q < QUESTIONS; q++)
            if (strcmp(question, question_name[q]) == 0)
                c->question = (enum question)q;
        c->fixed = strcmp(fixed, "fixed") == 0;
        c->ours = strcmp(ours, "ours") == 0;
        char path_of[1024];
        program_path(path_of, sizeof path_of, c, 1024);
        char *argv[] = {path_of, (char *)"--info", NULL};
        char info[512];
        bool late;
        if (run_program(argv, "", 10, info, sizeof info, &late) != 0) {
            fprintf(stderr, "bench: %s does not run\n", path_of);
            faults++;
            continue;
        }
        line_text(info, "name", c->name, sizeof c->name);
        line_text(info, "order", c->order, sizeof c->order);
        line_text(info, "bound", c->bound, sizeof c->bound);
        line_text(info, "progress", c->progress, sizeof c->progress);
        c->waits_only = line_number(info, "waits_only") != 0;
        c->takes_all = line_number(info, "takes_all") != 0;
        c->no_ranges = line_number(info, "no_ranges") != 0;
        c->no_erase = line_number(info, "no_erase") != 0;
        c->settles = line_number(info, "settles") > 0;
        c->most = line_number(info, "most");
        contenders++;
    }
    fclose(f);
}

static void
plan(enum table t, int threads, int producers, size_t capacity, const char *work, double ms, bool every_round)
{
    if (cells == CELLS_MAX)
        return;
    struct cell *c = &cell[cells++];
    c->table = t;
    c->threads = threads;
    c->producers = producers;
    c->capacity = capacity;
    c->work = work;
    c->ms = ms;
    c->every_round = every_round;
}

/* Milliseconds of a timed run: about a hundred time slices where threads share CPUs, in full more, else enough for a
 * few million items. */
static double
run_ms(int threads)
{
    const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    const bool quick = strcmp(tier, "quick") == 0;
    const bool full = strcmp(tier, "full") == 0;
    if (threads > cpus)
        return quick ? 60 : full ? 500 : 250;
    return quick ? 25 : full ? 150 : 100;
}

/* Shorter than the queues' runs, so that three rounds fit into less than a minute. */
static void
plan_stacks(void)
{
    static const int threads[4] = {1, 2, 4, 8};
    if (strcmp(tier, "quick") == 0) {
        plan(T_STACK, 1, 0, 1024, WORK_NONE, 10, true);
        plan(T_STACK, 2, 0, 1024, WORK_SOME, 10, true);
        plan(T_STACK, 8, 0, 1024, WORK_NONE, 40, true);
        plan(T_ALL, 2, 0, 1024, WORK_NONE, 10, true);
        return;
    }
    const bool full = strcmp(tier, "full") == 0;
    const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    for (int w = 0; w < 2; w++)
        for (int i = 0; i < 4; i++)
            plan(T_STACK, threads[i], 0, 1024, w == 0 ? WORK_SOME : WORK_NONE,
                 full ? run_ms(threads[i]) : threads[i] > cpus ? 80 : 40, true);
    for (int i = 1; i < 4; i += 2)
        plan(T_ALL, threads[i], 0, 1024, WORK_NONE, full ? run_ms(threads[i]) : threads[i] > cpus ? 80 : 40, full);
}

/* As short as those of stacks. */
static void
plan_unbounded(void)
{
    enum { BURST = 4096, WINDOW = 16384 };
    static const int threads[5] = {1, 2, 4, 8, 16};
    static const int split[5][2] = {{1, 1}, {3, 1}, {1, 3}, {2, 2}, {4, 4}};
    if (strcmp(tier, "quick") == 0) {
        plan(T_GROW_PAIR, 2, 0, 1024, WORK_SOME, 10, true);
        plan(T_GROW_COIN, 8, 0, 1024, WORK_NONE, 30, true);
        plan(T_GROW_BURST, 2, 0, BURST, WORK_NONE, 10, true);
        plan(T_GROW_SPLIT, 4, 3, WINDOW, WORK_NONE, 20, true);
        return;
    }
    const bool full = strcmp(tier, "full") == 0;
    const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    for (int w = 0; w < 2; w++) {
        const char *const work = w == 0 ? WORK_SOME : WORK_NONE;
        for (int i = 0; i < (full ? 5 : w == 0 ? 4 : 2); i++)
            plan(T_GROW_PAIR, threads[i], 0, 1024, work, full ? run_ms(threads[i]) : threads[i] > cpus ? 80 : 40, true);
        for (int i = 0; i < (full ? 5 : w == 0 ? 4 : 0); i++)
            plan(T_GROW_COIN, threads[i], 0, 1024, work, full ? run_ms(threads[i]) : threads[i] > cpus ? 80 : 40, true);
        for (int i = 1; i < (full ? 4 : w == 0 ? 0 : 2); i++)
            plan(T_GROW_BURST, threads[i], 0, BURST, work, full ? run_ms(threads[i]) : 40, true);
        for (int i = 0; i < (full ? 5 : w == 0 ? 0 : 3); i++) {
            const int n = split[i][0] + split[i][1];
            plan(T_GROW_SPLIT, n, split[i][0], WINDOW, work, full ? run_ms(n) : n > cpus ? 80 : 40, full || n == 2);
        }
    }
}

/* Filling a map takes as long as the run, or longer; so the largest range is for full. */
static void
plan_maps(void)
{
    static const int threads[4] = {1, 2, 4, 8};
    static const size_t keys[3] = {2000, 200000, 2000000};
    static const char *const even[4] = {"0:uniform", "50:uniform", "90:uniform", "100:uniform"};
    static const char *const zipf[4] = {"0:zipf", "50:zipf", "90:zipf", "100:zipf"};
    if (strcmp(tier, "quick") == 0) {
        plan(T_MAP, 2, 0, keys[0], even[1], 10, true);
        plan(T_MAP_ZIPF, 8, 0, keys[0], zipf[0], 20, true);
        plan(T_MAP_RANGE, 1, 0, keys[0], "range:uniform", 10, true);
        plan(T_MAP_INSERT, 2, 0, keys[0], "insert:uniform", 10, true);
        plan(T_MAP_SETTLED, 1, 0, keys[0], even[3], 10, true);
        return;
    }
    if (strcmp(tier, "full") != 0) {
        plan(T_MAP, 1, 0, keys[1], even[1], 80, true);
        plan(T_MAP, 2, 0, keys[1], even[1], 80, true);
        for (int m = 0; m < 4; m++)
            if (m != 1)
                plan(T_MAP, 2, 0, keys[1], even[m], 60, false);
        plan(T_MAP, 2, 0, keys[0], even[1], 60, false);
        plan(T_MAP, 8, 0, keys[1], even[1], 80, false);
        plan(T_MAP_ZIPF, 2, 0, keys[1], zipf[1], 60, false);
        plan(T_MAP_RANGE, 2, 0, keys[1], "range:uniform", 60, false);
        plan(T_MAP_INSERT, 2, 0, keys[1], "insert:uniform", 60, false);
        plan(T_MAP_SETTLED, 1, 0, 2 * keys[1], even[3], 60, true);
        return;
    }
    for (int r = 1; r < 4; r++)                          /* first what the bars are about */
        for (int m = 0; m < 4; m++)
            for (int t = 0; t < 4; t++)
                plan(T_MAP, threads[t], 0, keys[r % 3], even[m], run_ms(threads[t]), r == 1);
    for (int r = 1; r < 4; r++)
        for (int m = 0; m < 4; m++)
            for (int t = 0; t < 4; t++)
                plan(T_MAP_ZIPF, threads[t], 0, keys[r % 3], zipf[m], run_ms(threads[t]), false);
    for (int r = 0; r < 3; r++)
        for (int t = 0; t < 4; t++)
            plan(T_MAP_RANGE, threads[t], 0, keys[r], "range:uniform", run_ms(threads[t]), false);
    for (int r = 0; r < 3; r++)
        for (int t = 0; t < 4; t++)
            plan(T_MAP_INSERT, threads[t], 0, keys[r], "insert:uniform", run_ms(threads[t]), false);
    for (int r = 0; r < 3; r++)                          /* half of them are entries: of 200 K and 2 M the bar speaks */
        for (int t = 0; t < 2; t++)
            plan(T_MAP_SETTLED, threads[t], 0, 2 * keys[r], even[3], run_ms(threads[t]), r > 0);
}

static void
make_plan(void)
{
    if (about == MAP) {
        plan_maps();
        return;
    }
    if (about == STACK) {
        plan_stacks();
        return;
    }
    if (about == UNBOUNDED) {
        plan_unbounded();
        return;
    }
    static const size_t capacity[3] = {64, 1024, 65536};
    static const int threads[5] = {1, 2, 4, 8, 16};
    static const int producers[3] = {1, 3, 7};
    static const int split[3][2] = {{1, 1}, {3, 1}, {1, 3}};
    if (strcmp(tier, "quick") == 0) {
        plan(T_STREAM, 2, 1, 1024, WORK_NONE, 20, true);
        plan(T_RTT, 2, 1, 1024, WORK_NONE, 20, true);
        plan(T_PAIR, 2, 0, 1024, WORK_SOME, run_ms(2), true);
        plan(T_PAIR, 8, 0, 1024, WORK_NONE, run_ms(8), true);
        plan(T_COIN, 2, 0, 1024, WORK_NONE, run_ms(2), true);
        plan(T_SPLIT, 4, 3, 1024, WORK_NONE, run_ms(4), true);
        plan(T_MPSC, 4, 3, 1024, WORK_NONE, run_ms(4), true);
        return;
    }
    const bool full = strcmp(tier, "full") == 0;
    for (int i = 0; i < 3; i++)
        plan(T_STREAM, 2, 1, capacity[i], WORK_NONE, full ? 120 : 60, true);
    for (int i = 0; i < 3; i++)
        plan(T_RTT, 2, 1, capacity[i], WORK_NONE, full ? 100 : 50, true);
    if (full) {
        static const char *const work[3] = {WORK_SOME, WORK_NONE, WORK_LONG};
        for (int w = 0; w < 3; w++)
            for (int i = 0; i < 5; i++)
                plan(T_PAIR, threads[i], 0, 1024, work[w], run_ms(threads[i]), true);
        plan(T_PAIR, 2, 0, 64, WORK_SOME, run_ms(2), true);
        plan(T_PAIR, 2, 0, 65536, WORK_SOME, run_ms(2), true);
        for (int w = 0; w < 3; w++)
            for (int i = 0; i < 5; i++)
                plan(T_COIN, threads[i], 0, 1024, work[w], run_ms(threads[i]), true);
        for (int w = 0; w < 2; w++)
            for (int i = 0; i < 3; i++)
                plan(T_SPLIT, split[i][0] + split[i][1], split[i][0], 1024, work[w],
                     run_ms(split[i][0] + split[i][1]), true);
        for (int w = 0; w < 2; w++)
            for (int i = 0; i < 3; i++)
                plan(T_MPSC, producers[i] + 1, producers[i], 1024, work[w], run_ms(producers[i] + 1), true);
        return;
    }
    for (int i = 0; i < 5; i++)
        plan(T_PAIR, threads[i], 0, 1024, WORK_SOME, run_ms(threads[i]), threads[i] != 4);
    plan(T_PAIR, 1, 0, 1024, WORK_NONE, run_ms(1), true);
    plan(T_PAIR, 2, 0, 1024, WORK_NONE, run_ms(2), true);
    plan(T_PAIR, 8, 0, 1024, WORK_NONE, run_ms(8), false);
    plan(T_PAIR, 2, 0, 1024, WORK_LONG, run_ms(2), true);
    plan(T_COIN, 2, 0, 1024, WORK_SOME, run_ms(2), true);
    plan(T_COIN, 8, 0, 1024, WORK_SOME, run_ms(8), false);
    for (int i = 0; i < 3; i++) {
        const int n = split[i][0] + split[i][1];
        plan(T_SPLIT, n, split[i][0], 1024, WORK_NONE, run_ms(n), n == 2);
    }
    for (int i = 0; i < 3; i++)
        plan(T_MPSC, producers[i] + 1, producers[i], 1024, WORK_SOME, run_ms(producers[i] + 1), i != 1);
}

static bool
belongs(int k, int c)
{
    return contender[k].question == table_text[cell[c].table].question
        && !(cell[c].table == T_ALL && !contender[k].takes_all)
        && !(contender[k].waits_only && cell[c].table >= T_COIN)
        && (contender[k].question != MAP || contender[k].settles == (cell[c].table == T_MAP_SETTLED))
        && !(contender[k].no_ranges && cell[c].table == T_MAP_RANGE)
        && !(contender[k].no_erase && cell[c].table >= T_MAP && cell[c].table != T_MAP_INSERT
             && strncmp(cell[c].work, "100:", 4) != 0)
        && !(contender[k].most > 0 && (double)cell[c].capacity > contender[k].most)
        && !gone[c][k];
}

void
cell_label(const struct cell *c, char *text, size_t room)
{
    if (c->table >= T_MAP) {
        char reads[32] = "";
        if (c->table <= T_MAP_ZIPF)
            snprintf(reads, sizeof reads, ", %d %% reads", atoi(c->work));
        snprintf(text, room, "%d thread%s, %zu K keys%s", c->threads, c->threads == 1 ? "" : "s", c->capacity / 1000,
                 reads);
        return;
    }
    char cap[32];
    if (c->capacity >= 1024)
        snprintf(cap, sizeof cap, "cap %zu K", c->capacity / 1024);
    else
        snprintf(cap, sizeof cap, "cap %zu", c->capacity);
    const char *work = strcmp(c->work, WORK_NONE) == 0 ? "no work"
                     : strcmp(c->work, WORK_SOME) == 0 ? "50-150 ns work" : "1 us work";
    const bool usual = c->capacity == 1024;
    if (c->table <= T_RTT)
        snprintf(text, room, "%s", cap);
    else if (c->producers > 0)
        snprintf(text, room, "%d:%d, %s%s%s", c->producers, c->threads - c->producers, work, usual ? "" : ", ",
                 usual ? "" : cap + 4);
    else if (c->table == T_GROW_BURST)
        snprintf(text, room, "%d threads, %s, %s", c->threads, work, cap + 4);
    else
        snprintf(text, room, "%d thread%s, %s%s%s", c->threads, c->threads == 1 ? "" : "s", work,
                 usual ? "" : ", ", usual ? "" : cap);
}

/* ---- sampling ---------------------------------------------------------------------------------------------------- */

static double began;
static double budget = 150;
static double planned;             /* seconds, for the display */
static double thrown_away;         /* seconds spent on samples that were rejected */

void
show_progress(int round, const char *what, const char *who)
{
    static double shown = -100;
    static bool started;
    const double t = seconds() - began;
    const double left = planned > t ? planned - t : 0;
    char text[160];
    snprintf(text, sizeof text, "[%3.0f %%, about %3.0f s left] round %d: %s: %s",
             planned > 0 ? 100 * (t < planned ? t / planned : 1) : 100, left, round + 1, what, who);
    if (isatty(2)) {
        fprintf(stderr, "\r%-110.110s", text);
        fflush(stderr);
    } else if (!started || t - shown >= 15) {
        fprintf(stderr, "%s\n", text);
        shown = t;
        started = true;
    }
}

static void
take_sample(int c, int k, int round)
{
    const struct cell *cl = &cell[c];
    struct contender *co = &contender[k];
    char path[1024];
    char threads[16];
    char producers[16];
    char capacity[32];
    char ms[32];
    char retries[16];
    char label[96];
    program_path(path, sizeof path, co, cl->capacity);
    if (access(path, X_OK) != 0) {
        gone[c][k] = true;
        return;
    }
    cell_label(cl, label, sizeof label);
    show_progress(round, label, co->name);
    /* Rejected samples are taken again only while that costs less than an eighth of the time: on a machine that is
     * never quiet the table comes all the same, with its rows marked. */
    const bool patient = strcmp(tier, "quick") != 0 && thrown_away < (seconds() - began) / 8 + 1;
    snprintf(threads, sizeof threads, "%d", cl->threads);
    snprintf(producers, sizeof producers, "%d", cl->producers);
    snprintf(capacity, sizeof capacity, "%zu", cl->capacity);
    snprintf(ms, sizeof ms, "%.0f", cl->ms);
    snprintf(retries, sizeof retries, "%d", patient ? (cl->ms < 400 ? 3 : 1) : 0);
    char *argv[] = {path, (char *)"--mode", (char *)table_text[cl->table].mode, (char *)"--threads", threads,
                    (char *)"--producers", producers, (char *)"--capacity", capacity, (char *)"--work",
                    (char *)cl->work, (char *)"--ms", ms, (char *)"--retries", retries, NULL};
    char line[2048];
    bool late;
    const double t0 = seconds();
    const int rc = run_program(argv, preload, 15 + cl->ms / 50 + (double)cl->capacity / 5e4, line, sizeof line, &late);
    const double took = seconds() - t0;

    if (samples == samples_room) {
        samples_room = samples_room ? samples_room * 2 : 4096;
        struct sample *more = (struct sample *)realloc(sample, (size_t)samples_room * sizeof *more);
        if (!more) {
            fputs("bench: no memory\n", stderr);
            exit(2);
        }
        sample = more;
    }
    struct sample *s = &sample[samples];
    memset(s, 0, sizeof *s);
    s->cell = c;
    s->contender = k;
    s->round = round;
    char status[32] = "";
    line_text(line, "status", status, sizeof status);
    if (strcmp(status, "capacity") == 0) {
        gone[c][k] = true;
        return;
    }
    s->status = late ? ST_HUNG : strcmp(status, "ok") == 0 && rc == 0 ? ST_OK
              : strcmp(status, "wrong") == 0 ? ST_WRONG : ST_FAILED;
    line_text(line, "place", s->place, sizeof s->place);
    for (int i = 0; i < FIELDS; i++)
        s->f[i] = line_number(line, field_name[i]);
    const double rejected = s->f[F_REJ_PLACE] + s->f[F_REJ_NOISE];
    thrown_away += took * rejected / (rejected + 1);
    samples++;
    if (s->status == ST_HUNG || s->status == ST_FAILED)
        gone[c][k] = true;
    const bool strict = strcmp(co->order, "FIFO") == 0 || strcmp(co->order, "LIFO") == 0;
    if (s->status != ST_OK || (s->f[F_MISORDERED] > 0 && strict)) {
        fprintf(stderr, "%s%s: %s: %s (lost %.0f, misordered %.0f, alien %.0f)\n", isatty(2) ? "\n" : "", label,
                co->name, s->status == ST_OK ? "out of order" : status_name[s->status], s->f[F_LOST],
                s->f[F_MISORDERED], s->f[F_ALIEN]);
        /* Of maps a wrong sum of a peer is its own: crossbeam-skiplist 0.1.3 sometimes has more entries in it than it
         * has said. */
        if (co->ours || s->status == ST_FAILED || s->status == ST_HUNG || (strcmp(tier, "quick") == 0 && about != MAP))
            faults++;
    }
}

/* The first round alone can outlast the budget on a slow or busy machine: then the workloads that need not come in
 * every round are left out, and at last all. */
static bool out_of_time;

static void
run_round(int round, bool all)
{
    for (int c = 0; c < cells; c++) {
        if (!all && !cell[c].every_round)
            continue;
        const double spent = strcmp(tier, "quick") == 0 ? 0 : (seconds() - began) / budget;
        if (spent > (cell[c].every_round ? 1.3 : 1.05)) {
            out_of_time = true;
            continue;
        }
        for (int i = 0; i < contenders; i++) {
            const int k = (i + round * 5 + c) % contenders;
            if (belongs(k, c))
                take_sample(c, k, round);
        }
    }
}

static double
round_cost(bool all)
{
    double s = 0;
    for (int c = 0; c < cells; c++)
        for (int k = 0; k < contenders; k++)
            if ((all || cell[c].every_round) && belongs(k, c))
                s += cell[c].ms * (cell[c].table == T_STREAM ? 1.35 : 1.1) / 1e3
                   + (cell[c].table == T_RTT ? 0.045 : 0.025)
                   + (cell[c].table >= T_MAP ? (double)cell[c].capacity * 1e-6 : 0);
    return s;
}

static void
run_plan(void)
{
    const bool quick = strcmp(tier, "quick") == 0;
    const int wanted = quick ? 1 : strcmp(tier, "full") == 0 ? 10 : 5;
    double all = round_cost(true);
    double some = round_cost(false);
    out("Plan: %d workloads; one round of all about %.0f s, of those in every round %.0f s; budget %.0f s.\n", cells,
        all, some, quick ? all : budget);
    fflush(stdout);
    began = seconds();
    planned = quick ? all : all > budget ? all : budget;
    int rounds = 0;
    run_round(rounds++, true);
    const double scale = (seconds() - began) / (all > 0 ? all : 1);    /* what this machine made of the estimate */
    all *= scale;
    some *= scale;
    while (!quick && !out_of_time && rounds < 40) {
        const double left = budget - (seconds() - began);
        if (left < some * 0.9)
            break;
        const bool everything = all < left - (wanted - rounds - 1) * some;
        run_round(rounds++, everything);
    }
    if (isatty(2))
        fprintf(stderr, "\r%-110s\r", "");
    out("%d round%s, %d samples, %.0f s.%s\n", rounds, rounds == 1 ? "" : "s", samples, seconds() - began,
        out_of_time ? " The budget ran out: some workloads have fewer samples or none." : "");
}

/* ---- the program ------------------------------------------------------------------------------------------------- */

static void
print_contenders(void)
{
    out("Contenders (ours marked >):\n");
    for (int q = 0; q < QUESTIONS; q++) {
        if (q != (int)about && (q >= UNBOUNDED || about >= UNBOUNDED))
            continue;
        out("  %s:", question_title[q]);
        int column = 3 + (int)strlen(question_title[q]);
        for (int k = 0; k < contenders; k++) {
            if ((int)contender[k].question != q)
                continue;
            char text[160];
            const bool version = strcmp(contender[k].version, "-") != 0;
            snprintf(text, sizeof text, " %s%s%s%s%s;", contender[k].ours ? ">" : "", contender[k].name,
                     version ? " (" : "", version ? contender[k].version : "", version ? ")" : "");
            if (column + (int)strlen(text) > 118) {
                out("\n       ");
                column = 7;
            }
            out("%s", text);
            column += (int)strlen(text);
        }
        out("\n");
    }
}

int
main(int argc, char **argv)
{
    const char *manifest = "";
    for (int i = 1; i < argc; i++) {
        const bool value = i + 1 < argc;
        if (strcmp(argv[i], "--manifest") == 0 && value)
            manifest = argv[++i];
        else if (strcmp(argv[i], "--out") == 0 && value)
            out_dir = argv[++i];
        else if (strcmp(argv[i], "--preload") == 0 && value)
            preload = argv[++i];
        else if (strcmp(argv[i], "--mallocs") == 0 && value)
            mallocs = argv[++i];
        else if (strcmp(argv[i], "--budget") == 0 && value)
            budget = strtod(argv[++i], NULL);
        else
            tier = argv[i];
    }
    if (strcmp(tier, "quick") != 0 && strcmp(tier, "std") != 0 && strcmp(tier, "full") != 0) {
        fputs("usage: run quick|std|full --manifest FILE --out DIR [--preload LIB] [--mallocs LIB] [--budget S]\n",
              stderr);
        return 2;
    }
    read_manifest(manifest);
    if (contenders == 0) {
        fputs("bench: no program to run\n", stderr);
        return 2;
    }
    about = contender[0].question;
    report = open_report("report.txt");
    print_contenders();
    make_plan();
    run_plan();
    make_rows();
    print_tables();
    print_memory();
    if (strcmp(tier, "quick") != 0)
        print_bars();
    write_csv();
    const int plots = strcmp(tier, "quick") != 0 ? write_plots() : 0;
    double rejected_place = 0;
    double rejected_noise = 0;
    int disturbed = 0;
    for (int i = 0; i < samples; i++) {
        rejected_place += sample[i].f[F_REJ_PLACE];
        rejected_noise += sample[i].f[F_REJ_NOISE];
        disturbed += sample[i].f[F_CLEAN] == 0;
    }
    out("\n%d samples kept; %.0f rejected because the CPUs moved, %.0f because of noise; %d still disturbed after the\n"
        "last try, used only in rows marked ! (no undisturbed sample of that contender there).\n",
        samples, rejected_place, rejected_noise, disturbed);
    out("Written to %s: %sreport.txt samples.csv summary.csv memory.csv%s\n", out_dir,
        run_prefix(), plots ? " and per question .dat .gp .svg .png"
              : strcmp(tier, "quick") == 0 ? "" : " (no plots: gnuplot not found)");
    if (report)
        fclose(report);
    if (faults)
        fprintf(stderr, "bench: %d fault%s, see above and %s/errors.log\n", faults, faults == 1 ? "" : "s", out_dir);
    return faults != 0;
}
