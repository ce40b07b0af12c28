/* SPDX-License-Identifier: MIT
 *
 * tests/queue/linear.c - recorded histories of the bounded queues are linearizable.
 *
 * Bulk and in-place calls are not among them: the contract makes each element of a bulk call an operation of its own.
 */
#include "common.h"

#define LOFT_QUEUE_NAME ringq
#define LOFT_QUEUE_T    uint64_t
#include <loft/queue/spsc.h>
#define LINEAR_NAME    ringq
#define LINEAR_T       uint64_t
#define LINEAR_SPSC    1
#define LINEAR_IN_HAND LOFT_LINEAR_FULL_IS_FULL
#include "linear.h"

#define LOFT_QUEUE_NAME wordq
#define LOFT_QUEUE_T    uintptr_t
#include <loft/queue/spsc_word.h>
#define LINEAR_NAME    wordq
#define LINEAR_T       uintptr_t
#define LINEAR_SPSC    1
#define LINEAR_IN_HAND LOFT_LINEAR_FULL_IS_FULL
#include "linear.h"

#define LOFT_QUEUE_NAME scq
#define LOFT_QUEUE_T    uint64_t
#include <loft/queue/scq.h>
#define LINEAR_NAME    scq
#define LINEAR_T       uint64_t
#define LINEAR_SPSC    0
#define LINEAR_IN_HAND LOFT_LINEAR_IN_HAND
#include "linear.h"

#if TEST_PAIRS
#define LOFT_QUEUE_NAME pairq
#define LOFT_QUEUE_T    uint64_t
#include <loft/queue/scq_word.h>
#define LINEAR_NAME    pairq
#define LINEAR_T       uint64_t
#define LINEAR_SPSC    0
#define LINEAR_IN_HAND LOFT_LINEAR_ON_CREDIT
#include "linear.h"

static void
pairq_puppets(void)
{
    pairq_bursts((unsigned long)scaled(2000), 3);
    pairq_bursts((unsigned long)scaled(2500), LINEAR_THREADS);
    pairq_stalls((unsigned long)scaled(400), 4);
    pairq_stalls((unsigned long)scaled(300), LINEAR_THREADS);
}

static void
pairq_threads(void)
{
    pairq_races((unsigned long)scaled(4000), 2);
    pairq_races((unsigned long)scaled(2000), 4);
    for (int chaos = 0; chaos < 2; chaos++) {
        for (size_t capacity = 2; capacity <= 64; capacity *= 32) {
            pairq_long_run(2, capacity, (unsigned long)scaled(40000), chaos, false);
            pairq_long_run(4, capacity, (unsigned long)scaled(40000), chaos, false);
            pairq_long_run(8, capacity, (unsigned long)scaled(40000), chaos, true);
        }
    }
}
#else
static void pairq_puppets(void) {}
static void pairq_threads(void) {}
#endif

int
main(void)
{
    const bool pairs = TEST_PAIRS && loft_dw_supported();
    watchdog("queue/linear");
    puppet_gather();
    for (int t = 0; t < LINEAR_THREADS; t++)
        puppet_start(&linear_puppet[t]);
    ringq_bursts((unsigned long)scaled(1500), 2);
    wordq_bursts((unsigned long)scaled(1500), 2);
    scq_bursts((unsigned long)scaled(2000), 3);
    scq_bursts((unsigned long)scaled(2500), LINEAR_THREADS);
    ringq_stalls((unsigned long)scaled(200), 2);
    wordq_stalls((unsigned long)scaled(200), 2);
    scq_stalls((unsigned long)scaled(400), 4);
    scq_stalls((unsigned long)scaled(300), LINEAR_THREADS);
    if (pairs)
        pairq_puppets();
    for (int t = 0; t < LINEAR_THREADS; t++)
        puppet_end(&linear_puppet[t]);
    puppet_scatter();

    ringq_races((unsigned long)scaled(4000), 2);
    wordq_races((unsigned long)scaled(4000), 2);
    scq_races((unsigned long)scaled(4000), 2);
    scq_races((unsigned long)scaled(2000), 4);

    for (int chaos = 0; chaos < 2; chaos++) {
        const unsigned long calls = (unsigned long)scaled(40000);
        for (size_t capacity = 2; capacity <= 64; capacity *= 32) {
            ringq_long_run(2, capacity, calls, chaos, false);
            wordq_long_run(2, capacity, calls, chaos, false);
            scq_long_run(2, capacity, calls, chaos, false);
            scq_long_run(4, capacity, calls, chaos, false);
            scq_long_run(8, capacity, calls, chaos, true);
        }
        ringq_long_run(2, 3, calls, chaos, true);
        wordq_long_run(2, 3, calls, chaos, true);
    }
    if (pairs)
        pairq_threads();
    else
        ok_skip("histories of queue/scq_word", TEST_NO_PAIRS);
    return done();
}
