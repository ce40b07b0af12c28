/* expect: loft/stack/treiber.h: define LOFT_STACK_SMR (reclamation scheme, such as loft_ebr) before including */
/* SPDX-License-Identifier: MIT */
#define LOFT_STACK_NAME  jobs
#define LOFT_STACK_T     int
#include <loft/stack/treiber.h>

int main(void) { return 0; }
