/* SPDX-License-Identifier: MIT
 *
 * tests/queue/linger.c - queue/linger.h: LOFT_LINGER_MAX is the bound whatever it is, it is reached, and what is learnt
 * is what the header says.
 *
 * build: also never -DLOFT_LINGER_MAX=0
 * build: also one -DLOFT_LINGER_MAX=1
 * build: also two -DLOFT_LINGER_MAX=2u
 * build: also three -DLOFT_LINGER_MAX=3
 * build: also even -DLOFT_LINGER_MAX=40
 * build: also odd -DLOFT_LINGER_MAX=41
 * build: also power -DLOFT_LINGER_MAX=64
 * build: also largest -DLOFT_LINGER_MAX=4096
 */
static unsigned paused;
#define LOFT_PAUSE()  ((void)paused++)

#include "tests/tap.h"

#include <loft/queue/linger.h>

enum { ENOUGH = 64 };

static const unsigned most = LOFT_LINGER_MAX;

/* How long the next look waits. */
static unsigned
wait_of(const loft_linger *l)
{
    paused = 0;
    loft_linger_before(l);
    return paused;
}

/* From every wait that can be learnt, every kind of find. */
static void
test_bound(void)
{
    static const size_t gains[] = { 0, 1, 2, ENOUGH - 1, ENOUGH, ENOUGH + 1, SIZE_MAX };
    bool bounded = true, kept = true;
    for (unsigned p = 0; p <= most; p++) {
        for (size_t g = 0; g < sizeof gains / sizeof *gains; g++) {
            loft_linger l;
            l.pauses = p;
            l.found = true;
            loft_linger_after(&l, gains[g], ENOUGH);
            bounded = bounded && wait_of(&l) <= most && l.pauses <= most;
            kept = kept && wait_of(&l) == (gains[g] ? l.pauses : 0);
        }
    }
    ok(bounded, "no find makes the wait longer than LOFT_LINGER_MAX");
    ok(kept, "a look waits for what was learnt, and not at all after one that found nothing");
}

static void
test_learns(void)
{
    loft_linger l;
    loft_linger_init(&l);
    ok_eq(wait_of(&l), 0, "nothing is learnt at first");
    for (int i = 0; i < 20; i++)
        loft_linger_after(&l, 2, ENOUGH);
    ok_eq(wait_of(&l), most, "glued together: as long as LOFT_LINGER_MAX allows");
    unsigned before = l.pauses;
    loft_linger_after(&l, ENOUGH, ENOUGH);
    ok_eq(l.pauses, before - before / 4u, "enough: a quarter less");
    before = l.pauses;
    loft_linger_after(&l, 0, ENOUGH);
    ok(l.pauses == before / 2u && wait_of(&l) == 0, "nothing: half, and the next look does not wait");
    for (int i = 0; i < 20; i++)
        loft_linger_after(&l, 0, ENOUGH);
    ok_eq(l.pauses, 0, "an idle ring forgets");
    unsigned longest = 0;
    for (int i = 0; i < 20; i++) {
        loft_linger_after(&l, 1, ENOUGH);
        longest = l.pauses > longest ? l.pauses : longest;
    }
    ok_eq(longest, most < 4u ? most : 4u, "one at a time: four pauses at most");
    ok(LOFT_LINGER_ENOUGH(4u) == 1u && LOFT_LINGER_ENOUGH(100u) == 25u && LOFT_LINGER_ENOUGH(100000u) == 64u,
       "a small ring cannot wait for many");
}

int
main(void)
{
    test_bound();
    test_learns();
    return done();
}
