/* SPDX-License-Identifier: MIT
 *
 * tests/stack/treiber_leak.c - stack/treiber.h under loft_leak, which frees nothing.
 *
 * build: not asan
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 */
#include "common.h"

#include <loft/smr/leak.h>

#define SMR  loft_leak
#define SMR_NEVER  1
#include "treiber_cases.h"

int
main(void)
{
    treiber_cases("loft_leak");
    return done();
}
