/* SPDX-License-Identifier: MIT
 *
 * tests/stack/explore/treiber_few.c - treiber.h where it is asked how crowded the top is: with a hint that says few,
 * who has lost once goes on at once; with one on the border, it goes to the slot, and the next does not.
 */
#include <loft/check/explore.h>

#include <loft/smr/ebr.h>

#define S    loft_ebr
#define FEW

static void
narrow(loft_ebr *domain)
{
    (void)domain;
}

#include "treiber.h"

static void some_2_1(void) { begin_2_1(); loft_init(&one.crowd, LOFT_TREIBER_CROWD_BORDER_); }
static void some_2_2(void) { begin_2_2(); loft_init(&one.crowd, LOFT_TREIBER_CROWD_BORDER_); }

static const loft_explore_client clients[] = {
    CLIENT("few: II|OO", begin_2, 0, II, OO),
    CLIENT("few: IO|IO", begin_2, 0, IO, IO),
    CLIENT("few: OI|OI with one in", begin_2_1, 1, OI, OI),
    CLIENT("few: O|OO with two in", begin_2_2, 2, O, OO),
    LOSES("few: I|O with one in", 2, begin_2_1, 1, I, O),
    LOSES("some: I|O with one in", 1, some_2_1, 1, I, O),
    CLIENT("some: OI|OI with one in", some_2_1, 1, OI, OI),
    CLIENT("some: O|OO with two in", some_2_2, 2, O, OO),
    FREEZE("nobody waits: I|O", some_2_1, 1, I, O),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
