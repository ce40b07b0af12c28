/* SPDX-License-Identifier: MIT
 *
 * tests/core/base_debug0.c - base.c with LOFT_DEBUG 0 in a program that keeps its own assertions.
 */
#define LOFT_DEBUG 0
#define EXPECT_DEBUG 0
#include "base.c"
