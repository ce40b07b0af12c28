/* SPDX-License-Identifier: MIT
 *
 * tests/map/bst.c - map/bst.h, what is its own: nodes that are retired beside a removal that is stopped, also those of
 * a chain; what trees have in common. What all ordered maps have in common
 * is in bst_api.c and its siblings. TEST_SMR says over which scheme.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: also hp -DTEST_SMR=loft_hp
 * build: also release -DNDEBUG
 */
#define ENGINE  <loft/map/bst.h>

/* With regions an inner node goes with its leaf. */
#define RETIRED(n)  (S_(region) && !S_(restarts) ? (n) : 2 * (n) - 1)
#define KEY_WORDS   1
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

int
main(void)
{
    watchdog("map/bst");
    retired_beside_a_frozen_one();
    tree();
    return done();
}
