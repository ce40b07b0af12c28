/* SPDX-License-Identifier: MIT
 *
 * tests/stack/treiber_hp.c - stack/treiber.h under loft_hp.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 */
#include "common.h"

#include <loft/smr/hp.h>

#define SMR  loft_hp
#include "treiber_cases.h"

int
main(void)
{
    treiber_cases("loft_hp");
    return done();
}
