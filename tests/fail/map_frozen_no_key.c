/* expect: loft/map/frozen.h: define LOFT_MAP_KEY (key type) */
/* SPDX-License-Identifier: MIT */
#define LOFT_MAP_NAME  jobs
#include <loft/map/frozen.h>

int main(void) { return 0; }
