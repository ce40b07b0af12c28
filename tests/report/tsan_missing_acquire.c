/* expect: data race */
/* SPDX-License-Identifier: MIT
 *
 * tests/report/tsan_missing_acquire.c - the other half: the flag is released but read relaxed, so nothing orders the
 * payload after it.
 */
#include <pthread.h>
#include <stdio.h>

#include <loft/core/atomics.h>

static LOFT_ATOMIC(int) ready;
static int payload;

static void *
consumer(void *unused)
{
    (void)unused;
    while (!loft_load(&ready, relaxed)) {
    }
    printf("%d\n", payload);
    return NULL;
}

int
main(void)
{
    pthread_t t;
    loft_init(&ready, 0);
    if (pthread_create(&t, NULL, consumer, NULL) != 0)
        return 0;
    payload = 42;
    loft_store(&ready, 1, release);
    pthread_join(t, NULL);
    return 0;
}
