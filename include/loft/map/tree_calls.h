/* SPDX-License-Identifier: MIT
 *
 * loft/map/tree_calls.h - what map/calls.h asks of an engine, as far as external search trees do it in the same way.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h
 *
 * Machinery for bst.h and bst_locked.h, a template: an engine includes it in front of calls.h, when it has what
 * follows, and takes its guard away at the end. By itself it says nothing.
 *
 * ENGINE     A way_ says how far a search has come. It ends with an edge: `parent` is the node that has it, `up` one
 *            above that; both may be NULL. Nothing that a way names is freed before the next search or the end of the
 *            section.
 *     NAME_leaf_ *NAME_find_(m, me, k, how, way)   goes to the edge where a key belongs, or to the lowest or highest
 *                                                one. It was in the tree, as it was, at one instant. Its leaf, or NULL
 *     int  NAME_look_(m, me, k, out_leaf)        where the scheme is of regions: 1: k is in, and this is its leaf;
 *                                                0: it is not; -1: somebody was in the way, and find_ has to say
 *     bool NAME_link_(m, me, way, fresh, inner, r)   puts a leaf at that edge, which is 0, or leads to a leaf whose key
 *                                                is above that of the new one (r > 0) or below it: then the inner node,
 *                                                which is the caller's yet if that fails, comes above the two
 *     bool NAME_swap_(m, me, way, fresh)         of a map: puts a leaf in the place of that of the same key, and
 *                                                retires that
 *     bool NAME_take_(m, way)                    takes the leaf out
 *     void NAME_discard_(m, me, way)             the rest, when it was given out: it is off the tree afterwards, and
 *                                                somebody has retired it
 *     void NAME_next_(m, me, k, how, batch)      fills a batch with one entry at most, and with none only if there is
 *                                                none
 *     NAME_begin_, NAME_near_, NAME_visit_       as grammar.h says
 *   link_, swap_ and take_ are where their calls take place. They say false if the edge is not as it was: nothing was
 *   done, and it is time to search again.
 */
#ifndef LOFT_MAP_TREE_CALLS_H
#define LOFT_MAP_TREE_CALLS_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"

#if !defined(LOFT_UNSUPPORTED) && defined(LOFT_MAP_HEADER_)

/* ---- one key ----------------------------------------------------------------------------------------------------- */

LOFT_API bool
LOFT_MAP_FN(has_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    LOFT_MAP_FN(leaf_) *n = NULL;
    int r = -1;
#if LOFT_CAT(LOFT_MAP_SMR, region)
    r = LOFT_MAP_FN(look_)(m, me, &k, &n);
#endif
    if (LOFT_UNLIKELY(r < 0)) {
        LOFT_MAP_FN(way_) at;
        n = LOFT_MAP_FN(find_)(m, me, &k, LOFT_MAP_AT_, &at);
        r = n && LOFT_MAP_FN(compare_)(&m->base, &n->key, &k) == 0;
    }
    if (r)
        LOFT_MAP_FN(give_leaf_)(n, NULL LOFT_MAP_AND_(v));
    LOFT_MAP_S_(exit)(me);
    return r != 0;
}

LOFT_API loft_status
LOFT_MAP_FN(set_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, unsigned may
                  LOFT_MAP_AND_(LOFT_MAP_V_ v, LOFT_MAP_V_ const *only, LOFT_MAP_V_ *was))
{
    LOFT_MAP_FN(way_) at;
    LOFT_MAP_FN(leaf_) *fresh = NULL;
    LOFT_MAP_FN(inner_) *inner = NULL;
    loft_status s;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    for (;;) {
        LOFT_MAP_FN(leaf_) *const n = LOFT_MAP_FN(find_)(m, me, &k, LOFT_MAP_AT_, &at);
        const int r = n ? LOFT_MAP_FN(compare_)(&m->base, &n->key, &k) : 1;
        const bool there = r == 0;
        bool allowed = (may & (there ? LOFT_MAP_REPLACE_ : LOFT_MAP_ADD_)) != 0;
#if defined(LOFT_MAP_VAL)
        allowed = allowed && (!there || LOFT_MAP_FN(agrees_)(&n->val, only));
#endif
        if (!allowed) {
            s = there ? LOFT_EXISTS : LOFT_NOT_FOUND;
            if (there)
                LOFT_MAP_FN(give_leaf_)(n, NULL LOFT_MAP_AND_(was));
            break;
        }
        if (!fresh) {
            fresh = LOFT_MAP_FN(make_)(me, k);
            if (!fresh) {
                s = LOFT_NOMEM;
                break;
            }
#if defined(LOFT_MAP_VAL)
            loft_plain_write(&fresh->val, v);
#endif
        }
        if (n && !there && !inner) {
            inner = LOFT_MAP_FN(make_inner_)(me, at.parent, at.up);
            if (!inner) {
                s = LOFT_NOMEM;
                break;
            }
        }
        if (!there && LOFT_MAP_FN(link_)(m, me, &at, fresh, inner, r)) {
            fresh = NULL;
            if (n)
                inner = NULL;
            s = LOFT_OK;
            break;
        }
#if defined(LOFT_MAP_VAL)
        if (there && LOFT_MAP_FN(swap_)(m, me, &at, fresh)) {
            LOFT_MAP_FN(give_leaf_)(n, NULL, was);
            fresh = NULL;
            s = LOFT_REPLACED;
            break;
        }
#endif
    }
    LOFT_MAP_S_(exit)(me);
    if (fresh)
        loft_free(fresh, sizeof *fresh);
    if (inner)
        LOFT_MAP_FN(unmake_inner_)(inner);
    return s;
}

#if defined(LOFT_MAP_VAL)
LOFT_API loft_status
LOFT_MAP_FN(update_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, bool (*change)(LOFT_MAP_V_ *v, void *ctx),
                     void *ctx)
{
    LOFT_MAP_FN(way_) at;
    LOFT_MAP_FN(leaf_) *fresh = NULL;
    loft_status s = LOFT_NOT_FOUND;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    for (;;) {
        const LOFT_MAP_FN(leaf_) *const n = LOFT_MAP_FN(find_)(m, me, &k, LOFT_MAP_AT_, &at);
        if (!n || LOFT_MAP_FN(compare_)(&m->base, &n->key, &k) != 0)
            break;
        LOFT_MAP_V_ v = loft_plain_read(&n->val);
        if (!change(&v, ctx)) {
            s = LOFT_EXISTS;
            break;
        }
        if (!fresh)
            fresh = LOFT_MAP_FN(make_)(me, k);
        if (!fresh) {
            LOFT_MAP_VAL_RELEASE(v);
            s = LOFT_NOMEM;
            break;
        }
        loft_plain_write(&fresh->val, v);
        if (LOFT_MAP_FN(swap_)(m, me, &at, fresh)) {
            fresh = NULL;
            s = LOFT_REPLACED;
            break;
        }
        LOFT_MAP_VAL_RELEASE(v);
    }
    LOFT_MAP_S_(exit)(me);
    if (fresh)
        loft_free(fresh, sizeof *fresh);
    return s;
}
#endif

LOFT_API bool
LOFT_MAP_FN(unset_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k
                    LOFT_MAP_AND_(LOFT_MAP_V_ const *only, LOFT_MAP_V_ *old))
{
    LOFT_MAP_FN(way_) at;
    LOFT_MAP_FN(leaf_) *n;
    bool there;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    do {
        n = LOFT_MAP_FN(find_)(m, me, &k, LOFT_MAP_AT_, &at);
        there = n && LOFT_MAP_FN(compare_)(&m->base, &n->key, &k) == 0;
#if defined(LOFT_MAP_VAL)
        there = there && LOFT_MAP_FN(agrees_)(&n->val, only);
#endif
    } while (there && !LOFT_MAP_FN(take_)(m, &at));
    if (there) {
        LOFT_MAP_FN(give_leaf_)(n, NULL LOFT_MAP_AND_(old));
        LOFT_MAP_FN(discard_)(m, me, &at);
    }
    LOFT_MAP_S_(exit)(me);
    return there;
}

/* ---- by order ---------------------------------------------------------------------------------------------------- */

LOFT_API bool
LOFT_MAP_FN(pop_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, bool highest, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    LOFT_MAP_FN(way_) at;
    LOFT_MAP_FN(leaf_) *n;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    do {
        n = LOFT_MAP_FN(find_)(m, me, NULL, highest ? LOFT_MAP_END_ : LOFT_MAP_BEGIN_, &at);
    } while (n && !LOFT_MAP_FN(take_)(m, &at));
    if (n) {
        LOFT_MAP_FN(give_leaf_)(n, k LOFT_MAP_AND_(v));
        LOFT_MAP_FN(discard_)(m, me, &at);
    }
    LOFT_MAP_S_(exit)(me);
    return n != NULL;
}

LOFT_API void
LOFT_MAP_FN(gather_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *key, int how, LOFT_MAP_FN(batch_) *b,
                     bool hand_out)
{
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
#if LOFT_CAT(LOFT_MAP_SMR, region)
    LOFT_MAP_FN(walk_)(&m->base, me, &m->root, key, how, b);
    if (b->n == 0 && b->more)
#endif
        LOFT_MAP_FN(next_)(m, me, key, how, b);
    LOFT_MAP_FN(retain_)(b, hand_out);
    LOFT_MAP_S_(exit)(me);
}

/* ---- build, end -------------------------------------------------------------------------------------------------- */

LOFT_API void
LOFT_MAP_FN(end_)(LOFT_MAP_NAME *m)
{
    LOFT_MAP_FN(raze_)(loft_load(&m->root, relaxed), true);   /* end:A relaxed: nobody else is here */
    loft_init(&m->root, (uintptr_t)0);
}

LOFT_API loft_status
LOFT_MAP_FN(build_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k LOFT_MAP_AND_(LOFT_MAP_V_ const *v),
                    size_t n)
{
    uintptr_t root;
    const loft_status s = LOFT_MAP_FN(raise_)(me, k LOFT_MAP_AND_(v), n, &root);
    loft_init(&m->root, root);
    return s;
}

#endif /* supported, and behind an engine's gate */
#endif /* LOFT_MAP_TREE_CALLS_H */
