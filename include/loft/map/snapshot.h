/* SPDX-License-Identifier: MIT
 *
 * loft/map/snapshot.h - what a map had at one instant, collected by who takes the snapshot and all who work meanwhile.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h core/asymmetric.h smr/collector.h
 *
 * Machinery for list.h and its siblings, a template; grammar.h includes it, for engines that have LOFT_MAP_ENTRY_ and
 * schemes whose sections keep everything, nest, and are not begun again (loft_ebr, loft_qsbr, loft_leak). NAME_snapshot
 * is in calls.h. By itself this says nothing.
 *
 * THE WAY      A map has a word, `snap`: the collector of the snapshot under way, or NULL. Who takes a snapshot puts a
 *              collector there, goes through the entries, and closes the collector: that is the snapshot's instant.
 *              What is put in, taken out or looked at meanwhile by other threads is reported to the collector, a list
 *              that reports are pushed onto, with numbers, until it is closed.
 *
 * ENTRIES      are nodes. One is in from the instant at which it is put in until it is taken out, or replaced by
 *              another of its key; it does not come back. Those of one key are in one after the other.
 *
 * WHO REPORTS  IN   before the access that decides a call which has found an entry: that it is in. If it is not any
 *                   more when that has been reported, the call begins again. A look at one key alone may report after
 *                   it was decided.
 *              IN   after an entry was put in: that it is. If it is not any more, there is no need to.
 *              OUT  when an entry was taken out, and not replaced; before one that is out is taken off the structure,
 *                   by whomever; and when a call was decided by one that it has passed and that is out.
 *              All look at snap first, and where no snapshot is under way that is all. Of the engine this wants that
 *              entries that are out, of other keys, are taken off where one is put in, or where a neighbour is looked
 *              for, before that is decided.
 *
 * THE ARGUMENT Entries of one key are put in, replaced and taken out in one order, and each of these happens before the
 *              next.
 *              (1) A report of IN is valid if the entry was seen to be in after it was pushed. Who has pushed it had
 *              found it before, so it was in when it was pushed. Who goes through the map finds an entry, notes the
 *              number of the last report, and sees that it is in. A report of OUT counts for what was noted before it,
 *              or reported as IN before it. One that came earlier is about another entry, which had the same address:
 *              who reports has that in its section yet.
 *              (2) For each key let E be the entry that was noted or reported last. The snapshot has E, unless a report
 *              of OUT counts, or there is no E: then it has not the key. So it was with this key at some instant
 *              between the setting of snap and the closing; and after all that happens before the heavy fence (FENCES).
 *              (3) Let a call that was over before the closing have put in N, or seen it: E is not older than N. For it
 *              has loaded snap while N was in, or later. If that was NULL, N is older than the snapshot, and (2) says
 *              so. Else it has reported N. If that is not valid, somebody else had taken N out by then, who had
 *              reported that it was in, or had found snap NULL when it was.
 *              (4) Let it have taken N out, or missed it: E is younger than N, or N with a report of OUT that counts.
 *              For who takes N out reports first that it is in, so by (3) E is not older. Who misses it has found it
 *              out, and reported, or it was off the structure, and who took it off had reported.
 *              (5) So let those calls come before the snapshot of which it shows the effect, and the others after it,
 *              on both sides in the order in which they were decided. On each key nothing is left out between two, so
 *              all have the answers they had; and what was over when another began does not come after it.
 *              (6) Who answers with a neighbour has looked at many keys. It comes before the snapshot if it was decided
 *              before the closing. Its entry was reported before that, and what was out between had been taken off, and
 *              so reported. What was put in between later may come where it likes.
 *              (7) So it is with a pop. If it comes after the snapshot, nothing that was put in beyond its entry later
 *              may come before: that has to wait until the entry is off the structure, which is reported first.
 *
 * FENCES       "If that was NULL" wants that what happens before the load of snap is seen by who takes the snapshot.
 *              Calls are decided by seq_cst, but what another thread has only seen by acquire does not come before its
 *              next load in the order of seq_cst. So there is a light fence in front of that load, and a heavy one
 *              behind the setting of snap: either the light one was first, and what was before it is seen, or the load
 *              sees the collector (core/asymmetric.h). Who sees the collector of a snapshot whose heavy fence it does
 *              not know to be over makes one itself, and says so, so that nobody who has found snap NULL takes out what
 *              it then sees to be in. What is valid is seq_cst, as what decides calls is, and so are the looks that
 *              find what is in: who knows that an entry was reported, and then misses what the snapshot has found,
 *              comes before it, and so the snapshot has that entry.
 *              Reports and the closing are read-modify-writes of one word. Each happens before the next one, so release
 *              and acquire are enough: a report that the closing misses comes behind it, with all that its thread
 *              decides afterwards. The number that goes with an entry may be too low. Then one that was in before, and
 *              reported meanwhile, counts as the later one; so it was in at that report, and nobody who has seen what
 *              came after it has ended without a report of that, which has a higher number yet.
 *
 * TURNS        Those who take snapshots of one map wait for each other, and nobody else does (smr/collector.h).
 *
 * NO MEMORY    Who cannot report for want of memory closes the collector, says so there, and goes on; the snapshot
 *              fails.
 *
 * RECLAMATION  The collector is retired when it is closed, and its drop frees the reports. What was reported validly
 *              was in when the section of the snapshot had begun, and stays until it ends; OUT is an address.
 *
 * EDGES        snapping:A <-> open:B, report_in:B    FENCES
 *              open:A, close:B -> snapping:B    the collector; the snapshot is over
 *              open:C, report_in:F -> report_in:A   a fence that others need not make
 *              report_to:B -> report_to:A, report_to:B, number:A, close:A    the reports
 *              close:A -> fail:A, report_to:A, report_to:B    closed before
 *              report_in:D -> is_valid:A        it is
 *              report_in:E -> told:A            the same, for who would report it once more
 *              user -> report_in:C              the engine's word
 *
 * MEMORY       Two words in each map. While a snapshot is under way: the collector, LOFT_SNAPSHOT_TOLD_ words and some;
 *              two words for each entry that was noted; six for each report.
 *
 * COST         Where there is no snapshot: a light fence, a load and a branch, once or twice in a call. The fence is no
 *              instruction where the system has membarrier or its like, else it is a full one.
 *
 * PROGRESS     Reports are lock-free but for the allocator, whoever has stopped, and for one system call of those that
 *              come while a snapshot begins: until one of them, or the snapshot, has made it.
 *
 * SOURCE       Petrank, Timnat, Lock-Free Data-Structure Iterators, DISC 2013: the collector, and that those report who
 *              take out, put in or look. Changed: values are replaced, so that it is verified what is in; numbers, so
 *              that addresses may be used again; calls that look at many keys; one who goes through, not many.
 */
#ifndef LOFT_MAP_SNAPSHOT_H
#define LOFT_MAP_SNAPSHOT_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "../core/asymmetric.h"
#include "../smr/collector.h"

#if !defined(LOFT_UNSUPPORTED) && defined(LOFT_MAP_HEADER_)

#ifndef LOFT_MAP_SNAPSHOTS_H
#define LOFT_MAP_SNAPSHOTS_H

/* The last report of a collector, and: */
#define LOFT_SNAPSHOT_CLOSED_  ((uintptr_t)1)
#define LOFT_SNAPSHOT_FAILED_  ((uintptr_t)2)            /* a report is missing                                */

#endif /* LOFT_MAP_SNAPSHOTS_H */

/* How many entries a collector remembers that were reported; a power of two. */
#ifndef LOFT_SNAPSHOT_TOLD_
#  define LOFT_SNAPSHOT_TOLD_  1024u
#endif

typedef struct LOFT_MAP_ENTRY_ LOFT_MAP_FN(entry_);

typedef struct LOFT_MAP_FN(report_) {
    struct LOFT_MAP_FN(report_) *next;                   /* the one before                                     */
    size_t number;                                       /* from 1 on                                          */
    const LOFT_MAP_FN(entry_) *entry;
    bool out;
    LOFT_ATOMIC(unsigned) valid;                         /* of IN                                              */
    struct LOFT_MAP_FN(report_) *chain;                  /* for who takes the snapshot, afterwards             */
} LOFT_MAP_FN(report_);

struct LOFT_MAP_FN(collector_) {
    LOFT_MAP_S_(node) smr;
    bool asym;                                           /* fixed                                              */
    LOFT_ATOMIC(unsigned) fenced;                        /* all know of it, or what they did before is seen    */
    LOFT_ATOMIC(uintptr_t) last;                         /* report, and bits                                   */
    LOFT_ATOMIC(const LOFT_MAP_FN(entry_) *) told[LOFT_SNAPSHOT_TOLD_];   /* each has its place                */
};

/* ---- reports ----------------------------------------------------------------------------------------------------- */

/* The collector of the snapshot that is under way, or of one that was; NULL: there is none. */
LOFT_ALWAYS_INLINE LOFT_MAP_FN(collector_) *
LOFT_MAP_FN(snapping_)(const LOFT_MAP_FN(base_) *m)
{
    loft_fence_light(m->asym, seq_cst);                  /* snapping:A seq_cst <-> open:B, report_in:B: FENCES */
    return loft_load(&m->snap, acquire);                 /* snapping:B acquire <- open:A, close:B: its collector, or
                                                            that the snapshot is over */
}

LOFT_API LOFT_MAP_FN(report_) *
LOFT_MAP_FN(report_of_)(uintptr_t last)
{
    return (LOFT_MAP_FN(report_) *)(last & ~(LOFT_SNAPSHOT_CLOSED_ | LOFT_SNAPSHOT_FAILED_));
}

/* A report will be missing: nothing becomes of the snapshot. */
LOFT_API void
LOFT_MAP_FN(fail_)(LOFT_MAP_FN(collector_) *c)
{
    (void)loft_fetch_or(&c->last, LOFT_SNAPSHOT_CLOSED_ | LOFT_SNAPSHOT_FAILED_, acquire);   /* fail:A acquire <-
                                                                                close:A: closed before; NO MEMORY */
}

/* Pushes a report. NULL: the collector is closed. */
LOFT_API LOFT_MAP_FN(report_) *
LOFT_MAP_FN(report_to_)(LOFT_MAP_FN(collector_) *c, const LOFT_MAP_FN(entry_) *n, bool out)
{
    uintptr_t w = loft_load(&c->last, acquire);          /* report_to:A acquire <- report_to:B, close:A: its number;
                                                            closed before */
    if (w & LOFT_SNAPSHOT_CLOSED_)
        return NULL;
    LOFT_MAP_FN(report_) *const r = (LOFT_MAP_FN(report_) *)loft_alloc(sizeof *r);
    if (!r) {
        LOFT_MAP_FN(fail_)(c);
        return NULL;
    }
    r->entry = n;
    r->out = out;
    r->chain = NULL;
    loft_init(&r->valid, 0u);
    do {
        if (w & LOFT_SNAPSHOT_CLOSED_) {
            loft_free(r, sizeof *r);
            return NULL;
        }
        r->next = LOFT_MAP_FN(report_of_)(w);
        loft_plain_write(&r->number, r->next ? loft_plain_read(&r->next->number) + 1 : (size_t)1);
    } while (!loft_cas_weak(&c->last, &w, (uintptr_t)r, release, acquire));   /* report_to:B release/acquire ->
                                       report_to:A, report_to:B, number:A, close:A <- report_to:B, close:A: the report;
                                       closed before */
    return r;
}

LOFT_API LOFT_ATOMIC(const LOFT_MAP_FN(entry_) *) *
LOFT_MAP_FN(place_told_)(LOFT_MAP_FN(collector_) *c, const LOFT_MAP_FN(entry_) *n)
{
    return &c->told[((uintptr_t)n >> 4 ^ (uintptr_t)n >> 12) % LOFT_SNAPSHOT_TOLD_];
}

/* Is there a valid report of IN, which need not be made again? */
LOFT_API bool
LOFT_MAP_FN(told_)(LOFT_MAP_FN(collector_) *c, const LOFT_MAP_FN(entry_) *n)
{
    return loft_load(LOFT_MAP_FN(place_told_)(c, n), acquire) == n;   /* told:A acquire <- report_in:E: it is */
}

/* Reports that an entry is in, which was found so, and is yet if these bits of a word are as they were. False: it may
 * be out. */
LOFT_NOINLINE bool
LOFT_MAP_FN(report_in_)(LOFT_MAP_FN(collector_) *c, const LOFT_MAP_FN(entry_) *n, const LOFT_ATOMIC(uintptr_t) *word,
                        uintptr_t bits, uintptr_t were)
{
    if (LOFT_MAP_FN(told_)(c, n))
        return true;
    if (!loft_load(&c->fenced, acquire)) {               /* report_in:A acquire <- open:C, report_in:F: a fence */
        if (!loft_fence_heavy(c->asym, seq_cst)) {       /* report_in:B seq_cst <-> snapping:A: FENCES */
            LOFT_MAP_FN(fail_)(c);
            return true;
        }
        loft_store(&c->fenced, 1u, release);             /* report_in:F release -> report_in:A: report_in:B */
    }
    LOFT_MAP_FN(report_) *const r = LOFT_MAP_FN(report_to_)(c, n, false);
    if ((loft_load(word, seq_cst) & bits) != were)       /* report_in:C seq_cst <- user: (1) */
        return false;
    if (r) {
        loft_store(&r->valid, 1u, seq_cst);              /* report_in:D seq_cst -> is_valid:A: it is */
        loft_store(LOFT_MAP_FN(place_told_)(c, n), n, release);   /* report_in:E release -> told:A: it is */
    }
    return true;
}

/* Reports that one is out. */
LOFT_NOINLINE void
LOFT_MAP_FN(report_out_)(LOFT_MAP_FN(collector_) *c, const LOFT_MAP_FN(entry_) *n)
{
    (void)LOFT_MAP_FN(report_to_)(c, n, true);
}

/* ---- going through ----------------------------------------------------------------------------------------------- */

typedef struct LOFT_MAP_FN(found_) {
    const LOFT_MAP_FN(entry_) *entry;
    size_t number;                                       /* the last report before it was seen to be in        */
} LOFT_MAP_FN(found_);

/* Of who takes the snapshot: what was found, by rising key, and up to where. */
typedef struct LOFT_MAP_FN(tally_) {
    LOFT_MAP_FN(collector_) *collector;
    LOFT_MAP_K_ const *to;                               /* NULL: to the end                                   */
    unsigned how;                                        /* LOFT_RANGE_THROUGH or not                          */
    bool failed;
    size_t n;
    size_t room;
    LOFT_MAP_FN(found_) *found;
} LOFT_MAP_FN(tally_);

/* The number of the last report. An entry has been found before, and is seen to be in afterwards. */
LOFT_API size_t
LOFT_MAP_FN(number_)(LOFT_MAP_FN(tally_) *tally)
{
    const uintptr_t w = loft_load(&tally->collector->last, acquire);   /* number:A acquire <- report_to:B: (1) */
    const LOFT_MAP_FN(report_) *const r = LOFT_MAP_FN(report_of_)(w);
    tally->failed = tally->failed || (w & LOFT_SNAPSHOT_CLOSED_);
    return r ? loft_plain_read(&r->number) : 0;
}

/* Keeps an entry that was seen to be in. False: no more. */
LOFT_API bool
LOFT_MAP_FN(found_one_)(LOFT_MAP_FN(tally_) *tally, const LOFT_MAP_FN(entry_) *n, size_t number)
{
    if (tally->n == tally->room && !tally->failed) {
        const size_t room = tally->room ? 2 * tally->room : 64;
        LOFT_MAP_FN(found_) *const found = room > (size_t)-1 / 2 / sizeof *found ? NULL
                                         : (LOFT_MAP_FN(found_) *)loft_alloc(room * sizeof *found);
        tally->failed = !found;
        if (found) {
            if (tally->n)
                memcpy(found, tally->found, tally->n * sizeof *found);
            loft_free(tally->found, tally->room * sizeof *found);
            tally->found = found;
            tally->room = room;
        }
    }
    if (tally->failed)
        return false;
    tally->found[tally->n].entry = n;
    tally->found[tally->n++].number = number;
    return true;
}

/* ---- the snapshot ------------------------------------------------------------------------------------------------ */

/* A new collector; NULL: no memory. */
LOFT_API LOFT_MAP_FN(collector_) *
LOFT_MAP_FN(collector_of_)(const LOFT_MAP_FN(base_) *m, LOFT_MAP_ME_ *me)
{
    LOFT_MAP_FN(collector_) *const c = (LOFT_MAP_FN(collector_) *)LOFT_MAP_S_(alloc_node)(me, sizeof *c);
    if (c) {
        c->asym = m->asym;
        loft_init(&c->fenced, 0u);
        loft_init(&c->last, (uintptr_t)0);
        for (size_t i = 0; i < LOFT_SNAPSHOT_TOLD_; i++)
            loft_init(&c->told[i], (const LOFT_MAP_FN(entry_) *)NULL);
    }
    return c;
}

/* Begins the snapshot, when it is its turn. False: the system refuses a fence. */
LOFT_API bool
LOFT_MAP_FN(open_)(LOFT_MAP_FN(base_) *m, LOFT_MAP_FN(collector_) *c)
{
    loft_store(&m->snap, c, release);                    /* open:A release -> snapping:B: the collector */
    if (!loft_fence_heavy(c->asym, seq_cst))             /* open:B seq_cst <-> snapping:A: FENCES */
        return false;
    loft_store(&c->fenced, 1u, release);                 /* open:C release -> report_in:A: open:B */
    return true;
}

/* Ends it. The last report, and the bits. */
LOFT_API uintptr_t
LOFT_MAP_FN(close_)(LOFT_MAP_FN(base_) *m, LOFT_MAP_FN(collector_) *c)
{
    const uintptr_t last = loft_fetch_or(&c->last, LOFT_SNAPSHOT_CLOSED_, acq_rel);   /* close:A acq_rel -> fail:A,
                                                      report_to:A, report_to:B <- report_to:B: the instant. LP */
    loft_store(&m->snap, (LOFT_MAP_FN(collector_) *)NULL, release);   /* close:B release -> snapping:B: it is over */
    return last;
}

/* Has its entry been seen to be in? */
LOFT_API bool
LOFT_MAP_FN(is_valid_)(const LOFT_MAP_FN(report_) *r)
{
    return loft_load(&r->valid, seq_cst) != 0;           /* is_valid:A seq_cst <- report_in:D: (3) */
}

LOFT_API void
LOFT_MAP_FN(drop_collector_)(loft_smr_thread *me, loft_smr_node *node)
{
    LOFT_MAP_FN(collector_) *const c = (LOFT_MAP_FN(collector_) *)node;
    const uintptr_t last = loft_load(&c->last, relaxed); /* drop_collector:A relaxed: nobody else has it any more */
    LOFT_MAP_FN(report_) *r = LOFT_MAP_FN(report_of_)(last);
    (void)me;
    while (r) {
        LOFT_MAP_FN(report_) *const next = r->next;
        loft_free(r, sizeof *r);
        r = next;
    }
    loft_free(c, sizeof *c);
}

#endif /* supported, and behind an engine's gate */
#endif /* LOFT_MAP_SNAPSHOT_H */
