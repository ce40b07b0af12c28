/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_locked_pairs.c - any call beside any other, on three keys.
 */
#include <loft/check/explore.h>

#include <loft/smr/leak.h>

#define LOFT_MAP_NAME      omap
#define LOFT_MAP_KEY       unsigned
#define LOFT_MAP_VAL       unsigned
#define LOFT_MAP_EQ(a, b)  ((a) == (b))
#define LOFT_MAP_SMR       loft_leak
#include <loft/map/bst_locked.h>

#define UPDATES        LOFT_EXPLORE_BLOCKING
#define SMR            loft_leak
#define SMR_FLAGS      LOFT_EXPLORE_MAY_LEAK
#define SMR_BEGIN(d)   loft_explore_check(loft_leak_init(&(d), NULL) == LOFT_OK)
#include "ordered.h"

static const loft_explore_client clients[] = {
    PAIRS(CLIENT),
    TRIPLES(20000),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
