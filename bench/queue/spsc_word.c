/* SPDX-License-Identifier: MIT
 *
 * bench/queue/spsc_word.c - ours: the slot-flag ring for words, which probes ahead.
 *
 * needs    ours
 * exe      spsc spsc_word  std
 */
#include <stdbool.h>
#include <stdint.h>

#define LOFT_QUEUE_NAME  ours
#define LOFT_QUEUE_T     uint64_t
#include "../../include/loft/queue/spsc_word.h"

#define BENCH_NAME      "loft spsc_word.h"
#define BENCH_ORDER     "FIFO"
#define BENCH_BOUND     "bounded"
#define BENCH_PROGRESS  "wait-free"

#include "ours.h"
