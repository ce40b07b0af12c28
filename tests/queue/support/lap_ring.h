/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/lap_ring.h - a bounded ring that is blocking by design: the control of the progress tests.
 *
 * Each slot carries the number of the lap it is ready for; a push claims a place, then fills the slot, then says
 * so. A thread that stops between claiming and saying so stops everybody behind it. A progress test that does not
 * find this queue blocking proves nothing about another.
 */
#ifndef LOFT_TESTS_QUEUE_LAP_RING_H
#define LOFT_TESTS_QUEUE_LAP_RING_H

#include <loft/core/atomics.h>

#define LAP_RING_MAX 64

typedef struct lapq {
    struct {
        LOFT_ATOMIC(size_t) turn;
        uint64_t value;
    } slot[LAP_RING_MAX];
    LOFT_ATOMIC(size_t) tail;
    LOFT_ATOMIC(size_t) head;
    LOFT_ATOMIC(int) closed;
    size_t mask;
} lapq;

TEST_UNUSED_ static loft_status
lapq_init(lapq *q, size_t capacity)
{
    if (capacity == 0 || capacity > LAP_RING_MAX || (capacity & (capacity - 1)) != 0)
        return LOFT_INVAL;
    for (size_t i = 0; i < capacity; i++)
        loft_init(&q->slot[i].turn, i);
    loft_init(&q->tail, 0u);
    loft_init(&q->head, 0u);
    loft_init(&q->closed, 0);
    q->mask = capacity - 1;
    return LOFT_OK;
}

TEST_UNUSED_ static void lapq_fini(lapq *q) { (void)q; }

TEST_UNUSED_ static bool
lapq_try_push(lapq *q, uint64_t v)
{
    size_t t = loft_load(&q->tail, relaxed);
    for (;;) {
        const size_t turn = loft_load(&q->slot[t & q->mask].turn, acquire);
        if (turn == t) {
            if (loft_cas_weak(&q->tail, &t, t + 1, relaxed, relaxed))
                break;
        } else if ((ptrdiff_t)(turn - t) < 0) {
            return false;
        } else {
            t = loft_load(&q->tail, relaxed);
        }
    }
    q->slot[t & q->mask].value = v;
    loft_store(&q->slot[t & q->mask].turn, t + 1, release);
    return true;
}

TEST_UNUSED_ static bool
lapq_try_pop(lapq *q, uint64_t *out)
{
    size_t h = loft_load(&q->head, relaxed);
    for (;;) {
        const size_t turn = loft_load(&q->slot[h & q->mask].turn, acquire);
        if (turn == h + 1) {
            if (loft_cas_weak(&q->head, &h, h + 1, relaxed, relaxed))
                break;
        } else if ((ptrdiff_t)(turn - (h + 1)) < 0) {
            return false;
        } else {
            h = loft_load(&q->head, relaxed);
        }
    }
    *out = q->slot[h & q->mask].value;
    loft_store(&q->slot[h & q->mask].turn, h + q->mask + 1, release);
    return true;
}

#endif
