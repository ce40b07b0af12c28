/* SPDX-License-Identifier: MIT
 *
 * tests/smr/explore/ibr.c - a word that points to a node, which may point to another: who reads them in a section, who
 * replaces and retires, who drains, leaves and comes back. The era moves with each node that is made.
 */
#include <loft/check/explore.h>

#include <loft/smr/ibr.h>

struct node {
    loft_ibr_node smr;
    LOFT_ATOMIC(uintptr_t) next;
    unsigned value;
};

static loft_ibr domain;
static loft_ibr_thread *me[3];
static LOFT_ATOMIC(uintptr_t) place;
static LOFT_ATOMIC(unsigned) told;
static unsigned char gone[64];                           /* by value                                           */
static struct { bool symmetric, direct, chain, quiet, lazy; loft_seq start; } how;
static struct node *more;                                /* what the next drop retires                         */

static void
drop(loft_smr_thread *thread, loft_smr_node *n)
{
    loft_ibr_thread *const t = (loft_ibr_thread *)thread;
    if (more) {
        struct node *const next = more;
        more = NULL;
        loft_ibr_retire(t, &next->smr, drop);
    }
    loft_plain_write(&gone[((struct node *)n)->value], (unsigned char)1);
    if (!how.quiet)
        loft_plain_write(&((struct node *)n)->value, 0u);
    loft_free(n, sizeof(struct node));
}

static struct node *
make(loft_ibr_thread *t, unsigned value, struct node *next)
{
    struct node *const n = (struct node *)loft_ibr_alloc_node(t, sizeof *n);
    loft_explore_check(n);
    loft_init(&n->next, (uintptr_t)next);
    loft_plain_write(&n->value, value);
    return n;
}

static void
begin(unsigned threads)
{
    loft_ibr_options o;
    memset(&o, 0, sizeof o);
    o.births = 1;
    o.frees = LOFT_SMR_ALL;                              /* none is kept for the next that is retired          */
    o.symmetric = how.symmetric;
    loft_explore_check(loft_ibr_init(&domain, &o) == LOFT_OK);
    domain.batch = how.lazy ? LOFT_SMR_ALL : 0;
    if (how.direct)
        domain.spans = 0;
    if (how.start)
        loft_ibr_start_at_(&domain, how.start);
    for (unsigned i = 0; i < threads; i++) {
        me[i] = loft_ibr_join(&domain);
        loft_explore_check(me[i]);
    }
    loft_init(&told, 0u);
    memset(gone, 0, sizeof gone);
    more = NULL;
    struct node *const first = make(me[1], 1, NULL);
    loft_init(&place, (uintptr_t)(how.chain ? make(me[1], 2, first) : first));
}

static void plain(void) { memset(&how, 0, sizeof how); }
static void lazy(void) { plain(); how.lazy = true; }
static void begin_2(void) { plain(); begin(2); }
static void begin_3(void) { plain(); begin(3); }
static void lazy_2(void) { lazy(); begin(2); }
static void lazy_3(void) { lazy(); begin(3); }
static void lazy_sym(void) { lazy(); how.symmetric = true; begin(2); }
static void lazy_direct(void) { lazy(); how.direct = true; begin(2); }
static void lazy_wrap(void) { lazy(); how.start = (loft_seq)0 - 2u; begin(2); }
static void lazy_half(void) { lazy(); how.start = ((loft_seq)-1 >> 1) - 1u; begin(2); }
static void lazy_chain(void) { lazy(); how.chain = true; begin(2); }
static void lazy_quiet(void) { lazy(); how.chain = true; how.quiet = true; begin(2); }

/* The third has left, with a node that it has told of. */
static void
left_behind(void)
{
    lazy();
    begin(3);
    loft_ibr_enter(me[2]);
    loft_ibr_retire(me[2], &make(me[2], 20, NULL)->smr, drop);
    loft_ibr_exit(me[2]);
    loft_ibr_leave(me[2]);
    loft_store(&told, 20u, relaxed);                     /* left:A relaxed: alone */
}

/* And its bag is gone. */
static void
emptied(void)
{
    left_behind();
    loft_explore_check(loft_ibr_drain(me[1], LOFT_FOREVER) == LOFT_OK);
}

static void
end(void)
{
    uintptr_t at = loft_load(&place, relaxed);           /* end:A relaxed: alone */
    while (at) {
        struct node *const n = (struct node *)at;
        at = loft_load(&n->next, relaxed);               /* end:B relaxed: alone */
        loft_free(n, sizeof *n);
    }
    /* What is left is known of. */
    for (const loft_smr_thread *t = loft_smr_first_(&domain.base); t; t = t->next) {
        const loft_ibr_thread *const r = (const loft_ibr_thread *)t;
        loft_ibr_bag_ *const bag = loft_load(&r->bag, relaxed);   /* end:C relaxed: alone */
        const bool kept = loft_load(&r->keeps, relaxed) == loft_ibr_itself_(bag);   /* end:D relaxed: alone */
        loft_explore_check(!bag || !loft_ibr_is_left_(bag) || !kept
                           || loft_load(&domain.left, relaxed));   /* end:E relaxed: alone */
    }
    loft_explore_check(loft_ibr_fini(&domain) == LOFT_OK);
}

static void
look(loft_ibr_thread *t)
{
    loft_ibr_enter(t);
    const struct node *const n = (const struct node *)loft_ibr_protect(t, 0, &place);
    loft_explore_check(loft_plain_read(&n->value) != 0u);
    loft_ibr_exit(t);
}

static uintptr_t
put(loft_ibr_thread *t, unsigned value)
{
    struct node *const n = make(t, value, NULL);
    loft_ibr_enter(t);
    return loft_exchange(&place, (uintptr_t)n, acq_rel);   /* put:A acq_rel -> user <- put:A: whole */
}

static unsigned
set(loft_ibr_thread *t, unsigned value)
{
    const uintptr_t old = put(t, value);
    const unsigned was = loft_plain_read(&((const struct node *)old)->value);
    loft_ibr_retire(t, (loft_ibr_node *)old, drop);
    loft_ibr_exit(t);
    return was;
}

static void idle(loft_ibr_thread *t) { loft_ibr_enter(t); loft_ibr_exit(t); }

/* A round at once, not in a section of its own that would be in its way: for clients in which nobody drains. */
static void
work(loft_ibr_thread *t)
{
    loft_ibr_bag_ *const bag = loft_load(&t->bag, relaxed);   /* work:A relaxed: nobody takes it */
    bag->wait = 0;
    loft_ibr_work_(t, 0);
    bag->wait = 0;
    loft_ibr_work_(t, 0);
    bag->wait = LOFT_SMR_ALL;
}

static void
drain(loft_ibr_thread *t, unsigned was)
{
    loft_explore_check(loft_ibr_drain(t, LOFT_FOREVER) == LOFT_OK);
    loft_explore_check(!was || loft_plain_read(&gone[was]));
}

/* From the first node to the second. It may be read where the first is still in its place after that. */
static void
walk(loft_ibr_thread *t, bool validated)
{
    loft_ibr_enter(t);
    const uintptr_t at = loft_ibr_protect(t, 0, &place);
    const struct node *const n = (const struct node *)at;
    const struct node *const m = (const struct node *)loft_ibr_protect(t, 1, &n->next);
    if (!validated || loft_load(&place, acquire) == at)  /* walk:A acquire <- put:A: it was linked then */
        loft_explore_check(loft_plain_read(&m->value) != 0u);
    loft_ibr_exit(t);
}

/* Puts another second node in, then another first and second, and retires the others. */
static void
cut(loft_ibr_thread *t)
{
    struct node *const n = make(t, 10, make(t, 11, NULL));
    struct node *const second = make(t, 12, NULL);
    loft_ibr_enter(t);
    struct node *const first = (struct node *)loft_ibr_protect(t, 0, &place);
    const uintptr_t old = loft_exchange(&first->next, (uintptr_t)second, acq_rel);   /* cut:A acq_rel -> user <- put:A:
                                                                                        whole */
    (void)loft_exchange(&place, (uintptr_t)n, acq_rel);  /* cut:B acq_rel -> user <- put:A: whole */
    loft_ibr_retire(t, (loft_ibr_node *)old, drop);
    loft_ibr_retire(t, &first->smr, drop);
    loft_ibr_retire(t, &second->smr, drop);
    loft_ibr_exit(t);
    work(t);
    work(t);
}

static void L(int t) { look(me[t]); }
static void LL(int t) { look(me[t]); look(me[t]); }
static void I(int t) { idle(me[t]); }
static void S(int t) { (void)set(me[t], 10u + 10u * (unsigned)t); }
static void SE(int t) { S(t); idle(me[t]); idle(me[t]); }
static void SS(int t) { S(t); (void)set(me[t], 11u + 10u * (unsigned)t); }
static void SSS(int t) { SS(t); (void)set(me[t], 12u + 10u * (unsigned)t); }
static void SSSS(int t) { SSS(t); (void)set(me[t], 13u + 10u * (unsigned)t); }
static void SW(int t) { S(t); work(me[t]); }
static void SSW(int t) { SS(t); work(me[t]); }
static void SWSW(int t) { SW(t); (void)set(me[t], 11u + 10u * (unsigned)t); work(me[t]); }
static void V(int t) { walk(me[t], true); }
static void U(int t) { walk(me[t], false); }
static void C(int t) { cut(me[t]); }
static void SD(int t) { drain(me[t], set(me[t], 10u + 10u * (unsigned)t)); }
static void SX(int t) { S(t); loft_ibr_leave(me[t]); }

/* Says what it has retired. */
static void
T(int t)
{
    const unsigned was = set(me[t], 10u + 10u * (unsigned)t);
    loft_store(&told, was, release);                     /* T:A release -> D:A: retired */
}
static void TE(int t) { T(t); idle(me[t]); idle(me[t]); }
static void TX(int t) { T(t); loft_ibr_leave(me[t]); }

/* What was told to be retired before is gone then. */
static void
D(int t)
{
    const unsigned was = loft_load(&told, acquire);      /* D:A acquire <- T:A: retired */
    drain(me[t], was);
}

/* Two nodes that no section can hold but this one, and it does not. */
static void
R(int t)
{
    loft_ibr_enter(me[t]);
    loft_ibr_retire(me[t], &make(me[t], 20, NULL)->smr, drop);
    loft_ibr_retire(me[t], &make(me[t], 21, NULL)->smr, drop);
    loft_ibr_exit(me[t]);
}

/* What is dropped retires another, of which the next drain knows. */
static void
M(int t)
{
    loft_ibr_enter(me[t]);
    loft_ibr_retire(me[t], &make(me[t], 20, NULL)->smr, drop);
    struct node *const next = make(me[t], 30, NULL);
    loft_ibr_retire(me[t], &make(me[t], 21, NULL)->smr, drop);
    more = next;
    work(me[t]);
    loft_ibr_exit(me[t]);
    if (more) {
        loft_free(next, sizeof *next);
        more = NULL;
    } else
        drain(me[t], 30);
}

/* Leaves in the middle of a round, and whoever comes next goes on with it. */
static void
XJ(int t)
{
    S(t);
    loft_load(&me[t]->bag, relaxed)->wait = 0;           /* XJ:A relaxed: nobody takes it */
    loft_ibr_work_(me[t], 0);
    loft_ibr_leave(me[t]);
    me[t] = loft_ibr_join(&domain);
    loft_explore_check(me[t]);
    work(me[t]);
}

/* Says what it has retired, frees it, and is still in its section, or leaves. */
static void
RT(int t)
{
    loft_ibr_enter(me[t]);
    loft_ibr_retire(me[t], &make(me[t], 20, NULL)->smr, drop);
    loft_store(&told, 20u, release);                     /* RT:A release -> D:A: retired */
    work(me[t]);
    loft_ibr_exit(me[t]);
}
static void RTX(int t) { RT(t); loft_ibr_leave(me[t]); }

/* Takes over in a section what somebody has left. */
static void
A(int t)
{
    loft_ibr_enter(me[t]);
    loft_load(&me[t]->bag, acquire)->wait = 0;           /* A:A acquire <- A:A: it is empty */
    loft_ibr_work_(me[t], 0);
    loft_ibr_exit(me[t]);
}

/* The same, and leaves. */
static void AX(int t) { A(t); loft_ibr_leave(me[t]); }

/* A drain that has no time, and somebody goes on with what it has taken. */
static void
Q(int t)
{
    const loft_status s = loft_ibr_drain(me[t], 0);
    loft_explore_check(s == LOFT_OK || s == LOFT_TIMEOUT);
    work(me[t]);
}

/* The era moves between the fence of a round and the look. */
static void
HSW(int t)
{
    S(t);
    loft_load(&me[t]->bag, relaxed)->wait = 0;           /* HSW:A relaxed: nobody takes it */
    loft_ibr_work_(me[t], 0);
    (void)set(me[t], 11u + 10u * (unsigned)t);
    loft_load(&me[t]->bag, relaxed)->wait = 0;           /* HSW:B relaxed: nobody takes it */
    loft_ibr_work_(me[t], 0);
}

/* Marks what it has retired, and perhaps retires another, or leaves and comes back. The round may find the fence of
 * somebody else. */
static void
mark(loft_ibr_thread *t)
{
    loft_ibr_mark_(t, loft_load(&t->bag, relaxed));      /* mark:B relaxed: nobody takes it */
}

/* With the fence of somebody else, or not at all. */
static void
M1(int t)
{
    S(t);
    mark(me[t]);
    const loft_seq made = loft_load(&domain.fenced, relaxed);   /* M1:A relaxed: round:G reads it again */
    if (loft_load(&me[t]->bag, relaxed)->mark <= made)   /* M1:B relaxed: nobody takes it */
        work(me[t]);
}

static void M2(int t) { S(t); mark(me[t]); (void)set(me[t], 11u + 10u * (unsigned)t); work(me[t]); }

static void MD(int t) { S(t); mark(me[t]); drain(me[t], 0); }

static void
MXJ(int t)
{
    S(t);
    mark(me[t]);
    loft_ibr_leave(me[t]);
    me[t] = loft_ibr_join(&domain);
    loft_explore_check(me[t]);
    work(me[t]);
}

/* A drain that has no time, and one that has. */
static void QD(int t)
{
    const loft_status s = loft_ibr_drain(me[t], 0);
    loft_explore_check(s == LOFT_OK || s == LOFT_TIMEOUT);
    D(t);
}

/* Makes a fence, with nothing of its own to free. */
static void
F(int t)
{
    bool all;
    (void)loft_ibr_pass_(me[t], loft_load(&me[t]->bag, relaxed), &all);   /* F:A relaxed: nobody takes it */
}

/* The same when the era has moved. */
static void
BF(int t)
{
    (void)loft_fetch_add(&domain.era, LOFT_IBR_STEP_, relaxed);   /* BF:A relaxed: only the number counts */
    F(t);
}

/* Leaves and comes back to the same record, retires and says so. */
static void
JT(int t)
{
    loft_ibr_leave(me[t]);
    me[t] = loft_ibr_join(&domain);
    loft_explore_check(me[t]);
    T(t);
}

/* Comes to the record that has no bag, and retires something. */
static void
N(int t)
{
    loft_ibr_thread *const other = loft_ibr_join(&domain);
    (void)t;
    loft_explore_check(other);
    loft_ibr_enter(other);
    loft_ibr_retire(other, &make(other, 20, NULL)->smr, drop);
    loft_ibr_exit(other);
}

/* A record that somebody has left perhaps, with what it has retired. */
static void
J(int t)
{
    loft_ibr_thread *const other = loft_ibr_join(&domain);
    (void)t;
    loft_explore_check(other);
    look(other);
    loft_free(make(other, 40, NULL), sizeof(struct node));
    loft_ibr_leave(other);
}

#define CLIENT(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE },
#define SOME(text, count, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .executions = (count) },

static const loft_explore_client clients[] = {
    CLIENT("L|SW", lazy_2, L, SW)
    CLIENT("M1|L|F", lazy_3, M1, L, F)
    CLIENT("L|SW sym", lazy_sym, L, SW)
    CLIENT("L|SW direct", lazy_direct, L, SW)
    CLIENT("L|SW wrap", lazy_wrap, L, SW)
    CLIENT("L|SW half", lazy_half, L, SW)
    CLIENT("L|SSW", lazy_2, L, SSW)
    CLIENT("L|SSW sym", lazy_sym, L, SSW)
    CLIENT("LL|SSW", lazy_2, LL, SSW)
    CLIENT("V|C", lazy_chain, V, C)
    { .name = "U|C", .setup = lazy_quiet, .thread = { U, C }, .finish = end, .spurious = LOFT_EXPLORE_NONE,
      .expect = LOFT_EXPLORE_USE_AFTER_FREE },
    CLIENT("L|SD", lazy_2, L, SD)
    CLIENT("D|T", lazy_2, D, T)
    CLIENT("D|TX", lazy_2, D, TX)
    CLIENT("I|SX", begin_2, I, SX)
    CLIENT("J|SX", lazy_2, J, SX)
    CLIENT("L|XJ", lazy_2, L, XJ)
    CLIENT("LL|HSW", lazy_2, LL, HSW)
    CLIENT("J|J", lazy_2, J, J)
    CLIENT("Q|S", lazy_2, Q, S)
    CLIENT("D|JT", lazy_2, D, JT)
    CLIENT("D|A", left_behind, D, A)
    CLIENT("J|A", left_behind, J, A)
    CLIENT("SX|A", lazy_2, SX, A)
    CLIENT("Q|N", emptied, Q, N)
    SOME("A|A", 80, left_behind, A, A)
    SOME("D|AX", 500, left_behind, D, AX)
    SOME("D|D left", 300, left_behind, D, D)
    SOME("D|J", 500, left_behind, D, J)
    SOME("D|A|J", 500, left_behind, D, A, J)
    SOME("QD|SE", 300, begin_2, QD, SE)
    SOME("D|RT", 300, lazy_2, D, RT)
    SOME("D|RTX", 300, lazy_2, D, RTX)
    SOME("D|SD", 500, begin_2, D, SD)
    SOME("D|TX|A", 500, lazy_3, D, TX, A)
    SOME("J|S|J", 500, lazy_2, J, SW, J)
    SOME("D|R", 500, begin_2, D, R)
    SOME("D|M", 300, lazy_2, D, M)
    CLIENT("LL|SWSW", lazy_2, LL, SWSW)
    CLIENT("L|MD", lazy_2, L, MD)
    CLIENT("M1|L|BF", lazy_3, M1, L, BF)
    SOME("L|M2|F", 1000, lazy_3, L, M2, F)
    SOME("L|MXJ|F", 500, lazy_3, L, MXJ, F)
    SOME("L|SE", 200, begin_2, L, SE)
    SOME("S|S", 500, begin_2, S, S)
    SOME("D|TE", 1000, begin_2, D, TE)
    SOME("LL|SSSS", 500, begin_2, LL, SSSS)
    SOME("SS|SS", 500, begin_2, SS, SS)
    SOME("S|SD", 500, begin_2, S, SD)
    SOME("SX|D", 500, begin_2, SX, D)
    SOME("L|SSS|SE", 1000, begin_3, L, SSS, SE)
    SOME("L|T|D", 500, lazy_3, L, T, D)
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
