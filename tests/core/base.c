/* SPDX-License-Identifier: MIT
 *
 * tests/core/base.c - base.h: the version, what the compiler is, names, status codes, separation, assertions.
 *
 * Included again by base_ndebug.c, base_debug0.c and base_cacheline.c, which define the parameters of base.h otherwise.
 * Whether an assertion stops the program is asked of a child process.
 */
#include <loft/core/base.h>
#include <loft/core/base.h>
#include "tap.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if !defined(EXPECT_DEBUG)
#  define EXPECT_DEBUG  1                                /* failed assertions stop the program                       */
#endif
#if !defined(EXPECT_CACHELINE)
#  if defined(__s390x__)
#    define EXPECT_CACHELINE  256
#  elif defined(__x86_64__) || defined(__aarch64__) || defined(__powerpc64__)
#    define EXPECT_CACHELINE  128
#  else
#    define EXPECT_CACHELINE  64
#  endif
#endif

/* ---- version and language ---------------------------------------------------------------------------------------- */

#if LOFT_VERSION < LOFT_VERSION_NUM(0, 1, 0) || LOFT_VERSION >= LOFT_VERSION_NUM(100, 0, 0)
#  error "LOFT_VERSION is no number to compare with"
#endif

static void
test_version(void)
{
    ok_eq(LOFT_VERSION, LOFT_VERSION_MAJOR * 10000 + LOFT_VERSION_MINOR * 100 + LOFT_VERSION_PATCH,
          "LOFT_VERSION is made of its parts");
    ok_str(LOFT_STR(LOFT_VERSION_MAJOR) "." LOFT_STR(LOFT_VERSION_MINOR) "." LOFT_STR(LOFT_VERSION_PATCH),
           LOFT_VERSION_STRING, "and so is LOFT_VERSION_STRING");
    ok(LOFT_VERSION_NUM(1, 2, 3) < LOFT_VERSION_NUM(1, 3, 0) && LOFT_VERSION_NUM(1, 99, 99) < LOFT_VERSION_NUM(2, 0, 0),
       "later versions are greater numbers");
    ok_eq(LOFT_GCC + LOFT_CLANG + LOFT_MSVC, 1, "the compiler is exactly one of the three");
#if defined(__cplusplus)
    ok_eq(LOFT_CPLUSPLUS, 1, "this is C++");
#else
    ok_eq(LOFT_CPLUSPLUS, 0, "this is C");
#endif
    ok(LOFT_TSAN == 0 || LOFT_TSAN == 1, "LOFT_TSAN is 0 or 1");
#if defined(LOFT_UNSUPPORTED)
    ok(false, "supported");
#else
    ok(true, "supported");
#endif
}

/* ---- names, attributes ------------------------------------------------------------------------------------------- */

#define GREEN house
#define DOOR  open

static int LOFT_CAT(house, open)(void) { return 7; }
LOFT_STATIC_ASSERT(sizeof(char) == 1, "a static assertion at file scope");

/* Each may stay unused without a warning. */
LOFT_API int unused_api(void) { return 1; }
LOFT_ALWAYS_INLINE int unused_inline(void) { return 2; }
LOFT_NOINLINE int unused_noinline(void) { return 3; }
LOFT_NODISCARD LOFT_API int used_api(int x) { return x + 1; }
LOFT_ALWAYS_INLINE int used_inline(int x) { return x + 2; }
LOFT_NOINLINE int used_noinline(int x) { return x + 3; }

static void
test_names(void)
{
    LOFT_STATIC_ASSERT(sizeof(int) >= 2, "a static assertion in a block");
    ok_eq(LOFT_CAT(GREEN, DOOR)(), 7, "LOFT_CAT expands both parts and puts _ between them");
    ok_str(LOFT_STR(LOFT_CAT(GREEN, DOOR)), "house_open", "LOFT_STR expands before it quotes");
    ok_str(LOFT_STR(GREEN), "house", "LOFT_STR of a macro");

    int evaluated = 0;
    const char *const word = "x";
    ok(LOFT_LIKELY(word) && !LOFT_LIKELY((const char *)NULL) && LOFT_LIKELY(2) && LOFT_UNLIKELY(4) && !LOFT_UNLIKELY(0),
       "LOFT_LIKELY and LOFT_UNLIKELY say what their argument says");
    if (LOFT_LIKELY(evaluated++ == 0) && LOFT_UNLIKELY(evaluated++ == 1))
        LOFT_PREFETCH(word);
    ok_eq(evaluated, 2, "and evaluate it once");
    LOFT_PREFETCH(NULL);
    ok_eq(used_api(1) + used_inline(1) + used_noinline(1), 9, "functions of all three kinds");
}

/* ---- separation -------------------------------------------------------------------------------------------------- */

static void
test_cacheline(void)
{
    ok_eq(LOFT_CACHELINE, EXPECT_CACHELINE, "LOFT_CACHELINE");
    struct apart {
        int one;
        char pad[LOFT_CACHELINE];
        int other;
    };
    ok(offsetof(struct apart, other) - offsetof(struct apart, one) >= (size_t)LOFT_CACHELINE, "padding of that size");
}

/* ---- status ------------------------------------------------------------------------------------------------------ */

static void
test_status(void)
{
    static const struct {
        loft_status s;
        const char *name;
    } all[] = {
        { LOFT_OK, "LOFT_OK" },
        { LOFT_EXISTS, "LOFT_EXISTS" },
        { LOFT_REPLACED, "LOFT_REPLACED" },
        { LOFT_NOT_FOUND, "LOFT_NOT_FOUND" },
        { LOFT_EMPTY, "LOFT_EMPTY" },
        { LOFT_FULL, "LOFT_FULL" },
        { LOFT_CLOSED, "LOFT_CLOSED" },
        { LOFT_TIMEOUT, "LOFT_TIMEOUT" },
        { LOFT_NOMEM, "LOFT_NOMEM" },
        { LOFT_INVAL, "LOFT_INVAL" },
        { LOFT_NOTSUP, "LOFT_NOTSUP" },
    };
    const size_t n = sizeof all / sizeof all[0];
    bool in_order = true;
    for (size_t i = 0; i < n; i++) {
        ok_str(loft_status_name(all[i].s), all[i].name, all[i].name);
        in_order = in_order && (size_t)all[i].s == i;
    }
    ok(LOFT_OK == 0 && in_order, "success is 0, and the values have not moved");
    /* Four bits hold all statuses, so that C++ allows these values too. */
    bool named = true;
    for (size_t i = n; i < 16; i++)
        named = strcmp(loft_status_name((loft_status)i), "LOFT_?") == 0 && named;
    ok(named, "a value that is no status has a name for that");
#if !defined(__cplusplus)
    ok_str(loft_status_name((loft_status)-1), "LOFT_?", "-1 is no status");
    ok_str(loft_status_name((loft_status)1000000), "LOFT_?", "nor is a million");
#endif
}

/* ---- assertions -------------------------------------------------------------------------------------------------- */

/* How a child process ends that does this: 0, or the number of the signal that stopped it. */
static int
ends_with(void (*body)(void))
{
    fflush(stdout);
    const pid_t child = fork();
    if (child < 0)
        return -1;
    if (child == 0) {
        const struct rlimit none = { 0, 0 };
        setrlimit(RLIMIT_CORE, &none);
        if (!freopen("/dev/null", "w", stderr))
            _exit(3);
        signal(SIGABRT, SIG_DFL);
        body();
        _exit(0);
    }
    int status = 0;
    if (waitpid(child, &status, 0) != child)
        return -1;
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static int calls;
static bool
called(bool answer)
{
    calls++;
    return answer;
}

static void assert_true(void)   { LOFT_ASSERT(called(true)); }
static void assert_false(void)  { LOFT_ASSERT(called(false) && "it has to be so"); }
static void believe_true(void)  { if (!LOFT_BELIEVE(called(true))) _exit(2); }
static void believe_false(void) { if (!LOFT_BELIEVE(called(false))) _exit(0); }

static void
test_assertions(void)
{
    const int stopped = EXPECT_DEBUG ? SIGABRT : 0;
    ok_eq(LOFT_DEBUG, EXPECT_DEBUG, "LOFT_DEBUG");
    ok_eq(ends_with(assert_true), 0, "LOFT_ASSERT of what is so goes on");
    ok_eq(ends_with(assert_false), stopped, EXPECT_DEBUG ? "LOFT_ASSERT of what is not stops a debug build"
                                                         : "LOFT_ASSERT of what is not goes on in a release build");
    ok_eq(ends_with(believe_true), 0, "LOFT_BELIEVE of what is so goes on");
    ok_eq(ends_with(believe_false), stopped, EXPECT_DEBUG ? "LOFT_BELIEVE of what is not stops a debug build"
                                                          : "LOFT_BELIEVE of what is not goes on in a release build");
    calls = 0;
    assert_true();
    ok_eq(calls, EXPECT_DEBUG, "LOFT_ASSERT evaluates its argument once in a debug build and never in a release build");
    calls = 0;
    believe_true();
    ok_eq(calls, 1, "LOFT_BELIEVE evaluates it once in both");
    static const int *pointer = &calls;
    ok(LOFT_BELIEVE(pointer) && LOFT_BELIEVE(2), "LOFT_BELIEVE takes what an if takes");
}

int
main(void)
{
    test_version();
    test_names();
    test_cacheline();
    test_status();
    test_assertions();
    return done();
}
