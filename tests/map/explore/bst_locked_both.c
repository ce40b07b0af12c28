/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bst_locked_both.c - the end of a search for a neighbour at two edges, which has seen each of them
 * lead to its leaf at some time, and now looks whether both did at one instant.
 *
 * The whole search beside changes that bring both edges back has more executions than can be looked at. So what it does
 * on its way down is done before: it has come to 1 when there was no 2, and to 4 when there was no 3.
 */
#include <loft/check/explore.h>

#include <loft/smr/leak.h>

#define LOFT_MAP_NAME      map
#define LOFT_MAP_KEY       unsigned
#define LOFT_MAP_VAL       unsigned
#define LOFT_MAP_SMR       loft_leak
#include <loft/map/bst_locked.h>

static loft_leak domain;
static loft_leak_thread *me[3];
static map m;
static map_way_ one;                                     /* to 1                                               */
static map_way_ two;                                     /* to 4                                               */
static bool both;                                        /* the answer                                         */
static bool never;                                       /* they cannot have: this thread has seen that        */

static void
put(unsigned k)
{
    loft_explore_check(map_put(&m, me[0], k, k) == LOFT_OK);
}

/* The root has key 3: 1 hangs on its left, and on its right a node with 4 and 5. */
static void
setup(void)
{
    loft_explore_check(loft_leak_init(&domain, NULL) == LOFT_OK);
    for (int t = 0; t < 3; t++)
        me[t] = loft_leak_join(&domain);
    loft_explore_check(me[2] && map_init(&m, &domain) == LOFT_OK);
    put(3);
    put(1);
    put(5);
    loft_explore_check(map_remove(&m, me[0], 3, NULL));
    put(4);
    const unsigned k1 = 1;
    const unsigned k4 = 4;
    loft_explore_check(map_find_(&m, me[0], &k1, LOFT_MAP_AT_, &one) && map_find_(&m, me[0], &k4, LOFT_MAP_AT_, &two));
    loft_explore_check(one.parent != two.parent);
    both = never = false;
}
static void setup_2(void) { setup(); put(2); }
static void setup_3(void) { setup(); put(3); }

static void
looks(int t)
{
    (void)t;
    both = map_both_(&m, &one, &two);
}

/* 4 is another one before 2 has gone. */
static void
replaces(int t)
{
    loft_explore_check(map_put(&m, me[t], 4, 44) == LOFT_REPLACED);
    never = map_contains(&m, me[t], 2);
}
static void
removes(int t)
{
    loft_explore_check(map_remove(&m, me[t], 2, NULL));
}

/* 2 is in before 3 has gone. */
static void
puts_2(int t)
{
    loft_explore_check(map_put(&m, me[t], 2, 2) == LOFT_OK);
    never = map_contains(&m, me[t], 3);
}
static void
removes_3(int t)
{
    loft_explore_check(map_remove(&m, me[t], 3, NULL));
}

/* One of 2 and 3 is always in. */
static void
stands_in(int t)
{
    loft_explore_check(map_put(&m, me[t], 2, 2) == LOFT_OK && map_remove(&m, me[t], 3, NULL));
    loft_explore_check(map_put(&m, me[t], 3, 3) == LOFT_OK && map_remove(&m, me[t], 2, NULL));
    never = true;
}

static void
finish(void)
{
    loft_explore_check(!both || !never);
    map_fini(&m);
    for (int t = 0; t < 3; t++)
        loft_leak_leave(me[t]);
    loft_explore_check(loft_leak_fini(&domain) == LOFT_OK);
}

#define CLIENT(text, first, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .finish = finish, .spurious = LOFT_EXPLORE_NONE, \
      .flags = LOFT_EXPLORE_MAY_LEAK }
static const loft_explore_client clients[] = {
    CLIENT("the neighbour goes before what was in front of it", setup_2, looks, replaces, removes),
    CLIENT("what is in front comes before the neighbour is the next one", setup_3, looks, puts_2, removes_3),
    CLIENT("both edges come back, one after the other", setup_3, looks, stands_in),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
