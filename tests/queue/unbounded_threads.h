/* SPDX-License-Identifier: MIT
 *
 * tests/queue/unbounded_threads.h - an unbounded queue under threads: nothing is lost, doubled or overtaken, histories
 * are linearizable, who stops stops nobody, under all schemes, with and without memory. A program is
 *
 *     #define FAMILY_SCQ 1
 *     #define FAMILY_TICKETS 1
 *     #define FAMILY_UNBOUNDED 1
 *     #define ENGINE_HEADER <loft/queue/lscq.h>
 *     #include "unbounded_threads.h"
 *     int main(int n, char **arg) { unbounded_threads(n > 1 ? arg[1] : NULL); return done(); }
 *
 * and asks in its head for `build: flags -DTAP_JUMPS`.
 */
#ifndef LOFT_TESTS_QUEUE_UNBOUNDED_THREADS_H
#define LOFT_TESTS_QUEUE_UNBOUNDED_THREADS_H

#include "common.h"

/* All memory is the bank's, so that no thread is stopped by a signal where it holds a lock of the C library. */
#include "support/bank.h"
#define LOFT_ALLOC_ALIGNED(align, size)      bank_raw_alloc((align), (size))
#define LOFT_FREE_ALIGNED(ptr, align, size)  bank_raw_free((ptr), (align), (size))
#include "support/schemes.h"

/* A word has no room for a sum: its numbers are spread over all words, 0 and all ones among them. */
#define WORD64_ODD ((uint64_t)0x9e3779b97f4a7c15u)

TEST_UNUSED_ static uint64_t word64_of(uint64_t id) { return (id + 1) * WORD64_ODD - WORD64_ODD; }

TEST_UNUSED_ static bool
word64_open(uint64_t v, uint64_t *id)
{
    uint64_t inverse = WORD64_ODD;
    for (int k = 0; k < 6; k++)
        inverse *= 2 - WORD64_ODD * inverse;
    *id = v * inverse;
    return *id < (uint64_t)1 << 48;
}

/* ---- loft_ebr ---------------------------------------------------------------------------------------------------- */

#define LOFT_QUEUE_NAME    ebrq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_ebr
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define CROWD_NAME  ebrq
#define CROWD_SMR   loft_ebr
#include "unbounded_crowd.h"
#define FLAT_NAME   ebrf
#define FLAT_ENGINE ebrq
#define FLAT_T      uint64_t
#define FLAT_SMR    loft_ebr
#include "support/flat.h"
#define STRESS_NAME ebrf
#define STRESS_T    uint64_t
#define STRESS_MAKE word64_of
#define STRESS_OPEN word64_open
#include "stress.h"
#define LINEAR_NAME ebrf
#define LINEAR_T    uint64_t
#define LINEAR_SPSC 0
#define LINEAR_IN_HAND LOFT_LINEAR_FULL_IS_FULL
#include "linear.h"
#define FREEZE_NAME ebrf
#include "freeze.h"

/* ---- loft_hp ----------------------------------------------------------------------------------------------------- */

#define LOFT_QUEUE_NAME    hpq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_hp
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define CROWD_NAME  hpq
#define CROWD_SMR   loft_hp
#include "unbounded_crowd.h"
#define FLAT_NAME   hpf
#define FLAT_ENGINE hpq
#define FLAT_T      uint64_t
#define FLAT_SMR    loft_hp
#include "support/flat.h"
#define STRESS_NAME hpf
#define STRESS_T    uint64_t
#define STRESS_MAKE word64_of
#define STRESS_OPEN word64_open
#include "stress.h"
#define LINEAR_NAME hpf
#define LINEAR_T    uint64_t
#define LINEAR_SPSC 0
#define LINEAR_IN_HAND LOFT_LINEAR_FULL_IS_FULL
#include "linear.h"
#define FREEZE_NAME hpf
#include "freeze.h"

/* ---- loft_ibr ---------------------------------------------------------------------------------------------------- */

#define LOFT_QUEUE_NAME    ibrq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_ibr
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define CROWD_NAME  ibrq
#define CROWD_SMR   loft_ibr
#include "unbounded_crowd.h"
#define FLAT_NAME   ibrf
#define FLAT_ENGINE ibrq
#define FLAT_T      uint64_t
#define FLAT_SMR    loft_ibr
#include "support/flat.h"
#define STRESS_NAME ibrf
#define STRESS_T    uint64_t
#define STRESS_MAKE word64_of
#define STRESS_OPEN word64_open
#include "stress.h"

/* ---- loft_hyaline ------------------------------------------------------------------------------------------------ */

#define LOFT_QUEUE_NAME    hyalineq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_hyaline
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define CROWD_NAME  hyalineq
#define CROWD_SMR   loft_hyaline
#include "unbounded_crowd.h"
#define FLAT_NAME   hyalinef
#define FLAT_ENGINE hyalineq
#define FLAT_T      uint64_t
#define FLAT_SMR    loft_hyaline
#include "support/flat.h"
#define STRESS_NAME hyalinef
#define STRESS_T    uint64_t
#define STRESS_MAKE word64_of
#define STRESS_OPEN word64_open
#include "stress.h"
#define LINEAR_NAME hyalinef
#define LINEAR_T    uint64_t
#define LINEAR_SPSC 0
#define LINEAR_IN_HAND LOFT_LINEAR_FULL_IS_FULL
#include "linear.h"
#define FREEZE_NAME hyalinef
#include "freeze.h"

/* ---- loft_debra -------------------------------------------------------------------------------------------------- */

#define LOFT_QUEUE_NAME    debraq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_debra
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define CROWD_NAME  debraq
#define CROWD_SMR   loft_debra
#include "unbounded_crowd.h"
#define FLAT_NAME   debraf
#define FLAT_ENGINE debraq
#define FLAT_T      uint64_t
#define FLAT_SMR    loft_debra
#include "support/flat.h"
#define STRESS_NAME debraf
#define STRESS_T    uint64_t
#define STRESS_MAKE word64_of
#define STRESS_OPEN word64_open
#include "stress.h"

/* ---- loft_qsbr --------------------------------------------------------------------------------------------------- */

#define LOFT_QUEUE_NAME    qsbrq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_qsbr
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define CROWD_NAME  qsbrq
#define CROWD_SMR   loft_qsbr
#include "unbounded_crowd.h"
#define FLAT_NAME   qsbrf
#define FLAT_ENGINE qsbrq
#define FLAT_T      uint64_t
#define FLAT_SMR    loft_qsbr
#include "support/flat.h"
#define STRESS_NAME qsbrf
#define STRESS_T    uint64_t
#define STRESS_MAKE word64_of
#define STRESS_OPEN word64_open
#include "stress.h"

/* ---- loft_leak --------------------------------------------------------------------------------------------------- */

#define LOFT_QUEUE_NAME    leakq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_leak
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define CROWD_NAME  leakq
#define CROWD_SMR   loft_leak
#include "unbounded_crowd.h"
#define FLAT_NAME   leakf
#define FLAT_ENGINE leakq
#define FLAT_T      uint64_t
#define FLAT_SMR    loft_leak
#include "support/flat.h"
#define STRESS_NAME leakf
#define STRESS_T    uint64_t
#define STRESS_MAKE word64_of
#define STRESS_OPEN word64_open
#include "stress.h"

/* ---- other elements ---------------------------------------------------------------------------------------------- */

#define LOFT_QUEUE_NAME    itemq                         /* as it comes */
#define LOFT_QUEUE_T       struct item
#define LOFT_QUEUE_SMR     loft_ebr
#include ENGINE_HEADER
#define FLAT_NAME   itemf
#define FLAT_ENGINE itemq
#define FLAT_T      struct item
#define FLAT_SMR    loft_ebr
#include "support/flat.h"
#define STRESS_NAME itemf
#define STRESS_T    struct item
#define STRESS_MAKE item_of
#define STRESS_OPEN item_open
#include "stress.h"

#define LOFT_QUEUE_NAME    nodeq
#define LOFT_QUEUE_T       struct item *
#define LOFT_QUEUE_SMR     loft_hp
#define LOFT_QUEUE_SEGMENT 4
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define FLAT_NAME   nodef
#define FLAT_ENGINE nodeq
#define FLAT_T      struct item *
#define FLAT_SMR    loft_hp
#include "support/flat.h"
#define STRESS_NAME nodef
#define STRESS_T    struct item *
#define STRESS_MAKE node_of
#define STRESS_OPEN node_open
#include "stress.h"

#define LOFT_QUEUE_NAME    boxq
#define LOFT_QUEUE_T       struct item
#define LOFT_QUEUE_SMR     loft_ibr
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include ENGINE_HEADER
#define FLAT_NAME   boxf
#define FLAT_ENGINE boxq
#define FLAT_T      struct item
#define FLAT_SMR    loft_ibr
#include "support/flat.h"
#define STRESS_NAME boxf
#define STRESS_T    struct item
#define STRESS_MAKE item_of
#define STRESS_OPEN item_open
#include "stress.h"

/* ---- what is done with them -------------------------------------------------------------------------------------- */

/* Few and many threads, one by one and in bulk, closed at the end and in the middle, watched. */
TEST_UNUSED_ static void
stress_under(bool (*stress)(const struct stress_plan *), unsigned long items, bool keeps)
{
    static const int threads[][2] = { { 1, 1 }, { 4, 1 }, { 1, 4 }, { 4, 4 } };
    bank_open(keeps);
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        struct stress_plan p = stress_of(threads[t][0], threads[t][1], SIZE_MAX, items);
        p.way = t % 2 ? STRESS_BULK : STRESS_ONE;
        p.chaos = t != 0;
        p.watched = t == 3;
        stress(&p);
        p.early = true;
        p.watched = false;
        p.chaos = t == 0;
        p.way = t % 2 ? STRESS_ONE : STRESS_BULK;
        stress(&p);
    }
    EXPECT(loft_exchange(&flat_strange, 0u, relaxed) == 0);
    EXPECT(bank_close());
    expected("stress", "no push was refused without a reason, all memory is back");
}

/* One allocation in three is refused. */
TEST_UNUSED_ static void
stress_hungry(bool (*stress)(const struct stress_plan *), unsigned long items)
{
    size_t refused = 0;
    bank_open(false);
    flat_hungry = true;
    for (int t = 0; t < 4; t++) {
        struct stress_plan p = stress_of(t < 2 ? 1 : 4, t % 2 ? 4 : 1, SIZE_MAX, items);
        p.early = t == 3;
        p.way = t == 2 ? STRESS_BULK : STRESS_ONE;
        bank_fail(BANK_EACH, 3);                         /* init asks first, and gets it */
        stress(&p);
        refused += bank_fail_stop();
    }
    flat_hungry = false;
    EXPECT(refused > 0);                                 /* how many is up to the scheduler */
    EXPECT(loft_exchange(&flat_strange, 0u, relaxed) == 0);
    EXPECT(bank_close());
    note("%lu allocations were refused", (unsigned long)refused);
    expected("stress", "pushes without memory now and then: refused, and nothing else");
}

/* A push and a pop frozen before each of their accesses. */
TEST_UNUSED_ static void
frozen_under(struct freeze_report (*freeze)(enum freeze_op, enum freeze_state, size_t, uint64_t), const char *scheme,
             enum freeze_state state)
{
    const uint64_t long_time = (uint64_t)20000000000u;
    char text[160];
    bank_open(false);
    for (int op = FREEZE_PUSH; op <= FREEZE_POP; op++) {
        const struct freeze_report r = freeze((enum freeze_op)op, state, 2, long_time);
        snprintf(text, sizeof text, "%s: %s frozen in a queue that is %s (%ld places): others go on, nothing is lost",
                 scheme, op == FREEZE_PUSH ? "push" : "pop", freeze_state_name[state], r.points);
        if (!ok(r.points >= 2 && r.blocked == 0 && r.lost == 0 && r.doubled == 0, text))
            note("blocked at %ld places, %lu lost, %lu doubled", r.blocked, r.lost, r.doubled);
    }
    EXPECT(bank_close());
    expected(scheme, "all memory is back");
}

TEST_UNUSED_ static void
puppets(void)
{
    puppet_gather();
    for (int t = 0; t < LINEAR_THREADS; t++)
        puppet_start(&linear_puppet[t]);
    bank_open(false);
    ebrf_bursts((unsigned long)scaled(400), 3);
    ebrf_bursts((unsigned long)scaled(300), LINEAR_THREADS);
    ebrf_stalls((unsigned long)scaled(40), 4);
    hpf_bursts((unsigned long)scaled(200), 4);
    hyalinef_bursts((unsigned long)scaled(200), 4);
    EXPECT(bank_close());
    expected("puppets", "all memory is back");
    for (int t = 0; t < LINEAR_THREADS; t++)
        puppet_end(&linear_puppet[t]);
    puppet_scatter();
}

/* Eight threads, and as many calls as are asked for: some 250 bytes of memory for each. */
TEST_UNUSED_ static void
long_history(unsigned long calls)
{
    bank_open(false);
    ebrf_long_run(8, 2, calls, false, false);
    EXPECT(bank_close() && loft_exchange(&flat_strange, 0u, relaxed) == 0);
    expected("a long history", "all memory is back");
}

TEST_UNUSED_ static void
histories(void)
{
    const unsigned long calls = (unsigned long)scaled(10000);
    bank_open(false);
    ebrf_races((unsigned long)scaled(300), 2);
    hpf_races((unsigned long)scaled(200), 4);
    hyalinef_races((unsigned long)scaled(200), 3);
    ebrf_long_run(4, 2, calls, true, true);
    hpf_long_run(8, 2, calls, true, true);
    hyalinef_long_run(2, 2, calls, false, false);
    EXPECT(bank_close() && loft_exchange(&flat_strange, 0u, relaxed) == 0);
    expected("histories", "all memory is back");
    long_history(2 * calls);
}

#define UNDER_ALL(X)  X(ebr) X(hp) X(ibr) X(hyaline) X(debra) X(qsbr) X(leak)

/* With a number as its argument, the program is one history of so many calls. */
TEST_UNUSED_ static void
unbounded_threads(const char *calls)
{
    const unsigned long items = 1000;
    if (calls) {
        long_history(strtoul(calls, NULL, 10));
        return;
    }
#define UNDER(S)                                                                                                       \
    S##q_churn("loft_" #S, (unsigned long)scaled(6000));                                                               \
    S##q_chain("loft_" #S, (unsigned long)scaled(1000));                                                               \
    S##q_stopped("loft_" #S, (unsigned long)scaled(20));                                                               \
    S##q_bounded("loft_" #S);                                                                                          \
    S##q_closing("loft_" #S);                                                                                          \
    stress_under(S##f_stress, items, sizeof #S == sizeof "leak" && #S[0] == 'l');
    UNDER_ALL(UNDER)
#undef UNDER
    stress_under(itemf_stress, 4 * items, false);
    stress_under(nodef_stress, 2 * items, false);
    stress_under(boxf_stress, 2 * items, false);
    stress_hungry(boxf_stress, items);
    stress_hungry(ebrf_stress, items);
    stress_hungry(debraf_stress, items);
    puppets();
    histories();
    frozen_under(ebrf_freeze, "loft_ebr", FREEZE_NEW);
    frozen_under(ebrf_freeze, "loft_ebr", FREEZE_MISSED_OFTEN);
    frozen_under(ebrf_freeze, "loft_ebr", FREEZE_FULL);
    frozen_under(hpf_freeze, "loft_hp", FREEZE_FULL);
    frozen_under(hyalinef_freeze, "loft_hyaline", FREEZE_FULL);
}

#endif
