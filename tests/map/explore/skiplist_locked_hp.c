/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/skiplist_locked_hp.c - the skip list with locks as a map over hazard pointers, which free what is
 * retired as soon as they may.
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
#include <loft/map/skiplist_locked.h>

#define SMR        loft_hp
#define SMR_FLAGS  0
#define SMR_BEGIN(d) \
    do { \
        loft_hp_options o; \
        memset(&o, 0, sizeof o); \
        o.batch = 1; \
        o.frees = LOFT_SMR_ALL; \
        loft_explore_check(loft_hp_init(&(d), &o) == LOFT_OK); \
        (d).slots = 4; \
    } while (0)
#include "towers.h"

DO1(get_3, ON(GET, 3))
DO1(floor_3, ON(FLOOR, 3))
DO2(remove_3_remove_1, ON(REMOVE, 3), ON(REMOVE, 1))

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
    TOWERS("who passes what is out, and what is behind", 40000, low_1_2_3_more, 14, remove_2, remove_3_remove_1, get_3),
    TOWERS("who stands on what is out, beside a put", 1000, low_1_2_3_more, 14, remove_2, put_2, floor_3),
    TOWERS_AT_RANDOM,
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
