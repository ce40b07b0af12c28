/* SPDX-License-Identifier: MIT
 *
 * tests/map/skiplist_locked.c - map/skiplist_locked.h, what it has beside the other ordered maps: how high nodes are,
 * what they take, levels that are linked and marked; no memory at each allocation; towers that go up and down under
 * many threads, and a thread frozen while it puts one up or takes one down: who looks goes on, and who changes
 * something elsewhere; who wants the same place waits.
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
#include <loft/map/skiplist_locked.h>

/* Half of all nodes are tall. */
#define LOFT_MAP_NAME      steep
#define LOFT_MAP_KEY       int
#define LOFT_MAP_VAL       int
#define LOFT_MAP_SMR       SMR
#define LOFT_MAP_LEVELS    5
#define LOFT_MAP_P_LOG2    1
#include <loft/map/skiplist_locked.h>

/* As high as the test says, up to a node on all levels: from there on locks in front of a place are not those below. */
enum { LEVELS = 4, WALL = 40 };
static unsigned high = 1;
#define LOFT_MAP_NAME       fixed
#define LOFT_MAP_KEY        int
#define LOFT_MAP_VAL        int
#define LOFT_MAP_SMR        SMR
#define LOFT_MAP_LEVELS     4
#define LOFT_MAP_HEIGHT(k)  ((k) < WALL ? high : (k) == WALL ? (unsigned)LEVELS : 1u + (unsigned)(k) % 2u)
#include <loft/map/skiplist_locked.h>

/* No levels but the lowest: a list. */
#define LOFT_MAP_NAME    flat
#define LOFT_MAP_KEY     int
#define LOFT_MAP_SMR     SMR
#define LOFT_MAP_LEVELS  1
#include <loft/map/skiplist_locked.h>

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

static uint64_t
draw(uint64_t *s, uint64_t n)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s % n;
}

/* Does the map stand, while nobody is at work: on each level only what is in, unlocked, by rising keys, on as many
 * levels as it is high? n: entries. */
#define STANDS(map)                                                                                                   \
    static bool map##_stands(map *m, size_t n, size_t levels)                                                         \
    {                                                                                                                 \
        bool good = !(loft_load(&m->head[0], relaxed) & LOFT_SKIPLOCK_MARKS_);   /* stands:A relaxed: one thread */   \
        size_t seen = 0;                                                                                              \
        size_t links = 0;                                                                                             \
        size_t heights = 0;                                                                                           \
        for (size_t level = 0; level < levels; level++) {                                                             \
            map##_node_ *before = NULL;                                                                               \
            uintptr_t w = loft_load(&m->head[level], relaxed);   /* stands:B relaxed: one thread */                   \
            for (map##_node_ *node = map##_node_of_(w); node; node = map##_node_of_(w)) {                             \
                const uintptr_t next = loft_load(&node->next, relaxed);   /* stands:C relaxed: one thread */          \
                const size_t height = map##_height_of_(node, next);                                                   \
                good = good && !(next & (LOFT_SKIPLOCK_OUT_ | LOFT_SKIPLOCK_LOCK_)) && level < height;                \
                good = good && (!before || before->key < node->key);                                                  \
                seen += level == 0;                                                                                   \
                links++;                                                                                              \
                heights += level == 0 ? height : 0;                                                                   \
                before = node;                                                                                        \
                w = level ? loft_load(map##_tower_(node) + level, relaxed) : next;   /* stands:D relaxed: likewise */ \
            }                                                                                                         \
        }                                                                                                             \
        return good && seen == n && links == heights;                                                                 \
    }
STANDS(kv)
STANDS(steep)
STANDS(fixed)

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
    for (uint64_t i = 0; i < N; i++)
        good = good && kv_put(&m, main_me, i * 7919u % N, i) == LOFT_OK;
    const loft_alloc_stats after = loft_alloc_stats_get();
    ok(good && kv_stands(&m, N, 32), "entries at random: all levels stand");
    for (kv_node_ *n = kv_node_of_(loft_load(&m.head[0], relaxed)); n;) {   /* memory:A relaxed: one thread */
        const uintptr_t next = loft_load(&n->next, relaxed);   /* memory:B relaxed: one thread */
        on[kv_height_of_(n, next) - 1]++;
        n = kv_node_of_(next);
    }
    ok_eq(kv_size_(1), sizeof(S_(node)) + 24, "a node of one level: the scheme's head, a word, key and value");
    ok_eq(kv_size_(2), sizeof(S_(node)) + 40, "two words more for one of two levels");
    ok(on[0] > N * 73u / 100u && on[0] < N * 77u / 100u && on[1] > N * 17u / 100u && on[1] < N * 21u / 100u
           && on[2] > N * 4u / 100u && on[2] < N * 6u / 100u, "three of four are on one level, of the rest on two");
    const uint64_t bytes = after.live_bytes - before.live_bytes;
    ok(bytes >= N * kv_size_(1) && bytes < N * (kv_size_(1) + 6u), "towers take less than six bytes for an entry");
    ok(sizeof(kv) < 40 * sizeof(void *), "the map is some words");
    for (uint64_t i = 0; i < N; i++)
        good = good && kv_remove(&m, main_me, i, NULL);
    ok(good && kv_stands(&m, 0, 32), "and when all are out, nothing is left on any level");
    kv_fini(&m);
    stop();
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
            good = good && steep_stands(&s, n, 5);
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
    ok(good && steep_stands(&s, N, 5), "a map of a sorted array stands");
    for (int i = 0; i < N; i++)
        good = good && steep_get(&s, main_me, 2 * i, &out) && out == 2 * i && !steep_contains(&s, main_me, 2 * i + 1)
            && steep_put(&s, main_me, 2 * i + 1, 0) == LOFT_OK;
    ok(good && steep_stands(&s, (size_t)2 * N, 5), "and can be used");
    while (steep_pop_first(&s, main_me, NULL, NULL)) {
    }
    ok(steep_stands(&s, 0, 5), "until it is empty");
    steep_fini(&s);
    loft_alloc_stats before = loft_alloc_stats_get();
    int refused = 0;
    for (unsigned long long i = 0; i < 40; i++) {
        loft_alloc_fail_after(i);
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
        good = good && loft_alloc_stats_get().live == before.live && fixed_stands(&m, 1, LEVELS);
        fixed_fini(&m);
        stop();
    }
    ok(good, "nodes of any height for which there is no memory: all is as it was");
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

enum { HOT = 24 };
struct stress {
    steep m;
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
        if (steep_init(&shared.m, &domain) != LOFT_OK)
            abort();
        S_(leave)(main_me);
        run_threads(n, churn, &shared);
        main_me = S_(join)(&domain);
        for (int t = 0; t < n; t++) {
            net += shared.net[t];
            wrong += shared.wrong[t];
        }
        snprintf(text, sizeof text, "%d threads: what is in is on all its levels, what is out on none", n);
        ok(net >= 0 && wrong == 0 && steep_stands(&shared.m, (size_t)net, 5), text);
        steep_fini(&shared.m);
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
    }
    freeze_end();
    (void)s;
    return NULL;
}

/* Beyond the wall, nobody waits: there is nothing but 40 and 50. Below it, who looks does not. */
static bool
others_go_on(fixed *m)
{
    bool good = true;
    int k = 0;
    int v = 0;
    for (int round = 0; round < 3; round++) {
        for (int i = 45; i < 55; i++)
            good = good && fixed_put(m, main_me, i, i) != LOFT_NOMEM && fixed_contains(m, main_me, i);
        good = good && fixed_update(m, main_me, 50, plus, NULL) == LOFT_REPLACED && fixed_get(m, main_me, 50, &v)
            && v == 51 && fixed_pop_last(m, main_me, &k, NULL) && k == 54;
        for (int i = 45; i < 54; i++)
            good = good && (i == 50 || fixed_remove(m, main_me, i, NULL));
        good = good && fixed_contains(m, main_me, 5) && fixed_ceiling(m, main_me, 5, &k, NULL) && k == 5
            && fixed_lower(m, main_me, WALL, &k, NULL) && k == 5 && fixed_first(m, main_me, &k, NULL) && k <= 5
            && fixed_contains(m, main_me, 3) == (fixed_floor(m, main_me, 3, &k, NULL) && k == 3)
            && fixed_count(m, main_me, NULL, NULL, 0) >= 3 && fixed_last(m, main_me, &k, NULL) && k == 50;
    }
    return good;
}

struct neighbour {
    fixed *m;
    S_(thread) *me;
    LOFT_ATOMIC(int) done;
};

static void *
neighbour_main(void *arg)
{
    struct neighbour *const n = (struct neighbour *)arg;
    (void)fixed_remove(n->m, n->me, 3, NULL);
    (void)fixed_remove(n->m, n->me, 4, NULL);
    (void)fixed_remove(n->m, n->me, 5, NULL);
    loft_store(&n->done, 1, release);                    /* neighbour_main:A release -> frozen:A: it has not waited */
    return NULL;
}

static void
frozen(void)
{
    static const char *const name[] = { "put of a new key", "remove", "put of an old one", "pop_first" };
    char text[120];
    const struct timespec moment = { 0, 200000 };
    for (int what = 0; what < 8; what++) {
        long places = 0;
        unsigned long bad = 0;
        unsigned long waited = 0;
        high = what & 1 ? 3 : 1;
        for (bool stopped = true; stopped;) {
            struct victim v;
            struct neighbour n;
            pthread_t id;
            pthread_t beside;
            fixed m;
            start();
            if (fixed_init(&m, &domain) != LOFT_OK || fixed_put(&m, main_me, 3, 1) != LOFT_OK
                || fixed_put(&m, main_me, 5, 1) != LOFT_OK || fixed_put(&m, main_me, WALL, 1) != LOFT_OK
                || fixed_put(&m, main_me, 50, 50) != LOFT_OK)
                abort();
            v.m = n.m = &m;
            v.what = what / 2;
            v.at = places;
            v.me = S_(join)(&domain);
            n.me = S_(join)(&domain);
            loft_init(&n.done, 0);
            if (!v.me || !n.me)
                abort();
            freeze_arm();
            if (pthread_create(&id, NULL, victim_main, &v) != 0)
                abort();
            stopped = freeze_wait();
            if (stopped) {
                places++;
                bad += !others_go_on(&m);
                if (pthread_create(&beside, NULL, neighbour_main, &n) != 0)
                    abort();
                if (what == 0)                           /* a put on one level has no lock: this ends              */
                    pthread_join(beside, NULL);
                for (int i = 0; i < 10 && !loft_load(&n.done, acquire); i++)   /* frozen:A acquire <- neighbour_main:A:
                                                                                  has it waited? */
                    nanosleep(&moment, NULL);
                waited += !loft_load(&n.done, relaxed);  /* frozen:B relaxed: likewise */
                freeze_release();
                if (what != 0)
                    pthread_join(beside, NULL);
            }
            pthread_join(id, NULL);
            bad += !fixed_stands(&m, fixed_approx_len(&m, main_me), LEVELS);
            S_(leave)(v.me);
            S_(leave)(n.me);
            fixed_fini(&m);
            stop();
        }
        snprintf(text, sizeof text, "%s, on %u level%s, stopped at each of its %ld places: who looks, or is elsewhere, "
                 "goes on", name[what / 2], high, high > 1 ? "s" : "", places);
        ok(bad == 0 && places > 6, text);
        ok((waited > 0) == (what != 0), what ? "who wants the same place waits" : "and nobody waits");
    }
}

int
main(void)
{
    watchdog("map/skiplist_locked");
    memory();
    levels();
    sorted();
    no_memory();
    threads();
    frozen();
    return done();
}
