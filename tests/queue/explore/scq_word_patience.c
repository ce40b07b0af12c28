/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/scq_word_patience.c - scq_word.h where a pop looks again for the push with its ticket before
 * it spoils the entry for it: nobody depends on that.
 */
#include <loft/check/explore.h>

#define LOFT_SCQ_PATIENCE  1
#define LOFT_SCQ_THREADS   3u

#define LOFT_QUEUE_NAME    fifo
#define LOFT_QUEUE_T       unsigned
#include <loft/queue/scq_word.h>

#include "word.h"
#include "mpmc.h"
#include "mpmc_clients.h"

static const loft_explore_client clients[] = {
    CLIENT("IO|IO", begin, 0, 0, io, io),
    CLIENT("IOI|OIO with one in", begin_with_1, 1, 0, ioi, oio),
    CLIENT("IIO|OIO", begin, 0, 0, iio, oio),
    SOME("IO|IO|IO", 1000, begin, 0, 0, io, io, io),
    SOME("III|OOO", 1000, begin, 0, 0, iii, ooo),
    CLIENT("closed and drained beside a push", begin, 0, 0, ii_asks, coo),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
