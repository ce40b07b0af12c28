/* expect: loft/map/frozen.h: define LOFT_MAP_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#define LOFT_MAP_NAME  jobs
#define LOFT_MAP_KEY   int
#include <loft/map/frozen.h>
#include <loft/map/frozen.h>                              /* the macros are used up by the first */

int main(void) { return 0; }
