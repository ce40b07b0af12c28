/* SPDX-License-Identifier: MIT
 *
 * bench/smr/ours.h - our schemes as contenders, and how a contender is run.
 *
 * Needs: bench/smr/cells.h bench/smr/loops.h, and the headers of all schemes
 */
#ifndef LOFT_BENCH_SMR_OURS_H
#define LOFT_BENCH_SMR_OURS_H

#include "cells.h"

#include "../../include/loft/smr/debra.h"
#include "../../include/loft/smr/ebr.h"
#include "../../include/loft/smr/hp.h"
#include "../../include/loft/smr/hyaline.h"
#include "../../include/loft/smr/ibr.h"
#include "../../include/loft/smr/leak.h"
#include "../../include/loft/smr/qsbr.h"

#define OURS(S) \
    typedef S S##_b_domain; \
    typedef struct { S##_thread *me; } S##_b_thread; \
    typedef S##_node S##_b_node; \
    static void S##_b_drop(loft_smr_thread *me, loft_smr_node *n) { (void)me; free(n); } \
    static inline bool S##_b_init(S *d, const loft_smr_options *o) { return S##_init(d, o) == LOFT_OK; } \
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
    static inline void S##_b_retire(S##_b_thread *t, S##_node *n) \
    { \
        S##_retire(t->me, n, S##_b_drop); \
    } \
    static uint64_t S##_b_peak(void *d) { return S##_stats_get((const S *)d).peak; }

#define EXITS(S)  static inline void S##_b_exit(S##_b_thread *t) { S##_exit(t->me); }

/* A macro, because that of debra.h is a setjmp in the frame that reads. */
#define loft_ebr_b_read(t)      loft_ebr_read((t)->me)
#define loft_qsbr_b_read(t)     loft_qsbr_read((t)->me)
#define loft_ibr_b_read(t)      loft_ibr_read((t)->me)
#define loft_debra_b_read(t)    loft_debra_read((t)->me)
#define loft_hp_b_read(t)       loft_hp_read((t)->me)
#define loft_hyaline_b_read(t)  loft_hyaline_read((t)->me)
#define loft_leak_b_read(t)     loft_leak_read((t)->me)

OURS(loft_ebr)
EXITS(loft_ebr)
#define SCHEME(f)  loft_ebr_b_##f
#include "loops.h"
#undef SCHEME
ENTRY(loft_ebr_b, "loft ebr.h", loft_ebr_b_peak, 0)

OURS(loft_qsbr)
static inline void loft_qsbr_b_exit(loft_qsbr_b_thread *t) { loft_qsbr_quiescent(t->me); }
#define SCHEME(f)  loft_qsbr_b_##f
#include "loops.h"
#undef SCHEME
ENTRY(loft_qsbr_b, "loft qsbr.h", loft_qsbr_b_peak, 0)

OURS(loft_ibr)
EXITS(loft_ibr)
#define SCHEME(f)  loft_ibr_b_##f
#include "loops.h"
#undef SCHEME
ENTRY(loft_ibr_b, "loft ibr.h", loft_ibr_b_peak, 0)

OURS(loft_debra)
EXITS(loft_debra)
#define SCHEME(f)  loft_debra_b_##f
#include "loops.h"
#undef SCHEME
ENTRY(loft_debra_b, "loft debra.h", loft_debra_b_peak, 0)

OURS(loft_hp)
EXITS(loft_hp)
#define SCHEME(f)  loft_hp_b_##f
#include "loops.h"
#undef SCHEME
ENTRY(loft_hp_b, "loft hp.h", loft_hp_b_peak, 0)

OURS(loft_hyaline)
EXITS(loft_hyaline)
#define SCHEME(f)  loft_hyaline_b_##f
#include "loops.h"
#undef SCHEME
ENTRY(loft_hyaline_b, "loft hyaline.h", loft_hyaline_b_peak, 0)

/* leak.h frees nothing, so that a run would end without memory: its nodes are put aside, and freed after the clock. */
typedef struct {
    loft_leak leak;
    pthread_mutex_t lock;
    loft_smr_list_ aside;
} loft_leak_b_domain;

typedef struct {
    loft_leak_thread *me;
    loft_leak_b_domain *domain;
    loft_smr_list_ aside;
} loft_leak_b_thread;

typedef loft_leak_node loft_leak_b_node;

static void loft_leak_b_drop(loft_smr_thread *me, loft_smr_node *n) { (void)me, (void)n; }

static inline bool
loft_leak_b_init(loft_leak_b_domain *d, const loft_smr_options *o)
{
    d->aside.head = NULL;
    return pthread_mutex_init(&d->lock, NULL) == 0 && loft_leak_init(&d->leak, o) == LOFT_OK;
}

static inline void
loft_leak_b_fini(loft_leak_b_domain *d)
{
    while (d->aside.head) {
        loft_smr_node *const n = d->aside.head;
        d->aside.head = n->next;
        free(n);
    }
    pthread_mutex_destroy(&d->lock);
    if (loft_leak_fini(&d->leak) != LOFT_OK)
        exit(2);
}

static inline void
loft_leak_b_join(loft_leak_b_domain *d, loft_leak_b_thread *t)
{
    t->me = loft_leak_join(&d->leak);
    t->domain = d;
    t->aside.head = NULL;
    t->aside.tail = NULL;
    if (!t->me)
        exit(2);
}

static inline void
loft_leak_b_leave(loft_leak_b_thread *t)
{
    pthread_mutex_lock(&t->domain->lock);
    loft_smr_move_(&t->domain->aside, &t->aside);
    pthread_mutex_unlock(&t->domain->lock);
    loft_leak_leave(t->me);
}

static inline void *loft_leak_b_make(loft_leak_b_thread *t, size_t size) { (void)t; return malloc(size); }
static inline void loft_leak_b_enter(loft_leak_b_thread *t) { loft_leak_enter(t->me); }
static inline void loft_leak_b_exit(loft_leak_b_thread *t) { loft_leak_exit(t->me); }

static inline uintptr_t
loft_leak_b_get(loft_leak_b_thread *t, LOFT_ATOMIC(uintptr_t) *w)
{
    return loft_leak_protect(t->me, 0, w);
}

static inline void
loft_leak_b_retire(loft_leak_b_thread *t, loft_leak_node *n)
{
    loft_leak_retire(t->me, n, loft_leak_b_drop);
    loft_smr_put_(&t->aside, n);
}

#define SCHEME(f)  loft_leak_b_##f
#include "loops.h"
#undef SCHEME
ENTRY(loft_leak_b, "loft leak.h", NULL, 0.04)

/* ---- a run ------------------------------------------------------------------------------------------------------- */

struct sample {
    double read_ns;                /* of a section, or of a pointer; 0 where nobody reads      */
    double write_ns;               /* of a node, from allocating it to freeing the one before  */
    uint64_t peak;                 /* nodes pending at most, where the scheme counts           */
    bool disturbed;                /* a thread did not get its processor                       */
};

static struct work private_work;

static struct sample
run(const struct contender *c, const loft_smr_options *o, enum role reader, int readers, int writers, double seconds)
{
    static struct job j;
    static struct worker worker[THREADS_MAX];
    pthread_t id[THREADS_MAX];
    const int threads = readers + writers;
    j.domain = calloc(1, c->domain_size);
    if (!j.domain || !c->begin(j.domain, o))
        exit(2);
    loft_init(&j.stop, 0);
    c->fill(&j);
    if (pthread_barrier_init(&j.gate, NULL, (unsigned)threads + 1u) != 0)
        exit(2);
    for (int i = 0; i < threads; i++) {
        worker[i].job = &j;
        worker[i].id = i;
        worker[i].role = i < writers ? WRITER : reader;
        worker[i].work = private_work;
        if (pthread_create(&id[i], NULL, c->work, &worker[i]) != 0) {
            fputs("bench: cannot start a thread\n", stderr);
            exit(2);
        }
    }
    const uint64_t t0 = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    pthread_barrier_wait(&j.gate);
    sleep_ns((uint64_t)((c->most > 0 && seconds > c->most ? c->most : seconds) * 1e9));
    loft_store(&j.stop, 1, relaxed);                     /* run:A relaxed: a hint to end */
    double done[2] = { 0, 0 };
    double reading = 0;
    struct sample s = { 0, 0, 0, false };
    for (int i = 0; i < threads; i++) {
        pthread_join(id[i], NULL);
        done[worker[i].role == WRITER] += (double)worker[i].done;
        reading += worker[i].role == WRITER ? 0 : (double)worker[i].cpu_ns;
        if (threads <= cpu_count && (double)worker[i].cpu_ns < 0.9 * (double)worker[i].wall_ns)
            s.disturbed = true;
        if (!worker[i].right) {
            fprintf(stderr, "bench: the sum is wrong: %s\n", c->name);
            exit(1);
        }
    }
    const double all = (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - t0);
    pthread_barrier_destroy(&j.gate);
    if (c->peak)
        s.peak = c->peak(j.domain);
    c->clear(&j);
    c->end(j.domain);
    free(j.domain);
    s.read_ns = readers ? reading / done[0] : 0;
    s.write_ns = writers ? (all - reading) / done[1] : 0;
    return s;
}

static int retakes = 3;

/* Once more, a few times at most, where other programs had a hand in it. */
static inline struct sample
run_quiet(const struct contender *c, const loft_smr_options *o, enum role reader, int readers, int writers,
          double seconds)
{
    struct sample s = run(c, o, reader, readers, writers, seconds);
    for (int i = 0; s.disturbed && i < retakes; i++)
        s = run(c, o, reader, readers, writers, seconds);
    return s;
}

#endif
