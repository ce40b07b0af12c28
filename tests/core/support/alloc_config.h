/* SPDX-License-Identifier: MIT
 *
 * tests/core/support/alloc_config.h - a program of two files, and with TEST_REPLACED an allocator of its own.
 *
 * Include it before any Loft header. The allocator lives in the first file, tests/core/alloc.c.
 */
#ifndef LOFT_TESTS_CORE_ALLOC_CONFIG_H
#define LOFT_TESTS_CORE_ALLOC_CONFIG_H

#include <stddef.h>

#if defined(__cplusplus)
extern "C" {
#endif
void *test_take(size_t align, size_t size);
void test_give(void *p, size_t align, size_t size);

/* The second file, compiled as C also where the first is C++: what one of them does, the other must see. */
void *other_alloc(size_t size);
void other_free(void *p, size_t size);
size_t other_seen(void);
size_t other_live(void);
size_t other_counters_size(void);
size_t other_counters_last(void);
#if defined(__cplusplus)
}
#endif

#if defined(TEST_REPLACED)
#  define LOFT_ALLOC_ALIGNED(align, size)      test_take((align), (size))
#  define LOFT_FREE_ALIGNED(ptr, align, size)  test_give((ptr), (align), (size))
#endif

#endif
