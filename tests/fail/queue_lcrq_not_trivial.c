/* expect: loft/queue/lcrq.h: LOFT_QUEUE_T must be trivially copyable */
/* flags: -std=c++17 */
/* SPDX-License-Identifier: MIT */
#include <string>
#include <loft/smr/ebr.h>
#define LOFT_QUEUE_NAME  names
#define LOFT_QUEUE_T     std::string
#define LOFT_QUEUE_SMR   loft_ebr
#include <loft/queue/lcrq.h>

int main(void) { return 0; }
