/* SPDX-License-Identifier: MIT
 *
 * bench/window.h - keeps an unbounded queue at about a capacity where some threads do nothing but push: each thread
 * counts its own pushes and pops in a line of its own, and a producer adds them up now and then.
 */
#ifndef LOFT_BENCH_WINDOW_H
#define LOFT_BENCH_WINDOW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "../include/loft/core/atomics.h"

struct window_line {
    LOFT_ATOMIC(uint64_t) pushed;
    LOFT_ATOMIC(uint64_t) popped;
    uint64_t unchecked;            /* pushes this thread may still do without adding up */
    char pad_[LOFT_CACHELINE];
};

struct window {
    struct window_line *line;
    int threads;
    uint64_t capacity;
};

static inline bool
window_init(struct window *w, size_t capacity, int threads)
{
    w->line = (struct window_line *)calloc((size_t)threads + 1u, sizeof *w->line);
    w->threads = threads + 1;
    w->capacity = capacity;
    return w->line != NULL;
}

static inline void window_fini(struct window *w) { free(w->line); }

static inline bool
window_open(struct window *w, int me)
{
    struct window_line *l = &w->line[me];
    if (l->unchecked == 0) {
        uint64_t out = 0;
        uint64_t in = 0;
        for (int i = 0; i < w->threads; i++)
            out += loft_load(&w->line[i].popped, relaxed);   /* A relaxed: a limit on memory, not an edge */
        for (int i = 0; i < w->threads; i++)
            in += loft_load(&w->line[i].pushed, relaxed);    /* B relaxed: as A */
        const uint64_t len = in > out ? in - out : 0;
        if (len >= w->capacity)
            return false;
        l->unchecked = (w->capacity - len) / (2u * (uint64_t)w->threads) + 1u;
        if (l->unchecked > 64)
            l->unchecked = 64;
    }
    l->unchecked--;
    return true;
}

static inline void
window_pushed(struct window *w, int me)
{
    struct window_line *l = &w->line[me];
    const uint64_t n = loft_load(&l->pushed, relaxed);       /* C relaxed: only this thread writes it */
    loft_store(&l->pushed, n + 1, relaxed);                  /* D relaxed: a count */
}

static inline void
window_popped(struct window *w, int me)
{
    struct window_line *l = &w->line[me];
    const uint64_t n = loft_load(&l->popped, relaxed);       /* E relaxed: only this thread writes it */
    loft_store(&l->popped, n + 1, relaxed);                  /* F relaxed: a count */
}

#endif
