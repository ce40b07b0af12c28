/* expect: loft/stack/intrusive.h: this target has no compare-exchange of two words; define LOFT_STACK_ARENA */
/* SPDX-License-Identifier: MIT */
#include <loft/core/dwcas.h>
#undef LOFT_HAVE_DWCAS
#define LOFT_HAVE_DWCAS  0                                /* as core/dwcas.h says of riscv64 */
struct node {
    LOFT_ATOMIC(uintptr_t) link;
};
#define LOFT_STACK_NAME  nodes
#define LOFT_STACK_T     struct node
#define LOFT_STACK_LINK  link
#include <loft/stack/intrusive.h>

int main(void) { return 0; }
