/* SPDX-License-Identifier: MIT
 *
 * tests/map/api.h - each call of an ordered map, as its contract has it, against a sorted array: a table with a row for
 * each call, which is run on every subject from every small content, at every key in and around it; in long random
 * sequences; without memory at each allocation; with extreme keys, sorted and reverse input, results nobody wants, and
 * comparisons that lie.
 */
#ifndef LOFT_TESTS_MAP_API_H
#define LOFT_TESTS_MAP_API_H

#include "subject.h"

/* ---- the array --------------------------------------------------------------------------------------------------- */

struct model {
    int *key;
    unsigned *val;
    size_t n;
    size_t room;
};

static void
model_begin(struct model *a, size_t room)
{
    a->key = (int *)malloc(room * sizeof *a->key);
    a->val = (unsigned *)malloc(room * sizeof *a->val);
    a->n = 0;
    a->room = room;
    if (!a->key || !a->val)
        abort();
}

static void
model_end(struct model *a)
{
    free(a->key);
    free(a->val);
}

/* Where the first key is that is not below k. */
static size_t
model_at(const struct model *a, int k)
{
    size_t low = 0;
    size_t high = a->n;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (a->key[mid] < k)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool
model_has(const struct model *a, int k)
{
    const size_t i = model_at(a, k);
    return i < a->n && a->key[i] == k;
}

static void
model_put(struct model *a, int k, unsigned v)
{
    const size_t i = model_at(a, k);
    if (!model_has(a, k)) {
        if (a->n == a->room)
            abort();
        memmove(a->key + i + 1, a->key + i, (a->n - i) * sizeof *a->key);
        memmove(a->val + i + 1, a->val + i, (a->n - i) * sizeof *a->val);
        a->n++;
    }
    a->key[i] = k;
    a->val[i] = v;
}

static void
model_take(struct model *a, size_t i)
{
    a->n--;
    memmove(a->key + i, a->key + i + 1, (a->n - i) * sizeof *a->key);
    memmove(a->val + i, a->val + i + 1, (a->n - i) * sizeof *a->val);
}

/* The part of it that a range is: from the first to the one behind the last. */
static void
model_range(const struct model *a, const int *from, const int *to, unsigned how, size_t *first, size_t *end)
{
    *first = from ? model_at(a, *from) : 0;
    *end = to ? model_at(a, *to) : a->n;
    if (from && (how & LOFT_RANGE_AFTER) && model_has(a, *from))
        ++*first;
    if (to && (how & LOFT_RANGE_THROUGH) && model_has(a, *to))
        ++*end;
    if (*end < *first)
        *end = *first;
}

/* ---- one call ---------------------------------------------------------------------------------------------------- */

struct test {
    struct bench b;
    struct model a;
    bool may_fail;                                       /* LOFT_NOMEM is an answer                            */
    bool mute;                                           /* nobody wants the results                           */
    struct dice d;
};

#define CALL(f, ...)  t->b.s->f(t->b.m, t->b.me, __VA_ARGS__)

/* What the array says of one key. */
struct was {
    size_t i;
    bool in;
    unsigned v;
};

static struct was
was_at(const struct test *t, int k)
{
    struct was w;
    w.i = model_at(&t->a, k);
    w.in = model_has(&t->a, k);
    w.v = w.in && !(t->b.s->is & IS_SET) ? t->a.val[w.i] : 0;
    return w;
}

/* Each answers whether the map and the array agree. */
static bool
call_put(struct test *t, int k, unsigned v)
{
    const struct was w = was_at(t, k);
    const loft_status s = CALL(put, k, v);
    if (s == LOFT_NOMEM)
        return t->may_fail && !((t->b.s->is & IS_SET) && w.in);
    if (!w.in || !(t->b.s->is & IS_SET))
        model_put(&t->a, k, v);
    return s == (!w.in ? LOFT_OK : t->b.s->is & IS_SET ? LOFT_EXISTS : LOFT_REPLACED);
}

static bool
call_put_if_absent(struct test *t, int k, unsigned v)
{
    const struct was w = was_at(t, k);
    const loft_status s = CALL(put_if_absent, k, v);
    if (s == LOFT_NOMEM)
        return t->may_fail && !w.in;
    if (!w.in)
        model_put(&t->a, k, v);
    return s == (w.in ? LOFT_EXISTS : LOFT_OK);
}

static bool
call_get_or_insert(struct test *t, int k, unsigned v)
{
    const struct was w = was_at(t, k);
    unsigned out = 77;
    const loft_status s = CALL(get_or_insert, k, v, t->mute ? NULL : &out);
    if (s == LOFT_NOMEM)
        return t->may_fail && !w.in;
    if (!w.in)
        model_put(&t->a, k, v);
    return s == (w.in ? LOFT_EXISTS : LOFT_OK) && (t->mute || out == (w.in ? w.v : v));
}

static bool
call_get_or_insert_with(struct test *t, int k, unsigned v)
{
    const struct was w = was_at(t, k);
    unsigned out = 77;
    int calls = 0;
    const loft_status s = CALL(get_or_insert_with, k, &v, &calls, t->mute ? NULL : &out);
    if (s == LOFT_NOMEM)
        return t->may_fail && !w.in && calls <= 1;
    if (!w.in)
        model_put(&t->a, k, v);
    return s == (w.in ? LOFT_EXISTS : LOFT_OK) && (t->mute || out == (w.in ? w.v : v)) && calls == !w.in;
}

static bool
call_get_or_insert_with_nothing(struct test *t, int k, unsigned v)
{
    const struct was w = was_at(t, k);
    unsigned out = v;
    int calls = 0;
    const loft_status s = CALL(get_or_insert_with, k, NULL, &calls, t->mute ? NULL : &out);
    return s == (w.in ? LOFT_EXISTS : LOFT_NOT_FOUND) && out == (w.in && !t->mute ? w.v : v) && calls == !w.in;
}

static bool
call_replace(struct test *t, int k, unsigned v)
{
    const struct was w = was_at(t, k);
    unsigned out = 77;
    const loft_status s = CALL(replace, k, v, t->mute ? NULL : &out);
    if (s == LOFT_NOMEM)
        return t->may_fail && w.in;
    if (w.in)
        model_put(&t->a, k, v);
    return s == (w.in ? LOFT_REPLACED : LOFT_NOT_FOUND) && out == (w.in && !t->mute ? w.v : 77);
}

static bool
replace_if(struct test *t, int k, unsigned expected, unsigned v)
{
    const struct was w = was_at(t, k);
    const loft_status s = CALL(replace_if, k, expected, v);
    const bool does = w.in && w.v == expected;
    if (s == LOFT_NOMEM)
        return t->may_fail && does;
    if (does)
        model_put(&t->a, k, v);
    return s == (!w.in ? LOFT_NOT_FOUND : does ? LOFT_REPLACED : LOFT_EXISTS);
}

static bool call_replace_if(struct test *t, int k, unsigned v) { return replace_if(t, k, was_at(t, k).v, v); }
static bool call_replace_if_other(struct test *t, int k, unsigned v) { return replace_if(t, k, was_at(t, k).v + 1, v); }

static bool
call_update(struct test *t, int k, unsigned v)
{
    const struct was w = was_at(t, k);
    const unsigned add = v % 100 + 1;
    int calls = 0;
    const loft_status s = CALL(update, k, add, &calls);
    if (s == LOFT_NOMEM)
        return t->may_fail && w.in && calls <= 1;
    if (w.in)
        model_put(&t->a, k, w.v + add);
    return s == (w.in ? LOFT_REPLACED : LOFT_NOT_FOUND) && calls == w.in;
}

static bool
call_update_not(struct test *t, int k, unsigned v)
{
    const struct was w = was_at(t, k);
    int calls = 0;
    (void)v;
    const loft_status s = CALL(update, k, 0, &calls);
    return s == (w.in ? LOFT_EXISTS : LOFT_NOT_FOUND) && calls == w.in;
}

static bool
call_remove(struct test *t, int k, unsigned v)
{
    const struct was w = was_at(t, k);
    unsigned out = v;
    const bool took = CALL(remove, k, t->mute ? NULL : &out);
    if (w.in)
        model_take(&t->a, w.i);
    return took == w.in && out == (w.in && !t->mute ? w.v : v);
}

static bool
remove_if(struct test *t, int k, unsigned expected)
{
    const struct was w = was_at(t, k);
    const bool took = CALL(remove_if, k, expected);
    const bool does = w.in && w.v == expected;
    if (does)
        model_take(&t->a, w.i);
    return took == does;
}

static bool call_remove_if(struct test *t, int k, unsigned v) { (void)v; return remove_if(t, k, was_at(t, k).v); }
static bool call_remove_if_other(struct test *t, int k, unsigned v) { return remove_if(t, k, was_at(t, k).v + 1 + v); }

static bool
call_get(struct test *t, int k, unsigned v)
{
    const struct was w = was_at(t, k);
    unsigned out = v;
    return CALL(get, k, t->mute ? NULL : &out) == w.in && out == (w.in && !t->mute ? w.v : v);
}

static bool
call_contains(struct test *t, int k, unsigned v)
{
    (void)v;
    return CALL(contains, k) == model_has(&t->a, k);
}

/* The i-th of the array, i < 0 or behind it: none, is what the call answered. */
static bool
is_entry(const struct test *t, size_t i, bool there, int at, unsigned v, unsigned before)
{
    const bool in = i < t->a.n;
    const unsigned its = in && !(t->b.s->is & IS_SET) ? t->a.val[i] : 0;
    if (there != in)
        return false;
    return t->mute || (at == (in ? t->a.key[i] : -77) && v == (in ? its : before));
}

static bool
near_is(struct test *t, enum near what, int k, unsigned v, size_t i)
{
    int at = -77;
    unsigned out = v;
    const bool there = CALL(near, what, k, t->mute ? NULL : &at, t->mute ? NULL : &out);
    return is_entry(t, i, there, at, out, v);
}

static bool
call_first(struct test *t, int k, unsigned v)
{
    return near_is(t, FIRST, k, v, 0);
}

static bool
call_last(struct test *t, int k, unsigned v)
{
    return near_is(t, LAST, k, v, t->a.n - 1);
}

static bool
call_floor(struct test *t, int k, unsigned v)
{
    const struct was w = was_at(t, k);
    return near_is(t, FLOOR, k, v, w.in ? w.i : w.i - 1);
}

static bool
call_ceiling(struct test *t, int k, unsigned v)
{
    return near_is(t, CEILING, k, v, was_at(t, k).i);
}

static bool
call_lower(struct test *t, int k, unsigned v)
{
    return near_is(t, LOWER, k, v, was_at(t, k).i - 1);
}

static bool
call_higher(struct test *t, int k, unsigned v)
{
    const struct was w = was_at(t, k);
    return near_is(t, HIGHER, k, v, w.in ? w.i + 1 : w.i);
}

static bool
pop_is(struct test *t, bool highest, unsigned v)
{
    int at = -77;
    unsigned out = v;
    const size_t i = highest ? t->a.n - 1 : 0;
    const bool there = CALL(pop, highest, t->mute ? NULL : &at, t->mute ? NULL : &out);
    const bool good = is_entry(t, i, there, at, out, v);
    if (t->a.n)
        model_take(&t->a, i);
    return good;
}

static bool call_pop_first(struct test *t, int k, unsigned v) { (void)k; return pop_is(t, false, v); }
static bool call_pop_last(struct test *t, int k, unsigned v) { (void)k; return pop_is(t, true, v); }

static bool
call_approx_len(struct test *t, int k, unsigned v)
{
    (void)k;
    (void)v;
    return t->b.s->approx_len(t->b.m, t->b.me) == t->a.n;
}

static bool
call_is_empty(struct test *t, int k, unsigned v)
{
    (void)k;
    (void)v;
    return t->b.s->is_empty(t->b.m, t->b.me) == (t->a.n == 0);
}

static bool
call_clear(struct test *t, int k, unsigned v)
{
    const size_t n = t->b.s->clear(t->b.m, t->b.me);
    const bool good = n == t->a.n;
    (void)k;
    (void)v;
    t->a.n = 0;
    return good;
}

struct taken {
    struct test *t;
    size_t n;
    bool good;
};

static bool
takes_entry(int k, unsigned v, void *ctx)
{
    struct taken *const all = (struct taken *)ctx;
    const struct model *const a = &all->t->a;
    all->good = all->good && all->n < a->n && a->key[all->n] == k
             && ((all->t->b.s->is & IS_SET) || a->val[all->n] == v);
    all->n++;
    return true;
}

static bool
call_snapshot(struct test *t, int k, unsigned v)
{
    struct taken all = { t, 0, true };
    (void)k;
    (void)v;
    if (!t->b.s->snapshot)
        return true;
    const loft_status s = CALL(snapshot, NULL, NULL, 0, takes_entry, &all);
    return s == LOFT_OK ? all.good && all.n == t->a.n : s == LOFT_NOMEM && t->may_fail && all.n == 0;
}

#define FOR_ALL   0u
#define FOR_MAPS  1u
#define READS     2u                                     /* changes nothing                                    */
#define WHOLE     4u                                     /* of no one key                                      */

struct row {
    const char *name;
    unsigned is;
    bool (*call)(struct test *t, int k, unsigned v);
};

static const struct row rows[] = {
    { "contains", READS, call_contains },
    { "get", FOR_MAPS | READS, call_get },
    { "put", FOR_ALL, call_put },
    { "put_if_absent", FOR_ALL, call_put_if_absent },
    { "get_or_insert", FOR_MAPS, call_get_or_insert },
    { "get_or_insert_with", FOR_MAPS, call_get_or_insert_with },
    { "get_or_insert_with, which makes nothing", FOR_MAPS, call_get_or_insert_with_nothing },
    { "replace", FOR_MAPS, call_replace },
    { "replace_if, the same", FOR_MAPS, call_replace_if },
    { "replace_if, another", FOR_MAPS, call_replace_if_other },
    { "update", FOR_MAPS, call_update },
    { "update, which says no", FOR_MAPS, call_update_not },
    { "remove", FOR_ALL, call_remove },
    { "remove_if, the same", FOR_MAPS, call_remove_if },
    { "remove_if, another", FOR_MAPS, call_remove_if_other },
    { "first", READS | WHOLE, call_first },
    { "last", READS | WHOLE, call_last },
    { "floor", READS, call_floor },
    { "ceiling", READS, call_ceiling },
    { "lower", READS, call_lower },
    { "higher", READS, call_higher },
    { "pop_first", WHOLE, call_pop_first },
    { "pop_last", WHOLE, call_pop_last },
    { "snapshot", READS | WHOLE, call_snapshot },
    { "approx_len", READS | WHOLE, call_approx_len },
    { "is_empty", READS | WHOLE, call_is_empty },
    { "clear", WHOLE, call_clear },                      /* the last one: rare in sequences                    */
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* ---- ranges ------------------------------------------------------------------------------------------------------ */

struct walk {
    const struct test *t;
    size_t next;                                         /* of the array                                       */
    size_t left;
    size_t stop;                                         /* after so many; 0: never                            */
    bool down;
    bool good;
};

static bool
walked(int k, unsigned v, void *ctx)
{
    struct walk *const w = (struct walk *)ctx;
    const struct model *const a = &w->t->a;
    const size_t i = w->down ? w->next - 1 : w->next;
    if (w->left == 0) {
        w->good = false;
        return false;
    }
    w->good = w->good && a->key[i] == k && ((w->t->b.s->is & IS_SET) || a->val[i] == v);
    w->next = w->down ? w->next - 1 : w->next + 1;
    w->left--;
    return --w->stop != 0;
}

/* Does the map walk through this range as the array has it, in this manner? */
static bool
range_is(struct test *t, const int *from, const int *to, unsigned how, size_t stop)
{
    struct walk w;
    size_t first;
    size_t end;
    model_range(&t->a, from, to, how, &first, &end);
    size_t n = end - first;
    w.t = t;
    w.left = n;
    w.stop = stop;
    w.good = true;
    w.down = (how & LOFT_RANGE_DOWN) != 0;
    w.next = w.down ? end : first;
    if (stop && stop < n)
        n = stop;
    return CALL(range, from, to, how, walked, &w) == n && w.good && w.left == end - first - n;
}

static bool
count_is(struct test *t, const int *from, const int *to, unsigned how)
{
    size_t first;
    size_t end;
    model_range(&t->a, from, to, how, &first, &end);
    return CALL(count, from, to, how) == end - first;
}

static const unsigned manners[] = {
    BY_EACH, BY_EACH | LOFT_RANGE_DOWN, BY_CURSOR, BY_CURSOR | LOFT_RANGE_DOWN, BY_SCAN, BY_SCAN | LOFT_RANGE_DOWN,
    BY_SNAP, BY_SNAP | LOFT_RANGE_DOWN
};
enum { MANNERS = sizeof manners / sizeof manners[0] };

/* Is all that is in the map what is in the array, whichever way one looks? */
static bool
same(struct test *t)
{
    return range_is(t, NULL, NULL, 0, 0) && count_is(t, NULL, NULL, 0) && t->b.s->approx_len(t->b.m, t->b.me) == t->a.n
        && t->b.s->is_empty(t->b.m, t->b.me) == (t->a.n == 0);
}

/* ---- beginning and end ------------------------------------------------------------------------------------------- */

static void
test_begin(struct test *t, const struct subject *s, size_t room)
{
    memset(t, 0, sizeof *t);
    bench_begin(&t->b, s);
    model_begin(&t->a, room);
    t->d = dice_from(room);
}

static void
fill(struct test *t, int k, unsigned v)
{
    if (!call_put(t, k, v))
        trouble("the map cannot be filled");
}

static void
test_end(struct test *t)
{
    bench_end(&t->b);
    model_end(&t->a);
    if (!(t->b.s->is & IS_LEAKY) && things_left() != 0)
        trouble("things are held that nobody has any more");
}

/* The verdict on a group of calls. */
static void
verdict(const struct subject *s, unsigned long wrong, const char *what)
{
    char text[160];
    const unsigned long more = troubles();
    snprintf(text, sizeof text, "%s: %s", s->name, what);
    if (!ok(wrong == 0 && more == 0, text))
        note("%lu wrong answers, %lu troubles", wrong, more);
}

static bool applies(const struct subject *s, const struct row *r) { return !((s->is & IS_SET) && (r->is & FOR_MAPS)); }

/* ---- every call, from every small content ------------------------------------------------------------------------ */

enum { SMALL = 5 };                                      /* keys -20 -10 0 10 20                               */
static int small_key(int i) { return 10 * (i - SMALL / 2); }

static void
fill_small(struct test *t, unsigned content)
{
    for (int i = 0; i < SMALL; i++)
        if (content >> (i * 2 % SMALL) & 1u)             /* in no particular order */
            fill(t, small_key(i * 2 % SMALL), 100u + (unsigned)i);
}

static void
each_call(const struct subject *s)
{
    char text[100];
    for (int r = 0; r < ROWS; r++) {
        unsigned long wrong = 0;
        if (!applies(s, &rows[r]))
            continue;
        for (unsigned content = 0; content < 1u << SMALL; content++) {
            struct test t;
            test_begin(&t, s, 16);
            for (int k = -25; k <= 25; k += rows[r].is & WHOLE ? 50 : 5) {
                fill_small(&t, content);
                t.mute = ((unsigned)k + content) % 3 == 0;
                const bool good = rows[r].call(&t, k, 500u + (unsigned)k);
                wrong += !good;
                if (!good && wrong < 4)
                    note("%s(%d)%s is wrong where the keys are %#x", rows[r].name, k, t.mute ? ", mute," : "", content);
                if (!(rows[r].is & READS)) {
                    wrong += !same(&t);
                    if (!call_clear(&t, 0, 0) || !same(&t))
                        trouble("the map is not what it should be");
                }
                s->rest(t.b.me);
            }
            test_end(&t);
        }
        snprintf(text, sizeof text, "%s, of all contents", rows[r].name);
        verdict(s, wrong, text);
    }
}

/* Bounds: none, or a key in or beside the map. */
static const int *
bound(int i, int *k)
{
    *k = -25 + 5 * (i - 1);
    return i ? k : NULL;
}

static void
each_range(const struct subject *s)
{
    unsigned long wrong[MANNERS + 1] = { 0 };
    char text[100];
    for (unsigned content = 0; content < 1u << SMALL; content += content && scaled(100) < 50 ? 6 : 1) {
        struct test t;
        test_begin(&t, s, 16);
        fill_small(&t, content);
        for (int i = 0; i < 12; i++) {
            for (int j = 0; j < 12; j++) {
                for (unsigned how = 0; how < 4; how++) {
                    int from;
                    int to;
                    const int *const low = bound(i, &from);
                    const int *const high = bound(j, &to);
                    wrong[MANNERS] += !count_is(&t, low, high, how);
                    for (int by = 0; by < MANNERS; by++)
                        wrong[by] += !range_is(&t, low, high, how | manners[by], (unsigned)(i + j) % 5);
                }
            }
        }
        s->rest(t.b.me);
        test_end(&t);
    }
    for (int by = 0; by < MANNERS; by++) {
        snprintf(text, sizeof text, "all ranges of all contents%s%s",
                 manners[by] & BY_CURSOR ? ", by cursor" : manners[by] & BY_SCAN ? ", by scan"
                 : manners[by] & BY_SNAP ? ", by snapshot" : "",
                 by % 2 ? ", down" : "");
        verdict(s, wrong[by], text);
    }
    verdict(s, wrong[MANNERS], "counts of all ranges of all contents");
}

/* ---- long sequences ---------------------------------------------------------------------------------------------- */

/* A key of the range, or an odd one. */
static int
some_key(struct test *t, int keys)
{
    static const int odd[] = { INT_MIN, INT_MIN + 1, INT_MAX, INT_MAX - 1, -1 };
    return dice_roll(&t->d, 200) == 0 ? odd[dice_roll(&t->d, 5)] : (int)dice_roll(&t->d, (unsigned)keys);
}

static void
sequence(const struct subject *s, int keys, unsigned long long calls)
{
    unsigned long wrong = 0;
    unsigned long ranges = 0;
    char text[100];
    struct test t;
    test_begin(&t, s, (size_t)keys + 8);
    for (unsigned long long i = 0; i < calls; i++) {
        const unsigned phase = (unsigned)(i / 1000 % 3); /* it grows, shrinks, stays                           */
        int r = (int)dice_roll(&t.d, ROWS - 1);
        if (phase == 0 && dice_roll(&t.d, 2))
            r = 2;
        if (phase == 1 && dice_roll(&t.d, 3) == 0)
            r = 12;
        if (i % 5000 == 4999)
            r = ROWS - 1;
        if (!applies(s, &rows[r]))
            r = 12;
        /* They say how many there are, which takes some time where there are many. */
        if ((rows[r].call == call_approx_len || rows[r].call == call_last) && t.a.n > 64 && dice_roll(&t.d, 8))
            r = 0;
        const int k = some_key(&t, keys);
        t.mute = dice_roll(&t.d, 16) == 0;
        const bool good = rows[r].call(&t, k, (unsigned)i);
        if (!good && wrong++ < 3)
            note("call %llu, %s(%d), is wrong", i, rows[r].name, k);
        if (i % 128 == 0) {
            const int from = some_key(&t, keys);
            const int close = from < INT_MAX - 50 ? from + (int)dice_roll(&t.d, 50) : from;
            const int to = dice_roll(&t.d, 2) ? close : some_key(&t, keys);
            const unsigned how = dice_roll(&t.d, 4);
            const unsigned by = manners[dice_roll(&t.d, MANNERS)];
            const size_t stop = dice_roll(&t.d, 3) ? 0 : dice_roll(&t.d, 40);
            const bool low = dice_roll(&t.d, 4) != 0;
            const bool high = dice_roll(&t.d, 4) != 0;
            ranges += !range_is(&t, low ? &from : NULL, high ? &to : NULL, how | by, stop);
            ranges += !count_is(&t, low ? &from : NULL, high ? &to : NULL, how);
        }
        s->rest(t.b.me);
    }
    wrong += !same(&t);
    test_end(&t);
    snprintf(text, sizeof text, "%llu random calls on %d keys", calls, keys);
    verdict(s, wrong, text);
    verdict(s, ranges, "ranges meanwhile");
}

/* n keys in a certain order, each looked for; then out in another one. */
static void
orders(const struct subject *s, int n)
{
    static const char *const name[] = { "rising", "falling", "from the middle", "in no order" };
    for (int in = 0; in < 4; in++) {
        unsigned long wrong = 0;
        char text[80];
        struct test t;
        test_begin(&t, s, (size_t)n);
        for (int pass = 0; pass < 3; pass++) {
            for (int i = 0; i < n; i++) {
                const int j = pass == 2 ? n - 1 - i : i;
                const int k = in == 0 ? j : in == 1 ? n - 1 - j
                            : in == 2 ? (j % 2 ? n / 2 + j / 2 : n / 2 - 1 - j / 2)
                            : (int)((unsigned)j * 7919u % (unsigned)n);
                if (pass == 0)
                    wrong += !call_put_if_absent(&t, k, (unsigned)k);
                if (pass == 1 && i % 8 == 0)
                    wrong += !call_contains(&t, k, 0) || !call_floor(&t, k, 9) || !call_higher(&t, k, 9);
                if (pass == 2)
                    wrong += !call_remove(&t, k, 9);
                s->rest(t.b.me);
            }
            wrong += !same(&t);
            for (int by = 0; by < MANNERS; by++)
                wrong += !range_is(&t, NULL, NULL, manners[by], 0);
        }
        test_end(&t);
        snprintf(text, sizeof text, "%d keys %s, and out again", n, name[in]);
        verdict(s, wrong, text);
    }
}

/* The ends of what a key can be. */
static void
extremes(const struct subject *s)
{
    static const int key[] = { 0, INT_MAX, INT_MIN, 1, -1, INT_MAX - 1, INT_MIN + 1 };
    enum { N = sizeof key / sizeof key[0] };
    unsigned long wrong = 0;
    struct test t;
    test_begin(&t, s, 16);
    for (int turn = 0; turn < 2 * N; turn++) {
        for (int i = 0; i < N; i++)
            fill(&t, key[(i + turn) % N], (unsigned)i);
        for (int r = 0; r < ROWS - 1; r++) {
            for (int i = 0; i < N; i++) {
                if (!applies(s, &rows[r]))
                    continue;
                wrong += !rows[r].call(&t, key[i], 1000u + (unsigned)i);
                wrong += !same(&t);
                if (!(rows[r].is & READS) && t.a.n < 3)
                    for (int j = 0; j < N; j++)
                        fill(&t, key[j], (unsigned)j);
            }
        }
        for (int i = 0; i < N * N; i++)
            for (unsigned how = 0; how < 4; how++)
                wrong += !range_is(&t, &key[i % N], &key[i / N], how, 0);
        for (int i = 0; i < N; i++) {                    /* from the lowest, or the highest, to none */
            const int k = key[(i * 3 + turn) % N];
            wrong += !(turn % 3 == 0 ? call_remove(&t, k, 5) : turn % 3 == 1 ? call_pop_first(&t, 0, 5)
                       : call_pop_last(&t, 0, 5));
        }
        wrong += turn % 3 != 0 && t.a.n != 0;
        s->rest(t.b.me);
    }
    test_end(&t);
    verdict(s, wrong, "the least and the greatest keys there are");
}

/* ---- two of them ------------------------------------------------------------------------------------------------- */

/* Two maps of one type in one domain have nothing to do with each other. */
static void
two_maps(const struct subject *s)
{
    unsigned long wrong = 0;
    struct test t;
    struct test other;
    test_begin(&t, s, 64);
    other = t;
    model_begin(&other.a, 64);
    other.b.m = malloc(s->map_size);
    if (!other.b.m || s->init(other.b.m, t.b.domain) != LOFT_OK)
        abort();
    for (unsigned i = 0; i < 2000; i++) {
        struct test *const one = dice_roll(&t.d, 2) ? &t : &other;
        const int r = (int)dice_roll(&t.d, i % 500 == 499 ? ROWS : ROWS - 1);
        if (applies(s, &rows[r]))
            wrong += !rows[r].call(one, (int)dice_roll(&t.d, 40), i);
        s->rest(t.b.me);
    }
    wrong += !same(&t) || !same(&other);
    s->fini(other.b.m);
    wrong += !same(&t);
    free(other.b.m);
    model_end(&other.a);
    test_end(&t);
    verdict(s, wrong, "two maps in one domain");
}

static void
beginnings(const struct subject *s)
{
    unsigned long wrong = 0;
    struct test t;
    test_begin(&t, s, 64);
    fill(&t, 1, 1);
    wrong += s->init(t.b.m, NULL) != LOFT_INVAL || !same(&t);
    for (int i = 0; i < 5; i++) {                        /* what has ended can begin again */
        s->fini(t.b.m);
        t.a.n = 0;
        wrong += s->init(t.b.m, t.b.domain) != LOFT_OK || !same(&t);
        for (int k = 0; k < 10 * i; k++)
            fill(&t, k, 3);
    }
    test_end(&t);
    verdict(s, wrong, "init without a domain; fini and init again");
}

/* ---- built of what is sorted ------------------------------------------------------------------------------------- */

static void
sorted(const struct subject *s, size_t most)
{
    static const size_t sizes[] = { 0, 1, 2, 3, 4, 7, 15, 16, 17, 100, 1000, 4097 };
    enum { N = sizeof sizes / sizeof sizes[0] };
    unsigned long wrong = 0;
    unsigned long refused = 0;
    unsigned long without = 0;
    int *const k = (int *)malloc(4097 * sizeof *k);
    unsigned *const v = (unsigned *)malloc(4097 * sizeof *v);
    if (!k || !v)
        abort();
    for (int i = 0; i < N; i++) {
        const size_t n = sizes[i] < most ? sizes[i] : most;
        struct test t;
        test_begin(&t, s, n + 40);
        s->fini(t.b.m);
        for (size_t j = 0; j < n; j++) {
            k[j] = (int)j * 3 - 150;
            v[j] = (unsigned)j;
            model_put(&t.a, k[j], v[j]);
        }
        wrong += s->init_sorted(t.b.m, t.b.me, t.b.domain, n ? k : NULL, n ? v : NULL, n) != LOFT_OK || !same(&t);
        for (int by = 0; by < MANNERS; by++)
            wrong += !range_is(&t, NULL, NULL, manners[by], 0);
        for (unsigned j = 0; j < 300; j++) {
            const int r = (int)dice_roll(&t.d, ROWS - 1);
            if (applies(s, &rows[r]))
                wrong += !rows[r].call(&t, (int)dice_roll(&t.d, 40) * 3 - 153, j);
            s->rest(t.b.me);
        }
        wrong += !same(&t);
        s->fini(t.b.m);
        t.a.n = 0;
        for (size_t bad = 1; bad < n; bad += 1 + n / 7) {     /* equal, and falling, somewhere */
            const int right = k[bad];
            for (int j = 0; j < 2; j++) {
                k[bad] = j ? k[bad - 1] : k[bad - 1] - 1;
                refused += s->init_sorted(t.b.m, t.b.me, t.b.domain, k, v, n) != LOFT_INVAL;
            }
            k[bad] = right;
        }
        for (size_t at = 0;; at += 1 + n / 10) {
            loft_alloc_fail_after(at);
            const loft_status r = s->init_sorted(t.b.m, t.b.me, t.b.domain, k, v, n);
            if (loft_alloc_fail_stop() == 0) {
                without += r != LOFT_OK;
                break;
            }
            without += r != LOFT_NOMEM;
        }
        for (size_t j = 0; j < n; j++)
            model_put(&t.a, k[j], v[j]);
        without += !same(&t);
        refused += s->init_sorted(t.b.m, t.b.me, NULL, k, v, n) != LOFT_INVAL;
        test_end(&t);
    }
    free(k);
    free(v);
    verdict(s, wrong, "a map made of what is sorted");
    verdict(s, refused, "is refused what is not");
    verdict(s, without, "and is not made where an allocation fails");
}

/* ---- no memory --------------------------------------------------------------------------------------------------- */

static void
no_memory(const struct subject *s)
{
    unsigned long wrong = 0;
    unsigned long hits = 0;
    const loft_alloc_stats before = loft_alloc_stats_get();
    for (int r = 0; r < ROWS; r++) {
        for (unsigned content = 0; content < 1u << SMALL && applies(s, &rows[r]); content += 3) {
            for (int all = 0; all < 2; all++) {
                struct test t;
                test_begin(&t, s, 16);
                t.may_fail = true;
                for (size_t at = 0;; at++) {
                    unsigned seen = 0;
                    for (int k = -25; k <= 25; k += 5) {
                        t.mute = k % 2 == 0;
                        call_clear(&t, 0, 0);
                        fill_small(&t, content);
                        if (all)
                            loft_alloc_fail_from(at);
                        else
                            loft_alloc_fail_after(at);
                        const bool good = rows[r].call(&t, k, 800u + (unsigned)k);
                        seen += loft_alloc_fail_stop() != 0;
                        wrong += !good || !same(&t);
                        s->rest(t.b.me);
                    }
                    hits += seen;
                    if (!seen || at > 30)
                        break;
                }
                test_end(&t);
            }
        }
    }
    verdict(s, wrong, "each allocation of each call fails, and nothing changes");
    ok(hits > 100, "such failures were met");
    if (!(s->is & IS_LEAKY))
        ok_eq(loft_alloc_stats_get().live, before.live, "as many blocks are there as were before");
}

/* ---- comparisons that lie ---------------------------------------------------------------------------------------- */

struct patience {
    unsigned left;
};

static bool
visit_patiently(int k, unsigned v, void *ctx)
{
    struct patience *const p = (struct patience *)ctx;
    (void)k;
    (void)v;
    return --p->left != 0;
}

/* Calls whose answers mean nothing. */
static void
lied_to(const struct bench *b, struct dice *d, unsigned keys)
{
    const struct subject *const s = b->s;
    const int k = (int)dice_roll(d, keys);
    const int to = (int)dice_roll(d, keys);
    const unsigned how = manners[dice_roll(d, MANNERS)] | dice_roll(d, 4);
    struct patience p = { 200 };
    unsigned v;
    int at;
    int calls;
    switch (dice_roll(d, 18)) {
    case 0: case 1: case 2: case 3: (void)s->put(b->m, b->me, k, 1); break;
    case 4:  (void)s->put_if_absent(b->m, b->me, k, 1); break;
    case 5:  (void)s->get_or_insert(b->m, b->me, k, 1, &v); break;
    case 6:  (void)s->replace(b->m, b->me, k, 2, &v); break;
    case 7:  (void)s->update(b->m, b->me, k, 1, &calls); break;
    case 8: case 9: case 10: (void)s->remove(b->m, b->me, k, &v); break;
    case 11: (void)s->remove_if(b->m, b->me, k, 1); break;
    case 12: (void)s->get(b->m, b->me, k, &v); break;
    case 13: (void)s->near(b->m, b->me, (enum near)dice_roll(d, 6), k, &at, &v); break;
    case 14: (void)s->pop(b->m, b->me, dice_roll(d, 2) != 0, &at, &v); break;
    case 15: (void)s->range(b->m, b->me, dice_roll(d, 2) ? &k : NULL, dice_roll(d, 2) ? &to : NULL, how,
                            visit_patiently, &p); break;
    case 16: (void)s->count(b->m, b->me, &k, &to, how & 3u); break;
    case 17: (void)s->contains(b->m, b->me, k); break;
    }
    s->rest(b->me);
}

/* Walks through a map that was in order, by many comparisons that are wrong about some pairs. */
static void
liars_walk(const struct subject *s)
{
    enum { KEYS = 40, FAR = 20000 };
    unsigned long wrong = 0;
    struct bench b;
    bench_begin(&b, s);
    for (lie_seed = (unsigned)scaled(1000); lie_seed > 0; lie_seed--) {
        for (int k = 0; k < KEYS; k++)
            wrong += s->put(b.m, b.me, k, 1) != LOFT_OK;
        loft_store(&lying, (int)LIE_SOME, relaxed);
        for (int by = 0; by < MANNERS; by++) {
            struct patience p = { FAR };
            if (!(manners[by] & BY_CURSOR))              /* whose every step ends                              */
                (void)s->range(b.m, b.me, NULL, NULL, manners[by], visit_patiently, &p);
            wrong += p.left == 0;
        }
        loft_store(&lying, (int)LIE_NONE, relaxed);
        s->fini(b.m);
        if (s->init(b.m, b.domain) != LOFT_OK)
            abort();
        s->rest(b.me);
    }
    bench_end(&b);
    verdict(s, wrong, "walks come to an end, whatever a comparison says");
}

/* Of a map that was in order before, and of one that is not. */
static void
liars(const struct subject *s, int keys)
{
    char text[120];
    for (int lie = LIE_RANDOM; lie < LIES; lie++) {
        const loft_alloc_stats before = loft_alloc_stats_get();
        struct bench b;
        struct dice d = dice_from((unsigned)lie);
        bool good = true;
        bench_begin(&b, s);
        for (int turn = 0; turn < 3; turn++) {
            for (int k = 0; turn == 0 && k < keys; k++)
                (void)s->put(b.m, b.me, (int)((unsigned)k * 7919u % (unsigned)keys), 1);
            loft_store(&lying, turn == 1 ? LIE_NONE : lie, relaxed);
            (void)s->approx_len(b.m, b.me);
            for (unsigned long long i = scaled(keys > 40 ? 1000 : 4000); i > 0; i--)
                lied_to(&b, &d, (unsigned)keys);
            (void)s->clear(b.m, b.me);
            good = good && s->is_empty(b.m, b.me);
            for (int k = 0; k < 30; k++)
                (void)s->put(b.m, b.me, k, 1);
        }
        bench_end(&b);
        loft_store(&lying, (int)LIE_NONE, relaxed);
        snprintf(text, sizeof text, "%d keys, a comparison that %s: clear takes all out, nothing breaks", keys,
                 lie_name[lie]);
        verdict(s, !good || loft_alloc_stats_get().live != before.live, text);
    }
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

/* keys: of long sequences; how many are in at one time at most, nearly. */
static void
api(const struct subject *s, int keys)
{
    if (left_out(s))
        return;
    if (s->is & IS_LIAR) {
        liars_walk(s);
        liars(s, 40);
        if (s->snapshot)                                 /* and perhaps an index                               */
            liars(s, keys);
        return;
    }
    each_call(s);
    each_range(s);
    extremes(s);
    beginnings(s);
    two_maps(s);
    sorted(s, 2 * (size_t)keys);
    no_memory(s);
    sequence(s, 6, scaled(20000));
    sequence(s, keys, scaled(30000));
    orders(s, keys);
}

/* The same, shorter: what another scheme may change. */
static void
api_short(const struct subject *s, int keys)
{
    if (left_out(s))
        return;
    each_call(s);
    no_memory(s);
    sequence(s, keys, scaled(10000));
}

#endif /* LOFT_TESTS_MAP_API_H */
