/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/scq_word.c - the contract of scq_word.h in every execution that C11 allows.
 */
#include <loft/check/explore.h>

/* No waiting for a push under way, and as few chances as three threads may have. */
#define LOFT_SCQ_PATIENCE  0
#define LOFT_SCQ_THREADS   3u

#define LOFT_QUEUE_NAME    fifo
#define LOFT_QUEUE_T       unsigned
#include <loft/queue/scq_word.h>

#include "word.h"
#include "mpmc.h"
#include "mpmc_clients.h"

#define LARGE  SOME                                      /* up to hundreds of millions, by sampling: hours */

static const loft_explore_client clients[] = {
    MPMC_CLIENTS
    CLIENT("IOI|IOI when full", begin_full, CAPACITY, 0, ioi, ioi),
    CLIENT("OII|OII when full", begin_full, CAPACITY, 0, oii, oii),
    CLIENT("IIO|OIO", begin, 0, 0, iio, oio),
    CLIENT("IIO|IIO with one in", begin_with_1, 1, 0, iio, iio),
    CLIENT("IIO|OOI when full", begin_full, CAPACITY, 0, iio, ooi),
    CLIENT("IOI|OIO when full", begin_full, CAPACITY, 0, ioi, oio),
    CLIENT("IOO|IOO when full", begin_full, CAPACITY, 0, ioo, ioo),
    CLIENT("OIO|OIO when full", begin_full, CAPACITY, 0, oio, oio),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
