/* SPDX-License-Identifier: MIT
 *
 * tests/stack/explore/treiber.h - treiber.h under one scheme. Include it after the scheme's header and
 *
 *     #define S    loft_ebr
 *     static void narrow(S *domain);          the least that the scheme can wait, so that it frees in short runs
 */
#ifndef LOFT_TESTS_STACK_EXPLORE_TREIBER_H
#define LOFT_TESTS_STACK_EXPLORE_TREIBER_H

/* One slot, and nobody waits there for longer than the two steps that a wait consists of. */
#define LOFT_STACK_NAME         pile
#define LOFT_STACK_T            unsigned
#define LOFT_STACK_SMR          S
#define LOFT_STACK_ELIMINATION  1
#if defined(FEW)
#  define LOFT_STACK_TIMEOUT    1                        /* and it is asked how crowded the top is             */
#else
#  define LOFT_STACK_TIMEOUT    0
#endif
#include <loft/stack/treiber.h>

#if !defined(AT_THE_END)
#  define AT_THE_BEGINNING()  ((void)0)
#  define AT_THE_END()        ((void)0)
#endif

#define SPINS  8
#define S_(f)  LOFT_CAT(S, f)

#include "lifo.h"

static S domain;
static S_(thread) *me[4];
static unsigned joined;
static pile one;
static bool beaten[4];                                   /* its next call has lost an exchange as it begins */

static void
begin_stack(unsigned threads, unsigned elements)
{
    S_(options) o;
    AT_THE_BEGINNING();
    memset(&o, 0, sizeof o);
    o.batch = 1;
    o.births = 1;
    loft_explore_check(S_(init)(&domain, &o) == LOFT_OK);
    narrow(&domain);
    loft_explore_check(pile_init(&one, &domain) == LOFT_OK);
    joined = threads;
    for (unsigned i = 0; i < threads; i++) {
        me[i] = S_(join)(&domain);
        loft_explore_check(me[i]);
        beaten[i] = false;
    }
    for (unsigned i = 0; i < elements; i++)
        loft_explore_check(pile_push(&one, me[0], LIFO_FIRST + i) == LOFT_OK);
}

static void
end_stack(void)
{
    loft_explore_check(pile_is_empty(&one));
    loft_explore_check(loft_load(&one.slot[0].word, relaxed) == LOFT_TREIBER_NOBODY_);
    loft_explore_outcome(pile_stats_get(&one).met);
    pile_fini(&one);
    loft_explore_check(S_(fini)(&domain) == LOFT_OK);
    AT_THE_END();
}

/* To the slot, as a call that was beaten. `mine` is what is pushed; 0: a pop. */
static bool
meets(int t, pile_node *mine, uintptr_t *node)
{
    loft_treiber_loser_ loser;
    beaten[t] = false;
    loser.lost = 0;
    loser.waited = false;
    if (!mine)
        S_(enter)(me[t]);
    const bool met = pile_lost_(&one, me[t], &loser, 0, (uintptr_t)mine, node);
    if (!mine && !met)
        S_(exit)(me[t]);
    return met;
}

static void
stack_push(int t, unsigned v)
{
    if (beaten[t]) {
        pile_node *const n = pile_make_(me[t], v);
        loft_explore_check(n);
        if (meets(t, n, NULL))
            return;
        pile_free_(n);
    }
    loft_explore_check(pile_push(&one, me[t], v) == LOFT_OK);
}

static void
stack_push_both(int t, unsigned v)
{
    const unsigned both[2] = { v, v + 1 };
    loft_explore_check(pile_push_n(&one, me[t], both, 2) == LOFT_OK);
}

static bool
stack_pop(int t, unsigned *v)
{
    uintptr_t met = 0;
    if (beaten[t] && meets(t, NULL, &met)) {
        *v = loft_plain_read(&((pile_node *)met)->value);
        pile_free_((pile_node *)met);
        return true;
    }
    return pile_try_pop(&one, me[t], v);
}

static bool
stack_peek(int t, unsigned *v)
{
    return pile_peek(&one, me[t], v);
}

static unsigned
stack_all(int t, unsigned *v, unsigned most)
{
    pile_all every;
    unsigned n = 0;
    loft_explore_check(pile_pop_all(&one, me[t], &every) == (every.first != NULL));
    while (n < most && pile_all_next(&every, &v[n]))
        n++;
    return n;
}

static void
stack_idle(int t)
{
    S_(enter)(me[t]);
    S_(exit)(me[t]);
}

#endif
