/* SPDX-License-Identifier: MIT
 *
 * tests/queue/scq_stress.c - queue/scq.h under threads: few and many, rings much smaller than the number of threads
 * and larger ones, counters that wrap, bulk, closing in the middle of it.
 */
#define FAMILY_SCQ 1
#define FAMILY_TICKETS 1
#include "common.h"

#define LOFT_QUEUE_NAME itemq
#define LOFT_QUEUE_T    struct item
#include <loft/queue/scq.h>
#define STRESS_NAME itemq
#define STRESS_T    struct item
#define STRESS_MAKE item_of
#define STRESS_OPEN item_open
#include "stress.h"

#define LOFT_QUEUE_NAME nodeq
#define LOFT_QUEUE_T    struct item *
#include <loft/queue/scq.h>
#define STRESS_NAME nodeq
#define STRESS_T    struct item *
#define STRESS_MAKE node_of
#define STRESS_OPEN node_open
#include "stress.h"
#define CREDIT_NAME nodeq
#include "credit.h"

int
main(void)
{
    static const int threads[][2] = { { 1, 1 }, { 4, 1 }, { 1, 4 }, { 4, 4 }, { 16, 16 } };
    static const size_t capacities[] = { 2, 4, 64, 1024 };
    static const size_t edges[] = { SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 4, (size_t)UINT32_MAX, (size_t)INT32_MAX };
    watchdog("queue/scq_stress");
    for (size_t capacity = 2; capacity <= 64; capacity *= 4)
        nodeq_credit(capacity, (unsigned long)scaled(20000));
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
            const unsigned long items = capacities[c] < 8 ? 8000 : 32000;
            struct stress_plan p = stress_of(threads[t][0], threads[t][1], capacities[c], items);
            p.way = c % 2 ? STRESS_BULK : STRESS_ONE;
            itemq_stress(&p);
            p.watched = true;
            p.way = c % 2 ? STRESS_ONE : STRESS_BULK;
            itemq_stress(&p);
            p.watched = false;
            p.chaos = false;
            p.early = true;
            nodeq_stress(&p);
        }
    }
    for (size_t e = 0; e < sizeof edges / sizeof *edges; e++) {
        for (size_t c = 0; c < 3; c++) {
            struct stress_plan p = stress_of(2, 2, capacities[c], 6000);
            p.start = edges[e] - (size_t)p.items / 2;
            itemq_stress(&p);
            p.start = edges[e] - 3 * capacities[c];
            p.early = true;
            itemq_stress(&p);
        }
    }
    return done();
}
