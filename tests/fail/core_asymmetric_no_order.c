/* expect: arguments */
/* flags: -Wfatal-errors */
/* SPDX-License-Identifier: MIT */
#include <loft/core/asymmetric.h>

void f(void);

void
f(void)
{
    loft_fence_light(true);
}
