/* expect: loft/queue/fast.h: define LOFT_QUEUE_T (element type) */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_QUEUE_NAME  jobs
#define LOFT_QUEUE_SMR   loft_ebr
#include <loft/queue/fast.h>

int main(void) { return 0; }
