/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/scq_ring.c - the contract of scq_ring.h in every execution that C11 allows.
 */
#include <loft/check/explore.h>

/* No waiting for a push under way, and as few chances as four threads may have. */
#define LOFT_SCQ_PATIENCE  0
#define LOFT_SCQ_THREADS   4u
#include <loft/queue/scq_ring.h>

#include "ring.h"

/* Not all executions, with causeless failures of compare-exchanges. */
#define SOME(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = SPINS, \
      .executions = 1000, .model = &slots_model, .model_arg = SLOTS_ARG(8, 0, 0) }

static const loft_explore_client clients[] = {
    CLIENT("IO|IO", begin_both, io, io),
    CLIENT("IOI|IOI", begin_both, ioi, ioi),
    CLIENT("IOIO|IOIO", begin_both, ioio, ioio),
    CLIENT("IO|IO at the edge", begin_both_at_the_edge, io, io),
    SOME("IO|OOO", begin, io, ooo),
    SOME("I|I|O", begin_both, i, i, o),
    SOME("polled until it says empty without a look", begin, i, ooooooo),
    SOME("the same, with a push asleep", begin_asleep, i, ooooooo),
    SOME("polled by two", begin, i, ooo, ooo),
    SOME("polled by three", begin, i, ooo, ooo, ooo),
    CLIENT("finalised", begin_both, i, io, fl),
    CLIENT("two rings, new", begin_new, in_0_out_1, in_1_out_0),
    CLIENT("two rings", begin, in_0_out_1, in_1_out_0),
    CLIENT("two rings, with a push asleep", begin_asleep, in_0_out_1, in_1_out_0),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
