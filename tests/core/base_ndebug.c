/* SPDX-License-Identifier: MIT
 *
 * tests/core/base_ndebug.c - base.c in a release build.
 */
#define NDEBUG
#define EXPECT_DEBUG 0
#include "base.c"
