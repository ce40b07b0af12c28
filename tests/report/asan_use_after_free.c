/* expect: heap-use-after-free */
/* SPDX-License-Identifier: MIT
 *
 * tests/report/asan_use_after_free.c - a node read after it went back through the allocator door.
 */
#include <loft/core/alloc.h>

int
main(void)
{
    volatile int *const n = (volatile int *)loft_alloc_node(sizeof *n);
    if (!n)
        return 0;
    *n = 1;
    loft_free_node((void *)(uintptr_t)n, sizeof *n);
    return *n;
}
