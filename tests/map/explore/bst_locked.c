/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_locked.c - the locked tree as a map, over a scheme that does nothing: the structure alone.
 */
#include <loft/check/explore.h>

#include <loft/smr/leak.h>

#define LOFT_MAP_NAME      omap
#define LOFT_MAP_KEY       unsigned
#define LOFT_MAP_VAL       unsigned
#define LOFT_MAP_EQ(a, b)  ((a) == (b))
#define LOFT_MAP_SMR       loft_leak
#include <loft/map/bst_locked.h>

/* Said only where somebody waits. */
static bool waits;
#define UPDATES        (waits ? LOFT_EXPLORE_BLOCKING : LOFT_EXPLORE_NO_PROMISE)

#define SMR            loft_leak
#define SMR_FLAGS      LOFT_EXPLORE_MAY_LEAK
#define SMR_BEGIN(d)   loft_explore_check(loft_leak_init(&(d), NULL) == LOFT_OK)
#include "tree_clients.h"
#include "tree_readers.h"

/* Who has changed one side of the root learns of what was done on the other side only by the order of all that is
 * seq_cst: no lock is common to both. The root's key is 4; 4 and 5 are on its right. */
static void
planted(const char *order, bool third)
{
    if (third)
        none_more();
    else
        none();
    for (; *order; order++)
        plant((unsigned)(*order - '0'));
}
static void has_all(void) { planted("41532", false); }
static void has_2_3_4(void) { planted("423", false); }
static void has_1_3_4_5(void) { planted("4153", false); }
DO2(remove_1_get_5, ON(REMOVE, 1), ON(GET, 5))
DO2(remove_2_get_5, ON(REMOVE, 2), ON(GET, 5))
DO3(remove_3_1_get_5, ON(REMOVE, 3), ON(REMOVE, 1), ON(GET, 5))
DO2(update_2_get_5, ON(UPDATE, 2), ON(GET, 5))
DO2(update_3_get_5, ON(UPDATE, 3), ON(GET, 5))
DO2(put_2_get_5, ON(PUT, 2), ON(GET, 5))
DO2(update_5_new_1, ON(UPDATE, 5), ON(PUT_NEW, 1))
DO2(update_5_new_2, ON(UPDATE, 5), ON(PUT_NEW, 2))
DO2(update_5_has_1, ON(UPDATE, 5), ON(HAS, 1))
DO2(update_5_remove_2, ON(UPDATE, 5), ON(REMOVE_IF, 2))
DO2(update_5_lower_3, ON(UPDATE, 5), ON(LOWER, 3))
DO2(update_5_higher_1, ON(UPDATE, 5), ON(HIGHER, 1))
DO2(update_5_higher_2, ON(UPDATE, 5), ON(HIGHER, 2))
DO2(update_5_first, ON(UPDATE, 5), ON(FIRST, 0))

/* The first of two edges changes while somebody looks at both; the second tells the time. */
static void has_1_2_4_5(void) { planted("4152", true); }
static void has_1_4_5_apart(void) { planted("415", false); }
static void has_1_3_4_5_apart(void) { planted("3154", false); }
static void has_1_2_4_5_apart(void) { planted("4152", false); }
DO3(remove_1_put_3_update_4, ON(REMOVE, 1), ON(PUT, 3), ON(UPDATE, 4))
static void
two_for_three_twice(int t)
{
    for (int i = 0; i < 2; i++) {
        call(t, ON(PUT, 2));
        call(t, ON(REMOVE, 3));
        call(t, ON(PUT, 3));
        call(t, ON(REMOVE, 2));
    }
}
DO2(put_3_get_4, ON(PUT, 3), ON(GET, 4))
DO1(update_4, ON(UPDATE, 4))
DO1(higher_2, ON(HIGHER, 2))
static void
put_2_update_4_twice_remove_2(int t)
{
    call(t, ON(PUT, 2));
    call(t, ON(UPDATE, 4));
    call(t, ON(UPDATE, 4));
    call(t, ON(REMOVE, 2));
}

static void has_1_2_free(void) { waits = false; has_1_2(); }
static void has_1_2_waits(void) { waits = true; has_1_2(); }

static const loft_explore_client clients[] = {
    MAP_CLIENTS,
    TREE_CLIENTS,
    READERS(SOME_FEW),
    MORE_READERS(4000),
    CLIENT("remove, and miss an update; update, and find what is out", has_all, 62, remove_1_get_5, update_5_new_1),
    CLIENT("the same in a look that writes nothing", has_all, 62, remove_1_get_5, update_5_has_1),
    CLIENT("the same with the sibling", has_all, 62, remove_2_get_5, update_5_new_2),
    CLIENT("the same from below a node that went before", has_all, 62, remove_3_1_get_5, update_5_new_1),
    CLIENT("the same with the lowest one", has_all, 62, remove_1_get_5, update_5_first),
    CLIENT("update, and miss an update; update, and take by the old value", has_all, 62, update_2_get_5,
           update_5_remove_2),
    CLIENT("update, and miss an update; update, and see the neighbour before it", has_all, 62, update_2_get_5,
           update_5_lower_3),
    CLIENT("the same with the neighbour behind", has_all, 62, update_3_get_5, update_5_higher_2),
    CLIENT("put, and miss an update; update, and see no neighbour there", has_1_3_4_5, 58, put_2_get_5,
           update_5_higher_1),
    CLIENT("remove, and miss an update; update, and see the neighbour", has_all, 62, remove_2_get_5, update_5_lower_3),
    CLIENT("put, and miss the other's where it is to be removed", has_2_3_4, 28, put_1_remove_5, put_5_remove_1),
    CLIENT("put, and miss an update; see that, and no neighbour there", has_1_2_4_5, 54, put_3_get_4, higher_2,
           update_4),
    CLIENT("a neighbour that is never the next one", has_1_4_5_apart, 50, higher_1, put_2_update_4_twice_remove_2),
    LARGE("a neighbour that is never the next one, and both edges come back", 20000, has_1_3_4_5_apart, 58, higher_1,
          two_for_three_twice),
    CLIENT("a neighbour of a place that is off", has_1_2_4_5_apart, 54, higher_2, remove_1_put_3_update_4),
    FREEZE("who looks waits for nobody", has_1_2_free, 6, looks, changes),
    FREEZE("changes wait for each other", has_1_2_waits, 6, changes, remove_1),
    FREEZE("pops wait for each other", has_1_2_waits, 6, pop_first, pop_first),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
