/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/skiplist_index.c - the index of the skip list, of nodes of level 1: as it should be, with nodes
 * that are out and without some that are in, and made again meanwhile. Over epochs, which free what is retired as soon
 * as they may.
 */
#include <loft/check/explore.h>

#include <loft/smr/ebr.h>

enum { LEVELS = 3 };
static unsigned high[16] = { 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2 };

/* Who gives up a value has it until then, also where an index has the node still. */
static void
goes(const unsigned *v)
{
    loft_explore_check(loft_plain_read(v) != 0);
}

#define LOFT_MAP_NAME            omap
#define LOFT_MAP_KEY             unsigned
#define LOFT_MAP_VAL             unsigned
#define LOFT_MAP_VAL_RELEASE(v)  goes(&(v))
#define LOFT_MAP_EQ(a, b)        ((a) == (b))
#define LOFT_MAP_SMR             loft_ebr
#define LOFT_MAP_LEVELS          3
#define LOFT_MAP_P_LOG2          4
#define LOFT_MAP_HEIGHT(k)       high[k]
#include <loft/map/skiplist.h>

#include "epochs.h"
#include "towers.h"

static void
renews(int t)
{
    loft_explore_promise(LOFT_EXPLORE_LOCK_FREE, 0);
    loft_ebr_enter(me[t]);
    omap_renew_(&map, me[t], 1);
    loft_ebr_exit(me[t]);
}

/* What is in, and then, with an index of it, other keys are taken out, and others put in. */
static void
changed(unsigned in, unsigned less, unsigned with)
{
    heights(2, 3, 2);
    begin(in);
    renews(0);
    loft_explore_check(omap_node_of_(loft_load(&map.index, relaxed)) != NULL);   /* changed:A relaxed: one thread */
    for (unsigned k = 1; k < KEYS; k++) {
        loft_explore_check(!(less >> k & 1u) || omap_remove(&map, me[0], k, NULL));
        loft_explore_check(!(with >> k & 1u) || omap_put(&map, me[0], k, FIRST_VALUE + k) == LOFT_OK);
    }
    keys = (in & ~less) | with;
}
#define INDEX(name, in, less, with)  static void name(void) { more = false; changed(in, less, with); } \
                                     static void name##_more(void) { more = true; changed(in, less, with); }
INDEX(of_all, 14, 0, 0)
INDEX(of_1, 2, 0, 0)
INDEX(of_1_2, 6, 0, 0)
INDEX(without_2, 10, 0, 4)
INDEX(with_dead_2, 14, 4, 0)
INDEX(with_dead_1, 14, 2, 0)
INDEX(with_dead_1_2, 14, 6, 0)
INDEX(with_old_2, 14, 4, 4)

/* A node that was taken out and an index that has it, retired by different threads: each of them drops what is its own
 * at the end of its next section. */
static void
with_two_to_drop(void)
{
    of_1_2_more();
    call(0, ON(REMOVE, 1));
    renews(1);
    epochs_pass(me[2]);
}
static void
drops(int t)
{
    loft_ebr_enter(me[t]);
    loft_ebr_exit(me[t]);
}

static void renews_twice(int t) { renews(t); renews(t); }
static void renews_looks(int t) { renews(t); looks(t); }
static void changes_renews(int t) { changes(t); renews(t); }

static const loft_explore_client clients[] = {
    TOWERS("an index of all: a look beside a removal", 2000, of_all, 14, looks, remove_2),
    TOWERS("an index of all: a look beside an update", 2000, of_all, 14, looks, update_1),
    TOWERS("an index without the one in the middle: a look beside a removal", 2000, without_2, 14, looks, remove_1),
    TOWER("an index with one that is out: a look beside a put", with_dead_2, 10, looks, put_2),
    TOWERS("an index whose first is out: a look beside a removal", 2000, with_dead_1, 12, looks, remove_2),
    TOWERS("an index with a former one: a look beside a removal", 2000, with_old_2, 14, looks, remove_2),
    TOWERS("an index of all: any call beside any", 1000, of_all, 14, any, any),
    TOWERS("an index of the first: any call beside any", 1000, of_1, 2, any, any),
    TOWERS("an index without the one in the middle: any call beside any", 1000, without_2, 14, any, any),
    TOWERS("an index with one that is out: any call beside any", 1000, with_dead_2, 10, any, any),
    TOWERS("an index whose first are out: any call beside any", 1000, with_dead_1_2, 8, any, any),
    TOWERS("an index with a former one: two changes beside two looks", 1000, with_old_2, 14, two_changes, two_looks),
    TOWERS("an index is made beside a removal", 10000, of_1_2, 6, renews, remove_2),
    TOWER("an index is made beside a put", of_1, 2, renews, put_2),
    TOWER("an index is made beside an update", of_1, 2, renews, update_1),
    TOWERS("an index is made beside a pop", 10000, of_1_2, 6, renews, pop_first),
    TOWER("an index is made beside a look", with_dead_2, 10, renews, looks),
    TOWER("an index is made of what is out", tall_1, 2, renews, remove_1),
    TOWERS("two are made", 2000, of_1_2, 6, renews, renews),
    TOWERS("two are made after changes", 1000, of_1_2, 6, changes_renews, changes_renews),
    TOWERS("two are made beside changes", 1000, of_1_2, 6, renews_twice, two_changes),
    TOWERS("one is made, changes and looks", 1000, of_all_more, 14, renews_looks, two_changes, two_looks),
    TOWERS("one is made beside changes and a look", 1000, with_old_2_more, 14, renews, changes, looks),
    TOWERS("one is made beside any call and any", 1000, of_1_2_more, 6, renews, any, any),
    TOWER("a node is dropped beside an index that has it", with_two_to_drop, 6, drops, drops),
    FREEZE_SOME("nobody waits: an index is made beside a removal", 40, of_1, 2, renews, remove_1),
    FREEZE_SOME("nobody waits: a look beside an index that is made", 500, with_dead_2, 10, looks, renews),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
