/* SPDX-License-Identifier: MIT
 *
 * bench/map/ours.h - all of an adapter for an engine of ours but its header, OURS_HEADER, the name to show, OURS_NAME,
 * BENCH_ORDER and BENCH_PROGRESS. OURS_HP and OURS_HYALINE choose the scheme, else it is ebr.
 */
#include "walk.h"

#include <stdlib.h>

#if defined(OURS_HP)
#  include "../../include/loft/smr/hp.h"
#  define SCHEME(f)     loft_hp##f
#  define BENCH_NAME    OURS_NAME ", hp"
#  define BENCH_BOUND   "hp"
#elif defined(OURS_HYALINE)
#  include "../../include/loft/smr/hyaline.h"
#  define SCHEME(f)     loft_hyaline##f
#  define BENCH_NAME    OURS_NAME ", hyaline"
#  define BENCH_BOUND   "hyaline"
#else
#  include "../../include/loft/smr/ebr.h"
#  define SCHEME(f)     loft_ebr##f
#  define BENCH_NAME    OURS_NAME
#  define BENCH_BOUND   "ebr"
#endif

#define LOFT_MAP_NAME  ours
#define LOFT_MAP_KEY   uint64_t
#define LOFT_MAP_VAL   uint64_t
#define LOFT_MAP_SMR   SCHEME()
#include OURS_HEADER

#define BENCH_ERASES
#define BENCH_RANGES

struct map {
    SCHEME() domain;
    ours r;
};

static bool
map_init(struct map *m)
{
    return SCHEME(_init)(&m->domain, NULL) == LOFT_OK && ours_init(&m->r, &m->domain) == LOFT_OK;
}

static void
map_fini(struct map *m)
{
    ours_fini(&m->r);
    if (SCHEME(_fini)(&m->domain) != LOFT_OK)
        abort();
}

static void *
map_join(struct map *m)
{
    void *const me = SCHEME(_join)(&m->domain);
    if (!me)
        abort();
    return me;
}

static void map_leave(struct map *m, void *me) { (void)m; SCHEME(_leave)((SCHEME(_thread) *)me); }

static inline bool
map_put(struct map *m, void *me, uint64_t k, uint64_t v)
{
    return ours_put_if_absent(&m->r, (SCHEME(_thread) *)me, k, v) == LOFT_OK;
}

static inline bool
map_remove(struct map *m, void *me, uint64_t k, uint64_t *v)
{
    return ours_remove(&m->r, (SCHEME(_thread) *)me, k, v);
}

static inline bool
map_get(struct map *m, void *me, uint64_t k, uint64_t *v)
{
    return ours_get(&m->r, (SCHEME(_thread) *)me, k, v);
}

static bool visit(uint64_t k, uint64_t v, void *walk) { return walk_step((struct walk *)walk, k, v); }

static inline void
map_range(struct map *m, void *me, uint64_t k, struct walk *walk)
{
    ours_for_each(&m->r, (SCHEME(_thread) *)me, &k, NULL, 0, visit, walk);
}

#include "harness.h"
