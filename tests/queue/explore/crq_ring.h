/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/crq_ring.h - rings of crq_ring.h alone, without the segments and the reclamation of lcrq.h: few
 * steps, so that more operations fit. Include it after the ring.
 */
#ifndef LOFT_TESTS_QUEUE_EXPLORE_CRQ_RING_H
#define LOFT_TESTS_QUEUE_EXPLORE_CRQ_RING_H

#include "word_rings.h"

enum { WIDE = 4 };

/* ---- calls ------------------------------------------------------------------------------------------------------- */

static loft_crq_ring ring[RINGS];
static loft_dwatomic entry[RINGS][WIDE];
static loft_seq last;                                    /* entries in a ring, less one                  */

static bool
push_to(unsigned r, unsigned v)
{
    loft_plain_write(&under[v], v);
    loft_explore_promise(LOFT_EXPLORE_LOCK_FREE, 0);
    loft_explore_call(LOFT_LINEAR_PUSH, r, v);
    in[v] = loft_crq_ring_push(&ring[r], entry[r], last, v);
    loft_explore_return(in[v], 0);
    return in[v];
}

static bool
pop_from(unsigned r)
{
    uintptr_t v = 0;
    loft_explore_promise(LOFT_EXPLORE_LOCK_FREE, 0);
    loft_explore_call(LOFT_LINEAR_POP, r, 0);
    const bool got = loft_crq_ring_pop(&ring[r], entry[r], last, &v);
    loft_explore_return(got, v);
    if (got)
        came_out(v);
    return got;
}

static void
close_it(void)
{
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, 1);
    loft_explore_call(LOFT_LINEAR_CLOSE, 0, 0);
    loft_crq_ring_close(&ring[0]);
    loft_explore_return(true, 0);
}

/* ---- before and after -------------------------------------------------------------------------------------------- */

static void
begin_in(unsigned entries, loft_seq ticket, unsigned elements)
{
    last = entries - 1u;
    forget();
    for (unsigned r = 0; r < RINGS; r++) {
        loft_crq_ring_init(&ring[r], entry[r], last, ticket);
        for (unsigned v = FIRST + r; v < FIRST + r + 2 * elements; v += 2) {
            under[v] = v;
            in[v] = loft_crq_ring_push(&ring[r], entry[r], last, v);
            loft_explore_check(in[v]);
        }
    }
}

static void begin_at(loft_seq ticket, unsigned elements) { begin_in(N, ticket, elements); }
static void begin(void) { begin_at(0, 0); }
static void begin_with_1(void) { begin_at(0, 1); }
static void begin_full(void) { begin_at(0, N); }
static void begin_at_the_last(void) { begin_at((loft_seq)-1, 0); }
static void begin_before_half(void) { begin_at(((loft_seq)-1 >> 1) - 1, 0); }
static void begin_before_a_quarter(void) { begin_at(((loft_seq)-1 >> 2) - 1, 0); }

/* A push has drawn a ticket and sleeps with it. */
static void
begin_asleep(void)
{
    begin();
    for (unsigned r = 0; r < RINGS; r++)
        (void)loft_fetch_add(&ring[r].tail, 2u, relaxed);
}

/* There is an element in ring 1, and behind it the ticket of a push that sleeps, and room. */
static void
begin_with_1_asleep(void)
{
    uintptr_t v = 0;
    begin_in(WIDE, 0, 1);
    loft_explore_check(loft_crq_ring_pop(&ring[0], entry[0], last, &v) && v == FIRST);
    out[v] = true;
    (void)loft_fetch_add(&ring[1].tail, 2u, relaxed);
}

/* The pop of the first element has drawn its ticket, which is when it took effect, and sleeps; the second was taken. */
static void
begin_pop_asleep(void)
{
    uintptr_t v = 0;
    begin_full();
    (void)loft_fetch_add(&ring[0].head, 2u, relaxed);
    loft_explore_check(loft_crq_ring_pop(&ring[0], entry[0], last, &v) && v == FIRST + 2);
    out[v] = out[FIRST] = true;
}

/* And a lap later: a pop of the next one has made the entry unsafe already. */
static void
begin_pop_asleep_longer(void)
{
    begin_pop_asleep();
    loft_dwatomic *const held = loft_crq_entry_(entry[0], 0, last);
    loft_dwatomic *const other = loft_crq_entry_(entry[0], 6, last);
    loft_dw_init(held, loft_dw_of(FIRST, loft_dw_peek_hi(held, relaxed) & ~LOFT_CRQ_SAFE_));
    loft_dw_init(other, loft_dw_of(0, (uintptr_t)loft_crq_cycle_(6, last) | LOFT_CRQ_SAFE_));
    loft_init(&ring[0].tail, (loft_seq)8);
    loft_init(&ring[0].head, (loft_seq)8);
}

/* The same pop goes on: the second half of loft_crq_ring_pop, for ticket 0. */
static void
wakes(int thread)
{
    loft_dwatomic *const e = loft_crq_entry_(entry[0], 0, last);
    uintptr_t seen = loft_dw_peek_hi(e, acquire);
    (void)thread;
    loft_explore_check(loft_dw_peek(e, relaxed).lo == FIRST);
    while (!loft_dw_cas_hi(e, &seen, seen & ~LOFT_CRQ_HELD_, release, relaxed))
        ;
}

/* What went in came out once, a closed ring stays closed, and where nobody is inside head is not beyond tail. */
static void
end(void)
{
    for (unsigned r = 0; r < RINGS; r++) {
        while (pop_from(r))
            ;
        const loft_seq tail = loft_load(&ring[r].tail, relaxed);
        const loft_seq head = loft_load(&ring[r].head, relaxed);
        loft_explore_check((tail & LOFT_CRQ_CLOSED_) || (loft_seq_diff)(tail - head) >= 0);
        loft_explore_check(loft_crq_ring_approx_len(&ring[r], last) == 0);
        if (tail & LOFT_CRQ_CLOSED_)
            loft_explore_check(!push_to(r, 1) && !pop_from(r));
        else
            loft_explore_check(push_to(r, 1) && loft_crq_ring_approx_len(&ring[r], last) >= 1
                               && ((out[1] = false), pop_from(r)));
        in[1] = out[1] = in[1] && out[1];
    }
    for (unsigned v = 2; v < ELEMENTS; v++)
        loft_explore_check(in[v] == out[v]);
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

/* Letter by letter: I pushes to ring 0, O pops; small letters, ring 1. C closes ring 0, the only one to do so: R is a
 * push which, when it is refused, knows what was before that. A digit ends the plan unless that thread has come to its
 * dot, which is relaxed: nothing is known by it. */
static void
plan(int thread, const char *letters)
{
    unsigned v = (unsigned)thread * 10 + 2;
    for (; *letters; letters++)
        switch (*letters) {
        case '.':
            loft_store(&over[thread], 1u, relaxed);
            break;
        case '0': case '1': case '2':
            if (loft_load(&over[*letters - '0'], relaxed) == 0)
                return;
            break;
        case 'I': (void)push_to(0, v++); break;
        case 'i': (void)push_to(1, v++); break;
        case 'O': (void)pop_from(0); break;
        case 'o': (void)pop_from(1); break;
        case 'R':
            if (!push_to(0, v++))
                loft_explore_check(loft_plain_read(&last_words) == 1);
            break;
        case 'C':
            loft_plain_write(&last_words, 1);
            close_it();
            break;
        case 'X': close_it(); break;
        }
}

#define PLAN(name, letters)  static void name(int thread) { plan(thread, letters); }

PLAN(i, "I")
PLAN(o, "O")
PLAN(io, "IO")
PLAN(oi, "OI")
PLAN(ii, "II")
PLAN(oo, "OO")
PLAN(iii, "III")
PLAN(ooo, "OOO")
PLAN(ioi, "IOI")
PLAN(oio, "OIO")
PLAN(ioo, "IOO")
PLAN(iio, "IIO")
PLAN(c, "C")
PLAN(r, "R")
PLAN(co, "CO")
PLAN(coo, "COO")
PLAN(o_, "O.")
PLAN(oo_, "OO.")
PLAN(i_after_1, "1I")
PLAN(in_0_out_1, "Io")
PLAN(in_1_out_0, "iO")
PLAN(in_1_out_1, "io")
PLAN(out_1, "o")
PLAN(in_0, "I")
PLAN(in_1, "i")
PLAN(out_0_out_1, "Oo")
PLAN(out_1_out_0, "oO")

/* Ring 1 has an element, and the ticket of a push that sleeps. */
#define ASLEEP(text, count, ...) \
    CLIENT_(text, count, LOFT_EXPLORE_NONE, 0, begin_with_1_asleep, 0, 1, __VA_ARGS__)

/* Ring 0 is empty but for what a pop sleeps on, ring 1 full. */
#define LAPPED(text, before, ...) \
    CLIENT_(text, 0, LOFT_EXPLORE_NONE, 0, before, 0, N, __VA_ARGS__)

#endif
