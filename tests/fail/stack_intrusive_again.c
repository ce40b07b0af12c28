/* expect: loft/stack/intrusive.h: define LOFT_STACK_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>
struct node {
    LOFT_ATOMIC(uintptr_t) link;
};
#define LOFT_STACK_NAME   nodes
#define LOFT_STACK_T      struct node
#define LOFT_STACK_LINK   link
#define LOFT_STACK_ARENA  16
#include <loft/stack/intrusive.h>
#include <loft/stack/intrusive.h>                         /* the macros are used up by the first */

int main(void) { return 0; }
