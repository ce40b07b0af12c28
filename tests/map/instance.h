/* SPDX-License-Identifier: MIT
 *
 * tests/map/instance.h - one instance of the engine ENGINE (its header, <loft/map/list.h>) as a subject, with what the
 * file ENGINE_MORE defines, where there is one: parameters of that engine alone. Include it once for each:
 *
 *     #define KIND_NAME       imap                      instance and prefix; the subject is imap_subject
 *     #define KIND_SMR        loft_ebr
 *     #define KIND_KEY        int                       and KIND_KEY_OF(n), KIND_KEY_NO(k): the n-th key and back, in
 *                                                       the order of the numbers
 *     #define KIND_VAL        wide                      the same for values; without it, a set
 *     #define KIND_KEY_DROP(k), KIND_VAL_DROP(v)        lets go of one that the caller made, or got; nothing without it
 *     #define KIND_KEY_BACK(k)                          of one that the map handed out, where that is something else
 *     #define KIND_SECTION    1                         what is handed out is borrowed: calls stand in a section
 *     #define KIND_CMP        loft_cmp_int_fn, NULL     with LOFT_MAP_OBJECT: the function, and its context
 *     #define KIND_IS         IS_COUNTED                beside IS_SET and IS_LEAKY, which it knows
 *     and LOFT_MAP_CMP, LOFT_MAP_EQ and the hooks, as the header wants them
 *     #include "instance.h"
 */
#if !defined(KIND_IS)
#  define KIND_IS  0u
#endif
#if !defined(KIND_KEY_DROP)
#  define KIND_KEY_DROP(k)  ((void)(k))
#endif
#if !defined(KIND_KEY_BACK)
#  define KIND_KEY_BACK(k)  KIND_KEY_DROP(k)
#endif
#if !defined(KIND_VAL_DROP)
#  define KIND_VAL_DROP(v)  ((void)(v))
#endif

#define LOFT_MAP_NAME  KIND_NAME
#define LOFT_MAP_KEY   KIND_KEY
#if defined(KIND_VAL)
#  define LOFT_MAP_VAL  KIND_VAL
#endif
#define LOFT_MAP_SMR   KIND_SMR
#if defined(ENGINE_MORE)
#  include ENGINE_MORE
#endif
#include ENGINE

#define KIND_FN(f)     LOFT_CAT(KIND_NAME, f)
#define KIND_OWN(f)    LOFT_CAT(KIND_NAME, my_##f)
#define KIND_S(f)      LOFT_CAT(KIND_SMR, f)
#define KIND_M         ((KIND_NAME *)m)
#define KIND_ME        ((KIND_S(thread) *)me)
#if defined(KIND_VAL)
#  define KIND_AND(...)  , __VA_ARGS__
#else
#  define KIND_AND(...)
#endif
/* Its types under names that take a const. */
#define KIND_K         KIND_OWN(key)
#define KIND_V         KIND_OWN(val)
typedef KIND_KEY KIND_K;
#if defined(KIND_VAL)
typedef KIND_VAL KIND_V;
#endif

#if defined(KIND_SECTION)
#  define KIND_ENTER()  KIND_S(enter)(KIND_ME)
#  define KIND_EXIT()   KIND_S(exit)(KIND_ME)
#else
#  define KIND_ENTER()  ((void)0)
#  define KIND_EXIT()   ((void)0)
#endif

/* ---- its domains ------------------------------------------------------------------------------------------------- */

static void *
KIND_OWN(begin)(void)
{
    KIND_SMR *const d = (KIND_SMR *)malloc(sizeof *d);
    KIND_S(options) o;
    memset(&o, 0, sizeof o);
    o.batch = 4;
    if (!d || KIND_S(init)(d, &o) != LOFT_OK)
        abort();
    return d;
}

static bool
KIND_OWN(end)(void *d)
{
    const bool good = KIND_S(fini)((KIND_SMR *)d) == LOFT_OK;
    free(d);
    return good;
}

static void *KIND_OWN(join)(void *d) { return KIND_S(join)((KIND_SMR *)d); }
static void KIND_OWN(leave)(void *me) { KIND_S(leave)(KIND_ME); }
static void KIND_OWN(rest)(void *me) { KIND_S(rest)(KIND_ME); }

/* ---- its map ----------------------------------------------------------------------------------------------------- */

static loft_status
KIND_OWN(init)(void *m, void *d)
{
#if defined(KIND_CMP)
    KIND_FN(options) o;
    if (KIND_FN(init_with)(KIND_M, (KIND_SMR *)d, NULL) != LOFT_INVAL)
        trouble("a map begins without an order");
    if (loft_cmp_make(&o.cmp, KIND_CMP) != LOFT_OK)
        abort();
    return KIND_FN(init_with)(KIND_M, (KIND_SMR *)d, &o);
#else
    return KIND_FN(init)(KIND_M, (KIND_SMR *)d);
#endif
}

static void KIND_OWN(fini)(void *m) { KIND_FN(fini)(KIND_M); }

static loft_status
KIND_OWN(init_sorted)(void *m, void *me, void *d, const int *k, const unsigned *v, size_t n)
{
    const KIND_FN(options) *options = NULL;
    KIND_K *const keys = (KIND_K *)malloc((n + 1) * sizeof *keys);
#if defined(KIND_VAL)
    KIND_V *const vals = (KIND_V *)malloc((n + 1) * sizeof *vals);
    if (!vals)
        abort();
#endif
    if (!keys)
        abort();
    for (size_t i = 0; i < n; i++) {
        keys[i] = KIND_KEY_OF(k[i]);
#if defined(KIND_VAL)
        vals[i] = KIND_VAL_OF(v[i]);
#endif
    }
    (void)v;
#if defined(KIND_CMP)
    KIND_FN(options) o;
    if (loft_cmp_make(&o.cmp, KIND_CMP) != LOFT_OK)
        abort();
    options = &o;
#endif
    const loft_status s = KIND_FN(init_sorted)(KIND_M, KIND_ME, (KIND_SMR *)d, options, keys KIND_AND(vals), n);
    for (size_t i = 0; i < n && s != LOFT_OK; i++) {
        KIND_KEY_DROP(keys[i]);
#if defined(KIND_VAL)
        KIND_VAL_DROP(vals[i]);
#endif
    }
    free(keys);
#if defined(KIND_VAL)
    free(vals);
#endif
    return s;
}

/* What came out, as numbers. */
static void
KIND_OWN(came)(bool there, KIND_K *k, int *at KIND_AND(KIND_V *v), unsigned *n)
{
    if (!there) {
        if (k)
            untouched(k, sizeof *k, "a refused call touched the key");
#if defined(KIND_VAL)
        if (v)
            untouched(v, sizeof *v, "a refused call touched the value");
#endif
        return;
    }
    if (at) {
        *at = KIND_KEY_NO(*k);
        KIND_KEY_BACK(*k);
    }
#if defined(KIND_VAL)
    if (n) {
        *n = KIND_VAL_NO(*v);
        KIND_VAL_DROP(*v);
    }
#else
    if (n)
        *n = 0;
#endif
}

/* The caller's still, where the call did not take them. */
static loft_status
KIND_OWN(gave)(loft_status s, KIND_K k KIND_AND(KIND_V v))
{
    if (s != LOFT_OK && s != LOFT_REPLACED) {
        KIND_KEY_DROP(k);
#if defined(KIND_VAL)
        KIND_VAL_DROP(v);
#endif
    }
    return s;
}

static bool
KIND_OWN(contains)(void *m, void *me, int n)
{
    const KIND_K k = KIND_KEY_OF(n);
    const bool there = KIND_FN(contains)(KIND_M, KIND_ME, k);
    KIND_KEY_DROP(k);
    return there;
}

static loft_status
KIND_OWN(put)(void *m, void *me, int n, unsigned v)
{
    const KIND_K key = KIND_KEY_OF(n);
#if defined(KIND_VAL)
    const KIND_V val = KIND_VAL_OF(v);
#endif
    (void)v;
    return KIND_OWN(gave)(KIND_FN(put)(KIND_M, KIND_ME, key KIND_AND(val)), key KIND_AND(val));
}

static loft_status
KIND_OWN(put_if_absent)(void *m, void *me, int n, unsigned v)
{
    const KIND_K key = KIND_KEY_OF(n);
#if defined(KIND_VAL)
    const KIND_V val = KIND_VAL_OF(v);
#endif
    (void)v;
    return KIND_OWN(gave)(KIND_FN(put_if_absent)(KIND_M, KIND_ME, key KIND_AND(val)), key KIND_AND(val));
}

static bool
KIND_OWN(remove)(void *m, void *me, int n, unsigned *old)
{
    const KIND_K key = KIND_KEY_OF(n);
#if defined(KIND_VAL)
    KIND_V out;
    soil(&out, sizeof out);
#endif
    const bool there = KIND_FN(remove)(KIND_M, KIND_ME, key KIND_AND(old ? &out : NULL));
    KIND_OWN(came)(there, NULL, NULL KIND_AND(&out), old);
    KIND_KEY_DROP(key);
    return there;
}

static bool
KIND_OWN(near)(void *m, void *me, enum near what, int n, int *at, unsigned *v)
{
    const KIND_K key = KIND_KEY_OF(n);
    KIND_K k;
    KIND_K *const to = at ? &k : NULL;
    bool there = false;
    soil(&k, sizeof k);
#if defined(KIND_VAL)
    KIND_V out;
    KIND_V *const val = v ? &out : NULL;
    soil(&out, sizeof out);
#endif
    KIND_ENTER();
    switch (what) {
    case FIRST:   there = KIND_FN(first)(KIND_M, KIND_ME, to KIND_AND(val)); break;
    case LAST:    there = KIND_FN(last)(KIND_M, KIND_ME, to KIND_AND(val)); break;
    case FLOOR:   there = KIND_FN(floor)(KIND_M, KIND_ME, key, to KIND_AND(val)); break;
    case CEILING: there = KIND_FN(ceiling)(KIND_M, KIND_ME, key, to KIND_AND(val)); break;
    case LOWER:   there = KIND_FN(lower)(KIND_M, KIND_ME, key, to KIND_AND(val)); break;
    case HIGHER:  there = KIND_FN(higher)(KIND_M, KIND_ME, key, to KIND_AND(val)); break;
    }
    KIND_OWN(came)(there, &k, at KIND_AND(&out), v);
    KIND_EXIT();
    KIND_KEY_DROP(key);
    return there;
}

static bool
KIND_OWN(pop)(void *m, void *me, bool highest, int *at, unsigned *v)
{
    KIND_K k;
    KIND_K *const to = at ? &k : NULL;
    soil(&k, sizeof k);
#if defined(KIND_VAL)
    KIND_V out;
    KIND_V *const val = v ? &out : NULL;
    soil(&out, sizeof out);
#endif
    KIND_ENTER();
    const bool there = highest ? KIND_FN(pop_last)(KIND_M, KIND_ME, to KIND_AND(val))
                               : KIND_FN(pop_first)(KIND_M, KIND_ME, to KIND_AND(val));
    KIND_OWN(came)(there, &k, at KIND_AND(&out), v);
    KIND_EXIT();
    return there;
}

struct KIND_OWN(visit) {
    visitor visit;
    void *ctx;
    size_t n;
};

static bool
KIND_OWN(visited)(KIND_K k KIND_AND(KIND_V v), void *ctx)
{
    struct KIND_OWN(visit) *const c = (struct KIND_OWN(visit) *)ctx;
    int at = 0;
    unsigned n = 0;
    c->n++;
    KIND_OWN(came)(true, &k, &at KIND_AND(&v), &n);
    return c->visit(at, n, c->ctx);
}

/* Steps through a range by hand; the keys that come out are the caller's, or lent. */
static size_t
KIND_OWN(steps)(void *m, void *me, const KIND_K *low, const KIND_K *high, unsigned how, visitor visit, void *ctx)
{
    KIND_FN(cursor) c;
    KIND_K k;
    size_t n = 0;
    bool goes = true;
    int at = 0;
    unsigned no = 0;
    KIND_FN(cursor_begin)(&c, KIND_M, low, high, how);
    while (goes) {
        soil(&k, sizeof k);
#if defined(KIND_VAL)
        KIND_V v;
        soil(&v, sizeof v);
#endif
        const bool there = KIND_FN(cursor_next)(&c, KIND_ME, &k KIND_AND(&v));
        KIND_OWN(came)(there, &k, &at KIND_AND(&v), &no);
        if (!there)
            break;
        n++;
        goes = visit(at, no, ctx);
    }
    KIND_FN(cursor_end)(&c);
    return n;
}

#if KIND_S(region) && KIND_S(nests) && !KIND_S(restarts)
static size_t
KIND_OWN(scans)(void *m, void *me, const KIND_K *low, const KIND_K *high, unsigned how, visitor visit, void *ctx)
{
    KIND_FN(scan) c;
    KIND_K k;
    size_t n = 0;
    bool goes = true;
    KIND_FN(scan_begin)(&c, KIND_M, KIND_ME, low, high, how);
    while (goes) {
        soil(&k, sizeof k);
#if defined(KIND_VAL)
        KIND_V v;
        soil(&v, sizeof v);
#endif
        const bool there = KIND_FN(scan_next)(&c, &k KIND_AND(&v));
        if (!there) {
            KIND_OWN(came)(false, &k, NULL KIND_AND(&v), NULL);
            break;
        }
        n++;
#if defined(KIND_VAL)
        goes = visit(KIND_KEY_NO(k), KIND_VAL_NO(v), ctx);
#else
        goes = visit(KIND_KEY_NO(k), 0, ctx);
#endif
    }
    KIND_FN(scan_end)(&c);
    return n;
}
#endif

#if KIND_S(region) && KIND_S(nests) && !KIND_S(restarts)
#  define KIND_SNAPS  1
static loft_status
KIND_OWN(snapshot)(void *m, void *me, const int *from, const int *to, unsigned how, visitor visit, void *ctx)
{
    struct KIND_OWN(visit) c = { visit, ctx, 0 };
    const KIND_K a = KIND_KEY_OF(from ? *from : 0);
    const KIND_K b = KIND_KEY_OF(to ? *to : 0);
    const loft_status s = KIND_FN(snapshot)(KIND_M, KIND_ME, from ? &a : NULL, to ? &b : NULL, how, KIND_OWN(visited),
                                            &c);
    if (s != LOFT_OK && c.n != 0)
        trouble("a snapshot that failed has given something");
    KIND_KEY_DROP(a);
    KIND_KEY_DROP(b);
    return s;
}
#endif

static size_t
KIND_OWN(range)(void *m, void *me, const int *from, const int *to, unsigned how, visitor visit, void *ctx)
{
    struct KIND_OWN(visit) c = { visit, ctx, 0 };
    const KIND_K a = KIND_KEY_OF(from ? *from : 0);
    const KIND_K b = KIND_KEY_OF(to ? *to : 0);
    const KIND_K *const low = from ? &a : NULL;
    const KIND_K *const high = to ? &b : NULL;
    size_t n = 0;
    KIND_ENTER();
    if (how & BY_CURSOR)
        n = KIND_OWN(steps)(m, me, low, high, how & 7u, visit, ctx);
#if KIND_S(region) && KIND_S(nests) && !KIND_S(restarts)
    else if (how & BY_SCAN)
        n = KIND_OWN(scans)(m, me, low, high, how & 7u, visit, ctx);
#endif
#if defined(KIND_SNAPS)
    else if (how & BY_SNAP)
        n = KIND_FN(snapshot)(KIND_M, KIND_ME, low, high, how & 7u, KIND_OWN(visited), &c) == LOFT_OK ? c.n
                                                                                                  : (size_t)-1;
#endif
    else if (how & LOFT_RANGE_DOWN)
        n = KIND_FN(for_each_down)(KIND_M, KIND_ME, low, high, how & 3u, KIND_OWN(visited), &c);
    else
        n = KIND_FN(for_each)(KIND_M, KIND_ME, low, high, how & 3u, KIND_OWN(visited), &c);
    KIND_EXIT();
    KIND_KEY_DROP(a);
    KIND_KEY_DROP(b);
    return n;
}

static size_t
KIND_OWN(count)(void *m, void *me, const int *from, const int *to, unsigned how)
{
    const KIND_K a = KIND_KEY_OF(from ? *from : 0);
    const KIND_K b = KIND_KEY_OF(to ? *to : 0);
    const size_t n = KIND_FN(count)(KIND_M, KIND_ME, from ? &a : NULL, to ? &b : NULL, how);
    KIND_KEY_DROP(a);
    KIND_KEY_DROP(b);
    return n;
}

static size_t KIND_OWN(approx_len)(void *m, void *me) { return KIND_FN(approx_len)(KIND_M, KIND_ME); }
static bool KIND_OWN(is_empty)(void *m, void *me) { return KIND_FN(is_empty)(KIND_M, KIND_ME); }
static size_t KIND_OWN(clear)(void *m, void *me) { return KIND_FN(clear)(KIND_M, KIND_ME); }

#if defined(KIND_VAL)
static bool
KIND_OWN(get)(void *m, void *me, int n, unsigned *v)
{
    const KIND_K key = KIND_KEY_OF(n);
    KIND_V out;
    soil(&out, sizeof out);
    const bool there = KIND_FN(get)(KIND_M, KIND_ME, key, v ? &out : NULL);
    KIND_OWN(came)(there, NULL, NULL, &out, v);
    KIND_KEY_DROP(key);
    return there;
}

static loft_status
KIND_OWN(get_or_insert)(void *m, void *me, int n, unsigned v, unsigned *old)
{
    const KIND_K key = KIND_KEY_OF(n);
    const KIND_V val = KIND_VAL_OF(v);
    KIND_V out;
    soil(&out, sizeof out);
    const loft_status s = KIND_FN(get_or_insert)(KIND_M, KIND_ME, key, val, old ? &out : NULL);
    KIND_OWN(came)(s == LOFT_OK || s == LOFT_EXISTS, NULL, NULL, &out, old);
    return KIND_OWN(gave)(s, key, val);
}

struct KIND_OWN(making) {
    const unsigned *n;
    unsigned add;
    int calls;
};

static bool
KIND_OWN(make)(KIND_V *v, void *ctx)
{
    struct KIND_OWN(making) *const c = (struct KIND_OWN(making) *)ctx;
    c->calls++;
    if (c->n)
        *v = KIND_VAL_OF(*c->n);
    return c->n != NULL;
}

static bool
KIND_OWN(change)(KIND_V *v, void *ctx)
{
    struct KIND_OWN(making) *const c = (struct KIND_OWN(making) *)ctx;
    c->calls++;
    if (c->add)
        *v = KIND_VAL_OF(KIND_VAL_NO(*v) + c->add);
    return c->add != 0;
}

static loft_status
KIND_OWN(get_or_insert_with)(void *m, void *me, int n, const unsigned *v, int *calls, unsigned *old)
{
    struct KIND_OWN(making) c = { v, 0, 0 };
    const KIND_K key = KIND_KEY_OF(n);
    KIND_V out;
    soil(&out, sizeof out);
    const loft_status s = KIND_FN(get_or_insert_with)(KIND_M, KIND_ME, key, KIND_OWN(make), &c, old ? &out : NULL);
    KIND_OWN(came)(s == LOFT_OK || s == LOFT_EXISTS, NULL, NULL, &out, old);
    if (s != LOFT_OK)
        KIND_KEY_DROP(key);
    *calls = c.calls;
    return s;
}

static loft_status
KIND_OWN(replace)(void *m, void *me, int n, unsigned v, unsigned *old)
{
    const KIND_K key = KIND_KEY_OF(n);
    const KIND_V val = KIND_VAL_OF(v);
    KIND_V out;
    soil(&out, sizeof out);
    const loft_status s = KIND_FN(replace)(KIND_M, KIND_ME, key, val, old ? &out : NULL);
    KIND_OWN(came)(s == LOFT_REPLACED, NULL, NULL, &out, old);
    return KIND_OWN(gave)(s, key, val);
}

static loft_status
KIND_OWN(replace_if)(void *m, void *me, int n, unsigned expected, unsigned v)
{
    const KIND_K key = KIND_KEY_OF(n);
    const KIND_V val = KIND_VAL_OF(v);
    const KIND_V old = KIND_VAL_OF(expected);
    const loft_status s = KIND_FN(replace_if)(KIND_M, KIND_ME, key, old, val);
    KIND_VAL_DROP(old);
    return KIND_OWN(gave)(s, key, val);
}

static loft_status
KIND_OWN(update)(void *m, void *me, int n, unsigned add, int *calls)
{
    struct KIND_OWN(making) c = { NULL, add, 0 };
    const KIND_K key = KIND_KEY_OF(n);
    const loft_status s = KIND_FN(update)(KIND_M, KIND_ME, key, KIND_OWN(change), &c);
    if (s != LOFT_REPLACED)
        KIND_KEY_DROP(key);
    *calls = c.calls;
    return s;
}

static bool
KIND_OWN(remove_if)(void *m, void *me, int n, unsigned expected)
{
    const KIND_K key = KIND_KEY_OF(n);
    const KIND_V old = KIND_VAL_OF(expected);
    const bool there = KIND_FN(remove_if)(KIND_M, KIND_ME, key, old);
    KIND_KEY_DROP(key);
    KIND_VAL_DROP(old);
    return there;
}
#endif

static const struct subject KIND_FN(subject) = {
    LOFT_STR(KIND_NAME), (unsigned)(KIND_IS) | (KIND_S(leaky) ? IS_LEAKY : 0u)
#if !defined(KIND_VAL)
    | IS_SET
#endif
#if defined(LOFT_MAP_BST_LOCKED_H)
    | IS_STILL
#endif
    , sizeof(KIND_NAME),
    KIND_OWN(begin), KIND_OWN(end), KIND_OWN(join), KIND_OWN(leave), KIND_OWN(rest),
    KIND_OWN(init),
    KIND_OWN(init_sorted), KIND_OWN(fini),
    KIND_OWN(contains), KIND_OWN(put), KIND_OWN(put_if_absent), KIND_OWN(remove), KIND_OWN(near), KIND_OWN(pop),
    KIND_OWN(range), KIND_OWN(count), KIND_OWN(approx_len), KIND_OWN(is_empty), KIND_OWN(clear),
#if defined(KIND_SNAPS)
    KIND_OWN(snapshot),
#else
    NULL,
#endif
#if defined(KIND_VAL)
    KIND_OWN(get), KIND_OWN(get_or_insert), KIND_OWN(get_or_insert_with), KIND_OWN(replace), KIND_OWN(replace_if),
    KIND_OWN(update), KIND_OWN(remove_if)
#else
    NULL, NULL, NULL, NULL, NULL, NULL, NULL
#endif
};

#undef KIND_NAME
#undef KIND_SMR
#undef KIND_KEY
#undef KIND_KEY_OF
#undef KIND_KEY_NO
#undef KIND_KEY_DROP
#undef KIND_KEY_BACK
#undef KIND_VAL
#undef KIND_VAL_OF
#undef KIND_VAL_NO
#undef KIND_VAL_DROP
#undef KIND_SECTION
#undef KIND_CMP
#undef KIND_IS
#undef KIND_FN
#undef KIND_K
#undef KIND_V
#undef KIND_OWN
#undef KIND_S
#undef KIND_SNAPS
#undef KIND_M
#undef KIND_ME
#undef KIND_AND
#undef KIND_ENTER
#undef KIND_EXIT
