/* SPDX-License-Identifier: MIT
 *
 * loft/core/park.h - sleep until another thread says that something changed: an event count.
 *
 * Needs: core/base.h core/atomics.h
 *
 * USE IT WHEN         a thread has to wait, possibly for long, for a condition that others bring about without a lock
 *                     (a queue that is empty, a flag), and who brings it about must not pay where nobody waits.
 * DO NOT USE IT WHEN  the wait is shorter than a sleep and a wake (some ten microseconds): spin first (core/backoff.h);
 *                     or the condition is behind a mutex anyway: a condition variable does it.
 *
 * EXAMPLE
 *     #include <pthread.h>
 *     #include <loft/core/park.h>
 *     static loft_park park;
 *     static LOFT_ATOMIC(int) ready;
 *     static void *giver(void *unused)
 *     {
 *         loft_store(&ready, 1, release);                      // giver:A release -> main:A, main:B: the news
 *         loft_park_notify_one(&park);                         // after the condition has become true
 *         return unused;
 *     }
 *     int main(void)
 *     {
 *         pthread_t t;
 *         if (loft_park_init(&park) != LOFT_OK || pthread_create(&t, NULL, giver, NULL) != 0)
 *             return 1;
 *         while (!loft_load(&ready, acquire)) {                // main:A acquire <- giver:A: the news
 *             const loft_park_key key = loft_park_prepare(&park);
 *             if (loft_load(&ready, acquire))                  // main:B acquire <- giver:A: always look again
 *                 loft_park_cancel(&park, key);
 *             else
 *                 loft_park_wait(&park, key, LOFT_FOREVER);
 *         }
 *         return pthread_join(t, NULL);
 *     }
 *
 * PARAMETERS   (define before the first Loft header, the same in every file of a program)
 *   LOFT_PARK_PTHREAD   sleep on a pthread condition variable where futex would be used (Linux)
 *   LOFT_PARK_CXX       sleep on a std::condition_variable (C++ only; what MSVC gets anyway)
 *   LOFT_PARK_SYSCALL   how the kernel is asked on Linux: called like syscall(); for tests and sandboxes
 *   LOFT_PARK_NOW       the clock: called without arguments, gives what loft_now gives; goes with your own SYSCALL
 *
 * OPERATIONS          init  fini
 *                     prepare  cancel  wait  await                        who waits
 *                     notify(p, n)  notify_one  notify_all                who brings it about; any thread
 *                     approx_waiters                                      any thread
 *                     loft_now()  loft_deadline(ns)                       the clock
 *   Each prepare is followed by exactly one cancel or one wait with its key, in the same thread, and between the two
 *   the condition is looked at again. A deadline is an instant of loft_now(), nanoseconds of a clock that is never set
 *   back; with 0 or an instant that is past, wait does not sleep; LOFT_FOREVER is no deadline.
 *
 * TOGETHER            Everything but init and fini, from any number of threads. The park outlives every call on it. Who
 *                     waits may see the condition before the notify that follows has even begun, so the condition alone
 *                     does not say that the park may be freed: join or count its notifiers first.
 *
 * EDGES               prepare:C <-> notify:A
 *   NO WAKE-UP IS LOST     waiter                                notifier
 *                          prepare:A  count me                   X          make the condition true
 *                          prepare:B  key = epoch                notify:A   seq_cst fence
 *                          prepare:C  seq_cst fence              notify:B   nobody counted? done
 *                          Y          look again                 wake:A     epoch + 1, and wake who sleeps
 *                          wait       sleep while epoch == key
 *   One of the two fences is first in the order of all seq_cst operations. notify:A first: Y reads X or what came after
 *   it (C11 7.17.3p11), and the waiter sees the condition. prepare:C first: notify:B reads prepare:A, so that somebody
 *   is counted; and prepare:B has not read wake:A, which would put notify:A first (C++20 31.4p4). So the key is older
 *   than the epoch, and the sleep, which compares the two in the kernel or under the lock, does not begin, or has begun
 *   and is on the list that is woken. X and Y may be atomic accesses of any order, even relaxed. A seq_cst
 *   read-modify-write at prepare:A in place of the fence would not do: C11 does not order a later acquire or relaxed
 *   load after it, and on AArch64 the load does overtake its store. The caller's part: X happens before notify is
 *   called; Y comes after prepare; with notify_one, every waiter can do what any of them may be woken for.
 *   Nothing else here is above relaxed: what waiter and notifier tell each other goes through the caller's own words
 *   with their own release and acquire, and no sleep in between hides a race in them from ThreadSanitizer.
 *
 * MEMORY              16 bytes over futex; with a lock, those and a mutex and a condition variable. No allocation.
 *                     Every notify reads it: keep LOFT_CACHELINE between it and words that are written all the time.
 *                     A key is good for 2^64 - 1 notifies that find somebody (2^32 - 1 without LOFT_HAVE_ATOMIC64). The
 *                     kernel compares 32 bits: a waiter that is stopped between wait:A and that comparison sleeps
 *                     through exactly k * 2^32 of them, until the next one.
 *
 * PROGRESS            prepare, cancel, and a notify that finds nobody: wait-free. notify over futex: lock-free and one
 *                     system call; with a lock: blocks while others hold it, for a few instructions. wait blocks.
 *
 * SOURCE              Event counts: Reed and Kanodia 1979; in two steps with a key: Vyukov.
 */
#ifndef LOFT_CORE_PARK_H
#define LOFT_CORE_PARK_H

#include "base.h"
#include "atomics.h"

#if !defined(LOFT_UNSUPPORTED)

#if defined(_WIN32) && !defined(__MINGW32__)
#  define LOFT_PARK_WINDOWS_  1
#else
#  define LOFT_PARK_WINDOWS_  0
#  include <time.h>
#endif

#if defined(LOFT_PARK_PTHREAD) && defined(LOFT_PARK_CXX)
#  error "loft/core/park.h: define LOFT_PARK_PTHREAD or LOFT_PARK_CXX, not both"
#  define LOFT_UNSUPPORTED  1
#elif !LOFT_CPLUSPLUS && (defined(LOFT_PARK_CXX) || LOFT_PARK_WINDOWS_)
#  error "loft/core/park.h: only a C++ compiler has std::condition_variable; compile this file as C++"
#  define LOFT_UNSUPPORTED  1
#elif !LOFT_PARK_WINDOWS_ && !defined(__linux__) && !defined(CLOCK_MONOTONIC)
#  error "loft/core/park.h: <time.h> shows no monotonic clock; compile with -D_POSIX_C_SOURCE=200112L or newer"
#  define LOFT_UNSUPPORTED  1
#else

/* How threads sleep: 1 futex, 2 pthread, 3 C++. */
#if defined(LOFT_PARK_CXX) || LOFT_PARK_WINDOWS_
#  define LOFT_PARK_KIND_    3
#  define LOFT_PARK_BACKEND  "c++"
#elif defined(LOFT_PARK_PTHREAD) || !defined(__linux__)
#  define LOFT_PARK_KIND_    2
#  define LOFT_PARK_BACKEND  "pthread"
#  if defined(__APPLE__) || defined(__MINGW32__)         /* no condition variable with a monotonic clock           */
#    define LOFT_PARK_RELATIVE_  1
#  else
#    define LOFT_PARK_RELATIVE_  0
#  endif
#else
#  define LOFT_PARK_KIND_    1
#  define LOFT_PARK_BACKEND  "futex"
#endif

#include <limits.h>
#if LOFT_PARK_KIND_ == 3
#  include <chrono>
#  include <condition_variable>
#  include <mutex>
#  include <new>
#endif
#if LOFT_PARK_KIND_ != 1 && !LOFT_PARK_WINDOWS_
#  include <pthread.h>
#endif
#if defined(__linux__)
#  include <errno.h>
#  include <sys/syscall.h>
#endif

/* Strict ISO C hides what POSIX adds to these headers, and a header may not undo that for the file that includes it.
 * A second name for the same symbol clashes with no declaration, wherever the feature macros come from. */
#if defined(__linux__)
#  if LOFT_CPLUSPLUS
extern "C" {
#  endif
extern long loft_park_syscall_(long number, ...) __asm__("syscall");
#  if !defined(CLOCK_MONOTONIC) && UINTPTR_MAX > 0xffffffff
extern int loft_park_gettime_(int clock, struct timespec *out) __asm__("clock_gettime");
#  endif
#  if LOFT_PARK_KIND_ == 2
extern int loft_park_setclock_(pthread_condattr_t *attributes, int clock) __asm__("pthread_condattr_setclock");
#  endif
#  if LOFT_CPLUSPLUS
}
#  endif
#  if !defined(LOFT_PARK_SYSCALL)
#    define LOFT_PARK_SYSCALL  loft_park_syscall_
#  endif
/* Whether the kernel's old calls take two 32-bit words for an instant: on 32-bit machines, except x32. */
#  if UINTPTR_MAX > 0xffffffff || defined(__x86_64__)
#    define LOFT_PARK_TIME32_  0
#  else
#    define LOFT_PARK_TIME32_  1
#  endif
#endif

/* ---- the clock ------------------------------------------------------------------------------------------------- */

#define LOFT_FOREVER  UINT64_MAX                         /* the deadline that does not come                         */

/* loft_now - the time, for deadlines.
 *   returns   nanoseconds since some instant before the program began; never less than an earlier call in any thread
 *   threads   any
 *   progress  wait-free
 *   cost      some tens of nanoseconds; a system call only in strict ISO C on 32-bit Linux
 */
LOFT_API uint64_t
loft_now(void)
{
#if defined(LOFT_PARK_NOW)
    return LOFT_PARK_NOW();
#elif LOFT_PARK_WINDOWS_
    return (uint64_t)::std::chrono::duration_cast< ::std::chrono::nanoseconds>(
        ::std::chrono::steady_clock::now().time_since_epoch()).count();
#elif defined(CLOCK_MONOTONIC)
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
#elif UINTPTR_MAX > 0xffffffff
    struct timespec t;
    loft_park_gettime_(1, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
#else
    /* The C library's function may expect either of two layouts here, and only its hidden declaration knows which. */
#  if defined(SYS_clock_gettime64)
    int64_t wide[2];
    if (loft_park_syscall_(SYS_clock_gettime64, 1L, wide) == 0)
        return (uint64_t)wide[0] * 1000000000u + (uint64_t)wide[1];
#  endif
    long pair[2] = { 0, 0 };
#  if defined(SYS_clock_gettime)
    loft_park_syscall_(SYS_clock_gettime, 1L, pair);
#  elif defined(SYS_clock_gettime32)
    loft_park_syscall_(SYS_clock_gettime32, 1L, pair);
#  endif
    return (uint64_t)pair[0] * 1000000000u + (uint64_t)pair[1];
#endif
}

/* loft_deadline - the instant that is `ns` nanoseconds from now; LOFT_FOREVER if that is beyond the end of the clock.
 *   threads   any
 *   progress  wait-free
 *   cost      loft_now
 */
LOFT_API uint64_t
loft_deadline(uint64_t ns)
{
    const uint64_t now = loft_now();
    return ns < LOFT_FOREVER - now ? now + ns : LOFT_FOREVER;
}

/* Whether there is no time left to sleep. */
LOFT_API bool
loft_park_late_(uint64_t deadline)
{
    return deadline != LOFT_FOREVER && (deadline == 0 || loft_now() >= deadline);
}

/* ---- types ----------------------------------------------------------------------------------------------------- */

/* What prepare saw; given back to cancel or wait. */
typedef struct loft_park_key {
    loft_seq epoch_;
} loft_park_key;

typedef struct loft_park {
    LOFT_ATOMIC(loft_seq) epoch_;                        /* notifies that found somebody; futex compares 32 bits   */
    LOFT_ATOMIC(uint32_t) waiters_;                      /* threads that prepared and were neither woken nor left  */
#if LOFT_PARK_KIND_ != 1
    uint32_t asleep_;                                    /* under the lock: of these, who sleeps and is not chosen */
    uint32_t chosen_;                                    /* under the lock: wake-ups given out and not yet taken   */
#endif
#if LOFT_PARK_KIND_ == 2
    pthread_mutex_t lock_;
    pthread_cond_t changed_;
#elif LOFT_PARK_KIND_ == 3                               /* constructed by init, so that malloc's memory will do   */
    alignas(::std::mutex) unsigned char lock_[sizeof(::std::mutex)];
    alignas(::std::condition_variable) unsigned char changed_[sizeof(::std::condition_variable)];
#endif
} loft_park;

/* ---- who waits ------------------------------------------------------------------------------------------------- */

/* loft_park_prepare - announce that this thread may go to sleep; then look at the condition again.
 *   returns   the key for the one cancel or wait that must follow
 *   threads   any
 *   progress  wait-free
 *   order     what the caller reads from now on is no older than what any notify that does not see this thread had
 *             behind it (see NO WAKE-UP IS LOST)
 *   cost      one read-modify-write and one full fence
 */
LOFT_NODISCARD LOFT_API loft_park_key
loft_park_prepare(loft_park *p)
{
    loft_park_key key;
    loft_fetch_add(&p->waiters_, 1u, relaxed);           /* prepare:A relaxed: C puts it before the caller's look  */
    key.epoch_ = loft_load(&p->epoch_, relaxed);         /* prepare:B relaxed: C keeps a later wake:A out of it    */
    loft_fence(seq_cst);                                 /* prepare:C seq_cst <-> notify:A: count me, then look    */
    return key;
}

/* loft_park_cancel - the condition had come true, or the thread has changed its mind: it does not sleep.
 *   threads   the one that prepared
 *   progress  wait-free
 *   order     none
 *   cost      one read-modify-write
 * It has no wake-up to pass on: notify_one spends its wake-up on a thread that sleeps, and those that prepared but do
 * not sleep yet find the epoch changed and go on besides.
 */
LOFT_API void
loft_park_cancel(loft_park *p, loft_park_key key)
{
    (void)key;
    loft_fetch_sub(&p->waiters_, 1u, relaxed);           /* cancel:A relaxed: seen late, it costs a needless wake  */
}

#if LOFT_PARK_KIND_ == 1

/* The futex call without a trace in errno. The answer, or minus the error. */
LOFT_API long
loft_park_futex_(loft_park *p, long op, uint32_t value, uint64_t deadline)
{
    /* The address of the half that changes with every step of the epoch. */
    unsigned char *word = (unsigned char *)(uintptr_t)&p->epoch_;
#  if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word += sizeof(loft_seq) - sizeof(uint32_t);
#  endif
    const int kept = errno;
    int64_t wide[2];
    wide[0] = (int64_t)(deadline / 1000000000u);
    wide[1] = (int64_t)(deadline % 1000000000u);
    const void *when = deadline == LOFT_FOREVER ? NULL : wide;
    const unsigned long who = 0xffffffff;                /* every bit: no waiter is of a special kind              */
    long r;
#  if LOFT_PARK_TIME32_ && defined(SYS_futex_time64)
    r = LOFT_PARK_SYSCALL(SYS_futex_time64, word, op, (unsigned long)value, when, NULL, who);
#    if defined(SYS_futex)
    if (r < 0 && (errno == ENOSYS || errno == EPERM)) {  /* an old kernel, or a sandbox older than the call        */
        long narrow[2];
        narrow[0] = wide[0] > LONG_MAX ? LONG_MAX : (long)wide[0];
        narrow[1] = (long)wide[1];
        r = LOFT_PARK_SYSCALL(SYS_futex, word, op, (unsigned long)value, when ? narrow : NULL, NULL, who);
    }
#    endif
#  elif LOFT_PARK_TIME32_
    long narrow[2];
    narrow[0] = wide[0] > LONG_MAX ? LONG_MAX : (long)wide[0];
    narrow[1] = (long)wide[1];
    r = LOFT_PARK_SYSCALL(SYS_futex, word, op, (unsigned long)value, when ? narrow : NULL, NULL, who);
#  else
    r = LOFT_PARK_SYSCALL(SYS_futex, word, op, (unsigned long)value, when, NULL, who);
#  endif
    if (r < 0)
        r = -(long)errno;
    errno = kept;
    return r;
}

#  define LOFT_PARK_FUTEX_WAKE_  (1L | 128L)             /* FUTEX_WAKE, within this process                        */
#  define LOFT_PARK_FUTEX_WAIT_  (9L | 128L)             /* FUTEX_WAIT_BITSET: its timeout is an instant           */

/* How many sleeping threads the kernel woke, at most n. */
LOFT_API long
loft_park_rouse_(loft_park *p, unsigned n)
{
    LOFT_POINT();
    return loft_park_futex_(p, LOFT_PARK_FUTEX_WAKE_, n > (unsigned)INT_MAX ? (uint32_t)INT_MAX : n, LOFT_FOREVER);
}

#else /* a lock: everything about sleepers happens under it */

#  if LOFT_PARK_KIND_ == 2

LOFT_API void
loft_park_lock_(loft_park *p)
{
    pthread_mutex_lock(&p->lock_);
}

LOFT_API void
loft_park_unlock_(loft_park *p)
{
    pthread_mutex_unlock(&p->lock_);
}

/* Sleeps without the lock until signalled, or until the deadline, or for no reason. */
LOFT_API void
loft_park_doze_(loft_park *p, uint64_t deadline)
{
    if (deadline == LOFT_FOREVER) {
        pthread_cond_wait(&p->changed_, &p->lock_);
        return;
    }
    uint64_t ns = deadline;
#    if LOFT_PARK_RELATIVE_
    const uint64_t now = loft_now();
    ns = deadline > now ? deadline - now : 0;
#    endif
    struct timespec t;
    const uint64_t last = sizeof t.tv_sec > 4 ? (uint64_t)INT64_MAX : (uint64_t)INT32_MAX;
    const uint64_t sec = ns / 1000000000u < last ? ns / 1000000000u : last;
    t.tv_sec = (time_t)sec;
    t.tv_nsec = (long)(ns % 1000000000u);
#    if LOFT_PARK_RELATIVE_
    pthread_cond_timedwait_relative_np(&p->changed_, &p->lock_, &t);
#    else
    pthread_cond_timedwait(&p->changed_, &p->lock_, &t);
#    endif
}

LOFT_API void
loft_park_signal_(loft_park *p, bool all)
{
    if (all)
        pthread_cond_broadcast(&p->changed_);
    else
        pthread_cond_signal(&p->changed_);
}

#  else

LOFT_API ::std::mutex *
loft_park_mutex_(loft_park *p)
{
    return static_cast< ::std::mutex *>(static_cast<void *>(p->lock_));
}

LOFT_API ::std::condition_variable *
loft_park_cond_(loft_park *p)
{
    return static_cast< ::std::condition_variable *>(static_cast<void *>(p->changed_));
}

LOFT_API void
loft_park_lock_(loft_park *p)
{
    loft_park_mutex_(p)->lock();
}

LOFT_API void
loft_park_unlock_(loft_park *p)
{
    loft_park_mutex_(p)->unlock();
}

LOFT_API void
loft_park_doze_(loft_park *p, uint64_t deadline)
{
    ::std::unique_lock< ::std::mutex> held(*loft_park_mutex_(p), ::std::adopt_lock);
    if (deadline == LOFT_FOREVER) {
        loft_park_cond_(p)->wait(held);
    } else {
        const uint64_t now = loft_now();
        const uint64_t left = deadline > now ? deadline - now : 0;
        const uint64_t hour = (uint64_t)3600 * 1000000000u;   /* it may wake early, its clock must not overflow    */
        loft_park_cond_(p)->wait_for(held, ::std::chrono::nanoseconds((int64_t)(left < hour ? left : hour)));
    }
    held.release();
}

LOFT_API void
loft_park_signal_(loft_park *p, bool all)
{
    if (all)
        loft_park_cond_(p)->notify_all();
    else
        loft_park_cond_(p)->notify_one();
}

#  endif
#endif

/* loft_park_wait - sleep until woken, unless a notify has come since prepare.
 *   returns   LOFT_OK: this thread was woken, or a notify came between prepare and falling asleep. LOFT_TIMEOUT: the
 *             deadline is past, and no wake-up was spent on this thread. After either, look at the condition again
 *   threads   the one that prepared
 *   progress  blocks until a notify or the deadline, and never returns LOFT_TIMEOUT before that; deadline 0 or past:
 *             does not sleep. A signal handler that runs meanwhile does not end it; it is no cancellation point
 *   order     none; what you waited for is in your own words
 *   cost      one system call, rarely more; a deadline reads the clock
 */
#if LOFT_PARK_KIND_ == 1
LOFT_API loft_status
loft_park_wait(loft_park *p, loft_park_key key, uint64_t deadline)
{
    for (;;) {
        if (loft_load(&p->epoch_, relaxed) != key.epoch_) {   /* wait:A relaxed: the kernel compares again         */
            loft_park_cancel(p, key);
            return LOFT_OK;
        }
        if (loft_park_late_(deadline)) {
            loft_park_cancel(p, key);
            return LOFT_TIMEOUT;
        }
        LOFT_POINT();
        const long r = loft_park_futex_(p, LOFT_PARK_FUTEX_WAIT_, (uint32_t)key.epoch_, deadline);
        if (r >= 0)                                      /* and whoever woke it has struck it off the count        */
            return LOFT_OK;
        /* Without a look at the epoch: if it has changed, another thread was woken, and one wake-up is for one. */
        if (r == -(long)ETIMEDOUT && loft_park_late_(deadline)) {
            loft_park_cancel(p, key);
            return LOFT_TIMEOUT;
        }
    }
}
#else
LOFT_API loft_status
loft_park_wait(loft_park *p, loft_park_key key, uint64_t deadline)
{
    loft_status s = LOFT_OK;
#  if !LOFT_PARK_WINDOWS_ && !defined(__ANDROID__)
    int cancelling;                                      /* a cancelled thread would take the lock with it         */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancelling);
#  endif
    loft_park_lock_(p);
    const bool early = loft_load(&p->epoch_, relaxed) != key.epoch_;   /* wait:B relaxed: written under this lock  */
    bool counted = early || loft_park_late_(deadline);
    if (!counted) {
        p->asleep_++;
        for (;;) {
            LOFT_POINT();
            loft_park_doze_(p, deadline);
            if (p->chosen_ != 0) {                       /* and whoever chose it has struck it off the count       */
                p->chosen_--;
                break;
            }
            if (loft_park_late_(deadline)) {
                p->asleep_--;
                counted = true;
                s = LOFT_TIMEOUT;
                break;
            }
        }
    } else if (!early) {
        s = LOFT_TIMEOUT;
    }
    loft_park_unlock_(p);
    if (counted)
        loft_park_cancel(p, key);
#  if !LOFT_PARK_WINDOWS_ && !defined(__ANDROID__)
    pthread_setcancelstate(cancelling, NULL);
#  endif
    return s;
}
#endif

/* loft_park_await - the whole loop: sleep until ready(arg) is true.
 *   returns   LOFT_OK: ready(arg) was true. LOFT_TIMEOUT: it was not, and the deadline is past
 *   threads   any; ready runs in this thread, several times, and may take part in what it looks at (a try_pop that
 *             succeeded has popped)
 *   progress  blocks; deadline 0 or past: one or a few looks and no sleep
 *   order     that of ready
 */
LOFT_API loft_status
loft_park_await(loft_park *p, bool (*ready)(void *), void *arg, uint64_t deadline)
{
    while (!ready(arg)) {
        const loft_park_key key = loft_park_prepare(p);
        if (ready(arg)) {
            loft_park_cancel(p, key);
            break;
        }
        if (loft_park_wait(p, key, deadline) == LOFT_TIMEOUT)
            return ready(arg) ? LOFT_OK : LOFT_TIMEOUT;
    }
    return LOFT_OK;
}

/* ---- who brings it about --------------------------------------------------------------------------------------- */

/* The part of notify that only runs when there is somebody; out of line, to keep what callers inline short. */
#if LOFT_PARK_KIND_ == 1
LOFT_NOINLINE void
loft_park_wake_(loft_park *p, unsigned n)
{
    loft_fetch_add(&p->epoch_, 1u, relaxed);             /* wake:A relaxed: notify:A puts it after prepare:B; the
                                                            kernel puts it before the look at who sleeps */
    const long woken = loft_park_rouse_(p, n);
    /* By us and at once: by themselves, they would be counted until they run, and every notify would ask the kernel. */
    if (woken > 0)
        loft_fetch_sub(&p->waiters_, (uint32_t)woken, relaxed);   /* wake:B relaxed: as cancel:A                   */
}
#else
LOFT_NOINLINE void
loft_park_wake_(loft_park *p, unsigned n)
{
    loft_park_lock_(p);
    loft_fetch_add(&p->epoch_, 1u, relaxed);             /* wake:C relaxed: notify:A puts it after prepare:B; who
                                                            goes to sleep compares it under the lock */
    const uint32_t chosen = n < p->asleep_ ? (uint32_t)n : p->asleep_;
    p->asleep_ -= chosen;
    p->chosen_ += chosen;
    if (chosen != 0) {
        loft_fetch_sub(&p->waiters_, chosen, relaxed);   /* wake:D relaxed: as cancel:A                            */
        /* Under the lock, so that the signal goes to one of those that block now and not to a later one. */
        if (p->asleep_ == 0)
            loft_park_signal_(p, true);
        else
            for (uint32_t i = 0; i < chosen; i++)
                loft_park_signal_(p, false);
    }
    loft_park_unlock_(p);
}
#endif

/* loft_park_notify - the condition has become true: wake up to n threads that sleep, and let those that have prepared
 * but do not sleep yet go on. It is called after the change.
 *   threads   any; over futex a signal handler, too
 *   progress  nobody waits: wait-free. Else over futex lock-free and one system call, with a lock blocking
 *   order     whoever prepares too late to be let go on sees, looking again, what happened before this call
 *   cost      nobody waits: one full fence and one load. Else over futex two read-modify-writes and the system call
 */
LOFT_API void
loft_park_notify(loft_park *p, unsigned n)
{
    loft_fence(seq_cst);                                 /* notify:A seq_cst <-> prepare:C: change, then who waits */
    if (loft_load(&p->waiters_, relaxed) != 0 && n != 0) /* notify:B relaxed: A puts it after the caller's change  */
        loft_park_wake_(p, n);
}

/* loft_park_notify_one - the change is work for one thread: wake exactly one of those that sleep, if any.
 *   threads, progress, order, cost    as loft_park_notify
 */
LOFT_API void
loft_park_notify_one(loft_park *p)
{
    loft_park_notify(p, 1u);
}

/* loft_park_notify_all - the change concerns everybody who waits (closed, shut down): wake all of them.
 *   threads, progress, order, cost    as loft_park_notify; the woken threads all run at once
 */
LOFT_API void
loft_park_notify_all(loft_park *p)
{
    loft_park_notify(p, UINT_MAX);
}

/* ---- init, fini, observer -------------------------------------------------------------------------------------- */

/* loft_park_init - a park with nobody in it.
 *   returns   LOFT_OK; LOFT_NOMEM: the system could not make the lock; LOFT_NOTSUP: the kernel has no futex. Nothing
 *             to undo unless OK
 *   threads   quiescent
 *   cost      one system call over futex
 */
LOFT_NODISCARD LOFT_API loft_status
loft_park_init(loft_park *p)
{
    loft_init(&p->epoch_, (loft_seq)0);
    loft_init(&p->waiters_, (uint32_t)0);
#if LOFT_PARK_KIND_ == 1
    return loft_park_rouse_(p, 1u) < 0 ? LOFT_NOTSUP : LOFT_OK;
#else
    p->asleep_ = 0;
    p->chosen_ = 0;
#  if LOFT_PARK_KIND_ == 3
    ::new (static_cast<void *>(p->lock_)) ::std::mutex();
    ::new (static_cast<void *>(p->changed_)) ::std::condition_variable();
    return LOFT_OK;
#  else
    if (pthread_mutex_init(&p->lock_, NULL) != 0)
        return LOFT_NOMEM;
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) == 0) {
#    if LOFT_PARK_RELATIVE_
        const int bad = pthread_cond_init(&p->changed_, &attributes);
#    elif defined(__linux__)
        const int bad = loft_park_setclock_(&attributes, 1) || pthread_cond_init(&p->changed_, &attributes);
#    else
        const int bad = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) ||
                        pthread_cond_init(&p->changed_, &attributes);
#    endif
        pthread_condattr_destroy(&attributes);
        if (!bad)
            return LOFT_OK;
    }
    pthread_mutex_destroy(&p->lock_);
    return LOFT_NOMEM;
#  endif
#endif
}

/* loft_park_fini - the end of a park on which nobody waits and no notify is under way.
 *   threads   quiescent; a debug build stops at a thread that sleeps
 */
LOFT_API void
loft_park_fini(loft_park *p)
{
#if LOFT_PARK_KIND_ == 1
    (void)p;
    LOFT_ASSERT(loft_park_rouse_(p, UINT_MAX) == 0 && "loft/core/park.h: fini while a thread sleeps");
#else
    LOFT_ASSERT(p->asleep_ == 0 && p->chosen_ == 0 && "loft/core/park.h: fini while a thread sleeps");
#  if LOFT_PARK_KIND_ == 2
    pthread_cond_destroy(&p->changed_);
    pthread_mutex_destroy(&p->lock_);
#  else
    loft_park_cond_(p)->~condition_variable();
    loft_park_mutex_(p)->~mutex();
#  endif
#endif
}

/* loft_park_approx_waiters - how many threads have prepared and have neither been woken nor left.
 *   threads   any
 *   progress  wait-free
 *   order     none
 */
LOFT_API uint32_t
loft_park_approx_waiters(const loft_park *p)
{
    return loft_load(&p->waiters_, relaxed);             /* approx_waiters:A relaxed: old news when it is read     */
}

#endif /* configuration */
#endif /* supported */
#endif /* LOFT_CORE_PARK_H */
