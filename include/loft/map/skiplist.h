/* SPDX-License-Identifier: MIT
 *
 * loft/map/skiplist.h - lock-free skip list as a map or a set (Fraser; Herlihy, Shavit).
 *
 * Needs: core/base.h core/atomics.h core/alloc.h map/grammar.h map/calls.h
 *
 * USE IT WHEN         a map in the order of its keys, of any size, is read and written by several threads, and none may
 *                     wait for another.
 * DO NOT USE IT WHEN  there are some dozens of entries (list.h), or memory matters more than anything.
 *
 * EXAMPLE
 *     #include <loft/smr/ebr.h>
 *     #define LOFT_MAP_NAME  ages
 *     #define LOFT_MAP_KEY   int
 *     #define LOFT_MAP_VAL   double
 *     #define LOFT_MAP_SMR   loft_ebr
 *     #include <loft/map/skiplist.h>
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
 *              LOFT_MAP_P_LOG2     optional  about one node of 2^this that are on a level is on the next: 1 to 8;
 *                                            default: as HEIGHTS says
 *              LOFT_MAP_HEIGHT     optional  (k): on how many levels the node of a key is, from 1 to LOFT_MAP_LEVELS;
 *                                            default: as HEIGHTS says. For what has to be the same each time
 *
 * OPERATIONS   all of map/calls.h
 *
 * TOGETHER     as map/calls.h says; OWNERSHIP is in map/grammar.h
 *
 * LEVELS       The entries are the nodes of level 0, which is the list of list.h: what is in and what is out is decided
 *              there, by the next word, and MARKS, REPLACING and ORDERS are the same. Four nodes of five are on no
 *              other level. A node that is, a tall one, has the bit TALL in its next word, and behind its value a word
 *              for each level more and one for its state. Each level above is a list of tall nodes, in order, where a
 *              search passes many nodes of the one below in one step. Its words know one mark: out.
 *
 * HEIGHTS      The search for its place has seen how many nodes of a level there are in front of a new one since the
 *              last that is on the next level. It gets there with the chance that LOFT_MAP_P_LOG2 says; with as many
 *              in front of it as there should be surely; right in front of one that is there, and with no more in
 *              front of it than that, never. So a search looks at 2.9 nodes on each level where one of four is to be on
 *              the next, not at the 3.75 that chance alone makes; and in no order of puts at many more than chance
 *              makes. Where the search came from the index, that chance alone says how it goes on above.
 *              By default one of six is to be on level 1, which makes a fifth of all, or of eight, while there are five
 *              levels or fewer; one of twelve of these on level 2, and then one of four. Without an index it is one of
 *              four on each, or of eight. What takes the place of another node is as high as that was.
 *
 * GOING IN     A node is put in by the compare-exchange on level 0, and then upwards, from level to level. Its own word
 *              is changed by compare-exchange once others can see it, never stored: a mark stays. Where a word is
 *              marked, it stops.
 *
 * COMING OUT   All words of a tall node are marked, from the top down, that of level 0 last. So whoever sees that one
 *              knows of the others. The node may be in the midst of going in, so that it gets onto a level when it has
 *              already been taken off others. Therefore its state counts on how many levels it is or is going to be.
 *              Who takes it off a level counts down; who puts it in does so for what it has left out; who gets to
 *              nothing retires it. So nothing is freed to which a word leads, even if comparisons lie.
 *              That it comes off all levels is a matter of who takes it out and who puts it in: whoever of them finds
 *              in the state that the other one is done goes through all levels once more.
 *
 * SEARCH       From the highest level that is in use down to 0: on each to the last node in front of the place, whose
 *              word one level below is next. If that word is not marked, the node is on that level. If it is, the
 *              search begins again, and meets the node marked where it came from. Of nodes of one key the one that is
 *              in comes last, on each level: who put it in knows that the others are out, and looks again where it has
 *              passed one before it knew. So who looks for what is out finds it in front of what is in.
 *              PROTECTION is that of list.h, for each level. Where what was found stays safe, searches for one key
 *              go along levels through what is out, and take nothing off but on level 0; where they would go down from
 *              a node that is out, they begin again as the others do, which take it off.
 *
 * INDEX        Where the scheme is of regions and begins nothing again, there is an array of nodes of level 1, and of
 *              their keys: of all, if these are 192 or fewer, else of every fourth to sixth, and 65 536 at the most; if
 *              that level has more than 262 144, of the nodes of the lowest one that has not. Searches for a key bisect
 *              it and go down from the last node in it that is below the key. It is never changed, and says what once
 *              was: where it is wrong, that costs time and nothing else. A node in it that is out has a marked word:
 *              the one in front of it is taken, or after five of these the way from the top. Nodes that it has not are
 *              met on the way; after sixteen of these the way from the top is taken, too. A node counts the indexes
 *              that have it, and is freed when it has been retired and dropped and they are gone, too: with the last of
 *              that, its key; its value is RELEASEd when it is dropped. When about half as many nodes as the level has
 *              have come onto it, or a quarter have gone (of a level of 8 192 or fewer twice as many), who has made the
 *              last of these changes walks along it, to count and to copy, and puts a new index in place of the old
 *              one. Without memory for it the old one stays.
 *
 * ORDERS       On level 0 as in list.h; look:D, find:F, find:E are look:C, find:E, find:D there. What was found by
 *              another level, or by the index, needs no such load: it got in, by seq_cst, before the same thread put it
 *              onto that level.
 *              Other levels decide nothing: release and acquire for the nodes, acq_rel for the state, so that who is
 *              the second finds what the first has linked and marked. Marks are release: whoever sees one sees those
 *              above, and does not come back to the node by what was there before them.
 *
 * EDGES        link:A, swap:A, take:A, settle:B, last:A -> user             the node, and what was done before
 *              pop:A -> user                                                what was done before, for who ends the pop
 *              raise:E -> user                                              the node, and its word
 *              topple:A -> user                                             the marks above
 *              user -> settle:A, settle:B, visit:A, pluck:A                 the node behind
 *              unlink:A, find:A, settle:C, pluck:B -> user                  the node behind
 *              link:A, swap:A, take:A, settle:B, last:A <-> find:B, find:C, look:A, look:B, look:C, look:D   ORDERS
 *              link:A, swap:A <-> find:F                    what a search came by got in
 *              swap:A, take:A, settle:B, last:A <-> find:E, settle:A, settle:B   what others take off is out
 *              leave:A -> leave:A, raise:F, raise:G, gone:A no word leads to it there any more
 *              part:A -> part:A                             an index, or the last section, is done with it
 *              renew:A -> user                              what an index has
 *              raise:G -> leave:A, gone:A                   what who put it in has linked
 *              gone:A -> leave:A, raise:F, raise:G          what is marked
 *              (user: the load in S_protect, and whoever wrote what is loaded)
 *
 * MEMORY       A node of key, value, a word and the scheme's head (two to four words) per entry, by loft_alloc; a tall
 *              one has a word more and one for each level from 1 on: half a word for each entry. With loft_ebr and a
 *              key and a value of 8 bytes these are 40 bytes, 43.6 on average. The index takes a key and a word for
 *              each 20 entries or more, in a map of about a thousand for each six; an older one stays as what is
 *              retired does. What is out of its nodes stays for as long as it does, and with the newest until another
 *              takes its place, or fini: that may be a quarter of them, whose keys are not RELEASEd meanwhile, whatever
 *              S_drain says. The map has LOFT_MAP_LEVELS words and some. What a comparison that lies keeps from being
 *              found is freed by fini.
 *
 * PROGRESS     Lock-free but for the allocator. get and contains write nothing where the scheme is of regions, unless
 *              they stand on a node that has just been taken out. clear ends when it finds the map empty. A put or a
 *              removal that makes the index anew walks along 262 144 nodes twice, and once on each level that has more,
 *              at the most, and the drop of an index gives up 65 536; neither keeps others from anything.
 *
 * COST         A search passes O(log n) nodes, on average. Where the scheme is not of regions, or restarts, putting a
 *              tall node in takes another search for each level.
 *
 * SOURCE       Fraser, Practical Lock-Freedom, 2004; Herlihy, Shavit, The Art of Multiprocessor Programming, ch. 14;
 *              Pugh, Skip Lists, CACM 1990. Changed: the count of levels, towers for tall nodes only, heights that
 *              depend on what is around, the index, and what list.h has changed on level 0.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_MAP_NAME)
#  error "loft/map/skiplist.h: define LOFT_MAP_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_MAP_KEY)
#  error "loft/map/skiplist.h: define LOFT_MAP_KEY (key type) before including"
#elif !defined(LOFT_MAP_SMR)
#  error "loft/map/skiplist.h: define LOFT_MAP_SMR (scheme of reclamation, such as loft_ebr) before including"
#elif LOFT_CAT(LOFT_MAP_SMR, smr) != 1
#  error "loft/map/skiplist.h: LOFT_MAP_SMR names no scheme that is known here; include its header (loft/smr/ebr.h)"
#elif LOFT_CAT(LOFT_MAP_SMR, slots) != 0 && LOFT_CAT(LOFT_MAP_SMR, slots) < 3
#  error "loft/map/skiplist.h: the scheme LOFT_MAP_SMR must have three slots for each thread (S_slots)"
#elif !defined(LOFT_MAP_VAL) && (defined(LOFT_MAP_EQ) || defined(LOFT_MAP_VAL_RETAIN) || defined(LOFT_MAP_VAL_RELEASE))
#  error "loft/map/skiplist.h: LOFT_MAP_EQ, LOFT_MAP_VAL_RETAIN and LOFT_MAP_VAL_RELEASE need LOFT_MAP_VAL (value type)"
#elif defined(LOFT_MAP_KEY_RETAIN) && !defined(LOFT_MAP_KEY_RELEASE)
#  error "loft/map/skiplist.h: LOFT_MAP_KEY_RETAIN needs LOFT_MAP_KEY_RELEASE"
#elif defined(LOFT_MAP_VAL_RETAIN) && !defined(LOFT_MAP_VAL_RELEASE)
#  error "loft/map/skiplist.h: LOFT_MAP_VAL_RETAIN needs LOFT_MAP_VAL_RELEASE"
#elif defined(LOFT_MAP_OBJECT) && defined(LOFT_MAP_CMP)
#  error "loft/map/skiplist.h: LOFT_MAP_CMP and LOFT_MAP_OBJECT both say how keys compare; define one of them"
#elif defined(LOFT_MAP_LEVELS) && (LOFT_MAP_LEVELS < 1 || LOFT_MAP_LEVELS > 64)
#  error "loft/map/skiplist.h: LOFT_MAP_LEVELS (how many levels there may be) must be from 1 to 64"
#elif defined(LOFT_MAP_P_LOG2) && (LOFT_MAP_P_LOG2 < 1 || LOFT_MAP_P_LOG2 > 8)
#  error "loft/map/skiplist.h: LOFT_MAP_P_LOG2 (one node of 2^this is on the next level) must be from 1 to 8"
#else

#define LOFT_MAP_HEADER_  "loft/map/skiplist.h"
#define LOFT_MAP_ENTRY_   LOFT_MAP_FN(node_)
#include "grammar.h"

#ifndef LOFT_MAP_SKIPLIST_H
#define LOFT_MAP_SKIPLIST_H

/* Marks of a next word. */
#define LOFT_SKIPLIST_OUT_    ((uintptr_t)1)
#define LOFT_SKIPLIST_POP_    ((uintptr_t)2)
#define LOFT_SKIPLIST_TALL_   ((uintptr_t)4)             /* the node has levels above                          */
#define LOFT_SKIPLIST_FIRST_  ((uintptr_t)4)             /* of the map's own word: its node is being popped    */
#define LOFT_SKIPLIST_MARKS_  ((uintptr_t)7)

/* The state of a tall node. */
#define LOFT_SKIPLIST_ON_      UINT32_C(0xff)            /* on so many levels it is, or is going to be         */
#define LOFT_SKIPLIST_RISING_  UINT32_C(0x100)           /* somebody is putting it onto them                   */
#define LOFT_SKIPLIST_HELD_    UINT32_C(0x200)           /* who pops it looks for it, by its key               */
#define LOFT_SKIPLIST_GONE_    UINT32_C(0x400)           /* it is out, and who took it out is done             */
#define LOFT_SKIPLIST_KEPT_    UINT32_C(0x800)           /* for those who may have met it on a level           */
#define LOFT_SKIPLIST_HEIGHT_  16                        /* from this bit on: how many levels; fixed           */
#define LOFT_SKIPLIST_LEVELS_  UINT32_C(0x7f)            /* and so many bits                                   */
#define LOFT_SKIPLIST_LISTED_  UINT32_C(0xff800000)      /* so many indexes have it, ...                       */
#define LOFT_SKIPLIST_INDEX_   UINT32_C(0x00800000)      /* ... each counts so much                            */
#define LOFT_SKIPLIST_IN_USE_  (LOFT_SKIPLIST_ON_ | LOFT_SKIPLIST_RISING_ | LOFT_SKIPLIST_HELD_)   /* not retired  */
#define LOFT_SKIPLIST_THERE_   (LOFT_SKIPLIST_KEPT_ | LOFT_SKIPLIST_LISTED_)                       /* not freed    */

/* Indexes. */
#define LOFT_SKIPLIST_LEAST_   ((size_t)8)               /* nodes of one                                       */
#define LOFT_SKIPLIST_MOST_    ((size_t)1 << 16)
#define LOFT_SKIPLIST_SMALL_   ((size_t)1 << 13)         /* nodes of its level, or fewer                       */
#define LOFT_SKIPLIST_WALK_    ((size_t)1 << 18)         /* nodes of a level that has one                      */
#define LOFT_SKIPLIST_TICKS_   ((size_t)16)              /* of its age, until there is another                 */
#define LOFT_SKIPLIST_PARTS_   8u                        /* of a level, through which a walk goes at once      */
#define LOFT_SKIPLIST_DEAD_    4u                        /* a search does not go back by more that are out     */
#define LOFT_SKIPLIST_NEW_     ((size_t)16)              /* nor on by so many that it has not                  */

#endif /* LOFT_MAP_SKIPLIST_H */

#if !defined(LOFT_MAP_LEVELS)
#  define LOFT_MAP_LEVELS  32
#endif

/* Does what a search found on its way stay safe until the end of the section? If so, those of calls for one key are
 * compiled into them; else pass_ may be what a read phase begins again in, which cannot be. */
#if LOFT_CAT(LOFT_MAP_SMR, region) && !LOFT_CAT(LOFT_MAP_SMR, restarts)
#  define LOFT_MAP_PATHS_  1
#  define LOFT_MAP_PASS_   LOFT_ALWAYS_INLINE
#else
#  define LOFT_MAP_PATHS_  0
#  define LOFT_MAP_PASS_   LOFT_API
#endif

/* Has a tall node room to say where the node after the next one is? Nothing is decided by that. */
#if LOFT_MAP_PATHS_ && UINTPTR_MAX > 0xffffffffu && !defined(LOFT_MEMORY)
#  define LOFT_MAP_FAR_  1
#else
#  define LOFT_MAP_FAR_  0
#endif

/* Is there an index, of which level at the least, and of how many of its nodes, of which there are n, the first? A
 * twentieth of all, or fewer, but where there are few: then it is the way along level 1 that would cost. A scheme takes
 * some thousand sections to free an old index, so that in a map that grows to some ten thousand entries all those
 * before are there yet. So these are made of less, and wait for more nodes. */
#if defined(LOFT_MAP_P_LOG2)
#  define LOFT_MAP_LOW_       ((3 + LOFT_MAP_P_LOG2) / LOFT_MAP_P_LOG2)
#  define LOFT_MAP_EVERY_(n)  ((size_t)1)
#else
#  define LOFT_MAP_LOW_       1
#  define LOFT_MAP_EVERY_(n)  ((size_t)((n) <= 192u ? 1 : (n) <= 1024u ? 6 : (n) <= LOFT_SKIPLIST_SMALL_ ? 5 : 4))
#endif
#if LOFT_MAP_PATHS_ && LOFT_MAP_LEVELS > LOFT_MAP_LOW_ + 1
#  define LOFT_MAP_INDEX_  1
#else
#  define LOFT_MAP_INDEX_  0
#endif

/* How many more nodes a level has than the next one. Searches by an index pass by nothing but levels 0 and 1, so that
 * those above may have few, and memory goes into level 1; in a small map into the index. Without one, while all are in
 * the nearest caches, it is going down that costs, because no CPU guesses when; in a larger map it is each node that is
 * looked at. */
#if defined(LOFT_MAP_P_LOG2)
#  define LOFT_MAP_GAP_(level, levels)  ((size_t)1 << LOFT_MAP_P_LOG2)
#elif LOFT_MAP_INDEX_
#  define LOFT_MAP_GAP_(level, levels)  ((size_t)((level) == 0 ? ((levels) <= 5u ? 8 : 6) : (level) == 1u ? 12 : 4))
#else
#  define LOFT_MAP_GAP_(level, levels)  ((size_t)((levels) <= 5u ? 8 : 4))
#endif

/* ---- types ------------------------------------------------------------------------------------------------------- */

/* Behind it, if it is tall: a word with its state, and its next words from level 1 on. */
typedef struct LOFT_MAP_FN(node_) {
    LOFT_MAP_S_(node) smr;
    LOFT_ATOMIC(uintptr_t) next;                         /* final once it is marked as out                     */
    LOFT_MAP_K_ key;                                     /* fixed, as is the value                             */
#if defined(LOFT_MAP_VAL)
    LOFT_MAP_V_ val;
#endif
} LOFT_MAP_FN(node_);

#if LOFT_MAP_INDEX_
/* Nodes of one level, by rising keys, all of which were in at some time. It is as it is until it is freed. */
typedef struct LOFT_MAP_FN(index_) {
    LOFT_MAP_S_(node) smr;
    size_t size;                                         /* of its memory                                      */
    size_t level;
    size_t of;                                           /* so many nodes, about                               */
    size_t n;                                            /* not 0                                              */
    LOFT_MAP_FN(node_) **node;
    LOFT_MAP_K_ *key;                                    /* of each                                            */
} LOFT_MAP_FN(index_);

/* The parts of a level, each from the node that a word leads to up to a key. */
typedef struct LOFT_MAP_FN(parts_) {
    size_t count;
    uintptr_t from[LOFT_SKIPLIST_PARTS_];
    LOFT_MAP_K_ const *to[LOFT_SKIPLIST_PARTS_];         /* NULL: to the end                                   */
    size_t n[LOFT_SKIPLIST_PARTS_];                      /* nodes                                              */
} LOFT_MAP_FN(parts_);
#endif

/* It must not be moved or copied. */
typedef struct LOFT_MAP_NAME {
    LOFT_MAP_FN(base_) base;
    LOFT_ATOMIC(size_t) top;                             /* levels that were in use; not below 1               */
#if LOFT_MAP_INDEX_
    LOFT_ATOMIC(uintptr_t) index;                        /* the newest, or NULL                                */
    LOFT_ATOMIC(size_t) ticks;                           /* LOFT_SKIPLIST_TICKS_ for each                      */
#endif
    LOFT_ATOMIC(uintptr_t) head[LOFT_MAP_LEVELS];        /* of the first node on each                          */
} LOFT_MAP_NAME;

/* Between two neighbours on a level. */
typedef struct LOFT_MAP_FN(place_) {
    LOFT_ATOMIC(uintptr_t) *link;                        /* the word that leads to cur: prev's or the map's    */
    uintptr_t word;                                      /* and what it was; not out                           */
    LOFT_MAP_FN(node_) *prev;                            /* NULL: none                                         */
    LOFT_MAP_FN(node_) *cur;                             /* NULL: the end                                      */
    uintptr_t next;                                      /* cur's word on level 0; not out                     */
} LOFT_MAP_FN(place_);

/* How a search came to its place on each level below n. Links and words only where they stay safe. */
typedef struct LOFT_MAP_FN(path_) {
    size_t n;
    bool whole;                                          /* it began on the highest; else in the midst of n-1  */
    size_t passed[LOFT_MAP_LEVELS];                      /* nodes, since it came down onto this level          */
    bool wall[LOFT_MAP_LEVELS];                          /* the one behind is on the level above, too          */
#if LOFT_MAP_PATHS_
    size_t same;                                         /* the lowest level with a node of this key; n: none  */
    LOFT_ATOMIC(uintptr_t) *link[LOFT_MAP_LEVELS];
    uintptr_t word[LOFT_MAP_LEVELS];
#endif
} LOFT_MAP_FN(path_);

/* ---- private: nodes ---------------------------------------------------------------------------------------------- */

LOFT_API LOFT_MAP_FN(node_) *
LOFT_MAP_FN(node_of_)(uintptr_t word)
{
    return (LOFT_MAP_FN(node_) *)(word & ~LOFT_SKIPLIST_MARKS_);
}

/* Of a tall node: [i] is its next word on level i; in place of [0] there is its state. */
LOFT_API LOFT_ATOMIC(uintptr_t) *
LOFT_MAP_FN(tower_)(LOFT_MAP_FN(node_) *n)
{
    return (LOFT_ATOMIC(uintptr_t) *)(void *)((char *)n + sizeof *n);
}

/* [0] is the state of a tall node; [1], with LOFT_MAP_FAR_, how far it is from here to the key of the node after the
 * next one on level 0, or was, in words. */
LOFT_API LOFT_ATOMIC(uint32_t) *
LOFT_MAP_FN(state_)(LOFT_MAP_FN(node_) *n)
{
    return (LOFT_ATOMIC(uint32_t) *)(void *)((char *)n + sizeof *n);
}

LOFT_API size_t
LOFT_MAP_FN(size_)(size_t height)
{
    return sizeof(LOFT_MAP_FN(node_)) + (height > 1u ? height : 0u) * sizeof(LOFT_ATOMIC(uintptr_t));
}

LOFT_API size_t
LOFT_MAP_FN(height_of_)(LOFT_MAP_FN(node_) *n, uintptr_t next)
{
    if (!(next & LOFT_SKIPLIST_TALL_))
        return 1;
    const uint32_t state = loft_load(LOFT_MAP_FN(state_)(n), relaxed);   /* height_of:A relaxed: this is fixed */
    return state >> LOFT_SKIPLIST_HEIGHT_ & LOFT_SKIPLIST_LEVELS_;
}

/* How high a new node is to be: as high as the one whose place it takes, or as its way there says, so that nodes of a
 * level stand at more even distances than if they were drawn alike. That there are few in front of it says nothing: all
 * may come behind the same few, and the others be behind it. So of those that are put next to each other, without one
 * of the next level, each gets there with the chance of one that is drawn, or more, but for a few at their end. Above
 * what its way says, that chance alone counts. */
LOFT_API size_t
LOFT_MAP_FN(height_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, const LOFT_MAP_FN(place_) *old,
                     const LOFT_MAP_FN(path_) *path)
{
#if defined(LOFT_MAP_HEIGHT)
    (void)m;
    (void)me;
    (void)old;
    (void)path;
    return LOFT_MAP_HEIGHT(*k);
#else
    size_t height = 1;
    size_t levels = path->whole ? path->n : loft_load(&m->top, relaxed);   /* height:B relaxed: as height:A */
    (void)k;
    if (old)
        return LOFT_MAP_FN(height_of_)(old->cur, old->next);
    while (levels > 1u && !LOFT_MAP_FN(node_of_)(loft_load(&m->head[levels - 1u], relaxed)))   /* height:A relaxed: it
                                                                                   is about speed, and not followed */
        levels--;
    for (; height < LOFT_MAP_LEVELS && height <= levels; height++) {
        const size_t gap = LOFT_MAP_GAP_(height - 1u, levels);
        const size_t often = gap << (height == levels);  /* seldom a level more                                */
        if (path->whole || height < path->n) {
            const bool enough = path->passed[height - 1u] >= gap + path->wall[height - 1u];
            if (path->wall[height - 1u] && !enough)
                break;
            if (!path->wall[height - 1u] && enough)
                continue;
        }
        if ((loft_smr_random_(me) >> 32) * often >> 32)
            break;
    }
    return height;
#endif
}

/* A node that nobody knows; NULL: no memory. */
LOFT_API LOFT_MAP_FN(node_) *
LOFT_MAP_FN(make_)(LOFT_MAP_ME_ *me, size_t height, LOFT_MAP_K_ k)
{
    const size_t size = LOFT_MAP_FN(size_)(height);
    LOFT_MAP_FN(node_) *const n = (LOFT_MAP_FN(node_) *)LOFT_MAP_S_(alloc_node)(me, size);
    if (n)
        loft_plain_write(&n->key, k);
    return n;
}

/* The state of a tall node, before others know it. */
LOFT_API void
LOFT_MAP_FN(begin_state_)(LOFT_MAP_FN(node_) *n, size_t height, uint32_t bits)
{
    const uint32_t levels = (uint32_t)(height << LOFT_SKIPLIST_HEIGHT_ | height);
    loft_init(LOFT_MAP_FN(state_)(n), levels | LOFT_SKIPLIST_KEPT_ | bits);
#if LOFT_MAP_FAR_
    loft_init(LOFT_MAP_FN(state_)(n) + 1, (uint32_t)0);
#endif
}

/* Its words, before others know it: what is behind it on level 0, and what a path says. */
LOFT_API void
LOFT_MAP_FN(fill_)(LOFT_MAP_FN(node_) *n, size_t height, uintptr_t next, const LOFT_MAP_FN(path_) *path)
{
    LOFT_ATOMIC(uintptr_t) *const tower = LOFT_MAP_FN(tower_)(n);
    loft_init(&n->next, (next & ~LOFT_SKIPLIST_MARKS_) | (height > 1u ? LOFT_SKIPLIST_TALL_ : 0u));
    if (height == 1)
        return;
    LOFT_MAP_FN(begin_state_)(n, height, LOFT_SKIPLIST_RISING_);
    for (size_t i = 1; i < height; i++) {
#if LOFT_MAP_PATHS_
        loft_init(tower + i, i < path->n ? path->word[i] & ~LOFT_SKIPLIST_MARKS_ : (uintptr_t)0);
#else
        loft_init(tower + i, (uintptr_t)0);
#endif
    }
    (void)path;
}

/* With its key; the value is gone. */
LOFT_API void
LOFT_MAP_FN(free_)(LOFT_MAP_FN(node_) *n)
{
    const uintptr_t next = loft_load(&n->next, relaxed); /* free:A relaxed: nobody else has it any more */
    LOFT_MAP_KEY_RELEASE(n->key);
    loft_free(n, LOFT_MAP_FN(size_)(LOFT_MAP_FN(height_of_)(n, next)));
}

/* So much of what keeps a tall node there is over: an index, or all those who may have met it on its levels. Who ends
 * the last of it frees the node. */
LOFT_API void
LOFT_MAP_FN(part_)(LOFT_MAP_FN(node_) *n, uint32_t less)
{
    const uint32_t was = loft_fetch_sub(LOFT_MAP_FN(state_)(n), less, acq_rel);   /* part:A acq_rel -> part:A <- part:A:
                                                                                     done with it */
    if (!((was - less) & LOFT_SKIPLIST_THERE_))
        LOFT_MAP_FN(free_)(n);
}

/* Nobody holds a node any more, or will, but an index, which has no use for its value. Its word on level 0 is next. */
LOFT_API void
LOFT_MAP_FN(give_up_)(LOFT_MAP_FN(node_) *n, uintptr_t next)
{
#if defined(LOFT_MAP_VAL)
    LOFT_MAP_VAL_RELEASE(n->val);
#endif
    if (LOFT_MAP_INDEX_ && (next & LOFT_SKIPLIST_TALL_))
        LOFT_MAP_FN(part_)(n, LOFT_SKIPLIST_KEPT_);
    else
        LOFT_MAP_FN(free_)(n);
}

LOFT_API void
LOFT_MAP_FN(drop_)(loft_smr_thread *me, loft_smr_node *node)
{
    LOFT_MAP_FN(node_) *const n = (LOFT_MAP_FN(node_) *)node;
    const uintptr_t next = loft_load(&n->next, relaxed); /* drop:A relaxed: nobody writes to it any more */
    (void)me;
#if LOFT_DEBUG
    LOFT_ASSERT((next & LOFT_SKIPLIST_OUT_) && "loft/map/skiplist.h: freed, and not out");
    for (size_t i = LOFT_MAP_FN(height_of_)(n, next) - 1u; i > 0; i--) {
        const uintptr_t above = loft_load(LOFT_MAP_FN(tower_)(n) + i, relaxed);   /* drop:B relaxed: likewise */
        const uint32_t state = loft_load(LOFT_MAP_FN(state_)(n), relaxed);        /* drop:C relaxed: likewise */
        LOFT_ASSERT((above & LOFT_SKIPLIST_OUT_) && "loft/map/skiplist.h: freed, and not marked on a level");
        LOFT_ASSERT(!(state & (LOFT_SKIPLIST_ON_ | LOFT_SKIPLIST_RISING_)) && "loft/map/skiplist.h: freed, on a level");
    }
#endif
    LOFT_MAP_FN(give_up_)(n, next);
}

/* So much of what keeps a tall node in use is over; who ends the last of it retires the node. */
LOFT_API void
LOFT_MAP_FN(leave_)(LOFT_MAP_ME_ *me, LOFT_MAP_FN(node_) *n, uint32_t less)
{
    const uint32_t was = loft_fetch_sub(LOFT_MAP_FN(state_)(n), less, acq_rel);   /* leave:A acq_rel -> leave:A,
                 raise:F, raise:G, gone:A <- leave:A, gone:A, raise:G: no word leads to it there; what is marked */
    if (!((was - less) & LOFT_SKIPLIST_IN_USE_))
        LOFT_MAP_S_(retire)(me, &n->smr, LOFT_MAP_FN(drop_));
}

/* The caller has taken a node, whose word on level 0 is next, off a level. */
LOFT_API void
LOFT_MAP_FN(came_off_)(LOFT_MAP_ME_ *me, LOFT_MAP_FN(node_) *n, uintptr_t next)
{
    if (next & LOFT_SKIPLIST_TALL_)
        LOFT_MAP_FN(leave_)(me, n, 1);
    else
        LOFT_MAP_S_(retire)(me, &n->smr, LOFT_MAP_FN(drop_));
}

/* Marks the levels above 0 of a node that is to be taken out. It is safe, and this is no read phase. */
LOFT_API void
LOFT_MAP_FN(topple_)(LOFT_MAP_FN(node_) *n, uintptr_t next)
{
    for (size_t i = LOFT_MAP_FN(height_of_)(n, next) - 1u; i > 0; i--)
        (void)loft_fetch_or(LOFT_MAP_FN(tower_)(n) + i, LOFT_SKIPLIST_OUT_, release);   /* topple:A release -> user: the
                                                                                          marks above */
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

/* And the one behind that, as far as a tall node knows it: both come in the time of one. */
LOFT_ALWAYS_INLINE void
LOFT_MAP_FN(far_ahead_)(LOFT_MAP_FN(node_) *tall)
{
#if LOFT_MAP_FAR_
    LOFT_ATOMIC(uint32_t) *const state = LOFT_MAP_FN(state_)(tall);
    const int32_t words = (int32_t)loft_load(state + 1, relaxed);   /* far_ahead:A relaxed: nothing is done with it */
    LOFT_PREFETCH((const void *)((uintptr_t)state + (uintptr_t)(intptr_t)words * sizeof(uintptr_t)));
#else
    (void)tall;
#endif
}

/* Two behind a tall node is the node that w leads to. Only what is news is written. */
LOFT_ALWAYS_INLINE void
LOFT_MAP_FN(note_)(LOFT_MAP_FN(node_) *tall, uintptr_t w)
{
#if LOFT_MAP_FAR_
    LOFT_ATOMIC(uint32_t) *const state = LOFT_MAP_FN(state_)(tall);
    const uintptr_t key = (uintptr_t)LOFT_MAP_FN(node_of_)(w) + sizeof(LOFT_MAP_S_(node)) + sizeof w;
    const uint32_t words = (uint32_t)((key - (uintptr_t)state) / sizeof(uintptr_t));   /* what is too far gets lost */
    if (loft_load(state + 1, relaxed) != words)          /* note:A relaxed: for far_ahead alone */
        loft_store(state + 1, words, relaxed);           /* note:B relaxed: likewise */
#else
    (void)tall;
    (void)w;
#endif
}

/* ---- private: snapshots ------------------------------------------------------------------------------------------ */

#if LOFT_MAP_SNAPS_
/* A node, or NULL, was in. False: it is not any more. */
LOFT_API bool
LOFT_MAP_FN(reports_)(LOFT_MAP_FN(collector_) *c, const LOFT_MAP_FN(node_) *n)
{
    return !n || LOFT_MAP_FN(report_in_)(c, n, &n->next, LOFT_SKIPLIST_OUT_, 0);
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

/* ---- private: the index ------------------------------------------------------------------------------------------ */

#if LOFT_MAP_INDEX_
/* What an index counts in the states of its nodes. Where nothing is ever freed, it need not. */
#define LOFT_MAP_CLAIM_  (LOFT_CAT(LOFT_MAP_SMR, drops) ? LOFT_SKIPLIST_INDEX_ : 0u)

/* An index is to have this node, which was in. False: it is on no level any more, or too many indexes have it. */
LOFT_API bool
LOFT_MAP_FN(claim_)(LOFT_MAP_FN(node_) *n)
{
    uint32_t state = loft_load(LOFT_MAP_FN(state_)(n), relaxed);   /* claim:A relaxed: the CAS checks it */
    while ((state & LOFT_SKIPLIST_ON_) && state <= UINT32_MAX - LOFT_MAP_CLAIM_) {
        if (loft_cas_weak(LOFT_MAP_FN(state_)(n), &state, state + LOFT_MAP_CLAIM_, relaxed, relaxed))   /* claim:B
                                                                                    relaxed: a count; part:A ends it */
            return true;
    }
    return false;
}

/* Gives up an index that nobody has any more, or that nobody ever had. */
LOFT_API void
LOFT_MAP_FN(index_drop_)(loft_smr_thread *me, loft_smr_node *node)
{
    LOFT_MAP_FN(index_) *const ix = (LOFT_MAP_FN(index_) *)node;
    (void)me;
    for (size_t i = 0; LOFT_MAP_CLAIM_ && i < ix->n; i++)
        LOFT_MAP_FN(part_)(ix->node[i], LOFT_MAP_CLAIM_);
    loft_free(ix, ix->size);
}

/* Parts of a level, about alike, as far as an index that there was tells where they begin. */
LOFT_API void
LOFT_MAP_FN(part_level_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, size_t level, const LOFT_MAP_FN(index_) *old,
                         LOFT_MAP_FN(parts_) *p)
{
    p->count = 1;
    p->from[0] = LOFT_MAP_S_(protect)(me, 0, &m->head[level]);
    p->to[0] = NULL;
    for (size_t i = 1; old && old->level == level && i < LOFT_SKIPLIST_PARTS_; i++) {
        const size_t first = old->n / LOFT_SKIPLIST_PARTS_ * i;
        LOFT_MAP_FN(node_) *const n = old->node[first];
        if (first == 0 || (LOFT_MAP_S_(protect)(me, 0, LOFT_MAP_FN(tower_)(n) + level) & LOFT_SKIPLIST_OUT_))
            continue;
        p->to[p->count - 1u] = &old->key[first];
        p->from[p->count] = (uintptr_t)n;
        p->to[p->count] = NULL;
        p->count++;
    }
}

/* Counts the nodes of each part, `most` in all at the most; or puts one of so many into an index, where there is one,
 * with room for as many of each part as were counted. The sum. From part to part with each step, so that as many lines
 * are on their way. */
LOFT_API size_t
LOFT_MAP_FN(survey_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, size_t level, size_t every, LOFT_MAP_FN(index_) *ix,
                     size_t most, LOFT_MAP_FN(parts_) *p)
{
    uintptr_t w[LOFT_SKIPLIST_PARTS_];
    size_t n[LOFT_SKIPLIST_PARTS_];
    size_t begin[LOFT_SKIPLIST_PARTS_];                  /* of a part in the index, ...                        */
    size_t end[LOFT_SKIPLIST_PARTS_];                    /* ... as far as it is there                          */
    size_t sum = 0;
    size_t room = 0;
    for (size_t i = 0; i < p->count; i++) {
        w[i] = p->from[i];
        n[i] = 0;
        begin[i] = end[i] = room;
        room += ix ? (p->n[i] + every - 1u) / every : 0u;
    }
    for (bool goes = true; goes && sum < most;) {
        goes = false;
        for (size_t i = 0; i < p->count && sum < most; i++) {
            LOFT_MAP_FN(node_) *const cur = LOFT_MAP_FN(node_of_)(w[i]);
            if (!cur || (ix && n[i] == p->n[i])
                || (p->to[i] && LOFT_MAP_FN(compare_)(&m->base, &cur->key, p->to[i]) >= 0))
                continue;
            goes = true;
            w[i] = LOFT_MAP_S_(protect)(me, 0, LOFT_MAP_FN(tower_)(cur) + level);
            if (w[i] & LOFT_SKIPLIST_OUT_)
                continue;
            if (ix && n[i] % every == 0) {
                if (!LOFT_MAP_FN(claim_)(cur))
                    continue;
                ix->node[end[i]] = cur;
                loft_plain_write(&ix->key[end[i]], loft_plain_read(&cur->key));
                end[i]++;
            }
            n[i]++;
            sum++;
        }
    }
    for (size_t i = 0; i < p->count; i++) {
        p->n[i] = n[i];
        for (size_t j = begin[i]; ix && j < end[i]; j++) {
            ix->node[ix->n] = ix->node[j];
            loft_plain_write(&ix->key[ix->n], loft_plain_read(&ix->key[j]));
            ix->n++;
        }
    }
    return sum;
}

/* An index with room for so many nodes. NULL: no memory. */
LOFT_API LOFT_MAP_FN(index_) *
LOFT_MAP_FN(index_new_)(LOFT_MAP_ME_ *me, size_t level, size_t n)
{
    const size_t align = LOFT_ALIGNOF(LOFT_MAP_K_);
    const size_t keys = (sizeof(LOFT_MAP_FN(index_)) + n * sizeof(LOFT_MAP_FN(node_) *) + align - 1u) / align * align;
    const size_t size = keys + n * sizeof(LOFT_MAP_K_);
    LOFT_MAP_FN(index_) *const ix = (LOFT_MAP_FN(index_) *)LOFT_MAP_S_(alloc_node)(me, size);
    if (!ix)
        return NULL;
    ix->size = size;
    ix->level = level;
    ix->of = 0;
    ix->n = 0;
    ix->node = (LOFT_MAP_FN(node_) **)(void *)(ix + 1);
    ix->key = (LOFT_MAP_K_ *)(void *)((char *)ix + keys);
    return ix;
}

/* Makes an index of what is in, in place of the one there is, unless somebody else does so. On the lowest level that
 * has not too many nodes; the old one says where that may be. In a section. */
LOFT_NOINLINE void
LOFT_MAP_FN(renew_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, size_t least)
{
    uintptr_t was = LOFT_MAP_S_(protect)(me, 0, &m->index);
    LOFT_MAP_FN(index_) *const old = (LOFT_MAP_FN(index_) *)was;
    LOFT_MAP_FN(index_) *fresh = NULL;
    size_t level = old && old->of > LOFT_SKIPLIST_WALK_ / 32u ? old->level : LOFT_MAP_LOW_;
    LOFT_MAP_FN(parts_) parts;
    LOFT_MAP_FN(part_level_)(m, me, level, old, &parts);
    size_t n = LOFT_MAP_FN(survey_)(m, me, level, 1, NULL, LOFT_SKIPLIST_WALK_, &parts);
    while (n == LOFT_SKIPLIST_WALK_ && level + 1u < LOFT_MAP_LEVELS) {
        LOFT_MAP_FN(part_level_)(m, me, ++level, old, &parts);
        n = LOFT_MAP_FN(survey_)(m, me, level, 1, NULL, LOFT_SKIPLIST_WALK_, &parts);
    }
    if (n >= least && n > 0) {
        const size_t sparse = (n - 1u) / LOFT_SKIPLIST_MOST_ + 1u;
        const size_t usual = level == LOFT_MAP_LOW_ ? LOFT_MAP_EVERY_(n) : 1u;
        const size_t every = usual > sparse ? usual : sparse;
        size_t room = 0;
        for (size_t i = 0; i < parts.count; i++)
            room += (parts.n[i] + every - 1u) / every;
        fresh = LOFT_MAP_FN(index_new_)(me, level, room);
        if (!fresh)
            return;
        fresh->of = LOFT_MAP_FN(survey_)(m, me, level, every, fresh, n, &parts);
        if (fresh->n == 0) {                             /* meanwhile all are out                              */
            loft_free(fresh, fresh->size);
            return;
        }
    }
    if (!loft_cas_strong(&m->index, &was, (uintptr_t)fresh, release, relaxed)) {   /* renew:A release -> user: what it
                                                                                      has */
        if (fresh)
            LOFT_MAP_FN(index_drop_)((loft_smr_thread *)me, &fresh->smr);
    } else if (old) {
        LOFT_MAP_S_(retire)(me, &old->smr, LOFT_MAP_FN(index_drop_));
    }
}

/* Where a search for k may begin: behind the last node below k that the index has, if that is in, or one of those in
 * front of it is, or with none in front, *prev is NULL. *stop: the next one that it has, if that is above k, or NULL.
 * False: nowhere but at the top. */
LOFT_ALWAYS_INLINE bool
LOFT_MAP_FN(leap_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, size_t *level,
                   LOFT_ATOMIC(uintptr_t) **tower, LOFT_MAP_FN(node_) **prev, LOFT_MAP_FN(node_) **stop)
{
    const LOFT_MAP_FN(index_) *const ix = (const LOFT_MAP_FN(index_) *)LOFT_MAP_S_(protect)(me, 0, &m->index);
    if (!ix)
        return false;
    const LOFT_MAP_K_ *from = ix->key;
    for (size_t n = ix->n; n > 1u;) {                    /* how many there are says how often: no CPU guesses  */
        const size_t half = n / 2u;
        from += LOFT_MAP_FN(compare_)(&m->base, from + half, k) < 0 ? half : 0u;
        n -= half;
    }
    size_t i = (size_t)(from - ix->key) + (LOFT_MAP_FN(compare_)(&m->base, from, k) < 0);
    LOFT_MAP_FN(node_) *const behind =
        i < ix->n && LOFT_MAP_FN(above_)(&m->base, &ix->key[i], k) ? ix->node[i] : NULL;
    for (unsigned dead = 0; dead <= LOFT_SKIPLIST_DEAD_; dead++) {
        LOFT_MAP_FN(node_) *const n = i > 0 ? ix->node[--i] : NULL;
        LOFT_ATOMIC(uintptr_t) *const words = n ? LOFT_MAP_FN(tower_)(n) : m->head;
        if (LOFT_LIKELY(!(LOFT_MAP_S_(protect)(me, 0, words + ix->level) & LOFT_SKIPLIST_OUT_))) {
            *level = ix->level;
            *tower = words;
            *prev = n;
            *stop = behind;
            return true;
        }
    }
    return false;
}
#endif

/* A node of this height has come, or one has gone. After about half as many as the level has have come, or a quarter
 * have gone, the index is made again; a small one after twice as many. Some of these nodes, by chance, are a tick, and
 * there are as many ticks to each index, so that the count is a word that few write, and not far from right. In a
 * section. */
LOFT_ALWAYS_INLINE void
LOFT_MAP_FN(ages_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, size_t height, bool gone)
{
#if LOFT_MAP_INDEX_ && !defined(LOFT_MAP_HEIGHT)
    if (LOFT_UNLIKELY(height > LOFT_MAP_LOW_)) {
        const LOFT_MAP_FN(index_) *const ix = (const LOFT_MAP_FN(index_) *)LOFT_MAP_S_(protect)(me, 0, &m->index);
        const uint64_t of = ix ? ix->of : 0u;
        const uint64_t each = of / LOFT_SKIPLIST_TICKS_ / (of > LOFT_SKIPLIST_SMALL_ ? 2u : 1u) + 1u;
        if ((ix && height <= ix->level) || (loft_smr_random_(me) >> 32) * each >> 32)
            return;
        const size_t more = gone ? 2 : 1;
        const size_t ticks = loft_fetch_add(&m->ticks, more, relaxed);   /* ages:A relaxed: a count */
        if (ticks % LOFT_SKIPLIST_TICKS_ + more >= LOFT_SKIPLIST_TICKS_)
            LOFT_MAP_FN(renew_)(m, me, LOFT_SKIPLIST_LEAST_);
    }
#else
    (void)m;
    (void)me;
    (void)height;
    (void)gone;
#endif
}

/* ---- private: searches ------------------------------------------------------------------------------------------- */

/* Ends the pop that the map's word `w` tells of: its node gets out, unless it was already, and then off level 0. The
 * node's last word; if it says POP, the pop has it. The node is safe, and this is no read phase. */
LOFT_API uintptr_t
LOFT_MAP_FN(settle_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, uintptr_t w)
{
    LOFT_MAP_FN(node_) *const n = LOFT_MAP_FN(node_of_)(w);
    uintptr_t next = loft_load(&n->next, seq_cst);       /* settle:A seq_cst <- user <-> swap:A, take:A, settle:B,
                                                            last:A: the node behind; that it is out, for all */
    if (!(next & LOFT_SKIPLIST_OUT_))
        LOFT_MAP_FN(topple_)(n, next);
    while (!(next & LOFT_SKIPLIST_OUT_)) {
        const uintptr_t last = next | LOFT_SKIPLIST_OUT_ | LOFT_SKIPLIST_POP_;
        if (loft_cas_weak(&n->next, &next, last, seq_cst, seq_cst))   /* settle:B seq_cst/seq_cst -> user <- user <->
                           find:B, find:C, find:E, look:A, look:B, look:C, look:D, settle:A, swap:A, take:A, settle:B,
                           last:A: nothing stands in front of it. LP of pop_first; or as settle:A */
            next = last;
    }
    LOFT_MAP_FN(tell_out_)(m, n);
    if (loft_cas_strong(&m->head[0], &w, next & ~LOFT_SKIPLIST_MARKS_, release, relaxed))   /* settle:C release -> user:
                                                                                               the node behind */
        LOFT_MAP_FN(came_off_)(me, n, next);
    return next;
}

#if LOFT_CAT(LOFT_MAP_SMR, region)
/* From level `from` - 1, or where the index says, down to level 1, through what is out, and nothing is
 * written: *below, the last node below k on level 1; *above, the first one not below it that was met, and whether its
 * key is k. If `ends`, it ends there. false: it would go down from a node that is out, and may have been off the level
 * below for long, so that what was behind it there is freed. Along a level what is out leads to nothing that has come
 * off that level before it. */
LOFT_ALWAYS_INLINE bool
LOFT_MAP_FN(approach_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *sought, size_t from,
                      bool ends, LOFT_MAP_FN(node_) **below, LOFT_MAP_FN(node_) **above, bool *same,
                      LOFT_MAP_FN(path_) *path)
{
    LOFT_MAP_K_ const own = *sought;                     /* no call can change it                              */
    LOFT_MAP_K_ const *const k = &own;
    LOFT_ATOMIC(uintptr_t) *tower = m->head;             /* of the last one below k                            */
    LOFT_MAP_FN(node_) *prev = NULL;
    LOFT_MAP_FN(node_) *stop = NULL;
    bool stop_same = false;
    size_t level = from - 1u;
#if LOFT_MAP_INDEX_
    size_t news = LOFT_MAP_FN(leap_)(m, me, k, &level, &tower, &prev, &stop) ? LOFT_SKIPLIST_NEW_ : 0u;
    if (path) {
        path->n = level + 1u;
        path->same = level + 1u;
        path->whole = news == 0;
    }
#endif
    for (; level > 0; level--) {
        LOFT_MAP_FN(node_) *cur;
        uintptr_t w;
        size_t passed = 0;
        int r = 1;
        for (;;) {
            w = LOFT_MAP_S_(protect)(me, 0, tower + level);
            if (LOFT_UNLIKELY(passed == 0 && (w & LOFT_SKIPLIST_OUT_)))
                return false;
            cur = LOFT_MAP_FN(node_of_)(w);
            if (!cur || cur == stop)
                break;
            LOFT_MAP_FN(ahead_)(level > 1u ? tower + level - 1u : prev ? &prev->next : m->head);
            if (level == 1u && prev)
                LOFT_MAP_FN(far_ahead_)(prev);
            r = LOFT_MAP_FN(compare_)(&m->base, &cur->key, k);
            if (r >= 0)
                break;
            passed++;
            prev = cur;
            tower = LOFT_MAP_FN(tower_)(cur);
#if LOFT_MAP_INDEX_
            if (LOFT_UNLIKELY(passed == news))
                break;
#endif
        }
#if LOFT_MAP_INDEX_
        if (LOFT_UNLIKELY(news && passed == news)) {     /* the index is too old                               */
            level = from;
            tower = m->head;
            prev = NULL;
            stop = NULL;
            news = 0;
            if (path) {
                path->n = from;
                path->same = from;
                path->whole = true;
            }
            continue;
        }
        news = 0;
#endif
        const bool wall = cur && cur == stop;
        if (!wall) {
            stop = cur;
            stop_same = cur && r == 0;
            if (ends && stop_same)
                break;
        }
#if LOFT_MAP_PATHS_
        if (path) {
            path->passed[level] = passed;
            path->wall[level] = wall;
            path->same = stop_same ? level : path->same;
            path->link[level] = tower + level;
            path->word[level] = w;
        }
#endif
        (void)passed;
    }
    (void)path;
    *below = prev;
    *above = stop;
    *same = stop_same;
    return true;
}
#endif

/* One try of find_; false: begin again. light: one of seek_. */
LOFT_MAP_PASS_ bool
LOFT_MAP_FN(pass_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, size_t from, size_t to,
                   bool light, LOFT_MAP_FN(place_) *at, LOFT_MAP_FN(path_) *path, LOFT_MAP_FN(batch_) *batch,
                   bool *found)
{
    LOFT_MAP_S_(read)(me);
    size_t level = from;
    LOFT_ATOMIC(uintptr_t) *tower = m->head;             /* prev's words from level 1 on                       */
    LOFT_ATOMIC(uintptr_t) *link;
    LOFT_MAP_FN(node_) *prev = NULL;
    LOFT_MAP_FN(node_) *cur;
    uintptr_t w;
    uintptr_t next = 0;
    const LOFT_MAP_FN(node_) *wall = NULL;               /* where the level above ended: an address            */
    size_t a = 0;                                        /* the slots of prev, cur and the one behind it       */
    size_t b = 1;
    size_t c = 2;
    bool same = false;
#if LOFT_CAT(LOFT_MAP_SMR, region)
    LOFT_MAP_FN(node_) *stop = NULL;                     /* where the level above ended, ...                   */
    bool stop_same = false;                              /* ... and its key was the one sought                 */
#endif
    if (batch) {
        batch->n = 0;
        batch->more = true;
    }
    if (path) {
        path->n = from;
        path->whole = true;
#if LOFT_MAP_PATHS_
        path->same = from;
#endif
    }
#if LOFT_MAP_PATHS_
    if (light) {
        if (!LOFT_MAP_FN(approach_)(m, me, k, from, false, &prev, &stop, &stop_same, path))
            return false;
        if (batch || (how != LOFT_MAP_AT_ && stop_same))
            stop = NULL;                                 /* level 0 does not end there                         */
        wall = stop;
        level = 1;
    }
#endif
    (void)light;
    do {
        size_t passed = 0;
        level--;
        link = level ? tower + level : prev ? &prev->next : m->head;
        w = LOFT_MAP_S_(protect)(me, b, link);
        if (LOFT_UNLIKELY(w & LOFT_SKIPLIST_OUT_)) {     /* prev is out, and marked on the level above, too    */
            LOFT_MAP_S_(write)(me, NULL, NULL, NULL);
            return false;
        }
        if (LOFT_UNLIKELY(link == m->head && (w & LOFT_SKIPLIST_FIRST_))) {
            LOFT_MAP_S_(write)(me, LOFT_MAP_FN(node_of_)(w), NULL, NULL);
            (void)LOFT_MAP_FN(settle_)(m, me, w);
            return false;
        }
        for (;;) {                                       /* w is the word at link, and was not out             */
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
            next = LOFT_MAP_S_(protect)(me, c, level ? LOFT_MAP_FN(tower_)(cur) + level : &cur->next);
            if (LOFT_UNLIKELY(next & LOFT_SKIPLIST_OUT_)) {
                const uintptr_t behind = (next & ~LOFT_SKIPLIST_MARKS_) | (w & LOFT_SKIPLIST_TALL_);
                LOFT_MAP_S_(write)(me, prev, cur, LOFT_MAP_FN(node_of_)(next));
                if (level == 0) {
                    (void)loft_load(&cur->next, seq_cst);   /* find:E seq_cst <-> swap:A, take:A, settle:B, last:A: it
                                                               is out before who learns of find:A looks elsewhere */
                    LOFT_MAP_FN(tell_out_)(m, cur);
                }
                if (!loft_cas_strong(link, &w, behind, release, relaxed))   /* find:A release -> user: the node
                                                                               behind */
                    return false;
                LOFT_MAP_FN(came_off_)(me, cur, level ? LOFT_SKIPLIST_TALL_ : next);
#if LOFT_CAT(LOFT_MAP_SMR, restarts)
                return false;                            /* nothing but those three would be safe              */
#else
                const size_t spare = c;
                c = b;
                b = spare;
                w = behind;
                continue;
#endif
            }
            if (level == 0 && passed == 0 && prev && !(next & LOFT_SKIPLIST_TALL_))   /* prev is tall              */
                LOFT_MAP_FN(note_)(prev, next);
            if (how != LOFT_MAP_END_) {
                const int r = how == LOFT_MAP_BEGIN_ ? 1 : LOFT_MAP_FN(compare_)(&m->base, &cur->key, k);
                same = r == 0;
                if ((r > 0 || (same && how == LOFT_MAP_AT_))
                    && !(batch && level == 0
                         && LOFT_MAP_FN(collect_)(&m->base, batch, &cur->key LOFT_MAP_AND_(&cur->val))))
                    break;
            }
            if (level == 0 && !batch)
                (void)loft_load(link, seq_cst);          /* find:F seq_cst <-> link:A, swap:A: cur, which is going to
                                                            be prev, got in before find:B, for all */
            const size_t spare = a;
            a = b;
            b = c;
            c = spare;
            passed++;
            prev = cur;
            tower = LOFT_MAP_FN(tower_)(cur);
            link = level ? tower + level : &cur->next;
            w = next;
        }
#if LOFT_CAT(LOFT_MAP_SMR, region)
        if (!batch) {
            stop = cur;
            stop_same = same;
        }
#endif
        if (path) {
            path->passed[level] = passed;
            path->wall[level] = cur && cur == wall;
#if LOFT_MAP_PATHS_
            path->same = same && level ? level : path->same;
            path->link[level] = link;
            path->word[level] = w;
#endif
        }
        wall = cur;
    } while (level > to);
    LOFT_MAP_S_(write)(me, prev, cur, NULL);             /* before any return: the read phase is this function's */
    if (batch) {
        batch->more = batch->more && cur;
    } else if (level == 0) {
        if (!LOFT_MAP_FN(tell_in_)(m, prev, cur))
            return false;
        if (loft_load(link, seq_cst) != w)               /* find:B seq_cst <-> link:A, swap:A, take:A, last:A, settle:B:
                                                            prev is in, cur next to it. LP of who only looks */
            return false;
        if (cur) {
            next = loft_load(&cur->next, seq_cst);       /* find:C seq_cst <-> link:A, swap:A, take:A, last:A, settle:B:
                                                            so cur was in at find:B, too */
            if (next & LOFT_SKIPLIST_OUT_)
                return false;
        }
    }
    *found = same;
    at->link = link;
    at->word = w;
    at->prev = prev;
    at->cur = cur;
    at->next = next;
    return true;
}

/* Goes to the place that `how` asks for, on level `to`, and takes what is out off the levels on the way, of which there
 * are `least` or more; with one and no path, perhaps off level 0 alone. On level 0, without a batch: at one instant
 * prev was in the list, cur next to it, and in it; true: cur has this key. With a batch, that is filled from there on,
 * and *at is where it ended. */
LOFT_NOINLINE bool
LOFT_MAP_FN(find_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, int how, size_t least, size_t to,
                   LOFT_MAP_FN(place_) *at, LOFT_MAP_FN(path_) *path, LOFT_MAP_FN(batch_) *batch)
{
    bool found = false;
    size_t from = 1;
    if (how != LOFT_MAP_BEGIN_) {
        from = loft_load(&m->top, relaxed);              /* find:D relaxed: a search may begin anywhere */
        from = from > least ? from : least;
    }
#if LOFT_MAP_INDEX_
    if ((how == LOFT_MAP_AT_ || how == LOFT_MAP_ABOVE_) && least == 1 && !path
        && LOFT_MAP_FN(pass_)(m, me, k, how, from, to, true, at, path, batch, &found))
        return found;
#endif
    while (!LOFT_MAP_FN(pass_)(m, me, k, how, from, to, false, at, path, batch, &found)) {
    }
    return found;
}

/* The same for a key, on level 0. Other levels stay as they are, unless the way leads over a node that is out. The path
 * need not be whole. */
LOFT_ALWAYS_INLINE bool
LOFT_MAP_FN(seek_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, LOFT_MAP_FN(place_) *at,
                   LOFT_MAP_FN(path_) *path)
{
#if LOFT_MAP_PATHS_
    bool found = false;
    const size_t top = loft_load(&m->top, relaxed);      /* seek:A relaxed: a search may begin anywhere */
    const size_t from = LOFT_MAP_LEVELS > 1 ? top : 1u;
    if (LOFT_LIKELY(LOFT_MAP_FN(pass_)(m, me, k, LOFT_MAP_AT_, from, 0, true, at, path, NULL, &found)))
        return found;
#endif
    return LOFT_MAP_FN(find_)(m, me, k, LOFT_MAP_AT_, 1, 0, at, path, NULL);
}

#if LOFT_CAT(LOFT_MAP_SMR, region)
/* Looks for a key and writes nothing. 1: it is in, *cur is safe; 0: there was an instant without it, *cur is the one
 * that is out, or NULL; -1: cannot say. */
LOFT_API int
LOFT_MAP_FN(look_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *sought, size_t from,
                   LOFT_MAP_FN(node_) **cur)
{
    LOFT_MAP_K_ const own = *sought;                     /* as in approach_                                    */
    LOFT_MAP_K_ const *const k = &own;
    LOFT_MAP_S_(read)(me);
    *cur = NULL;
    LOFT_MAP_FN(node_) *below = NULL;
    LOFT_MAP_FN(node_) *above = NULL;
    LOFT_MAP_FN(node_) *n;
    LOFT_ATOMIC(uintptr_t) *link;
    uintptr_t w;
    bool same = false;
    if (!LOFT_MAP_FN(approach_)(m, me, k, from, true, &below, &above, &same, NULL)) {
        LOFT_MAP_S_(write)(me, NULL, NULL, NULL);
        return -1;
    }
    if (same) {
        w = loft_load(&above->next, seq_cst);            /* look:C seq_cst <-> link:A, swap:A, take:A, last:A, settle:B:
                                                            LP(true) */
        LOFT_MAP_S_(write)(me, above, NULL, NULL);
        *cur = above;
        return w & LOFT_SKIPLIST_OUT_ ? -1 : 1;
    }
    link = below ? &below->next : m->head;
    w = LOFT_MAP_S_(protect)(me, 0, link);
    n = w & LOFT_SKIPLIST_OUT_ ? NULL : LOFT_MAP_FN(node_of_)(w);   /* as in approach_                             */
    while (n && n != above) {
        uintptr_t next;
        const int r = LOFT_MAP_FN(compare_)(&m->base, &n->key, k);
        if (r > 0)
            break;
        if (r == 0) {
            next = loft_load(&n->next, seq_cst);         /* look:A seq_cst <-> link:A, swap:A, take:A, last:A, settle:B:
                                                            LP(true) */
            *cur = n;
            if (!(next & LOFT_SKIPLIST_OUT_)) {
                (void)loft_load(link, seq_cst);          /* look:D seq_cst <-> link:A, swap:A, take:A, last:A, settle:B:
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
    if ((w & LOFT_SKIPLIST_OUT_) || loft_load(link, seq_cst) != w)   /* look:B seq_cst <-> link:A, swap:A, take:A,
                      last:A, settle:B: the last node below k is in, and all behind it that have k are out. LP(false) */
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

/* ---- private: in and out ----------------------------------------------------------------------------------------- */

/* Puts a node between prev and cur, if they are neighbours yet. */
LOFT_API bool
LOFT_MAP_FN(link_)(LOFT_MAP_FN(place_) *at, LOFT_MAP_FN(node_) *fresh, size_t height, const LOFT_MAP_FN(path_) *path)
{
    uintptr_t w = at->word;
    const uintptr_t to_fresh = (uintptr_t)fresh | (w & LOFT_SKIPLIST_TALL_);
    LOFT_MAP_FN(fill_)(fresh, height, w, path);
    return loft_cas_strong(at->link, &w, to_fresh, seq_cst, relaxed);   /* link:A seq_cst -> user <-> find:B, find:C,
                                       find:F, look:A, look:B, look:C, look:D: the node, and all before it. LP */
}

/* Takes cur out, if it is in yet. */
LOFT_API bool
LOFT_MAP_FN(take_)(LOFT_MAP_FN(place_) *at)
{
    uintptr_t w = at->next;
    LOFT_MAP_FN(topple_)(at->cur, w);
    return loft_cas_strong(&at->cur->next, &w, w | LOFT_SKIPLIST_OUT_, seq_cst, relaxed);   /* take:A seq_cst -> user
                  <-> find:B, find:C, find:E, look:A, look:B, look:C, look:D, settle:A, settle:B: what was before. LP */
}

#if defined(LOFT_MAP_VAL)
/* Puts a node of the same key in the place of cur, if that is in yet. */
LOFT_API bool
LOFT_MAP_FN(swap_)(LOFT_MAP_FN(place_) *at, LOFT_MAP_FN(node_) *fresh, size_t height,
                   const LOFT_MAP_FN(path_) *path)
{
    uintptr_t w = at->next;
    const uintptr_t last = (uintptr_t)fresh | (w & LOFT_SKIPLIST_TALL_) | LOFT_SKIPLIST_OUT_;
    LOFT_MAP_FN(fill_)(fresh, height, w, path);
    LOFT_MAP_FN(topple_)(at->cur, w);
    return loft_cas_strong(&at->cur->next, &w, last, seq_cst, relaxed);   /* swap:A seq_cst -> user <-> find:B, find:C,
                                                find:E, find:F, look:A, look:B, look:C, look:D, settle:A, settle:B: the
                                                node, and all before it. LP */
}
#endif

/* Says in the state of a tall node that it is out, and holds it, or not. The state as it was: if nobody is putting it
 * onto its levels, the caller looks for it there. */
LOFT_API uint32_t
LOFT_MAP_FN(gone_)(LOFT_MAP_FN(node_) *n, uint32_t hold)
{
    return loft_fetch_or(LOFT_MAP_FN(state_)(n), LOFT_SKIPLIST_GONE_ | hold, acq_rel);   /* gone:A acq_rel -> leave:A,
                 raise:F, raise:G <- leave:A, raise:G: what is marked; what the one who put it in has linked */
}

#if LOFT_MAP_PATHS_
/* Takes a tall node, which is out, off its levels by the way that led to it. False: not off all of them. */
LOFT_API bool
LOFT_MAP_FN(pluck_)(LOFT_MAP_ME_ *me, LOFT_MAP_FN(node_) *n, size_t height, const LOFT_MAP_FN(place_) *at,
                    const LOFT_MAP_FN(path_) *path)
{
    if (height > path->n)
        return false;
    for (size_t level = height; level-- > 0;) {
        LOFT_ATOMIC(uintptr_t) *const link = level ? path->link[level] : at->link;
        uintptr_t w = level ? path->word[level] : at->word;
        const uintptr_t next = loft_load(level ? LOFT_MAP_FN(tower_)(n) + level : &n->next, acquire);   /* pluck:A
                                                                                  acquire <- user: the node behind */
        if (LOFT_MAP_FN(node_of_)(w) != n || (w & LOFT_SKIPLIST_OUT_))
            return false;
        const uintptr_t behind = (next & ~LOFT_SKIPLIST_MARKS_) | (w & LOFT_SKIPLIST_TALL_);
        if (!loft_cas_strong(link, &w, behind, release, relaxed))   /* pluck:B release -> user: the node behind */
            return false;
        LOFT_MAP_FN(leave_)(me, n, 1);
    }
    return true;
}
#endif

/* Takes a tall node, which the caller has taken out, off its levels, or sees to it that somebody does. By the way to
 * it, NULL: there is none, or by its own key, which it has until it is freed: that of who took it out may be RELEASEd,
 * where sections do not keep all. */
LOFT_API void
LOFT_MAP_FN(lower_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_FN(node_) *n, const LOFT_MAP_FN(place_) *way,
                    const LOFT_MAP_FN(path_) *path)
{
    LOFT_MAP_FN(place_) at;
    const uint32_t state = LOFT_MAP_FN(gone_)(n, LOFT_SKIPLIST_HELD_);
    const size_t height = state >> LOFT_SKIPLIST_HEIGHT_ & LOFT_SKIPLIST_LEVELS_;
    bool seeks = (state & LOFT_SKIPLIST_ON_) && !(state & LOFT_SKIPLIST_RISING_);
#if LOFT_MAP_PATHS_
    seeks = seeks && !(path && LOFT_MAP_FN(pluck_)(me, n, height, way, path));
#endif
    (void)way;
    (void)path;
    if (seeks)
        (void)LOFT_MAP_FN(find_)(m, me, &n->key, LOFT_MAP_AT_, height, 0, &at, NULL, NULL);
    if (state & LOFT_SKIPLIST_IN_USE_)
        LOFT_MAP_FN(leave_)(me, n, LOFT_SKIPLIST_HELD_);
    LOFT_MAP_FN(ages_)(m, me, height, true);
}

/* Takes cur, which the caller has taken out, off level 0, and off others. What it gives out is given out before. k: a
 * key that stays as it is; NULL: there is none, and where another has changed the word in front of a node that is not
 * tall, it is left to who comes by. */
LOFT_API void
LOFT_MAP_FN(unlink_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, LOFT_MAP_FN(place_) *at,
                     const LOFT_MAP_FN(path_) *path, uintptr_t behind)
{
    uintptr_t w = at->word;
    LOFT_MAP_FN(tell_out_)(m, at->cur);
    behind = (behind & ~LOFT_SKIPLIST_MARKS_) | (w & LOFT_SKIPLIST_TALL_);
    if (at->next & LOFT_SKIPLIST_TALL_)
        LOFT_MAP_FN(lower_)(m, me, at->cur, at, path);
    else if (loft_cas_strong(at->link, &w, behind, release, relaxed))   /* unlink:A release -> user: the node behind */
        LOFT_MAP_S_(retire)(me, &at->cur->smr, LOFT_MAP_FN(drop_));
    else if (k)
        (void)LOFT_MAP_FN(find_)(m, me, k, LOFT_MAP_AT_, 1, 0, at, NULL, NULL);
}

/* Puts a node that is on level 0 onto its other levels, unless it is taken out meanwhile. It is not freed before it is
 * through with them, by its state. */
LOFT_API void
LOFT_MAP_FN(raise_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, LOFT_MAP_FN(node_) *n, size_t height,
                    LOFT_MAP_FN(path_) *path)
{
    LOFT_ATOMIC(uintptr_t) *const tower = LOFT_MAP_FN(tower_)(n);
    LOFT_MAP_FN(place_) at;
    size_t level = 1;
    size_t top = loft_load(&m->top, relaxed);            /* raise:A relaxed: the CAS checks it */
    while (top < height && !loft_cas_weak(&m->top, &top, height, relaxed, relaxed)) {   /* raise:B relaxed: a hint */
    }
#if LOFT_MAP_PATHS_
    if (path->same < height || (!path->whole && path->n < height))   /* an older one, which is marked by now   */
        (void)LOFT_MAP_FN(find_)(m, me, k, LOFT_MAP_AT_, height, 1, &at, path, NULL);
#endif
    for (bool in = true; in && level < height; level += in) {
#if LOFT_MAP_PATHS_
        at.link = level < path->n ? path->link[level] : &m->head[level];
        at.word = level < path->n ? path->word[level] : (uintptr_t)0;
        if (at.word & LOFT_SKIPLIST_OUT_)
            (void)LOFT_MAP_FN(find_)(m, me, k, LOFT_MAP_AT_, height, level, &at, path, NULL);
#else
        (void)LOFT_MAP_FN(find_)(m, me, k, LOFT_MAP_AT_, height, level, &at, path, NULL);
#endif
        for (;;) {
            uintptr_t w = at.word;
            uintptr_t own = loft_load(tower + level, relaxed);   /* raise:C relaxed: the CAS checks it */
            in = !(own & LOFT_SKIPLIST_OUT_);
            if (in && own != w)
                in = loft_cas_strong(tower + level, &own, w, relaxed, relaxed);   /* raise:D relaxed: raise:E publishes
                                                                                     it; fails where it is marked */
            if (!in || loft_cas_strong(at.link, &w, (uintptr_t)n, release, relaxed))   /* raise:E release -> user: the
                                                                                          node, and its word */
                break;
            (void)LOFT_MAP_FN(find_)(m, me, k, LOFT_MAP_AT_, height, level, &at, path, NULL);
        }
    }
    /* If it has been taken out, it is looked for once more, with the key that is its own now. */
    const uint32_t less = LOFT_SKIPLIST_RISING_ + (uint32_t)(height - level);
    uint32_t state = loft_load(LOFT_MAP_FN(state_)(n), acquire);   /* raise:F acquire <- leave:A, gone:A: as
                                                          leave:A; what is marked */
    bool looked = false;
    for (;;) {
        if ((state & LOFT_SKIPLIST_GONE_) && !looked) {
            (void)LOFT_MAP_FN(find_)(m, me, k, LOFT_MAP_AT_, height, 0, &at, NULL, NULL);
            looked = true;
        }
        if (loft_cas_weak(LOFT_MAP_FN(state_)(n), &state, state - less, release, acquire))   /* raise:G release/acquire
                       -> leave:A, gone:A <- leave:A, gone:A: what is linked; as raise:F, and what that has not read is
                       of indexes alone, since all else in a state goes one way */
            break;
    }
    if (!((state - less) & LOFT_SKIPLIST_IN_USE_))
        LOFT_MAP_S_(retire)(me, &n->smr, LOFT_MAP_FN(drop_));
}

#if defined(LOFT_MAP_VAL)
/* After swap_: the old node comes off its levels, the new one gets onto its own. */
LOFT_API void
LOFT_MAP_FN(follow_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k, LOFT_MAP_FN(place_) *at,
                     LOFT_MAP_FN(node_) *fresh, size_t height, LOFT_MAP_FN(path_) *path)
{
    /* The key is the new node's, which may be out again, and freed, unless sections keep it. */
    LOFT_MAP_FN(unlink_)(m, me, LOFT_MAP_PATHS_ ? k : NULL, at, path, (uintptr_t)fresh);
    if (height == 1)
        return;
#if LOFT_MAP_PATHS_
    path->same = 0;
#endif
    LOFT_MAP_FN(raise_)(m, me, k, fresh, height, path);
}
#endif

/* ---- what grammar.h asks for ------------------------------------------------------------------------------------- */

LOFT_API loft_status
LOFT_MAP_FN(begin_)(LOFT_MAP_NAME *m)
{
    loft_init(&m->top, (size_t)1);
#if LOFT_MAP_INDEX_
    loft_init(&m->index, (uintptr_t)0);
    loft_init(&m->ticks, (size_t)0);
#endif
    for (size_t i = 0; i < LOFT_MAP_LEVELS; i++)
        loft_init(&m->head[i], (uintptr_t)0);
    return LOFT_OK;
}

/* From the top down: what a comparison that lied has left on levels above 0 alone is freed where it is met last. What
 * is out and not there yet is the domain's; older indexes, which nobody reads any more, free what they have with it. */
LOFT_API void
LOFT_MAP_FN(end_)(LOFT_MAP_NAME *m)
{
#if LOFT_MAP_INDEX_
    LOFT_MAP_FN(index_) *const ix = (LOFT_MAP_FN(index_) *)loft_load(&m->index, relaxed);   /* end:C relaxed: nobody
                                                                                               else is here */
    if (ix)
        LOFT_MAP_FN(index_drop_)(NULL, &ix->smr);
#endif
    for (size_t level = LOFT_MAP_LEVELS; level-- > 0;) {
        uintptr_t w = loft_load(&m->head[level], relaxed);   /* end:A relaxed: nobody else is here */
        while (LOFT_MAP_FN(node_of_)(w)) {
            LOFT_MAP_FN(node_) *const n = LOFT_MAP_FN(node_of_)(w);
            w = loft_load(level ? LOFT_MAP_FN(tower_)(n) + level : &n->next, relaxed);   /* end:B relaxed: likewise */
            if (level) {
                const uint32_t was = loft_fetch_sub(LOFT_MAP_FN(state_)(n), 1u, relaxed);   /* end:D relaxed: part:A
                                                                                               orders it */
                if ((was & LOFT_SKIPLIST_ON_) != 1u)
                    continue;
            }
            LOFT_MAP_FN(give_up_)(n, level ? LOFT_SKIPLIST_TALL_ : w);
        }
    }
    (void)LOFT_MAP_FN(begin_)(m);
}

LOFT_API loft_status
LOFT_MAP_FN(build_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ const *k LOFT_MAP_AND_(LOFT_MAP_V_ const *v),
                    size_t count)
{
    LOFT_ATOMIC(uintptr_t) *end[LOFT_MAP_LEVELS];
    LOFT_MAP_FN(path_) path;
    LOFT_MAP_FN(node_) *tall = NULL;                     /* the last one                                       */
    size_t top = 1;
    path.whole = true;
    for (size_t i = 0; i < LOFT_MAP_LEVELS; i++) {
        end[i] = &m->head[i];
        path.passed[i] = 0;
        path.wall[i] = false;
    }
    for (size_t j = 0; j < count; j++) {
        path.n = top;
        const size_t height = LOFT_MAP_FN(height_)(m, me, &k[j], NULL, &path);
        LOFT_MAP_FN(node_) *const n = LOFT_MAP_FN(make_)(me, height, k[j]);
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
        loft_init(&n->next, height > 1u ? LOFT_SKIPLIST_TALL_ : (uintptr_t)0);
        if (height > 1u)
            LOFT_MAP_FN(begin_state_)(n, height, 0);
        else if (tall && path.passed[0] == 1)
            LOFT_MAP_FN(note_)(tall, (uintptr_t)n);
        tall = height > 1u ? n : tall;
        for (size_t i = 0; i < height; i++) {
            if (i)
                loft_init(tower + i, (uintptr_t)0);
            const uintptr_t marks = loft_load(end[i], relaxed);   /* build:C relaxed: nobody else knows the map */
            loft_store(end[i], (uintptr_t)n | marks, relaxed);   /* build:D relaxed: nobody else knows the map */
            end[i] = i ? tower + i : &n->next;
            path.passed[i] = i + 1u < height ? 0 : path.passed[i] + 1u;
        }
        top = height > top ? height : top;
    }
    loft_store(&m->top, top, relaxed);                   /* build:E relaxed: nobody else knows the map */
#if LOFT_MAP_INDEX_ && !defined(LOFT_MAP_HEIGHT)
    LOFT_MAP_S_(enter)(me);
    LOFT_MAP_FN(renew_)(m, me, LOFT_SKIPLIST_LEAST_);
    LOFT_MAP_S_(exit)(me);
#endif
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
    loft_status s;
    LOFT_MAP_FN(check_)(&m->base, me);
    size_t height = 1;
    LOFT_MAP_S_(enter)(me);
    for (;;) {
        const bool there = LOFT_MAP_FN(seek_)(m, me, &k, &at, &path);
        bool allowed = (may & (there ? LOFT_MAP_REPLACE_ : LOFT_MAP_ADD_)) != 0;
#if defined(LOFT_MAP_VAL)
        allowed = allowed && (!there || LOFT_MAP_FN(agrees_)(&at.cur->val, only));
#endif
        if (!allowed) {
            s = there ? LOFT_EXISTS : LOFT_NOT_FOUND;
            if (there)
                LOFT_MAP_FN(give_)(&at.cur->key LOFT_MAP_AND_(&at.cur->val), NULL LOFT_MAP_AND_(was));
            break;
        }
        if (!fresh) {
            height = LOFT_MAP_FN(height_)(m, me, &k, there ? &at : NULL, &path);
            fresh = LOFT_MAP_FN(make_)(me, height, k);
            if (!fresh) {
                s = LOFT_NOMEM;
                break;
            }
#if defined(LOFT_MAP_VAL)
            loft_plain_write(&fresh->val, v);
#endif
        }
        if (!there && LOFT_MAP_FN(link_)(&at, fresh, height, &path)) {
            (void)LOFT_MAP_FN(tell_in_)(m, fresh, NULL);
            if (height > 1u)
                LOFT_MAP_FN(raise_)(m, me, &k, fresh, height, &path);
            LOFT_MAP_FN(ages_)(m, me, height, false);
            fresh = NULL;
            s = LOFT_OK;
            break;
        }
#if defined(LOFT_MAP_VAL)
        if (there && LOFT_MAP_FN(swap_)(&at, fresh, height, &path)) {
            LOFT_MAP_FN(give_)(&at.cur->key, &at.cur->val, NULL, was);
            LOFT_MAP_FN(follow_)(m, me, &k, &at, fresh, height, &path);
            fresh = NULL;
            s = LOFT_REPLACED;
            break;
        }
#endif
    }
    LOFT_MAP_S_(exit)(me);
    if (fresh)
        loft_free(fresh, LOFT_MAP_FN(size_)(height));
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
    loft_status s = LOFT_NOT_FOUND;
    LOFT_MAP_FN(check_)(&m->base, me);
    size_t height = 1;
    LOFT_MAP_S_(enter)(me);
    while (LOFT_MAP_FN(seek_)(m, me, &k, &at, &path)) {
        LOFT_MAP_V_ v = loft_plain_read(&at.cur->val);
        if (!change(&v, ctx)) {
            s = LOFT_EXISTS;
            break;
        }
        if (!fresh) {
            height = LOFT_MAP_FN(height_)(m, me, &k, &at, &path);
            fresh = LOFT_MAP_FN(make_)(me, height, k);
        }
        if (!fresh) {
            LOFT_MAP_VAL_RELEASE(v);
            s = LOFT_NOMEM;
            break;
        }
        loft_plain_write(&fresh->val, v);
        if (LOFT_MAP_FN(swap_)(&at, fresh, height, &path)) {
            LOFT_MAP_FN(follow_)(m, me, &k, &at, fresh, height, &path);
            fresh = NULL;
            s = LOFT_REPLACED;
            break;
        }
        LOFT_MAP_VAL_RELEASE(v);
    }
    LOFT_MAP_S_(exit)(me);
    if (fresh)
        loft_free(fresh, LOFT_MAP_FN(size_)(height));
    return s;
}
#endif

LOFT_API bool
LOFT_MAP_FN(unset_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, LOFT_MAP_K_ k
                    LOFT_MAP_AND_(LOFT_MAP_V_ const *only, LOFT_MAP_V_ *old))
{
    LOFT_MAP_FN(place_) at;
    LOFT_MAP_FN(path_) path;
    bool there;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    do {
        there = LOFT_MAP_FN(seek_)(m, me, &k, &at, LOFT_MAP_PATHS_ ? &path : NULL);
#if defined(LOFT_MAP_VAL)
        there = there && LOFT_MAP_FN(agrees_)(&at.cur->val, only);
#endif
    } while (there && !LOFT_MAP_FN(take_)(&at));
    if (there) {
        LOFT_MAP_FN(give_)(&at.cur->key LOFT_MAP_AND_(&at.cur->val), NULL LOFT_MAP_AND_(old));
        LOFT_MAP_FN(unlink_)(m, me, &k, &at, &path, at.next);
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

/* Takes the lowest entry out; its node, and its last word. NULL: there is none. */
LOFT_API LOFT_MAP_FN(node_) *
LOFT_MAP_FN(take_first_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, uintptr_t *last)
{
    LOFT_MAP_FN(place_) at;
    for (;;) {
        (void)LOFT_MAP_FN(find_)(m, me, NULL, LOFT_MAP_BEGIN_, 1, 0, &at, NULL, NULL);
        if (!at.cur)
            return NULL;
        uintptr_t w = at.word;
        const uintptr_t popping = w | LOFT_SKIPLIST_FIRST_;
        if (!loft_cas_strong(at.link, &w, popping, release, relaxed))   /* pop:A release -> user: what was before, for
                                                       who ends this pop and then answers that the key is not there */
            continue;
        *last = LOFT_MAP_FN(settle_)(m, me, popping);
        if (*last & LOFT_SKIPLIST_POP_)
            return at.cur;
    }
}

/* The same with the highest. */
LOFT_API LOFT_MAP_FN(node_) *
LOFT_MAP_FN(take_last_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, uintptr_t *last)
{
    LOFT_MAP_FN(place_) at;
    for (;;) {
        (void)LOFT_MAP_FN(find_)(m, me, NULL, LOFT_MAP_END_, 1, 0, &at, NULL, NULL);
        if (!at.prev)
            return NULL;
        uintptr_t w = at.word;
        *last = w | LOFT_SKIPLIST_OUT_;
        LOFT_MAP_FN(topple_)(at.prev, w);
        if (loft_cas_strong(at.link, &w, *last, seq_cst, relaxed))   /* last:A seq_cst -> user <-> find:B, find:C,
                                                find:E, look:A, look:B, look:C, look:D, settle:A, settle:B: nothing is
                                                behind it. What was before. LP */
            break;
    }
    LOFT_MAP_FN(tell_out_)(m, at.prev);
    return at.prev;
}

LOFT_API bool
LOFT_MAP_FN(pop_)(LOFT_MAP_NAME *m, LOFT_MAP_ME_ *me, bool highest, LOFT_MAP_K_ *k LOFT_MAP_AND_(LOFT_MAP_V_ *v))
{
    LOFT_MAP_FN(place_) at;
    uintptr_t last = 0;
    LOFT_MAP_FN(check_)(&m->base, me);
    LOFT_MAP_S_(enter)(me);
    LOFT_MAP_FN(node_) *const n = highest ? LOFT_MAP_FN(take_last_)(m, me, &last)
                                          : LOFT_MAP_FN(take_first_)(m, me, &last);
    if (n) {
        const bool tall = (last & LOFT_SKIPLIST_TALL_) != 0;
        const size_t height = LOFT_MAP_FN(height_of_)(n, last);
        LOFT_MAP_FN(give_)(&n->key LOFT_MAP_AND_(&n->val), k LOFT_MAP_AND_(v));
        if (highest && tall)
            LOFT_MAP_FN(ages_)(m, me, height, true);
        if (highest) {                                   /* nothing is behind it but what is out, on any level */
            if (!tall || !(LOFT_MAP_FN(gone_)(n, 0) & LOFT_SKIPLIST_RISING_))
                (void)LOFT_MAP_FN(find_)(m, me, NULL, LOFT_MAP_END_, height, 0, &at, NULL, NULL);
        } else if (tall) {
            LOFT_MAP_FN(lower_)(m, me, n, NULL, NULL);
        }
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
        if (!(next & LOFT_SKIPLIST_OUT_))
            goes = !LOFT_MAP_FN(beyond_)(&m->base, tally->to, tally->how, &n->key)
                && LOFT_MAP_FN(found_one_)(tally, n, number);
        n = LOFT_MAP_FN(node_of_)(next);
    }
}
#endif

#include "calls.h"

#if LOFT_MAP_INDEX_
#  undef LOFT_MAP_CLAIM_
#endif
#undef LOFT_MAP_LEVELS
#undef LOFT_MAP_P_LOG2
#undef LOFT_MAP_HEIGHT
#undef LOFT_MAP_PATHS_
#undef LOFT_MAP_ENTRY_
#undef LOFT_MAP_PASS_
#undef LOFT_MAP_FAR_
#undef LOFT_MAP_INDEX_
#undef LOFT_MAP_LOW_
#undef LOFT_MAP_EVERY_
#undef LOFT_MAP_GAP_
#undef LOFT_MAP_GRAMMAR_H
#undef LOFT_MAP_CALLS_H

#endif /* configuration ok */
