/* SPDX-License-Identifier: MIT
 *
 * bench/map/frozen.c - ours: the map that never changes, made of a live one when that is full.
 *
 * needs    loft/map/frozen.h
 * exe      map frozen  std
 */
#include "walk.h"

#include <stdlib.h>

#include "../../include/loft/smr/ebr.h"

#define LOFT_MAP_NAME  live
#define LOFT_MAP_KEY   uint64_t
#define LOFT_MAP_VAL   uint64_t
#define LOFT_MAP_SMR   loft_ebr
#include "../../include/loft/map/skiplist.h"

#define LOFT_MAP_NAME  frozen
#define LOFT_MAP_KEY   uint64_t
#define LOFT_MAP_VAL   uint64_t
#include "../../include/loft/map/frozen.h"

#define BENCH_NAME      "loft frozen.h"
#define BENCH_ORDER     "array"
#define BENCH_BOUND     "never"
#define BENCH_PROGRESS  "wait-free"
#define BENCH_SETTLES

struct map {
    frozen r;
    loft_ebr domain;
    live filling;
};

static bool
map_init(struct map *m)
{
    return frozen_init_sorted(&m->r, NULL, NULL, NULL, 0) == LOFT_OK && loft_ebr_init(&m->domain, NULL) == LOFT_OK
        && live_init(&m->filling, &m->domain) == LOFT_OK;
}

static void *
map_join(struct map *m)
{
    void *const me = loft_ebr_join(&m->domain);
    if (!me)
        abort();
    return me;
}

static void map_leave(struct map *m, void *me) { (void)m; loft_ebr_leave((loft_ebr_thread *)me); }

static inline bool
map_put(struct map *m, void *me, uint64_t k, uint64_t v)
{
    return live_put_if_absent(&m->filling, (loft_ebr_thread *)me, k, v) == LOFT_OK;
}

static void
map_settle(struct map *m)
{
    loft_ebr_thread *const me = loft_ebr_join(&m->domain);
    frozen_copy copy;
    if (!me || frozen_copy_begin(&copy, NULL) != LOFT_OK)
        abort();
    frozen_fini(&m->r);
    live_for_each(&m->filling, me, NULL, NULL, 0, frozen_copy_add, &copy);
    if (frozen_copy_end(&copy, &m->r) != LOFT_OK)
        abort();
    live_clear(&m->filling, me);
    loft_ebr_leave(me);
}

static inline bool
map_get(struct map *m, void *me, uint64_t k, uint64_t *v)
{
    (void)me;
    return frozen_get(&m->r, k, v);
}

static void
map_fini(struct map *m)
{
    live_fini(&m->filling);
    frozen_fini(&m->r);
    if (loft_ebr_fini(&m->domain) != LOFT_OK)
        abort();
}

#include "harness.h"
