/* expect: loft/queue/mpsc_list.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>
struct node {
    LOFT_ATOMIC(uintptr_t) link;
};
#define LOFT_QUEUE_NAME  nodes
#define LOFT_QUEUE_T     struct node
#define LOFT_QUEUE_LINK  link
#include <loft/queue/mpsc_list.h>
#include <loft/queue/mpsc_list.h>                         /* the macros are used up by the first */

int main(void) { return 0; }
