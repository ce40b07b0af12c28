/* expect: loft/queue/fast.h: LOFT_QUEUE_SMR names no reclamation scheme; include its header (loft/smr/) before */
/* SPDX-License-Identifier: MIT */
#define LOFT_QUEUE_NAME  jobs
#define LOFT_QUEUE_T     int *
#define LOFT_QUEUE_SMR   loft_ebr
#include <loft/queue/fast.h>

int main(void) { return 0; }
