/* SPDX-License-Identifier: MIT
 *
 * tests/core/support/dwcas_peer.h - what dwcas_mix.c asks of an object that another compiler or language made.
 */
#ifndef LOFT_TESTS_DWCAS_PEER_H
#define LOFT_TESTS_DWCAS_PEER_H

#include <loft/core/dwcas.h>

struct peer_facts {
    int have;
    bool supported;
    size_t size;
    size_t align;
    size_t offset;                                       /* of a pair behind one char */
};

#if LOFT_HAVE_DWCAS
/* Pairs are (shadow(n), n); each round makes n one more. torn counts pairs that never were. */
struct peer_work {
    loft_dwatomic cell;
    unsigned long rounds;
    unsigned long torn[4];
};

static inline uintptr_t
peer_shadow(uintptr_t n)
{
    return n * (uintptr_t)2654435761u ^ n >> 7;
}

static inline void
peer_rounds(struct peer_work *w, int id)
{
    for (unsigned long i = 0; i < w->rounds; i++) {
        const loft_dw whole = loft_dw_load(&w->cell, acquire);
        if (whole.lo != peer_shadow(whole.hi))
            w->torn[id]++;
        loft_dw seen = loft_dw_peek(&w->cell, acquire);
        while (!loft_dw_cas(&w->cell, &seen, loft_dw_of(peer_shadow(seen.hi + 1), seen.hi + 1), acq_rel, acquire)) {
            if (seen.lo != peer_shadow(seen.hi))
                w->torn[id]++;
        }
    }
}
#else
struct peer_work { unsigned long rounds; };
#endif

struct peer_pair {
    char c;
#if LOFT_HAVE_DWCAS
    loft_dwatomic p;
#endif
};

static inline struct peer_facts
peer_facts_here(void)
{
    struct peer_facts f;
    f.have = LOFT_HAVE_DWCAS;
    f.supported = loft_dw_supported();
#if LOFT_HAVE_DWCAS
    f.size = sizeof(loft_dwatomic);
    f.align = LOFT_DW_ALIGN;
    f.offset = offsetof(struct peer_pair, p);
#else
    f.size = f.align = f.offset = 0;
#endif
    return f;
}

#if LOFT_CPLUSPLUS
extern "C" {
#endif
/* by the other compiler, and in C++ */
struct peer_facts peer_other_facts(void);
void peer_other_rounds(struct peer_work *w, int id);
const char *peer_other_name(void);
struct peer_facts peer_cxx_facts(void);
void peer_cxx_rounds(struct peer_work *w, int id);
#if LOFT_CPLUSPLUS
}
#endif

#endif
