/* expect: loft/stack/intrusive.h: define LOFT_STACK_T (type of a node) */
/* SPDX-License-Identifier: MIT */
#define LOFT_STACK_NAME  nodes
#define LOFT_STACK_LINK  link
#include <loft/stack/intrusive.h>

int main(void) { return 0; }
