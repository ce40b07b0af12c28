/* expect: loft/queue/spsc_word.h: LOFT_QUEUE_T must be a pointer or integer no wider than a pointer */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#if UINTPTR_MAX == UINT64_MAX
__extension__ typedef unsigned __int128 wide;
#else
typedef uint64_t wide;
#endif
#define LOFT_QUEUE_NAME  wides
#define LOFT_QUEUE_T     wide
#define LOFT_QUEUE_NONE  UINT64_MAX
#include <loft/queue/spsc_word.h>

int main(void) { return 0; }
