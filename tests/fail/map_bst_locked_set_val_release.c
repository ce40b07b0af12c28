/* expect: loft/map/bst_locked.h: LOFT_MAP_EQ, LOFT_MAP_VAL_RETAIN and LOFT_MAP_VAL_RELEASE need LOFT_MAP_VAL */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_MAP_NAME             jobs
#define LOFT_MAP_KEY              int
#define LOFT_MAP_SMR              loft_ebr
#define LOFT_MAP_VAL_RELEASE(x)   ((void)(x))
#include <loft/map/bst_locked.h>

int main(void) { return 0; }
