/* expect: loft/queue/blocking.h: define LOFT_QUEUE_T (element type) */
/* SPDX-License-Identifier: MIT */
#define LOFT_QUEUE_NAME    ring
#define LOFT_QUEUE_T       int
#include <loft/queue/scq.h>
#define LOFT_QUEUE_NAME    jobs
#define LOFT_QUEUE_ENGINE  ring
#include <loft/queue/blocking.h>

int main(void) { return 0; }
