/* SPDX-License-Identifier: MIT
 *
 * bench/stack/nodes.h - the nodes of stacks that leave them to the caller: one array of a line each, from which each
 * thread has some. What it pops is what it pushes next. Include it after LINK, the type of a node's link.
 */
#ifndef LOFT_BENCH_STACK_NODES_H
#define LOFT_BENCH_STACK_NODES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "../../include/loft/core/atomics.h"

#define SPARES_EACH 64u                /* as many as a stack of the harness begins with */

struct item {
    LINK link;
    struct item *after;                /* among spares */
    uint64_t v;
    char pad_[LOFT_CACHELINE - 2 * sizeof(void *) - sizeof(uint64_t)];
};

struct spares {
    struct item *first;
    char pad_[LOFT_CACHELINE - sizeof(void *)];
};

struct nodes {
    struct item *item;
    struct spares *spares;             /* of each thread, and of the one that fills and drains */
    size_t items;
};

static inline void
spare(struct nodes *n, int me, struct item *it)
{
    it->after = n->spares[me].first;
    n->spares[me].first = it;
}

static inline struct item *
spare_take(struct nodes *n, int me)
{
    struct item *const it = n->spares[me].first;
    if (it)
        n->spares[me].first = it->after;
    return it;
}

static inline bool
nodes_init(struct nodes *n, size_t capacity, int threads)
{
    n->items = capacity + SPARES_EACH * ((size_t)threads + 1u);
    n->item = NULL;
    n->spares = NULL;
    void *p = NULL;
    if (posix_memalign(&p, LOFT_CACHELINE, n->items * sizeof *n->item) != 0)
        return false;
    n->item = (struct item *)p;
    if (posix_memalign(&p, LOFT_CACHELINE, ((size_t)threads + 1u) * sizeof *n->spares) != 0)
        return false;
    n->spares = (struct spares *)p;
    for (int i = 0; i <= threads; i++)
        n->spares[i].first = NULL;
    for (size_t i = 0; i < n->items; i++)
        spare(n, i / SPARES_EACH < (size_t)threads ? (int)(i / SPARES_EACH) : threads, &n->item[i]);
    return true;
}

static inline void
nodes_fini(struct nodes *n)
{
    free(n->item);
    free(n->spares);
}

#endif
