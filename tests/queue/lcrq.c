/* SPDX-License-Identifier: MIT
 *
 * tests/queue/lcrq.c - queue/lcrq.h and queue/crq_ring.h from inside: when a ring closes, what is left of a call that
 * stands still, segments that are linked, left and freed. The contract is in lcrq_contract.c, threads in
 * lcrq_threads.c.
 *
 * build: also release -DNDEBUG -DLOFT_CACHELINE=16
 */
#define FAMILY_SCQ 1
#include "common.h"

#if !TEST_PAIRS

int
main(void)
{
    ok_skip("queue/lcrq", TEST_NO_PAIRS);
    return done();
}

#else

#include "support/heap.h"

#include <loft/smr/ebr.h>
#include <loft/smr/hp.h>

#define LOFT_QUEUE_NAME     wordq
#define LOFT_QUEUE_T        uint64_t
#define LOFT_QUEUE_SMR      loft_ebr
#define LOFT_QUEUE_SEGMENT  2
#define LOFT_QUEUE_ALLOC(align, size)      heap_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  heap_free((ptr), (align), (size))
#include <loft/queue/lcrq.h>
#define LINKED_NAME wordq
#define LINKED_SMR  loft_ebr
#include "linked_cases.h"

#define LOFT_QUEUE_NAME     heldq
#define LOFT_QUEUE_T        uint64_t
#define LOFT_QUEUE_SMR      loft_hp
#define LOFT_QUEUE_SEGMENT  2
#define LOFT_QUEUE_ALLOC(align, size)      heap_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  heap_free((ptr), (align), (size))
#include <loft/queue/lcrq.h>
#define LINKED_NAME heldq
#define LINKED_SMR  loft_hp
#include "linked_cases.h"

/* ---- a ring alone ------------------------------------------------------------------------------------------------ */

enum { MOST = 64 };

static loft_crq_ring ring;
static loft_dwatomic entry[MOST];
static loft_seq last;

static bool put(uintptr_t v) { return loft_crq_ring_push(&ring, entry, last, v); }
static bool take(uintptr_t *v) { return loft_crq_ring_pop(&ring, entry, last, v); }
static bool is_closed(void) { return (loft_load(&ring.tail, relaxed) & LOFT_CRQ_CLOSED_) != 0; }

static const loft_seq starts[] = {
    0, 1, 5, (loft_seq)-1, (loft_seq)-2, ((loft_seq)-1 >> 1) - 1, ((loft_seq)-1 >> 2) - 1
};

/* n elements fit, whatever they are, and not one more: then it is closed, for good. */
static void
test_full(void)
{
    for (size_t s = 0; s < sizeof starts / sizeof *starts; s++)
        for (size_t n = 2; n <= MOST; n *= 2)
            for (size_t used = 0; used < 2 * n; used += 1 + n / 4) {
                uintptr_t v = 7;
                last = n - 1;
                loft_crq_ring_init(&ring, entry, last, starts[s]);
                EXPECT(!take(&v) && v == 7 && loft_crq_ring_approx_len(&ring, last) == 0);
                for (size_t k = 0; k < used; k++)
                    EXPECT(put(~(uintptr_t)k) && take(&v) && v == ~(uintptr_t)k);
                for (size_t k = 0; k < n; k++)
                    EXPECT(put((uintptr_t)-2 + k) && loft_crq_ring_approx_len(&ring, last) == k + 1);
                EXPECT(!is_closed() && !put(9) && is_closed());
                EXPECT(loft_crq_ring_approx_len(&ring, last) == n);
                for (size_t k = 0; k < n; k++)
                    EXPECT(take(&v) && v == (uintptr_t)-2 + k && !put(9));
                EXPECT(!take(&v) && !put(9) && !take(&v) && loft_crq_ring_approx_len(&ring, last) == 0);
                const loft_seq tail = loft_load(&ring.tail, relaxed);
                const loft_seq head = loft_load(&ring.head, relaxed);
                for (int k = 0; k < 100; k++)            /* as where there is no memory for the next ring */
                    EXPECT(!put(9));
                EXPECT(loft_load(&ring.tail, relaxed) == tail && loft_crq_ring_approx_len(&ring, last) == 0);
                EXPECT(!take(&v) && loft_load(&ring.head, relaxed) - head <= 2);
            }
    expected("a ring", "takes n elements, any words, and closes at the next, for good; who is refused leaves nothing");
}

/* Polling it changes nothing: not a ticket is drawn. */
static void
test_polled(void)
{
    uintptr_t v;
    last = 3;
    loft_crq_ring_init(&ring, entry, last, 0);
    for (unsigned k = 0; k < 1000; k++)
        EXPECT(!take(&v));
    EXPECT(loft_load(&ring.head, relaxed) == 0 && loft_load(&ring.tail, relaxed) == 0);
    EXPECT(put(1) && take(&v) && v == 1 && !take(&v) && loft_load(&ring.head, relaxed) == 2);
    expected("a ring", "that is empty gives out no tickets to pops");
}

/* Pops that were ahead of pushes have spoilt every entry: a push goes on to the next, and gives up after so many. */
static void
test_starved(void)
{
    for (unsigned spoilt = 1; spoilt <= LOFT_CRQ_TICKETS; spoilt += 1 + (spoilt < LOFT_CRQ_TICKETS - 2) * spoilt) {
        uintptr_t v;
        last = MOST - 1;
        loft_crq_ring_init(&ring, entry, last, 0);
        for (loft_seq t = 0; t < 2 * spoilt; t += 2) {   /* the cycle of those tickets is over                */
            loft_dwatomic *const e = loft_crq_entry_(entry, t, last);
            loft_dw_init(e, loft_dw_of(0, (uintptr_t)loft_crq_cycle_(t, last) | LOFT_CRQ_SAFE_));
        }
        const bool in = put(3);
        EXPECT(in == (spoilt < LOFT_CRQ_TICKETS) && is_closed() != in);
        EXPECT((loft_load(&ring.tail, relaxed) & ~LOFT_CRQ_CLOSED_) == 2 * (spoilt + in));
        if (in) {
            loft_init(&ring.head, 2 * (loft_seq)spoilt);
            EXPECT(take(&v) && v == 3);
        }
    }
    expected("a push", "closes the ring when it has lost LOFT_CRQ_TICKETS tickets, and no sooner");
}

/* A pop that misses marks what an older one holds, or leaves its cycle; then tail is not behind head. */
static void
test_spoils(void)
{
    for (unsigned held = 0; held < 2; held++) {
        uintptr_t v;
        last = 1;
        loft_crq_ring_init(&ring, entry, last, 0);
        if (held)
            EXPECT(put(5));
        (void)loft_fetch_add(&ring.head, 4u, relaxed);   /* two pops stand still, the first holds its element */
        loft_init(&ring.tail, (loft_seq)6);              /* and so does the push of the third ticket          */
        loft_dwatomic *const e = loft_crq_entry_(entry, 4, last);
        EXPECT(!take(&v));
        const uintptr_t hi = loft_dw_peek_hi(e, relaxed);
        EXPECT(((hi & LOFT_CRQ_SAFE_) == 0) == (held != 0) && (hi & LOFT_CRQ_HELD_) == held);
        EXPECT((loft_crq_cycle_(hi, last) == 4) == (held == 0));
        EXPECT(loft_load(&ring.head, relaxed) == 6 && loft_load(&ring.tail, relaxed) == 6);
        if (held) {                                      /* the first pop goes on                             */
            uintptr_t seen = hi;
            EXPECT(loft_dw_cas_hi(e, &seen, hi & ~LOFT_CRQ_HELD_, release, relaxed));
        }
        EXPECT(put(8) && put(9) && take(&v) && v == 8 && take(&v) && v == 9 && !take(&v) && !is_closed());
    }
    expected("a pop", "that misses spoils the entry, or makes it unsafe, and brings tail up");
}

/* An unsafe entry is for a push whose pop has not begun, and becomes safe by it. */
static void
test_unsafe(void)
{
    for (loft_seq ahead = 0; ahead < 2; ahead++) {
        uintptr_t v;
        last = 3;
        loft_crq_ring_init(&ring, entry, last, 0);
        loft_dwatomic *const e = loft_crq_entry_(entry, 0, last);
        loft_dw_init(e, loft_dw_of(0, loft_dw_peek_hi(e, relaxed) & ~LOFT_CRQ_SAFE_));
        loft_init(&ring.head, 2 * ahead);
        EXPECT(put(4));
        const uintptr_t hi = loft_dw_peek_hi(e, relaxed);
        EXPECT(((hi & LOFT_CRQ_HELD_) != 0) == (ahead == 0) && ((hi & LOFT_CRQ_SAFE_) != 0) == (ahead == 0));
        EXPECT(take(&v) && v == 4);
    }
    uintptr_t v;                                         /* a pop that misses there leaves it as unsafe        */
    loft_crq_ring_init(&ring, entry, last, 0);
    loft_dw_init(&entry[0], loft_dw_of(0, loft_dw_peek_hi(&entry[0], relaxed) & ~LOFT_CRQ_SAFE_));
    loft_init(&ring.tail, (loft_seq)2);
    EXPECT(!take(&v) && loft_dw_peek_hi(&entry[0], relaxed) == 0);
    expected("an unsafe entry", "takes the element of a push whose pop has not begun, and no other");
}

/* ---- a processor without ----------------------------------------------------------------------------------------- */

static void
test_not_supported(void)
{
    static wordq q;
    static loft_ebr d;
    unsigned char before[sizeof q];
    memset((void *)&q, 0x5a, sizeof q);
    memcpy(before, (const void *)&q, sizeof q);
    EXPECT(loft_ebr_init(&d, NULL) == LOFT_OK);
    EXPECT(wordq_init(&q, NULL) == LOFT_INVAL && wordq_init(&q, &d) == LOFT_NOTSUP);
    EXPECT(heap.asked == 0 && memcmp(before, (const void *)&q, sizeof q) == 0);
    EXPECT(loft_ebr_fini(&d) == LOFT_OK);
    expected("a processor without CMPXCHG16B", "init says NOTSUP, and allocates and changes nothing");
}

int
main(void)
{
    watchdog("queue/lcrq");
    if (!loft_dw_supported()) {
        test_not_supported();
        ok_skip("queue/lcrq", TEST_NO_PAIRS);
        return done();
    }
    test_full();
    test_polled();
    test_starved();
    test_spoils();
    test_unsafe();
    wordq_linked("ebr");
    heldq_linked("hp");
    return done();
}

#endif
