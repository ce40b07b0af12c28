/* SPDX-License-Identifier: MIT
 *
 * tests/stack/treiber_qsbr.c - stack/treiber.h under loft_qsbr.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 */
#include "common.h"

#include <loft/smr/qsbr.h>

#define SMR  loft_qsbr
#define SMR_REST(me)  loft_qsbr_quiescent(me)
#include "treiber_cases.h"

int
main(void)
{
    treiber_cases("loft_qsbr");
    return done();
}
