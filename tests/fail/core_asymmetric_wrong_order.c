/* expect: memory_order_relase */
/* SPDX-License-Identifier: MIT */
#include <loft/core/asymmetric.h>

bool f(void);

bool
f(void)
{
    return loft_fence_heavy(false, relase);
}
