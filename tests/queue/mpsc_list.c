/* SPDX-License-Identifier: MIT
 *
 * tests/queue/mpsc_list.c - queue/mpsc_list.h: nodes by one thread; many producers, and closing in the middle of it;
 * threads that stop in the middle of an operation.
 *
 * build: also release -DNDEBUG
 */
#define FAMILY_SCQ 1
#include "common.h"

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

/* In two queues at once, by a link each; neither is the first member. */
struct knot {
    uint64_t before;
    LOFT_ATOMIC(uintptr_t) up;
    uint64_t between;
    LOFT_ATOMIC(uintptr_t) down;
    uint64_t after;
};

#define LOFT_QUEUE_NAME upq
#define LOFT_QUEUE_T    struct knot
#define LOFT_QUEUE_LINK up
#include <loft/queue/mpsc_list.h>

#define LOFT_QUEUE_NAME downq
#define LOFT_QUEUE_T    struct knot
#define LOFT_QUEUE_LINK down
#include <loft/queue/mpsc_list.h>

enum { KNOTS = 40 };

static struct knot knot[KNOTS];

static bool
knots_are_whole(void)
{
    for (uint64_t i = 0; i < KNOTS; i++)
        if (knot[i].before != i || knot[i].between != ~i || knot[i].after != 3 * i)
            return false;
    return true;
}

static void
nodes(void)
{
    upq up;
    downq down;
    struct knot *v[KNOTS + 1];
    struct dice d = dice_from(1);
    size_t in = 0;
    size_t out = 0;
    for (uint64_t i = 0; i < KNOTS; i++) {
        knot[i].before = i;
        knot[i].between = ~i;
        knot[i].after = 3 * i;
    }
    EXPECT(upq_init(&up) == LOFT_OK && downq_init(&down) == LOFT_OK);
    EXPECT(upq_is_empty(&up) && !upq_is_stalled(&up) && !upq_is_closed(&up));
    v[0] = &knot[1];
    EXPECT(!upq_try_pop(&up, v) && upq_pop_n(&up, v, 3) == 0 && v[0] == &knot[1]);
    EXPECT(upq_push_n(&up, v, 0) == 0 && upq_push_n(&up, NULL, 0) == 0 && upq_pop_n(&up, NULL, 0) == 0);

    /* In one they go round at random, in the other they all lie. */
    for (size_t i = 0; i < KNOTS; i++)
        EXPECT(downq_try_push(&down, &knot[i]));
    for (unsigned long r = 0; r < 4000; r++) {
        const size_t size = dice_roll(&d, 4) ? 1 : dice_roll(&d, KNOTS);
        if (dice_roll(&d, 2)) {
            const size_t n = size < KNOTS - (in - out) ? size : KNOTS - (in - out);
            for (size_t k = 0; k < n; k++)
                v[k] = &knot[(in + k) % KNOTS];
            if (n == 1)
                EXPECT(upq_try_push(&up, v[0]));
            else
                EXPECT(upq_push_n(&up, v, n) == n);
            in += n;
        } else {
            const size_t n = size < in - out ? size : in - out;
            v[n] = NULL;
            if (size == 1 && n == 1)
                EXPECT(upq_try_pop(&up, v));
            else
                EXPECT(upq_pop_n(&up, v, size) == n);
            EXPECT(v[n] == NULL || n == 1);
            for (size_t k = 0; k < n; k++)
                EXPECT(v[k] == &knot[(out + k) % KNOTS]);
            out += n;
        }
        EXPECT(upq_is_empty(&up) == (in == out) && !upq_is_stalled(&up));
    }
    EXPECT(downq_pop_n(&down, v, KNOTS + 1) == KNOTS);
    for (size_t i = 0; i < KNOTS; i++)
        EXPECT(v[i] == &knot[i]);
    EXPECT(knots_are_whole());
    expected("nodes", "come out in order, and nothing of them is touched but the link");

    /* Closed with so many inside, by try_pop or pop_n; what is left at the end is the caller's. */
    for (size_t inside = 0; inside < 5; inside++) {
        for (int bulk = 0; bulk < 2; bulk++) {
            EXPECT(downq_init(&down) == LOFT_OK);
            for (size_t i = 0; i < inside; i++)
                EXPECT(downq_try_push(&down, &knot[i]));
            downq_close(&down);
            downq_close(&down);
            EXPECT(downq_is_closed(&down) && !downq_try_push(&down, &knot[9]));
            v[0] = &knot[9];
            v[1] = &knot[10];
            EXPECT(downq_push_n(&down, v, 2) == 0 && downq_is_empty(&down) == (inside == 0));
            if (bulk) {
                EXPECT(downq_pop_n(&down, v, KNOTS) == inside);
            } else {
                for (size_t i = 0; i < inside; i++)
                    EXPECT(downq_try_pop(&down, v) && v[0] == &knot[i]);
            }
            for (int k = 0; k < 3; k++) {
                v[0] = &knot[11];
                EXPECT(!downq_try_pop(&down, v) && downq_pop_n(&down, v, 2) == 0 && v[0] == &knot[11]);
                EXPECT(downq_is_closed(&down) && downq_is_empty(&down) && !downq_is_stalled(&down));
                EXPECT(!downq_try_push(&down, &knot[9]));
                downq_close(&down);
            }
            downq_fini(&down);
            EXPECT(downq_init(&down) == LOFT_OK && !downq_is_closed(&down));
            EXPECT(downq_try_push(&down, &knot[9]));
            downq_fini(&down);
        }
    }
    expected("nodes", "a closed queue refuses, drains, and stays so");
    upq_fini(&up);
}

#if LOFT_DEBUG
static void
push_after_fini(void *q)
{
    if (upq_try_push((upq *)q, &knot[0]))
        _exit(4);
}

static void
pop_after_fini(void *q)
{
    struct knot *v;
    if (upq_try_pop((upq *)q, &v))
        _exit(4);
}

static void
push_of_nothing(void *q)
{
    if (upq_try_push((upq *)q, NULL))
        _exit(4);
}

static void
wrong_use(void)
{
    upq q;
    EXPECT(upq_init(&q) == LOFT_OK);
    EXPECT(aborts(push_of_nothing, &q));
    upq_fini(&q);
    EXPECT(aborts(push_after_fini, &q));
    EXPECT(aborts(pop_after_fini, &q));
    expected("nodes", "no node, and a call after fini, stop a debug build");
}
#endif

/* ---- threads ----------------------------------------------------------------------------------------------------- */

#define NODES_NAME itemq
#define NODES_T    struct item
#include "support/mpsc_nodes.h"
#define STRESS_NAME itemq
#define STRESS_T    struct item
#define STRESS_MAKE item_of
#define STRESS_OPEN item_open
#include "stress.h"

#define NODES_NAME nodeq
#define NODES_T    struct item *
#include "support/mpsc_nodes.h"
#define STRESS_NAME nodeq
#define STRESS_T    struct item *
#define STRESS_MAKE node_of
#define STRESS_OPEN node_open
#include "stress.h"

#include "support/mpsc_stress.h"

#define NODES_NAME wordq
#define NODES_T    uint64_t
#include "support/mpsc_nodes.h"

/* A push has its place when it is behind what was last: the test's own elements are put in by nobody else. */
static uint64_t
wordq_tickets(const wordq *q)
{
    return (uint64_t)loft_load(&q->list.tail, relaxed);
}

#define FROZEN_NAME  wordq
#define FROZEN_LOSSY 0
#define FROZEN_BOUND 0
#define FROZEN_HIDES 1
#include "support/mpsc_frozen.h"

int
main(void)
{
    watchdog("queue/mpsc_list");
    nodes();
#if LOFT_DEBUG
    wrong_use();
#endif
    wordq_frozen("linked");
    stress_one_consumer(itemq_stress, nodeq_stress, false);
    return done();
}
