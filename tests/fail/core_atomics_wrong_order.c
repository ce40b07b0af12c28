/* expect: memory_order_aquire */
/* flags: -Wfatal-errors */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>

/* gcc in C goes on to call whatever stands for the unknown word a "non-integer memory model". */

int f(LOFT_ATOMIC(int) *p);

int
f(LOFT_ATOMIC(int) *p)
{
    return loft_load(p, aquire);
}
