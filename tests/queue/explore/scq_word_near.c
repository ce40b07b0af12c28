/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/scq_word_near.c - what the bounds of scq_word.h rest on, in the words of docs/memory-order.md.
 * Near: a push draws a ticket at most 2n-2 beyond the first one that no pop it knows of has drawn. Credits: it knows of
 * at most n that are held, its own among them.
 */
#include <loft/check/explore.h>

#define LOFT_SCQ_PATIENCE  0
#define LOFT_SCQ_THREADS   2u
#include <loft/queue/scq_ring.h>

/* The one place at which the ticket is to be seen is where the header asks for the entry. What the pushing thread knows
 * then is the oldest head that it may still see. Elsewhere the name means this variable, which is no ticket. */
static const loft_seq t = 1;
static void near(const LOFT_ATOMIC(loft_seq) *head, const LOFT_ATOMIC(loft_seq) *freed, loft_seq ticket, loft_seq last);
#undef LOFT_PREFETCH_WRITE
#define LOFT_PREFETCH_WRITE(e)  ((void)(e), near(&q->head, &q->freed, t, q->last))

#define LOFT_QUEUE_NAME    fifo
#define LOFT_QUEUE_T       unsigned
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#include <loft/queue/scq_word.h>
#pragma GCC diagnostic pop

/* From which ticket on a push knows of the pop of thread 1, which has begun before that. 0: it need not. */
static loft_seq known_from;
static unsigned began;

/* No ticket is lost in this client, so that each ticket up to this one is a push that was let in, and known. */
static bool whole;

static void
near(const LOFT_ATOMIC(loft_seq) *head, const LOFT_ATOMIC(loft_seq) *freed, loft_seq ticket, loft_seq last)
{
    if (ticket == t)
        return;
    if (known_from != 0 && ticket >= 2 * known_from)
        loft_explore_check(loft_plain_read(&began) == 1);
    if (whole)
        loft_explore_check(ticket / 2 + 1 - loft_load(freed, relaxed) <= (last + 1) / 2);
    else
        loft_explore_check((loft_seq_diff)(ticket - loft_load(head, relaxed)) <= 2 * ((loft_seq_diff)last - 1));
}

#include "word.h"
#include "mpmc.h"

static void
no_claims(void)
{
    whole = false;
    known_from = 0;
    began = 0;
}

static void
begin_whole(void)
{
    no_claims();
    whole = true;
    begin_full();
}

static void
begin_near(void)
{
    no_claims();
    begin_used();
}

/* Tickets 1 and 2 are for two polls. Who draws ticket 3 has it from a poll that brought tail there, and knows both. */
static void
begin_polls(void)
{
    begin_near();
    known_from = 3;
}

/* A pop has slept through a lap, and woken up: what it took lay in entry 0, which a later pop found held and made
 * unsafe. Ticket 8 is for that entry. Who gives it up has been told of the pop that has drawn it. */
static void
begin_unsafe(void)
{
    no_claims();
    clear();
    begin_queue(0, 7, 0);
    use(0);
    loft_dw w = loft_dw_peek(&one.entry[0], relaxed);
    w.hi &= ~(uintptr_t)2;
    loft_dw_init(&one.entry[0], w);
    known_from = 9;
}

static void
end_claims(void)
{
    no_claims();
    end();
}

static void
begins_and_pops(int thread)
{
    loft_plain_write(&began, 1u);
    o(thread);
}

static void
begins_and_pops_first(int thread)
{
    begins_and_pops(thread);
    plan(thread, ".");
}

#define CLIENT(text, before, elements, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end_claims, \
      .spins = SPINS, .spurious = LOFT_EXPLORE_NONE, \
      .model = &slots_model, .model_arg = SLOTS_ARG(CAPACITY, elements, 0) }

static const loft_explore_client clients[] = {
    CLIENT("near, after polls", begin_near, 0, i_after_1, ooo_),
    CLIENT("told by a poll", begin_polls, 0, i_after_1_and_2, begins_and_pops_first, o_),
    { .name = "told by an unsafe entry", .setup = begin_unsafe,
      .thread = { i, begins_and_pops }, .finish = end_claims, .spins = SPINS, .executions = 200,
      .model = &slots_model, .model_arg = SLOTS_ARG(CAPACITY, 0, 0) },
    { .name = "told by a poll that looks twice", .setup = begin_polls,
      .thread = { i_after_2, begins_and_pops, o_ }, .finish = end_claims, .spins = SPINS, .executions = 1000,
      .model = &slots_model, .model_arg = SLOTS_ARG(CAPACITY, 0, 0) },
    CLIENT("credits, after room was made", begin_whole, 2, ii_after_1, oo_),
    CLIENT("credits, while another finds room", begin_whole, 2, i_after_1, oo_, i_after_1_),
    CLIENT("credits, while two others find room", begin_whole, 2, i_after_1, oo_, i_after_1, i_after_1),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
