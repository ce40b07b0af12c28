/* expect: loft/queue/blocking.h: define LOFT_QUEUE_ENGINE (prefix of the queue inside) */
/* SPDX-License-Identifier: MIT */
#define LOFT_QUEUE_NAME    jobs
#define LOFT_QUEUE_T       int
#include <loft/queue/blocking.h>

int main(void) { return 0; }
