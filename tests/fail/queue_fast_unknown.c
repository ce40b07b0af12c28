/* expect: loft/queue/fast.h: LOFT_QUEUE_FAST must be LOFT_FAST_LPRQ, LOFT_FAST_LCRQ or LOFT_FAST_LSCQ */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_QUEUE_NAME  jobs
#define LOFT_QUEUE_T     int *
#define LOFT_QUEUE_SMR   loft_ebr
#define LOFT_QUEUE_FAST  lcrq
#include <loft/queue/fast.h>

int main(void) { return 0; }
