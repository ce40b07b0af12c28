/* expect: loft/core/order.h: define LOFT_ORDER_SORT_T and LOFT_ORDER_SORT(k) together */
/* SPDX-License-Identifier: MIT */
#define LOFT_ORDER_NAME     by_name
#define LOFT_ORDER_KEY      const char *
#define LOFT_ORDER_SORT(k)  loft_key_str(k)
#include <loft/core/order.h>
