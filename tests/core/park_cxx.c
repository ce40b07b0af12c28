/* SPDX-License-Identifier: MIT
 *
 * tests/core/park_cxx.c - park.c once more, with threads that sleep on a std::condition_variable; C++ only.
 */
#define LOFT_PARK_CXX
#include "park.c"
