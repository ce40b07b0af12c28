/* expect: memory_order_memory_order_acquire */
/* flags: -Wfatal-errors */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>

/* The compilers go on to complain of what the same mistake leads to; the first message is the one that counts. */

int f(LOFT_ATOMIC(int) *p);

int
f(LOFT_ATOMIC(int) *p)
{
    return loft_load(p, memory_order_acquire);
}
