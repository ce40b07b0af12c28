/* SPDX-License-Identifier: MIT
 *
 * bench/queue/spsc.c - ours: the bounded wait-free ring.
 *
 * needs    ours
 * exe      spsc spsc  std
 */
#include <stdbool.h>
#include <stdint.h>

#define LOFT_QUEUE_NAME  ours
#define LOFT_QUEUE_T     uint64_t
#include "../../include/loft/queue/spsc.h"

#define BENCH_NAME      "loft spsc.h"
#define BENCH_ORDER     "FIFO"
#define BENCH_BOUND     "bounded"
#define BENCH_PROGRESS  "wait-free"

#include "ours.h"
