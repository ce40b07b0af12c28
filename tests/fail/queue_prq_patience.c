/* expect: loft/queue/prq_ring.h: LOFT_PRQ_PATIENCE (looks that a pop gives to a push) must be at least 0 */
/* flags: -Wconversion -Werror */
/* SPDX-License-Identifier: MIT */
#define LOFT_PRQ_PATIENCE  (-1)
#include <loft/queue/prq_ring.h>

int main(void) { return 0; }
