/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/bank.h - an allocator for many threads that counts, looks at what comes back, and refuses when it
 * is told to.
 *
 *     bank_open(keeps)                         an empty account; keeps: what nobody frees is freed by bank_close
 *     bank_alloc(align, size)  bank_free(p, align, size)        for LOFT_QUEUE_ALLOC and LOFT_QUEUE_FREE
 *     bank_live()  bank_peak()                 blocks
 *     bank_fail(BANK_ONE, n)                   the n-th allocation from now is refused, n from 0
 *     bank_fail(BANK_FROM, n)                  that and all that follow
 *     bank_fail(BANK_EACH, n)                  one in n
 *     bank_fail_stop()                         ends it; how many were refused
 *     bank_close()                             true: nothing was left, and nothing came back twice or in other sizes
 *
 * bank_raw_alloc, bank_raw_free: the same allocator without an account. In all of them `bank_inside` is set, where a
 * thread may hold locks of the C library: who stops threads by a signal waits until it is not.
 */
#ifndef LOFT_TESTS_QUEUE_BANK_H
#define LOFT_TESTS_QUEUE_BANK_H

#include "../../threads.h"

#include <loft/core/atomics.h>

#include <string.h>

enum bank_refusal { BANK_NONE, BANK_ONE, BANK_FROM, BANK_EACH };

struct bank_block {
    struct bank_block *next;                             /* where all are kept */
    void *raw;
    size_t align;
    size_t size;
    size_t alive;
};

#define BANK_ALIVE ((size_t)0x6b6e6162u)

static TEST_THREAD_LOCAL_ volatile sig_atomic_t bank_inside;

static struct bank {
    LOFT_ATOMIC(size_t) live;
    LOFT_ATOMIC(size_t) peak;
    LOFT_ATOMIC(size_t) asked;
    LOFT_ATOMIC(size_t) refused;
    LOFT_ATOMIC(size_t) mistakes;
    LOFT_ATOMIC(uintptr_t) kept;
    enum bank_refusal refusal;                           /* set while nobody allocates, as all below */
    size_t fail_at;
    bool keeps;
} bank;

TEST_UNUSED_ static struct bank_block *
bank_block_of_(void *p)
{
    return (struct bank_block *)((char *)p - sizeof(struct bank_block));
}

TEST_UNUSED_ static void *
bank_raw_alloc(size_t align, size_t size)
{
    /* Exactly aligned, so that code that leans on more than it asked for is seen by UBSan. */
    const size_t to = align < sizeof(void *) ? sizeof(void *) : align;
    bank_inside = bank_inside + 1;
    char *const raw = (char *)malloc(sizeof(struct bank_block) + size + 2 * to);
    if (!raw)
        abort();
    uintptr_t at = ((uintptr_t)raw + sizeof(struct bank_block) + to - 1) & ~(uintptr_t)(to - 1);
    if (at % (2 * to) == 0)
        at += to;
    struct bank_block *const b = bank_block_of_((void *)at);
    b->next = NULL;
    b->raw = raw;
    b->align = align;
    b->size = size;
    b->alive = BANK_ALIVE;
    memset((void *)at, 0xa5, size);
    bank_inside = bank_inside - 1;
    return (void *)at;
}

/* Whether it was there, and of that size. */
TEST_UNUSED_ static bool
bank_check_(void *p, size_t align, size_t size)
{
    struct bank_block *const b = bank_block_of_(p);
    const bool good = b->alive == BANK_ALIVE && b->align == align && b->size == size;
    if (!good)
        loft_fetch_add(&bank.mistakes, (size_t)1, relaxed);
    return good;
}

TEST_UNUSED_ static void
bank_raw_free(void *p, size_t align, size_t size)
{
    if (!bank_check_(p, align, size))
        return;
    struct bank_block *const b = bank_block_of_(p);
    bank_inside = bank_inside + 1;
    memset(p, 0xdd, size);
    b->alive = 0;
    free(b->raw);
    bank_inside = bank_inside - 1;
}

TEST_UNUSED_ static bool
bank_refuses_(void)
{
    const size_t i = loft_fetch_add(&bank.asked, (size_t)1, relaxed);
    const bool refuse = bank.refusal == BANK_ONE ? i == bank.fail_at
                      : bank.refusal == BANK_FROM ? i >= bank.fail_at
                      : bank.refusal == BANK_EACH && i % bank.fail_at == bank.fail_at - 1;
    if (refuse)
        loft_fetch_add(&bank.refused, (size_t)1, relaxed);
    return refuse;
}

TEST_UNUSED_ static void *
bank_alloc(size_t align, size_t size)
{
    if (align == 0 || (align & (align - 1)) != 0 || size == 0)
        loft_fetch_add(&bank.mistakes, (size_t)1, relaxed);
    if (bank_refuses_())
        return NULL;
    void *const p = bank_raw_alloc(align, size);
    const size_t live = loft_fetch_add(&bank.live, (size_t)1, relaxed) + 1;
    size_t peak = loft_load(&bank.peak, relaxed);
    while (live > peak && !loft_cas_weak(&bank.peak, &peak, live, relaxed, relaxed))
        continue;
    if (bank.keeps) {
        struct bank_block *const b = bank_block_of_(p);
        uintptr_t first = loft_load(&bank.kept, relaxed);
        do
            b->next = (struct bank_block *)first;
        while (!loft_cas_weak(&bank.kept, &first, (uintptr_t)b, relaxed, relaxed));
    }
    return p;
}

TEST_UNUSED_ static void
bank_free(void *p, size_t align, size_t size)
{
    if (!p) {
        loft_fetch_add(&bank.mistakes, (size_t)1, relaxed);
        return;
    }
    loft_fetch_sub(&bank.live, (size_t)1, relaxed);
    if (!bank.keeps) {
        bank_raw_free(p, align, size);
    } else if (bank_check_(p, align, size)) {
        memset(p, 0xdd, size);
        bank_block_of_(p)->alive = 0;
    }
}

TEST_UNUSED_ static size_t bank_live(void) { return loft_load(&bank.live, relaxed); }
TEST_UNUSED_ static size_t bank_peak(void) { return loft_load(&bank.peak, relaxed); }

TEST_UNUSED_ static void
bank_fail(enum bank_refusal how, size_t n)
{
    bank.refusal = how;
    bank.fail_at = n;
    loft_store(&bank.asked, (size_t)0, relaxed);
    loft_store(&bank.refused, (size_t)0, relaxed);
}

TEST_UNUSED_ static size_t
bank_fail_stop(void)
{
    bank.refusal = BANK_NONE;
    return loft_exchange(&bank.refused, (size_t)0, relaxed);
}

TEST_UNUSED_ static void
bank_open(bool keeps)
{
    bank.keeps = keeps;
    bank_fail(BANK_NONE, 0);
    loft_store(&bank.live, (size_t)0, relaxed);
    loft_store(&bank.peak, (size_t)0, relaxed);
    loft_store(&bank.mistakes, (size_t)0, relaxed);
    loft_store(&bank.kept, (uintptr_t)0, relaxed);
}

TEST_UNUSED_ static bool
bank_close(void)
{
    struct bank_block *b = (struct bank_block *)loft_load(&bank.kept, relaxed);
    while (b) {
        struct bank_block *const next = b->next;
        free(b->raw);
        b = next;
    }
    loft_store(&bank.kept, (uintptr_t)0, relaxed);
    return (bank.keeps || bank_live() == 0) && loft_load(&bank.mistakes, relaxed) == 0;
}

#endif
