/* SPDX-License-Identifier: MIT
 *
 * tests/queue/spsc.c - queue/spsc.h: the contract for elements of many sizes, and one producer against one consumer.
 *
 * build: also release -DNDEBUG
 */
#define LOFT_ALLOC_FAULTS
#define FAMILY_SPSC 1
#include "common.h"

#include <loft/core/alloc.h>

#define LOFT_QUEUE_NAME u8q
#define LOFT_QUEUE_T    uint8_t
#include <loft/queue/spsc.h>
#define CONTRACT_NAME u8q
#define CONTRACT_T    uint8_t
#define CONTRACT_MAKE make_u8
#include "contract.h"

#define LOFT_QUEUE_NAME u16q
#define LOFT_QUEUE_T    uint16_t
#include <loft/queue/spsc.h>
#define CONTRACT_NAME u16q
#define CONTRACT_T    uint16_t
#define CONTRACT_MAKE make_u16
#include "contract.h"

#define LOFT_QUEUE_NAME triq
#define LOFT_QUEUE_T    struct tri
#include <loft/queue/spsc.h>
#define CONTRACT_NAME triq
#define CONTRACT_T    struct tri
#define CONTRACT_MAKE make_tri
#include "contract.h"

#define LOFT_QUEUE_NAME u64q
#define LOFT_QUEUE_T    uint64_t
#include <loft/queue/spsc.h>
#define CONTRACT_NAME u64q
#define CONTRACT_T    uint64_t
#define CONTRACT_MAKE make_u64
#include "contract.h"

#define LOFT_QUEUE_NAME ptrq
#define LOFT_QUEUE_T    void *
#include <loft/queue/spsc.h>
#define CONTRACT_NAME ptrq
#define CONTRACT_T    void *
#define CONTRACT_MAKE make_pointer
#include "contract.h"

#define LOFT_QUEUE_NAME bigq
#define LOFT_QUEUE_T    struct big
#include <loft/queue/spsc.h>
#define CONTRACT_NAME bigq
#define CONTRACT_T    struct big
#define CONTRACT_MAKE make_big
#include "contract.h"

#define LOFT_QUEUE_NAME itemq
#define LOFT_QUEUE_T    struct item
#include <loft/queue/spsc.h>
#define CONTRACT_NAME itemq
#define CONTRACT_T    struct item
#define CONTRACT_MAKE make_item
#include "contract.h"
#define STRESS_NAME itemq
#define STRESS_T    struct item
#define STRESS_MAKE item_of
#define STRESS_OPEN item_open
#include "stress.h"

#define LOFT_QUEUE_NAME nodeq
#define LOFT_QUEUE_T    struct item *
#include <loft/queue/spsc.h>
#define STRESS_NAME nodeq
#define STRESS_T    struct item *
#define STRESS_MAKE node_of
#define STRESS_OPEN node_open
#include "stress.h"
#define CREDIT_NAME nodeq
#include "credit.h"

#define LOFT_QUEUE_NAME ownq
#define LOFT_QUEUE_T    struct item
#define LOFT_QUEUE_ALLOC(align, size)      ledger_alloc(align, size)
#define LOFT_QUEUE_FREE(ptr, align, size)  ledger_free(ptr, align, size)
#include <loft/queue/spsc.h>
#define CONTRACT_NAME ownq
#define CONTRACT_T    struct item
#define CONTRACT_MAKE make_item
#define CONTRACT_LEDGER
#include "contract.h"

int
main(void)
{
    static const size_t capacities[] = { 1, 2, 3, 4, 64, 100, 1024 };
    const unsigned long rounds = (unsigned long)scaled(200000);
    watchdog("queue/spsc");
    u8q_contract("1 byte", rounds);
    u16q_contract("2 bytes", rounds);
    triq_contract("3 bytes", rounds);
    u64q_contract("8 bytes", 5 * rounds);
    ptrq_contract("pointers", rounds);
    itemq_contract("24 bytes", rounds);
    bigq_contract("200 bytes", rounds / 4);
    ownq_contract("24 bytes, own allocator", rounds / 4);

    for (size_t capacity = 1; capacity <= 64; capacity *= 4)
        nodeq_credit(capacity, (unsigned long)scaled(20000));
    for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
        struct stress_plan p = stress_of(1, 1, capacities[c], capacities[c] < 4 ? 10000 : 60000);
        itemq_stress(&p);
        p.way = STRESS_BULK;
        itemq_stress(&p);
        p.way = STRESS_IN_PLACE;
        itemq_stress(&p);
        p.watched = true;
        p.way = (enum stress_way)(c % 3);
        itemq_stress(&p);
        p.watched = false;
        p.early = true;
        itemq_stress(&p);
        nodeq_stress(&p);
        p.early = false;
        p.chaos = false;
        p.way = STRESS_ONE;
        itemq_stress(&p);
        nodeq_stress(&p);
        p.start = SIZE_MAX - (size_t)p.items / 2;
        p.way = STRESS_BULK;
        itemq_stress(&p);
    }
    return done();
}
