/* expect: loft/map/frozen.h: LOFT_MAP_VAL_RETAIN needs LOFT_MAP_VAL_RELEASE */
/* SPDX-License-Identifier: MIT */
#define LOFT_MAP_NAME           jobs
#define LOFT_MAP_KEY            int
#define LOFT_MAP_VAL            int
#define LOFT_MAP_VAL_RETAIN(x)  ((void)(x))
#include <loft/map/frozen.h>

int main(void) { return 0; }
