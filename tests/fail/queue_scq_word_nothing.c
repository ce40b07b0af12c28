/* expect: loft/queue/scq_word.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) */
/* SPDX-License-Identifier: MIT */
#include <loft/queue/scq_word.h>

int main(void) { return 0; }
