/* expect: loft/queue/scq_word.h: LOFT_QUEUE_T must be no wider than a pointer; else take scq.h */
/* SPDX-License-Identifier: MIT */
struct two_words {
    void *a;
    void *b;
};
#define LOFT_QUEUE_NAME  jobs
#define LOFT_QUEUE_T     struct two_words
#include <loft/queue/scq_word.h>

int main(void) { return 0; }
