/* expect: a_failed_loft_dw_cas_takes_relaxed_acquire_or_seq_cst */
/* SPDX-License-Identifier: MIT */
#include <loft/core/dwcas.h>

int
main(void)
{
    static loft_dwatomic p;
    loft_dw e = loft_dw_of(0, 0);
    return loft_dw_cas(&p, &e, loft_dw_of(1, 2), acq_rel, acq_rel);
}
