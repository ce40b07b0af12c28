/* SPDX-License-Identifier: MIT
 *
 * bench/queue/scq.c - ours: the bounded lock-free queue for any number of producers and consumers.
 *
 * needs    ours
 * exe      mpmc scq  std
 * exe      mpsc scq  std
 */
#include <stdbool.h>
#include <stdint.h>

#define LOFT_QUEUE_NAME  ours
#define LOFT_QUEUE_T     uint64_t
#include "../../include/loft/queue/scq.h"

#define BENCH_NAME      "loft scq.h"
#define BENCH_ORDER     "FIFO"
#define BENCH_BOUND     "bounded"
#define BENCH_PROGRESS  "lock-free"

#include "ours.h"
