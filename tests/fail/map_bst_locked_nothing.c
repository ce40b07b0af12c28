/* expect: loft/map/bst_locked.h: define LOFT_MAP_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#include <loft/map/bst_locked.h>

int main(void) { return 0; }
