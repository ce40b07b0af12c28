/* SPDX-License-Identifier: MIT
 *
 * tests/smr/leak_contract.c - smr/leak.h: as much of the contract of all schemes as there is without freeing.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: also release -DNDEBUG
 */
#include "threads.h"

#include <loft/smr/leak.h>

#define SMR        loft_leak
#define SMR_NEVER  1
#include "contract.h"

int
main(void)
{
    contract("smr/leak_contract");
    return done();
}
