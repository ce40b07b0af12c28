/* SPDX-License-Identifier: MIT
 *
 * tests/core/park.c - park.h: who sleeps is woken, by one wake-up one thread, and never too early.
 *
 * park_pthread.c and park_cxx.c compile it again for the other two ways to sleep. The scheduler is perturbed before
 * every atomic access and every system call of the header; a run that hangs is ended by a watchdog and fails.
 */
#if defined(LOFT_PARK_CXX) && !defined(__cplusplus)

#include "tap.h"

int
main(void)
{
    ok_skip("park over std::condition_variable", "this is C; the C++ twins run it");
    return done();
}

#else

#include "threads.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#  include <sys/syscall.h>
#endif

/* ---- the kernel, watched and led astray: both per thread, so that nothing here orders the threads under test ----- */

static TEST_THREAD_LOCAL_ unsigned asked_wait_, asked_wake_;     /* futex calls of this thread                      */
static TEST_THREAD_LOCAL_ int lie_;                              /* the next `lies_` waits or wakes fail with this;  */
static TEST_THREAD_LOCAL_ unsigned lies_;                        /* -1: they succeed and do nothing                 */
static TEST_THREAD_LOCAL_ long lie_number_;                      /* only calls with this number, unless 0           */

#include "../futex.h"

#if defined(__linux__)
TEST_UNUSED_ static long
watch_call(long number, void *word, long op, unsigned long value, const void *when, void *other, unsigned long who)
{
    if ((op & 127) == 1)
        asked_wake_++;
    else
        asked_wait_++;
    if (lies_ > 0 && (lie_number_ == 0 || lie_number_ == number)) {
        lies_--;
        if (lie_ < 0)
            return 0;
        errno = lie_;
        return -1;
    }
    return syscall(number, word, op, value, when, other, who);
}
FUTEX_CALL(watched_syscall, watch_call)
#  define LOFT_PARK_SYSCALL watched_syscall
#endif

static unsigned asserted_;                                       /* assertions that did not hold                    */
#define LOFT_ASSERT(c) ((c) ? (void)0 : (void)asserted_++)

#include <loft/core/park.h>
#include "tap.h"

#define FUTEX_HERE (LOFT_PARK_KIND_ == 1)

/* ---- the watchdog ------------------------------------------------------------------------------------------------ */

static pthread_mutex_t dog_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned dog_left;
static const char *dog_what = "";

static void *
dog_main(void *unused)
{
    for (;;) {
        const struct timespec tenth = { 0, 100000000 };
        nanosleep(&tenth, NULL);
        pthread_mutex_lock(&dog_lock);
        const bool dead = dog_left > 0 && --dog_left == 0;
        const char *const what = dog_what;
        pthread_mutex_unlock(&dog_lock);
        if (dead) {
            printf("not ok %d - %s: nothing moves any more, a wake-up was lost\n", tap_run_ + 1, what);
            printf("1..%d\n", tap_run_ + 1);
            fflush(stdout);
            _exit(1);
        }
    }
    return unused;
}

/* From now on `what` has the same 60 seconds that any of the tests has. */
static void
dog(const char *what)
{
    static bool runs;
    pthread_mutex_lock(&dog_lock);
    dog_left = 600;
    dog_what = what;
    if (!runs) {
        pthread_t t;
        runs = pthread_create(&t, NULL, dog_main, NULL) == 0 && pthread_detach(t) == 0;
    }
    pthread_mutex_unlock(&dog_lock);
}

/* ---- threads that are known to be asleep ------------------------------------------------------------------------- */

#define SLEEPERS 6

static void
nap(long us)
{
    struct timespec t;
    t.tv_sec = us / 1000000;
    t.tv_nsec = us % 1000000 * 1000;
    nanosleep(&t, NULL);
}

static long
thread_number(void)
{
#if defined(__linux__)
    return syscall(SYS_gettid);
#else
    return 0;
#endif
}

static bool
looks_asleep(long tid)
{
#if defined(__linux__)
    char path[64];
    char text[256];
    snprintf(path, sizeof path, "/proc/self/task/%ld/stat", tid);
    FILE *f = fopen(path, "r");
    if (!f)
        return false;
    const size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    const char *p = strrchr(text, ')');
    return p && p[1] == ' ' && p[2] == 'S';
#else
    (void)tid;
    nap(20000);
    return true;
#endif
}

/* A thread that has called prepare and sleeps nowhere but in wait: seen asleep three times over, it is in wait. */
static bool
wait_until_asleep(LOFT_ATOMIC(long) *tid, unsigned patience)
{
    for (unsigned seen = 0, looks = 0; looks < patience; looks++) {
        const long t = loft_load(tid, acquire);
        seen = t != 0 && looks_asleep(t) ? seen + 1 : 0;
        if (seen == 3)
            return true;
        if (seen == 0)
            nap(looks < 50 ? 20 : 1000);
    }
    return false;
}

struct bed {
    loft_park *park;
    uint64_t ns;                                                 /* the deadline, from prepare on; 0: none           */
    LOFT_ATOMIC(long) tid;                                       /* 0 until prepared                                */
    LOFT_ATOMIC(int) result;                                     /* what wait gave; -1 until it returned            */
    uint64_t deadline;
    uint64_t woke;
    pthread_t thread;
};

static void *
bed_main(void *p)
{
    struct bed *b = (struct bed *)p;
    const loft_park_key key = loft_park_prepare(b->park);
    b->deadline = b->ns ? loft_deadline(b->ns) : LOFT_FOREVER;
    loft_store(&b->tid, thread_number() + (thread_number() == 0), release);
    const loft_status s = loft_park_wait(b->park, key, b->deadline);
    b->woke = loft_now();
    loft_store(&b->result, (int)s, release);
    return NULL;
}

static void
go_to_bed(struct bed *b, loft_park *p, uint64_t ns)
{
    b->park = p;
    b->ns = ns;
    loft_init(&b->tid, 0L);
    loft_init(&b->result, -1);
    if (pthread_create(&b->thread, NULL, bed_main, b) != 0)
        abort();
}

static unsigned
awake(struct bed *b, unsigned n)
{
    unsigned k = 0;
    for (unsigned i = 0; i < n; i++)
        k += loft_load(&b[i].result, acquire) >= 0;
    return k;
}

static unsigned
awake_with(struct bed *b, unsigned n, loft_status s)
{
    unsigned k = 0;
    for (unsigned i = 0; i < n; i++)
        k += loft_load(&b[i].result, acquire) == (int)s;
    return k;
}

/* ---- one thread -------------------------------------------------------------------------------------------------- */

static void
test_alone(void)
{
    loft_park p;
    ok_eq(loft_park_init(&p), LOFT_OK, "init");
    ok_eq(loft_park_approx_waiters(&p), 0, "nobody waits at first");

    asked_wake_ = 0;
    const loft_seq before = loft_load(&p.epoch_, relaxed);
    loft_park_notify_one(&p);
    loft_park_notify_all(&p);
    loft_park_notify(&p, 3);
    ok(asked_wake_ == 0 && loft_load(&p.epoch_, relaxed) == before, "a notify that finds nobody asks no kernel");

    loft_park_key key = loft_park_prepare(&p);
    ok_eq(loft_park_approx_waiters(&p), 1, "prepare counts the thread");
    loft_park_cancel(&p, key);
    ok_eq(loft_park_approx_waiters(&p), 0, "cancel takes it back");

    for (int how = 0; how < 3; how++) {
        asked_wait_ = 0;
        key = loft_park_prepare(&p);
        if (how == 0)
            loft_park_notify_one(&p);
        else if (how == 1)
            loft_park_notify_all(&p);
        else
            loft_park_notify(&p, 5);
        const loft_status s = loft_park_wait(&p, key, LOFT_FOREVER);
        ok(s == LOFT_OK && loft_park_approx_waiters(&p) == 0 && asked_wait_ == 0,
           "a notify between prepare and wait: wait does not sleep");
    }

    key = loft_park_prepare(&p);
    loft_park_notify(&p, 0);
    ok_eq(loft_park_wait(&p, key, 0), LOFT_TIMEOUT, "notify(p, 0) is no notify; deadline 0 does not sleep");
    key = loft_park_prepare(&p);
    asked_wait_ = 0;
    const uint64_t past = loft_now();
    ok_eq(loft_park_wait(&p, key, past), LOFT_TIMEOUT, "a deadline that is past does not sleep");
    ok_eq(asked_wait_, 0, "and asks no kernel");
    key = loft_park_prepare(&p);
    loft_park_notify_one(&p);
    ok_eq(loft_park_wait(&p, key, 0), LOFT_OK, "a notify since prepare counts for more than a deadline that is past");
    ok_eq(loft_park_approx_waiters(&p), 0, "nobody is counted after all that");

    key = loft_park_prepare(&p);
    loft_park_notify_one(&p);
    loft_park_cancel(&p, key);
    key = loft_park_prepare(&p);
    ok_eq(loft_park_wait(&p, key, 0), LOFT_TIMEOUT, "a notify before prepare leaves nothing behind");

    loft_park q;
    ok_eq(loft_park_init(&q), LOFT_OK, "a second park");
    key = loft_park_prepare(&p);
    const loft_park_key other = loft_park_prepare(&q);
    loft_park_notify_all(&q);
    ok(loft_park_wait(&p, key, 0) == LOFT_TIMEOUT && loft_park_wait(&q, other, 0) == LOFT_OK, "parks are independent");

    loft_park_fini(&q);
    loft_park_fini(&p);
    ok_eq(asserted_, 0, "fini of a park without sleepers");
}

static void
test_clock(void)
{
    bool up = true;
    uint64_t last = loft_now();
    for (int i = 0; i < 1000; i++) {
        const uint64_t now = loft_now();
        up = up && now >= last;
        last = now;
    }
    ok(up, "the clock is never set back");
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    const uint64_t ours = loft_now();
    const uint64_t theirs = (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
    ok(ours >= theirs && ours - theirs < (uint64_t)10 * 1000000000u, "its unit is the nanosecond");
    ok(loft_deadline(LOFT_FOREVER) == LOFT_FOREVER && loft_deadline(LOFT_FOREVER - 1) == LOFT_FOREVER &&
       loft_deadline(LOFT_FOREVER - loft_now()) == LOFT_FOREVER, "a deadline beyond the end of the clock is none");
    const uint64_t from = loft_now();
    const uint64_t in_a_second = loft_deadline(1000000000u);
    ok(in_a_second >= from + 1000000000u && in_a_second <= loft_now() + 1000000000u, "loft_deadline counts from now");

    loft_park p;
    ok_eq(loft_park_init(&p), LOFT_OK, "init");
    static const uint64_t waits[] = { 1, 1000, 20000, 100000, 999999, 1000000, 3000000, 20000000 };
    bool timeout = true;
    bool early = false;
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        const loft_park_key key = loft_park_prepare(&p);
        const uint64_t deadline = loft_deadline(waits[i]);
        timeout = loft_park_wait(&p, key, deadline) == LOFT_TIMEOUT && timeout;
        early = early || loft_now() < deadline;
    }
    ok(timeout, "without a notify, deadlines from 1 ns to 20 ms end in LOFT_TIMEOUT");
    ok(!early, "and never before the deadline");
    ok_eq(loft_park_approx_waiters(&p), 0, "nobody is counted after that");
    loft_park_fini(&p);
}

/* The epoch comes round; a key differs from an epoch whose low half is the same. */
static void
test_wrap(void)
{
    loft_park p;
    ok_eq(loft_park_init(&p), LOFT_OK, "init");
    static const loft_seq ends[] = { (loft_seq)0 - 3, (loft_seq)0xffffffffu - 2, (loft_seq)0x7fffffffu - 2 };
    bool good = true;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        loft_store(&p.epoch_, ends[i], relaxed);
        for (int k = 0; k < 8; k++) {
            loft_park_key key = loft_park_prepare(&p);
            good = loft_park_wait(&p, key, 0) == LOFT_TIMEOUT && good;
            key = loft_park_prepare(&p);
            loft_park_notify_one(&p);
            good = loft_park_wait(&p, key, LOFT_FOREVER) == LOFT_OK && good;
        }
    }
    ok(good, "notifies are seen across 2^31, 2^32 and the end of the epoch");

    bool woken = true;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        loft_store(&p.epoch_, ends[i] + 2, relaxed);
        struct bed b;
        go_to_bed(&b, &p, 0);
        woken = wait_until_asleep(&b.tid, 5000) && woken;
        loft_park_notify_one(&p);
        pthread_join(b.thread, NULL);
        woken = loft_load(&b.result, relaxed) == (int)LOFT_OK && woken;
    }
    ok(woken, "and wake sleepers there");

    if (LOFT_SEQ_BITS > 32) {
        const loft_seq half = (loft_seq)1 << (LOFT_SEQ_BITS / 2);
        const loft_park_key key = loft_park_prepare(&p);
        loft_fetch_add(&p.epoch_, half, relaxed);
        ok_eq(loft_park_wait(&p, key, loft_deadline(2000000)), LOFT_OK, "2^32 notifies are not taken for none");
    } else {
        ok_skip("2^32 notifies are not taken for none", "the epoch of this target has 32 bits");
    }
    ok_eq(loft_park_approx_waiters(&p), 0, "nobody is counted after that");
    loft_park_fini(&p);
}

static loft_status
wait_through_lies(loft_park *p, int lie, unsigned times, uint64_t deadline)
{
    const loft_park_key key = loft_park_prepare(p);
    lie_ = lie;
    lies_ = times;
    asked_wait_ = 0;
    const loft_status s = loft_park_wait(p, key, deadline);
    lies_ = 0;
    return s;
}

static void
test_kernel(void)
{
#if defined(__linux__)
    loft_park p;
    if (!FUTEX_HERE) {
        ok_skip("odd answers of futex", "this park does not use it");
        return;
    }
    lie_ = ENOSYS;
    lies_ = 2;
    ok_eq(loft_park_init(&p), LOFT_NOTSUP, "a kernel without futex: init says so");
    lies_ = 0;
    ok_eq(loft_park_init(&p), LOFT_OK, "init");

    uint64_t deadline = loft_deadline(2000000);
    loft_status s = wait_through_lies(&p, EINTR, 5, deadline);
    ok(s == LOFT_TIMEOUT && loft_now() >= deadline && asked_wait_ >= 6, "interrupted five times, it sleeps on");
    deadline = loft_deadline(2000000);
    s = wait_through_lies(&p, EAGAIN, 5, deadline);
    ok(s == LOFT_TIMEOUT && loft_now() >= deadline, "told EAGAIN with the epoch unchanged, it sleeps on");
    deadline = loft_deadline(2000000);
    s = wait_through_lies(&p, ETIMEDOUT, 5, deadline);
    ok(s == LOFT_TIMEOUT && loft_now() >= deadline, "told that time is up before it is, it sleeps on");

    const uint32_t counted = loft_park_approx_waiters(&p);
    ok_eq(counted, 0, "nobody is counted after that");
    s = wait_through_lies(&p, -1, 1, LOFT_FOREVER);
    ok_eq(s, LOFT_OK, "woken by a stranger's wake at this address, it returns for another look");
    ok(loft_park_approx_waiters(&p) >= counted, "and is then counted too high, never too low");
    loft_store(&p.waiters_, (uint32_t)0, relaxed);

    errno = 77;
    deadline = loft_deadline(200000);
    const loft_park_key key = loft_park_prepare(&p);
    s = loft_park_wait(&p, key, deadline);
    const loft_park_key last = loft_park_prepare(&p);
    lie_ = EINVAL;
    lies_ = 1;
    loft_park_notify_one(&p);
    lies_ = 0;
    loft_park_cancel(&p, last);
    ok(s == LOFT_TIMEOUT && errno == 77, "errno is left alone");
    ok_eq(loft_park_approx_waiters(&p), 0, "a wake that failed counts nobody as woken");

#  if LOFT_PARK_TIME32_ && defined(SYS_futex_time64) && defined(SYS_futex)
    static const int refusals[] = { ENOSYS, EPERM };
    for (int i = 0; i < 2; i++) {
        struct bed b;
        lie_number_ = SYS_futex_time64;
        deadline = loft_deadline(2000000);
        s = wait_through_lies(&p, refusals[i], 100, deadline);
        ok(s == LOFT_TIMEOUT && loft_now() >= deadline, "a kernel before futex_time64: deadlines work");
        go_to_bed(&b, &p, 0);
        const bool slept = wait_until_asleep(&b.tid, 5000);
        lie_ = refusals[i];
        lies_ = 1;
        loft_park_notify_one(&p);
        lies_ = 0;
        pthread_join(b.thread, NULL);
        ok(slept && loft_load(&b.result, relaxed) == (int)LOFT_OK, "and so do wake-ups");
        lie_number_ = 0;
    }
#  endif
    loft_park_fini(&p);
#else
    ok_skip("odd answers of futex", "not Linux");
#endif
}

/* ---- sleepers ---------------------------------------------------------------------------------------------------- */

/* Waits until n of the beds are awake, then some more, and says how many are. */
static unsigned
settle(struct bed *b, unsigned beds, unsigned n)
{
    for (unsigned i = 0; awake(b, beds) < n && i < 20000; i++)
        nap(i < 100 ? 20 : 1000);
    nap(2000);
    return awake(b, beds);
}

static bool
all_asleep(struct bed *b, unsigned n)
{
    bool all = true;
    for (unsigned i = 0; i < n; i++)
        all = wait_until_asleep(&b[i].tid, 5000) && all;
    return all;
}

static void
test_sleepers(void)
{
    dog("sleepers");
    const unsigned rounds = (unsigned)scaled(10);
    bool slept = true;
    bool one = true;
    bool two = true;
    bool rest = true;
    bool fine = true;
    bool quiet = true;
    loft_park p;
    ok_eq(loft_park_init(&p), LOFT_OK, "init");
    for (unsigned r = 0; r < rounds; r++) {
        struct bed b[SLEEPERS];
        for (int i = 0; i < SLEEPERS; i++)
            go_to_bed(&b[i], &p, i % 2 ? 0 : (uint64_t)3600 * 1000000000u);
        slept = all_asleep(b, SLEEPERS) && slept;
        fine = loft_park_approx_waiters(&p) == SLEEPERS && fine;
        loft_park_notify_one(&p);
        one = settle(b, SLEEPERS, 1) == 1 && one;
        fine = loft_park_approx_waiters(&p) == SLEEPERS - 1 && fine;
        loft_park_notify_one(&p);
        one = settle(b, SLEEPERS, 2) == 2 && one;
        loft_park_notify(&p, 2);
        two = settle(b, SLEEPERS, 4) == 4 && two;
        loft_park_notify_all(&p);
        rest = settle(b, SLEEPERS, SLEEPERS) == SLEEPERS && rest;
        for (int i = 0; i < SLEEPERS; i++)
            pthread_join(b[i].thread, NULL);
        fine = awake_with(b, SLEEPERS, LOFT_OK) == SLEEPERS && loft_park_approx_waiters(&p) == 0 && fine;

        /* Whoever has been woken is off the count at once, so that the next notify has nobody to ask the kernel for. */
        go_to_bed(&b[0], &p, 0);
        slept = all_asleep(b, 1) && slept;
        loft_park_notify_one(&p);
        asked_wake_ = 0;
        loft_park_notify_one(&p);
        quiet = asked_wake_ == 0 && quiet;
        pthread_join(b[0].thread, NULL);
    }
    ok(slept, "threads sleep in wait");
    ok(one, "notify_one wakes exactly one of them");
    ok(two, "notify(p, 2) wakes exactly two");
    ok(rest, "notify_all wakes all that are left");
    ok(fine, "each with LOFT_OK, and the count is right all the time");
    ok(quiet, "who was woken and has not run yet costs the next notify nothing");
    loft_park_fini(&p);
}

/* Each hunt has a number of rounds, and a time after which it is content with fewer: on a machine that has much else to
 * do, every sleep lasts as long as somebody else's turn. */
static uint64_t
hunting_time(void)
{
    return scaled(300) * 1000000u;
}

/* Deadlines that end just when the notify comes. Both threads sleep, one wake-up is sent: if the one with the deadline
 * says LOFT_TIMEOUT the other one must have it, and never both. */
static void
test_deadline_races(void)
{
    dog("deadline races");
    const unsigned rounds = (unsigned)scaled(120);
    unsigned lost = 0;
    unsigned doubled = 0;
    unsigned early = 0;
    unsigned late = 0;
    unsigned used = 0;
    loft_park p;
    ok_eq(loft_park_init(&p), LOFT_OK, "init");
    const uint64_t until = loft_deadline(3 * hunting_time());
#if defined(__linux__)
    const uint64_t soon = 3000000;
#else
    const uint64_t soon = 300000000;
#endif
    for (unsigned r = 0; used == 0 || (r < rounds && loft_now() < until); r++) {
        struct bed b[2];
        const bool first = r % 2;                        /* futex wakes the one that went to sleep first            */
        go_to_bed(&b[first], &p, first ? 0 : soon);
        const bool ready = wait_until_asleep(&b[first].tid, 3000);
        go_to_bed(&b[!first], &p, first ? soon : 0);
        if (ready && wait_until_asleep(&b[!first].tid, 3000) && awake(b, 2) == 0) {
            const uint64_t at = b[0].deadline - 30000 + r % 64 * 2000;
            while (loft_now() < at)
                continue;
            loft_park_notify_one(&p);
            pthread_join(b[0].thread, NULL);
            nap(200);
            const loft_status s = (loft_status)loft_load(&b[0].result, relaxed);
            if (s == LOFT_TIMEOUT) {
                late++;
                for (int i = 0; i < 5000 && awake(&b[1], 1) == 0; i++)
                    nap(1000);
                lost += awake(&b[1], 1) == 0;
                early += b[0].woke < b[0].deadline;
            } else {
                doubled += awake(&b[1], 1) != 0;
            }
            used++;
        } else {
            pthread_join(b[0].thread, NULL);
        }
        while (awake(&b[1], 1) == 0) {
            loft_park_notify_all(&p);
            nap(20);
        }
        pthread_join(b[1].thread, NULL);
    }
    note("%u rounds had both asleep; the deadline came first in %u", used, late);
    ok(used > 0, "two sleepers, one deadline, one notify_one at that moment");
    ok_eq(lost, 0, "who says LOFT_TIMEOUT has not used up the wake-up");
    ok_eq(doubled, 0, "one notify_one wakes one, not also the one whose time is just up");
    ok_eq(early, 0, "no LOFT_TIMEOUT before the deadline");
    ok_eq(loft_park_approx_waiters(&p), 0, "nobody is counted after that");
    loft_park_fini(&p);
}

/* ---- the hunt for a lost wake-up --------------------------------------------------------------------------------- */

/* The window in which a wake-up can be lost is a few dozen nanoseconds wide, and a waiter that sleeps misses it nearly
 * always. So here nobody sleeps: both threads set out at the same moment, and when the notify is over, a waiter that
 * had not seen the change when it looked again must find that it would not have slept. Without the fence in notify this
 * fails on x86 in one round of three; the one in prepare cannot be missed there, only on other machines. */
struct litmus {
    loft_park park;
    char pad0[LOFT_CACHELINE];
    LOFT_ATOMIC(unsigned) change;
    char pad1[LOFT_CACHELINE];
    LOFT_ATOMIC(unsigned) go;
    LOFT_ATOMIC(unsigned) arrived;
    char pad2[LOFT_CACHELINE];
    LOFT_ATOMIC(unsigned) notified;
    unsigned rounds;
    uint64_t until;
    unsigned played;
    unsigned unseen;
    unsigned lost;
    char pad3[LOFT_CACHELINE];
    unsigned blind;
};

/* Memory that is in no cache: stores there keep those after them waiting, and the window open. */
#define COLD_BYTES ((size_t)32 << 20)
static unsigned char *cold;

/* Each to a processor of its own, where there are two: side by side is what the window needs, not in turns. */
static void
keep_apart(int id)
{
#if defined(__linux__)
    cpu_set_t may;
    cpu_set_t mine;
    CPU_ZERO(&may);
    CPU_ZERO(&mine);
    if (sched_getaffinity(0, sizeof may, &may) != 0 || CPU_COUNT(&may) < 2)
        return;
    size_t cpu = 0;
    for (int left = id; !CPU_ISSET(cpu, &may) || left-- > 0;)
        cpu++;
    CPU_SET(cpu, &mine);
    sched_setaffinity(0, sizeof mine, &mine);
#else
    (void)id;
#endif
}

static void
litmus_body(void *arg, int id)
{
    struct litmus *l = (struct litmus *)arg;
    uint32_t dice = (uint32_t)id + 1u;
    unsigned delay = 0;                                  /* of the waiter: so long that it comes first in every other */
    keep_apart(id);
    for (unsigned r = 1; r <= l->rounds; r++) {
        /* The waiter lets the round begin, when the notifier has come; 0 ends the game. */
        if (id == 0) {
            for (unsigned spin = 0; loft_load(&l->arrived, acquire) != r; spin++)
                if (spin > 200)
                    sched_yield();
            loft_store(&l->go, r % 64 == 0 && loft_now() >= l->until ? 0u : r, release);
        } else {
            loft_store(&l->arrived, r, release);
            for (unsigned spin = 0; loft_load(&l->go, acquire) == r - 1; spin++)
                if (spin > 200)
                    sched_yield();
        }
        if (loft_load(&l->go, relaxed) != r)
            break;
        dice = dice * 1664525u + 1013904223u;
        for (volatile unsigned i = delay + (dice >> 16) % 64; i != 0;)
            i = i - 1;
        if (id == 0) {
            const loft_park_key key = loft_park_prepare(&l->park);
            const bool seen = loft_load(&l->change, relaxed) == r;
            for (unsigned spin = 0; loft_load(&l->notified, acquire) != r; spin++)
                if (spin > 200)
                    sched_yield();
            const loft_status s = loft_park_wait(&l->park, key, 0);
            l->played++;
            l->unseen += !seen;
            if (!seen)
                delay += delay < 5000;
            else
                delay -= delay > 0;
            l->lost += !seen && s != LOFT_OK;
        } else {
            l->blind += loft_park_approx_waiters(&l->park) == 0;     /* for the line: to have it at hand             */
            for (unsigned i = 0; i < 4; i++)
                cold[(((size_t)dice << 6) + i * 4096 * 97) % COLD_BYTES] = (unsigned char)r;
            loft_store(&l->change, r, relaxed);
            loft_park_notify_one(&l->park);
            loft_store(&l->notified, r, release);
        }
    }
}

static void
test_litmus(void)
{
    static struct litmus l;
    dog("store buffering");
    if (loft_park_init(&l.park) != LOFT_OK)
        abort();
    loft_init(&l.change, 0u);
    loft_init(&l.go, 0u);
    loft_init(&l.arrived, 0u);
    loft_init(&l.notified, 0u);
    l.rounds = (unsigned)scaled(400000);
    l.until = loft_deadline(3 * hunting_time());
    cold = (unsigned char *)malloc(COLD_BYTES);
    if (!cold)
        abort();
    memset(cold, 1, COLD_BYTES);
    run_threads(2, litmus_body, &l);
    free(cold);
    note("%u rounds; the waiter looked before the change in %u, the notifier before it came in %u",
         l.played, l.unseen, l.blind);
    ok_eq(l.lost, 0, "who has not seen the change would not have slept");
    loft_park_fini(&l.park);
}

/* A ring of threads, each waiting for its turn; the accesses of the condition are relaxed, as the manual promises. */
struct ring {
    loft_park park[8];
    LOFT_ATOMIC(uint64_t) turn;                          /* with LAST_ROUND added in the last one                   */
    unsigned threads;
    unsigned rounds;
    bool one_park;
    uint64_t patience;                                   /* not 0: wait with such deadlines, again and again        */
    uint64_t until;
};

#define LAST_ROUND ((uint64_t)1 << 63)

static void
ring_body(void *arg, int id)
{
    struct ring *g = (struct ring *)arg;
    loft_park *mine = &g->park[g->one_park ? 0 : id];
    loft_park *next = &g->park[g->one_park ? 0 : ((unsigned)id + 1) % g->threads];
    chaos_on((uint32_t)id + 1 + g->rounds);
    uint64_t seen = 0;
    for (unsigned r = 0; !(seen & LAST_ROUND); r++) {
        const uint64_t turn = (uint64_t)r * g->threads + (unsigned)id;
        while (((seen = loft_load(&g->turn, relaxed)) & ~LAST_ROUND) != turn) {
            const loft_park_key key = loft_park_prepare(mine);
            if ((loft_load(&g->turn, relaxed) & ~LAST_ROUND) == turn)
                loft_park_cancel(mine, key);
            else
                loft_park_wait(mine, key, g->patience ? loft_deadline(g->patience) : LOFT_FOREVER);
        }
        if (id == 0 && (r + 1 >= g->rounds || (r % 16 == 0 && loft_now() >= g->until)))
            seen |= LAST_ROUND;
        loft_store(&g->turn, seen + 1, relaxed);
        if (g->one_park)
            loft_park_notify_all(next);
        else
            loft_park_notify_one(next);
    }
    chaos_off();
}

static void
test_ring(unsigned threads, bool one_park, uint64_t patience, unsigned rounds, const char *what)
{
    static struct ring g;
    dog(what);
    for (int i = 0; i < 8; i++)
        if (loft_park_init(&g.park[i]) != LOFT_OK)
            abort();
    loft_init(&g.turn, (uint64_t)0);
    g.until = loft_deadline(hunting_time());
    g.threads = threads;
    g.rounds = (unsigned)scaled(rounds);
    g.one_park = one_park;
    g.patience = patience;
    run_threads((int)threads, ring_body, &g);
    uint32_t left = 0;
    for (int i = 0; i < 8; i++) {
        left += loft_park_approx_waiters(&g.park[i]);
        loft_park_fini(&g.park[i]);
    }
    const uint64_t turns = loft_load(&g.turn, relaxed);
    note("%llu rounds", (unsigned long long)(turns & ~LAST_ROUND) / threads);
    ok((turns & LAST_ROUND) && (turns & ~LAST_ROUND) % threads == 0 && left == 0, what);
}

/* Producers hand out tokens one by one with notify_one, consumers take them; some of those that wait are impatient,
 * some change their mind and cancel. Every token must be taken although producers never repeat a notify. */
struct market {
    loft_park park;
    LOFT_ATOMIC(uint32_t) tokens;
    LOFT_ATOMIC(uint32_t) taken;
    LOFT_ATOMIC(uint32_t) given;
    LOFT_ATOMIC(unsigned) producing;                     /* producers that are not done                             */
    LOFT_ATOMIC(int) closed;
    unsigned producers;
    unsigned each;
    uint64_t until;
    bool calm;                                           /* nobody is impatient: they all sleep until they are woken */
};

static bool
take(struct market *m)
{
    uint32_t seen = loft_load(&m->tokens, relaxed);
    while (seen != 0)
        if (loft_cas_weak(&m->tokens, &seen, seen - 1, relaxed, relaxed)) {
            loft_fetch_add(&m->taken, 1u, relaxed);
            return true;
        }
    return false;
}

static void
market_body(void *arg, int id)
{
    struct market *m = (struct market *)arg;
    uint32_t dice = (uint32_t)id * 2654435761u + 12345u;
    chaos_on((uint32_t)id + 77);
    if ((unsigned)id < m->producers) {
        unsigned i = 0;
        while (i < m->each && (i == 0 || i % 64 != 0 || loft_now() < m->until)) {
            loft_fetch_add(&m->tokens, 1u, relaxed);
            loft_park_notify_one(&m->park);
            if (++i % 16 == 0)
                sched_yield();
        }
        loft_fetch_add(&m->given, i, relaxed);
        loft_fetch_sub(&m->producing, 1u, acq_rel);
    } else {
        while (!loft_load(&m->closed, relaxed)) {
            if (take(m))
                continue;
            dice = dice * 1664525u + 1013904223u;
            const loft_park_key key = loft_park_prepare(&m->park);
            if (loft_load(&m->tokens, relaxed) != 0 || loft_load(&m->closed, relaxed))
                loft_park_cancel(&m->park, key);
            else if (!m->calm && (dice >> 16) % 8 == 0)
                loft_park_cancel(&m->park, key);
            else if (!m->calm && (dice >> 16) % 8 == 1)
                loft_park_wait(&m->park, key, loft_deadline((dice >> 20) * 20));
            else
                loft_park_wait(&m->park, key, LOFT_FOREVER);
        }
    }
    chaos_off();
}

static struct market market;

static void *
market_crowd(void *threads)
{
    run_threads(*(int *)threads, market_body, &market);
    return NULL;
}

static void
test_market(unsigned producers, unsigned consumers, bool calm, unsigned tokens, const char *what)
{
    dog(what);
    if (loft_park_init(&market.park) != LOFT_OK)
        abort();
    loft_init(&market.tokens, (uint32_t)0);
    loft_init(&market.taken, (uint32_t)0);
    loft_init(&market.given, (uint32_t)0);
    loft_init(&market.producing, producers);
    market.until = loft_deadline(hunting_time());
    loft_init(&market.closed, 0);
    market.producers = producers;
    market.each = (unsigned)scaled(tokens) / producers + 1;
    market.calm = calm;
    int threads = (int)(producers + consumers);
    pthread_t crowd;
    if (pthread_create(&crowd, NULL, market_crowd, &threads) != 0)
        abort();
    while (loft_load(&market.producing, acquire) != 0)
        nap(1000);
    const uint32_t all = loft_load(&market.given, relaxed);
    while (loft_load(&market.taken, relaxed) < all)      /* the watchdog ends this if a consumer oversleeps          */
        nap(1000);
    loft_store(&market.closed, 1, relaxed);
    loft_park_notify_all(&market.park);
    pthread_join(crowd, NULL);
    note("%u tokens", all);
    ok(loft_load(&market.taken, relaxed) == all && loft_load(&market.tokens, relaxed) == 0 &&
       loft_park_approx_waiters(&market.park) == 0, what);
    loft_park_fini(&market.park);
}

/* ---- one thread frozen in the middle ----------------------------------------------------------------------------- */

struct frozen {
    loft_park park;
    LOFT_ATOMIC(uint32_t) tokens;
    LOFT_ATOMIC(int) done;                               /* workers that have their token                           */
    LOFT_ATOMIC(long) tid[2];
    long at;
};

static struct frozen fz;

static bool
fz_take(void)
{
    uint32_t seen = loft_load(&fz.tokens, relaxed);
    while (seen != 0)
        if (loft_cas_weak(&fz.tokens, &seen, seen - 1, relaxed, relaxed))
            return true;
    return false;
}

static void
fz_work(LOFT_ATOMIC(long) *tid)
{
    while (!fz_take()) {
        const loft_park_key key = loft_park_prepare(&fz.park);
        if (loft_load(&fz.tokens, relaxed) != 0) {
            loft_park_cancel(&fz.park, key);
        } else {
            if (tid)
                loft_store(tid, thread_number() + (thread_number() == 0), release);
            loft_park_wait(&fz.park, key, LOFT_FOREVER);
        }
    }
    loft_fetch_add(&fz.done, 1, relaxed);
}

static void *
fz_worker(void *tid)
{
    fz_work((LOFT_ATOMIC(long) *)tid);
    return NULL;
}

static void *
fz_victim_worker(void *unused)
{
    freeze_at(fz.at);
    fz_work(NULL);
    freeze_end();
    return unused;
}

static void *
fz_victim_notifier(void *unused)
{
    freeze_at(fz.at);
    loft_fetch_add(&fz.tokens, 1u, relaxed);
    loft_park_notify_one(&fz.park);
    freeze_end();
    return unused;
}

static bool
fz_done(int n)
{
    for (int i = 0; i < 5000 && loft_load(&fz.done, relaxed) < n; i++)
        nap(i < 100 ? 20 : 1000);
    return loft_load(&fz.done, relaxed) >= n;
}

static void
give_token(void)
{
    loft_fetch_add(&fz.tokens, 1u, relaxed);
    loft_park_notify_one(&fz.park);
}

static void
test_frozen(void)
{
    /* Where sleepers are kept under a lock, a thread that is frozen with the lock stops the others, as the manual says:
     * there, freezing ends before the lock. */
    const long notifier_points = FUTEX_HERE ? 100 : 3;
    const long worker_points = FUTEX_HERE ? 100 : 5;
    bool moved = true;
    bool ended = true;
    long k;
    dog("a notifier frozen");
    for (k = 0; k < notifier_points; k++) {
        pthread_t victim;
        pthread_t worker[2];
        if (loft_park_init(&fz.park) != LOFT_OK)
            abort();
        loft_init(&fz.tokens, (uint32_t)0);
        loft_init(&fz.done, 0);
        for (int i = 0; i < 2; i++) {
            loft_init(&fz.tid[i], 0L);
            pthread_create(&worker[i], NULL, fz_worker, &fz.tid[i]);
        }
        for (int i = 0; i < 2; i++)
            moved = wait_until_asleep(&fz.tid[i], 5000) && moved;
        fz.at = k;
        freeze_arm();
        pthread_create(&victim, NULL, fz_victim_notifier, NULL);
        const bool stopped = freeze_wait();
        if (stopped) {                                   /* the others do not need it                               */
            give_token();
            give_token();
            moved = fz_done(2) && moved;
            freeze_release();
        }
        pthread_join(victim, NULL);
        if (!stopped)
            give_token();
        ended = fz_done(2) && ended;
        for (int i = 0; i < 2; i++)
            pthread_join(worker[i], NULL);
        loft_park_fini(&fz.park);
        if (!stopped)
            break;
    }
    note("a notifier was frozen at %ld places", k);
    ok(moved && k >= 3, "a notifier frozen at any access holds nobody up");
    ok(ended, "and everybody comes through when it goes on");

    moved = true;
    ended = true;
    dog("a waiter frozen");
    for (k = 0; k < worker_points; k++) {
        pthread_t victim;
        pthread_t worker;
        if (loft_park_init(&fz.park) != LOFT_OK)
            abort();
        loft_init(&fz.tokens, (uint32_t)0);
        loft_init(&fz.done, 0);
        loft_init(&fz.tid[0], 0L);
        pthread_create(&worker, NULL, fz_worker, &fz.tid[0]);
        moved = wait_until_asleep(&fz.tid[0], 5000) && moved;
        fz.at = k;
        freeze_arm();
        pthread_create(&victim, NULL, fz_victim_worker, NULL);
        bool stopped = false;
        if (k < 7) {                                     /* until it sleeps, there are 6 or 7 accesses and calls     */
            stopped = freeze_wait();
            give_token();                                /* for the one that sleeps                                 */
            moved = fz_done(1) && moved;
            give_token();                                /* for the frozen one, who does not sleep yet               */
        } else {                                         /* the accesses after it has been woken                     */
            nap(2000);
            give_token();
            give_token();
            stopped = freeze_wait();
            moved = fz_done(1) && moved;
        }
        if (stopped)
            freeze_release();
        ended = fz_done(2) && ended;
        pthread_join(victim, NULL);
        pthread_join(worker, NULL);
        ended = loft_park_approx_waiters(&fz.park) == 0 && ended;
        loft_park_fini(&fz.park);
        if (!stopped)
            break;
    }
    note("a waiter was frozen at %ld places", k);
    ok(moved && k >= 5, "a waiter frozen at any access holds nobody up, and takes nobody's wake-up");
    ok(ended, "and finds its own when it goes on");
}

/* ---- await, signals, cancellation, misuse ------------------------------------------------------------------------ */

struct awaited {
    LOFT_ATOMIC(int) value;
    int looks;
    int true_at;                                         /* the look that says yes; 0: only `value` decides         */
};

static bool
is_ready(void *arg)
{
    struct awaited *a = (struct awaited *)arg;
    a->looks++;
    return a->looks == a->true_at || loft_load(&a->value, acquire) != 0;
}

static loft_park await_park;

static void *
await_giver(void *arg)
{
    struct awaited *a = (struct awaited *)arg;
    nap(1000);
    loft_park_notify_all(&await_park);                   /* for nothing                                             */
    nap(1000);
    loft_store(&a->value, 1, release);
    loft_park_notify_one(&await_park);
    return NULL;
}

static void
test_await(void)
{
    dog("await");
    struct awaited a;
    loft_init(&a.value, 0);
    ok_eq(loft_park_init(&await_park), LOFT_OK, "init");
    a.looks = 0;
    a.true_at = 1;
    ok(loft_park_await(&await_park, is_ready, &a, 0) == LOFT_OK && a.looks == 1, "await: true at the first look");
    a.looks = 0;
    a.true_at = 2;
    ok(loft_park_await(&await_park, is_ready, &a, 0) == LOFT_OK && a.looks == 2, "await: true after prepare");
    a.looks = 0;
    a.true_at = 3;
    ok(loft_park_await(&await_park, is_ready, &a, 0) == LOFT_OK && a.looks == 3, "await: true after a timeout");
    a.looks = 0;
    a.true_at = 0;
    const uint64_t deadline = loft_deadline(1000000);
    ok(loft_park_await(&await_park, is_ready, &a, deadline) == LOFT_TIMEOUT && loft_now() >= deadline,
       "await: never true until the deadline");
    pthread_t t;
    a.looks = 0;
    if (pthread_create(&t, NULL, await_giver, &a) != 0)
        abort();
    ok_eq(loft_park_await(&await_park, is_ready, &a, LOFT_FOREVER), LOFT_OK, "await: true when another thread says so");
    pthread_join(t, NULL);
    ok_eq(loft_park_approx_waiters(&await_park), 0, "await: nobody is counted after that");
    loft_park_fini(&await_park);
}

static loft_park signal_park;
static void signal_notify(int unused) { (void)unused; loft_park_notify_one(&signal_park); }
static void signal_nothing(int unused) { (void)unused; }

static void
test_signals(void)
{
    dog("signals");
    struct sigaction act;
    memset(&act, 0, sizeof act);
    sigemptyset(&act.sa_mask);
    act.sa_handler = signal_nothing;
    sigaction(SIGUSR1, &act, NULL);
    act.sa_handler = signal_notify;
    sigaction(SIGUSR2, &act, NULL);
    struct bed b[2];
    ok_eq(loft_park_init(&signal_park), LOFT_OK, "init");

    go_to_bed(&b[0], &signal_park, 0);
    go_to_bed(&b[1], &signal_park, 30000000);
    bool slept = all_asleep(b, 1);
    for (int i = 0; i < 20; i++) {
        pthread_kill(b[0].thread, SIGUSR1);
        pthread_kill(b[1].thread, SIGUSR1);
        nap(100);
    }
    ok(slept && awake(b, 1) == 0, "signal handlers do not end a wait");
    pthread_join(b[1].thread, NULL);
    ok(loft_load(&b[1].result, relaxed) == (int)LOFT_TIMEOUT && b[1].woke >= b[1].deadline,
       "nor do they shorten or prolong one with a deadline");
    if (FUTEX_HERE)
        raise(SIGUSR2);
    else
        loft_park_notify_one(&signal_park);
    pthread_join(b[0].thread, NULL);
    ok_eq(loft_load(&b[0].result, relaxed), LOFT_OK, "a signal handler may notify (over futex)");
    loft_park_fini(&signal_park);
}

static LOFT_ATOMIC(int) came_out;

static void *
cancelled_main(void *p)
{
    bed_main(p);
    loft_store(&came_out, 1, release);
    pthread_testcancel();
    loft_store(&came_out, 2, release);
    return NULL;
}

static void
test_cancellation(void)
{
    dog("pthread_cancel");
    loft_park p;
    struct bed b;
    void *end = NULL;
    ok_eq(loft_park_init(&p), LOFT_OK, "init");
    loft_init(&came_out, 0);
    b.park = &p;
    b.ns = 0;
    loft_init(&b.tid, 0L);
    loft_init(&b.result, -1);
    if (pthread_create(&b.thread, NULL, cancelled_main, &b) != 0)
        abort();
    const bool slept = wait_until_asleep(&b.tid, 5000);
    pthread_cancel(b.thread);
    nap(2000);
    const bool inside = awake(&b, 1) == 0;
    loft_park_notify_one(&p);
    pthread_join(b.thread, &end);
    ok(slept && inside && end == PTHREAD_CANCELED && loft_load(&came_out, acquire) == 1,
       "wait is no cancellation point: the thread ends after it, not in it");
    ok_eq(loft_park_approx_waiters(&p), 0, "and the park goes on working");
    loft_park_fini(&p);
}

static void
test_misuse(void)
{
    if (!FUTEX_HERE) {
        ok_skip("fini while a thread sleeps", "destroying a condition variable that is in use is undefined");
        return;
    }
    dog("misuse");
    loft_park p;
    struct bed b;
    ok_eq(loft_park_init(&p), LOFT_OK, "init");
    go_to_bed(&b, &p, 0);
    const bool slept = wait_until_asleep(&b.tid, 5000);
    asserted_ = 0;
    loft_park_fini(&p);
    const unsigned said = asserted_;
    asserted_ = 0;
    if (said == 0)
        loft_park_notify_all(&p);
    pthread_join(b.thread, NULL);
    ok(slept && said == 1, "a debug build stops at fini while a thread sleeps");
}

int
main(void)
{
    note("park over %s, %u bytes", LOFT_PARK_BACKEND, (unsigned)sizeof(loft_park));
    dog("one thread");
    test_alone();
    test_clock();
    test_wrap();
    test_kernel();
    test_await();
    test_signals();
    test_cancellation();
    test_misuse();
    test_sleepers();
    test_deadline_races();
    test_frozen();
    test_litmus();
    test_ring(2, false, 0, 20000, "two threads hand a turn to and fro");
    test_ring(3, false, 0, 20000, "three threads in a ring");
    test_ring(8, false, 0, 20000, "eight threads in a ring");
    test_ring(2, true, 0, 20000, "two threads on one park, notify_all");
    test_ring(4, true, 0, 20000, "four threads on one park, notify_all");
    test_ring(8, true, 0, 20000, "eight threads on one park, notify_all");
    test_ring(3, false, 1000, 20000, "three threads in a ring, all impatient");
    test_market(1, 1, true, 50000, "one producer, one consumer: every token is taken");
    test_market(2, 2, true, 50000, "two producers, two consumers: every token is taken");
    test_market(1, 6, true, 50000, "one producer, six consumers: every token is taken");
    test_market(2, 4, false, 50000, "some wait with deadlines, some change their mind: every token is taken");
    ok_eq(asserted_, 0, "no assertion failed on the way");
    return done();
}

#endif
