/* expect: loft/core/base.h: LOFT_CACHELINE must be a power of two from 16 to 4096 */
/* SPDX-License-Identifier: MIT */
#define LOFT_CACHELINE 8192
#include <loft/core/base.h>
