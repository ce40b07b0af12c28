/* SPDX-License-Identifier: MIT
 *
 * tests/map/owned.h - instances of ENGINE whose keys and values are counted, or strings of a megabyte, or are compared
 * by somebody who lies; and what all of them are asked.
 */
#include "schemes.h"

/* ---- things that are counted ------------------------------------------------------------------------------------- */

#define KIND_NAME                things_hp
#define KIND_SMR                 loft_hp
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

#define KIND_NAME                thing_set_ebr
#define KIND_SMR                 loft_ebr
#define KIND_IS                  IS_COUNTED
#define KIND_KEY                 thing *
#define KIND_KEY_OF(n)           thing_of(n)
#define KIND_KEY_NO(k)           thing_no(k)
#define KIND_KEY_DROP(k)         thing_drop(k)
#define LOFT_MAP_CMP(a, b)       thing_cmp(a, b)
#define LOFT_MAP_KEY_RETAIN(k)   thing_hold(k)
#define LOFT_MAP_KEY_RELEASE(k)  thing_drop(k)
#include "instance.h"

/* The keys are the map's, which only lends them. */
#define KIND_NAME                lent_qsbr
#define KIND_SMR                 loft_qsbr
#define KIND_IS                  IS_COUNTED
#define KIND_SECTION             1
#define KIND_KEY                 thing *
#define KIND_KEY_OF(n)           thing_of(n)
#define KIND_KEY_NO(k)           thing_no(k)
#define KIND_KEY_DROP(k)         thing_drop(k)
#define KIND_KEY_BACK(k)         ((void)(k))
#define KIND_VAL                 unsigned
#define KIND_VAL_OF(n)           (n)
#define KIND_VAL_NO(v)           (v)
#define LOFT_MAP_CMP(a, b)       thing_cmp(a, b)
#define LOFT_MAP_EQ(a, b)        ((a) == (b))
#define LOFT_MAP_KEY_RELEASE(k)  thing_drop(k)
#include "instance.h"

/* ---- a comparison that lies -------------------------------------------------------------------------------------- */

#define KIND_NAME           liar_hp
#define KIND_SMR            loft_hp
#include "liar.h"

#define KIND_NAME           liar_ebr
#define KIND_SMR            loft_ebr
#include "liar.h"

#include "api.h"

/* Some calls with strings of a megabyte. */
static void
long_strings(const struct subject *s)
{
    unsigned long wrong = 0;
    struct test t;
    thing_prefix = (size_t)1 << 20;
    test_begin(&t, s, 32);
    for (unsigned i = 0; i < 60; i++) {
        const int r = (int)dice_roll(&t.d, ROWS - 1);
        wrong += !call_put(&t, (int)dice_roll(&t.d, 12), i);
        wrong += applies(s, &rows[r]) && !rows[r].call(&t, (int)dice_roll(&t.d, 12), i);
    }
    wrong += !same(&t);
    test_end(&t);
    thing_prefix = 0;
    verdict(s, wrong, "strings of a megabyte");
}

static void
owned(int keys)
{
    api(&things_hp_subject, keys);
    api(&thing_set_ebr_subject, keys);
    api(&lent_qsbr_subject, keys);
    long_strings(&thing_set_ebr_subject);
    api(&liar_hp_subject, keys);
    api(&liar_ebr_subject, keys);
}
