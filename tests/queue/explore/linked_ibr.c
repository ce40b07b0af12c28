/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/linked_ibr.c - linked.h under loft_ibr: rings are really freed while others hold them.
 */
#include <loft/check/explore.h>

#include <loft/smr/ibr.h>

#define S  loft_ibr

static void
narrow(loft_ibr *d)
{
    d->batch = 0;
}

#include "linked.h"

static const loft_explore_client clients[] = {
    LINK_SOME("OOO|OI with three in", 100, begin_with_3, 3, ooo, oi),
    LINK_SOME("OOOOOIIOO|L with five in", 200, begin_with_5, 5, on_and_on, l),
    LINK_AGAIN("again: OOO|OI with three in", 100, begin_with_3, 3, ooo, oi),
    LINK_AGAIN("again: IOIO|OIOI|IOIO when full", 500, begin_full, 2, ioio, oioi, ioio),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
