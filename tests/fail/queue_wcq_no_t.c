/* expect: loft/queue/wcq.h: define LOFT_QUEUE_T (element type) */
/* SPDX-License-Identifier: MIT */
#define LOFT_QUEUE_NAME  jobs
#include <loft/queue/wcq.h>

int main(void) { return 0; }
