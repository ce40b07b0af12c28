/* SPDX-License-Identifier: MIT
 *
 * tests/core/support/atomics_layout_half.c - sizes and offsets as one language sees them; compiled as C and as C++.
 */
#include "atomics_layout.h"

#if defined(__cplusplus)
#  define HALF(f) f##_cxx
#else
#  define HALF(f) f##_c
#endif

#define SIZE(T)      { "sizeof " #T, sizeof(T) }
#define OFFSET(T, m) { "offset of " #m, offsetof(T, m) }

static const struct layout_row rows[] = {
    SIZE(LOFT_ATOMIC(bool)),
    SIZE(LOFT_ATOMIC(unsigned char)),
    SIZE(LOFT_ATOMIC(uint16_t)),
    SIZE(LOFT_ATOMIC(int)),
    SIZE(LOFT_ATOMIC(uint32_t)),
    SIZE(LOFT_ATOMIC(size_t)),
    SIZE(LOFT_ATOMIC(uintptr_t)),
    SIZE(LOFT_ATOMIC(loft_seq)),
    SIZE(LOFT_ATOMIC(void *)),
    SIZE(LOFT_ATOMIC(loft_status)),
    SIZE(loft_seq),
    SIZE(loft_status),
    SIZE(struct layout_words),
    OFFSET(struct layout_words, flag),
    OFFSET(struct layout_words, half),
    OFFSET(struct layout_words, word),
    OFFSET(struct layout_words, seq),
    OFFSET(struct layout_words, pointer),
    OFFSET(struct layout_words, size),
    OFFSET(struct layout_words, row),
    OFFSET(struct layout_words, byte),
    OFFSET(struct layout_words, status),
    SIZE(loft_park),
    SIZE(loft_park_key),
    OFFSET(loft_park, waiters_),
    { "LOFT_CACHELINE", LOFT_CACHELINE },
    { "LOFT_HAVE_ATOMIC64", LOFT_HAVE_ATOMIC64 },
    { "LOFT_NOTSUP", (size_t)LOFT_NOTSUP },
};

const struct layout_row *
HALF(layout)(size_t *n)
{
    *n = sizeof rows / sizeof rows[0];
    return rows;
}

void
HALF(layout_step)(struct layout_words *w)
{
    loft_store(&w->flag, true, release);
    loft_store(&w->half, (uint16_t)0xabcd, release);
    loft_fetch_add(&w->word, 1u, relaxed);
    loft_fetch_add(&w->seq, (loft_seq)1, relaxed);
    loft_store(&w->pointer, (void *)w, relaxed);
    size_t e = loft_load(&w->size, relaxed);
    while (!loft_cas_weak(&w->size, &e, e + 2, acq_rel, acquire))
        continue;
    for (int i = 0; i < 3; i++)
        loft_fetch_add(&w->row[i], i + 1, relaxed);
    loft_store(&w->byte, (unsigned char)200, relaxed);
    loft_store(&w->status, LOFT_NOTSUP, relaxed);
}

void
HALF(layout_notify)(loft_park *p)
{
    loft_park_notify_all(p);
}
