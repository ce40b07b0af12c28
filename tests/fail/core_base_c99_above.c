/* expect: loft/core/base.h: C11 or later is needed; compile with -std=c11 or newer */
/* flags: -std=c99 */
/* SPDX-License-Identifier: MIT */
#include <loft/core/park.h>
#include <loft/core/atomics.h>
