/* expect: loft/core/order.h: LOFT_ORDER_SORT_CMP needs LOFT_ORDER_SORT_T and LOFT_ORDER_SORT(k) */
/* SPDX-License-Identifier: MIT */
#define LOFT_ORDER_NAME            by_name
#define LOFT_ORDER_KEY             const char *
#define LOFT_ORDER_CMP(a, b)       loft_cmp_str(a, b)
#define LOFT_ORDER_SORT_CMP(a, b)  loft_cmp_u64(a, b)
#include <loft/core/order.h>
