/* SPDX-License-Identifier: MIT
 *
 * tests/queue/lscq.c - queue/lscq.h and queue/linked.h from inside: segments that are closed, linked, left and freed,
 * without memory, beside threads that stand still. The contract is in lscq_contract.c, threads in lscq_threads.c.
 *
 * build: also release -DNDEBUG -DLOFT_CACHELINE=16
 */
#define FAMILY_SCQ 1
#include "common.h"

#include "support/heap.h"

#include <loft/smr/ebr.h>
#include <loft/smr/hp.h>

#define LOFT_QUEUE_NAME     wordq
#define LOFT_QUEUE_T        uint64_t
#define LOFT_QUEUE_SMR      loft_ebr
#define LOFT_QUEUE_SEGMENT  2
#define LOFT_QUEUE_ALLOC(align, size)      heap_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  heap_free((ptr), (align), (size))
#include <loft/queue/lscq.h>
#define LINKED_NAME wordq
#define LINKED_SMR  loft_ebr
#include "linked_cases.h"

#define LOFT_QUEUE_NAME     heldq
#define LOFT_QUEUE_T        uint64_t
#define LOFT_QUEUE_SMR      loft_hp
#define LOFT_QUEUE_SEGMENT  2
#define LOFT_QUEUE_ALLOC(align, size)      heap_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  heap_free((ptr), (align), (size))
#include <loft/queue/lscq.h>
#define LINKED_NAME heldq
#define LINKED_SMR  loft_hp
#include "linked_cases.h"

int
main(void)
{
    watchdog("queue/lscq");
    wordq_linked("ebr");
    heldq_linked("hp");
    return done();
}
