/* expect: loft_dw_peek_takes_relaxed_or_acquire */
/* SPDX-License-Identifier: MIT */
#include <loft/core/dwcas.h>

int
main(void)
{
    static loft_dwatomic p;
    return (int)loft_dw_peek(&p, seq_cst).lo;
}
