/* SPDX-License-Identifier: MIT
 *
 * tests/queue/scq_word.c - queue/scq_word.h: the contract for elements of one word and less, by one thread. Threads are
 * in scq_word_stress.c, scq_word_freeze.c and linear.c.
 *
 * build: also release -DNDEBUG
 */
#define LOFT_ALLOC_FAULTS
#define FAMILY_SCQ 1
#include "common.h"

#if !TEST_PAIRS

int
main(void)
{
    ok_skip("queue/scq_word", TEST_NO_PAIRS);
    return done();
}

#else

#include <loft/core/alloc.h>

#define LOFT_QUEUE_NAME u8q
#define LOFT_QUEUE_T    uint8_t
#include <loft/queue/scq_word.h>
#define CONTRACT_NAME u8q
#define CONTRACT_T    uint8_t
#define CONTRACT_MAKE make_u8
#include "contract.h"

#define LOFT_QUEUE_NAME u16q
#define LOFT_QUEUE_T    uint16_t
#include <loft/queue/scq_word.h>
#define CONTRACT_NAME u16q
#define CONTRACT_T    uint16_t
#define CONTRACT_MAKE make_u16
#include "contract.h"

#define LOFT_QUEUE_NAME triq
#define LOFT_QUEUE_T    struct tri
#include <loft/queue/scq_word.h>
#define CONTRACT_NAME triq
#define CONTRACT_T    struct tri
#define CONTRACT_MAKE make_tri
#include "contract.h"

#define LOFT_QUEUE_NAME u64q
#define LOFT_QUEUE_T    uint64_t
#include <loft/queue/scq_word.h>
#define CONTRACT_NAME u64q
#define CONTRACT_T    uint64_t
#define CONTRACT_MAKE make_u64
#include "contract.h"

#define LOFT_QUEUE_NAME octq
#define LOFT_QUEUE_T    struct oct
#include <loft/queue/scq_word.h>
#define CONTRACT_NAME octq
#define CONTRACT_T    struct oct
#define CONTRACT_MAKE make_oct
#include "contract.h"

#define LOFT_QUEUE_NAME ptrq
#define LOFT_QUEUE_T    void *
#include <loft/queue/scq_word.h>
#define CONTRACT_NAME ptrq
#define CONTRACT_T    void *
#define CONTRACT_MAKE make_pointer
#include "contract.h"

#define LOFT_QUEUE_NAME ownq
#define LOFT_QUEUE_T    uintptr_t
#define LOFT_QUEUE_ALLOC(align, size)      ledger_alloc(align, size)
#define LOFT_QUEUE_FREE(ptr, align, size)  ledger_free(ptr, align, size)
#include <loft/queue/scq_word.h>
#define CONTRACT_NAME ownq
#define CONTRACT_T    uintptr_t
#define CONTRACT_MAKE make_u64
#define CONTRACT_LEDGER
#include "contract.h"

static void *make_nothing(size_t i) { return (void)i, (void *)NULL; }

#define LOFT_QUEUE_NAME nullq
#define LOFT_QUEUE_T    void *
#include <loft/queue/scq_word.h>
#define CONTRACT_NAME nullq
#define CONTRACT_T    void *
#define CONTRACT_MAKE make_nothing
#include "contract.h"

/* ---- every value is an element ----------------------------------------------------------------------------------- */

/* Words that look like what the ring itself may write: nothing, all bits, one bit, one bit missing, small counts, and
 * each of them moved by one. */
static uint64_t
pattern(size_t k)
{
    const uint64_t one = 1;
    const uint64_t near = k % 3;
    k /= 3;
    return (k < 64 ? one << k : k < 128 ? ~(one << (k - 64)) : (k - 128) * 2) + near - 1;
}

static void
test_values(void)
{
    static const size_t starts[] = { 0, SIZE_MAX / 2 - 9, SIZE_MAX / 4 - 9, SIZE_MAX - 40, INT32_MAX, UINT32_MAX };
    const size_t patterns = 3 * 160;
    for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
        for (size_t capacity = 2; capacity <= 8; capacity *= 2) {
            u64q q;
            u8q b;
            u16q h;
            size_t in = 0;
            size_t out = 0;
            if (!EXPECT(u64q_init(&q, capacity) == LOFT_OK && u8q_init(&b, capacity) == LOFT_OK
                        && u16q_init(&h, capacity) == LOFT_OK))
                return;
            u64q_start_at_(&q, starts[s]);
            u8q_start_at_(&b, starts[s]);
            u16q_start_at_(&h, starts[s]);
            while (out < patterns) {                     /* all fillings in turn */
                const size_t fill = 1 + in % capacity;
                for (size_t k = 0; k < fill; k++)
                    EXPECT(u64q_try_push(&q, pattern(in++)));
                for (uint64_t v; out < in; out++)
                    EXPECT(u64q_try_pop(&q, &v) && v == pattern(out));
                uint64_t none = 0x5a5a;
                EXPECT(!u64q_try_pop(&q, &none) && none == 0x5a5a);
            }
            for (unsigned x = 0; x < 256; x++) {
                uint8_t v = (uint8_t)~x;
                EXPECT(u8q_try_push(&b, (uint8_t)x) && u8q_approx_len(&b) == 1);
                EXPECT(u8q_try_pop(&b, &v) && v == x && u8q_approx_len(&b) == 0);
            }
            for (unsigned x = 0; x < 65536; x += s == 0 ? 1 : 251) {
                uint16_t v = (uint16_t)~x;
                EXPECT(u16q_try_push(&h, (uint16_t)x) && u16q_try_pop(&h, &v) && v == x);
            }
            u64q_fini(&q);
            u8q_fini(&b);
            u16q_fini(&h);
        }
    }
    expected("every value", "comes out as it went in, whatever the counters are");
}

/* ---- the length at rest ------------------------------------------------------------------------------------------ */

/* No refusal may leave a trace in the length: neither many pushes of a full queue, nor many pops of an empty one, nor
 * those of a closed one; wherever the counters are. */
static void
test_length(void)
{
    for (size_t s = 0; s < CONTRACT_COUNT(contract_starts); s++) {
        for (size_t c = s % every(); c < CONTRACT_COUNT(contract_capacities); c += every()) {
            const size_t n = contract_capacities[c];
            u64q q;
            uint64_t v;
            uint64_t many[70];
            if (!EXPECT(u64q_init(&q, n) == LOFT_OK))
                return;
            memset(many, 0, sizeof many);
            u64q_start_at_(&q, contract_starts[s] - 3 * n);
            for (size_t round = 0; round < 6; round++) {
                const size_t fill = round * n / 5;
                for (size_t k = 0; k < 3 * n + 7; k++) {
                    EXPECT(!u64q_try_pop(&q, &v));
                    EXPECT(u64q_approx_len(&q) == 0);
                }
                for (size_t k = 0; k < fill; k++) {
                    EXPECT(u64q_try_push(&q, k));
                    EXPECT(u64q_approx_len(&q) == k + 1);
                }
                EXPECT(u64q_push_n(&q, many, n + 1) == n - fill);
                for (size_t k = 0; k < 3 * n + 7; k++) {
                    EXPECT(!u64q_try_push(&q, 1) && u64q_push_n(&q, many, 2) == 0);
                    EXPECT(u64q_approx_len(&q) == n);
                }
                EXPECT(u64q_pop_n(&q, many, n - fill) == n - fill);
                EXPECT(u64q_approx_len(&q) == fill);
                if (round == 5) {
                    u64q_close(&q);
                    for (size_t k = 0; k < 3 * n + 7; k++) {
                        EXPECT(!u64q_try_push(&q, 1));
                        EXPECT(u64q_approx_len(&q) == fill);
                    }
                }
                for (size_t k = fill; k != 0; k--) {
                    EXPECT(u64q_try_pop(&q, &v));
                    EXPECT(u64q_approx_len(&q) == k - 1);
                }
            }
            for (size_t k = 0; k < 3 * n + 7; k++) {
                EXPECT(!u64q_try_pop(&q, &v) && !u64q_try_push(&q, 1));
                EXPECT(u64q_approx_len(&q) == 0);
            }
            u64q_fini(&q);
        }
    }
    expected("the length", "is exact at rest, after any refusals, closed or not");
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static void
test_memory(void)
{
    for (size_t n = 2; n <= 1024; n *= 2) {
        ownq q;
        ledger.allocs = 0;
        if (!EXPECT(ownq_init(&q, n) == LOFT_OK))
            return;
        size_t bytes = 0;
        bool aligned = true;
        for (size_t k = 0; k < LEDGER_MAX; k++) {
            bytes += ledger.block[k] ? ledger.size[k] : 0;
            aligned = aligned && (!ledger.block[k] || ledger.align[k] >= 16);
        }
        EXPECT(ledger.allocs == 1);
        EXPECT(bytes == 4 * n * sizeof(uintptr_t));
        EXPECT(aligned);
        ownq_fini(&q);
    }
    EXPECT(ledger.live == 0 && ledger.mistakes == 0);
    expected("memory", "is n * 4 words in one allocation, aligned for pairs");
}

/* ---- a processor without ----------------------------------------------------------------------------------------- */

static void
test_not_supported(void)
{
    for (size_t n = 2; n <= 1024; n *= 2) {
        EXPECT(u8q_init_refused_(n, LOFT_NOTSUP));
        EXPECT(u64q_init_refused_(n, LOFT_NOTSUP));
        EXPECT(ptrq_init_refused_(n, LOFT_NOTSUP));
        ledger.allocs = 0;
        EXPECT(ownq_init_refused_(n, LOFT_NOTSUP));
        EXPECT(ledger.allocs == 0);
    }
    expected("a processor without CMPXCHG16B", "init says NOTSUP, and allocates and changes nothing");
}

int
main(void)
{
    const unsigned long rounds = (unsigned long)scaled(200000);
    watchdog("queue/scq_word");
    if (!loft_dw_supported()) {
        test_not_supported();
        ok_skip("queue/scq_word", TEST_NO_PAIRS);
        return done();
    }
    u8q_contract("1 byte", rounds);
    u16q_contract("2 bytes", rounds);
    triq_contract("a structure of 3 bytes", rounds);
    u64q_contract("8 bytes", 5 * rounds);
    octq_contract("a structure of 8 bytes", rounds);
    ptrq_contract("pointers, NULL among them", rounds);
    nullq_contract("NULL and nothing else", rounds / 4);
    ownq_contract("8 bytes, own allocator", rounds / 4);
    test_values();
    test_length();
    test_memory();
    return done();
}

#endif
