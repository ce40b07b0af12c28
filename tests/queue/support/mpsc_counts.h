/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/mpsc_counts.h - what mpsc.h adds to the contract of the family, checked by one thread on one
 * instance: the counters, overwriting, the watermarks. Include it once for each instance:
 *
 *     #define COUNTS_NAME u64q                the instance; its header has been included
 *     #define COUNTS_T    uint64_t
 *     #define COUNTS_MAKE make_u64            make_u64(i) is the i-th element
 *     #define COUNTS_OVERWRITES 1             its policy is LOFT_MPSC_OVERWRITE
 *     #include "support/mpsc_counts.h"        defines u64q_counts("name in the report", rounds)
 */
#define Q        COUNTS_NAME
#define QT       COUNTS_T
#define Q_(f)    LOFT_CAT(COUNTS_NAME, f)

#ifndef LOFT_TESTS_QUEUE_MPSC_COUNTS_H
#define LOFT_TESTS_QUEUE_MPSC_COUNTS_H

static const size_t counts_starts[] = {
    0, SIZE_MAX, SIZE_MAX - 5, SIZE_MAX - 40, SIZE_MAX / 2, SIZE_MAX / 2 - 1, SIZE_MAX / 2 - 40, SIZE_MAX / 4 - 40,
    (size_t)UINT32_MAX - 40, (size_t)INT32_MAX - 5, (size_t)INT32_MAX - 40
};

/* What has been counted since. */
TEST_UNUSED_ static loft_mpsc_stats
counts_since(loft_mpsc_stats now, loft_mpsc_stats then)
{
    now.accepted = (now.accepted - then.accepted) & LOFT_MPSC_COUNTS;
    now.popped = (now.popped - then.popped) & LOFT_MPSC_COUNTS;
    now.refused = (now.refused - then.refused) & LOFT_MPSC_COUNTS;
    now.overwritten = (now.overwritten - then.overwritten) & LOFT_MPSC_COUNTS;
    return now;
}

#endif

/* The model: elements out..in-1 are inside, and so many have been counted. */
TEST_UNUSED_ static void
Q_(counts_random_)(size_t capacity, size_t start, unsigned long rounds, uint64_t seed)
{
    Q q;
    const size_t room = 2 * capacity + 3;
    QT *const v = (QT *)malloc(room * sizeof *v);
    struct dice d = dice_from(seed);
    size_t in = 0;
    size_t out = 0;
    loft_mpsc_stats want = { 0, 0, 0, 0 };
    size_t tilt = 50;
    if (!v || !EXPECT(Q_(init)(&q, capacity) == LOFT_OK)) {
        free(v);
        return;
    }
    Q_(start_at_)(&q, start);
    const loft_mpsc_stats then = Q_(stats_get)(&q);
    EXPECT(then.accepted == ((uint64_t)start & LOFT_MPSC_COUNTS) && then.popped == then.accepted
           && then.refused == then.accepted && then.overwritten == then.accepted);
    for (unsigned long r = 0; r <= rounds && expect_failed_ < 5; r++) {
        const bool push = dice_roll(&d, 100) < tilt;
        const bool one = dice_roll(&d, 3) != 0;
        const size_t size = one ? 1 : dice_roll(&d, room);
        if (dice_roll(&d, 4 * capacity) == 0)
            tilt = 10 + dice_roll(&d, 81);
        if (r == rounds)
            Q_(close)(&q);
        if (push) {
            const size_t fits = r == rounds ? 0 : COUNTS_OVERWRITES || size < capacity - (in - out) ? size
                              : capacity - (in - out);
            for (size_t k = 0; k < size; k++)
                v[k] = COUNTS_MAKE(in + k);
            EXPECT((one ? (size_t)Q_(try_push)(&q, v[0]) : Q_(push_n)(&q, v, size)) == fits);
            in += fits;
            want.accepted += fits;
            want.refused += size - fits;
            while (in - out > capacity) {
                out++;
                want.overwritten++;
            }
        } else {
            const size_t has = size < in - out ? size : in - out;
            EXPECT((one ? (size_t)Q_(try_pop)(&q, v) : Q_(pop_n)(&q, v, size)) == has);
            for (size_t k = 0; k < has; k++) {
                const QT is = COUNTS_MAKE(out + k);
                EXPECT(memcmp(&v[k], &is, sizeof is) == 0);
            }
            out += has;
            want.popped += has;
        }
        const loft_mpsc_stats is = counts_since(Q_(stats_get)(&q), then);
        EXPECT(is.accepted == want.accepted && is.popped == want.popped && is.refused == want.refused
               && is.overwritten == want.overwritten);
        EXPECT(Q_(approx_len)(&q) == in - out);
        EXPECT(!Q_(is_stalled)(&q));
    }
    EXPECT(Q_(is_closed)(&q) && Q_(pop_n)(&q, v, room) == in - out);
    for (size_t k = 0; k < in - out; k++) {
        const QT is = COUNTS_MAKE(out + k);
        EXPECT(memcmp(&v[k], &is, sizeof is) == 0);
    }
    EXPECT(!Q_(try_pop)(&q, v) && Q_(approx_len)(&q) == 0 && !Q_(is_stalled)(&q));
    Q_(fini)(&q);
    free(v);
}

/* Up and down, with every pair of watermarks: it turns where it should, and nowhere else. */
TEST_UNUSED_ static void
Q_(counts_watermarks_)(size_t capacity)
{
    Q q;
    QT v;
    if (!EXPECT(Q_(init)(&q, capacity) == LOFT_OK))
        return;
    EXPECT(Q_(watermarks)(&q, 1, 1) == LOFT_INVAL);
    EXPECT(Q_(watermarks)(&q, 2, 1) == LOFT_INVAL);
    EXPECT(Q_(watermarks)(&q, 0, capacity + 1) == LOFT_INVAL);
    for (size_t low = 0; low < capacity; low++) {
        for (size_t high = low; high <= capacity; high++) {
            if (high > low)                              /* the first time: as init has set them */
                EXPECT(Q_(watermarks)(&q, low, high) == LOFT_OK);
            const size_t l = high > low ? low : capacity / 4;
            const size_t h = high > low ? high : capacity - capacity / 4;
            if (high == low && low > 0)
                continue;
            EXPECT(!Q_(is_high)(&q));
            for (size_t k = 1; k <= capacity; k++) {
                EXPECT(Q_(try_push)(&q, COUNTS_MAKE(k)));
                EXPECT(Q_(is_high)(&q) == (k >= h));
                EXPECT(Q_(is_high)(&q) == (k >= h));
            }
            for (size_t k = capacity; k-- > 0;) {
                EXPECT(Q_(try_pop)(&q, &v));
                EXPECT(Q_(is_high)(&q) == (k > l));
                EXPECT(Q_(is_high)(&q) == (k > l));
            }
        }
    }
    Q_(fini)(&q);
}

TEST_UNUSED_ static void
Q_(counts)(const char *name, unsigned long rounds)
{
    for (size_t capacity = 2; capacity <= 64; capacity *= capacity < 8 ? 2 : 8)
        for (size_t s = 0; s < sizeof counts_starts / sizeof *counts_starts; s += every())
            Q_(counts_random_)(capacity, counts_starts[s], s ? 60 * capacity : rounds, s);
    expected(name, COUNTS_OVERWRITES ? "the oldest go, and all is counted" : "all is counted, across every edge");
    for (size_t capacity = 2; capacity <= 8; capacity *= 2)
        Q_(counts_watermarks_)(capacity);
    expected(name, "watermarks");
}

#undef Q
#undef QT
#undef Q_
#undef COUNTS_NAME
#undef COUNTS_T
#undef COUNTS_MAKE
#undef COUNTS_OVERWRITES
