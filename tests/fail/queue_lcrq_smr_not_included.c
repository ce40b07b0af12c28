/* expect: loft/queue/lcrq.h: LOFT_QUEUE_SMR names no reclamation scheme; include its header (loft/smr/) before */
/* SPDX-License-Identifier: MIT */
#define LOFT_QUEUE_NAME  jobs
#define LOFT_QUEUE_T     int *
#define LOFT_QUEUE_SMR   loft_ebr
#include <loft/queue/lcrq.h>

int main(void) { return 0; }
