/* SPDX-License-Identifier: MIT
 *
 * tests/stack/treiber_ibr.c - stack/treiber.h under loft_ibr.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 */
#include "common.h"

#include <loft/smr/ibr.h>

#define SMR  loft_ibr
#include "treiber_cases.h"

int
main(void)
{
    treiber_cases("loft_ibr");
    return done();
}
