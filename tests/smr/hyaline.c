/* SPDX-License-Identifier: MIT
 *
 * tests/smr/hyaline.c - smr/hyaline.h: the contract of all schemes; and what is this one's alone: how many nodes a
 * batch has, on whom it is hung, where it goes afterwards, how much a stopped thread holds, and that no memory is
 * needed.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: also release -DNDEBUG
 */
#include "threads.h"

#include <loft/smr/hyaline.h>

#define K_OF(threads, batch)  ((batch) ? ((batch) > (threads) ? (batch) : (threads) + 1u) : 1024u)

#define SMR loft_hyaline
#define SMR_NEAR_END(d, n)           loft_hyaline_start_at_((d), (loft_seq)0 - (n))
#define SMR_IDLE(threads, batch)     ((threads) * (4u * K_OF(threads, batch) + 16u))
#define SMR_BOUND(threads, batch)    (2u * K_OF(threads, batch) * (1u + 128u * (threads) + (threads)))
#define SMR_FORK_LOST(records, batch)  (2u * K_OF(records, batch))
#include "contract.h"

enum { RECORDS = 5 };

static loft_hyaline hy;
static loft_hyaline_thread *rec[RECORDS];

struct thing {
    loft_hyaline_node smr;
    LOFT_ATOMIC(size_t) *gone;
};

static LOFT_ATOMIC(size_t) gone, last_by;

static void
thing_drop(loft_smr_thread *me, loft_smr_node *node)
{
    loft_fetch_add(&gone, (size_t)1, relaxed);
    loft_store(&last_by, me->number, relaxed);
    loft_free(node, sizeof(struct thing));
}

static struct thing *
thing_make(loft_hyaline_thread *me)
{
    struct thing *const n = (struct thing *)loft_hyaline_alloc_node(me, sizeof(struct thing));
    if (!n)
        abort();
    n->gone = &gone;
    return n;
}

static void
hy_begin(size_t batch, size_t births, bool sym)
{
    loft_hyaline_options o;
    memset(&o, 0, sizeof o);
    o.batch = batch;
    o.births = births;
    o.symmetric = sym;
    loft_store(&gone, (size_t)0, relaxed);
    loft_store(&last_by, (size_t)0, relaxed);
    if (loft_hyaline_init(&hy, &o) != LOFT_OK)
        abort();
    for (int i = 0; i < RECORDS; i++) {
        rec[i] = loft_hyaline_join(&hy);
        if (!rec[i])
            abort();
    }
}

static void
hy_end(size_t made)
{
    for (int i = 0; i < RECORDS; i++)
        if (rec[i])
            loft_hyaline_leave(rec[i]);
    ok(loft_hyaline_fini(&hy) == LOFT_OK && loft_load(&gone, relaxed) == made,
       "the domain ends, every node was dropped");
}

static void
hy_retire(loft_hyaline_thread *me, size_t n)
{
    while (n--) {
        loft_hyaline_enter(me);
        loft_hyaline_retire(me, &thing_make(me)->smr, thing_drop);
        loft_hyaline_exit(me);
    }
}

static size_t
hangs_on(const loft_hyaline_thread *t)
{
    size_t n = 0;
    const loft_hyaline_node *node = loft_hyaline_node_(loft_load(&t->head, relaxed));
    for (; node; node = loft_hyaline_behind_(node))
        n++;
    return n;
}

static void
try_batches(bool sym)
{
    hy_begin(1, 1000, sym);
    for (int i = 1; i < RECORDS; i++)
        loft_hyaline_enter(rec[i]);
    hy_retire(rec[0], RECORDS);
    size_t hung = 0;
    for (int i = 0; i < RECORDS; i++)
        hung += hangs_on(rec[i]);
    ok_eq(hung, 0, "as many nodes as records make no batch");
    hy_retire(rec[0], 1);
    for (int i = 1; i < RECORDS; i++)
        hung += hangs_on(rec[i]);
    ok_eq(hung, RECORDS - 1, "one more does, and it hangs on every section");
    loft_hyaline_thread *const late = loft_hyaline_join(&hy);
    loft_hyaline_enter(late);
    hy_retire(rec[0], RECORDS + 1);
    ok_eq(hangs_on(rec[1]), 1, "nor does that where another record has joined");
    hy_retire(rec[0], 1);
    ok(hangs_on(rec[1]) == 2 && hangs_on(late) == 1, "but one more again");
    ok_eq(loft_load(&gone, relaxed), 0, "nothing is dropped while they last");
    for (int i = 1; i < RECORDS; i++) {
        if (loft_load(&rec[0]->done, relaxed))
            bad(BAD_RESULT);
        loft_hyaline_exit(rec[i]);
    }
    ok(loft_load(&rec[0]->done, relaxed) != NULL && hangs_on(late) == 1,
       "the last of the sections that a batch hangs on gives it back to who retired it");
    loft_hyaline_exit(late);
    ok_eq(loft_load(&gone, relaxed), 0, "none of them frees anything");
    const size_t before = loft_load(&rec[0]->base.retired, relaxed);
    for (int i = 0; i < 8; i++) {
        loft_hyaline_enter(rec[0]);
        loft_hyaline_exit(rec[0]);
    }
    ok_eq(loft_load(&gone, relaxed), before, "their owner does, a few in each section");
    ok_eq(loft_load(&last_by, relaxed), loft_hyaline_number(rec[0]), "with its own record");
    loft_hyaline_leave(late);
    hy_end(before);
}

static void
try_eras(bool sym)
{
    LOFT_ATOMIC(uintptr_t) word;
    hy_begin(1, 1, sym);
    loft_hyaline_enter(rec[1]);
    struct thing *const old = thing_make(rec[0]);
    loft_init(&word, (uintptr_t)old);
    loft_hyaline_enter(rec[2]);
    (void)loft_hyaline_protect(rec[2], 0, &word);
    hy_retire(rec[0], RECORDS + 1);
    ok(hangs_on(rec[1]) == 0 && hangs_on(rec[2]) == 0, "nodes younger than a section's access hang on nobody");
    for (int i = 0; i < 8; i++) {
        loft_hyaline_enter(rec[0]);
        loft_hyaline_exit(rec[0]);
    }
    ok_eq(loft_load(&gone, relaxed), RECORDS + 1, "and are freed while it lasts");
    (void)loft_exchange(&word, (uintptr_t)0, relaxed);
    loft_hyaline_enter(rec[0]);
    loft_hyaline_retire(rec[0], &old->smr, thing_drop);
    loft_hyaline_exit(rec[0]);
    hy_retire(rec[0], RECORDS);
    ok(hangs_on(rec[1]) == 0 && hangs_on(rec[2]) == 1, "one that is not hangs on who may have found it");
    loft_hyaline_exit(rec[1]);
    loft_hyaline_exit(rec[2]);
    hy_end(2u * (RECORDS + 1));
}

/* Things live long and short; one thread stops, and then another, while two go on. What is pending never reaches what
 * the header says. */
static void
try_held(bool sym)
{
    enum { THINGS = 16, BATCH = 8, BIRTHS = 4 };
    static LOFT_ATOMIC(uintptr_t) word[THINGS];
    hy_begin(BATCH, BIRTHS, sym);
    for (int i = 0; i < THINGS; i++)
        loft_init(&word[i], (uintptr_t)thing_make(rec[0]));
    size_t made = THINGS;
    uint64_t most = 0;
    uint64_t bound = 0;
    uint32_t r = 1;
    const size_t rounds = (size_t)scaled(200000);
    for (size_t i = 0; i < rounds; i++) {
        loft_hyaline_thread *const me = rec[i % 2];
        if (i == rounds / 10 || i == rounds / 2) {
            loft_hyaline_thread *const stops = rec[i == rounds / 10 ? 2 : 3];
            loft_hyaline_enter(stops);
            for (int k = 0; k < THINGS; k++)
                (void)loft_hyaline_protect(stops, 0, &word[k]);
            /* E: all that there are, and the rest of the era; then 2 K for each, and for each record. */
            const uint64_t e = THINGS + loft_hyaline_stats_get(&hy).pending + (uint64_t)BIRTHS * (uint64_t)RECORDS;
            const uint64_t k = BATCH > RECORDS + 1 ? BATCH : RECORDS + 1;
            bound = 2u * k * e + 2u * k * RECORDS;
            most = 0;
        }
        r ^= r << 13;
        r ^= r >> 17;
        r ^= r << 5;
        loft_hyaline_enter(me);
        struct thing *const n = thing_make(me);
        /* Most of the time the same few: the others grow old. */
        const size_t at = r % 64 == 0 ? (r >> 8) % THINGS : (r >> 8) % 2;
        const uintptr_t was = loft_exchange(&word[at], (uintptr_t)n, acq_rel);
        loft_hyaline_retire(me, &((struct thing *)was)->smr, thing_drop);
        loft_hyaline_exit(me);
        made++;
        if (bound) {
            const uint64_t pending = loft_hyaline_stats_get(&hy).pending;
            most = pending > most ? pending : most;
            if (pending > bound)
                break;
        }
    }
    note("%lu nodes retired, two threads stopped: %lu pending at most, the bound is %lu", (unsigned long)made,
         (unsigned long)most, (unsigned long)bound);
    ok(most <= bound, "threads that stop hold less than the header says");
    ok(loft_hyaline_stats_get(&hy).holder == loft_hyaline_number(rec[2]), "the first that stopped is the holder");
    ok(loft_hyaline_drain(rec[0], LONG_AGO) == LOFT_TIMEOUT, "which a drain cannot wait for");
    loft_hyaline_exit(rec[2]);
    ok(loft_hyaline_drain(rec[0], LONG_AGO) == LOFT_TIMEOUT, "nor for the other");
    ok_eq(loft_hyaline_stats_get(&hy).holder, loft_hyaline_number(rec[3]), "which is the holder then");
    loft_hyaline_exit(rec[3]);
    ok(loft_hyaline_drain(rec[0], LOFT_FOREVER) == LOFT_OK && loft_hyaline_stats_get(&hy).pending == 0,
       "without them all is freed");
    for (int i = 0; i < THINGS; i++)
        loft_free((void *)loft_load(&word[i], relaxed), sizeof(struct thing));
    hy_end(made - THINGS);
}

/* Only nodes and records are allocated. */
static void
try_no_memory(void)
{
    enum { NODES = 100 };
    struct thing *n[NODES];
    hy_begin(4, 8, false);
    for (int i = 0; i < NODES; i++)
        n[i] = thing_make(rec[0]);
    loft_alloc_fail_from(0);
    loft_hyaline_enter(rec[4]);
    for (int i = 0; i < NODES; i++) {
        loft_hyaline_thread *const me = rec[i % 3];
        loft_hyaline_enter(me);
        loft_hyaline_retire(me, &n[i]->smr, thing_drop);
        loft_hyaline_exit(me);
    }
    const bool late = loft_hyaline_drain(rec[3], LONG_AGO) == LOFT_TIMEOUT;
    loft_hyaline_leave(rec[1]);
    loft_hyaline_exit(rec[4]);
    const bool done = loft_hyaline_drain(rec[3], LOFT_FOREVER) == LOFT_OK;
    rec[1] = loft_hyaline_join(&hy);
    const size_t asked = (size_t)loft_alloc_seen();
    (void)loft_alloc_fail_stop();
    ok(late && done && rec[1] && asked == 0, "retire, leave, drain, join where one has left: no memory needed");
    hy_end(NODES);
}

/* What somebody has left becomes part of another's batches. */
static void
try_left(void)
{
    hy_begin(4, 8, false);
    hy_retire(rec[1], 3);
    hy_retire(rec[2], RECORDS + 2);
    loft_hyaline_leave(rec[1]);
    loft_hyaline_leave(rec[2]);
    rec[1] = rec[2] = NULL;
    hy_retire(rec[0], 40);
    ok(loft_load(&gone, relaxed) >= 40, "who retires frees what others have left");
    ok(!loft_load(&hy.left[0], relaxed) && !loft_load(&hy.left[1], relaxed), "all of it");
    hy_end(3 + RECORDS + 2 + 40);
}

/* Where much was left at one time, it is not made one batch. */
static void
try_sizes(void)
{
    enum { VISITS = 20, BATCH = 8 };
    hy_begin(BATCH, 1000, false);
    loft_hyaline_enter(rec[4]);
    loft_hyaline_leave(rec[1]);
    size_t adrift = 0;
    for (int i = 0; i < VISITS; i++) {
        rec[1] = loft_hyaline_join(&hy);
        hy_retire(rec[1], BATCH - 1);
        loft_hyaline_leave(rec[1]);
        adrift += loft_exchange(&hy.adrift[0], (size_t)0, relaxed);   /* nobody takes it over so */
    }
    rec[1] = NULL;
    loft_store(&hy.adrift[0], adrift, relaxed);
    ok_eq(adrift, VISITS * (BATCH - 1), "it is counted");
    loft_hyaline_exit(rec[4]);
    loft_hyaline_enter(rec[4]);
    hy_retire(rec[0], 10u * BATCH);
    size_t most = 0;
    size_t least = (size_t)-1;
    size_t hung = 0;
    const loft_hyaline_node *node = loft_hyaline_node_(loft_load(&rec[4]->head, relaxed));
    for (; node; node = loft_hyaline_behind_(node)) {
        size_t size = 0;
        const loft_smr_node *n = &loft_hyaline_node_(loft_load(&node->batch, relaxed))->base;
        for (; n; n = n->next)
            size++;
        most = size > most ? size : most;
        least = size < least ? size : least;
        hung += size;
    }
    ok(hung > (VISITS + 8u) * (BATCH - 1u) && least >= BATCH && most < 2u * BATCH,
       "and hangs in batches of K nodes and less than 2 K");
    note("%lu nodes in all, %lu in one batch", (unsigned long)hung, (unsigned long)most);
    loft_hyaline_exit(rec[4]);
    hy_end(VISITS * (BATCH - 1) + 10u * BATCH);
}

static uint64_t
hy_fences(void)
{
    return loft_hyaline_stats_get(&hy).fences;
}

static size_t
fresh_in(const loft_hyaline_thread *t)
{
    size_t n = 0;
    for (const loft_smr_node *f = t->bags[loft_load(&hy.round, relaxed) % 2].fresh.head; f; f = f->next)
        n++;
    return n;
}

static bool
marked_in(const loft_hyaline_thread *t)
{
    return t->bags[loft_load(&hy.round, relaxed) % 2].marked.head != NULL;
}

/* Half a batch is marked, and goes by a fence that another has made since. */
static void
try_shared(loft_seq start)
{
    enum { BATCH = 40 };
    hy_begin(BATCH, 1000, false);
    if (!hy.asym) {
        ok_skip("fences for others", "no membarrier");
        hy_end(0);
        return;
    }
    hy_end(0);
    loft_hyaline_options o;
    memset(&o, 0, sizeof o);
    o.batch = BATCH;
    o.births = 1000;
    if (loft_hyaline_init(&hy, &o) != LOFT_OK)
        abort();
    loft_hyaline_start_at_(&hy, start);
    for (int i = 0; i < RECORDS; i++) {
        rec[i] = loft_hyaline_join(&hy);
        if (!rec[i])
            abort();
    }
    loft_hyaline_enter(rec[4]);                          /* before the mark: what is born after it is too young    */
    hy_retire(rec[0], BATCH / 2);
    ok(marked_in(rec[0]) && fresh_in(rec[0]) == 0 && hy_fences() == 0, "half a batch is marked");
    hy_retire(rec[1], BATCH);
    ok(hy_fences() == 1 && !marked_in(rec[1]) && fresh_in(rec[1]) == 0 && hangs_on(rec[4]) == 0,
       "a batch whose fence is its own is all there is");
    hy_retire(rec[0], BATCH / 2);
    ok(hy_fences() == 1 && hangs_on(rec[4]) == 1 && !marked_in(rec[0]) && fresh_in(rec[0]) == BATCH / 2,
       "one that goes by the fence of another is what was marked before it");
    hy_retire(rec[0], BATCH / 2);
    ok(marked_in(rec[0]) && fresh_in(rec[0]) == 0, "the rest is marked with the next half");
    hy_retire(rec[0], BATCH / 2);
    ok(hy_fences() == 2 && hangs_on(rec[4]) == 1 && !marked_in(rec[0]) && fresh_in(rec[0]) == 0,
       "a fence from before the mark is none");
    hy_retire(rec[2], BATCH / 2 + 3);
    loft_hyaline_leave(rec[2]);
    rec[2] = NULL;
    ok_eq(loft_load(&hy.adrift[0], relaxed), BATCH / 2 + 3, "what is marked is left behind like the rest");
    hy_retire(rec[3], BATCH / 2);
    loft_hyaline_exit(rec[4]);
    ok(loft_hyaline_drain(rec[0], LOFT_FOREVER) == LOFT_OK && loft_hyaline_stats_get(&hy).pending == 0,
       "and drained");
    loft_hyaline_enter(rec[4]);
    hy_retire(rec[0], BATCH / 2);
    ok(!marked_in(rec[0]) || fresh_in(rec[0]) == 0, "and the bag is as before");
    loft_hyaline_exit(rec[4]);
    hy_end(BATCH + 5u * (BATCH / 2) + BATCH / 2 + 3 + BATCH / 2);
}

/* As many as records are not enough to be marked, and a mark that is too small by now does not count. */
static void
try_few(void)
{
    enum { BATCH = 12 };
    hy_begin(BATCH, 1000, false);
    loft_hyaline_enter(rec[4]);
    hy_retire(rec[0], BATCH / 2);
    const bool marked = marked_in(rec[0]);
    loft_hyaline_thread *const late = loft_hyaline_join(&hy);
    hy_retire(rec[1], BATCH / 2);
    ok(marked == hy.asym && !marked_in(rec[1]), "half a batch that is no more than the records is not marked");
    hy_retire(rec[1], BATCH / 2);
    const uint64_t before = hy_fences();
    hy_retire(rec[0], BATCH / 2);
    ok(hy_fences() == before + 1 && hangs_on(rec[4]) == 1, "and what was marked makes no batch when there are more");
    loft_hyaline_exit(rec[4]);
    loft_hyaline_leave(late);
    hy_end(4u * (BATCH / 2));
}

/* Two that retire by turns make about three fences for four batches at most. */
static void
try_economy(void)
{
    enum { BATCH = 64, ROUNDS = 40 };
    hy_begin(BATCH, 16, false);
    uint64_t most = 0;
    for (size_t i = 0; i < 2u * BATCH * ROUNDS; i++) {
        hy_retire(rec[i % 2], 1);
        const uint64_t pending = loft_hyaline_stats_get(&hy).pending;
        most = pending > most ? pending : most;
    }
    note("%lu batches: %lu fences, %lu pending at most", 2ul * ROUNDS, (unsigned long)hy_fences(), (unsigned long)most);
    ok(hy_fences() <= (hy.asym ? ROUNDS + ROUNDS / 2 : 2 * ROUNDS), "fences are shared");
    ok(most <= 2u * 2u * BATCH, "no more than two batches of each are pending");
    hy_end(2u * BATCH * ROUNDS);
}

/* Threads that come, retire a little and go. How much was pending at most. */
static uint64_t
visits(int n)
{
    uint64_t most = 0;
    while (n--) {
        loft_hyaline_thread *const me = loft_hyaline_join(&hy);
        if (!me)
            abort();
        hy_retire(me, 5);
        loft_hyaline_leave(me);
        const uint64_t pending = loft_hyaline_stats_get(&hy).pending;
        most = pending > most ? pending : most;
    }
    return most;
}

static void *
drain_forever(void *record)
{
    const loft_status s = loft_hyaline_drain((loft_hyaline_thread *)record, LOFT_FOREVER);
    if (s != LOFT_OK)
        bad(BAD_RESULT);
    return NULL;
}

/* A section stops. Neither a drain that was too late, nor one that waits, nor a thread that has stopped in the midst of
 * taking something over keeps others from freeing what is left. */
static void
try_beside(bool sym)
{
    enum { BATCH = 8, VISITS = 400, BOUND = 2 * BATCH * (RECORDS + 2) };
    size_t made = 0;
    hy_begin(BATCH, 1, sym);
    loft_hyaline_enter(rec[4]);
    uint64_t most = visits(VISITS);
    made += VISITS * 5;
    ok(most < BOUND, "what is left is freed beside a section that has stopped");
    for (int i = 0; i < 3; i++) {
        const bool late = loft_hyaline_drain(rec[3], LONG_AGO) == LOFT_TIMEOUT;
        most = visits(VISITS);
        made += VISITS * 5;
        ok(late && most < 2 * BOUND, "and beside a stop that is not through");
    }
    ok(loft_smr_lock_(&hy.collector), "somebody takes that over, and stops");
    most = visits(VISITS);
    made += VISITS * 5;
    ok(most < 2 * BOUND, "it is freed all the same");
    loft_smr_unlock_(&hy.collector);
    pthread_t drains;
    if (pthread_create(&drains, NULL, drain_forever, rec[3]))
        abort();
    while (!loft_smr_locked_(&hy.collector))
        LOFT_YIELD();
    most = visits(VISITS);
    made += VISITS * 5;
    ok(most < 2 * BOUND, "and while a drain waits for the section");
        note("%lu pending at most of %lu", (unsigned long)most, (unsigned long)made);
    loft_hyaline_exit(rec[4]);
    pthread_join(drains, NULL);
    ok_eq(loft_hyaline_stats_get(&hy).pending, 0, "which frees all when that ends");
    hy_end(made);
}

/* What was left in one round is found in the next. */
static void
try_rounds(void)
{
    hy_begin(8, 1000, false);
    for (int i = 0; i < 5; i++) {
        loft_hyaline_thread *const me = loft_hyaline_join(&hy);
        hy_retire(me, 3);
        loft_hyaline_enter(rec[4]);                      /* a stop hangs there; something is left before and after */
        const bool late = loft_hyaline_drain(rec[3], LONG_AGO) == LOFT_TIMEOUT;
        loft_hyaline_leave(me);
        hy_retire(rec[2], 3);
        loft_hyaline_leave(rec[2]);
        rec[2] = loft_hyaline_join(&hy);
        loft_hyaline_exit(rec[4]);
        ok(late && loft_hyaline_drain(rec[1], LOFT_FOREVER) == LOFT_OK && loft_hyaline_stats_get(&hy).pending == 0,
           "a drain finds what was left before it, and before one that was too late");
    }
    loft_hyaline_enter(rec[4]);
    hy_retire(rec[1], 3);
    loft_hyaline_leave(rec[1]);
    ok_eq(loft_hyaline_drain(rec[3], LONG_AGO), LOFT_TIMEOUT, "too late once more");
    hy_retire(rec[2], 3);
    loft_hyaline_leave(rec[2]);
    loft_hyaline_exit(rec[4]);
    rec[1] = rec[2] = NULL;
    hy_end(5 * 6 + 6);                                   /* and so does fini                                       */
}

/* Something on the list may be freed, though what was left last may not. */
static void
try_behind(void)
{
    hy_begin(8, 1000, false);
    struct thing *const n = thing_make(rec[0]);
    n->smr.base.next = NULL;
    n->smr.base.drop = thing_drop;
    loft_hyaline_push_(&hy.spare[0], &n->smr, LOFT_HYALINE_FREE_);
    hy_retire(rec[1], 2);
    loft_hyaline_abandon_(&hy, 0, &rec[1]->bags[0]);
    loft_hyaline_leave(rec[2]);
    rec[2] = NULL;
    ok_eq(loft_load(&gone, relaxed), 1, "who leaves frees what may be, whatever is before it");
    hy_end(3);
}

static void
thing_exit(loft_smr_thread *me, loft_smr_node *node)
{
    thing_drop(me, node);
    pthread_exit(NULL);
}

static void *
dies_in_drop(void *unused)
{
    (void)unused;
    loft_hyaline_thread *const me = loft_hyaline_self(&hy);
    if (!me)
        abort();
    loft_hyaline_enter(me);
    loft_hyaline_retire(me, &thing_make(me)->smr, thing_exit);
    loft_hyaline_exit(me);
    for (;;)
        hy_retire(me, 1);
    return NULL;
}

static void *
dies_in_leave(void *unused)
{
    (void)unused;
    loft_hyaline_thread *const me = loft_hyaline_self(&hy);
    if (!me)
        abort();
    struct thing *const n = thing_make(me);
    n->smr.base.next = NULL;
    n->smr.base.drop = thing_exit;
    loft_hyaline_push_(&hy.spare[0], &n->smr, LOFT_HYALINE_FREE_);
    loft_hyaline_leave(me);
    return NULL;
}

/* A drop that ends the thread may be one of leave's: the record is left all the same. Whoever has it next frees what it
 * retires. */
static void
try_died(void)
{
    hy_begin(8, 1000, false);
    loft_hyaline_leave(rec[0]);                          /* so that they have it by turns                          */
    pthread_t dies;
    if (pthread_create(&dies, NULL, dies_in_drop, NULL))
        abort();
    pthread_join(dies, NULL);
    if (pthread_create(&dies, NULL, dies_in_leave, NULL))
        abort();
    pthread_join(dies, NULL);
    bool over = true;
    for (const loft_hyaline_thread *t = loft_hyaline_first_(&hy); t; t = loft_hyaline_next_(t))
        over = over && !loft_load(&t->head, relaxed);
    ok(over && loft_hyaline_stats_get(&hy).threads == RECORDS - 1, "a thread that ends in a drop of leave has left");
    rec[0] = loft_hyaline_join(&hy);
    const size_t before = loft_load(&gone, relaxed);
    hy_retire(rec[0], 100);
    ok(loft_load(&gone, relaxed) > before + 50, "a thread that ends in drop leaves a record that frees");
    hy_end((size_t)loft_hyaline_stats_get(&hy).retired + 1);                    /* the one that leave dropped */
}

/* A batch that comes back to a record that nobody has. */
static void
try_nobody(void)
{
    hy_begin(1, 1000, false);
    loft_hyaline_enter(rec[3]);
    hy_retire(rec[1], RECORDS + 1);
    ok_eq(hangs_on(rec[3]), 1, "a batch hangs on a section");
    loft_hyaline_leave(rec[1]);
    loft_hyaline_thread *const left = rec[1];
    rec[1] = NULL;
    loft_hyaline_exit(rec[3]);
    ok(loft_load(&left->done, relaxed) != NULL, "when that ends its owner is gone");
    hy_retire(rec[0], 2u * RECORDS + 2);
    ok(!loft_load(&left->done, relaxed), "whoever finishes a batch takes it over");
    ok_eq(loft_hyaline_drain(rec[0], LOFT_FOREVER), LOFT_OK, "drained");
    hy_end(3u * (RECORDS + 1));
}

/* Visitors, some at a time, each of so many nodes: in turns, a section for each, or all in one. Beside them perhaps one
 * who stays, and retires as many, in sections of forty. */
static void
try_visitors(size_t batch, size_t each, size_t at_once, size_t frees, bool one, bool beside)
{
    const size_t visits = (size_t)scaled(20000) / each + 100u * at_once;
    const size_t k = batch > RECORDS + 1 ? batch : RECORDS + 1u;
    const size_t bound = 9u * (at_once + 1u) * (k + each);
    size_t left[RECORDS];
    size_t stayed = 0;
    uint64_t most = 0;
    char line[200];
    snprintf(line, sizeof line, "%lu visits of %lu nodes, %s, %lu at a time, batch %lu, frees %lu%s",
             (unsigned long)visits, (unsigned long)each, one ? "in one section" : "in as many", (unsigned long)at_once,
             (unsigned long)batch, (unsigned long)frees, beside ? ", and one who stays" : "");
    hy_begin(batch, 0, false);
    hy.frees = frees;
    for (size_t i = 0; i < at_once; i++)
        left[i] = each * (i + 1u) / at_once + 1u;
    for (size_t n = 0, gone_by = 0; gone_by < visits; n++) {
        loft_hyaline_thread **const me = &rec[n % at_once];
        for (size_t i = 0; beside && i < (one ? each / 2u + 1u : 1u); i++) {
            if (stayed % 40u == 0)
                loft_hyaline_enter(rec[RECORDS - 1]);
            loft_hyaline_retire(rec[RECORDS - 1], &thing_make(rec[RECORDS - 1])->smr, thing_drop);
            if (++stayed % 40u == 0)
                loft_hyaline_exit(rec[RECORDS - 1]);
        }
        if (one) {
            loft_hyaline_enter(*me);
            for (size_t i = 0; i < each; i++)
                loft_hyaline_retire(*me, &thing_make(*me)->smr, thing_drop);
            loft_hyaline_exit(*me);
        } else {
            hy_retire(*me, 1);
            if (--left[n % at_once])
                continue;
        }
        loft_hyaline_leave(*me);
        *me = loft_hyaline_join(&hy);
        if (!*me)
            abort();
        left[n % at_once] = each;
        gone_by++;
        const uint64_t pending = loft_hyaline_stats_get(&hy).pending;
        most = pending > most ? pending : most;
    }
    if (!ok(most <= bound, line))
        note("%lu pending at most", (unsigned long)most);
    if (beside && stayed % 40u)
        loft_hyaline_exit(rec[RECORDS - 1]);
    hy_end((size_t)loft_hyaline_stats_get(&hy).retired);
}

/* What others have left is taken a batch at a time, by who has nothing to free. */
static void
try_supply(void)
{
    hy_begin(8, 1000, false);
    for (int i = 0; i < 3; i++) {
        struct thing *const n = thing_make(rec[4]);
        n->smr.base.next = NULL;
        n->smr.base.drop = thing_drop;
        loft_hyaline_push_(&hy.spare[0], &n->smr, LOFT_HYALINE_FREE_);
    }
    for (int i = 0; i < 3; i++) {
        hy_retire(rec[i], 1);                            /* by retire; there is another for exit                   */
        hy.frees = 0;
        ok_eq(loft_load(&gone, relaxed), i < 1 ? 2 : 3, "who has nothing to free takes one in each call");
        hy.frees = 2;
    }
    hy_end(6);
}

int
main(void)
{
    contract("smr/hyaline");
    for (int sym = 0; sym < 2; sym++) {
        try_batches(sym != 0);
        try_eras(sym != 0);
        try_held(sym != 0);
        try_beside(sym != 0);
    }
    try_no_memory();
    try_left();
    try_sizes();
    try_shared(1);
    try_shared((loft_seq)0 - 3u);
    try_few();
    try_rounds();
    try_behind();
    try_died();
    try_economy();
    try_nobody();
    try_supply();
    try_visitors(32, 33, 3, 2, false, false);
    try_visitors(32, 33, 5, 1, false, false);
    try_visitors(1, 4, 5, 2, false, false);
    try_visitors(1, 6, 3, 1, true, false);
    try_visitors(1, 29, 5, 1, true, false);
    try_visitors(4, 33, 4, 1, true, true);
    try_visitors(1, 4, 2, 1, false, true);
    try_visitors(32, 161, 3, 1, true, true);
    return done();
}
