/* SPDX-License-Identifier: MIT
 *
 * loft/check/machine.h - one execution of a client: threads as coroutines over a memory that is an execution graph.
 *
 * Needs: check/explore.h
 *
 * Machinery for explore.h, which includes it and decides (loft_search_*_) what may go either way: who moves, which of
 * several stores a load sees, where a store stands. Here is what follows from that: values, waiting, allocation, races,
 * labels of progress.
 *
 * THREADS      Each is a coroutine with a stack of its own; one OS thread runs them all. They change places before an
 *              access, never elsewhere. There are two steps that C does not have: a mark where a recorded call is made
 *              and where it returns, and a choice.
 *
 * EDGES        syscall:A <-> syscall:E     the kernel's own: who is about to sleep and who wakes see each other
 *              light:A -> heavy:A          membarrier(2): what is done before the one is seen after the other
 *              heavy:A -> light:A, catch:A
 *              catch:A -> heavy:A          the same where it is the signal that interrupts
 *              end:A -> heavy:A            the same where its thread has ended
 *
 * SIGNALS      loft_memory_signal_ sends one to another thread, which runs the handler before one of its next steps:
 *              when, is the search's choice, but a heavy fence waits for it, as the interrupt of membarrier(2) makes
 *              the target take what is pending. All this follows the order of running, so the search must not be
 *              exhaustive.
 *
 * ENDS         A thread that has ended was taken off its processor for good, by way of a full fence, and membarrier(2)
 *              looks at the threads that run: so each heavy fence that comes later knows all that it did. Its end is a
 *              step like others, with which it takes no signal any more; whoever has only seen its last store does not
 *              know that it has ended. Without signals nobody can tell before all is over: only a thread that another
 *              has found gone is known to have ended. So programs without them do not have that step
 *              (loft_memory_signals_). A thread that is frozen has been taken off its processor, too.
 *
 * MEMORY       Atomic words live in the graph, not at their address, so that a static one still has its first value
 *              when the next execution begins. All else is real memory. A run follows the order of rf, so plain memory
 *              that is passed on with an edge has the right content; without one it is a race, and reported.
 *
 * WAITING      LOFT_PAUSE and LOFT_YIELD end a round of a loop. A round that had no effect (to put back what was there,
 *              as an exchange does that finds a lock taken, is none) and saw the same values at the same places as an
 *              earlier one since the last effect is useless, for it can go on like that. After client.spins of them the
 *              thread waits until something is stored. So does one that reads one word at one place over and over
 *              without a pause. When all who are left wait, and have seen the newest of everything, each gets some
 *              rounds more, in case it gives up by itself; then it is a deadlock. A loop that gives up while others
 *              could still move is only followed as far as client.spins lets it; where that cuts one off, the search
 *              is not called exhaustive.
 */
#ifndef LOFT_CHECK_MACHINE_H
#define LOFT_CHECK_MACHINE_H

#if !defined(LOFT_CHECK_EXPLORE_H)
#  undef LOFT_CHECK_MACHINE_H
#  include "explore.h"                                   /* which includes this one, in its place              */
#else

#if defined(__SANITIZE_ADDRESS__)
#  define LOFT_MACHINE_ASAN_  1
#elif defined(__has_feature)
#  if __has_feature(address_sanitizer)
#    define LOFT_MACHINE_ASAN_  1
#  endif
#endif
#if defined(LOFT_MACHINE_ASAN_)
#  include <sanitizer/asan_interface.h>
#endif

/* ---- coroutines -------------------------------------------------------------------------------------------------- */

/* On the stack of one that does not run, from its pointer: where to go on. All registers change; where a call may take
 * its callee's word for what it leaves alone, it must not. */
#if LOFT_GCC
#  define LOFT_MACHINE_OPAQUE_  __attribute__((noipa))
#else
#  define LOFT_MACHINE_OPAQUE_
#endif
#if LOFT_X86_64
/* Below the pointer is the red zone of the code around. */
LOFT_MACHINE_OPAQUE_ LOFT_NOINLINE void
loft_machine_switch_(void **from, void *to)
{
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n\t"
                     "pushq %%rbp\n\t"
                     "pushq %%rbx\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "movq %%rsp, (%0)\n\t"
                     "movq %1, %%rsp\n\t"
                     "popq %%rax\n\t"
                     "jmpq *%%rax\n"
                     "1:\n\t"
                     "endbr64\n\t"
                     "popq %%rbx\n\t"
                     "popq %%rbp\n\t"
                     "leaq 128(%%rsp), %%rsp"
                     : "+D"(from), "+S"(to)
                     :
                     : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc",
                       "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
                       "xmm12", "xmm13", "xmm14", "xmm15");
}
#elif LOFT_AARCH64
LOFT_MACHINE_OPAQUE_ LOFT_NOINLINE void
loft_machine_switch_(void **from, void *to)
{
    __asm__ volatile("sub sp, sp, #32\n\t"
                     "stp x29, x30, [sp, #16]\n\t"
                     "adr x9, 1f\n\t"
                     "str x9, [sp]\n\t"
                     "mov x10, sp\n\t"
                     "str x10, [%0]\n\t"
                     "mov sp, %1\n\t"
                     "ldr x9, [sp]\n\t"
                     "ret x9\n"                          /* a branch would need a landing pad under BTI        */
                     "1:\n\t"
                     "ldp x29, x30, [sp, #16]\n\t"
                     "add sp, sp, #32"
                     : "+r"(from), "+r"(to)
                     :
                     : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",
                       "x17", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "memory", "cc",
                       "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14",
                       "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28",
                       "v29", "v30", "v31");
}
#endif

/* ---- types ------------------------------------------------------------------------------------------------------- */

#define LOFT_MACHINE_STACK   ((size_t)256 << 10)
#define LOFT_MACHINE_GUARD   64u                         /* bytes at its end that nobody may touch ...         */
#define LOFT_MACHINE_MARK    0x3c                        /* ... and what is in them                            */
#define LOFT_MACHINE_ARENA   ((size_t)1 << 20)           /* of each thread                                     */
#define LOFT_MACHINE_BLOCKS  1024u                       /* allocations of one execution                       */
#define LOFT_MACHINE_CELLS   8192u                       /* words of payload of one execution; a power of two  */
#define LOFT_MACHINE_SITES   1024u
#define LOFT_MACHINE_NAMES   64u
#define LOFT_MACHINE_AGAIN   64u                         /* looks in a row at one store are a loop that waits  */
#define LOFT_MACHINE_ROUNDS  8u                          /* so many earlier ones a round is compared with      */
#define LOFT_MACHINE_EXTRA   32u                         /* rounds before a deadlock is one                    */
#define LOFT_MACHINE_ALONE   1000000u                    /* steps of setup, and of finish                      */
#define LOFT_MACHINE_HASH    1024u                       /* places; a power of two, above LOFT_GRAPH_PLACES    */
#define LOFT_MACHINE_NOBODY  99u

enum { LOFT_PHASE_OUT_, LOFT_PHASE_SETUP_, LOFT_PHASE_THREADS_, LOFT_PHASE_FINISH_ };
enum { LOFT_THREAD_READY_, LOFT_THREAD_WAITS_, LOFT_THREAD_FROZEN_, LOFT_THREAD_ENDED_ };

/* A place in the code, the orders it is written with, and those it has now. */
struct loft_machine_site_ {
    const char *file;
    const char *what;
    int line;
    int order[2];
    int as[2];
    uint64_t hits;
};

/* An atomic object. It is known by its address and by the block that lies there: memory that comes back from the
 * allocator is another object. */
struct loft_machine_place_ {
    uintptr_t address;
    uint32_t block;                                      /* 0: none, it is not from the allocator              */
    uint16_t size;
    uint32_t seen;                                       /* the execution in which it was last met             */
    uint32_t known;                                      /* the execution in which first is its first value    */
    uint32_t born;                                       /* the execution in which birth is the event that     */
    uint16_t birth;                                      /* made it, after the threads had begun               */
    uint64_t first[2];
};

struct loft_machine_block_ {
    uintptr_t address;
    size_t size;
    uint32_t name;                                       /* thread and number; the same in every execution     */
    uint16_t owner;                                      /* who allocated it, ...                              */
    uint16_t since;                                      /* ... before which of its events                     */
    bool freed;
    uint32_t nth;                                        /* which of the frees of its thread that was, from 1  */
    bool again;                                          /* its memory was another block's                     */
    uint16_t freed_by;
    uint16_t used[LOFT_GRAPH_THREADS];                   /* the last event of each thread that uses it, + 1    */
};

/* Eight bytes of payload. */
struct loft_machine_cell_ {
    uintptr_t word;
    uint32_t known;                                      /* the execution it belongs to                        */
    uint32_t block;
    uint8_t written;                                     /* bytes that have a value                            */
    uint8_t writer[8];
    uint16_t wrote[8];
    uint16_t read[LOFT_EXPLORE_THREADS][8];
};

struct loft_machine_call_ {
    uint16_t begin;                                      /* the mark where it is made; LOFT_GRAPH_INIT: none   */
    uint16_t end;                                        /* ... and where it returns, as far as it does        */
    unsigned phase;
};

struct loft_machine_thread_ {
    void *pointer;
    char *stack;
    int state;
    bool half;                                           /* has read for a read-modify-write, and must write   */
    void (*caught)(void);                                /* the handler of a signal that it has not taken yet  */
    bool due;                                            /* ... and must, before it does anything else         */
    bool masked;                                         /* it is about to                                     */
    unsigned start[LOFT_MACHINE_ROUNDS];                 /* the first events of the rounds since the last effect */
    unsigned rounds;
    unsigned round;                                      /* the first event of this round                      */
    bool worked;                                         /* this round has done more than look                 */
    unsigned useless;                                    /* how many rounds were like an earlier one           */
    unsigned span;                                       /* the first event of the round that is repeated      */
    bool paused;                                         /* it waits at a pause                                */
    unsigned extra;                                      /* rounds that it got where nobody could move, ...     */
    uint64_t extra_since;                                /* ... since so much had been stored                   */
    bool fresh;                                          /* it waited: what it sees next is the newest         */
    uint64_t since;                                      /* what had been stored when it began to wait         */
    const struct loft_machine_site_ *last;               /* its last step was a load here, ...                 */
    unsigned where;                                      /* ... of this place, ...                             */
    unsigned seen;                                       /* ... which saw this store, ...                      */
    unsigned again;                                      /* ... and so did so many before                      */
    uint64_t clock;                                      /* what core/park.h takes for the time                */
    unsigned spurious;
    int label;
    unsigned bound;
    unsigned steps;                                      /* of the call under way                              */
    int call;                                            /* its number in the history, or -1                   */
    uint32_t blocks;                                     /* how many it has allocated                          */
    uint32_t frees;                                      /* ... and freed                                      */
    size_t used;                                         /* of its arena                                       */
};

struct loft_machine_ {
    const struct loft_explore_client *client;
    unsigned threads;
    struct loft_graph_ *graph;
    struct loft_run_ run;
    struct loft_machine_thread_ thread[LOFT_EXPLORE_THREADS + 1u];   /* the last one runs setup and finish      */
    void *pointer;                                       /* of the scheduler                                   */
    int phase;
    unsigned me;
    unsigned granted;                                    /* who makes the next new step                        */
    unsigned left;                                       /* events of the graph that are not executed          */
    uint32_t execution;                                  /* its number                                         */
    uint64_t stored;                                     /* changes of memory and ends of threads so far       */
    unsigned frozen;                                     /* this thread stops for ever ...                     */
    unsigned frozen_at;                                  /* ... before this event of its own                   */
    bool blocked_label;                                  /* a call labelled blocking has been seen to wait     */
    bool blocking_label;                                 /* there are such calls                               */
    uint16_t trail[LOFT_GRAPH_THREADS * LOFT_GRAPH_EVENTS];  /* events in the order they were executed         */
    unsigned steps;
    unsigned alone;                                      /* steps of setup or finish                           */
    /* how it ended */
    bool failed;
    bool pruned;                                         /* no execution: found elsewhere, or not consistent   */
    bool probing;                                        /* a waiter is let run on, to see whether it gives up  */
    unsigned gives_up;                                   /* 1 + a thread that did                               */
    uint64_t probes;
    bool twin;                                           /* in the end it is one that is found elsewhere       */
    int verdict;
    char message[512];
    /* objects */
    struct loft_machine_place_ place[LOFT_GRAPH_PLACES];
    unsigned places;
    uint16_t hash[LOFT_MACHINE_HASH];
    struct loft_machine_block_ block[LOFT_MACHINE_BLOCKS];
    unsigned blocks;
    char *arena;
    struct loft_machine_cell_ *cell;
    /* the history */
    loft_linear_op op[LOFT_LINEAR_OPS];
    struct loft_machine_call_ call[LOFT_LINEAR_OPS];
    unsigned ops;
    bool has_outcome;
    uint64_t outcome;
    /* places in the code */
    struct loft_machine_site_ site[LOFT_MACHINE_SITES];
    unsigned sites;
    const struct loft_explore_weaken_ *weaken;
    unsigned weakened;
    bool tracing;
    bool froze;                                          /* the frozen thread has come to where it stops       */
    bool signals;                                        /* threads send them in this execution                */
    uintptr_t named[LOFT_MACHINE_NAMES];
    const char *name[LOFT_MACHINE_NAMES];
    unsigned names;
    /* of the compare-exchange under way, while a store to read from is sought */
    const uint64_t *compare;
    bool compare_high;                                   /* of a pair: only the high word                      */
    int compare_ok;
    int compare_no;
    bool compare_fails;
};

/* One for each file that includes it; there is one client program in one file. */
static struct loft_machine_ *loft_machine_now_;

/* ---- what the search decides; in explore.h ----------------------------------------------------------------------- */

static unsigned loft_search_pick_(struct loft_machine_ *m);
static bool loft_search_is_exhaustive_(void);
static unsigned loft_search_rank_(struct loft_machine_ *m, unsigned t, unsigned i, unsigned floor, unsigned top);
static unsigned loft_search_choice_(unsigned t, unsigned i, unsigned n);
static void loft_search_revisits_(struct loft_machine_ *m, unsigned t, unsigned i);
static void loft_search_waits_(unsigned t);
static void loft_search_grants_(struct loft_machine_ *m, unsigned t);
static void loft_trace_(struct loft_machine_ *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void loft_trace_event_(struct loft_machine_ *m, unsigned t, unsigned i);

/* ---- ends -------------------------------------------------------------------------------------------------------- */

LOFT_API void
loft_machine_leave_(struct loft_machine_ *m)
{
    loft_machine_switch_(&m->thread[m->me].pointer, m->pointer);
}

/* The execution ends here; this coroutine never runs on. */
LOFT_NOINLINE void
loft_machine_stop_(struct loft_machine_ *m)
{
    if (m->phase == LOFT_PHASE_OUT_) {
        fprintf(stderr, "loft/check/explore.h: %s\n", m->message);
        abort();
    }
    for (;;)
        loft_machine_leave_(m);
}

__attribute__((format(printf, 3, 4)))
LOFT_NOINLINE void
loft_machine_verdict_(struct loft_machine_ *m, int verdict, const char *format, ...)
{
    if (m->failed)
        return;
    va_list a;
    va_start(a, format);
    vsnprintf(m->message, sizeof m->message, format, a);
    va_end(a);
    m->failed = true;
    m->verdict = verdict;
}

#define LOFT_MACHINE_FAIL_(m, verdict, ...) \
    (loft_machine_verdict_((m), (verdict), __VA_ARGS__), loft_machine_stop_(m))

LOFT_NOINLINE void
loft_machine_prune_(struct loft_machine_ *m)
{
    m->pruned = true;
    loft_machine_stop_(m);
}

LOFT_API struct loft_machine_ *
loft_machine_running_(void)
{
    struct loft_machine_ *const m = loft_machine_now_;
    if (!m || m->phase == LOFT_PHASE_OUT_) {
        fprintf(stderr, "loft/check/explore.h: an atomic access outside setup, threads and finish of a client\n");
        abort();
    }
    return m;
}

/* ---- places in the code ------------------------------------------------------------------------------------------ */

/* Is this the place it names? A file is named by its path or by the end of that, from a slash on. */
LOFT_API bool
loft_machine_names_site_(const struct loft_explore_weaken_ *w, const struct loft_machine_site_ *s)
{
    const size_t n = strlen(s->file);
    const size_t k = strlen(w->file);
    return w->line == s->line && k <= n && strcmp(s->file + (n - k), w->file) == 0 &&
           (k == n || s->file[n - k - 1u] == '/');
}

/* Is the place one that order mutation changes? */
LOFT_API void
loft_machine_weaken_site_(struct loft_machine_ *m, struct loft_machine_site_ *s)
{
    s->as[0] = s->order[0];
    s->as[1] = s->order[1];
    for (unsigned i = 0; i < m->weakened; i++) {
        if (loft_machine_names_site_(&m->weaken[i], s))
            s->as[m->weaken[i].slot] = m->weaken[i].order;
    }
}

LOFT_NOINLINE struct loft_machine_site_ *
loft_machine_meet_site_(struct loft_machine_ *m, struct loft_memory_site_ *at)
{
    unsigned i = 0;
    while (i < m->sites && (m->site[i].line != at->line || m->site[i].order[0] != at->order[0] ||
                            m->site[i].order[1] != at->order[1] || strcmp(m->site[i].what, at->what) != 0 ||
                            strcmp(m->site[i].file, at->file) != 0))
        i++;
    if (i == LOFT_MACHINE_SITES)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USAGE, "more than %u places in the code make atomic accesses",
                           LOFT_MACHINE_SITES);
    if (i == m->sites) {
        struct loft_machine_site_ *const s = &m->site[m->sites++];
        s->file = at->file;
        s->what = at->what;
        s->line = at->line;
        s->order[0] = at->order[0];
        s->order[1] = at->order[1];
        s->hits = 0;
        loft_machine_weaken_site_(m, s);
    }
    at->id = (int)i + 1;
    return &m->site[i];
}

LOFT_API struct loft_machine_site_ *
loft_machine_find_site_(struct loft_machine_ *m, struct loft_memory_site_ *at)
{
    struct loft_machine_site_ *const s = at->id ? &m->site[at->id - 1] : loft_machine_meet_site_(m, at);
    s->hits++;
    return s;
}

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

LOFT_API bool
loft_machine_in_arena_(const struct loft_machine_ *m, uintptr_t a)
{
    return a - (uintptr_t)m->arena < (LOFT_EXPLORE_THREADS + 1u) * LOFT_MACHINE_ARENA;
}

/* The youngest block that has this byte. */
LOFT_API struct loft_machine_block_ *
loft_machine_block_at_(struct loft_machine_ *m, uintptr_t a)
{
    if (!loft_machine_in_arena_(m, a))
        return NULL;
    for (unsigned i = m->blocks; i > 0; i--) {
        if (a - m->block[i - 1u].address < m->block[i - 1u].size)
            return &m->block[i - 1u];
    }
    return NULL;
}

/* The number, as clocks count, of the event of this thread that comes with or after what it does now. */
LOFT_API unsigned
loft_machine_epoch_(const struct loft_machine_ *m)
{
    return m->run.done[m->me] + 1u;
}

/* An access to bytes of a block: is the block there, and does this thread know of its allocation? */
LOFT_API void
loft_machine_use_(struct loft_machine_ *m, struct loft_machine_block_ *b, const char *what)
{
    if (b->freed)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USE_AFTER_FREE, "%s of a block of %zu bytes that was freed", what, b->size);
    if (m->phase != LOFT_PHASE_THREADS_)
        return;
    if (b->owner < m->threads && b->owner != m->me && m->run.now[m->me].at[b->owner] < b->since) {
        if (b->again)
            LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USE_AFTER_FREE,
                               "%s of a block of %zu bytes that was freed and given out again", what, b->size);
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_RACE, "%s of a block of %zu bytes whose allocation does not happen before",
                           what, b->size);
    }
    b->used[m->me] = (uint16_t)loft_machine_epoch_(m);
}

LOFT_API void *
loft_machine_alloc_(size_t align, size_t size)
{
    struct loft_machine_ *const m = loft_machine_running_();
    struct loft_machine_thread_ *const th = &m->thread[m->me];
    if (m->blocks == LOFT_MACHINE_BLOCKS)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USAGE, "more than %u allocations in one execution", LOFT_MACHINE_BLOCKS);
    struct loft_machine_block_ *const b = &m->block[m->blocks];
    uintptr_t a;
    /* Only what this thread has freed itself, the last one first: then its addresses depend on nothing but what it has
     * seen, whatever order the run takes. */
    const struct loft_machine_block_ *last = NULL;
    for (unsigned i = m->blocks; i > 0 && (m->client->flags & LOFT_EXPLORE_REUSE); i--) {
        const struct loft_machine_block_ *const old = &m->block[i - 1u];
        if (old->freed && old->freed_by == m->me && old->size == size &&
            old->address % align == 0 && loft_machine_block_at_(m, old->address) == old &&
            (!last || old->nth > last->nth))
            last = old;
    }
    b->again = last != NULL;
    if (last) {
        a = last->address;
    } else {
        const uintptr_t base = (uintptr_t)m->arena + m->me * LOFT_MACHINE_ARENA;
        a = (base + th->used + (align - 1u)) & ~(uintptr_t)(align - 1u);
        if (a + size + 16u > base + LOFT_MACHINE_ARENA)
            return NULL;
        th->used = a + size + 16u - base;                /* so that neighbours do not touch                    */
    }
    b->address = a;
    b->size = size;
    b->name = (uint32_t)(m->me << 16) | ++th->blocks;
    b->owner = (uint16_t)(m->phase == LOFT_PHASE_THREADS_ ? m->me : LOFT_EXPLORE_THREADS);
    b->since = (uint16_t)loft_machine_epoch_(m);
    b->freed = false;
    memset(b->used, 0, sizeof b->used);
    m->blocks++;
    memset((void *)a, 0xa5, size);                       /* what was there means nothing                       */
    if (m->tracing)
        loft_trace_(m, "alloc  block %u.%u, %zu bytes", m->me, th->blocks, size);
    return (void *)a;
}

LOFT_API void
loft_machine_free_(void *p, size_t align, size_t size)
{
    struct loft_machine_ *const m = loft_machine_running_();
    struct loft_machine_block_ *const b = loft_machine_block_at_(m, (uintptr_t)p);
    (void)align;
    if (!b || b->address != (uintptr_t)p)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_DOUBLE_FREE, "a free of what no allocation returned");
    if (b->freed)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_DOUBLE_FREE, "a block of %zu bytes is freed a second time", b->size);
    if (b->size != size)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_ASSERT, "a block of %zu bytes is freed as one of %zu", b->size, size);
    if (m->phase == LOFT_PHASE_THREADS_) {
        loft_machine_use_(m, b, "free");
        for (unsigned t = 0; t < m->threads; t++) {
            if (t != m->me && b->used[t] > m->run.now[m->me].at[t])
                LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USE_AFTER_FREE,
                                   "a block of %zu bytes is freed, and thread %c uses it without happening before that",
                                   b->size, 'a' + (int)t);
        }
    }
    b->freed = true;
    b->nth = ++m->thread[m->me].frees;
    b->freed_by = (uint16_t)m->me;
    memset(p, 0x5a, size);
    if (m->tracing)
        loft_trace_(m, "free   block %u.%u", (unsigned)(b->name >> 16), (unsigned)(b->name & 0xffffu));
}

/* ---- payload ----------------------------------------------------------------------------------------------------- */

LOFT_API struct loft_machine_cell_ *
loft_machine_find_cell_(struct loft_machine_ *m, uintptr_t word, uint32_t block)
{
    unsigned h = (unsigned)((word >> 3) * 0x9e3779b1u) & (LOFT_MACHINE_CELLS - 1u);
    for (unsigned n = 0; n < LOFT_MACHINE_CELLS; n++, h = (h + 1u) & (LOFT_MACHINE_CELLS - 1u)) {
        struct loft_machine_cell_ *const c = &m->cell[h];
        if (c->known != m->execution) {
            memset(c, 0, sizeof *c);
            c->word = word;
            c->block = block;
            c->known = m->execution;
            return c;
        }
        if (c->word == word && c->block == block)
            return c;
    }
    LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USAGE, "more than %u words of payload in one execution", LOFT_MACHINE_CELLS);
    return NULL;
}

LOFT_NOINLINE void
loft_machine_race_(struct loft_machine_ *m, const char *what, const char *other, unsigned t, const char *file, int line)
{
    LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_RACE, "%s of payload by thread %c at %s:%d, and its %s by thread %c: neither "
                       "happens before the other", what, 'a' + (int)m->me, loft_explore_base_(file), line, other,
                       'a' + (int)t);
}

LOFT_API void
loft_machine_plain_(const volatile void *p, size_t bytes, bool write, const char *file, int line)
{
    struct loft_machine_ *const m = loft_machine_now_;
    if (!m || m->phase == LOFT_PHASE_OUT_)
        return;
    const uintptr_t from = (uintptr_t)p;
    struct loft_machine_block_ *const b = loft_machine_block_at_(m, from);
    const unsigned epoch = loft_machine_epoch_(m);
    const bool alone = m->phase != LOFT_PHASE_THREADS_;
    if (b)
        loft_machine_use_(m, b, write ? "write" : "read");
    else if (loft_machine_in_arena_(m, from))
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USE_AFTER_FREE, "payload at %s:%d lies in no block",
                           loft_explore_base_(file), line);
    if (b && from + bytes > b->address + b->size)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USE_AFTER_FREE, "payload at %s:%d ends beyond its block",
                           loft_explore_base_(file), line);
    if (m->tracing)
        loft_trace_(m, "%s %zu bytes of payload, %s:%d", write ? "write " : "read  ", bytes, loft_explore_base_(file),
                    line);
    for (uintptr_t a = from; a < from + bytes; a++) {
        struct loft_machine_cell_ *const c = loft_machine_find_cell_(m, a & ~(uintptr_t)7, b ? b->name : 0);
        for (; a < from + bytes; a++) {
            const unsigned k = (unsigned)(a & 7u);
            const bool has = c->written >> k & 1u;
            if (!alone && has && c->wrote[k] && c->writer[k] != m->me &&
                c->wrote[k] > m->run.now[m->me].at[c->writer[k]])
                loft_machine_race_(m, write ? "a write" : "a read", "write", c->writer[k], file, line);
            if (write) {
                for (unsigned t = 0; !alone && t < m->threads; t++) {
                    if (t != m->me && c->read[t][k] > m->run.now[m->me].at[t])
                        loft_machine_race_(m, "a write", "read", t, file, line);
                }
                c->written |= (uint8_t)(1u << k);
                c->writer[k] = (uint8_t)m->me;
                c->wrote[k] = (uint16_t)(alone ? 0 : epoch);
            } else {
                if (b && !has)
                    LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_UNINIT, "payload at %s:%d is read and was never written",
                                       loft_explore_base_(file), line);
                if (!alone)
                    c->read[m->me][k] = (uint16_t)epoch;
            }
            if (k == 7u)
                break;
        }
    }
}

/* ---- places in memory -------------------------------------------------------------------------------------------- */

LOFT_API uint64_t
loft_machine_cut_(uint64_t v, size_t size)
{
    return size >= 8u ? v : v & (((uint64_t)1 << (8u * size)) - 1u);
}

/* Where an object of that size lies within the words of its value. */
LOFT_API char *
loft_machine_bytes_(uint64_t *value, size_t size)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return (char *)value + (size < 8u ? 8u - size : 0);
#else
    (void)size;
    return (char *)value;
#endif
}

LOFT_NOINLINE unsigned
loft_machine_new_place_(struct loft_machine_ *m, uintptr_t a, uint32_t block, size_t size, unsigned h)
{
    if (m->places == LOFT_GRAPH_PLACES)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USAGE, "more than %u atomic objects", LOFT_GRAPH_PLACES);
    struct loft_machine_place_ *const p = &m->place[m->places];
    memset(p, 0, sizeof *p);
    p->address = a;
    p->block = block;
    p->size = (uint16_t)size;
    p->seen = m->execution;
    m->hash[h] = (uint16_t)++m->places;
    return m->places - 1u;
}

LOFT_API unsigned
loft_machine_find_place_(struct loft_machine_ *m, const volatile void *p, size_t size, bool birth)
{
    const uintptr_t a = (uintptr_t)p;
    struct loft_machine_block_ *const b = loft_machine_block_at_(m, a);
    const uint32_t name = b ? b->name : 0;
    if (b)
        loft_machine_use_(m, b, "an atomic access");
    unsigned h = (unsigned)(((a >> 2) * 0x9e3779b1u) ^ (name * 0x85ebca6bu)) & (LOFT_MACHINE_HASH - 1u);
    for (;; h = (h + 1u) & (LOFT_MACHINE_HASH - 1u)) {
        if (m->hash[h] == 0)
            return loft_machine_new_place_(m, a, name, size, h);
        struct loft_machine_place_ *const q = &m->place[m->hash[h] - 1u];
        if (q->address == a && q->block == name) {
            if (q->seen != m->execution || birth)        /* what lay there before may have been another        */
                q->size = (uint16_t)size;
            q->seen = m->execution;
            if (q->size != size)
                LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USAGE, "an atomic of %u bytes is accessed as one of %zu",
                                   (unsigned)q->size, size);
            return m->hash[h] - 1u;
        }
    }
}

/* The value before all stores: what setup has left, or what stands in static memory. */
LOFT_API void
loft_machine_first_(struct loft_machine_ *m, unsigned place)
{
    struct loft_machine_place_ *const p = &m->place[place];
    if (p->known == m->execution)
        return;
    if (p->block != 0)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_UNINIT, "an atomic word of allocated memory was never initialised");
    p->first[0] = 0;
    p->first[1] = 0;
    memcpy(loft_machine_bytes_(p->first, p->size), (const void *)p->address, p->size);
    p->known = m->execution;
}

/* The value of a store. */
LOFT_API const uint64_t *
loft_machine_value_(struct loft_machine_ *m, unsigned place, unsigned store)
{
    if (store != LOFT_GRAPH_INIT)
        return LOFT_EVENT_(m->graph, store)->value;
    loft_machine_first_(m, place);
    return m->place[place].first;
}

/* setup and finish take no turns, but they have to end. */
LOFT_API void
loft_machine_step_alone_(struct loft_machine_ *m)
{
    if (++m->alone > LOFT_MACHINE_ALONE)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_ENDLESS, "no end of %s after %u steps",
                           m->phase == LOFT_PHASE_SETUP_ ? "setup" : "finish", LOFT_MACHINE_ALONE);
}

/* Outside the threads: the one value there is, which the caller may change. */
LOFT_API uint64_t *
loft_machine_alone_(struct loft_machine_ *m, unsigned place)
{
    struct loft_machine_place_ *const p = &m->place[place];
    loft_machine_step_alone_(m);
    if (m->phase == LOFT_PHASE_FINISH_ && m->graph->stores[place] != 0) {
        const unsigned last = m->graph->order[place][m->graph->stores[place] - 1u];
        return LOFT_EVENT_(m->graph, last)->value;       /* the graph is of no use any more, but for its shape */
    }
    loft_machine_first_(m, place);
    return p->first;
}

/* ---- turns ------------------------------------------------------------------------------------------------------- */

/* A waiter that is let run on does something that its rounds did not do: it gives up. */
LOFT_NOINLINE void
loft_machine_gives_up_(struct loft_machine_ *m)
{
    m->gives_up = m->me + 1u;
    loft_machine_stop_(m);
}

/* What such a waiter reads: what it read there before. */
LOFT_API unsigned
loft_machine_probed_(struct loft_machine_ *m, const struct loft_event_ *e)
{
    const struct loft_machine_thread_ *const th = &m->thread[m->me];
    for (unsigned i = m->run.done[m->me]; i > th->span; i--) {
        const struct loft_event_ *const old = &m->graph->event[m->me][i - 1u];
        if (old->kind == LOFT_READ_ && old->place == e->place && old->part == e->part)
            return old->from;
    }
    loft_machine_gives_up_(m);
    return LOFT_GRAPH_INIT;
}

/* Does the thread's next step stand in the graph, and does what it reads from exist by now? */
LOFT_API bool
loft_machine_may_replay_(const struct loft_machine_ *m, unsigned t)
{
    const struct loft_event_ *const e = &m->graph->event[t][m->run.done[t]];
    return m->run.done[t] < m->graph->events[t] &&
           (e->kind != LOFT_READ_ || loft_run_executed_(&m->run, e->from));
}

LOFT_API void loft_machine_catch_(struct loft_machine_ *m);

/* The thread waits until it may make its next step. true: the step stands in the graph already. */
LOFT_API bool
loft_machine_turn_(struct loft_machine_ *m)
{
    const unsigned t = m->me;
    struct loft_machine_thread_ *const th = &m->thread[t];
    const unsigned i = m->run.done[t];
    if (m->frozen == t && i >= m->frozen_at && !th->half) {
        th->state = LOFT_THREAD_FROZEN_;
        m->froze = true;
        m->granted = LOFT_MACHINE_NOBODY;
        for (;;)
            loft_machine_leave_(m);
    }
    if (m->steps >= m->client->steps || i + 4u >= LOFT_GRAPH_EVENTS) {
        if (m->frozen < m->threads && th->call >= 0 && th->label != 0 && th->label != LOFT_EXPLORE_BLOCKING)
            LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_NOT_LOCK_FREE,
                               "thread %c does not come to an end within %u steps, thread %c being frozen",
                               'a' + (int)t, m->steps, 'a' + (int)m->frozen);
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_ENDLESS, "no end after %u steps of all threads", m->steps);
    }
    if (m->run.nodes + 1u >= LOFT_GRAPH_FULL)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USAGE, "more than %u seq_cst accesses in one execution",
                           LOFT_GRAPH_FULL - 2u);
    bool asked = false;
    for (;;) {
        if (loft_machine_may_replay_(m, t))
            return true;
        if (m->left == 0) {
            if (m->granted == LOFT_MACHINE_NOBODY)
                m->granted = loft_search_pick_(m);
            if (m->granted == t) {
                if (th->caught && !th->half && !th->masked && (th->due || !asked)) {
                    asked = true;
                    loft_machine_catch_(m);
                    continue;
                }
                if (!loft_search_is_exhaustive_())
                    m->granted = LOFT_MACHINE_NOBODY;
                return false;
            }
        }
        loft_machine_leave_(m);
    }
}

LOFT_NOINLINE void
loft_machine_differs_(struct loft_machine_ *m, unsigned t)
{
    LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USAGE, "thread %c does not do the same when it sees the same: it depends on "
                       "something outside (time, addresses, what setup does not reset)", 'a' + (int)t);
}

/* The event of the next step: in the graph already, and then the same as last time, or new. */
LOFT_API struct loft_event_ *
loft_machine_event_(struct loft_machine_ *m, int kind, unsigned place, int order, struct loft_memory_site_ *site,
                    bool old)
{
    const unsigned t = m->me;
    const unsigned i = m->run.done[t];
    struct loft_event_ *const e = &m->graph->event[t][i];
    if (old) {
        if (e->kind != kind || e->place != place || e->order != order)
            loft_machine_differs_(m, t);
        return e;
    }
    memset(e, 0, sizeof *e);
    e->kind = (unsigned char)kind;
    e->place = (uint16_t)place;
    e->order = (unsigned char)order;
    e->site = site;
    e->from = LOFT_GRAPH_INIT;
    e->stamp = ++m->graph->stamp;
    m->graph->events[t] = (uint16_t)(i + 1u);
    m->left++;
    return e;
}

/* Does a store leave what the load before it has read? */
LOFT_API bool
loft_machine_same_(struct loft_machine_ *m, const struct loft_event_ *load, const struct loft_event_ *store)
{
    const uint64_t *const v = loft_machine_value_(m, load->place, load->from);
    return v[0] == store->value[0] && v[1] == store->value[1];
}

/* It happens. */
LOFT_API void
loft_machine_execute_(struct loft_machine_ *m)
{
    const unsigned t = m->me;
    const unsigned i = m->run.done[t];
    const struct loft_event_ *const e = &m->graph->event[t][i];
    if (!loft_run_execute_(&m->run, t, i))
        loft_machine_prune_(m);
    m->left--;
    m->trail[m->steps++] = LOFT_EVENT_ID_(t, i);
    struct loft_machine_thread_ *const th = &m->thread[t];
    /* To put back what was there, as who spins on an exchange does, is no change for anybody. */
    if (e->kind == LOFT_BIRTH_ || (e->kind == LOFT_WRITE_ && !(e->exclusive && loft_machine_same_(m, e - 1, e)))) {
        m->stored++;
        th->worked = true;
        th->fresh = false;
    }
    if (e->kind == LOFT_CHOICE_ || e->kind == LOFT_MARK_)
        th->worked = true;
    if (e->kind != LOFT_READ_)
        th->last = NULL;
    /* Steps of the program: a choice is none, and a read-modify-write is one. */
    if (e->kind <= LOFT_BIRTH_ && !(e->kind == LOFT_WRITE_ && e->exclusive) && th->call >= 0 &&
        th->label == LOFT_EXPLORE_WAIT_FREE && ++th->steps > th->bound)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_NOT_WAIT_FREE, "thread %c takes more than %u steps in one call",
                           'a' + (int)t, th->bound);
    if (m->tracing)
        loft_trace_event_(m, t, i);
}

LOFT_API void
loft_machine_simple_(struct loft_machine_ *m, int kind, int order, struct loft_memory_site_ *site)
{
    if (m->probing && kind != LOFT_FENCE_EVENT_)
        loft_machine_gives_up_(m);
    const bool old = loft_machine_turn_(m);
    (void)loft_machine_event_(m, kind, 0, order, site, old);
    loft_machine_execute_(m);
}

/* One of 0 .. n-1, and all of them in the end. */
LOFT_API unsigned
loft_machine_choice_(struct loft_machine_ *m, unsigned n, struct loft_memory_site_ *site)
{
    const unsigned t = m->me;
    if (m->phase != LOFT_PHASE_THREADS_)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USAGE, "a choice outside the threads");
    if (n < 2u || m->probing)
        return 0;
    if (n > 0xffffu)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USAGE, "a choice of more than 65535");
    const bool old = loft_machine_turn_(m);
    struct loft_event_ *const e = loft_machine_event_(m, LOFT_CHOICE_, n, 0, site, old);
    if (!old)
        e->value[0] = loft_search_choice_(t, m->run.done[t], n);
    const unsigned v = (unsigned)e->value[0];
    loft_machine_execute_(m);
    return v;
}

/* ---- waiting ----------------------------------------------------------------------------------------------------- */

/* Do two events of a thread look the same to it? */
LOFT_API bool
loft_machine_alike_(struct loft_machine_ *m, const struct loft_event_ *a, const struct loft_event_ *b)
{
    if (a->kind != b->kind || a->place != b->place || a->order != b->order || a->part != b->part)
        return false;
    if (a->kind != LOFT_READ_)
        return true;                                     /* a fence, or what put back what was there           */
    const uint64_t *const x = loft_machine_value_(m, a->place, a->from);
    const uint64_t *const y = loft_machine_value_(m, b->place, b->from);
    return x[0] == y[0] && x[1] == y[1];
}

/* The earlier round that this one repeats, or ROUNDS. */
LOFT_API unsigned
loft_machine_repeats_(struct loft_machine_ *m, const struct loft_machine_thread_ *th)
{
    const struct loft_event_ *const e = m->graph->event[m->me];
    const unsigned n = m->run.done[m->me] - th->round;
    for (unsigned k = th->rounds; k > 0; k--) {
        const unsigned from = th->start[k - 1u];
        const unsigned end = k == th->rounds ? th->round : th->start[k];
        unsigned i = 0;
        while (i < n && end - from == n && loft_machine_alike_(m, &e[from + i], &e[th->round + i]))
            i++;
        if (i == n)
            return k - 1u;
    }
    return LOFT_MACHINE_ROUNDS;
}

/* One useless round more; `span` is the first event of what is repeated. */
LOFT_API void
loft_machine_useless_(struct loft_machine_ *m, unsigned span, bool paused)
{
    struct loft_machine_thread_ *const th = &m->thread[m->me];
    if (++th->useless <= m->client->spins)
        return;
    if (m->run.done[m->me] < m->graph->events[m->me]) {  /* it went on from here in the run that made the graph */
        th->fresh = true;
        return;
    }
    if (paused && th->call >= 0 && th->label == LOFT_EXPLORE_WAIT_FREE)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_NOT_WAIT_FREE, "thread %c waits in its call", 'a' + (int)m->me);
    th->state = LOFT_THREAD_WAITS_;
    th->since = m->stored;
    th->span = span;
    th->paused = paused;
    m->granted = LOFT_MACHINE_NOBODY;
    loft_machine_leave_(m);
    th->fresh = true;                                    /* whoever looks again and again sees it in the end   */
}

/* LOFT_PAUSE and LOFT_YIELD. */
LOFT_API void
loft_machine_pause_(void)
{
    struct loft_machine_ *const m = loft_machine_now_;
    if (!m || m->phase == LOFT_PHASE_OUT_)
        return;
    if (m->phase != LOFT_PHASE_THREADS_) {
        loft_machine_step_alone_(m);
        return;
    }
    struct loft_machine_thread_ *const th = &m->thread[m->me];
    const unsigned done = m->run.done[m->me];
    if (done == th->round)
        return;                                          /* a delay in a row of delays                         */
    if (th->worked) {
        th->useless = 0;
        th->extra = 0;
        th->rounds = 0;
    } else {
        const unsigned like = loft_machine_repeats_(m, th);
        const unsigned span = like == LOFT_MACHINE_ROUNDS ? 0 : th->start[like];
        if (th->rounds == LOFT_MACHINE_ROUNDS)
            memmove(th->start, th->start + 1, --th->rounds * sizeof *th->start);
        th->start[th->rounds++] = th->round;
        if (like != LOFT_MACHINE_ROUNDS)
            loft_machine_useless_(m, span, true);
        else
            th->extra = 0;                               /* it has come to something new                        */
    }
    loft_search_waits_(m->me);
    th->round = done;
    th->worked = false;
}

/* ---- accesses ---------------------------------------------------------------------------------------------------- */

LOFT_API void
loft_machine_born_(struct loft_machine_ *m, unsigned place)
{
    const struct loft_machine_place_ *const p = &m->place[place];
    if (p->born == m->execution && !loft_clock_knows_(&m->run.now[m->me], p->birth))
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_RACE,
                           "an atomic word is used by thread %c, and its initialisation does not happen before",
                           'a' + (int)m->me);
    if (p->born != m->execution)
        loft_machine_first_(m, place);
}

/* What the store that a load reads from makes of it: a compare-exchange that succeeds or one that fails. */
LOFT_API void
loft_machine_fit_(struct loft_machine_ *m, struct loft_event_ *e)
{
    if (!m->compare)
        return;
    const uint64_t *const v = loft_machine_value_(m, e->place, e->from);
    e->exclusive = (m->compare_high || v[0] == m->compare[0]) && v[1] == m->compare[1] && !m->compare_fails;
    e->order = (unsigned char)(e->exclusive ? m->compare_ok : m->compare_no);
}

/* The store that a new load reads from. */
LOFT_API void
loft_machine_choose_source_(struct loft_machine_ *m, struct loft_event_ *e)
{
    const unsigned t = m->me;
    const unsigned top = m->graph->stores[e->place];
    const unsigned floor = loft_run_floor_(&m->run, e->place, &m->run.now[t], e->part);
    unsigned rank = top;
    if (floor != top && !m->thread[t].fresh && !m->probing)
        rank = loft_search_rank_(m, t, m->run.done[t], floor, top);
    e->from = (uint16_t)(m->probing ? loft_machine_probed_(m, e) : loft_graph_at_(m->graph, e->place, rank));
}

/* A load: the store that it reads from, as the value of a new event; exclusive when a store follows. */
LOFT_API const uint64_t *
loft_machine_read_(struct loft_machine_ *m, const volatile void *p, size_t size, int part, int order, bool exclusive,
                   struct loft_memory_site_ *site, struct loft_event_ **event)
{
    const bool old = loft_machine_turn_(m);              /* what lies at p may be another object by then       */
    const unsigned place = loft_machine_find_place_(m, p, size, false);
    loft_machine_born_(m, place);
    struct loft_event_ *const e = loft_machine_event_(m, LOFT_READ_, place, order, site, old);
    if (!old) {
        e->part = (unsigned char)part;
        e->exclusive = exclusive;
        loft_machine_choose_source_(m, e);
    }
    *event = e;
    return loft_machine_value_(m, place, e->from);
}

/* The load has happened, and no store follows. */
LOFT_API void
loft_machine_looked_(struct loft_machine_ *m, const struct loft_event_ *e, struct loft_machine_site_ *s)
{
    struct loft_machine_thread_ *const th = &m->thread[m->me];
    loft_machine_execute_(m);
    th->again = th->last == s && th->where == e->place && th->seen == e->from ? th->again + 1u : 0;
    th->last = s;
    th->where = e->place;
    th->seen = e->from;
    if (th->again > LOFT_MACHINE_AGAIN)
        loft_machine_useless_(m, m->run.done[m->me] - 1u, false);
}

/* A store, after the load of a read-modify-write (exclusive) or by itself. */
LOFT_API void
loft_machine_write_(struct loft_machine_ *m, const volatile void *p, size_t size, int order, bool exclusive,
                    const uint64_t *v, struct loft_memory_site_ *site)
{
    const unsigned t = m->me;
    if (m->probing)
        loft_machine_gives_up_(m);
    const bool old = loft_machine_turn_(m);
    const unsigned place = loft_machine_find_place_(m, p, size, false);
    const unsigned i = m->run.done[t];
    loft_machine_born_(m, place);
    struct loft_event_ *const e = loft_machine_event_(m, LOFT_WRITE_, place, order, site, old);
    e->value[0] = v[0];
    e->value[1] = v[1];
    e->exclusive = exclusive;
    if (!old) {
        const unsigned top = m->graph->stores[place];
        unsigned rank = top;
        if (top + 2u >= LOFT_GRAPH_STORES)
            LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USAGE, "more than %u stores to one place", LOFT_GRAPH_STORES - 2u);
        loft_search_revisits_(m, t, i);
        if (exclusive) {
            rank = loft_graph_rank_(m->graph, place, m->graph->event[t][i - 1u].from);
            if (loft_run_taken_(&m->run, place, rank))
                loft_machine_prune_(m);
        } else {
            const unsigned floor = loft_run_floor_(&m->run, place, &m->run.now[t], LOFT_WHOLE_);
            if (floor != top)
                rank = loft_search_rank_(m, t, i, floor, top);
        }
        loft_graph_insert_(m->graph, place, rank, LOFT_EVENT_ID_(t, i));
    }
    m->thread[t].half = false;
    loft_machine_execute_(m);
}

static void
loft_memory_init_two_(volatile void *p, size_t size, uint64_t a, uint64_t b)
{
    struct loft_machine_ *const m = loft_machine_running_();
    if (m->phase != LOFT_PHASE_THREADS_) {
        const unsigned place = loft_machine_find_place_(m, p, size, true);
        struct loft_machine_place_ *const o = &m->place[place];
        o->known = m->execution;
        o->first[0] = loft_machine_cut_(a, size);
        o->first[1] = b;
        if (m->phase == LOFT_PHASE_FINISH_) {
            uint64_t *const v = loft_machine_alone_(m, place);
            v[0] = loft_machine_cut_(a, size);
            v[1] = b;
        }
        return;
    }
    if (m->probing)
        loft_machine_gives_up_(m);
    /* Not atomic: all who know the object by then must come before. */
    const bool old = loft_machine_turn_(m);
    const unsigned place = loft_machine_find_place_(m, p, size, true);
    struct loft_machine_place_ *const o = &m->place[place];
    const unsigned t = m->me;
    const unsigned i = m->run.done[t];
    struct loft_event_ *const e = loft_machine_event_(m, LOFT_BIRTH_, place, 0, NULL, old);
    const unsigned n = m->graph->stores[place];
    for (unsigned k = 0; k <= n; k++) {
        const unsigned w = loft_graph_at_(m->graph, place, k);
        bool before = w == LOFT_EVENT_ID_(t, i) || !loft_run_executed_(&m->run, w) ||
                      loft_clock_knows_(&m->run.now[t], w);
        if (loft_run_executed_(&m->run, w)) {
            unsigned r = loft_run_reader_(&m->run, place, w);
            for (; r != LOFT_GRAPH_INIT; r = LOFT_OF_(m->run.sibling, r))
                before = before && loft_clock_knows_(&m->run.now[t], r);
        }
        if (!before)
            LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_RACE, "an atomic word is initialised by thread %c while it is in use",
                               'a' + (int)t);
    }
    e->value[0] = loft_machine_cut_(a, size);
    e->value[1] = b;
    if (!old)
        loft_graph_insert_(m->graph, place, n, LOFT_EVENT_ID_(t, i));
    o->born = m->execution;
    o->birth = LOFT_EVENT_ID_(t, i);
    loft_machine_execute_(m);
}

static void
loft_memory_init_(volatile void *p, size_t size, uint64_t v)
{
    loft_memory_init_two_(p, size, v, 0);
}

/* The order of a load that is part of an access with this order, and of a store. */
LOFT_API int
loft_read_order_(int order)
{
    return order == LOFT_ACQ_REL_ ? LOFT_ACQUIRE_ : order == LOFT_RELEASE_ ? LOFT_RELAXED_
           : order == LOFT_CONSUME_ ? LOFT_ACQUIRE_ : order;
}

LOFT_API int
loft_write_order_(int order)
{
    return order == LOFT_ACQ_REL_ ? LOFT_RELEASE_ : order == LOFT_ACQUIRE_ || order == LOFT_CONSUME_ ? LOFT_RELAXED_
           : order;
}

static uint64_t
loft_memory_load_part_(const volatile void *p, size_t size, int part, uint64_t *whole, struct loft_memory_site_ *at)
{
    struct loft_machine_ *const m = loft_machine_running_();
    struct loft_machine_site_ *const s = loft_machine_find_site_(m, at);
    const uint64_t *v;
    if (m->phase != LOFT_PHASE_THREADS_) {
        v = loft_machine_alone_(m, loft_machine_find_place_(m, p, size, false));
        if (whole)
            *whole = v[1];
        return v[part == LOFT_HIGH_];
    }
    struct loft_event_ *e;
    v = loft_machine_read_(m, p, size, part, loft_read_order_(s->as[0]), false, at, &e);
    const uint64_t value[2] = { v[0], v[1] };
    if (whole)
        *whole = value[1];
    loft_machine_looked_(m, e, s);
    return value[part == LOFT_HIGH_];
}

static uint64_t
loft_memory_load_(const volatile void *p, size_t size, struct loft_memory_site_ *at)
{
    return loft_memory_load_part_(p, size, LOFT_WHOLE_, NULL, at);
}

static void
loft_memory_store_(const volatile void *p, size_t size, uint64_t v, struct loft_memory_site_ *at)
{
    struct loft_machine_ *const m = loft_machine_running_();
    struct loft_machine_site_ *const s = loft_machine_find_site_(m, at);
    const uint64_t value[2] = { loft_machine_cut_(v, size), 0 };
    if (m->phase != LOFT_PHASE_THREADS_) {
        *loft_machine_alone_(m, loft_machine_find_place_(m, p, size, false)) = value[0];
        return;
    }
    loft_machine_write_(m, p, size, loft_write_order_(s->as[0]), false, value, at);
}

static uint64_t
loft_machine_result_(int op, uint64_t was, uint64_t v)
{
    switch (op) {
    case LOFT_MEMORY_ADD_: return was + v;
    case LOFT_MEMORY_SUB_: return was - v;
    case LOFT_MEMORY_OR_:  return was | v;
    case LOFT_MEMORY_AND_: return was & v;
    default:               return v;
    }
}

static uint64_t
loft_memory_rmw_two_(const volatile void *p, size_t size, int op, uint64_t v, uint64_t high, uint64_t *was_high,
                     struct loft_memory_site_ *at)
{
    struct loft_machine_ *const m = loft_machine_running_();
    struct loft_machine_site_ *const s = loft_machine_find_site_(m, at);
    if (m->phase != LOFT_PHASE_THREADS_) {
        uint64_t *const x = loft_machine_alone_(m, loft_machine_find_place_(m, p, size, false));
        const uint64_t was = x[0];
        *was_high = x[1];
        x[0] = loft_machine_cut_(loft_machine_result_(op, was, v), size);
        x[1] = high;
        return was;
    }
    struct loft_event_ *e;
    const uint64_t *const x = loft_machine_read_(m, p, size, LOFT_WHOLE_, loft_read_order_(s->as[0]), true, at, &e);
    const uint64_t was = x[0];
    *was_high = x[1];
    const uint64_t value[2] = { loft_machine_cut_(loft_machine_result_(op, was, v), size), high };
    e->exclusive = true;                                 /* also where it has just been given another source   */
    m->thread[m->me].half = true;
    loft_machine_execute_(m);
    loft_machine_write_(m, p, size, loft_write_order_(s->as[0]), true, value, at);
    return was;
}

static uint64_t
loft_memory_rmw_(const volatile void *p, size_t size, int op, uint64_t v, struct loft_memory_site_ *at)
{
    uint64_t unused;
    return loft_memory_rmw_two_(p, size, op, v, 0, &unused, at);
}

/* With `high` only the high word is compared and changed. */
static bool
loft_memory_cas_two_(const volatile void *p, size_t size, uint64_t *expected, const uint64_t *v, bool high, bool weak,
                     struct loft_memory_site_ *at)
{
    struct loft_machine_ *const m = loft_machine_running_();
    struct loft_machine_site_ *const s = loft_machine_find_site_(m, at);
    if (m->phase != LOFT_PHASE_THREADS_) {
        uint64_t *const x = loft_machine_alone_(m, loft_machine_find_place_(m, p, size, false));
        const bool same = (high || x[0] == expected[0]) && x[1] == expected[1];
        if (same) {
            x[0] = high ? x[0] : v[0];
            x[1] = v[1];
        } else {
            expected[0] = x[0];
            expected[1] = x[1];
        }
        return same;
    }
    struct loft_machine_thread_ *const th = &m->thread[m->me];
    bool fails = false;
    if (weak && th->spurious < m->client->spurious) {
        const bool worked = th->worked;
        fails = loft_machine_choice_(m, 2, at) != 0;
        th->worked = worked || fails;                    /* who fails for nothing does not wait for anybody    */
        th->spurious += fails;
    }
    /* Whether it succeeds follows from the store it reads from, and its order from whether it succeeds: each store is
     * tried as what it would make of the access. */
    const bool old = loft_machine_turn_(m);
    const unsigned place = loft_machine_find_place_(m, p, size, false);
    loft_machine_born_(m, place);
    struct loft_event_ *e = &m->graph->event[m->me][m->run.done[m->me]];
    m->compare = expected;
    m->compare_high = high;
    m->compare_ok = loft_read_order_(s->as[0]);
    m->compare_no = loft_read_order_(s->as[1]);
    m->compare_fails = fails;
    if (!old || e->kind != LOFT_READ_ || e->place != place)
        e = loft_machine_event_(m, LOFT_READ_, place, m->compare_ok, at, old);
    if (!old)
        loft_machine_choose_source_(m, e);
    loft_machine_fit_(m, e);
    m->compare = NULL;
    const uint64_t *const x = loft_machine_value_(m, place, e->from);
    const uint64_t was[2] = { x[0], x[1] };
    if (fails && ((!high && was[0] != expected[0]) || was[1] != expected[1]))
        m->twin = true;                                  /* it fails for a reason: the same without the choice */
    if (!e->exclusive) {
        expected[0] = was[0];
        expected[1] = was[1];
        loft_machine_looked_(m, e, s);
        return false;
    }
    const uint64_t value[2] = { high ? was[0] : v[0], v[1] };
    th->half = true;
    loft_machine_execute_(m);
    loft_machine_write_(m, p, size, loft_write_order_(s->as[0]), true, value, at);
    return true;
}

static bool
loft_memory_cas_(const volatile void *p, size_t size, void *e, uint64_t v, bool weak, struct loft_memory_site_ *at)
{
    uint64_t expected[2] = { 0, 0 };
    const uint64_t value[2] = { loft_machine_cut_(v, size), 0 };
    char *const bytes = loft_machine_bytes_(expected, size);
    memcpy(bytes, e, size);
    const bool done = loft_memory_cas_two_(p, size, expected, value, false, weak, at);
    if (!done)
        memcpy(e, bytes, size);
    return done;
}

static void
loft_memory_fence_(struct loft_memory_site_ *at)
{
    struct loft_machine_ *const m = loft_machine_running_();
    const struct loft_machine_site_ *const s = loft_machine_find_site_(m, at);
    if (m->phase == LOFT_PHASE_THREADS_ && s->as[0] != LOFT_RELAXED_)
        loft_machine_simple_(m, LOFT_FENCE_EVENT_, s->as[0], at);
}

/* The asymmetric fences of core/asymmetric.h: a light one is a read-modify-write of a word of its thread's own, a heavy
 * one of everybody's word. So of a light and a heavy one either is before the other, whichever the search tries, and
 * two light ones know nothing of each other: what membarrier(2) promises, and no more. */
static LOFT_ATOMIC(uint64_t) loft_machine_light_[LOFT_EXPLORE_THREADS];

static void
loft_memory_light_(struct loft_memory_site_ *at)
{
    struct loft_machine_ *const m = loft_machine_running_();
    const struct loft_machine_site_ *const s = loft_machine_find_site_(m, at);
    if (m->phase == LOFT_PHASE_THREADS_ && s->as[0] == LOFT_SEQ_CST_)
        (void)loft_fetch_add(&loft_machine_light_[m->me], 1u, acq_rel);   /* light:A acq_rel <- heavy:A -> heavy:A:
                                                                             one of the two is first */
}

/* A signal has come, and it is this thread's turn. */
LOFT_API void
loft_machine_catch_(struct loft_machine_ *m)
{
    struct loft_machine_thread_ *const th = &m->thread[m->me];
    th->masked = true;
    const bool now = th->due || loft_machine_choice_(m, 2, NULL) != 0;
    if (now || th->due) {
        void (*const handler)(void) = th->caught;
        (void)loft_fetch_add(&loft_machine_light_[m->me], 1u, acq_rel);   /* catch:A acq_rel <- heavy:A -> heavy:A: the
                                                                             interrupt is a full fence */
        th->caught = NULL;                               /* not before: who has passed it may come with a fence */
        th->due = false;
        th->masked = false;
        handler();
    }
    th->masked = false;
}

/* Until it has taken its signal, if it still runs. */
LOFT_API void
loft_machine_taken_(struct loft_machine_ *m, unsigned t)
{
    struct loft_machine_thread_ *const th = &m->thread[t];
    while (th->caught) {
        if (th->state == LOFT_THREAD_ENDED_)             /* end:A comes before the fence                       */
            return;
        if (th->state == LOFT_THREAD_FROZEN_) {
            loft_clock_join_(&m->run.now[m->me], &m->run.now[t]);
            return;
        }
        th->due = true;
        th->state = LOFT_THREAD_READY_;
        loft_search_grants_(m, t);
        loft_machine_leave_(m);
        if (m->thread[m->me].due)                        /* the other waits at a fence for this one            */
            loft_machine_catch_(m);
    }
}

static void
loft_memory_heavy_(struct loft_memory_site_ *at)
{
    struct loft_machine_ *const m = loft_machine_running_();
    const struct loft_machine_site_ *const s = loft_machine_find_site_(m, at);
    if (m->phase != LOFT_PHASE_THREADS_ || s->as[0] != LOFT_SEQ_CST_)
        return;
    for (unsigned t = 0; t < m->threads; t++) {
        loft_machine_taken_(m, t);
        (void)loft_fetch_add(&loft_machine_light_[t], 1u, acq_rel);   /* heavy:A acq_rel <- light:A, catch:A, end:A ->
                                                                light:A, catch:A: one of the two is first */
    }
}

/* The thread has done all that it does. */
LOFT_API void
loft_machine_end_(struct loft_machine_ *m)
{
    if (!m->signals)
        return;
    m->thread[m->me].masked = true;
    (void)loft_fetch_add(&loft_machine_light_[m->me], 1u, release);   /* end:A release -> heavy:A: a fence that comes
                                                                         later misses nothing */
}

/* Who takes part, for what a program keeps for each of its threads: here there are not as many. */
__attribute__((unused)) static unsigned
loft_memory_thread_(void)
{
    return loft_machine_running_()->me;
}

/* For setup: threads may send signals. */
__attribute__((unused)) static void
loft_memory_signals_(void)
{
    loft_machine_running_()->signals = true;
}

/* tgkill(2). The handler may leave by longjmp. False: that thread has ended, which alone orders nothing. */
__attribute__((unused)) static bool
loft_memory_signal_(unsigned t, void (*handler)(void))
{
    struct loft_machine_ *const m = loft_machine_running_();
    if (m->phase != LOFT_PHASE_THREADS_ || t >= m->threads || t == m->me)
        return true;
    if (!m->signals)
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USAGE, "a signal is sent, and setup has not called loft_memory_signals_");
    if (loft_search_is_exhaustive_())
        LOFT_MACHINE_FAIL_(m, LOFT_EXPLORE_USAGE, "signals are for random and bounded searches: give .executions");
    if (m->thread[t].state == LOFT_THREAD_ENDED_)
        return false;
    m->thread[t].caught = handler;
    return true;
}

#if LOFT_HAVE_DWCAS
static void
loft_memory_pair_init_(volatile void *p, loft_dw v)
{
    loft_memory_init_two_(p, sizeof v, v.lo, v.hi);
}

static loft_dw
loft_memory_pair_load_(const volatile void *p, struct loft_memory_site_ *at)
{
    uint64_t high;
    const uint64_t low = loft_memory_load_part_(p, sizeof(loft_dw), LOFT_WHOLE_, &high, at);
    return loft_dw_of((uintptr_t)low, (uintptr_t)high);
}

static loft_dw
loft_memory_pair_peek_(const volatile void *p, struct loft_memory_site_ *at)
{
    const uint64_t low = loft_memory_load_part_(p, sizeof(loft_dw), LOFT_LOW_, NULL, at);
    const uint64_t high = loft_memory_load_part_(p, sizeof(loft_dw), LOFT_HIGH_, NULL, at);
    return loft_dw_of((uintptr_t)low, (uintptr_t)high);
}

static loft_dw
loft_memory_pair_exchange_(const volatile void *p, loft_dw v, struct loft_memory_site_ *at)
{
    uint64_t high;
    const uint64_t low = loft_memory_rmw_two_(p, sizeof v, LOFT_MEMORY_EXCHANGE_, v.lo, v.hi, &high, at);
    return loft_dw_of((uintptr_t)low, (uintptr_t)high);
}

static bool
loft_memory_pair_cas_(const volatile void *p, loft_dw *e, loft_dw v, struct loft_memory_site_ *at)
{
    uint64_t expected[2] = { e->lo, e->hi };
    const uint64_t value[2] = { v.lo, v.hi };
    const bool done = loft_memory_cas_two_(p, sizeof v, expected, value, false, false, at);
    if (!done)
        *e = loft_dw_of((uintptr_t)expected[0], (uintptr_t)expected[1]);
    return done;
}

static uintptr_t
loft_memory_pair_peek_hi_(const volatile void *p, struct loft_memory_site_ *at)
{
    return (uintptr_t)loft_memory_load_part_(p, sizeof(loft_dw), LOFT_HIGH_, NULL, at);
}

static bool
loft_memory_pair_cas_hi_(const volatile void *p, uintptr_t *e, uintptr_t v, struct loft_memory_site_ *at)
{
    uint64_t expected[2] = { 0, *e };
    const uint64_t value[2] = { 0, v };
    const bool done = loft_memory_cas_two_(p, sizeof(loft_dw), expected, value, true, false, at);
    if (!done)
        *e = (uintptr_t)expected[1];
    return done;
}
#endif

/* ---- the kernel's part of core/park.h ---------------------------------------------------------------------------- */

/* The address that each thread sleeps on, or 0. The kernel's lock is two things here. Who falls asleep and who wakes
 * have a seq_cst fence each, so that one of them sees the other. And who ends a sleep, a waker or the sleeper itself,
 * does so with a compare-exchange, so that it is one of them. All of it is relaxed: no edge comes from here. */
static LOFT_ATOMIC(uint64_t) loft_machine_asleep_[LOFT_EXPLORE_THREADS];

/* A sleeper ends its sleep by itself, for this reason. Or else it is woken meanwhile, which counts.
 *   returns   as futex(2)
 */
LOFT_API long
loft_machine_get_up_(LOFT_ATOMIC(uint64_t) *mine, uint64_t key, int reason)
{
    if (!loft_cas_strong(mine, &key, (uint64_t)0, relaxed, relaxed))   /* get_up:A relaxed: as syscall:C       */
        return 0;
    errno = reason;
    return -1;
}

/* futex(2), as far as core/park.h asks: wake and wait. A wait with a deadline may also time out, at any moment. The
 * kernel orders those who sleep and those who wake, and makes no edge that a program may rely on. */
static long
loft_machine_syscall_(long number, ...)
{
    struct loft_machine_ *const m = loft_machine_running_();
    va_list a;
    va_start(a, number);
    const uintptr_t word = (uintptr_t)va_arg(a, unsigned char *);
    const long op = va_arg(a, long) & 127L;
    const unsigned long value = va_arg(a, unsigned long);
    const int64_t *const when = va_arg(a, const int64_t *);   /* an instant: seconds and nanoseconds           */
    va_end(a);
    const uintptr_t key = word & ~(uintptr_t)(sizeof(loft_seq) - 1u);
    if (m->phase != LOFT_PHASE_THREADS_)
        return 0;
    if (op == 1L) {
        unsigned asleep[LOFT_EXPLORE_THREADS];
        unsigned n = 0;
        long woken = 0;
        loft_fence(seq_cst);                             /* syscall:A seq_cst <-> syscall:E: the waker's change is seen,
                                                            or who sleeps is */
        for (unsigned t = 0; t < m->threads; t++) {
            if (t != m->me && loft_load(&loft_machine_asleep_[t], relaxed) == key)   /* syscall:B relaxed: C decides */
                asleep[n++] = t;
        }
        while (n > 0 && (unsigned long)woken < value) {
            const unsigned i = value < n ? loft_machine_choice_(m, n, NULL) : 0;
            uint64_t sleeps = key;
            LOFT_ATOMIC(uint64_t) *const other = &loft_machine_asleep_[asleep[i]];
            woken += loft_cas_strong(other, &sleeps, (uint64_t)0, relaxed, relaxed);   /* syscall:C relaxed: no edge is
                                                            made that a program may rely on */
            asleep[i] = asleep[--n];
        }
        return woken;
    }
    LOFT_ATOMIC(uint64_t) *const mine = &loft_machine_asleep_[m->me];
    loft_store(mine, key, relaxed);                      /* syscall:D relaxed: E puts it before F              */
    loft_fence(seq_cst);                                 /* syscall:E seq_cst <-> syscall:A: asleep, then the word */
    if ((uint32_t)loft_load((LOFT_ATOMIC(loft_seq) *)key, relaxed) != (uint32_t)value)   /* syscall:F relaxed: as D */
        return loft_machine_get_up_(mine, key, EAGAIN);
    while (loft_load(mine, relaxed) != 0) {              /* syscall:G relaxed: as C                            */
        struct loft_machine_thread_ *const th = &m->thread[m->me];
        const bool worked = th->worked;
        const bool late = when && loft_machine_choice_(m, 2, NULL) != 0;
        th->worked = worked;                             /* not to time out is no work                         */
        if (late) {
            const uint64_t instant = (uint64_t)when[0] * 1000000000u + (uint64_t)when[1];
            const long r = loft_machine_get_up_(mine, key, ETIMEDOUT);
            if (r != 0)
                th->clock = th->clock > instant ? th->clock : instant;
            return r;
        }
        loft_machine_pause_();
    }
    return 0;
}

/* The time: it stands still but for who has slept until a deadline. */
static uint64_t
loft_machine_time_(void)
{
    struct loft_machine_ *const m = loft_machine_running_();
    return m->thread[m->me].clock;
}

/* ---- one execution ----------------------------------------------------------------------------------------------- */

static void
loft_machine_main_(void)
{
    struct loft_machine_ *const m = loft_machine_now_;
    const unsigned t = m->me;
    if (m->phase == LOFT_PHASE_SETUP_ && m->client->setup)
        m->client->setup();
    if (m->phase == LOFT_PHASE_FINISH_ && m->client->finish)
        m->client->finish();
    if (m->phase == LOFT_PHASE_THREADS_) {
        m->client->thread[t]((int)t);
        loft_machine_end_(m);
        m->stored++;
        if (m->run.done[t] < m->graph->events[t])
            loft_machine_differs_(m, t);
    }
    m->thread[t].state = LOFT_THREAD_ENDED_;
    m->granted = LOFT_MACHINE_NOBODY;
    for (;;)
        loft_machine_leave_(m);
}

LOFT_API void
loft_machine_start_(struct loft_machine_ *m, unsigned t)
{
    struct loft_machine_thread_ *const th = &m->thread[t];
    char *const stack = th->stack;
    memset(th, 0, sizeof *th);
    th->stack = stack;
    th->call = -1;
    th->clock = 1u;
#if defined(LOFT_MACHINE_ASAN_)
    __asan_unpoison_memory_region(stack, LOFT_MACHINE_STACK);   /* who had it last was stopped within its frames */
#endif
    /* As a call would leave it: the pointer is 8 beyond a multiple of 16 when the function begins. */
    uintptr_t *sp = (uintptr_t *)(void *)(stack + LOFT_MACHINE_STACK - 64u);
#if LOFT_X86_64
    *--sp = 0;
    *--sp = (uintptr_t)loft_machine_main_;
#else
    sp -= 2;
    sp[0] = (uintptr_t)loft_machine_main_;
    /* The switch takes where to go on from there, and leaves the pointer at it. */
#endif
    th->pointer = sp;
}

LOFT_API void
loft_machine_resume_(struct loft_machine_ *m, unsigned t)
{
    m->me = t;
    loft_machine_switch_(&m->pointer, m->thread[t].pointer);
}

LOFT_API bool
loft_machine_over_(const struct loft_machine_ *m)
{
    return m->failed || m->pruned;
}

/* setup or finish, to its end. */
LOFT_API void
loft_machine_alone_run_(struct loft_machine_ *m, int phase)
{
    m->phase = phase;
    m->alone = 0;
    const size_t used = m->thread[LOFT_EXPLORE_THREADS].used;
    const uint32_t blocks = m->thread[LOFT_EXPLORE_THREADS].blocks;
    loft_machine_start_(m, LOFT_EXPLORE_THREADS);
    if (phase == LOFT_PHASE_FINISH_) {
        m->thread[LOFT_EXPLORE_THREADS].used = used;
        m->thread[LOFT_EXPLORE_THREADS].blocks = blocks;
    }
    loft_machine_resume_(m, LOFT_EXPLORE_THREADS);
}

/* The next thread whose next step stands in the graph and can be made. */
LOFT_API unsigned
loft_machine_replays_(const struct loft_machine_ *m)
{
    for (unsigned t = 0; t < m->threads; t++) {
        if (m->thread[t].state == LOFT_THREAD_READY_ && loft_machine_may_replay_(m, t))
            return t;
    }
    return LOFT_MACHINE_NOBODY;
}

LOFT_API void
loft_machine_threads_run_(struct loft_machine_ *m)
{
    m->phase = LOFT_PHASE_THREADS_;
    for (unsigned t = 0; t < m->threads; t++)
        loft_machine_start_(m, t);
    while (!loft_machine_over_(m)) {
        unsigned t = m->granted;
        if (t == LOFT_MACHINE_NOBODY)
            t = m->left ? loft_machine_replays_(m) : (m->granted = loft_search_pick_(m));
        if (t == LOFT_MACHINE_NOBODY) {
            if (m->left)
                loft_machine_verdict_(m, LOFT_EXPLORE_USAGE, "a thread does not do the same when it sees the same");
            break;
        }
        loft_machine_resume_(m, t);
    }
}

/* Has a thread that waits seen what the newest stores would show it? */
LOFT_API bool
loft_machine_waits_for_good_(struct loft_machine_ *m, unsigned t)
{
    for (unsigned i = m->thread[t].span; i < m->run.done[t]; i++) {
        const struct loft_event_ *const e = &m->graph->event[t][i];
        if (e->kind != LOFT_READ_)
            continue;
        const unsigned newest = loft_graph_at_(m->graph, e->place, m->graph->stores[e->place]);
        const uint64_t *const was = loft_machine_value_(m, e->place, e->from);
        const uint64_t *const is = loft_machine_value_(m, e->place, newest);
        if (was[0] != is[0] || was[1] != is[1])
            return false;
    }
    return true;
}

/* A waiter of an execution that is no use any more runs on as if nothing changed. Does it leave its loop? Then the
 * search has cut that off, and is not exhaustive. */
LOFT_API void
loft_machine_probe_(struct loft_machine_ *m, unsigned t)
{
    struct loft_machine_thread_ *const th = &m->thread[t];
    uint16_t keep[LOFT_GRAPH_THREADS];
    if (m->gives_up || (m->probes++ > 1000u && m->probes % 16u))
        return;
    for (unsigned i = th->span; i < m->run.done[t]; i++) {
        if (m->graph->event[t][i].kind == LOFT_WRITE_)
            return;                                      /* a lock that is taken by exchanges                   */
    }
    memcpy(keep, m->graph->events, sizeof keep);
    m->probing = true;
    for (unsigned round = 0; round < LOFT_MACHINE_EXTRA && th->state == LOFT_THREAD_WAITS_ && !m->gives_up; round++) {
        th->state = LOFT_THREAD_READY_;
        m->granted = t;
        loft_machine_resume_(m, t);
        if (m->failed || th->state == LOFT_THREAD_ENDED_)
            m->gives_up = t + 1u;
    }
    m->probing = false;
    m->failed = false;
    m->verdict = LOFT_EXPLORE_OK;
    m->message[0] = '\0';
    th->state = LOFT_THREAD_WAITS_;
    loft_graph_cut_(m->graph, keep);
}

/* No thread can go on. Why? */
LOFT_API void
loft_machine_judge_end_(struct loft_machine_ *m)
{
    unsigned waits = 0;
    unsigned last = 0;
    for (unsigned t = 0; t < m->threads; t++) {
        if (m->thread[t].state != LOFT_THREAD_WAITS_)
            continue;
        waits++;
        last = t;
        if (!loft_machine_waits_for_good_(m, t)) {
            m->pruned = true;                            /* it would see something newer in the end            */
            if (loft_search_is_exhaustive_())
                loft_machine_probe_(m, t);
            return;
        }
    }
    if (waits == 0)
        return;
    if (m->frozen < m->threads && m->thread[m->frozen].state == LOFT_THREAD_FROZEN_) {
        for (unsigned t = 0; t < m->threads; t++) {
            const struct loft_machine_thread_ *const th = &m->thread[t];
            if (th->state != LOFT_THREAD_WAITS_ || th->call < 0 || th->label == 0)
                continue;
            if (th->label == LOFT_EXPLORE_BLOCKING)
                m->blocked_label = true;
            else
                loft_machine_verdict_(m, LOFT_EXPLORE_NOT_LOCK_FREE,
                                      "thread %c waits in its call for thread %c, which is frozen before its step %u",
                                      'a' + (int)t, 'a' + (int)m->frozen, m->frozen_at + 1u);
        }
        return;
    }
    loft_machine_verdict_(m, LOFT_EXPLORE_DEADLOCK, "thread %c%s: what it waits for will not come", 'a' + (int)last,
                          waits > 1u ? " and others wait" : " waits");
}

LOFT_API void
loft_machine_judge_leaks_(struct loft_machine_ *m)
{
    size_t bytes = 0;
    unsigned n = 0;
    for (unsigned i = 0; i < m->blocks; i++) {
        if (!m->block[i].freed) {
            bytes += m->block[i].size;
            n++;
        }
    }
    if (n && !(m->client->flags & LOFT_EXPLORE_MAY_LEAK))
        loft_machine_verdict_(m, LOFT_EXPLORE_LEAK, "%u block%s of %zu bytes in all are never freed", n,
                              n == 1u ? "" : "s", bytes);
}

/* Call a returns before call b is made: its return happens before. */
LOFT_API bool
loft_machine_precedes_(const struct loft_machine_ *m, unsigned a, unsigned b)
{
    const struct loft_machine_call_ *const x = &m->call[a];
    const struct loft_machine_call_ *const y = &m->call[b];
    if (a == b || m->op[a].pending)
        return false;
    if (x->phase != LOFT_PHASE_THREADS_ || y->phase != LOFT_PHASE_THREADS_)
        return x->phase != y->phase ? x->phase < y->phase : a < b;
    return loft_clock_knows_(&LOFT_OF_(m->run.clock, y->begin), x->end);
}

LOFT_API void
loft_machine_judge_history_(struct loft_machine_ *m)
{
    uint64_t before[LOFT_LINEAR_OPS];
    if (!m->client->model || m->ops == 0)
        return;
    for (unsigned b = 0; b < m->ops; b++) {
        before[b] = 0;
        for (unsigned a = 0; a < m->ops; a++)
            before[b] |= (uint64_t)loft_machine_precedes_(m, a, b) << a;
    }
    const loft_linear_answer r = loft_linear_search(m->client->model, m->client->model_arg, m->op, m->ops, before,
                                                    1000000u, NULL);
    if (r == LOFT_LINEAR_NO)
        loft_machine_verdict_(m, LOFT_EXPLORE_NOT_LINEAR, "no order of the calls is one of the model `%s`",
                              m->client->model->name);
    else if (r != LOFT_LINEAR_YES)
        loft_machine_verdict_(m, LOFT_EXPLORE_USAGE, "the history is too long to be judged");
}

/* Has what ran on this stack stayed within it? */
LOFT_API void
loft_machine_judge_stack_(struct loft_machine_ *m, unsigned t)
{
    for (unsigned i = 0; i < LOFT_MACHINE_GUARD; i++) {
        if (m->thread[t].stack[i] != LOFT_MACHINE_MARK)
            loft_machine_verdict_(m, LOFT_EXPLORE_USAGE, "a thread needs more than its stack of %zu bytes",
                                  LOFT_MACHINE_STACK);
    }
}

/* Make the execution that the graph begins, to an end that the search decides. */
LOFT_API void
loft_machine_execute_all_(struct loft_machine_ *m)
{
    bool complete = true;
    m->execution++;
    m->granted = LOFT_MACHINE_NOBODY;
    m->stored = 0;
    m->steps = 0;
    m->failed = false;
    m->pruned = false;
    m->twin = false;
    m->verdict = LOFT_EXPLORE_OK;
    m->message[0] = '\0';
    m->blocks = 0;
    m->ops = 0;
    m->has_outcome = false;
    m->signals = false;
    m->compare = NULL;                                   /* a thread may have been stopped in the middle of it */
    m->thread[LOFT_EXPLORE_THREADS].used = 0;
    m->thread[LOFT_EXPLORE_THREADS].blocks = 0;
    memset(m->run.done, 0, sizeof m->run.done);
    loft_machine_alone_run_(m, LOFT_PHASE_SETUP_);
    if (!m->failed) {
        loft_run_begin_(&m->run, m->graph);
        m->left = 0;
        for (unsigned t = 0; t < m->threads; t++)
            m->left += m->graph->events[t];
        loft_machine_threads_run_(m);
    }
    if (!loft_machine_over_(m))
        loft_machine_judge_end_(m);
    m->pruned = m->pruned || (m->twin && !m->failed && loft_search_is_exhaustive_());
    for (unsigned t = 0; t < m->threads; t++)
        complete = complete && m->thread[t].state == LOFT_THREAD_ENDED_;
    if (!loft_machine_over_(m)) {
        for (unsigned i = 0; i < m->ops; i++)
            m->op[i].pending = m->call[i].phase == LOFT_PHASE_THREADS_ && m->call[i].end == LOFT_GRAPH_INIT;
        if (complete)
            loft_machine_alone_run_(m, LOFT_PHASE_FINISH_);
    }
    if (!loft_machine_over_(m) && complete)
        loft_machine_judge_leaks_(m);
    if (!loft_machine_over_(m))
        loft_machine_judge_history_(m);
    for (unsigned t = 0; t < m->threads; t++)
        loft_machine_judge_stack_(m, t);
    loft_machine_judge_stack_(m, LOFT_EXPLORE_THREADS);
    m->phase = LOFT_PHASE_OUT_;
}

#endif /* explore.h */
#endif /* LOFT_CHECK_MACHINE_H */
