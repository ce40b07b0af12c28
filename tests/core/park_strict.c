/* SPDX-License-Identifier: MIT
 *
 * tests/core/park_strict.c - park.h where the C library shows nothing but ISO C: the clock, a poll, a timed wait and a
 * notify work without a declaration of POSIX.
 *
 * build: c-only
 */
#undef _GNU_SOURCE                                       /* the Makefile's; C++ libraries insist on theirs           */
#undef _REENTRANT                                        /* -pthread's, which shows POSIX of 1995                   */

#include <time.h>
#if defined(CLOCK_MONOTONIC)
#  define SHOWN 1
#else
#  define SHOWN 0
#endif

#include <loft/core/park.h>
#include "tap.h"

int
main(void)
{
    loft_park p;
    if (SHOWN)
        ok_skip("POSIX is hidden", "this C library shows it all the same");
    else
        ok(true, "POSIX is hidden");
    ok_eq(loft_park_init(&p), LOFT_OK, "init");

    const uint64_t before = loft_now();
    struct timespec t;
    ok(timespec_get(&t, TIME_UTC) == TIME_UTC && before != 0 && loft_now() >= before, "there is a clock");
    loft_park_key key = loft_park_prepare(&p);
    ok_eq(loft_park_wait(&p, key, before), LOFT_TIMEOUT, "a poll");
    key = loft_park_prepare(&p);
    const uint64_t deadline = loft_deadline(3000000);
    ok_eq(loft_park_wait(&p, key, deadline), LOFT_TIMEOUT, "a timed wait");
    const uint64_t after = loft_now();
    ok(after >= deadline && after - before < (uint64_t)3600 * 1000000000u, "it lasts some nanoseconds and no hours");
    key = loft_park_prepare(&p);
    loft_park_notify_one(&p);
    ok_eq(loft_park_wait(&p, key, LOFT_FOREVER), LOFT_OK, "a notify");
    ok_eq(loft_park_approx_waiters(&p), 0, "nobody is left");
    loft_park_fini(&p);
    return done();
}
