/* expect: loft/stack/intrusive.h: LOFT_STACK_ARENA must be 4 to 32 bits, and leave 8 for the tag */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>
struct node {
    LOFT_ATOMIC(uintptr_t) link;
};
#define LOFT_STACK_NAME   nodes
#define LOFT_STACK_T      struct node
#define LOFT_STACK_LINK   link
#define LOFT_STACK_ARENA  33
#include <loft/stack/intrusive.h>

int main(void) { return 0; }
