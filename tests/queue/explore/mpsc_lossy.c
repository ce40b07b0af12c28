/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/mpsc_lossy.c - mpsc.h, overwriting, in every execution that C11 allows: each element is popped
 * once or counted as overwritten, whole, in the order of its producer, and nobody waits but for a push under way.
 */
#include <loft/check/explore.h>

#define LOFT_LINGER_MAX  0                               /* waiting is for the stress tests */

#define LOFT_QUEUE_NAME  fifo
#define LOFT_QUEUE_T     unsigned
#define LOFT_QUEUE_FULL  LOFT_MPSC_OVERWRITE
#include <loft/queue/mpsc.h>

#define EXACT_LENGTH  1
#define UNBOUNDED                                        /* no push is refused for want of room */

#include "mpmc.h"

static unsigned newest[5];                               /* by thread, 3: in from the start: the last that came */
static unsigned tried;

static void
came(unsigned v)
{
    const unsigned by = v >= SLOTS_FIRST ? 3 : v / 10;
    loft_explore_check(v > newest[by]);
    newest[by] = v;
}

static void
begin_lossy(size_t ticket, unsigned elements)
{
    clear();
    for (unsigned i = 0; i < 5; i++)
        newest[i] = 0;
    begin_queue(0, ticket, elements);
    tried = elements;
}

static void lossy_empty(void) { begin_lossy(0, 0); }
static void lossy_one(void) { begin_lossy(0, 1); }
static void lossy_full(void) { begin_lossy(0, CAPACITY); }
static void lossy_over(void) { begin_lossy(0, 3 * CAPACITY - 1); }
static void lossy_at_the_last(void) { begin_lossy(SIZE_MAX - 1, 1); }
static void lossy_before_half(void) { begin_lossy(SIZE_MAX / 2 - 1, 1); }

/* What was counted at the start of the wraparound clients is not 0. */
static uint64_t
less(uint64_t now, uint64_t then)
{
    return (now - then) & LOFT_MPSC_COUNTS;
}

static void
end_lossy_from(size_t ticket)
{
    unsigned v = 0;
    unsigned in_all = 0;
    unsigned out_all = 0;
    const size_t length = fifo_approx_len(&one);
    size_t left = 0;
    loft_explore_check(!fifo_is_stalled(&one));
    while (fifo_try_pop(&one, &v)) {
        loft_explore_check(v < ELEMENTS && in[v] && !out[v] && loft_plain_read(&under[v]) == v);
        came(v);
        out[v] = true;
        left++;
    }
    loft_explore_check(left == length && left <= CAPACITY);
    for (v = 0; v < ELEMENTS; v++) {
        loft_explore_check(in[v] || !out[v]);
        in_all += in[v];
        out_all += out[v];
    }
    const loft_mpsc_stats s = fifo_stats_get(&one);
    loft_explore_check(less(s.accepted, ticket) == in_all && less(s.popped, ticket) == out_all);
    loft_explore_check(less(s.overwritten, ticket) == in_all - out_all);
    if (!fifo_is_closed(&one)) {                         /* all slots and cells are there */
        for (unsigned i = 1; i <= CAPACITY + 1; i++)
            loft_explore_check(fifo_try_push(&one, i));
        loft_explore_check(fifo_approx_len(&one) == CAPACITY);
        for (unsigned i = 2; i <= CAPACITY + 1; i++)
            loft_explore_check(fifo_try_pop(&one, &v) && v == i);
    } else {
        loft_explore_check(!fifo_try_push(&one, 1));
    }
    loft_explore_check(!fifo_try_pop(&one, &v));
    fifo_fini(&one);
}

static void end_lossy(void) { end_lossy_from(0); }
static void end_at_the_last(void) { end_lossy_from(SIZE_MAX - 1); }
static void end_before_half(void) { end_lossy_from(SIZE_MAX / 2 - 1); }

/* As in plan, but that what comes is in order, and that an open queue refuses only beside a push of the lap before. */
static void
lossy(int thread, const char *letters)
{
    unsigned v = (unsigned)thread * 10 + 1;
    unsigned got = 0;
    loft_explore_promise(LOFT_EXPLORE_LOCK_FREE, 0);
    for (; *letters; letters++)
        switch (*letters) {
        case 'I':
            (void)push(v++);
            break;
        case 'A':                                        /* no push of a lap before can be under way */
            loft_explore_check(push(v++));
            break;
        case 'O':
            got = pop();
            if (got)
                came(got);
            break;
        case 'B': {                                      /* two in bulk */
            unsigned two_of[2] = { 0, 0 };
            const size_t n = fifo_pop_n(&one, two_of, 2);
            for (size_t k = 0; k < n; k++) {
                loft_explore_check(loft_plain_read(&under[two_of[k]]) == two_of[k] && !out[two_of[k]]);
                out[two_of[k]] = true;
                came(two_of[k]);
            }
            break;
        }
        case 'N': {
            unsigned two_of[2];
            for (unsigned k = 0; k < 2; k++) {
                two_of[k] = v++;
                loft_plain_write(&under[two_of[k]], two_of[k]);
            }
            const size_t n = fifo_push_n(&one, two_of, 2);
            for (size_t k = 0; k < n; k++)
                in[two_of[k]] = true;
            break;
        }
        case 'X':
            fifo_close(&one);
            break;
        case 'L':
            loft_explore_check(fifo_approx_len(&one) <= CAPACITY);
            break;
        case 'S':
            (void)fifo_is_stalled(&one);
            break;
        }
}

#define LOSSY(name, letters)  static void name(int thread) { lossy(thread, letters); }

LOSSY(i_1, "I")
LOSSY(i_2, "II")
LOSSY(i_3, "III")
LOSSY(n_1, "N")
LOSSY(a_1, "A")
LOSSY(a_3, "AAA")
LOSSY(a_4, "AAAA")
LOSSY(a_5, "AAAAA")
LOSSY(o_1, "O")
LOSSY(o_2, "OO")
LOSSY(o_3, "OOO")
LOSSY(b_2, "BB")
LOSSY(oso, "OSO")
LOSSY(oioo, "OIOO")
LOSSY(l_2, "LL")
LOSSY(one_at_a_time, "IOIO")
LOSSY(xo_2, "XO")
LOSSY(oxo, "OXO")
LOSSY(x, "X")

/* What is there was pushed: the tail that approx_len goes by is not older than its head. */
static void
length_of_one(int thread)
{
    (void)thread;
    loft_explore_check(fifo_approx_len(&one) <= 1);
}

/* There is never more than one, however far apart the words are that it asks. */
static void
never_high(int thread)
{
    (void)thread;
    loft_explore_check(!fifo_is_high(&one));
}

#define EACH(text, before, after, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = after, .spins = 8, \
      .spurious = LOFT_EXPLORE_NONE }
/* Some of them, and all where LOFT_EXPLORE_SCALE asks for it. */
#define SOME(text, count, before, after, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = after, .spins = 8, \
      .spurious = LOFT_EXPLORE_NONE, .executions = (count), .flags = LOFT_EXPLORE_ALL }
/* After close() the consumer waits for pushes under way. */
#define WAITS(text, before, after, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = after, .spins = 1, \
      .spurious = LOFT_EXPLORE_NONE }
#define STOPPED(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end_lossy, .spins = 8, \
      .spurious = LOFT_EXPLORE_NONE, .flags = LOFT_EXPLORE_FREEZE }

static const loft_explore_client clients[] = {
    EACH("AAAAA|OOO", lossy_empty, end_lossy, a_5, o_3),
    EACH("AAA|OOO when full", lossy_full, end_lossy, a_3, o_3),
    EACH("AAAA|OO when full", lossy_full, end_lossy, a_4, o_2),
    EACH("AAA|OOO, passed over", lossy_over, end_lossy, a_3, o_3),
    EACH("II|A", lossy_empty, end_lossy, i_2, a_1),
    EACH("AAA|OSO", lossy_one, end_lossy, a_3, oso),
    EACH("AAA|BB", lossy_full, end_lossy, a_3, b_2),
    EACH("III|OIOO", lossy_one, end_lossy, i_3, oioo),
    EACH("II|II", lossy_one, end_lossy, i_2, i_2),
    EACH("III|II", lossy_full, end_lossy, i_3, i_2),
    EACH("N|II", lossy_full, end_lossy, n_1, i_2),
    EACH("I|I|OO when full", lossy_full, end_lossy, i_1, i_1, o_2),
    SOME("II|I|OO when full", 20000, lossy_full, end_lossy, i_2, i_1, o_2),
    SOME("III|II|OOO", 20000, lossy_one, end_lossy, i_3, i_2, o_3),
    SOME("III|II|BB when full", 20000, lossy_full, end_lossy, i_3, i_2, b_2),
    SOME("N|III|OOO, passed over", 20000, lossy_over, end_lossy, n_1, i_3, o_3),
    EACH("length", lossy_full, end_lossy, i_2, o_2, l_2),
    EACH("length of one", lossy_empty, end_lossy, i_1, o_1, length_of_one),
    EACH("never high", lossy_empty, end_lossy, one_at_a_time, never_high),
    EACH("from the last number", lossy_at_the_last, end_at_the_last, i_2, o_2, i_1),
    EACH("from half way", lossy_before_half, end_before_half, i_2, o_2, i_1),
    WAITS("closed beside pushes", lossy_full, end_lossy, i_2, x, i_1),
    WAITS("closed by the consumer", lossy_one, end_lossy, i_2, xo_2, i_1),
    WAITS("closed in between", lossy_one, end_lossy, i_2, oxo, i_1),
    STOPPED("nobody waits: II|OO", lossy_full, i_2, o_2),
    STOPPED("nobody waits: I|I|O", lossy_full, i_1, i_1, o_1),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
