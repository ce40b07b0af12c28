/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/lent.h - keys that an external tree, ENGINE, owns and cannot copy, as a whole program of the
 * explorer: leaves and inner nodes give them up in any order, in any thread, and whoever is last releases them.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_LENT_H
#define LOFT_TESTS_MAP_EXPLORE_LENT_H

#include <loft/check/explore.h>

#include "epochs.h"

/* Plain memory, so that who releases a key while another compares with it is seen. */
enum { NUMBERS = 8 };
static unsigned serial[NUMBERS];
static int held[NUMBERS];

static int
compare(const unsigned *a, const unsigned *b)
{
    const unsigned x = loft_plain_read(a);
    const unsigned y = loft_plain_read(b);
    return (x > y) - (x < y);
}
static void
release(unsigned *k)
{
    const unsigned n = loft_plain_read(k);
    loft_explore_check(n < NUMBERS && held[n]-- == 1);
    loft_plain_write(k, n);
}
/* The value goes before the key, but is as good as that until then. */
static void
goes(const unsigned *v)
{
    loft_explore_check(loft_plain_read(v) < NUMBERS);
}
#define LOFT_MAP_NAME            lent
#define LOFT_MAP_KEY             unsigned *
#define LOFT_MAP_VAL             unsigned
#define LOFT_MAP_VAL_RELEASE(x)  goes(&(x))
#define LOFT_MAP_CMP(a, b)       compare(a, b)
#define LOFT_MAP_KEY_RELEASE(x)  release(x)
#define LOFT_MAP_SMR             loft_ebr
#include ENGINE

static loft_ebr domain;
static loft_ebr_thread *me[3];
static lent all;
static unsigned asked[3][NUMBERS];                       /* keys of threads that only look                     */

static void
insert(int t, unsigned k)
{
    held[k]++;
    if (lent_put_if_absent(&all, me[t], &serial[k], k) != LOFT_OK)
        held[k]--;
}
static void erase(int t, unsigned k) { (void)lent_remove(&all, me[t], &asked[t][k], NULL); }

static void
begin(void)
{
    frees_early(&domain);
    for (unsigned t = 0; t < 3; t++) {
        me[t] = loft_ebr_join(&domain);
        loft_explore_check(me[t]);
        for (unsigned k = 0; k < NUMBERS; k++)
            loft_plain_write(&asked[t][k], k);
    }
    for (unsigned k = 0; k < NUMBERS; k++) {
        loft_plain_write(&serial[k], k);
        held[k] = 0;
    }
    loft_explore_check(lent_init(&all, &domain) == LOFT_OK);
    insert(0, 1);
    insert(0, 3);
    insert(0, 5);                                        /* 3 is the root's key                                */
}

static void
end(void)
{
    lent_fini(&all);
    loft_explore_check(loft_ebr_fini(&domain) == LOFT_OK);
    for (unsigned k = 0; k < NUMBERS; k++)
        loft_explore_check(held[k] == 0);
}

static void erases_3(int t) { erase(t, 3); }
static void erases_5(int t) { erase(t, 5); }
static void erases_1(int t) { erase(t, 1); }
static void inserts_2(int t) { insert(t, 2); }
static void inserts_4(int t) { insert(t, 4); }
static void asks(int t) { (void)!lent_contains(&all, me[t], &asked[t][4]); }

/* Each has retired a leaf, and with it, or besides, the inner node that has the key of the other's. */
static void
with_two_to_drop(void)
{
    begin();
    erase(0, 3);
    erase(1, 5);
    epochs_pass(me[2]);
}
static void
drops(int t)
{
    loft_ebr_enter(me[t]);
    loft_ebr_exit(me[t]);
}

/* Two users of a key, no section, and no epoch that orders them: each has looked at it before it gives it up. */
static lent_leaf_ *lender;
static void
begin_lent(void)
{
    begin();
    held[2]++;
    lender = lent_make_(me[0], &serial[2]);
    loft_explore_check(lender);
    loft_init(&lender->users, (size_t)2);
}
static void
yields(int t)
{
    loft_explore_check(compare(lender->key, &asked[t][2]) == 0);
    lent_yield_(lender);
}

#define CLIENT(text, ...) \
    { .name = (text), .setup = begin, .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE, \
      .flags = LOFT_EXPLORE_REUSE }
#define SOME(text, count, ...) \
    { .name = (text), .setup = begin, .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE, \
      .executions = (count), .flags = LOFT_EXPLORE_REUSE }

static const loft_explore_client clients[] = {
    SOME("a leaf and the node that has its key", 2000, erases_3, erases_5),
    SOME("a leaf, the node that has its key, and a look", 1000, erases_3, erases_5, asks),
    CLIENT("two that want the same place", inserts_4, inserts_4),
    { .name = "a leaf and its key are dropped", .setup = with_two_to_drop, .thread = { drops, drops }, .finish = end,
      .flags = LOFT_EXPLORE_REUSE },
    SOME("a new node with the key of a leaf that goes", 1000, inserts_2, erases_3, erases_1),
    { .name = "two users of a key", .setup = begin_lent, .thread = { yields, yields }, .finish = end },
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}

#endif
