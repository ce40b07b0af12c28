/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/linked.c - linked.h in every execution that C11 allows, where nothing is freed.
 */
#include <loft/check/explore.h>

#include <loft/smr/leak.h>

#define S           loft_leak
#define LINK_FLAGS  LOFT_EXPLORE_MAY_LEAK

static void
narrow(loft_leak *d)
{
    (void)d;
}

#include "linked.h"

static const loft_explore_client clients[] = {
    LINK("IO|IO", begin, 0, io, io),
    LINK("II|II", begin, 0, iii, iii),
    LINK("III|OOO", begin, 0, iii, ooo),
    LINK("I|I when full", begin_full, 2, i, i),
    LINK("I|III when full", begin_full, 2, i, iii),
    LINK("I|O when used up", begin_used_up, 0, i, o),
    LINK("I|I|O when used up", begin_used_up, 0, i, i, o),
    LINK("IO|OI when full", begin_full, 2, io, oi),
    LINK("OOO|OOO with three in", begin_with_3, 3, ooo, ooo),
    LINK("OOO|I|I with three in", begin_with_3, 3, ooo, i, i),
    LINK("closed beside pushes", begin_full, 2, ii_asks, c),
    LINK("closed beside a push that links", begin_used_up, 0, i, c, o),
    LINK("closed beside pops", begin_with_3, 3, asks_oo, ic),
    LINK("closed twice", begin_full, 2, xo, xoo),
    LINK("closed and drained beside a push", begin_used_up, 0, ii_asks, coo),
    LINK("closed, and a refusal tells", begin_used_up, 0, c, i_asks, asks_o),
    LINK("closed, and a refusal knows", begin_used_up, 0, refused_knows, c),
    LINK("closed, and a refusal beside a link knows", begin_full, 2, refused_knows, ic),
    LINK("closed, and a pop finds out", begin_full, 2, ic, oo),
    LINK("length", begin_with_3, 3, oooo, lll, i),
    LINK("in bulk", begin, 0, bulk_in, bulk_out),
    LINK_FREEZE("nobody waits: I|O when used up", begin_used_up, 0, i, o),
    LINK_FREEZE("nobody waits: IO|OI when full", begin_full, 2, io, oi),
    LINK_FREEZE("nobody waits for who closes", begin_full, 2, i, c),
    LINK_BOTH("empty, two queues used up", 0, begin_both_used_up, 0, in_0_out_1, in_1_out_0),
    LINK_BOTH("two queues used up, seen by four", 200, begin_both_used_up, 0, in_0, in_1, out_0_out_1, out_1_out_0),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
