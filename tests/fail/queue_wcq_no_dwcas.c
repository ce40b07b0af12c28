/* expect: loft/queue/wcq.h: this target has no compare-exchange of 16 bytes */
/* SPDX-License-Identifier: MIT */
#include <loft/core/dwcas.h>
#undef LOFT_HAVE_DWCAS
#define LOFT_HAVE_DWCAS  0                                /* as core/dwcas.h says of riscv64 */
#define LOFT_QUEUE_NAME  jobs
#define LOFT_QUEUE_T     struct job
#include <loft/queue/wcq.h>

int main(void) { return 0; }
