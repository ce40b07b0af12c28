/* SPDX-License-Identifier: MIT
 *
 * tests/map/frozen.c - map/frozen.h: each call against an array for all lengths, ranges with all bounds and flags, set
 * algebra, equality and hashes, who owns what, copies of live maps and back, no memory, comparisons that lie, threads.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: also release -DNDEBUG
 */
#include "guard.h"

#include <loft/core/alloc.h>
#include <loft/smr/ebr.h>

#include "tap.h"

#define LOFT_MAP_NAME        imap
#define LOFT_MAP_KEY         int
#define LOFT_MAP_VAL         int
#define LOFT_MAP_EQ(a, b)    ((a) == (b))
#define LOFT_MAP_HASH(k, v)  ((unsigned)(k) * 31u + (unsigned)(v))
#include <loft/map/frozen.h>
#define LOFT_MAP_NAME        iset
#define LOFT_MAP_KEY         int
#define LOFT_MAP_HASH(k)     (unsigned)(k)
#include <loft/map/frozen.h>
#define LOFT_MAP_NAME        oset
#define LOFT_MAP_KEY         int
#define LOFT_MAP_OBJECT
#include <loft/map/frozen.h>
#define LOFT_MAP_NAME        smap
#define LOFT_MAP_KEY         const char *
#define LOFT_MAP_VAL         long
#define LOFT_MAP_CMP(a, b)   loft_cmp_str(a, b)
#include <loft/map/frozen.h>

/* Values that are aligned to more than the keys in front of them. */
struct wide {
    double d[2];
    char c;
};
#define LOFT_MAP_NAME        cmap
#define LOFT_MAP_KEY         char
#define LOFT_MAP_VAL         struct wide
#include <loft/map/frozen.h>

static uint32_t lies;
static int
lie(int a, int b)
{
    lies = lies * 1664525u + 1013904223u;
    (void)a;
    (void)b;
    return (int)(lies >> 16) % 3 - 1;
}
static bool lying;
#define LOFT_MAP_NAME        liar
#define LOFT_MAP_KEY         int
#define LOFT_MAP_CMP(a, b)   (lying ? lie(a, b) : loft_cmp_int(a, b))
#include <loft/map/frozen.h>

/* Things with a count of who holds them: keys and values of a frozen map and of a live one. */
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
#include <loft/map/frozen.h>
#define LOFT_MAP_NAME            tlive
#define LOFT_MAP_KEY             struct thing *
#define LOFT_MAP_VAL             struct thing *
#define LOFT_MAP_CMP(a, b)       compare_things(a, b)
#define LOFT_MAP_KEY_RETAIN(x)   hold(x)
#define LOFT_MAP_KEY_RELEASE(x)  let_go(x)
#define LOFT_MAP_VAL_RETAIN(x)   hold(x)
#define LOFT_MAP_VAL_RELEASE(x)  let_go(x)
#define LOFT_MAP_SMR             loft_ebr
#include <loft/map/list.h>

/* What has one owner. */
#define LOFT_MAP_NAME            owner
#define LOFT_MAP_KEY             struct thing *
#define LOFT_MAP_CMP(a, b)       compare_things(a, b)
#define LOFT_MAP_KEY_RELEASE(x)  let_go(x)
#include <loft/map/frozen.h>

static uint64_t seed = 88172645463325252u;
static uint64_t
draw(uint64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

/* ---- against an array -------------------------------------------------------------------------------------------- */

enum { KEYS = 40 };
struct model {
    bool in[KEYS];
    int value[KEYS];
    size_t n;
};

static void
fill(struct model *m, size_t n)
{
    memset(m, 0, sizeof *m);
    while (m->n < n) {
        const size_t k = (size_t)draw(KEYS);
        m->n += !m->in[k];
        m->in[k] = true;
        m->value[k] = (int)draw(1000);
    }
}

static void
build(imap *map, const struct model *m)
{
    int k[KEYS];
    int v[KEYS];
    size_t n = 0;
    for (int i = 0; i < KEYS; i++)
        if (m->in[i]) {
            k[n] = i;
            v[n++] = m->value[i];
        }
    if (imap_init_sorted(map, NULL, n ? k : NULL, n ? v : NULL, n) != LOFT_OK)
        abort();
}

static int
near(const struct model *m, int k, int step)
{
    for (; k >= 0 && k < KEYS; k += step)
        if (m->in[k])
            return k;
    return -1;
}

static bool
found(const struct model *m, int want, bool got, int k, int v)
{
    return want < 0 ? !got && k == -7 && v == -3 : got && k == want && v == m->value[want];
}

static size_t
wrong_lookups(const imap *map, const struct model *m)
{
    size_t wrong = imap_len(map) != m->n;
    wrong += imap_is_empty(map) != (m->n == 0);
    size_t below = 0;
    for (int q = -1; q <= KEYS; q++) {
        const bool there = q >= 0 && q < KEYS && m->in[q];
        int k, v, out = -3;
        bool got;
        wrong += imap_get(map, q, &out) != there || out != (there ? m->value[q] : -3);
        wrong += imap_contains(map, q) != there;
        wrong += imap_rank(map, q) != below;
        if (there) {
            k = -7, v = -3;
            got = imap_at(map, below, &k, &v);
            wrong += !found(m, q, got, k, v);
            below++;
        }
#define NEAR(call, want) \
        k = -7, v = -3, got = (call), wrong += !found(m, (want), got, k, v)
        NEAR(imap_first(map, &k, &v), near(m, 0, 1));
        NEAR(imap_last(map, &k, &v), near(m, KEYS - 1, -1));
        NEAR(imap_floor(map, q, &k, &v), near(m, q < KEYS ? q : KEYS - 1, -1));
        NEAR(imap_ceiling(map, q, &k, &v), near(m, q < 0 ? 0 : q, 1));
        NEAR(imap_lower(map, q, &k, &v), near(m, q - 1, -1));
        NEAR(imap_higher(map, q, &k, &v), near(m, q + 1, 1));
        NEAR(imap_at(map, m->n, &k, &v), -1);
#undef NEAR
    }
    wrong += imap_first(map, NULL, NULL) != (m->n > 0);
    return wrong;
}

struct seen {
    const struct model *m;
    int last;
    int step;
    size_t n;
    size_t stop;
    bool right;
};
static bool
look(int k, int v, void *ctx)
{
    struct seen *const s = (struct seen *)ctx;
    s->right = s->right && near(s->m, s->last + s->step, s->step) == k && s->m->value[k] == v;
    s->last = k;
    return ++s->n != s->stop;
}

/* One range, by each kind of walk. */
static size_t
wrong_walks(const imap *map, const struct model *m, const int *from, const int *to, unsigned how)
{
    const bool down = (how & LOFT_RANGE_DOWN) != 0;
    const int lo = (from ? *from : 0) + (from && how & LOFT_RANGE_AFTER ? 1 : 0);
    const int end = (to ? *to : KEYS) + (to && how & LOFT_RANGE_THROUGH ? 1 : 0);
    const int hi = end < KEYS ? end : KEYS;
    size_t n = 0;
    for (int k = lo; k < hi; k++)
        n += m->in[k];
    struct seen s = { m, down ? hi : lo - 1, down ? -1 : 1, 0, 0, true };
    struct seen by_scan = s;
    struct seen part = s;
    imap_scan scan;
    int k = -7;
    int v = -3;
    size_t wrong = imap_count(map, from, to, how) != n;
    wrong += imap_for_each(map, from, to, how, look, &s) != n || s.n != n || !s.right;
    imap_scan_begin(&scan, map, from, to, how);
    while (imap_scan_next(&scan, &k, &v))
        (void)look(k, v, &by_scan);
    wrong += by_scan.n != n || !by_scan.right || imap_scan_next(&scan, NULL, NULL);
    part.stop = 2;
    wrong += imap_for_each(map, from, to, how, look, &part) != (n < 2 ? n : 2) || !part.right;
    imap_scan_begin(&scan, map, from, to, how);
    imap_scan_end(&scan);
    wrong += imap_scan_next(&scan, NULL, NULL);
    if (down) {
        s.last = hi;
        s.n = 0;
        wrong += imap_for_each_down(map, from, to, how & ~LOFT_RANGE_DOWN, look, &s) != n || !s.right;
    }
    return wrong;
}

static void
against_an_array(void)
{
    size_t wrong = 0;
    size_t wrong_ranges = 0;
    for (size_t n = 0; n <= KEYS; n++) {
        struct model m;
        imap map;
        fill(&m, n);
        build(&map, &m);
        wrong += wrong_lookups(&map, &m);
        for (int i = 0; i < 60; i++) {
            const int from = (int)draw(KEYS + 1);
            const int to = (int)draw(KEYS + 1);
            for (unsigned how = 0; how < 8; how++)
                wrong_ranges += wrong_walks(&map, &m, i % 4 == 1 ? NULL : &from, i % 4 == 2 ? NULL : &to, how);
        }
        wrong_ranges += wrong_walks(&map, &m, NULL, NULL, 0) + wrong_walks(&map, &m, NULL, NULL, LOFT_RANGE_DOWN);
        imap_fini(&map);
    }
    ok_eq(wrong, 0, "lookups and neighbours, for 0 to 40 entries");
    ok_eq(wrong_ranges, 0, "ranges with all bounds and flags, up and down, visited and scanned");
}

static void
many(void)
{
    const size_t n = (size_t)scaled(100000);
    int *const key = (int *)calloc(n + 1, sizeof *key);
    iset s;
    size_t wrong = 0;
    if (!key)
        abort();
    for (size_t i = 0; i < n; i++)
        key[i] = (int)(2 * i);
    if (iset_init_sorted(&s, NULL, key, n) != LOFT_OK)
        abort();
    for (size_t i = 0; i < n; i++)
        wrong += !iset_contains(&s, (int)(2 * i)) || iset_contains(&s, (int)(2 * i + 1)) || iset_rank(&s, key[i]) != i;
    ok(wrong == 0 && !iset_contains(&s, -1), "many entries, each found, and none between them");
    iset_fini(&s);
    free(key);
}

/* ---- two of them ------------------------------------------------------------------------------------------------- */

static void
algebra(void)
{
    size_t wrong = 0;
    size_t unequal = 0;
    for (int round = 0; round < 200; round++) {
        struct model a, b, want[4];
        imap x, y, got[4], again;
        fill(&a, (size_t)draw(KEYS + 1));
        fill(&b, (size_t)draw(KEYS + 1));
        memset(want, 0, sizeof want);
        for (int k = 0; k < KEYS; k++) {
            want[0].in[k] = a.in[k] || b.in[k];
            want[1].in[k] = a.in[k] && b.in[k];
            want[2].in[k] = a.in[k] && !b.in[k];
            want[3].in[k] = a.in[k] != b.in[k];
            for (int i = 0; i < 4; i++) {
                want[i].value[k] = a.in[k] ? a.value[k] : b.value[k];
                want[i].n += want[i].in[k];
            }
        }
        build(&x, &a);
        build(&y, &b);
        if (imap_union(&got[0], &x, &y) != LOFT_OK || imap_intersection(&got[1], &x, &y) != LOFT_OK
            || imap_difference(&got[2], &x, &y) != LOFT_OK || imap_symmetric_difference(&got[3], &x, &y) != LOFT_OK)
            abort();
        for (int i = 0; i < 4; i++) {
            wrong += wrong_lookups(&got[i], &want[i]);
            build(&again, &want[i]);
            unequal += !imap_equal(&got[i], &again) || imap_hash(&got[i]) != imap_hash(&again);
            imap_fini(&again);
            if (want[i].n) {
                const int k = near(&want[i], 0, 1);
                want[i].value[k]++;
                build(&again, &want[i]);
                unequal += imap_equal(&got[i], &again) || imap_hash(&got[i]) == imap_hash(&again);
                imap_fini(&again);
                want[i].in[k] = false;
                build(&again, &want[i]);
                unequal += imap_equal(&got[i], &again);
                imap_fini(&again);
            }
            imap_fini(&got[i]);
        }
        if (imap_union(&again, &x, &x) != LOFT_OK)
            abort();
        unequal += !imap_equal(&again, &x);
        imap_fini(&again);
        imap_fini(&x);
        imap_fini(&y);
    }
    ok_eq(wrong, 0, "union, intersection, difference, symmetric difference; the first one's values win");
    ok_eq(unequal, 0, "maps of the same entries are equal and have one hash; others are not");
}

static void
sets_and_orders(void)
{
    static const int up[] = { 1, 2, 3 };
    static const int down[] = { 3, 2, 1 };
    static const char *const word[] = { "ab", "abc", "b" };
    static const long length[] = { 2, 3, 1 };
    loft_cmp rising;
    oset_options o, turned;
    oset a, b, c;
    iset s, t;
    smap m;
    const char *k = NULL;
    char abc[] = "abc";
    long v = 0;
    if (loft_cmp_make(&rising, loft_cmp_int_fn, NULL) != LOFT_OK
        || loft_cmp_make(&turned.cmp, loft_cmp_reverse_fn, &rising) != LOFT_OK)
        abort();
    o.cmp = rising;
    ok(oset_init_sorted(&a, NULL, up, 3) == LOFT_INVAL, "an order object is asked for");
    ok(oset_init_sorted(&a, &turned, up, 3) == LOFT_INVAL && oset_init_sorted(&a, &turned, down, 3) == LOFT_OK
           && oset_init_sorted(&b, &o, up, 3) == LOFT_OK,
       "and used: what rises is what it says");
    ok(!oset_equal(&a, &b) && oset_union(&c, &a, &b) == LOFT_INVAL, "sets of two orders do not come together");
    ok(oset_union(&c, &a, &a) == LOFT_OK && oset_equal(&c, &a) && oset_rank(&c, 1) == 2, "those of one do");
    oset_fini(&c);
    oset_fini(&b);
    oset_fini(&a);

    if (iset_init_sorted(&s, NULL, up, 3) != LOFT_OK || iset_init_sorted(&t, NULL, up, 2) != LOFT_OK)
        abort();
    ok(iset_hash(&s) != 0 && iset_hash(&s) == iset_hash(&s) && iset_hash(&t) != iset_hash(&s) && !iset_equal(&s, &t),
       "sets have a hash, and the same each time");
    iset_fini(&s);
    iset_fini(&t);
    if (iset_init_sorted(&s, NULL, NULL, 0) != LOFT_OK || iset_init_sorted(&t, NULL, NULL, 0) != LOFT_OK)
        abort();
    ok(iset_equal(&s, &t) && iset_hash(&s) == iset_hash(&t) && iset_hash(&s) != 0, "so have empty ones");
    iset_fini(&s);
    iset_fini(&t);

    if (smap_init_sorted(&m, NULL, word, length, 3) != LOFT_OK)
        abort();
    ok(smap_get(&m, abc, &v) && v == 3 && !smap_contains(&m, "a") && smap_floor(&m, "az", &k, NULL) && k == word[1],
       "strings are found by what is in them");
    smap_fini(&m);
}

static void
wide_values(void)
{
    cmap m;
    char k[5];
    struct wide v[5];
    struct wide out;
    size_t wrong = 0;
    memset(v, 0, sizeof v);
    for (int i = 0; i < 5; i++) {
        k[i] = (char)('a' + i);
        v[i].d[1] = i + 0.5;
    }
    if (cmap_init_sorted(&m, NULL, k, v, 5) != LOFT_OK)
        abort();
    for (int i = 0; i < 5; i++)
        wrong += !cmap_get(&m, (char)('a' + i), &out) || out.d[1] < i + 0.4 || out.d[1] > i + 0.6;
    wrong += (uintptr_t)m.rows.val % LOFT_ALIGNOF(struct wide) != 0;
    ok_eq(wrong, 0, "wide values behind narrow keys");
    cmap_fini(&m);
}

/* ---- who owns what ----------------------------------------------------------------------------------------------- */

enum { THINGS = 20 };
static struct thing key_of[THINGS];
static struct thing val_of[THINGS];
static struct thing *keys[THINGS];
static struct thing *vals[THINGS];

/* Everything is held once: by its maker. */
static void
make_things(void)
{
    for (int i = 0; i < THINGS; i++) {
        loft_init(&key_of[i].held, 1L);
        loft_init(&val_of[i].held, 1L);
        key_of[i].number = val_of[i].number = i;
        keys[i] = &key_of[i];
        vals[i] = &val_of[i];
    }
}

static bool
all_held(long times)
{
    bool all = true;
    for (int i = 0; i < THINGS; i++)
        all = all && loft_load(&key_of[i].held, relaxed) == times && loft_load(&val_of[i].held, relaxed) == times;
    return all;
}

static bool
let_both_go(struct thing *k, struct thing *v, void *ctx)
{
    let_go(k);
    let_go(v);
    return ++*(int *)ctx < THINGS;
}

static loft_ebr domain;
static loft_ebr_thread *me;

static loft_status
fill_live(struct thing *const *k, struct thing *const *v, size_t n, void *ctx)
{
    return tlive_init_sorted((tlive *)ctx, me, &domain, NULL, k, v, n);
}
static loft_status
fill_none(struct thing *const *k, struct thing *const *v, size_t n, void *ctx)
{
    (void)k;
    (void)v;
    (void)ctx;
    return n == THINGS ? LOFT_FULL : LOFT_OK;
}

static void
ownership(void)
{
    tmap m, other, sum;
    tmap_scan scan;
    tlive live;
    tmap_copy c;
    owner o;
    struct thing *k = NULL;
    struct thing *v = NULL;
    int n = 0;
    if (loft_ebr_init(&domain, NULL) != LOFT_OK || !(me = loft_ebr_join(&domain)))
        abort();
    make_things();
    if (tmap_init_sorted(&m, NULL, keys, vals, THINGS) != LOFT_OK)
        abort();
    ok(all_held(1), "what goes in is the map's");
    ok(tmap_get(&m, keys[3], &v) && v == vals[3] && loft_load(&v->held, relaxed) == 2
           && tmap_floor(&m, keys[4], &k, NULL) && k == keys[4] && loft_load(&k->held, relaxed) == 2
           && loft_load(&vals[4]->held, relaxed) == 1,
       "what comes out is retained, and what nobody wants is not");
    let_go(v);
    let_go(k);
    (void)tmap_for_each(&m, NULL, NULL, 0, let_both_go, &n);
    tmap_scan_begin(&scan, &m, NULL, NULL, 0);
    ok(all_held(1) && tmap_scan_next(&scan, &k, &v) && k == keys[0] && all_held(1), "a scan lends");

    if (tmap_init_sorted(&other, NULL, NULL, NULL, 0) != LOFT_OK || tmap_union(&sum, &m, &other) != LOFT_OK)
        abort();
    ok(all_held(2), "two maps with the same entries hold them twice");
    tmap_fini(&sum);
    tmap_fini(&other);

    ok(tmap_thaw(&m, fill_live, &live) == LOFT_OK && all_held(2) && tlive_contains(&live, me, keys[7])
           && tlive_approx_len(&live, me) == THINGS,
       "a thawed map is a live one with the same entries");
    ok(tmap_thaw(&m, fill_none, NULL) == LOFT_FULL && all_held(2), "what was not thawed is held by nobody");
    tmap_fini(&m);
    ok(all_held(1), "fini releases everything once");

    if (tmap_copy_begin(&c, NULL) != LOFT_OK)
        abort();
    (void)tlive_for_each(&live, me, NULL, NULL, 0, tmap_copy_add, &c);
    ok(tmap_copy_end(&c, &m) == LOFT_OK && all_held(2) && tmap_len(&m) == THINGS && tmap_rank(&m, keys[7]) == 7
           && m.rows.room == THINGS,
       "a copy of a live map holds its entries, and no more room than they need");
    tmap_fini(&m);
    if (tmap_copy_begin(&c, NULL) != LOFT_OK)
        abort();
    (void)tlive_for_each(&live, me, NULL, NULL, LOFT_RANGE_DOWN, tmap_copy_add, &c);
    ok(tmap_copy_end(&c, &m) == LOFT_INVAL && all_held(1), "downwards there is none, and it keeps nothing");
    if (tmap_copy_begin(&c, NULL) != LOFT_OK)
        abort();
    (void)tlive_for_each(&live, me, NULL, NULL, 0, tmap_copy_add, &c);
    tmap_copy_drop(&c);
    ok(all_held(1), "nor does a copy that is dropped");

    /* No memory, at each point. */
    loft_status s = LOFT_NOMEM;
    size_t refused = 0;
    size_t wrong = 0;
    const size_t before = loft_alloc_stats_get().live;
    for (; s == LOFT_NOMEM && refused < 9; refused++) {
        if (tmap_copy_begin(&c, NULL) != LOFT_OK)
            abort();
        loft_alloc_fail_from(refused);
        (void)tlive_for_each(&live, me, NULL, NULL, 0, tmap_copy_add, &c);
        s = tmap_copy_end(&c, &m);
        (void)loft_alloc_fail_stop();
        wrong += s == LOFT_NOMEM ? !all_held(1) || loft_alloc_stats_get().live != before : !all_held(2);
    }
    ok(s == LOFT_OK && wrong == 0 && refused == 3 && m.rows.room > THINGS && tmap_len(&m) == THINGS,
       "a copy without memory loses nothing; without memory for a smaller block it keeps the larger one");
    loft_alloc_fail_from(0);
    wrong += tmap_init_sorted(&other, NULL, keys, vals, THINGS) != LOFT_NOMEM;
    wrong += tmap_union(&other, &m, &m) != LOFT_NOMEM || tmap_intersection(&other, &m, &m) != LOFT_NOMEM;
    wrong += tmap_difference(&other, &m, &m) != LOFT_OK;       /* of nothing, there is no block */
    (void)loft_alloc_fail_stop();
    ok(wrong == 0 && all_held(2) && tmap_is_empty(&other), "nothing is made without memory");
    tmap_fini(&other);
    tmap_fini(&m);
    const size_t wraps = SIZE_MAX / (2 * sizeof(void *)) + 2;  /* so that their sizes add up to nearly nothing */
    tmap_rows_ rows;
    ok(!tmap_rows_of_(&rows, wraps) && !tmap_rows_of_(&rows, SIZE_MAX) && !tmap_rows_of_(&rows, SIZE_MAX / 2),
       "sizes that no block has are refused");

    tlive_fini(&live);
    loft_ebr_leave(me);
    if (loft_ebr_fini(&domain) != LOFT_OK)
        abort();
    ok(all_held(0), "in the end nobody holds anything");

    make_things();
    k = keys[1];
    keys[1] = keys[0];
    ok(owner_init_sorted(&o, NULL, keys, THINGS) == LOFT_INVAL && all_held(1), "refused keys stay the caller's");
    keys[1] = k;
    if (owner_init_sorted(&o, NULL, keys, THINGS) != LOFT_OK)
        abort();
    ok(owner_last(&o, &k) && k == keys[THINGS - 1] && all_held(1), "what has one owner is borrowed");
    owner_fini(&o);
    ok(loft_load(&key_of[0].held, relaxed) == 0 && loft_load(&key_of[THINGS - 1].held, relaxed) == 0,
       "and released by it");
}

/* ---- comparisons that lie ---------------------------------------------------------------------------------------- */

static bool visit_liar(int k, void *ctx) { (void)k; return ++*(int *)ctx < 1000; }

static void
liars(void)
{
    enum { N = 50 };
    int key[N];
    liar a, b, c;
    int k = 0;
    size_t n = 0;
    for (int i = 0; i < N; i++)
        key[i] = i;
    if (liar_init_sorted(&a, NULL, key, N) != LOFT_OK || liar_init_sorted(&b, NULL, key + 7, N - 7) != LOFT_OK)
        abort();
    lying = true;
    for (int i = 0; i < 2000; i++) {
        const int q = (int)draw(N);
        int calls = 0;
        n += liar_contains(&a, q);
        n += liar_floor(&a, q, &k) && liar_higher(&a, q, &k);
        n += liar_equal(&a, &b);
        n += liar_for_each(&a, &q, &key[draw(N)], (unsigned)draw(8), visit_liar, &calls);
        if (i % 20 == 0) {
            if (liar_union(&c, &a, &b) != LOFT_OK)
                abort();
            n += liar_len(&c) > 2 * N;
            liar_fini(&c);
            if (liar_symmetric_difference(&c, &a, &b) != LOFT_OK)
                abort();
            liar_fini(&c);
        }
    }
    lying = false;
    ok(n > 0 && liar_len(&a) == N && liar_contains(&a, 49), "with a comparison that lies nothing breaks");
    liar_fini(&a);
    liar_fini(&b);
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

struct shared {
    imap map;
    struct model model;
    size_t hash[4];
    size_t wrong[4];
};

static void
reader(void *arg, int id)
{
    struct shared *const s = (struct shared *)arg;
    s->hash[id] = imap_hash(&s->map);
    s->wrong[id] += wrong_lookups(&s->map, &s->model) + wrong_walks(&s->map, &s->model, NULL, NULL, 0);
    s->wrong[id] += imap_hash(&s->map) != s->hash[id];
}

static void
threads(void)
{
    size_t wrong = 0;
    for (size_t i = 0; i < (size_t)scaled(200); i++) {
        static struct shared s;
        memset(s.wrong, 0, sizeof s.wrong);
        fill(&s.model, (size_t)draw(KEYS + 1));
        build(&s.map, &s.model);
        run_threads(4, reader, &s);
        for (int t = 0; t < 4; t++)
            wrong += s.wrong[t] + (s.hash[t] != s.hash[0] || s.hash[t] == 0);
        imap_fini(&s.map);
    }
    ok_eq(wrong, 0, "four threads read a map and ask for its hash at once");
}

#if !defined(NDEBUG)
static void
use_after_fini(void *arg)
{
    imap m;
    (void)arg;
    if (imap_init_sorted(&m, NULL, NULL, NULL, 0) != LOFT_OK)
        abort();
    imap_fini(&m);
    if (imap_contains(&m, 1))
        printf("#\n");
}
#endif

int
main(void)
{
    watchdog("tests/map/frozen.c");
    const size_t before = loft_alloc_stats_get().live;
    against_an_array();
    many();
    algebra();
    sets_and_orders();
    wide_values();
    ownership();
    liars();
    threads();
#if !defined(NDEBUG)
    ok(aborts(use_after_fini, NULL), "a debug build stops calls after fini");
#endif
    ok_eq(loft_alloc_stats_get().live, before, "no block is left");
    return done();
}
