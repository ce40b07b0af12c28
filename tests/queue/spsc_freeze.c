/* SPDX-License-Identifier: MIT
 *
 * tests/queue/spsc_freeze.c - queue/spsc.h and queue/spsc_word.h: one side stands still in the middle of a call,
 * the other does not notice; and every call is short.
 */
#include "common.h"

#define LOFT_QUEUE_NAME ringq
#define LOFT_QUEUE_T    uint64_t
#include <loft/queue/spsc.h>
#define PEER_NAME     ringq
#define PEER_T        uint64_t
#define PEER_IN_PLACE 1
#define PEER_ELEMENT  4
#include "peer.h"

#define LOFT_QUEUE_NAME wordq
#define LOFT_QUEUE_T    uintptr_t
#include <loft/queue/spsc_word.h>
#define PEER_NAME     wordq
#define PEER_T        uintptr_t
#define PEER_IN_PLACE 0
#define PEER_ELEMENT  PEER_CALL                          /* one call after the other: each may have to look for room */
#include "peer.h"

int
main(void)
{
    watchdog("queue/spsc_freeze");
    puppet_gather();
    puppet_start(&peer_puppet);
    ringq_frozen_peer("spsc");
    wordq_frozen_peer("spsc_word");
    puppet_end(&peer_puppet);
    puppet_scatter();
    ringq_bounded("spsc");
    wordq_bounded("spsc_word");
    return done();
}
