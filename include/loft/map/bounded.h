/* SPDX-License-Identifier: MIT
 *
 * loft/map/bounded.h - any map or set of the family, with a number of entries that it never exceeds.
 *
 * Needs: core/base.h core/atomics.h
 *
 * USE IT WHEN         a map must not grow beyond a size: it refuses what is new, or drops the lowest or highest entry.
 * DO NOT USE IT WHEN  it is the oldest entry that has to go, or the one not used for longest: this knows keys only.
 *
 * EXAMPLE
 *     #include <loft/smr/ebr.h>
 *     #define LOFT_MAP_NAME    all_jobs
 *     #define LOFT_MAP_KEY     int
 *     #define LOFT_MAP_VAL     double
 *     #define LOFT_MAP_SMR     loft_ebr
 *     #include <loft/map/list.h>                               // any other engine: change this line
 *     #define LOFT_MAP_NAME    jobs
 *     #define LOFT_MAP_VAL     double
 *     #define LOFT_MAP_ENGINE  all_jobs
 *     #include <loft/map/bounded.h>
 *     int main(void)
 *     {
 *         static loft_ebr domain;
 *         jobs m;
 *         double v = 0;
 *         if (loft_ebr_init(&domain, NULL) != LOFT_OK || jobs_init(&m, &domain, 2) != LOFT_OK)
 *             return 1;
 *         loft_ebr_thread *me = loft_ebr_self(&domain);
 *         if (!me || jobs_put(&m, me, 3, 1.5) != LOFT_OK || jobs_put(&m, me, 1, 2.5) != LOFT_OK)
 *             return 1;
 *         if (jobs_put(&m, me, 2, 3.5) != LOFT_FULL || jobs_put(&m, me, 1, 4.5) != LOFT_REPLACED)
 *             return 1;
 *         if (!jobs_pop_first(&m, me, NULL, &v) || jobs_put(&m, me, 2, 3.5) != LOFT_OK)
 *             return 1;
 *         jobs_fini(&m);
 *         return loft_ebr_fini(&domain) != LOFT_OK || v != 4.5;
 *     }
 *
 * PARAMETERS   LOFT_MAP_NAME    required  prefix of the generated type and functions
 *              LOFT_MAP_ENGINE  required  prefix of the map or set inside, which has been made before
 *              LOFT_MAP_VAL     optional  value, that of the engine; without it the engine is a set
 *              LOFT_MAP_EQ      optional  defined: the engine has replace_if and remove_if
 *
 * OPERATIONS   init  init_with  init_sorted  fini  capacity  remaining  is_full, and all other calls of calls.h but
 *              scans and snapshots. They do what they do there, with what is said here. Whoever wants one of these asks
 *              m.engine for it: all calls of the engine that change nothing may be called there.
 *
 * TOGETHER     As in calls.h; capacity, remaining and is_full need no record.
 *
 * ROOM         An entry has a place. A call that puts in a key which it has not found takes a place before, and gives
 *              it back if it does not need it after all: another thread was faster, or there is no memory. A call
 *              that takes an entry out gives its place back afterwards. So at no instant are there more entries than
 *              places taken, nor more of these than the capacity. Where the key is there, no place is needed: it is
 *              replaced, however full the map is.
 *
 * FULL         A call that needs a place and finds all of them taken does what the options say:
 *              LOFT_BOUNDED_REFUSE      it answers LOFT_FULL, and nothing has changed
 *              LOFT_BOUNDED_DROP_FIRST  it pops the lowest entry and has its place for the new one, which may be lower
 *              LOFT_BOUNDED_DROP_LAST   the same with the highest one
 *              LOFT_FULL says that there was an instant of the call at which all places were taken and the key was not
 *              in; of a map that drops, at which all places were taken and no entry was in. Each place then belonged to
 *              an entry, or to another call under way: one that puts in a new key has it from when it takes it until
 *              the entry is in, or the place given back, and one that takes out from when the entry is out until then.
 *              Where no such call overlaps, the map held capacity entries. More cannot be had without the engine's
 *              help: a call that stops right before its entry goes in has to be waited for, or to count as if it were
 *              in.
 *              "An instant" rests on a count of places given back, in the bits of a loft_seq that the capacity leaves
 *              over: 43 for a million places, 11 where LOFT_HAVE_ATOMIC64 is 0. If others give back just a multiple of
 *              2^(so many) places between two looks of one call, it takes the map for one that was full all the time.
 *              That is no matter of the capacity, which is kept in any case.
 *              To drop and to put in are two steps, between which others may see the map without both; what is dropped
 *              is the lowest, or highest, when it goes, and all places were taken at an instant before, in the same
 *              call. On LOFT_NOMEM, on LOFT_NOT_FOUND, and if another thread was faster with the same key, the entry
 *              is gone for nothing.
 *
 * EDGES        give:A -> take:A, take:B, remaining:A   the entry is out whose place this is
 *              take:B -> take:A, take:B, remaining:A   what this thread put in before is in
 *              take:A, take:B, give:A, remaining:A are seq_cst, so that their answers fit together with the engine's.
 *
 * MEMORY       That of the engine, a loft_seq, and two lines around it.
 *
 * PROGRESS     The engine's. A thread that stops in the middle of a call keeps one place, and holds up nobody.
 *
 * SOURCE       ours.
 */
#include "../core/base.h"
#include "../core/atomics.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_MAP_NAME)
#  error "loft/map/bounded.h: define LOFT_MAP_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_MAP_ENGINE)
#  error "loft/map/bounded.h: define LOFT_MAP_ENGINE (prefix of the map or set inside) before including"
#elif defined(LOFT_MAP_EQ) && !defined(LOFT_MAP_VAL)
#  error "loft/map/bounded.h: LOFT_MAP_EQ needs LOFT_MAP_VAL (value type, that of the engine)"
#else

#define LOFT_MAP_FN(f)  LOFT_CAT(LOFT_MAP_NAME, f)
#define LOFT_MAP_IN_(f) LOFT_CAT(LOFT_MAP_ENGINE, f)
#define LOFT_MAP_K_     LOFT_MAP_IN_(key_)
#define LOFT_MAP_V_     LOFT_MAP_IN_(val_)
#define LOFT_MAP_ME_    LOFT_MAP_IN_(me_)
#if defined(LOFT_MAP_VAL)
#  define LOFT_MAP_AND_(...)  , __VA_ARGS__
#else
#  define LOFT_MAP_AND_(...)
#endif

#ifndef LOFT_MAP_BOUNDED_H
#define LOFT_MAP_BOUNDED_H

/* What a call does that needs a place and finds none: see FULL. */
typedef enum loft_bounded_full {
    LOFT_BOUNDED_REFUSE = 0,
    LOFT_BOUNDED_DROP_FIRST,
    LOFT_BOUNDED_DROP_LAST
} loft_bounded_full;

/* A word of places with a vacant one, which no attempt that found none has seen. */
enum { LOFT_BOUNDED_NEVER_ = 1 };

#endif /* LOFT_MAP_BOUNDED_H */

/* ---- types ------------------------------------------------------------------------------------------------------- */

#if defined(LOFT_MAP_VAL)
LOFT_STATIC_ASSERT(sizeof(LOFT_MAP_VAL) == sizeof(LOFT_MAP_V_),
                   "loft/map/bounded.h: LOFT_MAP_VAL is not the value type of LOFT_MAP_ENGINE");
#endif

/* It must not be moved or copied. */
typedef struct LOFT_MAP_NAME {
    LOFT_MAP_ENGINE engine;                              /* yours to ask, not to put into or take from         */
    char pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq) places;                        /* vacant ones; above them, how many were given back  */
    char pad1_[LOFT_CACHELINE];
    loft_seq vacant;                                     /* the bits of places that are the number of vacant
                                                          * ones; fixed after init, as is what follows         */
    size_t capacity;
    loft_bounded_full full;
} LOFT_MAP_NAME;

/* What a map is told at init. */
typedef struct LOFT_MAP_FN(options) {
    size_t capacity;                                     /* entries at most, at least 1                        */
    loft_bounded_full full;
    LOFT_MAP_IN_(options) engine;
} LOFT_MAP_FN(options);

typedef LOFT_MAP_IN_(cursor) LOFT_MAP_FN(cursor);

/* ---- private ----------------------------------------------------------------------------------------------------- */

/* All places, of which n are vacant. */
LOFT_API void
LOFT_MAP_FN(places_)(LOFT_MAP_NAME *m, const LOFT_MAP_FN(options) *options, size_t n)
{
    m->vacant = 1;
    while (m->vacant < options->capacity)
        m->vacant = m->vacant << 1 | 1u;
    m->capacity = options->capacity;
    m->full = options->full;
    loft_init(&m->places, (loft_seq)n);
}

/* Takes a place. false: none was vacant, when the word was *seen. */
LOFT_API bool
LOFT_MAP_FN(take_)(LOFT_MAP_NAME *m, loft_seq *seen)
{
    *seen = loft_load(&m->places, seq_cst);              /* take:A seq_cst <- give:A, take:B: if none is vacant, who
                                                            took one has put in what it did before */
    while (*seen & m->vacant)
        if (loft_cas_weak(&m->places, seen, *seen - 1, seq_cst, acquire))   /* take:B seq_cst/acquire -> take:A, take:B,
                                                            remaining:A <- give:A, take:B: whose place this was is out;
                                                            else as take:A, which has to see the same again */
            return true;
    return false;
}

/* Vacant places are fewer than the lowest bit above them, so that the sum of both counts for itself. */
LOFT_API void
LOFT_MAP_FN(give_)(LOFT_MAP_NAME *m)
{
    (void)loft_fetch_add(&m->places, m->vacant + 2, seq_cst);   /* give:A seq_cst -> take:A, take:B, remaining:A: its
                                                                   entry is out */
}

/* A place for a new entry, if need be that of another one. *full is what `places` was at the last attempt of this call,
 * LOFT_BOUNDED_NEVER_ before the first.
 *   returns   LOFT_OK: it has one; LOFT_NOT_FOUND: none was vacant: look for the key again, and come again;
 *             LOFT_FULL: none was vacant since *full, when the key was looked for, or an entry to drop */
LOFT_API loft_status
LOFT_MAP_FN(room_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, loft_seq *full)
{
    loft_seq seen;
    while (!LOFT_MAP_FN(take_)(m, &seen)) {
        if (seen == *full)                               /* none was given back meanwhile                      */
            return LOFT_FULL;
        *full = seen;
        if (m->full == LOFT_BOUNDED_REFUSE)
            return LOFT_NOT_FOUND;
        if (m->full == LOFT_BOUNDED_DROP_FIRST ? LOFT_MAP_IN_(pop_first)(&m->engine, me, NULL LOFT_MAP_AND_(NULL))
                                               : LOFT_MAP_IN_(pop_last)(&m->engine, me, NULL LOFT_MAP_AND_(NULL)))
            return LOFT_OK;
    }
    return LOFT_OK;
}

/* What an attempt came to that had a place: only a new entry keeps it. */
LOFT_API loft_status
LOFT_MAP_FN(kept_)(LOFT_MAP_NAME *m, loft_status s)
{
    if (s != LOFT_OK)
        LOFT_MAP_FN(give_)(m);
    return s;
}

/* ---- init, fini -------------------------------------------------------------------------------------------------- */

/* NAME_init_with - an empty map with options.
 *   returns   LOFT_OK; LOFT_INVAL: no options, a capacity of 0, or as the engine's; LOFT_NOMEM: as the engine's
 *   threads   quiescent; other threads may use the map once it has been handed over (a release and an acquire)
 *   cost      the engine's
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(init_with)(LOFT_MAP_NAME *m, LOFT_MAP_IN_(domain_) *domain, const LOFT_MAP_FN(options) *options)
{
    if (!options || options->capacity == 0)
        return LOFT_INVAL;
    const loft_status s = LOFT_MAP_IN_(init_with)(&m->engine, domain, &options->engine);
    if (s != LOFT_OK)
        return s;
    LOFT_MAP_FN(places_)(m, options, options->capacity);
    return LOFT_OK;
}

/* NAME_init - the same for a map that refuses when it is full. An engine with LOFT_MAP_OBJECT needs NAME_init_with. */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(init)(LOFT_MAP_NAME *m, LOFT_MAP_IN_(domain_) *domain, size_t capacity)
{
    LOFT_MAP_FN(options) o;
    memset(&o, 0, sizeof o);
    o.capacity = capacity;
    return LOFT_MAP_FN(init_with)(m, domain, &o);
}

/* NAME_fini - the end of the map, as the engine's. */
LOFT_API void
LOFT_MAP_FN(fini)(LOFT_MAP_NAME *m)
{
    LOFT_MAP_IN_(fini)(&m->engine);
}

/* NAME_init_sorted - a map with n entries, from arrays by rising key.
 *   returns   as NAME_init_with and the engine's; LOFT_FULL: n is above the capacity, and *m is as it was
 *   otherwise as the engine's
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(init_sorted)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_IN_(domain_) *domain,
                         const LOFT_MAP_FN(options) *options, LOFT_MAP_K_ const *k
                         LOFT_MAP_AND_(LOFT_MAP_V_ const *v), size_t n)
{
    if (!options || options->capacity == 0)
        return LOFT_INVAL;
    if (n > options->capacity)
        return LOFT_FULL;
    const loft_status s = LOFT_MAP_IN_(init_sorted)(&m->engine, me, domain, &options->engine, k LOFT_MAP_AND_(v), n);
    if (s != LOFT_OK)
        return s;
    LOFT_MAP_FN(places_)(m, options, options->capacity - n);
    return LOFT_OK;
}

/* ---- how full it is ---------------------------------------------------------------------------------------------- */

/* NAME_capacity - the most entries there can be. */
LOFT_NODISCARD LOFT_API size_t
LOFT_MAP_FN(capacity)(const LOFT_MAP_NAME *m)
{
    return m->capacity;
}

/* NAME_remaining - how many places were vacant at an instant of the call: see FULL. It may not be so any more.
 *   threads   any
 *   progress  wait-free
 *   cost      one load
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_MAP_FN(remaining)(const LOFT_MAP_NAME *m)
{
    const loft_seq places = loft_load(&m->places, seq_cst);   /* remaining:A seq_cst <- give:A, take:B: as take:A */
    return (size_t)(places & m->vacant);
}

/* NAME_is_full - are there none? */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(is_full)(const LOFT_MAP_NAME *m)
{
    return LOFT_MAP_FN(remaining)(m) == 0;
}

/* NAME_approx_len - how many places are taken: entries, and calls under way. Cost and threads as remaining. */
LOFT_NODISCARD LOFT_API size_t
LOFT_MAP_FN(approx_len)(const LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me)
{
    (void)me;
    return m->capacity - LOFT_MAP_FN(remaining)(m);
}

/* ---- what puts in ------------------------------------------------------------------------------------------------ */

/* NAME_put, NAME_put_if_absent, NAME_get_or_insert, NAME_get_or_insert_with - as the engine's, and LOFT_FULL.
 *   returns   LOFT_FULL: see FULL; what should go in is the caller's yet, and make was not called
 *   progress  the engine's: it searches again where places were given back meanwhile
 *   cost      the engine's, for a new key a search and a compare-exchange more; what is dropped is popped. LOFT_FULL:
 *             two searches
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(put_if_absent)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ v))
{
    loft_status s;
    loft_seq full = LOFT_BOUNDED_NEVER_;
    do {
        if (LOFT_MAP_IN_(contains)(&m->engine, me, k))
            return LOFT_EXISTS;
        s = LOFT_MAP_FN(room_)(m, me, &full);
    } while (s == LOFT_NOT_FOUND);
    return s == LOFT_FULL ? s : LOFT_MAP_FN(kept_)(m, LOFT_MAP_IN_(put_if_absent)(&m->engine, me, k LOFT_MAP_AND_(v)));
}

LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(put)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ v))
{
#if defined(LOFT_MAP_VAL)
    loft_status s;
    loft_seq full = LOFT_BOUNDED_NEVER_;
    do {
        s = LOFT_MAP_IN_(replace)(&m->engine, me, k, v, NULL);
        if (s != LOFT_NOT_FOUND)
            return s;
        s = LOFT_MAP_FN(room_)(m, me, &full);
    } while (s == LOFT_NOT_FOUND);
    return s == LOFT_FULL ? s : LOFT_MAP_FN(kept_)(m, LOFT_MAP_IN_(put)(&m->engine, me, k, v));
#else
    return LOFT_MAP_FN(put_if_absent)(m, me, k);
#endif
}

#if defined(LOFT_MAP_VAL)
/* The value of k, or a place for it.
 *   returns   LOFT_EXISTS: *out is it; LOFT_OK: it has a place; LOFT_FULL */
LOFT_API loft_status
LOFT_MAP_FN(get_or_room_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, LOFT_MAP_V_ *out)
{
    loft_status s;
    loft_seq full = LOFT_BOUNDED_NEVER_;
    do {
        if (LOFT_MAP_IN_(get)(&m->engine, me, k, out))
            return LOFT_EXISTS;
        s = LOFT_MAP_FN(room_)(m, me, &full);
    } while (s == LOFT_NOT_FOUND);
    return s;
}

LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(get_or_insert)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, LOFT_MAP_V_ v, LOFT_MAP_V_ *out)
{
    const loft_status s = LOFT_MAP_FN(get_or_room_)(m, me, k, out);
    return s != LOFT_OK ? s : LOFT_MAP_FN(kept_)(m, LOFT_MAP_IN_(get_or_insert)(&m->engine, me, k, v, out));
}

LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(get_or_insert_with)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k,
                                bool (*make)(LOFT_MAP_V_ *v, void *ctx), void *ctx, LOFT_MAP_V_ *out)
{
    const loft_status s = LOFT_MAP_FN(get_or_room_)(m, me, k, out);
    return s != LOFT_OK ? s
                        : LOFT_MAP_FN(kept_)(m, LOFT_MAP_IN_(get_or_insert_with)(&m->engine, me, k, make, ctx, out));
}
#endif

/* ---- what takes out ---------------------------------------------------------------------------------------------- */

/* NAME_remove, NAME_remove_if, NAME_pop_first, NAME_pop_last, NAME_clear - as the engine's.
 *   cost      an addition more for each entry that comes out
 */
LOFT_API bool
LOFT_MAP_FN(remove)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ *old))
{
    const bool out = LOFT_MAP_IN_(remove)(&m->engine, me, k LOFT_MAP_AND_(old));
    if (out)
        LOFT_MAP_FN(give_)(m);
    return out;
}

#if defined(LOFT_MAP_EQ)
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(remove_if)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, LOFT_MAP_V_ expected)
{
    const bool out = LOFT_MAP_IN_(remove_if)(&m->engine, me, k, expected);
    if (out)
        LOFT_MAP_FN(give_)(m);
    return out;
}
#endif

LOFT_API bool
LOFT_MAP_FN(pop_first)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    const bool out = LOFT_MAP_IN_(pop_first)(&m->engine, me, k LOFT_MAP_AND_(v));
    if (out)
        LOFT_MAP_FN(give_)(m);
    return out;
}

LOFT_API bool
LOFT_MAP_FN(pop_last)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    const bool out = LOFT_MAP_IN_(pop_last)(&m->engine, me, k LOFT_MAP_AND_(v));
    if (out)
        LOFT_MAP_FN(give_)(m);
    return out;
}

LOFT_API size_t
LOFT_MAP_FN(clear)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me)
{
    size_t n = 0;
    while (LOFT_MAP_FN(pop_first)(m, me, NULL LOFT_MAP_AND_(NULL)))
        n++;
    return n;
}

/* ---- what needs no place: the engine's calls --------------------------------------------------------------------- */

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(contains)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k)
{
    return LOFT_MAP_IN_(contains)(&m->engine, me, k);
}

#if defined(LOFT_MAP_VAL)
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(get)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, LOFT_MAP_V_ *out)
{
    return LOFT_MAP_IN_(get)(&m->engine, me, k, out);
}

LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(replace)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, LOFT_MAP_V_ v, LOFT_MAP_V_ *old)
{
    return LOFT_MAP_IN_(replace)(&m->engine, me, k, v, old);
}

LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(update)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, bool (*change)(LOFT_MAP_V_ *v, void *ctx),
                    void *ctx)
{
    return LOFT_MAP_IN_(update)(&m->engine, me, k, change, ctx);
}

#if defined(LOFT_MAP_EQ)
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(replace_if)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, LOFT_MAP_V_ expected, LOFT_MAP_V_ v)
{
    return LOFT_MAP_IN_(replace_if)(&m->engine, me, k, expected, v);
}
#endif
#endif

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(first)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_IN_(first)(&m->engine, me, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(last)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_IN_(last)(&m->engine, me, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(floor)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ key, LOFT_MAP_K_ *k
                   LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_IN_(floor)(&m->engine, me, key, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(ceiling)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ key, LOFT_MAP_K_ *k
                     LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_IN_(ceiling)(&m->engine, me, key, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(lower)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ key, LOFT_MAP_K_ *k
                   LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_IN_(lower)(&m->engine, me, key, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(higher)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ key, LOFT_MAP_K_ *k
                    LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_IN_(higher)(&m->engine, me, key, k LOFT_MAP_AND_(v));
}

LOFT_API size_t
LOFT_MAP_FN(for_each)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to,
                      unsigned how, bool (*visit)(LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ v), void *ctx), void *ctx)
{
    return LOFT_MAP_IN_(for_each)(&m->engine, me, from, to, how, visit, ctx);
}

LOFT_API size_t
LOFT_MAP_FN(for_each_down)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to,
                           unsigned how, bool (*visit)(LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ v), void *ctx),
                           void *ctx)
{
    return LOFT_MAP_IN_(for_each_down)(&m->engine, me, from, to, how, visit, ctx);
}

LOFT_NODISCARD LOFT_API size_t
LOFT_MAP_FN(count)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to, unsigned how)
{
    return LOFT_MAP_IN_(count)(&m->engine, me, from, to, how);
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(is_empty)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me)
{
    return LOFT_MAP_IN_(is_empty)(&m->engine, me);
}

LOFT_API void
LOFT_MAP_FN(cursor_begin)(LOFT_MAP_FN(cursor) *c, LOFT_MAP_NAME *m, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to,
                          unsigned how)
{
    LOFT_MAP_IN_(cursor_begin)(c, &m->engine, from, to, how);
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(cursor_next)(LOFT_MAP_FN(cursor) *c, LOFT_MAP_ME_ *me, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_IN_(cursor_next)(c, me, k LOFT_MAP_AND_(v));
}

LOFT_API void
LOFT_MAP_FN(cursor_end)(LOFT_MAP_FN(cursor) *c)
{
    LOFT_MAP_IN_(cursor_end)(c);
}

#undef LOFT_MAP_FN
#undef LOFT_MAP_IN_
#undef LOFT_MAP_K_
#undef LOFT_MAP_V_
#undef LOFT_MAP_ME_
#undef LOFT_MAP_AND_
#undef LOFT_MAP_NAME
#undef LOFT_MAP_ENGINE
#undef LOFT_MAP_VAL
#undef LOFT_MAP_EQ

#endif /* configuration ok */
