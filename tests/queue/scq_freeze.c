/* SPDX-License-Identifier: MIT
 *
 * tests/queue/scq_freeze.c - queue/scq.h with threads that stop in the middle of an operation: progress of the
 * others, and what is true when the stopped ones go on.
 */
#define FAMILY_SCQ 1
#include "common.h"

#include "support/lap_ring.h"
#define FREEZE_NAME lapq
#include "freeze.h"

#define LOFT_QUEUE_NAME wordq
#define LOFT_QUEUE_T    uint64_t
#include <loft/queue/scq.h>
#define FREEZE_NAME wordq
#include "freeze.h"

#include "scq_freeze.h"

int
main(void)
{
    watchdog("queue/scq_freeze");
    freeze_all();
    return done();
}
