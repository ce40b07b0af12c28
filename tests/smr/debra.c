/* SPDX-License-Identifier: MIT
 *
 * tests/smr/debra.c - smr/debra.h: the contract of all schemes, and signals: readers that are sent back, to the right
 * spot and any number of times, what is reserved, handlers, several domains, threads that end, and the bound.
 *
 * build: flags -DLOFT_ALLOC_STATS -DLOFT_ALLOC_FAULTS -DTAP_JUMPS
 * build: also release -DNDEBUG
 */
#include "threads.h"

#include <sys/mman.h>

#include <loft/smr/debra.h>

#define SMR loft_debra
#define SMR_NEAR_END(d, n)         loft_epoch_start_at_(&(d)->base, (loft_seq)0 - (n) * LOFT_EPOCH_STEP_)
#define SMR_BOUND(threads, batch) \
    (loft_debra_neutralises(&domain) ? LOFT_DEBRA_BOUND(threads, (batch) ? (batch) : 1024u) : (size_t)-1)
#define SMR_IDLE(threads, batch)   ((threads) * (4u * ((batch) ? (batch) : 1024u) + 64u))
#include "contract.h"

#if loft_debra_signals

#define BATCH 16

struct cell {
    loft_debra_node smr;
    LOFT_ATOMIC(unsigned) value;                         /* 0: dropped                                         */
};

static loft_debra first, second;
static LOFT_ATOMIC(uintptr_t) spot;
static LOFT_ATOMIC(int) stop, ready;
static LOFT_ATOMIC(size_t) wrong, chained;

static void
cell_drop(loft_smr_thread *me, loft_smr_node *n)
{
    (void)me;
    loft_store(&((struct cell *)(void *)n)->value, 0u, relaxed);
    loft_free(n, sizeof(struct cell));
}

static struct cell *
cell_make(loft_debra_thread *me)
{
    struct cell *const c = (struct cell *)loft_debra_alloc_node(me, sizeof *c);
    if (!c)
        abort();
    loft_init(&c->value, 7u);
    return c;
}

static void
cell_set(loft_debra_thread *me, LOFT_ATOMIC(uintptr_t) *word)
{
    struct cell *const c = cell_make(me);
    loft_debra_enter(me);
    const uintptr_t old = loft_exchange(word, (uintptr_t)c, acq_rel);
    loft_debra_retire(me, &((struct cell *)old)->smr, cell_drop);
    loft_debra_exit(me);
}

static void
begin_domain(loft_debra *d, int number)
{
    loft_debra_options o;
    memset(&o, 0, sizeof o);
    o.batch = BATCH;
    o.signal = number;
    if (loft_debra_init(d, &o) != LOFT_OK)
        abort();
    loft_store(&stop, 0, relaxed);
    loft_store(&ready, 0, relaxed);
    loft_store(&wrong, (size_t)0, relaxed);
}

static void
wait_for(const LOFT_ATOMIC(int) *word, int value)
{
    while (loft_load(word, acquire) < value)
        sched_yield();
}

#define PATIENCE 65536u

/* Where there are more threads than processors, who is waited for may get none before the others' time is over. To a
 * signal it is as if this thread had lost its own. */
static void
nap(void)
{
    struct timespec t;
    t.tv_sec = 0;
    t.tv_nsec = 20000;
    nanosleep(&t, NULL);
}

/* Reads one node for as long as it may: only a signal gets it out of the loop. How often it began. */
static size_t
spin(loft_debra_thread *me, size_t times)
{
    static TEST_THREAD_LOCAL_ volatile size_t began;
    volatile unsigned frame = 4711u;                     /* is it this one that is come back to?               */
    began = 0;
    loft_debra_enter(me);
    loft_debra_read(me);
    began = began + 1u;
    const struct cell *const c = (const struct cell *)loft_debra_protect(me, 0, &spot);
    for (unsigned i = 1u; began <= times && !loft_load(&stop, relaxed); i++) {
        loft_store(&ready, 1, relaxed);
        if (loft_load(&c->value, relaxed) != 7u)
            loft_store(&wrong, (size_t)1, relaxed);
        if (i % PATIENCE == 0)                           /* it would have come by now                          */
            nap();
    }
    loft_debra_exit(me);
    if (frame != 4711u)
        loft_fetch_add(&wrong, (size_t)1, relaxed);
    return began;
}

struct spinner {
    loft_debra *domain;
    size_t times;
    size_t began;
    bool alt;                                            /* with a stack for signals                           */
};

static void
spinner_body(void *arg, int id)
{
    struct spinner *const s = (struct spinner *)arg + id;
    stack_t alt;
    memset(&alt, 0, sizeof alt);
    if (s->alt) {
        alt.ss_size = 1u << 16;
        alt.ss_sp = malloc(alt.ss_size);
        sigaltstack(&alt, NULL);
    }
    loft_debra_thread *const me = loft_debra_self(s->domain);
    if (!me)
        abort();
    s->began = spin(me, s->times);
    if (s->alt) {
        void *const memory = alt.ss_sp;
        alt.ss_flags = SS_DISABLE;
        alt.ss_sp = NULL;
        sigaltstack(&alt, NULL);
        free(memory);
    }
}

struct swarm {
    pthread_t thread[8];
    struct spinner spinner[8];
    int n;
};

struct swarm_one {
    struct swarm *swarm;
    int id;
};

static struct swarm_one ones[8];

static void *
swarm_thread(void *arg)
{
    const struct swarm_one *const one = (const struct swarm_one *)arg;
    spinner_body(one->swarm->spinner, one->id);
    return NULL;
}

static void
swarm_begin(struct swarm *s, int n, loft_debra *d, size_t times, bool alt)
{
    s->n = n;
    for (int i = 0; i < n; i++) {
        s->spinner[i].domain = d;
        s->spinner[i].times = times;
        s->spinner[i].began = 0;
        s->spinner[i].alt = alt;
        ones[i].swarm = s;
        ones[i].id = i;
        if (pthread_create(&s->thread[i], NULL, swarm_thread, &ones[i]) != 0)
            abort();
    }
    wait_for(&ready, 1);
}

static void
swarm_end(struct swarm *s)
{
    loft_store(&stop, 1, relaxed);
    for (int i = 0; i < s->n; i++)
        pthread_join(s->thread[i], NULL);
}

static void
end_domain(loft_debra *d, loft_debra_thread *me, const char *what)
{
    loft_debra_enter(me);
    const uintptr_t last = loft_exchange(&spot, (uintptr_t)0, acq_rel);
    loft_debra_retire(me, &((struct cell *)last)->smr, cell_drop);
    loft_debra_exit(me);
    ok(loft_debra_drain(me, loft_now() + UINT64_C(20000000000)) == LOFT_OK && loft_debra_stats_get(d).pending == 0,
       what);
    loft_debra_leave(me);
    ok(loft_debra_fini(d) == LOFT_OK, "it ends");
}

/* n readers that spin, and one who retires until they have been sent back often enough. */
static void
try_spin(int n, size_t times, bool alt, int number)
{
    struct swarm s;
    begin_domain(&first, number);
    loft_debra_thread *const me = loft_debra_join(&first);
    loft_init(&spot, (uintptr_t)cell_make(me));
    swarm_begin(&s, n, &first, times, alt);
    size_t most = 0;
    uint64_t restarts = 0;
    const uint64_t until = loft_now() + UINT64_C(20000000000);
    for (;;) {
        for (int i = 0; i < 256; i++)
            cell_set(me, &spot);
        const loft_debra_stats now = loft_debra_stats_get(&first);
        most = now.pending > most ? (size_t)now.pending : most;
        if (now.restarts >= times * (size_t)n || loft_now() > until)
            break;
        if (now.restarts == restarts)
            nap();
        restarts = now.restarts;
    }
    swarm_end(&s);
    size_t began = 0;
    for (int i = 0; i < n; i++)
        began += s.spinner[i].began;
    const loft_debra_stats now = loft_debra_stats_get(&first);
    note("%d readers: %lu times begun, %lu signals, %lu restarts, at most %lu pending, bound %lu", n,
         (unsigned long)began, (unsigned long)now.signals, (unsigned long)now.restarts, (unsigned long)most,
         (unsigned long)LOFT_DEBRA_BOUND((size_t)n + 1u, BATCH));
    ok(began >= times * (size_t)n && now.restarts + (size_t)n >= began && now.signals >= now.restarts / 2u,
       "readers that spin are sent back as often as they are in the way");
    ok(loft_load(&wrong, relaxed) == 0, "to the right spot, and never read what was freed");
    ok(most <= LOFT_DEBRA_BOUND((size_t)n + 1u, BATCH), "what is pending stays below the bound");
    end_domain(&first, me, "all of it is freed");
}

/* ---- stopped anywhere ------------------------------------------------------------------------------------------ */

enum where { IN_READ, IN_WRITE, BEFORE_READ };

struct stopped {
    enum where where;
    int pipe[2];
};

/* Not in read: a system call. In it: spin without looking at anything that ends. */
static void *
stopped_thread(void *arg)
{
    const struct stopped *const s = (const struct stopped *)arg;
    char byte;
    loft_debra_thread *const me = loft_debra_self(&first);
    loft_debra_enter(me);
    if (s->where == BEFORE_READ) {
        loft_store(&ready, 1, release);
        if (read(s->pipe[0], &byte, 1) != 1)
            abort();
    }
    loft_debra_read(me);
    const struct cell *const c = (const struct cell *)loft_debra_protect(me, 0, &spot);
    while (s->where == IN_READ && !loft_load(&stop, relaxed))
        loft_store(&ready, 1, relaxed);
    loft_debra_write(me, c, NULL, NULL);
    if (s->where == IN_WRITE) {
        loft_store(&ready, 1, release);
        if (read(s->pipe[0], &byte, 1) != 1)
            abort();
    }
    if (loft_load(&c->value, relaxed) != 7u)
        loft_store(&wrong, (size_t)1, relaxed);
    loft_debra_exit(me);
    return NULL;
}

static void
try_stopped_in(enum where where, const char *what)
{
    pthread_t thread;
    struct stopped s;
    size_t most = 0;
    begin_domain(&first, 0);
    loft_debra_thread *const me = loft_debra_join(&first);
    loft_init(&spot, (uintptr_t)cell_make(me));
    s.where = where;
    if (pipe(s.pipe) != 0 || pthread_create(&thread, NULL, stopped_thread, &s) != 0)
        abort();
    wait_for(&ready, 1);
    const size_t n = scaled(50000);
    for (size_t i = 0; i < n; i++) {
        cell_set(me, &spot);
        const size_t pending = (size_t)loft_debra_stats_get(&first).pending;
        most = pending > most ? pending : most;
    }
    note("%s: %lu retired, at most %lu pending, bound %lu", what, (unsigned long)n, (unsigned long)most,
         (unsigned long)LOFT_DEBRA_BOUND(2u, BATCH));
    ok(most <= LOFT_DEBRA_BOUND(2u, BATCH), "a thread that stops in a section does not hold back more than the bound");
    const loft_status st = loft_debra_drain(me, loft_now() + UINT64_C(200000000));
    ok(where == IN_WRITE ? st == LOFT_TIMEOUT && loft_debra_stats_get(&first).pending == 1 : st == LOFT_OK,
       "a drain waits for what is reserved, and for nothing else");
    loft_store(&stop, 1, relaxed);
    if (write(s.pipe[1], "", 1) != 1)
        abort();
    pthread_join(thread, NULL);
    close(s.pipe[0]);
    close(s.pipe[1]);
    ok(loft_load(&wrong, relaxed) == 0, "what it holds is whole");
    end_domain(&first, me, "all of it is freed");
}

/* ---- handlers -------------------------------------------------------------------------------------------------- */

static void
others(int number, siginfo_t *info, void *context)
{
    (void)info;
    (void)context;
    if (number == SIGUSR2)
        loft_fetch_add(&chained, (size_t)1, relaxed);
}

static void
try_chain_handler(void)
{
    struct sigaction a, now;
    memset(&a, 0, sizeof a);
    a.sa_sigaction = others;
    a.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR2, &a, NULL);
    try_spin(1, scaled(20), false, SIGUSR2);
    ok(loft_load(&chained, relaxed) > 0, "the handler that was there before is called");
    const size_t before = loft_load(&chained, relaxed);
    raise(SIGUSR2);
    ok(loft_load(&chained, relaxed) == before + 1u, "also for a signal of somebody else's");
    /* Somebody takes the signal away: then nobody is passed, and nothing that is held is freed. */
    begin_domain(&first, SIGUSR2);
    loft_debra_thread *const me = loft_debra_join(&first);
    loft_init(&spot, (uintptr_t)cell_make(me));
    sigaction(SIGUSR2, &a, &now);
    struct swarm s;
    swarm_begin(&s, 1, &first, 1, false);
    for (size_t i = 0; i < 2000; i++)
        cell_set(me, &spot);
    ok(loft_debra_stats_get(&first).signals == 0 && loft_load(&wrong, relaxed) == 0,
       "where another handler has been put in its spot no signal is sent");
    ok(!loft_debra_neutralises(&first), "and the domain says so");
    swarm_end(&s);
    sigaction(SIGUSR2, &now, NULL);
    ok(loft_debra_neutralises(&first), "until its own is there again");
    end_domain(&first, me, "all of it is freed");
}

/* Who retires nothing has no work to do for others. */
static void
try_only_reading(void)
{
    begin_domain(&first, 0);
    loft_debra_thread *const me = loft_debra_join(&first);
    loft_init(&spot, (uintptr_t)cell_make(me));
    for (int i = 0; i < 100 * BATCH; i++) {
        loft_debra_enter(me);
        loft_debra_read(me);
        const struct cell *const c = (const struct cell *)loft_debra_protect(me, 0, &spot);
        if (loft_load(&c->value, relaxed) != 7u)
            loft_store(&wrong, (size_t)1, relaxed);
        loft_debra_exit(me);
    }
    ok(loft_debra_stats_get(&first).fences == 0 && loft_load(&wrong, relaxed) == 0, "who only reads needs no fence");
    end_domain(&first, me, "all of it is freed");
}

/* A write that follows another, of any of three nodes, and any three places: what is reserved afterwards is what it
 * names, and what both name is where it was. */
static void
try_write_again(void)
{
    static struct cell three[3];
    const void *const any[4] = { NULL, &three[0], &three[1], &three[2] };
    size_t lost = 0;
    size_t kept = 0;
    size_t moved = 0;
    begin_domain(&first, 0);
    loft_debra_thread *const me = loft_debra_join(&first);
    for (unsigned i = 0; i < 4096u; i++) {
        unsigned named = 0;
        unsigned is = 0;
        uintptr_t was[3];
        loft_debra_enter(me);
        loft_debra_write(me, any[i & 3u], any[i >> 2 & 3u], any[i >> 4 & 3u]);
        for (unsigned k = 0; k < 3u; k++)
            was[k] = loft_load(&me->reserved[k], relaxed);
        loft_debra_write(me, any[i >> 6 & 3u], any[i >> 8 & 3u], any[i >> 10 & 3u]);
        for (unsigned k = 6u; k < 12u; k += 2u)
            named |= 1u << (i >> k & 3u);
        for (unsigned k = 0; k < 3u; k++) {
            const uintptr_t r = loft_load(&me->reserved[k], relaxed);
            for (unsigned n = 1u; n < 4u; n++) {
                if (r == (uintptr_t)any[n])
                    is |= 1u << n;
                else if (was[k] == (uintptr_t)any[n] && (named >> n & 1u))
                    moved += was[0] != was[1] && was[1] != was[2] && was[0] != was[2];   /* twice there: may go once */
            }
        }
        loft_debra_exit(me);
        lost += (named & ~is & ~1u) != 0;
        kept += (is & ~named & ~1u) != 0;
    }
    ok(lost == 0, "what a second write names is reserved");
    ok(kept == 0, "what it does not is let go");
    ok(moved == 0, "what is reserved before and after stays where it is");
    loft_debra_leave(me);
    ok(loft_debra_fini(&first) == LOFT_OK, "it ends");
}

/* ---- what a jump leaves behind -------------------------------------------------------------------------------- */

/* Where the handler looks for them, in any language mode. */
static bool
layout_holds(void)
{
    bool good = offsetof(ucontext_t, uc_sigmask) == LOFT_DEBRA_MASK_AT_
                && offsetof(ucontext_t, uc_stack) == 2u * sizeof(void *) && sizeof(stack_t) == 3u * sizeof(void *);
#if LOFT_X86_64 || LOFT_I386
    good = good && offsetof(ucontext_t, uc_mcontext.fpregs) == LOFT_DEBRA_FLOATS_AT_;
#endif
    return good;
}

static bool
is_blocked(int number)
{
    sigset_t now;
    pthread_sigmask(SIG_BLOCK, NULL, &now);
    return sigismember(&now, number) == 1;
}

struct both {
    size_t began;
    bool first, second, other;                           /* blocked afterwards                                 */
};

/* Both signals are pending when the section reads: the kernel delivers one, and then the other. */
static size_t
read_with_both(loft_debra_thread *me, const sigset_t *two, const sigset_t *was)
{
    static volatile size_t began;
    began = 0;
    loft_debra_enter(me);
    pthread_sigmask(SIG_BLOCK, two, NULL);
    pthread_kill(pthread_self(), SIGURG);
    pthread_kill(pthread_self(), SIGUSR1);
    loft_debra_read(me);
    began = began + 1u;
    if (began == 1u)
        pthread_sigmask(SIG_SETMASK, was, NULL);         /* allowed in a test that knows where it is interrupted */
    loft_debra_exit(me);
    return began;
}

static void *
both_thread(void *arg)
{
    struct both *const b = (struct both *)arg;
    sigset_t two, other, was;
    loft_debra_thread *const in_first = loft_debra_self(&first);
    loft_debra_thread *const in_second = loft_debra_self(&second);
    sigemptyset(&other);
    sigaddset(&other, SIGUSR2);
    sigemptyset(&two);
    sigaddset(&two, SIGURG);
    sigaddset(&two, SIGUSR1);
    loft_debra_enter(in_first);                          /* unblocks its signal, once                          */
    loft_debra_exit(in_first);
    loft_debra_enter(in_second);
    loft_debra_exit(in_second);
    pthread_sigmask(SIG_BLOCK, &other, &was);
    pthread_sigmask(SIG_BLOCK, NULL, &was);
    b->began = read_with_both(in_first, &two, &was);
    b->first = is_blocked(SIGURG);
    b->second = is_blocked(SIGUSR1);
    b->other = is_blocked(SIGUSR2);
    (void)spin(in_second, 3);                            /* its signal still comes                             */
    return NULL;
}

/* Retires beside a thread that reads, until that was sent back three times, or something is wrong. Then it ends. */
static void
send_back(loft_debra *d, loft_debra_thread *me, pthread_t reader)
{
    const uint64_t until = loft_now() + UINT64_C(20000000000);
    wait_for(&ready, 1);
    while (loft_debra_stats_get(d).restarts < 3u && loft_now() < until) {
        for (int i = 0; i < 256; i++)
            cell_set(me, &spot);
        nap();
    }
    loft_store(&stop, 1, relaxed);
    pthread_join(reader, NULL);
}

static void
try_two_signals(void)
{
    pthread_t t;
    struct both b;
    memset(&b, 0, sizeof b);
    ok(layout_holds(), "a ucontext_t has its parts where the handler looks");
    begin_domain(&second, SIGUSR1);
    begin_domain(&first, SIGURG);
    loft_debra_thread *const me = loft_debra_join(&second);
    loft_init(&spot, (uintptr_t)cell_make(me));
    if (pthread_create(&t, NULL, both_thread, &b) != 0)
        abort();
    send_back(&second, me, t);
    ok(b.began == 2u && loft_debra_stats_get(&first).restarts == 1u, "two signals at a time send a section back once");
    ok(!b.first && !b.second, "neither is blocked afterwards");
    ok(b.other, "what the thread had blocked still is");
    ok(loft_debra_stats_get(&second).restarts >= 3u && loft_load(&wrong, relaxed) == 0,
       "sections of both domains are sent back");
    ok(loft_debra_fini(&first) == LOFT_OK, "the one ends");
    end_domain(&second, me, "all of the other is freed");
}

#define AUTODISARM (1u << 31)                            /* SS_AUTODISARM, which not all C libraries know      */

static void *
disarm_thread(void *arg)
{
    stack_t alt, now;
    char *const memory = (char *)malloc(1u << 16);
    memset(&alt, 0, sizeof alt);
    alt.ss_sp = memory;
    alt.ss_size = 1u << 16;
    alt.ss_flags = (int)AUTODISARM;
    if (!memory)
        abort();
    const bool can = sigaltstack(&alt, NULL) == 0;
    (void)spin(loft_debra_self(&first), 3);
    sigaltstack(NULL, &now);
    *(bool *)arg = !can || (now.ss_sp == memory && now.ss_size == alt.ss_size && (unsigned)now.ss_flags == AUTODISARM);
    memset(&alt, 0, sizeof alt);
    alt.ss_flags = SS_DISABLE;
    sigaltstack(&alt, NULL);
    free(memory);
    return NULL;
}

static void
try_disarm(void)
{
    pthread_t t;
    bool good = false;
    begin_domain(&first, 0);
    loft_debra_thread *const me = loft_debra_join(&first);
    loft_init(&spot, (uintptr_t)cell_make(me));
    if (pthread_create(&t, NULL, disarm_thread, &good) != 0)
        abort();
    send_back(&first, me, t);
    ok(good && loft_debra_stats_get(&first).restarts >= 3u, "an alternate stack that is disarmed for handlers stays");
    end_domain(&first, me, "all of it is freed");
}

/* Two handlers that are none, with flags as if they were. In a process each, because the handler of a signal is
 * installed once. */
static bool
raised(int number, void (*none)(int))
{
    int status = -1;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        struct sigaction a;
        memset(&a, 0, sizeof a);
        a.sa_handler = none;
        a.sa_flags = SA_SIGINFO | SA_RESTART;
        sigaction(number, &a, NULL);
        begin_domain(&first, number);
        raise(number);
        _exit(0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
try_no_handler(void)
{
    ok(raised(SIGWINCH, SIG_IGN) && raised(SIGCHLD, SIG_DFL), "no handler, with SA_SIGINFO, is none to call");
}

/* ---- threads that are gone ------------------------------------------------------------------------------------- */

#define ROOM ((size_t)1 << 20)

/* Ends without a word, reading or not. */
static void *
silent_thread(void *arg)
{
    loft_debra_thread **const me = (loft_debra_thread **)arg;
    const bool reads = *me != NULL;
    *me = loft_debra_join(&first);
    loft_debra_enter(*me);
    if (reads)
        loft_debra_read(*me);
    return NULL;
}

/* Somebody exits and leaves for it. All that it had, also what was thread-local, is used for something else by then. */
static void
try_silent_end(bool reads)
{
    pthread_t t;
    pthread_attr_t how;
    begin_domain(&first, 0);
    loft_debra_thread *const mine = loft_debra_join(&first);
    loft_debra_thread *theirs = reads ? mine : NULL;
    unsigned char *const room = (unsigned char *)mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                                                      -1, 0);
    if (room == MAP_FAILED || pthread_attr_init(&how) != 0 || pthread_attr_setstack(&how, room, ROOM) != 0
        || pthread_create(&t, &how, silent_thread, &theirs) != 0)
        abort();
    pthread_join(t, NULL);
    pthread_attr_destroy(&how);
    for (size_t i = 0; i < ROOM; i++)
        room[i] = 0x5a;
    size_t changed = 0;
    loft_debra_exit(theirs);
    loft_debra_leave(theirs);
    for (size_t i = 0; i < ROOM; i++)
        changed += room[i] != 0x5a;
    munmap(room, ROOM);
    ok(changed == 0, reads ? "who exits for a thread that ended while it read does not write where that one was"
                           : "who exits for a thread that is gone does not write where that one was");
    loft_debra_leave(mine);
    ok(loft_debra_fini(&first) == LOFT_OK, "it ends");
}

/* A node whose drop ends its thread, or stops it. */
static LOFT_ATOMIC(uintptr_t) last_words;

static void
last_drop(loft_smr_thread *me, loft_smr_node *n)
{
    const bool ends = (uintptr_t)n == loft_load(&last_words, relaxed);
    cell_drop(me, n);
    if (ends)
        pthread_exit(NULL);
}

static void *
last_thread(void *arg)
{
    loft_debra_thread *const me = loft_debra_self(&first);
    (void)arg;
    for (;;) {
        struct cell *const c = cell_make(me);
        if (!loft_load(&last_words, relaxed))
            loft_store(&last_words, (uintptr_t)c, relaxed);
        loft_debra_enter(me);
        loft_debra_retire(me, &c->smr, last_drop);
        loft_debra_exit(me);
    }
    return NULL;
}

static void
try_last_words(void)
{
    pthread_t t;
    begin_domain(&first, 0);
    loft_store(&last_words, (uintptr_t)0, relaxed);
    if (pthread_create(&t, NULL, last_thread, NULL) != 0)
        abort();
    pthread_join(t, NULL);
    loft_debra_thread *const me = loft_debra_join(&first);
    loft_init(&spot, (uintptr_t)cell_make(me));
    for (int i = 0; i < 4 * BATCH; i++)
        cell_set(me, &spot);
    ok(loft_debra_number(me) == 1u && loft_debra_drain(me, loft_now() + UINT64_C(5000000000)) == LOFT_OK,
       "a drain does not wait for who ended in drop, nor for whose record it is now");
    loft_debra_enter(me);
    loft_debra_retire(me, &((struct cell *)loft_exchange(&spot, (uintptr_t)0, acq_rel))->smr, cell_drop);
    loft_debra_exit(me);
    loft_debra_leave(me);
    ok(loft_debra_fini(&first) == LOFT_OK, "it ends");
}

static void
stop_drop(loft_smr_thread *me, loft_smr_node *n)
{
    cell_drop(me, n);
    if (loft_exchange(&ready, 1, acq_rel) == 0)
        wait_for(&stop, 1);
}

static void *
stopped_drop_thread(void *arg)
{
    loft_debra_thread *const me = loft_debra_join(&first);
    (void)arg;
    while (!loft_load(&ready, acquire)) {
        struct cell *const c = cell_make(me);
        loft_debra_enter(me);
        loft_debra_retire(me, &c->smr, stop_drop);
        loft_debra_exit(me);
    }
    loft_debra_leave(me);
    return NULL;
}

/* A thread stops in drop. Drains take everybody's bags, and are in vain: those of the others are not lost. */
static void
try_stopped_drop(void)
{
    pthread_t t;
    size_t most = 0;
    begin_domain(&first, 0);
    loft_debra_thread *const me = loft_debra_join(&first);
    loft_init(&spot, (uintptr_t)cell_make(me));
    if (pthread_create(&t, NULL, stopped_drop_thread, NULL) != 0)
        abort();
    wait_for(&ready, 1);
    bool late = true;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 40 * BATCH; i++)
            cell_set(me, &spot);
        const size_t pending = (size_t)loft_debra_stats_get(&first).pending;
        most = pending > most ? pending : most;
        late = loft_debra_drain(me, loft_now() + UINT64_C(1000000)) == LOFT_TIMEOUT && late;
    }
    note("stopped in drop: at most %lu pending, bound %lu", (unsigned long)most,
         (unsigned long)LOFT_DEBRA_BOUND(2u, BATCH));
    ok(late, "a drain does not get what a drop holds that has stopped");
    ok(most <= LOFT_DEBRA_BOUND(2u, BATCH), "what it has taken from others is freed all the same");
    loft_store(&stop, 1, release);
    pthread_join(t, NULL);
    end_domain(&first, me, "all of it is freed");
}

static void
try_options(void)
{
    loft_debra_options o;
    memset(&o, 0, sizeof o);
    o.signal = SIGKILL;
    ok(loft_debra_init(&first, &o) == LOFT_INVAL, "SIGKILL cannot be caught");
    o.signal = SIGSTOP;
    ok(loft_debra_init(&first, &o) == LOFT_INVAL, "nor SIGSTOP");
    o.signal = 65;
    ok(loft_debra_init(&first, &o) == LOFT_INVAL, "there is no signal 65");
    o.signal = -1;
    ok(loft_debra_init(&first, &o) == LOFT_OK && !loft_debra_neutralises(&first), "-1: no signals are sent");
    ok(loft_debra_fini(&first) == LOFT_OK, "it ends");
    o.signal = 0;
    o.symmetric = true;
    ok(loft_debra_init(&first, &o) == LOFT_OK && !loft_debra_neutralises(&first), "nor without asymmetric fences");
    ok(loft_debra_fini(&first) == LOFT_OK, "it ends");
    o.symmetric = false;
    o.batch = (size_t)-1;
    ok(loft_debra_init(&first, &o) == LOFT_OK, "a batch may be as many as there are");
    loft_debra_thread *const me = loft_debra_join(&first);
    ok(me && me->limit / LOFT_DEBRA_LIMIT_ >= first.base.batch && me->limit + first.base.batch > me->limit,
       "signals are sent after eight of them");
    loft_debra_leave(me);
    ok(loft_debra_fini(&first) == LOFT_OK, "it ends");
}

/* ---- several domains, threads that come and go ----------------------------------------------------------------- */

static LOFT_ATOMIC(uintptr_t) spots[2];

static const struct cell *
cell_take(loft_debra_thread *me, const LOFT_ATOMIC(uintptr_t) *from)
{
    loft_debra_read(me);
    const struct cell *const c = (const struct cell *)loft_debra_protect(me, 0, from);
    for (int i = 0; i < 20; i++) {
        if (loft_load(&c->value, relaxed) != 7u)
            loft_store(&wrong, (size_t)1, relaxed);
    }
    loft_debra_write(me, c, NULL, NULL);
    return c;
}

/* Sections in both domains, one in the other, in threads that do not stay. */
static void
two_body(void *arg, int id)
{
    const size_t n = scaled(60);
    (void)arg;
    for (size_t round = 0; round < n; round++) {
        loft_debra_thread *const a = loft_debra_join(&first);
        loft_debra_thread *const b = loft_debra_join(&second);
        if (!a || !b)
            abort();
        for (int i = 0; i < 40; i++) {
            loft_debra_enter(a);
            const struct cell *const x = cell_take(a, &spots[0]);
            loft_debra_enter(b);
            const struct cell *const y = cell_take(b, &spots[1]);
            if (i % 8 == id)
                sched_yield();
            if (loft_load(&x->value, relaxed) != 7u || loft_load(&y->value, relaxed) != 7u)
                loft_store(&wrong, (size_t)1, relaxed);
            loft_debra_exit(b);
            loft_debra_exit(a);
            cell_set(a, &spots[0]);
            cell_set(b, &spots[1]);
        }
        loft_debra_leave(a);
        loft_debra_leave(b);
    }
}

static void
try_two_domains(void)
{
    begin_domain(&first, 0);
    begin_domain(&second, SIGUSR1);
    first.base.batch = 1;                                /* signals all the time                               */
    second.base.batch = 1;
    loft_debra_thread *const a = loft_debra_join(&first);
    loft_debra_thread *const b = loft_debra_join(&second);
    loft_init(&spots[0], (uintptr_t)cell_make(a));
    loft_init(&spots[1], (uintptr_t)cell_make(b));
    run_threads(4, two_body, NULL);
    const loft_debra_stats s = loft_debra_stats_get(&first);
    const loft_debra_stats t = loft_debra_stats_get(&second);
    note("%lu and %lu signals, %lu and %lu restarts", (unsigned long)s.signals, (unsigned long)t.signals,
         (unsigned long)s.restarts, (unsigned long)t.restarts);
    ok(loft_load(&wrong, relaxed) == 0, "sections in two domains, in threads that come and go");
    ok(s.signals > 0 && t.signals > 0, "in both of them signals were sent");
    loft_init(&spot, loft_load(&spots[0], relaxed));
    end_domain(&first, a, "all of the one is freed");
    loft_init(&spot, loft_load(&spots[1], relaxed));
    end_domain(&second, b, "all of the other is freed");
}

/* Threads that end while signals are under way, some of them in a section. */
static void *
short_thread(void *arg)
{
    loft_debra_thread *const me = loft_debra_self(&first);
    (void)arg;
    loft_debra_enter(me);
    (void)cell_take(me, &spot);
    loft_debra_exit(me);
    return NULL;
}

static void *
storming_thread(void *arg)
{
    loft_debra_thread *const me = loft_debra_self(&first);
    (void)arg;
    while (!loft_load(&stop, relaxed))
        cell_set(me, &spot);
    return NULL;
}

static void
try_exits(void)
{
    pthread_t storming;
    begin_domain(&first, 0);
    first.base.batch = 1;
    loft_debra_thread *const me = loft_debra_join(&first);
    loft_init(&spot, (uintptr_t)cell_make(me));
    if (pthread_create(&storming, NULL, storming_thread, NULL) != 0)
        abort();
    const size_t n = scaled(400);
    for (size_t i = 0; i < n; i++) {
        pthread_t t[3];
        for (int k = 0; k < 3; k++) {
            if (pthread_create(&t[k], NULL, short_thread, NULL) != 0)
                abort();
        }
        for (int k = 0; k < 3; k++)
            pthread_join(t[k], NULL);
    }
    loft_store(&stop, 1, relaxed);
    pthread_join(storming, NULL);
    note("%lu signals, %lu restarts", (unsigned long)loft_debra_stats_get(&first).signals,
         (unsigned long)loft_debra_stats_get(&first).restarts);
    ok(loft_load(&wrong, relaxed) == 0, "threads end in a storm of signals");
    end_domain(&first, me, "all of it is freed");
}

#if LOFT_X86_64 || LOFT_I386
/* Whoever is sent back keeps its modes of floating point. */
static void *
modes_thread(void *arg)
{
    unsigned was, is;
    unsigned short word, now;
    loft_debra_thread *const me = loft_debra_self(&first);
    __asm__ volatile("stmxcsr %0" : "=m"(was));
    was |= 0x8040u;                                      /* denormal numbers are 0                             */
    __asm__ volatile("ldmxcsr %0" : : "m"(was));
    __asm__ volatile("fnstcw %0" : "=m"(word));
    word = (unsigned short)(word | 0x0c00u);             /* towards 0                                          */
    __asm__ volatile("fldcw %0" : : "m"(word));
    *(size_t *)arg = spin(me, 3);
    __asm__ volatile("stmxcsr %0" : "=m"(is));
    __asm__ volatile("fnstcw %0" : "=m"(now));
    if ((is & 0x8040u) != 0x8040u || (now & 0x0c00u) != 0x0c00u)
        loft_fetch_add(&wrong, (size_t)1, relaxed);
    return NULL;
}

static void
try_modes(void)
{
    pthread_t t;
    size_t began = 0;
    begin_domain(&first, 0);
    loft_debra_thread *const me = loft_debra_join(&first);
    loft_init(&spot, (uintptr_t)cell_make(me));
    if (pthread_create(&t, NULL, modes_thread, &began) != 0)
        abort();
    send_back(&first, me, t);
    ok(began >= 3u && loft_load(&wrong, relaxed) == 0, "who is sent back keeps its modes of floating point");
    end_domain(&first, me, "all of it is freed");
}
#endif

#endif /* signals */

int
main(void)
{
#if loft_debra_signals
    try_options();
    begin_domain(&first, 0);
    const bool can = loft_debra_neutralises(&first);
    ok(loft_debra_fini(&first) == LOFT_OK, "it ends");
    try_only_reading();
    if (can) {
        try_spin(1, scaled(200), false, 0);
        try_spin(3, scaled(100), true, 0);
        try_stopped_in(IN_READ, "reading");
        try_stopped_in(IN_WRITE, "writing");
        try_stopped_in(BEFORE_READ, "before it reads");
        try_chain_handler();
        try_two_domains();
        try_exits();
        try_two_signals();
        try_disarm();
        try_no_handler();
        try_silent_end(false);
        try_silent_end(true);
        try_write_again();
        try_last_words();
        try_stopped_drop();
#if LOFT_X86_64 || LOFT_I386
        try_modes();
#endif
    } else {
        ok_skip("signals", "no membarrier here");
    }
#else
    ok_skip("signals", "there are none here");
#endif
    contract("smr/debra");
    return done();
}
