/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/word_rings.h - two rings of words, each closed by a push that is refused: the sequential model,
 * what was pushed and popped, and the forms of clients. For crq_ring.h and prq_ring.h; include it after explore.h, and
 * define a function end, which finishes a client.
 */
#ifndef LOFT_TESTS_QUEUE_EXPLORE_WORD_RINGS_H
#define LOFT_TESTS_QUEUE_EXPLORE_WORD_RINGS_H

#include <string.h>

/* Each program takes what it needs. */
#pragma GCC diagnostic ignored "-Wunused-function"

enum { RINGS = 2, N = 2, ELEMENTS = 60, FIRST = 50, THREADS = 4, MOST = 8, SPINS = 8 };

/* ---- the model: a FIFO that a refused push closes ---------------------------------------------------------------- */

struct fifo {
    uint64_t elements;
    uint64_t closed;
    uint64_t element[MOST];                              /* oldest first */
};

/* The argument: how many elements are in each ring before anybody calls; the i-th in ring r is FIRST + 2 i + r. */
#define RINGS_ARG(in_0, in_1)  ((uint64_t)(in_0) | (uint64_t)(in_1) << 8)

static void
fifo_init(void *state, uint64_t arg)
{
    struct fifo *const s = (struct fifo *)state;
    memset(s, 0, RINGS * sizeof *s);
    for (unsigned r = 0; r < RINGS; r++)
        for (; s[r].elements < (arg >> 8 * r & 0xff); s[r].elements++)
            s[r].element[s[r].elements] = FIRST + 2 * s[r].elements + r;
}

static bool
fifo_apply(void *state, const loft_linear_op *op)
{
    struct fifo *const its = (struct fifo *)state + op->key;
    switch (op->kind) {
    case LOFT_LINEAR_PUSH:
        if (!op->pending && !op->ok) {
            its->closed = 1;
            return true;
        }
        if (its->closed || its->elements == MOST)
            return op->pending;
        its->element[its->elements++] = op->arg;
        return true;
    case LOFT_LINEAR_POP:
        if (!op->pending && (op->ok != (its->elements != 0) || (op->ok && its->element[0] != op->result)))
            return false;
        if (its->elements) {
            memmove(its->element, its->element + 1, (MOST - 1) * sizeof its->element[0]);
            its->element[MOST - 1] = 0;
            its->elements--;
        }
        return true;
    case LOFT_LINEAR_CLOSE:
        its->closed = 1;
        return true;
    }
    return false;
}

static const loft_linear_model fifo_model = {
    .name = "ring", .state_bytes = RINGS * sizeof(struct fifo), .init = fifo_init, .apply = fifo_apply,
    .kind_name = loft_linear_kind_name
};

/* ---- what went in and out ---------------------------------------------------------------------------------------- */

static unsigned under[ELEMENTS];                         /* behind element v: v, once it has been pushed  */
static bool in[ELEMENTS];                                /* element v was accepted                        */
static bool out[ELEMENTS];                               /* element v was taken                           */
static unsigned last_words;                              /* written before the one close                  */
static LOFT_ATOMIC(unsigned) over[THREADS];              /* see plan                                      */

/* Before each execution. */
static void
forget(void)
{
    memset(under, 0, sizeof under);
    memset(in, 0, sizeof in);
    memset(out, 0, sizeof out);
    last_words = 0;
    for (unsigned t = 0; t < THREADS; t++)
        loft_init(&over[t], 0u);
}

/* A pop has brought v. */
static void
came_out(uintptr_t v)
{
    loft_explore_check(v < ELEMENTS && loft_plain_read(&under[v]) == v && !out[v]);
    out[v] = true;
}

/* ---- clients ----------------------------------------------------------------------------------------------------- */

#define CLIENT_(text, count, lost, more, before, in_0, in_1, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = SPINS, \
      .spurious = (lost), .executions = (count), .flags = (more), .model = &fifo_model, \
      .model_arg = RINGS_ARG(in_0, in_1) }

/* All executions, with n elements in each ring. */
#define CLIENT(text, before, n, ...) \
    CLIENT_(text, 0, LOFT_EXPLORE_NONE, 0, before, n, n, __VA_ARGS__)

/* Some of them, with causeless failures of compare-exchanges. */
#define SOME(text, count, before, n, ...) \
    CLIENT_(text, count, 0, 0, before, n, n, __VA_ARGS__)

/* And each thread frozen at each of its steps: the others come to an end. */
#define FREEZE(text, before, n, ...) \
    CLIENT_(text, 0, LOFT_EXPLORE_NONE, LOFT_EXPLORE_FREEZE, before, n, n, __VA_ARGS__)

#endif
