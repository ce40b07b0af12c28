/* expect: loft/map/skiplist_locked.h: LOFT_MAP_P_LOG2 (one node of 2^this is on the next level) must be from 1 to 8 */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_MAP_NAME    jobs
#define LOFT_MAP_KEY     int
#define LOFT_MAP_SMR     loft_ebr
#define LOFT_MAP_P_LOG2  0
#include <loft/map/skiplist_locked.h>

int main(void) { return 0; }
