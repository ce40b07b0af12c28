/* SPDX-License-Identifier: MIT
 *
 * tests/queue/fast.c - queue/fast.h: which queue it is, that core/config.h says the same, and that it is one. What each
 * of them promises is tested in its own programs.
 *
 * build: also pairs -D__GCC_HAVE_SYNC_COMPARE_AND_SWAP_16=1
 */
#define FAMILY_SCQ 1
#include "common.h"

#include "support/heap.h"

#include <loft/core/config.h>
#include <loft/smr/ebr.h>
#include <loft/smr/hp.h>

struct wide {
    uint64_t a[3];
};

#define LOFT_QUEUE_NAME     bestq
#define LOFT_QUEUE_T        uint64_t
#define LOFT_QUEUE_SMR      loft_ebr
#define LOFT_QUEUE_SEGMENT  2
#include <loft/queue/fast.h>

#define LOFT_QUEUE_NAME     lprq
#define LOFT_QUEUE_T        uint64_t
#define LOFT_QUEUE_SMR      loft_ebr
#define LOFT_QUEUE_SEGMENT  2
#define LOFT_QUEUE_FAST     LOFT_FAST_LPRQ
#include <loft/queue/fast.h>

#define LOFT_QUEUE_NAME     lcrq
#define LOFT_QUEUE_T        uint64_t
#define LOFT_QUEUE_SMR      loft_ebr
#define LOFT_QUEUE_SEGMENT  2
#define LOFT_QUEUE_FAST     LOFT_FAST_LCRQ
#define LOFT_QUEUE_ALLOC(align, size)      heap_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  heap_free((ptr), (align), (size))
#include <loft/queue/fast.h>
#define LINKED_NAME lcrq
#define LINKED_SMR  loft_ebr
#include "linked_cases.h"

#define LOFT_QUEUE_NAME     lscq
#define LOFT_QUEUE_T        uint64_t
#define LOFT_QUEUE_SMR      loft_ebr
#define LOFT_QUEUE_SEGMENT  2
#define LOFT_QUEUE_FAST     LOFT_FAST_LSCQ
#include <loft/queue/fast.h>

#define LOFT_QUEUE_NAME     wideq
#define LOFT_QUEUE_T        struct wide
#define LOFT_QUEUE_SMR      loft_hp
#define LOFT_QUEUE_FAST     LOFT_FAST_LCRQ
#include <loft/queue/fast.h>

#define IS(engine, name)  (strcmp(engine(), (name)) == 0)

/* The name that loft_config has for what is chosen where nobody chooses. */
static void
test_config(void)
{
    loft_config c;
    char text[32];
    loft_config_init_defaults(&c);
    EXPECT(loft_config_set(&c, LOFT_CONFIG_QUEUE_BACKEND, (int64_t)loft_config_active_queue_backend(&c)) == LOFT_OK);
    loft_config_text(&c, LOFT_CONFIG_QUEUE_BACKEND, text, sizeof text);
    EXPECT(IS(bestq_engine, text));
    EXPECT(loft_config_set(&c, LOFT_CONFIG_QUEUE_BACKEND, LOFT_QUEUE_BACKEND_SCQ) == LOFT_OK);
    loft_config_text(&c, LOFT_CONFIG_QUEUE_BACKEND, text, sizeof text);
    EXPECT(IS(lscq_engine, text));
    const bool can = loft_config_queue_available(LOFT_QUEUE_BACKEND_LCRQ);
    EXPECT(can == (TEST_PAIRS && loft_dw_supported()));
    EXPECT(IS(lprq_engine, "lprq"));
    EXPECT(IS(lcrq_engine, can ? "lcrq" : "lprq") && IS(wideq_engine, can ? "lcrq" : "lprq"));
    expected("the engine", "is the one that was asked for, or core/config.h would choose; LPRQ where there is no LCRQ");
}

/* In order, over many segments, closed and drained; nothing is left of it. */
#define WALK(Q, S, T, make, same) \
    static void \
    LOFT_CAT(Q, walk)(void) \
    { \
        static S d; \
        static Q q; \
        EXPECT(LOFT_CAT(S, init)(&d, NULL) == LOFT_OK); \
        EXPECT(LOFT_CAT(Q, init)(&q, NULL) == LOFT_INVAL && LOFT_CAT(Q, init)(&q, &d) == LOFT_OK); \
        LOFT_CAT(S, thread) *const me = LOFT_CAT(S, join)(&d); \
        if (!EXPECT(me != NULL)) \
            return; \
        T v; \
        for (uint64_t round = 1; round < 20; round++) { \
            for (uint64_t i = 0; i < round; i++) \
                EXPECT(LOFT_CAT(Q, push)(&q, me, make(round + i)) == LOFT_OK); \
            EXPECT(LOFT_CAT(Q, approx_len)(&q, me) == round); \
            for (uint64_t i = 0; i < round; i++) \
                EXPECT(LOFT_CAT(Q, try_pop)(&q, me, &v) && same(v, round + i)); \
            EXPECT(!LOFT_CAT(Q, try_pop)(&q, me, &v)); \
        } \
        for (uint64_t i = 0; i < 5; i++) \
            EXPECT(LOFT_CAT(Q, push)(&q, me, make(i)) == LOFT_OK); \
        EXPECT(!LOFT_CAT(Q, is_closed)(&q)); \
        LOFT_CAT(Q, close)(&q, me); \
        EXPECT(LOFT_CAT(Q, is_closed)(&q) && LOFT_CAT(Q, push)(&q, me, make(9)) == LOFT_CLOSED); \
        for (uint64_t i = 0; i < 4; i++) \
            EXPECT(LOFT_CAT(Q, try_pop)(&q, me, &v) && same(v, i)); \
        LOFT_CAT(Q, fini)(&q);                           /* with one in */ \
        LOFT_CAT(S, leave)(me); \
        EXPECT(LOFT_CAT(S, fini)(&d) == LOFT_OK); \
    }

static uint64_t word(uint64_t i) { return i; }
static bool is_word(uint64_t v, uint64_t i) { return v == i; }

static struct wide
make_wide(uint64_t i)
{
    const struct wide w = { { i, ~i, i * i } };
    return w;
}

static bool is_wide(struct wide v, uint64_t i) { return v.a[0] == i && v.a[1] == ~i && v.a[2] == i * i; }

WALK(bestq, loft_ebr, uint64_t, word, is_word)
WALK(lprq, loft_ebr, uint64_t, word, is_word)
WALK(lcrq, loft_ebr, uint64_t, word, is_word)
WALK(lscq, loft_ebr, uint64_t, word, is_word)
WALK(wideq, loft_hp, struct wide, make_wide, is_wide)

/* On x86-64 a segment has the room of either ring, also where this file is compiled for processors that all have pairs:
 * one that is not may allocate what this one frees, by its size. */
static void
test_shared(void)
{
    struct cells {
        loft_prq_ring ring;
        loft_prq_cell cell[2];
    };
    EXPECT(!LOFT_X86_64 || sizeof(lcrq_ring_) >= sizeof(struct cells));
    expected("a segment", "has one size, whatever the processor that the file is compiled for");
}

int
main(void)
{
    watchdog("queue/fast");
#if defined(__GCC_HAVE_SYNC_COMPARE_AND_SWAP_16) && LOFT_X86_64
    if (!loft_dw_supported()) {                          /* it was compiled for another processor              */
        ok_skip("queue/fast", TEST_NO_PAIRS);
        return done();
    }
#endif
    test_config();
    test_shared();
    bestq_walk();
    lprq_walk();
    lcrq_walk();
    lscq_walk();
    wideq_walk();
    EXPECT(heap.live == 0);
    expected("a queue", "of each kind is one, closed, drained and forgotten");
    lcrq_linked("lcrq, if it can be");
    return done();
}
