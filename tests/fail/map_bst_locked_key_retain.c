/* expect: loft/map/bst_locked.h: LOFT_MAP_KEY_RETAIN needs LOFT_MAP_KEY_RELEASE */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_MAP_NAME             jobs
#define LOFT_MAP_KEY              int
#define LOFT_MAP_SMR              loft_ebr
#define LOFT_MAP_KEY_RETAIN(x)    ((void)(x))
#include <loft/map/bst_locked.h>

int main(void) { return 0; }
