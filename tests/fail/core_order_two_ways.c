/* expect: loft/core/order.h: LOFT_ORDER_CMP and LOFT_ORDER_OBJECT both compare the keys; define one of them */
/* SPDX-License-Identifier: MIT */
#define LOFT_ORDER_NAME       by_id
#define LOFT_ORDER_KEY        int
#define LOFT_ORDER_CMP(a, b)  loft_cmp_int(a, b)
#define LOFT_ORDER_OBJECT
#include <loft/core/order.h>
