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
#include "scq_stress.h"

int
main(void)
{
    watchdog("queue/scq_stress");
    for (size_t capacity = 2; capacity <= 64; capacity *= 4)
        nodeq_credit(capacity, (unsigned long)scaled(20000));
    stress_all(itemq_stress, nodeq_stress);
    return done();
}
