/* expect: loft/queue/wcq.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#define LOFT_QUEUE_T  int *
#include <loft/queue/wcq.h>

int main(void) { return 0; }
