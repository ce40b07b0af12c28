/* SPDX-License-Identifier: MIT
 *
 * tests/queue/two_files.c - the same instances in two files of a program, with and without link-time optimisation.
 *
 * build: with tests/queue/support/two_peer.c
 * build: lto
 */
#include "support/two_main.h"

int
main(void)
{
    struct two_peer peer;
    watchdog("queue/two_files");
    two_peer_get(&peer);
    two_with(&peer, "the other file");
    return done();
}
