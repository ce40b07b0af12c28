/* expect: loft/map/bst_locked.h: define LOFT_MAP_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_MAP_NAME  jobs
#define LOFT_MAP_KEY   int
#define LOFT_MAP_SMR   loft_ebr
#include <loft/map/bst_locked.h>
#include <loft/map/bst_locked.h>                                /* the macros are used up by the first */

int main(void) { return 0; }
