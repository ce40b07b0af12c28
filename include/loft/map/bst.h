/* SPDX-License-Identifier: MIT
 *
 * loft/map/bst.h - lock-free binary search tree as an ordered map or a set (Natarajan, Mittal), external, not balanced.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h core/order.h map/grammar.h map/tree.h map/tree_calls.h
 *        map/calls.h
 *
 * USE IT WHEN         there are many entries, keys come in no order, and threads put and remove as often as they look:
 *                     fewest read-modify-writes of all the maps, and none on a way to another key.
 * DO NOT USE IT WHEN  keys come in rising or falling order: nothing balances, the tree becomes a list (skiplist.h, or
 *                     NAME_init_sorted). Or where most calls are ranges or neighbours (skiplist.h).
 *
 * EXAMPLE
 *     #include <loft/smr/ebr.h>
 *     #define LOFT_MAP_NAME  ages
 *     #define LOFT_MAP_KEY   int
 *     #define LOFT_MAP_VAL   double
 *     #define LOFT_MAP_SMR   loft_ebr
 *     #include <loft/map/bst.h>
 *     static bool add(int k, double v, void *sum) { (void)k; *(double *)sum += v; return true; }
 *     int main(void)
 *     {
 *         static loft_ebr domain;
 *         ages m;
 *         double v = 0, sum = 0;
 *         if (loft_ebr_init(&domain, NULL) != LOFT_OK || ages_init(&m, &domain) != LOFT_OK)
 *             return 1;
 *         loft_ebr_thread *me = loft_ebr_self(&domain);       // one for each thread; joins by itself
 *         if (!me || ages_put(&m, me, 7, 1.5) != LOFT_OK || ages_put(&m, me, 7, 2.5) != LOFT_REPLACED)
 *             return 1;
 *         if (ages_put(&m, me, 3, 4.0) != LOFT_OK || !ages_get(&m, me, 7, &v) || v != 2.5)
 *             return 1;
 *         ages_for_each(&m, me, NULL, NULL, 0, add, &sum);    // all of them, by rising key
 *         if (!ages_remove(&m, me, 3, &v) || v != 4.0)
 *             return 1;
 *         ages_fini(&m);
 *         return loft_ebr_fini(&domain) != LOFT_OK || sum != 6.5;
 *     }
 *
 * PARAMETERS   as map/grammar.h says. A scheme that protects single words needs seven slots
 *
 * OPERATIONS   as map/calls.h says
 *
 * TOGETHER     as map/calls.h says
 *
 * OWNERSHIP    as map/grammar.h says. An inner node keeps the key that it was made with for as long as it is there,
 *              also when the entry is gone: with KEY_RETAIN it has one more, without it the key's RELEASE waits for it.
 *
 * THE TREE     Entries are leaves; the map's root is an edge: 0, to a leaf, or to an inner node (map/tree.h). LEAF says
 *              of an edge that it leads to a leaf; FLAG, that this leaf is out; TAG, that its node is going while what
 *              it leads to stays. A clean edge has neither FLAG nor TAG. Who removes flags the edge to the leaf, then
 *              tags the other edge of that node, the parent; then it swings the last clean edge above to what the
 *              tagged one leads to, FLAG and all. Where parents are going one below the other, one swing takes off the
 *              chain of them, with all their leaves that are out, and who did it retires them. Anybody may tag and
 *              swing; who is stopped by FLAG or TAG at the end of its way does, and begins again. A leaf at the root is
 *              flagged, then the root is 0.
 *
 * REPLACING    Leaves do not change. A new value is a new leaf, and one compare-exchange of the clean edge takes the
 *              old one out and puts the new one in: there is no gap, and who removes takes the leaf that it has
 *              flagged.
 *
 * WAYS         (1) Both edges of a node have a mark before it is off the tree, and keep it: a node with a clean edge is
 *              in the tree. (2) Nodes get no new ancestors, because inner nodes come in the place of leaves only. So
 *              let a search for k, by whatever old edges, have come to node P, and let the edge that it takes there be
 *              clean at an instant t: P is in the tree; its ancestors at t have always been that, so the search came by
 *              them all and compared; k belongs to that edge at t. If it leads to a leaf, then k is the key of this
 *              leaf, or is not in, and no other entry is between the two: that decides get, put, remove, and the
 *              neighbour on this leaf's side, also of no key at all (first, last, pop). (3) If an edge to an inner node
 *              is as it was, it has been so all the time: inner nodes that are off the tree never come back.
 *
 * NEIGHBOURS   on the other side are the nearest leaf beyond the last turn that the search took away from that side. It
 *              takes two edges that are clean at one instant, and looking at them twice does not show that: an entry
 *              may be put where the first was seen, and be gone when it is looked at again, while the edge leads to the
 *              same leaf. Somebody has swung it there then. So who swings an edge to a leaf looks, after the FLAG,
 *              whether anybody asks such a question (queries), and changes the stamp if so. Who asks says so, looks at
 *              the second edge, then at the first, and ends with the stamp as it was, or asks again. Let an entry have
 *              been at the first edge when the second was looked at, and be gone when the first was: its FLAG came
 *              between, after the question, and so did a change of the stamp.
 *
 * PROTECTION   Where the scheme does not protect regions, a word is followed only from a node that was in the tree
 *              after the word was protected: that is so if the word is clean, by (1); else, if the last clean edge
 *              above still leads to where the chain begins, by (3), since the tagged edges below it are final.
 *
 * ORDERS       Nodes are published by release and found by acquire. The answers of two calls on different edges fit
 *              together because what decides them is seq_cst: what puts in, takes out, or tags, and the last look at
 *              the edge of who changes nothing. The swing decides nothing: what it takes off is out, and who sees the
 *              edge of a node that is off sees its mark. Several readers agree on that order if each comes behind all
 *              that it has found. It is behind what was done before a release that it has acquired, but not behind that
 *              release, unless a seq_cst load of the same edge shows it. The last look shows who wrote the last edge.
 *              Who put its node there has written the edge above, which is looked at before, wherever it leads by now
 *              (follow:A; fall:A and step:B if it is tagged); or who moved the node has tagged that edge before. Below
 *              each node further up somebody has linked, who came that way, and so was behind. What is out was flagged
 *              before its node was tagged or swung, by who did that, or helps and has looked at the flag (mend:I). On
 *              x86-64 and AArch64 that costs nothing but the looks.
 *
 * EDGES        link:A, swap:A, take:A -> user                               the node, and what was done before
 *              mend:B, mend:E -> user                                       what stays
 *              link:A, swap:A, take:A, mend:B <-> find:A, look:A, beside:A, both:A, both:B   ORDERS
 *              link:A <-> follow:A, fall:A, step:B                          ORDERS
 *              take:A <-> mend:I                                            ORDERS
 *              mend:C <-> ask:A                                             NEIGHBOURS
 *              user -> tour:A, tour:B, tour:C, tour:D                       what there is
 *              (user: the load in S_protect, and whoever wrote what is loaded)
 *
 * COST         A search passes the levels above a leaf: about 2 ln n of n keys that came in no order, log2 n of
 *              init_sorted, n of keys that came in order. Each is a line; in blocks of map/cluster.h two or three of
 *              the lower ones are beside each other. It ends with a line for the leaf, and two loads more. Where
 *              keys are numbers and the scheme is of regions, no branch depends on which way a search turns. Neighbours
 *              on the other side go down once more from where the search turned, and take two read-modify-writes of a
 *              word of the map; while there are some, so do removals, one.
 *
 * MEMORY       By loft_alloc, for each entry a leaf of key, value, and the scheme's head (two to four words); for each
 *              but one an inner node of key and two words. Where sections protect all there is (S_region, and neither
 *              S_restarts nor S_birth) a leaf has a word more, and what is retired for an entry that is out is its
 *              leaf, whose drop frees an inner node, too; and inner nodes of three or five words of 64 bits are in
 *              blocks of map/cluster.h, a little more than half full: 45 bytes instead of 24 where keys have eight.
 *              With other schemes inner nodes have the head and are retired by themselves. A value that is replaced is
 *              a leaf retired. Keys that have RELEASE and no RETAIN: a word more in each. The map is some words, and a
 *              cache line that keeps the word of the neighbours away from the root.
 *
 * PROGRESS     Lock-free but for the allocator. get and contains write nothing where the scheme is of regions, unless
 *              they come to a leaf that is being taken out, or whose node is. fini needs no stack, however deep the
 *              tree is. clear ends when it finds the map empty: it can go on for as long as others put.
 *
 * SOURCE       Natarajan, Mittal, Fast Concurrent Lock-Free Binary Search Trees, PPoPP 2014. The look at the last clean
 *              edge: SCOT, arXiv 2504.06254. Changed: no sentinels, but an edge at the root; who takes out is decided
 *              by the flag, not by the swing, so that who looks looks at it, too; all of a chain is retired; values are
 *              replaced. NEIGHBOURS, ORDERS and the pops are ours.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "../core/order.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_MAP_NAME)
#  error "loft/map/bst.h: define LOFT_MAP_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_MAP_KEY)
#  error "loft/map/bst.h: define LOFT_MAP_KEY (key type) before including"
#elif !defined(LOFT_MAP_SMR)
#  error "loft/map/bst.h: define LOFT_MAP_SMR (scheme of reclamation, such as loft_ebr) before including"
#elif LOFT_CAT(LOFT_MAP_SMR, smr) != 1
#  error "loft/map/bst.h: LOFT_MAP_SMR names no scheme that is known here; include its header (loft/smr/ebr.h) first"
#elif LOFT_CAT(LOFT_MAP_SMR, slots) != 0 && LOFT_CAT(LOFT_MAP_SMR, slots) < 7
#  error "loft/map/bst.h: the scheme LOFT_MAP_SMR must have seven slots for each thread (S_slots)"
#elif !defined(LOFT_MAP_VAL) && (defined(LOFT_MAP_EQ) || defined(LOFT_MAP_VAL_RETAIN) || defined(LOFT_MAP_VAL_RELEASE))
#  error "loft/map/bst.h: LOFT_MAP_EQ, LOFT_MAP_VAL_RETAIN and LOFT_MAP_VAL_RELEASE need LOFT_MAP_VAL (value type)"
#elif defined(LOFT_MAP_CMP) && defined(LOFT_MAP_OBJECT)
#  error "loft/map/bst.h: LOFT_MAP_CMP and LOFT_MAP_OBJECT both say how keys compare; define one of them"
#elif defined(LOFT_MAP_KEY_RETAIN) && !defined(LOFT_MAP_KEY_RELEASE)
#  error "loft/map/bst.h: LOFT_MAP_KEY_RETAIN needs LOFT_MAP_KEY_RELEASE"
#elif defined(LOFT_MAP_VAL_RETAIN) && !defined(LOFT_MAP_VAL_RELEASE)
#  error "loft/map/bst.h: LOFT_MAP_VAL_RETAIN needs LOFT_MAP_VAL_RELEASE"
#else

#ifndef LOFT_MAP_BST_H
#define LOFT_MAP_BST_H

/* Of an edge, beside LEAF and FLAG: what it leads to stays when the edge's node goes. */
#define LOFT_BST_TAG_     ((uintptr_t)2)
#define LOFT_BST_MARKED_  (LOFT_TREE_FLAG_ | LOFT_BST_TAG_)

/* `queries` of a map: how many are under way, and the stamp in the upper half. */
#define LOFT_BST_STAMP_   ((loft_seq)1 << LOFT_SEQ_BITS / 2)

#endif /* LOFT_MAP_BST_H */

#define LOFT_MAP_HEADER_  "loft/map/bst.h"
#define LOFT_MAP_ENTRY_   LOFT_MAP_FN(leaf_)
#include "grammar.h"
#include "tree.h"

/* ---- types ------------------------------------------------------------------------------------------------------- */

/* It must not be moved or copied. */
typedef struct LOFT_MAP_NAME {
    LOFT_MAP_FN(base_) base;
    LOFT_ATOMIC(uintptr_t) root;                         /* an edge, or 0; never tagged                        */
    char pad_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq) queries;                       /* for two edges, and the stamp                       */
} LOFT_MAP_NAME;

/* How far a search has come. Slots are where the scheme protects what is named here. */
typedef struct LOFT_MAP_FN(way_) {
    LOFT_ATOMIC(uintptr_t) *above;                       /* the last clean edge to an inner node, or the root  */
    LOFT_MAP_FN(inner_) *up;                             /* whose that is; NULL: the map's                     */
    uintptr_t top;                                       /* what it was                                        */
    LOFT_MAP_FN(inner_) *parent;                         /* whose the last edge is; NULL: the map's            */
    LOFT_ATOMIC(uintptr_t) *edge;                        /* the last edge                                      */
    uintptr_t word;                                      /* what it was                                        */
#if !LOFT_CAT(LOFT_MAP_SMR, region)
    unsigned up_slot;
    unsigned top_slot;
    unsigned parent_slot;
    unsigned slot;                                       /* of what the last edge leads to                     */
    unsigned others;                                     /* slots that this way leaves alone, a bit each       */
#endif
} LOFT_MAP_FN(way_);

/* ---- ways -------------------------------------------------------------------------------------------------------- */

/* Begins at the root. The answer is the word there, as with step_. */
LOFT_ALWAYS_INLINE uintptr_t
LOFT_MAP_FN(start_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_FN(way_) *at)
{
    const uintptr_t w = LOFT_MAP_S_(protect)(me, 0, &m->root);
#if !LOFT_CAT(LOFT_MAP_SMR, region)
    at->up_slot = at->top_slot = at->parent_slot = at->slot = at->others = 0;
#endif
    at->up = at->parent = NULL;
    at->above = at->edge = &m->root;
    at->top = at->word = w;
    return w;
}

/* Goes from the inner node that the word w leads to, where the way is, to one side of it. The answer is the word of
 * that edge; 0: what it leads to may not be safe, begin again. */
LOFT_ALWAYS_INLINE uintptr_t
LOFT_MAP_FN(step_)(LOFT_MAP_ME_ *me, LOFT_MAP_FN(way_) *at, uintptr_t w, unsigned side)
{
    LOFT_MAP_FN(inner_) *const n = LOFT_MAP_FN(inner_of_)(w);
    LOFT_ATOMIC(uintptr_t) *const edge = &n->edge[side];
    unsigned slot = 0;
#if !LOFT_CAT(LOFT_MAP_SMR, region)
    const unsigned used = at->others | 1u << at->up_slot | 1u << at->top_slot | 1u << at->slot;
    while (used >> slot & 1u)
        slot++;
    at->parent_slot = at->slot;
    at->slot = slot;
#endif
    const uintptr_t next = LOFT_MAP_S_(protect)(me, slot, edge);
    at->parent = n;
    at->edge = edge;
    at->word = next;
    if (LOFT_UNLIKELY(next & LOFT_BST_MARKED_)) {
        (void)loft_load(edge, seq_cst);                  /* step:B seq_cst <-> link:A: as follow:A */
#if !LOFT_CAT(LOFT_MAP_SMR, region)
        if (loft_load(at->above, relaxed) != at->top)    /* step:A relaxed: the fence in protect orders it; see
                                                            PROTECTION */
            return 0;
#endif
    } else if (!(next & LOFT_TREE_LEAF_)) {
        at->above = edge;
        at->up = n;
        at->top = next;
#if !LOFT_CAT(LOFT_MAP_SMR, region)
        at->up_slot = at->parent_slot;
        at->top_slot = slot;
#endif
    }
    return next;
}

/* Looks once more at the edge that led to the last node, if it was clean; else somebody has. Before the last look. */
LOFT_ALWAYS_INLINE void
LOFT_MAP_FN(follow_)(const LOFT_MAP_FN(way_) *at)
{
    (void)loft_load(at->above, seq_cst);                 /* follow:A seq_cst <-> link:A: that node is there */
}

#if LOFT_CAT(LOFT_MAP_SMR, region)
/* The word of the edge on which the way goes on from a node. It is computed: a branch would go wrong half of the time,
 * and a load of the one edge would wait for the comparison. Compilers keep a mask. Engines load in different ways, so
 * each has its own of this: with the words as arguments clang 14 compares the other way round, and searches take a
 * fifth more time. */
LOFT_ALWAYS_INLINE uintptr_t
LOFT_MAP_FN(turn_)(const LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_FN(inner_) *n, LOFT_MAP_K_ const *k, int how,
                   LOFT_ATOMIC(uintptr_t) **edge)
{
    const uintptr_t left = LOFT_MAP_S_(protect)(me, 0, &n->edge[0]);
    const uintptr_t right = LOFT_MAP_S_(protect)(me, 0, &n->edge[1]);
    const bool low = how < LOFT_MAP_BEGIN_ ? LOFT_MAP_FN(above_)(&m->base, &n->key, k) : how == LOFT_MAP_BEGIN_;
    *edge = &n->edge[!low];
    return right ^ ((left ^ right) & ((uintptr_t)0 - low));
}

/* start_, and step_ as far as the leaf. The answer is the word at the last edge. */
LOFT_ALWAYS_INLINE uintptr_t
LOFT_MAP_FN(fall_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, LOFT_MAP_FN(way_) *at)
{
    LOFT_ATOMIC(uintptr_t) *above = &m->root;
    LOFT_ATOMIC(uintptr_t) *edge = &m->root;
    LOFT_MAP_FN(inner_) *up = NULL;
    LOFT_MAP_FN(inner_) *parent = NULL;
    uintptr_t w = LOFT_MAP_S_(protect)(me, 0, &m->root);
    uintptr_t top = w;
    while (w && !(w & LOFT_TREE_LEAF_)) {
        while (!(w & LOFT_TREE_BITS_)) {                 /* so that it need not be masked                      */
            above = edge;
            up = parent;
            top = w;
            parent = (LOFT_MAP_FN(inner_) *)w;
            w = LOFT_MAP_FN(turn_)(m, me, parent, k, how, &edge);
        }
        if (LOFT_UNLIKELY(!(w & LOFT_TREE_LEAF_))) {
            (void)loft_load(edge, seq_cst);              /* fall:A seq_cst <-> link:A: as follow:A */
            parent = LOFT_MAP_FN(inner_of_)(w);
            w = LOFT_MAP_FN(turn_)(m, me, parent, k, how, &edge);
        }
    }
    at->above = above;
    at->up = up;
    at->top = top;
    at->parent = parent;
    at->edge = edge;
    at->word = w;
    return w;
}
#endif

/* ---- snapshots --------------------------------------------------------------------------------------------------- */

/* A leaf, or NULL, is in while its edge is this word, which is clean. False: it may not be so, begin again. */
LOFT_ALWAYS_INLINE bool
LOFT_MAP_FN(tell_in_)(const LOFT_MAP_NAME *m, const LOFT_ATOMIC(uintptr_t) *edge, uintptr_t w)
{
#if LOFT_MAP_SNAPS_
    LOFT_MAP_FN(collector_) *const c = LOFT_MAP_FN(snapping_)(&m->base);
    if (LOFT_UNLIKELY(c != NULL) && w)
        return LOFT_MAP_FN(report_in_)(c, LOFT_MAP_FN(leaf_of_)(w), edge, ~(uintptr_t)0, w);
#endif
    (void)m;
    (void)edge;
    (void)w;
    return true;
}

#if LOFT_MAP_SNAPS_
/* All leaves that are out in a chain, from where the clean edge leads to the last node; NULL: it leads to a leaf. */
LOFT_NOINLINE void
LOFT_MAP_FN(reports_out_)(LOFT_MAP_FN(collector_) *c, uintptr_t top, LOFT_MAP_FN(inner_) *last, unsigned out)
{
    if (!last) {
        LOFT_MAP_FN(report_out_)(c, LOFT_MAP_FN(leaf_of_)(top));
        return;
    }
    LOFT_MAP_FN(inner_) *n = LOFT_MAP_FN(inner_of_)(top);
    while (n != last) {
        const uintptr_t left = loft_load(&n->edge[0], relaxed);    /* reports_out:A relaxed: final; who tagged n knew
                                                                      it */
        const uintptr_t right = loft_load(&n->edge[1], relaxed);   /* reports_out:B relaxed: the same */
        const bool leaf = (left & LOFT_TREE_LEAF_) != 0;
        LOFT_MAP_FN(report_out_)(c, LOFT_MAP_FN(leaf_of_)(leaf ? left : right));
        n = LOFT_MAP_FN(inner_of_)(leaf ? right : left);
    }
    const uintptr_t gone = loft_load(&last->edge[out], relaxed);   /* reports_out:C relaxed: the same */
    LOFT_MAP_FN(report_out_)(c, LOFT_MAP_FN(leaf_of_)(gone));
}
#endif

/* A chain is about to be taken off. */
LOFT_ALWAYS_INLINE void
LOFT_MAP_FN(tell_out_)(const LOFT_MAP_NAME *m, uintptr_t top, LOFT_MAP_FN(inner_) *last, unsigned out)
{
#if LOFT_MAP_SNAPS_
    LOFT_MAP_FN(collector_) *const c = LOFT_MAP_FN(snapping_)(&m->base);
    if (LOFT_UNLIKELY(c != NULL))
        LOFT_MAP_FN(reports_out_)(c, top, last, out);
#endif
    (void)m;
    (void)top;
    (void)last;
    (void)out;
}

/* ---- searches ---------------------------------------------------------------------------------------------------- */

/* Ends the removal that stands in the way of who came to a marked edge: takes the chain off the tree that ends with the
 * edge's node, and retires it. false: somebody else has changed something. top and parent are safe, and this is no read
 * phase. */
LOFT_API bool
LOFT_MAP_FN(mend_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, const LOFT_MAP_FN(way_) *at)
{
    LOFT_MAP_FN(inner_) *const last = at->parent;
    uintptr_t w = at->word;
    if (!last) {
        LOFT_MAP_FN(tell_out_)(m, w, NULL, 0);
        if (!loft_cas_strong(&m->root, &w, (uintptr_t)0, relaxed, relaxed))   /* mend:A relaxed: an RMW keeps the
                                                       release sequence of take:A, and that it is out was seen there */
            return false;
        LOFT_MAP_FN(retire_leaf_)(me, LOFT_MAP_FN(leaf_of_)(at->word));
        return true;
    }
    (void)loft_load(at->edge, seq_cst);                  /* mend:I seq_cst <-> take:A: the leaf is out before it is
                                                            off */
    const unsigned came = at->edge == &last->edge[1];
    const unsigned out = w & LOFT_TREE_FLAG_ ? came : !came;
    const uintptr_t was = loft_fetch_or(&last->edge[!out], LOFT_BST_TAG_, seq_cst);   /* mend:B seq_cst -> user <->
                                       find:A, look:A, beside:A, both:A, both:B: final */
    const uintptr_t stays = was & ~LOFT_BST_TAG_;
    if ((stays & LOFT_TREE_LEAF_)
        && (loft_load(&m->queries, seq_cst) & (LOFT_BST_STAMP_ - 1u)))   /* mend:C seq_cst <-> ask:A: NEIGHBOURS */
        (void)loft_fetch_add(&m->queries, LOFT_BST_STAMP_, relaxed);   /* mend:D relaxed: who sees mend:E sees it */
    LOFT_MAP_FN(tell_out_)(m, at->top, last, out);
    w = at->top;
    if (!loft_cas_strong(at->above, &w, stays, release, relaxed))   /* mend:E release -> user: what stays, and mend:D */
        return false;
    LOFT_MAP_FN(inner_) *n = LOFT_MAP_FN(inner_of_)(at->top);
    while (n != last) {
        const uintptr_t left = loft_load(&n->edge[0], relaxed);    /* mend:F relaxed: final; who tagged n knew it */
        const uintptr_t right = loft_load(&n->edge[1], relaxed);   /* mend:G relaxed: the same */
        const bool leaf = (left & LOFT_TREE_LEAF_) != 0;
        LOFT_MAP_FN(retire_both_)(me, n, LOFT_MAP_FN(leaf_of_)(leaf ? left : right));
        n = LOFT_MAP_FN(inner_of_)(leaf ? right : left);
    }
    const uintptr_t gone = loft_load(&last->edge[out], relaxed);   /* mend:H relaxed: the same */
    LOFT_MAP_FN(retire_both_)(me, last, LOFT_MAP_FN(leaf_of_)(gone));
    return true;
}

/* One try of find_; false: begin again. */
LOFT_API bool
LOFT_MAP_FN(pass_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, LOFT_MAP_FN(way_) *at)
{
    LOFT_MAP_S_(read)(me);
#if LOFT_CAT(LOFT_MAP_SMR, region)
    const uintptr_t w = LOFT_MAP_FN(fall_)(m, me, k, how, at);
#else
    uintptr_t w = LOFT_MAP_FN(start_)(m, me, at);
    if (w) {
        while (!(w & LOFT_TREE_LEAF_)) {
            w = LOFT_MAP_FN(step_)(me, at, w, LOFT_MAP_FN(side_)(&m->base, LOFT_MAP_FN(inner_of_)(w), k, how));
            if (!w)
                return false;
        }
    }
#endif
    if (LOFT_UNLIKELY(w & LOFT_BST_MARKED_)) {
        LOFT_MAP_S_(write)(me, at->up, LOFT_MAP_FN(inner_of_)(at->top), at->parent);
        (void)LOFT_MAP_FN(mend_)(m, me, at);
        return false;
    }
    LOFT_MAP_FN(follow_)(at);
    LOFT_MAP_S_(write)(me, at->up, at->parent, LOFT_MAP_FN(leaf_of_)(w));
    return LOFT_MAP_FN(tell_in_)(m, at->edge, w)
        && loft_load(at->edge, seq_cst) == w;            /* find:A seq_cst <-> link:A, swap:A, take:A, mend:B: the place
                                                            is there. LP of who changes nothing */
}

/* Goes to the edge where a key belongs, or to the lowest or highest one: at one instant it was clean. What it leads to,
 * a leaf or NULL, is safe, and so are its node and the one above the chain. */
LOFT_API LOFT_MAP_FN(leaf_) *
LOFT_MAP_FN(find_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, LOFT_MAP_FN(way_) *at)
{
    while (!LOFT_MAP_FN(pass_)(m, me, k, how, at)) {
    }
    return LOFT_MAP_FN(leaf_of_)(at->word);
}

/* A leaf has been put in. It need not be where it was put: others may put nodes above it. So it is looked for. */
LOFT_ALWAYS_INLINE void
LOFT_MAP_FN(tell_new_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k)
{
#if LOFT_MAP_SNAPS_
    LOFT_MAP_FN(way_) at;
    if (LOFT_UNLIKELY(LOFT_MAP_FN(snapping_)(&m->base) != NULL))
        (void)LOFT_MAP_FN(find_)(m, me, k, LOFT_MAP_AT_, &at);
#endif
    (void)m;
    (void)me;
    (void)k;
}

#if LOFT_CAT(LOFT_MAP_SMR, region)
/* Looks for a key and writes nothing. 1: it is in, *leaf is safe; 0: there was an instant without it; -1: somebody was
 * in the way. */
LOFT_API int
LOFT_MAP_FN(look_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, LOFT_MAP_FN(leaf_) **leaf)
{
    LOFT_MAP_S_(read)(me);
    LOFT_MAP_FN(way_) at;
    const uintptr_t w = LOFT_MAP_FN(fall_)(m, me, k, LOFT_MAP_AT_, &at);
    const bool there = w && LOFT_MAP_FN(compare_)(&m->base, &LOFT_MAP_FN(leaf_of_)(w)->key, k) == 0;
    LOFT_MAP_FN(follow_)(&at);
    LOFT_MAP_S_(write)(me, at.parent, LOFT_MAP_FN(leaf_of_)(w), NULL);
    if (LOFT_UNLIKELY((w & LOFT_BST_MARKED_) || !LOFT_MAP_FN(tell_in_)(m, at.edge, there ? w : 0)))
        return -1;
    if (LOFT_UNLIKELY(loft_load(at.edge, seq_cst) != w)) /* look:A seq_cst <-> link:A, swap:A, take:A, mend:B: the place
                                                            is there. LP */
        return -1;
    *leaf = LOFT_MAP_FN(leaf_of_)(w);
    return there;
}
#endif

/* ---- changes ----------------------------------------------------------------------------------------------------- */

LOFT_API bool
LOFT_MAP_FN(link_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_FN(way_) *at, LOFT_MAP_FN(leaf_) *fresh,
                   LOFT_MAP_FN(inner_) *inner, int r)
{
    const uintptr_t mine = (uintptr_t)fresh | LOFT_TREE_LEAF_;
    uintptr_t w = at->word;
    if (w && r > 0)
        LOFT_MAP_FN(join_)(inner, mine, w, LOFT_MAP_FN(leaf_of_)(w));
    else if (w)
        LOFT_MAP_FN(join_)(inner, w, mine, fresh);
    if (loft_cas_strong(at->edge, &w, w ? (uintptr_t)inner : mine, seq_cst, relaxed)) {   /* link:A seq_cst -> user <->
                                   find:A, look:A, beside:A, both:A, both:B, follow:A, fall:A, step:B: the nodes, and
                                   all before. LP */
        LOFT_MAP_FN(tell_new_)(m, me, &fresh->key);
        return true;
    }
    if (at->word)
        LOFT_MAP_FN(part_)(inner);
    return false;
}

#if defined(LOFT_MAP_VAL)
LOFT_API bool
LOFT_MAP_FN(swap_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_FN(way_) *at, LOFT_MAP_FN(leaf_) *fresh)
{
    uintptr_t w = at->word;
    if (!loft_cas_strong(at->edge, &w, (uintptr_t)fresh | LOFT_TREE_LEAF_, seq_cst, relaxed))   /* swap:A seq_cst ->
                              user <-> find:A, look:A, beside:A, both:A, both:B: the leaf, and all before. LP */
        return false;
    LOFT_MAP_FN(retire_leaf_)(me, LOFT_MAP_FN(leaf_of_)(at->word));
    LOFT_MAP_FN(tell_new_)(m, me, &fresh->key);
    return true;
}
#endif

/* The leaf is not off the tree then. */
LOFT_API bool
LOFT_MAP_FN(take_)(LOFT_MAP_NAME *m, LOFT_MAP_FN(way_) *at)
{
    uintptr_t w = at->word;
    (void)m;
    at->word |= LOFT_TREE_FLAG_;
    return loft_cas_strong(at->edge, &w, at->word, seq_cst, relaxed);   /* take:A seq_cst -> user <-> find:A, look:A,
                                                                beside:A, both:A, both:B, mend:I: what was before.
                                                                LP */
}

/* Takes the leaf off the tree, or sees to it that somebody has. */
LOFT_API void
LOFT_MAP_FN(discard_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_FN(way_) *at)
{
    LOFT_MAP_K_ const k = loft_plain_read(&LOFT_MAP_FN(leaf_of_)(at->word)->key);
#if LOFT_CAT(LOFT_MAP_SMR, restarts)
    const bool direct = !at->parent || LOFT_MAP_FN(inner_of_)(at->top) == at->parent;   /* else top is not safe */
#else
    const bool direct = true;
#endif
    if (!direct || !LOFT_MAP_FN(mend_)(m, me, at))
        (void)LOFT_MAP_FN(find_)(m, me, &k, LOFT_MAP_AT_, at);   /* a marked edge stops it, so then it is off */
}

/* ---- by order ---------------------------------------------------------------------------------------------------- */

/* Begins a question about two edges; the answer is what the end of it has to be. */
LOFT_API loft_seq
LOFT_MAP_FN(ask_)(LOFT_MAP_NAME *m)
{
    return loft_fetch_add(&m->queries, (loft_seq)1, seq_cst) & ~(LOFT_BST_STAMP_ - 1u);   /* ask:A seq_cst <-> mend:C:
                                                                                             NEIGHBOURS */
}

/* Ends it: has no edge been swung to a leaf meanwhile? */
LOFT_API bool
LOFT_MAP_FN(asked_)(LOFT_MAP_NAME *m, loft_seq began)
{
    return (loft_fetch_sub(&m->queries, (loft_seq)1, relaxed) & ~(LOFT_BST_STAMP_ - 1u)) == began;   /* asked:A relaxed:
                                                                    behind what was seen at the edges, and so mend:D */
}

/* Are both edges as they were? */
LOFT_API bool
LOFT_MAP_FN(both_)(const LOFT_MAP_FN(way_) *one, const LOFT_MAP_FN(way_) *two)
{
    return loft_load(two->edge, seq_cst) == two->word    /* both:A seq_cst <-> link:A, swap:A, take:A, mend:B: the
                                                            neighbour is there. LP */
        && loft_load(one->edge, seq_cst) == one->word;   /* both:B seq_cst <-> link:A, swap:A, take:A, mend:B: and
                                                            nothing comes before it */
}

/* Looks for the neighbour of a place: `before` it, or behind. *leaf is safe with the answers ONE and TWO; TWO is right
 * if both edges were so at once. */
LOFT_API int
LOFT_MAP_FN(beside_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, bool before,
                     LOFT_MAP_FN(way_) *one, LOFT_MAP_FN(way_) *two, LOFT_MAP_FN(leaf_) **leaf)
{
    LOFT_MAP_S_(read)(me);
    LOFT_MAP_FN(way_) turn;
    bool turned = false;
    uintptr_t w = LOFT_MAP_FN(start_)(m, me, one);
    turn = *one;
    while (w && !(w & LOFT_TREE_LEAF_)) {
        const unsigned side = LOFT_MAP_FN(side_)(&m->base, LOFT_MAP_FN(inner_of_)(w), k, how);
        if (side == before) {                            /* away from the neighbours                           */
            turn = *one;
            turned = true;
#if !LOFT_CAT(LOFT_MAP_SMR, region)
            one->others = 1u << one->up_slot | 1u << one->top_slot | 1u << one->slot;
#endif
        }
        w = LOFT_MAP_FN(step_)(me, one, w, side);
        if (!w)
            return LOFT_TREE_AGAIN_;
    }
    *leaf = LOFT_MAP_FN(leaf_of_)(w);
    const bool its = *leaf && LOFT_MAP_FN(in_front_)(&m->base, *leaf, k, how) == before;
    LOFT_MAP_FN(follow_)(one);
    if (!(w & LOFT_BST_MARKED_) && (its || !turned)) {
        LOFT_MAP_S_(write)(me, one->parent, *leaf, NULL);
        if (!LOFT_MAP_FN(tell_in_)(m, one->edge, its ? w : 0))
            return LOFT_TREE_AGAIN_;
        if (loft_load(one->edge, seq_cst) != w)          /* beside:A seq_cst <-> link:A, swap:A, take:A, mend:B: the
                                                            place is there. LP */
            return LOFT_TREE_AGAIN_;
        return its ? LOFT_TREE_ONE_ : LOFT_TREE_NONE_;
    }
    *two = *one;
    if (!(w & LOFT_BST_MARKED_)) {
        *two = turn;
#if !LOFT_CAT(LOFT_MAP_SMR, region)
        two->others = 1u << one->parent_slot | 1u << one->slot;
#endif
        w = two->word;
        for (unsigned side = !before; !(w & LOFT_TREE_LEAF_); side = before) {
            w = LOFT_MAP_FN(step_)(me, two, w, side);
            if (!w)
                return LOFT_TREE_AGAIN_;
        }
    }
    if (w & LOFT_BST_MARKED_) {
        LOFT_MAP_S_(write)(me, two->up, LOFT_MAP_FN(inner_of_)(two->top), two->parent);
        (void)LOFT_MAP_FN(mend_)(m, me, two);
        return LOFT_TREE_AGAIN_;
    }
    *leaf = LOFT_MAP_FN(leaf_of_)(w);
    LOFT_MAP_FN(follow_)(two);
#if LOFT_CAT(LOFT_MAP_SMR, restarts)
    const bool same = LOFT_MAP_FN(both_)(one, two);      /* here, because not all of it can be named to write  */
    LOFT_MAP_S_(write)(me, *leaf, NULL, NULL);
    return same ? LOFT_TREE_TWO_ : LOFT_TREE_AGAIN_;
#else
    return LOFT_TREE_TWO_;
#endif
}

LOFT_API bool
LOFT_MAP_FN(near_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *key, int how, bool before,
                   LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    LOFT_MAP_FN(way_) one;
    LOFT_MAP_FN(way_) two;
    LOFT_MAP_FN(leaf_) *n;
    int r;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
#if LOFT_CAT(LOFT_MAP_SMR, restarts)
    bool asks = false;                                   /* before it reads, which is no time for writing      */
    do {
        const loft_seq began = asks ? LOFT_MAP_FN(ask_)(m) : 0;
        r = LOFT_MAP_FN(beside_)(m, me, key, how, before, &one, &two, &n);
        if ((asks && !LOFT_MAP_FN(asked_)(m, began)) || (r == LOFT_TREE_TWO_ && !asks)) {
            asks = asks || r == LOFT_TREE_TWO_;
            r = LOFT_TREE_AGAIN_;
        }
    } while (r == LOFT_TREE_AGAIN_);
#else
    do {
        r = LOFT_MAP_FN(beside_)(m, me, key, how, before, &one, &two, &n);
        if (r == LOFT_TREE_TWO_ && !LOFT_MAP_FN(tell_in_)(m, two.edge, two.word))
            r = LOFT_TREE_AGAIN_;
        for (bool quiet = false; r == LOFT_TREE_TWO_ && !quiet;) {
            const loft_seq began = LOFT_MAP_FN(ask_)(m);
            if (!LOFT_MAP_FN(both_)(&one, &two))
                r = LOFT_TREE_AGAIN_;
            quiet = LOFT_MAP_FN(asked_)(m, began);
        }
    } while (r == LOFT_TREE_AGAIN_);
#endif
    if (r != LOFT_TREE_NONE_)
        LOFT_MAP_FN(give_leaf_)(n, k LOFT_MAP_AND_(v));
    LOFT_MAP_S_(exit)(me);
    return r != LOFT_TREE_NONE_;
}

/* Fills a batch with one entry at most, and with none only if there is none. */
LOFT_API void
LOFT_MAP_FN(next_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, LOFT_MAP_FN(batch_) *b)
{
    LOFT_MAP_FN(way_) one;
    LOFT_MAP_FN(way_) two;
    LOFT_MAP_FN(leaf_) *n;
    int r;
    do {
        r = LOFT_MAP_FN(beside_)(m, me, k, how, b->down, &one, &two, &n);
        if (r == LOFT_TREE_TWO_ && LOFT_MAP_FN(in_front_)(&m->base, n, k, how) != b->down) {
#if LOFT_CAT(LOFT_MAP_SMR, restarts)
            const bool same = true;                      /* beside_ has looked                                 */
#else
            const bool same = LOFT_MAP_FN(both_)(&one, &two);
#endif
            r = same ? LOFT_TREE_NONE_ : LOFT_TREE_AGAIN_; /* if both are there, by WAYS, the comparison lies  */
        }
    } while (r == LOFT_TREE_AGAIN_);
    b->n = 0;
    b->more = r != LOFT_TREE_NONE_;
    if (b->more)
        (void)LOFT_MAP_FN(collect_)(&m->base, b, &n->key LOFT_MAP_AND_(&n->val));
}

#if LOFT_MAP_SNAPS_
/* One way through the tree from a place on, as far as turns can be gone back to; *key, *place are where it ended. */
LOFT_API bool
LOFT_MAP_FN(tour_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const **key, int *place, LOFT_MAP_FN(tally_) *tally)
{
    LOFT_MAP_FN(way_) at;
    LOFT_MAP_FN(inner_) *turn[LOFT_TREE_TURNS_];          /* a ring: those to come back to                      */
    size_t turns = 0;
    size_t oldest = 0;
    bool landed = false;                                 /* where the place was, and goes on from there        */
    const LOFT_ATOMIC(uintptr_t) *edge = &m->root;
    uintptr_t w = loft_load(edge, seq_cst);              /* tour:A seq_cst <- user: as tour:B */
    while (w) {
        while (!(w & LOFT_TREE_LEAF_)) {
            LOFT_MAP_FN(inner_) *const n = LOFT_MAP_FN(inner_of_)(w);
            const unsigned side = landed ? 0u : LOFT_MAP_FN(side_)(&m->base, n, *key, *place);
            if (side == 0) {
                turn[turns++ % LOFT_TREE_TURNS_] = n;
                if (turns - oldest > LOFT_TREE_TURNS_)
                    oldest++;
            }
            edge = &n->edge[side];
            w = loft_load(edge, seq_cst);                /* tour:B seq_cst <- user: what stays is found */
        }
        landed = true;
        const LOFT_MAP_FN(leaf_) *const n = LOFT_MAP_FN(leaf_of_)(w);
        if (!LOFT_MAP_FN(in_front_)(&m->base, n, *key, *place)) {   /* not always: as in walk_ */
            if (LOFT_MAP_FN(beyond_)(&m->base, tally->to, tally->how, &n->key))
                return false;
            const size_t number = LOFT_MAP_FN(number_)(tally);
            if ((w & LOFT_BST_MARKED_) || loft_load(edge, seq_cst) != w)   /* tour:C seq_cst <- user: it is in */
                (void)LOFT_MAP_FN(find_)(m, me, &n->key, LOFT_MAP_AT_, &at);   /* who has this key is reported now */
            else if (!LOFT_MAP_FN(found_one_)(tally, n, number))
                return false;
            *key = &n->key;
            *place = LOFT_MAP_ABOVE_;
        }
        if (turns == oldest)
            return oldest > 0 && *place == LOFT_MAP_ABOVE_;
        turns--;
        edge = &turn[turns % LOFT_TREE_TURNS_]->edge[1];
        w = loft_load(edge, seq_cst);                    /* tour:D seq_cst <- user: as tour:B */
    }
    return false;
}

LOFT_API void
LOFT_MAP_FN(visit_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *key, int how, LOFT_MAP_FN(tally_) *tally)
{
    LOFT_MAP_K_ const *mark = NULL;                      /* so that a comparison that lies does not send it round:  */
    size_t tours = 0;                                    /* see next_batch_                                    */
    while (LOFT_MAP_FN(tour_)(m, me, &key, &how, tally)
           && (!mark || LOFT_MAP_FN(rises_)(&m->base, mark, key))) {
        if ((tours & (tours + 1)) == 0)
            mark = key;
        tours++;
    }
}
#endif

/* ---- calls ------------------------------------------------------------------------------------------------------- */

LOFT_API loft_status
LOFT_MAP_FN(begin_)(LOFT_MAP_NAME *m)
{
    loft_init(&m->root, (uintptr_t)0);
    loft_init(&m->queries, (loft_seq)0);
    return LOFT_OK;
}

#include "tree_calls.h"
#include "calls.h"

#undef LOFT_MAP_ENTRY_
#undef LOFT_MAP_GRAMMAR_H
#undef LOFT_MAP_TREE_H
#undef LOFT_MAP_TREE_CALLS_H
#undef LOFT_MAP_CALLS_H

#endif /* configuration ok */
