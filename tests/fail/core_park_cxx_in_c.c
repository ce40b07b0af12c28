/* expect: loft/core/park.h: only a C++ compiler has std::condition_variable */
/* flags: -std=c11 -DLOFT_PARK_CXX */
/* SPDX-License-Identifier: MIT */
#include <loft/core/park.h>
