/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/lscq.c - the contract of lscq.h in every execution that C11 allows, with rings of two, so that
 * they are closed, linked and left in nearly each. Nothing is freed here; linked_*.c do that.
 */
#include <loft/check/explore.h>

/* No waiting for a push under way, and as few chances as three threads may have. */
#define LOFT_SCQ_PATIENCE  0
#define LOFT_SCQ_THREADS   3u

#include <loft/smr/leak.h>

#define LOFT_QUEUE_NAME     line
#define LOFT_QUEUE_T        unsigned
#define LOFT_QUEUE_SMR      loft_leak
#define LOFT_QUEUE_SEGMENT  2
#include <loft/queue/lscq.h>

#include "unbounded_clients.h"

static const loft_explore_client clients[] = {
    UNBOUNDED_CLIENTS
    LINK_SOME("I|OOO when full", 1000, begin_full, 2, i, ooo),
    LINK_SOME("OO|OO with three in", 1000, begin_with_3, 3, oo, oo),
    LINK_SOME("OO|OOO with four in", 1000, begin_with_4, 4, oo, ooo),
    LINK_SOME("IO|OI when full", 1000, begin_full, 2, io, oi),
    LINK_SOME("III|III", 1000, begin, 0, iii, iii),
    LINK_SOME("IIO|OOI when full", 1000, begin_full, 2, iio, ooi),
    LINK_SOME("I|I|O when closed", 1000, begin_used_up, 0, i, i, o),
    LINK_SOME("I|I|OO when full", 1000, begin_full, 2, i, i, oo),
    LINK_SOME("OO|I|I with three in", 200, begin_with_3, 3, oo, i, i),
    LINK("I|OO from the last number", begin_at_the_last, 0, i, oo),
    LINK("IO|O from half way", begin_before_half, 0, io, o),
    LINK("IO|O from a quarter", begin_before_a_quarter, 0, io, o),
    LINK_SOME("length", 1000, begin_with_3, 3, oooo, lll, i),
    LINK_SOME("in bulk", 300, begin, 0, bulk_in, bulk_out),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
