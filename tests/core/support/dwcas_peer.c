/* SPDX-License-Identifier: MIT
 *
 * tests/core/support/dwcas_peer.c - the part of dwcas_mix.c that the other one of gcc and clang compiles.
 */
#include "core/support/dwcas_peer.h"

struct peer_facts
peer_other_facts(void)
{
    return peer_facts_here();
}

void
peer_other_rounds(struct peer_work *w, int id)
{
#if LOFT_HAVE_DWCAS
    peer_rounds(w, id);
#else
    (void)w;
    (void)id;
#endif
}

const char *
peer_other_name(void)
{
    return LOFT_CLANG ? "clang" : "gcc";
}
