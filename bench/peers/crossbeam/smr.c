/* SPDX-License-Identifier: MIT
 *
 * bench/peers/crossbeam/smr.c - crossbeam-epoch as a contender in the comparison of reclamation. Its loops are in
 * lib.rs, because a call from C into Rust for each section would be half of what is measured.
 */
#define BENCH_ADAPTER
#include "../../smr/cells.h"

struct crossbeam_job {
    const struct word *words;
    size_t stride;
    size_t count;
    const LOFT_ATOMIC(int) *stop;
    void (*work)(void *work_of);
    void *work_of;
};

void *bench_crossbeam_new(void);
void bench_crossbeam_free(void *collector);
void *bench_crossbeam_join(void *collector);
void bench_crossbeam_leave(void *me);
uint64_t bench_crossbeam_work(void *me, int role, const struct crossbeam_job *job, uint64_t *sum);

typedef struct { void *collector; } crossbeam_b_domain;
typedef struct { void *me; } crossbeam_b_thread;

struct crossbeam_b_item {
    void *unused[2];
    uint64_t value;
};

static inline bool
crossbeam_b_init(crossbeam_b_domain *d, const loft_smr_options *o)
{
    (void)o;
    d->collector = bench_crossbeam_new();
    return d->collector != NULL;
}

static inline void crossbeam_b_fini(crossbeam_b_domain *d) { bench_crossbeam_free(d->collector); }

static inline void
crossbeam_b_join(crossbeam_b_domain *d, crossbeam_b_thread *t)
{
    t->me = bench_crossbeam_join(d->collector);
}

static inline void crossbeam_b_leave(crossbeam_b_thread *t) { bench_crossbeam_leave(t->me); }
static inline void *crossbeam_b_make(crossbeam_b_thread *t, size_t size) { (void)t; return malloc(size); }

static void crossbeam_b_pause(void *work) { work_do((struct work *)work); }

static void *
crossbeam_b_work(void *p)
{
    struct worker *const me = (struct worker *)p;
    struct job *const j = me->job;
    const struct crossbeam_job job = { j->word, sizeof j->word[0], WORDS, &j->stop, crossbeam_b_pause,
                                       &me->work };
    crossbeam_b_thread t;
    uint64_t sum = 0;
    pin(me->id);
    crossbeam_b_join((crossbeam_b_domain *)j->domain, &t);
    pthread_barrier_wait(&j->gate);
    const uint64_t from = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    const uint64_t since = now_ns();
    me->done = bench_crossbeam_work(t.me, (int)me->role, &job, &sum);
    me->wall_ns = now_ns() - since;
    me->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - from;
    me->right = sum == me->done;
    crossbeam_b_leave(&t);
    return NULL;
}

ENTRY(crossbeam_b, "crossbeam", NULL, 0)
