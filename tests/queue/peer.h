/* SPDX-License-Identifier: MIT
 *
 * tests/queue/peer.h - a queue of one producer and one consumer is wait-free: neither can be held up by the other,
 * and no call takes more than a fixed number of atomic accesses. Include it once for each queue:
 *
 *     #define PEER_NAME wordq                 the instance; its header has been included
 *     #define PEER_T    uintptr_t             or uint64_t
 *     #define PEER_IN_PLACE 1                 it has reserve, commit, peek, release
 *     #define PEER_ELEMENT  4                 the most accesses for each element of a bulk call, beside PEER_CALL
 *     #include "peer.h"                       defines wordq_frozen_peer(name) and wordq_bounded(name)
 */
#include "common.h"

#ifndef LOFT_TESTS_QUEUE_PEER_H
#define LOFT_TESTS_QUEUE_PEER_H

/* The most accesses that one call may make. Small on purpose, and whatever the capacity: a loop over the ring, or over
 * the other side's progress, would exceed it. */
#define PEER_CALL  12u

enum peer_what { PEER_PUSH, PEER_PUSH_N, PEER_CLOSE, PEER_RESERVE, PEER_POP, PEER_POP_N, PEER_PEEK, PEER_KINDS };

static const char *const peer_what_name[] = { "try_push", "push_n", "close", "reserve and commit", "try_pop", "pop_n",
                                              "peek and release" };

static struct puppet peer_puppet;

#endif

#define Q      PEER_NAME
#define QT     PEER_T
#define Q_(f)  LOFT_CAT(PEER_NAME, f)

struct Q_(peer_task_) {
    Q *q;
    enum peer_what what;
    QT value[3];                                         /* pushed, or popped */
    size_t n;                                            /* how many moved    */
};

TEST_UNUSED_ static void
Q_(peer_body_)(void *arg)
{
    struct Q_(peer_task_) *t = (struct Q_(peer_task_) *)arg;
    switch (t->what) {
    case PEER_PUSH:   t->n = Q_(try_push)(t->q, t->value[0]); break;
    case PEER_PUSH_N: t->n = Q_(push_n)(t->q, t->value, 3); break;
    case PEER_CLOSE:  Q_(close)(t->q); break;
    case PEER_POP:    t->n = Q_(try_pop)(t->q, t->value); break;
    case PEER_POP_N:  t->n = Q_(pop_n)(t->q, t->value, 3); break;
#if PEER_IN_PLACE
    case PEER_RESERVE: {
        QT *slot = NULL;
        t->n = Q_(reserve_n)(t->q, 3, &slot);
        for (size_t k = 0; k < t->n; k++)
            slot[k] = t->value[k];
        Q_(commit_n)(t->q, t->n);
        break;
    }
    case PEER_PEEK: {
        QT *slot = NULL;
        t->n = Q_(peek_n)(t->q, 3, &slot);
        for (size_t k = 0; k < t->n; k++)
            t->value[k] = slot[k];
        Q_(release_n)(t->q, t->n);
        break;
    }
#endif
    default: break;
    }
}

TEST_UNUSED_ static bool
Q_(peer_exists_)(int what)
{
    return PEER_IN_PLACE || (what != PEER_RESERVE && what != PEER_PEEK);
}

/* One side stands still before its k-th access; the other calls and calls. Elements are numbered from 1. */
TEST_UNUSED_ static void
Q_(peer_stands_)(enum peer_what what, size_t capacity, size_t used, size_t len, unsigned long k, bool *more)
{
    Q q;
    struct Q_(peer_task_) t;
    QT in = 0;
    QT out = 0;
    QT v;
    const bool producer = what < PEER_POP;
    *more = false;
    if (!EXPECT(Q_(init)(&q, capacity) == LOFT_OK))
        return;
    for (size_t i = 0; i < used; i++) {
        EXPECT(Q_(try_push)(&q, ++in));
        EXPECT(Q_(try_pop)(&q, &v) && v == ++out);
    }
    for (size_t i = 0; i < len; i++)
        EXPECT(Q_(try_push)(&q, ++in));

    t.q = &q;
    t.what = what;
    t.n = 0;
    if (producer)
        for (unsigned i = 0; i < 3; i++)
            t.value[i] = in + 1 + i;
    puppet_give(&peer_puppet, Q_(peer_body_), &t);
    *more = !puppet_run(&peer_puppet, k);

    if (producer) {
        size_t got = 0;
        for (size_t i = 0; i < len + 8; i++) {
            points_count();
            const bool did = Q_(try_pop)(&q, &v);
            EXPECT(points_seen() <= PEER_CALL);
            if (did) {
                EXPECT(v == ++out);
                got++;
            }
            EXPECT(Q_(approx_len)(&q) <= capacity);
        }
        EXPECT(got >= len && got <= len + 3);
        (void)Q_(is_closed)(&q);
        EXPECT(puppet_finish(&peer_puppet, 100));
        in += t.n;
        EXPECT(got <= len + t.n);
        if (what == PEER_CLOSE)
            EXPECT(Q_(is_closed)(&q) && !Q_(try_push)(&q, 99));
    } else {
        size_t sent = 0;
        for (size_t i = 0; i < capacity + 8; i++) {
            points_count();
            const bool did = Q_(try_push)(&q, in + 1);
            EXPECT(points_seen() <= PEER_CALL);
            in += did;
            sent += did;
            EXPECT(Q_(approx_len)(&q) <= capacity);
        }
        EXPECT(sent >= capacity - len && sent <= capacity - len + 3);
        EXPECT(puppet_finish(&peer_puppet, 100));
        for (size_t i = 0; i < t.n; i++)
            EXPECT(t.value[i] == ++out);
        EXPECT(sent <= capacity - len + t.n);
    }
    while (Q_(try_pop)(&q, &v))
        EXPECT(v == ++out);
    EXPECT(in == out);
    if (what != PEER_CLOSE) {
        for (size_t i = 0; i < capacity; i++)
            EXPECT(Q_(try_push)(&q, ++in));
        EXPECT(!Q_(try_push)(&q, 99));
        EXPECT(Q_(approx_len)(&q) == capacity);
    }
    Q_(fini)(&q);
}

TEST_UNUSED_ static void
Q_(frozen_peer)(const char *name)
{
    static const size_t capacities[] = { 1, 2, 3, 4, 9 };
    char text[120];
    for (int what = 0; what < PEER_KINDS; what++) {
        unsigned long places = 0;
        if (!Q_(peer_exists_)(what))
            continue;
        for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++)
            for (size_t used = 0; used <= 2 * capacities[c]; used++)
                for (size_t len = 0; len <= capacities[c]; len++) {
                    bool more = true;
                    for (unsigned long k = 0; more; k++, places++)
                        Q_(peer_stands_)((enum peer_what)what, capacities[c], used, len, k, &more);
                }
        snprintf(text, sizeof text, "%s frozen anywhere (%lu): the other side goes on, nothing is lost",
                 peer_what_name[what], places);
        EXPECT(places > 100);
        expected(name, text);
    }
}

/* ---- bounds ---------------------------------------------------------------------------------------------------- */

struct Q_(peer_race_) {
    Q q;
    unsigned long calls;
    unsigned long most[PEER_KINDS];
};

TEST_UNUSED_ static void
Q_(peer_race_body_)(void *arg, int id)
{
    struct Q_(peer_race_) *s = (struct Q_(peer_race_) *)arg;
    struct dice d = dice_from((uint64_t)id);
    struct Q_(peer_task_) t;
    t.q = &s->q;
    for (unsigned long r = 0; r < s->calls; r++) {
        const int what = id == 0 ? (int)dice_roll(&d, PEER_POP) : PEER_POP + (int)dice_roll(&d, PEER_KINDS - PEER_POP);
        if (!Q_(peer_exists_)(what) || (what == PEER_CLOSE && r + 1 != s->calls))
            continue;
        t.what = (enum peer_what)what;
        t.value[0] = t.value[1] = t.value[2] = r + 1;
        points_count();
        Q_(peer_body_)(&t);
        const unsigned long seen = points_seen();
        if (seen > s->most[what])
            s->most[what] = seen;
        if (r % 16 == 0)
            sched_yield();
    }
}

/* Counts the accesses of calls in random states, alone and beside the other side. */
TEST_UNUSED_ static void
Q_(bounded)(const char *name)
{
    static const size_t capacities[] = { 1, 2, 3, 64, 1000, 65536 };
    unsigned long most[PEER_KINDS] = { 0 };
    for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
        static struct Q_(peer_race_) s;
        for (int racing = 0; racing < 2; racing++) {
            struct dice d = dice_from(c);
            if (!EXPECT(Q_(init)(&s.q, capacities[c]) == LOFT_OK))
                return;
            for (int what = 0; what < PEER_KINDS; what++)
                s.most[what] = 0;
            s.calls = (unsigned long)scaled(20000);
            if (racing) {
                run_threads(2, Q_(peer_race_body_), &s);
            } else {
                struct Q_(peer_task_) t;
                size_t tilt = 50;
                t.q = &s.q;
                for (unsigned long r = 0; r < s.calls; r++) {
                    if (r % (2 * capacities[c] + 1) == 0)
                        tilt = r / (2 * capacities[c] + 1) % 2 ? 10 : 90;
                    const int what = (int)(dice_roll(&d, 100) < tilt ? dice_roll(&d, PEER_POP)
                                                                     : PEER_POP + dice_roll(&d, PEER_KINDS - PEER_POP));
                    if (!Q_(peer_exists_)(what) || (what == PEER_CLOSE && r + 1 != s.calls))
                        continue;
                    t.what = (enum peer_what)what;
                    t.value[0] = t.value[1] = t.value[2] = r + 1;
                    points_count();
                    Q_(peer_body_)(&t);
                    const unsigned long seen = points_seen();
                    if (seen > s.most[what])
                        s.most[what] = seen;
                }
            }
            for (int what = 0; what < PEER_KINDS; what++)
                if (s.most[what] > most[what])
                    most[what] = s.most[what];
            Q_(fini)(&s.q);
        }
    }
    for (int what = 0; what < PEER_KINDS; what++) {
        if (!Q_(peer_exists_)(what))
            continue;
        const bool bulk = what != PEER_PUSH && what != PEER_POP && what != PEER_CLOSE;
        note("%s: %s makes at most %lu atomic accesses%s", name, peer_what_name[what], most[what],
             bulk ? " for 3 elements" : "");
        EXPECT(most[what] <= PEER_CALL + (bulk ? 3u * PEER_ELEMENT : 0));
    }
    expected(name, "wait-free: a fixed number of accesses, whatever the capacity and the other side");
}

#undef Q
#undef QT
#undef Q_
#undef PEER_NAME
#undef PEER_T
#undef PEER_IN_PLACE
#undef PEER_ELEMENT
