/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/mpsc_list.c - the contract of mpsc_list.h in every execution that C11 allows.
 */
#include <loft/check/explore.h>

struct knot {
    LOFT_ATOMIC(uintptr_t) link;
    unsigned v;
};

#define LOFT_QUEUE_NAME  list
#define LOFT_QUEUE_T     struct knot
#define LOFT_QUEUE_LINK  link
#include <loft/queue/mpsc_list.h>

/* In the calls of a queue of values: element v is the node of that number. A node that was refused, and one that was
 * popped, is written at once: nobody else may be in it. */
typedef struct fifo {
    list q;
} fifo;

static struct knot knot[40];

static loft_status fifo_init(fifo *f, size_t capacity) { (void)capacity; return list_init(&f->q); }
static void fifo_start_at_(fifo *f, size_t ticket) { (void)f, (void)ticket; }
static void fifo_fini(fifo *f) { list_fini(&f->q); }
static void fifo_close(fifo *f) { list_close(&f->q); }
static bool fifo_is_closed(const fifo *f) { return list_is_closed(&f->q); }
static bool fifo_is_stalled(const fifo *f) { return list_is_stalled(&f->q); }
static size_t fifo_approx_len(const fifo *f) { return list_is_empty(&f->q) ? 0 : 1; }

static struct knot *
tie(unsigned v)
{
    loft_init(&knot[v].link, UINTPTR_MAX);
    loft_plain_write(&knot[v].v, v);
    return &knot[v];
}

static unsigned
untie(struct knot *k)
{
    const unsigned v = loft_plain_read(&k->v);
    loft_plain_write(&k->v, 0u);
    loft_init(&k->link, UINTPTR_MAX);
    return v;
}

static bool
fifo_try_push(fifo *f, unsigned v)
{
    if (list_try_push(&f->q, tie(v)))
        return true;
    loft_explore_check(untie(&knot[v]) == v);
    return false;
}

static bool
fifo_try_pop(fifo *f, unsigned *v)
{
    struct knot *k;
    if (!list_try_pop(&f->q, &k))
        return false;
    *v = untie(k);
    return true;
}

static size_t
fifo_push_n(fifo *f, const unsigned *v, size_t n)
{
    struct knot *k[4];
    for (size_t i = 0; i < n; i++)
        k[i] = tie(v[i]);
    const size_t in = list_push_n(&f->q, k, n);
    for (size_t i = in; i < n; i++)
        loft_explore_check(untie(k[i]) == v[i]);
    return in;
}

static size_t
fifo_pop_n(fifo *f, unsigned *v, size_t n)
{
    struct knot *k[4];
    n = list_pop_n(&f->q, k, n);
    for (size_t i = 0; i < n; i++)
        v[i] = untie(k[i]);
    return n;
}

static size_t
fifo_poll(fifo *f, unsigned *v, size_t n, bool *over)
{
    struct knot *k[4];
    n = list_poll(&f->q, k, n, over);
    for (size_t i = 0; i < n; i++)
        v[i] = untie(k[i]);
    return n;
}

#define EXACT_LENGTH  1
#define UNBOUNDED
#define PUSH_LABEL    LOFT_EXPLORE_BLOCKING, 0           /* late for a close; else see "in few steps" */
#define POP_LABEL     LOFT_EXPLORE_BLOCKING, 0

#include "mpmc.h"
#include "mpmc_clients.h"

#define ONE_CONSUMER    (SLOTS_STALLS | SLOTS_HIDES)
#define MODEL_CAPACITY  SLOTS_MOST

#include "mpsc_clients.h"

/* Open, nobody waits: a push makes five accesses, a pop six at most. */
static void
pushes_in_few_steps(int thread)
{
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, 5);
    for (unsigned v = (unsigned)thread * 10 + 1; v <= (unsigned)thread * 10 + 2; v++) {
        struct knot *const k = tie(v);
        loft_plain_write(&under[v], v);
        loft_explore_call(SLOTS_PUSH, 0, v);
        in[v] = list_try_push(&one.q, k);
        loft_explore_return(in[v], 0);
        loft_explore_call(SLOTS_OVER, 0, v);
        loft_explore_return(true, 0);
    }
}

static void
pops_in_few_steps(int thread)
{
    (void)thread;
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, 7);
    for (unsigned look = 0; look < 2; look++) {
        struct knot *k = NULL;
        loft_explore_call(SLOTS_POP, 0, 0);
        const bool got = list_try_pop(&one.q, &k);
        loft_explore_return(got, got ? (unsigned)(k - knot) : 0u);
        if (got) {
            const unsigned v = untie(k);
            loft_explore_check(loft_plain_read(&under[v]) == v && !out[v]);
            out[v] = true;
        }
    }
}

/* A node goes round: it is pushed again by who popped it. */
static void
round_and_round(int thread)
{
    (void)thread;
    for (unsigned look = 0; look < 3; look++) {
        struct knot *k = NULL;
        if (!list_try_pop(&one.q, &k))
            continue;
        const unsigned v = untie(k);
        loft_explore_check(list_try_push(&one.q, tie(v)));
    }
}

static void in_twice(int thread) { (void)push((unsigned)thread * 10 + 1); (void)push((unsigned)thread * 10 + 2); }

/* Random: with three producers a consumer that waits has too many ways to. */
#define LATE(text, count, before, in, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = 1, \
      .spurious = LOFT_EXPLORE_NONE, .executions = (count), .model = &slots_model, \
      .model_arg = SLOTS_ARG(MODEL_CAPACITY, in, 0) | (ONE_CONSUMER) }

static const loft_explore_client clients[] = {
    ONE_CONSUMER_CLIENTS
    MANY_IN("III|III", begin, 0, iii, iii),
    LATE("closed beside three", 20000, begin, 0, coo, i, i, i),
    MANY_IN_WAITS("closed by another beside two", begin, 0, oo, i, i, c),
    LATE("drained, and late ones", 20000, begin_with_1, 1, xoo, only_ii, i),
    { .name = "again and again", .setup = begin_with_1, .thread = { round_and_round, in_twice }, .finish = end,
      .spins = SPINS, .spurious = LOFT_EXPLORE_NONE },
    { .name = "again and again beside two", .setup = begin_with_1, .thread = { round_and_round, i, i }, .finish = end,
      .spins = SPINS, .spurious = LOFT_EXPLORE_NONE },
    MANY_IN_FREEZE("in few steps", begin, 0, pushes_in_few_steps, pops_in_few_steps),
    MANY_IN_FREEZE("in few steps, with one in", begin_with_1, 1, pushes_in_few_steps, pops_in_few_steps),
    MANY_IN_FREEZE("pushes wait for nobody", begin_with_1, 1, pushes_in_few_steps, pushes_in_few_steps),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
