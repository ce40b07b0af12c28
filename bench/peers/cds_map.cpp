/* SPDX-License-Identifier: MIT
 *
 * bench/peers/cds_map.cpp - libcds: its ordered maps. SkipListMap: a lock-free skip list; EllenBinTreeMap: an external
 * tree (Ellen, Fatourou, Ruppert, van Breugel); BronsonAVLTreeMap: a tree that is nearly balanced, with a lock in each
 * node and optimistic readers. Under RCU, general and buffered, whoever fills the buffer waits for all readers, so none
 * of them is lock-free there; SkipListMap also under hazard pointers, DHP. No walks: libcds has none beside erasers.
 *
 * needs    cds/container/skip_list_map_rcu.h
 * library  -lboost_thread
 * package  libcds-dev
 * package  libboost-thread-dev
 * link     -lcds -lboost_thread
 * exe      map cds_skiplist      std
 * exe      map cds_skiplist_dhp  full -DPEER_SKIPLIST_DHP
 * exe      map cds_ellen         std  -DPEER_ELLEN
 * exe      map cds_bronson       std  -DPEER_BRONSON
 */
#include <cds/init.h>
#include <cds/gc/dhp.h>
#include <cds/urcu/general_buffered.h>
#include <cds/container/bronson_avltree_map_rcu.h>
#include <cds/container/ellen_bintree_map_rcu.h>
#include <cds/container/skip_list_map_dhp.h>
#include <cds/container/skip_list_map_rcu.h>
#include <cstdint>
#include <functional>

#include "placed.h"

#define BENCH_ERASES
#define BENCH_MAY_SLEEP

#if defined(PEER_SKIPLIST_DHP)
typedef cds::gc::DHP scheme;
#  define BENCH_BOUND     "dhp"
#  define BENCH_PROGRESS  "lock-free"
#else
typedef cds::urcu::gc<cds::urcu::general_buffered<>> scheme;
#  define BENCH_BOUND     "rcu"
#  define BENCH_PROGRESS  "blocking"
#endif

#if defined(PEER_ELLEN)
#  define BENCH_NAME   "cds EllenBinTreeMap<RCU>"
#  define BENCH_ORDER  "tree"
struct traits : public cds::container::ellen_bintree::traits { typedef std::less<uint64_t> less; };
typedef cds::container::EllenBinTreeMap<scheme, uint64_t, uint64_t, traits> peer;
#elif defined(PEER_BRONSON)
#  define BENCH_NAME   "cds BronsonAVLTreeMap<RCU>"
#  define BENCH_ORDER  "tree"
struct traits : public cds::container::bronson_avltree::traits { typedef std::less<uint64_t> less; };
typedef cds::container::BronsonAVLTreeMap<scheme, uint64_t, uint64_t, traits> peer;
#else
#  if defined(PEER_SKIPLIST_DHP)
#    define BENCH_NAME  "cds SkipListMap<DHP>"
#  else
#    define BENCH_NAME  "cds SkipListMap<RCU>"
#  endif
#  define BENCH_ORDER  "skiplist"
struct traits : public cds::container::skip_list::traits { typedef std::less<uint64_t> less; };
typedef cds::container::SkipListMap<scheme, uint64_t, uint64_t, traits> peer;
#endif

/* What the calls of all of them hand the value to. */
struct taker {
    uint64_t *v;
    template <class Pair>
    void operator()(Pair &entry) const { *v = entry.second; }
    void operator()(uint64_t const &, uint64_t &value) const { *v = value; }
};

struct map {
    placed<scheme> s;
    placed<peer> p;
};

static bool
map_init(struct map *m)
{
    cds::Initialize();
    m->s.make();
    cds::threading::Manager::attachThread();
    m->p.make();
    cds::threading::Manager::detachThread();
    return true;
}

/* What is left would be freed by a thread that has joined. */
static void
map_fini(struct map *m)
{
    cds::threading::Manager::attachThread();
    m->p.drop();
    cds::threading::Manager::detachThread();
    m->s.drop();
    cds::Terminate();
}

static void *map_join(struct map *) { cds::threading::Manager::attachThread(); return nullptr; }
static void map_leave(struct map *, void *) { cds::threading::Manager::detachThread(); }
static inline bool map_put(struct map *m, void *, uint64_t k, uint64_t v) { return m->p->insert(k, v); }
static inline bool map_remove(struct map *m, void *, uint64_t k, uint64_t *v) { return m->p->erase(k, taker{v}); }
static inline bool map_get(struct map *m, void *, uint64_t k, uint64_t *v) { return m->p->find(k, taker{v}); }

#include "../map/harness.h"
