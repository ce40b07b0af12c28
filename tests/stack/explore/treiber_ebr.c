/* SPDX-License-Identifier: MIT
 *
 * tests/stack/explore/treiber_ebr.c - treiber.h under loft_ebr: nodes are really freed while others hold them.
 */
#include <loft/check/explore.h>

#include <loft/smr/ebr.h>

#define S  loft_ebr

static void
narrow(loft_ebr *domain)
{
    domain->batch = 0;
}

#include "treiber.h"

static const loft_explore_client clients[] = {
    CLIENT("I|O", begin_2, 0, I, O),
    CLIENT("II|OO", begin_2, 0, II, OO),
    MANY("IO|IO", 500, begin_2, 0, IO, IO),
    CLIENT("OI|OI with one in", begin_2_1, 1, OI, OI),
    CLIENT("O|O with two in", begin_2_2, 2, O, O),
    CLIENT("O|OO with two in", begin_2_2, 2, O, OO),
    CLIENT("P|OOEEE with two in", begin_2_2, 2, P, OOEEE),
    CLIENT("O|AEEE with two in", begin_2_2, 2, O, AEEE),
    MANY("O|OOIEE with two in", 1000, begin_2_2, 2, O, OOIEE),
    LOSES("met: I|O with one in", 1, begin_2_1, 1, I, O),
    SOME("met: IO|OI with one in", 1000, begin_2_1, 1, IO, OI),
    AGAIN("again: O|OOIEE with two in", 1000, begin_2_2, 2, O, OOIEE),
    AGAIN("again: OI|OI|IO with two in", 1000, begin_3_2, 2, OI, OI, IO),
    FREEZE("nobody waits: I|O with one in", begin_2_1, 1, I, O),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
