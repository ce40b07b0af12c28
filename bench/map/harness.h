/* SPDX-License-Identifier: MIT
 *
 * bench/map/harness.h - the one benchmark program that every ordered map becomes.
 *
 * An adapter (bench/map/x.c for ours, bench/peers/x_map.cpp for the others) describes a map of uint64_t to uint64_t and
 * includes this header last; the result is a program that runs one workload, checks it, and prints one line for the
 * driver. Loops, keys, checks, pinning and clocks are these for everybody, and the calls are inlined into them.
 *
 * AN ADAPTER DEFINES
 *   BENCH_NAME             name shown in the tables
 *   BENCH_ORDER            what it is: "skiplist", "tree", "list"
 *   BENCH_BOUND            how a removed entry's memory comes back: "ebr", "rcu", "hp", "lock"; "never"
 *   BENCH_PROGRESS         "lock-free" or "blocking" (some call can wait for another thread)
 *   struct map             all there is of it; the harness places it on a page of its own
 *   bool map_init(struct map *m)
 *   void map_fini(struct map *m)                                      by a thread that has not joined
 *   void *map_join(struct map *m)                                     what the calls take as `me`
 *   void map_leave(struct map *m, void *me)
 *   bool map_put(struct map *m, void *me, uint64_t k, uint64_t v)     false: the key is there, and nothing changed
 *   bool map_get(struct map *m, void *me, uint64_t k, uint64_t *v)
 * AND, WHERE IT CAN
 *   BENCH_ERASES           with map_remove(m, me, k, &v), false: not there
 *   BENCH_RANGES           with map_range(m, me, k, &walk): from k on, walk_step for each entry until it answers false
 *   BENCH_SETTLES          with map_settle(m), by one thread, when all is in that ever will be; only map_get follows
 *   BENCH_MOST             keys that it can be asked to hold at all
 * and BENCH_MAY_SLEEP, BENCH_HELPERS of bench/sample.h.
 *
 * WORKLOAD     --work KIND:DISTRIBUTION. KIND is the percentage of reads; the rest are half puts of a key that may be
 *              there and half removes of one that may not. "range": 90 % walks over the next 100 entries, the rest as
 *              before. "insert": half reads, half puts, and no removes, for what cannot erase; the map fills up.
 *              DISTRIBUTION is uniform, or zipf: 0.99, over keys that lie anywhere in the range. The keys of zipf are
 *              drawn beforehand, because a draw takes as long as a call.
 *
 * RUN          All CPUs fill the map to half of its range: three puts at random to one remove. Then the threads
 *              join, warm up, are timed, and stop. The sum of the keys put less that of those removed, and their
 *              number, since the map was made, have to be those of what is left; each value read or removed has its
 *              key in it. One call in 64 is timed by itself.
 */
#ifndef LOFT_BENCH_MAP_HARNESS_H
#define LOFT_BENCH_MAP_HARNESS_H

#include "line.h"
#include "walk.h"

#include <math.h>
#include <sys/resource.h>

#if !defined(BENCH_MOST)
#  define BENCH_MOST  ((size_t)1 << 31)
#endif

enum { THREADS_MAX = 64, WALK = 100, DRAWS = 1 << 18 };
enum phase { PHASE_WARM, PHASE_TIMED, PHASE_STOP };
enum kind { KIND_MIX, KIND_RANGE, KIND_INSERT };

/* Of keys and entries, since the map was made. */
struct tally {
    uint64_t keys;
    uint64_t count;
    uint64_t alien;
};

struct run;

struct worker {
    struct run *run;
    int id;
    pthread_t thread;
    const uint32_t *draw;          /* keys of zipf */
    uint64_t calls;                /* in all runs */
    struct tally tally;
    uint64_t ops;
    uint64_t refused;
    uint64_t begin_ns;
    uint64_t end_ns;
    uint64_t cpu_ns;
    struct hist hist;
    char pad_[LOFT_CACHELINE];
};

struct run {
    struct map *m;
    int threads;
    uint64_t range;
    enum kind kind;
    unsigned reads;                /* of 128 */
    bool zipf;
    uint64_t warm_ns;
    uint64_t timed_ns;
    struct tally tally;            /* of everything so far */
    pthread_barrier_t gate;
    char pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(int) phase;
    LOFT_ATOMIC(int64_t) missing;  /* of what the map is to be filled with */
    char pad1_[LOFT_CACHELINE];
};

static inline uint64_t
next_random(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return *x;
}

static inline uint64_t seed_of(int id) { return ((uint64_t)id + 1u) * 0x9e3779b97f4a7c15u; }

/* A number below `range`, from the upper half of what was drawn. */
static inline uint64_t below(uint64_t x, uint64_t range) { return (x >> 32) * range >> 32; }

/* A value that no other put has, with its key in the lower half. */
static inline uint64_t
value_of(uint64_t k, uint64_t n, int id)
{
    return (n * (2 * THREADS_MAX) + (uint64_t)id) << 32 | k;
}

/* ---- zipf -------------------------------------------------------------------------------------------------------- */

/* Gray, Sundaresan, Englert, Baclawski, Weinberger, Quickly Generating Billion-Record Synthetic Databases, SIGMOD 1994.
 * The rank is spread by a prime that divides no range that is used, so that neighbours are not equally popular. */
static uint32_t *
zipf_draws(uint64_t range, int id)
{
    static double zeta;
    const double theta = 0.99;
    if (!(zeta > 0))
        for (uint64_t i = 1; i <= range; i++)
            zeta += pow((double)i, -theta);
    const double two = 1 + pow(0.5, theta);
    const double eta = (1 - pow(2.0 / (double)range, 1 - theta)) / (1 - two / zeta);
    uint32_t *const draw = (uint32_t *)page_alloc(DRAWS * sizeof *draw);
    uint64_t x = seed_of(id);
    for (int i = 0; i < DRAWS; i++) {
        const double u = (double)(next_random(&x) >> 11) / 9007199254740992.0;
        uint64_t rank = u * zeta < 1 ? 0
                      : u * zeta < two ? 1
                      : (uint64_t)((double)range * pow(eta * u - eta + 1, 1 / (1 - theta)));
        if (rank >= range)
            rank = range - 1;
        draw[i] = (uint32_t)(rank * 2654435761u % range);
    }
    return draw;
}

/* ---- all CPUs at once -------------------------------------------------------------------------------------------- */

static void *
fill_main(void *p)
{
    struct worker *const w = (struct worker *)p;
    struct run *const r = w->run;
    uint64_t x = seed_of(w->id + THREADS_MAX);
    pin(w->id);
    void *const me = map_join(r->m);
    int64_t owed = 0;                                    /* put less removed, and not told yet */
    for (uint64_t n = 1;; n++) {
        if (n % 64 == 0) {
            const int64_t before = loft_fetch_sub(&r->missing, owed, relaxed);   /* A relaxed: a count */
            if (before - owed <= 0)
                break;
            owed = 0;
        }
        const uint64_t k = below(next_random(&x), r->range);
#if defined(BENCH_ERASES)
        uint64_t v = 0;
        if (x % 4 == 0) {
            if (map_remove(r->m, me, k, &v)) {
                w->tally.alien += (uint32_t)v != k;
                w->tally.keys -= k;
                w->tally.count--;
                owed--;
            }
            continue;
        }
#endif
        if (map_put(r->m, me, k, value_of(k, n, w->id + THREADS_MAX))) {
            w->tally.keys += k;
            w->tally.count++;
            owed++;
        }
    }
    map_leave(r->m, me);
    return NULL;
}

static void *
count_main(void *p)
{
    struct worker *const w = (struct worker *)p;
    struct run *const r = w->run;
    pin(w->id);
    void *const me = map_join(r->m);
    for (uint64_t k = (uint64_t)w->id; k < r->range; k += (uint64_t)cpu_count) {
        uint64_t v = 0;
        if (map_get(r->m, me, k, &v)) {
            w->tally.alien += (uint32_t)v != k;
            w->tally.keys += k;
            w->tally.count++;
        }
    }
    map_leave(r->m, me);
    return NULL;
}

static void
start(struct worker *w, void *(*work)(void *))
{
    if (pthread_create(&w->thread, NULL, work, w) != 0) {
        fputs("bench: cannot start a thread\n", stderr);
        exit(2);
    }
}

static struct tally
by_all(struct run *r, void *(*work)(void *))
{
    const int n = cpu_count < THREADS_MAX ? cpu_count : THREADS_MAX;
    struct worker *const worker = (struct worker *)page_alloc((size_t)n * sizeof *worker);
    struct tally all = {0, 0, 0};
    for (int i = 0; i < n; i++) {
        worker[i].run = r;
        worker[i].id = i;
        start(&worker[i], work);
    }
    for (int i = 0; i < n; i++) {
        pthread_join(worker[i].thread, NULL);
        all.keys += worker[i].tally.keys;
        all.count += worker[i].tally.count;
        all.alien += worker[i].tally.alien;
    }
    free(worker);
    return all;
}

/* ---- the timed run ----------------------------------------------------------------------------------------------- */

/* false: there was nothing to put or remove. */
BENCH_INLINE bool
change(struct worker *w, struct map *m, void *me, struct tally *t, bool put, uint64_t k, uint64_t n)
{
    bool done = false;
    if (put) {
        done = map_put(m, me, k, value_of(k, n, w->id));
        t->keys += done ? k : 0;
        t->count += done;
    } else {
#if defined(BENCH_ERASES)
        uint64_t v = 0;
        done = map_remove(m, me, k, &v);
        t->alien += done && (uint32_t)v != k;
        t->keys -= done ? k : 0;
        t->count -= done;
#endif
    }
    return done;
}

BENCH_INLINE void
calls(struct worker *w, void *me, enum kind kind, bool zipf)
{
    struct run *const r = w->run;
    struct map *const m = r->m;
    const uint64_t range = r->range;
    const unsigned reads = r->reads;
    const uint32_t *const draw = w->draw;
    struct tally t = {0, 0, 0};
    uint64_t x = seed_of(w->id);
    uint64_t n = w->calls, begun = n, refused = 0, refused_before = 0;
    int phase = PHASE_WARM;
    for (;;) {
        const int now = loft_load(&r->phase, relaxed);    /* B relaxed: a hint */
        if (now != phase) {
            phase = now;
            if (now == PHASE_STOP)
                break;
            begun = n;
            refused_before = refused;
            w->begin_ns = now_ns();
            w->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
            memset(&w->hist, 0, sizeof w->hist);
        }
        const bool sampled = SAMPLED(n);
        next_random(&x);
        const uint64_t k = zipf ? draw[n % DRAWS] : below(x, range);
        const uint64_t t0 = sampled ? ticks() : 0;
        n++;
        if ((x & 127u) < reads) {
#if defined(BENCH_RANGES)
            if (kind == KIND_RANGE) {
                struct walk walk = {k, WALK, 0};
                map_range(m, me, k, &walk);
                t.alien += walk.alien;
            } else
#endif
            {
                uint64_t v = 0;
                if (map_get(m, me, k, &v))
                    t.alien += (uint32_t)v != k;
            }
        } else {
            refused += !change(w, m, me, &t, kind == KIND_INSERT || (x >> 7 & 1u), k, n);
        }
        if (sampled)
            hist_add(&w->hist, ticks_between(t0, ticks()));
    }
    if (w->begin_ns == 0) {                              /* stopped before it ever saw the timed phase */
        begun = n;
        refused_before = refused;
    }
    w->end_ns = now_ns();
    w->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - w->cpu_ns;
    w->calls = n;
    w->ops = n - begun;
    w->refused = refused - refused_before;
    w->tally = t;
}

static void *
worker_main(void *p)
{
    struct worker *const w = (struct worker *)p;
    struct run *const r = w->run;
    pin(w->id);
    void *const me = map_join(r->m);
    pthread_barrier_wait(&r->gate);
    if (r->kind == KIND_RANGE)
        calls(w, me, KIND_RANGE, r->zipf);
    else if (r->kind == KIND_INSERT)
        calls(w, me, KIND_INSERT, r->zipf);
    else if (r->zipf)
        calls(w, me, KIND_MIX, true);
    else
        calls(w, me, KIND_MIX, false);
    map_leave(r->m, me);
    return NULL;
}

static void
run_once(struct run *r, struct worker *worker, struct figures *out)
{
    loft_store(&r->phase, PHASE_WARM, relaxed);           /* C relaxed: before the threads begin */
    if (pthread_barrier_init(&r->gate, NULL, (unsigned)r->threads + 1u) != 0)
        exit(2);
    for (int i = 0; i < r->threads; i++) {
        const uint32_t *const draw = worker[i].draw;
        const uint64_t calls_before = worker[i].calls;
        memset(&worker[i], 0, sizeof worker[i]);
        worker[i].run = r;
        worker[i].id = i;
        worker[i].draw = draw;
        worker[i].calls = calls_before;
        start(&worker[i], worker_main);
    }
    pthread_barrier_wait(&r->gate);
    sleep_ns(r->warm_ns);
    const uint64_t cpu0 = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    const uint64_t t0 = now_ns();
    loft_store(&r->phase, PHASE_TIMED, relaxed);          /* D relaxed: a hint */
    sleep_ns(r->timed_ns);
    loft_store(&r->phase, PHASE_STOP, relaxed);           /* E relaxed: a hint */
    const double elapsed = (double)(now_ns() - t0);
    const double cpu_ns = (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu0);

    static struct hist all;
    memset(&all, 0, sizeof all);
    uint64_t ops = 0, refused = 0, least = UINT64_MAX;
    double cpu = 1e9;
    for (int i = 0; i < r->threads; i++) {
        struct worker *const w = &worker[i];
        pthread_join(w->thread, NULL);
        r->tally.keys += w->tally.keys;
        r->tally.count += w->tally.count;
        r->tally.alien += w->tally.alien;
        ops += w->ops;
        refused += w->refused;
        least = w->ops < least ? w->ops : least;
        const double wall = (double)(w->end_ns - w->begin_ns);
        if (w->begin_ns != 0 && (double)w->cpu_ns / wall < cpu)
            cpu = (double)w->cpu_ns / wall;
        all.n += w->hist.n;
        all.most = w->hist.most > all.most ? w->hist.most : all.most;
        for (unsigned k = 0; k < HIST_BUCKETS; k++)
            all.bucket[k] += w->hist.bucket[k];
    }
    pthread_barrier_destroy(&r->gate);
    out->rate = (double)ops * 1e9 / elapsed;
    out->share = ops ? (double)least * r->threads / (double)ops : 0;
    out->refused = ops ? (double)refused / (double)ops : 0;
    out->cpu = r->threads > cpu_count ? cpu_ns / (elapsed * cpu_count) : cpu;
    out->p50 = hist_percentile(&all, 50);
    out->p99 = hist_percentile(&all, 99);
    out->p999 = hist_percentile(&all, 99.9);
    out->max = (double)all.most * ns_per_tick;
    out->samples = all.n;
    out->elapsed_ms = elapsed / 1e6;
}

/* Whether what was put less what was removed is what is left. */
static bool
sums_agree(struct run *r, struct figures *out)
{
    const struct tally left = by_all(r, count_main);
    r->tally.alien += left.alien;
    out->lost = (int64_t)(r->tally.count - left.count);
    out->alien = r->tally.alien;
    return out->lost == 0 && r->tally.keys == left.keys && r->tally.alien == 0;
}

static void
map_make(struct run *r)
{
    r->m = (struct map *)page_alloc(sizeof *r->m);
    if (!map_init(r->m)) {
        fputs("bench: cannot make a map\n", stderr);
        exit(2);
    }
}

static void
map_drop(struct run *r)
{
    map_fini(r->m);
    free(r->m);
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

/* As many entries as `capacity`, put in an order that is none; then `count` calls, half puts and half removes. */
static int
memory_main(struct run *r, uint64_t capacity, uint64_t count)
{
    struct malloc_counts c[4];
    const bool counted = malloc_counts_now(&c[0]);
    map_make(r);
    void *const me = map_join(r->m);
    malloc_counts_now(&c[1]);
    uint64_t filled = 0;
    for (uint64_t i = 0; i < capacity; i++) {
        const uint64_t k = i * 2654435761u % capacity;
        filled += map_put(r->m, me, k, value_of(k, i, 0));
    }
#if defined(BENCH_SETTLES)
    map_settle(r->m);
#endif
    malloc_counts_now(&c[2]);
    bool right = filled == capacity;
    uint64_t x = seed_of(0);
#if defined(BENCH_ERASES)
    for (uint64_t n = 1; n <= count; n++) {
        uint64_t v = 0;
        const uint64_t k = below(next_random(&x), capacity);
        if (x & 1u)
            map_put(r->m, me, k, value_of(k, n, 0));
        else if (map_remove(r->m, me, k, &v))
            right = right && (uint32_t)v == k;
    }
#endif
    (void)x;
    malloc_counts_now(&c[3]);
    map_leave(r->m, me);
    map_drop(r);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("status=%s\tcounted=%d\tinit_bytes=%llu\tinit_calls=%llu\tfull_bytes=%llu\tfilled=%llu\tcalls_per_op=%.4f\t"
           "rss_kb=%ld\n", right ? "ok" : "wrong", counted, (unsigned long long)(c[1].live - c[0].live),
           (unsigned long long)(c[1].calls - c[0].calls), (unsigned long long)(c[2].live - c[0].live),
           (unsigned long long)filled, (double)(c[3].calls - c[2].calls) / (double)(count + 1), usage.ru_maxrss);
    return right ? 0 : 1;
}

/* ---- the program ------------------------------------------------------------------------------------------------- */

int
main(int argc, char **argv)
{
    bool ranges = false, erases = false, settles = false;
#if defined(BENCH_RANGES)
    ranges = true;
#endif
#if defined(BENCH_ERASES)
    erases = true;
#endif
#if defined(BENCH_SETTLES)
    settles = true;
#endif
    if (argc > 1 && strcmp(argv[1], "--info") == 0) {
        print_info(BENCH_NAME, BENCH_ORDER, BENCH_BOUND, BENCH_PROGRESS, ranges, erases, settles, BENCH_MOST);
        return 0;
    }
    struct run *const r = (struct run *)page_alloc(sizeof *r);
    r->threads = (int)argument(argc, argv, "--threads", 2);
    r->range = (uint64_t)argument(argc, argv, "--capacity", 2000);
    find_cpus();
    if (strcmp(argument_text(argc, argv, "--mode", "mix"), "memory") == 0)
        return memory_main(r, r->range, (uint64_t)argument(argc, argv, "--count", 100000));
    const double ms = argument(argc, argv, "--ms", 100);
    const int retries = (int)argument(argc, argv, "--retries", 0);
    const char *const work = argument_text(argc, argv, "--work", "50:uniform");
    const double percent = strtod(work, NULL);
    r->timed_ns = (uint64_t)(ms * 1e6);
    r->warm_ns = r->timed_ns / 5 < 5000000u ? 5000000u : r->timed_ns / 5;
    r->kind = strncmp(work, "range:", 6) == 0 ? KIND_RANGE : strncmp(work, "insert:", 7) == 0 ? KIND_INSERT : KIND_MIX;
    r->reads = r->kind == KIND_RANGE ? 115 : r->kind == KIND_INSERT ? 64 : (unsigned)(percent * 1.28 + 0.5);
    r->zipf = strstr(work, ":zipf") != NULL;
    near_below_ns = argument(argc, argv, "--near", near_below_ns);
    far_from_ns = argument(argc, argv, "--far", far_from_ns);
    if (r->threads < 1 || r->threads > THREADS_MAX || r->range < 2 || r->range > UINT32_MAX || !(ms > 0)
        || percent < 0 || percent > 100 || (r->kind == KIND_RANGE && !ranges)
        || (r->kind == KIND_MIX && r->reads < 128 && !erases) || (settles && (r->kind != KIND_MIX || r->reads < 128))) {
        fprintf(stderr, "usage: %s --info\n"
                        "       %s [--mode mix|memory] [--threads N] [--capacity KEYS] [--ms N] [--retries N]\n"
                        "          [--work PERCENT|range|insert:uniform|zipf] [--count N] [--near NS]\n"
                        "          [--far NS]\n",
                argv[0], argv[0]);
        return 2;
    }
    calibrate_ticks();
    struct worker *const worker = (struct worker *)page_alloc((size_t)r->threads * sizeof *worker);
    for (int i = 0; r->zipf && i < r->threads; i++)
        worker[i].draw = zipf_draws(r->range, i);
    map_make(r);
    loft_init(&r->phase, PHASE_WARM);
    loft_init(&r->missing, (int64_t)(r->range / 2));
    r->tally = by_all(r, fill_main);
#if defined(BENCH_SETTLES)
    map_settle(r->m);
#endif
    struct figures f;
    struct gate gate;
    memset(&f, 0, sizeof f);
    for (int attempt = 0;; attempt++) {
        gate_probe(&gate, 0, r->threads);
        gate_noise(&gate, 0);
        run_once(r, worker, &f);
        gate_noise(&gate, 1);
        gate_probe(&gate, 1, r->threads);
        const bool moved = gate_moved(&gate);
        const bool clean = !moved && !gate_noisy(&gate, f.cpu);
        if (!clean && attempt < retries) {
            f.rejected_place += moved;
            f.rejected_noise += !moved;
            continue;
        }
        f.right = sums_agree(r, &f);
        map_drop(r);
        print_figures(&gate, clean, &f);
        return f.right ? 0 : 1;
    }
}

#endif
