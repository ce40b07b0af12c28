/* expect: invalid operands */
/* flags: -Wfatal-errors */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>

/* gcc in C would add one byte, the others the size of an int. */

int * f(LOFT_ATOMIC(int *) *p);

int *
f(LOFT_ATOMIC(int *) *p)
{
    return loft_fetch_add(p, 1, relaxed);
}
