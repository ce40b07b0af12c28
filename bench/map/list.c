/* SPDX-License-Identifier: MIT
 *
 * bench/map/list.c - a list of a thousand keys under each scheme of reclamation, with threads of their own processors,
 * with more threads than processors, and while one thread reads in long sections.
 *
 *     cc -std=c11 -D_GNU_SOURCE -O3 -DNDEBUG -pthread bench/map/list.c -o list && ./list
 *     ./list short | quick                                        shorter runs, fewer of them; quick only shows it runs
 *     ./list --malloc NAME                                        what the table calls the allocator
 *     ./list --csv FILE                                           adds the figures to a file, one line each
 *
 * Keys are 0 to 2047, every other one is there at first; each call puts or removes one by chance, half of them each, so
 * that every other call retires or allocates a node. The sum of the keys put less that of those removed has to be the
 * sum of those that are left, and each value its key's. Seconds are of the processors that the threads can use, not of
 * the clock, so that other programs count less; where those took more than a tenth a row ends in `!`. Pending is looked
 * at every millisecond: the most of all runs. The long reader holds one node for 10 ms, ends the section and begins the
 * next; debra.h sends it back instead, and `long` counts the sections that came to their end.
 */
#include "../arguments.h"
#include "../machine.h"

#include "../../include/loft/smr/debra.h"
#include "../../include/loft/smr/ebr.h"
#include "../../include/loft/smr/hp.h"
#include "../../include/loft/smr/hyaline.h"
#include "../../include/loft/smr/ibr.h"
#include "../../include/loft/smr/leak.h"
#include "../../include/loft/smr/qsbr.h"

enum { THREADS_MAX = 64, ROUNDS_MAX = 9, LEAK_ROUNDS = 3, RANGE = 2048 };

#define LONG_NS  1e7
#define HELD     ((uint64_t)0x6c6f667468656c64u)

struct worker {
    int id;
    bool lingers;
    bool right;
    uint64_t done;
    uint64_t keys;                 /* put less removed */
    uint64_t count;
    char pad_[LOFT_CACHELINE];
};

struct sums {
    uint64_t keys;
    uint64_t count;
    bool right;
};

struct scheme {
    const char *name;
    void (*begin)(void);
    struct sums (*end)(void);
    void *(*works)(void *worker);
    loft_smr_stats (*counts)(void);
};

static LOFT_ATOMIC(int) stop;
static char pad_[LOFT_CACHELINE];
static pthread_barrier_t gate;

static inline uint64_t value_of(uint64_t k) { return k * 0x9e3779b97f4a7c15u + 1u; }

#define NOTHING(me)  ((void)(me))

#define SMR            loft_ebr
#define LIST           ebr_list
#define QUIESCENT(me)  NOTHING(me)
#include "list_scheme.h"

#define SMR            loft_qsbr
#define LIST           qsbr_list
#define QUIESCENT(me)  loft_qsbr_quiescent(me)
#include "list_scheme.h"

#define SMR            loft_ibr
#define LIST           ibr_list
#define QUIESCENT(me)  NOTHING(me)
#include "list_scheme.h"

#define SMR            loft_debra
#define LIST           debra_list
#define QUIESCENT(me)  NOTHING(me)
#include "list_scheme.h"

#define SMR            loft_hp
#define LIST           hp_list
#define QUIESCENT(me)  NOTHING(me)
#include "list_scheme.h"

#define SMR            loft_hyaline
#define LIST           hyaline_list
#define QUIESCENT(me)  NOTHING(me)
#include "list_scheme.h"

#define SMR            loft_leak
#define LIST           leak_list
#define QUIESCENT(me)  NOTHING(me)
#include "list_scheme.h"

static const struct scheme *const schemes[] = {
    &ebr_list_scheme, &qsbr_list_scheme, &ibr_list_scheme, &debra_list_scheme, &hp_list_scheme, &hyaline_list_scheme,
    &leak_list_scheme,
};

enum { SCHEMES = sizeof schemes / sizeof *schemes, LEAK = SCHEMES - 1, EBR = 0 };

struct sample {
    double rate;                   /* calls per second of all processors     */
    double longs;                  /* long sections per second               */
    uint64_t pending;
    bool disturbed;                /* the processors were not all ours       */
};

static struct sample
run(const struct scheme *s, int changers, int lingerers, double seconds)
{
    static struct worker worker[THREADS_MAX];
    pthread_t id[THREADS_MAX];
    const int threads = changers + lingerers;
    struct sample out = { 0, 0, 0, false };
    s->begin();
    loft_store(&stop, 0, relaxed);                       /* run:A relaxed: before the threads begin */
    if (pthread_barrier_init(&gate, NULL, (unsigned)threads + 1u) != 0)
        exit(2);
    memset(worker, 0, sizeof worker);
    for (int i = 0; i < threads; i++) {
        worker[i].id = i;
        worker[i].lingers = i >= changers;
        if (pthread_create(&id[i], NULL, s->works, &worker[i]) != 0) {
            fputs("bench: cannot start a thread\n", stderr);
            exit(2);
        }
    }
    const uint64_t t0 = now_ns();                        /* they may be ahead of this thread behind the gate   */
    const uint64_t c0 = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    pthread_barrier_wait(&gate);
    const uint64_t end = t0 + (uint64_t)(seconds * 1e9);
    for (uint64_t now = t0; now < end; now = now_ns()) {
        sleep_ns(end - now < 1000000u ? end - now : 1000000u);
        const uint64_t pending = s->counts().pending;
        out.pending = pending > out.pending ? pending : out.pending;
    }
    loft_store(&stop, 1, relaxed);                       /* run:B relaxed: a hint to end */
    uint64_t keys = 0, count = 0;
    bool right = true;
    for (int i = 0; i < threads; i++) {
        pthread_join(id[i], NULL);
        keys += worker[i].keys;
        count += worker[i].count;
        right = right && worker[i].right;
        if (worker[i].lingers)
            out.longs += (double)worker[i].done;
        else
            out.rate += (double)worker[i].done;
    }
    const double wall = (double)(now_ns() - t0);
    const double used = (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - c0);
    pthread_barrier_destroy(&gate);
    const struct sums sums = s->end();
    keys += (uint64_t)(RANGE / 2) * (RANGE / 2 - 1);     /* those that were there: 0 + 2 + ... */
    count += RANGE / 2;
    if (!right || !sums.right || sums.keys != keys || sums.count != count) {
        fprintf(stderr, "bench: the sum is wrong: list under %s\n", s->name);
        exit(1);
    }
    const double processors = threads < cpu_count ? threads : cpu_count;
    out.rate *= 1e9 * processors / used;
    out.longs *= 1e9 * processors / used;
    out.disturbed = used < 0.9 * wall * processors;
    return out;
}

static int retakes = 2;

static void
cell(const char *allocator, FILE *csv, int changers, int lingerers, double seconds, int rounds)
{
    static double rate[SCHEMES][ROUNDS_MAX];
    double longs[SCHEMES] = { 0 };
    uint64_t pending[SCHEMES] = { 0 };
    int disturbed[SCHEMES] = { 0 };
    int taken[SCHEMES] = { 0 };
    char threads[32];
    for (int r = 0; r < rounds; r++) {
        for (int k = 0; k < (int)SCHEMES; k++) {
            const int c = (k + r) % (int)SCHEMES;        /* the order rotates, so that none is always first */
            if (c == LEAK && r >= LEAK_ROUNDS)           /* its nodes are gone for good */
                continue;
            struct sample s = run(schemes[c], changers, lingerers, seconds);
            for (int i = 0; s.disturbed && i < retakes; i++)
                s = run(schemes[c], changers, lingerers, seconds);
            rate[c][taken[c]++] = s.rate;
            longs[c] += s.longs;
            pending[c] = s.pending > pending[c] ? s.pending : pending[c];
            disturbed[c] += s.disturbed;
        }
    }
    snprintf(threads, sizeof threads, lingerers ? "%d + long reader" : "%d", changers);
    for (int c = 0; c < (int)SCHEMES; c++)
        qsort(rate[c], (size_t)taken[c], sizeof rate[c][0], by_double);
    const double ebr = rate[EBR][taken[EBR] / 2];
    for (int c = 0; c < (int)SCHEMES; c++) {
        const double *const v = rate[c];
        const int n = taken[c];
        printf("  %-10s %-15s %-14s %10.3f %10.3f %10.3f %8.2f %10llu", allocator, threads, schemes[c]->name,
               v[n / 2] / 1e6, v[0] / 1e6, v[n - 1] / 1e6, v[n / 2] / ebr, (unsigned long long)pending[c]);
        if (lingerers)
            printf(" %8.1f", longs[c] / n);
        puts(disturbed[c] ? " !" : "");
        if (csv)
            fprintf(csv, "%s,%d,%d,%s,ops/s,%d,%.6g,%.6g,%.6g,%llu,%.1f,%d\n", allocator, changers, lingerers,
                    schemes[c]->name, n, v[n / 2], v[0], v[n - 1], (unsigned long long)pending[c], longs[c] / n,
                    disturbed[c]);
    }
    fflush(stdout);
}

int
main(int argc, char **argv)
{
    const struct arguments a = read_arguments(argc, argv, true,
                                              "malloc,threads,long,scheme,unit,runs,median,min,max,pending,longs,"
                                              "disturbed");
    const double seconds = a.length == QUICK ? 0.015 : a.length == SHORT ? 0.15 : 0.3;
    const int rounds = a.length == QUICK ? 1 : a.length == SHORT ? 3 : ROUNDS_MAX;
    if (a.length != WHOLE)
        retakes = a.length == SHORT;
    (void)pad_;
    find_cpus();
    calibrate_ticks();
    printf("\n  %-10s %-15s %-14s %10s %10s %10s %8s %10s %8s\n", "malloc", "threads", "scheme", "median", "min", "max",
           "x ebr", "pending", "long/s");
    cell(a.allocator, a.csv, 1, 0, seconds, rounds);
    cell(a.allocator, a.csv, 2, 0, seconds, rounds);
    cell(a.allocator, a.csv, 8, 0, seconds, rounds);
    cell(a.allocator, a.csv, 16, 0, seconds, rounds);
    cell(a.allocator, a.csv, 2, 1, seconds, rounds);
    return a.csv && fclose(a.csv) != 0;
}
