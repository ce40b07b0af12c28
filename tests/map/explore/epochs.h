/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/epochs.h - a domain of epochs that frees what is retired as early as it may, for clients of maps.
 * Include it before ordered.h and its like, which take their scheme from it.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_EPOCHS_H
#define LOFT_TESTS_MAP_EXPLORE_EPOCHS_H

#include <string.h>

#include <loft/smr/ebr.h>

static void
frees_early(loft_ebr *d)
{
    loft_ebr_options o;
    memset(&o, 0, sizeof o);
    o.batch = 1;
    o.frees = LOFT_SMR_ALL;
    loft_explore_check(loft_ebr_init(d, &o) == LOFT_OK);
    d->batch = 0;
}

/* What others have retired before this, and kept, they drop at the end of their next section. */
static inline void
drop_nothing(loft_smr_thread *t, loft_smr_node *n)
{
    (void)t;
    loft_free(n, sizeof *n);
}
static inline void
epochs_pass(loft_ebr_thread *t)
{
    for (unsigned i = 0; i < 4; i++) {
        loft_ebr_node *const n = (loft_ebr_node *)loft_ebr_alloc_node(t, sizeof *n);
        loft_explore_check(n);
        loft_ebr_enter(t);
        loft_ebr_retire(t, n, drop_nothing);
        loft_ebr_exit(t);
    }
}

#define SMR           loft_ebr
#define SMR_FLAGS     0
#define SMR_BEGIN(d)  frees_early(&(d))

#endif
