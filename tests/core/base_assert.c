/* SPDX-License-Identifier: MIT
 *
 * tests/core/base_assert.c - base.h with an assertion of the program: all of Loft's go there, beliefs too, and none
 * to assert().
 */
static unsigned failed;
#define LOFT_ASSERT(c) ((c) ? (void)0 : (void)failed++)
#define LOFT_DEBUG 1
#include <loft/core/base.h>
#include "tap.h"

int
main(void)
{
    LOFT_ASSERT(1 + 1 == 2);
    ok_eq(failed, 0, "what is so fails nothing");
    LOFT_ASSERT(1 + 1 == 3);
    ok_eq(failed, 1, "what is not goes to the program's own assertion");
    failed = 0;
    ok(LOFT_BELIEVE(1 + 1 == 2) && failed == 0, "what is believed and so");
    ok(!LOFT_BELIEVE(1 + 1 == 3) && failed == 1, "what is believed and not so is told there and answered false");
    return done();
}
