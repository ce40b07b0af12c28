/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/mpmc_clients.h - the clients of scq.h and scq_word.h that are the same. Of those with most
 * executions, LARGE, the program says whether one can go through ALL or only SOME.
 */

/* It begins with so many elements in each queue. All executions; causeless failures of compare-exchanges would double
 * their number with each, and only say again what the loops do after others' success. */
#define CLIENT(text, before, in_0, in_1, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = SPINS, \
      .spurious = LOFT_EXPLORE_NONE, .model = &slots_model, .model_arg = SLOTS_ARG(CAPACITY, in_0, in_1) }

/* Some of them. */
#define SOME(text, count, before, in_0, in_1, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = SPINS, \
      .executions = (count), .model = &slots_model, .model_arg = SLOTS_ARG(CAPACITY, in_0, in_1) }

/* Some of them, and all where LOFT_EXPLORE_SCALE asks for it: that takes minutes, not seconds. With causeless
 * failures of compare-exchanges it would take hours, so there are none. */
#define ALL(text, count, before, in_0, in_1, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = SPINS, \
      .spurious = LOFT_EXPLORE_NONE, .executions = (count), .flags = LOFT_EXPLORE_ALL, .model = &slots_model, \
      .model_arg = SLOTS_ARG(CAPACITY, in_0, in_1) }

/* One client that is many executions of three threads. */
enum { MANY = 1000000 };

/* Two queues. */
#define BOTH(text, count, before, in, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end_both, .spins = SPINS, \
      .spurious = LOFT_EXPLORE_NONE, .executions = (count), .model = &slots_model, \
      .model_arg = SLOTS_ARG(CAPACITY, in, in) }

/* And each thread frozen at each of its steps: the others come to an end. */
#define FREEZE(text, before, in_0, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spins = SPINS, \
      .spurious = LOFT_EXPLORE_NONE, .flags = LOFT_EXPLORE_FREEZE, .model = &slots_model, \
      .model_arg = SLOTS_ARG(CAPACITY, in_0, 0) }

#define MPMC_CLIENTS \
    CLIENT("OII|OII", begin, 0, 0, oii, oii), \
    CLIENT("IOI|IOI", begin, 0, 0, ioi, ioi), \
    CLIENT("III|III", begin, 0, 0, iii, iii), \
    CLIENT("IOI|OIO with one in", begin_with_1, 1, 0, ioi, oio), \
    CLIENT("OOO|OOO with one in", begin_with_1, 1, 0, ooo, ooo), \
    CLIENT("OOO|OOO when full", begin_full, CAPACITY, 0, ooo, ooo), \
    LARGE("III|OOO", 1000, begin, 0, 0, iii, ooo), \
    LARGE("IIO|OOI", 1000, begin, 0, 0, iio, ooi), \
    LARGE("IOI|OIO", 1000, begin, 0, 0, ioi, oio), \
    LARGE("IOO|IOO", 1000, begin, 0, 0, ioo, ioo), \
    SOME("OOO|IOO after use", 20000, begin_used, 0, 0, ooo, ioo), \
    SOME("IO|IO|IO", 1000, begin, 0, 0, io, io, io), \
    SOME("IOIO|OIOI|IOIO", MANY, begin, 0, 0, ioio, oioi, ioio), \
    SOME("OI|OI|OI when full", 20000, begin_full, CAPACITY, 0, oi, oi, oi), \
    CLIENT("IO|IO from the last number", begin_at_the_last, 0, 0, io, io), \
    CLIENT("IO|IO from half way", begin_before_half, 0, 0, io, io), \
    CLIENT("IO|IO from a quarter", begin_before_a_quarter, 0, 0, io, io), \
    CLIENT("IO|IO from a lap", begin_at_a_lap, 0, 0, io, io), \
    CLIENT("closed beside pushes", begin, 0, 0, ii_asks, c), \
    CLIENT("closed beside pops", begin_with_1, 1, 0, asks_oo, ic), \
    CLIENT("closed and drained beside a push", begin, 0, 0, ii_asks, coo), \
    CLIENT("closed twice", begin_with_1, 1, 0, xo, xoo), \
    CLIENT("closed before it is asked", begin, 0, 0, ic, asks_oo), \
    CLIENT("closed, and a refusal tells", begin, 0, 0, c, i_asks, asks_o), \
    CLIENT("closed, and a pop finds out", begin, 0, 0, ic, oo), \
    CLIENT("closed beside two", begin_with_1, 1, 0, i, oo, c), \
    SOME("a lap behind: O|I", 500, begin_a_lap_behind, 1, 0, wakes, o, i), \
    SOME("a lap behind: OO|I", 500, begin_a_lap_behind, 1, 0, wakes, oo, i), \
    SOME("a lap behind: OI|I", 500, begin_a_lap_behind, 1, 0, wakes, oi, i), \
    SOME("in bulk", 1000, begin, 0, 0, bulk_in, bulk_out), \
    SOME("the way back", 1000, begin, 0, 0, credit_in, credit_out), \
    CLIENT("length", begin, 0, 0, ilo, ooo_l), \
    FREEZE("nobody waits: IO|IO", begin, 0, io, io), \
    FREEZE("nobody waits: OI|OI when full", begin_full, CAPACITY, oi, oi), \
    FREEZE("nobody waits for who closes", begin, 0, i, c), \
    BOTH("empty, two queues", 0, begin_both, 0, in_0_out_1, in_1_out_0), \
    BOTH("empty, two queues in use", 0, begin_both_used, 0, in_0_out_1, in_1_out_0), \
    BOTH("empty, two queues, with a ticket drawn", 0, begin_both_asleep, 0, in_0_out_1, in_1_out_0), \
    BOTH("full, two queues", 0, begin_both_full, CAPACITY, out_0_in_1, out_1_in_0), \
    BOTH("two queues in use, seen by four", 2000, begin_both_used, 0, in_0, in_1, out_0_out_1, out_1_out_0), \
    BOTH("turned away, two queues", 2000, begin_both_with_1, 1, turned_0, turned_1, in_0_in_1),
