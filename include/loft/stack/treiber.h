/* SPDX-License-Identifier: MIT
 *
 * loft/stack/treiber.h - unbounded lock-free stack for any number of threads, with elimination.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h core/backoff.h smr/contract.h
 *
 * USE IT WHEN         what came last goes first, there is no bound, and nobody may wait for anybody: pools of work or
 *                     of buffers, where the newest is the warmest.
 * DO NOT USE IT WHEN  order of arrival matters (queue/), or the nodes are yours and their memory stays (intrusive.h: no
 *                     allocation, no scheme).
 *
 * EXAMPLE
 *     #include <loft/smr/ebr.h>
 *     #define LOFT_STACK_NAME  jobs
 *     #define LOFT_STACK_T     int
 *     #define LOFT_STACK_SMR   loft_ebr
 *     #include <loft/stack/treiber.h>
 *     int main(void)
 *     {
 *         static loft_ebr domain;
 *         static jobs s;
 *         int job = 0;
 *         if (loft_ebr_init(&domain, NULL) != LOFT_OK || jobs_init(&s, &domain) != LOFT_OK)
 *             return 1;
 *         loft_ebr_thread *me = loft_ebr_join(&domain);        // each thread has one of its own
 *         if (!me || jobs_push(&s, me, 1) != LOFT_OK || jobs_push(&s, me, 2) != LOFT_OK)
 *             return 1;
 *         const bool got = jobs_try_pop(&s, me, &job);
 *         jobs_fini(&s);
 *         loft_ebr_leave(me);
 *         return loft_ebr_fini(&domain) != LOFT_OK || !got || job != 2;
 *     }
 *
 * PARAMETERS          LOFT_STACK_NAME         required  prefix of the generated type and functions
 *                     LOFT_STACK_T            required  element type, copied by assignment
 *                     LOFT_STACK_SMR          required  reclamation scheme: loft_ebr, ...; its header comes before
 *                     LOFT_STACK_ELIMINATION  optional  slots where a push and a pop that lost may meet; default 8, 0:
 *                                                       none, 64 at most
 *                     LOFT_STACK_TIMEOUT      optional  pauses that one waits there, at most; default 2048
 *                     LOFT_STACK_COUNT        optional  1: approx_len, for one more read-modify-write in each call
 *                     LOFT_STACK_ALLOC        optional  (align, size) -> memory or NULL; default: the scheme's
 *                     LOFT_STACK_FREE         optional  (ptr, align, size); both or neither
 *
 * OPERATIONS          init  fini  push  try_pop  push_n  pop_n  pop_all  all_next  peek  is_empty  approx_len
 *                     stats_get
 *
 * TOGETHER            Everything but init and fini, each record by one thread at a time; a NAME_all is its owner's.
 *
 * CONTENTION          Who has lost an exchange has the line of the top, and goes on at once: where few disturb each
 *                     other, most do not lose twice. Where many do, they do best to leave the top to one of them for a
 *                     while: a transfer of the line costs the same whether one call is made with it or hundreds. So who
 *                     loses again waits, TIMEOUT / 2 pauses, then TIMEOUT; and where that has happened much of late
 *                     (`crowd`), who loses once. After that a push tries with what it knew, old as it is. That fails as
 *                     a rule, but it brings the line for writing, and the next try wins. A pop is in no section while
 *                     it waits, so that it holds back nobody's memory, not even where it loses its processor; so it has
 *                     to look again. Who has waited in vain lets the other threads of its processor go first, one of
 *                     which may have the top.
 *
 * ELIMINATION         Who waits does so in a slot. A push that finds a pop waiting there gives it its node, a pop that
 *                     finds a push takes it. A slot is one word, and the waiter's until the waiter clears it: nobody
 *                     who comes late finds another's business there. The node was never in the stack, so nobody else
 *                     holds it, and it is freed at once. How many slots are used follows from how many are found taken,
 *                     or in vain.
 *
 * EDGES               push:B, push_n:B -> user          the S_protect of try_pop, pop_n, peek: the node is whole
 *                     push:B, push_n:B -> pop_all:A     the same for all that were taken
 *                     offer:C -> want:B         the node, and what was before the push
 *                     offer:B -> want:F         the same
 *                     want:C -> offer:B         what was before the pop: who comes after the push comes after that, or
 *                                               an "empty" that is said then might be older
 *                     want:B -> offer:F         the same
 *
 * MEMORY              A node for each element: the scheme's part, a link, the element. What was popped is freed when
 *                     the scheme lets it. The stack itself: two lines, and one for each slot.
 *
 * PROGRESS            push, try_pop, pop_n, push_n: lock-free but for the allocator; pop_all, is_empty, approx_len
 *                     wait-free; peek, all_next as the scheme's protect and retire.
 *
 * SOURCE              Treiber, Systems Programming: Coping with Parallelism, 1986. Hendler, Shavit, Yerushalmi, A
 *                     Scalable Lock-Free Stack Algorithm, SPAA 2004. Changed: the node itself is handed over, in the
 *                     word of the slot; there are no records of operations and no array of who is where.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "../core/backoff.h"
#include "../smr/contract.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_STACK_NAME)
#  error "loft/stack/treiber.h: define LOFT_STACK_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_STACK_T)
#  error "loft/stack/treiber.h: define LOFT_STACK_T (element type) before including"
#elif !defined(LOFT_STACK_SMR)
#  error "loft/stack/treiber.h: define LOFT_STACK_SMR (reclamation scheme, such as loft_ebr) before including"
#elif LOFT_CAT(LOFT_STACK_SMR, smr) != 1
#  error "loft/stack/treiber.h: LOFT_STACK_SMR names no reclamation scheme; include its header (loft/smr/) before"
#elif defined(LOFT_STACK_ALLOC) != defined(LOFT_STACK_FREE)
#  error "loft/stack/treiber.h: define LOFT_STACK_ALLOC and LOFT_STACK_FREE together"
#elif defined(LOFT_STACK_ELIMINATION) && ((LOFT_STACK_ELIMINATION) < 0 || (LOFT_STACK_ELIMINATION) > 64)
#  error "loft/stack/treiber.h: LOFT_STACK_ELIMINATION must be 0 to 64 slots"
#else

#if !defined(LOFT_STACK_ELIMINATION)
#  define LOFT_STACK_ELIMINATION  8
#endif
#if !defined(LOFT_STACK_TIMEOUT)
#  define LOFT_STACK_TIMEOUT  2048u
#endif
#if !defined(LOFT_STACK_COUNT)
#  define LOFT_STACK_COUNT  0
#endif
#define LOFT_STACK_FN(f)   LOFT_CAT(LOFT_STACK_NAME, f)
#define LOFT_STACK_SMR_(f) LOFT_CAT(LOFT_STACK_SMR, f)
#define LOFT_STACK_ALIGN_  \
    (LOFT_ALIGNOF(LOFT_STACK_FN(node)) < 8u ? (size_t)8 : (size_t)LOFT_ALIGNOF(LOFT_STACK_FN(node)))

#ifndef LOFT_STACK_TREIBER_H
#define LOFT_STACK_TREIBER_H

/* What the word of a slot says. With a node: its address and the mark. */
#define LOFT_TREIBER_NOBODY_   ((uintptr_t)0)
#define LOFT_TREIBER_OFFERED_  ((uintptr_t)1)            /* with a node: a push waits for a pop to take it     */
#define LOFT_TREIBER_TAKEN_    ((uintptr_t)2)            /* to that push: a pop has it                         */
#define LOFT_TREIBER_WANTED_   ((uintptr_t)3)            /* a pop waits for a push                             */
#define LOFT_TREIBER_GIVEN_    ((uintptr_t)4)            /* with a node: to that pop, it is yours              */

typedef enum loft_treiber_visit_ {
    LOFT_TREIBER_MET_,
    LOFT_TREIBER_BUSY_,                                  /* others are there who are of no use                 */
    LOFT_TREIBER_ALONE_                                  /* nobody came in time                                */
} loft_treiber_visit_;

/* On a line of its own: who waits looks at it all the time. Only who waits counts, and the line is its already. */
typedef struct loft_treiber_slot_ {
    LOFT_ATOMIC(uintptr_t) word;
    LOFT_ATOMIC(loft_seq)  met;
    LOFT_ATOMIC(loft_seq)  missed;
    char                   pad0_[LOFT_CACHELINE];
} loft_treiber_slot_;

/* What elimination was good for: met / (met + missed) is its share of success. */
typedef struct loft_stack_stats {
    uint64_t met;                                        /* pairs of a push and a pop that did not need the top */
    uint64_t missed;                                     /* waits that were in vain                            */
} loft_stack_stats;

/* One call's own: how often it lost and, if it did, how long it waits next, and whether it has just waited. */
typedef struct loft_treiber_loser_ {
    loft_backoff wait;
    uint32_t     lost;
    bool         waited;
} loft_treiber_loser_;

/* How crowded the top is: up by so many when a call loses again, down by one with the first loss of each call. From the
 * border on, a call waits when it has lost once. So it stays there where more than one loser in four loses again. */
#define LOFT_TREIBER_CROWD_MORE_    4u
#define LOFT_TREIBER_CROWD_BORDER_  8u
#define LOFT_TREIBER_CROWD_MOST_    64u

#endif /* LOFT_STACK_TREIBER_H */

#if LOFT_CPLUSPLUS
LOFT_STATIC_ASSERT(std::is_trivially_copyable<LOFT_STACK_T>::value,
                   "loft/stack/treiber.h: LOFT_STACK_T must be trivially copyable");
#endif

/* Written before others can see it, and never again. */
typedef struct LOFT_STACK_FN(node) {
    LOFT_STACK_SMR_(node) smr;
    uintptr_t             behind;
    LOFT_STACK_T          value;
} LOFT_STACK_FN(node);

#if defined(LOFT_STACK_ALLOC)
LOFT_STATIC_ASSERT(LOFT_ALIGNOF(LOFT_STACK_T) <= LOFT_CACHELINE,
                   "loft/stack/treiber.h: LOFT_STACK_T must not be aligned to more than LOFT_CACHELINE");
#else
LOFT_STATIC_ASSERT(LOFT_ALIGNOF(LOFT_STACK_T) <= 2 * sizeof(void *),
                   "loft/stack/treiber.h: LOFT_STACK_T is aligned to more than malloc gives; define LOFT_STACK_ALLOC");
#endif

typedef struct LOFT_STACK_NAME {
    LOFT_ATOMIC(uintptr_t) top;                          /* changed by read-modify-writes only                 */
    LOFT_ATOMIC(uint32_t)  crowd;                        /* a hint; here, because who has lost has this line   */
    char                   pad0_[LOFT_CACHELINE];
    LOFT_STACK_SMR        *domain;                       /* fixed after init; NULL: not initialised            */
#if LOFT_STACK_ELIMINATION
    LOFT_ATOMIC(uint32_t)  width;                        /* slots in use; a hint                               */
#endif
    char                   pad1_[LOFT_CACHELINE];
#if LOFT_STACK_COUNT
    LOFT_ATOMIC(size_t)    length;
    char                   pad2_[LOFT_CACHELINE];
#endif
#if LOFT_STACK_ELIMINATION
    loft_treiber_slot_     slot[LOFT_STACK_ELIMINATION];
#endif
} LOFT_STACK_NAME;

/* All elements that were in a stack at one moment, newest first; one thread's own. */
typedef struct LOFT_STACK_FN(all) {
    LOFT_STACK_FN(node)   *first;
    LOFT_STACK_SMR_(thread) *me;                         /* who retires them                                   */
#if LOFT_STACK_COUNT
    LOFT_STACK_NAME       *from;
#endif
} LOFT_STACK_FN(all);

/* ---- private: nodes ---------------------------------------------------------------------------------------------- */

LOFT_API LOFT_STACK_FN(node) *
LOFT_STACK_FN(make_)(LOFT_STACK_SMR_(thread) *me, LOFT_STACK_T v)
{
#if defined(LOFT_STACK_ALLOC)
    LOFT_STACK_FN(node) *const n = (LOFT_STACK_FN(node) *)LOFT_STACK_ALLOC(LOFT_STACK_ALIGN_, sizeof *n);
    if (n)
        LOFT_STACK_SMR_(born)(me, &n->smr);
#else
    LOFT_STACK_FN(node) *const n = (LOFT_STACK_FN(node) *)LOFT_STACK_SMR_(alloc_node)(me, sizeof *n);
#endif
    if (n)
        loft_plain_write(&n->value, v);
    return n;
}

/* A node that nobody else can hold. */
LOFT_API void
LOFT_STACK_FN(free_)(LOFT_STACK_FN(node) *n)
{
#if defined(LOFT_STACK_ALLOC)
    LOFT_STACK_FREE(n, LOFT_STACK_ALIGN_, sizeof *n);
#else
    loft_free(n, sizeof *n);
#endif
}

LOFT_API void
LOFT_STACK_FN(drop_)(loft_smr_thread *me, loft_smr_node *n)
{
    (void)me;
    LOFT_STACK_FN(free_)((LOFT_STACK_FN(node) *)(void *)n);
}

/* The node on top, which is safe until the section ends or the next call of this, and what is behind it; 0: empty. A
 * function of its own, so that where the scheme begins a section again no other locals are in the way. */
LOFT_API uintptr_t
LOFT_STACK_FN(top_)(LOFT_STACK_NAME *s, LOFT_STACK_SMR_(thread) *me, uintptr_t *behind)
{
    LOFT_STACK_SMR_(read)(me);
    const uintptr_t top = LOFT_STACK_SMR_(protect)(me, 0, &s->top);
    const uintptr_t next = top ? loft_plain_read(&((LOFT_STACK_FN(node) *)top)->behind) : 0;
    LOFT_STACK_SMR_(write)(me, (const void *)top, NULL, NULL);
    *behind = next;
    return top;
}

LOFT_API void
LOFT_STACK_FN(counted_)(LOFT_STACK_NAME *s, size_t n)
{
#if LOFT_STACK_COUNT
    (void)loft_fetch_add(&s->length, n, relaxed);        /* counted:A relaxed: a number that goes with nothing */
#else
    (void)s;
    (void)n;
#endif
}

/* ---- private: elimination ---------------------------------------------------------------------------------------- */

#if LOFT_STACK_ELIMINATION

LOFT_API void
LOFT_STACK_FN(linger_)(const loft_treiber_slot_ *at, uintptr_t mine, uint32_t pauses)
{
    while (pauses-- && loft_load(&at->word, relaxed) == mine)   /* linger:A relaxed: offer:D, want:D check it */
        LOFT_PAUSE();
}

/* A push at a slot. */
LOFT_API loft_treiber_visit_
LOFT_STACK_FN(offer_)(loft_treiber_slot_ *at, uintptr_t node, uint32_t pauses)
{
    uintptr_t seen = loft_load(&at->word, relaxed);      /* offer:A relaxed: offer:B, offer:C check it */
    if (seen == LOFT_TREIBER_WANTED_) {
        const uintptr_t given = node | LOFT_TREIBER_GIVEN_;
        return loft_cas_strong(&at->word, &seen, given, acq_rel, relaxed)   /* offer:B acq_rel -> want:F <- want:C: the
                                                                  node; what was before the pop. LP of both */
               ? LOFT_TREIBER_MET_ : LOFT_TREIBER_BUSY_;
    }
    const uintptr_t mine = node | LOFT_TREIBER_OFFERED_;
    if (seen != LOFT_TREIBER_NOBODY_
        || !loft_cas_strong(&at->word, &seen, mine, release, relaxed))   /* offer:C release -> want:B: the node */
        return LOFT_TREIBER_BUSY_;
    LOFT_STACK_FN(linger_)(at, mine, pauses);
    seen = mine;
    if (loft_cas_strong(&at->word, &seen, LOFT_TREIBER_NOBODY_, relaxed, relaxed)) {   /* offer:D relaxed: taken back */
        (void)loft_fetch_add(&at->missed, (loft_seq)1, relaxed);   /* offer:E relaxed: a statistic */
        return LOFT_TREIBER_ALONE_;
    }
    (void)loft_load(&at->word, acquire);                 /* offer:F acquire <- want:B: what was before the pop */
    (void)loft_fetch_add(&at->met, (loft_seq)1, relaxed);   /* offer:G relaxed: a statistic */
    loft_store(&at->word, LOFT_TREIBER_NOBODY_, relaxed);   /* offer:H relaxed: tells nothing but that */
    return LOFT_TREIBER_MET_;
}

/* A pop at a slot; *node is what it got. */
LOFT_API loft_treiber_visit_
LOFT_STACK_FN(want_)(loft_treiber_slot_ *at, uintptr_t *node, uint32_t pauses)
{
    uintptr_t seen = loft_load(&at->word, relaxed);      /* want:A relaxed: want:B, want:C check it */
    if ((seen & LOFT_SMR_MARKS) == LOFT_TREIBER_OFFERED_) {
        if (!loft_cas_strong(&at->word, &seen, LOFT_TREIBER_TAKEN_, acq_rel, relaxed))   /* want:B acq_rel -> offer:F <-
                                                          offer:C: what was before the pop; the node. LP of both */
            return LOFT_TREIBER_BUSY_;
        *node = seen & ~LOFT_SMR_MARKS;
        return LOFT_TREIBER_MET_;
    }
    if (seen != LOFT_TREIBER_NOBODY_
        || !loft_cas_strong(&at->word, &seen, LOFT_TREIBER_WANTED_, release, relaxed))   /* want:C release -> offer:B:
                                                                                            what was before the pop */
        return LOFT_TREIBER_BUSY_;
    LOFT_STACK_FN(linger_)(at, LOFT_TREIBER_WANTED_, pauses);
    seen = LOFT_TREIBER_WANTED_;
    if (loft_cas_strong(&at->word, &seen, LOFT_TREIBER_NOBODY_, relaxed, relaxed)) {   /* want:D relaxed: taken back */
        (void)loft_fetch_add(&at->missed, (loft_seq)1, relaxed);   /* want:E relaxed: a statistic */
        return LOFT_TREIBER_ALONE_;
    }
    seen = loft_load(&at->word, acquire);                /* want:F acquire <- offer:B: the node */
    (void)loft_fetch_add(&at->met, (loft_seq)1, relaxed);   /* want:G relaxed: a statistic */
    loft_store(&at->word, LOFT_TREIBER_NOBODY_, relaxed);   /* want:H relaxed: tells nothing but that */
    *node = seen & ~LOFT_SMR_MARKS;
    return LOFT_TREIBER_MET_;
}

#endif /* elimination */

/* A compare-exchange of the top was lost to who put `top` there. True: it need not be tried again, because a partner
 * was met: a push has given `mine` away; a pop (0) has got *node, and its section is over. Else a pop looks again.
 * Out of line: who does not lose pays nothing. */
LOFT_NOINLINE bool
LOFT_STACK_FN(lost_)(LOFT_STACK_NAME *s, LOFT_STACK_SMR_(thread) *me, loft_treiber_loser_ *l, uintptr_t top,
                     uintptr_t mine, uintptr_t *node)
{
    if (l->waited) {                                     /* this one was to bring the line */
        l->waited = false;
        return false;
    }
    const bool asks = (LOFT_STACK_TIMEOUT) != 0;         /* else there is no wait to decide about */
    const uint32_t crowd = asks ? loft_load(&s->crowd, relaxed) : LOFT_TREIBER_CROWD_BORDER_;   /* lost:A relaxed: a
                                                                                                   hint */
    if (l->lost++ == 0) {
        l->wait.max = (LOFT_STACK_TIMEOUT);
        l->wait.min = l->wait.current = l->wait.max / 2u + l->wait.max % 2u;
        if (asks && crowd != 0)
            loft_store(&s->crowd, crowd - 1u, relaxed);  /* lost:B relaxed: a hint */
        if (crowd < LOFT_TREIBER_CROWD_BORDER_)
            return false;
    } else if (asks && crowd < LOFT_TREIBER_CROWD_MOST_) {
        loft_store(&s->crowd, crowd + LOFT_TREIBER_CROWD_MORE_, relaxed);   /* lost:C relaxed: a hint */
    }
    l->waited = mine != 0;                               /* a pop looks before it tries again */
    if (!mine)
        LOFT_STACK_SMR_(exit)(me);
#if LOFT_STACK_ELIMINATION
    /* Who lose at the same moment have seen the same top, and should meet; who loses again should try elsewhere. */
    const uint32_t width = loft_load(&s->width, relaxed);   /* lost:D relaxed: a hint */
    const uint64_t mixed = ((uint64_t)top / sizeof(LOFT_STACK_FN(node)) + l->lost * (LOFT_STACK_SMR_(number)(me) + 1u))
                           * 0x9e3779b97f4a7c15u;
    loft_treiber_slot_ *const at = &s->slot[(uint32_t)(mixed >> 40) % width];
    const uint32_t pauses = l->wait.current;
    l->wait.current = loft_backoff_double_(pauses, l->wait.max);
    const loft_treiber_visit_ visit = mine ? LOFT_STACK_FN(offer_)(at, mine, pauses)
                                           : LOFT_STACK_FN(want_)(at, node, pauses);
    if (visit == LOFT_TREIBER_MET_)
        return true;
    const uint32_t twice = width * 2u <= (LOFT_STACK_ELIMINATION) ? width * 2u : (LOFT_STACK_ELIMINATION);
    const uint32_t next = visit == LOFT_TREIBER_BUSY_ ? twice : width - width / 2u;
    if (next != width)
        loft_store(&s->width, next, relaxed);            /* lost:E relaxed: a hint */
#else
    (void)top;
    (void)node;
    loft_backoff_step(&l->wait);
#endif
    LOFT_YIELD();
    if (!mine)
        LOFT_STACK_SMR_(enter)(me);
    return false;
}

/* A debug build stops what is called before init, after fini, or with a record of another domain. */
LOFT_API void
LOFT_STACK_FN(check_)(const LOFT_STACK_NAME *s, const LOFT_STACK_SMR_(thread) *me)
{
    LOFT_ASSERT(s->domain && "loft/stack/treiber.h: the stack is not initialised");
    LOFT_ASSERT(loft_smr_knows_(s->domain, me) && "loft/stack/treiber.h: the record is of another domain");
    (void)s;
    (void)me;
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

/* NAME_init - an empty stack, whose nodes are reclaimed in `domain`.
 *   returns   LOFT_OK; LOFT_INVAL: no domain
 *   threads   quiescent; other threads may use the stack once it has been handed over (a release and an acquire)
 *   progress  wait-free
 *   cost      no allocation
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_STACK_FN(init)(LOFT_STACK_NAME *s, LOFT_STACK_SMR *domain)
{
    if (!domain)
        return LOFT_INVAL;
    s->domain = domain;
    loft_init(&s->top, (uintptr_t)0);
    loft_init(&s->crowd, 0u);
#if LOFT_STACK_COUNT
    loft_init(&s->length, (size_t)0);
#endif
#if LOFT_STACK_ELIMINATION
    loft_init(&s->width, 1u);
    for (size_t i = 0; i < (LOFT_STACK_ELIMINATION); i++) {
        loft_init(&s->slot[i].word, LOFT_TREIBER_NOBODY_);
        loft_init(&s->slot[i].met, (loft_seq)0);
        loft_init(&s->slot[i].missed, (loft_seq)0);
    }
#endif
    return LOFT_OK;
}

/* NAME_fini - the end of the stack; elements still in it are dropped. What was popped is the domain's.
 *   threads   quiescent; any call after it is an error, which a debug build stops
 *   cost      frees each node
 */
LOFT_API void
LOFT_STACK_FN(fini)(LOFT_STACK_NAME *s)
{
    LOFT_ASSERT(s->domain && "loft/stack/treiber.h: fini of a stack that is not initialised");
    uintptr_t top = loft_load(&s->top, relaxed);         /* fini:A relaxed: nobody else is here */
    while (top) {
        LOFT_STACK_FN(node) *const n = (LOFT_STACK_FN(node) *)top;
        top = loft_plain_read(&n->behind);
        LOFT_STACK_FN(free_)(n);
    }
    s->domain = NULL;
}

/* NAME_push - v on top.
 *   returns   LOFT_OK; LOFT_NOMEM: no memory, and nothing changed
 *   threads   the record's, in a section of the caller's or not
 *   progress  lock-free but for the allocator
 *   order     everything before this call happens-before the return of the call that takes v
 *   cost      an allocation and one compare-exchange where nobody disturbs; no section of the scheme
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_STACK_FN(push)(LOFT_STACK_NAME *s, LOFT_STACK_SMR_(thread) *me, LOFT_STACK_T v)
{
    LOFT_STACK_FN(check_)(s, me);
    LOFT_STACK_FN(node) *const n = LOFT_STACK_FN(make_)(me, v);
    if (LOFT_UNLIKELY(!n))
        return LOFT_NOMEM;
    loft_treiber_loser_ loser;
    loser.lost = 0;
    loser.waited = false;
    uintptr_t top = loft_load(&s->top, relaxed);         /* push:A relaxed: push:B checks it; it is only linked */
    for (;;) {
        /* Who has lost goes on with the top that beat it: to look again costs another transfer of the line, and a pop
         * has often brought the same top back in the meantime. */
        loft_plain_write(&n->behind, top);
        if (LOFT_LIKELY(loft_cas_weak(&s->top, &top, (uintptr_t)n, release, relaxed)))   /* push:B release -> user,
                                                                              pop_all:A: the node is whole. LP */
            break;
        if (LOFT_STACK_FN(lost_)(s, me, &loser, top, (uintptr_t)n, NULL))
            return LOFT_OK;                              /* the node is another's, and may be gone             */
    }
    LOFT_STACK_FN(counted_)(s, 1u);
    return LOFT_OK;
}

/* NAME_try_pop - take the newest element.
 *   returns   false: empty, and *out is untouched
 *   threads   the record's; in a section of the caller's where sections nest
 *   progress  lock-free but for the scheme's retire
 *   order     everything before the push of the element happens-before the return
 *   cost      a section, one protected word, one compare-exchange where nobody disturbs, one retired node
 */
LOFT_NODISCARD LOFT_API bool
LOFT_STACK_FN(try_pop)(LOFT_STACK_NAME *s, LOFT_STACK_SMR_(thread) *me, LOFT_STACK_T *out)
{
    LOFT_STACK_FN(check_)(s, me);
    loft_treiber_loser_ loser;
    loser.lost = 0;
    loser.waited = false;
    LOFT_STACK_SMR_(enter)(me);
    uintptr_t behind = 0;
    uintptr_t top = LOFT_STACK_FN(top_)(s, me, &behind);   /* LP(false) where it reads 0 */
    while (top) {
        uintptr_t met = 0;
        uintptr_t seen = top;
        if (LOFT_LIKELY(loft_cas_weak(&s->top, &seen, behind, relaxed, relaxed))) {   /* try_pop:A relaxed: the release
                                                               sequences of those below go on with it. LP */
            LOFT_STACK_FN(node) *const n = (LOFT_STACK_FN(node) *)top;
            *out = loft_plain_read(&n->value);
            LOFT_STACK_SMR_(retire)(me, &n->smr, LOFT_STACK_FN(drop_));
            LOFT_STACK_SMR_(exit)(me);
            LOFT_STACK_FN(counted_)(s, (size_t)-1);
            return true;
        }
        if (LOFT_STACK_FN(lost_)(s, me, &loser, seen, 0, &met)) {
            LOFT_STACK_FN(node) *const n = (LOFT_STACK_FN(node) *)met;
            *out = loft_plain_read(&n->value);
            LOFT_STACK_FN(free_)(n);                     /* it was never in the stack: nobody else has it      */
            return true;
        }
        top = LOFT_STACK_FN(top_)(s, me, &behind);       /* LP(false) where it reads 0 */
    }
    LOFT_STACK_SMR_(exit)(me);
    return false;
}

/* NAME_push_n - v[0] to v[n - 1], all in one step: v[n - 1] is on top then, and nothing of others is in between.
 *   returns   LOFT_OK; LOFT_NOMEM: not enough memory, and nothing changed
 *   threads, progress, order as push
 *   cost      n allocations, one compare-exchange where nobody disturbs
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_STACK_FN(push_n)(LOFT_STACK_NAME *s, LOFT_STACK_SMR_(thread) *me, LOFT_STACK_T const *v, size_t n)
{
    LOFT_STACK_FN(check_)(s, me);
    LOFT_STACK_FN(node) *last = NULL;
    uintptr_t first = 0;
    for (size_t i = 0; i < n; i++) {
        LOFT_STACK_FN(node) *const fresh = LOFT_STACK_FN(make_)(me, v[i]);
        if (LOFT_UNLIKELY(!fresh)) {
            while (first) {
                LOFT_STACK_FN(node) *const old = (LOFT_STACK_FN(node) *)first;
                first = old->behind;
                LOFT_STACK_FN(free_)(old);
            }
            return LOFT_NOMEM;
        }
        loft_plain_write(&fresh->behind, first);
        first = (uintptr_t)fresh;
        if (!last)
            last = fresh;
    }
    if (!last)
        return LOFT_OK;
    loft_backoff wait = LOFT_BACKOFF_INIT;
    for (;;) {
        uintptr_t top = loft_load(&s->top, relaxed);     /* push_n:A relaxed: push_n:B checks it; it is only linked */
        loft_plain_write(&last->behind, top);
        if (LOFT_LIKELY(loft_cas_weak(&s->top, &top, first, release, relaxed)))   /* push_n:B release -> user,
                                                                       pop_all:A: the nodes are whole. LP */
            break;
        loft_backoff_step(&wait);
    }
    LOFT_STACK_FN(counted_)(s, n);
    return LOFT_OK;
}

/* NAME_pop_n - take up to n elements into out[0..n), until there is none.
 *   returns   how many came out, 0 to n; the rest of out is untouched
 *   otherwise as try_pop, for each element
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_STACK_FN(pop_n)(LOFT_STACK_NAME *s, LOFT_STACK_SMR_(thread) *me, LOFT_STACK_T *out, size_t n)
{
    size_t i = 0;
    while (i < n && LOFT_STACK_FN(try_pop)(s, me, &out[i]))
        i++;
    return i;
}

/* NAME_pop_all - take everything, in one step; all_next gives it out.
 *   returns   false: empty, and so is *all
 *   threads   the record's
 *   progress  wait-free where an exchange is
 *   order     everything before the pushes of the elements happens-before the return
 *   cost      one exchange, however many there are
 */
LOFT_NODISCARD LOFT_API bool
LOFT_STACK_FN(pop_all)(LOFT_STACK_NAME *s, LOFT_STACK_SMR_(thread) *me, LOFT_STACK_FN(all) *all)
{
    LOFT_STACK_FN(check_)(s, me);
    const uintptr_t top = loft_exchange(&s->top, (uintptr_t)0, acquire);   /* pop_all:A acquire <- push:B, push_n:B: the
                                                                              nodes are whole. LP */
    all->first = (LOFT_STACK_FN(node) *)top;
    all->me = me;
#if LOFT_STACK_COUNT
    all->from = s;
#endif
    return top != 0;
}

/* NAME_all_next - the newest of those that pop_all has taken and that were not given out yet. Go on until it says
 * false: what is left over is lost with its memory.
 *   returns   false: there are no more, and *out is untouched
 *   threads   the record's that was given to pop_all
 *   progress  as the scheme's retire
 *   cost      a section and one retired node for each element
 */
LOFT_NODISCARD LOFT_API bool
LOFT_STACK_FN(all_next)(LOFT_STACK_FN(all) *all, LOFT_STACK_T *out)
{
    LOFT_STACK_FN(node) *const n = all->first;
    if (!n)
        return false;
    all->first = (LOFT_STACK_FN(node) *)loft_plain_read(&n->behind);
    *out = loft_plain_read(&n->value);
    LOFT_STACK_SMR_(enter)(all->me);
    LOFT_STACK_SMR_(retire)(all->me, &n->smr, LOFT_STACK_FN(drop_));   /* others may still look at it */
    LOFT_STACK_SMR_(exit)(all->me);
#if LOFT_STACK_COUNT
    LOFT_STACK_FN(counted_)(all->from, (size_t)-1);
#endif
    return true;
}

/* NAME_peek - a copy of the newest element, which stays where it is.
 *   returns   false: empty, and *out is untouched
 *   threads   the record's; in a section of the caller's where sections nest
 *   progress  as the scheme's protect
 *   order     everything before the push of the element happens-before the return
 *   cost      a section and one protected word
 */
LOFT_NODISCARD LOFT_API bool
LOFT_STACK_FN(peek)(LOFT_STACK_NAME *s, LOFT_STACK_SMR_(thread) *me, LOFT_STACK_T *out)
{
    LOFT_STACK_FN(check_)(s, me);
    uintptr_t behind;
    LOFT_STACK_SMR_(enter)(me);
    const uintptr_t top = LOFT_STACK_FN(top_)(s, me, &behind);
    if (top)
        *out = loft_plain_read(&((LOFT_STACK_FN(node) *)top)->value);
    LOFT_STACK_SMR_(exit)(me);
    return top != 0;
}

/* NAME_is_empty - was there nothing a moment ago? Any thread, wait-free. */
LOFT_API bool
LOFT_STACK_FN(is_empty)(const LOFT_STACK_NAME *s)
{
    LOFT_ASSERT(s->domain && "loft/stack/treiber.h: the stack is not initialised");
    return loft_load(&s->top, relaxed) == 0;             /* is_empty:A relaxed: nothing is taken */
}

#if LOFT_STACK_COUNT
/* NAME_approx_len - how many elements there were a moment ago; those of a pop_all count until they are given out. When
 * nothing runs it is exact. Any thread, wait-free. */
LOFT_API size_t
LOFT_STACK_FN(approx_len)(const LOFT_STACK_NAME *s)
{
    LOFT_ASSERT(s->domain && "loft/stack/treiber.h: the stack is not initialised");
    const size_t n = loft_load(&s->length, relaxed);     /* approx_len:A relaxed: a number that goes with nothing */
    return n > (size_t)PTRDIFF_MAX ? 0 : n;              /* a pop was counted before its push */
}
#endif

/* NAME_stats_get - what elimination was good for until now; all 0 where there is none. Any thread, wait-free. */
LOFT_API loft_stack_stats
LOFT_STACK_FN(stats_get)(const LOFT_STACK_NAME *s)
{
    loft_stack_stats sum = { 0, 0 };
#if LOFT_STACK_ELIMINATION
    for (size_t i = 0; i < (LOFT_STACK_ELIMINATION); i++) {
        sum.met += loft_load(&s->slot[i].met, relaxed);         /* stats_get:A relaxed: a statistic */
        sum.missed += loft_load(&s->slot[i].missed, relaxed);   /* stats_get:B relaxed: a statistic */
    }
#else
    (void)s;
#endif
    return sum;
}

#undef LOFT_STACK_ALIGN_
#undef LOFT_STACK_SMR_
#undef LOFT_STACK_FN
#undef LOFT_STACK_FREE
#undef LOFT_STACK_ALLOC
#undef LOFT_STACK_COUNT
#undef LOFT_STACK_TIMEOUT
#undef LOFT_STACK_ELIMINATION
#undef LOFT_STACK_SMR
#undef LOFT_STACK_T
#undef LOFT_STACK_NAME

#endif /* configuration ok */
