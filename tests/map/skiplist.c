/* SPDX-License-Identifier: MIT
 *
 * tests/map/skiplist.c - map/skiplist.h, what it has beside the other ordered maps: how high nodes are, what they take,
 * levels that are marked, linked and counted; indexes that are wrong; no memory at each allocation; towers that go up
 * and down under many threads, and a thread frozen while it puts one up or takes one down, or makes an index.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS
 * build: also hp -DTEST_SMR=loft_hp
 * build: also debra -DTEST_SMR=loft_debra
 * build: also release -DNDEBUG
 */
#include "guard.h"

#include <loft/core/alloc.h>
#include <loft/smr/debra.h>
#include <loft/smr/ebr.h>
#include <loft/smr/hp.h>

#include "tap.h"

#if !defined(TEST_SMR)
#  define TEST_SMR  loft_ebr
#endif
#define SMR    TEST_SMR
#define S_(f)  LOFT_CAT(SMR, f)

#define LOFT_MAP_NAME      kv
#define LOFT_MAP_KEY       uint64_t
#define LOFT_MAP_VAL       uint64_t
#define LOFT_MAP_EQ(a, b)  ((a) == (b))
#define LOFT_MAP_SMR       SMR
#include <loft/map/skiplist.h>

/* Half of all nodes are tall. */
#define LOFT_MAP_NAME      steep
#define LOFT_MAP_KEY       int
#define LOFT_MAP_VAL       int
#define LOFT_MAP_SMR       SMR
#define LOFT_MAP_LEVELS    5
#define LOFT_MAP_P_LOG2    1
#include <loft/map/skiplist.h>

/* As high as the test says. */
enum { LEVELS = 4 };
static unsigned high = 1;
#define LOFT_MAP_NAME       fixed
#define LOFT_MAP_KEY        int
#define LOFT_MAP_VAL        int
#define LOFT_MAP_SMR        SMR
#define LOFT_MAP_LEVELS     4
#define LOFT_MAP_HEIGHT(k)  ((void)(k), high)
#include <loft/map/skiplist.h>

/* With an index of some few nodes. */
#define LOFT_MAP_NAME    listed
#define LOFT_MAP_KEY     int
#define LOFT_MAP_VAL     int
#define LOFT_MAP_SMR     SMR
#define LOFT_MAP_LEVELS  4
#define LOFT_MAP_P_LOG2  4
#include <loft/map/skiplist.h>

/* Has this scheme one? */
#define INDEX  (LOFT_CAT(SMR, region) && !LOFT_CAT(SMR, restarts))

/* And may a section be around calls? */
#define AROUND (INDEX && LOFT_CAT(SMR, nests))

/* It owns its values, which are counters of how often it gives them up. */
#define LOFT_MAP_NAME            owner
#define LOFT_MAP_KEY             int
#define LOFT_MAP_VAL             int *
#define LOFT_MAP_VAL_RELEASE(v)  (void)++*(v)
#define LOFT_MAP_SMR             SMR
#define LOFT_MAP_LEVELS          4
#include <loft/map/skiplist.h>

/* No levels but the lowest: a list. */
#define LOFT_MAP_NAME    flat
#define LOFT_MAP_KEY     int
#define LOFT_MAP_SMR     SMR
#define LOFT_MAP_LEVELS  1
#include <loft/map/skiplist.h>

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

static void
stop(void)
{
    S_(leave)(main_me);
    if (S_(fini)(&domain) != LOFT_OK)
        abort();
}

static void
all_freed(void)
{
    if (S_(drain)(main_me, LOFT_FOREVER) != LOFT_OK)
        abort();
}

static uint64_t
draw(uint64_t *s, uint64_t n)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s % n;
}

/* Does the map stand, while nobody is at work: on each level only what is in, by rising keys, on as many levels as it
 * is high (fewer: somebody gave up), and counted so? n: entries. */
#define STANDS(map)                                                                                                   \
    static bool map##_stands(map *m, size_t n, size_t levels, bool whole)                                             \
    {                                                                                                                 \
        bool good = true;                                                                                             \
        size_t seen = 0;                                                                                              \
        size_t links = 0;                                                                                             \
        size_t counted = 0;                                                                                           \
        for (size_t level = 0; level < levels; level++) {                                                             \
            map##_node_ *before = NULL;                                                                               \
            uintptr_t w = loft_load(&m->head[level], relaxed);   /* stands:A relaxed: nobody else is here */          \
            for (map##_node_ *node = map##_node_of_(w); node; node = map##_node_of_(w)) {                             \
                const uintptr_t next = loft_load(&node->next, relaxed);   /* stands:B relaxed: likewise */            \
                const size_t height = map##_height_of_(node, next);                                                   \
                good = good && !(next & LOFT_SKIPLIST_OUT_) && level < height;                                        \
                good = good && (!before || before->key < node->key);                                                  \
                seen += level == 0;                                                                                   \
                links += height > 1;                                                                                  \
                if (level == 0 && height > 1) {                                                                       \
                    const uint32_t state = loft_load(map##_state_(node), relaxed);   /* stands:C relaxed: alone */    \
                    good = good && !(state & LOFT_SKIPLIST_RISING_) && (state & LOFT_SKIPLIST_ON_) <= height;         \
                    good = good && (!whole || (state & LOFT_SKIPLIST_ON_) == height);                                 \
                    counted += state & LOFT_SKIPLIST_ON_;                                                             \
                }                                                                                                     \
                before = node;                                                                                        \
                w = level ? loft_load(map##_tower_(node) + level, relaxed) : next;   /* stands:D relaxed: likewise */ \
            }                                                                                                         \
        }                                                                                                             \
        return good && seen == n && links == counted;                                                                 \
    }
STANDS(kv)
STANDS(steep)
STANDS(fixed)
STANDS(listed)

/* Makes an index of what a map has, if there may be one. */
#if INDEX
#  define RENEW(map, m, me) \
    do { \
        S_(enter)(me); \
        map##_renew_(m, me, 1); \
        S_(exit)(me); \
    } while (0)
#else
#  define RENEW(map, m, me)  ((void)0)
#endif

/* ---- memory and heights ------------------------------------------------------------------------------------------ */

static void
memory(void)
{
    enum { N = 20000 };
    kv m;
    size_t on[32] = { 0 };
    start();
    const loft_alloc_stats before = loft_alloc_stats_get();
    bool good = kv_init(&m, &domain) == LOFT_OK;
    bool lean = true;
#if AROUND
    S_(enter)(main_me);                                  /* so that all indexes stay                           */
#endif
    for (uint64_t i = 0; i < N; i++) {
        good = good && kv_put(&m, main_me, i * 7919u % N, i) == LOFT_OK;
        lean = lean && (!INDEX || i < 1000 || loft_alloc_stats_get().live_bytes - before.live_bytes
                                                  <= (i + 1u) * (kv_size_(1) + 5u) + (i + 1u) / 3u + 3600u);
    }
#if AROUND
    S_(exit)(main_me);
#endif
    const loft_alloc_stats after = loft_alloc_stats_get();
    ok(lean, "towers and all indexes until now: a third over five bytes for an entry, and 3600");
    ok(good && kv_stands(&m, N, 32, true), "entries at random: all levels stand");
    for (kv_node_ *n = kv_node_of_(loft_load(&m.head[0], relaxed)); n;) {   /* memory:A relaxed: one thread */
        const uintptr_t next = loft_load(&n->next, relaxed);   /* memory:B relaxed: one thread */
        on[kv_height_of_(n, next) - 1]++;
        n = kv_node_of_(next);
    }
    struct low { S_(node) smr; uintptr_t next; uint64_t key; uint64_t val; };
    ok_eq(kv_size_(1), sizeof(struct low), "a node of one level: the scheme's head, a word, key and value");
    ok_eq(kv_size_(2), kv_size_(1) + 2 * sizeof(void *), "two words more for one of two levels");
#if INDEX
    ok(on[0] > N * 75u / 100u && on[0] < N * 82u / 100u && on[1] > N * 16u / 100u && on[1] < N * 22u / 100u
           && on[2] > N / 100u && on[2] < N * 2u / 100u, "a fifth or so is on level 1, and few are above");
#else
    ok(on[0] > N * 70u / 100u && on[0] < N * 84u / 100u && on[1] > N * 12u / 100u && on[1] < N * 22u / 100u
           && on[2] > N * 2u / 100u && on[2] < N * 6u / 100u, "a fifth or so of each level is on the next");
#endif
    const uint64_t bytes = after.live_bytes - before.live_bytes;
    ok(bytes >= N * kv_size_(1) && bytes < N * (kv_size_(1) + 7u), "towers and index: under seven bytes for an entry");
    ok(sizeof(kv) < 40 * sizeof(void *), "the map is some words");
    for (uint64_t i = 0; i < N; i++)
        good = good && kv_remove(&m, main_me, i, NULL);
    ok(good && kv_stands(&m, 0, 32, true), "and when all are out, nothing is left on any level");
    kv_fini(&m);
    stop();
}

/* How many nodes a search looks at, on average, in hundredths. */
static uint64_t
looked_at(kv *m, uint64_t n)
{
    uint64_t sum = 0;
    for (uint64_t k = 0; k < n; k++) {
        kv_place_ at;
        kv_path_ path;
        S_(enter)(main_me);
        (void)kv_find_(m, main_me, &k, LOFT_MAP_AT_, 1, 0, &at, &path, NULL);
        S_(exit)(main_me);
        for (size_t i = 0; i < path.n; i++)
            sum += path.passed[i] + !path.wall[i];
    }
    return sum * 100u / n;
}

/* If nodes were as high as chance has it, a search of so many would look at 27. Where keys fall, nothing tells how many
 * nodes are behind a new one, on the way to the next that is higher; nor how many are in front, if it is always one. */
static void
heights(void)
{
    enum { N = 20000 };
    static const char *const name[] = { "at random", "rising", "falling", "falling, the lowest first" };
    char text[120];
    kv m;
    uint64_t seed = 6789;
    start();
    for (unsigned order = 0; order < 4; order++) {
        bool good = kv_init(&m, &domain) == LOFT_OK;
        for (uint64_t i = 0; i < N; i++) {
            const uint64_t k = order == 0 ? i * 7919u % N : order == 1 ? i : order == 2 ? N - 1u - i : (N - i) % N;
            good = good && kv_put(&m, main_me, k, i) == LOFT_OK;
        }
        const uint64_t first = looked_at(&m, N);
        const unsigned long long rounds = scaled(2 * N);
        for (unsigned long long i = 0; i < rounds; i++) {
            const uint64_t k = draw(&seed, N);
            good = good && kv_remove(&m, main_me, k, NULL) && kv_put(&m, main_me, k, i) == LOFT_OK
                && kv_put(&m, main_me, draw(&seed, N), i) == LOFT_REPLACED;
        }
        const uint64_t then = looked_at(&m, N);
        for (uint64_t k = 0; k < N; k++)
            good = good && (k % 50u == 0 || kv_remove(&m, main_me, k, NULL));
        for (uint64_t k = N; k-- > 0;)
            good = good && (k % 50u == 0 || kv_put(&m, main_me, k, k) == LOFT_OK);
        const uint64_t again = looked_at(&m, N);
        const uint64_t most = order < 2 && !INDEX ? 3000 : 9000;   /* of 38, bad luck makes 61 */
        snprintf(text, sizeof text, "keys put %s: a search looks at %d.%02d nodes, then at %d.%02d, then at %d.%02d",
                 name[order], (int)first / 100, (int)first % 100, (int)then / 100, (int)then % 100, (int)again / 100,
                 (int)again % 100);
        ok(good && first < most && then < most && again < 9000, text);
        kv_fini(&m);
    }
    stop();
}

/* Who takes a tall node out stops before it takes it off its levels; a pop takes it off level 0 alone, and then what
 * was behind it, which is freed. Its word on level 0 leads there yet. */
static void
left_above(void)
{
    enum { SOME = 64 };
    void *block[SOME];
    fixed m;
    fixed_place_ at;
    int k = 1;
    at.cur = NULL;
    start();
    bool good = fixed_init(&m, &domain) == LOFT_OK;
    for (int i = 1; i <= 3; i++) {
        high = i == 1 ? 3 : 1;
        good = good && fixed_put(&m, main_me, i, i) == LOFT_OK;
    }
    S_(enter)(main_me);
    good = good && fixed_find_(&m, main_me, &k, LOFT_MAP_AT_, 1, 0, &at, NULL, NULL) && fixed_take_(&at);
    S_(exit)(main_me);
    fixed_node_ *const tall = at.cur;
    good = good && fixed_pop_first(&m, main_me, &k, NULL) && k == 2 && S_(drain)(main_me, LOFT_FOREVER) == LOFT_OK;
    for (unsigned i = 0; i < SOME; i++) {                /* the freed one is among these                       */
        block[i] = malloc(fixed_size_(1));
        if (block[i])
            memset(block[i], 0, fixed_size_(1));
    }
    ok(good && fixed_contains(&m, main_me, 3), "no search goes down from a node that is out and off the level below");
    for (unsigned i = 0; i < SOME; i++)
        free(block[i]);
    S_(enter)(main_me);
    if (tall)
        fixed_lower_(&m, main_me, tall, NULL, NULL);
    S_(exit)(main_me);
    ok(fixed_stands(&m, 1, LEVELS, true), "and it comes off the others");
    fixed_fini(&m);
    stop();
}

/* As a comparison that lies may leave it: out, off level 0, and on the others behind what is in. */
static void
left_behind(void)
{
    const loft_alloc_stats before = loft_alloc_stats_get();
    fixed m;
    fixed_place_ at;
    int k = 2;
    bool found = false;
    start();
    bool good = fixed_init(&m, &domain) == LOFT_OK;
    high = 3;
    good = good && fixed_put(&m, main_me, 1, 1) == LOFT_OK && fixed_put(&m, main_me, 2, 2) == LOFT_OK;
    S_(enter)(main_me);
    good = good && fixed_find_(&m, main_me, &k, LOFT_MAP_AT_, 1, 0, &at, NULL, NULL) && fixed_take_(&at);
    while (good && !fixed_pass_(&m, main_me, &k, LOFT_MAP_AT_, 1, 0, false, &at, NULL, NULL, &found)) {
    }
    S_(exit)(main_me);
    fixed_fini(&m);
    stop();
    ok(good && !found && loft_alloc_stats_get().live == before.live,
       "what is on no level but higher ones is freed, too");
}

static void
levels(void)
{
    steep s;
    flat f;
    int k = 0;
    uint64_t seed = 12345;
    bool good = true;
    size_t n = 0;
    start();
    good = steep_init(&s, &domain) == LOFT_OK && flat_init(&f, &domain) == LOFT_OK;
    const unsigned long long rounds = scaled(20000);
    for (unsigned long long i = 0; i < rounds; i++) {
        const int key = (int)draw(&seed, 64);
        switch (draw(&seed, 6)) {
        case 0: case 1: n += steep_put(&s, main_me, key, key) == LOFT_OK; break;
        case 2: n -= steep_remove(&s, main_me, key, NULL); break;
        case 3: n -= steep_pop_first(&s, main_me, &k, NULL); break;
        case 4: n -= steep_pop_last(&s, main_me, &k, NULL); break;
        case 5:
            good = good && steep_contains(&s, main_me, key) == (steep_floor(&s, main_me, key, &k, NULL) && k == key);
            break;
        }
        if (i % 64 == 0)
            good = good && steep_stands(&s, n, 5, true);
    }
    ok(good && n == steep_approx_len(&s, main_me), "every second node tall, five levels: they stand after each call");
    for (int i = 50; i > 0; i--)
        good = good && flat_put(&f, main_me, i) == LOFT_OK;
    ok(good && flat_contains(&f, main_me, 25) && flat_pop_last(&f, main_me, &k) && k == 50
           && flat_approx_len(&f, main_me) == 49, "one level is a list");
    steep_fini(&s);
    flat_fini(&f);
    stop();
}

static void
sorted(void)
{
    enum { N = 5000 };
    static int key[N];
    static int val[N];
    steep s;
    int out = 0;
    start();
    for (int i = 0; i < N; i++)
        val[i] = key[i] = 2 * i;
    bool good = steep_init_sorted(&s, main_me, &domain, NULL, key, val, N) == LOFT_OK;
    ok(good && steep_stands(&s, N, 5, true), "a map of a sorted array stands");
    for (int i = 0; i < N; i++)
        good = good && steep_get(&s, main_me, 2 * i, &out) && out == 2 * i && !steep_contains(&s, main_me, 2 * i + 1)
            && steep_put(&s, main_me, 2 * i + 1, 0) == LOFT_OK;
    ok(good && steep_stands(&s, (size_t)2 * N, 5, true), "and can be used");
    while (steep_pop_first(&s, main_me, NULL, NULL)) {
    }
    ok(steep_stands(&s, 0, 5, true), "until it is empty");
    steep_fini(&s);
    all_freed();
    loft_alloc_stats before = loft_alloc_stats_get();
    int refused = 0;
    for (unsigned long long i = 0; i < 40; i++) {
        loft_alloc_fail_after((size_t)i);
        const loft_status r = steep_init_sorted(&s, main_me, &domain, NULL, key, val, 30);
        (void)loft_alloc_fail_stop();
        refused += r == LOFT_NOMEM;
        if (r == LOFT_OK)
            steep_fini(&s);
        good = good && (i < 30 ? r == LOFT_NOMEM : r == LOFT_OK) && loft_alloc_stats_get().live == before.live;
    }
    ok(good && refused == 30, "without memory at any of its nodes nothing is made, and nothing lost");
    stop();
}

/* ---- indexes ----------------------------------------------------------------------------------------------------- */

#if INDEX
/* Leaves some nodes out of the index that there is, while nobody is at work. */
static void
forget(listed *m, uint64_t *seed)
{
    listed_index_ *const ix = (listed_index_ *)loft_load(&m->index, relaxed);   /* forget:A relaxed: one thread */
    const uint64_t left = ix ? 1u + draw(seed, 4) : 1u;
    size_t n = 0;
    for (size_t i = 0; ix && i < ix->n; i++) {
        if (draw(seed, 4) < left || (n == 0 && i + 1u == ix->n)) {
            ix->node[n] = ix->node[i];
            ix->key[n++] = ix->key[i];
        } else {
            listed_part_(ix->node[i], LOFT_SKIPLIST_INDEX_);
        }
    }
    if (ix)
        ix->n = n;
}
#endif

/* All answers beside those of an array, with indexes that have nodes no more in, and have not those that are. */
static void
indexes(void)
{
    enum { N = 700 };
    static bool in[N];
    listed m;
    uint64_t seed = 24680;
    bool good = true;
    unsigned long made = 0;
    memset(in, 0, sizeof in);
    const loft_alloc_stats before = loft_alloc_stats_get();
    start();
    good = listed_init(&m, &domain) == LOFT_OK;
    const unsigned long long rounds = scaled(60000);
    for (unsigned long long i = 0; i < rounds; i++) {
        const int from = i / 4096 % 3 == 1 ? (int)(i % N) : 0;   /* at times rising, in a part, or most of them out */
        const int k = from ? from : (int)draw(&seed, i / 4096 % 3 == 2 ? N / 8 : N);
        const int below = k - 1;
        int at = -1;
        int v = -1;
        int want = k;
        switch (draw(&seed, 7)) {
        case 0: case 1:
            good = good && listed_put(&m, main_me, k, k) == (in[k] ? LOFT_REPLACED : LOFT_OK);
            in[k] = true;
            break;
        case 2:
            good = good && listed_remove(&m, main_me, k, &v) == in[k] && (!in[k] || v == k);
            in[k] = false;
            break;
        case 3:
            good = good && listed_get(&m, main_me, k, &v) == in[k] && (!in[k] || v == k);
            break;
        case 4:
            good = good && listed_put_if_absent(&m, main_me, k, k) == (in[k] ? LOFT_EXISTS : LOFT_OK);
            in[k] = true;
            break;
        case 5:
            while (want < N && !in[want])
                want++;
            good = good && listed_ceiling(&m, main_me, k, &at, &v) == (want < N) && (want == N || at == want);
            break;
        case 6:
            while (want > below - 40 && want >= 0 && in[want])
                want--;
            good = good && (want < 0 || listed_contains(&m, main_me, want) == in[want]);
            break;
        }
#if INDEX
        const uintptr_t is = loft_load(&m.index, relaxed);   /* indexes:A relaxed: one thread */
        if (draw(&seed, 256) == 0) {
            RENEW(listed, &m, main_me);
            forget(&m, &seed);
            made += is != 0;
        }
#else
        made++;
#endif
    }
    size_t n = 0;
    for (int k = 0; k < N; k++) {
        good = good && listed_contains(&m, main_me, k) == in[k];
        n += in[k];
    }
    ok(good && made > rounds / 1000, "whatever the index has or has not, all answers are right");
    ok(listed_stands(&m, n, 4, true), "and all levels stand");
    listed_fini(&m);
    all_freed();
    stop();
    ok(loft_alloc_stats_get().live == before.live, "and nothing is left of it");
}

/* A map goes before its indexes do: they have nodes of it. */
static void
older_index(void)
{
#if INDEX
    listed m;
    bool good = true;
    start();
    S_(thread) *const me = S_(join)(&domain);
    if (!me)
        abort();
    const loft_alloc_stats before = loft_alloc_stats_get();
    S_(enter)(me);                                       /* keeps what is retired                              */
    good = good && listed_init(&m, &domain) == LOFT_OK;
    for (int i = 0; i < 2000; i++)
        good = good && listed_put(&m, main_me, i, i) == LOFT_OK;
    for (int i = 0; i < 4; i++) {
        RENEW(listed, &m, main_me);
        for (int k = i; k < 2000; k += 7)
            good = good && listed_remove(&m, main_me, k, NULL);
    }
    listed_fini(&m);
    S_(exit)(me);
    all_freed();
    ok(good && loft_alloc_stats_get().live == before.live, "indexes that go after their map free what they have of it");
    S_(leave)(me);
    stop();
#endif
}

/* What is out is the domain's, also if an index has it: values are borrowed until the section ends, whatever becomes of
 * the map, and are given up then, whether there is a new index or not. */
static void
borrowed(void)
{
#if AROUND
    enum { N = 500 };
    static int given_up[N];
    int *v = NULL;
    for (int ends = 0; ends < 2; ends++) {
        owner m;
        bool good = true;
        bool early = false;
        memset(given_up, 0, sizeof given_up);
        start();
        const loft_alloc_stats before = loft_alloc_stats_get();
        good = good && owner_init(&m, &domain) == LOFT_OK;
        for (int k = 0; k < N; k++)
            good = good && owner_put(&m, main_me, k, &given_up[k]) == LOFT_OK;
        RENEW(owner, &m, main_me);
        S_(enter)(main_me);
        for (int k = 0; k < N; k++)
            good = good && owner_remove(&m, main_me, k, &v) && v == &given_up[k];
        if (ends)
            owner_fini(&m);
        for (int k = 0; k < N; k++)
            early = early || given_up[k] != 0;
        S_(exit)(main_me);
        all_freed();
        for (int k = 0; k < N; k++)
            good = good && given_up[k] == 1;
        ok(good && !early, ends ? "what is out outlives its map, if a section has it"
                                : "what is out gives up its value, if an index has it");
        if (!ends)
            owner_fini(&m);
        all_freed();
        ok(loft_alloc_stats_get().live == before.live, "and nothing is left of it");
        stop();
    }
#endif
}

/* ---- no memory --------------------------------------------------------------------------------------------------- */

static bool plus(int *v, void *ctx) { (void)ctx; ++*v; return true; }

static void
no_memory(void)
{
    bool good = true;
    for (high = 1; high <= LEVELS; high++) {
        fixed m;
        int v = 0;
        start();
        good = good && fixed_init(&m, &domain) == LOFT_OK && fixed_put(&m, main_me, 1, 1) == LOFT_OK;
        const loft_alloc_stats before = loft_alloc_stats_get();
        loft_alloc_fail_from(0);
        good = good && fixed_put(&m, main_me, 2, 2) == LOFT_NOMEM && fixed_put(&m, main_me, 1, 2) == LOFT_NOMEM
            && fixed_update(&m, main_me, 1, plus, NULL) == LOFT_NOMEM
            && fixed_put_if_absent(&m, main_me, 1, 2) == LOFT_EXISTS && fixed_get(&m, main_me, 1, &v) && v == 1;
        (void)loft_alloc_fail_stop();
        good = good && loft_alloc_stats_get().live == before.live && fixed_stands(&m, 1, LEVELS, true);
        fixed_fini(&m);
        stop();
    }
    ok(good, "nodes of any height for which there is no memory: all is as it was");
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

enum { HOT = 24 };
struct stress {
    steep m;
    listed wide;
    long net[TEST_THREADS_MAX];
    unsigned long wrong[TEST_THREADS_MAX];
    unsigned long long rounds;
};
static struct stress shared;

static void
churn(void *arg, int id)
{
    struct stress *const s = (struct stress *)arg;
    S_(thread) *const me = S_(join)(&domain);
    uint64_t r = 1234567u + (uint64_t)id * 7919u;
    chaos_on((uint32_t)id + 1u);
    for (unsigned long long i = 0; i < s->rounds; i++) {
        const int k = (int)draw(&r, HOT);
        int at = -1;
        int v = -1;
        switch (draw(&r, 8)) {
        case 0: case 1: s->net[id] += steep_put(&s->m, me, k, k) == LOFT_OK; break;
        case 2: s->net[id] += steep_put_if_absent(&s->m, me, k, k) == LOFT_OK; break;
        case 3: case 4: s->net[id] -= steep_remove(&s->m, me, k, NULL); break;
        case 5: s->net[id] -= steep_pop_first(&s->m, me, NULL, NULL); break;
        case 6: s->net[id] -= steep_pop_last(&s->m, me, NULL, NULL); break;
        case 7: s->wrong[id] += steep_ceiling(&s->m, me, k, &at, &v) && (at < k || v != at); break;
        }
    }
    chaos_off();
    S_(leave)(me);
}

/* More keys, of which an index has some. */
static void
churn_wide(void *arg, int id)
{
    enum { WIDE = 300 };
    struct stress *const s = (struct stress *)arg;
    S_(thread) *const me = S_(join)(&domain);
    uint64_t r = 7654321u + (uint64_t)id * 7919u;
    chaos_on((uint32_t)id + 1u);
    for (unsigned long long i = 0; i < s->rounds; i++) {
        const int k = (int)draw(&r, WIDE);
        int at = -1;
        int v = -1;
        switch (draw(&r, 10)) {
        case 0: case 1: case 2: s->net[id] += listed_put(&s->wide, me, k, k) == LOFT_OK; break;
        case 3: case 4: s->net[id] -= listed_remove(&s->wide, me, k, NULL); break;
        case 5: s->net[id] -= listed_pop_first(&s->wide, me, NULL, NULL); break;
        case 6: s->wrong[id] += listed_get(&s->wide, me, k, &v) && v != k; break;
        case 7: s->wrong[id] += listed_floor(&s->wide, me, k, &at, &v) && (at > k || v != at); break;
        case 8: s->wrong[id] += listed_contains(&s->wide, me, WIDE); break;
        case 9:
            if (k % 8 == 0)
                RENEW(listed, &s->wide, me);
            break;
        }
    }
    chaos_off();
    S_(leave)(me);
}

static void
threads(void)
{
    static const int numbers[] = { 2, 4, 8 };
    char text[80];
    for (int j = 0; j < 3; j++) {
        const int n = numbers[j];
        long net = 0;
        unsigned long wrong = 0;
        memset(&shared.net, 0, sizeof shared.net);
        memset(&shared.wrong, 0, sizeof shared.wrong);
        shared.rounds = scaled(60000) / (unsigned)n + 10u;
        start();
        if (steep_init(&shared.m, &domain) != LOFT_OK || listed_init(&shared.wide, &domain) != LOFT_OK)
            abort();
        S_(leave)(main_me);
        run_threads(n, churn, &shared);
        main_me = S_(join)(&domain);
        for (int t = 0; t < n; t++) {
            net += shared.net[t];
            wrong += shared.wrong[t];
        }
        snprintf(text, sizeof text, "%d threads: what is out is off all levels, and counted", n);
        ok(net >= 0 && wrong == 0 && steep_stands(&shared.m, (size_t)net, 5, false), text);
        memset(&shared.net, 0, sizeof shared.net);
        S_(leave)(main_me);
        run_threads(n, churn_wide, &shared);
        main_me = S_(join)(&domain);
        net = 0;
        for (int t = 0; t < n; t++) {
            net += shared.net[t];
            wrong += shared.wrong[t];
        }
        snprintf(text, sizeof text, "%d threads, and indexes that come and go", n);
        ok(net >= 0 && wrong == 0 && listed_stands(&shared.wide, (size_t)net, 4, false), text);
        steep_fini(&shared.m);
        listed_fini(&shared.wide);
        stop();
    }
}

/* ---- a thread that stops anywhere -------------------------------------------------------------------------------- */

struct victim {
    fixed *m;
    S_(thread) *me;
    int what;
    long at;
};

static void *
victim_main(void *arg)
{
    const struct victim *const v = (const struct victim *)arg;
    loft_status s = LOFT_OK;
    freeze_at(v->at);
    switch (v->what) {
    case 0: s = fixed_put(v->m, v->me, 4, 1); break;
    case 1: (void)fixed_remove(v->m, v->me, 3, NULL); break;
    case 2: s = fixed_put(v->m, v->me, 3, 1); break;
    case 3: (void)fixed_pop_first(v->m, v->me, NULL, NULL); break;
    case 4: (void)fixed_pop_last(v->m, v->me, NULL, NULL); break;
    case 5: RENEW(fixed, v->m, v->me); break;
    }
    freeze_end();
    (void)s;
    return NULL;
}

static bool
others_go_on(fixed *m)
{
    bool good = true;
    for (int round = 0; round < 3; round++) {
        for (int k = 0; k < 8; k++)
            good = good && fixed_put(m, main_me, k, k) != LOFT_NOMEM && fixed_contains(m, main_me, k);
        good = good && fixed_update(m, main_me, 4, plus, NULL) == LOFT_REPLACED;
        RENEW(fixed, m, main_me);
        good = good && fixed_pop_first(m, main_me, NULL, NULL) && fixed_pop_last(m, main_me, NULL, NULL);
        for (int k = 1; k < 7; k++)
            good = good && fixed_remove(m, main_me, k, NULL);
        good = good && fixed_is_empty(m, main_me);
    }
    return good;
}

static void
frozen(void)
{
    static const char *const name[] = { "put of a new key", "remove", "put of an old one", "pop_first", "pop_last",
                                        "an index" };
    char text[120];
    high = 3;
    for (int what = 0; what < 5 + INDEX; what++) {
        long places = 0;
        unsigned long bad = 0;
        for (bool stopped = true; stopped;) {
            struct victim v;
            pthread_t id;
            fixed m;
            start();
            if (fixed_init(&m, &domain) != LOFT_OK || fixed_put(&m, main_me, 3, 1) != LOFT_OK
                || fixed_put(&m, main_me, 5, 1) != LOFT_OK)
                abort();
            RENEW(fixed, &m, main_me);
            v.m = &m;
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
                bad += !others_go_on(&m);
                freeze_release();
            }
            pthread_join(id, NULL);
            bad += !fixed_stands(&m, fixed_approx_len(&m, main_me), LEVELS, false);
            S_(leave)(v.me);
            fixed_fini(&m);
            stop();
        }
        snprintf(text, sizeof text, "%s of three levels, stopped at each of its %ld places: the others go on",
                 name[what], places);
        ok(bad == 0 && places > 6, text);
    }
}

int
main(void)
{
    watchdog("map/skiplist");
    memory();
    heights();
    left_above();
    left_behind();
    levels();
    sorted();
    indexes();
    older_index();
    borrowed();
    no_memory();
    threads();
    frozen();
    return done();
}
