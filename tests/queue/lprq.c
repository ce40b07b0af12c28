/* SPDX-License-Identifier: MIT
 *
 * tests/queue/lprq.c - queue/lprq.h from inside: its rings and what they keep for themselves, boxes, segments that are
 * closed, linked, left and freed beside threads that stand still. The contract is in lprq_contract.c, threads in
 * lprq_threads.c.
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
#include <loft/queue/lprq.h>
#if UINTPTR_MAX == UINT64_MAX
#  define LINKED_NAME wordq
#  define LINKED_SMR  loft_ebr
#  include "linked_cases.h"
#endif

#define LOFT_QUEUE_NAME     heldq
#define LOFT_QUEUE_T        uint64_t
#define LOFT_QUEUE_SMR      loft_hp
#define LOFT_QUEUE_SEGMENT  2
#define LOFT_QUEUE_ALLOC(align, size)      heap_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  heap_free((ptr), (align), (size))
#include <loft/queue/lprq.h>
#if UINTPTR_MAX == UINT64_MAX
#  define LINKED_NAME heldq
#  define LINKED_SMR  loft_hp
#  include "linked_cases.h"
#endif

#define LOFT_QUEUE_NAME     boxq
#define LOFT_QUEUE_T        struct item
#define LOFT_QUEUE_SMR      loft_ebr
#define LOFT_QUEUE_SEGMENT  4
#define LOFT_QUEUE_ALLOC(align, size)      heap_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  heap_free((ptr), (align), (size))
#include <loft/queue/lprq.h>

/* ---- the ring alone ---------------------------------------------------------------------------------------------- */

enum { MOST = 1024 };

static loft_prq_ring ring;
static loft_prq_cell cell[MOST];

/* How pushes are done: word by word; by pairs, where the processor has that; or it is wanted and not there. */
static const char *way;
static bool wanted;
static bool there;

static void init(uintptr_t last, uintptr_t ticket) { loft_prq_init(&ring, cell, last, ticket, there); }

static bool push(uintptr_t last, uintptr_t word) { return loft_prq_push(&ring, cell, last, word, wanted); }

/* Each ticket has a cell of its own, and so many after it are on other lines. */
static void
t_cells(void)
{
    const size_t line = LOFT_CACHELINE / sizeof(loft_prq_cell);
    for (uintptr_t n = 2; n <= MOST; n *= 2) {
        static bool used[MOST];
        memset(used, 0, sizeof used);
        for (uintptr_t t = 0; t < n; t++) {
            const size_t at = (size_t)(loft_prq_cell_(cell, t, n - 1) - cell);
            const size_t next = (size_t)(loft_prq_cell_(cell, t + 1, n - 1) - cell);
            EXPECT(at < n && !used[at]);
            used[at] = true;
            EXPECT(n < 4 * line || at / line != next / line);
            EXPECT(loft_prq_cell_(cell, t + n, n - 1) == &cell[at]);
        }
    }
    expected("ring", "a cell for each ticket, neighbours on different lines");
}

/* Every word goes in and comes out, and what looks like a token in one cell costs a ticket at most. */
static void
t_words(void)
{
    for (uintptr_t n = 2; n <= 16; n *= 2) {
        for (uintptr_t v = 0; v < 4 * n; v++) {
            static const uintptr_t kinds[] = { 0, 1, UINTPTR_MAX, LOFT_PRQ_CLOSED_, LOFT_PRQ_MAGIC_ };
            for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
                const uintptr_t word = kinds[k] ^ v;
                for (uintptr_t before = 0; before < 2 * n; before++) {
                    uintptr_t got = ~word;
                    init(n - 1, 0);
                    for (uintptr_t i = 0; i < before; i++)
                        EXPECT(push(n - 1, i) && loft_prq_pop(&ring, cell, n - 1, &got));
                    const uintptr_t tail = loft_load(&ring.tail, relaxed);
                    const bool alike = loft_prq_is_token_(word, tail, n - 1);
                    EXPECT(!alike || kinds[k] == LOFT_PRQ_MAGIC_);
                    EXPECT(push(n - 1, word));
                    EXPECT(loft_load(&ring.tail, relaxed) == tail + 1 + alike);
                    EXPECT(loft_prq_pop(&ring, cell, n - 1, &got) && got == word);
                    EXPECT(!loft_prq_pop(&ring, cell, n - 1, &got) && got == word);
                }
            }
        }
    }
    expected(way, "every word is an element; one that looks like a token gives up one ticket");
}

/* Full with n elements, and then it is closed; what is in comes out. */
static void
t_full(void)
{
    for (uintptr_t n = 2; n <= MOST; n *= 2) {
        uintptr_t got = 0;
        init(n - 1, 0);
        for (uintptr_t i = 0; i < n; i++) {
            EXPECT(loft_prq_approx_len(&ring, n - 1) == i);
            EXPECT(push(n - 1, i));
        }
        const uintptr_t tail = loft_load(&ring.tail, relaxed);
        EXPECT(!push(n - 1, 77));
        EXPECT(loft_load(&ring.tail, relaxed) == ((tail + 1) | LOFT_PRQ_CLOSED_));   /* at the first attempt */
        EXPECT(loft_prq_approx_len(&ring, n - 1) == n);
        for (uintptr_t i = 0; i < n; i++)
            EXPECT(loft_prq_pop(&ring, cell, n - 1, &got) && got == i);
        EXPECT(!loft_prq_pop(&ring, cell, n - 1, &got) && got == n - 1);
        EXPECT(!push(n - 1, 77) && !loft_prq_pop(&ring, cell, n - 1, &got));
        const uintptr_t head = loft_load(&ring.head, relaxed);
        for (int i = 0; i < 1000; i++)                   /* as where there is no memory for the next ring */
            EXPECT(!push(n - 1, 77));
        EXPECT(loft_load(&ring.tail, relaxed) == ((tail + 1) | LOFT_PRQ_CLOSED_));
        EXPECT(!loft_prq_pop(&ring, cell, n - 1, &got) && loft_load(&ring.head, relaxed) <= head + 1);
    }
    expected(way, "a push that finds it full closes it, and it drains; who is refused leaves nothing behind");
}

/* Pops of an empty ring look at it: the first may draw a ticket, those that come next do not, and tail keeps up. */
static void
t_empty(void)
{
    uintptr_t got = 5;
    init(3, 0);
    const uintptr_t first = loft_load(&ring.head, relaxed);
    for (int i = 0; i < 100; i++)
        EXPECT(!loft_prq_pop(&ring, cell, 3, &got) && got == 5);
    EXPECT(loft_load(&ring.head, relaxed) == first && loft_load(&ring.tail, relaxed) == first);
    for (uintptr_t round = 1; round <= 20; round++) {
        EXPECT(push(3, round) && loft_prq_pop(&ring, cell, 3, &got) && got == round);
        for (int i = 0; i < 100; i++)
            EXPECT(!loft_prq_pop(&ring, cell, 3, &got) && got == round);
        EXPECT(loft_load(&ring.head, relaxed) <= first + 2 * round);
        EXPECT(loft_load(&ring.head, relaxed) == loft_load(&ring.tail, relaxed));
    }
    expected(way, "pops of an empty ring draw no more than a ticket");
}

/* Pops that have drawn tickets beyond tail: it follows them, and pushes go on from there. */
static void
t_behind(void)
{
    uintptr_t got = 0;
    init(3, 0);
    const uintptr_t first = loft_load(&ring.tail, relaxed);
    loft_store(&ring.head, first + 9, relaxed);
    loft_prq_catch_up_(&ring);
    EXPECT(loft_load(&ring.tail, relaxed) == first + 9);
    loft_prq_catch_up_(&ring);
    EXPECT(loft_load(&ring.tail, relaxed) == first + 9);
    for (uintptr_t i = 0; i < 4; i++)
        EXPECT(push(3, i));
    for (uintptr_t i = 0; i < 4; i++)
        EXPECT(loft_prq_pop(&ring, cell, 3, &got) && got == i);
    loft_prq_close(&ring);
    loft_store(&ring.head, first + 30, relaxed);
    loft_prq_catch_up_(&ring);
    EXPECT(loft_load(&ring.tail, relaxed) == ((first + 13) | LOFT_PRQ_CLOSED_));
    expected(way, "tail catches up with pops, unless it is closed");
}

/* A push whose tickets are all spoilt closes the ring when it has tried often enough. */
static void
t_starving(void)
{
    init(MOST - 1, 0);
    const uintptr_t first = loft_load(&ring.tail, relaxed);
    for (uintptr_t t = first; t < first + MOST; t++)
        loft_store(&loft_prq_cell_(cell, t, MOST - 1)->value, loft_prq_token_(t + MOST), relaxed);
    EXPECT(!push(MOST - 1, 1));
    EXPECT(loft_load(&ring.tail, relaxed) == ((first + LOFT_PRQ_TRIES) | LOFT_PRQ_CLOSED_));
    expected(way, "a push that fails too often closes it");
}

/* The last tickets are not used, and a ring begins early enough for a push. */
static void
t_tickets(void)
{
    static const uintptr_t starts[] = { 3, LOFT_PRQ_TICKETS_ - 7, LOFT_PRQ_TICKETS_ - 1, LOFT_PRQ_TICKETS_,
                                        UINTPTR_MAX };
    for (size_t k = 0; k < sizeof starts / sizeof *starts; k++) {
        for (uintptr_t n = 2; n <= 64; n *= 8) {
            uintptr_t got = 0;
            uintptr_t in = 0;
            init(n - 1, starts[k]);
            const uintptr_t first = loft_load(&ring.tail, relaxed);
            EXPECT(first < LOFT_PRQ_TICKETS_);
            while (in < 3 * n && push(n - 1, in)) {
                if (in % 2)
                    EXPECT(loft_prq_pop(&ring, cell, n - 1, &got) && got == in / 2);
                in++;
            }
            EXPECT(in >= 2 && in <= LOFT_PRQ_TICKETS_ - first);
            EXPECT((loft_load(&ring.tail, relaxed) & LOFT_PRQ_CLOSED_) || in == 3 * n);
            for (uintptr_t i = in / 2; i < in; i++)
                EXPECT(loft_prq_pop(&ring, cell, n - 1, &got) && got == i);
            EXPECT(!loft_prq_pop(&ring, cell, n - 1, &got));
        }
    }
    expected(way, "out of tickets it is closed, and nothing is lost");
}

/* All of it, in each way. */
static void
t_ring(void)
{
    for (int k = 0; k < 3; k++) {
        way = k == 0 ? "ring" : k == 1 ? "ring, by pairs" : "ring, by pairs that are not there";
        wanted = k != 0;
        there = k == 1 && loft_dw_supported();
        t_words();
        t_full();
        t_empty();
        t_behind();
        t_starving();
        t_tickets();
    }
}

/* ---- boxes ------------------------------------------------------------------------------------------------------- */

/* The allocator refuses the k-th request, for each k: what push says is true, nothing is lost, all memory is back. */
static void
t_boxes(void)
{
    static loft_ebr d;
    static boxq q;
    size_t refusals = 0;
    for (size_t refused = 0; refused < 40; refused++) {
        size_t next = 0;
        size_t in[40];
        size_t n = 0;
        struct item t;
        if (loft_ebr_init(&d, NULL) != LOFT_OK || boxq_init(&q, &d) != LOFT_OK)
            abort();
        loft_ebr_thread *const me = loft_ebr_join(&d);
        const size_t begin = heap.asked;
        for (size_t i = 0; i < 30; i++) {
            heap.refuses = heap.asked - begin == refused;
            const size_t live = heap.live;
            const size_t asked = heap.asked;
            const loft_status s = boxq_push(&q, me, make_item(i));
            heap.refuses = false;
            EXPECT(s == LOFT_OK || (s == LOFT_NOMEM && heap.live == live && asked - begin <= refused));
            if (s == LOFT_OK)
                in[n++] = i;
            else
                refusals++;
            if (i % 3 == 2) {
                const struct item want = make_item(in[next]);
                EXPECT(boxq_try_pop(&q, me, &t) && memcmp(&t, &want, sizeof t) == 0);
                next++;
            }
        }
        for (size_t drained = refused % 2 ? n : next; next < drained; next++) {
            const struct item want = make_item(in[next]);
            EXPECT(boxq_try_pop(&q, me, &t) && memcmp(&t, &want, sizeof t) == 0);
        }
        EXPECT(refused % 2 == 0 || !boxq_try_pop(&q, me, &t));
        boxq_close(&q, me);
        const size_t live = heap.live;
        EXPECT(boxq_push(&q, me, make_item(1)) == LOFT_CLOSED && heap.live == live);
        heap.refuses = true;                             /* closed it is, memory or not */
        EXPECT(boxq_push(&q, me, make_item(1)) == LOFT_CLOSED && heap.live == live);
        heap.refuses = false;
        boxq_fini(&q);                                   /* with elements inside, where refused is even */
        loft_ebr_leave(me);
        EXPECT(loft_ebr_fini(&d) == LOFT_OK && heap.live == 0);
    }
    EXPECT(refusals > 20);
    expected("boxes", "without memory nothing changes, and every box is freed once");
}

int
main(void)
{
    watchdog("queue/lprq");
    t_cells();
    t_ring();
    t_boxes();
#if UINTPTR_MAX == UINT64_MAX                            /* elsewhere such an element is in a box, a block more */
    wordq_linked("ebr");
    heldq_linked("hp");
#endif
    return done();
}
