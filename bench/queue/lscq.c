/* SPDX-License-Identifier: MIT
 *
 * bench/queue/lscq.c - ours: the unbounded queue of linked SCQ rings.
 *
 * needs    ours
 * exe      unbounded lscq     std
 * exe      unbounded lscq_hp  full -DOURS_HP
 */
#define OURS_NAME    "loft lscq.h"
#define OURS_HEADER  "../../include/loft/queue/lscq.h"
#include "unbounded.h"
