/* expect: loft/map/bst_locked.h: LOFT_MAP_VAL is aligned to more than malloc gives */
/* flags: -std=c11 */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
struct wide {
    _Alignas(64) char bytes[64];
};
#define LOFT_MAP_NAME  jobs
#define LOFT_MAP_KEY   int
#define LOFT_MAP_VAL   struct wide
#define LOFT_MAP_SMR   loft_ebr
#include <loft/map/bst_locked.h>

int main(void) { return 0; }
