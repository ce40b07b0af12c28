/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/mpsc_frozen.h - a queue for one consumer while threads stand still in the middle of a call, at
 * any of its accesses, to words or to payload: who can go on, what the consumer sees, and that nothing is lost when
 * they go on as well. Include it once for each instance of uint64_t:
 *
 *     #define FROZEN_NAME   wordq
 *     #define FROZEN_LOSSY  0                 1: its policy is LOFT_MPSC_OVERWRITE
 *     #define FROZEN_BOUND  1                 0: it has no bound; init takes a capacity and makes nothing of it
 *     #define FROZEN_HIDES  0                 how many whole elements a push in its middle hides, of those before it
 *     #include "support/mpsc_frozen.h"        defines wordq_frozen("name in the report")
 *
 * It needs NAME_tickets(q), how many pushes have taken their place so far.
 */
#ifndef LOFT_TESTS_QUEUE_MPSC_FROZEN_H
#define LOFT_TESTS_QUEUE_MPSC_FROZEN_H

/* Accesses that one call may need with nobody else running. */
enum { FROZEN_LIMIT = 24, FROZEN_LONG = 400 };

static struct puppet frozen_puppet[4];

/* Values are 1..63. What was accepted, and what came, by value; the order of what came. */
struct frozen_account {
    uint64_t in;
    uint64_t out;
    uint64_t last[4];                                    /* by who pushed it: value / 16 */
    unsigned wrong;
};

TEST_UNUSED_ static void
frozen_took(struct frozen_account *a, uint64_t v)
{
    if (v == 0 || v > 63 || (a->out >> v & 1) || v < a->last[v / 16])
        a->wrong++;
    a->last[v / 16 % 4] = v;
    a->out |= (uint64_t)1 << (v & 63);
}

TEST_UNUSED_ static unsigned
frozen_count(uint64_t bits)
{
    unsigned n = 0;
    for (; bits; bits &= bits - 1)
        n++;
    return n;
}

#endif

#define Q        FROZEN_NAME
#define Q_(f)    LOFT_CAT(FROZEN_NAME, f)

struct Q_(frozen_task_) {
    Q *q;
    int what;                                            /* 'I', 'O', 'C' */
    uint64_t value;
    bool did;
};

TEST_UNUSED_ static void
Q_(frozen_body_)(void *arg)
{
    struct Q_(frozen_task_) *t = (struct Q_(frozen_task_) *)arg;
    if (t->what == 'I')
        t->did = Q_(try_push)(t->q, t->value);
    else if (t->what == 'O')
        t->did = Q_(try_pop)(t->q, &t->value);
    else
        Q_(close)(t->q);
}

TEST_UNUSED_ static void
Q_(frozen_give_)(int who, struct Q_(frozen_task_) *t, Q *q, int what, uint64_t value)
{
    t->q = q;
    t->what = what;
    t->value = value;
    t->did = false;
    puppet_give(&frozen_puppet[who], Q_(frozen_body_), t);
}

/* Alone, and in few steps: the consumer takes what it sees. */
TEST_UNUSED_ static unsigned
Q_(frozen_pops_)(Q *q, struct frozen_account *a)
{
    unsigned n = 0;
    for (;;) {
        struct Q_(frozen_task_) t;
        Q_(frozen_give_)(3, &t, q, 'O', 0);
        if (!EXPECT(puppet_finish(&frozen_puppet[3], FROZEN_LIMIT))) {
            puppet_finish(&frozen_puppet[3], 100000);
            break;
        }
        if (!t.did)
            return n;
        frozen_took(a, t.value);
        n++;
    }
    return n;
}

/* Alone, and in few steps: another producer, from `value` on, until it has put in `most` or is refused. */
TEST_UNUSED_ static unsigned
Q_(frozen_pushes_)(Q *q, struct frozen_account *a, uint64_t value, unsigned most)
{
    for (unsigned n = 0; n < most; n++) {
        struct Q_(frozen_task_) t;
        Q_(frozen_give_)(2, &t, q, 'I', value + n);
        if (!EXPECT(puppet_finish(&frozen_puppet[2], FROZEN_LIMIT)))
            puppet_finish(&frozen_puppet[2], 100000);
        if (!t.did)
            return n;
        a->in |= (uint64_t)1 << (value + n);
    }
    return most;
}

/* An element of each value below is in; the queue has been round a few times. */
TEST_UNUSED_ static void
Q_(frozen_begin_)(Q *q, struct frozen_account *a, size_t capacity, unsigned inside)
{
    uint64_t v;
    memset(a, 0, sizeof *a);
    if (Q_(init)(q, capacity) != LOFT_OK)
        abort();
    for (size_t k = 0; k < 2 * capacity + 1; k++)
        if (!Q_(try_push)(q, 1) || !Q_(try_pop)(q, &v))
            abort();
    for (unsigned k = 1; k <= inside; k++) {
        if (!Q_(try_push)(q, k))
            abort();
        a->in |= (uint64_t)1 << k;
    }
}

/* Closed, drained, and everything is accounted for. */
TEST_UNUSED_ static void
Q_(frozen_end_)(Q *q, struct frozen_account *a)
{
    uint64_t v;
    while (Q_(try_pop)(q, &v))
        frozen_took(a, v);
    Q_(close)(q);
    EXPECT(!Q_(try_push)(q, 60));
    EXPECT(!Q_(try_pop)(q, &v) && !Q_(is_stalled)(q));
    EXPECT(a->wrong == 0);
    EXPECT((a->out & ~a->in) == 0);
#if FROZEN_LOSSY
    EXPECT(frozen_count(a->in & ~a->out) == Q_(stats_get)(q).overwritten);
#else
    EXPECT(a->in == a->out);
#endif
    Q_(fini)(q);
}

/* A push stands before its access number k. */
TEST_UNUSED_ static void
Q_(frozen_push_)(size_t capacity, unsigned inside, bool closes)
{
    bool more = true;
    unsigned hidden = 0;
    for (unsigned long k = 0; more; k++) {
        Q q;
        struct frozen_account a;
        struct Q_(frozen_task_) t;
        struct Q_(frozen_task_) c;
        Q_(frozen_begin_)(&q, &a, capacity, inside);
        const uint64_t before = Q_(tickets)(&q);
        Q_(frozen_give_)(0, &t, &q, 'I', 16);
        more = !puppet_run(&frozen_puppet[0], k);
        const bool placed = Q_(tickets)(&q) != before;
        if (!more && t.did)
            a.in |= (uint64_t)1 << 16;
        else if (placed)
            hidden++;
        /* Behind it others put theirs, as many as there are slots, and return. */
        unsigned room = 5;
        if (FROZEN_BOUND && !FROZEN_LOSSY)
            room = (unsigned)capacity - inside - placed;
        else if (FROZEN_BOUND && placed && more)         /* a lap later they come upon it */
            room = (unsigned)capacity - 1;
        if (room > 5)
            room = 5;
        EXPECT(Q_(frozen_pushes_)(&q, &a, 32, 5) == room);
        /* The consumer sees what lies before it, and then "none", at once. */
        if (placed && more) {
            const unsigned seen = Q_(frozen_pops_)(&q, &a);
            if (!FROZEN_LOSSY)
                EXPECT(seen == (inside > FROZEN_HIDES ? inside - FROZEN_HIDES : 0));
            EXPECT(Q_(is_stalled)(&q));
            EXPECT((a.out & ~(uint64_t)0xffff) == 0);
            /* After close it waits instead, and then there is everything. */
            if (closes) {
                Q_(close)(&q);
                Q_(frozen_give_)(3, &c, &q, 'O', 0);
                EXPECT(!puppet_finish(&frozen_puppet[3], FROZEN_LONG));
                EXPECT(puppet_finish(&frozen_puppet[0], FROZEN_LIMIT) && t.did);
                EXPECT(puppet_finish(&frozen_puppet[3], FROZEN_LONG) && c.did);
                if (c.did)
                    frozen_took(&a, c.value);
                a.in |= (uint64_t)1 << 16;
            }
        } else {
            (void)Q_(frozen_pops_)(&q, &a);
            EXPECT(!Q_(is_stalled)(&q));
            if (!FROZEN_LOSSY)
                EXPECT(a.in == a.out);
            if (closes)
                Q_(close)(&q);
        }
        if (more && !(closes && placed)) {
            EXPECT(puppet_finish(&frozen_puppet[0], FROZEN_LIMIT));
            if (t.did)
                a.in |= (uint64_t)1 << 16;
        }
        Q_(frozen_end_)(&q, &a);
    }
    if (FROZEN_LOSSY || !FROZEN_BOUND || inside < capacity)
        EXPECT(hidden > 0);
}

/* A pop stands before its access number k. */
TEST_UNUSED_ static void
Q_(frozen_pop_)(size_t capacity, unsigned inside, bool closes)
{
    bool more = true;
    for (unsigned long k = 0; more; k++) {
        Q q;
        struct frozen_account a;
        struct Q_(frozen_task_) t;
        Q_(frozen_begin_)(&q, &a, capacity, inside);
        Q_(frozen_give_)(3, &t, &q, 'O', 0);
        more = !puppet_run(&frozen_puppet[3], k);
        const unsigned n = Q_(frozen_pushes_)(&q, &a, 32, 12);
        if (!FROZEN_BOUND || FROZEN_LOSSY)
            EXPECT(n == 12);                             /* it stops nobody */
        else
            EXPECT(n >= capacity - inside && n <= capacity - inside + 1);
        if (closes)
            Q_(close)(&q);
        EXPECT(puppet_finish(&frozen_puppet[3], FROZEN_LIMIT + 6 * (unsigned)capacity));
        if (t.did)
            frozen_took(&a, t.value);
        Q_(frozen_end_)(&q, &a);
    }
}

/* Two stand still at any two places, and then go on, in either order; a third one alone comes through. */
TEST_UNUSED_ static void
Q_(frozen_two_)(size_t capacity, unsigned inside)
{
    static const char *const pairs[] = { "II", "IO", "IC", "OC" };
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
        bool more_i = true;
        for (unsigned long i = 0; more_i; i++) {
            bool more_j = true;
            for (unsigned long j = 0; more_j; j++) {
                Q q;
                struct frozen_account a;
                struct Q_(frozen_task_) t[2];
                int who[2];
                Q_(frozen_begin_)(&q, &a, capacity, inside);
                for (int v = 0; v < 2; v++) {
                    who[v] = pairs[p][v] == 'O' ? 3 : v;
                    Q_(frozen_give_)(who[v], &t[v], &q, pairs[p][v], v == 0 ? 16 : 48);
                }
                more_i = !puppet_run(&frozen_puppet[who[0]], i);
                more_j = !puppet_run(&frozen_puppet[who[1]], j);
                (void)Q_(frozen_pushes_)(&q, &a, 32, 3);
                const int first = (int)((i + j) & 1);
                for (int v = 0; v < 3; v++) {
                    const int it = v == 2 ? first : v ? 1 - first : first;     /* who waits for the other comes again */
                    (void)puppet_finish(&frozen_puppet[who[it]], FROZEN_LONG);
                }
                for (int v = 0; v < 2; v++) {
                    EXPECT(puppet_finish(&frozen_puppet[who[v]], FROZEN_LONG));
                    if (pairs[p][v] == 'I' && t[v].did)
                        a.in |= (uint64_t)1 << t[v].value;
                    else if (pairs[p][v] == 'O' && t[v].did)
                        frozen_took(&a, t[v].value);
                }
                Q_(frozen_end_)(&q, &a);
            }
        }
    }
}

TEST_UNUSED_ static void
Q_(frozen)(const char *name)
{
    puppet_gather();
    for (int i = 0; i < 4; i++)
        puppet_start(&frozen_puppet[i]);
    for (size_t capacity = 2; capacity <= 4; capacity *= 2) {
        for (unsigned inside = 0; inside <= capacity; inside++)
            for (int closes = 0; closes < 2; closes++) {
                Q_(frozen_push_)(capacity, inside, closes != 0);
                Q_(frozen_pop_)(capacity, inside, closes != 0);
            }
        for (unsigned inside = 0; inside <= capacity; inside += (unsigned)every())
            Q_(frozen_two_)(capacity, inside);
    }
    for (int i = 0; i < 4; i++)
        puppet_end(&frozen_puppet[i]);
    puppet_scatter();
    expected(name, "stopped anywhere: others go on, the consumer sees what it should, nothing is lost");
}

#undef Q
#undef Q_
#undef FROZEN_NAME
#undef FROZEN_LOSSY
#undef FROZEN_BOUND
#undef FROZEN_HIDES
