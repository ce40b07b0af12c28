/* expect: loft/stack/treiber.h: define LOFT_STACK_T (element type) */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_STACK_NAME  jobs
#define LOFT_STACK_SMR   loft_ebr
#include <loft/stack/treiber.h>

int main(void) { return 0; }
