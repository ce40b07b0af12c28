/* SPDX-License-Identifier: MIT
 *
 * tests/map/bounded.c - map/bounded.h around list.h: each call against an array under each policy, places that are
 * given back, who owns what was refused, sorted arrays, orders chosen at run time, threads, and one that stops in the
 * middle.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: also release -DNDEBUG
 */
#include "guard.h"

#include <loft/core/alloc.h>
#include <loft/smr/ebr.h>

#include "tap.h"

/* Values that are the map's once it has taken them; everybody else's are counted. */
static LOFT_ATOMIC(long) released;
static void count_release(int v) { (void)v; (void)loft_fetch_add(&released, 1L, relaxed); }

#define LOFT_MAP_NAME            all
#define LOFT_MAP_KEY             int
#define LOFT_MAP_VAL             int
#define LOFT_MAP_EQ(a, b)        ((a) == (b))
#define LOFT_MAP_VAL_RELEASE(v)  count_release(v)
#define LOFT_MAP_SMR             loft_ebr
#include <loft/map/list.h>
#define LOFT_MAP_NAME            few
#define LOFT_MAP_VAL             int
#define LOFT_MAP_EQ
#define LOFT_MAP_ENGINE          all
#include <loft/map/bounded.h>

#define LOFT_MAP_NAME            all_keys
#define LOFT_MAP_KEY             int
#define LOFT_MAP_OBJECT
#define LOFT_MAP_SMR             loft_ebr
#include <loft/map/list.h>
#define LOFT_MAP_NAME            few_keys
#define LOFT_MAP_ENGINE          all_keys
#include <loft/map/bounded.h>

static loft_ebr domain;
static loft_ebr_thread *me;

static void
start(void)
{
    if (loft_ebr_init(&domain, NULL) != LOFT_OK || !(me = loft_ebr_join(&domain)))
        abort();
    loft_init(&released, 0L);
}

static void
stop(void)
{
    loft_ebr_leave(me);
    if (loft_ebr_fini(&domain) != LOFT_OK)
        abort();
}

static void
open_map(few *m, size_t capacity, loft_bounded_full full)
{
    few_options o;
    memset(&o, 0, sizeof o);
    o.capacity = capacity;
    o.full = full;
    if (few_init_with(m, &domain, &o) != LOFT_OK)
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

enum { KEYS = 12, CAPACITY = 5 };
static bool in[KEYS];
static int value[KEYS];

static int
near(int k, int step)
{
    for (; k >= 0 && k < KEYS; k += step)
        if (in[k])
            return k;
    return -1;
}

static size_t
count_in(void)
{
    size_t n = 0;
    for (int k = 0; k < KEYS; k++)
        n += in[k];
    return n;
}

static bool make_v(int *v, void *ctx) { *v = *(int *)ctx; ++*(int *)ctx; return true; }
static bool make_none(int *v, void *ctx) { (void)v; ++*(int *)ctx; return false; }
static bool add_1(int *v, void *ctx) { (void)ctx; ++*v; return true; }

struct seen {
    int last;
    int step;
    size_t n;
    bool right;
};
static bool
look(int k, int v, void *ctx)
{
    struct seen *const s = (struct seen *)ctx;
    s->right = s->right && near(s->last + s->step, s->step) == k && value[k] == v;
    s->last = k;
    s->n++;
    return true;
}

/* What the array does for a new key; FULL, or OK. */
static loft_status
array_new(int k, int v, loft_bounded_full full)
{
    if (count_in() == CAPACITY) {
        if (full == LOFT_BOUNDED_REFUSE)
            return LOFT_FULL;
        in[full == LOFT_BOUNDED_DROP_FIRST ? near(0, 1) : near(KEYS - 1, -1)] = false;
    }
    in[k] = true;
    value[k] = v;
    return LOFT_OK;
}

/* One call; false: the map and the array disagree. */
static bool
one_call(few *m, int what, int k, int v, loft_bounded_full full)
{
    const bool was = in[k];
    const int before = value[k];
    const bool expected = draw(&seed, 2) == 0;
    loft_status want = LOFT_EXISTS;
    loft_status s;
    int out = -3;
    int at = -7;
    int near_k = -1;
    int made = v;
    bool got = false;
    switch (what) {
    case 0: case 1: case 2: case 3:
        s = few_put(m, me, k, v);
        want = was ? LOFT_REPLACED : array_new(k, v, full);
        if (was)
            value[k] = v;
        return s == want;
    case 4:
        s = few_put_if_absent(m, me, k, v);
        return s == (was ? LOFT_EXISTS : array_new(k, v, full));
    case 5:
        s = few_get_or_insert(m, me, k, v, &out);
        want = was ? LOFT_EXISTS : array_new(k, v, full);
        return s == want && out == (want == LOFT_FULL ? -3 : value[k]);
    case 6:
        s = few_get_or_insert_with(m, me, k, make_v, &made, &out);
        want = was ? LOFT_EXISTS : array_new(k, v, full);
        return s == want && out == (want == LOFT_FULL ? -3 : value[k]) && (made != v) == (want == LOFT_OK);
    case 7:
        s = few_replace(m, me, k, v, &out);
        if (was)
            value[k] = v;
        return s == (was ? LOFT_REPLACED : LOFT_NOT_FOUND) && out == (was ? before : -3);
    case 8:
        s = few_replace_if(m, me, k, expected ? before : before + 1, v);
        if (was && expected)
            value[k] = v;
        return s == (!was ? LOFT_NOT_FOUND : expected ? LOFT_REPLACED : LOFT_EXISTS);
    case 9:
        s = few_update(m, me, k, add_1, NULL);
        value[k] += was;
        return s == (was ? LOFT_REPLACED : LOFT_NOT_FOUND);
    case 10:
        got = few_remove(m, me, k, &out);
        in[k] = false;
        return got == was && out == (was ? before : -3);
    case 11:
        got = few_remove_if(m, me, k, expected ? before : before + 1);
        in[k] = was && !expected;
        return got == (was && expected);
    case 12:
        return few_get(m, me, k, &out) == was && out == (was ? before : -3) && few_contains(m, me, k) == was;
    case 13: near_k = near(0, 1); got = few_first(m, me, &at, &out); break;
    case 14: near_k = near(KEYS - 1, -1); got = few_last(m, me, &at, &out); break;
    case 15: near_k = near(k, -1); got = few_floor(m, me, k, &at, &out); break;
    case 16: near_k = near(k, 1); got = few_ceiling(m, me, k, &at, &out); break;
    case 17: near_k = near(k - 1, -1); got = few_lower(m, me, k, &at, &out); break;
    case 18: near_k = near(k + 1, 1); got = few_higher(m, me, k, &at, &out); break;
    case 19: near_k = near(0, 1); got = few_pop_first(m, me, &at, &out); break;
    case 20: near_k = near(KEYS - 1, -1); got = few_pop_last(m, me, &at, &out); break;
    default: return false;
    }
    if (near_k < 0)
        return !got && at == -7 && out == -3;
    if (what >= 19)
        in[near_k] = false;
    return got && at == near_k && out == value[near_k];
}

/* Lengths and walks. */
static bool
agrees(few *m)
{
    const size_t n = count_in();
    struct seen up = { -1, 1, 0, true };
    struct seen down = { KEYS, -1, 0, true };
    struct seen steps = { -1, 1, 0, true };
    few_cursor c;
    int k;
    int v;
    few_cursor_begin(&c, m, NULL, NULL, 0);
    while (few_cursor_next(&c, me, &k, &v))
        (void)look(k, v, &steps);
    few_cursor_end(&c);
    return few_approx_len(m, me) == n && few_remaining(m) == CAPACITY - n && few_is_full(m) == (n == CAPACITY)
        && few_is_empty(m, me) == (n == 0) && few_count(m, me, NULL, NULL, 0) == n
        && few_for_each(m, me, NULL, NULL, 0, look, &up) == n && up.right
        && few_for_each_down(m, me, NULL, NULL, 0, look, &down) == n && down.right && steps.n == n && steps.right;
}

static void
against_an_array(void)
{
    static const char *const name[] = { "refuses", "drops the lowest", "drops the highest" };
    char text[100];
    for (int full = 0; full < 3; full++) {
        unsigned long wrong = 0;
        unsigned long times_full = 0;
        few m;
        start();
        open_map(&m, CAPACITY, (loft_bounded_full)full);
        memset(in, 0, sizeof in);
        const unsigned long long rounds = scaled(60000);
        for (unsigned long long i = 0; i < rounds; i++) {
            const int what = (int)draw(&seed, i / 1000 % 2 ? 21 : 10);
            wrong += !one_call(&m, what, (int)draw(&seed, KEYS), (int)i, (loft_bounded_full)full);
            times_full += few_is_full(&m);
            if (i % 16 == 0)
                wrong += !agrees(&m);
        }
        snprintf(text, sizeof text, "a full map that %s, against an array", name[full]);
        ok(wrong == 0 && times_full > rounds / 8 && few_capacity(&m) == CAPACITY, text);
        ok(few_clear(&m, me) == count_in() && few_remaining(&m) == CAPACITY && few_is_empty(&m, me),
           "cleared, it has all its places");
        few_fini(&m);
        stop();
    }
}

/* ---- init -------------------------------------------------------------------------------------------------------- */

static void
beginnings(void)
{
    enum { N = 8 };
    int key[N];
    int val[N];
    few m;
    few_keys s;
    few_options o;
    few_keys_options k;
    start();
    for (int i = 0; i < N; i++)
        val[i] = key[i] = 10 * i;
    memset(&o, 0, sizeof o);
    ok(few_init(&m, &domain, 0) == LOFT_INVAL && few_init(&m, NULL, 1) == LOFT_INVAL
           && few_init_with(&m, &domain, NULL) == LOFT_INVAL && few_init_with(&m, &domain, &o) == LOFT_INVAL
           && few_init_sorted(&m, me, &domain, NULL, key, val, 0) == LOFT_INVAL
           && few_init_sorted(&m, me, &domain, &o, key, val, 0) == LOFT_INVAL, "a map for nothing is refused");
    o.capacity = N;
    ok(few_init_sorted(&m, me, &domain, &o, key, val, N) == LOFT_OK && few_is_full(&m)
           && few_put(&m, me, 5, 5) == LOFT_FULL && few_put(&m, me, 10, 11) == LOFT_REPLACED, "one made full");
    few_fini(&m);
    o.capacity = N - 1;
    ok(few_init_sorted(&m, me, &domain, &o, key, val, N) == LOFT_FULL, "more than its places are refused");
    o.capacity = N + 1;
    key[N - 1] = 0;
    ok(few_init_sorted(&m, me, &domain, &o, key, val, N) == LOFT_INVAL
           && few_init_sorted(&m, me, &domain, &o, key, val, N - 1) == LOFT_OK && few_remaining(&m) == 2,
       "and keys that do not rise");
    few_fini(&m);
    memset(&k, 0, sizeof k);
    k.capacity = 2;
    k.full = LOFT_BOUNDED_DROP_FIRST;
    ok(few_keys_init(&s, &domain, 2) == LOFT_INVAL && few_keys_init_with(&s, &domain, &k) == LOFT_INVAL,
       "an engine that needs an order gets it by init_with");
    loft_cmp plain;
    if (loft_cmp_make(&plain, loft_cmp_int_fn, NULL) != LOFT_OK
        || loft_cmp_make(&k.engine.cmp, loft_cmp_reverse_fn, &plain) != LOFT_OK)
        abort();
    ok(few_keys_init_with(&s, &domain, &k) == LOFT_OK && few_keys_put(&s, me, 1) == LOFT_OK
           && few_keys_put(&s, me, 2) == LOFT_OK && few_keys_put(&s, me, 2) == LOFT_EXISTS
           && few_keys_put_if_absent(&s, me, 3) == LOFT_OK && !few_keys_contains(&s, me, 2)
           && few_keys_put(&s, me, 1) == LOFT_EXISTS && few_keys_is_full(&s),
       "a set that drops the first, turned round");
    ok(few_keys_remove(&s, me, 1) && !few_keys_remove(&s, me, 1) && few_keys_pop_first(&s, me, NULL)
           && !few_keys_pop_last(&s, me, NULL) && few_keys_remaining(&s) == 2, "and gives places back");
    few_keys_fini(&s);
    stop();
}

/* ---- who owns what ----------------------------------------------------------------------------------------------- */

static void
ownership(void)
{
    few m;
    int made = 7;
    int out = 0;
    start();
    open_map(&m, 2, LOFT_BOUNDED_REFUSE);
    ok(few_put(&m, me, 1, 1) == LOFT_OK && few_put(&m, me, 2, 2) == LOFT_OK && few_put(&m, me, 3, 3) == LOFT_FULL
           && few_put_if_absent(&m, me, 3, 3) == LOFT_FULL && few_get_or_insert(&m, me, 3, 3, &out) == LOFT_FULL
           && few_get_or_insert_with(&m, me, 3, make_v, &made, &out) == LOFT_FULL && made == 7 && out == 0
           && loft_load(&released, relaxed) == 0, "what is refused stays the caller's, and nothing is made for it");
    (void)few_remove(&m, me, 1, NULL);
    ok(few_get_or_insert_with(&m, me, 3, make_none, &made, &out) == LOFT_NOT_FOUND && made == 8
           && few_remaining(&m) == 1, "one for which nothing is made needs no place");
    few_fini(&m);
    stop();
    ok_eq(loft_load(&released, relaxed), 2, "what was taken is released once");
    start();
    open_map(&m, 2, LOFT_BOUNDED_DROP_LAST);
    for (int i = 0; i < 10; i++)
        if (few_put(&m, me, i, i) != LOFT_OK)
            abort();
    ok(few_contains(&m, me, 0) && few_contains(&m, me, 9) && few_approx_len(&m, me) == 2, "eight of ten are dropped");
    few_fini(&m);
    stop();
    ok_eq(loft_load(&released, relaxed), 10, "and released");
}

/* ---- no memory --------------------------------------------------------------------------------------------------- */

static void
no_memory(void)
{
    few m;
    int out = 0;
    int made = 1;
    start();
    open_map(&m, 2, LOFT_BOUNDED_REFUSE);
    if (few_put(&m, me, 1, 1) != LOFT_OK)
        abort();
    loft_alloc_fail_from(0);
    ok(few_put(&m, me, 2, 2) == LOFT_NOMEM && few_put(&m, me, 1, 2) == LOFT_NOMEM
           && few_put_if_absent(&m, me, 2, 2) == LOFT_NOMEM && few_get_or_insert(&m, me, 2, 2, &out) == LOFT_NOMEM
           && few_get_or_insert_with(&m, me, 2, make_v, &made, &out) == LOFT_NOMEM && few_remaining(&m) == 1,
       "without memory no place is lost");
    (void)loft_alloc_fail_stop();
    ok(few_put(&m, me, 2, 2) == LOFT_OK && few_is_full(&m), "with memory it goes on");
    few_fini(&m);
    stop();
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

struct stress {
    few m;
    unsigned long wrong[TEST_THREADS_MAX];
    long net[TEST_THREADS_MAX];
    unsigned long long rounds;
};
static struct stress shared;

static void
churn(void *arg, int id)
{
    struct stress *const s = (struct stress *)arg;
    loft_ebr_thread *const mine = loft_ebr_join(&domain);
    uint64_t r = 1234567u + (uint64_t)id * 7919u;
    chaos_on((uint32_t)id + 1u);
    for (unsigned long long i = 0; i < s->rounds; i++) {
        const int k = (int)draw(&r, KEYS);
        int v = (int)i;
        loft_status was = LOFT_EXISTS;
        switch (draw(&r, 10)) {
        case 0: case 1: case 2: was = few_put(&s->m, mine, k, v); break;
        case 3: was = few_put_if_absent(&s->m, mine, k, v); break;
        case 4: was = few_get_or_insert(&s->m, mine, k, v, &v); break;
        case 5: case 6: s->net[id] -= few_remove(&s->m, mine, k, NULL); break;
        case 7: s->net[id] -= few_pop_first(&s->m, mine, NULL, NULL); break;
        case 8: s->net[id] -= few_pop_last(&s->m, mine, NULL, NULL); break;
        case 9: s->wrong[id] += few_remaining(&s->m) > CAPACITY; break;
        }
        s->net[id] += was == LOFT_OK;
        s->wrong[id] += was == LOFT_NOMEM;
    }
    chaos_off();
    loft_ebr_leave(mine);
}

static void
threads(void)
{
    static const int numbers[] = { 2, 4, 8 };
    char text[100];
    for (int j = 0; j < 9; j++) {
        const int n = numbers[j % 3];
        const loft_bounded_full full = (loft_bounded_full)(j / 3);
        unsigned long wrong = 0;
        long net = 0;
        memset(&shared.wrong, 0, sizeof shared.wrong);
        memset(&shared.net, 0, sizeof shared.net);
        shared.rounds = scaled(40000) / (unsigned)n + 10u;
        start();
        open_map(&shared.m, CAPACITY, full);
        loft_ebr_leave(me);
        run_threads(n, churn, &shared);
        me = loft_ebr_join(&domain);
        for (int t = 0; t < n; t++) {
            wrong += shared.wrong[t];
            net += shared.net[t];
        }
        const size_t len = few_count(&shared.m, me, NULL, NULL, 0);
        snprintf(text, sizeof text, "%d threads, policy %d: at the end each place has its entry", n, (int)full);
        ok(wrong == 0 && len <= CAPACITY && few_remaining(&shared.m) == CAPACITY - len
               && (full != LOFT_BOUNDED_REFUSE || net == (long)len), text);
        few_fini(&shared.m);
        stop();
    }
}

/* ---- a thread that stops anywhere -------------------------------------------------------------------------------- */

struct victim {
    int what;
    long at;
    loft_ebr_thread *me;
};

static void *
victim_main(void *arg)
{
    struct victim *const v = (struct victim *)arg;
    freeze_at(v->at);
    if (v->what)
        (void)few_remove(&shared.m, v->me, 1, NULL);
    else
        (void)!few_put(&shared.m, v->me, 7, 7);
    freeze_end();
    return NULL;
}

/* One place at most is missing, and nobody waits for it. */
static bool
others_go_on(void)
{
    int filled = 0;
    for (int k = 20; k < 30; k++)
        filled += few_put(&shared.m, me, k, k) == LOFT_OK;
    const size_t len = few_count(&shared.m, me, NULL, NULL, 0);
    bool good = few_is_full(&shared.m) && len <= CAPACITY && len >= CAPACITY - 1 && few_put(&shared.m, me, 20, 1)
        == LOFT_REPLACED;
    for (int k = 20; k < 20 + filled; k++)
        good = good && few_remove(&shared.m, me, k, NULL);
    return good;
}

static void
frozen(void)
{
    char text[100];
    for (int what = 0; what < 2; what++) {
        long places = 0;
        unsigned long bad = 0;
        for (bool stopped = true; stopped;) {
            struct victim v;
            pthread_t id;
            start();
            open_map(&shared.m, CAPACITY, LOFT_BOUNDED_REFUSE);
            if (few_put(&shared.m, me, 1, 1) != LOFT_OK)
                abort();
            v.what = what;
            v.at = places;
            v.me = loft_ebr_join(&domain);
            if (!v.me)
                abort();
            freeze_arm();
            if (pthread_create(&id, NULL, victim_main, &v) != 0)
                abort();
            stopped = freeze_wait();
            if (stopped) {
                places++;
                bad += !others_go_on();
                freeze_release();
            }
            pthread_join(id, NULL);
            loft_ebr_leave(v.me);
            bad += few_approx_len(&shared.m, me) != few_count(&shared.m, me, NULL, NULL, 0);
            few_fini(&shared.m);
            stop();
        }
        snprintf(text, sizeof text, "%s stopped at each of its %ld places: the others go on",
                 what ? "remove" : "put", places);
        ok(bad == 0 && places > 3, text);
    }
}

int
main(void)
{
    watchdog("map/bounded");
    against_an_array();
    beginnings();
    ownership();
    no_memory();
    threads();
    frozen();
    return done();
}
