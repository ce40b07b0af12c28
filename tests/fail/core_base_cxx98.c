/* expect: loft/core/base.h: C++11 or later is needed; compile with -std=c++11 or newer */
/* flags: -std=c++98 */
/* SPDX-License-Identifier: MIT */
#include <loft/core/park.h>
#include <loft/core/atomics.h>
