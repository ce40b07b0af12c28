/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/mpsc.c - the contract of mpsc.h, refusing, in every execution that C11 allows. What overwrites is
 * in mpsc_lossy.c.
 */
#include <loft/check/explore.h>

#define LOFT_LINGER_MAX  0                               /* waiting is for the stress tests */

#define LOFT_QUEUE_NAME  fifo
#define LOFT_QUEUE_T     unsigned
#include <loft/queue/mpsc.h>

#define EXACT_LENGTH  1
#define POP_LABEL     LOFT_EXPLORE_BLOCKING, 0           /* after close; else see "in few steps" */

#include "mpmc.h"
#include "mpmc_clients.h"

#define ONE_CONSUMER    SLOTS_STALLS
#define MODEL_CAPACITY  CAPACITY

#include "mpsc_clients.h"

/* Open, a pop asks two words and no more, whoever is stopped. */
static void
pops_in_few_steps(int thread)
{
    unsigned v = 0;
    (void)thread;
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, 5);
    for (unsigned look = 0; look < 3; look++) {
        loft_explore_call(SLOTS_POP, 0, 0);
        const bool got = fifo_try_pop(&one, &v);
        loft_explore_return(got, v);
        if (got) {
            loft_explore_check(loft_plain_read(&under[v]) == v && !out[v]);
            out[v] = true;
        }
    }
}

/* Two producers count what they were told, and one of them or a third looks at the length. */
static void
pushes_until_told(int thread)
{
    (void)push((unsigned)thread * 10 + 1);
    (void)push((unsigned)thread * 10 + 2);
}

static void
end_counted(void)
{
    loft_mpsc_stats s = fifo_stats_get(&one);
    unsigned in_all = 0;
    unsigned out_all = 0;
    for (unsigned v = 0; v < ELEMENTS; v++) {
        in_all += in[v];
        out_all += out[v];
    }
    loft_explore_check(s.accepted == in_all && s.popped == out_all && s.refused == 4 - in_all && s.overwritten == 0);
    end();
}

/* What a push finds free has been read, though it was another producer that asked. */
static void
credit_out_two(int thread)
{
    (void)thread;
    for (unsigned v = 1; v <= 2; v++) {
        loft_plain_write(&done[v], v);
        if (pop() == 0)
            return;
    }
}

/* Between two looks it may have turned, but never without a reason. */
static void
looks_high(int thread)
{
    (void)thread;
    (void)fifo_is_high(&one);
    (void)fifo_is_high(&one);
}

static void
end_high(void)
{
    const size_t n = fifo_approx_len(&one);
    const bool high = fifo_is_high(&one);
    loft_explore_check(n >= CAPACITY ? high : n > 0 || !high);
    end();
}

/* Full, which is high, then empty, which is not; nothing comes after that, so it is the last turn, whoever asks. */
static void
high_and_low(int thread)
{
    (void)thread;
    loft_explore_check(fifo_is_high(&one));
    loft_explore_check(pop() != 0 && pop() != 0);
    loft_explore_check(!fifo_is_high(&one));
}

static void
end_low(void)
{
    loft_explore_check(loft_load(&one.turns, relaxed) == 2);
    end();
}

PLAN(one_at_a_time, "IOIO")

/* There is never more than one, however far apart the words are that it asks. */
static void
never_high(int thread)
{
    (void)thread;
    loft_explore_check(!fifo_is_high(&one) && !fifo_is_high(&one));
}

PLAN(ii_length, "ILIL")

/* What is there was pushed: the tail that approx_len goes by is not older than its head. */
static void
length_of_one(int thread)
{
    (void)thread;
    loft_explore_check(fifo_approx_len(&one) <= 1);
}

static const loft_explore_client clients[] = {
    ONE_CONSUMER_CLIENTS
    MANY_IN("III|III", begin, 0, iii, iii),
    MANY_IN("II|I|I when one is in", begin_with_1, 1, only_ii, i, i),
    { .name = "the way back", .setup = begin, .thread = { credit_in, credit_out }, .finish = end, .spins = SPINS,
      .spurious = LOFT_EXPLORE_NONE },
    { .name = "the way back beside another", .setup = begin_full, .thread = { pushes_until_told, credit_out_two, i },
      .finish = end, .spins = SPINS, .spurious = LOFT_EXPLORE_NONE },
    { .name = "counted", .setup = begin, .thread = { pushes_until_told, pops_in_few_steps, pushes_until_told },
      .finish = end_counted, .spins = SPINS, .spurious = LOFT_EXPLORE_NONE },
    { .name = "length", .setup = begin, .thread = { ilo, ii_length }, .finish = end, .spins = SPINS,
      .spurious = LOFT_EXPLORE_NONE },
    { .name = "length of one", .setup = begin, .thread = { i, o, length_of_one }, .finish = end, .spins = SPINS,
      .spurious = LOFT_EXPLORE_NONE },
    { .name = "high", .setup = begin, .thread = { only_ii, oo, looks_high }, .finish = end_high, .spins = SPINS,
      .spurious = LOFT_EXPLORE_NONE },
    { .name = "high, two ask", .setup = begin_full, .thread = { looks_high, looks_high }, .finish = end_high,
      .spins = SPINS },
    { .name = "high, then low", .setup = begin_full, .thread = { high_and_low, looks_high }, .finish = end_low,
      .spins = SPINS },
    { .name = "never high", .setup = begin, .thread = { one_at_a_time, never_high }, .finish = end, .spins = SPINS,
      .spurious = LOFT_EXPLORE_NONE },
    MANY_IN_FREEZE("in few steps", begin, 0, only_ii, pops_in_few_steps),
    MANY_IN_FREEZE("in few steps when full", begin_full, CAPACITY, only_ii, pops_in_few_steps),
    MANY_IN_FREEZE("pushes wait for nobody", begin_with_1, 1, i, i, i),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
