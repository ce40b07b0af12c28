/* SPDX-License-Identifier: MIT
 *
 * tests/queue/freeze.h - a thread frozen in the middle of an operation must not stop the others. Include it once
 * for each queue of uint64_t for many threads:
 *
 *     #define FREEZE_NAME wordq               NAME_init, NAME_fini, NAME_try_push, NAME_try_pop are what it needs; and
 *                                             NAME_attach of support/flat.h with FAMILY_UNBOUNDED
 *     #include "freeze.h"                     defines wordq_freeze(op, state, capacity): struct freeze_report
 *
 * For k = 0, 1, 2, ... a victim is frozen just before the k-th atomic access of one push or pop, until it comes
 * through without reaching the k-th. While it stands three threads push and pop, and must move a thousand
 * elements. Then the victim goes on, and every element must have come out exactly once.
 */
#include "common.h"

#ifndef LOFT_TESTS_QUEUE_FREEZE_H
#define LOFT_TESTS_QUEUE_FREEZE_H

enum freeze_op { FREEZE_PUSH, FREEZE_POP };

/* The states from which the victim begins. A queue is "used" when its counters have gone round several times. */
enum freeze_state {
    FREEZE_NEW,                                          /* empty, never used                            */
    FREEZE_EMPTY,                                        /* used, then emptied                           */
    FREEZE_MISSED,                                       /* emptied, then a pop found nothing            */
    FREEZE_MISSED_OFTEN,                                 /* ... so often that none looks any more        */
    FREEZE_HALF,
    FREEZE_ALMOST,                                       /* one less than full                           */
    FREEZE_FULL,
    FREEZE_STATES
};

static const char *const freeze_state_name[] = { "new", "empty", "empty after a miss", "empty after many misses",
                                                 "half full", "almost full", "full" };

struct freeze_report {
    long points;                                         /* at how many places the victim was frozen      */
    long blocked;                                        /* at how many of them the others got nowhere    */
    unsigned long lost;
    unsigned long doubled;
};

#define FREEZE_WORKERS   3
#define FREEZE_MOVES     1000u                           /* LOFT_TEST_SCALE scales that, down to 50 */
#define FREEZE_LOG       ((size_t)1 << 15)
#define FREEZE_PREFILL   ((uint64_t)FREEZE_WORKERS)      /* who pushed: workers 0.., then these two               */
#define FREEZE_VICTIM    ((uint64_t)FREEZE_WORKERS + 1)

#endif

#define Q      FREEZE_NAME
#define Q_(f)  LOFT_CAT(FREEZE_NAME, f)

struct Q_(freeze_run_) {
    Q q;
    enum freeze_op op;
    long k;
    uint64_t patience_ns;
    unsigned long moves;
    LOFT_ATOMIC(int) go;
    LOFT_ATOMIC(int) stop;
    LOFT_ATOMIC(unsigned long) pushed[FREEZE_WORKERS];
    LOFT_ATOMIC(unsigned long) popped[FREEZE_WORKERS];
    uint64_t *got[FREEZE_WORKERS];
    bool stopped;
    bool blocked;
    bool victim_did;
    uint64_t victim_got;
};

TEST_UNUSED_ static uint64_t Q_(freeze_value_)(uint64_t who, uint64_t seq) { return (who << 32 | seq) + 1; }

TEST_UNUSED_ static void
Q_(freeze_worker_)(struct Q_(freeze_run_) *s, int id)
{
    unsigned long in = 0;
    unsigned long out = 0;
    while (loft_load(&s->go, acquire) == 0)
        sched_yield();
    while (loft_load(&s->stop, relaxed) == 0 && out < FREEZE_LOG) {
        if (Q_(try_push)(&s->q, Q_(freeze_value_)((uint64_t)id, in)))
            loft_store(&s->pushed[id], ++in, relaxed);
        if (Q_(try_pop)(&s->q, &s->got[id][out]))
            loft_store(&s->popped[id], ++out, relaxed);
    }
}

TEST_UNUSED_ static void
Q_(freeze_body_)(void *arg, int id)
{
    struct Q_(freeze_run_) *s = (struct Q_(freeze_run_) *)arg;
    if (id < FREEZE_WORKERS) {
        Q_(freeze_worker_)(s, id);
    } else if (id == FREEZE_WORKERS) {
#if FAMILY_UNBOUNDED
        Q_(attach)(&s->q);                               /* or most places would be those of joining */
#endif
        freeze_at(s->k);
        if (s->op == FREEZE_PUSH)
            s->victim_did = Q_(try_push)(&s->q, Q_(freeze_value_)(FREEZE_VICTIM, 0));
        else
            s->victim_did = Q_(try_pop)(&s->q, &s->victim_got);
        freeze_end();
    } else {
        s->stopped = freeze_wait();
        loft_store(&s->go, 1, release);
        const uint64_t begin = now_ns();
        for (;;) {
            unsigned long in = 0;
            unsigned long out = 0;
            for (int w = 0; w < FREEZE_WORKERS; w++) {
                in += loft_load(&s->pushed[w], relaxed);
                out += loft_load(&s->popped[w], relaxed);
            }
            if (!s->stopped || (in >= s->moves && out >= s->moves))
                break;
            if (now_ns() - begin > s->patience_ns) {
                s->blocked = true;
                break;
            }
            sleep_us(50);
        }
        loft_store(&s->stop, 1, relaxed);
        freeze_release();
    }
}

TEST_UNUSED_ static size_t
Q_(freeze_prepare_)(struct Q_(freeze_run_) *s, enum freeze_state state, size_t capacity)
{
    uint64_t v = 0;
    size_t seq = 0;
    size_t keep = 0;
    if (state != FREEZE_NEW) {
        for (size_t k = 0; k < 3 * capacity + 1; k++) {
            if (!Q_(try_push)(&s->q, 1) || !Q_(try_pop)(&s->q, &v))
                abort();
        }
    }
    switch (state) {
    case FREEZE_MISSED:
        keep = Q_(try_pop)(&s->q, &v);
        break;
    case FREEZE_MISSED_OFTEN:
        for (size_t k = 0; k < 8 * capacity; k++)
            keep += Q_(try_pop)(&s->q, &v);
        break;
    case FREEZE_HALF:   keep = capacity / 2; break;
    case FREEZE_ALMOST: keep = capacity - 1; break;
    case FREEZE_FULL:   keep = capacity; break;
    default:            break;
    }
    for (; seq < keep; seq++) {
        if (!Q_(try_push)(&s->q, Q_(freeze_value_)(FREEZE_PREFILL, seq)))
            abort();
    }
    return seq;
}

/* Notes which elements of `who` came out; the rest of the count is by the caller. */
TEST_UNUSED_ static void
Q_(freeze_mark_)(unsigned char *seen, size_t *foreign, const unsigned long *sent, uint64_t value)
{
    const uint64_t who = (value - 1) >> 32;
    const uint64_t seq = (value - 1) & 0xffffffffu;
    if (who > FREEZE_VICTIM || seq >= sent[who])
        ++*foreign;
    else if (seen[who * 2 * FREEZE_LOG + seq] < 255)
        seen[who * 2 * FREEZE_LOG + seq]++;
}

TEST_UNUSED_ static struct freeze_report
Q_(freeze)(enum freeze_op op, enum freeze_state state, size_t capacity, uint64_t patience_ns)
{
    struct freeze_report report = { 0, 0, 0, 0 };
    struct Q_(freeze_run_) *s = (struct Q_(freeze_run_) *)malloc(sizeof *s);
    unsigned char *seen = (unsigned char *)malloc((FREEZE_VICTIM + 1) * 2 * FREEZE_LOG);
    uint64_t *logs = (uint64_t *)malloc(FREEZE_WORKERS * FREEZE_LOG * sizeof *logs);
    if (!s || !seen || !logs)
        abort();
    for (long k = 0;; k++) {
        unsigned long sent[FREEZE_VICTIM + 1] = { 0 };
        size_t foreign = 0;
        if (Q_(init)(&s->q, capacity) != LOFT_OK)
            abort();
        sent[FREEZE_PREFILL] = Q_(freeze_prepare_)(s, state, capacity);
        s->op = op;
        s->k = k;
        s->patience_ns = patience_ns;
        s->moves = scaled(FREEZE_MOVES) > 50 ? (unsigned long)scaled(FREEZE_MOVES) : 50;
        s->stopped = false;
        s->blocked = false;
        s->victim_did = false;
        loft_init(&s->go, 0);
        loft_init(&s->stop, 0);
        for (int w = 0; w < FREEZE_WORKERS; w++) {
            loft_init(&s->pushed[w], 0u);
            loft_init(&s->popped[w], 0u);
            s->got[w] = logs + (size_t)w * FREEZE_LOG;
        }
        freeze_arm();
        run_threads(FREEZE_WORKERS + 2, Q_(freeze_body_), s);

        memset(seen, 0, (FREEZE_VICTIM + 1) * 2 * FREEZE_LOG);
        for (int w = 0; w < FREEZE_WORKERS; w++)
            sent[w] = loft_load(&s->pushed[w], relaxed);
        if (op == FREEZE_PUSH)
            sent[FREEZE_VICTIM] = s->victim_did;
        else if (s->victim_did)
            Q_(freeze_mark_)(seen, &foreign, sent, s->victim_got);
        for (int w = 0; w < FREEZE_WORKERS; w++)
            for (size_t i = 0; i < loft_load(&s->popped[w], relaxed); i++)
                Q_(freeze_mark_)(seen, &foreign, sent, s->got[w][i]);
        for (uint64_t v; Q_(try_pop)(&s->q, &v);)
            Q_(freeze_mark_)(seen, &foreign, sent, v);
        for (uint64_t who = 0; who <= FREEZE_VICTIM; who++) {
            for (size_t i = 0; i < sent[who]; i++) {
                report.lost += seen[who * 2 * FREEZE_LOG + i] == 0;
                report.doubled += seen[who * 2 * FREEZE_LOG + i] > 1;
            }
        }
        report.doubled += foreign;
        report.blocked += s->blocked;
        report.points += s->stopped;
        Q_(fini)(&s->q);
        if (!s->stopped || s->blocked)
            break;
    }
    free(s);
    free(seen);
    free(logs);
    return report;
}

#undef Q
#undef Q_
#undef FREEZE_NAME
