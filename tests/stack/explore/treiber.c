/* SPDX-License-Identifier: MIT
 *
 * tests/stack/explore/treiber.c - treiber.h by itself: under loft_leak, which adds no steps, so that the executions are
 * the stack's own. What is retired stays until the end; what the stack frees by itself is freed.
 */
#include <loft/check/explore.h>

#include <loft/smr/leak.h>

#define S  loft_leak

static void
narrow(loft_leak *domain)
{
    (void)domain;
}

enum { NODES = 24 };

static void *made[NODES];
static size_t node_size;

static void *
node_alloc(size_t size)
{
    unsigned i = 0;
    while (i < NODES && made[i])
        i++;
    loft_explore_check(i < NODES);
    made[i] = loft_alloc(size);
    node_size = size;
    return made[i];
}

static void
node_free(void *p)
{
    unsigned i = 0;
    while (i < NODES && made[i] != p)
        i++;
    loft_explore_check(i < NODES);
    made[i] = NULL;
    loft_free(p, node_size);
}

/* An execution that was given up has left something there. */
static void
forget(void)
{
    memset(made, 0, sizeof made);
}

static void
free_the_retired(void)
{
    for (unsigned i = 0; i < NODES; i++)
        if (made[i]) {
            loft_free(made[i], node_size);
            made[i] = NULL;
        }
}

#define LOFT_STACK_ALLOC(align, size)      node_alloc(size)
#define LOFT_STACK_FREE(ptr, align, size)  node_free(ptr)
#define AT_THE_BEGINNING()                 forget()
#define AT_THE_END()                       free_the_retired()
#include "treiber.h"

/* How many pairs met, in all executions together. Each thread is disturbed so often without cause. */
static const uint64_t once[] = { 0, 1 };
#define MEET(text, times, pairs, before, elements, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spurious = (times), \
      .spins = SPINS, .model = &lifo_model, .model_arg = (elements), .outcomes = (pairs), \
      .n_outcomes = sizeof (pairs) / sizeof (pairs)[0] }

/* The small letter is a call that was beaten as it began, so that who meets does not depend on other failures. */
static void
iO(int thread)
{
    beaten[thread] = true;
    plan(thread, "IO");
}

static void
Io(int thread)
{
    plan(thread, "I");
    beaten[thread] = true;
    plan(thread, "O");
}

static const loft_explore_client clients[] = {
    CLIENT("I|O", begin_2, 0, I, O),
    CLIENT("II|II", begin_2, 0, II, II),
    CLIENT("IO|IO", begin_2, 0, IO, IO),
    CLIENT("II|OO", begin_2, 0, II, OO),
    CLIENT("OI|OI with one in", begin_2_1, 1, OI, OI),
    CLIENT("O|OO with two in", begin_2_2, 2, O, OO),
    CLIENT("P|IO", begin_2, 0, P, IO),
    CLIENT("A|II", begin_2, 0, A, II),
    CLIENT("A|IO with one in", begin_2_1, 1, A, IO),
    CLIENT("A|OO with two in", begin_2_2, 2, A, OO),
    CLIENT("B|OO", begin_2, 0, B, OO),
    CLIENT("B|A", begin_2, 0, B, A),
    CLIENT("B|OO with one in", begin_2_1, 1, B, OO),
    CLIENT("IOI|OIO", begin_2, 0, IOI, OIO),
    CLIENT("IIO|OOI", begin_2, 0, IIO, OOI),
    CLIENT("IOO|OII", begin_2, 0, IOO, OII),
    MEET("met: iO|Io", LOFT_EXPLORE_NONE, once, begin_2, 0, iO, Io),
    MEET("met: I|O with one in", 1, once, begin_2_1, 1, I, O),
    MEET("met: IO|OI with one in", 1, once, begin_2_1, 1, IO, OI),
    MEET("met: IO|IO with one in", 1, once, begin_2_1, 1, IO, IO),
    MEET("met: OI|IO with one in", 1, once, begin_2_1, 1, OI, IO),
    MEET("met: II|OO with one in", 1, once, begin_2_1, 1, II, OO),
    SOME("met: I|I|O with one in", 1000, begin_3_1, 1, I, I, O),
    SOME("met: I|O|O with one in", 1000, begin_3_1, 1, I, O, O),
    SOME("met: IO|IO|IO", 20000, begin_3, 0, IO, IO, IO),
    AGAIN("again: IO|OI|IO", 20000, begin_3_2, 2, IO, OI, IO),
    FREEZE("nobody waits: IO|OI", begin_2_1, 1, IO, OI),
    FREEZE("nobody waits: A|B", begin_2_1, 1, A, B),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
