/* expect: loft/queue/prq_ring.h: LOFT_PRQ_TRIES (failures of a push) must be at least 1 */
/* flags: -Wconversion -Werror */
/* SPDX-License-Identifier: MIT */
#define LOFT_PRQ_TRIES  0
#include <loft/queue/prq_ring.h>

int main(void) { return 0; }
