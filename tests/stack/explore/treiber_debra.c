/* SPDX-License-Identifier: MIT
 *
 * tests/stack/explore/treiber_debra.c - treiber.h under loft_debra: nodes are really freed while others hold them.
 */
#include <loft/check/explore.h>

#include <loft/smr/debra.h>

#define S  loft_debra

static void
narrow(loft_debra *domain)
{
    domain->base.batch = 0;
    domain->base.urgent = 0;
}

#include "treiber.h"

static const loft_explore_client clients[] = {
    SOME("O|OI with two in", 500, begin_2_2, 2, O, OI),
    SOME("P|OOEE with two in", 200, begin_2_2, 2, P, OOEE),
    SOME("O|AEE with two in", 500, begin_2_2, 2, O, AEE),
    SOME("met: I|O with one in", 50, begin_2_1, 1, I, O),
    AGAIN("again: O|OOIEE with two in", 500, begin_2_2, 2, O, OOIEE),
    AGAIN("again: OI|OI|IO with two in", 1000, begin_3_2, 2, OI, OI, IO),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
