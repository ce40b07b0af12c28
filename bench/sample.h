/* SPDX-License-Identifier: MIT
 *
 * bench/sample.h - what every program that takes samples for the driver has: a histogram, the gate that tells a sample
 * that was disturbed, the allocator's counts, the command line.
 */
#ifndef LOFT_BENCH_SAMPLE_H
#define LOFT_BENCH_SAMPLE_H

#include "machine.h"

#include <dlfcn.h>

#define BENCH_INLINE  static inline __attribute__((always_inline))

/* ---- histogram: 32 steps per doubling, so a bucket is at most 3.2 % wide ----------------------------------------- */

#define HIST_SUB      32u
#define HIST_BUCKETS  (HIST_SUB * 40u)

struct hist {
    uint64_t n;
    uint64_t most;
    uint32_t bucket[HIST_BUCKETS];
};

static inline unsigned
hist_index(uint64_t v)
{
    if (v < HIST_SUB)
        return (unsigned)v;
    unsigned shift = 0;
    while ((v >> shift) >= 2 * HIST_SUB)
        shift++;
    const unsigned i = HIST_SUB * (shift + 1) + (unsigned)((v >> shift) - HIST_SUB);
    return i < HIST_BUCKETS ? i : HIST_BUCKETS - 1;
}

static inline uint64_t
hist_value(unsigned i)
{
    if (i < HIST_SUB)
        return i;
    return (uint64_t)(i % HIST_SUB + HIST_SUB) << (i / HIST_SUB - 1);
}

static inline void
hist_add(struct hist *h, uint64_t v)
{
    h->n++;
    h->bucket[hist_index(v)]++;
    if (v > h->most)
        h->most = v;
}

static inline double
hist_percentile(const struct hist *h, double percent)
{
    const double want = (double)h->n * percent / 100.0;
    double seen = 0;
    for (unsigned i = 0; i < HIST_BUCKETS; i++) {
        seen += h->bucket[i];
        if (seen >= want && h->bucket[i] > 0)
            return (double)hist_value(i) * ns_per_tick;
    }
    return 0;
}

#define SAMPLED(n)  (((n) & 63u) == 0)     /* one operation in 64 is timed by itself */

/* ---- the gate ---------------------------------------------------------------------------------------------------- */

/* Where the CPUs are and what the machine does, before a run [0] and after it [1]. With BENCH_HELPERS it runs threads
 * of its own, so the CPUs are never quiet; with BENCH_MAY_SLEEP CPU time below wall time is its nature and no noise. */
struct gate {
    int threads;
    double line[2];
    struct noise noise[2];
};

static inline bool gate_two(const struct gate *g) { return g->threads >= 2 && cpu_count >= 2; }

static inline void
gate_probe(struct gate *g, int which, int threads)
{
    g->threads = threads;
    g->line[which] = gate_two(g) ? probe_line_ns() : 0;
}

static inline void gate_noise(struct gate *g, int which) { g->noise[which] = noise_now(); }

/* A reading on each side of a threshold is a move only if they differ by more than a reading varies. */
static inline bool
gate_moved(const struct gate *g)
{
    return gate_two(g) && strcmp(place_name(g->line[0]), place_name(g->line[1])) != 0
        && (g->line[0] > 1.2 * g->line[1] || g->line[1] > 1.2 * g->line[0]);
}

static inline const char *
gate_place(const struct gate *g)
{
    return !gate_two(g) ? "-" : gate_moved(g) ? "moved" : place_name((g->line[0] + g->line[1]) / 2);
}

static inline double gate_wall(const struct gate *g) { return (double)(g->noise[1].wall_ns - g->noise[0].wall_ns); }

static inline double
gate_psi(const struct gate *g)
{
    return g->noise[0].have_psi && gate_wall(g) > 0
         ? (double)(g->noise[1].psi_us - g->noise[0].psi_us) * 1e3 / gate_wall(g) : 0;
}

static inline double
gate_steal(const struct gate *g)
{
    return g->noise[0].have_steal && gate_wall(g) > 0
         ? (double)(g->noise[1].steal_ns - g->noise[0].steal_ns) / (gate_wall(g) * cpu_count) : 0;
}

/* cpu: of wall time, that of the thread that had least; of all CPUs where they are oversubscribed. */
static inline bool
gate_noisy(const struct gate *g, double cpu)
{
    const bool oversubscribed = g->threads > cpu_count;
    bool noisy = gate_steal(g) > 0.02;
    (void)oversubscribed;
    (void)cpu;
#if !defined(BENCH_HELPERS)
    noisy = noisy || (!oversubscribed && gate_psi(g) > 0.05);
#  if !defined(BENCH_MAY_SLEEP)
    noisy = noisy || cpu < (oversubscribed ? 0.90 : 0.95);
#  endif
#endif
    return noisy;
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static inline void *
page_alloc(size_t size)
{
    void *p = NULL;
    if (posix_memalign(&p, 4096, (size + 4095u) / 4096u * 4096u) != 0) {
        fputs("bench: no memory\n", stderr);
        exit(2);
    }
    memset(p, 0, size);
    return p;
}

/* What bench/mallocs.c, preloaded, has counted so far. */
struct malloc_counts {
    uint64_t calls;                /* allocations */
    uint64_t frees;
    uint64_t live;                 /* bytes now */
    uint64_t peak;                 /* bytes at most since it was last asked */
};

static inline bool
malloc_counts_now(struct malloc_counts *out)
{
    void (*get)(struct malloc_counts *);
    void *sym = dlsym(RTLD_DEFAULT, "bench_malloc_counts");
    memset(out, 0, sizeof *out);
    if (!sym)
        return false;
    memcpy(&get, &sym, sizeof get);    /* ISO C has no cast from an object pointer to a function pointer */
    get(out);
    return true;
}

/* ---- the command line -------------------------------------------------------------------------------------------- */

static inline double
argument(int argc, char **argv, const char *name, double otherwise)
{
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return strtod(argv[i + 1], NULL);
    return otherwise;
}

static inline const char *
argument_text(int argc, char **argv, const char *name, const char *otherwise)
{
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return argv[i + 1];
    return otherwise;
}

#endif
