/* SPDX-License-Identifier: MIT
 *
 * tests/stack/explore/intrusive.c - intrusive.h with pointers and tags in two words.
 */
#include <loft/check/explore.h>

#include <loft/core/atomics.h>

struct node {
    LOFT_ATOMIC(uintptr_t) link;
};

#define LOFT_STACK_NAME   pile
#define LOFT_STACK_T      struct node
#define LOFT_STACK_LINK   link
#include <loft/stack/intrusive.h>

#include "intrusive.h"

/* The tag comes round in the middle. */
static bool
init(pile *s)
{
    if (pile_init(s) != LOFT_OK)
        return false;
    pile_start_at_(s, (loft_seq)-3);
    return true;
}

static const loft_explore_client clients[] = {
    INTRUSIVE_CLIENTS
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
