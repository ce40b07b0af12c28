/* SPDX-License-Identifier: MIT
 *
 * bench/queue/scq_word.c - ours: the same for elements of one word.
 *
 * needs    ours
 * exe      mpmc scq_word  std
 */
#include <stdbool.h>
#include <stdint.h>

#define LOFT_QUEUE_NAME  ours
#define LOFT_QUEUE_T     uint64_t
#include "../../include/loft/queue/scq_word.h"

#define BENCH_NAME      "loft scq_word.h"
#define BENCH_ORDER     "FIFO"
#define BENCH_BOUND     "bounded"
#define BENCH_PROGRESS  "lock-free"

#include "ours.h"
