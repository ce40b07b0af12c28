/* SPDX-License-Identifier: MIT
 *
 * tests/queue/unbounded_crowd.h - threads of an unbounded queue that come and go, hand on what they get, stop, and stay
 * away for a long time. Include it once for each instance:
 *
 *     #define CROWD_NAME wordq                 an instance of uint64_t; its header has been included, and
 *                                              LOFT_QUEUE_ALLOC is bank_alloc
 *     #define CROWD_SMR  loft_ebr              its scheme, of support/schemes.h
 *     #include "unbounded_crowd.h"             defines wordq_churn, wordq_chain, wordq_stopped, wordq_closing,
 *                                              wordq_bounded
 */
#include "common.h"

#include "support/bank.h"
#include "support/schemes.h"

#ifndef LOFT_TESTS_QUEUE_UNBOUNDED_CROWD_H
#define LOFT_TESTS_QUEUE_UNBOUNDED_CROWD_H

#define CROWD_THREADS 8
#define CROWD_MOST    ((uint32_t)1 << 15)
#define CROWD_SOON    loft_deadline((uint64_t)20000000000u)
#define CROWD_LONG    ((uint64_t)20000000000u)           /* nothing has moved for so long: blocked */

/* What went in and what came out: the seq-th element of a thread, and how often it came. */
struct crowd_times {
    LOFT_ATOMIC(unsigned char) times;
};

static struct crowd_tally {
    struct crowd_times came[CROWD_THREADS][CROWD_MOST];
    uint32_t pushed[CROWD_THREADS];                      /* its thread's, until all have ended */
    LOFT_ATOMIC(unsigned) strange;
    LOFT_ATOMIC(unsigned) overtaken;
} crowd_tally;

/* One popper's view: of each thread it has seen elements below this. */
struct crowd_view {
    uint32_t next[CROWD_THREADS];
};

static uint64_t crowd_value(int who, uint32_t seq) { return (uint64_t)(who + 1) << 40 | (uint64_t)seq << 4 | 5; }

TEST_UNUSED_ static void
crowd_came(struct crowd_view *v, uint64_t value)
{
    const uint64_t who = (value >> 40) - 1;
    const uint32_t seq = (uint32_t)(value >> 4);
    if ((value & 15) != 5 || who >= CROWD_THREADS || seq >= CROWD_MOST) {
        loft_fetch_add(&crowd_tally.strange, 1u, relaxed);
        return;
    }
    if (seq < v->next[who])
        loft_fetch_add(&crowd_tally.overtaken, 1u, relaxed);
    v->next[who] = seq + 1;
    loft_fetch_add(&crowd_tally.came[who][seq].times, (unsigned char)1, relaxed);
}

TEST_UNUSED_ static void
crowd_open(void)
{
    for (size_t who = 0; who < CROWD_THREADS; who++) {
        for (size_t seq = 0; seq < crowd_tally.pushed[who]; seq++)
            loft_store(&crowd_tally.came[who][seq].times, (unsigned char)0, relaxed);
        crowd_tally.pushed[who] = 0;
    }
    loft_store(&crowd_tally.strange, 0u, relaxed);
    loft_store(&crowd_tally.overtaken, 0u, relaxed);
}

/* Everything that went in came out, once, and nothing else; no popper saw two of one thread the wrong way round. */
TEST_UNUSED_ static bool
crowd_adds_up(void)
{
    size_t lost = 0;
    size_t doubled = 0;
    for (size_t who = 0; who < CROWD_THREADS; who++) {
        for (size_t seq = 0; seq < crowd_tally.pushed[who]; seq++) {
            const unsigned times = loft_load(&crowd_tally.came[who][seq].times, relaxed);
            lost += times == 0;
            doubled += times > 1;
        }
    }
    const unsigned strange = loft_load(&crowd_tally.strange, relaxed);
    const unsigned overtaken = loft_load(&crowd_tally.overtaken, relaxed);
    if (lost || doubled || strange || overtaken)
        note("%lu lost, %lu doubled, %u never pushed, %u out of order", (unsigned long)lost, (unsigned long)doubled,
             strange, overtaken);
    return lost == 0 && doubled == 0 && strange == 0 && overtaken == 0;
}

/* ---- a thread that a signal stops -------------------------------------------------------------------------------- */

static LOFT_ATOMIC(int) crowd_want;                      /* the next signal stops its thread      */
static LOFT_ATOMIC(int) crowd_stands;                    /* it does                               */
static LOFT_ATOMIC(int) crowd_go;

/* Wherever it is, but in the allocator, whose locks are not the queue's affair. */
TEST_UNUSED_ static void
crowd_stop_(int sig)
{
    (void)sig;
    if (bank_inside || loft_exchange(&crowd_want, 0, relaxed) == 0)
        return;
    loft_store(&crowd_stands, 1, relaxed);
    while (loft_load(&crowd_go, relaxed) == 0) {
        struct timespec t;
        t.tv_sec = 0;
        t.tv_nsec = 50000;
        nanosleep(&t, NULL);
    }
    loft_store(&crowd_stands, 0, relaxed);
}

#endif

#define Q      CROWD_NAME
#define Q_(f)  LOFT_CAT(CROWD_NAME, f)
#define S_(f)  LOFT_CAT(CROWD_SMR, f)

struct Q_(crowd_) {
    CROWD_SMR domain;
    Q q[3];
    size_t base;                                         /* blocks with an empty queue */
    uint32_t items;
    struct item *node;
    /* of those that are stopped */
    pthread_t victim;
    long k;
    bool pushes;
    bool stopped;
    bool blocked;
    size_t most;
    LOFT_ATOMIC(int) ready;
    LOFT_ATOMIC(int) stop;
    LOFT_ATOMIC(unsigned long) moved[CROWD_THREADS];
};

static struct Q_(crowd_) Q_(crowd_it_);

TEST_UNUSED_ static struct Q_(crowd_) *
Q_(crowd_open_)(int queues)
{
    struct Q_(crowd_) *const c = &Q_(crowd_it_);
    loft_smr_options options;
    memset(&options, 0, sizeof options);
    options.batch = 16;
    if (S_(init)(&c->domain, &options) != LOFT_OK)
        abort();
    S_(thread) *const me = S_(join)(&c->domain);
    bank_open(S_(drain)(me, CROWD_SOON) == LOFT_NOTSUP);
    S_(leave)(me);
    for (int k = 0; k < queues; k++)
        if (Q_(init)(&c->q[k], &c->domain) != LOFT_OK)
            abort();
    c->base = bank_live();
    c->stopped = false;
    c->blocked = false;
    loft_init(&c->ready, 0);
    loft_init(&c->stop, 0);
    for (int t = 0; t < CROWD_THREADS; t++)
        loft_init(&c->moved[t], 0u);
    crowd_open();
    return c;
}

/* What is left comes out, the queues are back at one segment each, and all memory is back after fini. */
TEST_UNUSED_ static void
Q_(crowd_shut_)(struct Q_(crowd_) *c, int queues)
{
    struct crowd_view view;
    uint64_t v;
    S_(thread) *const me = S_(join)(&c->domain);
    if (!me)
        abort();
    memset(&view, 0, sizeof view);
    for (int k = 0; k < queues; k++)
        while (Q_(try_pop)(&c->q[k], me, &v))
            crowd_came(&view, v);
    if (S_(drain)(me, CROWD_SOON) != LOFT_NOTSUP)
        EXPECT(bank_live() == c->base);
    for (int k = 0; k < queues; k++)
        Q_(fini)(&c->q[k]);
    S_(leave)(me);
    EXPECT(S_(fini)(&c->domain) == LOFT_OK);
    EXPECT(crowd_adds_up());
    EXPECT(bank_close());
}

/* ---- threads that come and go ------------------------------------------------------------------------------------ */

TEST_UNUSED_ static void
Q_(churn_body_)(void *arg, int id)
{
    struct Q_(crowd_) *const c = (struct Q_(crowd_) *)arg;
    struct dice d = dice_from((uint64_t)id + c->items);
    struct crowd_view view;
    uint32_t seq = crowd_tally.pushed[id];
    memset(&view, 0, sizeof view);
    chaos_on((uint32_t)id + 1);
    for (uint32_t i = 0; i < c->items;) {
        S_(thread) *const me = S_(join)(&c->domain);
        if (!me)
            abort();
        const size_t stay = 1 + dice_roll(&d, 60);
        const size_t tilt = 30 + dice_roll(&d, 41);
        for (size_t k = 0; k < stay && i < c->items; k++, i++) {
            uint64_t v;
            if (dice_roll(&d, 100) < tilt && seq < CROWD_MOST) {
                if (Q_(push)(&c->q[0], me, crowd_value(id, seq)) == LOFT_OK)
                    seq++;
                else
                    loft_fetch_add(&crowd_tally.strange, 1u, relaxed);
            } else if (Q_(try_pop)(&c->q[0], me, &v)) {
                crowd_came(&view, v);
            }
            if (k % 16 == 0)
                S_(test_rest)(me);
        }
        S_(leave)(me);
        if (dice_roll(&d, 4) == 0)
            sched_yield();
    }
    chaos_off();
    crowd_tally.pushed[id] = seq;
}

TEST_UNUSED_ static void
Q_(churn)(const char *report, unsigned long items)
{
    struct Q_(crowd_) *const c = Q_(crowd_open_)(1);
    static const int threads[] = { 4, 8, 2 };
    for (size_t wave = 0; wave < 3; wave++) {            /* those of one wave are gone when the next comes */
        c->items = (uint32_t)(items / 3 / (unsigned)threads[wave]) + 1;
        run_threads(threads[wave], Q_(churn_body_), c);
    }
    const size_t peak = bank_peak();
    Q_(crowd_shut_)(c, 1);
    note("%s: %lu blocks at most", report, (unsigned long)peak);
    expected(report, "threads join and leave all the time: each element once, in order, all memory back");
}

/* ---- from one queue into the next -------------------------------------------------------------------------------- */

/* What is behind an element is plain memory that each thread writes in its turn, for ThreadSanitizer to look at. */
TEST_UNUSED_ static void
Q_(chain_body_)(void *arg, int id)
{
    struct Q_(crowd_) *const c = (struct Q_(crowd_) *)arg;
    S_(thread) *const me = S_(join)(&c->domain);
    uint32_t seq = 0;
    if (!me)
        abort();
    chaos_on((uint32_t)id + 1);
    while (id == 0 ? seq < c->items : true) {
        uint64_t v = crowd_value(0, seq);
        if (id == 0) {
            c->node[seq].from = seq;
        } else {
            const bool closed = Q_(is_closed)(&c->q[id - 1]);
            if (!Q_(try_pop)(&c->q[id - 1], me, &v)) {
                if (closed)
                    break;
                S_(test_rest)(me);
                sched_yield();
                continue;
            }
            if (v != crowd_value(0, seq) || seq >= c->items || c->node[seq].from != seq
                || (id > 1 && c->node[seq].mixed != seq * 3u) || (id > 2 && c->node[seq].sum != seq * 7u)) {
                loft_fetch_add(&crowd_tally.strange, 1u, relaxed);
                break;
            }
            if (id == 1)
                c->node[seq].mixed = seq * 3u;
            else if (id == 2)
                c->node[seq].sum = seq * 7u;
        }
        seq++;
        if (id < 3 && Q_(push)(&c->q[id], me, v) != LOFT_OK)
            loft_fetch_add(&crowd_tally.strange, 1u, relaxed);
        if (seq % 16 == 0)
            S_(test_rest)(me);
    }
    if (seq != c->items)
        loft_fetch_add(&crowd_tally.strange, 1u, relaxed);
    if (id < 3) {
        Q_(close)(&c->q[id], me);
        if (!Q_(is_closed)(&c->q[id]) || Q_(push)(&c->q[id], me, 1) != LOFT_CLOSED)
            loft_fetch_add(&crowd_tally.strange, 1u, relaxed);
    }
    chaos_off();
    S_(leave)(me);
}

TEST_UNUSED_ static void
Q_(chain)(const char *report, unsigned long items)
{
    struct Q_(crowd_) *const c = Q_(crowd_open_)(3);
    c->items = (uint32_t)items;
    c->node = (struct item *)malloc(items * sizeof *c->node);
    if (!c->node)
        abort();
    run_threads(4, Q_(chain_body_), c);
    free(c->node);
    Q_(crowd_shut_)(c, 3);
    expected(report, "through three queues of a domain: all of it, in order, with what was written; closed one by one");
}

/* ---- a thread that stops anywhere -------------------------------------------------------------------------------- */

/* Thread 0 is the victim, the last one the referee. */
TEST_UNUSED_ static void
Q_(stopped_body_)(void *arg, int id)
{
    struct Q_(crowd_) *const c = (struct Q_(crowd_) *)arg;
    if (id == 3) {
        while (loft_load(&c->ready, acquire) == 0)
            sched_yield();
        for (uint32_t round = 0; round < c->items && !c->blocked; round++) {
            loft_store(&crowd_go, 0, relaxed);
            for (int tries = 0; loft_load(&crowd_stands, relaxed) == 0 && tries < 200; tries++) {
                loft_store(&crowd_want, 1, relaxed);
                pthread_kill(c->victim, SIGUSR2);
                for (int k = 0; k < 20 && loft_load(&crowd_stands, relaxed) == 0; k++)
                    sleep_us(50);
            }
            const unsigned long a = loft_load(&c->moved[1], relaxed);
            const unsigned long b = loft_load(&c->moved[2], relaxed);
            const uint64_t begin = now_ns();
            if (loft_load(&crowd_stands, relaxed) == 0) {
                loft_store(&crowd_want, 0, relaxed);     /* always in the allocator: a very slow machine */
            } else {
                c->most++;
                while (loft_load(&c->moved[1], relaxed) < a + 40 || loft_load(&c->moved[2], relaxed) < b + 40) {
                    c->blocked = now_ns() - begin > CROWD_LONG;
                    if (c->blocked)
                        break;
                    sched_yield();
                }
            }
            loft_store(&crowd_go, 1, relaxed);
            while (loft_load(&crowd_stands, relaxed) != 0)
                sched_yield();
        }
        loft_store(&c->stop, 1, relaxed);
        return;
    }
    struct crowd_view view;
    uint32_t seq = 0;
    S_(thread) *const me = S_(join)(&c->domain);
    if (!me)
        abort();
    memset(&view, 0, sizeof view);
    if (id == 0) {
        c->victim = pthread_self();
        loft_store(&c->ready, 1, release);
    }
    while (loft_load(&c->stop, relaxed) == 0 && seq < CROWD_MOST) {
        uint64_t v;
        if (Q_(push)(&c->q[0], me, crowd_value(id, seq)) == LOFT_OK)
            seq++;
        if (Q_(try_pop)(&c->q[0], me, &v))
            crowd_came(&view, v);
        loft_fetch_add(&c->moved[id], 1u, relaxed);
        if (seq == CROWD_MOST - 1)                       /* enough: it goes on with what there is */
            for (; loft_load(&c->stop, relaxed) == 0; loft_fetch_add(&c->moved[id], 1u, relaxed)) {
                if (Q_(try_pop)(&c->q[0], me, &v))
                    crowd_came(&view, v);
                S_(test_rest)(me);
                sched_yield();
            }
        if (seq % 16 == 0)
            S_(test_rest)(me);
    }
    crowd_tally.pushed[id] = seq;
    while (id == 0 && loft_load(&c->stop, relaxed) == 0) /* the referee may signal it still */
        sched_yield();
    S_(leave)(me);
}

TEST_UNUSED_ static void
Q_(stopped)(const char *report, unsigned long rounds)
{
    struct sigaction stop;
    struct sigaction before;
    if (TAP_SANITIZED && !TAP_ASAN) {
        ok_skip(report, "ThreadSanitizer delivers signals late");
        return;
    }
    struct Q_(crowd_) *const c = Q_(crowd_open_)(1);
    memset(&stop, 0, sizeof stop);
    stop.sa_handler = crowd_stop_;
    stop.sa_flags = SA_RESTART;
    sigfillset(&stop.sa_mask);                           /* the handler of smr/debra.h would jump out of this one */
    sigaction(SIGUSR2, &stop, &before);
    loft_store(&crowd_want, 0, relaxed);
    loft_store(&crowd_stands, 0, relaxed);
    c->items = (uint32_t)rounds;
    c->most = 0;
    run_threads(4, Q_(stopped_body_), c);
    sigaction(SIGUSR2, &before, NULL);
    EXPECT(!c->blocked);
    note("%s: stopped %lu times", report, (unsigned long)c->most);
    Q_(crowd_shut_)(c, 1);
    expected(report, "a thread that a signal stops anywhere stops nobody else, and nothing is lost");
}

/* ---- close beside a call that stands still ----------------------------------------------------------------------- */

enum { Q_(CLOSING_PUSH_), Q_(CLOSING_POP_), Q_(CLOSING_CLOSE_), Q_(CLOSING_CALLS_) };

TEST_UNUSED_ static void
Q_(closing_drain_)(struct Q_(crowd_) *c, S_(thread) *me, struct crowd_view *view)
{
    uint64_t v;
    while (Q_(try_pop)(&c->q[0], me, &v))
        crowd_came(view, v);
}

TEST_UNUSED_ static void
Q_(closing_body_)(void *arg, int id)
{
    struct Q_(crowd_) *const c = (struct Q_(crowd_) *)arg;
    struct crowd_view view;
    uint64_t v;
    bool final = false;
    bool good = true;
    S_(thread) *const me = S_(join)(&c->domain);
    if (!me)
        abort();
    memset(&view, 0, sizeof view);
    if (id == 0) {
        freeze_at(c->k);
        if (c->items == Q_(CLOSING_PUSH_)) {
            const loft_status s = Q_(push)(&c->q[0], me, crowd_value(0, 0));
            crowd_tally.pushed[0] = s == LOFT_OK;
            good = s == LOFT_OK || s == LOFT_CLOSED;
        } else if (c->items == Q_(CLOSING_CLOSE_)) {
            Q_(close)(&c->q[0], me);
            good = Q_(is_closed)(&c->q[0]) && Q_(push)(&c->q[0], me, 1) == LOFT_CLOSED;
        } else if (Q_(try_pop)(&c->q[0], me, &v)) {
            crowd_came(&view, v);
        }
        freeze_end();
    } else {
        c->stopped = freeze_wait();
        if (c->stopped && c->items != Q_(CLOSING_CLOSE_)) {
            Q_(close)(&c->q[0], me);
            final = true;
        }
        for (uint32_t k = 0; c->stopped && k < 2 && c->items == Q_(CLOSING_CLOSE_); k++) {
            const loft_status s = Q_(push)(&c->q[0], me, crowd_value(1, k));
            good = good && (s == LOFT_CLOSED || (s == LOFT_OK && !final));
            final = s == LOFT_CLOSED;
            crowd_tally.pushed[1] += s == LOFT_OK;
        }
        good = good && (!final || (Q_(is_closed)(&c->q[0]) && Q_(push)(&c->q[0], me, 1) == LOFT_CLOSED));
        Q_(closing_drain_)(c, me, &view);
        freeze_release();
        c->blocked = final;                              /* said: nothing comes any more */
    }
    if (!good)
        loft_fetch_add(&crowd_tally.strange, 1u, relaxed);
    S_(leave)(me);
}

/* A push, a pop, a close stand before each of their accesses while another thread closes and drains. What it was told
 * then is true for good. */
TEST_UNUSED_ static void
Q_(closing)(const char *report)
{
    static const char *const name[] = { "a push", "a pop", "a close" };
    char text[120];
    for (uint32_t call = 0; call < (uint32_t)Q_(CLOSING_CALLS_); call++) {
        long places = 0;
        for (uint32_t fill = 0; fill < 4; fill++) {
            bool stopped = true;
            for (long k = 0; stopped; k++) {
                struct Q_(crowd_) *const c = Q_(crowd_open_)(1);
                S_(thread) *const me = S_(join)(&c->domain);
                uint64_t v;
                crowd_tally.pushed[2] = fill;
                for (uint32_t seq = 0; seq < fill; seq++)
                    EXPECT(me && Q_(push)(&c->q[0], me, crowd_value(2, seq)) == LOFT_OK);
                S_(leave)(me);
                c->k = k;
                c->items = call;
                freeze_arm();
                run_threads(2, Q_(closing_body_), c);
                stopped = c->stopped;
                places += stopped;
                S_(thread) *const after = S_(join)(&c->domain);
                if (stopped && c->blocked)
                    EXPECT(after && !Q_(try_pop)(&c->q[0], after, &v));
                S_(leave)(after);
                Q_(crowd_shut_)(c, 1);
            }
        }
        EXPECT(places > 4);
        snprintf(text, sizeof text, "%s stands at %ld places, another thread closes, drains: that is final", name[call],
                 places);
        expected(report, text);
    }
}

/* ---- a thread that does not come back for a long time ------------------------------------------------------------ */

TEST_UNUSED_ static void
Q_(bounded_body_)(void *arg, int id)
{
    struct Q_(crowd_) *const c = (struct Q_(crowd_) *)arg;
    struct crowd_view view;
    uint64_t v;
    uint32_t seq = 0;
    S_(thread) *const me = S_(join)(&c->domain);
    if (!me)
        abort();
    memset(&view, 0, sizeof view);
    if (id == 0) {
        freeze_at(c->k);
        if (c->pushes)
            seq += Q_(push)(&c->q[0], me, crowd_value(0, 0)) == LOFT_OK;
        else if (Q_(try_pop)(&c->q[0], me, &v))
            crowd_came(&view, v);
        freeze_end();
    } else {
        c->stopped = freeze_wait();
        while (c->stopped && seq < c->items) {
            seq += Q_(push)(&c->q[0], me, crowd_value(1, seq)) == LOFT_OK;
            if (Q_(try_pop)(&c->q[0], me, &v))
                crowd_came(&view, v);
            const size_t live = bank_live();
            c->most = live > c->most ? live : c->most;
            if (seq % 16 == 0)
                S_(test_rest)(me);
        }
        freeze_release();
    }
    crowd_tally.pushed[id] = seq;
    S_(leave)(me);
}

/* While it stands thousands of segments come and go. */
TEST_UNUSED_ static void
Q_(bounded)(const char *report)
{
    char text[120];
    size_t most = 0;
    long places = 0;
    bool bounded = false;
    for (int pushes = 0; pushes < 2; pushes++) {
        bool stopped = true;
        for (long k = 1; stopped; k += 4) {
            struct Q_(crowd_) *const c = Q_(crowd_open_)(1);
            S_(thread) *const me = S_(join)(&c->domain);
            crowd_tally.pushed[2] = 5;
            for (uint32_t seq = 0; seq < 5; seq++)
                EXPECT(me && Q_(push)(&c->q[0], me, crowd_value(2, seq)) == LOFT_OK);
            S_(leave)(me);
            c->k = k;
            c->pushes = pushes != 0;
            c->items = 3000;
            c->most = 0;
            freeze_arm();
            run_threads(2, Q_(bounded_body_), c);
            stopped = c->stopped;
            places += stopped;
            most = c->most > most ? c->most : most;
            bounded = S_(test_bounded)(&c->domain);
            Q_(crowd_shut_)(c, 1);
        }
    }
    EXPECT(places > 2 && (most < 900 || !bounded));
    snprintf(text, sizeof text, "a thread stopped at %ld places, 3000 elements pass it: %lu segments at most%s", places,
             (unsigned long)most, bounded ? "" : " (not bounded)");
    expected(report, text);
}

#undef Q
#undef Q_
#undef S_
#undef CROWD_NAME
#undef CROWD_SMR
