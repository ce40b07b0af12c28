/* SPDX-License-Identifier: MIT
 *
 * bench/smr/schemes.c - what a section costs in each scheme, and what it costs to retire and free a node, beside the
 * schemes of others that are installed.
 *
 *     cc -std=c11 -D_GNU_SOURCE -O3 -DNDEBUG -pthread bench/smr/schemes.c -o schemes && ./schemes
 *     ./schemes short | quick                                     shorter runs, fewer of them; quick only shows it runs
 *     ./schemes --csv FILE                                        the figures in a file as well, one line each
 *
 * With -DBENCH_CK -lck and -DBENCH_URCU -lurcu-memb -lurcu-qsbr -lurcu-mb -lurcu-common those take part; libcds with
 * -DBENCH_CDS, the object of bench/peers/cds_smr.cpp, -lcds and -lstdc++; crossbeam-epoch as bench/run.sh has it.
 *
 * The threads share 16 words, each of which points to a node. A reader's section loads one word and reads the node; a
 * writer's allocates a node, puts it into a word, and retires the one that was there. What is read is summed up and
 * checked. Nanoseconds are of processor time, so that neither other programs nor more threads than processors count: of
 * readers their own, of writers all the rest, with what threads of a library do for them. Per cell the median, least
 * and most of several runs, the contenders taking turns.
 *
 * enter    a section in which nothing is read      section  one that reads one node
 * pointer  one of 16 that a section reads, each by the same slot where there are slots
 * node     from allocating one to freeing the one before; pending: retired and not freed, at most, where the scheme
 *          says so; for ck_epoch when the time is up, after which it frees them
 * at work  a reader that does 50 ns of work of its own after each section: readers of all schemes are about as fast
 *          then, and take the words from the writers as often
 *
 * Where each thread has a processor, a run in which one did not get it for nine tenths of the time is made again, three
 * times at most, because threads that take turns do not contend; rows that have such runs all the same end in `!`.
 */
#define _LGPL_SOURCE
#include "../arguments.h"
#include "ours.h"

#if defined(BENCH_CK)
#  include <ck_epoch.h>
#  include <ck_hp.h>
#endif
#if defined(BENCH_URCU)
#  include <urcu/urcu-mb.h>
#  include <urcu/urcu-memb.h>
#  include <urcu/urcu-qsbr.h>
#endif

/* ---- Concurrency Kit --------------------------------------------------------------------------------------------- */

#if defined(BENCH_CK)
typedef ck_epoch_t ck_b_domain;
typedef struct { ck_epoch_record_t *r; unsigned n; } ck_b_thread;
typedef ck_epoch_entry_t ck_b_node;
static void ck_b_drop(ck_epoch_entry_t *e) { free(e); }
static inline bool ck_b_init(ck_epoch_t *d, const loft_smr_options *o) { (void)o; ck_epoch_init(d); return true; }
static inline void ck_b_fini(ck_epoch_t *d) { (void)d; }
#define ck_b_read(t)  ((void)0)

static inline void
ck_b_join(ck_epoch_t *d, ck_b_thread *t)
{
    t->n = 0;
    t->r = (ck_epoch_record_t *)aligned_alloc(64, (sizeof *t->r + 63u) / 64u * 64u);
    if (!t->r)
        exit(2);
    ck_epoch_register(d, t->r, NULL);
}

/* What is pending when the time is up; ck_epoch_barrier frees it, in time that counts. Records are never freed. */
static LOFT_ATOMIC(uint64_t) ck_b_left;

static inline void
ck_b_leave(ck_b_thread *t)
{
    loft_fetch_add(&ck_b_left, (uint64_t)t->r->n_pending, relaxed);   /* ck_b_leave:A relaxed: read after the joins */
    ck_epoch_barrier(t->r);
}

static uint64_t
ck_b_peak(void *d)
{
    (void)d;
    return loft_exchange(&ck_b_left, (uint64_t)0, relaxed);   /* ck_b_peak:A relaxed: after the joins */
}

static inline void *ck_b_make(ck_b_thread *t, size_t size) { (void)t; return malloc(size); }
static inline void ck_b_enter(ck_b_thread *t) { ck_epoch_begin(t->r, NULL); }
static inline void ck_b_exit(ck_b_thread *t) { ck_epoch_end(t->r, NULL); }

static inline uintptr_t
ck_b_get(ck_b_thread *t, LOFT_ATOMIC(uintptr_t) *w)
{
    (void)t;
    return loft_load(w, acquire);                        /* ck_b_get:A acquire <- user: whole */
}

static inline void
ck_b_retire(ck_b_thread *t, ck_b_node *n)
{
    ck_epoch_call(t->r, n, ck_b_drop);
    if (++t->n % BATCH == 0)
        (void)ck_epoch_poll(t->r);
}
#define SCHEME(f)  ck_b_##f
#include "loops.h"
#undef SCHEME
ENTRY(ck_b, "ck_epoch", ck_b_peak, 0)

typedef ck_hp_t ck_hp_b_domain;
typedef struct { ck_hp_record_t *r; } ck_hp_b_thread;
typedef ck_hp_hazard_t ck_hp_b_node;
enum { CK_HP_SLOTS = 8 };
static void ck_hp_b_drop(void *p) { free(p); }

static inline bool
ck_hp_b_init(ck_hp_t *d, const loft_smr_options *o)
{
    (void)o;
    ck_hp_init(d, CK_HP_SLOTS, CK_HP_CACHE, ck_hp_b_drop);
    return true;
}

static inline void ck_hp_b_fini(ck_hp_t *d) { (void)d; }

static inline void
ck_hp_b_join(ck_hp_t *d, ck_hp_b_thread *t)
{
    void **const slots = (void **)aligned_alloc(64, CK_HP_SLOTS * sizeof *slots);
    t->r = (ck_hp_record_t *)aligned_alloc(64, (sizeof *t->r + 63u) / 64u * 64u);
    if (!slots || !t->r)
        exit(2);
    ck_hp_register(d, t->r, slots);
}

static inline void
ck_hp_b_leave(ck_hp_b_thread *t)
{
    ck_hp_clear(t->r);
    ck_hp_purge(t->r);
    ck_hp_unregister(t->r);                              /* records are never freed */
}

static inline void *ck_hp_b_make(ck_hp_b_thread *t, size_t size) { (void)t; return malloc(size); }
static inline void ck_hp_b_enter(ck_hp_b_thread *t) { (void)t; }
static inline void ck_hp_b_exit(ck_hp_b_thread *t) { ck_hp_set(t->r, 0, NULL); }
#define ck_hp_b_read(t)  ((void)0)

static inline uintptr_t
ck_hp_b_get(ck_hp_b_thread *t, LOFT_ATOMIC(uintptr_t) *w)
{
    for (;;) {
        const uintptr_t p = loft_load(w, relaxed);       /* ck_hp_b_get:A relaxed: looked at again */
        ck_hp_set_fence(t->r, 0, (void *)p);
        if (loft_load(w, acquire) == p)                  /* ck_hp_b_get:B acquire <- user: whole */
            return p;
    }
}

static inline void ck_hp_b_retire(ck_hp_b_thread *t, ck_hp_hazard_t *n) { ck_hp_free(t->r, n, n, n); }
#define SCHEME(f)  ck_hp_b_##f
#include "loops.h"
#undef SCHEME
ENTRY(ck_hp_b, "ck_hp", NULL, 0)
#endif

/* ---- liburcu ----------------------------------------------------------------------------------------------------- */

#if defined(BENCH_URCU)
/* Its headers declare them for the first flavour only that is included. */
extern void urcu_memb_call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
extern void urcu_memb_barrier(void);
extern void urcu_qsbr_call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
extern void urcu_qsbr_barrier(void);

#define URCU(F) \
    typedef int F##_b_domain; \
    typedef int F##_b_thread; \
    typedef struct rcu_head F##_b_node; \
    static void F##_b_drop(struct rcu_head *h) { free(h); } \
    static inline bool F##_b_init(int *d, const loft_smr_options *o) { (void)d, (void)o; return true; } \
    static inline void F##_b_fini(int *d) { (void)d; F##_barrier(); } \
    static inline void F##_b_join(int *d, int *t) { (void)d; (void)t; F##_register_thread(); } \
    static inline void F##_b_leave(int *t) { (void)t; F##_unregister_thread(); } \
    static inline void *F##_b_make(int *t, size_t size) { (void)t; return malloc(size); } \
    static inline void F##_b_enter(int *t) { (void)t; F##_read_lock(); } \
    static inline uintptr_t F##_b_get(int *t, LOFT_ATOMIC(uintptr_t) *w) { (void)t; return loft_load(w, acquire); } \
    static inline void F##_b_retire(int *t, struct rcu_head *h) { (void)t; F##_call_rcu(h, F##_b_drop); }

URCU(urcu_memb)                                          /* F:A acquire <- user: whole */
static inline void urcu_memb_b_exit(int *t) { (void)t; urcu_memb_read_unlock(); }
#define SCHEME(f)  urcu_memb_b_##f
#define urcu_memb_b_read(t)  ((void)0)
#include "loops.h"
#undef SCHEME
ENTRY(urcu_memb_b, "urcu memb", NULL, 0)

URCU(urcu_mb)
static inline void urcu_mb_b_exit(int *t) { (void)t; urcu_mb_read_unlock(); }
#define SCHEME(f)  urcu_mb_b_##f
#define urcu_mb_b_read(t)  ((void)0)
#include "loops.h"
#undef SCHEME
ENTRY(urcu_mb_b, "urcu mb", NULL, 0)

URCU(urcu_qsbr)
static inline void urcu_qsbr_b_exit(int *t) { (void)t; urcu_qsbr_read_unlock(); urcu_qsbr_quiescent_state(); }
#define SCHEME(f)  urcu_qsbr_b_##f
#define urcu_qsbr_b_read(t)  ((void)0)
#include "loops.h"
#undef SCHEME
ENTRY(urcu_qsbr_b, "urcu qsbr", NULL, 0)
#endif

/* ---- the contenders ---------------------------------------------------------------------------------------------- */

static const struct contender *const contender[] = {
    &loft_ebr_b_entry, &loft_qsbr_b_entry, &loft_ibr_b_entry, &loft_debra_b_entry, &loft_hp_b_entry,
    &loft_hyaline_b_entry, &loft_leak_b_entry,
#if defined(BENCH_CK)
    &ck_b_entry, &ck_hp_b_entry,
#endif
#if defined(BENCH_URCU)
    &urcu_memb_b_entry, &urcu_mb_b_entry, &urcu_qsbr_b_entry,
#endif
#if defined(BENCH_CDS)
    &cds_hp_b_entry, &cds_dhp_b_entry,
#endif
#if defined(BENCH_CROSSBEAM)
    &crossbeam_b_entry,
#endif
};

enum { CONTENDERS = sizeof contender / sizeof *contender };

/* ---- the cells --------------------------------------------------------------------------------------------------- */

static FILE *csv;

static void
row(const char *cell_name, const char *what, const char *name, double *v, int rounds, uint64_t pending, int disturbed)
{
    char kept[24] = "";
    if (pending)
        snprintf(kept, sizeof kept, "%llu", (unsigned long long)pending);
    qsort(v, (size_t)rounds, sizeof *v, by_double);
    printf("  %-22s %-9s %-14s %10.2f %10.2f %10.2f %9s%s\n", cell_name, what, name, v[rounds / 2], v[0], v[rounds - 1],
           kept, disturbed ? " !" : "");
    if (csv)
        fprintf(csv, "\"%s\",\"%s\",%s,ns,%d,%.6g,%.6g,%.6g,%llu,%d\n", cell_name, what, name, rounds, v[rounds / 2],
                v[0], v[rounds - 1], (unsigned long long)pending, disturbed);
}

static void
cell(const char *name, enum role reader, int readers, int writers, double seconds, int rounds)
{
    static const char *const what[] = { "enter", "section", "pointer", "sect+work" };
    static double read_ns[CONTENDERS][ROUNDS_MAX];
    static double write_ns[CONTENDERS][ROUNDS_MAX];
    uint64_t pending[CONTENDERS] = { 0 };
    int disturbed[CONTENDERS] = { 0 };
    for (int r = 0; r < rounds; r++) {
        for (int k = 0; k < (int)CONTENDERS; k++) {
            const int c = (k + r) % (int)CONTENDERS;     /* the order rotates, so that none is always first */
            const struct sample s = run_quiet(contender[c], NULL, reader, readers, writers, seconds);
            read_ns[c][r] = s.read_ns;
            write_ns[c][r] = s.write_ns;
            pending[c] = s.peak > pending[c] ? s.peak : pending[c];
            disturbed[c] += s.disturbed;
        }
    }
    for (int c = 0; c < (int)CONTENDERS; c++) {
        if (readers)
            row(name, what[reader], contender[c]->name, read_ns[c], rounds, 0, disturbed[c]);
        if (writers)
            row(name, "node", contender[c]->name, write_ns[c], rounds, pending[c], disturbed[c]);
    }
    fflush(stdout);
}

int
main(int argc, char **argv)
{
    const struct arguments a = read_arguments(argc, argv, false,
                                              "cell,what,scheme,unit,runs,median,min,max,pending,disturbed");
    const double seconds = a.length == QUICK ? 0.01 : a.length == SHORT ? 0.03 : 0.2;
    const int rounds = a.length == QUICK ? 1 : a.length == SHORT ? 5 : ROUNDS_MAX;
    if (a.length == QUICK)
        retakes = 0;
    csv = a.csv;
    find_cpus();
    (void)calibrate_work(&private_work, 50, 50);
    printf("\n  %-22s %-9s %-14s %10s %10s %10s %9s\n", "threads", "ns per", "scheme", "median", "min", "max",
           "pending");
    cell("1 reader", EMPTY, 1, 0, seconds, rounds);
    cell("1 reader", SECTION, 1, 0, seconds, rounds);
    cell("1 reader", POINTERS, 1, 0, seconds, rounds);
    cell("2 readers", SECTION, 2, 0, seconds, rounds);
    cell("1 writer", SECTION, 0, 1, seconds, rounds);
    cell("1 writer, 1 reader", SECTION, 1, 1, seconds, rounds);
    cell("1 writer, 1 at work", WORKING, 1, 1, seconds, rounds);
    cell("2 writers", SECTION, 0, 2, seconds, rounds);
    cell("4 writers, 4 readers", SECTION, 4, 4, seconds, rounds);
    return csv && fclose(csv) != 0;
}
