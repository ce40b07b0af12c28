/* expect: loft/map/frozen.h: LOFT_MAP_EQ, LOFT_MAP_VAL_RETAIN and LOFT_MAP_VAL_RELEASE need LOFT_MAP_VAL */
/* SPDX-License-Identifier: MIT */
#define LOFT_MAP_NAME      jobs
#define LOFT_MAP_KEY       int
#define LOFT_MAP_EQ(a, b)  ((a) == (b))
#include <loft/map/frozen.h>

int main(void) { return 0; }
