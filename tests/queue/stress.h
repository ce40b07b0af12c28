/* SPDX-License-Identifier: MIT
 *
 * tests/queue/stress.h - threads hammer one instance and nothing is lost, doubled, torn or overtaken. Include it
 * once for each instance of a queue:
 *
 *     #define STRESS_NAME itemq               the instance; its header has been included
 *     #define STRESS_T    struct item
 *     #define STRESS_MAKE item_of             item_of(id) is an element made of a number below 2^48, never twice
 *                                             the same
 *     #define STRESS_OPEN item_open           item_open(v, &id): false if v was never made so; may end its life
 *     #include "stress.h"                     defines itemq_stress(&plan): runs it, and makes one result
 *
 * Each producer numbers its elements; consumers note what they get and in which order. Afterwards every element
 * that a push accepted must have been popped exactly once, and no consumer may have seen two of one producer in the
 * wrong order. A run in which nothing moves for a long while is ended and fails, with the reason in a note.
 */
#include "common.h"

#ifndef LOFT_TESTS_QUEUE_STRESS_H
#define LOFT_TESTS_QUEUE_STRESS_H

enum stress_way { STRESS_ONE, STRESS_BULK, STRESS_IN_PLACE };

struct stress_plan {
    int producers;
    int consumers;
    size_t capacity;
    unsigned long items;                                 /* altogether                                           */
    enum stress_way way;
    bool chaos;
    bool early;                                          /* closed in the middle of it, while all are at work    */
    bool watched;                                        /* one more thread looks at the length all the time     */
    size_t start;                                        /* counters begin here; 0: wherever init put them       */
};

/* How long nothing may move. A slow machine deserves patience, a queue that has failed once does not. */
static uint64_t stress_patience_ns = (uint64_t)15000000000u;

TEST_UNUSED_ static struct stress_plan
stress_of(int producers, int consumers, size_t capacity, unsigned long items)
{
    struct stress_plan p;
    p.producers = producers;
    p.consumers = consumers;
    p.capacity = capacity;
    p.items = (unsigned long)scaled(items);
    p.way = STRESS_ONE;
    p.chaos = true;
    p.early = false;
    p.watched = false;
    p.start = 0;
    return p;
}

TEST_UNUSED_ static int
stress_compare_(const void *x, const void *y)
{
    const uint64_t a = *(const uint64_t *)x;
    const uint64_t b = *(const uint64_t *)y;
    return a < b ? -1 : a > b;
}

#endif

#define Q        STRESS_NAME
#define QT       Q_(stress_t_)
#define Q_(f)    LOFT_CAT(STRESS_NAME, f)

typedef STRESS_T QT;

#define STRESS_BATCH_ 7

struct Q_(stress_run_) {
    Q q;
    const struct stress_plan *plan;
    uint64_t patience_ns;
    unsigned long each;                                  /* elements per producer                                */
    LOFT_ATOMIC(int) working;                            /* producers not yet done                               */
    LOFT_ATOMIC(int) closed;                             /* close() has returned                                 */
    LOFT_ATOMIC(int) give_up;
    LOFT_ATOMIC(unsigned long) moved;                    /* for the stall and the early close; a rough count     */
    LOFT_ATOMIC(unsigned long) late_pushes;              /* accepted although they began after close()           */
    LOFT_ATOMIC(unsigned long) late_pops;                /* after a pop had said: drained for good               */
    LOFT_ATOMIC(unsigned long) torn;
    LOFT_ATOMIC(unsigned long) too_long;                 /* approx_len above the capacity, or wrong at rest      */
    unsigned long last_words;                            /* plain: written before close(), read after is_closed() */
    unsigned long accepted[TEST_THREADS_MAX];
    uint64_t *got[TEST_THREADS_MAX];
    size_t n_got[TEST_THREADS_MAX];
};

/* After a refusal. true: the run is over. */
TEST_UNUSED_ static bool
Q_(stress_wait_)(struct Q_(stress_run_) *s, unsigned long *tries, unsigned long *seen, uint64_t *since)
{
    if (Q_(approx_len)(&s->q) > s->plan->capacity)
        loft_fetch_add(&s->too_long, 1u, relaxed);
    if (++*tries % 4096 == 0) {
        const unsigned long moved = loft_load(&s->moved, relaxed);
        const uint64_t now = now_ns();
        if (moved != *seen || *since == 0) {
            *seen = moved;
            *since = now;
        } else if (now - *since > s->patience_ns) {
            loft_store(&s->give_up, 1, relaxed);
        }
    }
    sched_yield();
    return loft_load(&s->give_up, relaxed) != 0;
}

TEST_UNUSED_ static size_t
Q_(stress_push_)(struct Q_(stress_run_) *s, uint64_t first, unsigned long left)
{
    QT v[STRESS_BATCH_];
    size_t n = s->plan->way == STRESS_ONE ? 1 : 1 + (size_t)(first % STRESS_BATCH_);
    if (n > left)
        n = left;
#if FAMILY_SPSC
    if (s->plan->way == STRESS_IN_PLACE) {
        QT *slot = NULL;
        n = Q_(reserve_n)(&s->q, n, &slot);
        for (size_t k = 0; k < n; k++)
            slot[k] = STRESS_MAKE(first + k);
        Q_(commit_n)(&s->q, n);
        return n;
    }
#endif
    for (size_t k = 0; k < n; k++)
        v[k] = STRESS_MAKE(first + k);
    const size_t in = s->plan->way == STRESS_ONE ? (size_t)Q_(try_push)(&s->q, v[0]) : Q_(push_n)(&s->q, v, n);
    for (size_t k = in; k < n; k++) {
        uint64_t id;
        (void)STRESS_OPEN(v[k], &id);                    /* what was refused is still ours to end */
    }
    return in;
}

TEST_UNUSED_ static void
Q_(stress_producer_)(struct Q_(stress_run_) *s, int id)
{
    unsigned long tries = 0;
    unsigned long seen = 0;
    uint64_t since = 0;
    unsigned long i = 0;
    while (i < s->each) {
        const bool late = loft_load(&s->closed, acquire) != 0;
        const size_t in = Q_(stress_push_)(s, (uint64_t)id << 40 | i, s->each - i);
        i += in;
        if (in) {
            if (late)
                loft_fetch_add(&s->late_pushes, 1u, relaxed);
            loft_fetch_add(&s->moved, in, relaxed);
            tries = 0;
        } else if (late || Q_(stress_wait_)(s, &tries, &seen, &since)) {
            break;
        }
#if !FAMILY_SCQ
        if (s->plan->early && i >= s->each / 2) {        /* in these the producer closes */
            s->last_words = s->plan->items;
            Q_(close)(&s->q);
            loft_store(&s->closed, 1, release);
        }
#endif
    }
    s->accepted[id] = i;
    if (loft_fetch_sub(&s->working, 1, acq_rel) == 1) {
        if (!s->plan->early)
            s->last_words = s->plan->items;
        Q_(close)(&s->q);
        loft_store(&s->closed, 1, release);
    }
}

TEST_UNUSED_ static size_t
Q_(stress_pop_)(struct Q_(stress_run_) *s, uint64_t *id, size_t most)
{
    QT v[STRESS_BATCH_];
    size_t n = s->plan->way == STRESS_ONE ? 1 : 1 + most % STRESS_BATCH_;
    if (n > most)
        n = most;
#if FAMILY_SPSC
    if (s->plan->way == STRESS_IN_PLACE) {
        QT *slot = NULL;
        n = Q_(peek_n)(&s->q, n, &slot);
        for (size_t k = 0; k < n; k++)
            if (!STRESS_OPEN(slot[k], &id[k]))
                loft_fetch_add(&s->torn, 1u, relaxed);
        Q_(release_n)(&s->q, n);
        return n;
    }
#endif
    n = s->plan->way == STRESS_ONE ? (size_t)Q_(try_pop)(&s->q, &v[0]) : Q_(pop_n)(&s->q, v, n);
    for (size_t k = 0; k < n; k++)
        if (!STRESS_OPEN(v[k], &id[k]))
            loft_fetch_add(&s->torn, 1u, relaxed);
    return n;
}

TEST_UNUSED_ static void
Q_(stress_consumer_)(struct Q_(stress_run_) *s, int id)
{
    const size_t room = s->each * (unsigned long)s->plan->producers + 1;
    unsigned long tries = 0;
    unsigned long seen = 0;
    uint64_t since = 0;
    size_t n = 0;
    while (n < room) {
        /* Both ways to know, never mixed: the word of who closed it, and the queue's own. */
        const bool asks = (id + s->plan->chaos) % 2 != 0;
        const bool closed = asks ? Q_(is_closed)(&s->q) : loft_load(&s->closed, acquire) != 0;
        if (asks && closed && !(s->plan->early && FAMILY_SCQ) && s->last_words != s->plan->items)
            loft_fetch_add(&s->torn, 1u, relaxed);
        const size_t out = Q_(stress_pop_)(s, s->got[id] + n, room - n);
        n += out;
        if (out) {
            loft_fetch_add(&s->moved, out, relaxed);
            tries = 0;
        } else if (closed) {
            uint64_t none[STRESS_BATCH_];
            for (int k = 0; k < 20; k++)
                if (Q_(stress_pop_)(s, none, STRESS_BATCH_))
                    loft_fetch_add(&s->late_pops, 1u, relaxed);
            break;
        } else if (Q_(stress_wait_)(s, &tries, &seen, &since)) {
            break;
        }
    }
    s->n_got[id] = n;
}

TEST_UNUSED_ static void
Q_(stress_body_)(void *arg, int id)
{
    struct Q_(stress_run_) *s = (struct Q_(stress_run_) *)arg;
    if (s->plan->chaos)
        chaos_on((uint32_t)id + 1);
    if (id < s->plan->producers) {
        Q_(stress_producer_)(s, id);
    } else if (id < s->plan->producers + s->plan->consumers) {
        Q_(stress_consumer_)(s, id);
    } else if (s->plan->watched && id == s->plan->producers + s->plan->consumers) {
        chaos_on(99);
        for (unsigned long k = 0; loft_load(&s->closed, relaxed) == 0 && loft_load(&s->give_up, relaxed) == 0; k++) {
            if (Q_(approx_len)(&s->q) > s->plan->capacity || Q_(capacity)(&s->q) != s->plan->capacity)
                loft_fetch_add(&s->too_long, 1u, relaxed);
            if (k % 64 == 0)
                sched_yield();
        }
    } else {
        while (loft_load(&s->moved, relaxed) < s->plan->items && loft_load(&s->working, relaxed) != 0)
            sched_yield();
        Q_(close)(&s->q);
        loft_store(&s->closed, 1, release);
    }
    chaos_off();
}

TEST_UNUSED_ static bool
Q_(stress)(const struct stress_plan *plan)
{
    struct Q_(stress_run_) *s = (struct Q_(stress_run_) *)malloc(sizeof *s);
    char text[200];
    const int threads = plan->producers + plan->consumers;
    unsigned long wrong_order = 0;
    size_t sent = 0;
    size_t came = 0;
    if (!s || Q_(init)(&s->q, plan->capacity) != LOFT_OK) {
        free(s);
        return ok(false, "stress: init");
    }
    if (plan->start)
        Q_(start_at_)(&s->q, plan->start);
    s->plan = plan;
    s->last_words = 0;
    s->patience_ns = stress_patience_ns;
    s->each = plan->items / (unsigned long)plan->producers;
    loft_init(&s->working, plan->producers);
    loft_init(&s->closed, 0);
    loft_init(&s->give_up, 0);
    loft_init(&s->moved, 0u);
    loft_init(&s->late_pushes, 0u);
    loft_init(&s->late_pops, 0u);
    loft_init(&s->torn, 0u);
    loft_init(&s->too_long, 0u);
    const size_t room = s->each * (unsigned long)plan->producers + STRESS_BATCH_;
    for (int i = 0; i < TEST_THREADS_MAX; i++) {
        s->accepted[i] = 0;
        s->n_got[i] = 0;
        s->got[i] = NULL;
    }
    for (int i = plan->producers; i < threads; i++) {
        s->got[i] = (uint64_t *)malloc(room * sizeof(uint64_t));
        if (!s->got[i])
            abort();
    }

    run_threads(threads + (plan->watched ? 1 : 0) + (plan->early && FAMILY_SCQ ? 1 : 0), Q_(stress_body_), s);

    uint64_t *all = (uint64_t *)malloc(((size_t)threads + 1) * room * sizeof *all);
    if (!all)
        abort();
    for (int i = plan->producers; i < threads; i++) {
        uint64_t next[TEST_THREADS_MAX] = { 0 };
        for (size_t k = 0; k < s->n_got[i]; k++) {
            const uint64_t id = s->got[i][k];
            const uint64_t from = id >> 40;
            const uint64_t seq = id & (((uint64_t)1 << 40) - 1);
            all[came++] = id;
            if (from >= (uint64_t)plan->producers || seq < next[from])
                wrong_order++;
            else
                next[from] = seq + 1;
        }
    }
    const size_t at_rest = Q_(approx_len)(&s->q);
    size_t left = 0;
    for (QT v; Q_(try_pop)(&s->q, &v); left++) {
        uint64_t id;
        (void)STRESS_OPEN(v, &id);
    }
    qsort(all, came, sizeof *all, stress_compare_);
    size_t at = 0;
    size_t lost = 0;
    size_t doubled = 0;
    for (int i = 0; i < plan->producers; i++) {
        for (uint64_t seq = 0; seq < s->accepted[i]; seq++, sent++) {
            const uint64_t id = (uint64_t)i << 40 | seq;
            size_t times = 0;
            while (at < came && all[at] == id) {
                at++;
                times++;
            }
            lost += times == 0;
            doubled += times > 1;
        }
    }
    const size_t foreign = came - at;
    const unsigned long torn = loft_load(&s->torn, relaxed);
    const unsigned long late_pushes = loft_load(&s->late_pushes, relaxed);
    const unsigned long late_pops = loft_load(&s->late_pops, relaxed);
    const unsigned long too_long = loft_load(&s->too_long, relaxed)
                                 + (FAMILY_TICKETS ? at_rest < left : at_rest != left);
    const bool stalled = loft_load(&s->give_up, relaxed) != 0;
    if (stalled)
        stress_patience_ns = 1000000000u;
    char room_text[40] = "no bound";
    if (plan->capacity != SIZE_MAX)
        snprintf(room_text, sizeof room_text, "capacity %lu", (unsigned long)plan->capacity);
    snprintf(text, sizeof text, "%s: %d+%d threads, %s%s%s%s%s", LOFT_STR(STRESS_NAME), plan->producers,
             plan->consumers, room_text,
             plan->way == STRESS_BULK ? ", bulk" : plan->way == STRESS_IN_PLACE ? ", in place" : "",
             plan->early ? ", closed on the way" : "", plan->chaos ? ", chaos" : "",
             plan->start ? ", counters wrap" : plan->watched ? ", watched" : "");
    const bool good = ok(!stalled && lost == 0 && doubled == 0 && foreign == 0 && left == 0 && torn == 0
                         && wrong_order == 0 && late_pushes == 0 && late_pops == 0 && too_long == 0 && came == sent,
                         text);
    if (!good) {
        note("of %lu: %lu lost, %lu doubled, %lu never pushed, %lu torn, %lu out of order", (unsigned long)sent,
             (unsigned long)lost, (unsigned long)doubled, (unsigned long)foreign, torn, wrong_order);
        note("%lu left in the drained queue, %lu pushed after close, %lu popped after that, %lu wrong lengths",
             (unsigned long)left, late_pushes, late_pops, too_long);
        if (stalled)
            note("nothing moved any more");
    }
    Q_(fini)(&s->q);
    for (int i = 0; i < TEST_THREADS_MAX; i++)
        free(s->got[i]);
    free(all);
    free(s);
    return good;
}

#undef Q
#undef QT
#undef Q_
#undef STRESS_BATCH_
#undef STRESS_NAME
#undef STRESS_T
#undef STRESS_MAKE
#undef STRESS_OPEN
