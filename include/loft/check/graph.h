/* SPDX-License-Identifier: MIT
 *
 * loft/check/graph.h - execution graphs: which store may a load see, and where may a store stand, in C11 as repaired.
 *
 * Needs: core/base.h
 *
 * Machinery for explore.h. A graph is what happened in one execution: the events of each thread, for each load the
 * store it read from (rf), for each location the order of its stores (mo). No clock and no machine: which thread moved
 * first is not part of it, unless the program can tell.
 *
 * THE MODEL    RC11 (Lahav, Vafeiadis, Kang, Hur, Dreyer, Repairing Sequential Consistency in C/C++11, PLDI 2017),
 *              which is C11 with the repairs C++20 took over from it:
 *                hb         happens-before: program order and synchronisation (release sequences, fences)
 *                coherence  hb followed by any chain of rf, mo, fr is no cycle (fr: from a load to the stores after
 *                           the one it read)
 *                atomicity  nothing stands in mo between what a read-modify-write read and what it wrote
 *                seq_cst    the partial order psc of the paper, over seq_cst accesses and fences, has no cycle
 *                no thin air: program order and rf have no cycle. So load buffering is not shown, which C11 allows
 *              A release sequence is a chain of read-modify-writes, as in C++20. C11 also lets later stores of the same
 *              thread continue it; code that relies on that is reported.
 *
 * EVENTS       An event is made by its thread, in program order, when everything it reads from exists. Events are kept
 *              in the graph; what follows from them (clocks, psc) is made anew each time the program runs through the
 *              graph, event by event, in any order that respects rf: executed is what the run has reached.
 *              A read-modify-write is a load with exclusive set and a store right behind it.
 *              A pair (core/dwcas.h) is one location with stores of two words; a peek reads one of the two.
 *
 * SOURCE       RC11; vector clocks instead of the relation hb: Mattern 1988.
 */
#ifndef LOFT_CHECK_GRAPH_H
#define LOFT_CHECK_GRAPH_H

#include "../core/base.h"

#if !defined(LOFT_UNSUPPORTED)

#include <string.h>

#define LOFT_GRAPH_THREADS   8u                          /* numbers of a clock                                */
#define LOFT_GRAPH_EVENTS    512u                        /* of one thread                                     */
#define LOFT_GRAPH_PLACES    256u                        /* locations                                         */
#define LOFT_GRAPH_STORES    512u                        /* to one location                                   */
#define LOFT_GRAPH_FULL      512u                        /* seq_cst events of one execution; a multiple of 64 */
#define LOFT_GRAPH_INIT      0xffffu                     /* the event that is the value before all stores     */

/* A birth is the first value of an object and no atomic access; a mark is where a recorded call begins or ends. */
enum { LOFT_READ_, LOFT_WRITE_, LOFT_FENCE_EVENT_, LOFT_BIRTH_, LOFT_CHOICE_, LOFT_MARK_ };
enum { LOFT_RELAXED_, LOFT_CONSUME_, LOFT_ACQUIRE_, LOFT_RELEASE_, LOFT_ACQ_REL_, LOFT_SEQ_CST_ };  /* the compilers' */
enum { LOFT_WHOLE_, LOFT_LOW_, LOFT_HIGH_ };

struct loft_event_ {
    uint64_t value[2];                                   /* stored; of a choice: what was chosen               */
    struct loft_memory_site_ *site;
    uint32_t stamp;                                      /* when it was added to the graph                     */
    uint16_t place;                                      /* its location                                       */
    uint16_t from;                                       /* of a read: the event it read from                  */
    unsigned char kind;
    unsigned char order;
    unsigned char part;                                  /* of a pair: whole, low or high                      */
    bool exclusive;                                      /* a read whose store follows, or that store          */
};

/* What is kept: copied when a search comes back to it. */
struct loft_graph_ {
    struct loft_event_ event[LOFT_GRAPH_THREADS][LOFT_GRAPH_EVENTS];
    uint16_t order[LOFT_GRAPH_PLACES][LOFT_GRAPH_STORES];    /* modification order: events                     */
    uint16_t stores[LOFT_GRAPH_PLACES];                  /* how many                                           */
    uint16_t events[LOFT_GRAPH_THREADS];
    uint16_t places;                                     /* 1 + the last location that was stored to           */
    uint32_t stamp;
};

typedef struct loft_clock_ {
    uint16_t at[LOFT_GRAPH_THREADS];                     /* how many events of each thread come before         */
} loft_clock_;

/* What follows from the graph, as far as it is executed. */
struct loft_run_ {
    struct loft_graph_ *g;
    uint16_t done[LOFT_GRAPH_THREADS];                   /* events executed                                    */
    /* of a thread: what it knows, what its next acquire fence makes it know, what its last release fence covers */
    loft_clock_ now[LOFT_GRAPH_THREADS];
    loft_clock_ offered[LOFT_GRAPH_THREADS];
    loft_clock_ fenced[LOFT_GRAPH_THREADS];
    loft_clock_ cause[LOFT_GRAPH_THREADS];               /* program order and rf                               */
    /* of an event */
    loft_clock_ clock[LOFT_GRAPH_THREADS][LOFT_GRAPH_EVENTS];    /* it and all that happens before it          */
    loft_clock_ message[LOFT_GRAPH_THREADS][LOFT_GRAPH_EVENTS];  /* of a store: what a reader acquires         */
    loft_clock_ causes[LOFT_GRAPH_THREADS][LOFT_GRAPH_EVENTS];   /* it and all that program order and rf need  */
    uint16_t node[LOFT_GRAPH_THREADS][LOFT_GRAPH_EVENTS];        /* its number among seq_cst ones, from 1      */
    uint16_t reader[LOFT_GRAPH_THREADS][LOFT_GRAPH_EVENTS];      /* of a store: one that read from it ...      */
    uint16_t sibling[LOFT_GRAPH_THREADS][LOFT_GRAPH_EVENTS];     /* ... and the next one                       */
    uint16_t first_reader[LOFT_GRAPH_PLACES];            /* of the value before all stores                     */
    /* the order of seq_cst events: bit b of before[a] says that node b + 1 comes before node a + 1             */
    uint64_t before[LOFT_GRAPH_FULL][LOFT_GRAPH_FULL / 64u];
    uint16_t full[LOFT_GRAPH_FULL];                      /* the events of the nodes                            */
    unsigned nodes;
    unsigned full_fences;                                /* how many of the nodes are fences                   */
    bool newest_leads;                                   /* false: no row of `before` has the newest node, so that
                                                            an edge into it changes its own row only           */
    uint64_t kept[LOFT_GRAPH_FULL][LOFT_GRAPH_FULL / 64u];   /* `before`, while something is tried             */
};

#define LOFT_EVENT_ID_(t, i)   ((uint16_t)((t) * LOFT_GRAPH_EVENTS + (i)))
#define LOFT_EVENT_THREAD_(e)  ((unsigned)(e) / LOFT_GRAPH_EVENTS)
#define LOFT_EVENT_INDEX_(e)   ((unsigned)(e) % LOFT_GRAPH_EVENTS)
#define LOFT_EVENT_(g, e)      (&(g)->event[LOFT_EVENT_THREAD_(e)][LOFT_EVENT_INDEX_(e)])
#define LOFT_OF_(table, e)     ((table)[LOFT_EVENT_THREAD_(e)][LOFT_EVENT_INDEX_(e)])

/* ---- clocks ------------------------------------------------------------------------------------------------------ */

LOFT_API void
loft_clock_join_(loft_clock_ *a, const loft_clock_ *b)
{
    for (unsigned t = 0; t < LOFT_GRAPH_THREADS; t++)
        a->at[t] = a->at[t] > b->at[t] ? a->at[t] : b->at[t];
}

/* Is the event within what the clock knows? The value before all stores always is. */
LOFT_API bool
loft_clock_knows_(const loft_clock_ *c, unsigned e)
{
    return e == LOFT_GRAPH_INIT || c->at[LOFT_EVENT_THREAD_(e)] > LOFT_EVENT_INDEX_(e);
}

LOFT_API bool
loft_acquires_(int order)
{
    return order != LOFT_RELAXED_ && order != LOFT_RELEASE_;
}

LOFT_API bool
loft_releases_(int order)
{
    return order >= LOFT_RELEASE_;
}

/* ---- the graph --------------------------------------------------------------------------------------------------- */

LOFT_API void
loft_graph_clear_(struct loft_graph_ *g)
{
    memset(g->stores, 0, sizeof g->stores);
    memset(g->events, 0, sizeof g->events);
    g->places = 0;
    g->stamp = 0;
}

/* Where a store stands in the order of its location: 1 for the first, 0 for the value before all of them. */
LOFT_API unsigned
loft_graph_rank_(const struct loft_graph_ *g, unsigned place, unsigned e)
{
    unsigned i = g->stores[place];
    if (e == LOFT_GRAPH_INIT)
        return 0;
    while (i > 0 && g->order[place][i - 1u] != e)
        i--;
    return i;
}

/* The store at a rank. */
LOFT_API unsigned
loft_graph_at_(const struct loft_graph_ *g, unsigned place, unsigned rank)
{
    return rank ? g->order[place][rank - 1u] : LOFT_GRAPH_INIT;
}

/* A store goes right behind the one of that rank. */
LOFT_API void
loft_graph_insert_(struct loft_graph_ *g, unsigned place, unsigned rank, unsigned e)
{
    const unsigned n = g->stores[place];
    memmove(&g->order[place][rank + 1u], &g->order[place][rank], (n - rank) * sizeof g->order[0][0]);
    g->order[place][rank] = (uint16_t)e;
    g->stores[place] = (uint16_t)(n + 1u);
    if (place >= g->places)
        g->places = (uint16_t)(place + 1u);
}

LOFT_API void
loft_graph_remove_(struct loft_graph_ *g, unsigned place, unsigned e)
{
    const unsigned rank = loft_graph_rank_(g, place, e);
    const unsigned n = g->stores[place];
    if (rank == 0)
        return;
    memmove(&g->order[place][rank - 1u], &g->order[place][rank], (n - rank) * sizeof g->order[0][0]);
    g->stores[place] = (uint16_t)(n - 1u);
}

/* Keep the first keep[t] events of each thread. */
LOFT_API void
loft_graph_cut_(struct loft_graph_ *g, const uint16_t *keep)
{
    for (unsigned p = 0; p < g->places; p++) {
        unsigned n = 0;
        for (unsigned i = 0; i < g->stores[p]; i++) {
            const unsigned e = g->order[p][i];
            if (LOFT_EVENT_INDEX_(e) < keep[LOFT_EVENT_THREAD_(e)])
                g->order[p][n++] = (uint16_t)e;
        }
        g->stores[p] = (uint16_t)n;
    }
    for (unsigned t = 0; t < LOFT_GRAPH_THREADS; t++)
        g->events[t] = keep[t];
}

/* How many events of each thread are not younger than a stamp. */
LOFT_API void
loft_graph_until_(const struct loft_graph_ *g, uint32_t stamp, uint16_t *keep)
{
    for (unsigned t = 0; t < LOFT_GRAPH_THREADS; t++) {
        unsigned n = g->events[t];
        while (n > 0 && g->event[t][n - 1u].stamp > stamp)
            n--;
        keep[t] = (uint16_t)n;
    }
}

LOFT_API void
loft_graph_copy_(struct loft_graph_ *to, const struct loft_graph_ *from)
{
    for (unsigned t = 0; t < LOFT_GRAPH_THREADS; t++)
        memcpy(to->event[t], from->event[t], from->events[t] * sizeof from->event[0][0]);
    memcpy(to->events, from->events, sizeof to->events);
    memcpy(to->stores, from->stores, sizeof to->stores);
    for (unsigned p = 0; p < from->places; p++)
        memcpy(to->order[p], from->order[p], from->stores[p] * sizeof from->order[0][0]);
    to->places = from->places;
    to->stamp = from->stamp;
}

/* ---- the run ----------------------------------------------------------------------------------------------------- */

LOFT_API void
loft_run_begin_(struct loft_run_ *r, struct loft_graph_ *g)
{
    r->g = g;
    memset(r->done, 0, sizeof r->done);
    memset(r->now, 0, sizeof r->now);
    memset(r->offered, 0, sizeof r->offered);
    memset(r->fenced, 0, sizeof r->fenced);
    memset(r->cause, 0, sizeof r->cause);
    memset(r->first_reader, 0xff, sizeof r->first_reader);
    r->nodes = 0;
    r->full_fences = 0;
}

LOFT_API bool
loft_run_executed_(const struct loft_run_ *r, unsigned e)
{
    return e == LOFT_GRAPH_INIT || LOFT_EVENT_INDEX_(e) < r->done[LOFT_EVENT_THREAD_(e)];
}

/* ---- coherence --------------------------------------------------------------------------------------------------- */

/* The first of those who read from a store, and the next after one of them. */
LOFT_API unsigned
loft_run_reader_(const struct loft_run_ *r, unsigned place, unsigned store)
{
    return store == LOFT_GRAPH_INIT ? r->first_reader[place] : LOFT_OF_(r->reader, store);
}

/* A load of one half of a pair says nothing of the other half. */
LOFT_API bool
loft_parts_meet_(int a, int b)
{
    return a == LOFT_WHOLE_ || b == LOFT_WHOLE_ || a == b;
}

/* Is this store, or one that was read from it, within what the clock knows? Then nothing older may be read, and no
 * store may go in front of it. */
LOFT_API bool
loft_run_known_(const struct loft_run_ *r, unsigned place, unsigned store, const loft_clock_ *c, int part)
{
    if (loft_clock_knows_(c, store))
        return true;
    for (unsigned e = loft_run_reader_(r, place, store); e != LOFT_GRAPH_INIT; e = LOFT_OF_(r->sibling, e)) {
        if (loft_clock_knows_(c, e) && loft_parts_meet_(LOFT_EVENT_(r->g, e)->part, part))
            return true;
    }
    return false;
}

/* The rank of the last executed store that the clock knows in this way: the oldest that a load may read and that a
 * store may follow. */
LOFT_API unsigned
loft_run_floor_(const struct loft_run_ *r, unsigned place, const loft_clock_ *c, int part)
{
    for (unsigned rank = r->g->stores[place]; rank > 0; rank--) {
        const unsigned e = r->g->order[place][rank - 1u];
        if (loft_run_executed_(r, e) && loft_run_known_(r, place, e, c, part))
            return rank;
    }
    return 0;
}

/* Has a read-modify-write read from this store and written, so that nothing may come between? */
LOFT_API bool
loft_run_taken_(const struct loft_run_ *r, unsigned place, unsigned rank)
{
    unsigned next = rank;
    while (next < r->g->stores[place] && !loft_run_executed_(r, r->g->order[place][next]))
        next++;
    return next < r->g->stores[place] && LOFT_EVENT_(r->g, r->g->order[place][next])->exclusive;
}

/* ---- the order of seq_cst events --------------------------------------------------------------------------------- */

LOFT_API bool
loft_full_has_(const struct loft_run_ *r, unsigned a, unsigned b)
{
    return r->before[a - 1u][(b - 1u) / 64u] >> ((b - 1u) % 64u) & 1u;
}

/* b comes before a. false: a cycle. An event before itself is none: the load and the store of one read-modify-write. */
LOFT_API bool
loft_full_edge_(struct loft_run_ *r, unsigned b, unsigned a)
{
    const unsigned words = (r->nodes + 63u) / 64u;
    if (a == b || loft_full_has_(r, a, b))
        return true;
    if (loft_full_has_(r, b, a))
        return false;
    r->newest_leads = r->newest_leads || b == r->nodes;
    for (unsigned n = a == r->nodes && !r->newest_leads ? a : 1u; n <= r->nodes; n++) {
        if (n != a && !loft_full_has_(r, n, a))
            continue;
        for (unsigned w = 0; w < words; w++)
            r->before[n - 1u][w] |= r->before[b - 1u][w];
        r->before[n - 1u][(b - 1u) / 64u] |= (uint64_t)1 << ((b - 1u) % 64u);
    }
    return true;
}

LOFT_API void
loft_full_new_(struct loft_run_ *r, unsigned e)
{
    const unsigned node = ++r->nodes;
    r->newest_leads = false;
    if ((node - 1u) % 64u == 0) {                        /* a word more for everybody                          */
        for (unsigned n = 0; n < node; n++)
            r->before[n][(node - 1u) / 64u] = 0;
    }
    for (unsigned w = 0; w <= (node - 1u) / 64u; w++)
        r->before[node - 1u][w] = 0;
    r->full[node - 1u] = (uint16_t)e;
    LOFT_OF_(r->node, e) = (uint16_t)node;
}

LOFT_API bool
loft_is_full_fence_(const struct loft_event_ *e)
{
    return e->kind == LOFT_FENCE_EVENT_ && e->order == LOFT_SEQ_CST_;
}

/* An event that program order passes through on its way to another location. */
LOFT_API bool
loft_elsewhere_(const struct loft_event_ *e, const struct loft_event_ *of)
{
    return e->kind == LOFT_FENCE_EVENT_ || (e->kind <= LOFT_BIRTH_ && e->place != of->place);
}

/* Is there an access after event i of thread t, and among its first n events, to another location than its own? */
LOFT_API bool
loft_leaves_(const struct loft_run_ *r, unsigned t, unsigned i, unsigned n)
{
    for (unsigned k = i + 1u; k < n; k++) {
        if (loft_elsewhere_(&r->g->event[t][k], &r->g->event[t][i]))
            return true;
    }
    return false;
}

/* The edges into an event that come from happens-before: within the thread, through other locations, and to the same
 * location; between a fence and anything, all of it. */
LOFT_API bool
loft_full_from_hb_(struct loft_run_ *r, unsigned t, unsigned i)
{
    const struct loft_event_ *const e = &r->g->event[t][i];
    const unsigned node = r->node[t][i];
    const bool fence = e->kind == LOFT_FENCE_EVENT_;
    const loft_clock_ *known = &r->clock[t][i];
    static const loft_clock_ nothing = { { 0 } };
    const loft_clock_ *through = &nothing;               /* before the last access to another location         */
    for (unsigned k = i; k > 0 && through == &nothing; k--) {
        if (loft_elsewhere_(&r->g->event[t][k - 1u], e))
            through = &r->clock[t][k - 1u];
    }
    for (unsigned u = 0; u < LOFT_GRAPH_THREADS; u++) {
        bool direct = false;
        for (unsigned k = u == t ? i : known->at[u]; k > 0; k--) {
            const struct loft_event_ *const a = &r->g->event[u][k - 1u];
            const unsigned from = r->node[u][k - 1u];
            if (from == 0 || from == node)
                continue;
            const bool whole = u == t || fence || a->kind == LOFT_FENCE_EVENT_ ||
                               (through->at[u] > k && loft_leaves_(r, u, k - 1u, through->at[u]));
            if (whole || (!direct && a->place == e->place)) {
                direct = true;
                if (!loft_full_edge_(r, from, node))
                    return false;
            }
            if (whole)
                break;                                   /* older ones come before this one                    */
        }
    }
    return true;
}

/* x comes before y through their location. So does all that x stands for before all that y stands for: a seq_cst access
 * for itself, and any access for the fences that happen before it (x) or after it (y). Where the last step is that y
 * reads from somewhere, it counts between fences only. */
LOFT_API bool
loft_full_between_(struct loft_run_ *r, unsigned x, unsigned y, bool fences)
{
    unsigned from[LOFT_GRAPH_THREADS + 1u];
    unsigned to[LOFT_GRAPH_THREADS + 1u];
    unsigned n_from = 0;
    unsigned n_to = 0;
    if (r->full_fences == 0)                             /* the usual case at once                             */
        return fences || LOFT_OF_(r->node, x) == 0 || LOFT_OF_(r->node, y) == 0 ||
               loft_full_edge_(r, LOFT_OF_(r->node, x), LOFT_OF_(r->node, y));
    if (!fences && LOFT_OF_(r->node, x))
        from[n_from++] = LOFT_OF_(r->node, x);
    if (!fences && LOFT_OF_(r->node, y))
        to[n_to++] = LOFT_OF_(r->node, y);
    /* Of each thread the last fence before x, and the first after y. */
    bool found[LOFT_GRAPH_THREADS] = { false };
    for (unsigned n = r->nodes; n > 0; n--) {
        const unsigned f = r->full[n - 1u];
        const unsigned t = LOFT_EVENT_THREAD_(f);
        if (!found[t] && f != x && loft_is_full_fence_(LOFT_EVENT_(r->g, f)) &&
            loft_clock_knows_(&LOFT_OF_(r->clock, x), f)) {
            found[t] = true;
            from[n_from++] = n;
        }
    }
    memset(found, 0, sizeof found);
    for (unsigned n = 1; n <= r->nodes; n++) {
        const unsigned f = r->full[n - 1u];
        const unsigned t = LOFT_EVENT_THREAD_(f);
        if (!found[t] && loft_is_full_fence_(LOFT_EVENT_(r->g, f)) && loft_clock_knows_(&LOFT_OF_(r->clock, f), y)) {
            found[t] = true;
            to[n_to++] = n;
        }
    }
    for (unsigned i = 0; i < n_from; i++) {
        for (unsigned k = 0; k < n_to; k++) {
            if (!loft_full_edge_(r, from[i], to[k]))
                return false;
        }
    }
    return true;
}

/* The same for all who read from a store, and of a pair this part: they before y, or (after) y before them. */
LOFT_API bool
loft_full_readers_(struct loft_run_ *r, unsigned place, unsigned store, int part, unsigned y, bool after, bool fences)
{
    for (unsigned e = loft_run_reader_(r, place, store); e != LOFT_GRAPH_INIT; e = LOFT_OF_(r->sibling, e)) {
        if (e != y && loft_parts_meet_(LOFT_EVENT_(r->g, e)->part, part) &&
            !loft_full_between_(r, after ? y : e, after ? e : y, fences))
            return false;
    }
    return true;
}

/* What stands before a store of that rank: older stores and who read from those. Behind a seq_cst store stand all that
 * are older than that one. */
LOFT_API bool
loft_full_older_(struct loft_run_ *r, unsigned place, unsigned rank, int part, unsigned y, bool fences)
{
    for (unsigned k = rank; k-- > 0;) {
        const unsigned w = loft_graph_at_(r->g, place, k);
        if (!loft_run_executed_(r, w))
            continue;
        if (w != LOFT_GRAPH_INIT && !loft_full_between_(r, w, y, fences))
            return false;
        if (!loft_full_readers_(r, place, w, part, y, false, fences))
            return false;
        if (!fences && w != LOFT_GRAPH_INIT && LOFT_OF_(r->node, w))
            break;
    }
    return true;
}

/* The edges of a new access through its location: from what it comes after, to what it comes before. */
LOFT_API bool
loft_full_through_(struct loft_run_ *r, unsigned t, unsigned i)
{
    const struct loft_event_ *const e = &r->g->event[t][i];
    const unsigned id = LOFT_EVENT_ID_(t, i);
    const bool write = e->kind == LOFT_WRITE_;
    const unsigned rank = loft_graph_rank_(r->g, e->place, write ? id : e->from);
    if (write && r->node[t][i] && !loft_full_older_(r, e->place, rank, LOFT_WHOLE_, id, false))
        return false;
    for (unsigned k = rank + 1u; k <= r->g->stores[e->place]; k++) {
        const unsigned w = loft_graph_at_(r->g, e->place, k);
        if (!loft_run_executed_(r, w) || w == id)
            continue;
        if (!loft_full_between_(r, id, w, false))
            return false;
        if (r->full_fences && !loft_full_readers_(r, e->place, w, e->part, id, true, true))
            return false;
    }
    return true;
}

/* The edges into a new fence: all that comes, through some location, before something that happens before it. There the
 * newest known store speaks for the older ones, and the newest that was read for the older reads. */
LOFT_API bool
loft_full_into_fence_(struct loft_run_ *r, unsigned t, unsigned i)
{
    const loft_clock_ *const known = &r->clock[t][i];
    const unsigned id = LOFT_EVENT_ID_(t, i);
    for (unsigned p = 0; p < r->g->places; p++) {
        unsigned stored = 0;
        unsigned read[2] = { 0, 0 };                     /* low or all of it, high or all of it                */
        bool halves = false;
        for (unsigned k = 1; k <= r->g->stores[p]; k++) {
            const unsigned w = loft_graph_at_(r->g, p, k);
            if (!loft_run_executed_(r, w))
                continue;
            if (loft_clock_knows_(known, w))
                stored = k;
            for (unsigned e = LOFT_OF_(r->reader, w); e != LOFT_GRAPH_INIT; e = LOFT_OF_(r->sibling, e)) {
                const int part = LOFT_EVENT_(r->g, e)->part;
                if (!loft_clock_knows_(known, e))
                    continue;
                read[0] = part != LOFT_HIGH_ ? k : read[0];
                read[1] = part != LOFT_LOW_ ? k : read[1];
                halves = halves || part != LOFT_WHOLE_;
            }
        }
        if (!loft_full_older_(r, p, stored, LOFT_WHOLE_, id, false))
            return false;
        for (unsigned h = 0; h < (halves ? 2u : 1u); h++) {
            const unsigned w = loft_graph_at_(r->g, p, read[h]);
            if (read[h] < stored || read[h] == 0)
                continue;
            if (!loft_full_older_(r, p, read[h], h ? LOFT_HIGH_ : LOFT_LOW_, id, true) ||
                !loft_full_between_(r, w, id, true))
                return false;
        }
    }
    return true;
}

/* ---- executing an event ------------------------------------------------------------------------------------------ */

struct loft_run_undo_ {
    loft_clock_ now;
    loft_clock_ offered;
    loft_clock_ fenced;
    loft_clock_ cause;
    unsigned nodes;
    unsigned full_fences;
    bool newest_leads;
};

/* Event i of thread t, which stands in the graph (its rf, its place in mo) and whose source is executed, is next.
 *   returns   false: the graph is not consistent with it
 */
LOFT_API bool
loft_run_execute_(struct loft_run_ *r, unsigned t, unsigned i)
{
    struct loft_event_ *const e = &r->g->event[t][i];
    const unsigned id = LOFT_EVENT_ID_(t, i);
    loft_clock_ *const now = &r->now[t];
    now->at[t] = (uint16_t)(i + 1u);
    r->cause[t].at[t] = (uint16_t)(i + 1u);
    r->node[t][i] = 0;
    switch (e->kind) {
    case LOFT_READ_:
        if (e->from != LOFT_GRAPH_INIT) {
            loft_clock_join_(loft_acquires_(e->order) ? now : &r->offered[t], &LOFT_OF_(r->message, e->from));
            loft_clock_join_(&r->cause[t], &LOFT_OF_(r->causes, e->from));
            r->sibling[t][i] = LOFT_OF_(r->reader, e->from);
            LOFT_OF_(r->reader, e->from) = (uint16_t)id;
        } else {
            r->sibling[t][i] = r->first_reader[e->place];
            r->first_reader[e->place] = (uint16_t)id;
        }
        break;
    case LOFT_BIRTH_:
    case LOFT_WRITE_:
        r->message[t][i] = loft_releases_(e->order) ? *now : r->fenced[t];
        if (e->exclusive && r->g->event[t][i - 1u].from != LOFT_GRAPH_INIT)
            loft_clock_join_(&r->message[t][i], &LOFT_OF_(r->message, r->g->event[t][i - 1u].from));
        r->reader[t][i] = LOFT_GRAPH_INIT;
        break;
    case LOFT_FENCE_EVENT_:
        if (loft_acquires_(e->order))
            loft_clock_join_(now, &r->offered[t]);
        if (loft_releases_(e->order))
            r->fenced[t] = *now;
        break;
    default:
        break;
    }
    r->clock[t][i] = *now;
    r->causes[t][i] = r->cause[t];
    r->done[t] = (uint16_t)(i + 1u);
    const bool access = e->kind == LOFT_READ_ || e->kind == LOFT_WRITE_;
    if (e->order == LOFT_SEQ_CST_ && (access || e->kind == LOFT_FENCE_EVENT_)) {
        if (e->kind == LOFT_WRITE_ && e->exclusive) {    /* one seq_cst event with its load                     */
            r->node[t][i] = r->node[t][i - 1u];
        } else {
            loft_full_new_(r, id);
            r->full_fences += !access;
            if (!loft_full_from_hb_(r, t, i) || (!access && !loft_full_into_fence_(r, t, i)))
                return false;
        }
    }
    return !access || r->nodes == 0 || loft_full_through_(r, t, i);
}

/* Is the graph consistent with event i of thread t? As execute, and undone again. */
LOFT_API bool
loft_run_try_(struct loft_run_ *r, unsigned t, unsigned i)
{
    const struct loft_event_ *const e = &r->g->event[t][i];
    const struct loft_run_undo_ was = { r->now[t], r->offered[t], r->fenced[t], r->cause[t], r->nodes, r->full_fences,
                                       r->newest_leads };
    const unsigned words = (r->nodes + 1u + 63u) / 64u;
    for (unsigned n = 0; n < r->nodes; n++)
        memcpy(r->kept[n], r->before[n], words * sizeof r->before[0][0]);
    const bool good = loft_run_execute_(r, t, i);
    if (e->kind == LOFT_READ_) {
        if (e->from != LOFT_GRAPH_INIT)
            LOFT_OF_(r->reader, e->from) = r->sibling[t][i];
        else
            r->first_reader[e->place] = r->sibling[t][i];
    }
    r->now[t] = was.now;
    r->offered[t] = was.offered;
    r->fenced[t] = was.fenced;
    r->cause[t] = was.cause;
    r->nodes = was.nodes;
    r->full_fences = was.full_fences;
    r->newest_leads = was.newest_leads;
    r->done[t] = (uint16_t)i;
    for (unsigned n = 0; n < r->nodes; n++)
        memcpy(r->before[n], r->kept[n], words * sizeof r->before[0][0]);
    return good;
}

#endif /* supported */
#endif /* LOFT_CHECK_GRAPH_H */
