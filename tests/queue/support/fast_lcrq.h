/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/fast_lcrq.h - queue/fast.h, but not the one that it chooses by itself, which is tested by its own
 * name: LCRQ, and where that has to be asked at run time, the two in one.
 */
#define LOFT_QUEUE_FAST  LOFT_FAST_LCRQ
#include <loft/queue/fast.h>
