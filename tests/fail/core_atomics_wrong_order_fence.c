/* expect: memory_order_relase */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>

void f(void);

void
f(void)
{
    loft_fence(relase);
}
