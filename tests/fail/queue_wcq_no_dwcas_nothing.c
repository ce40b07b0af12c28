/* expect: loft/queue/wcq.h: this target has no compare-exchange of 16 bytes */
/* SPDX-License-Identifier: MIT */
#include <loft/core/dwcas.h>
#undef LOFT_HAVE_DWCAS
#define LOFT_HAVE_DWCAS  0
#include <loft/queue/wcq.h>                               /* nor does it ask for macros that would not help */

int main(void) { return 0; }
