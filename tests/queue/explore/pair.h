/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/pair.h - what spsc.h and spsc_word.h promise, as clients of the explorer. Include it after the
 * queue, an instance `fifo` of elements of type unsigned, with PUSH_STEPS and POP_STEPS, the most atomic accesses a
 * call may make.
 *
 * Plain memory lies under both edges, so that a missing one shows as a race even where the answer is right: what an
 * element stands for is written before the push and read after the pop; and what the consumer does before it pops an
 * element is read by the producer once a push has found the room which that pop made.
 */
#ifndef LOFT_TESTS_QUEUE_EXPLORE_PAIR_H
#define LOFT_TESTS_QUEUE_EXPLORE_PAIR_H

#include "slots.h"

/* Each program takes what it needs. */
#pragma GCC diagnostic ignored "-Wunused-function"

enum { ELEMENTS = 40, CAPACITY = 2 };

static fifo one;
static fifo two;
static size_t capacity;
static unsigned under[ELEMENTS];                         /* behind element v: v, once it was pushed     */
static unsigned done[ELEMENTS];                          /* i: the consumer was about to pop its i-th   */
static unsigned last_words;                              /* written before the first close              */
static bool closed;                                      /* the producer's                              */
static unsigned accepted;                                /* pushes; the producer's                      */
static unsigned taken;                                   /* pops; the consumer's                        */
static unsigned expected;                                /* the element that the consumer takes next    */

/* ---- before and after -------------------------------------------------------------------------------------------- */

static void
begin_with(size_t slots, size_t ticket, unsigned elements)
{
    for (unsigned v = 0; v < ELEMENTS; v++) {
        under[v] = 0;
        done[v] = 0;
    }
    last_words = 0;
    closed = false;
    accepted = 0;
    taken = 0;
    expected = 0;
    capacity = slots;
    loft_explore_check(fifo_init(&one, slots) == LOFT_OK);
    if (ticket)
        fifo_start_at_(&one, ticket);
    for (unsigned i = 0; i < elements; i++) {
        const unsigned v = SLOTS_FIRST + 2 * i;
        loft_plain_write(&under[v], v);
        loft_explore_check(fifo_try_push(&one, v));
        accepted++;
    }
}

static void begin(void) { begin_with(CAPACITY, 0, 0); }
static void begin_with_1(void) { begin_with(CAPACITY, 0, 1); }
static void begin_full(void) { begin_with(CAPACITY, 0, CAPACITY); }
static void begin_single(void) { begin_with(1, 0, 0); }
static void begin_triple(void) { begin_with(3, 0, 0); }

/* The positions are one before the wrap, and both sides know what the other one has done. */
static void
begin_turned(void)
{
    unsigned v = 0;
    begin();
    loft_explore_check(fifo_try_push(&one, 1) && fifo_try_pop(&one, &v) && v == 1);
}

/* Just below an edge: of the word, of a signed word, of the ring. */
static void begin_at_the_last(void) { begin_with(CAPACITY, SIZE_MAX, 0); }
static void begin_before_the_last(void) { begin_with(CAPACITY, SIZE_MAX - 1, 0); }
static void begin_at_half(void) { begin_with(CAPACITY, SIZE_MAX / 2, 0); }
static void begin_before_half(void) { begin_with(CAPACITY, SIZE_MAX / 2 - 1, 0); }

/* What is left comes out, and then all slots are there to be used, unless it is closed. */
static void
end(void)
{
    unsigned v = 0;
    size_t left = fifo_approx_len(&one);
    loft_explore_check(left == accepted - taken && left <= capacity);
    while (fifo_try_pop(&one, &v)) {
        loft_explore_check(v < ELEMENTS && under[v] == v);
        left--;
    }
    loft_explore_check(left == 0);
    if (fifo_is_closed(&one)) {
        loft_explore_check(!fifo_try_push(&one, 1));
    } else {
        for (unsigned i = 1; i <= capacity; i++)
            loft_explore_check(fifo_try_push(&one, i));
        loft_explore_check(!fifo_try_push(&one, 9) && fifo_approx_len(&one) == capacity);
        for (unsigned i = 1; i <= capacity; i++)
            loft_explore_check(fifo_try_pop(&one, &v) && v == i);
    }
    loft_explore_check(!fifo_try_pop(&one, &v));
    fifo_fini(&one);
}

/* ---- calls ------------------------------------------------------------------------------------------------------- */

/* A push has just found room: the element that lay in its slot has been taken, by a pop before which that was done. */
static void
found_room(void)
{
    accepted++;
    if (accepted > capacity) {
        const unsigned i = accepted - (unsigned)capacity;
        loft_explore_check(loft_plain_read(&done[i]) == i);
    }
}

static void
about_to_pop(size_t n)
{
    for (unsigned i = taken + 1; i <= taken + n; i++)
        loft_plain_write(&done[i], i);
}

static void
popped(unsigned v)
{
    taken++;
    loft_explore_check(v < ELEMENTS && loft_plain_read(&under[v]) == v);
}

static bool
push(unsigned v)
{
    loft_plain_write(&under[v], v);
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, PUSH_STEPS);
    loft_explore_call(LOFT_LINEAR_PUSH, 0, v);
    const bool went = fifo_try_push(&one, v);
    loft_explore_return(went, 0);
    if (went)
        found_room();
    return went;
}

static bool
pop(void)
{
    unsigned v = 0;
    about_to_pop(1);
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, POP_STEPS);
    loft_explore_call(LOFT_LINEAR_POP, 0, 0);
    const bool came = fifo_try_pop(&one, &v);
    loft_explore_return(came, v);
    loft_explore_check(came || v == 0);
    if (came)
        popped(v);
    return came;
}

static void
close_it(void)
{
    if (!closed)
        loft_plain_write(&last_words, 1);
    closed = true;
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, 2);
    loft_explore_call(LOFT_LINEAR_CLOSE, 0, 0);
    fifo_close(&one);
    loft_explore_return(true, 0);
}

static void
ask_closed(void)
{
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, 1);
    loft_explore_call(LOFT_LINEAR_IS_CLOSED, 0, 0);
    const bool is = fifo_is_closed(&one);
    loft_explore_return(is, 0);
    if (is)
        loft_explore_check(loft_plain_read(&last_words) == 1);
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

/* Letter by letter: I pushes, O pops, C closes, ? asks is_closed, L asks approx_len. Elements are 1, 2, ... */
static void
plan(const char *letters)
{
    unsigned v = 1;
    for (; *letters; letters++)
        switch (*letters) {
        case 'I': (void)push(v++); break;
        case 'O': (void)pop(); break;
        case 'C': close_it(); break;
        case '?': ask_closed(); break;
        case 'L': loft_explore_check(fifo_approx_len(&one) <= capacity); break;
        }
}

#define PLAN(name, letters)  static void name(int thread) { (void)thread; plan(letters); }

PLAN(iii, "III")
PLAN(iiii, "IIII")
PLAN(ooo, "OOO")
PLAN(oooo, "OOOO")
PLAN(iiiiiiii, "IIIIIIII")
PLAN(oooooooo, "OOOOOOOO")
PLAN(iici, "IICI")
PLAN(ici, "ICI")
PLAN(icc, "ICC?")
PLAN(asks_ooo, "?OOO")
PLAN(o_asks_oo, "O?OO")
PLAN(watches, "L?L?")
PLAN(ilil, "ILIL")
PLAN(olol, "OLOL")

/* In bulk: what goes in is a prefix, what comes out is a prefix of that, in order. */
static void
bulk_in(int thread)
{
    static const unsigned v[3] = { 1, 2, 3 };
    (void)thread;
    for (unsigned i = 0; i < 3; i++)
        loft_plain_write(&under[v[i]], v[i]);
    const size_t n = fifo_push_n(&one, v, 3);
    loft_explore_check(n >= capacity - (capacity > 2) && n <= 3);
    for (size_t i = 0; i < n; i++)
        found_room();
}

static void
bulk_out_n(size_t want)
{
    unsigned v[3] = { 0, 0, 0 };
    about_to_pop(want);
    const size_t n = fifo_pop_n(&one, v, want);
    loft_explore_check(n <= want);
    for (size_t i = 0; i < 3; i++)
        loft_explore_check(v[i] == (i < n ? expected + i + 1 : 0));
    expected += (unsigned)n;
    for (size_t i = 0; i < n; i++)
        popped(v[i]);
}

static void bulk_out(int thread) { (void)thread; bulk_out_n(3); }
static void bulk_out_twice(int thread) { (void)thread; bulk_out_n(1); bulk_out_n(2); }

/* Two queues, one each way. */
static void
begin_both(void)
{
    begin();
    loft_explore_check(fifo_init(&two, CAPACITY) == LOFT_OK);
}

static bool answer[2];

static void
there(int thread)
{
    unsigned v;
    (void)thread;
    loft_explore_check(fifo_try_push(&one, 1));
    answer[0] = fifo_try_pop(&two, &v);
}

static void
here(int thread)
{
    unsigned v;
    (void)thread;
    loft_explore_check(fifo_try_push(&two, 2));
    answer[1] = fifo_try_pop(&one, &v);
}

static void
end_both(void)
{
    loft_explore_outcome((uint64_t)answer[0] | (uint64_t)answer[1] << 1);
    fifo_fini(&one);
    fifo_fini(&two);
}

#endif
