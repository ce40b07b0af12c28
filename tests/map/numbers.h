/* SPDX-License-Identifier: MIT
 *
 * tests/map/numbers.h - an instance of ENGINE, numbers to three words of a number, over the scheme OVER: include it
 * once for each. That over loft_hp is over_loft_hp.
 */
#define KIND_NAME          LOFT_CAT(over, OVER)
#define KIND_SMR           OVER
#define KIND_KEY           int
#define KIND_KEY_OF(n)     (n)
#define KIND_KEY_NO(k)     (k)
#define KIND_VAL           triple
#define KIND_VAL_OF(n)     triple_of(n)
#define KIND_VAL_NO(v)     triple_no(v)
#define LOFT_MAP_EQ(x, y)  ((x).a == (y).a)
#include "instance.h"
#undef OVER
