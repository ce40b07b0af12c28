/* SPDX-License-Identifier: MIT
 *
 * tests/queue/wcq.c - queue/wcq.h: the contract for elements of many sizes, by one thread, and who may join. Threads
 * are in wcq_stress.c, wcq_freeze.c and linear.c.
 *
 * build: also release -DNDEBUG
 * build: also slow -DLOFT_WCQ_PATIENCE=0
 */
#define LOFT_ALLOC_FAULTS
#define FAMILY_SCQ 1
#include "common.h"

#if !TEST_PAIRS

int
main(void)
{
    ok_skip("queue/wcq", TEST_NO_PAIRS);
    return done();
}

#else

#include <loft/core/alloc.h>

#define LOFT_QUEUE_NAME u8_with
#define LOFT_QUEUE_T    uint8_t
#include <loft/queue/wcq.h>
#define SELF_NAME u8q
#define SELF_OF   u8_with
#define SELF_T    uint8_t
#include "self.h"
#define CONTRACT_NAME u8q
#define CONTRACT_T    uint8_t
#define CONTRACT_MAKE make_u8
#include "contract.h"

#define LOFT_QUEUE_NAME u16_with
#define LOFT_QUEUE_T    uint16_t
#include <loft/queue/wcq.h>
#define SELF_NAME u16q
#define SELF_OF   u16_with
#define SELF_T    uint16_t
#include "self.h"
#define CONTRACT_NAME u16q
#define CONTRACT_T    uint16_t
#define CONTRACT_MAKE make_u16
#include "contract.h"

#define LOFT_QUEUE_NAME tri_with
#define LOFT_QUEUE_T    struct tri
#include <loft/queue/wcq.h>
#define SELF_NAME triq
#define SELF_OF   tri_with
#define SELF_T    struct tri
#include "self.h"
#define CONTRACT_NAME triq
#define CONTRACT_T    struct tri
#define CONTRACT_MAKE make_tri
#include "contract.h"

#define LOFT_QUEUE_NAME u64_with
#define LOFT_QUEUE_T    uint64_t
#include <loft/queue/wcq.h>
#define SELF_NAME u64q
#define SELF_OF   u64_with
#define SELF_T    uint64_t
#include "self.h"
#define CONTRACT_NAME u64q
#define CONTRACT_T    uint64_t
#define CONTRACT_MAKE make_u64
#include "contract.h"

#define LOFT_QUEUE_NAME ptr_with
#define LOFT_QUEUE_T    void *
#include <loft/queue/wcq.h>
#define SELF_NAME ptrq
#define SELF_OF   ptr_with
#define SELF_T    void *
#include "self.h"
#define CONTRACT_NAME ptrq
#define CONTRACT_T    void *
#define CONTRACT_MAKE make_pointer
#include "contract.h"

#define LOFT_QUEUE_NAME item_with
#define LOFT_QUEUE_T    struct item
#include <loft/queue/wcq.h>
#define SELF_NAME itemq
#define SELF_OF   item_with
#define SELF_T    struct item
#include "self.h"
#define CONTRACT_NAME itemq
#define CONTRACT_T    struct item
#define CONTRACT_MAKE make_item
#include "contract.h"

#define LOFT_QUEUE_NAME big_with
#define LOFT_QUEUE_T    struct big
#include <loft/queue/wcq.h>
#define SELF_NAME bigq
#define SELF_OF   big_with
#define SELF_T    struct big
#include "self.h"
#define CONTRACT_NAME bigq
#define CONTRACT_T    struct big
#define CONTRACT_MAKE make_big
#include "contract.h"

#define LOFT_QUEUE_NAME own_with
#define LOFT_QUEUE_T    struct item
#define LOFT_QUEUE_ALLOC(align, size)      ledger_alloc(align, size)
#define LOFT_QUEUE_FREE(ptr, align, size)  ledger_free(ptr, align, size)
#include <loft/queue/wcq.h>
#define SELF_NAME ownq
#define SELF_OF   own_with
#define SELF_T    struct item
#include "self.h"
#define CONTRACT_NAME ownq
#define CONTRACT_T    struct item
#define CONTRACT_MAKE make_item
#define CONTRACT_LEDGER
#include "contract.h"

/* As many as init was told, each another one; who leaves makes room. */
static void
t_members(void)
{
    static const size_t many[] = { 1, 2, 3, 17, LOFT_WCQ_MEMBERS_MAX };
    static u64_with_thread *who[LOFT_WCQ_MEMBERS_MAX];
    u64_with q;
    EXPECT(u64_with_init(&q, 4, 0) == LOFT_INVAL);
    EXPECT(u64_with_init(&q, 4, LOFT_WCQ_MEMBERS_MAX + 1) == LOFT_INVAL);
    EXPECT(u64_with_init(&q, 4, SIZE_MAX) == LOFT_INVAL);
    for (size_t k = 0; k < sizeof many / sizeof *many; k++) {
        if (!EXPECT(u64_with_init(&q, 4, many[k]) == LOFT_OK))
            continue;
        for (size_t i = 0; i < many[k]; i++) {
            uint64_t v = 0;
            who[i] = u64_with_join(&q);
            EXPECT(who[i] != NULL && (i == 0 || who[i] != who[i - 1]));
            EXPECT(u64_with_try_push(&q, who[i], i) && u64_with_try_pop(&q, who[i], &v) && v == i);
        }
        EXPECT(u64_with_join(&q) == NULL);
        u64_with_leave(who[many[k] / 2]);
        EXPECT(u64_with_join(&q) == who[many[k] / 2]);
        EXPECT(u64_with_join(&q) == NULL);
        u64_with_fini(&q);
    }
    expected("members", "as many join as init was told, and a place is given again");
}

int
main(void)
{
    const unsigned long rounds = (unsigned long)scaled(200000);
    watchdog("queue/wcq");
    if (!loft_dw_supported()) {
        u64_with q;
        ok(u64_with_init(&q, 4, 1) == LOFT_NOTSUP, "init says that the processor lacks the instruction");
        ok_skip("queue/wcq", TEST_NO_PAIRS);
        return done();
    }
    t_members();
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

#endif
