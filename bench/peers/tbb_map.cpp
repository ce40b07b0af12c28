/* SPDX-License-Identifier: MIT
 *
 * bench/peers/tbb_map.cpp - oneTBB: concurrent_map, a skip list. Nothing can be erased while others use it, so it is in
 * the workloads that do not.
 *
 * needs    oneapi/tbb/concurrent_map.h
 * package  libtbb-dev
 * link     -ltbb
 * exe      map tbb  std
 */
#include <cstdint>
#include <functional>
#include <memory>
#include <oneapi/tbb/concurrent_map.h>

#include "placed.h"
#include "../map/walk.h"

#define BENCH_NAME      "tbb concurrent_map"
#define BENCH_ORDER     "skiplist"
#define BENCH_BOUND     "never"
#define BENCH_PROGRESS  "lock-free"
#define BENCH_RANGES

/* With the allocator of all the others in place of its own. */
typedef oneapi::tbb::concurrent_map<uint64_t, uint64_t, std::less<uint64_t>,
                                    std::allocator<std::pair<const uint64_t, uint64_t>>> peer;

struct map {
    placed<peer> p;
};

static bool map_init(struct map *m) { m->p.make(); return true; }
static void map_fini(struct map *m) { m->p.drop(); }
static void *map_join(struct map *) { return nullptr; }
static void map_leave(struct map *, void *) {}
static inline bool map_put(struct map *m, void *, uint64_t k, uint64_t v) { return m->p->emplace(k, v).second; }

static inline bool
map_get(struct map *m, void *, uint64_t k, uint64_t *v)
{
    auto at = m->p->find(k);
    if (at == m->p->end())
        return false;
    *v = at->second;
    return true;
}

static inline void
map_range(struct map *m, void *, uint64_t k, struct walk *walk)
{
    for (auto at = m->p->lower_bound(k); at != m->p->end() && walk_step(walk, at->first, at->second); ++at)
        ;
}

#include "../map/harness.h"
