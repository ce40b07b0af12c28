/* expect: loft/stack/treiber.h: LOFT_STACK_SMR names no reclamation scheme; include its header (loft/smr/) before */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
#define LOFT_STACK_NAME  jobs
#define LOFT_STACK_T     int
#define LOFT_STACK_SMR   loft_epoch_thread
#include <loft/stack/treiber.h>

int main(void) { return 0; }
