/* expect: loft/queue/lcrq.h: this target has no compare-exchange of 16 bytes */
/* SPDX-License-Identifier: MIT */
#include <loft/core/dwcas.h>
#undef LOFT_HAVE_DWCAS
#define LOFT_HAVE_DWCAS  0                                /* as core/dwcas.h says of riscv64 */
#include <loft/smr/ebr.h>
#define LOFT_QUEUE_NAME  jobs
#define LOFT_QUEUE_T     int *
#define LOFT_QUEUE_SMR   loft_ebr
#include <loft/queue/lcrq.h>

int main(void) { return 0; }
