/* SPDX-License-Identifier: MIT
 *
 * tests/map/bst_locked.c - map/bst_locked.h, what is its own: who waits for a thread that is stopped in the midst of a
 * change, and who does not; what trees have in common. What all ordered maps have in common is in bst_locked_api.c and
 * its siblings. TEST_SMR says over which scheme.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: also hp -DTEST_SMR=loft_hp
 * build: also release -DNDEBUG
 */
#include "guard.h"

static void yields(void);
#define LOFT_YIELD()  yields()

#define ENGINE  <loft/map/bst_locked.h>

/* With regions an inner node goes with its leaf. */
#define RETIRED(n)  (S_(region) ? (n) : 2 * (n) - 1)
#define KEY_WORDS   2
#include "tree.h"

/* How often somebody has waited long enough to give way to others. */
static LOFT_ATOMIC(unsigned long) yielded;
static void
yields(void)
{
    (void)loft_fetch_add(&yielded, 1ul, relaxed);
    loft_yield();
}

/* ---- who waits --------------------------------------------------------------------------------------------------- */

/* Even keys from 2 to 30 in a tree of four levels: 6 and 8 are leaves of one node, beside the one of 2 and 4. */
enum { KEYS = 15, VICTIM = 8, BESIDE = 6, FAR = 24 };

enum change { REMOVES, REPLACES, INSERTS };
static const char *const change_name[] = { "a removal", "a replacement", "an insertion" };

struct stopped {
    enum change what;
    long at;
};

static void *
changes_frozen(void *arg)
{
    const struct stopped *const s = (const struct stopped *)arg;
    S_(thread) *const me = S_(join)(&domain);
    freeze_at(s->at);
    if (s->what == REMOVES)
        (void)bmap_remove(&shared, me, VICTIM, NULL);
    else if (s->what == REPLACES)
        (void)!bmap_put(&shared, me, VICTIM, 100);
    else
        (void)!bmap_put(&shared, me, VICTIM + 1, 100);
    freeze_end();
    S_(leave)(me);
    return NULL;
}

static LOFT_ATOMIC(int) came_through;

/* A change of the other edge of the same node. */
static void *
changes_beside(void *arg)
{
    S_(thread) *const me = S_(join)(&domain);
    (void)arg;
    if (bmap_put(&shared, me, BESIDE, 200) != LOFT_REPLACED)
        abort();
    loft_store(&came_through, 1, relaxed);
    S_(leave)(me);
    return NULL;
}

/* Whatever the frozen change has done: all that looks, and all changes elsewhere. */
static unsigned long
others_go_on(enum change what)
{
    unsigned long wrong = 0;
    int k = 0;
    int v = 0;
    for (int i = 2; i <= 2 * KEYS; i += 2) {
        const bool there = bmap_get(&shared, main_me, i, &v);
        wrong += i == VICTIM ? !there && what != REMOVES : !there || (v != i && v != 200);
        wrong += bmap_contains(&shared, main_me, i) != there;
        wrong += !bmap_floor(&shared, main_me, i, &k, NULL) || k != (there ? i : i - 2);
        wrong += !bmap_ceiling(&shared, main_me, i, &k, NULL) || k != (there ? i : i + 2);
        wrong += i < 2 * KEYS && (!bmap_higher(&shared, main_me, i, &k, NULL) || k <= i || k > i + 4);
        wrong += i > 2 && (!bmap_lower(&shared, main_me, i, &k, NULL) || k >= i || k < i - 4);
    }
    wrong += !bmap_last(&shared, main_me, &k, NULL) || k != 2 * KEYS;
    const size_t n = bmap_count(&shared, main_me, NULL, NULL, 0);
    wrong += n < KEYS - 1 || n > KEYS + 1;
    wrong += !bmap_remove(&shared, main_me, FAR, NULL) || bmap_put(&shared, main_me, FAR, FAR) != LOFT_OK;
    wrong += bmap_put(&shared, main_me, FAR, FAR) != LOFT_REPLACED;
    return wrong;
}

static void
beside_a_stopped_one(enum change what)
{
    char text[120];
    static int sorted[KEYS];
    unsigned long wrong = 0;
    long waited = 0;
    struct stopped s = { what, 0 };
    for (int i = 0; i < KEYS; i++)
        sorted[i] = 2 * (i + 1);
    for (bool stopped = true; stopped; s.at++) {
        pthread_t victim;
        pthread_t other;
        start();
        if (bmap_init_sorted(&shared, main_me, &domain, NULL, sorted, sorted, KEYS) != LOFT_OK)
            abort();
        freeze_arm();
        if (pthread_create(&victim, NULL, changes_frozen, &s) != 0)
            abort();
        stopped = freeze_wait();
        wrong += others_go_on(what);
        loft_store(&came_through, 0, relaxed);
        loft_store(&yielded, 0ul, relaxed);
        if (pthread_create(&other, NULL, changes_beside, NULL) != 0)
            abort();
        while (!loft_load(&came_through, relaxed) && loft_load(&yielded, relaxed) < 3)
            (void)sched_yield();
        const bool waits = !loft_load(&came_through, relaxed);
        waited += waits;
        wrong += waits && !stopped;
        wrong += others_go_on(what);
        freeze_release();
        if (pthread_join(victim, NULL) != 0 || pthread_join(other, NULL) != 0)
            abort();
        wrong += bmap_contains(&shared, main_me, VICTIM) == (what == REMOVES);
        wrong += !bmap_get(&shared, main_me, BESIDE, &sorted[0]) || sorted[0] != 200;
        sorted[0] = 2;
        bmap_fini(&shared);
        stop();
    }
    snprintf(text, sizeof text, "%s stopped at each of its %ld places: who looks, and changes elsewhere, go on",
             change_name[what], s.at - 1);
    ok_eq(wrong, 0, text);
    snprintf(text, sizeof text, "and a change beside it waits at %ld of them, and then takes place", waited);
    ok(waited == (what == REMOVES ? 3 : 2), text);
}

int
main(void)
{
    watchdog("map/bst_locked");
    beside_a_stopped_one(REMOVES);
    beside_a_stopped_one(REPLACES);
    beside_a_stopped_one(INSERTS);
    tree();
    return done();
}
