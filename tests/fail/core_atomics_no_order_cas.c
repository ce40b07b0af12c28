/* expect: arguments */
/* flags: -Wfatal-errors */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>

/* After a call with too few arguments the compilers take the macro's bare name for an undeclared identifier. Nothing
 * that could be declared under that name fits every place, and functions would lose the site. */

bool f(LOFT_ATOMIC(int) *p, int *e);

bool
f(LOFT_ATOMIC(int) *p, int *e)
{
    return loft_cas_strong(p, e, 1, acq_rel);
}
