/* expect: memory_order_relase */
/* flags: -Wfatal-errors */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>

/* The compilers go on to complain of what the same mistake leads to; the first message is the one that counts. */

void f(void);

void
f(void)
{
    loft_fence(relase);
}
