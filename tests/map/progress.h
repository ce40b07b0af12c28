/* SPDX-License-Identifier: MIT
 *
 * tests/map/progress.h - some instances of ENGINE; a thread that stops anywhere, recorded histories, things that many
 * threads hold, and comparisons that lie to many threads.
 */
#include "schemes.h"

#define OVER  loft_hp
#include "numbers.h"
#define OVER  loft_debra
#include "numbers.h"

#define KIND_NAME                things_ibr
#define KIND_SMR                 loft_ibr
#define KIND_IS                  IS_COUNTED
#define KIND_KEY                 thing *
#define KIND_KEY_OF(n)           thing_of(n)
#define KIND_KEY_NO(k)           thing_no(k)
#define KIND_KEY_DROP(k)         thing_drop(k)
#define KIND_VAL                 thing *
#define KIND_VAL_OF(n)           thing_of((int)(n))
#define KIND_VAL_NO(v)           ((unsigned)thing_no(v))
#define KIND_VAL_DROP(v)         thing_drop(v)
#define LOFT_MAP_CMP(a, b)       thing_cmp(a, b)
#define LOFT_MAP_EQ(a, b)        thing_eq(a, b)
#define LOFT_MAP_KEY_RETAIN(k)   thing_hold(k)
#define LOFT_MAP_KEY_RELEASE(k)  thing_drop(k)
#define LOFT_MAP_VAL_RETAIN(v)   thing_hold(v)
#define LOFT_MAP_VAL_RELEASE(v)  thing_drop(v)
#include "instance.h"

#define KIND_NAME           set_hyaline
#define KIND_SMR            loft_hyaline
#define KIND_KEY            int
#define KIND_KEY_OF(n)      (n)
#define KIND_KEY_NO(k)      (k)
#include "instance.h"

#define KIND_NAME           liar_ebr
#define KIND_SMR            loft_ebr
#include "liar.h"

#include "freeze.h"
#include "histories.h"
#include "stress.h"

static void
with_many_threads(void)
{
    histories(&things_ibr_subject, 3, 600);
    histories(&set_hyaline_subject, 3, 600);
    stress(&things_ibr_subject, 1500);
    stress(&set_hyaline_subject, 1500);
    stress_liars(&liar_ebr_subject, 10000);
}

static void
progress(void)
{
    freeze(&over_loft_hp_subject);
    freeze(&over_loft_debra_subject);
    with_many_threads();
}

/* Of an engine whose changes take locks. */
static void
progress_locked(void)
{
    freeze_locked(&over_loft_hp_subject);
    freeze_locked(&over_loft_debra_subject);
    with_many_threads();
}
