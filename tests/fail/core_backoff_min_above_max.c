/* expect: loft/core/backoff.h: LOFT_BACKOFF_MIN must be at least 1 and at most LOFT_BACKOFF_MAX */
/* SPDX-License-Identifier: MIT */
#define LOFT_BACKOFF_MIN  16
#define LOFT_BACKOFF_MAX  15
#include <loft/core/backoff.h>
