/* SPDX-License-Identifier: MIT
 *
 * bench/peers/cds_stack.cpp - libcds: TreiberStack under its two kinds of hazard pointers. HP has room for as many as
 * the stack needs, and scans the way that is quicker here: with its defaults a pair takes three times as long. Its
 * elimination takes a spin lock for each place of the array, so a thread that is stopped with one holds up whoever
 * comes there: blocking; and it waits in steps of 2 ms, asleep.
 *
 * needs    cds/container/treiber_stack.h
 * package  libcds-dev
 * link     -lcds
 * exe      stack cds_hp        std
 * exe      stack cds_dhp       std  -DPEER_DHP
 * exe      stack cds_hp_elim   std  -DPEER_ELIMINATION
 * exe      stack cds_dhp_elim  full -DPEER_DHP -DPEER_ELIMINATION
 */
#include <cds/init.h>
#include <cds/gc/dhp.h>
#include <cds/gc/hp.h>
#include <cds/container/treiber_stack.h>
#include <cstdint>

#include "placed.h"

#if defined(PEER_DHP)
#  define SCHEME_NAME  "DHP"
typedef cds::gc::DHP scheme;
#else
#  define SCHEME_NAME  "HP"
typedef cds::gc::HP scheme;
#endif

#if defined(PEER_ELIMINATION)
#  define BENCH_NAME      "cds TreiberStack<" SCHEME_NAME "> elim."
#  define BENCH_PROGRESS  "blocking"
#  define BENCH_MAY_SLEEP
typedef cds::container::treiber_stack::make_traits<cds::opt::enable_elimination<true>>::type traits;
#else
#  define BENCH_NAME      "cds TreiberStack<" SCHEME_NAME ">"
#  define BENCH_PROGRESS  "lock-free"
typedef cds::container::treiber_stack::traits traits;
#endif
#define BENCH_ORDER  "LIFO"
#define BENCH_BOUND  "freed"
#define BENCH_JOINS
#define BENCH_THREADS_MOST  100        /* as by default */

typedef cds::container::TreiberStack<scheme, uint64_t, traits> peer;

struct queue {
    placed<scheme> s;
    placed<peer> p;
};

static bool
queue_init(struct queue *q, size_t, int)
{
    cds::Initialize();
#if defined(PEER_DHP)
    q->s.make();
#else
    q->s.make(peer::c_nHazardPtrCount, size_t(BENCH_THREADS_MOST), size_t(0), scheme::scan_type::classic);
#endif
    q->p.make();
    return true;
}

/* What is left would be freed by a thread that has joined. */
static void
queue_fini(struct queue *q)
{
    cds::threading::Manager::attachThread();
    q->p.drop();
    cds::threading::Manager::detachThread();
    q->s.drop();
    cds::Terminate();
}

static void queue_join(struct queue *, int) { cds::threading::Manager::attachThread(); }
static void queue_leave(struct queue *, int) { cds::threading::Manager::detachThread(); }
static inline bool queue_try_push(struct queue *q, int, uint64_t v) { return q->p->push(v); }
static inline bool queue_try_pop(struct queue *q, int, uint64_t *v) { return q->p->pop(*v); }

#include "../harness.h"
