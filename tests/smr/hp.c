/* SPDX-License-Identifier: MIT
 *
 * tests/smr/hp.c - smr/hp.h: the contract of all schemes.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: also release -DNDEBUG
 */
#include "threads.h"

#include <loft/smr/hp.h>

#define SMR loft_hp
#define SMR_BOUND(threads, batch)  ((threads) * (((batch) ? (batch) : 1024u) + (threads) * loft_hp_slots))
#define SMR_IDLE(threads, batch)   SMR_BOUND(threads, batch)
#include "contract.h"

int
main(void)
{
    contract("smr/hp");
    return done();
}
