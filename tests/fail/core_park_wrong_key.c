/* expect: loft_park_ */
/* SPDX-License-Identifier: MIT */
#include <loft/core/park.h>

/* A deadline is no key: the two cannot change places unnoticed. */
loft_status sleep_on(loft_park *p);

loft_status
sleep_on(loft_park *p)
{
    return loft_park_wait(p, loft_now(), 0);
}
