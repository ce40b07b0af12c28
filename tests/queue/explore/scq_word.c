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

#define DRAW_POP(queue)  (void)loft_fetch_add(&(queue)->head, 2u, relaxed)

/* The rest of a pop that has drawn ticket 0. */
static unsigned
finish_pop(fifo *queue)
{
    loft_dwatomic *const e = fifo_entry_(queue, 0);
    loft_dw seen = loft_dw_peek(e, relaxed);
    while (!loft_dw_cas(e, &seen, loft_dw_of(seen.lo, seen.hi & ~(uintptr_t)1), acq_rel, relaxed))
        continue;
    (void)loft_fetch_add(&queue->freed, 1u, seq_cst);
    return (unsigned)seen.lo;
}

#define EXACT_LENGTH  1
#define SLEEPER(queue)  loft_fetch_add(&(queue)->tail, 2u, relaxed)

#include "mpmc.h"
#include "mpmc_clients.h"

/* One client that is many executions of three threads. */
enum { MANY = 1000000 };

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
