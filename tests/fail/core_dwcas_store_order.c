/* expect: loft_dw_store_takes_relaxed_release_or_seq_cst */
/* SPDX-License-Identifier: MIT */
#include <loft/core/dwcas.h>

int
main(void)
{
    static loft_dwatomic p;
    loft_dw_store(&p, loft_dw_of(1, 2), acq_rel);
    return 0;
}
