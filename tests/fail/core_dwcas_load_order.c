/* expect: loft_dw_load_takes_relaxed_acquire_or_seq_cst */
/* SPDX-License-Identifier: MIT */
#include <loft/core/dwcas.h>

int
main(void)
{
    static loft_dwatomic p;
    return (int)loft_dw_load(&p, release).lo;
}
