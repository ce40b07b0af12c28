/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/two_peer.c - the other file of tests/queue/two_files.c and two_compilers.c.
 */
#define TWO_PEER_GET two_peer_get
#include "two_peer.h"
