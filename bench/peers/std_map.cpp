/* SPDX-License-Identifier: MIT
 *
 * bench/peers/std_map.cpp - the baselines that need no library: std::map behind a std::mutex, behind a
 * std::shared_mutex that readers share, and, where it does not change any more, without one.
 *
 * needs    shared_mutex
 * package  libc
 * exe      map std_mutex   std
 * exe      map std_shared  std -DPEER_SHARED
 * exe      map std_bare    std -DPEER_BARE
 *
 * BENCH_PLANT makes it wrong on purpose: LOSE forgets an entry now and then that it says it has put, TWICE leaves
 * one in that it says it has removed, SWAP gives the value of another key. `run.sh quick` builds these and fails
 * unless the harness reports each.
 */
#include <cstdint>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "placed.h"
#include "../map/walk.h"

#define PLANT_LOSE   1
#define PLANT_TWICE  2
#define PLANT_SWAP   3

#if defined(BENCH_PLANT)
static bool
now(int plant)
{
    static unsigned calls;                               /* under the lock */
    return plant == BENCH_PLANT && (++calls & 0xffu) == 77;
}
#else
static bool now(int) { return false; }
#endif

#if defined(PEER_SHARED)
#  define BENCH_NAME  "std::map, shared_mutex"
typedef std::shared_mutex latch;
typedef std::shared_lock<latch> reading;
#elif defined(PEER_BARE)
#  define BENCH_NAME  "std::map, no lock"
typedef std::mutex latch;                                /* for those who fill it */
struct reading {
    explicit reading(latch &) {}
};
#else
#  define BENCH_NAME  "std::map, mutex"
typedef std::mutex latch;
typedef std::lock_guard<latch> reading;
#endif
typedef std::lock_guard<latch> writing;

#define BENCH_ORDER     "tree"
#if defined(PEER_BARE)
#  define BENCH_BOUND     "never"
#  define BENCH_PROGRESS  "wait-free"
#  define BENCH_SETTLES
#else
#  define BENCH_BOUND     "lock"
#  define BENCH_PROGRESS  "blocking"
#  define BENCH_ERASES
#  define BENCH_RANGES
#  define BENCH_MAY_SLEEP
#endif

struct map {
    placed<latch> lock;
    placed<std::map<uint64_t, uint64_t>> p;
};

static bool
map_init(struct map *m)
{
    m->lock.make();
    m->p.make();
    return true;
}

static void
map_fini(struct map *m)
{
    m->p.drop();
    m->lock.drop();
}

static void *map_join(struct map *) { return nullptr; }
static void map_leave(struct map *, void *) {}
static inline void map_settle(struct map *) {}

static inline bool
map_put(struct map *m, void *, uint64_t k, uint64_t v)
{
    writing hold(*m->lock);
    return now(PLANT_LOSE) ? m->p->count(k) == 0 : m->p->emplace(k, v).second;
}

static inline bool
map_remove(struct map *m, void *, uint64_t k, uint64_t *v)
{
    writing hold(*m->lock);
    auto at = m->p->find(k);
    if (at == m->p->end())
        return false;
    *v = at->second;
    if (!now(PLANT_TWICE))
        m->p->erase(at);
    return true;
}

static inline bool
map_get(struct map *m, void *, uint64_t k, uint64_t *v)
{
    reading hold(*m->lock);
    auto at = m->p->find(k);
    if (at == m->p->end())
        return false;
    *v = at->second + now(PLANT_SWAP);
    return true;
}

static inline void
map_range(struct map *m, void *, uint64_t k, struct walk *walk)
{
    reading hold(*m->lock);
    for (auto at = m->p->lower_bound(k); at != m->p->end() && walk_step(walk, at->first, at->second); ++at)
        ;
}

#include "../map/harness.h"
