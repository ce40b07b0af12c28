/* expect: loft/stack/intrusive.h: define LOFT_STACK_LINK (link member of a node) */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>
struct node {
    LOFT_ATOMIC(uintptr_t) link;
};
#define LOFT_STACK_NAME  nodes
#define LOFT_STACK_T     struct node
#include <loft/stack/intrusive.h>

int main(void) { return 0; }
