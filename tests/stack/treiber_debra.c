/* SPDX-License-Identifier: MIT
 *
 * tests/stack/treiber_debra.c - stack/treiber.h under loft_debra.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS -DTAP_JUMPS
 */
#include "common.h"

#include <loft/smr/debra.h>

#define SMR  loft_debra
#include "treiber_cases.h"

int
main(void)
{
    treiber_cases("loft_debra");
    return done();
}
