/* SPDX-License-Identifier: MIT
 *
 * tests/queue/unbounded.h - the contract of the unbounded queues, checked by one thread on one instance. Include it
 * once for each instance of a queue:
 *
 *     #define UNBOUNDED_NAME    u64q           the instance; its header has been included
 *     #define UNBOUNDED_T       uint64_t
 *     #define UNBOUNDED_MAKE    make_u64       make_u64(i) is the i-th element
 *     #define UNBOUNDED_SMR     loft_ebr       its scheme, of support/schemes.h
 *     #define UNBOUNDED_SEGMENT 2              how many elements fit into a segment
 *     #define UNBOUNDED_BANK    1              LOFT_QUEUE_ALLOC is bank_alloc; 0: the program is built with
 *                                              -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 *     #define UNBOUNDED_BOXED   0              1: an element may have a node of its own
 *     #include "unbounded.h"                   defines u64q_unbounded("name in the report", rounds of the random test)
 *
 * The expectations are the specification's sentences, not what one implementation does.
 */
#include "common.h"

#include <loft/core/alloc.h>

#include "support/bank.h"
#include "support/schemes.h"

#ifndef LOFT_TESTS_QUEUE_UNBOUNDED_H
#define LOFT_TESTS_QUEUE_UNBOUNDED_H

/* Whether approx_len takes a record. */
#ifndef UNBOUNDED_LEN
#  define UNBOUNDED_LEN(name, q, me)  LOFT_CAT(name, approx_len)((q), (me))
#endif

/* Where counters are started to see them wrap; the differences are a few elements before the edge. */
static const size_t unbounded_starts[] = {
    1, 63,
    SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 5, SIZE_MAX - 18,
    SIZE_MAX / 2, SIZE_MAX / 2 - 1, SIZE_MAX / 2 - 7, SIZE_MAX / 2 - 18,
    SIZE_MAX / 4, SIZE_MAX / 4 - 3, SIZE_MAX / 4 - 18, SIZE_MAX / 8 - 2,
    (size_t)UINT32_MAX, (size_t)UINT32_MAX - 5, (size_t)UINT32_MAX - 18,
    (size_t)INT32_MAX, (size_t)INT32_MAX - 5, (size_t)INT32_MAX - 18
};

#define UNBOUNDED_COUNT(array) (sizeof(array) / sizeof *(array))
#define UNBOUNDED_SOON         loft_deadline((uint64_t)20000000000u)

#endif

#define Q        UNBOUNDED_NAME
#define Q_(f)    LOFT_CAT(UNBOUNDED_NAME, f)
#define S_(f)    LOFT_CAT(UNBOUNDED_SMR, f)
#define QT       Q_(t_)                                  /* a typedef, so that const applies to all of it */
#define MAKE(i)  UNBOUNDED_MAKE(i)
#define SEG      ((size_t)(UNBOUNDED_SEGMENT))

typedef UNBOUNDED_T QT;

/* ---- one queue, its domain, its thread --------------------------------------------------------------------------- */

/* Elements out..in-1 are inside: the model is two numbers. */
struct Q_(case_) {
    UNBOUNDED_SMR domain;
    S_(thread) *me;
    Q q;
    size_t in;
    size_t out;
    size_t before;                                       /* blocks there were before the queue */
    size_t base;                                         /* and with an empty one              */
    unsigned calls;
};

static struct Q_(case_) Q_(it_);
static const char *Q_(report_);

TEST_UNUSED_ static size_t
Q_(live_)(void)
{
#if UNBOUNDED_BANK
    return bank_live();
#else
    return (size_t)loft_alloc_stats_get().live;
#endif
}

TEST_UNUSED_ static void
Q_(fail_)(enum bank_refusal how, size_t n)
{
#if UNBOUNDED_BANK
    bank_fail(how, n);
#else
    if (how == BANK_FROM)
        loft_alloc_fail_from(n);
    else
        loft_alloc_fail_after(n);
#endif
}

/* How many were refused. */
TEST_UNUSED_ static size_t
Q_(fail_stop_)(void)
{
#if UNBOUNDED_BANK
    return bank_fail_stop();
#else
    return (size_t)loft_alloc_fail_stop();
#endif
}

/* loft_leak says so of itself: it cannot drain. */
TEST_UNUSED_ static bool
Q_(keeps_)(void)
{
    static UNBOUNDED_SMR d;
    if (S_(init)(&d, NULL) != LOFT_OK)
        abort();
    S_(thread) *const me = S_(join)(&d);
    const bool keeps = S_(drain)(me, UNBOUNDED_SOON) == LOFT_NOTSUP;
    S_(leave)(me);
    EXPECT(S_(fini)(&d) == LOFT_OK);
    return keeps;
}

TEST_UNUSED_ static struct Q_(case_) *
Q_(open_)(const size_t *start)
{
    struct Q_(case_) *const c = &Q_(it_);
    bank_open(Q_(keeps_)());
    if (S_(init)(&c->domain, NULL) != LOFT_OK || (c->me = S_(join)(&c->domain)) == NULL)
        abort();
    c->before = Q_(live_)();
    if (Q_(init)(&c->q, &c->domain) != LOFT_OK)
        abort();
    if (start)
        Q_(start_at_)(&c->q, *start);
    c->base = Q_(live_)();
    c->in = 0;
    c->out = 0;
    c->calls = 0;
    return c;
}

TEST_UNUSED_ static void
Q_(shut_)(struct Q_(case_) *c)
{
    Q_(fini)(&c->q);
    S_(leave)(c->me);
    EXPECT(S_(fini)(&c->domain) == LOFT_OK);
    EXPECT(bank_close());
}

TEST_UNUSED_ static void
Q_(rest_)(struct Q_(case_) *c)
{
    if (++c->calls % 8 == 0)
        S_(test_rest)(c->me);
}

TEST_UNUSED_ static bool
Q_(same_)(const QT *got, size_t i)
{
    const QT want = MAKE(i);
    return memcmp(got, &want, sizeof want) == 0;
}

TEST_UNUSED_ static bool
Q_(pushes_)(struct Q_(case_) *c)
{
    Q_(rest_)(c);
    return Q_(push)(&c->q, c->me, MAKE(c->in++)) == LOFT_OK;
}

TEST_UNUSED_ static bool
Q_(pops_)(struct Q_(case_) *c)
{
    QT out;
    memset((void *)&out, 0x5a, sizeof out);
    Q_(rest_)(c);
    return Q_(try_pop)(&c->q, c->me, &out) && Q_(same_)(&out, c->out++);
}

/* A refused pop leaves *out alone, whatever it held. */
TEST_UNUSED_ static bool
Q_(refuses_pop_)(struct Q_(case_) *c)
{
    QT out;
    unsigned char was[sizeof out];
    memset((void *)&out, 0x5a, sizeof out);
    memset(was, 0x5a, sizeof was);
    Q_(rest_)(c);
    return !Q_(try_pop)(&c->q, c->me, &out) && memcmp((const void *)&out, was, sizeof was) == 0
        && Q_(pop_n)(&c->q, c->me, &out, 1) == 0 && memcmp((const void *)&out, was, sizeof was) == 0;
}

TEST_UNUSED_ static bool
Q_(refuses_push_)(struct Q_(case_) *c)
{
    const QT v = MAKE(12345);
    return Q_(push)(&c->q, c->me, v) == LOFT_CLOSED && Q_(push_n)(&c->q, c->me, &v, 1) == 0;
}

/* All that is inside comes out, in order, and then nothing. */
TEST_UNUSED_ static void
Q_(empties_)(struct Q_(case_) *c)
{
    while (c->out < c->in)
        if (!EXPECT(Q_(pops_)(c)))
            break;
    EXPECT(Q_(refuses_pop_)(c));
    c->out = c->in;
}

/* Not below what is inside, and not far above: tickets that were given up count, one or two in each segment, and a ring
 * whose counters are about to wrap may end early. */
TEST_UNUSED_ static bool
Q_(len_fits_)(struct Q_(case_) *c)
{
    const size_t len = c->in - c->out;
    const size_t said = UNBOUNDED_LEN(UNBOUNDED_NAME, &c->q, c->me);
    return said >= len && said <= 2 * len + 8;
}

/* ---- init and fini ----------------------------------------------------------------------------------------------- */

TEST_UNUSED_ static void
Q_(t_init_)(void)
{
    struct Q_(case_) *const c = &Q_(it_);
    unsigned char was[sizeof c->q];
    for (int again = 0; again < 3; again++) {
        Q_(open_)(NULL);
        EXPECT(!Q_(is_closed)(&c->q) && UNBOUNDED_LEN(UNBOUNDED_NAME, &c->q, c->me) == 0);
        EXPECT(Q_(refuses_pop_)(c));
        EXPECT(Q_(push_n)(&c->q, c->me, NULL, 0) == 0 && Q_(pop_n)(&c->q, c->me, NULL, 0) == 0);
        for (size_t k = 0; again && k < 5 * SEG + 1; k++)    /* ended with something in it, then closed */
            EXPECT(Q_(pushes_)(c));
        if (again == 2)
            Q_(close)(&c->q, c->me);
        Q_(shut_)(c);
    }
    expected(Q_(report_), "init, observers, fini with elements inside, and the same again");

    size_t refused = 0;
    Q_(open_)(NULL);
    Q_(fini)(&c->q);
    const size_t live = Q_(live_)();
    EXPECT(live == c->before || !UNBOUNDED_BANK);        /* a domain may keep a record that init has used */
    for (size_t n = 0;; n++) {
        memset(was, 0xc3, sizeof was);
        memcpy((void *)&c->q, was, sizeof was);
        Q_(fail_)(BANK_ONE, n);
        const loft_status s = Q_(init)(&c->q, &c->domain);
        if (Q_(fail_stop_)() == 0) {
            EXPECT(s == LOFT_OK);
            break;
        }
        refused++;
        EXPECT(s == LOFT_NOMEM && Q_(live_)() == live);
        EXPECT(memcmp((const void *)&c->q, was, sizeof was) == 0);
        if (s == LOFT_OK)
            Q_(fini)(&c->q);
    }
    EXPECT(refused > 0 && Q_(pushes_)(c) && Q_(pops_)(c));
    Q_(shut_)(c);
    expected(Q_(report_), "init without memory, at each allocation: nothing changed, nothing left behind");
}

/* ---- order ------------------------------------------------------------------------------------------------------- */

TEST_UNUSED_ static void
Q_(t_order_)(void)
{
    const size_t fills[] = { 1, SEG - 1, SEG, SEG + 1, 2 * SEG, 2 * SEG + 1, 5 * SEG + 3, SEG < 100 ? 40 * SEG : 7 };
    struct Q_(case_) *const c = Q_(open_)(NULL);
    for (size_t f = 0; f < UNBOUNDED_COUNT(fills); f++) {
        for (int round = 0; round < 3; round++) {
            for (size_t k = 0; k < fills[f]; k++) {
                EXPECT(Q_(len_fits_)(c) || SEG > 100);
                EXPECT(Q_(pushes_)(c));
            }
            EXPECT(Q_(len_fits_)(c));
            Q_(empties_)(c);
        }
    }
    /* The queue holds about as much for a long time, and its ends walk over the borders of segments. */
    for (size_t hold = 0; hold <= 2 * SEG + 1; hold += SEG < 8 ? 1 : SEG / 2) {
        for (size_t k = 0; k < hold; k++)
            EXPECT(Q_(pushes_)(c));
        for (size_t k = 0; k < 6 * SEG; k++) {
            EXPECT(Q_(pushes_)(c) && Q_(pops_)(c));
            if (hold == 0)
                EXPECT(Q_(refuses_pop_)(c));
        }
        Q_(empties_)(c);
    }
    for (size_t up = 1; up < 6; up++) {                  /* it grows by steps and shrinks by others */
        for (size_t k = 0; k < 4 * SEG + 3; k++) {
            for (size_t j = 0; j < up; j++)
                EXPECT(Q_(pushes_)(c));
            if (k % 2)
                EXPECT(Q_(pops_)(c));
        }
        while (c->in - c->out > up && expect_failed_ == 0) {
            for (size_t j = 0; j < up + 1; j++)
                EXPECT(Q_(pops_)(c));
            EXPECT(Q_(pushes_)(c));
        }
        Q_(empties_)(c);
    }
    Q_(shut_)(c);
    expected(Q_(report_), "what goes in comes out in order, over many segments");
}

TEST_UNUSED_ static void
Q_(t_empty_)(void)
{
    struct Q_(case_) *const c = Q_(open_)(NULL);
    const size_t most = SEG < 8 ? 3 * SEG + 2 : 3;
    for (size_t misses = 0; misses <= most; misses++) {
        for (size_t fill = 0; fill <= most; fill++) {
            for (size_t k = 0; k < misses; k++)
                EXPECT(Q_(refuses_pop_)(c));
            for (size_t k = 0; k < fill; k++)
                EXPECT(Q_(pushes_)(c));
            for (size_t k = 0; k < fill; k++)
                EXPECT(Q_(pops_)(c));
        }
    }
    for (size_t k = 0; k < 20 * SEG + 100; k++)          /* a long wait must not wear anything out */
        EXPECT(Q_(refuses_pop_)(c));
    EXPECT(UNBOUNDED_LEN(UNBOUNDED_NAME, &c->q, c->me) == 0);
    for (size_t k = 0; k < 3 * SEG; k++)
        EXPECT(Q_(pushes_)(c));
    Q_(empties_)(c);
    Q_(shut_)(c);
    expected(Q_(report_), "empty is said when it is, as often as asked, and wears nothing out");
}

/* ---- bulk -------------------------------------------------------------------------------------------------------- */

TEST_UNUSED_ static void
Q_(t_bulk_)(void)
{
    const size_t room = SEG < 8 ? 5 * SEG + 3 : SEG + 5;
    struct Q_(case_) *const c = Q_(open_)(NULL);
    QT *const v = (QT *)malloc(room * sizeof *v);
    QT *const w = (QT *)malloc(room * sizeof *w);
    if (!v || !w)
        abort();
    for (size_t size = 0; size < room; size += SEG < 8 ? 1 : room / 4) {
        for (size_t at = 0; at < 2 * SEG; at += SEG < 8 ? 1 : SEG - 1) {   /* `size` elements meet `at` */
            for (size_t k = 0; k < at; k++)
                EXPECT(Q_(pushes_)(c));
            for (size_t k = 0; k < size; k++)
                v[k] = MAKE(c->in + k);
            EXPECT(Q_(push_n)(&c->q, c->me, v, size) == size);
            c->in += size;
            EXPECT(Q_(len_fits_)(c));
            memset((void *)w, 0x5a, room * sizeof *w);
            const size_t len = c->in - c->out;
            const size_t ask = size % 3 ? size : room;
            const size_t take = ask < len ? ask : len;
            EXPECT(Q_(pop_n)(&c->q, c->me, w, ask) == take);
            for (size_t k = 0; k < take; k++)
                EXPECT(Q_(same_)(&w[k], c->out + k));
            for (size_t k = take * sizeof *w; k < room * sizeof *w; k++)
                if (!EXPECT(((const unsigned char *)w)[k] == 0x5a))
                    break;
            c->out += take;
            Q_(empties_)(c);
        }
    }
    free(v);
    free(w);
    Q_(shut_)(c);
    expected(Q_(report_), "bulk calls move a prefix and say how much");
}

/* ---- close ------------------------------------------------------------------------------------------------------- */

TEST_UNUSED_ static void
Q_(t_close_)(void)
{
    const size_t step = SEG < 8 ? 1 : SEG - 1;
    for (size_t fill = 0; fill <= 3 * SEG + 1; fill += step) {
        for (size_t used = 0; used < 3 * SEG; used += step) {
            struct Q_(case_) *const c = Q_(open_)(NULL);
            for (size_t k = 0; k < used; k++) {
                EXPECT(Q_(pushes_)(c) && Q_(pops_)(c));
                if (k % 3 == 0)
                    EXPECT(Q_(refuses_pop_)(c));
            }
            for (size_t k = 0; k < fill; k++)
                EXPECT(Q_(pushes_)(c));
            EXPECT(!Q_(is_closed)(&c->q));
            Q_(close)(&c->q, c->me);
            EXPECT(Q_(is_closed)(&c->q) && Q_(refuses_push_)(c));
            if (fill % 2)
                Q_(close)(&c->q, c->me);
            EXPECT(Q_(len_fits_)(c));
            for (size_t k = 0; k < fill; k++) {
                EXPECT(Q_(pops_)(c));
                EXPECT(SEG > 8 || (Q_(refuses_push_)(c) && Q_(is_closed)(&c->q)));
            }
            for (size_t k = 0; k < 4 * SEG + 2; k++) {
                EXPECT(Q_(refuses_pop_)(c) && Q_(refuses_push_)(c));
                if (k == SEG)
                    Q_(close)(&c->q, c->me);
                if (SEG > 8)
                    k += SEG / 2;
            }
            EXPECT(Q_(is_closed)(&c->q) && UNBOUNDED_LEN(UNBOUNDED_NAME, &c->q, c->me) == 0);
            EXPECT(Q_(live_)() <= c->base || !UNBOUNDED_BANK || fill + used > SEG);
            Q_(shut_)(c);
        }
    }
    expected(Q_(report_), "a closed queue refuses, drains, and stays so");
}

/* ---- against the model, from any counter ------------------------------------------------------------------------- */

TEST_UNUSED_ static void
Q_(random_)(struct Q_(case_) *c, unsigned long rounds, uint64_t seed)
{
    enum { MOST = 40 };
    QT v[MOST];
    struct dice d = dice_from(seed);
    size_t tilt = 50;
    bool closed = false;
    for (unsigned long r = 0; r < rounds && expect_failed_ < 5; r++) {
        const size_t len = c->in - c->out;
        size_t size = dice_roll(&d, SEG < MOST / 3 ? 3 * SEG + 1 : (size_t)MOST);
        if (dice_roll(&d, 16 * SEG) == 0)
            tilt = len > 200 + 4 * SEG ? 20 : 20 + dice_roll(&d, 61);
        const bool push = dice_roll(&d, 100) < tilt && len < 4000 + 8 * SEG;
        const size_t way = dice_roll(&d, 10);
        Q_(rest_)(c);
        if (way < 7 && push) {
            const loft_status s = Q_(push)(&c->q, c->me, MAKE(c->in));
            EXPECT(s == (closed ? LOFT_CLOSED : LOFT_OK));
            c->in += s == LOFT_OK;
        } else if (way < 7) {
            EXPECT(len ? Q_(pops_)(c) : Q_(refuses_pop_)(c));
        } else if (way < 9 && push) {
            for (size_t k = 0; k < size; k++)
                v[k] = MAKE(c->in + k);
            EXPECT(Q_(push_n)(&c->q, c->me, v, size) == (closed ? 0 : size));
            c->in += closed ? 0 : size;
        } else if (way < 9) {
            const size_t want = size < len ? size : len;
            EXPECT(Q_(pop_n)(&c->q, c->me, v, size) == want);
            for (size_t k = 0; k < want; k++)
                EXPECT(Q_(same_)(&v[k], c->out + k));
            c->out += want;
        } else {
            EXPECT(Q_(is_closed)(&c->q) == closed);
            if (len < 10 * SEG && dice_roll(&d, 8) == 0)
                EXPECT(Q_(len_fits_)(c));
            if (r > rounds - rounds / 8 && !closed && dice_roll(&d, 20) == 0) {
                Q_(close)(&c->q, c->me);
                closed = true;
            }
        }
    }
    Q_(empties_)(c);
}

TEST_UNUSED_ static void
Q_(t_random_)(unsigned long rounds)
{
    for (uint64_t seed = 0; seed < 3; seed++) {
        struct Q_(case_) *const c = Q_(open_)(NULL);
        Q_(random_)(c, rounds / 3 + 1, seed);
        Q_(shut_)(c);
    }
    expected(Q_(report_), "random calls agree with a model");
    for (size_t s = 0; s < UNBOUNDED_COUNT(unbounded_starts); s += every()) {
        struct Q_(case_) *const c = Q_(open_)(&unbounded_starts[s]);
        EXPECT(UNBOUNDED_LEN(UNBOUNDED_NAME, &c->q, c->me) == 0 && Q_(refuses_pop_)(c));
        for (size_t k = 0; k < (SEG < 100 ? 20 : SEG); k++)
            EXPECT(Q_(pushes_)(c) && Q_(len_fits_)(c) && Q_(pops_)(c) && (k % 4 || Q_(refuses_pop_)(c)));
        Q_(random_)(c, rounds / 50 + 1, s);
        Q_(shut_)(c);
    }
    expected(Q_(report_), "and counters that wrap make no difference");
}

/* ---- memory that is refused -------------------------------------------------------------------------------------- */

/* A push, of which an allocation may be refused. true: it was. Nothing has changed then, and the next one works. */
TEST_UNUSED_ static bool
Q_(hungry_push_)(struct Q_(case_) *c, size_t n)
{
    const size_t live = Q_(live_)();
    Q_(fail_)(BANK_ONE, n);
    const loft_status s = Q_(push)(&c->q, c->me, MAKE(c->in));
    const size_t refused = Q_(fail_stop_)();
    if (refused == 0 || (s == LOFT_OK && !UNBOUNDED_BANK)) {
        c->in += EXPECT(s == LOFT_OK);
        return refused != 0;
    }
    EXPECT(s == LOFT_NOMEM && Q_(live_)() == live);
    c->in += s == LOFT_OK;
    return true;
}

TEST_UNUSED_ static void
Q_(t_no_memory_)(void)
{
    const size_t many = SEG < 100 ? 6 * SEG + 2 : 2 * SEG + 2;
    size_t refused = 0;
    for (size_t drains = 0; drains < 4; drains++) {      /* each allocation of each push, beside pops or not */
        struct Q_(case_) *const c = Q_(open_)(NULL);
        for (size_t k = 0; k < many; k++) {
            for (size_t n = 0; n < 10 && Q_(hungry_push_)(c, n); n++)
                refused++;
            if (drains && k % drains == 0 && c->out < c->in)
                EXPECT(Q_(pops_)(c));
            EXPECT(Q_(len_fits_)(c) || SEG > 100);
        }
        Q_(empties_)(c);
        for (size_t k = 0; k < 2 * SEG + 1; k++)
            EXPECT(Q_(pushes_)(c));
        Q_(empties_)(c);
        Q_(shut_)(c);
    }
    EXPECT(refused >= 4);
    expected(Q_(report_), "without memory a push says so and changes nothing, at each of its allocations");

    for (size_t fill = 0; fill <= 2 * SEG + 1; fill += SEG < 8 ? 1 : SEG / 2) {   /* none for a long time */
        struct Q_(case_) *const c = Q_(open_)(NULL);
        for (size_t k = 0; k < fill; k++)
            EXPECT(Q_(pushes_)(c));
        Q_(fail_)(BANK_FROM, 0);
        size_t more = 0;
        while (more <= SEG && Q_(push)(&c->q, c->me, MAKE(c->in)) == LOFT_OK) {
            c->in++;
            more++;
        }
        EXPECT(more <= SEG);
        const size_t live = Q_(live_)();
        const QT again = MAKE(c->in);
        for (int k = 0; k < 100; k++)
            EXPECT(Q_(push)(&c->q, c->me, again) == LOFT_NOMEM && Q_(push_n)(&c->q, c->me, &again, 1) == 0);
        EXPECT(!UNBOUNDED_BANK || Q_(live_)() == live);
        while (c->in - c->out > 9 && expect_failed_ == 0)    /* pops need none */
            EXPECT(Q_(pops_)(c));
        EXPECT(Q_(len_fits_)(c));                        /* who was refused left nothing behind */
        Q_(empties_)(c);
        const loft_status s = Q_(push)(&c->q, c->me, MAKE(c->in));
        EXPECT(s == LOFT_OK || s == LOFT_NOMEM);
        c->in += s == LOFT_OK;
        if (fill % 2 == 0) {
            EXPECT(Q_(fail_stop_)() != 0);
            for (size_t k = 0; k < 2 * SEG + 1; k++)
                EXPECT(Q_(pushes_)(c));
            Q_(fail_)(BANK_FROM, 0);
        }
        Q_(close)(&c->q, c->me);                         /* nor does close */
        EXPECT(Q_(is_closed)(&c->q) && Q_(refuses_push_)(c));
        Q_(empties_)(c);
        (void)Q_(fail_stop_)();
        EXPECT(Q_(refuses_push_)(c) && Q_(refuses_pop_)(c));
        Q_(shut_)(c);
    }
    expected(Q_(report_), "while there is none, pops and close go on, and afterwards pushes");

    QT v[32];
    const size_t size = SEG < 8 ? 3 * SEG + 2 : 32;
    for (size_t n = 0, failed = 1; failed; n++) {        /* a bulk push that fails half way */
        struct Q_(case_) *const c = Q_(open_)(NULL);
        for (size_t k = 0; k < SEG - 1; k++)
            EXPECT(Q_(pushes_)(c));
        for (size_t k = 0; k < size; k++)
            v[k] = MAKE(c->in + k);
        Q_(fail_)(BANK_FROM, n);
        const size_t did = Q_(push_n)(&c->q, c->me, v, size);
        failed = Q_(fail_stop_)();
        EXPECT(failed ? did < size || !UNBOUNDED_BANK : did == size);
        c->in += did;
        EXPECT(Q_(push_n)(&c->q, c->me, v + did, size - did) == size - did);
        c->in += size - did;
        Q_(empties_)(c);
        Q_(shut_)(c);
    }
    expected(Q_(report_), "a bulk push without memory says how much went in");
}

/* ---- memory that comes back -------------------------------------------------------------------------------------- */

#if UNBOUNDED_BANK
/* Segments are as many as the elements need and two more, and elements have one node each at most; what was retired
 * comes on top of it. */
TEST_UNUSED_ static bool
Q_(lean_)(struct Q_(case_) *c)
{
    const size_t len = c->in - c->out;
    const size_t pending = (size_t)S_(stats_get)(&c->domain).pending;
    return Q_(live_)() <= c->before + pending + len / SEG + 3 + (UNBOUNDED_BOXED ? len : 0);
}

TEST_UNUSED_ static void
Q_(t_memory_)(unsigned long rounds)
{
    struct Q_(case_) *const c = Q_(open_)(NULL);
    struct dice d = dice_from(7);
    size_t longest = 0;
    for (unsigned long r = 0; r < rounds / 4 + 1; r++) {     /* a coin says push or pop */
        if (dice_roll(&d, 2))
            EXPECT(Q_(pushes_)(c));
        else
            EXPECT(c->out < c->in ? Q_(pops_)(c) : Q_(refuses_pop_)(c));
        longest = c->in - c->out > longest ? c->in - c->out : longest;
        EXPECT(Q_(lean_)(c));
    }
    const size_t peak = bank_peak();
    Q_(empties_)(c);
    if (S_(drain)(c->me, UNBOUNDED_SOON) != LOFT_NOTSUP)
        EXPECT(Q_(live_)() == c->base);
    EXPECT(c->base >= c->before + 1 && c->base <= c->before + 2);
    note("%s: 50-50: longest %lu, %lu blocks at most, %lu at the end", Q_(report_), (unsigned long)longest,
         (unsigned long)peak, (unsigned long)Q_(live_)());
    expected(Q_(report_), "50-50 at random: no more segments than its elements need, one when it is drained");

    for (int round = 0; round < 4; round++) {            /* bursts */
        for (size_t k = 0; k < (size_t)(20 + 10 * round) * SEG + 1; k++)
            EXPECT(Q_(pushes_)(c));
        EXPECT(Q_(lean_)(c));
        Q_(empties_)(c);
        if (S_(drain)(c->me, UNBOUNDED_SOON) != LOFT_NOTSUP)
            EXPECT(Q_(live_)() == c->base);
    }
    Q_(close)(&c->q, c->me);
    EXPECT(Q_(live_)() <= c->base || bank.keeps);
    Q_(fini)(&c->q);
    if (S_(drain)(c->me, UNBOUNDED_SOON) != LOFT_NOTSUP)
        EXPECT(Q_(live_)() == c->before);
    if (Q_(init)(&c->q, &c->domain) != LOFT_OK)
        abort();
    Q_(shut_)(c);
    expected(Q_(report_), "burst and drain: back to one segment each time");
}
#endif

/* ---- several queues ---------------------------------------------------------------------------------------------- */

TEST_UNUSED_ static void
Q_(t_several_)(void)
{
    enum { QUEUES = 3 };
    static Q q[QUEUES];
    size_t in[QUEUES] = { 0 };
    size_t out[QUEUES] = { 0 };
    struct dice d = dice_from(11);
    struct Q_(case_) *const c = Q_(open_)(NULL);
    QT v;
    for (size_t k = 0; k < QUEUES; k++)
        EXPECT(Q_(init)(&q[k], &c->domain) == LOFT_OK);
    for (int r = 0; r < 2000; r++) {
        const size_t k = dice_roll(&d, QUEUES);
        Q_(rest_)(c);
        if (dice_roll(&d, 2)) {
            EXPECT(Q_(push)(&q[k], c->me, MAKE(k * 1000000 + in[k])) == LOFT_OK);
            in[k]++;
        } else if (Q_(try_pop)(&q[k], c->me, &v)) {
            EXPECT(out[k] < in[k] && Q_(same_)(&v, k * 1000000 + out[k]));
            out[k]++;
        } else {
            EXPECT(out[k] == in[k]);
        }
        if (r == 1000) {                                 /* one ends, the others go on */
            Q_(fini)(&q[0]);
            EXPECT(Q_(init)(&q[0], &c->domain) == LOFT_OK);
            in[0] = out[0] = 0;
            Q_(close)(&q[1], c->me);
            EXPECT(Q_(push)(&q[1], c->me, v = MAKE(0)) == LOFT_CLOSED && !Q_(is_closed)(&q[2]));
            while (Q_(try_pop)(&q[1], c->me, &v))
                EXPECT(Q_(same_)(&v, 1000000 + out[1]++));
            EXPECT(out[1] == in[1]);
            Q_(fini)(&q[1]);
            EXPECT(Q_(init)(&q[1], &c->domain) == LOFT_OK);
            in[1] = out[1] = 0;
        }
    }
    for (size_t k = 0; k < QUEUES; k++)
        Q_(fini)(&q[k]);
    Q_(shut_)(c);
    expected(Q_(report_), "several queues of one domain have nothing to do with each other");
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

TEST_UNUSED_ static void
Q_(unbounded)(const char *report, unsigned long rounds)
{
    Q_(report_) = report;
    Q_(t_init_)();
    Q_(t_order_)();
    Q_(t_empty_)();
    Q_(t_bulk_)();
    Q_(t_close_)();
    Q_(t_random_)(rounds);
    Q_(t_no_memory_)();
#if UNBOUNDED_BANK
    Q_(t_memory_)(rounds);
#endif
    Q_(t_several_)();
}

#undef Q
#undef Q_
#undef S_
#undef QT
#undef MAKE
#undef SEG
#undef UNBOUNDED_NAME
#undef UNBOUNDED_T
#undef UNBOUNDED_MAKE
#undef UNBOUNDED_SMR
#undef UNBOUNDED_SEGMENT
#undef UNBOUNDED_BANK
#undef UNBOUNDED_BOXED
