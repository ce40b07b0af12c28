/* SPDX-License-Identifier: MIT
 *
 * tests/core/support/atomics_layout.h - what the C half and the C++ half of tests/core/atomics_layout.c share.
 */
#ifndef LOFT_TESTS_ATOMICS_LAYOUT_H
#define LOFT_TESTS_ATOMICS_LAYOUT_H

#include <loft/core/atomics.h>
#include <loft/core/park.h>

/* Words of every kind between bytes that would show where one is aligned otherwise. */
struct layout_words {
    char a;
    LOFT_ATOMIC(bool) flag;
    char b;
    LOFT_ATOMIC(uint16_t) half;
    char c;
    LOFT_ATOMIC(uint32_t) word;
    char d;
    LOFT_ATOMIC(loft_seq) seq;
    char e;
    LOFT_ATOMIC(void *) pointer;
    char f;
    LOFT_ATOMIC(size_t) size;
    char g;
    LOFT_ATOMIC(int) row[3];
    char h;
    LOFT_ATOMIC(unsigned char) byte;
    char pad[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_status) status;
};

struct layout_row {
    const char *what;
    size_t bytes;
};

#if defined(__cplusplus)
extern "C" {
#endif
/* The table of one language, its number of rows in *n. */
const struct layout_row *layout_c(size_t *n);
const struct layout_row *layout_cxx(size_t *n);

/* One step of each kind on an object that the other language made. */
void layout_step_c(struct layout_words *w);
void layout_step_cxx(struct layout_words *w);
void layout_notify_c(loft_park *p);
void layout_notify_cxx(loft_park *p);
#if defined(__cplusplus)
}
#endif

#endif
