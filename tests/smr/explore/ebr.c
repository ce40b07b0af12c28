/* SPDX-License-Identifier: MIT
 *
 * tests/smr/explore/ebr.c - a word that points to a node: who reads it in a section, who replaces and retires.
 */
#include <loft/check/explore.h>

#include <loft/smr/ebr.h>

struct node {
    loft_ebr_node smr;
    unsigned value;
};

static loft_ebr domain;
static loft_ebr_thread *me[3];
static LOFT_ATOMIC(uintptr_t) place;
static bool symmetric;

static void
drop(loft_smr_thread *thread, loft_smr_node *n)
{
    (void)thread;
    loft_plain_write(&((struct node *)n)->value, 0u);
    loft_free(n, sizeof(struct node));
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
begin(unsigned threads)
{
    loft_ebr_options o;
    memset(&o, 0, sizeof o);
    o.batch = 1;
    o.symmetric = symmetric;
    loft_explore_check(loft_ebr_init(&domain, &o) == LOFT_OK);
    domain.batch = 0;
    for (unsigned i = 0; i < threads; i++) {
        me[i] = loft_ebr_join(&domain);
        loft_explore_check(me[i]);
    }
    loft_init(&place, (uintptr_t)make(me[0], 1));
}
static void begin_2(void) { symmetric = false; begin(2); }
static void begin_2_sym(void) { symmetric = true; begin(2); }
static void begin_3(void) { symmetric = false; begin(3); }

static void
end(void)
{
    loft_free((void *)loft_load(&place, relaxed), sizeof(struct node));   /* end:A relaxed: alone */
    loft_explore_check(loft_ebr_fini(&domain) == LOFT_OK);
}

static void
look(loft_ebr_thread *t)
{
    loft_ebr_enter(t);
    const struct node *const n = (const struct node *)loft_ebr_protect(t, 0, &place);
    loft_explore_check(loft_plain_read(&n->value) != 0u);
    loft_ebr_exit(t);
}

static void
set(loft_ebr_thread *t, unsigned value)
{
    struct node *const n = make(t, value);
    loft_ebr_enter(t);
    const uintptr_t old = loft_exchange(&place, (uintptr_t)n, acq_rel);   /* set:A acq_rel -> user <- set:A: whole */
    loft_ebr_retire(t, (loft_ebr_node *)old, drop);
    loft_ebr_exit(t);
}

static void idle(loft_ebr_thread *t) { loft_ebr_enter(t); loft_ebr_exit(t); }

static void L(int t) { look(me[t]); }
static void LL(int t) { look(me[t]); look(me[t]); }
static void S(int t) { set(me[t], 2); }
static void SE(int t) { set(me[t], 2); idle(me[t]); idle(me[t]); }
static void SEEE(int t) { set(me[t], 2); idle(me[t]); idle(me[t]); idle(me[t]); idle(me[t]); }
static void SS(int t) { set(me[t], 2); set(me[t], 3); }
static void SSS(int t) { set(me[t], 2); set(me[t], 3); set(me[t], 4); }
static void SSSS(int t) { set(me[t], 2); set(me[t], 3); set(me[t], 4); set(me[t], 5);}
static void
SD(int t)
{
    set(me[t], 2);
    loft_explore_check(loft_ebr_drain(me[t], LOFT_FOREVER) == LOFT_OK);
}

#define CLIENT(text, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE },
#define SOME(text, count, before, ...) \
    { .name = (text), .setup = (before), .thread = { __VA_ARGS__ }, .finish = end, .executions = (count) },

static const loft_explore_client clients[] = {
    CLIENT("L|SE", begin_2, L, SE)
    CLIENT("L|SE sym", begin_2_sym, L, SE)
    CLIENT("L|SEEE", begin_2, L, SEEE)
    CLIENT("L|SSS", begin_2, L, SSS)
    CLIENT("LL|SSSS", begin_2, LL, SSSS)
    CLIENT("S|S", begin_2, S, S)
    CLIENT("L|SD", begin_2, L, SD)
    SOME("SS|SS", 1000, begin_2, SS, SS)
    SOME("S|SD", 1000, begin_2, S, SD)
    SOME("L|SSS|SE", 20000, begin_3, L, SSS, SE)
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
