/* SPDX-License-Identifier: MIT
 *
 * tests/queue/common.h - what the programs of the queue family share: elements that can be checked, an allocator that
 * keeps a ledger, expectations counted by the group.
 *
 * Include it before any Loft header. A program says once which module it tests:
 *
 *     FAMILY_SPSC 1        in-place calls, caller's storage of type T
 *     FAMILY_SPSC_WORD 1   caller's storage of type NAME_slot
 *     FAMILY_SCQ 1         capacities are powers of two from 2; any number of threads
 *     FAMILY_TICKETS 1     approx_len goes by tickets: at rest it may be too high, where some were given up or refused
 *     FAMILY_UNBOUNDED 1   there is no capacity; with FAMILY_SCQ 1, and calls as support/flat.h makes them
 */
#ifndef LOFT_TESTS_QUEUE_COMMON_H
#define LOFT_TESTS_QUEUE_COMMON_H

#include "support/puppet.h"

#include "../guard.h"
#include "../tap.h"

#include <loft/core/atomics.h>
#include "support/pairs.h"

#include <stdint.h>
#include <time.h>

#ifndef FAMILY_SPSC
#  define FAMILY_SPSC 0
#endif
#ifndef FAMILY_SPSC_WORD
#  define FAMILY_SPSC_WORD 0
#endif
#ifndef FAMILY_TICKETS
#  define FAMILY_TICKETS 0
#endif
#ifndef FAMILY_UNBOUNDED
#  define FAMILY_UNBOUNDED 0
#endif
#ifndef FAMILY_SCQ
#  define FAMILY_SCQ 0
#endif

/* ---- expectations ---------------------------------------------------------------------------------------------- */

static unsigned long expect_failed_;

TEST_UNUSED_ static bool
expect_(bool good, const char *what, const char *file, int line)
{
    if (!good && expect_failed_++ < 5)
        note("%s:%d: expected %s", file, line, what);
    return good;
}

/* Many small facts make one result: EXPECT each, then expected(name) says whether all held. Main thread only. */
#define EXPECT(cond) expect_((cond), #cond, __FILE__, __LINE__)

TEST_UNUSED_ static void
expected(const char *name, const char *what)
{
    char text[160];
    snprintf(text, sizeof text, "%s: %s", name, what);
    ok_eq(expect_failed_, 0, text);
    expect_failed_ = 0;
}

/* The rounds of loops are scaled; what is tried for its own sake, sizes and edges, is thinned out when all must be
 * short: under an emulator every third will do. */
TEST_UNUSED_ static size_t every(void) { return scaled(100) < 20 ? 3 : 1; }

/* ---- chance ---------------------------------------------------------------------------------------------------- */

struct dice {
    uint64_t state;
};

TEST_UNUSED_ static struct dice
dice_from(uint64_t seed)
{
    struct dice d;
    d.state = (seed + 1) * 0x9e3779b97f4a7c15u;
    return d;
}

TEST_UNUSED_ static size_t
dice_roll(struct dice *d, size_t n)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (size_t)((z ^ (z >> 31)) % n);
}

/* ---- time ------------------------------------------------------------------------------------------------------ */

TEST_UNUSED_ static uint64_t
now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

TEST_UNUSED_ static void
sleep_us(long us)
{
    struct timespec t;
    t.tv_sec = us / 1000000;
    t.tv_nsec = us % 1000000 * 1000;
    nanosleep(&t, NULL);
}

/* ---- elements -------------------------------------------------------------------------------------------------- */

/* make_X(i) is the i-th element of type X; two are the same when their bytes are. None of the structures has
 * padding. */
struct tri {
    unsigned char b[3];
};
struct oct {
    unsigned char b[8];
};
struct item {
    uint64_t from;
    uint64_t mixed;
    uint64_t sum;
};
struct big {
    uint64_t word[25];
};

TEST_UNUSED_ static uint8_t  make_u8(size_t i) { return (uint8_t)i; }
TEST_UNUSED_ static uint16_t make_u16(size_t i) { return (uint16_t)(i * 257u); }
TEST_UNUSED_ static uint64_t
make_u64(size_t i)
{
    static const uint64_t odd[] = { 0, UINT64_MAX, (uint64_t)1 << 63, UINT64_MAX >> 1, 1, UINT32_MAX, 0x100000000u };
    const size_t k = i % 16;
    return k < sizeof odd / sizeof *odd ? odd[k] : (uint64_t)i * 0x9e3779b97f4a7c15u;
}

TEST_UNUSED_ static void *
make_pointer(size_t i)
{
    return i % 4 == 0 ? NULL : (void *)(uintptr_t)(i * 8);
}

TEST_UNUSED_ static struct tri
make_tri(size_t i)
{
    struct tri t;
    t.b[0] = (unsigned char)i;
    t.b[1] = (unsigned char)(i >> 8);
    t.b[2] = (unsigned char)~i;
    return t;
}

/* Like a word of odd numbers, but a structure, aligned to nothing. */
TEST_UNUSED_ static struct oct
make_oct(size_t i)
{
    const uint64_t w = make_u64(i);
    struct oct t;
    memcpy(t.b, &w, sizeof t.b);
    return t;
}

TEST_UNUSED_ static struct item
make_item(size_t i)
{
    struct item t;
    t.from = i;
    t.mixed = (uint64_t)i * 3;
    t.sum = ~(uint64_t)i;
    return t;
}

TEST_UNUSED_ static struct big
make_big(size_t i)
{
    struct big t;
    for (size_t k = 0; k < sizeof t.word / sizeof *t.word; k++)
        t.word[k] = i * 31 + k;
    return t;
}

/* The same for queues that keep one value for themselves: never 0, never 7, never NULL. */
TEST_UNUSED_ static uint8_t   word_u8(size_t i) { return (uint8_t)(i % 255 + 1); }
TEST_UNUSED_ static uint16_t  word_u16(size_t i) { return (uint16_t)(i % 65535 + 1); }
TEST_UNUSED_ static uint32_t  word_u32(size_t i) { return (uint32_t)(i % 0xffffffffu + 1); }
TEST_UNUSED_ static uintptr_t word_but_7(size_t i) { return i < 7 ? i : i % 64 == 9 ? UINTPTR_MAX : (uintptr_t)i + 1; }
TEST_UNUSED_ static void     *word_pointer(size_t i) { return (void *)(uintptr_t)(i * 8 + 8); }

/* For many threads: X_of(id) makes an element of a number below 2^48, X_open() says whether it is one, and which. A
 * node is allocated by the producer and freed by the consumer, who reads what it points to. */
TEST_UNUSED_ static struct item
item_of(uint64_t id)
{
    struct item t;
    t.from = id;
    t.mixed = id * 0xd6e8feb86659fd93u;
    t.sum = t.from ^ ~t.mixed;
    return t;
}

TEST_UNUSED_ static bool
item_open(struct item t, uint64_t *id)
{
    *id = t.from;
    return t.mixed == t.from * 0xd6e8feb86659fd93u && t.sum == (t.from ^ ~t.mixed);
}

/* A word has no room for a sum: its numbers are spread over all words, so that what is not one of them shows. */
#define WORD_ODD ((uintptr_t)0x9e3779b1u)

TEST_UNUSED_ static uintptr_t word_of(uint64_t id) { return (uintptr_t)(id + 1) * WORD_ODD; }

TEST_UNUSED_ static bool
word_open(uintptr_t v, uint64_t *id)
{
    uintptr_t inverse = WORD_ODD;
    for (int k = 0; k < 6; k++)
        inverse *= 2 - WORD_ODD * inverse;
    *id = (uint64_t)(uintptr_t)(v * inverse) - 1;
    return *id < (uint64_t)1 << (sizeof v == 4 ? 24 : 48);
}

TEST_UNUSED_ static struct item *
node_of(uint64_t id)
{
    struct item *n = (struct item *)malloc(sizeof *n);
    if (!n)
        abort();
    *n = item_of(id);
    return n;
}

TEST_UNUSED_ static bool
node_open(struct item *n, uint64_t *id)
{
    const bool good = item_open(*n, id);
    n->sum = 0;
    free(n);
    return good;
}

/* ---- an allocator that keeps a ledger -------------------------------------------------------------------------- */

#define LEDGER_MAX 16

static struct ledger {
    void *block[LEDGER_MAX];
    size_t align[LEDGER_MAX];
    size_t size[LEDGER_MAX];
    size_t live;
    size_t allocs;                                       /* asked for, refused ones among them       */
    size_t fail_at;                                      /* this one is refused; SIZE_MAX: none      */
    size_t most;                                         /* larger ones are refused                  */
    size_t mistakes;                                     /* freed with other numbers, or not ours    */
} ledger = { { NULL }, { 0 }, { 0 }, 0, 0, SIZE_MAX, (size_t)1 << 24, 0 };

TEST_UNUSED_ static void *
ledger_alloc(size_t align, size_t size)
{
    size_t i = 0;
    const bool refuse = ledger.allocs++ == ledger.fail_at || size > ledger.most;
    if (align == 0 || (align & (align - 1)) != 0 || size == 0)
        ledger.mistakes++;
    while (i < LEDGER_MAX && ledger.block[i])
        i++;
    if (refuse || i == LEDGER_MAX)
        return NULL;
    /* Exactly aligned, so that code that leans on more than it asked for is seen by UBSan. */
    char *raw = (char *)malloc(size + 2 * align + sizeof(void *));
    if (!raw)
        abort();
    uintptr_t at = ((uintptr_t)raw + sizeof(void *) + align - 1) & ~(uintptr_t)(align - 1);
    if (at % (2 * align) == 0)
        at += align;
    memcpy((void *)(at - sizeof(void *)), &raw, sizeof raw);
    memset((void *)at, 0xa5, size);
    ledger.block[i] = (void *)at;
    ledger.align[i] = align;
    ledger.size[i] = size;
    ledger.live++;
    return (void *)at;
}

TEST_UNUSED_ static void
ledger_free(void *p, size_t align, size_t size)
{
    char *raw;
    size_t i = 0;
    while (i < LEDGER_MAX && ledger.block[i] != p)
        i++;
    if (!p || i == LEDGER_MAX) {
        ledger.mistakes++;
        return;
    }
    if (ledger.align[i] != align || ledger.size[i] != size)
        ledger.mistakes++;
    ledger.block[i] = NULL;
    ledger.live--;
    memcpy(&raw, (char *)p - sizeof(void *), sizeof raw);
    free(raw);
}

#endif
