/* expect: loft/queue/scq_word.h: this target has no compare-exchange of 16 bytes */
/* SPDX-License-Identifier: MIT */
#include <loft/core/dwcas.h>
#undef LOFT_HAVE_DWCAS
#define LOFT_HAVE_DWCAS  0                                /* as core/dwcas.h says of riscv64 */
#define LOFT_QUEUE_NAME  jobs
#define LOFT_QUEUE_T     int *
#include <loft/queue/scq_word.h>

int main(void) { return 0; }
