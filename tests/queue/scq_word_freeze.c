/* SPDX-License-Identifier: MIT
 *
 * tests/queue/scq_word_freeze.c - queue/scq_word.h with threads that stop in the middle of an operation: progress of
 * the others, what is true when the stopped ones go on, and how much room is left beside them.
 */
#define FAMILY_SCQ 1
#include "common.h"

#if !TEST_PAIRS

int
main(void)
{
    ok_skip("queue/scq_word with frozen threads", TEST_NO_PAIRS);
    return done();
}

#else

#include "support/lap_ring.h"
#define FREEZE_NAME lapq
#include "freeze.h"

#define LOFT_QUEUE_NAME wordq
#define LOFT_QUEUE_T    uint64_t
#include <loft/queue/scq_word.h>
#define FREEZE_NAME wordq
#include "freeze.h"
#include "scq_freeze.h"

/* k threads stand anywhere in a push or a pop, k from none to more than fit. A push beside them may be refused from
 * n - k elements on and no earlier, and there are never more than n; the length says no more than that either. More
 * exactly: what a standing push has not put in and what a standing pop has taken may each cost one of the n, but a pop
 * that has nothing yet costs none. When the k have gone on there is room for n. */
static void
room_beside(size_t capacity)
{
    unsigned long refused_early = 0;
    unsigned long too_many = 0;
    unsigned long lost = 0;
    unsigned long wrong_len = 0;
    unsigned long stuck = 0;
    unsigned long runs = 0;
    unsigned long tight = 0;
    for (int state = FREEZE_NEW; state < FREEZE_STATES; state++) {
        for (int mix = 0; mix < 3; mix++) {              /* pushes, pops, both */
            for (size_t many = 0; many <= capacity + 3; many++) {
                bool more = true;
                for (unsigned long at = 0; more; at++) {
                    wordq q;
                    struct task t[PUPPETS];
                    uint64_t v;
                    size_t in = (size_t)prepare(&q, (enum freeze_state)state, capacity);
                    size_t out = 0;
                    more = false;
                    for (size_t p = 0; p < many; p++) {
                        const bool push = mix == 0 || (mix == 2 && p % 2);
                        give(&puppet[p], &t[p], &q, push ? TASK_PUSH : TASK_POP, 50);
                        if (!puppet_run(&puppet[p], at + (mix == 2 ? p : 0)))
                            more = true;
                    }
                    /* What those in the middle of it have done so far may count or not. */
                    size_t inside = 0;
                    size_t half_in = 0;
                    size_t half_out = 0;
                    for (size_t p = 0; p < many; p++) {
                        inside += puppet[p].working;
                        if (puppet[p].working)
                            *(t[p].what == TASK_PUSH ? &half_in : &half_out) += 1;
                        else if (t[p].did)
                            *(t[p].what == TASK_PUSH ? &in : &out) += 1;
                    }
                    for (size_t round = 0; round <= capacity; round++) {
                        while (wordq_try_push(&q, 60))
                            in++;
                        const size_t len = wordq_approx_len(&q);
                        refused_early += in - out + half_in < capacity;
                        too_many += in > out + half_out + capacity;
                        wrong_len += len > capacity || (inside == 0 && len != in - out);
                        tight += half_in != 0 && in - out + half_in == capacity;
                        for (size_t k = 0; k < round && wordq_try_pop(&q, &v); k++)
                            out++;
                    }
                    for (size_t p = 0; p < many; p++) {
                        const bool was = puppet[p].working;
                        stuck += !puppet_finish(&puppet[p], LIMIT);
                        if (was && t[p].did)
                            *(t[p].what == TASK_PUSH ? &in : &out) += 1;
                    }
                    wrong_len += wordq_approx_len(&q) != in - out;
                    too_many += in - out > capacity;
                    while (wordq_try_push(&q, 61))
                        in++;
                    lost += in - out != capacity || wordq_approx_len(&q) != capacity;
                    while (wordq_try_pop(&q, &v))
                        out++;
                    lost += in != out || wordq_approx_len(&q) != 0;
                    wordq_fini(&q);
                    runs++;
                }
            }
        }
    }
    note("%lu runs; %lu times refused with exactly n - k inside", runs, tight);
    char text[160];
    snprintf(text, sizeof text, "capacity %lu, k frozen anywhere: no push is refused below n - k elements",
             (unsigned long)capacity);
    ok_eq(refused_early, 0, text);
    ok_eq(too_many, 0, "there are never more than n");
    ok_eq(wrong_len, 0, "the length is never above n, and exact when they have gone on");
    ok_eq(lost, 0, "and then n elements fit, and n come out");
    ok_eq(stuck, 0, "and all have come to an end");
}

int
main(void)
{
    watchdog("queue/scq_word_freeze");
    if (!loft_dw_supported()) {
        ok_skip("queue/scq_word with frozen threads", TEST_NO_PAIRS);
        return done();
    }
    freeze_all();
    puppet_gather();
    for (int p = 0; p < PUPPETS; p++)
        puppet_start(&puppet[p]);
    room_beside(2);
    room_beside(4);
    for (int p = 0; p < PUPPETS; p++)
        puppet_end(&puppet[p]);
    puppet_scatter();
    return done();
}

#endif
