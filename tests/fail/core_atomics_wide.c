/* expect: loft/core/atomics.h: not an atomic word */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>

struct wide { uintptr_t w[2]; };

bool f(LOFT_ATOMIC(struct wide) *p, struct wide *e);

bool
f(LOFT_ATOMIC(struct wide) *p, struct wide *e)
{
    return loft_cas_strong(p, e, *e, acq_rel, acquire);
}
