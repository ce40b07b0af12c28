/* expect: assign */
/* SPDX-License-Identifier: MIT */
#include <loft/core/arch.h>

int
main(void)
{
    loft_arch()->cpus = 64;
    return 0;
}
