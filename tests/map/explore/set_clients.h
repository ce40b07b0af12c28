/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/set_clients.h - what any ordered map promises as a set, as a whole program of the explorer. Include
 * it after the map, an instance `set` of keys of type unsigned over loft_ebr.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_SET_CLIENTS_H
#define LOFT_TESTS_MAP_EXPLORE_SET_CLIENTS_H

#include "epochs.h"

/* The label of the calls that put or take. */
#if !defined(UPDATES)
#  define UPDATES  LOFT_EXPLORE_LOCK_FREE
#endif

static loft_ebr domain;
static loft_ebr_thread *me[3];
static set all;

static void
begin(void)
{
    frees_early(&domain);
    for (unsigned t = 0; t < 3; t++) {
        me[t] = loft_ebr_join(&domain);
        loft_explore_check(me[t]);
    }
    loft_explore_check(set_init(&all, &domain) == LOFT_OK);
}

static void
end(void)
{
    set_fini(&all);
    loft_explore_check(loft_ebr_fini(&domain) == LOFT_OK);
}

static void
insert(int t, unsigned k)
{
    loft_explore_promise(UPDATES, 0);
    loft_explore_call(LOFT_LINEAR_INSERT, k, 0);
    const loft_status s = set_put(&all, me[t], k);
    loft_explore_return(s == LOFT_OK, 0);
    loft_explore_check(s == LOFT_OK || s == LOFT_EXISTS);
}

static void
erase(int t, unsigned k)
{
    loft_explore_promise(UPDATES, 0);
    loft_explore_call(LOFT_LINEAR_REMOVE, k, 0);
    loft_explore_return(set_remove(&all, me[t], k), 0);
}

static void
has(int t, unsigned k)
{
    loft_explore_promise(LOFT_EXPLORE_LOCK_FREE, 0);
    loft_explore_call(LOFT_LINEAR_CONTAINS, k, 0);
    loft_explore_return(set_contains(&all, me[t], k), 0);
}

static void
any(int t)
{
    const unsigned k = 1 + loft_explore_choose(2);
    switch (loft_explore_choose(3)) {
    case 0: insert(t, k); break;
    case 1: erase(t, k); break;
    case 2: has(t, k); break;
    }
}

static void two(int t) { any(t); any(t); }
static void four(int t) { two(t); two(t); }
static void in_and_out(int t) { insert(t, 1); erase(t, 1); }
static void in_out_in(int t) { in_and_out(t); insert(t, 1); }
static void has_has(int t) { has(t, 1); has(t, 1); }

#define CLIENT(text, ...) \
    { .name = (text), .setup = begin, .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE, \
      .model = &loft_linear_set, .flags = LOFT_EXPLORE_REUSE }
#define SOME(text, count, ...) \
    { .name = (text), .setup = begin, .thread = { __VA_ARGS__ }, .finish = end, .executions = (count), \
      .model = &loft_linear_set, .flags = LOFT_EXPLORE_REUSE }

static const loft_explore_client clients[] = {
    CLIENT("in and out beside a look", in_and_out, has_has),
    CLIENT("any beside any", any, any),
    SOME("in and out twice", 1000, in_and_out, in_and_out),
    SOME("in, out and in again beside in and out", 2000, in_out_in, in_and_out),
    SOME("two beside two", 3000, two, two),
    SOME("four beside four", 3000, four, four),
    SOME("two, three times", 3000, two, two, two),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}

#endif
