/* SPDX-License-Identifier: MIT
 *
 * tests/stack/explore/lifo.h - what the stacks promise, as clients of the explorer. Include it after the stack and
 *
 *     static void begin_stack(unsigned threads, unsigned elements);    elements LIFO_FIRST, LIFO_FIRST + 1, ... are in
 *     static void end_stack(void);                                     it is empty
 *     static void stack_push(int t, unsigned v);
 *     static void stack_push_both(int t, unsigned v);                  v, then v + 1 on top of it, in one step
 *     static bool stack_pop(int t, unsigned *v);
 *     static bool stack_peek(int t, unsigned *v);
 *     static unsigned stack_all(int t, unsigned *v, unsigned most);    all of them, newest first
 *     static void stack_idle(int t);                                   a section with nothing in it
 *
 * Each call is recorded for the model of a stack below. Under each element lies plain memory that is written before the
 * push and read after the pop, so that an edge that is missing shows as a race even where the answer is right.
 */
#ifndef LOFT_TESTS_STACK_EXPLORE_LIFO_H
#define LOFT_TESTS_STACK_EXPLORE_LIFO_H

#include <string.h>

/* Each program takes what it needs. */
#pragma GCC diagnostic ignored "-Wunused-function"

enum { LIFO_FIRST = 31, LIFO_ELEMENTS = 40, LIFO_MOST = 9 };

static void begin_stack(unsigned threads, unsigned elements);
static void end_stack(void);
static void stack_push(int t, unsigned v);
static void stack_push_both(int t, unsigned v);
static bool stack_pop(int t, unsigned *v);
static bool stack_peek(int t, unsigned *v);
static unsigned stack_all(int t, unsigned *v, unsigned most);
static void stack_idle(int t);

/* ---- the model --------------------------------------------------------------------------------------------------- */

enum { LIFO_PUSH = LOFT_LINEAR_PUSH, LIFO_POP = LOFT_LINEAR_POP, LIFO_BOTH, LIFO_PEEK, LIFO_ALL };

struct lifo {
    uint64_t elements;
    uint64_t element[LIFO_MOST];                         /* oldest first */
};

static void
lifo_init(void *state, uint64_t arg)
{
    struct lifo *const s = (struct lifo *)state;
    memset(s, 0, sizeof *s);
    for (s->elements = 0; s->elements < arg; s->elements++)
        s->element[s->elements] = LIFO_FIRST + s->elements;
}

/* Several elements in one word. */
static uint64_t
lifo_word(const unsigned *v, unsigned n)
{
    uint64_t word = 0;
    for (unsigned i = 0; i < n; i++)
        word = word * 64 + v[i];
    return word;
}

static bool
lifo_apply(void *state, const loft_linear_op *op)
{
    struct lifo *const s = (struct lifo *)state;
    uint64_t all = 0;
    switch (op->kind) {
    case LIFO_PUSH:
    case LIFO_BOTH:
        for (uint64_t i = 0; i < (op->kind == LIFO_BOTH ? 2 : 1) && s->elements < LIFO_MOST; i++)
            s->element[s->elements++] = op->arg + i;
        return op->pending || op->ok;
    case LIFO_POP:
    case LIFO_PEEK:
        if (!op->pending && op->ok != (s->elements != 0))
            return false;
        if (s->elements == 0)
            return true;
        if (!op->pending && s->element[s->elements - 1] != op->result)
            return false;
        if (op->kind == LIFO_POP)
            s->element[--s->elements] = 0;
        return true;
    case LIFO_ALL:
        while (s->elements != 0) {
            all = all * 64 + s->element[--s->elements];
            s->element[s->elements] = 0;
        }
        return op->pending || all == op->result;
    default:
        return false;
    }
}

static const char *
lifo_kind(unsigned kind)
{
    static const char *const name[] = { "push_n", "peek", "pop_all" };
    return kind == LIFO_PUSH ? "push" : kind == LIFO_POP ? "pop" : name[kind - LIFO_BOTH];
}

static const loft_linear_model lifo_model = {
    .name = "lifo", .state_bytes = sizeof(struct lifo),
    .init = lifo_init, .apply = lifo_apply, .kind_name = lifo_kind
};

/* ---- calls ------------------------------------------------------------------------------------------------------- */

static unsigned under[LIFO_ELEMENTS];                    /* behind element v: v, once it has been pushed */
static bool in[LIFO_ELEMENTS];
static bool out[LIFO_ELEMENTS];

static void
took(unsigned v)
{
    loft_explore_check(v != 0 && v < LIFO_ELEMENTS && loft_plain_read(&under[v]) == v && !out[v]);
    out[v] = true;
}

static void
push(int t, unsigned v, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        loft_plain_write(&under[v + i], v + i);
    loft_explore_promise(LOFT_EXPLORE_LOCK_FREE, 0);
    loft_explore_call(n == 2 ? LIFO_BOTH : LIFO_PUSH, 0, v);
    if (n == 2)
        stack_push_both(t, v);
    else
        stack_push(t, v);
    loft_explore_return(true, 0);
    for (unsigned i = 0; i < n; i++)
        in[v + i] = true;
}

static void
pop(int t)
{
    unsigned v = 0;
    loft_explore_promise(LOFT_EXPLORE_LOCK_FREE, 0);
    loft_explore_call(LIFO_POP, 0, 0);
    const bool got = stack_pop(t, &v);
    loft_explore_return(got, v);
    loft_explore_check(got || v == 0);
    if (got)
        took(v);
}

static void
peek(int t)
{
    unsigned v = 0;
    loft_explore_promise(LOFT_EXPLORE_LOCK_FREE, 0);
    loft_explore_call(LIFO_PEEK, 0, 0);
    const bool got = stack_peek(t, &v);
    loft_explore_return(got, v);
    loft_explore_check(got ? loft_plain_read(&under[v]) == v : v == 0);
}

static void
all(int t)
{
    unsigned v[LIFO_MOST];
    loft_explore_promise(LOFT_EXPLORE_LOCK_FREE, 0);
    loft_explore_call(LIFO_ALL, 0, 0);
    const unsigned n = stack_all(t, v, LIFO_MOST);
    loft_explore_return(true, lifo_word(v, n));
    for (unsigned i = 0; i < n; i++)
        took(v[i]);
}

/* ---- before and after -------------------------------------------------------------------------------------------- */

static void
begin_with(unsigned threads, unsigned elements)
{
    for (unsigned v = 0; v < LIFO_ELEMENTS; v++) {
        under[v] = v < LIFO_FIRST || v >= LIFO_FIRST + elements ? 0 : v;
        in[v] = under[v] != 0;
        out[v] = false;
    }
    begin_stack(threads, elements);
}

static void begin_2(void) { begin_with(2, 0); }
static void begin_2_1(void) { begin_with(2, 1); }
static void begin_2_2(void) { begin_with(2, 2); }
static void begin_2_3(void) { begin_with(2, 3); }
static void begin_3(void) { begin_with(3, 0); }
static void begin_3_1(void) { begin_with(3, 1); }
static void begin_3_2(void) { begin_with(3, 2); }
static void begin_4(void) { begin_with(4, 0); }

/* What is left comes out, and whatever went in came out once. */
static void
end(void)
{
    unsigned v = 0;
    while (stack_pop(0, &v))
        took(v);
    for (unsigned i = 0; i < LIFO_ELEMENTS; i++)
        loft_explore_check(in[i] == out[i]);
    end_stack();
}

/* Letter by letter: I pushes, O pops, P peeks, A takes all, B pushes two at once, E is a section with nothing in it.
 * Elements are 1.. for thread 0, 9.. for thread 1, 17.. for thread 2. */
static void
plan(int t, const char *letters)
{
    unsigned v = (unsigned)t * 8 + 1;
    for (; *letters; letters++)
        switch (*letters) {
        case 'I': push(t, v++, 1); break;
        case 'O': pop(t); break;
        case 'P': peek(t); break;
        case 'A': all(t); break;
        case 'B':
            push(t, v, 2);
            v += 2;
            break;
        case 'E': stack_idle(t); break;
        }
}

#define PLAN(letters)  static void letters(int thread) { plan(thread, #letters); }

PLAN(I)
PLAN(O)
PLAN(A)
PLAN(B)
PLAN(P)
PLAN(II)
PLAN(IO)
PLAN(OI)
PLAN(OO)
PLAN(PP)
PLAN(IP)
PLAN(OP)
PLAN(IIO)
PLAN(IOI)
PLAN(IOO)
PLAN(OIO)
PLAN(OII)
PLAN(OOI)
PLAN(OOO)
PLAN(AI)
PLAN(IA)
PLAN(BO)
PLAN(BA)
PLAN(AO)
PLAN(OOEE)
PLAN(OOEEE)
PLAN(OOOEE)
PLAN(OOIEE)
PLAN(OOOIEE)
PLAN(AEE)
PLAN(AEEE)
PLAN(IOIO)
PLAN(OIOI)
PLAN(OOII)

/* It begins with so many elements. */
#define CLIENT(text, before, elements, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE, \
      .spins = SPINS, .model = &lifo_model, .model_arg = (elements) }

/* And compare-exchanges fail without cause, so often in each thread. */
#define LOSES(text, times, before, elements, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spurious = (times), \
      .spins = SPINS, .model = &lifo_model, .model_arg = (elements) }

/* Some of the executions. */
#define SOME(text, count, before, elements, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .executions = (count), \
      .spins = SPINS, .model = &lifo_model, .model_arg = (elements) }

/* Some of them, and all where LOFT_EXPLORE_SCALE asks for it: that takes a minute, not a second. */
#define MANY(text, count, before, elements, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE, \
      .spins = SPINS, .executions = (count), .flags = LOFT_EXPLORE_ALL, .model = &lifo_model, \
      .model_arg = (elements) }

/* Memory that was freed is used again at once. */
#define AGAIN(text, count, before, elements, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .executions = (count), \
      .spins = SPINS, .flags = LOFT_EXPLORE_REUSE, .model = &lifo_model, .model_arg = (elements) }

/* Each thread frozen at each of its steps: the others come to an end. */
#define FREEZE(text, before, elements, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE, \
      .spins = SPINS, .flags = LOFT_EXPLORE_FREEZE, .model = &lifo_model, .model_arg = (elements) }

#endif
