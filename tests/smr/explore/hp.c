/* SPDX-License-Identifier: MIT
 *
 * tests/smr/explore/hp.c - two words that point to nodes: who reads them in a section, who replaces and retires; bags
 * that are taken away, left behind, taken over.
 *
 * A node is given back to the allocator by drop, and everything that is handed on is payload of the door, so that what
 * is freed too early, twice, never, or without an edge is seen.
 */
#include <loft/check/explore.h>

#include <loft/smr/hp.h>

struct node {
    loft_hp_node smr;
    unsigned value;
    unsigned watched;                                    /* drop says that it is gone                          */
};

static loft_hp domain;
static loft_hp_thread *me[4];
static LOFT_ATOMIC(uintptr_t) place, second;
static LOFT_ATOMIC(unsigned) flag;
static unsigned payload, gone;

static void
drop(loft_smr_thread *thread, loft_smr_node *node)
{
    struct node *const n = (struct node *)node;
    (void)thread;
    loft_explore_check(loft_plain_read(&n->value) != 0u);
    loft_plain_write(&n->value, 0u);
    if (loft_plain_read(&n->watched))
        loft_plain_write(&gone, 1u);
    loft_free(n, sizeof *n);
}

static struct node *
make(loft_hp_thread *t, unsigned value)
{
    struct node *const n = (struct node *)loft_hp_alloc_node(t, sizeof *n);
    loft_explore_check(n);
    loft_plain_write(&n->value, value);
    loft_plain_write(&n->watched, 0u);
    return n;
}

static void
start(unsigned threads, size_t slots, size_t batch, size_t frees, bool symmetric)
{
    loft_hp_options o;
    memset(&o, 0, sizeof o);
    o.batch = batch;
    o.frees = frees;
    o.symmetric = symmetric;
    loft_explore_check(loft_hp_init(&domain, &o) == LOFT_OK);
    domain.slots = slots;                                /* fewer to look at                                   */
    memset(me, 0, sizeof me);
    for (unsigned i = 0; i < threads; i++) {
        me[i] = loft_hp_join(&domain);
        loft_explore_check(me[i]);
    }
    loft_init(&place, (uintptr_t)make(me[0], 1));
    loft_init(&second, (uintptr_t)make(me[0], 1));
    loft_init(&flag, 0u);
    loft_plain_write(&payload, 0u);
    loft_plain_write(&gone, 0u);
}
static void two(void) { start(2, 1, 1, 2, false); }
static void two_sym(void) { start(2, 1, 1, 2, true); }
static void two_slots(void) { start(2, 2, 1, 2, false); }
static void two_lazy(void) { start(2, 1, 8, 2, false); }
static void one(void) { start(1, 1, 1, 2, false); }
static void one_lazy(void) { start(1, 1, 8, 2, false); }
static void three(void) { start(3, 1, 1, 2, false); }
static void three_lazy(void) { start(3, 1, 8, 2, false); }

/* No memory for tables: each node is looked for in the slots. */
static void
no_table(void)
{
    two();
    me[0]->room = me[1]->room = 1024;
}

/* One has retired a node and left; who comes to it first takes it over. */
static void
orphaned(void)
{
    start(3, 1, 8, 2, false);
    struct node *const n = make(me[2], 9);
    loft_plain_write(&n->watched, 1u);
    loft_hp_enter(me[2]);
    loft_hp_retire(me[2], &n->smr, drop);
    loft_hp_exit(me[2]);
    loft_hp_leave(me[2]);
    me[0]->batch = me[1]->batch = domain.batch = 1;
}

/* The first one has retired a watched node. */
static void
kept(void)
{
    start(2, 1, 8, 2, false);
    struct node *const n = make(me[0], 9);
    loft_plain_write(&n->watched, 1u);
    loft_hp_enter(me[0]);
    loft_hp_retire(me[0], &n->smr, drop);
    loft_hp_exit(me[0]);
}

/* A drain had to leave the first one's bag, with a watched node in it, and its turn is over now. */
static void
late(void)
{
    start(2, 1, 8, 2, false);
    struct node *const n = make(me[0], 9);
    loft_plain_write(&n->watched, 1u);
    (void)loft_hp_open_(me[0]);
    loft_explore_check(loft_hp_drain(me[1], 0) == LOFT_TIMEOUT);
    loft_hp_enter(me[0]);
    loft_hp_retire(me[0], &n->smr, drop);
    loft_hp_exit(me[0]);
    loft_hp_close_(me[0]);
    me[0]->batch = domain.batch = 1;
}

/* A third thread is in a section, and has published the node. */
static void
held(void)
{
    three();
    loft_hp_enter(me[2]);
    (void)loft_hp_protect(me[2], 0, &place);
}

static void
end(void)
{
    const uintptr_t a = loft_load(&place, relaxed), b = loft_load(&second, relaxed);   /* end:A relaxed: alone */
    loft_free((void *)a, a ? sizeof(struct node) : 0);
    loft_free((void *)b, b ? sizeof(struct node) : 0);
    loft_explore_check(loft_hp_fini(&domain) == LOFT_OK);
}

static void
see(loft_hp_thread *t, size_t slot, const LOFT_ATOMIC(uintptr_t) *from)
{
    const struct node *const n = (const struct node *)loft_hp_protect(t, slot, from);
    if (n)
        loft_explore_check(loft_plain_read(&n->value) != 0u);
}

static void
look(loft_hp_thread *t)
{
    loft_hp_enter(t);
    see(t, 0, &place);
    loft_hp_exit(t);
}

static void
replace(loft_hp_thread *t, LOFT_ATOMIC(uintptr_t) *where, unsigned value, unsigned watched)
{
    struct node *const n = value ? make(t, value) : NULL;
    loft_hp_enter(t);
    const uintptr_t old = loft_exchange(where, (uintptr_t)n, acq_rel);   /* replace:A acq_rel -> user <- replace:A:
                                                                            whole */
    if (old) {
        loft_plain_write(&((struct node *)old)->watched, watched);
        loft_hp_retire(t, (loft_hp_node *)old, drop);
    }
    loft_hp_exit(t);
}

static void swap(loft_hp_thread *t, LOFT_ATOMIC(uintptr_t) *where, unsigned value) { replace(t, where, value, 0); }

static void drain(loft_hp_thread *t) { loft_explore_check(loft_hp_drain(t, LOFT_FOREVER) == LOFT_OK); }
static void idle(loft_hp_thread *t) { loft_hp_enter(t); loft_hp_exit(t); }

static void L(int t) { look(me[t]); }
static void LL(int t) { look(me[t]); look(me[t]); }
static void S(int t) { swap(me[t], &place, 2); }
static void Sx(int t) { swap(me[t], &place, 2); idle(me[t]); }
static void SS(int t) { swap(me[t], &place, 2); swap(me[t], &place, 3); }
static void SSS(int t) { SS(t); swap(me[t], &place, 4); }
static void D(int t) { drain(me[t]); }
static void DD(int t) { drain(me[t]); drain(me[t]); }
static void DDD(int t) { DD(t); drain(me[t]); }
static void SD(int t) { S(t); drain(me[t]); }

/* One slot for one node after the other. */
static void
M(int t)
{
    loft_hp_enter(me[t]);
    see(me[t], 0, &place);
    see(me[t], 0, &second);
    loft_hp_exit(me[t]);
}

/* Two slots, both kept. */
static void
K(int t)
{
    loft_hp_enter(me[t]);
    const struct node *const a = (const struct node *)loft_hp_protect(me[t], 0, &place);
    const struct node *const b = (const struct node *)loft_hp_protect(me[t], 1, &second);
    loft_explore_check(loft_plain_read(&a->value) != 0u && loft_plain_read(&b->value) != 0u);
    loft_hp_exit(me[t]);
}

static void SecondPlace(int t) { swap(me[t], &place, 2); swap(me[t], &second, 2); }

/* What was done before a link was cut is seen by who finds it cut. */
static void
Cut(int t)
{
    loft_plain_write(&payload, 1u);
    swap(me[t], &place, 0);
}

static void
Null(int t)
{
    loft_hp_enter(me[t]);
    const struct node *const n = (const struct node *)loft_hp_protect(me[t], 0, &place);
    if (n)
        loft_explore_check(loft_plain_read(&n->value) != 0u);
    else
        loft_explore_check(loft_plain_read(&payload) == 1u);
    loft_hp_exit(me[t]);
}

/* What has been retired before the drain is freed after it. */
static void
Sf(int t)
{
    replace(me[t], &place, 2, 1);
    loft_store(&flag, 1u, release);                      /* Sf:A release -> Df:A: it is retired */
}

static void Sfq(int t) { Sf(t); loft_hp_leave(me[t]); }

static void
Df(int t)
{
    const bool all = loft_load(&flag, acquire) != 0;     /* Df:A acquire <- Sf:A, Qf:A: it is retired */
    drain(me[t]);
    loft_explore_check(!all || loft_plain_read(&gone) == 1u);
}

/* Joined, left. */
static void
J(int t)
{
    me[t] = loft_hp_join(&domain);
    loft_explore_check(me[t]);
    swap(me[t], &place, 2);
    loft_hp_leave(me[t]);
}
static void
JJ(int t)
{
    J(t);
    J(t);
}
static void Q(int t) { swap(me[t], &place, 2); loft_hp_leave(me[t]); }
static void
Qf(int t)
{
    replace(me[t], &place, 2, 1);
    loft_hp_leave(me[t]);
    loft_store(&flag, 1u, release);                      /* Qf:A release -> Df:A: it is retired */
}

/* Takes over what there is, and no more; the same, and leaves. */
static void
A(int t)
{
    loft_hp_adopt_(me[t], loft_hp_open_(me[t]));
    loft_hp_close_(me[t]);
}
static void AA(int t) { A(t); A(t); }
static void H(int t) { loft_hp_leave(me[t]); }

/* Looks at once with a record that is new. */
static void
JL(int t)
{
    me[t] = loft_hp_join(&domain);
    loft_explore_check(me[t]);
    look(me[t]);
}

/* A drain that does not wait, and one that does. */
static void
N(int t)
{
    const loft_status s = loft_hp_drain(me[t], 0);
    loft_explore_check(s == LOFT_OK || s == LOFT_TIMEOUT);
}

static void
ND(int t)
{
    N(t);
    drain(me[t]);
}
static void
NDf(int t)
{
    N(t);
    Df(t);
}

/* The same, beside a thread in a section, which then goes on. */
static void
NEDf(int t)
{
    N(t);
    loft_hp_exit(me[2]);
    Df(t);
}

/* The node that was left behind is freed, by us or by who has taken it over. */
static void
Do(int t)
{
    drain(me[t]);
    loft_explore_check(loft_plain_read(&gone) == 1u);
}

/* A drain that gets no fence once it has put all bags aside, and one that does. */
static void
RDo(int t)
{
    loft_explore_check(loft_smr_lock_(&domain.collector));
    loft_store(&domain.drains, 1u, relaxed);             /* RDo:A relaxed: as drain:A */
    for (unsigned i = 0; i < 2; i++)
        (void)loft_hp_turn_over_(me[i]);
    loft_hp_refused_(&domain);
    loft_hp_unlock_(&domain);
    Do(t);
}

/* Nobody waits for anybody: so many steps, wherever the other has stopped for ever. */
static void
promised(void (*what)(int), int t, loft_explore_progress label, unsigned bound)
{
    loft_explore_promise(label, bound);
    loft_explore_call(0, 0, 0);
    what(t);
    loft_explore_return(true, 0);
}
static void Lp(int t) { promised(L, t, LOFT_EXPLORE_LOCK_FREE, 60); }
static void SSp(int t) { promised(SS, t, LOFT_EXPLORE_WAIT_FREE, 160); }
static void Jp(int t) { promised(J, t, LOFT_EXPLORE_LOCK_FREE, 160); }

#define CLIENT(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE },
#define SOME(text, count, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .executions = (count) },

static const loft_explore_client clients[] = {
    CLIENT("L|S", two, L, S)
    CLIENT("L|S sym", two_sym, L, S)
    CLIENT("L|SS", two, L, SS)
    CLIENT("LL|Sx", two, LL, Sx)
    CLIENT("M|second", two, M, SecondPlace)
    CLIENT("K|second", two_slots, K, SecondPlace)
    CLIENT("Null|Cut", two, Null, Cut)
    CLIENT("S|S", two, S, S)
    CLIENT("L|SD lazy", two_lazy, L, SD)
    CLIENT("Sf|Df lazy", two_lazy, Sf, Df)
    CLIENT("Sf|Df", two, Sf, Df)
    CLIENT("SS|D lazy", two_lazy, SS, D)
    CLIENT("S|DD lazy", two_lazy, S, DD)
    CLIENT("S|DDD lazy", two_lazy, S, DDD)
    CLIENT("D|D lazy", two_lazy, D, D)
    CLIENT("Qf|Df lazy", two_lazy, Qf, Df)
    CLIENT("J|S lazy", one_lazy, S, J)
    CLIENT("JJ|Q lazy", one_lazy, Q, JJ)
    CLIENT("SS|SS", two, SS, SS)
    CLIENT("S|SD", two, S, SD)
    CLIENT("L|S no table", no_table, L, S)
    CLIENT("LL|Sx no table", no_table, LL, Sx)
    CLIENT("M|second no table", no_table, M, SecondPlace)
    CLIENT("D|DD lazy", two_lazy, D, DD)
    CLIENT("JL|S", one, S, JL)
    CLIENT("JL|SD", one, SD, JL)
    CLIENT("JL|JL|S", one, S, JL, JL)
    CLIENT("L|Q|D lazy", three_lazy, L, Q, D)
    CLIENT("S|ND lazy", two_lazy, S, ND)
    CLIENT("SS|ND lazy", two_lazy, SS, ND)
    CLIENT("SS|N", two, SS, N)
    CLIENT("Sf|NDf lazy", two_lazy, Sf, NDf)
    CLIENT("Sf|N|Df lazy", three_lazy, Sf, N, Df)
    CLIENT("Q|ND lazy", two_lazy, Q, ND)
    CLIENT("Sf|NEDf held", held, Sf, NEDf)
    CLIENT("S|Do orphaned", orphaned, S, Do)
    CLIENT("SS|Do orphaned", orphaned, SS, Do)
    CLIENT("S|Do late", late, S, Do)
    CLIENT("A|Do late", late, A, Do)
    CLIENT("AA|Do late", late, AA, Do)
    CLIENT("H|Do late", late, H, Do)
    CLIENT("A|N late", late, A, N)
    CLIENT("A|ND late", late, A, ND)
    CLIENT("A|RDo kept", kept, A, RDo)
    CLIENT("Sfq|Df lazy", two_lazy, Sfq, Df)
    CLIENT("Qf|A|Df lazy", three_lazy, Qf, A, Df)
    { .name = "L|SSS reuse", .setup = two, .thread = { L, SSS }, .finish = end, .spurious = LOFT_EXPLORE_NONE,
      .flags = LOFT_EXPLORE_REUSE },
    { .name = "L|SS freeze", .setup = two, .thread = { Lp, SSp }, .finish = end, .spurious = LOFT_EXPLORE_NONE,
      .flags = LOFT_EXPLORE_FREEZE },
    { .name = "SS|J freeze", .setup = one, .thread = { SSp, Jp }, .finish = end, .spurious = LOFT_EXPLORE_NONE,
      .flags = LOFT_EXPLORE_FREEZE },
    SOME("L|SSS|Sx", 1000, three, L, SSS, Sx)
    CLIENT("SS|Df|Sf lazy", three_lazy, SS, Df, Sf)
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
