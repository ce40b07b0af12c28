/* expect: a_failed_loft_dw_cas_takes_relaxed_acquire_or_seq_cst */
/* SPDX-License-Identifier: MIT */
#include <loft/core/dwcas.h>

int
main(void)
{
    static loft_dwatomic p;
    uintptr_t e = 0;
    return loft_dw_cas_hi(&p, &e, 1, acq_rel, acq_rel);
}
