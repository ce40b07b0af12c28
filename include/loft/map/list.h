/* SPDX-License-Identifier: MIT
 *
 * loft/map/list.h - lock-free ordered list as a map or a set (Harris, Michael), for few entries.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h core/order.h
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
 * PARAMETERS   LOFT_MAP_NAME       required  prefix of the generated type and functions
 *              LOFT_MAP_KEY        required  key, copied by assignment
 *              LOFT_MAP_SMR        required  scheme of reclamation, such as loft_ebr; its header comes first
 *              LOFT_MAP_VAL        optional  value, of any size, copied by assignment; without it this is a set. In
 *                                            C++ both are trivially copyable and have a default constructor. Neither
 *                                            is aligned to more than malloc gives: to two words
 *              LOFT_MAP_CMP        optional  (a, b) -> int as in core/order.h; default: < and > of numbers. It loads,
 *                                            computes and nothing else; floating point wants loft_cmp_f64
 *              LOFT_MAP_EQ         optional  (a, b): are two values the same? With it there are replace_if, remove_if
 *              LOFT_MAP_KEY_RELEASE, LOFT_MAP_VAL_RELEASE   optional  (x): the map gives up what it was given
 *              LOFT_MAP_KEY_RETAIN, LOFT_MAP_VAL_RETAIN     optional  (x): it is handed out; needs RELEASE
 *
 * OPERATIONS   init  fini  get  contains  put  put_if_absent  get_or_insert  get_or_insert_with  replace  replace_if
 *              update  remove  remove_if  first  last  floor  ceiling  lower  higher  pop_first  pop_last  for_each
 *              count  approx_len  is_empty  clear
 *              of a set: init  fini  contains  put  put_if_absent  remove, and all from first on
 *              In a set no call has arguments for values. Pointers for results may be NULL.
 *
 * TOGETHER     Everything but init and fini, from any number of threads, each with its record of the domain.
 *              All calls but for_each, count, approx_len and clear are linearizable, as calls of one map, not of one
 *              key each: if two threads put a key and then look for the other's, one of them finds it.
 *
 * OWNERSHIP    What goes in by a call that answers LOFT_OK or LOFT_REPLACED, key and value, is the map's, which calls
 *              RELEASE for each of the two once, when nobody can reach the entry any more, from any thread of the
 *              domain. On any other answer it stays the caller's. What comes out is a copy, RETAINed while the entry
 *              is safe, and the caller's to release. Without RETAIN it is borrowed, where the scheme has S_region and
 *              S_nests: until the end of a section that the caller has begun before. With other schemes what is
 *              RELEASEd needs RETAIN, or must not come out. Hooks, LOFT_MAP_CMP and LOFT_MAP_EQ do not call the map.
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
 *              looks ends with seq_cst loads that show its place as it was, all at one instant (find:B and find:C,
 *              look:A or look:B). On x86-64 and AArch64 that costs nothing but the loads.
 *
 * EDGES        link:A, swap:A, take:A, settle:B, last:A -> user             the node, and what was done before
 *              pop:A -> user                                                what was done before, for who ends the pop
 *              user -> settle:A, settle:B                                   the node behind
 *              unlink:A, find:A, settle:C -> user                           the node behind
 *              link:A, swap:A, take:A, settle:B, last:A <-> find:B, find:C, look:A, look:B   ORDERS
 *              (user: the load in S_protect, and whoever wrote what is loaded)
 *
 * MEMORY       A node of key, value, a word and the scheme's head (two to four words) per entry, by loft_alloc; the map
 *              is two words. A node that is out is retired by the call that took it out, or by who came by.
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
#include "../core/order.h"

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
#elif defined(LOFT_MAP_KEY_RETAIN) && !defined(LOFT_MAP_KEY_RELEASE)
#  error "loft/map/list.h: LOFT_MAP_KEY_RETAIN needs LOFT_MAP_KEY_RELEASE"
#elif defined(LOFT_MAP_VAL_RETAIN) && !defined(LOFT_MAP_VAL_RELEASE)
#  error "loft/map/list.h: LOFT_MAP_VAL_RETAIN needs LOFT_MAP_VAL_RELEASE"
#else

#ifndef LOFT_MAP_LIST_H
#define LOFT_MAP_LIST_H

/* The range of for_each and count: from <= k < to, unless there is: */
#define LOFT_RANGE_AFTER    1u                           /* from < k                                           */
#define LOFT_RANGE_THROUGH  2u                           /* k <= to                                            */

#define LOFT_LIST_OUT_    ((uintptr_t)1)
#define LOFT_LIST_POP_    ((uintptr_t)2)
#define LOFT_LIST_FIRST_  ((uintptr_t)4)
#define LOFT_LIST_MARKS_  ((uintptr_t)7)

/* Where a search ends: in front of the first key that is ... */
enum {
    LOFT_LIST_AT_,                                       /* not below the one sought                           */
    LOFT_LIST_ABOVE_,                                    /* above it                                           */
    LOFT_LIST_BEGIN_,                                    /* there at all                                       */
    LOFT_LIST_END_                                       /* never: behind all                                  */
};

/* What a call may do. */
#define LOFT_LIST_ADD_      1u
#define LOFT_LIST_REPLACE_  2u

#endif /* LOFT_MAP_LIST_H */

#define LOFT_MAP_FN(f)   LOFT_CAT(LOFT_MAP_NAME, f)
#define LOFT_MAP_S_(f)   LOFT_CAT(LOFT_MAP_SMR, f)
#define LOFT_MAP_ME_     LOFT_CAT(LOFT_MAP_SMR, thread)

/* The user's types under names that no parameter and no member hides. */
#define LOFT_MAP_K_      LOFT_MAP_FN(key_)
#define LOFT_MAP_V_      LOFT_MAP_FN(val_)

/* What a map has and a set has not: arguments, and something to replace. */
#if defined(LOFT_MAP_VAL)
#  define LOFT_MAP_AND_(...)  , __VA_ARGS__
#  define LOFT_MAP_PUT_       (LOFT_LIST_ADD_ | LOFT_LIST_REPLACE_)
#else
#  define LOFT_MAP_AND_(...)
#  define LOFT_MAP_PUT_       LOFT_LIST_ADD_
#endif

/* Entries are copied out in batches; where each is to be retained, which is no loading and computing, one by one. */
#if defined(LOFT_MAP_KEY_RETAIN) || defined(LOFT_MAP_VAL_RETAIN)
#  define LOFT_MAP_BATCH_  1
#else
#  define LOFT_MAP_BATCH_  16
#endif

#if !defined(LOFT_MAP_CMP)
#  define LOFT_MAP_CMP(a, b)  LOFT_CMP_SCALAR(a, b)
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

#if LOFT_CPLUSPLUS
LOFT_STATIC_ASSERT(std::is_trivially_copyable<LOFT_MAP_KEY>::value,
                   "loft/map/list.h: LOFT_MAP_KEY must be trivially copyable");
#  if defined(LOFT_MAP_VAL)
LOFT_STATIC_ASSERT(std::is_trivially_copyable<LOFT_MAP_VAL>::value,
                   "loft/map/list.h: LOFT_MAP_VAL must be trivially copyable");
#  endif
#endif

/* ---- types ------------------------------------------------------------------------------------------------------- */

typedef LOFT_MAP_KEY LOFT_MAP_K_;
#if defined(LOFT_MAP_VAL)
typedef LOFT_MAP_VAL LOFT_MAP_V_;
#endif

typedef struct LOFT_MAP_FN(node_) {
    LOFT_MAP_S_(node) smr;
    LOFT_ATOMIC(uintptr_t) next;                         /* final once it is marked as out                     */
    LOFT_MAP_K_ key;                                     /* fixed, as is the value                             */
#if defined(LOFT_MAP_VAL)
    LOFT_MAP_V_ val;
#endif
} LOFT_MAP_FN(node_);

LOFT_STATIC_ASSERT(LOFT_ALIGNOF(LOFT_MAP_K_) <= 2 * sizeof(void *),
                   "loft/map/list.h: LOFT_MAP_KEY is aligned to more than malloc gives");
#if defined(LOFT_MAP_VAL)
LOFT_STATIC_ASSERT(LOFT_ALIGNOF(LOFT_MAP_V_) <= 2 * sizeof(void *),
                   "loft/map/list.h: LOFT_MAP_VAL is aligned to more than malloc gives");
#endif

/* It must not be moved or copied. */
typedef struct LOFT_MAP_NAME {
    LOFT_ATOMIC(uintptr_t) head;                         /* of the first node                                  */
    LOFT_MAP_SMR *domain;                                /* fixed after init; NULL: not initialised            */
} LOFT_MAP_NAME;

/* Between two neighbours. */
typedef struct LOFT_MAP_FN(place_) {
    LOFT_ATOMIC(uintptr_t) *link;                        /* the word that leads to cur: prev's or the map's    */
    LOFT_MAP_FN(node_) *prev;                            /* NULL: none                                         */
    LOFT_MAP_FN(node_) *cur;                             /* NULL: the end                                      */
    uintptr_t next;                                      /* cur's word; not out                                */
} LOFT_MAP_FN(place_);

/* What a walk collects. */
typedef struct LOFT_MAP_FN(batch_) {
    LOFT_MAP_K_ const *to;                               /* and not beyond it; NULL: all                       */
    unsigned how;
    bool more;                                           /* there may be some behind these                     */
    size_t n;
    LOFT_MAP_K_ key[LOFT_MAP_BATCH_];
#if defined(LOFT_MAP_VAL)
    LOFT_MAP_V_ *val;                                    /* as many; NULL: only keys                           */
#endif
} LOFT_MAP_FN(batch_);

/* ---- private ----------------------------------------------------------------------------------------------------- */

LOFT_API LOFT_MAP_FN(node_) *
LOFT_MAP_FN(node_of_)(uintptr_t word)
{
    return (LOFT_MAP_FN(node_) *)(word & ~LOFT_LIST_MARKS_);
}

LOFT_API int
LOFT_MAP_FN(compare_)(const LOFT_MAP_FN(node_) *n, LOFT_MAP_K_ const *k)
{
    LOFT_MAP_K_ const its = loft_plain_read(&n->key);
    return LOFT_MAP_CMP(its, *k);
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
LOFT_MAP_FN(give_)(const LOFT_MAP_FN(node_) *n, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    if (k) {
        *k = loft_plain_read(&n->key);
        LOFT_MAP_KEY_RETAIN(*k);
    }
#if defined(LOFT_MAP_VAL)
    if (v) {
        *v = loft_plain_read(&n->val);
        LOFT_MAP_VAL_RETAIN(*v);
    }
#endif
}

/* Ends the pop that the map's word `w` tells of: its node gets out, unless it was already, and then off the list. The
 * node's last word; if it says POP, the pop has it. The node is safe, and this is no read phase. */
LOFT_API uintptr_t
LOFT_MAP_FN(settle_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, uintptr_t w)
{
    LOFT_MAP_FN(node_) *const n = LOFT_MAP_FN(node_of_)(w);
    uintptr_t next = loft_load(&n->next, acquire);       /* settle:A acquire <- user: the node behind */
    while (!(next & LOFT_LIST_OUT_)) {
        const uintptr_t last = next | LOFT_LIST_OUT_ | LOFT_LIST_POP_;
        if (loft_cas_weak(&n->next, &next, last, seq_cst, acquire))   /* settle:B seq_cst/acquire -> user <- user <->
                                   find:B, find:C, look:A, look:B: nothing stands in front of it. LP of pop_first */
            next = last;
    }
    if (loft_cas_strong(&m->head, &w, next & ~LOFT_LIST_MARKS_, release, relaxed))   /* settle:C release -> user:
                                                                                        the node behind */
        LOFT_MAP_S_(retire)(me, &n->smr, LOFT_MAP_FN(drop_));
    return next;
}

/* Does the batch want more than this node, which it gets? */
LOFT_API bool
LOFT_MAP_FN(collect_)(LOFT_MAP_FN(batch_) *b, const LOFT_MAP_FN(node_) *n)
{
    if (b->to) {
        const int r = LOFT_MAP_FN(compare_)(n, b->to);
        if (r > 0 || (r == 0 && !(b->how & LOFT_RANGE_THROUGH))) {
            b->more = false;
            return false;
        }
    }
    b->key[b->n] = loft_plain_read(&n->key);
#if defined(LOFT_MAP_VAL)
    if (b->val)
        b->val[b->n] = loft_plain_read(&n->val);
#endif
    return ++b->n < LOFT_MAP_BATCH_;
}

/* One try of find_; false: begin again. */
LOFT_API bool
LOFT_MAP_FN(pass_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, LOFT_MAP_FN(place_) *at,
                   LOFT_MAP_FN(batch_) *batch, bool *found)
{
    LOFT_MAP_S_(read)(me);
    LOFT_ATOMIC(uintptr_t) *link = &m->head;
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
        if (how != LOFT_LIST_END_) {
            const int r = how == LOFT_LIST_BEGIN_ ? 1 : LOFT_MAP_FN(compare_)(cur, k);
            same = r == 0;
            if ((r > 0 || (same && how == LOFT_LIST_AT_)) && !(batch && LOFT_MAP_FN(collect_)(batch, cur)))
                break;
        }
        const size_t spare = a;
        a = b;
        b = c;
        c = spare;
        prev = cur;
        link = &cur->next;
        w = next;
    }
    LOFT_MAP_S_(write)(me, prev, cur, NULL);             /* before any return: the read phase is this function's */
    if (batch) {
        batch->more = batch->more && cur;
    } else {
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
/* Looks for a key and writes nothing. 1: it is in, *cur is safe; 0: there was an instant without it; -1: cannot say. */
LOFT_API int
LOFT_MAP_FN(look_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, LOFT_MAP_FN(node_) **cur)
{
    LOFT_MAP_S_(read)(me);
    LOFT_MAP_FN(node_) *below = NULL;                    /* the last one below k, ...                          */
    const LOFT_ATOMIC(uintptr_t) *link = &m->head;       /* ... and its word                                   */
    uintptr_t w = LOFT_MAP_S_(protect)(me, 0, link);
    LOFT_MAP_FN(node_) *n = LOFT_MAP_FN(node_of_)(w);
    while (n) {
        const int r = LOFT_MAP_FN(compare_)(n, k);
        uintptr_t next;
        if (r > 0)
            break;
        if (r == 0) {
            next = loft_load(&n->next, seq_cst);         /* look:A seq_cst <-> link:A, swap:A, take:A, last:A, settle:B:
                                                            LP(true) */
            if (!(next & LOFT_LIST_OUT_)) {
                LOFT_MAP_S_(write)(me, n, NULL, NULL);
                *cur = n;
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
    LOFT_MAP_FN(node_) *cur = NULL;
    const int r = LOFT_MAP_FN(look_)(m, me, k, &cur);
    if (r >= 0)
        return cur;
#endif
    return LOFT_MAP_FN(find_)(m, me, k, LOFT_LIST_AT_, &at, NULL) ? at.cur : NULL;
}

/* Takes off the list what the caller has taken out: cur, whose word led to `behind`. By itself, or by a search that
 * passes there; what it gives out is given out before. */
LOFT_API void
LOFT_MAP_FN(unlink_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_FN(place_) *at, uintptr_t behind)
{
    LOFT_MAP_K_ const k = loft_plain_read(&at->cur->key);
    uintptr_t w = (uintptr_t)at->cur;
    if (loft_cas_strong(at->link, &w, behind, release, relaxed))   /* unlink:A release -> user: the node behind */
        LOFT_MAP_S_(retire)(me, &at->cur->smr, LOFT_MAP_FN(drop_));
    else
        (void)LOFT_MAP_FN(find_)(m, me, &k, LOFT_LIST_AT_, at, NULL);
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
                                                           find:C, look:A, look:B: the node, and all before it. LP */
}

/* Takes cur out, if it is in yet. */
LOFT_API bool
LOFT_MAP_FN(take_)(LOFT_MAP_FN(place_) *at)
{
    uintptr_t w = at->next;
    return loft_cas_strong(&at->cur->next, &w, w | LOFT_LIST_OUT_, seq_cst, relaxed);   /* take:A seq_cst -> user <->
                                                           find:B, find:C, look:A, look:B: what was before. LP */
}

#if defined(LOFT_MAP_VAL)
/* Puts a node of the same key in the place of cur, if that is in yet. */
LOFT_API bool
LOFT_MAP_FN(swap_)(LOFT_MAP_FN(place_) *at, LOFT_MAP_FN(node_) *fresh)
{
    uintptr_t w = at->next;
    loft_init(&fresh->next, w);
    return loft_cas_strong(&at->cur->next, &w, (uintptr_t)fresh | LOFT_LIST_OUT_, seq_cst, relaxed);   /* swap:A seq_cst
                                   -> user <-> find:B, find:C, look:A, look:B: the node, and all before it. LP */
}

/* Is the value what the caller expects? */
LOFT_API bool
LOFT_MAP_FN(agrees_)(const LOFT_MAP_FN(node_) *n, LOFT_MAP_V_ const *only)
{
#if defined(LOFT_MAP_EQ)
    if (only) {
        LOFT_MAP_V_ const its = loft_plain_read(&n->val);
        return LOFT_MAP_EQ(its, *only);
    }
#endif
    (void)n;
    (void)only;
    return true;
}
#endif

/* A debug build stops what is called before init, after fini, or with a record of another domain. */
LOFT_API void
LOFT_MAP_FN(check_)(const LOFT_MAP_NAME *m, const LOFT_MAP_ME_ *me)
{
    LOFT_ASSERT(m->domain && "loft/map/list.h: the map is not initialised");
    LOFT_ASSERT(loft_smr_knows_(m->domain, me) && "loft/map/list.h: the record is of another domain");
    (void)m;
    (void)me;
}

/* What all have in common that put something in: may says what they may do. */
LOFT_API loft_status
LOFT_MAP_FN(set_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, unsigned may
                  LOFT_MAP_AND_(LOFT_MAP_V_ v, LOFT_MAP_V_ const *only, LOFT_MAP_V_ *was))
{
    LOFT_MAP_FN(place_) at;
    LOFT_MAP_FN(node_) *fresh = NULL;
    loft_status s;
    LOFT_MAP_FN(check_)(m, me);
    LOFT_MAP_S_(enter)(me);
    for (;;) {
        const bool there = LOFT_MAP_FN(find_)(m, me, &k, LOFT_LIST_AT_, &at, NULL);
        bool allowed = (may & (there ? LOFT_LIST_REPLACE_ : LOFT_LIST_ADD_)) != 0;
#if defined(LOFT_MAP_VAL)
        allowed = allowed && (!there || LOFT_MAP_FN(agrees_)(at.cur, only));
#endif
        if (!allowed) {
            s = there ? LOFT_EXISTS : LOFT_NOT_FOUND;
            if (there)
                LOFT_MAP_FN(give_)(at.cur, NULL LOFT_MAP_AND_(was));
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
            fresh = NULL;
            s = LOFT_OK;
            break;
        }
#if defined(LOFT_MAP_VAL)
        if (there && LOFT_MAP_FN(swap_)(&at, fresh)) {
            LOFT_MAP_FN(give_)(at.cur, NULL, was);
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

/* Takes a key out. */
LOFT_API bool
LOFT_MAP_FN(unset_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k
                    LOFT_MAP_AND_(LOFT_MAP_V_ const *only, LOFT_MAP_V_ *old))
{
    LOFT_MAP_FN(place_) at;
    bool there;
    LOFT_MAP_FN(check_)(m, me);
    LOFT_MAP_S_(enter)(me);
    do {
        there = LOFT_MAP_FN(find_)(m, me, &k, LOFT_LIST_AT_, &at, NULL);
#if defined(LOFT_MAP_VAL)
        there = there && LOFT_MAP_FN(agrees_)(at.cur, only);
#endif
    } while (there && !LOFT_MAP_FN(take_)(&at));
    if (there) {
        LOFT_MAP_FN(give_)(at.cur, NULL LOFT_MAP_AND_(old));
        LOFT_MAP_FN(unlink_)(m, me, &at, at.next);
    }
    LOFT_MAP_S_(exit)(me);
    return there;
}

/* The neighbour on one side of a place. */
LOFT_API bool
LOFT_MAP_FN(near_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *key, int how, bool before,
                   LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    LOFT_MAP_FN(place_) at;
    LOFT_MAP_FN(check_)(m, me);
    LOFT_MAP_S_(enter)(me);
    (void)LOFT_MAP_FN(find_)(m, me, key, how, &at, NULL);
    const LOFT_MAP_FN(node_) *const n = before ? at.prev : at.cur;
    if (n)
        LOFT_MAP_FN(give_)(n, k LOFT_MAP_AND_(v));
    LOFT_MAP_S_(exit)(me);
    return n != NULL;
}

/* The next entries of a range, retained if they are to be handed out. */
LOFT_API void
LOFT_MAP_FN(gather_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *from, int how, LOFT_MAP_FN(batch_) *b,
                     bool hand_out)
{
    LOFT_MAP_FN(place_) at;
    LOFT_MAP_FN(check_)(m, me);
    LOFT_MAP_S_(enter)(me);
    (void)LOFT_MAP_FN(find_)(m, me, from, how, &at, b);
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
    LOFT_MAP_S_(exit)(me);
}

/* ---- init, fini -------------------------------------------------------------------------------------------------- */

/* NAME_init - an empty map whose nodes are reclaimed by a domain.
 *   returns   LOFT_OK; LOFT_INVAL: no domain
 *   threads   quiescent; other threads may use the map once it has been handed over (a release and an acquire)
 *   cost      two words written
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(init)(LOFT_MAP_NAME *m, LOFT_MAP_SMR *domain)
{
    if (!domain)
        return LOFT_INVAL;
    m->domain = domain;
    loft_init(&m->head, (uintptr_t)0);
    return LOFT_OK;
}

/* NAME_fini - the end of the map: frees all entries in it. Those that are out are the domain's already.
 *   threads   quiescent; any call after it is an error, which a debug build stops
 *   cost      frees each node
 */
LOFT_API void
LOFT_MAP_FN(fini)(LOFT_MAP_NAME *m)
{
    LOFT_ASSERT(m->domain && "loft/map/list.h: fini of a map that is not initialised");
    uintptr_t w = loft_load(&m->head, relaxed);          /* fini:A relaxed: nobody else is here */
    while (LOFT_MAP_FN(node_of_)(w)) {
        LOFT_MAP_FN(node_) *const n = LOFT_MAP_FN(node_of_)(w);
        w = loft_load(&n->next, relaxed);                /* fini:B relaxed: nobody else is here */
        LOFT_MAP_FN(free_)(n);
    }
    loft_init(&m->head, (uintptr_t)0);
    m->domain = NULL;
}

/* ---- one key ----------------------------------------------------------------------------------------------------- */

#if defined(LOFT_MAP_VAL)
/* NAME_get - the value of a key.
 *   returns   false: there is none, and *out is untouched
 *   threads   any
 *   progress  lock-free
 *   order     what happened before the call that put the value in happens before this returns
 *   cost      a load of a line for each key up to this one; with a scheme of regions, nothing is written
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(get)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, LOFT_MAP_V_ *out)
{
    LOFT_MAP_FN(check_)(m, me);
    LOFT_MAP_S_(enter)(me);
    const LOFT_MAP_FN(node_) *const n = LOFT_MAP_FN(node_with_)(m, me, &k);
    if (n)
        LOFT_MAP_FN(give_)(n, NULL, out);
    LOFT_MAP_S_(exit)(me);
    return n != NULL;
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
    LOFT_MAP_FN(check_)(m, me);
    LOFT_MAP_S_(enter)(me);
    const bool there = LOFT_MAP_FN(node_with_)(m, me, &k) != NULL;
    LOFT_MAP_S_(exit)(me);
    return there;
}

/* NAME_put - a key, with this value from now on. A set's put is its put_if_absent.
 *   returns   LOFT_OK: the key is new; LOFT_REPLACED: its value was another; LOFT_NOMEM: nothing changed. Of a set,
 *             LOFT_EXISTS: it was there
 *   threads   any
 *   progress  lock-free but for the allocator
 *   cost      as get, an allocation, one compare-exchange; two and a node retired where it replaces
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
 *   cost      as get; an allocation and a compare-exchange where the key is new
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(put_if_absent)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k LOFT_MAP_AND_(LOFT_MAP_V_ v))
{
    return LOFT_MAP_FN(set_)(m, me, k, LOFT_LIST_ADD_ LOFT_MAP_AND_(v, NULL, NULL));
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
    const loft_status s = LOFT_MAP_FN(set_)(m, me, k, LOFT_LIST_ADD_, v, NULL, out);
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
 *   cost      as put
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(replace)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, LOFT_MAP_V_ v, LOFT_MAP_V_ *old)
{
    return LOFT_MAP_FN(set_)(m, me, k, LOFT_LIST_REPLACE_, v, NULL, old);
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
    return LOFT_MAP_FN(set_)(m, me, k, LOFT_LIST_REPLACE_, v, &expected, NULL);
}
#endif

/* NAME_update - a value that is computed from the old one, if the key is there.
 *   returns   LOFT_REPLACED; LOFT_EXISTS: change said false; LOFT_NOT_FOUND, LOFT_NOMEM. Unless REPLACED, nothing
 *             changed
 *   change    (v, ctx) makes the new value of the old one, which is borrowed; again for each value that others put
 *             there before this call is done, and what it made before is RELEASEd then. In a section: it is short and
 *             does not call the domain
 *   otherwise as replace
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_MAP_FN(update)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k, bool (*change)(LOFT_MAP_V_ *v, void *ctx),
                    void *ctx)
{
    LOFT_MAP_FN(place_) at;
    LOFT_MAP_FN(node_) *fresh = NULL;
    loft_status s = LOFT_NOT_FOUND;
    LOFT_MAP_FN(check_)(m, me);
    LOFT_MAP_S_(enter)(me);
    while (LOFT_MAP_FN(find_)(m, me, &k, LOFT_LIST_AT_, &at, NULL)) {
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

/* NAME_remove - takes a key out.
 *   returns   true: *old is the value it had; false: there was none
 *   threads   any
 *   progress  lock-free
 *   order     what happened before the value was put in happens before this returns; what happened before this, before
 *             the return of a call that misses the key
 *   cost      as get, two compare-exchanges, a node retired
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
 *   cost      first: of nothing but the first entry; last: a load of a line for each
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(first)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(near_)(m, me, NULL, LOFT_LIST_BEGIN_, false, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(last)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(near_)(m, me, NULL, LOFT_LIST_END_, true, k LOFT_MAP_AND_(v));
}

/* NAME_floor, NAME_ceiling, NAME_lower, NAME_higher - the entry nearest to `key`: not above it, not below it, below it,
 * above it. higher and lower, from what they gave last, go through the map and hold nothing meanwhile.
 *   returns   false: there is none, and *k, *v are untouched. k may point to what was passed as key
 *   threads   any
 *   progress  lock-free
 *   cost      as get
 */
LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(floor)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ key, LOFT_MAP_K_ *k
                   LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(near_)(m, me, &key, LOFT_LIST_ABOVE_, true, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(ceiling)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ key, LOFT_MAP_K_ *k
                     LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(near_)(m, me, &key, LOFT_LIST_AT_, false, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(lower)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ key, LOFT_MAP_K_ *k
                   LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(near_)(m, me, &key, LOFT_LIST_AT_, true, k LOFT_MAP_AND_(v));
}

LOFT_NODISCARD LOFT_API bool
LOFT_MAP_FN(higher)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ key, LOFT_MAP_K_ *k
                    LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    return LOFT_MAP_FN(near_)(m, me, &key, LOFT_LIST_ABOVE_, false, k LOFT_MAP_AND_(v));
}

/* NAME_pop_first - takes the lowest entry out.
 *   returns   false: the map was empty, and *k, *v are untouched
 *   threads   any
 *   progress  lock-free: who meets a pop that is under way ends it
 *   order     as remove
 *   cost      three compare-exchanges, a node retired
 */
LOFT_API bool
LOFT_MAP_FN(pop_first)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    LOFT_MAP_FN(place_) at;
    bool mine = false;
    LOFT_MAP_FN(check_)(m, me);
    LOFT_MAP_S_(enter)(me);
    for (;;) {
        (void)LOFT_MAP_FN(find_)(m, me, NULL, LOFT_LIST_BEGIN_, &at, NULL);
        if (!at.cur)
            break;
        uintptr_t w = (uintptr_t)at.cur;
        const uintptr_t popping = w | LOFT_LIST_FIRST_;
        if (!loft_cas_strong(at.link, &w, popping, release, relaxed))   /* pop:A release -> user: what was before, for
                                                       who ends this pop and then answers that the key is not there */
            continue;
        if (LOFT_MAP_FN(settle_)(m, me, popping) & LOFT_LIST_POP_) {
            mine = true;
            LOFT_MAP_FN(give_)(at.cur, k LOFT_MAP_AND_(v));
            break;
        }
    }
    LOFT_MAP_S_(exit)(me);
    return mine;
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
    LOFT_MAP_FN(place_) at;
    bool mine = false;
    LOFT_MAP_FN(check_)(m, me);
    LOFT_MAP_S_(enter)(me);
    for (;;) {
        (void)LOFT_MAP_FN(find_)(m, me, NULL, LOFT_LIST_END_, &at, NULL);
        if (!at.prev)
            break;
        uintptr_t w = 0;
        if (loft_cas_strong(at.link, &w, LOFT_LIST_OUT_, seq_cst, relaxed)) {   /* last:A seq_cst -> user <-> find:B,
                                       find:C, look:A, look:B: nothing is behind it. What was before. LP */
            LOFT_MAP_K_ const its = loft_plain_read(&at.prev->key);
            mine = true;
            LOFT_MAP_FN(give_)(at.prev, k LOFT_MAP_AND_(v));
            (void)LOFT_MAP_FN(find_)(m, me, &its, LOFT_LIST_AT_, &at, NULL);
            break;
        }
    }
    LOFT_MAP_S_(exit)(me);
    return mine;
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

/* NAME_for_each - calls visit(k, v, ctx) for the entries from <= k < to, by rising key, until it answers false.
 *   from, to  NULL: no bound. how: LOFT_RANGE_AFTER, LOFT_RANGE_THROUGH, or 0
 *   returns   how many were visited
 *   visit     runs outside of sections and may do anything, also with the map. What it gets is handed out
 *   threads   any
 *   progress  lock-free
 *   order     each entry was in at some moment of the call; all are visited that were in all the time, none twice
 *   cost      of n entries, n^2/32 more loads, because each 16 (one, with RETAIN) begin at the head; so many on the
 *             stack, with their values
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
    LOFT_MAP_K_ last;
    size_t n = 0;
    bool goes = true;
    b.to = to;
    b.how = how;
    LOFT_MAP_FN(gather_)(m, me, from, !from ? LOFT_LIST_BEGIN_ : how & LOFT_RANGE_AFTER ? LOFT_LIST_ABOVE_
                         : LOFT_LIST_AT_, &b, true);
    while (b.n) {
        last = b.key[b.n - 1];
        for (size_t i = 0; i < b.n && goes; i++, n++)
            goes = visit(b.key[i] LOFT_MAP_AND_(val[i]), ctx);
        if (goes && b.more)
            LOFT_MAP_FN(gather_)(m, me, &last, LOFT_LIST_ABOVE_, &b, true);
        else
            b.n = 0;
        LOFT_MAP_KEY_BACK_(last);
    }
    return n;
}

/* NAME_count - how many entries from <= k < to. Range and cost as for_each, but it copies keys only;
 * exact when nothing else runs. */
LOFT_NODISCARD LOFT_API size_t
LOFT_MAP_FN(count)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *from, LOFT_MAP_K_ const *to, unsigned how)
{
    LOFT_MAP_FN(batch_) b;
#if defined(LOFT_MAP_VAL)
    b.val = NULL;
#endif
    LOFT_MAP_K_ last;
    size_t n = 0;
    b.to = to;
    b.how = how;
    LOFT_MAP_FN(gather_)(m, me, from, !from ? LOFT_LIST_BEGIN_ : how & LOFT_RANGE_AFTER ? LOFT_LIST_ABOVE_
                         : LOFT_LIST_AT_, &b, false);
    while (b.n) {
        n += b.n;
        last = b.key[b.n - 1];
        if (b.more)
            LOFT_MAP_FN(gather_)(m, me, &last, LOFT_LIST_ABOVE_, &b, false);
        else
            b.n = 0;
        LOFT_MAP_KEY_BACK_(last);
    }
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
 *   returns   how many
 *   threads   any
 *   progress  lock-free
 */
LOFT_API size_t
LOFT_MAP_FN(clear)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me)
{
    size_t n = 0;
    while (LOFT_MAP_FN(pop_first)(m, me, NULL LOFT_MAP_AND_(NULL)))
        n++;
    return n;
}

#undef LOFT_MAP_FN
#undef LOFT_MAP_S_
#undef LOFT_MAP_ME_
#undef LOFT_MAP_K_
#undef LOFT_MAP_V_
#undef LOFT_MAP_AND_
#undef LOFT_MAP_PUT_
#undef LOFT_MAP_KEY_BACK_
#undef LOFT_MAP_VAL_BACK_
#undef LOFT_MAP_BATCH_
#undef LOFT_MAP_NAME
#undef LOFT_MAP_KEY
#undef LOFT_MAP_VAL
#undef LOFT_MAP_CMP
#undef LOFT_MAP_EQ
#undef LOFT_MAP_SMR
#undef LOFT_MAP_KEY_RETAIN
#undef LOFT_MAP_KEY_RELEASE
#undef LOFT_MAP_VAL_RETAIN
#undef LOFT_MAP_VAL_RELEASE

#endif /* configuration ok */
