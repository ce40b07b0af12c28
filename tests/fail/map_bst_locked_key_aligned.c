/* expect: loft/map/bst_locked.h: LOFT_MAP_KEY is aligned to more than malloc gives */
/* flags: -std=c11 */
/* SPDX-License-Identifier: MIT */
#include <loft/smr/ebr.h>
struct wide {
    _Alignas(64) int bytes[16];
};
#define LOFT_MAP_NAME       jobs
#define LOFT_MAP_KEY        struct wide
#define LOFT_MAP_CMP(a, b)  loft_cmp_int((a).bytes[0], (b).bytes[0])
#define LOFT_MAP_SMR        loft_ebr
#include <loft/map/bst_locked.h>

int main(void) { return 0; }
