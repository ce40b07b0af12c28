/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/blocking.c - the contract of blocking.h in executions that C11 allows, around queues of one word,
 * so that what is explored is the waiting, and around real ones. A thread that sleeps for ever while there is something
 * for it to do is a deadlock. Notifies stop paying after the first that finds nobody.
 */
#include <loft/check/explore.h>

#define LOFT_EVENTCOUNT_LOOKS  0
#define LOFT_EVENTCOUNT_RENT   1

#define NIBBLES_CHECK(c)  loft_explore_check(c)
#define NIBBLES_NAME tiny
#include "../support/nibbles.h"
#define LOFT_QUEUE_NAME    fifo
#define LOFT_QUEUE_T       unsigned
#define LOFT_QUEUE_ENGINE  tiny
#include <loft/queue/blocking.h>

#define NIBBLES_NAME clumsy
#define NIBBLES_CLUMSY 1
#include "../support/nibbles.h"
#define LOFT_QUEUE_NAME    rude
#define LOFT_QUEUE_T       unsigned
#define LOFT_QUEUE_ENGINE  clumsy
#include <loft/queue/blocking.h>

#define NIBBLES_NAME heap
#define NIBBLES_DOMAIN 1
#include "../support/nibbles.h"
#define LOFT_QUEUE_NAME    bound
#define LOFT_QUEUE_T       unsigned
#define LOFT_QUEUE_ENGINE  heap
#define LOFT_QUEUE_SMR     nibbles_domain
#define LOFT_QUEUE_LIMIT   1
#include <loft/queue/blocking.h>

#define LOFT_QUEUE_NAME    narrow
#define LOFT_QUEUE_T       unsigned
#include <loft/queue/spsc.h>
#define LOFT_QUEUE_NAME    lane
#define LOFT_QUEUE_T       unsigned
#define LOFT_QUEUE_ENGINE  narrow
#include <loft/queue/blocking.h>

#define LOFT_SCQ_PATIENCE  0
#define LOFT_SCQ_THREADS   3u
#define LOFT_QUEUE_NAME    wide
#define LOFT_QUEUE_T       unsigned
#include <loft/queue/scq.h>
#define LOFT_QUEUE_NAME    road
#define LOFT_QUEUE_T       unsigned
#define LOFT_QUEUE_ENGINE  wide
#include <loft/queue/blocking.h>

#define LOFT_QUEUE_NAME    funnel
#define LOFT_QUEUE_T       unsigned
#include <loft/queue/mpsc.h>
#define LOFT_QUEUE_NAME    sink
#define LOFT_QUEUE_T       unsigned
#define LOFT_QUEUE_ENGINE  funnel
#define LOFT_QUEUE_STALLS  1
#include <loft/queue/blocking.h>

struct letter { LOFT_ATOMIC(uintptr_t) link; unsigned text; };
#define LOFT_QUEUE_NAME      letters
#define LOFT_QUEUE_T         struct letter
#define LOFT_QUEUE_LINK      link
#include <loft/queue/mpsc_list.h>
#define LOFT_QUEUE_NAME      post
#define LOFT_QUEUE_T         struct letter *
#define LOFT_QUEUE_ENGINE    letters
#define LOFT_QUEUE_UNBOUNDED 1
#define LOFT_QUEUE_STALLS    1
#include <loft/queue/blocking.h>

#define LOFT_QUEUE_NAME    ring
#define LOFT_QUEUE_T       unsigned
#define LOFT_QUEUE_FULL    LOFT_MPSC_OVERWRITE
#include <loft/queue/mpsc.h>
#define LOFT_QUEUE_NAME        news
#define LOFT_QUEUE_T           unsigned
#define LOFT_QUEUE_ENGINE      ring
#define LOFT_QUEUE_OVERWRITES  1
#include <loft/queue/blocking.h>

static fifo one;
static rude two;
static bound three;
static lane four;
static road five;
static news six;
static sink seven;
static post eight;
static struct letter letter[LOFT_EXPLORE_THREADS];
static bool went[LOFT_EXPLORE_THREADS];                  /* the push of that thread                          */
static unsigned came;                                    /* what was popped, a bit for each thread           */
static nibbles_domain domain;
static nibbles_domain_thread record[LOFT_EXPLORE_THREADS];
static unsigned before[16];                              /* plain memory of who pushed that element          */
static unsigned behind[16];                              /* of who popped it                                 */
static unsigned want;                                    /* how many are left in the end                     */

static void
clear(void)
{
    for (unsigned i = 0; i < 16; i++) {
        loft_plain_write(&before[i], 0u);
        loft_plain_write(&behind[i], 0u);
    }
    want = 0;
}

/* ---- a queue of one word ----------------------------------------------------------------------------------------- */

static void begin_of(size_t n) { clear(); loft_explore_check(fifo_init(&one, n) == LOFT_OK); }
static void begin(void) { begin_of(1); }
static void begin_2(void) { begin_of(2); }
static void begin_full(void) { begin(); loft_explore_check(fifo_try_push(&one, 15)); want = 1; }

static void
end(void)
{
    unsigned v;
    unsigned left = 0;
    while (fifo_try_pop(&one, &v))
        left++;
    loft_explore_check(left == want);
    loft_explore_check(loft_eventcount_approx_waiters(&one.items) == 0);
    loft_explore_check(loft_eventcount_approx_waiters(&one.room) == 0);
    fifo_fini(&one);
}

/* What is left depends on the execution. */
static void end_anyhow(void) { want = (unsigned)fifo_approx_len(&one); end(); }

static loft_status
push_until(unsigned v, uint64_t deadline)
{
    loft_plain_write(&before[v], v);
    loft_explore_call(LOFT_LINEAR_PUSH, 0, v);
    const loft_status s = fifo_push(&one, v, deadline);
    loft_explore_return(s == LOFT_OK, 0);
    return s;
}

static loft_status
pop_until(unsigned *v, uint64_t deadline)
{
    *v = 0;
    loft_explore_call(LOFT_LINEAR_POP, 0, 0);
    const loft_status s = fifo_pop(&one, v, deadline);
    loft_explore_return(s == LOFT_OK, *v);
    loft_explore_check((s == LOFT_OK) == (*v != 0));
    if (s == LOFT_OK)
        loft_explore_check(*v == 15 || loft_plain_read(&before[*v]) == *v);
    return s;
}

static void push_1(int t) { loft_explore_check(push_until((unsigned)t * 2 + 1, LOFT_FOREVER) == LOFT_OK); }

static void
push_2(int t)
{
    loft_explore_check(push_until((unsigned)t * 2 + 1, LOFT_FOREVER) == LOFT_OK);
    loft_explore_check(push_until((unsigned)t * 2 + 2, LOFT_FOREVER) == LOFT_OK);
}

static void
pop_1(int t)
{
    unsigned v;
    (void)t;
    loft_explore_check(pop_until(&v, LOFT_FOREVER) == LOFT_OK);
}

static void pop_2(int t) { pop_1(t); pop_1(t); }
static void push_pop(int t) { push_1(t); pop_1(t); }

static void
close_it(int t)
{
    (void)t;
    loft_explore_call(LOFT_LINEAR_CLOSE, 0, 0);
    fifo_close(&one);
    loft_explore_return(true, 0);
}

static void push_close(int t) { push_1(t); close_it(t); }

/* Until it is closed: then there is nothing left, for good. */
static void
pop_all(int t)
{
    unsigned v;
    loft_status s;
    (void)t;
    while ((s = pop_until(&v, LOFT_FOREVER)) == LOFT_OK)
        ;
    loft_explore_check(s == LOFT_CLOSED && !fifo_try_pop(&one, &v));
}

static void
push_or_closed(int t)
{
    const loft_status s = push_until((unsigned)t * 2 + 1, LOFT_FOREVER);
    loft_explore_check(s == LOFT_OK || s == LOFT_CLOSED);
}

/* With a deadline: whatever it takes it puts back, so that a wake-up that it kept from another would be missed. */
static void
impatient_pop(int t)
{
    unsigned v;
    const loft_status s = pop_until(&v, 1000);
    loft_explore_check(s == LOFT_OK || s == LOFT_TIMEOUT);
    if (s == LOFT_OK)
        loft_explore_check(push_until((unsigned)t * 2 + 1, LOFT_FOREVER) == LOFT_OK);
}

static void
impatient_push(int t)
{
    unsigned v;
    const loft_status s = push_until((unsigned)t * 2 + 1, 1000);
    loft_explore_check(s == LOFT_OK || s == LOFT_TIMEOUT);
    if (s == LOFT_OK)
        loft_explore_check(pop_until(&v, LOFT_FOREVER) == LOFT_OK);
}

/* A deadline that is past: a look and no sleep. */
static void
poll_both(int t)
{
    unsigned v;
    loft_status s = push_until((unsigned)t * 2 + 1, 0);
    loft_explore_check(s == LOFT_OK || s == LOFT_TIMEOUT);
    s = pop_until(&v, 0);
    loft_explore_check(s == LOFT_OK || s == LOFT_TIMEOUT);
}

static void
in_bulk(int t)
{
    static const unsigned v[2] = { 1, 2 };
    (void)t;
    loft_plain_write(&before[1], 1u);
    loft_plain_write(&before[2], 2u);
    loft_explore_check(fifo_push_n(&one, v, 2) == 2);
}

static void
drain_two(int t)
{
    unsigned v[2] = { 0, 0 };
    size_t got = 0;
    (void)t;
    for (size_t all = 0; all < 2; all += got) {
        loft_explore_check(fifo_drain(&one, v, 2 - all, &got, LOFT_FOREVER) == LOFT_OK);
        loft_explore_check(got >= 1 && got <= 2 - all && v[0] == all + 1);
        loft_explore_check(loft_plain_read(&before[v[0]]) == v[0]);
    }
    got = 7;
    loft_explore_check(fifo_drain(&one, v, 2, &got, 0) == LOFT_TIMEOUT && got == 7);
}

static void
begin_2_full(void)
{
    begin_2();
    loft_explore_check(fifo_try_push(&one, 15) && fifo_try_push(&one, 15));
    want = 2;
}

/* What it takes at once makes room for as many. */
static void
drain_at_once(int t)
{
    unsigned v[2];
    size_t got = 0;
    (void)t;
    loft_explore_check(fifo_drain(&one, v, 2, &got, LOFT_FOREVER) == LOFT_OK && got == 2);
}

static void
pop_at_once(int t)
{
    unsigned v[2];
    (void)t;
    loft_explore_check(fifo_pop_n(&one, v, 2) == 2);
}

/* ---- one that is clumsy when it refuses -------------------------------------------------------------------------- */

static void
rude_begin(void)
{
    clear();
    loft_explore_check(rude_init(&two, 1) == LOFT_OK && rude_try_push(&two, 15));
}

static void
rude_end(void)
{
    unsigned v;
    loft_explore_check(rude_try_pop(&two, &v) && !rude_try_pop(&two, &v));
    rude_fini(&two);
}

static void
rude_pushes(int t)
{
    loft_explore_check(rude_push(&two, (unsigned)t + 1, LOFT_FOREVER) == LOFT_OK);
}

static void
rude_pops(int t)
{
    unsigned v;
    (void)t;
    loft_explore_check(rude_pop(&two, &v, LOFT_FOREVER) == LOFT_OK);
}

/* It gives up, in one way or another. What it got in it takes out. */
static void
rude_tries(int t)
{
    if (rude_try_push(&two, (unsigned)t + 1))
        rude_pops(t);
}

static void
rude_gives_up(int t)
{
    if (rude_push(&two, (unsigned)t + 1, 1000) == LOFT_OK)
        rude_pops(t);
}

static void
rude_bulk(int t)
{
    const unsigned v[2] = { (unsigned)t + 1, (unsigned)t + 5 };
    for (size_t n = rude_push_n(&two, v, 2); n; n--)
        rude_pops(t);
}

/* ---- one that has no bound, with one ----------------------------------------------------------------------------- */

static void
bound_begin_of(size_t limit)
{
    clear();
    domain.most = limit;
    for (unsigned t = 0; t < LOFT_EXPLORE_THREADS; t++)
        record[t].memory = 100;
    loft_explore_check(bound_init(&three, &domain, limit) == LOFT_OK);
}

static void bound_begin(void) { bound_begin_of(1); }
static void bound_begin_2(void) { bound_begin_of(2); }

static void
bound_begin_full(void)
{
    bound_begin();
    loft_explore_check(bound_try_push(&three, &record[0], 15));
}

static void
bound_begin_poor(void)
{
    bound_begin();
    record[1].memory = 0;
}

/* All that may go in goes in, and no more. */
static void
bound_end(void)
{
    unsigned v;
    loft_explore_check(bound_approx_len(&three) == heap_approx_len(&three.engine, &record[0]));
    if (!bound_is_closed(&three)) {
        record[0].memory = 100;
        while (bound_try_push(&three, &record[0], 14))
            ;
        loft_explore_check(bound_approx_len(&three) == domain.most);
    }
    while (bound_try_pop(&three, &record[0], &v))
        ;
    loft_explore_check(bound_approx_len(&three) == 0);
    bound_fini(&three);
}

static loft_status
bound_push_until(int t, unsigned v, uint64_t deadline)
{
    loft_explore_call(LOFT_LINEAR_PUSH, 0, v);
    const loft_status s = bound_push(&three, &record[t], v, deadline);
    loft_explore_return(s == LOFT_OK, 0);
    return s;
}

static void bound_pushes(int t) { loft_explore_check(!bound_push_until(t, (unsigned)t * 2 + 1, LOFT_FOREVER)); }

static void
bound_pushes_2(int t)
{
    loft_explore_check(!bound_push_until(t, (unsigned)t * 2 + 1, LOFT_FOREVER));
    loft_explore_check(!bound_push_until(t, (unsigned)t * 2 + 2, LOFT_FOREVER));
}

static void
bound_pops(int t)
{
    unsigned v = 0;
    loft_explore_call(LOFT_LINEAR_POP, 0, 0);
    const loft_status s = bound_pop(&three, &record[t], &v, LOFT_FOREVER);
    loft_explore_return(s == LOFT_OK, v);
    loft_explore_check(s == LOFT_OK && v != 0);
}

static void bound_pops_2(int t) { bound_pops(t); bound_pops(t); }

/* No memory: the place that it had taken is free again. */
static void
bound_fails(int t)
{
    const loft_status s = bound_push(&three, &record[t], 9, 0);
    loft_explore_check(s == LOFT_NOMEM || s == LOFT_TIMEOUT);
}

/* In bulk, more than fits. */
static void
bound_bulk(int t)
{
    static const unsigned v[3] = { 1, 2, 3 };
    loft_explore_check(bound_push_n(&three, &record[t], v, 3) <= 2);
}

static void
bound_begin_2_poor(void)
{
    bound_begin_2();
    record[0].memory = 1;
}

static void
bound_drains(int t)
{
    unsigned v[3];
    size_t got = 0;
    loft_explore_check(bound_drain(&three, &record[t], v, 3, &got, LOFT_FOREVER) == LOFT_OK && got >= 1 && got <= 2);
}

static void
bound_try_both(int t)
{
    unsigned v;
    const bool in = bound_try_push(&three, &record[t], (unsigned)t + 1);
    loft_explore_check(bound_try_pop(&three, &record[t], &v) || !in);
}

static void bound_closes(int t) { bound_close(&three, &record[t]); }

static void
bound_push_or_closed(int t)
{
    const loft_status s = bound_push(&three, &record[t], (unsigned)t + 1, LOFT_FOREVER);
    loft_explore_check(s == LOFT_OK || s == LOFT_CLOSED);
}

/* Who finds room knows what was done before the pop that made it. */
static void
bound_credit_in(int t)
{
    loft_explore_check(!bound_push(&three, &record[t], 1, LOFT_FOREVER));
    loft_explore_check(!bound_push(&three, &record[t], 2, LOFT_FOREVER));
    loft_explore_check(loft_plain_read(&behind[1]) == 1);
}

static void
bound_credit_out(int t)
{
    unsigned v;
    loft_plain_write(&behind[1], 1u);                    /* before the pop: it is what the edge speaks of */
    loft_explore_check(!bound_pop(&three, &record[t], &v, LOFT_FOREVER) && v == 1);
}

/* ---- real ones --------------------------------------------------------------------------------------------------- */

static void lane_begin(void) { clear(); loft_explore_check(lane_init(&four, 1) == LOFT_OK); }
static void lane_end(void) { loft_explore_check(lane_approx_len(&four) == 0); lane_fini(&four); }

static void
lane_in(int t)
{
    (void)t;
    for (unsigned v = 1; v <= 2; v++) {
        loft_plain_write(&before[v], v);
        loft_explore_check(lane_push(&four, v, LOFT_FOREVER) == LOFT_OK);
    }
    lane_close(&four);
}

static void
lane_out(int t)
{
    unsigned v;
    (void)t;
    for (unsigned i = 1; i <= 2; i++) {
        loft_explore_check(lane_pop(&four, &v, LOFT_FOREVER) == LOFT_OK && v == i);
        loft_explore_check(loft_plain_read(&before[v]) == v);
    }
    loft_explore_check(lane_pop(&four, &v, LOFT_FOREVER) == LOFT_CLOSED);
}

static void road_begin(void) { clear(); loft_explore_check(road_init(&five, 2) == LOFT_OK); }
static void road_end(void) { unsigned v; loft_explore_check(!road_try_pop(&five, &v)); road_fini(&five); }

static void
road_begin_full(void)
{
    road_begin();
    loft_explore_check(road_try_push(&five, 1) && road_try_push(&five, 2));
}

static void road_pushes(int t) { loft_explore_check(!road_push(&five, (unsigned)t + 1, LOFT_FOREVER)); }
static void road_pops(int t) { unsigned v; (void)t; loft_explore_check(!road_pop(&five, &v, LOFT_FOREVER)); }

static void
road_pops_all(int t)
{
    for (unsigned i = 0; i < 3; i++)
        road_pops(t);
}

/* Nobody pops: a push that is refused beside one of the lap before goes on when that one has ended. */
static void news_begin(void) { clear(); loft_explore_check(news_init(&six, 2) == LOFT_OK); }

static void
news_end(void)
{
    const loft_mpsc_stats s = ring_stats_get(&six.engine);
    loft_explore_check(s.accepted == want && s.overwritten == want - 2 && news_approx_len(&six) == 2);
    loft_explore_check(loft_eventcount_approx_waiters(&six.room) == 0);
    news_fini(&six);
}

static void news_end_3(void) { want = 3; news_end(); }
static void news_end_4(void) { want = 4; news_end(); }
static void news_end_5(void) { want = 5; news_end(); }

static void news_push_1(int t) { loft_explore_check(!news_push(&six, (unsigned)t + 1, LOFT_FOREVER)); }
static void news_push_2(int t) { news_push_1(t); news_push_1(t); }

static void
news_bulk(int t)
{
    const unsigned v[2] = { (unsigned)t + 1, (unsigned)t + 1 };
    for (size_t in = news_push_n(&six, v, 2); in < 2; in++)
        loft_explore_check(!news_push(&six, v[in], LOFT_FOREVER));
}

/* One consumer, which sleeps while a push is under way, closed or not; CLOSED is for good. */
static void
stall_clear(void)
{
    clear();
    came = 0;
    for (int t = 0; t < LOFT_EXPLORE_THREADS; t++)
        went[t] = false;
}

static void
stall_end(void)
{
    for (unsigned t = 0; t < LOFT_EXPLORE_THREADS; t++)
        loft_explore_check(went[t] == ((came >> t & 1u) != 0));
}

static void sink_begin(void) { stall_clear(); loft_explore_check(sink_init(&seven, 2) == LOFT_OK); }
static void sink_end(void) { stall_end(); loft_explore_check(sink_approx_len(&seven) == 0); sink_fini(&seven); }
static void sink_closes(int t) { (void)t; sink_close(&seven); }

static void
sink_push_1(int t)
{
    const loft_status s = sink_push(&seven, (unsigned)t, LOFT_FOREVER);
    loft_explore_check(s == LOFT_OK || s == LOFT_CLOSED);
    went[t] = s == LOFT_OK;
}

static void
sink_pops(int t)
{
    unsigned v = 0;
    loft_status s;
    (void)t;
    while ((s = sink_pop(&seven, &v, LOFT_FOREVER)) == LOFT_OK)
        came |= 1u << v;
    loft_explore_check(s == LOFT_CLOSED && !sink_try_pop(&seven, &v));
}

static void
sink_closes_and_drains(int t)
{
    unsigned v[2];
    size_t n = 0;
    sink_closes(t);
    while (sink_drain(&seven, v, 2, &n, LOFT_FOREVER) == LOFT_OK)
        while (n)
            came |= 1u << v[--n];
}

static void post_begin(void) { stall_clear(); loft_explore_check(post_init(&eight) == LOFT_OK); }
static void post_end(void) { stall_end(); post_fini(&eight); }
static void post_closes(int t) { (void)t; post_close(&eight); }

static void
post_push_1(int t)
{
    loft_plain_write(&letter[t].text, (unsigned)t);
    const loft_status s = post_push(&eight, &letter[t], LOFT_FOREVER);
    loft_explore_check(s == LOFT_OK || s == LOFT_CLOSED);
    went[t] = s == LOFT_OK;
}

static void
post_pops(int t)
{
    struct letter *got = NULL;
    loft_status s;
    (void)t;
    while ((s = post_pop(&eight, &got, LOFT_FOREVER)) == LOFT_OK)
        came |= 1u << loft_plain_read(&got->text);
    loft_explore_check(s == LOFT_CLOSED && !post_try_pop(&eight, &got));
}

static void post_closes_and_pops(int t) { post_closes(t); post_pops(t); }

#define ONE(text, begins, ends, ...) \
    { .name = (text), .setup = (begins), .thread = { __VA_ARGS__ }, .finish = (ends), .model = &loft_linear_queue, \
      .model_arg = 1 }
#define SOME(text, count, begins, ends, ...) \
    { .name = (text), .setup = (begins), .thread = { __VA_ARGS__ }, .finish = (ends), .executions = (count), \
      .model = &loft_linear_queue, .model_arg = 1 }
#define BULK(text, count, begins, ends, ...) \
    { .name = (text), .setup = (begins), .thread = { __VA_ARGS__ }, .finish = (ends), .executions = (count) }
#define ALL(text, begins, ends, ...) \
    { .name = (text), .setup = (begins), .thread = { __VA_ARGS__ }, .finish = (ends) }
#define BOUND(text, count, n, begins, ...) \
    { .name = (text), .setup = (begins), .thread = { __VA_ARGS__ }, .finish = bound_end, .executions = (count), \
      .model = &loft_linear_queue_in_hand, .model_arg = (n) }

static const loft_explore_client clients[] = {
    ONE("a push and a pop", begin, end, push_1, pop_1),
    SOME("two pushes and two pops", 2000, begin, end, push_2, pop_2),
    SOME("two pop, one pushes", 2000, begin, end, pop_1, pop_1, push_2),
    SOME("two push, one pops", 2000, begin, end, push_1, push_1, pop_2),
    SOME("three at a time", 2000, begin, end, push_pop, push_pop, push_pop),
    BULK("full: two push, one pops", 2000, begin_full, end, push_1, push_1, pop_2),
    SOME("closed after a push", 500, begin, end, push_close, pop_all),
    SOME("closed, two pop", 2000, begin, end, push_close, pop_all, pop_all),
    ALL("closed while full", begin_full, end_anyhow, push_or_closed, close_it),
    BULK("closed while two wait for room", 2000, begin_full, end_anyhow, push_or_closed, push_or_closed, close_it),
    SOME("closed beside a push", 2000, begin, end_anyhow, push_or_closed, close_it, pop_all),
    SOME("one pop gives up", 2000, begin, end, impatient_pop, pop_1, push_1),
    BULK("one push gives up", 2000, begin_full, end, impatient_push, push_1, pop_1),
    SOME("polls", 2000, begin, end_anyhow, poll_both, push_1, poll_both),
    BULK("in bulk", 2000, begin_2, end, in_bulk, drain_two),
    BULK("in bulk, two wait", 2000, begin_2, end, in_bulk, pop_1, pop_1),
    BULK("full: two push, one drains", 2000, begin_2_full, end, push_1, push_1, drain_at_once),
    BULK("full: two push, one pops in bulk", 2000, begin_2_full, end, push_1, push_1, pop_at_once),
    BULK("refused, and in the way", 2000, rude_begin, rude_end, rude_pushes, rude_tries, rude_pops),
    BULK("gives up, and in the way", 2000, rude_begin, rude_end, rude_pushes, rude_gives_up, rude_pops),
    BULK("in bulk, and in the way", 2000, rude_begin, rude_end, rude_pushes, rude_bulk, rude_pops),
    BOUND("bound: two pushes and two pops", 2000, 1, bound_begin, bound_pushes_2, bound_pops_2),
    BOUND("bound: two push, one pops", 2000, 1, bound_begin, bound_pushes, bound_pushes, bound_pops_2),
    BOUND("bound: two of each, room for two", 2000, 2, bound_begin_2, bound_pushes_2, bound_pushes, bound_pops_2),
    ALL("bound: no memory", bound_begin_poor, bound_end, bound_pushes, bound_fails),
    ALL("bound: closed while full", bound_begin_full, bound_end, bound_push_or_closed, bound_closes),
    ALL("bound: in bulk", bound_begin_2, bound_end, bound_bulk, bound_try_both),
    BULK("bound: in bulk, one waits", 2000, bound_begin_2, bound_end, bound_bulk, bound_pushes, bound_pops_2),
    BULK("bound: in bulk, no memory", 1000, bound_begin_2_poor, bound_end, bound_bulk, bound_pushes),
    BULK("bound: in bulk, one drains", 500, bound_begin_2, bound_end, bound_bulk, bound_drains),
    BULK("bound: the way back", 2000, bound_begin, bound_end, bound_credit_in, bound_credit_out),
    BULK("spsc", 2000, lane_begin, lane_end, lane_in, lane_out),
    BULK("scq: one of each", 1000, road_begin, road_end, road_pushes, road_pops),
    BULK("mpsc: closed beside a push", 1000, sink_begin, sink_end, sink_push_1, sink_closes, sink_pops),
    BULK("mpsc: closed, two push", 500, sink_begin, sink_end, sink_push_1, sink_push_1, sink_closes_and_drains),
    BULK("mpsc_list: closed beside a push", 2000, post_begin, post_end, post_push_1, post_closes, post_pops),
    BULK("mpsc_list: closed, two push", 2000, post_begin, post_end, post_push_1, post_push_1, post_closes_and_pops),
    ALL("overwriting, nobody pops", news_begin, news_end_3, news_push_1, news_push_2),
    BULK("overwriting, two each", 2000, news_begin, news_end_4, news_push_2, news_push_2),
    BULK("overwriting, three push", 2000, news_begin, news_end_5, news_push_2, news_push_1, news_push_2),
    BULK("overwriting, in bulk", 2000, news_begin, news_end_4, news_bulk, news_push_2),
    BULK("scq: full", 1000, road_begin_full, road_end, road_pushes, road_pops_all),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
