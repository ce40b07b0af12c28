/* SPDX-License-Identifier: MIT
 *
 * tests/map/explore/bounded.c - a map with a number of entries that it never exceeds: bounded.h around list.h, over a
 * scheme that does nothing. The model has entries and places, and is as exact about both as the manual: no order of the
 * calls may have one entry too many at any instant, or a refusal without a full map.
 */
#include <loft/check/explore.h>

#include <loft/smr/leak.h>

#define LOFT_MAP_NAME    all
#define LOFT_MAP_KEY     unsigned
#define LOFT_MAP_VAL     unsigned
#define LOFT_MAP_SMR     loft_leak
#include <loft/map/list.h>
#define LOFT_MAP_NAME    few
#define LOFT_MAP_VAL     unsigned
#define LOFT_MAP_ENGINE  all
#include <loft/map/bounded.h>

#include <string.h>

enum { KEYS = 4, THREADS = 3 };
enum what { PUT = 1, PUT_NEW, HAS, REMOVE, POP_FIRST, POP_LAST, REMAINING };

/* ---- the model: entries, and places, which a call that needs one takes before, and gives back after ------------- */

enum phase { OUTSIDE, MISSED, SAW_FULL, HOLDS, GIVES };

struct model {
    uint64_t in;                                         /* a bit for each key                                 */
    uint64_t taken;                                      /* places                                             */
    uint64_t capacity;
    uint64_t full;
    uint64_t phase[THREADS];                             /* of the call that each thread is in                 */
};

static unsigned
bits(uint64_t in)
{
    return (unsigned)((in >> 1 & 1u) + (in >> 2 & 1u) + (in >> 3 & 1u));
}

static void
model_init(void *state, uint64_t arg)
{
    struct model *const m = (struct model *)state;
    memset(m, 0, sizeof *m);
    m->in = arg & 255u;
    m->taken = bits(m->in);
    m->capacity = arg >> 8 & 255u;
    m->full = arg >> 16;
}

/* The lowest key, or the highest; 0: none. */
static unsigned
model_end(const struct model *m, bool highest)
{
    unsigned k = highest ? KEYS - 1 : 1;
    while (k > 0 && k < KEYS && !(m->in >> k & 1u))
        k += highest ? -1u : 1u;
    return k < KEYS ? k : 0;
}

static unsigned
ends(const loft_linear_op *op, uint64_t result)
{
    return op->pending || op->result == result ? LOFT_LINEAR_DONE : LOFT_LINEAR_CANNOT;
}

static unsigned
goes_on(struct model *m, const loft_linear_op *op, enum phase to)
{
    m->phase[op->thread] = to;
    return LOFT_LINEAR_BEGUN;
}

/* Where a put stands: it has missed its key, and then seen all places taken, as one must have that drops an entry; it
 * holds a place; or it needs it no more. It is refused at one instant: all places are taken, and its key is not in, or
 * none at all if it could drop one. */
static unsigned
model_put(struct model *m, const loft_linear_op *op, unsigned way)
{
    const unsigned k = (unsigned)op->key;
    const bool there = m->in >> k & 1u;
    const loft_status old = op->kind == PUT ? LOFT_REPLACED : LOFT_EXISTS;
    unsigned at;
    switch ((enum phase)m->phase[op->thread]) {
    case OUTSIDE:
        if (way == 1)
            return there ? LOFT_LINEAR_CANNOT : goes_on(m, op, MISSED);
        if (there)
            return ends(op, old);
        return m->taken == m->capacity && (m->full == LOFT_BOUNDED_REFUSE || m->in == 0) ? ends(op, LOFT_FULL)
                                                                                         : LOFT_LINEAR_CANNOT;
    case MISSED:
        if (way == 0 && m->taken < m->capacity) {
            m->taken++;
            return goes_on(m, op, HOLDS);
        }
        return way == 1 && m->full != LOFT_BOUNDED_REFUSE && m->taken == m->capacity ? goes_on(m, op, SAW_FULL)
                                                                                     : LOFT_LINEAR_CANNOT;
    case SAW_FULL:
        at = model_end(m, m->full == LOFT_BOUNDED_DROP_LAST);
        if (way == 1 || at == 0)
            return LOFT_LINEAR_CANNOT;
        m->in &= ~(1ull << at);
        return goes_on(m, op, HOLDS);
    case HOLDS:
        if (way == 1)
            return there && ends(op, old) == LOFT_LINEAR_DONE ? goes_on(m, op, GIVES) : LOFT_LINEAR_CANNOT;
        m->in |= 1ull << k;
        m->phase[op->thread] = OUTSIDE;
        return there ? LOFT_LINEAR_CANNOT : ends(op, LOFT_OK);
    case GIVES:
        break;
    }
    return LOFT_LINEAR_CANNOT;
}

static unsigned
model_step(void *state, const loft_linear_op *op, unsigned stage, unsigned way)
{
    struct model *const m = (struct model *)state;
    unsigned at = (unsigned)op->key;
    (void)stage;
    if (m->phase[op->thread] == GIVES) {
        m->taken--;
        m->phase[op->thread] = OUTSIDE;
        return way == 0 ? LOFT_LINEAR_DONE : LOFT_LINEAR_CANNOT;
    }
    if (op->kind <= PUT_NEW)
        return model_put(m, op, way);
    if (way == 1)
        return LOFT_LINEAR_CANNOT;
    switch ((enum what)op->kind) {
    case PUT:
    case PUT_NEW:
        break;
    case HAS:
        return ends(op, m->in >> at & 1u);
    case REMAINING:
        return ends(op, m->capacity - m->taken);
    case POP_FIRST:
    case POP_LAST:
        at = model_end(m, op->kind == POP_LAST);
        if (at == 0)
            return ends(op, 0);
        m->in &= ~(1ull << at);
        return ends(op, at) == LOFT_LINEAR_DONE ? goes_on(m, op, GIVES) : LOFT_LINEAR_CANNOT;
    case REMOVE:
        if (!(m->in >> at & 1u))
            return ends(op, 0);
        m->in &= ~(1ull << at);
        return ends(op, 1) == LOFT_LINEAR_DONE ? goes_on(m, op, GIVES) : LOFT_LINEAR_CANNOT;
    }
    return LOFT_LINEAR_CANNOT;
}

static const char *
model_name(unsigned kind)
{
    static const char *const name[] = { "?", "put", "put_if_absent", "contains", "remove", "pop_first", "pop_last",
                                        "remaining" };
    return kind < sizeof name / sizeof name[0] ? name[kind] : "?";
}

static const loft_linear_model model = {
    "bounded map", sizeof(struct model), model_init, NULL, model_name, false, NULL, model_step, 2, NULL, NULL
};

/* ---- the calls --------------------------------------------------------------------------------------------------- */

static loft_leak domain;
static loft_leak_thread *me[THREADS];
static few map;

static void
call(int t, enum what what, unsigned k)
{
    unsigned at = 0;
    uint64_t result = 0;
    loft_explore_promise(LOFT_EXPLORE_LOCK_FREE, 0);
    loft_explore_call(what, k, 0);
    switch (what) {
    case PUT:       result = (uint64_t)few_put(&map, me[t], k, k); break;
    case PUT_NEW:   result = (uint64_t)few_put_if_absent(&map, me[t], k, k); break;
    case HAS:       result = few_contains(&map, me[t], k); break;
    case REMOVE:    result = few_remove(&map, me[t], k, NULL); break;
    case POP_FIRST: result = few_pop_first(&map, me[t], &at, NULL) ? at : 0; break;
    case POP_LAST:  result = few_pop_last(&map, me[t], &at, NULL) ? at : 0; break;
    case REMAINING: result = few_remaining(&map); break;
    }
    loft_explore_return(true, result);
}

static void
begin(uint64_t with)
{
    few_options o;
    loft_explore_check(loft_leak_init(&domain, NULL) == LOFT_OK);
    for (int t = 0; t < THREADS; t++) {
        me[t] = loft_leak_join(&domain);
        loft_explore_check(me[t]);
    }
    memset(&o, 0, sizeof o);
    o.capacity = with >> 8 & 255u;
    o.full = (loft_bounded_full)(with >> 16);
    loft_explore_check(few_init_with(&map, &domain, &o) == LOFT_OK);
    for (unsigned k = KEYS - 1; k > 0; k--)
        if (with >> k & 1u)
            loft_explore_check(few_put(&map, me[0], k, k) == LOFT_OK);
}

static void
end(void)
{
    const size_t n = few_count(&map, me[0], NULL, NULL, 0);
    loft_explore_check(few_remaining(&map) == few_capacity(&map) - n);
    few_fini(&map);
    loft_explore_check(loft_leak_fini(&domain) == LOFT_OK);
}

/* Keys that are in, a bit each; then the capacity; then what a full map does. */
enum { NONE_2 = 0x200, HAS_3 = 0x208, HAS_3_OF_3 = 0x308, HAS_2_OF_3 = 0x304 };
enum { ONE = 0x102, FULL_2 = 0x20c, ROOM_2 = 0x202, FIRST_1 = 0x10102, LAST_2 = 0x2020c };
static void none_2(void) { begin(NONE_2); }
static void has_3(void) { begin(HAS_3); }
static void has_3_of_3(void) { begin(HAS_3_OF_3); }
static void has_2_of_3(void) { begin(HAS_2_OF_3); }
static void one(void) { begin(ONE); }
static void full_2(void) { begin(FULL_2); }
static void room_2(void) { begin(ROOM_2); }
static void first_1(void) { begin(FIRST_1); }
static void last_2(void) { begin(LAST_2); }

static void remove_1(int t) { call(t, REMOVE, 1); }
static void remove_3(int t) { call(t, REMOVE, 3); }
static void put_1(int t) { call(t, PUT, 1); }
static void put_2(int t) { call(t, PUT, 2); }
static void has_1_has_3(int t) { call(t, HAS, 1); call(t, HAS, 3); }
static void has_2_has_1(int t) { call(t, HAS, 2); call(t, HAS, 1); }
static void put_1_put_2(int t) { call(t, PUT, 1); call(t, PUT, 2); }
static void remove_3_has_1(int t) { call(t, REMOVE, 3); call(t, HAS, 1); }
static void put_1_left(int t) { call(t, PUT, 1); call(t, REMAINING, 0); }
static void put_3_has_1(int t) { call(t, PUT, 3); call(t, HAS, 1); }
static void left_has_1(int t) { call(t, REMAINING, 0); call(t, HAS, 1); }
static void
any(int t)
{
    static const struct { enum what what; unsigned k; } call_of[] = {
        { PUT, 1 }, { PUT, 2 }, { PUT_NEW, 2 }, { HAS, 1 }, { REMOVE, 1 }, { POP_FIRST, 0 }, { POP_LAST, 0 },
        { REMAINING, 0 }
    };
    const unsigned i = loft_explore_choose(sizeof call_of / sizeof call_of[0]);
    call(t, call_of[i].what, call_of[i].k);
}
static void two(int t) { any(t); any(t); }

/* ---- the clients ------------------------------------------------------------------------------------------------- */

#define CLIENT(text, first, with, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE, \
      .model = &model, .model_arg = (with), .flags = LOFT_EXPLORE_MAY_LEAK }
#define LARGE(text, count, first, with, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .finish = end, .spurious = LOFT_EXPLORE_NONE, \
      .executions = (count), .model = &model, .model_arg = (with), .flags = LOFT_EXPLORE_ALL | LOFT_EXPLORE_MAY_LEAK }
#define FREEZE(text, first, with, ...) \
    { .name = (text), .setup = (first), .thread = { __VA_ARGS__ }, .spurious = LOFT_EXPLORE_NONE, \
      .model = &model, .model_arg = (with), .flags = LOFT_EXPLORE_FREEZE | LOFT_EXPLORE_MAY_LEAK }

static const loft_explore_client clients[] = {
    CLIENT("a place is free when its entry is out", full_2, FULL_2, remove_3, put_1, has_1_has_3),
    CLIENT("one place for two", one, ONE, remove_1, put_2, has_2_has_1),
    CLIENT("a key that is in is not refused", none_2, NONE_2, put_1_put_2, put_1),
    CLIENT("a refusal, and a place given back", has_3, HAS_3, put_1_put_2, remove_3_has_1),
    CLIENT("what is left, and a place given back", has_3_of_3, HAS_3_OF_3, put_1_left, remove_3_has_1),
    CLIENT("what is left, and a place taken", has_2_of_3, HAS_2_OF_3, put_1_left, put_3_has_1),
    CLIENT("what is left, and what is in", none_2, NONE_2, put_1_put_2, left_has_1),
    CLIENT("any beside any, full", one, ONE, any, any),
    CLIENT("any beside any, with room", room_2, ROOM_2, any, any),
    CLIENT("any beside any, the first goes", first_1, FIRST_1, any, any),
    CLIENT("any beside any, the last goes", last_2, LAST_2, any, any),
    CLIENT("two puts beside a put, the first goes", first_1, FIRST_1, put_1_put_2, put_2),
    LARGE("two beside two, full", 3000, one, ONE, two, two),
    LARGE("two beside two, the last goes", 3000, last_2, LAST_2, two, two),
    FREEZE("nobody waits", room_2, ROOM_2, any, put_1),
    FREEZE("nobody waits where one goes", first_1, FIRST_1, put_2, put_2),
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
