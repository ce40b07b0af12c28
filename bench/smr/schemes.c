/* SPDX-License-Identifier: MIT
 *
 * bench/smr/schemes.c - what a section costs in each scheme, and what it costs to retire and free a node, beside the
 * schemes of others that are installed.
 *
 *     cc -std=c11 -D_GNU_SOURCE -O3 -DNDEBUG -pthread bench/smr/schemes.c -o schemes && ./schemes
 *     ./schemes short | quick                                     shorter runs, fewer of them; quick only shows it runs
 *     ./schemes --csv FILE                                        the figures in a file as well, one line each
 *
 * With -DBENCH_CK -lck and -DBENCH_URCU -lurcu-memb -lurcu-qsbr -lurcu-mb -lurcu-common those take part.
 *
 * The threads share 16 words, each of which points to a node. A reader's section loads one word and reads the node; a
 * writer's allocates a node, puts it into a word, and retires the one that was there. What is read is summed up and
 * checked. Nanoseconds are of processor time, so that neither other programs nor more threads than processors count: of
 * readers their own, of writers all the rest, with what threads of a library do for them. Per cell the median, least
 * and most of several runs, the contenders taking turns.
 */
#define _LGPL_SOURCE
#include "../machine.h"

#include "../../include/loft/smr/ebr.h"
#include "../../include/loft/smr/leak.h"
#include "../../include/loft/smr/qsbr.h"

#if defined(BENCH_CK)
#  include <ck_epoch.h>
#endif
#if defined(BENCH_URCU)
#  include <urcu/urcu-mb.h>
#  include <urcu/urcu-memb.h>
#  include <urcu/urcu-qsbr.h>
#endif

enum { THREADS_MAX = 16, ROUNDS_MAX = 9, WORDS = 16, BATCH = 64 };

struct word {
    LOFT_ATOMIC(uintptr_t) p;
    char pad_[LOFT_CACHELINE];
};

struct job {
    char pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(int) stop;
    char pad1_[LOFT_CACHELINE];
    struct word word[WORDS];
    void *domain;
    pthread_barrier_t gate;
};

struct worker {
    struct job *job;
    int id;
    bool writer;
    bool right;
    uint64_t done;
    uint64_t cpu_ns;
    char pad_[LOFT_CACHELINE];
};

/* ---- ours -------------------------------------------------------------------------------------------------------- */

#define OURS(S) \
    typedef S S##_b_domain; \
    typedef struct { S##_thread *me; } S##_b_thread; \
    typedef S##_node S##_b_node; \
    static void S##_b_drop(loft_smr_thread *me, loft_smr_node *n) { (void)me; free(n); } \
    static inline bool S##_b_init(S *d) { return S##_init(d, NULL) == LOFT_OK; } \
    static inline void S##_b_fini(S *d) { if (S##_fini(d) != LOFT_OK) exit(2); } \
    static inline void S##_b_join(S *d, S##_b_thread *t) { t->me = S##_join(d); if (!t->me) exit(2); } \
    static inline void S##_b_leave(S##_b_thread *t) { S##_leave(t->me); } \
    static inline void *S##_b_make(S##_b_thread *t, size_t size) \
    { \
        S##_node *const n = (S##_node *)malloc(size); \
        if (n) \
            S##_born(t->me, n); \
        return n; \
    } \
    static inline void S##_b_enter(S##_b_thread *t) { S##_enter(t->me); } \
    static inline uintptr_t S##_b_get(S##_b_thread *t, LOFT_ATOMIC(uintptr_t) *w) { return S##_protect(t->me, 0, w); } \
    static inline void S##_b_retire(S##_b_thread *t, S##_node *n) { S##_retire(t->me, n, S##_b_drop); }

#define EXITS(S)  static inline void S##_b_exit(S##_b_thread *t) { S##_exit(t->me); }

OURS(loft_ebr)
EXITS(loft_ebr)
#define SCHEME(f)  loft_ebr_b_##f
#include "loops.h"
#undef SCHEME

OURS(loft_qsbr)
static inline void loft_qsbr_b_exit(loft_qsbr_b_thread *t) { loft_qsbr_quiescent(t->me); }
#define SCHEME(f)  loft_qsbr_b_##f
#include "loops.h"
#undef SCHEME

/* ---- Concurrency Kit --------------------------------------------------------------------------------------------- */

#if defined(BENCH_CK)
typedef ck_epoch_t ck_b_domain;
typedef struct { ck_epoch_record_t *r; unsigned n; } ck_b_thread;
typedef ck_epoch_entry_t ck_b_node;
static void ck_b_drop(ck_epoch_entry_t *e) { free(e); }
static inline bool ck_b_init(ck_epoch_t *d) { ck_epoch_init(d); return true; }
static inline void ck_b_fini(ck_epoch_t *d) { (void)d; }

static inline void
ck_b_join(ck_epoch_t *d, ck_b_thread *t)
{
    t->n = 0;
    t->r = (ck_epoch_record_t *)aligned_alloc(64, (sizeof *t->r + 63u) / 64u * 64u);
    if (!t->r)
        exit(2);
    ck_epoch_register(d, t->r, NULL);
}

static inline void ck_b_leave(ck_b_thread *t) { ck_epoch_barrier(t->r); }     /* records are never freed */
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
    static inline bool F##_b_init(int *d) { (void)d; return true; } \
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
#include "loops.h"
#undef SCHEME

URCU(urcu_mb)
static inline void urcu_mb_b_exit(int *t) { (void)t; urcu_mb_read_unlock(); }
#define SCHEME(f)  urcu_mb_b_##f
#include "loops.h"
#undef SCHEME

URCU(urcu_qsbr)
static inline void urcu_qsbr_b_exit(int *t) { (void)t; urcu_qsbr_read_unlock(); urcu_qsbr_quiescent_state(); }
#define SCHEME(f)  urcu_qsbr_b_##f
#include "loops.h"
#undef SCHEME
#endif

/* ---- the contenders ---------------------------------------------------------------------------------------------- */

struct contender {
    const char *name;
    size_t domain_size;
    bool (*init)(void *d);
    void (*fini)(void *d);
    void (*fill)(struct job *j);
    void (*clear)(struct job *j);
    void *(*work)(void *worker);
};

#define ENTRY(prefix) \
    static bool prefix##_begin(void *d) { return prefix##_init((prefix##_domain *)d); } \
    static void prefix##_end(void *d) { prefix##_fini((prefix##_domain *)d); } \
    static void prefix##_fill(struct job *j) \
    { \
        prefix##_thread t; \
        prefix##_join((prefix##_domain *)j->domain, &t); \
        for (int i = 0; i < WORDS; i++) { \
            struct prefix##_item *const n = (struct prefix##_item *)prefix##_make(&t, sizeof *n); \
            if (!n) \
                exit(2); \
            n->value = 1; \
            loft_init(&j->word[i].p, (uintptr_t)n); \
        } \
        prefix##_leave(&t); \
    } \
    static void prefix##_clear(struct job *j) \
    { \
        for (int i = 0; i < WORDS; i++) \
            free((void *)loft_load(&j->word[i].p, relaxed));   /* clear:A relaxed: after the joins */ \
    }
#define LINE(text, prefix)  { text, sizeof(prefix##_domain), prefix##_begin, prefix##_end, prefix##_fill, \
                              prefix##_clear, prefix##_work },

ENTRY(loft_ebr_b)
ENTRY(loft_qsbr_b)
#if defined(BENCH_CK)
ENTRY(ck_b)
#endif
#if defined(BENCH_URCU)
ENTRY(urcu_memb_b)
ENTRY(urcu_mb_b)
ENTRY(urcu_qsbr_b)
#endif

static const struct contender contender[] = {
    LINE("loft ebr.h", loft_ebr_b)
    LINE("loft qsbr.h", loft_qsbr_b)
#if defined(BENCH_CK)
    LINE("ck_epoch", ck_b)
#endif
#if defined(BENCH_URCU)
    LINE("urcu memb", urcu_memb_b)
    LINE("urcu mb", urcu_mb_b)
    LINE("urcu qsbr", urcu_qsbr_b)
#endif
};

enum { CONTENDERS = sizeof contender / sizeof *contender };

/* ---- the cells --------------------------------------------------------------------------------------------------- */

struct sample {
    double read_ns;                /* of a section; 0 where nobody reads                       */
    double write_ns;               /* of a node, from allocating it to freeing the one before  */
};

static struct sample
run(const struct contender *c, int readers, int writers, double seconds)
{
    static struct job j;
    static struct worker worker[THREADS_MAX];
    pthread_t id[THREADS_MAX];
    const int threads = readers + writers;
    j.domain = calloc(1, c->domain_size);
    if (!j.domain || !c->init(j.domain))
        exit(2);
    loft_init(&j.stop, 0);
    c->fill(&j);
    if (pthread_barrier_init(&j.gate, NULL, (unsigned)threads + 1u) != 0)
        exit(2);
    for (int i = 0; i < threads; i++) {
        worker[i].job = &j;
        worker[i].id = i;
        worker[i].writer = i < writers;
        if (pthread_create(&id[i], NULL, c->work, &worker[i]) != 0) {
            fputs("bench: cannot start a thread\n", stderr);
            exit(2);
        }
    }
    const uint64_t t0 = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    pthread_barrier_wait(&j.gate);
    sleep_ns((uint64_t)(seconds * 1e9));
    loft_store(&j.stop, 1, relaxed);                     /* run:A relaxed: a hint to end */
    double done[2] = { 0, 0 };
    double reading = 0;
    for (int i = 0; i < threads; i++) {
        pthread_join(id[i], NULL);
        done[worker[i].writer] += (double)worker[i].done;
        reading += worker[i].writer ? 0 : (double)worker[i].cpu_ns;
        if (!worker[i].right) {
            fprintf(stderr, "bench: the sum is wrong: %s\n", c->name);
            exit(1);
        }
    }
    const double all = (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - t0);
    pthread_barrier_destroy(&j.gate);
    c->clear(&j);
    c->fini(j.domain);
    free(j.domain);
    const struct sample s = { readers ? reading / done[0] : 0, writers ? (all - reading) / done[1] : 0 };
    return s;
}

static FILE *csv;

static void
row(const char *cell_name, const char *what, const char *name, double *v, int rounds)
{
    qsort(v, (size_t)rounds, sizeof *v, by_double);
    printf("  %-22s %-8s %-14s %10.2f %10.2f %10.2f\n", cell_name, what, name, v[rounds / 2], v[0], v[rounds - 1]);
    if (csv)
        fprintf(csv, "%s,%s,%s,ns,%d,%.6g,%.6g,%.6g\n", cell_name, what, name, rounds, v[rounds / 2], v[0],
                v[rounds - 1]);
}

static void
cell(const char *name, int readers, int writers, double seconds, int rounds)
{
    static double read_ns[CONTENDERS][ROUNDS_MAX];
    static double write_ns[CONTENDERS][ROUNDS_MAX];
    for (int r = 0; r < rounds; r++) {
        for (int k = 0; k < (int)CONTENDERS; k++) {
            const int c = (k + r) % (int)CONTENDERS;     /* the order rotates, so that none is always first */
            const struct sample s = run(&contender[c], readers, writers, seconds);
            read_ns[c][r] = s.read_ns;
            write_ns[c][r] = s.write_ns;
        }
    }
    for (int c = 0; c < (int)CONTENDERS; c++) {
        if (readers)
            row(name, "section", contender[c].name, read_ns[c], rounds);
        if (writers)
            row(name, "node", contender[c].name, write_ns[c], rounds);
    }
    fflush(stdout);
}

int
main(int argc, char **argv)
{
    double seconds = 0.2;
    int rounds = ROUNDS_MAX;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "quick") == 0) {
            seconds = 0.01;
            rounds = 1;
        } else if (strcmp(argv[i], "short") == 0) {
            seconds = 0.05;
            rounds = 5;
        } else if (strcmp(argv[i], "--csv") != 0 || i + 1 == argc || !(csv = fopen(argv[++i], "w"))) {
            fprintf(stderr, "bench: %s is no argument, or cannot be written\n", argv[i]);
            return 2;
        }
    }
    find_cpus();
    if (csv)
        fputs("cell,what,scheme,unit,runs,median,min,max\n", csv);
    printf("\n  %-22s %-8s %-14s %10s %10s %10s\n", "threads", "ns per", "scheme", "median", "min", "max");
    cell("1 reader", 1, 0, seconds, rounds);
    cell("2 readers", 2, 0, seconds, rounds);
    cell("1 writer", 0, 1, seconds, rounds);
    cell("1 writer, 1 reader", 1, 1, seconds, rounds);
    cell("2 writers", 0, 2, seconds, rounds);
    cell("4 writers, 4 readers", 4, 4, seconds, rounds);
    return csv && fclose(csv) != 0;
}
