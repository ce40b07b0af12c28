/* SPDX-License-Identifier: MIT
 *
 * bench/peers/dpdk.c - DPDK's rte_ring, on plain memory and without the rest of DPDK. With several producers or
 * consumers all its modes make a thread wait for another that is in the middle of its operation: MP/MC for every
 * earlier one, RTS only past a distance, HTS one at a time.
 *
 * needs    rte_ring.h
 * package  libdpdk-dev
 * config   libdpdk
 * link     -lrte_ring -lrte_eal
 * exe      spsc dpdk      std
 * exe      mpmc dpdk      std
 * exe      mpmc dpdk_rts  full -DPEER_RTS
 * exe      mpmc dpdk_hts  std  -DPEER_HTS
 * exe      mpsc dpdk      std
 * exe      mpsc dpdk_hts  std  -DPEER_HTS
 */
#include <rte_ring.h>
#include <rte_ring_elem.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(BENCH_SPSC)
#  define BENCH_NAME      "rte_ring SP/SC"
#  define BENCH_PROGRESS  "wait-free"
#  define PEER_FLAGS      (RING_F_SP_ENQ | RING_F_SC_DEQ)
#elif defined(BENCH_MPSC) && !defined(PEER_HTS)
#  define BENCH_NAME      "rte_ring MP/SC"
#  define BENCH_PROGRESS  "blocking"
#  define PEER_FLAGS      RING_F_SC_DEQ
#elif defined(PEER_RTS)
#  define BENCH_NAME      "rte_ring RTS"
#  define BENCH_PROGRESS  "blocking"
#  define PEER_FLAGS      (RING_F_MP_RTS_ENQ | RING_F_MC_RTS_DEQ)
#elif defined(PEER_HTS)
#  define BENCH_NAME      "rte_ring HTS"
#  define BENCH_PROGRESS  "blocking"
#  define PEER_FLAGS      (RING_F_MP_HTS_ENQ | RING_F_MC_HTS_DEQ)
#else
#  define BENCH_NAME      "rte_ring MP/MC"
#  define BENCH_PROGRESS  "blocking"
#  define PEER_FLAGS      0u
#endif
#define BENCH_ORDER  "FIFO"
#define BENCH_BOUND  "bounded"

struct queue {
    struct rte_ring *ring;
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    (void)threads;
    unsigned size = 1;
    while (size < capacity + 1)            /* what an exact size is rounded up to */
        size *= 2;
    const ssize_t bytes = rte_ring_get_memsize_elem(sizeof(uint64_t), size);
    void *room = NULL;
    if (bytes <= 0 || posix_memalign(&room, 4096, (size_t)bytes) != 0)
        return false;
    q->ring = (struct rte_ring *)room;
    return rte_ring_init(q->ring, "bench", (unsigned)capacity, PEER_FLAGS | RING_F_EXACT_SZ) == 0;
}

static void queue_fini(struct queue *q) { free(q->ring); }

static inline bool
queue_try_push(struct queue *q, int me, uint64_t v)
{
    (void)me;
#if defined(BENCH_SPSC)
    return rte_ring_sp_enqueue_elem(q->ring, &v, sizeof v) == 0;
#elif defined(PEER_RTS)
    return rte_ring_mp_rts_enqueue_bulk_elem(q->ring, &v, sizeof v, 1, NULL) == 1;
#elif defined(PEER_HTS)
    return rte_ring_mp_hts_enqueue_bulk_elem(q->ring, &v, sizeof v, 1, NULL) == 1;
#else
    return rte_ring_mp_enqueue_elem(q->ring, &v, sizeof v) == 0;
#endif
}

static inline bool
queue_try_pop(struct queue *q, int me, uint64_t *v)
{
    (void)me;
#if defined(BENCH_SPSC) || (defined(BENCH_MPSC) && !defined(PEER_HTS))
    return rte_ring_sc_dequeue_elem(q->ring, v, sizeof *v) == 0;
#elif defined(PEER_RTS)
    return rte_ring_mc_rts_dequeue_bulk_elem(q->ring, v, sizeof *v, 1, NULL) == 1;
#elif defined(PEER_HTS)
    return rte_ring_mc_hts_dequeue_bulk_elem(q->ring, v, sizeof *v, 1, NULL) == 1;
#else
    return rte_ring_mc_dequeue_elem(q->ring, v, sizeof *v) == 0;
#endif
}

#include "../harness.h"
