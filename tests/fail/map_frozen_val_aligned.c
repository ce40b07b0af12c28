/* expect: loft/map/frozen.h: LOFT_MAP_VAL is aligned to more than malloc gives */
/* flags: -std=c11 */
/* SPDX-License-Identifier: MIT */
struct wide {
    _Alignas(64) int bytes[16];
};
#define LOFT_MAP_NAME  jobs
#define LOFT_MAP_KEY   int
#define LOFT_MAP_VAL   struct wide
#include <loft/map/frozen.h>

int main(void) { return 0; }
