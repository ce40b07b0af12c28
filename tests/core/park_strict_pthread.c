/* SPDX-License-Identifier: MIT
 *
 * tests/core/park_strict_pthread.c - park_strict.c once more, over a pthread condition variable.
 *
 * build: c-only
 */
#define LOFT_PARK_PTHREAD
#include "park_strict.c"
