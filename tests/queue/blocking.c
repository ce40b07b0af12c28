/* SPDX-License-Identifier: MIT
 *
 * tests/queue/blocking.c - queue/blocking.h: the contract of the family through it, what the calls that wait answer,
 * exact limits, what waiting costs those who do not and those who do, who is roused, threads that stop anywhere.
 *
 * build: also release -DNDEBUG
 */
#define FAMILY_SCQ 1
#define FAMILY_TICKETS 1
#include "common.h"

#if defined(__linux__)
#  include <errno.h>
#  include <sys/syscall.h>
#endif

/* ---- the kernel, counted ----------------------------------------------------------------------------------------- */

static TEST_THREAD_LOCAL_ unsigned asked;                /* system calls of this thread, to sleep or to wake       */
static LOFT_ATOMIC(unsigned) slept;                      /* of all: begun                                          */
static LOFT_ATOMIC(unsigned) roused;                     /* ended by a wake-up                                     */
static int refuse = -1;                                  /* system calls that go well before one is refused        */

#include "../futex.h"

#if defined(__linux__)
TEST_UNUSED_ static long
count_call(long number, void *word, long op, unsigned long value, const void *when, void *other, unsigned long who)
{
    asked++;
    if (refuse >= 0 && refuse-- == 0) {
        errno = ENOSYS;
        return -1;
    }
    const bool sleeps = (op & 127) != 1;
    if (sleeps)
        loft_fetch_add(&slept, 1u, relaxed);
    const long r = syscall(number, word, op, value, when, other, who);
    if (sleeps && r == 0)
        loft_fetch_add(&roused, 1u, relaxed);
    return r;
}
FUTEX_CALL(counted_syscall, count_call)
#  define LOFT_PARK_SYSCALL counted_syscall
#endif

#include <loft/core/eventcount.h>

/* ---- instances --------------------------------------------------------------------------------------------------- */

/* What the programs of the family call for counters that wrap. */
#define STARTS_AT(name) \
    TEST_UNUSED_ static void name##_start_at_(name *q, size_t t) { name##_engine_start_at_(&q->engine, t); }

#define LOFT_QUEUE_NAME    itemq_engine
#define LOFT_QUEUE_T       struct item
#define LOFT_QUEUE_ALLOC(align, size)      ledger_alloc(align, size)
#define LOFT_QUEUE_FREE(ptr, align, size)  ledger_free(ptr, align, size)
#include <loft/queue/scq.h>
#define LOFT_QUEUE_NAME    itemq
#define LOFT_QUEUE_T       struct item
#define LOFT_QUEUE_ENGINE  itemq_engine
#include <loft/queue/blocking.h>
STARTS_AT(itemq)
#define CONTRACT_NAME itemq
#define CONTRACT_T    struct item
#define CONTRACT_MAKE make_item
#define CONTRACT_LEDGER
#include "contract.h"

#define LOFT_QUEUE_NAME    wordq_engine
#define LOFT_QUEUE_T       uint64_t
#include <loft/queue/scq.h>
#define LOFT_QUEUE_NAME    wordq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_ENGINE  wordq_engine
#include <loft/queue/blocking.h>
STARTS_AT(wordq)
#define CONTRACT_NAME wordq
#define CONTRACT_T    uint64_t
#define CONTRACT_MAKE make_u64
#include "contract.h"
#define FREEZE_NAME wordq
#include "freeze.h"

#define LOFT_QUEUE_NAME    lane_engine
#define LOFT_QUEUE_T       uint64_t
#include <loft/queue/spsc.h>
#define LOFT_QUEUE_NAME    lane
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_ENGINE  lane_engine
#include <loft/queue/blocking.h>

#define NIBBLES_CHECK(c) ((c) ? (void)0 : abort())
#define NIBBLES_NAME heap
#define NIBBLES_DOMAIN 1
#include "support/nibbles.h"
#define LOFT_QUEUE_NAME    bound
#define LOFT_QUEUE_T       unsigned
#define LOFT_QUEUE_ENGINE  heap
#define LOFT_QUEUE_SMR     nibbles_domain
#define LOFT_QUEUE_LIMIT   1
#include <loft/queue/blocking.h>

/* Without a limit nothing ever waits for room; and the record may be named by itself. */
#define LOFT_QUEUE_NAME    loose
#define LOFT_QUEUE_T       unsigned
#define LOFT_QUEUE_ENGINE  heap
#define LOFT_QUEUE_SMR     nibbles_domain
#define LOFT_QUEUE_RECORD  nibbles_domain_thread
#include <loft/queue/blocking.h>

/* Neither bound nor scheme, and the same with a limit. */
#define NIBBLES_NAME pile
#define NIBBLES_BARE 1
#include "support/nibbles.h"
#define LOFT_QUEUE_NAME      open_pile
#define LOFT_QUEUE_T         unsigned
#define LOFT_QUEUE_ENGINE    pile
#define LOFT_QUEUE_UNBOUNDED 1
#include <loft/queue/blocking.h>
#define LOFT_QUEUE_NAME      low_pile
#define LOFT_QUEUE_T         unsigned
#define LOFT_QUEUE_ENGINE    pile
#define LOFT_QUEUE_UNBOUNDED 1
#define LOFT_QUEUE_LIMIT     1
#include <loft/queue/blocking.h>

/* A bound, no scheme, and records all the same, as wcq.h has: close takes none. */
#define NIBBLES_NAME few
#include "support/nibbles.h"
typedef struct crew { few q; size_t threads; } crew;
typedef struct crew_thread { unsigned calls; } crew_thread;
static loft_status
crew_init(crew *c, size_t capacity, size_t threads)
{
    c->threads = threads;
    return threads != 0 ? few_init(&c->q, capacity) : LOFT_INVAL;
}
static void crew_fini(crew *c) { few_fini(&c->q); }
static bool crew_try_push(crew *c, crew_thread *me, unsigned v) { me->calls++; return few_try_push(&c->q, v); }
static bool crew_try_pop(crew *c, crew_thread *me, unsigned *v) { me->calls++; return few_try_pop(&c->q, v); }
static size_t
crew_push_n(crew *c, crew_thread *me, const unsigned *v, size_t n)
{
    me->calls++;
    return few_push_n(&c->q, v, n);
}
static size_t
crew_pop_n(crew *c, crew_thread *me, unsigned *v, size_t n)
{
    me->calls++;
    return few_pop_n(&c->q, v, n);
}
static void crew_close(crew *c) { few_close(&c->q); }
static bool crew_is_closed(const crew *c) { return few_is_closed(&c->q); }
static size_t crew_approx_len(const crew *c) { return few_approx_len(&c->q); }
static size_t crew_capacity(const crew *c) { return few_capacity(&c->q); }
#define LOFT_QUEUE_NAME    shift
#define LOFT_QUEUE_T       unsigned
#define LOFT_QUEUE_ENGINE  crew
#define LOFT_QUEUE_RECORD  crew_thread
#include <loft/queue/blocking.h>
#define LOFT_QUEUE_NAME    small_shift
#define LOFT_QUEUE_T       unsigned
#define LOFT_QUEUE_ENGINE  crew
#define LOFT_QUEUE_RECORD  crew_thread
#define LOFT_QUEUE_LIMIT   1
#include <loft/queue/blocking.h>

/* A limit on top of a capacity. */
#define LOFT_QUEUE_NAME    tight
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_ENGINE  wordq_engine
#define LOFT_QUEUE_LIMIT   1
#include <loft/queue/blocking.h>

/* Engines in which a push under way hides what is behind it. */
#define LOFT_QUEUE_NAME    gate_engine
#define LOFT_QUEUE_T       uint64_t
#include <loft/queue/mpsc.h>
#define LOFT_QUEUE_NAME    gate
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_ENGINE  gate_engine
#define LOFT_QUEUE_STALLS  1
#include <loft/queue/blocking.h>

struct letter { LOFT_ATOMIC(uintptr_t) link; };
#define LOFT_QUEUE_NAME    post_engine
#define LOFT_QUEUE_T       struct letter
#define LOFT_QUEUE_LINK    link
#include <loft/queue/mpsc_list.h>
#define LOFT_QUEUE_NAME      post
#define LOFT_QUEUE_T         struct letter *
#define LOFT_QUEUE_ENGINE    post_engine
#define LOFT_QUEUE_UNBOUNDED 1
#define LOFT_QUEUE_STALLS    1
#include <loft/queue/blocking.h>

#define MS  ((uint64_t)1000000)

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static void
test_answers(void)
{
    wordq q;
    uint64_t v = 77;
    uint64_t out[4] = { 1, 2, 3, 4 };
    size_t n = 9;
    if (wordq_init(&q, 2) != LOFT_OK)
        abort();
    EXPECT(wordq_pop(&q, &v, 0) == LOFT_TIMEOUT && v == 77);
    uint64_t deadline = loft_deadline(2 * MS);
    EXPECT(wordq_pop(&q, &v, deadline) == LOFT_TIMEOUT && v == 77 && loft_now() >= deadline);
    EXPECT(wordq_drain(&q, out, 4, &n, 0) == LOFT_TIMEOUT && n == 9 && out[0] == 1);
    EXPECT(wordq_drain(&q, out, 0, &n, LOFT_FOREVER) == LOFT_OK && n == 0);
    EXPECT(wordq_push(&q, 5, 0) == LOFT_OK && wordq_push(&q, 6, LOFT_FOREVER) == LOFT_OK);
    EXPECT(wordq_push(&q, 7, 0) == LOFT_TIMEOUT && wordq_approx_len(&q) == 2);
    deadline = loft_deadline(2 * MS);
    EXPECT(wordq_push(&q, 7, deadline) == LOFT_TIMEOUT && loft_now() >= deadline);
    EXPECT(wordq_drain(&q, out, 1, &n, LOFT_FOREVER) == LOFT_OK && n == 1 && out[0] == 5 && out[1] == 2);
    EXPECT(wordq_push(&q, 8, LOFT_FOREVER) == LOFT_OK);
    EXPECT(wordq_drain(&q, out, 4, &n, LOFT_FOREVER) == LOFT_OK && n == 2 && out[0] == 6 && out[1] == 8 && out[2] == 3);
    EXPECT(wordq_push(&q, 9, LOFT_FOREVER) == LOFT_OK);
    wordq_close(&q);
    wordq_close(&q);
    EXPECT(wordq_push(&q, 10, LOFT_FOREVER) == LOFT_CLOSED && !wordq_try_push(&q, 10) && wordq_is_closed(&q));
    EXPECT(wordq_pop(&q, &v, LOFT_FOREVER) == LOFT_OK && v == 9);
    EXPECT(wordq_pop(&q, &v, LOFT_FOREVER) == LOFT_CLOSED && v == 9);
    EXPECT(wordq_pop(&q, &v, 0) == LOFT_TIMEOUT || wordq_pop(&q, &v, 0) == LOFT_CLOSED);
    n = 9;
    EXPECT(wordq_drain(&q, out, 4, &n, LOFT_FOREVER) == LOFT_CLOSED && n == 9 && out[0] == 6);
    wordq_fini(&q);

    /* Full and closed: the push is told so, not that there is no room. */
    if (wordq_init(&q, 2) != LOFT_OK)
        abort();
    EXPECT(wordq_try_push(&q, 1) && wordq_try_push(&q, 2));
    wordq_close(&q);
    EXPECT(wordq_push(&q, 3, LOFT_FOREVER) == LOFT_CLOSED && wordq_pop(&q, &v, 0) == LOFT_OK && v == 1);
    EXPECT(wordq_push(&q, 3, 0) == LOFT_CLOSED);
    wordq_fini(&q);
    expected("answers", "OK, TIMEOUT not before the deadline, CLOSED; nothing else is touched");

    /* An engine that was there before. */
    lane l;
    uint64_t room[3];
    if (lane_engine_init_with(&l.engine, room, 3) != LOFT_OK)
        abort();
    EXPECT(lane_adopt(&l) == LOFT_OK && lane_capacity(&l) == 3);
    EXPECT(lane_push_n(&l, out, 4) == 3 && lane_push(&l, 1, 0) == LOFT_TIMEOUT && lane_pop_n(&l, out, 4) == 3);
    lane_close(&l);
    EXPECT(lane_pop(&l, &v, LOFT_FOREVER) == LOFT_CLOSED);
    lane_fini(&l);
    expected("answers", "an engine adopted with its own storage");

#if LOFT_PARK_KIND_ == 1 && !LOFT_PARK_TIME32_               /* there a refusal is followed by another question */
    itemq i;
    for (int k = 0; k < 2; k++) {
        refuse = k;
        EXPECT(itemq_init(&i, 4) == LOFT_NOTSUP && ledger.live == 0);
    }
    refuse = -1;
    expected("answers", "init without a futex: NOTSUP, and nothing is left behind");
#endif
}

/* ---- limits ------------------------------------------------------------------------------------------------------ */

static void
test_limits(void)
{
    nibbles_domain d = { 6 };
    nibbles_domain_thread me = { 100 };
    unsigned v = 0;
    bound b;
    EXPECT(bound_init(&b, &d, 0) == LOFT_INVAL);
    for (size_t limit = 1; limit <= 6; limit++) {
        static const unsigned in[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
        unsigned out[8];
        size_t n = 0;
        d.most = limit;                                  /* one more ends the program */
        me.memory = 1000;
        EXPECT(bound_init(&b, &d, limit) == LOFT_OK && bound_capacity(&b) == limit);
        for (unsigned round = 0; round < 4; round++) {
            for (size_t k = 0; k < limit; k++) {
                EXPECT(bound_approx_len(&b) == k && bound_push(&b, &me, (unsigned)k + 1, LOFT_FOREVER) == LOFT_OK);
            }
            EXPECT(!bound_try_push(&b, &me, 9) && bound_push(&b, &me, 9, loft_deadline(1000)) == LOFT_TIMEOUT);
            EXPECT(bound_approx_len(&b) == limit);
            EXPECT(bound_pop(&b, &me, &v, LOFT_FOREVER) == LOFT_OK && v == 1 && bound_try_push(&b, &me, 7));
            EXPECT(bound_pop_n(&b, &me, out, 8) == limit && out[limit - 1] == 7 && bound_approx_len(&b) == 0);
            EXPECT(bound_push_n(&b, &me, in, 8) == limit && bound_push_n(&b, &me, in, 8) == 0);
            EXPECT(bound_drain(&b, &me, out, 8, &n, 0) == LOFT_OK && n == limit && bound_approx_len(&b) == 0);
        }
        /* Memory fails at each push of a few in turn: what is refused leaves nothing behind. */
        for (size_t memory = 0; memory <= limit; memory++) {
            size_t k = 0;
            me.memory = memory;
            while (bound_push(&b, &me, 3, 0) == LOFT_OK)
                k++;
            EXPECT(k == memory && bound_approx_len(&b) == k);
            EXPECT(bound_push(&b, &me, 3, 0) == (memory < limit ? LOFT_NOMEM : LOFT_TIMEOUT));
            EXPECT(bound_push_n(&b, &me, in, 8) == 0 && bound_approx_len(&b) == k);
            me.memory = 100;
            EXPECT(bound_push_n(&b, &me, in, 8) == limit - k && bound_pop_n(&b, &me, out, 8) == limit);
        }
        me.memory = 100;
        EXPECT(bound_try_push(&b, &me, 4));
        bound_close(&b, &me);
        EXPECT(bound_push(&b, &me, 5, LOFT_FOREVER) == LOFT_CLOSED && bound_is_closed(&b));
        EXPECT(bound_pop(&b, &me, &v, LOFT_FOREVER) == LOFT_OK && v == 4 && bound_approx_len(&b) == 0);
        EXPECT(bound_pop(&b, &me, &v, LOFT_FOREVER) == LOFT_CLOSED);
        bound_fini(&b);
    }
    expected("limits", "exactly so many, and no memory gives the place back");

    loose l;
    d.most = 6;
    me.memory = 2;
    EXPECT(loose_init(&l, &d) == LOFT_OK && loose_capacity(&l) == SIZE_MAX);
    EXPECT(loose_push(&l, &me, 1, LOFT_FOREVER) == LOFT_OK && loose_try_push(&l, &me, 2));
    EXPECT(loose_approx_len(&l, &me) == 2);
    EXPECT(loose_push(&l, &me, 3, LOFT_FOREVER) == LOFT_NOMEM && loose_pop(&l, &me, &v, 0) == LOFT_OK && v == 1);
    loose_close(&l, &me);
    EXPECT(loose_push(&l, &me, 3, LOFT_FOREVER) == LOFT_CLOSED && loose_pop(&l, &me, &v, 0) == LOFT_OK && v == 2);
    EXPECT(loose_pop(&l, &me, &v, LOFT_FOREVER) == LOFT_CLOSED);
    loose_fini(&l);

    open_pile o;
    low_pile u;
    EXPECT(open_pile_init(&o) == LOFT_OK && open_pile_capacity(&o) == SIZE_MAX);
    EXPECT(open_pile_push(&o, 1, LOFT_FOREVER) == LOFT_OK && open_pile_pop(&o, &v, LOFT_FOREVER) == LOFT_OK && v == 1);
    open_pile_close(&o);
    EXPECT(open_pile_push(&o, 1, LOFT_FOREVER) == LOFT_CLOSED && open_pile_pop(&o, &v, LOFT_FOREVER) == LOFT_CLOSED);
    open_pile_fini(&o);
    EXPECT(low_pile_init(&u, 0) == LOFT_INVAL && low_pile_init(&u, 2) == LOFT_OK && low_pile_capacity(&u) == 2);
    EXPECT(low_pile_try_push(&u, 1) && low_pile_try_push(&u, 2) && low_pile_push(&u, 3, 0) == LOFT_TIMEOUT);
    EXPECT(low_pile_approx_len(&u) == 2 && low_pile_pop(&u, &v, 0) == LOFT_OK && v == 1 && low_pile_try_push(&u, 3));
    low_pile_close(&u);
    EXPECT(low_pile_push(&u, 3, LOFT_FOREVER) == LOFT_CLOSED);
    low_pile_fini(&u);

    shift r;
    small_shift a;
    crew_thread hand = { 0 };
    unsigned some[3] = { 1, 2, 3 };
    size_t n = 0;
    EXPECT(shift_init(&r, 2, 0) == LOFT_INVAL && shift_init(&r, 2, 3) == LOFT_OK && r.engine.threads == 3);
    EXPECT(shift_push_n(&r, &hand, some, 3) == 2 && shift_push(&r, &hand, 3, 0) == LOFT_TIMEOUT);
    EXPECT(shift_pop(&r, &hand, &v, 0) == LOFT_OK && v == 1 && shift_try_push(&r, &hand, 3));
    EXPECT(shift_approx_len(&r) == 2);
    shift_close(&r);
    EXPECT(shift_push(&r, &hand, 4, LOFT_FOREVER) == LOFT_CLOSED && shift_try_pop(&r, &hand, &v) && v == 2);
    EXPECT(shift_drain(&r, &hand, some, 3, &n, LOFT_FOREVER) == LOFT_OK && n == 1 && some[0] == 3);
    EXPECT(shift_pop(&r, &hand, &v, LOFT_FOREVER) == LOFT_CLOSED && shift_capacity(&r) == 2);
    shift_fini(&r);
    EXPECT(small_shift_init(&a, 2, 3, 3) == LOFT_INVAL && small_shift_init(&a, 2, 3, 1) == LOFT_OK);
    EXPECT(small_shift_try_push(&a, &hand, 5) && !small_shift_try_push(&a, &hand, 6));
    EXPECT(small_shift_pop_n(&a, &hand, some, 3) == 1 && some[0] == 5 && small_shift_approx_len(&a) == 0);
    small_shift_fini(&a);
    expected("limits", "an engine with a bound and records of its own");

    tight t;
    uint64_t w = 0;
    EXPECT(tight_init(&t, 8, 0) == LOFT_INVAL && tight_init(&t, 7, 3) == LOFT_INVAL);
    EXPECT(tight_init(&t, 8, 9) == LOFT_INVAL);          /* two that wait for the engine would rouse each other */
    EXPECT(tight_init(&t, 8, 3) == LOFT_OK && tight_capacity(&t) == 3);
    for (uint64_t k = 0; k < 3; k++)
        EXPECT(tight_push(&t, k, 0) == LOFT_OK);
    EXPECT(tight_push(&t, 3, 0) == LOFT_TIMEOUT && tight_pop(&t, &w, 0) == LOFT_OK && tight_try_push(&t, 3));
    tight_fini(&t);
    expected("limits", "none, where memory is the limit; and one below a capacity");
}

/* ---- a push that stops, and close -------------------------------------------------------------------------------- */

static void
test_stalls(void)
{
    gate g;
    uint64_t v = 77;
    uint64_t out[4];
    size_t n = 9;
    loft_seq ticket = 0;
    if (gate_init(&g, 4) != LOFT_OK)
        abort();
    EXPECT(gate_engine_claim_(&g.engine, &ticket, 1) == 1);   /* a push begins, and is not heard of for long */
    EXPECT(gate_push(&g, 2, 0) == LOFT_OK && gate_pop(&g, &v, 0) == LOFT_TIMEOUT && gate_engine_is_stalled(&g.engine));
    gate_close(&g);
    EXPECT(gate_push(&g, 3, LOFT_FOREVER) == LOFT_CLOSED);
    EXPECT(gate_pop(&g, &v, 0) == LOFT_TIMEOUT && gate_pop(&g, &v, loft_deadline(2 * MS)) == LOFT_TIMEOUT && v == 77);
    EXPECT(!gate_try_pop(&g, &v) && gate_pop_n(&g, out, 4) == 0 && gate_pop_n(&g, out, 0) == 0);
    EXPECT(gate_drain(&g, out, 4, &n, loft_deadline(1000)) == LOFT_TIMEOUT && n == 9);
    v = 1;
    gate_engine_fill_(&g.engine, ticket, &v, 1);
    EXPECT(gate_pop(&g, &v, 0) == LOFT_OK && v == 1 && gate_drain(&g, out, 4, &n, 0) == LOFT_OK && n == 1 && *out == 2);
    EXPECT(gate_pop(&g, &v, 0) == LOFT_CLOSED && gate_drain(&g, out, 4, &n, LOFT_FOREVER) == LOFT_CLOSED);
    EXPECT(!gate_try_pop(&g, &v));
    gate_fini(&g);
    if (gate_init(&g, 2) != LOFT_OK)
        abort();
    EXPECT(gate_push(&g, 1, 0) == LOFT_OK && gate_push(&g, 2, 0) == LOFT_OK && gate_push(&g, 3, 0) == LOFT_TIMEOUT);
    EXPECT(gate_engine_stats_get(&g.engine).refused == 1);   /* a push that does not wait is one refusal */
    gate_fini(&g);
    expected("stalled", "a pop of a closed mpsc.h waits for a push under way until its deadline");

    post p;
    struct letter one;
    struct letter two;
    struct letter *got = NULL;
    if (post_init(&p) != LOFT_OK)
        abort();
    loft_store(&one.link, (uintptr_t)0, relaxed);
    const uintptr_t before = loft_exchange(&p.engine.tail, (uintptr_t)&one.link, acq_rel);   /* the same here */
    EXPECT(post_push(&p, &two, 0) == LOFT_OK && post_pop(&p, &got, 0) == LOFT_TIMEOUT);
    post_close(&p);
    EXPECT(post_push(&p, &two, LOFT_FOREVER) == LOFT_CLOSED);
    EXPECT(post_pop(&p, &got, loft_deadline(2 * MS)) == LOFT_TIMEOUT && !post_try_pop(&p, &got) && got == NULL);
    loft_store((loft_mpsc_link_ *)before, (uintptr_t)&one.link, release);
    EXPECT(post_pop(&p, &got, 0) == LOFT_OK && got == &one && post_try_pop(&p, &got) && got == &two);
    EXPECT(post_pop(&p, &got, 0) == LOFT_CLOSED && post_pop(&p, &got, LOFT_FOREVER) == LOFT_CLOSED);
    post_fini(&p);
    expected("stalled", "the same of mpsc_list.h");
}

/* ---- costs ------------------------------------------------------------------------------------------------------- */

/* Accesses are counted at the door; a light fence passes it, and is no instruction where there is membarrier. */
static void
test_costs(void)
{
    wordq q;
    uint64_t v;
    if (wordq_init(&q, 8) != LOFT_OK)
        abort();
    EXPECT(wordq_try_push(&q, 1) && wordq_try_pop(&q, &v));   /* the first push finds a queue that was empty long */
    asked = 0;
    for (int k = 0; k < 20; k++) {
        points_count();
        EXPECT(wordq_engine_try_push(&q.engine, 1));
        const unsigned long push = points_seen();
        points_count();
        EXPECT(wordq_engine_try_pop(&q.engine, &v));
        const unsigned long pop = points_seen();
        points_count();
        EXPECT(wordq_push(&q, 1, LOFT_FOREVER) == LOFT_OK);
        EXPECT(points_seen() == push + (loft_asymmetric() ? 2u : 4u));
        points_count();
        EXPECT(wordq_pop(&q, &v, LOFT_FOREVER) == LOFT_OK);
        EXPECT(points_seen() == pop + (loft_asymmetric() ? 2u : 4u));
    }
    EXPECT(asked == 0);
    wordq_fini(&q);
    expected("costs", "a push or pop that nobody waits for: a light fence and one load more than the engine's");
}

/* ---- sleepers ---------------------------------------------------------------------------------------------------- */

enum { SLEEPERS = 6 };

struct bed {
    wordq q;
    LOFT_ATOMIC(unsigned) out;                           /* elements taken                                        */
    LOFT_ATOMIC(unsigned) closed;                        /* told LOFT_CLOSED                                      */
    LOFT_ATOMIC(unsigned long) accesses;
};

static struct bed bed;

static void *
sleeper(void *unused)
{
    uint64_t v;
    loft_status s;
    points_count();
    while ((s = wordq_pop(&bed.q, &v, LOFT_FOREVER)) == LOFT_OK)
        loft_fetch_add(&bed.out, 1u, relaxed);
    loft_fetch_add(&bed.accesses, points_seen(), relaxed);
    if (s == LOFT_CLOSED)
        loft_fetch_add(&bed.closed, 1u, relaxed);
    return unused;
}

static void
until(LOFT_ATOMIC(unsigned) *word, unsigned n)           /* the watchdog ends it where that never comes */
{
    while (loft_load(word, relaxed) < n)
        sleep_us(200);
}

static void
test_sleepers(void)
{
    pthread_t id[SLEEPERS];
    struct rusage before;
    struct rusage after;
    loft_init(&bed.out, 0u);
    loft_init(&bed.closed, 0u);
    loft_init(&bed.accesses, 0u);
    loft_store(&slept, 0u, relaxed);
    loft_store(&roused, 0u, relaxed);
    if (wordq_init(&bed.q, 8) != LOFT_OK)
        abort();
    for (int i = 0; i < SLEEPERS; i++)
        if (pthread_create(&id[i], NULL, sleeper, NULL) != 0)
            abort();
#if LOFT_PARK_KIND_ == 1
    until(&slept, SLEEPERS);
    sleep_us(20000);

    /* Nothing happens: nobody looks, and nobody runs. */
    getrusage(RUSAGE_SELF, &before);
    const unsigned slept_before = loft_load(&slept, relaxed);
    sleep_us(200000);
    getrusage(RUSAGE_SELF, &after);
    ok(loft_load(&slept, relaxed) == slept_before && loft_load(&roused, relaxed) == 0, "who waits does not look again");
    const long used = (after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec)
        * 1000000 + after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_stime.tv_usec;
    note("six consumers used %ld us in 200 ms", used);
    ok(used < 100000, "and uses no processor: 6 threads in 200 ms less than half of one");

    /* For each element one of them, and no more. */
    unsigned sent = 0;
    bool one = true;
    for (unsigned round = 0; round < 40; round++) {
        uint64_t v[3] = { 1, 2, 3 };
        const unsigned k = round % 3 + 1;
        const size_t in = k == 1 ? (size_t)(wordq_push(&bed.q, 1, 0) == LOFT_OK) : wordq_push_n(&bed.q, v, k);
        one = one && in == k;
        sent += k;
        until(&bed.out, sent);
        sleep_us(1000);
        one = one && loft_load(&roused, relaxed) <= sent;
    }
    ok(one && loft_load(&roused, relaxed) <= sent, "for each element one thread is woken at most");
    note("%u elements, %u wake-ups", sent, loft_load(&roused, relaxed));
    ok(loft_load(&roused, relaxed) * 4 >= sent, "and as a rule one is");
#else
    (void)before;
    (void)after;
#endif
    wordq_close(&bed.q);
    for (int i = 0; i < SLEEPERS; i++)
        pthread_join(id[i], NULL);
    ok_eq(loft_load(&bed.closed, relaxed), SLEEPERS, "close wakes them all");
    note("%lu accesses of all six", loft_load(&bed.accesses, relaxed));
#if LOFT_PARK_KIND_ == 1
    ok(loft_load(&bed.accesses, relaxed) < 200u * (SLEEPERS + sent), "none of them has spun");
#endif
    wordq_fini(&bed.q);
}

/* ---- a deadline and a wake-up at the same moment ----------------------------------------------------------------- */

struct race {
    wordq q;
    uint64_t deadline;
    LOFT_ATOMIC(unsigned) patient;                       /* elements that the one without a deadline has          */
    loft_status impatient;
    bool pushes;                                         /* they wait for room                                    */
};

static struct race race;

static void
race_body(void *arg, int id)
{
    struct race *const r = (struct race *)arg;
    uint64_t v = 0;
    if (id == 0) {
        const loft_status s = r->pushes ? wordq_push(&r->q, 1, LOFT_FOREVER) : wordq_pop(&r->q, &v, LOFT_FOREVER);
        loft_store(&r->patient, s == LOFT_OK ? 1u : 2u, relaxed);
    } else if (id == 1) {
        const uint64_t deadline = r->deadline;
        r->impatient = r->pushes ? wordq_push(&r->q, 2, deadline) : wordq_pop(&r->q, &v, deadline);
        /* It had what the other one waits for: here it is again. */
        if (r->impatient == LOFT_OK && !(r->pushes ? wordq_try_pop(&r->q, &v) : wordq_try_push(&r->q, 2)))
            abort();
    } else {
        while (loft_now() < r->deadline)
            sched_yield();
        if (!(r->pushes ? wordq_try_pop(&r->q, &v) : wordq_try_push(&r->q, 1)))
            abort();
    }
}

static void
test_races(bool pushes, const char *what)
{
    unsigned timeouts = 0;
    bool good = true;
    const unsigned rounds = (unsigned)scaled(400);
    for (unsigned i = 0; i < rounds; i++) {
        uint64_t v;
        if (wordq_init(&race.q, 2) != LOFT_OK)
            abort();
        race.pushes = pushes;
        if (pushes && !(wordq_try_push(&race.q, 7) && wordq_try_push(&race.q, 7)))
            abort();
        loft_init(&race.patient, 0u);
        race.deadline = loft_deadline(150000 + i % 16 * 20000);
        run_threads(3, race_body, &race);                /* the watchdog ends it where the patient one sleeps on */
        timeouts += race.impatient == LOFT_TIMEOUT;
        good = good && loft_load(&race.patient, relaxed) == 1;
        unsigned left = 0;
        while (wordq_try_pop(&race.q, &v))
            left++;
        good = good && left == (pushes ? 2u : 0u) && loft_eventcount_approx_waiters(&race.q.items) == 0;
        wordq_fini(&race.q);
    }
    note("%u of %u gave up", timeouts, rounds);
    ok(good, what);
}

/* ---- threads that stop ------------------------------------------------------------------------------------------- */

struct stop {
    wordq q;
    long at;
    bool pushes;                                         /* what the victim does */
    bool moved;
    LOFT_ATOMIC(unsigned) done;
};

static void
stop_body(void *arg, int id)
{
    struct stop *const s = (struct stop *)arg;
    uint64_t v = 0;
    if (id == 0) {                                       /* the victim */
        freeze_at(s->at);
        const loft_status did = s->pushes ? wordq_push(&s->q, 1, LOFT_FOREVER)
                                          : wordq_pop(&s->q, &v, loft_deadline(2 * MS));
        freeze_end();
        if (did != LOFT_OK && (s->pushes || did != LOFT_TIMEOUT))
            abort();
    } else if (id == 1) {                                /* one that waits for its element */
        if (wordq_pop(&s->q, &v, LOFT_FOREVER) != LOFT_OK)
            abort();
        loft_fetch_add(&s->done, 1u, relaxed);
    } else {
        const bool stopped = freeze_wait();
        sleep_us(300);                                   /* the other one may be asleep by now, or not */
        for (int k = 0; k < (s->pushes ? 1 : 2); k++)
            if (wordq_push(&s->q, 2, LOFT_FOREVER) != LOFT_OK)
                abort();
        until(&s->done, 1);                              /* the watchdog ends it where it does not come */
        s->moved = stopped;
        if (stopped)
            freeze_release();
        if (s->pushes && wordq_pop(&s->q, &v, LOFT_FOREVER) != LOFT_OK)
            abort();
    }
}

/* A push that stops anywhere holds nobody up, and a pop that stops anywhere, before its sleep or after that has timed
 * out, takes nobody's wake-up. */
static void
test_stops(bool pushes, const char *what)
{
    static struct stop s;
    long k = 0;
    for (;; k++) {
        if (wordq_init(&s.q, 4) != LOFT_OK)
            abort();
        s.at = k;
        s.pushes = pushes;
        loft_init(&s.done, 0u);
        freeze_arm();
        run_threads(3, stop_body, &s);
        wordq_fini(&s.q);
        if (!s.moved || k > 200)
            break;
    }
    note("%ld places", k);
    ok(k > 5 && k <= 200, what);
}

int
main(void)
{
    const unsigned long rounds = (unsigned long)scaled(20000);
    watchdog("queue/blocking");
    itemq_contract("24 bytes, own allocator", rounds);
    wordq_contract("8 bytes", rounds);
    test_answers();
    test_limits();
    test_stalls();
    test_costs();
    test_sleepers();
    test_races(false, "of two that wait for one element, one at its deadline, none is kept from it");
    test_races(true, "the same for room");
#if LOFT_PARK_KIND_ == 1                                 /* elsewhere it may stop with the park's lock in its hands */
    test_stops(true, "a push that stops anywhere holds nobody up");
    test_stops(false, "a pop that stops anywhere takes nobody's wake-up");
#else
    (void)test_stops;
#endif
    for (int op = 0; op < 2; op++) {
        const struct freeze_report r = wordq_freeze(op ? FREEZE_POP : FREEZE_PUSH, FREEZE_HALF, 4, 2000 * MS);
        ok(r.blocked == 0 && r.lost == 0 && r.doubled == 0 && r.points > 5,
           op ? "try_pop is as lock-free as the engine's" : "try_push is as lock-free as the engine's");
    }
    return done();
}
