/* SPDX-License-Identifier: MIT
 *
 * tests/queue/wcq_stress.c - queue/wcq.h under threads: few and many, rings much smaller than the number of threads
 * and larger ones, counters that wrap, bulk, closing in the middle of it; members that stay and members that come and
 * go. With no patience every push and pop is helped.
 *
 * build: also patient -DLOFT_WCQ_PATIENCE=2
 */
#define FAMILY_SCQ 1
#define FAMILY_TICKETS 1
#include "common.h"

#if !TEST_PAIRS

int
main(void)
{
    ok_skip("queue/wcq under threads", TEST_NO_PAIRS);
    return done();
}

#else

#ifndef LOFT_WCQ_PATIENCE
#  define LOFT_WCQ_PATIENCE 0
#endif

#define LOFT_QUEUE_NAME item_many
#define LOFT_QUEUE_T    struct item
#include <loft/queue/wcq.h>
#define SELF_NAME itemq
#define SELF_OF   item_many
#define SELF_T    struct item
#include "self.h"
#define STRESS_NAME itemq
#define STRESS_T    struct item
#define STRESS_MAKE item_of
#define STRESS_OPEN item_open
#include "stress.h"

#define LOFT_QUEUE_NAME node_many
#define LOFT_QUEUE_T    struct item *
#include <loft/queue/wcq.h>
#define SELF_NAME nodeq
#define SELF_OF   node_many
#define SELF_T    struct item *
#include "self.h"
#define STRESS_NAME nodeq
#define STRESS_T    struct item *
#define STRESS_MAKE node_of
#define STRESS_OPEN node_open
#include "stress.h"
#define CREDIT_NAME nodeq
#include "credit.h"
#include "scq_stress.h"

/* ---- members that stay ------------------------------------------------------------------------------------------- */

enum { STAY_THREADS = 8 };

struct stay {
    node_many q;
    size_t each;
    unsigned char *seen;                                 /* how often each came out */
    struct item *item;
    LOFT_ATOMIC(size_t) out;
    LOFT_ATOMIC(unsigned) wrong;
};

/* Each pushes all of its own and pops whatever comes, and sees each other's in order. */
static void
stay_body(void *arg, int id)
{
    struct stay *const s = (struct stay *)arg;
    node_many_thread *const me = node_many_join(&s->q);
    size_t in = 0;
    size_t last[STAY_THREADS] = { 0 };
    struct item *v = NULL;
    if (!me)
        abort();
    while (loft_load(&s->out, relaxed) < s->each * STAY_THREADS) {
        if (in < s->each && node_many_try_push(&s->q, me, &s->item[(size_t)id * s->each + in]))
            in++;
        if (node_many_try_pop(&s->q, me, &v)) {
            const size_t at = (size_t)(v - s->item);
            const size_t by = at / s->each;
            if (s->seen[at]++ != 0 || at % s->each + 1 <= last[by])
                loft_fetch_add(&s->wrong, 1u, relaxed);
            last[by] = at % s->each + 1;
            loft_fetch_add(&s->out, 1u, relaxed);
        } else if (in == s->each) {
            sched_yield();
        }
    }
    node_many_leave(me);
}

static void
stays(size_t capacity, size_t each)
{
    struct stay s;
    char text[120];
    size_t lost = 0;
    if (node_many_init(&s.q, capacity, STAY_THREADS) != LOFT_OK)
        abort();
    s.each = each;
    s.seen = (unsigned char *)calloc(each * STAY_THREADS, 1);
    s.item = (struct item *)calloc(each * STAY_THREADS, sizeof *s.item);
    if (!s.seen || !s.item)
        abort();
    loft_init(&s.out, (size_t)0);
    loft_init(&s.wrong, 0u);
    run_threads(STAY_THREADS, stay_body, &s);
    for (size_t i = 0; i < each * STAY_THREADS; i++)
        lost += s.seen[i] != 1;
    node_many_fini(&s.q);
    free(s.seen);
    free(s.item);
    snprintf(text, sizeof text, "capacity %lu, members that stay: each element once, in order",
             (unsigned long)capacity);
    ok(lost == 0 && loft_load(&s.wrong, relaxed) == 0, text);
}

int
main(void)
{
    watchdog("queue/wcq_stress");
    if (!loft_dw_supported()) {
        ok_skip("queue/wcq under threads", TEST_NO_PAIRS);
        return done();
    }
    for (size_t capacity = 2; capacity <= 64; capacity *= 4) {
        nodeq_credit(capacity, (unsigned long)scaled(20000));
        stays(capacity, (size_t)scaled(20000));
    }
    stress_all(itemq_stress, nodeq_stress);
    return done();
}

#endif
