/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/nomem.h - memory that may end at any allocation of a node of a map over loft_leak, while the
 * threads of a client run. Include it between the scheme and the map.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_NOMEM_H
#define LOFT_TESTS_MAP_EXPLORE_NOMEM_H

static bool memory_may_end;                              /* set by the setup of a client                       */
static bool memory_ends(void) { return memory_may_end && loft_explore_choose(2); }
#define loft_leak_alloc_node(me, size)  (memory_ends() ? NULL : (loft_leak_alloc_node)(me, size))

#endif
