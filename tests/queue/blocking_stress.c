/* SPDX-License-Identifier: MIT
 *
 * tests/queue/blocking_stress.c - queue/blocking.h under threads that sleep: few and many, small queues and larger
 * ones, counters that wrap, bulk, closing in the middle of it; with waits that last as long as it takes, and with ones
 * that end all the time. A wake-up that is lost ends the run by its watchdog.
 */
#define FAMILY_SCQ 1
#define FAMILY_TICKETS 1
#include "common.h"

#define LOFT_EVENTCOUNT_RENT  64                         /* armed and disarmed again and again */
#include <loft/core/eventcount.h>

#define LOFT_QUEUE_NAME    jobs_ring
#define LOFT_QUEUE_T       struct item
#include <loft/queue/scq.h>
#define LOFT_QUEUE_NAME    jobs
#define LOFT_QUEUE_T       struct item
#define LOFT_QUEUE_ENGINE  jobs_ring
#include <loft/queue/blocking.h>

/* A queue whose calls that do not wait wait all the same, so that the stress of the family is theirs: `patience` nano-
 * seconds from now, 0: for ever. */
#define WAITS(name, patience)                                                                                          \
    typedef jobs name;                                                                                                 \
    static uint64_t name##_until_(void) { return (patience) ? loft_deadline(patience) : LOFT_FOREVER; }                \
    static loft_status name##_init(name *q, size_t n) { return jobs_init(q, n); }                                      \
    static void name##_fini(name *q) { jobs_fini(q); }                                                                 \
    static bool name##_try_push(name *q, struct item v) { return jobs_push(q, v, name##_until_()) == LOFT_OK; }        \
    static bool name##_try_pop(name *q, struct item *v) { return jobs_pop(q, v, name##_until_()) == LOFT_OK; }         \
    static void name##_close(name *q) { jobs_close(q); }                                                               \
    static bool name##_is_closed(const name *q) { return jobs_is_closed(q); }                                          \
    static size_t name##_approx_len(const name *q) { return jobs_approx_len(q); }                                      \
    static size_t name##_capacity(const name *q) { return jobs_capacity(q); }                                          \
    static void name##_start_at_(name *q, size_t t) { jobs_ring_start_at_(&q->engine, t); }                            \
    static size_t name##_push_n(name *q, const struct item *v, size_t n)                                               \
    {                                                                                                                  \
        const size_t in = jobs_push_n(q, v, n);                                                                        \
        return in != 0 ? in : (size_t)name##_try_push(q, v[0]);                                                        \
    }                                                                                                                  \
    static size_t name##_pop_n(name *q, struct item *v, size_t n)                                                      \
    {                                                                                                                  \
        return jobs_drain(q, v, n, &n, name##_until_()) == LOFT_OK ? n : 0;                                            \
    }

WAITS(patient, 0u)
#define STRESS_NAME patient
#define STRESS_T    struct item
#define STRESS_MAKE item_of
#define STRESS_OPEN item_open
#include "stress.h"

WAITS(hasty, 20000u)
#define STRESS_NAME hasty
#define STRESS_T    struct item
#define STRESS_MAKE item_of
#define STRESS_OPEN item_open
#include "stress.h"

int
main(void)
{
    static const int threads[][2] = { { 1, 1 }, { 4, 1 }, { 1, 4 }, { 4, 4 }, { 12, 12 } };
    static const size_t capacities[] = { 2, 4, 64 };
    watchdog("queue/blocking_stress");
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
            const unsigned long items = capacities[c] < 8 ? 3000 : 9000;
            struct stress_plan p = stress_of(threads[t][0], threads[t][1], capacities[c], items);
            p.way = c % 2 ? STRESS_BULK : STRESS_ONE;
            patient_stress(&p);
            p.early = true;
            p.way = c % 2 ? STRESS_ONE : STRESS_BULK;
            patient_stress(&p);
            p.chaos = false;
            hasty_stress(&p);
            p.early = false;
            p.watched = true;
            hasty_stress(&p);
        }
    }
    for (size_t c = 0; c < 2; c++) {
        struct stress_plan p = stress_of(2, 2, capacities[c], 3000);
        p.start = SIZE_MAX - (size_t)p.items / 2;
        patient_stress(&p);
        p.start = SIZE_MAX / 4 - 3 * capacities[c];
        hasty_stress(&p);
    }
    return done();
}
