/* SPDX-License-Identifier: MIT
 *
 * tests/queue/unbounded_cases.h - unbounded.h for instances of many kinds, under all schemes. A program is
 *
 *     #define FAMILY_SCQ 1
 *     #define FAMILY_UNBOUNDED 1
 *     #define ENGINE_HEADER <loft/queue/lscq.h>
 *     #include "unbounded_cases.h"
 *     int main(void) { watchdog("queue/lscq_contract"); unbounded_cases(); return done(); }
 *
 * and asks in its head for `build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS`. ENGINE_BOXED(bytes), optional, says
 * whether an element of that size may have a node of its own.
 */
#ifndef LOFT_TESTS_QUEUE_UNBOUNDED_CASES_H
#define LOFT_TESTS_QUEUE_UNBOUNDED_CASES_H

#include "common.h"

#include "support/bank.h"
#include "support/schemes.h"

#ifndef ENGINE_BOXED
#  define ENGINE_BOXED(bytes)  ((bytes) > sizeof(uintptr_t))
#endif
#ifndef ENGINE_SEGMENT
#  define ENGINE_SEGMENT 1024                            /* what it has where LOFT_QUEUE_SEGMENT says nothing */
#endif

/* Words that an engine might mistake for its own: each single bit and each but one, all below and above a bit, small
 * numbers with marks at either end, two numbers in one word, numbers in what would be NaNs, addresses of data and of
 * code. */
static uint64_t
make_odd(size_t i)
{
    const uint64_t k = (uint64_t)i / 16 % 64;
    const uint64_t n = (uint64_t)i / 16 % 1024;
    const uint64_t top = (uint64_t)1 << 63;
    switch (i % 16) {
    case 0:  return (uint64_t)1 << k;
    case 1:  return ~((uint64_t)1 << k);
    case 2:  return ((uint64_t)1 << k) - 1;
    case 3:  return ~(((uint64_t)1 << k) - 1);
    case 4:  return n;
    case 5:  return n | top;
    case 6:  return n << 1 | 1;
    case 7:  return n | top >> 1;
    case 8:  return i % 32 == 8 ? n << 32 | n : ((uint64_t)0xfff0 + n % 16) << 48 | n / 16;
    case 9:  return 0u - n;
    case 10: return top - n;
    case 11: return (uint64_t)(uintptr_t)&bank + n;
    case 12: return (uint64_t)(uintptr_t)&make_odd | (n & 7);
    case 13: return i % 32 == 13 ? 0 : UINT64_MAX;
    case 14: return n << 16 | top | 1;
    default: return (uint64_t)i * 0x9e3779b97f4a7c15u;
    }
}

/* Of the odd length that fits nothing. */
struct hundred {
    unsigned char b[100];
};

static struct hundred
make_hundred(size_t i)
{
    struct hundred t;
    for (size_t k = 0; k < sizeof t.b; k++)
        t.b[k] = (unsigned char)(i % 7 == 0 ? 0 : i % 7 == 1 ? 0xff : i * 31 + k);
    memcpy(t.b + 48, &i, sizeof i);
    return t;
}

#define LOFT_QUEUE_NAME    wordq                         /* as it comes */
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_ebr
#include ENGINE_HEADER
#define UNBOUNDED_NAME     wordq
#define UNBOUNDED_T        uint64_t
#define UNBOUNDED_MAKE     make_odd
#define UNBOUNDED_SMR      loft_ebr
#define UNBOUNDED_SEGMENT  ENGINE_SEGMENT
#define UNBOUNDED_BANK     0
#define UNBOUNDED_BOXED    ENGINE_BOXED(sizeof(uint64_t))
#include "unbounded.h"

#define LOFT_QUEUE_NAME    byteq
#define LOFT_QUEUE_T       uint8_t
#define LOFT_QUEUE_SMR     loft_hp
#define LOFT_QUEUE_SEGMENT 4
#include ENGINE_HEADER
#define UNBOUNDED_NAME     byteq
#define UNBOUNDED_T        uint8_t
#define UNBOUNDED_MAKE     make_u8
#define UNBOUNDED_SMR      loft_hp
#define UNBOUNDED_SEGMENT  4
#define UNBOUNDED_BANK     0
#define UNBOUNDED_BOXED    0
#include "unbounded.h"

#define LOFT_QUEUE_NAME    u16q
#define LOFT_QUEUE_T       uint16_t
#define LOFT_QUEUE_SMR     loft_ebr
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define UNBOUNDED_NAME     u16q
#define UNBOUNDED_T        uint16_t
#define UNBOUNDED_MAKE     make_u16
#define UNBOUNDED_SMR      loft_ebr
#define UNBOUNDED_SEGMENT  2
#define UNBOUNDED_BANK     1
#define UNBOUNDED_BOXED    0
#include "unbounded.h"

#define LOFT_QUEUE_NAME    ptrq
#define LOFT_QUEUE_T       void *
#define LOFT_QUEUE_SMR     loft_ibr
#define LOFT_QUEUE_SEGMENT 8
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define UNBOUNDED_NAME     ptrq
#define UNBOUNDED_T        void *
#define UNBOUNDED_MAKE     make_pointer
#define UNBOUNDED_SMR      loft_ibr
#define UNBOUNDED_SEGMENT  8
#define UNBOUNDED_BANK     1
#define UNBOUNDED_BOXED    0
#include "unbounded.h"

#define LOFT_QUEUE_NAME    itemq
#define LOFT_QUEUE_T       struct item
#define LOFT_QUEUE_SMR     loft_hyaline
#define LOFT_QUEUE_SEGMENT 4
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define UNBOUNDED_NAME     itemq
#define UNBOUNDED_T        struct item
#define UNBOUNDED_MAKE     make_item
#define UNBOUNDED_SMR      loft_hyaline
#define UNBOUNDED_SEGMENT  4
#define UNBOUNDED_BANK     1
#define UNBOUNDED_BOXED    ENGINE_BOXED(sizeof(struct item))
#include "unbounded.h"

#define LOFT_QUEUE_NAME    hundredq
#define LOFT_QUEUE_T       struct hundred
#define LOFT_QUEUE_SMR     loft_ebr
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define UNBOUNDED_NAME     hundredq
#define UNBOUNDED_T        struct hundred
#define UNBOUNDED_MAKE     make_hundred
#define UNBOUNDED_SMR      loft_ebr
#define UNBOUNDED_SEGMENT  2
#define UNBOUNDED_BANK     1
#define UNBOUNDED_BOXED    ENGINE_BOXED(sizeof(struct hundred))
#include "unbounded.h"

#define LOFT_QUEUE_NAME    ebrq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_ebr
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define UNBOUNDED_NAME     ebrq
#define UNBOUNDED_T        uint64_t
#define UNBOUNDED_MAKE     make_odd
#define UNBOUNDED_SMR      loft_ebr
#define UNBOUNDED_SEGMENT  2
#define UNBOUNDED_BANK     1
#define UNBOUNDED_BOXED    ENGINE_BOXED(sizeof(uint64_t))
#include "unbounded.h"

#define LOFT_QUEUE_NAME    hpq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_hp
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define UNBOUNDED_NAME     hpq
#define UNBOUNDED_T        uint64_t
#define UNBOUNDED_MAKE     make_odd
#define UNBOUNDED_SMR      loft_hp
#define UNBOUNDED_SEGMENT  2
#define UNBOUNDED_BANK     1
#define UNBOUNDED_BOXED    ENGINE_BOXED(sizeof(uint64_t))
#include "unbounded.h"

#define LOFT_QUEUE_NAME    ibrq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_ibr
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define UNBOUNDED_NAME     ibrq
#define UNBOUNDED_T        uint64_t
#define UNBOUNDED_MAKE     make_odd
#define UNBOUNDED_SMR      loft_ibr
#define UNBOUNDED_SEGMENT  2
#define UNBOUNDED_BANK     1
#define UNBOUNDED_BOXED    ENGINE_BOXED(sizeof(uint64_t))
#include "unbounded.h"

#define LOFT_QUEUE_NAME    hyalineq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_hyaline
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define UNBOUNDED_NAME     hyalineq
#define UNBOUNDED_T        uint64_t
#define UNBOUNDED_MAKE     make_odd
#define UNBOUNDED_SMR      loft_hyaline
#define UNBOUNDED_SEGMENT  2
#define UNBOUNDED_BANK     1
#define UNBOUNDED_BOXED    ENGINE_BOXED(sizeof(uint64_t))
#include "unbounded.h"

#define LOFT_QUEUE_NAME    debraq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_debra
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define UNBOUNDED_NAME     debraq
#define UNBOUNDED_T        uint64_t
#define UNBOUNDED_MAKE     make_odd
#define UNBOUNDED_SMR      loft_debra
#define UNBOUNDED_SEGMENT  2
#define UNBOUNDED_BANK     1
#define UNBOUNDED_BOXED    ENGINE_BOXED(sizeof(uint64_t))
#include "unbounded.h"

#define LOFT_QUEUE_NAME    qsbrq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_qsbr
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define UNBOUNDED_NAME     qsbrq
#define UNBOUNDED_T        uint64_t
#define UNBOUNDED_MAKE     make_odd
#define UNBOUNDED_SMR      loft_qsbr
#define UNBOUNDED_SEGMENT  2
#define UNBOUNDED_BANK     1
#define UNBOUNDED_BOXED    ENGINE_BOXED(sizeof(uint64_t))
#include "unbounded.h"

#define LOFT_QUEUE_NAME    leakq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_leak
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define UNBOUNDED_NAME     leakq
#define UNBOUNDED_T        uint64_t
#define UNBOUNDED_MAKE     make_odd
#define UNBOUNDED_SMR      loft_leak
#define UNBOUNDED_SEGMENT  2
#define UNBOUNDED_BANK     1
#define UNBOUNDED_BOXED    ENGINE_BOXED(sizeof(uint64_t))
#include "unbounded.h"

#if defined(__cplusplus)
/* An element that nobody can make without saying what is in it: it is copied, never made. */
struct made {
    int from;
    int to;
    made(int a, int b) : from(a), to(b) { }
};

struct made_wide {
    made part;
    long rest[4];
    explicit made_wide(int a) : part(a, a + 1) { rest[0] = rest[1] = rest[2] = rest[3] = a; }
};

#define LOFT_QUEUE_NAME    madeq
#define LOFT_QUEUE_T       made
#define LOFT_QUEUE_SMR     loft_ebr
#define LOFT_QUEUE_SEGMENT 2
#include ENGINE_HEADER

#define LOFT_QUEUE_NAME    wideq
#define LOFT_QUEUE_T       made_wide
#define LOFT_QUEUE_SMR     loft_ebr
#define LOFT_QUEUE_SEGMENT 2
#include ENGINE_HEADER

TEST_UNUSED_ static void
no_default_constructor(void)
{
    static loft_ebr domain;
    madeq narrow;
    wideq wide;
    bool good = loft_ebr_init(&domain, NULL) == LOFT_OK && madeq_init(&narrow, &domain) == LOFT_OK
             && wideq_init(&wide, &domain) == LOFT_OK;
    loft_ebr_thread *const me = loft_ebr_join(&domain);
    if (!good || !me)
        abort();
    for (int i = 0; i < 9; i++)
        good = good && madeq_push(&narrow, me, made(i, i + 1)) == LOFT_OK
            && wideq_push(&wide, me, made_wide(i)) == LOFT_OK;
    for (int i = 0; i < 5; i++) {
        made m(-1, -1);
        made_wide w(-1);
        good = good && madeq_try_pop(&narrow, me, &m) && m.from == i && m.to == i + 1
            && wideq_try_pop(&wide, me, &w) && w.part.from == i && w.part.to == i + 1 && w.rest[3] == i;
    }
    madeq_fini(&narrow);
    wideq_fini(&wide);
    loft_ebr_leave(me);
    ok(good && loft_ebr_fini(&domain) == LOFT_OK, "elements without a default constructor");
}
#endif

TEST_UNUSED_ static void
unbounded_cases(void)
{
    const unsigned long rounds = (unsigned long)scaled(20000);
    wordq_unbounded("words, default segments", rounds);
    byteq_unbounded("bytes under loft_hp", rounds);
    u16q_unbounded("2 bytes", rounds);
    ptrq_unbounded("pointers under loft_ibr", rounds);
    itemq_unbounded("24 bytes under loft_hyaline", rounds);
    hundredq_unbounded("100 bytes", rounds);
    ebrq_unbounded("words under loft_ebr", rounds);
    hpq_unbounded("words under loft_hp", rounds);
    ibrq_unbounded("words under loft_ibr", rounds);
    hyalineq_unbounded("words under loft_hyaline", rounds);
    debraq_unbounded("words under loft_debra", rounds);
    qsbrq_unbounded("words under loft_qsbr", rounds);
    leakq_unbounded("words under loft_leak", rounds);
#if defined(__cplusplus)
    no_default_constructor();
#endif
    ok_eq(loft_alloc_stats_get().live, 0, "all memory of all schemes came back");
}

#endif
