/* SPDX-License-Identifier: MIT
 *
 * tests/core/order.c - every ready comparison is an order, and the right one; the form gives the same three ways.
 *
 * Each comparison is tried on all pairs and triples of a pool of edge and random values, beside a reference that shares
 * no code with it. Floating-point references read bits, so that the tests hold with -ffast-math too.
 *
 * build: also fast-math -O2 -ffast-math
 * build: also release -DNDEBUG
 */
#include <loft/core/order.h>

#include <limits.h>

#include "tap.h"

static uint64_t rng_state = 88172645463325252u;

static uint64_t
rng(void)
{
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return rng_state;
}

static int
sign(int r)
{
    return (r > 0) - (r < 0);
}

/* ---- the judge --------------------------------------------------------------------------------------------------- */

typedef int (*plain_fn)(const void *a, const void *b);

static const loft_cmp *sort_by;

static int
sort_compare(const void *a, const void *b)
{
    return loft_cmp_call(sort_by, a, b);
}

enum { POOL_MAX = 160, ELEMENT_MAX = 32 };

/* A pool of n values of `size` bytes against a comparator, the form of it that takes values, and the reference. */
static void
judge(const char *name, const void *pool, size_t n, size_t size, loft_cmp_fn fn, plain_fn value, plain_fn reference)
{
    static signed char r[POOL_MAX][POOL_MAX];
    const char *p = (const char *)pool;
    size_t not_reflexive = 0, not_antisymmetric = 0, not_transitive = 0, not_reference = 0, not_value = 0;
    size_t not_reversed = 0, not_twice = 0;
    char what[160];
    loft_cmp c, down, up;
    if (n > POOL_MAX || size > ELEMENT_MAX || loft_cmp_make(&c, fn, NULL) != LOFT_OK ||
        loft_cmp_make(&down, loft_cmp_reverse_fn, &c) != LOFT_OK ||
        loft_cmp_make(&up, loft_cmp_reverse_fn, &down) != LOFT_OK)
        abort();
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            const void *a = p + i * size, *b = p + j * size;
            r[i][j] = (signed char)sign(loft_cmp_call(&c, a, b));
            not_reference += r[i][j] != sign(reference(a, b));
            not_value += r[i][j] != sign(value(a, b));
            not_reversed += sign(loft_cmp_call(&down, a, b)) != -r[i][j];
            not_twice += sign(loft_cmp_call(&up, a, b)) != r[i][j];
        }
        not_reflexive += r[i][i] != 0;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            not_antisymmetric += r[i][j] != -r[j][i];
            for (size_t k = 0; k < n; k++) {
                not_transitive += r[i][j] <= 0 && r[j][k] <= 0 && r[i][k] > 0;
                not_transitive += r[i][j] == 0 && r[j][k] == 0 && r[i][k] != 0;
            }
        }
    }
    snprintf(what, sizeof what, "%s: is the order it should be, by pointer and by value (%u)", name, (unsigned)n);
    ok(not_reference == 0 && not_value == 0, what);
    snprintf(what, sizeof what, "%s: reflexive, antisymmetric, transitive", name);
    ok(not_reflexive == 0 && not_antisymmetric == 0 && not_transitive == 0, what);
    snprintf(what, sizeof what, "%s: reverse negates, and twice is nothing", name);
    ok(not_reversed == 0 && not_twice == 0, what);

    /* Sorting by it gives the row that sorting by the reference gives. */
    char *mine = (char *)malloc(n * size);
    char *theirs = (char *)malloc(n * size);
    if (!mine || !theirs)
        abort();
    memcpy(mine, pool, n * size);
    memcpy(theirs, pool, n * size);
    sort_by = &c;
    qsort(mine, n, size, sort_compare);
    qsort(theirs, n, size, reference);
    size_t out_of_place = 0;
    for (size_t i = 0; i < n; i++)
        out_of_place += reference(mine + i * size, theirs + i * size) != 0;
    snprintf(what, sizeof what, "%s: sorts as the reference sorts", name);
    ok_eq(out_of_place, 0, what);
    free(mine);
    free(theirs);
}

/* ---- integers ---------------------------------------------------------------------------------------------------- */

/* The reference of all integers: sign first, then the magnitude, digit by digit of its 16 hexadecimal ones. */
static int
wide_compare(bool a_negative, uint64_t a, bool b_negative, uint64_t b)
{
    if (a_negative != b_negative)
        return a_negative ? -1 : 1;
    for (unsigned shift = 64; shift-- > 0;) {
        const unsigned x = (unsigned)(a >> shift & 1u), y = (unsigned)(b >> shift & 1u);
        if (x != y)
            return (x < y) == !a_negative ? -1 : 1;
    }
    return 0;
}

static const uint64_t edges[] = {
    0, 1, 2, 3, 126, 127, 128, 129, 254, 255, 256, 32767, 32768, 32769, 65535, 65536, 0x7ffffffe, 0x7fffffff,
    0x80000000, 0x80000001, 0xfffffffe, 0xffffffff, UINT64_C(0x100000000), UINT64_C(0x100000001), UINT64_C(0x17fffffff),
    UINT64_C(0x180000000), UINT64_C(0x7ffffffffffffffe), UINT64_C(0x7fffffffffffffff), UINT64_C(0x8000000000000000),
    UINT64_C(0x8000000000000001), UINT64_C(0xffffffff00000000), UINT64_C(0xfffffffffffffffe), UINT64_MAX
};
enum { EDGES = sizeof edges / sizeof *edges };

/* Every edge and its complement, cut to the type: both ends of each, and what lies beside them. */
#define INTEGER(X, T, is_signed)                                                                              \
    static int value_##X(const void *a, const void *b)                                                        \
    {                                                                                                         \
        return loft_cmp_##X(*(const T *)a, *(const T *)b);                                                    \
    }                                                                                                         \
    static int reference_##X(const void *a, const void *b)                                                    \
    {                                                                                                         \
        const T x = *(const T *)a, y = *(const T *)b;                                                         \
        const bool nx = is_signed && x < (T)1 && x != (T)0, ny = is_signed && y < (T)1 && y != (T)0;          \
        return wide_compare(nx, nx ? UINT64_C(0) - (uint64_t)x : (uint64_t)x, ny,                             \
                            ny ? UINT64_C(0) - (uint64_t)y : (uint64_t)y);                                    \
    }                                                                                                         \
    static void test_##X(void)                                                                                \
    {                                                                                                         \
        T pool[POOL_MAX];                                                                                     \
        size_t n = 0;                                                                                         \
        for (; n < 2 * EDGES + 20; n++) {                                                                     \
            const uint64_t u = n < 2 * EDGES ? edges[n / 2] : rng() >> (rng() % 64u);                         \
            const T t = is_signed ? (T)(u & UINT64_MAX >> 1) : (T)u;                                          \
            pool[n] = n & 1u ? (T)~t : t;                                                                     \
        }                                                                                                     \
        judge(#X, pool, n, sizeof *pool, loft_cmp_##X##_fn, value_##X, reference_##X);                        \
    }

INTEGER(char, char, (CHAR_MIN < 0))
INTEGER(schar, signed char, true)
INTEGER(uchar, unsigned char, false)
INTEGER(short, short, true)
INTEGER(ushort, unsigned short, false)
INTEGER(int, int, true)
INTEGER(uint, unsigned, false)
INTEGER(long, long, true)
INTEGER(ulong, unsigned long, false)
INTEGER(llong, long long, true)
INTEGER(ullong, unsigned long long, false)
INTEGER(size, size_t, false)
INTEGER(ptrdiff, ptrdiff_t, true)
INTEGER(intptr, intptr_t, true)
INTEGER(uintptr, uintptr_t, false)
INTEGER(i8, int8_t, true)
INTEGER(u8, uint8_t, false)
INTEGER(i16, int16_t, true)
INTEGER(u16, uint16_t, false)
INTEGER(i32, int32_t, true)
INTEGER(u32, uint32_t, false)
INTEGER(i64, int64_t, true)
INTEGER(u64, uint64_t, false)

static void
test_integers(void)
{
    test_char();
    test_schar();
    test_uchar();
    test_short();
    test_ushort();
    test_int();
    test_uint();
    test_long();
    test_ulong();
    test_llong();
    test_ullong();
    test_size();
    test_ptrdiff();
    test_intptr();
    test_uintptr();
    test_i8();
    test_u8();
    test_i16();
    test_u16();
    test_i32();
    test_u32();
    test_i64();
    test_u64();

    ok(loft_cmp_i64(INT64_MIN, INT64_MAX) < 0 && loft_cmp_i64(INT64_MAX, INT64_MIN) > 0,
       "the ends of int64_t: a subtraction would overflow");
    ok(loft_cmp_i64(INT64_C(1) << 32, 0) > 0 && loft_cmp_u64(UINT64_C(1) << 32, 0) > 0 &&
       loft_cmp_size((size_t)-1, 0) > 0, "differences that an int cannot hold are not narrowed to one");
    ok(LOFT_CMP_SCALAR(INT64_MIN, INT64_MAX) < 0 && LOFT_CMP_SCALAR(3u, 2u) > 0 && LOFT_CMP_SCALAR(1.5, 1.5) == 0,
       "LOFT_CMP_SCALAR takes any type");
    ok(loft_cmp_bool(false, true) < 0 && loft_cmp_bool(true, false) > 0 && loft_cmp_bool(true, true) == 0 &&
       loft_cmp_bool(false, false) == 0, "false before true");
    const bool yes = true, no = false;
    ok(loft_cmp_bool_fn(&no, &yes, NULL) < 0 && loft_cmp_bool_fn(&yes, &yes, NULL) == 0, "also behind pointers");
}

/* ---- floating point ---------------------------------------------------------------------------------------------- */

static const uint64_t doubles[] = {
    UINT64_C(0), UINT64_C(1), UINT64_C(2), UINT64_C(0x000fffffffffffff), UINT64_C(0x0010000000000000),
    UINT64_C(0x3fefffffffffffff), UINT64_C(0x3ff0000000000000), UINT64_C(0x3ff0000000000001),
    UINT64_C(0x4000000000000000), UINT64_C(0x7fefffffffffffff), UINT64_C(0x7ff0000000000000),
    UINT64_C(0x7ff0000000000001), UINT64_C(0x7ff7ffffffffffff), UINT64_C(0x7ff8000000000000),
    UINT64_C(0x7ff8000000000001), UINT64_C(0x7ff8dead0000beef), UINT64_C(0x7fffffffffffffff)
};
static const uint32_t floats[] = {
    0, 1, 2, 0x007fffff, 0x00800000, 0x3f7fffff, 0x3f800000, 0x3f800001, 0x40000000, 0x7f7fffff, 0x7f800000, 0x7f800001,
    0x7fbfffff, 0x7fc00000, 0x7fc00001, 0x7fc0beef, 0x7fffffff
};

static bool
signalling64(uint64_t u)
{
    u &= UINT64_MAX >> 1;
    return u > UINT64_C(0x7ff0000000000000) && u < UINT64_C(0x7ff8000000000000);
}

static bool
signalling32(uint32_t u)
{
    u &= UINT32_MAX >> 1;
    return u > 0x7f800000 && u < 0x7fc00000;
}

/* The x87 makes a signalling NaN quiet when it is passed by value. */
#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ == 2
#  define PASSED_AS_IS(x, y, signalling)  (!signalling(x) && !signalling(y))
#else
#  define PASSED_AS_IS(x, y, signalling)  ((void)signalling, true)
#endif

/* Negative first; of two with the same sign by their bits, downwards where they are negative. */
static int
reference_f64_total(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return wide_compare(x >> 63, x & UINT64_MAX >> 1, y >> 63, y & UINT64_MAX >> 1);
}

static int
reference_f32_total(const void *a, const void *b)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return wide_compare(x >> 31, x & UINT32_MAX >> 1, y >> 31, y & UINT32_MAX >> 1);
}

/* Every NaN after everything else and equal to the others; both zeros equal. */
static int
reference_f64(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    const uint64_t mx = x & UINT64_MAX >> 1, my = y & UINT64_MAX >> 1;
    const bool nx = mx > UINT64_C(0x7ff0000000000000), ny = my > UINT64_C(0x7ff0000000000000);
    if (nx || ny)
        return nx - ny;
    if (mx == 0 && my == 0)
        return 0;
    return wide_compare(x >> 63 && mx, mx, y >> 63 && my, my);
}

static int
reference_f32(const void *a, const void *b)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    const uint32_t mx = x & UINT32_MAX >> 1, my = y & UINT32_MAX >> 1;
    const bool nx = mx > 0x7f800000, ny = my > 0x7f800000;
    if (nx || ny)
        return nx - ny;
    if (mx == 0 && my == 0)
        return 0;
    return wide_compare(x >> 31 && mx, mx, y >> 31 && my, my);
}

static int
value_f64(const void *a, const void *b)
{
    return loft_cmp_f64(*(const double *)a, *(const double *)b);
}

static int
value_f32(const void *a, const void *b)
{
    return loft_cmp_f32(*(const float *)a, *(const float *)b);
}

static int
value_f64_total(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    if (!PASSED_AS_IS(x, y, signalling64))
        return reference_f64_total(a, b);
    return loft_cmp_f64_total(*(const double *)a, *(const double *)b);
}

static int
value_f32_total(const void *a, const void *b)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    if (!PASSED_AS_IS(x, y, signalling32))
        return reference_f32_total(a, b);
    return loft_cmp_f32_total(*(const float *)a, *(const float *)b);
}

static double
f64(uint64_t bits)
{
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

static void
test_floating(void)
{
    enum { N = 110 };
    uint64_t b64[N];
    uint32_t b32[N];
    double pool64[N];
    float pool32[N];
    size_t n64 = 0, n32 = 0;
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++) {
        b64[n64++] = doubles[i];
        b64[n64++] = doubles[i] | UINT64_C(1) << 63;
    }
    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++) {
        b32[n32++] = floats[i];
        b32[n32++] = floats[i] | UINT32_C(1) << 31;
    }
    for (; n64 < N; n64++)
        b64[n64] = rng() | (n64 % 3u ? 0 : UINT64_C(0x7ff0000000000000));
    for (; n32 < N; n32++)
        b32[n32] = (uint32_t)rng() | (n32 % 3u ? 0 : UINT32_C(0x7f800000));
    memcpy(pool64, b64, sizeof pool64);
    memcpy(pool32, b32, sizeof pool32);
    judge("f64", pool64, N, sizeof *pool64, loft_cmp_f64_fn, value_f64, reference_f64);
    judge("f32", pool32, N, sizeof *pool32, loft_cmp_f32_fn, value_f32, reference_f32);
    judge("f64_total", pool64, N, sizeof *pool64, loft_cmp_f64_total_fn, value_f64_total, reference_f64_total);
    judge("f32_total", pool32, N, sizeof *pool32, loft_cmp_f32_total_fn, value_f32_total, reference_f32_total);

    /* The sort keys are exact: they order as the comparison does, and are equal only where it says equal. */
    size_t wrong = 0, wrong_total = 0;
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            wrong += loft_cmp_u64(loft_key_f64(pool64[i]), loft_key_f64(pool64[j])) != reference_f64(&b64[i], &b64[j]);
            wrong += loft_cmp_u32(loft_key_f32(pool32[i]), loft_key_f32(pool32[j])) != reference_f32(&b32[i], &b32[j]);
            if (PASSED_AS_IS(b64[i], b64[j], signalling64))
                wrong_total += loft_cmp_u64(loft_key_f64_total(pool64[i]), loft_key_f64_total(pool64[j])) !=
                               reference_f64_total(&b64[i], &b64[j]);
            if (PASSED_AS_IS(b32[i], b32[j], signalling32))
                wrong_total += loft_cmp_u32(loft_key_f32_total(pool32[i]), loft_key_f32_total(pool32[j])) !=
                               reference_f32_total(&b32[i], &b32[j]);
        }
    }
    ok_eq(wrong, 0, "the sort keys of f64 and f32 order exactly as the comparisons");
    ok_eq(wrong_total, 0, "so do those of f64_total and f32_total");

    const double nan1 = f64(UINT64_C(0x7ff8000000000001)), nan2 = f64(UINT64_C(0xfff8000000000002));
    const double inf = f64(UINT64_C(0x7ff0000000000000)), minus_zero = f64(UINT64_C(1) << 63);
    ok(loft_cmp_f64(nan1, nan1) == 0 && loft_cmp_f64(nan1, nan2) == 0, "f64: a NaN equals itself and every other");
    ok(loft_cmp_f64(nan2, inf) > 0 && loft_cmp_f64(-1.0, nan2) < 0, "f64: and comes last whatever its sign");
    ok(loft_cmp_f64(0.0, minus_zero) == 0 && loft_key_f64(minus_zero) == loft_key_f64(0.0), "f64: -0 is 0");
    const double minus_inf = f64(UINT64_C(0xfff0000000000000));
    ok(loft_cmp_f64_total(minus_zero, 0.0) < 0 && loft_cmp_f64_total(nan2, minus_inf) < 0 &&
       loft_cmp_f64_total(nan1, inf) > 0, "f64_total: -0 before 0, -NaN first, NaN last");

#if !defined(__FAST_MATH__)
    size_t odd = 0;
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            const int r = loft_cmp_f64(pool64[i], pool64[j]), q = loft_cmp_f32(pool32[i], pool32[j]);
            odd += pool64[i] < pool64[j] && r >= 0;
            odd += pool64[i] == pool64[j] && r != 0;
            odd += pool32[i] < pool32[j] && q >= 0;
            odd += pool32[i] == pool32[j] && q != 0;
        }
    }
    ok_eq(odd, 0, "f64 and f32 never contradict < and ==");
#endif
}

static void
test_integer_keys(void)
{
    size_t wrong = 0;
    for (size_t i = 0; i < EDGES; i++) {
        for (size_t j = 0; j < EDGES; j++) {
            int64_t a, b;
            memcpy(&a, &edges[i], sizeof a);
            memcpy(&b, &edges[j], sizeof b);
            wrong += loft_cmp_u64(loft_key_i64(a), loft_key_i64(b)) != reference_i64(&a, &b);
            const int r = loft_cmp_u64(loft_key_u64(edges[i]), loft_key_u64(edges[j]));
            wrong += r != reference_u64(&edges[i], &edges[j]);
            wrong += loft_cmp_u64(~loft_key_i64(a), ~loft_key_i64(b)) != reference_i64(&b, &a);
        }
    }
    ok_eq(wrong, 0, "the sort keys of i64 and u64 order exactly as the comparisons; ~ reverses");
}

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

static int
reference_slice(const void *a, const void *b)
{
    const loft_slice *x = (const loft_slice *)a, *y = (const loft_slice *)b;
    for (size_t i = 0;; i++) {
        if (i == x->len || i == y->len)
            return (i == y->len) - (i == x->len);
        const unsigned p = ((const unsigned char *)x->ptr)[i], q = ((const unsigned char *)y->ptr)[i];
        if (p != q)
            return p < q ? -1 : 1;
    }
}

static int
value_slice(const void *a, const void *b)
{
    return loft_cmp_slice(*(const loft_slice *)a, *(const loft_slice *)b);
}

static int
reference_str(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    if (!x || !y)
        return (x != NULL) - (y != NULL);
    const loft_slice s = { x, strlen(x) }, t = { y, strlen(y) };
    return reference_slice(&s, &t);
}

static int
value_str(const void *a, const void *b)
{
    return loft_cmp_str(*(const char *const *)a, *(const char *const *)b);
}

static const char *const words[] = {
    "", "a", "b", "aa", "ab", "a\x01", "a ", "A", "z", "\x01", "\x7f", "\x80", "\xff", "\xff\xff", "a\x80", "a\x7f",
    "abcdefg", "abcdefgh", "abcdefghi", "abcdefgha", "abcdefgi", "abcdefgh\x01", "abcdefgh\xff", "abcdefg\xff",
    "12345678", "123456789", "1234567", "\xff\xff\xff\xff\xff\xff\xff\xff", "\xff\xff\xff\xff\xff\xff\xff\xff\xff"
};
enum { WORDS = sizeof words / sizeof *words };

/* Random bytes of few values, so that common beginnings and equal words happen. */
static size_t
random_word(char *p, size_t max, const char *alphabet, size_t letters)
{
    const size_t n = (size_t)(rng() % (max + 1u));
    for (size_t i = 0; i < n; i++)
        p[i] = alphabet[rng() % letters];
    p[n] = '\0';
    return n;
}

static void
test_strings(void)
{
    enum { N = 100, LONGEST = 12 };
    static char room[N][LONGEST + 1];
    const char *pool[N];
    size_t n = 0;
    pool[n++] = NULL;
    for (size_t i = 0; i < WORDS; i++)
        pool[n++] = words[i];
    for (; n < N; n++) {
        random_word(room[n], LONGEST, "ab\x7f\x80\xff", 5);
        pool[n] = room[n];
    }
    judge("str", pool, N, sizeof *pool, loft_cmp_str_fn, value_str, reference_str);

    size_t wrong = 0, ties = 0;
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            const uint64_t a = loft_key_str(pool[i]), b = loft_key_str(pool[j]);
            wrong += a != b && loft_cmp_u64(a, b) != sign(reference_str(&pool[i], &pool[j]));
            ties += a == b && reference_str(&pool[i], &pool[j]) != 0;
        }
    }
    ok(wrong == 0 && ties > 0, "str: sort keys that differ agree with the comparison, and some ties are left to it");
    ok(loft_key_str("abcdefgh") == UINT64_C(0x6162636465666768) && loft_key_str("a") == UINT64_C(0x6100000000000000) &&
       loft_key_str("") == 0 && loft_key_str(NULL) == 0 && loft_key_str("\xff") == UINT64_C(0xff00000000000000),
       "str: the sort key is the first 8 bytes, most significant first, on any machine");
    const char *same = words[3];
    ok(loft_cmp_str(same, same) == 0 && loft_cmp_str(NULL, NULL) == 0 && loft_cmp_str(NULL, "") < 0 &&
       loft_cmp_str("", NULL) > 0, "str: NULL is equal to itself and before the empty string");
}

static void
test_slices(void)
{
    enum { N = 110, LONGEST = 12 };
    static char room[N][LONGEST + 1];
    loft_slice pool[N];
    size_t n = 0;
    pool[n++] = loft_slice_of(NULL, 0);
    pool[n++] = loft_slice_of("", 0);
    pool[n++] = loft_slice_of("\0", 1);
    pool[n++] = loft_slice_of("\0\0", 2);
    pool[n++] = loft_slice_of("a\0", 2);
    pool[n++] = loft_slice_of("a\0b", 3);
    pool[n++] = loft_slice_of("a\0c", 3);
    pool[n++] = loft_slice_of("\0\0\0\0\0\0\0\0", 8);
    pool[n++] = loft_slice_of("\0\0\0\0\0\0\0\0\0", 9);
    pool[n++] = loft_slice_of("abcdefgh\0", 9);
    for (size_t i = 0; i < WORDS; i++)
        pool[n++] = loft_slice_str(words[i]);
    for (; n < N; n++) {
        const size_t length = random_word(room[n], LONGEST, "\0a\x80\xff", 4);
        pool[n] = loft_slice_of(room[n], length);
    }
    judge("slice", pool, N, sizeof *pool, loft_cmp_slice_fn, value_slice, reference_slice);

    size_t wrong = 0, ties = 0;
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            const uint64_t a = loft_key_slice(pool[i]), b = loft_key_slice(pool[j]);
            wrong += a != b && loft_cmp_u64(a, b) != sign(reference_slice(&pool[i], &pool[j]));
            ties += a == b && reference_slice(&pool[i], &pool[j]) != 0;
        }
    }
    ok(wrong == 0 && ties > 0, "slice: sort keys that differ agree with the comparison, and some ties are left to it");
    ok(loft_key_slice(loft_slice_of("a\0b", 3)) == UINT64_C(0x6100620000000000) &&
       loft_key_slice(loft_slice_of(NULL, 0)) == 0, "slice: the sort key goes through zero bytes");
    ok(loft_slice_str(NULL).len == 0 && loft_slice_str("abc").len == 3, "loft_slice_str counts; NULL has none");

    /* The bytes behind the end are nobody's: an exact heap block lets the sanitizer see a read beyond it. */
    char *exact = (char *)malloc(3);
    if (!exact)
        abort();
    memcpy(exact, "xyz", 3);
    const loft_slice s = loft_slice_of(exact, 3);
    ok(loft_key_slice(s) == UINT64_C(0x78797a0000000000) && loft_cmp_slice(s, loft_slice_str("xyz1")) < 0,
       "slice: nothing is read beyond the end");
    free(exact);
}

static int
reference_ptr(const void *a, const void *b)
{
    const uintptr_t x = (uintptr_t) * (const void *const *)a, y = (uintptr_t) * (const void *const *)b;
    return wide_compare(false, x, false, y);
}

static int
value_ptr(const void *a, const void *b)
{
    return loft_cmp_ptr(*(const void *const *)a, *(const void *const *)b);
}

static void
test_pointers(void)
{
    enum { N = 24 };
    static char row[N];
    const void *pool[N];
    pool[0] = NULL;
    pool[1] = (const void *)UINTPTR_MAX;
    pool[2] = (const void *)(UINTPTR_MAX / 2u);
    pool[3] = (const void *)(UINTPTR_MAX / 2u + 1u);
    for (size_t i = 4; i < N; i++)
        pool[i] = &row[(i * 7u) % N];
    judge("ptr", pool, N, sizeof *pool, loft_cmp_ptr_fn, value_ptr, reference_ptr);
}

/* ---- objects ----------------------------------------------------------------------------------------------------- */

struct person {
    const char *name;
    int32_t year;
};

static int
extreme_fn(const void *a, const void *b, const void *ctx)
{
    const int r = loft_cmp_int(*(const int *)a, *(const int *)b);
    (void)ctx;
    return r < 0 ? INT_MIN : r > 0 ? INT_MAX : 0;
}

/* Counts its calls in its context, which shows that the context arrives. */
static int
counting_fn(const void *a, const void *b, const void *ctx)
{
    unsigned *const *calls = (unsigned *const *)ctx;
    ++**calls;
    return loft_cmp_int(*(const int *)a, *(const int *)b);
}

static void
test_objects(void)
{
    const int one = 1, two = 2;
    unsigned calls = 0;
    unsigned *const ctx = &calls;
    loft_cmp c;
    ok(loft_cmp_make(&c, counting_fn, &ctx) == LOFT_OK, "a comparator is made");
    ok(loft_cmp_call(&c, &one, &two) < 0 && loft_cmp_call(&c, &two, &one) > 0 && loft_cmp_call(&c, &one, &one) == 0,
       "and compares");
    ok_eq(calls, 3, "its context arriving each time");
    const loft_cmp before = c;
    ok(loft_cmp_make(&c, NULL, &two) == LOFT_INVAL, "no function is refused");
    ok(c.fn == before.fn && c.ctx == before.ctx, "and leaves the object as it was");
    ok(loft_cmp_make(NULL, counting_fn, NULL) == LOFT_INVAL, "no object is refused");

    loft_cmp extreme, down;
    ok(loft_cmp_make(&extreme, extreme_fn, NULL) == LOFT_OK &&
       loft_cmp_make(&down, loft_cmp_reverse_fn, &extreme) == LOFT_OK, "a comparison that answers INT_MIN");
    ok(loft_cmp_call(&down, &one, &two) > 0 && loft_cmp_call(&down, &two, &one) < 0, "is reversed all the same");

    ok(loft_cmp_then(-1, 1) < 0 && loft_cmp_then(1, -1) > 0 && loft_cmp_then(0, -1) < 0 && loft_cmp_then(0, 0) == 0 &&
       loft_cmp_then(0, 5) > 0, "the second comparison counts where the first says equal");

    loft_cmp by_year;
    loft_cmp_field fields[2];
    ok(loft_cmp_make(&by_year, loft_cmp_i32_fn, NULL) == LOFT_OK &&
       loft_cmp_make(&fields[0].cmp, loft_cmp_str_fn, NULL) == LOFT_OK &&
       loft_cmp_make(&fields[1].cmp, loft_cmp_reverse_fn, &by_year) == LOFT_OK, "fields of a key");
    fields[0].offset = offsetof(struct person, name);
    fields[1].offset = offsetof(struct person, year);
    const loft_cmp_lex lex = { fields, 2 };
    const loft_cmp_lex none = { NULL, 0 };
    loft_cmp by_both, by_nothing;
    ok(loft_cmp_make(&by_both, loft_cmp_lex_fn, &lex) == LOFT_OK &&
       loft_cmp_make(&by_nothing, loft_cmp_lex_fn, &none) == LOFT_OK, "compared in turn");
    const struct person p[] = { { "ann", 1990 }, { "ann", 1980 }, { "bob", 2001 }, { "bob", INT32_MIN } };
    size_t wrong = 0;
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 4; j++) {
            wrong += sign(loft_cmp_call(&by_both, &p[i], &p[j])) != (i > j) - (i < j);
            wrong += loft_cmp_call(&by_nothing, &p[i], &p[j]) != 0;
        }
    }
    ok_eq(wrong, 0, "name upwards, year downwards; no fields make all keys equal");
}

/* ---- the form ---------------------------------------------------------------------------------------------------- */

static unsigned full_compares, projections;

static int
full_str(const char *a, const char *b)
{
    full_compares++;
    return loft_cmp_str(a, b);
}

static uint64_t
prefix_of(const char *s)
{
    projections++;
    return loft_key_str(s);
}

#define LOFT_ORDER_NAME       by_id
#define LOFT_ORDER_KEY        int64_t
#define LOFT_ORDER_CMP(a, b)  loft_cmp_i64(a, b)
#include <loft/core/order.h>

#define LOFT_ORDER_NAME       by_id_down
#define LOFT_ORDER_KEY        int64_t
#define LOFT_ORDER_CMP(a, b)  loft_cmp_i64(b, a)
#include <loft/core/order.h>

#define LOFT_ORDER_NAME  by_rule
#define LOFT_ORDER_KEY   int
#define LOFT_ORDER_OBJECT
#include <loft/core/order.h>

#define LOFT_ORDER_NAME       by_name
#define LOFT_ORDER_KEY        const char *
#define LOFT_ORDER_SORT_T     uint64_t
#define LOFT_ORDER_SORT(k)    prefix_of(k)
#define LOFT_ORDER_CMP(a, b)  full_str(a, b)
#include <loft/core/order.h>

/* A key function and nothing else: keys of the same last digit are the same. */
#define LOFT_ORDER_NAME     by_digit
#define LOFT_ORDER_KEY      unsigned
#define LOFT_ORDER_SORT_T   unsigned char
#define LOFT_ORDER_SORT(k)  (unsigned char)((k) % 10u)
#include <loft/core/order.h>

/* A sort key of its own type, with its own comparison, before a comparator object. */
#define LOFT_ORDER_NAME            by_length
#define LOFT_ORDER_KEY             const char *
#define LOFT_ORDER_SORT_T          size_t
#define LOFT_ORDER_SORT(k)         strlen(k)
#define LOFT_ORDER_SORT_CMP(a, b)  loft_cmp_size(b, a)
#define LOFT_ORDER_OBJECT
#include <loft/core/order.h>

/* A double is no sort key by itself: NaN answers no to every question. Its projection is. */
#define LOFT_ORDER_NAME     by_weight
#define LOFT_ORDER_KEY      double
#define LOFT_ORDER_SORT_T   uint64_t
#define LOFT_ORDER_SORT(k)  loft_key_f64(k)
#include <loft/core/order.h>

#define LOFT_ORDER_NAME       by_person
#define LOFT_ORDER_KEY        struct person
#define LOFT_ORDER_CMP(a, b)  loft_cmp_then(loft_cmp_str((a).name, (b).name), loft_cmp_i32((a).year, (b).year))
#include <loft/core/order.h>

#if defined(LOFT_ORDER_NAME) || defined(LOFT_ORDER_KEY) || defined(LOFT_ORDER_CMP) || defined(LOFT_ORDER_OBJECT) || \
    defined(LOFT_ORDER_SORT_T) || defined(LOFT_ORDER_SORT) || defined(LOFT_ORDER_SORT_CMP) || defined(LOFT_ORDER_FN_)
#  error "order.h leaves a parameter defined"
#endif

/* What a container does: keeps projected keys in order and finds them, and those that are not there, by bisection. */
static size_t
find_name(const by_name_key *row, size_t n, const char *name)
{
    const by_name_key probe = by_name_project(name);
    size_t from = 0, to = n;
    while (from < to) {
        const size_t mid = from + (to - from) / 2u;
        const int r = by_name_compare(NULL, &row[mid], &probe);
        if (r == 0)
            return mid;
        if (r < 0)
            from = mid + 1u;
        else
            to = mid;
    }
    return n;
}

static void
test_form(void)
{
    const by_id_key i = by_id_project(INT64_MIN), j = by_id_project(INT64_MAX);
    ok(by_id_compare(NULL, &i, &j) < 0 && by_id_compare(NULL, &j, &i) > 0 && by_id_compare(NULL, &i, &i) == 0,
       "a macro compares, and needs no object");
    const by_id_down_key k = by_id_down_project(INT64_MIN), l = by_id_down_project(INT64_MAX);
    ok(by_id_down_compare(NULL, &k, &l) > 0, "the other way round in a second instance of the same file");

    by_rule up, down;
    loft_cmp natural;
    memset(&up, 0x5a, sizeof up);
    const by_rule before = up;
    ok(by_rule_init(&up, NULL, NULL) == LOFT_INVAL && memcmp(&before, &up, sizeof up) == 0,
       "an object without a function is refused and left as it was");
    ok(by_rule_init(NULL, loft_cmp_int_fn, NULL) == LOFT_INVAL, "no object is refused");
    ok(loft_cmp_make(&natural, loft_cmp_int_fn, NULL) == LOFT_OK &&
       by_rule_init(&up, loft_cmp_int_fn, NULL) == LOFT_OK &&
       by_rule_init(&down, loft_cmp_reverse_fn, &natural) == LOFT_OK, "two objects of one type");
    const by_rule_key x = by_rule_project(1), y = by_rule_project(2);
    ok(by_rule_compare(&up, &x, &y) < 0 && by_rule_compare(&down, &x, &y) > 0 && by_rule_compare(&down, &x, &x) == 0,
       "order the same keys in two ways");

    projections = full_compares = 0;
    const by_name_key a = by_name_project("alpha"), b = by_name_project("beta");
    const by_name_key c = by_name_project("abcdefgh1"), d = by_name_project("abcdefgh2");
    ok_eq(projections, 4, "a sort key is made once per key");
    ok(by_name_compare(NULL, &a, &b) < 0 && by_name_compare(NULL, &b, &a) > 0 && full_compares == 0,
       "and settles what differs in it without the full comparison");
    ok(by_name_compare(NULL, &c, &d) < 0 && by_name_compare(NULL, &d, &c) > 0 && full_compares == 2,
       "which is asked where it does not");
    ok_eq(projections, 4, "no comparison makes another");

    const by_digit_key m = by_digit_project(12), n = by_digit_project(2), o = by_digit_project(9);
    ok(by_digit_compare(NULL, &m, &n) == 0 && by_digit_compare(NULL, &m, &o) < 0 && by_digit_compare(NULL, &o, &n) > 0,
       "a sort key alone decides, also that keys are the same");

    by_length longest;
    ok(by_length_init(&longest, loft_cmp_str_fn, NULL) == LOFT_OK, "an object behind a sort key");
    const by_length_key p = by_length_project("aa"), q = by_length_project("z"), r = by_length_project("ab");
    ok(by_length_compare(&longest, &p, &q) < 0 && by_length_compare(&longest, &p, &r) < 0 &&
       by_length_compare(&longest, &r, &p) > 0, "with a comparison of sort keys of its own");

    const by_weight_key nan = by_weight_project(f64(UINT64_C(0xfff8000000000000)));
    const by_weight_key zero = by_weight_project(0.0), minus = by_weight_project(f64(UINT64_C(1) << 63));
    ok(by_weight_compare(NULL, &nan, &nan) == 0 && by_weight_compare(NULL, &nan, &zero) > 0 &&
       by_weight_compare(NULL, &zero, &minus) == 0, "doubles by their projection, NaN included");

    const struct person ann = { "ann", 1990 }, bob = { "bob", 1980 };
    const by_person_key s = by_person_project(ann), t = by_person_project(bob);
    ok(by_person_compare(NULL, &s, &t) < 0 && by_person_compare(NULL, &s, &s) == 0, "a structure by two of its fields");

    by_name_key row[WORDS];
    size_t rows = 0, lost = 0, invented = 0;
    for (size_t w = 0; w < WORDS; w++) {
        size_t at = rows++;
        const by_name_key key = by_name_project(words[w]);
        for (; at > 0 && by_name_compare(NULL, &row[at - 1u], &key) > 0; at--)
            row[at] = row[at - 1u];
        row[at] = key;
    }
    for (size_t w = 0; w < WORDS; w++) {
        char copy[16], other[17];
        snprintf(copy, sizeof copy, "%s", words[w]);     /* equal, not identical */
        snprintf(other, sizeof other, "%s\x02", words[w]);
        lost += find_name(row, rows, copy) == rows;
        invented += find_name(row, rows, other) != rows;
    }
    ok(lost == 0 && invented == 0, "a row kept by it finds all its words by projected probes, and no others");
}

int
main(void)
{
    test_integers();
    test_integer_keys();
    test_floating();
    test_strings();
    test_slices();
    test_pointers();
    test_objects();
    test_form();
    return done();
}
