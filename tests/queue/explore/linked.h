/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/linked.h - linked.h around rings of one word, so that what is explored is closing, linking and
 * going on, and the scheme. Include it after the scheme's header, S and narrow, as unbounded.h wants them.
 */
#define LOFT_QUEUE_NAME     line
#define LOFT_QUEUE_T        unsigned
#define LOFT_QUEUE_SMR      S
#define LOFT_QUEUE_SEGMENT  2
#define LOFT_QUEUE_ALLOC(align, size)      loft_alloc_aligned((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  loft_free_aligned((ptr), (align), (size))
#define LOFT_QUEUE_FN(f)    LOFT_CAT(LOFT_QUEUE_NAME, f)
#include "pair_ring.h"
#include <loft/queue/linked.h>

#define SEGMENT_SPENT
#include "unbounded.h"
