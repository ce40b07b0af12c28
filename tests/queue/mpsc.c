/* SPDX-License-Identifier: MIT
 *
 * tests/queue/mpsc.c - queue/mpsc.h: the contract for elements of many sizes and what it adds to that, by one thread.
 * Threads are in mpsc_stress.c and mpsc_freeze.c.
 *
 * build: also release -DNDEBUG
 */
#define LOFT_ALLOC_FAULTS
#define FAMILY_SCQ 1
#include "common.h"

#include <loft/core/alloc.h>

#define LOFT_QUEUE_NAME u8q
#define LOFT_QUEUE_T    uint8_t
#include <loft/queue/mpsc.h>
#define CONTRACT_NAME u8q
#define CONTRACT_T    uint8_t
#define CONTRACT_MAKE make_u8
#include "contract.h"

#define LOFT_QUEUE_NAME triq
#define LOFT_QUEUE_T    struct tri
#include <loft/queue/mpsc.h>
#define CONTRACT_NAME triq
#define CONTRACT_T    struct tri
#define CONTRACT_MAKE make_tri
#include "contract.h"

#define LOFT_QUEUE_NAME u64q
#define LOFT_QUEUE_T    uint64_t
#include <loft/queue/mpsc.h>
#define CONTRACT_NAME u64q
#define CONTRACT_T    uint64_t
#define CONTRACT_MAKE make_u64
#include "contract.h"
#define COUNTS_NAME u64q
#define COUNTS_T    uint64_t
#define COUNTS_MAKE make_u64
#define COUNTS_OVERWRITES 0
#include "support/mpsc_counts.h"

#define LOFT_QUEUE_NAME ptrq
#define LOFT_QUEUE_T    void *
#include <loft/queue/mpsc.h>
#define CONTRACT_NAME ptrq
#define CONTRACT_T    void *
#define CONTRACT_MAKE make_pointer
#include "contract.h"

#define LOFT_QUEUE_NAME itemq
#define LOFT_QUEUE_T    struct item
#include <loft/queue/mpsc.h>
#define CONTRACT_NAME itemq
#define CONTRACT_T    struct item
#define CONTRACT_MAKE make_item
#include "contract.h"

#define LOFT_QUEUE_NAME bigq
#define LOFT_QUEUE_T    struct big
#include <loft/queue/mpsc.h>
#define CONTRACT_NAME bigq
#define CONTRACT_T    struct big
#define CONTRACT_MAKE make_big
#include "contract.h"
#define COUNTS_NAME bigq
#define COUNTS_T    struct big
#define COUNTS_MAKE make_big
#define COUNTS_OVERWRITES 0
#include "support/mpsc_counts.h"

#define LOFT_QUEUE_NAME ownq
#define LOFT_QUEUE_T    struct item
#define LOFT_QUEUE_ALLOC(align, size)      ledger_alloc(align, size)
#define LOFT_QUEUE_FREE(ptr, align, size)  ledger_free(ptr, align, size)
#include <loft/queue/mpsc.h>
#define CONTRACT_NAME ownq
#define CONTRACT_T    struct item
#define CONTRACT_MAKE make_item
#define CONTRACT_LEDGER
#include "contract.h"

#define LOFT_QUEUE_NAME spinq
#define LOFT_QUEUE_T    uint64_t
#define LOFT_QUEUE_FULL LOFT_MPSC_SPIN
#define LOFT_QUEUE_SPINS 3
#include <loft/queue/mpsc.h>
#define CONTRACT_NAME spinq
#define CONTRACT_T    uint64_t
#define CONTRACT_MAKE make_u64
#include "contract.h"
#define COUNTS_NAME spinq
#define COUNTS_T    uint64_t
#define COUNTS_MAKE make_u64
#define COUNTS_OVERWRITES 0
#include "support/mpsc_counts.h"

#define LOFT_QUEUE_NAME lossy8
#define LOFT_QUEUE_T    uint8_t
#define LOFT_QUEUE_FULL LOFT_MPSC_OVERWRITE
#include <loft/queue/mpsc.h>
#define COUNTS_NAME lossy8
#define COUNTS_T    uint8_t
#define COUNTS_MAKE make_u8
#define COUNTS_OVERWRITES 1
#include "support/mpsc_counts.h"

#define LOFT_QUEUE_NAME lossy
#define LOFT_QUEUE_T    uint64_t
#define LOFT_QUEUE_FULL LOFT_MPSC_OVERWRITE
#include <loft/queue/mpsc.h>
#define COUNTS_NAME lossy
#define COUNTS_T    uint64_t
#define COUNTS_MAKE make_u64
#define COUNTS_OVERWRITES 1
#include "support/mpsc_counts.h"

#define LOFT_QUEUE_NAME lossybig
#define LOFT_QUEUE_T    struct big
#define LOFT_QUEUE_FULL LOFT_MPSC_OVERWRITE
#include <loft/queue/mpsc.h>
#define COUNTS_NAME lossybig
#define COUNTS_T    struct big
#define COUNTS_MAKE make_big
#define COUNTS_OVERWRITES 1
#include "support/mpsc_counts.h"

#define LOFT_QUEUE_NAME lossyown
#define LOFT_QUEUE_T    struct item
#define LOFT_QUEUE_FULL LOFT_MPSC_OVERWRITE
#define LOFT_QUEUE_ALLOC(align, size)      ledger_alloc(align, size)
#define LOFT_QUEUE_FREE(ptr, align, size)  ledger_free(ptr, align, size)
#include <loft/queue/mpsc.h>

/* The ring of cells has its own arithmetic of sizes. */
static void
lossy_memory(void)
{
    lossyown q;
    unsigned char was[sizeof q];
    for (size_t capacity = 2; capacity <= 256; capacity *= 2) {
        memset(was, 0xc3, sizeof was);
        memcpy((void *)&q, was, sizeof was);
        ledger.fail_at = ledger.allocs;
        EXPECT(lossyown_init(&q, capacity) == LOFT_NOMEM && memcmp((const void *)&q, was, sizeof was) == 0);
        ledger.fail_at = SIZE_MAX;
        if (!EXPECT(lossyown_init(&q, capacity) == LOFT_OK))
            continue;
        for (size_t k = 0; k < 3 * capacity; k++)
            EXPECT(lossyown_try_push(&q, make_item(k)));
        for (size_t k = 2 * capacity; k < 3 * capacity; k++) {
            struct item v;
            const struct item want = make_item(k);
            EXPECT(lossyown_try_pop(&q, &v) && memcmp(&v, &want, sizeof v) == 0);
        }
        lossyown_fini(&q);
        EXPECT(ledger.live == 0 && ledger.mistakes == 0);
    }
    expected("overwriting", "its own allocator: NOMEM changes nothing, blocks go back as they came");

    memcpy((void *)&q, was, sizeof was);
    EXPECT(lossyown_init(&q, 0) == LOFT_INVAL && lossyown_init(&q, 1) == LOFT_INVAL);
    EXPECT(lossyown_init(&q, 3) == LOFT_INVAL && lossyown_init(&q, 1000) == LOFT_INVAL);
    EXPECT(lossyown_init(&q, SIZE_MAX) == LOFT_INVAL && lossyown_init(&q, ~(SIZE_MAX >> 1)) == LOFT_INVAL);
    EXPECT(memcmp((const void *)&q, was, sizeof was) == 0);
    for (size_t n = (size_t)1 << 24; n != 0 && n <= (size_t)1 << 31; n <<= 1)
        EXPECT(lossyown_init(&q, n) != LOFT_OK && ledger.live == 0);
    expected("overwriting", "absurd capacities are refused and change nothing");
}

/* Words come round: where they have 32 bits, in minutes. Whoever was stopped for half a round of them, or did not look,
 * is told nothing wrong. As if: the word that is his is put back. */
static void
long_asleep(void)
{
    lossy q;
    uint64_t v = 0;
    for (unsigned k = 0; k < 6; k++) {
        const loft_seq tickets = ((loft_seq)1 << (LOFT_SEQ_BITS - 3u)) / 2u * (k + 1u) + 10u;
        if (!EXPECT(lossy_init(&q, 4) == LOFT_OK))
            return;
        for (uint64_t i = 1; i <= 6; i++)
            EXPECT(lossy_try_push(&q, i));
        loft_store(&q.head, loft_load(&q.tail, relaxed) - 2u * tickets, relaxed);
        EXPECT(lossy_approx_len(&q) == 4);
        for (uint64_t i = 3; i <= 6; i++)
            EXPECT(lossy_try_pop(&q, &v) && v == i);
        EXPECT(!lossy_try_pop(&q, &v) && lossy_approx_len(&q) == 0 && !lossy_is_stalled(&q));
        loft_store(&q.head, loft_load(&q.tail, relaxed) - 2u * tickets, relaxed);
        lossy_close(&q);
        EXPECT(!lossy_try_pop(&q, &v) && lossy_approx_len(&q) == 0);
        lossy_fini(&q);
    }
    expected("overwriting", "a consumer that has not looked for half a round of the counters gets the newest");

    static const uint64_t more[2] = { 5, 6 };
    u64q u;
    for (unsigned k = 0; k < 6; k++) {
        const loft_seq tickets = ((loft_seq)1 << (LOFT_SEQ_BITS - 3u)) * (k + 1u) + 10u;
        if (!EXPECT(u64q_init(&u, 4) == LOFT_OK))
            return;
        for (uint64_t i = 1; i <= 4; i++)
            EXPECT(u64q_try_push(&u, i));
        loft_store(&u.limit, loft_load(&u.tail, relaxed) - 2u * tickets, relaxed);
        EXPECT(!u64q_try_push(&u, 5));
        loft_store(&u.limit, loft_load(&u.tail, relaxed) - 2u * tickets, relaxed);
        EXPECT(u64q_push_n(&u, more, 2) == 0 && u64q_approx_len(&u) == 4);
        EXPECT(u64q_try_pop(&u, &v) && v == 1);
        loft_store(&u.limit, loft_load(&u.tail, relaxed) - 2u * tickets, relaxed);
        EXPECT(u64q_try_push(&u, 5) && !u64q_try_push(&u, 6));
        u64q_fini(&u);
    }
    expected("refusing", "what a producer tells of half a round ago lets nobody in");
}

/* A push that spins gives up after so many looks. */
static void
spinning(void)
{
    spinq q;
    if (!EXPECT(spinq_init(&q, 2) == LOFT_OK))
        return;
    EXPECT(spinq_try_push(&q, 1) && spinq_try_push(&q, 2));
    points_count();
    EXPECT(!spinq_try_push(&q, 3));
    const unsigned long full = points_seen();
    spinq_close(&q);
    points_count();
    EXPECT(!spinq_try_push(&q, 3));
    const unsigned long closed = points_seen();
    spinq_fini(&q);
    EXPECT(full > 3 * closed && full < 40);
    expected("spinning", "a push into a full queue looks a few times more, into a closed one it does not");
}

int
main(void)
{
    const unsigned long rounds = (unsigned long)scaled(100000);
    watchdog("queue/mpsc");
    u8q_contract("1 byte", rounds);
    triq_contract("3 bytes", rounds);
    u64q_contract("8 bytes", 3 * rounds);
    u64q_counts("8 bytes", rounds / 4);
    ptrq_contract("pointers", rounds);
    itemq_contract("24 bytes", rounds);
    bigq_contract("200 bytes", rounds / 4);
    bigq_counts("200 bytes", rounds / 20);
    ownq_contract("24 bytes, own allocator", rounds / 4);
    spinq_contract("spinning", rounds / 2);
    spinq_counts("spinning", rounds / 4);
    lossy8_counts("overwriting, 1 byte", rounds / 4);
    lossy_counts("overwriting, 8 bytes", rounds / 4);
    lossybig_counts("overwriting, 200 bytes", rounds / 20);
    lossy_memory();
    long_asleep();
    spinning();
    return done();
}
