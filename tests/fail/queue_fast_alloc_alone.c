/* expect: loft/queue/fast.h: define LOFT_QUEUE_ALLOC and LOFT_QUEUE_FREE together */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <loft/smr/ebr.h>
#define LOFT_QUEUE_NAME  jobs
#define LOFT_QUEUE_T     int *
#define LOFT_QUEUE_SMR   loft_ebr
#define LOFT_QUEUE_ALLOC(align, size) malloc(size)
#include <loft/queue/fast.h>

int main(void) { return 0; }
