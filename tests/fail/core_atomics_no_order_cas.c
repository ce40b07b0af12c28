/* expect: arguments */
/* flags: -Wfatal-errors */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>

/* The compilers go on to complain of what the same mistake leads to; the first message is the one that counts. */

bool f(LOFT_ATOMIC(int) *p, int *e);

bool
f(LOFT_ATOMIC(int) *p, int *e)
{
    return loft_cas_strong(p, e, 1, acq_rel);
}
