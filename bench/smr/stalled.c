/* SPDX-License-Identifier: MIT
 *
 * bench/smr/stalled.c - one thread stops inside a section, others go on retiring: how many nodes are pending meanwhile,
 * and how much memory is resident, scheme by scheme.
 *
 *     cc -std=c11 -D_GNU_SOURCE -O3 -DNDEBUG -pthread bench/smr/stalled.c -o stalled && ./stalled
 *     ./stalled short | quick                        fewer nodes
 *     ./stalled --nodes N --threads N                how many are retired in all, by how many threads
 *     ./stalled --seconds S                          over so many seconds; without it as fast as they can
 *     ./stalled --churn N                            threads leave and join again after so many nodes; 0: never
 *     ./stalled --limit MB                           a scheme is stopped when so much is resident (2000)
 *     ./stalled --scheme loft_ebr                    only this one
 *     ./stalled --csv FILE                           the curves: a line for each moment
 *
 * The thread that stops has protected a node, and is interrupted by a signal whose handler does not return, as if it
 * had lost its processor for good. The others allocate nodes of 64 bytes, put them into 16 words, and retire those that
 * were there. Checked: no node is freed twice, nor the protected one before its section ends; pending stays below the
 * bound that the scheme's header gives (twice that with churn: what who leaves has left comes on top); after a drain
 * all that was retired has been freed. Each scheme has a process of its own, so that resident memory is its own.
 */
#include "../machine.h"

#include "../../include/loft/core/park.h"
#include "../../include/loft/smr/debra.h"
#include "../../include/loft/smr/ebr.h"
#include "../../include/loft/smr/hp.h"
#include "../../include/loft/smr/hyaline.h"
#include "../../include/loft/smr/ibr.h"
#include "../../include/loft/smr/leak.h"
#include "../../include/loft/smr/qsbr.h"

#include <signal.h>
#include <sys/wait.h>

enum { WORDS = 16, CHUNK = 64, THREADS_MAX = 256, MOMENTS_MAX = 4096 };

#define DEAD  ((uint64_t)1 << 63)      /* instead of a node's number, once it is freed */

struct plan {
    uint64_t nodes;
    uint64_t churn;
    uint64_t limit;                /* bytes                                    */
    double seconds;
    int threads;
    const char *only;
};

struct word {
    LOFT_ATOMIC(uintptr_t) p;
    char pad_[LOFT_CACHELINE];
};

struct scheme {
    const char *name;
    bool frees;
    void (*begin)(void);
    uint64_t (*end)(void);
    void *(*retires)(void *id);
    void *(*stops)(void *unused);
    loft_smr_stats (*counts)(void);
    uint64_t (*bound)(uint64_t records);
};

struct moment {
    double ms;
    uint64_t retired;
    uint64_t pending;
    uint64_t resident;
};

static struct plan plan = { 10000000, 0, (uint64_t)2000000000u, 0, 2, NULL };
static struct word words[WORDS];
static pthread_barrier_t gate;
static uint64_t began;
static LOFT_ATOMIC(uint64_t) claimed;
static LOFT_ATOMIC(uint64_t) freed;
static LOFT_ATOMIC(int) working;
static LOFT_ATOMIC(int) wrong;
static LOFT_ATOMIC(int) stop;      /* whoever retires                          */
static LOFT_ATOMIC(int) inside;    /* the thread that is to stop               */
static LOFT_ATOMIC(int) parked;    /* it has stopped                           */
static LOFT_ATOMIC(int) released;  /* it goes on ...                           */
static LOFT_ATOMIC(int) over;      /* ... and ends its section                 */
static _Thread_local uint64_t freed_here;

/* Not before the nodes up to this one are due. */
static inline void
pace(uint64_t first)
{
    if (plan.seconds <= 0)
        return;
    const uint64_t due = began + (uint64_t)(plan.seconds * 1e9 * ((double)first / (double)plan.nodes));
    uint64_t now = now_ns();
    while (now < due && !loft_load(&stop, relaxed)) {    /* pace:A relaxed: a hint to end */
        sleep_ns(due - now < 5000000u ? due - now : 5000000u);
        now = now_ns();
    }
}

#define NOTHING(me)  ((void)(me))
#define NONE(d, n)   ((void)(n), (uint64_t)0)

#define SMR              loft_ebr
#define QUIESCENT(me)    NOTHING(me)
#define BOUND(d, n)      NONE(d, n)
#define FREES            1
#include "stalls.h"

#define SMR              loft_qsbr
#define QUIESCENT(me)    loft_qsbr_quiescent(me)
#define BOUND(d, n)      NONE(d, n)
#define FREES            1
#include "stalls.h"

/* The node in each word was there when the thread stopped, and nothing was pending. */
#define SMR              loft_ibr
#define QUIESCENT(me)    NOTHING(me)
#define BOUND(d, n)      (5u * (WORDS + (n) * (d).births) / 2u + 3u * (n) * (d).batch)
#define FREES            1
#include "stalls.h"

#define SMR              loft_debra
#define QUIESCENT(me)    NOTHING(me)
#define BOUND(d, n)      (loft_debra_neutralises(&(d)) ? LOFT_DEBRA_BOUND((n), (d).base.batch) : (uint64_t)0)
#define FREES            1
#include "stalls.h"

#define HP_LEAST(d)      ((d).asym ? 1024u : 64u)
#define HP_TWICE(d, n)   (2u * (n) * (d).slots)
#define HP_BATCH(d, n)   (HP_TWICE(d, n) > HP_LEAST(d) ? HP_TWICE(d, n) : HP_LEAST(d))
#define SMR              loft_hp
#define QUIESCENT(me)    NOTHING(me)
#define BOUND(d, n)      ((n) * (HP_BATCH(d, n) + (n) * (d).slots))
#define FREES            1
#include "stalls.h"

#define HY_K(d, n)       ((d).batch > (n) ? (d).batch : (n) + 1u)
#define SMR              loft_hyaline
#define QUIESCENT(me)    NOTHING(me)
#define BOUND(d, n)      (2u * HY_K(d, n) * (WORDS + (d).births * (n) + (n)))
#define FREES            1
#include "stalls.h"

#define SMR              loft_leak
#define QUIESCENT(me)    NOTHING(me)
#define BOUND(d, n)      NONE(d, n)
#define FREES            0
#include "stalls.h"

static const struct scheme *const schemes[] = {
    &loft_ebr_scheme, &loft_qsbr_scheme, &loft_ibr_scheme, &loft_debra_scheme, &loft_hp_scheme, &loft_hyaline_scheme,
    &loft_leak_scheme,
};

/* ---- one scheme -------------------------------------------------------------------------------------------------- */

/* As a thread that has lost its processor: all signals wait, also the one that would send its section back. */
static void
stop_here(int number)
{
    (void)number;
    loft_store(&parked, 1, relaxed);                     /* stop_here:A relaxed: a hint */
    while (!loft_load(&released, relaxed))               /* stop_here:B relaxed: a hint to end */
        sleep_ns(1000000u);
}

static uint64_t
resident_bytes(void)
{
    unsigned long long size = 0, resident = 0;
    FILE *const f = fopen("/proc/self/statm", "r");
    if (f) {
        if (fscanf(f, "%llu %llu", &size, &resident) != 2)
            resident = 0;
        fclose(f);
    }
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static struct moment
look(const struct scheme *s)
{
    const loft_smr_stats counts = s->counts();
    const struct moment m = { (double)(now_ns() - began) / 1e6, counts.retired, counts.pending, resident_bytes() };
    return m;
}

/* The first moment at which so many were retired. */
static const struct moment *
moment_at(const struct moment *m, int n, uint64_t retired)
{
    int i = 0;
    while (i + 1 < n && m[i].retired < retired)
        i++;
    return &m[i];
}

static void
wait_for(LOFT_ATOMIC(int) *what)
{
    while (!loft_load(what, relaxed))                    /* wait_for:A relaxed: a hint */
        sleep_ns(100000u);
}

static int
measure(const struct scheme *s, FILE *csv)
{
    static struct moment moments[MOMENTS_MAX];
    static int ids[THREADS_MAX];
    static pthread_t id[THREADS_MAX];
    pthread_t stopped;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = stop_here;
    sigfillset(&action.sa_mask);
    if (sigaction(SIGUSR1, &action, NULL) != 0 ||
        pthread_barrier_init(&gate, NULL, (unsigned)plan.threads + 1u) != 0)
        return 2;
    loft_store(&working, plan.threads, relaxed);         /* measure:A relaxed: nobody else is here */
    s->begin();
    if (pthread_create(&stopped, NULL, s->stops, NULL) != 0)
        return 2;
    wait_for(&inside);
    pthread_kill(stopped, SIGUSR1);
    wait_for(&parked);
    for (int i = 0; i < plan.threads; i++) {
        ids[i] = i;
        if (pthread_create(&id[i], NULL, s->retires, &ids[i]) != 0) {
            fputs("bench: cannot start a thread\n", stderr);
            return 2;
        }
    }
    began = now_ns();
    pthread_barrier_wait(&gate);

    int n = 0;
    uint64_t step = 2000000u;
    bool limited = false;
    uint64_t most = 0;
    moments[n++] = look(s);
    while (loft_load(&working, relaxed) > 0) {           /* measure:B relaxed: a hint */
        sleep_ns(step);
        struct moment m = look(s);
        most = m.pending > most ? m.pending : most;
        if (m.resident > plan.limit && !limited) {
            limited = true;
            loft_store(&stop, 1, relaxed);               /* measure:C relaxed: a hint to end */
        }
        if (n == MOMENTS_MAX) {                          /* every other one, and from now on half as many */
            for (int i = 0; i < n / 2; i++)
                moments[i] = moments[2 * i];
            n /= 2;
            step *= 2;
        }
        moments[n++] = m;
    }
    for (int i = 0; i < plan.threads; i++)
        pthread_join(id[i], NULL);
    const struct moment last = look(s);
    const loft_smr_stats counts = s->counts();
    const uint64_t bound = s->bound(counts.records);
    most = last.pending > most ? last.pending : most;
    loft_store(&over, 1, relaxed);                       /* measure:D relaxed: a hint to end */
    loft_store(&released, 1, relaxed);                   /* measure:E relaxed: a hint to end */
    pthread_join(stopped, NULL);
    const uint64_t left = s->end();
    const uint64_t dropped = loft_load(&freed, relaxed); /* measure:F relaxed: after the joins */

    const uint64_t retired = last.retired;
    printf("  %-14s %10.2f %8.2f", s->name, (double)retired / 1e6, (double)retired / 1e3 / last.ms);
    for (uint64_t part = 1; part <= 3; part++)
        printf(" %10llu", (unsigned long long)moment_at(moments, n, retired * part / 4u)->pending);
    printf(" %10llu %10llu", (unsigned long long)last.pending, (unsigned long long)most);
    if (bound)
        printf(" %10llu", (unsigned long long)bound);
    else
        printf(" %10s", "none");
    printf(" %8.0f %8.0f %10llu", (double)moments[0].resident / 1e6, (double)last.resident / 1e6,
           (unsigned long long)left);
    if (counts.signals || counts.restarts)
        printf("  %llu signals", (unsigned long long)counts.signals);
    if (limited)
        printf("  stopped at %.0f MB", (double)plan.limit / 1e6);
    if (csv) {
        for (int i = 0; i < n; i++)
            fprintf(csv, "%s,%.1f,%llu,%llu,%llu\n", s->name, moments[i].ms, (unsigned long long)moments[i].retired,
                    (unsigned long long)moments[i].pending, (unsigned long long)moments[i].resident);
        fprintf(csv, "%s,%.1f,%llu,%llu,%llu\n", s->name, last.ms, (unsigned long long)last.retired,
                (unsigned long long)last.pending, (unsigned long long)last.resident);
    }
    const char *failure = NULL;
    if (loft_load(&wrong, relaxed))                      /* measure:G relaxed: after the joins */
        failure = "a node was freed while it was held, or twice, or a drain was refused";
    else if (bound && most > (plan.churn ? 2u : 1u) * bound)
        failure = "above the bound";
    else if (s->frees && (left || dropped != counts.retired))
        failure = "not all was freed";
    if (failure)
        printf("  FAILED: %s", failure);
    putchar('\n');
    return failure != NULL;
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static int
in_a_process(const struct scheme *s, FILE *csv)
{
    fflush(stdout);
    if (csv)
        fflush(csv);
    const pid_t child = fork();
    if (child == 0) {
        int result = measure(s, csv);
        if (fflush(stdout) != 0 || (csv && fflush(csv) != 0))
            result = 2;
        _exit(result);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
        printf("  %-14s FAILED: it did not end by itself\n", s->name);
        return 1;
    }
    return WEXITSTATUS(status);
}

int
main(int argc, char **argv)
{
    FILE *csv = NULL;
    for (int i = 1; i < argc; i++) {
        const char *const value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "quick") == 0) {
            plan.nodes = 200000;
            continue;
        }
        if (strcmp(argv[i], "short") == 0) {
            plan.nodes = 3000000;
            continue;
        }
        bool good = i + 1 < argc;
        if (strcmp(argv[i], "--nodes") == 0)
            plan.nodes = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--threads") == 0)
            plan.threads = atoi(value);
        else if (strcmp(argv[i], "--seconds") == 0)
            plan.seconds = atof(value);
        else if (strcmp(argv[i], "--churn") == 0)
            plan.churn = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--limit") == 0)
            plan.limit = strtoull(value, NULL, 10) * 1000000u;
        else if (strcmp(argv[i], "--scheme") == 0)
            plan.only = value;
        else if (strcmp(argv[i], "--csv") == 0)
            good = good && (csv = fopen(value, "w")) != NULL;
        else
            good = false;
        if (!good || plan.threads < 1 || plan.threads > THREADS_MAX) {
            fprintf(stderr, "bench: %s %s is no argument, or cannot be written\n", argv[i], value);
            return 2;
        }
        i++;
    }
    find_cpus();
    if (csv)
        fputs("scheme,ms,retired,pending,resident\n", csv);
    printf("\n  %llu nodes of 64 bytes, %d thread%s", (unsigned long long)plan.nodes, plan.threads,
           plan.threads == 1 ? "" : "s");
    if (plan.seconds > 0)
        printf(", over %g s", plan.seconds);
    if (plan.churn)
        printf(", which leave and join again after %llu", (unsigned long long)plan.churn);
    printf("\n  %-14s %10s %8s %10s %10s %10s %10s %10s %10s %8s %8s %10s\n", "", "M nodes", "M/s", "pending at", "",
           "", "", "pending,", "", "MB", "", "pending,");
    printf("  %-14s %10s %8s %10s %10s %10s %10s %10s %10s %8s %8s %10s\n", "scheme", "retired", "", "1/4", "1/2",
           "3/4", "the end", "most", "bound", "before", "the end", "drained");
    int result = 0;
    bool any = false;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (plan.only && strcmp(plan.only, schemes[i]->name) != 0)
            continue;
        any = true;
        result |= in_a_process(schemes[i], csv);
    }
    if (!any) {
        fprintf(stderr, "bench: there is no scheme %s\n", plan.only);
        return 2;
    }
    return (csv && fclose(csv) != 0) || result;
}
