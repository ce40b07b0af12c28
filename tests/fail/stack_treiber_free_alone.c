/* expect: loft/stack/treiber.h: define LOFT_STACK_ALLOC and LOFT_STACK_FREE together */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <loft/smr/ebr.h>
#define LOFT_STACK_NAME                    jobs
#define LOFT_STACK_T                       int
#define LOFT_STACK_SMR                     loft_ebr
#define LOFT_STACK_FREE(ptr, align, size)  free(ptr)
#include <loft/stack/treiber.h>

int main(void) { return 0; }
