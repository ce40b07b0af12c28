/* SPDX-License-Identifier: MIT
 *
 * bench/peers/crossbeam/queue.c - crossbeam-queue through a call from C into lib.rs for each operation, which is a
 * nanosecond or two that the others do not pay. SegQueue: a list of arrays of 31 places; a thread waits for the one
 * that makes the next array, and a pop for the push that has its place. ArrayQueue: a stamp in each slot, and the same
 * wait. Both are blocking. Built by run.sh where there are a cargo and the crates.
 *
 * needs    stdint.h
 * library  -lbench_crossbeam
 * package  librust-crossbeam-queue-dev
 * link     -lbench_crossbeam
 * exe      unbounded crossbeam_seg  std
 * exe      mpmc crossbeam_array  std  -DPEER_ARRAY
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_ORDER     "FIFO"
#define BENCH_PROGRESS  "blocking"

#if defined(PEER_ARRAY)
#  define BENCH_NAME   "crossbeam ArrayQueue"
#  define BENCH_BOUND  "bounded"
#  define PEER(f)      bench_crossbeam_array_##f
#else
#  define BENCH_NAME   "crossbeam SegQueue"
#  define BENCH_BOUND  "freed"
#  define PEER(f)      bench_crossbeam_seg_##f
#endif

void *PEER(new)(size_t capacity);
void PEER(free)(void *queue);
bool PEER(push)(void *queue, uint64_t v);
bool PEER(pop)(void *queue, uint64_t *v);

struct queue {
    void *p;
};

static bool
queue_init(struct queue *q, size_t capacity, int threads)
{
    (void)threads;
    q->p = PEER(new)(capacity);
    return q->p != NULL;
}

static void queue_fini(struct queue *q) { PEER(free)(q->p); }
static inline bool queue_try_push(struct queue *q, int me, uint64_t v) { (void)me; return PEER(push)(q->p, v); }
static inline bool queue_try_pop(struct queue *q, int me, uint64_t *v) { (void)me; return PEER(pop)(q->p, v); }

#include "../../harness.h"
