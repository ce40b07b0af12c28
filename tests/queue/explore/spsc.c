/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/spsc.c - the contract of spsc.h in every execution that C11 allows.
 */
#include <loft/check/explore.h>

#define LOFT_LINGER_MAX    0                             /* linger.c waits */

#define LOFT_QUEUE_NAME    fifo
#define LOFT_QUEUE_T       unsigned
#include <loft/queue/spsc.h>

enum { PUSH_STEPS = 5, POP_STEPS = 5, MANY = 1000000 };

#include "pair.h"
#include "pair_clients.h"

/* In place. What was reserved is written where it will lie, and read where it lies. */
static void
reserve_two(int thread)
{
    unsigned *slot = NULL;
    (void)thread;
    for (unsigned v = 1; v <= 3;) {
        const size_t n = fifo_reserve_n(&one, 2, &slot);
        if (n == 0)
            break;
        for (size_t i = 0; i < n; i++, v++) {
            loft_plain_write(&under[v], v);
            loft_plain_write(&slot[i], v);
        }
        fifo_commit_n(&one, n);
        for (size_t i = 0; i < n; i++)
            found_room();
    }
}

static void
reserve_one(int thread)
{
    (void)thread;
    for (unsigned v = 1; v <= 3; v++) {
        unsigned *const slot = fifo_reserve(&one);
        if (!slot)
            break;
        loft_explore_check(fifo_reserve(&one) == slot);     /* a second reserve gives the same slot */
        loft_plain_write(&under[v], v);
        loft_plain_write(slot, v);
        fifo_commit(&one);
        found_room();
    }
}

static void
peek_two(int thread)
{
    unsigned *slot = NULL;
    (void)thread;
    for (unsigned look = 0; look < 2; look++) {
        about_to_pop(2);
        const size_t n = fifo_peek_n(&one, 2, &slot);
        for (size_t i = 0; i < n; i++)
            loft_explore_check(loft_plain_read(&slot[i]) == expected + i + 1);
        fifo_release_n(&one, n);
        for (size_t i = 0; i < n; i++)
            popped(++expected);
    }
}

static void
peek_one(int thread)
{
    (void)thread;
    for (unsigned look = 0; look < 3; look++) {
        about_to_pop(1);
        const unsigned *const slot = fifo_peek(&one);
        if (!slot)
            continue;
        loft_explore_check(loft_plain_read(slot) == expected + 1);
        fifo_release(&one);
        popped(++expected);
    }
}

/* What is there was pushed: the tail that approx_len goes by is not older than its head. */
static void
length_of_one(int thread)
{
    (void)thread;
    loft_explore_check(fifo_approx_len(&one) <= 1);
}

static void one_push(int thread) { (void)thread; (void)push(1); }
static void one_pop(int thread) { (void)thread; (void)pop(); }

static const loft_explore_client clients[] = {
    PAIR_CLIENTS
    { .name = "in place, two and two", .setup = begin, .thread = { reserve_two, peek_two },
      .finish = end, .spins = SPINS },
    { .name = "in place, one and two", .setup = begin, .thread = { reserve_one, peek_two },
      .finish = end, .spins = SPINS },
    { .name = "in place over the wrap", .setup = begin_turned, .thread = { reserve_two, peek_one },
      .finish = end, .spins = SPINS },
    { .name = "length of one", .setup = begin, .thread = { one_push, one_pop, length_of_one }, .finish = end,
      .spins = SPINS, .model = &loft_linear_queue, .model_arg = CAPACITY },
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
