/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/pair_ring.h - a ring of two elements in one word, as linked.h asks for it, which costs an
 * explorer next to nothing: it is used up when two have been pushed. Include it where a queue defines its ring.
 */
#define PAIR_IN_      0x1u                               /* how many were pushed, two bits  */
#define PAIR_OUT_     0x10u                              /* how many were popped            */
#define PAIR_CLOSED_  0x100u
#define PAIR_AT_(i)   (12u + 8u * (i))                   /* where the i-th element lies     */

typedef struct line_ring_ {
    LOFT_ATOMIC(uint32_t) word;
} line_ring_;

static inline void
line_ring_init_(line_ring_ *r, const line_ring_ *before, size_t ticket)
{
    (void)ticket;
    loft_explore_check(!before || (loft_load(&((line_ring_ *)(uintptr_t)before)->word, relaxed) & PAIR_CLOSED_));
    loft_init(&r->word, (uint32_t)0);
}

static inline void
line_ring_close_(line_ring_ *r)
{
    loft_fetch_or(&r->word, (uint32_t)PAIR_CLOSED_, seq_cst);
}

static inline bool
line_ring_push_(line_ring_ *r, unsigned v)
{
    uint32_t w = loft_load(&r->word, seq_cst);
    for (;;) {
        const uint32_t in = w / PAIR_IN_ % 4u;
        if (w & PAIR_CLOSED_)
            return false;
        if (in == 2u) {
            line_ring_close_(r);
            return false;
        }
        if (loft_cas_strong(&r->word, &w, (w + PAIR_IN_) | (uint32_t)v << PAIR_AT_(in), seq_cst, seq_cst))
            return true;
    }
}

static inline bool
line_ring_pop_(line_ring_ *r, unsigned *v)
{
    uint32_t w = loft_load(&r->word, seq_cst);
    for (;;) {
        const uint32_t out = w / PAIR_OUT_ % 4u;
        if (out == w / PAIR_IN_ % 4u)
            return false;
        if (loft_cas_strong(&r->word, &w, w + PAIR_OUT_, seq_cst, seq_cst)) {
            *v = w >> PAIR_AT_(out) & 0xffu;
            return true;
        }
    }
}

/* In a ring that was not closed this could say "for good" too early. */
static inline bool
line_ring_pop_final_(line_ring_ *r, unsigned *v)
{
    loft_explore_check(loft_load(&r->word, relaxed) & PAIR_CLOSED_);
    return line_ring_pop_(r, v);
}

static inline size_t
line_ring_approx_len_(const line_ring_ *r)
{
    const uint32_t w = loft_load(&r->word, relaxed);
    return (size_t)(w / PAIR_IN_ % 4u - w / PAIR_OUT_ % 4u);
}
