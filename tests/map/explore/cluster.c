/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/cluster.c - map/cluster.h: nobody has a node that somebody else has, what is done with a node is
 * done before another gets its memory, and a block goes back with its last node, whoever frees it, and not before.
 */
#include <loft/check/explore.h>

#define LOFT_CLUSTER  1
#include <loft/map/cluster.h>

struct node {
    uintptr_t word[5];
};

enum { MOST = 3 };
static struct node *given[MOST];                         /* of one block, each to be freed by its thread       */
static struct node *root[2];                             /* nobody frees them                                  */
static struct node *made[2];

static struct node *
take(const struct node *by, const struct node *or_by)
{
    struct node *const n = (struct node *)loft_cluster_alloc(by, or_by, sizeof *n);
    loft_explore_check(n != NULL);
    loft_plain_write(&n->word[0], (uintptr_t)n);
    loft_plain_write(&n->word[4], (uintptr_t)n);
    return n;
}

static void
give(struct node *n)
{
    loft_explore_check(loft_plain_read(&n->word[0]) == (uintptr_t)n && loft_plain_read(&n->word[4]) == (uintptr_t)n);
    loft_plain_write(&n->word[0], (uintptr_t)0);
    loft_cluster_free(n, sizeof *n);
}

static bool together(const struct node *a, const struct node *b)
{
    return loft_cluster_block_of_(a) == loft_cluster_block_of_(b);
}

static void
begin_with(unsigned nodes)
{
    loft_explore_promise(LOFT_EXPLORE_LOCK_FREE, 0);
    for (unsigned i = 0; i < 2; i++)
        root[i] = made[i] = NULL;
    for (unsigned i = 0; i < MOST; i++)
        given[i] = i < nodes ? take(i > 0 ? given[0] : NULL, NULL) : NULL;
}

static void begin_2(void) { begin_with(2); }
static void begin_3(void) { begin_with(3); }

/* A node that stays, and two beside it; another that stays, alone. */
static void
begin_root(void)
{
    begin_with(0);
    root[0] = take(NULL, NULL);
    for (unsigned i = 0; i < 2; i++)
        given[i] = take(root[0], NULL);
    root[1] = take(NULL, NULL);
    loft_explore_check(together(root[0], given[1]) && !together(root[0], root[1]));
}

static void
end(void)
{
    for (unsigned i = 0; i < 2; i++)
        if (made[i])
            give(made[i]);
    for (unsigned i = 0; i < 2; i++)
        if (root[i])
            give(root[i]);
}

static void
frees(int thread)
{
    (void)loft_explore_call(1, 0, 0);
    give(given[thread]);
    loft_explore_return(true, 0);
}

static void
makes(int thread)
{
    (void)loft_explore_call(2, 0, 0);
    made[thread % 2] = take(root[0], root[1]);
    loft_explore_return(true, 0);
}

static void
frees_makes(int thread)
{
    frees(thread);
    makes(thread);
}

static void
makes_frees(int thread)
{
    makes(thread);
    frees(thread);
}

/* The thread without a node of the setup's. */
static void
makes_again(int thread)
{
    makes(thread);
    (void)loft_explore_call(3, 0, 0);
    give(made[thread % 2]);
    made[thread % 2] = take(root[1], root[0]);
    loft_explore_return(true, 0);
}

/* There is a slot for each of the two who are last, wherever they came in between. */
static void
end_beside(void)
{
    loft_explore_check(together(made[0], root[0]) && together(made[1], root[0]) && made[0] != made[1]);
    end();
}

#define CLIENT(text, before, after, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = (after), .spurious = LOFT_EXPLORE_NONE }
#define FREEZE(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE, \
      .flags = LOFT_EXPLORE_FREEZE }

static const loft_explore_client clients[] = {
    CLIENT("the last two", begin_2, end, frees, frees),
    CLIENT("the last three", begin_3, end, frees, frees, frees),
    CLIENT("two free, and make", begin_root, end_beside, frees_makes, frees_makes),
    CLIENT("two make, and free", begin_root, end, makes_frees, makes_frees),
    CLIENT("two free, one makes", begin_root, end, frees, frees, makes_again),
    FREEZE("nobody waits", begin_root, frees_makes, makes_frees),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
