/* SPDX-License-Identifier: MIT
 *
 * tests/queue/explore/wcq_ring.c - the contract of wcq_ring.h in every execution that C11 allows. Nobody tries alone:
 * each push and pop asks for help at once, so that whoever else comes by works on it too.
 */
#include <loft/check/explore.h>

#define LOFT_WCQ_PATIENCE  0
#define LOFT_WCQ_LOOKS     0
#include <loft/queue/wcq_ring.h>

#include "wcq_rings.h"

static const loft_explore_client clients[] = {
    CLIENT("I|I", begin_both, i, i),
    CLIENT("O|O", begin_full, o, o),
    SOME("O|O when empty", 5000, begin_empty, o, o),
    CLIENT("I|I at the edge", begin_both_at_the_edge, i, i),
    FREEZE("nobody waits: I|I", begin_both, i, i),
    FREEZE("nobody waits: O|O", begin_full, o, o),
    CLIENT("I|F", begin_both, i, f),
    SOME("I|O", 5000, begin, i, o),
    CLIENT("I|O, new", begin_new, i, o),
    AWAKE("join and leave", begin_none, j, j),
    AWAKE("join and leave, a place for each", begin_of_three, jj, jj, jj),
    ASLEEP("a push sleeps, new: H|H", begin_push_new, h, h),
    ASLEEP("a push sleeps, asking: H|H", begin_push_asks, h, h),
    ASLEEP("a push sleeps, named: H|H", begin_push_named, h, h),
    ASLEEP("a push sleeps, told: H|H", begin_push_told, h, h),
    ASLEEP("a push sleeps, drawn: H|H", begin_push_drawn, h, h),
    ASLEEP("a push sleeps, done: H|O", begin_push_done, h, o),
    ASLEEP("a push sleeps, drawn: H|O", begin_push_drawn, h, o),
    ASLEEP("a push sleeps, new: H|O", begin_push_new, h, o),
    ASLEEP("a push sleeps, new: SI|H", begin_push_new, si, h),
    ASLEEP("a push sleeps, drawn: SI|H", begin_push_drawn, si, h),
    ASLEEP("a push sleeps, named: SI|SO", begin_push_named, si, so),
    ASLEEP("a push sleeps, new: H|F", begin_push_new, h, f),
    ASLEEP("a push sleeps, asking: H|F", begin_push_asks, h, f),
    ASLEEP("a pop sleeps, new: H|H", begin_pop_new, h, h),
    ASLEEP("a pop sleeps, asking: H|H", begin_pop_asks, h, h),
    ASLEEP("a pop sleeps, named: H|H", begin_pop_named, h, h),
    ASLEEP("a pop sleeps, drawn: H|H", begin_pop_drawn, h, h),
    ASLEEP("a pop sleeps, nothing there: H|H", begin_pop_empty, h, h),
    ASLEEP("a pop sleeps, nothing there: SI", begin_pop_empty, si),
    ASLEEP("a pop sleeps, new: H|O", begin_pop_new, h, o),
    FROZEN("nobody waits for who helps a push: H|H", begin_push_new, h, h),
    FROZEN("nobody waits for who helps a pop: H|H", begin_pop_new, h, h),
    FROZEN("nobody waits for who helps a pop, drawn: H|O", begin_pop_drawn, h, o),
    SOME("IO|IO", 5000, begin_both, io, io),
    SOME("IOI|IOI", 5000, begin_both, ioi, ioi),
    SOME("IOIO|IOIO", 5000, begin_both, ioio, ioio),
    SOME("IO|OOO", 5000, begin, io, ooo),
    SOME("I|I|O", 5000, begin_both_of_three, i, i, o),
    SOME("polled by two", 5000, begin_of_three, i, ooo, ooo),
    SOME("finalised", 3000, begin_both_of_three, i, io, fl),
    SOME("two rings", 5000, begin, in_0_out_1, in_1_out_0),
    SOME("two rings, new", 2000, begin_new, in_0_out_1, in_1_out_0),
    AWAKE("a push wakes, new: H", begin_push_new, h, w),
    AWAKE("a push wakes, drawn: H|O", begin_push_drawn, h, o, w),
    AWAKE("a pop wakes, new: H", begin_pop_new, h, w),
    AWAKE("a pop wakes, drawn: H|H", begin_pop_drawn, h, h, w),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
