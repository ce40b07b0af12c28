/* expect: loft/queue/lprq.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#include <loft/queue/lprq.h>

int main(void) { return 0; }
