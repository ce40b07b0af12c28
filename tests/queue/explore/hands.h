/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/hands.h - two rings of indices, and the threads that hold those which are in neither: each index
 * is somewhere, once. Include it after the ring, and define afterwards the three functions that are declared here.
 */
#ifndef LOFT_TESTS_QUEUE_EXPLORE_HANDS_H
#define LOFT_TESTS_QUEUE_EXPLORE_HANDS_H

#include "slots.h"

/* Each program takes what it needs. */
#pragma GCC diagnostic ignored "-Wunused-function"

#define RING_NONE  SIZE_MAX                              /* what a pop gives where there is nothing */

enum { RINGS = 2, ORDER = 1, N = 1 << ORDER, THREADS = 5, NOBODY = THREADS, HANDS };

static unsigned under[RINGS][N];                         /* behind each index: how often it has been pushed */
static LOFT_ATOMIC(unsigned) over[THREADS];              /* see plan                                        */
static unsigned began[THREADS];                          /* likewise                                        */
static size_t hand[HANDS + 1][RINGS];                    /* the index that a thread holds, or NONE          */

static void ring_promise(void);                          /* said before each call                          */
static bool ring_push(unsigned r, unsigned thread, size_t i);
static size_t ring_pop(unsigned r, unsigned thread, bool final);   /* final: the ring is finalised         */

static void
give(unsigned r, unsigned thread)
{
    const size_t i = hand[thread][r];
    if (i == RING_NONE)
        return;
    loft_plain_write(&under[r][i], loft_plain_read(&under[r][i]) + 1);
    ring_promise();
    loft_explore_call(SLOTS_PUSH, r, i);
    const bool in = ring_push(r, thread, i);
    loft_explore_return(in, 0);
    if (in)
        hand[thread][r] = RING_NONE;
}

static void
take_as(unsigned r, unsigned thread, bool final)
{
    ring_promise();
    loft_explore_call(SLOTS_POP, r, 0);
    const size_t i = ring_pop(r, thread, final);
    loft_explore_return(i != RING_NONE, i == RING_NONE ? 0 : i);
    if (i == RING_NONE)
        return;
    loft_explore_check(i < N && hand[thread][r] == RING_NONE);
    (void)loft_plain_read(&under[r][i]);
    hand[thread][r] = i;
}

static void
take(unsigned r, unsigned thread)
{
    if (hand[thread][r] == RING_NONE)
        take_as(r, thread, false);
}

/* Before each execution: ring 0 is for thread 0 to push to, and ring 1 for thread 1, each with one index; the other
 * index is in nobody's hands. */
static void
deal(void)
{
    for (unsigned thread = 0; thread < THREADS; thread++) {
        loft_init(&over[thread], 0u);
        began[thread] = 0;
    }
    for (unsigned r = 0; r < RINGS; r++) {
        for (unsigned thread = 0; thread <= HANDS; thread++)
            hand[thread][r] = RING_NONE;
        for (unsigned i = 0; i < N; i++)
            under[r][i] = 0;
        hand[r][r] = 0;
        hand[NOBODY][r] = 1;
    }
}

#endif
