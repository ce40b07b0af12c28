/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst.c - the tree as a map, over a scheme that does nothing: the structure alone.
 */
#include <loft/check/explore.h>

#include <loft/smr/leak.h>

#define LOFT_MAP_NAME      omap
#define LOFT_MAP_KEY       unsigned
#define LOFT_MAP_VAL       unsigned
#define LOFT_MAP_EQ(a, b)  ((a) == (b))
#define LOFT_MAP_SMR       loft_leak
#include <loft/map/bst.h>

#define SMR            loft_leak
#define SMR_FLAGS      LOFT_EXPLORE_MAY_LEAK
#define SMR_BEGIN(d)   loft_explore_check(loft_leak_init(&(d), NULL) == LOFT_OK)
#include "tree_clients.h"
#include "tree_readers.h"

/* 1 is out, and not off the tree: who comes by helps. */
static void
grown_5_1_2_out(void)
{
    omap_way_ at;
    const unsigned k = 1;
    grown("512");
    loft_leak_enter(me[0]);
    loft_explore_check(omap_find_(&map, me[0], &k, LOFT_MAP_AT_, &at) && omap_take_(&map, &at));
    loft_leak_exit(me[0]);
    keys &= ~(1u << k);
}
DO1(reader_has_1, ON(HAS, 1))

/* The same tree, and calls that have come to what decides them, or to less: 1 is taken out, 3 is put in, 5 gets another
 * value, and what stays without 1, whatever it is by then, is tagged. */
static omap_way_ way[KEYS];
static omap_leaf_ *leaf[KEYS];
static omap_inner_ *above_3;
static LOFT_ATOMIC(uintptr_t) *stays;
static void
comes_to(unsigned k, unsigned v)
{
    (void)omap_find_(&map, me[0], &k, LOFT_MAP_AT_, &way[k]);
    leaf[k] = v ? omap_make_(me[0], k) : NULL;
    loft_explore_check(leaf[k] || !v);
    if (v) {
        loft_plain_write(&under[v], v);
        loft_plain_write(&leaf[k]->val, v);
    }
}
static void
grown_5_1_2_steps(void)
{
    grown("512");
    loft_leak_enter(me[0]);
    comes_to(1, 0);
    comes_to(3, 1);
    comes_to(5, 2);
    above_3 = omap_make_inner_(me[0], NULL, NULL);
    loft_explore_check(above_3);
    stays = &way[1].parent->edge[1];
    loft_leak_exit(me[0]);
}
static void
grown_5_1_2_out_steps(void)
{
    grown_5_1_2_steps();
    loft_explore_check(omap_take_(&map, &way[1]));
    keys &= ~2u;
}
static void
takes_1(int t)
{
    (void)t;
    loft_explore_call(REMOVE, 1, 0);
    const bool ok = omap_take_(&map, &way[1]);
    loft_explore_return(ok, FIRST_VALUE + 1);
    net[1] -= ok;
}
static void
links_3(int t)
{
    loft_explore_call(PUT, 3, 1);
    if (!omap_link_(&map, me[t], &way[3], leaf[3], above_3, -1))
        return;                                          /* it is tagged; this call goes no further            */
    loft_explore_return(true, 0);
    net[3]++;
}
static void
swaps_5_has_3(int t)
{
    loft_explore_call(REPLACE, 5, 2);
    loft_leak_enter(me[t]);
    const bool ok = omap_swap_(&map, me[t], &way[5], leaf[5]);
    loft_leak_exit(me[t]);
    loft_explore_return(ok, FIRST_VALUE + 5);
    call(t, ON(HAS, 3));
}
static void
tags(int t)
{
    (void)t;
    (void)loft_fetch_or(stays, LOFT_BST_TAG_, seq_cst);  /* tags:A seq_cst: as mend:B of the tree */
}

/* 4 is out, and 1 below its node. */
static void
grown_5_1_4_2_out(void)
{
    grown("5142");
    loft_leak_enter(me[0]);
    comes_to(1, 0);
    comes_to(4, 0);
    loft_explore_check(omap_take_(&map, &way[1]) && omap_take_(&map, &way[4]));
    loft_leak_exit(me[0]);
    keys = 36;
}
static void
reader_has_4_has_1_update_2_get_5(int t)
{
    call(t, ON(HAS, 4));
    call(t, ON(HAS, 1));
    call(t, ON(UPDATE, 2));
    call(t, ON(GET, 5));
}
DO2(reader_update_5_get_2, ON(UPDATE, 5), ON(GET, 2))

/* Who asks for the neighbour of 1 has come by when 2 was not in yet, and 4 was not. */
static omap_way_ one;
static omap_way_ two;
static void
grown_1_2_5_asked(void)
{
    static const unsigned k = 1;
    omap_leaf_ *n;
    grown("315");
    loft_explore_check(omap_remove(&map, me[0], 3, NULL));
    loft_leak_enter(me[0]);
    loft_explore_check(omap_beside_(&map, me[0], &k, LOFT_MAP_ABOVE_, false, &one, &two, &n) == LOFT_TREE_TWO_);
    loft_leak_exit(me[0]);
    loft_explore_check(n->key == 5 && omap_put(&map, me[0], 2, FIRST_VALUE + 2) == LOFT_OK);
    keys = 38;
}
static void
asks(int t)
{
    (void)t;
    loft_explore_call(HIGHER, 1, 0);
    const loft_seq began = omap_ask_(&map);
    const bool same = omap_both_(&one, &two);
    if (omap_asked_(&map, began) && same)                /* else it asks again                                 */
        loft_explore_return(true, 5u << 8 | (FIRST_VALUE + 5));
}
DO2(put_4_remove_2, ON(PUT, 4), ON(REMOVE, 2))

static const loft_explore_client clients[] = {
    MAP_CLIENTS,
    TREE_CLIENTS,
    READERS(CLIENT),
    MORE_READERS(2000),
    CLIENT("who helps a removal off knows of it", grown_5_1_2_steps, 38, takes_1, reader_update_5_has_1,
           reader_has_1_get_5),
    CLIENT("an update of what was moved twice", grown_5_1_4_2_out, 36, reader_has_4_has_1_update_2_get_5,
           reader_update_5_get_2),
    CLIENT("a put below what is tagged then", grown_5_1_2_out_steps, 36, links_3, swaps_5_has_3, reader_has_3_get_5,
           tags),
    CLIENT("that put, seen as a neighbour", grown_5_1_2_out_steps, 36, links_3, swaps_5_has_3, reader_floor_3_get_5,
           tags),
    CLIENT("a neighbour from before two stood in for each other", grown_1_2_5_asked, 38, asks, put_4_remove_2),
    SOME("a put below a node that somebody helps off", 4000, grown_5_1_2_out, 36, reader_put_3, reader_update_5_has_3,
         reader_has_3_get_5, reader_has_1),
    SOME("the same, seen as a neighbour", 4000, grown_5_1_2_out, 36, reader_put_3, reader_update_5_has_3,
         reader_floor_3_get_5, reader_has_1),
    FREEZE_SOME("nobody waits: a change beside a change", 5000, has_1_2, 6, changes, changes),
    FREEZE("nobody waits: a look beside a change", has_1_2, 6, looks, changes),
    FREEZE("nobody waits: pops", has_1_2, 6, pop_first, pop_first),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
