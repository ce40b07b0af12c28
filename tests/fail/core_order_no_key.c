/* expect: loft/core/order.h: define LOFT_ORDER_KEY (key type) before including */
/* SPDX-License-Identifier: MIT */
#define LOFT_ORDER_NAME       by_id
#define LOFT_ORDER_CMP(a, b)  loft_cmp_int(a, b)
#include <loft/core/order.h>
