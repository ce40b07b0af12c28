/* SPDX-License-Identifier: MIT
 *
 * tests/map/over_all.h - an instance of ENGINE over each scheme of regions, or, with TEST_VALIDATED, over each of the
 * others; many threads on it, and what they say.
 */
#include "schemes.h"

#if defined(TEST_VALIDATED)
#  define OVER  loft_ibr
#  include "numbers.h"
#  define OVER  loft_hp
#  include "numbers.h"
#  define OVER  loft_hyaline
#  include "numbers.h"
#else
#  define OVER  loft_ebr
#  include "numbers.h"
#  define OVER  loft_qsbr
#  include "numbers.h"
#  define OVER  loft_debra
#  include "numbers.h"
#  define OVER  loft_leak
#  include "numbers.h"
#endif

#include "histories.h"
#include "stress.h"

static const struct subject *const over[] = {
#if defined(TEST_VALIDATED)
    &over_loft_ibr_subject, &over_loft_hp_subject, &over_loft_hyaline_subject
#else
    &over_loft_ebr_subject, &over_loft_qsbr_subject, &over_loft_debra_subject, &over_loft_leak_subject
#endif
};

static void
over_all(unsigned long long rounds)
{
    for (size_t i = 0; i < sizeof over / sizeof over[0]; i++) {
        stress(over[i], rounds);
        histories(over[i], 3, 500);
        histories(over[i], 5, 500);
    }
}
