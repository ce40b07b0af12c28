/* expect: loft/queue/mpsc_list.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#include <loft/queue/mpsc_list.h>

int main(void) { return 0; }
