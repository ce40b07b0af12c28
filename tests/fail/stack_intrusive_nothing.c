/* expect: loft/stack/intrusive.h: define LOFT_STACK_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#include <loft/stack/intrusive.h>

int main(void) { return 0; }
