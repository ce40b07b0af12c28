/* SPDX-License-Identifier: MIT
 *
 * tests/core/support/arch_peer.c - the second translation unit of tests/core/arch.c: facts of its own.
 */
#include <loft/core/arch.h>

#if LOFT_CPLUSPLUS
extern "C" {
#endif
const loft_arch_info *arch_peer(void);
#if LOFT_CPLUSPLUS
}
#endif

const loft_arch_info *
arch_peer(void)
{
    return loft_arch();
}
