/* expect: loft/map/bst_locked.h: define LOFT_MAP_KEY (key type) */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_MAP_NAME  jobs
#define LOFT_MAP_SMR   loft_ebr
#include <loft/map/bst_locked.h>

int main(void) { return 0; }
