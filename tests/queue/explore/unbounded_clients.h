/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/unbounded_clients.h - what lscq.h, lprq.h and lcrq.h are all asked, with rings of two, so that
 * they are closed, linked and left in nearly each execution. Include it after that header; nothing is freed here,
 * linked_*.c do that.
 */
#define S           loft_leak
#define LINK_FLAGS  LOFT_EXPLORE_MAY_LEAK

static void
narrow(loft_leak *d)
{
    (void)d;
}

#include "unbounded.h"

#define UNBOUNDED_CLIENTS \
    LINK("IO|IO", begin, 0, io, io), \
    LINK("I|I when full", begin_full, 2, i, i), \
    LINK("I|O when full", begin_full, 2, i, o), \
    LINK("I|OO when full", begin_full, 2, i, oo), \
    LINK("I|O when closed", begin_used_up, 0, i, o), \
    LINK("O|O with three in", begin_with_3, 3, o, o), \
    LINK("OOO|I with three in", begin_with_3, 3, ooo, i), \
    LINK_SOME("III|OOO", 1000, begin, 0, iii, ooo), \
    LINK_SOME("IOIO|OIOI|IOIO when full", 10000, begin_full, 2, ioio, oioi, ioio), \
    LINK("closed beside pushes", begin, 0, ii_asks, c), \
    LINK("closed beside a push that links", begin_full, 2, i, c), \
    LINK("closed beside pops", begin_with_1, 1, asks_oo, ic), \
    LINK("closed beside pops of two rings", begin_with_3, 3, oo, c), \
    LINK("closed twice", begin_with_1, 1, xo, xoo), \
    LINK("closed, and a refusal tells", begin, 0, c, i_asks, asks_o), \
    LINK("closed, and a refusal knows", begin_full, 2, refused_knows, c), \
    LINK("closed, and a pop finds out", begin_full, 2, ic, oo), \
    LINK_FREEZE("nobody waits: I|O when full", begin_full, 2, i, o), \
    LINK_FREEZE("nobody waits: I|I when full", begin_full, 2, i, i), \
    LINK_FREEZE("nobody waits: O|O with three in", begin_with_3, 3, o, o), \
    LINK_FREEZE("nobody waits for who closes", begin_full, 2, i, c), \
    LINK_BOTH("empty, two queues", 0, begin_both, 0, in_0_out_1, in_1_out_0), \
    LINK_BOTH("empty, two queues that link", 0, begin_both_used_up, 0, in_0_out_1, in_1_out_0),
