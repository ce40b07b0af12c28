/* expect: loft/queue/mpsc_list.h: define LOFT_QUEUE_T (type of a node) */
/* SPDX-License-Identifier: MIT */
#define LOFT_QUEUE_NAME  nodes
#define LOFT_QUEUE_LINK  link
#include <loft/queue/mpsc_list.h>

int main(void) { return 0; }
