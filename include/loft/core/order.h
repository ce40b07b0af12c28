/* SPDX-License-Identifier: MIT
 *
 * loft/core/order.h - comparing keys: by a macro, by a comparator object, or by a cached sort key, in one form.
 *
 * Needs: core/base.h
 *
 * USE IT WHEN      a container keeps keys in order, or code is to work with an order that it is given.
 * DO NOT USE IT    for the order of words of a language (collation): strings compare by their bytes here.
 *
 * EXAMPLE
 *     #include <loft/core/order.h>
 *     #define LOFT_ORDER_NAME       by_id                      // 1. a macro, fixed when the type is made
 *     #define LOFT_ORDER_KEY        int64_t
 *     #define LOFT_ORDER_CMP(a, b)  loft_cmp_i64(a, b)
 *     #include <loft/core/order.h>
 *     #define LOFT_ORDER_NAME       by_rule                    // 2. a function and its context, chosen at run time
 *     #define LOFT_ORDER_KEY        int64_t
 *     #define LOFT_ORDER_OBJECT
 *     #include <loft/core/order.h>
 *     #define LOFT_ORDER_NAME       by_name                    // 3. a sort key made once per key; the rest on a tie
 *     #define LOFT_ORDER_KEY        const char *
 *     #define LOFT_ORDER_SORT_T     uint64_t
 *     #define LOFT_ORDER_SORT(k)    loft_key_str(k)
 *     #define LOFT_ORDER_CMP(a, b)  loft_cmp_str(a, b)
 *     #include <loft/core/order.h>
 *     int main(void)
 *     {
 *         const by_id_key i[2] = { by_id_project(-1), by_id_project(1) };
 *         const by_rule_key r[2] = { by_rule_project(-1), by_rule_project(1) };
 *         const by_name_key n[2] = { by_name_project("Ann"), by_name_project("Bob") };
 *         by_rule rule;
 *         return by_rule_init(&rule, loft_cmp_i64_fn, NULL) != LOFT_OK || by_id_compare(NULL, &i[0], &i[1]) >= 0 ||
 *                by_rule_compare(&rule, &r[0], &r[1]) >= 0 || by_name_compare(NULL, &n[0], &n[1]) >= 0;
 *     }
 *
 * CONTRACT     A comparison gives an int: below 0 where a comes first, 0 where they are the same key, above 0 where b
 *              does. It is reflexive, antisymmetric, transitive and answers the same for as long as a container lives;
 *              it cannot fail. Only the sign counts: never negate a result (INT_MIN has no opposite), swap a and b.
 *
 * READY        loft_cmp_X(a, b) of values and loft_cmp_X_fn(pa, pb, ctx) of pointers to values, X being
 *   char schar uchar short ushort int uint long ulong llong ullong bool size ptrdiff intptr uintptr
 *   i8 u8 i16 u16 i32 u32 i64 u64     by value; no subtraction, so nothing overflows
 *   f32 f64              numbers as < and == see them, -0 being equal to 0, and every NaN equal to every other and last
 *   f32_total f64_total  IEEE 754 totalOrder: -NaN, -inf .. -0, +0 .. +inf, +NaN, NaNs by payload; equal: same bits
 *   str                  const char *, bytes up to the 0 as unsigned char; NULL is equal to itself and first
 *   slice                loft_slice, bytes as unsigned char, then the shorter first; 0 is a byte like the others
 *   ptr                  const void *, by address
 *   LOFT_CMP_SCALAR(a, b)          any two values of one arithmetic type without NaN; evaluates them twice
 *
 * OBJECTS      loft_cmp is a function and its context, copied by assignment; the context is borrowed.
 *   loft_cmp_make(c, fn, ctx)      LOFT_OK; LOFT_INVAL: no function, and *c is as it was
 *   loft_cmp_call(c, a, b)         a and b point to keys
 *   loft_cmp_reverse_fn            ctx: the loft_cmp to turn round. Of values: swap the arguments
 *   loft_cmp_lex_fn                ctx: a loft_cmp_lex, fields of the key in turn. Of values: loft_cmp_then(r1, r2)
 *
 * SORT KEYS    loft_key_X(value), unsigned words that never contradict loft_cmp_X: where they differ, they settle it.
 *              Equal ones settle it too for i64 u64 f32 f64 f32_total f64_total; for str and slice, of which they hold
 *              the first 8 bytes, they leave it to the full comparison. ~key reverses.
 *
 * PARAMETERS   of the form above; all are undefined again at the end of this header
 *   LOFT_ORDER_NAME        required: prefix of the type and functions
 *   LOFT_ORDER_KEY         required: type of the keys, copied by assignment
 *   LOFT_ORDER_CMP(a, b)   compares two keys; or
 *   LOFT_ORDER_OBJECT      an object of type NAME does; or
 *   LOFT_ORDER_SORT_T and LOFT_ORDER_SORT(k)   type of the sort key and how to make it from k: compared first, and
 *                          alone where neither of the two above is given; keys of equal sort keys are then the same
 *   LOFT_ORDER_SORT_CMP(a, b)   compares two sort keys; LOFT_CMP_SCALAR without it
 *
 * OPERATIONS   of the form; NAME_key is a key with its cached sort key, what a container stores and what it looks for,
 *              so that no key can be compared without having been projected
 *   NAME_init(o, fn, ctx)    with LOFT_ORDER_OBJECT only: LOFT_OK, or LOFT_INVAL: no function
 *   NAME_project(k)          the NAME_key of k
 *   NAME_compare(o, a, b)    two of them; o may be NULL without LOFT_ORDER_OBJECT
 *
 * TOGETHER     Everything here is a pure function of its arguments: any threads, at any time, wait-free.
 */
#ifndef LOFT_CORE_ORDER_H
#define LOFT_CORE_ORDER_H

#include "base.h"

#if !defined(LOFT_UNSUPPORTED)

#include <limits.h>
#include <string.h>

/* ---- types ------------------------------------------------------------------------------------------------------- */

/* a and b point to keys, ctx is what the comparator object was made with. */
typedef int (*loft_cmp_fn)(const void *a, const void *b, const void *ctx);

typedef struct loft_cmp {
    loft_cmp_fn fn;
    const void *ctx;                                     /* borrowed: lives at least as long as the object     */
} loft_cmp;

/* Bytes that belong to somebody else. ptr may be NULL where len is 0. */
typedef struct loft_slice {
    const void *ptr;
    size_t len;
} loft_slice;

typedef struct loft_cmp_field {
    size_t offset;                                       /* of the field within the key, by offsetof           */
    loft_cmp cmp;                                        /* of the field                                       */
} loft_cmp_field;

typedef struct loft_cmp_lex {
    const loft_cmp_field *field;                         /* the most significant first                         */
    size_t n;
} loft_cmp_lex;

/* ---- sort keys --------------------------------------------------------------------------------------------------- */

/* loft_key_i64, loft_key_u64 - signed and unsigned integers of any width as a word that compares the same.
 *   returns   keys are equal exactly where the values are
 */
LOFT_API uint64_t
loft_key_i64(int64_t v)
{
    return (uint64_t)v ^ (UINT64_C(1) << 63);
}

LOFT_API uint64_t
loft_key_u64(uint64_t v)
{
    return v;
}

/* The bits of a floating-point number grow with its value where the sign is clear and shrink where it is set. Turning
 * over the sign in the first case and every bit in the second makes one ascending row of them all. Bits, because
 * comparing numbers means nothing for NaN, is bent by -ffast-math, and on the x87 happens at another precision. */
LOFT_API uint64_t
loft_key_f64_total_bits_(uint64_t u)
{
    return u ^ (u >> 63 ? UINT64_MAX : UINT64_C(1) << 63);
}

LOFT_API uint32_t
loft_key_f32_total_bits_(uint32_t u)
{
    return u ^ (u >> 31 ? UINT32_MAX : UINT32_C(1) << 31);
}

/* The same after -0 has become 0, and every NaN one and the same. */
LOFT_API uint64_t
loft_key_f64_bits_(uint64_t u)
{
    const uint64_t magnitude = u & ~(UINT64_C(1) << 63);
    if (magnitude == 0 || magnitude > UINT64_C(0x7ff0000000000000))
        u = magnitude ? UINT64_C(0x7ff8000000000000) : 0;
    return loft_key_f64_total_bits_(u);
}

LOFT_API uint32_t
loft_key_f32_bits_(uint32_t u)
{
    const uint32_t magnitude = u & ~(UINT32_C(1) << 31);
    if (magnitude == 0 || magnitude > UINT32_C(0x7f800000))
        u = magnitude ? UINT32_C(0x7fc00000) : 0;
    return loft_key_f32_total_bits_(u);
}

LOFT_STATIC_ASSERT(sizeof(double) == sizeof(uint64_t) && sizeof(float) == sizeof(uint32_t),
                   "loft/core/order.h: float and double are not the IEEE 754 formats of 32 and 64 bits");

/* p points to a double or float; it may be a signalling NaN, which a copy through a register could change. */
LOFT_API uint64_t
loft_f64_load_(const void *p)
{
    uint64_t u;
    memcpy(&u, p, sizeof u);
    return u;
}

LOFT_API uint32_t
loft_f32_load_(const void *p)
{
    uint32_t u;
    memcpy(&u, p, sizeof u);
    return u;
}

/* loft_key_f64, loft_key_f32, and _total - floating-point numbers as a word that compares as loft_cmp_f64 and so on do.
 *   returns   keys are equal exactly where that comparison says so
 */
LOFT_API uint64_t
loft_key_f64(double v)
{
    return loft_key_f64_bits_(loft_f64_load_(&v));
}

LOFT_API uint32_t
loft_key_f32(float v)
{
    return loft_key_f32_bits_(loft_f32_load_(&v));
}

LOFT_API uint64_t
loft_key_f64_total(double v)
{
    return loft_key_f64_total_bits_(loft_f64_load_(&v));
}

LOFT_API uint32_t
loft_key_f32_total(float v)
{
    return loft_key_f32_total_bits_(loft_f32_load_(&v));
}

/* loft_key_str - the first 8 bytes of a string, the first of them the most significant, zeros after its end.
 *   returns   keys that differ compare as the strings do; equal ones leave it open. NULL and "" both give 0
 */
LOFT_API uint64_t
loft_key_str(const char *s)
{
    uint64_t key = 0;
    size_t i = 0;
    for (; s && i < 8u && s[i]; i++)
        key = key << 8 | (unsigned char)s[i];
    return i ? key << (8u * (8u - i)) : 0;
}

/* loft_key_slice - the first 8 bytes of a slice, in the same way.
 *   returns   keys that differ compare as the slices do; equal ones leave it open
 */
LOFT_API uint64_t
loft_key_slice(loft_slice s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    uint64_t key = 0;
    size_t i = 0;
    for (; i < 8u && i < s.len; i++)
        key = key << 8 | p[i];
    return i ? key << (8u * (8u - i)) : 0;
}

/* ---- ready comparisons: scalars ---------------------------------------------------------------------------------- */

/* No subtraction: it overflows, and narrowing its result to int loses the sign of wide ones. Nor one of two
 * comparisons: gcc 12 for AArch64 at -O1 can make a signed comparison of unsigned words of that. */
#define LOFT_CMP_SCALAR(a, b)  ((a) < (b) ? -1 : (a) > (b))

/* One line per type makes loft_cmp_X and loft_cmp_X_fn. */
#define LOFT_CMP_DEFINE_(X, T)                                         \
    LOFT_API int                                                       \
    loft_cmp_##X(T a, T b)                                             \
    {                                                                  \
        return LOFT_CMP_SCALAR(a, b);                                  \
    }                                                                  \
    LOFT_API int                                                       \
    loft_cmp_##X##_fn(const void *a, const void *b, const void *ctx)   \
    {                                                                  \
        (void)ctx;                                                     \
        return loft_cmp_##X(*(const T *)a, *(const T *)b);             \
    }

LOFT_CMP_DEFINE_(char, char)
LOFT_CMP_DEFINE_(schar, signed char)
LOFT_CMP_DEFINE_(uchar, unsigned char)
LOFT_CMP_DEFINE_(short, short)
LOFT_CMP_DEFINE_(ushort, unsigned short)
LOFT_CMP_DEFINE_(int, int)
LOFT_CMP_DEFINE_(uint, unsigned)
LOFT_CMP_DEFINE_(long, long)
LOFT_CMP_DEFINE_(ulong, unsigned long)
LOFT_CMP_DEFINE_(llong, long long)
LOFT_CMP_DEFINE_(ullong, unsigned long long)
LOFT_CMP_DEFINE_(size, size_t)
LOFT_CMP_DEFINE_(ptrdiff, ptrdiff_t)
LOFT_CMP_DEFINE_(intptr, intptr_t)
LOFT_CMP_DEFINE_(uintptr, uintptr_t)
LOFT_CMP_DEFINE_(i8, int8_t)
LOFT_CMP_DEFINE_(u8, uint8_t)
LOFT_CMP_DEFINE_(i16, int16_t)
LOFT_CMP_DEFINE_(u16, uint16_t)
LOFT_CMP_DEFINE_(i32, int32_t)
LOFT_CMP_DEFINE_(u32, uint32_t)
LOFT_CMP_DEFINE_(i64, int64_t)
LOFT_CMP_DEFINE_(u64, uint64_t)

#undef LOFT_CMP_DEFINE_

LOFT_API int
loft_cmp_bool(bool a, bool b)
{
    return (int)a - (int)b;
}

LOFT_API int
loft_cmp_bool_fn(const void *a, const void *b, const void *ctx)
{
    (void)ctx;
    return loft_cmp_bool(*(const bool *)a, *(const bool *)b);
}

LOFT_API int
loft_cmp_f64(double a, double b)
{
    return loft_cmp_u64(loft_key_f64(a), loft_key_f64(b));
}

LOFT_API int
loft_cmp_f64_fn(const void *a, const void *b, const void *ctx)
{
    (void)ctx;
    return loft_cmp_u64(loft_key_f64_bits_(loft_f64_load_(a)), loft_key_f64_bits_(loft_f64_load_(b)));
}

LOFT_API int
loft_cmp_f64_total(double a, double b)
{
    return loft_cmp_u64(loft_key_f64_total(a), loft_key_f64_total(b));
}

LOFT_API int
loft_cmp_f64_total_fn(const void *a, const void *b, const void *ctx)
{
    (void)ctx;
    return loft_cmp_u64(loft_key_f64_total_bits_(loft_f64_load_(a)), loft_key_f64_total_bits_(loft_f64_load_(b)));
}

LOFT_API int
loft_cmp_f32(float a, float b)
{
    return loft_cmp_u32(loft_key_f32(a), loft_key_f32(b));
}

LOFT_API int
loft_cmp_f32_fn(const void *a, const void *b, const void *ctx)
{
    (void)ctx;
    return loft_cmp_u32(loft_key_f32_bits_(loft_f32_load_(a)), loft_key_f32_bits_(loft_f32_load_(b)));
}

LOFT_API int
loft_cmp_f32_total(float a, float b)
{
    return loft_cmp_u32(loft_key_f32_total(a), loft_key_f32_total(b));
}

LOFT_API int
loft_cmp_f32_total_fn(const void *a, const void *b, const void *ctx)
{
    (void)ctx;
    return loft_cmp_u32(loft_key_f32_total_bits_(loft_f32_load_(a)), loft_key_f32_total_bits_(loft_f32_load_(b)));
}

/* Through uintptr_t: < on pointers into different objects means nothing in C. */
LOFT_API int
loft_cmp_ptr(const void *a, const void *b)
{
    return loft_cmp_uintptr((uintptr_t)a, (uintptr_t)b);
}

LOFT_API int
loft_cmp_ptr_fn(const void *a, const void *b, const void *ctx)
{
    (void)ctx;
    return loft_cmp_ptr(*(const void *const *)a, *(const void *const *)b);
}

/* ---- ready comparisons: bytes ------------------------------------------------------------------------------------ */

LOFT_API int
loft_cmp_str(const char *a, const char *b)
{
    if (a == b)
        return 0;
    if (!a || !b)
        return a ? 1 : -1;
    return strcmp(a, b);
}

LOFT_API int
loft_cmp_str_fn(const void *a, const void *b, const void *ctx)
{
    (void)ctx;
    return loft_cmp_str(*(const char *const *)a, *(const char *const *)b);
}

/* loft_slice_of, loft_slice_str - a slice of n bytes at p; of the bytes of a string without its 0 (none of NULL). */
LOFT_API loft_slice
loft_slice_of(const void *p, size_t n)
{
    loft_slice s;
    s.ptr = p;
    s.len = n;
    return s;
}

LOFT_API loft_slice
loft_slice_str(const char *s)
{
    return loft_slice_of(s, s ? strlen(s) : 0);
}

LOFT_API int
loft_cmp_slice(loft_slice a, loft_slice b)
{
    const size_t n = a.len < b.len ? a.len : b.len;
    const int r = n ? memcmp(a.ptr, b.ptr, n) : 0;       /* not even 0 bytes may be compared at NULL */
    return r ? r : loft_cmp_size(a.len, b.len);
}

LOFT_API int
loft_cmp_slice_fn(const void *a, const void *b, const void *ctx)
{
    (void)ctx;
    return loft_cmp_slice(*(const loft_slice *)a, *(const loft_slice *)b);
}

/* ---- comparator objects ------------------------------------------------------------------------------------------ */

/* loft_cmp_make - a comparator of fn and ctx, which is borrowed.
 *   returns   LOFT_OK; LOFT_INVAL: no object or no function, and *c is as it was
 */
LOFT_NODISCARD LOFT_API loft_status
loft_cmp_make(loft_cmp *c, loft_cmp_fn fn, const void *ctx)
{
    if (!c || !fn)
        return LOFT_INVAL;
    c->fn = fn;
    c->ctx = ctx;
    return LOFT_OK;
}

/* loft_cmp_call - compare the keys that a and b point to.
 *   returns   below 0, 0, above 0, as the comparator says
 *   cost      one indirect call
 */
LOFT_API int
loft_cmp_call(const loft_cmp *c, const void *a, const void *b)
{
    LOFT_ASSERT(c && c->fn && "loft_cmp_call: not a comparator; see loft_cmp_make");
    return c->fn(a, b, c->ctx);
}

/* loft_cmp_reverse_fn - the other way round; ctx is the loft_cmp to reverse, which may be a reversed one itself. */
LOFT_API int
loft_cmp_reverse_fn(const void *a, const void *b, const void *ctx)
{
    return loft_cmp_call((const loft_cmp *)ctx, b, a);
}

/* loft_cmp_lex_fn - by the first field in which the keys differ; ctx is a loft_cmp_lex. No fields: all are equal. */
LOFT_API int
loft_cmp_lex_fn(const void *a, const void *b, const void *ctx)
{
    const loft_cmp_lex *lex = (const loft_cmp_lex *)ctx;
    for (size_t i = 0; i < lex->n; i++) {
        const loft_cmp_field *f = &lex->field[i];
        const int r = loft_cmp_call(&f->cmp, (const char *)a + f->offset, (const char *)b + f->offset);
        if (r)
            return r;
    }
    return 0;
}

/* loft_cmp_then - two comparisons as one: the second counts where the first says equal. Both are evaluated; where the
 * second is dear, write out the if. */
LOFT_API int
loft_cmp_then(int first, int second)
{
    return first ? first : second;
}

#endif /* supported */
#endif /* LOFT_CORE_ORDER_H */

/* ---- the form: one shape for the three ways ---------------------------------------------------------------------- */

#if defined(LOFT_UNSUPPORTED)
/* said already */
#elif !defined(LOFT_ORDER_NAME) && (defined(LOFT_ORDER_KEY) || defined(LOFT_ORDER_CMP) || \
                                    defined(LOFT_ORDER_OBJECT) || defined(LOFT_ORDER_SORT) || \
                                    defined(LOFT_ORDER_SORT_T) || defined(LOFT_ORDER_SORT_CMP))
#  error "loft/core/order.h: define LOFT_ORDER_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_ORDER_NAME)
/* included for the ready comparisons */
#elif !defined(LOFT_ORDER_KEY)
#  error "loft/core/order.h: define LOFT_ORDER_KEY (key type) before including"
#elif defined(LOFT_ORDER_CMP) && defined(LOFT_ORDER_OBJECT)
#  error "loft/core/order.h: LOFT_ORDER_CMP and LOFT_ORDER_OBJECT both compare the keys; define one of them"
#elif defined(LOFT_ORDER_SORT_T) != defined(LOFT_ORDER_SORT)
#  error "loft/core/order.h: define LOFT_ORDER_SORT_T and LOFT_ORDER_SORT(k) together"
#elif defined(LOFT_ORDER_SORT_CMP) && !defined(LOFT_ORDER_SORT)
#  error "loft/core/order.h: LOFT_ORDER_SORT_CMP needs LOFT_ORDER_SORT_T and LOFT_ORDER_SORT(k)"
#elif !defined(LOFT_ORDER_CMP) && !defined(LOFT_ORDER_OBJECT) && !defined(LOFT_ORDER_SORT)
#  error "loft/core/order.h: define LOFT_ORDER_CMP(a, b), LOFT_ORDER_OBJECT or LOFT_ORDER_SORT(k) before including"
#else

#define LOFT_ORDER_FN_(f)  LOFT_CAT(LOFT_ORDER_NAME, f)
#if !defined(LOFT_ORDER_SORT_CMP)
#  define LOFT_ORDER_SORT_CMP(a, b)  LOFT_CMP_SCALAR(a, b)
#endif

/* A key as a container stores it and looks for it. */
typedef struct LOFT_ORDER_FN_(key) {
    LOFT_ORDER_KEY key;
#if defined(LOFT_ORDER_SORT)
    LOFT_ORDER_SORT_T sort;
#endif
} LOFT_ORDER_FN_(key);

typedef struct LOFT_ORDER_NAME {
#if defined(LOFT_ORDER_OBJECT)
    loft_cmp cmp;
#else
    unsigned char nothing_;                              /* the order is all in the code; C has no empty types */
#endif
} LOFT_ORDER_NAME;

#if defined(LOFT_ORDER_OBJECT)
/* NAME_init - order by fn and ctx, which is borrowed.
 *   returns   LOFT_OK; LOFT_INVAL: no object or no function, and *o is as it was
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_ORDER_FN_(init)(LOFT_ORDER_NAME *o, loft_cmp_fn fn, const void *ctx)
{
    return loft_cmp_make(o ? &o->cmp : NULL, fn, ctx);
}
#endif

/* NAME_project - k with its sort key, if the order has one.
 *   cost      one LOFT_ORDER_SORT
 */
LOFT_API LOFT_ORDER_FN_(key)
LOFT_ORDER_FN_(project)(LOFT_ORDER_KEY k)
{
    LOFT_ORDER_FN_(key) r;
    r.key = k;
#if defined(LOFT_ORDER_SORT)
    r.sort = LOFT_ORDER_SORT(k);
#endif
    return r;
}

/* NAME_compare - two projected keys; see CONTRACT.
 *   cost      the sort keys, if any; on a tie, or without them, the full comparison, if any
 */
LOFT_API int
LOFT_ORDER_FN_(compare)(const LOFT_ORDER_NAME *o, const LOFT_ORDER_FN_(key) *a, const LOFT_ORDER_FN_(key) *b)
{
    int r = 0;
    (void)o;
#if defined(LOFT_ORDER_SORT)
    r = LOFT_ORDER_SORT_CMP(a->sort, b->sort);
#endif
#if defined(LOFT_ORDER_CMP)
    if (r == 0)
        r = LOFT_ORDER_CMP(a->key, b->key);
#elif defined(LOFT_ORDER_OBJECT)
    if (r == 0)
        r = loft_cmp_call(&o->cmp, &a->key, &b->key);
#endif
    return r;
}

#undef LOFT_ORDER_FN_

#endif /* configuration */

#undef LOFT_ORDER_NAME
#undef LOFT_ORDER_KEY
#undef LOFT_ORDER_CMP
#undef LOFT_ORDER_OBJECT
#undef LOFT_ORDER_SORT_T
#undef LOFT_ORDER_SORT
#undef LOFT_ORDER_SORT_CMP
