/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/puppet.h - threads on strings: the test says who makes how many atomic accesses, and when.
 *
 *     puppet_gather();                         before the first is started: all on one processor, where turns are cheap
 *     struct puppet p;
 *     puppet_start(&p);                        a thread that waits for work; once per puppet
 *     puppet_give(&p, body, arg);              its next piece of work: body(arg)
 *     puppet_run(&p, 3)                        it makes 3 accesses, to atomic words or to payload, and stops before the
 *                                              fourth; true: the work is finished. Else nothing of it moves now
 *     puppet_finish(&p, 10000)                 to the end, if that comes within 10000 accesses; true: it did
 *     puppet_pause();                          in the body: a place to stop at that is not an access
 *     puppet_end(&p);
 *     puppet_scatter();                        after the last
 *
 * Any number of puppets can stand still anywhere, so that a schedule of many threads is a loop in one function and
 * can be repeated from a seed. Only one thread runs at a time: what this finds are wrong steps, never missing orders.
 *
 * Include it before any Loft header, in the place of tests/threads.h, which it includes.
 */
#ifndef LOFT_TESTS_QUEUE_PUPPET_H
#define LOFT_TESTS_QUEUE_PUPPET_H

#include "../../threads.h"

#include <semaphore.h>

struct puppet {
    pthread_t thread;
    sem_t go;
    sem_t stopped;
    void (*body)(void *);
    void *arg;
    unsigned long budget;
    unsigned long steps;                                 /* accesses made in this piece of work */
    bool working;
    bool quit;
};

static TEST_THREAD_LOCAL_ struct puppet *puppet_self_;

TEST_UNUSED_ static void
puppet_wait_(sem_t *s)
{
    while (sem_wait(s) != 0)
        continue;
}

TEST_UNUSED_ static void
puppet_pause(void)
{
    struct puppet *p = puppet_self_;
    while (p && p->budget == 0) {
        sem_post(&p->stopped);
        puppet_wait_(&p->go);
    }
}

TEST_UNUSED_ static void
puppet_point_(void)
{
    puppet_pause();
    puppet_self_->budget--;
    puppet_self_->steps++;
}

#undef LOFT_POINT
#define LOFT_POINT() \
    (puppet_self_ ? puppet_point_() : chaos_state_ != 0 || freeze_count_ >= 0 ? test_point_slow_() : (void)0)

/* Payload too: an element may be half way in when the thread that writes it stops. */
#define LOFT_ON_READ(p, bytes)   (puppet_self_ ? puppet_point_() : (void)0)
#define LOFT_ON_WRITE(p, bytes)  (puppet_self_ ? puppet_point_() : (void)0)

TEST_UNUSED_ static void *
puppet_main_(void *arg)
{
    struct puppet *p = (struct puppet *)arg;
    puppet_self_ = p;
    for (;;) {
        puppet_wait_(&p->go);
        if (p->quit)
            return NULL;
        p->body(p->arg);
        p->working = false;
        sem_post(&p->stopped);
    }
}

#if defined(__linux__) && defined(CPU_SETSIZE)
static cpu_set_t puppet_home_;
static bool puppet_gathered_;

TEST_UNUSED_ static void
puppet_gather(void)
{
    const int here = sched_getcpu();
    cpu_set_t one;
    if (here < 0 || here >= CPU_SETSIZE || sched_getaffinity(0, sizeof puppet_home_, &puppet_home_) != 0)
        return;
    CPU_ZERO(&one);
    CPU_SET((size_t)here, &one);
    puppet_gathered_ = sched_setaffinity(0, sizeof one, &one) == 0;
}

TEST_UNUSED_ static void
puppet_scatter(void)
{
    if (puppet_gathered_ && sched_setaffinity(0, sizeof puppet_home_, &puppet_home_) == 0)
        puppet_gathered_ = false;
}
#else
TEST_UNUSED_ static void puppet_gather(void) {}
TEST_UNUSED_ static void puppet_scatter(void) {}
#endif

TEST_UNUSED_ static void
puppet_start(struct puppet *p)
{
    p->working = false;
    p->quit = false;
    p->steps = 0;
    if (sem_init(&p->go, 0, 0) != 0 || sem_init(&p->stopped, 0, 0) != 0
        || pthread_create(&p->thread, NULL, puppet_main_, p) != 0)
        abort();
}

TEST_UNUSED_ static void
puppet_give(struct puppet *p, void (*body)(void *), void *arg)
{
    if (p->working) {
        puts("not ok - a call never comes to an end");
        abort();
    }
    p->body = body;
    p->arg = arg;
    p->steps = 0;
    p->working = true;
}

TEST_UNUSED_ static bool
puppet_run(struct puppet *p, unsigned long accesses)
{
    if (!p->working)
        return true;
    p->budget = accesses;
    sem_post(&p->go);
    puppet_wait_(&p->stopped);
    return !p->working;
}

TEST_UNUSED_ static bool
puppet_finish(struct puppet *p, unsigned long limit)
{
    return puppet_run(p, limit);
}

TEST_UNUSED_ static void
puppet_end(struct puppet *p)
{
    /* Work that never ends must not make the test hang as well: leave the thread where it is. */
    if (!puppet_finish(p, 1000000))
        return;
    p->quit = true;
    sem_post(&p->go);
    pthread_join(p->thread, NULL);
    sem_destroy(&p->go);
    sem_destroy(&p->stopped);
}

#endif
