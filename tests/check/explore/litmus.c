/* SPDX-License-Identifier: MIT
 *
 * tests/check/explore/litmus.c - the classic litmus tests: what the explorer must see, and all it may see.
 *
 * Each test is a client with the exact set of its outcomes: a weak outcome that is missing is as wrong as a forbidden
 * one that is seen. An outcome is the digits of the registers r0 r1 ..., a pair being two of them, and then of the last
 * values the test asks for: with SET(1, 10, 11) both zero is forbidden, and 1 means r0 = 0, r1 = 1.
 *
 * No set is taken on trust. Before anything is explored, the same bodies are run with a tape instead of a memory, and
 * what the tape says is given to the axioms (axioms.h), which must find the same sets. A set is what RC11 allows, for
 * that is what the explorer explores. Where a standard's own text differs, the test says by how much, and that is
 * checked too:
 *
 *     .beyond20, .beyond11     explored, though C++20 (C11) forbids it: an alarm the explorer may raise needlessly
 *     .missing20, .missing11   not explored, though C++20 (C11) allows it
 *
 * A test that says nothing of them is exact for C++20 and for C11.
 *
 * build: c-only
 */
#include <loft/check/explore.h>
#include <loft/core/dwcas.h>

#include "check/explore/axioms.h"

#include <stdio.h>

/* ---- the language of the tests ----------------------------------------------------------------------------------- */

enum { X, Y, Z, P };                                  /* three words and a pair                                     */
enum { NONE = AXIOMS_NONE };                          /* no register: the value read does not matter                */

static LOFT_ATOMIC(unsigned) word[P];
static loft_dwatomic pair;
static int payload;

static unsigned reg[AXIOMS_NONE + 1];
static bool is_pair[AXIOMS_NONE + 1];
static unsigned regs;

static axioms_program *tape;                          /* not NULL: the bodies tell it what they would do            */

static void
see(unsigned r, unsigned value)
{
    reg[r] = value;
    is_pair[r] = false;
    if (r != NONE && r >= regs)
        regs = r + 1;
}

static void
see_pair(unsigned r, loft_dw value)
{
    see(r, (unsigned)value.lo * 10u + (unsigned)value.hi);
    is_pair[r] = true;
}

static void
record(int thread, enum axioms_kind kind, unsigned location, unsigned r, unsigned value, unsigned expected,
       enum axioms_order order, enum axioms_order failed)
{
    axioms_op *o = &tape->op[thread][tape->ops[thread]++];
    o->kind = kind;
    o->order = order;
    o->failed = failed;
    o->location = location;
    o->value = value;
    o->expected = expected;
    o->reg = r;
    if (kind != AXIOMS_STORE && kind != AXIOMS_FENCE) {
        see(r, 0);
        is_pair[r] = location == P;
    }
}

#define THREAD(name)  static void name(int me)

#define ON_TAPE(kind, location, r, value, expected, mo, no) \
    record(me, AXIOMS_##kind, (location), (r), (value), (expected), AXIOMS_##mo, AXIOMS_##no)
#define EITHER(told, done)  do { if (tape) told; else done; } while (0)

/* Words: l is the location, r the register, v the value, mo the order. */
#define ld(r, l, mo) \
    EITHER(ON_TAPE(LOAD, l, r, 0, 0, mo, relaxed), see(r, loft_load(&word[l], mo)))
#define st(l, v, mo) \
    EITHER(ON_TAPE(STORE, l, NONE, v, 0, mo, relaxed), loft_store(&word[l], v, mo))
#define add(r, l, v, mo) \
    EITHER(ON_TAPE(ADD, l, r, v, 0, mo, relaxed), see(r, loft_fetch_add(&word[l], v, mo)))
#define xchg(r, l, v, mo) \
    EITHER(ON_TAPE(EXCHANGE, l, r, v, 0, mo, relaxed), see(r, loft_exchange(&word[l], v, mo)))
#define cas(r, l, e, v, ok, no) \
    EITHER(ON_TAPE(CAS, l, r, v, e, ok, no), { \
        unsigned seen = (e); \
        (void)loft_cas_strong(&word[l], &seen, v, ok, no); \
        see(r, seen); \
    })
#define weak(r, l, e, v, ok, no) \
    EITHER(ON_TAPE(CAS_WEAK, l, r, v, e, ok, no), { \
        unsigned seen = (e); \
        const bool won = loft_cas_weak(&word[l], &seen, v, ok, no); \
        see(r, seen + (won ? AXIOMS_WON : 0u)); \
    })
#define fence(mo)  EITHER(ON_TAPE(FENCE, X, NONE, 0, 0, mo, relaxed), loft_fence(mo))

/* The pair: lo and hi are its two digits. */
#define pair_ld(r, mo) \
    EITHER(ON_TAPE(LOAD, P, r, 0, 0, mo, relaxed), see_pair(r, loft_dw_load(&pair, mo)))
#define pair_peek(r, mo) \
    EITHER(ON_TAPE(PEEK, P, r, 0, 0, mo, relaxed), see_pair(r, loft_dw_peek(&pair, mo)))
#define pair_st(lo, hi, mo) \
    EITHER(ON_TAPE(EXCHANGE, P, NONE, (lo) * 10 + (hi), 0, mo, relaxed), \
           loft_dw_store(&pair, loft_dw_of(lo, hi), mo))
#define pair_xchg(r, lo, hi, mo) \
    EITHER(ON_TAPE(EXCHANGE, P, r, (lo) * 10 + (hi), 0, mo, relaxed), \
           see_pair(r, loft_dw_exchange(&pair, loft_dw_of(lo, hi), mo)))
#define pair_cas(r, elo, ehi, lo, hi, ok, no) \
    EITHER(ON_TAPE(CAS, P, r, (lo) * 10 + (hi), (elo) * 10 + (ehi), ok, no), { \
        loft_dw seen = loft_dw_of(elo, ehi); \
        (void)loft_dw_cas(&pair, &seen, loft_dw_of(lo, hi), ok, no); \
        see_pair(r, seen); \
    })

struct set {
    const uint64_t *code;
    size_t n;
};
#define SET(...)  { (const uint64_t[]){ __VA_ARGS__ }, sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t) }

struct litmus {
    const char *name;
    void (*finish)(void);
    struct set allowed;
    void (*thread[AXIOMS_THREADS])(int);
    unsigned spurious;
    loft_explore_verdict expect;
    bool by_hand;                                     /* branches or plain data: nothing for the tape               */
    struct set beyond20, missing20, beyond11, missing11;
};
#define BY(...)  { __VA_ARGS__ }
#define LITMUS(id, title, ...) \
    static const struct litmus id = { .name = title, .finish = __VA_ARGS__ };
#define RACE(id, title, ...) \
    static const struct litmus id = { .name = title, .thread = __VA_ARGS__, .expect = LOFT_EXPLORE_RACE, \
                                      .by_hand = true };

static void
setup(void)
{
    for (unsigned l = X; l < P; l++)
        loft_init(&word[l], 0u);
    loft_dw_init(&pair, loft_dw_of(0, 0));
    payload = 0;
    regs = 0;
}

static uint64_t
digits(void)
{
    uint64_t code = 0;
    for (unsigned r = 0; r < regs; r++)
        code = code * (is_pair[r] ? 100u : 10u) + reg[r];
    return code;
}

static void
finish(void)
{
    loft_explore_outcome(digits());
}

static void
finish_x(void)
{
    loft_explore_outcome(digits() * 10 + loft_load(&word[X], relaxed));
}

static void
finish_y(void)
{
    loft_explore_outcome(digits() * 10 + loft_load(&word[Y], relaxed));
}

static void
finish_xy(void)
{
    loft_explore_outcome(digits() * 100 + loft_load(&word[X], relaxed) * 10 + loft_load(&word[Y], relaxed));
}

static void
finish_pair(void)
{
    const loft_dw last = loft_dw_load(&pair, relaxed);
    loft_explore_outcome(digits() * 100 + last.lo * 10 + last.hi);
}

/* ---- SB: store buffering ----------------------------------------------------------------------------------------- */

THREAD(sb_rlx_0) { st(X, 1, relaxed); ld(0, Y, relaxed); }
THREAD(sb_rlx_1) { st(Y, 1, relaxed); ld(1, X, relaxed); }
LITMUS(sb_rlx, "SB, relaxed", finish, SET(0, 1, 10, 11), BY(sb_rlx_0, sb_rlx_1))

THREAD(sb_ra_0) { st(X, 1, release); ld(0, Y, acquire); }
THREAD(sb_ra_1) { st(Y, 1, release); ld(1, X, acquire); }
LITMUS(sb_ra, "SB, release and acquire", finish, SET(0, 1, 10, 11), BY(sb_ra_0, sb_ra_1))

THREAD(sb_sc_0) { st(X, 1, seq_cst); ld(0, Y, seq_cst); }
THREAD(sb_sc_1) { st(Y, 1, seq_cst); ld(1, X, seq_cst); }
LITMUS(sb_sc, "SB, seq_cst", finish, SET(1, 10, 11), BY(sb_sc_0, sb_sc_1))

THREAD(sb_fence_0) { st(X, 1, relaxed); fence(seq_cst); ld(0, Y, relaxed); }
THREAD(sb_fence_1) { st(Y, 1, relaxed); fence(seq_cst); ld(1, X, relaxed); }
LITMUS(sb_fences, "SB, seq_cst fences", finish, SET(1, 10, 11), BY(sb_fence_0, sb_fence_1))
LITMUS(sb_one_fence, "SB, one fence missing", finish, SET(0, 1, 10, 11), BY(sb_fence_0, sb_rlx_1))
LITMUS(sb_fence_sc, "SB, a fence here, seq_cst there", finish, SET(1, 10, 11), BY(sb_fence_0, sb_sc_1))

THREAD(sb_ar_fence_0) { st(X, 1, relaxed); fence(acq_rel); ld(0, Y, relaxed); }
THREAD(sb_ar_fence_1) { st(Y, 1, relaxed); fence(acq_rel); ld(1, X, relaxed); }
LITMUS(sb_ar_fences, "SB, acq_rel fences", finish, SET(0, 1, 10, 11), BY(sb_ar_fence_0, sb_ar_fence_1))

THREAD(sb_sc_load_0) { st(X, 1, relaxed); ld(0, Y, seq_cst); }
THREAD(sb_sc_load_1) { st(Y, 1, relaxed); ld(1, X, seq_cst); }
LITMUS(sb_sc_loads, "SB, only the loads seq_cst", finish, SET(0, 1, 10, 11), BY(sb_sc_load_0, sb_sc_load_1))

THREAD(sb_sc_store_0) { st(X, 1, seq_cst); ld(0, Y, relaxed); }
THREAD(sb_sc_store_1) { st(Y, 1, seq_cst); ld(1, X, relaxed); }
LITMUS(sb_sc_stores, "SB, only the stores seq_cst", finish, SET(0, 1, 10, 11), BY(sb_sc_store_0, sb_sc_store_1))
LITMUS(sb_one_relaxed, "SB, one load of four relaxed", finish, SET(0, 1, 10, 11), BY(sb_sc_0, sb_sc_store_1))
LITMUS(sb_fence_sc_store, "SB, a fence here, a seq_cst store there", finish, SET(0, 1, 10, 11),
       BY(sb_fence_0, sb_sc_store_1))
LITMUS(sb_fence_sc_load, "SB, a fence here, a seq_cst load there", finish, SET(0, 1, 10, 11),
       BY(sb_fence_0, sb_sc_load_1))

THREAD(sb_xchg_0) { xchg(NONE, X, 1, acq_rel); ld(0, Y, acquire); }
THREAD(sb_xchg_1) { xchg(NONE, Y, 1, acq_rel); ld(1, X, acquire); }
LITMUS(sb_xchg, "SB, acq_rel exchanges are no fences", finish, SET(0, 1, 10, 11), BY(sb_xchg_0, sb_xchg_1))

THREAD(sb_xchg_sc_0) { xchg(NONE, X, 1, seq_cst); ld(0, Y, seq_cst); }
THREAD(sb_xchg_sc_1) { xchg(NONE, Y, 1, seq_cst); ld(1, X, seq_cst); }
LITMUS(sb_xchg_sc, "SB, seq_cst exchanges", finish, SET(1, 10, 11), BY(sb_xchg_sc_0, sb_xchg_sc_1))

THREAD(sb_meet_0) { st(X, 1, relaxed); add(NONE, Z, 1, acq_rel); ld(0, Y, relaxed); }
THREAD(sb_meet_1) { st(Y, 1, relaxed); add(NONE, Z, 1, acq_rel); ld(1, X, relaxed); }
LITMUS(sb_meet, "SB, acq_rel RMWs of one word between", finish, SET(1, 10, 11), BY(sb_meet_0, sb_meet_1))

THREAD(sb_cas_0) { st(X, 1, seq_cst); cas(0, Y, 9, 8, seq_cst, seq_cst); }
THREAD(sb_cas_1) { st(Y, 1, seq_cst); cas(1, X, 9, 8, seq_cst, seq_cst); }
LITMUS(sb_cas, "SB, a failed seq_cst compare-exchange is a seq_cst load", finish, SET(1, 10, 11),
       BY(sb_cas_0, sb_cas_1))

THREAD(sb_cas_rlx_0) { st(X, 1, seq_cst); cas(0, Y, 9, 8, seq_cst, relaxed); }
THREAD(sb_cas_rlx_1) { st(Y, 1, seq_cst); cas(1, X, 9, 8, seq_cst, relaxed); }
LITMUS(sb_cas_rlx, "SB, a failed compare-exchange with relaxed is a relaxed load", finish, SET(0, 1, 10, 11),
       BY(sb_cas_rlx_0, sb_cas_rlx_1))

LITMUS(sb_load_cas, "SB, seq_cst loads, one a compare-exchange that fails relaxed", finish, SET(0, 1, 10, 11),
       BY(sb_sc_0, sb_cas_rlx_1))

THREAD(sb_cas_sc_1) { st(Y, 1, seq_cst); cas(1, X, 9, 8, relaxed, seq_cst); }
LITMUS(sb_load_cas_sc, "SB, seq_cst loads, one a relaxed compare-exchange that fails seq_cst", finish, SET(1, 10, 11),
       BY(sb_sc_0, sb_cas_sc_1))

THREAD(sb3_0) { st(X, 1, seq_cst); ld(0, Y, seq_cst); }
THREAD(sb3_1) { st(Y, 1, seq_cst); ld(1, Z, seq_cst); }
THREAD(sb3_2) { st(Z, 1, seq_cst); ld(2, X, seq_cst); }
LITMUS(sb3, "SB of three, seq_cst", finish, SET(1, 10, 11, 100, 101, 110, 111), BY(sb3_0, sb3_1, sb3_2))

THREAD(sb3_late_0) { st(X, 1, seq_cst); ld(0, Y, seq_cst); }
THREAD(sb3_late_1) { st(Y, 1, seq_cst); st(Z, 1, seq_cst); }
THREAD(sb3_late_2) { st(Y, 2, seq_cst); ld(1, Z, seq_cst); ld(2, X, seq_cst); }
LITMUS(sb3_late, "SB of three, one load seeing a store of the last", finish_y,
       SET(11, 12, 111, 112, 1001, 1011, 1012, 1101, 1111, 1112, 2001, 2002, 2011, 2012, 2102, 2111, 2112),
       BY(sb3_late_0, sb3_late_1, sb3_late_2))

THREAD(sb3_fence_0) { st(X, 1, relaxed); fence(seq_cst); ld(0, Y, relaxed); }
THREAD(sb3_fence_1) { st(Y, 1, relaxed); fence(seq_cst); ld(1, Z, relaxed); }
THREAD(sb3_fence_2) { st(Z, 1, relaxed); fence(seq_cst); ld(2, X, relaxed); }
THREAD(sb3_rlx_2) { st(Z, 1, release); ld(2, X, acquire); }
LITMUS(sb3_fences, "SB of three, fences", finish, SET(1, 10, 11, 100, 101, 110, 111),
       BY(sb3_fence_0, sb3_fence_1, sb3_fence_2))
LITMUS(sb3_missing, "SB of three, one fence missing", finish, SET(0, 1, 10, 11, 100, 101, 110, 111),
       BY(sb3_fence_0, sb3_fence_1, sb3_rlx_2))

/* ---- MP: message passing ----------------------------------------------------------------------------------------- */

THREAD(mp_put_rlx) { st(X, 1, relaxed); st(Y, 1, relaxed); }
THREAD(mp_put_rel) { st(X, 1, relaxed); st(Y, 1, release); }
THREAD(mp_put_sc) { st(X, 1, seq_cst); st(Y, 1, seq_cst); }
THREAD(mp_put_fence) { st(X, 1, relaxed); fence(release); st(Y, 1, relaxed); }
THREAD(mp_put_sc_fence) { st(X, 1, relaxed); fence(seq_cst); st(Y, 1, relaxed); }
THREAD(mp_put_late_fence) { st(X, 1, relaxed); st(Y, 1, relaxed); fence(release); }
THREAD(mp_put_acq_fence) { st(X, 1, relaxed); fence(acquire); st(Y, 1, relaxed); }
THREAD(mp_put_xchg) { st(X, 1, relaxed); xchg(NONE, Y, 1, release); }
THREAD(mp_put_first) { st(X, 1, release); st(Y, 1, relaxed); }
THREAD(mp_get_rlx) { ld(0, Y, relaxed); ld(1, X, relaxed); }
THREAD(mp_get_acq) { ld(0, Y, acquire); ld(1, X, relaxed); }
THREAD(mp_get_sc) { ld(0, Y, seq_cst); ld(1, X, seq_cst); }
THREAD(mp_get_fence) { ld(0, Y, relaxed); fence(acquire); ld(1, X, relaxed); }
THREAD(mp_get_sc_fence) { ld(0, Y, relaxed); fence(seq_cst); ld(1, X, relaxed); }
THREAD(mp_get_early_fence) { fence(acquire); ld(0, Y, relaxed); ld(1, X, relaxed); }
THREAD(mp_get_rel_fence) { ld(0, Y, relaxed); fence(release); ld(1, X, relaxed); }
THREAD(mp_get_second) { ld(0, Y, relaxed); ld(1, X, acquire); }
THREAD(mp_get_add) { add(0, Y, 0, acquire); ld(1, X, relaxed); }
THREAD(mp_get_add_rel) { add(0, Y, 0, release); ld(1, X, relaxed); }
LITMUS(mp_rlx, "MP, relaxed", finish, SET(0, 1, 10, 11), BY(mp_put_rlx, mp_get_rlx))
LITMUS(mp_ra, "MP, release and acquire", finish, SET(0, 1, 11), BY(mp_put_rel, mp_get_acq))
LITMUS(mp_sc, "MP, seq_cst", finish, SET(0, 1, 11), BY(mp_put_sc, mp_get_sc))
LITMUS(mp_rel_rlx, "MP, release and relaxed", finish, SET(0, 1, 10, 11), BY(mp_put_rel, mp_get_rlx))
LITMUS(mp_rlx_acq, "MP, relaxed and acquire", finish, SET(0, 1, 10, 11), BY(mp_put_rlx, mp_get_acq))
LITMUS(mp_first_second, "MP, the orders on the data", finish, SET(0, 1, 10, 11), BY(mp_put_first, mp_get_second))
LITMUS(mp_fences, "MP, fence to fence", finish, SET(0, 1, 11), BY(mp_put_fence, mp_get_fence))
LITMUS(mp_rel_fence, "MP, release to fence", finish, SET(0, 1, 11), BY(mp_put_rel, mp_get_fence))
LITMUS(mp_fence_acq, "MP, fence to acquire", finish, SET(0, 1, 11), BY(mp_put_fence, mp_get_acq))
LITMUS(mp_sc_fences, "MP, seq_cst fences", finish, SET(0, 1, 11), BY(mp_put_sc_fence, mp_get_sc_fence))
LITMUS(mp_fence_rlx, "MP, no fence on the side of the reader", finish, SET(0, 1, 10, 11),
       BY(mp_put_fence, mp_get_rlx))
LITMUS(mp_rlx_fence, "MP, no fence on the side of the writer", finish, SET(0, 1, 10, 11),
       BY(mp_put_rlx, mp_get_fence))
LITMUS(mp_sc_fence_rlx, "MP, a seq_cst fence on the side of the writer alone", finish, SET(0, 1, 10, 11),
       BY(mp_put_sc_fence, mp_get_rlx))
LITMUS(mp_rlx_sc_fence, "MP, a seq_cst fence on the side of the reader alone", finish, SET(0, 1, 10, 11),
       BY(mp_put_rlx, mp_get_sc_fence))
LITMUS(mp_late, "MP, the release fence after the flag", finish, SET(0, 1, 10, 11), BY(mp_put_late_fence, mp_get_acq))
LITMUS(mp_early, "MP, the acquire fence before the flag", finish, SET(0, 1, 10, 11),
       BY(mp_put_rel, mp_get_early_fence))
LITMUS(mp_wrong_put, "MP, an acquire fence that should be a release one", finish, SET(0, 1, 10, 11),
       BY(mp_put_acq_fence, mp_get_acq))
LITMUS(mp_wrong_get, "MP, a release fence that should be an acquire one", finish, SET(0, 1, 10, 11),
       BY(mp_put_rel, mp_get_rel_fence))
LITMUS(mp_xchg, "MP, released by an exchange", finish, SET(0, 1, 11), BY(mp_put_xchg, mp_get_acq))
LITMUS(mp_add, "MP, acquired by a fetch_add", finish, SET(0, 1, 11), BY(mp_put_rel, mp_get_add))
LITMUS(mp_add_rel, "MP, a release fetch_add acquires nothing", finish, SET(0, 1, 10, 11),
       BY(mp_put_rel, mp_get_add_rel))

THREAD(mp_get_failed) { cas(0, Y, 5, 6, relaxed, acquire); ld(1, X, relaxed); }
THREAD(mp_get_failed_rlx) { cas(0, Y, 5, 6, acq_rel, relaxed); ld(1, X, relaxed); }
THREAD(mp_get_won) { cas(0, Y, 1, 2, acquire, relaxed); ld(1, X, relaxed); }
THREAD(mp_get_won_rlx) { cas(0, Y, 1, 2, release, acquire); ld(1, X, relaxed); }
LITMUS(mp_failed, "MP, acquired by a failed compare-exchange", finish, SET(0, 1, 11), BY(mp_put_rel, mp_get_failed))
LITMUS(mp_failed_rlx, "MP, a compare-exchange that fails relaxed", finish, SET(0, 1, 10, 11),
       BY(mp_put_rel, mp_get_failed_rlx))
LITMUS(mp_won, "MP, acquired by a compare-exchange that succeeds", finish, SET(0, 1, 11), BY(mp_put_rel, mp_get_won))
LITMUS(mp_won_rlx, "MP, a compare-exchange that succeeds with release", finish, SET(0, 1, 10, 11),
       BY(mp_put_rel, mp_get_won_rlx))

THREAD(mp_new) { st(X, 1, relaxed); cas(NONE, Y, 0, 1, release, relaxed); }
LITMUS(mp_cas, "MP, released by a compare-exchange", finish, SET(0, 1, 11), BY(mp_new, mp_get_acq))

/* Reading twice and acquiring later: the acquire fence reaches back to the load. */
THREAD(mp_get_back) { ld(0, Y, relaxed); ld(1, X, relaxed); fence(acquire); ld(2, X, relaxed); }
LITMUS(mp_back, "MP, data read before and after the acquire fence", finish, SET(0, 1, 11, 101, 111),
       BY(mp_put_fence, mp_get_back))

/* ---- LB: load buffering. C11 and C++20 only advise against 11; RC11, and so the explorer, does not have it. ------ */

THREAD(lb_rlx_0) { ld(0, X, relaxed); st(Y, 1, relaxed); }
THREAD(lb_rlx_1) { ld(1, Y, relaxed); st(X, 1, relaxed); }
LITMUS(lb_rlx, "LB, relaxed: both reading 1 is not explored", finish, SET(0, 1, 10), BY(lb_rlx_0, lb_rlx_1),
       .missing20 = SET(11), .missing11 = SET(11))

THREAD(lb_acq_0) { ld(0, X, acquire); st(Y, 1, relaxed); }
THREAD(lb_acq_1) { ld(1, Y, acquire); st(X, 1, relaxed); }
LITMUS(lb_acq, "LB, acquire alone: both reading 1 is not explored", finish, SET(0, 1, 10), BY(lb_acq_0, lb_acq_1),
       .missing20 = SET(11), .missing11 = SET(11))

THREAD(lb_ra_0) { ld(0, X, acquire); st(Y, 1, release); }
THREAD(lb_ra_1) { ld(1, Y, acquire); st(X, 1, release); }
LITMUS(lb_ra, "LB, acquire and release", finish, SET(0, 1, 10), BY(lb_ra_0, lb_ra_1))

/* ---- IRIW: independent reads of independent writes --------------------------------------------------------------- */

#define ALL_OF_4 \
    SET(0, 1, 10, 11, 100, 101, 110, 111, 1000, 1001, 1010, 1011, 1100, 1101, 1110, 1111)
#define ALL_BUT_1010 \
    SET(0, 1, 10, 11, 100, 101, 110, 111, 1000, 1001, 1011, 1100, 1101, 1110, 1111)

THREAD(iriw_x_rlx) { st(X, 1, relaxed); }
THREAD(iriw_y_rlx) { st(Y, 1, relaxed); }
THREAD(iriw_x_rel) { st(X, 1, release); }
THREAD(iriw_y_rel) { st(Y, 1, release); }
THREAD(iriw_x_sc) { st(X, 1, seq_cst); }
THREAD(iriw_y_sc) { st(Y, 1, seq_cst); }
THREAD(iriw_xy_acq) { ld(0, X, acquire); ld(1, Y, acquire); }
THREAD(iriw_yx_acq) { ld(2, Y, acquire); ld(3, X, acquire); }
THREAD(iriw_xy_sc) { ld(0, X, seq_cst); ld(1, Y, seq_cst); }
THREAD(iriw_yx_sc) { ld(2, Y, seq_cst); ld(3, X, seq_cst); }
THREAD(iriw_xy_fence) { ld(0, X, relaxed); fence(seq_cst); ld(1, Y, relaxed); }
THREAD(iriw_yx_fence) { ld(2, Y, relaxed); fence(seq_cst); ld(3, X, relaxed); }
THREAD(iriw_xy_ar_fence) { ld(0, X, relaxed); fence(acq_rel); ld(1, Y, relaxed); }
THREAD(iriw_yx_ar_fence) { ld(2, Y, relaxed); fence(acq_rel); ld(3, X, relaxed); }
THREAD(iriw_xy_acq_sc) { ld(0, X, acquire); ld(1, Y, seq_cst); }
THREAD(iriw_yx_acq_sc) { ld(2, Y, acquire); ld(3, X, seq_cst); }
LITMUS(iriw_ra, "IRIW, release and acquire", finish, ALL_OF_4, BY(iriw_x_rel, iriw_y_rel, iriw_xy_acq, iriw_yx_acq))
LITMUS(iriw_sc, "IRIW, seq_cst", finish, ALL_BUT_1010, BY(iriw_x_sc, iriw_y_sc, iriw_xy_sc, iriw_yx_sc))
LITMUS(iriw_sc_loads, "IRIW, only the loads seq_cst", finish, ALL_OF_4,
       BY(iriw_x_rel, iriw_y_rel, iriw_xy_sc, iriw_yx_sc), .beyond20 = SET(1010))
LITMUS(iriw_sc_stores, "IRIW, only the stores seq_cst", finish, ALL_OF_4,
       BY(iriw_x_sc, iriw_y_sc, iriw_xy_acq, iriw_yx_acq))
LITMUS(iriw_one_store, "IRIW, one store not seq_cst", finish, ALL_OF_4,
       BY(iriw_x_sc, iriw_y_rel, iriw_xy_sc, iriw_yx_sc), .beyond20 = SET(1010))
LITMUS(iriw_acq_sc, "IRIW, each second load seq_cst (IRIW-acq-sc of the paper)", finish, ALL_OF_4,
       BY(iriw_x_sc, iriw_y_sc, iriw_xy_acq_sc, iriw_yx_acq_sc), .beyond11 = SET(1010))
LITMUS(iriw_fences, "IRIW, seq_cst fences in the readers", finish, ALL_BUT_1010,
       BY(iriw_x_rlx, iriw_y_rlx, iriw_xy_fence, iriw_yx_fence), .missing11 = SET(1010))
LITMUS(iriw_one_fence, "IRIW, a seq_cst fence in one reader", finish, ALL_OF_4,
       BY(iriw_x_rlx, iriw_y_rlx, iriw_xy_fence, iriw_yx_acq))
LITMUS(iriw_ar_fences, "IRIW, acq_rel fences", finish, ALL_OF_4,
       BY(iriw_x_rel, iriw_y_rel, iriw_xy_ar_fence, iriw_yx_ar_fence))
LITMUS(iriw_mixed, "IRIW, a fence in one reader, all else seq_cst", finish, ALL_BUT_1010,
       BY(iriw_x_sc, iriw_y_sc, iriw_xy_fence, iriw_yx_sc))

/* ---- 2+2W, S, R: stores against stores --------------------------------------------------------------------------- */

THREAD(ww_rlx_0) { st(X, 1, relaxed); st(Y, 2, relaxed); }
THREAD(ww_rlx_1) { st(Y, 1, relaxed); st(X, 2, relaxed); }
THREAD(ww_rel_0) { st(X, 1, release); st(Y, 2, release); }
THREAD(ww_rel_1) { st(Y, 1, release); st(X, 2, release); }
THREAD(ww_sc_0) { st(X, 1, seq_cst); st(Y, 2, seq_cst); }
THREAD(ww_sc_1) { st(Y, 1, seq_cst); st(X, 2, seq_cst); }
THREAD(ww_fence_0) { st(X, 1, relaxed); fence(seq_cst); st(Y, 2, relaxed); }
THREAD(ww_fence_1) { st(Y, 1, relaxed); fence(seq_cst); st(X, 2, relaxed); }
LITMUS(ww_rlx, "2+2W, relaxed", finish_xy, SET(11, 12, 21, 22), BY(ww_rlx_0, ww_rlx_1))
LITMUS(ww_rel, "2+2W, release", finish_xy, SET(11, 12, 21, 22), BY(ww_rel_0, ww_rel_1))
LITMUS(ww_sc, "2+2W, seq_cst", finish_xy, SET(12, 21, 22), BY(ww_sc_0, ww_sc_1))
LITMUS(ww_fences, "2+2W, seq_cst fences", finish_xy, SET(12, 21, 22), BY(ww_fence_0, ww_fence_1))
LITMUS(ww_fence_sc, "2+2W, a fence here, seq_cst there", finish_xy, SET(12, 21, 22), BY(ww_fence_0, ww_sc_1))
LITMUS(ww_one_fence, "2+2W, one fence missing", finish_xy, SET(11, 12, 21, 22), BY(ww_fence_0, ww_rel_1))

THREAD(s_rlx_0) { st(X, 2, relaxed); st(Y, 1, relaxed); }
THREAD(s_rlx_1) { ld(0, Y, relaxed); st(X, 1, relaxed); }
THREAD(s_rel_0) { st(X, 2, relaxed); st(Y, 1, release); }
THREAD(s_acq_1) { ld(0, Y, acquire); st(X, 1, relaxed); }
THREAD(s_fence_0) { st(X, 2, relaxed); fence(release); st(Y, 1, relaxed); }
THREAD(s_fence_1) { ld(0, Y, relaxed); fence(acquire); st(X, 1, relaxed); }
LITMUS(s_rlx, "S, relaxed", finish_x, SET(1, 2, 11, 12), BY(s_rlx_0, s_rlx_1))
LITMUS(s_ra, "S, release and acquire", finish_x, SET(1, 2, 11), BY(s_rel_0, s_acq_1))
LITMUS(s_fences, "S, fences", finish_x, SET(1, 2, 11), BY(s_fence_0, s_fence_1))
LITMUS(s_one, "S, release and relaxed", finish_x, SET(1, 2, 11, 12), BY(s_rel_0, s_rlx_1))

THREAD(r_ra_0) { st(X, 1, release); st(Y, 1, release); }
THREAD(r_ra_1) { st(Y, 2, release); ld(0, X, acquire); }
THREAD(r_sc_0) { st(X, 1, seq_cst); st(Y, 1, seq_cst); }
THREAD(r_sc_1) { st(Y, 2, seq_cst); ld(0, X, seq_cst); }
THREAD(r_fence_0) { st(X, 1, relaxed); fence(seq_cst); st(Y, 1, relaxed); }
THREAD(r_fence_1) { st(Y, 2, relaxed); fence(seq_cst); ld(0, X, relaxed); }
LITMUS(r_ra, "R, release and acquire", finish_y, SET(1, 2, 11, 12), BY(r_ra_0, r_ra_1))
LITMUS(r_sc, "R, seq_cst", finish_y, SET(1, 11, 12), BY(r_sc_0, r_sc_1))
LITMUS(r_fences, "R, seq_cst fences", finish_y, SET(1, 11, 12), BY(r_fence_0, r_fence_1))
LITMUS(r_fence_sc, "R, a fence here, seq_cst there", finish_y, SET(1, 11, 12), BY(r_fence_0, r_sc_1))
LITMUS(r_sc_fence, "R, seq_cst here, a fence there", finish_y, SET(1, 11, 12), BY(r_sc_0, r_fence_1))
LITMUS(r_one_fence, "R, one fence missing", finish_y, SET(1, 2, 11, 12), BY(r_fence_0, r_ra_1))

/* ---- three threads: WRC, RWC, W+RWC, ISA2, Z6.U ------------------------------------------------------------------ */

#define ALL_OF_3      SET(0, 1, 10, 11, 100, 101, 110, 111)
#define ALL_BUT_110   SET(0, 1, 10, 11, 100, 101, 111)
#define ALL_BUT_100   SET(0, 1, 10, 11, 101, 110, 111)

THREAD(one_x_rlx) { st(X, 1, relaxed); }
THREAD(one_x_sc) { st(X, 1, seq_cst); }
THREAD(wrc_pass_rlx) { ld(0, X, relaxed); st(Y, 1, relaxed); }
THREAD(wrc_pass_rel) { ld(0, X, relaxed); st(Y, 1, release); }
THREAD(wrc_pass_fence) { ld(0, X, relaxed); fence(release); st(Y, 1, relaxed); }
THREAD(wrc_get_rlx) { ld(1, Y, relaxed); ld(2, X, relaxed); }
THREAD(wrc_get_acq) { ld(1, Y, acquire); ld(2, X, relaxed); }
LITMUS(wrc_rlx, "WRC, relaxed", finish, ALL_OF_3, BY(one_x_rlx, wrc_pass_rlx, wrc_get_rlx))
LITMUS(wrc_ra, "WRC, release and acquire: a relaxed value read is carried on", finish, ALL_BUT_110,
       BY(one_x_rlx, wrc_pass_rel, wrc_get_acq))
LITMUS(wrc_fence, "WRC, carried on by a release fence", finish, ALL_BUT_110,
       BY(one_x_rlx, wrc_pass_fence, wrc_get_acq))
LITMUS(wrc_half, "WRC, the second step relaxed", finish, ALL_OF_3, BY(one_x_rlx, wrc_pass_rlx, wrc_get_acq))

THREAD(rwc_read_acq) { ld(0, X, acquire); ld(1, Y, acquire); }
THREAD(rwc_write_ra) { st(Y, 1, release); ld(2, X, acquire); }
THREAD(rwc_read_sc) { ld(0, X, seq_cst); ld(1, Y, seq_cst); }
THREAD(rwc_write_sc) { st(Y, 1, seq_cst); ld(2, X, seq_cst); }
THREAD(rwc_read_fence) { ld(0, X, relaxed); fence(seq_cst); ld(1, Y, relaxed); }
THREAD(rwc_write_fence) { st(Y, 1, relaxed); fence(seq_cst); ld(2, X, relaxed); }
LITMUS(rwc_ra, "RWC, release and acquire", finish, ALL_OF_3, BY(one_x_rlx, rwc_read_acq, rwc_write_ra))
LITMUS(rwc_sc, "RWC, seq_cst", finish, ALL_BUT_100, BY(one_x_sc, rwc_read_sc, rwc_write_sc))
LITMUS(rwc_x_rlx, "RWC, the lone store relaxed, the others seq_cst", finish, ALL_OF_3,
       BY(one_x_rlx, rwc_read_sc, rwc_write_sc), .beyond20 = SET(100))
LITMUS(rwc_fences, "RWC, seq_cst fences (RWC+syncs of the paper)", finish, ALL_BUT_100,
       BY(one_x_rlx, rwc_read_fence, rwc_write_fence), .missing11 = SET(100))
LITMUS(rwc_one_fence, "RWC, one fence missing", finish, ALL_OF_3, BY(one_x_rlx, rwc_read_fence, rwc_write_ra))

THREAD(wrwc_put) { st(X, 1, relaxed); st(Z, 1, release); }
THREAD(wrwc_put_sc) { st(X, 1, seq_cst); st(Z, 1, release); }
THREAD(wrwc_read) { ld(0, Z, acquire); fence(seq_cst); ld(1, Y, relaxed); }
THREAD(wrwc_read_weak) { ld(0, Z, acquire); ld(1, Y, relaxed); }
THREAD(wrwc_read_sc) { ld(0, Z, acquire); ld(1, Y, seq_cst); }
LITMUS(wrwc_fences, "W+RWC, fences", finish, ALL_BUT_100, BY(wrwc_put, wrwc_read, rwc_write_fence),
       .missing11 = SET(100))
LITMUS(wrwc_one_fence, "W+RWC, one fence missing", finish, ALL_OF_3, BY(wrwc_put, wrwc_read_weak, rwc_write_fence))
LITMUS(wrwc_sc, "W+RWC, seq_cst but for the word between", finish, ALL_BUT_100,
       BY(wrwc_put_sc, wrwc_read_sc, rwc_write_sc))

THREAD(wrwc_put_fence) { st(Z, 1, relaxed); fence(seq_cst); st(X, 1, relaxed); }
THREAD(wrwc_read_fenced) { ld(0, X, acquire); ld(1, Y, seq_cst); }
THREAD(wrwc_write_fenced) { st(Y, 1, seq_cst); ld(2, Z, seq_cst); }
LITMUS(wrwc_put_fenced, "W+RWC, a fence in the writer, the others seq_cst", finish, ALL_BUT_100,
       BY(wrwc_put_fence, wrwc_read_fenced, wrwc_write_fenced))

THREAD(wrwc_put_sc_z) { st(Z, 1, seq_cst); st(X, 1, release); }
THREAD(wrwc_read_x_fence) { ld(0, X, acquire); fence(seq_cst); ld(1, Y, relaxed); }
LITMUS(wrwc_read_fenced_x, "W+RWC, a fence in the reader, the others seq_cst", finish, ALL_BUT_100,
       BY(wrwc_put_sc_z, wrwc_read_x_fence, wrwc_write_fenced))

/* What happens before and after a seq_cst access counts for S only by way of another word, or of a fence. */
THREAD(hop_put) { st(X, 1, seq_cst); st(X, 2, release); }
THREAD(hop_put_fence) { st(X, 1, seq_cst); fence(release); st(X, 2, relaxed); }
THREAD(hop_read) { ld(0, X, acquire); ld(1, Y, seq_cst); }
THREAD(hop_write) { st(Y, 1, seq_cst); ld(2, X, seq_cst); }
LITMUS(hop_same, "W+RWC, passed on through the seq_cst word itself", finish,
       SET(0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112, 200, 201, 202, 210, 211, 212),
       BY(hop_put, hop_read, hop_write), .beyond20 = SET(200), .beyond11 = SET(100, 200))
LITMUS(hop_fence, "W+RWC, passed on through the seq_cst word itself, behind a fence", finish,
       SET(0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112, 201, 202, 210, 211, 212),
       BY(hop_put_fence, hop_read, hop_write), .beyond11 = SET(100))

THREAD(isa2_put) { st(X, 1, relaxed); st(Y, 1, release); }
THREAD(isa2_pass) { ld(0, Y, acquire); st(Z, 1, release); }
THREAD(isa2_pass_rlx) { ld(0, Y, relaxed); st(Z, 1, release); }
THREAD(isa2_get) { ld(1, Z, acquire); ld(2, X, relaxed); }
LITMUS(isa2_ra, "ISA2, release and acquire", finish, ALL_BUT_110, BY(isa2_put, isa2_pass, isa2_get))
LITMUS(isa2_rlx, "ISA2, the first acquire relaxed", finish, ALL_OF_3, BY(isa2_put, isa2_pass_rlx, isa2_get))

THREAD(z63_0) { st(X, 1, relaxed); st(Y, 1, release); }
THREAD(z63_1) { st(Y, 2, relaxed); st(Z, 1, release); }
THREAD(z63_2) { ld(0, Z, acquire); ld(1, X, relaxed); }
LITMUS(z63, "Z6.3, mo does not carry happens-before", finish_y, SET(1, 2, 11, 12, 101, 102, 111, 112),
       BY(z63_0, z63_1, z63_2))

/* C11 puts all of happens-before into S; the paper shows that Power does not, and takes it out. */
THREAD(z6u_0) { st(X, 1, seq_cst); st(Y, 1, release); }
THREAD(z6u_1) { add(0, Y, 1, seq_cst); ld(1, Y, relaxed); }
THREAD(z6u_2) { st(Y, 3, seq_cst); ld(2, X, seq_cst); }
LITMUS(z6u, "Z6.U", finish, SET(10, 11, 30, 31, 120, 121, 130, 131, 310, 311, 340, 341), BY(z6u_0, z6u_1, z6u_2),
       .beyond11 = SET(130))

/* ---- coherence --------------------------------------------------------------------------------------------------- */

THREAD(co_w1) { st(X, 1, relaxed); }
THREAD(co_w2) { st(X, 2, relaxed); }
THREAD(co_w12) { st(X, 1, relaxed); st(X, 2, relaxed); }
THREAD(co_rr) { ld(0, X, relaxed); ld(1, X, relaxed); }
THREAD(co_rr_more) { ld(2, X, relaxed); ld(3, X, relaxed); }
THREAD(co_rw) { ld(0, X, relaxed); st(X, 1, relaxed); }
THREAD(co_wr) { st(X, 1, relaxed); ld(0, X, relaxed); }
THREAD(co_r) { ld(0, X, relaxed); }
LITMUS(corr, "CoRR", finish, SET(0, 1, 11), BY(co_w1, co_rr))
LITMUS(corr_two, "CoRR, two stores of one thread", finish, SET(0, 1, 2, 11, 12, 22), BY(co_w12, co_rr))
LITMUS(corr_3, "CoRR, two stores of two threads", finish, SET(0, 1, 2, 11, 12, 21, 22), BY(co_w1, co_w2, co_rr))
LITMUS(corr_4, "CoRR, two readers agree on the order of two stores", finish,
       SET(0, 1, 2, 11, 12, 21, 22, 100, 101, 102, 111, 112, 121, 122, 200, 201, 202, 211, 212, 221, 222,
           1100, 1101, 1102, 1111, 1112, 1121, 1122, 1200, 1201, 1202, 1211, 1212, 1222,
           2100, 2101, 2102, 2111, 2121, 2122, 2200, 2201, 2202, 2211, 2212, 2221, 2222),
       BY(co_w1, co_w2, co_rr, co_rr_more))
LITMUS(corw, "CoRW", finish_x, SET(1, 2, 21), BY(co_rw, co_w2))
LITMUS(cowr, "CoWR", finish_x, SET(11, 12, 22), BY(co_wr, co_w2))
LITMUS(coww, "CoWW", finish_x, SET(2, 12, 22), BY(co_w12, co_r))

THREAD(co_put) { st(X, 1, relaxed); st(Y, 1, release); }
THREAD(co_over) { ld(0, Y, acquire); st(X, 2, relaxed); }
THREAD(co_look) { ld(1, X, relaxed); ld(2, X, relaxed); }
LITMUS(coww_hb, "CoWW through a release and an acquire", finish,
       SET(0, 1, 2, 11, 12, 21, 22, 100, 101, 102, 111, 112, 122), BY(co_put, co_over, co_look))

/* ---- release sequences ------------------------------------------------------------------------------------------- */

THREAD(rs_get) { ld(0, Y, acquire); ld(1, X, relaxed); }
THREAD(rs_get_fence) { ld(0, Y, relaxed); fence(acquire); ld(1, X, relaxed); }
THREAD(rs_own) { st(X, 1, relaxed); st(Y, 1, release); st(Y, 2, relaxed); }
THREAD(rs_own_add) { st(X, 1, relaxed); st(Y, 1, release); add(NONE, Y, 1, relaxed); }
THREAD(rs_head) { st(X, 1, relaxed); st(Y, 1, release); }
THREAD(rs_head_fence) { st(X, 1, relaxed); fence(release); st(Y, 1, relaxed); }
THREAD(rs_head_rlx) { st(X, 1, relaxed); st(Y, 1, relaxed); }
THREAD(rs_add) { add(NONE, Y, 2, relaxed); }
THREAD(rs_add_more) { add(NONE, Y, 4, relaxed); }
THREAD(rs_add_release) { add(NONE, Y, 2, release); }
THREAD(rs_cas) { cas(NONE, Y, 1, 2, relaxed, relaxed); }
THREAD(rs_other) { st(Y, 2, relaxed); }
THREAD(rs_other_3) { st(Y, 3, relaxed); }
LITMUS(rs_same, "release sequence: a store of the same thread ends it (C++20)", finish, SET(0, 1, 11, 20, 21),
       BY(rs_own, rs_get), .beyond11 = SET(20))
LITMUS(rs_same_cut, "release sequence: a store of another thread between, too", finish_y,
       SET(2, 3, 12, 13, 112, 113, 202, 203, 212, 213, 302, 303, 312, 313), BY(rs_own, rs_other_3, rs_get),
       .beyond11 = SET(203))
LITMUS(rs_same_add, "release sequence: an RMW of the same thread continues it", finish, SET(0, 1, 11, 21),
       BY(rs_own_add, rs_get))
LITMUS(rs_rmw, "release sequence: a relaxed RMW of another thread continues it", finish, SET(0, 1, 11, 20, 21, 31),
       BY(rs_head, rs_add, rs_get))
LITMUS(rs_rmw_fence, "release sequence: from a fence through an RMW to a fence", finish, SET(0, 1, 11, 20, 21, 31),
       BY(rs_head_fence, rs_add, rs_get_fence))
LITMUS(rs_rmw_rlx, "release sequence: none without a release", finish, SET(0, 1, 10, 11, 20, 21, 30, 31),
       BY(rs_head_rlx, rs_add, rs_get))
LITMUS(rs_rmw_head, "release sequence: a release RMW gives on only what its thread knows", finish,
       SET(0, 1, 10, 11, 20, 21, 30, 31), BY(rs_head_rlx, rs_add_release, rs_get))
LITMUS(rs_cas_won, "release sequence: a relaxed compare-exchange continues it", finish, SET(0, 1, 11, 21),
       BY(rs_head, rs_cas, rs_get))
LITMUS(rs_cut, "release sequence: a store of another thread ends it", finish, SET(0, 1, 11, 20, 21),
       BY(rs_head, rs_other, rs_get))
LITMUS(rs_two, "release sequence: two RMWs of two threads continue it", finish,
       SET(0, 1, 11, 20, 21, 31, 40, 41, 51, 60, 61, 71), BY(rs_head, rs_add, rs_add_more, rs_get))
LITMUS(rs_cut_then, "release sequence: an RMW after another's store does not take it up again", finish,
       SET(0, 1, 11, 30, 31, 40, 41, 51, 70, 71), BY(rs_head, rs_other_3, rs_add_more, rs_get))

THREAD(rs_head_z) { st(X, 1, relaxed); add(NONE, Y, 1, acq_rel); }
THREAD(rs_link) { st(Z, 1, relaxed); add(NONE, Y, 2, acq_rel); }
THREAD(rs_link_rlx) { st(Z, 1, relaxed); add(NONE, Y, 2, relaxed); }
THREAD(rs_link_rel) { st(Z, 1, relaxed); add(NONE, Y, 2, release); }
THREAD(rs_both) { ld(0, Y, acquire); ld(1, X, relaxed); ld(2, Z, relaxed); }
LITMUS(rs_chain, "a chain of acq_rel RMWs carries both", finish,
       SET(0, 1, 10, 11, 110, 111, 201, 211, 311), BY(rs_head_z, rs_link, rs_both))
LITMUS(rs_chain_rel, "a chain of release RMWs carries both to who acquires", finish,
       SET(0, 1, 10, 11, 110, 111, 201, 211, 311), BY(rs_head_z, rs_link_rel, rs_both))
LITMUS(rs_chain_rlx, "a relaxed RMW in the chain carries the other's", finish,
       SET(0, 1, 10, 11, 110, 111, 200, 201, 210, 211, 310, 311), BY(rs_head_z, rs_link_rlx, rs_both))

/* ---- read-modify-writes ------------------------------------------------------------------------------------------ */

THREAD(rmw_add_0) { add(0, X, 1, relaxed); }
THREAD(rmw_add_1) { add(1, X, 1, relaxed); }
THREAD(rmw_add_2) { add(2, X, 1, relaxed); }
LITMUS(rmw_lost, "no update is lost: two fetch_adds", finish_x, SET(12, 102), BY(rmw_add_0, rmw_add_1))
LITMUS(rmw_lost_3, "no update is lost: three fetch_adds never see the same", finish_x,
       SET(123, 213, 1023, 1203, 2013, 2103), BY(rmw_add_0, rmw_add_1, rmw_add_2))

THREAD(rmw_xchg_0) { xchg(0, X, 1, relaxed); }
THREAD(rmw_xchg_1) { xchg(1, X, 2, relaxed); }
THREAD(rmw_xchg_2) { xchg(2, X, 3, relaxed); }
LITMUS(rmw_xchgs, "exchanges hand one value to one thread", finish_x,
       SET(123, 312, 2013, 2301, 3021, 3102), BY(rmw_xchg_0, rmw_xchg_1, rmw_xchg_2))

THREAD(rmw_cas_0) { cas(0, X, 0, 1, relaxed, relaxed); }
THREAD(rmw_cas_1) { cas(1, X, 0, 2, relaxed, relaxed); }
THREAD(rmw_cas_2) { cas(2, X, 0, 3, relaxed, relaxed); }
LITMUS(rmw_cas, "one of two compare-exchanges wins", finish_x, SET(11, 202), BY(rmw_cas_0, rmw_cas_1))
LITMUS(rmw_cas_3, "one of three compare-exchanges wins", finish_x, SET(111, 2022, 3303),
       BY(rmw_cas_0, rmw_cas_1, rmw_cas_2))

THREAD(rmw_store) { st(X, 5, relaxed); }
LITMUS(rmw_between, "no store comes between the halves of an RMW", finish_x, SET(5, 56), BY(rmw_add_0, rmw_store))

THREAD(split_0) { ld(0, X, relaxed); st(X, 1, relaxed); }
THREAD(split_1) { ld(1, X, relaxed); st(X, 2, relaxed); }
LITMUS(split, "a load and a store are no RMW", finish_x, SET(1, 2, 12, 201), BY(split_0, split_1))

THREAD(stale_0) { cas(0, X, 0, 2, relaxed, relaxed); }
THREAD(stale_1) { st(X, 1, relaxed); }
LITMUS(stale, "a compare-exchange that succeeds read the last", finish_x, SET(1, 11),
       BY(stale_0, stale_1))
THREAD(stale_2) { st(X, 1, relaxed); st(X, 0, relaxed); }
THREAD(stale_3) { cas(0, X, 5, 6, relaxed, relaxed); ld(1, X, relaxed); }
LITMUS(stale_fail, "a compare-exchange that fails may read an old value", finish_x, SET(0, 10, 100, 110),
       BY(stale_2, stale_3))

THREAD(weak_0) { weak(0, X, 0, 1, relaxed, relaxed); weak(1, X, 0, 2, relaxed, relaxed); }
LITMUS(weak_once, "a weak compare-exchange fails without cause, once", finish_x, SET(52, 511), BY(weak_0))
LITMUS(weak_twice, "a weak compare-exchange fails without cause, twice", finish_x, SET(0, 52, 511), BY(weak_0),
       .spurious = 2)
LITMUS(weak_never, "a weak compare-exchange that never fails without cause", finish_x, SET(511), BY(weak_0),
       .spurious = LOFT_EXPLORE_NONE)
THREAD(weak_put) { st(X, 1, relaxed); weak(0, Y, 0, 1, release, relaxed); }
THREAD(weak_get) { weak(1, Y, 1, 2, acquire, relaxed); ld(2, X, relaxed); }
LITMUS(weak_mp, "MP by weak compare-exchanges", finish, SET(0, 1, 500, 501, 510, 511, 561), BY(weak_put, weak_get))

/* ---- seq_cst and weaker accesses of one word --------------------------------------------------------------------- */

/* A seq_cst load that reads a relaxed store is not after a seq_cst store which that one overwrote in RC11; in C++20 it
 * is, because `coherence-ordered before` passes through. */
THREAD(mix_0) { st(Y, 1, seq_cst); st(X, 1, seq_cst); }
THREAD(mix_1) { st(X, 2, relaxed); }
THREAD(mix_2) { ld(0, X, seq_cst); ld(1, Y, seq_cst); }
LITMUS(mix_mo_rf, "a relaxed store between two seq_cst accesses", finish_x,
       SET(1, 2, 11, 12, 111, 112, 201, 202, 211, 212), BY(mix_0, mix_1, mix_2), .beyond20 = SET(202))

THREAD(mix_rmw_1) { add(NONE, X, 1, relaxed); }
LITMUS(mix_mo_rmw, "a relaxed RMW between two seq_cst accesses", finish, SET(0, 1, 10, 11, 21),
       BY(mix_0, mix_rmw_1, mix_2))

THREAD(mix_read_0) { st(X, 1, seq_cst); ld(0, X, relaxed); ld(1, Y, seq_cst); }
THREAD(mix_read_1) { st(Y, 1, seq_cst); ld(2, Y, relaxed); ld(3, X, seq_cst); }
LITMUS(mix_own, "SB, seq_cst with relaxed loads of one's own store between", finish, SET(1011, 1110, 1111),
       BY(mix_read_0, mix_read_1))

THREAD(mix_over_0) { st(X, 1, seq_cst); st(X, 2, relaxed); ld(0, Y, seq_cst); }
THREAD(mix_over_1) { st(Y, 1, seq_cst); ld(1, X, seq_cst); }
LITMUS(mix_over, "SB, a relaxed store over one's own seq_cst one", finish, SET(1, 2, 10, 11, 12),
       BY(mix_over_0, mix_over_1))

THREAD(mix_rlx_first_0) { st(X, 1, relaxed); st(X, 2, seq_cst); ld(0, Y, seq_cst); }
LITMUS(mix_rlx_first, "SB, a relaxed store before one's own seq_cst one", finish, SET(2, 10, 11, 12),
       BY(mix_rlx_first_0, mix_over_1))

/* ---- pairs ------------------------------------------------------------------------------------------------------- */

THREAD(pair_write) { pair_st(1, 1, release); }
THREAD(pair_write_2) { pair_st(1, 1, relaxed); pair_st(2, 2, relaxed); }
THREAD(pair_read) { pair_ld(0, acquire); }
THREAD(pair_read_2) { pair_ld(0, relaxed); pair_ld(1, relaxed); }
THREAD(pair_look) { pair_peek(0, acquire); }
THREAD(pair_look_rlx) { pair_peek(0, relaxed); }
THREAD(pair_read_peek) { pair_ld(0, relaxed); pair_peek(1, relaxed); }
THREAD(pair_look_2) { pair_peek(0, relaxed); pair_peek(1, relaxed); }
LITMUS(pair_whole, "pair: a load is whole", finish, SET(0, 11), BY(pair_write, pair_read))
LITMUS(pair_torn, "pair: a peek that acquires may be torn, lo older than hi", finish, SET(0, 1, 11),
       BY(pair_write, pair_look))
LITMUS(pair_torn_rlx, "pair: a relaxed peek may be torn either way", finish, SET(0, 1, 10, 11),
       BY(pair_write, pair_look_rlx))
LITMUS(pair_whole_2, "pair: loads are whole and in order", finish, SET(0, 11, 22, 1111, 1122, 2222),
       BY(pair_write_2, pair_read_2))
LITMUS(pair_torn_2, "pair: torn between any two", finish, SET(0, 1, 2, 10, 11, 12, 20, 21, 22),
       BY(pair_write_2, pair_look_rlx))
LITMUS(pair_torn_twice, "pair: each half of a second peek goes on where that of the first ended", finish,
       SET(0, 1, 10, 11, 101, 111, 1010, 1011, 1111), BY(pair_write, pair_look_2))
LITMUS(pair_then_peek, "pair: a peek after a load sees no older half", finish, SET(0, 1, 10, 11, 1111),
       BY(pair_write, pair_read_peek))

THREAD(pair_put) { st(X, 1, relaxed); pair_st(1, 1, release); }
THREAD(pair_get) { pair_ld(0, acquire); ld(1, X, relaxed); }
THREAD(pair_get_rlx) { pair_ld(0, relaxed); ld(1, X, relaxed); }
THREAD(pair_get_peek) { pair_peek(0, acquire); ld(1, X, relaxed); }
THREAD(pair_get_cas) { pair_cas(0, 9, 9, 8, 8, relaxed, acquire); ld(1, X, relaxed); }
LITMUS(pair_mp, "pair: MP", finish, SET(0, 1, 111), BY(pair_put, pair_get))
LITMUS(pair_mp_rlx, "pair: MP, relaxed load", finish, SET(0, 1, 110, 111), BY(pair_put, pair_get_rlx))
LITMUS(pair_mp_peek, "pair: MP through a peek, torn or not", finish, SET(0, 1, 11, 111), BY(pair_put, pair_get_peek))
LITMUS(pair_mp_cas, "pair: MP through a failed compare-exchange", finish, SET(0, 1, 111),
       BY(pair_put, pair_get_cas))

THREAD(pair_cas_0) { pair_cas(0, 0, 0, 1, 1, acq_rel, acquire); }
THREAD(pair_cas_1) { pair_cas(1, 0, 0, 2, 1, acq_rel, acquire); }
THREAD(pair_cas_half) { pair_cas(1, 0, 1, 2, 2, acq_rel, acquire); }
LITMUS(pair_cas_two, "pair: one of two compare-exchanges wins", finish_pair, SET(1111, 210021),
       BY(pair_cas_0, pair_cas_1))
LITMUS(pair_cas_halves, "pair: a compare-exchange compares both words", finish_pair, SET(11, 1111),
       BY(pair_cas_0, pair_cas_half))

/* ABA of the word lo, which hi tells apart. */
THREAD(pair_aba) { pair_st(1, 1, relaxed); pair_st(0, 2, relaxed); }
THREAD(pair_aba_cas) { pair_cas(0, 0, 0, 5, 5, relaxed, relaxed); }
LITMUS(pair_tag, "pair: a count in hi makes a change of lo and back seen", finish_pair, SET(2, 202, 1102),
       BY(pair_aba, pair_aba_cas))

THREAD(pair_xchg_0) { st(X, 1, relaxed); pair_st(1, 1, release); }
THREAD(pair_xchg_1) { pair_xchg(0, 2, 2, relaxed); }
THREAD(pair_xchg_2) { pair_ld(1, acquire); ld(2, X, relaxed); }
LITMUS(pair_sequence, "pair: an exchange continues a release sequence", finish,
       SET(0, 1, 111, 220, 221, 11000, 11001, 11111, 11221),
       BY(pair_xchg_0, pair_xchg_1, pair_xchg_2))

THREAD(pair_sb_0) { pair_st(1, 1, seq_cst); ld(0, X, seq_cst); }
THREAD(pair_sb_1) { st(X, 1, seq_cst); pair_ld(1, seq_cst); }
THREAD(pair_sb_peek) { st(X, 1, seq_cst); fence(seq_cst); pair_peek(1, relaxed); }
LITMUS(pair_sb, "pair: SB, seq_cst", finish, SET(11, 100, 111), BY(pair_sb_0, pair_sb_1))
LITMUS(pair_sb_peeked, "pair: SB, a fence and a peek", finish, SET(11, 100, 101, 110, 111),
       BY(pair_sb_0, pair_sb_peek))

/* ---- plain data: who may touch it -------------------------------------------------------------------------------- */

THREAD(plain_put) { (void)me; loft_plain_write(&payload, 7); loft_store(&word[Y], 1u, release); }
THREAD(plain_put_rlx) { (void)me; loft_plain_write(&payload, 7); loft_store(&word[Y], 1u, relaxed); }
THREAD(plain_put_own)
{
    (void)me;
    loft_plain_write(&payload, 7);
    loft_store(&word[Y], 1u, release);
    loft_store(&word[Y], 2u, relaxed);
}
THREAD(plain_put_fence)
{
    (void)me;
    loft_plain_write(&payload, 7);
    loft_fence(release);
    loft_store(&word[Y], 1u, relaxed);
}
THREAD(plain_get)
{
    (void)me;
    see(0, loft_load(&word[Y], acquire));
    if (reg[0])
        see(1, (unsigned)loft_plain_read(&payload));
}
THREAD(plain_get_rlx)
{
    (void)me;
    see(0, loft_load(&word[Y], relaxed));
    if (reg[0])
        see(1, (unsigned)loft_plain_read(&payload));
}
THREAD(plain_get_fence)
{
    (void)me;
    see(0, loft_load(&word[Y], relaxed));
    if (reg[0]) {
        loft_fence(acquire);
        see(1, (unsigned)loft_plain_read(&payload));
    }
}
THREAD(plain_swap) { (void)me; (void)loft_fetch_add(&word[Y], 2u, relaxed); }
THREAD(plain_get_after_swap)
{
    (void)me;
    see(0, loft_load(&word[Y], acquire));
    if (reg[0] == 3)
        see(1, (unsigned)loft_plain_read(&payload));
}
THREAD(plain_read_first)
{
    (void)me;
    see(0, (unsigned)loft_plain_read(&payload));
    loft_store(&word[Y], 1u, release);
}
THREAD(plain_write_then)
{
    (void)me;
    see(1, loft_load(&word[Y], acquire));
    if (reg[1])
        loft_plain_write(&payload, 7);
}
THREAD(plain_write_then_rlx)
{
    (void)me;
    see(1, loft_load(&word[Y], relaxed));
    if (reg[1])
        loft_plain_write(&payload, 7);
}
THREAD(plain_look) { (void)me; see(0, (unsigned)loft_plain_read(&payload)); }
LITMUS(plain_ra, "plain data, release and acquire", finish, SET(0, 17), BY(plain_put, plain_get), .by_hand = true)
LITMUS(plain_fences, "plain data, fences", finish, SET(0, 17), BY(plain_put_fence, plain_get_fence), .by_hand = true)
LITMUS(plain_sequence, "plain data, through the RMW of another", finish, SET(0, 1, 2, 37),
       BY(plain_put, plain_swap, plain_get_after_swap), .by_hand = true)
LITMUS(plain_readers, "plain data, two readers", finish, SET(0), BY(plain_look, plain_look), .by_hand = true)
LITMUS(plain_reuse, "plain data, read and then written by another", finish, SET(0, 1),
       BY(plain_read_first, plain_write_then), .by_hand = true)
RACE(plain_reuse_weak, "plain data, read and then written by another, loaded relaxed: a race",
     BY(plain_read_first, plain_write_then_rlx))
RACE(plain_none_back, "plain data, unguarded, read first: a race", BY(plain_look, plain_put))
RACE(plain_own_20, "plain data, no release sequence of C++20: a race", BY(plain_put_own, plain_get))
RACE(plain_put_weak, "plain data, stored relaxed: a race", BY(plain_put_rlx, plain_get))
RACE(plain_get_weak, "plain data, loaded relaxed: a race", BY(plain_put, plain_get_rlx))
RACE(plain_none, "plain data, unguarded: a race", BY(plain_put, plain_look))

/* ---- choices of the client --------------------------------------------------------------------------------------- */

THREAD(choose_store)
{
    (void)me;
    see(0, loft_explore_choose(3));
    loft_store(&word[X], reg[0] + 1u, relaxed);
}
THREAD(choose_look) { (void)me; see(1, loft_load(&word[X], relaxed)); }
THREAD(choose_more)
{
    (void)me;
    see(1, loft_load(&word[X], relaxed));
    if (reg[1] > 1u)
        see(2, loft_explore_choose(2));
}
LITMUS(choose_first, "a choice: each, and all that follows", finish, SET(0, 1, 10, 12, 20, 23),
       BY(choose_store, choose_look), .by_hand = true)
LITMUS(choose_late, "a choice of a thread that comes later", finish, SET(0, 1, 10, 12, 20, 23),
       BY(choose_look, choose_store), .by_hand = true)
LITMUS(choose_twice, "a choice that depends on another's", finish, SET(0, 1, 10, 20, 120, 121, 230, 231),
       BY(choose_more, choose_store), .by_hand = true)

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static const struct litmus *const all[] = {
    &sb_rlx, &sb_ra, &sb_sc, &sb_fences, &sb_one_fence, &sb_fence_sc, &sb_ar_fences, &sb_sc_loads, &sb_sc_stores,
    &sb_one_relaxed, &sb_fence_sc_store, &sb_fence_sc_load, &sb_xchg, &sb_xchg_sc, &sb_meet, &sb_cas, &sb_cas_rlx,
    &sb_load_cas, &sb_load_cas_sc, &sb3, &sb3_late, &sb3_fences, &sb3_missing, &mp_rlx, &mp_ra, &mp_sc, &mp_rel_rlx,
    &mp_rlx_acq, &mp_first_second, &mp_fences, &mp_rel_fence, &mp_fence_acq, &mp_sc_fences, &mp_fence_rlx,
    &mp_rlx_fence, &mp_sc_fence_rlx, &mp_rlx_sc_fence, &mp_late, &mp_early, &mp_wrong_put, &mp_wrong_get, &mp_xchg,
    &mp_add, &mp_add_rel, &mp_failed, &mp_failed_rlx, &mp_won, &mp_won_rlx, &mp_cas, &mp_back, &lb_rlx, &lb_acq,
    &lb_ra, &iriw_ra, &iriw_sc, &iriw_sc_loads, &iriw_sc_stores, &iriw_one_store, &iriw_acq_sc, &iriw_fences,
    &iriw_one_fence, &iriw_ar_fences, &iriw_mixed, &ww_rlx, &ww_rel, &ww_sc, &ww_fences, &ww_fence_sc, &ww_one_fence,
    &s_rlx, &s_ra, &s_fences, &s_one, &r_ra, &r_sc, &r_fences, &r_fence_sc, &r_sc_fence, &r_one_fence, &wrc_rlx,
    &wrc_ra, &wrc_fence, &wrc_half, &rwc_ra, &rwc_sc, &rwc_x_rlx, &rwc_fences, &rwc_one_fence, &wrwc_fences,
    &wrwc_one_fence, &wrwc_sc, &wrwc_put_fenced, &wrwc_read_fenced_x, &hop_same, &hop_fence, &isa2_ra, &isa2_rlx,
    &z63, &z6u, &corr, &corr_two, &corr_3, &corr_4, &corw, &cowr, &coww, &coww_hb, &rs_same, &rs_same_cut,
    &rs_same_add, &rs_rmw, &rs_rmw_fence, &rs_rmw_rlx, &rs_rmw_head, &rs_cas_won, &rs_cut, &rs_two, &rs_cut_then,
    &rs_chain, &rs_chain_rel, &rs_chain_rlx, &rmw_lost, &rmw_lost_3, &rmw_xchgs, &rmw_cas, &rmw_cas_3, &rmw_between,
    &split, &stale, &stale_fail, &weak_once, &weak_twice, &weak_never, &weak_mp, &mix_mo_rf, &mix_mo_rmw, &mix_own,
    &mix_over, &mix_rlx_first, &pair_whole, &pair_torn, &pair_torn_rlx, &pair_whole_2, &pair_torn_2, &pair_torn_twice,
    &pair_then_peek, &pair_mp, &pair_mp_rlx, &pair_mp_peek, &pair_mp_cas, &pair_cas_two, &pair_cas_halves, &pair_tag,
    &pair_sequence, &pair_sb, &pair_sb_peeked, &plain_ra, &plain_fences, &plain_sequence, &plain_readers,
    &plain_reuse, &plain_reuse_weak, &plain_none_back, &plain_own_20, &plain_put_weak, &plain_get_weak, &plain_none,
    &choose_first, &choose_late, &choose_twice,
};
#define TESTS  (sizeof all / sizeof all[0])

/* ---- the sets by the axioms -------------------------------------------------------------------------------------- */

#define CODES  256

struct found {
    void (*finish)(void);
    uint64_t code[CODES];
    size_t n;
};

static bool
holds(const uint64_t *code, size_t n, uint64_t wanted)
{
    for (size_t i = 0; i < n; i++) {
        if (code[i] == wanted)
            return true;
    }
    return false;
}

static void
add_execution(void *arg, const axioms_execution *x)
{
    struct found *f = (struct found *)arg;
    for (unsigned r = 0; r < regs; r++)
        reg[r] = x->reg[r];
    uint64_t code = digits();
    if (f->finish == finish_x)
        code = code * 10 + x->final[X];
    else if (f->finish == finish_y)
        code = code * 10 + x->final[Y];
    else if (f->finish == finish_xy)
        code = code * 100 + x->final[X] * 10 + x->final[Y];
    else if (f->finish == finish_pair)
        code = code * 100 + x->final[P];
    if (!holds(f->code, f->n, code) && f->n < CODES)
        f->code[f->n++] = code;
}

static void
enumerate(const struct litmus *l, axioms_model model, struct found *f)
{
    axioms_program program;
    memset(&program, 0, sizeof program);
    memset(f, 0, sizeof *f);
    f->finish = l->finish;
    program.locations = P + 1;
    program.spurious = l->spurious == LOFT_EXPLORE_NONE ? 0 : l->spurious ? l->spurious : 1;
    tape = &program;
    regs = 0;
    for (unsigned t = 0; t < AXIOMS_THREADS && l->thread[t]; t++) {
        program.threads++;
        l->thread[t]((int)t);
    }
    tape = NULL;
    (void)axioms_enumerate(&program, model, add_execution, f);
}

/* a without b is exactly what is written; says so if not. */
static bool
differ_by(const char *name, const char *what, const uint64_t *a, size_t n_a, const uint64_t *b, size_t n_b,
          struct set written)
{
    bool good = true;
    for (size_t i = 0; i < n_a; i++) {
        if (holds(b, n_b, a[i]) == holds(written.code, written.n, a[i])) {
            printf("# %s: %s: %llu\n", name, what, (unsigned long long)a[i]);
            good = false;
        }
    }
    for (size_t i = 0; i < written.n; i++) {
        if (!holds(a, n_a, written.code[i])) {
            printf("# %s: not %s: %llu\n", name, what, (unsigned long long)written.code[i]);
            good = false;
        }
    }
    return good;
}

static bool
axioms_agree(const struct litmus *l)
{
    static const struct set nothing;
    axioms_model model = axioms_rc11();
    struct found rc11;
    struct found iso;
    bool good = true;
    enumerate(l, model, &rc11);
    good &= differ_by(l->name, "RC11 allows it", rc11.code, rc11.n, l->allowed.code, l->allowed.n, nothing);
    good &= differ_by(l->name, "RC11 forbids it", l->allowed.code, l->allowed.n, rc11.code, rc11.n, nothing);
    model.thin_air = true;
    model.sc = AXIOMS_SC_2020;
    enumerate(l, model, &iso);
    good &= differ_by(l->name, "beyond C++20", rc11.code, rc11.n, iso.code, iso.n, l->beyond20);
    good &= differ_by(l->name, "missing of C++20", iso.code, iso.n, rc11.code, rc11.n, l->missing20);
    model.sc = AXIOMS_SC_2011;
    model.sequence = AXIOMS_SEQUENCE_2011;
    enumerate(l, model, &iso);
    good &= differ_by(l->name, "beyond C11", rc11.code, rc11.n, iso.code, iso.n, l->beyond11);
    good &= differ_by(l->name, "missing of C11", iso.code, iso.n, rc11.code, rc11.n, l->missing11);
    return good;
}

static bool
all_agree(void)
{
    unsigned checked = 0;
    unsigned bad = 0;
    for (size_t i = 0; i < TESTS; i++) {
        if (!all[i]->by_hand) {
            checked++;
            bad += !axioms_agree(all[i]);
        }
    }
    if (bad)
        printf("Bail out! the axioms give %u of %u sets otherwise\n", bad, checked);
    else
        printf("# the axioms alone give the same sets for %u of these %u tests\n", checked, (unsigned)TESTS);
    fflush(stdout);
    return bad == 0;
}

int
main(int argc, char **argv)
{
    static loft_explore_client client[TESTS];
    for (size_t i = 0; i < TESTS; i++) {
        const struct litmus *l = all[i];
        client[i].name = l->name;
        client[i].setup = setup;
        for (unsigned t = 0; t < AXIOMS_THREADS; t++)
            client[i].thread[t] = l->thread[t];
        client[i].finish = l->finish;
        client[i].outcomes = l->allowed.code;
        client[i].n_outcomes = l->allowed.n;
        client[i].spurious = l->spurious;
        client[i].expect = l->expect;
    }
    if (!(argc > 1 && strcmp(argv[1], "--list") == 0) && !all_agree())
        return 1;
    return loft_explore_main(client, TESTS, argc, argv);
}
