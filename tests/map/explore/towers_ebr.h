/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/towers_ebr.h - the program of a skip list, ENGINE, as a map over epochs, which free what is retired
 * as soon as they may.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_TOWERS_EBR_H
#define LOFT_TESTS_MAP_EXPLORE_TOWERS_EBR_H

#include <loft/check/explore.h>

#include <loft/smr/ebr.h>

enum { LEVELS = 3 };
static unsigned high[16] = { 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2 };

#define LOFT_MAP_NAME       omap
#define LOFT_MAP_KEY        unsigned
#define LOFT_MAP_VAL        unsigned
#define LOFT_MAP_EQ(a, b)   ((a) == (b))
#define LOFT_MAP_SMR        loft_ebr
#define LOFT_MAP_LEVELS     3
#define LOFT_MAP_HEIGHT(k)  high[k]
#include ENGINE

#include "epochs.h"
#include "towers.h"

static const loft_explore_client clients[] = {
    TOWER("a put beside a removal", tall, 0, put_2, remove_2),
    TOWER("a put beside a removal of what is in front", tall_1_3, 10, put_2, remove_1),
    TOWER("a put beside a removal of what is behind", tall_1_3, 10, put_2, remove_3),
    TOWER("a put beside an update", tall, 0, put_1, update_1),
    TOWER("a put beside a pop", tall, 0, put_1, pop_first),
    TOWER("a put beside a pop of the last", tall, 0, put_1, pop_last),
    TOWER("a look beside a removal", tall_1, 2, looks, remove_1),
    TOWERS("a removal beside a removal of the next", 500, tall_1_2, 6, remove_1, remove_2),
    TOWER("a removal beside the same", tall_1, 2, remove_1, remove_1),
    TOWERS("a removal beside an update", 500, tall_1, 2, remove_1, update_1),
    TOWERS("a pop beside a pop", 500, tall_1_2, 6, pop_first, pop_first),
    TOWER("a pop beside a pop at the other end", tall_1, 2, pop_first, pop_last),
    TOWERS_AT_RANDOM,
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}

#endif
