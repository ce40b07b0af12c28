/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/two_peer_cxx.c - the other file of tests/queue/two_compilers.c that is always compiled as C++.
 */
#define TWO_PEER_GET two_peer_cxx_get
#include "two_peer.h"
