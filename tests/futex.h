/* SPDX-License-Identifier: MIT
 *
 * tests/futex.h - a function that core/park.h may call instead of syscall.
 *
 *   FUTEX_CALL(name, watch)    name(number, ...) calls watch(number, word, op, value, when, other, who) with what a
 *                              futex call is given
 */
#ifndef LOFT_TESTS_FUTEX_H
#define LOFT_TESTS_FUTEX_H

#include <stdarg.h>

#define FUTEX_CALL(name, watch) \
    TEST_UNUSED_ static long name(long number, ...) \
    { \
        va_list ap; \
        va_start(ap, number); \
        void *word = va_arg(ap, void *); \
        const long op = va_arg(ap, long); \
        const unsigned long value = va_arg(ap, unsigned long); \
        const void *when = va_arg(ap, const void *); \
        void *other = va_arg(ap, void *); \
        const unsigned long who = va_arg(ap, unsigned long); \
        va_end(ap); \
        return watch(number, word, op, value, when, other, who); \
    }

#endif /* LOFT_TESTS_FUTEX_H */
