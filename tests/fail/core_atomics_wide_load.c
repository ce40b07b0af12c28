/* expect: loft/core/atomics.h: not an atomic word */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>

struct wide { char text[32]; };

struct wide f(LOFT_ATOMIC(struct wide) *p);

struct wide
f(LOFT_ATOMIC(struct wide) *p)
{
    return loft_load(p, acquire);
}
