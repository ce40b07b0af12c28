/* expect: loft/core/base.h: unsupported compiler */
/* flags: -U__GNUC__ -U__clang__ */
/* SPDX-License-Identifier: MIT */
#include <loft/core/park.h>
#include <loft/core/atomics.h>
