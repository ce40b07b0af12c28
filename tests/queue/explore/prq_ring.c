/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/prq_ring.c - the contract of prq_ring.h in every execution that C11 allows: rings of two cells
 * alone, so that pushes meet elements of the lap before, and pops that are asleep for several laps.
 */
#include <loft/check/explore.h>

/* No waiting for a push under way, and little for a cell. */
#define LOFT_PRQ_PATIENCE  0
#define LOFT_PRQ_TRIES     2
#include <loft/queue/prq_ring.h>

#include "word_rings.h"

enum { LAST = N - 1 };

/* ---- calls ------------------------------------------------------------------------------------------------------- */

static loft_prq_ring ring[RINGS];
static loft_prq_cell cell[RINGS][N];
static uintptr_t looks;                                  /* what is added to elements: they look like it */

static bool
give(unsigned r, unsigned v)
{
    loft_plain_write(&under[v], v);
    loft_explore_promise(LOFT_EXPLORE_LOCK_FREE, 0);
    loft_explore_call(LOFT_LINEAR_PUSH, r, v);
    in[v] = loft_prq_push(&ring[r], cell[r], LAST, looks + v, false);
    loft_explore_return(in[v], 0);
    return in[v];
}

static void
taken(bool got, uintptr_t word)
{
    if (got)
        came_out(word - looks);
}

static bool
take(unsigned r)
{
    uintptr_t word = looks;
    loft_explore_promise(LOFT_EXPLORE_LOCK_FREE, 0);
    loft_explore_call(LOFT_LINEAR_POP, r, 0);
    const bool got = loft_prq_pop(&ring[r], cell[r], LAST, &word);
    loft_explore_return(got, word - looks);
    loft_explore_check(got || word == looks);
    taken(got, word);
    return got;
}

/* The rest of a pop of ring 0 that has drawn this ticket. */
static void
wake(uintptr_t ticket)
{
    uintptr_t word = looks;
    loft_explore_call(LOFT_LINEAR_POP, 0, 0);
    bool got = loft_prq_take_(&ring[0], loft_prq_cell_(cell[0], ticket, LAST), ticket, LAST, &word);
    if (!got && loft_load(&ring[0].tail, seq_cst) > ticket + 1u)
        got = loft_prq_pop(&ring[0], cell[0], LAST, &word);
    loft_explore_return(got, word - looks);
    taken(got, word);
}

static void
shut(void)
{
    loft_plain_write(&last_words, 1);
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, 1);
    loft_explore_call(LOFT_LINEAR_CLOSE, 0, 0);
    loft_prq_close(&ring[0]);
    loft_explore_return(true, 0);
}

/* ---- before and after -------------------------------------------------------------------------------------------- */

static void
begin_at(uintptr_t ticket, unsigned elements)
{
    looks = 0;
    forget();
    for (unsigned r = 0; r < RINGS; r++) {
        loft_prq_init(&ring[r], cell[r], LAST, ticket, false);
        for (unsigned i = 0; i < elements; i++) {
            const unsigned v = FIRST + 2 * i + r;
            loft_plain_write(&under[v], v);
            in[v] = loft_prq_push(&ring[r], cell[r], LAST, v, false);
            loft_explore_check(in[v]);
        }
    }
}

static void begin(void) { begin_at(0, 0); }
static void begin_with_1(void) { begin_at(0, 1); }
static void begin_full(void) { begin_at(0, 2); }
static void begin_near_the_end(void) { begin_at(UINTPTR_MAX, 0); }

/* Elements that look like tokens of this ring: each has one cell where it cannot lie. */
static void
begin_alike(void)
{
    begin();
    looks = loft_prq_token_(0);
}

/* An element has been through, and both counters have gone on. */
static void
begin_used(void)
{
    begin();
    for (unsigned r = 0; r < RINGS; r++) {
        uintptr_t word = 0;
        loft_explore_check(loft_prq_push(&ring[r], cell[r], LAST, 1, false)
                           && loft_prq_pop(&ring[r], cell[r], LAST, &word));
    }
}

/* Pops look at tail before they draw a ticket. */
static void
begin_looking(void)
{
    begin();
    for (unsigned r = 0; r < RINGS; r++)
        loft_init(&ring[r].idle, UINTPTR_MAX);
}

/* A push has drawn a ticket and sleeps with it, and pops do not look before they draw one. */
static void
begin_drawn(void)
{
    begin();
    for (unsigned r = 0; r < RINGS; r++) {
        (void)loft_fetch_add(&ring[r].tail, 1u, relaxed);
        loft_init(&ring[r].idle, (uintptr_t)0);
    }
}

/* Pops have drawn tickets 2 and 3 with nothing there, and the one with 2 sleeps: tail is behind head. */
static void
begin_behind(void)
{
    begin();
    (void)loft_fetch_add(&ring[0].head, 2u, relaxed);
    loft_init(&cell[0][1].value, loft_prq_token_(5));
}

/* The pop with ticket 2 sleeps on the one element, while the others have gone on as far as this ticket; where unsafe,
 * one of them has found the element in its way. */
static void
asleep(uintptr_t ticket, bool unsafe)
{
    begin_with_1();
    loft_init(&ring[0].head, ticket);
    loft_init(&ring[0].tail, ticket);
    loft_init(&ring[0].idle, ticket);
    if (unsafe)
        loft_init(&loft_prq_cell_(cell[0], 2, LAST)->epoch, 2u * 2u | LOFT_PRQ_UNSAFE_);
}

/* The push with ticket 2 has claimed its cell and sleeps, and so does its pop. */
static void
begin_claimed(void)
{
    begin();
    loft_init(&ring[0].head, (uintptr_t)3);
    loft_init(&ring[0].tail, (uintptr_t)3);
    loft_init(&loft_prq_cell_(cell[0], 2, LAST)->epoch, (uintptr_t)2 * 2u);
}

static void begin_asleep(void) { asleep(4, false); }
static void begin_unsafe(void) { asleep(6, true); }
static void begin_unsafe_long(void) { asleep(10, true); }

/* What is left comes out, and whatever went in came out once. */
static void
end(void)
{
    for (unsigned r = 0; r < RINGS; r++) {
        uintptr_t word = 0;
        loft_explore_check(loft_prq_approx_len(&ring[r], LAST) <= N);
        while (loft_prq_pop(&ring[r], cell[r], LAST, &word))
            taken(true, word);
        loft_explore_check(loft_prq_approx_len(&ring[r], LAST) == 0);
    }
    for (unsigned v = 0; v < ELEMENTS; v++)
        loft_explore_check(in[v] == out[v]);
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

/* Letter by letter: I pushes to ring 0, O pops from it; small letters, ring 1. C closes ring 0. K pushes, and if it is
 * told that the ring is closed it knows what was before the close. W goes on with the pop that sleeps with ticket 2, w
 * with one that has drawn 8, as far as it has to do with the cell: it finds nothing there. p goes on with a push that
 * has drawn 4, which comes too late.
 *
 * A digit ends the plan unless that thread has come to its dot. That is the order in which things happen, and nothing
 * that either thread knows of the other: it is relaxed. So the search is small, and an order that is missing shows. */
static void
plan(int thread, const char *letters)
{
    unsigned v = (unsigned)thread * 10 + 1;
    for (; *letters; letters++)
        switch (*letters) {
        case 'I': (void)give(0, v++); break;
        case 'i': (void)give(1, v++); break;
        case 'O': (void)take(0); break;
        case 'o': (void)take(1); break;
        case 'C': shut(); break;
        case 'K':
            if (!give(0, v++))
                loft_explore_check(loft_plain_read(&last_words) == 1);
            break;
        case 'W': wake(2); break;
        case 'w': {
            uintptr_t word = 0;
            loft_explore_check(!loft_prq_take_(&ring[0], loft_prq_cell_(cell[0], 8, LAST), 8, LAST, &word));
            break;
        }
        case 'p':
            loft_explore_check(!loft_prq_put_(&ring[0], cell[0], 4, LAST, looks, false, false));
            break;
        case '.':
            loft_store(&over[thread], 1u, relaxed);
            break;
        case '0': case '1': case '2':
            if (loft_load(&over[*letters - '0'], relaxed) == 0)
                return;
            break;
        }
}

#define PLAN(name, letters)  static void name(int thread) { plan(thread, letters); }

PLAN(i, "I")
PLAN(ii, "II")
PLAN(iii, "III")
PLAN(o, "O")
PLAN(oo, "OO")
PLAN(ooo, "OOO")
PLAN(io, "IO")
PLAN(oi, "OI")
PLAN(ioi, "IOI")
PLAN(ioio, "IOIO")
PLAN(oioi, "OIOI")
PLAN(c, "C")
PLAN(k, "K")
PLAN(w, "W")
PLAN(wakes_both, "Ww")
PLAN(wakes_a_push, "Wp")
PLAN(in_0_out_1, "Io")
PLAN(in_1_out_0, "iO")
PLAN(i_0, "I")
PLAN(i_1, "i")
PLAN(o_0_o_1, "Oo")
PLAN(o_1_o_0, "oO")

/* Some executions, and all where LOFT_EXPLORE_SCALE asks for it. */
#define ALL(text, count, before, n, ...) \
    CLIENT_(text, count, LOFT_EXPLORE_NONE, LOFT_EXPLORE_ALL, before, n, n, __VA_ARGS__)

static const loft_explore_client clients[] = {
    CLIENT("I|O", begin, 0, i, o),
    CLIENT("IO|IO", begin, 0, io, io),
    CLIENT("OI|OI with one in", begin_with_1, 1, oi, oi),
    CLIENT("OO|OO when full", begin_full, 2, oo, oo),
    CLIENT("I|O when full", begin_full, 2, i, o),
    ALL("II|OO", 2000, begin, 0, ii, oo),
    ALL("III|OO", 2000, begin, 0, iii, oo),
    ALL("I|I|O", 2000, begin, 0, i, i, o),
    ALL("I|O|O", 2000, begin, 0, i, o, o),
    SOME("IOI|OOO", 1000, begin, 0, ioi, ooo),
    SOME("IOIO|OIOI", 1000, begin, 0, ioio, oioi),
    SOME("IO|IO|IO", 2000, begin, 0, io, io, io),
    CLIENT("alike: I|OO", begin_alike, 0, i, oo),
    SOME("alike: III|OO|I", 2000, begin_alike, 0, iii, oo, i),
    CLIENT("near the last ticket: II|OO", begin_near_the_end, 0, ii, oo),
    CLIENT("tail behind head: I|O", begin_behind, 0, io, w),
    CLIENT("asleep: I|O", begin_asleep, 1, w, i, o),
    CLIENT("asleep, unsafe: I|O", begin_unsafe, 1, w, i, o),
    CLIENT("asleep long, unsafe: I|O", begin_unsafe_long, 1, wakes_both, i, o),
    CLIENT("asleep, unsafe, and a push: I|O", begin_unsafe, 1, wakes_a_push, i, o),
    CLIENT("looking: IO|IO", begin_looking, 0, io, io),
    CLIENT("looking, two rings", begin_looking, 0, in_0_out_1, in_1_out_0),
    SOME("looking: IOIO|OIOI", 1000, begin_looking, 0, ioio, oioi),
    CLIENT("claimed, and both sleep: II", begin_claimed, 0, w, ii),
    CLIENT("closed beside a push that knows", begin, 0, k, c),
    CLIENT("closed beside a push and a pop", begin, 0, i, c, oo),
    CLIENT("two rings", begin, 0, in_0_out_1, in_1_out_0),
    CLIENT("two rings in use", begin_used, 0, in_0_out_1, in_1_out_0),
    CLIENT("two rings, with a ticket drawn", begin_drawn, 0, in_0_out_1, in_1_out_0),
    SOME("two rings seen by four", 2000, begin_used, 0, i_0, i_1, o_0_o_1, o_1_o_0),
    FREEZE("nobody waits: I|O", begin, 0, i, o),
    FREEZE("nobody waits: IO|IO", begin, 0, io, io),
    FREEZE("nobody waits: OI|OI when full", begin_full, 2, oi, oi),
    FREEZE("nobody waits for who closes", begin, 0, i, c),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
