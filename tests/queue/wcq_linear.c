/* SPDX-License-Identifier: MIT
 *
 * tests/queue/wcq_linear.c - recorded histories of queue/wcq.h are linearizable, as in linear.c. Without patience each
 * call is a request that others may work on; a puppet that stops leaves one behind.
 */
#include "common.h"

#if !TEST_PAIRS

int
main(void)
{
    ok_skip("histories of queue/wcq", TEST_NO_PAIRS);
    return done();
}

#else

#ifndef LOFT_WCQ_PATIENCE
#  define LOFT_WCQ_PATIENCE 0
#endif

#define LOFT_QUEUE_NAME of_words
#define LOFT_QUEUE_T    uint64_t
#include <loft/queue/wcq.h>
#define SELF_NAME wordq
#define SELF_OF   of_words
#define SELF_T    uint64_t
#include "self.h"
#define LINEAR_NAME    wordq
#define LINEAR_T       uint64_t
#define LINEAR_SPSC    0
#define LINEAR_IN_HAND LOFT_LINEAR_IN_HAND
#include "linear.h"

#define LOFT_QUEUE_NAME of_pointers
#define LOFT_QUEUE_T    uintptr_t
#include <loft/queue/wcq.h>
#define SELF_NAME pointerq
#define SELF_OF   of_pointers
#define SELF_T    uintptr_t
#include "self.h"
#define LINEAR_NAME    pointerq
#define LINEAR_T       uintptr_t
#define LINEAR_SPSC    0
#define LINEAR_IN_HAND LOFT_LINEAR_IN_HAND
#include "linear.h"

int
main(void)
{
    watchdog("queue/wcq_linear");
    if (!loft_dw_supported()) {
        ok_skip("histories of queue/wcq", TEST_NO_PAIRS);
        return done();
    }
    puppet_gather();
    for (int p = 0; p < LINEAR_THREADS; p++)
        puppet_start(&linear_puppet[p]);
    wordq_bursts((unsigned long)scaled(2000), 3);
    pointerq_bursts((unsigned long)scaled(2500), LINEAR_THREADS);
    wordq_stalls((unsigned long)scaled(400), 4);
    pointerq_stalls((unsigned long)scaled(300), LINEAR_THREADS);
    for (int p = 0; p < LINEAR_THREADS; p++)
        puppet_end(&linear_puppet[p]);
    puppet_scatter();

    wordq_races((unsigned long)scaled(4000), 2);
    pointerq_races((unsigned long)scaled(2000), 4);
    for (int chaos = 0; chaos < 2; chaos++) {
        const unsigned long calls = (unsigned long)scaled(40000);
        for (size_t capacity = 2; capacity <= 64; capacity *= 32) {
            wordq_long_run(2, capacity, calls, chaos, false);
            pointerq_long_run(4, capacity, calls, chaos, false);
            wordq_long_run(8, capacity, calls, chaos, true);
        }
    }
    return done();
}

#endif
