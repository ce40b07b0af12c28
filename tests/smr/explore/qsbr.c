/* SPDX-License-Identifier: MIT
 *
 * tests/smr/explore/qsbr.c - a word that points to a node: threads that look at it or replace it between two moments in
 * which they hold nothing.
 *
 * The letters of a client are what its threads do, in turn: L looks at the node, S sets a new one, W sets two, C sets
 * one with a drop that sets, Q is quiescent, O is offline for a moment, D drains, G goes, J joins, sets and goes, K
 * joins and goes, X moves the epoch. At its end each thread is offline.
 */
#include <loft/check/explore.h>

#include <loft/smr/qsbr.h>

struct node {
    loft_qsbr_node smr;
    unsigned value;
};

static loft_qsbr domain;
static loft_qsbr_thread *me[3];
static LOFT_ATOMIC(uintptr_t) place;
static unsigned threads;

static void
drop(loft_smr_thread *thread, loft_smr_node *n)
{
    (void)thread;
    loft_plain_write(&((struct node *)n)->value, 0u);
    loft_free(n, sizeof(struct node));
}

static struct node *
make(loft_qsbr_thread *t, unsigned value)
{
    struct node *const n = (struct node *)loft_qsbr_alloc_node(t, sizeof *n);
    loft_explore_check(n);
    loft_plain_write(&n->value, value);
    return n;
}

static void
plan(unsigned n, bool symmetric, loft_seq epoch)
{
    loft_qsbr_options o;
    memset(&o, 0, sizeof o);
    o.symmetric = symmetric;
    loft_explore_check(loft_qsbr_init(&domain, &o) == LOFT_OK);
    domain.batch = 0;                                    /* every call looks at the records                        */
    if (epoch)
        loft_epoch_start_at_(&domain, epoch);
    threads = n;
    for (unsigned i = 0; i < n; i++) {
        me[i] = loft_qsbr_join(&domain);
        loft_explore_check(me[i]);
    }
    loft_init(&place, (uintptr_t)make(me[0], 1));
}

static void begin_2(void)      { plan(2, false, 0); }
static void begin_2_sym(void)  { plan(2, true, 0); }
static void begin_2_wrap(void) { plan(2, false, (loft_seq)0 - 2u * LOFT_EPOCH_STEP_); }
static void begin_3(void)      { plan(3, false, 0); }

/* All that was retired can be freed without fini, by anybody. */
static void
end(void)
{
    loft_qsbr_thread *const t = loft_qsbr_join(&domain);
    loft_explore_check(t && loft_qsbr_drain(t, LOFT_FOREVER) == LOFT_OK);
    loft_explore_check(loft_qsbr_drain(t, LOFT_FOREVER) == LOFT_OK);   /* what drop has retired */
    loft_explore_check(loft_qsbr_stats_get(&domain).pending == 0);
    loft_explore_check(loft_qsbr_fini(&domain) == LOFT_INVAL);
    loft_qsbr_leave(t);
    loft_explore_check(loft_qsbr_fini(&domain) == LOFT_OK);
    loft_free((void *)loft_load(&place, relaxed), sizeof(struct node));   /* end:A relaxed: alone */
}

static void
do_l(loft_qsbr_thread *t)
{
    loft_qsbr_enter(t);
    const struct node *const n = (const struct node *)loft_qsbr_protect(t, 0, &place);
    loft_qsbr_exit(t);
    loft_explore_check(loft_plain_read(&n->value) != 0u);   /* to the quiescent state, not to exit */
}

static void
set(loft_qsbr_thread *t, unsigned value, loft_smr_drop how)
{
    struct node *const n = make(t, value);
    const uintptr_t old = loft_exchange(&place, (uintptr_t)n, acq_rel);   /* set:A acq_rel -> user <- set:A: whole */
    loft_qsbr_retire(t, (loft_qsbr_node *)old, how);
}

static void
drop_sets(loft_smr_thread *thread, loft_smr_node *n)
{
    set((loft_qsbr_thread *)thread, 9, drop);
    drop(thread, n);
}

static void do_s(loft_qsbr_thread *t) { set(t, 2, drop); }
static void do_q(loft_qsbr_thread *t) { loft_qsbr_quiescent(t); }
static void do_o(loft_qsbr_thread *t) { loft_qsbr_offline(t); loft_qsbr_online(t); }
static void do_d(loft_qsbr_thread *t) { loft_explore_check(loft_qsbr_drain(t, LOFT_FOREVER) == LOFT_OK); }

static void
do_j(void)
{
    loft_qsbr_thread *const t = loft_qsbr_join(&domain);
    loft_explore_check(t);
    do_s(t);
    loft_qsbr_leave(t);
}

static void
do_k(void)
{
    loft_qsbr_thread *const t = loft_qsbr_join(&domain);
    loft_explore_check(t);
    loft_qsbr_leave(t);
}

/* A record is free. */
static void
begin_2_free(void)
{
    begin_2();
    do_k();
}

/* The second thread has retired something, too, so that it moves the epoch. */
static void
begin_2_busy(void)
{
    begin_2_sym();
    do_s(me[1]);
}

/* At most so many steps each, wherever the other stops. */
enum { QUIESCENT_STEPS = 8, WORK_STEPS = 24 };

static void
promised(loft_qsbr_thread *t, unsigned steps)
{
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, steps);
    loft_explore_call(0, 0, 0);
    do_q(t);
    loft_explore_return(true, 0);
}

#define BODY(name, ...) \
    static void name(int i) { loft_qsbr_thread *const t = me[i]; __VA_ARGS__; loft_qsbr_offline(t); }
BODY(L, do_l(t))
BODY(LQL, do_l(t); do_q(t); do_l(t))
BODY(LOL, do_l(t); do_o(t); do_l(t))
BODY(LQLQ, do_l(t); do_q(t); do_l(t); do_q(t))
BODY(SQ, do_s(t); do_q(t))
BODY(SQQQ, do_s(t); do_q(t); do_q(t); do_q(t))
BODY(SQSQSQ, do_s(t); do_q(t); do_s(t); do_q(t); do_s(t); do_q(t))
BODY(WQQQ, do_s(t); do_s(t); do_q(t); do_q(t); do_q(t))
BODY(CQQQ, set(t, 2, drop_sets); do_q(t); do_q(t); do_q(t))
BODY(SD, do_s(t); do_d(t))
BODY(WD, do_s(t); do_s(t); do_d(t))
BODY(OD, loft_qsbr_offline(t); do_d(t); loft_qsbr_online(t))
BODY(OL, do_o(t); do_l(t))
BODY(XS, for (int k = 0; k < 4; k++) { (void)loft_epoch_step_(t, LOFT_SMR_ALL); do_q(t); } do_s(t))
BODY(D, do_d(t))
BODY(K, do_k())
BODY(J, do_j())
BODY(PLQ, do_l(t); promised(t, QUIESCENT_STEPS))
BODY(PSQ, do_s(t); promised(t, WORK_STEPS); promised(t, WORK_STEPS))

static void
SGJ(int i)
{
    do_s(me[i]);
    do_q(me[i]);
    loft_qsbr_leave(me[i]);
    do_j();
}

#define CLIENT(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE },
#define SOME(text, count, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .executions = (count) },

static const loft_explore_client clients[] = {
    CLIENT("L|SQQQ", begin_2, L, SQQQ)
    CLIENT("L|SQQQ symmetric", begin_2_sym, L, SQQQ)
    CLIENT("L|WQQQ", begin_2, L, WQQQ)
    CLIENT("LQL|WQQQ", begin_2, LQL, WQQQ)
    CLIENT("LQL|WQQQ symmetric", begin_2_sym, LQL, WQQQ)
    CLIENT("LOL|WQQQ", begin_2, LOL, WQQQ)
    CLIENT("LQL|WQQQ wrap", begin_2_wrap, LQL, WQQQ)
    CLIENT("LQL|SQSQSQ", begin_2, LQL, SQSQSQ)
    CLIENT("L|CQQQ", begin_2, L, CQQQ)
    CLIENT("L|SD", begin_2, L, SD)
    CLIENT("L|WD", begin_2, L, WD)
    CLIENT("LQL|OD", begin_2, LQL, OD)
    CLIENT("OL|WQQQ symmetric", begin_2_sym, OL, WQQQ)
    CLIENT("LOL|WQQQ symmetric", begin_2_sym, LOL, WQQQ)
    SOME("XS|D", 20000, begin_2_sym, XS, D)
    SOME("K|D", 2000, begin_2_free, K, D)
    SOME("SD|SD", 20000, begin_2, SD, SD)
    SOME("J|J", 20000, begin_2_free, J, J)
    CLIENT("WQQQ|LQL busy", begin_2_busy, WQQQ, LQL)
    CLIENT("L|SGJ", begin_2, L, SGJ)
    { .name = "quiescent, frozen", .setup = begin_2, .thread = { PLQ, PSQ }, .finish = end,
      .spurious = LOFT_EXPLORE_NONE, .flags = LOFT_EXPLORE_FREEZE },
    CLIENT("SQ|SQ", begin_2, SQ, SQ)
    SOME("SQ|SD", 20000, begin_2, SQ, SD)
    SOME("LQLQ|SQSQSQ|SQ", 20000, begin_3, LQLQ, SQSQSQ, SQ)
    SOME("LQLQ|SGJ|SD", 20000, begin_3, LQLQ, SGJ, SD)
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
