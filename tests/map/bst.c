/* SPDX-License-Identifier: MIT
 *
 * tests/map/bst.c - map/bst.h, what is its own: nodes that are retired beside a removal that is stopped, also those of
 * a chain; how many blocks of memory inner nodes take; what trees have in common. What all ordered maps have in common
 * is in bst_api.c and its siblings. TEST_SMR says over which scheme.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: also hp -DTEST_SMR=loft_hp
 * build: also release -DNDEBUG
 */
#define ENGINE  <loft/map/bst.h>

/* With regions an inner node goes with its leaf. */
#define RETIRED(n)  (S_(region) && !S_(restarts) ? (n) : 2 * (n) - 1)
#include "tree.h"

static void *
removes_frozen(void *arg)
{
    S_(thread) *const me = S_(join)(&domain);
    freeze_at(*(long *)arg);
    (void)bmap_remove(&shared, me, 5, NULL);
    freeze_end();
    S_(leave)(me);
    return NULL;
}

/* A thread stops in a removal; what is beside, above and below goes meanwhile, and with it a chain of parents. */
static void
retired_beside_a_frozen_one(void)
{
    const size_t blocks = loft_alloc_stats_get().live;
    unsigned long wrong = 0;
    long at = 0;
    for (bool stopped = true; stopped; at++) {
        pthread_t victim;
        start();
        if (bmap_init(&shared, &domain) != LOFT_OK)
            abort();
        for (int k = 7; k >= 0; k--)
            if (bmap_put(&shared, main_me, k, k) != LOFT_OK)
                abort();
        freeze_arm();
        if (pthread_create(&victim, NULL, removes_frozen, &at) != 0)
            abort();
        stopped = freeze_wait();
        for (int k = 0; k < 8; k++)
            wrong += !bmap_remove(&shared, main_me, k, NULL) && k != 5;
        wrong += !bmap_is_empty(&shared, main_me);
        freeze_release();
        if (pthread_join(victim, NULL) != 0)
            abort();
        wrong += S_(stats_get)(&domain).retired != RETIRED(8);
        bmap_fini(&shared);
        stop();
        wrong += loft_alloc_stats_get().live != blocks;
    }
    ok(wrong == 0 && at > 15, "beside a removal that is stopped at each of its places, too");
}

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
    const bool share = loft_cluster_fits_(sizeof(bmap_inner_));
#else
    const bool share = false;
#endif
    enum { ENTRIES = 2000, KEYS = 2 * ENTRIES };
    static int k[ENTRIES];
    static int v[ENTRIES];
    bmap m;
    uint32_t r = 1;
    int n = 0;
    start();
    const size_t before = (size_t)loft_alloc_stats_get().live;
    if (bmap_init(&m, &domain) != LOFT_OK)
        abort();
    for (unsigned long i = 0; n < ENTRIES; i++) {
        r = r * 1664525u + 1013904223u;
        n += bmap_put_if_absent(&m, main_me, (int)(r >> 8) % KEYS, 0) == LOFT_OK;
    }
    const size_t filled = blocks_of(before, ENTRIES);
    for (unsigned long i = 0; i < 20u * ENTRIES || n != ENTRIES; i++) {
        r = r * 1664525u + 1013904223u;
        if (r >> 31)
            n += bmap_put_if_absent(&m, main_me, (int)(r >> 8) % KEYS, 0) == LOFT_OK;
        else
            n -= bmap_remove(&m, main_me, (int)(r >> 8) % KEYS, NULL);
    }
    const size_t churned = blocks_of(before, ENTRIES);
    bmap_fini(&m);
    for (int i = 0; i < ENTRIES; i++)
        k[i] = i;
    if (bmap_init_sorted(&m, main_me, &domain, NULL, k, v, ENTRIES) != LOFT_OK)
        abort();
    const size_t built = blocks_of(before, ENTRIES);
    bmap_fini(&m);
    note("blocks of inner nodes: %lu, later %lu, built %lu", (unsigned long)filled, (unsigned long)churned,
         (unsigned long)built);
    if (share) {
        ok(filled < ENTRIES * 42 / 100 && churned < ENTRIES * 42 / 100,
           "more than two inner nodes in a block, also later");
        ok_eq(built, ENTRIES / 5, "five where the tree is built");
    } else {
        ok(filled >= ENTRIES - 1 && churned >= ENTRIES - 1 && built >= ENTRIES - 1, "each inner node is by itself");
    }
    stop();
}

int
main(void)
{
    watchdog("map/bst");
    retired_beside_a_frozen_one();
    inner_nodes_share_blocks();
    tree();
    return done();
}
