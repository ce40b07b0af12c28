/* expect: arguments */
/* flags: -Wfatal-errors */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>

/* The compilers go on to complain of what the same mistake leads to; the first message is the one that counts. */

void f(LOFT_ATOMIC(int) *p);

void
f(LOFT_ATOMIC(int) *p)
{
    loft_fence_for(p);
}
