/* SPDX-License-Identifier: MIT
 *
 * bench/queue/fast.c - ours: the unbounded queue that is the fastest on this machine.
 *
 * needs    ours
 * exe      unbounded fast     std
 * exe      unbounded fast_hp  full -DOURS_HP
 */
#define OURS_NAME    "loft fast.h"
#define OURS_HEADER  "../../include/loft/queue/fast.h"
#include "unbounded.h"
