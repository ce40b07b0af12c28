/* SPDX-License-Identifier: MIT
 *
 * loft/map/bst_locked.h - locked binary search tree as an ordered map or a set (BST-TK), external, not balanced.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h core/backoff.h core/order.h map/grammar.h map/tree.h
 *        map/tree_calls.h map/calls.h
 *
 * USE IT WHEN         changes may block, keys come in no order, and threads do not stop in the midst of a change: who
 *                     looks never waits, neighbours write nothing, and all of it fits in one head.
 * DO NOT USE IT WHEN  a thread that stops must not hold up others that change something near by (bst.h); when keys come
 *                     in rising or falling order: nothing balances, the tree becomes a list (skiplist_locked.h).
 *
 * EXAMPLE
 *     #include <loft/smr/ebr.h>
 *     #define LOFT_MAP_NAME  ages
 *     #define LOFT_MAP_KEY   int
 *     #define LOFT_MAP_VAL   double
 *     #define LOFT_MAP_SMR   loft_ebr
 *     #include <loft/map/bst_locked.h>
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
 * PARAMETERS   as map/grammar.h says. A scheme that protects single words needs six slots
 *
 * OPERATIONS   as map/calls.h says
 *
 * TOGETHER     as map/calls.h says
 *
 * OWNERSHIP    as map/grammar.h says. An inner node keeps the key that it was made with for as long as it is there,
 *              also when the entry is gone: with KEY_RETAIN it has one more, without it the key's RELEASE waits for it.
 *              Hooks run while no lock is held, and comparisons, but for those of snapshots.
 *
 * THE TREE     Entries are leaves; the map's root is an edge: 0, to a leaf, or to an inner node (map/tree.h). An inner
 *              node, and the map for its root, has a lock: HELD, GOING, OFF, and a version. Only who holds it writes
 *              edges of that node, each to something else than was there, and leaves the next version. Who puts or
 *              replaces holds the lock of the node whose edge it changes. Who removes holds two: that of the node above
 *              the parent of the leaf, then the parent's, which is GOING then; it swings the edge above to the other
 *              child of the parent, and the parent is off, with the leaf. The lock of what is off stays held, so that
 *              nobody gets it from a version seen before; OFF says that it will. A leaf at the root needs the map's
 *              lock only. Searches take no lock, and look at none before their end.
 *
 * LOCKING      Who changes something comes without locks to the edge where it belongs, and takes a lock by one
 *              compare-exchange from a version at which the edge was as the search saw it. So it holds what it has
 *              seen, or nothing: who fails lets go of all it holds, and searches again when the lock is free. Nobody
 *              waits for a lock while it holds one, and who waits writes nothing; but for who takes a snapshot.
 *
 * SNAPSHOTS    Who takes one takes the map's lock, then that of each inner node on the way to an entry of the range,
 *              parents before children, and keeps them. While the lock above a node is held that node cannot go, and
 *              when its own is, its edges stay; so what was found at them is all there when the last lock is taken:
 *              that is the snapshot's instant. No lock is waited for in a circle: who changes something waits for none
 *              while it holds one, and snapshots of one map take turns at the map's lock. Each write of an edge of the
 *              range happens before the snapshot or behind it, by the lock: who holds it afterwards got it from a
 *              version that the snapshot has left. So all that a snapshot has to come behind happens before it, and
 *              it happens before all that has to come behind it; the order of seq_cst agrees with that, and so has a
 *              place for it, without any such access of its own.
 *
 * WAYS         (1) A node that is not GOING is in the tree; one that is and to which the edge above still leads, from a
 *              node that is not GOING, is in it, too. If both are GOING, then the one above has been off before: the
 *              removal of a node holds the lock of the one above it, which is not GOING then. (2) Nodes get no new
 *              ancestors, because inner nodes come in the place of leaves only. So let a search for k, by whatever old
 *              edges, have come to node P, and let P be in the tree at an instant t: its ancestors at t have always
 *              been that, so the search came by them all and compared; k belongs to that edge at t. If it leads to a
 *              leaf, then k is the key of this leaf, or is not in, and no other entry is between the two: that decides
 *              get, put, remove, and the neighbour on this leaf's side, also of no key at all (first, last, pop). (3)
 *              Who is off stays off: it is enough to look at the edge, and to see by (1), later, that its node is in
 *              the tree.
 *
 * NEIGHBOURS   on the other side are the nearest leaf beyond the last turn that the search took away from that side. It
 *              takes two edges at one instant. Who asks reads the version at the first edge, then the first edge, the
 *              second, the first again, and the version. If the first edge and the version are the same, then that edge
 *              has not been written in between: one holder writes an edge once, to something else, and the next holder
 *              has another version. So both edges were so when the second was looked at. That both nodes are in the
 *              tree afterwards is enough, by (3); and so is the turn then, for it goes only when all on one side of it
 *              has.
 *
 * PROTECTION   Where the scheme does not protect regions, a word is followed only from a node that was in the tree
 *              after the word was protected, by (1).
 *
 * ORDERS       Nodes are published by release and found by acquire. The answers of two calls on different edges fit
 *              together because what decides them is seq_cst: each write of an edge that can be reached, GOING before
 *              the swing that follows it, the last look at the edge of who changes nothing, and what it looks at to
 *              know that the edge's node was in the tree. Several readers agree on that order if each comes behind all
 *              that it has found: so a search reads each edge on its way seq_cst (follow:A, follow:B), because what
 *              decides its answer may be a swing far above the place where it ends, or who put the last node there. Who
 *              holds a lock is behind who held it before, and moves what that one has put there by another store. On
 *              x86-64 and AArch64 that costs nothing. Locks are released for the next holder, who reads edges relaxed.
 *
 * EDGES        hang:A, take:A -> user                                       the node, what was done before, what stays
 *              hang:A, take:A -> follow:A                                   the node
 *              hang:A, take:A <-> find:A, look:A, beside:A, both:B, both:C, both:D, in:B   ORDERS
 *              hang:A, take:A <-> follow:A, follow:B                        ORDERS
 *              take:B <-> in:A, look:B                                      ORDERS
 *              open:A -> ready:A, grab:A, in:C, both:A                      edges as the last holder left them
 *              take:B -> in:C                                               the parent is off
 *              (user: the load in S_protect, and whoever wrote what is loaded)
 *
 * COST         A search passes the levels above a leaf, one line each: about 2 ln n of n keys that came in no order,
 *              log2 n of init_sorted, n of keys that came in order. It ends with a line for the leaf, and two loads
 *              more. Where keys are numbers and the scheme is of regions, no branch depends on which way a search
 *              turns. Neighbours on the other side go down once more from where the search turned. Of what writes, put
 *              takes two read-modify-writes or what costs as much, remove three. Snapshots take a lock for each entry
 *              of their range, and some for the way there; where there is none, nobody pays anything.
 *
 * MEMORY       By loft_alloc, for each entry a leaf of key, value, and the scheme's head (two to four words); for each
 *              but one an inner node of key, lock, two words, and the head, or with loft_ebr, loft_qsbr and loft_leak a
 *              word more in the leaf instead; inner nodes of five words of 64 bits are then in blocks of map/cluster.h.
 *              Keys that have RELEASE and no RETAIN: a word more in each. Where entries go a leaf and an inner node are
 *              retired, one leaf for a value that is replaced. The map is some words.
 *
 * PROGRESS     Lock-free: get, contains, neighbours, walks; they begin again only where somebody's change has come
 *              through, neighbours on the other side also where a snapshot has taken a lock or let it go. With a scheme
 *              of regions they write nothing. Blocking, beside the allocator: what changes
 *              something waits for who holds the lock of the node at whose edge it is; removals and pops, for the one
 *              above, too. A thread that stops there stops those, and nobody else. A lock is held for some loads and
 *              stores, and by a snapshot until it has all of its range, which needs memory, too: changes there, and
 *              beside the way there, wait that long; who looks does not. Who waits pauses, then yields its processor.
 *              fini and snapshots need no stack, however deep the tree is.
 *              clear ends when it finds the map empty: it can go on for as long as others put.
 *
 * SOURCE       David, Guerraoui, Trigonakis, Asynchronized Concurrency: The Secret to Scaling Concurrent Search Data
 *              Structures, ASPLOS 2015: BST-TK. Changed: no sentinels, but an edge and a lock at the root; one lock for
 *              both edges of a node, so that a plain store opens it, and a version of 61 bits (29 where words have 32);
 *              the version is read at the end of a search, beside the edge, instead of on each level of it; GOING, by
 *              which who looks tells what is off, also without regions; values are replaced. NEIGHBOURS, ORDERS and the
 *              pops are ours.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "../core/backoff.h"
#include "../core/order.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_MAP_NAME)
#  error "loft/map/bst_locked.h: define LOFT_MAP_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_MAP_KEY)
#  error "loft/map/bst_locked.h: define LOFT_MAP_KEY (key type) before including"
#elif !defined(LOFT_MAP_SMR)
#  error "loft/map/bst_locked.h: define LOFT_MAP_SMR (scheme of reclamation, such as loft_ebr) before including"
#elif LOFT_CAT(LOFT_MAP_SMR, smr) != 1
#  error "loft/map/bst_locked.h: LOFT_MAP_SMR names no scheme known here; include its header (loft/smr/ebr.h) first"
#elif LOFT_CAT(LOFT_MAP_SMR, slots) != 0 && LOFT_CAT(LOFT_MAP_SMR, slots) < 6
#  error "loft/map/bst_locked.h: the scheme LOFT_MAP_SMR must have six slots for each thread (S_slots)"
#elif !defined(LOFT_MAP_VAL) && (defined(LOFT_MAP_EQ) || defined(LOFT_MAP_VAL_RETAIN) || defined(LOFT_MAP_VAL_RELEASE))
#  error "loft/map/bst_locked.h: LOFT_MAP_EQ, LOFT_MAP_VAL_RETAIN and LOFT_MAP_VAL_RELEASE need LOFT_MAP_VAL (a type)"
#elif defined(LOFT_MAP_CMP) && defined(LOFT_MAP_OBJECT)
#  error "loft/map/bst_locked.h: LOFT_MAP_CMP and LOFT_MAP_OBJECT both say how keys compare; define one of them"
#elif defined(LOFT_MAP_KEY_RETAIN) && !defined(LOFT_MAP_KEY_RELEASE)
#  error "loft/map/bst_locked.h: LOFT_MAP_KEY_RETAIN needs LOFT_MAP_KEY_RELEASE"
#elif defined(LOFT_MAP_VAL_RETAIN) && !defined(LOFT_MAP_VAL_RELEASE)
#  error "loft/map/bst_locked.h: LOFT_MAP_VAL_RETAIN needs LOFT_MAP_VAL_RELEASE"
#else

#ifndef LOFT_MAP_BST_LOCKED_H
#define LOFT_MAP_BST_LOCKED_H

/* Of a lock; its version is above. */
#define LOFT_TK_HELD_     ((loft_seq)1)
#define LOFT_TK_GOING_    ((loft_seq)2)                  /* its node is, and it stays held                     */
#define LOFT_TK_OFF_      ((loft_seq)4)                  /* its node is: there is nothing to wait for          */
#define LOFT_TK_VERSION_  ((loft_seq)8)

/* Who waits yields after some microseconds: locks are held for less, but by threads that run. */
#define LOFT_TK_PAUSES_   64

#endif /* LOFT_MAP_BST_LOCKED_H */

#define LOFT_MAP_LOCKED_

#define LOFT_MAP_HEADER_  "loft/map/bst_locked.h"
#include "grammar.h"
#include "tree.h"

/* ---- types ------------------------------------------------------------------------------------------------------- */

/* It must not be moved or copied. */
typedef struct LOFT_MAP_NAME {
    LOFT_MAP_FN(base_) base;
    LOFT_ATOMIC(uintptr_t) root;                         /* an edge, or 0                                      */
    LOFT_ATOMIC(loft_seq) lock;                          /* of that; never GOING                               */
} LOFT_MAP_NAME;

/* How far a search has come. Slots are where the scheme protects what is named here. */
typedef struct LOFT_MAP_FN(way_) {
    LOFT_MAP_FN(inner_) *up;                             /* whose edge led to the parent; NULL: the map's      */
    LOFT_ATOMIC(uintptr_t) *up_edge;                     /* that edge, where there is a parent                 */
    LOFT_MAP_FN(inner_) *parent;                         /* whose the last edge is; NULL: the map's            */
    LOFT_ATOMIC(uintptr_t) *edge;                        /* the last edge                                      */
    uintptr_t word;                                      /* what it was                                        */
#if !LOFT_CAT(LOFT_MAP_SMR, region)
    unsigned up_slot;
    unsigned parent_slot;
    unsigned slot;                                       /* of what the last edge leads to                     */
    unsigned others;                                     /* slots that this way leaves alone, a bit each       */
#endif
} LOFT_MAP_FN(way_);

/* ---- ways -------------------------------------------------------------------------------------------------------- */

/* The word of an edge on a search's way. What it leads to is as safe as S_protect makes it. */
LOFT_ALWAYS_INLINE uintptr_t
LOFT_MAP_FN(follow_)(LOFT_MAP_ME_ *me, unsigned slot, const LOFT_ATOMIC(uintptr_t) *edge)
{
#if LOFT_CAT(LOFT_MAP_SMR, region)
    (void)me;
    (void)slot;
    return loft_load(edge, seq_cst);                     /* follow:A seq_cst <- hang:A, take:A <-> hang:A, take:A: the
                                                            node; ORDERS */
#else
    const uintptr_t w = LOFT_MAP_S_(protect)(me, slot, edge);
    (void)loft_load(edge, seq_cst);                      /* follow:B seq_cst <-> hang:A, take:A: who has written w */
    return w;
#endif
}

/* Begins at the root. The answer is the word there, as with step_. */
LOFT_ALWAYS_INLINE uintptr_t
LOFT_MAP_FN(start_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_FN(way_) *at)
{
    const uintptr_t w = LOFT_MAP_FN(follow_)(me, 0, &m->root);
#if !LOFT_CAT(LOFT_MAP_SMR, region)
    at->up_slot = at->parent_slot = at->slot = at->others = 0;
#endif
    at->up = at->parent = NULL;
    at->up_edge = NULL;
    at->edge = &m->root;
    at->word = w;
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
    const unsigned used = at->others | 1u << at->parent_slot | 1u << at->slot;
    while (used >> slot & 1u)
        slot++;
#endif
    const uintptr_t next = LOFT_MAP_FN(follow_)(me, slot, edge);
#if !LOFT_CAT(LOFT_MAP_SMR, region)
    if (LOFT_UNLIKELY(loft_load(&n->lock, relaxed) & LOFT_TK_GOING_)) {   /* step:A relaxed: the fence in protect orders
                                                                             it, and the two below; see PROTECTION */
        if (loft_load(at->edge, relaxed) != w)           /* step:B relaxed: see step:A */
            return 0;
        if (at->parent && (loft_load(&at->parent->lock, relaxed) & LOFT_TK_GOING_))   /* step:C relaxed: see step:A */
            return 0;
    }
    at->up_slot = at->parent_slot;
    at->parent_slot = at->slot;
    at->slot = slot;
#endif
    at->up = at->parent;
    at->up_edge = at->edge;
    at->parent = n;
    at->edge = edge;
    at->word = next;
    return next;
}

#if LOFT_CAT(LOFT_MAP_SMR, region)
/* The word of the edge on which the way goes on from a node. It is computed: a branch would go wrong half of the time,
 * and a load of the one edge would wait for the comparison. Compilers keep a mask. See bst.h. */
LOFT_ALWAYS_INLINE uintptr_t
LOFT_MAP_FN(turn_)(const LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_FN(inner_) *n, LOFT_MAP_K_ const *k, int how,
                   LOFT_ATOMIC(uintptr_t) **edge)
{
    const uintptr_t left = LOFT_MAP_FN(follow_)(me, 0, &n->edge[0]);
    const uintptr_t right = LOFT_MAP_FN(follow_)(me, 0, &n->edge[1]);
    const bool low = how < LOFT_MAP_BEGIN_ ? LOFT_MAP_FN(above_)(&m->base, &n->key, k) : how == LOFT_MAP_BEGIN_;
    *edge = &n->edge[!low];
    return right ^ ((left ^ right) & ((uintptr_t)0 - low));
}

/* start_, and step_ as far as the leaf. The answer is the word at the last edge. */
LOFT_ALWAYS_INLINE uintptr_t
LOFT_MAP_FN(fall_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, LOFT_MAP_FN(way_) *at)
{
    LOFT_ATOMIC(uintptr_t) *up_edge = NULL;
    LOFT_ATOMIC(uintptr_t) *edge = &m->root;
    LOFT_MAP_FN(inner_) *up = NULL;
    LOFT_MAP_FN(inner_) *parent = NULL;
    uintptr_t w = LOFT_MAP_FN(follow_)(me, 0, &m->root);
    if (w) {
        while (!(w & LOFT_TREE_LEAF_)) {
            up = parent;
            up_edge = edge;
            parent = (LOFT_MAP_FN(inner_) *)w;
            w = LOFT_MAP_FN(turn_)(m, me, parent, k, how, &edge);
        }
    }
    at->up = up;
    at->up_edge = up_edge;
    at->parent = parent;
    at->edge = edge;
    at->word = w;
    return w;
}
#endif

/* Is the node of the last edge in the tree, so that it was when that edge was looked at before? */
LOFT_API bool
LOFT_MAP_FN(in_)(const LOFT_MAP_FN(way_) *at)
{
    if (!at->parent || !(loft_load(&at->parent->lock, seq_cst) & LOFT_TK_GOING_))   /* in:A seq_cst <-> take:B: WAYS */
        return true;
    return loft_load(at->up_edge, seq_cst) == (uintptr_t)at->parent   /* in:B seq_cst <-> hang:A, take:A: WAYS */
        && (!at->up || !(loft_load(&at->up->lock, acquire) & LOFT_TK_GOING_));   /* in:C acquire <- take:B, open:A: the
                                                                 next search comes another way; in:A shows GOING */
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
    LOFT_MAP_S_(write)(me, at->up, at->parent, LOFT_MAP_FN(leaf_of_)(w));
    return loft_load(at->edge, seq_cst) == w             /* find:A seq_cst <-> hang:A, take:A: the place is there. LP of
                                                            who changes nothing */
        && LOFT_MAP_FN(in_)(at);
}

/* Goes to the edge where a key belongs, or to the lowest or highest one: at one instant it was in the tree. What it
 * leads to, a leaf or NULL, is safe, and so are its node and the one above. */
LOFT_API LOFT_MAP_FN(leaf_) *
LOFT_MAP_FN(find_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, LOFT_MAP_FN(way_) *at)
{
    while (!LOFT_MAP_FN(pass_)(m, me, k, how, at)) {
    }
    return LOFT_MAP_FN(leaf_of_)(at->word);
}

#if LOFT_CAT(LOFT_MAP_SMR, region)
/* Looks for a key. 1: it is in, *leaf is safe; 0: there was an instant without it; -1: somebody was in the way. */
LOFT_API int
LOFT_MAP_FN(look_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, LOFT_MAP_FN(leaf_) **leaf)
{
    LOFT_MAP_S_(read)(me);
    LOFT_MAP_FN(way_) at;
    const uintptr_t w = LOFT_MAP_FN(fall_)(m, me, k, LOFT_MAP_AT_, &at);
    LOFT_MAP_FN(inner_) *const parent = at.parent;
    const bool there = w && LOFT_MAP_FN(compare_)(&m->base, &LOFT_MAP_FN(leaf_of_)(w)->key, k) == 0;
    LOFT_MAP_S_(write)(me, parent, LOFT_MAP_FN(leaf_of_)(w), NULL);
    if (LOFT_UNLIKELY(loft_load(at.edge, seq_cst) != w))   /* look:A seq_cst <-> hang:A, take:A: the place is there.
                                                              LP */
        return -1;
    if (LOFT_UNLIKELY(parent && (loft_load(&parent->lock, seq_cst) & LOFT_TK_GOING_)))   /* look:B seq_cst <-> take:B:
                                                                                            WAYS */
        return -1;
    *leaf = LOFT_MAP_FN(leaf_of_)(w);
    return there;
}
#endif

/* ---- locks, changes ---------------------------------------------------------------------------------------------- */

/* The lock of an inner node; NULL: the map's. */
LOFT_API LOFT_ATOMIC(loft_seq) *
LOFT_MAP_FN(lock_of_)(LOFT_MAP_NAME *m, LOFT_MAP_FN(inner_) *n)
{
    return n ? &n->lock : &m->lock;
}

/* Takes a lock from the version at which it was ready_. */
LOFT_API bool
LOFT_MAP_FN(seize_)(LOFT_ATOMIC(loft_seq) *lock, loft_seq version)
{
    return loft_cas_strong(lock, &version, version | LOFT_TK_HELD_, relaxed, relaxed);   /* seize:A relaxed: ready:A
                                                                             has seen all, if it is the same */
}

/* Gives a lock back, with the next version where an edge was written; or lets nobody wait for it any more. */
LOFT_API void
LOFT_MAP_FN(open_)(LOFT_ATOMIC(loft_seq) *lock, loft_seq version)
{
    loft_store(lock, version, release);                  /* open:A release -> ready:A, grab:A, in:C, both:A: edges */
}

/* Waits until a lock is free, or never will be. Only who holds none does, or nothing but locks above. */
LOFT_API void
LOFT_MAP_FN(wait_)(const LOFT_ATOMIC(loft_seq) *lock)
{
    loft_backoff wait;
    loft_backoff_init(&wait, 1, LOFT_TK_PAUSES_);
    while ((loft_load(lock, relaxed) & (LOFT_TK_HELD_ | LOFT_TK_OFF_)) == LOFT_TK_HELD_)   /* wait:A relaxed: it decides
                                                                                              nothing */
        (void)loft_backoff_step_yield(&wait);
}

/* Can this edge be changed, as far as it shows? If somebody is at it, waits; then it is time to search again. */
LOFT_API bool
LOFT_MAP_FN(ready_)(const LOFT_ATOMIC(loft_seq) *lock, const LOFT_ATOMIC(uintptr_t) *edge, uintptr_t word,
                    loft_seq *version)
{
    *version = loft_load(lock, acquire);                 /* ready:A acquire <- open:A: edges */
    if (loft_load(edge, relaxed) != word)                /* ready:B relaxed: ready:A has shown the last one, or who
                                                            takes the lock from its version fails */
        return false;
    if (!(*version & LOFT_TK_HELD_))
        return true;
    LOFT_MAP_FN(wait_)(lock);
    return false;
}

/* Lets the last edge lead to something else. false: it is not as it was, and nothing was done. */
LOFT_API bool
LOFT_MAP_FN(hang_)(LOFT_MAP_NAME *m, const LOFT_MAP_FN(way_) *at, uintptr_t word)
{
    LOFT_ATOMIC(loft_seq) *const lock = LOFT_MAP_FN(lock_of_)(m, at->parent);
    loft_seq version;
    if (!LOFT_MAP_FN(ready_)(lock, at->edge, at->word, &version) || !LOFT_MAP_FN(seize_)(lock, version))
        return false;
    loft_store(at->edge, word, seq_cst);                 /* hang:A seq_cst -> user, follow:A <-> find:A, look:A,
                                                            beside:A, both:B, both:C, both:D, in:B, follow:A, follow:B:
                                                            the nodes, and all before. LP */
    LOFT_MAP_FN(open_)(lock, version + LOFT_TK_VERSION_);
    return true;
}

/* The leaf is off the tree then, with its parent. */
LOFT_API bool
LOFT_MAP_FN(take_)(LOFT_MAP_NAME *m, LOFT_MAP_FN(way_) *at)
{
    LOFT_MAP_FN(inner_) *const parent = at->parent;
    if (!parent)
        return LOFT_MAP_FN(hang_)(m, at, 0);
    LOFT_ATOMIC(loft_seq) *const lock = LOFT_MAP_FN(lock_of_)(m, at->up);
    loft_seq its;                                        /* version, of the parent's lock                      */
    loft_seq above;                                      /* and of the one above                               */
    if (!LOFT_MAP_FN(ready_)(&parent->lock, at->edge, at->word, &its)
        || !LOFT_MAP_FN(ready_)(lock, at->up_edge, (uintptr_t)parent, &above) || !LOFT_MAP_FN(seize_)(lock, above))
        return false;
    const loft_seq going = its | LOFT_TK_HELD_ | LOFT_TK_GOING_;
    if (!loft_cas_strong(&parent->lock, &its, going, seq_cst, relaxed)) {   /* take:B seq_cst -> in:C <-> in:A, look:B:
                                                                               before it is off */
        LOFT_MAP_FN(open_)(lock, above);
        return false;
    }
    const unsigned came = at->edge == &parent->edge[1];
    const uintptr_t stays = loft_load(&parent->edge[!came], relaxed);   /* take:C relaxed: its lock is held */
    loft_store(at->up_edge, stays, seq_cst);             /* take:A seq_cst -> user, follow:A <-> find:A, look:A,
                                                            beside:A, both:B, both:C, both:D, in:B, follow:A, follow:B:
                                                            what stays, and all before. LP */
    LOFT_MAP_FN(open_)(lock, above + LOFT_TK_VERSION_);
    LOFT_MAP_FN(open_)(&parent->lock, going | LOFT_TK_OFF_);
    return true;
}

LOFT_API void
LOFT_MAP_FN(discard_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_FN(way_) *at)
{
    (void)m;
    if (at->parent)
        LOFT_MAP_FN(retire_both_)(me, at->parent, LOFT_MAP_FN(leaf_of_)(at->word));
    else
        LOFT_MAP_FN(retire_leaf_)(me, LOFT_MAP_FN(leaf_of_)(at->word));
}

LOFT_API bool
LOFT_MAP_FN(link_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_FN(way_) *at, LOFT_MAP_FN(leaf_) *fresh,
                   LOFT_MAP_FN(inner_) *inner, int r)
{
    const uintptr_t mine = (uintptr_t)fresh | LOFT_TREE_LEAF_;
    const uintptr_t w = at->word;
    (void)me;
    if (!w)
        return LOFT_MAP_FN(hang_)(m, at, mine);
    if (r > 0)
        LOFT_MAP_FN(join_)(inner, mine, w, LOFT_MAP_FN(leaf_of_)(w));
    else
        LOFT_MAP_FN(join_)(inner, w, mine, fresh);
    if (LOFT_MAP_FN(hang_)(m, at, (uintptr_t)inner))
        return true;
    LOFT_MAP_FN(part_)(inner);
    return false;
}

#if defined(LOFT_MAP_VAL)
LOFT_API bool
LOFT_MAP_FN(swap_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_FN(way_) *at, LOFT_MAP_FN(leaf_) *fresh)
{
    if (!LOFT_MAP_FN(hang_)(m, at, (uintptr_t)fresh | LOFT_TREE_LEAF_))
        return false;
    LOFT_MAP_FN(retire_leaf_)(me, LOFT_MAP_FN(leaf_of_)(at->word));
    return true;
}
#endif

/* ---- by order ---------------------------------------------------------------------------------------------------- */

/* Were both edges in the tree, as they were, at one instant? */
LOFT_API bool
LOFT_MAP_FN(both_)(LOFT_MAP_NAME *m, const LOFT_MAP_FN(way_) *one, const LOFT_MAP_FN(way_) *two)
{
    const LOFT_ATOMIC(loft_seq) *const lock = LOFT_MAP_FN(lock_of_)(m, one->parent);
    const loft_seq version = loft_load(lock, acquire);   /* both:A acquire <- open:A: the edge is not older than it */
    return loft_load(one->edge, seq_cst) == one->word    /* both:B seq_cst <-> hang:A, take:A: it was so before
                                                            both:C */
        && loft_load(two->edge, seq_cst) == two->word    /* both:C seq_cst <-> hang:A, take:A: the neighbour is there.
                                                            LP */
        && loft_load(one->edge, seq_cst) == one->word    /* both:D seq_cst <-> hang:A, take:A: nothing is in front */
        && loft_load(lock, relaxed) == version           /* both:E relaxed: who wrote what both:D saw had it before */
        && LOFT_MAP_FN(in_)(one) && LOFT_MAP_FN(in_)(two);
}

/* Looks for the neighbour of a place: `before` it, or behind. *leaf is safe with the answers ONE and TWO. */
LOFT_API int
LOFT_MAP_FN(beside_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, bool before,
                     LOFT_MAP_FN(leaf_) **leaf)
{
    LOFT_MAP_S_(read)(me);
    LOFT_MAP_FN(way_) one;
    LOFT_MAP_FN(way_) two;
    bool turned = false;
    uintptr_t w = LOFT_MAP_FN(start_)(m, me, &one);
    two = one;
    while (w && !(w & LOFT_TREE_LEAF_)) {
        const unsigned side = LOFT_MAP_FN(side_)(&m->base, LOFT_MAP_FN(inner_of_)(w), k, how);
        if (side == before) {                            /* away from the neighbours: two begins here          */
            two = one;
            turned = true;
#if !LOFT_CAT(LOFT_MAP_SMR, region)
            one.others = 1u << one.parent_slot | 1u << one.slot;
#endif
        }
        w = LOFT_MAP_FN(step_)(me, &one, w, side);
        if (!w)
            return LOFT_TREE_AGAIN_;
    }
    *leaf = LOFT_MAP_FN(leaf_of_)(w);
    const bool its = w && LOFT_MAP_FN(in_front_)(&m->base, *leaf, k, how) == before;
    int r = its ? LOFT_TREE_ONE_ : LOFT_TREE_NONE_;
    if (its || !turned) {
        if (loft_load(one.edge, seq_cst) != w            /* beside:A seq_cst <-> hang:A, take:A: the place is there.
                                                            LP */
            || !LOFT_MAP_FN(in_)(&one))
            r = LOFT_TREE_AGAIN_;
    } else {
#if !LOFT_CAT(LOFT_MAP_SMR, region)
        two.others = 1u << one.up_slot | 1u << one.parent_slot | 1u << one.slot;
#endif
        w = two.word;
        for (unsigned side = !before; !(w & LOFT_TREE_LEAF_); side = before) {
            w = LOFT_MAP_FN(step_)(me, &two, w, side);
            if (!w)
                return LOFT_TREE_AGAIN_;
        }
        *leaf = LOFT_MAP_FN(leaf_of_)(w);
        r = LOFT_MAP_FN(both_)(m, &one, &two) ? LOFT_TREE_TWO_ : LOFT_TREE_AGAIN_;
    }
    LOFT_MAP_S_(write)(me, *leaf, NULL, NULL);
    return r;
}

LOFT_API bool
LOFT_MAP_FN(near_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *key, int how, bool before,
                   LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    LOFT_MAP_FN(leaf_) *n = NULL;
    int r;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    do {
        r = LOFT_MAP_FN(beside_)(m, me, key, how, before, &n);
    } while (r == LOFT_TREE_AGAIN_);
    if (r != LOFT_TREE_NONE_)
        LOFT_MAP_FN(give_leaf_)(n, k LOFT_MAP_AND_(v));
    LOFT_MAP_S_(exit)(me);
    return r != LOFT_TREE_NONE_;
}

/* Fills a batch with one entry at most, and with none only if there is none. */
LOFT_API void
LOFT_MAP_FN(next_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, LOFT_MAP_FN(batch_) *b)
{
    LOFT_MAP_FN(leaf_) *n = NULL;
    int r;
    do {
        r = LOFT_MAP_FN(beside_)(m, me, k, how, b->down, &n);
    } while (r == LOFT_TREE_AGAIN_);
    if (r == LOFT_TREE_TWO_ && LOFT_MAP_FN(in_front_)(&m->base, n, k, how) != b->down)
        r = LOFT_TREE_NONE_;                               /* by WAYS, the comparison lies                       */
    b->n = 0;
    b->more = r != LOFT_TREE_NONE_;
    if (b->more)
        (void)LOFT_MAP_FN(collect_)(&m->base, b, &n->key LOFT_MAP_AND_(&n->val));
}

/* ---- at one instant ---------------------------------------------------------------------------------------------- */

#if LOFT_CAT(LOFT_MAP_SMR, region) && LOFT_CAT(LOFT_MAP_SMR, nests) && !LOFT_CAT(LOFT_MAP_SMR, restarts)
/* Of who takes a snapshot, parents before children, left before right. */
typedef struct LOFT_MAP_FN(held_) {
    uintptr_t word;                                      /* to an inner node, whose lock is held, or to a leaf */
    size_t turn;                                         /* what to come back to after it; see hold_           */
} LOFT_MAP_FN(held_);

typedef struct LOFT_MAP_FN(still_) {
    size_t n;
    size_t room;
    LOFT_MAP_FN(held_) *held;
} LOFT_MAP_FN(still_);

/* Makes room for one more; false: no memory. */
LOFT_API bool
LOFT_MAP_FN(room_)(LOFT_MAP_FN(still_) *all)
{
    if (all->n < all->room)
        return true;
    const size_t room = all->room ? 2 * all->room : 64;
    LOFT_MAP_FN(held_) *const more = room > (size_t)-1 / 2 / sizeof *more ? NULL
                                   : (LOFT_MAP_FN(held_) *)loft_alloc(room * sizeof *more);
    if (!more)
        return false;
    if (all->n)
        memcpy(more, all->held, all->n * sizeof *more);
    loft_free(all->held, all->room * sizeof *more);
    all->held = more;
    all->room = room;
    return true;
}

/* Takes a lock, of a node that is not GOING and cannot be until it is taken: the one above is held, too. */
LOFT_API void
LOFT_MAP_FN(grab_)(LOFT_ATOMIC(loft_seq) *lock)
{
    for (;;) {
        const loft_seq version = loft_load(lock, acquire);   /* grab:A acquire <- open:A: edges, and who wrote them */
        if (!(version & LOFT_TK_HELD_) && LOFT_MAP_FN(seize_)(lock, version))
            return;
        LOFT_MAP_FN(wait_)(lock);
    }
}

/* Takes the map's lock, and those of all inner nodes that lead to a range, and keeps them, with its leaves and perhaps
 * one on each side. False: no memory. */
LOFT_API bool
LOFT_MAP_FN(hold_)(LOFT_MAP_NAME *m, LOFT_MAP_K_ const *from, int place, LOFT_MAP_K_ const *to, unsigned how,
                   LOFT_MAP_FN(still_) *all)
{
    size_t turn = 0;                                     /* the last whose right is to come, counted from 1    */
    LOFT_MAP_FN(grab_)(&m->lock);
    uintptr_t w = loft_load(&m->root, relaxed);          /* hold:A relaxed: its lock is held */
    while (w) {
        if (!LOFT_MAP_FN(room_)(all))
            return false;
        LOFT_MAP_FN(held_) *const its = &all->held[all->n++];
        its->word = w;
        its->turn = turn;
        const bool leaf = (w & LOFT_TREE_LEAF_) != 0;
        LOFT_MAP_FN(inner_) *const n = LOFT_MAP_FN(inner_of_)(w);
        w = 0;
        if (!leaf) {
            LOFT_MAP_FN(grab_)(&n->lock);
            const bool left = LOFT_MAP_FN(side_)(&m->base, n, from, place) == 0;
            const bool right = !LOFT_MAP_FN(beyond_)(&m->base, to, how, &n->key);
            if (left && right)
                turn = all->n;
            if (left || right)
                w = loft_load(&n->edge[!left], relaxed); /* hold:B relaxed: its lock is held */
        }
        if (!w && turn) {
            const LOFT_MAP_FN(held_) *const back = &all->held[turn - 1];
            turn = back->turn;
            w = loft_load(&LOFT_MAP_FN(inner_of_)(back->word)->edge[1], relaxed);   /* hold:C relaxed: its lock is held
                                                                                     */
        }
    }
    return true;
}

/* Gives all locks back. Each has another version then, so that who takes it has seen that, and comes behind. */
LOFT_API void
LOFT_MAP_FN(let_go_)(LOFT_MAP_NAME *m, const LOFT_MAP_FN(still_) *all)
{
    for (size_t i = 0; i <= all->n; i++) {
        const uintptr_t w = i < all->n ? all->held[i].word : 0;
        if (w & LOFT_TREE_LEAF_)
            continue;
        LOFT_ATOMIC(loft_seq) *const lock = LOFT_MAP_FN(lock_of_)(m, LOFT_MAP_FN(inner_of_)(w));
        const loft_seq version = loft_load(lock, relaxed) & ~LOFT_TK_HELD_;   /* let_go:A relaxed: it is held */
        LOFT_MAP_FN(open_)(lock, version + LOFT_TK_VERSION_);
    }
}

/* NAME_snapshot - calls add(k, v, ctx) for the entries from <= k < to that the map had at one instant of this call, by
 * rising key, until it answers false. A frozen map's copy_add is made for that: see frozen.h. It exists where the
 * scheme is of regions, nests sections and does not restart them (loft_ebr, loft_qsbr, loft_leak).
 *   from, to, how   as for_each
 *   returns   LOFT_OK; LOFT_NOMEM: add was not called
 *   add       runs in a section, when the snapshot is over: it may call the map, and should not take long, for what
 *             others retire meanwhile is kept. What it gets is handed out
 *   threads   any
 *   progress  blocking: it waits for other snapshots of this map, and for changes under way in the range. Changes in
 *             the range, and beside the way that leads there, wait for it, until all locks are taken and let go; what
 *             looks at the map does not. The allocator, and comparisons of keys, run meanwhile: these must not change
 *             the map, nor wait for who does
 *   order     linearizable, as all calls of the map: who reads a part of it as it was reads it all as it was then. What
 *             happened before the calls that put in what is there happens before add
 *   cost      a walk, and for each entry of the range a read-modify-write, a store, and four words of memory, or eight
 *             while they grow. No call pays anything when there is none
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(snapshot)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to,
                      unsigned how, bool (*add)(LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ v), void *ctx), void *ctx)
{
    const int place = !from ? LOFT_MAP_BEGIN_ : how & LOFT_RANGE_AFTER ? LOFT_MAP_ABOVE_ : LOFT_MAP_AT_;
    const bool down = (how & LOFT_RANGE_DOWN) != 0;
    LOFT_MAP_FN(still_) all;
    LOFT_MAP_FN(check_)(&m->base, me);
    all.n = all.room = 0;
    all.held = NULL;
    LOFT_MAP_S_(enter)(me);
    const bool good = LOFT_MAP_FN(hold_)(m, from, place, to, how & ~LOFT_RANGE_DOWN, &all);
    LOFT_MAP_FN(let_go_)(m, &all);
    for (size_t i = 0; good && i < all.n; i++) {
        const uintptr_t w = all.held[down ? all.n - 1 - i : i].word;
        const LOFT_MAP_FN(leaf_) *const n = LOFT_MAP_FN(leaf_of_)(w);
        if (!(w & LOFT_TREE_LEAF_) || LOFT_MAP_FN(in_front_)(&m->base, n, from, place)
            || LOFT_MAP_FN(beyond_)(&m->base, to, how & ~LOFT_RANGE_DOWN, &n->key))
            continue;
        LOFT_MAP_K_ k;
#if defined(LOFT_MAP_VAL)
        LOFT_MAP_V_ v;
#endif
        LOFT_MAP_FN(give_leaf_)(n, &k LOFT_MAP_AND_(&v));
        if (!add(k LOFT_MAP_AND_(v), ctx))
            break;
    }
    LOFT_MAP_S_(exit)(me);
    loft_free(all.held, all.room * sizeof *all.held);
    return good ? LOFT_OK : LOFT_NOMEM;
}
#endif

/* ---- calls ------------------------------------------------------------------------------------------------------- */

LOFT_API loft_status
LOFT_MAP_FN(begin_)(LOFT_MAP_NAME *m)
{
    loft_init(&m->root, (uintptr_t)0);
    loft_init(&m->lock, (loft_seq)0);
    return LOFT_OK;
}

#include "tree_calls.h"
#include "calls.h"

#undef LOFT_MAP_LOCKED_
#undef LOFT_MAP_GRAMMAR_H
#undef LOFT_MAP_TREE_H
#undef LOFT_MAP_TREE_CALLS_H
#undef LOFT_MAP_CALLS_H

#endif /* configuration ok */
