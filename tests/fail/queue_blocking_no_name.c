/* expect: loft/queue/blocking.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#define LOFT_QUEUE_NAME    ring
#define LOFT_QUEUE_T       int
#include <loft/queue/scq.h>
#define LOFT_QUEUE_T       int
#define LOFT_QUEUE_ENGINE  ring
#include <loft/queue/blocking.h>

int main(void) { return 0; }
