/* expect: loft/queue/wcq.h: define LOFT_QUEUE_ALLOC and LOFT_QUEUE_FREE together */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#define LOFT_QUEUE_NAME               jobs
#define LOFT_QUEUE_T                  int *
#define LOFT_QUEUE_ALLOC(align, size) malloc(size)
#include <loft/queue/wcq.h>

int main(void) { return 0; }
