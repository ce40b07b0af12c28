/* SPDX-License-Identifier: MIT
 *
 * tests/queue/wcq_freeze.c - queue/wcq.h with threads that stop in the middle of an operation: progress of the others,
 * and what is true when the stopped ones go on. With no patience each of them stops in the middle of a request.
 *
 * build: also patient -DLOFT_WCQ_PATIENCE=2
 */
#define FAMILY_SCQ 1
#include "common.h"

#if !TEST_PAIRS

int
main(void)
{
    ok_skip("queue/wcq with frozen threads", TEST_NO_PAIRS);
    return done();
}

#else

#ifndef LOFT_WCQ_PATIENCE
#  define LOFT_WCQ_PATIENCE 0
#endif

#include "support/lap_ring.h"
#define FREEZE_NAME lapq
#include "freeze.h"

#define LOFT_QUEUE_NAME words
#define LOFT_QUEUE_T    uint64_t
#include <loft/queue/wcq.h>
#define SELF_NAME wordq
#define SELF_OF   words
#define SELF_T    uint64_t
#include "self.h"
#define FREEZE_NAME wordq
#include "freeze.h"

#include "scq_freeze.h"

int
main(void)
{
    watchdog("queue/wcq_freeze");
    if (!loft_dw_supported()) {
        ok_skip("queue/wcq with frozen threads", TEST_NO_PAIRS);
        return done();
    }
    freeze_all();
    return done();
}

#endif
