/* SPDX-License-Identifier: MIT
 *
 * tests/queue/linear.h - are the histories of one instance linearizable? Include it once for each queue:
 *
 *     #define LINEAR_NAME wordq               the instance; its header has been included
 *     #define LINEAR_T    uintptr_t           or uint64_t
 *     #define LINEAR_SPSC 0                   1: one thread pushes and closes, one pops
 *     #define LINEAR_IN_HAND FIFO_IN_HAND     how slots of calls in progress count for `full` (see fifo_check.h)
 *     #include "linear.h"                     defines wordq_bursts, wordq_stalls, wordq_races, wordq_long_run
 *
 * bursts     puppets, each schedule drawn from a seed: exact moments, many overlaps, any number of threads
 * stalls     puppets again, for longer: some stand still for as long as the others need to go round the ring several
 *            times, which is when a late thread meets slots of another lap. Judged by its patterns, moments exact
 * races      real threads in short bursts, moments from the clock: what the machine does by itself. No counter is
 *            shared, it would order what the queue must order. A full fence lies between the clock and the call on
 *            both sides, so that a store that is still in a buffer does not count as returned
 * long_run   the same for a long time, judged by its patterns
 */
#include "common.h"
#include "fifo_check.h"

#ifndef LOFT_TESTS_QUEUE_LINEAR_H
#define LOFT_TESTS_QUEUE_LINEAR_H

#define LINEAR_THREADS  6
#define LINEAR_CALLS    12
#define LINEAR_STALLS   48                               /* calls of each puppet in a stall */

static struct puppet linear_puppet[LINEAR_THREADS];
static uint64_t linear_moment;                           /* of the puppets, of which one moves at a time */

/* Where the counters of a burst begin: anywhere, or so that they wrap within it. */
TEST_UNUSED_ static size_t
linear_start(struct dice *d)
{
    static const size_t edges[] = { SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 4, (size_t)UINT32_MAX, (size_t)INT32_MAX };
    if (dice_roll(d, 2))
        return dice_roll(d, 100);
    return edges[dice_roll(d, sizeof edges / sizeof *edges)] - dice_roll(d, 24);
}

TEST_UNUSED_ static uint64_t
linear_clock(void)
{
    loft_fence(seq_cst);
    const uint64_t t = now_ns();
    loft_fence(seq_cst);
    return t;
}

#endif

#define Q      LINEAR_NAME
#define QT     LINEAR_T
#define Q_(f)  LOFT_CAT(LINEAR_NAME, f)

struct Q_(linear_part_) {
    Q *q;
    struct fifo_op op[LINEAR_CALLS];
    int n;
};

struct Q_(linear_burst_) {
    Q q;
    struct fifo_spec spec;
    uint64_t before[FIFO_LEN_MAX];
    uint64_t after[FIFO_LEN_MAX + LINEAR_CALLS];
    struct Q_(linear_part_) part[LINEAR_THREADS];
    int threads;
};

TEST_UNUSED_ static bool
Q_(linear_pop_)(Q *q, uint64_t *value)
{
    QT v;
    if (!Q_(try_pop)(q, &v))
        return false;
    *value = v;
    return true;
}

TEST_UNUSED_ static void
Q_(linear_call_)(Q *q, struct fifo_op *o)
{
    if (o->kind == FIFO_CLOSE)
        Q_(close)(q);
    else if (o->kind == FIFO_PUSH)
        o->done = Q_(try_push)(q, (QT)o->value);
    else
        o->done = Q_(linear_pop_)(q, &o->value);
}

/* A queue with some past and some content, and calls for each thread. */
TEST_UNUSED_ static void
Q_(linear_draw_)(struct Q_(linear_burst_) *b, struct dice *d, int threads)
{
    static const size_t capacities[] = { 2, 4, 2, 4, 1, 3 };
    const size_t capacity = capacities[dice_roll(d, LINEAR_SPSC ? 6 : 4)];
    uint64_t v;
    if (Q_(init)(&b->q, capacity) != LOFT_OK)
        abort();
    if (dice_roll(d, 3))
        Q_(start_at_)(&b->q, linear_start(d));
    for (size_t k = dice_roll(d, 4 * capacity); k != 0; k--)
        if (!Q_(try_push)(&b->q, 1) || !Q_(linear_pop_)(&b->q, &v))
            abort();
    if (dice_roll(d, 3) == 0)
        for (size_t k = dice_roll(d, 5 * capacity); k != 0; k--)
            if (Q_(linear_pop_)(&b->q, &v))
                abort();
    b->threads = threads;
    b->spec.capacity = capacity;
    b->spec.in_hand = LINEAR_IN_HAND;
    b->spec.n_before = dice_roll(d, capacity + 1);
    b->spec.before = b->before;
    for (size_t k = 0; k < b->spec.n_before; k++) {
        b->before[k] = 0x100 + k;
        if (!Q_(try_push)(&b->q, (QT)b->before[k]))
            abort();
    }
    int left = LINEAR_CALLS;
    const size_t tilt = 20 + dice_roll(d, 61);
    const bool closes = dice_roll(d, 4) == 0;
    uint64_t next = 0x200;
    for (int t = 0; t < threads; t++) {
        struct Q_(linear_part_) *p = &b->part[t];
        p->q = &b->q;
        p->n = 1 + (int)dice_roll(d, LINEAR_SPSC ? 6 : 4);
        if (p->n > left - (threads - 1 - t))
            p->n = left - (threads - 1 - t);
        left -= p->n;
        for (int k = 0; k < p->n; k++) {
            struct fifo_op *o = &p->op[k];
            const bool push = LINEAR_SPSC ? t == 0 : dice_roll(d, 100) < tilt;
            o->kind = push ? FIFO_PUSH : FIFO_POP;
            if (closes && dice_roll(d, 8) == 0 && (!LINEAR_SPSC || t == 0))
                o->kind = FIFO_CLOSE;
            o->done = o->kind == FIFO_CLOSE;
            o->value = o->kind == FIFO_PUSH ? next++ : 0;
        }
    }
}

/* All calls have returned: drains, asks the judge, ends the queue. */
TEST_UNUSED_ static enum fifo_verdict
Q_(linear_judge_)(struct Q_(linear_burst_) *b, unsigned long *in_hand, bool print)
{
    struct fifo_op all[LINEAR_CALLS];
    int n = 0;
    size_t len = 0;
    for (uint64_t v; len < FIFO_LEN_MAX + LINEAR_CALLS && Q_(linear_pop_)(&b->q, &v);)
        b->after[len++] = v;
    Q_(fini)(&b->q);
    for (int t = 0; t < b->threads; t++)
        for (int k = 0; k < b->part[t].n; k++)
            all[n++] = b->part[t].op[k];
    b->spec.after = b->after;
    b->spec.n_after = len;
    const enum fifo_verdict verdict = fifo_search(&b->spec, all, n);
    if (verdict != FIFO_YES && print)
        fifo_print(&b->spec, all, n);
    if (verdict == FIFO_YES && b->spec.in_hand) {
        b->spec.in_hand = FIFO_FULL_IS_FULL;
        *in_hand += fifo_search(&b->spec, all, n) == FIFO_NO;
        b->spec.in_hand = LINEAR_IN_HAND;
    }
    return verdict;
}

/* ---- puppets --------------------------------------------------------------------------------------------------- */

TEST_UNUSED_ static void
Q_(linear_puppet_)(void *arg)
{
    struct Q_(linear_part_) *p = (struct Q_(linear_part_) *)arg;
    for (int k = 0; k < p->n; k++) {
        puppet_pause();
        p->op[k].inv = ++linear_moment;
        Q_(linear_call_)(p->q, &p->op[k]);
        p->op[k].res = ++linear_moment;
    }
}

TEST_UNUSED_ static void
Q_(bursts)(unsigned long rounds, int most_threads)
{
    static struct Q_(linear_burst_) b;
    unsigned long wrong = 0;
    unsigned long stuck = 0;
    unsigned long gave_up = 0;
    unsigned long in_hand = 0;
    char text[160];
    for (unsigned long r = 0; r < rounds; r++) {
        struct dice d = dice_from(r);
        const int threads = LINEAR_SPSC ? 2 : 2 + (int)dice_roll(&d, (size_t)most_threads - 1);
        Q_(linear_draw_)(&b, &d, threads);
        for (int t = 0; t < threads; t++)
            puppet_give(&linear_puppet[t], Q_(linear_puppet_), &b.part[t]);
        const size_t stride = (size_t)1 << dice_roll(&d, 5);     /* one access at a time, or whole calls */
        unsigned long turns = 0;
        for (int working = threads; working != 0 && turns < 100000; turns++) {
            const int t = (int)dice_roll(&d, (size_t)threads);
            if (linear_puppet[t].working && puppet_run(&linear_puppet[t], 1 + dice_roll(&d, stride)))
                working--;
        }
        if (turns == 100000) {
            if (stuck++ == 0)
                note("burst %lu never ends", r);
            break;
        }
        const enum fifo_verdict verdict = Q_(linear_judge_)(&b, &in_hand, wrong == 0);
        gave_up += verdict == FIFO_GAVE_UP;
        if (verdict == FIFO_NO && wrong++ == 0)
            note("burst %lu (above) is not linearizable", r);
    }
    note("%s: %lu bursts of up to %d threads; %lu times full only because of slots in hand", LOFT_STR(LINEAR_NAME),
         rounds, LINEAR_SPSC ? 2 : most_threads, in_hand);
    snprintf(text, sizeof text, "%s: bursts of puppets are linearizable", LOFT_STR(LINEAR_NAME));
    ok(wrong == 0 && stuck == 0 && gave_up == 0, text);
}

struct Q_(linear_stalled_) {
    Q *q;
    struct dice d;
    size_t tilt;
    int id;
    struct fifo_op op[LINEAR_STALLS];
};

struct Q_(linear_stall_) {
    Q q;
    struct Q_(linear_stalled_) part[LINEAR_THREADS];
};

TEST_UNUSED_ static void
Q_(linear_stalled_body_)(void *arg)
{
    struct Q_(linear_stalled_) *p = (struct Q_(linear_stalled_) *)arg;
    for (int k = 0; k < LINEAR_STALLS; k++) {
        struct fifo_op *o = &p->op[k];
        const bool push = LINEAR_SPSC ? p->id == 0 : dice_roll(&p->d, 100) < p->tilt;
        o->kind = push ? FIFO_PUSH : FIFO_POP;
        o->value = push ? (uint64_t)(p->id + 1) << 16 | (unsigned)k : 0;
        puppet_pause();
        o->inv = ++linear_moment;
        Q_(linear_call_)(p->q, o);
        o->res = ++linear_moment;
    }
}

TEST_UNUSED_ static void
Q_(stalls)(unsigned long rounds, int most_threads)
{
    static struct Q_(linear_stall_) s;
    static struct fifo_op all[LINEAR_THREADS * LINEAR_STALLS + FIFO_LEN_MAX];
    static const size_t capacities[] = { 2, 4, 8, 1, 3 };
    unsigned long wrong = 0;
    unsigned long stuck = 0;
    char text[160];
    for (unsigned long r = 0; r < rounds; r++) {
        struct dice d = dice_from(r + 7000000);
        const int threads = LINEAR_SPSC ? 2 : 2 + (int)dice_roll(&d, (size_t)most_threads - 1);
        const size_t capacity = capacities[dice_roll(&d, LINEAR_SPSC ? 5 : 3)];
        if (Q_(init)(&s.q, capacity) != LOFT_OK)
            abort();
        if (dice_roll(&d, 2))
            Q_(start_at_)(&s.q, linear_start(&d));
        for (int t = 0; t < threads; t++) {
            struct Q_(linear_stalled_) *p = &s.part[t];
            p->q = &s.q;
            p->d = dice_from(r * 8 + (unsigned)t);
            p->tilt = 30 + dice_roll(&d, 41);
            p->id = t;
            puppet_give(&linear_puppet[t], Q_(linear_stalled_body_), p);
        }
        unsigned awake = ~0u;
        unsigned long turns = 0;
        for (int working = threads; working != 0 && turns < 200000; turns++) {
            if (dice_roll(&d, 40) == 0)
                awake = (unsigned)dice_roll(&d, (size_t)1 << threads);
            unsigned able = 0;
            for (int t = 0; t < threads; t++)
                able |= (unsigned)linear_puppet[t].working << t;
            if ((awake & able) == 0)
                awake = ~0u;
            int t = (int)dice_roll(&d, (size_t)threads);
            while (!((awake & able) >> t & 1))
                t = (t + 1) % threads;
            /* Mostly whole calls of those who are awake, so that they get far; sometimes a step of one, which may leave
             * it anywhere when the others are awake next. */
            const size_t reach = dice_roll(&d, 3) ? 40 : 8;
            if (puppet_run(&linear_puppet[t], 1 + dice_roll(&d, reach)))
                working--;
        }
        if (turns == 200000) {
            stuck++;
            note("stall %lu never ends", r);
            break;
        }
        size_t n = 0;
        for (int t = 0; t < threads; t++)
            for (int k = 0; k < LINEAR_STALLS; k++)
                all[n++] = s.part[t].op[k];
        for (bool more = true; more && n < sizeof all / sizeof *all; n++) {
            all[n].kind = FIFO_POP;
            all[n].inv = ++linear_moment;
            more = all[n].done = Q_(linear_pop_)(&s.q, &all[n].value);
            all[n].res = ++linear_moment;
        }
        const char *bad = fifo_bad(capacity, LINEAR_IN_HAND, all, n);
        if (bad && wrong++ == 0)
            note("stall %lu of %d threads, capacity %lu: %s", r, threads, (unsigned long)capacity, bad);
        Q_(fini)(&s.q);
    }
    snprintf(text, sizeof text, "%s: %lu runs of puppets that stall, no bad pattern", LOFT_STR(LINEAR_NAME), rounds);
    ok(wrong == 0 && stuck == 0, text);
}

/* ---- real threads ---------------------------------------------------------------------------------------------- */

struct Q_(linear_race_) {
    struct Q_(linear_burst_) b;
    unsigned long rounds;
    int threads;
    LOFT_ATOMIC(unsigned long) round;
    LOFT_ATOMIC(int) done;
    unsigned long wrong;
    unsigned long gave_up;
    unsigned long in_hand;
    unsigned long overlaps;
};

TEST_UNUSED_ static void
Q_(linear_race_body_)(void *arg, int id)
{
    struct Q_(linear_race_) *s = (struct Q_(linear_race_) *)arg;
    for (unsigned long r = 1; r <= s->rounds; r++) {
        if (id == s->threads) {                          /* the referee */
            struct dice d = dice_from(r);
            Q_(linear_draw_)(&s->b, &d, s->threads);
            loft_store(&s->done, 0, relaxed);
            loft_store(&s->round, r, release);
            while (loft_load(&s->done, acquire) != s->threads)
                sched_yield();
            for (int t = 1; t < s->threads; t++)
                s->overlaps += s->b.part[t].op[0].inv <= s->b.part[t - 1].op[s->b.part[t - 1].n - 1].res
                            && s->b.part[t - 1].op[0].inv <= s->b.part[t].op[s->b.part[t].n - 1].res;
            const enum fifo_verdict verdict = Q_(linear_judge_)(&s->b, &s->in_hand, s->wrong == 0);
            s->wrong += verdict == FIFO_NO;
            s->gave_up += verdict == FIFO_GAVE_UP;
            continue;
        }
        for (unsigned spins = 0; loft_load(&s->round, acquire) != r; spins++)
            if (spins > 100)
                sched_yield();
        struct Q_(linear_part_) *p = &s->b.part[id];
        if (r % 4 < 2)
            chaos_on((uint32_t)(r * 8 + (unsigned)id + 1));
        for (int k = 0; k < p->n; k++) {
            p->op[k].inv = linear_clock();
            Q_(linear_call_)(p->q, &p->op[k]);
            p->op[k].res = linear_clock();
        }
        chaos_off();
        loft_fetch_add(&s->done, 1, acq_rel);
    }
}

TEST_UNUSED_ static void
Q_(races)(unsigned long rounds, int threads)
{
    static struct Q_(linear_race_) s;
    char text[160];
    s.rounds = rounds;
    s.threads = LINEAR_SPSC ? 2 : threads;
    s.wrong = 0;
    s.gave_up = 0;
    s.in_hand = 0;
    s.overlaps = 0;
    loft_init(&s.round, 0u);
    loft_init(&s.done, 0);
    run_threads(s.threads + 1, Q_(linear_race_body_), &s);
    note("%s: %lu bursts of %d racing threads, %lu neighbours overlapped; %lu times full only because of slots in hand",
         LOFT_STR(LINEAR_NAME), rounds, s.threads, s.overlaps, s.in_hand);
    snprintf(text, sizeof text, "%s: bursts of %d racing threads are linearizable", LOFT_STR(LINEAR_NAME), s.threads);
    ok(s.wrong == 0 && s.gave_up == 0, text);
}

/* ---- long runs ------------------------------------------------------------------------------------------------- */

struct Q_(linear_long_) {
    Q q;
    size_t calls;                                        /* of each thread */
    struct fifo_op *op;
    bool chaos;
    size_t close_at;                                     /* thread 0 closes before this call; `calls`: never */
};

TEST_UNUSED_ static void
Q_(linear_long_body_)(void *arg, int id)
{
    struct Q_(linear_long_) *s = (struct Q_(linear_long_) *)arg;
    struct dice d = dice_from((uint64_t)id + 77);
    size_t tilt = 50;
    if (s->chaos)
        chaos_on((uint32_t)id + 9);
    for (size_t k = 0; k < s->calls; k++) {
        struct fifo_op *o = &s->op[(size_t)id * s->calls + k];
        if (k % 64 == 0)
            tilt = dice_roll(&d, 2) ? 70 : 30;
        o->kind = (LINEAR_SPSC ? id == 0 : dice_roll(&d, 100) < tilt) ? FIFO_PUSH : FIFO_POP;
        if (id == 0 && k == s->close_at)
            o->kind = FIFO_CLOSE;
        o->done = o->kind == FIFO_CLOSE;
        o->value = o->kind == FIFO_PUSH ? ((uint64_t)id + 1) << 24 | k : 0;
        o->inv = linear_clock();
        Q_(linear_call_)(&s->q, o);
        o->res = linear_clock();
        if (!o->done)
            sched_yield();
    }
    chaos_off();
}

TEST_UNUSED_ static void
Q_(long_run)(int threads, size_t capacity, unsigned long calls, bool chaos, bool closes)
{
    struct Q_(linear_long_) s;
    char text[200];
    const int n = LINEAR_SPSC ? 2 : threads;
    unsigned long refused = 0;
    s.calls = calls / (unsigned)n + 1;
    s.chaos = chaos;
    s.close_at = closes ? s.calls / 2 : s.calls;
    s.op = (struct fifo_op *)malloc(s.calls * (size_t)n * sizeof *s.op);
    if (!s.op || Q_(init)(&s.q, capacity) != LOFT_OK)
        abort();
    run_threads(n, Q_(linear_long_body_), &s);
    for (size_t k = 0; k < s.calls * (size_t)n; k++)
        refused += !s.op[k].done;
    const char *bad = fifo_bad(capacity, LINEAR_IN_HAND, s.op, s.calls * (size_t)n);
    snprintf(text, sizeof text, "%s: %lu calls of %d threads, capacity %lu%s%s: no bad pattern", LOFT_STR(LINEAR_NAME),
             (unsigned long)s.calls * (unsigned long)n, n, (unsigned long)capacity, chaos ? ", chaos" : "",
             closes ? ", closed half way" : "");
    if (!ok(!bad, text))
        note("the pattern: %s", bad);
    note("%lu of them were refused", refused);
    Q_(fini)(&s.q);
    free(s.op);
}

#undef Q
#undef QT
#undef Q_
#undef LINEAR_NAME
#undef LINEAR_T
#undef LINEAR_SPSC
#undef LINEAR_IN_HAND
