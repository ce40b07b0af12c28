/* SPDX-License-Identifier: MIT
 *
 * tests/stack/common.h - what the programs of the stack family share: elements that can be checked, an account of what
 * went in and came out, expectations counted by the group.
 *
 * Include it before any Loft header.
 */
#ifndef LOFT_TESTS_STACK_COMMON_H
#define LOFT_TESTS_STACK_COMMON_H

#include "../threads.h"
#include "../guard.h"
#include "../tap.h"

#include <loft/core/atomics.h>

#include <stdint.h>
#include <time.h>

/* ---- expectations ---------------------------------------------------------------------------------------------- */

static LOFT_ATOMIC(unsigned) expect_failed_;

TEST_UNUSED_ static bool
expect_(bool good, const char *what, const char *file, int line)
{
    if (!good && loft_fetch_add(&expect_failed_, 1u, relaxed) < 5)
        note("%s:%d: expected %s", file, line, what);
    return good;
}

/* Many small facts make one result: EXPECT each, in any thread, then expected(what) says whether all held. */
#define EXPECT(cond) expect_((cond), #cond, __FILE__, __LINE__)

TEST_UNUSED_ static void
expected(const char *scheme, const char *what)
{
    char text[160];
    snprintf(text, sizeof text, "%s: %s", scheme, what);
    ok_eq(loft_exchange(&expect_failed_, 0u, relaxed), 0, text);
}

/* ---- chance and time --------------------------------------------------------------------------------------------- */

TEST_UNUSED_ static size_t
dice_roll(uint64_t *dice, size_t n)
{
    uint64_t z = *dice += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (size_t)((z ^ (z >> 31)) % n);
}

TEST_UNUSED_ static uint64_t
now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- elements ---------------------------------------------------------------------------------------------------- */

/* The seq-th element of one thread. What is torn, or was freed and written over, does not add up. */
struct item {
    uint32_t who;
    uint32_t seq;
    uint64_t sum;
};

TEST_UNUSED_ static struct item
item_of(uint32_t who, uint32_t seq)
{
    struct item v;
    v.who = who;
    v.seq = seq;
    v.sum = ~(((uint64_t)who << 32 | seq) * 0xd6e8feb86659fd93u);
    return v;
}

TEST_UNUSED_ static bool
item_whole(const struct item *v)
{
    return v->sum == ~(((uint64_t)v->who << 32 | v->seq) * 0xd6e8feb86659fd93u);
}

/* ---- the account ------------------------------------------------------------------------------------------------- */

/* How many elements each thread has pushed, and how often each of them came out. */
#define ACCOUNT_THREADS 20
#define ACCOUNT_ITEMS   ((uint32_t)1 << 15)

struct came {
    LOFT_ATOMIC(unsigned) times;
};

struct account {
    uint32_t pushed[ACCOUNT_THREADS];                    /* its thread's, until all have ended */
    struct came *came;
};

TEST_UNUSED_ static void
account_open(struct account *a)
{
    const size_t n = ACCOUNT_THREADS * (size_t)ACCOUNT_ITEMS;
    a->came = (struct came *)malloc(n * sizeof *a->came);
    if (!a->came)
        abort();
    for (size_t i = 0; i < n; i++)
        loft_init(&a->came[i].times, 0u);
    memset(a->pushed, 0, sizeof a->pushed);
}

TEST_UNUSED_ static void
account_came(struct account *a, const struct item *v)
{
    if (EXPECT(item_whole(v)) && EXPECT(v->who < ACCOUNT_THREADS && v->seq < ACCOUNT_ITEMS))
        EXPECT(loft_fetch_add(&a->came[v->who * (size_t)ACCOUNT_ITEMS + v->seq].times, 1u, relaxed) == 0);
}

/* Everything that went in came out, once, and nothing else. */
TEST_UNUSED_ static void
account_close(struct account *a)
{
    for (size_t who = 0; who < ACCOUNT_THREADS; who++)
        for (size_t seq = 0; seq < ACCOUNT_ITEMS; seq++)
            EXPECT(loft_load(&a->came[who * ACCOUNT_ITEMS + seq].times, relaxed) == (seq < a->pushed[who] ? 1u : 0u));
    free(a->came);
    a->came = NULL;
}

/* What comes out of a stack that nobody pushes to: of each thread the later before the earlier. */
struct order {
    uint32_t next[ACCOUNT_THREADS];
};

TEST_UNUSED_ static void
order_begin(struct order *o)
{
    for (size_t who = 0; who < ACCOUNT_THREADS; who++)
        o->next[who] = UINT32_MAX;
}

TEST_UNUSED_ static void
order_came(struct order *o, const struct item *v)
{
    if (EXPECT(v->who < ACCOUNT_THREADS)) {
        EXPECT(v->seq < o->next[v->who]);
        o->next[v->who] = v->seq;
    }
}

#endif
