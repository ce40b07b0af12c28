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

/* Pushes that are refused because of each other's numbers. What blocking.h builds on: whoever is refused was so by what
 * is in the queue, by a pop that ends later, or by a push that looks again; so when all is quiet, there is no room that
 * was refused to a push which began after the last pop. X and Y stop twice each, anywhere; X has drawn when the queue
 * was full, then two are popped and one more push goes in beside it. */
static void
refused_by_each_other(void)
{
    unsigned long runs = 0;
    unsigned long refused = 0;
    unsigned long stranded = 0;
    unsigned long stuck = 0;
    for (unsigned at = 0; at < 10 * 10 * 10 * 10; at++) {
        wordq q;
        struct task x;
        struct task y;
        uint64_t v;
        if (wordq_init(&q, 2) != LOFT_OK || !wordq_try_push(&q, 1))
            break;
        give(&puppet[0], &x, &q, TASK_PUSH, 50);
        (void)puppet_run(&puppet[0], at % 10);
        const bool full = wordq_try_push(&q, 2);         /* else X was quicker */
        if (puppet[0].working)
            (void)puppet_run(&puppet[0], at / 10 % 10);
        while (wordq_try_pop(&q, &v))
            continue;
        bool told = false;
        give(&puppet[1], &y, &q, TASK_PUSH, 51);
        (void)puppet_run(&puppet[1], at / 100 % 10);
        told |= !wordq_try_push(&q, 3);
        if (puppet[1].working)
            (void)puppet_run(&puppet[1], at / 1000);
        if (puppet[0].working)
            stuck += !puppet_finish(&puppet[0], LIMIT);
        give(&puppet[0], &x, &q, TASK_PUSH, 52);
        stuck += !puppet_finish(&puppet[0], LIMIT);
        told |= !x.did;
        if (puppet[1].working)
            stuck += !puppet_finish(&puppet[1], LIMIT);
        told |= !y.did;
        refused += told && full;
        stranded += told && wordq_try_push(&q, 4);
        wordq_fini(&q);
        runs++;
    }
    note("%lu runs, %lu with a push that was refused", runs, refused);
    ok(runs == 10000 && refused != 0, "pushes that stop twice, anywhere, beside each other");
    ok_eq(stranded, 0, "no room is left that was refused to somebody because of another who was refused");
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
    refused_by_each_other();
    for (int p = 0; p < PUPPETS; p++)
        puppet_end(&puppet[p]);
    puppet_scatter();
    return done();
}

#endif
