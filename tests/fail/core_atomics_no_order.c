/* expect: arguments */
/* flags: -Wfatal-errors */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>

/* After a call with too few arguments the compilers take the macro's bare name for an undeclared identifier. Nothing
 * that could be declared under that name fits every place, and functions would lose the site. */

int f(LOFT_ATOMIC(int) *p);

int
f(LOFT_ATOMIC(int) *p)
{
    return loft_load(p);
}
