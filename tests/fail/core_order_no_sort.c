/* expect: loft/core/order.h: define LOFT_ORDER_SORT_T and LOFT_ORDER_SORT(k) together */
/* SPDX-License-Identifier: MIT */
#define LOFT_ORDER_NAME       by_name
#define LOFT_ORDER_KEY        const char *
#define LOFT_ORDER_SORT_T     uint64_t
#define LOFT_ORDER_CMP(a, b)  loft_cmp_str(a, b)
#include <loft/core/order.h>
