/* expect: loft/queue/lcrq.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_QUEUE_T     int *
#define LOFT_QUEUE_SMR   loft_ebr
#include <loft/queue/lcrq.h>

int main(void) { return 0; }
