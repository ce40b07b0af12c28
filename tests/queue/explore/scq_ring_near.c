/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/scq_ring_near.c - what the threshold of scq_ring.h rests on: a push draws a ticket at most 2n-2
 * beyond the first one that no pop it knows of has drawn. docs/memory-order.md calls it Near.
 */
#include <loft/check/explore.h>

#define LOFT_SCQ_PATIENCE  0
#define LOFT_SCQ_THREADS   2u

/* The one place at which the ticket is to be seen is where the header asks for the entry. What the pushing thread knows
 * then is the oldest head that it may still see. In a pop the name means this variable, which is no ticket. */
static const loft_seq t = 1;
static void near(const LOFT_ATOMIC(loft_seq) *head, loft_seq ticket, loft_seq last);
static loft_seq known_from;
#undef LOFT_PREFETCH_WRITE
#define LOFT_PREFETCH_WRITE(e)  ((void)(e), near(r->head, t, r->none))

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#include <loft/queue/scq_ring.h>
#pragma GCC diagnostic pop

#include "ring.h"

/* From which ticket on a push knows of the pop of thread 1, which has begun before that. 0: it need not. */
static void
near(const LOFT_ATOMIC(loft_seq) *its_head, loft_seq ticket, loft_seq last)
{
    if (ticket == t)
        return;
    loft_explore_check((loft_seq_diff)(ticket - loft_load(its_head, relaxed)) <= 2 * ((loft_seq_diff)last - 1));
    if (known_from != 0 && ticket >= 2 * known_from)
        loft_explore_check(loft_plain_read(&began[1]) == 1);
}

static void
begin_known(void)
{
    known_from = 0;
    begin();
}

/* Tickets 1 and 2 are for two polls. Who draws ticket 3 has it from a poll that brought tail there, and knows both. */
static void
begin_polls(void)
{
    begin_known();
    known_from = 3;
}

/* Ticket 8 is for an entry that is vacant and not safe. Who gives it up has been told of the pop that has drawn it. */
static void
begin_one_unsafe(void)
{
    known_from = 0;
    begin_unsafe();
    known_from = 9;
}

static void
end_known(void)
{
    known_from = 0;
    end();
}

/* With causeless failures of compare-exchanges, so that a poll looks at head a second time. Not all of them. */
#define TWICE(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end_known, .spins = SPINS, \
      .executions = 300, .model = &slots_model, .model_arg = SLOTS_ARG(8, 0, 0) }

static const loft_explore_client clients[] = {
    CLIENT("after polls", begin_known, i_after_1, ooo_),
    CLIENT("after polls by two", begin_known, i_after_1_and_2, oo_, o_),
    CLIENT("told by a poll", begin_polls, i_after_1_and_2, bo_, o_),
    TWICE("told by a poll that looks twice", begin_polls, i_after_2, bo, o_),
    CLIENT("told by an unsafe entry", begin_one_unsafe, i, bo),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
