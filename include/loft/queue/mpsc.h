/* SPDX-License-Identifier: MIT
 *
 * loft/queue/mpsc.h - bounded multi-producer single-consumer FIFO ring that refuses, waits or overwrites when full.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h core/backoff.h queue/linger.h
 *
 * USE IT WHEN         many threads feed one: logs, events, mailboxes, samples of which the newest count. The consumer
 *                     makes no read-modify-write (but see OVERWRITING), and losses are counted.
 * DO NOT USE IT WHEN  the consumer may not depend on a producer that the system has put to sleep (scq.h, and IN
 *                     MID-PUSH below); one thread feeds one (spsc.h); there must be no bound (mpsc_list.h).
 *
 * EXAMPLE
 *     #define LOFT_QUEUE_NAME  samples
 *     #define LOFT_QUEUE_T     int
 *     #define LOFT_QUEUE_FULL  LOFT_MPSC_OVERWRITE             // without it: refuse
 *     #include <loft/queue/mpsc.h>
 *
 *     int main(void)
 *     {
 *         samples q;
 *         int got[4] = { 0 };
 *         if (samples_init(&q, 4) != LOFT_OK)
 *             return 1;
 *         for (int i = 1; i <= 6; i++)
 *             if (!samples_try_push(&q, i))
 *                 return 1;
 *         const size_t n = samples_pop_n(&q, got, 4);          // 3 4 5 6
 *         const loft_mpsc_stats s = samples_stats_get(&q);     // 6 accepted, 2 overwritten
 *         samples_fini(&q);
 *         return n != 4 || got[0] != 3 || s.overwritten != 2;
 *     }
 *
 * PARAMETERS          LOFT_QUEUE_NAME   required  prefix of the generated type and functions
 *                     LOFT_QUEUE_T      required  element type, copied by assignment; every value is an element
 *                     LOFT_QUEUE_FULL   optional  what a push does that finds the queue full: LOFT_MPSC_REFUSE, the
 *                                                 default; LOFT_MPSC_SPIN: look again LOFT_QUEUE_SPINS times, then
 *                                                 refuse; LOFT_MPSC_OVERWRITE: the oldest element goes
 *                     LOFT_QUEUE_SPINS  optional  default 1000; only with LOFT_MPSC_SPIN
 *                     LOFT_QUEUE_ALLOC  optional  (align, size) -> memory or NULL; default core/alloc.h. The size
 *                                                 need not be a multiple of the alignment
 *                     LOFT_QUEUE_FREE   optional  (ptr, align, size); both or neither
 *
 * OPERATIONS          init  fini
 *                     try_push  push_n  close                                             any thread
 *                     try_pop  pop_n  poll  is_stalled                                    the consumer
 *                     is_closed  approx_len  capacity  watermarks  is_high  stats_get     any thread
 *
 * TOGETHER            Everything but init, fini and watermarks; try_pop, pop_n, poll and is_stalled by one thread at a
 *                     time, which must have been handed the part of consumer (a release and an acquire).
 *
 * IN MID-PUSH         A push takes a ticket, writes its element, and then marks it as whole. What lies behind a ticket
 *                     that is not whole yet is hidden: if a producer is stopped there, the consumer gets all elements
 *                     before it, and then false, as if the queue were empty, though pushes behind it have returned;
 *                     is_stalled tells the two apart. When that producer goes on, all comes out, in order. After
 *                     close(), where false means "drained for good", try_pop and pop_n wait for such a push instead;
 *                     poll never does, and says by itself whether it is for good.
 *                     Producers go on until the ring is full; then they are refused, and so they are with
 *                     LOFT_MPSC_OVERWRITE, for that slot belongs to who is stopped. No push waits for another push.
 *
 * OVERWRITING         The ring holds numbers of cells, and there is one cell more than the queue has elements: it is
 *                     the consumer's. A pop puts that cell's number in place of the oldest's, by one compare-exchange,
 *                     and what it got is its own to read for as long as it likes; a push that finds the queue full
 *                     takes the oldest out of play by the same exchange, and its cell is its own to write. So each
 *                     element is either popped or counted as overwritten, nobody reads what another writes, and a
 *                     consumer that is stopped anywhere stops no push. With this policy the consumer makes that one
 *                     read-modify-write for each element; with the others it makes none. The consumer gets the rest in
 *                     order. A push that returns has dropped its oldest; one under way may not have, so for an instant
 *                     one element for each of those may be in the queue above its capacity.
 *
 * COUNTERS            accepted, popped, refused, overwritten: exact, each by itself at any time; when nothing runs,
 *                     accepted = popped + overwritten + what is in the queue, and the pushes that were tried are
 *                     accepted + refused. They are numbers modulo LOFT_MPSC_COUNTS + 1, which is 2^63 (2^31 where words
 *                     have 32 bits): take differences `& LOFT_MPSC_COUNTS`.
 *
 * WATERMARKS          is_high turns true where there were `high` elements or more while it looked, and false again
 *                     where there were `low` or fewer: never for a length that there was not. It is asked, nobody else
 *                     pays: what comes and goes between two calls is not seen.
 *
 * EDGES               fill:A -> take:B                   the element is whole before it is seen
 *                     fill:B -> seize:B, take:E          the same, overwriting; and its cell is free to be written
 *                     take:F -> seize:B, seize:E         the consumer has read the cell that it puts in
 *                     take:C -> claim:C, approx_len:A    the slots up to there have been read; tail is not older
 *                     take:H -> approx_len:A             tail is not older than this head
 *                     claim:D -> claim:B                 the same slots, known from another producer
 *                     claim:E -> claim:A                 a queue that is full by its tail is so by a head of then
 *                     seize:C -> seize:A                 the same, overwriting: by its entries of then
 *                     claim:E -> is_high:B               head is not older than tail
 *                     seize:C -> is_high:B               the same, overwriting
 *                     close:A -> is_closed:A, poll:A     who sees it closed sees what was before
 *                     is_high:C -> is_high:A             the length that a turn is judged by is newer
 *
 * MEMORY              capacity slots, each an element and a word; overwriting, as many words and one element more. One
 *                     allocation at init, none later.
 *
 * PROGRESS            try_push, push_n: lock-free (with LOFT_MPSC_SPIN, after a bounded wait). try_pop, pop_n:
 *                     wait-free, with the bounded wait of linger.h where the consumer has caught up with a stream;
 *                     overwriting, lock-free; after close, blocking on pushes that are under way, but not poll. None is
 *                     linearizable as a queue while a push is under way (IN MID-PUSH). The rest: wait-free.
 *
 * SOURCE              The stamps are Dmitry Vyukov's (bounded MPMC queue, 1024cores.net): one word in each slot says
 *                     which ticket it is whole for. Changed: the consumer writes no slot; producers go by its counter,
 *                     of which they share a copy, as in spsc.h. close, counters, batches and overwriting are ours.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "../core/backoff.h"
#include "linger.h"

#ifndef LOFT_QUEUE_MPSC_H
#define LOFT_QUEUE_MPSC_H

/* Not 0, so that a name that was misspelt is none of them. */
#define LOFT_MPSC_REFUSE     1
#define LOFT_MPSC_SPIN       2
#define LOFT_MPSC_OVERWRITE  3

#if !defined(LOFT_UNSUPPORTED)

#define LOFT_MPSC_COUNTS     (((uint64_t)1 << (LOFT_SEQ_BITS - 1u)) - 1u)
#define LOFT_MPSC_ORDER_MAX  (LOFT_SEQ_BITS == 64u ? 31u : 16u)

typedef struct loft_mpsc_stats {
    uint64_t accepted;                                   /* elements that pushes put in                              */
    uint64_t popped;
    uint64_t refused;                                    /* elements that pushes did not put in: full or closed      */
    uint64_t overwritten;
} loft_mpsc_stats;

/* What a capacity is a power of: 1 to LOFT_MPSC_ORDER_MAX, or 0: it is none. */
LOFT_API unsigned
loft_mpsc_order_(size_t capacity)
{
    unsigned order = 0;
    while (order < LOFT_MPSC_ORDER_MAX && ((size_t)1 << order) < capacity)
        order++;
    return (size_t)1 << order == capacity ? order : 0;
}

#endif
#endif /* LOFT_QUEUE_MPSC_H */

#if !defined(LOFT_QUEUE_FULL)
#  define LOFT_QUEUE_FULL  LOFT_MPSC_REFUSE
#endif

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_QUEUE_NAME)
#  error "loft/queue/mpsc.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_QUEUE_T)
#  error "loft/queue/mpsc.h: define LOFT_QUEUE_T (element type) before including"
#elif defined(LOFT_QUEUE_ALLOC) != defined(LOFT_QUEUE_FREE)
#  error "loft/queue/mpsc.h: define LOFT_QUEUE_ALLOC and LOFT_QUEUE_FREE together"
#elif LOFT_QUEUE_FULL != LOFT_MPSC_REFUSE && LOFT_QUEUE_FULL != LOFT_MPSC_SPIN && LOFT_QUEUE_FULL != LOFT_MPSC_OVERWRITE
#  error "loft/queue/mpsc.h: LOFT_QUEUE_FULL must be LOFT_MPSC_REFUSE, LOFT_MPSC_SPIN or LOFT_MPSC_OVERWRITE"
#else

#if !defined(LOFT_QUEUE_ALLOC)
#  define LOFT_QUEUE_ALLOC(align, size)      loft_alloc_aligned((align), (size))
#  define LOFT_QUEUE_FREE(ptr, align, size)  loft_free_aligned((ptr), (align), (size))
#endif
#if !defined(LOFT_QUEUE_SPINS)
#  define LOFT_QUEUE_SPINS  1000u
#endif
#define LOFT_QUEUE_FN(f)  LOFT_CAT(LOFT_QUEUE_NAME, f)

#if LOFT_CPLUSPLUS
LOFT_STATIC_ASSERT(std::is_trivially_copyable<LOFT_QUEUE_T>::value,
                   "loft/queue/mpsc.h: LOFT_QUEUE_T must be trivially copyable");
#endif

LOFT_STATIC_ASSERT(LOFT_ALIGNOF(LOFT_QUEUE_T) <= LOFT_CACHELINE,
                   "loft/queue/mpsc.h: LOFT_QUEUE_T must not be aligned to more than LOFT_CACHELINE");

#if LOFT_QUEUE_FULL == LOFT_MPSC_OVERWRITE
/* | cycle | whole | number of a cell, order + 1 bits |. Not whole: a push of this cycle may write the cell. */
typedef LOFT_ATOMIC(loft_seq) LOFT_QUEUE_FN(slot_);
typedef loft_seq LOFT_QUEUE_FN(overwrites_);             /* blocking.h has to know; see there                       */
#else
typedef loft_seq LOFT_QUEUE_FN(stalls_);                 /* the same                                                */
typedef struct LOFT_QUEUE_FN(slot_) {
    LOFT_ATOMIC(loft_seq) stamp;                         /* ticket + 1: the element of that ticket is whole         */
    LOFT_QUEUE_T          value;
} LOFT_QUEUE_FN(slot_);
#endif

/* Tickets are doubled, and so are tail, limit and head: bit 0 of tail is a mark, closed. */
typedef struct LOFT_QUEUE_NAME {
    LOFT_ATOMIC(loft_seq) tail;                          /* the next push's                                          */
    LOFT_ATOMIC(loft_seq) limit;                         /* tail may grow to here before head must be read again     */
    LOFT_QUEUE_FN(slot_) *slots;                         /* fixed after init; the consumer has a copy                */
    size_t                mask;                          /* capacity - 1; the same                                   */
    LOFT_ATOMIC(uintptr_t) streams;                      /* a hint: who has begun the last line of slots             */
    char                  pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq) head;                          /* the next pop's; written by the consumer only             */
    LOFT_QUEUE_FN(slot_) *head_slots;
    size_t                head_mask;
    size_t                streak;                        /* popped since a look that found nothing                   */
    loft_linger           linger;
#if LOFT_QUEUE_FULL == LOFT_MPSC_OVERWRITE
    LOFT_ATOMIC(loft_seq) popped;                        /* written by the consumer only                             */
    loft_seq              spare;                         /* the cell that is the consumer's                          */
    LOFT_QUEUE_T         *head_cells;
#endif
    char                  pad1_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq) refused;
    LOFT_ATOMIC(loft_seq) overwritten;
    char                  pad2_[LOFT_CACHELINE];
    LOFT_ATOMIC(loft_seq) turns;                         /* of is_high: odd, it is                                   */
    size_t                low;                           /* fixed before it is shared, down to the end               */
    size_t                high;
    LOFT_QUEUE_T         *cells;                         /* overwriting: capacity + 1                                */
    size_t                bytes;                         /* of the one allocation, which begins at the slots         */
    unsigned              order;                         /* capacity is 2^order                                      */
} LOFT_QUEUE_NAME;

/* ---- private ----------------------------------------------------------------------------------------------------- */

#define LOFT_MPSC_MARK_  ((loft_seq)1)
#define LOFT_MPSC_LINE_  64u                             /* bytes fetched at once; LOFT_CACHELINE may be some lines */
#define LOFT_MPSC_FEW_   63u                             /* up to so many slots a ring is not looked ahead in      */

LOFT_API size_t
LOFT_QUEUE_FN(place_)(loft_seq ticket, size_t mask)
{
    return (size_t)(ticket >> 1) & mask;
}

LOFT_API void
LOFT_QUEUE_FN(refuse_)(LOFT_QUEUE_NAME *q, size_t n)
{
    if (n != 0)
        loft_fetch_add(&q->refused, (loft_seq)n, relaxed);   /* refuse:A relaxed: a counter */
}

#if LOFT_QUEUE_FULL == LOFT_MPSC_OVERWRITE

/* What the entry of a ticket says while its push may write. The next cycle's is that and lap_. */
LOFT_API loft_seq
LOFT_QUEUE_FN(open_)(loft_seq ticket, unsigned order)
{
    return (loft_seq)((loft_seq)(ticket >> (order + 1u)) << (order + 2u));
}

LOFT_API loft_seq LOFT_QUEUE_FN(whole_)(unsigned order) { return (loft_seq)1 << (order + 1u); }
LOFT_API loft_seq LOFT_QUEUE_FN(lap_)(unsigned order) { return (loft_seq)1 << (order + 2u); }

/* Takes the next ticket and, if the queue is full, the oldest element out of play.
 *   returns   false: closed, or a push of the lap before is under way in that slot
 */
LOFT_API bool
LOFT_QUEUE_FN(seize_)(LOFT_QUEUE_NAME *q, loft_seq *ticket, loft_seq *cell)
{
    const unsigned order = q->order;
    const loft_seq whole = LOFT_QUEUE_FN(whole_)(order);
    for (;;) {
        loft_seq t = loft_load(&q->tail, acquire);       /* seize:A acquire <- seize:C: entries are not older: what has
                                                            returned before a ticket of this lap is not under way */
        if (LOFT_UNLIKELY(t & LOFT_MPSC_MARK_))
            return false;
        LOFT_QUEUE_FN(slot_) *const slot = &q->slots[LOFT_QUEUE_FN(place_)(t, q->mask)];
        const loft_seq open = LOFT_QUEUE_FN(open_)(t, order);
        const loft_seq full = open - LOFT_QUEUE_FN(lap_)(order) + whole;
        loft_seq e = loft_load(slot, acquire);           /* seize:B acquire <- fill:B, take:F: the cell is free */
        const loft_seq is = e & ~(whole - 1u);
        if (is != open && is != full) {
            if (loft_load(&q->tail, relaxed) == t)       /* seize:D relaxed: seize:B has told of a newer one */
                return false;
            continue;
        }
        const loft_seq first = t;
        if (!loft_cas_weak(&q->tail, &t, t + 2u, release, relaxed))   /* seize:C release -> seize:A, is_high:B: as said;
                                                                         the entry carries the element. LP */
            continue;
        *ticket = first;
        if (is == full) {
            const loft_seq mine = open + (e & (whole - 1u));
            if (loft_cas_strong(slot, &e, mine, acquire, acquire))   /* seize:E acquire/acquire <- take:F: it has just
                                                   been popped, or not: then it needs no more than what seize:B knew */
                loft_fetch_add(&q->overwritten, (loft_seq)1, relaxed);   /* seize:F relaxed: a counter */
        }
        *cell = e & (whole - 1u);
        return true;
    }
}

LOFT_API size_t
LOFT_QUEUE_FN(put_)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T const *v, size_t n)
{
    size_t i = 0;
    loft_seq t = 0;
    loft_seq cell = 0;
    for (; i < n && LOFT_QUEUE_FN(seize_)(q, &t, &cell); i++) {
        const loft_seq e = LOFT_QUEUE_FN(open_)(t, q->order) + LOFT_QUEUE_FN(whole_)(q->order) + cell;
        loft_plain_write(&q->cells[cell], v[i]);
        loft_store(&q->slots[LOFT_QUEUE_FN(place_)(t, q->mask)], e, release);   /* fill:B release -> seize:B, take:E:
                                                                 the element is whole. Nobody else writes here now */
    }
    LOFT_QUEUE_FN(refuse_)(q, n - i);
    return i;
}

/* What is ready, n at most. Elements that were overwritten before they were reached are passed over. */
LOFT_API size_t
LOFT_QUEUE_FN(take_)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *out, size_t n)
{
    const unsigned order = q->order;
    const loft_seq whole = LOFT_QUEUE_FN(whole_)(order);
    const loft_seq lap = LOFT_QUEUE_FN(lap_)(order);
    const loft_seq first = loft_load(&q->head, relaxed);   /* take:D relaxed: the consumer's own */
    loft_seq h = first;
    size_t i = 0;
    while (i < n) {
        LOFT_QUEUE_FN(slot_) *const slot = &q->head_slots[LOFT_QUEUE_FN(place_)(h, q->head_mask)];
        const loft_seq ready = LOFT_QUEUE_FN(open_)(h, order) + whole;
        loft_seq e = loft_load(slot, acquire);           /* take:E acquire <- fill:B: the element is whole */
        const loft_seq_diff newer = (loft_seq_diff)((e & ~(whole - 1u)) - ready);
        const loft_seq next = ready - whole + lap + q->spare;
        if (newer == 0 && loft_cas_strong(slot, &e, next, release, relaxed)) {   /* take:F release -> seize:B, seize:E:
                                                                        the cell that goes in has been read. LP */
            q->spare = e & (whole - 1u);
            out[i++] = loft_plain_read(&q->head_cells[q->spare]);
            h += 2u;
            continue;
        }
        /* Not there yet, or overwritten; and so is, or will be, all that is more than a lap behind. Where words have 32
         * bits and the consumer has not looked for long, what is overwritten looks as if it were not there yet. */
        const loft_seq t = loft_load(&q->tail, relaxed);   /* take:G relaxed: an older one only means smaller steps */
        const loft_seq behind = (t & ~LOFT_MPSC_MARK_) - h;
        if (behind > (loft_seq)2 << order)
            h += behind - ((loft_seq)2 << order);
        else if (newer < 0)
            break;
        else
            h += 2u;
    }
    if (i != 0) {
        const loft_seq popped = loft_load(&q->popped, relaxed);   /* take:I relaxed: the consumer's own */
        loft_store(&q->popped, popped + (loft_seq)i, relaxed);   /* take:J relaxed: a counter */
    }
    if (h != first)
        loft_store(&q->head, h, release);                /* take:H release -> approx_len:A: tail is not older */
    return i;
}

#else

/* Waits a moment before head is looked at, once in a lap as a rule. Where producers are at the consumer's heels each
 * look takes the line that it writes for each element, and brings room for one more. */
LOFT_API void
LOFT_QUEUE_FN(defer_)(loft_seq capacity)
{
    const loft_seq most = 16;                            /* pauses, a tenth of a microsecond or two                 */
    const loft_seq some = capacity / 16u;
    for (loft_seq k = some < most ? some : most; k > 0; k--)
        LOFT_PAUSE();
}

/* Takes up to n tickets that follow each other.
 *   returns   how many; 0: closed, or there is no room
 */
LOFT_API size_t
LOFT_QUEUE_FN(claim_)(LOFT_QUEUE_NAME *q, loft_seq *ticket, size_t n)
{
    const loft_seq capacity = (loft_seq)q->mask + 1u;
    const loft_seq want = (loft_seq)n < capacity ? (loft_seq)n : capacity;
    for (;;) {
        loft_seq t = loft_load(&q->tail, acquire);       /* claim:A acquire <- claim:E: head is not older: who pops and
                                                            then pushes has made room before */
        if (LOFT_UNLIKELY(t & LOFT_MPSC_MARK_))
            return 0;
        loft_seq limit = loft_load(&q->limit, acquire);   /* claim:B acquire <- claim:D: the slots have been read */
        /* Room for fewer, or for more than there can be: from long ago, or t is. */
        if (LOFT_UNLIKELY(limit - t - 2u * want > 2u * (capacity - want))) {
            LOFT_QUEUE_FN(defer_)(capacity);
            limit = loft_load(&q->head, acquire) + 2u * capacity;   /* claim:C acquire <- take:C: the same */
            if ((loft_seq_diff)(limit - t) <= 0)
                return 0;                                /* LP(false): full */
            loft_store(&q->limit, limit, release);       /* claim:D release -> claim:B: others need not look. An older
                                                            one may come over a newer one: then they look again */
        }
        const loft_seq room = (loft_seq)(limit - t) / 2u;
        const size_t k = (size_t)(room < want ? room : want);
        const loft_seq first = t;
        if (loft_cas_weak(&q->tail, &t, t + 2u * (loft_seq)k, release, relaxed)) {   /* claim:E release -> claim:A,
                                                               is_high:B: as said; the stamps carry the elements. LP */
            *ticket = first;
            return k;
        }
    }
}

/* Where slots of a new line begin, at this ticket: asks for the line behind it, which the consumer has had, if the line
 * before was begun by this thread as well. For stores a processor does not look ahead, and the compare-exchange of the
 * next push waits until they have their lines. Where producers take turns, the line may soon be another's: then it is
 * left where it is. */
LOFT_API void
LOFT_QUEUE_FN(ahead_)(LOFT_QUEUE_NAME *q, loft_seq t)
{
    const loft_seq fit = (loft_seq)(LOFT_MPSC_LINE_ / sizeof(LOFT_QUEUE_FN(slot_)));
    const loft_seq line = fit > 0 ? fit : 1u;
    const char here = 0;                                 /* on this thread's stack                                  */
    if (LOFT_LIKELY((t >> 1) % line != 0) || q->mask < LOFT_MPSC_FEW_)
        return;
    if (loft_load(&q->streams, relaxed) == (uintptr_t)&here)   /* ahead:A relaxed: a hint */
        LOFT_PREFETCH_WRITE(&q->slots[LOFT_QUEUE_FN(place_)(t + 2u * line, q->mask)]);
    else
        loft_store(&q->streams, (uintptr_t)&here, relaxed);   /* ahead:B relaxed: a hint */
}

/* The tickets are ours, and so are their slots. */
LOFT_API void
LOFT_QUEUE_FN(fill_)(LOFT_QUEUE_NAME *q, loft_seq t, LOFT_QUEUE_T const *v, size_t n)
{
    for (size_t i = 0; i < n; i++, t += 2u) {
        LOFT_QUEUE_FN(slot_) *const slot = &q->slots[LOFT_QUEUE_FN(place_)(t, q->mask)];
        LOFT_QUEUE_FN(ahead_)(q, t);
        loft_plain_write(&slot->value, v[i]);
        loft_store(&slot->stamp, t + 1u, release);       /* fill:A release -> take:B: the element is whole */
    }
}

LOFT_API size_t
LOFT_QUEUE_FN(put_)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T const *v, size_t n)
{
    loft_seq t = 0;
    size_t in = n == 0 ? 0 : LOFT_QUEUE_FN(claim_)(q, &t, n);
    LOFT_QUEUE_FN(fill_)(q, t, v, in);
#if LOFT_QUEUE_FULL == LOFT_MPSC_SPIN
    for (unsigned long spins = 0; LOFT_UNLIKELY(in < n) && spins < (unsigned long)(LOFT_QUEUE_SPINS); spins++) {
        if (loft_load(&q->tail, relaxed) & LOFT_MPSC_MARK_)   /* put:A relaxed: claim:A has the last word */
            break;
        LOFT_PAUSE();
        const size_t k = LOFT_QUEUE_FN(claim_)(q, &t, n - in);
        LOFT_QUEUE_FN(fill_)(q, t, v + in, k);
        in += k;
    }
#endif
    LOFT_QUEUE_FN(refuse_)(q, n - in);
    return in;
}

/* What is ready, n at most. */
LOFT_API size_t
LOFT_QUEUE_FN(take_)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *out, size_t n)
{
    loft_seq h = loft_load(&q->head, relaxed);           /* take:A relaxed: the consumer's own */
    size_t i = 0;
    for (; i < n; i++, h += 2u) {
        LOFT_QUEUE_FN(slot_) *const slot = &q->head_slots[LOFT_QUEUE_FN(place_)(h, q->head_mask)];
        if (loft_load(&slot->stamp, acquire) != h + 1u)   /* take:B acquire <- fill:A: the element is whole */
            break;
        out[i] = loft_plain_read(&slot->value);
    }
    if (i != 0)
        loft_store(&q->head, h, release);                /* take:C release -> claim:C, approx_len:A: the slots have been
                                                            read. LP */
    return i;
}

#endif

/* Nothing was ready: true, there is nothing at all; false, a push is under way. *closed: no ticket will be drawn any
 * more. */
LOFT_API bool
LOFT_QUEUE_FN(none_)(const LOFT_QUEUE_NAME *q, bool *closed)
{
    const loft_seq h = loft_load(&q->head, relaxed);     /* none:A relaxed: the consumer's own */
    const loft_seq t = loft_load(&q->tail, relaxed);     /* none:B relaxed: what is ready is told by its stamp. LP */
    *closed = (t & LOFT_MPSC_MARK_) != 0;
    return (t & ~LOFT_MPSC_MARK_) == h;
}

/* take_ found nothing, perhaps because the consumer is at the producers' heels. */
LOFT_API size_t
LOFT_QUEUE_FN(again_)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *out, size_t n)
{
    const size_t gain = q->streak;
    if (gain == 0)
        return 0;
    loft_linger_after(&q->linger, gain, LOFT_LINGER_ENOUGH(q->head_mask + 1u));
    if (q->linger.pauses != 0) {
        loft_linger_before(&q->linger);
        q->streak = LOFT_QUEUE_FN(take_)(q, out, n);
        if (q->streak != 0)
            return q->streak;
        loft_linger_after(&q->linger, 0, 1);
    }
    q->streak = 0;
    return 0;
}

/* Nothing, still. After close() that may not be said while a push is under way. */
LOFT_API size_t
LOFT_QUEUE_FN(drain_)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *out, size_t n)
{
    loft_backoff wait = LOFT_BACKOFF_INIT;
    for (;;) {
        bool closed;
        if (LOFT_QUEUE_FN(none_)(q, &closed) || LOFT_LIKELY(!closed))
            return 0;
        const size_t k = LOFT_QUEUE_FN(take_)(q, out, n);
        if (k != 0)
            return k;
        loft_backoff_step_yield(&wait);
    }
}

LOFT_API size_t
LOFT_QUEUE_FN(get_now_)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *out, size_t n)
{
    const size_t k = LOFT_QUEUE_FN(take_)(q, out, n);
    if (LOFT_UNLIKELY(k == 0))
        return LOFT_QUEUE_FN(again_)(q, out, n);
    q->streak += k;
    return k;
}

LOFT_API size_t
LOFT_QUEUE_FN(get_)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *out, size_t n)
{
    const size_t k = LOFT_QUEUE_FN(get_now_)(q, out, n);
    return LOFT_LIKELY(k != 0) ? k : LOFT_QUEUE_FN(drain_)(q, out, n);
}

/* ---- init and fini ----------------------------------------------------------------------------------------------- */

/* NAME_start_at_ - let an empty queue that no other thread sees go on counting from `ticket`; for wraparound tests. */
LOFT_API void
LOFT_QUEUE_FN(start_at_)(LOFT_QUEUE_NAME *q, size_t ticket)
{
    const loft_seq capacity = (loft_seq)q->mask + 1u;
    const loft_seq start = (loft_seq)((loft_seq)ticket << 1);
    loft_init(&q->tail, start);
    loft_init(&q->head, start);
    loft_init(&q->limit, (loft_seq)(start + 2u * capacity));
    loft_init(&q->refused, (loft_seq)ticket);
    loft_init(&q->overwritten, (loft_seq)ticket);
    loft_init(&q->turns, (loft_seq)0);
    loft_init(&q->streams, (uintptr_t)0);
    loft_linger_init(&q->linger);
    q->streak = 0;
#if LOFT_QUEUE_FULL == LOFT_MPSC_OVERWRITE
    loft_init(&q->popped, (loft_seq)ticket);
    q->spare = capacity;
#endif
    for (loft_seq i = 0; i < capacity; i++) {
        const loft_seq t = start + 2u * i;
        LOFT_QUEUE_FN(slot_) *const slot = &q->slots[LOFT_QUEUE_FN(place_)(t, q->mask)];
#if LOFT_QUEUE_FULL == LOFT_MPSC_OVERWRITE
        loft_init(slot, (loft_seq)(LOFT_QUEUE_FN(open_)(t, q->order) + i));
#else
        loft_init(&slot->stamp, (loft_seq)(t - 2u * capacity + 1u));
#endif
    }
}

/* NAME_init - an empty queue with room for exactly `capacity` elements; its watermarks are 1/4 and 3/4 of that.
 *   returns   LOFT_OK; LOFT_INVAL: capacity is not a power of two, below 2, above 2^31 (2^16 where words have 32 bits)
 *             or more than an object can hold; LOFT_NOMEM. Nothing to undo unless OK
 *   threads   quiescent; other threads may use the queue once it has been handed over (a release and an acquire)
 *   progress  the allocator's
 *   cost      one allocation, and a write to each slot
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q, size_t capacity)
{
    const unsigned order = loft_mpsc_order_(capacity);
#if LOFT_QUEUE_FULL == LOFT_MPSC_OVERWRITE
    const size_t each = sizeof(LOFT_QUEUE_FN(slot_)) + sizeof(LOFT_QUEUE_T);
    const size_t more = sizeof(LOFT_QUEUE_T) + LOFT_CACHELINE;
#else
    const size_t each = sizeof(LOFT_QUEUE_FN(slot_));
    const size_t more = 0;
#endif
    if (order == 0 || more > (size_t)PTRDIFF_MAX || capacity > ((size_t)PTRDIFF_MAX - more) / each)
        return LOFT_INVAL;
    const size_t bytes = capacity * each + more;
    void *const memory = LOFT_QUEUE_ALLOC(LOFT_CACHELINE, bytes);
    if (!memory)
        return LOFT_NOMEM;
    q->slots = (LOFT_QUEUE_FN(slot_) *)memory;
    q->mask = capacity - 1u;
    q->head_slots = q->slots;
    q->head_mask = q->mask;
    q->bytes = bytes;
    q->order = order;
    q->low = capacity / 4u;
    q->high = capacity - capacity / 4u;
    q->cells = NULL;
#if LOFT_QUEUE_FULL == LOFT_MPSC_OVERWRITE
    /* After the words, on a line of their own: there is a line's length to spare. */
    const size_t words = capacity * sizeof(LOFT_QUEUE_FN(slot_));
    const size_t line = (words + LOFT_CACHELINE - 1u) / LOFT_CACHELINE * LOFT_CACHELINE;
    q->cells = (LOFT_QUEUE_T *)(void *)((char *)memory + line);
    q->head_cells = q->cells;
#endif
    LOFT_QUEUE_FN(start_at_)(q, 0);
    return LOFT_OK;
}

/* NAME_fini - the end of the queue; elements still in it are dropped.
 *   threads   quiescent; any call after it is an error, which a debug build stops
 *   cost      frees what init allocated
 */
LOFT_API void
LOFT_QUEUE_FN(fini)(LOFT_QUEUE_NAME *q)
{
    LOFT_ASSERT(q->slots && "loft/queue/mpsc.h: fini of a queue that is not initialised");
    LOFT_QUEUE_FREE((void *)(uintptr_t)q->slots, LOFT_CACHELINE, q->bytes);
    q->slots = NULL;
    q->head_slots = NULL;
    q->cells = NULL;
}

/* ---- producers --------------------------------------------------------------------------------------------------- */

/* NAME_try_push - append v.
 *   returns   false: full or closed, and nothing changed but `refused`; overwriting: see IN MID-PUSH, or closed
 *   threads   any
 *   progress  lock-free
 *   order     everything before this call happens-before the return of the try_pop that takes v
 *   cost      one compare-exchange, and the slot; overwriting, when full, three; refused: one fetch-and-add
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_push)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T v)
{
    LOFT_ASSERT(q->slots && "loft/queue/mpsc.h: the queue is not initialised");
    return LOFT_QUEUE_FN(put_)(q, &v, 1) != 0;
}

/* NAME_push_n - append the first elements of v[0..n), as many as there is room for.
 *   returns   how many went in, 0 to n. They follow each other; with LOFT_MPSC_SPIN and overwriting, other threads'
 *             elements may come between them
 *   otherwise as try_push, with one compare-exchange for all; overwriting, one for each element
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(push_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T const *v, size_t n)
{
    LOFT_ASSERT(q->slots && "loft/queue/mpsc.h: the queue is not initialised");
    return LOFT_QUEUE_FN(put_)(q, v, n);
}

/* NAME_close - nothing goes in any more; what is in can still be popped. Closing twice is closing once.
 *   threads   any
 *   progress  wait-free
 *   order     a push that begins after it is refused; one under way may still get in. Once a pop that began after it
 *             has found nothing, no pop that begins later finds anything
 */
LOFT_API void
LOFT_QUEUE_FN(close)(LOFT_QUEUE_NAME *q)
{
    LOFT_ASSERT(q->slots && "loft/queue/mpsc.h: the queue is not initialised");
    loft_fetch_or(&q->tail, LOFT_MPSC_MARK_, release);   /* close:A release -> is_closed:A, poll:A: what was
                                                            before. LP */
}

/* ---- the consumer ------------------------------------------------------------------------------------------------ */

/* NAME_try_pop - take the oldest element.
 *   returns   false: none is ready, and *out is untouched (see IN MID-PUSH); after close(), for good
 *   threads   the consumer
 *   progress  wait-free; overwriting, lock-free; after close(), waits for pushes that are under way
 *   order     everything before the try_push of the element happens-before the return
 *   cost      no read-modify-write; overwriting, one
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_pop)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *out)
{
    LOFT_ASSERT(q->slots && "loft/queue/mpsc.h: the queue is not initialised");
    return LOFT_QUEUE_FN(get_)(q, out, 1) != 0;
}

/* NAME_pop_n - take up to n elements into out[0..n), until none is ready.
 *   returns   how many came out, 0 to n; the rest of out is untouched
 *   otherwise as try_pop; producers are told once, at the end
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(pop_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *out, size_t n)
{
    LOFT_ASSERT(q->slots && "loft/queue/mpsc.h: the queue is not initialised");
    return n == 0 ? 0 : LOFT_QUEUE_FN(get_)(q, out, n);
}

/* NAME_poll - as pop_n, and never wait for a push.
 *   returns   how many came out, 0 to n. *over, where n is not 0: there was nothing, and nothing will come any more,
 *             the queue being closed
 *   threads   the consumer
 *   progress  wait-free; overwriting, lock-free
 *   order     as pop_n; over: everything before close
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(poll)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *out, size_t n, bool *over)
{
    LOFT_ASSERT(q->slots && "loft/queue/mpsc.h: the queue is not initialised");
    const size_t k = n == 0 ? 0 : LOFT_QUEUE_FN(get_now_)(q, out, n);
    *over = false;
    if (k == 0 && n != 0) {
        const loft_seq t = loft_load(&q->tail, acquire);   /* poll:A acquire <- close:A: what was before it */
        *over = t == (loft_load(&q->head, relaxed) | LOFT_MPSC_MARK_);   /* poll:B relaxed: the consumer's own. LP */
    }
    return k;
}

/* NAME_is_stalled - is nothing ready although the queue is not empty: has the oldest push begun and not ended?
 *   threads   the consumer
 *   progress  wait-free
 */
LOFT_API bool
LOFT_QUEUE_FN(is_stalled)(const LOFT_QUEUE_NAME *q)
{
    bool closed;
    LOFT_ASSERT(q->slots && "loft/queue/mpsc.h: the queue is not initialised");
    if (LOFT_QUEUE_FN(none_)(q, &closed))
        return false;
    const loft_seq h = loft_load(&q->head, relaxed);     /* is_stalled:A relaxed: the consumer's own */
    LOFT_QUEUE_FN(slot_) *const slot = &q->head_slots[LOFT_QUEUE_FN(place_)(h, q->head_mask)];
#if LOFT_QUEUE_FULL == LOFT_MPSC_OVERWRITE
    const loft_seq whole = LOFT_QUEUE_FN(whole_)(q->order);
    const loft_seq e = loft_load(slot, relaxed);         /* is_stalled:B relaxed: a look; nothing is taken */
    return (loft_seq_diff)((e & ~(whole - 1u)) - (LOFT_QUEUE_FN(open_)(h, q->order) + whole)) < 0;
#else
    return loft_load(&slot->stamp, relaxed) != h + 1u;   /* is_stalled:C relaxed: a look; nothing is taken */
#endif
}

/* ---- observers --------------------------------------------------------------------------------------------------- */

/* NAME_is_closed - has close() been called? Any thread, wait-free; if true, the pops that follow drain for good. */
LOFT_API bool
LOFT_QUEUE_FN(is_closed)(const LOFT_QUEUE_NAME *q)
{
    return (loft_load(&q->tail, acquire) & LOFT_MPSC_MARK_) != 0;   /* is_closed:A acquire <- close:A: as said */
}

/* NAME_approx_len - how many elements there are, pushes under way among them; no fewer than there were a moment ago,
 * never above the capacity, and exact when nothing runs. Any thread, wait-free. */
LOFT_API size_t
LOFT_QUEUE_FN(approx_len)(const LOFT_QUEUE_NAME *q)
{
    const loft_seq h = loft_load(&q->head, acquire);     /* approx_len:A acquire <- take:C, take:H: tail is not older */
    const loft_seq t = loft_load(&q->tail, relaxed);     /* approx_len:B relaxed: approx_len:A has the edge */
    const loft_seq n = (loft_seq)((t & ~LOFT_MPSC_MARK_) - h) / 2u;
    return n > (loft_seq)q->mask ? q->mask + 1u : (size_t)n;
}

/* NAME_capacity - how many elements fit. Any thread, wait-free. */
LOFT_API size_t
LOFT_QUEUE_FN(capacity)(const LOFT_QUEUE_NAME *q)
{
    return q->mask + 1u;
}

/* NAME_watermarks - from now on is_high goes by these.
 *   returns   LOFT_OK; LOFT_INVAL, and nothing changed: not low < high <= capacity
 *   threads   quiescent
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_QUEUE_FN(watermarks)(LOFT_QUEUE_NAME *q, size_t low, size_t high)
{
    if (low >= high || high > q->mask + 1u)
        return LOFT_INVAL;
    q->low = low;
    q->high = high;
    return LOFT_OK;
}

/* NAME_is_high - has the queue grown to the high watermark, and not shrunk to the low one since? (WATERMARKS)
 *   threads   any
 *   progress  wait-free
 *   cost      three loads; a compare-exchange where it turns
 */
LOFT_API bool
LOFT_QUEUE_FN(is_high)(LOFT_QUEUE_NAME *q)
{
    loft_seq turn = loft_load(&q->turns, acquire);       /* is_high:A acquire <- is_high:C: the length is newer */
    const bool high = (turn & 1u) != 0;
    if (high) {
        if (LOFT_LIKELY(LOFT_QUEUE_FN(approx_len)(q) > q->low))   /* no fewer than there were */
            return true;
    } else {
        const loft_seq t = loft_load(&q->tail, acquire);   /* is_high:B acquire <- claim:E, seize:C: head is not older:
                                                              no more than there were */
        const loft_seq h = loft_load(&q->head, relaxed);   /* is_high:D relaxed: is_high:B has the edge */
        if (LOFT_LIKELY((loft_seq_diff)((t & ~LOFT_MPSC_MARK_) - h) < (loft_seq_diff)(2u * (loft_seq)q->high)))
            return false;
    }
    /* Who loses has been overtaken, by a turn that is as good. */
    if (loft_cas_strong(&q->turns, &turn, turn + 1u, release, relaxed))   /* is_high:C release -> is_high:A: as said */
        return !high;
    return (turn & 1u) != 0;
}

/* NAME_stats_get - the counters (COUNTERS). Any thread, wait-free; each is exact, read one after another. */
LOFT_API loft_mpsc_stats
LOFT_QUEUE_FN(stats_get)(const LOFT_QUEUE_NAME *q)
{
    loft_mpsc_stats s;
    s.overwritten = loft_load(&q->overwritten, relaxed) & LOFT_MPSC_COUNTS;   /* stats_get:A relaxed: a counter */
#if LOFT_QUEUE_FULL == LOFT_MPSC_OVERWRITE
    s.popped = loft_load(&q->popped, relaxed) & LOFT_MPSC_COUNTS;   /* stats_get:B relaxed: a counter */
#else
    s.popped = loft_load(&q->head, relaxed) >> 1;        /* stats_get:C relaxed: a counter */
#endif
    s.accepted = loft_load(&q->tail, relaxed) >> 1;      /* stats_get:D relaxed: a counter */
    s.refused = loft_load(&q->refused, relaxed) & LOFT_MPSC_COUNTS;   /* stats_get:E relaxed: a counter */
    return s;
}

#undef LOFT_MPSC_MARK_
#undef LOFT_MPSC_LINE_
#undef LOFT_MPSC_FEW_
#undef LOFT_QUEUE_FN
#undef LOFT_QUEUE_FULL
#undef LOFT_QUEUE_SPINS
#undef LOFT_QUEUE_ALLOC
#undef LOFT_QUEUE_FREE
#undef LOFT_QUEUE_T
#undef LOFT_QUEUE_NAME

#endif /* configuration ok */
