/* SPDX-License-Identifier: MIT
 *
 * tests/queue/spsc_word.c - queue/spsc_word.h: the contract for words and pointers, with and without a value of
 * one's own for "none", and one producer against one consumer.
 *
 * build: also release -DNDEBUG
 */
#define LOFT_ALLOC_FAULTS
#define FAMILY_SPSC_WORD 1
#include "common.h"

#include <loft/core/alloc.h>

#define LOFT_QUEUE_NAME u8w
#define LOFT_QUEUE_T    uint8_t
#include <loft/queue/spsc_word.h>
#define CONTRACT_NAME u8w
#define CONTRACT_T    uint8_t
#define CONTRACT_MAKE word_u8
#include "contract.h"

#define LOFT_QUEUE_NAME u16w
#define LOFT_QUEUE_T    uint16_t
#include <loft/queue/spsc_word.h>
#define CONTRACT_NAME u16w
#define CONTRACT_T    uint16_t
#define CONTRACT_MAKE word_u16
#include "contract.h"

#define LOFT_QUEUE_NAME u32w
#define LOFT_QUEUE_T    uint32_t
#include <loft/queue/spsc_word.h>
#define CONTRACT_NAME u32w
#define CONTRACT_T    uint32_t
#define CONTRACT_MAKE word_u32
#include "contract.h"

#define LOFT_QUEUE_NAME not7w
#define LOFT_QUEUE_T    uintptr_t
#define LOFT_QUEUE_NONE 7
#include <loft/queue/spsc_word.h>
#define CONTRACT_NAME not7w
#define CONTRACT_T    uintptr_t
#define CONTRACT_MAKE word_but_7
#include "contract.h"

#define LOFT_QUEUE_NAME allbut1w
#define LOFT_QUEUE_T    uint8_t
#define LOFT_QUEUE_NONE UINT8_MAX
#include <loft/queue/spsc_word.h>
TEST_UNUSED_ static uint8_t word_allbut1(size_t i) { return (uint8_t)(i % 255); }
#define CONTRACT_NAME allbut1w
#define CONTRACT_T    uint8_t
#define CONTRACT_MAKE word_allbut1
#include "contract.h"

#define LOFT_QUEUE_NAME ptrw
#define LOFT_QUEUE_T    void *
#include <loft/queue/spsc_word.h>
#define CONTRACT_NAME ptrw
#define CONTRACT_T    void *
#define CONTRACT_MAKE word_pointer
#include "contract.h"

TEST_UNUSED_ static char nobody;
#define LOFT_QUEUE_NAME nullable
#define LOFT_QUEUE_T    void *
#define LOFT_QUEUE_NONE ((void *)&nobody)
#include <loft/queue/spsc_word.h>
#define CONTRACT_NAME nullable
#define CONTRACT_T    void *
#define CONTRACT_MAKE make_pointer
#include "contract.h"

#define LOFT_QUEUE_NAME wordw
#define LOFT_QUEUE_T    uintptr_t
#include <loft/queue/spsc_word.h>
#define STRESS_NAME wordw
#define STRESS_T    uintptr_t
#define STRESS_MAKE word_of
#define STRESS_OPEN word_open
#include "stress.h"

#define LOFT_QUEUE_NAME nodew
#define LOFT_QUEUE_T    struct item *
#include <loft/queue/spsc_word.h>
#define STRESS_NAME nodew
#define STRESS_T    struct item *
#define STRESS_MAKE node_of
#define STRESS_OPEN node_open
#include "stress.h"
#define CREDIT_NAME nodew
#include "credit.h"

#define LOFT_QUEUE_NAME ownw
#define LOFT_QUEUE_T    uintptr_t
#define LOFT_QUEUE_ALLOC(align, size)      ledger_alloc(align, size)
#define LOFT_QUEUE_FREE(ptr, align, size)  ledger_free(ptr, align, size)
#include <loft/queue/spsc_word.h>
#define CONTRACT_NAME ownw
#define CONTRACT_T    uintptr_t
#define CONTRACT_MAKE word_of
#define CONTRACT_LEDGER
#include "contract.h"

int
main(void)
{
    static const size_t capacities[] = { 1, 2, 3, 4, 64, 100, 1024 };
    const unsigned long rounds = (unsigned long)scaled(200000);
    watchdog("queue/spsc_word");
    u8w_contract("1 byte", rounds);
    u16w_contract("2 bytes", rounds);
    u32w_contract("4 bytes", rounds);
    not7w_contract("words, never 7", 5 * rounds);
    allbut1w_contract("1 byte, never 255", rounds);
    ptrw_contract("pointers", rounds);
    nullable_contract("pointers, NULL among them", rounds);
    ownw_contract("words, own allocator", rounds / 4);

    for (size_t capacity = 1; capacity <= 64; capacity *= 4)
        nodew_credit(capacity, (unsigned long)scaled(20000));
    for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
        struct stress_plan p = stress_of(1, 1, capacities[c], capacities[c] < 4 ? 10000 : 60000);
        wordw_stress(&p);
        p.way = STRESS_BULK;
        wordw_stress(&p);
        p.watched = true;
        wordw_stress(&p);
        p.watched = false;
        p.early = true;
        wordw_stress(&p);
        nodew_stress(&p);
        p.early = false;
        p.chaos = false;
        p.way = STRESS_ONE;
        wordw_stress(&p);
        nodew_stress(&p);
        p.start = SIZE_MAX - (size_t)p.items / 2;
        p.way = STRESS_BULK;
        wordw_stress(&p);
    }
    return done();
}
