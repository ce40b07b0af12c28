/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/scq_ring_patience.c - scq_ring.h where a pop looks again for the push with its ticket before it
 * spoils the entry for it: nobody depends on that.
 */
#include <loft/check/explore.h>

#define LOFT_SCQ_PATIENCE  1
#define LOFT_SCQ_THREADS   3u
#include <loft/queue/scq_ring.h>

#include "ring.h"

static const loft_explore_client clients[] = {
    CLIENT("IO|IO", begin_both, io, io),
    CLIENT("IOI|IOI", begin_both, ioi, ioi),
    CLIENT("I|O", begin, i, o),
    CLIENT("I|OO, with a push asleep", begin_asleep, i, oo),
    CLIENT("finalised", begin_both, i, io, fl),
    CLIENT("two rings", begin, in_0_out_1, in_1_out_0),
    CLIENT("two rings, with a push asleep", begin_asleep, in_0_out_1, in_1_out_0),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
