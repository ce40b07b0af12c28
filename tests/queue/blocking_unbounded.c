/* SPDX-License-Identifier: MIT
 *
 * tests/queue/blocking_unbounded.c - queue/blocking.h around queues that grow: a bound that is exact, whatever the
 * engine says and memory allows, calls that wait, close, drain, and threads of all of it.
 *
 * build: flags -DTAP_JUMPS
 */
#define FAMILY_SCQ 1
#define FAMILY_UNBOUNDED 1
#include "common.h"

#include "support/bank.h"
#include "support/schemes.h"

#include <loft/core/eventcount.h>

#define MS  ((uint64_t)1000000)

/* ---- instances --------------------------------------------------------------------------------------------------- */

#define LOFT_QUEUE_NAME    itemq_engine
#define LOFT_QUEUE_T       struct item
#define LOFT_QUEUE_SMR     loft_ebr
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include <loft/queue/lscq.h>
#define LOFT_QUEUE_NAME    itemq
#define LOFT_QUEUE_T       struct item
#define LOFT_QUEUE_ENGINE  itemq_engine
#define LOFT_QUEUE_SMR     loft_ebr
#define LOFT_QUEUE_LIMIT   1
#include <loft/queue/blocking.h>

#define LOFT_QUEUE_NAME    wordq_engine
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_SMR     loft_debra
#define LOFT_QUEUE_SEGMENT 2
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include <loft/queue/lprq.h>
#define LOFT_QUEUE_NAME    wordq
#define LOFT_QUEUE_T       uint64_t
#define LOFT_QUEUE_ENGINE  wordq_engine
#define LOFT_QUEUE_SMR     loft_debra
#define LOFT_QUEUE_LIMIT   1
#include <loft/queue/blocking.h>

#define LOFT_QUEUE_NAME    looseq_engine
#define LOFT_QUEUE_T       struct item
#define LOFT_QUEUE_SMR     loft_hp
#define LOFT_QUEUE_SEGMENT 4
#define LOFT_QUEUE_ALLOC(align, size)      bank_alloc((align), (size))
#define LOFT_QUEUE_FREE(ptr, align, size)  bank_free((ptr), (align), (size))
#include <loft/queue/lprq.h>
#define LOFT_QUEUE_NAME    looseq
#define LOFT_QUEUE_T       struct item
#define LOFT_QUEUE_ENGINE  looseq_engine
#define LOFT_QUEUE_SMR     loft_hp
#include <loft/queue/blocking.h>

/* A queue whose calls that do not wait wait all the same, so that the stress of the family is theirs: `patience` nano-
 * seconds from now, 0: for ever. A push that gives up is one without memory to who asks here. */
#define WAITS(name, blocks, S, T, INIT, LEN, patience)                                                                 \
    typedef blocks name;                                                                                               \
    static uint64_t name##_until_(void) { return (patience) ? loft_deadline(patience) : LOFT_FOREVER; }                \
    static loft_status name##_init(name *q, S *d) { return INIT; }                                                     \
    static void name##_fini(name *q) { blocks##_fini(q); }                                                             \
    static bool name##_is_closed(const name *q) { return blocks##_is_closed(q); }                                      \
    static void name##_close(name *q, S##_thread *me) { blocks##_close(q, me); }                                       \
    static void name##_start_at_(name *q, size_t t) { blocks##_engine_start_at_(&q->engine, t); }                      \
    static size_t                                                                                                      \
    name##_approx_len(name *q, S##_thread *me)                                                                         \
    {                                                                                                                  \
        (void)me;                                                                                                      \
        return LEN;                                                                                                    \
    }                                                                                                                  \
    static loft_status                                                                                                 \
    name##_push(name *q, S##_thread *me, T v)                                                                          \
    {                                                                                                                  \
        const loft_status s = blocks##_push(q, me, v, name##_until_());                                                \
        return s == LOFT_TIMEOUT && (patience) ? LOFT_NOMEM : s;                                                       \
    }                                                                                                                  \
    static bool                                                                                                        \
    name##_try_pop(name *q, S##_thread *me, T *v)                                                                      \
    {                                                                                                                  \
        return blocks##_pop(q, me, v, name##_until_()) == LOFT_OK;                                                     \
    }                                                                                                                  \
    static size_t                                                                                                      \
    name##_push_n(name *q, S##_thread *me, const T *v, size_t n)                                                       \
    {                                                                                                                  \
        const size_t in = blocks##_push_n(q, me, v, n);                                                                \
        return in != 0 ? in : (size_t)(name##_push(q, me, v[0]) == LOFT_OK);                                           \
    }                                                                                                                  \
    static size_t                                                                                                      \
    name##_pop_n(name *q, S##_thread *me, T *v, size_t n)                                                              \
    {                                                                                                                  \
        return blocks##_drain(q, me, v, n, &n, name##_until_()) == LOFT_OK ? n : 0;                                    \
    }

enum { LIMIT_FEW = 3 };

WAITS(patient, itemq, loft_ebr, struct item, itemq_init(q, d, LIMIT_FEW), itemq_approx_len(q), 0u)
#define FLAT_NAME   patientf
#define FLAT_ENGINE patient
#define FLAT_T      struct item
#define FLAT_SMR    loft_ebr
#define FLAT_LIMIT  LIMIT_FEW
#include "support/flat.h"
#define STRESS_NAME patientf
#define STRESS_T    struct item
#define STRESS_MAKE item_of
#define STRESS_OPEN item_open
#include "stress.h"

WAITS(hasty, wordq, loft_debra, uint64_t, wordq_init(q, d, LIMIT_FEW), wordq_approx_len(q), 20000u)
#define FLAT_NAME   hastyf
#define FLAT_ENGINE hasty
#define FLAT_T      uint64_t
#define FLAT_SMR    loft_debra
#define FLAT_LIMIT  LIMIT_FEW
#include "support/flat.h"
static uint64_t number_of(uint64_t id) { return id * 3; }
static bool
number_open(uint64_t v, uint64_t *id)
{
    *id = v / 3;
    return v % 3 == 0 && v / 3 < (uint64_t)1 << 48;
}
#define STRESS_NAME hastyf
#define STRESS_T    uint64_t
#define STRESS_MAKE number_of
#define STRESS_OPEN number_open
#include "stress.h"

WAITS(open_end, looseq, loft_hp, struct item, looseq_init(q, d), looseq_approx_len(q, me), 0u)
#define FLAT_NAME   open_endf
#define FLAT_ENGINE open_end
#define FLAT_T      struct item
#define FLAT_SMR    loft_hp
#include "support/flat.h"
#define STRESS_NAME open_endf
#define STRESS_T    struct item
#define STRESS_MAKE item_of
#define STRESS_OPEN item_open
#include "stress.h"

/* ---- one thread -------------------------------------------------------------------------------------------------- */

static bool
same_item(const struct item *v, uint64_t id)
{
    uint64_t got;
    return item_open(*v, &got) && got == id;
}

static void
test_limit(void)
{
    static loft_ebr d;
    static itemq q;
    struct item v[12];
    struct item out[12];
    if (loft_ebr_init(&d, NULL) != LOFT_OK)
        abort();
    loft_ebr_thread *const me = loft_ebr_join(&d);
    bank_open(false);
    EXPECT(itemq_init(&q, &d, 0) == LOFT_INVAL && bank_live() == 0);
    for (size_t n = 0;; n++) {
        bank_fail(BANK_ONE, n);
        const loft_status s = itemq_init(&q, &d, 3);
        if (bank_fail_stop() == 0) {
            EXPECT(s == LOFT_OK);
            itemq_fini(&q);
            break;
        }
        EXPECT(s == LOFT_NOMEM && bank_live() == 0);
    }
    for (size_t limit = 1; limit <= 7; limit++) {
        uint64_t in = 0;
        uint64_t from = 0;
        size_t n = 99;
        EXPECT(itemq_init(&q, &d, limit) == LOFT_OK && itemq_capacity(&q) == limit && itemq_approx_len(&q) == 0);
        memset(out, 0, sizeof out);
        EXPECT(itemq_pop(&q, me, out, 0) == LOFT_TIMEOUT && itemq_drain(&q, me, out, 9, &n, 0) == LOFT_TIMEOUT);
        EXPECT(n == 99 && out[0].sum == 0 && itemq_drain(&q, me, out, 0, &n, LOFT_FOREVER) == LOFT_OK && n == 0);
        for (int round = 0; round < 5; round++) {
            for (size_t k = 0; k < limit; k++)
                EXPECT(itemq_approx_len(&q) == k && itemq_push(&q, me, item_of(in++), LOFT_FOREVER) == LOFT_OK);
            const uint64_t deadline = loft_deadline(MS / 2);
            EXPECT(itemq_push(&q, me, item_of(1), deadline) == LOFT_TIMEOUT && loft_now() >= deadline);
            EXPECT(!itemq_try_push(&q, me, item_of(1)) && itemq_push(&q, me, item_of(1), 0) == LOFT_TIMEOUT);
            EXPECT(itemq_push_n(&q, me, v, 0) == 0 && itemq_approx_len(&q) == limit);
            EXPECT(itemq_pop(&q, me, out, LOFT_FOREVER) == LOFT_OK && same_item(out, from++));
            EXPECT(itemq_approx_len(&q) == limit - 1 && itemq_try_push(&q, me, item_of(in++)));
            EXPECT(itemq_drain(&q, me, out, 12, &n, LOFT_FOREVER) == LOFT_OK && n == limit);
            for (size_t k = 0; k < limit; k++)
                EXPECT(same_item(&out[k], from++));
            for (size_t k = 0; k < 12; k++)
                v[k] = item_of(in + k);
            EXPECT(itemq_push_n(&q, me, v, 12) == limit && itemq_push_n(&q, me, v, 12) == 0);
            in += limit;
            EXPECT(itemq_pop_n(&q, me, out, 12) == limit && same_item(out, from) && itemq_approx_len(&q) == 0);
            from += limit;
        }
        /* Each allocation of each push is refused once; what is refused leaves its place to others. */
        size_t refused = 0;
        for (int round = 0; round < 3; round++) {
            for (size_t k = 0; k < limit; k++) {
                for (size_t at = 0;; at++) {
                    bank_fail(BANK_ONE, at);
                    const loft_status s = itemq_push(&q, me, item_of(in), LOFT_FOREVER);
                    if (bank_fail_stop() == 0) {
                        EXPECT(s == LOFT_OK);
                        in++;
                        break;
                    }
                    refused++;
                    if (!EXPECT(s == LOFT_NOMEM && itemq_approx_len(&q) == k))
                        break;
                }
            }
            EXPECT(itemq_push(&q, me, item_of(in), 0) == LOFT_TIMEOUT);
            bank_fail(BANK_FROM, 0);
            EXPECT(itemq_push(&q, me, item_of(in), 0) == LOFT_TIMEOUT && itemq_pop(&q, me, out, 0) == LOFT_OK);
            EXPECT(same_item(out, from++) && itemq_push_n(&q, me, v, 9) <= 1);
            bank_fail_stop();
            EXPECT(itemq_drain(&q, me, out, 12, &n, 0) == LOFT_OK && (n == limit || n == limit - 1 || limit == 1));
            from = in;
            EXPECT(itemq_approx_len(&q) == 0 || (limit == 1 && itemq_pop_n(&q, me, out, 12) == 1));
        }
        EXPECT(refused != 0 || limit <= 2);              /* a ring that is never full never ends */
        /* A bulk push that memory ends half way. */
        for (size_t at = 0; at < 6; at++) {
            bank_fail(BANK_FROM, at);
            const size_t did = itemq_push_n(&q, me, v, limit);
            bank_fail_stop();
            EXPECT(did <= limit && itemq_approx_len(&q) == did);
            EXPECT(itemq_push_n(&q, me, v, 12) == limit - did && itemq_pop_n(&q, me, out, 12) == limit);
        }
        /* Closed: full or not. */
        const size_t left = limit - (limit > 1 && limit % 2);
        for (size_t k = 0; k < left; k++)
            EXPECT(itemq_try_push(&q, me, item_of(k)));
        itemq_close(&q, me);
        itemq_close(&q, me);
        EXPECT(itemq_is_closed(&q) && itemq_push(&q, me, item_of(1), LOFT_FOREVER) == LOFT_CLOSED);
        EXPECT(!itemq_try_push(&q, me, item_of(1)) && itemq_push_n(&q, me, v, 3) == 0 && itemq_approx_len(&q) == left);
        for (size_t k = 0; k < left; k++) {
            EXPECT(itemq_pop(&q, me, out, LOFT_FOREVER) == LOFT_OK && same_item(out, k));
            EXPECT(itemq_push(&q, me, item_of(1), LOFT_FOREVER) == LOFT_CLOSED && itemq_approx_len(&q) == left - k - 1);
        }
        EXPECT(itemq_pop(&q, me, out, LOFT_FOREVER) == LOFT_CLOSED && !itemq_try_pop(&q, me, out));
        EXPECT(itemq_drain(&q, me, out, 12, &n, LOFT_FOREVER) == LOFT_CLOSED);
        itemq_fini(&q);
    }
    loft_ebr_leave(me);
    EXPECT(loft_ebr_fini(&d) == LOFT_OK && bank_close());
    expected("limits", "exactly so many, with and without memory, until it is closed and empty");
}

static void
test_loose(void)
{
    static loft_hp d;
    static looseq q;
    struct item out[20];
    uint64_t in = 0;
    size_t n = 99;
    if (loft_hp_init(&d, NULL) != LOFT_OK)
        abort();
    loft_hp_thread *const me = loft_hp_join(&d);
    bank_open(false);
    EXPECT(looseq_init(&q, &d) == LOFT_OK && looseq_capacity(&q) == SIZE_MAX && looseq_approx_len(&q, me) == 0);
    EXPECT(looseq_pop(&q, me, out, loft_deadline(MS / 2)) == LOFT_TIMEOUT);
    for (int k = 0; k < 100; k++)
        EXPECT(looseq_push(&q, me, item_of(in++), 0) == LOFT_OK);
    EXPECT(looseq_approx_len(&q, me) >= 100);
    bank_fail(BANK_FROM, 0);
    for (int k = 0; k < 5; k++)                          /* the last ring may have room, and no push waits for memory */
        EXPECT(looseq_push(&q, me, item_of(999), LOFT_FOREVER) == LOFT_NOMEM || sizeof(struct item) <= 8);
    bank_fail_stop();
    for (uint64_t from = 0; from < in; from += n) {
        if (!EXPECT(looseq_drain(&q, me, out, 7, &n, LOFT_FOREVER) == LOFT_OK && n >= 1 && n <= 7))
            break;
        for (size_t k = 0; k < n; k++)
            EXPECT(same_item(&out[k], from + k));
    }
    EXPECT(looseq_try_push(&q, me, item_of(5)));
    looseq_close(&q, me);
    EXPECT(looseq_push(&q, me, item_of(6), LOFT_FOREVER) == LOFT_CLOSED);
    EXPECT(looseq_pop(&q, me, out, LOFT_FOREVER) == LOFT_OK && same_item(out, 5));
    EXPECT(looseq_pop(&q, me, out, LOFT_FOREVER) == LOFT_CLOSED);
    looseq_fini(&q);
    loft_hp_leave(me);
    EXPECT(loft_hp_fini(&d) == LOFT_OK && bank_close());
    expected("no limit", "memory is the limit: a push says so and does not wait");
}

/* ---- threads that wait for room, for elements -------------------------------------------------------------------- */

enum { WAITERS = 4, ROOM = 3 };

static struct waiting {
    loft_debra domain;
    wordq q;
    LOFT_ATOMIC(unsigned) done;                          /* calls that have returned OK */
    LOFT_ATOMIC(unsigned) closed;
    LOFT_ATOMIC(unsigned) strange;
} waiting;

static void
until(LOFT_ATOMIC(unsigned) *word, unsigned n)           /* the watchdog ends it where that never comes */
{
    while (loft_load(word, relaxed) < n)
        sleep_us(100);
}

static void *
waiting_pusher(void *unused)
{
    loft_debra_thread *const me = loft_debra_join(&waiting.domain);
    loft_status s;
    while ((s = wordq_push(&waiting.q, me, 0, LOFT_FOREVER)) == LOFT_OK)
        loft_fetch_add(&waiting.done, 1u, relaxed);
    loft_fetch_add(s == LOFT_CLOSED ? &waiting.closed : &waiting.strange, 1u, relaxed);
    loft_debra_leave(me);
    return unused;
}

static void *
waiting_popper(void *unused)
{
    loft_debra_thread *const me = loft_debra_join(&waiting.domain);
    loft_status s;
    uint64_t v = 1;
    while ((s = wordq_pop(&waiting.q, me, &v, LOFT_FOREVER)) == LOFT_OK) {
        if (v != 0)
            loft_fetch_add(&waiting.strange, 1u, relaxed);
        loft_fetch_add(&waiting.done, 1u, relaxed);
    }
    loft_fetch_add(s == LOFT_CLOSED ? &waiting.closed : &waiting.strange, 1u, relaxed);
    loft_debra_leave(me);
    return unused;
}

static void
test_waiting(bool pushers)
{
    struct waiting *const w = &waiting;
    pthread_t id[WAITERS];
    uint64_t v[8];
    unsigned sum = pushers ? ROOM : 0;
    if (loft_debra_init(&w->domain, NULL) != LOFT_OK || wordq_init(&w->q, &w->domain, ROOM) != LOFT_OK)
        abort();
    loft_init(&w->done, 0u);
    loft_init(&w->closed, 0u);
    loft_init(&w->strange, 0u);
    loft_debra_thread *const me = loft_debra_join(&w->domain);
    for (int i = 0; i < WAITERS; i++)
        if (pthread_create(&id[i], NULL, pushers ? waiting_pusher : waiting_popper, NULL) != 0)
            abort();
    for (size_t round = 0; round < 30; round++) {        /* with each element that goes or comes one call returns */
        const size_t k = round % (ROOM + 1);
        size_t n = k;
        memset(v, 0, sizeof v);
        until(&w->done, sum);
        if (round % 7 == 0)
            sleep_us(2000);
        EXPECT(loft_load(&w->done, relaxed) == sum);
        if (!pushers)
            EXPECT(wordq_approx_len(&w->q) <= ROOM && wordq_push_n(&w->q, me, v, k) == k);
        else if (k == 1)
            EXPECT(wordq_try_pop(&w->q, me, v));
        else
            EXPECT(wordq_drain(&w->q, me, v, k, &n, LOFT_FOREVER) == LOFT_OK && n <= k && (n >= 1 || k == 0));
        sum += (unsigned)n;
    }
    until(&w->done, sum);
    wordq_close(&w->q, me);
    for (int i = 0; i < WAITERS; i++)
        pthread_join(id[i], NULL);
    EXPECT(loft_load(&w->closed, relaxed) == WAITERS && loft_load(&w->strange, relaxed) == 0);
    EXPECT(loft_load(&w->done, relaxed) == sum);
    const size_t left = wordq_pop_n(&w->q, me, v, 8);
    EXPECT(left == (pushers ? (size_t)ROOM : 0) && wordq_pop(&w->q, me, v, LOFT_FOREVER) == LOFT_CLOSED);
    wordq_fini(&w->q);
    loft_debra_leave(me);
    EXPECT(loft_debra_fini(&w->domain) == LOFT_OK);
    expected("waiting", pushers ? "for room: one push for each pop; close tells all" : "for elements: the same");
}

/* ---- many -------------------------------------------------------------------------------------------------------- */

/* Never more completed pushes than completed pops and the limit; pushes without memory now and then, deadlines. */
static void
test_stress(void)
{
    static const int threads[][2] = { { 1, 1 }, { 4, 1 }, { 1, 4 }, { 4, 4 } };
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        for (int hungry = 0; hungry < 2; hungry++) {
            struct stress_plan p = stress_of(threads[t][0], threads[t][1], LIMIT_FEW, 1000);
            bank_open(false);
            p.way = t % 2 ? STRESS_BULK : STRESS_ONE;
            p.watched = true;
            flat_hungry = hungry != 0;
            bank_fail(hungry ? BANK_EACH : BANK_NONE, 3);
            patientf_stress(&p);
            bank_fail(hungry ? BANK_EACH : BANK_NONE, 4);
            p.early = true;
            p.watched = false;
            p.way = t % 2 ? STRESS_ONE : STRESS_BULK;
            patientf_stress(&p);
            flat_hungry = true;                          /* its deadlines */
            bank_fail(hungry ? BANK_EACH : BANK_NONE, 3);
            p.chaos = false;
            hastyf_stress(&p);
            p.early = false;
            bank_fail(hungry ? BANK_EACH : BANK_NONE, 3);
            hastyf_stress(&p);
            p.capacity = SIZE_MAX;
            p.chaos = true;
            flat_hungry = hungry != 0;
            bank_fail(hungry ? BANK_EACH : BANK_NONE, 3);
            open_endf_stress(&p);
            EXPECT((bank_fail_stop() != 0) == (hungry != 0));
            EXPECT(loft_exchange(&flat_strange, 0u, relaxed) == 0 && bank_close());
        }
    }
    flat_hungry = false;
    expected("stress", "no push was refused without a reason, all memory is back");
}

int
main(void)
{
    watchdog("queue/blocking_unbounded");
    test_limit();
    test_loose();
    test_waiting(true);
    test_waiting(false);
    test_stress();
    return done();
}
