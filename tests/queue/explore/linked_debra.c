/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/linked_debra.c - linked.h under loft_debra: rings are really freed while others hold them.
 */
#include <loft/check/explore.h>

#include <loft/smr/debra.h>

#define S  loft_debra

static void
narrow(loft_debra *d)
{
    d->base.batch = 0;
    d->base.urgent = 0;
}

#include "linked.h"

static const loft_explore_client clients[] = {
    LINK_SOME("OOO|OI with three in", 100, begin_with_3, 3, ooo, oi),
    LINK_SOME("OOO|LLL with three in", 100, begin_with_3, 3, ooo, lll),
    LINK_AGAIN("again: OOO|OI with three in", 100, begin_with_3, 3, ooo, oi),
    LINK_AGAIN("again: IOIO|OIOI|IOIO when full", 500, begin_full, 2, ioio, oioi, ioio),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
