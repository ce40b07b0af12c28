/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/ordered.h - what an ordered map promises, as clients of the explorer. Include it after the map, an
 * instance `omap` of keys and values of type unsigned with LOFT_MAP_EQ, over the scheme SMR, whose domains SMR_BEGIN(d)
 * begins; SMR_FLAGS are for all clients.
 *
 * A call is a number: what, and on which key; a thread is a row of them. Each is recorded for a model of the whole map,
 * because what first or floor answer is no matter of one key. Under each value lies plain memory that is written before
 * the value goes in and read when it comes out, so that a missing edge shows as a race where the answer is right.
 */
#ifndef LOFT_TESTS_MAP_EXPLORE_ORDERED_H
#define LOFT_TESTS_MAP_EXPLORE_ORDERED_H

#include <string.h>

/* Each program takes what it needs. */
#pragma GCC diagnostic ignored "-Wunused-function"

#define S_(f) LOFT_CAT(SMR, f)

enum { KEYS = 6, VALUES = 64, THREADS = 4 };             /* keys 1 to 5, mostly 1 to 3 */

enum what {
    GET = 1, HAS, PUT, PUT_NEW, GET_OR, REPLACE, REPLACE_IF, UPDATE, REMOVE, REMOVE_IF, FIRST, LAST, FLOOR, CEILING,
    LOWER, HIGHER, POP_FIRST, POP_LAST
};

#define ON(what, key)  ((unsigned)(what) << 4 | (unsigned)(key))

/* ---- the model --------------------------------------------------------------------------------------------------- */

/* Values by key, 0: none. model_arg says which keys are in at the beginning, a bit each, with FIRST_VALUE + key. */
enum { FIRST_VALUE = 32 };

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
        "remove_if", "first", "last", "floor", "ceiling", "lower", "higher", "pop_first", "pop_last"
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
    loft_status s;
    if (what >= PUT && what <= REPLACE_IF) {
        arg = ++fresh[t];
        loft_plain_write(&under[arg], arg);
    }
    loft_explore_promise(LOFT_EXPLORE_LOCK_FREE, 0);
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
    }
    loft_explore_return(ok, what == UPDATE ? 0 : (uint64_t)at << 8 | v);
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
BEGIN(has_1_2, 6)
BEGIN(has_1_3, 10)
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

/* Some of them, and all where LOFT_EXPLORE_SCALE asks for it. */
#define LARGE(text, count, first, in, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE, \
      .executions = (count), .model = &model, .model_arg = (in), \
      .flags = LOFT_EXPLORE_REUSE | LOFT_EXPLORE_ALL | SMR_FLAGS }

/* Some of them. */
#define SOME(text, count, first, in, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .finish = end, .executions = (count), \
      .model = &model, .model_arg = (in), .flags = LOFT_EXPLORE_REUSE | SMR_FLAGS }

/* And each thread frozen at each of its steps. */
#define FREEZE(text, first, in, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .spurious = LOFT_EXPLORE_NONE, \
      .model = &model, .model_arg = (in), .flags = LOFT_EXPLORE_FREEZE | LOFT_EXPLORE_MAY_LEAK }

#endif
