/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/schemes.h - all reclamation schemes, and what a test has to know of them that the contract does
 * not say by name: S_test_rest(me), what a thread does now and then between two calls; S_test_bounded(d), whether what
 * is pending stays bounded here when a thread stops in a section.
 */
#ifndef LOFT_TESTS_QUEUE_SCHEMES_H
#define LOFT_TESTS_QUEUE_SCHEMES_H

#include "../../threads.h"

#include <loft/core/park.h>
#include <loft/smr/debra.h>
#include <loft/smr/ebr.h>
#include <loft/smr/hp.h>
#include <loft/smr/hyaline.h>
#include <loft/smr/ibr.h>
#include <loft/smr/leak.h>
#include <loft/smr/qsbr.h>

#define SCHEMES_SAY_(S, rest, bounded)                                                                                 \
    TEST_UNUSED_ static void                                                                                           \
    S##_test_rest(S##_thread *me)                                                                                      \
    {                                                                                                                  \
        (void)me;                                                                                                      \
        rest;                                                                                                          \
    }                                                                                                                  \
    TEST_UNUSED_ static bool                                                                                           \
    S##_test_bounded(const S *d)                                                                                       \
    {                                                                                                                  \
        (void)d;                                                                                                       \
        return bounded;                                                                                                \
    }

SCHEMES_SAY_(loft_debra, (void)0, loft_debra_neutralises(d))
SCHEMES_SAY_(loft_ebr, (void)0, false)
SCHEMES_SAY_(loft_hp, (void)0, true)
SCHEMES_SAY_(loft_hyaline, (void)0, true)
SCHEMES_SAY_(loft_ibr, (void)0, true)
SCHEMES_SAY_(loft_leak, (void)0, false)
SCHEMES_SAY_(loft_qsbr, loft_qsbr_quiescent(me), false)

#endif
