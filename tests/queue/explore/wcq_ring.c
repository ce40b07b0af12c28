/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/wcq_ring.c - the contract of wcq_ring.h in every execution that C11 allows. Nobody tries alone:
 * each push and pop asks for help at once, so that whoever else comes by works on it too.
 */
#include <loft/check/explore.h>

#define LOFT_WCQ_PATIENCE  0
#define LOFT_WCQ_LOOKS     0
#include <loft/queue/wcq_ring.h>

#include "wcq_rings.h"

static const loft_explore_client clients[] = {
    CLIENT("I|I", begin_both, i, i),
    CLIENT("O|O", begin_full, o, o),
    CLIENT("I|O", begin, i, o),
    CLIENT("IO|IO", begin_both, io, io),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
