/* SPDX-License-Identifier: MIT
 *
 * tests/stack/treiber_hyaline.c - stack/treiber.h under loft_hyaline.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 */
#include "common.h"

#include <loft/smr/hyaline.h>

#define SMR  loft_hyaline
#include "treiber_cases.h"

int
main(void)
{
    treiber_cases("loft_hyaline");
    return done();
}
