/* SPDX-License-Identifier: MIT
 *
 * bench/map/walk.h - what a range of a map is read into, entry by entry, the same for every contender.
 */
#ifndef LOFT_BENCH_MAP_WALK_H
#define LOFT_BENCH_MAP_WALK_H

#include <stdbool.h>
#include <stdint.h>

struct walk {
    uint64_t from;                 /* the lowest key that may come next */
    uint64_t left;                 /* entries that are wanted yet */
    uint64_t alien;                /* not above the one before, or with the value of another */
};

/* false: that was the last one wanted. */
static inline bool
walk_step(struct walk *w, uint64_t k, uint64_t v)
{
    w->alien += k < w->from || (uint32_t)v != k;
    w->from = k + 1;
    return --w->left > 0;
}

#endif
