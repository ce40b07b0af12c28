/* SPDX-License-Identifier: MIT
 *
 * loft/check/explore.h - run a small concurrent program in every way that the C memory model allows.
 *
 * Needs: core/base.h core/atomics.h core/arch.h core/dwcas.h core/alloc.h core/backoff.h check/graph.h check/machine.h
 *        check/linear.h
 *
 * USE IT WHEN      you have lock-free code over core/atomics.h (Loft's or yours) and want to know whether it is right,
 *                  not whether it has gone well so far.
 * DO NOT USE IT    to run programs: one OS thread, a few threads of a few calls each. It belongs in one .c file of a
 *                  test, before every other header of Loft, and never in what you ship.
 *
 * EXAMPLE
 *     #include <loft/check/explore.h>                       // first: it takes the place of the memory
 *     static LOFT_ATOMIC(int) flag;
 *     static int data;
 *     static void setup(void)    { data = 0; loft_init(&flag, 0); }
 *     static void give(int i)
 *     {
 *         (void)i;
 *         loft_plain_write(&data, 42);
 *         loft_store(&flag, 1, release);                    // give:A release -> take:A: the data
 *     }
 *     static void take(int i)
 *     {
 *         (void)i;
 *         if (loft_load(&flag, acquire))                    // take:A acquire <- give:A: relaxed, it is a race
 *             loft_explore_check(loft_plain_read(&data) == 42);
 *     }
 *     int main(int argc, char **argv)
 *     {
 *         static loft_explore_client client;
 *         client.name = "hand over";
 *         client.setup = setup;
 *         client.thread[0] = give;
 *         client.thread[1] = take;
 *         return loft_explore_main(&client, 1, argc, argv);
 *     }
 *
 * CLIENTS          setup runs alone, then the threads, then finish alone, in each execution from the start. They must
 *                  do the same whenever they see the same: no time, no random numbers, no state that setup does not
 *                  reset. Payload that goes from thread to thread is touched by loft_plain_*; memory comes from
 *                  core/alloc.h. A loop that waits says LOFT_PAUSE() or LOFT_YIELD() (core/backoff.h does).
 *
 * OPERATIONS       loft_explore_check(c)  loft_explore_choose(n)  loft_explore_outcome(code)  loft_explore_note(...)
 *                  loft_explore_name(p, name)  loft_explore_call(kind, key, arg)  loft_explore_return(ok, result)
 *                  loft_explore_promise(label, bound)                                          within a client
 *                  loft_explore_run  loft_explore_main                                         from outside
 *
 * WHAT IT FINDS    loft_explore_verdict: failed checks and assertions, races on payload, use after free, double free,
 *                  leaks, memory that was never initialised, deadlock, loops without end, histories that fit no
 *                  sequential order, labels of progress that are wrong.
 *
 * THE MODEL        C11 as repaired in C++20, that is RC11 (check/graph.h). All of its executions, but those that need
 *                  a load to see a store that depends on it or on a later step of its own thread: load buffering, which
 *                  C11 allows and some processors show, is not explored. consume is acquire. Words of mixed size: pairs
 *                  of core/dwcas.h only. A call precedes another if its return happens before the other's begin, so
 *                  histories are linearizable as far as the program can tell.
 *
 * SEARCHES         exhaustive   each execution graph once (TruSt), so that threads that do not meet cost nothing. It
 *                               says so only if it came to its end
 *                  bounded      each schedule with at most so many preemptions and old values
 *                  random, pct  random schedules; the second with priorities that change at few places
 *                  Every failure has a string of choices that replays it, made shorter before it is printed. In the
 *                  environment, LOFT_EXPLORE_SCALE is the percentage of the executions that random clients ask for;
 *                  where it is 100 or more, those with the flag LOFT_EXPLORE_ALL are searched to the end instead.
 *
 * LIMITS           LOFT_EXPLORE_THREADS threads, 500 steps each, 256 atomic objects, 510 seq_cst accesses, 64 recorded
 *                  calls, 1024 allocations, 8192 words of payload, 256 outcomes; beyond that is LOFT_EXPLORE_USAGE.
 *                  64-bit Linux or another POSIX system on x86-64 or aarch64, gcc or clang, without shadow stacks.
 *
 * SOURCE           Search: Kokologiannakis, Marmanis, Gladstein, Vafeiadis, Truly Stateless, Optimal Dynamic Partial
 *                  Order Reduction, POPL 2022. PCT: Burckhardt, Kothari, Musuvathi, Nagarakatti, A Randomized Scheduler
 *                  with Probabilistic Guarantees of Finding Bugs, ASPLOS 2010. Preemption bounds: Musuvathi, Qadeer,
 *                  PLDI 2007. Waiting loops: Kokologiannakis, Ren, Vafeiadis, Dynamic Partial Order Reductions for
 *                  Spinloops, FMCAD 2021.
 */
#ifndef LOFT_CHECK_EXPLORE_H
#define LOFT_CHECK_EXPLORE_H

#if defined(LOFT_CORE_ATOMICS_H) || defined(LOFT_CORE_BACKOFF_H) || defined(LOFT_CORE_ALLOC_H)
#  error "loft/check/explore.h: include it before every other header of Loft: it takes the place of the memory"
#else

#include "../core/base.h"

#if defined(LOFT_UNSUPPORTED)
/* said already */
#elif LOFT_MSVC || defined(_WIN32) || UINTPTR_MAX != UINT64_MAX || !(defined(__x86_64__) || defined(__aarch64__))
#  error "loft/check/explore.h: this target has no explorer (POSIX on x86-64 or aarch64, gcc or clang); leave it out"
#else

/* ---- in place of the machine ------------------------------------------------------------------------------------- */

static void loft_explore_failed_(const char *what, const char *file, int line);
static inline void *loft_machine_alloc_(size_t align, size_t size);
static inline void loft_machine_free_(void *p, size_t align, size_t size);
static inline void loft_machine_pause_(void);
static inline void loft_machine_plain_(const volatile void *p, size_t bytes, bool write, const char *file, int line);
__attribute__((unused)) static long loft_machine_syscall_(long number, ...);
__attribute__((unused)) static uint64_t loft_machine_time_(void);

#undef LOFT_ASSERT
#define LOFT_ASSERT(c)  ((c) ? (void)0 : loft_explore_failed_(#c, __FILE__, __LINE__))
#define LOFT_MEMORY  1
#define LOFT_PAUSE()  loft_machine_pause_()
#define LOFT_YIELD()  loft_machine_pause_()
#define LOFT_ALLOC_ALIGNED(align, size)      loft_machine_alloc_((align), (size))
#define LOFT_FREE_ALIGNED(ptr, align, size)  loft_machine_free_((ptr), (align), (size))
#define LOFT_PARK_SYSCALL  loft_machine_syscall_
#define LOFT_PARK_NOW  loft_machine_time_
#define LOFT_ON_READ(p, bytes)   loft_machine_plain_((p), (bytes), false, __FILE__, __LINE__)
#define LOFT_ON_WRITE(p, bytes)  loft_machine_plain_((p), (bytes), true, __FILE__, __LINE__)

#include "../core/atomics.h"
#include "../core/arch.h"
#include "../core/dwcas.h"
#include "../core/backoff.h"
#include "../core/alloc.h"
#include "linear.h"
#include "graph.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- types ------------------------------------------------------------------------------------------------------- */

#define LOFT_EXPLORE_THREADS   6
#define LOFT_EXPLORE_NONE      0xffffffffu               /* 0 where 0 stands for the default                   */
#define LOFT_EXPLORE_OUTCOMES  256
#define LOFT_EXPLORE_SCHEDULE  16384
#define LOFT_EXPLORE_JOBS      64

typedef enum loft_explore_verdict {
    LOFT_EXPLORE_OK = 0,
    LOFT_EXPLORE_ASSERT,                                 /* loft_explore_check or LOFT_ASSERT                  */
    LOFT_EXPLORE_RACE,                                   /* payload, or the first value of an atomic word      */
    LOFT_EXPLORE_USE_AFTER_FREE,
    LOFT_EXPLORE_DOUBLE_FREE,
    LOFT_EXPLORE_LEAK,
    LOFT_EXPLORE_UNINIT,                                 /* memory that was never written                      */
    LOFT_EXPLORE_DEADLOCK,                               /* who is left waits for what nobody will do          */
    LOFT_EXPLORE_ENDLESS,                                /* more steps than an execution may have              */
    LOFT_EXPLORE_NOT_LINEAR,
    LOFT_EXPLORE_NOT_LOCK_FREE,                          /* a call waits for a thread that is frozen           */
    LOFT_EXPLORE_NOT_WAIT_FREE,                          /* a call takes more steps than was promised          */
    LOFT_EXPLORE_NOT_BLOCKING,                           /* calls said to block were never seen to             */
    LOFT_EXPLORE_OUTCOME,                                /* an outcome that is not expected, or one missing    */
    LOFT_EXPLORE_USAGE                                   /* the client, or the replay string, is not right     */
} loft_explore_verdict;

typedef enum loft_explore_progress {
    LOFT_EXPLORE_NO_PROMISE = 0,
    LOFT_EXPLORE_WAIT_FREE,
    LOFT_EXPLORE_LOCK_FREE,
    LOFT_EXPLORE_BLOCKING
} loft_explore_progress;

enum {
    LOFT_EXPLORE_REUSE = 1,                              /* a thread is given again what it has freed: ABA     */
    LOFT_EXPLORE_FREEZE = 2,                             /* and each thread frozen at each of its steps        */
    LOFT_EXPLORE_MAY_LEAK = 4,                           /* blocks may be left in the end                      */
    LOFT_EXPLORE_ALL = 8                                 /* to the end after all, where the scale is 100       */
};

typedef struct loft_explore_client {
    const char *name;
    void (*setup)(void);                                 /* or NULL                                            */
    void (*thread[LOFT_EXPLORE_THREADS])(int);           /* each gets its number; NULL after the last          */
    void (*finish)(void);                                /* or NULL; not where a thread is frozen              */
    const loft_linear_model *model;                      /* of the calls that are recorded, or NULL            */
    uint64_t model_arg;
    loft_explore_verdict expect;                         /* what has to come out                               */
    const uint64_t *outcomes;                            /* or exactly these outcomes, ...                     */
    size_t n_outcomes;                                   /* ... so many of them                                */
    uint64_t executions;                                 /* 0: all. Else: so many different ones, at random    */
    unsigned spins;                                      /* useless rounds of a loop before it waits           */
    unsigned spurious;                                   /* causeless failures of weak CASes, each thread; 0: 1*/
    unsigned steps;                                      /* most of an execution; 0: 2000                      */
    unsigned flags;
} loft_explore_client;

typedef enum loft_explore_search {
    LOFT_EXPLORE_AUTO = 0,                               /* exhaustive, or random and pct by turns: the client */
    LOFT_EXPLORE_EXHAUSTIVE,
    LOFT_EXPLORE_BOUNDED,
    LOFT_EXPLORE_RANDOM,
    LOFT_EXPLORE_PCT,
    LOFT_EXPLORE_REPLAY
} loft_explore_search;

/* An order that is used in place of the written one: `file` is the end of a path, slot 1 the failure of a CAS. */
struct loft_explore_weaken_ {
    char file[256];
    int line;
    int slot;
    int order;
};

typedef struct loft_explore_options {
    loft_explore_search search;
    uint64_t executions;                                 /* at most; 0: what the search needs                  */
    double seconds;                                      /* at most; 0: no limit                               */
    uint64_t seed;
    unsigned preemptions;                                /* bounded: at most so many; 0: 2; or NONE            */
    unsigned old_values;                                 /* bounded: at most so many; 0: 2; or NONE            */
    unsigned depth;                                      /* pct: so many changes of priority, + 1; 0: 3        */
    unsigned jobs;                                       /* processes, LOFT_EXPLORE_JOBS at most; 0: 1         */
    bool progress;                                       /* say how far it is, on stderr                       */
    bool no_trace;                                       /* do not shorten and print a failure                 */
    unsigned frozen;                                     /* 1 + a thread that is frozen ...                    */
    unsigned frozen_at;                                  /* ... before this event of its own; 0 none           */
    const char *schedule;                                /* replay: the string                                 */
    const struct loft_explore_weaken_ *weaken;
    unsigned weakened;
} loft_explore_options;

typedef struct loft_explore_report {
    loft_explore_verdict verdict;
    char message[512];
    bool exhaustive;                                     /* it has seen all                                    */
    uint64_t executions;                                 /* to their end                                       */
    uint64_t blocked;                                    /* cut off: a thread waits for what comes elsewhere   */
    uint64_t distinct;                                   /* random searches: different ones                    */
    uint64_t steps;                                      /* of all, replays of prefixes included               */
    unsigned longest;                                    /* steps of the longest                               */
    double seconds;
    uint64_t outcome[LOFT_EXPLORE_OUTCOMES];
    uint64_t seen[LOFT_EXPLORE_OUTCOMES];                /* how often                                          */
    unsigned outcomes;
    char schedule[LOFT_EXPLORE_SCHEDULE];                /* replays the failure                                */
    char *trace;                                         /* of it, or NULL; the caller frees it                */
} loft_explore_report;

/* The last part of a path. */
LOFT_API const char *
loft_explore_base_(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

#include "machine.h"

static void
loft_explore_failed_(const char *what, const char *file, int line)
{
    struct loft_machine_ *const m = loft_machine_now_;
    if (!m || m->phase == LOFT_PHASE_OUT_) {
        fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line, what);
        abort();
    }
    LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_ASSERT, "%s:%d: this does not hold: %s", loft_explore_base_(file), line, what);
}

/* ---- within a client --------------------------------------------------------------------------------------------- */

/* loft_explore_check(c) - c has to be true in every execution. Also loft_plain_* and LOFT_ASSERT are looked at. */
#define loft_explore_check(c)  ((c) ? (void)0 : loft_explore_failed_(#c, __FILE__, __LINE__))

/* loft_explore_choose - a number that the search picks.
 *   returns   0 to n - 1, each of them in some execution; 0 for n below 2. More than 65535 is LOFT_EXPLORE_USAGE
 *   threads   a client's threads, not setup or finish
 *   cost      one step, which counts for no promise
 */
LOFT_API unsigned
loft_explore_choose(unsigned n)
{
    return loft_machine_choice_(loft_machine_running_(), n, NULL);
}

/* loft_explore_outcome - what came out of this execution, as a number; the report has all of them, 256 at most.
 *   threads   any of a client, setup and finish too; the last one called counts
 *   cost      none
 */
LOFT_API void
loft_explore_outcome(uint64_t code)
{
    struct loft_machine_ *const m = loft_machine_running_();
    m->has_outcome = true;
    m->outcome = code;
}

/* loft_explore_note - a line in the trace of a failure. */
#define loft_explore_note(...) \
    (loft_machine_now_ && loft_machine_now_->tracing ? loft_trace_(loft_machine_now_, __VA_ARGS__) : (void)0)

/* loft_explore_name - how traces call the atomic object at p; the text is borrowed.
 *   threads   any of a client; setup is the place for it
 *   cost      none; more than 64 names are ignored
 */
LOFT_API void
loft_explore_name(const volatile void *p, const char *text)
{
    struct loft_machine_ *const m = loft_machine_running_();
    for (unsigned i = 0; i < m->names; i++) {
        if (m->named[i] == (uintptr_t)p)
            return;
    }
    if (m->names < LOFT_MACHINE_NAMES) {
        m->named[m->names] = (uintptr_t)p;
        m->name[m->names++] = text;
    }
}

/* loft_explore_promise - the calls that this thread records from now on are wait-free (each at most `bound` steps, in
 * every execution), lock-free or blocking (no bound).
 *   threads   the one that it is about
 *   errors    NOT_WAIT_FREE in any search; NOT_LOCK_FREE and NOT_BLOCKING where threads are frozen
 *   cost      none
 */
LOFT_API void
loft_explore_promise(loft_explore_progress label, unsigned bound)
{
    struct loft_machine_ *const m = loft_machine_running_();
    m->thread[m->me].label = (int)label;
    m->thread[m->me].bound = bound;
    if (label == LOFT_EXPLORE_BLOCKING)
        m->blocking_label = true;
}

/* loft_explore_call - this thread calls something: `kind` of the model, on `key`, with `arg`.
 *   threads   any of a client; loft_explore_return ends the call
 *   order     a call whose return happens before this comes before it in the history
 *   cost      one step, which counts for no promise; 64 calls in one execution at most
 */
LOFT_API void
loft_explore_call(unsigned kind, uint64_t key, uint64_t arg)
{
    struct loft_machine_ *const m = loft_machine_running_();
    struct loft_machine_thread_ *const th = &m->thread[m->me];
    const bool threads = m->phase == LOFT_PHASE_THREADS_;
    if (threads)
        loft_machine_simple_(m, LOFT_MARK_, 0, NULL);
    if (m->ops == LOFT_LINEAR_OPS)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USAGE, "more than %d recorded calls in one execution", LOFT_LINEAR_OPS);
    loft_linear_op *const op = &m->op[m->ops];
    memset(op, 0, sizeof *op);
    op->kind = kind;
    op->thread = m->me;
    op->key = key;
    op->arg = arg;
    m->call[m->ops].begin = threads ? LOFT_EVENT_ID_(m->me, m->run.done[m->me] - 1u) : LOFT_GRAPH_INIT;
    m->call[m->ops].end = LOFT_GRAPH_INIT;
    m->call[m->ops].phase = (unsigned)m->phase;
    th->steps = 0;
    th->call = (int)m->ops++;
    loft_explore_note("call   %s(%llu, %llu)", m->client->model && m->client->model->kind_name
                      ? m->client->model->kind_name(kind) : "call", (unsigned long long)key, (unsigned long long)arg);
}

/* loft_explore_return - the call returns: refused (not ok), or with this result.
 *   threads   the one that made the call
 *   cost      one step, which counts for no promise
 */
LOFT_API void
loft_explore_return(bool ok, uint64_t result)
{
    struct loft_machine_ *const m = loft_machine_running_();
    struct loft_machine_thread_ *const th = &m->thread[m->me];
    const int call = th->call;
    if (call < 0)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USAGE, "loft_explore_return without loft_explore_call");
    th->call = -1;
    m->op[call].ok = ok;
    m->op[call].result = result;
    if (m->phase == LOFT_PHASE_THREADS_) {
        loft_machine_simple_(m, LOFT_MARK_, 0, NULL);
        m->call[call].end = LOFT_EVENT_ID_(m->me, m->run.done[m->me] - 1u);
    }
    loft_explore_note("return %s, %llu", ok ? "true" : "false", (unsigned long long)result);
}

/* ---- the search -------------------------------------------------------------------------------------------------- */

/* What is still to be tried: another source of a load, another place of a store, another choice; or a load that comes
 * back to read from a store that was made later. */
enum { LOFT_ITEM_SOURCE_, LOFT_ITEM_PLACE_, LOFT_ITEM_CHOICE_, LOFT_ITEM_REVISIT_ };

struct loft_search_item_ {
    int kind;
    unsigned level;                                      /* how many such decisions lead here                  */
    uint16_t event;
    uint16_t behind;                                     /* the store to read from, or to stand behind         */
    uint16_t load;                                       /* revisit                                            */
    uint16_t keep[LOFT_GRAPH_THREADS];                   /* revisit: what stays                                */
    uint64_t value;
};

struct loft_search_frame_ {
    struct loft_graph_ *graph;
    size_t base;                                         /* its first item                                     */
};

struct loft_search_step_ {
    unsigned char thread;
    uint16_t choice;                                     /* stores that are newer; of a choice, its value      */
};

struct loft_search_ {
    int mode;
    loft_explore_options options;
    uint64_t random;
    /* processes */
    unsigned job;                                        /* which of them this is                              */
    int stop[2];                                         /* a pipe; once it has something in it, all end       */
    /* exhaustive */
    struct loft_search_item_ *item;
    size_t items;
    size_t room;
    struct loft_search_frame_ *frame;
    size_t frames;
    size_t frame_room;
    struct loft_graph_ **spare;
    size_t spares;
    size_t spare_room;
    unsigned level;
    uint64_t shared;                                     /* items met at the level where processes part        */
    /* random */
    unsigned stick;                                      /* of 100: how often the same thread goes on          */
    unsigned old;                                        /* of 100: how often something old is seen            */
    bool pct;
    unsigned priority[LOFT_EXPLORE_THREADS];
    unsigned lowest;
    unsigned change[16];
    unsigned changes;
    uint64_t *known;                                     /* hashes of executions                               */
    size_t known_room;
    uint64_t made;                                       /* executions of the processes this one goes on after */
    /* bounded: the choices of this execution, and how many there were each time */
    uint16_t *way;
    uint16_t *ways;
    unsigned char *cost;
    size_t length;
    size_t at;
    size_t way_room;
    /* replay */
    const struct loft_search_step_ *step;
    size_t steps;
    size_t next;
    unsigned choice;
    /* trace */
    char *text;
    size_t text_length;
    size_t text_room;
    double began;
    double told;
};

static struct loft_search_ loft_search_now_;

LOFT_API double
loft_explore_seconds_(void)
{
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

LOFT_API uint64_t
loft_search_random_(struct loft_search_ *s)
{
    uint64_t z = s->random += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

LOFT_API unsigned
loft_search_below_(struct loft_search_ *s, unsigned n)
{
    return (unsigned)(loft_search_random_(s) % n);
}

/* Memory, if there is any: a search cannot go on without. */
LOFT_API void *
loft_explore_got_(void *p)
{
    if (!p) {
        fprintf(stderr, "loft/check/explore.h: no memory\n");
        abort();
    }
    return p;
}

LOFT_API void *
loft_explore_grow_(void *p, size_t *room, size_t need, size_t size)
{
    if (need <= *room)
        return p;
    size_t n = *room ? *room : 64u;
    while (n < need)
        n *= 2u;
    *room = n;
    return loft_explore_got_(realloc(p, n * size));
}

static bool
loft_search_is_exhaustive_(void)
{
    return loft_search_now_.mode == LOFT_EXPLORE_EXHAUSTIVE;
}

/* All of it, through a pipe. */
LOFT_API bool
loft_explore_pipe_(int end, void *bytes, size_t n, bool out)
{
    for (size_t k = 0; k < n;) {
        const ssize_t r = out ? write(end, (char *)bytes + k, n - k) : read(end, (char *)bytes + k, n - k);
        if (r <= 0)
            return false;
        k += (size_t)r;
    }
    return true;
}

/* Is it time to end? The clock says so, or another process. */
LOFT_API bool
loft_search_late_(const struct loft_search_ *s)
{
    struct pollfd stop;
    stop.fd = s->stop[0];
    stop.events = POLLIN;
    stop.revents = 0;
    return (s->options.seconds > 0 && loft_explore_seconds_() - s->began > s->options.seconds) ||
           (s->options.jobs > 1u && poll(&stop, 1, 0) > 0);
}

/* One failure is enough: the other processes need not go on. */
LOFT_API void
loft_search_stop_(const struct loft_search_ *s)
{
    char byte = 0;
    if (s->options.jobs > 1u)
        (void)loft_explore_pipe_(s->stop[1], &byte, 1, true);
}

/* ---- exhaustive -------------------------------------------------------------------------------------------------- */

LOFT_API struct loft_search_item_ *
loft_search_push_(struct loft_search_ *s, int kind, unsigned event, unsigned behind)
{
    s->item = (struct loft_search_item_ *)loft_explore_grow_(s->item, &s->room, s->items + 1u, sizeof *s->item);
    struct loft_search_item_ *const it = &s->item[s->items++];
    memset(it, 0, sizeof *it);
    it->kind = kind;
    it->level = s->level + 1u;
    it->event = (uint16_t)event;
    it->behind = (uint16_t)behind;
    return it;
}

/* Was event e added in the one way that stands for all: reading the newest of what was there, standing last? What was
 * there is what is not younger, and what the new store needs. (TruSt, IsMaximallyAdded.) */
LOFT_API bool
loft_search_maximal_(const struct loft_machine_ *m, unsigned t, unsigned i, const loft_clock_ *needs)
{
    const struct loft_graph_ *const g = m->graph;
    const struct loft_event_ *const e = &g->event[t][i];
    const unsigned id = LOFT_EVENT_ID_(t, i);
    if (e->kind == LOFT_CHOICE_)
        return e->value[0] == 0;
    if (e->kind != LOFT_READ_ && e->kind != LOFT_WRITE_)
        return true;
    if (e->kind == LOFT_WRITE_) {
        for (unsigned r = LOFT_OF_(m->run.reader, id); r != LOFT_GRAPH_INIT; r = LOFT_OF_(m->run.sibling, r)) {
            if (LOFT_EVENT_(g, r)->stamp <= e->stamp || loft_clock_knows_(needs, r))
                return false;
        }
    }
    const unsigned newest = e->kind == LOFT_READ_ ? e->from : id;
    if (newest != LOFT_GRAPH_INIT && LOFT_EVENT_(g, newest)->stamp > e->stamp && !loft_clock_knows_(needs, newest))
        return false;
    for (unsigned k = g->stores[e->place]; k > 0; k--) {
        const unsigned w = g->order[e->place][k - 1u];
        if (w == newest)
            return true;
        if (LOFT_EVENT_(g, w)->stamp <= e->stamp || loft_clock_knows_(needs, w))
            return false;
    }
    return newest == LOFT_GRAPH_INIT;
}

/* Can load k of thread u be made again, to read a new store that needs so much? Only if nothing that goes with it was
 * added in another way than the one that stands for all. keep: what stays. */
LOFT_API bool
loft_search_repeats_(const struct loft_machine_ *m, unsigned u, unsigned k, const loft_clock_ *needs, uint16_t *keep)
{
    const struct loft_graph_ *const g = m->graph;
    if (!loft_search_maximal_(m, u, k, needs))
        return false;
    loft_graph_until_(g, g->event[u][k].stamp, keep);
    for (unsigned v = 0; v < m->threads; v++) {
        keep[v] = keep[v] > needs->at[v] ? keep[v] : needs->at[v];
        for (unsigned n = keep[v]; n < g->events[v]; n++) {
            if (!loft_search_maximal_(m, v, n, needs))
                return false;
        }
    }
    return true;
}

/* A read-modify-write wants to read what another one has read and replaced. That is of use only where the other can
 * read from this one instead. */
LOFT_API bool
loft_search_yields_(const struct loft_machine_ *m, unsigned t, unsigned i, unsigned rank)
{
    const struct loft_event_ *const e = &m->graph->event[t][i];
    const unsigned other = m->graph->order[e->place][rank] - 1u;    /* the load before the store that is there */
    uint16_t keep[LOFT_GRAPH_THREADS];
    loft_clock_ needs = m->run.cause[t];
    if (e->from != LOFT_GRAPH_INIT)
        loft_clock_join_(&needs, &LOFT_OF_(m->run.causes, e->from));
    needs.at[t] = (uint16_t)(i + 1u);
    return !loft_clock_knows_(&needs, other) &&
           loft_search_repeats_(m, LOFT_EVENT_THREAD_(other), LOFT_EVENT_INDEX_(other), &needs, keep);
}

/* May the new event read from, or stand behind, the store of that rank? */
LOFT_API bool
loft_search_fits_(struct loft_machine_ *m, unsigned t, unsigned i, unsigned rank)
{
    struct loft_event_ *const e = &m->graph->event[t][i];
    if (e->kind == LOFT_READ_) {
        e->from = (uint16_t)loft_graph_at_(m->graph, e->place, rank);
        loft_machine_fit_(m, e);
        if (e->exclusive && loft_run_taken_(&m->run, e->place, rank) &&
            (!loft_search_is_exhaustive_() || !loft_search_yields_(m, t, i, rank)))
            return false;
        return m->run.nodes == 0 || loft_run_try_(&m->run, t, i);
    }
    if (loft_run_taken_(&m->run, e->place, rank))
        return false;
    if (m->run.nodes == 0)
        return true;
    loft_graph_insert_(m->graph, e->place, rank, LOFT_EVENT_ID_(t, i));
    const bool fits = loft_run_try_(&m->run, t, i);
    loft_graph_remove_(m->graph, e->place, LOFT_EVENT_ID_(t, i));
    return fits;
}

/* Load r of thread u reads from the new store a behind each store where that is consistent. */
LOFT_API void
loft_search_revisit_(struct loft_machine_ *m, unsigned u, unsigned k, unsigned t, unsigned i, const loft_clock_ *needs)
{
    struct loft_search_ *const s = &loft_search_now_;
    struct loft_graph_ *const g = m->graph;
    const unsigned a = LOFT_EVENT_ID_(t, i);
    const struct loft_event_ *const store = &g->event[t][i];
    const struct loft_event_ *const load = &g->event[u][k];
    uint16_t keep[LOFT_GRAPH_THREADS];
    if (!loft_search_repeats_(m, u, k, needs, keep))
        return;
    static const loft_clock_ nothing = { { 0 } };
    const loft_clock_ *const before = k ? &m->run.clock[u][k - 1u] : &nothing;
    /* From the last kept store down: behind it a may stand, unless something is in the way. */
    for (unsigned rank = g->stores[store->place] + 1u; rank-- > 0;) {
        const unsigned w = loft_graph_at_(g, store->place, rank);
        if (w != LOFT_GRAPH_INIT && LOFT_EVENT_INDEX_(w) >= keep[LOFT_EVENT_THREAD_(w)])
            continue;
        bool free = true;                                /* no read-modify-write stands right behind w         */
        for (unsigned n = rank + 1u; n <= g->stores[store->place]; n++) {
            const unsigned x = loft_graph_at_(g, store->place, n);
            if (LOFT_EVENT_INDEX_(x) < keep[LOFT_EVENT_THREAD_(x)]) {
                free = !LOFT_EVENT_(g, x)->exclusive;
                break;
            }
        }
        if (free && (!store->exclusive || g->event[t][i - 1u].from == w)) {
            struct loft_search_item_ *const it = loft_search_push_(s, LOFT_ITEM_REVISIT_, a, w);
            it->load = LOFT_EVENT_ID_(u, k);
            memcpy(it->keep, keep, sizeof keep);
        }
        if (w == LOFT_GRAPH_INIT || loft_run_known_(&m->run, store->place, w, &m->run.now[t], LOFT_WHOLE_) ||
            loft_run_known_(&m->run, store->place, w, before, load->part))
            break;                                       /* a is younger than w, or the load must not be older */
    }
}

static void
loft_search_revisits_(struct loft_machine_ *m, unsigned t, unsigned i)
{
    const struct loft_graph_ *const g = m->graph;
    const unsigned place = g->event[t][i].place;
    if (!loft_search_is_exhaustive_())
        return;
    loft_clock_ needs = m->run.cause[t];
    needs.at[t] = (uint16_t)(i + 1u);
    for (unsigned rank = 0; rank <= g->stores[place]; rank++) {
        for (unsigned r = loft_run_reader_(&m->run, place, loft_graph_at_(g, place, rank)); r != LOFT_GRAPH_INIT;
             r = LOFT_OF_(m->run.sibling, r)) {
            if (!loft_clock_knows_(&needs, r))
                loft_search_revisit_(m, LOFT_EVENT_THREAD_(r), LOFT_EVENT_INDEX_(r), t, i, &needs);
        }
    }
}

LOFT_API struct loft_graph_ *
loft_search_graph_(struct loft_search_ *s)
{
    if (s->spares)
        return s->spare[--s->spares];
    return (struct loft_graph_ *)loft_explore_got_(malloc(sizeof(struct loft_graph_)));
}

LOFT_API void
loft_search_enter_(struct loft_search_ *s, struct loft_graph_ *g)
{
    s->frame = (struct loft_search_frame_ *)loft_explore_grow_(s->frame, &s->frame_room, s->frames + 1u,
                                                               sizeof *s->frame);
    s->frame[s->frames].graph = g;
    s->frame[s->frames].base = s->items;
    s->frames++;
}

LOFT_API void
loft_search_return_(struct loft_search_ *s)
{
    s->spare = (struct loft_graph_ **)loft_explore_grow_(s->spare, &s->spare_room, s->spares + 1u, sizeof *s->spare);
    s->spare[s->spares++] = s->frame[--s->frames].graph;
}

/* A store that is in the graph goes right behind another. */
LOFT_API void
loft_search_move_(struct loft_graph_ *g, unsigned id, unsigned behind)
{
    const unsigned place = LOFT_EVENT_(g, id)->place;
    loft_graph_remove_(g, place, id);
    loft_graph_insert_(g, place, loft_graph_rank_(g, place, behind), id);
}

/* Below this level processes do not share: each takes every so many of the items that it meets there. */
#define LOFT_SEARCH_PART_  8u

/* The graph of the next execution; NULL: there are no more. */
LOFT_API struct loft_graph_ *
loft_search_next_(struct loft_search_ *s)
{
    for (;;) {
        if (s->frames == 0)
            return NULL;
        struct loft_search_frame_ *const f = &s->frame[s->frames - 1u];
        if (s->items == f->base) {
            loft_search_return_(s);
            continue;
        }
        const struct loft_search_item_ it = s->item[--s->items];
        struct loft_graph_ *g = f->graph;
        struct loft_event_ *const e = LOFT_EVENT_(g, it.event);
        uint16_t keep[LOFT_GRAPH_THREADS];
        if (s->options.jobs > 1u && it.level == LOFT_SEARCH_PART_ && s->shared++ % s->options.jobs != s->job)
            continue;
        s->level = it.level;
        if (it.kind == LOFT_ITEM_REVISIT_) {
            struct loft_graph_ *const child = loft_search_graph_(s);
            loft_graph_copy_(child, g);
            g = child;
            loft_graph_cut_(g, it.keep);
            loft_search_move_(g, it.event, it.behind);
            LOFT_EVENT_(g, it.load)->from = it.event;
            LOFT_EVENT_(g, it.load)->exclusive = false;  /* the run will tell                                  */
            loft_search_enter_(s, g);
            return g;
        }
        loft_graph_until_(g, e->stamp, keep);
        loft_graph_cut_(g, keep);
        if (it.kind == LOFT_ITEM_SOURCE_) {
            e->from = it.behind;
            e->exclusive = false;
        } else if (it.kind == LOFT_ITEM_PLACE_) {
            loft_search_move_(g, it.event, it.behind);
        } else {
            e->value[0] = it.value;
        }
        return g;
    }
}

/* ---- bounded ----------------------------------------------------------------------------------------------------- */

enum { LOFT_COST_NONE_, LOFT_COST_PREEMPTION_, LOFT_COST_OLD_ };

/* One of n ways; the first is free, the others have a cost of this kind. */
LOFT_API unsigned
loft_search_way_(struct loft_search_ *s, unsigned n, int cost)
{
    if (n < 2u)
        return 0;
    if (s->at == s->length) {
        const size_t need = s->length + 1u;
        size_t room = s->way_room;
        s->way = (uint16_t *)loft_explore_grow_(s->way, &room, need, sizeof *s->way);
        room = s->way_room;
        s->ways = (uint16_t *)loft_explore_grow_(s->ways, &room, need, sizeof *s->ways);
        s->cost = (unsigned char *)loft_explore_grow_(s->cost, &s->way_room, need, sizeof *s->cost);
        s->way[s->length++] = 0;
    }
    s->ways[s->at] = (uint16_t)n;
    s->cost[s->at] = (unsigned char)cost;
    return s->way[s->at++];
}

/* The next row of ways within the bounds; false: there is none. */
LOFT_API bool
loft_search_next_way_(struct loft_search_ *s)
{
    for (s->length = s->at; s->length > 0; s->length--) {
        const size_t last = s->length - 1u;
        unsigned spent[3] = { 0, 0, 0 };
        if (s->way[last] + 1u >= s->ways[last])
            continue;
        s->way[last]++;
        for (size_t i = 0; i <= last; i++)
            spent[s->cost[i]] += s->way[i] != 0;
        if (spent[LOFT_COST_PREEMPTION_] <= s->options.preemptions && spent[LOFT_COST_OLD_] <= s->options.old_values)
            return true;
        s->way[last] = (uint16_t)(s->ways[last] - 1u);   /* the other ways cost the same                       */
        s->length++;
    }
    return false;
}

/* ---- decisions --------------------------------------------------------------------------------------------------- */

/* Which of the stores from rank floor to rank top a load sees, or a store stands behind. */
static unsigned
loft_search_rank_(struct loft_machine_ *m, unsigned t, unsigned i, unsigned floor, unsigned top)
{
    struct loft_search_ *const s = &loft_search_now_;
    struct loft_event_ *const e = &m->graph->event[t][i];
    if (s->mode == LOFT_EXPLORE_EXHAUSTIVE) {
        for (unsigned rank = floor; rank < top; rank++) {
            if (loft_search_fits_(m, t, i, rank))
                (void)loft_search_push_(s, e->kind == LOFT_READ_ ? LOFT_ITEM_SOURCE_ : LOFT_ITEM_PLACE_,
                                        LOFT_EVENT_ID_(t, i), loft_graph_at_(m->graph, e->place, rank));
        }
        return top;
    }
    if (s->mode == LOFT_EXPLORE_REPLAY) {
        const unsigned rank = s->choice <= top - floor ? top - s->choice : top;
        return rank != top && loft_search_fits_(m, t, i, rank) ? rank : top;
    }
    if (s->mode == LOFT_EXPLORE_BOUNDED) {
        unsigned fit[LOFT_GRAPH_STORES];
        unsigned n = 0;
        fit[n++] = top;
        for (unsigned rank = top; rank-- > floor;) {
            if (loft_search_fits_(m, t, i, rank))
                fit[n++] = rank;
        }
        return fit[loft_search_way_(s, n, LOFT_COST_OLD_)];
    }
    if (loft_search_below_(s, 100) >= (e->kind == LOFT_READ_ ? s->old : s->old / 2u))
        return top;
    const unsigned rank = floor + loft_search_below_(s, top - floor);
    return loft_search_fits_(m, t, i, rank) ? rank : top;
}

static unsigned
loft_search_choice_(unsigned t, unsigned i, unsigned n)
{
    struct loft_search_ *const s = &loft_search_now_;
    switch (s->mode) {
    case LOFT_EXPLORE_EXHAUSTIVE:
        for (unsigned v = n; v-- > 1u;)
            loft_search_push_(s, LOFT_ITEM_CHOICE_, LOFT_EVENT_ID_(t, i), 0)->value = v;
        return 0;
    case LOFT_EXPLORE_REPLAY:
        return s->choice < n ? s->choice : 0;
    case LOFT_EXPLORE_BOUNDED:
        return loft_search_way_(s, n, LOFT_COST_NONE_);
    default:
        return loft_search_below_(s, n);
    }
}

/* A thread has waited: with priorities, the others go first. */
static void
loft_search_waits_(unsigned t)
{
    loft_search_now_.priority[t] = --loft_search_now_.lowest;
}

/* Has everybody who waits seen the newest of what it waits for? */
LOFT_API bool
loft_machine_all_wait_(struct loft_machine_ *m)
{
    for (unsigned t = 0; t < m->threads; t++) {
        if (m->thread[t].state == LOFT_THREAD_WAITS_ && !loft_machine_waits_for_good_(m, t))
            return false;
    }
    return true;
}

/* All wait for good, as it seems: who goes round once more, in case it gives up. Who has had the fewest such rounds
 * since something was stored. */
LOFT_API unsigned
loft_search_extra_(struct loft_machine_ *m)
{
    unsigned least = LOFT_MACHINE_NOBODY;
    if (!loft_machine_all_wait_(m))
        return least;
    for (unsigned t = 0; t < m->threads; t++) {
        struct loft_machine_thread_ *const th = &m->thread[t];
        if (th->state != LOFT_THREAD_WAITS_)
            continue;
        if (th->extra_since != m->stored) {
            th->extra_since = m->stored;
            th->extra = 0;
        }
        if ((th->extra < LOFT_MACHINE_EXTRA || !th->paused) &&
            (least == LOFT_MACHINE_NOBODY || th->extra < m->thread[least].extra))
            least = t;
    }
    if (least != LOFT_MACHINE_NOBODY) {
        m->thread[least].extra++;
        m->thread[least].state = LOFT_THREAD_READY_;
    }
    return least;
}

/* Who makes the next step that is not in the graph; NOBODY: none can. */
static unsigned
loft_search_pick_(struct loft_machine_ *m)
{
    struct loft_search_ *const s = &loft_search_now_;
    const unsigned last = m->steps ? LOFT_EVENT_THREAD_(m->trail[m->steps - 1u]) : LOFT_MACHINE_NOBODY;
    unsigned ready[LOFT_EXPLORE_THREADS];
    unsigned n = 0;
    unsigned half = LOFT_MACHINE_NOBODY;
    for (unsigned round = 0; n == 0 && round < 2u; round++) {
        for (unsigned i = 0; i < m->threads; i++) {
            /* The last one first, then in order. */
            const unsigned t = last == LOFT_MACHINE_NOBODY ? i : i == 0 ? last : i <= last ? i - 1u : i;
            struct loft_machine_thread_ *const th = &m->thread[t];
            if (s->mode != LOFT_EXPLORE_EXHAUSTIVE && th->state == LOFT_THREAD_WAITS_ &&
                (th->since != m->stored || (round && !loft_machine_waits_for_good_(m, t))))
                th->state = LOFT_THREAD_READY_;
            if (th->state != LOFT_THREAD_READY_)
                continue;
            ready[n++] = t;
            if (th->half)
                half = t;
        }
    }
    if (n == 0) {
        const unsigned t = loft_search_extra_(m);
        if (t == LOFT_MACHINE_NOBODY)
            return t;
        ready[n++] = t;
    }
    switch (s->mode) {
    case LOFT_EXPLORE_EXHAUSTIVE: {
        unsigned least = ready[0];
        for (unsigned i = 1; i < n; i++)
            least = ready[i] < least ? ready[i] : least;
        return half != LOFT_MACHINE_NOBODY ? half : least;
    }
    case LOFT_EXPLORE_REPLAY:
        s->choice = 0;
        while (s->next < s->steps) {
            const struct loft_search_step_ *const step = &s->step[s->next++];
            for (unsigned i = 0; i < n; i++) {
                if (ready[i] == step->thread && (half == LOFT_MACHINE_NOBODY || half == ready[i])) {
                    s->choice = step->choice;
                    return ready[i];
                }
            }
        }
        return half != LOFT_MACHINE_NOBODY ? half : ready[0];
    default:
        break;
    }
    if (half != LOFT_MACHINE_NOBODY)
        return half;
    if (s->mode == LOFT_EXPLORE_BOUNDED)
        return ready[loft_search_way_(s, n, ready[0] == last ? LOFT_COST_PREEMPTION_ : LOFT_COST_NONE_)];
    if (!s->pct) {
        if (ready[0] == last && loft_search_below_(s, 100) < s->stick)
            return last;
        return ready[loft_search_below_(s, n)];
    }
    for (unsigned i = 0; i < s->changes; i++) {
        if (s->change[i] == m->steps && last < m->threads)
            s->priority[last] = --s->lowest;
    }
    unsigned best = ready[0];
    for (unsigned i = 1; i < n; i++)
        best = s->priority[ready[i]] > s->priority[best] ? ready[i] : best;
    return best;
}

/* The thread has to make the next step, whatever the search would have picked. */
static void
loft_search_grants_(struct loft_machine_ *m, unsigned t)
{
    struct loft_search_ *const s = &loft_search_now_;
    m->granted = t;
    if (s->mode == LOFT_EXPLORE_REPLAY) {
        const bool there = s->next < s->steps && s->step[s->next].thread == t;
        s->choice = there ? s->step[s->next++].choice : 0;
    }
}

/* ---- traces ------------------------------------------------------------------------------------------------------ */

static void
loft_trace_(struct loft_machine_ *m, const char *format, ...)
{
    struct loft_search_ *const s = &loft_search_now_;
    const unsigned width = m->threads <= 2u ? 58u : m->threads == 3u ? 40u : 30u;
    const unsigned indent = m->phase == LOFT_PHASE_THREADS_ ? m->me * width : 0;
    va_list a;
    if (!m->tracing)
        return;
    s->text = (char *)loft_explore_grow_(s->text, &s->text_room, s->text_length + indent + 512u, 1);
    memset(s->text + s->text_length, ' ', indent);
    s->text_length += indent;
    va_start(a, format);
    const int n = vsnprintf(s->text + s->text_length, 500, format, a);
    va_end(a);
    s->text_length += n < 0 ? 0 : n > 499 ? 499u : (size_t)n;
    s->text[s->text_length++] = '\n';
    s->text[s->text_length] = '\0';
}

LOFT_API const char *
loft_trace_order_(int order)
{
    static const char *const name[] = { "relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst" };
    return order >= 0 && order <= 5 ? name[order] : "?";
}

/* The label that the comment in a line of source begins with, push:D for example; false: there is none. */
LOFT_API bool
loft_trace_label_in_(const char *text, char *out, size_t size)
{
    const char *const c = strstr(text, "/* ");
    if (!c)
        return false;
    const size_t n = strcspn(c + 3, " \n");
    if (n + 1u >= size || n <= 2u || !memchr(c + 3, ':', n) || c[3 + n - 1u] < 'A' || c[3 + n - 1u] > 'Z')
        return false;
    memcpy(out, c + 3, n);
    out[n] = '\0';
    return true;
}

/* The label of the access at that line: there, or else after it, before it, two lines off; "" if none can be found. */
LOFT_API void
loft_trace_label_(const char *file, int line, char *out, size_t size)
{
    FILE *const f = fopen(file, "r");
    char text[512];
    int nearest = 5;
    out[0] = '\0';
    if (!f)
        return;
    for (int n = 1; n <= line + 2 && fgets(text, sizeof text, f); n++) {
        const int off = n > line ? 2 * (n - line) - 1 : 2 * (line - n);
        if (off < nearest && loft_trace_label_in_(text, out, size))
            nearest = off;
    }
    fclose(f);
}

static void
loft_trace_event_(struct loft_machine_ *m, unsigned t, unsigned i)
{
    const struct loft_event_ *const e = &m->graph->event[t][i];
    const struct loft_memory_site_ *const at = e->site;
    char label[48] = "";
    char where[96] = "";
    char place[64] = "";
    char from[48] = "";
    if (e->kind == LOFT_MARK_ || (e->kind == LOFT_READ_ && e->exclusive))
        return;
    if (at) {
        loft_trace_label_(at->file, at->line, label, sizeof label);
        snprintf(where, sizeof where, "  %s:%d", loft_explore_base_(at->file), at->line);
    }
    if (e->kind == LOFT_CHOICE_) {
        loft_trace_(m, "%-12s %llu of %u%s", at ? "fails?" : "choose", (unsigned long long)e->value[0], e->place,
                    where);
        return;
    }
    if (e->kind == LOFT_FENCE_EVENT_) {
        loft_trace_(m, "%-12s fence %s%s", label, loft_trace_order_(e->order), where);
        return;
    }
    const struct loft_machine_place_ *const p = &m->place[e->place];
    snprintf(place, sizeof place, "#%u", e->place);
    for (unsigned k = 0; k < m->names; k++) {
        if (m->named[k] == p->address)
            snprintf(place, sizeof place, "%.56s", m->name[k]);
    }
    if (e->part != LOFT_WHOLE_)
        strcat(place, e->part == LOFT_LOW_ ? ".lo" : ".hi");
    const struct loft_event_ *const load = e->kind == LOFT_READ_ ? e : e->exclusive ? e - 1 : NULL;
    const uint64_t *was = NULL;
    if (load) {
        const unsigned n = m->graph->stores[e->place];
        unsigned newer = 0;
        was = loft_machine_value_(m, e->place, load->from);
        for (unsigned rank = loft_graph_rank_(m->graph, e->place, load->from) + 1u; rank <= n; rank++) {
            const unsigned w = loft_graph_at_(m->graph, e->place, rank);
            newer += loft_run_executed_(&m->run, w) && w != LOFT_EVENT_ID_(t, i);
        }
        if (newer)
            snprintf(from, sizeof from, "  (%u newer)", newer);
    }
    const bool high = e->part == LOFT_HIGH_;
    if (e->kind == LOFT_READ_)
        loft_trace_(m, "%-12s %s %s = %llx%s  %s%s", label, at ? at->what : "load", place,
                    (unsigned long long)was[high], from, loft_trace_order_(e->order), where);
    else if (e->kind == LOFT_BIRTH_)
        loft_trace_(m, "%-12s init %s = %llx", label, place, (unsigned long long)e->value[0]);
    else if (load)
        loft_trace_(m, "%-12s %s %s: %llx -> %llx%s  %s%s", label, at ? at->what : "rmw", place,
                    (unsigned long long)was[0], (unsigned long long)e->value[0], from,
                    loft_trace_order_(at ? m->site[at->id - 1].as[0] : e->order), where);
    else
        loft_trace_(m, "%-12s %s %s = %llx  %s%s", label, at ? at->what : "store", place,
                    (unsigned long long)e->value[0], loft_trace_order_(e->order), where);
}

/* ---- strings of choices ------------------------------------------------------------------------------------------ */

/* The execution that was just made, step by step. A run may execute others between the load and the
 * store of a read-modify-write; there they stand together. */
LOFT_API size_t
loft_schedule_of_(const struct loft_machine_ *m, struct loft_search_step_ *out)
{
    uint16_t done[LOFT_GRAPH_THREADS] = { 0 };
    size_t steps = 0;
    for (unsigned n = 0; n < m->steps; n++) {
        const unsigned t = LOFT_EVENT_THREAD_(m->trail[n]);
        unsigned i = LOFT_EVENT_INDEX_(m->trail[n]);
        bool more = i >= done[t];                        /* or it is a store that was put behind its load      */
        while (more) {
            const struct loft_event_ *const e = &m->graph->event[t][i];
            unsigned choice = 0;
            if (e->kind == LOFT_CHOICE_) {
                choice = (unsigned)e->value[0];
            } else if (e->kind == LOFT_READ_ || (e->kind == LOFT_WRITE_ && !e->exclusive)) {
                const unsigned id = e->kind == LOFT_READ_ ? e->from : LOFT_EVENT_ID_(t, i);
                unsigned r = loft_graph_rank_(m->graph, e->place, id) + 1u;
                for (; r <= m->graph->stores[e->place]; r++) {
                    const unsigned w = loft_graph_at_(m->graph, e->place, r);
                    choice += LOFT_EVENT_INDEX_(w) < done[LOFT_EVENT_THREAD_(w)];
                }
            }
            done[t] = (uint16_t)++i;
            out[steps].thread = (unsigned char)t;
            out[steps++].choice = (uint16_t)choice;
            more = e->kind == LOFT_READ_ && e->exclusive && i < m->run.done[t];
        }
    }
    return steps;
}

/* a3.b=2.b means: thread a makes three steps, each with its first way; b one with its third way, and one with its
 * first. !b7. in front: b is frozen before its 7th step, counted from 0. */
LOFT_API void
loft_schedule_text_(const struct loft_search_step_ *step, size_t n, unsigned frozen, unsigned frozen_at, char *out,
                    size_t size)
{
    size_t k = 0;
    out[0] = '\0';
    if (frozen < LOFT_EXPLORE_THREADS)
        k += (size_t)snprintf(out, size, "!%c%u.", 'a' + (int)frozen, frozen_at);
    for (size_t i = 0; i < n && k + 16u < size;) {
        size_t row = 0;
        while (i + row < n && step[i + row].thread == step[i].thread && step[i + row].choice == 0)
            row++;
        if (row == 0) {
            k += (size_t)snprintf(out + k, size - k, "%c=%u.", 'a' + step[i].thread, step[i].choice);
            i++;
        } else {
            k += (size_t)snprintf(out + k, size - k, row == 1u ? "%c." : "%c%zu.", 'a' + step[i].thread, row);
            i += row;
        }
    }
    if (k && out[k - 1u] == '.')
        out[k - 1u] = '\0';
}

/* false: it is none. */
LOFT_API bool
loft_schedule_parse_(const char *text, struct loft_search_step_ *step, size_t room, size_t *n, unsigned *frozen,
                     unsigned *frozen_at)
{
    *n = 0;
    while (*text) {
        const bool freeze = *text == '!';
        text += freeze;
        if (*text < 'a' || *text >= 'a' + LOFT_EXPLORE_THREADS)
            return false;
        const unsigned t = (unsigned)(*text++ - 'a');
        const bool choice = !freeze && *text == '=';
        text += choice;
        char *end;
        const bool digits = *text >= '0' && *text <= '9';
        const unsigned long v = digits ? strtoul(text, &end, 10) : 1u;
        if (digits)
            text = end;
        if ((choice || freeze) && !digits)
            return false;
        if (freeze) {
            *frozen = t;
            *frozen_at = (unsigned)v;
        }
        for (unsigned long i = 0; !freeze && i < (choice ? 1u : v); i++) {
            if (*n == room)
                return false;
            step[*n].thread = (unsigned char)t;
            step[*n].choice = (uint16_t)(choice ? v : 0);
            ++*n;
        }
        if (*text == '.')
            text++;
        else if (*text)
            return false;
    }
    return true;
}

/* ---- running clients --------------------------------------------------------------------------------------------- */

LOFT_API void
loft_machine_make_(void)
{
    if (loft_machine_now_)
        return;
    struct loft_machine_ *const m = (struct loft_machine_ *)loft_explore_got_(calloc(1, sizeof *m));
    const size_t stacks = (LOFT_EXPLORE_THREADS + 1u) * LOFT_MACHINE_STACK;
    const size_t arenas = (LOFT_EXPLORE_THREADS + 1u) * LOFT_MACHINE_ARENA;
    void *const p = loft_explore_got_(aligned_alloc(4096, stacks + arenas));
    for (unsigned t = 0; t <= LOFT_EXPLORE_THREADS; t++)
        m->thread[t].stack = (char *)memset((char *)p + t * LOFT_MACHINE_STACK, LOFT_MACHINE_MARK, LOFT_MACHINE_GUARD);
    m->arena = (char *)p + stacks;
    m->cell = (struct loft_machine_cell_ *)loft_explore_got_(calloc(LOFT_MACHINE_CELLS, sizeof *m->cell));
    m->phase = LOFT_PHASE_OUT_;
    loft_machine_now_ = m;
}

/* What an option means, of which 0 stands for the default. */
LOFT_API unsigned
loft_explore_or_(unsigned option, unsigned standard)
{
    return option == LOFT_EXPLORE_NONE ? 0 : option ? option : standard;
}

/* A client with its defaults filled in. */
LOFT_API loft_explore_client
loft_explore_settle_(const loft_explore_client *c)
{
    loft_explore_client r = *c;
    r.spins = loft_explore_or_(c->spins, 0);
    r.spurious = loft_explore_or_(c->spurious, 1);
    r.steps = c->steps ? c->steps : 2000u;
    if (r.steps > LOFT_GRAPH_THREADS * LOFT_GRAPH_EVENTS - 1u)
        r.steps = LOFT_GRAPH_THREADS * LOFT_GRAPH_EVENTS - 1u;
    return r;
}

LOFT_API void
loft_machine_begin_(const loft_explore_client *client, const loft_explore_options *o)
{
    struct loft_machine_ *const m = loft_machine_now_;
    m->client = client;
    m->threads = 0;
    while (m->threads < LOFT_EXPLORE_THREADS && client->thread[m->threads])
        m->threads++;
    m->places = 0;
    m->names = 0;
    m->blocked_label = false;
    m->blocking_label = false;
    m->gives_up = 0;
    m->probes = 0;
    memset(m->hash, 0, sizeof m->hash);
    m->frozen = o->frozen ? o->frozen - 1u : LOFT_MACHINE_NOBODY;
    m->frozen_at = o->frozen_at;
    m->weaken = o->weaken;
    m->weakened = o->weakened;
    for (unsigned i = 0; i < m->sites; i++)
        loft_machine_weaken_site_(m, &m->site[i]);
}

/* Is what came out of this execution what the client expects? */
LOFT_API void
loft_machine_judge_outcome_(struct loft_machine_ *m)
{
    size_t k = 0;
    if (!m->has_outcome || !m->client->outcomes)
        return;
    while (k < m->client->n_outcomes && m->client->outcomes[k] != m->outcome)
        k++;
    if (k == m->client->n_outcomes)
        loft_machine_verdict_(m, LOFT_EXPLORE_OUTCOME, "the outcome %llu should not be possible",
                              (unsigned long long)m->outcome);
}

/* So many executions with this outcome. */
LOFT_API void
loft_report_outcome_(loft_explore_report *out, uint64_t outcome, uint64_t executions)
{
    unsigned i = 0;
    while (i < out->outcomes && out->outcome[i] != outcome)
        i++;
    if (i < LOFT_EXPLORE_OUTCOMES) {
        out->outcomes += i == out->outcomes;
        out->outcome[i] = outcome;
        out->seen[i] += executions;
    } else if (out->verdict == LOFT_EXPLORE_OK) {
        out->verdict = LOFT_EXPLORE_USAGE;
        snprintf(out->message, sizeof out->message, "more than %d different outcomes", LOFT_EXPLORE_OUTCOMES);
    }
}

/* A part of the search has failed, and so has the whole. */
LOFT_API void
loft_report_failure_(loft_explore_report *out, const loft_explore_report *part)
{
    out->verdict = part->verdict;
    memcpy(out->message, part->message, sizeof out->message);
    memcpy(out->schedule, part->schedule, sizeof out->schedule);
    out->trace = part->trace;
}

/* One number for the execution that was just made: the same for the same graph. */
LOFT_API uint64_t
loft_machine_hash_(const struct loft_machine_ *m)
{
    uint64_t h = 0;
    for (unsigned n = 0; n < m->steps; n++) {
        const unsigned e = m->trail[n];
        const struct loft_event_ *const v = LOFT_EVENT_(m->graph, e);
        uint64_t x = (uint64_t)e << 32 | (uint64_t)v->from << 16 | (v->kind == LOFT_CHOICE_ ? v->value[0] : v->place);
        if (v->kind == LOFT_WRITE_)
            x ^= (uint64_t)loft_graph_rank_(m->graph, v->place, e) << 48;
        x = (x ^ (x >> 31)) * 0x9e3779b97f4a7c15u;
        x = (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9u;
        h += x ^ (x >> 32);
    }
    return h ? h : 1u;
}

/* Is it new? */
LOFT_API bool
loft_search_new_(struct loft_search_ *s, uint64_t h, uint64_t n)
{
    if (2u * (n + 1u) > s->known_room) {
        const size_t old_room = s->known_room;
        uint64_t *const old = s->known;
        s->known_room = old_room ? 2u * old_room : 4096u;
        s->known = (uint64_t *)loft_explore_got_(calloc(s->known_room, sizeof *s->known));
        for (size_t i = 0; i < old_room; i++) {
            size_t k = old[i] & (s->known_room - 1u);
            while (old[i] && s->known[k])
                k = (k + 1u) & (s->known_room - 1u);
            if (old[i])
                s->known[k] = old[i];
        }
        free(old);
    }
    size_t k = h & (s->known_room - 1u);
    while (s->known[k] && s->known[k] != h)
        k = (k + 1u) & (s->known_room - 1u);
    if (s->known[k] == h)
        return false;
    s->known[k] = h;
    return true;
}

/* One execution by a row of choices; true: it fails with that verdict. */
LOFT_API bool
loft_explore_again_(struct loft_machine_ *m, struct loft_search_step_ *step, size_t n, int verdict)
{
    struct loft_search_ *const s = &loft_search_now_;
    s->mode = LOFT_EXPLORE_REPLAY;
    s->step = step;
    s->steps = n;
    s->next = 0;
    loft_graph_clear_(m->graph);
    loft_machine_execute_all_(m);
    if (!loft_machine_over_(m))
        loft_machine_judge_outcome_(m);
    return m->failed && m->verdict == verdict;
}

LOFT_API void
loft_trace_take_(struct loft_search_ *s, loft_explore_report *out)
{
    out->trace = s->text;
    s->text = NULL;
    s->text_room = 0;
    s->text_length = 0;
}

/* What makes a row of choices hard to read. */
LOFT_API size_t
loft_schedule_weight_(const struct loft_search_step_ *step, size_t n)
{
    size_t w = n;
    for (size_t i = 0; i < n; i++)
        w += (step[i].choice ? 8u : 0) + (i && step[i].thread != step[i - 1u].thread ? 8u : 0);
    return w;
}

/* What may make a row of n choices easier to read at choice i: how many there are then, or 0 if it is not to be had. */
typedef size_t loft_schedule_edit_(struct loft_search_step_ *step, size_t n, size_t i);

/* The newest value instead. */
LOFT_API size_t
loft_schedule_renew_(struct loft_search_step_ *step, size_t n, size_t i)
{
    if (step[i].choice == 0)
        return 0;
    step[i].choice = 0;
    return n;
}

/* Not this change of thread: first the next steps of the thread before. */
LOFT_API size_t
loft_schedule_stay_(struct loft_search_step_ *step, size_t n, size_t i)
{
    size_t begin = i + 1u;
    if (i == 0 || step[i].thread == step[i - 1u].thread)
        return 0;
    while (begin < n && step[begin].thread != step[i - 1u].thread)
        begin++;
    if (begin == n)
        return 0;
    for (size_t end = begin; end < n && step[end].thread == step[i - 1u].thread; end++) {
        const struct loft_search_step_ next = step[end];
        memmove(step + i + 1u, step + i, (end - i) * sizeof *step);
        step[i++] = next;
    }
    return n;
}

/* Without this step. */
LOFT_API size_t
loft_schedule_drop_(struct loft_search_step_ *step, size_t n, size_t i)
{
    memmove(step + i, step + i + 1u, (n - i - 1u) * sizeof *step);
    return n - 1u;
}

/* Make the failure that was just seen easier to read: fewer steps, changes of thread and old values. In the end the
 * machine has made the best one, traced. */
LOFT_API void
loft_explore_shrink_(struct loft_machine_ *m, loft_explore_report *out)
{
    struct loft_search_ *const s = &loft_search_now_;
    static loft_schedule_edit_ *const edit[] = { loft_schedule_renew_, loft_schedule_stay_, loft_schedule_drop_ };
    static struct loft_search_step_ best[LOFT_GRAPH_THREADS * LOFT_GRAPH_EVENTS];
    static struct loft_search_step_ trial[LOFT_GRAPH_THREADS * LOFT_GRAPH_EVENTS];
    const int verdict = m->verdict;
    const double until = loft_explore_seconds_() + 3.0;
    size_t n = loft_schedule_of_(m, best);
    bool same = loft_explore_again_(m, best, n, verdict);
    for (bool better = same; better && loft_explore_seconds_() < until;) {
        better = false;
        for (size_t i = 0; i < n && loft_explore_seconds_() < until; i++) {
            for (unsigned way = 0; way < 3u; way++) {
                memcpy(trial, best, n * sizeof *best);
                size_t k = edit[way](trial, n, i);
                if (k == 0 || !loft_explore_again_(m, trial, k, verdict))
                    continue;
                k = loft_schedule_of_(m, trial);
                if (loft_schedule_weight_(trial, k) < loft_schedule_weight_(best, n)) {
                    memcpy(best, trial, k * sizeof *trial);
                    n = k;
                    better = true;
                    break;
                }
            }
        }
    }
    s->text_length = 0;
    m->tracing = true;
    same = loft_explore_again_(m, best, n, verdict) && same;
    if (same) {
        loft_schedule_text_(best, n, m->frozen, m->frozen_at, out->schedule, sizeof out->schedule);
        snprintf(out->message, sizeof out->message, "%s", m->message);
    } else {
        loft_trace_(m, "this is not how it went: it could not be replayed");
    }
    m->tracing = false;
    loft_trace_take_(s, out);
}

LOFT_API void
loft_search_prepare_(struct loft_search_ *s, const struct loft_machine_ *m, uint64_t number, unsigned longest)
{
    static const unsigned sticks[] = { 0, 50, 80, 95 };
    static const unsigned olds[] = { 0, 10, 30, 60 };
    const unsigned jobs = s->options.jobs;
    s->random = number * jobs + s->job;                  /* mixed twice: streams of neighbours are not shifted  */
    s->random = loft_search_random_(s) + s->options.seed * 0x2545f4914f6cdd1du;
    s->random = loft_search_random_(s);
    s->pct = s->options.search == LOFT_EXPLORE_PCT || (s->options.search != LOFT_EXPLORE_RANDOM && number % 2u);
    s->stick = sticks[loft_search_below_(s, 4)];
    s->old = olds[loft_search_below_(s, 4)];
    s->lowest = 1000;
    s->changes = s->options.depth - 1u < 16u ? s->options.depth - 1u : 16u;
    for (unsigned t = 0; t < m->threads; t++)
        s->priority[t] = 1000u + loft_search_below_(s, 1000);
    for (unsigned i = 0; i < s->changes; i++)
        s->change[i] = 1u + loft_search_below_(s, longest ? longest : 50u);
}

LOFT_API void
loft_explore_tell_(struct loft_search_ *s, const struct loft_machine_ *m, const loft_explore_report *out, bool end)
{
    const double now = loft_explore_seconds_();
    if (!s->options.progress || (!end && now - s->told < 0.5))
        return;
    s->told = now;
    fprintf(stderr, "%s: %llu executions, %llu blocked, %u steps at most, %u places in the code, %.1f s%s",
            m->client->name, (unsigned long long)out->executions, (unsigned long long)out->blocked, out->longest,
            m->sites, now - s->began, end ? "\n" : "\r");
}

LOFT_API void
loft_explore_alone_(const loft_explore_client *client, loft_explore_report *out)
{
    struct loft_search_ *const s = &loft_search_now_;
    struct loft_machine_ *const m = loft_machine_now_;
    const loft_explore_options o = s->options;
    struct loft_search_step_ *step = NULL;
    s->items = 0;
    s->length = 0;
    s->level = 0;
    s->shared = 0;
    s->told = s->began;
    if (s->made == 0) {
        free(s->known);
        s->known = NULL;
        s->known_room = 0;
    }
    s->mode = (int)o.search;
    if (o.search == LOFT_EXPLORE_AUTO)
        s->mode = client->executions ? LOFT_EXPLORE_RANDOM : LOFT_EXPLORE_EXHAUSTIVE;
    const bool random = s->mode == LOFT_EXPLORE_RANDOM || s->mode == LOFT_EXPLORE_PCT;
    if (s->mode == LOFT_EXPLORE_REPLAY) {
        size_t n = 0;
        unsigned frozen = LOFT_MACHINE_NOBODY;
        const size_t room = LOFT_GRAPH_THREADS * LOFT_GRAPH_EVENTS;
        const char *const text = o.schedule ? o.schedule : "?";
        step = (struct loft_search_step_ *)calloc(room, sizeof *step);
        if (!step || !loft_schedule_parse_(text, step, room, &n, &frozen, &m->frozen_at)) {
            out->verdict = LOFT_EXPLORE_USAGE;
            snprintf(out->message, sizeof out->message, "this is no string of choices: %s", text);
            free(step);
            return;
        }
        if (frozen != LOFT_MACHINE_NOBODY)
            m->frozen = frozen;
        s->step = step;
        s->steps = n;
        s->next = 0;
    }
    m->graph = loft_search_graph_(s);
    loft_search_enter_(s, m->graph);
    loft_graph_clear_(m->graph);
    const uint64_t wanted = random ? (client->executions + o.jobs - 1u) / o.jobs : 0;
    uint64_t fruitful = s->made;                         /* when something new was last met                    */
    for (uint64_t number = s->made;; number++) {
        const bool late = (number & 63u) == 63u && loft_search_late_(s);
        if (late || (o.executions && number - s->made >= o.executions))
            break;
        if (random) {
            loft_search_prepare_(s, m, number, out->longest);
            loft_graph_clear_(m->graph);
        } else if (s->mode == LOFT_EXPLORE_BOUNDED) {
            s->at = 0;
            loft_graph_clear_(m->graph);
        }
        m->tracing = s->mode == LOFT_EXPLORE_REPLAY;
        loft_machine_execute_all_(m);
        m->tracing = false;
        const bool counts = o.jobs < 2u || s->job == 0 || s->mode != LOFT_EXPLORE_EXHAUSTIVE ||
                            s->level >= LOFT_SEARCH_PART_;
        out->steps += m->steps;
        out->longest = m->steps > out->longest ? m->steps : out->longest;
        if (m->pruned) {
            out->blocked += counts;
        } else if (counts) {
            out->executions++;
            if (!m->failed && m->has_outcome)
                loft_report_outcome_(out, m->outcome, 1);
            if (!m->failed)
                loft_machine_judge_outcome_(m);
        }
        if (m->failed) {
            out->verdict = (loft_explore_verdict)m->verdict;
            snprintf(out->message, sizeof out->message, "%s", m->message);
        }
        if (out->verdict != LOFT_EXPLORE_OK)
            break;
        loft_explore_tell_(s, m, out, false);
        if (random && !m->pruned && !m->twin && loft_search_new_(s, loft_machine_hash_(m), out->distinct)) {
            out->distinct++;
            fruitful = number;
        }
        if (wanted && out->distinct >= wanted)
            break;
        if (wanted && number - fruitful > 1000u + 50u * out->distinct) {
            out->verdict = LOFT_EXPLORE_USAGE;
            snprintf(out->message, sizeof out->message, "there seem to be no more than %llu different executions",
                     (unsigned long long)out->distinct);
            break;
        }
        if (s->mode == LOFT_EXPLORE_EXHAUSTIVE && !(m->graph = loft_search_next_(s))) {
            out->exhaustive = m->gives_up == 0;
            if (m->gives_up) {
                out->verdict = LOFT_EXPLORE_USAGE;
                snprintf(out->message, sizeof out->message, "thread %c has a loop that gives up after some rounds, and "
                         "was cut off before: set .spins to as many rounds", 'a' + (int)m->gives_up - 1);
            }
            break;
        }
        if (s->mode == LOFT_EXPLORE_REPLAY || (s->mode == LOFT_EXPLORE_BOUNDED && !loft_search_next_way_(s)))
            break;
    }
    if (out->verdict != LOFT_EXPLORE_OK)
        loft_search_stop_(s);
    if (s->mode == LOFT_EXPLORE_REPLAY) {
        loft_trace_take_(s, out);
        snprintf(out->schedule, sizeof out->schedule, "%s", o.schedule);
    } else if (out->verdict != LOFT_EXPLORE_OK && m->failed && !o.no_trace) {
        loft_explore_shrink_(m, out);
    }
    loft_explore_tell_(s, m, out, true);
    while (s->frames)
        loft_search_return_(s);
    m->graph = NULL;
    free(step);
}

/* One thread frozen at one step: all that the others can do then, or else some of it. false: it fails. */
LOFT_API bool
loft_explore_frozen_(const loft_explore_client *client, uint64_t most, loft_explore_report *out)
{
    struct loft_search_ *const s = &loft_search_now_;
    const loft_explore_options all = s->options;
    loft_explore_report part;
    for (unsigned way = 0; way < 2u; way++) {
        memset(&part, 0, sizeof part);
        s->options.search = way == 0 ? LOFT_EXPLORE_EXHAUSTIVE : LOFT_EXPLORE_RANDOM;
        s->options.executions = way == 0 ? most : 200u;
        loft_explore_alone_(client, &part);
        s->options = all;
        out->executions += part.executions;
        out->blocked += part.blocked;
        out->steps += part.steps;
        if (part.verdict != LOFT_EXPLORE_OK) {
            loft_report_failure_(out, &part);
            return false;
        }
        if (part.exhaustive)
            return true;
        out->exhaustive = false;                         /* a sample: it does not say that no freeze is seen    */
    }
    return true;
}

/* Each thread frozen for ever at each of its steps. */
LOFT_API void
loft_explore_freeze_(const loft_explore_client *client, loft_explore_report *out)
{
    struct loft_search_ *const s = &loft_search_now_;
    struct loft_machine_ *const m = loft_machine_now_;
    const uint64_t most = out->exhaustive ? out->executions + out->blocked + 1000u : 1000u;
    for (unsigned t = 0; t < m->threads; t++) {
        m->froze = true;
        for (unsigned k = 0; m->froze; k++) {
            m->froze = false;
            m->frozen = t;
            m->frozen_at = k;
            if (!loft_explore_frozen_(client, most, out))
                return;
            if (m->froze && loft_search_late_(s)) {
                out->exhaustive = false;
                return;
            }
        }
    }
    if (m->blocking_label && !m->blocked_label) {
        out->verdict = LOFT_EXPLORE_NOT_BLOCKING;
        snprintf(out->message, sizeof out->message, "calls that are said to block never waited for a frozen thread");
    }
}

/* What can only be said at the end. */
LOFT_API void
loft_explore_conclude_(const loft_explore_client *client, loft_explore_report *out)
{
    if (out->verdict == LOFT_EXPLORE_OK && out->exhaustive && out->executions == 0) {
        out->verdict = LOFT_EXPLORE_USAGE;
        snprintf(out->message, sizeof out->message, "no execution comes to its end, so nothing was checked");
    }
    const size_t expected = out->exhaustive && client->outcomes ? client->n_outcomes : 0;
    for (size_t k = 0; out->verdict == LOFT_EXPLORE_OK && k < expected; k++) {
        unsigned i = 0;
        while (i < out->outcomes && out->outcome[i] != client->outcomes[k])
            i++;
        if (i == out->outcomes) {
            out->verdict = LOFT_EXPLORE_OUTCOME;
            snprintf(out->message, sizeof out->message, "the outcome %llu should be possible, and was not seen",
                     (unsigned long long)client->outcomes[k]);
        }
    }
}

/* What a process has found, to the one that joins it: the report, its trace, the executions it has met. */
LOFT_API bool
loft_explore_send_(struct loft_search_ *s, int end, loft_explore_report *part)
{
    size_t length = part->trace ? strlen(part->trace) + 1u : 0;
    size_t n = 0;
    for (size_t k = 0; k < s->known_room; k++) {
        if (s->known[k])
            s->known[n++] = s->known[k];
    }
    return loft_explore_pipe_(end, part, sizeof *part, true) && loft_explore_pipe_(end, &length, sizeof length, true) &&
           loft_explore_pipe_(end, part->trace, length, true) &&
           loft_explore_pipe_(end, s->known, n * sizeof *s->known, true);
}

/* The same, at the other end. The executions are counted here: two processes may have met the same. */
LOFT_API bool
loft_explore_receive_(struct loft_search_ *s, int end, loft_explore_report *part, loft_explore_report *out)
{
    size_t length = 0;
    uint64_t hash[512];
    const bool told = loft_explore_pipe_(end, part, sizeof *part, false);
    part->trace = NULL;                                  /* it was where the other process has it              */
    if (!told || !loft_explore_pipe_(end, &length, sizeof length, false))
        return false;
    part->trace = length ? (char *)loft_explore_got_(malloc(length)) : NULL;
    if (!loft_explore_pipe_(end, part->trace, length, false))
        return false;
    for (uint64_t left = part->distinct; left > 0;) {
        const size_t n = left < 512u ? (size_t)left : 512u;
        if (!loft_explore_pipe_(end, hash, n * sizeof *hash, false))
            return false;
        for (size_t i = 0; i < n; i++)
            out->distinct += loft_search_new_(s, hash[i], out->distinct);
        left -= n;
    }
    return true;
}

/* One process of the search, which ends here. */
LOFT_API void
loft_explore_child_(const loft_explore_client *client, unsigned job, int end)
{
    struct loft_search_ *const s = &loft_search_now_;
    static loft_explore_report part;
    s->job = job;
    s->options.executions = (s->options.executions + s->options.jobs - 1u) / s->options.jobs;
    loft_explore_alone_(client, &part);
    _exit(!loft_explore_send_(s, end, &part));
}

LOFT_API void
loft_explore_join_(loft_explore_report *out, loft_explore_report *part)
{
    out->exhaustive = out->exhaustive && part->exhaustive;
    out->executions += part->executions;
    out->blocked += part->blocked;
    out->steps += part->steps;
    out->longest = part->longest > out->longest ? part->longest : out->longest;
    if (part->verdict != LOFT_EXPLORE_OK && out->verdict == LOFT_EXPLORE_OK)
        loft_report_failure_(out, part);
    else
        free(part->trace);
    for (unsigned i = 0; i < part->outcomes; i++)
        loft_report_outcome_(out, part->outcome[i], part->seen[i]);
}

/* Several processes, each a part. */
LOFT_API void
loft_explore_parts_(const loft_explore_client *client, loft_explore_report *out)
{
    struct loft_search_ *const s = &loft_search_now_;
    const unsigned jobs = s->options.jobs;
    const uint64_t most = s->options.executions;
    static loft_explore_report part;
    int from[LOFT_EXPLORE_JOBS];
    pid_t child[LOFT_EXPLORE_JOBS];
    uint64_t made = 0;
    bool able = pipe(s->stop) == 0;
    fflush(stdout);
    for (unsigned j = 0; j < jobs; j++) {
        int ends[2];
        able = able && pipe(ends) == 0 && (child[j] = fork()) >= 0;
        if (!able) {
            fprintf(stderr, "loft/check/explore.h: no more processes\n");
            abort();
        }
        if (child[j] == 0)
            loft_explore_child_(client, j, ends[1]);
        close(ends[1]);
        from[j] = ends[0];
    }
    free(s->known);
    s->known = NULL;
    s->known_room = 0;
    out->exhaustive = true;
    for (unsigned j = 0; j < jobs; j++) {
        int status;
        if (!loft_explore_receive_(s, from[j], &part, out)) {
            free(part.trace);
            memset(&part, 0, sizeof part);
            part.verdict = LOFT_EXPLORE_USAGE;
            snprintf(part.message, sizeof part.message, "a process of the search ended early");
            loft_search_stop_(s);
        }
        close(from[j]);
        waitpid(child[j], &status, 0);
        made = part.executions + part.blocked > made ? part.executions + part.blocked : made;
        loft_explore_join_(out, &part);
    }
    close(s->stop[0]);
    close(s->stop[1]);
    s->options.jobs = 1;
    /* As many as two of them have both met are still to be found. */
    const uint64_t runs = out->executions + out->blocked;
    if (out->verdict == LOFT_EXPLORE_OK && out->distinct && out->distinct < client->executions &&
        (most == 0 || runs < most)) {
        s->made = made * jobs;
        s->options.executions = most ? most - runs : 0;
        loft_explore_alone_(client, out);
        s->made = 0;
    }
}

/* loft_explore_run - search for an execution of the client that fails.
 *   returns   LOFT_EXPLORE_OK: none was found; out->exhaustive says whether there is none. Else what the first one was;
 *             *out has the reason, the choices that replay it and its trace, which the caller frees
 *   threads   one
 *   cost      about a microsecond a step; see docs/check/explore.md
 */
LOFT_API loft_explore_verdict
loft_explore_run(const loft_explore_client *client, const loft_explore_options *or_null, loft_explore_report *out)
{
    struct loft_search_ *const s = &loft_search_now_;
    loft_explore_options *const o = &s->options;
    const loft_explore_client c = loft_explore_settle_(client);
    memset(out, 0, sizeof *out);
    memset(o, 0, sizeof *o);
    if (or_null)
        *o = *or_null;
    o->preemptions = loft_explore_or_(o->preemptions, 2);
    o->old_values = loft_explore_or_(o->old_values, 2);
    o->depth = o->depth ? o->depth : 3u;
    o->jobs = o->jobs < LOFT_EXPLORE_JOBS ? o->jobs : LOFT_EXPLORE_JOBS;
    if (o->jobs == 0 || o->search == LOFT_EXPLORE_REPLAY || o->search == LOFT_EXPLORE_BOUNDED)
        o->jobs = 1;
    s->job = 0;
    s->made = 0;
    s->began = loft_explore_seconds_();
    loft_machine_make_();
    loft_machine_begin_(&c, o);
    if (o->jobs > 1u)
        loft_explore_parts_(&c, out);
    else
        loft_explore_alone_(&c, out);
    if (out->verdict == LOFT_EXPLORE_OK && (c.flags & LOFT_EXPLORE_FREEZE) && !o->frozen &&
        o->search == LOFT_EXPLORE_AUTO)
        loft_explore_freeze_(&c, out);
    out->seconds = loft_explore_seconds_() - s->began;
    loft_machine_now_->client = NULL;
    loft_explore_conclude_(client, out);
    return out->verdict;
}

/* loft_explore_verdict_name - "a race" and so on. */
LOFT_API const char *
loft_explore_verdict_name(loft_explore_verdict v)
{
    switch (v) {
    case LOFT_EXPLORE_OK:             return "ok";
    case LOFT_EXPLORE_ASSERT:         return "a check failed";
    case LOFT_EXPLORE_RACE:           return "a data race";
    case LOFT_EXPLORE_USE_AFTER_FREE: return "a use after free";
    case LOFT_EXPLORE_DOUBLE_FREE:    return "a double free";
    case LOFT_EXPLORE_LEAK:           return "a leak";
    case LOFT_EXPLORE_UNINIT:         return "uninitialised memory";
    case LOFT_EXPLORE_DEADLOCK:       return "a deadlock";
    case LOFT_EXPLORE_ENDLESS:        return "no end";
    case LOFT_EXPLORE_NOT_LINEAR:     return "not linearizable";
    case LOFT_EXPLORE_NOT_LOCK_FREE:  return "not lock-free";
    case LOFT_EXPLORE_NOT_WAIT_FREE:  return "not wait-free";
    case LOFT_EXPLORE_NOT_BLOCKING:   return "not blocking";
    case LOFT_EXPLORE_OUTCOME:        return "a wrong outcome";
    case LOFT_EXPLORE_USAGE:          return "wrong usage";
    }
    return "?";
}

/* ---- a program of clients ---------------------------------------------------------------------------------------- */

struct loft_explore_program_ {
    loft_explore_options options;
    struct loft_explore_weaken_ weaken[16];
    const char *client;
    bool list;
    bool sites;
    uint64_t scale;                                      /* percent of the executions that clients ask for     */
    bool all;                                            /* it was said, and is 100 or more                    */
    const char *path;
};

LOFT_API bool
loft_explore_parse_weaken_(const char *text, struct loft_explore_weaken_ *w)
{
    const char *const equals = strrchr(text, '=');
    const char *colon = equals;
    int slot = 0;
    int line = 0;
    while (colon && colon > text && colon[-1] != ':')
        colon--;
    if (!equals || !colon || colon <= text || sscanf(colon, "%d", &slot) != 1 || slot < 0 || slot > 1)
        return false;
    const char *second = colon - 1;
    while (second > text && second[-1] != ':')
        second--;
    if (second <= text || sscanf(second, "%d", &line) != 1 || (size_t)(second - 1 - text) >= sizeof w->file)
        return false;
    memcpy(w->file, text, (size_t)(second - 1 - text));
    w->file[second - 1 - text] = '\0';
    w->line = line;
    w->slot = slot;
    for (int order = 0; order <= 5; order++) {
        if (strcmp(equals + 1, loft_trace_order_(order)) == 0) {
            w->order = order;
            return true;
        }
    }
    return false;
}

/* A bound of which none is less than the default. */
LOFT_API unsigned
loft_explore_parse_bound_(const char *text)
{
    const unsigned bound = (unsigned)strtoul(text, NULL, 10);
    return bound ? bound : LOFT_EXPLORE_NONE;
}

LOFT_API bool
loft_explore_parse_(struct loft_explore_program_ *p, int argc, char **argv)
{
    static const char *const searches[] = { "auto", "exhaustive", "bounded", "random", "pct" };
    loft_explore_options *const o = &p->options;
    memset(p, 0, sizeof *p);
    const char *const scale = getenv("LOFT_EXPLORE_SCALE");
    p->scale = scale && atoi(scale) > 0 ? (uint64_t)atoi(scale) : 100u;
    p->all = scale && atoi(scale) >= 100;
    p->path = argc > 0 ? argv[0] : "explore";
    o->weaken = p->weaken;
    for (int i = 1; i < argc; i++) {
        const char *const name = argv[i];
        if (strcmp(name, "--list") == 0 || strcmp(name, "--sites") == 0 || strcmp(name, "--progress") == 0) {
            p->list = p->list || name[2] == 'l';
            p->sites = p->sites || name[2] == 's';
            o->progress = o->progress || name[2] == 'p';
            continue;
        }
        const char *const value = ++i < argc ? argv[i] : NULL;
        if (!value)
            return false;
        if (strcmp(name, "--client") == 0) {
            p->client = value;
        } else if (strcmp(name, "--search") == 0) {
            unsigned k = 0;
            while (k < 5u && strcmp(value, searches[k]) != 0)
                k++;
            if (k == 5u)
                return false;
            o->search = (loft_explore_search)k;
        } else if (strcmp(name, "--time") == 0) {
            o->seconds = strtod(value, NULL);
        } else if (strcmp(name, "--executions") == 0) {
            o->executions = strtoull(value, NULL, 10);
        } else if (strcmp(name, "--seed") == 0) {
            o->seed = strtoull(value, NULL, 10);
        } else if (strcmp(name, "--preemptions") == 0) {
            o->preemptions = loft_explore_parse_bound_(value);
        } else if (strcmp(name, "--old-values") == 0) {
            o->old_values = loft_explore_parse_bound_(value);
        } else if (strcmp(name, "--depth") == 0) {
            o->depth = (unsigned)strtoul(value, NULL, 10);
        } else if (strcmp(name, "--jobs") == 0) {
            o->jobs = (unsigned)strtoul(value, NULL, 10);
        } else if (strcmp(name, "--replay") == 0) {
            o->schedule = value;
            o->search = LOFT_EXPLORE_REPLAY;
        } else if (strcmp(name, "--weaken") == 0 && o->weakened < 16u) {
            if (!loft_explore_parse_weaken_(value, &p->weaken[o->weakened++]))
                return false;
        } else {
            return false;
        }
    }
    return true;
}

LOFT_API void
loft_explore_print_trace_(const char *text)
{
    while (text && *text) {
        const size_t n = strcspn(text, "\n");
        printf("#   %.*s\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

/* Which of the places in the code that --weaken names was executed. */
LOFT_API bool
loft_explore_reached_(const struct loft_explore_weaken_ *w)
{
    const struct loft_machine_ *const m = loft_machine_now_;
    for (unsigned i = 0; m && i < m->sites; i++) {
        if (loft_machine_names_site_(w, &m->site[i]))
            return true;
    }
    return false;
}

/* One line of TAP for a client, and what explains it. */
LOFT_API bool
loft_explore_client_(const struct loft_explore_program_ *p, const loft_explore_client *client, size_t number)
{
    loft_explore_client scaled = *client;
    const loft_explore_client *const c = &scaled;
    scaled.executions = (client->executions * p->scale + 99u) / 100u;
    if (p->all && (client->flags & LOFT_EXPLORE_ALL))
        scaled.executions = 0;
    static loft_explore_report r;
    const bool mutant = p->options.weakened != 0;
    const bool whole = p->options.search == LOFT_EXPLORE_AUTO && p->options.executions == 0;
    char how[256];
    (void)loft_explore_run(c, &p->options, &r);
    const bool exhaustive = c->executions == 0 || p->options.search == LOFT_EXPLORE_EXHAUSTIVE;
    const bool ended = !whole || c->expect != LOFT_EXPLORE_OK ||
                       (c->executions ? r.distinct >= c->executions : r.exhaustive);
    bool good = r.verdict == c->expect && (ended || mutant);
    if (p->options.search == LOFT_EXPLORE_REPLAY)
        good = r.verdict == LOFT_EXPLORE_OK;
    if (r.verdict != LOFT_EXPLORE_OK)
        snprintf(how, sizeof how, "%s after %llu executions, %.2f s", loft_explore_verdict_name(r.verdict),
                 (unsigned long long)r.executions, r.seconds);
    else if (!ended)
        snprintf(how, sizeof how, "cut short after %llu executions, %.2f s", (unsigned long long)r.executions,
                 r.seconds);
    else if (exhaustive)
        snprintf(how, sizeof how, "%s, %llu executions, %.2f s", r.exhaustive ? "exhaustive" : "not exhaustive",
                 (unsigned long long)r.executions, r.seconds);
    else
        snprintf(how, sizeof how, "random, %llu distinct of %llu executions, seed %llu, %.2f s",
                 (unsigned long long)r.distinct, (unsigned long long)r.executions, (unsigned long long)p->options.seed,
                 r.seconds);
    printf("%s %zu - %s: %s\n", good ? "ok" : "not ok", number, c->name, how);
    for (unsigned i = 0; i < p->options.weakened; i++) {
        if (!loft_explore_reached_(&p->weaken[i]))
            printf("# weaken: not reached\n");
    }
    if (!good || p->options.search == LOFT_EXPLORE_REPLAY) {
        if (c->expect != LOFT_EXPLORE_OK)
            printf("#   expected: %s\n", loft_explore_verdict_name(c->expect));
        if (r.verdict != LOFT_EXPLORE_OK)
            printf("#   %s: %s\n", loft_explore_verdict_name(r.verdict), r.message);
        if (!mutant || p->options.search == LOFT_EXPLORE_REPLAY)
            loft_explore_print_trace_(r.trace);
        if (r.schedule[0]) {
            printf("#   replay: %s --client '%s' --replay %s", p->path, c->name, r.schedule);
            for (unsigned i = 0; i < p->options.weakened; i++)
                printf(" --weaken %s:%d:%d=%s", p->weaken[i].file, p->weaken[i].line, p->weaken[i].slot,
                       loft_trace_order_(p->weaken[i].order));
            printf("\n");
        }
    }
    free(r.trace);
    r.trace = NULL;
    fflush(stdout);
    return good;
}

/* loft_explore_main - explore some clients and print what came of it as TAP; see docs/check/explore.md for the options.
 *   returns   0: all came out as expected; 1: some did not; 2: the options are wrong
 *   threads   one
 */
LOFT_API int
loft_explore_main(const loft_explore_client *clients, size_t n, int argc, char **argv)
{
    struct loft_explore_program_ p;
    size_t asked = 0;
    size_t number = 0;
    bool good = true;
    if (!loft_explore_parse_(&p, argc, argv)) {
        fprintf(stderr, "usage: %s [--list] [--client NAME] [--search exhaustive|bounded|random|pct] [--time SECONDS]\n"
                "    [--executions N] [--seed N] [--preemptions N] [--old-values N] [--depth N] [--jobs N]\n"
                "    [--progress] [--sites] [--replay CHOICES] [--weaken FILE:LINE:SLOT=ORDER]\n",
                argc > 0 ? argv[0] : "explore");
        return 2;
    }
    for (size_t i = 0; i < n; i++) {
        if (p.list)
            printf("%s\n", clients[i].name);
        asked += !p.client || strcmp(p.client, clients[i].name) == 0;
    }
    if (p.list)
        return 0;
    if (asked == 0 || (p.options.search == LOFT_EXPLORE_REPLAY && asked != 1u)) {
        fprintf(stderr, "%s: no client is called %s; see --list\n", p.path, p.client ? p.client : "");
        return 2;
    }
    if (p.sites || p.options.weakened)                   /* which places were executed is known to this process */
        p.options.jobs = 1;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("1..%zu\n", asked);
    p.options.no_trace = p.options.weakened != 0 && p.options.search != LOFT_EXPLORE_REPLAY;
    for (size_t i = 0; i < n; i++) {
        if (!p.client || strcmp(p.client, clients[i].name) == 0)
            good = loft_explore_client_(&p, &clients[i], ++number) && good;
    }
    for (unsigned i = 0; p.sites && loft_machine_now_ && i < loft_machine_now_->sites; i++) {
        const struct loft_machine_site_ *const s = &loft_machine_now_->site[i];
        const bool cas = strncmp(s->what, "cas", 3) == 0 || strncmp(s->what, "dw_cas", 6) == 0;
        printf("# site %s:%d:0 %s %llu\n", s->file, s->line, loft_trace_order_(s->order[0]),
               (unsigned long long)s->hits);
        if (cas)
            printf("# site %s:%d:1 %s %llu\n", s->file, s->line, loft_trace_order_(s->order[1]),
                   (unsigned long long)s->hits);
    }
    return good ? 0 : 1;
}

#endif /* target */
#endif /* first */
#endif /* LOFT_CHECK_EXPLORE_H */
