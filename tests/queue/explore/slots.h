/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/slots.h - a FIFO queue of bounded size whose operations may have a slot in hand: the sequential
 * model of scq.h and scq_word.h. Include it after explore.h.
 *
 * Such a queue may refuse a push when all its slots hold an element or belong to an operation under way. So each
 * operation is three recorded calls, each with its own instant: it begins, takes effect, is over. Between the first two
 * a push may have a slot in hand, between the last two a pop; a push is refused only in an instant in which the
 * elements and the other operations' slots are as many as the queue has, or the queue is closed.
 */
#ifndef LOFT_TESTS_QUEUE_EXPLORE_SLOTS_H
#define LOFT_TESTS_QUEUE_EXPLORE_SLOTS_H

#include <string.h>

enum {
    SLOTS_PUSH = LOFT_LINEAR_PUSH,
    SLOTS_POP = LOFT_LINEAR_POP,
    SLOTS_CLOSE = LOFT_LINEAR_CLOSE,
    SLOTS_IS_CLOSED = LOFT_LINEAR_IS_CLOSED,
    SLOTS_PUSHING,
    SLOTS_POPPING,
    SLOTS_OVER
};

/* Nobody waits here: a call that is refused twice for the same reason is no waiting loop. */
enum { SPINS = 8 };

enum { SLOTS_QUEUES = 2, SLOTS_MOST = 8, SLOTS_THREADS = 6 };

struct slots_queue {
    uint64_t elements;
    uint64_t closed;
    uint64_t in_hand;                                    /* a bit for each thread */
    uint64_t element[SLOTS_MOST];                        /* oldest first; with STALLS, SLOTS_BY(its thread) */
};

struct slots {
    uint64_t capacity;
    uint64_t any;                                        /* answers that are not judged */
    struct slots_queue queue[SLOTS_QUEUES];
};

/* The model's argument: the capacity, and how many elements are in each queue before anybody calls; the i-th one in
 * queue k is SLOTS_FIRST + 2 i + k. With one of the two bits, that answer is not judged. */
enum { SLOTS_FIRST = 30 };
#define SLOTS_ARG(capacity, in_0, in_1)  ((uint64_t)(capacity) | (uint64_t)(in_0) << 8 | (uint64_t)(in_1) << 16)
#define SLOTS_ANY_FULL                   ((uint64_t)1 << 24)
#define SLOTS_ANY_EMPTY                  ((uint64_t)1 << 25)

/* A queue for one consumer. It is full only when so many elements are inside, pushes that have taken their place among
 * them. A pop may be refused where the oldest element's push has its place but is not over; and, with HIDES, where that
 * of the second is. Not when it is closed. */
#define SLOTS_STALLS                     ((uint64_t)1 << 26)
#define SLOTS_HIDES                      ((uint64_t)1 << 27)

static void
slots_init(void *state, uint64_t arg)
{
    struct slots *const s = (struct slots *)state;
    memset(s, 0, sizeof *s);
    s->capacity = arg & 0xff;
    s->any = arg & (SLOTS_ANY_FULL | SLOTS_ANY_EMPTY | SLOTS_STALLS | SLOTS_HIDES);
    for (unsigned k = 0; k < SLOTS_QUEUES; k++) {
        struct slots_queue *const its = &s->queue[k];
        const uint64_t elements = arg >> (8 + 8 * k) & 0xff;
        while (its->elements < elements) {
            its->element[its->elements] = SLOTS_FIRST + 2 * its->elements + k;
            its->elements++;
        }
    }
}

#define SLOTS_BY(thread)  ((uint64_t)((thread) + 1) << 32)

/* The push of the i-th element is not over. */
static bool
slots_stalls(const struct slots_queue *its, uint64_t i)
{
    const uint64_t by = i < its->elements ? its->element[i] >> 32 : 0;
    return by != 0 && (its->in_hand >> (by - 1) & 1);
}

static uint64_t
slots_count(uint64_t bits)
{
    uint64_t n = 0;
    for (; bits; bits &= bits - 1)
        n++;
    return n;
}

static bool
slots_apply(void *state, const loft_linear_op *op)
{
    struct slots *const s = (struct slots *)state;
    struct slots_queue *const its = &s->queue[op->key];
    const uint64_t me = (uint64_t)1 << op->thread;
    bool can = false;
    switch (op->kind) {
    case SLOTS_PUSHING:
        its->in_hand |= me;
        return true;
    case SLOTS_POPPING:
        return true;
    case SLOTS_OVER:
        its->in_hand &= ~me;
        return true;
    case SLOTS_PUSH:
        can = !its->closed && its->elements < s->capacity;
        if (!op->pending && !op->ok)
            return (s->any & SLOTS_ANY_FULL) || its->closed
                || its->elements + (s->any & SLOTS_STALLS ? 0 : slots_count(its->in_hand & ~me)) >= s->capacity;
        if (!can)
            return op->pending;
        if (s->any & SLOTS_STALLS) {                     /* its place is taken, and it is in hand until it is over */
            its->element[its->elements++] = op->arg | SLOTS_BY(op->thread);
            its->in_hand |= me;
            return true;
        }
        its->element[its->elements++] = op->arg;
        its->in_hand &= ~me;
        return true;
    case SLOTS_POP:
        can = its->elements != 0;
        if (!op->pending && !op->ok && (s->any & SLOTS_ANY_EMPTY))
            return true;
        if (!op->pending && !op->ok && can && (s->any & SLOTS_STALLS))
            return !its->closed && (slots_stalls(its, 0) || ((s->any & SLOTS_HIDES) && slots_stalls(its, 1)));
        if (!op->pending && (op->ok != can || (can && (uint32_t)its->element[0] != op->result)))
            return false;
        if (can) {
            memmove(its->element, its->element + 1, (SLOTS_MOST - 1) * sizeof its->element[0]);
            its->element[SLOTS_MOST - 1] = 0;
            its->elements--;
            if (!(s->any & SLOTS_STALLS))
                its->in_hand |= me;
        }
        return true;
    case SLOTS_CLOSE:
        its->closed = 1;
        return true;
    case SLOTS_IS_CLOSED:
        return op->pending || op->ok == (its->closed != 0);
    }
    return false;
}

static const char *
slots_kind(unsigned kind)
{
    switch (kind) {
    case SLOTS_PUSHING: return "push begins";
    case SLOTS_POPPING: return "pop begins";
    case SLOTS_OVER:    return "over";
    }
    return loft_linear_kind_name(kind);
}

static const loft_linear_model slots_model = {
    .name = "slots", .state_bytes = sizeof(struct slots),
    .init = slots_init, .apply = slots_apply, .kind_name = slots_kind
};

#endif
