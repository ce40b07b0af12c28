/* SPDX-License-Identifier: MIT
 *
 * bench/peers/crossbeam_map/map.c - crossbeam's SkipMap through a call from C into lib.rs for each operation, which
 * is a nanosecond or two that the others do not pay. The crate counts the references to each entry that is handed
 * out. Built by run.sh where there are a cargo and the crate.
 *
 * needs    stdint.h
 * library  -lbench_crossbeam_map
 * package  libc
 * link     -lbench_crossbeam_map
 * exe      map crossbeam  std
 */
#include "../../map/walk.h"

#include <stddef.h>

#define BENCH_NAME      "crossbeam SkipMap"
#define BENCH_ORDER     "skiplist"
#define BENCH_BOUND     "ebr"
#define BENCH_PROGRESS  "lock-free"
#define BENCH_ERASES
#define BENCH_RANGES

#define PEER(f)  bench_crossbeam_map_##f

void *PEER(new)(void);
void PEER(free)(void *map);
bool PEER(put)(void *map, uint64_t k, uint64_t v);
bool PEER(remove)(void *map, uint64_t k, uint64_t *v);
bool PEER(get)(void *map, uint64_t k, uint64_t *v);
void PEER(range)(void *map, uint64_t k, bool (*step)(void *walk, uint64_t k, uint64_t v), void *walk);

struct map {
    void *p;
};

static bool
map_init(struct map *m)
{
    m->p = PEER(new)();
    return m->p != NULL;
}

static void map_fini(struct map *m) { PEER(free)(m->p); }
static void *map_join(struct map *m) { (void)m; return NULL; }
static void map_leave(struct map *m, void *me) { (void)m; (void)me; }
static inline bool map_put(struct map *m, void *me, uint64_t k, uint64_t v) { (void)me; return PEER(put)(m->p, k, v); }
static bool step(void *walk, uint64_t k, uint64_t v) { return walk_step((struct walk *)walk, k, v); }

static inline bool
map_remove(struct map *m, void *me, uint64_t k, uint64_t *v)
{
    (void)me;
    return PEER(remove)(m->p, k, v);
}

static inline bool
map_get(struct map *m, void *me, uint64_t k, uint64_t *v)
{
    (void)me;
    return PEER(get)(m->p, k, v);
}

static inline void
map_range(struct map *m, void *me, uint64_t k, struct walk *walk)
{
    (void)me;
    PEER(range)(m->p, k, step, walk);
}

#include "../../map/harness.h"
