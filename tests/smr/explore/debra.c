/* SPDX-License-Identifier: MIT
 *
 * tests/smr/explore/debra.c - a word that leads to a node, a stack and a list, whose readers are sent back at any step.
 */
#include <loft/check/explore.h>

#include <loft/smr/debra.h>

struct node {
    loft_debra_node smr;
    unsigned value;
    LOFT_ATOMIC(uintptr_t) behind;
};

static loft_debra domain;
static loft_debra_thread *me[4];
static LOFT_ATOMIC(uintptr_t) place;

static void
drop(loft_smr_thread *thread, loft_smr_node *n)
{
    (void)thread;
    loft_plain_write(&((struct node *)n)->value, 0u);
    loft_free(n, sizeof(struct node));
}

static struct node *
make(loft_debra_thread *t, unsigned value, const struct node *behind)
{
    struct node *const n = (struct node *)loft_debra_alloc_node(t, sizeof *n);
    loft_explore_check(n);
    loft_plain_write(&n->value, value);
    loft_init(&n->behind, (uintptr_t)behind);
    return n;
}

static void
begin(unsigned threads)
{
    loft_debra_options o;
    memset(&o, 0, sizeof o);
    o.batch = 1;
    loft_explore_check(loft_debra_init(&domain, &o) == LOFT_OK);
    domain.base.batch = 0;                               /* each call looks at the records                     */
    domain.base.urgent = 0;
    loft_explore_check(loft_debra_neutralises(&domain));
    for (unsigned i = 0; i < threads; i++) {
        me[i] = loft_debra_join(&domain);
        loft_explore_check(me[i]);
        me[i]->base.wait = 0;
    }
}

static void begin_2(void) { begin(2); loft_init(&place, (uintptr_t)make(me[0], 1, NULL)); }
static void begin_3(void) { begin(3); loft_init(&place, (uintptr_t)make(me[0], 1, NULL)); }

/* Three nodes behind each other: a stack, or a list. */
static void
begin_row(unsigned threads)
{
    begin(threads);
    loft_init(&place, (uintptr_t)make(me[0], 3, make(me[0], 2, make(me[0], 1, NULL))));
}
static void begin_row_2(void) { begin_row(2); }
static void begin_row_3(void) { begin_row(3); }

static void
end(void)
{
    uintptr_t at = loft_load(&place, relaxed);           /* end:A relaxed: alone */
    while (at) {
        struct node *const n = (struct node *)at;
        at = loft_load(&n->behind, relaxed);             /* end:B relaxed: alone */
        loft_free(n, sizeof *n);
    }
    loft_explore_check(loft_debra_fini(&domain) == LOFT_OK);
}

static void idle(loft_debra_thread *t) { loft_debra_enter(t); loft_debra_exit(t); }
static void idle_in(loft_debra_thread *t) { (void)loft_debra_protect(t, 0, &place); }

/* Uses a node for two steps: only before an atomic access do threads change places. */
static void
use(const struct node *n)
{
    (void)loft_load(&n->behind, relaxed);                /* use:A relaxed: only a step */
    loft_explore_check(loft_plain_read(&n->value) != 0u);
    (void)loft_load(&n->behind, relaxed);                /* use:B relaxed: only a step */
    loft_explore_check(loft_plain_read(&n->value) != 0u);
}

/* Reads, and what it read stays until the end. */
static void
look(loft_debra_thread *t)
{
    loft_debra_enter(t);
    loft_debra_read(t);
    const struct node *const n = (const struct node *)loft_debra_protect(t, 0, &place);
    use(n);
    loft_debra_exit(t);
}

/* Which of the three is reserved. */
static unsigned slot;

/* What was reserved stays, however long the section takes. */
static const struct node *
take(loft_debra_thread *t)
{
    loft_debra_read(t);
    const struct node *const n = (const struct node *)loft_debra_protect(t, 0, &place);
    loft_debra_write(t, slot == 0 ? n : NULL, slot == 1u ? n : NULL, slot == 2u ? n : NULL);
    return n;
}

static void
keep(loft_debra_thread *t)
{
    loft_debra_enter(t);
    use(take(t));
    use(take(t));
    loft_debra_exit(t);
}

static void
set(loft_debra_thread *t, unsigned value)
{
    struct node *const n = make(t, value, NULL);
    loft_debra_enter(t);
    const uintptr_t old = loft_exchange(&place, (uintptr_t)n, acq_rel);   /* set:A acq_rel -> user <- set:A: whole */
    loft_debra_retire(t, (loft_debra_node *)old, drop);
    loft_debra_exit(t);
}

/* The first has something in its bag, and only retires: no fence of its own tells who drains what else is in it. */
static void
begin_lazy(void)
{
    begin_2();
    set(me[0], 7);
    me[0]->base.wait = 99;
}

/* As look, but by a read-modify-write: who replaces the node afterwards knows what this thread knew before. */
static void
look_exactly(loft_debra_thread *t)
{
    loft_debra_enter(t);
    loft_debra_read(t);
    use((const struct node *)loft_fetch_add(&place, (uintptr_t)0, acq_rel));   /* exactly:A acq_rel -> user <- user: it
                                                                                  is no store to others */
    loft_debra_exit(t);
}

/* Then the epochs that readers of the node may have begun in end with the one of the fence that its stamp follows, of
 * which this thread's own advance has made the next: two less will do, and nothing is freed later than it has to. */
static void
set_exactly(loft_debra_thread *t)
{
    struct node *const n = make(t, 2, NULL);
    loft_debra_enter(t);
    const uintptr_t old = loft_exchange(&place, (uintptr_t)n, acq_rel);   /* set_exactly:A acq_rel -> user <- user: the
                                                                             node; what its readers knew */
    loft_debra_retire(t, (loft_debra_node *)old, drop);
    loft_epoch_bag_ *const bag = loft_load(&t->base.bag, relaxed);   /* set_exactly:B relaxed: this thread's own */
    bag->stamp[bag->newest] -= 2u * LOFT_EPOCH_STEP_;
    loft_debra_exit(t);
}

/* A pop as of Treiber's stack. */
static uintptr_t
top(loft_debra_thread *t, uintptr_t *next)
{
    loft_debra_read(t);
    const uintptr_t at = loft_debra_protect(t, 0, &place);
    const struct node *const n = (const struct node *)at;
    const uintptr_t behind = at ? loft_load(&n->behind, relaxed) : 0;   /* top:A relaxed: protect has it */
    loft_debra_write(t, n, NULL, NULL);
    *next = behind;
    return at;
}

static bool
pop(loft_debra_thread *t)
{
    uintptr_t next;
    bool done = false;
    loft_debra_enter(t);
    uintptr_t at = top(t, &next);
    while (at && !done) {
        uintptr_t was = at;
        if (loft_cas_strong(&place, &was, next, acquire, relaxed)) {   /* pop:A acquire/relaxed <- user: the node */
            use((const struct node *)at);
            loft_debra_retire(t, (loft_debra_node *)at, drop);
            done = true;
        } else
            at = top(t, &next);
    }
    loft_debra_exit(t);
    return done;
}

static void
push(loft_debra_thread *t, unsigned value)
{
    struct node *const n = make(t, value, NULL);
    bool done = false;
    loft_debra_enter(t);
    while (!done) {
        uintptr_t was = loft_load(&place, relaxed);      /* push:A relaxed: push:B checks it */
        loft_store(&n->behind, was, relaxed);            /* push:C relaxed: push:B publishes it */
        done = loft_cas_strong(&place, &was, (uintptr_t)n, release, relaxed);   /* push:B release -> user: the node */
    }
    loft_debra_exit(t);
}

/* From the first to the last, in one phase. */
static void
walk(loft_debra_thread *t)
{
    unsigned n = 0;
    loft_debra_enter(t);
    loft_debra_read(t);
    n = 0;
    for (uintptr_t at = loft_debra_protect(t, 0, &place); at; n++) {
        const struct node *const x = (const struct node *)at;
        loft_explore_check(loft_plain_read(&x->value) != 0u);
        at = loft_debra_protect(t, 0, &x->behind);
    }
    loft_debra_exit(t);
    loft_explore_check(n <= 3u);
}

/* The second of the row is taken out: the first and it are reserved. */
static void
unlink_second(loft_debra_thread *t)
{
    loft_debra_enter(t);
    loft_debra_read(t);
    struct node *const first = (struct node *)loft_debra_protect(t, 0, &place);
    struct node *const second = (struct node *)loft_debra_protect(t, 1, &first->behind);
    const uintptr_t third = second ? loft_debra_protect(t, 2, &second->behind) : 0;
    loft_debra_write(t, first, second, (const void *)third);
    uintptr_t was = (uintptr_t)second;
    if (second && loft_cas_strong(&first->behind, &was, third, acq_rel, relaxed))   /* second:A acq_rel -> user <-
                                                                                      user: the nodes */
        loft_debra_retire(t, &second->smr, drop);
    loft_debra_exit(t);
}

static void L(int t) { look(me[t]); }
static void LL(int t) { look(me[t]); look(me[t]); }
static void K(int t) { keep(me[t]); }
static void W(int t) { walk(me[t]); }
static void P(int t) { (void)pop(me[t]); }
static void PP(int t) { (void)pop(me[t]); (void)pop(me[t]); }
static void UU(int t) { unlink_second(me[t]); unlink_second(me[t]); }
static void S(int t) { set(me[t], 7); }
static void II(int t) { idle(me[t]); idle(me[t]); }
static void SSS(int t) { set(me[t], 2); set(me[t], 3); set(me[t], 4); }
static void PUP(int t) { (void)pop(me[t]); push(me[t], 9); (void)pop(me[t]); }
static void UII(int t) { unlink_second(me[t]); idle(me[t]); idle(me[t]); idle(me[t]); idle(me[t]); }
static void SI(int t) { set(me[t], 7); idle(me[t]); idle(me[t]); idle(me[t]); }
static void SEEE(int t) { set(me[t], 2); idle(me[t]); idle(me[t]); idle(me[t]); idle(me[t]); idle(me[t]); }
/* The same at leisure, so that others do a lot meanwhile. */
static void
look_long(loft_debra_thread *t)
{
    loft_debra_enter(t);
    loft_debra_read(t);
    const struct node *const n = (const struct node *)loft_debra_protect(t, 0, &place);
    for (unsigned i = 0; i < 8; i++)
        use(n);
    loft_debra_exit(t);
}

static void
set_long(loft_debra_thread *t)
{
    struct node *const n = make(t, 7, NULL);
    loft_debra_enter(t);
    for (unsigned i = 0; i < 8; i++)
        use(n);
    const uintptr_t old = loft_exchange(&place, (uintptr_t)n, acq_rel);   /* set_long:A acq_rel -> user <- user:
                                                                             whole */
    loft_debra_retire(t, (loft_debra_node *)old, drop);
    loft_debra_exit(t);
}

/* A thread writes and has been passed; another has retired what it reserved, which is old enough. */
static const struct node *held;

static void
begin_held(void)
{
    begin_2();
    loft_debra_enter(me[0]);
    held = take(me[0]);
    set(me[1], 2);
    for (unsigned i = 0; i < 6; i++)
        idle(me[1]);
    const loft_epoch_bag_ *const bag = loft_load(&me[1]->base.bag, relaxed);   /* held:A relaxed: alone */
    loft_explore_check(bag->held.head != NULL);
}

static void begin_held_0(void) { slot = 0; begin_held(); }
static void begin_held_1(void) { slot = 1u; begin_held(); }
static void begin_held_2(void) { slot = 2u; begin_held(); }

static void
held_exit(int t)
{
    use(held);
    loft_debra_exit(me[t]);
    loft_debra_enter(me[t]);
    loft_debra_exit(me[t]);
}

static void
held_again(int t)
{
    use(held);
    use(take(me[t]));
    loft_debra_exit(me[t]);
}

/* It ends in its section. */
static void
held_left(int t)
{
    use(held);
    loft_debra_left_(&me[t]->base.base);
}

static void
held_read(int t)
{
    use(held);
    loft_debra_read(me[t]);
    const struct node *const n = (const struct node *)loft_debra_protect(me[t], 0, &place);
    use(n);
    loft_debra_exit(me[t]);
}

/* What is still needed is reserved once more, in another place. */
static void
narrow(loft_debra_thread *t, const void *a, const void *b, const void *c)
{
    loft_debra_write(t, a, b, c);
    use(held);
    loft_debra_exit(t);
}
static void held_first(int t) { narrow(me[t], held, NULL, NULL); }
static void held_third(int t) { narrow(me[t], NULL, NULL, held); }

/* It is not needed any more. */
static void
held_not(int t)
{
    use(held);
    loft_debra_write(me[t], NULL, NULL, NULL);
    idle_in(me[t]);
    loft_debra_exit(me[t]);
}

/* A node of its own is, which others find, and retire. */
static void
held_more(int t)
{
    struct node *const n = make(me[t], 9, NULL);
    loft_debra_write(me[t], n, NULL, held);
    const uintptr_t old = loft_exchange(&place, (uintptr_t)n, acq_rel);   /* more:A acq_rel -> user <- user: whole */
    use(held);
    use(n);
    loft_debra_retire(me[t], (loft_debra_node *)old, drop);
    use(n);
    loft_debra_exit(me[t]);
}

/* A thread that neither reads nor writes is in a section all the time, and the newest record: who moves the epoch comes
 * to it first, and to all others by way of passing it. */
static void
begin_behind(void)
{
    begin_3();
    loft_debra_enter(me[2]);
    for (unsigned i = 2; i < 6u; i++)
        set(me[1], i);
}

static void
end_behind(void)
{
    loft_debra_exit(me[2]);
    end();
}

/* A second word. Its node is unlinked and retired by what is dropped, in the midst of a call: that has found its bag
 * before, which may be a drain's by now. */
static LOFT_ATOMIC(uintptr_t) other;

static void
drop_both(loft_smr_thread *thread, loft_smr_node *n)
{
    const uintptr_t old = loft_exchange(&other, (uintptr_t)0, acq_rel);   /* both:A acq_rel -> user <- user: whole */
    drop(thread, n);
    if (old)
        loft_debra_retire((loft_debra_thread *)(void *)thread, (loft_debra_node *)old, drop);
}

static void
begin_other(void)
{
    begin_3();
    loft_init(&other, (uintptr_t)make(me[0], 5, NULL));
    const size_t frees = domain.base.frees;
    domain.base.frees = 0;
    loft_debra_enter(me[0]);
    loft_debra_retire(me[0], &make(me[0], 6, NULL)->smr, drop_both);
    loft_debra_exit(me[0]);
    for (unsigned i = 0; i < 4u; i++)
        idle(me[0]);
    const loft_epoch_bag_ *const bag = loft_load(&me[0]->base.bag, relaxed);   /* other:A relaxed: alone */
    loft_explore_check(bag->ready.head != NULL);
    domain.base.frees = frees;
    me[0]->base.wait = 99;                               /* no fence of its own                                */
}

static void
end_other(void)
{
    const uintptr_t last = loft_load(&other, relaxed);   /* end_other:A relaxed: alone */
    if (last)
        loft_free((struct node *)last, sizeof(struct node));
    end();
}

static void
look_other(loft_debra_thread *t)
{
    loft_debra_enter(t);
    loft_debra_read(t);
    const struct node *const n = (const struct node *)loft_debra_protect(t, 0, &other);
    for (unsigned i = 0; n && i < 8; i++)
        use(n);
    loft_debra_exit(t);
}

static void I(int t) { idle(me[t]); }
static void D(int t) { loft_explore_check(loft_debra_drain(me[t], LOFT_FOREVER) == LOFT_OK); }
static void O(int t) { look_other(me[t]); }
static void SO(int t) { set(me[t], 2); look_other(me[t]); }
static void X(int t) { look_exactly(me[t]); }
static void YEE(int t) { set_exactly(me[t]); idle(me[t]); idle(me[t]); }
static void SSL(int t) { set(me[t], 2); set(me[t], 3); look_long(me[t]); }
static void Z(int t) { set_long(me[t]); }
static void SS(int t) { set(me[t], 2); set(me[t], 3); }
static void SSSS(int t) { set(me[t], 2); set(me[t], 3); set(me[t], 4); set(me[t], 5); }
static void SSSSS(int t) { set(me[t], 2); set(me[t], 3); set(me[t], 4); set(me[t], 5); set(me[t], 6); }
static void PPPI(int t) { (void)pop(me[t]); (void)pop(me[t]); (void)pop(me[t]); idle(me[t]); idle(me[t]); idle(me[t]); }
static void
SD(int t)
{
    set(me[t], 2);
    loft_explore_check(loft_debra_drain(me[t], LOFT_FOREVER) == LOFT_OK);
}
static void
V(int t)
{
    set(me[t], 2);
    loft_debra_leave(me[t]);
}

#define SOME(text, count, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .executions = (count) },

static const loft_explore_client clients[] = {
    SOME("L|SEEE", 150, begin_2, L, SEEE)
    SOME("LL|SSSSS", 400, begin_2, LL, SSSSS)
    SOME("K|SSSS", 400, begin_2, K, SSSS)
    SOME("SS|SSSS", 500, begin_2, SS, SSSS)
    SOME("L|SD", 250, begin_2, L, SD)
    SOME("X|YEE", 45, begin_2, X, YEE)
    SOME("SSL|Z", 800, begin_2, SSL, Z)
    SOME("SS|SD", 500, begin_2, SS, SD)
    SOME("SS lazy|SD", 500, begin_lazy, SS, SD)
    SOME("V|SSSS", 500, begin_2, V, SSSS)
    SOME("V|SD", 300, begin_2, V, SD)
    { .name = "L|SI behind", .setup = begin_behind, .thread = { L, SI }, .finish = end_behind, .executions = 100 },
    { .name = "other, I|D|O", .setup = begin_other, .thread = { I, D, O }, .finish = end_other, .executions = 500 },
    { .name = "other, I|D|SO", .setup = begin_other, .thread = { I, D, SO }, .finish = end_other, .executions = 500 },
    SOME("L|S|SSS", 500, begin_3, L, S, SSS)
    SOME("K|S|SSS", 500, begin_3, K, S, SSS)
    SOME("held exit|II", 80, begin_held_0, held_exit, II)
    SOME("held again|II", 60, begin_held_0, held_again, II)
    SOME("held again, second|II", 55, begin_held_1, held_again, II)
    SOME("held again, third|II", 55, begin_held_2, held_again, II)
    SOME("held second, then first|II", 15, begin_held_1, held_first, II)
    SOME("held first, then third|II", 15, begin_held_0, held_third, II)
    SOME("held first, then not|II", 15, begin_held_0, held_not, II)
    SOME("held third, then not|II", 15, begin_held_2, held_not, II)
    SOME("held and more|SEEE", 300, begin_held_0, held_more, SEEE)
    SOME("held left|II", 300, begin_held_0, held_left, II)
    SOME("held read|II", 8, begin_held_0, held_read, II)
    SOME("W|PPPI", 200, begin_row_2, W, PPPI)
    SOME("W|UII", 150, begin_row_2, W, UII)
    SOME("P|PUP", 500, begin_row_2, P, PUP)
    SOME("W|P|PP", 500, begin_row_3, W, P, PP)
    SOME("W|UU|UII", 500, begin_row_3, W, UU, UII)
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
