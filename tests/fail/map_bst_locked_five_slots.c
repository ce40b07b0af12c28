/* expect: loft/map/bst_locked.h: the scheme LOFT_MAP_SMR must have six slots for each thread (S_slots) */
/* SPDX-License-Identifier: MIT */
#define my_smr_smr     1
#define my_smr_region  0
#define my_smr_slots   5
#define LOFT_MAP_NAME  jobs
#define LOFT_MAP_KEY   int
#define LOFT_MAP_SMR   my_smr
#include <loft/map/bst_locked.h>

int main(void) { return 0; }
