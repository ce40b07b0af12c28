/* SPDX-License-Identifier: MIT
 *
 * loft/map/frozen.h - an ordered map or set that never changes, in sorted arrays: read by any thread, wait-free.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h map/grammar.h
 *
 * USE IT WHEN         entries are put together once and looked up often, or a copy of a map is to be kept: lookups are
 *                     several times as fast as in a tree, and there is nothing beside keys and values.
 * DO NOT USE IT WHEN  entries come and go: a change is a new map.
 *
 * EXAMPLE
 *     #define LOFT_MAP_NAME        primes
 *     #define LOFT_MAP_KEY         int
 *     #include <loft/map/frozen.h>
 *     #define LOFT_MAP_NAME        ages
 *     #define LOFT_MAP_KEY         int
 *     #define LOFT_MAP_VAL         double
 *     #define LOFT_MAP_EQ(a, b)    ((a) == (b))
 *     #define LOFT_MAP_HASH(k, v)  ((unsigned)(k) * 31u + (unsigned)(v))
 *     #include <loft/map/frozen.h>
 *     int main(void)
 *     {
 *         static const int k[] = { 2, 3, 5, 7 };
 *         static const double v[] = { 1.5, 2.5, 3.5, 4.5 };
 *         primes p, q, both;
 *         ages a;
 *         int at;
 *         double age;
 *         if (primes_init_sorted(&p, NULL, k, 4) != LOFT_OK || primes_init_sorted(&q, NULL, k + 2, 2) != LOFT_OK)
 *             return 1;
 *         if (primes_difference(&both, &p, &q) != LOFT_OK || primes_len(&both) != 2)      // 2 and 3
 *             return 1;
 *         if (ages_init_sorted(&a, NULL, k, v, 4) != LOFT_OK || !ages_get(&a, 5, &age) || age != 3.5)
 *             return 1;
 *         const bool found = ages_floor(&a, 4, &at, NULL) && at == 3 && ages_hash(&a) != 0;
 *         ages_fini(&a);
 *         primes_fini(&both);
 *         primes_fini(&q);
 *         primes_fini(&p);
 *         return !found;
 *     }
 *
 * PARAMETERS   LOFT_MAP_NAME, LOFT_MAP_KEY; optional: LOFT_MAP_VAL (without it this is a set), LOFT_MAP_CMP or
 *              LOFT_MAP_OBJECT, LOFT_MAP_EQ, LOFT_MAP_KEY_RETAIN, LOFT_MAP_KEY_RELEASE, LOFT_MAP_VAL_RETAIN,
 *              LOFT_MAP_VAL_RELEASE, as grammar.h says. There is no LOFT_MAP_SMR. And
 *              LOFT_MAP_HASH  optional  (k, v), of a set (k): a number, the same where key and value are the same. With
 *                                       it there is hash
 *
 * OPERATIONS   init_sorted  fini
 *              get  contains  first  last  floor  ceiling  lower  higher     as in calls.h, without a thread's record
 *              for_each  for_each_down  count  is_empty                      as there
 *              scan_begin  scan_next  scan_end                               as there, without a section
 *              len  at  rank                                                 entries by number
 *              equal                                                         of a map: with LOFT_MAP_EQ
 *              hash                                                          with LOFT_MAP_HASH
 *              union  intersection  difference  symmetric_difference         a new one of two; where a wins
 *              copy_begin  copy_add  copy_end  copy_drop                     of a live map's snapshot or for_each
 *              thaw                                                          back into a live map
 *              The last three lines are missing where LOFT_MAP_KEY or LOFT_MAP_VAL has RELEASE and no RETAIN: what can
 *              have one owner only cannot be in two maps. A set has no get, and no arguments for values.
 *
 * OWNERSHIP    As in grammar.h: what goes in by a call that answers LOFT_OK is copied and is the map's, which RELEASEs
 *              each key and value once, in fini; on any other answer it is the caller's. What comes out is a copy,
 *              RETAINed and then the caller's to release; without RETAIN, and always from a scan, it is borrowed until
 *              fini. No call changes an entry, so there is nothing to protect and nothing to reclaim.
 *
 * TOGETHER     Everything that reads a map, from any number of threads, after it was handed over to them (a release
 *              and an acquire); also union and its kind, of a and b. fini: when nobody else uses it any more. A scan,
 *              or a copy that is being made, belongs to one thread at a time.
 *
 * COPIES       copy_add is what snapshot or for_each of a live map calls. Of a snapshot the copy is what that map had
 *              at one instant. Of for_each it is weakly consistent, as that is: each entry was in at some moment of the
 *              walk, those that were in all the time are there, and it need not be what the map had at any one instant.
 *
 * EDGES        none. The hash is one word that all threads compute from the same entries: who does not see it stored
 *              computes the same again.
 *
 * MEMORY       One block of loft_alloc: the keys, and behind them the values; the map is four words, one more with
 *              LOFT_MAP_VAL, with LOFT_MAP_HASH, and a loft_cmp with LOFT_MAP_OBJECT.
 *
 * COST         A search makes one comparison for each bit of n, and one more; what it does next is computed, not
 *              branched to, unless a compiler knows better; both lines that may be next are asked for before. rank and
 *              count are searches, two of them for a range; at, first, last and the steps of a walk are none.
 *
 * PROGRESS     Wait-free, all that reads. A comparison that lies gives wrong answers, and nothing worse.
 *
 * SOURCE       Binary search; Khuong and Morin, Array Layouts for Comparison-Based Searching, JEA 2017, who found which
 *              forms of it are fast.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_MAP_NAME)
#  error "loft/map/frozen.h: define LOFT_MAP_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_MAP_KEY)
#  error "loft/map/frozen.h: define LOFT_MAP_KEY (key type) before including"
#elif defined(LOFT_MAP_SMR)
#  error "loft/map/frozen.h: LOFT_MAP_SMR is for maps that change; nothing is reclaimed here"
#elif !defined(LOFT_MAP_VAL) && (defined(LOFT_MAP_EQ) || defined(LOFT_MAP_VAL_RETAIN) || defined(LOFT_MAP_VAL_RELEASE))
#  error "loft/map/frozen.h: LOFT_MAP_EQ, LOFT_MAP_VAL_RETAIN and LOFT_MAP_VAL_RELEASE need LOFT_MAP_VAL (value type)"
#elif defined(LOFT_MAP_CMP) && defined(LOFT_MAP_OBJECT)
#  error "loft/map/frozen.h: LOFT_MAP_CMP and LOFT_MAP_OBJECT both say how keys compare; define one of them"
#elif defined(LOFT_MAP_KEY_RETAIN) && !defined(LOFT_MAP_KEY_RELEASE)
#  error "loft/map/frozen.h: LOFT_MAP_KEY_RETAIN needs LOFT_MAP_KEY_RELEASE"
#elif defined(LOFT_MAP_VAL_RETAIN) && !defined(LOFT_MAP_VAL_RELEASE)
#  error "loft/map/frozen.h: LOFT_MAP_VAL_RETAIN needs LOFT_MAP_VAL_RELEASE"
#else

#ifndef LOFT_MAP_FROZEN_H
#define LOFT_MAP_FROZEN_H

/* Which keys of two maps go into a third. */
#define LOFT_FROZEN_LEFT_   1u                           /* those of the first alone                           */
#define LOFT_FROZEN_BOTH_   2u                           /* of both; the entry is the first one's              */
#define LOFT_FROZEN_RIGHT_  4u                           /* of the second alone                                */

#endif /* LOFT_MAP_FROZEN_H */

/* What is RELEASEd and cannot be RETAINed has one owner. */
#if (!defined(LOFT_MAP_KEY_RELEASE) || defined(LOFT_MAP_KEY_RETAIN)) \
    && (!defined(LOFT_MAP_VAL_RELEASE) || defined(LOFT_MAP_VAL_RETAIN))
#  define LOFT_MAP_SHARES_  1
#else
#  define LOFT_MAP_SHARES_  0
#endif

#define LOFT_MAP_HEADER_  "loft/map/frozen.h"
#include "grammar.h"

/* ---- types ------------------------------------------------------------------------------------------------------- */

typedef struct LOFT_MAP_FN(rows_) {
    size_t n;
    size_t room;                                         /* entries that the block has room for                */
    LOFT_MAP_K_ *key;                                    /* rising; the block begins here. NULL: no room       */
#if defined(LOFT_MAP_VAL)
    LOFT_MAP_V_ *val;
#endif
} LOFT_MAP_FN(rows_);

/* All of it is fixed after init. It must not be copied. */
typedef struct LOFT_MAP_NAME {
    LOFT_MAP_FN(base_) base;
    LOFT_MAP_FN(rows_) rows;
#if defined(LOFT_MAP_HASH)
    LOFT_ATOMIC(size_t) hash;                            /* 0: not computed yet                                */
#endif
} LOFT_MAP_NAME;

/* A type under a name that no member hides. */
typedef LOFT_MAP_NAME LOFT_MAP_FN(map_);

/* What a map is told at init. */
typedef struct LOFT_MAP_FN(options) {
#if defined(LOFT_MAP_OBJECT)
    loft_cmp cmp;                                        /* the order of its keys; loft_cmp_make makes one     */
#else
    unsigned char nothing_;                              /* the order is all in the code; C has no empty types */
#endif
} LOFT_MAP_FN(options);

/* ---- private ----------------------------------------------------------------------------------------------------- */

LOFT_API void
LOFT_MAP_FN(check_)(const LOFT_MAP_NAME *m)
{
    LOFT_ASSERT(m->base.made && "loft/map: the map is not initialised");
    (void)m;
}

LOFT_API loft_status
LOFT_MAP_FN(base_of_)(LOFT_MAP_FN(base_) *base, const LOFT_MAP_FN(options) *options)
{
#if defined(LOFT_MAP_OBJECT)
    if (!options || !options->cmp.fn)
        return LOFT_INVAL;
    base->cmp = options->cmp;
#endif
    (void)options;
    base->made = true;
    return LOFT_OK;
}

/* Where the values of a block begin, in bytes. They are aligned as well as the block is. */
LOFT_API size_t
LOFT_MAP_FN(keys_size_)(size_t room)
{
    const size_t align = 2 * sizeof(void *);
    return (room * sizeof(LOFT_MAP_K_) + align - 1) / align * align;
}

LOFT_API size_t
LOFT_MAP_FN(block_size_)(size_t room)
{
#if defined(LOFT_MAP_VAL)
    return LOFT_MAP_FN(keys_size_)(room) + room * sizeof(LOFT_MAP_V_);
#else
    return LOFT_MAP_FN(keys_size_)(room);
#endif
}

LOFT_API void
LOFT_MAP_FN(no_rows_)(LOFT_MAP_FN(rows_) *r)
{
    r->n = 0;
    r->room = 0;
    r->key = NULL;
#if defined(LOFT_MAP_VAL)
    r->val = NULL;
#endif
}

/* Room for so many entries; false: there is no memory, and *r is as it was. */
LOFT_API bool
LOFT_MAP_FN(rows_of_)(LOFT_MAP_FN(rows_) *r, size_t room)
{
#if defined(LOFT_MAP_VAL)
    const size_t each = sizeof(LOFT_MAP_K_) + sizeof(LOFT_MAP_V_);
#else
    const size_t each = sizeof(LOFT_MAP_K_);
#endif
    unsigned char *block = NULL;
    if (room > (SIZE_MAX / 2 - 2 * sizeof(void *)) / each)
        return false;
    if (room && !(block = (unsigned char *)loft_alloc(LOFT_MAP_FN(block_size_)(room))))
        return false;
    LOFT_MAP_FN(no_rows_)(r);
    r->room = room;
    r->key = (LOFT_MAP_K_ *)(void *)block;
#if defined(LOFT_MAP_VAL)
    r->val = block ? (LOFT_MAP_V_ *)(void *)(block + LOFT_MAP_FN(keys_size_)(room)) : NULL;
#endif
    return true;
}

LOFT_API void
LOFT_MAP_FN(free_rows_)(LOFT_MAP_FN(rows_) *r)
{
    if (r->room)
        loft_free(r->key, LOFT_MAP_FN(block_size_)(r->room));
    LOFT_MAP_FN(no_rows_)(r);
}

LOFT_API void
LOFT_MAP_FN(release_rows_)(LOFT_MAP_FN(rows_) *r)
{
    for (size_t i = 0; i < r->n; i++) {
        LOFT_MAP_KEY_RELEASE(r->key[i]);
#if defined(LOFT_MAP_VAL)
        LOFT_MAP_VAL_RELEASE(r->val[i]);
#endif
    }
    LOFT_MAP_FN(free_rows_)(r);
}

/* Copies entries behind those that are there; there is room. */
LOFT_API void
LOFT_MAP_FN(append_)(LOFT_MAP_FN(rows_) *r, LOFT_MAP_K_ const *k LOFT_MAP_AND_(LOFT_MAP_V_ const *v), size_t n)
{
    for (size_t i = 0; i < n; i++) {
        loft_plain_write(&r->key[r->n + i], k[i]);
#if defined(LOFT_MAP_VAL)
        loft_plain_write(&r->val[r->n + i], v[i]);
#endif
    }
    r->n += n;
}

/* The map gets entries, and with them what they own. */
LOFT_API void
LOFT_MAP_FN(make_)(LOFT_MAP_NAME *m, const LOFT_MAP_FN(base_) *base, const LOFT_MAP_FN(rows_) *rows)
{
    m->base = *base;
    m->rows = *rows;
#if defined(LOFT_MAP_HASH)
    loft_init(&m->hash, (size_t)0);
#endif
}

/* How many entries are in front of a place. */
LOFT_API size_t
LOFT_MAP_FN(place_)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ const *k, int how)
{
    LOFT_MAP_K_ const *base = m->rows.key;               /* all below this are in front of the place           */
    size_t left = m->rows.n;                             /* and none behind so many                            */
    const int least = how == LOFT_MAP_ABOVE_ ? 1 : 0;
    if (how == LOFT_MAP_END_)
        return left;
    if (how == LOFT_MAP_BEGIN_ || !left)
        return 0;
    while (left > 1) {
        const size_t half = left / 2;
        left -= half;
        LOFT_PREFETCH(base + left / 2);
        LOFT_PREFETCH(base + half + left / 2);
        /* A mask, because a branch that is taken half of the time costs more than the comparison. gcc keeps it. */
        base += half & (0 - (size_t)(LOFT_MAP_FN(compare_)(&m->base, base + half - 1, k) < least));
    }
    return (size_t)(base - m->rows.key) + (size_t)(LOFT_MAP_FN(compare_)(&m->base, base, k) < least);
}

/* The numbers of the entries of a range: from the first to the one behind the last. */
typedef struct LOFT_MAP_FN(range_) {
    size_t begin;
    size_t end;
} LOFT_MAP_FN(range_);

LOFT_API LOFT_MAP_FN(range_)
LOFT_MAP_FN(range_of_)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to, unsigned how)
{
    LOFT_MAP_FN(range_) r;
    LOFT_MAP_FN(check_)(m);
    r.begin = LOFT_MAP_FN(place_)(m, from, !from ? LOFT_MAP_BEGIN_
                                           : how & LOFT_RANGE_AFTER ? LOFT_MAP_ABOVE_ : LOFT_MAP_AT_);
    r.end = LOFT_MAP_FN(place_)(m, to, !to ? LOFT_MAP_END_
                                       : how & LOFT_RANGE_THROUGH ? LOFT_MAP_ABOVE_ : LOFT_MAP_AT_);
    if (r.end < r.begin)
        r.end = r.begin;
    return r;
}

/* Do both keep their keys in the same order? */
LOFT_API bool
LOFT_MAP_FN(same_order_)(const LOFT_MAP_NAME *a, const LOFT_MAP_NAME *b)
{
    LOFT_MAP_FN(check_)(a);
    LOFT_MAP_FN(check_)(b);
#if defined(LOFT_MAP_OBJECT)
    return a->base.cmp.fn == b->base.cmp.fn && a->base.cmp.ctx == b->base.cmp.ctx;
#else
    return true;
#endif
}

/* ---- init, fini -------------------------------------------------------------------------------------------------- */

/* NAME_init_sorted - a map with n entries, from arrays by rising key, which it copies.
 *   returns   LOFT_OK; LOFT_INVAL: the keys do not rise, from each to the next, or LOFT_MAP_OBJECT without a
 *             comparison; LOFT_NOMEM. Unless LOFT_OK, *m is as it was, and all keys and values are the caller's yet
 *   options   NULL: none, which LOFT_MAP_OBJECT does not take
 *   threads   quiescent; other threads may use the map once it has been handed over (a release and an acquire)
 *   cost      n comparisons, one allocation
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(init_sorted)(LOFT_MAP_NAME *m, const LOFT_MAP_FN(options) *options, LOFT_MAP_K_ const *k
                         LOFT_MAP_AND_(LOFT_MAP_V_ const *v), size_t n)
{
    LOFT_MAP_FN(base_) base;
    LOFT_MAP_FN(rows_) rows;
    const loft_status s = LOFT_MAP_FN(base_of_)(&base, options);
    if (s != LOFT_OK)
        return s;
    for (size_t i = 1; i < n; i++)
        if (LOFT_MAP_FN(compare_)(&base, &k[i - 1], &k[i]) >= 0)
            return LOFT_INVAL;
    if (!LOFT_MAP_FN(rows_of_)(&rows, n))
        return LOFT_NOMEM;
    LOFT_MAP_FN(append_)(&rows, k LOFT_MAP_AND_(v), n);
    LOFT_MAP_FN(make_)(m, &base, &rows);
    return LOFT_OK;
}

/* NAME_fini - the end of the map: RELEASEs its entries and frees them.
 *   threads   quiescent; any call after it is an error, which a debug build stops
 *   cost      one free, and RELEASE of each entry
 */
LOFT_API void
LOFT_MAP_FN(fini)(LOFT_MAP_NAME *m)
{
    LOFT_MAP_FN(check_)(m);
    LOFT_MAP_FN(release_rows_)(&m->rows);
    m->base.made = false;
}

/* ---- by number --------------------------------------------------------------------------------------------------- */

/* NAME_len, NAME_is_empty - how many entries there are; are there none?
 *   threads   any
 *   progress  wait-free
 *   cost      a load
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_MAP_FN(len)(const LOFT_MAP_NAME *m)
{
    LOFT_MAP_FN(check_)(m);
    return m->rows.n;
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(is_empty)(const LOFT_MAP_NAME *m)
{
    return LOFT_MAP_FN(len)(m) == 0;
}

/* NAME_at - the entry in front of which there are i others.
 *   returns   false: there are not so many, and *k, *v are untouched
 *   threads   any
 *   progress  wait-free
 *   cost      a load
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(at)(const LOFT_MAP_NAME *m, size_t i, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    LOFT_MAP_FN(check_)(m);
    if (i >= m->rows.n)
        return false;
    LOFT_MAP_FN(give_)(&m->rows.key[i] LOFT_MAP_AND_(&m->rows.val[i]), k LOFT_MAP_AND_(v));
    return true;
}

/* NAME_rank - how many entries are below a key: its number, if it is in.
 *   threads   any
 *   progress  wait-free
 *   cost      a search
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_MAP_FN(rank)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ k)
{
    LOFT_MAP_FN(check_)(m);
    return LOFT_MAP_FN(place_)(m, &k, LOFT_MAP_AT_);
}

/* ---- by key ------------------------------------------------------------------------------------------------------ */

/* NAME_contains - is a key there?
 *   threads   any
 *   progress  wait-free
 *   cost      a search
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(contains)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ k)
{
    const size_t i = LOFT_MAP_FN(rank)(m, k);
    return i < m->rows.n && LOFT_MAP_FN(compare_)(&m->base, &m->rows.key[i], &k) == 0;
}

#if defined(LOFT_MAP_VAL)
/* NAME_get - the value of a key.
 *   returns   false: there is none, and *out is untouched
 *   threads   any
 *   progress  wait-free
 *   cost      a search
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(get)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ k, LOFT_MAP_V_ *out)
{
    const size_t i = LOFT_MAP_FN(rank)(m, k);
    return i < m->rows.n && LOFT_MAP_FN(compare_)(&m->base, &m->rows.key[i], &k) == 0
           && LOFT_MAP_FN(at)(m, i, NULL, out);
}
#endif

/* NAME_first, NAME_last - the lowest, the highest entry.
 *   returns   false: the map is empty, and *k, *v are untouched
 *   threads   any
 *   progress  wait-free
 *   cost      a load
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(first)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(at)(m, 0, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(last)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(at)(m, m->rows.n - 1, k LOFT_MAP_AND_(v));   /* of none, there is no such number        */
}

/* NAME_floor, NAME_ceiling, NAME_lower, NAME_higher - the entry nearest to `key`: not above it, not below it, below it,
 * above it.
 *   returns   false: there is none, and *k, *v are untouched. k may point to what was passed as key
 *   threads   any
 *   progress  wait-free
 *   cost      a search
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(floor)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ key, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(at)(m, LOFT_MAP_FN(place_)(m, &key, LOFT_MAP_ABOVE_) - 1, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(ceiling)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ key, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(at)(m, LOFT_MAP_FN(place_)(m, &key, LOFT_MAP_AT_), k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(lower)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ key, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(at)(m, LOFT_MAP_FN(place_)(m, &key, LOFT_MAP_AT_) - 1, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(higher)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ key, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(at)(m, LOFT_MAP_FN(place_)(m, &key, LOFT_MAP_ABOVE_), k LOFT_MAP_AND_(v));
}

/* ---- ranges ------------------------------------------------------------------------------------------------------ */

/* NAME_count - how many entries from <= k < to.
 *   from, to  NULL: no bound. how: LOFT_RANGE_AFTER, LOFT_RANGE_THROUGH, added up. Bounds that cross: none
 *   threads   any
 *   progress  wait-free
 *   cost      a search for each bound, whatever is between them
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_MAP_FN(count)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to, unsigned how)
{
    const LOFT_MAP_FN(range_) r = LOFT_MAP_FN(range_of_)(m, from, to, how);
    return r.end - r.begin;
}

/* A walk through numbers. */
typedef struct LOFT_MAP_FN(scan) {
    const LOFT_MAP_FN(map_) *map;
    LOFT_MAP_FN(range_) range;                           /* not given yet                                      */
    bool down;
} LOFT_MAP_FN(scan);

/* NAME_scan_begin - goes through from <= k < to, one entry each time it is asked. It may be copied, and left as it is.
 *   from, to, how   as NAME_count, and LOFT_RANGE_DOWN: by falling key. Neither key is looked at afterwards
 *   threads   any; the scan belongs to one at a time
 *   progress  wait-free
 *   cost      a search for each bound
 */
LOFT_API void
LOFT_MAP_FN(scan_begin)(LOFT_MAP_FN(scan) *s, const LOFT_MAP_NAME *m, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to,
                        unsigned how)
{
    s->map = m;
    s->range = LOFT_MAP_FN(range_of_)(m, from, to, how);
    s->down = (how & LOFT_RANGE_DOWN) != 0;
}

/* The number of the next entry; there is one. */
LOFT_API size_t
LOFT_MAP_FN(scan_step_)(LOFT_MAP_FN(scan) *s)
{
    return s->down ? --s->range.end : s->range.begin++;
}

/* NAME_scan_next - the next entry. Key and value are not RETAINed: they are borrowed until fini.
 *   returns   false: there is none, and *k, *v are untouched
 *   threads   any
 *   progress  wait-free
 *   cost      a load
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(scan_next)(LOFT_MAP_FN(scan) *s, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    if (s->range.begin == s->range.end)
        return false;
    const size_t i = LOFT_MAP_FN(scan_step_)(s);
    if (k)
        *k = loft_plain_read(&s->map->rows.key[i]);
#if defined(LOFT_MAP_VAL)
    if (v)
        *v = loft_plain_read(&s->map->rows.val[i]);
#endif
    return true;
}

/* NAME_scan_end - the scan gives nothing more. Nobody needs it; other maps of the family have a section to end. */
LOFT_API void
LOFT_MAP_FN(scan_end)(LOFT_MAP_FN(scan) *s)
{
    s->range.begin = s->range.end;
}

/* NAME_for_each - calls visit(k, v, ctx) for the entries from <= k < to, by rising key, until it answers false.
 *   from, to, how   as NAME_scan_begin
 *   returns   how many were visited
 *   visit     may do anything but end the map. What it gets is handed out
 *   threads   any
 *   progress  wait-free but for visit
 *   cost      a search for each bound
 */
LOFT_API size_t
LOFT_MAP_FN(for_each)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to, unsigned how,
                      bool (*visit)(LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ v), void *ctx), void *ctx)
{
    LOFT_MAP_FN(scan) s;
    size_t n = 0;
    bool goes = true;
    LOFT_MAP_FN(scan_begin)(&s, m, from, to, how);
    while (goes && s.range.begin != s.range.end) {
        LOFT_MAP_K_ k;
#if defined(LOFT_MAP_VAL)
        LOFT_MAP_V_ v;
#endif
        const size_t i = LOFT_MAP_FN(scan_step_)(&s);
        LOFT_MAP_FN(give_)(&m->rows.key[i] LOFT_MAP_AND_(&m->rows.val[i]), &k LOFT_MAP_AND_(&v));
        goes = visit(k LOFT_MAP_AND_(v), ctx);
        n++;
    }
    return n;
}

/* NAME_for_each_down - the same by falling key: for_each with LOFT_RANGE_DOWN. */
LOFT_API size_t
LOFT_MAP_FN(for_each_down)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to, unsigned how,
                           bool (*visit)(LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ v), void *ctx), void *ctx)
{
    return LOFT_MAP_FN(for_each)(m, from, to, how | LOFT_RANGE_DOWN, visit, ctx);
}

/* ---- two of them ------------------------------------------------------------------------------------------------- */

#if !defined(LOFT_MAP_VAL) || defined(LOFT_MAP_EQ)
/* NAME_equal - are their keys the same, and their values, by LOFT_MAP_EQ? Maps of two orders (LOFT_MAP_OBJECT) are not
 * equal.
 *   threads   any
 *   progress  wait-free
 *   cost      up to n comparisons; none, if one has more than the other
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(equal)(const LOFT_MAP_NAME *a, const LOFT_MAP_NAME *b)
{
    if (!LOFT_MAP_FN(same_order_)(a, b) || a->rows.n != b->rows.n)
        return false;
    for (size_t i = 0; i < a->rows.n; i++) {
        if (LOFT_MAP_FN(compare_)(&a->base, &a->rows.key[i], &b->rows.key[i]) != 0)
            return false;
#if defined(LOFT_MAP_VAL)
        LOFT_MAP_V_ const its = loft_plain_read(&b->rows.val[i]);
        if (!LOFT_MAP_FN(agrees_)(&a->rows.val[i], &its))
            return false;
#endif
    }
    return true;
}
#endif

#if defined(LOFT_MAP_HASH)
/* NAME_hash - a number made of all entries, the same for maps that are equal; never 0. It is computed once, or by
 * several threads that ask first, which get the same.
 *   threads   any
 *   progress  wait-free
 *   cost      LOFT_MAP_HASH of each entry the first time, then a load
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_MAP_FN(hash)(LOFT_MAP_NAME *m)
{
    LOFT_MAP_FN(check_)(m);
    const size_t known = loft_load(&m->hash, relaxed);   /* hash:A relaxed: a number, and nothing behind it */
    if (known)
        return known;
    uint64_t h = m->rows.n;
    for (size_t i = 0; i < m->rows.n; i++) {
        LOFT_MAP_K_ const k = loft_plain_read(&m->rows.key[i]);
#if defined(LOFT_MAP_VAL)
        LOFT_MAP_V_ const v = loft_plain_read(&m->rows.val[i]);
        h ^= (uint64_t)LOFT_MAP_HASH(k, v);
#else
        h ^= (uint64_t)LOFT_MAP_HASH(k);
#endif
        h *= UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    const size_t made = (size_t)h ? (size_t)h : 1;
    loft_store(&m->hash, made, relaxed);                 /* hash:B relaxed: whoever stores here stores the same */
    return made;
}
#endif

#if LOFT_MAP_SHARES_
LOFT_API void
LOFT_MAP_FN(retain_rows_)(const LOFT_MAP_FN(rows_) *r)
{
    for (size_t i = 0; i < r->n; i++) {
        LOFT_MAP_KEY_RETAIN(r->key[i]);
#if defined(LOFT_MAP_VAL)
        LOFT_MAP_VAL_RETAIN(r->val[i]);
#endif
    }
}

/* Goes through both at once, in the order they share, and copies what is wanted (LOFT_FROZEN_...) to `out`, as much as
 * there is room for; NULL: nothing. How many that are. */
LOFT_API size_t
LOFT_MAP_FN(merge_)(const LOFT_MAP_NAME *a, const LOFT_MAP_NAME *b, unsigned want, LOFT_MAP_FN(rows_) *out)
{
    size_t i = 0;
    size_t j = 0;
    size_t n = 0;
    while ((i < a->rows.n || j < b->rows.n) && !(out && n == out->room)) {
        const int r = i == a->rows.n ? 1 : j == b->rows.n ? -1
                      : LOFT_MAP_FN(compare_)(&a->base, &a->rows.key[i], &b->rows.key[j]);
        const LOFT_MAP_FN(rows_) *const its = r > 0 ? &b->rows : &a->rows;
        const size_t at = r > 0 ? j : i;
        if (want & (r < 0 ? LOFT_FROZEN_LEFT_ : r > 0 ? LOFT_FROZEN_RIGHT_ : LOFT_FROZEN_BOTH_)) {
            if (out)
                LOFT_MAP_FN(append_)(out, &its->key[at] LOFT_MAP_AND_(&its->val[at]), 1);
            n++;
        }
        i += r <= 0;
        j += r >= 0;
    }
    return n;
}

LOFT_API loft_status
LOFT_MAP_FN(combine_)(LOFT_MAP_NAME *m, const LOFT_MAP_NAME *a, const LOFT_MAP_NAME *b, unsigned want)
{
    LOFT_MAP_FN(rows_) rows;
    LOFT_ASSERT(m != a && m != b && "loft/map: the result is a third map");
    if (!LOFT_MAP_FN(same_order_)(a, b))
        return LOFT_INVAL;
    if (!LOFT_MAP_FN(rows_of_)(&rows, LOFT_MAP_FN(merge_)(a, b, want, NULL)))
        return LOFT_NOMEM;
    (void)LOFT_MAP_FN(merge_)(a, b, want, &rows);        /* a comparison that lies may come to another number  */
    LOFT_MAP_FN(retain_rows_)(&rows);
    LOFT_MAP_FN(make_)(m, &a->base, &rows);
    return LOFT_OK;
}

/* NAME_union, NAME_intersection, NAME_difference, NAME_symmetric_difference - a new map, of the keys that are in a or
 * b, in a and b, in a and not in b, in one of them alone. Where a key is in both, the entry is a's: its key, its value.
 * It has a's order, RETAINs what it has, and is its own: a and b may end before it.
 *   returns   LOFT_OK; LOFT_NOMEM; LOFT_INVAL: two orders (LOFT_MAP_OBJECT). Unless LOFT_OK, *m is as it was
 *   threads   any, of a and b, which may be the same; m is as at init
 *   progress  wait-free but for the allocator
 *   cost      2 (n + m) comparisons at most, to count and to copy; one allocation, of what it needs
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(union)(LOFT_MAP_NAME *m, const LOFT_MAP_NAME *a, const LOFT_MAP_NAME *b)
{
    return LOFT_MAP_FN(combine_)(m, a, b, LOFT_FROZEN_LEFT_ | LOFT_FROZEN_BOTH_ | LOFT_FROZEN_RIGHT_);
}

LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(intersection)(LOFT_MAP_NAME *m, const LOFT_MAP_NAME *a, const LOFT_MAP_NAME *b)
{
    return LOFT_MAP_FN(combine_)(m, a, b, LOFT_FROZEN_BOTH_);
}

LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(difference)(LOFT_MAP_NAME *m, const LOFT_MAP_NAME *a, const LOFT_MAP_NAME *b)
{
    return LOFT_MAP_FN(combine_)(m, a, b, LOFT_FROZEN_LEFT_);
}

LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(symmetric_difference)(LOFT_MAP_NAME *m, const LOFT_MAP_NAME *a, const LOFT_MAP_NAME *b)
{
    return LOFT_MAP_FN(combine_)(m, a, b, LOFT_FROZEN_LEFT_ | LOFT_FROZEN_RIGHT_);
}

/* ---- from a live map and back ------------------------------------------------------------------------------------ */

/* A map that is being put together. */
typedef struct LOFT_MAP_FN(copy) {
    LOFT_MAP_FN(base_) base;
    LOFT_MAP_FN(rows_) rows;
    loft_status status;
} LOFT_MAP_FN(copy);

/* Other room for the same entries, which are not more; false: no memory, and nothing changed. */
LOFT_API bool
LOFT_MAP_FN(resize_)(LOFT_MAP_FN(rows_) *r, size_t room)
{
    LOFT_MAP_FN(rows_) next;
    if (!LOFT_MAP_FN(rows_of_)(&next, room))
        return false;
    LOFT_MAP_FN(append_)(&next, r->key LOFT_MAP_AND_(r->val), r->n);
    LOFT_MAP_FN(free_rows_)(r);
    *r = next;
    return true;
}

/* NAME_copy_begin - begins to collect entries; copy_end or copy_drop ends it.
 *   returns   LOFT_OK; LOFT_INVAL: LOFT_MAP_OBJECT without a comparison, and there is nothing to end
 *   options   as NAME_init_sorted
 *   threads   any; the copy belongs to one at a time
 *   cost      some words written
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(copy_begin)(LOFT_MAP_FN(copy) *c, const LOFT_MAP_FN(options) *options)
{
    c->status = LOFT_MAP_FN(base_of_)(&c->base, options);
    LOFT_MAP_FN(no_rows_)(&c->rows);
    return c->status;
}

/* NAME_copy_add - one more entry, above the last. It is what a live map's snapshot or for_each calls, ctx being the
 * copy, if both maps have the same types and hooks: what they hand out, RETAINed, is the copy's from here on, and if it
 * is refused it is RELEASEd.
 *   returns   false: no memory, or the key is not above the last; copy_end will say so, and all later ones are refused
 *   threads   one at a time
 *   cost      a comparison; now and then an allocation, for twice as many
 */
LOFT_API bool
LOFT_MAP_FN(copy_add)(LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ v), void *ctx)
{
    LOFT_MAP_FN(copy) *const c = (LOFT_MAP_FN(copy) *)ctx;
    const size_t n = c->rows.n;
    if (c->status == LOFT_OK && n && LOFT_MAP_FN(compare_)(&c->base, &c->rows.key[n - 1], &k) >= 0)
        c->status = LOFT_INVAL;
    if (c->status == LOFT_OK && n == c->rows.room && !LOFT_MAP_FN(resize_)(&c->rows, n ? 2 * n : 16))
        c->status = LOFT_NOMEM;
    if (c->status == LOFT_OK) {
        LOFT_MAP_FN(append_)(&c->rows, &k LOFT_MAP_AND_(&v), 1);
        return true;
    }
    LOFT_MAP_KEY_RELEASE(k);
#if defined(LOFT_MAP_VAL)
    LOFT_MAP_VAL_RELEASE(v);
#endif
    return false;
}

/* NAME_copy_drop - ends a copy of which nothing becomes, and RELEASEs what it has. Threads as copy_begin. */
LOFT_API void
LOFT_MAP_FN(copy_drop)(LOFT_MAP_FN(copy) *c)
{
    LOFT_MAP_FN(release_rows_)(&c->rows);
}

/* NAME_copy_end - a map of the entries that were added. See COPIES.
 *   returns   LOFT_OK; LOFT_NOMEM; LOFT_INVAL: the keys did not rise. Unless LOFT_OK, *m is as it was, and what was
 *             added is RELEASEd. The copy is over in any case
 *   threads   as NAME_init_sorted
 *   cost      entries copied to a block of their size; they stay where they are if there is no memory for that
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(copy_end)(LOFT_MAP_FN(copy) *c, LOFT_MAP_NAME *m)
{
    if (c->status != LOFT_OK) {
        LOFT_MAP_FN(copy_drop)(c);
        return c->status;
    }
    if (c->rows.room > c->rows.n)
        (void)LOFT_MAP_FN(resize_)(&c->rows, c->rows.n);
    LOFT_MAP_FN(make_)(m, &c->base, &c->rows);
    LOFT_MAP_FN(no_rows_)(&c->rows);
    return LOFT_OK;
}

/* NAME_thaw - lets `fill` make a live map of all entries.
 *   returns   what fill returns
 *   fill      (k, v, n, ctx): arrays by rising key, for init_sorted of any map of the family. All keys and values were
 *             RETAINed for it: if it answers LOFT_OK they are the live map's, otherwise they are RELEASEd again
 *   threads   any
 *   progress  that of fill
 *   cost      RETAIN of each, and fill
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(thaw)(const LOFT_MAP_NAME *m,
                  loft_status (*fill)(LOFT_MAP_K_ const *k LOFT_MAP_AND_(LOFT_MAP_V_ const *v), size_t n, void *ctx),
                  void *ctx)
{
    LOFT_MAP_FN(check_)(m);
    LOFT_MAP_FN(retain_rows_)(&m->rows);
    const loft_status s = fill(m->rows.key LOFT_MAP_AND_(m->rows.val), m->rows.n, ctx);
    for (size_t i = 0; i < m->rows.n && s != LOFT_OK; i++) {
        LOFT_MAP_KEY_BACK_(m->rows.key[i]);
#if defined(LOFT_MAP_VAL)
        LOFT_MAP_VAL_BACK_(m->rows.val[i]);
#endif
    }
    return s;
}
#endif /* LOFT_MAP_SHARES_ */

#undef LOFT_MAP_FN
#undef LOFT_MAP_S_
#undef LOFT_MAP_ME_
#undef LOFT_MAP_K_
#undef LOFT_MAP_V_
#undef LOFT_MAP_AND_
#undef LOFT_MAP_PUT_
#undef LOFT_MAP_LENDS_
#undef LOFT_MAP_KEY_BACK_
#undef LOFT_MAP_VAL_BACK_
#undef LOFT_MAP_SHARES_
#undef LOFT_MAP_BATCH_
#undef LOFT_MAP_SNAPS_
#undef LOFT_MAP_HEADER_
#undef LOFT_MAP_NAME
#undef LOFT_MAP_KEY
#undef LOFT_MAP_VAL
#undef LOFT_MAP_CMP
#undef LOFT_MAP_OBJECT
#undef LOFT_MAP_EQ
#undef LOFT_MAP_HASH
#undef LOFT_MAP_SMR
#undef LOFT_MAP_KEY_RETAIN
#undef LOFT_MAP_KEY_RELEASE
#undef LOFT_MAP_VAL_RETAIN
#undef LOFT_MAP_VAL_RELEASE
#undef LOFT_MAP_GRAMMAR_H

#endif /* configuration ok */
