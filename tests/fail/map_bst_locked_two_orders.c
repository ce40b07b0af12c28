/* expect: loft/map/bst_locked.h: LOFT_MAP_CMP and LOFT_MAP_OBJECT both say how keys compare; define one of them */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_MAP_NAME       jobs
#define LOFT_MAP_KEY        int
#define LOFT_MAP_CMP(a, b)  loft_cmp_int(a, b)
#define LOFT_MAP_OBJECT
#define LOFT_MAP_SMR        loft_ebr
#include <loft/map/bst_locked.h>

int main(void) { return 0; }
