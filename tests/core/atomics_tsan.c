/* SPDX-License-Identifier: MIT
 *
 * tests/core/atomics_tsan.c - what ThreadSanitizer is told: a message passed without its release or without its acquire
 * is reported as a race, also where the edge rides on fences, and one that is passed rightly is not.
 *
 * build: also tsan -fsanitize=thread
 * build: not asan ubsan cross
 *
 * Built without the sanitizer it has nothing to ask. Built with it, the program runs itself once for each way to pass
 * the message, and looks at how that ended.
 */
#include "threads.h"

#if defined(__cplusplus)
#  include <atomic>
static std::memory_order weakened(std::memory_order order, int line);
#else
#  include <stdatomic.h>
static memory_order weakened(memory_order order, int line);
#endif
#define LOFT_SITE(mo) weakened((mo), __LINE__)

#include <loft/core/atomics.h>
#include "tap.h"

#include <sys/wait.h>
#include <unistd.h>

static int weak_line;                                    /* the site that is weakened to relaxed, or 0              */

static loft_order
weakened(loft_order order, int line)
{
#if defined(__cplusplus)
    return line == weak_line ? std::memory_order_relaxed : order;
#else
    return line == weak_line ? memory_order_relaxed : order;
#endif
}

/* ---- the ways to pass a message ---------------------------------------------------------------------------------- */

static LOFT_ATOMIC(unsigned) flag;
static LOFT_ATOMIC(unsigned) elsewhere;
static unsigned message;

/* What sends and what receives; a release and an acquire, or less. */
enum { RIGHT, NO_RELEASE, NO_ACQUIRE, FENCES, NO_RELEASE_FENCE, NO_ACQUIRE_FENCE, OTHER_WORD, BY_CAS, BY_ADD, SITE,
       SITE_FENCE };

static void
send(int how)
{
    message = 42;
    switch (how) {
    case NO_RELEASE:
        loft_store(&flag, 1u, relaxed);
        break;
    case FENCES:
    case NO_ACQUIRE_FENCE:
        loft_fence_for(release, &flag);
        loft_store(&flag, 1u, relaxed);
        break;
    case NO_RELEASE_FENCE:
        loft_store(&flag, 1u, relaxed);
        break;
    case OTHER_WORD:                                     /* the edge was declared for a word that carries nothing    */
        loft_fence_for(release, &elsewhere);
        loft_store(&flag, 1u, relaxed);
        break;
    case BY_CAS: {
        unsigned e = 0;
        loft_cas_strong(&flag, &e, 1u, acq_rel, acquire);
        break;
    }
    case BY_ADD:
        loft_fetch_add(&flag, 1u, release);
        break;
    case SITE:
        weak_line = __LINE__ + 1;
        loft_store(&flag, 1u, release);
        break;
    case SITE_FENCE:
        weak_line = __LINE__ + 1;
        loft_fence_for(release, &flag);
        loft_store(&flag, 1u, relaxed);
        break;
    default:
        loft_store(&flag, 1u, release);
        break;
    }
}

static unsigned
receive(int how)
{
    switch (how) {
    case NO_ACQUIRE:
        while (loft_load(&flag, relaxed) == 0)
            sched_yield();
        break;
    case FENCES:
    case NO_RELEASE_FENCE:
    case OTHER_WORD:
        while (loft_load(&flag, relaxed) == 0)
            sched_yield();
        loft_fence_for(acquire, &flag);
        break;
    case NO_ACQUIRE_FENCE:
        while (loft_load(&flag, relaxed) == 0)
            sched_yield();
        break;
    default:
        while (loft_load(&flag, acquire) == 0)
            sched_yield();
        break;
    }
    return message;
}

static void
both(void *how, int id)
{
    if (id == 0)
        send(*(int *)how);
    else if (receive(*(int *)how) != 42)
        abort();
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

#define REPORTED 66
#define ASKED    20                                      /* one look can miss a race: the sanitizer forgets accesses */

static int
ask(int how)
{
    char digit[2] = { (char)('a' + how), '\0' };
    char name[] = "atomics_tsan";
    char *const args[] = { name, digit, NULL };
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        setenv("TSAN_OPTIONS", "exitcode=66 abort_on_error=0 halt_on_error=0 report_bugs=1", 1);
        if (freopen("/dev/null", "w", stderr) && freopen("/dev/null", "w", stdout))
            execv("/proc/self/exe", args);
        _exit(3);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A report in one of several runs is a report; none is none only if no run has one. */
static int
ask_often(int how)
{
    int end = 0;
    for (int i = 0; i < ASKED && end == 0; i++)
        end = ask(how);
    return end;
}

int
main(int argc, char **argv)
{
    if (argc == 2) {
        int how = argv[1][0] - 'a';
        run_threads(2, both, &how);
        return 0;
    }
    static const struct {
        int how;
        int end;
        const char *what;
    } cases[] = {
        { RIGHT, 0, "release and acquire: no report" },
        { BY_CAS, 0, "released by a compare-exchange: no report" },
        { BY_ADD, 0, "released by a fetch_add: no report" },
        { FENCES, 0, "fences with loft_fence_for: no report" },
        { NO_RELEASE, REPORTED, "the release is missing: reported" },
        { NO_ACQUIRE, REPORTED, "the acquire is missing: reported" },
        { NO_RELEASE_FENCE, REPORTED, "the release fence is missing: reported" },
        { NO_ACQUIRE_FENCE, REPORTED, "the acquire fence is missing: reported" },
        { OTHER_WORD, REPORTED, "the release fence names another word: reported, no edge is invented" },
        { SITE, REPORTED, "LOFT_SITE weakened the release: reported" },
        { SITE_FENCE, REPORTED, "LOFT_SITE weakened the release fence: reported" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (!LOFT_TSAN)
            ok_skip(cases[i].what, "built without ThreadSanitizer");
        else
            ok_eq(ask_often(cases[i].how), cases[i].end, cases[i].what);
    }
    return done();
}
