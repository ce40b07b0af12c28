/* SPDX-License-Identifier: MIT
 *
 * tests/smr/ibr.c - smr/ibr.h: the contract of all schemes, and what is said of intervals and eras.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: also release -DNDEBUG
 */
#include "threads.h"

#include <loft/smr/ibr.h>

#define SMR loft_ibr
#define SMR_NEAR_END(d, n)        loft_ibr_start_at_((d), (loft_seq)0 - (n) * LOFT_IBR_STEP_)
#define SMR_IDLE(threads, batch)  ((threads) * (3u * ((batch) ? (batch) : 1024u) + 64u))
#define SMR_BOUND(threads, batch) BOUND((threads), (threads), 128u, (batch) ? (batch) : 1024u)
#define BOUND(there, threads, births, batch) (5u * ((there) + (threads) * (births)) / 2u + 3u * (threads) * (batch))
#include "contract.h"

/* ---- lives and intervals ----------------------------------------------------------------------------------------- */

enum { LIVES = 3000, RECORDS = 40 };

struct life {
    loft_ibr_node smr;
    bool there;
    unsigned section[RECORDS];                           /* those that may have held it when it was retired        */
};

static loft_ibr lives;
static loft_ibr_thread *record[RECORDS];
static struct life life[LIVES];
static unsigned section[RECORDS];                        /* which one each record is in; 0: none                   */
static size_t wrongly, given_back;

/* The same question, asked of each record as it is now. */
static bool
meets_somebody(const struct life *n)
{
    for (const loft_smr_thread *t = loft_smr_first_(&lives.base); t; t = t->next) {
        const loft_ibr_thread *const r = (const loft_ibr_thread *)t;
        const loft_seq lower = loft_load(&r->lower, relaxed), upper = loft_load(&r->upper, relaxed);
        if (r == record[0] || !(lower & 1u))
            continue;
        if ((loft_seq_diff)(upper - n->smr.birth) >= 0 && (loft_seq_diff)(n->smr.retired - (lower - 1u)) >= 0)
            return true;
    }
    return false;
}

static void
life_ends(loft_smr_thread *me, loft_smr_node *node)
{
    struct life *const n = (struct life *)node;
    (void)me;
    wrongly += !n->there;
    for (size_t i = 0; i < RECORDS; i++)
        wrongly += n->section[i] && n->section[i] == section[i];
    n->there = false;
    given_back++;
}

static void
lives_begin(size_t batch, size_t births, loft_seq start, size_t records)
{
    loft_ibr_options o;
    memset(&o, 0, sizeof o);
    o.batch = batch;
    o.births = births;
    if (loft_ibr_init(&lives, &o) != LOFT_OK)
        abort();
    if (start)
        loft_ibr_start_at_(&lives, start);
    for (size_t i = 0; i < records; i++) {
        record[i] = loft_ibr_join(&lives);
        if (!record[i])
            abort();
    }
    wrongly = 0;
    given_back = 0;
    memset((void *)life, 0, sizeof life);
    memset(section, 0, sizeof section);
}

static void
section_begins(size_t i)
{
    static unsigned sections;
    loft_ibr_enter(record[i]);
    section[i] = ++sections;
}

static void
section_ends(size_t i)
{
    loft_ibr_exit(record[i]);
    section[i] = 0;
}

static void
life_begins(size_t i)
{
    loft_ibr_born(record[0], &life[i].smr);
    life[i].there = true;
    memset(life[i].section, 0, sizeof life[i].section);
}

static void
life_retires(size_t i)
{
    for (size_t r = 1; r < RECORDS; r++) {
        if (section[r] && (loft_seq_diff)(loft_load(&record[r]->upper, relaxed) - life[i].smr.birth) >= 0)
            life[i].section[r] = section[r];
    }
    loft_ibr_enter(record[0]);
    loft_ibr_retire(record[0], &life[i].smr, life_ends);
    loft_ibr_exit(record[0]);
}

/* Nodes and sections come and go at random. Nothing is dropped under an interval that it meets, and a drain that has no
 * time leaves exactly what meets one. */
static void
try_lives(size_t records, loft_seq start, const char *what)
{
    LOFT_ATOMIC(uintptr_t) word;
    loft_init(&word, (uintptr_t)0);
    lives_begin(3, 1, start, records);
    uint32_t random = 12345;
    size_t born = 0, retired = 0, most = 0;
    while (retired < LIVES) {
        random = random * 1664525u + 1013904223u;
        const size_t which = 1 + (random >> 8) % (records - 1);
        switch (random >> 28) {
        case 0: case 1:
            if (section[which])
                section_ends(which);
            break;
        case 2: case 3: case 4:
            if (!section[which])
                section_begins(which);
            break;
        case 5:
            if (section[which])
                (void)loft_ibr_protect(record[which], 0, &word);
            break;
        case 6: case 7: case 8: case 9: case 10:
            if (born < LIVES)
                life_begins(born++);
            break;
        default:
            if (retired < born)
                life_retires(retired++);
            break;
        }
        most = record[0]->spans > most ? record[0]->spans : most;
    }
    size_t left = 0, held = 0;
    const loft_status s = loft_ibr_drain(record[0], LONG_AGO);
    for (size_t i = 0; i < LIVES; i++) {
        left += life[i].there;
        held += life[i].there && meets_somebody(&life[i]);
    }
    char line[200];
    snprintf(line, sizeof line, "%s: no node is dropped under a section that may have held it", what);
    ok_eq(wrongly, 0, line);
    snprintf(line, sizeof line, "%s: what is left meets one", what);
    ok_eq(held, left, line);
    ok(s == (left ? LOFT_TIMEOUT : LOFT_OK), "and drain says so");
    note("%lu of %d left; %lu intervals kept apart at most", (unsigned long)left, LIVES, (unsigned long)most);
    for (size_t i = 1; i < records; i++) {
        if (section[i])
            section_ends(i);
    }
    ok(loft_ibr_drain(record[0], LONG_AGO) == LOFT_OK && given_back == LIVES, "without sections all of it goes");
    ok_eq(loft_ibr_fini(&lives), LOFT_OK, "fini");
}

/* What is in the way of it does not matter. */
static void
drain_now(void)
{
    if (loft_ibr_drain(record[0], LONG_AGO) == LOFT_NOMEM)
        abort();
}

/* What stopped sections hold is told apart exactly: every second of them, with a node in each gap. */
static void
try_gaps(size_t sections)
{
    char line[200];
    lives_begin(1, 1, 0, RECORDS);
    for (size_t i = 0; i < sections; i++) {
        life_begins(4 * i);                              /* lives in the interval of section i only            */
        section_begins(1 + i);
        life_begins(4 * i + 1);
        life_retires(4 * i);
        drain_now();
        life_begins(4 * i + 2);                          /* lives between two of them                          */
        life_retires(4 * i + 1);
        life_retires(4 * i + 2);
        drain_now();
        life_begins(4 * i + 3);
        life_retires(4 * i + 3);
        drain_now();
    }
    size_t kept = 0, gaps = 0;
    for (size_t i = 0; i < sections; i++) {
        kept += life[4 * i].there;
        for (size_t k = 1; k < 4; k++)
            gaps += life[4 * i + k].there;
    }
    snprintf(line, sizeof line, "%lu sections that stopped: each keeps its node", (unsigned long)sections);
    ok_eq(kept, sections, line);
    snprintf(line, sizeof line, "%lu sections that stopped: no node that lived between two is kept",
             (unsigned long)sections);
    ok_eq(gaps, 0, line);
    ok(loft_ibr_stats_get(&lives).holder == loft_ibr_number(record[1]) && loft_ibr_stats_get(&lives).lag > 0,
       "holder is the oldest");
    for (size_t i = 0; i < sections; i++)
        section_ends(1 + i);
    ok(loft_ibr_fini(&lives) == LOFT_OK && !wrongly, "fini");
}

/* ---- eras -------------------------------------------------------------------------------------------------------- */

static void
try_eras(void)
{
    lives_begin(1000000, 10, 0, 2);
    for (size_t i = 0; i < 1001; i++)
        life_begins(i);
    ok_eq(loft_ibr_stats_get(&lives).advances, 100, "an era for every ten nodes that one thread makes");
    ok(loft_ibr_fini(&lives) == LOFT_OK, "fini");

    /* Nobody makes nodes, and there is always somebody in a section. */
    lives_begin(8, 10, 0, 3);
    for (size_t i = 0; i < LIVES; i++)
        life_begins(i);
    size_t most = 0;
    section_begins(1);
    for (size_t i = 0; i < LIVES; i++) {
        section_begins(1 + (i + 1) % 2);
        section_ends(1 + i % 2);
        life_retires(i);
        most = i + 1 - given_back > most ? i + 1 - given_back : most;
    }
    section_ends(1);
    if (!ok(most <= SMR_IDLE(1, 8), "where no node is made, what is retired goes all the same"))
        note("%lu pending", (unsigned long)most);
    ok(loft_ibr_fini(&lives) == LOFT_OK && given_back == LIVES && !wrongly, "fini");

    /* The same where the era ends on the way, and the numbers of the thread's rounds with it. */
    lives_begin(8, 10, (loft_seq)0 - 20u, 2);
    for (size_t i = 0; i < LIVES; i++) {
        life_begins(i);
        life_retires(i);
    }
    ok(loft_ibr_drain(record[0], LONG_AGO) == LOFT_OK && given_back == LIVES && !wrongly, "eras over their end");
    ok(loft_ibr_fini(&lives) == LOFT_OK, "fini");
}

/* A node of its own, linked, unlinked by another, and still read. */
static void
try_own(void)
{
    LOFT_ATOMIC(uintptr_t) mine;
    lives_begin(1, 1, 0, 2);
    section_begins(1);
    for (size_t i = 0; i < 20; i++)
        life_begins(i);
    loft_init(&mine, (uintptr_t)&life[19]);
    (void)loft_ibr_protect(record[1], 0, &mine);
    for (size_t i = 0; i < 20; i++)
        life_retires(i);
    for (size_t i = 20; i < 200; i++) {
        life_begins(i);
        life_retires(i);
    }
    ok(life[19].there && !life[100].there, "a node of one's own is protected through a local word");
    section_ends(1);
    ok(loft_ibr_fini(&lives) == LOFT_OK && !wrongly, "fini");
}

/* ---- the bound --------------------------------------------------------------------------------------------------- */

/* `there` nodes are linked when a section stops, and are all retired then; more are made and retired. */
static void
try_bound_of(size_t there, size_t births, size_t batch)
{
    char line[200];
    lives_begin(batch, births, 0, 2);
    for (size_t i = 0; i < there; i++)
        life_begins(i);
    section_begins(1);
    uint64_t most = 0;
    for (size_t i = 0, n = 0; n < 40 * LIVES; n++) {
        if (n < there)
            life_retires(n);
        else {
            while (life[i].there)
                i = (i + 1) % LIVES;
            life_begins(i);
            life_retires(i);
        }
        const uint64_t pending = n + 1 - given_back;
        most = pending > most ? pending : most;
    }
    const size_t bound = BOUND(there, 2, births, batch);
    snprintf(line, sizeof line, "one stopped, %lu nodes there, %lu births, batch %lu: pending stays under the bound",
             (unsigned long)there, (unsigned long)births, (unsigned long)batch);
    ok(most <= bound && most >= there, line);
    note("%lu pending at most, the bound is %lu", (unsigned long)most, (unsigned long)bound);
    ok_eq(loft_ibr_stats_get(&lives).pending, 40 * LIVES - given_back, "as the statistics say");
    section_ends(1);
    ok(loft_ibr_drain(record[0], LONG_AGO) == LOFT_OK && given_back == 40 * LIVES && !wrongly, "then all of it goes");
    ok(loft_ibr_fini(&lives) == LOFT_OK, "fini");
}

enum { BOUND_THREADS = 3, BOUND_BIRTHS = 16, BOUND_BATCH = 32 };

static LOFT_ATOMIC(uintptr_t) places[BOUND_THREADS];
static LOFT_ATOMIC(unsigned) bound_done;
static uint64_t bound_most;

static void
bound_drop(loft_smr_thread *me, loft_smr_node *n)
{
    (void)me;
    loft_free(n, sizeof(struct life));
}

static void
bound_body(void *arg, int id)
{
    const unsigned long rounds = *(const unsigned long *)arg;
    if (id == BOUND_THREADS) {
        while (loft_load(&bound_done, acquire) != BOUND_THREADS) {
            const uint64_t pending = loft_ibr_stats_get(&lives).pending;
            bound_most = pending > bound_most ? pending : bound_most;
            sched_yield();
        }
        return;
    }
    loft_ibr_thread *const me = loft_ibr_self(&lives);
    if (!me)
        abort();
    chaos_on((uint32_t)id + 1u);
    for (unsigned long i = 0; i < rounds; i++) {
        struct life *const n = (struct life *)loft_ibr_alloc_node(me, sizeof *n);
        loft_ibr_enter(me);
        struct life *const old = (struct life *)loft_exchange(&places[id], (uintptr_t)n, acq_rel);
        if (old)
            loft_ibr_retire(me, &old->smr, bound_drop);
        loft_ibr_exit(me);
    }
    chaos_off();
    loft_fetch_add(&bound_done, 1u, release);
}

/* The same with threads: sections that go on make their own nodes wait for a round, not more. */
static void
try_bound_threads(void)
{
    unsigned long rounds = (unsigned long)scaled(60000);
    lives_begin(BOUND_BATCH, BOUND_BIRTHS, 0, 1);
    bound_most = 0;
    loft_init(&bound_done, 0u);
    for (int i = 0; i < BOUND_THREADS; i++)
        loft_init(&places[i], (uintptr_t)0);
    loft_ibr_enter(record[0]);
    run_threads(BOUND_THREADS + 1, bound_body, &rounds);
    /* Nobody of them stops, but the system may stop one in a section for a while, and then the next. */
    const size_t bound = BOUND(BOUND_THREADS, BOUND_THREADS + 1, BOUND_BIRTHS, BOUND_BATCH);
    note("%lu nodes, one stopped: %lu pending at most, the bound is %lu", rounds * BOUND_THREADS,
         (unsigned long)bound_most, (unsigned long)bound);
    ok(bound_most <= 8u * bound, "threads beside one that stopped: pending does not grow with what they do");
    loft_ibr_exit(record[0]);
    ok(loft_ibr_drain(record[0], LOFT_FOREVER) == LOFT_OK && loft_ibr_stats_get(&lives).pending == 0, "then it goes");
    for (int i = 0; i < BOUND_THREADS; i++)
        loft_free((void *)loft_load(&places[i], relaxed), sizeof(struct life));
    ok(loft_ibr_fini(&lives) == LOFT_OK, "fini");
}

/* ---- those who come and go --------------------------------------------------------------------------------------- */

enum { VISITS = 400, OF_EACH = 10 };

static loft_ibr crowd;
static LOFT_ATOMIC(unsigned) crowd_in, crowd_out;
static loft_status crowd_drained;

static void
crowd_retires(loft_ibr_thread *me, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct life *const one = (struct life *)loft_ibr_alloc_node(me, sizeof *one);
        if (!one)
            abort();
        loft_ibr_enter(me);
        loft_ibr_retire(me, &one->smr, bound_drop);
        loft_ibr_exit(me);
    }
}

static loft_ibr_thread *
crowd_join(void)
{
    loft_ibr_thread *const me = loft_ibr_join(&crowd);
    if (!me)
        abort();
    return me;
}

/* The most that is pending while threads come, retire a little and go, two at a time. */
static uint64_t
crowd_visits(void)
{
    uint64_t most = 0;
    for (size_t i = 0; i < VISITS; i++) {
        loft_ibr_thread *const one = crowd_join(), *const other = crowd_join();
        crowd_retires(one, OF_EACH);
        loft_ibr_leave(one);
        crowd_retires(other, OF_EACH);
        loft_ibr_leave(other);
        const uint64_t pending = loft_ibr_stats_get(&crowd).pending;
        most = pending > most ? pending : most;
    }
    return most;
}

static void
crowd_begin(size_t batch)
{
    loft_ibr_options o;
    memset(&o, 0, sizeof o);
    o.batch = batch;
    o.births = batch;
    if (loft_ibr_init(&crowd, &o) != LOFT_OK)
        abort();
    loft_init(&crowd_in, 0u);
    loft_init(&crowd_out, 0u);
}

/* Comes to a round, which takes over what others have left, and stops somewhere in it. */
static void
crowd_stops(void *arg, int id)
{
    (void)id;
    loft_ibr_thread *const me = crowd_join();
    crowd_retires(me, 15);
    loft_store(&crowd_in, 1u, release);
    while (!loft_load(&crowd_out, acquire))
        sched_yield();
    freeze_at(*(const long *)arg);
    crowd_retires(me, 1);
    freeze_end();
    loft_ibr_leave(me);
}

static void *
crowd_stops_thread(void *arg)
{
    crowd_stops(arg, 0);
    return NULL;
}

/* Wherever somebody stops who takes over what others have left, they are not in need of it. */
static void
try_stopped_adopter(void)
{
    uint64_t most = 0;
    long at = 0;
    for (bool more = true; more && at < 200; at++) {
        crowd_begin(16);
        pthread_t thread;
        freeze_arm();
        if (pthread_create(&thread, NULL, crowd_stops_thread, &at) != 0)
            abort();
        while (!loft_load(&crowd_in, acquire))
            sched_yield();
        loft_ibr_thread *others[3];                      /* who leave something for it to find                 */
        for (size_t i = 0; i < 3; i++)
            others[i] = crowd_join();
        for (size_t i = 0; i < 3; i++) {
            crowd_retires(others[i], 5);
            loft_ibr_leave(others[i]);
        }
        loft_store(&crowd_out, 1u, release);
        more = freeze_wait();
        const uint64_t pending = more ? crowd_visits() : 0;
        most = pending > most ? pending : most;
        if (more)
            freeze_release();
        pthread_join(thread, NULL);
        if (loft_ibr_fini(&crowd) != LOFT_OK)
            abort();
    }
    /* What there is is made in two eras of each thread, and is pending. */
    const size_t bound = BOUND(4 * 16, 4, 16, 16);
    note("stopped at one of %ld accesses: %lu pending at most, the bound is %lu", at - 1, (unsigned long)most,
         (unsigned long)bound);
    ok(at > 20 && most <= bound, "one stops while it takes over what others have left: what they leave stays bounded");
}

/* In a section, with something retired. */
static void *
crowd_section(void *arg)
{
    (void)arg;
    loft_ibr_thread *const me = crowd_join();
    loft_ibr_enter(me);
    struct life *const one = (struct life *)loft_ibr_alloc_node(me, sizeof *one);
    if (!one)
        abort();
    loft_ibr_retire(me, &one->smr, bound_drop);
    loft_store(&crowd_in, 1u, release);
    while (!loft_load(&crowd_out, acquire))
        sched_yield();
    loft_ibr_exit(me);
    loft_ibr_leave(me);
    return NULL;
}

static void *
crowd_drains(void *arg)
{
    (void)arg;
    loft_ibr_thread *const me = crowd_join();
    loft_fetch_add(&crowd_in, 1u, release);
    crowd_drained = loft_ibr_drain(me, LOFT_FOREVER);
    loft_ibr_leave(me);
    return NULL;
}

/* A drain that waits for a section does not keep others from taking over what is left. */
static void
try_waiting_drain(void)
{
    pthread_t section_thread, drain_thread;
    crowd_begin(16);
    if (pthread_create(&section_thread, NULL, crowd_section, NULL) != 0)
        abort();
    while (loft_load(&crowd_in, acquire) != 1)
        sched_yield();
    if (pthread_create(&drain_thread, NULL, crowd_drains, NULL) != 0)
        abort();
    while (loft_load(&crowd_in, acquire) != 2)
        sched_yield();
    while (!loft_smr_locked_(&crowd.collector))
        sched_yield();
    uint64_t most = crowd_visits();
    const size_t bound = BOUND(2 * 16, 4, 16, 16);
    if (!ok(most <= bound, "a drain waits for a section: what others leave stays bounded"))
        note("%lu pending at most, the bound is %lu", (unsigned long)most, (unsigned long)bound);

    /* Those who leave are more than those who come. */
    loft_ibr_thread *many[20];
    for (size_t i = 0; i < 20; i++)
        many[i] = crowd_join();
    for (size_t i = 0; i < 20; i++)
        crowd_retires(many[i], 14);
    for (size_t i = 0; i < 20; i++)
        loft_ibr_leave(many[i]);
    loft_ibr_thread *const me = crowd_join();
    crowd_retires(me, 1000);
    const uint64_t pending = loft_ibr_stats_get(&crowd).pending;
    if (!ok(pending <= bound, "and what many have left is freed by one"))
        note("%lu pending, the bound is %lu", (unsigned long)pending, (unsigned long)bound);
    loft_ibr_leave(me);
    loft_store(&crowd_out, 1u, release);
    pthread_join(section_thread, NULL);
    pthread_join(drain_thread, NULL);
    ok(crowd_drained == LOFT_OK, "it ends when the section does");
    ok(loft_ibr_fini(&crowd) == LOFT_OK, "fini");
}

static size_t
crowd_taken(void)
{
    size_t n = 0;
    for (const loft_ibr_bag_ *bag = crowd.taken; bag; bag = bag->next)
        n++;
    return n;
}

/* What all bags say that they keep. */
static size_t
crowd_kept(void)
{
    size_t kept = 0;
    for (const loft_ibr_bag_ *bag = crowd.taken; bag; bag = bag->next)
        kept += bag->kept;
    for (const loft_smr_thread *t = loft_smr_first_(&crowd.base); t; t = t->next) {
        const loft_ibr_bag_ *const bag = loft_ibr_itself_(loft_load(&((const loft_ibr_thread *)t)->bag, relaxed));
        kept += bag ? bag->kept : 0;
    }
    return kept;
}

/* Drains that have no time, again and again: each bag is taken once, and what is kept is what is pending. */
static void
try_drains_again(void)
{
    crowd_begin(16);
    loft_ibr_thread *const stopped = crowd_join(), *const me = crowd_join();
    loft_ibr_enter(stopped);
    struct life *const held = (struct life *)loft_ibr_alloc_node(stopped, sizeof *held);
    if (!held)
        abort();
    loft_ibr_retire(stopped, &held->smr, bound_drop);
    bool late = true;
    for (size_t i = 0; i < 50; i++) {
        crowd_retires(me, 5);
        late = loft_ibr_drain(me, LONG_AGO) == LOFT_TIMEOUT && late;
    }
    ok(late && crowd_taken() == 1, "fifty drains beside a section: one bag of its thread is taken away");
    ok_eq(crowd_kept(), loft_ibr_stats_get(&crowd).pending, "what bags keep is what is pending");
    loft_ibr_exit(stopped);
    crowd_retires(me, 100);
    ok_eq(crowd_taken(), 0, "when the section has ended somebody takes that over");
    loft_ibr_leave(stopped);
    ok(loft_ibr_drain(me, LONG_AGO) == LOFT_OK && loft_ibr_stats_get(&crowd).pending == 0, "and a drain has all of it");
    ok(loft_ibr_fini(&crowd) == LOFT_OK, "fini");
}

/* ---- rounds ------------------------------------------------------------------------------------------------------ */

/* Sections that retire count for what they retire, others for one. */
static void
try_counts(void)
{
    lives_begin(1000, 1000, 0, 1);
    const loft_ibr_bag_ *const bag = loft_load(&record[0]->bag, relaxed);
    loft_ibr_enter(record[0]);
    for (size_t i = 0; i < 3; i++) {
        life_begins(i);
        loft_ibr_retire(record[0], &life[i].smr, life_ends);
    }
    loft_ibr_exit(record[0]);
    ok_eq(bag->wait, 997, "a node counts once for the batch");
    section_begins(0);
    section_ends(0);
    ok_eq(bag->wait, 996, "and so does a section that retires nothing");
    ok(loft_ibr_fini(&lives) == LOFT_OK && given_back == 3 && !wrongly, "fini");
}

static void
retires(size_t who, size_t from, size_t n)
{
    for (size_t i = from; i < from + n; i++) {
        life_begins(i);
        loft_ibr_enter(record[who]);
        loft_ibr_retire(record[who], &life[i].smr, life_ends);
        loft_ibr_exit(record[who]);
    }
}

static uint64_t
fences(void)
{
    return loft_ibr_stats_get(&lives).fences;
}

/* A fence is for all that others have marked. */
static void
try_shared(loft_seq start, const char *what)
{
    char line[200];
    lives_begin(100, 1000, start, 3);
    if (!lives.asym) {
        ok_skip("fences for others", "no membarrier");
        ok(loft_ibr_fini(&lives) == LOFT_OK, "fini");
        return;
    }
    retires(0, 0, 100);                                  /* its first round, and half of the way to the next       */
    retires(0, 100, 50);
    const loft_ibr_bag_ *const bag = loft_load(&record[0]->bag, relaxed);
    ok(fences() == 1 && bag->marked.head && !bag->fresh.head, "after half a round what is retired is marked");
    retires(0, 150, 30);
    retires(1, 1000, 100);
    ok_eq(fences(), 2, "another has made a fence since");
    retires(0, 180, 20);
    snprintf(line, sizeof line, "%s: the round goes by that, and leaves what was retired after the mark", what);
    size_t fresh = 0;
    for (const loft_smr_node *n = bag->fresh.head; n; n = n->next)
        fresh++;
    ok(fences() == 2 && !bag->marked.head && fresh == 50, line);
    retires(0, 200, 50);
    ok(bag->marked.head != NULL, "which is marked then");
    section_begins(2);                                   /* a fence from before a mark is none                     */
    retires(0, 250, 50);
    ok(fences() == 3 && !bag->marked.head, "where nobody has made one it makes its own, for all there is");
    section_ends(2);
    ok(loft_ibr_drain(record[0], LONG_AGO) == LOFT_OK && given_back == 400 && !wrongly, "all of it goes");
    ok(loft_ibr_fini(&lives) == LOFT_OK, "fini");
}

/* Two that retire by turns make about one fence for two batches, and no more is pending than before. */
static void
try_economy(void)
{
    enum { ROUNDS = 20, OF = 50 };
    lives_begin(OF, 16, 0, 2);
    uint64_t most = 0;
    size_t n = 0;
    for (size_t i = 0; n < 2 * ROUNDS * OF; i = (i + 1) % LIVES) {
        if (life[i].there)
            continue;
        retires(n % 2, i, 1);
        n++;
        const uint64_t pending = n - given_back;
        most = pending > most ? pending : most;
    }
    note("%lu nodes of two threads: %lu fences, %lu pending at most", (unsigned long)n, (unsigned long)fences(),
         (unsigned long)most);
    ok(fences() <= (lives.asym ? ROUNDS + ROUNDS / 2 : 2 * ROUNDS + 2), "fences are shared");
    ok(most <= 6 * OF, "no more than three batches of each are pending");
    ok(loft_ibr_fini(&lives) == LOFT_OK && !wrongly, "fini");
}

/* One is freed for one that is retired; two where nothing is. */
static void
try_pace(void)
{
    lives_begin(50, 16, 0, 1);
    size_t most = 0;
    for (size_t i = 0; i < 1000; i++) {
        const size_t before = given_back;
        retires(0, i, 1);
        most = given_back - before > most ? given_back - before : most;
    }
    ok(most == 1 && given_back >= 1000 - 150, "who retires one frees one");
    most = 0;
    for (size_t i = 0; i < 300; i++) {
        const size_t before = given_back;
        section_begins(0);
        section_ends(0);
        most = given_back - before > most ? given_back - before : most;
    }
    ok(most == 2 && given_back == 1000, "who retires nothing frees options.frees");
    ok(loft_ibr_fini(&lives) == LOFT_OK && !wrongly, "fini");
}

/* ---- those who end in drop --------------------------------------------------------------------------------------- */

enum { ENDS = 20, ENDS_AT = 5, ENDING = 50 };

static LOFT_ATOMIC(size_t) ends_dropped;
static LOFT_ATOMIC(unsigned) ends_here;
static bool ends_waits;

static void
ends_drop(loft_smr_thread *me, loft_smr_node *node)
{
    (void)me;
    loft_free(node, sizeof(struct life));
    if (loft_fetch_add(&ends_dropped, (size_t)1, relaxed) + 1u != ENDS_AT)
        return;
    loft_store(&ends_here, 1u, release);
    while (ends_waits && loft_load(&ends_here, acquire) == 1u)
        sched_yield();
    pthread_exit(NULL);
}

static void
ends_retire(loft_ibr_thread *me, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct life *const one = (struct life *)loft_ibr_alloc_node(me, sizeof *one);
        if (!one)
            abort();
        loft_ibr_enter(me);
        loft_ibr_retire(me, &one->smr, ends_drop);
        loft_ibr_exit(me);
    }
}

/* In a drain of its own, or in retire. */
static void *
ends_thread(void *drains)
{
    loft_ibr_thread *const me = loft_ibr_self(&crowd);
    if (!me)
        abort();
    ends_retire(me, drains ? (size_t)ENDS : (size_t)10000);
    if (loft_ibr_drain(me, LOFT_FOREVER) != LOFT_OK)
        bad(BAD_RESULT);
    return NULL;
}

static void
ends_begin(pthread_t *thread, bool drains)
{
    static char yes;
    loft_store(&ends_dropped, (size_t)0, relaxed);
    loft_store(&ends_here, 0u, relaxed);
    if (pthread_create(thread, NULL, ends_thread, drains ? &yes : NULL) != 0)
        abort();
}

static void *
ends_other(void *me)
{
    const loft_status s = loft_ibr_drain((loft_ibr_thread *)me, LOFT_FOREVER);
    if (s != LOFT_OK || loft_load(&ends_dropped, relaxed) != ENDS)
        bad(BAD_RESULT);
    return NULL;
}

/* A drop may end its thread in a drain: what that had in its hands is freed by the next, or by fini, and not before is
 * it said that all is. What bags keep stays what is pending. */
static void
try_ends(void)
{
    pthread_t thread;
    crowd_begin(32);
    loft_ibr_thread *const me = crowd_join();
    ends_waits = false;
    ends_begin(&thread, true);
    pthread_join(thread, NULL);
    ok(crowd_kept() == ENDS - ENDS_AT && loft_ibr_stats_get(&crowd).pending == ENDS - ENDS_AT,
       "a thread ends in drop, in a drain: what it had in its hands is kept");
    ok(loft_ibr_drain(me, LOFT_FOREVER) == LOFT_OK && loft_load(&ends_dropped, relaxed) == ENDS,
       "and the next drain has it");
    ends_begin(&thread, true);
    pthread_join(thread, NULL);
    for (size_t i = 0; i < 100; i++)
        crowd_retires(me, 1);
    ok_eq(loft_load(&ends_dropped, relaxed), ENDS, "or who retires");

    ends_waits = true;
    ends_begin(&thread, true);
    while (!loft_load(&ends_here, acquire))
        sched_yield();
    pthread_t other;
    if (pthread_create(&other, NULL, ends_other, me) != 0)
        abort();
    while (!loft_smr_locked_(&crowd.collector))          /* it has the lock, and waits for the section             */
        sched_yield();
    loft_store(&ends_here, 2u, release);
    pthread_join(thread, NULL);
    pthread_join(other, NULL);
    ok(loft_load(&bad_count[BAD_RESULT], relaxed) == 0 && loft_load(&ends_dropped, relaxed) == ENDS,
       "a drain that waits for it meanwhile, too");

    ends_waits = false;
    for (int i = 0; i < ENDING; i++) {
        ends_begin(&thread, false);
        pthread_join(thread, NULL);
    }
    ok_eq(crowd_kept(), loft_ibr_stats_get(&crowd).pending, "fifty threads end in retire: what bags keep is pending");
    ends_begin(&thread, true);
    pthread_join(thread, NULL);
    ok(loft_ibr_fini(&crowd) == LOFT_OK && loft_load(&ends_dropped, relaxed) > ENDS, "and fini has all that is left");
}

int
main(void)
{
    contract("smr/ibr");
    try_counts();
    try_shared(0, "from the beginning");
    try_shared((loft_seq)0 - 4u, "over the end");
    try_economy();
    try_pace();
    try_lives(6, 0, "five sections");
    try_lives(RECORDS, 0, "39 sections");
    try_lives(RECORDS, (loft_seq)0 - 2000u, "39 sections over the end");
    try_lives(6, ((loft_seq)-1 >> 1) - 999u, "five sections over half the range");
    try_gaps(3);
    try_gaps(LOFT_IBR_SPANS_);
    try_gaps(RECORDS - 1);
    try_eras();
    try_own();
    try_bound_of(1, 1, 1);
    try_bound_of(10, 128, 64);
    try_bound_of(1000, 16, 8);
    try_bound_of(64, 16, 64);
    try_bound_of(100, 1, 64);
    try_bound_of(150, 16, 64);
    try_bound_of(192, 1, 64);
    try_bound_of(250, 64, 64);
    try_bound_of(400, 16, 64);
    try_bound_threads();
    try_stopped_adopter();
    try_waiting_drain();
    try_drains_again();
    try_ends();
    return done();
}
