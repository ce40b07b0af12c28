/* SPDX-License-Identifier: MIT
 *
 * bench/peers/cds.cpp - libcds: Vyukov's bounded queue (blocking: a thread stopped between claiming a cell and filling
 * it hides all behind it; it backs off inside), also used by one producer and one consumer, and WeakRingBuffer.
 *
 * needs    cds/container/vyukov_mpmc_cycle_queue.h
 * package  libcds-dev
 * link     -lcds
 * exe      spsc cds_weak    std  -DPEER_WEAK
 * exe      spsc cds_vyukov  std
 * exe      mpmc cds_vyukov  std
 * exe      mpsc cds_vyukov  std
 */
#include <cds/init.h>
#include <cds/container/vyukov_mpmc_cycle_queue.h>
#include <cds/container/weak_ringbuffer.h>
#include <cstdint>

#include "placed.h"

#if defined(PEER_WEAK)
#  define BENCH_NAME      "cds WeakRingBuffer"
#  define BENCH_PROGRESS  "wait-free"
typedef cds::container::WeakRingBuffer<uint64_t> peer;
#else
#  define BENCH_NAME      "cds VyukovMPMCCycleQueue"
#  define BENCH_PROGRESS  "blocking"
typedef cds::container::VyukovMPMCCycleQueue<uint64_t> peer;
#endif
#define BENCH_ORDER  "FIFO"
#define BENCH_BOUND  "bounded"

struct queue {
    placed<peer> p;
};

static bool
queue_init(struct queue *q, size_t capacity, int)
{
    q->p.make(capacity);
    return true;
}

static void queue_fini(struct queue *q) { q->p.drop(); }
static inline bool queue_try_push(struct queue *q, int, uint64_t v) { return q->p->push(v); }
static inline bool queue_try_pop(struct queue *q, int, uint64_t *v) { return q->p->pop(*v); }

#include "../harness.h"
