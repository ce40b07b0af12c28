/* SPDX-License-Identifier: MIT
 *
 * tests/queue/mpsc_freeze.c - queue/mpsc.h with threads that stop in the middle of an operation: what the consumer sees
 * while a producer stands in mid-push, and that a consumer which stands stops no push that overwrites.
 */
#define FAMILY_SCQ 1
#include "common.h"

#define LOFT_QUEUE_NAME wordq
#define LOFT_QUEUE_T    uint64_t
#include <loft/queue/mpsc.h>
static uint64_t wordq_tickets(const wordq *q) { return wordq_stats_get(q).accepted; }
#define FROZEN_NAME  wordq
#define FROZEN_LOSSY 0
#define FROZEN_BOUND 1
#define FROZEN_HIDES 0
#include "support/mpsc_frozen.h"

#define LOFT_QUEUE_NAME lossy
#define LOFT_QUEUE_T    uint64_t
#define LOFT_QUEUE_FULL LOFT_MPSC_OVERWRITE
#include <loft/queue/mpsc.h>
static uint64_t lossy_tickets(const lossy *q) { return lossy_stats_get(q).accepted; }
#define FROZEN_NAME  lossy
#define FROZEN_LOSSY 1
#define FROZEN_BOUND 1
#define FROZEN_HIDES 0
#include "support/mpsc_frozen.h"

int
main(void)
{
    watchdog("queue/mpsc_freeze");
    wordq_frozen("refusing");
    lossy_frozen("overwriting");
    return done();
}
