/* expect: loft/queue/scq_word.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#define LOFT_QUEUE_NAME  jobs
#define LOFT_QUEUE_T     int *
#include <loft/queue/scq_word.h>
#include <loft/queue/scq_word.h>                               /* the macros are used up by the first */

int main(void) { return 0; }
