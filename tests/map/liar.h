/* SPDX-License-Identifier: MIT
 *
 * tests/map/liar.h - an instance whose comparison lies. KIND_NAME and KIND_SMR say which; it is included again for the
 * next one.
 */
#define KIND_IS             IS_LIAR
#define KIND_KEY            int
#define KIND_KEY_OF(n)      (n)
#define KIND_KEY_NO(k)      (k)
#define KIND_VAL            unsigned
#define KIND_VAL_OF(n)      (n)
#define KIND_VAL_NO(v)      (v)
#define LOFT_MAP_CMP(a, b)  lie_cmp(a, b)
#define LOFT_MAP_EQ(a, b)   ((a) == (b))
#include "instance.h"
