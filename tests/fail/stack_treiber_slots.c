/* expect: loft/stack/treiber.h: LOFT_STACK_ELIMINATION must be 0 to 64 slots */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_STACK_NAME         jobs
#define LOFT_STACK_T            int
#define LOFT_STACK_SMR          loft_ebr
#define LOFT_STACK_ELIMINATION  65
#include <loft/stack/treiber.h>

int main(void) { return 0; }
