/* SPDX-License-Identifier: MIT
 *
 * tests/queue/contract.h - the contract of the queue family, checked by one thread on one instance. Include it once
 * for each instance of a queue:
 *
 *     #define CONTRACT_NAME u64q              the instance; its header has been included
 *     #define CONTRACT_T    uint64_t
 *     #define CONTRACT_MAKE make_u64          make_u64(i) is the i-th element
 *     #include "contract.h"                   defines u64q_contract("name in the report", rounds of the random test)
 *
 * The expectations are the specification's sentences, not what one implementation does. Where the family differs the
 * FAMILY_ macros of common.h say how.
 */
#include "common.h"

#define Q        CONTRACT_NAME
#define QT       Q_(contract_t_)                         /* a typedef, so that const applies to all of it */
#define Q_(f)    LOFT_CAT(CONTRACT_NAME, f)
#define MAKE(i)  CONTRACT_MAKE(i)

#ifndef LOFT_TESTS_QUEUE_CONTRACT_H
#define LOFT_TESTS_QUEUE_CONTRACT_H

/* Where counters are started to see them wrap; the differences are a few elements before the edge. */
static const size_t contract_starts[] = {
    0, 1, 63,
    SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 5, SIZE_MAX - 130,
    SIZE_MAX / 2, SIZE_MAX / 2 - 1, SIZE_MAX / 2 - 7, SIZE_MAX / 2 - 130,
    SIZE_MAX / 4 - 3, SIZE_MAX / 4 - 130,
    (size_t)UINT32_MAX, (size_t)UINT32_MAX - 5, (size_t)UINT32_MAX - 130,
    (size_t)INT32_MAX, (size_t)INT32_MAX - 5, (size_t)INT32_MAX - 130
};

#if FAMILY_SCQ
static const size_t contract_capacities[] = { 2, 4, 8, 64 };
#else
static const size_t contract_capacities[] = { 1, 2, 3, 4, 5, 7, 8, 16, 31, 64, 100 };
#endif

#define CONTRACT_COUNT(array) (sizeof(array) / sizeof *(array))

#endif

typedef CONTRACT_T QT;

/* ---- small helps ----------------------------------------------------------------------------------------------- */

TEST_UNUSED_ static bool
Q_(same_)(const QT *got, size_t i)
{
    const QT want = MAKE(i);
    return memcmp(got, &want, sizeof want) == 0;
}

/* A refused pop leaves *out alone, whatever it held. */
TEST_UNUSED_ static bool
Q_(refuses_pop_)(Q *q)
{
    QT out;
    unsigned char was[sizeof out];
    memset(&out, 0x5a, sizeof out);
    memset(was, 0x5a, sizeof was);
    return !Q_(try_pop)(q, &out) && memcmp(&out, was, sizeof was) == 0 && Q_(pop_n)(q, &out, 1) == 0
        && memcmp(&out, was, sizeof was) == 0;
}

TEST_UNUSED_ static bool
Q_(refuses_push_)(Q *q)
{
    const QT v = MAKE(12345);
    return !Q_(try_push)(q, v) && Q_(push_n)(q, &v, 1) == 0;
}

TEST_UNUSED_ static bool
Q_(pops_)(Q *q, size_t i)
{
    QT out;
    memset(&out, 0x5a, sizeof out);
    return Q_(try_pop)(q, &out) && Q_(same_)(&out, i);
}

/* ---- init ------------------------------------------------------------------------------------------------------ */

TEST_UNUSED_ static bool
Q_(init_refused_)(size_t capacity, loft_status want)
{
    Q q;
    unsigned char was[sizeof q];
    memset(was, 0xc3, sizeof was);
    memcpy((void *)&q, was, sizeof was);
    const loft_status got = Q_(init)(&q, capacity);
    if (got == LOFT_OK) {
        Q_(fini)(&q);
        return false;
    }
    return got == want && memcmp((const void *)&q, was, sizeof was) == 0;
}

/* The largest that is allowed: too large to be sure that there is no memory for it, but not wrong. */
TEST_UNUSED_ static bool
Q_(init_survives_)(size_t capacity)
{
    Q q;
    const loft_status got = Q_(init)(&q, capacity);
    if (got == LOFT_OK) {
        const bool good = Q_(capacity)(&q) == capacity;
        Q_(fini)(&q);
        return good;
    }
    return got == LOFT_NOMEM;
}

TEST_UNUSED_ static void
Q_(t_init_)(const char *name)
{
    const size_t half = ~(SIZE_MAX >> 1);
    EXPECT(Q_(init_refused_)(0, LOFT_INVAL));
    EXPECT(Q_(init_refused_)(SIZE_MAX, LOFT_INVAL));
    EXPECT(Q_(init_refused_)(SIZE_MAX - 1, LOFT_INVAL));
    EXPECT(Q_(init_refused_)(half, LOFT_INVAL));
    EXPECT(Q_(init_refused_)(half + 1, LOFT_INVAL));
    EXPECT(Q_(init_refused_)(SIZE_MAX / sizeof(QT), LOFT_INVAL));
    if (sizeof(QT) > 1) {
        EXPECT(Q_(init_refused_)(SIZE_MAX / sizeof(QT) + 1, LOFT_INVAL));
        EXPECT(Q_(init_refused_)(SIZE_MAX / sizeof(QT) + 2, LOFT_INVAL));
    }
#if FAMILY_SCQ
    EXPECT(Q_(init_refused_)(1, LOFT_INVAL));
    EXPECT(Q_(init_refused_)(3, LOFT_INVAL));
    EXPECT(Q_(init_refused_)(6, LOFT_INVAL));
    EXPECT(Q_(init_refused_)(1000, LOFT_INVAL));
    EXPECT(Q_(init_refused_)(1025, LOFT_INVAL));
    EXPECT(Q_(init_refused_)(((size_t)1 << 31) - 1, LOFT_INVAL));
    EXPECT(Q_(init_refused_)(((size_t)1 << 31) + 1, LOFT_INVAL));
    EXPECT(Q_(init_refused_)((size_t)UINT32_MAX, LOFT_INVAL));
    for (size_t p = (size_t)1 << 31; (p <<= 1) != 0;)
        EXPECT(Q_(init_refused_)(p, LOFT_INVAL));
#else
    EXPECT(Q_(init_refused_)((size_t)PTRDIFF_MAX / sizeof(QT) + 1, LOFT_INVAL));
    EXPECT(Q_(init_survives_)((size_t)PTRDIFF_MAX / sizeof(QT)));
    EXPECT(Q_(init_survives_)((size_t)PTRDIFF_MAX / sizeof(QT) - 1));
#endif
    expected(name, "absurd capacities are refused and change nothing");

    for (size_t c = 0; c < CONTRACT_COUNT(contract_capacities); c += every()) {
        Q q;
        const size_t capacity = contract_capacities[c];
        for (int again = 0; again < 3; again++) {
            if (!EXPECT(Q_(init)(&q, capacity) == LOFT_OK))
                continue;
            EXPECT(Q_(capacity)(&q) == capacity);
            EXPECT(Q_(approx_len)(&q) == 0);
            EXPECT(!Q_(is_closed)(&q));
            if (again == 1) {                            /* then it is ended with something in it, then closed */
                EXPECT(Q_(try_push)(&q, MAKE(1)));
                EXPECT(Q_(approx_len)(&q) == 1);
                Q_(close)(&q);
            } else if (again == 2) {
                EXPECT(Q_(refuses_pop_)(&q));
            }
            Q_(fini)(&q);
        }
    }
    expected(name, "init, observers, fini, and the same again");
}

/* ---- full and empty -------------------------------------------------------------------------------------------- */

TEST_UNUSED_ static void
Q_(t_full_and_empty_)(const char *name)
{
    for (size_t c = 0; c < CONTRACT_COUNT(contract_capacities); c += every()) {
        Q q;
        const size_t n = contract_capacities[c];
        size_t in = 0;
        size_t out = 0;
        if (!EXPECT(Q_(init)(&q, n) == LOFT_OK))
            continue;
        for (int round = 0; round < 7; round++) {
            for (int k = 0; k < 3; k++)
                EXPECT(Q_(refuses_pop_)(&q));
            for (size_t k = 0; k < n; k++) {
                EXPECT(Q_(approx_len)(&q) == k);
                EXPECT(Q_(try_push)(&q, MAKE(in++)));
            }
            EXPECT(Q_(approx_len)(&q) == n);
            for (int k = 0; k < 3; k++)
                EXPECT(Q_(refuses_push_)(&q));
            EXPECT(Q_(approx_len)(&q) == n);
            for (size_t k = 0; k < 3 * n; k++) {         /* on the edge: one out, one in */
                EXPECT(Q_(pops_)(&q, out++));
                EXPECT(Q_(try_push)(&q, MAKE(in++)));
                EXPECT(Q_(refuses_push_)(&q));
            }
            for (size_t k = 0; k < n; k++)
                EXPECT(Q_(pops_)(&q, out++));
            EXPECT(Q_(refuses_pop_)(&q));
            for (size_t k = 0; k < 5 * n; k++) {         /* on the other edge: one in, one out */
                EXPECT(Q_(try_push)(&q, MAKE(in++)));
                EXPECT(Q_(pops_)(&q, out++));
                EXPECT(Q_(refuses_pop_)(&q));
            }
        }
        /* A long wait at an empty queue must not wear anything out. */
        for (size_t k = 0; k < 20 * n + 100; k++)
            EXPECT(Q_(refuses_pop_)(&q));
        for (size_t k = 0; k < n; k++)
            EXPECT(Q_(try_push)(&q, MAKE(in++)));
        for (size_t k = 0; k < 20 * n + 100; k++)
            EXPECT(Q_(refuses_push_)(&q));
        for (size_t k = 0; k < n; k++)
            EXPECT(Q_(pops_)(&q, out++));
        EXPECT(Q_(refuses_pop_)(&q));
        Q_(fini)(&q);
    }
    expected(name, "exactly the capacity goes in, and comes out in order");
}

/* ---- bulk ------------------------------------------------------------------------------------------------------ */

TEST_UNUSED_ static void
Q_(t_bulk_)(const char *name)
{
    for (size_t c = 0; c < CONTRACT_COUNT(contract_capacities); c += every()) {
        Q q;
        const size_t n = contract_capacities[c];
        const size_t room = 2 * n + 3;
        QT *const v = (QT *)malloc(room * sizeof *v);
        QT *const w = (QT *)malloc(room * sizeof *w);
        size_t in = 0;
        size_t out = 0;
        if (!v || !w)
            abort();
        if (!EXPECT(Q_(init)(&q, n) == LOFT_OK)) {
            free(v);
            free(w);
            continue;
        }
        for (size_t size = 0; size < room; size++) {
            for (size_t at = 0; at < n; at += n < 8 ? 1 : n / 5) {   /* `size` elements meet a queue that holds `at` */
                for (size_t k = 0; k < at; k++)
                    EXPECT(Q_(try_push)(&q, MAKE(in++)));
                for (size_t k = 0; k < room; k++)
                    v[k] = MAKE(in + k);
                const size_t want = size < n - at ? size : n - at;
                EXPECT(Q_(push_n)(&q, v, size) == want);
                in += want;
                EXPECT(Q_(approx_len)(&q) == at + want);
                memset((void *)w, 0x5a, room * sizeof *w);
                const size_t take = size < at + want ? size : at + want;
                EXPECT(Q_(pop_n)(&q, w, size) == take);
                for (size_t k = 0; k < take; k++)
                    EXPECT(Q_(same_)(&w[k], out + k));
                for (size_t k = take * sizeof *w; k < room * sizeof *w; k++)
                    if (!EXPECT(((const unsigned char *)w)[k] == 0x5a))
                        break;
                out += take;
                while (out < in)
                    EXPECT(Q_(pops_)(&q, out++));
                EXPECT(Q_(refuses_pop_)(&q));
            }
        }
        EXPECT(Q_(push_n)(&q, NULL, 0) == 0);
        EXPECT(Q_(pop_n)(&q, NULL, 0) == 0);
        Q_(fini)(&q);
        free(v);
        free(w);
    }
    expected(name, "bulk calls move a prefix and say how much");
}

/* ---- close ----------------------------------------------------------------------------------------------------- */

TEST_UNUSED_ static void
Q_(t_close_)(const char *name)
{
    for (size_t c = 0; c < CONTRACT_COUNT(contract_capacities); c += every()) {
        const size_t n = contract_capacities[c];
        for (size_t fill = 0; fill <= n; fill += n < 9 ? 1 : n / 4) {
            for (size_t used = 0; used < 4 * n; used += n < 9 ? 1 : 2 * n - 1) {
                Q q;
                size_t in = 0;
                size_t out = 0;
                if (!EXPECT(Q_(init)(&q, n) == LOFT_OK))
                    continue;
                for (size_t k = 0; k < used; k++) {
                    EXPECT(Q_(try_push)(&q, MAKE(in++)));
                    EXPECT(Q_(pops_)(&q, out++));
                    if (k % 3 == 0)
                        EXPECT(Q_(refuses_pop_)(&q));
                }
                for (size_t k = 0; k < fill; k++)
                    EXPECT(Q_(try_push)(&q, MAKE(in++)));
                EXPECT(!Q_(is_closed)(&q));
                Q_(close)(&q);
                EXPECT(Q_(is_closed)(&q));
                EXPECT(Q_(refuses_push_)(&q));
                EXPECT(Q_(approx_len)(&q) == fill);
                if (fill % 2)
                    Q_(close)(&q);
                for (size_t k = 0; k < fill; k++) {
                    EXPECT(Q_(pops_)(&q, out++));
                    EXPECT(Q_(refuses_push_)(&q));
                    EXPECT(Q_(is_closed)(&q));
                    EXPECT(Q_(approx_len)(&q) == fill - k - 1);
                }
                for (size_t k = 0; k < 4 * n + 2; k++) {
                    EXPECT(Q_(refuses_pop_)(&q));
                    EXPECT(Q_(refuses_push_)(&q));
                    if (k == n)
                        Q_(close)(&q);
                }
                EXPECT(Q_(approx_len)(&q) == 0);
                EXPECT(Q_(is_closed)(&q));
                EXPECT(Q_(capacity)(&q) == n);
                Q_(fini)(&q);
            }
        }
    }
    expected(name, "a closed queue refuses, drains, and stays so");
}

/* ---- in place -------------------------------------------------------------------------------------------------- */

#if FAMILY_SPSC
TEST_UNUSED_ static void
Q_(t_in_place_)(const char *name)
{
    for (size_t c = 0; c < CONTRACT_COUNT(contract_capacities); c += every()) {
        Q q;
        const size_t n = contract_capacities[c];
        size_t in = 0;
        size_t out = 0;
        if (!EXPECT(Q_(init)(&q, n) == LOFT_OK))
            continue;
        for (size_t round = 0; round < 3 * n; round++) {
            EXPECT(Q_(peek)(&q) == NULL);
            while (in - out < n) {
                QT *const slot = Q_(reserve)(&q);
                if (!EXPECT(slot != NULL))
                    break;
                EXPECT(Q_(reserve)(&q) == slot);
                EXPECT(Q_(approx_len)(&q) == in - out);  /* reserved is not yet pushed */
                *slot = MAKE(in++);
                Q_(commit)(&q);
            }
            EXPECT(Q_(reserve)(&q) == NULL);
            EXPECT(Q_(refuses_push_)(&q));
            for (size_t k = 0; k < n; k++) {
                QT *const slot = Q_(peek)(&q);
                if (!EXPECT(slot != NULL))
                    break;
                EXPECT(Q_(peek)(&q) == slot);
                EXPECT(Q_(same_)(slot, out));
                EXPECT(Q_(approx_len)(&q) == in - out);  /* peeked is not yet popped */
                out++;
                Q_(release)(&q);
            }
            EXPECT(Q_(refuses_pop_)(&q));
            EXPECT(Q_(try_push)(&q, MAKE(in++)));        /* so that each round begins at another slot */
            EXPECT(Q_(pops_)(&q, out++));
        }
        Q_(fini)(&q);
    }
    expected(name, "in place: reserve, commit, peek, release");

    for (size_t c = 0; c < CONTRACT_COUNT(contract_capacities); c += every()) {
        Q q;
        const size_t n = contract_capacities[c];
        size_t in = 0;
        size_t out = 0;
        if (!EXPECT(Q_(init)(&q, n) == LOFT_OK))
            continue;
        for (size_t size = 0; size <= n + 2; size++) {
            for (size_t at = 0; at < n; at += n < 8 ? 1 : n / 5) {
                /* A run ends at the wrap, of which there is one: two runs are all there is. */
                const size_t want = size < n ? size : n;
                size_t done_ = 0;
                for (int run = 0; run < 2; run++) {
                    QT *first = NULL;
                    const size_t r = Q_(reserve_n)(&q, size - done_, &first);
                    EXPECT(r <= want - done_);
                    EXPECT(r != 0 || done_ == want);
                    EXPECT((first != NULL) == (r != 0));
                    for (size_t k = 0; k < r; k++)
                        first[k] = MAKE(in + k);
                    Q_(commit_n)(&q, r);
                    in += r;
                    done_ += r;
                }
                EXPECT(done_ == want);
                EXPECT(Q_(approx_len)(&q) == want);
                for (int run = 0; run < 2; run++) {
                    QT *first = NULL;
                    const size_t left = in - out;
                    const size_t r = Q_(peek_n)(&q, size, &first);
                    EXPECT(r <= left && r <= size);
                    EXPECT(r != 0 || left == 0);
                    EXPECT((first != NULL) == (r != 0));
                    for (size_t k = 0; k < r; k++)
                        EXPECT(Q_(same_)(&first[k], out + k));
                    Q_(release_n)(&q, r);
                    out += r;
                }
                EXPECT(out == in);
                EXPECT(Q_(peek)(&q) == NULL);
                EXPECT(Q_(try_push)(&q, MAKE(in++)));
                EXPECT(Q_(pops_)(&q, out++));
            }
        }
        /* Less than was offered may be taken. */
        for (size_t k = 0; k < 2 * n; k++) {
            QT *first = NULL;
            const size_t r = Q_(reserve_n)(&q, n, &first);
            EXPECT(r >= 1);
            for (size_t j = 0; j < r; j++)
                first[j] = MAKE(in + j);
            const size_t part = (r + 1) / 2;
            Q_(commit_n)(&q, part);
            in += part;
            EXPECT(Q_(approx_len)(&q) == part);
            while (out < in) {
                const size_t s = Q_(peek_n)(&q, n, &first);
                if (!EXPECT(s >= 1))
                    break;
                for (size_t j = 0; j < s; j++)
                    EXPECT(Q_(same_)(&first[j], out + j));
                Q_(release_n)(&q, (s + 1) / 2);
                out += (s + 1) / 2;
            }
        }
        QT *first = NULL;
        EXPECT(Q_(reserve_n)(&q, 0, &first) == 0);
        EXPECT(Q_(peek_n)(&q, 1, &first) == 0);
        EXPECT(first == NULL);
        EXPECT(Q_(try_push)(&q, MAKE(in++)));
        EXPECT(Q_(peek_n)(&q, 0, &first) == 0);
        EXPECT(first == NULL);
        Q_(close)(&q);
        EXPECT(Q_(reserve)(&q) == NULL);
        EXPECT(Q_(reserve_n)(&q, 1, &first) == 0);
        EXPECT(first == NULL);
        EXPECT(Q_(peek)(&q) != NULL);
        Q_(release)(&q);
        EXPECT(Q_(peek)(&q) == NULL);
        Q_(fini)(&q);
    }
    expected(name, "in place: runs, the wrap, part of a run, closed");
}
#endif

/* ---- the caller's storage -------------------------------------------------------------------------------------- */

#if FAMILY_SPSC || FAMILY_SPSC_WORD
#  if FAMILY_SPSC
#    define STORAGE_T QT
#  else
#    define STORAGE_T Q_(slot)
#  endif
TEST_UNUSED_ static void
Q_(t_storage_)(const char *name)
{
    static STORAGE_T storage[102];
    unsigned char *const bytes = (unsigned char *)(uintptr_t)storage;    /* slots may be of an atomic type */
    for (size_t c = 0; c < CONTRACT_COUNT(contract_capacities); c += every()) {
        Q q;
        const size_t n = contract_capacities[c];
        unsigned char guard[sizeof *storage];
        size_t in = 0;
        size_t out = 0;
        memset(guard, 0xb7, sizeof guard);
        memset(bytes, 0xb7, sizeof storage);
        EXPECT(Q_(init_with)(&q, NULL, n) == LOFT_INVAL);
        EXPECT(Q_(init_with)(&q, storage + 1, 0) == LOFT_INVAL);
        EXPECT(Q_(init_with)(&q, storage + 1, SIZE_MAX) == LOFT_INVAL);
        EXPECT(Q_(init_with)(&q, storage + 1, (size_t)PTRDIFF_MAX / sizeof(QT) + 1) == LOFT_INVAL);
        for (size_t k = 0; k < sizeof storage; k++)
            if (!EXPECT(bytes[k] == 0xb7))
                break;
#  if FAMILY_SPSC
        if (EXPECT(Q_(init_with)(&q, storage + 1, (size_t)PTRDIFF_MAX / sizeof(QT)) == LOFT_OK))
            Q_(fini)(&q);                                /* no slot is touched before it is used */
#  endif
        if (!EXPECT(Q_(init_with)(&q, storage + 1, n) == LOFT_OK))
            continue;
        EXPECT(Q_(capacity)(&q) == n);
        for (int round = 0; round < 5; round++) {
            while (in - out < n)
                EXPECT(Q_(try_push)(&q, MAKE(in++)));
            EXPECT(Q_(refuses_push_)(&q));
            for (size_t k = 0; k < n - (round % 2 ? n / 2 : 0); k++)
                EXPECT(Q_(pops_)(&q, out++));
        }
        EXPECT(memcmp(bytes, guard, sizeof guard) == 0);
        EXPECT(memcmp(bytes + (1 + n) * sizeof *storage, guard, sizeof guard) == 0);
        Q_(close)(&q);
        while (out < in)
            EXPECT(Q_(pops_)(&q, out++));
        EXPECT(Q_(refuses_pop_)(&q));
        Q_(fini)(&q);
        EXPECT(Q_(init_with)(&q, storage + 1, n) == LOFT_OK);     /* old content is nobody's */
        EXPECT(Q_(refuses_pop_)(&q));
        EXPECT(Q_(try_push)(&q, MAKE(1)));
        EXPECT(Q_(pops_)(&q, 1));
        Q_(fini)(&q);
    }
    expected(name, "the caller's storage is used, all of it and no more");
}
#  undef STORAGE_T
#endif

/* ---- against a model, from any counter ------------------------------------------------------------------------- */

/* The model is two numbers: elements out..in-1 are inside. */
TEST_UNUSED_ static void
Q_(random_)(size_t capacity, const size_t *start, unsigned long rounds, uint64_t seed)
{
    Q q;
    const size_t room = capacity + 3;
    QT *const v = (QT *)malloc(room * sizeof *v);
    struct dice d = dice_from(seed);
    size_t in = 0;
    size_t out = 0;
    size_t tilt = 50;
    if (!v)
        abort();
    if (!EXPECT(Q_(init)(&q, capacity) == LOFT_OK)) {
        free(v);
        return;
    }
    if (start)
        Q_(start_at_)(&q, *start);
    EXPECT(Q_(approx_len)(&q) == 0);
    for (unsigned long r = 0; r < rounds && expect_failed_ < 5; r++) {
        const size_t len = in - out;
        size_t size = dice_roll(&d, room);
        if (dice_roll(&d, 4 * capacity) == 0)
            tilt = 10 + dice_roll(&d, 81);
        const bool push = dice_roll(&d, 100) < tilt;
        size_t way = dice_roll(&d, FAMILY_SPSC ? 10 : 8);
        if (way < 6) {
            if (push) {
                const bool fits = len < capacity;
                EXPECT(Q_(try_push)(&q, MAKE(in)) == fits);
                in += fits;
            } else if (len) {
                EXPECT(Q_(pops_)(&q, out));
                out++;
            } else {
                EXPECT(Q_(refuses_pop_)(&q));
            }
        } else if (way < 8) {
            if (push) {
                const size_t want = size < capacity - len ? size : capacity - len;
                for (size_t k = 0; k < size; k++)
                    v[k] = MAKE(in + k);
                EXPECT(Q_(push_n)(&q, v, size) == want);
                in += want;
            } else {
                const size_t want = size < len ? size : len;
                EXPECT(Q_(pop_n)(&q, v, size) == want);
                for (size_t k = 0; k < want; k++)
                    EXPECT(Q_(same_)(&v[k], out + k));
                out += want;
            }
        }
#if FAMILY_SPSC
        else {
            QT *first = NULL;
            if (push) {
                size = Q_(reserve_n)(&q, size, &first);
                EXPECT(size <= capacity - len);
                for (size_t k = 0; k < size; k++)
                    first[k] = MAKE(in + k);
                size -= dice_roll(&d, size + 1);
                Q_(commit_n)(&q, size);
                in += size;
            } else {
                size = Q_(peek_n)(&q, size, &first);
                EXPECT(size <= len);
                for (size_t k = 0; k < size; k++)
                    EXPECT(Q_(same_)(&first[k], out + k));
                size -= dice_roll(&d, size + 1);
                Q_(release_n)(&q, size);
                out += size;
            }
        }
#endif
        if (way % 3 == 0)
            EXPECT(Q_(approx_len)(&q) == in - out);
    }
    Q_(close)(&q);
    EXPECT(Q_(refuses_push_)(&q));
    while (out < in && expect_failed_ < 5)
        EXPECT(Q_(pops_)(&q, out++));
    EXPECT(Q_(refuses_pop_)(&q));
    Q_(fini)(&q);
    free(v);
}

TEST_UNUSED_ static void
Q_(t_random_)(const char *name, unsigned long rounds)
{
    const size_t many = CONTRACT_COUNT(contract_capacities);
    for (size_t c = 0; c < many; c++)
        Q_(random_)(contract_capacities[c], NULL, rounds / many, c);
    expected(name, "a random run agrees with the model");

    for (size_t s = 0; s < CONTRACT_COUNT(contract_starts); s++)
        for (size_t c = s % every(); c < many; c += every()) {
            const size_t capacity = contract_capacities[c];
            size_t start = contract_starts[s];
            if (start > SIZE_MAX - 200)
                start -= capacity;                       /* the edge comes in the second lap of the ring as well */
            Q_(random_)(capacity, &start, 40 * capacity + 200, s * many + c);
        }
    expected(name, "and so does one that crosses each edge of the counters");
}

/* ---- allocation ------------------------------------------------------------------------------------------------ */

#if defined(LOFT_ALLOC_FAULTS)
TEST_UNUSED_ static void
Q_(t_no_memory_)(const char *name)
{
    for (size_t c = 0; c < CONTRACT_COUNT(contract_capacities); c += 3) {
        size_t refused = 0;
        for (size_t n = 0;; n++) {
            Q q;
            unsigned char was[sizeof q];
            memset(was, 0xc3, sizeof was);
            memcpy((void *)&q, was, sizeof was);
            loft_alloc_fail_after(n);
            const loft_status s = Q_(init)(&q, contract_capacities[c]);
            if (loft_alloc_fail_stop() == 0) {
                if (EXPECT(s == LOFT_OK))
                    Q_(fini)(&q);
                break;
            }
            refused++;
            if (!EXPECT(s == LOFT_NOMEM))
                break;
            EXPECT(memcmp((const void *)&q, was, sizeof was) == 0);
            if (!EXPECT(Q_(init)(&q, contract_capacities[c]) == LOFT_OK))
                break;
            EXPECT(Q_(try_push)(&q, MAKE(n)));
            EXPECT(Q_(pops_)(&q, n));
            Q_(fini)(&q);
        }
        EXPECT(refused >= 1);
    }
    expected(name, "init without memory at any point: NOMEM, nothing changed, works later");
}
#endif

/* For an instance whose LOFT_QUEUE_ALLOC and LOFT_QUEUE_FREE are ledger_alloc and ledger_free. */
#if defined(CONTRACT_LEDGER)
TEST_UNUSED_ static void
Q_(t_ledger_)(const char *name)
{
    for (size_t c = 0; c < CONTRACT_COUNT(contract_capacities); c += every()) {
        for (size_t n = 0;; n++) {
            Q q;
            const size_t capacity = contract_capacities[c];
            ledger.allocs = 0;
            ledger.fail_at = n;
            const loft_status s = Q_(init)(&q, capacity);
            if (ledger.allocs <= n) {
                size_t bytes = 0;
                EXPECT(s == LOFT_OK);
                for (size_t k = 0; k < LEDGER_MAX; k++)
                    bytes += ledger.block[k] ? ledger.size[k] : 0;
                EXPECT(bytes >= capacity * sizeof(QT));
                const size_t at_init = ledger.allocs;
                for (size_t k = 0; k < 3 * capacity; k++) {
                    EXPECT(Q_(try_push)(&q, MAKE(k)));
                    EXPECT(Q_(pops_)(&q, k));
                }
                EXPECT(ledger.allocs == at_init);        /* only init allocates */
                Q_(fini)(&q);
                EXPECT(ledger.live == 0);
                break;
            }
            EXPECT(s == LOFT_NOMEM);
            EXPECT(ledger.live == 0);
        }
    }
    ledger.fail_at = SIZE_MAX;
    EXPECT(ledger.mistakes == 0);
    expected(name, "its own allocator: blocks go back as they came, refusals leave nothing behind");

    /* Large ones are refused by the allocator, so that no machine is filled; a small request would be an overflow. */
    Q huge;
#if FAMILY_SCQ
    for (size_t n = (size_t)1 << 24; n != 0 && n <= (size_t)1 << 31; n <<= 1) {
        ledger.allocs = 0;
        const bool words_reach = n < (size_t)PTRDIFF_MAX / (sizeof(QT) + 64);
        const loft_status s = Q_(init)(&huge, n);
        EXPECT(s == LOFT_NOMEM || (!words_reach && s == LOFT_INVAL));
        EXPECT(ledger.live == 0);
    }
#else
    for (size_t n = (size_t)1 << 25; n <= (size_t)PTRDIFF_MAX / sizeof(QT) && n != 0; n <<= 1) {
        EXPECT(Q_(init)(&huge, n) != LOFT_OK);
        EXPECT(ledger.live == 0);
    }
    for (size_t k = 0; k < 3; k++)
        EXPECT(Q_(init)(&huge, (size_t)PTRDIFF_MAX / sizeof(QT) - k) != LOFT_OK);
#endif
    EXPECT(ledger.mistakes == 0);
    expected(name, "its own allocator: no capacity overflows into a small block");
}
#endif

/* ---- wrong use ------------------------------------------------------------------------------------------------- */

#if LOFT_DEBUG
TEST_UNUSED_ static void
Q_(push_after_fini_)(void *q)
{
    if (Q_(try_push)((Q *)q, MAKE(1)))
        _exit(4);
}

TEST_UNUSED_ static void
Q_(pop_after_fini_)(void *q)
{
    QT v;
    if (Q_(try_pop)((Q *)q, &v))
        _exit(4);
}

TEST_UNUSED_ static void
Q_(t_after_fini_)(const char *name)
{
    Q q;
    if (!EXPECT(Q_(init)(&q, 4) == LOFT_OK))
        return;
    EXPECT(Q_(try_push)(&q, MAKE(1)));
    EXPECT(Q_(pops_)(&q, 1));
    Q_(fini)(&q);
    EXPECT(aborts(Q_(push_after_fini_), &q));
    EXPECT(aborts(Q_(pop_after_fini_), &q));
    expected(name, "a call after fini stops a debug build");
}
#endif

TEST_UNUSED_ static void
Q_(contract)(const char *name, unsigned long rounds)
{
    Q_(t_init_)(name);
    Q_(t_full_and_empty_)(name);
    Q_(t_bulk_)(name);
    Q_(t_close_)(name);
#if FAMILY_SPSC
    Q_(t_in_place_)(name);
#endif
#if FAMILY_SPSC || FAMILY_SPSC_WORD
    Q_(t_storage_)(name);
#endif
    Q_(t_random_)(name, rounds);
#if defined(CONTRACT_LEDGER)
    Q_(t_ledger_)(name);
#elif defined(LOFT_ALLOC_FAULTS)
    Q_(t_no_memory_)(name);
#endif
#if LOFT_DEBUG
    Q_(t_after_fini_)(name);
#endif
}

#undef Q
#undef QT
#undef Q_
#undef MAKE
#undef CONTRACT_NAME
#undef CONTRACT_T
#undef CONTRACT_MAKE
#undef CONTRACT_LEDGER
