/* expect: loft/queue/spsc_word.h: LOFT_QUEUE_T must be a pointer or integer no wider than a pointer */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
struct wide { uintptr_t first, second; };
#define LOFT_QUEUE_NAME  wides
#define LOFT_QUEUE_T     struct wide
#include <loft/queue/spsc_word.h>

int main(void) { return 0; }
