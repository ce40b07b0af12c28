/* expect: loft/core/alloc.h: LOFT_WITH_MIMALLOC and LOFT_ALLOC_ALIGNED both choose the allocator; define one of them */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#define LOFT_WITH_MIMALLOC
#define LOFT_ALLOC_ALIGNED(align, size)      aligned_alloc((align), (size))
#define LOFT_FREE_ALIGNED(ptr, align, size)  free(ptr)
#include <loft/core/alloc.h>
