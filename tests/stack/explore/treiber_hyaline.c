/* SPDX-License-Identifier: MIT
 *
 * tests/stack/explore/treiber_hyaline.c - treiber.h under loft_hyaline: nodes are really freed while others hold them.
 */
#include <loft/check/explore.h>

#include <loft/smr/hyaline.h>

#define S  loft_hyaline

static void
narrow(loft_hyaline *domain)
{
    (void)domain;
}

#include "treiber.h"

static const loft_explore_client clients[] = {
    CLIENT("I|O", begin_2, 0, I, O),
    CLIENT("O|OI with two in", begin_2_2, 2, O, OI),
    CLIENT("P|OOOEE with three in", begin_2_3, 3, P, OOOEE),
    MANY("O|OOOEE with three in", 50, begin_2_3, 3, O, OOOEE),
    CLIENT("O|AEE with three in", begin_2_3, 3, O, AEE),
    SOME("met: I|O with one in", 50, begin_2_1, 1, I, O),
    AGAIN("again: O|OOOIEE with three in", 200, begin_2_3, 3, O, OOOIEE),
    AGAIN("again: OI|OI|IO with two in", 1000, begin_3_2, 2, OI, OI, IO),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
