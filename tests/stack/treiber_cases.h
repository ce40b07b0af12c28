/* SPDX-License-Identifier: MIT
 *
 * tests/stack/treiber_cases.h - what stack/treiber.h promises, asked of it under one scheme. A program is
 *
 *     #include "common.h"
 *     #include <loft/smr/ebr.h>
 *     #define SMR  loft_ebr
 *     #include "treiber_cases.h"
 *     int main(void) { treiber_cases("loft_ebr"); return done(); }
 *
 * and asks in its head for `build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS`. SMR_REST(me), which is optional, is
 * what a thread does between two calls now and then; SMR_NEVER 1: the scheme frees nothing.
 */
#ifndef LOFT_TESTS_STACK_TREIBER_CASES_H
#define LOFT_TESTS_STACK_TREIBER_CASES_H

#include <loft/core/alloc.h>

#if !defined(LOFT_ALLOC_STATS) || !defined(LOFT_ALLOC_FAULTS)
#  error "tests/stack/treiber_cases.h: build with -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS"
#endif
#if !defined(SMR_REST)
#  define SMR_REST(me)  ((void)(me))
#endif
#if !defined(SMR_NEVER)
#  define SMR_NEVER  0
#endif
#define S_(f)  LOFT_CAT(SMR, f)

/* ---- instances --------------------------------------------------------------------------------------------------- */

#define LOFT_STACK_NAME  piles                           /* as it comes                                        */
#define LOFT_STACK_T     struct item
#define LOFT_STACK_SMR   SMR
#include <loft/stack/treiber.h>

#define LOFT_STACK_NAME         bare                     /* without elimination, with a length                 */
#define LOFT_STACK_T            struct item
#define LOFT_STACK_SMR          SMR
#define LOFT_STACK_ELIMINATION  0
#define LOFT_STACK_COUNT        1
#include <loft/stack/treiber.h>

#define LOFT_STACK_NAME         meet                     /* everybody in one slot, and patient                 */
#define LOFT_STACK_T            struct item
#define LOFT_STACK_SMR          SMR
#define LOFT_STACK_ELIMINATION  1
#define LOFT_STACK_TIMEOUT      4096
#define LOFT_STACK_COUNT        1
#include <loft/stack/treiber.h>

#define LOFT_STACK_NAME         hasty                    /* nobody waits                                       */
#define LOFT_STACK_T            struct item
#define LOFT_STACK_SMR          SMR
#define LOFT_STACK_ELIMINATION  3
#define LOFT_STACK_TIMEOUT      0
#include <loft/stack/treiber.h>

#define LOFT_STACK_NAME         still                    /* one slot, and a short wait                         */
#define LOFT_STACK_T            struct item
#define LOFT_STACK_SMR          SMR
#define LOFT_STACK_ELIMINATION  1
#define LOFT_STACK_TIMEOUT      32
#define LOFT_STACK_COUNT        1
#include <loft/stack/treiber.h>

#define LOFT_STACK_NAME  bytes
#define LOFT_STACK_T     unsigned char
#define LOFT_STACK_SMR   SMR
#include <loft/stack/treiber.h>

struct wide {
    uint64_t word[25];
};
static size_t wide_live;
static size_t wide_mistakes;

static void *
wide_alloc(size_t align, size_t size)
{
    void *const p = loft_alloc_aligned(align, size);
    wide_live += p != NULL;
    return p;
}

static void
wide_free(void *p, size_t align, size_t size)
{
    wide_mistakes += !p || wide_live == 0 || size < sizeof(struct wide);
    wide_live--;
    loft_free_aligned(p, align, size);
}

#define LOFT_STACK_NAME                    wides         /* with an allocator of its own                       */
#define LOFT_STACK_T                       struct wide
#define LOFT_STACK_SMR                     SMR
#define LOFT_STACK_ALLOC(align, size)      wide_alloc((align), (size))
#define LOFT_STACK_FREE(ptr, align, size)  wide_free((ptr), (align), (size))
#include <loft/stack/treiber.h>

/* ---- alone ------------------------------------------------------------------------------------------------------- */

static SMR tested;

static S_(thread) *
open_domain(void)
{
    if (S_(init)(&tested, NULL) != LOFT_OK)
        abort();
    S_(thread) *const me = S_(join)(&tested);
    if (!me)
        abort();
    return me;
}

static void
close_domain(S_(thread) *me)
{
    S_(leave)(me);
    EXPECT(S_(fini)(&tested) == LOFT_OK);
}

/* One stack, one thread: everything against an array. */
#define ALONE(name) \
    static void \
    name##_alone(const char *scheme) \
    { \
        static name s; \
        struct item model[300]; \
        struct item got[8]; \
        uint64_t dice = 1; \
        size_t n = 0; \
        uint32_t seq = 0; \
        S_(thread) *const me = open_domain(); \
        EXPECT(name##_init(&s, NULL) == LOFT_INVAL); \
        EXPECT(name##_init(&s, &tested) == LOFT_OK); \
        for (unsigned long long round = 0; round < scaled(20000); round++) { \
            struct item v = item_of(19, 77); \
            name##_all every; \
            size_t k = 1 + dice_roll(&dice, 4); \
            switch (dice_roll(&dice, 6)) { \
            case 0: \
            case 1: \
                if (n == 290) \
                    break; \
                model[n] = item_of(1, seq++); \
                EXPECT(name##_push(&s, me, model[n]) == LOFT_OK); \
                n++; \
                break; \
            case 2: \
                if (n > 280) \
                    break; \
                for (size_t i = 0; i < k; i++) \
                    model[n + i] = item_of(2, seq++); \
                EXPECT(name##_push_n(&s, me, &model[n], k) == LOFT_OK); \
                n += k; \
                break; \
            case 3: \
                EXPECT(name##_try_pop(&s, me, &v) == (n != 0)); \
                EXPECT(n ? v.seq == model[n - 1].seq && item_whole(&v) : v.seq == 77 && v.who == 19); \
                n -= n != 0; \
                break; \
            case 4: \
                memset(got, 0, sizeof got); \
                k = name##_pop_n(&s, me, got, k) == (k < n ? k : n) ? (k < n ? k : n) : 99; \
                for (size_t i = 0; EXPECT(k != 99) && i < 8; i++) \
                    EXPECT(i < k ? got[i].seq == model[n - 1 - i].seq && item_whole(&got[i]) : got[i].sum == 0); \
                n -= k; \
                break; \
            default: \
                EXPECT(name##_peek(&s, me, &v) == (n != 0)); \
                EXPECT(n ? v.seq == model[n - 1].seq && item_whole(&v) : v.seq == 77 && v.who == 19); \
                EXPECT(name##_is_empty(&s) == (n == 0)); \
                if (dice_roll(&dice, 50) != 0) \
                    break; \
                EXPECT(name##_pop_all(&s, me, &every) == (n != 0)); \
                EXPECT(name##_is_empty(&s)); \
                while (name##_all_next(&every, &v)) \
                    EXPECT(n != 0 && v.seq == model[--n].seq && item_whole(&v)); \
                EXPECT(n == 0 && !name##_all_next(&every, &v)); \
            } \
            if (round % 16 == 0) \
                SMR_REST(me); \
        } \
        EXPECT(name##_push_n(&s, me, NULL, 0) == LOFT_OK && name##_pop_n(&s, me, NULL, 0) == 0); \
        EXPECT(name##_push(&s, me, item_of(1, 1)) == LOFT_OK);       /* fini drops what is left */ \
        EXPECT(name##_push(&s, me, item_of(1, 2)) == LOFT_OK); \
        const loft_stack_stats stats = name##_stats_get(&s); \
        EXPECT(stats.met == 0); \
        name##_fini(&s); \
        close_domain(me); \
        expected(scheme, #name ": one thread gets what an array says"); \
    }

ALONE(piles)
ALONE(bare)
ALONE(meet)
ALONE(hasty)

static void
other_types(const char *scheme)
{
    static bytes b;
    static wides w;
    struct wide v;
    unsigned char c = 0;
    S_(thread) *const me = open_domain();
    EXPECT(bytes_init(&b, &tested) == LOFT_OK && wides_init(&w, &tested) == LOFT_OK);
    for (unsigned i = 0; i < 300; i++) {
        for (size_t k = 0; k < 25; k++)
            v.word[k] = i * 31 + k;
        EXPECT(bytes_push(&b, me, (unsigned char)i) == LOFT_OK && wides_push(&w, me, v) == LOFT_OK);
    }
    EXPECT(wide_live == 300);
    for (unsigned i = 300; i-- > 100;) {
        EXPECT(bytes_try_pop(&b, me, &c) && c == (unsigned char)i);
        EXPECT(wides_try_pop(&w, me, &v) && v.word[0] == i * 31 && v.word[24] == i * 31 + 24);
    }
    bytes_fini(&b);
    wides_fini(&w);
    close_domain(me);
    EXPECT(wide_mistakes == 0 && (SMR_NEVER || wide_live == 0));
    expected(scheme, "elements of one byte and of several lines, an allocator of one's own");
}

static void
lengths(const char *scheme)
{
    static bare s;
    bare_all every;
    struct item v[3] = { item_of(0, 0), item_of(0, 1), item_of(0, 2) };
    S_(thread) *const me = open_domain();
    EXPECT(bare_init(&s, &tested) == LOFT_OK && bare_approx_len(&s) == 0);
    EXPECT(bare_push(&s, me, v[0]) == LOFT_OK && bare_approx_len(&s) == 1);
    EXPECT(bare_push_n(&s, me, v, 3) == LOFT_OK && bare_approx_len(&s) == 4);
    EXPECT(bare_try_pop(&s, me, &v[0]) && bare_approx_len(&s) == 3);
    EXPECT(bare_peek(&s, me, &v[0]) && bare_approx_len(&s) == 3);
    EXPECT(bare_pop_all(&s, me, &every) && bare_approx_len(&s) == 3);
    EXPECT(bare_all_next(&every, &v[0]) && bare_approx_len(&s) == 2);
    while (bare_all_next(&every, &v[0]))
        continue;
    EXPECT(bare_approx_len(&s) == 0 && !bare_try_pop(&s, me, &v[0]) && bare_approx_len(&s) == 0);
    (void)loft_fetch_sub(&s.length, (size_t)1, relaxed);     /* as if a pop were counted before its push */
    EXPECT(bare_approx_len(&s) == 0);
    bare_fini(&s);
    close_domain(me);
    expected(scheme, "approx_len is exact where nothing runs, and never below 0");
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static void
no_memory(const char *scheme)
{
    static piles s;
    const struct item five[5] = { item_of(3, 0), item_of(3, 1), item_of(3, 2), item_of(3, 3), item_of(3, 4) };
    struct item v;
    S_(thread) *const me = open_domain();
    EXPECT(piles_init(&s, &tested) == LOFT_OK && piles_push(&s, me, item_of(1, 1)) == LOFT_OK);
    size_t points = 0;
    for (size_t n = 0;; n++) {
        const loft_seq before = loft_alloc_stats_get().live;
        loft_alloc_fail_after(n);
        const loft_status said = n < 9 ? piles_push_n(&s, me, five, 5) : LOFT_INVAL;
        if (loft_alloc_fail_stop() == 0) {
            EXPECT(said == LOFT_OK);
            break;
        }
        points++;
        EXPECT(said == LOFT_NOMEM && loft_alloc_stats_get().live == before);
        EXPECT(piles_peek(&s, me, &v) && v.who == 1);
    }
    EXPECT(points == 5);
    for (uint32_t i = 5; i-- > 0;)
        EXPECT(piles_try_pop(&s, me, &v) && v.who == 3 && v.seq == i);
    loft_alloc_fail_after(0);
    EXPECT(piles_push(&s, me, item_of(4, 4)) == LOFT_NOMEM);
    EXPECT(loft_alloc_fail_stop() == 1);
    EXPECT(piles_try_pop(&s, me, &v) && v.who == 1 && !piles_try_pop(&s, me, &v));
    piles_fini(&s);
    close_domain(me);
    expected(scheme, "without memory a push says so and changes nothing, at each of its allocations");
}

/* ---- death ------------------------------------------------------------------------------------------------------- */

#if LOFT_DEBUG
static void after_fini_push(void *s) { (void)!piles_push((piles *)s, NULL, item_of(0, 0)); }
static void after_fini_fini(void *s) { piles_fini((piles *)s); }
static void
after_fini_pop(void *s)
{
    struct item v;
    (void)!piles_try_pop((piles *)s, NULL, &v);
}

static void after_fini_look(void *s) { (void)piles_is_empty((piles *)s); }
static void after_fini_count(void *s) { (void)bare_approx_len((bare *)s); }

struct foreign {
    piles *s;
    S_(thread) *me;
};
static void
foreign_push(void *p)
{
    const struct foreign *const f = (const struct foreign *)p;
    (void)!piles_push(f->s, f->me, item_of(0, 0));
}
static void
foreign_pop(void *p)
{
    const struct foreign *const f = (const struct foreign *)p;
    struct item v;
    (void)!piles_try_pop(f->s, f->me, &v);
}

static void
wrong_use(const char *scheme)
{
    static piles s;
    static SMR other;
    S_(thread) *const me = open_domain();
    EXPECT(piles_init(&s, &tested) == LOFT_OK);
    struct foreign f;
    f.s = &s;
    EXPECT(S_(init)(&other, NULL) == LOFT_OK && (f.me = S_(join)(&other)) != NULL);
    EXPECT(aborts(foreign_push, &f) && aborts(foreign_pop, &f));
    S_(leave)(f.me);
    EXPECT(S_(fini)(&other) == LOFT_OK);
    expected(scheme, "a record of another domain: a debug build stops");
    piles_fini(&s);
    EXPECT(aborts(after_fini_push, &s) && aborts(after_fini_pop, &s) && aborts(after_fini_fini, &s));
    EXPECT(aborts(after_fini_look, &s));
    static bare b;
    EXPECT(bare_init(&b, &tested) == LOFT_OK);
    bare_fini(&b);
    EXPECT(aborts(after_fini_count, &b));
    close_domain(me);
    expected(scheme, "a stack that is over is not used: a debug build stops");
}
#endif

/* ---- together ---------------------------------------------------------------------------------------------------- */

struct crowd {
    struct account account;
    S_(thread) *me[ACCOUNT_THREADS];
    void *stack;
    unsigned long long rounds;
    int threads;
    int pushers;                                         /* who pushes more than it pops, first */
};

/* Elements of one moment: each thread's later ones before the earlier. */
#define TOGETHER(name) \
    static void \
    name##_body(void *arg, int id) \
    { \
        struct crowd *const c = (struct crowd *)arg; \
        name *const s = (name *)c->stack; \
        S_(thread) *const me = S_(join)(&tested); \
        if (!me) \
            abort(); \
        uint64_t dice = (uint64_t)id + 1; \
        uint32_t seq = 0; \
        chaos_on((uint32_t)id + 1); \
        for (unsigned long long round = 0; round < c->rounds; round++) { \
            struct item v[4]; \
            name##_all every; \
            struct order o; \
            const size_t roll = dice_roll(&dice, 100) + (id < c->pushers ? 0u : 20u); \
            const size_t k = 1 + dice_roll(&dice, 4); \
            if (round % 32 == 0)   /* by turns as if few disturbed each other, and as if many did */ \
                loft_store(&s->crowd, round % 128 == 96 ? 0 : LOFT_TREIBER_CROWD_MOST_, relaxed); \
            if (roll < 45 && seq < ACCOUNT_ITEMS) { \
                EXPECT(name##_push(s, me, item_of((uint32_t)id, seq)) == LOFT_OK); \
                seq++; \
            } else if (roll < 50 && seq + k <= ACCOUNT_ITEMS) { \
                for (size_t i = 0; i < k; i++) \
                    v[i] = item_of((uint32_t)id, seq++); \
                EXPECT(name##_push_n(s, me, v, k) == LOFT_OK); \
            } else if (roll < 95) { \
                if (name##_try_pop(s, me, v)) \
                    account_came(&c->account, v); \
            } else if (roll < 100) { \
                const size_t n = name##_pop_n(s, me, v, k); \
                for (size_t i = 0; i < n; i++) \
                    account_came(&c->account, &v[i]); \
            } else if (roll < 118) { \
                if (name##_peek(s, me, v)) \
                    EXPECT(item_whole(v)); \
            } else if (name##_pop_all(s, me, &every)) { \
                order_begin(&o); \
                while (name##_all_next(&every, v)) { \
                    account_came(&c->account, v); \
                    order_came(&o, v); \
                } \
            } \
            if (round % 16 == 0) \
                SMR_REST(me); \
        } \
        chaos_off(); \
        c->account.pushed[id] = seq; \
        S_(leave)(me); \
    } \
    \
    static loft_stack_stats \
    name##_together(const char *scheme, int threads, unsigned long long rounds) \
    { \
        static name s; \
        struct crowd c; \
        struct item v; \
        struct order o; \
        char text[100]; \
        if (S_(init)(&tested, NULL) != LOFT_OK || name##_init(&s, &tested) != LOFT_OK) \
            abort(); \
        account_open(&c.account); \
        c.stack = &s; \
        c.rounds = rounds; \
        c.threads = threads; \
        c.pushers = (threads + 1) / 2; \
        run_threads(threads, name##_body, &c); \
        S_(thread) *const me = S_(join)(&tested); \
        if (!me) \
            abort(); \
        order_begin(&o); \
        while (name##_try_pop(&s, me, &v)) { \
            account_came(&c.account, &v); \
            order_came(&o, &v); \
        } \
        account_close(&c.account); \
        const loft_stack_stats stats = name##_stats_get(&s); \
        name##_fini(&s); \
        close_domain(me); \
        snprintf(text, sizeof text, #name ": %d threads, each element once, in order, whole", threads); \
        expected(scheme, text); \
        return stats; \
    }

TOGETHER(piles)
TOGETHER(bare)
TOGETHER(meet)
TOGETHER(hasty)

static void
elimination(const char *scheme)
{
    loft_stack_stats sum = { 0, 0 };
    for (int round = 0; round < 2; round++) {
        const loft_stack_stats one = meet_together(scheme, 4, scaled(10000));
        sum.met += one.met;
        sum.missed += one.missed;
    }
    note("%s: %llu pairs met, %llu waits were in vain", scheme, (unsigned long long)sum.met,
         (unsigned long long)sum.missed);
}

/* ---- a pair that meets ------------------------------------------------------------------------------------------ */

enum pair_call { PAIR_PUSH, PAIR_POP, PAIR_WAIT, PAIR_CALLS };
enum { PAIR_VICTIM = 1, PAIR_OTHER = 2, PAIR_FILLS = 3 };

struct pair {
    meet s;
    enum pair_call call;
    long k;
    bool stopped;
    bool offered;                                        /* there is something in the slot for the one who stopped */
    bool got;
    struct item v;
};

/* A pop that has lost, as try_pop goes on then: in a section, which is over where it met somebody. */
#define LOST_POP(lost, s, me, loser, met)  (S_(enter)(me), lost(s, me, loser, 0, 0, met) || (S_(exit)(me), false))

/* The one who is stopped: a call that others disturb, or a pop that has lost and waits. */
static void
pair_victim(struct pair *p, S_(thread) *me)
{
    loft_treiber_loser_ loser;
    uintptr_t node = 0;
    loser.lost = 0;
    loser.waited = false;
    if (p->call == PAIR_PUSH) {
        EXPECT(meet_push(&p->s, me, item_of(PAIR_VICTIM, 0)) == LOFT_OK);
    } else if (p->call == PAIR_POP) {
        p->got = meet_try_pop(&p->s, me, &p->v);
    } else if (LOST_POP(meet_lost_, &p->s, me, &loser, &node)) {
        p->got = true;
        p->v = ((meet_node *)node)->value;
        meet_free_((meet_node *)node);
    }
}

/* And who comes meanwhile. A slot that is taken already is that of the one who stopped. */
static void
pair_other(struct pair *p, S_(thread) *me)
{
    loft_treiber_slot_ *const at = &p->s.slot[0];
    meet_node *const n = p->call == PAIR_PUSH ? NULL : meet_make_(me, item_of(PAIR_OTHER, 0));
    if (p->call == PAIR_WAIT) {
        p->offered = loft_load(&at->word, relaxed) == LOFT_TREIBER_WANTED_
                     && meet_offer_(at, (uintptr_t)n, 0) == LOFT_TREIBER_MET_;
    } else if (loft_load(&at->word, relaxed) == LOFT_TREIBER_NOBODY_) {
        p->offered = true;
        loft_store(&at->word, n ? (uintptr_t)n | LOFT_TREIBER_OFFERED_ : LOFT_TREIBER_WANTED_, release);
        EXPECT(meet_push(&p->s, me, item_of(PAIR_FILLS, 1)) == LOFT_OK);
    }
    if (n && !p->offered)
        meet_free_(n);
}

static void
pair_body(void *arg, int id)
{
    struct pair *const p = (struct pair *)arg;
    S_(thread) *const me = S_(join)(&tested);
    if (!me)
        abort();
    if (id == 0) {
        freeze_at(p->k);
        pair_victim(p, me);
        freeze_end();
    } else {
        p->stopped = freeze_wait();
        if (p->stopped)
            pair_other(p, me);
        freeze_release();
    }
    S_(leave)(me);
}

/* Did they? What was put into the slot and not taken from it is taken out again. */
static bool
pair_met(struct pair *p)
{
    const uintptr_t word = loft_load(&p->s.slot[0].word, acquire);
    meet_node *const n = (meet_node *)(word & ~LOFT_SMR_MARKS);
    const bool taken = p->got && p->v.who == PAIR_OTHER;
    if (p->call == PAIR_WAIT) {
        const loft_stack_stats stats = meet_stats_get(&p->s);
        EXPECT(taken == p->offered && stats.met == taken && stats.missed == !taken && word == LOFT_TREIBER_NOBODY_);
        return taken;
    }
    if (!p->offered) {
        EXPECT(word == LOFT_TREIBER_NOBODY_);
        return false;
    }
    loft_store(&p->s.slot[0].word, LOFT_TREIBER_NOBODY_, relaxed);
    if (p->call == PAIR_PUSH) {
        const bool met = (word & LOFT_SMR_MARKS) == LOFT_TREIBER_GIVEN_;
        EXPECT(met ? n->value.who == PAIR_VICTIM && item_whole(&n->value) : word == LOFT_TREIBER_WANTED_);
        if (met)
            meet_free_(n);
        return met;
    }
    EXPECT(taken ? word == LOFT_TREIBER_TAKEN_ : n && word == ((uintptr_t)n | LOFT_TREIBER_OFFERED_));
    if (!taken)
        meet_free_(n);
    return taken;
}

/* A call is stopped before each of its accesses, disturbed there, and finds a partner waiting if it loses by that. */
static void
pairs_meet(const char *scheme)
{
    static const char *const name[] = { "a push meets a pop that waits", "a pop meets a push that waits",
                                        "a pop that waits is met, and the counters say so" };
    static struct pair p;
    for (int call = 0; call < PAIR_CALLS; call++) {
        long met = 0;
        p.call = (enum pair_call)call;
        p.stopped = true;
        for (p.k = 0; p.stopped && p.k < 100; p.k++) {
            struct item v;
            size_t left = 0;
            S_(thread) *me = open_domain();
            if (meet_init(&p.s, &tested) != LOFT_OK)
                abort();
            EXPECT(meet_push(&p.s, me, item_of(PAIR_FILLS, 0)) == LOFT_OK);
            S_(leave)(me);
            loft_store(&p.s.crowd, LOFT_TREIBER_CROWD_MOST_, relaxed);
            p.offered = false;
            p.got = false;
            freeze_arm();
            run_threads(2, pair_body, &p);
            me = S_(join)(&tested);
            if (!me)
                abort();
            EXPECT(!p.got || item_whole(&p.v));
            met += pair_met(&p);
            while (meet_try_pop(&p.s, me, &v))
                left += EXPECT(item_whole(&v));
            EXPECT(left <= 3);
            meet_fini(&p.s);
            close_domain(me);
        }
        EXPECT(met != 0);
        expected(scheme, name[call]);
    }
}

/* ---- a thread that stops ----------------------------------------------------------------------------------------- */

enum freeze_op { FREEZE_PUSH, FREEZE_POP, FREEZE_PUSH_N, FREEZE_ALL, FREEZE_PEEK, FREEZE_LOST_PUSH, FREEZE_LOST_POP,
                 FREEZE_OPS };

enum { FREEZE_WORKERS = 2, FREEZE_VICTIM = FREEZE_WORKERS, FREEZE_BEFORE };

struct frozen {
    still s;
    struct account account;
    enum freeze_op op;
    long k;
    bool stopped;
    bool blocked;
    LOFT_ATOMIC(int) go;
    LOFT_ATOMIC(int) stop;
    LOFT_ATOMIC(unsigned long) moved[FREEZE_WORKERS];
};

/* A call that has lost its exchange goes to the slot where it is crowded; this one has lost, so that it stops there
 * too. */
static void
frozen_lost(struct frozen *f, S_(thread) *me, bool push)
{
    loft_treiber_loser_ loser;
    uintptr_t met = 0;
    struct item v = item_of(FREEZE_VICTIM, 0);
    loser.lost = 0;
    loser.waited = false;
    loft_store(&f->s.crowd, LOFT_TREIBER_CROWD_MOST_, relaxed);
    if (push) {
        still_node *const n = still_make_(me, v);
        f->account.pushed[FREEZE_VICTIM] = 1;
        if (!n || still_lost_(&f->s, me, &loser, 0, (uintptr_t)n, NULL))
            return;
        still_free_(n);
        EXPECT(still_push(&f->s, me, v) == LOFT_OK);
    } else if (LOST_POP(still_lost_, &f->s, me, &loser, &met)) {
        v = ((still_node *)met)->value;
        still_free_((still_node *)met);
        account_came(&f->account, &v);
    }
}

static void
frozen_op(struct frozen *f, S_(thread) *me)
{
    struct item v[2] = { item_of(FREEZE_VICTIM, 0), item_of(FREEZE_VICTIM, 1) };
    still_all every;
    switch (f->op) {
    case FREEZE_PUSH:
        EXPECT(still_push(&f->s, me, v[0]) == LOFT_OK);
        f->account.pushed[FREEZE_VICTIM] = 1;
        break;
    case FREEZE_PUSH_N:
        EXPECT(still_push_n(&f->s, me, v, 2) == LOFT_OK);
        f->account.pushed[FREEZE_VICTIM] = 2;
        break;
    case FREEZE_POP:
        if (still_try_pop(&f->s, me, v))
            account_came(&f->account, v);
        break;
    case FREEZE_ALL:
        if (still_pop_all(&f->s, me, &every))
            while (still_all_next(&every, v))
                account_came(&f->account, v);
        break;
    case FREEZE_PEEK:
        EXPECT(still_peek(&f->s, me, v) && item_whole(v));
        break;
    case FREEZE_LOST_PUSH: frozen_lost(f, me, true); break;
    case FREEZE_LOST_POP:  frozen_lost(f, me, false); break;
    default:               break;
    }
}

static void
frozen_body(void *arg, int id)
{
    struct frozen *const f = (struct frozen *)arg;
    S_(thread) *const me = S_(join)(&tested);
    if (!me)
        abort();
    if (id < FREEZE_WORKERS) {
        uint32_t seq = 0;
        struct item v;
        chaos_on((uint32_t)f->k * 2u + (uint32_t)id + 1u);
        while (loft_load(&f->go, acquire) == 0)
            sched_yield();
        while (loft_load(&f->stop, relaxed) == 0 && seq < ACCOUNT_ITEMS) {
            EXPECT(still_push(&f->s, me, item_of((uint32_t)id, seq++)) == LOFT_OK);
            if (still_try_pop(&f->s, me, &v))
                account_came(&f->account, &v);
            loft_store(&f->moved[id], (unsigned long)seq, relaxed);
            SMR_REST(me);
        }
        chaos_off();
        f->account.pushed[id] = seq;
    } else if (id == FREEZE_VICTIM) {
        freeze_at(f->k);
        frozen_op(f, me);
        freeze_end();
    } else {
        const uint64_t begin = now_ns();
        f->stopped = freeze_wait();
        loft_store(&f->go, 1, release);
        for (;;) {
            unsigned long least = loft_load(&f->moved[0], relaxed);
            for (int w = 1; w < FREEZE_WORKERS; w++)
                if (loft_load(&f->moved[w], relaxed) < least)
                    least = loft_load(&f->moved[w], relaxed);
            f->blocked = now_ns() - begin > (uint64_t)20000000000u;
            if (!f->stopped || least >= 50 || f->blocked)
                break;
            sched_yield();
        }
        loft_store(&f->stop, 1, relaxed);
        freeze_release();
    }
    S_(leave)(me);
}

static void
frozen_thread(const char *scheme)
{
    static const char *const name[] = { "push", "pop", "push_n", "pop_all", "peek", "push at a slot", "pop at a slot" };
    static struct frozen f;
    char text[120];
    for (int op = 0; op < FREEZE_OPS; op++) {
        const uint64_t begin = now_ns();
        long points = 0;
        f.stopped = true;                                /* not all the places where other programs hold this one up */
        for (f.k = 0; f.stopped; f.k += now_ns() - begin < 1000000000u ? 1 : 8) {
            struct item v;
            if (S_(init)(&tested, NULL) != LOFT_OK || still_init(&f.s, &tested) != LOFT_OK)
                abort();
            S_(thread) *me = S_(join)(&tested);
            if (!me)
                abort();
            account_open(&f.account);
            for (uint32_t i = 0; i < 3; i++)
                EXPECT(still_push(&f.s, me, item_of(FREEZE_BEFORE, i)) == LOFT_OK);
            f.account.pushed[FREEZE_BEFORE] = 3;
            S_(leave)(me);
            f.op = (enum freeze_op)op;
            f.blocked = false;
            loft_init(&f.go, 0);
            loft_init(&f.stop, 0);
            for (int w = 0; w < FREEZE_WORKERS; w++)
                loft_init(&f.moved[w], 0u);
            freeze_arm();
            run_threads(FREEZE_WORKERS + 2, frozen_body, &f);
            me = S_(join)(&tested);
            if (!me)
                abort();
            while (still_try_pop(&f.s, me, &v))
                account_came(&f.account, &v);
            EXPECT(!f.blocked && still_approx_len(&f.s) == 0);
            account_close(&f.account);
            still_fini(&f.s);
            close_domain(me);
            points += f.stopped;
        }
        snprintf(text, sizeof text, "%s frozen at %ld places: others go on, nothing is lost", name[op], points);
        EXPECT(points != 0);
        expected(scheme, text);
    }
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

static void
treiber_cases(const char *scheme)
{
    char text[100];
    snprintf(text, sizeof text, "%s: stack/treiber", scheme);
    watchdog(text);
    const loft_seq before = loft_alloc_stats_get().live;
    piles_alone(scheme);
    bare_alone(scheme);
    meet_alone(scheme);
    hasty_alone(scheme);
    other_types(scheme);
    lengths(scheme);
    no_memory(scheme);
#if LOFT_DEBUG
    wrong_use(scheme);
#endif
    (void)piles_together(scheme, 2, scaled(20000));
    (void)piles_together(scheme, 8, scaled(5000));
    (void)bare_together(scheme, 4, scaled(10000));
    (void)hasty_together(scheme, 4, scaled(10000));
    elimination(scheme);
    pairs_meet(scheme);
    frozen_thread(scheme);
    snprintf(text, sizeof text, "%s: all memory comes back", scheme);
    if (SMR_NEVER)
        ok_skip(text, "the scheme frees nothing");
    else
        ok_eq(loft_alloc_stats_get().live, before, text);
}

#endif
