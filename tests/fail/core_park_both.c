/* expect: loft/core/park.h: define LOFT_PARK_PTHREAD or LOFT_PARK_CXX, not both */
/* SPDX-License-Identifier: MIT */
#define LOFT_PARK_PTHREAD
#define LOFT_PARK_CXX
#include <loft/core/park.h>
