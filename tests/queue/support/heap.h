/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/heap.h - an allocator that counts, and refuses while it is told to; for one thread at a time.
 */
#ifndef LOFT_TESTS_QUEUE_HEAP_H
#define LOFT_TESTS_QUEUE_HEAP_H

#include <loft/core/alloc.h>

static struct heap {
    size_t live;
    size_t asked;
    bool refuses;
} heap;

TEST_UNUSED_ static void *
heap_alloc(size_t align, size_t size)
{
    heap.asked++;
    void *const p = heap.refuses ? NULL : loft_alloc_aligned(align, size);
    heap.live += p != NULL;
    return p;
}

TEST_UNUSED_ static void
heap_free(void *p, size_t align, size_t size)
{
    heap.live--;
    loft_free_aligned(p, align, size);
}

#endif
