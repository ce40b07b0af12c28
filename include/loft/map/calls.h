/* SPDX-License-Identifier: MIT
 *
 * loft/map/calls.h - the calls of ordered maps and sets, which all engines have.
 *
 * Needs: core/base.h core/atomics.h
 *
 * Machinery for list.h and its siblings, a template; grammar.h says what it is made of, and how engines include both.
 * By itself it says nothing.
 *
 * OPERATIONS   init  init_with  init_sorted  fini
 *              get  contains  put  put_if_absent  get_or_insert  get_or_insert_with  replace  replace_if  update
 *              remove  remove_if
 *              first  last  floor  ceiling  lower  higher  pop_first  pop_last
 *              for_each  for_each_down  count  approx_len  is_empty  clear
 *              cursor_begin  cursor_next  cursor_end    step by step, holding nothing between two steps
 *              scan_begin  scan_next  scan_end          step by step, in one section; where a scheme allows it
 *              snapshot                                 all of it as it was at one instant; where scans are. That of
 *                                                       bst_locked.h takes locks, and is there
 *              A set has neither get nor what has insert, replace or update in its name, nor remove_if, and no call of
 *              a set has arguments for values. Pointers for results may be NULL.
 *
 * TOGETHER     Everything but init and fini, from any number of threads, each with its record of the domain.
 *              All calls but for_each, for_each_down, count, approx_len, clear and the steps of a scan are
 *              linearizable, as calls of one map, not of one key each: if two threads put a key and then look for the
 *              other's, one of them finds it. A cursor or a scan is used by one thread at a time.
 *
 * PROGRESS     As it is said below for engines without locks; what locks do to it is in the manuals of those that have
 *              them.
 *
 * COST         "A search" is what the engine's manual says under COST.
 */
#ifndef LOFT_MAP_CALLS_H
#define LOFT_MAP_CALLS_H

#include "../core/base.h"
#include "../core/atomics.h"

#if !defined(LOFT_UNSUPPORTED) && defined(LOFT_MAP_HEADER_)

/* ---- init, fini -------------------------------------------------------------------------------------------------- */

/* Types under names that no member hides, and that bounded.h can find. */
typedef LOFT_MAP_NAME LOFT_MAP_FN(map_);
typedef LOFT_MAP_SMR LOFT_MAP_FN(domain_);
typedef LOFT_MAP_ME_ LOFT_MAP_FN(me_);

/* What a map is told at init. */
typedef struct LOFT_MAP_FN(options) {
#if defined(LOFT_MAP_OBJECT)
    loft_cmp cmp;                                        /* the order of its keys; loft_cmp_make makes one     */
#else
    unsigned char nothing_;                              /* the order is all in the code; C has no empty types */
#endif
} LOFT_MAP_FN(options);

LOFT_API loft_status
LOFT_MAP_FN(base_of_)(LOFT_MAP_FN(base_) *base, LOFT_MAP_SMR *domain, const LOFT_MAP_FN(options) *options)
{
    if (!domain)
        return LOFT_INVAL;
#if defined(LOFT_MAP_OBJECT)
    if (!options || !options->cmp.fn)
        return LOFT_INVAL;
    base->cmp = options->cmp;
#endif
    (void)options;
#if LOFT_MAP_SNAPS_
    loft_init(&base->snap, (LOFT_MAP_FN(collector_) *)NULL);
    loft_smr_collector_init_(&base->turn);
    base->asym = loft_asymmetric();
#endif
    base->domain = domain;
    return LOFT_OK;
}

/* NAME_init_with - an empty map whose nodes are reclaimed by a domain, with options.
 *   returns   LOFT_OK; LOFT_INVAL: no domain, or LOFT_MAP_OBJECT without a comparison, and *m is as it was;
 *             LOFT_NOMEM, of engines that say so: the map is not initialised
 *   options   NULL: none, which LOFT_MAP_OBJECT does not take
 *   threads   quiescent; other threads may use the map once it has been handed over (a release and an acquire)
 *   cost      some words written
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(init_with)(LOFT_MAP_NAME *m, LOFT_MAP_SMR *domain, const LOFT_MAP_FN(options) *options)
{
    loft_status s = LOFT_MAP_FN(base_of_)(&m->base, domain, options);
    if (s != LOFT_OK)
        return s;
    s = LOFT_MAP_FN(begin_)(m);
    if (s != LOFT_OK)
        m->base.domain = NULL;
    return s;
}

#if !defined(LOFT_MAP_OBJECT)
/* NAME_init - the same without options. With LOFT_MAP_OBJECT there is only NAME_init_with. */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(init)(LOFT_MAP_NAME *m, LOFT_MAP_SMR *domain)
{
    return LOFT_MAP_FN(init_with)(m, domain, NULL);
}
#endif

/* NAME_fini - the end of the map: frees all entries in it. Those that are out are the domain's already.
 *   threads   quiescent; any call after it is an error, which a debug build stops
 *   cost      frees each node
 */
LOFT_API void
LOFT_MAP_FN(fini)(LOFT_MAP_NAME *m)
{
    LOFT_ASSERT(m->base.domain && "loft/map: fini of a map that is not initialised");
    LOFT_MAP_FN(end_)(m);
    m->base.domain = NULL;
}

/* NAME_init_sorted - a map with n entries, from arrays by rising key.
 *   returns   LOFT_OK; LOFT_INVAL: as NAME_init_with, or the keys do not rise, from each to the next, and *m is as it
 *             was; LOFT_NOMEM: the map is not initialised. Unless LOFT_OK, all keys and values are the caller's yet
 *   options   as NAME_init_with
 *   threads   quiescent, `me` being a record of the domain
 *   cost      n comparisons, n allocations, no search
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(init_sorted)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_SMR *domain,
                         const LOFT_MAP_FN(options) *options, LOFT_MAP_K_ const *k
                         LOFT_MAP_AND_(LOFT_MAP_V_ const *v), size_t n)
{
    LOFT_MAP_FN(base_) base;
    loft_status s = LOFT_MAP_FN(base_of_)(&base, domain, options);
    for (size_t i = 1; i < n && s == LOFT_OK; i++)
        if (LOFT_MAP_FN(compare_)(&base, &k[i - 1], &k[i]) >= 0)
            s = LOFT_INVAL;
    if (s == LOFT_OK)
        s = LOFT_MAP_FN(init_with)(m, domain, options);
    if (s != LOFT_OK)
        return s;
    LOFT_MAP_FN(check_)(&m->base, me);
    s = LOFT_MAP_FN(build_)(m, me, k LOFT_MAP_AND_(v), n);
    if (s != LOFT_OK)
        LOFT_MAP_FN(fini)(m);
    return s;
}

/* ---- one key ----------------------------------------------------------------------------------------------------- */

#if defined(LOFT_MAP_VAL)
/* NAME_get - the value of a key.
 *   returns   false: there is none, and *out is untouched
 *   threads   any
 *   progress  lock-free
 *   order     what happened before the call that put the value in happens before this returns
 *   cost      a search; with a scheme of regions, nothing is written
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(get)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, LOFT_MAP_V_ *out)
{
    return LOFT_MAP_FN(has_)(m, me, k, out);
}
#endif

/* NAME_contains - is a key there?
 *   threads   any
 *   progress  lock-free
 *   order     true: as get. false: what happened before the call that took the key out happens before this returns
 *   cost      as get
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(contains)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k)
{
    return LOFT_MAP_FN(has_)(m, me, k LOFT_MAP_AND_(NULL));
}

/* NAME_put - a key, with this value from now on. A set's put is its put_if_absent.
 *   returns   LOFT_OK: the key is new; LOFT_REPLACED: its value was another; LOFT_NOMEM: nothing changed. Of a set,
 *             LOFT_EXISTS: it was there
 *   threads   any
 *   progress  lock-free but for the allocator
 *   order     what happened before this happens before the return of a call that finds or takes out what it put in; and
 *             before this returns, what happened before the call that put in, or took out, what it found or missed
 *   cost      a search and an allocation; a node retired where it replaces
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(put)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ v))
{
    return LOFT_MAP_FN(set_)(m, me, k, LOFT_MAP_PUT_ LOFT_MAP_AND_(v, NULL, NULL));
}

/* NAME_put_if_absent - a key with a value, if there is none.
 *   returns   LOFT_OK; LOFT_EXISTS, LOFT_NOMEM: nothing changed
 *   threads   any
 *   progress  lock-free but for the allocator
 *   order     as put
 *   cost      a search; an allocation where the key is new
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(put_if_absent)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ v))
{
    return LOFT_MAP_FN(set_)(m, me, k, LOFT_MAP_ADD_ LOFT_MAP_AND_(v, NULL, NULL));
}

#if defined(LOFT_MAP_VAL)
/* NAME_get_or_insert - put_if_absent that says which value it is.
 *   returns   LOFT_OK: *out is v; LOFT_EXISTS: *out is the value that was there; LOFT_NOMEM: nothing changed
 *   otherwise as put_if_absent
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(get_or_insert)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, LOFT_MAP_V_ v, LOFT_MAP_V_ *out)
{
    if (out)
        LOFT_MAP_VAL_RETAIN(v);                          /* before others can take it out                      */
    const loft_status s = LOFT_MAP_FN(set_)(m, me, k, LOFT_MAP_ADD_, v, NULL, out);
    if (out && s == LOFT_OK)
        *out = v;
    else if (out)
        LOFT_MAP_VAL_BACK_(v);
    return s;
}

/* NAME_get_or_insert_with - the same with a value that is made only if there is none.
 *   returns   as get_or_insert; LOFT_NOT_FOUND: make gave none, and nothing changed
 *   make      (v, ctx) makes *v, outside of sections, once at most. If another thread's value came first, or there is
 *             no memory, what it made is RELEASEd
 *   otherwise as get_or_insert
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(get_or_insert_with)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k,
                                bool (*make)(LOFT_MAP_V_ *v, void *ctx), void *ctx, LOFT_MAP_V_ *out)
{
    LOFT_MAP_V_ v;
    if (LOFT_MAP_FN(get)(m, me, k, out))
        return LOFT_EXISTS;
    if (!make(&v, ctx))
        return LOFT_NOT_FOUND;
    const loft_status s = LOFT_MAP_FN(get_or_insert)(m, me, k, v, out);
    if (s != LOFT_OK)
        LOFT_MAP_VAL_RELEASE(v);
    return s;
}

/* NAME_replace - another value, if the key is there.
 *   returns   LOFT_REPLACED: *old is what it was; LOFT_NOT_FOUND, LOFT_NOMEM: nothing changed
 *   threads   any
 *   progress  lock-free but for the allocator
 *   order     as put
 *   cost      as put
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(replace)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, LOFT_MAP_V_ v, LOFT_MAP_V_ *old)
{
    return LOFT_MAP_FN(set_)(m, me, k, LOFT_MAP_REPLACE_, v, NULL, old);
}

#if defined(LOFT_MAP_EQ)
/* NAME_replace_if - another value, if the key has the one that is expected.
 *   returns   LOFT_REPLACED; LOFT_EXISTS: it has another one; LOFT_NOT_FOUND, LOFT_NOMEM. Unless REPLACED, nothing
 *             changed
 *   otherwise as replace
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(replace_if)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, LOFT_MAP_V_ expected, LOFT_MAP_V_ v)
{
    return LOFT_MAP_FN(set_)(m, me, k, LOFT_MAP_REPLACE_, v, &expected, NULL);
}
#endif

/* NAME_update - a value that is computed from the old one, if the key is there.
 *   returns   LOFT_REPLACED; LOFT_EXISTS: change said false; LOFT_NOT_FOUND, LOFT_NOMEM. Unless REPLACED, nothing
 *             changed
 *   change    (v, ctx) makes the new value of the old one, which is borrowed; again for each value that others put
 *             there before this call is done. What it made and the map did not take is RELEASEd. In a section: it is
 *             short and does not call the domain
 *   otherwise as replace
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(update)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, bool (*change)(LOFT_MAP_V_ *v, void *ctx),
                    void *ctx)
{
    return LOFT_MAP_FN(update_)(m, me, k, change, ctx);
}
#endif

/* NAME_remove - takes a key out.
 *   returns   true: *old is the value it had; false: there was none
 *   threads   any
 *   progress  lock-free
 *   order     what happened before the value was put in happens before this returns; what happened before this, before
 *             the return of a call that misses the key
 *   cost      a search, a node retired
 */
LOFT_API bool
LOFT_MAP_FN(remove)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ *old))
{
    return LOFT_MAP_FN(unset_)(m, me, k LOFT_MAP_AND_(NULL, old));
}

#if defined(LOFT_MAP_EQ)
/* NAME_remove_if - takes a key out if it has the value that is expected. false: it has not. Otherwise as remove. */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(remove_if)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, LOFT_MAP_V_ expected)
{
    return LOFT_MAP_FN(unset_)(m, me, k, &expected, NULL);
}
#endif

/* ---- by order ---------------------------------------------------------------------------------------------------- */

/* NAME_first, NAME_last - the lowest, the highest entry.
 *   returns   false: the map is empty, and *k, *v are untouched
 *   threads   any
 *   progress  lock-free
 *   order     as get; false: as contains that says false, of each key
 *   cost      a search for what is in front of all, behind all
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(first)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(near_)(m, me, NULL, LOFT_MAP_BEGIN_, false, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(last)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(near_)(m, me, NULL, LOFT_MAP_END_, true, k LOFT_MAP_AND_(v));
}

/* NAME_floor, NAME_ceiling, NAME_lower, NAME_higher - the entry nearest to `key`: not above it, not below it, below it,
 * above it. higher and lower, from what they gave last, go through the map and hold nothing meanwhile.
 *   returns   false: there is none, and *k, *v are untouched. k may point to what was passed as key
 *   threads   any
 *   progress  lock-free
 *   order     as get; of the keys in between, and if there is none: as contains that says false
 *   cost      a search
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(floor)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ key, LOFT_MAP_K_ *k
                   LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(near_)(m, me, &key, LOFT_MAP_ABOVE_, true, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(ceiling)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ key, LOFT_MAP_K_ *k
                     LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(near_)(m, me, &key, LOFT_MAP_AT_, false, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(lower)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ key, LOFT_MAP_K_ *k
                   LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(near_)(m, me, &key, LOFT_MAP_AT_, true, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(higher)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ key, LOFT_MAP_K_ *k
                    LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(near_)(m, me, &key, LOFT_MAP_ABOVE_, false, k LOFT_MAP_AND_(v));
}

/* NAME_pop_first - takes the lowest entry out.
 *   returns   false: the map was empty, and *k, *v are untouched
 *   threads   any
 *   progress  lock-free: who meets a pop that is under way ends it
 *   order     as remove
 *   cost      as first and remove
 */
LOFT_API bool
LOFT_MAP_FN(pop_first)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(pop_)(m, me, false, k LOFT_MAP_AND_(v));
}

/* NAME_pop_last - takes the highest entry out.
 *   returns   false: the map was empty, and *k, *v are untouched
 *   threads   any
 *   progress  lock-free
 *   order     as remove
 *   cost      as last and remove
 */
LOFT_API bool
LOFT_MAP_FN(pop_last)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(pop_)(m, me, true, k LOFT_MAP_AND_(v));
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

/* The place where a range begins, at its lower bound or, going down, at its upper one. */
LOFT_API int
LOFT_MAP_FN(begins_)(LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to, unsigned how)
{
    if (how & LOFT_RANGE_DOWN)
        return !to ? LOFT_MAP_END_ : how & LOFT_RANGE_THROUGH ? LOFT_MAP_ABOVE_ : LOFT_MAP_AT_;
    return !from ? LOFT_MAP_BEGIN_ : how & LOFT_RANGE_AFTER ? LOFT_MAP_ABOVE_ : LOFT_MAP_AT_;
}

/* The first batch of a range, and the one behind it. The batch's last key stays retained until the next call.
 *
 * A comparison that lies must not send a walk round for ever. So the last key of each batch is compared with that of an
 * earlier one, the 1st, 2nd, 4th ..., and unless it comes behind, the walk ends: keys that come again and again meet
 * themselves there (Brent, An Improved Monte Carlo Factorization Algorithm, BIT 1980). */
LOFT_API void
LOFT_MAP_FN(first_batch_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to,
                          unsigned how, LOFT_MAP_FN(batch_) *b, bool hand_out)
{
    b->before = 0;
    b->how = how;
    b->down = (how & LOFT_RANGE_DOWN) != 0;
    b->to = b->down ? from : to;
    memset((void *)&b->mark, 0, sizeof b->mark);         /* next_batch_ sets it; only so that compilers see it set */
    LOFT_MAP_FN(gather_)(m, me, b->down ? to : from, LOFT_MAP_FN(begins_)(from, to, how), b, hand_out);
}

LOFT_API void
LOFT_MAP_FN(next_batch_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_FN(batch_) *b, bool hand_out)
{
    if (!b->n)
        return;
    LOFT_MAP_K_ const last = b->key[b->n - 1];
    if (b->more) {
        if ((b->before & (b->before + 1)) == 0) {        /* 0, 1, 3, ...                                       */
            if (b->before)
                LOFT_MAP_KEY_BACK_(b->mark);
            b->mark = last;
            LOFT_MAP_KEY_RETAIN(b->mark);
        }
        b->before++;
        LOFT_MAP_FN(gather_)(m, me, &last, b->down ? LOFT_MAP_AT_ : LOFT_MAP_ABOVE_, b, hand_out);
        if (b->n && b->more) {
            LOFT_MAP_K_ const *const now = &b->key[b->n - 1];
            b->more = b->down ? LOFT_MAP_FN(rises_)(&m->base, now, &b->mark)
                              : LOFT_MAP_FN(rises_)(&m->base, &b->mark, now);
        }
    } else {
        b->n = 0;
    }
    if (!b->n && b->before) {
        LOFT_MAP_KEY_BACK_(b->mark);
        b->before = 0;
    }
    LOFT_MAP_KEY_BACK_(last);
}

/* NAME_for_each - calls visit(k, v, ctx) for the entries from <= k < to, by rising key, until it answers false.
 *   from, to  NULL: no bound. how: LOFT_RANGE_AFTER, LOFT_RANGE_THROUGH, LOFT_RANGE_DOWN (by falling key), added up
 *   returns   how many were visited
 *   visit     runs outside of sections and may do anything, also with the map. What it gets is handed out
 *   threads   any
 *   progress  lock-free
 *   order     each entry was in at some moment of the call; all are visited that were in all the time, none twice
 *   cost      a search for each 16 entries, and those; so many on the stack, with their values. With RETAIN, under
 *             schemes that protect single nodes or restart sections: a search for each entry
 */
LOFT_API size_t
LOFT_MAP_FN(for_each)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to,
                      unsigned how, bool (*visit)(LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ v), void *ctx), void *ctx)
{
    LOFT_MAP_FN(batch_) b;
#if defined(LOFT_MAP_VAL)
    LOFT_MAP_V_ val[LOFT_MAP_BATCH_];
    b.val = val;
#endif
    size_t n = 0;
    bool goes = true;
    for (LOFT_MAP_FN(first_batch_)(m, me, from, to, how, &b, true); b.n;
         LOFT_MAP_FN(next_batch_)(m, me, &b, true)) {
        size_t i = 0;
        while (goes && i < b.n) {
            goes = visit(b.key[i] LOFT_MAP_AND_(val[i]), ctx);
            i++;
            n++;
        }
        for (; i < b.n; i++) {                           /* nobody wants these                                 */
            LOFT_MAP_KEY_BACK_(b.key[i]);
#if defined(LOFT_MAP_VAL)
            LOFT_MAP_VAL_BACK_(val[i]);
#endif
        }
        b.more = b.more && goes;
    }
    return n;
}

/* NAME_for_each_down - the same by falling key: for_each with LOFT_RANGE_DOWN. */
LOFT_API size_t
LOFT_MAP_FN(for_each_down)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to,
                           unsigned how, bool (*visit)(LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ v), void *ctx),
                           void *ctx)
{
    return LOFT_MAP_FN(for_each)(m, me, from, to, how | LOFT_RANGE_DOWN, visit, ctx);
}

/* NAME_count - how many entries from <= k < to. Range, threads, progress and cost as for_each, but it copies keys only;
 * exact when nothing else runs. */
LOFT_NODISCARD LOFT_API size_t
LOFT_MAP_FN(count)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to, unsigned how)
{
    LOFT_MAP_FN(batch_) b;
#if defined(LOFT_MAP_VAL)
    b.val = NULL;
#endif
    size_t n = 0;
    for (LOFT_MAP_FN(first_batch_)(m, me, from, to, how & ~LOFT_RANGE_DOWN, &b, false); b.n;
         LOFT_MAP_FN(next_batch_)(m, me, &b, false))
        n += b.n;
    return n;
}

/* NAME_approx_len - how many entries there are, which may not have been so at any one moment. It counts them: nobody
 * else pays for it. Otherwise as count. */
LOFT_NODISCARD LOFT_API size_t
LOFT_MAP_FN(approx_len)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me)
{
    return LOFT_MAP_FN(count)(m, me, NULL, NULL, 0);
}

/* NAME_is_empty - is there none? Otherwise as first. */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(is_empty)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me)
{
    return !LOFT_MAP_FN(first)(m, me, NULL LOFT_MAP_AND_(NULL));
}

/* NAME_clear - pops entries until there is none.
 *   returns   how many; others may have put more before it returns
 *   threads   any
 *   progress  lock-free: it goes on for as long as others put
 *   cost      pop_first of each
 */
LOFT_API size_t
LOFT_MAP_FN(clear)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me)
{
    size_t n = 0;
    while (LOFT_MAP_FN(pop_first)(m, me, NULL LOFT_MAP_AND_(NULL)))
        n++;
    return n;
}

/* ---- step by step ------------------------------------------------------------------------------------------------ */

/* A place in a range that stays what it is while the map changes: behind the key that it gave last. */
typedef struct LOFT_MAP_FN(cursor) {
    LOFT_MAP_FN(map_) *map;
    unsigned how;
    bool has_from;
    bool has_to;
    bool has_at;                                         /* it has given an entry                              */
    LOFT_MAP_K_ from;
    LOFT_MAP_K_ to;
    LOFT_MAP_K_ at;                                      /* the last one                                       */
} LOFT_MAP_FN(cursor);

/* NAME_cursor_begin - goes through from <= k < to, one entry each time it is asked. It begins and ends no section.
 *   from, to, how   as for_each. Without LOFT_MAP_KEY_RETAIN the keys are borrowed until cursor_end, as are those that
 *                   it gives
 *   threads   any; it may go from one thread to another, which comes with its own record
 *   progress  wait-free
 *   cost      keys copied
 */
LOFT_API void
LOFT_MAP_FN(cursor_begin)(LOFT_MAP_FN(cursor) *c, LOFT_MAP_NAME *m, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to,
                          unsigned how)
{
    c->map = m;
    c->how = how;
    c->has_from = from != NULL;
    c->has_to = to != NULL;
    c->has_at = false;
    if (from) {
        c->from = *from;
        LOFT_MAP_KEY_RETAIN(c->from);
    }
    if (to) {
        c->to = *to;
        LOFT_MAP_KEY_RETAIN(c->to);
    }
}

/* NAME_cursor_next - the next entry of the range, as it is now.
 *   returns   false: there is none, and *k, *v are untouched. Asked again, it may find what others have put there. Each
 *             step ends, but by a comparison that lies they may go round for ever, which ends for_each and scans
 *   threads   any
 *   progress  lock-free
 *   order     as higher, or lower, of the key that it gave last
 *   cost      a search
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(cursor_next)(LOFT_MAP_FN(cursor) *c, LOFT_MAP_ME_ *me, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    const bool down = (c->how & LOFT_RANGE_DOWN) != 0;
    LOFT_MAP_K_ const *const from = c->has_from ? &c->from : NULL;
    LOFT_MAP_K_ const *const to = c->has_to ? &c->to : NULL;
    LOFT_MAP_K_ at;
#if defined(LOFT_MAP_VAL)
    LOFT_MAP_V_ val;
#endif
    if (!LOFT_MAP_FN(near_)(c->map, me, c->has_at ? &c->at : down ? to : from,
                            c->has_at ? (down ? LOFT_MAP_AT_ : LOFT_MAP_ABOVE_)
                                      : LOFT_MAP_FN(begins_)(from, to, c->how),
                            down, &at LOFT_MAP_AND_(v ? &val : NULL)))
        return false;
    if (LOFT_MAP_FN(beyond_)(&c->map->base, down ? from : to, c->how, &at)) {
        LOFT_MAP_KEY_BACK_(at);
#if defined(LOFT_MAP_VAL)
        if (v)
            LOFT_MAP_VAL_BACK_(val);
#endif
        return false;
    }
    if (c->has_at)
        LOFT_MAP_KEY_BACK_(c->at);
    c->at = at;
    c->has_at = true;
    if (k) {
        *k = at;
        LOFT_MAP_KEY_RETAIN(*k);
    }
#if defined(LOFT_MAP_VAL)
    if (v)
        *v = val;
#endif
    return true;
}

/* NAME_cursor_end - it lets its keys go. Threads as cursor_begin. */
LOFT_API void
LOFT_MAP_FN(cursor_end)(LOFT_MAP_FN(cursor) *c)
{
    if (c->has_from)
        LOFT_MAP_KEY_BACK_(c->from);
    if (c->has_to)
        LOFT_MAP_KEY_BACK_(c->to);
    if (c->has_at)
        LOFT_MAP_KEY_BACK_(c->at);
    c->has_from = c->has_to = c->has_at = false;
}

#if LOFT_CAT(LOFT_MAP_SMR, region) && LOFT_CAT(LOFT_MAP_SMR, nests) && !LOFT_CAT(LOFT_MAP_SMR, restarts)
/* A walk in one section. It must not be moved or copied. */
typedef struct LOFT_MAP_FN(scan) {
    LOFT_MAP_FN(map_) *map;
    LOFT_MAP_ME_ *me;
    size_t i;                                            /* given, of those in the batch                       */
    LOFT_MAP_FN(batch_) batch;
#if defined(LOFT_MAP_VAL)
    LOFT_MAP_V_ val[LOFT_MAP_BATCH_];
#endif
} LOFT_MAP_FN(scan);

/* NAME_scan_begin - begins a section, and in it goes through from <= k < to, one entry each time it is asked. There is
 * one only where the scheme is of regions, nests sections and does not restart them: loft_ebr, loft_qsbr, loft_leak.
 *   from, to, how   as for_each; both keys are looked at until scan_end
 *   threads   the record's, to which the scan belongs until scan_end. What others retire meanwhile is kept
 *   progress  lock-free
 *   cost      as for_each, 16 entries at a time; so many are in it, with their values
 */
LOFT_API void
LOFT_MAP_FN(scan_begin)(LOFT_MAP_FN(scan) *s, LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *from,
                        LOFT_MAP_K_ const *to, unsigned how)
{
    s->map = m;
    s->me = me;
    s->i = 0;
#if defined(LOFT_MAP_VAL)
    s->batch.val = s->val;
#endif
    LOFT_MAP_S_(enter)(me);
    LOFT_MAP_FN(first_batch_)(m, me, from, to, how, &s->batch, false);
}

/* NAME_scan_next - the next entry. Key and value are not RETAINed: they are borrowed until scan_end.
 *   returns   false: there is none, and *k, *v are untouched
 *   threads   the scan's
 *   progress  lock-free
 *   order     as for_each: the entry was in at some moment since scan_begin
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(scan_next)(LOFT_MAP_FN(scan) *s, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    if (s->i == s->batch.n) {
        LOFT_MAP_FN(next_batch_)(s->map, s->me, &s->batch, false);
        s->i = 0;
    }
    if (!s->batch.n)
        return false;
    if (k)
        *k = s->batch.key[s->i];
#if defined(LOFT_MAP_VAL)
    if (v)
        *v = s->val[s->i];
#endif
    s->i++;
    return true;
}

/* NAME_scan_end - ends the section of the scan, in the thread that began it. */
LOFT_API void
LOFT_MAP_FN(scan_end)(LOFT_MAP_FN(scan) *s)
{
    s->batch.more = false;
    LOFT_MAP_FN(next_batch_)(s->map, s->me, &s->batch, false);
    LOFT_MAP_S_(exit)(s->me);
}
#endif

#if LOFT_MAP_SNAPS_
/* ---- at one instant ---------------------------------------------------------------------------------------------- */

/* Of two chains by rising key one. Where keys are the same, those of a come first. */
LOFT_API LOFT_MAP_FN(report_) *
LOFT_MAP_FN(merge_)(const LOFT_MAP_NAME *m, LOFT_MAP_FN(report_) *a, LOFT_MAP_FN(report_) *b)
{
    LOFT_MAP_FN(report_) *first = NULL;
    LOFT_MAP_FN(report_) **end = &first;
    while (a && b) {
        LOFT_MAP_K_ const k = loft_plain_read(&b->entry->key);
        LOFT_MAP_FN(report_) **const its = LOFT_MAP_FN(compare_)(&m->base, &a->entry->key, &k) <= 0 ? &a : &b;
        *end = *its;
        end = &(*its)->chain;
        *its = *end;
    }
    *end = a ? a : b;
    return first;
}

LOFT_API LOFT_MAP_FN(report_) *
LOFT_MAP_FN(sort_)(const LOFT_MAP_NAME *m, LOFT_MAP_FN(report_) *chain)
{
    LOFT_MAP_FN(report_) *sorted[sizeof(size_t) * 8];    /* 2^i of them each, the higher the earlier            */
    unsigned n = 0;
    while (chain) {
        LOFT_MAP_FN(report_) *one = chain;
        unsigned i = 0;
        chain = chain->chain;
        one->chain = NULL;
        for (; i < n && sorted[i]; i++) {
            one = LOFT_MAP_FN(merge_)(m, sorted[i], one);
            sorted[i] = NULL;
        }
        sorted[i] = one;
        n = i == n ? n + 1 : n;
    }
    for (unsigned i = 0; i < n; i++)
        if (sorted[i])
            chain = LOFT_MAP_FN(merge_)(m, sorted[i], chain);
    return chain;
}

/* Reports of OUT, by the address of the entry. */
typedef struct LOFT_MAP_FN(outs_) {
    size_t mask;
    LOFT_MAP_FN(report_) **chain;                        /* mask + 1; NULL: there are none                     */
} LOFT_MAP_FN(outs_);

LOFT_API LOFT_MAP_FN(report_) **
LOFT_MAP_FN(outs_at_)(const LOFT_MAP_FN(outs_) *o, const LOFT_MAP_FN(entry_) *n)
{
    const uint64_t hash = (uint64_t)(uintptr_t)n * UINT64_C(0x9e3779b97f4a7c15);
    return &o->chain[(size_t)(hash >> 32) & o->mask];
}

LOFT_API bool
LOFT_MAP_FN(is_out_)(const LOFT_MAP_FN(outs_) *o, LOFT_MAP_FN(found_) its)
{
    if (!o->chain)
        return false;
    const LOFT_MAP_FN(report_) *r = *LOFT_MAP_FN(outs_at_)(o, its.entry);
    while (r && !(r->entry == its.entry && r->number > its.number))
        r = r->chain;
    return r != NULL;
}

LOFT_API bool
LOFT_MAP_FN(outs_of_)(LOFT_MAP_FN(outs_) *o, LOFT_MAP_FN(report_) *reports)
{
    size_t n = 0;
    o->mask = 0;
    o->chain = NULL;
    for (const LOFT_MAP_FN(report_) *r = reports; r; r = r->next)
        n += r->out;
    if (n == 0)
        return true;
    while (o->mask < n)
        o->mask = 2 * o->mask + 1;
    o->chain = (LOFT_MAP_FN(report_) **)loft_alloc((o->mask + 1) * sizeof *o->chain);
    if (!o->chain)
        return false;
    for (size_t i = 0; i <= o->mask; i++)
        o->chain[i] = NULL;
    for (LOFT_MAP_FN(report_) *r = reports; r; r = r->next) {
        if (r->out) {
            LOFT_MAP_FN(report_) **const at = LOFT_MAP_FN(outs_at_)(o, r->entry);
            r->chain = *at;
            *at = r;
        }
    }
    return true;
}

/* Valid reports of IN in the range, by rising key, the last of a key first; and how many they are. */
LOFT_API LOFT_MAP_FN(report_) *
LOFT_MAP_FN(ins_of_)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ const *from, const LOFT_MAP_FN(tally_) *tally,
                     LOFT_MAP_FN(report_) *reports, size_t *n)
{
    LOFT_MAP_FN(report_) *first = NULL;
    LOFT_MAP_FN(report_) **end = &first;
    for (LOFT_MAP_FN(report_) *r = reports; r; r = r->next) {
        if (r->out || !LOFT_MAP_FN(is_valid_)(r))
            continue;
        const int over = from ? LOFT_MAP_FN(compare_)(&m->base, &r->entry->key, from) : 1;
        if (over < 0 || (over == 0 && (tally->how & LOFT_RANGE_AFTER))
            || LOFT_MAP_FN(beyond_)(&m->base, tally->to, tally->how, &r->entry->key))
            continue;
        *end = r;
        end = &r->chain;
        ++*n;
    }
    *end = NULL;
    return LOFT_MAP_FN(sort_)(m, first);
}

/* Makes of what was found, and what was reported, the entries of the snapshot. False: no memory. */
LOFT_API bool
LOFT_MAP_FN(resolve_)(const LOFT_MAP_NAME *m, LOFT_MAP_K_ const *from, LOFT_MAP_FN(tally_) *tally,
                      LOFT_MAP_FN(report_) *reports)
{
    LOFT_MAP_FN(outs_) outs;
    size_t n = 0;
    size_t i = 0;
    size_t room = 0;
    const LOFT_MAP_FN(report_) *in = LOFT_MAP_FN(ins_of_)(m, from, tally, reports, &n);
    LOFT_MAP_FN(found_) *to = tally->found;
    if (n) {
        room = tally->n + n;
        to = room > (size_t)-1 / sizeof *to ? NULL : (LOFT_MAP_FN(found_) *)loft_alloc(room * sizeof *to);
        if (!to)
            return false;
    }
    if (!LOFT_MAP_FN(outs_of_)(&outs, reports)) {
        if (n)
            loft_free(to, room * sizeof *to);
        return false;
    }
    n = 0;
    while (i < tally->n || in) {
        LOFT_MAP_FN(found_) its;
        int r = i == tally->n ? 1 : -1;
        if (r < 0 && in)
            r = LOFT_MAP_FN(compare_)(&m->base, &tally->found[i].entry->key, &in->entry->key);
        if (r <= 0)
            its = tally->found[i++];
        if (r > 0 || (r == 0 && in->number > its.number)) {
            its.entry = in->entry;
            its.number = in->number;
        }
        if (r >= 0) {
            const LOFT_MAP_FN(report_) *const last = in;
            do {
                in = in->chain;
            } while (in && LOFT_MAP_FN(compare_)(&m->base, &in->entry->key, &last->entry->key) == 0);
        }
        if (!LOFT_MAP_FN(is_out_)(&outs, its))
            to[n++] = its;
    }
    if (outs.chain)
        loft_free(outs.chain, (outs.mask + 1) * sizeof *outs.chain);
    if (to != tally->found) {
        loft_free(tally->found, tally->room * sizeof *to);
        tally->found = to;
        tally->room = room;
    }
    tally->n = n;
    return true;
}

/* NAME_snapshot - calls add(k, v, ctx) for the entries from <= k < to that the map had at one instant of this call, by
 * rising key, until it answers false. A frozen map's copy_add is made for that: see frozen.h. It exists where the
 * scheme is of regions, nests sections and does not restart them (loft_ebr, loft_qsbr, loft_leak).
 *   from, to, how   as for_each
 *   returns   LOFT_OK; LOFT_NOMEM: add was not called. Other threads' calls may meet the end of the memory first; they
 *             go on as if nothing was, and it is this one that fails
 *   add       runs in a section, when the snapshot is over: it may call the map, and should not take long, for what
 *             others retire meanwhile is kept. What it gets is handed out
 *   threads   any
 *   progress  waits for other snapshots of this map. No other call waits for it, wherever it stops
 *   order     linearizable, as all calls of the map: who reads a part of it as it was reads it all as it was then. What
 *             happened before the calls that put in what is there happens before add
 *   cost      a walk, two words for each entry of the range; and what others put in, take out or look at meanwhile, in
 *             the whole map: a report each, and its share of a sort
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(snapshot)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to,
                      unsigned how, bool (*add)(LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ v), void *ctx), void *ctx)
{
    LOFT_MAP_FN(tally_) tally;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_FN(collector_) *const c = LOFT_MAP_FN(collector_of_)(&m->base, me);
    if (!c)
        return LOFT_NOMEM;
    tally.collector = c;
    tally.to = to;
    tally.how = how & ~LOFT_RANGE_DOWN;
    tally.n = tally.room = 0;
    tally.found = NULL;
    (void)loft_smr_lock_until_(&m->base.turn, LOFT_FOREVER);
    LOFT_MAP_S_(enter)(me);
    tally.failed = !LOFT_MAP_FN(open_)(&m->base, c);
    if (!tally.failed)
        LOFT_MAP_FN(visit_)(m, me, from, LOFT_MAP_FN(begins_)(from, to, tally.how), &tally);
    const uintptr_t last = LOFT_MAP_FN(close_)(&m->base, c);
    loft_smr_unlock_(&m->base.turn);
    const bool good = !tally.failed && !(last & LOFT_SNAPSHOT_FAILED_)
                   && LOFT_MAP_FN(resolve_)(m, from, &tally, LOFT_MAP_FN(report_of_)(last));
    for (size_t i = 0; good && i < tally.n; i++) {
        const LOFT_MAP_FN(entry_) *const n = tally.found[how & LOFT_RANGE_DOWN ? tally.n - 1 - i : i].entry;
        LOFT_MAP_K_ k;
#if defined(LOFT_MAP_VAL)
        LOFT_MAP_V_ v;
#endif
        LOFT_MAP_FN(give_)(&n->key LOFT_MAP_AND_(&n->val), &k LOFT_MAP_AND_(&v));
        if (!add(k LOFT_MAP_AND_(v), ctx))
            break;
    }
    loft_free(tally.found, tally.room * sizeof *tally.found);
    LOFT_MAP_S_(retire)(me, &c->smr, LOFT_MAP_FN(drop_collector_));
    LOFT_MAP_S_(exit)(me);
    return good ? LOFT_OK : LOFT_NOMEM;
}
#endif

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
#undef LOFT_MAP_BATCH_
#undef LOFT_MAP_SNAPS_
#undef LOFT_MAP_SNAPSHOT_H
#undef LOFT_MAP_HEADER_
#undef LOFT_MAP_NAME
#undef LOFT_MAP_KEY
#undef LOFT_MAP_VAL
#undef LOFT_MAP_CMP
#undef LOFT_MAP_OBJECT
#undef LOFT_MAP_EQ
#undef LOFT_MAP_SMR
#undef LOFT_MAP_KEY_RETAIN
#undef LOFT_MAP_KEY_RELEASE
#undef LOFT_MAP_VAL_RETAIN
#undef LOFT_MAP_VAL_RELEASE

#endif /* supported, and behind an engine's gate */
#endif /* LOFT_MAP_CALLS_H */
