/* SPDX-License-Identifier: MIT
 *
 * tests/queue/two_compilers.c - the same instances in files compiled by gcc and clang, and as C and C++: one
 * layout, and they work together.
 *
 * build: with-other tests/queue/support/two_peer.c
 * build: with-cxx tests/queue/support/two_peer_cxx.c
 */
#include "support/two_main.h"

int
main(void)
{
    struct two_peer peer;
    watchdog("queue/two_compilers");
    two_peer_get(&peer);
    two_with(&peer, "the other compiler");
    two_peer_cxx_get(&peer);
    two_with(&peer, "C++");
    return done();
}
