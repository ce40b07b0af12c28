/* SPDX-License-Identifier: MIT
 *
 * tests/tap.h - the smallest thing that prints the Test Anything Protocol.
 *
 *     int main(void)
 *     {
 *         ok(1 + 1 == 2, "addition works");
 *         ok_eq(queue_len(q), 3, "three elements after three pushes");
 *         ok_skip("membarrier", "this kernel has none");
 *         return done();
 *     }
 *
 * LOFT_TEST_SCALE (a percentage, 100 without it) makes stress loops shorter under emulators and sanitizers, longer
 * on a patient machine: scaled(1000000) is the number of rounds to run.
 */
#ifndef LOFT_TESTS_TAP_H
#define LOFT_TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What of it is under AddressSanitizer, or any of them: 0 or 1. */
#if defined(__SANITIZE_ADDRESS__)
#  define TAP_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#  define TAP_SANITIZED 1
#elif defined(__has_feature)
#  if __has_feature(address_sanitizer)
#    define TAP_ASAN 1
#  elif __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#    define TAP_SANITIZED 1
#  endif
#endif
#if !defined(TAP_ASAN)
#  define TAP_ASAN 0
#endif
#if !defined(TAP_SANITIZED)
#  define TAP_SANITIZED TAP_ASAN
#endif

/* An absurd size must be answered, not end the program: let the sanitizers' allocators say NULL as others do. Locals
 * that are used after their function has returned are found under AddressSanitizer, but not in a program whose signal
 * handlers jump out of functions (build: flags -DTAP_JUMPS): a jump from within the sanitizer's own code for that
 * leaves it with frames that it gives out twice. */
#if defined(TAP_JUMPS)
#  define TAP_ASAN_OPTIONS_  "allocator_may_return_null=1:detect_stack_use_after_return=0"
#else
#  define TAP_ASAN_OPTIONS_  "allocator_may_return_null=1:detect_stack_use_after_return=1"
#endif
#if TAP_SANITIZED
#  if defined(__cplusplus)
extern "C" {
#  endif
const char *__asan_default_options(void);
const char *__tsan_default_options(void);
__attribute__((no_sanitize("address"))) const char *__asan_default_options(void) { return TAP_ASAN_OPTIONS_; }
const char *__tsan_default_options(void) { return "allocator_may_return_null=1"; }
#  if defined(__cplusplus)
}
#  endif
#endif

static int tap_run_, tap_failed_;

#if defined(__GNUC__)
#  define TAP_UNUSED_ __attribute__((unused))
#else
#  define TAP_UNUSED_
#endif

TAP_UNUSED_ static bool
tap_ok_(bool good, const char *file, int line, const char *what)
{
    tap_run_++;
    printf("%sok %d - %s\n", good ? "" : "not ", tap_run_, what);
    if (!good) {
        tap_failed_++;
        printf("#   failed at %s:%d\n", file, line);
    }
    fflush(stdout);
    return good;
}

TAP_UNUSED_ static bool
tap_eq_(unsigned long long got, unsigned long long want, const char *file, int line, const char *what)
{
    const bool good = tap_ok_(got == want, file, line, what);
    if (!good)
        printf("#   got %llu, expected %llu\n", got, want);
    return good;
}

TAP_UNUSED_ static bool
tap_str_(const char *got, const char *want, const char *file, int line, const char *what)
{
    const bool good = tap_ok_(got && strcmp(got, want) == 0, file, line, what);
    if (!good)
        printf("#   got \"%s\", expected \"%s\"\n", got ? got : "(null)", want);
    return good;
}

TAP_UNUSED_ static void
tap_skip_(const char *what, const char *why)
{
    tap_run_++;
    printf("ok %d - %s # SKIP %s\n", tap_run_, what, why);
    fflush(stdout);
}

/* ok: the condition holds. ok_eq: two unsigned numbers are equal. ok_str: two strings are. Each gives the verdict.
 * Long names because C++ headers have an eq() of their own. */
#define ok(cond, what)        tap_ok_((cond), __FILE__, __LINE__, (what))
#define ok_eq(got, want, what) \
    tap_eq_((unsigned long long)(got), (unsigned long long)(want), __FILE__, __LINE__, (what))
#define ok_str(got, want, what)  tap_str_((got), (want), __FILE__, __LINE__, (what))
#define ok_skip(what, why)       tap_skip_((what), (why))

/* A diagnostic line; never a verdict. */
TAP_UNUSED_ static void
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
note(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fputs("# ", stdout);
    vprintf(fmt, ap);
    putchar('\n');
    va_end(ap);
}

TAP_UNUSED_ static unsigned long long
scaled(unsigned long long rounds)
{
    const char *s = getenv("LOFT_TEST_SCALE");
    const long percent = s ? strtol(s, NULL, 10) : 100;
    const unsigned long long n = rounds * (unsigned long long)(percent > 0 ? percent : 1) / 100u;
    return n ? n : 1;
}

TAP_UNUSED_ static int
done(void)
{
    printf("1..%d\n", tap_run_);
    return tap_failed_ != 0;
}

#endif
