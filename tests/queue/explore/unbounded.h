/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/unbounded.h - an unbounded queue in the calls of a bounded one, for the clients of mpmc.h.
 * Include it after the queue, an instance `line` of elements of type unsigned in rings of two, and
 *
 *     #define S    loft_leak                  its scheme
 *     static void narrow(S *domain);          the least that the scheme can wait, so that it frees in short runs
 *     #define SEGMENT_SPENT                   optional: a ring of which both places have been used takes no more
 */
#ifndef LOFT_TESTS_QUEUE_EXPLORE_UNBOUNDED_H
#define LOFT_TESTS_QUEUE_EXPLORE_UNBOUNDED_H

#define S_(f)  LOFT_CAT(S, f)

/* Threads at most, in this family's clients. */
enum { TAKE_PART = 4 };

typedef struct fifo {
    line q;
} fifo;

static S domain;
static S_(thread) *record[TAKE_PART];
static unsigned open_queues;
static fifo one;                                         /* of the clients' queues it is initialised first */

/* Before and after, it is thread 0's. */
static S_(thread) *
me(void)
{
    const unsigned t = loft_memory_thread_();
    return record[t < TAKE_PART ? t : 0];
}

static loft_status
fifo_init(fifo *f, size_t capacity)
{
    (void)capacity;
    if (f == &one)
        open_queues = 0;
    if (open_queues++ == 0) {
        S_(options) o;
        memset(&o, 0, sizeof o);
        o.batch = 1;
        o.births = 1;
        loft_explore_check(S_(init)(&domain, &o) == LOFT_OK);
        narrow(&domain);
        for (unsigned i = 0; i < TAKE_PART; i++) {
            record[i] = S_(join)(&domain);
            loft_explore_check(record[i]);
        }
    }
    return line_init(&f->q, &domain);
}

static void
fifo_fini(fifo *f)
{
    line_fini(&f->q);
    if (--open_queues == 0)
        loft_explore_check(S_(fini)(&domain) == LOFT_OK);
}

static void fifo_start_at_(fifo *f, size_t ticket) { line_start_at_(&f->q, ticket); }
static void fifo_close(fifo *f) { line_close(&f->q, me()); }
static bool fifo_is_closed(const fifo *f) { return line_is_closed(&f->q); }
static size_t fifo_approx_len(fifo *f) { return line_approx_len(&f->q, me()); }
static bool fifo_try_pop(fifo *f, unsigned *v) { return line_try_pop(&f->q, me(), v); }
static size_t fifo_push_n(fifo *f, const unsigned *v, size_t n) { return line_push_n(&f->q, me(), v, n); }
static size_t fifo_pop_n(fifo *f, unsigned *v, size_t n) { return line_pop_n(&f->q, me(), v, n); }

/* Refused is closed, and then it can be seen. */
static bool
fifo_try_push(fifo *f, unsigned v)
{
    const loft_status s = line_push(&f->q, me(), v);
    loft_explore_check(s == LOFT_OK || s == LOFT_CLOSED);
    if (s == LOFT_CLOSED)
        loft_explore_check(line_is_closed(&f->q));
    return s == LOFT_OK;
}

#define EXACT_LENGTH  0
#define UNBOUNDED
#define CLOSE_LABEL   LOFT_EXPLORE_LOCK_FREE, 0
#include "mpmc.h"

/* ---- before ------------------------------------------------------------------------------------------------------ */

static void begin_with_3(void) { begin_with(3); }
static void begin_with_4(void) { begin_with(4); }
static void begin_with_5(void) { begin_with(5); }

/* Both places of the first ring have been used, and it is empty: the next push links. A ring that goes round has to be
 * closed for that, which the queue itself does not do without a link. */
static void
use_up(unsigned key)
{
    for (unsigned i = 1; i <= CAPACITY; i++)
        use(key);
#ifndef SEGMENT_SPENT
    line_ring_close_(&((line_segment_ *)loft_load(&of(key)->q.tail, relaxed))->ring);
#endif
}

static void
begin_used_up(void)
{
    begin();
    use_up(0);
}

static void
begin_both_used_up(void)
{
    begin_both();
    use_up(0);
    use_up(1);
}

/* A push that is told CLOSED knows what was before the close. */
static void
refused_knows(int thread)
{
    if (!push((unsigned)thread * 10 + 1))
        loft_explore_check(loft_plain_read(&last_words) == 1);
}

PLAN(l, "L")
PLAN(lll, "LLL")
PLAN(oooo, "OOOO")
PLAN(on_and_on, "OOOOOIIOO")

/* ---- clients ----------------------------------------------------------------------------------------------------- */

#define LINK_(text, count, before, last, in_0, in_1, lost, more, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = (last), .spins = SPINS, \
      .spurious = (lost), .executions = (count), .flags = LINK_FLAGS | (more), .model = &slots_model, \
      .model_arg = SLOTS_ARG(SLOTS_MOST, in_0, in_1) }

/* A scheme that frees nothing leaves blocks behind. */
#ifndef LINK_FLAGS
#  define LINK_FLAGS  0
#endif

/* All executions. */
#define LINK(text, before, in, ...) \
    LINK_(text, 0, before, end, in, 0, LOFT_EXPLORE_NONE, 0, __VA_ARGS__)

/* Some of them, with causeless failures of compare-exchanges. */
#define LINK_SOME(text, count, before, in, ...) \
    LINK_(text, count, before, end, in, 0, 0, 0, __VA_ARGS__)

/* Memory that was freed is used again at once. */
#define LINK_AGAIN(text, count, before, in, ...) \
    LINK_(text, count, before, end, in, 0, 0, LOFT_EXPLORE_REUSE, __VA_ARGS__)

/* Two queues. */
#define LINK_BOTH(text, count, before, in, ...) \
    LINK_(text, count, before, end_both, in, in, LOFT_EXPLORE_NONE, 0, __VA_ARGS__)

/* And each thread frozen at each of its steps: the others come to an end. */
#define LINK_FREEZE(text, before, in, ...) \
    LINK_(text, 0, before, end, in, 0, LOFT_EXPLORE_NONE, LOFT_EXPLORE_FREEZE, __VA_ARGS__)

#endif
