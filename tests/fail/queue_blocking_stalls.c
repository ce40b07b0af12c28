/* expect: needs_LOFT_QUEUE_STALLS */
/* SPDX-License-Identifier: MIT */
#define LOFT_QUEUE_NAME    ring
#define LOFT_QUEUE_T       int *
#include <loft/queue/mpsc.h>
#define LOFT_QUEUE_NAME    jobs
#define LOFT_QUEUE_T       int *
#define LOFT_QUEUE_ENGINE  ring
#include <loft/queue/blocking.h>

int main(void) { return 0; }
