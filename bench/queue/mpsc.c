/* SPDX-License-Identifier: MIT
 *
 * bench/queue/mpsc.c - ours: the bounded queue for any number of producers and one consumer.
 *
 * needs    ours
 * exe      mpsc mpsc  std
 */
#include <stdbool.h>
#include <stdint.h>

#define LOFT_QUEUE_NAME  ours
#define LOFT_QUEUE_T     uint64_t
#include "../../include/loft/queue/mpsc.h"

#define BENCH_NAME      "loft mpsc.h"
#define BENCH_ORDER     "FIFO"
#define BENCH_BOUND     "bounded"
#define BENCH_PROGRESS  "blocking"

#include "ours.h"
