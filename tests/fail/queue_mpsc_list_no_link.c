/* expect: loft/queue/mpsc_list.h: define LOFT_QUEUE_LINK (link member of a node) */
/* SPDX-License-Identifier: MIT */
#include <loft/core/atomics.h>
struct node {
    LOFT_ATOMIC(uintptr_t) link;
};
#define LOFT_QUEUE_NAME  nodes
#define LOFT_QUEUE_T     struct node
#include <loft/queue/mpsc_list.h>

int main(void) { return 0; }
