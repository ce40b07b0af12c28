/* SPDX-License-Identifier: MIT
 *
 * tests/queue/credit.h - a push that found room is told what the consumer had done by then. Include it once for each
 * instance whose elements are struct item *:
 *
 *     #define CREDIT_NAME nodeq
 *     #include "credit.h"                     defines nodeq_credit(capacity, items)
 *
 * One producer reuses capacity + 2 buffers and asks nobody: when its push of element i - 1 found room, the consumer had
 * taken element i - 1 - capacity, and before that it had finished with the one before. The buffers are plain memory, so
 * that ThreadSanitizer sees whether the way back is an edge as well as the way there.
 */
#include "common.h"

#ifndef LOFT_TESTS_QUEUE_CREDIT_H
#define LOFT_TESTS_QUEUE_CREDIT_H
#define CREDIT_MAX 66
#endif

#define Q      CREDIT_NAME
#define Q_(f)  LOFT_CAT(CREDIT_NAME, f)

struct Q_(credit_run_) {
    Q q;
    size_t buffers;
    uint64_t items;
    struct item buffer[CREDIT_MAX];
    unsigned long unread;                                /* buffers that came round before they were read */
    unsigned long torn;
};

TEST_UNUSED_ static void
Q_(credit_body_)(void *arg, int id)
{
    struct Q_(credit_run_) *s = (struct Q_(credit_run_) *)arg;
    chaos_on((uint32_t)id + 5);
    for (uint64_t i = 0; i < s->items; i++) {
        struct item *b = &s->buffer[i % s->buffers];
        if (id == 0) {
            s->unread += b->from != 0;
            *b = item_of(i + 1);
            while (!Q_(try_push)(&s->q, b))
                sched_yield();
        } else {
            uint64_t got;
            while (!Q_(try_pop)(&s->q, &b))
                sched_yield();
            s->torn += !item_open(*b, &got) || got != i + 1;
            b->from = 0;
        }
    }
    chaos_off();
}

TEST_UNUSED_ static void
Q_(credit)(size_t capacity, unsigned long items)
{
    static struct Q_(credit_run_) s;
    char text[120];
    if (Q_(init)(&s.q, capacity) != LOFT_OK || capacity + 2 > CREDIT_MAX)
        abort();
    s.buffers = capacity + 2;
    s.items = items;
    s.unread = 0;
    s.torn = 0;
    for (size_t i = 0; i < CREDIT_MAX; i++)
        s.buffer[i].from = 0;
    run_threads(2, Q_(credit_body_), &s);
    snprintf(text, sizeof text, "%s: buffers go round through capacity %lu", LOFT_STR(CREDIT_NAME),
             (unsigned long)capacity);
    if (!ok(s.unread == 0 && s.torn == 0, text))
        note("%lu came back unread, %lu arrived torn", s.unread, s.torn);
    Q_(fini)(&s.q);
}

#undef Q
#undef Q_
#undef CREDIT_NAME
