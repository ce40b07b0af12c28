/* expect: loft/core/order.h: define LOFT_ORDER_NAME (prefix of the generated type and functions) before including */
/* SPDX-License-Identifier: MIT */
#define LOFT_ORDER_KEY        int
#define LOFT_ORDER_CMP(a, b)  loft_cmp_int(a, b)
#include <loft/core/order.h>
