/* expect: loft/queue/scq_word.h: LOFT_QUEUE_T must be trivially copyable */
/* flags: -std=c++17 */
/* SPDX-License-Identifier: MIT */
struct counted {
    int *count;
    counted(const counted &other) : count(other.count) { ++*count; }
};
#define LOFT_QUEUE_NAME  names
#define LOFT_QUEUE_T     counted
#include <loft/queue/scq_word.h>

int main(void) { return 0; }
