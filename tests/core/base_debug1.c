/* SPDX-License-Identifier: MIT
 *
 * tests/core/base_debug1.c - base.c in a release build that keeps Loft's assertions.
 */
#define NDEBUG
#define LOFT_DEBUG 1
#include "base.c"
