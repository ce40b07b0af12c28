/* SPDX-License-Identifier: MIT
 *
 * tests/stack/intrusive.c - stack/intrusive.h in both its forms: pointers and tags in two words, numbers and tags in
 * one.
 */
#include "common.h"

#include <loft/core/dwcas.h>

enum { BLOCKS = 64, BLOCK_WORKERS = 2 };

/* `owned` and the payload are plain: two threads that both have the block show as a race, too. */
struct block {
    uint64_t payload;
    LOFT_ATOMIC(uintptr_t) link;
    uint64_t twice;
    unsigned owned;
};

static struct block block[BLOCKS];

static void
blocks_clear(void)
{
    for (uint64_t i = 0; i < BLOCKS; i++) {
        block[i].payload = i;
        block[i].twice = ~i;
        block[i].owned = 0;
    }
}

#if LOFT_HAVE_DWCAS
#define LOFT_STACK_NAME  wide
#define LOFT_STACK_T     struct block
#define LOFT_STACK_LINK  link
#include <loft/stack/intrusive.h>

static bool wide_begin(wide *s) { return wide_init(s) == LOFT_OK; }
#define CASES  wide
#include "intrusive_cases.h"
#endif

#define LOFT_STACK_NAME   narrow
#define LOFT_STACK_T      struct block
#define LOFT_STACK_LINK   link
#define LOFT_STACK_ARENA  16
#include <loft/stack/intrusive.h>

static bool narrow_begin(narrow *s) { return narrow_init(s, block, BLOCKS) == LOFT_OK; }
#define CASES  narrow
#include "intrusive_cases.h"

/* No bit to spare: 6 would number 63. */
#define LOFT_STACK_NAME   tight
#define LOFT_STACK_T      struct block
#define LOFT_STACK_LINK   link
#define LOFT_STACK_ARENA  7
#include <loft/stack/intrusive.h>

static bool tight_begin(tight *s) { return tight_init(s, block, BLOCKS) == LOFT_OK; }
#define CASES  tight
#include "intrusive_cases.h"

#define LOFT_STACK_NAME   few
#define LOFT_STACK_T      struct block
#define LOFT_STACK_LINK   link
#define LOFT_STACK_ARENA  5
#include <loft/stack/intrusive.h>

static void
limits(void)
{
    few s;
    struct block *b;
    EXPECT(few_init(&s, NULL, 3) == LOFT_INVAL && few_init(&s, block, 0) == LOFT_INVAL);
    EXPECT(few_init(&s, block, 32) == LOFT_INVAL && few_init(&s, block, SIZE_MAX) == LOFT_INVAL);
    EXPECT(few_init(&s, block, 31) == LOFT_OK);
    few_start_at_(&s, (loft_seq)-1);
    for (size_t i = 0; i < 31; i++)
        few_push(&s, &block[i]);
    for (size_t i = 31; i-- > 0;)
        EXPECT(few_try_pop(&s, &b) && b == &block[i]);
    EXPECT(few_is_empty(&s) && !few_try_pop(&s, &b));
    few_fini(&s);
    expected("few", "as many nodes as the bits can number, and no more");
}

#if LOFT_DEBUG
static void
push_stranger(void *s)
{
    static struct block stranger;
    few_push((few *)s, &stranger);
}

static void
strangers(void)
{
    few s;
    EXPECT(few_init(&s, block, 31) == LOFT_OK && aborts(push_stranger, &s));
    few_fini(&s);
    expected("few", "a node that is not of the arena stops a debug build");
}
#endif

int
main(void)
{
    watchdog("stack/intrusive");
    for (size_t i = 0; i < BLOCKS; i++)
        loft_init(&block[i].link, (uintptr_t)0);
    blocks_clear();
#if LOFT_HAVE_DWCAS
    if (loft_dw_supported())
        wide_cases("pointers");
    else
        ok_skip("pointers", "this processor has no compare-exchange of two words");
#else
    ok_skip("pointers", "this target has no compare-exchange of two words");
#endif
    narrow_cases("numbers of 16 bits");
    tight_cases("numbers of 7 bits");
    limits();
#if LOFT_DEBUG
    strangers();
#endif
    return done();
}
