/* expect: ignoring return value */
/* flags: -Werror=unused-result -Werror=unused-value */
/* SPDX-License-Identifier: MIT */
#include <loft/core/base.h>

LOFT_NODISCARD LOFT_API bool try_it(void) { return false; }

int
main(void)
{
    try_it();
    return 0;
}
