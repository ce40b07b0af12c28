/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/wcq_alone.c - wcq.h where patience lasts and nobody asks: the contract of scq.h, in every
 * execution that C11 allows.
 */
#define LOFT_WCQ_PATIENCE  9
#define MOST_ARE_ALONE     1
#include "wcq.c"
