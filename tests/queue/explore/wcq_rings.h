/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/wcq_rings.h - the rings of wcq_ring.h alone: half as many steps as wcq.h takes, so that more
 * operations fit. Include it after that header.
 */
#ifndef LOFT_TESTS_QUEUE_EXPLORE_WCQ_RINGS_H
#define LOFT_TESTS_QUEUE_EXPLORE_WCQ_RINGS_H

#include "hands.h"

/* At most so many steps for a push or pop of one ring: what wcq.h says. A thread of the explorer has 500 steps, so that
 * no client could break this promise. They promise less than twice what they were seen to take. */
#define RENEWALS(k)  (((k) - 1) * ((k) / 2))
#define TICKETS(k)   ((RENEWALS(k) + 1) * (2 * N + 3 * (k) - 1) + ((k) - 1) * ((k) - 1) + 2 * N + (k))
#define REQUEST(k)   (24 * TICKETS(k) + 8 * (k) + 24)
#define STEPS(k)     (2 * REQUEST(k) + 2 * (k) + 12)
#ifndef AT_MOST
#  define AT_MOST  80u
#endif
#ifndef AT_MOST_OF_THREE
#  define AT_MOST_OF_THREE  110u
#endif

LOFT_STATIC_ASSERT(STEPS(2) == 1296 && STEPS(3) == 2370, "docs/queue/wcq.md says so");
LOFT_STATIC_ASSERT(AT_MOST <= STEPS(2) && AT_MOST_OF_THREE <= STEPS(3), "a client promises more than wcq.h");

static loft_wcq q;
static loft_wcq_member member[THREADS];
static LOFT_ATOMIC(loft_seq) head[RINGS];
static LOFT_ATOMIC(loft_seq) tail[RINGS];
static loft_dwatomic entry[RINGS][2 * N];

static void
ring_promise(void)
{
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, q.members < 3 ? AT_MOST : AT_MOST_OF_THREE);
}

static bool
ring_push(unsigned r, unsigned thread, size_t i)
{
    return loft_wcq_push(&q, r, &member[thread], i);
}

static size_t
ring_pop(unsigned r, unsigned thread, bool final)
{
    return loft_wcq_pop(&q, r, &member[thread], final);
}

/* ---- before and after -------------------------------------------------------------------------------------------- */

/* Rings that an index has been through, so that the threshold is not used up, or new ones. Ring 0 is for thread 0 to
 * push to, and ring 1 for thread 1, each with one index; the other index is in nobody's hands. */
static void
begin_at(loft_seq ticket, bool used, unsigned members)
{
    loft_wcq_members_init_(&q, member, members);
    deal();
    for (unsigned r = 0; r < RINGS; r++) {
        loft_wcq_ring_init_(&q.ring[r], entry[r], &head[r], &tail[r], ORDER, members, false, ticket);
        if (used) {
            loft_explore_check(loft_wcq_push(&q, r, &member[0], 0));
            loft_explore_check(loft_wcq_pop(&q, r, &member[0], false) == 0);
        }
    }
}

static void begin_none(void) { begin_at(0, true, 1); }
static void begin_new(void) { begin_at(0, false, 2); }
static void begin(void) { begin_at(0, true, 2); }

/* Ring 0 is for both, with an index each. */
static void
begin_both_at(loft_seq ticket, unsigned members)
{
    begin_at(ticket, true, members);
    hand[1][0] = 1;
    hand[NOBODY][0] = RING_NONE;
}

static void begin_both(void) { begin_both_at(0, 2); }
static void begin_of_three(void) { begin_at(0, true, 3); }
static void begin_both_of_three(void) { begin_both_at(0, 3); }
static void begin_both_at_the_edge(void) { begin_both_at(SIZE_MAX / 2048 - 1, 2); }

/* A push has drawn a ticket and sleeps with it. */
static void
begin_asleep(void)
{
    begin();
    for (unsigned r = 0; r < RINGS; r++)
        (void)loft_fetch_add(&tail[r], LOFT_WCQ_UNIT_, relaxed);
}

/* Two pops have slept through a lap, and woken up: what they took lay in entries 0 and 1, which later pops found held
 * and made unsafe. Ticket 8 is for entry 0. */
static void
begin_unsafe(void)
{
    begin_at(7, true, 2);
    for (unsigned at = 0; at < 2; at++) {
        const loft_dw was = loft_dw_load(&entry[0][at], relaxed);
        loft_dw_init(&entry[0][at], loft_dw_of(was.lo, was.hi & ~(uintptr_t)loft_wcq_safe_(&q.ring[0])));
    }
    loft_init(&q.ring[0].threshold, q.ring[0].chances);
}

/* Ring 0 is for nobody to push to. */
static void
begin_empty(void)
{
    begin();
    hand[HANDS][0] = 0;
    hand[0][0] = RING_NONE;
}

static void
fill(void)
{
    give(0, 0);
    give(0, 1);
}

static void begin_full(void) { begin_both(); fill(); }

/* ---- a member that has stopped ----------------------------------------------------------------------------------- */

/* The last of three members has asked and stopped, just so far. It goes on when the others are done. */
enum stage { NEW, ASKS, NAMED, TOLD, DRAWN, DONE };
enum { SLEEPER = 2 };

static loft_seq wish;
static loft_seq asked;
static loft_seq ticket_of_push;

static void
asks(bool pop, enum stage stage)
{
    loft_wcq_member *const m = &member[SLEEPER];
    const loft_seq kind = pop ? LOFT_WCQ_POP_ : 0;
    LOFT_ATOMIC(loft_seq) *const counter = pop ? &head[0] : &tail[0];
    const loft_seq drawn = loft_load(counter, relaxed);
    ticket_of_push = drawn;
    wish = 4 * N | (pop ? 0 : 1);
    asked = 2 * LOFT_WCQ_UNIT_ | LOFT_WCQ_NEW_ | kind;
    if (!pop) {
        loft_plain_write(&under[0][1], 1u);
        hand[NOBODY][0] = RING_NONE;
    }
    loft_init(&m->wish, wish);
    loft_init(&m->state, stage == NEW ? asked : stage < TOLD ? drawn | kind | LOFT_WCQ_ASKS_ : drawn | kind);
    if (stage >= NAMED)
        loft_init(counter, (drawn + LOFT_WCQ_UNIT_) | (stage < DRAWN ? m->number : 0));
    if (stage >= NAMED && pop)
        (void)loft_fetch_sub(&q.ring[0].threshold, 1, relaxed);
    if (stage == DONE && !pop) {
        loft_explore_check(loft_wcq_put_(&q.ring[0], drawn, 1, m->number));
    }
}

static void
begin_asked(bool pop, bool one_in, enum stage stage)
{
    begin_at(0, true, 3);
    if (one_in)
        give(0, 0);
    asks(pop, stage);
}

static void begin_push_new(void) { begin_asked(false, false, NEW); }
static void begin_push_asks(void) { begin_asked(false, false, ASKS); }
static void begin_push_named(void) { begin_asked(false, false, NAMED); }
static void begin_push_told(void) { begin_asked(false, false, TOLD); }
static void begin_push_drawn(void) { begin_asked(false, false, DRAWN); }
static void begin_push_done(void) { begin_asked(false, false, DONE); }
static void begin_pop_new(void) { begin_asked(true, true, NEW); }
static void begin_pop_asks(void) { begin_asked(true, true, ASKS); }
static void begin_pop_named(void) { begin_asked(true, true, NAMED); }
static void begin_pop_drawn(void) { begin_asked(true, true, DRAWN); }
static void begin_pop_empty(void) { begin_asked(true, false, NEW); }

/* Its index is in, and the others begin with empty hands. */
static void
begin_push_in(void)
{
    begin_push_done();
    hand[HANDS][0] = hand[0][0];
    hand[0][0] = RING_NONE;
}

/* And a pop has drawn the ticket at tail, spoilt its entry, and sleeps before it brings tail up. */
static void
begin_push_behind(void)
{
    begin_push_new();
    const loft_seq h = loft_wcq_ticket_(loft_fetch_add(&head[0], LOFT_WCQ_UNIT_, relaxed));
    loft_dwatomic *const e = loft_wcq_entry_(&q.ring[0], h);
    const loft_dw was = loft_dw_load(e, relaxed);
    loft_dw_init(e, loft_dw_of(was.lo, (uintptr_t)(loft_wcq_cycle_(&q.ring[0], h) | loft_wcq_safe_(&q.ring[0])
                                                   | (q.ring[0].none - 1u))));
}

/* What it does when it goes on. */
static void
wakes(void)
{
    loft_wcq_member *const m = &member[SLEEPER];
    loft_wcq_run_(&q, m, wish, asked);
    const loft_seq s = loft_load(&m->state, relaxed);
    loft_explore_check(s & LOFT_WCQ_OVER_);
    if (!(s & LOFT_WCQ_POP_)) {
        if (s & LOFT_WCQ_VAIN_)
            hand[SLEEPER][0] = 1;
        else
            loft_wcq_renew_(&q.ring[0]);
    } else if (!(s & LOFT_WCQ_VAIN_)) {
        loft_dwatomic *const e = loft_wcq_entry_(&q.ring[0], loft_wcq_ticket_(s));
        hand[SLEEPER][0] = loft_wcq_take_(&q, 0, e, loft_wcq_ticket_(s), loft_dw_peek_hi(e, acquire));
        (void)loft_plain_read(&under[0][hand[SLEEPER][0]]);
    }
}

/* Each index is in one place: nothing stays behind in a ring that says it is empty. And tail has not run away. */
static void
end(void)
{
    for (unsigned r = 0; r < RINGS; r++) {
        bool seen[N] = { false, false };
        for (unsigned thread = 0; thread <= HANDS; thread++)
            if (hand[thread][r] != RING_NONE) {
                loft_explore_check(!seen[hand[thread][r]]);
                seen[hand[thread][r]] = true;
            }
        for (size_t i; (i = loft_wcq_pop(&q, r, &member[0], false)) != RING_NONE;) {
            loft_explore_check(i < N && !seen[i]);
            seen[i] = true;
        }
        for (unsigned i = 0; i < N; i++)
            loft_explore_check(seen[i]);
    }
}

/* And who has stopped goes on first. */
static void
end_asked(void)
{
    wakes();
    end();
}

/* A helper that stops when it has drawn. */
static void
draws(void)
{
    loft_seq s = asked;
    (void)loft_wcq_draw_(&q, &member[SLEEPER], wish, &s);
}

/* A helper that has seen the ticket of a push, and goes on. */
static void
goes_on(void)
{
    loft_wcq_run_(&q, &member[SLEEPER], wish, ticket_of_push);
}

/* A pop that has found nothing has brought tail up to its ticket, so that below head only the tickets of pops under way
 * are left to pushes. Nobody else pops. */
static void
polls(unsigned thread)
{
    const loft_seq h = loft_wcq_ticket_(loft_load(&head[0], relaxed));
    hand[NOBODY][0] = ring_pop(0, thread, false);
    if (hand[NOBODY][0] == RING_NONE)
        loft_explore_check((loft_seq_diff)(loft_wcq_ticket_(loft_load(&tail[0], relaxed)) - h) > 0);
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

/* Letter by letter: I pushes what the thread has in hand, O pops if it has nothing there, to ring 0; small letters, to
 * ring 1. F finalises ring 0, L pops from it as from a finalised one, P polls it and looks at tail. H works on what
 * the sleeper asks for, as does the call after S; D only draws a ticket for it, G has its ticket already; the call
 * after N does not look at it; W is the sleeper itself. J joins and leaves, and j must find a place. B writes down that
 * the thread has begun. A: from here on alone, R: by requests.
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
        case 'J': case 'j': {
            loft_wcq_member *const m = loft_wcq_join(&q);
            loft_explore_check(m || *letters == 'J');
            if (m) {
                loft_plain_write(&m->next, loft_plain_read(&m->next) ^ 1u);   /* as a call does */
                loft_wcq_leave(m);
            }
            break;
        }
        case 'B': loft_plain_write(&began[me], 1u); break;
#ifdef ALONE
        case 'A': ALONE(me) = 9; break;
        case 'R': ALONE(me) = 0; break;
#endif
        case 'S': loft_plain_write(&member[me].next, (unsigned)SLEEPER - 1); break;
        case 'H':
            loft_plain_write(&member[me].next, (unsigned)SLEEPER - 1);
            loft_wcq_help_(&q, &member[me]);
            break;
        case 'W': wakes(); break;
        case 'D': draws(); break;
        case 'G': goes_on(); break;
        case 'N': loft_plain_write(&member[me].next, (unsigned)SLEEPER); break;
        case 'P': polls(me); break;
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
            loft_wcq_finalise(&q);
            loft_explore_return(true, 0);
            break;
        }
}

#define PLAN(name, letters)  static void name(int thread) { plan(thread, letters); }

PLAN(io, "IO")
PLAN(ioi, "IOI")
PLAN(ioio, "IOIO")
PLAN(ooo, "OOO")
PLAN(i, "I")
PLAN(o, "O")
PLAN(aio, "AIO")
PLAN(aioi, "AIOI")
PLAN(ai, "AI")
PLAN(ao, "AO")
PLAN(aoo, "AOO")
PLAN(aooo, "AOOO")
PLAN(afl, "AFL")
PLAN(aooo_, "AOOO.")
PLAN(aoo_, "AOO.")
PLAN(ao_, "AO.")
PLAN(abo, "ABO")
PLAN(abo_, "ABO.")
PLAN(ai_after_1, "A1I")
PLAN(ai_after_1_and_2, "A12I")
PLAN(i_after_1_and_2, "12I")
PLAN(i_after_1, "1I")
PLAN(i_after_2, "2I")
PLAN(a_in_0_out_1, "AIo")
PLAN(a_in_1_out_0, "AiO")
PLAN(a_in_0_ask_1, "AIRo")
PLAN(a_in_1_ask_0, "AiRO")
PLAN(ask_0_a_out_1, "IAo")
PLAN(ask_1_a_out_0, "iAO")
PLAN(j, "J")
PLAN(jj, "jj")
PLAN(h, "H")
PLAN(si, "SI")
PLAN(so, "SO")
PLAN(sio, "SIO")
PLAN(w, "W")
PLAN(d, "D")
PLAN(g, "G")
PLAN(ap, "AP")
PLAN(a_lap, "ANONINONINONINONI")
PLAN(f, "F")
PLAN(oo, "OO")
PLAN(fl, "FL")
PLAN(in_0_out_1, "Io")
PLAN(in_1_out_0, "iO")

#define CLIENT(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = SPINS, \
      .spurious = LOFT_EXPLORE_NONE, .model = &slots_model, .model_arg = SLOTS_ARG(8, 0, 0) }

/* And each thread frozen at each of its steps: the others come to an end, within the steps that were promised. */
#define FREEZE(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = SPINS, \
      .spurious = LOFT_EXPLORE_NONE, .flags = LOFT_EXPLORE_FREEZE, .model = &slots_model, \
      .model_arg = SLOTS_ARG(8, 0, 0) }

/* Some of them. */
#define SOME(text, count, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = SPINS, \
      .executions = (count), .model = &slots_model, .model_arg = SLOTS_ARG(8, 0, 0) }

/* Three members, of which the last sleeps: nobody records what it does. */
#define ASLEEP(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end_asked, .spins = SPINS, \
      .spurious = LOFT_EXPLORE_NONE }

/* And with a helper frozen, too, at each of its steps. */
#define FROZEN(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end_asked, .spins = SPINS, \
      .spurious = LOFT_EXPLORE_NONE, .flags = LOFT_EXPLORE_FREEZE }

/* It wakes as the last thread. */
#define AWAKE(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = SPINS, \
      .spurious = LOFT_EXPLORE_NONE }

#endif
