/* SPDX-License-Identifier: MIT
 *
 * tests/core/park_pthread.c - park.c once more, with threads that sleep on a pthread condition variable.
 */
#define LOFT_PARK_PTHREAD
#include "park.c"
