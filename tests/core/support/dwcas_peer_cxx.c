/* SPDX-License-Identifier: MIT
 *
 * tests/core/support/dwcas_peer_cxx.c - the part of dwcas_mix.c that is always compiled as C++.
 */
#include "core/support/dwcas_peer.h"

struct peer_facts
peer_cxx_facts(void)
{
    return peer_facts_here();
}

void
peer_cxx_rounds(struct peer_work *w, int id)
{
#if LOFT_HAVE_DWCAS
    peer_rounds(w, id);
#else
    (void)w;
    (void)id;
#endif
}
