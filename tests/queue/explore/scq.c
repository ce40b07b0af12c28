/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/scq.c - the contract of scq.h in every execution that C11 allows.
 */
#include <loft/check/explore.h>

/* No waiting for a push under way, and as few chances as three threads may have. */
#define LOFT_SCQ_PATIENCE  0
#define LOFT_SCQ_THREADS   3u

#define LOFT_QUEUE_NAME    fifo
#define LOFT_QUEUE_T       unsigned
#include <loft/queue/scq.h>

#define DRAW_POP(queue)  (void)loft_fetch_add((queue)->filled.head, 2u, relaxed)

/* The rest of a pop that has drawn ticket 0. */
static unsigned
finish_pop(fifo *queue)
{
    const loft_seq none = queue->filled.none;
    const size_t i = (size_t)(loft_fetch_or(loft_scq_entry_(&queue->filled, 0), none, acq_rel) & none);
    const unsigned v = loft_plain_read(&queue->slot[i]);
    loft_explore_check(loft_scq_ring_push(&queue->vacant, i));
    return v;
}

#define EXACT_LENGTH  0                                  /* closing leaves tickets that were refused */
#define SLEEPER(queue)  loft_fetch_add((queue)->filled.tail, 2u, relaxed)

#include "mpmc.h"
#include "mpmc_clients.h"

#define LARGE  ALL                                       /* six million executions at most */

static const loft_explore_client clients[] = {
    MPMC_CLIENTS
    SOME("IOI|IOI when full", 5000, begin_full, CAPACITY, 0, ioi, ioi),
    SOME("OII|OII when full", 1000, begin_full, CAPACITY, 0, oii, oii),
    CLIENT("OOO|OII", begin, 0, 0, ooo, oii),
    CLIENT("OIO|OIO", begin, 0, 0, oio, oio),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
