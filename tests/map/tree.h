/* SPDX-License-Identifier: MIT
 *
 * tests/map/tree.h - instances of ENGINE, an external tree, over TEST_SMR, and what such trees have in common beside
 * the calls: nodes that are retired, each once; depth without recursion; walks that go back further than they can;
 * trees that are built; keys that inner nodes still need; blocks that these are in; memory that ends at each
 * allocation. Include it before any Loft header. RETIRED(n) says how many nodes are retired where n entries go to the
 * last, KEY_WORDS how many words a key has if inner nodes are to fill a block.
 */
#ifndef LOFT_TESTS_MAP_TREE_H
#define LOFT_TESTS_MAP_TREE_H

#include "../guard.h"
#include "../tap.h"

#include <loft/core/alloc.h>
#include <loft/core/park.h>
#include <loft/smr/ebr.h>
#include <loft/smr/hp.h>

#if !defined(TEST_SMR)
#  define TEST_SMR  loft_ebr
#endif
#define SMR    TEST_SMR
#define S_(f)  LOFT_CAT(SMR, f)

#define LOFT_MAP_NAME      bmap
#define LOFT_MAP_KEY       int
#define LOFT_MAP_VAL       int
#define LOFT_MAP_SMR       SMR
#include ENGINE

static unsigned long compared;
static int
compare_counted(int a, int b)
{
    compared++;
    return loft_cmp_int(a, b);
}
#define LOFT_MAP_NAME      counted
#define LOFT_MAP_KEY       int
#define LOFT_MAP_CMP(a, b) compare_counted(a, b)
#define LOFT_MAP_SMR       SMR
#include ENGINE

/* Keys of as many words as let inner nodes fill a block of map/cluster.h. */
typedef struct wide {
    uintptr_t word[KEY_WORDS];
} wide;
static wide
wide_key(uintptr_t n)
{
    wide k;
    for (size_t i = 0; i < KEY_WORDS; i++)
        k.word[i] = n;
    return k;
}
#define LOFT_MAP_NAME      packed
#define LOFT_MAP_KEY       wide
#define LOFT_MAP_CMP(a, b) (((a).word[0] > (b).word[0]) - ((a).word[0] < (b).word[0]))
#define LOFT_MAP_SMR       SMR
#include ENGINE

/* Keys that the map owns and cannot copy. */
static LOFT_ATOMIC(long) strings;
static const char *
string(int n)
{
    char *const s = (char *)malloc(16);
    if (!s)
        abort();
    snprintf(s, 16, "%04d", n);
    (void)loft_fetch_add(&strings, 1L, relaxed);
    return s;
}
static void
free_string(const char *s)
{
    (void)loft_fetch_sub(&strings, 1L, relaxed);
    free((void *)(uintptr_t)s);
}
#define LOFT_MAP_NAME            names
#define LOFT_MAP_KEY             const char *
#define LOFT_MAP_CMP(a, b)       loft_cmp_str(a, b)
#define LOFT_MAP_KEY_RELEASE(x)  free_string(x)
#define LOFT_MAP_SMR             SMR
#include ENGINE

static SMR domain;
static S_(thread) *main_me;

static void
start(void)
{
    S_(options) o;
    memset(&o, 0, sizeof o);
    o.batch = 4;
    if (S_(init)(&domain, &o) != LOFT_OK)
        abort();
    main_me = S_(join)(&domain);
    if (!main_me)
        abort();
}

static void
stop(void)
{
    S_(leave)(main_me);
    if (S_(fini)(&domain) != LOFT_OK)
        abort();
}

static void
drain(void)
{
    if (S_(drain)(main_me, LOFT_FOREVER) != LOFT_OK)
        abort();
}

/* ---- what is retired --------------------------------------------------------------------------------------------- */

enum { MANY = 64 };

static bmap shared;
static LOFT_ATOMIC(int) removed;

static void
removes_all(void *arg, int id)
{
    S_(thread) *const me = S_(join)(&domain);
    (void)arg;
    chaos_on((uint32_t)id + 1u);
    for (int i = 0; i < MANY; i++) {
        const int k = id % 2 ? MANY - 1 - i : i;
        if (bmap_remove(&shared, me, k, NULL))
            (void)loft_fetch_add(&removed, 1, relaxed);
    }
    chaos_off();
    S_(leave)(me);
}

static void
retired_by_threads(void)
{
    unsigned long wrong = 0;
    const size_t blocks = loft_alloc_stats_get().live;
    const unsigned long long rounds = scaled(200);
    for (unsigned long long i = 0; i < rounds; i++) {
        start();
        if (bmap_init(&shared, &domain) != LOFT_OK)
            abort();
        for (int k = 0; k < MANY; k++)
            if (bmap_put(&shared, main_me, k * 37 % MANY, k) != LOFT_OK)
                abort();
        loft_init(&removed, 0);
        run_threads(4, removes_all, NULL);
        const S_(stats) s = S_(stats_get)(&domain);
        wrong += loft_load(&removed, relaxed) != MANY || s.retired != RETIRED(MANY) || !bmap_is_empty(&shared, main_me);
        bmap_fini(&shared);
        stop();
        wrong += loft_alloc_stats_get().live != blocks;
    }
    ok_eq(wrong, 0, "four threads take all out: all is retired, once, and freed");
}

static void
retired_by_one(void)
{
    bmap m;
    start();
    if (bmap_init(&m, &domain) != LOFT_OK)
        abort();
    bool good = bmap_put(&m, main_me, 1, 1) == LOFT_OK && bmap_put(&m, main_me, 1, 2) == LOFT_REPLACED;
    ok(good && S_(stats_get)(&domain).retired == 1, "a replaced leaf is retired, no more");
    good = bmap_pop_first(&m, main_me, NULL, NULL);
    ok(good && S_(stats_get)(&domain).retired == 2, "the last leaf has no parent");
    bmap_fini(&m);
    stop();
}

/* ---- depth ------------------------------------------------------------------------------------------------------- */

/* Without regions each step of a search costs much, and nothing is walked. */
enum { DEEP = S_(region) ? 8000 : 2000, STACK = 192 << 10 };

static bool
counts(int k, int v, void *ctx)
{
    int *const last = (int *)ctx;
    const bool good = k == v && (k == *last + 1 || k == *last - 1);
    *last = good ? k : -DEEP;
    return good;
}

/* In a thread whose stack is too small for a frame for each level. */
static void *
deep(void *arg)
{
    const int step = *(int *)arg;
    S_(thread) *const me = S_(join)(&domain);
    bmap m;
    int last = -1;
    size_t n = 0;
    bool good = bmap_init(&m, &domain) == LOFT_OK;
    for (int i = 0; i < DEEP; i++) {
        const int k = step > 0 ? i : DEEP - 1 - i;
        good = good && bmap_put(&m, me, k, k) == LOFT_OK;
    }
    for (int k = 0; k < DEEP; k += 997)
        good = good && bmap_contains(&m, me, k);
    if (S_(region)) {                                    /* else each entry is a search                        */
        n = bmap_for_each(&m, me, NULL, NULL, 0, counts, &last);
        good = good && n == DEEP && last == DEEP - 1;
        last = DEEP;
        n = bmap_for_each(&m, me, NULL, NULL, LOFT_RANGE_DOWN, counts, &last);
        good = good && n == DEEP && last == 0;
    }
    good = good && bmap_pop_last(&m, me, &last, NULL) && last == DEEP - 1;
    bmap_fini(&m);
    S_(leave)(me);
    return good ? arg : NULL;
}

static void
depth(void)
{
    for (int step = 1; step >= -1; step -= 2) {
        pthread_attr_t small;
        pthread_t t;
        void *result = NULL;
        int s = step;
        start();
        if (pthread_attr_init(&small) != 0 || pthread_attr_setstacksize(&small, STACK) != 0
            || pthread_create(&t, &small, deep, &s) != 0 || pthread_join(t, &result) != 0)
            abort();
        (void)pthread_attr_destroy(&small);
        ok(result, step > 0 ? "keys put in rising order: thousands of levels, and a small stack"
                            : "the same in falling order, where a walk goes back all the way");
        stop();
    }
}

/* ---- built ------------------------------------------------------------------------------------------------------- */

static void
built(void)
{
    enum { MOST = 1030 };
    static int k[MOST];
    unsigned long wrong = 0;
    start();
    for (int i = 0; i < MOST; i++)
        k[i] = 2 * i;
    for (size_t n = 0; n <= MOST; n = n < 70 ? n + 1 : n * 3 / 2) {
        counted m;
        unsigned levels = 1;
        while (((size_t)1 << levels) <= n)
            levels++;
        if (counted_init_sorted(&m, main_me, &domain, NULL, k, n) != LOFT_OK)
            abort();
        for (size_t i = 0; i < n; i++) {
            compared = 0;
            wrong += !counted_contains(&m, main_me, k[i]);
            wrong += compared > levels + 1u;             /* and the leaf                                       */
            wrong += counted_contains(&m, main_me, k[i] + 1);
        }
        wrong += counted_approx_len(&m, main_me) != n;
        counted_fini(&m);
    }
    ok_eq(wrong, 0, "a tree that is built has no more levels than its leaves ask for");
    stop();
}

/* ---- owned keys -------------------------------------------------------------------------------------------------- */

static void
owned_keys(void)
{
    names m;
    start();
    loft_init(&strings, 0L);
    bool good = names_init(&m, &domain) == LOFT_OK && names_put(&m, main_me, string(1)) == LOFT_OK
             && names_put(&m, main_me, string(3)) == LOFT_OK && names_put(&m, main_me, string(5)) == LOFT_OK
             && names_remove(&m, main_me, "0003");       /* the root goes by its key                           */
    drain();
    ok(good && names_contains(&m, main_me, "0001") && names_contains(&m, main_me, "0005")
           && !names_contains(&m, main_me, "0003") && loft_load(&strings, relaxed) == 3,
       "an inner node keeps the key of an entry that is gone");
    good = names_put(&m, main_me, string(4)) == LOFT_OK && names_remove(&m, main_me, "0001");
    drain();
    ok(good && loft_load(&strings, relaxed) == 2, "and gives it up when it goes");
    names_fini(&m);
    stop();
    ok(loft_load(&strings, relaxed) == 0, "all keys are given up once");
}

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

/* How many blocks of the allocator's the inner nodes of n entries are in, when nothing is pending. */
static size_t
blocks_of(size_t before, size_t n)
{
    if (S_(drain)(main_me, LOFT_FOREVER) != LOFT_OK)
        abort();
    return (size_t)loft_alloc_stats_get().live - before - n;
}

/* With regions some inner nodes share a block: beside their parents, unless that is switched off. */
static void
inner_nodes_share_blocks(void)
{
#if S_(region)
    const bool share = loft_cluster_fits_(sizeof(packed_inner_));
#else
    const bool share = false;
#endif
    enum { ENTRIES = 2000, KEYS = 2 * ENTRIES };
    static wide k[ENTRIES];
    const size_t slots = sizeof(loft_cluster_block_) / sizeof(packed_inner_);
    packed m;
    uint32_t r = 1;
    int n = 0;
    start();
    const size_t before = (size_t)loft_alloc_stats_get().live;
    if (packed_init(&m, &domain) != LOFT_OK)
        abort();
    for (unsigned long i = 0; n < ENTRIES; i++) {
        r = r * 1664525u + 1013904223u;
        n += packed_put(&m, main_me, wide_key((r >> 8) % KEYS)) == LOFT_OK;
    }
    const size_t filled = blocks_of(before, ENTRIES);
    for (unsigned long i = 0; i < 20u * ENTRIES || n != ENTRIES; i++) {
        r = r * 1664525u + 1013904223u;
        if (r >> 31)
            n += packed_put(&m, main_me, wide_key((r >> 8) % KEYS)) == LOFT_OK;
        else
            n -= packed_remove(&m, main_me, wide_key((r >> 8) % KEYS));
    }
    const size_t churned = blocks_of(before, ENTRIES);
    packed_fini(&m);
    for (unsigned i = 0; i < ENTRIES; i++)
        k[i] = wide_key(i);
    if (packed_init_sorted(&m, main_me, &domain, NULL, k, ENTRIES) != LOFT_OK)
        abort();
    const size_t built = blocks_of(before, ENTRIES);
    packed_fini(&m);
    note("blocks of inner nodes: %lu, later %lu, built %lu", (unsigned long)filled, (unsigned long)churned,
         (unsigned long)built);
    if (share) {
        ok(filled < 2 * ENTRIES / slots && churned < 2 * ENTRIES / slots,
           "of the slots that inner nodes can take half are taken, also later");
        ok_eq(built, (ENTRIES + slots - 2u) / slots, "all where the tree is built");
    } else {
        ok(filled >= ENTRIES - 1 && churned >= ENTRIES - 1 && built >= ENTRIES - 1, "each inner node is by itself");
    }
    stop();
}

/* ---- no memory --------------------------------------------------------------------------------------------------- */

static void
no_memory(void)
{
    enum { BUILT = 9 };
    static const char *k[BUILT];
    unsigned long wrong = 0;
    names m;
    start();
    loft_init(&strings, 0L);
    if (names_init(&m, &domain) != LOFT_OK)
        abort();
    const char *const first = string(5);
    const char *const second = string(7);
    const size_t before = loft_alloc_stats_get().live;
    loft_alloc_fail_from(0);
    wrong += names_put(&m, main_me, first) != LOFT_NOMEM;
    wrong += loft_alloc_fail_stop() != 1;
    wrong += names_put(&m, main_me, first) != LOFT_OK;
    for (unsigned i = 0; i < 2; i++) {                   /* the leaf, the inner node                           */
        loft_alloc_fail_from(i);
        wrong += names_put(&m, main_me, second) != LOFT_NOMEM;
        wrong += loft_alloc_fail_stop() != 1;
        wrong += names_contains(&m, main_me, second) || names_approx_len(&m, main_me) != 1;
    }
    wrong += loft_alloc_stats_get().live != before + 1u;
    ok_eq(wrong, 0, "put without memory for each node it needs");
    free_string(second);
    names_fini(&m);

    wrong = 0;
    for (int i = 0; i < BUILT; i++)
        k[i] = string(i);
    size_t needs = 0;
    loft_alloc_fail_from(needs);
    while (names_init_sorted(&m, main_me, &domain, NULL, k, BUILT) == LOFT_NOMEM) {
        wrong += loft_alloc_fail_stop() != 1 || loft_alloc_stats_get().live != before;
        loft_alloc_fail_from(++needs);
    }
    wrong += loft_load(&strings, relaxed) != BUILT;
    ok_eq(wrong, 0, "init_sorted, too, and the keys stay the caller's");
    ok(loft_alloc_fail_stop() == 0 && needs > BUILT && loft_alloc_stats_get().live == before + needs,
       "with memory for each of its nodes it takes them");
    ok_eq(names_approx_len(&m, main_me), BUILT, "all of them");
    names_fini(&m);
    ok(loft_load(&strings, relaxed) == 0, "and gives them up");
    stop();
}

static void
tree(void)
{
    retired_by_one();
    retired_by_threads();
    depth();
    built();
    owned_keys();
    inner_nodes_share_blocks();
    no_memory();
}

#endif /* LOFT_TESTS_MAP_TREE_H */
