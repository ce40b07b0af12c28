/* SPDX-License-Identifier: MIT
 *
 * tests/smr/explore/hyaline.c - a word that leads to a node: who reads it in a section, who replaces and retires, who
 * leaves, who drains. Batches are as small as they may be: one node more than there are records.
 */
#include <loft/check/explore.h>

#include <loft/smr/hyaline.h>

struct node {
    loft_hyaline_node smr;
    unsigned value;
};

enum { THREADS = 3 };

static loft_hyaline domain;
static loft_hyaline_thread *me[THREADS];
static struct node *spare[THREADS][4];                   /* never seen by others: they make a batch whole        */
static LOFT_ATOMIC(uintptr_t) place;
static LOFT_ATOMIC(unsigned) dropped[4];                 /* the value that a node had is below 4: it was dropped */
static LOFT_ATOMIC(unsigned) said, inside;

static void
drop(loft_smr_thread *thread, loft_smr_node *n)
{
    (void)thread;
    const unsigned value = loft_plain_read(&((struct node *)n)->value);
    if (value < 4)
        loft_store(&dropped[value], 1u, relaxed);        /* drop:A relaxed: what is asked after a drain */
    loft_plain_write(&((struct node *)n)->value, 0u);
    loft_free(n, sizeof(struct node));
}

static struct node *
make(loft_hyaline_thread *t, unsigned value)
{
    struct node *const n = (struct node *)loft_hyaline_alloc_node(t, sizeof *n);
    loft_explore_check(n);
    loft_plain_write(&n->value, value);
    return n;
}

static void
begin(unsigned threads, bool symmetric, size_t births)
{
    loft_hyaline_options o;
    memset(&o, 0, sizeof o);
    o.batch = 1;
    o.births = births;
    o.symmetric = symmetric;
    loft_explore_check(loft_hyaline_init(&domain, &o) == LOFT_OK);
    loft_init(&said, 0u);
    loft_init(&inside, 0u);
    for (unsigned i = 0; i < 4; i++)
        loft_init(&dropped[i], 0u);
    for (unsigned i = 0; i < THREADS; i++)
        me[i] = NULL;
    for (unsigned i = 0; i < threads; i++) {
        me[i] = loft_hyaline_join(&domain);
        loft_explore_check(me[i]);
    }
    for (unsigned i = 0; i < THREADS; i++)
        for (unsigned k = 0; k < 4; k++)
            spare[i][k] = i < threads ? make(me[i], 9) : NULL;
    loft_init(&place, (uintptr_t)make(me[0], 1));
}
static void
begin_late(void)
{
    begin(1, false, 100);
    me[1] = me[0];
    me[0] = NULL;
    for (unsigned k = 0; k < 4; k++) {
        spare[1][k] = spare[0][k];
        spare[0][k] = NULL;
    }
}
static void begin_late_sym(void) { begin_late(); domain.asym = me[1]->asym = false; }
static void
begin_empty(void)
{
    begin(2, false, 1);
    loft_free((void *)loft_exchange(&place, (uintptr_t)0, relaxed), sizeof(struct node));   /* empty:A relaxed: alone */
}
static void begin_empty_sym(void) { begin_empty(); domain.asym = me[0]->asym = me[1]->asym = false; }
static void begin_none(void) { begin_late(); me[2] = me[1]; me[1] = NULL; }
static void begin_2(void) { begin(2, false, 100); }
static void begin_2_sym(void) { begin(2, true, 100); }
static void begin_2_births(void) { begin(2, false, 1); }
static void begin_3(void) { begin(3, false, 100); }
static void begin_3_births(void) { begin(3, false, 1); }

/* The second makes no batch by itself, and frees at once what came back. */
static void
begin_3_shared(void)
{
    begin_3();
    domain.frees = LOFT_SMR_ALL;
    me[1]->bags[0].due = LOFT_SMR_ALL;
}

static void
begin_2_shared(void)
{
    begin_2();
    me[1]->bags[0].due = LOFT_SMR_ALL;
}

static void
end(void)
{
    loft_free((void *)loft_load(&place, relaxed), sizeof(struct node));   /* end:A relaxed: alone */
    for (unsigned i = 0; i < THREADS; i++)
        for (unsigned k = 0; k < 4; k++)
            loft_free(spare[i][k], sizeof(struct node));
    loft_explore_check(loft_hyaline_fini(&domain) == LOFT_OK);
}

static void
look(loft_hyaline_thread *t)
{
    loft_hyaline_enter(t);
    const struct node *const n = (const struct node *)loft_hyaline_protect(t, 0, &place);
    if (n)
        loft_explore_check(loft_plain_read(&n->value) != 0u);
    loft_hyaline_exit(t);
}

static void
take(int t, unsigned n)
{
    for (unsigned k = 0; k < 4 && n; k++)
        if (spare[t][k]) {
            loft_hyaline_retire(me[t], &spare[t][k]->smr, drop);
            spare[t][k] = NULL;
            n--;
        }
}

/* Retires what was there, and n nodes of its own. */
static void
set(int t, unsigned value, unsigned n)
{
    struct node *const fresh = make(me[t], value);
    loft_hyaline_enter(me[t]);
    const uintptr_t old = loft_exchange(&place, (uintptr_t)fresh, acq_rel);   /* set:A acq_rel -> user <- set:A: it is
                                                                                 whole */
    loft_hyaline_retire(me[t], (loft_hyaline_node *)old, drop);
    take(t, n);
    loft_hyaline_exit(me[t]);
}

/* Nodes that are all younger than a section of another thread may be. */
static void
young(int t)
{
    struct node *n[3];
    loft_hyaline_enter(me[t]);
    for (unsigned k = 0; k < 3; k++)
        n[k] = make(me[t], 2);
    loft_store(&place, (uintptr_t)n[0], release);        /* young:A release -> user: it is whole */
    loft_store(&place, (uintptr_t)0, relaxed);           /* young:B relaxed: nothing to see */
    for (unsigned k = 0; k < 3; k++)
        loft_hyaline_retire(me[t], &n[k]->smr, drop);
    loft_hyaline_exit(me[t]);
}

static void idle(int t) { loft_hyaline_enter(me[t]); loft_hyaline_exit(me[t]); }

static void drain(int t) { loft_explore_check(loft_hyaline_drain(me[t], LOFT_FOREVER) == LOFT_OK); }

static void I(int t) { idle(t); }
/* What it has in its hands stays, even if it retires that itself. */
static void
H(int t)
{
    loft_hyaline_enter(me[t]);
    const struct node *const n = (const struct node *)loft_hyaline_protect(me[t], 0, &place);
    struct node *const fresh = make(me[t], 2);
    const uintptr_t old = loft_exchange(&place, (uintptr_t)fresh, acq_rel);   /* H:A acq_rel -> user <- H:A: whole */
    loft_hyaline_retire(me[t], (loft_hyaline_node *)old, drop);
    take(t, 4);
    loft_explore_check(loft_plain_read(&n->value) != 0u);
    loft_hyaline_exit(me[t]);
}

static void Y(int t) { young(t); }
static void L(int t) { look(me[t]); }
static void LL(int t) { look(me[t]); look(me[t]); }
static void S(int t) { set(t, 2, 2); }
static void Si(int t) { set(t, 2, 2); idle(t); idle(t); }
static void S3i(int t) { set(t, 2, 3); idle(t); idle(t); }
static void Sx(int t) { set(t, 2, 2); set(t, 3, 2); idle(t); idle(t); }

/* A batch hangs there before the node that the other looks at is retired, and its section is over. */
static void
Sz(int t)
{
    loft_hyaline_enter(me[t]);
    take(t, 3);
    loft_hyaline_exit(me[t]);
    struct node *const n[3] = { make(me[t], 9), make(me[t], 9), make(me[t], 2) };
    loft_hyaline_enter(me[t]);
    const uintptr_t old = loft_exchange(&place, (uintptr_t)n[2], acq_rel);   /* Sz:A acq_rel -> user <- Sz:A: whole */
    for (unsigned k = 0; k < 2; k++)
        loft_hyaline_retire(me[t], &n[k]->smr, drop);
    loft_hyaline_retire(me[t], (loft_hyaline_node *)old, drop);
    loft_hyaline_exit(me[t]);
    idle(t);
}

/* Frees what it has retired itself. */
static void
drained(int t)
{
    drain(t);
    loft_explore_check(loft_load(&dropped[1], relaxed)); /* drained:A relaxed: the drain orders it */
}
static void SD(int t) { set(t, 2, 0); drained(t); }
static void D(int t) { drain(t); }

/* What was retired before is freed. */
static void
asked(int t)
{
    const unsigned which = loft_load(&said, acquire);    /* asked:A acquire <- say:A: it was retired before */
    drain(t);
    if (which)
        loft_explore_check(loft_load(&dropped[which], relaxed));   /* asked:B relaxed: the drain orders it */
}
static void say(unsigned value) { loft_store(&said, value, release); }   /* say:A release -> asked:A: it is retired */
static void
told(int t)
{
    while (!loft_load(&said, relaxed))                   /* told:A relaxed: asked:A reads it again */
        LOFT_PAUSE();
    asked(t);
}

/* It says so while the batch is not whole yet. */
static void
early(int t, bool waits)
{
    struct node *const fresh = make(me[t], 2);
    loft_hyaline_enter(me[t]);
    const uintptr_t old = loft_exchange(&place, (uintptr_t)fresh, acq_rel);   /* early:A acq_rel -> user <- early:A:
                                                                                 whole */
    loft_hyaline_retire(me[t], (loft_hyaline_node *)old, drop);
    say(1);
    while (waits && !loft_load(&inside, relaxed))        /* early:B relaxed: only to have it in this order */
        LOFT_PAUSE();
    take(t, 3);
    loft_hyaline_exit(me[t]);
}
static void R(int t) { early(t, false); }
static void Rw(int t) { early(t, true); }

/* Its section begins when the first stop hangs on the one other that there is, and ends when the second hangs on it. */
static void
W(int t)
{
    while (loft_load(&domain.stop.batch, relaxed) != 2u) /* W:A relaxed: only to have it in this order */
        LOFT_PAUSE();
    loft_hyaline_enter(me[t]);
    loft_store(&inside, 1u, relaxed);                    /* W:B relaxed: only to have it in this order */
    while (loft_hyaline_node_(loft_load(&me[t]->head, relaxed)) != &me[t]->stop)   /* W:C relaxed: likewise */
        LOFT_PAUSE();
    loft_hyaline_exit(me[t]);
}
static void Sti(int t) { set(t, 2, 2); say(1); idle(t); }
static void S0t(int t) { set(t, 2, 0); say(1); }
static void Rv(int t) { R(t); loft_hyaline_leave(me[t]); }
static void S0tv(int t) { set(t, 2, 0); say(1); loft_hyaline_leave(me[t]); }
static void S0v(int t) { set(t, 2, 0); loft_hyaline_leave(me[t]); }
static void Sv(int t) { set(t, 2, 2); loft_hyaline_leave(me[t]); }
static void Stv(int t) { set(t, 2, 2); say(1); loft_hyaline_leave(me[t]); }

/* Who joins while another retires. */
static void
J(int t)
{
    me[t] = loft_hyaline_join(&domain);
    loft_explore_check(me[t]);
    look(me[t]);
}

/* What it leaves is older than what it finds itself among. */
static void
S0vY(int t)
{
    set(t, 2, 0);
    loft_hyaline_leave(me[t]);
    me[t] = loft_hyaline_join(&domain);
    loft_explore_check(me[t]);
    loft_hyaline_enter(me[t]);
    for (unsigned k = 0; k < 3; k++)
        loft_hyaline_retire(me[t], &make(me[t], 9)->smr, drop);
    loft_hyaline_exit(me[t]);
}

/* Maybe with the record of one who has left. */
static void
JS(int t)
{
    me[t] = loft_hyaline_join(&domain);
    loft_explore_check(me[t]);
    look(me[t]);
    set(t, 3, 2);
    idle(t);
}

/* Too late at once: another drain takes over what it began. */
static void
T(int t)
{
    const loft_status s = loft_hyaline_drain(me[t], 1);
    loft_explore_check(s == LOFT_OK || s == LOFT_TIMEOUT);
}
static void STD(int t) { set(t, 2, 0); T(t); drained(t); }
static void STS(int t) { set(t, 2, 0); T(t); set(t, 3, 3); idle(t); }

/* Marks what it has retired, and hangs it if somebody else has made a fence since, or does it all the same. */
static void
hang(int t, bool only)
{
    const loft_seq made = loft_load(&domain.fenced, relaxed);   /* hang:A relaxed: seal:K reads it again */
    if (only && made < me[t]->bags[0].mark)
        return;
    loft_hyaline_enter(me[t]);
    loft_hyaline_seal_(me[t], &me[t]->bags[0]);
    loft_hyaline_exit(me[t]);
    loft_hyaline_enter(me[t]);
    loft_hyaline_exit(me[t]);
}

static void M0(int t) { set(t, 2, 3); loft_hyaline_mark_(me[t], &me[t]->bags[0]); }
static void M1(int t) { M0(t); hang(t, true); }
static void M2(int t) { M0(t); set(t, 3, 0); hang(t, false); }

static void
MD(int t)
{
    M0(t);
    loft_explore_check(loft_hyaline_drain(me[t], LOFT_FOREVER) == LOFT_OK);
    loft_explore_check(loft_load(&dropped[1], relaxed));   /* MD:A relaxed: it was dropped by this thread */
}

static void MX(int t) { M0(t); loft_hyaline_leave(me[t]); }

/* The same beside a drain, which may give it another bag. */
static void
MV(int t)
{
    loft_hyaline_enter(me[t]);
    const unsigned round = loft_load(&domain.round, acquire) & 1u;   /* MV:A acquire <- turn:B: the bag is empty */
    take(t, 3);
    loft_hyaline_mark_(me[t], &me[t]->bags[round]);
    loft_hyaline_exit(me[t]);
    loft_hyaline_leave(me[t]);
}

static void F(int t) { (void)loft_hyaline_fence_(me[t]); }

static void
BF(int t)
{
    (void)loft_fetch_add(&domain.era, (loft_seq)1, relaxed);   /* BF:A relaxed: only the number counts */
    F(t);
}

/* Batches of one node that may be freed, and are not seen by others before they are left. */
static void
ready(int t, unsigned n)
{
    loft_hyaline_enter(me[t]);
    const unsigned round = loft_load(&domain.round, acquire) & 1u;   /* ready:A acquire <- turn:B: the bag is empty */
    for (unsigned i = 1; i <= n; i++) {
        struct node *const one = make(me[t], i);
        one->smr.base.drop = drop;
        loft_plain_write(&one->smr.base.next, (loft_smr_node *)NULL);
        loft_hyaline_free_later_(&me[t]->bags[round], &one->smr);
    }
    loft_hyaline_exit(me[t]);
}

/* Who leaves frees one of them; the others are for who comes. */
static void V2(int t) { ready(t, 2); loft_hyaline_leave(me[t]); }
static void V3(int t) { ready(t, 3); loft_hyaline_leave(me[t]); }
static void V2t(int t) { V2(t); say(1); }
static void V0(int t) { loft_hyaline_leave(me[t]); }

static void
begin_2_spare(void)
{
    begin_2();
    domain.frees = 1;
    me[0]->keeps = true;
    ready(1, 3);
    loft_hyaline_abandon_(&domain, 0, &me[1]->bags[0]);
}

static void begin_3_spare(void) { begin_3(); me[0]->keeps = me[2]->keeps = true; }

#define CLIENT(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE },
#define SOME(text, count, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .executions = (count) },

static const loft_explore_client clients[] = {
    CLIENT("L|Si", begin_2, L, Si)
    CLIENT("L|M1|F", begin_3_shared, L, M1, F)
    CLIENT("L|Si sym", begin_2_sym, L, Si)
    CLIENT("LL|Si", begin_2, LL, Si)
    CLIENT("I|H", begin_2, I, H)
    CLIENT("I|S3i", begin_2, I, S3i)
    CLIENT("L|Sz", begin_2, L, Sz)
    CLIENT("L|Sx", begin_2, L, Sx)
    SOME("Y|L", 120, begin_empty, Y, L)
    CLIENT("L|Y", begin_empty, L, Y)
    CLIENT("L|Y sym", begin_empty_sym, L, Y)
    CLIENT("J|S3i", begin_late, J, S3i)
    CLIENT("J|S3i sym", begin_late_sym, J, S3i)
    CLIENT("L|S0vY", begin_2_births, L, S0vY)
    CLIENT("J|J", begin_none, J, J)
    CLIENT("JS|S0v", begin_late, JS, S0v)
    CLIENT("S0v|Si", begin_2, S0v, Si)
    CLIENT("I|V2 spare", begin_2_spare, I, V2)
    CLIENT("D|V0 spare", begin_2_spare, D, V0)
    CLIENT("L|SD", begin_2, L, SD)
    CLIENT("L|SD sym", begin_2_sym, L, SD)
    SOME("L|MD", 200, begin_2_shared, L, MD)
    CLIENT("L|MX", begin_2_shared, L, MX)
    SOME("D|MV", 600, begin_2_shared, drain, MV)
    CLIENT("L|M1|BF", begin_3_shared, L, M1, BF)
    SOME("L|M2|F", 1000, begin_3_shared, L, M2, F)
    SOME("S|S", 600, begin_2, S, S)
    SOME("Si|Si births", 600, begin_2_births, Si, Si)
    SOME("L|Sx births", 120, begin_2_births, L, Sx)
    SOME("Sv|Si", 600, begin_2, Sv, Si)
    SOME("L|STD", 120, begin_2, L, STD)
    CLIENT("L|STS", begin_2, L, STS)
    SOME("D|Sti", 600, begin_2, asked, Sti)
    SOME("D|S0t", 300, begin_2, asked, S0t)
    SOME("D|S0tv", 600, begin_2, asked, S0tv)
    SOME("D|Stv", 600, begin_2, asked, Stv)
    SOME("D|R", 600, begin_2, asked, R)
    SOME("SD|D", 600, begin_2, SD, D)
    SOME("L|S3i|S3i", 1000, begin_3, L, S3i, S3i)
    SOME("L|Sx|Si births", 1000, begin_3_births, L, Sx, Si)
    SOME("D|S0tv|Si", 1000, begin_3, asked, S0tv, Si)
    SOME("D|Sti|L", 1000, begin_3, asked, Sti, L)
    SOME("D|Stv|S", 1000, begin_3, asked, Stv, S)
    SOME("I|V3|I", 80, begin_3_spare, I, V3, I)
    SOME("I|V2t|D", 1000, begin_3_spare, I, V2t, asked)
    SOME("D|R|L", 1000, begin_3, asked, R, L)
    SOME("D|Rw|W", 2000, begin_3, told, Rw, W)
    SOME("D|Rv|S3i", 1000, begin_3, asked, Rv, S3i)
    SOME("T|S0tv|D", 1000, begin_3, T, S0tv, asked)
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
