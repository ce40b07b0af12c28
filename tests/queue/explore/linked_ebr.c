/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/linked_ebr.c - linked.h under loft_ebr: rings are really freed while others hold them.
 */
#include <loft/check/explore.h>

#include <loft/smr/ebr.h>

#define S  loft_ebr

static void
narrow(loft_ebr *d)
{
    d->batch = 0;
}

#include "linked.h"

static const loft_explore_client clients[] = {
    LINK("I|O when used up", begin_used_up, 0, i, o),
    LINK("O|O with three in", begin_with_3, 3, o, o),
    LINK("OOO|O with three in", begin_with_3, 3, ooo, o),
    LINK("OOO|I with three in", begin_with_3, 3, ooo, i),
    LINK("OOO|LLL with three in", begin_with_3, 3, ooo, lll),
    LINK_AGAIN("again: OOO|OI with three in", 200, begin_with_3, 3, ooo, oi),
    LINK_AGAIN("again: IOIO|OIOI|IOIO when full", 500, begin_full, 2, ioio, oioi, ioio),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
