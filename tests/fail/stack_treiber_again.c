/* expect: loft/stack/treiber.h: define LOFT_STACK_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_STACK_NAME  jobs
#define LOFT_STACK_T     int
#define LOFT_STACK_SMR   loft_ebr
#include <loft/stack/treiber.h>
#include <loft/stack/treiber.h>                           /* the macros are used up by the first */

int main(void) { return 0; }
