/* SPDX-License-Identifier: MIT
 *
 * bench/queue/lcrq.c - ours: the unbounded queue of linked rings whose cells need a 16-byte compare-exchange.
 *
 * needs    ours
 * exe      unbounded lcrq     std
 * exe      unbounded lcrq_hp  full -DOURS_HP
 */
#define OURS_NAME    "loft lcrq.h"
#define OURS_HEADER  "../../include/loft/queue/lcrq.h"
#include "unbounded.h"
