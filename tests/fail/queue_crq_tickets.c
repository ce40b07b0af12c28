/* expect: loft/queue/crq_ring.h: LOFT_CRQ_TICKETS (tickets a push may lose) must be at least 1 */
/* flags: -Wconversion -Werror */
/* SPDX-License-Identifier: MIT */
#define LOFT_CRQ_TICKETS  0
#include <loft/queue/crq_ring.h>

int main(void) { return 0; }
