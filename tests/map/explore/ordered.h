/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/ordered.h - what an ordered map promises, as clients of the explorer. Include it after the map, an
 * instance `omap` of keys and values of type unsigned with LOFT_MAP_EQ, over the scheme SMR, whose domains SMR_BEGIN(d)
 * begins; SMR_FLAGS are for all clients.
 *
 * A call is a number: what, and on which key; a thread is a row of them. Each is recorded for a model of the whole map,
 * because what first or floor answer is no matter of one key. Under each value lies plain memory that is written before
 * the value goes in and read when it comes out, so that a missing edge shows as a race where the answer is right.
 *
 * All calls are there on keys 1 to 3, from all contents of these (any_2 beside any_3: the first is on the key in the
 * middle, or on none), alone or by the way of nomem.h with memory that runs out at each allocation.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_ORDERED_H
#define LOFT_TESTS_MAP_EXPLORE_ORDERED_H

#include <string.h>

/* Each program takes what it needs. */
#pragma GCC diagnostic ignored "-Wunused-function"

#define S_(f) LOFT_CAT(SMR, f)

/* The label of the calls that put or take. */
#if !defined(UPDATES)
#  define UPDATES  LOFT_EXPLORE_LOCK_FREE
#endif

/* That of snapshots. */
#if !defined(SNAPS)
#  define SNAPS  LOFT_EXPLORE_LOCK_FREE
#endif

enum { KEYS = 6, VALUES = 64, THREADS = 4 };             /* keys 1 to 5, mostly 1 to 3 */

enum what {
    GET = 1, HAS, PUT, PUT_NEW, GET_OR, REPLACE, REPLACE_IF, UPDATE, REMOVE, REMOVE_IF, FIRST, LAST, FLOOR, CEILING,
    LOWER, HIGHER, POP_FIRST, POP_LAST, SNAP
};

#define ON(what, key)  ((unsigned)(what) << 4 | (unsigned)(key))

/* ---- the model --------------------------------------------------------------------------------------------------- */

/* Values by key, 0: none. model_arg says which keys are in at the beginning, a bit each, with FIRST_VALUE + key. */
enum { FIRST_VALUE = 32 };

/* The answer where there was no memory. */
#define NO_MEMORY  ((uint64_t)1 << 32)

/* In the answer of a snapshot, each key has so many bits for its value. */
enum { SNAP_BITS = 12 };

struct model {
    uint64_t value[KEYS];
};

static void
model_init(void *state, uint64_t arg)
{
    struct model *const m = (struct model *)state;
    memset(m, 0, sizeof *m);
    for (unsigned k = 0; k < KEYS; k++)
        m->value[k] = arg >> k & 1u ? FIRST_VALUE + k : 0;
}

/* The nearest key from k on, upwards or downwards; 0: none. */
static unsigned
model_near(const struct model *m, unsigned k, int step)
{
    for (; k > 0 && k < KEYS; k += (unsigned)step)
        if (m->value[k])
            return k;
    return 0;
}

static bool
model_apply(void *state, const loft_linear_op *op)
{
    struct model *const m = (struct model *)state;
    const unsigned k = (unsigned)op->key;
    unsigned at = k;
    uint64_t *const its = &m->value[k];
    bool ok = *its != 0;
    uint64_t result = *its;
    if (op->kind == SNAP) {
        result = 0;
        for (at = 1; at < KEYS; at++)
            result |= m->value[at] << (at - 1) * SNAP_BITS;
        return op->pending || !op->ok || op->result == result;
    }
    if (!op->pending && op->result == NO_MEMORY)
        return op->kind == PUT || (ok ? op->kind >= REPLACE : op->kind < REPLACE);
    switch ((enum what)op->kind) {
    case GET:
        break;
    case HAS:
        result = 0;
        break;
    case PUT:
        ok = !ok;
        *its = op->arg;
        result = 0;
        break;
    case PUT_NEW:
    case GET_OR:
        result = op->kind == PUT_NEW ? 0 : ok ? *its : op->arg;
        ok = !ok;
        if (ok)
            *its = op->arg;
        break;
    case REPLACE:
        if (ok)
            *its = op->arg;
        break;
    case REPLACE_IF:                                     /* what is expected: the first value */
        ok = *its == FIRST_VALUE + k;
        result = 0;
        if (ok)
            *its = op->arg;
        break;
    case UPDATE:
        result = 0;
        if (ok)
            *its += VALUES;
        break;
    case REMOVE_IF:
        ok = *its == FIRST_VALUE + k;
        result = 0;
        if (ok)
            *its = 0;
        break;
    case REMOVE:
        *its = 0;
        break;
    case FIRST: case POP_FIRST: at = model_near(m, 1, 1); break;
    case LAST: case POP_LAST:   at = model_near(m, KEYS - 1, -1); break;
    case FLOOR:                 at = model_near(m, k, -1); break;
    case CEILING:               at = model_near(m, k, 1); break;
    case LOWER:                 at = model_near(m, k - 1, -1); break;
    case HIGHER:                at = model_near(m, k + 1, 1); break;
    case SNAP:                  break;
    }
    if (op->kind >= FIRST) {
        ok = at != 0;
        result = at ? at << 8 | m->value[at] : 0;
        if (op->kind >= POP_FIRST)
            m->value[at] = 0;
    }
    return op->pending || (op->ok == ok && (!ok || op->result == result || op->kind == PUT));
}

static const char *
model_name(unsigned kind)
{
    static const char *const name[] = {
        "?", "get", "contains", "put", "put_if_absent", "get_or_insert", "replace", "replace_if", "update", "remove",
        "remove_if", "first", "last", "floor", "ceiling", "lower", "higher", "pop_first", "pop_last",
        "snapshot"
    };
    return kind < sizeof name / sizeof name[0] ? name[kind] : "?";
}

static const loft_linear_model model = {
    "ordered map", sizeof(struct model), model_init, model_apply, model_name, false, NULL, NULL, 0, NULL, NULL
};

/* ---- the calls --------------------------------------------------------------------------------------------------- */

static SMR domain;
static S_(thread) *me[THREADS];
static omap map;
static unsigned under[VALUES];                           /* behind value v: v                                  */
static unsigned before[KEYS];                            /* written before a key is taken out by `R`           */
static int net[KEYS];                                    /* how often each key went in, less out               */
static unsigned fresh[THREADS];                          /* the last value that each thread made               */

static bool
another(unsigned *v, void *ctx)
{
    (void)ctx;
    *v += VALUES;
    return true;
}

/* A value that a thread has made, perhaps updated since: what was written before it went in is there. */
static void
came(unsigned v)
{
    v %= VALUES;
    if (v && v < FIRST_VALUE)
        loft_explore_check(loft_plain_read(&under[v]) == v);
}

#if defined(SNAPSHOTS)
struct snap {
    unsigned last;
    uint64_t values;
};
static bool
snaps(unsigned k, unsigned v, void *ctx)
{
    struct snap *const s = (struct snap *)ctx;
    loft_explore_check(k > s->last && k < KEYS);
    came(v);
    s->last = k;
    s->values |= (uint64_t)v << (k - 1) * SNAP_BITS;
    return true;
}
#endif

static void
call(int t, unsigned code)
{
    S_(thread) *const my = me[t];
    const enum what what = (enum what)(code >> 4);
    const unsigned k = code & 15u;
    const unsigned expected = FIRST_VALUE + k;
    unsigned v = 0;
    unsigned at = 0;
    unsigned arg = 0;
    bool ok = false;
    loft_status s = LOFT_OK;
    if (what >= PUT && what <= REPLACE_IF) {
        arg = ++fresh[t];
        loft_plain_write(&under[arg], arg);
    }
    loft_explore_promise(what == SNAP ? SNAPS
                         : (what >= PUT && what <= REMOVE_IF) || what >= POP_FIRST ? UPDATES
                         : LOFT_EXPLORE_LOCK_FREE, 0);
    loft_explore_call(what, k, arg);
    switch (what) {
    case GET:       ok = omap_get(&map, my, k, &v); break;
    case HAS:       ok = omap_contains(&map, my, k); break;
    case PUT:       s = omap_put(&map, my, k, arg); ok = s == LOFT_OK; break;
    case PUT_NEW:   s = omap_put_if_absent(&map, my, k, arg); ok = s == LOFT_OK; break;
    case GET_OR:    s = omap_get_or_insert(&map, my, k, arg, &v); ok = s == LOFT_OK; break;
    case REPLACE:   s = omap_replace(&map, my, k, arg, &v); ok = s == LOFT_REPLACED; break;
    case REPLACE_IF: s = omap_replace_if(&map, my, k, expected, arg); ok = s == LOFT_REPLACED; break;
    case UPDATE:    s = omap_update(&map, my, k, another, NULL); ok = s == LOFT_REPLACED; break;
    case REMOVE:    ok = omap_remove(&map, my, k, &v); break;
    case REMOVE_IF: ok = omap_remove_if(&map, my, k, expected); break;
    case FIRST:     ok = omap_first(&map, my, &at, &v); break;
    case LAST:      ok = omap_last(&map, my, &at, &v); break;
    case FLOOR:     ok = omap_floor(&map, my, k, &at, &v); break;
    case CEILING:   ok = omap_ceiling(&map, my, k, &at, &v); break;
    case LOWER:     ok = omap_lower(&map, my, k, &at, &v); break;
    case HIGHER:    ok = omap_higher(&map, my, k, &at, &v); break;
    case POP_FIRST: ok = omap_pop_first(&map, my, &at, &v); break;
    case POP_LAST:  ok = omap_pop_last(&map, my, &at, &v); break;
    case SNAP:
#if defined(SNAPSHOTS)
        {
            struct snap all = { 0, 0 };
            s = omap_snapshot(&map, my, NULL, NULL, 0, snaps, &all);
            loft_explore_return(s == LOFT_OK, all.values);
        }
#endif
        return;
    }
    loft_explore_return(ok, s == LOFT_NOMEM ? NO_MEMORY : what == UPDATE ? 0 : (uint64_t)at << 8 | v);
    came(v);
    if (ok && (what == PUT || what == PUT_NEW || what == GET_OR))
        net[k]++;
    if (ok && (what == REMOVE || what == REMOVE_IF))
        net[k]--;
    if (ok && (what == POP_FIRST || what == POP_LAST))
        net[at]--;
}

/* ---- before and after -------------------------------------------------------------------------------------------- */

static bool more;                                        /* than two threads                                   */
static unsigned keys;                                    /* that are in at the beginning                       */

static void
begin(unsigned in)
{
#if defined(LOFT_TESTS_MAP_EXPLORE_NOMEM_H)
    memory_may_end = false;
#endif
    SMR_BEGIN(domain);
    memset(under, 0, sizeof under);
    memset(before, 0, sizeof before);
    memset(net, 0, sizeof net);
    keys = in;
    for (int t = 0; t < THREADS; t++) {
        me[t] = NULL;
        fresh[t] = (unsigned)t * 8u;
    }
    for (int t = 0; t < THREADS && (t < 2 || more); t++) {
        me[t] = S_(join)(&domain);
        loft_explore_check(me[t]);
    }
    loft_explore_check(omap_init(&map, &domain) == LOFT_OK);
    for (unsigned k = KEYS - 1; k > 0; k--)
        if (in >> k & 1u)
            loft_explore_check(omap_put(&map, me[0], k, FIRST_VALUE + k) == LOFT_OK);
}
#define BEGIN(name, in)  static void name(void) { more = false; begin(in); } \
                         static void name##_more(void) { more = true; begin(in); }
BEGIN(none, 0)
BEGIN(has_1, 2)
BEGIN(has_2, 4)
BEGIN(has_3, 8)
BEGIN(has_1_2, 6)
BEGIN(has_1_3, 10)
BEGIN(has_2_3, 12)
BEGIN(has_1_2_3, 14)

static void
end(void)
{
    size_t n = 0;
    for (unsigned k = 1; k < KEYS; k++) {
        const int in = (int)(keys >> k & 1u) + net[k];
        loft_explore_check(in == 0 || in == 1);
        loft_explore_check(omap_contains(&map, me[0], k) == (in == 1));
        n += (size_t)in;
    }
    loft_explore_check(omap_approx_len(&map, me[0]) == n);
    omap_fini(&map);
    loft_explore_check(S_(fini)(&domain) == LOFT_OK);
}

/* ---- the threads ------------------------------------------------------------------------------------------------- */

#define DO1(name, a)        static void name(int t) { call(t, a); }
#define DO2(name, a, b)     static void name(int t) { call(t, a); call(t, b); }
#define DO3(name, a, b, c)  static void name(int t) { call(t, a); call(t, b); call(t, c); }

/* Any one call on keys 1 and 2. */
static const unsigned every[] = {
    ON(GET, 1), ON(HAS, 2), ON(PUT, 1), ON(PUT, 2), ON(PUT_NEW, 1), ON(PUT_NEW, 2), ON(GET_OR, 1), ON(REPLACE, 1),
    ON(REPLACE_IF, 1), ON(UPDATE, 1), ON(REMOVE, 1), ON(REMOVE, 2), ON(REMOVE_IF, 1), ON(FIRST, 0), ON(LAST, 0),
    ON(FLOOR, 1), ON(CEILING, 1), ON(LOWER, 2), ON(HIGHER, 1), ON(POP_FIRST, 0), ON(POP_LAST, 0)
};
enum { EVERY = sizeof every / sizeof every[0] };
static void any(int t) { call(t, every[loft_explore_choose(EVERY)]); }

/* Any one call on key 2, or on no key; and on keys 1 to 3. */
#define EACH_ON(k) \
    ON(GET, k), ON(HAS, k), ON(PUT, k), ON(PUT_NEW, k), ON(GET_OR, k), ON(REPLACE, k), ON(REPLACE_IF, k), \
    ON(UPDATE, k), ON(REMOVE, k), ON(REMOVE_IF, k), ON(FLOOR, k), ON(CEILING, k), ON(LOWER, k), ON(HIGHER, k)
static const unsigned every_2_3[] = {
    ON(FIRST, 0), ON(LAST, 0), ON(POP_FIRST, 0), ON(POP_LAST, 0), EACH_ON(2), EACH_ON(1), EACH_ON(3)
};
enum { EVERY_3 = sizeof every_2_3 / sizeof every_2_3[0], EVERY_2 = 4 + (EVERY_3 - 4) / 3 };
static void any_2(int t) { call(t, every_2_3[loft_explore_choose(EVERY_2)]); }
static void any_3(int t) { call(t, every_2_3[loft_explore_choose(EVERY_3)]); }

/* One of those that need memory, on key 2. */
static const unsigned taking[] = {
    ON(PUT, 2), ON(PUT_NEW, 2), ON(GET_OR, 2), ON(REPLACE, 2), ON(REPLACE_IF, 2), ON(UPDATE, 2)
};
enum { TAKINGS = sizeof taking / sizeof taking[0] };
static void takes(int t) { call(t, taking[loft_explore_choose(TAKINGS)]); }

/* One of those that change something. */
static const unsigned change[] = {
    ON(PUT, 1), ON(PUT_NEW, 2), ON(UPDATE, 1), ON(REMOVE, 1), ON(REMOVE, 2), ON(POP_FIRST, 0), ON(POP_LAST, 0)
};
enum { CHANGES = sizeof change / sizeof change[0] };
static void changes(int t) { call(t, change[loft_explore_choose(CHANGES)]); }

/* One of those that only look. */
static const unsigned look[] = {
    ON(GET, 1), ON(HAS, 2), ON(FIRST, 0), ON(LAST, 0), ON(FLOOR, 1), ON(CEILING, 2), ON(LOWER, 2), ON(HIGHER, 1)
};
enum { LOOKS = sizeof look / sizeof look[0] };
static void looks(int t) { call(t, look[loft_explore_choose(LOOKS)]); }

static void two_changes(int t) { changes(t); changes(t); }
static void two_looks(int t) { looks(t); looks(t); }
static void change_looks(int t) { changes(t); looks(t); }
static void three(int t) { any(t); any(t); any(t); }

static void takes_takes(int t) { takes(t); takes(t); }

#if defined(LOFT_TESTS_MAP_EXPLORE_NOMEM_H)
#define NOMEM(name)  static void name##_nomem(void) { name(); memory_may_end = true; }
NOMEM(none)
NOMEM(has_2)
NOMEM(has_1_2)
#endif

/* Each asks for what the other one has done before. */
DO2(put_1_has_3, ON(PUT, 1), ON(HAS, 3))
DO2(put_3_has_1, ON(PUT, 3), ON(HAS, 1))
DO2(put_1_get_3, ON(PUT, 1), ON(GET, 3))
DO2(put_3_get_1, ON(PUT, 3), ON(GET, 1))
DO2(remove_1_has_3, ON(REMOVE, 1), ON(HAS, 3))
DO2(remove_3_has_1, ON(REMOVE, 3), ON(HAS, 1))
DO2(put_1_last, ON(PUT, 1), ON(LAST, 0))
DO2(put_3_first, ON(PUT, 3), ON(FIRST, 0))
DO2(remove_1_last, ON(REMOVE, 1), ON(LAST, 0))
DO2(remove_3_first, ON(REMOVE, 3), ON(FIRST, 0))
DO2(pop_first_last, ON(POP_FIRST, 0), ON(LAST, 0))
DO2(pop_last_first, ON(POP_LAST, 0), ON(FIRST, 0))
DO2(pop_first_has_3, ON(POP_FIRST, 0), ON(HAS, 3))
DO2(pop_last_has_1, ON(POP_LAST, 0), ON(HAS, 1))
DO2(update_1_last, ON(UPDATE, 1), ON(LAST, 0))
DO2(update_3_first, ON(UPDATE, 3), ON(FIRST, 0))
DO2(update_1_get_3, ON(UPDATE, 1), ON(GET, 3))
DO2(update_3_get_1, ON(UPDATE, 3), ON(GET, 1))
DO3(remove_1_put_2_has_5, ON(REMOVE, 1), ON(PUT, 2), ON(HAS, 5))
DO2(put_5_has_2, ON(PUT, 5), ON(HAS, 2))
DO2(put_3_has_2, ON(PUT, 3), ON(HAS, 2))
DO2(put_1_has_2, ON(PUT, 1), ON(HAS, 2))
DO1(put_1, ON(PUT, 1))
DO1(put_3, ON(PUT, 3))
DO1(remove_1, ON(REMOVE, 1))
DO1(pop_first, ON(POP_FIRST, 0))
DO1(pop_last, ON(POP_LAST, 0))
DO1(update_1, ON(UPDATE, 1))
DO2(has_1_has_3, ON(HAS, 1), ON(HAS, 3))
DO2(has_3_has_1, ON(HAS, 3), ON(HAS, 1))
DO2(put_1_remove_1, ON(PUT, 1), ON(REMOVE, 1))
DO3(put_remove_put, ON(PUT, 1), ON(REMOVE, 1), ON(PUT, 1))
DO3(put_put_put, ON(PUT, 1), ON(PUT, 1), ON(PUT, 1))
DO3(pop_pop_pop, ON(POP_FIRST, 0), ON(POP_FIRST, 0), ON(POP_FIRST, 0))

/* What was done before a key was taken out is known to who misses it. */
static void
writes_removes(int t)
{
    loft_plain_write(&before[1], 1u);
    call(t, ON(REMOVE, 1));
}
static void
writes_pops(int t)
{
    loft_plain_write(&before[1], 1u);
    call(t, ON(POP_FIRST, 0));
}
static void
writes_pops_last(int t)
{
    loft_plain_write(&before[1], 1u);
    call(t, ON(POP_LAST, 0));
}
static void
misses(int t)
{
    loft_explore_call(HAS, 1, 0);
    const bool there = omap_contains(&map, me[t], 1);
    loft_explore_return(there, 0);
    if (!there)
        loft_explore_check(loft_plain_read(&before[1]) == 1);
}
static void
misses_first(int t)
{
    unsigned k;
    if (!omap_first(&map, me[t], &k, NULL))
        loft_explore_check(loft_plain_read(&before[1]) == 1);
}

static bool
sees(unsigned k, unsigned v, void *last)
{
    loft_explore_check(k > *(unsigned *)last && k < KEYS);
    came(v);
    *(unsigned *)last = k;
    return true;
}
static void
visits(int t)
{
    unsigned last = 0;
    (void)omap_for_each(&map, me[t], NULL, NULL, 0, sees, &last);
}
static void
visits_through_2(int t)
{
    unsigned last = 0;
    const unsigned to = 2;
    (void)omap_for_each(&map, me[t], &last, &to, LOFT_RANGE_AFTER | LOFT_RANGE_THROUGH, sees, &last);
    loft_explore_check(last <= 2);
}

/* Who goes through them sees those that stay, in order, and none twice, while others change the ones between and beside
 * them: 1 and 3 stay where changes_2 are made, 2 stays where changes_1_3 are. */
static const unsigned change_2[] = { ON(PUT, 2), ON(UPDATE, 2), ON(REMOVE, 2), ON(UPDATE, 1), ON(PUT, 3) };
enum { CHANGES_2 = sizeof change_2 / sizeof change_2[0] };
static void changes_2(int t) { call(t, change_2[loft_explore_choose(CHANGES_2)]); }
static void two_changes_2(int t) { changes_2(t); changes_2(t); }
static const unsigned change_1_3[] = { ON(PUT, 1), ON(REMOVE, 1), ON(PUT, 3), ON(REMOVE, 3), ON(UPDATE, 2) };
enum { CHANGES_1_3 = sizeof change_1_3 / sizeof change_1_3[0] };
static void changes_1_3(int t) { call(t, change_1_3[loft_explore_choose(CHANGES_1_3)]); }
static void two_changes_1_3(int t) { changes_1_3(t); changes_1_3(t); }

struct round {
    unsigned last;
    int step;
    unsigned seen;                                       /* a bit for each key                                 */
};
static bool
passes(unsigned k, unsigned v, void *ctx)
{
    struct round *const r = (struct round *)ctx;
    loft_explore_check(k > 0 && k < KEYS && ((int)k - (int)r->last) * r->step > 0);
    came(v);
    r->last = k;
    r->seen |= 1u << k;
    return true;
}
static unsigned
go_round(int t, bool down)
{
    struct round r = { down ? KEYS : 0, down ? -1 : 1, 0 };
    size_t n;
    if (down)
        n = omap_for_each_down(&map, me[t], NULL, NULL, 0, passes, &r);
    else
        n = omap_for_each(&map, me[t], NULL, NULL, 0, passes, &r);
    loft_explore_check(n == (size_t)__builtin_popcount(r.seen));
    return r.seen;
}
/* As a user does who holds nothing. */
static unsigned
step_round(int t, bool down)
{
    struct round r = { down ? KEYS : 0, down ? -1 : 1, 0 };
    unsigned k = 0;
    unsigned v = 0;
    for (bool there = down ? omap_last(&map, me[t], &k, &v) : omap_first(&map, me[t], &k, &v); there;
         there = down ? omap_lower(&map, me[t], k, &k, &v) : omap_higher(&map, me[t], k, &k, &v))
        (void)passes(k, v, &r);
    return r.seen;
}
/* The same by a cursor, which holds nothing either. */
static unsigned
cursor_round(int t, bool down)
{
    struct round r = { down ? KEYS : 0, down ? -1 : 1, 0 };
    omap_cursor c;
    unsigned k = 0;
    unsigned v = 0;
    omap_cursor_begin(&c, &map, NULL, NULL, down ? LOFT_RANGE_DOWN : 0);
    while (omap_cursor_next(&c, me[t], &k, &v))
        (void)passes(k, v, &r);
    omap_cursor_end(&c);
    return r.seen;
}
static void sees_1_3(int t) { loft_explore_check((go_round(t, false) & 10u) == 10u); }
static void sees_3_1(int t) { loft_explore_check((go_round(t, true) & 10u) == 10u); }
static void sees_2(int t) { loft_explore_check(go_round(t, false) & 4u); }
static void sees_2_down(int t) { loft_explore_check(go_round(t, true) & 4u); }
static void steps_1_3(int t) { loft_explore_check((step_round(t, false) & 10u) == 10u); }
static void steps_3_1(int t) { loft_explore_check((step_round(t, true) & 10u) == 10u); }
static void cursor_1_3(int t) { loft_explore_check((cursor_round(t, false) & 10u) == 10u); }
static void cursor_3_1(int t) { loft_explore_check((cursor_round(t, true) & 10u) == 10u); }
static void steps_2(int t) { loft_explore_check(step_round(t, false) & 4u); }
static void
counts_1_3(int t)
{
    const unsigned from = 1;
    const unsigned to = 3;
    const size_t n = omap_count(&map, me[t], &from, &to, LOFT_RANGE_THROUGH);
    loft_explore_check(n == 2 || n == 3);
    loft_explore_check(!omap_is_empty(&map, me[t]));
}

/* Each visitor removes what it visits: none is removed twice, and none is left but what came behind it. */
static bool
fells(unsigned k, unsigned v, void *ctx)
{
    came(v);
    call(*(int *)ctx, ON(REMOVE, k));
    return true;
}
static void visits_and_removes(int t) { (void)omap_for_each(&map, me[t], NULL, NULL, 0, fells, &t); }

static bool
sees_down(unsigned k, unsigned v, void *last)
{
    loft_explore_check(k < *(unsigned *)last && k > 0);
    came(v);
    *(unsigned *)last = k;
    return true;
}
static void
visits_down(int t)
{
    unsigned last = KEYS;
    (void)omap_for_each_down(&map, me[t], NULL, NULL, 0, sees_down, &last);
}
static void
steps_down(int t)
{
    omap_cursor c;
    unsigned last = KEYS;
    unsigned k;
    unsigned v;
    const unsigned from = 1;
    omap_cursor_begin(&c, &map, &from, NULL, LOFT_RANGE_AFTER | LOFT_RANGE_DOWN);
    while (omap_cursor_next(&c, me[t], &k, &v)) {
        (void)sees_down(k, v, &last);
        loft_explore_check(k > from);
    }
    omap_cursor_end(&c);
}
static void clears(int t) { net[0] -= (int)omap_clear(&map, me[t]); }
static void
end_cleared(void)
{
    loft_explore_check(omap_is_empty(&map, me[0]));
    omap_fini(&map);
    loft_explore_check(S_(fini)(&domain) == LOFT_OK);
}

/* ---- the clients ------------------------------------------------------------------------------------------------- */

/* All executions. */
#define CLIENT(text, first, in, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE, \
      .model = &model, .model_arg = (in), .flags = LOFT_EXPLORE_REUSE | SMR_FLAGS }
#define BARE(text, first, last, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .finish = (last), .spurious = LOFT_EXPLORE_NONE, \
      .flags = LOFT_EXPLORE_REUSE | SMR_FLAGS }

/* All pairs of calls on three keys, from all contents of these, each as ONE: CLIENT, or SOME_OF and few of them. */
#define SOME_OF(text, first, in, ...)  LARGE(text, 10000, first, in, __VA_ARGS__)
#define PAIRS(ONE) \
    ONE("any on 2 beside any on 1 to 3, of nothing", none, 0, any_2, any_3), \
    ONE("any on 2 beside any on 1 to 3, of 1", has_1, 2, any_2, any_3), \
    ONE("any on 2 beside any on 1 to 3, of 2", has_2, 4, any_2, any_3), \
    ONE("any on 2 beside any on 1 to 3, of 3", has_3, 8, any_2, any_3), \
    ONE("any on 2 beside any on 1 to 3, of 1 and 2", has_1_2, 6, any_2, any_3), \
    ONE("any on 2 beside any on 1 to 3, of 1 and 3", has_1_3, 10, any_2, any_3), \
    ONE("any on 2 beside any on 1 to 3, of 2 and 3", has_2_3, 12, any_2, any_3), \
    ONE("any on 2 beside any on 1 to 3, of all", has_1_2_3, 14, any_2, any_3)

/* Three calls on three keys. */
#define TRIPLES(count) \
    SOME("any on 2 beside two on 1 to 3, of nothing", count, none_more, 0, any_2, any_3, any_3), \
    SOME("any on 2 beside two on 1 to 3, of 2", count, has_2_more, 4, any_2, any_3, any_3), \
    SOME("any on 2 beside two on 1 to 3, of 1 and 3", count, has_1_3_more, 10, any_2, any_3, any_3), \
    SOME("any on 2 beside two on 1 to 3, of all", count, has_1_2_3_more, 14, any_2, any_3, any_3)

/* Going through them beside changes. */
#define ROUNDS \
    BARE("1 and 3 are seen beside changes of 2", has_1_2_3, end, sees_1_3, changes_2), \
    BARE("1 and 3 are seen beside a new 2", has_1_3, end, sees_1_3, changes_2), \
    BARE("3 and 1 are seen beside changes of 2", has_1_2_3, end, sees_3_1, changes_2), \
    BARE("3 and 1 are seen beside a new 2", has_1_3, end, sees_3_1, changes_2), \
    BARE("2 is seen beside changes around it", has_1_2_3, end, sees_2, changes_1_3), \
    BARE("2 is seen beside what is new around it", has_2, end, sees_2, changes_1_3), \
    BARE("2 is seen, downwards", has_1_2_3, end, sees_2_down, changes_1_3), \
    BARE("step by step beside changes of 2", has_1_2_3, end, steps_1_3, changes_2), \
    BARE("step by step downwards", has_1_2_3, end, steps_3_1, changes_2), \
    BARE("step by step beside changes around it", has_2, end, steps_2, changes_1_3), \
    BARE("by a cursor beside changes of 2", has_1_2_3, end, cursor_1_3, changes_2), \
    BARE("by a cursor downwards", has_1_2_3, end, cursor_3_1, changes_2), \
    BARE("counted beside changes of 2", has_1_2_3, end, counts_1_3, changes_2), \
    BARE("visited and removed beside a change", has_1_2, end, visits_and_removes, changes)
#define LONG_ROUNDS(count) \
    BARE("1 and 3 are seen beside two changes", has_1_2_3, end, sees_1_3, two_changes_2), \
    BARE("3 and 1 are seen beside two changes", has_1_3, end, sees_3_1, two_changes_2), \
    BARE("2 is seen beside two changes around it", has_1_2_3, end, sees_2, two_changes_1_3), \
    BARE("2 is seen downwards beside two changes", has_2, end, sees_2_down, two_changes_1_3), \
    ANYWAY("step by step beside two changes", count, has_1_2_3, end, steps_1_3, two_changes_2), \
    ANYWAY("visited and removed from two sides", count, has_1_2_3, end, visits_and_removes, visits_and_removes)

/* Without memory, with nomem.h. */
#define WITHOUT_MEMORY(count) \
    CLIENT("without memory: any beside any, of nothing", none_nomem, 0, takes, any_2), \
    CLIENT("without memory: any beside any, of 2", has_2_nomem, 4, takes, any_2), \
    LARGE("without memory: any beside any, of 1 and 2", count, has_1_2_nomem, 6, takes, any_3), \
    LARGE("without memory: two beside one", count, has_2_nomem, 4, takes_takes, takes)

/* Some of them, and all where LOFT_EXPLORE_SCALE asks for it. */
#define LARGE(text, count, first, in, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE, \
      .executions = (count), .model = &model, .model_arg = (in), \
      .flags = LOFT_EXPLORE_REUSE | LOFT_EXPLORE_ALL | SMR_FLAGS }

#define ANYWAY(text, count, first, last, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .finish = (last), .spurious = LOFT_EXPLORE_NONE, \
      .executions = (count), .flags = LOFT_EXPLORE_REUSE | LOFT_EXPLORE_ALL | SMR_FLAGS }

/* Some of them. */
#define SOME(text, count, first, in, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .finish = end, .executions = (count), \
      .model = &model, .model_arg = (in), .flags = LOFT_EXPLORE_REUSE | SMR_FLAGS }

/* And each thread frozen at each of its steps. */
#define FREEZE(text, first, in, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .spurious = LOFT_EXPLORE_NONE, \
      .model = &model, .model_arg = (in), .flags = LOFT_EXPLORE_FREEZE | LOFT_EXPLORE_MAY_LEAK }
#define FREEZE_SOME(text, count, first, in, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .spurious = LOFT_EXPLORE_NONE, \
      .executions = (count), .model = &model, .model_arg = (in), \
      .flags = LOFT_EXPLORE_FREEZE | LOFT_EXPLORE_MAY_LEAK | LOFT_EXPLORE_ALL }

#endif
