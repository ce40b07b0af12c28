/* SPDX-License-Identifier: MIT
 *
 * tests/smr/qsbr_contract.c - smr/qsbr.h: the contract of all schemes, where a section lasts from online to offline.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: also release -DNDEBUG
 */
#include "threads.h"

#include <loft/smr/qsbr.h>

#define SMR loft_qsbr
#define SMR_JOINED(me)            loft_qsbr_offline(me)
#define SMR_ENTER(me)             loft_qsbr_online(me)
#define SMR_EXIT(me)              (loft_qsbr_quiescent(me), loft_qsbr_offline(me))
#define SMR_DRAINS_INSIDE         1
#define SMR_NEAR_END(d, n)        loft_epoch_start_at_((d), (loft_seq)0 - (n) * LOFT_EPOCH_STEP_)
#define SMR_IDLE(threads, batch)  ((threads) * (4u * ((batch) ? (batch) : 4096u) + 64u))
#include "contract.h"

int
main(void)
{
    contract("smr/qsbr_contract");
    return done();
}
