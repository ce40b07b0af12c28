/* expect: loft/queue/fast.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#include <loft/queue/fast.h>

int main(void) { return 0; }
