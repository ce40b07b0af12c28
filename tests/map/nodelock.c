/* SPDX-License-Identifier: MIT
 *
 * tests/map/nodelock.c - map/nodelock.h: one at a time has the lock, what is done under it is seen by the next one, the
 * rest of the word stays, and who waits gives way.
 */
#include "guard.h"

#include <loft/core/base.h>

static unsigned long pauses;
static unsigned long yields;
static int counting;
static void look_up(void);
#define LOFT_PAUSE()  (counting ? (void)pauses++ : loft_pause())
#define LOFT_YIELD()  (counting ? look_up() : loft_yield())

#include <loft/map/nodelock.h>

#include "tap.h"

#define LOCK  ((uintptr_t)2)
#define GONE  ((uintptr_t)1)

static LOFT_ATOMIC(uintptr_t) word;

/* Whoever has the lock gives it back when the waiting thread yields for the third time. */
static void
look_up(void)
{
    if (++yields == 3)
        loft_store(&word, (uintptr_t)64, release);       /* look_up:A release -> main:A: nothing is done with it */
}

enum { THREADS = 4 };
static unsigned long count;                              /* under the lock                                     */
static unsigned long long rounds;

static void
add(void *arg, int id)
{
    (void)arg;
    (void)id;
    for (unsigned long long i = 0; i < rounds; i++) {
        uintptr_t w;
        while (!loft_nodelock_try(&word, LOCK, GONE, &w))
            loft_nodelock_wait(&word, LOCK);
        count++;
        loft_store(&word, w + 8u, release);              /* add:A release -> nodelock/try:B: the count */
    }
}

int
main(void)
{
    uintptr_t w = 0;
    watchdog("map/nodelock");
    loft_store(&word, (uintptr_t)64, relaxed);           /* main:B relaxed: one thread */
    ok(loft_nodelock_try(&word, LOCK, GONE, &w) && w == 64, "a free lock is taken; the word as it was");
    ok(loft_load(&word, relaxed) == (64 | LOCK), "the rest of the word stays");   /* main:C relaxed: one thread */
    ok(!loft_nodelock_try(&word, LOCK, GONE, &w) && w == (64 | LOCK), "what is taken is refused, and it says so");
    counting = 1;
    loft_nodelock_wait(&word, LOCK);
    counting = 0;
    ok(yields == 3 && pauses == 31, "who waits pauses 31 times, then yields until it is free");
    w = loft_load(&word, acquire);                       /* main:A acquire <- look_up:A: nothing is done with it */
    ok(w == 64, "and no longer");
    counting = 1;
    loft_nodelock_wait(&word, LOCK);
    counting = 0;
    ok(yields == 3 && pauses == 31, "not at all where it is free");
    loft_store(&word, (uintptr_t)64 | GONE, relaxed);    /* main:D relaxed: one thread */
    ok(!loft_nodelock_try(&word, LOCK, GONE, &w) && w == (64 | GONE), "nobody takes that of what is gone");
    loft_nodelock_wait(&word, LOCK);

    rounds = scaled(200000) / THREADS;
    loft_store(&word, (uintptr_t)0, relaxed);            /* main:E relaxed: one thread */
    run_threads(THREADS, add, NULL);
    ok_eq(count, rounds * THREADS, "more threads than processors: one at a time");
    ok_eq(loft_load(&word, relaxed), rounds * THREADS * 8u, "and none of their stores is lost");   /* main:F relaxed:
                                                                                                       one thread */
    return done();
}
