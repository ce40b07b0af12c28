/* SPDX-License-Identifier: MIT
 *
 * tests/smr/qsbr.c - what is smr/qsbr.h's own: quiescent states, offline and online, over the end of the counter. What
 * all schemes promise is asked in tests/smr/qsbr_contract.c.
 *
 * build: also release -DNDEBUG
 */
#include "threads.h"

#include <loft/smr/qsbr.h>

#include "tap.h"

struct node {
    loft_qsbr_node smr;
    unsigned *dropped;
};

static loft_qsbr domain;
static loft_status in_drop;

static void
drop(loft_smr_thread *me, loft_smr_node *n)
{
    in_drop = loft_qsbr_drain((loft_qsbr_thread *)(void *)me, 0);
    ++*((struct node *)(void *)n)->dropped;
    loft_free(n, sizeof(struct node));
}

static void
retire(loft_qsbr_thread *me, unsigned *dropped)
{
    struct node *const n = (struct node *)loft_qsbr_alloc_node(me, sizeof *n);
    if (!n)
        abort();
    n->dropped = dropped;
    loft_qsbr_retire(me, &n->smr, drop);
}

static void
begin(loft_seq left, loft_qsbr_thread **a, loft_qsbr_thread **b)
{
    loft_qsbr_options o;
    memset(&o, 0, sizeof o);
    o.batch = 1;
    if (loft_qsbr_init(&domain, &o) != LOFT_OK)
        abort();
    if (left)
        loft_epoch_start_at_(&domain, (loft_seq)0 - left * LOFT_EPOCH_STEP_);
    *a = loft_qsbr_join(&domain);
    *b = loft_qsbr_join(&domain);
    if (!*a || !*b)
        abort();
}

static void
end(loft_qsbr_thread *a, loft_qsbr_thread *b)
{
    loft_qsbr_leave(a);
    loft_qsbr_leave(b);
    ok(loft_qsbr_fini(&domain) == LOFT_OK, "fini");
}

static void
try_quiescent(loft_seq left)
{
    loft_qsbr_thread *a;
    loft_qsbr_thread *b;
    unsigned dropped = 0;
    begin(left, &a, &b);
    note("%lu before the end", (unsigned long)left);
    for (int i = 0; i < 50; i++) {
        retire(a, &dropped);
        loft_qsbr_quiescent(a);
    }
    ok_eq(dropped, 0, "nothing is freed beside a thread that is not quiescent");
    ok_eq(loft_qsbr_stats_get(&domain).holder, loft_qsbr_number(b), "which the statistics name");
    for (int i = 0; i < 200; i++) {
        loft_qsbr_quiescent(a);
        loft_qsbr_quiescent(b);
    }
    ok_eq(dropped, 50, "all is freed when both come by");
    loft_qsbr_offline(b);
    for (int i = 0; i < 50; i++) {
        retire(a, &dropped);
        loft_qsbr_quiescent(a);
    }
    for (int i = 0; i < 200; i++)
        loft_qsbr_quiescent(a);
    ok_eq(dropped, 100, "who is offline is not waited for");
    loft_qsbr_online(b);
    for (int i = 0; i < 20; i++) {
        retire(a, &dropped);
        loft_qsbr_quiescent(a);
    }
    ok_eq(dropped, 100, "who is online again is");
    end(a, b);
    ok_eq(dropped, 120, "fini frees the rest");
}

/* A thread that keeps nothing comes by from the first epoch on, wherever the counter is. */
static void
try_idle(loft_seq left)
{
    loft_qsbr_thread *a;
    loft_qsbr_thread *b;
    begin(left, &a, &b);
    const loft_seq then = loft_load(&domain.epoch, relaxed) / LOFT_EPOCH_STEP_;
    loft_seq moved = 0;
    for (int i = 0; i < 8; i++) {
        (void)loft_epoch_step_(a, LOFT_SMR_ALL);
        loft_qsbr_quiescent(a);
        loft_qsbr_quiescent(b);
        moved = (loft_load(&domain.epoch, relaxed) / LOFT_EPOCH_STEP_ - then) & ((loft_seq)-1 / LOFT_EPOCH_STEP_);
    }
    char line[100];
    snprintf(line, sizeof line, "the epoch moves each time when all come by, %lu before the end", (unsigned long)left);
    ok_eq(moved, 8, line);
    end(a, b);
}

/* Offline until the counter has come round to just before where it was. */
static void
try_round(void)
{
    loft_qsbr_thread *a;
    loft_qsbr_thread *b;
    begin(1000, &a, &b);
    const loft_seq then = loft_load(&domain.epoch, relaxed);
    loft_qsbr_quiescent(b);
    loft_qsbr_offline(a);
    loft_qsbr_offline(b);
    loft_store(&domain.epoch, then - LOFT_EPOCH_STEP_, relaxed);
    loft_qsbr_online(a);
    loft_qsbr_online(b);
    for (int i = 0; i < 8; i++) {
        (void)loft_epoch_step_(a, LOFT_SMR_ALL);
        loft_qsbr_quiescent(a);
        loft_qsbr_quiescent(b);
    }
    ok_eq((loft_load(&domain.epoch, relaxed) - then) / LOFT_EPOCH_STEP_, 7, "what it last said is of another round");
    end(a, b);
}

static void
try_drain(void)
{
    loft_qsbr_thread *a;
    loft_qsbr_thread *b;
    unsigned dropped = 0;
    begin(0, &a, &b);
    retire(a, &dropped);
    ok(loft_qsbr_drain(a, 0) == LOFT_TIMEOUT && dropped == 0, "a drain ends in time beside a thread that is online");
    loft_qsbr_offline(b);
    in_drop = LOFT_OK;
    ok(loft_qsbr_drain(a, LOFT_FOREVER) == LOFT_OK && dropped == 1, "the caller is quiescent meanwhile");
    ok(in_drop == LOFT_INVAL, "in drop there is no drain");
    ok(loft_epoch_inside_(a) && !loft_epoch_inside_(b), "and online afterwards, if it was");
    end(a, b);
}

int
main(void)
{
    for (loft_seq left = 0; left <= 5; left++) {
        try_quiescent(left);
        try_idle(left);
    }
    try_round();
    try_drain();
    return done();
}
