/* SPDX-License-Identifier: MIT
 *
 * tests/smr/hp_bound.c - what is hp.h's own: slots, the bound, tables without memory, bags that are taken away in the
 * middle of a call, a stack that would suffer from ABA.
 *
 * A record may be used by any thread, one at a time: where no two calls overlap, one thread plays all parts.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: also release -DNDEBUG
 */
#include "threads.h"

#include <loft/smr/hp.h>

#include "tap.h"

enum { HOLDERS = 4, SLOTS = loft_hp_slots, HELD = HOLDERS * SLOTS };

#define MS        UINT64_C(1000000)
#define LONG_AGO  UINT64_C(0)

struct node {
    loft_hp_node smr;
    size_t value;
    void (*also)(void);
};

static loft_hp domain;
static loft_seq live;
static LOFT_ATOMIC(uintptr_t) words[HELD];
static LOFT_ATOMIC(size_t) dropped, told;                /* all, and those with a value                        */
static LOFT_ATOMIC(size_t) wrong;
static bool symmetric;

static void
drop(loft_smr_thread *me, loft_smr_node *n)
{
    struct node *const node = (struct node *)(void *)n;
    (void)me;
    if (node->value == (size_t)-1)
        loft_fetch_add(&wrong, 1u, relaxed);
    if (node->value)
        loft_fetch_add(&told, 1u, relaxed);
    loft_fetch_add(&dropped, 1u, relaxed);
    void (*const also)(void) = node->also;
    node->value = (size_t)-1;
    loft_free(node, sizeof *node);
    if (also)
        also();
}

static struct node *
make(loft_hp_thread *me, size_t value)
{
    struct node *const n = (struct node *)loft_hp_alloc_node(me, sizeof *n);
    if (!n)
        abort();
    n->value = value;
    n->also = NULL;
    return n;
}

static loft_status
start_with(const loft_hp_options *o)
{
    live = loft_alloc_stats_get().live;
    loft_init(&dropped, (size_t)0);
    loft_init(&told, (size_t)0);
    loft_init(&wrong, (size_t)0);
    for (int i = 0; i < HELD; i++)
        loft_init(&words[i], (uintptr_t)0);
    return loft_hp_init(&domain, o);
}

static loft_hp_thread *
join(void)
{
    loft_hp_thread *const me = loft_hp_join(&domain);
    if (!me)
        abort();
    return me;
}

static loft_hp_thread *
start(size_t batch, size_t frees)
{
    loft_hp_options o;
    memset(&o, 0, sizeof o);
    o.batch = batch;
    o.frees = frees;
    o.symmetric = symmetric;
    if (start_with(&o) != LOFT_OK)
        abort();
    return join();
}

static void
end(loft_hp_thread *me, const char *what)
{
    char line[200];
    if (me)
        loft_hp_leave(me);
    const loft_hp_stats s = loft_hp_stats_get(&domain);
    const bool good = loft_hp_fini(&domain) == LOFT_OK && loft_alloc_stats_get().live == live
                      && loft_load(&dropped, relaxed) == s.retired && loft_load(&wrong, relaxed) == 0;
    snprintf(line, sizeof line, "%s: each node dropped once, no memory lost%s", what, symmetric ? ", symmetric" : "");
    ok(good, line);
}

static void
retire(loft_hp_thread *me, struct node *n)
{
    loft_hp_enter(me);
    loft_hp_retire(me, &n->smr, drop);
    loft_hp_exit(me);
}

static void
retire_many(loft_hp_thread *me, size_t count)
{
    for (size_t i = 0; i < count; i++)
        retire(me, make(me, 0));
}

/* n may be NULL; what stood there is retired. */
static void
put(loft_hp_thread *me, LOFT_ATOMIC(uintptr_t) *word, struct node *n)
{
    loft_hp_enter(me);
    const uintptr_t old = loft_exchange(word, (uintptr_t)n, acq_rel) & ~LOFT_SMR_MARKS;
    if (old)
        loft_hp_retire(me, (loft_hp_node *)old, drop);
    loft_hp_exit(me);
}

static size_t
pending(void)
{
    return (size_t)loft_hp_stats_get(&domain).pending;
}

/* Each with a node in each slot. */
static void
hold_all(loft_hp_thread *const *holder, size_t value)
{
    for (int i = 0; i < HELD; i++)
        loft_init(&words[i], (uintptr_t)make(holder[0], value));
    for (int i = 0; i < HELD; i++) {
        if (i % SLOTS == 0)
            loft_hp_enter(holder[i / SLOTS]);
        if (loft_hp_protect(holder[i / SLOTS], (size_t)(i % SLOTS), &words[i]) != loft_load(&words[i], relaxed))
            loft_fetch_add(&wrong, 1u, relaxed);
    }
}

static void
let_go(loft_hp_thread *const *holder)
{
    for (int i = 0; i < HOLDERS; i++)
        loft_hp_exit(holder[i]);
}

/* ---- slots ------------------------------------------------------------------------------------------------------- */

static void
try_how_many(void)
{
    static const size_t asked[] = { 0, 1, 8, 9, 100, 65536 };
    bool good = true;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        loft_hp_options o;
        memset(&o, 0, sizeof o);
        o.slots = asked[i];
        o.symmetric = symmetric;
        good = good && start_with(&o) == LOFT_OK;
        const size_t slots = asked[i] > 8 ? asked[i] : 8;
        const size_t least = domain.asym ? 1024u : 64u;
        loft_hp_thread *const me = join();
        good = good && me->batch == (2 * slots > least ? 2 * slots : least);
        loft_store(&words[0], (uintptr_t)make(me, 1) | 5u, relaxed);
        loft_hp_enter(me);
        good = good && loft_hp_protect(me, slots - 1, &words[0]) == loft_load(&words[0], relaxed);
        loft_hp_exit(me);
        put(me, &words[0], NULL);
        loft_hp_thread *const other = join();
        retire_many(me, me->batch);                      /* looks through them, and so knows the other         */
        good = good && me->batch == (4 * slots > least ? 4 * slots : least);
        loft_hp_leave(other);
        loft_hp_leave(me);
        good = good && loft_hp_fini(&domain) == LOFT_OK && loft_alloc_stats_get().live == live;
    }
    ok(good, "as many slots as were asked for, 8 at the least; the last can be used; the batch grows with all of them");
    loft_hp_options o;
    memset(&o, 0, sizeof o);
    o.slots = 65537;
    ok_eq(loft_hp_init(&domain, &o), LOFT_INVAL, "65537 slots are refused");
    o.slots = (size_t)-1;
    ok_eq(loft_hp_init(&domain, &o), LOFT_INVAL, "and so are as many as a word can say");
}

static void
try_slot_again(void)
{
    loft_hp_thread *const me = start(1, LOFT_SMR_ALL);
    loft_hp_thread *const a = join();
    for (int i = 0; i < 3; i++)
        loft_store(&words[i], (uintptr_t)make(me, 1) + (uintptr_t)i, relaxed);
    loft_hp_enter(a);
    (void)loft_hp_protect(a, 0, &words[0]);
    ok_eq(loft_hp_protect(a, 1, &words[1]), loft_load(&words[1], relaxed), "protect gives the word with its marks");
    for (int i = 0; i < 3; i++)
        put(me, &words[i], NULL);
    retire_many(me, 1);
    ok_eq(loft_load(&told, relaxed), 1, "what two slots name stays, marks or no marks; the rest is freed");
    loft_store(&words[2], (uintptr_t)6, relaxed);
    ok_eq(loft_hp_protect(a, 1, &words[2]), 6, "a link that leads nowhere still has its marks");
    retire_many(me, 1);
    ok_eq(loft_load(&told, relaxed), 1, "and leaves the slot as it was");
    loft_store(&words[2], (uintptr_t)make(me, 1), relaxed);
    (void)loft_hp_protect(a, 1, &words[2]);
    retire_many(me, 1);
    ok_eq(loft_load(&told, relaxed), 2, "a slot that is used again lets go of what it named");
    (void)loft_hp_protect(a, 0, &words[2]);
    retire_many(me, 1);
    ok_eq(loft_load(&told, relaxed), 3, "and so does the other, for the same node");
    (void)loft_hp_protect(a, 1, &words[0]);
    put(me, &words[2], NULL);
    retire_many(me, 1);
    ok_eq(loft_load(&told, relaxed), 3, "which one of them is enough for");
    ok_eq(loft_hp_stats_get(&domain).holder, loft_hp_number(a), "its thread is the holder");
    loft_hp_exit(a);
    ok_eq(loft_hp_stats_get(&domain).holder, 0, "until the end of its section");
    retire_many(me, 1);
    ok_eq(loft_load(&told, relaxed), 4, "which lets go of all");
    loft_hp_leave(a);
    end(me, "slots used again");
}

/* ---- the bound --------------------------------------------------------------------------------------------------- */

static void
try_formula(size_t batch, size_t frees)
{
    const size_t nodes = (size_t)scaled(20000);
    char line[200];
    snprintf(line, sizeof line, "%d of %d threads stopped with all their slots, batch %lu, frees %ld: under the bound",
             HOLDERS, HOLDERS + 1, (unsigned long)batch, frees == LOFT_SMR_ALL ? -1L : (long)frees);
    loft_hp_thread *const me = start(batch, frees);
    loft_hp_thread *holder[HOLDERS];
    for (int i = 0; i < HOLDERS; i++)
        holder[i] = join();
    hold_all(holder, 1);
    const size_t all = (HOLDERS + 1) * SLOTS;
    const size_t r = batch ? batch : domain.asym ? 1024u : 2 * all > 64u ? 2 * all : 64u;
    size_t most = 0;
    for (size_t i = 0; i < nodes; i++) {
        put(me, &words[i % HELD], make(me, 2));
        const size_t now = pending();
        most = now > most ? now : most;
    }
    const loft_hp_stats s = loft_hp_stats_get(&domain);
    if (!ok(most <= r + all && most >= HELD && s.peak <= r + all, line))
        note("%lu pending, %lu peak", (unsigned long)most, (unsigned long)s.peak);
    note("%lu pending at most, %lu allowed, %lu heavy fences for %lu nodes", (unsigned long)s.peak,
         (unsigned long)(r + all), (unsigned long)s.fences, (unsigned long)nodes);
    ok_eq(loft_hp_drain(me, LONG_AGO), LOFT_TIMEOUT, "a drain cannot free what is held");
    ok_eq(pending(), HELD, "but all the rest, to the last");
    const size_t first = loft_hp_stats_get(&domain).holder;
    ok(first >= 2 && first <= HOLDERS + 1, "and holder is one of them");
    ok_eq(loft_hp_drain(me, LONG_AGO), LOFT_TIMEOUT, "the same again");
    ok_eq(loft_hp_stats_get(&domain).holder, first, "by the same, as long as it is there");
    retire_many(me, 2 * r);
    ok(pending() <= r + all, "what it has left is freed as usual, and counts as before");
    let_go(holder);
    ok_eq(loft_hp_stats_get(&domain).holder, 0, "when they have gone on, nobody is");
    ok_eq(loft_hp_drain(me, LOFT_FOREVER), LOFT_OK, "and the drain comes to its end");
    ok_eq(pending(), 0, "with nothing left");
    for (int i = 0; i < HELD; i++)
        put(me, &words[i], NULL);
    for (int i = 0; i < HOLDERS; i++)
        loft_hp_leave(holder[i]);
    end(me, "the bound");
}

/* Threads that join, retire less than a batch and leave: what they leave does not pile up, one at a time, or where many
 * come before the first of them leaves. */
enum { VISITORS = 20 };

static void
try_visitors(void)
{
    loft_hp_leave(start(10, 0));
    size_t most = 0;
    for (int i = 0; i < 2000; i++) {
        loft_hp_thread *const me = join();
        retire_many(me, 9);
        loft_hp_leave(me);
        most = pending() > most ? pending() : most;
    }
    if (!ok(most <= 10 + SLOTS, "two thousand visitors, each with less than a batch: pending stays under one's bound"))
        note("%lu pending", (unsigned long)most);
    const uint64_t fences = loft_hp_stats_get(&domain).fences;
    if (!ok(fences <= 2000 + 10, "and no more than each looks once"))
        note("%lu fences", (unsigned long)fences);
    for (int i = 0; i < 1000; i++) {
        loft_hp_thread *const me = join();
        retire_many(me, 2);
        loft_hp_leave(me);
    }
    if (!ok(loft_hp_stats_get(&domain).fences <= fences + 1000 / 4, "nor does who leaves two, before they are a batch"))
        note("%lu fences", (unsigned long)(loft_hp_stats_get(&domain).fences - fences));
    for (int round = 0; round < 20; round++) {
        loft_hp_thread *some[VISITORS];
        for (int i = 0; i < VISITORS; i++)
            some[i] = join();
        for (int i = 0; i < VISITORS; i++)
            retire_many(some[i], 9);
        for (int i = 0; i < VISITORS; i++)
            loft_hp_leave(some[i]);
        most = pending();
    }
    if (!ok(most <= 10, "twenty at a time, who leave together: the last but one has freed it"))
        note("%lu pending", (unsigned long)most);
    loft_hp_thread *const me = join();
    loft_hp_thread *const last = join();
    retire_many(last, 9);
    loft_hp_leave(last);
    retire_many(me, 100);
    ok(pending() <= 10 + 2 * SLOTS && loft_load(&domain.adrift, relaxed) == 0,
       "who is there when somebody leaves takes over what is left, too");
    end(me, "visitors");
}

/* A thread that stops for ever at any of its steps, while others come and go: it keeps what it has in its hands. */
enum stops { STOPS_VISIT, STOPS_RETIRE, STOPS_DRAIN, STOPS };
enum { BEFORE = 9, FOR_A_LOOK = 10 };

static enum stops stops_in;
static long stops_at;
static unsigned long steps;

static void
visit(void)
{
    loft_hp_thread *const me = join();
    retire_many(me, FOR_A_LOOK - 1);
    loft_hp_leave(me);
}

static void *
stopping(void *arg)
{
    loft_hp_thread *me = (loft_hp_thread *)arg;
    if (stops_at < 0)
        points_count();
    else
        freeze_at(stops_at);
    if (stops_in == STOPS_VISIT)
        visit();
    else if (stops_in == STOPS_RETIRE)
        retire_many(me, FOR_A_LOOK);
    else if (loft_hp_drain(me, LOFT_FOREVER) != LOFT_OK)
        loft_fetch_add(&wrong, 1u, relaxed);
    if (stops_at < 0)
        steps = points_seen();
    freeze_end();
    return NULL;
}

static size_t
stopped(enum stops in, long at, size_t visits)
{
    pthread_t thread;
    loft_hp_thread *const me = start(FOR_A_LOOK, 1);
    loft_hp_thread *const other = join();
    retire_many(other, BEFORE);
    loft_hp_leave(other);
    size_t most = 0;
    stops_in = in;
    stops_at = at;
    freeze_arm();
    if (pthread_create(&thread, NULL, stopping, me) != 0)
        abort();
    if (at >= 0 && freeze_wait()) {
        for (size_t i = 0; i < visits; i++) {
            visit();
            most = pending() > most ? pending() : most;
        }
        if (loft_hp_drain(join(), LONG_AGO) == LOFT_INVAL)
            loft_fetch_add(&wrong, 1u, relaxed);
        freeze_release();
    }
    pthread_join(thread, NULL);
    if (loft_hp_drain(me, LOFT_FOREVER) != LOFT_OK || pending() != 0)
        loft_fetch_add(&wrong, 1u, relaxed);
    const loft_hp_stats s = loft_hp_stats_get(&domain);
    if (loft_hp_fini(&domain) != LOFT_OK || loft_alloc_stats_get().live != live ||
        loft_load(&dropped, relaxed) != s.retired || loft_load(&wrong, relaxed) != 0)
        most = (size_t)-1;
    return most;
}

static void
try_stopped(enum stops in)
{
    static const char *const name[STOPS] = { "in a visit", "in retire", "in drain" };
    const size_t records = 3, each = FOR_A_LOOK + records * SLOTS, visits = 60;
    (void)stopped(in, -1, 0);
    size_t most = 0;
    const size_t step = scaled(100) < 100 ? 1 + steps / 40 : 1;
    size_t stops = 0;
    for (size_t at = 0; at < steps; at += step) {
        const size_t now = stopped(in, (long)at, visits);
        most = now > most ? now : most;
        stops++;
    }
    char line[200];
    snprintf(line, sizeof line, "stopped %s, at any of %lu steps, while others come and go: pending has a bound%s",
             name[in], steps, symmetric ? ", symmetric" : "");
    ok(stops > 10 && most <= BEFORE + 2 * each, line);
    note("%lu pending at most, %lu allowed, of %lu", (unsigned long)most, (unsigned long)(BEFORE + 2 * each),
         (unsigned long)(visits * (FOR_A_LOOK - 1)));
}

/* Who only reads frees what it has once found to be free. */
static void
try_reader(void)
{
    loft_hp_thread *const me = start(100, 1);
    for (int i = 0; i < 3; i++) {
        loft_hp_enter(me);
        for (int k = 0; k < 40; k++)
            loft_hp_retire(me, &make(me, 0)->smr, drop);
        loft_hp_exit(me);
    }
    const size_t before = pending();
    for (int i = 0; i < 200; i++) {
        loft_hp_enter(me);
        loft_hp_exit(me);
    }
    if (!ok(before > 60 && pending() < 100 && pending() <= before - 50, "exit goes on with what retire has found free"))
        note("%lu, then %lu pending", (unsigned long)before, (unsigned long)pending());
    end(me, "a reader");
}

static loft_hp_thread *crowd;

static void
many(void)
{
    for (int i = 0; i < 500; i++)
        loft_hp_retire(crowd, &make(crowd, 0)->smr, drop);
}

/* One comes, one goes; and all the faster where there are too many. */
static void
try_pace(size_t frees)
{
    enum { BATCH = 100, ROUNDS = 20 * BATCH };
    loft_hp_thread *const me = start(BATCH, frees);
    loft_hp_thread *const other = join();
    uint64_t before = 0;
    size_t one = 0, most = 0, after = 0;
    for (int i = 0; i < ROUNDS; i++) {
        loft_hp_enter(me);
        loft_hp_retire(me, &make(me, 0)->smr, drop);
        const uint64_t then = loft_hp_stats_get(&domain).freed;
        loft_hp_exit(me);
        const uint64_t now = loft_hp_stats_get(&domain).freed;
        one += then - before == 1;
        most = then - before > most ? (size_t)(then - before) : most;
        after += now != then;
        before = now;
    }
    if (!ok(one >= ROUNDS - 2 * BATCH && most == 1 && after == 0, "one comes, one goes, and none where a section ends"))
        note("one %lu times, %lu at most, %lu in exit", (unsigned long)one, (unsigned long)most, (unsigned long)after);
    ok(pending() <= BATCH + 2 * SLOTS, "and a batch is pending");
    struct node *const n = make(me, 0);
    n->also = many;
    crowd = me;
    retire(me, n);
    most = 0;
    for (int i = 0; i < 4 * BATCH; i++) {
        const uint64_t first = loft_hp_stats_get(&domain).freed;
        loft_hp_enter(me);
        loft_hp_retire(me, &make(me, 0)->smr, drop);
        const uint64_t then = loft_hp_stats_get(&domain).freed;
        loft_hp_exit(me);
        const uint64_t now = loft_hp_stats_get(&domain).freed;
        most = then - first > most ? (size_t)(then - first) : most;
        most = now - then > most ? (size_t)(now - then) : most;
    }
    if (!ok(most == frees && pending() <= BATCH + 2 * SLOTS, "far too many go as fast as options.frees says"))
        note("%lu at most, %lu pending", (unsigned long)most, (unsigned long)pending());
    loft_hp_leave(other);
    end(me, "pace");
}

/* ---- no memory --------------------------------------------------------------------------------------------------- */

static void
try_no_table(bool some)
{
    loft_hp_thread *const me = start(64, LOFT_SMR_ALL);
    loft_hp_thread *holder[HOLDERS];
    struct node *more[200];
    if (some)
        retire_many(me, 64);                             /* a table for one record                             */
    for (int i = 0; i < HOLDERS; i++)
        holder[i] = join();
    hold_all(holder, 1);
    for (int i = 0; i < 200; i++)
        more[i] = make(me, 0);
    const size_t room = me->room;
    loft_alloc_fail_from(0);
    for (int i = 0; i < HELD; i++)
        put(me, &words[i], NULL);
    for (int i = 0; i < 200; i++)
        retire(me, more[i]);
    const bool freed = loft_hp_stats_get(&domain).freed >= (some ? 64u : 0u) + 100u;
    const loft_status s = loft_hp_drain(me, LONG_AGO);
    const loft_seq failed = loft_alloc_fail_stop();
    ok(failed != 0 && me->room == room && (room != 0) == some, some ? "no memory for a larger table" : "for any");
    ok(freed && s == LOFT_TIMEOUT && pending() == HELD && loft_load(&told, relaxed) == 0,
       "what is published stays, all the rest is freed");
    loft_alloc_fail_from(0);
    let_go(holder);
    ok(loft_hp_drain(me, LOFT_FOREVER) == LOFT_OK && loft_load(&told, relaxed) == HELD, "until it is let go");
    loft_alloc_fail_stop();
    for (int i = 0; i < HOLDERS; i++)
        loft_hp_leave(holder[i]);
    end(me, "tables without memory");
}

/* ---- a bag in somebody's hands ----------------------------------------------------------------------------------- */

static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_moved = PTHREAD_COND_INITIALIZER;
static int gate;                                         /* 1: shut, 2: somebody stands there, 0: open         */

static void
stand(void)
{
    pthread_mutex_lock(&gate_lock);
    if (gate == 1) {
        gate = 2;
        pthread_cond_broadcast(&gate_moved);
        while (gate != 0)
            pthread_cond_wait(&gate_moved, &gate_lock);
    }
    pthread_mutex_unlock(&gate_lock);
}

static void
gate_set(int to)
{
    pthread_mutex_lock(&gate_lock);
    gate = to;
    pthread_cond_broadcast(&gate_moved);
    pthread_mutex_unlock(&gate_lock);
}

static void
gate_await(void)
{
    pthread_mutex_lock(&gate_lock);
    while (gate != 2)
        pthread_cond_wait(&gate_moved, &gate_lock);
    pthread_mutex_unlock(&gate_lock);
}

enum { STANDING = 8 };

static void *
standing(void *arg)
{
    loft_hp_thread *const me = (loft_hp_thread *)arg;
    for (int i = 0; i < STANDING; i++) {
        struct node *const n = make(me, 1);
        n->also = stand;
        retire(me, n);
    }
    return NULL;
}

/* How it goes on: another drain, its own work, or its owner leaves. */
enum after { AFTER_DRAIN, AFTER_WORK, AFTER_LEAVE, AFTERS };

static void
try_in_hand(enum after after)
{
    static const char *const name[AFTERS] = {
        "a bag in somebody's hands: the next drain takes it",
        "a bag in somebody's hands: its owner goes on with it",
        "a bag in somebody's hands: its owner leaves, and it is taken over"
    };
    loft_hp_thread *const me = start(STANDING, 1);
    loft_hp_thread *a = join();
    pthread_t thread;
    gate_set(1);
    if (pthread_create(&thread, NULL, standing, a) != 0)
        abort();
    gate_await();
    retire_many(me, 5);
    ok_eq(loft_hp_drain(me, LONG_AGO), LOFT_TIMEOUT, "somebody stands in drop: TIMEOUT");
    ok_eq(loft_hp_stats_get(&domain).holder, loft_hp_number(a), "and is the holder");
    ok_eq(pending(), STANDING - 1, "what others have retired is freed, and the node of that drop counts as freed");
    const uint64_t deadline = loft_deadline(MS);
    ok(loft_hp_drain(me, deadline) == LOFT_TIMEOUT && loft_now() >= deadline, "the same again, at the deadline");
    gate_set(0);
    pthread_join(thread, NULL);
    ok_eq(loft_hp_stats_get(&domain).holder, 0, "it has gone on");
    if (after == AFTER_DRAIN) {
        ok_eq(loft_hp_drain(me, LOFT_FOREVER), LOFT_OK, "and a drain comes to its end");
        const uint64_t fences = loft_hp_stats_get(&domain).fences;
        ok(loft_hp_drain(me, LOFT_FOREVER) == LOFT_OK && loft_hp_stats_get(&domain).fences == fences + 1,
           "the next has nothing to make up for");
    } else if (after == AFTER_WORK) {
        retire_many(a, 10 * STANDING);
        ok_eq(loft_load(&a->late, relaxed), 0, "once");
    } else {
        loft_hp_leave(a);
        retire_many(me, 10 * STANDING);
        a = join();
    }
    ok_eq(loft_load(&told, relaxed), STANDING, name[after]);
    loft_hp_leave(a);
    end(me, name[after]);
}

/* The thread ends in drop, with a record of its own, or one that somebody else exits and leaves for it: whoever has
 * that next frees as if nothing had been. */
enum ends { ENDS_RETIRE, ENDS_EXIT, ENDS_LEAVE, ENDS_DRAIN, ENDS };

static enum ends ends_in;
static bool ends_own;
static loft_hp_thread *ends_as;
static pthread_t ends_not;

static void
finish(void)
{
    if (!pthread_equal(pthread_self(), ends_not))
        pthread_exit(NULL);
    loft_fetch_add(&wrong, 1u, relaxed);
}

static void *
ending(void *arg)
{
    loft_hp_thread *const me = ends_own ? loft_hp_self(&domain) : loft_hp_join(&domain);
    if (!me)
        abort();
    ends_as = me;
    for (int i = 0; i < 5; i++) {
        loft_hp_enter(me);
        (void)loft_hp_protect(me, 3, &words[0]);
        struct node *const n = make(me, 1);
        if (i == 2)
            n->also = finish;
        loft_hp_retire(me, &n->smr, drop);
        loft_hp_exit(me);
    }
    if (ends_in == ENDS_RETIRE) {
        retire_many(me, 100);
    } else if (ends_in == ENDS_EXIT) {
        me->rush = me->keeps = true;
        me->idle = me->batch;
        me->bag[0].fresh = me->bag[1].fresh = me->batch;
        for (int i = 0; i < 10; i++) {
            loft_hp_enter(me);
            (void)loft_hp_protect(me, 3, &words[0]);
            loft_hp_exit(me);
        }
    } else if (ends_in == ENDS_LEAVE) {
        me->batch = 1;
        loft_hp_leave(me);
    } else {
        const loft_status s = loft_hp_drain(me, LOFT_FOREVER);
        arg = s == LOFT_OK ? arg : me;
    }
    return arg;
}

/* Nobody leaves for it. */
static void
try_gone(enum ends in)
{
    start(10, 1);
    ends_in = in;
    ends_own = false;
    ends_not = pthread_self();
    pthread_t thread;
    if (pthread_create(&thread, NULL, ending, NULL) != 0 || pthread_join(thread, NULL) != 0)
        abort();
    ends_as->base.depth = 0;
    end(NULL, "a thread that has ended in drop, and has not left");
}

static void
try_ending(enum ends in, bool own)
{
    static const char *const name[ENDS] = { "retire", "exit", "leave", "drain" };
    char line[200];
    loft_hp_thread *const me = start(10, 1);
    loft_store(&words[0], (uintptr_t)make(me, 1), relaxed);
    ends_in = in;
    ends_own = own;
    ends_not = pthread_self();
    pthread_t thread;
    void *result = me;
    if (pthread_create(&thread, NULL, ending, NULL) != 0 || pthread_join(thread, &result) != 0)
        abort();
    if (!own) {
        if (ends_as->base.depth)
            loft_hp_exit(ends_as);
        loft_hp_leave(ends_as);
    }
    snprintf(line, sizeof line, "a thread that ends in drop, in %s, has left, or somebody %s", name[in],
             own ? "need not do it" : "for it");
    ok(result == NULL && loft_hp_stats_get(&domain).threads == 1, line);
    put(me, &words[0], NULL);
    ok_eq(loft_hp_drain(me, LOFT_FOREVER), LOFT_OK, "it publishes nothing, and has nothing in its hands");
    ok_eq(loft_load(&told, relaxed), 6, "and what it had is freed");
    loft_hp_thread *const next = join();
    const size_t before = pending();                     /* who ended has not counted all it freed             */
    ok(loft_hp_number(next) == 2 && !next->base.freeing && loft_load(&domain.adrift, relaxed) == 0,
       "its record has a new owner");
    retire_many(next, 100);
    ok(pending() - before < 40, "who frees");
    loft_hp_leave(next);
    end(me, "a thread that ends in drop");
}

/* ---- a stack ----------------------------------------------------------------------------------------------------- */

/* Without protection a popper would read a freed node, or put a stale next where the same node stands again. */
static LOFT_ATOMIC(uintptr_t) top;
static LOFT_ATOMIC(size_t) popped;

struct cell {
    loft_hp_node smr;
    uintptr_t next;
    size_t value;
};

static void
cell_drop(loft_smr_thread *me, loft_smr_node *n)
{
    struct cell *const c = (struct cell *)(void *)n;
    (void)me;
    if (c->value != 1)
        loft_fetch_add(&wrong, 1u, relaxed);
    c->value = 0;
    loft_fetch_add(&dropped, 1u, relaxed);
    loft_free(c, sizeof *c);
}

static bool
cell_pop(loft_hp_thread *me)
{
    uintptr_t first;
    loft_hp_enter(me);
    while ((first = loft_hp_protect(me, 0, &top)) != 0) {
        struct cell *const c = (struct cell *)first;
        if (loft_cas_strong(&top, &first, c->next, acq_rel, relaxed)) {
            loft_fetch_add(&popped, c->value, relaxed);
            loft_hp_retire(me, &c->smr, cell_drop);
            break;
        }
    }
    loft_hp_exit(me);
    return first != 0;
}

static void
stack_body(void *arg, int id)
{
    loft_hp_thread *const me = loft_hp_self(&domain);
    const size_t rounds = *(const size_t *)arg;
    chaos_on((uint32_t)id + 1u);
    for (size_t i = 0; me && i < rounds; i++) {
        struct cell *const c = (struct cell *)loft_hp_alloc_node(me, sizeof *c);
        if (!c)
            abort();
        c->value = 1;
        c->next = loft_load(&top, relaxed);
        while (!loft_cas_weak(&top, &c->next, (uintptr_t)c, release, relaxed))
            continue;
        if (i % 3 != 2)
            (void)cell_pop(me);
        if (i % 1000 == 999 && loft_hp_drain(me, loft_deadline(10 * MS)) == LOFT_INVAL)
            loft_fetch_add(&wrong, 1u, relaxed);
    }
    chaos_off();
}

static void
try_stack(void)
{
    size_t rounds = (size_t)scaled(20000);
    loft_init(&top, (uintptr_t)0);
    loft_init(&popped, (size_t)0);
    loft_hp_leave(start(20, 0));
    run_threads(4, stack_body, &rounds);
    loft_hp_thread *const me = join();
    while (cell_pop(me))
        continue;
    ok_eq(loft_load(&popped, relaxed), 4 * rounds, "a stack of four threads: each cell is popped once, whole");
    ok_eq(loft_hp_drain(me, LOFT_FOREVER), LOFT_OK, "drained");
    const loft_hp_stats s = loft_hp_stats_get(&domain);
    ok(s.retired == 4 * rounds && s.freed == s.retired, "and freed");
    end(me, "a stack");
}

int
main(void)
{
    for (int i = 0; i < 2; i++) {
        symmetric = i != 0;
        try_how_many();
        try_slot_again();
        try_formula(50, 1);
        try_formula(50, LOFT_SMR_ALL);
        try_formula(0, 0);
        try_visitors();
        for (int in = 0; in < STOPS; in++)
            try_stopped((enum stops)in);
        try_reader();
        try_pace(2);
        try_pace(7);
        try_no_table(false);
        try_no_table(true);
        for (int after = 0; after < AFTERS; after++)
            try_in_hand((enum after)after);
        for (int in = 0; in < ENDS; in++) {
            try_ending((enum ends)in, true);
            try_ending((enum ends)in, false);
            try_gone((enum ends)in);
        }
        try_stack();
    }
    return done();
}
