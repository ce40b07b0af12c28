/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/pairs.h - where queue/scq_word.h has to work. Said here once more: a header that refused every
 * target must not pass by that.
 */
#ifndef LOFT_TESTS_QUEUE_PAIRS_H
#define LOFT_TESTS_QUEUE_PAIRS_H

#include <loft/core/dwcas.h>

#if UINTPTR_MAX == UINT64_MAX && (LOFT_X86_64 || LOFT_AARCH64 || LOFT_S390X)
#  define TEST_PAIRS  1
#else
#  define TEST_PAIRS  0
#endif
#define TEST_NO_PAIRS  "no compare-exchange of 16 bytes here"

#endif
