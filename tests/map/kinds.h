/* SPDX-License-Identifier: MIT
 *
 * tests/map/kinds.h - instances of ENGINE of every kind, each over another scheme, and what all of them are asked.
 */
#include "schemes.h"

/* ---- numbers, and values of three words -------------------------------------------------------------------------- */

#define KIND_NAME          numbers_ebr
#define KIND_SMR           loft_ebr
#define KIND_KEY           int
#define KIND_KEY_OF(n)     (n)
#define KIND_KEY_NO(k)     (k)
#define KIND_VAL           triple
#define KIND_VAL_OF(n)     triple_of(n)
#define KIND_VAL_NO(v)     triple_no(v)
#define LOFT_MAP_EQ(x, y)  ((x).a == (y).a)
#include "instance.h"

/* ---- keys of two words ------------------------------------------------------------------------------------------- */

#define KIND_NAME           points_debra
#define KIND_SMR            loft_debra
#define KIND_KEY            point
#define KIND_KEY_OF(n)      point_of(n)
#define KIND_KEY_NO(k)      point_no(k)
#define KIND_VAL            unsigned
#define KIND_VAL_OF(n)      (n)
#define KIND_VAL_NO(v)      (v)
#define LOFT_MAP_CMP(a, b)  point_cmp(a, b)
#define LOFT_MAP_EQ(a, b)   ((a) == (b))
#include "instance.h"

/* ---- numbers with NaN; large values ------------------------------------------------------------------------------ */

#define KIND_NAME           large_hyaline
#define KIND_SMR            loft_hyaline
#define KIND_KEY            double
#define KIND_KEY_OF(n)      f64_of(n)
#define KIND_KEY_NO(k)      f64_no(k)
#define KIND_VAL            large
#define KIND_VAL_OF(n)      large_of(n)
#define KIND_VAL_NO(v)      large_no(v)
#define LOFT_MAP_CMP(a, b)  loft_cmp_f64(a, b)
#define LOFT_MAP_EQ(a, b)   ((a).word[0] == (b).word[0])
#include "instance.h"

/* ---- a set, whose order is an object that turns another one round ------------------------------------------------ */

static const loft_cmp rising = { loft_cmp_int_fn, NULL };

#define KIND_NAME           falling_ibr
#define KIND_SMR            loft_ibr
#define KIND_KEY            int
#define KIND_KEY_OF(n)      (~(n))
#define KIND_KEY_NO(k)      (~(k))
#define KIND_CMP            loft_cmp_reverse_fn, &rising
#define LOFT_MAP_OBJECT
#include "instance.h"

/* ---- sets where words are protected one by one, and where sections are begun again ------------------------------- */

#define KIND_NAME      set_hp
#define KIND_SMR       loft_hp
#define KIND_KEY       int
#define KIND_KEY_OF(n) (n)
#define KIND_KEY_NO(k) (k)
#include "instance.h"

#define KIND_NAME      set_debra
#define KIND_SMR       loft_debra
#define KIND_KEY       int
#define KIND_KEY_OF(n) (n)
#define KIND_KEY_NO(k) (k)
#include "instance.h"

#include "api.h"

static void
kinds(int keys)
{
    api(&numbers_ebr_subject, keys);
    api(&falling_ibr_subject, keys);
    api(&points_debra_subject, keys);
    api(&large_hyaline_subject, keys / 4);
    api_short(&set_hp_subject, keys / 2);
    api_short(&set_debra_subject, keys / 2);
}
