/* expect: loft/core/alloc.h: define LOFT_ALLOC_ALIGNED(align, size) and LOFT_FREE_ALIGNED(ptr, align, size) together */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#define LOFT_ALLOC_ALIGNED(align, size)  aligned_alloc((align), (size))
#include <loft/core/alloc.h>
