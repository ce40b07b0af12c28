/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/skiplist_hp.c - the skip list as a map over hazard pointers,
 * which free what is retired as soon as they may.
 */
#include <loft/check/explore.h>

#include <loft/core/order.h>
#include <loft/smr/hp.h>

enum { LEVELS = 3 };
static unsigned high[16] = { 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2 };

/* The second one may be that of a node that is popped. */
static int
by_number(const unsigned *a, const unsigned *b)
{
    const unsigned to = loft_plain_read(b);
    return LOFT_CMP_SCALAR(*a, to);
}

#define LOFT_MAP_NAME       omap
#define LOFT_MAP_KEY        unsigned
#define LOFT_MAP_VAL        unsigned
#define LOFT_MAP_CMP(a, b)  by_number(&(a), &(b))
#define LOFT_MAP_EQ(a, b)   ((a) == (b))
#define LOFT_MAP_SMR        loft_hp
#define LOFT_MAP_LEVELS     3
#define LOFT_MAP_HEIGHT(k)  high[k]
#include <loft/map/skiplist.h>

#define SMR        loft_hp
#define SMR_FLAGS  0
#define SMR_BEGIN(d) \
    do { \
        loft_hp_options o; \
        memset(&o, 0, sizeof o); \
        o.batch = 1; \
        o.frees = LOFT_SMR_ALL; \
        loft_explore_check(loft_hp_init(&(d), &o) == LOFT_OK); \
        (d).slots = 3; \
    } while (0)
#include "towers.h"
#include "readers.h"

/* A node of two levels that is out, by who has gone no further: on both of them yet, or on level 0 alone and by who
 * puts it in. Who takes it off the last one frees it, beside who has met it on the other. */
static omap_node_ *fallen;
static void
falls(bool rises)
{
    static const unsigned key = 1;
    omap_place_ at;
    heights(2, 1, 1);
    more = true;
    begin(rises ? 0 : 2);
    loft_hp_enter(me[0]);
    bool there = omap_find_(&map, me[0], &key, LOFT_MAP_AT_, 1, 0, &at, NULL, NULL);
    loft_explore_check(there == !rises);
    if (rises) {
        fallen = omap_make_(me[0], 2, key);
        loft_explore_check(fallen);
        loft_plain_write(&fallen->val, FIRST_VALUE + key);
        loft_explore_check(omap_link_(&at, fallen, 2, NULL));
        there = omap_find_(&map, me[0], &key, LOFT_MAP_AT_, 1, 0, &at, NULL, NULL);
    }
    loft_explore_check(there && omap_take_(&at));
    loft_hp_exit(me[0]);
    keys = 0;
}
static void falls_from_both(void) { falls(false); }
static void falls_rising(void) { falls(true); }

static void
raises(int t)
{
    static const unsigned key = 1;
    omap_path_ path;
    loft_hp_enter(me[t]);
    omap_raise_(&map, me[t], &key, fallen, 2, &path);
    loft_hp_exit(me[t]);
}

/* Along level 1 alone, as who puts another node onto it goes; and what came off is looked through once more, when the
 * slots of that are empty. */
static void
dropped(loft_smr_thread *my, loft_smr_node *n)
{
    (void)my;
    loft_free(n, sizeof *n);
}
static void
goes_above(int t)
{
    static const unsigned key = 2;
    omap_place_ at;
    loft_hp_enter(me[t]);
    (void)omap_find_(&map, me[t], &key, LOFT_MAP_AT_, 2, 1, &at, NULL, NULL);
    loft_hp_exit(me[t]);
    loft_hp_node *const n = (loft_hp_node *)loft_hp_alloc_node(me[t], sizeof *n);
    loft_explore_check(n);
    loft_hp_enter(me[t]);
    loft_hp_retire(me[t], n, dropped);
    loft_hp_exit(me[t]);
}

/* Who has met the first node of level 0. */
static void
meets_first(int t)
{
    loft_hp_enter(me[t]);
    const omap_node_ *const n = omap_node_of_(loft_hp_protect(me[t], 0, &map.head[0]));
    if (n)
        loft_explore_check(loft_plain_read(&n->key) == 1);
    loft_hp_exit(me[t]);
}

#define FEW(text, first, in, ...)  LARGE(text, 300, first, in, __VA_ARGS__)

static const loft_explore_client clients[] = {
    TOWER("a put beside a removal", tall, 0, put_2, remove_2),
    TOWERS("a put beside a removal of what is in front", 500, tall_1_3, 10, put_2, remove_1),
    TOWERS("a put beside a removal of what is behind", 500, tall_1_3, 10, put_2, remove_3),
    TOWERS("a put beside an update", 200, tall, 0, put_1, update_1),
    TOWER("a put beside a pop", tall, 0, put_1, pop_first),
    TOWER("a put beside a pop of the last", tall, 0, put_1, pop_last),
    TOWERS("a look beside a removal", 500, tall_1, 2, looks, remove_1),
    TOWERS("a removal beside a removal of the next", 500, tall_1_2, 6, remove_1, remove_2),
    TOWERS("a removal beside the same", 500, tall_1, 2, remove_1, remove_1),
    TOWERS("a removal beside an update", 500, tall_1, 2, remove_1, update_1),
    TOWERS("a pop beside a pop", 500, tall_1_2, 6, pop_first, pop_first),
    TOWERS("a pop beside a put behind", 300, tall_1, 2, pop_first, put_2),
    TOWERS("a pop beside a pop at the other end", 300, tall_1, 2, pop_first, pop_last),
    TOWER("two take a node off its levels, and a third is on it", falls_from_both, 0, finds_first, goes_above,
          meets_first),
    TOWER("it comes off as it goes in, and a third is on it", falls_rising, 0, raises, finds_first, meets_first),
    READERS_NEAR(CLIENT, FEW),
    TOWERS_AT_RANDOM,
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
