/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/crq_ring_patience.c - crq_ring.h where a pop looks again for the push with its ticket before it
 * spoils the entry for it: nobody depends on that, but the element may come with that look.
 */
#include <loft/check/explore.h>

#define LOFT_CRQ_PATIENCE  1
#define LOFT_CRQ_TICKETS   2u
#include <loft/queue/crq_ring.h>

#include "crq_ring.h"

static const loft_explore_client clients[] = {
    CLIENT("I|O", begin, 0, i, o),
    CLIENT("IO|IO", begin, 0, io, io),
    CLIENT("II|OO", begin, 0, ii, oo),
    CLIENT("I|OO with one in", begin_with_1, 1, i, oo),
    CLIENT("with a push asleep: I|OO", begin_asleep, 0, i, oo),
    CLIENT("O|O|I with one in", begin_with_1, 1, o, o, i),
    CLIENT("closed beside both", begin, 0, i, c, o),
    CLIENT("two rings", begin, 0, in_0_out_1, in_1_out_0),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
