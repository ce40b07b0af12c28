/* SPDX-License-Identifier: MIT
 *
 * tests/core/support/alloc_other.c - a second file of the program of tests/core/alloc.c, always C.
 */
#include "alloc_config.h"

#include <loft/core/alloc.h>

void *
other_alloc(size_t size)
{
    return loft_alloc(size);
}

void
other_free(void *p, size_t size)
{
    loft_free(p, size);
}

#if defined(LOFT_ALLOC_FAULTS)
size_t
other_seen(void)
{
    return loft_alloc_seen();
}
#endif

#if defined(LOFT_ALLOC_STATS)
size_t
other_live(void)
{
    return (size_t)loft_alloc_stats_get().live;
}

size_t
other_counters_size(void)
{
    return sizeof(struct loft_alloc_counters_);
}

size_t
other_counters_last(void)
{
    return offsetof(struct loft_alloc_counters_, fail_done);
}
#endif
