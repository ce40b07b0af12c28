/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/mpmc.h - what queues promise to many threads, as clients of the explorer. Include it after the
 * queue, an instance `fifo` of elements of type unsigned, and what it says of itself: EXACT_LENGTH, whether approx_len
 * is exact when nothing runs, and how to stop in the middle of an operation, DRAW_POP and SLEEPER, if that can be said;
 * PUSH_LABEL and POP_LABEL, if they are not lock-free, and CLOSE_LABEL, if it is not two steps; UNBOUNDED, if it never
 * is full.
 *
 * Each call is recorded for the model in slots.h. Under each element lies plain memory that is written before the push
 * and read after the pop, so that an edge that is missing shows as a race even where the answer is right.
 */
#ifndef LOFT_TESTS_QUEUE_EXPLORE_MPMC_H
#define LOFT_TESTS_QUEUE_EXPLORE_MPMC_H

#include "slots.h"

/* Each program takes what it needs. */
#pragma GCC diagnostic ignored "-Wunused-function"

#ifndef PUSH_LABEL
#  define PUSH_LABEL  LOFT_EXPLORE_LOCK_FREE, 0
#endif
#ifndef POP_LABEL
#  define POP_LABEL  LOFT_EXPLORE_LOCK_FREE, 0
#endif

#ifndef CLOSE_LABEL
#  define CLOSE_LABEL  LOFT_EXPLORE_WAIT_FREE, 2
#endif
#ifdef UNBOUNDED
#  define MOST  ELEMENTS                                 /* approx_len may say */
#else
#  define MOST  CAPACITY
#endif

enum { ELEMENTS = 40, CAPACITY = 2 };

static fifo one;
static fifo two;
static unsigned under[ELEMENTS];                         /* behind element v: v, once it has been pushed */
static unsigned done[ELEMENTS];                          /* written by who popped element v: it is done  */
static unsigned last_words;                              /* written before the one close             */
static bool in[ELEMENTS];                                /* element v was accepted                       */
static LOFT_ATOMIC(unsigned) over[SLOTS_THREADS];        /* see plan                                 */
static bool out[ELEMENTS];                               /* element v was taken                          */

static fifo *
of(unsigned key)
{
    return key == 0 ? &one : &two;
}

static bool
push_to(unsigned key, unsigned v)
{
    loft_plain_write(&under[v], v);
    loft_explore_promise(PUSH_LABEL);
    loft_explore_call(SLOTS_PUSHING, key, v);
    loft_explore_return(true, 0);
    loft_explore_call(SLOTS_PUSH, key, v);
    in[v] = fifo_try_push(of(key), v);
    loft_explore_return(in[v], 0);
    loft_explore_call(SLOTS_OVER, key, v);
    loft_explore_return(true, 0);
    return in[v];
}

/* The element, or 0: none. */
static unsigned
pop_from(unsigned key)
{
    unsigned v = 0;
    loft_explore_promise(POP_LABEL);
    loft_explore_call(SLOTS_POPPING, key, 0);
    loft_explore_return(true, 0);
    loft_explore_call(SLOTS_POP, key, 0);
    const bool got = fifo_try_pop(of(key), &v);
    loft_explore_return(got, v);
    loft_explore_call(SLOTS_OVER, key, 0);
    loft_explore_return(true, 0);
    if (!got) {
        loft_explore_check(v == 0);
        return 0;
    }
    loft_explore_check(v < ELEMENTS && loft_plain_read(&under[v]) == v && !out[v]);
    out[v] = true;
    return v;
}

static bool
push(unsigned v)
{
    return push_to(0, v);
}

static unsigned
pop(void)
{
    return pop_from(0);
}

static void
close_it(void)
{
    loft_explore_promise(CLOSE_LABEL);
    loft_explore_call(SLOTS_CLOSE, 0, 0);
    fifo_close(&one);
    loft_explore_return(true, 0);
}

static bool
ask_closed(void)
{
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, 1);
    loft_explore_call(SLOTS_IS_CLOSED, 0, 0);
    const bool closed = fifo_is_closed(&one);
    loft_explore_return(closed, 0);
    if (closed)
        loft_explore_check(loft_plain_read(&last_words) == 1);
    return closed;
}

/* ---- before and after -------------------------------------------------------------------------------------------- */

static void
clear(void)
{
    for (unsigned v = 0; v < ELEMENTS; v++) {
        under[v] = 0;
        done[v] = 0;
        in[v] = false;
        out[v] = false;
    }
    for (unsigned i = 0; i < SLOTS_THREADS; i++)
        loft_init(&over[i], 0u);
    last_words = 0;
}

/* Elements that are in before anybody calls. */
static void
begin_queue(unsigned key, size_t ticket, unsigned elements)
{
    loft_explore_check(fifo_init(of(key), CAPACITY) == LOFT_OK);
    if (ticket)
        fifo_start_at_(of(key), ticket);
    for (unsigned i = 0; i < elements; i++) {
        const unsigned v = SLOTS_FIRST + 2 * i + key;
        loft_plain_write(&under[v], v);
        in[v] = fifo_try_push(of(key), v);
        loft_explore_check(in[v]);
    }
}

static void
begin_with(unsigned elements)
{
    clear();
    begin_queue(0, 0, elements);
}

static void begin(void) { begin_with(0); }
static void begin_with_1(void) { begin_with(1); }
static void begin_full(void) { begin_with(CAPACITY); }

static void
begin_both_with(unsigned elements)
{
    clear();
    begin_queue(0, 0, elements);
    begin_queue(1, 0, elements);
}

static void begin_both(void) { begin_both_with(0); }
static void begin_both_with_1(void) { begin_both_with(1); }
static void begin_both_full(void) { begin_both_with(CAPACITY); }

/* An element has been through, so that the threshold is not used up. */
static void
use(unsigned key)
{
    unsigned v = 0;
    loft_explore_check(fifo_try_push(of(key), 1));
    loft_explore_check(fifo_try_pop(of(key), &v) && v == 1);
}

static void
begin_used(void)
{
    begin();
    use(0);
}

#ifdef SLEEPER
/* And a push has drawn a ticket and sleeps with it: tail is one ahead of what will come. */
static void
begin_both_asleep(void)
{
    begin_both();
    use(0);
    use(1);
    SLEEPER(&one);
    SLEEPER(&two);
}
#endif

static void
begin_both_used(void)
{
    begin_both();
    use(0);
    use(1);
}

/* Just below an edge: of the word, of a signed word, and so of the tickets, which are doubled, and of a cycle. */
static void begin_at_the_last(void) { clear(); begin_queue(0, SIZE_MAX, 0); }
static void begin_before_half(void) { clear(); begin_queue(0, SIZE_MAX / 2 - 1, 0); }
static void begin_before_a_quarter(void) { clear(); begin_queue(0, SIZE_MAX / 4 - 1, 0); }
static void begin_at_a_lap(void) { clear(); begin_queue(0, 3, 0); }

#ifdef DRAW_POP
/* A pop has drawn the ticket of the only element and sleeps; the others have gone once round the ring, so that the next
 * ticket is for the same entry. The pop goes on where thread 0 `wakes`. */
static void
begin_a_lap_behind(void)
{
    unsigned v = 0;
    begin_with(1);
    DRAW_POP(&one);
    for (unsigned i = 1; i < 2 * CAPACITY; i++)
        loft_explore_check(fifo_try_push(&one, i) && fifo_try_pop(&one, &v) && v == i);
}

static void
wakes(int thread)
{
    (void)thread;
    loft_explore_call(SLOTS_POPPING, 0, 0);
    loft_explore_return(true, 0);
    loft_explore_call(SLOTS_POP, 0, 0);
    const unsigned v = finish_pop(&one);
    loft_explore_return(true, v);
    loft_explore_call(SLOTS_OVER, 0, 0);
    loft_explore_return(true, 0);
    loft_explore_check(v == SLOTS_FIRST && loft_plain_read(&under[v]) == v && !out[v]);
    out[v] = true;
}
#endif

/* What is left comes out, and whatever went in came out once; and then all slots are there to be used. */
static void
drain(unsigned key)
{
    unsigned v = 0;
    unsigned left = 0;
    loft_explore_check(fifo_approx_len(of(key)) <= MOST);
    while (fifo_try_pop(of(key), &v)) {
        loft_explore_check(v < ELEMENTS && in[v] && !out[v]);
        out[v] = true;
        left++;
    }
#ifndef UNBOUNDED
    loft_explore_check(left <= CAPACITY);
#endif
}

static void
balance(void)
{
    for (unsigned v = 0; v < ELEMENTS; v++)
        loft_explore_check(in[v] == out[v]);
}

static void
refill(unsigned key)
{
    unsigned v = 0;
    if (fifo_is_closed(of(key))) {
        loft_explore_check(!fifo_try_push(of(key), 1));
        loft_explore_check(!EXACT_LENGTH || fifo_approx_len(of(key)) == 0);
    } else {
        for (unsigned i = 1; i <= CAPACITY; i++)
            loft_explore_check(fifo_try_push(of(key), i));
#ifndef UNBOUNDED
        loft_explore_check(!fifo_try_push(of(key), CAPACITY + 1));
        loft_explore_check(fifo_approx_len(of(key)) == CAPACITY);
#endif
        for (unsigned i = 1; i <= CAPACITY; i++)
            loft_explore_check(fifo_try_pop(of(key), &v) && v == i);
    }
    loft_explore_check(!fifo_try_pop(of(key), &v));
}

static void
end(void)
{
    drain(0);
    balance();
    refill(0);
    fifo_fini(&one);
}

static void
end_both(void)
{
    drain(0);
    drain(1);
    balance();
    refill(0);
    refill(1);
    fifo_fini(&one);
    fifo_fini(&two);
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

/* Letter by letter: I pushes, O pops, C closes, X closes beside another, ? asks is_closed, L asks approx_len.
 * Elements are 1.. for thread 0, 11.. for thread 1, 21.. for thread 2.
 *
 * A digit ends the plan unless that thread has come to its dot. That is the order in which things happen, and nothing
 * that either thread knows of the other: it is relaxed. So the search is small, and an order that is missing shows. */
static void
plan(int thread, const char *letters)
{
    unsigned v = (unsigned)thread * 10 + 1;
    for (; *letters; letters++)
        switch (*letters) {
        case '.':
            loft_store(&over[thread], 1u, relaxed);
            break;
        case '0': case '1': case '2':
            if (loft_load(&over[*letters - '0'], relaxed) == 0)
                return;
            break;
        case 'I': (void)push(v++); break;
        case 'O': (void)pop(); break;
        case 'C':
            loft_plain_write(&last_words, 1);
            close_it();
            break;
        case 'X': close_it(); break;
        case '?': (void)ask_closed(); break;
        case 'L': loft_explore_check(fifo_approx_len(&one) <= MOST); break;
        }
}

#define PLAN(name, letters)  static void name(int thread) { plan(thread, letters); }

PLAN(io, "IO")
PLAN(oi, "OI")
PLAN(i, "I")
PLAN(o, "O")
PLAN(iii, "III")
PLAN(i_after_1, "1I")
PLAN(i_after_1_and_2, "12I")
PLAN(o_, "O.")
PLAN(i_after_2, "2I")
PLAN(ii_after_1, "1II")
PLAN(i_after_1_, "1I.")
PLAN(ioi_after_1_, "1IOI.")
PLAN(oo_, "OO.")
PLAN(ooo_, "OOO.")
PLAN(ooo, "OOO")
PLAN(iio, "IIO")
PLAN(ioo, "IOO")
PLAN(ioi, "IOI")
PLAN(ioio, "IOIO")
PLAN(oioi, "OIOI")
PLAN(oio, "OIO")
PLAN(oii, "OII")
PLAN(ooi, "OOI")
PLAN(c, "C")
PLAN(ic, "IC")
PLAN(xo, "XO")
PLAN(coo, "COO")
PLAN(xoo, "XOO")
PLAN(asks_o, "?O")
PLAN(i_asks, "I?")
PLAN(oo, "OO")
PLAN(ii_asks, "II?")
PLAN(asks_oo, "?OO")
PLAN(ilo, "ILO")
PLAN(ooo_l, "LOLOL")

/* In bulk: what comes out of one queue by one thread is in order, and each part is a prefix. */
static void
bulk_in(int thread)
{
    static const unsigned v[3] = { 1, 2, 3 };
    (void)thread;
    for (unsigned k = 0; k < 3; k++)
        loft_plain_write(&under[v[k]], v[k]);
    const size_t n = fifo_push_n(&one, v, 3);
    loft_explore_check(n <= 3);
    for (unsigned k = 0; k < n; k++)
        in[v[k]] = true;
}

static void
bulk_out(int thread)
{
    unsigned v[3] = { 0, 0, 0 };
    (void)thread;
    const size_t n = fifo_pop_n(&one, v, 3);
    loft_explore_check(n <= 3);
    for (unsigned k = 0; k < 3; k++) {
        loft_explore_check(v[k] == (k < n ? k + 1 : 0));
        if (k < n) {
            loft_explore_check(loft_plain_read(&under[v[k]]) == v[k]);
            out[v[k]] = true;
        }
    }
}

/* A push that found room knows what was done before the pop that made it. One producer, one consumer: element v has
 * its place because v - CAPACITY has been taken, which the consumer did after it was done with all before that. */
static void
credit_in(int thread)
{
    (void)thread;
    for (unsigned v = 1; v <= CAPACITY + 2; v++)
        if (!push(v))
            break;
        else if (v > CAPACITY)
            loft_explore_check(loft_plain_read(&done[v - CAPACITY]) == v - CAPACITY);
}

static void
credit_out(int thread)
{
    (void)thread;
    for (unsigned v = 1; v <= CAPACITY; v++) {
        loft_plain_write(&done[v], v);                   /* before the pop: it is what the edge speaks of */
        if (pop() == 0)
            break;
    }
}

/* Two queues. "Empty" and "full" are true at one instant for all threads: what one thread is refused by one queue and
 * another by the other has to fit one order of all four calls. */
static void in_0_out_1(int thread) { (void)push_to(0, (unsigned)thread * 10 + 1); (void)pop_from(1); }
static void in_1_out_0(int thread) { (void)push_to(1, (unsigned)thread * 10 + 1); (void)pop_from(0); }
static void out_0_in_1(int thread) { (void)pop_from(0); (void)push_to(1, (unsigned)thread * 10 + 1); }
static void out_1_in_0(int thread) { (void)pop_from(1); (void)push_to(0, (unsigned)thread * 10 + 1); }

static void in_0(int thread) { (void)push_to(0, (unsigned)thread * 10 + 1); }
static void in_1(int thread) { (void)push_to(1, (unsigned)thread * 10 + 1); }
static void out_0_out_1(int thread) { (void)thread; (void)pop_from(0); (void)pop_from(1); }
static void out_1_out_0(int thread) { (void)thread; (void)pop_from(1); (void)pop_from(0); }

/* A push that is turned away, then a pop there, then a push elsewhere. */
static void
turned_0(int thread)
{
    (void)push_to(0, (unsigned)thread * 10 + 1);
    (void)pop_from(0);
    (void)push_to(1, (unsigned)thread * 10 + 2);
}

static void
turned_1(int thread)
{
    (void)push_to(1, (unsigned)thread * 10 + 1);
    (void)pop_from(1);
    (void)push_to(0, (unsigned)thread * 10 + 2);
}

static void
in_0_in_1(int thread)
{
    (void)push_to(0, (unsigned)thread * 10 + 1);
    (void)push_to(1, (unsigned)thread * 10 + 2);
}

#endif
