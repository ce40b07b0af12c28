/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/pair_clients.h - the clients of spsc.h and spsc_word.h that are the same.
 */

/* It begins with so many elements in so many slots. Each side's answer is true by what it can know of the other: "full"
 * and "empty" each, not both at once. A producer that has not heard of a pop and a consumer that has not heard of a
 * push may both be refused, as on any machine with store buffers; so one client judges the one, and one the other. */
#define PAIR_AS(text, which, before, slots, elements, producer, consumer) \
    { .name = (text), .setup = (before), .thread = { producer, consumer }, .finish = end, \
      .spins = SPINS, .model = &slots_model, .model_arg = SLOTS_ARG(slots, elements, 0) | (which) }
#define PAIR(text, before, slots, elements, producer, consumer) \
    PAIR_AS(text ": empty", SLOTS_ANY_FULL, before, slots, elements, producer, consumer), \
    PAIR_AS(text ": full", SLOTS_ANY_EMPTY, before, slots, elements, producer, consumer)

#define PAIR_FREEZE(text, before, slots, elements, producer, consumer) \
    { .name = (text), .setup = (before), .thread = { producer, consumer }, .finish = end, \
      .spins = SPINS, .model = &slots_model, .model_arg = SLOTS_ARG(slots, elements, 0) | SLOTS_ANY_FULL, \
      .flags = LOFT_EXPLORE_FREEZE }
#define PAIR_WATCHED(text, count, producer, consumer) \
    { .name = (text), .setup = begin, .thread = { producer, consumer, watches }, .finish = end, \
      .spins = SPINS, .model = &slots_model, .model_arg = SLOTS_ARG(CAPACITY, 0, 0) | SLOTS_ANY_FULL, \
      .executions = (count) }

/* A push here and a look there, in both threads: "empty" is the truth for each, but no queue of two threads promises
 * one order to both, so that both may be told so. */
static const uint64_t any_two_answers[] = { 0, 1, 2, 3 };

#define PAIR_CLIENTS \
    PAIR("III|OOO", begin, CAPACITY, 0, iii, ooo), \
    { .name = "III|OOO, one slot", .setup = begin_single, .thread = { iii, ooo }, .finish = end, \
      .spins = SPINS, .model = &loft_linear_queue, .model_arg = 1 }, \
    PAIR("IIII|OOOO, three slots", begin_triple, 3, 0, iiii, oooo), \
    PAIR("III|OOO from the last number", begin_at_the_last, CAPACITY, 0, iii, ooo), \
    PAIR("III|OOO from the last but one", begin_before_the_last, CAPACITY, 0, iii, ooo), \
    PAIR("III|OOO from half way", begin_at_half, CAPACITY, 0, iii, ooo), \
    PAIR("III|OOO from before half way", begin_before_half, CAPACITY, 0, iii, ooo), \
    PAIR("III|OOO, turned by one", begin_turned, CAPACITY, 0, iii, ooo), \
    PAIR("III|OOO when full", begin_full, CAPACITY, CAPACITY, iii, ooo), \
    PAIR("IIII|OOOO with one in", begin_with_1, CAPACITY, 1, iiii, oooo), \
    PAIR("closed", begin, CAPACITY, 0, ici, asks_ooo), \
    PAIR("closed when full", begin_full, CAPACITY, CAPACITY, ici, asks_ooo), \
    PAIR("closed in the middle", begin, CAPACITY, 0, iici, o_asks_oo), \
    PAIR("closed twice", begin_with_1, CAPACITY, 1, icc, asks_ooo), \
    PAIR_FREEZE("nobody waits", begin, CAPACITY, 0, iii, ooo), \
    PAIR_FREEZE("nobody waits when full", begin_full, CAPACITY, CAPACITY, iici, ooo), \
    PAIR("length", begin, CAPACITY, 0, ilil, olol), \
    { .name = "in bulk", .setup = begin, .thread = { bulk_in, bulk_out }, \
      .finish = end, .spins = SPINS }, \
    { .name = "in bulk over the wrap", .setup = begin_turned, .thread = { bulk_in, bulk_out_twice }, \
      .finish = end, .spins = SPINS }, \
    { .name = "in bulk, three slots", .setup = begin_triple, .thread = { bulk_in, bulk_out_twice }, \
      .finish = end, .spins = SPINS }, \
    { .name = "two queues", .setup = begin_both, .thread = { there, here }, .finish = end_both, \
      .spins = SPINS, .outcomes = any_two_answers, .n_outcomes = 4 }, \
    PAIR_WATCHED("III|OOO watched", 0, iii, ooo), \
    PAIR_WATCHED("closed and watched", 0, iici, asks_ooo), \
    PAIR_WATCHED("IIIIIIII|OOOOOOOO watched", MANY, iiiiiiii, oooooooo),
