/* expect: detected memory leaks */
/* SPDX-License-Identifier: MIT
 *
 * tests/report/asan_leak.c - queues that are never given back. Several, because the words of the last one may still lie
 * on the stack when the program ends.
 */
#define LOFT_QUEUE_NAME jobs
#define LOFT_QUEUE_T    int
#include <loft/queue/spsc.h>

int
main(void)
{
    for (int i = 0; i < 10; i++) {
        jobs q;
        if (jobs_init(&q, 100) != LOFT_OK || !jobs_try_push(&q, i))
            return 0;
    }
    return 0;
}
