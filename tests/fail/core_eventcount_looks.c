/* expect: loft/core/eventcount.h: LOFT_EVENTCOUNT_LOOKS must be 0 to 12 */
/* SPDX-License-Identifier: MIT */
#define LOFT_EVENTCOUNT_LOOKS  13
#include <loft/core/eventcount.h>

int main(void) { return 0; }
