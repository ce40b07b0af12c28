/* expect: loft/queue/crq_ring.h: LOFT_CRQ_PATIENCE (looks that a pop gives to a push) must be at least 0 */
/* flags: -Wconversion -Werror */
/* SPDX-License-Identifier: MIT */
#define LOFT_CRQ_PATIENCE  (-1)
#include <loft/queue/crq_ring.h>

int main(void) { return 0; }
