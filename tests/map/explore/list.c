/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/list.c - the list as a map, over a scheme that does nothing: the structure alone.
 */
#include <loft/check/explore.h>

#include <loft/smr/leak.h>

#define LOFT_MAP_NAME      omap
#define LOFT_MAP_KEY       unsigned
#define LOFT_MAP_VAL       unsigned
#define LOFT_MAP_EQ(a, b)  ((a) == (b))
#define LOFT_MAP_SMR       loft_leak
#include <loft/map/list.h>

#define SMR            loft_leak
#define SMR_FLAGS      LOFT_EXPLORE_MAY_LEAK
#define SMR_BEGIN(d)   loft_explore_check(loft_leak_init(&(d), NULL) == LOFT_OK)
#include "map_clients.h"
#include "readers.h"

static const loft_explore_client clients[] = {
    MAP_CLIENTS,
    READERS(CLIENT),
    FREEZE_SOME("nobody waits: a change beside a change", 5000, has_1_2, 6, changes, changes),
    FREEZE("nobody waits: a look beside a change", has_1_2, 6, looks, changes),
    FREEZE("nobody waits: pops", has_1_2, 6, pop_first, pop_first),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
