/* SPDX-License-Identifier: MIT
 *
 * tests/queue/mpsc_stress.c - queue/mpsc.h under threads: few producers and many, rings much smaller than their number
 * and larger ones, counters that wrap, bulk, closing in the middle of it; overwriting, with everything accounted for.
 */
#define FAMILY_SCQ 1
#include "common.h"

#define LOFT_QUEUE_NAME itemq
#define LOFT_QUEUE_T    struct item
#include <loft/queue/mpsc.h>
#define STRESS_NAME itemq
#define STRESS_T    struct item
#define STRESS_MAKE item_of
#define STRESS_OPEN item_open
#include "stress.h"

#define LOFT_QUEUE_NAME  nodeq
#define LOFT_QUEUE_T     struct item *
#define LOFT_QUEUE_FULL  LOFT_MPSC_SPIN
#define LOFT_QUEUE_SPINS 20
#include <loft/queue/mpsc.h>
#define STRESS_NAME nodeq
#define STRESS_T    struct item *
#define STRESS_MAKE node_of
#define STRESS_OPEN node_open
#include "stress.h"

#include "support/mpsc_stress.h"

#define LOFT_QUEUE_NAME lossy
#define LOFT_QUEUE_T    struct item
#define LOFT_QUEUE_FULL LOFT_MPSC_OVERWRITE
#include <loft/queue/mpsc.h>

/* ---- overwriting ------------------------------------------------------------------------------------------------- */

enum { LOSSY_PRODUCERS = 6 };

struct lossy_run {
    lossy q;
    int producers;
    unsigned long each;
    bool bulk;
    bool early;                                          /* closed by the consumer, half way */
    uint32_t chaos;
    LOFT_ATOMIC(int) working;
    LOFT_ATOMIC(unsigned) seen_high;
    unsigned long went[LOSSY_PRODUCERS];
    unsigned long stayed[LOSSY_PRODUCERS];
    unsigned char *got[LOSSY_PRODUCERS];                 /* by element: how often it came */
    unsigned long came;
    unsigned long torn;
    unsigned long disorder;
    unsigned long wrong_length;
    unsigned long late;
};

static void
lossy_producer(struct lossy_run *s, int id)
{
    for (unsigned long i = 0; i < s->each;) {
        struct item v[5];
        const size_t n = s->bulk && s->each - i >= 5 ? 5 : 1;
        for (size_t k = 0; k < n; k++)
            v[k] = item_of((uint64_t)id << 40 | (i + k));
        const size_t in = n == 1 ? (size_t)lossy_try_push(&s->q, v[0]) : lossy_push_n(&s->q, v, n);
        s->went[id] += in;
        s->stayed[id] += n - in;
        i += n;                                          /* what was refused is not tried again: it has a number */
        for (size_t k = in; k < n; k++)
            s->got[id][i - n + k] = 100;
    }
    loft_fetch_sub(&s->working, 1, release);
}

static void
lossy_took(struct lossy_run *s, struct item v, uint64_t *next)
{
    uint64_t id = 0;
    if (!item_open(v, &id) || id >> 40 >= (uint64_t)s->producers || (id & 0xffffffffffu) >= s->each) {
        s->torn++;
        return;
    }
    const uint64_t from = id >> 40;
    id &= 0xffffffffffu;
    s->came++;
    s->disorder += id < next[from];
    next[from] = id + 1;
    s->got[from][id]++;
}

static void
lossy_consumer(struct lossy_run *s)
{
    uint64_t next[LOSSY_PRODUCERS] = { 0 };
    bool closed = false;
    for (;;) {
        struct item v[4];
        const bool over = loft_load(&s->working, acquire) == 0;
        const bool last = closed;
        const size_t n = s->bulk ? lossy_pop_n(&s->q, v, 4) : (size_t)lossy_try_pop(&s->q, v);
        for (size_t k = 0; k < n; k++)
            lossy_took(s, v[k], next);
        if (n == 0 && over && (last || !s->early))
            break;
        if (n == 0 && last) {                            /* drained for good, whatever the producers still try */
            for (int k = 0; k < 20; k++)
                s->late += lossy_try_pop(&s->q, v);
        }
        if (s->early && !closed && s->came > s->each / 8) {
            lossy_close(&s->q);
            closed = true;
        }
        closed |= s->early && over;
        s->wrong_length += lossy_approx_len(&s->q) > lossy_capacity(&s->q);
        if (lossy_is_high(&s->q))
            loft_store(&s->seen_high, 1u, relaxed);
        if (s->came % 64 == 0)
            sched_yield();
    }
}

static void
lossy_body(void *arg, int id)
{
    struct lossy_run *s = (struct lossy_run *)arg;
    if (s->chaos)
        chaos_on(s->chaos + (uint32_t)id);
    if (id < s->producers)
        lossy_producer(s, id);
    else
        lossy_consumer(s);
    chaos_off();
}

static void
lossy_stress(int producers, size_t capacity, unsigned long items, bool bulk, bool early, size_t start)
{
    struct lossy_run *s = (struct lossy_run *)malloc(sizeof *s);
    char text[160];
    unsigned long went = 0;
    unsigned long refused = 0;
    unsigned long doubled = 0;
    unsigned long missing = 0;
    if (!s || lossy_init(&s->q, capacity) != LOFT_OK)
        abort();
    lossy_start_at_(&s->q, start);
    const loft_mpsc_stats then = lossy_stats_get(&s->q);
    s->producers = producers;
    s->each = (unsigned long)scaled(items) / (unsigned long)producers;
    s->bulk = bulk;
    s->early = early;
    s->chaos = (uint32_t)(capacity + (size_t)producers);
    s->came = s->torn = s->disorder = s->wrong_length = s->late = 0;
    loft_init(&s->working, producers);
    loft_init(&s->seen_high, 0u);
    for (int i = 0; i < producers; i++) {
        s->went[i] = s->stayed[i] = 0;
        s->got[i] = (unsigned char *)calloc(s->each + 1, 1);
        if (!s->got[i])
            abort();
    }
    run_threads(producers + 1, lossy_body, s);
    const loft_mpsc_stats is = lossy_stats_get(&s->q);
    const uint64_t accepted = (is.accepted - then.accepted) & LOFT_MPSC_COUNTS;
    const uint64_t popped = (is.popped - then.popped) & LOFT_MPSC_COUNTS;
    const uint64_t overwritten = (is.overwritten - then.overwritten) & LOFT_MPSC_COUNTS;
    for (int i = 0; i < producers; i++) {
        went += s->went[i];
        refused += s->stayed[i];
        for (unsigned long k = 0; k < s->each; k++) {
            doubled += s->got[i][k] > 1 && s->got[i][k] != 100;
            missing += s->got[i][k] == 0;
        }
        free(s->got[i]);
    }
    snprintf(text, sizeof text, "overwriting: %d+1 threads, capacity %lu%s%s%s", producers, (unsigned long)capacity,
             bulk ? ", bulk" : "", early ? ", closed on the way" : "", start ? ", counters wrap" : "");
    if (!ok(s->torn == 0 && s->disorder == 0 && doubled == 0 && s->wrong_length == 0 && s->late == 0 && accepted == went
            && popped == s->came && overwritten == missing && accepted == popped + overwritten
            && ((is.refused - then.refused) & LOFT_MPSC_COUNTS) == refused && lossy_approx_len(&s->q) == 0, text)) {
        note("%lu torn, %lu out of order, %lu twice, %lu wrong lengths, %lu after the end", s->torn, s->disorder,
             doubled, s->wrong_length, s->late);
        note("%lu went in, %lu refused, %lu came, %lu missing", went, refused, s->came, missing);
        note("counted: %lu in, %lu refused, %lu popped, %lu overwritten", (unsigned long)accepted,
             (unsigned long)((is.refused - then.refused) & LOFT_MPSC_COUNTS), (unsigned long)popped,
             (unsigned long)overwritten);
    }
    lossy_fini(&s->q);
    free(s);
}

int
main(void)
{
    watchdog("queue/mpsc_stress");
    stress_one_consumer(itemq_stress, nodeq_stress, true);
    for (int producers = 1; producers <= LOSSY_PRODUCERS; producers += producers == 1 ? 1 : 4)
        for (size_t capacity = 2; capacity <= 64; capacity *= capacity < 8 ? 2 : 8) {
            lossy_stress(producers, capacity, 20000, false, false, 0);
            lossy_stress(producers, capacity, 20000, true, false, SIZE_MAX - 100);
            lossy_stress(producers, capacity, 20000, capacity == 4, true, SIZE_MAX / 2 - 200);
        }
    return done();
}
