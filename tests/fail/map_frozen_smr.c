/* expect: loft/map/frozen.h: LOFT_MAP_SMR is for maps that change; nothing is reclaimed here */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_MAP_NAME  jobs
#define LOFT_MAP_KEY   int
#define LOFT_MAP_SMR   loft_ebr
#include <loft/map/frozen.h>

int main(void) { return 0; }
