/* SPDX-License-Identifier: MIT
 *
 * loft/smr/debra.h - epochs that no reader can hold up: a section that only reads is sent back to its beginning.
 *
 * Needs: core/base.h core/atomics.h core/arch.h core/asymmetric.h core/alloc.h smr/contract.h
 *        smr/threads.h smr/epoch.h
 *
 * USE IT WHEN         memory has to stay bounded even if a thread stops within a section, and reading has to cost no
 *                     more than with ebr.h: one word for a whole section, not one for each node.
 * DO NOT USE IT WHEN  the program cannot spare a signal (ibr.h, hyaline.h, hp.h), or a section reads longer than it
 *                     takes the others to retire some thousand nodes: it would be sent back again and again.
 *
 * EXAMPLE
 *     #include <loft/smr/debra.h>
 *     struct config { loft_debra_node smr; int limit; };
 *     static LOFT_ATOMIC(uintptr_t) current;                  // the address of the configuration that is in force
 *     static void drop(loft_smr_thread *me, loft_smr_node *n) { (void)me; loft_free(n, sizeof(struct config)); }
 *     static bool set(loft_debra_thread *me, int limit)
 *     {
 *         struct config *c = (struct config *)loft_debra_alloc_node(me, sizeof *c);
 *         if (!c)
 *             return false;
 *         c->limit = limit;
 *         loft_debra_enter(me);
 *         uintptr_t old = loft_exchange(&current, (uintptr_t)c, acq_rel);   // set:A acq_rel -> user <- set:A: whole
 *         if (old)
 *             loft_debra_retire(me, &((struct config *)old)->smr, drop);
 *         loft_debra_exit(me);
 *         return true;
 *     }
 *     static int get(loft_debra_thread *me)
 *     {
 *         loft_debra_enter(me);
 *         loft_debra_read(me);                                // the section may begin here once more
 *         const struct config *c = (const struct config *)loft_debra_protect(me, 0, &current);
 *         const int limit = c->limit;
 *         loft_debra_exit(me);
 *         return limit;
 *     }
 *     int main(void)
 *     {
 *         static loft_debra domain;
 *         if (loft_debra_init(&domain, NULL) != LOFT_OK)
 *             return 1;
 *         loft_debra_thread *me = loft_debra_join(&domain);
 *         if (!me || !set(me, 10) || !set(me, 20))
 *             return 1;
 *         const int limit = get(me);
 *         loft_free((void *)loft_load(&current, relaxed), sizeof(struct config));   // main:A relaxed: one thread
 *         loft_debra_leave(me);
 *         return loft_debra_fini(&domain) != LOFT_OK || limit != 20;
 *     }
 *
 * OPERATIONS          the contract's (smr/contract.h), with loft_debra for S, and
 *                     loft_debra_neutralises(d)   whether sections are sent back here, or this works as ebr.h does
 *
 * PHASES              A section reads from loft_debra_read to loft_debra_write or its end, any number of times. What it
 *                     was sent back from never happened: only loads, protect and arithmetic are allowed there. read is
 *                     a setjmp: it, all that reads, and write or exit stand in one function, and locals that change
 *                     after it and are needed after it are assigned anew. Outside of these phases nothing is sent back,
 *                     and only what write reserved, or nobody else has, may be touched. A write that follows another
 *                     lets go of what it does not name.
 *
 * SIGNALS             options.signal, SIGURG where it is 0, none where it is below 0. The handler is installed by init,
 *                     once in a program, stays, and calls the one that was there before, each time. In threads that
 *                     enter sections the signal must not be blocked (enter unblocks it in a thread it has not seen),
 *                     and other handlers that may interrupt a section must have it in their sa_mask: a jump out of them
 *                     would leave them half done. The handler, and the one from before, run with all signals blocked,
 *                     and what was blocked before is blocked after a jump. Calls that the signal interrupts go on
 *                     (SA_RESTART). A section stays in the thread that entered it. Linux with membarrier only;
 *                     elsewhere, and under ThreadSanitizer, which delivers signals late, as ebr.h; an emulator that
 *                     does so, too, needs options.signal < 0.
 *
 * TOGETHER            Everything but init, fini and forked, each record by one thread at a time; stats_get by any
 *                     thread.
 *
 * EDGES               epoch/begin:B -> pass:A   whom to send it to (begin:B hands it on)
 *                     write:A, write:C, write:D, rewrite:B -> sift:D      that the node before is done with
 *                     reading:C, exit:A, left:C -> sift:B             what was done with what had been reserved
 *                     touch:B <-> epoch/fence:A                       the owner finds the new bag, or is waited for
 *                     untouch:A -> over:A                             what the owner has put into the old one
 *                     install:B -> install:A, install:C               what was there before
 *                     pass:E <-> epoch/begin:C                                 see WHY
 *
 * WHY                 A passed thread counts as quiescent at that instant: tgkill makes a signal pending, and the heavy
 *                     fence that follows interrupts the thread if it runs, which then takes the signal before its next
 *                     instruction; else it does before it runs again. So from then on it uses nothing that it read
 *                     before, or it had called write, and the reservations are seen; what it reads later is as of a
 *                     section that began at that instant, since for each later advance it is passed again. But its
 *                     announcement says nothing any more about what it retires: a node gets its stamp after the next
 *                     heavy fence of its owner, the epoch s that is read then. Whoever still holds it began its section
 *                     at s + 1 at the latest, or was passed in a round about s or before, and has to end or be passed
 *                     before s + 3. If a node is old enough although a section has reserved it, that thread was passed
 *                     after it had, so that whoever has seen the epoch sees the reservation.
 *
 * MEMORY              A record of about 1000 bytes for each thread, a bag of 1200. With N records, a batch of b and a
 *                     section that does not end: at most N * (15 * b + 8) + 3 * N nodes that were retired are not freed
 *                     (LOFT_DEBRA_BOUND), as long as signals are possible (loft_debra_neutralises), what was left by
 *                     threads that are gone included, but not what drop retires, nor what threads leave
 *                     while somebody waits in a drain, or where drains give up again and again before
 *                     each thread has retired a batch.
 *
 * PROGRESS            enter, exit, protect, write wait-free; read may begin again as often as others retire some
 *                     thousand nodes; retire wait-free but for the allocator's free: at most options.frees nodes, and 8
 *                     records or, where somebody is in the way, all of them; lock-free where it takes over what leavers
 *                     have left. drain waits for sections that write.
 *
 * SOURCE              Brown, PODC 2015 (DEBRA+); Singh, Brown, Mashtizadeh, NBR, PPoPP 2021 (phases, reservations).
 *                     Changed: the heavy fence after the signals, without which the target goes on reading for as long
 *                     as the interrupt takes; stamps after a fence.
 */
#ifndef LOFT_SMR_DEBRA_H
#define LOFT_SMR_DEBRA_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/arch.h"
#include "../core/asymmetric.h"
#include "../core/alloc.h"
#include "contract.h"
#include "threads.h"
#include "epoch.h"

#if !defined(LOFT_UNSUPPORTED)

#define loft_debra_smr       1
#define loft_debra_region    1
#define loft_debra_slots     0
#define loft_debra_birth     0
#define loft_debra_nests     0
#define loft_debra_drops     1

#if defined(LOFT_MEMORY)
#  define loft_debra_signals  1
#elif LOFT_LINUX && (LOFT_GCC || LOFT_CLANG) && !defined(__ANDROID__) && !LOFT_TSAN && \
      (LOFT_X86_64 || LOFT_I386 || LOFT_AARCH64 || LOFT_ARM || LOFT_RISCV64)
#  define loft_debra_signals  1
#else
#  define loft_debra_signals  0
#endif
#define loft_debra_robust    loft_debra_signals
#define loft_debra_restarts  loft_debra_signals

#if loft_debra_signals
#  include <setjmp.h>
#  if !defined(LOFT_MEMORY)
#    include <errno.h>
#    include <sys/syscall.h>
#  endif
#endif

/* Nodes that are retired and not freed, at most, with so many records and such a batch. */
#define LOFT_DEBRA_BOUND(threads, batch)  ((threads) * (15u * (size_t)(batch) + 11u))

#define LOFT_DEBRA_LIMIT_   8u                           /* batches that a thread keeps before it sends signals */
#define LOFT_DEBRA_SIGURG_  23
#define LOFT_DEBRA_NSIG_    65
#define LOFT_DEBRA_SET_     48u                          /* reserved nodes looked for at one time              */

struct loft_debra_thread;

/* What a thread of the system has, one for the whole program. */
typedef struct loft_debra_here_ {
    LOFT_ATOMIC(struct loft_debra_thread *) reading;     /* the record whose section is to be sent back        */
    int tid;                                             /* 0: not known yet                                   */
} loft_debra_here_;

typedef struct loft_debra_thread {
    loft_epoch_thread      base;
    LOFT_ATOMIC(int)       tid;                          /* who gets the signal; 0: sections are not passed    */
    LOFT_ATOMIC(unsigned)  writing;                      /* what is reserved counts                            */
    LOFT_ATOMIC(uintptr_t) reserved[3];
    LOFT_ATOMIC(unsigned)  touching;                     /* the owner uses its bag                             */
    loft_debra_here_      *here;                         /* of the thread that used it last                    */
    int                    who;                          /* which that is                                      */
    volatile bool          restarted;                    /* the handler says so to read                        */
    size_t                 limit;                        /* nodes kept before signals are sent                 */
    uint64_t               random;
    loft_epoch_thread     *suspect;                      /* who was met in a section ...                       */
    loft_seq               met;                          /* ... that had announced this                        */
    LOFT_ATOMIC(loft_seq)  signals;
    LOFT_ATOMIC(loft_seq)  restarts;
#if loft_debra_signals
    jmp_buf                env;
    unsigned char          mask[8];                      /* of signals, where the handler came                 */
#endif
    char                   pad0_[LOFT_CACHELINE];
} loft_debra_thread;

typedef struct loft_debra {
    loft_epoch base;
    int        signal;
    bool       neutralises;
} loft_debra;

typedef loft_smr_node      loft_debra_node;
typedef loft_smr_options   loft_debra_options;
typedef loft_smr_stats     loft_debra_stats;

LOFT_API loft_debra *
loft_debra_of_(const loft_debra_thread *me)
{
    return (loft_debra *)(void *)me->base.domain;
}

LOFT_API void
loft_debra_count_(LOFT_ATOMIC(loft_seq) *n)
{
    const loft_seq was = loft_load(n, relaxed);          /* count:A relaxed: only this thread writes it */
    loft_store(n, was + 1u, relaxed);                    /* count:B relaxed: a statistic */
}

/* ---- signals ----------------------------------------------------------------------------------------------------- */

#if loft_debra_signals

/* The record whose section is to be sent back, which has been taken note of; NULL: none. */
LOFT_API loft_debra_thread *
loft_debra_taken_(loft_debra_here_ *here)
{
    loft_debra_thread *const me = loft_load(&here->reading, relaxed);   /* taken:A relaxed: this thread's own */
    if (me) {
        loft_store(&here->reading, (loft_debra_thread *)NULL, relaxed);   /* taken:B relaxed: this thread's own */
        me->restarted = true;
    }
    return me;
}

#if defined(LOFT_MEMORY)

static loft_debra_here_ loft_debra_here_of_[LOFT_EXPLORE_THREADS + 1u];

LOFT_API loft_debra_here_ *
loft_debra_mine_(void)
{
    loft_debra_here_ *const here = &loft_debra_here_of_[loft_memory_thread_()];
    here->tid = (int)loft_memory_thread_() + 1;
    return here;
}

LOFT_API void
loft_debra_caught_(void)
{
    loft_debra_thread *const me = loft_debra_taken_(loft_debra_mine_());
    if (me)
        longjmp(me->env, 1);
}

LOFT_API bool
loft_debra_kill_(const loft_debra *d, int tid)
{
    (void)d;
    (void)loft_memory_signal_((unsigned)tid - 1u, loft_debra_caught_);
    return true;
}

LOFT_API bool
loft_debra_installed_(const loft_debra *d)
{
    (void)d;
    return true;
}

LOFT_API bool
loft_debra_install_(int number)
{
    (void)number;
    loft_memory_signals_();
    return true;
}

LOFT_API bool
loft_debra_unblock_(int number)
{
    (void)number;
    return true;
}

LOFT_API void
loft_debra_unmask_(const loft_debra_thread *me)
{
    (void)me;
}

LOFT_API void
loft_debra_know_(loft_debra_here_ *here)
{
    (void)here;
}

#else

/* As the C libraries of Linux have it (not Android's): strict ISO mode hides the type and the function. */
typedef struct loft_debra_action_ {
    void (*handler)(int number, void *info, void *context);
    unsigned long mask[128u / sizeof(unsigned long)];
    int flags;
    void (*restorer)(void);
} loft_debra_action_;

/* Where a ucontext_t of the kernel's has them. It begins with its flags, a link, and the alternate stack. */
#if LOFT_X86_64
#  define LOFT_DEBRA_FLOATS_AT_  224
#  define LOFT_DEBRA_MASK_AT_    296
#elif LOFT_I386
#  define LOFT_DEBRA_FLOATS_AT_  96
#  define LOFT_DEBRA_MASK_AT_    108
#elif LOFT_ARM
#  define LOFT_DEBRA_MASK_AT_    104
#else
#  define LOFT_DEBRA_MASK_AT_    40
#endif

#define LOFT_DEBRA_SIGINFO_  0x00000004
#define LOFT_DEBRA_FLAGS_    (LOFT_DEBRA_SIGINFO_ | 0x18000000)   /* SA_ONSTACK, SA_RESTART */

#if LOFT_CPLUSPLUS
extern "C" {
#endif
int loft_debra_sigaction_(int number, const loft_debra_action_ *action, loft_debra_action_ *before)
    __asm__(LOFT_STR(__USER_LABEL_PREFIX__) "sigaction");
__attribute__((weak, noinline)) loft_debra_here_ *loft_debra_here_shared_(void);
__attribute__((weak, noinline)) struct loft_debra_handlers_ *loft_debra_handlers_shared_(void);
__attribute__((weak, noinline)) void loft_debra_handler_shared_(int number, void *info, void *context);
#if LOFT_CPLUSPLUS
}
#endif

typedef struct loft_debra_handlers_ {
    LOFT_ATOMIC(unsigned) state[LOFT_DEBRA_NSIG_];
    loft_debra_action_    before[LOFT_DEBRA_NSIG_];
} loft_debra_handlers_;

#if LOFT_CPLUSPLUS
#  define LOFT_DEBRA_TLS_  thread_local
#else
#  define LOFT_DEBRA_TLS_  _Thread_local
#endif

enum { LOFT_DEBRA_NONE_, LOFT_DEBRA_BEGUN_, LOFT_DEBRA_DONE_, LOFT_DEBRA_FAILED_ };

/* Weak and never inline, so that the linker keeps one of each, as for the counters of core/alloc.h. */
__attribute__((weak, noinline)) loft_debra_here_ *
loft_debra_here_shared_(void)
{
    static LOFT_DEBRA_TLS_ loft_debra_here_ here __attribute__((tls_model("initial-exec")));
    return &here;
}

__attribute__((weak, noinline)) loft_debra_handlers_ *
loft_debra_handlers_shared_(void)
{
    static loft_debra_handlers_ handlers;
    return &handlers;
}

LOFT_API bool
loft_debra_unblock_(int number)
{
    uint64_t set = (uint64_t)1 << (number - 1);
    return loft_arch_syscall_(SYS_rt_sigprocmask, 1L, &set, NULL, sizeof set) == 0;
}

/* The kernel gives a handler the usual modes of floating point; who is jumped out of has its own. */
LOFT_API void
loft_debra_modes_(const char *context)
{
#if LOFT_X86_64 || LOFT_I386
    const char *fx;
    memcpy(&fx, context + LOFT_DEBRA_FLOATS_AT_, sizeof fx);
    if (!fx)
        return;
#  if LOFT_X86_64
    __asm__ volatile("fldcw (%0)\n\tldmxcsr 24(%0)" : : "r"(fx) : "memory");
#  else
    uint16_t magic;                                      /* 0: behind what an 80387 has is what SSE has        */
    memcpy(&magic, fx + 110, sizeof magic);
    __asm__ volatile("fldcw (%0)" : : "r"(fx) : "memory");
    if (magic == 0)
        __asm__ volatile("ldmxcsr 136(%0)" : : "r"(fx) : "memory");
#  endif
#else
    (void)context;
#endif
}

/* An alternate stack that is disarmed while a handler is on it is armed where that returns: this one does not. */
LOFT_API void
loft_debra_arm_(const char *context)
{
    void *stack[3];                                      /* stack_t: address, flags, size                      */
    int flags;
    memcpy(stack, context + 2u * sizeof(void *), sizeof stack);
    memcpy(&flags, &stack[1], sizeof flags);
    if (flags < 0)                                       /* SS_AUTODISARM                                      */
        (void)loft_arch_syscall_(SYS_sigaltstack, &stack[0], NULL);
}

/* All signals are blocked here, until this returns or the section begins again. If another came on top and jumped, this
 * would be left half done, and its own signal blocked for ever. */
__attribute__((weak, noinline)) void
loft_debra_handler_shared_(int number, void *info, void *context)
{
    const loft_debra_action_ *const before = &loft_debra_handlers_shared_()->before[number];
    const int saved = errno;
    if ((uintptr_t)before->handler > 1u) {               /* neither SIG_DFL nor SIG_IGN, whatever the flags    */
        if (before->flags & LOFT_DEBRA_SIGINFO_) {
            before->handler(number, info, context);
        } else {
            void (*const plain)(int) = (void (*)(int))(void (*)(void))before->handler;
            plain(number);
        }
    }
    loft_debra_thread *const me = loft_debra_taken_(loft_debra_here_shared_());
    if (me) {
        memcpy(me->mask, (const char *)context + LOFT_DEBRA_MASK_AT_, sizeof me->mask);
        loft_debra_modes_((const char *)context);
        loft_debra_arm_((const char *)context);
    }
    errno = saved;
    if (me)
        longjmp(me->env, 1);
}

/* As it was where the handler came. */
LOFT_API void
loft_debra_unmask_(const loft_debra_thread *me)
{
    (void)loft_arch_syscall_(SYS_rt_sigprocmask, 2L, &me->mask[0], NULL, sizeof me->mask);   /* SIG_SETMASK */
}

LOFT_API loft_debra_here_ *
loft_debra_mine_(void)
{
    return loft_debra_here_shared_();
}

LOFT_API void
loft_debra_know_(loft_debra_here_ *here)
{
    here->tid = (int)loft_arch_syscall_(SYS_gettid);
}

/* Once in a program for each signal. */
LOFT_API bool
loft_debra_install_(int number)
{
    loft_debra_handlers_ *const h = loft_debra_handlers_shared_();
    unsigned state = LOFT_DEBRA_NONE_;
    if (loft_cas_strong(&h->state[number], &state, (unsigned)LOFT_DEBRA_BEGUN_, acquire, acquire)) {   /* install:A
                                                              acquire/acquire <- install:B: what was there before */
        loft_debra_action_ ours;
        memset(&ours, 0, sizeof ours);
        memset(ours.mask, 0xff, sizeof ours.mask);
        ours.handler = loft_debra_handler_shared_;
        ours.flags = LOFT_DEBRA_FLAGS_;
        state = loft_debra_sigaction_(number, NULL, &h->before[number]) == 0
                && loft_debra_sigaction_(number, &ours, NULL) == 0
                ? LOFT_DEBRA_DONE_ : LOFT_DEBRA_FAILED_;
        loft_store(&h->state[number], state, release);   /* install:B release -> install:A, install:C: what was there */
    }
    while (state == LOFT_DEBRA_BEGUN_) {
        LOFT_YIELD();
        state = loft_load(&h->state[number], acquire);   /* install:C acquire <- install:B: what was there before */
    }
    return state == LOFT_DEBRA_DONE_;
}

/* Is the handler ours, or has somebody put another in its place? */
LOFT_API bool
loft_debra_installed_(const loft_debra *d)
{
    loft_debra_action_ now;
    return loft_debra_sigaction_(d->signal, NULL, &now) == 0 && now.handler == loft_debra_handler_shared_;
}

/* True: it is pending, or that thread is gone. */
LOFT_API bool
loft_debra_kill_(const loft_debra *d, int tid)
{
    const int saved = errno;
    const bool sent = loft_arch_syscall_(SYS_tgkill, loft_arch_syscall_(SYS_getpid), (long)tid, (long)d->signal) == 0;
    const bool gone = !sent && errno == ESRCH;
    errno = saved;
    return sent || gone;
}

#endif /* memory */

/* The record is used by another thread than before, or by the first. */
LOFT_NOINLINE void
loft_debra_bind_(loft_debra_thread *me, loft_debra_here_ *here)
{
    const loft_debra *const d = loft_debra_of_(me);
    const int saved = errno;
    if (here->tid == 0)
        loft_debra_know_(here);
    const bool can = d->neutralises && loft_debra_unblock_(d->signal);
    errno = saved;
    me->here = here;
    me->who = here->tid;
    loft_store(&me->tid, can ? here->tid : 0, relaxed);  /* bind:A relaxed: begin:B hands it on */
}

#endif /* signals */

/* ---- passing ----------------------------------------------------------------------------------------------------- */

LOFT_API void
loft_debra_prepare_(loft_epoch_thread *fresh)
{
    loft_debra_thread *const t = (loft_debra_thread *)fresh;
    loft_init(&t->tid, 0);
    loft_init(&t->writing, 0u);
    for (int i = 0; i < 3; i++)
        loft_init(&t->reserved[i], (uintptr_t)0);
    loft_init(&t->touching, 0u);
    loft_init(&t->signals, (loft_seq)0);
    loft_init(&t->restarts, (loft_seq)0);
}

/* Not the same for all, or all would send signals at once. */
LOFT_API void
loft_debra_draw_(loft_debra_thread *me)
{
    const size_t batch = me->base.domain->batch;
    me->random = (me->random + me->base.base.number) * 0x9e3779b97f4a7c15u + 0x7f4a7c15u;
    me->limit = batch * LOFT_DEBRA_LIMIT_ + (size_t)(me->random >> 40) % (batch + 1u);
}

/* From me->look on: who is in a section that announced another epoch than e is sent back, or has reserved what it
 * needs; the others are looked at as step_ does. False: not now. */
LOFT_API bool
loft_debra_pass_(loft_epoch_thread *base, loft_seq announced, loft_seq e)
{
#if loft_debra_signals
    loft_debra_thread *const me = (loft_debra_thread *)base;
    loft_debra *const d = loft_debra_of_(me);
    const bool again = me->suspect == base->look && me->met == announced;
    me->suspect = base->look;
    me->met = announced;
    if (!d->neutralises)
        return false;
    if (loft_epoch_inside_(base)) {                      /* else it is a drain                                 */
        if (base->kept < me->limit || (!again && base->kept < me->limit + base->domain->batch))
            return false;
    } else if (!again) {
        return false;
    }
    if (!loft_debra_installed_(d))
        return false;
    for (loft_epoch_thread *t = base->look; t; t = (loft_epoch_thread *)t->base.next) {
        const loft_seq a = loft_load(&t->announced, acquire);   /* pass:A acquire <- epoch/end:A, epoch/begin:B,
                                                           epoch/begin:E: what its sections did; who it is */
        if (t == base || !(a & LOFT_EPOCH_DEPTH_) || (a & ~LOFT_EPOCH_DEPTH_) == e)
            continue;                                    /* this one does not read                             */
        const int tid = loft_load(&((loft_debra_thread *)t)->tid, relaxed);   /* pass:D relaxed: pass:A has it */
        if (tid == 0 || !loft_debra_kill_(d, tid))
            return false;
        loft_debra_count_(&me->signals);
    }
    loft_debra_count_(&base->fences);
    if (!loft_fence_heavy(base->asym, seq_cst))          /* pass:E seq_cst <-> epoch/begin:C: they have taken it,
                                                            and what they have written before is seen */
        return false;
    base->fenced = true;
    loft_debra_draw_(me);
    return true;
#else
    (void)base;
    (void)announced;
    (void)e;
    return false;
#endif
}

/* Of `held`, what is reserved by the n of `set` stays. */
LOFT_API void
loft_debra_split_(loft_smr_list_ *held, loft_smr_list_ *stay, const uintptr_t *set, size_t n)
{
    loft_smr_list_ rest = { NULL, NULL };
    while (held->head) {
        loft_smr_node *const node = held->head;
        held->head = loft_plain_read(&node->next);
        size_t i = 0;
        while (i < n && set[i] != (uintptr_t)node)
            i++;
        loft_smr_put_(i < n ? stay : &rest, node);
    }
    *held = rest;
}

/* What is old enough and not reserved by somebody who was passed may be freed. */
LOFT_API void
loft_debra_sift_(loft_epoch_thread *me, loft_epoch_bag_ *bag)
{
    const loft_seq e = loft_load(&me->domain->epoch, relaxed);   /* sift:A relaxed: not before what made them old */
    uintptr_t set[LOFT_DEBRA_SET_];
    size_t n = 0;
    loft_smr_list_ stay = { NULL, NULL };
    for (const loft_smr_thread *t = loft_smr_first_(&me->domain->base); t; t = t->next) {
        const loft_debra_thread *const other = (const loft_debra_thread *)t;
        if (loft_load(&other->writing, acquire)) {       /* sift:B acquire <- reading:C, exit:A, left:C:
                                                            what it has reserved, or did with that */
            const loft_seq a = loft_load(&other->base.announced, acquire);   /* sift:C acquire <-
                                                    epoch/end:A, epoch/begin:B, epoch/begin:E: the same */
            const bool passed = (a & LOFT_EPOCH_DEPTH_) && (a & ~LOFT_EPOCH_DEPTH_) != e;
            for (int i = 0; passed && i < 3; i++) {
                const uintptr_t r = loft_load(&other->reserved[i], acquire);   /* sift:D acquire <- write:A, write:C,
                                              write:D, rewrite:B: or it is done with the one before */
                set[n] = r;
                n += r != 0;
            }
        }
        if (n > LOFT_DEBRA_SET_ - 3u) {
            loft_debra_split_(&bag->held, &stay, set, n);
            n = 0;
        }
    }
    if (n)
        loft_debra_split_(&bag->held, &stay, set, n);
    loft_smr_move_(&bag->ready, &bag->held);
    bag->held = stay;
}

LOFT_API bool
loft_debra_over_(const loft_epoch_thread *owner)
{
    return !loft_load(&((const loft_debra_thread *)owner)->touching, acquire);   /* over:A acquire <- untouch:A: what it
                                                                                    has put in */
}

LOFT_API const loft_epoch_more_ *
loft_debra_more_(void)
{
    static const loft_epoch_more_ more = {
        sizeof(loft_debra_thread), loft_debra_prepare_, loft_debra_pass_, loft_debra_sift_, loft_debra_over_
    };
    return &more;
}

/* The bag that is loaded from now on is the owner's until untouch, whatever a drain does. True: it was before. */
LOFT_API bool
loft_debra_touch_(loft_debra_thread *me)
{
    if (loft_load(&me->touching, relaxed))               /* touch:A relaxed: this thread's own */
        return true;
    loft_store(&me->touching, 1u, relaxed);              /* touch:C relaxed: touch:B orders it */
    loft_fence_light(me->base.asym, seq_cst);            /* touch:B seq_cst <-> epoch/fence:A: the new bag,
                                                            or I am seen */
    return false;
}

LOFT_API void
loft_debra_untouch_(loft_debra_thread *me, bool before)
{
    if (!before)
        loft_store(&me->touching, 0u, release);          /* untouch:A release -> over:A: what is in the bag */
}

/* Does this thread read, so that it may be sent back? */
LOFT_API bool
loft_debra_reads_(const loft_debra_thread *me)
{
#if loft_debra_signals
    return loft_load(&loft_debra_mine_()->reading, relaxed) == me;   /* reads:A relaxed: this thread's own */
#else
    (void)me;
    return false;
#endif
}

/* It does not any more. Of a thread that is gone, for which this is done by another, me->here is gone, too. */
LOFT_API void
loft_debra_unread_(const loft_debra_thread *me)
{
#if loft_debra_signals
    loft_debra_here_ *const here = loft_debra_mine_();
    if (loft_load(&here->reading, relaxed) == me)        /* unread:A relaxed: this thread's own */
        loft_store(&here->reading, (loft_debra_thread *)NULL, relaxed);   /* unread:B relaxed: for the handler only */
#else
    (void)me;
#endif
}

LOFT_API void
loft_debra_left_(loft_smr_thread *t)
{
    loft_epoch_thread *const me = (loft_epoch_thread *)t;
    loft_epoch *const d = me->domain;
    loft_debra_thread *const mine = (loft_debra_thread *)t;
    loft_debra_unread_(mine);
    loft_store(&mine->writing, 0u, release);             /* left:C release -> sift:B: its sections are over */
    loft_epoch_begin_(me);
    loft_epoch_give_up_(me);
    (void)loft_debra_touch_(mine);
    loft_epoch_tidy_(me);
    loft_debra_untouch_(mine, false);                    /* even if it did before: a thread may end in drop        */
    loft_epoch_bag_ *const bag = loft_exchange(&me->bag, (loft_epoch_bag_ *)NULL, acquire);   /* left:E acquire <-
                                                  epoch/join:B, epoch/collect:A: mine, or an empty one for it */
    loft_epoch_hand_on_(d, bag);
    loft_epoch_end_(me);
    loft_smr_self_clear_(t);
    loft_smr_give_(t);
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

/* loft_debra_init - begins a domain, and installs the handler of its signal.
 *   returns   LOFT_OK; LOFT_INVAL: options.signal is no signal that can be caught
 *   threads   one
 *   cost      a key of the system's for loft_debra_self; where there is none left, only that fails
 */
LOFT_NODISCARD LOFT_API loft_status
loft_debra_init(loft_debra *d, const loft_debra_options *o)
{
    const int number = o && o->signal ? o->signal : LOFT_DEBRA_SIGURG_;
    if (number >= LOFT_DEBRA_NSIG_ || number == 9 || number == 19)   /* SIGKILL, SIGSTOP */
        return LOFT_INVAL;
    const loft_status s = loft_epoch_init_more_(&d->base, o, loft_debra_left_, loft_debra_more_());
    d->signal = number;
    d->neutralises = false;
#if loft_debra_signals
    d->neutralises = number > 0 && d->base.asym && loft_debra_install_(number);
#endif
    if (d->neutralises)
        d->base.urgent = d->base.batch * LOFT_DEBRA_LIMIT_;
    return s;
}

/* loft_debra_neutralises - whether sections that read are sent back where they are in the way.
 *   returns   false: no membarrier, no signals, or options.symmetric or .signal said so, or somebody has put another
 *             handler in the place of ours, even one that calls it: as ebr.h, without a bound
 *   threads   any
 *   progress  wait-free
 *   cost      a system call
 */
LOFT_API bool
loft_debra_neutralises(const loft_debra *d)
{
#if loft_debra_signals
    return d->neutralises && loft_debra_installed_(d);
#else
    return d->neutralises;
#endif
}

/* loft_debra_fini - frees all that was retired, and the records, also of threads that have not left.
 *   returns   LOFT_OK; LOFT_INVAL: somebody is in a section, and nothing happened
 *   threads   one, and no other uses the domain any more
 *   cost      all that is pending is freed in this call
 */
LOFT_NODISCARD LOFT_API loft_status
loft_debra_fini(loft_debra *d)
{
    return loft_epoch_fini_(&d->base) ? LOFT_OK : LOFT_INVAL;
}

/* loft_debra_join - takes part.
 *   returns   a record; NULL: no memory, or there are options.threads already
 *   threads   any; the record is the caller's, or whom it gives it to, one at a time, between sections
 *   progress  lock-free but for the allocator
 *   cost      an allocation; two for a record that nobody has had before
 */
LOFT_NODISCARD LOFT_NOINLINE loft_debra_thread *
loft_debra_join(loft_debra *d)
{
    loft_debra_thread *const me = (loft_debra_thread *)loft_epoch_join_(&d->base);
    if (!me)
        return NULL;
    me->who = 0;
    me->restarted = false;
    me->suspect = NULL;
    loft_debra_draw_(me);
#if loft_debra_signals
    loft_debra_bind_(me, loft_debra_mine_());
#endif
    return me;
}

/* loft_debra_leave - gives the record back; what it has retired is freed by others, or by drain or fini.
 *   threads   who has it, outside sections
 *   progress  lock-free but for the allocator and drop
 *   cost      where threads that left have left a batch behind: heavy fences, and as many calls of drop
 */
LOFT_API void
loft_debra_leave(loft_debra_thread *me)
{
    LOFT_ASSERT(!loft_epoch_inside_(&me->base));
    loft_debra_left_(&me->base.base);
}

/* loft_debra_self - this thread's own record: joins at the first call, leaves when the thread ends.
 *   returns   NULL as join does, and where the system has no keys left
 *   threads   any
 *   progress  wait-free after the first
 */
LOFT_NODISCARD LOFT_NOINLINE loft_debra_thread *
loft_debra_self(loft_debra *d)
{
    loft_smr_thread *const t = loft_smr_self_(&d->base.base);
    if (LOFT_LIKELY(t != NULL))
        return (loft_debra_thread *)t;
    loft_debra_thread *const me = loft_debra_join(d);
    if (me && !loft_smr_self_set_(&me->base.base)) {
        loft_debra_left_(&me->base.base);
        return NULL;
    }
    return me;
}

/* loft_debra_forked - in the child of a fork, before anything else: the other threads' records are free, their sections
 * over, and what they had retired is the domain's; but of a thread that was just in retire, leave or the work of exit,
 * all that it kept is lost, and what a drain had in its hands.
 *   threads   the only one; me is its record, or NULL
 */
LOFT_API void
loft_debra_forked(loft_debra *d, loft_debra_thread *me)
{
#if loft_debra_signals
    loft_debra_know_(loft_debra_mine_());                /* it has another number here                         */
#endif
    for (loft_smr_thread *t = loft_smr_first_(&d->base.base); t; t = t->next) {
        loft_debra_thread *const other = (loft_debra_thread *)t;
        if (other == me)
            continue;
        loft_store(&other->writing, 0u, relaxed);        /* forked:F relaxed: nobody else is here */
    }
#if loft_debra_signals
    if (me)
        loft_debra_bind_(me, loft_debra_mine_());
#endif
    loft_epoch_forked_(&d->base, me ? &me->base : NULL);
    for (loft_smr_thread *t = loft_smr_first_(&d->base.base); t; t = t->next) {
        loft_debra_thread *const other = (loft_debra_thread *)t;
        if (other != me)
            loft_store(&other->touching, 0u, relaxed);   /* forked:G relaxed: nobody else is here */
    }
}

/* loft_debra_number - what the statistics call this record. */
LOFT_API size_t
loft_debra_number(const loft_debra_thread *me)
{
    return me->base.base.number;
}

/* loft_debra_enter - begins a section. What read finds from now on stays until it is sent back, or its end.
 *   threads   the record's
 *   progress  wait-free
 *   order     what happened in sections that ended two epochs ago happens before this returns
 *   cost      a call, loads and a store; a full fence where membarrier is not there
 */
LOFT_API void
loft_debra_enter(loft_debra_thread *me)
{
    LOFT_ASSERT(!loft_epoch_inside_(&me->base));
#if loft_debra_signals
    loft_debra_here_ *const here = loft_debra_mine_();
    if (LOFT_UNLIKELY(me->here != here || me->who != here->tid))
        loft_debra_bind_(me, here);
#else
    if (loft_load(&me->tid, relaxed))                    /* enter:A relaxed: only who uses the record writes it */
        loft_store(&me->tid, 0, relaxed);                /* enter:B relaxed: begin:B hands it on */
    me->who = 0;
#endif
    loft_epoch_begin_(&me->base);
}

/* loft_debra_exit - ends it, and does some of the work if this thread has retired something.
 *   threads   the record's, in a section; if its thread is gone, any
 *   progress  wait-free but for options.frees calls of drop; lock-free where it takes over what leavers have left
 *   cost      two stores after write; else a call, loads and two stores
 */
LOFT_API void
loft_debra_exit(loft_debra_thread *me)
{
    LOFT_ASSERT(loft_epoch_inside_(&me->base));
    const bool wrote = loft_load(&me->writing, relaxed) != 0;   /* exit:C relaxed: this thread's own */
    if (wrote)
        loft_store(&me->writing, 0u, release);           /* exit:A release -> sift:B: what was reserved is done with */
#if loft_debra_signals
    loft_signal_fence(seq_cst);                          /* exit:D seq_cst <-> user: the handler, in this thread */
    if (!wrote)                                          /* else write has done it                             */
        loft_debra_unread_(me);
    loft_signal_fence(seq_cst);                          /* exit:E seq_cst <-> user: the handler, in this thread */
#endif
    if (LOFT_UNLIKELY(me->base.quiet == LOFT_EPOCH_KEEPS_)) {
        const bool before = loft_debra_touch_(me);
        loft_epoch_work_(&me->base, 0);
        loft_debra_untouch_(me, before);
    }
    loft_epoch_end_(&me->base);
}

LOFT_API void
loft_debra_reading_(loft_debra_thread *me)
{
    LOFT_ASSERT(loft_epoch_inside_(&me->base));
#if loft_debra_signals
    if (LOFT_UNLIKELY(me->restarted)) {
        me->restarted = false;
        loft_debra_unmask_(me);                          /* what comes now finds nothing that is read          */
        loft_debra_count_(&me->restarts);
        loft_epoch_begin_(&me->base);                    /* not to be in the way any more                      */
    }
    if (loft_load(&me->writing, relaxed))                /* reading:B relaxed: this thread's own */
        loft_store(&me->writing, 0u, release);           /* reading:C release -> sift:B: it is done with */
    loft_signal_fence(seq_cst);                          /* reading:D seq_cst <-> user: the handler, in this thread */
    loft_store(&me->here->reading, me, relaxed);         /* reading:A relaxed: for the handler only */
    loft_signal_fence(seq_cst);                          /* reading:E seq_cst <-> user: the handler, in this thread */
#endif
}

/* loft_debra_read - from here on the section only reads; it may begin here again, at any instruction, until write or
 * exit, which stand in the same function. A statement; `me` is evaluated more than once.
 *   threads   the record's, in a section
 *   progress  wait-free each time
 *   cost      a setjmp
 */
#if loft_debra_signals
#  define loft_debra_read(me)  do { (void)setjmp((me)->env); loft_debra_reading_(me); } while (0)
#else
#  define loft_debra_read(me)  loft_debra_reading_(me)
#endif

#if loft_debra_signals
/* These are reserved instead. What was before stays in its place: who looks at one place after another would miss what
 * goes from one to another meanwhile. */
LOFT_API void
loft_debra_rewrite_(loft_debra_thread *me, uintptr_t a, uintptr_t b, uintptr_t c)
{
    uintptr_t want[3] = { a, b, c };
    bool stays[3] = { false, false, false };
    for (unsigned i = 0; i < 3u; i++) {
        const uintptr_t was = loft_load(&me->reserved[i], relaxed);   /* rewrite:A relaxed: this thread's own */
        for (unsigned k = 0; was && k < 3u; k++) {
            if (want[k] == was) {
                stays[i] = true;
                want[k] = 0;
            }
        }
    }
    unsigned next = 0;
    for (unsigned i = 0; i < 3u; i++) {
        if (stays[i])
            continue;
        while (next < 2u && want[next] == 0)
            next++;
        loft_store(&me->reserved[i], want[next], release);   /* rewrite:B release -> sift:D: the one before is done
                                                                with */
        want[next] = 0;
    }
}
#endif

/* loft_debra_write - ends that: these nodes (NULL: none) are safe from now on, and nothing else that was read. Where it
 * is called again before read, those that it names again stay safe, and the others do not.
 *   threads   the record's, in a section
 *   progress  wait-free
 *   cost      five stores
 */
LOFT_API void
loft_debra_write(loft_debra_thread *me, const void *a, const void *b, const void *c)
{
    LOFT_ASSERT(loft_epoch_inside_(&me->base));
#if loft_debra_signals
    if (LOFT_UNLIKELY(loft_load(&me->writing, relaxed) != 0)) {   /* write:H relaxed: this thread's own */
        loft_debra_rewrite_(me, (uintptr_t)a, (uintptr_t)b, (uintptr_t)c);
        return;
    }
    loft_store(&me->reserved[0], (uintptr_t)a, release); /* write:A release -> sift:D: the ones before are done with */
    loft_store(&me->reserved[1], (uintptr_t)b, release); /* write:C release -> sift:D: the same */
    loft_store(&me->reserved[2], (uintptr_t)c, release); /* write:D release -> sift:D: the same */
    loft_store(&me->writing, 1u, relaxed);               /* write:B relaxed: pass:E shows it with what is reserved */
    loft_signal_fence(seq_cst);                          /* write:F seq_cst <-> user: the handler, in this thread */
    loft_store(&me->here->reading, (loft_debra_thread *)NULL, relaxed);   /* write:E relaxed: for the handler only */
    loft_signal_fence(seq_cst);                          /* write:G seq_cst <-> user: the handler, in this thread */
#else
    (void)me;
    (void)a;
    (void)b;
    (void)c;
#endif
}

/* loft_debra_protect - loads a link.
 *   returns   the word, with its marks; the node is safe until write or the end of the section
 *   threads   the record's, in a section
 *   progress  wait-free
 *   order     acquire
 *   cost      a load
 */
LOFT_API uintptr_t
loft_debra_protect(loft_debra_thread *me, size_t slot, const LOFT_ATOMIC(uintptr_t) *from)
{
    LOFT_ASSERT(loft_epoch_inside_(&me->base));
    (void)me;
    (void)slot;
    return loft_load(from, acquire);                     /* protect:A acquire <- user: the node is whole */
}

/* loft_debra_born - makes a node that is memory of the caller's ready for the scheme, before others can see it.
 *   threads   the record's
 *   progress  wait-free
 */
LOFT_API void
loft_debra_born(loft_debra_thread *me, loft_debra_node *node)
{
    (void)me;
    (void)node;
}

/* loft_debra_alloc_node - loft_alloc and born.
 *   returns   size bytes that begin with a loft_debra_node; NULL: no memory. drop gives them to loft_free
 *   threads   the record's; not while it reads
 *   progress  the allocator's
 */
LOFT_NODISCARD LOFT_API void *
loft_debra_alloc_node(loft_debra_thread *me, size_t size)
{
    LOFT_ASSERT(!loft_debra_reads_(me));
    (void)me;
    return loft_alloc(size);
}

/* loft_debra_retire - drop(me, node) will be called once nobody can hold the node.
 *   threads   the record's, in a section, not while it reads; the node is not reachable for who enters later
 *   progress  wait-free but for options.frees calls of drop; lock-free where it takes over what leavers have left
 *   order     what any thread did with the node in a section happens before drop
 *   cost      a few loads and stores; one call in options.batch a heavy fence
 */
LOFT_API void
loft_debra_retire(loft_debra_thread *me, loft_debra_node *node, loft_smr_drop drop)
{
    LOFT_ASSERT(loft_epoch_inside_(&me->base));
    LOFT_ASSERT(!loft_debra_reads_(me));
    const bool before = loft_debra_touch_(me);
    loft_epoch_bag_ *const bag = loft_load(&me->base.bag, acquire);   /* retire:C acquire <- epoch/join:B,
                                                                epoch/collect:A: empty */
    loft_smr_keep_(&bag->hand, &bag->fresh, node, drop);
    loft_epoch_kept_(&me->base, bag);
    loft_debra_untouch_(me, before);
}

/* loft_debra_drain - frees all that was retired before this call, by whomever.
 *   returns   LOFT_OK; LOFT_TIMEOUT: a section that writes did not end in time, or one that reads where neutralises is
 *             false (holder in the statistics), and what is left is freed as usual, or the system refuses the fence,
 *             and it is left to the next drain or fini; LOFT_NOMEM: what is left is freed as usual; LOFT_INVAL:
 *             the caller is in a section
 *   threads   any number, outside sections
 *   progress  waits for those, and for another drain
 *   cost      an allocation for each thread, four epochs, all the calls of drop
 */
LOFT_NODISCARD LOFT_API loft_status
loft_debra_drain(loft_debra_thread *me, uint64_t deadline)
{
    return loft_epoch_inside_(&me->base) ? LOFT_INVAL : loft_epoch_drain_(&me->base, deadline);
}

/* loft_debra_stats_get - counts what is retired, freed, pending; signals and restarts; who is in the oldest section.
 *   threads   any, between init and fini
 *   progress  wait-free: a few loads for each record
 */
LOFT_API loft_debra_stats
loft_debra_stats_get(const loft_debra *d)
{
    loft_debra_stats s;
    loft_epoch_stats_(&d->base, &s);
    for (const loft_smr_thread *t = loft_smr_first_(&d->base.base); t; t = t->next) {
        const loft_debra_thread *const other = (const loft_debra_thread *)t;
        s.signals += loft_load(&other->signals, relaxed);    /* get:A relaxed: a statistic */
        s.restarts += loft_load(&other->restarts, relaxed);  /* get:B relaxed: a statistic */
    }
    return s;
}

#endif /* supported */
#endif /* LOFT_SMR_DEBRA_H */
