/* expect: loft/map/bounded.h: define LOFT_MAP_ENGINE (prefix of the map or set inside) */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_MAP_NAME  jobs
#include <loft/map/bounded.h>

int main(void) { return 0; }
