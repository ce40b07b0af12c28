/* SPDX-License-Identifier: MIT
 *
 * tests/smr/contract.h - what smr/contract.h promises, asked of one scheme: of its threads, sections, slots, retired
 * nodes, drains, statistics, forks, and under threads that do everything at once.
 *
 * A program is the scheme's header and these lines; its head asks for `build: flags -DLOFT_ALLOC_STATS
 * -DLOFT_ALLOC_FAULTS`:
 *
 *     #include "threads.h"
 *     #include <loft/smr/ebr.h>
 *     #define SMR loft_ebr
 *     #include "contract.h"
 *     int main(void) { contract("smr/ebr"); return done(); }
 *
 * Of the scheme it knows its traits, and what these macros say, all of them optional:
 *
 *     SMR_NEAR_END(d, n)             a domain that nobody has joined goes on n epochs or eras before its counter ends
 *     SMR_BOUND(threads, batch)      S_robust: nodes that may be pending at most while threads stop anywhere; each
 *                                    thread retires and holds one node at a time
 *     SMR_IDLE(threads, batch)       nodes that may be pending while no thread stops, each thread by turns
 *     SMR_ROBUST(d)                  whether it is robust here and now; S_robust without it
 *     SMR_FORK_LOST(records, batch)  nodes of other threads that may be lost in a child where one was just retiring or
 *                                    reading when the fork came
 *     SMR_NEVER 1                    nothing is ever freed; the test gives all nodes back itself
 *     SMR_DRAINS_INSIDE 1            a drain in a section is not refused: it ends that
 *     SMR_JOINED(me)                 what a thread does after join and self, to be in no section
 *     SMR_ENTER(me)  SMR_EXIT(me)    what begins and ends a section, where enter and exit alone do not
 *
 * Nodes are not given back to the allocator when they are dropped, but when the test ends: until then they are full of
 * rubbish, and remember that they were dropped. With AddressSanitizer, which sees more, they are given back at once.
 */
#ifndef LOFT_TESTS_SMR_CONTRACT_H
#define LOFT_TESTS_SMR_CONTRACT_H

#if !defined(LOFT_ALLOC_STATS) || !defined(LOFT_ALLOC_FAULTS)
#  error "tests/smr/contract.h: build with -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS"
#endif

#include <loft/core/alloc.h>
#include <loft/core/park.h>

#include "tap.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define S_(f) LOFT_CAT(SMR, f)

#if S_(smr) != 1
#  error "tests/smr/contract.h: SMR names no scheme of this version of the contract"
#endif
#if !defined(SMR_NEVER)
#  define SMR_NEVER 0
#endif
#if !defined(SMR_ROBUST)
#  define SMR_ROBUST(d) ((bool)S_(robust))
#endif
#if !defined(SMR_JOINED)
#  define SMR_JOINED(me) ((void)0)
#endif
#if defined(SMR_ENTER)
#  define SMR_NESTS 0
#else
#  define SMR_NESTS S_(nests)
#  define SMR_ENTER(me) S_(enter)(me)
#  define SMR_EXIT(me) S_(exit)(me)
#endif
#if !defined(SMR_DRAINS_INSIDE)
#  define SMR_DRAINS_INSIDE 0
#endif
#if !defined(SMR_FORK_LOST)
#  define SMR_FORK_LOST(records, batch) ((size_t)0)
#endif

typedef SMR          test_domain;
typedef S_(thread)   test_record;
typedef S_(node)     test_node;
typedef S_(options)  test_options;
typedef S_(stats)    test_stats;

#define TEST_MS  UINT64_C(1000000)
#define LONG_AGO UINT64_C(0)

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

#define STAMP UINT64_C(0x9e3779b97f4a7c15)

enum item_state { ITEM_OURS = 1, ITEM_RETIRED, ITEM_DROPPED };

struct item {
    test_node smr;
    uint64_t stamp;                                      /* value ^ STAMP while the node is whole                  */
    uint64_t value;
    struct item *chain;                                  /* drop retires this one                                  */
    LOFT_ATOMIC(size_t) *told;                           /* drop adds one                                          */
    void (*also)(void);                                  /* drop calls it                                          */
    struct item *grave;                                  /* from here on nothing is poisoned                       */
    LOFT_ATOMIC(int) state;
};

static test_domain domain;

/* What happened since setup(). */
static LOFT_ATOMIC(size_t) made_count, dropped_count, asked_count, retired_count;
static LOFT_ATOMIC(size_t) made_sum, dropped_sum;
static LOFT_ATOMIC(uintptr_t) graves;
static bool keep_nodes = !TAP_ASAN;
static bool chain_enters;
static size_t frees_limit, leave_limit;

/* What must never happen. */
enum bad { BAD_TWICE, BAD_CALL, BAD_MANY, BAD_RECORD, BAD_STAMP, BAD_SHARED, BAD_RESULT, BAD_KINDS };
static LOFT_ATOMIC(size_t) bad_count[BAD_KINDS];
static const char *const bad_name[BAD_KINDS] = {
    "drops of nodes that are not retired, or were dropped before",
    "drops outside S_retire, S_exit, S_leave, S_drain and S_fini",
    "calls that dropped more nodes than they may",
    "drops with another record than the caller's",
    "nodes dropped under a section that held them",
    "records or numbers that two threads had at one time",
    "results that must not be"
};

TEST_UNUSED_ static void
bad(enum bad what)
{
    loft_fetch_add(&bad_count[what], 1u, relaxed);
}

/* ---- calls, watched ---------------------------------------------------------------------------------------------- */

/* Which call of the scheme this thread is in; none, where it ends and leaves. */
enum call { CALL_NONE, CALL_RETIRE, CALL_EXIT, CALL_LEAVE, CALL_DRAIN, CALL_FINI, CALL_OTHER };

struct frame {
    enum call call;
    const void *me;
    size_t drops;
};

static TEST_THREAD_LOCAL_ struct frame now_in;
static TEST_THREAD_LOCAL_ size_t drop_depth;
static LOFT_ATOMIC(size_t) drop_depth_most;

static struct frame
call_begin(enum call call, const void *me)
{
    const struct frame outer = now_in;
    now_in.call = call;
    now_in.me = me;
    now_in.drops = 0;
    return outer;
}

static void
call_end(const struct frame *outer)
{
    const size_t drops = now_in.drops;
    if ((now_in.call == CALL_RETIRE || now_in.call == CALL_EXIT) && drops > frees_limit)
        bad(BAD_MANY);
    if (now_in.call == CALL_LEAVE && drops > leave_limit)
        bad(BAD_MANY);
    now_in = *outer;
    if (now_in.call != CALL_NONE)
        now_in.drops += drops;
}

static void
do_enter(test_record *me)
{
    const struct frame outer = call_begin(CALL_OTHER, me);
    SMR_ENTER(me);
    call_end(&outer);
}

static void
do_exit(test_record *me)
{
    const struct frame outer = call_begin(CALL_EXIT, me);
    SMR_EXIT(me);
    call_end(&outer);
}

static test_record *
do_join(void)
{
    const struct frame outer = call_begin(CALL_OTHER, NULL);
    test_record *const me = S_(join)(&domain);
    if (me)
        SMR_JOINED(me);
    call_end(&outer);
    return me;
}

static test_record *
do_self_in(test_domain *d)
{
    const struct frame outer = call_begin(CALL_OTHER, NULL);
    test_record *const me = S_(self)(d);
    if (me)
        SMR_JOINED(me);
    call_end(&outer);
    return me;
}

static test_record *
do_self(void)
{
    return do_self_in(&domain);
}

static void
do_leave(test_record *me)
{
    const struct frame outer = call_begin(CALL_LEAVE, me);
    S_(leave)(me);
    call_end(&outer);
}

static loft_status
do_drain(test_record *me, uint64_t deadline)
{
    const struct frame outer = call_begin(CALL_DRAIN, me);
    const loft_status s = S_(drain)(me, deadline);
    call_end(&outer);
    return s;
}

static loft_status
do_fini(void)
{
    const struct frame outer = call_begin(CALL_FINI, NULL);
    const loft_status s = S_(fini)(&domain);
    call_end(&outer);
    return s;
}

static test_stats
do_stats(void)
{
    const struct frame outer = call_begin(CALL_OTHER, NULL);
    const test_stats s = S_(stats_get)(&domain);
    call_end(&outer);
    return s;
}

/* ---- nodes: made, retired, dropped ------------------------------------------------------------------------------- */

static struct item *
item_of(uintptr_t word)
{
    return (struct item *)(word & ~LOFT_SMR_MARKS);
}

static bool
item_good(const struct item *n)
{
    return n->stamp == (n->value ^ STAMP);
}

static void
item_drop(struct loft_smr_thread *me, struct loft_smr_node *node);

TEST_UNUSED_ static void
item_bury(struct item *n)
{
    uintptr_t top = loft_load(&graves, relaxed);
    do
        n->grave = (struct item *)top;
    while (!loft_cas_weak(&graves, &top, (uintptr_t)n, release, relaxed));
}

static void
do_retire(test_record *me, struct item *n)
{
    loft_store(&n->state, (int)ITEM_RETIRED, relaxed);
    loft_fetch_add(&asked_count, 1u, relaxed);
    const struct frame outer = call_begin(CALL_RETIRE, me);
    S_(retire)(me, &n->smr, item_drop);
    call_end(&outer);
#if SMR_NEVER
    item_bury(n);
#endif
    loft_fetch_add(&retired_count, 1u, release);
}

static void
item_drop(struct loft_smr_thread *me, struct loft_smr_node *node)
{
    struct item *const n = (struct item *)(void *)node;
    if (loft_exchange(&n->state, (int)ITEM_DROPPED, relaxed) != (int)ITEM_RETIRED) {
        bad(BAD_TWICE);
        return;
    }
    if (now_in.call == CALL_OTHER)
        bad(BAD_CALL);
    if (now_in.call != CALL_FINI && now_in.call != CALL_NONE && (const void *)me != now_in.me)
        bad(BAD_RECORD);
    now_in.drops++;
    drop_depth++;
    size_t most = loft_load(&drop_depth_most, relaxed);
    while (drop_depth > most && !loft_cas_weak(&drop_depth_most, &most, drop_depth, relaxed, relaxed))
        continue;
    if (!item_good(n))
        bad(BAD_STAMP);
    struct item *const chain = n->chain;
    LOFT_ATOMIC(size_t) *const told = n->told;
    void (*const also)(void) = n->also;
    loft_fetch_add(&dropped_sum, (size_t)n->value, relaxed);
    loft_fetch_add(&dropped_count, 1u, relaxed);
    if (keep_nodes) {
        memset((void *)n, 0xdd, offsetof(struct item, grave));
        item_bury(n);
    } else {
        loft_free(n, sizeof *n);
    }
    if (also)
        also();
    if (chain) {
        test_record *const mine = (test_record *)(void *)me;
#if SMR_NESTS
        if (chain_enters)
            do_enter(mine);
        do_retire(mine, chain);
        if (chain_enters)
            do_exit(mine);
#else
        do_retire(mine, chain);
#endif
    }
    if (told)
        loft_fetch_add(told, 1u, release);
    drop_depth--;
}

/* Every other node is memory of ours. */
static struct item *
item_make(test_record *me, uint64_t value)
{
    static LOFT_ATOMIC(unsigned) turn;
    struct item *n;
    if (loft_fetch_add(&turn, 1u, relaxed) & 1u) {
        n = (struct item *)S_(alloc_node)(me, sizeof *n);
        if (!n)
            return NULL;
    } else {
        n = (struct item *)loft_alloc(sizeof *n);
        if (!n)
            return NULL;
        memset((void *)n, 0xee, sizeof *n);
        S_(born)(me, &n->smr);
    }
    n->value = value;
    n->stamp = value ^ STAMP;
    n->chain = NULL;
    n->told = NULL;
    n->also = NULL;
    n->grave = NULL;
    loft_init(&n->state, (int)ITEM_OURS);
    loft_fetch_add(&made_sum, (size_t)value, relaxed);
    loft_fetch_add(&made_count, 1u, relaxed);
    return n;
}

static void
bury(void)
{
    struct item *n = (struct item *)loft_exchange(&graves, (uintptr_t)0, acquire);
    while (n) {
        struct item *const next = n->grave;
        loft_free(n, sizeof *n);
        n = next;
    }
}

/* One node in a section of its own. */
static void
retire_one(test_record *me, uint64_t value, LOFT_ATOMIC(size_t) *told)
{
    struct item *const n = item_make(me, value);
    if (!n) {
        bad(BAD_RESULT);
        return;
    }
    n->told = told;
    do_enter(me);
    do_retire(me, n);
    do_exit(me);
}

static void
retire_many(test_record *me, size_t count, LOFT_ATOMIC(size_t) *told)
{
    for (size_t i = 0; i < count; i++)
        retire_one(me, i, told);
}

/* n may be NULL. What stood there is retired. */
static void
put(test_record *me, LOFT_ATOMIC(uintptr_t) *word, struct item *n)
{
    do_enter(me);
    struct item *const old = item_of(loft_exchange(word, (uintptr_t)n, acq_rel));
    if (old)
        do_retire(me, old);
    do_exit(me);
}

/* In a section: the node that the word leads to, in our hands until its end. In a function of its own, because where
 * sections are restarted S_read may be returned to until S_write. */
static struct item *
take(test_record *me, size_t slot, const LOFT_ATOMIC(uintptr_t) *from)
{
    S_(read)(me);
    struct item *const n = item_of(S_(protect)(me, slot, from));
    S_(write)(me, n, NULL, NULL);
    return n;
}

#if !SMR_NEVER
/* Whether all told `want`, after as many operations as any scheme may need. */
static bool
told_in_time(test_record *me, const LOFT_ATOMIC(size_t) *told, size_t want)
{
    for (int i = 0; i < 20000 && loft_load(told, acquire) < want; i++)
        retire_one(me, 0, NULL);
    return loft_load(told, acquire) == want;
}
#endif

/* ---- a test ------------------------------------------------------------------------------------------------------ */

static loft_seq live_before;
static bool symmetric;
#if defined(SMR_NEAR_END)
static loft_seq near_end;
#endif

static test_options
options_of(size_t batch, size_t frees)
{
    test_options o;
    memset(&o, 0, sizeof o);
    o.batch = batch;
    o.frees = frees;
    o.births = batch == 1;
    o.symmetric = symmetric;
    return o;
}

static void
forget(void)
{
    loft_store(&made_count, (size_t)0, relaxed);
    loft_store(&dropped_count, (size_t)0, relaxed);
    loft_store(&asked_count, (size_t)0, relaxed);
    loft_store(&retired_count, (size_t)0, relaxed);
    loft_store(&made_sum, (size_t)0, relaxed);
    loft_store(&dropped_sum, (size_t)0, relaxed);
    for (int i = 0; i < BAD_KINDS; i++)
        loft_store(&bad_count[i], (size_t)0, relaxed);
}

static void
limit_frees(const test_options *o)
{
    frees_limit = o && o->frees != 0 ? o->frees : (size_t)-1;
    /* A batch, beside the few of any call. */
    leave_limit = o && o->batch != 0 && frees_limit < 1000 ? o->batch + frees_limit : (size_t)-1;
}

static void
setup_with(const test_options *o)
{
    forget();
    limit_frees(o);
    live_before = loft_alloc_stats_get().live;
    if (S_(init)(&domain, o) != LOFT_OK) {
        fprintf(stderr, "tests/smr/contract.h: no domain\n");
        abort();
    }
#if defined(SMR_NEAR_END)
    if (near_end)
        SMR_NEAR_END(&domain, near_end);
#endif
}

static void
setup(size_t batch, size_t frees)
{
    const test_options o = options_of(batch, frees);
    setup_with(&o);
}

static bool
nothing_bad(void)
{
    bool good = true;
    for (int i = 0; i < BAD_KINDS; i++) {
        const size_t n = loft_load(&bad_count[i], relaxed);
        if (n) {
            note("%lu %s", (unsigned long)n, bad_name[i]);
            good = false;
        }
    }
    return good;
}

/* The domain ends here. All is accounted for: what was retired was dropped once, and no block of memory is out. */
static void
teardown(const char *what)
{
    bool good = true;
    const loft_status s = do_fini();
    if (s != LOFT_OK) {
        note("fini: %s", loft_status_name(s));
        good = false;
    }
    bury();
    const size_t made = loft_load(&made_count, acquire);
    const size_t dropped = loft_load(&dropped_count, acquire);
    const size_t retired = loft_load(&retired_count, acquire);
    if (dropped != (SMR_NEVER ? 0 : retired) || retired != made
        || (!SMR_NEVER && loft_load(&made_sum, acquire) != loft_load(&dropped_sum, acquire))) {
        note("%lu nodes made, %lu retired, %lu dropped", (unsigned long)made, (unsigned long)retired,
             (unsigned long)dropped);
        good = false;
    }
    if (!nothing_bad())
        good = false;
    const loft_seq live = loft_alloc_stats_get().live;
    if (live != live_before) {
        note("%lu blocks of memory before, %lu after", (unsigned long)live_before, (unsigned long)live);
        good = false;
    }
    char line[200];
    snprintf(line, sizeof line, "%s: every node dropped %s, no memory lost%s", what,
             SMR_NEVER ? "never" : "once", symmetric ? ", symmetric" : "");
    ok(good, line);
}

static bool
stats_same(const test_stats *a, const test_stats *b)
{
    return a->retired == b->retired && a->freed == b->freed && a->pending == b->pending && a->peak == b->peak
           && a->threads == b->threads && a->records == b->records;
}

static const char *watched = "";

static void
bark(int sig)
{
    static const char text[] = "not ok - still running: ";
    (void)sig;
    if (write(1, text, sizeof text - 1) >= 0 && write(1, watched, strlen(watched)) >= 0 && write(1, "\n", 1) >= 0)
        _exit(1);
    _exit(2);
}

/* A scheme that loses its way makes a drain wait for ever: a failed test instead, with the name of what was going on,
 * a little before those who run the tests would end it (LIMIT). */
static void
watch(const char *what)
{
    const char *limit = getenv("LIMIT");
    const long seconds = limit ? strtol(limit, NULL, 10) : 120;
    watched = what;
    signal(SIGALRM, bark);
    alarm((unsigned)(seconds > 20 && seconds < 100000 ? seconds - 10 : 110));
}

/* ---- actors: threads that do what they are told, one thing at a time --------------------------------------------- */

struct actor {
    pthread_t id;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    void (*todo)(struct actor *);
    bool quit;
    test_record *me;
    struct item *held;
    LOFT_ATOMIC(uintptr_t) *from;
    LOFT_ATOMIC(size_t) *told;
    size_t count;
};

static void *
actor_main(void *p)
{
    struct actor *const a = (struct actor *)p;
    pthread_mutex_lock(&a->lock);
    for (;;) {
        while (!a->todo && !a->quit)
            pthread_cond_wait(&a->moved, &a->lock);
        if (!a->todo)
            break;
        void (*const todo)(struct actor *) = a->todo;
        pthread_mutex_unlock(&a->lock);
        todo(a);
        pthread_mutex_lock(&a->lock);
        a->todo = NULL;
        pthread_cond_broadcast(&a->moved);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

static void
actor_start(struct actor *a, LOFT_ATOMIC(uintptr_t) *from)
{
    memset((void *)a, 0, sizeof *a);
    a->from = from;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->moved, NULL);
    if (pthread_create(&a->id, NULL, actor_main, a) != 0)
        abort();
}

static void
act_begin(struct actor *a, void (*todo)(struct actor *))
{
    pthread_mutex_lock(&a->lock);
    a->todo = todo;
    pthread_cond_broadcast(&a->moved);
    pthread_mutex_unlock(&a->lock);
}

static void
act_wait(struct actor *a)
{
    pthread_mutex_lock(&a->lock);
    while (a->todo)
        pthread_cond_wait(&a->moved, &a->lock);
    pthread_mutex_unlock(&a->lock);
}

static void
act(struct actor *a, void (*todo)(struct actor *))
{
    act_begin(a, todo);
    act_wait(a);
}

/* The thread ends; whether it has left the domain is its affair. */
static void
actor_end(struct actor *a)
{
    pthread_mutex_lock(&a->lock);
    a->quit = true;
    pthread_cond_broadcast(&a->moved);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->id, NULL);
    pthread_cond_destroy(&a->moved);
    pthread_mutex_destroy(&a->lock);
}

static void a_join(struct actor *a) { a->me = do_join(); }
static void a_self(struct actor *a) { a->me = do_self(); }
static void a_enter(struct actor *a) { do_enter(a->me); }
static void a_retire(struct actor *a) { retire_many(a->me, a->count, a->told); }

static void
a_leave(struct actor *a)
{
    do_leave(a->me);
    a->me = NULL;
}

static void
a_hold(struct actor *a)
{
    do_enter(a->me);
    a->held = take(a->me, 0, a->from);
}

static void
a_look(struct actor *a)
{
    if (!item_good(a->held))
        bad(BAD_STAMP);
}

static void
a_exit(struct actor *a)
{
    if (a->held)
        a_look(a);
    do_exit(a->me);
    a->held = NULL;
}

static void
actor_join(struct actor *a, LOFT_ATOMIC(uintptr_t) *from)
{
    actor_start(a, from);
    act(a, a_join);
    if (!a->me)
        abort();
}

static void
actor_leave(struct actor *a)
{
    act(a, a_leave);
    actor_end(a);
}

/* ---- init and fini ----------------------------------------------------------------------------------------------- */

static LOFT_ATOMIC(uintptr_t) place, place2;

static bool
stats_blank(const test_stats *s)
{
    return s->retired == 0 && s->freed == 0 && s->pending == 0 && s->peak == 0 && s->threads == 0 && s->records == 0
           && s->holder == 0 && s->signals == 0 && s->restarts == 0;
}

static void
try_init(void)
{
    forget();
    limit_frees(NULL);
    live_before = loft_alloc_stats_get().live;
    ok(S_(init)(&domain, NULL) == LOFT_OK, "init without options");
    test_stats s = do_stats();
    ok(stats_blank(&s), "a new domain has counted nothing");
    test_record *me = do_join();
    retire_many(me, 3, NULL);
    do_leave(me);
    teardown("init without options");

    test_options o;
    memset(&o, 0, sizeof o);
    setup_with(&o);
    s = do_stats();
    ok(stats_blank(&s), "nor has the next one in the same place");
    teardown("options of zeros, nobody joined");

    bool good = true;
    size_t n = 0;
    for (;; n++) {
        forget();
        live_before = loft_alloc_stats_get().live;
        loft_alloc_fail_after(n);
        const loft_status got = S_(init)(&domain, NULL);
        const size_t failed = loft_alloc_fail_stop();
        if (got == LOFT_OK) {
            if (do_fini() != LOFT_OK)
                good = false;
        } else if (got != LOFT_NOMEM || !failed) {
            good = false;
        }
        if (loft_alloc_stats_get().live != live_before)
            good = false;
        if (!failed || n > 100)
            break;
    }
    ok(good && n < 100, "init with each of its allocations failing: OK or NOMEM, nothing lost");

    /* Keys of the system's are few: a domain gives its own back. */
    good = true;
    for (int i = 0; i < 2000 && good; i++) {
        good = S_(init)(&domain, NULL) == LOFT_OK;
        if (good && i % 50 == 0) {
            me = do_self();
            good = me != NULL;
            if (me)
                do_leave(me);
        }
        if (S_(fini)(&domain) != LOFT_OK)
            good = false;
    }
    ok(good, "two thousand domains, one after the other");
}

static void
try_fini(void)
{
    LOFT_ATOMIC(size_t) told;
    loft_init(&told, (size_t)0);
    setup(4, 0);
    test_record *const me = do_join();
    struct actor a;
    actor_join(&a, &place);
    loft_init(&place, (uintptr_t)item_make(me, 1));
    item_of(loft_load(&place, relaxed))->told = &told;
    act(&a, a_hold);
    put(me, &place, NULL);
    retire_many(me, 20, NULL);
    const test_stats before = do_stats();
    const size_t dropped = loft_load(&dropped_count, relaxed);
    ok(do_fini() == LOFT_INVAL, "fini with another's section open: INVAL");
    const test_stats after = do_stats();
    ok(stats_same(&before, &after) && loft_load(&told, relaxed) == 0
       && loft_load(&dropped_count, relaxed) == dropped, "nothing happened");
    act(&a, a_look);
    retire_many(me, 20, NULL);
    ok(loft_load(&told, relaxed) == 0, "the section goes on, and so does everything else");
    act(&a, a_exit);

    do_enter(me);
    ok(do_fini() == LOFT_INVAL, "fini in a section of one's own: INVAL");
    do_exit(me);
    retire_many(me, 2, NULL);
    teardown("fini with two threads joined, outside sections");
    ok_eq(loft_load(&told, relaxed), !SMR_NEVER, "fini drops what is pending");
    actor_end(&a);
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

#define MANY_RECORDS 40

static void
try_join(void)
{
    test_record *r[MANY_RECORDS];
    test_options o = options_of(0, 0);
    o.threads = 3;
    setup_with(&o);
    for (int i = 0; i < 3; i++)
        r[i] = do_join();
    ok(r[0] && r[1] && r[2], "as many records as options.threads");
    ok(!do_join() && !do_join(), "and no more");
    ok_eq(do_stats().threads, 3, "the refused are not counted");
    do_leave(r[1]);
    r[1] = do_join();
    ok(r[1] && !do_join(), "who leaves makes room for one");
    for (int i = 0; i < 3; i++)
        do_leave(r[i]);
    bool good = true;
    for (int turn = 0; turn < 100; turn++) {
        for (int i = 0; i < 3; i++) {
            r[i] = do_join();
            good = good && r[i];
        }
        good = good && !do_join();
        for (int i = 0; i < 3; i++)
            do_leave(r[i]);
    }
    ok(good, "the limit holds however often threads come and go");
    ok(do_stats().threads == 0 && do_stats().records == 3, "threads: now; records: at one time, at most");
    teardown("a limit of threads");

    setup(0, 0);
    good = true;
    for (size_t i = 0; i < MANY_RECORDS; i++) {
        r[i] = do_join();
        good = good && r[i] && S_(number)(r[i]) != 0;
        for (size_t j = 0; good && j < i; j++)
            good = r[i] != r[j] && S_(number)(r[i]) != S_(number)(r[j]);
    }
    ok(good, "no limit: forty records, each with a number of its own that is not 0");
    ok(do_stats().threads == MANY_RECORDS && do_stats().records == MANY_RECORDS, "they are counted");
    for (size_t i = 0; i < MANY_RECORDS; i += 2)
        do_leave(r[i]);
    ok(do_stats().threads == MANY_RECORDS / 2 && do_stats().records == MANY_RECORDS, "half of them leave");
    good = true;
    for (size_t i = 0; i < MANY_RECORDS; i += 2) {
        r[i] = do_join();
        good = good && r[i];
        for (size_t j = 0; good && j < MANY_RECORDS; j++)
            good = j == i || (j > i && j % 2 == 0)
                   || (r[i] != r[j] && S_(number)(r[i]) != S_(number)(r[j]));
    }
    ok(good, "others come, and get none that is in use");
    ok(do_stats().threads == MANY_RECORDS && do_stats().records == MANY_RECORDS, "records are used again");
    for (size_t i = 0; i < MANY_RECORDS; i++)
        do_leave(r[i]);
    ok_eq(do_stats().threads, 0, "all left");
    teardown("forty records");

    /* Coming and going for ever takes no memory. */
    setup(8, 0);
    for (int i = 0; i < 100; i++)
        do_leave(do_join());
    const loft_seq live = loft_alloc_stats_get().live;
    for (int i = 0; i < 5000; i++)
        do_leave(do_join());
    ok(loft_alloc_stats_get().live <= live + 8, "five thousand times in and out: no more memory than after a hundred");
    ok_eq(do_stats().records, 1, "all with one record");
    teardown("in and out");
}

static void
try_join_no_memory(void)
{
    setup(0, 0);
    bool good = true;
    size_t refused = 0;
    for (size_t n = 0; n < 50; n++) {
        const test_stats before = do_stats();
        const loft_seq live = loft_alloc_stats_get().live;
        loft_alloc_fail_after(n);
        test_record *const me = do_join();
        const size_t failed = loft_alloc_fail_stop();
        const test_stats after = do_stats();
        if (!me) {
            refused++;
            good = good && failed == 1 && after.threads == before.threads && after.records == before.records;
            /* A record that is there and could not be filled may wait for the next. */
            good = good && loft_alloc_stats_get().live <= live + n;
        } else {
            good = good && after.threads == before.threads + 1;
            retire_many(me, 3, NULL);
            if (!failed)
                n = 50;
        }
    }
    ok(good && refused > 0, "join with each of its allocations failing: NULL, and nothing changed");
    test_record *const next = do_join();
    ok(next != NULL, "the next gets its record");
    teardown("join without memory");

    test_options o = options_of(0, 0);
    o.threads = 1;
    setup_with(&o);
    for (size_t n = 0; n < 3; n++) {
        loft_alloc_fail_from(0);
        test_record *const me = do_join();
        loft_alloc_fail_stop();
        ok(!me, "no memory at all: NULL");
    }
    test_record *const me = do_join();
    ok(me != NULL, "who was refused for want of memory does not count for the limit");
    teardown("join without memory, a limit of one");
}

/* What a thread leaves behind is freed: by what others do, by drain, by fini. */
static void
try_leave(void)
{
    LOFT_ATOMIC(size_t) told;
    loft_init(&told, (size_t)0);
    setup(8, 0);
    test_record *me = do_join();
    struct actor a;
    actor_start(&a, &place);
    a.told = &told;
    a.count = 5;
    act(&a, a_join);
    act(&a, a_retire);
    act(&a, a_leave);
#if !SMR_NEVER
    ok(told_in_time(me, &told, 5), "left behind: freed by what others do");
#endif
    act(&a, a_join);
    act(&a, a_retire);
    act(&a, a_leave);
#if !SMR_NEVER
    ok(do_drain(me, LOFT_FOREVER) == LOFT_OK && loft_load(&told, relaxed) == 10, "left behind: freed by a drain");
#endif
    act(&a, a_join);
    act(&a, a_retire);
    act(&a, a_leave);
    actor_end(&a);
    do_leave(me);
    ok(loft_load(&told, relaxed) <= 15, "nothing is dropped early");
    teardown("left behind, then fini");
    ok_eq(loft_load(&told, relaxed), SMR_NEVER ? 0 : 15, "left behind: freed by fini");

#if defined(SMR_IDLE)
    /* Threads that come, retire a little and go must not leave more and more behind. */
    setup(8, 0);
    size_t most = 0;
    for (int i = 0; i < 4000; i++) {
        me = do_join();
        retire_one(me, 1, NULL);
        do_leave(me);
        const size_t pending = (size_t)do_stats().pending;
        most = pending > most ? pending : most;
    }
    if (!ok(most <= 4u * SMR_IDLE(1, 8), "four thousand short visits: what is pending stays bounded"))
        note("%lu pending at most", (unsigned long)most);
    teardown("short visits");
#endif
}

/* Left behind under a section that holds one of them: whatever was done before and after. */
static void
try_leave_held(size_t batch)
{
    LOFT_ATOMIC(size_t) told;
    loft_init(&told, (size_t)0);
    setup(batch, LOFT_SMR_ALL);
    test_record *const me = do_join();
    struct actor a;
    actor_join(&a, &place);
    loft_init(&place, (uintptr_t)0);
    retire_many(me, 300, NULL);
    bool good = true;
    size_t held = 0;
    for (size_t before = 0; before < 6; before++) {
        for (size_t after = 0; after < 6; after++) {
            test_record *const gone = do_join();
            struct item *const n = item_make(gone, 7);
            n->told = &told;
            loft_store(&place, (uintptr_t)n, relaxed);
            retire_many(me, before, NULL);
            act(&a, a_hold);
            put(gone, &place, NULL);
            retire_many(gone, after, NULL);
            do_leave(gone);
            for (int i = 0; i < 50; i++) {
                retire_one(me, 1, NULL);
                good = good && loft_load(&told, relaxed) == held;
            }
            act(&a, a_exit);
            held++;
#if !SMR_NEVER
            good = good && told_in_time(me, &told, held);
#else
            held = 0;
#endif
        }
    }
    ok(good, "left behind, but held: stays, and goes once it is not");
    actor_leave(&a);
    do_leave(me);
    teardown("left behind under a section");
}

/* A thread that is gone: its record is here. */
static void
try_dead(void)
{
    LOFT_ATOMIC(size_t) told;
    loft_init(&told, (size_t)0);
    setup(4, 0);
    test_record *const me = do_join();
    struct actor a;
    actor_join(&a, &place);
    a.told = &told;
    a.count = 3;
    act(&a, a_retire);
    actor_end(&a);
    ok_eq(do_stats().threads, 2, "a thread that died without leaving is still counted");
#if !SMR_NEVER
    ok(do_drain(me, LOFT_FOREVER) == LOFT_OK && loft_load(&told, relaxed) == 3, "drain takes even what it retired");
#endif
    do_leave(a.me);
    ok_eq(do_stats().threads, 1, "another thread leaves for it");

    actor_join(&a, &place);
    a.told = &told;
    a.count = 4;
    act(&a, a_retire);
    actor_end(&a);
    do_leave(a.me);
#if !SMR_NEVER
    ok(told_in_time(me, &told, 7), "after that others free what it retired");
#endif

    /* Dead in a section, and holding a node. */
    struct item *const n = item_make(me, 9);
    n->told = &told;
    loft_init(&place, (uintptr_t)n);
    actor_join(&a, &place);
    act(&a, a_hold);
    actor_end(&a);
    put(me, &place, NULL);
    retire_many(me, 1000, NULL);
    ok(item_good(a.held) && loft_load(&told, relaxed) <= 7, "dead in a section: what that holds is held back");
#if !SMR_NEVER
    const uint64_t end = loft_deadline(2 * TEST_MS);
    ok(do_drain(me, end) == LOFT_TIMEOUT && loft_now() >= end, "a drain does not wait for it for ever");
    ok_eq(do_stats().holder, S_(number)(a.me), "and names it");
#endif
    do_exit(a.me);
    do_leave(a.me);
#if !SMR_NEVER
    ok(do_drain(me, LOFT_FOREVER) == LOFT_OK && loft_load(&told, relaxed) == 8, "until others go out and leave for it");
#endif
    do_leave(me);
    teardown("dead threads");
}

static void
a_self_checked(struct actor *a)
{
    test_record *const r = do_self();
    if (a->me && r != a->me)
        bad(BAD_RESULT);
    a->me = r;
}

static void
try_self(void)
{
    LOFT_ATOMIC(size_t) told;
    loft_init(&told, (size_t)0);
    setup(0, 0);
    struct actor a, b;
    actor_start(&a, &place);
    actor_start(&b, &place);
    act(&a, a_self);
    if (!a.me) {
        ok_skip("self", "no thread-specific data here");
        actor_end(&a);
        actor_end(&b);
        teardown("self");
        return;
    }
    ok_eq(do_stats().threads, 1, "self joins");
    for (int i = 0; i < 3; i++)
        act(&a, a_self_checked);
    ok_eq(do_stats().threads, 1, "once");
    act(&b, a_self);
    ok(b.me && b.me != a.me && do_stats().threads == 2, "another thread has its own");
    test_record *const joined = do_join();
    ok(joined && joined != a.me && joined != b.me, "join gives one that is neither");
    a.told = &told;
    a.count = 6;
    act(&a, a_retire);
    act(&a, a_self_checked);
    actor_end(&a);
    ok_eq(do_stats().threads, 2, "a thread that ends leaves");
#if !SMR_NEVER
    ok(do_drain(joined, LOFT_FOREVER) == LOFT_OK && loft_load(&told, relaxed) == 6, "what it had retired is freed");
#endif

    /* Left by hand, a thread joins anew. */
    act(&b, a_leave);
    ok_eq(do_stats().threads, 1, "left by hand");
    act(&b, a_self);
    ok(b.me && do_stats().threads == 2, "and joined again");
    do_leave(joined);
    actor_end(&b);
    ok_eq(do_stats().threads, 0, "and left at the end");

    /* A thread that ends in a section leaves as any other does. */
    actor_start(&a, &place);
    act(&a, a_self);
    a.told = &told;
    a.count = 3;
    loft_store(&told, (size_t)0, relaxed);
    act(&a, a_retire);
    act(&a, a_enter);
    actor_end(&a);
    test_record *const mine = do_self();
    ok(mine && do_self() == mine, "the first thread has one too");
    retire_many(mine, 20, NULL);
#if !SMR_NEVER
    ok(do_drain(mine, loft_deadline(3000 * TEST_MS)) == LOFT_OK && loft_load(&told, relaxed) == 3,
       "a thread that ends in a section leaves all the same");
#endif
    ok(do_stats().holder == 0 && do_stats().threads == 1, "and is in none any more");
    do_leave(mine);
    ok_eq(do_stats().threads, 0, "which it leaves by hand");
    teardown("self");
}

#define DOMAINS 3
static test_domain more_domains[DOMAINS];

static void
a_self_all(struct actor *a)
{
    test_record *r[DOMAINS];
    for (int i = 0; i < DOMAINS; i++)
        r[i] = do_self_in(&more_domains[i]);
    for (int i = 0; i < DOMAINS; i++) {
        if (!r[i] || r[i] != do_self_in(&more_domains[i]) || r[i] == r[(i + 1) % DOMAINS])
            bad(BAD_RESULT);
    }
    (void)a;
}

static void
try_self_domains(void)
{
    forget();
    live_before = loft_alloc_stats_get().live;
    bool good = true;
    for (int i = 0; i < DOMAINS; i++)
        good = good && S_(init)(&more_domains[i], NULL) == LOFT_OK;
    struct actor a, b;
    actor_start(&a, &place);
    actor_start(&b, &place);
    act(&a, a_self_all);
    act(&b, a_self_all);
    for (int i = 0; i < DOMAINS; i++)
        good = good && S_(stats_get)(&more_domains[i]).threads == 2;
    ok(good && nothing_bad(), "three domains: a thread has one record in each");
    actor_end(&a);
    for (int i = 0; i < DOMAINS; i++)
        good = good && S_(stats_get)(&more_domains[i]).threads == 1;
    ok(good, "and leaves all of them at its end");

    /* A domain that ends before the thread does; and the next one in the same place. */
    good = S_(fini)(&more_domains[0]) == LOFT_OK && S_(fini)(&more_domains[1]) == LOFT_OK
           && S_(init)(&more_domains[1], NULL) == LOFT_OK && S_(stats_get)(&more_domains[1]).threads == 0;
    actor_end(&b);
    good = good && S_(stats_get)(&more_domains[1]).threads == 0 && S_(stats_get)(&more_domains[2]).threads == 0;
    good = good && S_(fini)(&more_domains[1]) == LOFT_OK && S_(fini)(&more_domains[2]) == LOFT_OK;
    ok(good, "a domain that ends before its threads do");
    ok_eq(loft_alloc_stats_get().live, live_before, "three domains: no memory lost");

    /* The same, and the thread goes on in the new domain. */
    setup(0, 0);
    actor_start(&a, &place);
    act(&a, a_self);
    good = S_(fini)(&domain) == LOFT_OK && S_(init)(&domain, NULL) == LOFT_OK;
    act(&a, a_self);
    good = good && a.me && do_stats().threads == 1;
    a.count = 5;
    if (a.me)
        act(&a, a_retire);
    actor_end(&a);
    ok(good && do_stats().threads == 0, "a domain in the place of another: a new record");
    teardown("a domain in the place of another");
}

static void
try_self_no_keys(void)
{
    enum { KEYS = 5000 };
    static pthread_key_t key[KEYS];
    int n = 0;
    while (n < KEYS && pthread_key_create(&key[n], NULL) == 0)
        n++;
    setup(0, 0);
    test_record *const none = n < KEYS ? do_self() : NULL;
    test_record *const me = do_join();
    const size_t threads = do_stats().threads;
    while (n > 0)
        pthread_key_delete(key[--n]);
    ok(!none && me && threads == 1, "no keys of the system's left: self gives NULL, join a record");
    retire_many(me, 3, NULL);
    do_leave(me);
    teardown("no keys");
}

/* ---- join storms ------------------------------------------------------------------------------------------------- */

struct storm {
    unsigned long rounds;
    size_t limit;                                        /* options.threads, or 0                                  */
    bool use_self;
    LOFT_ATOMIC(size_t) inside;
    LOFT_ATOMIC(size_t) refused;
    LOFT_ATOMIC(int) used[4096];                         /* by number                                              */
};

static void
storm_body(void *p, int id)
{
    struct storm *const s = (struct storm *)p;
    chaos_on((uint32_t)id + 1);
    for (unsigned long i = 0; i < s->rounds; i++) {
        test_record *const me = do_join();
        if (!me) {
            loft_fetch_add(&s->refused, 1u, relaxed);
            continue;
        }
        if (loft_fetch_add(&s->inside, 1u, relaxed) >= (s->limit ? s->limit : (size_t)-1))
            bad(BAD_RESULT);
        const size_t number = S_(number)(me);
        if (number == 0 || number >= 4096 || loft_exchange(&s->used[number & 4095u], 1, relaxed) != 0)
            bad(BAD_SHARED);
        if (i % 3 != 0) {
            for (unsigned long k = i % 5; k > 0; k--)
                retire_one(me, i, NULL);
        }
        loft_store(&s->used[number & 4095u], 0, relaxed);
        loft_fetch_sub(&s->inside, 1u, relaxed);
        do_leave(me);
    }
    chaos_off();
}

static void
storm_run(int threads, size_t limit, unsigned long rounds, const char *what)
{
    static struct storm s;
    for (int i = 0; i < 4096; i++)
        loft_init(&s.used[i], 0);
    loft_init(&s.inside, (size_t)0);
    loft_init(&s.refused, (size_t)0);
    s.rounds = rounds;
    s.limit = limit;
    test_options o = options_of(4, 0);
    o.threads = limit;
    setup_with(&o);
    run_threads(threads, storm_body, &s);
    const test_stats t = do_stats();
    const size_t most = limit && limit < (size_t)threads ? limit : (size_t)threads;
    if (!ok(t.threads == 0 && t.records >= 1 && t.records <= most, what))
        note("%lu threads, %lu records of %lu", (unsigned long)t.threads, (unsigned long)t.records,
             (unsigned long)most);
    if (!limit || limit >= (size_t)threads)
        ok_eq(loft_load(&s.refused, relaxed), 0, "nobody is refused while there is room");
    ok_eq(t.retired, loft_load(&retired_count, relaxed), "all is counted");
    teardown(what);
}

static void
try_storms(void)
{
    storm_run(4, 0, (unsigned long)scaled(4000), "join storm: never more records than threads at one time");
    storm_run(8, 8, (unsigned long)scaled(1500), "join storm with just enough room");
    storm_run(8, 3, (unsigned long)scaled(1500), "join storm at the limit");
}

static void
self_body(void *p, int id)
{
    test_record *const me = do_self();
    (void)p;
    if (!me) {
        bad(BAD_RESULT);
        return;
    }
    retire_many(me, (size_t)(id % 3), NULL);
}

static void
try_self_storm(void)
{
    setup(4, 0);
    const unsigned long rounds = (unsigned long)scaled(60);
    for (unsigned long i = 0; i < rounds; i++)
        run_threads(6, self_body, NULL);
    const test_stats t = do_stats();
    ok(t.threads == 0 && t.records <= 6, "threads that come by self and end: all left");
    teardown("threads that come by self and end");
}

/* ---- sections ---------------------------------------------------------------------------------------------------- */

/* A reader stands in a section with a node in its hands; others retire that and much more. */
static void
try_hold(size_t batch, size_t more, uintptr_t mark)
{
    LOFT_ATOMIC(size_t) told;
    loft_init(&told, (size_t)0);
    setup(batch, 0);
    test_record *const me = do_join();
    struct actor a;
    actor_join(&a, &place);
    struct item *const n = item_make(me, 1);
    n->told = &told;
    loft_init(&place, (uintptr_t)n | mark);
    act(&a, a_hold);
    bool good = a.held == n;
    put(me, &place, item_make(me, 2));
    for (size_t i = 0; i < more; i++) {
        put(me, &place, item_make(me, i));
        if (i % 512 == 0) {
            act(&a, a_look);
            good = good && loft_load(&told, relaxed) == 0;
        }
    }
    act(&a, a_look);
    good = good && loft_load(&told, relaxed) == 0;
    char line[200];
    snprintf(line, sizeof line, "held while %lu others are retired, batch %lu, mark %lu: not dropped",
             (unsigned long)more, (unsigned long)batch, (unsigned long)mark);
    ok(good && nothing_bad(), line);
    act(&a, a_exit);
#if !SMR_NEVER
    ok(told_in_time(me, &told, 1), "dropped some operations after the section's end");
#endif
    put(me, &place, NULL);
    actor_leave(&a);
    do_leave(me);
    teardown("a reader that holds a node");
}

/* What protect gives is the word, marks and all. In a function of its own, as take(). */
static uintptr_t
take_word(test_record *me, size_t slot, const LOFT_ATOMIC(uintptr_t) *from)
{
    S_(read)(me);
    const uintptr_t w = S_(protect)(me, slot, from);
    S_(write)(me, NULL, NULL, NULL);
    return w;
}

static void
try_marks(void)
{
    const size_t last_slot = S_(slots) ? (size_t)S_(slots) - 1u : (size_t)-1;
    setup(0, 0);
    test_record *const me = do_join();
    loft_init(&place, (uintptr_t)item_make(me, 1));
    loft_init(&place2, (uintptr_t)0);
    const uintptr_t plain = loft_load(&place, relaxed);
    bool good = (plain & LOFT_SMR_MARKS) == 0;
    for (uintptr_t mark = 0; mark <= LOFT_SMR_MARKS; mark++) {
        loft_store(&place, plain | mark, relaxed);
        loft_store(&place2, mark, relaxed);
        do_enter(me);
        good = good && take_word(me, 0, &place) == (plain | mark) && take_word(me, last_slot, &place) == (plain | mark);
        do_exit(me);
        do_enter(me);
        good = good && take_word(me, last_slot, &place2) == mark;
        do_exit(me);
    }
    ok(good, "protect gives the word with all its marks, in the first slot and the last; NULL too");
    loft_store(&place2, (uintptr_t)0, relaxed);
    put(me, &place, NULL);
    do_leave(me);
    teardown("marks");
}

/* A record goes from thread to thread, a call or a section each. */
static void
try_handed_on(void)
{
    LOFT_ATOMIC(size_t) told;
    loft_init(&told, (size_t)0);
    setup(4, 0);
    test_record *const me = do_join();
    struct actor a, b;
    actor_start(&a, &place);
    actor_start(&b, &place);
    loft_init(&place, (uintptr_t)0);
    a.me = b.me = me;
    a.told = b.told = &told;
    a.count = b.count = 1;
    for (int i = 0; i < 200; i++) {
        put(me, &place, item_make(me, 1));
        act(&a, a_hold);
        act(&a, a_exit);
        act(&a, a_retire);
        act(&b, a_retire);
        act(&b, a_hold);
        act(&b, a_exit);
        retire_one(me, 1, &told);
    }
    put(me, &place, NULL);
    ok_eq(do_stats().retired, loft_load(&retired_count, relaxed), "a record that is used by three threads in turn");
#if !SMR_NEVER
    ok(told_in_time(me, &told, 600), "what they retire is freed");
#endif
    act(&b, a_leave);
    ok_eq(do_stats().threads, 0, "and the last of them leaves");
    actor_end(&a);
    actor_end(&b);
    teardown("a record that is handed on");
}

/* The thread that retires holds it too. */
static void
try_hold_own(void)
{
    LOFT_ATOMIC(size_t) told;
    loft_init(&told, (size_t)0);
    setup(1, LOFT_SMR_ALL);
    test_record *const me = do_join();
    test_record *const other = do_join();
    struct item *const n = item_make(me, 5);
    n->told = &told;
    loft_init(&place, (uintptr_t)n);
    do_enter(me);
    struct item *const held = take(me, 0, &place);
    do_retire(me, item_of(loft_exchange(&place, (uintptr_t)0, acq_rel)));
    bool good = held == n;
    for (int i = 0; i < 2000; i++) {
        do_retire(me, item_make(me, 1));
        good = good && item_good(held) && loft_load(&told, relaxed) == 0;
    }
    retire_many(other, 500, NULL);
    good = good && item_good(held) && loft_load(&told, relaxed) == 0;
    ok(good, "what a thread retires and still holds stays until the end of its own section");
    do_exit(me);
#if !SMR_NEVER
    ok(told_in_time(me, &told, 1), "and goes after it");
#endif
    do_leave(other);
    do_leave(me);
    teardown("a thread that holds what it retires");
}

/* Sections that come and go while another lasts do not end that. */
static void
try_hold_beside(void)
{
    LOFT_ATOMIC(size_t) told;
    loft_init(&told, (size_t)0);
    setup(1, 0);
    test_record *const me = do_join();
    struct actor a, b;
    actor_join(&a, &place);
    actor_join(&b, &place2);
    struct item *const n = item_make(me, 1);
    n->told = &told;
    loft_init(&place, (uintptr_t)n);
    loft_init(&place2, (uintptr_t)item_make(me, 2));
    act(&a, a_hold);
    put(me, &place, NULL);
    bool good = true;
    for (int i = 0; i < 300; i++) {
        act(&b, a_hold);
        put(me, &place2, item_make(me, 3));
        retire_many(me, 3, NULL);
        act(&b, a_exit);
        test_record *const guest = do_join();
        retire_many(guest, 2, NULL);
        do_leave(guest);
        act(&a, a_look);
        good = good && loft_load(&told, relaxed) == 0;
    }
    ok(good, "held while others come, read, retire and go");
    act(&a, a_exit);
#if !SMR_NEVER
    ok(told_in_time(me, &told, 1), "dropped afterwards");
#endif
    put(me, &place2, NULL);
    actor_leave(&a);
    actor_leave(&b);
    do_leave(me);
    teardown("a section beside others");
}

/* In one thread, step by step: a section that began at any moment of the other thread's doings. */
static void
try_hold_turns(void)
{
    setup(1, LOFT_SMR_ALL);
    test_record *const reader = do_join();
    test_record *const writer = do_join();
    bool good = true;
    loft_init(&place, (uintptr_t)item_make(writer, 1));
    for (int lead = 0; lead < 12; lead++) {
        for (int trail = 0; trail < 12; trail++) {
            LOFT_ATOMIC(size_t) told;
            loft_init(&told, (size_t)0);
            struct item *const n = item_make(writer, 2);
            n->told = &told;
            retire_many(writer, (size_t)lead, NULL);
            put(writer, &place, n);
            do_enter(reader);
            retire_many(writer, (size_t)(lead * trail % 5), NULL);
            good = good && take(reader, 0, &place) == n;
            do_enter(writer);
            do_retire(writer, item_of(loft_exchange(&place, (uintptr_t)item_make(writer, 3), acq_rel)));
            for (int i = 0; i < trail; i++)
                do_retire(writer, item_make(writer, 4));
            good = good && item_good(n) && loft_load(&told, relaxed) == 0;
            do_exit(writer);
            for (int i = 0; i < 20; i++) {
                retire_one(writer, 5, NULL);
                good = good && item_good(n) && loft_load(&told, relaxed) == 0;
            }
            do_exit(reader);
#if !SMR_NEVER
            good = good && told_in_time(writer, &told, 1);
#endif
        }
    }
    ok(good, "sections that begin at any moment of another's: the node in hand stays, and goes afterwards");
    put(writer, &place, NULL);
    do_leave(reader);
    do_leave(writer);
    teardown("two records by turns");
}

#if S_(region) && !S_(restarts)
/* S_region: all that is read is safe, by whatever load, what was born after the section began too. */
static void
try_region(void)
{
    enum { WORDS = 64 };
    static LOFT_ATOMIC(uintptr_t) word[WORDS];
    struct item *seen[4 * WORDS];
    LOFT_ATOMIC(size_t) told;
    loft_init(&told, (size_t)0);
    setup(1, LOFT_SMR_ALL);
    test_record *const reader = do_join();
    test_record *const writer = do_join();
    for (int i = 0; i < WORDS; i++)
        loft_init(&word[i], (uintptr_t)item_make(writer, (uint64_t)i));
    size_t n = 0;
    bool good = true;
    do_enter(reader);
    for (int turn = 0; turn < 4; turn++) {
        for (int i = 0; i < WORDS; i++) {
            seen[n] = item_of(loft_load(&word[i], acquire));
            seen[n++]->told = &told;
            struct item *const fresh = item_make(writer, 1);
            put(writer, &word[i], fresh);
            retire_many(writer, 2, NULL);
        }
        for (size_t i = 0; i < n; i++)
            good = good && item_good(seen[i]);
    }
    ok(good && loft_load(&told, relaxed) == 0, "region: all of many nodes that were read stay, young ones too");
    do_exit(reader);
#if !SMR_NEVER
    ok(told_in_time(writer, &told, n), "and all go afterwards");
#endif
    for (int i = 0; i < WORDS; i++)
        put(writer, &word[i], NULL);
    do_leave(reader);
    do_leave(writer);
    teardown("a region");
}
#endif

#if !S_(restarts)
/* Each slot keeps one word, until it is used again or the section ends. */
static void
try_slots(size_t option, size_t slots)
{
    static LOFT_ATOMIC(uintptr_t) word[64];
    LOFT_ATOMIC(size_t) told[64];
    test_options o = options_of(1, LOFT_SMR_ALL);
    o.slots = option;
    setup_with(&o);
    test_record *const reader = do_join();
    test_record *const writer = do_join();
    bool good = slots <= 64;
    for (int section = 0; good && section < 3; section++) {
        for (size_t i = 0; i < slots; i++) {
            struct item *const n = item_make(writer, i);
            loft_init(&told[i], (size_t)0);
            n->told = &told[i];
            loft_init(&word[i], (uintptr_t)n);
        }
        do_enter(reader);
        struct item *held[64];
        S_(read)(reader);
        for (size_t i = 0; i < slots; i++)
            held[i] = item_of(S_(protect)(reader, i, &word[i]));
        for (size_t i = 0; i < slots; i++)
            put(writer, &word[i], item_make(writer, 7));
        retire_many(writer, 300, NULL);
        for (size_t i = 0; i < slots; i++)
            good = good && item_good(held[i]) && loft_load(&told[i], relaxed) == 0;
        /* The first slot takes another; the others keep theirs. */
        held[0] = item_of(S_(protect)(reader, 0, &word[slots - 1]));
        LOFT_ATOMIC(size_t) last;
        loft_init(&last, (size_t)0);
        held[0]->told = &last;
        put(writer, &word[slots - 1], NULL);
        retire_many(writer, 300, NULL);
        good = good && item_good(held[0]) && loft_load(&last, relaxed) == 0;
        for (size_t i = 1; i < slots; i++)
            good = good && item_good(held[i]) && loft_load(&told[i], relaxed) == 0;
        S_(write)(reader, held[0], NULL, NULL);
        good = good && item_good(held[0]) && loft_load(&last, relaxed) == 0;
        do_exit(reader);
        for (size_t i = 0; i < slots; i++)
            put(writer, &word[i], NULL);
#if !SMR_NEVER
        for (size_t i = 0; i < slots; i++)
            good = told_in_time(writer, &told[i], 1) && good;
        good = told_in_time(writer, &last, 1) && good;
#else
        (void)do_drain(writer, LONG_AGO);
#endif
    }
    char line[200];
    snprintf(line, sizeof line, "%lu slots each keep what they were given", (unsigned long)slots);
    ok(good, line);
    do_leave(reader);
    do_leave(writer);
    teardown(line);
}
#endif

#if SMR_NESTS
static void
try_nest(void)
{
    LOFT_ATOMIC(size_t) told;
    loft_init(&told, (size_t)0);
    setup(1, LOFT_SMR_ALL);
    test_record *const me = do_join();
    test_record *const writer = do_join();
    struct item *const n = item_make(writer, 1);
    n->told = &told;
    loft_init(&place, (uintptr_t)n);
    do_enter(me);
    do_enter(me);
    struct item *const held = take(me, 0, &place);
    do_enter(me);
    put(writer, &place, NULL);
    bool good = held == n;
    for (int turn = 0; turn < 6; turn++) {
        retire_many(writer, 20, NULL);
        do_enter(me);
        retire_many(writer, 20, NULL);
        do_exit(me);
        good = good && item_good(held) && loft_load(&told, relaxed) == 0;
    }
    for (int depth = 3; depth > 0; depth--) {
        retire_many(writer, 300, NULL);
        do_retire(me, item_make(me, 2));
        good = good && item_good(held) && loft_load(&told, relaxed) == 0;
        if (do_drain(me, LOFT_FOREVER) != LOFT_INVAL || do_fini() != LOFT_INVAL)
            good = false;
        if (depth > 1)
            do_exit(me);
    }
    ok(good, "nested sections: the outermost counts");
    do_exit(me);
#if !SMR_NEVER
    ok(told_in_time(writer, &told, 1), "and its end is the end");
    ok_eq(do_drain(me, LOFT_FOREVER), LOFT_OK, "a drain after it");
#endif
    for (int i = 0; i < 200; i++)
        do_enter(me);
    retire_many(writer, 10, NULL);
    for (int i = 0; i < 200; i++)
        do_exit(me);
#if !SMR_NEVER
    ok_eq(do_drain(me, LOFT_FOREVER), LOFT_OK, "two hundred levels deep, and out again");
#endif
    do_leave(me);
    do_leave(writer);
    teardown("nested sections");
}
#elif LOFT_DEBUG && !S_(nests)
static void
try_nest(void)
{
    setup(1, 0);
    test_record *const me = do_join();
    fflush(stdout);
    fflush(stderr);
    const pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(3);
        signal(SIGABRT, SIG_DFL);
        S_(forked)(&domain, me);
        S_(enter)(me);
        S_(enter)(me);
        _exit(0);
    }
    int status = 0;
    ok(child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT,
       "sections do not nest: a debug build asserts");
    do_leave(me);
    teardown("no nested sections");
}
#else
static void
try_nest(void)
{
    ok_skip("nested sections", S_(nests) ? "there is nothing to it here" : "a debug build would assert");
}
#endif

/* ---- how drop is called ------------------------------------------------------------------------------------------ */

#if !SMR_NEVER
/* At most so many in one call; do_retire and do_exit count. */
static void
try_frees(size_t frees, size_t batch)
{
    char line[200];
    if (frees == LOFT_SMR_ALL)
        snprintf(line, sizeof line, "frees all, batch %lu", (unsigned long)batch);
    else
        snprintf(line, sizeof line, "frees %lu, batch %lu", (unsigned long)frees, (unsigned long)batch);
    setup(batch, frees);
    test_record *const me = do_join();
    struct actor a;
    actor_join(&a, &place);
    loft_init(&place, (uintptr_t)item_make(me, 1));
    retire_many(me, 500, NULL);
    /* Much becomes free at one moment. */
    act(&a, a_hold);
    put(me, &place, NULL);
    retire_many(me, 500, NULL);
    act(&a, a_exit);
    retire_many(me, 500, NULL);
    /* Many retired in one section. */
    do_enter(me);
    for (int i = 0; i < 500; i++)
        do_retire(me, item_make(me, 2));
    do_exit(me);
    /* What somebody left behind comes as one heap. */
    a.count = 300;
    act(&a, a_retire);
    act(&a, a_enter);
    test_record *const guest = do_join();
    retire_many(guest, 300, NULL);
    do_leave(guest);
    act(&a, a_exit);
    retire_many(me, 1000, NULL);
    ok(nothing_bad(), line);
    const size_t before = loft_load(&dropped_count, relaxed);
    retire_many(me, 32000, NULL);
    ok(loft_load(&dropped_count, relaxed) > before + 12000, "frees keep up with what is retired");
    actor_leave(&a);
    do_leave(me);
    teardown(line);
}

/* Drop retires the next of a chain. */
static void
try_chain(size_t frees, bool enters)
{
    enum { LENGTH = 1000 };
    LOFT_ATOMIC(size_t) told;
    char line[200];
    snprintf(line, sizeof line, "%s chain of nodes that each retire the next, frees %ld",
             enters ? "with sections in drop, a" : "a", frees == LOFT_SMR_ALL ? -1L : (long)frees);
    chain_enters = enters;
    for (int way = 0; way < 3; way++) {
        loft_init(&told, (size_t)0);
        loft_store(&drop_depth_most, (size_t)0, relaxed);
        setup(way == 1 ? 0 : 1, frees);
        test_record *const me = do_join();
        struct item *first = NULL;
        for (int i = 0; i < LENGTH; i++) {
            struct item *const n = item_make(me, (uint64_t)i);
            n->told = &told;
            n->chain = first;
            first = n;
        }
        do_enter(me);
        do_retire(me, first);
        do_exit(me);
        if (way == 0) {
            ok(told_in_time(me, &told, LENGTH), line);
        } else if (way == 1) {
            int turns = 0;
            while (loft_load(&told, relaxed) < LENGTH && turns < 2 * LENGTH && do_drain(me, LOFT_FOREVER) == LOFT_OK)
                turns++;
            ok_eq(loft_load(&told, relaxed), LENGTH, "drains free all of it");
        }
        do_leave(me);
        teardown(line);
        ok_eq(loft_load(&told, relaxed), LENGTH, "and so does fini");
        const size_t depth = loft_load(&drop_depth_most, relaxed);
        if (!ok(depth <= 8, "drop does not call itself deeper and deeper"))
            note("%lu deep", (unsigned long)depth);
    }
    chain_enters = false;
}

/* In drop, what the statistics say is true. */
static void
ask(void)
{
    const test_stats s = do_stats();
    const size_t dropped = loft_load(&dropped_count, relaxed);
    if (s.freed > dropped || s.retired > loft_load(&asked_count, relaxed) || s.threads != 1)
        bad(BAD_RESULT);
}

static void
try_ask(void)
{
    setup(4, LOFT_SMR_ALL);
    test_record *const me = do_join();
    for (int i = 0; i < 200; i++) {
        struct item *const n = item_make(me, 1);
        n->also = ask;
        do_enter(me);
        do_retire(me, n);
        do_exit(me);
    }
    ok_eq(do_drain(me, LOFT_FOREVER), LOFT_OK, "drops that ask for statistics");
    do_leave(me);
    teardown("drops that ask");
}

/* Never under a lock: in drop, another thread does all there is. */
static struct actor helper;
static LOFT_ATOMIC(size_t) helped;

static void
a_everything(struct actor *a)
{
    test_record *const more = do_join();
    if (!more) {
        bad(BAD_RESULT);
        return;
    }
    (void)do_stats();
    retire_many(more, 40, NULL);
    do_leave(more);
    retire_many(a->me, 40, NULL);
}

static void
help(void)
{
    static TEST_THREAD_LOCAL_ bool inside;
    loft_fetch_add(&helped, 1u, relaxed);
    if (inside || pthread_equal(pthread_self(), helper.id))
        return;
    inside = true;
    act(&helper, a_everything);
    inside = false;
}

static void
try_unlocked(void)
{
    watched = "drop calls, and another thread waits for something";
    loft_init(&helped, (size_t)0);
    setup(2, 0);
    test_record *const me = do_join();
    actor_join(&helper, &place);
    for (int i = 0; i < 60; i++) {
        struct item *const n = item_make(me, 1);
        n->also = help;
        do_enter(me);
        do_retire(me, n);
        do_exit(me);
        retire_one(me, 2, NULL);
    }
    const size_t so_far = loft_load(&helped, relaxed);
    for (int i = 0; i < 5; i++) {
        struct item *const n = item_make(me, 1);
        n->also = help;
        do_enter(me);
        do_retire(me, n);
        do_exit(me);
    }
    (void)do_drain(me, LOFT_FOREVER);
    ok(loft_load(&helped, relaxed) >= so_far + 5,
       "in drop, called by retire, exit and drain, others can do all there is");
    actor_leave(&helper);
    do_leave(me);
    teardown("drop without a lock");
}
#endif

/* Retire never fails: the allocator has nothing left. */
static void
try_retire_no_memory(void)
{
    enum { NODES = 3000 };
    static struct item *n[NODES];
    setup(8, 0);
    test_record *const me = do_join();
    test_record *const other = do_join();
    for (int i = 0; i < NODES; i++)
        n[i] = item_make(me, (uint64_t)i);
    loft_alloc_fail_from(0);
    for (int i = 0; i < NODES; i++) {
        do_enter(me);
        do_retire(me, n[i]);
        if (i % 7)
            do_exit(me);
        else {
            i++;
            if (i < NODES)
                do_retire(me, n[i]);
            do_exit(me);
        }
    }
    const loft_status s = do_drain(other, LOFT_FOREVER);
    do_leave(other);
    const test_stats t = do_stats();
    loft_alloc_fail_stop();
    ok(t.retired == NODES && (SMR_NEVER ? s == LOFT_NOTSUP : s == LOFT_OK || s == LOFT_NOMEM),
       "retire and leave without any memory");
#if !SMR_NEVER
    ok(do_drain(me, LOFT_FOREVER) == LOFT_OK && loft_load(&dropped_count, relaxed) == NODES, "nothing is lost");
#endif
    do_leave(me);
    teardown("no memory");
}

/* ---- drain ------------------------------------------------------------------------------------------------------- */

#if !SMR_NEVER
static void
try_drain(void)
{
    LOFT_ATOMIC(size_t) told;
    loft_init(&told, (size_t)0);
    setup(1000, 1);
    test_record *const me = do_join();
    ok_eq(do_drain(me, LOFT_FOREVER), LOFT_OK, "a drain of nothing");
    ok_eq(do_drain(me, LONG_AGO), LOFT_OK, "even when its time is over");
    retire_many(me, 77, &told);
    ok(do_drain(me, LOFT_FOREVER) == LOFT_OK && loft_load(&told, relaxed) == 77, "one's own");
    ok(do_drain(me, LOFT_FOREVER) == LOFT_OK && loft_load(&told, relaxed) == 77, "once");
    struct actor a, b;
    actor_join(&a, &place);
    actor_join(&b, &place2);
    a.told = b.told = &told;
    a.count = b.count = 50;
    act(&a, a_retire);
    act(&b, a_retire);
    retire_many(me, 23, &told);
    ok(do_drain(me, LOFT_FOREVER) == LOFT_OK && loft_load(&told, relaxed) == 200, "those of threads that stand idle");
    act(&a, a_retire);
    act(&a, a_leave);
    act(&b, a_retire);
    actor_end(&b);
    ok(do_drain(me, LOFT_FOREVER) == LOFT_OK && loft_load(&told, relaxed) == 300, "of one that left and one that died");
    test_record *const idle = do_join();
    retire_many(idle, 9, &told);
    ok(do_drain(me, LOFT_FOREVER) == LOFT_OK && loft_load(&told, relaxed) == 309, "of another record of this thread");
    test_record *const fresh = do_join();
    retire_many(me, 9, &told);
    ok(do_drain(fresh, LOFT_FOREVER) == LOFT_OK && loft_load(&told, relaxed) == 318, "by who has retired nothing");
    const test_stats s = do_stats();
    ok(s.pending == 0 && s.retired == 318 && s.freed == 318 && s.holder == 0, "the statistics agree");

    do_enter(me);
    retire_many(fresh, 5, &told);
#if !SMR_DRAINS_INSIDE
    ok(do_drain(me, LOFT_FOREVER) == LOFT_INVAL, "in a section: INVAL");
#endif
    do_exit(me);
    ok(do_drain(me, LOFT_FOREVER) == LOFT_OK && loft_load(&told, relaxed) == 323, "after it: OK");
    do_leave(fresh);
    do_leave(idle);
    do_leave(me);
    actor_end(&a);
    teardown("drains");
}

static void
try_drain_timeout(void)
{
    LOFT_ATOMIC(size_t) told;
    loft_init(&told, (size_t)0);
    setup(8, 0);
    test_record *const me = do_join();
    struct actor a, b;
    actor_join(&a, &place);
    actor_join(&b, &place2);
    struct item *n = item_make(me, 1);
    n->told = &told;
    loft_init(&place, (uintptr_t)n);
    n = item_make(me, 1);
    n->told = &told;
    loft_init(&place2, (uintptr_t)n);
    ok_eq(do_stats().holder, 0, "no section, no holder");
    act(&a, a_hold);
    put(me, &place, NULL);
    retire_many(me, 200, NULL);
    uint64_t end = loft_deadline(3 * TEST_MS);
    loft_status s = do_drain(me, end);
    ok(s == LOFT_TIMEOUT && loft_now() >= end, "a section stands in the way: TIMEOUT, not before the deadline");
    ok_eq(do_stats().holder, S_(number)(a.me), "holder is the one in it");
    ok_eq(do_drain(me, LONG_AGO), LOFT_TIMEOUT, "TIMEOUT at once, where the deadline is over");
    ok(loft_load(&told, relaxed) == 0, "and what it holds stays");
    retire_many(me, 500, NULL);
    act(&b, a_hold);
    put(me, &place2, NULL);
    retire_many(me, 200, NULL);
    ok_eq(do_drain(me, loft_deadline(TEST_MS)), LOFT_TIMEOUT, "two in the way");
    ok_eq(do_stats().holder, S_(number)(a.me), "holder is who is in the oldest section");
    act(&a, a_exit);
    ok_eq(do_drain(me, loft_deadline(TEST_MS)), LOFT_TIMEOUT, "one is left");
    ok_eq(do_stats().holder, S_(number)(b.me), "and is the holder");
    const test_stats t = do_stats();
    ok(t.retired == loft_load(&retired_count, relaxed) && t.freed == loft_load(&dropped_count, relaxed)
       && t.pending == t.retired - t.freed && t.pending > 0, "nothing is lost");
    act_begin(&b, a_exit);
    ok_eq(do_drain(me, LOFT_FOREVER), LOFT_OK, "a drain waits for the end of the section");
    act_wait(&b);
    ok_eq(loft_load(&told, relaxed), 2, "what they held is freed");
    ok_eq(do_stats().pending, 0, "and all the rest");
    actor_leave(&a);
    actor_leave(&b);
    do_leave(me);
    teardown("drains that time out");

    /* After a drain that gave up, things go on as usual, without another. */
    loft_store(&told, (size_t)0, relaxed);
    setup(4, 0);
    test_record *const next = do_join();
    test_record *const reader = do_join();
    n = item_make(next, 1);
    n->told = &told;
    loft_init(&place, (uintptr_t)n);
    do_enter(reader);
    (void)take(reader, 0, &place);
    put(next, &place, NULL);
    retire_many(next, 10, &told);
    s = do_drain(next, loft_deadline(TEST_MS));
    do_exit(reader);
    ok(s == LOFT_TIMEOUT && told_in_time(next, &told, 11), "what a drain could not free is freed as usual");
    do_leave(reader);
    do_leave(next);
    teardown("a drain that gave up");
}

static void
try_drain_no_memory(void)
{
    bool good = true;
    size_t refused = 0;
    setup(8, 0);
    test_record *const me = do_join();
    test_record *const other = do_join();
    for (size_t n = 0; n < 100; n++) {
        LOFT_ATOMIC(size_t) told;
        loft_init(&told, (size_t)0);
        retire_many(me, 30, &told);
        retire_many(other, 30, &told);
        loft_alloc_fail_after(n);
        const loft_status s = do_drain(me, LOFT_FOREVER);
        const size_t failed = loft_alloc_fail_stop();
        if (s == LOFT_NOMEM)
            refused++;
        good = good && (s == LOFT_OK ? loft_load(&told, relaxed) == 60 : (s == LOFT_NOMEM && failed == 1));
        good = good && do_drain(other, LOFT_FOREVER) == LOFT_OK && loft_load(&told, relaxed) == 60;
        if (!failed)
            break;
    }
    ok(good, "drain with each of its allocations failing: OK or NOMEM, and the next one frees all");
    note("%lu times NOMEM", (unsigned long)refused);
    do_leave(other);
    do_leave(me);
    teardown("drains without memory");
}

static unsigned long drain_rounds;

static void
drain_body(void *p, int id)
{
    test_record *const me = do_join();
    (void)p;
    if (!me) {
        bad(BAD_RESULT);
        return;
    }
    chaos_on((uint32_t)id + 77);
    for (unsigned long i = 0; i < drain_rounds; i++) {
        LOFT_ATOMIC(size_t) told;
        loft_init(&told, (size_t)0);
        const size_t count = (size_t)(i % 7);
        retire_many(me, count, &told);
        if (do_drain(me, LOFT_FOREVER) != LOFT_OK || loft_load(&told, acquire) != count)
            bad(BAD_RESULT);
    }
    chaos_off();
    do_leave(me);
}

static void
try_drain_many(void)
{
    setup(16, 0);
    drain_rounds = (unsigned long)scaled(150);
    run_threads(4, drain_body, NULL);
    ok(nothing_bad() && do_stats().pending == 0, "four threads that drain at one time: each finds its own freed");
    teardown("drains beside each other");
}

/* Traffic: each thread retires nodes that are numbered, and says how far it is. Whoever drains takes down how far they
 * are, and finds all of those freed. */
enum { TRAFFIC = 3, NUMBERS = 40000 };

struct traffic {
    LOFT_ATOMIC(size_t) done[TRAFFIC];
    LOFT_ATOMIC(size_t) freed[TRAFFIC][NUMBERS];
    LOFT_ATOMIC(int) stop;
};
static struct traffic traffic;

static void
traffic_body(void *p, int id)
{
    (void)p;
    test_record *me = do_join();
    if (!me) {
        bad(BAD_RESULT);
        return;
    }
    chaos_on((uint32_t)id + 5);
    if (id < TRAFFIC) {
        for (size_t i = 0; i < NUMBERS && !loft_load(&traffic.stop, relaxed); i++) {
            if (i % 7 == 3) {
                do_enter(me);
                (void)take(me, 0, &place);
                do_exit(me);
            }
            retire_one(me, i, &traffic.freed[id][i]);
            loft_store(&traffic.done[id], i + 1, release);
            if (id == 0 && i % 50 == 49) {
                do_leave(me);
                me = do_join();
                if (!me) {
                    bad(BAD_RESULT);
                    return;
                }
            }
        }
    } else {
        const unsigned long rounds = (unsigned long)scaled(120);
        size_t checked[TRAFFIC] = { 0, 0, 0 };
        for (unsigned long round = 0; round < rounds; round++) {
            size_t upto[TRAFFIC];
            const size_t before = loft_load(&retired_count, acquire);
            const test_stats t = do_stats();
            const size_t after = loft_load(&asked_count, acquire);
            if (t.retired < before || t.retired > after || t.threads > TRAFFIC + 1 || t.records > TRAFFIC + 1
                || t.pending > after || t.peak > after)
                bad(BAD_RESULT);
            for (int k = 0; k < TRAFFIC; k++)
                upto[k] = loft_load(&traffic.done[k], acquire);
            if (do_drain(me, LOFT_FOREVER) != LOFT_OK)
                bad(BAD_RESULT);
            for (int k = 0; k < TRAFFIC; k++) {
                for (; checked[k] < upto[k]; checked[k]++) {
                    if (loft_load(&traffic.freed[k][checked[k]], acquire) != 1)
                        bad(BAD_RESULT);
                }
            }
        }
        loft_store(&traffic.stop, 1, relaxed);
        note("%lu drains beside %lu nodes", rounds, (unsigned long)(checked[0] + checked[1] + checked[2]));
    }
    chaos_off();
    do_leave(me);
}

static void
try_drain_traffic(void)
{
    for (int k = 0; k < TRAFFIC; k++) {
        loft_init(&traffic.done[k], (size_t)0);
        for (int i = 0; i < NUMBERS; i++)
            loft_init(&traffic.freed[k][i], (size_t)0);
    }
    loft_init(&traffic.stop, 0);
    setup(32, 0);
    test_record *const me = do_join();
    loft_init(&place, (uintptr_t)item_make(me, 1));
    do_leave(me);
    run_threads(TRAFFIC + 1, traffic_body, NULL);
    ok(nothing_bad(), "drains beside traffic: all that was retired before is freed, and the statistics are true");
    test_record *const last = do_join();
    put(last, &place, NULL);
    do_leave(last);
    teardown("drains beside traffic");
}
#endif

#if SMR_NEVER
static void
try_drain(void)
{
    setup(0, 0);
    test_record *const me = do_join();
    retire_many(me, 10, NULL);
    ok_eq(do_drain(me, LONG_AGO), LOFT_NOTSUP, "drain cannot");
    ok_eq(do_drain(me, LOFT_FOREVER), LOFT_NOTSUP, "and does not wait for it");
    do_enter(me);
    ok_eq(do_drain(me, LOFT_FOREVER), LOFT_INVAL, "in a section: INVAL");
    do_exit(me);
    ok(do_stats().pending == 10 && do_stats().freed == 0, "all is pending");
    do_leave(me);
    teardown("no drain");
}
#endif

/* ---- statistics -------------------------------------------------------------------------------------------------- */

static void
try_stats(void)
{
    bool good = true;
    size_t most = 0;
    setup(10, 3);
    test_record *const me = do_join();
    uint64_t advances = 0;
    uint64_t fences = 0;
    for (size_t i = 1; i <= 3000; i++) {
        retire_one(me, i, NULL);
        const test_stats s = do_stats();
        const size_t dropped = loft_load(&dropped_count, relaxed);
        good = good && s.retired == i && s.freed == dropped && s.pending == i - dropped;
        most = i - dropped > most ? i - dropped : most;
        good = good && s.peak >= most && s.peak <= most + 3 && s.threads == 1 && s.records == 1 && s.holder == 0;
        good = good && s.advances >= advances && s.fences >= fences && s.lag == 0;
        advances = s.advances;
        fences = s.fences;
#if !S_(signals)
        good = good && s.signals == 0;
#endif
#if !S_(restarts)
        good = good && s.restarts == 0;
#endif
    }
    if (!ok(good, "statistics of one thread are exact after each call"))
        note("peak %lu, seen %lu", (unsigned long)do_stats().peak, (unsigned long)most);
    note("%lu advances, %lu heavy fences for 3000 nodes", (unsigned long)advances, (unsigned long)fences);
#if defined(SMR_IDLE)
    if (!ok(most <= SMR_IDLE(1, 10), "one thread that never stops: pending stays under its bound"))
        note("%lu pending", (unsigned long)most);
#endif
#if S_(region) && !SMR_NEVER
    do_enter(me);
    ok_eq(do_stats().holder, S_(number)(me), "holder is who is in a section");
    do_exit(me);
#endif
    ok_eq(do_stats().holder, 0, "no section, no holder");
    test_record *const other = do_join();
    retire_many(other, 100, NULL);
    do_leave(other);
    retire_many(me, 100, NULL);
    test_stats s = do_stats();
    ok(s.retired == 3200 && s.freed == loft_load(&dropped_count, relaxed) && s.pending == s.retired - s.freed
       && s.threads == 1 && s.records == 2, "numbers survive who left");
#if !SMR_NEVER
    ok_eq(do_drain(me, LOFT_FOREVER), LOFT_OK, "drained");
    s = do_stats();
    ok(s.retired == 3200 && s.freed == 3200 && s.pending == 0 && s.peak >= most, "nothing is pending; peak remains");
#endif
    do_leave(me);
    s = do_stats();
    ok(s.retired == 3200 && s.threads == 0 && s.records == 2, "when all have left too");
    teardown("statistics");

    setup(1000, 0);
    test_record *r[3];
    for (int i = 0; i < 3; i++)
        r[i] = do_join();
    do_enter(r[0]);
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 5 + i; k++) {
            if (i == 0)
                do_retire(r[i], item_make(r[i], 1));
            else
                retire_one(r[i], 1, NULL);
        }
    }
    s = do_stats();
    if (loft_load(&dropped_count, relaxed) == 0)
        ok(s.pending == 18 && s.peak == 18 && s.retired == 18 && s.freed == 0, "peak: each thread's most, added up");
    else
        ok(s.peak >= s.pending, "peak is not below what is pending");
    do_exit(r[0]);
    for (int i = 0; i < 3; i++)
        do_leave(r[i]);
    teardown("peaks");

    /* What one leaves behind and another takes over is in the most of both, and still no more than was retired. */
    good = true;
    for (uint32_t round = 1; round <= 200 && good; round++) {
        uint32_t seed = round * 2654435761u;
        setup(32, 0);
        for (int i = 0; i < 3; i++)
            r[i] = do_join();
        for (size_t n = 0; n < 300 && good;) {
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            test_record **const who = &r[(seed >> 8) % 3u];
            for (uint32_t k = (seed >> 16) % 50u; k > 0; k--, n++) {
                retire_one(*who, 1, NULL);
                s = do_stats();
                good = good && s.peak <= s.retired && s.pending <= s.retired;
            }
            do_leave(*who);
            *who = do_join();
        }
        for (int i = 0; i < 3; i++)
            do_leave(r[i]);
        good = do_fini() == LOFT_OK && good;
        bury();
    }
    ok(good, "what passes from one thread to another: peak is no more than was retired");
}

/* ---- fork -------------------------------------------------------------------------------------------------------- */

#if !LOFT_TSAN
/* In the child; what it makes of it is its exit status. What was retired by threads that were in a section may be lost:
 * they may have been in the midst of a change. */
static int
child_goes_on(test_record *me, size_t joined, size_t lost)
{
    if (do_stats().threads != joined)
        return 2;
    struct item *const n = item_make(me, 3);
    LOFT_ATOMIC(size_t) told;
    loft_init(&told, (size_t)0);
    if (!n)
        return 3;
    n->told = &told;
    put(me, &place2, n);
    put(me, &place2, NULL);
    retire_many(me, 100, &told);
    test_record *const more = do_join();
    if (!more)
        return 4;
    retire_many(more, 100, &told);
    do_leave(more);
#if !SMR_NEVER
    if (do_drain(me, loft_deadline(10000 * TEST_MS)) != LOFT_OK)
        return 5;
    if (loft_load(&told, relaxed) != 201)
        return 6;
    if (loft_load(&dropped_count, relaxed) + lost < loft_load(&retired_count, relaxed) || do_stats().pending > lost)
        return 7;
#endif
    do_leave(me);
    if (do_stats().threads != 0)
        return 8;
    if (do_fini() != LOFT_OK)
        return 9;
    if ((!SMR_NEVER && loft_load(&dropped_count, relaxed) + lost < loft_load(&retired_count, relaxed))
        || !nothing_bad())
        return 10;
    return 0;
}

static int
child_status(pid_t child)
{
    int status = 0;
    if (child <= 0 || waitpid(child, &status, 0) != child)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void
try_fork(void)
{
    enum { OF_MINE, OF_NOBODY, OF_MINE_INSIDE, OF_SELF, WAYS };
    static const char *const way_name[WAYS] = { "a record of its own", "no record", "a record that is in a section",
                                                "a record of S_self" };
    for (int way = 0; way < WAYS; way++) {
        LOFT_ATOMIC(size_t) told;
        loft_init(&told, (size_t)0);
        setup(4, 0);
        test_record *const me = way == OF_SELF ? do_self() : do_join();
        if (!me) {
            teardown("fork");
            continue;
        }
        struct actor a, b, c;
        struct item *const n = item_make(me, 1);
        n->told = &told;
        loft_init(&place, (uintptr_t)n);
        loft_init(&place2, (uintptr_t)0);
        actor_join(&a, &place);
        actor_join(&b, &place);
        actor_join(&c, &place);
        act(&a, a_hold);
        put(me, &place, NULL);
        b.count = 50;
        act(&b, a_retire);
        const size_t inside = way % 2 ? 50 : 0;
        if (inside)
            act(&b, a_enter);
        c.count = 20;
        act(&c, a_retire);
        act(&c, a_leave);
        retire_many(me, 30, NULL);
        if (way == OF_NOBODY)
            do_leave(me);
        if (way == OF_MINE_INSIDE) {
            loft_store(&place2, (uintptr_t)item_make(me, 8), relaxed);
            do_enter(me);
        }
        fflush(stdout);
        const pid_t child = fork();
        if (child == 0) {
            alarm(30);
            test_record *mine = way == OF_NOBODY ? NULL : me;
            S_(forked)(&domain, mine);
            if (way == OF_NOBODY)
                mine = do_join();
            if (!mine)
                _exit(20);
            if (way == OF_SELF && do_self() != mine)
                _exit(21);
            if (way == OF_MINE_INSIDE) {
                struct item *const mine_held = take(mine, 0, &place2);
                if (!item_good(mine_held))
                    _exit(22);
                do_retire(mine, item_of(loft_exchange(&place2, (uintptr_t)0, acq_rel)));
                for (int i = 0; i < 100; i++)
                    do_retire(mine, item_make(mine, 1));
                if (!item_good(mine_held) || (!SMR_DRAINS_INSIDE && do_drain(mine, LONG_AGO) != LOFT_INVAL))
                    _exit(23);
                do_exit(mine);
            }
            _exit(child_goes_on(mine, 1, inside));
        }
        char line[200];
        snprintf(line, sizeof line, "fork with %s: the child goes on, drains, and frees all", way_name[way]);
        const int status = child_status(child);
        if (!ok(status == 0, line))
            note("the child ended with %d", status);
        if (way == OF_MINE_INSIDE)
            do_exit(me);
        test_record *const next = way == OF_NOBODY ? do_join() : me;
        put(next, &place2, NULL);
        retire_many(next, 300, NULL);
        act(&a, a_look);
        ok(loft_load(&told, relaxed) == 0 && do_stats().threads == 3, "the parent goes on as if nothing had happened");
        act(&a, a_exit);
        if (inside)
            act(&b, a_exit);
#if !SMR_NEVER
        ok(do_drain(next, LOFT_FOREVER) == LOFT_OK && loft_load(&told, relaxed) == 1, "drains there too");
#endif
        actor_leave(&a);
        actor_leave(&b);
        actor_end(&c);
        do_leave(next);
        teardown("fork");
    }
}
#endif

/* The allocator of AddressSanitizer may be locked for ever in a child whose parent had other threads in it. */
#if !LOFT_TSAN && !TAP_ASAN
static LOFT_ATOMIC(int) fork_stop;

static void
fork_body(void *p, int id)
{
    (void)p;
    if (id == 0) {
        const int forks = (int)scaled(20);
        for (int i = 0; i < forks; i++) {
            fflush(stdout);
            const pid_t child = fork();
            if (child == 0) {
                alarm(30);
                S_(forked)(&domain, NULL);
                test_record *const me = do_join();
                LOFT_ATOMIC(size_t) told;
                loft_init(&told, (size_t)0);
                if (!me || do_stats().threads != 1)
                    _exit(2);
                retire_many(me, 300, &told);
#if !SMR_NEVER
                if (do_drain(me, loft_deadline(10000 * TEST_MS)) != LOFT_OK)
                    _exit(3);
                if (loft_load(&told, relaxed) != 300)
                    _exit(4);
#endif
                /* A node that another thread was just retiring may be lost, and its memory with it. */
                if (loft_load(&bad_count[BAD_TWICE], relaxed) != 0)
                    _exit(5);
                do_leave(me);
                _exit(do_fini() == LOFT_OK ? 0 : 6);
            }
            const int status = child_status(child);
            if (status != 0) {
                note("child %d ended with %d", i, status);
                bad(BAD_RESULT);
            }
        }
        loft_store(&fork_stop, 1, relaxed);
        return;
    }
    test_record *me = do_join();
    for (unsigned i = 0; me && !loft_load(&fork_stop, relaxed); i++) {
        do_enter(me);
        (void)take(me, 0, &place);
        do_exit(me);
        put(me, &place, item_make(me, 1));
        if (i % 16 == 15) {
            do_leave(me);
            me = do_join();
        }
    }
    if (me)
        do_leave(me);
    else
        bad(BAD_RESULT);
}

static void
try_fork_traffic(void)
{
    loft_init(&fork_stop, 0);
    loft_init(&place, (uintptr_t)0);
    setup(4, 0);
    run_threads(3, fork_body, NULL);
    ok(nothing_bad(), "forks in the midst of everything: each child goes on");
    test_record *const me = do_join();
    put(me, &place, NULL);
    do_leave(me);
    teardown("forks in the midst of everything");
}
#endif

/* ---- how much is pending ----------------------------------------------------------------------------------------- */

/* A thread stops in a section, with a node in its hands, while another retires and retires. */
static void
try_bound(size_t batch)
{
    enum { NODES = 10000 };
    setup(batch, 0);
    test_record *const me = do_join();
    struct actor a;
    actor_join(&a, &place);
    loft_init(&place, (uintptr_t)item_make(me, 1));
    act(&a, a_hold);
    uint64_t most = 0;
    for (int i = 0; i < NODES; i++) {
        put(me, &place, item_make(me, 2));
        if (i % 16 == 0) {
            const uint64_t pending = do_stats().pending;
            most = pending > most ? pending : most;
        }
    }
    note("one thread stopped, %d nodes retired, batch %lu: %lu pending at most", NODES, (unsigned long)batch,
         (unsigned long)most);
    if (!SMR_ROBUST(&domain))
        ok(most >= NODES / 2, "a thread that stops: pending grows, as this scheme says");
#if defined(SMR_BOUND)
    else if (!ok(most <= SMR_BOUND(2, batch), "a thread that stops: pending stays under its bound"))
        note("the bound is %lu", (unsigned long)(SMR_BOUND(2, batch)));
#else
    else
        ok(most < NODES / 2, "a thread that stops: pending stays bounded");
#endif
    act(&a, a_exit);
    put(me, &place, NULL);
#if !SMR_NEVER && defined(SMR_IDLE)
    retire_many(me, 12000, NULL);
    const uint64_t later = do_stats().pending;
    if (!ok(later <= SMR_IDLE(2, batch), "when it goes on, all that comes down again"))
        note("%lu pending", (unsigned long)later);
#endif
    actor_leave(&a);
    do_leave(me);
    teardown("a thread that stops");
}

/* The same while others come, retire `visit` nodes each, in turns, and go; or up to that many, by chance. */
static void
try_bound_visits(size_t batch, size_t visit, bool chance)
{
#if defined(SMR_BOUND)
    enum { RECORDS = 12, NODES = 40000 };
    setup(batch, 0);
    const size_t bound = SMR_BOUND(RECORDS + 2, batch);
    test_record *const me = do_join();
    test_record *visitor[RECORDS];
    size_t left[RECORDS];
    uint64_t random = visit;
    struct actor a;
    actor_join(&a, &place);
    loft_init(&place, (uintptr_t)item_make(me, 1));
    act(&a, a_hold);
    for (size_t i = 0; i < RECORDS; i++) {
        visitor[i] = do_join();
        left[i] = (i + 1u) * visit / RECORDS + 1u;       /* they do not all leave at once                      */
    }
    uint64_t most = 0;
    const size_t nodes = bound < (size_t)-1 ? NODES : 0;
    for (size_t n = 0; n < nodes; n++) {
        const size_t i = n % RECORDS;
        put(visitor[i], &place, item_make(visitor[i], 2));
        if (--left[i] == 0) {
            do_leave(visitor[i]);
            visitor[i] = do_join();
            random = random * 0x5851f42d4c957f2du + 1u;
            left[i] = chance ? 1u + (size_t)(random >> 33) % visit : visit;
        }
        if (n % 16 == 0) {
            const uint64_t pending = do_stats().pending;
            most = pending > most ? pending : most;
        }
    }
    note("one thread stopped, %lu nodes retired, batch %lu, visits of %s%lu: %lu pending at most", (unsigned long)nodes,
         (unsigned long)batch, chance ? "up to " : "", (unsigned long)visit, (unsigned long)most);
    if (!ok(most <= bound, "a thread that stops, others come and go: pending stays under its bound"))
        note("the bound is %lu", (unsigned long)bound);
    act(&a, a_exit);
    put(me, &place, NULL);
    for (size_t i = 0; i < RECORDS; i++)
        do_leave(visitor[i]);
    actor_leave(&a);
    do_leave(me);
    teardown("a thread that stops, others come and go");
#else
    (void)batch;
    (void)visit;
    (void)chance;
#endif
}

/* Nobody stops, and all sections end; `at_once` threads come, retire `visit` nodes each, in turns, and go. What they
 * leave must not add up. */
static void
try_visits(size_t batch, size_t visit, size_t at_once, size_t frees)
{
    enum { NODES = 60000, MOST = 5 };
    char line[200];
    snprintf(line, sizeof line, "%lu at a time, visits of %lu, batch %lu, frees %lu", (unsigned long)at_once,
             (unsigned long)visit, (unsigned long)batch, (unsigned long)frees);
    watched = line;
    setup(batch, frees);
    test_record *visitor[MOST];
    size_t left[MOST];
    for (size_t i = 0; i < at_once; i++) {
        visitor[i] = do_join();
        left[i] = (i + 1u) * visit / at_once + 1u;
    }
    for (size_t n = 0; n < NODES; n++) {
        const size_t i = n % at_once;
        retire_one(visitor[i], n, NULL);
        if (--left[i] == 0) {
            do_leave(visitor[i]);
            visitor[i] = do_join();
            left[i] = visit;
        }
    }
    const uint64_t pending = do_stats().pending;
    if (!ok(SMR_NEVER || pending <= NODES / 10, line))
        note("%lu of %d pending", (unsigned long)pending, NODES);
    for (size_t i = 0; i < at_once; i++)
        do_leave(visitor[i]);
    teardown(line);
}

/* A thread has stopped in a section, and now and then somebody comes, drains without waiting, and goes. */
static void
try_bound_drains(size_t batch, size_t each)
{
#if defined(SMR_BOUND)
    enum { RECORDS = 12, NODES = 40000 };
    setup(batch, 0);
    const size_t bound = SMR_BOUND(RECORDS + 3, batch);
    test_record *const me = do_join();
    test_record *writer[RECORDS];
    struct actor a;
    actor_join(&a, &place);
    loft_init(&place, (uintptr_t)item_make(me, 1));
    act(&a, a_hold);
    for (size_t i = 0; i < RECORDS; i++)
        writer[i] = do_join();
    uint64_t most = 0;
    const size_t nodes = bound < (size_t)-1 ? NODES : 0;
    for (size_t n = 0; n < nodes; n++) {
        put(writer[n % RECORDS], &place, item_make(writer[n % RECORDS], 2));
        if (n % each == each - 1u) {
            test_record *const guest = do_join();
            const loft_status s = do_drain(guest, 0);
            if (s != LOFT_TIMEOUT && s != LOFT_OK)
                bad(BAD_RESULT);
            do_leave(guest);
        }
        if (n % 16 == 0) {
            const uint64_t pending = do_stats().pending;
            most = pending > most ? pending : most;
        }
    }
    note("one thread stopped, %lu nodes retired, batch %lu, a drain that gives up after each %lu: %lu pending at most",
         (unsigned long)nodes, (unsigned long)batch, (unsigned long)each, (unsigned long)most);
    if (!ok(most <= bound, "a thread that stops, others drain in vain: pending stays under its bound"))
        note("the bound is %lu", (unsigned long)bound);
    act(&a, a_exit);
    put(me, &place, NULL);
    for (size_t i = 0; i < RECORDS; i++)
        do_leave(writer[i]);
    actor_leave(&a);
    do_leave(me);
    teardown("a thread that stops, others drain in vain");
#else
    (void)batch;
    (void)each;
#endif
}

/* ---- a thread that ends in drop ---------------------------------------------------------------------------------- */

#if !SMR_NEVER
static TEST_THREAD_LOCAL_ int last_drops;                /* the last of so many ends the thread                    */

static void
ending_drop(loft_smr_thread *me, loft_smr_node *n)
{
    item_drop(me, n);
    if (last_drops > 0 && --last_drops == 0)
        pthread_exit(NULL);
}

static void
retire_ending(test_record *me)
{
    struct item *const n = item_make(me, 1);
    if (!n)
        abort();
    loft_store(&n->state, (int)ITEM_RETIRED, relaxed);
    loft_fetch_add(&asked_count, 1u, relaxed);
    loft_fetch_add(&retired_count, 1u, relaxed);         /* not after it                                           */
    do_enter(me);
    const struct frame outer = call_begin(CALL_RETIRE, me);
    S_(retire)(me, &n->smr, ending_drop);
    call_end(&outer);
    do_exit(me);
}

/* arg: in which drop; of its drain, or of any call. */
static void *
ending_main(void *arg)
{
    const int which = *(const int *)arg;
    test_record *const me = do_self();
    if (!me)
        abort();
    if (which < 0)
        last_drops = -which;
    for (int i = 0; i < 20; i++)
        retire_ending(me);
    last_drops = which > 0 ? which : last_drops;
    (void)do_drain(me, LOFT_FOREVER);
    bad(BAD_RESULT);
    return NULL;
}

static void
try_end_in_drop(int which)
{
    char line[200];
    snprintf(line, sizeof line, "threads that end in a drop%s", which > 0 ? " of their drains" : "");
    watched = line;
    setup(which > 0 ? 64 : 4, 0);
    test_record *const me = do_join();
    for (int i = 0; i < 20; i++) {
        pthread_t id;
        if (pthread_create(&id, NULL, ending_main, &which) != 0)
            abort();
        pthread_join(id, NULL);
    }
    ok(do_drain(me, loft_now() + UINT64_C(10000000000)) == LOFT_OK && do_stats().pending == 0
       && loft_load(&dropped_count, relaxed) == loft_load(&retired_count, relaxed), line);
    do_leave(me);
    teardown(line);
}
#endif

/* ---- a thread that stops anywhere -------------------------------------------------------------------------------- */

enum victim_does {
    VICTIM_JOINS, VICTIM_READS, VICTIM_READS_YOUNG, VICTIM_RETIRES, VICTIM_DRAINS, VICTIM_ASKS, VICTIM_DOES
};

struct victim {
    enum victim_does does;
    long at;
    test_record *me;
    test_record *other;
    LOFT_ATOMIC(size_t) told;                            /* of those that it has retired                           */
};

static void *
victim_main(void *p)
{
    struct victim *const v = (struct victim *)p;
    struct item *n;
    switch (v->does) {
    case VICTIM_JOINS:
        freeze_at(v->at);
        v->me = do_join();
        if (v->me)
            do_leave(v->me);
        break;
    case VICTIM_READS:
        freeze_at(v->at);
        do_enter(v->me);
#if !S_(restarts)
        n = take(v->me, 0, &place);
        if (!item_good(n))
            bad(BAD_STAMP);
#endif
        do_exit(v->me);
        break;
    case VICTIM_READS_YOUNG:
        do_enter(v->me);
        for (int i = 0; i < 3; i++)
            put(v->other, &place, item_make(v->other, 5));
#if !S_(restarts)
        freeze_at(v->at);
        n = take(v->me, 0, &place);
        if (!item_good(n))
            bad(BAD_STAMP);
#endif
        do_exit(v->me);
        break;
    case VICTIM_RETIRES:
        n = item_make(v->me, 1);
        n->told = &v->told;
        freeze_at(v->at);
        put(v->me, &place2, n);
        retire_one(v->me, 2, &v->told);
        break;
    case VICTIM_DRAINS:
        freeze_at(v->at);
        if (do_drain(v->me, LOFT_FOREVER) != LOFT_OK && !SMR_NEVER)
            bad(BAD_RESULT);
        break;
    default:
        freeze_at(v->at);
        (void)do_stats();
        break;
    }
    freeze_end();
    return NULL;
}

/* For each access of what the victim does: it stops there; the others do all there is; it goes on. */
static void
try_stopped(enum victim_does does)
{
    static const char *const what[VICTIM_DOES] = { "joins and leaves", "reads", "reads what is young", "retires",
                                             "drains", "asks" };
    char line[200];
    snprintf(line, sizeof line, "one thread %s and stops at any access, the others go on", what[does]);
    watched = line;
    setup(1, 0);
    test_record *const me = do_join();
    struct victim v;
    v.does = does;
    loft_init(&v.told, (size_t)0);
    v.me = does == VICTIM_JOINS ? NULL : do_join();
    v.other = does == VICTIM_READS_YOUNG ? do_join() : NULL;
    loft_init(&place, (uintptr_t)item_make(me, 1));
    loft_init(&place2, (uintptr_t)item_make(me, 1));
    long k = 0;
    for (bool more = true; more && k < 3000; k++) {
        pthread_t id;
        v.at = k;
        retire_many(me, (size_t)(k % 4), NULL);
        freeze_arm();
        if (pthread_create(&id, NULL, victim_main, &v) != 0)
            abort();
        more = freeze_wait();
        if (more) {
            test_record *const guest = do_join();
            if (!guest)
                abort();
            put(guest, &place, item_make(guest, 3));
            put(me, &place, item_make(me, 4));
            retire_many(guest, 6, NULL);
            do_enter(me);
            (void)take(me, 0, &place);
            do_exit(me);
            retire_many(me, 6, NULL);
            (void)do_stats();
            const loft_status s = do_drain(me, LONG_AGO);
            if (SMR_NEVER ? s != LOFT_NOTSUP : s != LOFT_OK && s != LOFT_TIMEOUT)
                bad(BAD_RESULT);
            do_leave(guest);
            retire_many(me, 3, NULL);
            freeze_release();
        }
        pthread_join(id, NULL);
    }
    note("%ld accesses", k - 1);
    ok(nothing_bad() && k > 1, line);
    put(me, &place, NULL);
    put(me, &place2, NULL);
    if (v.me && does != VICTIM_JOINS)
        do_leave(v.me);
    if (v.other)
        do_leave(v.other);
    do_leave(me);
    teardown(line);
}

#if !LOFT_TSAN
/* The same, and at each of those moments a fork: in the child the thread that stopped does not exist. */
static void
try_stopped_fork(enum victim_does does)
{
    static const char *const what[VICTIM_DOES] = { "joins or leaves", "reads", "reads what is young", "retires",
                                             "drains", "asks" };
    char line[200];
    snprintf(line, sizeof line, "fork while another thread %s, at any access: the child goes on", what[does]);
    watched = line;
    const size_t batch = does == VICTIM_DRAINS ? 1000 : 1;
    size_t runs = 0;
    setup(batch, 2);
    test_record *const me = do_join();
    struct victim v;
    v.does = does;
    loft_init(&v.told, (size_t)0);
    v.me = does == VICTIM_JOINS ? NULL : do_join();
    v.other = does == VICTIM_READS_YOUNG ? do_join() : NULL;
    loft_init(&place, (uintptr_t)item_make(me, 1));
    loft_init(&place2, (uintptr_t)item_make(me, 1));
    long k = 0;
    const long step = 1 + 100 / (long)scaled(100) / 3;
    for (bool more = true; more && k < 3000; k += step) {
        pthread_t id;
        v.at = k;
        retire_many(me, 20, NULL);
        runs++;
        freeze_arm();
        if (pthread_create(&id, NULL, victim_main, &v) != 0)
            abort();
        more = freeze_wait();
        if (more) {
            fflush(stdout);
            const pid_t child = fork();
            if (child == 0) {
                alarm(30);
                S_(forked)(&domain, me);
                if (do_stats().threads != 1)
                    _exit(2);
                retire_many(me, 5, NULL);
#if !SMR_NEVER
                if (do_drain(me, loft_deadline(10000 * TEST_MS)) != LOFT_OK)
                    _exit(3);
                /* What it was retiring, freeing or draining may be lost. */
                size_t lost = SMR_FORK_LOST(2, batch);
                if (does == VICTIM_RETIRES)
                    lost += 2u * runs - loft_load(&v.told, relaxed);
                if (does == VICTIM_DRAINS)
                    lost = (size_t)-1;
                if (loft_load(&asked_count, relaxed) - loft_load(&dropped_count, relaxed) > lost)
                    _exit(4);
                if (does != VICTIM_DRAINS && do_stats().pending > lost + 2)
                    _exit(5);
#endif
                test_record *const guest = do_join();
                if (!guest || do_stats().threads != 2)
                    _exit(6);
                do_leave(guest);
                do_leave(me);
                if (do_stats().threads != 0 || do_fini() != LOFT_OK || !nothing_bad())
                    _exit(7);
                _exit(0);
            }
            const int status = child_status(child);
            if (status != 0) {
                if (loft_load(&bad_count[BAD_RESULT], relaxed) == 0)
                    note("at access %ld the child ended with %d", k, status);
                bad(BAD_RESULT);
            }
            freeze_release();
        }
        pthread_join(id, NULL);
    }
    ok(nothing_bad() && k > 1, line);
    loft_store(&bad_count[BAD_RESULT], (size_t)0, relaxed);
    put(me, &place, NULL);
    put(me, &place2, NULL);
    if (v.me && does != VICTIM_JOINS)
        do_leave(v.me);
    if (v.other)
        do_leave(v.other);
    do_leave(me);
    teardown(line);
}
#endif

/* ---- everything at once ------------------------------------------------------------------------------------------ */

enum { STRESS_WORDS = 16 };

struct stress {
    LOFT_ATOMIC(uintptr_t) word[STRESS_WORDS];
    unsigned long rounds;
};

static void
stress_read(test_record *me, struct stress *s, uint32_t r)
{
    do_enter(me);
    struct item *const n = take(me, 0, &s->word[r % STRESS_WORDS]);
    if (n && !item_good(n))
        bad(BAD_STAMP);
#if S_(slots) != 1 && !S_(restarts)
    if (r & 256u) {
#if SMR_NESTS
        do_enter(me);
#endif
        struct item *const m = take(me, 1, &s->word[(r >> 4) % STRESS_WORDS]);
        if ((m && !item_good(m)) || (n && !item_good(n)))
            bad(BAD_STAMP);
#if SMR_NESTS
        do_exit(me);
#endif
        if (n && !item_good(n))
            bad(BAD_STAMP);
    }
#endif
    do_exit(me);
}

static void
stress_body(void *p, int id)
{
    struct stress *const s = (struct stress *)p;
    uint32_t r = (uint32_t)id * 7919u + 1u;
    test_record *me = do_join();
    chaos_on(r);
    for (unsigned long i = 0; me && i < s->rounds; i++) {
        r ^= r << 13;
        r ^= r >> 17;
        r ^= r << 5;
        const uint32_t kind = (r >> 16) % 128u;
        if (kind < 64u) {
            stress_read(me, s, r);
        } else if (kind < 120u) {
            put(me, &s->word[r % STRESS_WORDS], item_make(me, r & 0xffffu));
        } else if (kind < 123u) {
            put(me, &s->word[r % STRESS_WORDS], NULL);
        } else if (kind < 125u) {
            struct item *const n = item_make(me, 5);
            if (!SMR_NEVER) {
                n->chain = item_make(me, 6);
                n->chain->chain = item_make(me, 7);
            }
            do_enter(me);
            do_retire(me, n);
            do_exit(me);
        } else if (kind == 125u && i % 8 == 0) {
            const loft_status t = do_drain(me, loft_deadline(TEST_MS / 5));
            if (SMR_NEVER ? t != LOFT_NOTSUP : t != LOFT_OK && t != LOFT_TIMEOUT)
                bad(BAD_RESULT);
        } else if (kind == 126u && i % 4 == 0) {
            do_leave(me);
            me = do_join();
        }
    }
    chaos_off();
    if (me)
        do_leave(me);
    else
        bad(BAD_RESULT);
}

static void
stress_run(int threads, size_t batch, size_t frees, bool keep, unsigned long rounds)
{
    static struct stress s;
    char line[200];
    snprintf(line, sizeof line, "%d threads replace and read, batch %lu, nodes %s", threads, (unsigned long)batch,
             keep ? "kept" : "given back");
    watched = line;
    const bool kept = keep_nodes;
    keep_nodes = keep && !TAP_ASAN;
    for (int i = 0; i < STRESS_WORDS; i++)
        loft_init(&s.word[i], (uintptr_t)0);
    s.rounds = rounds;
    setup(batch, frees);
    run_threads(threads, stress_body, &s);
    test_stats t = do_stats();
    ok(t.retired == loft_load(&retired_count, relaxed) && t.freed == loft_load(&dropped_count, relaxed)
       && t.pending == t.retired - t.freed && t.threads == 0 && t.records <= (size_t)threads
       && t.holder == 0, "at rest the statistics are exact");
    test_record *const me = do_join();
    for (int i = 0; i < STRESS_WORDS; i++)
        put(me, &s.word[i], NULL);
#if !SMR_NEVER
    for (int i = 0; i < 4; i++) {
        if (do_drain(me, LOFT_FOREVER) != LOFT_OK)
            bad(BAD_RESULT);
    }
    ok_eq(do_stats().pending, 0, "a drain frees what they left");
#endif
    do_leave(me);
    teardown(line);
    keep_nodes = kept;
}

static void
stress_all(void)
{
    stress_run(2, 1, 0, true, (unsigned long)scaled(16000));
    stress_run(4, 0, 0, true, (unsigned long)scaled(12000));
    stress_run(8, 8, 2, true, (unsigned long)scaled(6000));
    stress_run(3, 0, LOFT_SMR_ALL, false, (unsigned long)scaled(12000));
    stress_run(8, 2, 0, false, (unsigned long)scaled(6000));
}

#if defined(SMR_NEAR_END)
/* The counter of epochs or eras goes over its end on the way. */
static void
try_wrap(void)
{
    for (loft_seq before = 2; before <= 64; before *= 2) {
        near_end = before;
        note("%lu before the end of the counter", (unsigned long)before);
        try_hold(1, 100, 0);
#if !SMR_NEVER
        try_drain_timeout();
#endif
    }
    near_end = 400;
    try_hold_turns();
    stress_run(4, 1, 0, true, (unsigned long)scaled(1000));
    near_end = 0;
}
#endif

/* Everything above, of the scheme SMR. */
static void
contract(const char *name)
{
    watch(name);
    for (int i = 0; i < 2; i++) {
        symmetric = i != 0;
        watched = "init, fini, threads";
        if (!symmetric) {
            try_init();
            try_self();
            try_self_domains();
            try_self_no_keys();
            try_join();
        }
        try_fini();
        try_join_no_memory();
        try_leave();
        try_leave_held(1);
        try_leave_held(8);
        try_dead();
        watched = "storms of joins";
        try_storms();
        try_self_storm();
        watched = "sections";
        for (uintptr_t mark = 0; mark <= LOFT_SMR_MARKS; mark += 3)
            try_hold(1, 500, mark);
        try_hold(0, 10000, 0);
        try_marks();
        try_handed_on();
        try_hold_own();
        try_hold_beside();
        try_hold_turns();
#if S_(region) && !S_(restarts)
        try_region();
#endif
#if !S_(restarts)
        try_slots(0, S_(slots) ? S_(slots) : 32);
        try_slots(12, S_(slots) > 12 ? S_(slots) : 12);
#endif
        try_nest();
        watched = "drop";
        try_retire_no_memory();
#if !SMR_NEVER
        try_frees(1, 1);
        try_frees(2, 0);
        try_frees(3, 16);
        try_frees(7, 64);
        try_frees(LOFT_SMR_ALL, 16);
        try_chain(1, false);
        try_chain(LOFT_SMR_ALL, true);
        try_ask();
        try_unlocked();
        watched = "drain";
        try_drain_timeout();
        try_drain_no_memory();
        try_drain_many();
        try_drain_traffic();
#endif
        try_drain();
        watched = "statistics";
        try_stats();
        watched = "fork";
#if !LOFT_TSAN
        try_fork();
#else
        ok_skip("fork", "ThreadSanitizer does not follow");
#endif
#if !LOFT_TSAN && !TAP_ASAN
        try_fork_traffic();
#endif
        watched = "a thread that stops";
        try_bound(1);
        try_bound(0);
        static const size_t visits[] = { 5, 30, 100, 320, 3000 };
        for (size_t n = 0; n < sizeof visits / sizeof visits[0]; n++) {
            try_bound_visits(32, visits[n], false);
            try_bound_visits(n < 3 ? 4 : 32, visits[n], true);
        }
        try_bound_drains(32, 300);
        try_bound_drains(32, 1500);
        watched = "visits";
        for (size_t n = 1; n <= 5; n += 2) {
            try_visits(32, 33, n, 0);
            try_visits(32, 100, n, n / 2u);
            try_visits(1, 4, n, 0);
            try_visits(4, 29, n, 1);
        }
#if !SMR_NEVER
        try_end_in_drop(5);
        try_end_in_drop(-1);
#endif
        for (int does = 0; does < VICTIM_DOES; does++) {
            if (SMR_NEVER && does == VICTIM_DRAINS)
                continue;
            if (!S_(restarts) || does != VICTIM_READS_YOUNG)
                try_stopped((enum victim_does)does);
        }
#if !LOFT_TSAN
        if (!symmetric) {
            for (int does = 0; does < (SMR_NEVER ? VICTIM_DRAINS : VICTIM_ASKS); does++) {
                if (does != VICTIM_READS_YOUNG)
                    try_stopped_fork((enum victim_does)does);
            }
        }
#endif
        stress_all();
#if defined(SMR_NEAR_END)
        try_wrap();
#endif
    }
}

#endif
