/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/wcq_ring_mixed.c - wcq_ring.h where some calls try alone and others ask at once, as their plans
 * say; and what the threshold rests on: a push draws a ticket at most 2n-2 beyond the first one that no pop it knows of
 * has drawn. docs/memory-order.md calls it Near.
 */
#include <loft/check/explore.h>

static unsigned alone[LOFT_EXPLORE_THREADS];
#define ALONE(thread)      alone[thread]
#define LOFT_WCQ_PATIENCE  alone[loft_machine_running_()->me]
#define LOFT_WCQ_LOOKS     0

/* The one place at which the ticket is to be seen is where the header asks for the entry. What the pushing thread knows
 * then is the oldest head that it may still see. In a pop the name means this variable, which is no ticket. */
static const loft_seq t = 1;
static void near(const LOFT_ATOMIC(loft_seq) *head, loft_seq ticket, loft_seq last);
static loft_seq known_from;
#undef LOFT_PREFETCH_WRITE
#define LOFT_PREFETCH_WRITE(e)  ((void)(e), near(r->head, t, r->none))

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#include <loft/queue/wcq_ring.h>
#pragma GCC diagnostic pop

#include "wcq_rings.h"

/* From which ticket on a push knows of the pop of thread 1, which has begun before that. 0: it need not. */
static void
near(const LOFT_ATOMIC(loft_seq) *its_head, loft_seq ticket, loft_seq last)
{
    if (ticket == t)
        return;
    const loft_seq seen = loft_wcq_ticket_(loft_load(its_head, relaxed));
    loft_explore_check((loft_seq_diff)(ticket - seen) <= (loft_seq_diff)((last - 1) * LOFT_WCQ_UNIT_));
    if (known_from != 0 && ticket >= known_from * LOFT_WCQ_UNIT_)
        loft_explore_check(loft_plain_read(&began[1]) == 1);
}

static void
by_requests(void)
{
    for (unsigned i = 0; i < LOFT_EXPLORE_THREADS; i++)
        alone[i] = 0;
    known_from = 0;
}

static void begin_mixed(void) { by_requests(); begin(); }
static void begin_mixed_new(void) { by_requests(); begin_new(); }
static void begin_mixed_both(void) { by_requests(); begin_both(); }
static void begin_mixed_asleep(void) { by_requests(); begin_asleep(); }
static void begin_mixed_both_three(void) { by_requests(); begin_both_of_three(); }
static void begin_mixed_three(void) { by_requests(); begin_of_three(); }

/* Tickets 1 and 2 are for two polls. Who draws ticket 3 has it from a poll that brought tail there, and knows both. */
static void begin_polls(void) { begin_mixed_three(); known_from = 3; }

/* Ticket 8 is for an entry that is vacant and not safe. Who gives it up has been told of the pop that has drawn it. */
static void begin_one_unsafe(void) { by_requests(); begin_unsafe(); known_from = 9; }

static void
end_known(void)
{
    by_requests();
    end();
}

#undef CLIENT
#define CLIENT(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end_known, .spins = SPINS, \
      .spurious = LOFT_EXPLORE_NONE, .model = &slots_model, .model_arg = SLOTS_ARG(8, 0, 0) }

/* So many of them. */
#define PART(text, count, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end_known, .spins = SPINS, \
      .executions = (count), .model = &slots_model, .model_arg = SLOTS_ARG(8, 0, 0) }

/* A member has asked for what another one pushes alone, and wakes while a third helps. */
static void begin_mixed_pop(void) { by_requests(); begin_pop_empty(); }

/* A poll, beside a request that draws while tail is behind head. */
static void begin_mixed_behind(void) { by_requests(); begin_push_behind(); }

/* An index that was pushed by a request is taken, and goes round, by calls that do not look at the member who asked. */
static void begin_mixed_in(void) { by_requests(); begin_push_in(); }

static void
end_asked_known(void)
{
    by_requests();
    end_asked();
}

#define BEHIND(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end_asked_known, .spins = SPINS, \
      .spurious = LOFT_EXPLORE_NONE }

#define WAKES(text, count, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end_known, .spins = SPINS, \
      .executions = (count) }

static const loft_explore_client clients[] = {
    CLIENT("alone: IO|IO", begin_mixed_both, aio, aio),
    CLIENT("alone: IOI|IOI", begin_mixed_both, aioi, aioi),
    CLIENT("alone: finalised", begin_mixed_both_three, ai, aio, afl),
    CLIENT("alone: two rings, new", begin_mixed_new, a_in_0_out_1, a_in_1_out_0),
    CLIENT("alone: two rings", begin_mixed, a_in_0_out_1, a_in_1_out_0),
    CLIENT("alone: two rings, with a push asleep", begin_mixed_asleep, a_in_0_out_1, a_in_1_out_0),
    PART("alone: I|OOO", 5000, begin_mixed, ai, aooo),
    PART("alone: polled by two", 5000, begin_mixed_three, ai, aooo, aooo),
    CLIENT("alone: after polls", begin_mixed, ai_after_1, aooo_),
    CLIENT("alone: after polls by two", begin_mixed_three, ai_after_1_and_2, aoo_, ao_),
    CLIENT("alone: told by a poll", begin_polls, ai_after_1_and_2, abo_, ao_),
    PART("alone: told by an unsafe entry", 3000, begin_one_unsafe, ai, abo),
    PART("mixed: I|O alone", 5000, begin_mixed, i, ao),
    PART("mixed: I alone|O", 5000, begin_mixed, ai, o),
    CLIENT("mixed: I alone|I", begin_mixed_both, ai, i),
    PART("mixed: two rings, pops ask", 5000, begin_mixed, a_in_0_ask_1, a_in_1_ask_0),
    PART("mixed: two rings, pushes ask", 5000, begin_mixed, ask_0_a_out_1, ask_1_a_out_0),
    PART("mixed: two rings, pops ask, with a push asleep", 5000, begin_mixed_asleep, a_in_0_ask_1, a_in_1_ask_0),
    PART("mixed: two rings, pushes ask, new", 5000, begin_mixed_new, ask_0_a_out_1, ask_1_a_out_0),
    PART("mixed: I alone|OO|OO", 5000, begin_mixed_three, ai, oo, oo),
    WAKES("a pop wakes beside a push: I alone|H", 20000, begin_mixed_pop, ai, h, w),
    BEHIND("a poll brings tail up: P alone|D", begin_mixed_behind, ap, d),
    BEHIND("a helper sleeps through a lap", begin_mixed_in, a_lap, g),
    PART("mixed: I|OOO alone", 5000, begin_mixed, i, aooo),
    PART("mixed: I|OO alone|OO alone", 5000, begin_mixed_three, i, aoo, aoo),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
