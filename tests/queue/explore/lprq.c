/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/lprq.c - the contract of lprq.h in every execution that C11 allows, with rings of two, so that
 * they are closed, linked and left in nearly each. Nothing is freed here; linked_*.c do that. prq_ring.c has the ring
 * alone.
 */
#include <loft/check/explore.h>

/* No waiting for a push under way, and little for a cell. */
#define LOFT_PRQ_PATIENCE  0
#define LOFT_PRQ_TRIES     2

#include <loft/smr/leak.h>

#define LOFT_QUEUE_NAME     line
#define LOFT_QUEUE_T        unsigned
#define LOFT_QUEUE_SMR      loft_leak
#define LOFT_QUEUE_SEGMENT  2
#include <loft/queue/lprq.h>

#include "unbounded_clients.h"

static const loft_explore_client clients[] = {
    UNBOUNDED_CLIENTS
    LINK("I|OOO when full", begin_full, 2, i, ooo),
    LINK("OO|OO with three in", begin_with_3, 3, oo, oo),
    LINK("OO|OOO with four in", begin_with_4, 4, oo, ooo),
    LINK("IO|OI when full", begin_full, 2, io, oi),
    LINK("III|III", begin, 0, iii, iii),
    LINK("IIO|OOI when full", begin_full, 2, iio, ooi),
    LINK("I|I|O when closed", begin_used_up, 0, i, i, o),
    LINK("I|I|OO when full", begin_full, 2, i, i, oo),
    LINK("OO|I|I with three in", begin_with_3, 3, oo, i, i),
    LINK("I|OO near the last ticket", begin_at_the_last, 0, i, oo),
    LINK_SOME("length", 1000, begin_with_3, 3, oooo, lll, i),
    LINK_SOME("in bulk", 1000, begin, 0, bulk_in, bulk_out),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
