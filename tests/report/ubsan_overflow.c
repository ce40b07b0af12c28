/* expect: signed integer overflow */
/* SPDX-License-Identifier: MIT
 *
 * tests/report/ubsan_overflow.c - the undefined behaviour this sanitizer is run for.
 */
#include <limits.h>

int
main(int argc, char **argv)
{
    (void)argv;
    return INT_MAX - 1 + argc + argc > 0;
}
