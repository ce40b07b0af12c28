/* expect: loft/core/base.h: MSVC has no complete C11 <stdatomic.h>; compile this file as C++ (/TP) */
/* flags: -std=c11 -U__GNUC__ -U__clang__ -D_MSC_VER=1940 */
/* SPDX-License-Identifier: MIT */
#include <loft/core/park.h>
#include <loft/core/atomics.h>
