/* SPDX-License-Identifier: MIT
 *
 * bench/map/line.h - the lines that a program about maps prints for the driver.
 */
#ifndef LOFT_BENCH_MAP_LINE_H
#define LOFT_BENCH_MAP_LINE_H

#include "../sample.h"

struct figures {
    bool right;
    double rate;                   /* operations per second */
    double share;                  /* the slowest thread's part of what an even split would give it */
    double refused;                /* per operation: put and there, removed and not there */
    double cpu;
    double p50;
    double p99;
    double p999;
    double max;
    uint64_t samples;
    int64_t lost;                  /* entries put less removed less those that are left */
    uint64_t alien;                /* a value of another key, or an entry out of order */
    double elapsed_ms;
    int rejected_place;
    int rejected_noise;
};

static inline void
print_info(const char *name, const char *order, const char *nodes, const char *progress, bool ranges, bool erases,
           bool settles, size_t most)
{
    printf("name=%s\torder=%s\tbound=%s\tprogress=%s\tno_ranges=%d\tno_erase=%d\tsettles=%d\tmost=%zu\n", name, order,
           nodes, progress, !ranges, !erases, settles, most);
}

static inline void
print_figures(const struct gate *g, bool clean, const struct figures *f)
{
    printf("status=%s\tclean=%d\tplace=%s\tline_before=%.1f\tline_after=%.1f\trate=%.6g\tshare=%.3f\trefused=%.4g\t"
           "cpu=%.3f\tpsi=%.4f\tsteal=%.4f\tp50=%.0f\tp99=%.0f\tp999=%.0f\tmax=%.0f\tsamples=%llu\t"
           "rejected_place=%d\trejected_noise=%d\tlost=%lld\talien=%llu\telapsed_ms=%.1f\tcpus=%d\tpinned=%d\n",
           f->right ? "ok" : "wrong", clean, gate_place(g), g->line[0], g->line[1], f->rate, f->share, f->refused,
           f->cpu, gate_psi(g), gate_steal(g), f->p50, f->p99, f->p999, f->max, (unsigned long long)f->samples,
           f->rejected_place, f->rejected_noise, (long long)f->lost, (unsigned long long)f->alien, f->elapsed_ms,
           cpu_count, cpu_pinning);
}

#endif
