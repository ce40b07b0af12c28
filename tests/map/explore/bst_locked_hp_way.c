/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_locked_hp_way.c - a search that learns of a removal far above the place where it ends, and from
 * nothing else, over loft_hp: the two ends of it, which others look at, are loads and stores by themselves.
 *
 * As calls of a map that is "a removal above a tree that stays" of tree_readers.h. Over loft_hp each edge takes
 * seven steps, so that all of its executions are too many.
 */
#include <loft/check/explore.h>

#include <loft/smr/hp.h>

#define LOFT_MAP_NAME      map
#define LOFT_MAP_KEY       unsigned
#define LOFT_MAP_SMR       loft_hp
#include <loft/map/bst_locked.h>

static loft_hp domain;
static loft_hp_thread *me[3];
static map m;
static const unsigned k1 = 1;
static map_way_ way_1;
static map_way_ way_4;
static map_leaf_ *fresh;
static bool behind;                                      /* 1 was out, and 4 the old one yet                   */
static bool ahead;                                       /* 4 was a new one, and 1 in yet                      */

/* The root has key 5; to its left 1 hangs above 2 and 4. */
static void
setup(void)
{
    static const unsigned order[] = { 5, 1, 2, 4 };
    const unsigned k4 = 4;
    loft_explore_check(loft_hp_init(&domain, NULL) == LOFT_OK);
    for (int t = 0; t < 3; t++)
        me[t] = loft_hp_join(&domain);
    loft_explore_check(me[2] && map_init(&m, &domain) == LOFT_OK);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        loft_explore_check(map_put(&m, me[0], order[i]) == LOFT_OK);
    loft_hp_enter(me[0]);
    fresh = map_make_(me[0], 4);
    loft_explore_check(fresh && map_find_(&m, me[0], &k1, LOFT_MAP_AT_, &way_1));
    loft_explore_check(map_find_(&m, me[0], &k4, LOFT_MAP_AT_, &way_4));
    loft_hp_exit(me[0]);
    behind = ahead = false;
}

static void
searches(int t)
{
    map_way_ at;
    loft_hp_enter(me[t]);
    const map_leaf_ *const n = map_find_(&m, me[t], &k1, LOFT_MAP_AT_, &at);
    if (loft_plain_read(&n->key) != 1)
        behind = loft_load(way_4.edge, seq_cst) == way_4.word;
    loft_hp_exit(me[t]);
}
static void
removes(int t)
{
    (void)t;
    loft_explore_check(map_take_(&m, &way_1));
}
static void
replaces(int t)
{
    (void)t;
    loft_explore_check(map_hang_(&m, &way_4, (uintptr_t)fresh | LOFT_TREE_LEAF_));
    ahead = map_in_(&way_1);
}

static void
finish(void)
{
    loft_explore_check(!behind || !ahead);
    loft_hp_enter(me[0]);
    map_discard_(&m, me[0], &way_1);
    map_retire_leaf_(me[0], map_leaf_of_(way_4.word));
    loft_hp_exit(me[0]);
    map_fini(&m);
    for (int t = 0; t < 3; t++)
        loft_hp_leave(me[t]);
    loft_explore_check(loft_hp_fini(&domain) == LOFT_OK);
}

static const loft_explore_client clients[] = {
    { .name = "a removal above, and an update beside, in one order for all", .setup = setup,
      .thread = { searches, removes, replaces }, .finish = finish, .spurious = LOFT_EXPLORE_NONE },
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
