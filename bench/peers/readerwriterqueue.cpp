/* SPDX-License-Identifier: MIT
 *
 * bench/peers/readerwriterqueue.cpp - moodycamel's SPSC queue, kept bounded by the call that never allocates.
 *
 * needs    readerwriterqueue.h
 * package  libreaderwriterqueue-dev
 * exe      spsc readerwriterqueue  std
 */
#include <cstdint>
#include <readerwriterqueue.h>

#include "placed.h"

#define BENCH_NAME      "readerwriterqueue"
#define BENCH_ORDER     "FIFO"
#define BENCH_BOUND     "bounded"
#define BENCH_PROGRESS  "wait-free"

typedef moodycamel::ReaderWriterQueue<uint64_t> peer;

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
static inline bool queue_try_push(struct queue *q, int, uint64_t v) { return q->p->try_enqueue(v); }
static inline bool queue_try_pop(struct queue *q, int, uint64_t *v) { return q->p->try_dequeue(*v); }

#include "../harness.h"
