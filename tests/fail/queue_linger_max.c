/* expect: loft/queue/linger.h: LOFT_LINGER_MAX must be at least 0 and at most 4096 */
/* flags: -Wconversion -Werror */
/* SPDX-License-Identifier: MIT */
#define LOFT_LINGER_MAX  4097
#include <loft/queue/linger.h>

int main(void) { return 0; }
