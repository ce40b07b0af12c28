/* expect: too few arguments to function */
/* flags: -std=c11 */
/* SPDX-License-Identifier: MIT */
#include <loft/core/park.h>

/* The deadline alone does not say since when a notify counts. */
loft_status sleep_on(loft_park *p);

loft_status
sleep_on(loft_park *p)
{
    return loft_park_wait(p, loft_park_prepare(p));
}
