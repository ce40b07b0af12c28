/* SPDX-License-Identifier: MIT
 *
 * tests/smr/ebr_epochs.c - what is the epochs' own in smr/ebr.h: when they move, when a node is free, over the end of
 * the counter, with many records, with short lives. What all schemes promise is asked in tests/smr/ebr.c.
 *
 * build: also release -DNDEBUG
 */
#include "threads.h"

#include <pthread.h>

#include <loft/smr/ebr.h>

#include "tap.h"

struct node {
    loft_ebr_node smr;
    bool *dropped;
};

static loft_ebr domain;

static void
drop(loft_smr_thread *me, loft_smr_node *n)
{
    (void)me;
    *((struct node *)(void *)n)->dropped = true;
    loft_free(n, sizeof(struct node));
}

static bool
begin(size_t batch, loft_seq left)
{
    loft_ebr_options o;
    memset(&o, 0, sizeof o);
    o.batch = batch;
    if (loft_ebr_init(&domain, &o) != LOFT_OK)
        return false;
    if (left)
        loft_epoch_start_at_(&domain, (loft_seq)0 - left * LOFT_EPOCH_STEP_);
    return true;
}

static loft_seq epoch(void) { return loft_load(&domain.epoch, relaxed) / LOFT_EPOCH_STEP_; }

static void
retire(loft_ebr_thread *me, bool *dropped)
{
    struct node *const n = (struct node *)loft_ebr_alloc_node(me, sizeof *n);
    if (!n)
        abort();
    *dropped = false;
    n->dropped = dropped;
    loft_ebr_retire(me, &n->smr, drop);
}

static void
pass(loft_ebr_thread *me)
{
    loft_ebr_enter(me);
    loft_ebr_exit(me);
}

/* One epoch on, by the inner way, which does not wait for a batch. */
static bool step(loft_ebr_thread *me) { return loft_epoch_step_(me, LOFT_SMR_ALL); }

static void
try_grace(loft_seq left)
{
    bool dropped;
    bool good = begin(1000, left);
    loft_ebr_thread *const me = loft_ebr_join(&domain);
    loft_ebr_thread *const other = loft_ebr_join(&domain);
    if (!me || !other)
        abort();
    loft_ebr_enter(me);
    retire(me, &dropped);
    good = good && step(other) && !step(other);
    loft_ebr_exit(me);
    me->wait = 0;
    pass(me);                                            /* another has moved it since: one epoch on               */
    me->wait = 0;
    pass(me);                                            /* two                                                    */
    good = good && !dropped;
    me->wait = 0;
    pass(me);
    char line[100];
    snprintf(line, sizeof line, "free three epochs later and not before, %lu before the end", (unsigned long)left);
    ok(good && dropped, line);
    loft_ebr_leave(me);
    loft_ebr_leave(other);
    ok(loft_ebr_fini(&domain) == LOFT_OK, "fini");
}

/* One fence is enough for an epoch, and one move for a batch of each. */
static void
try_shared(loft_seq left)
{
    bool good = begin(1000, left);
    loft_ebr_thread *const a = loft_ebr_join(&domain);
    loft_ebr_thread *const b = loft_ebr_join(&domain);
    loft_ebr_thread *const c = loft_ebr_join(&domain);
    if (!a || !b || !c)
        abort();
    loft_ebr_enter(a);
    loft_ebr_enter(b);
    loft_ebr_enter(c);
    good = good && step(b) && !step(b);                  /* a is in the way now                                    */
    const uint64_t fences = loft_ebr_stats_get(&domain).fences;
    good = good && !step(c) && loft_ebr_stats_get(&domain).fences == fences;
    loft_ebr_exit(a);
    loft_ebr_exit(b);
    loft_ebr_exit(c);
    good = good && step(c) && loft_ebr_stats_get(&domain).fences == fences;
    char line[100];
    snprintf(line, sizeof line, "the fence of another is as good, %lu before the end", (unsigned long)left);
    ok(good, line);
    /* Outside sections none is told of: one might be told of when the counter has come round. */
    good = step(b) && loft_load(&domain.fenced, relaxed) % LOFT_EPOCH_STEP_ != 0;
    snprintf(line, sizeof line, "but for one outside sections, %lu before the end", (unsigned long)left);
    ok(good, line);
    bool dropped;
    const loft_seq then = epoch();
    for (int i = 0; i < 2; i++) {
        loft_ebr_thread *const who = i ? a : c;
        loft_ebr_enter(who);
        retire(who, &dropped);
        loft_ebr_exit(who);
        who->last = loft_load(&domain.epoch, relaxed) - (loft_seq)i * LOFT_EPOCH_STEP_;
        who->wait = 0;
        pass(who);
        good = good && epoch() == ((then + 1u) & ((loft_seq)-1 / LOFT_EPOCH_STEP_));
    }
    snprintf(line, sizeof line, "who sees that it has moved leaves it, %lu before the end", (unsigned long)left);
    ok(good, line);
    loft_ebr_leave(a);
    loft_ebr_leave(b);
    loft_ebr_leave(c);
    ok(loft_ebr_fini(&domain) == LOFT_OK, "fini");
}

/* Sections that retire count for what they retire, others for one. */
static void
try_counts(void)
{
    bool dropped[3];
    bool good = begin(1000, 0);
    loft_ebr_thread *const me = loft_ebr_join(&domain);
    if (!me)
        abort();
    const size_t before = me->wait;
    loft_ebr_enter(me);
    for (int i = 0; i < 3; i++)
        retire(me, &dropped[i]);
    loft_ebr_exit(me);
    good = good && me->wait == before - 3u;
    pass(me);
    ok(good && me->wait == before - 4u, "a node counts once for the batch, and so does a section without");
    loft_ebr_leave(me);
    ok(loft_ebr_fini(&domain) == LOFT_OK, "fini");
}

/* The epoch goes at most one beyond a section, and names who is in it. */
static void
try_held(loft_seq left)
{
    bool dropped;
    bool good = begin(1, left);
    loft_ebr_thread *const me = loft_ebr_join(&domain);
    loft_ebr_thread *const other = loft_ebr_join(&domain);
    if (!me || !other)
        abort();
    loft_ebr_enter(other);
    const loft_seq then = epoch();
    for (int i = 0; i < 100; i++) {
        loft_ebr_enter(me);
        retire(me, &dropped);
        loft_ebr_exit(me);
        good = good && !dropped;
    }
    const loft_ebr_stats s = loft_ebr_stats_get(&domain);
    ok(good && s.pending == 100, "nothing is freed beside a section");
    ok(((epoch() - then) & ((loft_seq)-1 / LOFT_EPOCH_STEP_)) == 1 && s.lag == 1, "the epoch goes one beyond it");
    ok_eq(s.holder, loft_ebr_number(other), "and the statistics name it");
    loft_ebr_exit(other);
    for (int i = 0; i < 200; i++)
        pass(me);
    ok_eq(loft_ebr_stats_get(&domain).pending, 0, "all is freed when it has ended");
    loft_ebr_leave(me);
    loft_ebr_leave(other);
    ok(loft_ebr_fini(&domain) == LOFT_OK, "fini");
}

static void
try_depth(void)
{
    bool dropped;
    bool good = begin(1, 0);
    loft_ebr_thread *const me = loft_ebr_join(&domain);
    loft_ebr_thread *const other = loft_ebr_join(&domain);
    if (!me || !other)
        abort();
    for (int i = 0; i < 255; i++)
        loft_ebr_enter(other);
    loft_ebr_enter(me);
    retire(me, &dropped);
    loft_ebr_exit(me);
    for (int i = 0; i < 255; i++) {
        pass(me);
        good = good && !dropped && loft_epoch_inside_(other);
        loft_ebr_exit(other);
    }
    ok(good && !loft_epoch_inside_(other), "255 sections in each other, and the outermost counts");
    for (int i = 0; i < 100; i++)
        pass(me);
    ok(dropped, "then it is over");
    loft_ebr_leave(me);
    loft_ebr_leave(other);
    ok(loft_ebr_fini(&domain) == LOFT_OK, "fini");
}

/* Eight records in a call, and the place is kept. */
static void
try_pieces(void)
{
    enum { RECORDS = 20 };
    loft_ebr_thread *t[RECORDS];
    bool good = begin(1000, 0);
    for (int i = 0; i < RECORDS; i++) {
        t[i] = loft_ebr_join(&domain);
        good = good && t[i] != NULL;
    }
    const loft_seq then = epoch();
    const uint64_t fences = loft_ebr_stats_get(&domain).fences;
    good = good && !loft_epoch_step_(t[0], LOFT_EPOCH_LOOKS_) && !loft_epoch_step_(t[0], LOFT_EPOCH_LOOKS_);
    ok(good && epoch() == then, "two looks at eight records of 20 do not move the epoch");
    ok(loft_epoch_step_(t[0], LOFT_EPOCH_LOOKS_) && epoch() == then + 1, "the third does");
    ok_eq(loft_ebr_stats_get(&domain).fences, fences + 1, "with one fence for all three");
    loft_ebr_enter(t[0]);                                /* the oldest record is looked at last                    */
    ok(step(t[3]) && !loft_epoch_step_(t[1], LOFT_EPOCH_LOOKS_) && !loft_epoch_step_(t[1], LOFT_EPOCH_LOOKS_)
       && !loft_epoch_step_(t[1], LOFT_EPOCH_LOOKS_) && !step(t[1]), "who has not come out is found at the end");
    ok(!step(t[2]) && epoch() == then + 2, "by everybody");
    loft_ebr_exit(t[0]);
    ok(step(t[1]) && epoch() == then + 3, "and looked at once more when it has");
    for (int i = 0; i < RECORDS; i++)
        loft_ebr_leave(t[i]);
    ok(loft_ebr_fini(&domain) == LOFT_OK, "fini");
}

/* Nobody lives long enough to come to the end of a batch. */
static void
try_short_lives(void)
{
    static bool dropped;
    bool good = begin(0, 0);
    uint64_t most = 0;
    for (unsigned long i = 0; i < (unsigned long)scaled(20000); i++) {
        loft_ebr_thread *const me = loft_ebr_join(&domain);
        if (!me)
            abort();
        loft_ebr_enter(me);
        for (int k = 0; k < 3; k++)
            retire(me, &dropped);
        loft_ebr_exit(me);
        loft_ebr_leave(me);
        const uint64_t pending = loft_ebr_stats_get(&domain).pending;
        most = pending > most ? pending : most;
    }
    note("%lu pending at most", (unsigned long)most);
    ok(good && most < 5000, "short lives leave no more behind than a few batches");
    ok_eq(loft_ebr_stats_get(&domain).records, 1, "and use one record");
    ok(loft_ebr_fini(&domain) == LOFT_OK, "fini");
}

static void
try_fences(void)
{
    static bool dropped;
    bool good = begin(100, 0);
    loft_ebr_thread *const me = loft_ebr_join(&domain);
    if (!me)
        abort();
    loft_ebr_enter(me);
    for (int i = 0; i < 100; i++)
        retire(me, &dropped);
    loft_ebr_exit(me);
    for (int i = 0; i < 10000; i++) {
        loft_ebr_enter(me);
        retire(me, &dropped);
        loft_ebr_exit(me);
    }
    const loft_ebr_stats s = loft_ebr_stats_get(&domain);
    note("%lu fences, %lu advances, %lu pending", (unsigned long)s.fences, (unsigned long)s.advances,
         (unsigned long)s.pending);
    ok(good && s.fences >= 100 && s.fences <= 10100 / 100 + 2, "one heavy fence for each batch of nodes");
    ok(s.advances >= s.fences - 1, "and the epoch moves with each, where nobody is in the way");
    ok(s.pending < 500 && s.freed == s.retired - s.pending, "what is pending is about three batches");
    loft_ebr_leave(me);
    ok(loft_ebr_fini(&domain) == LOFT_OK, "fini");
}

/* With LOFT_SMR_ALL for options.frees a call frees all that it can: before the first look at the records, and after
 * one. */
static void
try_no_pace(void)
{
    loft_ebr_options o;
    memset(&o, 0, sizeof o);
    o.batch = 1000;
    o.frees = LOFT_SMR_ALL;
    if (loft_ebr_init(&domain, &o) != LOFT_OK)
        abort();
    loft_ebr_thread *const me = loft_ebr_join(&domain);
    loft_ebr_thread *const other = loft_ebr_join(&domain);
    if (!me || !other)
        abort();
    for (int looks = 0; looks < 2; looks++) {
        bool dropped[4];
        loft_ebr_enter(me);
        for (int i = 0; i < 3; i++)
            retire(me, &dropped[i]);
        loft_ebr_exit(me);
        const bool moved = step(other) && step(other) && step(other);
        loft_ebr_enter(me);
        retire(me, &dropped[3]);
        ok(moved && dropped[0] && dropped[1] && dropped[2] && !dropped[3],
           looks ? "all in a call" : "in the first, too");
        loft_ebr_exit(me);
        (void)(step(other) && step(other) && step(other));
        me->wait = 0;
        pass(me);
        ok(dropped[3], "the last, in a section that has looked");
    }
    loft_ebr_leave(me);
    loft_ebr_leave(other);
    ok(loft_ebr_fini(&domain) == LOFT_OK, "fini");
}

/* What is pending when a thread has been held up by another for so many batches, or by none. */
static void
try_pace(size_t held, size_t frees)
{
    enum { BATCH = 100, MANY = 20 * BATCH };
    static bool dropped[MANY];
    loft_ebr_options o;
    memset(&o, 0, sizeof o);
    o.batch = BATCH;
    o.frees = frees;
    if (loft_ebr_init(&domain, &o) != LOFT_OK)
        abort();
    loft_ebr_thread *const me = loft_ebr_join(&domain);
    loft_ebr_thread *const other = loft_ebr_join(&domain);
    if (!me || !other)
        abort();
    if (held)
        loft_ebr_enter(other);
    for (size_t i = 0; i < held * BATCH; i++) {
        loft_ebr_enter(me);
        retire(me, &dropped[i]);
        loft_ebr_exit(me);
    }
    bool good = true;
    if (held) {
        good = loft_ebr_stats_get(&domain).freed == 0;
        loft_ebr_exit(other);
    }
    uint64_t most = 0, one = 0, none = 0, freed = loft_ebr_stats_get(&domain).freed;
    for (size_t i = 0; i < MANY; i++) {
        loft_ebr_enter(me);
        retire(me, &dropped[i]);
        const uint64_t now = loft_ebr_stats_get(&domain).freed;
        loft_ebr_exit(me);
        const uint64_t then = loft_ebr_stats_get(&domain).freed;
        most = now - freed > most ? now - freed : most;
        most = then - now > most ? then - now : most;
        one += now - freed == 1 && then == now;
        none += then == freed;
        freed = then;
    }
    const uint64_t pending = loft_ebr_stats_get(&domain).pending;
    note("held for %lu batches: at most %lu freed in a call, one for one %lu times, none %lu times, %lu pending",
         (unsigned long)held, (unsigned long)most, (unsigned long)one, (unsigned long)none, (unsigned long)pending);
    char line[100];
    snprintf(line, sizeof line, "held for %lu batches: no more in a call than options.frees", (unsigned long)held);
    ok(good && most <= (held ? frees : 1), line);
    snprintf(line, sizeof line, "held for %lu batches: one comes, one goes", (unsigned long)held);
    ok(one >= (held ? 12 : 15) * BATCH, line);
    snprintf(line, sizeof line, "held for %lu batches: in the end five are pending", (unsigned long)held);
    ok(pending <= 6 * BATCH, line);
    for (size_t i = 0; i < 10 * BATCH; i++)
        pass(me);
    snprintf(line, sizeof line, "held for %lu batches: sections alone free the rest", (unsigned long)held);
    ok(loft_ebr_stats_get(&domain).pending == 0, line);
    loft_ebr_leave(other);
    loft_ebr_leave(me);
    ok(loft_ebr_fini(&domain) == LOFT_OK, "fini");
}

static size_t
taken(void)
{
    size_t n = 0;
    for (const loft_epoch_bag_ *bag = domain.taken; bag; bag = bag->next)
        n++;
    return n;
}

/* Drains that are asked for again and again beside a section that does not end take away what there is, once. */
static void
try_polled(void)
{
    static bool dropped[3], dropped_again;
    bool good = begin(10, 0);
    loft_ebr_thread *const me = loft_ebr_join(&domain);
    loft_ebr_thread *const other = loft_ebr_join(&domain);
    loft_ebr_thread *const idle = loft_ebr_join(&domain);
    if (!me || !other || !idle)
        abort();
    loft_ebr_enter(other);
    for (int i = 0; i < 50; i++)
        good = good && loft_ebr_drain(me, 0) == LOFT_TIMEOUT;
    ok(good && taken() == 0, "nothing is taken where nothing was retired");
    retire(other, &dropped[0]);
    loft_ebr_enter(me);
    retire(me, &dropped[1]);
    loft_ebr_exit(me);
    for (int i = 0; i < 50; i++)
        good = good && loft_ebr_drain(idle, 0) == LOFT_TIMEOUT;
    ok(good && taken() == 2, "and each bag once");
    retire(other, &dropped[2]);
    good = good && loft_ebr_drain(me, 0) == LOFT_TIMEOUT;
    ok(good && taken() == 3, "again when there is more");
    loft_ebr_exit(other);
    for (int i = 0; i < 200; i++) {
        loft_ebr_enter(idle);
        retire(idle, &dropped_again);
        loft_ebr_exit(idle);
    }
    ok(dropped[0] && dropped[1] && dropped[2] && taken() == 0, "who works frees what no drain came to free");
    loft_ebr_leave(other);
    loft_ebr_leave(idle);
    loft_ebr_leave(me);
    ok(loft_ebr_fini(&domain) == LOFT_OK, "fini");
}

/* A thread that stops with the collector keeps nobody from taking over what others leave. */
static void
try_stopped(void)
{
    bool good = begin(10, 0);
    loft_ebr_thread *const me = loft_ebr_join(&domain);
    if (!me || !loft_smr_lock_(&domain.collector))
        abort();
    for (int i = 0; i < 1000; i++) {
        static bool dropped;
        loft_ebr_thread *const other = loft_ebr_join(&domain);
        if (!other)
            abort();
        loft_ebr_enter(other);
        retire(other, &dropped);
        loft_ebr_exit(other);
        loft_ebr_leave(other);
        loft_ebr_enter(me);
        retire(me, &dropped);
        loft_ebr_exit(me);
    }
    ok(good && loft_ebr_stats_get(&domain).pending < 100, "who stops with the collector holds back nothing");
    ok(loft_ebr_drain(me, 0) == LOFT_TIMEOUT, "but drains");
    loft_smr_unlock_(&domain.collector);
    ok(loft_ebr_drain(me, LOFT_FOREVER) == LOFT_OK && loft_ebr_stats_get(&domain).pending == 0, "until it goes on");
    loft_ebr_leave(me);
    ok(loft_ebr_fini(&domain) == LOFT_OK, "fini");
}

/* A bag with so many nodes, which are not there. */
static loft_epoch_bag_ *
left_bag(loft_seq since, size_t kept)
{
    loft_epoch_bag_ *const bag = loft_epoch_bag_new_();
    if (!bag)
        abort();
    loft_plain_write(&bag->since, since);
    loft_plain_write(&bag->kept, kept);
    return bag;
}

/* What is as young is put together, up to a batch; a younger one would be freed too early with an older one. */
static void
try_together(void)
{
    bool good = begin(100, 0);
    const loft_seq now = LOFT_EPOCH_STEP_ * 7u;
    loft_epoch_bag_ *rest = NULL;
    rest = loft_epoch_leave_be_(&domain, left_bag(now, 60), rest);
    rest = loft_epoch_leave_be_(&domain, left_bag(now, 40), rest);
    good = good && rest->kept == 100u && !rest->next;
    rest = loft_epoch_leave_be_(&domain, left_bag(now, 1), rest);
    good = good && rest->kept == 1u && rest->next;
    rest = loft_epoch_leave_be_(&domain, left_bag(now + LOFT_EPOCH_STEP_, 1), rest);
    good = good && rest->kept == 1u && rest->since == now + LOFT_EPOCH_STEP_;
    rest = loft_epoch_leave_be_(&domain, left_bag(now, 1), rest);
    good = good && rest->kept == 1u && rest->since == now;
    size_t n = 0;
    while (rest) {
        loft_epoch_bag_ *const next = rest->next;
        loft_epoch_bag_free_(rest);
        rest = next;
        n++;
    }
    ok(good && n == 4u, "bags that were left are put together if they are as old, and up to a batch");
    ok(loft_ebr_fini(&domain) == LOFT_OK, "fini");
}

static loft_ebr_thread *drainer;
static bool child_dropped;
static loft_status said;

/* While it runs, its thread's bag is taken away. */
static void
drop_drained(loft_smr_thread *me, loft_smr_node *n)
{
    loft_free(n, 64);
    said = loft_ebr_drain(drainer, 0);
    loft_ebr_thread *const mine = (loft_ebr_thread *)(void *)me;
    retire(mine, &child_dropped);
}

static void
try_swapped(void)
{
    static bool dropped;
    bool good = begin(10, 0);
    loft_ebr_thread *const me = loft_ebr_join(&domain);
    drainer = loft_ebr_join(&domain);
    if (!me || !drainer)
        abort();
    loft_ebr_enter(me);
    loft_ebr_node *const n = (loft_ebr_node *)loft_ebr_alloc_node(me, 64);
    if (!n)
        abort();
    loft_ebr_retire(me, n, drop_drained);
    retire(me, &dropped);
    loft_ebr_exit(me);
    for (int i = 0; i < 200; i++)
        pass(me);
    ok(good && said == LOFT_TIMEOUT && dropped, "a drain takes the bag from under a drop");
    ok(child_dropped, "what that retires is freed by sections alone");
    loft_ebr_leave(me);
    loft_ebr_leave(drainer);
    ok(loft_ebr_fini(&domain) == LOFT_OK, "fini");
}

/* In leave, of a record that is its thread's own. */
static void
drop_ends(loft_smr_thread *me, loft_smr_node *n)
{
    (void)me;
    loft_free(n, 64);
    pthread_exit(NULL);
}

static void *
ends_main(void *p)
{
    (void)p;
    loft_ebr_thread *const me = loft_ebr_self(&domain);
    loft_ebr_node *const n = me ? (loft_ebr_node *)loft_ebr_alloc_node(me, 64) : NULL;
    if (!n)
        abort();
    loft_ebr_enter(me);
    loft_ebr_retire(me, n, drop_ends);
    loft_ebr_exit(me);
    for (int i = 0; i < 3; i++)
        (void)step(me);
    loft_ebr_leave(me);
    return p;
}

static void
try_ended(void)
{
    int here = 0;
    void *back = &here;
    pthread_t id;
    bool good = begin(1, 0);
    loft_ebr_thread *const me = loft_ebr_join(&domain);
    if (!me || pthread_create(&id, NULL, ends_main, &here) != 0 || pthread_join(id, &back) != 0)
        abort();
    ok(good && !back && loft_ebr_stats_get(&domain).threads == 1, "a thread that ends in a drop of leave has left");
    ok(loft_ebr_drain(me, LOFT_FOREVER) == LOFT_OK, "and is in nobody's way");
    loft_ebr_leave(me);
    ok(loft_ebr_fini(&domain) == LOFT_OK, "fini");
}

static int dropped_by[2];

static void drop_a(loft_smr_thread *me, loft_smr_node *n) { (void)me, dropped_by[0]++, loft_free(n, 64); }
static void drop_b(loft_smr_thread *me, loft_smr_node *n) { (void)me, dropped_by[1]++, loft_free(n, 128); }

/* More than a hand holds, each with a drop of its own, in a section that sees one epoch, or one in which it moves. */
static void
try_hand(bool moves, bool drained)
{
    enum { EACH = 2 * LOFT_SMR_HAND_ + 1 };
    dropped_by[0] = dropped_by[1] = 0;
    bool good = begin(1000, 0);
    loft_ebr_thread *const me = loft_ebr_join(&domain);
    if (!me)
        abort();
    for (int i = 0; i < EACH; i++) {
        loft_ebr_enter(me);
        loft_ebr_node *const a = (loft_ebr_node *)loft_ebr_alloc_node(me, 64);
        loft_ebr_node *const b = (loft_ebr_node *)loft_ebr_alloc_node(me, 128);
        if (!a || !b)
            abort();
        loft_ebr_retire(me, a, drop_a);
        if (moves)
            good = good && step(me);
        loft_ebr_retire(me, b, drop_b);
        loft_ebr_exit(me);
    }
    if (drained)
        good = good && loft_ebr_drain(me, LOFT_FOREVER) == LOFT_OK && dropped_by[0] == EACH && dropped_by[1] == EACH;
    loft_ebr_leave(me);
    good = good && loft_ebr_fini(&domain) == LOFT_OK;
    char line[100];
    snprintf(line, sizeof line, "each by its own drop, %s, %s", moves ? "over many epochs" : "in one epoch",
             drained ? "drained" : "at the end");
    ok(good && dropped_by[0] == EACH && dropped_by[1] == EACH, line);
}

int
main(void)
{
    try_pace(0, 2);
    try_pace(12, 2);
    try_pace(12, 7);
    for (int i = 0; i < 4; i++)
        try_hand((i & 1) != 0, (i & 2) != 0);
    try_polled();
    try_stopped();
    try_together();
    try_swapped();
    try_ended();
    for (loft_seq left = 0; left <= 5; left++) {
        try_grace(left);
        try_held(left);
        try_shared(left);
    }
    try_counts();
    try_depth();
    try_no_pace();
    try_pieces();
    try_short_lives();
    try_fences();
    return done();
}
