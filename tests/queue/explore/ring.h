/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/ring.h - rings of scq_ring.h alone: half as many steps as scq.h takes, so that more operations
 * fit. Include it after the ring.
 */
#ifndef LOFT_TESTS_QUEUE_EXPLORE_RING_H
#define LOFT_TESTS_QUEUE_EXPLORE_RING_H

#include "hands.h"

static loft_scq_ring ring[RINGS];
static LOFT_ATOMIC(loft_seq) head[RINGS];
static LOFT_ATOMIC(loft_seq) tail[RINGS];
static LOFT_ATOMIC(loft_seq) entry[RINGS][2 * N];

static void ring_promise(void) {}

static bool
ring_push(unsigned r, unsigned thread, size_t i)
{
    (void)thread;
    return loft_scq_ring_push(&ring[r], i);
}

static size_t
ring_pop(unsigned r, unsigned thread, bool final)
{
    (void)thread;
    return final ? loft_scq_ring_pop_final(&ring[r]) : loft_scq_ring_pop(&ring[r]);
}

/* ---- before and after -------------------------------------------------------------------------------------------- */

/* Rings that an index has been through, so that the threshold is not used up, or new ones. Ring 0 is for thread 0 to
 * push to, and ring 1 for thread 1, each with one index; the other index is in nobody's hands. */
static void
begin_at(loft_seq ticket, bool used)
{
    deal();
    for (unsigned r = 0; r < RINGS; r++) {
        loft_scq_ring_init(&ring[r], entry[r], &head[r], &tail[r], ORDER, false, ticket);
        if (used) {
            loft_explore_check(loft_scq_ring_push(&ring[r], 0));
            loft_explore_check(loft_scq_ring_pop(&ring[r]) == 0);
        }
    }
}

static void begin_new(void) { begin_at(0, false); }
static void begin(void) { begin_at(0, true); }

/* Ring 0 is for both, with an index each. */
static void
begin_both_at(loft_seq ticket)
{
    begin_at(ticket, true);
    hand[1][0] = 1;
    hand[NOBODY][0] = RING_NONE;
}

static void begin_both(void) { begin_both_at(0); }
static void begin_both_at_the_edge(void) { begin_both_at(SIZE_MAX / 2 - 1); }

/* A push has drawn a ticket and sleeps with it. */
static void
begin_asleep(void)
{
    begin();
    for (unsigned r = 0; r < RINGS; r++)
        (void)loft_fetch_add(&tail[r], 2u, relaxed);
}

/* Two pops have slept through a lap, and woken up: what they took lay in entries 0 and 1, which later pops found held
 * and made unsafe. Ticket 8 is for entry 0. */
static void
begin_unsafe(void)
{
    begin_at(7, true);
    for (unsigned at = 0; at < 2; at++) {
        const loft_seq w = loft_load(&entry[0][at], relaxed);
        loft_init(&entry[0][at], w & ~loft_scq_safe_(&ring[0]));
    }
    loft_init(&ring[0].threshold, ring[0].chances);
}

/* Each index is in one place: nothing stays behind in a ring that says it is empty. And tail has not run away. */
static void
end(void)
{
    for (unsigned r = 0; r < RINGS; r++) {
        bool seen[N] = { false, false };
        const loft_seq last = loft_load(&tail[r], relaxed) & ~LOFT_SCQ_FINAL_;
        loft_explore_check((loft_seq_diff)(last - loft_load(&head[r], relaxed)) <= 2 * (2 * N - 1));
        for (unsigned thread = 0; thread <= THREADS; thread++)
            if (hand[thread][r] != RING_NONE) {
                loft_explore_check(!seen[hand[thread][r]]);
                seen[hand[thread][r]] = true;
            }
        for (size_t i = loft_scq_ring_pop(&ring[r]); i != RING_NONE; i = loft_scq_ring_pop(&ring[r])) {
            loft_explore_check(i < N && !seen[i]);
            seen[i] = true;
        }
        for (unsigned i = 0; i < N; i++)
            loft_explore_check(seen[i]);
    }
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

/* Letter by letter: I pushes what the thread has in hand, O pops if it has nothing there, to ring 0; small letters, to
 * ring 1. F finalises ring 0, L pops from it as from a finalised one. B writes down that the thread has begun.
 *
 * A digit ends the plan unless that thread has come to its dot. That is the order in which things happen, and nothing
 * that either thread knows of the other: it is relaxed. So the search is small, and an order that is missing shows. */
static void
plan(int thread, const char *letters)
{
    const unsigned me = (unsigned)thread;
    for (; *letters; letters++)
        switch (*letters) {
        case 'I': give(0, me); break;
        case 'i': give(1, me); break;
        case 'O': take(0, me); break;
        case 'o': take(1, me); break;
        case 'B': loft_plain_write(&began[me], 1u); break;
        case 'L': take_as(0, me, true); break;
        case '.':
            loft_store(&over[me], 1u, relaxed);
            break;
        case '0': case '1': case '2': case '3':
            if (loft_load(&over[*letters - '0'], relaxed) == 0)
                return;
            break;
        case 'F':
            loft_explore_call(SLOTS_CLOSE, 0, 0);
            loft_scq_ring_finalise(&ring[0]);
            loft_explore_return(true, 0);
            break;
        }
}

#define PLAN(name, letters)  static void name(int thread) { plan(thread, letters); }

PLAN(io, "IO")
PLAN(ioi, "IOI")
PLAN(ioio, "IOIO")
PLAN(i, "I")
PLAN(i_after_1, "1I")
PLAN(i_after_1_and_2, "12I")
PLAN(ooo_, "OOO.")
PLAN(oo_, "OO.")
PLAN(o_, "O.")
PLAN(bo, "BO")
PLAN(bo_, "BO.")
PLAN(i_after_2, "2I")
PLAN(i_, "I.")
PLAN(o, "O")
PLAN(oo, "OO")
PLAN(ooo, "OOO")
PLAN(ooooooo, "OOOOOOOOO")
PLAN(in_0_out_1, "Io")
PLAN(in_1_out_0, "iO")
PLAN(fl, "FL")

#define CLIENT(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = SPINS, \
      .spurious = LOFT_EXPLORE_NONE, .model = &slots_model, .model_arg = SLOTS_ARG(8, 0, 0) }

#endif
