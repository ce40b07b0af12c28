/* SPDX-License-Identifier: MIT
 *
 * tests/guard.h - a watchdog for programs that might never end, and death in a child process.
 */
#ifndef LOFT_TESTS_GUARD_H
#define LOFT_TESTS_GUARD_H

#include "threads.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *watchdog_what_ = "";

TEST_UNUSED_ static void
watchdog_bark_(int sig)
{
    static const char text[] = "not ok - still running: ";
    (void)sig;
    if (write(1, text, sizeof text - 1) >= 0 && write(1, watchdog_what_, strlen(watchdog_what_)) >= 0
        && write(1, "\n", 1) >= 0)
        _exit(1);
    _exit(2);
}

/* A structure that loses its way makes its users wait, or go round, for ever: end the program with a failed test
 * instead, a little before those who run the tests would end it (LIMIT) without knowing why. */
TEST_UNUSED_ static void
watchdog(const char *what)
{
    const char *limit = getenv("LIMIT");
    const long seconds = limit ? strtol(limit, NULL, 10) : 120;
    watchdog_what_ = what;
    signal(SIGALRM, watchdog_bark_);
    alarm((unsigned)(seconds > 20 && seconds < 100000 ? seconds - 10 : 110));
}

/* true: body(arg), run in a child process, ended by abort(), as a failed assertion does. */
TEST_UNUSED_ static bool
aborts(void (*body)(void *), void *arg)
{
    int status = 0;
    fflush(stdout);
    fflush(stderr);
    const pid_t child = fork();
    if (child == 0) {
        struct rlimit none;
        none.rlim_cur = 0;
        none.rlim_max = 0;
        setrlimit(RLIMIT_CORE, &none);
        if (!freopen("/dev/null", "w", stderr))
            _exit(3);
        body(arg);
        _exit(0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif /* LOFT_TESTS_GUARD_H */
