/* SPDX-License-Identifier: MIT
 *
 * tests/threads.h - threads that start together, a chaotic schedule, and a thread frozen in the middle of an operation.
 *
 * Include it BEFORE any Loft header: it fills in LOFT_POINT, the hook that core/atomics.h runs before each access.
 *
 *     run_threads(4, body, &shared);           body(void *arg, int id) runs in 4 threads that start at the same moment
 *
 *     chaos_on(seed);                          this thread yields before about 1 access in 64, at places that depend on
 *                                              the seed; chaos_off() ends it. Less often on a machine that is busy
 *
 *     freeze_at(k);                            this thread will stop just before its k-th access from now (k from 0)
 *     ... another thread: freeze_wait()        true once it has stopped; false if it ended without reaching the k-th
 *     ... another thread: freeze_release()     lets it go on
 *
 * One thread at a time can be frozen. freeze_end() in the victim's body, after the operation, says "I came through".
 *
 *     points_count();                          from now on this thread counts its accesses (not beside freeze_at)
 *     points_seen()                            how many there were; the count ends
 */
#ifndef LOFT_TESTS_THREADS_H
#define LOFT_TESTS_THREADS_H

#ifdef LOFT_POINT
#  error "tests/threads.h: include it before any Loft header"
#endif

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__cplusplus)
#  define TEST_THREAD_LOCAL_ thread_local
#else
#  define TEST_THREAD_LOCAL_ _Thread_local
#endif
#if defined(__GNUC__)
#  define TEST_UNUSED_ __attribute__((unused))
#else
#  define TEST_UNUSED_
#endif

static TEST_THREAD_LOCAL_ uint32_t chaos_state_;
static TEST_THREAD_LOCAL_ unsigned chaos_rest_;
static TEST_THREAD_LOCAL_ long freeze_count_ = -1;

/* A mutex and a condition variable: the hook must not add edges between threads that the code under test lacks, and
 * these are touched only by the one thread that freezes. Signals wait meanwhile: the handler of smr/debra.h jumps out
 * of what it interrupts, and would take the mutex along. They come when the mask is put back, before the access. */
static pthread_mutex_t freeze_lock_ = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freeze_moved_ = PTHREAD_COND_INITIALIZER;
enum freeze_phase_ { FREEZE_IDLE_, FREEZE_ARMED_, FREEZE_STOPPED_, FREEZE_RELEASED_, FREEZE_MISSED_ };
static enum freeze_phase_ freeze_phase_;

/* Beside other programs that keep the processors busy each of some ten thousand yields lasts for their whole time
 * slice: after one that did, the next few are left out. The threads of a test yield themselves, much earlier. */
TEST_UNUSED_ static void
chaos_yield_(void)
{
    struct timespec begin;
    struct timespec end;
    if (chaos_rest_) {
        chaos_rest_--;
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &begin);
    sched_yield();
    clock_gettime(CLOCK_MONOTONIC, &end);
    if ((int64_t)(end.tv_sec - begin.tv_sec) * 1000000000 + (end.tv_nsec - begin.tv_nsec) > 1000000)
        chaos_rest_ = 63;
}

TEST_UNUSED_ static void
test_point_slow_(void)
{
    if (freeze_count_ >= 0 && freeze_count_-- == 0) {
        sigset_t all;
        sigset_t before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        pthread_mutex_lock(&freeze_lock_);
        freeze_phase_ = FREEZE_STOPPED_;
        pthread_cond_broadcast(&freeze_moved_);
        while (freeze_phase_ != FREEZE_RELEASED_)
            pthread_cond_wait(&freeze_moved_, &freeze_lock_);
        pthread_mutex_unlock(&freeze_lock_);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    if (chaos_state_) {
        chaos_state_ ^= chaos_state_ << 13;
        chaos_state_ ^= chaos_state_ >> 17;
        chaos_state_ ^= chaos_state_ << 5;
        if ((chaos_state_ & 63u) == 0)
            chaos_yield_();
    }
}

#define LOFT_POINT() ((chaos_state_ != 0 || freeze_count_ >= 0) ? test_point_slow_() : (void)0)

TEST_UNUSED_ static void chaos_on(uint32_t seed) { chaos_state_ = seed * 2654435761u | 1u; }
TEST_UNUSED_ static void chaos_off(void) { chaos_state_ = 0; }

/* freeze_arm: the controlling thread calls it before it starts the victim. */
TEST_UNUSED_ static void
freeze_arm(void)
{
    pthread_mutex_lock(&freeze_lock_);
    freeze_phase_ = FREEZE_ARMED_;
    pthread_mutex_unlock(&freeze_lock_);
}

TEST_UNUSED_ static void freeze_at(long k) { freeze_count_ = k; }

/* A count is a freeze that is too far away to happen. */
TEST_UNUSED_ static void points_count(void) { freeze_count_ = LONG_MAX; }

TEST_UNUSED_ static unsigned long
points_seen(void)
{
    const unsigned long seen = (unsigned long)(LONG_MAX - freeze_count_);
    freeze_count_ = -1;
    return seen;
}

TEST_UNUSED_ static void
freeze_end(void)
{
    freeze_count_ = -1;
    pthread_mutex_lock(&freeze_lock_);
    if (freeze_phase_ == FREEZE_ARMED_) {
        freeze_phase_ = FREEZE_MISSED_;
        pthread_cond_broadcast(&freeze_moved_);
    }
    pthread_mutex_unlock(&freeze_lock_);
}

TEST_UNUSED_ static bool
freeze_wait(void)
{
    pthread_mutex_lock(&freeze_lock_);
    while (freeze_phase_ == FREEZE_ARMED_)
        pthread_cond_wait(&freeze_moved_, &freeze_lock_);
    const bool stopped = freeze_phase_ == FREEZE_STOPPED_;
    pthread_mutex_unlock(&freeze_lock_);
    return stopped;
}

TEST_UNUSED_ static void
freeze_release(void)
{
    pthread_mutex_lock(&freeze_lock_);
    freeze_phase_ = FREEZE_RELEASED_;
    pthread_cond_broadcast(&freeze_moved_);
    pthread_mutex_unlock(&freeze_lock_);
}

/* ---- threads that start together ------------------------------------------------------------------------------- */

#define TEST_THREADS_MAX 64

struct test_thread_ {
    void (*body)(void *, int);
    void *arg;
    int id;
    pthread_barrier_t *gate;
};

TEST_UNUSED_ static void *
test_thread_main_(void *p)
{
    struct test_thread_ *t = (struct test_thread_ *)p;
    if (t->gate)
        pthread_barrier_wait(t->gate);
    t->body(t->arg, t->id);
    return NULL;
}

TEST_UNUSED_ static void
run_threads(int n, void (*body)(void *, int), void *arg)
{
    pthread_t id[TEST_THREADS_MAX];
    struct test_thread_ t[TEST_THREADS_MAX];
    pthread_barrier_t gate;
    if (n < 1 || n > TEST_THREADS_MAX || pthread_barrier_init(&gate, NULL, (unsigned)n) != 0)
        abort();
    for (int i = 0; i < n; i++) {
        t[i].body = body;
        t[i].arg = arg;
        t[i].id = i;
        t[i].gate = &gate;
        if (pthread_create(&id[i], NULL, test_thread_main_, &t[i]) != 0) {
            fprintf(stderr, "tests/threads.h: cannot start thread %d of %d\n", i, n);
            abort();
        }
    }
    for (int i = 0; i < n; i++)
        pthread_join(id[i], NULL);
    pthread_barrier_destroy(&gate);
}

#endif
