/* SPDX-License-Identifier: MIT
 *
 * loft/map/skiplist_locked.h - skip list with a lock in each node, as a map or a set (Herlihy, Lev, Luchangco, Shavit).
 *
 * Needs: core/base.h core/atomics.h core/alloc.h map/grammar.h map/calls.h map/nodelock.h
 *
 * USE IT WHEN         a map in the order of its keys, of any size, is mostly read, and those who change it may wait for
 *                     each other: what skiplist.h does with two or three helpers and a count is one critical section
 *                     here, and who reads waits for nobody.
 * DO NOT USE IT WHEN  nobody may wait for a thread that does not run (skiplist.h): signal handlers, priorities, threads
 *                     that may be killed; or there are some dozens of entries (list.h).
 *
 * EXAMPLE
 *     #include <loft/smr/ebr.h>
 *     #define LOFT_MAP_NAME  ages
 *     #define LOFT_MAP_KEY   int
 *     #define LOFT_MAP_VAL   double
 *     #define LOFT_MAP_SMR   loft_ebr
 *     #include <loft/map/skiplist_locked.h>
 *     static bool add(int k, double v, void *sum) { (void)k; *(double *)sum += v; return true; }
 *     int main(void)
 *     {
 *         static loft_ebr domain;
 *         static ages m;
 *         double v = 0, sum = 0;
 *         int k = 0, to = 102;
 *         if (loft_ebr_init(&domain, NULL) != LOFT_OK || ages_init(&m, &domain) != LOFT_OK)
 *             return 1;
 *         loft_ebr_thread *me = loft_ebr_self(&domain);       // one for each thread; joins by itself
 *         if (!me || ages_put(&m, me, 7, 1.5) != LOFT_OK || ages_put(&m, me, 7, 2.5) != LOFT_REPLACED)
 *             return 1;
 *         for (int i = 100; i < 1000; i++)
 *             if (ages_put_if_absent(&m, me, i, 0.5) != LOFT_OK)
 *                 return 1;
 *         if (!ages_get(&m, me, 7, &v) || v != 2.5 || !ages_lower(&m, me, 100, &k, &v) || k != 7)
 *             return 1;
 *         ages_for_each(&m, me, NULL, &to, 0, add, &sum);     // 7, 100, 101
 *         if (!ages_remove(&m, me, 7, &v) || !ages_pop_first(&m, me, &k, &v) || k != 100)
 *             return 1;
 *         ages_fini(&m);
 *         return loft_ebr_fini(&domain) != LOFT_OK || sum != 3.5;
 *     }
 *
 * PARAMETERS   those of map/grammar.h, and
 *              LOFT_MAP_LEVELS     optional  how many levels there may be: 1 to 64, default 32
 *              LOFT_MAP_P_LOG2     optional  one node of 2^this that are on a level is on the next: 1 to 8, default 2
 *              LOFT_MAP_HEIGHT     optional  (k): on how many levels the node of a key is, from 1 to LOFT_MAP_LEVELS;
 *                                            default: it is drawn. For what has to be the same each time
 *
 * OPERATIONS   all of map/calls.h
 *
 * TOGETHER     as map/calls.h says; OWNERSHIP is in map/grammar.h
 *
 * LEVELS       The entries are the nodes of level 0: what is in and what is out is decided there, by the next word.
 *              Three nodes of four are on no other level. A node that is, a tall one, has the bit TALL in its next
 *              word, and behind its value a word for its height and one for each level more. Each level above is a list
 *              of tall nodes, in order, where a search passes many nodes of the one below in one step.
 *
 * LOCKS        A node's lock is a bit of its next word on level 0 (nodelock.h); that of the map's own words is in the
 *              lowest of them. Who has it may change the words of the node, on all levels, and nobody else. What is
 *              done under locks:
 *                  putting in    the nodes in front of the place, on each level that the new one is on. Then it is
 *                                linked, from the bottom up. The link on level 0 is the instant at which it is in
 *                  taking out    the node itself, then those in front of it. Its words are marked as out, from the top
 *                                down; the mark on level 0 is the instant at which it is out. Then it is taken off its
 *                                levels, from the top down, and retired
 *                  replacing     the same, and the word on level 0 gets the new node and the mark in one store. There
 *                                is no gap, and the word is final: what is out does not come back
 *              Each lock is taken once, whatever number of levels it is needed for, in one order, by falling key: the
 *              node itself, then what is in front of it from level 0 upwards. When it is there, the link has to lead
 *              where the search has said, or all begins again. Who does not get a lock gives back those it has and
 *              waits with nothing in hand. A lock that would be taken for one store is not taken: a new node of one
 *              level goes in by a compare-exchange of a word that nobody has locked.
 *
 * LINKED       There is no mark that says that a node is on all its levels. It is in when it is on level 0; but who
 *              wants to take it out needs the lock in front of it there, and who puts it in keeps that until all is
 *              linked. So none is retired that is going to be linked somewhere, and readers need not ask.
 *
 * SEARCH       From the highest level that is in use down to 0: on each to the last node in front of the place, whose
 *              word one level below is next. It passes nodes that are out, which only their owner takes off: of two
 *              neighbours one at most is out, because what is behind a node that is out cannot be locked in. So between
 *              the one in front, which is in, and the one behind there is at most one that is out, and its word is
 *              final: the link of the one in front, read once more, says that the place was so at that instant. If a
 *              node is out on the level below, it was marked on this one before, and the search begins again, and meets
 *              the mark.
 *
 * PROTECTION   Where regions do not protect, a search has four nodes: prev, one that is out behind it, cur, and what
 *              cur's word leads to. If cur's word is not marked, cur is on that level, and so is the node behind it. If
 *              it is, prev's word is read once more after that node is protected: it leads to cur yet, so that cur, and
 *              with it the node behind, is on the level. Locked nodes need no protection: nobody takes them out.
 *
 * ORDERS       Nodes are published by release and found by acquire, also by who takes a lock. The answers of two calls
 *              on different words fit together because what decides them on level 0 is seq_cst: who puts or takes
 *              writes seq_cst, and a call that only looks ends with seq_cst loads that show its place as it was, all at
 *              one instant. That is not enough for several readers: who has found a node by acquire, and then finds
 *              that another is not there yet, could be contradicted by one who sees them the other way round. So the
 *              word by which an answer was found on level 0 is read once more by seq_cst, wherever it leads by now, and
 *              so is that of a node that is out and was passed. What was found on another level, or off the list, is
 *              so by a later store of who put it in or took it out, on another word, which is as good. Stores that only
 *              unlock come later in the order of the same word and change nothing that is in or out. On x86-64 and
 *              AArch64 these loads cost next to nothing.
 *
 * EDGES        link:A, link:B, take:C -> user                 the node, and what was done before
 *              link:C, take:D, take:E -> user                 the node that it leads to now
 *              take:B -> user                                 the marks above
 *              user -> reports_out:A, visit:A                 the node behind
 *              release:B, unlock:A -> nodelock/try:B          what was done under the lock
 *              link:A, link:B, take:C <-> pass:B, pass:C, pass:D, pass:E, look:A, look:B, look:C, look:D   ORDERS
 *              (user: the load in S_protect, and whoever takes the lock)
 *
 * MEMORY       A node of key, value, a word and the scheme's head (two to four words) per entry, by loft_alloc; a tall
 *              one has a word more and one for each level from 1 on: 0.6 words for each entry. With loft_ebr and a key
 *              and a value of 8 bytes these are 40 bytes, 45 on average; locks take none. The map has LOFT_MAP_LEVELS
 *              words and some.
 *
 * PROGRESS     get, contains, first to higher, walks, and calls that find nothing to change: lock-free; with schemes of
 *              regions they write nothing. Calls that put or take: blocking. They wait for whoever has the lock of the
 *              node, or of one that is in front of it on one of its levels; and for the allocator. Who stops with a
 *              lock holds up calls on these, and on no others. clear ends when it finds the map empty.
 *
 * COST         A search passes O(log n) nodes, on average. Where the scheme is not of regions, or restarts, changing at
 *              a tall node takes another search for each level. Without another in the way: a new node of one level is
 *              one compare-exchange; taking one out or replacing it is two, and a seq_cst store.
 *
 * SOURCE       Herlihy, Lev, Luchangco, Shavit, A Simple Optimistic Skiplist Algorithm, SIROCCO 2007; Pugh, Skip Lists,
 *              CACM 1990; for PROTECTION Nikolaev, Ravindran, SCOT, 2025. Changed: no wait for a lock while another is
 *              held; no flag for nodes that are linked; the mark is in the words, one for each level; replacing; the
 *              ends; reclamation, where the paper has a garbage collector.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "nodelock.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_MAP_NAME)
#  error "loft/map/skiplist_locked.h: define LOFT_MAP_NAME (prefix of the generated type and functions) first"
#elif !defined(LOFT_MAP_KEY)
#  error "loft/map/skiplist_locked.h: define LOFT_MAP_KEY (key type) before including"
#elif !defined(LOFT_MAP_SMR)
#  error "loft/map/skiplist_locked.h: define LOFT_MAP_SMR (scheme of reclamation, such as loft_ebr) before including"
#elif LOFT_CAT(LOFT_MAP_SMR, smr) != 1
#  error "loft/map/skiplist_locked.h: LOFT_MAP_SMR names no scheme that is known here; include its header"
#elif LOFT_CAT(LOFT_MAP_SMR, slots) != 0 && LOFT_CAT(LOFT_MAP_SMR, slots) < 4
#  error "loft/map/skiplist_locked.h: the scheme LOFT_MAP_SMR must have four slots for each thread (S_slots)"
#elif !defined(LOFT_MAP_VAL) && (defined(LOFT_MAP_EQ) || defined(LOFT_MAP_VAL_RETAIN) || defined(LOFT_MAP_VAL_RELEASE))
#  error "loft/map/skiplist_locked.h: LOFT_MAP_EQ, LOFT_MAP_VAL_RETAIN and LOFT_MAP_VAL_RELEASE need LOFT_MAP_VAL"
#elif defined(LOFT_MAP_KEY_RETAIN) && !defined(LOFT_MAP_KEY_RELEASE)
#  error "loft/map/skiplist_locked.h: LOFT_MAP_KEY_RETAIN needs LOFT_MAP_KEY_RELEASE"
#elif defined(LOFT_MAP_VAL_RETAIN) && !defined(LOFT_MAP_VAL_RELEASE)
#  error "loft/map/skiplist_locked.h: LOFT_MAP_VAL_RETAIN needs LOFT_MAP_VAL_RELEASE"
#elif defined(LOFT_MAP_OBJECT) && defined(LOFT_MAP_CMP)
#  error "loft/map/skiplist_locked.h: LOFT_MAP_CMP and LOFT_MAP_OBJECT both say how keys compare; define one of them"
#elif defined(LOFT_MAP_LEVELS) && (LOFT_MAP_LEVELS < 1 || LOFT_MAP_LEVELS > 64)
#  error "loft/map/skiplist_locked.h: LOFT_MAP_LEVELS (how many levels there may be) must be from 1 to 64"
#elif defined(LOFT_MAP_P_LOG2) && (LOFT_MAP_P_LOG2 < 1 || LOFT_MAP_P_LOG2 > 8)
#  error "loft/map/skiplist_locked.h: LOFT_MAP_P_LOG2 (one node of 2^this is on the next level) must be from 1 to 8"
#else

#define LOFT_MAP_HEADER_  "loft/map/skiplist_locked.h"
#define LOFT_MAP_ENTRY_   LOFT_MAP_FN(node_)
#include "grammar.h"

#ifndef LOFT_MAP_SKIPLIST_LOCKED_H
#define LOFT_MAP_SKIPLIST_LOCKED_H

/* Marks of a next word: OUT on each level, the others on level 0. */
#define LOFT_SKIPLOCK_OUT_    ((uintptr_t)1)
#define LOFT_SKIPLOCK_LOCK_   ((uintptr_t)2)             /* somebody changes the words of the node             */
#define LOFT_SKIPLOCK_TALL_   ((uintptr_t)4)             /* the node has levels above                          */
#define LOFT_SKIPLOCK_MARKS_  ((uintptr_t)7)

/* A place beside LOFT_MAP_AT_ to LOFT_MAP_END_: in front of a node that is known. */
#define LOFT_SKIPLOCK_TO_  (LOFT_MAP_END_ + 1)

#endif /* LOFT_MAP_SKIPLIST_LOCKED_H */

#if !defined(LOFT_MAP_LEVELS)
#  define LOFT_MAP_LEVELS  32
#endif
#if !defined(LOFT_MAP_P_LOG2)
#  define LOFT_MAP_P_LOG2  2
#endif

/* Does what a search found on its way stay safe until the end of the section? */
#if LOFT_CAT(LOFT_MAP_SMR, region) && !LOFT_CAT(LOFT_MAP_SMR, restarts)
#  define LOFT_MAP_PATHS_  1
#else
#  define LOFT_MAP_PATHS_  0
#endif

/* ---- types ------------------------------------------------------------------------------------------------------- */

/* Behind it, if it is tall: its height, and its next words from level 1 on. */
typedef struct LOFT_MAP_FN(node_) {
    LOFT_MAP_S_(node) smr;
    LOFT_ATOMIC(uintptr_t) next;                         /* final once it is marked as out                     */
    LOFT_MAP_K_ key;                                     /* fixed, as is the value                             */
#if defined(LOFT_MAP_VAL)
    LOFT_MAP_V_ val;
#endif
} LOFT_MAP_FN(node_);

/* It must not be moved or copied. */
typedef struct LOFT_MAP_NAME {
    LOFT_MAP_FN(base_) base;
    LOFT_ATOMIC(size_t) top;                             /* levels that were in use; not below 1               */
    LOFT_ATOMIC(uintptr_t) head[LOFT_MAP_LEVELS];        /* of the first node on each                          */
} LOFT_MAP_NAME;

/* Between two neighbours on a level. */
typedef struct LOFT_MAP_FN(place_) {
    LOFT_ATOMIC(uintptr_t) *link;                        /* the word that leads to cur: prev's or the map's    */
    uintptr_t word;                                      /* and what it was; not out                           */
    LOFT_MAP_FN(node_) *prev;                            /* NULL: none                                         */
    LOFT_MAP_FN(node_) *dead;                            /* the one between them, which is out; NULL: none     */
    LOFT_MAP_FN(node_) *cur;                             /* NULL: the end                                      */
} LOFT_MAP_FN(place_);

/* What a search saw on the levels below n, from 1 on. Empty where that would not stay safe. */
typedef struct LOFT_MAP_FN(path_) {
    size_t n;
#if LOFT_MAP_PATHS_
    LOFT_ATOMIC(uintptr_t) *link[LOFT_MAP_LEVELS];
    LOFT_ATOMIC(uintptr_t) *lock[LOFT_MAP_LEVELS];       /* of the node in front                               */
    LOFT_MAP_FN(node_) *cur[LOFT_MAP_LEVELS];
#endif
} LOFT_MAP_FN(path_);

/* The locks that somebody has in front of a place, on the levels below n. */
typedef struct LOFT_MAP_FN(held_) {
    size_t n;
    LOFT_ATOMIC(uintptr_t) *busy;                        /* the next one, which another has; NULL: it was not that */
    LOFT_ATOMIC(uintptr_t) *link[LOFT_MAP_LEVELS];       /* leads to the place                                 */
    LOFT_ATOMIC(uintptr_t) *lock[LOFT_MAP_LEVELS];       /* NULL: it is that of a lower level                  */
} LOFT_MAP_FN(held_);

/* ---- private: nodes ---------------------------------------------------------------------------------------------- */

LOFT_API LOFT_MAP_FN(node_) *
LOFT_MAP_FN(node_of_)(uintptr_t word)
{
    return (LOFT_MAP_FN(node_) *)(word & ~LOFT_SKIPLOCK_MARKS_);
}

/* Of a tall node: [0] is its height, [i] its next word on level i. */
LOFT_API LOFT_ATOMIC(uintptr_t) *
LOFT_MAP_FN(tower_)(LOFT_MAP_FN(node_) *n)
{
    return (LOFT_ATOMIC(uintptr_t) *)(void *)((char *)n + sizeof *n);
}

LOFT_API size_t
LOFT_MAP_FN(size_)(size_t height)
{
    return sizeof(LOFT_MAP_FN(node_)) + (height > 1u ? height : 0u) * sizeof(LOFT_ATOMIC(uintptr_t));
}

LOFT_API size_t
LOFT_MAP_FN(height_of_)(LOFT_MAP_FN(node_) *n, uintptr_t next)
{
    if (LOFT_MAP_LEVELS == 1 || !(next & LOFT_SKIPLOCK_TALL_))
        return 1;
    return loft_load(LOFT_MAP_FN(tower_)(n), relaxed);   /* height_of:A relaxed: fixed */
}

/* How high a new node is to be. */
LOFT_API size_t
LOFT_MAP_FN(height_)(LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k)
{
#if defined(LOFT_MAP_HEIGHT)
    (void)me;
    return LOFT_MAP_HEIGHT(*k);
#else
    uint64_t r = loft_smr_random_(me);
    size_t height = 1;
    (void)k;
    while (height < LOFT_MAP_LEVELS && r >> (64 - LOFT_MAP_P_LOG2) == 0) {
        r <<= LOFT_MAP_P_LOG2;
        height++;
    }
    return height;
#endif
}

/* A node that nobody knows, as high as it says; one that was made before is kept if it is. NULL: no memory. */
LOFT_API LOFT_MAP_FN(node_) *
LOFT_MAP_FN(make_)(LOFT_MAP_ME_ *me, LOFT_MAP_FN(node_) *made, size_t *its_height, size_t height, LOFT_MAP_K_ k)
{
    if (made && *its_height == height)
        return made;
    if (made)
        loft_free(made, LOFT_MAP_FN(size_)(*its_height));
    *its_height = height;
    LOFT_MAP_FN(node_) *const n = (LOFT_MAP_FN(node_) *)LOFT_MAP_S_(alloc_node)(me, LOFT_MAP_FN(size_)(height));
    if (n)
        loft_plain_write(&n->key, k);
    return n;
}

LOFT_API void
LOFT_MAP_FN(free_)(LOFT_MAP_FN(node_) *n)
{
    const uintptr_t next = loft_load(&n->next, relaxed); /* free:A relaxed: nobody else has it any more */
    LOFT_MAP_KEY_RELEASE(n->key);
#if defined(LOFT_MAP_VAL)
    LOFT_MAP_VAL_RELEASE(n->val);
#endif
    loft_free(n, LOFT_MAP_FN(size_)(LOFT_MAP_FN(height_of_)(n, next)));
}

LOFT_API void
LOFT_MAP_FN(drop_)(loft_smr_thread *me, loft_smr_node *node)
{
    LOFT_MAP_FN(node_) *const n = (LOFT_MAP_FN(node_) *)node;
    (void)me;
#if LOFT_DEBUG
    const uintptr_t next = loft_load(&n->next, relaxed); /* drop:A relaxed: nobody else has it any more */
    LOFT_ASSERT((next & LOFT_SKIPLOCK_OUT_) && "loft/map/skiplist_locked.h: freed, and not out");
    LOFT_ASSERT(!(next & LOFT_SKIPLOCK_LOCK_) && "loft/map/skiplist_locked.h: freed, and somebody has its lock");
    for (size_t i = LOFT_MAP_FN(height_of_)(n, next) - 1u; i > 0; i--) {
        const uintptr_t above = loft_load(LOFT_MAP_FN(tower_)(n) + i, relaxed);   /* drop:B relaxed: likewise */
        LOFT_ASSERT((above & LOFT_SKIPLOCK_OUT_) && "loft/map/skiplist_locked.h: freed, and not marked on a level");
    }
#endif
    LOFT_MAP_FN(free_)(n);
}

/* The node that a search looks at next if it goes down here: it may be on its way while the one above is compared. */
LOFT_ALWAYS_INLINE void
LOFT_MAP_FN(ahead_)(const LOFT_ATOMIC(uintptr_t) *link)
{
#if defined(LOFT_MEMORY)
    (void)link;                                          /* nothing is decided by it                           */
#else
    const uintptr_t w = loft_load(link, relaxed);        /* ahead:A relaxed: nothing is done with it */
    LOFT_PREFETCH((const void *)(w + sizeof(LOFT_MAP_S_(node)) + sizeof w));   /* its key, or nearly               */
#endif
}

/* ---- private: snapshots ------------------------------------------------------------------------------------------ */

#if LOFT_MAP_SNAPS_
/* A node, or NULL, was in. False: it is not any more. */
LOFT_API bool
LOFT_MAP_FN(reports_)(LOFT_MAP_FN(collector_) *c, const LOFT_MAP_FN(node_) *n)
{
    return !n || LOFT_MAP_FN(report_in_)(c, n, &n->next, LOFT_SKIPLOCK_OUT_, 0);
}

/* A node is out: or, if it was replaced, the one that came in its place was in. */
LOFT_NOINLINE void
LOFT_MAP_FN(reports_out_)(const LOFT_MAP_NAME *m, LOFT_MAP_FN(collector_) *c, const LOFT_MAP_FN(node_) *n)
{
#if defined(LOFT_MAP_VAL)
    const uintptr_t next = loft_load(&n->next, acquire); /* reports_out:A acquire <- user: the node behind */
    const LOFT_MAP_FN(node_) *const behind = LOFT_MAP_FN(node_of_)(next);
    if (behind && LOFT_MAP_FN(compare_)(&m->base, &behind->key, &n->key) == 0) {
        (void)LOFT_MAP_FN(reports_)(c, behind);
        return;
    }
#endif
    (void)m;
    LOFT_MAP_FN(report_out_)(c, n);
}
#endif

/* Two nodes, or NULL, were in. False: one is not any more, begin again. */
LOFT_ALWAYS_INLINE bool
LOFT_MAP_FN(tell_in_)(const LOFT_MAP_NAME *m, const LOFT_MAP_FN(node_) *a, const LOFT_MAP_FN(node_) *b)
{
#if LOFT_MAP_SNAPS_
    LOFT_MAP_FN(collector_) *const c = LOFT_MAP_FN(snapping_)(&m->base);
    if (LOFT_UNLIKELY(c != NULL))
        return LOFT_MAP_FN(reports_)(c, a) && LOFT_MAP_FN(reports_)(c, b);
#endif
    (void)m;
    (void)a;
    (void)b;
    return true;
}

/* A node is out. */
LOFT_ALWAYS_INLINE void
LOFT_MAP_FN(tell_out_)(const LOFT_MAP_NAME *m, const LOFT_MAP_FN(node_) *n)
{
#if LOFT_MAP_SNAPS_
    LOFT_MAP_FN(collector_) *const c = LOFT_MAP_FN(snapping_)(&m->base);
    if (LOFT_UNLIKELY(c != NULL))
        LOFT_MAP_FN(reports_out_)(m, c, n);
#endif
    (void)m;
    (void)n;
}

/* ---- private: searches ------------------------------------------------------------------------------------------- */

/* One try of find_; false: begin again. */
LOFT_API bool
LOFT_MAP_FN(pass_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, const LOFT_MAP_FN(node_) *its,
                   size_t from, size_t to, LOFT_MAP_FN(place_) *at, LOFT_MAP_FN(path_) *path,
                   LOFT_MAP_FN(batch_) *batch, bool *found)
{
    LOFT_MAP_S_(read)(me);
    size_t level = from;
    LOFT_ATOMIC(uintptr_t) *tower = m->head;             /* prev's words from level 1 on                       */
    LOFT_ATOMIC(uintptr_t) *link;
    LOFT_MAP_FN(node_) *prev = NULL;
    LOFT_MAP_FN(node_) *dead;
    LOFT_MAP_FN(node_) *cur;
    uintptr_t word;                                      /* what was at link                                   */
    uintptr_t w;                                         /* that, or the word of the dead one: leads to cur    */
    size_t a = 0;                                        /* the slots of prev, dead, cur and the one behind it */
    size_t d = 1;
    size_t b = 2;
    size_t c = 3;
    bool same = false;
#if LOFT_CAT(LOFT_MAP_SMR, region)
    LOFT_MAP_FN(node_) *stop = NULL;                     /* where the level above ended, ...                   */
    bool stop_same = false;                              /* ... and its key was the one sought                 */
#endif
    if (batch) {
        batch->n = 0;
        batch->more = true;
    }
#if LOFT_MAP_PATHS_
    if (path)
        path->n = from;
#endif
    do {
        level--;
        link = level ? tower + level : prev ? &prev->next : m->head;
        w = LOFT_MAP_S_(protect)(me, b, link);
        if (LOFT_UNLIKELY(w & LOFT_SKIPLOCK_OUT_)) {     /* prev is out, and marked on the level above, too    */
            LOFT_MAP_S_(write)(me, NULL, NULL, NULL);
            return false;
        }
        word = w;
        dead = NULL;
        for (;;) {
            cur = LOFT_MAP_FN(node_of_)(w);
            same = false;
            if (!cur)
                break;
#if LOFT_CAT(LOFT_MAP_SMR, region)
            if (cur == stop) {
                same = stop_same;
                break;
            }
#endif
            if (level)
                LOFT_MAP_FN(ahead_)(level > 1u ? tower + level - 1u : prev ? &prev->next : m->head);
            const uintptr_t next = LOFT_MAP_S_(protect)(me, c, level ? LOFT_MAP_FN(tower_)(cur) + level : &cur->next);
            if (LOFT_UNLIKELY(next & LOFT_SKIPLOCK_OUT_)) {
                bool lost = dead != NULL;                /* which is off the level by now                      */
#if !LOFT_CAT(LOFT_MAP_SMR, region)
                lost = lost || ((loft_load(link, relaxed) ^ word) & ~LOFT_SKIPLOCK_LOCK_);   /* pass:A relaxed: that it
                                                     is on the level yet: S_protect puts this behind what it says */
#endif
                if (lost) {
                    LOFT_MAP_S_(write)(me, NULL, NULL, NULL);
                    return false;
                }
                const size_t spare = d;
                d = b;
                b = c;
                c = spare;
                dead = cur;
                w = next;
                continue;
            }
            if (how != LOFT_MAP_END_) {
                int r = 1;
                if (how == LOFT_SKIPLOCK_TO_)
                    r = cur == its ? 1 : -1;
                else if (how != LOFT_MAP_BEGIN_)
                    r = LOFT_MAP_FN(compare_)(&m->base, &cur->key, k);
                same = r == 0;
                if ((r > 0 || (same && how == LOFT_MAP_AT_))
                    && !(batch && level == 0
                         && LOFT_MAP_FN(collect_)(&m->base, batch, &cur->key LOFT_MAP_AND_(&cur->val))))
                    break;
            }
            if (level == 0 && !batch)
                (void)loft_load(dead ? &dead->next : link, seq_cst);   /* pass:E seq_cst <-> link:A, link:B, take:C:
                                                            prev got in before pass:C, for all */
            const size_t spare = a;
            a = b;
            b = c;
            c = spare;
            prev = cur;
            dead = NULL;
            tower = LOFT_MAP_FN(tower_)(cur);
            link = level ? tower + level : &cur->next;
            word = next;
            w = next;
        }
#if LOFT_CAT(LOFT_MAP_SMR, region)
        if (!batch) {
            stop = cur;
            stop_same = same;
        }
#endif
#if LOFT_MAP_PATHS_
        if (LOFT_MAP_LEVELS > 1 && level && path) {
            path->link[level] = link;
            path->lock[level] = prev ? &prev->next : m->head;
            path->cur[level] = cur;
        }
#endif
    } while (level > to);
    LOFT_MAP_S_(write)(me, prev, cur, dead);             /* before any return: the read phase is this function's */
    (void)path;
    if (batch) {
        batch->more = batch->more && cur;
    } else if (level == 0) {
        if (!LOFT_MAP_FN(tell_in_)(m, prev, cur))
            return false;
        if (dead)
            LOFT_MAP_FN(tell_out_)(m, dead);
        if (dead)
            (void)loft_load(&dead->next, seq_cst);       /* pass:B seq_cst <-> link:A, link:B, take:C: it was out at
                                                            pass:C, and cur in, for all */
        if ((loft_load(link, seq_cst) ^ word) & ~LOFT_SKIPLOCK_LOCK_)   /* pass:C seq_cst <-> link:A, link:B, take:C:
                                                            prev is in, cur next to it. LP of who only looks */
            return false;
        if (cur && (loft_load(&cur->next, seq_cst) & LOFT_SKIPLOCK_OUT_))   /* pass:D seq_cst <-> link:A, link:B,
                                                            take:C: else cur was in at pass:C, too */
            return false;
    }
    *found = same;
    at->link = link;
    at->word = word;
    at->prev = prev;
    at->dead = dead;
    at->cur = cur;
    return true;
}

/* Goes to the place that `how` asks for, on level `to`; there are `least` levels or more. On level 0, without a batch:
 * at one instant prev was in the list, cur next to it, and in it; true: cur has this key. With a batch, that is filled
 * from there on, and *at is where it ended. */
LOFT_API bool
LOFT_MAP_FN(find_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, size_t least, size_t to,
                   LOFT_MAP_FN(place_) *at, LOFT_MAP_FN(path_) *path, LOFT_MAP_FN(batch_) *batch)
{
    bool found = false;
    size_t from = 1;
    if (how != LOFT_MAP_BEGIN_) {
        from = loft_load(&m->top, relaxed);              /* find:A relaxed: a search may begin anywhere */
        from = from > least ? from : least;
    }
    while (!LOFT_MAP_FN(pass_)(m, me, k, how, NULL, from, to, at, path, batch, &found)) {
    }
    return found;
}

/* Goes to the front of a node that is on this level, step by step from the first one. */
LOFT_API void
LOFT_MAP_FN(find_front_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, const LOFT_MAP_FN(node_) *its, size_t level,
                         LOFT_MAP_FN(place_) *at)
{
    bool found = false;
    while (!LOFT_MAP_FN(pass_)(m, me, NULL, LOFT_SKIPLOCK_TO_, its, level + 1u, level, at, NULL, NULL, &found)) {
    }
}

#if LOFT_CAT(LOFT_MAP_SMR, region)
/* Looks for a key and writes nothing. 1: it is in, *cur is safe; 0: there was an instant without it, *cur is the one
 * that is out, or NULL; -1: cannot say. */
LOFT_API int
LOFT_MAP_FN(look_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, size_t from, LOFT_MAP_FN(node_) **cur)
{
    LOFT_MAP_S_(read)(me);
    *cur = NULL;
    LOFT_ATOMIC(uintptr_t) *tower = m->head;             /* of the last one below k, ...                       */
    LOFT_MAP_FN(node_) *below = NULL;
    const LOFT_MAP_FN(node_) *above = NULL;              /* the first one above k, of which we know            */
    LOFT_MAP_FN(node_) *n = NULL;
    LOFT_ATOMIC(uintptr_t) *link;
    uintptr_t w;
    int r = 1;
    const LOFT_ATOMIC(uintptr_t) *via;                   /* what leads to n on level 0: link, or the word of ... */
    bool dead = false;                                   /* ... one behind it that is out                      */
    for (size_t level = from - 1u; level > 0; level--) {
        for (;;) {
            w = LOFT_MAP_S_(protect)(me, 0, tower + level);
            n = LOFT_MAP_FN(node_of_)(w);
            if (!n || n == above)
                break;
            LOFT_MAP_FN(ahead_)(level > 1u ? tower + level - 1u : below ? &below->next : m->head);
            r = LOFT_MAP_FN(compare_)(&m->base, &n->key, k);
            if (r >= 0)
                break;
            below = n;
            tower = LOFT_MAP_FN(tower_)(n);
        }
        if (n && n != above) {
            if (r > 0)
                above = n;
            else if (!(loft_load(&n->next, seq_cst) & LOFT_SKIPLOCK_OUT_)) {   /* look:C seq_cst <-> link:A, link:B,
                                                                                  take:C: LP(true) */
                LOFT_MAP_S_(write)(me, n, NULL, NULL);
                *cur = n;
                return 1;
            }
        }
    }
    link = below ? &below->next : m->head;
    w = LOFT_MAP_S_(protect)(me, 0, link);
    via = link;
    n = LOFT_MAP_FN(node_of_)(w);
    while (n && n != above) {
        uintptr_t next;
        r = LOFT_MAP_FN(compare_)(&m->base, &n->key, k);
        if (r > 0)
            break;
        if (r == 0) {
            next = loft_load(&n->next, seq_cst);         /* look:A seq_cst <-> link:A, link:B, take:C: LP(true) */
            *cur = n;
        } else {
            next = LOFT_MAP_S_(protect)(me, 0, &n->next);
        }
        if (!(next & LOFT_SKIPLOCK_OUT_)) {
            if (r == 0) {
                (void)loft_load(via, seq_cst);           /* look:D seq_cst <-> link:A, link:B, take:C: it got in
                                                            before, for all */
                LOFT_MAP_S_(write)(me, n, NULL, NULL);
                return 1;
            }
            below = n;
            link = &n->next;
            w = next;
            dead = false;
        } else if (dead) {
            w = LOFT_SKIPLOCK_OUT_;                      /* the one in front is off the list by now            */
            break;
        } else {
            dead = true;
        }
        via = &n->next;
        n = LOFT_MAP_FN(node_of_)(next);
    }
    LOFT_MAP_S_(write)(me, below, NULL, NULL);
    if ((w & LOFT_SKIPLOCK_OUT_) || ((loft_load(link, seq_cst) ^ w) & ~LOFT_SKIPLOCK_LOCK_))   /* look:B seq_cst <->
               link:A, link:B, take:C: the last node below k is in, and what is behind it and has k is out. LP(false) */
        return -1;
    return 0;
}
#endif

/* The node with this key, or NULL. */
LOFT_API LOFT_MAP_FN(node_) *
LOFT_MAP_FN(node_with_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k)
{
    LOFT_MAP_FN(place_) at;
#if LOFT_CAT(LOFT_MAP_SMR, region)
    LOFT_MAP_FN(node_) *cur;
    const size_t from = loft_load(&m->top, relaxed);     /* node_with:A relaxed: a search may begin anywhere */
    const int r = LOFT_MAP_FN(look_)(m, me, k, from, &cur);
    if (r > 0) {
        (void)LOFT_MAP_FN(tell_in_)(m, cur, NULL);
        return cur;
    }
    if (r == 0) {
        if (cur)
            LOFT_MAP_FN(tell_out_)(m, cur);
        return NULL;
    }
#endif
    return LOFT_MAP_FN(find_)(m, me, k, LOFT_MAP_AT_, 1, 0, &at, NULL, NULL) ? at.cur : NULL;
}

/* ---- private: locks ---------------------------------------------------------------------------------------------- */

/* Takes a node's lock, and *w is its word then. If it is out, or another has the lock: false, with no lock, when the
 * other one has given it back. */
LOFT_API bool
LOFT_MAP_FN(lock_)(LOFT_MAP_FN(node_) *n, uintptr_t *w)
{
    if (loft_nodelock_try(&n->next, LOFT_SKIPLOCK_LOCK_, LOFT_SKIPLOCK_OUT_, w))
        return true;
    if (!(*w & LOFT_SKIPLOCK_OUT_))
        loft_nodelock_wait(&n->next, LOFT_SKIPLOCK_LOCK_);
    return false;
}

LOFT_API void
LOFT_MAP_FN(unlock_)(LOFT_MAP_FN(node_) *n, uintptr_t w)
{
    loft_store(&n->next, w, release);                    /* unlock:A release -> nodelock/try:B: nothing was done
                                                            under it; what the word leads to is known to whom it was */
}

/* Gives back the locks of the levels below `above`, down to `low`: that of level 0 says that all is done. */
LOFT_API void
LOFT_MAP_FN(release_)(const LOFT_MAP_FN(held_) *held, size_t above, size_t low)
{
    while (above > low) {
        LOFT_ATOMIC(uintptr_t) *const lock = held->lock[--above];
        if (lock) {
            const uintptr_t w = loft_load(lock, relaxed);   /* release:A relaxed: nobody else writes it */
            loft_store(lock, w & ~LOFT_SKIPLOCK_LOCK_, release);   /* release:B release -> nodelock/try:B:
                                                                      what was done under it */
        }
    }
}

/* Takes the lock of the node in front on one more level, if its word there leads to `to`. */
LOFT_API bool
LOFT_MAP_FN(grab_)(LOFT_MAP_FN(held_) *held, LOFT_ATOMIC(uintptr_t) *link, LOFT_ATOMIC(uintptr_t) *lock,
                   const LOFT_MAP_FN(node_) *to)
{
    uintptr_t w = 0;
    bool mine = false;
    for (size_t i = 0; i < held->n; i++)
        mine = mine || held->lock[i] == lock;
    if (!mine && !loft_nodelock_try(lock, LOFT_SKIPLOCK_LOCK_, LOFT_SKIPLOCK_OUT_, &w)) {
        held->busy = w & LOFT_SKIPLOCK_OUT_ ? NULL : lock;
        return false;
    }
    held->link[held->n] = link;
    held->lock[held->n++] = mine ? NULL : lock;
    return LOFT_MAP_FN(node_of_)(loft_load(link, relaxed)) == to;   /* grab:A relaxed: the lock's acquire was before */
}

/* Takes the locks in front of a place on `height` levels, which `at` says for level 0, and for others a path, or the
 * key: by falling key. Of: the node that is there on all of them, locked by the caller; NULL: one is to be put in.
 * False: none of them, and when there is nothing to wait for any more. */
LOFT_API bool
LOFT_MAP_FN(hold_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, const LOFT_MAP_FN(place_) *at,
                   const LOFT_MAP_FN(path_) *path, LOFT_MAP_FN(node_) *of, size_t height, LOFT_MAP_FN(held_) *held)
{
    LOFT_MAP_FN(place_) on;
    held->n = 0;
    held->busy = NULL;
    bool got = LOFT_MAP_FN(grab_)(held, at->link, at->link, at->cur);
    for (size_t level = 1; got && level < height; level++) {
#if LOFT_MAP_PATHS_
        if (level < path->n && (!of || path->cur[level] == of)) {
            got = LOFT_MAP_FN(grab_)(held, path->link[level], path->lock[level], path->cur[level]);
            continue;
        }
#endif
        if (k)
            (void)LOFT_MAP_FN(find_)(m, me, k, LOFT_MAP_AT_, height, level, &on, NULL, NULL);
        if (of && (!k || on.cur != of))                  /* it is the first one, or comparisons lie            */
            LOFT_MAP_FN(find_front_)(m, me, of, level, &on);
        got = LOFT_MAP_FN(grab_)(held, on.link, on.prev ? &on.prev->next : m->head, of ? of : on.cur);
    }
    (void)path;
    if (!got)
        LOFT_MAP_FN(release_)(held, held->n, 0);
    return got;
}

/* ---- private: in and out ----------------------------------------------------------------------------------------- */

/* Puts a node between prev and cur, if they are neighbours yet. False: look again. */
LOFT_API bool
LOFT_MAP_FN(link_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, const LOFT_MAP_FN(place_) *at,
                   const LOFT_MAP_FN(path_) *path, LOFT_MAP_FN(node_) *fresh, size_t height)
{
    LOFT_ATOMIC(uintptr_t) *const tower = LOFT_MAP_FN(tower_)(fresh);
    LOFT_MAP_FN(held_) held;
    uintptr_t w = at->word;
    if (height == 1) {
        if (w & LOFT_SKIPLOCK_LOCK_) {
            loft_nodelock_wait(at->link, LOFT_SKIPLOCK_LOCK_);
            return false;
        }
        loft_init(&fresh->next, (uintptr_t)at->cur);
        const uintptr_t to_fresh = (uintptr_t)fresh | (w & LOFT_SKIPLOCK_TALL_);
        return !at->dead && loft_cas_strong(at->link, &w, to_fresh, seq_cst, relaxed);   /* link:A seq_cst -> user <->
          pass:B, pass:C, pass:D, pass:E, look:A, look:B, look:C, look:D: the node, and what was done before. LP */
    }
    if (!LOFT_MAP_FN(hold_)(m, me, k, at, path, NULL, height, &held)) {
        if (held.busy)
            loft_nodelock_wait(held.busy, LOFT_SKIPLOCK_LOCK_);
        return false;
    }
    size_t top = loft_load(&m->top, relaxed);            /* link:D relaxed: the CAS checks it */
    while (top < height && !loft_cas_weak(&m->top, &top, height, relaxed, relaxed)) {   /* link:E relaxed: a hint */
    }
    w = loft_load(held.link[0], relaxed);                /* link:F relaxed: nobody else writes it */
    loft_init(&fresh->next, (w & ~LOFT_SKIPLOCK_MARKS_) | LOFT_SKIPLOCK_TALL_);
    loft_init(tower, height);
    for (size_t i = 1; i < height; i++)
        loft_init(tower + i, loft_load(held.link[i], relaxed));   /* link:G relaxed: nobody else writes it */
    loft_store(held.link[0], (uintptr_t)fresh | (w & LOFT_SKIPLOCK_MARKS_), seq_cst);   /* link:B seq_cst -> user <->
          pass:B, pass:C, pass:D, pass:E, look:A, look:B, look:C, look:D: the node, and what was done before. LP */
    for (size_t i = 1; i < height; i++)
        loft_store(held.link[i], (uintptr_t)fresh, release);   /* link:C release -> user: the node */
    LOFT_MAP_FN(release_)(&held, height, 0);
    return true;
}

/* Takes out a node that the caller has locked, whose word is w, and puts another in its place, unless that is NULL. It
 * is the caller's to retire. False: it is not locked any more; look again. */
LOFT_API bool
LOFT_MAP_FN(take_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, const LOFT_MAP_FN(place_) *at,
                   const LOFT_MAP_FN(path_) *path, LOFT_MAP_FN(node_) *n, uintptr_t w, LOFT_MAP_FN(node_) *fresh)
{
    LOFT_ATOMIC(uintptr_t) *const tower = LOFT_MAP_FN(tower_)(n);
    const size_t height = LOFT_MAP_FN(height_of_)(n, w);
    const uintptr_t tall = w & LOFT_SKIPLOCK_TALL_;
    const uintptr_t behind = fresh ? (uintptr_t)fresh : w & ~LOFT_SKIPLOCK_MARKS_;
    LOFT_MAP_FN(held_) held;
    if (!LOFT_MAP_FN(hold_)(m, me, k, at, path, n, height, &held)) {
        LOFT_MAP_FN(unlock_)(n, w);
        if (held.busy)
            loft_nodelock_wait(held.busy, LOFT_SKIPLOCK_LOCK_);
        return false;
    }
    if (fresh)
        loft_init(&fresh->next, w);
    if (fresh && tall)
        loft_init(LOFT_MAP_FN(tower_)(fresh), height);
    for (size_t i = height - 1u; i > 0; i--) {
        const uintptr_t next = loft_load(tower + i, relaxed);   /* take:A relaxed: nobody else writes it */
        if (fresh)
            loft_init(LOFT_MAP_FN(tower_)(fresh) + i, next);
        loft_store(tower + i, next | LOFT_SKIPLOCK_OUT_, release);   /* take:B release -> user: the marks above */
    }
    loft_store(&n->next, behind | tall | LOFT_SKIPLOCK_OUT_, seq_cst);   /* take:C seq_cst -> user <-> pass:B, pass:C,
         pass:D, pass:E, look:A, look:B, look:C, look:D: the new node if there is one, and what was done before. LP */
    LOFT_MAP_FN(tell_out_)(m, n);                        /* before it comes off level 0                        */
    for (size_t i = height - 1u; i > 0; i--) {
        const uintptr_t next = loft_load(tower + i, relaxed);   /* take:F relaxed: it is final */
        loft_store(held.link[i], fresh ? (uintptr_t)fresh : next & ~LOFT_SKIPLOCK_MARKS_, release);   /* take:D release
                                                                               -> user: the node that it leads to */
    }
    LOFT_MAP_FN(release_)(&held, height, 1);
    w = loft_load(at->link, relaxed);                    /* take:G relaxed: nobody else writes it */
    loft_store(at->link, behind | (w & LOFT_SKIPLOCK_TALL_), release);   /* take:E release -> user: the node that it
                  leads to, and that the other one is out. With it the lock of level 0 is given back, the last one */
    return true;
}

/* ---- what grammar.h asks for ------------------------------------------------------------------------------------- */

LOFT_API loft_status
LOFT_MAP_FN(begin_)(LOFT_MAP_NAME *m)
{
    loft_init(&m->top, (size_t)1);
    for (size_t i = 0; i < LOFT_MAP_LEVELS; i++)
        loft_init(&m->head[i], (uintptr_t)0);
    return LOFT_OK;
}

LOFT_API void
LOFT_MAP_FN(end_)(LOFT_MAP_NAME *m)
{
    uintptr_t w = loft_load(&m->head[0], relaxed);       /* end:A relaxed: nobody else is here */
    while (LOFT_MAP_FN(node_of_)(w)) {
        LOFT_MAP_FN(node_) *const n = LOFT_MAP_FN(node_of_)(w);
        w = loft_load(&n->next, relaxed);                /* end:B relaxed: nobody else is here */
        LOFT_MAP_FN(free_)(n);
    }
    (void)LOFT_MAP_FN(begin_)(m);
}

LOFT_API loft_status
LOFT_MAP_FN(build_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k LOFT_MAP_AND_(LOFT_MAP_V_ const *v),
                    size_t count)
{
    LOFT_ATOMIC(uintptr_t) *end[LOFT_MAP_LEVELS];
    size_t top = 1;
    for (size_t i = 0; i < LOFT_MAP_LEVELS; i++)
        end[i] = &m->head[i];
    for (size_t j = 0; j < count; j++) {
        size_t height = 0;
        LOFT_MAP_FN(node_) *const n = LOFT_MAP_FN(make_)(me, NULL, &height, LOFT_MAP_FN(height_)(me, &k[j]), k[j]);
        if (!n) {
            uintptr_t w = loft_load(&m->head[0], relaxed);   /* build:A relaxed: nobody else knows the map */
            while (LOFT_MAP_FN(node_of_)(w)) {
                LOFT_MAP_FN(node_) *const made = LOFT_MAP_FN(node_of_)(w);
                w = loft_load(&made->next, relaxed);     /* build:B relaxed: nobody else knows the map */
                loft_free(made, LOFT_MAP_FN(size_)(LOFT_MAP_FN(height_of_)(made, w)));
            }
            (void)LOFT_MAP_FN(begin_)(m);
            return LOFT_NOMEM;
        }
#if defined(LOFT_MAP_VAL)
        loft_plain_write(&n->val, v[j]);
#endif
        LOFT_ATOMIC(uintptr_t) *const tower = LOFT_MAP_FN(tower_)(n);
        loft_init(&n->next, height > 1u ? LOFT_SKIPLOCK_TALL_ : (uintptr_t)0);
        if (height > 1u)
            loft_init(tower, height);
        for (size_t i = 0; i < height; i++) {
            if (i)
                loft_init(tower + i, (uintptr_t)0);
            const uintptr_t marks = loft_load(end[i], relaxed);   /* build:C relaxed: nobody else knows the map */
            loft_store(end[i], (uintptr_t)n | marks, relaxed);   /* build:D relaxed: nobody else knows the map */
            end[i] = i ? tower + i : &n->next;
        }
        top = height > top ? height : top;
    }
    loft_store(&m->top, top, relaxed);                   /* build:E relaxed: nobody else knows the map */
    return LOFT_OK;
}

LOFT_API bool
LOFT_MAP_FN(has_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ *out))
{
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    const LOFT_MAP_FN(node_) *const n = LOFT_MAP_FN(node_with_)(m, me, &k);
    if (n)
        LOFT_MAP_FN(give_)(&n->key LOFT_MAP_AND_(&n->val), NULL LOFT_MAP_AND_(out));
    LOFT_MAP_S_(exit)(me);
    return n != NULL;
}

LOFT_API loft_status
LOFT_MAP_FN(set_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, unsigned may
                  LOFT_MAP_AND_(LOFT_MAP_V_ v, LOFT_MAP_V_ const *only, LOFT_MAP_V_ *was))
{
    LOFT_MAP_FN(place_) at;
    LOFT_MAP_FN(path_) path;
    LOFT_MAP_FN(node_) *fresh = NULL;
    size_t its_height = 0;
    loft_status s;
    LOFT_MAP_FN(check_)(&m->base, me);
    const size_t drawn = LOFT_MAP_FN(height_)(me, &k);
    path.n = 0;
    LOFT_MAP_S_(enter)(me);
    for (;;) {
        const bool there = LOFT_MAP_FN(find_)(m, me, &k, LOFT_MAP_AT_, drawn, 0, &at, &path, NULL);
        bool allowed = (may & (there ? LOFT_MAP_REPLACE_ : LOFT_MAP_ADD_)) != 0;
        size_t height = drawn;
#if defined(LOFT_MAP_VAL)
        uintptr_t w = 0;
        allowed = allowed && (!there || LOFT_MAP_FN(agrees_)(&at.cur->val, only));
#endif
        if (!allowed) {
            s = there ? LOFT_EXISTS : LOFT_NOT_FOUND;
            if (there)
                LOFT_MAP_FN(give_)(&at.cur->key LOFT_MAP_AND_(&at.cur->val), NULL LOFT_MAP_AND_(was));
            break;
        }
#if defined(LOFT_MAP_VAL)
        if (there)                                       /* as high as the old one, where that was             */
            height = LOFT_MAP_FN(height_of_)(at.cur, loft_load(&at.cur->next, relaxed));   /* set:A relaxed: whether it
                                                                                              is tall is fixed */
#endif
        fresh = LOFT_MAP_FN(make_)(me, fresh, &its_height, height, k);
        if (!fresh) {
            s = LOFT_NOMEM;
            break;
        }
#if defined(LOFT_MAP_VAL)
        loft_plain_write(&fresh->val, v);
#endif
        if (!there && LOFT_MAP_FN(link_)(m, me, &k, &at, &path, fresh, height)) {
            (void)LOFT_MAP_FN(tell_in_)(m, fresh, NULL);
            fresh = NULL;
            s = LOFT_OK;
            break;
        }
#if defined(LOFT_MAP_VAL)
        if (there && LOFT_MAP_FN(lock_)(at.cur, &w)
            && LOFT_MAP_FN(take_)(m, me, &k, &at, &path, at.cur, w, fresh)) {
            LOFT_MAP_FN(give_)(&at.cur->key, &at.cur->val, NULL, was);
            LOFT_MAP_S_(retire)(me, &at.cur->smr, LOFT_MAP_FN(drop_));
            fresh = NULL;
            s = LOFT_REPLACED;
            break;
        }
#endif
    }
    LOFT_MAP_S_(exit)(me);
    if (fresh)
        loft_free(fresh, LOFT_MAP_FN(size_)(its_height));
    return s;
}

#if defined(LOFT_MAP_VAL)
LOFT_API loft_status
LOFT_MAP_FN(update_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, bool (*change)(LOFT_MAP_V_ *v, void *ctx),
                     void *ctx)
{
    LOFT_MAP_FN(place_) at;
    LOFT_MAP_FN(path_) path;
    LOFT_MAP_FN(node_) *fresh = NULL;
    size_t its_height = 0;
    uintptr_t w = 0;
    loft_status s = LOFT_NOT_FOUND;
    LOFT_MAP_FN(check_)(&m->base, me);
    path.n = 0;
    LOFT_MAP_S_(enter)(me);
    while (LOFT_MAP_FN(find_)(m, me, &k, LOFT_MAP_AT_, 1, 0, &at, &path, NULL)) {
        LOFT_MAP_V_ v = loft_plain_read(&at.cur->val);
        if (!change(&v, ctx)) {
            s = LOFT_EXISTS;
            break;
        }
        const size_t height = LOFT_MAP_FN(height_of_)(at.cur, loft_load(&at.cur->next, relaxed));   /* update:A relaxed:
                                                                                         whether it is tall is fixed */
        fresh = LOFT_MAP_FN(make_)(me, fresh, &its_height, height, k);
        if (!fresh) {
            LOFT_MAP_VAL_RELEASE(v);
            s = LOFT_NOMEM;
            break;
        }
        loft_plain_write(&fresh->val, v);
        if (LOFT_MAP_FN(lock_)(at.cur, &w) && LOFT_MAP_FN(take_)(m, me, &k, &at, &path, at.cur, w, fresh)) {
            LOFT_MAP_S_(retire)(me, &at.cur->smr, LOFT_MAP_FN(drop_));
            fresh = NULL;
            s = LOFT_REPLACED;
            break;
        }
        LOFT_MAP_VAL_RELEASE(v);
    }
    LOFT_MAP_S_(exit)(me);
    if (fresh)
        loft_free(fresh, LOFT_MAP_FN(size_)(its_height));
    return s;
}
#endif

LOFT_API bool
LOFT_MAP_FN(unset_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k
                    LOFT_MAP_AND_(LOFT_MAP_V_ const *only, LOFT_MAP_V_ *old))
{
    LOFT_MAP_FN(place_) at;
    LOFT_MAP_FN(path_) path;
    uintptr_t w = 0;
    bool there;
    LOFT_MAP_FN(check_)(&m->base, me);
    path.n = 0;
    LOFT_MAP_S_(enter)(me);
    do {
        there = LOFT_MAP_FN(find_)(m, me, &k, LOFT_MAP_AT_, 1, 0, &at, &path, NULL);
#if defined(LOFT_MAP_VAL)
        there = there && LOFT_MAP_FN(agrees_)(&at.cur->val, only);
#endif
    } while (there && !(LOFT_MAP_FN(lock_)(at.cur, &w)
                        && LOFT_MAP_FN(take_)(m, me, &k, &at, &path, at.cur, w, NULL)));
    if (there) {
        LOFT_MAP_FN(give_)(&at.cur->key LOFT_MAP_AND_(&at.cur->val), NULL LOFT_MAP_AND_(old));
        LOFT_MAP_S_(retire)(me, &at.cur->smr, LOFT_MAP_FN(drop_));
    }
    LOFT_MAP_S_(exit)(me);
    return there;
}

LOFT_API bool
LOFT_MAP_FN(near_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *key, int how, bool before,
                   LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    LOFT_MAP_FN(place_) at;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    (void)LOFT_MAP_FN(find_)(m, me, key, how, 1, 0, &at, NULL, NULL);
    const LOFT_MAP_FN(node_) *const n = before ? at.prev : at.cur;
    if (n)
        LOFT_MAP_FN(give_)(&n->key LOFT_MAP_AND_(&n->val), k LOFT_MAP_AND_(v));
    LOFT_MAP_S_(exit)(me);
    return n != NULL;
}

/* Takes the lowest entry out; its node, or NULL: there is none. */
LOFT_API LOFT_MAP_FN(node_) *
LOFT_MAP_FN(take_first_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me)
{
    LOFT_MAP_FN(place_) at;
    LOFT_MAP_FN(path_) path;
    uintptr_t w = 0;
    path.n = 0;
    do {
        (void)LOFT_MAP_FN(find_)(m, me, NULL, LOFT_MAP_BEGIN_, 1, 0, &at, NULL, NULL);
    } while (at.cur && !(LOFT_MAP_FN(lock_)(at.cur, &w)
                         && LOFT_MAP_FN(take_)(m, me, NULL, &at, &path, at.cur, w, NULL)));
    return at.cur;
}

/* The same with the highest. While it is locked, nothing is put behind it. */
LOFT_API LOFT_MAP_FN(node_) *
LOFT_MAP_FN(take_last_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me)
{
    LOFT_MAP_FN(place_) at;
    LOFT_MAP_FN(path_) path;
    uintptr_t w = 0;
    for (;;) {
        (void)LOFT_MAP_FN(find_)(m, me, NULL, LOFT_MAP_END_, 1, 0, &at, NULL, NULL);
        LOFT_MAP_FN(node_) *const n = at.prev;
        if (!n)
            return NULL;
        if (!LOFT_MAP_FN(lock_)(n, &w))
            continue;
        if (LOFT_MAP_FN(node_of_)(w)) {
            LOFT_MAP_FN(unlock_)(n, w);
            continue;
        }
        path.n = 0;
        (void)LOFT_MAP_FN(find_)(m, me, &n->key, LOFT_MAP_AT_, 1, 0, &at, &path, NULL);
        if (at.cur != n)                                 /* comparisons lie                                    */
            LOFT_MAP_FN(find_front_)(m, me, n, 0, &at);
        if (LOFT_MAP_FN(take_)(m, me, &n->key, &at, &path, n, w, NULL))
            return n;
    }
}

LOFT_API bool
LOFT_MAP_FN(pop_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, bool highest, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    LOFT_MAP_FN(node_) *const n = highest ? LOFT_MAP_FN(take_last_)(m, me) : LOFT_MAP_FN(take_first_)(m, me);
    if (n) {
        LOFT_MAP_FN(give_)(&n->key LOFT_MAP_AND_(&n->val), k LOFT_MAP_AND_(v));
        LOFT_MAP_S_(retire)(me, &n->smr, LOFT_MAP_FN(drop_));
    }
    LOFT_MAP_S_(exit)(me);
    return n != NULL;
}

/* Fills a batch by falling keys. */
LOFT_API void
LOFT_MAP_FN(descend_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *key, int how, LOFT_MAP_FN(batch_) *b)
{
    LOFT_MAP_FN(place_) at;
    bool goes = true;
    b->n = 0;
    b->more = true;
    while (goes) {
        (void)LOFT_MAP_FN(find_)(m, me, key, how, 1, 0, &at, NULL, NULL);
        b->more = at.prev != NULL;
        goes = at.prev && LOFT_MAP_FN(collect_)(&m->base, b, &at.prev->key LOFT_MAP_AND_(&at.prev->val));
        if (goes) {
            key = &b->key[b->n - 1u];
            how = LOFT_MAP_AT_;
        }
    }
}

LOFT_API void
LOFT_MAP_FN(gather_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *key, int how, LOFT_MAP_FN(batch_) *b,
                     bool hand_out)
{
    LOFT_MAP_FN(place_) at;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    if (b->down)
        LOFT_MAP_FN(descend_)(m, me, key, how, b);
    else
        (void)LOFT_MAP_FN(find_)(m, me, key, how, 1, 0, &at, NULL, b);
    LOFT_MAP_FN(retain_)(b, hand_out);
    LOFT_MAP_S_(exit)(me);
}

#if LOFT_MAP_SNAPS_
LOFT_API void
LOFT_MAP_FN(visit_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *key, int how, LOFT_MAP_FN(tally_) *tally)
{
    LOFT_MAP_FN(place_) at;
    bool goes = true;
    (void)LOFT_MAP_FN(find_)(m, me, key, how, 1, 0, &at, NULL, NULL);
    for (LOFT_MAP_FN(node_) *n = at.cur; goes && n;) {
        const size_t number = LOFT_MAP_FN(number_)(tally);
        const uintptr_t next = loft_load(&n->next, seq_cst);   /* visit:A seq_cst <- user: in or out; what is behind */
        if (!(next & LOFT_SKIPLOCK_OUT_))
            goes = !LOFT_MAP_FN(beyond_)(&m->base, tally->to, tally->how, &n->key)
                && LOFT_MAP_FN(found_one_)(tally, n, number);
        n = LOFT_MAP_FN(node_of_)(next);
    }
}
#endif

#include "calls.h"

#undef LOFT_MAP_LEVELS
#undef LOFT_MAP_P_LOG2
#undef LOFT_MAP_HEIGHT
#undef LOFT_MAP_PATHS_
#undef LOFT_MAP_ENTRY_
#undef LOFT_MAP_GRAMMAR_H
#undef LOFT_MAP_CALLS_H

#endif /* configuration ok */
