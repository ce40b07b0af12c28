/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/list_hp.c - the list as a map over hazard pointers, which free what is retired as soon as they may.
 */
#include <loft/check/explore.h>

#include <loft/smr/hp.h>

#define LOFT_MAP_NAME      omap
#define LOFT_MAP_KEY       unsigned
#define LOFT_MAP_VAL       unsigned
#define LOFT_MAP_EQ(a, b)  ((a) == (b))
#define LOFT_MAP_SMR       loft_hp
#include <loft/map/list.h>

static bool keeps;                                       /* frees nothing meanwhile                            */

#define SMR        loft_hp
#define SMR_FLAGS  0
#define SMR_BEGIN(d) \
    do { \
        loft_hp_options o; \
        memset(&o, 0, sizeof o); \
        o.batch = keeps ? 64 : 1; \
        o.frees = LOFT_SMR_ALL; \
        loft_explore_check(loft_hp_init(&(d), &o) == LOFT_OK); \
        (d).slots = 3; \
    } while (0)
#include "ordered.h"
#include "readers.h"

/* Who frees learns on the way what others did, which would hide that an edge of the list's own is missing. */
static void
has_1_keeps(void)
{
    more = false;
    keeps = true;
    begin(2);
    keeps = false;
}

#define FEW(text, first, in, ...)  LARGE(text, 300, first, in, __VA_ARGS__)

static const loft_explore_client clients[] = {
    CLIENT("a look beside an update", has_1, 2, looks, update_1),
    CLIENT("a look beside a removal", has_1, 2, looks, remove_1),
    CLIENT("a look beside a pop", has_1_2, 6, looks, pop_first),
    CLIENT("a removal beside an update", has_1, 2, remove_1, update_1),
    LARGE("a pop beside a pop", 2000, has_1_2, 6, pop_first, pop_first),
    CLIENT("a pop beside a pop at the other end", has_1, 2, pop_first, pop_last),
    BARE("who misses knows who popped", has_1_keeps, end, writes_pops, misses),
    READERS_NEAR(CLIENT, FEW),
    BARE("visits downwards beside a pop", has_1_2, end, visits_down, pop_last),
    LARGE("any call beside any, of 1", 1500, has_1, 2, any, any),
    LARGE("any call beside any, of 1 and 2", 1500, has_1_2, 6, any, any),
    LARGE("any call beside three pops", 1500, has_1_2_3, 14, any, pop_pop_pop),
    LARGE("any call beside three puts", 1500, has_1, 2, any, put_put_put),
    LARGE("two changes beside two changes", 3000, has_1_2, 6, two_changes, two_changes),
    SOME("three beside three", 3000, has_1_3, 10, three, three),
    SOME("two changes thrice", 3000, has_1_2_more, 6, two_changes, two_changes, two_changes),
    SOME("changes beside looks", 3000, has_1_2_more, 6, three, two_looks, two_looks),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
