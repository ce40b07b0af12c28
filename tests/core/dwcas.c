/* SPDX-License-Identifier: MIT
 *
 * tests/core/dwcas.c - two words at once: what a compare-exchange says, that no load is torn, that no update is lost.
 *
 * Nothing is linked beside the C library: a call of libatomic would stop the build here.
 *
 * build: lto
 * build: also sites -DTEST_SITES
 * build: also bare -O1 -DNDEBUG
 */
#include "threads.h"

/* The seam must be asked for the order of every operation, and its answer taken. Counted by thread. */
#if defined(TEST_SITES)
static TEST_THREAD_LOCAL_ unsigned long sites_asked;
static void site_asked(void) { sites_asked++; }
#  define LOFT_SITE(mo)  (site_asked(), mo)
#endif

#include <loft/core/dwcas.h>

#include "tap.h"

#include <time.h>

#if LOFT_CPLUSPLUS
#  define TEST_ALIGNOF(T)  alignof(T)
#else
#  define TEST_ALIGNOF(T)  _Alignof(T)
#endif

/* ---- what is promised of the target ------------------------------------------------------------------------------ */

#if LOFT_X86_64 || LOFT_AARCH64 || LOFT_S390X || LOFT_I386 || LOFT_ARM
#  define TEST_EXPECTED  1
#else
#  define TEST_EXPECTED  0
#endif

#if !LOFT_HAVE_DWCAS

int
main(void)
{
    const loft_dw v = loft_dw_of(3, 4);
    ok(!TEST_EXPECTED, "this target has no compare-exchange of two words");
    ok(!loft_dw_supported(), "and says so at run time");
    ok(v.lo == 3 && v.hi == 4 && loft_dw_equal(v, v), "pairs are there all the same");
    return done();
}

#else

/* ---- one thread -------------------------------------------------------------------------------------------------- */

static void
test_shape(void)
{
    static loft_dwatomic cell = LOFT_DW_INIT(11, 22);
    struct { char c; loft_dwatomic p; } inside;
    uintptr_t words[2];
    ok(TEST_EXPECTED, "this target has a compare-exchange of two words");
    ok(loft_dw_supported(), "and this processor too");
    ok_eq(sizeof(loft_dwatomic), 2 * sizeof(void *), "a pair is two words");
    ok_eq(LOFT_DW_ALIGN, sizeof(loft_dwatomic), "aligned to its size");
    ok_eq(TEST_ALIGNOF(loft_dwatomic), LOFT_DW_ALIGN, "which its type says");
    ok(((uintptr_t)&cell & (LOFT_DW_ALIGN - 1u)) == 0, "a static one is aligned");
    ok(((uintptr_t)&inside.p & (LOFT_DW_ALIGN - 1u)) == 0, "a member of an automatic structure is aligned");
    memcpy(words, &cell, sizeof words);
    ok(words[0] == 11 && words[1] == 22, "lo comes first in memory");
    const loft_dw v = loft_dw_load(&cell, acquire);
    ok(v.lo == 11 && v.hi == 22, "a static initialiser is what is loaded");

    loft_dwatomic *heap = (loft_dwatomic *)malloc(3 * sizeof *heap);
    if (!heap)
        abort();
    note("malloc gave an address that is %s a multiple of %d", (uintptr_t)heap % LOFT_DW_ALIGN ? "not" : "also",
         LOFT_DW_ALIGN);
    free(heap);
}

static void
test_equal(void)
{
    ok(loft_dw_equal(loft_dw_of(1, 2), loft_dw_of(1, 2)), "pairs with the same words are equal");
    ok(!loft_dw_equal(loft_dw_of(1, 2), loft_dw_of(1, 3)), "another hi is another pair");
    ok(!loft_dw_equal(loft_dw_of(1, 2), loft_dw_of(3, 2)), "another lo is another pair");
    ok(!loft_dw_equal(loft_dw_of(1, 2), loft_dw_of(2, 1)), "the words do not change places");
}

/* Values whose halves differ in one bit, carry into each other, or look negative. */
static const uintptr_t odd_words[] = {
    0, 1, 2, (uintptr_t)1 << (sizeof(uintptr_t) * 8 - 1), UINTPTR_MAX, UINTPTR_MAX - 1, UINTPTR_MAX >> 1,
    (uintptr_t)0xffffffffu, (uintptr_t)0x80000000u
};
#define ODD_WORDS (sizeof odd_words / sizeof odd_words[0])

static void
test_values(void)
{
    loft_dwatomic cell;
    unsigned long bad_load = 0;
    unsigned long bad_peek = 0;
    unsigned long bad_exchange = 0;
    unsigned long bad_cas = 0;
    unsigned long bad_observed = 0;
    unsigned long bad_touched = 0;
    unsigned long bad_expected = 0;
    unsigned long bad_half = 0;
    loft_dw_init(&cell, loft_dw_of(0, 0));
    loft_dw was = loft_dw_of(0, 0);
    for (size_t i = 0; i < ODD_WORDS * ODD_WORDS; i++) {
        const loft_dw v = loft_dw_of(odd_words[i / ODD_WORDS], odd_words[i % ODD_WORDS]);
        if (!loft_dw_equal(loft_dw_exchange(&cell, v, acq_rel), was))
            bad_exchange++;
        if (!loft_dw_equal(loft_dw_load(&cell, seq_cst), v))
            bad_load++;
        if (!loft_dw_equal(loft_dw_peek(&cell, acquire), v) || loft_dw_peek_hi(&cell, acquire) != v.hi)
            bad_peek++;
        for (size_t j = 0; j < ODD_WORDS * ODD_WORDS; j++) {
            const loft_dw want = loft_dw_of(odd_words[j / ODD_WORDS], odd_words[j % ODD_WORDS]);
            loft_dw seen = want;
            if (loft_dw_cas(&cell, &seen, loft_dw_of(v.hi, 77), seq_cst, relaxed) != loft_dw_equal(want, v))
                bad_cas++;
            if (loft_dw_equal(want, v)) {
                if (!loft_dw_equal(seen, want))
                    bad_expected++;
                loft_dw_store(&cell, v, relaxed);
            } else {
                if (!loft_dw_equal(seen, v))
                    bad_observed++;
                if (!loft_dw_equal(loft_dw_load(&cell, relaxed), v))
                    bad_touched++;
            }
            uintptr_t hi = want.hi;
            const bool same = want.hi == v.hi;
            const loft_dw then = loft_dw_of(v.lo, same ? want.lo : v.hi);
            if (loft_dw_cas_hi(&cell, &hi, want.lo, acq_rel, acquire) != same || hi != v.hi
                || !loft_dw_equal(loft_dw_load(&cell, relaxed), then))
                bad_half++;
            loft_dw_store(&cell, v, relaxed);
        }
        was = v;
    }
    ok_eq(bad_exchange, 0, "an exchange gives the pair before");
    ok_eq(bad_load, 0, "a load gives the pair");
    ok_eq(bad_peek, 0, "a peek at rest gives the pair");
    ok_eq(bad_cas, 0, "a compare-exchange succeeds exactly when both words are the expected ones");
    ok_eq(bad_expected, 0, "after success the expected pair is as it was");
    ok_eq(bad_observed, 0, "after failure the expected pair is the observed one");
    ok_eq(bad_touched, 0, "a failed compare-exchange changes nothing");
    ok_eq(bad_half, 0, "one of hi alone asks for hi alone and changes hi alone");
}

static void
test_neighbours(void)
{
    loft_dwatomic row[3];
    for (int i = 0; i < 3; i++)
        loft_dw_init(&row[i], loft_dw_of(UINTPTR_MAX, UINTPTR_MAX));
    loft_dw_store(&row[1], loft_dw_of(0, 0), seq_cst);
    loft_dw seen = loft_dw_of(0, 0);
    const bool done_it = loft_dw_cas(&row[1], &seen, loft_dw_of(5, 6), acq_rel, acquire);
    ok(done_it && loft_dw_equal(loft_dw_load(&row[1], acquire), loft_dw_of(5, 6)), "the middle one of three changes");
    ok(loft_dw_equal(loft_dw_load(&row[0], acquire), loft_dw_of(UINTPTR_MAX, UINTPTR_MAX))
       && loft_dw_equal(loft_dw_load(&row[2], acquire), loft_dw_of(UINTPTR_MAX, UINTPTR_MAX)), "its neighbours do not");
}

#define TRY(ok_order, no_order)                                                              \
    do {                                                                                     \
        loft_dw e = loft_dw_load(&cell, relaxed);                                            \
        loft_dw f = loft_dw_of(e.lo + 1, e.hi);                                              \
        good = good && !loft_dw_cas(&cell, &f, loft_dw_of(9, 9), ok_order, no_order);        \
        good = good && loft_dw_equal(e, f);                                                  \
        good = good && loft_dw_cas(&cell, &e, loft_dw_of(e.lo + 1, e.hi + 1), ok_order, no_order); \
        tried++;                                                                             \
    } while (0)

#define TRY_HI(ok_order, no_order)                                                           \
    do {                                                                                     \
        uintptr_t e = loft_dw_peek_hi(&cell, relaxed);                                       \
        uintptr_t f = e + 1;                                                                 \
        good = good && !loft_dw_cas_hi(&cell, &f, 9, ok_order, no_order) && e == f;          \
        good = good && loft_dw_cas_hi(&cell, &e, e + 1, ok_order, no_order);                 \
        tried++;                                                                             \
    } while (0)

static void
test_orders(void)
{
    loft_dwatomic cell = LOFT_DW_INIT(0, 0);
    bool good = true;
    unsigned tried = 0;
    TRY(relaxed, relaxed);
    TRY(acquire, relaxed);
    TRY(acquire, acquire);
    TRY(release, relaxed);
    TRY(acq_rel, relaxed);
    TRY(acq_rel, acquire);
    TRY(seq_cst, relaxed);
    TRY(seq_cst, acquire);
    TRY(seq_cst, seq_cst);
    const loft_dw all = loft_dw_load(&cell, seq_cst);
    ok(good && loft_dw_equal(all, loft_dw_of(tried, tried)), "every order of a compare-exchange");
    tried = 0;
    loft_dw_store(&cell, loft_dw_of(0, 0), relaxed);
    TRY_HI(relaxed, relaxed);
    TRY_HI(acquire, relaxed);
    TRY_HI(acquire, acquire);
    TRY_HI(release, relaxed);
    TRY_HI(acq_rel, relaxed);
    TRY_HI(acq_rel, acquire);
    TRY_HI(seq_cst, relaxed);
    TRY_HI(seq_cst, acquire);
    TRY_HI(seq_cst, seq_cst);
    ok(good && loft_dw_equal(loft_dw_load(&cell, seq_cst), loft_dw_of(0, tried)), "every order of one of hi alone");
    loft_dw_store(&cell, loft_dw_of(1, 1), relaxed);
    good = loft_dw_peek(&cell, relaxed).hi == 1;
    loft_dw_store(&cell, loft_dw_of(2, 2), release);
    good = good && loft_dw_load(&cell, relaxed).lo == 2 && loft_dw_load(&cell, acquire).lo == 2;
    loft_dw_store(&cell, loft_dw_of(3, 3), seq_cst);
    good = good && loft_dw_exchange(&cell, loft_dw_of(4, 4), relaxed).hi == 3;
    good = good && loft_dw_exchange(&cell, loft_dw_of(5, 5), acquire).hi == 4;
    good = good && loft_dw_exchange(&cell, loft_dw_of(6, 6), release).hi == 5;
    good = good && loft_dw_exchange(&cell, loft_dw_of(7, 7), seq_cst).hi == 6;
    ok(good, "every order of the other operations");
}

/* The arguments of a macro that looks like a function are evaluated once. */
static void
test_once(void)
{
    loft_dwatomic row[2] = { LOFT_DW_INIT(1, 1), LOFT_DW_INIT(1, 1) };
    loft_dw want[2];
    loft_dwatomic *p = row;
    loft_dw *e = want;
    uintptr_t n = 5;
    want[0] = want[1] = loft_dw_of(1, 1);
    const bool done_it = loft_dw_cas(p++, e++, loft_dw_of(n++, 0), acq_rel, acquire);
    ok(done_it && p == row + 1 && e == want + 1 && n == 6, "arguments of loft_dw_cas are evaluated once");
    (void)loft_dw_load(p--, acquire);
    (void)loft_dw_peek(p++, acquire);
    (void)loft_dw_exchange(p--, loft_dw_of(n++, 0), acq_rel);
    loft_dw_store(p++, loft_dw_of(n++, 0), release);
    uintptr_t hi[2] = { 0, 0 };
    uintptr_t *h = hi;
    hi[0] = loft_dw_peek_hi(p--, acquire);
    const bool half = loft_dw_cas_hi(p++, h++, n++, acq_rel, acquire);
    (void)half;
    ok(p == row + 1 && h == hi + 1 && n == 9, "and those of the others");
}

/* The seam: each access is a point, and each order passes LOFT_SITE. The first load may ask arch.h what is possible. */
static void
test_seam(void)
{
    loft_dwatomic cell = LOFT_DW_INIT(0, 0);
    loft_dw e = loft_dw_of(0, 0);
    (void)loft_dw_load(&cell, acquire);
    points_count();
    bool done_it = loft_dw_cas(&cell, &e, loft_dw_of(1, 1), acq_rel, acquire);
    unsigned long n = points_seen();
    ok(done_it && n >= 1 && n <= 2, "loft_dw_cas passes the hook once");
    points_count();
    (void)loft_dw_load(&cell, acquire);
    n = points_seen();
    ok(n >= 1 && n <= 3, "loft_dw_load passes the hook");
    points_count();
    (void)loft_dw_peek(&cell, acquire);
    ok_eq(points_seen(), 2, "loft_dw_peek passes it before each word");
    uintptr_t hi = 1;
    points_count();
    done_it = loft_dw_cas_hi(&cell, &hi, 2, acq_rel, acquire);
    n = points_seen();
    ok(done_it && n >= 1 && n <= 4, "loft_dw_cas_hi passes the hook");
    points_count();
    (void)loft_dw_peek_hi(&cell, acquire);
    ok_eq(points_seen(), 1, "loft_dw_peek_hi passes it once");
    points_count();
    loft_dw_store(&cell, loft_dw_of(2, 2), release);
    n = points_seen();
    ok(n >= 3, "loft_dw_store passes it before each of its accesses");
#if defined(TEST_SITES)
    const unsigned long before = sites_asked;
    (void)loft_dw_exchange(&cell, loft_dw_of(0, 0), acq_rel);
    ok(sites_asked > before, "orders pass LOFT_SITE");
#endif
}

/* ---- many threads ------------------------------------------------------------------------------------------------ */

#define THREADS 4

/* lo follows from hi, so that a torn pair is known when it is seen. */
static uintptr_t
shadow(uintptr_t n)
{
    return n * (uintptr_t)2654435761u ^ n >> 7;
}

struct versions {
    loft_dwatomic cell;
    unsigned long rounds;
    unsigned long won[THREADS];
    unsigned long torn_load[THREADS];
    unsigned long torn_failure[THREADS];
    unsigned long backwards[THREADS];
    unsigned long torn_peek[THREADS];
};

static void
versions_body(void *arg, int id)
{
    struct versions *s = (struct versions *)arg;
    uintptr_t last = 0;
    chaos_on((uint32_t)id + 1u);
    for (unsigned long i = 0; i < s->rounds; i++) {
        const loft_dw whole = loft_dw_load(&s->cell, acquire);
        if (whole.lo != shadow(whole.hi))
            s->torn_load[id]++;
        if (whole.hi < last)
            s->backwards[id]++;
        last = whole.hi;
        loft_dw seen = loft_dw_peek(&s->cell, acquire);
        if (seen.lo != shadow(seen.hi))
            s->torn_peek[id]++;
        while (!loft_dw_cas(&s->cell, &seen, loft_dw_of(shadow(seen.hi + 1), seen.hi + 1), acq_rel, acquire)) {
            if (seen.lo != shadow(seen.hi))
                s->torn_failure[id]++;
        }
        s->won[id]++;
        last = seen.hi + 1;
    }
    chaos_off();
}

static unsigned long
sum(const unsigned long *n)
{
    unsigned long s = 0;
    for (int i = 0; i < THREADS; i++)
        s += n[i];
    return s;
}

static void
test_versions(void)
{
    static struct versions s;
    s.rounds = (unsigned long)scaled(200000);
    loft_dw_init(&s.cell, loft_dw_of(shadow(0), 0));
    run_threads(THREADS, versions_body, &s);
    const loft_dw last = loft_dw_load(&s.cell, acquire);
    ok_eq(last.hi, sum(s.won), "every success is one version: no update is lost");
    ok_eq(last.lo, shadow(last.hi), "the last pair is whole");
    ok_eq(sum(s.torn_load), 0, "no load is torn");
    ok_eq(sum(s.torn_failure), 0, "what a failed compare-exchange brings back is whole");
    ok_eq(sum(s.backwards), 0, "versions never go backwards for one thread");
    note("%lu of %lu peeks were torn, as they may be", sum(s.torn_peek), sum(s.won));
}

/* A load must be whole by whichever instruction it is made; here by the compare-exchange that stands in for it where
 * there is no better one, beside those that this processor has. */
#if LOFT_DW_16_ && LOFT_AARCH64 && !LOFT_TSAN
static bool
step_cas(loft_dwatomic *p, loft_dw *e, loft_dw v, int id)
{
    const loft_dw was = *e;
    if (id % 2 != 0 && loft_arch()->lse)
        *e = loft_dw_cas_lse_(p, was, v);
    else
        *e = loft_dw_cas_llsc_(p, was, v);
    return loft_dw_equal(*e, was);
}
#else
static bool
step_cas(loft_dwatomic *p, loft_dw *e, loft_dw v, int id)
{
    (void)id;
    return loft_dw_cas(p, e, v, acq_rel, acquire);
}
#endif

static void
mixed_body(void *arg, int id)
{
    struct versions *s = (struct versions *)arg;
    for (unsigned long i = 0; i < s->rounds; i++) {
        loft_dw seen = loft_dw_of(0, 0);
        (void)step_cas(&s->cell, &seen, loft_dw_of(0, 0), id);
        if (seen.lo != shadow(seen.hi))
            s->torn_load[id]++;
        while (!step_cas(&s->cell, &seen, loft_dw_of(shadow(seen.hi + 1), seen.hi + 1), id))
            ;
        s->won[id]++;
        const loft_dw whole = loft_dw_load(&s->cell, acquire);
        if (whole.lo != shadow(whole.hi) || whole.hi < seen.hi + 1)
            s->backwards[id]++;
    }
}

static void
test_mixed(void)
{
    static struct versions s;
    s.rounds = (unsigned long)scaled(200000);
    loft_dw_init(&s.cell, loft_dw_of(shadow(0), 0));
    run_threads(THREADS, mixed_body, &s);
    const loft_dw last = loft_dw_load(&s.cell, acquire);
    ok_eq(last.hi, sum(s.won), "the instructions of this target beside each other: no update is lost");
    ok_eq(sum(s.torn_load), 0, "an exchange of a pair for itself is a whole load");
    ok_eq(sum(s.backwards), 0, "loads see what the exchange before them did");
}

#if LOFT_DW_16_ && LOFT_AARCH64 && !LOFT_TSAN
static void
test_lse2(void)
{
    loft_dwatomic cell = LOFT_DW_INIT(12, 34);
    const loft_dw a = loft_dw_load_lse2_(&cell, true);
    const loft_dw b = loft_dw_load_lse2_(&cell, false);
    ok(a.lo == 12 && a.hi == 34 && loft_dw_equal(a, b), "the load for processors with LSE2 reads the right words");
}
#endif

/* Stores are whole too. One thread stores and the others look, so that nobody mends what it leaves behind when it is
 * interrupted; they give way often, so that it is. By time, because a store that is wrong is also fast. */
struct stores {
    loft_dwatomic cell;
    double seconds;
    unsigned long torn[THREADS];
};

static double
seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
stores_body(void *arg, int id)
{
    struct stores *s = (struct stores *)arg;
    if (id == 0) {
        const double end = seconds_now() + s->seconds;
        for (uintptr_t n = 1; n % 1024 != 0 || seconds_now() < end; n++)
            loft_dw_store(&s->cell, loft_dw_of(shadow(n), n), release);
        loft_dw_store(&s->cell, loft_dw_of(shadow(UINTPTR_MAX), UINTPTR_MAX), release);
        return;
    }
    for (loft_dw v = loft_dw_of(0, 0); v.hi != UINTPTR_MAX;) {
        for (int i = 0; i < 64; i++) {
            v = loft_dw_load(&s->cell, acquire);
            s->torn[id] += v.lo != shadow(v.hi);
        }
        sched_yield();
    }
}

static void
test_stores(void)
{
    static struct stores s;
    s.seconds = 1e-3 * (double)scaled(400);
    loft_dw_init(&s.cell, loft_dw_of(shadow(0), 0));
    run_threads(THREADS, stores_body, &s);
    ok_eq(sum(s.torn), 0, "pairs that are stored are loaded whole");
}

/* Tokens that are exchanged into a cell come out again once each. */
struct tokens {
    loft_dwatomic cell;
    unsigned long rounds;
    uint8_t *seen[THREADS];
    unsigned long bad[THREADS];
};

static void
tokens_body(void *arg, int id)
{
    struct tokens *s = (struct tokens *)arg;
    for (unsigned long i = 0; i < s->rounds; i++) {
        const uintptr_t mine = (uintptr_t)id * s->rounds + i + 1;
        const loft_dw out = loft_dw_exchange(&s->cell, loft_dw_of(mine, ~mine), acq_rel);
        if (out.hi != ~out.lo)
            s->bad[id]++;
        else
            s->seen[id][out.lo]++;
    }
}

static void
test_tokens(void)
{
    static struct tokens s;
    s.rounds = (unsigned long)scaled(150000);
    const size_t all = THREADS * (size_t)s.rounds + 1;
    for (int i = 0; i < THREADS; i++) {
        s.seen[i] = (uint8_t *)calloc(all, 1);
        if (!s.seen[i])
            abort();
    }
    loft_dw_init(&s.cell, loft_dw_of(0, UINTPTR_MAX));
    run_threads(THREADS, tokens_body, &s);
    const loft_dw last = loft_dw_load(&s.cell, acquire);
    s.seen[0][last.lo]++;
    unsigned long wrong = 0;
    for (size_t t = 0; t < all; t++) {
        unsigned n = 0;
        for (int i = 0; i < THREADS; i++)
            n += s.seen[i][t];
        wrong += n != 1;
    }
    ok_eq(wrong, 0, "what is exchanged in comes out once");
    ok_eq(sum(s.bad), 0, "and whole");
    for (int i = 0; i < THREADS; i++)
        free(s.seen[i]);
}

/* A stack of few nodes that are used again at once: without the version a pop would link a stale successor. Each node
 * is owned by whoever popped it, and says so in plain memory, which ThreadSanitizer watches. */
#define NODES 3

struct stack {
    loft_dwatomic top;                                   /* lo: index + 1 of the first node, hi: version */
    LOFT_ATOMIC(uintptr_t) next[NODES];
    unsigned long owner[NODES];
    unsigned long rounds;
    unsigned long stolen[THREADS];
    unsigned long uses[THREADS];
};

static uintptr_t
pop(struct stack *s)
{
    loft_dw seen = loft_dw_peek(&s->top, acquire);
    while (seen.lo != 0) {
        const uintptr_t next = loft_load(&s->next[seen.lo - 1], relaxed);
        if (loft_dw_cas(&s->top, &seen, loft_dw_of(next, seen.hi + 1), acq_rel, acquire))
            break;
    }
    return seen.lo;
}

static void
push(struct stack *s, uintptr_t node)
{
    loft_dw seen = loft_dw_peek(&s->top, relaxed);
    do
        loft_store(&s->next[node - 1], seen.lo, relaxed);
    while (!loft_dw_cas(&s->top, &seen, loft_dw_of(node, seen.hi + 1), release, relaxed));
}

static void
stack_body(void *arg, int id)
{
    struct stack *s = (struct stack *)arg;
    chaos_on((uint32_t)id + 77u);
    for (unsigned long i = 0; i < s->rounds; i++) {
        const uintptr_t a = pop(s);
        const uintptr_t b = pop(s);
        if (a) {
            s->stolen[id] += s->owner[a - 1] != 0;
            s->owner[a - 1] = (unsigned long)id + 1;
        }
        if (b) {
            s->stolen[id] += s->owner[b - 1] != 0;
            s->owner[b - 1] = (unsigned long)id + 1;
        }
        if (a) {
            s->owner[a - 1] = 0;
            push(s, a);
            s->uses[id]++;
        }
        if (b) {
            s->owner[b - 1] = 0;
            push(s, b);
            s->uses[id]++;
        }
    }
    chaos_off();
}

static void
test_stack(void)
{
    static struct stack s;
    s.rounds = (unsigned long)scaled(150000);
    loft_dw_init(&s.top, loft_dw_of(0, 0));
    for (uintptr_t i = 1; i <= NODES; i++)
        push(&s, i);
    run_threads(THREADS, stack_body, &s);
    unsigned found[NODES] = { 0 };
    unsigned long left = 0;
    for (uintptr_t n = pop(&s); n && left < 2 * NODES; n = pop(&s)) {
        found[n - 1]++;
        left++;
    }
    ok_eq(sum(s.stolen), 0, "a node popped belongs to nobody else, however soon it came back");
    ok(left == NODES && found[0] == 1 && found[1] == 1 && found[2] == 1, "all nodes are there at the end, once each");
    ok(sum(s.uses) > 0, "and were used");
}

/* What was written before a release is seen after the acquire that reads it: by a load, by a failed compare-exchange,
 * by a peek of either word. Only a sanitizer or a weak processor can object. */
struct mail {
    loft_dwatomic cell;
    unsigned long rounds;
    uintptr_t payload[2];
    unsigned long bad;
};

static void
mail_body(void *arg, int id)
{
    struct mail *m = (struct mail *)arg;
    chaos_on((uint32_t)id + 31u);
    for (uintptr_t i = 1; i <= m->rounds; i++) {
        if (id == 0) {
            m->payload[i % 2] = i * 3;
            loft_dw seen = loft_dw_peek(&m->cell, relaxed);
            if (i % 2 == 0)
                loft_dw_store(&m->cell, loft_dw_of(seen.lo, i), release);
            else if (!loft_dw_cas(&m->cell, &seen, loft_dw_of(seen.lo, i), release, relaxed))
                m->bad++;
            for (;;) {
                if (loft_dw_peek(&m->cell, acquire).lo == i)
                    break;
                sched_yield();
            }
        } else {
            loft_dw seen = loft_dw_of(0, 0);
            for (;;) {
                if (i % 3 == 0)
                    seen = loft_dw_load(&m->cell, acquire);
                else if (i % 3 == 1)
                    seen = loft_dw_peek(&m->cell, acquire);
                else {
                    seen = loft_dw_of(UINTPTR_MAX, 0);
                    (void)loft_dw_cas(&m->cell, &seen, seen, relaxed, acquire);
                }
                if (seen.hi == i)
                    break;
                sched_yield();
            }
            m->bad += m->payload[i % 2] != i * 3;
            seen = loft_dw_of(i - 1, i);
            if (!loft_dw_cas(&m->cell, &seen, loft_dw_of(i, i), release, relaxed))
                m->bad++;
        }
    }
    chaos_off();
}

static void
test_mail(void)
{
    static struct mail m;
    m.rounds = (unsigned long)scaled(50000);
    loft_dw_init(&m.cell, loft_dw_of(0, 0));
    run_threads(2, mail_body, &m);
    ok_eq(m.bad, 0, "payload written before a release is there after the acquire");
}

/* The same without ever waiting: every slot is written once, before the pair that names it. A peek may find hi newer
 * than lo; what hi names must be there all the same. */
struct feed {
    loft_dwatomic cell;
    unsigned long rounds;
    uintptr_t *slot;
    unsigned long bad[THREADS];
    unsigned long newer[THREADS];
};

static void
feed_body(void *arg, int id)
{
    struct feed *f = (struct feed *)arg;
    chaos_on((uint32_t)id + 5u);
    loft_dw seen = loft_dw_of(0, 0);
    while (seen.hi < f->rounds) {
        if (id == 0) {
            const loft_dw next = loft_dw_of(seen.lo + 1, seen.hi + 1);
            f->slot[next.hi] = next.hi * 3;
            f->bad[id] += !loft_dw_cas(&f->cell, &seen, next, release, relaxed);
            seen = next;
        } else {
            seen = loft_dw_peek(&f->cell, acquire);
            f->bad[id] += f->slot[seen.hi] != seen.hi * 3;
            f->newer[id] += seen.hi != seen.lo;
        }
    }
    chaos_off();
}

static void
test_feed(void)
{
    static struct feed f;
    f.rounds = (unsigned long)scaled(200000);
    f.slot = (uintptr_t *)calloc(f.rounds + 1, sizeof *f.slot);
    if (!f.slot)
        abort();
    loft_dw_init(&f.cell, loft_dw_of(0, 0));
    run_threads(3, feed_body, &f);
    ok_eq(sum(f.bad), 0, "what a peek names is there, also where it is torn");
    note("%lu peeks were", sum(f.newer));
    free(f.slot);
}

/* hi goes up alone, lo as part of the pair, which says how far hi is: neither undoes the other's step, and whoever has
 * seen a step of hi finds what was written before it. */
struct halves {
    loft_dwatomic cell;
    unsigned long rounds;
    uintptr_t *slot;
    unsigned long backwards[THREADS];
    unsigned long missing[THREADS];
    unsigned long torn[THREADS];
};

static void
halves_body(void *arg, int id)
{
    struct halves *h = (struct halves *)arg;
    chaos_on((uint32_t)id + 31u);
    loft_dw seen = loft_dw_of(0, 0);
    uintptr_t hi = 0;
    for (unsigned long i = 0; i < h->rounds; i++) {
        if (id == 0) {
            h->slot[i + 1] = (i + 1) * 3;
            h->torn[id] += !loft_dw_cas_hi(&h->cell, &hi, i + 1, release, relaxed);
            hi = i + 1;
        } else if (id == 1) {
            const uintptr_t last = seen.hi;
            while (!loft_dw_cas(&h->cell, &seen, loft_dw_of(seen.lo + 1, seen.hi), relaxed, acquire))
                h->missing[id] += h->slot[seen.hi] != seen.hi * 3;
            h->backwards[id] += seen.hi < last || seen.lo != i;
            seen.lo++;
        } else {
            const uintptr_t now = loft_dw_peek_hi(&h->cell, acquire);
            h->missing[id] += h->slot[now] != now * 3;
            h->backwards[id] += now < hi;
            hi = now;
            const loft_dw both = loft_dw_load(&h->cell, acquire);
            h->missing[id] += h->slot[both.hi] != both.hi * 3;
            h->backwards[id] += both.hi < hi || both.lo < seen.lo;
            seen = both;
            hi = both.hi;
        }
    }
    chaos_off();
}

static void
test_halves(void)
{
    static struct halves h;
    h.rounds = (unsigned long)scaled(200000);
    h.slot = (uintptr_t *)calloc(h.rounds + 1, sizeof *h.slot);
    if (!h.slot)
        abort();
    loft_dw_init(&h.cell, loft_dw_of(0, 0));
    run_threads(3, halves_body, &h);
    const loft_dw last = loft_dw_load(&h.cell, acquire);
    ok(last.lo == h.rounds && last.hi == h.rounds && sum(h.torn) == 0, "one word and the pair: no step is lost");
    ok_eq(sum(h.backwards), 0, "and nobody sees one go back");
    ok_eq(sum(h.missing), 0, "what a step of one word releases is there");
    free(h.slot);
}

/* All count on hi alone, while the pair is exchanged beside it. */
static void
alone_body(void *arg, int id)
{
    struct halves *h = (struct halves *)arg;
    chaos_on((uint32_t)id + 41u);
    uintptr_t hi = 0;
    loft_dw seen = loft_dw_of(0, 0);
    for (unsigned long i = 0; i < h->rounds; i++) {
        if (id == 3)
            while (!loft_dw_cas(&h->cell, &seen, loft_dw_of(seen.lo + 1, seen.hi + 1), relaxed, relaxed))
                ;
        else
            while (!loft_dw_cas_hi(&h->cell, &hi, hi + 1, relaxed, relaxed))
                ;
    }
    chaos_off();
}

static void
test_alone(void)
{
    static struct halves h;
    h.rounds = (unsigned long)scaled(50000);
    loft_dw_init(&h.cell, loft_dw_of(0, 0));
    run_threads(THREADS, alone_body, &h);
    const loft_dw last = loft_dw_load(&h.cell, acquire);
    ok(last.lo == h.rounds && last.hi == THREADS * h.rounds, "four count on hi, one of them with lo: all is counted");
}

/* ---- progress ---------------------------------------------------------------------------------------------------- */

struct frozen {
    loft_dwatomic cell;
    long at;
    int what;
    unsigned long others;
};

static void
one_operation(loft_dwatomic *p, int what)
{
    loft_dw seen;
    switch (what) {
    case 0:
        (void)loft_dw_load(p, acquire);
        break;
    case 1:
        loft_dw_store(p, loft_dw_of(8, 8), release);
        break;
    case 2:
        (void)loft_dw_exchange(p, loft_dw_of(9, 9), acq_rel);
        break;
    case 3:
        seen = loft_dw_of(0, loft_dw_peek_hi(p, acquire));
        while (!loft_dw_cas_hi(p, &seen.hi, seen.hi + 1, acq_rel, acquire))
            ;
        break;
    default:
        seen = loft_dw_peek(p, acquire);
        while (!loft_dw_cas(p, &seen, loft_dw_of(seen.lo + 1, seen.hi + 1), acq_rel, acquire))
            ;
        break;
    }
}

static void
frozen_body(void *arg, int id)
{
    struct frozen *f = (struct frozen *)arg;
    if (id == 0) {
        freeze_at(f->at);
        one_operation(&f->cell, f->what);
        freeze_end();
    } else {
        const bool stopped = freeze_wait();
        for (int what = 0; what < 5; what++) {
            for (int i = 0; i < 50; i++)
                one_operation(&f->cell, what);
        }
        if (stopped) {
            f->others++;
            freeze_release();
        }
    }
}

static void
test_frozen(void)
{
    static struct frozen f;
    unsigned long stops = 0;
    loft_dw_init(&f.cell, loft_dw_of(0, 0));
    for (f.what = 0; f.what < 5; f.what++) {
        for (f.at = 0; f.at < 6; f.at++) {
            freeze_arm();
            run_threads(2, frozen_body, &f);
        }
    }
    stops = f.others;
    ok(stops >= 8, "with one thread stopped before any access, the others go through");
}

int
main(void)
{
    note("%s, %d-byte pairs, one-access loads: %s", loft_arch_name(LOFT_ARCH_HERE), LOFT_DW_ALIGN,
         loft_arch()->load16 ? "yes" : "no");
    if (!loft_dw_supported()) {
        ok_skip("two words at once", "this processor lacks CMPXCHG16B");
        return done();
    }
    test_shape();
    test_equal();
    test_values();
    test_neighbours();
    test_orders();
    test_once();
    test_seam();
    test_versions();
    test_mixed();
#if LOFT_DW_16_ && LOFT_AARCH64 && !LOFT_TSAN
    test_lse2();
#endif
    test_stores();
    test_tokens();
    test_stack();
    test_mail();
    test_feed();
    test_halves();
    test_alone();
    test_frozen();
    return done();
}

#endif
