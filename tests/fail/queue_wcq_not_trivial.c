/* expect: loft/queue/wcq.h: LOFT_QUEUE_T must be trivially copyable */
/* flags: -std=c++17 */
/* SPDX-License-Identifier: MIT */
#include <string>
#define LOFT_QUEUE_NAME  names
#define LOFT_QUEUE_T     std::string
#include <loft/queue/wcq.h>

int main(void) { return 0; }
