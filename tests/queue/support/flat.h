/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/flat.h - an unbounded queue with a domain of its own as one object, whose calls take no record:
 * what the shared programs of the family take. Include it once for each instance:
 *
 *     #define FLAT_NAME    jobs                the instance it makes: jobs_init(q, any), jobs_fini, jobs_try_push, ...
 *     #define FLAT_ENGINE  jobs_queue          of this queue; its header has been included
 *     #define FLAT_T       uint64_t
 *     #define FLAT_SMR     loft_ebr            its scheme, of support/schemes.h
 *     #define FLAT_LIMIT   5                   optional: how many elements go in
 *     #include "support/flat.h"
 *
 * A thread joins at its first call, or by jobs_attach(q); fini leaves for all of them. A push that is refused, but
 * neither closed nor, where that is expected, without memory, is counted in flat_strange, as are records that are lost.
 */
#ifndef LOFT_TESTS_QUEUE_FLAT_H
#define LOFT_TESTS_QUEUE_FLAT_H

#include "schemes.h"

#define FLAT_RECORDS 80

/* Whether approx_len takes a record. */
#ifndef UNBOUNDED_LEN
#  define UNBOUNDED_LEN(name, q, me)  LOFT_CAT(name, approx_len)((q), (me))
#endif

/* The record that this thread used last: of the queue with this number. */
static TEST_THREAD_LOCAL_ uint64_t flat_of_;
static TEST_THREAD_LOCAL_ void *flat_me_;
static TEST_THREAD_LOCAL_ unsigned flat_calls_;
static uint64_t flat_number_;
static LOFT_ATOMIC(unsigned) flat_strange;
static bool flat_hungry;                                 /* LOFT_NOMEM is to be expected */

#endif

#define Q      FLAT_NAME
#define Q_(f)  LOFT_CAT(FLAT_NAME, f)
#define E_(f)  LOFT_CAT(FLAT_ENGINE, f)
#define S_(f)  LOFT_CAT(FLAT_SMR, f)

typedef struct Q {
    FLAT_SMR domain;
    FLAT_ENGINE engine;
    uint64_t number;
    LOFT_ATOMIC(unsigned) joined;
    S_(thread) *record[FLAT_RECORDS];
} Q;

TEST_UNUSED_ static S_(thread) *
Q_(me_)(Q *q)
{
    if (flat_of_ != q->number) {
        S_(thread) *const me = S_(join)(&q->domain);
        const unsigned k = loft_fetch_add(&q->joined, 1u, relaxed);
        if (!me || k >= FLAT_RECORDS)
            abort();
        q->record[k] = me;
        flat_me_ = me;
        flat_of_ = q->number;
    }
    if (++flat_calls_ % 16 == 0)
        S_(test_rest)((S_(thread) *)flat_me_);
    return (S_(thread) *)flat_me_;
}

TEST_UNUSED_ static void Q_(attach)(Q *q) { (void)Q_(me_)(q); }

TEST_UNUSED_ static loft_status
Q_(init)(Q *q, size_t unused)
{
    (void)unused;
    if (S_(init)(&q->domain, NULL) != LOFT_OK)
        return LOFT_NOMEM;
    q->number = ++flat_number_;
    loft_init(&q->joined, 0u);
    return E_(init)(&q->engine, &q->domain);
}

TEST_UNUSED_ static void
Q_(fini)(Q *q)
{
    E_(fini)(&q->engine);
    for (unsigned k = loft_load(&q->joined, relaxed); k-- > 0;)
        S_(leave)(q->record[k]);
    if (S_(fini)(&q->domain) != LOFT_OK)
        loft_fetch_add(&flat_strange, 1u, relaxed);
}

TEST_UNUSED_ static void Q_(start_at_)(Q *q, size_t ticket) { E_(start_at_)(&q->engine, ticket); }

TEST_UNUSED_ static bool
Q_(try_push)(Q *q, FLAT_T v)
{
    const loft_status s = E_(push)(&q->engine, Q_(me_)(q), v);
    if (s != LOFT_OK && s != LOFT_CLOSED && !(flat_hungry && s == LOFT_NOMEM))
        loft_fetch_add(&flat_strange, 1u, relaxed);
    return s == LOFT_OK;
}

TEST_UNUSED_ static bool Q_(try_pop)(Q *q, FLAT_T *out) { return E_(try_pop)(&q->engine, Q_(me_)(q), out); }

TEST_UNUSED_ static size_t
Q_(push_n)(Q *q, FLAT_T const *v, size_t n)
{
    return E_(push_n)(&q->engine, Q_(me_)(q), v, n);
}

TEST_UNUSED_ static size_t
Q_(pop_n)(Q *q, FLAT_T *out, size_t n)
{
    return E_(pop_n)(&q->engine, Q_(me_)(q), out, n);
}

TEST_UNUSED_ static void   Q_(close)(Q *q) { E_(close)(&q->engine, Q_(me_)(q)); }
TEST_UNUSED_ static bool   Q_(is_closed)(const Q *q) { return E_(is_closed)(&q->engine); }
TEST_UNUSED_ static size_t Q_(approx_len)(Q *q) { return UNBOUNDED_LEN(FLAT_ENGINE, &q->engine, Q_(me_)(q)); }

TEST_UNUSED_ static size_t
Q_(capacity)(const Q *q)
{
    (void)q;
#if defined(FLAT_LIMIT)
    return FLAT_LIMIT;
#else
    return SIZE_MAX;
#endif
}

#undef Q
#undef Q_
#undef E_
#undef S_
#undef FLAT_NAME
#undef FLAT_ENGINE
#undef FLAT_T
#undef FLAT_SMR
#undef FLAT_LIMIT
