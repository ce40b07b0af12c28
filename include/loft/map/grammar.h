/* SPDX-License-Identifier: MIT
 *
 * loft/map/grammar.h - what all engines of ordered maps begin with: parameters, hooks, the order, how entries go out.
 *
 * Needs: core/base.h core/atomics.h core/order.h core/asymmetric.h smr/collector.h smr/contract.h map/snapshot.h
 *
 * Machinery for list.h and its siblings. It is a template: an engine includes it behind its gate of #errors, with
 * LOFT_MAP_* and LOFT_MAP_HEADER_ defined (its own name, a string), and calls.h at its end, and takes both guards away
 * afterwards. By itself it says nothing.
 *
 * PARAMETERS   LOFT_MAP_NAME       required  prefix of the generated type and functions
 *              LOFT_MAP_KEY        required  key, copied by assignment
 *              LOFT_MAP_SMR        required  scheme of reclamation, such as loft_ebr; its header comes first. Where
 *                                            nothing is ever taken out (frozen.h) there is none
 *              LOFT_MAP_VAL        optional  value, of any size, copied by assignment; without it this is a set. In
 *                                            C++ both are trivially copyable and have a default constructor. Neither
 *                                            is aligned to more than malloc gives: to two words
 *              LOFT_MAP_CMP        optional  (a, b) -> int as in core/order.h; default: < and > of numbers. It loads,
 *                                            computes and nothing else; floating point wants loft_cmp_f64
 *              LOFT_MAP_OBJECT     optional  instead of LOFT_MAP_CMP: the order is a loft_cmp, which NAME_init_with
 *                                            gives to the map; the same is asked of it
 *              LOFT_MAP_EQ         optional  (a, b): are two values the same? With it there are replace_if, remove_if
 *              LOFT_MAP_KEY_RELEASE, LOFT_MAP_VAL_RELEASE   optional  (x): the map gives up what it was given
 *              LOFT_MAP_KEY_RETAIN, LOFT_MAP_VAL_RETAIN     optional  (x): it is handed out; needs RELEASE
 *
 * OWNERSHIP    What goes in by a call that answers LOFT_OK or LOFT_REPLACED, key and value, is the map's, which calls
 *              RELEASE for each of the two once, when nobody can reach the entry any more, from any thread of the
 *              domain. On any other answer it stays the caller's. What comes out is a copy, RETAINed while the entry
 *              is safe, and the caller's to release. Without RETAIN it is borrowed, where the scheme has S_region and
 *              S_nests: until the end of a section that the caller has begun before. With other schemes what is
 *              RELEASEd needs RETAIN, or must not come out. A walk goes on from its last key, count and approx_len,
 *              too, as if that had been handed out. Hooks, LOFT_MAP_CMP and LOFT_MAP_EQ do not call the map.
 *
 * ENGINE       An engine has no public calls: those are in calls.h, all of them, and made of what follows. Keys and
 *              values of entries never change, and each function begins with check_ and has a section of its own. A
 *              value is an argument of a map, not of a set: (...) stands in LOFT_MAP_AND_. Results may be NULL, and are
 *              untouched where the answer is no.
 *     NAME                                       the map, a struct whose first member is `NAME_base_ base`
 *     loft_status NAME_begin_(m)                 an empty map, whose base is filled in already. OK, NOMEM
 *     loft_status NAME_build_(m, me, k (, v), n)   n entries for a map that is empty and known to nobody else, from
 *                                                arrays in which keys rise. O(n). OK; NOMEM: it is empty again, and
 *                                                nothing is RELEASEd
 *     void   NAME_end_(m)                        frees all entries, and RELEASEs what they have
 *     bool   NAME_has_(m, me, k (, out))         is k in, and which value has it? Writes nothing, if the scheme lets it
 *     loft_status NAME_set_(m, me, k, may (, v, only, was))   puts k in. may: LOFT_MAP_ADD_: if it is new,
 *                                                LOFT_MAP_REPLACE_: if it is there, with a value that agrees_ with
 *                                                only. was: the value that was there, also on EXISTS.
 *                                                OK, REPLACED, EXISTS, NOT_FOUND, NOMEM
 *     loft_status NAME_update_(m, me, k, change, ctx)   of a map. calls.h says what it does
 *     bool   NAME_unset_(m, me, k (, only, old)) takes k out, if its value agrees_ with only
 *     bool   NAME_near_(m, me, key, how, before, out_k (, out_v))   the entry next to the place that `how` and the key
 *                                                say (LOFT_MAP_AT_ to LOFT_MAP_END_), which is in front of it or behind
 *     bool   NAME_pop_(m, me, highest, out_k (, out_v))   takes out the lowest entry, or the highest
 *     void   NAME_gather_(m, me, key, how, batch, hand_out)   fills a batch with the entries behind such a place, by
 *                                                rising key; if batch->down, with those in front of it, by falling
 *                                                key: see NAME_batch_. hand_out: they are RETAINed, whole; otherwise
 *                                                only the last key is. Both times the last key is RETAINed once more
 *   An engine that reports to snapshots, as snapshot.h says, defines LOFT_MAP_ENTRY_, the type of its nodes that have
 *   key and val, before it includes this. Where LOFT_MAP_SNAPS_ is 1 it has
 *     void   NAME_visit_(m, me, key, how, tally) in a section: number_, and found_one_ for each entry behind a place,
 *                                                by rising key, that is in after that, to the end of the tally's
 *                                                range, or until found_one_ says false
 *   All but gather_, visit_, begin_, build_ and end_ are linearizable, as calls of one map, not of one key each; init,
 *   fini and what comes with them are called by nobody else at the same time.
 */
#ifndef LOFT_MAP_GRAMMAR_H
#define LOFT_MAP_GRAMMAR_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/order.h"
#include "../smr/contract.h"

#if !defined(LOFT_UNSUPPORTED) && defined(LOFT_MAP_HEADER_)

#ifndef LOFT_MAP_RANGE_H
#define LOFT_MAP_RANGE_H

/* The range of for_each, count and cursors: from <= k < to, unless there is: */
#define LOFT_RANGE_AFTER    1u                           /* from < k                                           */
#define LOFT_RANGE_THROUGH  2u                           /* k <= to                                            */
#define LOFT_RANGE_DOWN     4u                           /* the same keys, from the highest to the lowest      */

/* A place between two keys: in front of the first one that is ... */
enum {
    LOFT_MAP_AT_,                                        /* not below the one sought                           */
    LOFT_MAP_ABOVE_,                                     /* above it                                           */
    LOFT_MAP_BEGIN_,                                     /* there at all                                       */
    LOFT_MAP_END_                                        /* never: behind all                                  */
};

/* What a call may do. */
#define LOFT_MAP_ADD_      1u
#define LOFT_MAP_REPLACE_  2u

#endif /* LOFT_MAP_RANGE_H */

#define LOFT_MAP_FN(f)   LOFT_CAT(LOFT_MAP_NAME, f)
#if defined(LOFT_MAP_SMR)
#  define LOFT_MAP_S_(f)   LOFT_CAT(LOFT_MAP_SMR, f)
#  define LOFT_MAP_ME_     LOFT_CAT(LOFT_MAP_SMR, thread)
#endif

/* The user's types under names that no parameter and no member hides. */
#define LOFT_MAP_K_      LOFT_MAP_FN(key_)
#define LOFT_MAP_V_      LOFT_MAP_FN(val_)

/* What a map has and a set has not: arguments, and something to replace. */
#if defined(LOFT_MAP_VAL)
#  define LOFT_MAP_AND_(...)  , __VA_ARGS__
#  define LOFT_MAP_PUT_       (LOFT_MAP_ADD_ | LOFT_MAP_REPLACE_)
#else
#  define LOFT_MAP_AND_(...)
#  define LOFT_MAP_PUT_       LOFT_MAP_ADD_
#endif

/* Snapshots want sections that keep all that was in when they had begun. */
#if defined(LOFT_MAP_SMR) && defined(LOFT_MAP_ENTRY_) && LOFT_CAT(LOFT_MAP_SMR, region) \
    && LOFT_CAT(LOFT_MAP_SMR, nests) && !LOFT_CAT(LOFT_MAP_SMR, restarts)
#  define LOFT_MAP_SNAPS_  1
#  include "../core/asymmetric.h"
#  include "../smr/collector.h"
#else
#  define LOFT_MAP_SNAPS_  0
#endif

/* Entries are copied out in batches; one by one where each is to be retained, and the first ones are not safe any more
 * when loading and computing is over. */
#if !defined(LOFT_MAP_SMR)
/* They are never taken out. */
#elif (defined(LOFT_MAP_KEY_RETAIN) || defined(LOFT_MAP_VAL_RETAIN)) \
    && (!LOFT_CAT(LOFT_MAP_SMR, region) || LOFT_CAT(LOFT_MAP_SMR, restarts))
#  define LOFT_MAP_BATCH_  1
#else
#  define LOFT_MAP_BATCH_  16
#endif

#if !defined(LOFT_MAP_CMP)
#  define LOFT_MAP_CMP(a, b)  ((a) < (b) ? -1 : (a) > (b))   /* < 0 and >= 0 of it are one comparison */
#endif

/* An owned key that cannot be retained is lent by its entry to whatever else of the map uses it. */
#if defined(LOFT_MAP_KEY_RELEASE) && !defined(LOFT_MAP_KEY_RETAIN)
#  define LOFT_MAP_LENDS_  1
#else
#  define LOFT_MAP_LENDS_  0
#endif

#if !defined(LOFT_MAP_KEY_RELEASE)
#  define LOFT_MAP_KEY_RELEASE(x)  ((void)(x))
#endif
#if defined(LOFT_MAP_KEY_RETAIN)
#  define LOFT_MAP_KEY_BACK_(x)    LOFT_MAP_KEY_RELEASE(x)   /* what the map has retained for itself */
#else
#  define LOFT_MAP_KEY_RETAIN(x)   ((void)(x))
#  define LOFT_MAP_KEY_BACK_(x)    ((void)(x))
#endif
#if !defined(LOFT_MAP_VAL_RELEASE)
#  define LOFT_MAP_VAL_RELEASE(x)  ((void)(x))
#endif
#if defined(LOFT_MAP_VAL_RETAIN)
#  define LOFT_MAP_VAL_BACK_(x)    LOFT_MAP_VAL_RELEASE(x)
#else
#  define LOFT_MAP_VAL_RETAIN(x)   ((void)(x))
#  define LOFT_MAP_VAL_BACK_(x)    ((void)(x))
#endif

/* ---- types ------------------------------------------------------------------------------------------------------- */

#if LOFT_CPLUSPLUS
LOFT_STATIC_ASSERT(std::is_trivially_copyable<LOFT_MAP_KEY>::value,
                   LOFT_MAP_HEADER_ ": LOFT_MAP_KEY must be trivially copyable");
#  if defined(LOFT_MAP_VAL)
LOFT_STATIC_ASSERT(std::is_trivially_copyable<LOFT_MAP_VAL>::value,
                   LOFT_MAP_HEADER_ ": LOFT_MAP_VAL must be trivially copyable");
#  endif
#endif

typedef LOFT_MAP_KEY LOFT_MAP_K_;
LOFT_STATIC_ASSERT(LOFT_ALIGNOF(LOFT_MAP_K_) <= 2 * sizeof(void *),
                   LOFT_MAP_HEADER_ ": LOFT_MAP_KEY is aligned to more than malloc gives");
#if defined(LOFT_MAP_VAL)
typedef LOFT_MAP_VAL LOFT_MAP_V_;
LOFT_STATIC_ASSERT(LOFT_ALIGNOF(LOFT_MAP_V_) <= 2 * sizeof(void *),
                   LOFT_MAP_HEADER_ ": LOFT_MAP_VAL is aligned to more than malloc gives");
#endif

#if LOFT_MAP_SNAPS_
typedef struct LOFT_MAP_FN(collector_) LOFT_MAP_FN(collector_);
#endif

/* What each map has, whatever the engine. */
typedef struct LOFT_MAP_FN(base_) {
#if defined(LOFT_MAP_SMR)
    LOFT_MAP_SMR *domain;                                /* fixed after init; NULL: not initialised            */
#else
    bool made;                                           /* fixed after init; false: not initialised           */
#endif
#if defined(LOFT_MAP_OBJECT)
    loft_cmp cmp;                                        /* fixed after init                                   */
#endif
#if LOFT_MAP_SNAPS_
    LOFT_ATOMIC(LOFT_MAP_FN(collector_) *) snap;         /* of the snapshot under way, or NULL                 */
    loft_smr_collector_ turn;                            /* whose snapshot it is                               */
    bool asym;                                           /* fixed after init: for the fences of snapshots      */
#endif
} LOFT_MAP_FN(base_);

#if defined(LOFT_MAP_SMR)
/* What a walk collects: at most LOFT_MAP_BATCH_ entries, in the order in which they are visited. */
typedef struct LOFT_MAP_FN(batch_) {
    LOFT_MAP_K_ const *to;                               /* and not beyond it; NULL: all                       */
    unsigned how;                                        /* LOFT_RANGE_...: is `to` one of them, and which way */
    bool down;                                           /* by falling key, so that `to` is the lower bound    */
    bool more;                                           /* there may be some behind these                     */
    size_t n;
    size_t before;                                       /* batches before this one, for calls.h alone         */
    LOFT_MAP_K_ mark;                                    /* the last key of one of them                        */
    LOFT_MAP_K_ key[LOFT_MAP_BATCH_];
#if defined(LOFT_MAP_VAL)
    LOFT_MAP_V_ *val;                                    /* as many; NULL: only keys                           */
#endif
} LOFT_MAP_FN(batch_);
#endif

/* ---- private ----------------------------------------------------------------------------------------------------- */

#if defined(LOFT_MAP_SMR)
/* A debug build stops what is called before init, after fini, or with a record of another domain. */
LOFT_API void
LOFT_MAP_FN(check_)(const LOFT_MAP_FN(base_) *m, const LOFT_MAP_ME_ *me)
{
    LOFT_ASSERT(m->domain && "loft/map: the map is not initialised");
    LOFT_ASSERT(loft_smr_knows_(m->domain, me) && "loft/map: the record is of another domain");
    (void)m;
    (void)me;
}
#endif

/* The key of an entry beside another. */
LOFT_API int
LOFT_MAP_FN(compare_)(const LOFT_MAP_FN(base_) *m, LOFT_MAP_K_ const *its, LOFT_MAP_K_ const *k)
{
    LOFT_MAP_K_ const key = loft_plain_read(its);
    (void)m;
#if defined(LOFT_MAP_OBJECT)
    return loft_cmp_call(&m->cmp, &key, k);
#else
    return LOFT_MAP_CMP(key, *k);
#endif
}

/* Is the key of an entry above another? Asked the other way about: of numbers that is one comparison. */
LOFT_API bool
LOFT_MAP_FN(above_)(const LOFT_MAP_FN(base_) *m, LOFT_MAP_K_ const *its, LOFT_MAP_K_ const *k)
{
    LOFT_MAP_K_ const key = loft_plain_read(its);
    (void)m;
#if defined(LOFT_MAP_OBJECT)
    return loft_cmp_call(&m->cmp, k, &key) < 0;
#else
    return LOFT_MAP_CMP(*k, key) < 0;
#endif
}

#if defined(LOFT_MAP_VAL)
/* Is the value of an entry what the caller expects? only NULL: whatever it is. */
LOFT_API bool
LOFT_MAP_FN(agrees_)(LOFT_MAP_V_ const *its, LOFT_MAP_V_ const *only)
{
#if defined(LOFT_MAP_EQ)
    if (only) {
        LOFT_MAP_V_ const val = loft_plain_read(its);
        return LOFT_MAP_EQ(val, *only);
    }
#endif
    (void)its;
    (void)only;
    return true;
}
#endif

/* Hands out copies of what a safe entry has. */
LOFT_API void
LOFT_MAP_FN(give_)(LOFT_MAP_K_ const *its_key LOFT_MAP_AND_(LOFT_MAP_V_ const *its_val),
                   LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    if (k) {
        *k = loft_plain_read(its_key);
        LOFT_MAP_KEY_RETAIN(*k);
    }
#if defined(LOFT_MAP_VAL)
    if (v) {
        *v = loft_plain_read(its_val);
        LOFT_MAP_VAL_RETAIN(*v);
    }
#endif
}

#if defined(LOFT_MAP_SMR)
/* Is b above a, whichever of the two is asked? No key is above itself then, whatever a comparison says of it. */
LOFT_API bool
LOFT_MAP_FN(rises_)(const LOFT_MAP_FN(base_) *m, LOFT_MAP_K_ const *a, LOFT_MAP_K_ const *b)
{
    return LOFT_MAP_FN(compare_)(m, a, b) < 0 && LOFT_MAP_FN(compare_)(m, b, a) > 0;
}

/* Is the key of an entry beyond the end of a range: beyond its upper bound, with LOFT_RANGE_DOWN its lower one? */
LOFT_API bool
LOFT_MAP_FN(beyond_)(const LOFT_MAP_FN(base_) *m, LOFT_MAP_K_ const *to, unsigned how, LOFT_MAP_K_ const *its_key)
{
    if (!to)
        return false;
    const int r = LOFT_MAP_FN(compare_)(m, its_key, to);
    if (how & LOFT_RANGE_DOWN)
        return r < 0 || (r == 0 && (how & LOFT_RANGE_AFTER));
    return r > 0 || (r == 0 && !(how & LOFT_RANGE_THROUGH));
}

/* Copies a safe entry to one of the batch's places. */
LOFT_API void
LOFT_MAP_FN(keep_)(LOFT_MAP_FN(batch_) *b, size_t i,
                   LOFT_MAP_K_ const *its_key LOFT_MAP_AND_(LOFT_MAP_V_ const *its_val))
{
    b->key[i] = loft_plain_read(its_key);
#if defined(LOFT_MAP_VAL)
    if (b->val)
        b->val[i] = loft_plain_read(its_val);
#endif
}

/* Does the batch want more than this safe entry, the next one in its direction? It gets it, unless that is beyond its
 * end. */
LOFT_API bool
LOFT_MAP_FN(collect_)(const LOFT_MAP_FN(base_) *m, LOFT_MAP_FN(batch_) *b,
                      LOFT_MAP_K_ const *its_key LOFT_MAP_AND_(LOFT_MAP_V_ const *its_val))
{
    if (LOFT_MAP_FN(beyond_)(m, b->to, b->how, its_key)) {
        b->more = false;
        return false;
    }
    LOFT_MAP_FN(keep_)(b, b->n++, its_key LOFT_MAP_AND_(its_val));
    return b->n < LOFT_MAP_BATCH_;
}

/* Retains what a batch has, in the section in which it was collected: all of it, if that is handed out, and the last
 * key, to go on from. */
LOFT_API void
LOFT_MAP_FN(retain_)(LOFT_MAP_FN(batch_) *b, bool hand_out)
{
    for (size_t i = 0; i < b->n; i++) {
        if (hand_out) {
            LOFT_MAP_KEY_RETAIN(b->key[i]);
#if defined(LOFT_MAP_VAL)
            LOFT_MAP_VAL_RETAIN(b->val[i]);
#endif
        }
    }
    if (b->n)
        LOFT_MAP_KEY_RETAIN(b->key[b->n - 1]);           /* to go on from                                      */
}
#endif

#if LOFT_MAP_SNAPS_
#  include "snapshot.h"
#endif

#endif /* supported, and behind an engine's gate */
#endif /* LOFT_MAP_GRAMMAR_H */
