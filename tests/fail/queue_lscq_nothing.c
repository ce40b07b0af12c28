/* expect: loft/queue/lscq.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#include <loft/queue/lscq.h>

int main(void) { return 0; }
