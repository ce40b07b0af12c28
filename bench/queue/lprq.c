/* SPDX-License-Identifier: MIT
 *
 * bench/queue/lprq.c - ours: the unbounded queue of linked rings whose cells need one word at a time.
 *
 * needs    ours
 * exe      unbounded lprq     std
 * exe      unbounded lprq_hp  full -DOURS_HP
 */
#define OURS_NAME    "loft lprq.h"
#define OURS_HEADER  "../../include/loft/queue/lprq.h"
#include "unbounded.h"
