/* expect: loft/core/atomics.h: not an atomic word */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>

/* gcc gives it three bytes and a library call, clang four bytes. */
struct odd { char text[3]; };

struct odd f(LOFT_ATOMIC(struct odd) *p);

struct odd
f(LOFT_ATOMIC(struct odd) *p)
{
    return loft_load(p, acquire);
}
