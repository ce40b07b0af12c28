/* expect: loft/core/order.h: define LOFT_ORDER_CMP(a, b), LOFT_ORDER_OBJECT or LOFT_ORDER_SORT(k) before including */
/* SPDX-License-Identifier: MIT */
#define LOFT_ORDER_NAME  by_id
#define LOFT_ORDER_KEY   int
#include <loft/core/order.h>
