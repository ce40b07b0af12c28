/* SPDX-License-Identifier: MIT
 *
 * tests/stack/treiber.c - stack/treiber.h under loft_ebr, the default scheme.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 */
#include "common.h"

#include <loft/smr/ebr.h>

#define SMR  loft_ebr
#include "treiber_cases.h"

int
main(void)
{
    treiber_cases("loft_ebr");
    return done();
}
