/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/crq_ring.c - the contract of crq_ring.h in every execution that C11 allows.
 */
#include <loft/check/explore.h>

/* No waiting for a push under way, and a push starves at once. */
#define LOFT_CRQ_PATIENCE  0
#define LOFT_CRQ_TICKETS   2u
#include <loft/queue/crq_ring.h>

#include "crq_ring.h"

static const loft_explore_client clients[] = {
    CLIENT("IO|IO", begin, 0, io, io),
    CLIENT("OI|OI", begin, 0, oi, oi),
    CLIENT("II|OO", begin, 0, ii, oo),
    CLIENT("III|OO", begin, 0, iii, oo),
    CLIENT("II|OO with one in", begin_with_1, 1, ii, oo),
    CLIENT("II|OO when full", begin_full, 2, ii, oo),
    CLIENT("IOI|OIO", begin, 0, ioi, oio),
    CLIENT("IIO|IOO", begin, 0, iio, ioo),
    CLIENT("IO|IO from the last number", begin_at_the_last, 0, io, io),
    CLIENT("IO|IO from half way", begin_before_half, 0, io, io),
    CLIENT("IO|IO from a quarter", begin_before_a_quarter, 0, io, io),
    SOME("OO|I|I", 2000, begin, 0, oo, i, i),
    CLIENT("O|O|I", begin, 0, o, o, i),
    CLIENT("O|O|I with one in", begin_with_1, 1, o, o, i),
    CLIENT("with a push asleep: I|OO", begin_asleep, 0, i, oo),
    ASLEEP("one in and a push asleep: IO|O", 0, in_1_out_1, out_1),
    ASLEEP("two rings, one in and a push asleep", 0, in_1_out_0, in_0_out_1, out_1),
    LAPPED("a lap behind: O|I", begin_pop_asleep, wakes, o, i),
    LAPPED("a lap behind: II", begin_pop_asleep, wakes, ii),
    LAPPED("a lap behind: IOI", begin_pop_asleep, wakes, ioi),
    LAPPED("two laps behind: O|I", begin_pop_asleep_longer, wakes, o, i),
    CLIENT("closed beside pushes", begin, 0, ii, c),
    CLIENT("closed, and a refusal tells", begin, 0, r, c),
    CLIENT("closed and drained", begin_with_1, 1, i, coo),
    CLIENT("closed beside both", begin, 0, i, c, oo),
    CLIENT("two rings", begin, 0, in_0_out_1, in_1_out_0),
    CLIENT("two rings, with a push asleep", begin_asleep, 0, in_0_out_1, in_1_out_0),
    SOME("two rings, seen by four", 2000, begin, 0, in_0, in_1, out_0_out_1, out_1_out_0),
    FREEZE("nobody waits: IO|IO", begin, 0, io, io),
    FREEZE("nobody waits for who closes", begin, 0, io, c),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
