/* SPDX-License-Identifier: MIT
 *
 * tests/smr/explore/ebr.c - words that point to nodes: who reads them in a section, who replaces and retires, who
 * joins, leaves and drains beside that.
 *
 * The letters of a client are what its threads do, in turn: L looks at a node, S sets a new one, W sets two in one
 * section, E only enters and exits, N nests, C sets with a drop that sets, D drains, G goes; J joins, sets and goes, K
 * joins and goes; F is whether another has set before. X moves the epoch four times, O the first time, V once in a
 * section, Y in none; T is how far it goes beside a section. H ends a section that has begun, with a node in hand that
 * was replaced since. Q drains, and what was retired in setup is
 * dropped then.
 */
#include <loft/check/explore.h>

#include <loft/smr/ebr.h>

struct node {
    loft_ebr_node smr;
    unsigned value;
};

static loft_ebr domain;
static loft_ebr_thread *me[4];
static LOFT_ATOMIC(uintptr_t) place;
static loft_ebr_options options;
static loft_seq first_epoch;
static unsigned threads;
static LOFT_ATOMIC(unsigned) told;
static LOFT_ATOMIC(unsigned) gone;
static unsigned dropped;
static const struct node *held;
static bool counting;                                    /* where one thread drops                             */

static void
drop(loft_smr_thread *thread, loft_smr_node *n)
{
    (void)thread;
    if (counting)
        loft_plain_write(&dropped, loft_plain_read(&dropped) + 1u);
    loft_plain_write(&((struct node *)n)->value, 0u);
    loft_free(n, sizeof(struct node));
    (void)loft_fetch_add(&gone, 1u, relaxed);            /* drop:A relaxed: what orders it is a claim of drain's */
}

static struct node *
make(loft_ebr_thread *t, unsigned value)
{
    struct node *const n = (struct node *)loft_ebr_alloc_node(t, sizeof *n);
    loft_explore_check(n);
    loft_plain_write(&n->value, value);
    return n;
}

static void
begin(void)
{
    loft_explore_check(loft_ebr_init(&domain, &options) == LOFT_OK);
    domain.batch = 0;                                    /* every call looks at the records                        */
    loft_epoch_start_at_(&domain, first_epoch);
    for (unsigned i = 0; i < threads; i++) {
        me[i] = loft_ebr_join(&domain);
        loft_explore_check(me[i]);
    }
    loft_init(&place, (uintptr_t)make(me[0], 1));
    loft_init(&told, 0u);
    loft_init(&gone, 0u);
    loft_plain_write(&dropped, 0u);
    counting = false;
}

static void
plan(unsigned n, bool symmetric, size_t frees, loft_seq epoch)
{
    memset(&options, 0, sizeof options);
    options.symmetric = symmetric;
    options.frees = frees;
    threads = n;
    first_epoch = epoch ? epoch : LOFT_EPOCH_STEP_;
    begin();
}

enum { SECTION_STEPS = 9, WORK_STEPS = 51, LEFT_STEPS = 59 };   /* of one call, the most there are */

#define WRAP(n) ((loft_seq)0 - (n) * LOFT_EPOCH_STEP_)

static void begin_1(void)      { plan(1, false, 0, 0); }
static void begin_2(void)      { plan(2, false, 0, 0); }
static void begin_2_one(void)  { plan(2, false, 1, 0); }
static void begin_2_sym(void)  { plan(2, true, 0, 0); }
static void begin_2_wrap(void) { plan(2, false, 0, WRAP(2)); }
static void begin_3(void)      { plan(3, false, 0, 0); }
static void begin_3_wrap(void) { plan(3, false, 0, WRAP(1)); }
static void begin_3_sym(void)  { plan(3, true, 0, 0); }

static void
end(void)
{
    loft_explore_check(loft_ebr_fini(&domain) == LOFT_OK);
    loft_free((void *)loft_load(&place, relaxed), sizeof(struct node));   /* end:A relaxed: alone; fini may set it */
}

/* The first two are in sections. */
static void
end_open(void)
{
    loft_epoch_end_(me[0]);
    loft_epoch_end_(me[1]);
    end();
}

/* All that was retired can be freed without fini, by anybody. */
static void
end_drained(void)
{
    loft_ebr_thread *const t = loft_ebr_join(&domain);
    loft_explore_check(t && loft_ebr_drain(t, LOFT_FOREVER) == LOFT_OK);
    loft_explore_check(loft_ebr_stats_get(&domain).pending == 0);
    end();
}

static void
look(loft_ebr_thread *t)
{
    const struct node *const n = (const struct node *)loft_ebr_protect(t, 0, &place);
    loft_explore_check(loft_plain_read(&n->value) != 0u);
}

static void
set(loft_ebr_thread *t, unsigned value, loft_smr_drop how)
{
    struct node *const n = make(t, value);
    const uintptr_t old = loft_exchange(&place, (uintptr_t)n, acq_rel);   /* set:A acq_rel -> user <- set:A: whole */
    loft_ebr_retire(t, (loft_ebr_node *)old, how);
}

static void do_l(loft_ebr_thread *t) { loft_ebr_enter(t); look(t); loft_ebr_exit(t); }
static void do_s(loft_ebr_thread *t) { loft_ebr_enter(t); set(t, 2, drop); loft_ebr_exit(t); }
static void do_w(loft_ebr_thread *t) { loft_ebr_enter(t); set(t, 2, drop); set(t, 3, drop); loft_ebr_exit(t); }
static void do_e(loft_ebr_thread *t) { loft_ebr_enter(t); loft_ebr_exit(t); }
static void do_d(loft_ebr_thread *t) { loft_explore_check(loft_ebr_drain(t, LOFT_FOREVER) == LOFT_OK); }

/* The reader's node is safe until the end of the outermost section. */
static void
do_n(loft_ebr_thread *t)
{
    loft_ebr_enter(t);
    const struct node *const n = (const struct node *)loft_ebr_protect(t, 0, &place);
    loft_ebr_enter(t);
    look(t);
    loft_ebr_exit(t);
    loft_explore_check(loft_plain_read(&n->value) != 0u);
    loft_ebr_exit(t);
}

/* Where memory is used again, a node that changes is one that was freed. */
static void
do_m(loft_ebr_thread *t)
{
    loft_ebr_enter(t);
    const struct node *const n = (const struct node *)loft_ebr_protect(t, 0, &place);
    const unsigned value = loft_plain_read(&n->value);
    loft_explore_check(loft_ebr_protect(t, 1, &place) && value && loft_plain_read(&n->value) == value);
    loft_ebr_exit(t);
}

/* drop that enters a section, replaces another node and retires that. */
static void
drop_sets(loft_smr_thread *thread, loft_smr_node *n)
{
    loft_ebr_thread *const t = (loft_ebr_thread *)thread;
    loft_ebr_enter(t);
    set(t, 9, drop);
    loft_ebr_exit(t);
    drop(thread, n);
}

static void
do_c(loft_ebr_thread *t)
{
    loft_ebr_enter(t);
    set(t, 2, drop_sets);
    loft_ebr_exit(t);
}

/* The epoch is never two ahead of a section. */
static void
do_t(loft_ebr_thread *t)
{
    loft_epoch_begin_(t);
    const loft_seq mine = loft_epoch_mine_(t) & ~LOFT_EPOCH_DEPTH_;
    const loft_seq now = loft_load(&domain.epoch, relaxed);   /* do_t:A relaxed: never more, by whatever order */
    loft_explore_check((loft_seq)(now - mine) <= LOFT_EPOCH_STEP_);
}

static void
do_v(loft_ebr_thread *t)
{
    loft_ebr_enter(t);
    (void)loft_epoch_step_(t, LOFT_SMR_ALL);
    loft_ebr_exit(t);
}

/* The same for a first time, when nobody can be behind; and this thread has seen that. */
static void
do_o(loft_ebr_thread *t)
{
    loft_seq first = first_epoch;
    (void)loft_cas_strong(&domain.epoch, &first, first + LOFT_EPOCH_STEP_, release, relaxed);   /* do_o:A release ->
                                                                                              begin:D: as step:D */
    t->seen = first_epoch + LOFT_EPOCH_STEP_;
}

/* A thread that comes, replaces a node and goes. */
static void
do_j(void)
{
    loft_ebr_thread *const t = loft_ebr_join(&domain);
    loft_explore_check(t);
    do_s(t);
    loft_ebr_leave(t);
}

static void
do_k(void)
{
    loft_ebr_thread *const t = loft_ebr_join(&domain);
    loft_explore_check(t);
    loft_ebr_leave(t);
}

/* What was retired before a drain, by whomever, is freed after it. */
static void
tell(void)
{
    loft_store(&told, 1u, release);                      /* tell:A release -> do_f:A: it is retired */
}

static void
do_f(loft_ebr_thread *t)
{
    const bool retired = loft_load(&told, acquire) != 0; /* do_f:A acquire <- tell:A: it is retired */
    do_d(t);
    loft_explore_check(!retired || loft_plain_read(&dropped) >= 1u);
}

/* The same with what they promise: so many steps at most, whatever the others do and wherever they stop. The first
 * looks at a node; the second replaces two in turn, with all the work that comes with it. */
static void
promised_l(loft_ebr_thread *t)
{
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, SECTION_STEPS);
    loft_explore_call(0, 0, 0);
    do_l(t);
    loft_explore_return(true, 0);
}

static void
promised(loft_ebr_thread *t, unsigned steps)
{
    loft_explore_promise(LOFT_EXPLORE_WAIT_FREE, steps);
    for (int i = 0; i < 2; i++) {
        loft_explore_call(0, 0, 0);
        do_s(t);
        loft_explore_return(true, 0);
    }
}

static void promised_w(loft_ebr_thread *t) { promised(t, WORK_STEPS); }

/* There is a bag that somebody has left. */
static void promised_a(loft_ebr_thread *t) { promised(t, LEFT_STEPS); }

/* A record is free. */
static void
begin_2_free(void)
{
    begin_2();
    do_k();
}

/* The reader has retired something, too, so that it moves the epoch. Both have seen the one that it is. */
static void
begin_2_busy(void)
{
    begin_2_sym();
    do_s(me[1]);
    me[0]->seen = me[1]->seen = loft_load(&domain.epoch, relaxed);   /* begin_2_busy:A relaxed: alone */
}

/* A section has begun, an epoch later than the one that has retired since what it found. */
static void
hold(void)
{
    loft_ebr_enter(me[1]);
    do_o(me[1]);
    loft_ebr_enter(me[0]);
    held = (const struct node *)loft_ebr_protect(me[0], 0, &place);
    set(me[1], 2, drop);
    loft_ebr_exit(me[1]);
}

static void
begin_2_held(void)
{
    begin_2();
    hold();
}

static void
begin_3_held(void)
{
    begin_3();
    hold();
}

static void
do_h(loft_ebr_thread *t)
{
    loft_explore_check(loft_plain_read(&held->value) != 0u);
    loft_ebr_exit(t);
}

/* It is two epochs on since they joined. */
static void
begin_3_late(void)
{
    begin_3();
    for (int i = 0; i < 2; i++)
        (void)loft_epoch_step_(me[2], LOFT_SMR_ALL);
    first_epoch = loft_load(&domain.epoch, relaxed);     /* begin_3_late:A relaxed: alone */
}

/* The first has something in its bag. */
static void
begin_2_kept(void)
{
    begin_2();
    do_s(me[0]);
}

static void
begin_2_sym_kept(void)
{
    begin_2_sym();
    do_s(me[0]);
}

/* A third has left something. */
static void
begin_2_left(void)
{
    begin_2();
    do_j();
}

/* More than a call frees, and it is old enough by now. */
static void
begin_2_old(void)
{
    begin_2();
    domain.batch = 100;
    loft_ebr_thread *const t = loft_ebr_join(&domain);
    loft_explore_check(t);
    for (int i = 0; i < 8; i++)
        do_s(t);
    loft_ebr_leave(t);
    domain.batch = 0;
    for (int i = 0; i < 4; i++)
        (void)loft_epoch_step_(me[0], LOFT_SMR_ALL);
}

/* What was retired before, in setup, is dropped. */
static void
do_q(loft_ebr_thread *t)
{
    do_d(t);
    loft_explore_check(loft_load(&gone, relaxed) >= 1u); /* do_q:A relaxed: what orders it is a claim of drain's */
}

static void
do_q8(loft_ebr_thread *t)
{
    do_d(t);
    loft_explore_check(loft_load(&gone, relaxed) >= 8u); /* do_q8:A relaxed: as do_q:A */
}

static void
begin_2_count(void)
{
    begin_2_sym();
    counting = true;
}

#define BODY(name, ...) static void name(int i) { loft_ebr_thread *const t = me[i]; (void)t; __VA_ARGS__; }
BODY(L, do_l(t))
BODY(LE, do_l(t); do_e(t))
BODY(LL, do_l(t); do_l(t))
BODY(LN, do_l(t); loft_ebr_enter(t); do_e(t); loft_ebr_exit(t))
BODY(N, do_n(t))
BODY(MM, do_m(t); do_m(t))
BODY(SEE, do_s(t); do_e(t); do_e(t))
BODY(XS, for (int k = 0; k < 4; k++) { (void)loft_epoch_step_(t, LOFT_SMR_ALL); } do_s(t))
BODY(SSS, do_s(t); do_s(t); do_s(t))
BODY(SSSS, do_s(t); do_s(t); do_s(t); do_s(t))
BODY(WEE, do_w(t); do_e(t); do_e(t))
BODY(WEEE, do_w(t); do_e(t); do_e(t); do_e(t))
BODY(SD, do_s(t); do_d(t))
BODY(CD, do_c(t); do_d(t))
BODY(D, do_d(t))
BODY(SGJ, do_s(t); loft_ebr_leave(t); do_j())
BODY(SFG, do_s(t); tell(); loft_ebr_leave(t))
BODY(FD, do_f(t))
BODY(J, do_j())
BODY(K, do_k())
BODY(T, do_t(t))
BODY(Y, (void)loft_epoch_step_(t, LOFT_SMR_ALL))
BODY(OV, do_o(t); loft_epoch_nest_(t, t->seen + 1u); (void)loft_epoch_step_(t, LOFT_SMR_ALL))
BODY(VV, do_v(t); do_v(t))
BODY(H, do_h(t))
BODY(HEE, do_h(t); do_e(t); do_e(t))
BODY(EE, do_e(t); do_e(t))
BODY(E, do_e(t))
BODY(EEEE, do_e(t); do_e(t); do_e(t); do_e(t))
BODY(S, do_s(t))
BODY(SS, do_s(t); do_s(t))
BODY(Q, do_q(t))
BODY(Q8, do_q8(t))
BODY(PL, promised_l(t))
BODY(PW, promised_w(t))
BODY(PA, promised_a(t))

#define CLIENT(text, before, after, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = (after), .spurious = LOFT_EXPLORE_NONE },
#define FROZEN(text, before, after, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = (after), .spurious = LOFT_EXPLORE_NONE, \
      .flags = LOFT_EXPLORE_FREEZE },
#define SOME(text, count, before, after, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = (after), .executions = (count) },

static const loft_explore_client clients[] = {
    CLIENT("T|OV|Y", begin_3, end_open, T, OV, Y)
    CLIENT("T|OV|Y late", begin_3_late, end_open, T, OV, Y)
    CLIENT("T|OV|Y wrap", begin_3_wrap, end_open, T, OV, Y)
    CLIENT("WEE|LN", begin_2, end, WEE, LN)
    CLIENT("L|WEEE", begin_2, end, L, WEEE)
    CLIENT("L|WEEE symmetric", begin_2_sym, end, L, WEEE)
    CLIENT("L|WEEE wrap", begin_2_wrap, end, L, WEEE)
    CLIENT("LL|WEE symmetric", begin_2_sym, end, LL, WEE)
    CLIENT("WEE|LE busy", begin_2_busy, end, WEE, LE)
    CLIENT("N|CD", begin_2, end_drained, N, CD)
    CLIENT("L|SGJ", begin_2, end_drained, L, SGJ)
    FROZEN("section and work, frozen", begin_2, end_drained, PL, PW)
    FROZEN("section and work, frozen, left", begin_2_left, end_drained, PL, PA)
    CLIENT("H|E|VV", begin_3_held, end, H, E, VV)
    CLIENT("HEE|EE", begin_2_held, end, HEE, EE)
    SOME("K|D", 2000, begin_2_free, end_drained, K, D)
    SOME("J|D", 20000, begin_2_free, end_drained, J, D)
    SOME("XS|D", 20000, begin_2_sym_kept, end_drained, XS, D)
    SOME("SS|D kept", 20000, begin_2_kept, end_drained, SS, D)
    SOME("EEEE|Q kept", 20000, begin_2_kept, end_drained, EEEE, Q)
    SOME("S|Q left", 20000, begin_2_left, end_drained, S, Q)
    SOME("S|Q8 old", 20000, begin_2_old, end_drained, S, Q8)
    SOME("SS|SS left", 20000, begin_2_left, end_drained, SS, SS)
    SOME("SS|J left", 20000, begin_2_left, end_drained, SS, J)
    SOME("SFG|FD", 20000, begin_2_count, end_drained, SFG, FD)
    SOME("J|J", 20000, begin_1, end_drained, J, J)
    SOME("SD|SD", 20000, begin_2, end_drained, SD, SD)
    SOME("L|SSS|SEE", 20000, begin_3, end_drained, L, SSS, SEE)
    SOME("LL|SGJ|SEE", 20000, begin_3_sym, end_drained, LL, SGJ, SEE)
    { .name = "MM|SSSS reuse", .setup = begin_2_one, .thread = { MM, SSSS }, .finish = end,
      .executions = 4000, .flags = LOFT_EXPLORE_REUSE },
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
