/* expect: loft/map/bst.h: define LOFT_MAP_KEY (key type) */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_MAP_NAME  jobs
#define LOFT_MAP_SMR   loft_ebr
#include <loft/map/bst.h>

int main(void) { return 0; }
