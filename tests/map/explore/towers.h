/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/towers.h - what is asked of a skip list besides: how high its nodes are, and that at the end
 * nothing is linked that is out. Include it after the map; before it, `high` has to be there for LOFT_MAP_HEIGHT.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_TOWERS_H
#define LOFT_TESTS_MAP_EXPLORE_TOWERS_H

#include "ordered.h"

/* Its marks, and whether a tall node with a word on each of so many levels is as it should be. */
#if defined(LOFT_MAP_SKIPLIST_LOCKED_H)
#  define TOWER_MARKS         (LOFT_SKIPLOCK_OUT_ | LOFT_SKIPLOCK_LOCK_)
#  define TOWER_STATE(n)      omap_tower_(n)
#  define TOWER_IS(state, n)  ((state) == (n))           /* its height                                         */
#else
#  define TOWER_MARKS         LOFT_SKIPLIST_OUT_
#  define TOWER_STATE(n)      omap_state_(n)
#  define TOWER_IS(state, n)  (((state) & LOFT_SKIPLIST_IN_USE_) == (n))   /* on how many levels      */
#endif

/* Heights of the keys 1, 2, 3. */
static void
heights(unsigned h1, unsigned h2, unsigned h3)
{
    high[1] = h1;
    high[2] = h2;
    high[3] = h3;
}

#define BUILD(name, in, h1, h2, h3)  static void name(void) { heights(h1, h2, h3); more = false; begin(in); } \
                                     static void name##_more(void) { heights(h1, h2, h3); more = true; begin(in); }
BUILD(low_1, 2, 1, 1, 1)
BUILD(low_2, 4, 1, 1, 1)
BUILD(low_1_3, 10, 1, 1, 1)
BUILD(low_1_2_3, 14, 1, 1, 1)
BUILD(tall, 0, 2, 2, 2)
BUILD(tall_2, 4, 2, 2, 2)
BUILD(tall_1_2_3, 14, 2, 2, 2)
BUILD(tall_1, 2, 2, 2, 2)
BUILD(tall_3, 8, 2, 2, 2)
BUILD(tall_1_2, 6, 2, 2, 2)
BUILD(tall_1_3, 10, 2, 2, 2)
BUILD(high_1, 2, 3, 1, 2)
BUILD(mixed_1_2, 6, 1, 2, 3)
BUILD(apart_1_2, 6, 2, 1, 2)
BUILD(mixed_1_3, 10, 2, 3, 1)
BUILD(mixed_1_2_3, 14, 2, 1, 3)

/* On each level only what is in, by rising keys, and as high as it is; each tall one counts its levels. */
static void
stands(void)
{
    unsigned on[KEYS];
    memset(on, 0, sizeof on);
    for (size_t level = 0; level < LEVELS; level++) {
        unsigned last = 0;
        uintptr_t w = loft_load(&map.head[level], relaxed);   /* stands:A relaxed: nobody else is here */
        for (omap_node_ *n = omap_node_of_(w); n; n = omap_node_of_(w)) {
            const uintptr_t next = loft_load(&n->next, relaxed);   /* stands:B relaxed: nobody else is here */
            const unsigned k = n->key;
            loft_explore_check(!(next & TOWER_MARKS) && k > last);
            loft_explore_check(level < omap_height_of_(n, next) && on[k] == level);
            on[k]++;
            last = k;
            w = level ? loft_load(omap_tower_(n) + level, relaxed) : next;   /* stands:C relaxed: likewise */
            if (level + 1 == omap_height_of_(n, next) && level) {
                const uintptr_t state = loft_load(TOWER_STATE(n), relaxed);   /* stands:D relaxed: likewise */
                loft_explore_check(TOWER_IS(state, level + 1));
            }
        }
    }
    end();
}

#define TOWER(text, first, in, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .finish = stands, .spurious = LOFT_EXPLORE_NONE, \
      .model = &model, .model_arg = (in), .flags = LOFT_EXPLORE_REUSE | SMR_FLAGS }
#define TOWERS(text, count, first, in, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .finish = stands, .spurious = LOFT_EXPLORE_NONE, \
      .executions = (count), .model = &model, .model_arg = (in), \
      .flags = LOFT_EXPLORE_REUSE | LOFT_EXPLORE_ALL | SMR_FLAGS }

/* More than can be searched to the end, over any scheme that frees. */
#define TOWERS_AT_RANDOM \
    TOWERS("a put, a removal and a put", 500, tall_more, 0, put_2, remove_2, put_2), \
    TOWERS("a put, a removal and a put in front", 500, tall_3_more, 8, put_2, remove_2, put_1), \
    TOWERS("a put, a removal and a removal behind", 500, tall_1_3_more, 10, put_2, remove_2, remove_3), \
    TOWERS("a put and a removal twice", 500, tall, 0, put_1_remove_1, put_1_remove_1), \
    TOWERS("any call beside any, of 1", 500, tall_1, 2, any, any), \
    TOWERS("any call beside any, of 1 and 2", 500, mixed_1_2, 6, any, any), \
    TOWERS("two changes beside two changes", 1000, tall_1_2, 6, two_changes, two_changes), \
    TOWERS("three beside three", 1000, mixed_1_3, 10, three, three), \
    TOWERS("two changes thrice", 1000, tall_1_2_more, 6, two_changes, two_changes, two_changes), \
    TOWERS("changes beside looks", 1000, tall_1_2_more, 6, three, two_looks, two_looks)

DO1(put_2, ON(PUT, 2))
DO1(get_2, ON(GET, 2))
DO1(floor_2, ON(FLOOR, 2))
DO1(remove_2, ON(REMOVE, 2))
DO1(remove_3, ON(REMOVE, 3))
DO2(put_2_remove_2, ON(PUT, 2), ON(REMOVE, 2))
DO2(remove_2_put_2, ON(REMOVE, 2), ON(PUT, 2))
DO2(remove_1_put_1, ON(REMOVE, 1), ON(PUT, 1))

#endif
