/* SPDX-License-Identifier: MIT
 *
 * tests/map/schemes.h - all schemes of reclamation, with what instance.h wants to know of them beside their contract.
 */
#ifndef LOFT_TESTS_MAP_SCHEMES_H
#define LOFT_TESTS_MAP_SCHEMES_H

#include <loft/smr/debra.h>
#include <loft/smr/ebr.h>
#include <loft/smr/hp.h>
#include <loft/smr/hyaline.h>
#include <loft/smr/ibr.h>
#include <loft/smr/leak.h>
#include <loft/smr/qsbr.h>

/* A thread holds nothing now. */
#define loft_debra_rest(me)    ((void)(me))
#define loft_ebr_rest(me)      ((void)(me))
#define loft_hp_rest(me)       ((void)(me))
#define loft_hyaline_rest(me)  ((void)(me))
#define loft_ibr_rest(me)      ((void)(me))
#define loft_leak_rest(me)     ((void)(me))
#define loft_qsbr_rest(me)     loft_qsbr_quiescent(me)

/* It frees nothing. */
#define loft_debra_leaky       0
#define loft_ebr_leaky         0
#define loft_hp_leaky          0
#define loft_hyaline_leaky     0
#define loft_ibr_leaky         0
#define loft_leak_leaky        1
#define loft_qsbr_leaky        0

#endif /* LOFT_TESTS_MAP_SCHEMES_H */
