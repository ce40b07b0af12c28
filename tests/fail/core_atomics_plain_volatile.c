/* expect: loft/core/atomics.h: not an atomic word */
/* flags: -std=c11 -Wfatal-errors */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>

/* gcc would take it. */

unsigned f(volatile unsigned *p);

unsigned
f(volatile unsigned *p)
{
    return loft_load(p, acquire);
}
