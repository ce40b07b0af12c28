/* expect: loft/queue/lcrq.h: LOFT_QUEUE_SEGMENT must be a power of two from 2 to 65536 */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_QUEUE_NAME  jobs
#define LOFT_QUEUE_T     int *
#define LOFT_QUEUE_SMR   loft_ebr
#define LOFT_QUEUE_SEGMENT  131072
#include <loft/queue/lcrq.h>

int main(void) { return 0; }
