/* expect: loft/stack/treiber.h: define LOFT_STACK_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#include <loft/stack/treiber.h>

int main(void) { return 0; }
