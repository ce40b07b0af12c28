/* expect: loft/core/base.h: this C implementation has no <stdatomic.h>; use gcc or clang, or compile as C++11 */
/* flags: -std=c11 -D__STDC_NO_ATOMICS__ */
/* SPDX-License-Identifier: MIT */
#include <loft/core/park.h>
#include <loft/core/atomics.h>
