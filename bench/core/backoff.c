/* SPDX-License-Identifier: MIT
 *
 * bench/core/backoff.c - what a pause and a yield cost on this machine, and which way of waiting suits which work.
 *
 *     cc -std=c11 -D_GNU_SOURCE -O3 -DNDEBUG -pthread bench/core/backoff.c -o backoff && ./backoff        (40 seconds)
 *     ./backoff short                                             six seconds: shorter runs, fewer of them
 *     ./backoff quick                                             a second; shows that it runs, not how fast
 *     ./backoff --csv FILE                                        the figures in a file as well, one line each
 *
 * make bench runs it short and make bench-full whole; both write build/bench/backoff.csv.
 *
 * Two workloads, each with as many threads as CPUs, then with more:
 *   counter   all add 1 to one word by compare-exchange: a wait can only save lost attempts
 *   token     each thread waits for its turn and passes it on: what is waited for may be a thread that does not run
 *
 * Per cell the median, least and most of several timed runs, the ways taking turns; the sum is checked in each.
 */
#include "../arguments.h"
#include "../machine.h"

#include "../../include/loft/core/backoff.h"

enum { THREADS_MAX = 16, ROUNDS_MAX = 5 };

enum way { WAY_NONE, WAY_PAUSE, WAY_STEP, WAY_YIELD, WAY_ADAPT, WAYS };

static const char *const way_name[WAYS] = { "no wait", "one pause", "step", "step_yield", "adaptive" };

struct job {
    char pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(uint64_t) word;
    char pad1_[LOFT_CACHELINE];
    LOFT_ATOMIC(int) stop;
    char pad2_[LOFT_CACHELINE];
    pthread_barrier_t gate;
    enum way way;
    bool token;
    int threads;
};

struct worker {
    struct job *job;
    int id;
    uint64_t done;
    uint64_t failed;
    char pad_[LOFT_CACHELINE];
};

struct waiting {
    loft_backoff b;
    loft_backoff_adapt a;
};

static inline void
wait_once(struct waiting *w, enum way way)
{
    switch (way) {
    case WAY_PAUSE: loft_pause(); break;
    case WAY_STEP:  loft_backoff_step(&w->b); break;
    case WAY_YIELD: (void)loft_backoff_step_yield(&w->b); break;
    case WAY_ADAPT: (void)loft_backoff_adapt_step(&w->a); break;
    default: break;
    }
}

static inline void
wait_over(struct waiting *w, enum way way)
{
    if (way == WAY_ADAPT)
        loft_backoff_adapt_done(&w->a);
    else
        loft_backoff_reset(&w->b);
}

static void
count(struct worker *me, struct waiting *w)
{
    struct job *j = me->job;
    while (!loft_load(&j->stop, relaxed)) {                              /* count:A relaxed: a hint to end */
        uint64_t seen = loft_load(&j->word, relaxed);                    /* count:B relaxed: the CAS checks it */
        while (!loft_cas_weak(&j->word, &seen, seen + 1u, relaxed, relaxed)) {   /* count:C relaxed: a counter */
            me->failed++;
            wait_once(w, j->way);
            seen = loft_load(&j->word, relaxed);                         /* count:D relaxed: the CAS checks it */
        }
        wait_over(w, j->way);
        me->done++;
    }
}

static void
pass(struct worker *me, struct waiting *w)
{
    struct job *j = me->job;
    const uint64_t n = (uint64_t)j->threads;
    for (;;) {
        uint64_t turn;
        while ((turn = loft_load(&j->word, acquire)) % n != (uint64_t)me->id) {  /* pass:A acquire <- pass:B: my turn */
            if (loft_load(&j->stop, relaxed))                            /* pass:C relaxed: a hint to end */
                return;
            me->failed++;
            wait_once(w, j->way);
        }
        wait_over(w, j->way);
        if (loft_load(&j->stop, relaxed))                                /* pass:D relaxed: a hint to end */
            return;
        me->done++;
        loft_store(&j->word, turn + 1u, release);                        /* pass:B release -> pass:A: the next one's */
    }
}

static void *
work(void *p)
{
    struct worker *me = (struct worker *)p;
    struct waiting w;
    loft_backoff_init(&w.b, LOFT_BACKOFF_MIN, LOFT_BACKOFF_MAX);
    loft_backoff_adapt_init(&w.a, LOFT_BACKOFF_MIN, LOFT_BACKOFF_MAX);
    pin(me->id);
    pthread_barrier_wait(&me->job->gate);
    if (me->job->token)
        pass(me, &w);
    else
        count(me, &w);
    return NULL;
}

struct sample {
    double kops;
    double failed;                 /* attempts that failed, per operation */
};

/* One timed run. */
static struct sample
run(enum way way, bool token, int threads, double seconds)
{
    static struct job j;
    static struct worker worker[THREADS_MAX];
    pthread_t id[THREADS_MAX];
    loft_init(&j.word, 0u);
    loft_init(&j.stop, 0);
    j.way = way;
    j.token = token;
    j.threads = threads;
    if (pthread_barrier_init(&j.gate, NULL, (unsigned)threads + 1u) != 0)
        exit(2);
    for (int i = 0; i < threads; i++) {
        worker[i].job = &j;
        worker[i].id = i;
        worker[i].done = worker[i].failed = 0;
        if (pthread_create(&id[i], NULL, work, &worker[i]) != 0) {
            fputs("bench: cannot start a thread\n", stderr);
            exit(2);
        }
    }
    pthread_barrier_wait(&j.gate);
    const uint64_t t0 = now_ns();
    sleep_ns((uint64_t)(seconds * 1e9));
    loft_store(&j.stop, 1, relaxed);                                     /* run:A relaxed: a hint to end */
    const uint64_t t1 = now_ns();
    uint64_t done = 0, failed = 0;
    for (int i = 0; i < threads; i++) {
        pthread_join(id[i], NULL);
        done += worker[i].done;
        failed += worker[i].failed;
    }
    pthread_barrier_destroy(&j.gate);
    if (done != loft_load(&j.word, relaxed)) {                           /* run:B relaxed: after the joins */
        fprintf(stderr, "bench: the sum is wrong: %s, %d threads\n", way_name[way], threads);
        exit(1);
    }
    const struct sample s = { (double)done * 1e6 / (double)(t1 - t0), done ? (double)failed / (double)done : 0 };
    return s;
}

static FILE *csv;

static void
cell_table(bool token, int threads, double seconds, int rounds)
{
    const char *const work = token ? "token" : "counter";
    double kops[WAYS][ROUNDS_MAX];
    double failed[WAYS][ROUNDS_MAX];
    for (int r = 0; r < rounds; r++) {
        for (int k = 0; k < WAYS; k++) {
            const int w = (k + r) % WAYS;                /* the order rotates, so that no way is always first */
            const struct sample s = run((enum way)w, token, threads, seconds);
            kops[w][r] = s.kops;
            failed[w][r] = s.failed;
        }
    }
    for (int w = 0; w < WAYS; w++) {
        qsort(kops[w], (size_t)rounds, sizeof(double), by_double);
        qsort(failed[w], (size_t)rounds, sizeof(double), by_double);
        printf("  %-8s %7d  %-12s %12.2f %12.2f %12.2f %14.2f\n", w ? "" : work, threads, way_name[w],
               kops[w][rounds / 2], kops[w][0], kops[w][rounds - 1], failed[w][rounds / 2]);
        if (csv)
            fprintf(csv, "%s,%d,%s,kops/s,%d,%.6g,%.6g,%.6g,%.4g\n", work, threads, way_name[w], rounds,
                    kops[w][rounds / 2], kops[w][0], kops[w][rounds - 1], failed[w][rounds / 2]);
    }
    fflush(stdout);
}

/* ---- single costs ------------------------------------------------------------------------------------------------ */

static double
best_ns(void (*body)(void), unsigned times)
{
    double best = 1e18;
    for (int i = 0; i < 15; i++) {
        const uint64_t t0 = now_ns();
        for (unsigned k = 0; k < times; k++)
            body();
        const double ns = (double)(now_ns() - t0) / times;
        if (ns < best)
            best = ns;
    }
    return best;
}

static void
ladder(void)
{
    loft_backoff b;
    loft_backoff_init(&b, LOFT_BACKOFF_MIN, LOFT_BACKOFF_MAX);
    while (b.current < b.max)
        loft_backoff_step(&b);
}

static void *
yield_many(void *p)
{
    pthread_barrier_t *gate = (pthread_barrier_t *)p;
    pin(0);
    pthread_barrier_wait(gate);
    for (int i = 0; i < 50000; i++)
        loft_yield();
    return NULL;
}

/* Two threads on one CPU that only yield to each other: each call is a switch. */
static double
yield_between_ns(void)
{
    pthread_t id;
    pthread_barrier_t gate;
    if (pthread_barrier_init(&gate, NULL, 2) != 0 || pthread_create(&id, NULL, yield_many, &gate) != 0)
        exit(2);
    pin(0);
    pthread_barrier_wait(&gate);
    const uint64_t t0 = now_ns();
    for (int i = 0; i < 50000; i++)
        loft_yield();
    const uint64_t t1 = now_ns();
    pthread_join(id, NULL);
    pthread_barrier_destroy(&gate);
    return (double)(t1 - t0) / 100000.0;
}

/* One cost: its name for people and for the file. */
static void
cost(const char *text, const char *name, double ns)
{
    printf("  %-44s %9.1f ns\n", text, ns);
    if (csv)
        fprintf(csv, "%s,1,,ns,,%.6g,,,\n", name, ns);
}

int
main(int argc, char **argv)
{
    const struct arguments a = read_arguments(argc, argv, false,
                                              "work,threads,waiting,unit,runs,median,min,max,failed_per_op");
    const bool quick = a.length == QUICK;
    const bool brief = a.length == SHORT;
    csv = a.csv;
    find_cpus();
    pin(0);
    cost("a pause", "pause", best_ns(loft_pause, 20000));
    cost("a yield with nobody there", "yield alone", best_ns(loft_yield, 5000));
    cost("a yield to another thread of the same CPU", "yield between", yield_between_ns());
    cost("all waits below the cap: 1023 pauses", "all waits", best_ns(ladder, 20));
    cost("a line to another CPU and back", "line before", probe_line_ns());

    printf("\n  %-8s %7s  %-12s %12s %12s %12s %14s\n", "work", "threads", "waiting by", "kops/s", "min", "max",
           "failed per op");
    for (int token = 0; token < 2; token++) {
        const int threads[] = { 2, 4, 16 };
        for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
            const bool over = threads[i] > cpu_count;
            const double seconds = quick ? 0.02 : brief ? 0.05 : over ? 0.5 : 0.2;
            cell_table(token != 0, threads[i], seconds, quick ? 1 : brief || over ? 3 : ROUNDS_MAX);
        }
    }
    putchar('\n');
    cost("a line to another CPU and back, afterwards", "line after", probe_line_ns());
    return csv && fclose(csv) != 0;
}
