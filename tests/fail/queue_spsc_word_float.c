/* expect: loft/queue/spsc_word.h: LOFT_QUEUE_T must be a pointer or integer no wider than a pointer */
/* SPDX-License-Identifier: MIT */
#define LOFT_QUEUE_NAME  floats
#define LOFT_QUEUE_T     float
#include <loft/queue/spsc_word.h>

/* -0.0 would compare equal to the mark of a vacant slot. */

int main(void) { return 0; }
