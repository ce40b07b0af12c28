/* expect: loft/core/eventcount.h: LOFT_EVENTCOUNT_RENT must be 1 to 2^30 */
/* SPDX-License-Identifier: MIT */
#define LOFT_EVENTCOUNT_RENT  0
#include <loft/core/eventcount.h>

int main(void) { return 0; }
