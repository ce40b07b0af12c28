/* SPDX-License-Identifier: MIT
 *
 * tests/map/subject.h - an instance of any engine over any scheme, behind pointers, so that a test of the map family is
 * written once. Keys and values are numbers here; instance.h turns them into those of the instance and back, and
 * watches meanwhile: results that a refused call has touched, values that are torn, things that are released twice,
 * compared or handed out after they were released. What it sees is a trouble.
 *
 * Include it before any Loft header.
 */
#ifndef LOFT_TESTS_MAP_SUBJECT_H
#define LOFT_TESTS_MAP_SUBJECT_H

#include "../guard.h"
#include "../tap.h"

#include <loft/core/alloc.h>
#include <loft/core/atomics.h>
#include <loft/core/order.h>

#include <limits.h>
#include <math.h>
#include <stdint.h>

/* Each program takes what it needs. */
#pragma GCC diagnostic ignored "-Wunused-function"

enum near { FIRST, LAST, FLOOR, CEILING, LOWER, HIGHER };

/* What an instance is. */
#define IS_SET      1u                                   /* calls with values are NULL                         */
#define IS_COUNTED  2u                                   /* keys and values are things that are released       */
#define IS_LEAKY    4u                                   /* its scheme frees nothing                           */
#define IS_LIAR     8u                                   /* its comparison does not tell the truth             */
#define IS_STILL    16u                                  /* its snapshots take locks, and wait for changes     */

/* How ranges go, beside LOFT_RANGE_AFTER and LOFT_RANGE_THROUGH. */
#define BY_SCAN     64u                                  /* in one section; as for_each, where there is none   */
#define BY_CURSOR   128u                                 /* step by step, holding nothing                      */
#define BY_SNAP     256u                                 /* as it was at one instant; as for_each, without     */
#define BY_EACH     0u

typedef bool (*visitor)(int k, unsigned v, void *ctx);

struct subject {
    const char *name;
    unsigned is;
    size_t map_size;

    void *(*begin)(void);                                /* a domain                                           */
    bool (*end)(void *domain);
    void *(*join)(void *domain);
    void (*leave)(void *me);
    void (*rest)(void *me);                              /* this thread holds nothing                          */

    loft_status (*init)(void *m, void *domain);
    loft_status (*init_sorted)(void *m, void *me, void *domain, const int *k, const unsigned *v, size_t n);
    void (*fini)(void *m);

    bool (*contains)(void *m, void *me, int k);
    loft_status (*put)(void *m, void *me, int k, unsigned v);
    loft_status (*put_if_absent)(void *m, void *me, int k, unsigned v);
    bool (*remove)(void *m, void *me, int k, unsigned *old);
    bool (*near)(void *m, void *me, enum near what, int k, int *at, unsigned *v);
    bool (*pop)(void *m, void *me, bool highest, int *at, unsigned *v);
    size_t (*range)(void *m, void *me, const int *from, const int *to, unsigned how, visitor visit, void *ctx);
    size_t (*count)(void *m, void *me, const int *from, const int *to, unsigned how);
    size_t (*approx_len)(void *m, void *me);
    bool (*is_empty)(void *m, void *me);
    size_t (*clear)(void *m, void *me);
    /* NULL, where the scheme lets a map have none. */
    loft_status (*snapshot)(void *m, void *me, const int *from, const int *to, unsigned how, visitor visit, void *ctx);

    bool (*get)(void *m, void *me, int k, unsigned *v);
    loft_status (*get_or_insert)(void *m, void *me, int k, unsigned v, unsigned *out);
    loft_status (*get_or_insert_with)(void *m, void *me, int k, const unsigned *v, int *calls, unsigned *out);
    loft_status (*replace)(void *m, void *me, int k, unsigned v, unsigned *old);
    loft_status (*replace_if)(void *m, void *me, int k, unsigned expected, unsigned v);
    loft_status (*update)(void *m, void *me, int k, unsigned add, int *calls);      /* add 0: change says no    */
    bool (*remove_if)(void *m, void *me, int k, unsigned expected);
};

/* ---- troubles ---------------------------------------------------------------------------------------------------- */

static LOFT_ATOMIC(unsigned long) troubles_;

static void
trouble(const char *what)
{
    if (loft_fetch_add(&troubles_, 1ul, relaxed) < 5)
        note("trouble: %s", what);
}

/* How many there were since the last time. */
static unsigned long
troubles(void)
{
    return loft_exchange(&troubles_, 0ul, relaxed);
}

/* What results are filled with before a call, and have to be full of where it was refused. */
static void soil(void *p, size_t size) { memset(p, 0x5a, size); }

static void
untouched(const void *p, size_t size, const char *what)
{
    const unsigned char *const b = (const unsigned char *)p;
    for (size_t i = 0; i < size; i++) {
        if (b[i] != 0x5a) {
            trouble(what);
            return;
        }
    }
}

/* ---- chance ------------------------------------------------------------------------------------------------------ */

struct dice {
    uint64_t state;
};

static struct dice
dice_from(uint64_t seed)
{
    struct dice d;
    d.state = (seed + 1) * 0x9e3779b97f4a7c15u;
    return d;
}

static unsigned
dice_roll(struct dice *d, unsigned n)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (unsigned)((z ^ (z >> 31)) % n);
}

/* ---- keys and values --------------------------------------------------------------------------------------------- */

/* A value that shows when it is torn. */
typedef struct triple {
    uint64_t a;
    uint64_t b;
    uint64_t c;
} triple;

static triple
triple_of(unsigned n)
{
    triple w;
    w.a = n;
    w.b = ~w.a;
    w.c = w.a * 3u;
    return w;
}

static unsigned
triple_no(triple w)
{
    if (w.b != ~w.a || w.c != w.a * 3u)
        trouble("a value is torn");
    return (unsigned)w.a;
}

typedef struct large {
    unsigned word[1024];
} large;

static large
large_of(unsigned n)
{
    large l;
    for (unsigned i = 0; i < 1024; i++)
        l.word[i] = n + i;
    return l;
}

static unsigned
large_no(large l)
{
    for (unsigned i = 0; i < 1024; i++) {
        if (l.word[i] != l.word[0] + i) {
            trouble("a large value is torn");
            break;
        }
    }
    return l.word[0];
}

/* Two words that are compared one after the other. */
typedef struct point {
    long x;
    int y;
} point;

static point
point_of(int n)
{
    point p;
    memset(&p, 0, sizeof p);
    p.y = n & 15;
    p.x = ((long)n - p.y) / 16;
    return p;
}

static int point_no(point p) { return (int)(p.x * 16 + p.y); }
static int point_cmp(point a, point b) { return a.x != b.x ? loft_cmp_long(a.x, b.x) : loft_cmp_int(a.y, b.y); }

/* Numbers with a fraction, and what is beyond all of them. */
static double f64_of(int n) { return n == INT_MIN ? -(double)INFINITY : n == INT_MAX ? (double)NAN : n + 0.5; }
static int f64_no(double d) { return isnan(d) ? INT_MAX : isinf(d) ? INT_MIN : (int)(d - 0.5); }

/* Things with a count of who holds them. When nobody does they are laid out until the end of the test, so that what is
 * done to them afterwards is seen without a sanitizer, too. */
typedef struct thing {
    LOFT_ATOMIC(long) held;
    int number;
    struct thing *next;
    char *bytes;
} thing;

static LOFT_ATOMIC(long) things;                          /* that somebody holds                                */
static LOFT_ATOMIC(thing *) things_dead;
static size_t thing_prefix;                               /* how long they are before they differ               */

static thing *
thing_of(int n)
{
    thing *const t = (thing *)malloc(sizeof *t);
    char *const s = (char *)malloc(thing_prefix + 9);
    if (!t || !s)
        abort();
    memset(s, 'x', thing_prefix);
    snprintf(s + thing_prefix, 9, "%08x", (unsigned)n ^ 0x80000000u);
    t->bytes = s;
    t->number = n;
    t->next = NULL;
    loft_init(&t->held, 1L);
    (void)loft_fetch_add(&things, 1L, relaxed);
    return t;
}

static int
thing_no(const thing *t)
{
    if (loft_load(&t->held, relaxed) < 1)
        trouble("a thing is handed out that nobody holds");
    return t->number;
}

static int
thing_cmp(const thing *a, const thing *b)
{
    if (loft_load(&a->held, relaxed) < 1 || loft_load(&b->held, relaxed) < 1) {
        trouble("a thing is compared that nobody holds");
        return loft_cmp_int(a->number, b->number);
    }
    return loft_cmp_str(a->bytes, b->bytes);
}

static bool
thing_eq(const thing *a, const thing *b)
{
    return thing_no(a) == thing_no(b);
}

static void
thing_hold(thing *t)
{
    if (loft_fetch_add(&t->held, 1L, relaxed) < 1)
        trouble("a thing is retained that nobody holds");
}

static void
thing_drop(thing *t)
{
    const long before = loft_fetch_sub(&t->held, 1L, acq_rel);
    if (before < 1)
        trouble("a thing is released that nobody holds");
    if (before != 1 || !t->bytes)                        /* it is laid out already                             */
        return;
    free(t->bytes);
    t->bytes = NULL;
    (void)loft_fetch_sub(&things, 1L, relaxed);
    t->next = loft_load(&things_dead, relaxed);
    while (!loft_cas_weak(&things_dead, &t->next, t, release, relaxed)) {
    }
}

/* At the end, when nobody holds any: how many are held all the same. */
static long
things_left(void)
{
    thing *t = loft_exchange(&things_dead, (thing *)NULL, acquire);
    while (t) {
        thing *const next = t->next;
        free(t);
        t = next;
    }
    return loft_exchange(&things, 0L, relaxed);
}

/* ---- a comparison that lies -------------------------------------------------------------------------------------- */

enum lie { LIE_NONE, LIE_RANDOM, LIE_OFTEN, LIE_BELOW, LIE_ABOVE, LIE_EQUAL, LIE_ROUND, LIE_SOME, LIES };
static const char *const lie_name[] = {
    "tells the truth", "answers at random", "lies now and then", "finds all lower", "finds all higher",
    "finds all the same", "goes round", "is wrong about some pairs, always alike"
};
static LOFT_ATOMIC(int) lying;
static LOFT_ATOMIC(uint32_t) lie_state;
static unsigned lie_seed;                                /* which pairs                                        */

/* The same each time for two keys, also where both are one. */
static int
lie_of_some(int a, int b)
{
    uint64_t h = (uint64_t)lie_seed << 40 ^ (uint64_t)(uint32_t)a << 20 ^ (uint32_t)b;
    h = (h ^ h >> 29) * 0xbf58476d1ce4e5b9u;
    h = (h ^ h >> 32) * 0x94d049bb133111ebu;
    h ^= h >> 29;
    if (a == b)
        return lie_seed % 3 == 0 ? 0 : lie_seed % 3 == 1 ? -1 : 1;
    return h % (lie_seed % 4 ? 64 : 4) == 0 ? (int)(h >> 32) % 3 - 1 : loft_cmp_int(a, b);
}

static int
lie_cmp(int a, int b)
{
    uint32_t r = loft_load(&lie_state, relaxed) * 1664525u + 1013904223u;
    loft_store(&lie_state, r, relaxed);
    r >>= 16;
    switch (loft_load(&lying, relaxed)) {
    case LIE_RANDOM: return (int)(r % 3u) - 1;
    case LIE_OFTEN:  return r % 16 == 0 ? (int)(r / 16 % 3u) - 1 : loft_cmp_int(a, b);
    case LIE_BELOW:  return -1;
    case LIE_ABOVE:  return 1;
    case LIE_EQUAL:  return 0;
    case LIE_SOME:   return lie_of_some(a, b);
    case LIE_ROUND:  return a == b ? 0 : ((unsigned)b - (unsigned)a) % 3u == 1 ? -1 : 1;    /* stone, paper, ... */
    default:         return loft_cmp_int(a, b);
    }
}

/* ---- a subject with a map, a domain and a record ----------------------------------------------------------------- */

struct bench {
    const struct subject *s;
    void *domain;
    void *m;
    void *me;
};

static void
bench_begin(struct bench *b, const struct subject *s)
{
    b->s = s;
    b->domain = s->begin();
    b->m = malloc(s->map_size);
    b->me = s->join(b->domain);
    if (!b->domain || !b->m || !b->me || s->init(b->m, b->domain) != LOFT_OK)
        abort();
}

static void
bench_end(struct bench *b)
{
    b->s->fini(b->m);
    b->s->leave(b->me);
    if (!b->s->end(b->domain))
        trouble("the domain does not end");
    free(b->m);
}

/* Is this scheme one that these builds can do without: nothing is ever freed, which a leak sanitizer says. */
static bool left_out(const struct subject *s) { return (s->is & IS_LEAKY) && TAP_ASAN; }

#endif /* LOFT_TESTS_MAP_SUBJECT_H */
