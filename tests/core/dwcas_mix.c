/* SPDX-License-Identifier: MIT
 *
 * tests/core/dwcas_mix.c - objects of gcc and clang, of C and C++, work on one pair: they agree that there is one,
 * on the layout, and on instructions that are atomic to each other.
 *
 * build: with-other tests/core/support/dwcas_peer.c
 * build: with-cxx tests/core/support/dwcas_peer_cxx.c
 */
#include "threads.h"

#include "core/support/dwcas_peer.h"

#include "tap.h"

static void
check(const char *who, struct peer_facts theirs)
{
    const struct peer_facts mine = peer_facts_here();
    note("%s", who);
    ok_eq(theirs.have, mine.have, "LOFT_HAVE_DWCAS is the same");
    ok_eq(theirs.supported, mine.supported, "so is the answer at run time");
    ok_eq(theirs.size, mine.size, "the size");
    ok_eq(theirs.align, mine.align, "the alignment");
    ok_eq(theirs.offset, mine.offset, "the place in a structure");
}

#if LOFT_HAVE_DWCAS
static void
body(void *arg, int id)
{
    struct peer_work *w = (struct peer_work *)arg;
    switch (id) {
    case 0:
        peer_other_rounds(w, id);
        break;
    case 1:
        peer_cxx_rounds(w, id);
        break;
    default:
        peer_rounds(w, id);
        break;
    }
}
#endif

int
main(void)
{
    check(peer_other_name(), peer_other_facts());
    check("C++", peer_cxx_facts());
#if LOFT_HAVE_DWCAS
    if (loft_dw_supported()) {
        static struct peer_work w;
        w.rounds = (unsigned long)scaled(100000);
        loft_dw_init(&w.cell, loft_dw_of(peer_shadow(0), 0));
        run_threads(3, body, &w);
        const loft_dw last = loft_dw_load(&w.cell, acquire);
        ok_eq(last.hi, 3 * w.rounds, "three objects count on one pair and lose nothing");
        ok_eq(last.lo, peer_shadow(last.hi), "the last pair is whole");
        ok_eq(w.torn[0] + w.torn[1] + w.torn[2], 0, "none of them ever saw half a pair");
    }
#endif
    return done();
}
