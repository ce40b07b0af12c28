/* SPDX-License-Identifier: MIT
 *
 * loft/map/tree.h - what external search trees are made of: leaves, inner nodes, keys that these share, walks.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h map/cluster.h
 *
 * Machinery for bst.h and bst_locked.h, a template: an engine includes it behind grammar.h, with LOFT_MAP_LOCKED_
 * defined if inner nodes have a lock, and takes its guard away at the end. By itself it says nothing. What an engine
 * has of its own is how edges change, and how a search knows that what it has come to is in the tree.
 *
 * THE TREE     Entries are leaves. An inner node has a key and two edges: to what is below its key, and to the rest. An
 *              edge is a word: the address of a node, LEAF where that is a leaf, FLAG where that leaf is out, though it
 *              is not off the tree, and one bit that is the engine's. A tree is one more edge: 0, to a leaf, or to an
 *              inner node. Key and value of a leaf never change, nor does the key of an inner node.
 *
 * KEYS         An inner node keeps the key that it was made with for as long as it is there, also when the entry is
 *              gone. With KEY_RETAIN it has one more of it; with KEY_RELEASE alone, leaves count the inner nodes that
 *              use their keys, and who comes last gives the key up.
 *
 * RETIRING     What takes an entry out takes a leaf and the inner node above it off the tree. Where sections alone
 *              protect what is read in them, the two are retired as one, and inner nodes need no head of their own:
 *              searches wait for their lines. They are in blocks of map/cluster.h then, beside those above them, if
 *              their size is one of its. Other schemes know a node by its head.
 *
 * EDGES        yield:A -> yield:A                                           done with the key
 */
#ifndef LOFT_MAP_TREE_H
#define LOFT_MAP_TREE_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "cluster.h"

#if !defined(LOFT_UNSUPPORTED) && defined(LOFT_MAP_HEADER_)

#ifndef LOFT_MAP_EDGE_H
#define LOFT_MAP_EDGE_H

/* Of an edge: what it leads to is ... */
#define LOFT_TREE_FLAG_   ((uintptr_t)1)                 /* out                                                */
#define LOFT_TREE_LEAF_   ((uintptr_t)4)                 /* a leaf                                             */
#define LOFT_TREE_BITS_   ((uintptr_t)7)

/* How many turns a walk can go back to; it ends where it would have to go back further. */
#define LOFT_TREE_TURNS_  64

/* The answers of a search for a neighbour. */
enum {
    LOFT_TREE_AGAIN_,                                    /* somebody was in the way                            */
    LOFT_TREE_NONE_,
    LOFT_TREE_ONE_,                                      /* it is at the edge where the key belongs            */
    LOFT_TREE_TWO_                                       /* it is at the other one                             */
};

#endif /* LOFT_MAP_EDGE_H */

/* See RETIRING. */
#if LOFT_CAT(LOFT_MAP_SMR, region) && !LOFT_CAT(LOFT_MAP_SMR, restarts) && !LOFT_CAT(LOFT_MAP_SMR, birth)
#  define LOFT_MAP_PAIRS_  1
#else
#  define LOFT_MAP_PAIRS_  0
#endif

/* ---- types ------------------------------------------------------------------------------------------------------- */

struct LOFT_MAP_FN(inner_);

typedef struct LOFT_MAP_FN(leaf_) {
    LOFT_MAP_S_(node) smr;
    LOFT_MAP_K_ key;                                     /* fixed, as is the value                             */
#if defined(LOFT_MAP_VAL)
    LOFT_MAP_V_ val;
#endif
#if LOFT_MAP_LENDS_
    LOFT_ATOMIC(size_t) users;                           /* of the key: this leaf, and inner nodes             */
#endif
#if LOFT_MAP_PAIRS_
    struct LOFT_MAP_FN(inner_) *with;                    /* what is retired with it                            */
#endif
} LOFT_MAP_FN(leaf_);

typedef struct LOFT_MAP_FN(inner_) {
#if !LOFT_MAP_PAIRS_
    LOFT_MAP_S_(node) smr;
#endif
    LOFT_MAP_K_ key;                                     /* fixed                                              */
    LOFT_ATOMIC(uintptr_t) edge[2];                      /* to what is below the key, and to the rest          */
#if defined(LOFT_MAP_LOCKED_)
    LOFT_ATOMIC(loft_seq) lock;                          /* of both edges                                      */
#endif
#if LOFT_MAP_LENDS_
    LOFT_MAP_FN(leaf_) *lender;                          /* whose key it is                                    */
#endif
} LOFT_MAP_FN(inner_);

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

LOFT_API LOFT_MAP_FN(inner_) *
LOFT_MAP_FN(inner_of_)(uintptr_t word)
{
    return (LOFT_MAP_FN(inner_) *)(word & ~LOFT_TREE_BITS_);
}

LOFT_API LOFT_MAP_FN(leaf_) *
LOFT_MAP_FN(leaf_of_)(uintptr_t word)
{
    return (LOFT_MAP_FN(leaf_) *)(word & ~LOFT_TREE_BITS_);
}

/* A leaf that nobody knows; NULL: no memory. */
LOFT_API LOFT_MAP_FN(leaf_) *
LOFT_MAP_FN(make_)(LOFT_MAP_ME_ *me, LOFT_MAP_K_ k)
{
    LOFT_MAP_FN(leaf_) *const n = (LOFT_MAP_FN(leaf_) *)LOFT_MAP_S_(alloc_node)(me, sizeof *n);
    if (n) {
        loft_plain_write(&n->key, k);
#if LOFT_MAP_LENDS_
        loft_init(&n->users, (size_t)1);
#endif
    }
    return n;
}

/* An inner node that nobody knows, beside one or another; NULL: no memory. */
LOFT_API LOFT_MAP_FN(inner_) *
LOFT_MAP_FN(make_inner_)(LOFT_MAP_ME_ *me, const LOFT_MAP_FN(inner_) *beside, const LOFT_MAP_FN(inner_) *or_beside)
{
#if LOFT_MAP_PAIRS_
    (void)me;
    return (LOFT_MAP_FN(inner_) *)loft_cluster_alloc(beside, or_beside, sizeof(LOFT_MAP_FN(inner_)));
#else
    (void)beside;
    (void)or_beside;
    return (LOFT_MAP_FN(inner_) *)LOFT_MAP_S_(alloc_node)(me, sizeof(LOFT_MAP_FN(inner_)));
#endif
}

/* The memory of an inner node that nobody knows, or knows any more. */
LOFT_API void
LOFT_MAP_FN(unmake_inner_)(LOFT_MAP_FN(inner_) *n)
{
#if LOFT_MAP_PAIRS_
    loft_cluster_free(n, sizeof *n);
#else
    loft_free(n, sizeof *n);
#endif
}

/* Gives up a leaf's key, or an inner node's share of it. */
LOFT_API void
LOFT_MAP_FN(yield_)(LOFT_MAP_FN(leaf_) *n)
{
#if LOFT_MAP_LENDS_
    if (loft_fetch_sub(&n->users, (size_t)1, acq_rel) != 1)   /* yield:A acq_rel -> yield:A <- yield:A: done with it */
        return;
#endif
    LOFT_MAP_KEY_RELEASE(n->key);
    loft_free(n, sizeof *n);
}

LOFT_API void
LOFT_MAP_FN(free_leaf_)(LOFT_MAP_FN(leaf_) *n)
{
#if defined(LOFT_MAP_VAL)
    LOFT_MAP_VAL_RELEASE(n->val);
#endif
    LOFT_MAP_FN(yield_)(n);
}

/* Puts an inner node that nobody knows above two trees; the key is that of a leaf, the lowest of the right one. */
LOFT_API void
LOFT_MAP_FN(join_)(LOFT_MAP_FN(inner_) *n, uintptr_t left, uintptr_t right, LOFT_MAP_FN(leaf_) *lowest)
{
    LOFT_MAP_K_ const k = loft_plain_read(&lowest->key);
    LOFT_MAP_KEY_RETAIN(k);
    loft_plain_write(&n->key, k);
    loft_init(&n->edge[0], left);
    loft_init(&n->edge[1], right);
#if defined(LOFT_MAP_LOCKED_)
    loft_init(&n->lock, (loft_seq)0);
#endif
#if LOFT_MAP_LENDS_
    n->lender = lowest;
    (void)loft_fetch_add(&lowest->users, (size_t)1, relaxed);   /* join:A relaxed: it has a user */
#endif
}

/* Gives up the key of an inner node. */
LOFT_API void
LOFT_MAP_FN(part_)(LOFT_MAP_FN(inner_) *n)
{
#if LOFT_MAP_LENDS_
    LOFT_MAP_FN(yield_)(n->lender);
#else
    LOFT_MAP_KEY_BACK_(n->key);
    (void)n;
#endif
}

LOFT_API void
LOFT_MAP_FN(free_inner_)(LOFT_MAP_FN(inner_) *n)
{
    LOFT_MAP_FN(part_)(n);
    LOFT_MAP_FN(unmake_inner_)(n);
}

LOFT_API void
LOFT_MAP_FN(drop_leaf_)(loft_smr_thread *me, loft_smr_node *n)
{
    (void)me;
    LOFT_MAP_FN(free_leaf_)((LOFT_MAP_FN(leaf_) *)n);
}

LOFT_API void
LOFT_MAP_FN(retire_leaf_)(LOFT_MAP_ME_ *me, LOFT_MAP_FN(leaf_) *n)
{
    LOFT_MAP_S_(retire)(me, &n->smr, LOFT_MAP_FN(drop_leaf_));
}

#if LOFT_MAP_PAIRS_
LOFT_API void
LOFT_MAP_FN(drop_both_)(loft_smr_thread *me, loft_smr_node *n)
{
    (void)me;
    LOFT_MAP_FN(free_inner_)(((LOFT_MAP_FN(leaf_) *)n)->with);
    LOFT_MAP_FN(free_leaf_)((LOFT_MAP_FN(leaf_) *)n);
}
#else
LOFT_API void
LOFT_MAP_FN(drop_inner_)(loft_smr_thread *me, loft_smr_node *n)
{
    (void)me;
    LOFT_MAP_FN(free_inner_)((LOFT_MAP_FN(inner_) *)n);
}
#endif

/* Retires an inner node that is off the tree, and the leaf that went with it. */
LOFT_API void
LOFT_MAP_FN(retire_both_)(LOFT_MAP_ME_ *me, LOFT_MAP_FN(inner_) *inner, LOFT_MAP_FN(leaf_) *leaf)
{
#if LOFT_MAP_PAIRS_
    leaf->with = inner;
    LOFT_MAP_S_(retire)(me, &leaf->smr, LOFT_MAP_FN(drop_both_));
#else
    LOFT_MAP_FN(retire_leaf_)(me, leaf);
    LOFT_MAP_S_(retire)(me, &inner->smr, LOFT_MAP_FN(drop_inner_));
#endif
}

LOFT_API void
LOFT_MAP_FN(give_leaf_)(const LOFT_MAP_FN(leaf_) *n, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    LOFT_MAP_FN(give_)(&n->key LOFT_MAP_AND_(&n->val), k LOFT_MAP_AND_(v));
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

/* Where the place that `how` and k say lies at an inner node: 0: to the left, 1: to the right. */
LOFT_API unsigned
LOFT_MAP_FN(side_)(const LOFT_MAP_FN(base_) *m, const LOFT_MAP_FN(inner_) *n, LOFT_MAP_K_ const *k, int how)
{
    if (how >= LOFT_MAP_BEGIN_)
        return how == LOFT_MAP_END_;
    return !LOFT_MAP_FN(above_)(m, &n->key, k);
}

/* Is this leaf in front of that place? */
LOFT_API bool
LOFT_MAP_FN(in_front_)(const LOFT_MAP_FN(base_) *m, const LOFT_MAP_FN(leaf_) *n, LOFT_MAP_K_ const *k, int how)
{
    if (how >= LOFT_MAP_BEGIN_)
        return how == LOFT_MAP_END_;
    const int r = LOFT_MAP_FN(compare_)(m, &n->key, k);
    return r < 0 || (r == 0 && how == LOFT_MAP_ABOVE_);
}

#if LOFT_CAT(LOFT_MAP_SMR, region)
/* Fills a batch in the order of the tree, by what was there when it came by, and writes nothing. It may end early. */
LOFT_API void
LOFT_MAP_FN(walk_)(const LOFT_MAP_FN(base_) *m, LOFT_MAP_ME_ *me, LOFT_ATOMIC(uintptr_t) *root, LOFT_MAP_K_ const *key,
                   int place, LOFT_MAP_FN(batch_) *b)
{
    LOFT_MAP_S_(read)(me);
    LOFT_MAP_FN(inner_) *turn[LOFT_TREE_TURNS_];         /* a ring: those to come back to                      */
    size_t turns = 0;
    size_t oldest = 0;
    const unsigned down = b->down;
    LOFT_MAP_K_ const *k = key;                          /* what comes next is behind that                     */
    int how = place;
    const LOFT_MAP_FN(leaf_) *last = NULL;               /* of the batch                                       */
    bool landed = false;                                 /* where the place was, and goes on from there        */
    uintptr_t w = LOFT_MAP_S_(protect)(me, 0, root);
    b->n = 0;
    b->more = w != 0;
    while (w) {
        while (!(w & LOFT_TREE_LEAF_)) {
            LOFT_MAP_FN(inner_) *const at = LOFT_MAP_FN(inner_of_)(w);
            const unsigned side = landed ? down : LOFT_MAP_FN(side_)(m, at, k, how);
            if (side == down) {
                turn[turns++ % LOFT_TREE_TURNS_] = at;
                LOFT_PREFETCH(LOFT_MAP_FN(inner_of_)(LOFT_MAP_S_(protect)(me, 0, &at->edge[!down])));
                if (turns - oldest > LOFT_TREE_TURNS_)
                    oldest++;
            }
            w = LOFT_MAP_S_(protect)(me, 0, &at->edge[side]);
        }
        landed = true;
        const LOFT_MAP_FN(leaf_) *const n = LOFT_MAP_FN(leaf_of_)(w);
        if (!(w & LOFT_TREE_FLAG_) && LOFT_MAP_FN(in_front_)(m, n, k, how) == b->down) {   /* not always: a node may
                                                                                   have got lower keys since   */
            const bool goes_on = LOFT_MAP_FN(collect_)(m, b, &n->key LOFT_MAP_AND_(&n->val));
            if (b->more)
                last = n;
            if (!goes_on)
                break;
            k = &n->key;
            how = down ? LOFT_MAP_AT_ : LOFT_MAP_ABOVE_;
        }
        if (turns == oldest) {
            b->more = oldest > 0;
            break;
        }
        turns--;
        w = LOFT_MAP_S_(protect)(me, 0, &turn[turns % LOFT_TREE_TURNS_]->edge[!down]);
    }
    LOFT_MAP_S_(write)(me, last, NULL, NULL);
}
#endif

/* ---- build, end -------------------------------------------------------------------------------------------------- */

/* Frees a tree that nobody else knows, by rotations: no stack, however deep it is. owns: what is in it is RELEASEd. */
LOFT_API void
LOFT_MAP_FN(raze_)(uintptr_t w, bool owns)
{
    while (w) {
        LOFT_MAP_FN(leaf_) *leaf = NULL;
        LOFT_MAP_FN(inner_) *inner = NULL;
        if (w & LOFT_TREE_LEAF_) {
            leaf = LOFT_MAP_FN(leaf_of_)(w);
            w = 0;
        } else {
            LOFT_MAP_FN(inner_) *const n = LOFT_MAP_FN(inner_of_)(w);
            const uintptr_t left = loft_load(&n->edge[0], relaxed);   /* raze:A relaxed: nobody else is here */
            if (left & LOFT_TREE_LEAF_) {
                leaf = LOFT_MAP_FN(leaf_of_)(left);
                inner = n;
                w = loft_load(&n->edge[1], relaxed);     /* raze:B relaxed: nobody else is here */
            } else {
                LOFT_MAP_FN(inner_) *const up = LOFT_MAP_FN(inner_of_)(left);
                const uintptr_t between = loft_load(&up->edge[1], relaxed);   /* raze:C relaxed: nobody else is here */
                loft_store(&n->edge[0], between, relaxed);   /* raze:D relaxed: nobody else is here */
                loft_store(&up->edge[1], (uintptr_t)n, relaxed);   /* raze:E relaxed: nobody else is here */
                w = (uintptr_t)up;
            }
        }
        if (inner && owns) {
            LOFT_MAP_FN(free_inner_)(inner);
        } else if (inner) {
#if !LOFT_MAP_LENDS_
            LOFT_MAP_FN(part_)(inner);
#endif
            LOFT_MAP_FN(unmake_inner_)(inner);
        }
        if (leaf && owns)
            LOFT_MAP_FN(free_leaf_)(leaf);
        else if (leaf)
            loft_free(leaf, sizeof *leaf);
    }
}

/* A tree of n entries, by trees of 2^i leaves each, by falling size, as the digits of a binary number that is counted
 * up. LOFT_OK: *root leads to it; LOFT_NOMEM: there is none, and nothing was RELEASEd. */
LOFT_API loft_status
LOFT_MAP_FN(raise_)(LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k LOFT_MAP_AND_(LOFT_MAP_V_ const *v), size_t n,
                    uintptr_t *root)
{
    uintptr_t tree[sizeof(size_t) * 8];
    LOFT_MAP_FN(leaf_) *lowest[sizeof(size_t) * 8];
    const LOFT_MAP_FN(inner_) *last = NULL;
    unsigned trees = 0;
    bool good = true;
    for (size_t i = 0; good && i < n; i++) {
        LOFT_MAP_FN(leaf_) *const leaf = LOFT_MAP_FN(make_)(me, k[i]);
        good = leaf != NULL;
        if (good) {
#if defined(LOFT_MAP_VAL)
            loft_plain_write(&leaf->val, v[i]);
#endif
            lowest[trees] = leaf;
            tree[trees++] = (uintptr_t)leaf | LOFT_TREE_LEAF_;
        }
        for (size_t joins = i + 1; good && trees > 1 && (joins % 2 == 0 || i + 1 == n); joins /= 2) {
            LOFT_MAP_FN(inner_) *const inner = LOFT_MAP_FN(make_inner_)(me, last, NULL);
            good = inner != NULL;
            if (good) {
                trees--;
                LOFT_MAP_FN(join_)(inner, tree[trees - 1], tree[trees], lowest[trees]);
                tree[trees - 1] = (uintptr_t)inner;
                last = inner;
            }
        }
    }
    while (!good && trees > 0)
        LOFT_MAP_FN(raze_)(tree[--trees], false);
    *root = trees > 0 ? tree[0] : (uintptr_t)0;
    return good ? LOFT_OK : LOFT_NOMEM;
}

#undef LOFT_MAP_PAIRS_

#endif /* supported, and behind an engine's gate */
#endif /* LOFT_MAP_TREE_H */
