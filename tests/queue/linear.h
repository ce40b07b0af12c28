/* SPDX-License-Identifier: MIT
 *
 * tests/queue/linear.h - are the histories of one instance linearizable? Include it once for each queue:
 *
 *     #define LINEAR_NAME wordq               the instance; its header has been included
 *     #define LINEAR_T    uintptr_t           or uint64_t
 *     #define LINEAR_SPSC 0                   1: one thread pushes and closes, one pops
 *     #define LINEAR_IN_HAND LOFT_LINEAR_IN_HAND   how slots of calls in progress count for `full`: check/linear.h
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
#include <loft/check/linear.h>

#ifndef LOFT_TESTS_QUEUE_LINEAR_H
#define LOFT_TESTS_QUEUE_LINEAR_H

#define LINEAR_THREADS  6
#define LINEAR_CALLS    12
#define LINEAR_STALLS   48                               /* calls of each puppet in a stall */
#define LINEAR_LEN      4                                /* largest capacity of a burst                           */
#define LINEAR_ALL      (2 * LINEAR_LEN + 2 * LINEAR_CALLS + 1)  /* calls of a burst, what comes before and after */
#define LINEAR_DRAINS   12                               /* and pops after all                                    */
#define LINEAR_BUDGET   1000000

static struct puppet linear_puppet[LINEAR_THREADS];
static uint64_t linear_moment;                           /* of the puppets, of which one moves at a time */

TEST_UNUSED_ static const loft_linear_model *
linear_model(loft_linear_hands hands)
{
    return hands == LOFT_LINEAR_IN_HAND ? &loft_linear_queue_in_hand
         : hands == LOFT_LINEAR_ON_CREDIT ? &loft_linear_queue_on_credit : &loft_linear_queue;
}

/* What the judges are told, who take 0 for: none. */
#define LINEAR_BOUND(capacity)  (FAMILY_UNBOUNDED ? 0 : (uint64_t)(capacity))

/* A call that will be made; close() says nothing. */
TEST_UNUSED_ static void
linear_begin(loft_linear_op *o, unsigned kind, uint64_t value)
{
    memset(o, 0, sizeof *o);
    o->kind = kind;
    o->arg = value;
    o->ok = kind == LOFT_LINEAR_CLOSE;
}

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
    loft_linear_op op[LINEAR_CALLS];
    int n;
};

struct Q_(linear_burst_) {
    Q q;
    uint64_t capacity;
    loft_linear_op all[LINEAR_ALL];                      /* of which the first fill the queue                     */
    size_t filled;
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
Q_(linear_call_)(Q *q, loft_linear_op *o)
{
    if (o->kind == LOFT_LINEAR_CLOSE)
        Q_(close)(q);
    else if (o->kind == LOFT_LINEAR_PUSH)
        o->ok = Q_(try_push)(q, (QT)o->arg);
    else
        o->ok = Q_(linear_pop_)(q, &o->result);
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
    b->capacity = LINEAR_BOUND(capacity);
    b->filled = dice_roll(d, capacity + 1);
    for (size_t k = 0; k < b->filled; k++) {
        linear_begin(&b->all[k], LOFT_LINEAR_PUSH, 0x100 + k);
        Q_(linear_call_)(&b->q, &b->all[k]);
        if (!b->all[k].ok)
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
            loft_linear_op *o = &p->op[k];
            const bool push = LINEAR_SPSC ? t == 0 : dice_roll(d, 100) < tilt;
            unsigned kind = push ? LOFT_LINEAR_PUSH : LOFT_LINEAR_POP;
            if (closes && dice_roll(d, 8) == 0 && (!LINEAR_SPSC || t == 0))
                kind = LOFT_LINEAR_CLOSE;
            linear_begin(o, kind, kind == LOFT_LINEAR_PUSH ? next++ : 0);
            o->thread = (unsigned)t;
        }
    }
}

/* All calls have returned: drains, asks the judge, ends the queue. What the queue held before and holds afterwards is
 * part of the history: pushes before all calls, pops after all. */
TEST_UNUSED_ static loft_linear_answer
Q_(linear_judge_)(struct Q_(linear_burst_) *b, unsigned long *in_hand, bool print)
{
    loft_linear_op *const all = b->all;
    uint64_t before[LINEAR_ALL] = { 0 };
    size_t n = b->filled;
    uint64_t last = 0;
    for (int t = 0; t < b->threads; t++) {
        for (int k = 0; k < b->part[t].n; k++)
            all[n++] = b->part[t].op[k];
        last = all[n - 1].end > last ? all[n - 1].end : last;
    }
    const size_t drains = n;
    do {
        linear_begin(&all[n], LOFT_LINEAR_POP, 0);
        all[n].begin = all[n].end = ++last;
        Q_(linear_call_)(&b->q, &all[n]);
    } while (all[n++].ok && n < LINEAR_ALL);
    Q_(fini)(&b->q);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            const bool alone = i < b->filled || k < b->filled || i >= drains || k >= drains;
            const bool first = alone ? k < i : all[k].end < all[i].begin;
            before[i] |= (uint64_t)first << k;
        }
    }
    const loft_linear_answer verdict = loft_linear_search(linear_model(LINEAR_IN_HAND), b->capacity, all, n, before,
                                                          LINEAR_BUDGET, NULL);
    if (verdict != LOFT_LINEAR_YES && print) {
        note("capacity %lu", (unsigned long)b->capacity);
        loft_linear_print(stdout, "# ", &loft_linear_queue, all, n);
    }
    if (verdict == LOFT_LINEAR_YES && LINEAR_IN_HAND != LOFT_LINEAR_FULL_IS_FULL)
        *in_hand += loft_linear_search(&loft_linear_queue, b->capacity, all, n, before, LINEAR_BUDGET, NULL)
                 == LOFT_LINEAR_NO;
    return verdict;
}

/* ---- puppets --------------------------------------------------------------------------------------------------- */

TEST_UNUSED_ static void
Q_(linear_puppet_)(void *arg)
{
    struct Q_(linear_part_) *p = (struct Q_(linear_part_) *)arg;
    for (int k = 0; k < p->n; k++) {
        puppet_pause();
        p->op[k].begin = ++linear_moment;
        Q_(linear_call_)(p->q, &p->op[k]);
        p->op[k].end = ++linear_moment;
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
        const loft_linear_answer verdict = Q_(linear_judge_)(&b, &in_hand, wrong == 0);
        gave_up += verdict == LOFT_LINEAR_GAVE_UP;
        if (verdict == LOFT_LINEAR_NO && wrong++ == 0)
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
    loft_linear_op op[LINEAR_STALLS];
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
        loft_linear_op *o = &p->op[k];
        const bool push = LINEAR_SPSC ? p->id == 0 : dice_roll(&p->d, 100) < p->tilt;
        linear_begin(o, push ? LOFT_LINEAR_PUSH : LOFT_LINEAR_POP, (uint64_t)(p->id + 1) << 16 | (unsigned)k);
        o->thread = (unsigned)p->id;
        puppet_pause();
        o->begin = ++linear_moment;
        Q_(linear_call_)(p->q, o);
        o->end = ++linear_moment;
    }
}

TEST_UNUSED_ static void
Q_(stalls)(unsigned long rounds, int most_threads)
{
    static struct Q_(linear_stall_) s;
    static loft_linear_op all[LINEAR_THREADS * LINEAR_STALLS + LINEAR_DRAINS];
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
            linear_begin(&all[n], LOFT_LINEAR_POP, 0);
            all[n].begin = ++linear_moment;
            Q_(linear_call_)(&s.q, &all[n]);
            more = all[n].ok;
            all[n].end = ++linear_moment;
        }
        const char *bad = loft_linear_queue_bad(LINEAR_BOUND(capacity), LINEAR_IN_HAND, all, n);
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
                s->overlaps += s->b.part[t].op[0].begin <= s->b.part[t - 1].op[s->b.part[t - 1].n - 1].end
                            && s->b.part[t - 1].op[0].begin <= s->b.part[t].op[s->b.part[t].n - 1].end;
            const loft_linear_answer verdict = Q_(linear_judge_)(&s->b, &s->in_hand, s->wrong == 0);
            s->wrong += verdict == LOFT_LINEAR_NO;
            s->gave_up += verdict == LOFT_LINEAR_GAVE_UP;
            continue;
        }
        for (unsigned spins = 0; loft_load(&s->round, acquire) != r; spins++)
            if (spins > 100)
                sched_yield();
        struct Q_(linear_part_) *p = &s->b.part[id];
        if (r % 4 < 2)
            chaos_on((uint32_t)(r * 8 + (unsigned)id + 1));
        for (int k = 0; k < p->n; k++) {
            p->op[k].begin = linear_clock();
            Q_(linear_call_)(p->q, &p->op[k]);
            p->op[k].end = linear_clock();
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
    loft_linear_op *op;
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
        loft_linear_op *o = &s->op[(size_t)id * s->calls + k];
        if (k % 64 == 0)
            tilt = dice_roll(&d, 2) ? 70 : 30;
        unsigned kind = (LINEAR_SPSC ? id == 0 : dice_roll(&d, 100) < tilt) ? LOFT_LINEAR_PUSH : LOFT_LINEAR_POP;
        if (id == 0 && k == s->close_at)
            kind = LOFT_LINEAR_CLOSE;
        linear_begin(o, kind, ((uint64_t)id + 1) << 24 | k);
        o->thread = (unsigned)id;
        o->begin = linear_clock();
        Q_(linear_call_)(&s->q, o);
        o->end = linear_clock();
        if (!o->ok)
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
    s.op = (loft_linear_op *)malloc(s.calls * (size_t)n * sizeof *s.op);
    if (!s.op || Q_(init)(&s.q, capacity) != LOFT_OK)
        abort();
    run_threads(n, Q_(linear_long_body_), &s);
    for (size_t k = 0; k < s.calls * (size_t)n; k++)
        refused += !s.op[k].ok;
    const char *bad = loft_linear_queue_bad(LINEAR_BOUND(capacity), LINEAR_IN_HAND, s.op, s.calls * (size_t)n);
    char room[40] = "";
    if (!FAMILY_UNBOUNDED)
        snprintf(room, sizeof room, ", capacity %lu", (unsigned long)capacity);
    snprintf(text, sizeof text, "%s: %lu calls of %d threads%s%s%s: no bad pattern", LOFT_STR(LINEAR_NAME),
             (unsigned long)s.calls * (unsigned long)n, n, room, chaos ? ", chaos" : "",
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
