/* expect: data race */
/* SPDX-License-Identifier: MIT
 *
 * tests/report/tsan_relaxed_publish.c - a payload handed over by a relaxed flag: ThreadSanitizer must see the missing
 * release. It shows that the door adds no edge that the code does not ask for.
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
    while (!loft_load(&ready, acquire)) {
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
    loft_store(&ready, 1, relaxed);
    pthread_join(t, NULL);
    return 0;
}
