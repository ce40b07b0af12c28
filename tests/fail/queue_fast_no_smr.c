/* expect: loft/queue/fast.h: define LOFT_QUEUE_SMR (reclamation scheme, such as loft_ebr) before including */
/* SPDX-License-Identifier: MIT */
#define LOFT_QUEUE_NAME  jobs
#define LOFT_QUEUE_T     int *
#include <loft/queue/fast.h>

int main(void) { return 0; }
