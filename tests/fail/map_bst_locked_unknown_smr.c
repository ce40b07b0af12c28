/* expect: loft/map/bst_locked.h: LOFT_MAP_SMR names no scheme known here */
/* SPDX-License-Identifier: MIT */
#define LOFT_MAP_NAME  jobs
#define LOFT_MAP_KEY   int
#define LOFT_MAP_SMR   loft_ebr                            /* whose header is not here */
#include <loft/map/bst_locked.h>

int main(void) { return 0; }
