/* SPDX-License-Identifier: MIT
 *
 * tests/check/explore/known_bugs.c - what the explorer has to find, and to let pass: locks, flags, barriers, seqlocks,
 * parking, progress labels. Memory is in known_bugs_smr.c, queues are in known_bugs_queue.c.
 *
 * build: c-only
 */
#include "known_bugs.h"

#include <loft/core/dwcas.h>
#include <loft/core/park.h>

/* ---- a lock for those that need one ------------------------------------------------------------------------------ */

static void
lock(LOFT_ATOMIC(unsigned) *l)
{
    unsigned open = 0;
    while (!loft_cas_strong(l, &open, 1u, acquire, relaxed)) {   /* lock:A acquire <- unlock:A: who had it before */
        open = 0;
        LOFT_PAUSE();
    }
}

static void
unlock(LOFT_ATOMIC(unsigned) *l)
{
    loft_store(l, 0u, release);                                  /* unlock:A release -> lock:A: what was done */
}

/* ---- message passing --------------------------------------------------------------------------------------------- */

static int mp_data;
static LOFT_ATOMIC(unsigned) mp_flag;

static void
mp_setup(void)
{
    mp_data = 0;
    loft_init(&mp_flag, 0u);
}

static void
mp_writer(int i)
{
    (void)i;
    loft_plain_write(&mp_data, 42);
    EITHER_DO(1, loft_store(&mp_flag, 1u, relaxed), loft_store(&mp_flag, 1u, release));  /* mp_writer:A release ->
                                                                    mp_reader:A: the data */
}

static void
mp_reader(int i)
{
    (void)i;
    if (EITHER(2, loft_load(&mp_flag, relaxed), loft_load(&mp_flag, acquire)))  /* mp_reader:A acquire <- mp_writer:A:
                                                                    the data */
        loft_explore_check(loft_plain_read(&mp_data) == 42);
}

/* ---- a counter that is read and then written --------------------------------------------------------------------- */

static LOFT_ATOMIC(unsigned) lost_count;

static void
lost_setup(void)
{
    loft_init(&lost_count, 0u);
}

static void
lost_add(int i)
{
    (void)i;
    EITHER_DO(1, loft_store(&lost_count, loft_load(&lost_count, acquire) + 1u, release),
              (void)loft_fetch_add(&lost_count, 1u, relaxed));   /* lost_add:A relaxed: only the sum matters */
}

static void
lost_finish(void)
{
    loft_explore_check(loft_load(&lost_count, relaxed) == 3u);   /* lost_finish:A relaxed: alone */
}

/* ---- store buffering: the set of outcomes ------------------------------------------------------------------------ */

static LOFT_ATOMIC(unsigned) sb_word[2];
static unsigned sb_seen[2];

static void
sb_setup(void)
{
    loft_init(&sb_word[0], 0u);
    loft_init(&sb_word[1], 0u);
}

static void
sb_thread(int i)
{
    EITHER_DO(1, loft_store(&sb_word[i], 1u, release), loft_store(&sb_word[i], 1u, seq_cst));  /* sb:A seq_cst
                                                                    <-> sb:B */
    sb_seen[i] = loft_load(&sb_word[1 - i], seq_cst);            /* sb:B seq_cst <-> sb:A: one of the two comes first */
}

static void
sb_finish(void)
{
    loft_explore_outcome(sb_seen[0] * 10u + sb_seen[1]);
}

static const uint64_t sb_outcomes[] = { 1, 10, 11 };

/* ---- mutual exclusion by loads and stores: Peterson 1981, Dekker (Dijkstra 1965) --------------------------------- */

static LOFT_ATOMIC(unsigned) two_want[2];
static LOFT_ATOMIC(int) two_turn;
static int two_inside;

static void
two_setup(void)
{
    loft_init(&two_want[0], 0u);
    loft_init(&two_want[1], 0u);
    loft_init(&two_turn, 0);
    two_inside = -1;
}

static void
two_critical(int i)
{
    loft_plain_write(&two_inside, i);
    loft_explore_check(loft_plain_read(&two_inside) == i);
}

/* Every access has to be seq_cst, also the first: nothing else orders it against the other's read of it. */
static void
peterson(int i)
{
    const int other = 1 - i;
    EITHER_DO(1, loft_store(&two_want[i], 1u, release), loft_store(&two_want[i], 1u, seq_cst));  /* peterson:A seq_cst
                                                                    <-> peterson:C: before the turn */
    EITHER_DO(2, loft_store(&two_turn, other, release), loft_store(&two_turn, other, seq_cst));  /* peterson:B seq_cst
                                                                    <-> peterson:D: after you */
    while (loft_load(&two_want[other], seq_cst)                  /* peterson:C seq_cst <- peterson:E <-> peterson:A */
           && loft_load(&two_turn, seq_cst) == other)            /* peterson:D seq_cst <-> peterson:B */
        LOFT_PAUSE();
    two_critical(i);
    loft_store(&two_want[i], 0u, release);                       /* peterson:E release -> peterson:C: next */
}

static void
peterson_twice(int i)
{
    peterson(i);
    peterson(i);
}

static void
dekker_ask(int i)
{
    loft_store(&two_want[i], 1u, relaxed);                       /* dekker:A relaxed: B puts it before C */
    EITHER_DO(1, (void)0, loft_fence(seq_cst));                  /* dekker:B seq_cst <-> dekker:B: ask, then look */
}

static void
dekker(int i)
{
    dekker_ask(i);
    while (loft_load(&two_want[1 - i], acquire)) {               /* dekker:C acquire <- dekker:G: the other is out */
        if (loft_load(&two_turn, relaxed) == i) {                /* dekker:D relaxed: who gives way, nothing more */
            LOFT_PAUSE();
            continue;
        }
        loft_store(&two_want[i], 0u, relaxed);                   /* dekker:E relaxed: nothing was done */
        while (loft_load(&two_turn, relaxed) != i)               /* dekker:F relaxed: as D */
            LOFT_PAUSE();
        dekker_ask(i);
    }
    two_critical(i);
    loft_store(&two_turn, 1 - i, relaxed);                       /* dekker:H relaxed: as D */
    EITHER_DO(2, loft_store(&two_want[i], 0u, relaxed), loft_store(&two_want[i], 0u, release));  /* dekker:G release ->
                                                                    dekker:C: next */
}

static void
dekker_twice(int i)
{
    dekker(i);
    dekker(i);
}

/* ---- ticket lock ------------------------------------------------------------------------------------------------- */

static LOFT_ATOMIC(unsigned) ticket_next;
static LOFT_ATOMIC(unsigned) ticket_serving;
static int ticket_sum;

static void
ticket_setup(void)
{
    loft_init(&ticket_next, 0u);
    loft_init(&ticket_serving, 0u);
    ticket_sum = 0;
}

static void
ticket_thread(int i)
{
    (void)i;
    const unsigned mine = loft_fetch_add(&ticket_next, 1u, relaxed);  /* ticket:A relaxed: B carries the data */
    while (EITHER(1, loft_load(&ticket_serving, relaxed), loft_load(&ticket_serving, acquire)) != mine)  /* ticket:B
                                                                    acquire <- ticket:C: who was before */
        LOFT_PAUSE();
    loft_plain_write(&ticket_sum, loft_plain_read(&ticket_sum) + 1);
    loft_store(&ticket_serving, mine + 1u, release);             /* ticket:C release -> ticket:B: next */
}

static void
ticket_finish(void)
{
    loft_explore_check(loft_plain_read(&ticket_sum) == 3);
}

/* ---- queue lock: Mellor-Crummey and Scott 1991 ------------------------------------------------------------------- */

typedef struct mcs_node {
    LOFT_ATOMIC(struct mcs_node *) next;
    LOFT_ATOMIC(unsigned) waits;
} mcs_node;

static LOFT_ATOMIC(mcs_node *) mcs_tail;
static mcs_node mcs_place[3];
static int mcs_sum;

static void
mcs_setup(void)
{
    loft_init(&mcs_tail, (mcs_node *)NULL);
    for (int i = 0; i < 3; i++) {
        loft_init(&mcs_place[i].next, (mcs_node *)NULL);
        loft_init(&mcs_place[i].waits, 1u);
    }
    mcs_sum = 0;
}

static void
mcs_thread(int i)
{
    mcs_node *const me = &mcs_place[i];
    mcs_node *const before = loft_exchange(&mcs_tail, me, acq_rel);  /* mcs:A acq_rel -> mcs:A <- mcs:A, mcs:E */
    if (before) {
        loft_store(&before->next, me, release);                  /* mcs:B release -> mcs:D, mcs:F: who comes next */
        while (loft_load(&me->waits, acquire))                   /* mcs:C acquire <- mcs:G: who was before */
            LOFT_PAUSE();
    }
    loft_plain_write(&mcs_sum, loft_plain_read(&mcs_sum) + 1);
    mcs_node *next = loft_load(&me->next, acquire);              /* mcs:D acquire <- mcs:B */
    if (!next) {
        mcs_node *last = me;
        if (EITHER(2, loft_cas_strong(&mcs_tail, &last, (mcs_node *)NULL, relaxed, relaxed),
                   loft_cas_strong(&mcs_tail, &last, (mcs_node *)NULL, release, relaxed)))  /* mcs:E release -> mcs:A */
            return;
        while (!(next = loft_load(&me->next, acquire)))          /* mcs:F acquire <- mcs:B */
            LOFT_PAUSE();
    }
    EITHER_DO(1, loft_store(&next->waits, 0u, relaxed), loft_store(&next->waits, 0u, release));  /* mcs:G release ->
                                                                    mcs:C: next */
}

static void
mcs_finish(void)
{
    loft_explore_check(loft_plain_read(&mcs_sum) == 3);
}

/* ---- waits that do not end --------------------------------------------------------------------------------------- */

static LOFT_ATOMIC(unsigned) wait_word[2];

static void
wait_setup(void)
{
    loft_init(&wait_word[0], 0u);
    loft_init(&wait_word[1], 0u);
}

static void
both_locks(int i)
{
    const int first = i == 0 ? 0 : EITHER(1, 1, 0);
    lock(&wait_word[first]);
    lock(&wait_word[1 - first]);
    unlock(&wait_word[1 - first]);
    unlock(&wait_word[first]);
}

static void
await_word(int w)
{
    while (!loft_load(&wait_word[w], acquire))                   /* await_word:A acquire <- each_other:A */
        LOFT_PAUSE();
}

static void
each_other(int i)
{
    const bool wait_first = i == 0 || EITHER(1, true, false);
    if (wait_first)
        await_word(1 - i);
    loft_store(&wait_word[i], 1u, release);                      /* each_other:A release -> await_word:A */
    if (!wait_first)
        await_word(1 - i);
}

/* Who leaves only at exactly three never leaves once another one has passed three. */
static void
count_to_three(int i)
{
    (void)i;
    unsigned seen;
    do
        seen = loft_fetch_add(&wait_word[0], 1u, relaxed);       /* count_to_three:A relaxed: a number */
    while (EITHER(1, seen != 3u, seen < 3u));
}

/* ---- a barrier used twice ---------------------------------------------------------------------------------------- */

static LOFT_ATOMIC(unsigned) barrier_here;
static LOFT_ATOMIC(unsigned) barrier_round;
static int barrier_cell[2];

static void
barrier_setup(void)
{
    loft_init(&barrier_here, 0u);
    loft_init(&barrier_round, 0u);
    barrier_cell[0] = 0;
    barrier_cell[1] = 0;
}

/* The last to come opens it. Who waits for the count to be zero again may miss that: the next round has begun. */
static void
barrier_wait(void)
{
    const unsigned round = loft_load(&barrier_round, relaxed);   /* barrier:A relaxed: cannot change before B */
    if (loft_fetch_add(&barrier_here, 1u, acq_rel) == 1u) {      /* barrier:B acq_rel -> barrier:B <- barrier:B */
        loft_store(&barrier_here, 0u, release);                  /* barrier:C release -> barrier:E: if counted */
        EITHER_DO(2, loft_store(&barrier_round, round + 1u, relaxed),
                  loft_store(&barrier_round, round + 1u, release));  /* barrier:D release -> barrier:E: open */
    } else {
        while (EITHER(1, loft_load(&barrier_here, acquire) != 0u,
                      loft_load(&barrier_round, acquire) == round))  /* barrier:E acquire <- barrier:D: all are here */
            LOFT_PAUSE();
    }
}

static void
barrier_thread(int i)
{
    loft_plain_write(&barrier_cell[i], 1);
    barrier_wait();
    loft_explore_check(loft_plain_read(&barrier_cell[1 - i]) == 1);
    barrier_wait();
    loft_plain_write(&barrier_cell[i], 2);
}

/* ---- initialisation at first use --------------------------------------------------------------------------------- */

static LOFT_ATOMIC(unsigned) once_lock;
static LOFT_ATOMIC(unsigned) once_done;
static int once_value;

static void
once_setup(void)
{
    loft_init(&once_lock, 0u);
    loft_init(&once_done, 0u);
    once_value = 0;
}

static void
once_thread(int i)
{
    (void)i;
    if (!EITHER(1, loft_load(&once_done, relaxed), loft_load(&once_done, acquire))) {  /* once:A acquire <- once:C */
        lock(&once_lock);
        if (!loft_load(&once_done, relaxed)) {                   /* once:B relaxed: under the lock */
            loft_plain_write(&once_value, 42);
            EITHER_DO(2, loft_store(&once_done, 1u, relaxed), loft_store(&once_done, 1u, release));  /* once:C release
                                                                    -> once:A: the value */
        }
        unlock(&once_lock);
    }
    loft_explore_check(loft_plain_read(&once_value) == 42);
}

/* ---- seqlock ----------------------------------------------------------------------------------------------------- */

static LOFT_ATOMIC(unsigned) seq_count;
static LOFT_ATOMIC(unsigned) seq_word[2];
static unsigned seq_plain[2];

static void
seq_setup(void)
{
    loft_init(&seq_count, 0u);
    for (int i = 0; i < 2; i++) {
        loft_init(&seq_word[i], 0u);
        seq_plain[i] = 0;
    }
}

static void
seq_writer(int i)
{
    (void)i;
    loft_store(&seq_count, 1u, relaxed);                         /* seq_writer:A relaxed: B puts it before the words */
    EITHER_DO(1, (void)0, loft_fence(release));                  /* seq_writer:B release -> seq_reader:C */
    for (int k = 0; k < 2; k++)
        EITHER_DO(3, loft_plain_write(&seq_plain[k], 1u), loft_store(&seq_word[k], 1u, relaxed));  /* seq_writer:C
                                                                    relaxed: B and D hold it */
    loft_store(&seq_count, 2u, release);                         /* seq_writer:D release -> seq_reader:A */
}

static void
seq_reader(int i)
{
    (void)i;
    unsigned copy[2];
    const unsigned before = loft_load(&seq_count, acquire);      /* seq_reader:A acquire <- seq_writer:D */
    for (int k = 0; k < 2; k++)
        copy[k] = EITHER(3, loft_plain_read(&seq_plain[k]), loft_load(&seq_word[k], relaxed));  /* seq_reader:B relaxed:
                                                                    A and C hold it */
    EITHER_DO(2, (void)0, loft_fence(acquire));                  /* seq_reader:C acquire <- seq_writer:B */
    const unsigned after = loft_load(&seq_count, relaxed);       /* seq_reader:D relaxed: C puts it after the words */
    if (before == after && before % 2u == 0u)
        loft_explore_check(copy[0] == copy[1] && copy[0] == before / 2u);
}

/* ---- a pair of words that belong together ------------------------------------------------------------------------ */

static loft_dwatomic pair;

static void
pair_setup(void)
{
    loft_dw_init(&pair, loft_dw_of(1, 1));
}

static void
pair_writer(int i)
{
    (void)i;
    loft_dw_store(&pair, loft_dw_of(2, 2), release);             /* pair_writer:A release -> pair_reader:A */
}

static void
pair_reader(int i)
{
    (void)i;
    const loft_dw seen = EITHER(1, loft_dw_peek(&pair, acquire), loft_dw_load(&pair, acquire));  /* pair_reader:A
                                                                    acquire <- pair_writer:A: words of one store */
    loft_explore_check(seen.lo == seen.hi);
}

/* ---- sleeping ---------------------------------------------------------------------------------------------------- */

static loft_park nap_park;
static LOFT_ATOMIC(unsigned) nap_ready;

static void
nap_setup(void)
{
    loft_explore_check(loft_park_init(&nap_park) == LOFT_OK);
    loft_init(&nap_ready, 0u);
}

static void
nap_waiter(int i)
{
    (void)i;
    while (!loft_load(&nap_ready, acquire)) {                    /* nap_waiter:A acquire <- nap_giver:A */
        const loft_park_key key = loft_park_prepare(&nap_park);
        if (EITHER(1, 0u, loft_load(&nap_ready, acquire)))       /* nap_waiter:B acquire <- nap_giver:A: look again */
            loft_park_cancel(&nap_park, key);
        else
            loft_park_wait(&nap_park, key, LOFT_FOREVER);
    }
}

static void
nap_giver(int i)
{
    (void)i;
    if (EITHER(2, true, false))
        loft_park_notify_one(&nap_park);
    loft_store(&nap_ready, 1u, release);                         /* nap_giver:A release -> nap_waiter:A, nap_waiter:B */
    if (EITHER(2, false, true))
        loft_park_notify_one(&nap_park);
}

/* The news is for everybody. */
static void
nap_herald(int i)
{
    (void)i;
    loft_store(&nap_ready, 1u, release);                         /* nap_herald:A release -> nap_waiter:A */
    EITHER_DO(2, loft_park_notify_one(&nap_park), loft_park_notify_all(&nap_park));
}

static void
nap_finish(void)
{
    loft_park_fini(&nap_park);
}

/* ---- progress labels --------------------------------------------------------------------------------------------- */

static LOFT_ATOMIC(unsigned) label_word;
static LOFT_ATOMIC(unsigned) label_lock;
static unsigned label_plain;

static void
label_setup(void)
{
    loft_init(&label_word, 0u);
    loft_init(&label_lock, 0u);
    label_plain = 0;
}

static void
label_locked(int i)
{
    (void)i;
    loft_explore_promise(EITHER(1, LOFT_EXPLORE_LOCK_FREE, LOFT_EXPLORE_BLOCKING), 20u);
    loft_explore_call(0, 0, 0);
    lock(&label_lock);
    loft_plain_write(&label_plain, loft_plain_read(&label_plain) + 1u);
    unlock(&label_lock);
    loft_explore_return(true, 0);
}

static void
label_cas_loop(int i)
{
    (void)i;
    loft_explore_promise(EITHER(1, LOFT_EXPLORE_BLOCKING, EITHER(2, LOFT_EXPLORE_WAIT_FREE, LOFT_EXPLORE_LOCK_FREE)),
                         EITHER(2, 2u, 20u));
    loft_explore_call(0, 0, 0);
    unsigned seen = loft_load(&label_word, relaxed);             /* label_cas_loop:A relaxed: B checks it */
    while (!loft_cas_strong(&label_word, &seen, seen + 1u, relaxed, relaxed))  /* label_cas_loop:B relaxed: a number */
        ;
    loft_explore_return(true, seen);
}

static void
label_fetch_add(int i)
{
    (void)i;
    loft_explore_promise(EITHER(1, LOFT_EXPLORE_BLOCKING, LOFT_EXPLORE_WAIT_FREE), 1u);
    loft_explore_call(0, 0, 0);
    const unsigned seen = loft_fetch_add(&label_word, 1u, relaxed);  /* label_fetch_add:A relaxed: a number */
    loft_explore_return(true, seen);
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static const known_algorithm algorithms[] = {
    { .client = { .name = "message passing", .setup = mp_setup, .thread = { mp_writer, mp_reader } },
      .bug = { { "relaxed store", LOFT_EXPLORE_RACE, NULL },
               { "relaxed load", LOFT_EXPLORE_RACE, NULL } } },
    { .client = { .name = "counter", .setup = lost_setup, .thread = { lost_add, lost_add, lost_add },
                  .finish = lost_finish },
      .bug = { { "load and store", LOFT_EXPLORE_ASSERT, "lost_count" } } },
    { .client = { .name = "store buffering", .setup = sb_setup, .thread = { sb_thread, sb_thread },
                  .finish = sb_finish, .outcomes = sb_outcomes, .n_outcomes = 3 },
      .bug = { { "release store", LOFT_EXPLORE_OUTCOME, NULL } } },
    { .client = { .name = "Peterson", .setup = two_setup, .thread = { peterson_twice, peterson_twice } },
      .uncounted = true,
      .bug = { { "release want", LOFT_EXPLORE_RACE, NULL },
               { "release turn", LOFT_EXPLORE_RACE, NULL } } },
    { .client = { .name = "Dekker", .setup = two_setup, .thread = { dekker_twice, dekker_twice } },
      .uncounted = true,
      .bug = { { "no fence", LOFT_EXPLORE_RACE, NULL },
               { "relaxed exit", LOFT_EXPLORE_RACE, NULL } } },
    { .client = { .name = "ticket lock", .setup = ticket_setup,
                  .thread = { ticket_thread, ticket_thread, ticket_thread }, .finish = ticket_finish },
      .uncounted = true,
      .bug = { { "relaxed wait", LOFT_EXPLORE_RACE, NULL } } },
    { .client = { .name = "MCS lock", .setup = mcs_setup, .thread = { mcs_thread, mcs_thread, mcs_thread },
                  .finish = mcs_finish },
      .uncounted = true,
      .bug = { { "relaxed hand-off", LOFT_EXPLORE_RACE, NULL },
               { "relaxed release of an empty queue", LOFT_EXPLORE_RACE, NULL } } },
    { .client = { .name = "two locks", .setup = wait_setup, .thread = { both_locks, both_locks } },
      .uncounted = true,
      .bug = { { "in two orders", LOFT_EXPLORE_DEADLOCK, NULL } } },
    { .client = { .name = "waiting for each other", .setup = wait_setup, .thread = { each_other, each_other } },
      .uncounted = true,
      .bug = { { "both first", LOFT_EXPLORE_DEADLOCK, NULL } } },
    { .client = { .name = "counting to three", .setup = wait_setup, .thread = { count_to_three, count_to_three },
                  .steps = 100 },
      .bug = { { "exactly", LOFT_EXPLORE_ENDLESS, NULL } } },
    { .client = { .name = "barrier", .setup = barrier_setup, .thread = { barrier_thread, barrier_thread } },
      .uncounted = true,
      .bug = { { "no rounds", LOFT_EXPLORE_DEADLOCK, NULL },
               { "relaxed opening", LOFT_EXPLORE_RACE, NULL } } },
    { .client = { .name = "double-checked initialisation", .setup = once_setup,
                  .thread = { once_thread, once_thread, once_thread } },
      .uncounted = true,
      .bug = { { "relaxed look", LOFT_EXPLORE_RACE, NULL },
               { "relaxed flag", LOFT_EXPLORE_RACE, NULL } } },
    { .client = { .name = "seqlock", .setup = seq_setup, .thread = { seq_writer, seq_reader } },
      .bug = { { "no fence in the writer", LOFT_EXPLORE_ASSERT, "copy[0] == copy[1]" },
               { "no fence in the reader", LOFT_EXPLORE_ASSERT, "copy[0] == copy[1]" },
               { "plain words", LOFT_EXPLORE_RACE, NULL } } },
    { .client = { .name = "pair of words", .setup = pair_setup, .thread = { pair_writer, pair_reader } },
      .bug = { { "two loads", LOFT_EXPLORE_ASSERT, "seen.lo == seen.hi" } } },
    { .client = { .name = "event count", .setup = nap_setup, .thread = { nap_waiter, nap_giver },
                  .finish = nap_finish },
      .uncounted = true,
      .bug = { { "no second look", LOFT_EXPLORE_DEADLOCK, NULL },
               { "notify before the change", LOFT_EXPLORE_DEADLOCK, NULL } } },
    { .client = { .name = "event count, two wait", .setup = nap_setup,
                  .thread = { nap_waiter, nap_waiter, nap_herald }, .finish = nap_finish },
      .uncounted = true,
      .bug = { { "no second look", LOFT_EXPLORE_DEADLOCK, NULL },
               { "one is woken", LOFT_EXPLORE_DEADLOCK, NULL } } },
    { .client = { .name = "blocking label on a lock", .setup = label_setup, .thread = { label_locked, label_locked },
                  .flags = LOFT_EXPLORE_FREEZE },
      .bug = { { "lock-free label", LOFT_EXPLORE_NOT_LOCK_FREE, NULL } } },
    { .client = { .name = "lock-free label on a CAS loop", .setup = label_setup,
                  .thread = { label_cas_loop, label_cas_loop, label_cas_loop }, .flags = LOFT_EXPLORE_FREEZE },
      .bug = { { "blocking label", LOFT_EXPLORE_NOT_BLOCKING, NULL },
               { "wait-free label", LOFT_EXPLORE_NOT_WAIT_FREE, NULL } } },
    { .client = { .name = "wait-free label on a fetch-and-add", .setup = label_setup,
                  .thread = { label_fetch_add, label_fetch_add, label_fetch_add }, .flags = LOFT_EXPLORE_FREEZE },
      .bug = { { "blocking label", LOFT_EXPLORE_NOT_BLOCKING, NULL } } },
};

int
main(int argc, char **argv)
{
    return known_main(algorithms, sizeof algorithms / sizeof algorithms[0], argc, argv);
}
