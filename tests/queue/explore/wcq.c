/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/wcq.c - the contract of wcq.h in every execution that C11 allows, or in many of them: without
 * patience each call is two requests that others may work on.
 */
#include <loft/check/explore.h>

#ifndef LOFT_WCQ_PATIENCE
#  define LOFT_WCQ_PATIENCE  0
#endif
#define LOFT_WCQ_LOOKS  0

#define LOFT_QUEUE_NAME    words
#define LOFT_QUEUE_T       unsigned
#include <loft/queue/wcq.h>

#define DRAW_POP(queue)  (void)loft_fetch_add((queue)->rings.ring[LOFT_WCQ_FILLED].head, LOFT_WCQ_UNIT_, relaxed)
#define SLEEPER(queue)   (void)loft_fetch_add((queue)->rings.ring[LOFT_WCQ_FILLED].tail, LOFT_WCQ_UNIT_, relaxed)

/* The calls of a queue that nobody joins: each thread is the member of its number. */
enum { MEMBERS = 4 };
typedef words fifo;

static words_thread *
me(fifo *q)
{
    return &q->rings.member[loft_machine_running_()->me % MEMBERS];
}

static loft_status fifo_init(fifo *q, size_t capacity) { return words_init(q, capacity, MEMBERS); }
static void fifo_fini(fifo *q) { words_fini(q); }
static void fifo_start_at_(fifo *q, size_t ticket) { words_start_at_(q, ticket); }
static bool fifo_try_push(fifo *q, unsigned v) { return words_try_push(q, me(q), v); }
static bool fifo_try_pop(fifo *q, unsigned *out) { return words_try_pop(q, me(q), out); }
static size_t fifo_push_n(fifo *q, const unsigned *v, size_t n) { return words_push_n(q, me(q), v, n); }
static size_t fifo_pop_n(fifo *q, unsigned *out, size_t n) { return words_pop_n(q, me(q), out, n); }
static void fifo_close(fifo *q) { words_close(q); }
static bool fifo_is_closed(const fifo *q) { return words_is_closed(q); }
static size_t fifo_approx_len(const fifo *q) { return words_approx_len(q); }

/* The rest of a pop that has drawn ticket 0. */
static unsigned
finish_pop(fifo *q)
{
    loft_dwatomic *const e = loft_wcq_entry_(&q->rings.ring[LOFT_WCQ_FILLED], 0);
    const size_t i = loft_wcq_take_(&q->rings, LOFT_WCQ_FILLED, e, 0, loft_dw_peek_hi(e, acquire));
    const unsigned v = loft_plain_read(&q->slot[i]);
    loft_explore_check(loft_wcq_push(&q->rings, LOFT_WCQ_VACANT, me(q), i));
    return v;
}

/* At most so many steps: what wcq.h says of 4 members and 2 slots, by requests. A thread of the explorer has 500, so
 * the clients promise what they were seen to take, and half as much again. */
#define RENEWALS  ((MEMBERS - 1) * (MEMBERS / 2))
#define TICKETS   ((RENEWALS + 1) * (2 * 2 + 3 * MEMBERS - 1) + (MEMBERS - 1) * (MEMBERS - 1) + 2 * 2 + MEMBERS)
#define RING      (2 * (24 * TICKETS + 8 * MEMBERS + 24) + 2 * MEMBERS + 12)
LOFT_STATIC_ASSERT(RING == 5988, "docs/queue/wcq.md says so");
#ifndef PUSH_LABEL
#  define PUSH_LABEL  LOFT_EXPLORE_WAIT_FREE, 120
#  define POP_LABEL   LOFT_EXPLORE_WAIT_FREE, 120
#endif

#define EXACT_LENGTH  0                                  /* closing leaves tickets that were refused */
#include "mpmc.h"
#include "mpmc_clients.h"

static const loft_explore_client clients[] = {
#ifdef MOST_ARE_ALONE
    CLIENT("OII|OII", begin, 0, 0, oii, oii),
    CLIENT("IOI|OIO with one in", begin_with_1, 1, 0, ioi, oio),
    SOME("OI|OI|OI when full", 5000, begin_full, CAPACITY, 0, oi, oi, oi),
    SOME("IO|IO|IO", 1000, begin, 0, 0, io, io, io),
    CLIENT("IO|IO from the last number", begin_at_the_last, 0, 0, io, io),
    CLIENT("IO|IO from half way", begin_before_half, 0, 0, io, io),
    CLIENT("IO|IO from a quarter", begin_before_a_quarter, 0, 0, io, io),
    CLIENT("IO|IO from a lap", begin_at_a_lap, 0, 0, io, io),
    CLIENT("closed beside pushes", begin, 0, 0, ii_asks, c),
    CLIENT("closed beside pops", begin_with_1, 1, 0, asks_oo, ic),
    CLIENT("closed and drained beside a push", begin, 0, 0, ii_asks, coo),
    CLIENT("closed twice", begin_with_1, 1, 0, xo, xoo),
    CLIENT("closed before it is asked", begin, 0, 0, ic, asks_oo),
    CLIENT("closed, and a refusal tells", begin, 0, 0, c, i_asks, asks_o),
    CLIENT("closed, and a pop finds out", begin, 0, 0, ic, oo),
    SOME("a lap behind: OI|I", 500, begin_a_lap_behind, 1, 0, wakes, oi, i),
    SOME("in bulk", 1000, begin, 0, 0, bulk_in, bulk_out),
    SOME("the way back", 1000, begin, 0, 0, credit_in, credit_out),
    CLIENT("length", begin, 0, 0, ilo, ooo_l),
    FREEZE("nobody waits: IO|IO", begin, 0, io, io),
    FREEZE("nobody waits for who closes", begin, 0, i, c),
    BOTH("empty, two queues in use", 0, begin_both_used, 0, in_0_out_1, in_1_out_0),
    BOTH("empty, two queues, with a ticket drawn", 0, begin_both_asleep, 0, in_0_out_1, in_1_out_0),
    BOTH("two queues in use, seen by four", 2000, begin_both_used, 0, in_0, in_1, out_0_out_1, out_1_out_0),
    BOTH("turned away, two queues", 2000, begin_both_with_1, 1, turned_0, turned_1, in_0_in_1),
    BOTH("full, two queues", 0, begin_both_full, CAPACITY, out_0_in_1, out_1_in_0),
    SOME("IOIO|OIOI|IOIO", 20000, begin, 0, 0, ioio, oioi, ioio),
#else
    SOME("I|I", 3000, begin, 0, 0, i, i),
    SOME("O|O when full", 3000, begin_full, CAPACITY, 0, o, o),
    CLIENT("closed beside a push", begin, 0, 0, i, c),
    CLIENT("closed, and a pop finds out", begin, 0, 0, ic, oo),
    SOME("IO|IO", 2000, begin, 0, 0, io, io),
    SOME("OI|OI when full", 2000, begin_full, CAPACITY, 0, oi, oi),
    SOME("OII|OII", 1000, begin, 0, 0, oii, oii),
    SOME("IOO|IOO", 1000, begin, 0, 0, ioo, ioo),
    SOME("IOI|OIO with one in", 1000, begin_with_1, 1, 0, ioi, oio),
    SOME("OOO|IOO after use", 1000, begin_used, 0, 0, ooo, ioo),
    SOME("IO|IO|IO", 1000, begin, 0, 0, io, io, io),
    SOME("IOIO|OIOI|IOIO", 2000, begin, 0, 0, ioio, oioi, ioio),
    SOME("OI|OI|OI when full", 1000, begin_full, CAPACITY, 0, oi, oi, oi),
    SOME("IO|IO from the last number", 500, begin_at_the_last, 0, 0, io, io),
    SOME("IO|IO from half way", 500, begin_before_half, 0, 0, io, io),
    CLIENT("closed beside pushes", begin, 0, 0, ii_asks, c),
    SOME("closed and drained beside a push", 1000, begin, 0, 0, ii_asks, coo),
    SOME("closed, and a refusal tells", 500, begin, 0, 0, c, i_asks, asks_o),
    SOME("in bulk", 500, begin, 0, 0, bulk_in, bulk_out),
    SOME("the way back", 500, begin, 0, 0, credit_in, credit_out),
#endif
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
