/* expect: loft/stack/treiber.h: LOFT_STACK_T is aligned to more than malloc gives; define LOFT_STACK_ALLOC */
/* flags: -std=c11 */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
struct wide {
    _Alignas(64) char bytes[64];
};
#define LOFT_STACK_NAME  jobs
#define LOFT_STACK_T     struct wide
#define LOFT_STACK_SMR   loft_ebr
#include <loft/stack/treiber.h>

int main(void) { return 0; }
