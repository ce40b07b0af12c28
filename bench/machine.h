/* SPDX-License-Identifier: MIT
 *
 * bench/machine.h - clocks, CPUs, calibrated work, the distance between two CPUs, and what disturbs a measurement.
 *
 * Needs: core/atomics.h; Linux for pinning and the noise gate (elsewhere they answer "not known").
 *
 * Everything here is the same for all contenders of a benchmark. C11 and C++17 compile it.
 */
#ifndef LOFT_BENCH_MACHINE_H
#define LOFT_BENCH_MACHINE_H

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../include/loft/core/atomics.h"

#if defined(__x86_64__) || defined(__i386__)
#  include <x86intrin.h>
#endif

#define BENCH_CPUS_MAX 1024

/* ---- clocks ------------------------------------------------------------------------------------------------------ */

static inline uint64_t
clock_ns(clockid_t which)
{
    struct timespec ts;
    clock_gettime(which, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static inline uint64_t now_ns(void) { return clock_ns(CLOCK_MONOTONIC); }

static inline void
sleep_ns(uint64_t ns)
{
    struct timespec left;
    left.tv_sec = (time_t)(ns / 1000000000u);
    left.tv_nsec = (long)(ns % 1000000000u);
    while (nanosleep(&left, &left) != 0)
        ;
}

/* The counter for single operations. The fences keep it from drifting into the operation it times; what a pair of
 * readings costs by itself is measured once and taken off. */
static inline uint64_t
ticks(void)
{
#if defined(__x86_64__) || defined(__i386__)
    _mm_lfence();
    const uint64_t t = __rdtsc();
    _mm_lfence();
    return t;
#elif defined(__aarch64__)
    uint64_t t;
    __asm__ __volatile__("isb\n\tmrs %0, cntvct_el0" : "=r"(t) : : "memory");
    return t;
#else
    return now_ns();
#endif
}

static double ns_per_tick = 1.0;
static uint64_t ticks_overhead;

static inline uint64_t
ticks_between(uint64_t from, uint64_t to)
{
    const uint64_t d = to > from ? to - from : 0;
    return d > ticks_overhead ? d - ticks_overhead : 0;
}

static inline void
calibrate_ticks(void)
{
    uint64_t least = UINT64_MAX;
    for (int i = 0; i < 2000; i++) {
        const uint64_t a = ticks();
        const uint64_t b = ticks();
        if (b - a < least)
            least = b - a;
    }
    ticks_overhead = least;
    const uint64_t t0 = now_ns();
    const uint64_t c0 = ticks();
    while (now_ns() - t0 < 3000000u)
        ;
    const uint64_t c1 = ticks();
    const uint64_t t1 = now_ns();
    ns_per_tick = c1 > c0 ? (double)(t1 - t0) / (double)(c1 - c0) : 1.0;
}

/* ---- waiting ----------------------------------------------------------------------------------------------------- */

static inline void
cpu_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    _mm_pause();
#elif defined(__aarch64__) || defined(__arm__)
    __asm__ __volatile__("yield" : : : "memory");
#else
    __asm__ __volatile__("" : : : "memory");
#endif
}

/* The one wait loop of all contenders: a pause per refusal, and the CPU given up after a bounded number of them. */
struct waiter {
    unsigned refused_in_a_row;
    unsigned limit;
};

#define WAIT_LIMIT_OVERSUBSCRIBED 64u      /* the peer may be the one who needs this CPU */
#define WAIT_LIMIT_ALONE          16384u   /* each thread has its CPU: yield only in case a stranger took the peer's */

/* Without the pause, which lasts from 10 to 60 ns and would hide what it waits for: only for the probe of a line. */
static inline void
wait_bare(struct waiter *w)
{
    if (++w->refused_in_a_row >= w->limit) {
        w->refused_in_a_row = 0;
        sched_yield();
    }
}

static inline void
wait_step(struct waiter *w)
{
    cpu_pause();
    if (++w->refused_in_a_row >= w->limit) {
        w->refused_in_a_row = 0;
        sched_yield();
    }
}

/* ---- CPUs -------------------------------------------------------------------------------------------------------- */

static int cpu_list[BENCH_CPUS_MAX];
static int cpu_count = 1;
static bool cpu_pinning;

static inline void
find_cpus(void)
{
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        int n = 0;
        for (int c = 0; c < CPU_SETSIZE && n < BENCH_CPUS_MAX; c++)
            if (CPU_ISSET((size_t)c, &set))
                cpu_list[n++] = c;
        if (n > 0) {
            cpu_count = n;
            cpu_pinning = true;
            return;
        }
    }
#endif
    const long n = sysconf(_SC_NPROCESSORS_ONLN);
    cpu_count = n < 1 ? 1 : n > BENCH_CPUS_MAX ? BENCH_CPUS_MAX : (int)n;
}

static inline void
pin(int thread)
{
#if defined(__linux__)
    if (cpu_pinning) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET((size_t)cpu_list[thread % cpu_count], &set);
        if (pthread_setaffinity_np(pthread_self(), sizeof set, &set) != 0)
            cpu_pinning = false;
    }
#else
    (void)thread;
#endif
}

/* ---- private work ------------------------------------------------------------------------------------------------ */

/* A chain of dependent operations that touches no memory: its length is its duration, on every machine. The fences keep
 * the CPU from running it in the shadow of the queue operations on either side, which would make it cost nothing. */
static inline void
cpu_serialise(void)
{
#if defined(__x86_64__) || defined(__i386__)
    _mm_lfence();
#elif defined(__aarch64__)
    __asm__ __volatile__("isb" : : : "memory");
#else
    __asm__ __volatile__("" : : : "memory");
#endif
}

static inline void
work_spin(uint32_t steps)
{
    uint32_t x = steps;
    cpu_serialise();
    for (uint32_t i = 0; i < steps; i++) {
        x = x * 1664525u + 1013904223u;
        __asm__ __volatile__("" : "+r"(x));
    }
    cpu_serialise();
}

struct work {
    uint32_t least;                /* steps */
    uint32_t span;                 /* 0: no variation */
    uint32_t random;
    bool any;
};

static inline void
work_do(struct work *w)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 17;
    w->random ^= w->random << 5;
    work_spin(w->least + (uint32_t)(((uint64_t)w->random * w->span) >> 32));
}

/* Mean duration of a draw, from the least disturbed of several readings. */
static inline double
work_mean_ns(struct work *w)
{
    double best = 1e18;
    for (int i = 0; i < 6; i++) {
        const int draws = 1000;
        const uint64_t t0 = now_ns();
        for (int k = 0; k < draws; k++)
            work_do(w);
        const double mean = (double)(now_ns() - t0) / draws;
        if (mean < best)
            best = mean;
    }
    return best;
}

/* Two lengths give the cost of a step and of the rest; then the work that results is measured itself, so that the
 * figure printed beside a row is what the threads really did. */
static inline double
calibrate_work(struct work *w, double least_ns, double most_ns)
{
    w->random = 2463534242u;
    w->any = most_ns > 0;
    w->span = 0;
    w->least = 20;
    const double brief = work_mean_ns(w);
    w->least = 220;
    const double step = (work_mean_ns(w) - brief) / 200;
    const double rest = brief - 20 * step;
    if (!(step > 0))
        return 0;
    w->least = least_ns > rest ? (uint32_t)((least_ns - rest) / step + 0.5) : 0;
    w->span = most_ns > least_ns ? (uint32_t)((most_ns - least_ns) / step + 0.5) : 0;
    return work_mean_ns(w);
}

/* ---- the distance between two CPUs ------------------------------------------------------------------------------- */

/* One line passed to and fro (the probe), or one line each way (the raw ping-pong that a round trip through two queues
 * is compared with, and so with the wait loop of everybody else). */
struct ball {
    LOFT_ATOMIC(uint64_t) there;
    char pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(uint64_t) back;
    char pad1_[LOFT_CACHELINE];
};

#define RALLY_CHUNKS_MAX 512

struct rally {
    struct ball ball;
    bool one_line;
    unsigned chunks;
    unsigned trips;                /* per chunk */
    double chunk_ns[RALLY_CHUNKS_MAX];   /* of one trip */
    char pad_[LOFT_CACHELINE];
};

static inline void *
rally_return(void *p)
{
    struct rally *r = (struct rally *)p;
    const uint64_t all = (uint64_t)(r->chunks + 1u) * r->trips;   /* one chunk more, to warm up */
    struct waiter w = {0, WAIT_LIMIT_ALONE};
    pin(1);
    if (r->one_line) {
        for (uint64_t i = 1; i <= all; i++) {
            while (loft_load(&r->ball.there, acquire) != 2 * i - 1)   /* A acquire <- rally_serve:A: the ball came */
                wait_bare(&w);
            loft_store(&r->ball.there, 2 * i, release);               /* B release -> rally_serve:B: and goes back */
        }
    } else {
        for (uint64_t i = 1; i <= all; i++) {
            while (loft_load(&r->ball.there, acquire) != i)           /* C acquire <- rally_serve:C: the ball came */
                wait_step(&w);
            loft_store(&r->ball.back, i, release);                    /* D release -> rally_serve:D: and goes back */
        }
    }
    return NULL;
}

static inline void *
rally_serve(void *p)
{
    struct rally *r = (struct rally *)p;
    uint64_t i = 0;
    struct waiter w = {0, WAIT_LIMIT_ALONE};
    pin(0);
    for (unsigned c = 0; c <= r->chunks; c++) {
        const uint64_t t0 = now_ns();
        for (unsigned k = 0; k < r->trips; k++) {
            i++;
            if (r->one_line) {
                loft_store(&r->ball.there, 2 * i - 1, release);       /* A release -> rally_return:A */
                while (loft_load(&r->ball.there, acquire) != 2 * i)   /* B acquire <- rally_return:B */
                    wait_bare(&w);
            } else {
                loft_store(&r->ball.there, i, release);               /* C release -> rally_return:C */
                while (loft_load(&r->ball.back, acquire) != i)        /* D acquire <- rally_return:D */
                    wait_step(&w);
            }
        }
        if (c > 0)
            r->chunk_ns[c - 1] = (double)(now_ns() - t0) / (double)r->trips;
    }
    return NULL;
}

static inline int
by_double(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median nanoseconds of a trip; 0 where there is only one CPU to measure or no thread to be had. */
static inline double
rally_ns(bool one_line, unsigned chunks, unsigned trips)
{
    if (cpu_count < 2)
        return 0;
    struct rally *r = (struct rally *)calloc(1, sizeof *r);
    if (!r)
        return 0;
    loft_init(&r->ball.there, 0);
    loft_init(&r->ball.back, 0);
    r->one_line = one_line;
    r->chunks = chunks < RALLY_CHUNKS_MAX ? chunks : RALLY_CHUNKS_MAX;
    r->trips = trips;
    pthread_t server;
    pthread_t returner;
    double median = 0;
    if (pthread_create(&returner, NULL, rally_return, r) == 0) {
        /* Without a server the returner would wait for ever, so there is nothing to give up to here. */
        if (pthread_create(&server, NULL, rally_serve, r) != 0) {
            fputs("bench: cannot start a second thread\n", stderr);
            exit(2);
        }
        pthread_join(server, NULL);
        pthread_join(returner, NULL);
        qsort(r->chunk_ns, r->chunks, sizeof r->chunk_ns[0], by_double);
        median = r->chunk_ns[r->chunks / 2];
    }
    free(r);
    return median;
}

static inline double probe_line_ns(void) { return rally_ns(true, 15, 150); }

/* A line takes some 25 ns each way within a core and 55 to 110 between cores of one die; a limit in the midst of either
 * would tear its samples into two places at random. */
static double near_below_ns = 80;
static double far_from_ns = 300;

static inline const char *
place_name(double line_ns)
{
    if (line_ns <= 0)
        return "one-cpu";
    return line_ns < near_below_ns ? "near" : line_ns < far_from_ns ? "mid" : "far";
}

/* ---- the noise gate ---------------------------------------------------------------------------------------------- */

struct noise {
    bool have_psi;
    bool have_steal;
    uint64_t psi_us;               /* time in which some task waited for a CPU */
    uint64_t steal_ns;             /* time the host kept from this machine */
    uint64_t wall_ns;
    uint64_t cpu_ns;               /* of this process */
};

static inline struct noise
noise_now(void)
{
    struct noise n;
    memset(&n, 0, sizeof n);
    char line[512];
    FILE *f = fopen("/proc/pressure/cpu", "r");
    if (f) {
        if (fgets(line, sizeof line, f)) {
            const char *total = strstr(line, "total=");
            if (strncmp(line, "some", 4) == 0 && total) {
                n.psi_us = strtoull(total + 6, NULL, 10);
                n.have_psi = true;
            }
        }
        fclose(f);
    }
    f = fopen("/proc/stat", "r");
    if (f) {
        unsigned long long user, nice, sys, idle, iowait, irq, softirq, steal;
        if (fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu",
                   &user, &nice, &sys, &idle, &iowait, &irq, &softirq, &steal) == 8) {
            const long hz = sysconf(_SC_CLK_TCK);
            n.steal_ns = (uint64_t)steal * (1000000000u / (uint64_t)(hz > 0 ? hz : 100));
            n.have_steal = true;
        }
        fclose(f);
    }
    n.wall_ns = now_ns();
    n.cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    return n;
}

#endif
