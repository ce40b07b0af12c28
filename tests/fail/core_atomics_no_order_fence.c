/* expect: arguments */
/* flags: -Wfatal-errors */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>

/* After a call with too few arguments the compilers take the macro's bare name for an undeclared identifier. Nothing
 * that could be declared under that name fits every place, and functions would lose the site. */

void f(LOFT_ATOMIC(int) *p);

void
f(LOFT_ATOMIC(int) *p)
{
    loft_fence_for(p);
}
