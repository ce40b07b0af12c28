/* SPDX-License-Identifier: MIT
 *
 * tests/core/base_cacheline.c - base.c with a LOFT_CACHELINE of the program's own.
 */
#define LOFT_CACHELINE 32
#define EXPECT_CACHELINE 32
#include "base.c"
