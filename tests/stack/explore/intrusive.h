/* SPDX-License-Identifier: MIT
 *
 * tests/stack/explore/intrusive.h - the clients of intrusive.h, for both of its forms. Include it after
 *
 *     struct node { LOFT_ATOMIC(uintptr_t) link; };
 *     #define LOFT_STACK_NAME  pile            and so on, of struct node, and the header
 *     static struct node node[LIFO_ELEMENTS];
 *     static bool init(void);
 */
#ifndef LOFT_TESTS_STACK_EXPLORE_INTRUSIVE_H
#define LOFT_TESTS_STACK_EXPLORE_INTRUSIVE_H

#define SPINS  8

#include "lifo.h"

static struct node node[LIFO_ELEMENTS];
static pile one;

static bool init(pile *s);

static void
begin_stack(unsigned threads, unsigned elements)
{
    (void)threads;
    loft_explore_check(init(&one));
    for (unsigned v = 0; v < LIFO_ELEMENTS; v++)
        loft_init(&node[v].link, (uintptr_t)0);
    for (unsigned i = 0; i < elements; i++)
        pile_push(&one, &node[LIFO_FIRST + i]);
}

static void
end_stack(void)
{
    loft_explore_check(pile_is_empty(&one));
    pile_fini(&one);
}

static void
stack_push(int t, unsigned v)
{
    (void)t;
    pile_push(&one, &node[v]);
}

static void
stack_push_both(int t, unsigned v)
{
    (void)t;
    pile_set_next(&one, &node[v + 1], &node[v]);
    pile_push_chain(&one, &node[v + 1], &node[v]);
}

static bool
stack_pop(int t, unsigned *v)
{
    struct node *n;
    (void)t;
    if (!pile_try_pop(&one, &n))
        return false;
    *v = (unsigned)(n - node);
    return true;
}

static bool
stack_peek(int t, unsigned *v)
{
    (void)t;
    (void)v;
    loft_explore_check(!"there is no peek");
    return false;
}

static unsigned
stack_all(int t, unsigned *v, unsigned most)
{
    struct node *n = NULL;
    unsigned count = 0;
    (void)t;
    loft_explore_check(pile_pop_all(&one, &n) == (n != NULL));
    for (; n && count < most; n = pile_next(&one, n))
        v[count++] = (unsigned)(n - node);
    return count;
}

static void
stack_idle(int t)
{
    (void)t;
}

/* What this thread has popped goes back: the same node with another link, which is what tags are for. */
static void
back(int t, unsigned times)
{
    unsigned v[LIFO_MOST];
    unsigned got = 0;
    while (got < times) {
        v[got] = 0;
        loft_explore_call(LIFO_POP, 0, 0);
        const bool is = stack_pop(t, &v[got]);
        loft_explore_return(is, v[got]);
        if (!is)
            break;
        loft_explore_check(loft_plain_read(&under[v[got]]) == v[got]);
        loft_plain_write(&under[v[got]], 0);
        got++;
    }
    for (unsigned i = 0; i < got; i++) {
        loft_plain_write(&under[v[i]], v[i]);
        loft_explore_call(LIFO_PUSH, 0, v[i]);
        stack_push(t, v[i]);
        loft_explore_return(true, 0);
    }
}

static void back_1(int t) { back(t, 1); }
static void back_2(int t) { back(t, 2); }
static void back_1_1(int t) { back(t, 1); back(t, 1); }
static void back_2_1(int t) { back(t, 2); back(t, 1); }

/* All are taken, and come back one by one in the other order. */
static void
turn(int t)
{
    unsigned v[LIFO_MOST];
    loft_explore_call(LIFO_ALL, 0, 0);
    const unsigned n = stack_all(t, v, LIFO_MOST);
    loft_explore_return(true, lifo_word(v, n));
    for (unsigned i = 0; i < n; i++) {
        loft_explore_check(loft_plain_read(&under[v[i]]) == v[i]);
        loft_explore_call(LIFO_PUSH, 0, v[i]);
        stack_push(t, v[i]);
        loft_explore_return(true, 0);
    }
}

#define INTRUSIVE_CLIENTS \
    CLIENT("I|O", begin_2, 0, I, O), \
    CLIENT("II|II", begin_2, 0, II, II), \
    CLIENT("IO|IO", begin_2, 0, IO, IO), \
    CLIENT("II|OO", begin_2, 0, II, OO), \
    CLIENT("OI|OI with one in", begin_2_1, 1, OI, OI), \
    CLIENT("O|OO with two in", begin_2_2, 2, O, OO), \
    CLIENT("A|II", begin_2, 0, A, II), \
    CLIENT("A|IO with one in", begin_2_1, 1, A, IO), \
    CLIENT("A|OO with two in", begin_2_2, 2, A, OO), \
    CLIENT("B|OO", begin_2, 0, B, OO), \
    CLIENT("B|A", begin_2, 0, B, A), \
    CLIENT("IOI|OIO", begin_2, 0, IOI, OIO), \
    CLIENT("IIO|OOI", begin_2, 0, IIO, OOI), \
    CLIENT("again: O|two back, with two in", begin_2_2, 2, O, back_2), \
    CLIENT("again: O|two back, with three in", begin_2_3, 3, O, back_2), \
    CLIENT("again: A|one back, with two in", begin_2_2, 2, A, back_1), \
    CLIENT("again: O|turned, with two in", begin_2_2, 2, O, turn), \
    CLIENT("again: O|turned, with three in", begin_2_3, 3, O, turn), \
    CLIENT("again: one back|two back, with two in", begin_2_2, 2, back_1, back_2), \
    SOME("again: O|two back, one back|one back, with three in", 5000, begin_with_3, 3, O, back_2_1, back_1), \
    SOME("again: one back each, with two in", 5000, begin_3_2, 2, back_1, back_1, back_1), \
    SOME("IO|IO|IO", 20000, begin_3, 0, IO, IO, IO), \
    FREEZE("nobody waits: IO|OI", begin_2_1, 1, IO, OI), \
    FREEZE("nobody waits: A|B", begin_2_1, 1, A, B),

static void begin_with_3(void) { begin_with(3, 3); }

#endif
