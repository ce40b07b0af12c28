/* SPDX-License-Identifier: MIT
 *
 * tests/map/over_all.h - an instance of ENGINE over each scheme, and many threads on it.
 */
#include "schemes.h"

#define OVER  loft_ebr
#include "numbers.h"
#define OVER  loft_qsbr
#include "numbers.h"
#define OVER  loft_debra
#include "numbers.h"
#define OVER  loft_ibr
#include "numbers.h"
#define OVER  loft_hp
#include "numbers.h"
#define OVER  loft_hyaline
#include "numbers.h"
#define OVER  loft_leak
#include "numbers.h"

#include "stress.h"

static const struct subject *const over[] = {
    &over_loft_ebr_subject, &over_loft_qsbr_subject, &over_loft_debra_subject, &over_loft_ibr_subject,
    &over_loft_hp_subject, &over_loft_hyaline_subject, &over_loft_leak_subject
};
enum { OVERS = sizeof over / sizeof over[0] };

static void
over_all(unsigned long long rounds)
{
    for (int i = 0; i < OVERS; i++)
        stress(over[i], rounds);
}
