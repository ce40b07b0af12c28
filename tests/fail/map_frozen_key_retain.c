/* expect: loft/map/frozen.h: LOFT_MAP_KEY_RETAIN needs LOFT_MAP_KEY_RELEASE */
/* SPDX-License-Identifier: MIT */
#define LOFT_MAP_NAME           jobs
#define LOFT_MAP_KEY            int
#define LOFT_MAP_KEY_RETAIN(x)  ((void)(x))
#include <loft/map/frozen.h>

int main(void) { return 0; }
