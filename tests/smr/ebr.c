/* SPDX-License-Identifier: MIT
 *
 * tests/smr/ebr.c - smr/ebr.h: the contract of all schemes.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: also release -DNDEBUG
 */
#include "threads.h"

#include <loft/smr/ebr.h>

#define SMR loft_ebr
#define SMR_NEAR_END(d, n)        loft_epoch_start_at_((d), (loft_seq)0 - (n) * LOFT_EPOCH_STEP_)
#define SMR_IDLE(threads, batch)  ((threads) * (4u * ((batch) ? (batch) : 4096u) + 64u))
#include "contract.h"

int
main(void)
{
    contract("smr/ebr");
    return done();
}
