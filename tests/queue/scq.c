/* SPDX-License-Identifier: MIT
 *
 * tests/queue/scq.c - queue/scq.h: the contract for elements of many sizes, by one thread. Threads are in
 * scq_stress.c, scq_freeze.c and linear.c.
 *
 * build: also release -DNDEBUG
 */
#define LOFT_ALLOC_FAULTS
#define FAMILY_SCQ 1
#include "common.h"

#include <loft/core/alloc.h>

#define LOFT_QUEUE_NAME u8q
#define LOFT_QUEUE_T    uint8_t
#include <loft/queue/scq.h>
#define CONTRACT_NAME u8q
#define CONTRACT_T    uint8_t
#define CONTRACT_MAKE make_u8
#include "contract.h"

#define LOFT_QUEUE_NAME u16q
#define LOFT_QUEUE_T    uint16_t
#include <loft/queue/scq.h>
#define CONTRACT_NAME u16q
#define CONTRACT_T    uint16_t
#define CONTRACT_MAKE make_u16
#include "contract.h"

#define LOFT_QUEUE_NAME triq
#define LOFT_QUEUE_T    struct tri
#include <loft/queue/scq.h>
#define CONTRACT_NAME triq
#define CONTRACT_T    struct tri
#define CONTRACT_MAKE make_tri
#include "contract.h"

#define LOFT_QUEUE_NAME u64q
#define LOFT_QUEUE_T    uint64_t
#include <loft/queue/scq.h>
#define CONTRACT_NAME u64q
#define CONTRACT_T    uint64_t
#define CONTRACT_MAKE make_u64
#include "contract.h"

#define LOFT_QUEUE_NAME ptrq
#define LOFT_QUEUE_T    void *
#include <loft/queue/scq.h>
#define CONTRACT_NAME ptrq
#define CONTRACT_T    void *
#define CONTRACT_MAKE make_pointer
#include "contract.h"

#define LOFT_QUEUE_NAME itemq
#define LOFT_QUEUE_T    struct item
#include <loft/queue/scq.h>
#define CONTRACT_NAME itemq
#define CONTRACT_T    struct item
#define CONTRACT_MAKE make_item
#include "contract.h"

#define LOFT_QUEUE_NAME bigq
#define LOFT_QUEUE_T    struct big
#include <loft/queue/scq.h>
#define CONTRACT_NAME bigq
#define CONTRACT_T    struct big
#define CONTRACT_MAKE make_big
#include "contract.h"

#define LOFT_QUEUE_NAME ownq
#define LOFT_QUEUE_T    struct item
#define LOFT_QUEUE_ALLOC(align, size)      ledger_alloc(align, size)
#define LOFT_QUEUE_FREE(ptr, align, size)  ledger_free(ptr, align, size)
#include <loft/queue/scq.h>
#define CONTRACT_NAME ownq
#define CONTRACT_T    struct item
#define CONTRACT_MAKE make_item
#define CONTRACT_LEDGER
#include "contract.h"

int
main(void)
{
    const unsigned long rounds = (unsigned long)scaled(200000);
    watchdog("queue/scq");
    u8q_contract("1 byte", rounds);
    u16q_contract("2 bytes", rounds);
    triq_contract("3 bytes", rounds);
    u64q_contract("8 bytes", 5 * rounds);
    ptrq_contract("pointers", rounds);
    itemq_contract("24 bytes", rounds);
    bigq_contract("200 bytes", rounds / 4);
    ownq_contract("24 bytes, own allocator", rounds / 4);
    return done();
}
