/* SPDX-License-Identifier: MIT
 *
 * loft/map/list.h - lock-free ordered list as a map or a set (Harris, Michael), for few entries.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h map/grammar.h map/calls.h
 *
 * USE IT WHEN         there are some dozens of entries, or thousands that are mostly used at the lower end (timers, the
 *                     next job), or as the bucket of something larger: nothing is smaller or simpler.
 * DO NOT USE IT WHEN  there are many entries: each call passes all that are in front of its key (skiplist.h).
 *
 * EXAMPLE
 *     #include <loft/smr/ebr.h>
 *     #define LOFT_MAP_NAME  ages
 *     #define LOFT_MAP_KEY   int
 *     #define LOFT_MAP_VAL   double
 *     #define LOFT_MAP_SMR   loft_ebr
 *     #include <loft/map/list.h>
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
 * PARAMETERS   LOFT_MAP_NAME, LOFT_MAP_KEY, LOFT_MAP_SMR; optional: LOFT_MAP_VAL (without it this is a set),
 *              LOFT_MAP_CMP or LOFT_MAP_OBJECT, LOFT_MAP_EQ, LOFT_MAP_KEY_RETAIN, LOFT_MAP_KEY_RELEASE,
 *              LOFT_MAP_VAL_RETAIN, LOFT_MAP_VAL_RELEASE. grammar.h says what they are, and who owns what (OWNERSHIP)
 *
 * OPERATIONS   All of calls.h: a map to be initialised, read, written, gone through by order. init does not allocate.
 *
 * TOGETHER     As in calls.h: everything but init and fini, from any number of threads, linearizable but for walks.
 *
 * REPLACING    Entries do not change. A new value is a new node with the same key, and one compare-exchange of the old
 *              node's next word both takes the old one out and links the new one behind it: next := new | out. Before
 *              it all see the old value, after it all see the new one, there is no gap, and who takes a value out by
 *              remove takes the node that had it. A node that is out never comes back, because its word is final.
 *
 * MARKS        of a next word: 1: its node is out. 2: taken out by pop_first. Of the map's own word: 4: the first node
 *              is being popped, and nothing may be put in front of it. Who meets the 4 ends that pop for its owner:
 *              that node is first when it gets its 3, so pop_first takes the lowest key of that instant.
 *
 * PROTECTION   A search protects prev, cur, and what cur's word leads to. That is safe: if the word is not marked as
 *              out, cur was in the list when it was read, and so was the node behind it. If it is, nothing is done with
 *              that node unless cur is taken off the list by a compare-exchange of prev's word, which shows that it was
 *              linked until then, and with it the node behind, because the word is final. So no scheme needs a look
 *              back at prev's word at each step.
 *
 * ORDERS       Nodes are published by release and found by acquire. The answers of two calls on different words fit
 *              together because what decides them is seq_cst: who puts or takes writes seq_cst, and a call that only
 *              looks ends with seq_cst loads that show its place as it was, all at one instant. So each answer is
 *              right where these loads stand in the order of seq_cst, if three things are before them there, too:
 *              that the node that is answered, or behind which nothing is found or put, has got in; that what was
 *              taken off the list has got out; and both also where another thread has done it. An acquire load does
 *              not see to that: who has found a node by it, and then finds that another has not come yet, could be
 *              contradicted by a third thread. So the word that has led to a node is read once more by seq_cst,
 *              wherever it leads by now (look:C, find:E, find:F; find:B for cur), and so is that of a node that is out
 *              before somebody takes it off for its owner (find:D, settle:A, settle:B). The last such word is enough:
 *              who has put that node there has done the same with the word before. Nor does it matter that another
 *              node was put in between since, or the one in front taken off: who did that has read the word by
 *              seq_cst, and then written another one, which the reader acquires. On x86-64 and AArch64 all this costs
 *              nothing but the loads.
 *
 * EDGES        link:A, swap:A, take:A, settle:B, last:A -> user             the node, and what was done before
 *              pop:A -> user                                                what was done before, for who ends the pop
 *              user -> settle:A, settle:B, visit:A                          the node behind
 *              unlink:A, find:A, settle:C -> user                           the node behind
 *              link:A, swap:A, take:A, settle:B, last:A <-> find:B, find:C, look:A, look:B, look:C   ORDERS
 *              link:A, swap:A <-> find:E, find:F            what a search came by got in
 *              swap:A, take:A, settle:B, last:A <-> find:D, settle:A, settle:B   what others take off is out
 *              (user: the load in S_protect, and whoever wrote what is loaded)
 *
 * MEMORY       A node of key, value, a word and the scheme's head (two to four words) per entry, by loft_alloc; the map
 *              is two words, and a loft_cmp with LOFT_MAP_OBJECT. A node that is out is retired by the call that took
 *              it out, or by who came by.
 *
 * COST         A search passes all keys in front of its own: a load of a line for each. first looks at nothing but the
 *              first entry. What puts or takes needs one compare-exchange besides, two where it takes out, pop_first
 *              three. Each 16 entries of a walk are a search of their own: of n entries, n^2/32 more loads. A walk
 *              down copies all entries up to those that it wants.
 *
 * PROGRESS     Lock-free but for the allocator. get and contains write nothing where the scheme is of regions, unless
 *              they stand on a node that has just been taken out. clear ends when it finds the map empty: it can go on
 *              for as long as others put.
 *
 * SOURCE       Harris, A Pragmatic Implementation of Non-Blocking Linked-Lists, DISC 2001 (marks; the new node behind
 *              the old one); Michael, High Performance Dynamic Lock-Free Hash Tables and List-Based Sets, SPAA 2002
 *              (one node at a time, protected nodes). PROTECTION, ORDERS and pop_first are ours.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_MAP_NAME)
#  error "loft/map/list.h: define LOFT_MAP_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_MAP_KEY)
#  error "loft/map/list.h: define LOFT_MAP_KEY (key type) before including"
#elif !defined(LOFT_MAP_SMR)
#  error "loft/map/list.h: define LOFT_MAP_SMR (scheme of reclamation, such as loft_ebr) before including"
#elif LOFT_CAT(LOFT_MAP_SMR, smr) != 1
#  error "loft/map/list.h: LOFT_MAP_SMR names no scheme that is known here; include its header (loft/smr/ebr.h) first"
#elif LOFT_CAT(LOFT_MAP_SMR, slots) != 0 && LOFT_CAT(LOFT_MAP_SMR, slots) < 3
#  error "loft/map/list.h: the scheme LOFT_MAP_SMR must have three slots for each thread (S_slots)"
#elif !defined(LOFT_MAP_VAL) && (defined(LOFT_MAP_EQ) || defined(LOFT_MAP_VAL_RETAIN) || defined(LOFT_MAP_VAL_RELEASE))
#  error "loft/map/list.h: LOFT_MAP_EQ, LOFT_MAP_VAL_RETAIN and LOFT_MAP_VAL_RELEASE need LOFT_MAP_VAL (value type)"
#elif defined(LOFT_MAP_CMP) && defined(LOFT_MAP_OBJECT)
#  error "loft/map/list.h: LOFT_MAP_CMP and LOFT_MAP_OBJECT both say how keys compare; define one of them"
#elif defined(LOFT_MAP_KEY_RETAIN) && !defined(LOFT_MAP_KEY_RELEASE)
#  error "loft/map/list.h: LOFT_MAP_KEY_RETAIN needs LOFT_MAP_KEY_RELEASE"
#elif defined(LOFT_MAP_VAL_RETAIN) && !defined(LOFT_MAP_VAL_RELEASE)
#  error "loft/map/list.h: LOFT_MAP_VAL_RETAIN needs LOFT_MAP_VAL_RELEASE"
#else

#ifndef LOFT_MAP_LIST_H
#define LOFT_MAP_LIST_H

#define LOFT_LIST_OUT_    ((uintptr_t)1)
#define LOFT_LIST_POP_    ((uintptr_t)2)
#define LOFT_LIST_FIRST_  ((uintptr_t)4)
#define LOFT_LIST_MARKS_  ((uintptr_t)7)

#endif /* LOFT_MAP_LIST_H */

#define LOFT_MAP_HEADER_  "loft/map/list.h"
#define LOFT_MAP_ENTRY_   LOFT_MAP_FN(node_)
#include "grammar.h"

/* ---- types ------------------------------------------------------------------------------------------------------- */

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
    LOFT_ATOMIC(uintptr_t) head;                         /* of the first node                                  */
} LOFT_MAP_NAME;

/* Between two neighbours. */
typedef struct LOFT_MAP_FN(place_) {
    LOFT_ATOMIC(uintptr_t) *link;                        /* the word that leads to cur: prev's or the map's    */
    LOFT_MAP_FN(node_) *prev;                            /* NULL: none                                         */
    LOFT_MAP_FN(node_) *cur;                             /* NULL: the end                                      */
    uintptr_t next;                                      /* cur's word; not out                                */
} LOFT_MAP_FN(place_);

/* ---- private ----------------------------------------------------------------------------------------------------- */

LOFT_API LOFT_MAP_FN(node_) *
LOFT_MAP_FN(node_of_)(uintptr_t word)
{
    return (LOFT_MAP_FN(node_) *)(word & ~LOFT_LIST_MARKS_);
}

LOFT_API void
LOFT_MAP_FN(free_)(LOFT_MAP_FN(node_) *n)
{
    LOFT_MAP_KEY_RELEASE(n->key);
#if defined(LOFT_MAP_VAL)
    LOFT_MAP_VAL_RELEASE(n->val);
#endif
    loft_free(n, sizeof *n);
}

LOFT_API void
LOFT_MAP_FN(drop_)(loft_smr_thread *me, loft_smr_node *n)
{
    (void)me;
    LOFT_MAP_FN(free_)((LOFT_MAP_FN(node_) *)n);
}

/* Hands out copies of what a safe node has. */
LOFT_API void
LOFT_MAP_FN(give_node_)(const LOFT_MAP_FN(node_) *n, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    LOFT_MAP_FN(give_)(&n->key LOFT_MAP_AND_(&n->val), k LOFT_MAP_AND_(v));
}

/* ---- snapshots --------------------------------------------------------------------------------------------------- */

#if LOFT_MAP_SNAPS_
/* A node, or NULL, was in. False: it is not any more. */
LOFT_API bool
LOFT_MAP_FN(reports_)(LOFT_MAP_FN(collector_) *c, const LOFT_MAP_FN(node_) *n)
{
    return !n || LOFT_MAP_FN(report_in_)(c, n, &n->next, LOFT_LIST_OUT_, 0);
}

/* A node is out: or, if it was replaced, the one that came in its place was in. */
LOFT_NOINLINE void
LOFT_MAP_FN(reports_out_)(const LOFT_MAP_NAME *m, LOFT_MAP_FN(collector_) *c, const LOFT_MAP_FN(node_) *n)
{
#if defined(LOFT_MAP_VAL)
    const uintptr_t next = loft_load(&n->next, relaxed); /* reports_out:A relaxed: final; who comes here has seen it */
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

/* ---- private ----------------------------------------------------------------------------------------------------- */

/* Ends the pop that the map's word `w` tells of: its node gets out, unless it was already, and then off the list. The
 * node's last word; if it says POP, the pop has it. The node is safe, and this is no read phase. */
LOFT_API uintptr_t
LOFT_MAP_FN(settle_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, uintptr_t w)
{
    LOFT_MAP_FN(node_) *const n = LOFT_MAP_FN(node_of_)(w);
    uintptr_t next = loft_load(&n->next, seq_cst);       /* settle:A seq_cst <- user <-> swap:A, take:A, settle:B,
                                                            last:A: the node behind; that it is out, for all */
    while (!(next & LOFT_LIST_OUT_)) {
        const uintptr_t last = next | LOFT_LIST_OUT_ | LOFT_LIST_POP_;
        if (loft_cas_weak(&n->next, &next, last, seq_cst, seq_cst))   /* settle:B seq_cst/seq_cst -> user <- user <->
                                   find:B, find:C, find:D, look:A, look:B, look:C, settle:A, swap:A, take:A, settle:B,
                                   last:A: nothing stands in front of it. LP of pop_first; or as settle:A */
            next = last;
    }
    LOFT_MAP_FN(tell_out_)(m, n);
    if (loft_cas_strong(&m->head, &w, next & ~LOFT_LIST_MARKS_, release, relaxed))   /* settle:C release -> user:
                                                                                        the node behind */
        LOFT_MAP_S_(retire)(me, &n->smr, LOFT_MAP_FN(drop_));
    return next;
}

/* Who goes down gets the last nodes in front of a place, which is known only there: on the way the batch is a ring of
 * those that came last, and n says how many were in its range. */
LOFT_API void
LOFT_MAP_FN(trail_)(const LOFT_MAP_NAME *m, LOFT_MAP_FN(batch_) *b, const LOFT_MAP_FN(node_) *n)
{
    if (!LOFT_MAP_FN(beyond_)(&m->base, b->to, b->how, &n->key))
        LOFT_MAP_FN(keep_)(b, b->n++ % LOFT_MAP_BATCH_, &n->key LOFT_MAP_AND_(&n->val));
}

#if LOFT_MAP_BATCH_ > 1
/* Turns the entries in [i, end) round. */
LOFT_API void
LOFT_MAP_FN(turn_)(LOFT_MAP_FN(batch_) *b, size_t i, size_t end)
{
    for (; i + 1 < end; i++) {
        LOFT_MAP_K_ const k = b->key[i];
        b->key[i] = b->key[--end];
        b->key[end] = k;
#if defined(LOFT_MAP_VAL)
        if (b->val) {
            LOFT_MAP_V_ const v = b->val[i];
            b->val[i] = b->val[end];
            b->val[end] = v;
        }
#endif
    }
}
#endif

/* Makes a batch of the ring: the newest one first. */
LOFT_API void
LOFT_MAP_FN(unroll_)(LOFT_MAP_FN(batch_) *b)
{
    const size_t end = b->n % LOFT_MAP_BATCH_;           /* the newest one is in front of this                 */
    b->more = b->n > LOFT_MAP_BATCH_;
    if (b->more)
        b->n = LOFT_MAP_BATCH_;
#if LOFT_MAP_BATCH_ > 1
    LOFT_MAP_FN(turn_)(b, 0, end);
    LOFT_MAP_FN(turn_)(b, end, b->n);
#endif
    (void)end;
}

/* One try of find_; false: begin again. */
LOFT_API bool
LOFT_MAP_FN(pass_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, LOFT_MAP_FN(place_) *at,
                   LOFT_MAP_FN(batch_) *batch, bool *found)
{
    LOFT_MAP_S_(read)(me);
    LOFT_ATOMIC(uintptr_t) *link = &m->head;
#if LOFT_CAT(LOFT_MAP_SMR, region)
    const LOFT_ATOMIC(uintptr_t) *via = link;            /* the word that has led to prev                      */
#endif
    LOFT_MAP_FN(node_) *prev = NULL;
    LOFT_MAP_FN(node_) *cur;
    uintptr_t next = 0;
    size_t a = 0;                                        /* the slots of prev, cur and the one behind it       */
    size_t b = 1;
    size_t c = 2;
    bool same = false;
    if (batch) {
        batch->n = 0;
        batch->more = true;
    }
    uintptr_t w = LOFT_MAP_S_(protect)(me, b, link);
    if (LOFT_UNLIKELY(w & LOFT_LIST_FIRST_)) {
        LOFT_MAP_S_(write)(me, LOFT_MAP_FN(node_of_)(w), NULL, NULL);
        (void)LOFT_MAP_FN(settle_)(m, me, w);
        return false;
    }
    for (;;) {                                           /* w is the word at link, and was not out             */
        cur = LOFT_MAP_FN(node_of_)(w);
        if (!cur)
            break;
        next = LOFT_MAP_S_(protect)(me, c, &cur->next);
        if (next & LOFT_LIST_OUT_) {
            LOFT_MAP_FN(node_) *const behind = LOFT_MAP_FN(node_of_)(next);
            LOFT_MAP_S_(write)(me, prev, cur, behind);
            (void)loft_load(&cur->next, seq_cst);        /* find:D seq_cst <-> swap:A, take:A, settle:B, last:A: it is
                                                            out before who learns of find:A looks elsewhere */
            LOFT_MAP_FN(tell_out_)(m, cur);
            if (!loft_cas_strong(link, &w, (uintptr_t)behind, release, relaxed))   /* find:A release -> user: the node
                                                                                      behind */
                return false;
            LOFT_MAP_S_(retire)(me, &cur->smr, LOFT_MAP_FN(drop_));
#if LOFT_CAT(LOFT_MAP_SMR, restarts)
            return false;                                /* nothing but those three would be safe              */
#else
            const size_t spare = c;
            c = b;
            b = spare;
            w = (uintptr_t)behind;
            continue;
#endif
        }
        if (how != LOFT_MAP_END_) {
            const int r = how == LOFT_MAP_BEGIN_ ? 1 : LOFT_MAP_FN(compare_)(&m->base, &cur->key, k);
            same = r == 0;
            if ((r > 0 || (same && how == LOFT_MAP_AT_))
                && !(batch && !batch->down
                     && LOFT_MAP_FN(collect_)(&m->base, batch, &cur->key LOFT_MAP_AND_(&cur->val))))
                break;
        }
        if (batch && batch->down)
            LOFT_MAP_FN(trail_)(m, batch, cur);
#if LOFT_CAT(LOFT_MAP_SMR, region)
        via = link;
#else
        (void)loft_load(link, seq_cst);                  /* find:E seq_cst <-> link:A, swap:A: cur, which is going to
                                                            be prev, got in before find:B, for all */
#endif
        const size_t spare = a;
        a = b;
        b = c;
        c = spare;
        prev = cur;
        link = &cur->next;
        w = next;
    }
#if LOFT_CAT(LOFT_MAP_SMR, region)
    (void)loft_load(via, seq_cst);                       /* find:F seq_cst <-> link:A, swap:A: prev got in before
                                                            find:B, for all */
#endif
    LOFT_MAP_S_(write)(me, prev, cur, NULL);             /* before any return: the read phase is this function's */
    if (batch) {
        batch->more = batch->more && cur;
    } else {
        if (!LOFT_MAP_FN(tell_in_)(m, prev, cur))
            return false;
        if (loft_load(link, seq_cst) != w)               /* find:B seq_cst <-> link:A, swap:A, take:A, last:A, settle:B:
                                                            prev is in, cur next to it. LP of who only looks */
            return false;
        if (cur) {
            next = loft_load(&cur->next, seq_cst);       /* find:C seq_cst <-> link:A, swap:A, take:A, last:A, settle:B:
                                                            so cur was in at find:B, too */
            if (next & LOFT_LIST_OUT_)
                return false;
        }
    }
    *found = cur && same;
    at->link = link;
    at->prev = prev;
    at->cur = cur;
    at->next = next;
    return true;
}

/* Goes to the place that `how` asks for, and takes what is out off the list on the way. Without a batch: at one instant
 * prev was in the list, cur next to it, and in it; true: cur has this key. With a batch, that is filled from there on,
 * and *at is where it ended. */
LOFT_API bool
LOFT_MAP_FN(find_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, LOFT_MAP_FN(place_) *at,
                   LOFT_MAP_FN(batch_) *batch)
{
    bool found = false;
    while (!LOFT_MAP_FN(pass_)(m, me, k, how, at, batch, &found)) {
    }
    return found;
}

#if LOFT_CAT(LOFT_MAP_SMR, region)
/* Looks for a key and writes nothing. 1: it is in, *cur is safe; 0: there was an instant without it, *cur is the one
 * that is out, or NULL; -1: cannot say. */
LOFT_API int
LOFT_MAP_FN(look_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, LOFT_MAP_FN(node_) **cur)
{
    LOFT_MAP_S_(read)(me);
    *cur = NULL;
    LOFT_MAP_FN(node_) *below = NULL;                    /* the last one below k, ...                          */
    const LOFT_ATOMIC(uintptr_t) *link = &m->head;       /* ... and its word                                   */
    uintptr_t w = LOFT_MAP_S_(protect)(me, 0, link);
    LOFT_MAP_FN(node_) *n = LOFT_MAP_FN(node_of_)(w);
    while (n) {
        const int r = LOFT_MAP_FN(compare_)(&m->base, &n->key, k);
        uintptr_t next;
        if (r > 0)
            break;
        if (r == 0) {
            next = loft_load(&n->next, seq_cst);         /* look:A seq_cst <-> link:A, swap:A, take:A, last:A, settle:B:
                                                            LP(true) */
            *cur = n;
            if (!(next & LOFT_LIST_OUT_)) {
                (void)loft_load(link, seq_cst);          /* look:C seq_cst <-> link:A, swap:A, take:A, last:A, settle:B:
                                                            it got in before this call ends, for all */
                LOFT_MAP_S_(write)(me, n, NULL, NULL);
                return 1;
            }
        } else {
            below = n;
            link = &n->next;
            next = LOFT_MAP_S_(protect)(me, 0, link);
            w = next;
        }
        n = LOFT_MAP_FN(node_of_)(next);
    }
    LOFT_MAP_S_(write)(me, below, NULL, NULL);
    if ((w & LOFT_LIST_OUT_) || loft_load(link, seq_cst) != w)   /* look:B seq_cst <-> link:A, swap:A, take:A, last:A,
                              settle:B: the last node below k is in, and all behind it that have k are out. LP(false) */
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
    const int r = LOFT_MAP_FN(look_)(m, me, k, &cur);
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
    return LOFT_MAP_FN(find_)(m, me, k, LOFT_MAP_AT_, &at, NULL) ? at.cur : NULL;
}

/* Takes off the list what the caller has taken out: cur, whose word led to `behind`. By itself, or by a search that
 * passes there; what it gives out is given out before. Unless the section keeps nodes whatever happens, the search must
 * not compare: who takes cur off may RELEASE its key, and the caller's own may be in the list, and out again. */
LOFT_API void
LOFT_MAP_FN(unlink_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_FN(place_) *at, uintptr_t behind)
{
#if LOFT_CAT(LOFT_MAP_SMR, region) && !LOFT_CAT(LOFT_MAP_SMR, restarts)
    LOFT_MAP_K_ const k = loft_plain_read(&at->cur->key);
    LOFT_MAP_K_ const *const to = &k;
    const int how = LOFT_MAP_AT_;
#else
    LOFT_MAP_K_ const *const to = NULL;
    const int how = LOFT_MAP_END_;
#endif
    uintptr_t w = (uintptr_t)at->cur;
    LOFT_MAP_FN(tell_out_)(m, at->cur);
    if (loft_cas_strong(at->link, &w, behind, release, relaxed))   /* unlink:A release -> user: the node behind */
        LOFT_MAP_S_(retire)(me, &at->cur->smr, LOFT_MAP_FN(drop_));
    else
        (void)LOFT_MAP_FN(find_)(m, me, to, how, at, NULL);
}

/* A node that nobody knows; NULL: no memory. */
LOFT_API LOFT_MAP_FN(node_) *
LOFT_MAP_FN(make_)(LOFT_MAP_ME_ *me, LOFT_MAP_K_ k)
{
    LOFT_MAP_FN(node_) *const n = (LOFT_MAP_FN(node_) *)LOFT_MAP_S_(alloc_node)(me, sizeof *n);
    if (n)
        loft_plain_write(&n->key, k);
    return n;
}

/* Puts a node between prev and cur, if they are neighbours yet. */
LOFT_API bool
LOFT_MAP_FN(link_)(LOFT_MAP_FN(place_) *at, LOFT_MAP_FN(node_) *fresh)
{
    uintptr_t w = (uintptr_t)at->cur;
    loft_init(&fresh->next, w);
    return loft_cas_strong(at->link, &w, (uintptr_t)fresh, seq_cst, relaxed);   /* link:A seq_cst -> user <-> find:B,
                         find:C, find:E, find:F, look:A, look:B, look:C: the node, and all before it. LP */
}

/* Takes cur out, if it is in yet. */
LOFT_API bool
LOFT_MAP_FN(take_)(LOFT_MAP_FN(place_) *at)
{
    uintptr_t w = at->next;
    return loft_cas_strong(&at->cur->next, &w, w | LOFT_LIST_OUT_, seq_cst, relaxed);   /* take:A seq_cst -> user <->
                          find:B, find:C, find:D, look:A, look:B, look:C, settle:A, settle:B: what was before. LP */
}

#if defined(LOFT_MAP_VAL)
/* Puts a node of the same key in the place of cur, if that is in yet. */
LOFT_API bool
LOFT_MAP_FN(swap_)(LOFT_MAP_FN(place_) *at, LOFT_MAP_FN(node_) *fresh)
{
    uintptr_t w = at->next;
    loft_init(&fresh->next, w);
    return loft_cas_strong(&at->cur->next, &w, (uintptr_t)fresh | LOFT_LIST_OUT_, seq_cst, relaxed);   /* swap:A seq_cst
                                   -> user <-> find:B, find:C, find:D, find:E, find:F, look:A, look:B, look:C, settle:A,
                                   settle:B: the node, and all before it. LP */
}
#endif

/* ---- what grammar.h asks for ------------------------------------------------------------------------------------- */

LOFT_API loft_status
LOFT_MAP_FN(begin_)(LOFT_MAP_NAME *m)
{
    loft_init(&m->head, (uintptr_t)0);
    return LOFT_OK;
}

LOFT_API void
LOFT_MAP_FN(end_)(LOFT_MAP_NAME *m)
{
    uintptr_t w = loft_load(&m->head, relaxed);          /* end:A relaxed: nobody else is here */
    while (LOFT_MAP_FN(node_of_)(w)) {
        LOFT_MAP_FN(node_) *const n = LOFT_MAP_FN(node_of_)(w);
        w = loft_load(&n->next, relaxed);                /* end:B relaxed: nobody else is here */
        LOFT_MAP_FN(free_)(n);
    }
    loft_init(&m->head, (uintptr_t)0);
}

LOFT_API loft_status
LOFT_MAP_FN(build_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k LOFT_MAP_AND_(LOFT_MAP_V_ const *v),
                    size_t n)
{
    uintptr_t w = 0;
    for (size_t i = n; i-- > 0;) {
        LOFT_MAP_FN(node_) *const fresh = LOFT_MAP_FN(make_)(me, k[i]);
        if (!fresh) {
            while (w) {
                LOFT_MAP_FN(node_) *const made = LOFT_MAP_FN(node_of_)(w);
                w = loft_load(&made->next, relaxed);     /* build:A relaxed: nobody knows it */
                loft_free(made, sizeof *made);
            }
            return LOFT_NOMEM;
        }
#if defined(LOFT_MAP_VAL)
        loft_plain_write(&fresh->val, v[i]);
#endif
        loft_init(&fresh->next, w);
        w = (uintptr_t)fresh;
    }
    loft_init(&m->head, w);
    return LOFT_OK;
}

LOFT_API bool
LOFT_MAP_FN(has_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ *out))
{
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    const LOFT_MAP_FN(node_) *const n = LOFT_MAP_FN(node_with_)(m, me, &k);
    if (n)
        LOFT_MAP_FN(give_node_)(n, NULL LOFT_MAP_AND_(out));
    LOFT_MAP_S_(exit)(me);
    return n != NULL;
}

LOFT_API loft_status
LOFT_MAP_FN(set_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, unsigned may
                  LOFT_MAP_AND_(LOFT_MAP_V_ v, LOFT_MAP_V_ const *only, LOFT_MAP_V_ *was))
{
    LOFT_MAP_FN(place_) at;
    LOFT_MAP_FN(node_) *fresh = NULL;
    loft_status s;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    for (;;) {
        const bool there = LOFT_MAP_FN(find_)(m, me, &k, LOFT_MAP_AT_, &at, NULL);
        bool allowed = (may & (there ? LOFT_MAP_REPLACE_ : LOFT_MAP_ADD_)) != 0;
#if defined(LOFT_MAP_VAL)
        allowed = allowed && (!there || LOFT_MAP_FN(agrees_)(&at.cur->val, only));
#endif
        if (!allowed) {
            s = there ? LOFT_EXISTS : LOFT_NOT_FOUND;
            if (there)
                LOFT_MAP_FN(give_node_)(at.cur, NULL LOFT_MAP_AND_(was));
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
        if (!there && LOFT_MAP_FN(link_)(&at, fresh)) {
            (void)LOFT_MAP_FN(tell_in_)(m, fresh, NULL);
            fresh = NULL;
            s = LOFT_OK;
            break;
        }
#if defined(LOFT_MAP_VAL)
        if (there && LOFT_MAP_FN(swap_)(&at, fresh)) {
            LOFT_MAP_FN(give_node_)(at.cur, NULL, was);
            LOFT_MAP_FN(unlink_)(m, me, &at, (uintptr_t)fresh);
            fresh = NULL;
            s = LOFT_REPLACED;
            break;
        }
#endif
    }
    LOFT_MAP_S_(exit)(me);
    if (fresh)
        loft_free(fresh, sizeof *fresh);
    return s;
}

#if defined(LOFT_MAP_VAL)
LOFT_API loft_status
LOFT_MAP_FN(update_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, bool (*change)(LOFT_MAP_V_ *v, void *ctx),
                     void *ctx)
{
    LOFT_MAP_FN(place_) at;
    LOFT_MAP_FN(node_) *fresh = NULL;
    loft_status s = LOFT_NOT_FOUND;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    while (LOFT_MAP_FN(find_)(m, me, &k, LOFT_MAP_AT_, &at, NULL)) {
        LOFT_MAP_V_ v = loft_plain_read(&at.cur->val);
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
        if (LOFT_MAP_FN(swap_)(&at, fresh)) {
            LOFT_MAP_FN(unlink_)(m, me, &at, (uintptr_t)fresh);
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
    LOFT_MAP_FN(place_) at;
    bool there;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    do {
        there = LOFT_MAP_FN(find_)(m, me, &k, LOFT_MAP_AT_, &at, NULL);
#if defined(LOFT_MAP_VAL)
        there = there && LOFT_MAP_FN(agrees_)(&at.cur->val, only);
#endif
    } while (there && !LOFT_MAP_FN(take_)(&at));
    if (there) {
        LOFT_MAP_FN(give_node_)(at.cur, NULL LOFT_MAP_AND_(old));
        LOFT_MAP_FN(unlink_)(m, me, &at, at.next);
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
    (void)LOFT_MAP_FN(find_)(m, me, key, how, &at, NULL);
    const LOFT_MAP_FN(node_) *const n = before ? at.prev : at.cur;
    if (n)
        LOFT_MAP_FN(give_node_)(n, k LOFT_MAP_AND_(v));
    LOFT_MAP_S_(exit)(me);
    return n != NULL;
}

LOFT_API bool
LOFT_MAP_FN(pop_lowest_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    LOFT_MAP_FN(place_) at;
    bool mine = false;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    for (;;) {
        (void)LOFT_MAP_FN(find_)(m, me, NULL, LOFT_MAP_BEGIN_, &at, NULL);
        if (!at.cur)
            break;
        uintptr_t w = (uintptr_t)at.cur;
        const uintptr_t popping = w | LOFT_LIST_FIRST_;
        if (!loft_cas_strong(at.link, &w, popping, release, relaxed))   /* pop:A release -> user: what was before, for
                                                       who ends this pop and then answers that the key is not there */
            continue;
        if (LOFT_MAP_FN(settle_)(m, me, popping) & LOFT_LIST_POP_) {
            mine = true;
            LOFT_MAP_FN(give_node_)(at.cur, k LOFT_MAP_AND_(v));
            break;
        }
    }
    LOFT_MAP_S_(exit)(me);
    return mine;
}

LOFT_API bool
LOFT_MAP_FN(pop_highest_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    LOFT_MAP_FN(place_) at;
    bool mine = false;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    for (;;) {
        (void)LOFT_MAP_FN(find_)(m, me, NULL, LOFT_MAP_END_, &at, NULL);
        if (!at.prev)
            break;
        uintptr_t w = 0;
        if (loft_cas_strong(at.link, &w, LOFT_LIST_OUT_, seq_cst, relaxed)) {   /* last:A seq_cst -> user <-> find:B,
                                       find:C, find:D, look:A, look:B, look:C, settle:A, settle:B: nothing is behind it.
                                       What was before. LP */
            mine = true;
            LOFT_MAP_FN(give_node_)(at.prev, k LOFT_MAP_AND_(v));
            (void)LOFT_MAP_FN(find_)(m, me, NULL, LOFT_MAP_END_, &at, NULL);
            break;
        }
    }
    LOFT_MAP_S_(exit)(me);
    return mine;
}

LOFT_API bool
LOFT_MAP_FN(pop_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, bool highest, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return highest ? LOFT_MAP_FN(pop_highest_)(m, me, k LOFT_MAP_AND_(v))
                   : LOFT_MAP_FN(pop_lowest_)(m, me, k LOFT_MAP_AND_(v));
}

LOFT_API void
LOFT_MAP_FN(gather_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *key, int how, LOFT_MAP_FN(batch_) *b,
                     bool hand_out)
{
    LOFT_MAP_FN(place_) at;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    (void)LOFT_MAP_FN(find_)(m, me, key, how, &at, b);
    if (b->down)
        LOFT_MAP_FN(unroll_)(b);
    LOFT_MAP_FN(retain_)(b, hand_out);
    LOFT_MAP_S_(exit)(me);
}

#if LOFT_MAP_SNAPS_
LOFT_API void
LOFT_MAP_FN(visit_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *key, int how, LOFT_MAP_FN(tally_) *tally)
{
    LOFT_MAP_FN(place_) at;
    bool goes = true;
    (void)LOFT_MAP_FN(find_)(m, me, key, how, &at, NULL);
    for (LOFT_MAP_FN(node_) *n = at.cur; goes && n;) {
        const size_t number = LOFT_MAP_FN(number_)(tally);
        const uintptr_t next = loft_load(&n->next, seq_cst);   /* visit:A seq_cst <- user: in or out; what is behind */
        if (!(next & LOFT_LIST_OUT_))
            goes = !LOFT_MAP_FN(beyond_)(&m->base, tally->to, tally->how, &n->key)
                && LOFT_MAP_FN(found_one_)(tally, n, number);
        n = LOFT_MAP_FN(node_of_)(next);
    }
}
#endif

#include "calls.h"

#undef LOFT_MAP_ENTRY_
#undef LOFT_MAP_GRAMMAR_H
#undef LOFT_MAP_CALLS_H

#endif /* configuration ok */
