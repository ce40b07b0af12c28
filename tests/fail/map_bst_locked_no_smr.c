/* expect: loft/map/bst_locked.h: define LOFT_MAP_SMR (scheme of reclamation, such as loft_ebr) */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_MAP_NAME  jobs
#define LOFT_MAP_KEY   int
#include <loft/map/bst_locked.h>

int main(void) { return 0; }
