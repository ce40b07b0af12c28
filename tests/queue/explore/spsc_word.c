/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/spsc_word.c - the contract of spsc_word.h in every execution that C11 allows.
 */
#include <loft/check/explore.h>

#define LOFT_LINGER_MAX    0                             /* linger.c waits */

#define LOFT_QUEUE_NAME    fifo
#define LOFT_QUEUE_T       unsigned
#define LOFT_QUEUE_PROBE   2                             /* and halved once */
#include <loft/queue/spsc_word.h>

enum { PUSH_STEPS = 5 + 1, POP_STEPS = 5, MANY = 1000000 };

#include "pair.h"
#include "pair_clients.h"

static const loft_explore_client clients[] = {
    PAIR_CLIENTS
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
