/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/nibbles.h - queues in one word, of at most six elements from 1 to 15: engines for blocking.h that
 * cost an explorer next to nothing. All calls of the family, each one load and one compare-exchange. For each instance:
 *
 *     #define NIBBLES_NAME    tiny
 *     #define NIBBLES_CLUMSY  1           optional: a push that is refused for want of room holds some for a moment, as
 *                                         in scq_word.h
 *     #define NIBBLES_DOMAIN  1           optional: unbounded, as far as the thread's memory goes; calls take a record,
 *                                         nibbles_domain being the scheme
 *     #define NIBBLES_BARE    1           optional: init without a capacity, which is six
 *     #include "support/nibbles.h"
 */
#ifndef LOFT_TESTS_QUEUE_NIBBLES_H
#define LOFT_TESTS_QUEUE_NIBBLES_H

/* More than `most` elements in one queue are an error of the test that NIBBLES_CHECK reports. */
typedef struct nibbles_domain {
    size_t most;
} nibbles_domain;

typedef struct nibbles_domain_thread {
    size_t memory;                                       /* for so many pushes of this thread                      */
} nibbles_domain_thread;

#define NIBBLES_CLOSED_  0x80000000u
#if !defined(NIBBLES_CHECK)
#  define NIBBLES_CHECK(c)  LOFT_ASSERT(c)
#endif

static inline size_t
nibbles_length(uint32_t w)
{
    size_t n = 0;
    for (w &= ~NIBBLES_CLOSED_; w; w >>= 4)
        n++;
    return n;
}

#endif

#define N_(f)  LOFT_CAT(NIBBLES_NAME, f)
#if defined(NIBBLES_DOMAIN)
#  define NIBBLES_ME_    , nibbles_domain_thread *me
#  define NIBBLES_PASS_  , me
#else
#  define NIBBLES_ME_
#  define NIBBLES_PASS_
#endif

typedef struct NIBBLES_NAME {
    LOFT_ATOMIC(uint32_t) word;                          /* four bits each, the oldest lowest; the top bit: closed */
    LOFT_ATOMIC(uint32_t) taken;                         /* clumsy: elements, and pushes that will be refused      */
    size_t most;
} NIBBLES_NAME;

LOFT_API bool N_(is_closed)(const NIBBLES_NAME *q) { return (loft_load(&q->word, acquire) & NIBBLES_CLOSED_) != 0; }
LOFT_API size_t
#if defined(NIBBLES_DOMAIN)
N_(approx_len)(NIBBLES_NAME *q, nibbles_domain_thread *me)
#else
N_(approx_len)(const NIBBLES_NAME *q)
#endif
{
#if defined(NIBBLES_DOMAIN)
    (void)me;
#endif
    return nibbles_length(loft_load(&q->word, relaxed));
}
LOFT_API size_t N_(capacity)(const NIBBLES_NAME *q) { return q->most; }
LOFT_API void N_(fini)(NIBBLES_NAME *q) { q->most = 0; }

#if defined(NIBBLES_DOMAIN)
LOFT_API loft_status
N_(init)(NIBBLES_NAME *q, nibbles_domain *domain)
{
    q->most = domain->most;
#elif defined(NIBBLES_BARE)
LOFT_API loft_status
N_(init)(NIBBLES_NAME *q)
{
    q->most = 6;
#else
LOFT_API loft_status
N_(init)(NIBBLES_NAME *q, size_t capacity)
{
    if (capacity == 0 || capacity > 6)
        return LOFT_INVAL;
    q->most = capacity;
#endif
    loft_init(&q->word, 0u);
    loft_init(&q->taken, 0u);
    return LOFT_OK;
}

/* OK, FULL, CLOSED. */
LOFT_API loft_status
N_(append_)(NIBBLES_NAME *q, uint32_t v)
{
    uint32_t w = loft_load(&q->word, relaxed);
    do {
        if (w & NIBBLES_CLOSED_)
            return LOFT_CLOSED;
        if (nibbles_length(w) >= q->most)
            return LOFT_FULL;
    } while (!loft_cas_strong(&q->word, &w, w | v << 4 * nibbles_length(w), acq_rel, relaxed));
    return LOFT_OK;
}

#if defined(NIBBLES_DOMAIN)
LOFT_API loft_status
N_(push)(NIBBLES_NAME *q, nibbles_domain_thread *me, unsigned v)
{
    if (me->memory == 0)
        return N_(is_closed)(q) ? LOFT_CLOSED : LOFT_NOMEM;
    me->memory--;
    const loft_status s = N_(append_)(q, v);
    NIBBLES_CHECK(s != LOFT_FULL);
    return s;
}
LOFT_API bool N_(try_push)(NIBBLES_NAME *q, nibbles_domain_thread *me, unsigned v) { return !N_(push)(q, me, v); }
#else
LOFT_API bool
N_(try_push)(NIBBLES_NAME *q, unsigned v)
{
#if defined(NIBBLES_CLUMSY)
    if (loft_fetch_add(&q->taken, 1u, seq_cst) >= q->most) {
        loft_fetch_sub(&q->taken, 1u, seq_cst);
        return false;
    }
#endif
    return N_(append_)(q, v) == LOFT_OK;
}
#endif

LOFT_API bool
N_(try_pop)(NIBBLES_NAME *q NIBBLES_ME_, unsigned *out)
{
    uint32_t w = loft_load(&q->word, relaxed);
    uint32_t v;
#if defined(NIBBLES_DOMAIN)
    (void)me;
#endif
    do {
        v = w & 15u;
        if (v == 0)
            return false;
    } while (!loft_cas_strong(&q->word, &w, (w & NIBBLES_CLOSED_) | (w & ~NIBBLES_CLOSED_) >> 4, acq_rel, relaxed));
#if defined(NIBBLES_CLUMSY)
    loft_fetch_sub(&q->taken, 1u, seq_cst);
#endif
    *out = v;
    return true;
}

LOFT_API size_t
N_(push_n)(NIBBLES_NAME *q NIBBLES_ME_, const unsigned *v, size_t n)
{
    size_t i = 0;
    while (i < n && N_(try_push)(q NIBBLES_PASS_, v[i]))
        i++;
    return i;
}

LOFT_API size_t
N_(pop_n)(NIBBLES_NAME *q NIBBLES_ME_, unsigned *out, size_t n)
{
    size_t i = 0;
    while (i < n && N_(try_pop)(q NIBBLES_PASS_, &out[i]))
        i++;
    return i;
}

LOFT_API void
N_(close)(NIBBLES_NAME *q NIBBLES_ME_)
{
#if defined(NIBBLES_DOMAIN)
    (void)me;
#endif
    loft_fetch_or(&q->word, NIBBLES_CLOSED_, acq_rel);
}

#undef N_
#undef NIBBLES_ME_
#undef NIBBLES_PASS_
#undef NIBBLES_NAME
#undef NIBBLES_CLUMSY
#undef NIBBLES_DOMAIN
#undef NIBBLES_BARE
