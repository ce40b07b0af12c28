/* SPDX-License-Identifier: MIT
 *
 * bench/harness.h - the one benchmark program that every contender becomes.
 *
 * An adapter (bench/queue/x.c for ours, bench/peers/x.c or x.cpp for the others) describes a queue and includes this
 * header last; the result is a program that runs one workload, checks it, and prints one line. The loops, the wait
 * loop, the payload, the checks, the pinning and the clocks are these for everybody, and the operations are inlined
 * into them for everybody.
 *
 * AN ADAPTER DEFINES
 *   BENCH_NAME             name shown in the tables
 *   BENCH_ORDER            "FIFO"; "near FIFO" where laps of the ring can overtake each other; "not FIFO" where order
 *                          holds within one producer at most
 *   BENCH_BOUND            "bounded", "loose" (bounded, but not to the capacity asked for) or "unbounded"
 *   BENCH_PROGRESS         "wait-free", "lock-free" or "blocking" (some call can wait for another thread), for the
 *                          weaker of push and pop
 *   struct queue           all there is of it; the harness places it on a page of its own
 *   bool queue_init(struct queue *q, size_t capacity, int threads)    false: this capacity cannot be had
 *   void queue_fini(struct queue *q)
 *   bool queue_try_push(struct queue *q, int me, uint64_t v)          v is never 0; me is the thread, 0..threads
 *   bool queue_try_pop(struct queue *q, int me, uint64_t *v)
 * AND MAY DEFINE
 *   BENCH_JOINS            with queue_join(q, me) and queue_leave(q, me), called by each thread around its work
 *   BENCH_WAITS            with queue_push(q, me, v) and queue_pop(q, me, &v), which wait inside; used where a pop is
 *                          sure to find something: pairwise, stream, round trip. With BENCH_WAITS_ONLY the rest is not
 *                          run.
 *   BENCH_SLEEPS           with queue_wait_room(q) and queue_wait_item(q), which sleep at most a millisecond after a
 *                          refusal instead of the wait loop
 *   BENCH_MAY_SLEEP        its calls can sleep in the kernel, so CPU time below wall time is its nature and no noise
 *   BENCH_OWN_MALLOC       its memory comes from an allocator of its own, so allocator calls cannot be counted
 *   BENCH_HELPERS          it runs threads of its own, so the CPUs are never quiet
 *   BENCH_GROWS            it has no bound; where some threads only push, a window keeps it at about the capacity
 *   BENCH_TAKES_ALL        with struct batch, queue_take_all(q, me, &batch), false: empty, and queue_batch_next(q, me,
 *                          &batch, &v), false: no more: all that was in it at one moment
 *
 * BENCH_SPSC, BENCH_MPMC, BENCH_MPSC, BENCH_UNBOUNDED or BENCH_STACK on the command line of the compiler says which
 * question the program answers, BENCH_CAP the capacity where the type has it built in. With BENCH_MPSC one thread pops.
 * A stack is a queue here in all but its order, which is checked where it can be seen: by one thread alone, and among a
 * thread's own in a batch. It begins with BENCH_PREFILL elements, so that the newest is not the only one. With
 * BENCH_STACK and BENCH_UNBOUNDED, BENCH_BOUND says what becomes of a node or segment that was popped: "freed", "kept"
 * for reuse as long as the stack or queue lives, or "caller's".
 *
 * TIMED RUN    The threads go through three phases: warm-up, timed, stop. Every value pushed and every value popped is
 *              summed, in all phases; each popped value is checked against the last one of its producer. After the stop
 *              the queue is drained and the sums must agree. A sample during which the CPUs moved or the machine was
 *              disturbed is thrown away and taken again, a bounded number of times.
 */
#ifndef LOFT_BENCH_HARNESS_H
#define LOFT_BENCH_HARNESS_H

#include "sample.h"
#include "window.h"

#include <sys/resource.h>

#if defined(BENCH_STACK) || defined(BENCH_MPSC) || defined(BENCH_UNBOUNDED)
#  define BENCH_MPMC
#endif
#if defined(BENCH_SPSC) == defined(BENCH_MPMC)
#  error "bench/harness.h: define BENCH_SPSC, BENCH_MPMC, BENCH_MPSC, BENCH_UNBOUNDED or BENCH_STACK"
#endif
#if defined(BENCH_UNBOUNDED) && !defined(BENCH_GROWS)
#  define BENCH_GROWS
#endif

#if defined(BENCH_CAP)
#  define BENCH_FIXED_CAP_ ((size_t)BENCH_CAP)
#else
#  define BENCH_FIXED_CAP_ ((size_t)0)
#endif

#if defined(BENCH_MPSC)
#  define BENCH_ONE_CONSUMER_ true
#else
#  define BENCH_ONE_CONSUMER_ false
#endif

#if defined(BENCH_UNBOUNDED)
#  define BENCH_UNBOUNDED_ true
#else
#  define BENCH_UNBOUNDED_ false
#endif

#define BENCH_THREADS_MAX 64
#define BENCH_PREFILL     64

/* ---- one run ----------------------------------------------------------------------------------------------------- */

enum phase { PHASE_WARM, PHASE_TIMED, PHASE_STOP };
enum mode { MODE_STREAM, MODE_RTT, MODE_PAIR, MODE_COIN, MODE_BURST, MODE_SPLIT, MODE_ALL };

/* A payload of 8 bytes: producer + 1 in the upper 16 bits, its running number, from 1, below. */
#define PAYLOAD(producer, number)  (((uint64_t)(producer) + 1u) << 48 | (uint64_t)(number))
#define PAYLOAD_NUMBER_MASK        (((uint64_t)1 << 48) - 1u)
#define MARK_TIMED                 (UINT64_MAX - 1u)      /* in the stream: the timed run begins here */
#define MARK_STOP                  (UINT64_MAX - 2u)

struct tally {
    uint64_t in;
    uint64_t out;
    uint64_t sum_in;
    uint64_t sum_out;
    uint64_t refused;              /* calls that answered full or empty */
    uint64_t misordered;           /* popped after a later one of the same producer */
    uint64_t alien;                /* popped and never pushed */
    uint64_t last[BENCH_THREADS_MAX + 2];
};

struct run;

struct worker {
    struct run *run;
    int me;
    pthread_t thread;
    struct work work;
    struct tally tally;
    uint64_t ops;                  /* in the timed phase */
    uint64_t refused;              /* in the timed phase */
    uint64_t begin_ns;
    uint64_t end_ns;
    uint64_t cpu_ns;
    struct hist hist;
    double *chunk_ns;              /* of one round trip */
    uint64_t chunks;
    char pad_[LOFT_CACHELINE];
};

struct run {
    enum mode mode;
    int threads;
    int producers;                 /* of a split */
    size_t capacity;
    uint64_t warm_ns;
    uint64_t timed_ns;
    uint64_t count;                /* not 0: this many operations per thread instead of a time */
    struct work work;
    unsigned wait_limit;
    bool paced;                    /* stream: items carry their time and come one per microsecond */
    struct queue *q;
    struct queue *q2;              /* round trip: the way back */
    struct window window;          /* where some threads only push, and nothing stops them */
    bool windowed;
    struct worker *worker;
    uint64_t elapsed_ns;
    pthread_barrier_t gate;
    char pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(int) phase;
    LOFT_ATOMIC(int) producers_done;
    char pad1_[LOFT_CACHELINE];
};

BENCH_INLINE void
tally_popped(struct tally *t, uint64_t v, uint64_t producers)
{
    const uint64_t producer = (v >> 48) - 1u;
    t->out++;
    t->sum_out += v;
    if (producer < producers) {
#if !defined(BENCH_STACK)
        if ((v & PAYLOAD_NUMBER_MASK) <= t->last[producer])
            t->misordered++;
        t->last[producer] = v & PAYLOAD_NUMBER_MASK;
#endif
    } else {
        t->alien++;
    }
}

BENCH_INLINE void
tally_pushed(struct tally *t, uint64_t v)
{
    t->in++;
    t->sum_in += v;
}

static inline bool
run_stopped(struct run *r)
{
    return loft_load(&r->phase, relaxed) == PHASE_STOP;   /* A relaxed: a hint; the join orders the results */
}

BENCH_INLINE bool
run_try_push(struct run *r, struct queue *q, int me, uint64_t v)
{
#if defined(BENCH_GROWS)
    if (r->windowed) {
        if (!window_open(&r->window, me) || !queue_try_push(q, me, v))
            return false;
        window_pushed(&r->window, me);
        return true;
    }
#endif
    (void)r;
    return queue_try_push(q, me, v);
}

BENCH_INLINE bool
run_try_pop(struct run *r, struct queue *q, int me, uint64_t *v)
{
    if (!queue_try_pop(q, me, v))
        return false;
#if defined(BENCH_GROWS)
    if (r->windowed)
        window_popped(&r->window, me);
#endif
    (void)r;
    return true;
}

/* Waits for room; false: the run was stopped first (never where `to_the_end`). */
BENCH_INLINE bool
push_waiting(struct run *r, struct queue *q, int me, uint64_t v, struct waiter *w, uint64_t *refused, bool to_the_end)
{
    while (!run_try_push(r, q, me, v)) {
        ++*refused;
        if (!to_the_end && run_stopped(r))
            return false;
#if defined(BENCH_SLEEPS)
        queue_wait_room(q);
#else
        wait_step(w);
#endif
    }
    w->refused_in_a_row = 0;
    return true;
}

BENCH_INLINE bool
pop_waiting(struct run *r, struct queue *q, int me, uint64_t *v, struct waiter *w, uint64_t *refused)
{
    while (!run_try_pop(r, q, me, v)) {
        ++*refused;
        if (run_stopped(r))
            return false;
#if defined(BENCH_SLEEPS)
        queue_wait_item(q);
#else
        wait_step(w);
#endif
    }
    w->refused_in_a_row = 0;
    return true;
}

/* The warm-up ends and the timed phase ends when a thread sees it, so a thread that is not running then counts nothing
 * it did not do between the two. */
static inline bool
worker_phase(struct worker *w, int *phase, int now, uint64_t ops, uint64_t refused)
{
    if (*phase == PHASE_WARM && now != PHASE_WARM) {
        w->ops = ops;
        w->refused = refused;
        w->begin_ns = now_ns();
        w->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
        memset(&w->hist, 0, sizeof w->hist);
    }
    *phase = now;
    return now == PHASE_STOP;
}

static inline void
worker_end(struct worker *w, const struct tally *t, uint64_t ops, bool begun)
{
    if (!begun) {                      /* stopped before this thread ever saw the timed phase */
        w->ops = ops;
        w->refused = t->refused;
        w->begin_ns = now_ns();
        w->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    }
    w->ops = ops - w->ops;
    w->refused = t->refused - w->refused;
    w->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - w->cpu_ns;
    w->end_ns = now_ns();
    w->tally = *t;
}

/* Round trips are timed in chunks; their median is what a row shows, because a mean over the run would hold every
 * interrupt of the machine. */
#define CHUNK_TRIPS 64u
#define CHUNKS_MAX  4096u

#if defined(BENCH_MPMC)

BENCH_INLINE void
pairwise(struct worker *w, bool working)
{
    struct run *r = w->run;
    struct queue *q = r->q;
    const uint64_t producers = (uint64_t)r->threads + 1u;
    const int me = w->me;
    struct work work = w->work;
    struct waiter wait = {0, r->wait_limit};
    struct tally t = w->tally;
    uint64_t n = 0;
    uint64_t v = 0;
    int phase = PHASE_WARM;
    (void)wait;
    for (;;) {
        const int now = loft_load(&r->phase, relaxed);    /* B relaxed: a hint */
        if (now != phase && worker_phase(w, &phase, now, 2 * n, t.refused))
            break;
        if (r->count != 0 && n == r->count)
            break;
        const bool sampled = SAMPLED(n);
        uint64_t t0 = sampled ? ticks() : 0;
        n++;
        v = PAYLOAD(me, n);
#if defined(BENCH_WAITS)
        queue_push(q, me, v);
#else
        if (!push_waiting(r, q, me, v, &wait, &t.refused, false)) {
            n--;
            worker_phase(w, &phase, PHASE_STOP, 2 * n, t.refused);
            break;
        }
#endif
        tally_pushed(&t, v);
        if (sampled)
            hist_add(&w->hist, ticks_between(t0, ticks()));
        if (working)
            work_do(&work);
        t0 = sampled ? ticks() : 0;
#if defined(BENCH_WAITS)
        queue_pop(q, me, &v);
#else
        if (!pop_waiting(r, q, me, &v, &wait, &t.refused)) {
            worker_phase(w, &phase, PHASE_STOP, 2 * n, t.refused);
            break;
        }
#endif
        tally_popped(&t, v, producers);
#if defined(BENCH_STACK)
        if (r->threads == 1 && v != PAYLOAD(me, n))
            t.misordered++;
#endif
        if (sampled)
            hist_add(&w->hist, ticks_between(t0, ticks()));
        if (working)
            work_do(&work);
    }
    worker_end(w, &t, 2 * n, phase != PHASE_WARM);
}

#if defined(BENCH_TAKES_ALL)

/* Each thread takes all there is, and pushes as much again. */
BENCH_INLINE void
all_at_once(struct worker *w, bool working)
{
    struct run *r = w->run;
    struct queue *q = r->q;
    const uint64_t producers = (uint64_t)r->threads + 1u;
    const int me = w->me;
    struct work work = w->work;
    struct waiter wait = {0, r->wait_limit};
    struct tally t = w->tally;
    uint64_t n = 0;
    uint64_t pushed = 0;
    uint64_t batches = 0;
    uint64_t v = 0;
    int phase = PHASE_WARM;
    for (;;) {
        const int now = loft_load(&r->phase, relaxed);    /* N relaxed: a hint */
        if (now != phase && worker_phase(w, &phase, now, n, t.refused))
            break;
        const bool sampled = SAMPLED(batches);
        const uint64_t t0 = sampled ? ticks() : 0;
        struct batch b;
        if (!queue_take_all(q, me, &b)) {
            t.refused++;
            wait_step(&wait);
            continue;
        }
        wait.refused_in_a_row = 0;
        batches++;
        uint64_t taken = 0;
        uint64_t newer = UINT64_MAX;
        while (queue_batch_next(q, me, &b, &v)) {
            tally_popped(&t, v, producers);
            if ((v >> 48) == (uint64_t)me + 1u) {
                t.misordered += v >= newer;
                newer = v;
            }
            taken++;
        }
        if (sampled)
            hist_add(&w->hist, ticks_between(t0, ticks()));
        if (working)
            work_do(&work);
        for (uint64_t i = 0; i < taken; i++) {
            v = PAYLOAD(me, ++pushed);
            push_waiting(r, q, me, v, &wait, &t.refused, true);
            tally_pushed(&t, v);
        }
        n += 2 * taken;
        if (working)
            work_do(&work);
    }
    worker_end(w, &t, n, phase != PHASE_WARM);
}

#endif

#if !defined(BENCH_WAITS_ONLY)

/* Refusals (full, empty) are counted apart and are not operations: a queue that answers "empty" quickly, or wrongly
 * because another thread is in the middle of a push, earns nothing by it. */
BENCH_INLINE void
coin_flip(struct worker *w, bool working)
{
    struct run *r = w->run;
    struct queue *q = r->q;
    const uint64_t producers = (uint64_t)r->threads + 1u;
    const int me = w->me;
    struct work work = w->work;
    struct waiter wait = {0, r->wait_limit};
    struct tally t = w->tally;
    uint64_t tries = 0;
    uint64_t n = 0;
    uint64_t pushed = 0;
    uint64_t v = 0;
    uint64_t coin = 0x9e3779b97f4a7c15u * ((uint64_t)me + 1u);
    int phase = PHASE_WARM;
    for (;;) {
        const int now = loft_load(&r->phase, relaxed);    /* C relaxed: a hint */
        if (now != phase && worker_phase(w, &phase, now, n, t.refused))
            break;
        if (r->count != 0 && n == r->count)
            break;
        coin ^= coin << 13;
        coin ^= coin >> 7;
        coin ^= coin << 17;
        const bool sampled = SAMPLED(tries);
        tries++;
        const uint64_t t0 = sampled ? ticks() : 0;
        bool done;
        if (coin >> 63) {
            v = PAYLOAD(me, pushed + 1);
            done = queue_try_push(q, me, v);
            if (done) {
                pushed++;
                tally_pushed(&t, v);
            }
        } else {
            done = queue_try_pop(q, me, &v);
            if (done)
                tally_popped(&t, v, producers);
        }
        if (sampled)
            hist_add(&w->hist, ticks_between(t0, ticks()));
        if (done) {
            n++;
            wait.refused_in_a_row = 0;
        } else {
            t.refused++;
            wait_step(&wait);
        }
        if (working)
            work_do(&work);
    }
    worker_end(w, &t, n, phase != PHASE_WARM);
}

#if defined(BENCH_UNBOUNDED)

/* Each thread pushes as many as the capacity, then pops as many: the queue grows and shrinks, its memory with it. */
BENCH_INLINE void
burst_and_drain(struct worker *w, bool working)
{
    struct run *r = w->run;
    const uint64_t producers = (uint64_t)r->threads + 1u;
    const int me = w->me;
    struct work work = w->work;
    struct waiter wait = {0, r->wait_limit};
    struct tally t = w->tally;
    uint64_t n = 0;
    uint64_t pushed = 0;
    uint64_t popped = 0;
    uint64_t v = 0;
    bool growing = true;
    int phase = PHASE_WARM;
    for (;;) {
        const int now = loft_load(&r->phase, relaxed);    /* O relaxed: a hint */
        if (now != phase && worker_phase(w, &phase, now, n, t.refused))
            break;
        const bool sampled = SAMPLED(n);
        const uint64_t t0 = sampled ? ticks() : 0;
        if (growing) {
            v = PAYLOAD(me, pushed + 1);
            if (!push_waiting(r, r->q, me, v, &wait, &t.refused, false)) {
                worker_phase(w, &phase, PHASE_STOP, n, t.refused);
                break;
            }
            tally_pushed(&t, v);
            growing = ++pushed - popped < r->capacity;
        } else {
            if (!pop_waiting(r, r->q, me, &v, &wait, &t.refused)) {
                worker_phase(w, &phase, PHASE_STOP, n, t.refused);
                break;
            }
            tally_popped(&t, v, producers);
            growing = ++popped == pushed;
        }
        n++;
        if (sampled)
            hist_add(&w->hist, ticks_between(t0, ticks()));
        if (working)
            work_do(&work);
    }
    worker_end(w, &t, n, phase != PHASE_WARM);
}

#endif

BENCH_INLINE void
split_producer(struct worker *w, bool working)
{
    struct run *r = w->run;
    const int me = w->me;
    struct work work = w->work;
    struct waiter wait = {0, r->wait_limit};
    struct tally t = w->tally;
    uint64_t n = 0;
    int phase = PHASE_WARM;
    for (;;) {
        const int now = loft_load(&r->phase, relaxed);    /* D relaxed: a hint */
        if (now != phase && worker_phase(w, &phase, now, n, t.refused))
            break;
        const bool sampled = SAMPLED(n);
        const uint64_t t0 = sampled ? ticks() : 0;
        const uint64_t v = PAYLOAD(me, n + 1);
        if (!push_waiting(r, r->q, me, v, &wait, &t.refused, false)) {
            worker_phase(w, &phase, PHASE_STOP, n, t.refused);
            break;
        }
        n++;
        tally_pushed(&t, v);
        if (sampled)
            hist_add(&w->hist, ticks_between(t0, ticks()));
        if (working)
            work_do(&work);
    }
    worker_end(w, &t, n, phase != PHASE_WARM);
}

BENCH_INLINE void
split_consumer(struct worker *w, bool working)
{
    struct run *r = w->run;
    const uint64_t producers = (uint64_t)r->threads + 1u;
    const int me = w->me;
    struct work work = w->work;
    struct waiter wait = {0, r->wait_limit};
    struct tally t = w->tally;
    uint64_t n = 0;
    uint64_t v = 0;
    int phase = PHASE_WARM;
    for (;;) {
        const int now = loft_load(&r->phase, relaxed);    /* E relaxed: a hint */
        if (now != phase && worker_phase(w, &phase, now, n, t.refused))
            break;
        const bool sampled = SAMPLED(n);
        const uint64_t t0 = sampled ? ticks() : 0;
        if (!pop_waiting(r, r->q, me, &v, &wait, &t.refused)) {
            worker_phase(w, &phase, PHASE_STOP, n, t.refused);
            break;
        }
        n++;
        tally_popped(&t, v, producers);
        if (sampled)
            hist_add(&w->hist, ticks_between(t0, ticks()));
        if (working)
            work_do(&work);
    }
    worker_end(w, &t, n, phase != PHASE_WARM);
}

#endif /* !BENCH_WAITS_ONLY */
#endif /* BENCH_MPMC */

#if defined(BENCH_SPSC)

BENCH_INLINE void
spsc_push(struct run *r, struct queue *q, int me, uint64_t v, struct waiter *w, uint64_t *refused)
{
#if defined(BENCH_WAITS)
    (void)r, (void)w, (void)refused;
    queue_push(q, me, v);
#else
    push_waiting(r, q, me, v, w, refused, true);
#endif
}

/* false: the producer has finished and nothing is left, so what is missing was lost. */
BENCH_INLINE bool
spsc_pop(struct run *r, struct queue *q, int me, uint64_t *v, struct waiter *w, uint64_t *refused)
{
#if defined(BENCH_WAITS)
    (void)r, (void)w, (void)refused;
    queue_pop(q, me, v);
    return true;
#else
    bool last_chance = false;
    while (!run_try_pop(r, q, me, v)) {
        ++*refused;
        if (last_chance)
            return false;
        last_chance = loft_load(&r->producers_done, acquire) != 0;   /* F acquire <- stream_push:F: its pushes are in */
#if defined(BENCH_SLEEPS)
        queue_wait_item(q);
#else
        wait_step(w);
#endif
    }
    w->refused_in_a_row = 0;
    return true;
#endif
}

/* The marks travel through the queue, so neither side looks at a clock or a flag per item and the consumer times
 * exactly the items between two of them. */
static inline void
stream_push(struct worker *w)
{
    struct run *r = w->run;
    struct queue *q = r->q;
    struct waiter wait = {0, r->wait_limit};
    struct tally t = w->tally;
    uint64_t v = 0;
    int phase = PHASE_WARM;
    for (;;) {
        const int now = loft_load(&r->phase, relaxed);    /* G relaxed: a hint */
        if (now != phase) {
            if (phase == PHASE_WARM) {
                worker_phase(w, &phase, PHASE_TIMED, t.in, t.refused);
                spsc_push(r, q, w->me, MARK_TIMED, &wait, &t.refused);
            }
            if (now == PHASE_STOP)
                break;
        }
        if (r->count != 0 && t.in >= r->count)
            break;
        for (int k = 0; k < 64; k++) {
            v++;
            spsc_push(r, q, w->me, v, &wait, &t.refused);
            t.sum_in += v;
        }
        t.in += 64;
    }
    spsc_push(r, q, w->me, MARK_STOP, &wait, &t.refused);
    loft_store(&r->producers_done, 1, release);           /* F release -> spsc_pop:F */
    worker_end(w, &t, t.in, true);
}

static inline void
stream_pop(struct worker *w)
{
    struct run *r = w->run;
    struct queue *q = r->q;
    struct waiter wait = {0, r->wait_limit};
    struct tally t = w->tally;
    uint64_t expected = 1;
    uint64_t v = 0;
    int phase = PHASE_WARM;
    while (spsc_pop(r, q, w->me, &v, &wait, &t.refused)) {
        if (LOFT_UNLIKELY(v != expected)) {
            if (v == MARK_STOP)
                break;
            if (v == MARK_TIMED) {
                worker_phase(w, &phase, PHASE_TIMED, t.out, t.refused);
                continue;
            }
            t.misordered++;
            expected = v;
        }
        expected++;
        t.out++;
        t.sum_out += v;
    }
    worker_end(w, &t, t.out, phase != PHASE_WARM);
}

/* How long one item takes from hand to hand when the queue is not full of others: it carries its own time. */
static inline void
paced_push(struct worker *w)
{
    struct run *r = w->run;
    struct waiter wait = {0, r->wait_limit};
    struct tally t = w->tally;
    const uint64_t step = (uint64_t)(1000.0 / ns_per_tick);
    uint64_t next = ticks();
    int phase = PHASE_WARM;
    while (loft_load(&r->phase, relaxed) != PHASE_STOP) { /* H relaxed: a hint */
        uint64_t now = ticks();
        while (now < next) {
            cpu_pause();
            now = ticks();
        }
        next = now + step;
        now = ticks();
        spsc_push(r, r->q, w->me, now, &wait, &t.refused);
        tally_pushed(&t, now);
    }
    worker_phase(w, &phase, PHASE_TIMED, 0, 0);
    spsc_push(r, r->q, w->me, MARK_STOP, &wait, &t.refused);
    loft_store(&r->producers_done, 1, release);           /* I release -> spsc_pop:F */
    worker_end(w, &t, t.in, true);
}

static inline void
paced_pop(struct worker *w)
{
    struct run *r = w->run;
    struct waiter wait = {0, r->wait_limit};
    struct tally t = w->tally;
    uint64_t v = 0;
    uint64_t before = 0;
    int phase = PHASE_WARM;
    worker_phase(w, &phase, PHASE_TIMED, 0, 0);
    while (spsc_pop(r, r->q, w->me, &v, &wait, &t.refused)) {
        if (v == MARK_STOP)
            break;
        const uint64_t now = ticks();
        hist_add(&w->hist, ticks_between(v, now));
        if (v < before)
            t.misordered++;
        before = v;
        t.out++;
        t.sum_out += v;
    }
    worker_end(w, &t, t.out, true);
}

static inline void
rtt_client(struct worker *w)
{
    struct run *r = w->run;
    struct waiter wait = {0, r->wait_limit};
    struct tally t = w->tally;
    uint64_t n = 0;
    uint64_t v = 0;
    uint64_t chunk_began = 0;
    int phase = PHASE_WARM;
    for (;;) {
        const int now = loft_load(&r->phase, relaxed);    /* J relaxed: a hint */
        if (now != phase && worker_phase(w, &phase, now, n, t.refused))
            break;
        if (r->count != 0 && n == r->count)
            break;
        const bool sampled = SAMPLED(n);
        if (sampled) {
            const uint64_t clock = now_ns();
            if (phase == PHASE_TIMED && n > 0)
                w->chunk_ns[w->chunks++ % CHUNKS_MAX] = (double)(clock - chunk_began) / CHUNK_TRIPS;
            chunk_began = clock;
        }
        const uint64_t t0 = sampled ? ticks() : 0;
        n++;
        spsc_push(r, r->q, w->me, n, &wait, &t.refused);
        tally_pushed(&t, n);
        if (!spsc_pop(r, r->q2, w->me, &v, &wait, &t.refused))
            break;
        t.out++;
        t.sum_out += v;
        if (v != n)
            t.misordered++;
        if (sampled)
            hist_add(&w->hist, ticks_between(t0, ticks()));
    }
    worker_end(w, &t, n, phase != PHASE_WARM);
    spsc_push(r, r->q, w->me, MARK_STOP, &wait, &t.refused);
}

static inline void
rtt_server(struct worker *w)
{
    struct run *r = w->run;
    struct waiter wait = {0, r->wait_limit};
    struct tally t = w->tally;
    uint64_t v = 0;
    int phase = PHASE_WARM;
    worker_phase(w, &phase, PHASE_TIMED, 0, 0);
    while (spsc_pop(r, r->q, w->me, &v, &wait, &t.refused) && v != MARK_STOP)
        spsc_push(r, r->q2, w->me, v, &wait, &t.refused);
    loft_store(&r->producers_done, 1, release);           /* K release -> spsc_pop:F */
    worker_end(w, &t, 0, true);
}

#endif /* BENCH_SPSC */

static void *
worker_main(void *p)
{
    struct worker *w = (struct worker *)p;
    struct run *r = w->run;
    pin(w->me);
    w->work = r->work;
    w->work.random += 0x9e3779b9u * ((uint32_t)w->me + 1u);
#if defined(BENCH_JOINS)
    queue_join(r->q, w->me);
#endif
    pthread_barrier_wait(&r->gate);
#if defined(BENCH_SPSC)
    if (r->mode == MODE_RTT)
        w->me == 0 ? rtt_client(w) : rtt_server(w);
    else if (r->paced)
        w->me == 0 ? paced_push(w) : paced_pop(w);
    else
        w->me == 0 ? stream_push(w) : stream_pop(w);
#else
    if (r->mode == MODE_PAIR) {
        r->work.any ? pairwise(w, true) : pairwise(w, false);
    }
#  if defined(BENCH_TAKES_ALL)
    else if (r->mode == MODE_ALL) {
        r->work.any ? all_at_once(w, true) : all_at_once(w, false);
    }
#  endif
#  if !defined(BENCH_WAITS_ONLY)
    else if (r->mode == MODE_COIN) {
        r->work.any ? coin_flip(w, true) : coin_flip(w, false);
    }
#    if defined(BENCH_UNBOUNDED)
    else if (r->mode == MODE_BURST) {
        r->work.any ? burst_and_drain(w, true) : burst_and_drain(w, false);
    }
#    endif
    else if (w->me < r->producers) {
        r->work.any ? split_producer(w, true) : split_producer(w, false);
    } else {
        r->work.any ? split_consumer(w, true) : split_consumer(w, false);
    }
#  endif
#endif
#if defined(BENCH_JOINS)
    queue_leave(r->q, w->me);
#endif
    return NULL;
}

/* ---- a run from begin to end ------------------------------------------------------------------------------------- */

struct verdict {
    double rate;                   /* operations, items (stream, split) or trips per second */
    double share;                  /* the slowest thread's part of what an even split would give it */
    double refused;                /* per operation */
    double cpu;                    /* least CPU time / wall time of a thread; of all CPUs where oversubscribed */
    uint64_t elapsed_ns;
    int64_t lost;
    bool sums_agree;
    uint64_t misordered;
    uint64_t alien;
    uint64_t peak_bytes;           /* of the queue, where bench/mallocs.c counts */
    uint64_t left_bytes;           /* when it was drained and everybody had left, above what it had to begin with */
    struct hist hist;
};

static struct queue *
queue_make(size_t capacity, int threads)
{
    struct queue *q = (struct queue *)page_alloc(sizeof *q);
    if (queue_init(q, capacity, threads))
        return q;
    free(q);
    return NULL;
}

static void
queue_drop(struct queue *q)
{
    if (q) {
        queue_fini(q);
        free(q);
    }
}

/* false: the capacity cannot be had. */
static bool
run_once(struct run *r, struct verdict *out)
{
    memset(out, 0, sizeof *out);
    struct worker *worker = (struct worker *)page_alloc((size_t)r->threads * sizeof *worker);
    const int keeper = r->threads;         /* the main thread: fills before, drains after */
    (void)keeper;
    struct tally *kept = (struct tally *)page_alloc(sizeof *kept);
    double *chunk_ns = (double *)page_alloc(CHUNKS_MAX * sizeof *chunk_ns);
    struct malloc_counts m[3];
    malloc_counts_now(&m[0]);
    r->q = queue_make(r->capacity, r->threads);
    r->q2 = r->q && r->mode == MODE_RTT ? queue_make(r->capacity, r->threads) : NULL;
    if (!r->q || (r->mode == MODE_RTT && !r->q2)) {
        queue_drop(r->q);
        return false;
    }
    malloc_counts_now(&m[1]);
#if defined(BENCH_GROWS)
    r->windowed = r->mode == MODE_STREAM || r->mode == MODE_SPLIT;
    if (r->windowed && !window_init(&r->window, r->capacity, r->threads))
        exit(2);
#endif
    r->worker = worker;
    loft_init(&r->phase, r->count != 0 ? PHASE_TIMED : PHASE_WARM);
    loft_init(&r->producers_done, 0);
    r->wait_limit = r->threads > cpu_count ? WAIT_LIMIT_OVERSUBSCRIBED : WAIT_LIMIT_ALONE;
#if defined(BENCH_JOINS)
    queue_join(r->q, keeper);
#endif
#if defined(BENCH_MPMC)
    uint64_t fill = 0;
    if (r->mode == MODE_COIN)
        fill = r->capacity / 2;            /* half full, so that chance seldom meets a wall */
#  if defined(BENCH_STACK)
    else
        fill = BENCH_PREFILL;
#  endif
    for (uint64_t i = 1; i <= fill; i++) {
        if (!queue_try_push(r->q, keeper, PAYLOAD(keeper, i)))
            break;
        tally_pushed(kept, PAYLOAD(keeper, i));
    }
#endif
    if (pthread_barrier_init(&r->gate, NULL, (unsigned)r->threads + 1u) != 0)
        exit(2);
    for (int i = 0; i < r->threads; i++) {
        worker[i].run = r;
        worker[i].me = i;
        worker[i].chunk_ns = chunk_ns;
        if (pthread_create(&worker[i].thread, NULL, worker_main, &worker[i]) != 0) {
            fprintf(stderr, "bench: cannot start thread %d of %d\n", i + 1, r->threads);
            exit(2);
        }
    }
    pthread_barrier_wait(&r->gate);
    uint64_t cpu_ns = 0;
    uint64_t t0 = now_ns();
    if (r->count == 0) {
        sleep_ns(r->warm_ns);
        cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
        t0 = now_ns();
        loft_store(&r->phase, PHASE_TIMED, relaxed);      /* L relaxed: a hint */
        sleep_ns(r->timed_ns);
        loft_store(&r->phase, PHASE_STOP, relaxed);       /* M relaxed: a hint */
        r->elapsed_ns = now_ns() - t0;
        cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_ns;
    }
    for (int i = 0; i < r->threads; i++)
        pthread_join(worker[i].thread, NULL);
    if (r->count != 0)
        r->elapsed_ns = now_ns() - t0;
    pthread_barrier_destroy(&r->gate);

#if defined(BENCH_MPMC)
    uint64_t v = 0;
    while (queue_try_pop(r->q, keeper, &v))
        tally_popped(kept, v, (uint64_t)r->threads + 1u);
#endif
#if defined(BENCH_JOINS)
    queue_leave(r->q, keeper);
#endif
    malloc_counts_now(&m[2]);
    out->peak_bytes = m[2].peak > m[0].live ? m[2].peak - m[0].live : 0;
    out->left_bytes = m[2].live > m[1].live ? m[2].live - m[1].live : 0;

    struct tally all = *kept;
    uint64_t ops = 0;
    uint64_t refused = 0;
    uint64_t least = UINT64_MAX;
    double cpu = 1e9;
    for (int i = 0; i < r->threads; i++) {
        const struct worker *w = &worker[i];
        all.in += w->tally.in;
        all.out += w->tally.out;
        all.sum_in += w->tally.sum_in;
        all.sum_out += w->tally.sum_out;
        all.misordered += w->tally.misordered;
        all.alien += w->tally.alien;
        refused += w->refused;
        const bool counts = r->mode == MODE_STREAM || r->mode == MODE_SPLIT ? i >= r->producers
                          : r->mode == MODE_RTT ? i == 0 : true;
        if (counts) {
            ops += w->ops;
            if (w->ops < least)
                least = w->ops;
        }
        const double wall = (double)(w->end_ns - w->begin_ns);
        if (wall > 0 && (double)w->cpu_ns / wall < cpu)
            cpu = (double)w->cpu_ns / wall;
        out->hist.n += w->hist.n;
        if (w->hist.most > out->hist.most)
            out->hist.most = w->hist.most;
        for (unsigned k = 0; k < HIST_BUCKETS; k++)
            out->hist.bucket[k] += w->hist.bucket[k];
    }
    /* The consumer of a stream and the client of a round trip time their own stretch. */
    uint64_t elapsed = r->elapsed_ns;
    if (r->mode == MODE_STREAM || r->mode == MODE_RTT) {
        const struct worker *timer = &worker[r->mode == MODE_STREAM ? 1 : 0];
        elapsed = timer->end_ns - timer->begin_ns;
    }
    int counting = r->threads;
    if (r->mode == MODE_STREAM || r->mode == MODE_SPLIT)
        counting = r->threads - r->producers;
    else if (r->mode == MODE_RTT)
        counting = 1;
    out->elapsed_ns = elapsed;
    out->rate = elapsed ? (double)ops * 1e9 / (double)elapsed : 0;
    const uint64_t chunks = worker[0].chunks < CHUNKS_MAX ? worker[0].chunks : CHUNKS_MAX;
    if (r->mode == MODE_RTT && chunks >= 8) {
        qsort(chunk_ns, (size_t)chunks, sizeof *chunk_ns, by_double);
        out->rate = 1e9 / chunk_ns[chunks / 2];
    }
    free(chunk_ns);
    out->share = ops ? (double)least * counting / (double)ops : 0;
    if (r->mode == MODE_SPLIT && r->producers > 0) {     /* producers can starve too */
        uint64_t pushed = 0;
        uint64_t least_pushed = UINT64_MAX;
        for (int i = 0; i < r->producers; i++) {
            pushed += worker[i].ops;
            if (worker[i].ops < least_pushed)
                least_pushed = worker[i].ops;
        }
        const double share = pushed ? (double)least_pushed * r->producers / (double)pushed : 0;
        if (share < out->share)
            out->share = share;
    }
    out->refused = ops ? (double)refused / (double)ops : (double)refused;
    out->cpu = r->threads > cpu_count && r->elapsed_ns
             ? (double)cpu_ns / ((double)r->elapsed_ns * cpu_count) : cpu;
    out->lost = (int64_t)(all.in - all.out);
    out->sums_agree = all.sum_in == all.sum_out;
    out->misordered = all.misordered;
    out->alien = all.alien;
    free(worker);
    free(kept);
    queue_drop(r->q);
    queue_drop(r->q2);
#if defined(BENCH_GROWS)
    if (r->windowed)
        window_fini(&r->window);
#endif
    return true;
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static int
memory_main(struct run *r)
{
    struct malloc_counts c0;
    struct malloc_counts c1;
    struct malloc_counts c2;
    struct queue *q = (struct queue *)page_alloc(sizeof *q);
    const bool counted = malloc_counts_now(&c0);
    if (!queue_init(q, r->capacity, r->threads)) {
        printf("status=capacity\n");
        return 0;
    }
    malloc_counts_now(&c1);
#if defined(BENCH_JOINS)
    queue_join(q, r->threads);
#endif
    uint64_t v = 0;
    uint64_t filled = 0;
    const uint64_t most = r->capacity * (BENCH_UNBOUNDED_ ? 64u : 1u);
    while (filled < most && queue_try_push(q, r->threads, PAYLOAD(0, filled + 1)))
        filled++;
    malloc_counts_now(&c2);
    while (queue_try_pop(q, r->threads, &v))
        ;
#if defined(BENCH_JOINS)
    queue_leave(q, r->threads);
#endif
    struct malloc_counts drained;
    malloc_counts_now(&drained);
    queue_drop(q);

    /* The ordinary workload with some operations and with twice as many: what the second takes more is theirs alone. */
    struct verdict once;
    struct verdict twice;
    struct malloc_counts c3;
    struct malloc_counts c4;
    struct malloc_counts c5;
    malloc_counts_now(&c3);
    run_once(r, &once);
    malloc_counts_now(&c4);
    const uint64_t each = r->mode == MODE_COIN ? 1u : 2u;
    const uint64_t ops = r->count * (r->mode == MODE_STREAM ? 2u : each * (uint64_t)r->threads);
    r->count *= 2;
    run_once(r, &twice);
    malloc_counts_now(&c5);
    const double more = (double)(c5.calls - c4.calls) - (double)(c4.calls - c3.calls);
    const bool right = once.sums_agree && twice.sums_agree && once.lost == 0 && twice.lost == 0;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("status=%s\tcounted=%d\tinit_bytes=%llu\tinit_calls=%llu\tfull_bytes=%llu\tdrained_bytes=%llu\t"
           "filled=%llu\tcalls_per_op=%.4f\tpeak_bytes=%llu\tleft_bytes=%llu\trss_kb=%ld\town_malloc=%d\n",
           right ? "ok" : "wrong", counted, (unsigned long long)(sizeof *q + (c1.live - c0.live)),
           (unsigned long long)(c1.calls - c0.calls), (unsigned long long)(sizeof *q + (c2.live - c0.live)),
           (unsigned long long)(sizeof *q + (drained.live - c0.live)), (unsigned long long)filled,
           more > 0 ? more / (double)ops : 0.0, (unsigned long long)twice.peak_bytes,
           (unsigned long long)twice.left_bytes, usage.ru_maxrss,
#if defined(BENCH_OWN_MALLOC)
           1
#else
           0
#endif
    );
    return right ? 0 : 1;
}

/* ---- the program ------------------------------------------------------------------------------------------------- */

static void
usage_and_exit(const char *program)
{
    fprintf(stderr,
            "usage: %s --info\n"
            "       %s --mode stream|rtt|pair|coin|burst|split|all|memory [--threads N] [--producers N]\n"
            "          [--capacity N] [--work LEAST:MOST (ns)] [--ms N | --count N] [--retries N]\n"
            "          [--near NS] [--far NS]\n",
            program, program);
    exit(2);
}

int
main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--info") == 0) {
        printf("name=%s\torder=%s\tbound=%s\tprogress=%s\tfixed=%zu\twaits_only=%d\ttakes_all=%d\n",
               BENCH_NAME, BENCH_ORDER, BENCH_BOUND, BENCH_PROGRESS, BENCH_FIXED_CAP_,
#if defined(BENCH_WAITS_ONLY)
               1,
#else
               0,
#endif
#if defined(BENCH_TAKES_ALL)
               1
#else
               0
#endif
        );
        return 0;
    }
    struct run *r = (struct run *)page_alloc(sizeof *r);
    const char *mode = argument_text(argc, argv, "--mode", "");
    const bool memory = strcmp(mode, "memory") == 0;
#if defined(BENCH_SPSC)
    if (strcmp(mode, "rtt") == 0)
        r->mode = MODE_RTT;
    else if (memory || strcmp(mode, "stream") == 0)
        r->mode = MODE_STREAM;
    else
        usage_and_exit(argv[0]);
    r->threads = 2;
    r->producers = 1;
#else
    if (memory || strcmp(mode, "pair") == 0)
        r->mode = memory && BENCH_UNBOUNDED_ ? MODE_COIN : MODE_PAIR;
#  if !defined(BENCH_WAITS_ONLY)
    else if (strcmp(mode, "coin") == 0)
        r->mode = MODE_COIN;
    else if (strcmp(mode, "split") == 0)
        r->mode = MODE_SPLIT;
#    if defined(BENCH_UNBOUNDED)
    else if (strcmp(mode, "burst") == 0)
        r->mode = MODE_BURST;
#    endif
#  endif
#  if defined(BENCH_TAKES_ALL)
    else if (strcmp(mode, "all") == 0)
        r->mode = MODE_ALL;
#  endif
    else
        usage_and_exit(argv[0]);
    r->threads = (int)argument(argc, argv, "--threads", BENCH_ONE_CONSUMER_ && memory ? 1 : 2);
    r->producers = r->mode == MODE_SPLIT ? (int)argument(argc, argv, "--producers", r->threads / 2) : 0;
#endif
    r->capacity = (size_t)argument(argc, argv, "--capacity", 1024);
    r->count = (uint64_t)argument(argc, argv, "--count", memory ? 500000 : 0);
    const double ms = argument(argc, argv, "--ms", 100);
    r->timed_ns = (uint64_t)(ms * 1e6);
    r->warm_ns = r->timed_ns / 10 < 5000000u ? 5000000u : r->timed_ns / 10;
    if (r->warm_ns > 30000000u)
        r->warm_ns = 30000000u;
    const int retries = (int)argument(argc, argv, "--retries", 0);
    near_below_ns = argument(argc, argv, "--near", near_below_ns);
    far_from_ns = argument(argc, argv, "--far", far_from_ns);
    const char *work = argument_text(argc, argv, "--work", "0");
    const double work_least = strtod(work, NULL);
    const char *colon = strchr(work, ':');
    const double work_most = colon ? strtod(colon + 1, NULL) : work_least;
    const bool bad = r->threads < 1 || r->threads > BENCH_THREADS_MAX || r->capacity < 1 || !(ms > 0) || work_least < 0
                  || (r->mode == MODE_SPLIT && (r->producers < 1 || r->producers >= r->threads))
                  || (BENCH_ONE_CONSUMER_ && r->threads - r->producers != 1)
                  || (r->count != 0 && r->mode >= MODE_BURST)
                  || (BENCH_FIXED_CAP_ != 0 && r->capacity != BENCH_FIXED_CAP_);
    if (bad)
        usage_and_exit(argv[0]);

    find_cpus();
    calibrate_ticks();
    if (memory)
        return memory_main(r);
    double work_ns = 0;
    if (work_most > 0) {
        pin(0);
        work_ns = calibrate_work(&r->work, work_least, work_most);
    }

    int rejected_place = 0;
    int rejected_noise = 0;
    for (int attempt = 0;; attempt++) {
        struct verdict out;
        struct gate gate;
        gate_probe(&gate, 0, r->threads);
        const double raw0 = r->mode == MODE_RTT ? rally_ns(false, 300, CHUNK_TRIPS) : 0;
        gate_noise(&gate, 0);
        if (!run_once(r, &out)) {
            printf("status=capacity\n");
            return 0;
        }
        gate_noise(&gate, 1);
        const double raw1 = r->mode == MODE_RTT ? rally_ns(false, 300, CHUNK_TRIPS) : 0;
        gate_probe(&gate, 1, r->threads);
        const bool moved = gate_moved(&gate);
        const bool noisy = gate_noisy(&gate, r->count == 0 ? out.cpu : 1);
        if ((moved || noisy) && attempt < retries && out.sums_agree && out.lost == 0 && out.alien == 0) {
            rejected_place += moved;
            rejected_noise += !moved;
            continue;
        }

        struct verdict paced;
        memset(&paced, 0, sizeof paced);
        paced.sums_agree = true;
        if (r->mode == MODE_STREAM && r->count == 0) {
            r->paced = true;
            r->timed_ns = r->timed_ns / 4;
            run_once(r, &paced);
            out.hist = paced.hist;
        }
        const bool right = out.sums_agree && paced.sums_agree && out.lost == 0 && paced.lost == 0 && out.alien == 0;
        printf("status=%s\tclean=%d\tplace=%s\tline_before=%.1f\tline_after=%.1f\traw_before=%.1f\traw_after=%.1f\t"
               "rate=%.6g\tshare=%.3f\trefused=%.4g\tcpu=%.3f\tpsi=%.4f\tsteal=%.4f\twork_ns=%.1f\t"
               "p50=%.0f\tp99=%.0f\tp999=%.0f\tmax=%.0f\tsamples=%llu\trejected_place=%d\trejected_noise=%d\t"
               "lost=%lld\tmisordered=%llu\talien=%llu\telapsed_ms=%.1f\tcpus=%d\tpinned=%d\n",
               right ? "ok" : "wrong", !moved && !noisy, gate_place(&gate), gate.line[0], gate.line[1], raw0, raw1,
               out.rate, out.share, out.refused, out.cpu, gate_psi(&gate), gate_steal(&gate), work_ns,
               hist_percentile(&out.hist, 50), hist_percentile(&out.hist, 99), hist_percentile(&out.hist, 99.9),
               (double)out.hist.most * ns_per_tick, (unsigned long long)out.hist.n, rejected_place, rejected_noise,
               (long long)(out.lost + paced.lost), (unsigned long long)(out.misordered + paced.misordered),
               (unsigned long long)out.alien, (double)out.elapsed_ns / 1e6, cpu_count, cpu_pinning);
        return right ? 0 : 1;
    }
}

#endif
