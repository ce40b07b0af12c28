/* expect: loft/stack/treiber.h: LOFT_STACK_T must be trivially copyable */
/* flags: -std=c++17 */
/* SPDX-License-Identifier: MIT */
#include <string>
#include <loft/smr/ebr.h>
#define LOFT_STACK_NAME  names
#define LOFT_STACK_T     std::string
#define LOFT_STACK_SMR   loft_ebr
#include <loft/stack/treiber.h>

int main(void) { return 0; }
