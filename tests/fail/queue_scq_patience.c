/* expect: loft/queue/scq_ring.h: LOFT_SCQ_PATIENCE (looks that a pop gives to a push) must be at least 0 */
/* flags: -Wconversion -Werror */
/* SPDX-License-Identifier: MIT */
#define LOFT_SCQ_PATIENCE  (-1)
#include <loft/queue/scq_ring.h>

int main(void) { return 0; }
