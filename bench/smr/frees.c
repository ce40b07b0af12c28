/* SPDX-License-Identifier: MIT
 *
 * bench/smr/frees.c - a few nodes freed in each call (options.frees, as it is by itself) against all that may be freed
 * at once: what a node costs, and how many are pending, scheme by scheme. The allocator is the one that is preloaded.
 *
 *     cc -std=c11 -D_GNU_SOURCE -O3 -DNDEBUG -pthread bench/smr/frees.c -o frees && ./frees
 *     ./frees short | quick                                       shorter runs, fewer of them; quick only shows it runs
 *     ./frees --malloc NAME                                       what the table calls the allocator
 *     ./frees --csv FILE                                          adds the figures to a file, one line each
 *
 * Two threads write as in bench/smr/schemes.c, whose measure this is: ns of processor time per node. What others have
 * allocated is freed where it was retired, so that an allocator hands memory from thread to thread. With a batch of
 * 16384 there is much to free at once; what schemes do by themselves is 0.
 */
#include "../arguments.h"
#include "ours.h"

static const struct contender *const contender[] = {
    &loft_ebr_b_entry, &loft_qsbr_b_entry, &loft_ibr_b_entry, &loft_debra_b_entry, &loft_hp_b_entry,
    &loft_hyaline_b_entry,
};

enum { CONTENDERS = sizeof contender / sizeof *contender, WAYS = 4 };

static const struct way {
    const char *frees;
    size_t batch;
} way[WAYS] = { { "few", 0 }, { "all", 0 }, { "few", 16384 }, { "all", 16384 } };

static void
cell(const char *allocator, FILE *csv, int writers, double seconds, int rounds)
{
    static double ns[CONTENDERS][WAYS][ROUNDS_MAX];
    static uint64_t peak[CONTENDERS][WAYS];
    static int disturbed[CONTENDERS][WAYS];
    memset(peak, 0, sizeof peak);
    memset(disturbed, 0, sizeof disturbed);
    const int all = (int)CONTENDERS * WAYS;
    for (int r = 0; r < rounds; r++) {
        for (int k = 0; k < all; k++) {
            const int i = (k + r * 7) % all;             /* the order rotates, so that none is always first */
            const int c = i / WAYS;
            const int w = i % WAYS;
            loft_smr_options o;
            memset(&o, 0, sizeof o);
            o.batch = way[w].batch;
            o.frees = way[w].frees[0] == 'a' ? LOFT_SMR_ALL : 0;
            const struct sample s = run_quiet(contender[c], &o, SECTION, 0, writers, seconds);
            ns[c][w][r] = s.write_ns;
            peak[c][w] = s.peak > peak[c][w] ? s.peak : peak[c][w];
            disturbed[c][w] += s.disturbed;
        }
    }
    for (int c = 0; c < (int)CONTENDERS; c++) {
        for (int w = 0; w < WAYS; w++) {
            double *const v = ns[c][w];
            qsort(v, (size_t)rounds, sizeof *v, by_double);
            printf("  %-10s %d writers  %-14s %7lu %-5s %10.2f %10.2f %10.2f %10llu%s\n", allocator, writers,
                   contender[c]->name, (unsigned long)way[w].batch, way[w].frees, v[rounds / 2], v[0], v[rounds - 1],
                   (unsigned long long)peak[c][w], disturbed[c][w] ? " !" : "");
            if (csv)
                fprintf(csv, "%s,%d,%s,%lu,%s,ns,%d,%.6g,%.6g,%.6g,%llu,%d\n", allocator, writers, contender[c]->name,
                        (unsigned long)way[w].batch, way[w].frees, rounds, v[rounds / 2], v[0], v[rounds - 1],
                        (unsigned long long)peak[c][w], disturbed[c][w]);
        }
    }
    fflush(stdout);
}

int
main(int argc, char **argv)
{
    const struct arguments a = read_arguments(argc, argv, true,
                                              "malloc,writers,scheme,batch,frees,unit,runs,median,min,max,pending,"
                                              "disturbed");
    const double seconds = a.length == QUICK ? 0.005 : a.length == SHORT ? 0.03 : 0.1;
    const int rounds = a.length == QUICK ? 1 : a.length == SHORT ? 3 : ROUNDS_MAX;
    if (a.length == QUICK)
        retakes = 0;
    find_cpus();
    printf("\n  %-10s %-10s %-14s %7s %-5s %10s %10s %10s %10s\n", "malloc", "threads", "scheme", "batch", "frees",
           "median", "min", "max", "pending");
    cell(a.allocator, a.csv, 2, seconds, rounds);
    if (a.length == WHOLE)
        cell(a.allocator, a.csv, 8, seconds, rounds);
    return a.csv && fclose(a.csv) != 0;
}
