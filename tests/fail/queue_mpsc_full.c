/* expect: loft/queue/mpsc.h: LOFT_QUEUE_FULL must be LOFT_MPSC_REFUSE, LOFT_MPSC_SPIN or LOFT_MPSC_OVERWRITE */
/* SPDX-License-Identifier: MIT */
#define LOFT_QUEUE_NAME  jobs
#define LOFT_QUEUE_T     int *
#define LOFT_QUEUE_FULL  LOFT_MPSC_OVERWITE
#include <loft/queue/mpsc.h>

int main(void) { return 0; }
