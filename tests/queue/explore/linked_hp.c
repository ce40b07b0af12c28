/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/linked_hp.c - linked.h under loft_hp: rings are really freed while others hold them.
 */
#include <loft/check/explore.h>

#include <loft/smr/hp.h>

#define S  loft_hp

static void
narrow(loft_hp *d)
{
    (void)d;
}

#include "linked.h"

static const loft_explore_client clients[] = {
    LINK("I|O when used up", begin_used_up, 0, i, o),
    LINK("O|O with three in", begin_with_3, 3, o, o),
    LINK("OOO|O with three in", begin_with_3, 3, ooo, o),
    LINK("OOO|I with three in", begin_with_3, 3, ooo, i),
    LINK("OOO|LLL with three in", begin_with_3, 3, ooo, lll),
    LINK("OOOOOIIOO|L with five in", begin_with_5, 5, on_and_on, l),
    LINK_AGAIN("again: OOO|OI with three in", 200, begin_with_3, 3, ooo, oi),
    LINK_AGAIN("again: IOIO|OIOI|IOIO when full", 500, begin_full, 2, ioio, oioi, ioio),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
