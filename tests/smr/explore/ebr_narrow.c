/* SPDX-License-Identifier: MIT
 *
 * tests/smr/explore/ebr_narrow.c - epochs that come round while a thread sleeps, as they do where words have 32 bits:
 * what it saw last is anything, also an epoch that is not there yet, and its next section must not be missed for that.
 */
#define LOFT_EPOCH_NARROW_ 1
#include <loft/check/explore.h>

#include <loft/smr/ebr.h>

struct node {
    loft_ebr_node smr;
    unsigned value;
};

static loft_ebr domain;
static loft_ebr_thread *me[2];
static LOFT_ATOMIC(uintptr_t) place;

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

/* The reader saw an epoch last that is `ahead` of the one there is. */
static void
begin(unsigned ahead)
{
    loft_explore_check(loft_ebr_init(&domain, NULL) == LOFT_OK);
    domain.batch = 0;                                    /* every call looks at the records                        */
    for (unsigned i = 0; i < 2u; i++) {
        me[i] = loft_ebr_join(&domain);
        loft_explore_check(me[i]);
    }
    loft_init(&place, (uintptr_t)make(me[0], 1u));
    me[0]->seen += ahead * LOFT_EPOCH_STEP_;
}

static void begin_1(void) { begin(1u); }
static void begin_2(void) { begin(2u); }
static void begin_3(void) { begin(3u); }
static void begin_4(void) { begin(4u); }

static void
end(void)
{
    loft_explore_check(loft_ebr_fini(&domain) == LOFT_OK);
    loft_free((void *)loft_load(&place, relaxed), sizeof(struct node));   /* end:A relaxed: alone */
}

static void
reads(int t)
{
    loft_ebr_enter(me[t]);
    const struct node *const n = (const struct node *)loft_ebr_protect(me[t], 0, &place);
    loft_explore_check(loft_plain_read(&n->value) != 0u);
    loft_ebr_exit(me[t]);
}

static void
sets_drains(int t)
{
    loft_ebr_enter(me[t]);
    struct node *const n = make(me[t], 2u);
    const uintptr_t old = loft_exchange(&place, (uintptr_t)n, acq_rel);   /* set:A acq_rel -> user: whole */
    loft_ebr_retire(me[t], (loft_ebr_node *)old, drop);
    loft_ebr_exit(me[t]);
    loft_explore_check(loft_ebr_drain(me[t], LOFT_FOREVER) == LOFT_OK);
}

#define CLIENT(text, first) \
    { .name = (text), .setup = (first), .thread = { reads, sets_drains }, .finish = end, \
      .spurious = LOFT_EXPLORE_NONE },

static const loft_explore_client clients[] = {
    CLIENT("one epoch ahead", begin_1)
    CLIENT("two epochs ahead", begin_2)
    CLIENT("three epochs ahead", begin_3)
    CLIENT("four epochs ahead", begin_4)
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
