/* SPDX-License-Identifier: MIT
 *
 * tests/map/list.c - map/list.h: each call against an array, ranges, walks up and down and step by step, maps made of
 * sorted arrays, hooks, odd keys, orders chosen at run time, comparisons that lie, allocation failing at every point,
 * threads, and a thread frozen at every place. TEST_SMR says over which scheme,
 * TEST_REST what its threads have to say now and then.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: also hp -DTEST_SMR=loft_hp
 * build: also qsbr -DTEST_SMR=loft_qsbr -DTEST_REST=loft_qsbr_quiescent
 * build: also release -DNDEBUG
 */
#include "guard.h"

#include <loft/core/alloc.h>
#include <loft/smr/ebr.h>
#include <loft/smr/hp.h>
#include <loft/smr/qsbr.h>

#include "tap.h"

#include <math.h>

#if !defined(TEST_SMR)
#  define TEST_SMR  loft_ebr
#endif
#define SMR    TEST_SMR
#define S_(f)  LOFT_CAT(SMR, f)

/* ---- instances --------------------------------------------------------------------------------------------------- */

/* A value that shows when it is torn. */
typedef struct wide {
    uint64_t a;
    uint64_t b;
    uint64_t c;
} wide;

static wide
wide_of(uint64_t v)
{
    wide w;
    w.a = v;
    w.b = ~v;
    w.c = v * 3u;
    return w;
}

static bool whole(wide w) { return w.b == ~w.a && w.c == w.a * 3u; }

#define LOFT_MAP_NAME      wmap
#define LOFT_MAP_KEY       int
#define LOFT_MAP_VAL       wide
#define LOFT_MAP_EQ(x, y)  ((x).a == (y).a)
#define LOFT_MAP_SMR       SMR
#include <loft/map/list.h>

#define LOFT_MAP_NAME      iset
#define LOFT_MAP_KEY       int
#define LOFT_MAP_CMP(a, b) loft_cmp_int(b, a)            /* the other way round */
#define LOFT_MAP_SMR       SMR
#include <loft/map/list.h>

#define LOFT_MAP_NAME      dset
#define LOFT_MAP_KEY       double
#define LOFT_MAP_CMP(a, b) loft_cmp_f64(a, b)
#define LOFT_MAP_SMR       SMR
#include <loft/map/list.h>

enum lie { TRUTH, BY_CHANCE, ABOVE, BELOW, EQUAL, IN_A_RING, INTO_A_RING, SELDOM, LIES };
static uint32_t lies;
static enum lie told;
static int
lie(int a, int b)
{
    lies = lies * 1664525u + 1013904223u;
    switch (told) {
    case BY_CHANCE: break;
    case TRUTH:     return loft_cmp_int(a, b);
    case ABOVE:     return 1;
    case BELOW:     return -1;
    case EQUAL:     return 0;
    case IN_A_RING: return a == b ? 0 : (b - a + 40) % 40 < 20 ? -1 : 1;
    case INTO_A_RING:
        if (a < 16 || b < 16 || a == b)
            return loft_cmp_int(a, b);
        return (b - a + 24) % 24 < 12 ? -1 : 1;
    case SELDOM:
        if (lies >> 28)
            return loft_cmp_int(a, b);
        break;
    case LIES:      break;
    }
    return (int)(lies >> 16) % 3 - 1;
}
#define LOFT_MAP_NAME      liar
#define LOFT_MAP_KEY       int
#define LOFT_MAP_VAL       int
#define LOFT_MAP_CMP(a, b) lie(a, b)
#define LOFT_MAP_SMR       SMR
#include <loft/map/list.h>

/* Things with a count of who holds them. */
struct thing {
    LOFT_ATOMIC(long) held;
    int number;
};
static void hold(struct thing *t) { (void)loft_fetch_add(&t->held, 1L, relaxed); }
static void let_go(struct thing *t) { (void)loft_fetch_sub(&t->held, 1L, relaxed); }
static int compare_things(const struct thing *a, const struct thing *b) { return loft_cmp_int(a->number, b->number); }
#define LOFT_MAP_NAME            tmap
#define LOFT_MAP_KEY             struct thing *
#define LOFT_MAP_VAL             struct thing *
#define LOFT_MAP_CMP(a, b)       compare_things(a, b)
#define LOFT_MAP_KEY_RETAIN(x)   hold(x)
#define LOFT_MAP_KEY_RELEASE(x)  let_go(x)
#define LOFT_MAP_VAL_RETAIN(x)   hold(x)
#define LOFT_MAP_VAL_RELEASE(x)  let_go(x)
#define LOFT_MAP_SMR             SMR
#include <loft/map/list.h>

/* The key's copy is the map's, which frees it; nothing is retained. */
static LOFT_ATOMIC(long) strings;
static const char *
string(int n)
{
    char *const s = (char *)malloc(16);
    if (!s)
        abort();
    snprintf(s, 16, "%04d", n);
    (void)loft_fetch_add(&strings, 1L, relaxed);
    return s;
}
static void
free_string(const char *s)
{
    (void)loft_fetch_sub(&strings, 1L, relaxed);
    free((void *)(uintptr_t)s);
}
#define LOFT_MAP_NAME            smap
#define LOFT_MAP_KEY             const char *
#define LOFT_MAP_VAL             int
#define LOFT_MAP_CMP(a, b)       loft_cmp_str(a, b)
#define LOFT_MAP_KEY_RELEASE(x)  free_string(x)
#define LOFT_MAP_SMR             SMR
#include <loft/map/list.h>

/* The order is given to the map. */
#define LOFT_MAP_NAME    ruled
#define LOFT_MAP_KEY     int
#define LOFT_MAP_VAL     int
#define LOFT_MAP_OBJECT
#define LOFT_MAP_SMR     SMR
#include <loft/map/list.h>

#define LOFT_MAP_NAME    rset
#define LOFT_MAP_KEY     const char *
#define LOFT_MAP_OBJECT
#define LOFT_MAP_SMR     SMR
#include <loft/map/list.h>

#define SCANS  (LOFT_CAT(SMR, region) && LOFT_CAT(SMR, nests) && !LOFT_CAT(SMR, restarts))

/* ---- domains ----------------------------------------------------------------------------------------------------- */

static SMR domain;
static S_(thread) *main_me;

static void
start(void)
{
    S_(options) o;
    memset(&o, 0, sizeof o);
    o.batch = 4;
    if (S_(init)(&domain, &o) != LOFT_OK)
        abort();
    main_me = S_(join)(&domain);
    if (!main_me)
        abort();
}

/* For calls whose answer does not matter. */
static void whatever(int answer) { (void)answer; }

/* A thread holds nothing now. */
static void
rest(S_(thread) *me)
{
#if defined(TEST_REST)
    TEST_REST(me);
#endif
    (void)me;
}

static void
stop(void)
{
    S_(leave)(main_me);
    if (S_(fini)(&domain) != LOFT_OK)
        abort();
}

static uint64_t seed = 88172645463325252u;
static uint64_t
draw(uint64_t *s, uint64_t n)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s % n;
}

/* ---- against an array -------------------------------------------------------------------------------------------- */

enum { KEYS = 48 };
static bool in[KEYS];
static uint64_t value[KEYS];

static int
near(int k, int step)
{
    for (; k >= 0 && k < KEYS; k += step)
        if (in[k])
            return k;
    return -1;
}

static bool
add_7(wide *v, void *ctx)
{
    ++*(int *)ctx;
    *v = wide_of(v->a + 7u);
    return true;
}
static bool refuse(wide *v, void *ctx) { (void)v; ++*(int *)ctx; return false; }
static bool make_5(wide *v, void *ctx) { ++*(int *)ctx; *v = wide_of(5); return true; }
static bool make_none(wide *v, void *ctx) { (void)v; ++*(int *)ctx; return false; }

struct seen {
    size_t n;
    size_t stop;
    int last;
    bool right;
};
static bool
look(int k, wide v, void *ctx)
{
    struct seen *const s = (struct seen *)ctx;
    s->right = s->right && k > s->last && in[k] && v.a == value[k] && whole(v) && near(s->last + 1, 1) == k;
    s->last = k;
    s->n++;
    return s->n != s->stop;
}

static bool
look_down(int k, wide v, void *ctx)
{
    struct seen *const s = (struct seen *)ctx;
    s->right = s->right && k < s->last && in[k] && v.a == value[k] && whole(v) && near(s->last - 1, -1) == k;
    s->last = k;
    s->n++;
    return s->n != s->stop;
}

/* The same keys, low to high - 1, one by one and in both directions; how many steps were wrong. */
static unsigned long
steps(wmap *m, const int *from, const int *to, unsigned how, int low, int high)
{
    unsigned long bad = 0;
    for (int down = 0; down < 2; down++) {
        const int step = down ? -1 : 1;
        const unsigned way = down ? how | LOFT_RANGE_DOWN : how;
        for (int scans = 0; scans <= SCANS; scans++) {
            wmap_cursor c;
            int want = near(down ? high - 1 : low, step);
            int k = -7;
            bool got = true;
            wide v;
#if SCANS
            wmap_scan s;
            if (scans)
                wmap_scan_begin(&s, m, main_me, from, to, way);
            else
#endif
                wmap_cursor_begin(&c, m, from, to, way);
            while (got) {
                v = wide_of(12345);
#if SCANS
                got = scans ? wmap_scan_next(&s, &k, &v) : wmap_cursor_next(&c, main_me, &k, &v);
#else
                got = wmap_cursor_next(&c, main_me, &k, &v);
#endif
                if (want < low || want >= high) {
                    bad += got || v.a != 12345;
                    break;
                }
                bad += !got || k != want || v.a != value[k] || !whole(v);
                want = near(want + step, step);
            }
#if SCANS
            if (scans)
                wmap_scan_end(&s);
            else
#endif
                wmap_cursor_end(&c);
        }
    }
    return bad;
}

/* One call; false: the map and the array disagree. */
static bool
one_call(wmap *m, S_(thread) *me, int what, int k, uint64_t v)
{
    const bool was = in[k];
    const uint64_t before = value[k];
    const bool expected = draw(&seed, 2) == 0;
    wide out = wide_of(12345);
    int at = -7;
    int calls = 0;
    int near_k = -1;
    bool got = false;
    loft_status s;
    switch (what) {
    case 0:
        s = wmap_put(m, me, k, wide_of(v));
        in[k] = true;
        value[k] = v;
        return s == (was ? LOFT_REPLACED : LOFT_OK);
    case 1:
        s = wmap_put_if_absent(m, me, k, wide_of(v));
        if (!was)
            value[k] = v;
        in[k] = true;
        return s == (was ? LOFT_EXISTS : LOFT_OK);
    case 2:
        s = wmap_get_or_insert(m, me, k, wide_of(v), &out);
        if (!was)
            value[k] = v;
        in[k] = true;
        return s == (was ? LOFT_EXISTS : LOFT_OK) && out.a == value[k] && whole(out);
    case 3:
        s = wmap_get_or_insert_with(m, me, k, make_5, &calls, &out);
        if (!was)
            value[k] = 5;
        in[k] = true;
        return s == (was ? LOFT_EXISTS : LOFT_OK) && out.a == value[k] && calls == !was;
    case 4:
        s = wmap_get_or_insert_with(m, me, k, make_none, &calls, &out);
        return s == (was ? LOFT_EXISTS : LOFT_NOT_FOUND) && out.a == (was ? before : 12345) && calls == !was;
    case 5:
        s = wmap_replace(m, me, k, wide_of(v), &out);
        if (was)
            value[k] = v;
        return s == (was ? LOFT_REPLACED : LOFT_NOT_FOUND) && out.a == (was ? before : 12345);
    case 6:
        s = wmap_replace_if(m, me, k, wide_of(expected ? before : before + 1u), wide_of(v));
        if (was && expected)
            value[k] = v;
        return s == (!was ? LOFT_NOT_FOUND : expected ? LOFT_REPLACED : LOFT_EXISTS);
    case 7:
        s = wmap_update(m, me, k, expected ? add_7 : refuse, &calls);
        if (was && expected)
            value[k] += 7u;
        return s == (!was ? LOFT_NOT_FOUND : expected ? LOFT_REPLACED : LOFT_EXISTS) && calls == was;
    case 8: case 9: case 10:
        got = wmap_remove(m, me, k, &out);
        in[k] = false;
        return got == was && out.a == (was ? before : 12345);
    case 11:
        got = wmap_remove_if(m, me, k, wide_of(expected ? before : before + 1u));
        in[k] = was && !got;
        return got == (was && expected);
    case 12:
        return wmap_get(m, me, k, &out) == was && out.a == (was ? before : 12345) && wmap_contains(m, me, k) == was;
    case 13: near_k = near(0, 1); got = wmap_first(m, me, &at, &out); break;
    case 14: near_k = near(KEYS - 1, -1); got = wmap_last(m, me, &at, &out); break;
    case 15: near_k = near(k, -1); got = wmap_floor(m, me, k, &at, &out); break;
    case 16: near_k = near(k, 1); got = wmap_ceiling(m, me, k, &at, &out); break;
    case 17: near_k = near(k - 1, -1); got = wmap_lower(m, me, k, &at, &out); break;
    case 18: near_k = near(k + 1, 1); got = wmap_higher(m, me, k, &at, &out); break;
    case 19: near_k = near(0, 1); got = wmap_pop_first(m, me, &at, &out); break;
    case 20: near_k = near(KEYS - 1, -1); got = wmap_pop_last(m, me, &at, &out); break;
    default: return false;
    }
    if (near_k < 0)
        return !got && at == -7 && out.a == 12345;
    if (what >= 19)
        in[near_k] = false;
    return got && at == near_k && out.a == value[near_k] && whole(out);
}

/* ---- without a domain -------------------------------------------------------------------------------------------- */

enum { AFTER_END = 9 };

static void
one_after_the_end(wmap *m, int what)
{
    wide v = wide_of(1);
    int calls = 0;
    int k;
    switch (what) {
    case 0: _exit(wmap_get(m, main_me, 1, &v)); break;
    case 1: _exit(wmap_contains(m, main_me, 1)); break;
    case 2: _exit(wmap_put(m, main_me, 1, v) != LOFT_OK); break;
    case 3: _exit(wmap_update(m, main_me, 1, add_7, &calls) != LOFT_NOT_FOUND); break;
    case 4: _exit(wmap_remove(m, main_me, 1, &v)); break;
    case 5: _exit(wmap_last(m, main_me, &k, &v)); break;
    case 6: _exit(wmap_pop_first(m, main_me, &k, &v)); break;
    case 7: _exit(wmap_pop_last(m, main_me, &k, &v)); break;
    case 8: _exit(wmap_approx_len(m, main_me) != 0); break;
    }
}

#if LOFT_DEBUG
struct foreign {
    wmap *m;
    S_(thread) *me;
};
static void
foreign_get(void *p)
{
    const struct foreign *const f = (const struct foreign *)p;
    (void)!wmap_contains(f->m, f->me, 1);
}
static void
foreign_put(void *p)
{
    const struct foreign *const f = (const struct foreign *)p;
    (void)!wmap_put(f->m, f->me, 1, wide_of(1));
}
static void
foreign_scan(void *p)
{
    const struct foreign *const f = (const struct foreign *)p;
    (void)!wmap_approx_len(f->m, f->me);
}
#endif

static void
foreign_record(void)
{
#if LOFT_DEBUG
    static SMR other;
    wmap m;
    struct foreign f;
    start();
    f.m = &m;
    if (wmap_init(&m, &domain) != LOFT_OK || S_(init)(&other, NULL) != LOFT_OK || !(f.me = S_(join)(&other)))
        abort();
    ok(aborts(foreign_get, &f) && aborts(foreign_put, &f) && aborts(foreign_scan, &f),
       "a debug build stops who comes with a record of another domain");
    S_(leave)(f.me);
    if (S_(fini)(&other) != LOFT_OK)
        abort();
    wmap_fini(&m);
    stop();
#endif
}

static void
no_domain(void)
{
    wmap m;
    int wrong = 0;
    start();
    if (wmap_init(&m, &domain) != LOFT_OK || wmap_put(&m, main_me, 1, wide_of(1)) != LOFT_OK)
        abort();
    ok(wmap_init(&m, NULL) == LOFT_INVAL && wmap_contains(&m, main_me, 1), "init without a domain is refused");
    wmap_fini(&m);
    fflush(stdout);
    for (int what = 0; what < AFTER_END; what++) {
        const pid_t child = fork();
        int status = 0;
        if (child == 0) {
            if (!freopen("/dev/null", "w", stderr))
                _exit(3);
            signal(SIGABRT, SIG_DFL);
            one_after_the_end(&m, what);
        }
        if (child < 0 || waitpid(child, &status, 0) != child)
            abort();
        wrong += LOFT_DEBUG ? !WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT : status != 0;
    }
    ok_eq(wrong, 0, LOFT_DEBUG ? "a debug build stops each call after fini" : "after fini the map is an empty one");
    stop();
}

static size_t
count_in(int from, int to)
{
    size_t n = 0;
    for (int k = from; k < to; k++)
        n += in[k];
    return n;
}

static void
against_an_array(void)
{
    unsigned long wrong = 0;
    unsigned long ranges = 0;
    unsigned long stepped = 0;
    wmap m;
    start();
    ok(wmap_init(&m, &domain) == LOFT_OK && wmap_is_empty(&m, main_me) && wmap_approx_len(&m, main_me) == 0,
       "a new map is empty");
    memset(in, 0, sizeof in);
    const unsigned long long rounds = scaled(200000);
    for (unsigned long long i = 0; i < rounds; i++) {
        const int keys = i / 2000 % 2 ? KEYS : 4;
        const int what = (int)draw(&seed, i / 1000 % 3 ? 21 : 15);
        wrong += !one_call(&m, main_me, what, (int)draw(&seed, (uint64_t)keys), i);
        if (i % 64 == 0) {
            const int from = (int)draw(&seed, KEYS);
            const int to = (int)draw(&seed, KEYS);
            const unsigned how = (unsigned)draw(&seed, 4);
            const int a = from + ((how & LOFT_RANGE_AFTER) != 0);
            const int b = to + ((how & LOFT_RANGE_THROUGH) != 0);
            const bool low = draw(&seed, 4) != 0;
            const bool high = draw(&seed, 4) != 0;
            const size_t n = count_in(low ? a : 0, high ? b : KEYS);
            struct seen s = { 0, 0, (low ? a : 0) - 1, true };
            ranges += wmap_count(&m, main_me, low ? &from : NULL, high ? &to : NULL, how) != n;
            ranges += wmap_for_each(&m, main_me, low ? &from : NULL, high ? &to : NULL, how, look, &s) != n;
            ranges += !s.right || s.n != n;
            struct seen d = { 0, 0, high ? b : KEYS, true };
            ranges += wmap_for_each_down(&m, main_me, low ? &from : NULL, high ? &to : NULL, how, look_down, &d) != n;
            ranges += !d.right || d.n != n;
            stepped += steps(&m, low ? &from : NULL, high ? &to : NULL, how, low ? a : 0, high ? b : KEYS);
            ranges += wmap_approx_len(&m, main_me) != count_in(0, KEYS);
            ranges += wmap_is_empty(&m, main_me) != (count_in(0, KEYS) == 0);
        }
        rest(main_me);
    }
    ok_eq(wrong, 0, "random calls answer as an array does");
    ok_eq(ranges, 0, "and so do ranges up and down, counts and the length");
    ok_eq(stepped, 0, SCANS ? "cursors and scans give the same, step by step" : "cursors give the same, step by step");
    for (int k = 0; k < KEYS; k++)
        (void)one_call(&m, main_me, 0, k, (uint64_t)k);
    struct seen s = { 0, 20, -1, true };
    struct seen d = { 0, 20, KEYS, true };
    ok(wmap_for_each(&m, main_me, NULL, NULL, 0, look, &s) == 20 && s.right
           && wmap_for_each_down(&m, main_me, NULL, NULL, 0, look_down, &d) == 20 && d.right && d.last == KEYS - 20,
       "for_each stops when it is told to, up and down");
    ok(wmap_get(&m, main_me, 3, NULL) && wmap_remove(&m, main_me, 3, NULL) && !wmap_contains(&m, main_me, 3)
           && wmap_first(&m, main_me, NULL, NULL) && wmap_pop_last(&m, main_me, NULL, NULL)
           && wmap_replace(&m, main_me, 4, wide_of(1), NULL) == LOFT_REPLACED,
       "results nobody wants");
    ok_eq(wmap_clear(&m, main_me), KEYS - 2, "clear says how many there were");
    ok(wmap_is_empty(&m, main_me) && wmap_clear(&m, main_me) == 0, "and leaves nothing");
    ok(wmap_put(&m, main_me, 1, wide_of(1)) == LOFT_OK, "a cleared map can be used again");
    wmap_fini(&m);
    stop();
}

static void
sets(void)
{
    iset s;
    dset d;
    double x = 0;
    int k = 0;
    unsigned long wrong = 0;
    start();
    ok(iset_init(&s, &domain) == LOFT_OK && iset_put(&s, main_me, 1) == LOFT_OK && iset_put(&s, main_me, 2) == LOFT_OK
           && iset_put(&s, main_me, 2) == LOFT_EXISTS && iset_put_if_absent(&s, main_me, 2) == LOFT_EXISTS,
       "a set takes a key once");
    ok(iset_first(&s, main_me, &k) && k == 2 && iset_last(&s, main_me, &k) && k == 1
           && iset_higher(&s, main_me, k = 2, &k) && k == 1 && !iset_higher(&s, main_me, k, &k) && k == 1,
       "its order is that of its comparison");
    ok(iset_remove(&s, main_me, 2) && !iset_remove(&s, main_me, 2) && iset_pop_first(&s, main_me, &k) && k == 1
           && !iset_pop_last(&s, main_me, &k) && iset_is_empty(&s, main_me), "and takes it out once");
    memset(in, 0, sizeof in);
    const unsigned long long rounds = scaled(50000);
    for (unsigned long long i = 0; i < rounds; i++) {
        k = (int)draw(&seed, KEYS);
        switch (draw(&seed, 3)) {
        case 0: wrong += (iset_put(&s, main_me, k) == LOFT_OK) != !in[k]; in[k] = true; break;
        case 1: wrong += iset_remove(&s, main_me, k) != in[k]; in[k] = false; break;
        case 2: wrong += iset_contains(&s, main_me, k) != in[k]; break;
        }
        rest(main_me);
    }
    ok_eq(wrong, 0, "random calls on a set answer as an array does");
    ok_eq(iset_clear(&s, main_me), count_in(0, KEYS), "which is then cleared");
    iset_fini(&s);

    const double zero = 0.0;
    ok(dset_init(&d, &domain) == LOFT_OK && dset_put(&d, main_me, (double)NAN) == LOFT_OK
           && dset_put(&d, main_me, (double)NAN) == LOFT_EXISTS && dset_put(&d, main_me, zero) == LOFT_OK
           && dset_put(&d, main_me, -zero) == LOFT_EXISTS && dset_put(&d, main_me, (double)INFINITY) == LOFT_OK
           && dset_put(&d, main_me, -(double)INFINITY) == LOFT_OK, "NaN and -0 as keys");
    ok(dset_last(&d, main_me, &x) && isnan(x) && dset_lower(&d, main_me, x, &x) && isinf(x) && x > 0
           && dset_approx_len(&d, main_me) == 4 && dset_remove(&d, main_me, (double)NAN), "NaN is last, and one");
    dset_fini(&d);
    stop();
}

/* ---- visitors that change the map -------------------------------------------------------------------------------- */

struct visit {
    wmap *m;
    int mode;
    bool down;
    int last;
    bool right;
};
static bool
meddle(int k, wide v, void *ctx)
{
    struct visit *const c = (struct visit *)ctx;
    c->right = c->right && (c->down ? k < c->last : k > c->last) && whole(v);
    c->last = k;
    if (c->mode == 0)
        c->right = c->right && wmap_remove(c->m, main_me, k, NULL);
    if (c->mode == 1 && k % 2 == 0 && k >= 0 && k < 1000)   /* behind it and in front of it */
        c->right = c->right && wmap_put(c->m, main_me, k + 1000, wide_of(9)) == LOFT_OK
                && wmap_put(c->m, main_me, k - 1000, wide_of(9)) == LOFT_OK;
    if (c->mode == 2)
        c->right = c->right && wmap_put(c->m, main_me, k, wide_of((uint64_t)k)) == LOFT_REPLACED;
    return c->down ? k >= 0 : k < 1000;
}

static void
visitors(void)
{
    static const char *const name[] = {
        "a visitor removes what it visits", "one puts behind and in front", "one replaces what it visits"
    };
    char text[80];
    start();
    for (int i = 0; i < 6; i++) {
        const int mode = i / 2;
        const bool down = i % 2 != 0;
        wmap m;
        bool good = wmap_init(&m, &domain) == LOFT_OK;
        for (int k = 99; k >= 0; k--)
            good = good && wmap_put(&m, main_me, k, wide_of((uint64_t)k)) == LOFT_OK;
        struct visit c = { &m, mode, down, down ? 2000 : -2000, true };
        const size_t n = down ? wmap_for_each_down(&m, main_me, NULL, NULL, 0, meddle, &c)
                              : wmap_for_each(&m, main_me, NULL, NULL, 0, meddle, &c);
        snprintf(text, sizeof text, "%s%s", name[mode], down ? ", going down" : "");
        ok(good && c.right && n == (mode == 1 ? 101u : 100u), text);
        ok_eq(wmap_approx_len(&m, main_me), mode == 0 ? 0 : mode == 1 ? 200 : 100,
              "as many as should be are left");
        wmap_fini(&m);
    }
    stop();
}

/* ---- step by step ------------------------------------------------------------------------------------------------ */

static void
cursors(void)
{
    const int from = 10;
    const int to = 90;
    wmap_cursor c;
    wmap m;
    wide v;
    int k = -1;
    int n = 0;
    bool good;
    start();
    good = wmap_init(&m, &domain) == LOFT_OK;
    for (int i = 98; i >= 0; i -= 2)
        good = good && wmap_put(&m, main_me, i, wide_of((uint64_t)i)) == LOFT_OK;
    wmap_cursor_begin(&c, &m, &from, &to, LOFT_RANGE_THROUGH);
    for (; wmap_cursor_next(&c, main_me, &k, &v); n++) {
        good = good && k == 10 + 2 * n && v.a == (uint64_t)k;
        good = good && wmap_remove(&m, main_me, k, NULL);            /* what it stands on                      */
        if (k < 90)
            good = good && wmap_put(&m, main_me, k + 2, wide_of((uint64_t)k + 2u)) == LOFT_REPLACED
                && wmap_put(&m, main_me, k - 1, wide_of(1)) == LOFT_OK;
        rest(main_me);
    }
    ok(good && n == 41 && wmap_count(&m, main_me, &from, &to, LOFT_RANGE_THROUGH) == 39,
       "a cursor goes on where its entry was removed, and sees what is there when it comes");
    ok(wmap_put(&m, main_me, 89, wide_of(7)) == LOFT_OK && !wmap_cursor_next(&c, main_me, &k, &v) && k == 90
           && wmap_put(&m, main_me, 91, wide_of(7)) == LOFT_OK && !wmap_cursor_next(&c, main_me, NULL, NULL),
       "at the end it stays there");
    wmap_cursor_end(&c);

    (void)wmap_clear(&m, main_me);
    wmap_cursor_begin(&c, &m, NULL, NULL, LOFT_RANGE_DOWN);
    good = !wmap_cursor_next(&c, main_me, &k, &v);
    for (int i = 9; i > 0; i--)
        good = good && wmap_put(&m, main_me, i, wide_of((uint64_t)i)) == LOFT_OK
            && wmap_cursor_next(&c, main_me, &k, &v) && k == i && v.a == (uint64_t)i
            && !wmap_cursor_next(&c, main_me, &k, &v);
    ok(good && wmap_put(&m, main_me, 20, wide_of(1)) == LOFT_OK && !wmap_cursor_next(&c, main_me, &k, NULL),
       "asked again, it finds what came behind it, and nothing else");
    wmap_cursor_end(&c);
#if SCANS
    wmap_scan a;
    wmap_scan b;
    size_t rounds = 0;
    (void)wmap_clear(&m, main_me);
    for (int i = 99; i >= 0; i--)
        good = good && wmap_put(&m, main_me, i, wide_of((uint64_t)i)) == LOFT_OK;
    wmap_scan_begin(&a, &m, main_me, NULL, NULL, 0);
    wmap_scan_begin(&b, &m, main_me, NULL, NULL, LOFT_RANGE_DOWN);
    while (wmap_scan_next(&a, &k, &v)) {
        int other = -1;
        good = good && k == (int)rounds && v.a == rounds && wmap_scan_next(&b, &other, NULL) && other == 99 - k;
        rounds++;
    }
    ok(good && rounds == 100 && !wmap_scan_next(&b, &k, &v) && !wmap_scan_next(&a, &k, &v) && k == 99,
       "two scans beside each other, one down");
    wmap_scan_end(&b);
    wmap_scan_end(&a);
    wmap_scan_begin(&a, &m, main_me, NULL, NULL, 0);
    good = wmap_scan_next(&a, NULL, NULL);
    wmap_scan_end(&a);
    ok(good, "and one that ends in the middle");
#endif
    wmap_fini(&m);
    stop();
}

/* ---- maps of sorted arrays --------------------------------------------------------------------------------------- */

static void
sorted(void)
{
    enum { N = 100 };
    int key[N];
    wide val[N];
    wmap m;
    iset s;
    unsigned long wrong = 0;
    start();
    for (int i = 0; i < N; i++) {
        key[i] = 3 * i;
        val[i] = wide_of((uint64_t)i);
    }
    for (size_t n = 0; n <= N; n += n < 3 ? 1 : 97) {
        wrong += wmap_init_sorted(&m, main_me, &domain, NULL, key, val, n) != LOFT_OK;
        wrong += wmap_approx_len(&m, main_me) != n;
        for (int i = 0; i < (int)n; i++) {
            wide v = wide_of(12345);
            int k = -1;
            wrong += !wmap_get(&m, main_me, key[i], &v) || v.a != (uint64_t)i || wmap_contains(&m, main_me, key[i] + 1);
            wrong += !wmap_floor(&m, main_me, key[i] + 2, &k, &v) || k != key[i];
        }
        wrong += wmap_put(&m, main_me, -1, wide_of(1)) != LOFT_OK || wmap_put(&m, main_me, 4, wide_of(1)) != LOFT_OK;
        wrong += wmap_clear(&m, main_me) != n + 2;
        wmap_fini(&m);
    }
    ok_eq(wrong, 0, "a map made of sorted arrays has what is in them, and works");
    wrong = wmap_init(&m, &domain) != LOFT_OK || wmap_put(&m, main_me, 7, wide_of(7)) != LOFT_OK;
    wrong += wmap_init_sorted(&m, main_me, NULL, NULL, key, val, N) != LOFT_INVAL;
    key[N - 1] = key[N - 2];
    wrong += wmap_init_sorted(&m, main_me, &domain, NULL, key, val, N) != LOFT_INVAL;
    key[N - 1] = key[N - 2] - 1;
    wrong += wmap_init_sorted(&m, main_me, &domain, NULL, key, val, N) != LOFT_INVAL;
    key[N - 1] = 3 * (N - 1);
    ok(wrong == 0 && wmap_contains(&m, main_me, 7), "keys that do not rise are refused, and nothing changes");
    wmap_fini(&m);
    const size_t live = loft_alloc_stats_get().live;
    loft_status r = LOFT_NOMEM;
    int refused = 0;
    for (; r == LOFT_NOMEM && refused < 50; refused++) {
        loft_alloc_fail_from((size_t)refused);
        r = wmap_init_sorted(&m, main_me, &domain, NULL, key, val, 20);
        (void)loft_alloc_fail_stop();
        wrong += r == LOFT_NOMEM && loft_alloc_stats_get().live != live;
    }
    ok(wrong == 0 && r == LOFT_OK && refused >= 20 && wmap_approx_len(&m, main_me) == 20,
       "without memory at any point nothing is made, and nothing lost");
    wmap_fini(&m);
    ok(iset_init_sorted(&s, main_me, &domain, NULL, key, 2) == LOFT_INVAL, "rising is what the comparison says");
    key[0] = 5;
    ok(iset_init_sorted(&s, main_me, &domain, NULL, key, 2) == LOFT_OK && iset_contains(&s, main_me, 5)
           && iset_approx_len(&s, main_me) == 2, "a set made of a sorted array");
    iset_fini(&s);
    stop();
}

/* ---- an order chosen at run time --------------------------------------------------------------------------------- */

static void
orders(void)
{
    ruled up;
    ruled down;
    rset names_of;
    ruled_options o;
    rset_options of;
    loft_cmp plain;
    int k = 0;
    int v = 0;
    const char *s = NULL;
    unsigned long wrong = 0;
    start();
    memset(&o, 0, sizeof o);
    ok(loft_cmp_make(&plain, loft_cmp_int_fn, NULL) == LOFT_OK && ruled_init_with(&up, &domain, NULL) == LOFT_INVAL
           && ruled_init_with(&up, &domain, &o) == LOFT_INVAL, "a map whose order is an object is refused without one");
    o.cmp = plain;
    wrong += ruled_init_with(&up, NULL, &o) != LOFT_INVAL || ruled_init_with(&up, &domain, &o) != LOFT_OK;
    wrong += loft_cmp_make(&o.cmp, loft_cmp_reverse_fn, &plain) != LOFT_OK;
    wrong += ruled_init_with(&down, &domain, &o) != LOFT_OK;
    memset(&o, 0, sizeof o);                             /* it is copied                                       */
    for (int i = 0; i < 100; i++)
        wrong += ruled_put(&up, main_me, i * 37 % 100, i) != LOFT_OK
            || ruled_put(&down, main_me, i * 37 % 100, i) != LOFT_OK;
    wrong += !ruled_first(&up, main_me, &k, &v) || k != 0 || !ruled_first(&down, main_me, &k, &v) || k != 99;
    wrong += !ruled_lower(&up, main_me, 50, &k, &v) || k != 49 || !ruled_lower(&down, main_me, 50, &k, &v) || k != 51;
    const int from = 30;
    const int to = 20;
    wrong += ruled_count(&up, main_me, &from, &to, 0) != 0 || ruled_count(&down, main_me, &from, &to, 0) != 10;
    wrong += !ruled_get(&down, main_me, 37, &v) || v != 1 || !ruled_remove(&down, main_me, 37, &v);
    ok_eq(wrong, 0, "two maps of one type with two orders");
    ruled_fini(&down);
    ruled_fini(&up);
    memset(&of, 0, sizeof of);
    of.cmp.fn = loft_cmp_str_fn;
    const char *const word[] = { "apple", "pear", "plum" };
    wrong = rset_init_sorted(&names_of, main_me, &domain, NULL, word, 3) != LOFT_INVAL;
    wrong += rset_init_sorted(&names_of, main_me, &domain, &of, word, 3) != LOFT_OK;
    wrong += !rset_ceiling(&names_of, main_me, "banana", &s) || strcmp(s, "pear") != 0;
    wrong += rset_put(&names_of, main_me, "pear") != LOFT_EXISTS || rset_put(&names_of, main_me, "fig") != LOFT_OK;
    wrong += !rset_pop_last(&names_of, main_me, &s) || strcmp(s, "plum") != 0;
    ok_eq(wrong, 0, "and a set of strings, made sorted");
    rset_fini(&names_of);
    stop();
}

/* ---- who owns what ----------------------------------------------------------------------------------------------- */

enum { THINGS = 400 };
static struct thing thing[THINGS];
static LOFT_ATOMIC(unsigned) used;

/* Held by the caller. */
static struct thing *
take_thing(int number)
{
    struct thing *const t = &thing[loft_fetch_add(&used, 1u, relaxed) % THINGS];
    hold(t);
    t->number = number;
    return t;
}

static bool
swap_thing(struct thing **t, void *ctx)
{
    (void)ctx;
    *t = take_thing((*t)->number);
    return true;
}
static bool
make_thing(struct thing **t, void *ctx)
{
    *t = take_thing(*(int *)ctx);
    return true;
}
static bool
count_thing(struct thing *k, struct thing *v, void *ctx)
{
    const bool good = loft_load(&k->held, relaxed) > 1 && loft_load(&v->held, relaxed) > 1;
    *(int *)ctx += good && k->number == v->number;
    let_go(k);
    let_go(v);
    return true;
}

static bool
some_things(struct thing *k, struct thing *v, void *ctx)
{
    let_go(k);
    let_go(v);
    return --*(int *)ctx > 0;
}

/* Walks that stop, and cursors, let go what nobody has been given. */
static void
walked_things(tmap *m)
{
    tmap_cursor c;
    struct thing *k = NULL;
    struct thing *v = NULL;
    struct thing *from = take_thing(1);
    struct thing *to = take_thing(5);
    int few = 2;
    int found = 0;
    bool good = tmap_for_each(m, main_me, NULL, NULL, 0, some_things, &few) == 2;
    few = 3;
    good = good && tmap_for_each_down(m, main_me, NULL, NULL, 0, some_things, &few) == 3;
    for (int down = 0; down < 2; down++) {
        tmap_cursor_begin(&c, m, &from, &to, down ? LOFT_RANGE_DOWN : 0);
        for (; tmap_cursor_next(&c, main_me, &k, &v); found++) {
            good = good && k->number >= 1 && k->number < 5 && loft_load(&v->held, relaxed) > 1;
            let_go(k);
            let_go(v);
        }
        tmap_cursor_end(&c);
    }
    tmap_cursor_begin(&c, m, NULL, NULL, 0);             /* one that nobody takes to its end                   */
    good = good && tmap_cursor_next(&c, main_me, NULL, NULL) && tmap_cursor_next(&c, main_me, &k, NULL);
    let_go(k);
    tmap_cursor_end(&c);
#if SCANS
    tmap_scan s;
    int borrowed = 0;
    tmap_scan_begin(&s, m, main_me, &from, &to, LOFT_RANGE_DOWN | LOFT_RANGE_THROUGH);
    while (borrowed < 3 && tmap_scan_next(&s, &k, &v))
        borrowed += k->number == v->number;
    tmap_scan_end(&s);
    good = good && borrowed == 3;
#endif
    let_go(from);
    let_go(to);
    ok(good && found >= 4 && found % 2 == 0, "walks that stop in the middle, cursors and scans hold nothing later");
}

static void
ownership(void)
{
    unsigned long wrong = 0;
    long held = 0;
    tmap m;
    loft_init(&used, 0u);
    for (int i = 0; i < THINGS; i++)
        loft_init(&thing[i].held, 0L);
    start();
    if (tmap_init(&m, &domain) != LOFT_OK)
        abort();
    for (int i = 0; i < THINGS / 4; i++) {
        int number = i % 7;
        struct thing *k = take_thing(number);
        struct thing *v = NULL;
        struct thing *out = NULL;
        loft_status s = LOFT_EXISTS;
        bool gave_v = true;
        switch (i % 10) {
        case 0: case 1: case 2: v = take_thing(number); s = tmap_put(&m, main_me, k, v); break;
        case 3: v = take_thing(number); s = tmap_put_if_absent(&m, main_me, k, v); break;
        case 4: v = take_thing(number); s = tmap_get_or_insert(&m, main_me, k, v, &out); break;
        case 5: s = tmap_get_or_insert_with(&m, main_me, k, make_thing, &number, &out); gave_v = false; break;
        case 6: v = take_thing(number); s = tmap_replace(&m, main_me, k, v, &out); break;
        case 7: s = tmap_update(&m, main_me, k, swap_thing, NULL); gave_v = false; break;
        case 8: (void)tmap_remove(&m, main_me, k, &out); gave_v = false; break;
        case 9: whatever(tmap_get(&m, main_me, k, &out)); gave_v = false; break;
        }
        if (out) {
            wrong += out->number != number || loft_load(&out->held, relaxed) < 1;
            let_go(out);
        }
        if (s != LOFT_OK && s != LOFT_REPLACED) {        /* still ours */
            let_go(k);
            if (gave_v)
                let_go(v);
        }
        rest(main_me);
    }
    int visited = 0;
    const size_t n = tmap_for_each(&m, main_me, NULL, NULL, 0, count_thing, &visited);
    ok(wrong == 0 && n == (size_t)visited && n > 3 && tmap_approx_len(&m, main_me) == n, "what is handed out is held");
    struct thing *k = NULL;
    struct thing *v = NULL;
    walked_things(&m);
    ok(tmap_pop_first(&m, main_me, &k, &v) && k->number == v->number, "popped things are held");
    let_go(k);
    let_go(v);
    tmap_fini(&m);
    stop();
    for (int i = 0; i < THINGS; i++)
        held += loft_load(&thing[i].held, relaxed);
    ok(held == 0 && loft_load(&used, relaxed) <= THINGS, "in the end nobody holds anything, none was let go twice");

    smap s;
    loft_init(&strings, 0L);
    start();
    bool good = smap_init(&s, &domain) == LOFT_OK;
    for (int i = 0; i < 200; i++) {
        const char *const mine = string(i * 7 % 50);
        const loft_status r = i % 3 ? smap_put(&s, main_me, mine, i) : smap_put_if_absent(&s, main_me, mine, i);
        good = good && (r == LOFT_OK || r == LOFT_REPLACED || r == LOFT_EXISTS);
        if (r == LOFT_EXISTS)
            free_string(mine);
        if (i % 5 == 0) {
            char of[16];
            snprintf(of, sizeof of, "%04d", i % 50);
            (void)smap_remove(&s, main_me, of, NULL);
        }
    }
    ok(good && loft_load(&strings, relaxed) >= (long)smap_approx_len(&s, main_me), "keys that the map frees");
    smap_fini(&s);
    stop();
    ok(loft_load(&strings, relaxed) == 0, "all of them are freed once");
}

/* ---- comparisons that lie ---------------------------------------------------------------------------------------- */

static bool visit_liar(int k, int v, void *ctx) { (void)k; (void)v; (void)ctx; return true; }

static void
liars(void)
{
    liar m;
    int v;
    int k;
    start();
    if (liar_init(&m, &domain) != LOFT_OK)
        abort();
    told = BY_CHANCE;
    const unsigned long long rounds = scaled(20000);
    for (unsigned long long i = 0; i < rounds; i++) {
        k = (int)draw(&seed, 20);
        switch (draw(&seed, 6)) {
        case 0: case 1: whatever((int)liar_put(&m, main_me, k, k)); break;
        case 2: case 3: (void)liar_remove(&m, main_me, k, &v); break;
        case 4: whatever(liar_floor(&m, main_me, k, &k, &v)); break;
        case 5: (void)liar_pop_last(&m, main_me, &k, &v); break;
        }
        rest(main_me);
    }
    (void)liar_clear(&m, main_me);
    ok(liar_is_empty(&m, main_me), "with a comparison that lies nothing breaks, and clear takes everything out");
    size_t walked = 0;
    for (int from = 0; from < LIES; from++)
        for (int to = 0; to < LIES; to++) {              /* filled with one lie, gone through with another     */
            told = (enum lie)from;
            for (k = 0; k < 100; k++)
                whatever((int)liar_put(&m, main_me, k % 40, k));
            told = (enum lie)to;
            walked += liar_for_each(&m, main_me, NULL, NULL, 0, visit_liar, NULL);
            walked += liar_for_each_down(&m, main_me, NULL, NULL, 0, visit_liar, NULL);
            k = 7;
            walked += liar_count(&m, main_me, &k, NULL, 0) + liar_approx_len(&m, main_me);
            (void)liar_clear(&m, main_me);
            rest(main_me);
        }
    ok(walked > 0 && liar_is_empty(&m, main_me), "and walks come to an end, whichever way it lies");
    liar_fini(&m);
    stop();
}

/* ---- no memory --------------------------------------------------------------------------------------------------- */

static void
no_memory(void)
{
    loft_alloc_stats before;
    wmap m;
    int calls = 0;
    wide out = wide_of(0);
    start();
    if (wmap_init(&m, &domain) != LOFT_OK || wmap_put(&m, main_me, 1, wide_of(1)) != LOFT_OK)
        abort();
    before = loft_alloc_stats_get();
    loft_alloc_fail_from(0);
    const bool refused =
        wmap_put(&m, main_me, 2, wide_of(2)) == LOFT_NOMEM && wmap_put(&m, main_me, 1, wide_of(2)) == LOFT_NOMEM
        && wmap_put_if_absent(&m, main_me, 0, wide_of(2)) == LOFT_NOMEM
        && wmap_get_or_insert(&m, main_me, 2, wide_of(2), &out) == LOFT_NOMEM
        && wmap_get_or_insert_with(&m, main_me, 2, make_5, &calls, &out) == LOFT_NOMEM
        && wmap_replace(&m, main_me, 1, wide_of(2), &out) == LOFT_NOMEM
        && wmap_replace_if(&m, main_me, 1, wide_of(1), wide_of(2)) == LOFT_NOMEM
        && wmap_update(&m, main_me, 1, add_7, &calls) == LOFT_NOMEM;
    ok(refused && out.a == 0, "without memory each call that needs some says so");
    ok(wmap_put_if_absent(&m, main_me, 1, wide_of(2)) == LOFT_EXISTS
           && wmap_replace(&m, main_me, 2, wide_of(2), &out) == LOFT_NOT_FOUND
           && wmap_replace_if(&m, main_me, 1, wide_of(5), wide_of(2)) == LOFT_EXISTS
           && wmap_update(&m, main_me, 1, refuse, &calls) == LOFT_EXISTS && wmap_get(&m, main_me, 1, &out) && out.a == 1
           && wmap_approx_len(&m, main_me) == 1 && wmap_last(&m, main_me, NULL, &out),
       "those that need none say what they always say");
    ok(wmap_remove(&m, main_me, 1, &out) && wmap_is_empty(&m, main_me), "and what is in comes out");
    ok(loft_alloc_fail_stop() >= 8 && loft_alloc_stats_get().live <= before.live, "nothing is lost");
    ok(wmap_put(&m, main_me, 1, wide_of(1)) == LOFT_OK, "with memory it goes on");
    wmap_fini(&m);
    stop();
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

enum { HOT = 16 };

struct stress {
    wmap m;
    long net[TEST_THREADS_MAX][HOT];                     /* put, less removed                                  */
    uint64_t added[TEST_THREADS_MAX];
    unsigned long wrong[TEST_THREADS_MAX];
    unsigned long long rounds;
    int keys;
};
static struct stress shared;

static bool
rising(int k, wide v, void *ctx)
{
    int *const last = (int *)ctx;
    const bool good = k > *last && whole(v);
    *last = good ? k : 1 << 30;
    return good;
}

static bool
falling(int k, wide v, void *ctx)
{
    int *const last = (int *)ctx;
    const bool good = k < *last && whole(v);
    *last = good ? k : -1;
    return good;
}

/* By a cursor and by a scan, which do not turn round. */
static bool
goes_step_by_step(struct stress *s, S_(thread) *me, bool down)
{
    const unsigned how = down ? LOFT_RANGE_DOWN : 0;
    wmap_cursor c;
    wide v;
    int last = down ? s->keys : -1;
    int k;
    bool good = true;
    wmap_cursor_begin(&c, &s->m, NULL, NULL, how);
    while (wmap_cursor_next(&c, me, &k, &v)) {
        good = good && (down ? k < last : k > last) && whole(v);
        last = k;
    }
    wmap_cursor_end(&c);
#if SCANS
    wmap_scan a;
    last = down ? s->keys : -1;
    wmap_scan_begin(&a, &s->m, me, NULL, NULL, how);
    while (wmap_scan_next(&a, &k, &v)) {
        good = good && (down ? k < last : k > last) && whole(v);
        last = k;
    }
    wmap_scan_end(&a);
#endif
    return good;
}

static void
churn(void *arg, int id)
{
    struct stress *const s = (struct stress *)arg;
    S_(thread) *const me = S_(join)(&domain);
    uint64_t r = 1234567u + (uint64_t)id * 7919u;
    chaos_on((uint32_t)id + 1u);
    for (unsigned long long i = 0; i < s->rounds; i++) {
        const int k = (int)draw(&r, (uint64_t)s->keys);
        wide v = wide_of(((uint64_t)id << 32) + i);
        int at = -1;
        int last = -1;
        int falls = 1 << 30;
        int calls = 0;
        switch (draw(&r, 19)) {
        case 0: case 1: case 2: s->net[id][k] += wmap_put(&s->m, me, k, v) == LOFT_OK; break;
        case 3: case 4:         s->net[id][k] += wmap_put_if_absent(&s->m, me, k, v) == LOFT_OK; break;
        case 5:                 s->net[id][k] += wmap_get_or_insert(&s->m, me, k, v, &v) == LOFT_OK; break;
        case 6: case 7: case 8: s->net[id][k] -= wmap_remove(&s->m, me, k, &v); break;
        case 9:                 whatever(wmap_get(&s->m, me, k, &v)); break;
        case 10:                if (wmap_pop_first(&s->m, me, &at, &v)) s->net[id][at]--; break;
        case 11:                if (wmap_pop_last(&s->m, me, &at, &v)) s->net[id][at]--; break;
        case 12:                whatever((int)wmap_update(&s->m, me, k, add_7, &calls)); break;
        case 13:                s->wrong[id] += wmap_ceiling(&s->m, me, k, &at, &v) && at < k; break;
        case 14:                s->wrong[id] += wmap_lower(&s->m, me, k, &at, &v) && at >= k; break;
        case 15:                (void)wmap_for_each(&s->m, me, NULL, NULL, 0, rising, &last); break;
        case 16:                (void)wmap_for_each_down(&s->m, me, NULL, NULL, 0, falling, &falls); break;
        case 17: case 18:       s->wrong[id] += !goes_step_by_step(s, me, draw(&r, 2) != 0); break;
        }
        s->wrong[id] += !whole(v) || last == 1 << 30 || falls == -1;
        rest(me);
    }
    chaos_off();
    S_(leave)(me);
}

/* Keys 0 to HOT - 1 are always there, and grow. */
static void
adds(void *arg, int id)
{
    struct stress *const s = (struct stress *)arg;
    S_(thread) *const me = S_(join)(&domain);
    uint64_t r = 99u + (uint64_t)id;
    uint64_t last[HOT];
    memset(last, 0, sizeof last);
    chaos_on((uint32_t)id + 11u);
    for (unsigned long long i = 0; i < s->rounds; i++) {
        const int k = (int)draw(&r, (uint64_t)s->keys);
        wide v = wide_of(0);
        int calls = 0;
        if (draw(&r, 2) == 0) {
            s->wrong[id] += wmap_update(&s->m, me, k, add_7, &calls) != LOFT_REPLACED;
            s->added[id]++;
        } else {
            int at = -1;
            s->wrong[id] += !wmap_get(&s->m, me, k, &v) || !whole(v) || v.a < last[k];
            last[k] = v.a;
            s->wrong[id] += !wmap_floor(&s->m, me, k, &at, &v) || at != k || !wmap_contains(&s->m, me, k);
        }
        rest(me);
    }
    chaos_off();
    S_(leave)(me);
}

static LOFT_ATOMIC(long) popped[1024];
static void
pops(void *arg, int id)
{
    struct stress *const s = (struct stress *)arg;
    S_(thread) *const me = S_(join)(&domain);
    int k = -1;
    int last = -1;
    wide v;
    chaos_on((uint32_t)id + 21u);
    while (wmap_pop_first(&s->m, me, &k, &v)) {
        s->wrong[id] += k <= last || !whole(v);          /* nobody puts, so they rise                          */
        last = k;
        (void)loft_fetch_add(&popped[k], 1L, relaxed);
        rest(me);
    }
    chaos_off();
    S_(leave)(me);
}

static unsigned long
wrongs(const struct stress *s)
{
    unsigned long n = 0;
    for (int t = 0; t < TEST_THREADS_MAX; t++)
        n += s->wrong[t];
    return n;
}

static void
threads(void)
{
    static const int numbers[] = { 2, 4, 8 };
    char text[80];
    for (int j = 0; j < 6; j++) {
        const int n = numbers[j % 3];
        memset(&shared.net, 0, sizeof shared.net);
        memset(&shared.wrong, 0, sizeof shared.wrong);
        shared.keys = j < 3 ? HOT : 2;
        shared.rounds = scaled(60000) / (unsigned)n + 10u;
        start();
        if (wmap_init(&shared.m, &domain) != LOFT_OK)
            abort();
        rest(main_me);
        S_(leave)(main_me);
        run_threads(n, churn, &shared);
        main_me = S_(join)(&domain);
        unsigned long bad = 0;
        size_t len = 0;
        for (int k = 0; k < HOT; k++) {
            long net = 0;
            for (int t = 0; t < n; t++)
                net += shared.net[t][k];
            bad += net != (wmap_contains(&shared.m, main_me, k) ? 1 : 0);
            len += (size_t)(net == 1);
        }
        snprintf(text, sizeof text, "%d threads on %d keys: what went in is in or came out", n, shared.keys);
        ok(bad == 0 && len == wmap_approx_len(&shared.m, main_me), text);
        ok_eq(wrongs(&shared), 0, "nothing torn, and all in order");
        wmap_fini(&shared.m);
        stop();
    }
    for (int j = 0; j < 2; j++) {
        const int n = j ? 8 : 4;
        uint64_t sum = 0;
        uint64_t want = 0;
        memset(&shared.wrong, 0, sizeof shared.wrong);
        memset(&shared.added, 0, sizeof shared.added);
        shared.keys = j ? 3 : HOT;
        shared.rounds = scaled(60000) / (unsigned)n + 10u;
        start();
        if (wmap_init(&shared.m, &domain) != LOFT_OK)
            abort();
        for (int k = 0; k < shared.keys; k++)
            if (wmap_put(&shared.m, main_me, k, wide_of(0)) != LOFT_OK)
                abort();
        S_(leave)(main_me);
        run_threads(n, adds, &shared);
        main_me = S_(join)(&domain);
        for (int k = 0; k < shared.keys; k++) {
            wide v = wide_of(0);
            whatever(wmap_get(&shared.m, main_me, k, &v));
            sum += v.a;
        }
        for (int t = 0; t < n; t++)
            want += 7u * shared.added[t];
        ok_eq(sum, want, "updates beside each other are all there");
        ok_eq(wrongs(&shared), 0, "a key that is replaced is there all the time, and its values do not go back");
        wmap_fini(&shared.m);
        stop();
    }
    start();
    if (wmap_init(&shared.m, &domain) != LOFT_OK)
        abort();
    memset(&shared.wrong, 0, sizeof shared.wrong);
    for (int k = 1023; k >= 0; k--) {
        loft_init(&popped[k], 0L);
        if (wmap_put(&shared.m, main_me, k, wide_of(1)) != LOFT_OK)
            abort();
    }
    S_(leave)(main_me);
    run_threads(4, pops, &shared);
    main_me = S_(join)(&domain);
    unsigned long bad = 0;
    for (int k = 0; k < 1024; k++)
        bad += loft_load(&popped[k], relaxed) != 1;
    ok(bad == 0 && wrongs(&shared) == 0, "popped from four sides, each once, each side by rising keys");
    wmap_fini(&shared.m);
    stop();
}

/* ---- a thread that stops anywhere -------------------------------------------------------------------------------- */

struct victim {
    int what;
    long at;
    S_(thread) *me;
};

static void *
victim_main(void *arg)
{
    struct victim *const v = (struct victim *)arg;
    wide out;
    int calls = 0;
    int k;
    freeze_at(v->at);
    switch (v->what) {
    case 0: whatever((int)wmap_put(&shared.m, v->me, 3, wide_of(1))); break;
    case 1: whatever((int)wmap_put(&shared.m, v->me, 4, wide_of(1))); break;
    case 2: (void)wmap_remove(&shared.m, v->me, 4, &out); break;
    case 3: whatever((int)wmap_update(&shared.m, v->me, 4, add_7, &calls)); break;
    case 4: (void)wmap_pop_first(&shared.m, v->me, &k, &out); break;
    case 5: (void)wmap_pop_last(&shared.m, v->me, &k, &out); break;
    case 6: whatever(wmap_get(&shared.m, v->me, 4, &out)); break;
    case 7: whatever(wmap_ceiling(&shared.m, v->me, 3, &k, &out)); break;
    }
    freeze_end();
    return NULL;
}

/* All kinds of calls; they come to an end, and agree with each other. */
static bool
others_go_on(S_(thread) *me)
{
    bool good = true;
    wide out;
    int k = 0;
    int calls = 0;
    good = good && wmap_put(&shared.m, me, 1, wide_of(10)) == LOFT_OK && wmap_first(&shared.m, me, &k, &out) && k == 1;
    for (int i = 2; i < 8; i++) {
        const loft_status s = wmap_put(&shared.m, me, i, wide_of(20));
        good = good && (s == LOFT_OK || s == LOFT_REPLACED) && wmap_get(&shared.m, me, i, &out);
        good = good && wmap_update(&shared.m, me, i, add_7, &calls) == LOFT_REPLACED;
    }
    good = good && wmap_last(&shared.m, me, &k, &out) && k == 7 && wmap_count(&shared.m, me, NULL, NULL, 0) == 7;
    good = good && wmap_pop_first(&shared.m, me, &k, &out) && k == 1;
    good = good && wmap_pop_last(&shared.m, me, &k, &out) && k == 7;
    for (int i = 2; i < 7; i++)
        good = good && wmap_remove(&shared.m, me, i, &out);
    return good && wmap_is_empty(&shared.m, me);
}

static void
frozen(void)
{
    static const char *const name[] = {
        "put of a new key", "put of an old one", "remove", "update", "pop_first", "pop_last", "get", "ceiling"
    };
    char text[120];
    for (int what = 0; what < 8; what++) {
        long places = 0;
        unsigned long bad = 0;
        for (bool stopped = true; stopped;) {
            struct victim v;
            pthread_t id;
            start();
            if (wmap_init(&shared.m, &domain) != LOFT_OK)
                abort();
            for (int k = 6; k > 0; k -= 2)
                if (wmap_put(&shared.m, main_me, k, wide_of(1)) != LOFT_OK)
                    abort();
            v.what = what;
            v.at = places;
            v.me = S_(join)(&domain);
            if (!v.me)
                abort();
            freeze_arm();
            if (pthread_create(&id, NULL, victim_main, &v) != 0)
                abort();
            stopped = freeze_wait();
            if (stopped) {
                places++;
                bad += !others_go_on(main_me);
                freeze_release();
            }
            pthread_join(id, NULL);
            S_(leave)(v.me);
            wmap_fini(&shared.m);
            stop();
        }
        snprintf(text, sizeof text, "%s stopped at each of its %ld places: the others go on", name[what], places);
        ok(bad == 0 && places > 3, text);
    }
}

/* ---- names that the user has ------------------------------------------------------------------------------------- */

/* What the header calls so itself hides them. The value is too large for copies of many on the stack. */
#pragma GCC diagnostic ignored "-Wshadow"
typedef int key;
typedef struct val { char bytes[65536]; } val;
#define LOFT_MAP_NAME  m
#define LOFT_MAP_KEY   key
#define LOFT_MAP_VAL   val
#define LOFT_MAP_SMR   SMR
#include <loft/map/list.h>

typedef struct k { int key; } k;
typedef struct v { int val; } v;
#define LOFT_MAP_NAME       at
#define LOFT_MAP_KEY        k
#define LOFT_MAP_VAL        v
#define LOFT_MAP_CMP(x, y)  loft_cmp_int((x).key, (y).key)
#define LOFT_MAP_EQ(x, y)   ((x).val == (y).val)
#define LOFT_MAP_SMR        SMR
#include <loft/map/list.h>

static void
names(void)
{
    static val large;
    static val got;
    m map;
    start();
    bool good = m_init(&map, &domain) == LOFT_OK;
    for (int i = 0; i < 20; i++) {
        large.bytes[65535] = (char)i;
        good = good && m_put(&map, main_me, i, large) == LOFT_OK;
    }
    good = good && m_get(&map, main_me, 7, &got) && got.bytes[65535] == 7 && m_approx_len(&map, main_me) == 20;
    ok(good && sizeof(m_batch_) < sizeof(val) / 64, "to count, large values are not copied; a key may be called key");
    m_fini(&map);
    stop();
}

int
main(void)
{
    names();
    no_domain();
    foreign_record();
    against_an_array();
    sets();
    visitors();
    cursors();
    sorted();
    orders();
    ownership();
    liars();
    no_memory();
    threads();
    frozen();
    return done();
}
