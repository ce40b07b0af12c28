/* expect: detected memory leaks */
/* SPDX-License-Identifier: MIT
 *
 * tests/report/asan_leak.c - a queue that is never given back.
 */
#define LOFT_QUEUE_NAME jobs
#define LOFT_QUEUE_T    int
#include <loft/queue/spsc.h>

static bool
lose_one(void)
{
    jobs q;
    return jobs_init(&q, 100) == LOFT_OK && jobs_try_push(&q, 1);
}

int
main(void)
{
    return !lose_one();
}
