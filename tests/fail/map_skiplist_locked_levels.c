/* expect: loft/map/skiplist_locked.h: LOFT_MAP_LEVELS (how many levels there may be) must be from 1 to 64 */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_MAP_NAME    jobs
#define LOFT_MAP_KEY     int
#define LOFT_MAP_SMR     loft_ebr
#define LOFT_MAP_LEVELS  65
#include <loft/map/skiplist_locked.h>

int main(void) { return 0; }
